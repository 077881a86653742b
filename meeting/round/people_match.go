package round

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/homphieu/homphieu/meeting"
)

// An entry is a person of a poll while persons are matched.
type entry struct {
	poll   *Poll
	index  int // in ballot order
	order  int // of the entry among all
	agency Agency
	group  Group
	one    *entry // another entry of the same person, nearer to the first; itself for the first
	named  bool   // an agency named the place that joins it to others
	astray []string
}

func (e *entry) outcome() *meeting.PersonOutcome { return &e.poll.People[e.index] }

// places are the other places that the agency named.
func (e *entry) places() []string {
	if e.index < len(e.poll.Places) {
		return e.poll.Places[e.index]
	}
	return nil
}

// root is the first entry of the same person.
func (e *entry) root() *entry {
	for e.one != e {
		e.one = e.one.one
		e = e.one
	}
	return e
}

// join says that two entries are one person.
func (e *entry) join(o *entry) {
	a, b := e.root(), o.root()
	if b.order < a.order {
		a, b = b, a
	}
	b.one = a
}

func (e *entry) place() Place {
	o := e.outcome()
	return Place{Agency: e.agency, Group: e.group, Post: o.Post, Result: *o, Poll: e.poll, index: e.index}
}

// A matching is all persons of a round's polls by name.
type matching struct {
	agencies map[string]string // folded name, or ID → ID
	names    []string          // folded, in the order in which they come up
	byName   map[string][]*entry
	byPlace  map[placed]*entry
	said     map[pair]bool       // of these an officer said whether they are one person
	named    []pair              // of these an agency did, by naming the other's place
	persons  map[*entry][]*entry // by the first entry: who has several
}

// A placed names an entry: persons of one poll differ in name or post.
type placed struct {
	poll string
	i    int
}

// A pair is two entries, the first in order first.
type pair struct{ a, b *entry }

func paired(a, b *entry) pair {
	if b.order < a.order {
		a, b = b, a
	}
	return pair{a, b}
}

// match matches the persons of polls, only those of some names if these are given.
func match(r *Round, d *Directory, polls []*Poll, links []Link, only map[string]bool) *matching {
	m := &matching{agencies: map[string]string{}, byName: map[string][]*entry{}, byPlace: map[placed]*entry{}, persons: map[*entry][]*entry{}, said: map[pair]bool{}}
	for _, a := range d.Agencies {
		m.agencies[meeting.FoldedName(a.ID)] = a.ID
	}
	for _, a := range d.Agencies {
		m.agencies[meeting.FoldedName(a.Name)] = a.ID
	}
	n := 0
	for _, s := range seats(r, d, polls) {
		for i := range s.poll.People {
			name := meeting.FoldedName(s.poll.People[i].Name)
			if name == "" || only != nil && !only[name] {
				continue
			}
			e := &entry{poll: s.poll, index: i, order: n, agency: s.agency, group: s.group}
			e.one = e
			if m.byName[name] == nil {
				m.names = append(m.names, name)
			}
			m.byName[name] = append(m.byName[name], e)
			m.byPlace[placed{s.poll.Package, i}] = e
			n++
		}
	}
	m.answered(links)
	for _, name := range m.names {
		m.declared(m.byName[name])
		for _, p := range people(m.byName[name]) {
			if len(p) > 1 {
				m.persons[p[0]] = p
			}
		}
	}
	return m
}

// A seat is a poll with its agency and group.
type seat struct {
	poll   *Poll
	agency Agency
	group  Group
}

// seats puts polls in the order of the directory and of the round's groups; of
// one agency and group, in that of the votes.
func seats(r *Round, d *Directory, polls []*Poll) []seat {
	order := newOrder(r, d)
	list := make([]seat, len(polls))
	for i, p := range polls {
		list[i] = seat{p, order.agency(p.Agency), order.group(p.Group)}
	}
	slices.SortStableFunc(list, func(x, y seat) int {
		a, b := x.poll, y.poll
		return cmp.Or(order.compare(Expected{a.Agency, a.Group}, Expected{b.Agency, b.Group}),
			cmp.Compare(a.Voted, b.Voted), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Election, b.Election))
	})
	return list
}

// answered takes in what officers said.
func (m *matching) answered(links []Link) {
	for _, l := range links {
		var a, b *entry
		for _, e := range m.byName[meeting.FoldedName(l.Name)] {
			switch {
			case e.poll.Election == l.A && e.outcome().Post == l.PostA:
				a = e
			case e.poll.Election == l.B && e.outcome().Post == l.PostB:
				b = e
			}
		}
		if a == nil || b == nil {
			continue
		}
		m.said[paired(a, b)] = true
		if l.Same {
			a.join(b)
		}
	}
}

// declared joins entries of one name where an agency named the place of another.
func (m *matching) declared(list []*entry) {
	at := map[string][]*entry{}
	for _, e := range list {
		at[e.poll.Agency] = append(at[e.poll.Agency], e)
	}
	for _, e := range list {
		for _, place := range e.places() {
			others := slices.DeleteFunc(slices.Clone(at[m.agency(place)]), func(o *entry) bool { return o.poll == e.poll })
			if len(others) != 1 {
				e.astray = append(e.astray, place)
				continue
			}
			if o := others[0]; !m.said[paired(e, o)] {
				e.join(o)
				e.named, o.named = true, true
				if p := paired(e, o); !slices.Contains(m.named, p) {
					m.named = append(m.named, p)
				}
			}
		}
	}
}

// agency returns the ID of the agency that a place names, alone or before a comma
// or the like ("Huyện ủy Đồng Xanh, Bí thư"); or "".
func (m *matching) agency(place string) string {
	place = meeting.FoldedName(place)
	if id, ok := m.agencies[place]; ok {
		return id
	}
	for i, c := range place {
		if !strings.ContainsRune(",;:(–-", c) {
			continue
		}
		if id, ok := m.agencies[strings.TrimSpace(place[:i])]; ok {
			return id
		}
	}
	return ""
}

// people returns the entries of each person of a name, of the first entry first.
func people(list []*entry) (people [][]*entry) {
	at := map[*entry]int{}
	for _, e := range list {
		root := e.root()
		i, ok := at[root]
		if !ok {
			i = len(people)
			at[root], people = i, append(people, nil)
		}
		people[i] = append(people[i], e)
	}
	return people
}

// twice returns who has several places, in the order of their first places.
func (m *matching) twice() (twice []Twice) {
	all := slices.SortedFunc(maps.Values(m.persons), func(a, b []*entry) int { return a[0].order - b[0].order })
	for _, p := range all {
		t := Twice{Name: p[0].outcome().Name}
		for _, e := range p {
			t.At, t.Declared = append(t.At, e.place()), t.Declared || e.named
		}
		twice = append(twice, t)
	}
	return twice
}

// questions asks of pairs of one name: first those of which a place was named
// that is not found.
func (m *matching) questions() (list []Question) {
	for _, hinted := range []bool{true, false} {
		for _, name := range m.names {
			list = m.ask(list, m.byName[name], hinted)
		}
	}
	return list
}

func (m *matching) ask(list []Question, entries []*entry, hinted bool) []Question {
	if hinted && !slices.ContainsFunc(entries, func(e *entry) bool { return len(e.astray) > 0 }) {
		return list
	}
	for i, a := range entries {
		for _, b := range entries[i+1:] {
			if len(list) == MaxQuestions {
				return list
			}
			if a.poll == b.poll || m.said[pair{a, b}] || a.root() == b.root() || hinted != (len(a.astray)+len(b.astray) > 0) {
				continue
			}
			list = append(list, pair{a, b}.question())
		}
	}
	return list
}

// question asks whether the two are one person.
func (p pair) question() Question {
	x, y := p.a, p.b
	if y.poll.Election < x.poll.Election {
		x, y = y, x
	}
	return Question{p.a.outcome().Name, Entry{x.place(), x.places()}, Entry{y.place(), y.places()}}
}

// about returns the pair that an answer is about, as it is asked.
func (m *matching) about(l Link) (q Question, ok bool) {
	list := m.byName[meeting.FoldedName(l.Name)]
	for i, a := range list {
		for _, b := range list[i+1:] {
			if q = (pair{a, b}).question(); a.poll != b.poll && sameEntries(q.Link(l.Same), l) {
				return q, true
			}
		}
	}
	return q, false
}

// sameEntries compares answers as [Link.Answers] does, in any spelling of the name.
func sameEntries(l, other Link) bool {
	other.Name = l.Name
	return l.Answers(other)
}

// elsewhere are the other places of an entry, in words: those that are known, and
// what the agency named beside them.
func (m *matching) elsewhere(poll *Poll, index int) (list []string) {
	e := m.byPlace[placed{poll.Package, index}]
	if e == nil {
		return nil
	}
	for _, o := range m.persons[e.root()] {
		if o != e {
			at := o.place()
			list = append(list, at.Words())
		}
	}
	return append(list, e.astray...)
}
