package meeting

import (
	"slices"

	"github.com/homphieu/homphieu/ballot"
)

// HasBoxes reports whether the papers have been sealed: from then on each has a
// ballot box, even if the meeting was abandoned afterwards.
func (m *Meeting) HasBoxes() bool { return m.reached(Sealed) }

// OnPaper returns the persons whom a paper asks about, in the order of its
// questions.
func (m *Meeting) OnPaper(paper int) (list []Person) {
	for _, p := range m.People {
		if p.votedOn(paper) {
			list = append(list, p)
		}
	}
	return list
}

// SlipsWanted is how many slips to make: one for each person summoned, and the
// plan's spares, rounded up.
func (m *Meeting) SlipsWanted() int {
	return m.Attendance.Summoned + m.spares()
}

// IssuedSoFar is how many slips are in voters' hands as far as the desk knows:
// what two members have counted, and until then all that were neither voided as
// unissued nor exchanged.
func (m *Meeting) IssuedSoFar() int {
	if n, ok := m.Slips.agreed(); ok {
		return n
	}
	return m.Slips.Printed - len(m.Slips.Unissued) - len(m.Slips.Exchanged)
}

// HasPoll reports whether an election is one of the meeting's papers or its
// rehearsal.
func (m *Meeting) HasPoll(u ballot.UUID) bool {
	if m.Rehearsal != nil && m.Rehearsal.UUID == u {
		return true
	}
	return slices.ContainsFunc(m.Papers, func(p Paper) bool { return p.UUID == u })
}
