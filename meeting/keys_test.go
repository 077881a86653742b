package meeting_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/threshold"
	"github.com/homphieu/homphieu/crypto/threshold/ceremony"
	"github.com/homphieu/homphieu/meeting"
)

// Keys are begun when there are plan, persons and board, and not before.
func TestKeysNeed(t *testing.T) {
	for _, c := range []struct {
		clear func(r *room) error
		want  error
		field string
	}{
		{func(r *room) error { return r.plan(func(p *meeting.Plan) { p.Place = "" }) }, meeting.ErrPlan, "place"},
		{func(r *room) error { return r.plan(func(p *meeting.Plan) { p.Date = "" }) }, meeting.ErrPlan, "date"},
		{func(r *room) error { return r.plan(func(p *meeting.Plan) { p.RuleSet = "" }) }, meeting.ErrRuleSet, "ruleset"},
		{func(r *room) error { return r.plan(func(p *meeting.Plan) { p.RuleSet = meeting.RuleSetNQ85 }) }, meeting.ErrPlan, "members"},
		{func(r *room) error { r.setPeople(nil, []string{""}); return nil }, meeting.ErrPeople, "people"},
		{func(r *room) error { r.setPeople(somePeople[:4], somePapers); return nil }, meeting.ErrPeople, "people"},
		{func(r *room) error { r.setPeople(somePeople[2:3], []string{""}); return nil }, meeting.ErrPeople, "people"},
	} {
		r := newRoom(t)
		r.prepare()
		r.ok(c.clear(r))
		_, err := r.office.StartKeys(t.Context(), secretary, r.u, 0)
		r.refusedField(err, c.want, c.field)
		r.state(meeting.Draft)
	}
	r := newRoom(t)
	m, err := r.office.Create(t.Context(), secretary, somePlan)
	r.ok(err)
	_, err = r.office.SetPeople(t.Context(), secretary, m.UUID, somePeople, somePapers)
	r.ok(err)
	_, err = r.office.StartKeys(t.Context(), secretary, m.UUID, 0)
	r.refusedField(err, meeting.ErrBoard, "board")
}

func (r *room) plan(change func(p *meeting.Plan)) error {
	r.Helper()
	plan := r.get().Plan
	change(&plan)
	_, err := r.office.SetPlan(r.Context(), secretary, r.u, plan)
	return err
}

// More than half of the board decrypt together, so that two groups that do have
// a member in common, and not all of them; by default as few as can be.
func TestThreshold(t *testing.T) {
	for size, want := range map[int]int{3: 2, 4: 3, 5: 3, 6: 4, 7: 4} {
		r := newRoom(t)
		r.prepare()
		board := someBoard[:3:3]
		for i := range size - 3 {
			board = append(board, meeting.BoardMember{Name: fmt.Sprintf("Thành viên %d", i), Office: meeting.Ordinary})
		}
		_, err := r.office.SetBoard(t.Context(), secretary, r.u, board)
		r.ok(err)
		for _, bad := range []int{-1, 1, size / 2, size, size + 1} {
			_, err := r.office.StartKeys(t.Context(), secretary, r.u, bad)
			r.refusedField(err, meeting.ErrBoard, "threshold")
		}
		_, err = r.office.StartKeys(t.Context(), secretary, r.u, size-1)
		r.ok(err)
		m, err := r.office.StartKeys(t.Context(), secretary, r.u, 0)
		r.ok(err)
		if m.Ceremony.Threshold != want || r.transcript().Terms().Threshold != want || r.transcript().Terms().Size != size {
			t.Errorf("%d of %d, want %d", m.Ceremony.Threshold, size, want)
		}
	}
}

// A ceremony that hangs or failed is begun again under a new name; one that
// has just begun stays, and one that is done is final.
func TestKeysAgain(t *testing.T) {
	r := reach(t, meeting.Keys)
	first := r.get().Ceremony
	m, err := r.office.StartKeys(t.Context(), secretary, r.u, 0)
	if r.ok(err); m.Ceremony != first {
		t.Error("a ceremony that has just begun was begun again")
	}
	r.ceremony(ceremony.StepReveal)
	m, err = r.office.StartKeys(t.Context(), secretary, r.u, 0)
	r.ok(err)
	if m.Ceremony.ID == first.ID || m.Ceremony.Attempts != 2 || m.Ceremony.State != meeting.CeremonyRunning || len(r.transcript().Waiting()) != 3 {
		t.Errorf("%+v", m.Ceremony)
	}
	r.complain()
	m, err = r.office.StartKeys(t.Context(), secretary, r.u, 0)
	r.ok(err)
	if m.Ceremony.Attempts != 3 || m.Ceremony.State != meeting.CeremonyRunning || m.Ceremony.Failure != "" {
		t.Errorf("%+v", m.Ceremony)
	}
	_, err = r.office.DrawUp(t.Context(), secretary, r.u)
	r.refused(err, meeting.ErrCeremony)
	r.ceremony(ceremony.Finished)
	_, err = r.office.StartKeys(t.Context(), secretary, r.u, 0)
	r.refused(err, meeting.ErrCeremony)
	_, err = r.office.DrawUp(t.Context(), secretary, r.u)
	r.ok(err)
	_, err = r.office.StartKeys(t.Context(), secretary, r.u, 0)
	r.refused(err, meeting.ErrState)
}

// complain lets member 3 complain about member 1, and checks what is left.
func (r *room) complain() {
	r.Helper()
	r.ceremony(ceremony.StepKey)
	terms := r.transcript().Terms()
	var record struct{ Messages []json.RawMessage }
	r.ok(json.Unmarshal([]byte(r.get().Ceremony.Transcript), &record))
	certificates := []string{}
	for _, m := range record.Messages[3:6] {
		certificates = append(certificates, string(m))
	}
	view := sha256.Sum256([]byte("[" + strings.Join(certificates, ",") + "]"))
	text := fmt.Sprintf("homphieu-complaint-v1|%s|%s|3|1|%s", terms.Meeting, terms.Ceremony, hex.EncodeToString(view[:]))
	statement := threshold.Sign(threshold.SigningKey(r.seeds[2]), []byte(text)).AppendJSON(nil)
	message := fmt.Appendf(nil, `{"type":"homphieu-complaint-v1","ceremony":"%s","index":3,"about":1,"statement":%s}`, terms.Ceremony, statement)
	m, err := r.office.CeremonyMessage(r.Context(), r.member(3), r.u, message)
	r.ok(err)
	if m.Ceremony.State != meeting.CeremonyFailed || m.Ceremony.Failure != "Đinh Công Minh → Bùi Văn Khoa" || m.Ceremony.Trustees != "" {
		r.Errorf("%+v", m.Ceremony)
	}
	_, err = r.office.CeremonyMessage(r.Context(), r.member(3), r.u, message)
	r.ok(err)
}

// Messages that are not the member's own, do not hold, or come at the wrong
// time are refused, each in its way, and change nothing.
func TestCeremonyMessageRefused(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	send := func(i int, message []byte) error {
		_, err := r.office.CeremonyMessage(t.Context(), r.member(i), r.u, message)
		return err
	}
	r.refused(send(1, []byte("{}")), meeting.ErrCeremony)
	_, err := r.office.StartKeys(t.Context(), secretary, r.u, 0)
	r.ok(err)
	r.ceremony(ceremony.StepCertificate)
	old, err := r.holders[0].Next(r.transcript())
	r.ok(err)
	before := r.get()

	r.refused(send(1, []byte("{}")), meeting.ErrMessage)
	r.refused(send(1, []byte(strings.Repeat("x", ceremony.MaxMessage+1))), meeting.ErrMessage)
	r.refused(send(2, old), meeting.ErrRole)
	r.refused(send(1, []byte(strings.Replace(string(old), before.Ceremony.ID, ceremony.NewID(), 1))), meeting.ErrMessage)
	other, err := ceremony.NewMember(r.transcript().Terms(), threshold.NewSeed(), 1)
	r.ok(err)
	stranger, err := ceremony.ParseTranscript([]byte(before.Ceremony.Transcript))
	r.ok(err)
	_, err = other.Next(stranger)
	r.refused(err, ceremony.ErrImpostor)
	if m := r.get(); m.Revision != before.Revision {
		t.Errorf("revision %d, was %d", m.Revision, before.Revision)
	}
	r.ok(send(1, old))
	r.ok(send(1, old))
	if m := r.get(); m.Revision != before.Revision+1 {
		t.Errorf("sent twice: revision %d, was %d", m.Revision, before.Revision)
	}
	_, err = r.office.StartKeys(t.Context(), secretary, r.u, 0)
	r.ok(err)
	r.refused(send(1, old), meeting.ErrMessage) // of the ceremony before
}

// A message before its step, and a second one in the same step, are too early
// and too late.
func TestCeremonyOrder(t *testing.T) {
	r := reach(t, meeting.Keys)
	r.ceremony(ceremony.StepCommit)
	first, err := r.holders[0].Next(r.transcript())
	r.ok(err)
	second, err := r.holders[0].Next(r.transcript()) // drawn again
	r.ok(err)
	_, err = r.office.CeremonyMessage(t.Context(), r.member(1), r.u, first)
	r.ok(err)
	_, err = r.office.CeremonyMessage(t.Context(), r.member(1), r.u, second)
	r.refused(err, meeting.ErrCeremony)
	statement := threshold.Sign(threshold.SigningKey(r.seeds[1]), nil).AppendJSON(nil)
	early := fmt.Appendf(nil, `{"type":"homphieu-done-v1","ceremony":"%s","index":2,"statement":%s}`, r.get().Ceremony.ID, statement)
	_, err = r.office.CeremonyMessage(t.Context(), r.member(2), r.u, early)
	r.refused(err, meeting.ErrCeremony)
}
