package round

import (
	"cmp"
	"slices"
	"time"

	"github.com/homphieu/homphieu/meeting"
)

// vietnam is the time in which days are counted: the country has one, without
// summer time.
var vietnam = time.FixedZone("UTC+7", 7*60*60)

// DayOf returns the day on which something happened.
func DayOf(t time.Time) meeting.Date { return meeting.Day(t.In(vietnam)) }

// Follow returns where every poll stands that the round waits for, in the order of
// the directory and of the round's groups. Packages are those of the round, in
// the order in which they came.
//
// What is noted goes before what packages claim, but for the day of the vote,
// which an accepted package proves. A package under a key that is not confirmed
// may be a stranger's: it is shown, and nothing in it makes anybody late or in
// time. The agency's own that is kept apart starts the days for sending but is
// not taken for known.
func Follow(r *Round, d *Directory, known []Progress, packages []*Package, today meeting.Date) []Standing {
	f := follower{round: r, today: today, known: map[Expected]Progress{}, packages: map[Expected][]*Package{}, words: map[string]meeting.Text{}}
	for _, p := range known {
		f.known[p.Expected] = p
	}
	for _, p := range packages {
		e := Expected{p.Agency, p.Group}
		f.packages[e] = append(f.packages[e], p)
	}
	order := newOrder(r, d)
	list := make([]Standing, len(r.Expected))
	for i, e := range slices.SortedStableFunc(slices.Values(r.Expected), order.compare) {
		list[i] = f.standing(order.agency(e.Agency), order.group(e.Group))
	}
	return list
}

type follower struct {
	round    *Round
	today    meeting.Date
	known    map[Expected]Progress
	packages map[Expected][]*Package
	words    map[string]meeting.Text // of rules, by what they are made of: hundreds of polls share them
}

// rule returns a rule in words, which are put together once.
func (f *follower) rule(key string, words func() meeting.Text) meeting.Text {
	t, ok := f.words[key]
	if !ok {
		t = words()
		f.words[key] = t
	}
	return t
}

func (f *follower) standing(a Agency, g Group) Standing {
	e := Expected{a.ID, g.ID}
	s := Standing{Agency: a, Group: g, Known: f.known[e]}
	s.Known.Expected = e
	results := slices.DeleteFunc(slices.Clone(f.packages[e]), func(p *Package) bool { return p.Kind != KindResult })
	for _, p := range f.packages[e] {
		if p.Status == Held {
			s.Unproven++
		}
	}
	s.Package = counting(a, results)
	s.Papers, s.Here = papers(results)
	for _, p := range results {
		if p.Status == Accepted {
			s.last = max(s.last, p.Voted)
		}
	}
	s.Known.fill(f.packages[e])
	s.Stage = s.stage()
	if s.Stage != StageExcused {
		s.Rules = f.rules(&s, results)
	}
	return s
}

// counting returns the package that counts, or the latest that came, without what
// is known to be a stranger's.
func counting(a Agency, results []*Package) *Package {
	var latest *Package
	for _, p := range slices.Backward(results) {
		if p.Status == Accepted {
			return p
		}
		stranger := p.Status == Apart && a.Confirmed && !p.ownOf(a)
		if latest == nil && p.Status != Superseded && !stranger {
			latest = p
		}
	}
	return latest
}

// papers returns how many ballot papers there are as far as packages that count
// say, and of how many there is one.
func papers(results []*Package) (all, here int) {
	for _, p := range results {
		if p.Status == Accepted {
			all, here = max(all, p.Papers, 1), here+1
		}
	}
	return max(all, here), here
}

// proven reports whether the package was signed with the agency's confirmed key
// and nothing speaks against it so far.
func (p *Package) proven() bool {
	return p.Status == Accepted || p.Status == Superseded || p.Status == Checking
}

// ownOf reports whether the package is known to be the agency's own, whatever
// speaks against it.
func (p *Package) ownOf(a Agency) bool {
	return p.proven() || a.Confirmed && p.Key == a.Key
}

// fill takes from packages, the latest first, what is not noted.
func (p *Progress) fill(packages []*Package) {
	proven := false // an accepted package named the day of the vote
	for _, c := range slices.Backward(packages) {
		if !c.proven() {
			continue
		}
		p.Prepared, p.Condition, p.Planned = cmp.Or(p.Prepared, c.Prepared), cmp.Or(p.Condition, c.Condition), cmp.Or(p.Planned, c.Planned)
		if c.Kind == KindResult && c.Status == Accepted && c.Voted != "" && !proven {
			p.Voted, proven = c.Voted, true
		}
		p.Voted = cmp.Or(p.Voted, c.Voted)
	}
}

func (s *Standing) stage() Stage {
	status := Status("")
	if s.Package != nil {
		status = s.Package.Status
	}
	switch {
	case status == Accepted && s.Here < s.Papers:
		return StagePart
	case status == Accepted:
		return StageSent
	case status == Checking:
		return StageHeld
	case s.Known.Excused != "":
		return StageExcused
	case status == Apart:
		return StageApart
	case status == Held && s.Known.Done == "":
		return StageHeld
	case s.Known.Voted != "" || s.Known.Done != "":
		return StageVoted
	case s.Known.Prepared != "":
		return StagePrepared
	}
	return StageNone
}

// Elsewhere reports whether the vote was held where no package comes from.
func (s *Standing) Elsewhere() bool {
	return s.Known.Done != "" && (s.Package == nil || s.Package.Status == Held)
}

// LateBy returns the rules of which a limit was missed.
func (s *Standing) LateBy() (rules []Met) {
	for _, m := range s.Rules {
		if m.Late {
			rules = append(rules, m)
		}
	}
	return rules
}
