package meeting

import (
	"errors"
	"fmt"
	"strings"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/tally"
)

// ErrLevels is returned for an election that does not ask for the three levels
// with a blank.
var ErrLevels = errors.New("outcome: not of three levels and a blank")

// ErrIdentity is returned for a result that does not add up: per person, what
// was collected is high, confidence, low and invalid together, and it is no more
// than percentages are of.
var ErrIdentity = errors.New("outcome: does not add up")

// An Outcome is everything that pages, papers and files say of the result of
// one ballot paper. All of them are rendered from this one value, and nothing
// in it is rounded but the percentages, which are for display alone.
type Outcome struct {
	Facts
	Election    ballot.UUID
	Fingerprint ballot.Fingerprint
	Name        string // of the election
	Rules       *RuleSet
	// Base is what percentages are of, and PercentBase what that number counts:
	// all members where the rule set says so and their number is known, and
	// otherwise the ballots collected.
	Base        int
	PercentBase Base
	// Collected is how many ballots the box accepted. Each is a valid sheet:
	// what can be invalid electronically is one person's line.
	Collected int
	People    []PersonOutcome // in ballot order
}

// Facts are what an outcome knows beside the ballots. Who has none of them, as
// a sample meeting, leaves them empty, and papers leave the places blank.
type Facts struct {
	Meeting ballot.UUID
	Plan    Plan
	Paper   string // title of the ballot paper, where a meeting has several
	Board   []BoardMember
	Filing  Filing

	Summoned, Present int
	Absences          []Absence   // with reasons, which are for the minutes alone
	Slips             tally.Slips // from the closing file
	Voided            int         // credentials made unusable
	Used              []UsedReport
	// ServerSlips tells that the server made the sheet of slips, which the
	// minutes have to say.
	ServerSlips bool

	// People are those on the paper, in the order of its questions; without
	// them names and posts are taken from the questions.
	People []Person
	Exempt []Person // on no ballot, with the reason

	EndBallots [32]byte // the event that ended the ballots: the chain's head as members compared it
	Trackers   []string // of all ballots, ascending
	Trial      bool     // the server held the keys: not for real use
}

// A PersonOutcome is one person's result. Invalid lines stay in the base.
type PersonOutcome struct {
	Name       string
	Post       string
	Block      string
	High       Share
	Confidence Share
	Low        Share
	Invalid    int
}

// Label is what a person is called in one line: the name, or else the post.
func (p *PersonOutcome) Label() string {
	if p.Name == "" {
		return p.Post
	}
	return p.Name
}

// Valid is how many ballots marked exactly one level for the person.
func (p *PersonOutcome) Valid() int { return p.High.Votes + p.Confidence.Votes + p.Low.Votes }

// Unanimous reports whether all ballots say the same of the person, so that
// everybody's vote is known.
func (p *PersonOutcome) Unanimous() bool {
	all := p.Valid() + p.Invalid
	for _, n := range []int{p.High.Votes, p.Confidence.Votes, p.Low.Votes, p.Invalid} {
		if n == all {
			return true
		}
	}
	return false
}

// A Share is a number of votes and its percentage with two decimals.
type Share struct {
	Votes   int    `json:"votes"`
	Percent string `json:"percent"`
}

// NewOutcome makes the outcome of a result under the settings of its poll. The
// election must ask for the three [Levels] with a blank, otherwise it is
// [ErrLevels]; a result of other than collected ballots is [ErrIdentity].
func NewOutcome(e *ballot.Election, s box.Settings, result tally.Result, collected int, facts Facts) (*Outcome, error) {
	rules, err := RuleSetByID(s.RuleSet)
	if err != nil {
		return nil, fmt.Errorf("outcome: %w: %q", err, s.RuleSet)
	}
	o := &Outcome{
		Facts: facts, Election: e.UUID, Fingerprint: e.Fingerprint(), Name: e.Name, Rules: rules,
		Base: collected, PercentBase: BaseCollected, Collected: collected,
	}
	o.Trial = o.Trial || s.Trial
	if rules.PercentBase == BaseMembers && s.Members > 0 {
		o.Base, o.PercentBase = s.Members, BaseMembers
	}
	if o.Base < collected {
		return nil, fmt.Errorf("%w: %d ballots of %d members", ErrIdentity, collected, o.Base)
	}
	if len(result) != len(e.Questions) || facts.People != nil && len(facts.People) != len(e.Questions) {
		return nil, fmt.Errorf("%w: %d questions, %d results, %d persons", ErrIdentity, len(e.Questions), len(result), len(facts.People))
	}
	for i, q := range e.Questions {
		if !q.Blank || len(q.Answers) != len(Levels) {
			return nil, fmt.Errorf("%w: question %d", ErrLevels, i+1)
		}
		p, err := o.person(q, result[i])
		if err != nil {
			return nil, fmt.Errorf("%w: question %d", err, i+1)
		}
		if facts.People != nil {
			p.Name, p.Post, p.Block = facts.People[i].Name, facts.People[i].Post, facts.People[i].Block
		}
		o.People = append(o.People, p)
	}
	return o, nil
}

// person makes one person's outcome of the numbers blank, high, confidence, low.
func (o *Outcome) person(q ballot.Question, votes []int) (PersonOutcome, error) {
	if len(votes) != len(Levels)+1 {
		return PersonOutcome{}, ErrLevels
	}
	share := func(n int) Share { return Share{n, Percent(n, o.Base)} }
	p := PersonOutcome{High: share(votes[1]), Confidence: share(votes[2]), Low: share(votes[3]), Invalid: votes[0]}
	if sum := p.Valid() + p.Invalid; sum != o.Collected {
		return p, fmt.Errorf("%w: %d of %d ballots", ErrIdentity, sum, o.Collected)
	}
	p.Name, p.Post, _ = strings.Cut(q.Text, "\n")
	return p, nil
}

// Absent is how many of those summoned were not there.
func (f *Facts) Absent() int { return f.Summoned - f.Present }

// Quorate reports whether enough of those summoned were there.
func (o *Outcome) Quorate() bool { return o.Rules.Quorum.AtLeast(o.Present, o.Summoned) }

// Percent writes 100·n/base with two decimals, half up, and a decimal comma; a
// base of 0 gives "–". It is for display and never compared.
func Percent(n, base int) string {
	if base == 0 {
		return "–"
	}
	hundredths := (2*10000*n + base) / (2 * base)
	return fmt.Sprintf("%d,%02d", hundredths/100, hundredths%100)
}
