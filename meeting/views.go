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

// Latest returns the files of a ballot paper's result, each as it came back
// signed if it did.
func (r *Record) Latest() []RecordFile {
	list := slices.Clone(r.Files)
	for i := range list {
		if back := r.returned(list[i].Name); back != nil {
			list[i].Hash, list[i].Size = back.Hash, back.Size
		}
	}
	return list
}

// publicFiles are the files that everybody may have of a result that was
// released to the public: the numbers, the report, and the sealed manifest by
// which they are checked.
var publicFiles = []string{"result.json", "result.csv", "result.xlsx", ReportFile, "manifest.json", "manifest.json.p7s", "ca.pem"}

// PublicFiles returns what everybody may have of a ballot paper's files. It is
// nothing unless the chair has released the result to the public, and nothing of
// a meeting whose archive is for members only.
func (m *Meeting) PublicFiles(poll ballot.UUID) []RecordFile {
	r, err := m.record(poll)
	if err != nil || !m.Published || m.Release == nil || m.Release.Audience != AudiencePublic || m.Plan.MembersOnly {
		return nil
	}
	return slices.DeleteFunc(r.Latest(), func(f RecordFile) bool { return !slices.Contains(publicFiles, f.Name) })
}
