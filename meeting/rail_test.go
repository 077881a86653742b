package meeting_test

import (
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/threshold/ceremony"
	"github.com/homphieu/homphieu/meeting"
)

// rail writes the steps in a line: + for done, > for now, ! for blocked.
func (r *room) rail() string {
	r.Helper()
	m := r.get()
	statuses, err := r.office.Statuses(r.Context(), m)
	r.ok(err)
	var all []string
	for _, s := range meeting.Rail(m, statuses) {
		sign := map[meeting.StepState]string{meeting.StepDone: "+", meeting.StepNow: ">", meeting.StepBlocked: "!", meeting.StepLater: ""}[s.State]
		all = append(all, sign+s.ID)
		told := s.State == meeting.StepNow || s.State == meeting.StepBlocked
		if s.Name.Vi == "" || s.Name.En == "" || (s.Why.Vi != "") != told || (s.Why.En != "") != told {
			r.Errorf("%+v", s)
		}
	}
	return strings.Join(all, " ")
}

func (r *room) wantRail(want string) {
	r.Helper()
	if got := r.rail(); got != want {
		r.Errorf("rail\n%s, want\n%s", got, want)
	}
}

// why is what a step says is missing, in English.
func (r *room) why(id string) string {
	r.Helper()
	m := r.get()
	statuses, err := r.office.Statuses(r.Context(), m)
	r.ok(err)
	for _, s := range meeting.Rail(m, statuses) {
		if s.ID == id {
			return s.Why.En
		}
	}
	r.Fatalf("no step %s", id)
	return ""
}

// The rail of a meeting, step by step.
func TestRail(t *testing.T) {
	r := newRoom(t)
	m, err := r.office.Create(t.Context(), secretary, meeting.Plan{Title: "Hội nghị"})
	r.ok(err)
	r.u = m.UUID
	const rest = " rehearsal seal meeting voting closing tally papers signed result"
	r.wantRail(">plan >people >board >attendance keys slips" + rest)
	_, err = r.office.SetBoard(t.Context(), secretary, r.u, someBoard)
	r.ok(err)
	r.wantRail(">plan >people +board >attendance keys slips" + rest)
	r.prepare()
	r.wantRail("+plan +people +board +attendance >keys slips" + rest)
	_, err = r.office.StartKeys(t.Context(), secretary, r.u, 0)
	r.ok(err)
	if got := r.why("keys"); got != "waiting for: Bùi Văn Khoa, Hồ Thị Lan, Đinh Công Minh" {
		t.Error(got)
	}
	r.complain()
	r.wantRail("+plan +people +board +attendance !keys slips" + rest)
	if got := r.why("keys"); !strings.Contains(got, "Đinh Công Minh → Bùi Văn Khoa") {
		t.Error(got)
	}
	_, err = r.office.StartKeys(t.Context(), secretary, r.u, 0)
	r.ok(err)
	r.ceremony(ceremony.Finished)
	if got := r.why("keys"); got != "draw up the papers" {
		t.Error(got)
	}
	_, err = r.office.DrawUp(t.Context(), secretary, r.u)
	r.ok(err)
	r.wantRail("+plan +people +board +attendance +keys >slips" + rest)
	if got := r.why("slips"); !strings.Contains(got, " 10 slips") {
		t.Error(got)
	}
	r.makeSlips(printed)
	const ready = "+plan +people +board +attendance +keys +slips "
	r.wantRail(ready + ">rehearsal seal meeting voting closing tally papers signed result")
	r.rehearse(1, 2)
	r.wantRail(ready + "+rehearsal >seal meeting voting closing tally papers signed result")
	r.seal()
	r.wantRail(ready + "+rehearsal +seal !meeting voting closing tally papers signed result")
	r.attend(summoned, summoned)
	if got := r.why("meeting"); !strings.Contains(got, "confirmed") {
		t.Error(got)
	}
	r.approve()
	r.wantRail(ready + "+rehearsal +seal >meeting voting closing tally papers signed result")
	r.open()
	r.castAll(0, 0, 1, 2, 3, 4, 5)
	r.ok(r.cast(6, 0, 0))
	r.wantRail(ready + "+rehearsal +seal +meeting >voting closing tally papers signed result")
	if got := r.why("voting"); !strings.HasPrefix(got, "6 have voted") {
		t.Error(got)
	}
	r.close(1, 2)
	r.wantRail(ready + "+rehearsal +seal +meeting +voting >closing tally papers signed result")
	r.bring(meeting.DeskUnissued, 7)
	r.issued(9, 1, 2)
	r.sign(r.get().Papers[0].UUID, 1, 2)
	r.wantRail(ready + "+rehearsal +seal +meeting +voting >closing tally papers signed result")
	r.sign(r.get().Papers[1].UUID, 1, 2)
	r.wantRail(ready + "+rehearsal +seal +meeting +voting +closing >tally papers signed result")
	for _, p := range r.get().Papers {
		r.contribute(p.UUID, 1)
		r.contribute(p.UUID, 2)
	}
	r.wantRail(ready + "+rehearsal +seal +meeting +voting +closing +tally >papers signed >result")
	_, err = r.office.Publish(t.Context(), r.chair(), r.u, meeting.AudienceMeeting, true)
	r.ok(err)
	r.wantRail(ready + "+rehearsal +seal +meeting +voting +closing +tally >papers signed +result")
}

// A poll with too few ballots is not counted, and the rail says so.
func TestRailOfTooFew(t *testing.T) {
	r := reach(t, meeting.Open)
	r.castAll(0, 0, 1, 2, 3)
	r.close(1, 2)
	r.issued(7, 1, 2)
	for _, p := range r.get().Papers {
		r.sign(p.UUID, 1, 2)
	}
	r.wantRail("+plan +people +board +attendance +keys +slips +rehearsal +seal +meeting +voting +closing !tally papers signed result")
	if got := r.why("tally"); got != "4, at least 5" {
		t.Error(got)
	}
}

// What an abandoned meeting had done stays done, and nothing is to do.
func TestRailOfAbandoned(t *testing.T) {
	r := reach(t, meeting.Open)
	r.abandon(r.chair(), "Mất điện")
	r.abandon(r.member(1), "")
	r.abandon(r.member(2), "")
	r.wantRail("+plan +people +board +attendance +keys +slips +rehearsal +seal +meeting voting closing tally papers signed result")
}

// Every state has a name in both languages.
func TestStateNames(t *testing.T) {
	for _, s := range []meeting.State{
		meeting.Draft, meeting.Keys, meeting.Slips, meeting.Rehearsed, meeting.Sealed, meeting.Open, meeting.Closed, meeting.Tallied, meeting.Signed, meeting.Abandoned,
	} {
		if name := s.Name(); name.Vi == "" || name.En == "" {
			t.Errorf("%s", s)
		}
	}
}
