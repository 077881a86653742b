package meeting_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally"
)

// wantLines compares the ledger with "ID left right" and a sign: = for good,
// ! for bad, ? for not known.
func (r *room) wantLines(want ...string) {
	r.Helper()
	lines, err := r.office.Ledger(r.Context(), r.get())
	r.ok(err)
	var got []string
	for _, l := range lines {
		sign := "!"
		if l.Good {
			sign = "="
		}
		if !l.Known {
			sign = "?"
		}
		got = append(got, fmt.Sprintf("%s %d %d %s", l.ID, l.Left, l.Right, sign))
		if l.Text.Vi == "" || l.Text.En == "" {
			r.Errorf("%s: no text", l.ID)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		r.Fatalf("ledger\n%q\nwant\n%q", got, want)
	}
}

// The ledger shows which counts do not agree, with both sides; nothing is
// signed while one does not.
func TestLedger(t *testing.T) {
	r := reach(t, meeting.Keys)
	r.wantLines("counters 0 0 ?", "printed 0 0 ?", "present 0 0 ?")
	r = reach(t, meeting.Closed)
	first := r.get().Papers[0].UUID
	papers := func(issued int, sign string) []string {
		both := func(i int) []string { // six ballots and slips given back, and what was kept
			return []string{
				fmt.Sprintf("issued-%d %d %d %s", i, issued, max(6, issued), sign), fmt.Sprintf("kept-%d %d 0 %s", i, issued-6, sign), fmt.Sprintf("voided-%d 3 3 =", i),
			}
		}
		return append(both(1), both(2)...)
	}
	refused := func(line string) {
		t.Helper()
		_, err := r.office.ClosingFile(t.Context(), r.member(1), r.u, first)
		r.refusedField(err, meeting.ErrReconcile, line)
	}
	r.wantLines(append([]string{"counters 0 0 ?", "printed 10 3 ?", "present 0 7 ?"}, papers(0, "?")...)...)
	refused("counters")
	r.issued(6, 1)
	r.wantLines(append([]string{"counters 0 0 ?", "printed 10 3 ?", "present 0 7 ?"}, papers(0, "?")...)...)
	r.issued(7, 2)
	r.wantLines(append([]string{"counters 6 7 !", "printed 10 3 ?", "present 0 7 ?"}, papers(0, "?")...)...)
	refused("counters")
	r.issued(6, 2)
	r.wantLines(append([]string{"counters 6 6 =", "printed 10 9 !", "present 6 7 ="}, papers(6, "=")...)...)
	refused("printed")
	r.issued(8, 1, 2)
	r.wantLines(append([]string{"counters 8 8 =", "printed 10 11 !", "present 8 7 !"}, papers(8, "=")...)...)
	r.issued(5, 1, 2)
	r.wantLines(append([]string{"counters 5 5 =", "printed 10 8 !", "present 5 7 ="}, papers(5, "!")...)...)
	r.issued(7, 1, 2)
	r.wantLines(append([]string{"counters 7 7 =", "printed 10 10 =", "present 7 7 ="}, papers(7, "=")...)...)
	r.issued(4, 3) // a third who counted otherwise changes nothing
	r.wantLines(append([]string{"counters 7 7 =", "printed 10 10 =", "present 7 7 ="}, papers(7, "=")...)...)
	r.sign(first, 1, 2)
	r.wantLines(append([]string{"counters 7 7 =", "printed 10 10 =", "present 7 7 ="}, papers(7, "=")...)...)
}

// A credential that was voided and never counted shows.
func TestLedgerOfVoided(t *testing.T) {
	r := reach(t, meeting.Closed)
	r.issued(7, 1, 2)
	u := r.get().Papers[1].UUID
	b, err := r.store.Box(t.Context(), u)
	r.ok(err)
	r.ok(b.Void(t.Context(), ballot.CredentialKey(r.slips[6].Public(u).Key())))
	r.wantLines("counters 7 7 =", "printed 10 10 =", "present 7 7 =", "issued-1 7 7 =", "kept-1 1 0 =", "voided-1 3 3 =", "issued-2 7 7 =", "kept-2 1 0 =", "voided-2 4 3 !")
	_, err = r.office.ClosingFile(t.Context(), r.member(1), r.u, u)
	r.refusedField(err, meeting.ErrReconcile, "voided-2")
	r.bring(meeting.DeskReturned, 6) // the desk presses again
	r.wantLines("counters 7 7 =", "printed 10 10 =", "present 7 7 =", "issued-1 7 7 =", "kept-1 0 0 =", "voided-1 4 4 =", "issued-2 7 7 =", "kept-2 0 0 =", "voided-2 4 4 =")
}

// Four members of a larger board who agree in pairs agree on nothing.
func TestCountersInPairs(t *testing.T) {
	m := &meeting.Meeting{}
	office := &meeting.Office{}
	for i, n := range []int{6, 6, 7, 7} {
		m.Slips.Issued = append(m.Slips.Issued, meeting.IssuedCount{Member: i + 1, Count: n})
		lines, err := office.Ledger(t.Context(), m)
		if want := i == 1 || i == 2; err != nil || lines[0].Good != want {
			t.Errorf("%d counts: %+v, %v", i+1, lines[0], err)
		}
	}
}

// A signature under counts that change afterwards is taken back.
func TestSignaturesFallWithCounts(t *testing.T) {
	r := reach(t, meeting.Closed)
	r.issued(7, 1, 2)
	u := r.get().Papers[0].UUID
	old := r.signature(u, 2)
	r.sign(u, 1)
	if r.get().Polls[0].Closing == "" {
		t.Fatal("not kept")
	}
	r.bring(meeting.DeskReturned, 6)
	if r.get().Polls[0].Closing != "" {
		t.Error("kept under another count of slips")
	}
	_, err := r.office.SignClosing(t.Context(), r.member(2), r.u, u, 2, old)
	r.refused(err, tally.ErrClosing)
	r.sign(u, 1)
	r.issued(8, 1)
	if r.get().Polls[0].Closing != "" {
		t.Error("kept under another count of slips issued")
	}
	r.issued(7, 1)
	r.sign(u, 1, 2)
	_, err = r.office.EnterIssued(t.Context(), r.member(1), r.u, 8)
	r.refused(err, meeting.ErrState)
	r.refused(r.desk(meeting.DeskReturned, 5), meeting.ErrState)
}

func TestSignRefused(t *testing.T) {
	r := reach(t, meeting.Closed)
	r.issued(7, 1, 2)
	u := r.get().Papers[0].UUID
	sign := func(member, owner int, signature []byte) error {
		_, err := r.office.SignClosing(t.Context(), r.member(member), r.u, u, owner, signature)
		return err
	}
	one, two := r.signature(u, 1), r.signature(u, 2)
	r.refused(sign(1, 2, two), meeting.ErrRole)
	r.refused(sign(1, 1, two), tally.ErrClosing)
	r.refused(sign(1, 1, bytes.Replace(two, []byte(`"owner":2`), []byte(`"owner":1`), 1)), tally.ErrClosing)
	r.refused(sign(1, 1, append(one, ' ')), tally.ErrClosing)
	r.refused(sign(1, 1, nil), tally.ErrClosing)
	other := r.signature(r.get().Papers[1].UUID, 1)
	r.refused(sign(1, 1, other), tally.ErrClosing)
	_, err := r.office.SignClosing(t.Context(), r.member(1), r.u, ballot.NewUUID(), 1, one)
	r.refused(err, box.ErrNoBox)
	r.ok(sign(1, 1, one))
	r.ok(sign(2, 2, two))
	r.ok(sign(3, 3, r.signature(u, 3))) // too late, and no error
	c, err := tally.ParseClosing([]byte(r.get().Polls[0].Closing))
	if err != nil || len(c.Signatures) != 2 {
		t.Errorf("%+v, %v", c, err)
	}
	text, err := r.office.ClosingFile(t.Context(), r.auditor(), r.u, u)
	if err != nil || string(text) != r.get().Polls[0].Closing {
		t.Errorf("%s, %v", text, err)
	}
	open := reach(t, meeting.Open)
	_, err = open.office.ClosingFile(t.Context(), open.member(1), open.u, open.get().Papers[0].UUID)
	open.refused(err, meeting.ErrState)
}

// A closing file that got beside the archive before a kill is taken over.
func TestClosingTakenOver(t *testing.T) {
	r := reach(t, meeting.Closed)
	r.issued(7, 1, 2)
	u := r.get().Papers[0].UUID
	r.sign(u, 1)
	two := r.signature(u, 2)
	r.use(&faultyRecords{Store: r.store, mode: notSaved}, r.store)
	_, err := r.office.SignClosing(t.Context(), r.member(2), r.u, u, 2, two)
	r.refused(err, errStopped)
	r.use(r.store, r.store)
	_, err = r.office.SignClosing(t.Context(), r.member(3), r.u, u, 3, r.signature(u, 3))
	r.ok(err)
	b, err := r.store.Box(t.Context(), u)
	r.ok(err)
	text, err := b.Attached(t.Context(), box.Closing)
	if err != nil || string(text) != r.get().Polls[0].Closing {
		t.Errorf("%s, %v", text, err)
	}
}

func TestContributeRefused(t *testing.T) {
	r := reach(t, meeting.Closed)
	u := r.get().Papers[0].UUID
	contribute := func(member int, text []byte) error {
		_, err := r.office.Contribute(t.Context(), r.member(member), r.u, u, text)
		return err
	}
	one := r.contribution(u, 1)
	r.refusedField(contribute(1, one), meeting.ErrReconcile, "closing")
	r.issued(7, 1, 2)
	r.sign(u, 1)
	r.refusedField(contribute(1, one), meeting.ErrReconcile, "closing")
	r.sign(u, 3)
	r.refused(contribute(2, one), meeting.ErrRole)
	for name, text := range map[string][]byte{
		"nothing":          nil,
		"another's proofs": bytes.Replace(one, []byte(`"owner":1`), []byte(`"owner":2`), 1),
		"another paper":    r.contribution(r.get().Papers[1].UUID, 2),
		"a space":          append(bytes.Clone(one), ' '),
	} {
		if r.refused(contribute(2, text), tally.ErrPartialDecryption); t.Failed() {
			t.Error(name)
		}
	}
	_, err := r.office.Contribute(t.Context(), r.member(1), r.u, r.u, one)
	r.refused(err, box.ErrNoBox)
	if m := r.get(); len(m.Polls[0].Contributions) != 0 {
		t.Errorf("%v", m.Polls[0].Contributions)
	}
	entries, err := r.store.Entries(t.Context(), r.u, -4, 10)
	r.ok(err)
	for _, e := range entries {
		if e.Action != "tally.refused" || e.Detail["member"] != "2" || e.Detail["election"] != string(u) {
			t.Errorf("%+v", e)
		}
	}
}

// Fewer ballots than may be opened are never opened.
func TestTooFewCast(t *testing.T) {
	r := reach(t, meeting.Open)
	r.castAll(0, 0, 1, 2, 3)
	r.close(1, 2)
	r.issued(7, 1, 2)
	u := r.get().Papers[0].UUID
	r.sign(u, 1, 2)
	_, err := r.office.Contribute(t.Context(), r.member(1), r.u, u, r.contribution(u, 1))
	r.refused(err, meeting.ErrTooFewBallots)
	if m := r.get(); len(m.Polls[0].Contributions) != 0 {
		t.Error("a contribution was kept")
	}
}

// A count that a kill broke off is finished when the server starts.
func TestResumeCount(t *testing.T) {
	r := reach(t, meeting.Closed)
	r.issued(7, 1, 2)
	papers := r.get().Papers
	for _, p := range papers {
		r.sign(p.UUID, 1, 2)
		r.contribute(p.UUID, 1)
	}
	r.contribute(papers[0].UUID, 2)
	last := r.contribution(papers[1].UUID, 2)
	r.use(&countKilled{Store: r.store}, r.store)
	_, err := r.office.Contribute(t.Context(), r.member(2), r.u, papers[1].UUID, last)
	r.refused(err, errStopped)
	r.state(meeting.Closed)
	r.restart()
	r.state(meeting.Tallied)
	r.ok(r.office.Resume(t.Context()))
	_, err = r.office.Contribute(t.Context(), r.member(2), r.u, papers[1].UUID, last)
	r.ok(err)
	_, err = r.office.Contribute(t.Context(), r.member(3), r.u, papers[1].UUID, r.contribution(papers[1].UUID, 3))
	r.refused(err, meeting.ErrState)
}

// Results are for chair and board before they are published, and for all who
// see the meeting afterwards.
func TestResultBeforePublication(t *testing.T) {
	r := reach(t, meeting.Tallied)
	u := r.get().Papers[0].UUID
	_, err := r.office.Result(t.Context(), r.chair(), r.u, u)
	r.ok(err)
	_, err = r.office.Result(t.Context(), r.member(3), r.u, u)
	r.ok(err)
	_, err = r.office.Result(t.Context(), r.auditor(), r.u, u)
	r.refused(err, meeting.ErrRole)
	_, err = r.office.Publish(t.Context(), r.chair(), r.u, meeting.AudienceMeeting, true)
	r.ok(err)
	_, err = r.office.Result(t.Context(), r.auditor(), r.u, u)
	r.ok(err)
	_, err = r.office.Result(t.Context(), r.chair(), r.u, ballot.NewUUID())
	r.refused(err, box.ErrNoBox)
	closed := reach(t, meeting.Closed)
	_, err = closed.office.Result(t.Context(), closed.chair(), closed.u, closed.get().Papers[0].UUID)
	closed.refused(err, box.ErrState)
	if errors.Is(err, meeting.ErrState) {
		t.Error("two kinds of state")
	}
}

// A closing file that got beside the archive before a kill is in the record at
// the latest when somebody contributes, who need not be the one who signed last.
func TestClosingIsTakenOver(t *testing.T) {
	r := reach(t, meeting.Closed)
	r.issued(present, 1, 2)
	for _, p := range r.get().Papers {
		r.sign(p.UUID, 1)
		signature := r.signature(p.UUID, 2)
		r.use(&faultyRecords{Store: r.store, mode: notSaved}, r.store)
		_, err := r.office.SignClosing(t.Context(), r.member(2), r.u, p.UUID, 2, signature)
		r.refused(err, errStopped)
		r.restart()
	}
	for _, p := range r.get().Papers {
		r.contribute(p.UUID, 1)
		r.contribute(p.UUID, 3)
	}
	r.state(meeting.Tallied)
	statuses, err := r.office.Statuses(t.Context(), r.get())
	r.ok(err)
	for _, s := range meeting.Rail(r.get(), statuses) {
		if s.ID == "closing" && s.State != meeting.StepDone {
			t.Errorf("closing: %s", s.State)
		}
	}
}
