package round

import (
	"time"

	"github.com/homphieu/homphieu/meeting"
)

// A Consolidation is everything that pages, papers and files say of the results
// of a round: only packages that were verified here count, and no number of one
// poll is ever added to that of another.
type Consolidation struct {
	Round *Round
	Rules *meeting.RuleSet
	AsOf  time.Time
	// Sections are by kind of agency, in the order of the directory.
	Sections []Section
	// Missing are the expected polls without a verified package, with why.
	Missing []Standing
	// Late are those whose package came, or whose vote was held, too late.
	Late []Standing
	// Excused are the expected polls for which no package is awaited, because
	// there is nothing to vote on or because the vote was held elsewhere.
	Excused []Standing
	// Exempt are people on no ballot, with the reason.
	Exempt []ExemptPerson
	// Twice are people who are voted on in more than one place.
	Twice []Twice
	// Suppressed counts the polls whose numbers are left out because fewer than
	// MinGroup ballots were collected; 0 where nothing is left out.
	Suppressed, MinGroup int
	// Public tells that this is the version that everybody may have.
	Public bool
}

// Unanimous names, with their agencies, the persons on whom all ballots say the
// same, so that these numbers tell how everybody voted. Polls of fewer than so
// many ballots, and what is left out, do not count.
func (c *Consolidation) Unanimous(minGroup int) (list []string) {
	for _, section := range c.Sections {
		for _, a := range section.Agencies {
			for _, p := range a.Polls {
				for i := range p.Rows {
					if r := &p.Rows[i]; !r.Hidden && p.Collected >= minGroup && r.Unanimous() {
						list = append(list, r.Label()+" ("+a.Agency.Name+")")
					}
				}
			}
		}
	}
	return list
}

// A Section is the agencies of one kind.
type Section struct {
	Kind     string
	Agencies []AgencyResult
}

// An AgencyResult is what one agency has sent, by group of posts in the round's
// order.
type AgencyResult struct {
	Agency Agency
	Polls  []PollResult
}

// A PollResult is one poll as the table of the report has it.
type PollResult struct {
	*Poll
	Posts Group // of posts
	// Hidden tells that the numbers are left out of this consolidation: too few
	// ballots for any of them to be public.
	Hidden bool
	// Early are the groups that should have been done before this vote.
	Early []Ahead
	Rows  []Row
}

// A Row is one person in one poll, in ballot order.
type Row struct {
	meeting.PersonOutcome
	Number int // running, over the whole consolidation, from 1
	// Elsewhere are the other places where the person was voted on, "agency,
	// post": side by side, never added up.
	Elsewhere []string
	// Level is the group under the thresholds of the rule set: for the roles that
	// it names, empty in what others see.
	Level meeting.Group
	// Hidden tells that the numbers of this row are left out, as those of its whole
	// poll.
	Hidden bool
}

// An ExemptPerson is on no ballot, with the reason in the words of the rule set.
type ExemptPerson struct {
	Agency Agency
	Person meeting.Person
	Reason meeting.Text
}

// A Twice is somebody who is voted on in several places.
type Twice struct {
	Name string
	At   []Place
	// Declared tells that an agency named the other place; otherwise an officer
	// said that both entries are one person.
	Declared bool
}

// A Place is one of the places where somebody is voted on.
type Place struct {
	Agency Agency
	Group  Group
	Post   string
	Result meeting.PersonOutcome
	Poll   *Poll
	Hidden bool // as that of [Row]

	index int // of the person in the poll
}
