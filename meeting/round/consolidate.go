package round

import (
	"slices"
	"time"

	"github.com/homphieu/homphieu/meeting"
)

// ConsolidateInput is what a consolidation is made of: what the store has of a
// round.
type ConsolidateInput struct {
	Round     *Round
	Directory *Directory
	Known     []Progress
	Packages  []*Package
	Polls     []*Poll
	Links     []Link
	AsOf      time.Time // when this was read; late is who is late on that day
	// Levels asks for the groups under the thresholds, for the roles that the rule
	// set names.
	Levels bool
	// Public asks for the version that everybody may have, which has no levels.
	// The numbers of a poll are left out when fewer than MinGroup ballots were
	// collected, [meeting.DefaultMinBallots] unless said otherwise. Nothing else is:
	// a row that is left out because all ballots say the same would say just that,
	// so those are shown or nothing is released ([Consolidation.Unanimous]).
	Public   bool
	MinGroup int
}

// Consolidate puts together what verified packages say: only polls of packages
// that are accepted, each person as its own poll has it, in ballot order, whatever
// the numbers are. Contacts of agencies are never in it.
func Consolidate(in ConsolidateInput) *Consolidation {
	c := &Consolidation{Round: in.Round, AsOf: in.AsOf, Public: in.Public}
	c.Rules, _ = meeting.RuleSetByID(in.Round.RuleSet) // a round that was saved has one
	if in.Public {
		c.MinGroup = in.MinGroup
		if c.MinGroup <= 0 {
			c.MinGroup = meeting.DefaultMinBallots
		}
	}
	b := &builder{in: in, c: c, hidden: map[placed]bool{}, small: map[string]bool{}}
	polls := b.shown(in.counted())
	b.persons = match(in.Round, in.Directory, polls, in.Links, nil)
	seats := seats(in.Round, in.Directory, polls)
	b.follow()
	b.sections(seats)
	b.exempt(seats)
	b.standings()
	c.Twice = b.persons.twice()
	for i := range c.Twice {
		for k := range c.Twice[i].At {
			at := &c.Twice[i].At[k]
			at.Agency = b.shownAgency(at.Agency)
			at.Hidden = b.hidden[placed{at.Poll.Package, at.index}]
		}
	}
	return c
}

// counted are the polls of accepted packages, each once.
func (in *ConsolidateInput) counted() (polls []*Poll) {
	accepted := map[string]bool{}
	for _, p := range in.Packages {
		accepted[p.Hash] = p.Status == Accepted
	}
	for _, p := range in.Polls {
		if accepted[p.Package] {
			polls = append(polls, p)
			accepted[p.Package] = false
		}
	}
	return polls
}

// A builder fills a consolidation.
type builder struct {
	in      ConsolidateInput
	c       *Consolidation
	persons *matching
	hidden  map[placed]bool // rows
	small   map[string]bool // polls, by package
	all     []Standing
	done    []Finished
}

// shown returns the polls as this version has them: what is left out is not in
// the values at all, so that nothing made of them can show it.
func (b *builder) shown(polls []*Poll) []*Poll {
	if !b.in.Public {
		return polls
	}
	list := make([]*Poll, len(polls))
	for i, p := range polls {
		list[i] = b.public(p)
	}
	return list
}

// public returns a poll as everybody may have it: one of few ballots is a copy
// without numbers.
func (b *builder) public(p *Poll) *Poll {
	if p.Collected >= b.c.MinGroup {
		return p
	}
	open := *p
	open.People = slices.Clone(p.People)
	open.Summoned, open.Present, open.Issued, open.Collected, open.Voided, open.Base = 0, 0, 0, 0, 0, 0
	b.small[p.Package] = true
	b.c.Suppressed++
	for i := range open.People {
		o := &open.People[i]
		none := meeting.Share{Percent: meeting.Percent(0, 0)}
		o.High, o.Confidence, o.Low, o.Invalid = none, none, none, 0
		b.hidden[placed{p.Package, i}] = true
	}
	return &open
}

// shownAgency is an agency as consolidations have it.
func (b *builder) shownAgency(a Agency) Agency {
	a.Contact = ""
	if b.in.Public {
		a.Key, a.Confirmed = "", false
	}
	return a
}

// sections puts polls, which come in order, under the kinds of agencies, and
// counts the rows.
func (b *builder) sections(seats []seat) {
	kinds, at := b.in.Directory.Kinds(), map[string]int{}
	for _, s := range seats {
		if !slices.Contains(kinds, s.agency.Kind) {
			kinds = append(kinds, s.agency.Kind)
		}
	}
	sections := make([]Section, len(kinds))
	for i, kind := range kinds {
		sections[i].Kind, at[kind] = kind, i
	}
	for _, s := range seats {
		section := &sections[at[s.agency.Kind]]
		if n := len(section.Agencies); n == 0 || section.Agencies[n-1].Agency.ID != s.agency.ID {
			section.Agencies = append(section.Agencies, AgencyResult{Agency: b.shownAgency(s.agency)})
		}
		last := &section.Agencies[len(section.Agencies)-1]
		last.Polls = append(last.Polls, b.result(s))
	}
	b.c.Sections = slices.DeleteFunc(sections, func(s Section) bool { return len(s.Agencies) == 0 })
	b.number()
}

// number counts the rows over the whole consolidation, from 1.
func (b *builder) number() {
	n := 0
	for _, section := range b.c.Sections {
		for _, a := range section.Agencies {
			for _, p := range a.Polls {
				for i := range p.Rows {
					n++
					p.Rows[i].Number = n
				}
			}
		}
	}
}

// result makes the rows of one poll.
func (b *builder) result(s seat) PollResult {
	p := PollResult{Poll: s.poll, Posts: s.group, Hidden: b.small[s.poll.Package], Rows: make([]Row, len(s.poll.People))}
	p.Early = early(b.in.Round, b.done, s.group.ID, s.poll.Voted)
	rules := b.rules(s.poll)
	for i, o := range s.poll.People {
		p.Rows[i] = Row{PersonOutcome: o, Elsewhere: b.persons.elsewhere(s.poll, i), Hidden: b.hidden[placed{s.poll.Package, i}]}
		if b.in.Levels && !b.in.Public && rules != nil {
			p.Rows[i].Level = rules.Group(o.Low.Votes, s.poll.Base)
		}
	}
	return p
}

// rules is the rule set of a poll, or that of the round.
func (b *builder) rules(p *Poll) *meeting.RuleSet {
	if rules, err := meeting.RuleSetByID(p.RuleSet); err == nil {
		return rules
	}
	return b.c.Rules
}

// exempt lists who is on no ballot, each once for an agency, though each paper of
// a meeting may name them.
func (b *builder) exempt(seats []seat) {
	type who struct{ agency, name, post, reason string }
	seen := map[who]bool{}
	for _, s := range seats {
		for _, p := range s.poll.Exempt {
			key := who{s.agency.ID, meeting.FoldedName(p.Name), p.Post, p.Exempt}
			if seen[key] {
				continue
			}
			seen[key] = true
			person := meeting.Person{Name: p.Name, Post: p.Post, Block: p.Block, Exempt: p.Exempt}
			b.c.Exempt = append(b.c.Exempt, ExemptPerson{b.shownAgency(s.agency), person, reason(b.rules(s.poll), p.Exempt)})
		}
	}
}

// reason is a reason of exemption in the words of the rule set.
func reason(rules *meeting.RuleSet, id string) meeting.Text {
	if rules != nil {
		for _, r := range rules.Exempt {
			if r.ID == id {
				return r.Text
			}
		}
	}
	return meeting.Text{Vi: id, En: id}
}

// follow finds where every poll stands, and which groups are done.
func (b *builder) follow() {
	b.all = Follow(b.in.Round, b.in.Directory, b.in.Known, b.in.Packages, DayOf(b.in.AsOf))
	b.done = Finish(b.in.Round, b.all)
}

// standings lists what is late, what is missing, and what is not awaited.
func (b *builder) standings() {
	for _, s := range b.all {
		s.Agency = b.shownAgency(s.Agency)
		if b.in.Public {
			s.Package, s.Known.By = nil, ""
		}
		switch {
		case s.Stage == StageExcused || s.Known.Done != "" && s.Stage == StageVoted:
			b.c.Excused = append(b.c.Excused, s)
		case s.Stage != StageSent:
			b.c.Missing = append(b.c.Missing, s)
		}
		if s.tardy() {
			b.c.Late = append(b.c.Late, s)
		}
	}
}

// tardy reports whether something was done too late, rather than not yet.
func (s *Standing) tardy() bool {
	return slices.ContainsFunc(s.Rules, func(m Met) bool { return m.Late && (m.Done != "" || s.Stage == StageSent) })
}
