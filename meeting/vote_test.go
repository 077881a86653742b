package meeting_test

import (
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
)

// The poll opens when everything is so, and is refused for each that is not.
func TestOpenRefused(t *testing.T) {
	r := reach(t, meeting.Sealed)
	open := func() error {
		_, err := r.office.Open(t.Context(), r.chair(), r.u)
		return err
	}
	r.ok(r.plan(func(p *meeting.Plan) { p.Decision = meeting.Reference{Number: "15-QĐ/TU"} }))
	r.refusedField(open(), meeting.ErrDecision, "decision.number")
	r.ok(r.plan(func(p *meeting.Plan) { p.Decision = meeting.Reference{Date: "2026-11-01"} }))
	r.refused(open(), meeting.ErrDecision)
	r.ok(r.plan(func(p *meeting.Plan) { p.Decision = somePlan.Decision }))
	r.refusedField(open(), meeting.ErrQuorum, "present")
	r.attend(summoned, 5)
	r.refused(open(), meeting.ErrQuorum)
	r.attend(6, 4)
	r.refusedField(open(), meeting.ErrFewPresent, "present")
	r.attend(summoned, 6)
	r.refused(open(), meeting.ErrBoardConfirmed)
	r.approve(1, 3)
	r.refused(open(), meeting.ErrBoardConfirmed)
	r.approve(2)
	r.refused(open(), meeting.ErrUnissued) // 10 slips for 6 people and a spare
	r.bring(meeting.DeskUnissued, 0, 1)
	r.refused(open(), meeting.ErrUnissued)
	r.bring(meeting.DeskUnissued, 2)
	for _, p := range r.get().Papers {
		b, err := r.store.Box(t.Context(), p.UUID)
		r.ok(err)
		if s, err := b.Status(t.Context()); err != nil || s.State != box.Sealed {
			t.Errorf("%s, %v", s.State, err)
		}
	}
	r.ok(open())
	_, err := r.office.Approve(t.Context(), r.chair(), r.u, nil)
	r.refused(err, meeting.ErrState)
}

// Nobody summoned is no quorum, whatever fractions say.
func TestNobodySummoned(t *testing.T) {
	r := reach(t, meeting.Sealed)
	r.attend(0, 0)
	_, err := r.office.Open(t.Context(), r.chair(), r.u)
	r.refused(err, meeting.ErrQuorum)
}

func TestApproveRefused(t *testing.T) {
	r := reach(t, meeting.Sealed)
	for _, n := range []int{-1, 0, 4} {
		_, err := r.office.Approve(t.Context(), r.chair(), r.u, []int{n})
		r.refusedField(err, meeting.ErrBoard, "replaced")
	}
	r.approve(1)
	r.mode = doubled
	r.approve(2, 2)
	m := r.get()
	if !m.BoardApproved || m.Board[0].Replaced || !m.Board[1].Replaced || m.Board[2].Replaced {
		t.Errorf("%+v", m.Board)
	}
	early := reach(t, meeting.Rehearsed)
	_, err := early.office.Approve(t.Context(), secretary, early.u, nil)
	early.refused(err, meeting.ErrState)
}

// Sealing freezes the settings and the rule set with its version.
func TestSealFreezes(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	r.ok(r.plan(func(p *meeting.Plan) { p.MinBallots, p.MembersOnly, p.Members = 7, true, 60 }))
	r.makeKeys()
	r.makeSlips(printed)
	_, err := r.office.Seal(t.Context(), r.chair(), r.u)
	r.refused(err, meeting.ErrRehearsal)
	r.rehearse(1)
	_, err = r.office.Seal(t.Context(), r.chair(), r.u)
	r.refused(err, meeting.ErrRehearsal)
	r.contribute(r.get().Rehearsal.UUID, 2)
	if m := r.get(); m.Plan.RuleSetVersion != 0 {
		t.Errorf("version %d before sealing", m.Plan.RuleSetVersion)
	}
	r.seal()
	m := r.get()
	if m.Plan.RuleSetVersion != ruleSet(t, meeting.RuleSetReg96).Version || len(m.Polls) != 2 {
		t.Errorf("version %d, %d polls", m.Plan.RuleSetVersion, len(m.Polls))
	}
	for _, p := range m.Papers {
		b, err := r.store.Box(t.Context(), p.UUID)
		r.ok(err)
		want := box.Settings{MinBallots: 7, MembersOnly: true, RuleSet: meeting.RuleSetReg96, Members: 60}
		if s := b.Setup(); s.Settings != want || s.Timestamp <= now.Unix() || string(s.Trustees) != m.Ceremony.Trustees || string(s.Election) != p.Election {
			t.Errorf("%+v", s)
		}
	}
	_, err = r.office.StartRehearsal(t.Context(), secretary, r.u)
	r.refused(err, meeting.ErrState)
	_, err = r.office.Open(t.Context(), r.chair(), r.u)
	r.refused(err, meeting.ErrQuorum)
}

// Where percentages are of all members, no more are summoned than there are: when
// the keys are begun, at sealing and afterwards. A list is no way around it.
func TestNoMoreSummonedThanMembers(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	set := func(a meeting.Attendance) error {
		_, err := r.office.SetAttendance(t.Context(), secretary, r.u, a)
		return err
	}
	r.setPeople([]meeting.Person{{Name: "Nguyễn Thị Ánh", Post: "Giám đốc"}}, []string{""})
	r.ok(r.plan(func(p *meeting.Plan) { p.RuleSet, p.Members = meeting.RuleSetNQ85, summoned-1 }))
	_, err := r.office.StartKeys(t.Context(), secretary, r.u, 0)
	r.refusedField(err, meeting.ErrPlan, "members")
	r.ok(r.plan(func(p *meeting.Plan) { p.Members = summoned }))
	r.makeKeys()
	r.makeSlips(printed)
	r.rehearse(1, 2)
	r.ok(set(meeting.Attendance{Summoned: summoned + 1}))
	_, err = r.office.Seal(t.Context(), r.chair(), r.u)
	r.refusedField(err, meeting.ErrAttendance, "summoned")
	r.attend(summoned, 0)
	r.seal()
	r.refusedField(set(meeting.Attendance{Summoned: summoned + 1}), meeting.ErrAttendance, "summoned")
	list := make([]meeting.Attendee, summoned+1)
	for i := range list {
		list[i].Name = "Ánh"
	}
	r.refusedField(set(meeting.Attendance{List: list}), meeting.ErrAttendance, "list")
	r.ok(set(meeting.Attendance{List: list[1:]}))
	// Others count ballots: their percentages do not depend on it.
	other := reach(t, meeting.Sealed)
	other.attend(summoned+1, summoned)
}

// Two different members close the poll.
func TestClose(t *testing.T) {
	r := reach(t, meeting.Open)
	r.mode = doubled
	r.close(2)
	r.state(meeting.Open)
	r.ok(r.cast(0, 0, 0))
	r.close(3)
	r.state(meeting.Closed)
	r.refused(r.cast(1, 0, 0), ballot.ErrClosed)
	r.close(1, 2, 3) // who comes too late has nothing to do
	r.state(meeting.Closed)
	if m := r.get(); len(m.CloseBy) != 2 {
		t.Errorf("%v", m.CloseBy)
	}
	sealed := reach(t, meeting.Sealed)
	_, err := sealed.office.Close(t.Context(), sealed.member(1), sealed.u)
	sealed.refused(err, meeting.ErrState)
}

// No step is taken twice, or backwards.
func TestNoWayBack(t *testing.T) {
	r := reach(t, meeting.Closed)
	_, err := r.office.Open(t.Context(), r.chair(), r.u)
	r.refused(err, meeting.ErrState)
	_, err = r.office.Seal(t.Context(), r.chair(), r.u)
	r.refused(err, meeting.ErrState)
	_, err = r.office.DrawUp(t.Context(), secretary, r.u)
	r.refused(err, meeting.ErrState)
	_, err = r.office.Publish(t.Context(), r.chair(), r.u, meeting.AudienceMeeting, true)
	r.refused(err, meeting.ErrState)
}

// A rehearsal is an election of its own that is listed under no paper; every
// member may try the key, and a new one may be begun until sealing.
func TestRehearsal(t *testing.T) {
	r := reach(t, meeting.Slips)
	r.mode = doubled
	r.rehearse(2, 3)
	r.state(meeting.Rehearsed)
	first := *r.get().Rehearsal
	b, err := r.store.Box(t.Context(), first.UUID)
	r.ok(err)
	e, s := b.Election(), b.Setup().Settings
	if e.Name != "TẬP DƯỢT · "+somePlan.Title || len(e.Questions) != 3 || !s.Rehearsal || s.MinBallots != 5 || r.get().HasPoll(first.UUID) == false {
		t.Errorf("%q, %d questions, %+v", e.Name, len(e.Questions), s)
	}
	for _, row := range first.Expected {
		if sum := row[0] + row[1] + row[2] + row[3]; sum != 5 {
			t.Errorf("%v", first.Expected)
		}
	}
	r.contribute(first.UUID, 1) // the third member, after the count
	if n := len(r.get().Rehearsal.Poll.Contributions); n != 3 {
		t.Errorf("%d contributions", n)
	}
	result, err := r.office.Result(t.Context(), secretary, r.u, first.UUID)
	if err != nil || string(result.AppendJSON(nil)) != string(first.Expected.AppendJSON(nil)) {
		t.Errorf("%v, want %v, %v", result, first.Expected, err)
	}
	r.rehearse(1) // a new one is not passed yet
	if m := r.get(); m.Rehearsal.UUID == first.UUID || m.Rehearsal.Passed {
		t.Errorf("%+v", m.Rehearsal)
	}
	r.makeSlips(printed)
	_, err = r.office.Seal(t.Context(), r.chair(), r.u)
	r.refused(err, meeting.ErrRehearsal)
	_, err = r.office.Contribute(t.Context(), r.member(3), r.u, first.UUID, r.contribution(first.UUID, 3))
	r.refused(err, box.ErrNoBox)
	r.contribute(r.get().Rehearsal.UUID, 3)
	r.seal()
	early := reach(t, meeting.Keys)
	_, err = early.office.StartRehearsal(t.Context(), secretary, early.u)
	early.refused(err, meeting.ErrState)
}

// A rehearsal whose result is not that of the test ballots is not passed,
// however many members open it; a new one can be.
func TestRehearsalOfWrongSums(t *testing.T) {
	r := reach(t, meeting.Slips)
	r.rehearse(1)
	m := r.get()
	row := m.Rehearsal.Expected[0]
	row[0], row[1] = row[1]+1, row[0]
	r.ok(r.store.Save(t.Context(), m, audit.Draft{Time: now, Meeting: r.u, Actor: audit.Server, Action: "test"}))
	_, err := r.office.Contribute(t.Context(), r.member(2), r.u, m.Rehearsal.UUID, r.contribution(m.Rehearsal.UUID, 2))
	r.refused(err, meeting.ErrRehearsal)
	if m := r.get(); m.Rehearsal.Passed || m.State != meeting.Slips {
		t.Errorf("%s, %+v", m.State, m.Rehearsal)
	}
	r.refused(r.office.Resume(t.Context()), meeting.ErrRehearsal)
	r.rehearse(1, 2)
	r.state(meeting.Rehearsed)
}
