package meeting_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

// A whole meeting with two ballot papers comes to the same result and the same
// log, however its buttons are pressed.
func TestWholeMeeting(t *testing.T) {
	var want []string
	for _, mode := range []mode{once, doubled, atOnce, restarting, notSaved, savedAfter, overtaken} {
		t.Run(string(mode), func(t *testing.T) {
			r := newRoom(t)
			r.mode = mode
			r.wholeMeeting()
			got := r.log()
			if want == nil {
				want = got
			}
			if !slices.Equal(got, want) {
				t.Errorf("log\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// log is what the audit log says of the meeting, without names that were drawn.
func (r *room) log() (list []string) {
	r.Helper()
	entries, err := r.store.Entries(r.Context(), r.u, 0, 1000)
	r.ok(err)
	_, err = audit.Check(r.Context(), r.store)
	r.ok(err)
	for _, e := range entries {
		list = append(list, e.Actor.Role+" "+e.Action+" "+e.Detail["count"]+e.Detail["kind"]+e.Detail["member"])
	}
	return list
}

func (r *room) wholeMeeting() {
	r.Helper()
	r.prepare()
	r.makeKeys()
	r.makeSlips(printed)
	r.rehearse(1, 3)
	r.state(meeting.Rehearsed)
	r.seal()
	r.approve(3) // a replaced member's key stands, and is not needed

	r.attend(summoned, present)
	_, err := r.office.Open(r.Context(), r.chair(), r.u)
	r.refused(err, meeting.ErrUnissued)
	r.bring(meeting.DeskUnissued, 8, 9)
	r.open()

	r.castAll(0, 0, 1)
	r.castAll(1, 2)
	r.castAll(2, 3)
	r.castAll(-1, 4)
	r.ok(r.cast(5, 0, 0)) // and nothing on the second paper
	r.bring(meeting.DeskReturned, 6)
	r.bring(meeting.DeskExchanged, 7) // for slip 5
	r.refused(r.desk(meeting.DeskReturned, 0), ballot.ErrSpent)
	r.refused(r.desk(meeting.DeskReturned, 5), ballot.ErrSpent)
	r.refused(r.cast(6, 0, 0), ballot.ErrVoided)
	_, err = r.office.Close(r.Context(), r.member(3), r.u)
	r.refused(err, meeting.ErrRole)
	r.close(1, 2)
	r.refused(r.cast(5, 1, 0), ballot.ErrClosed)

	r.reconcile()
	r.count()
	r.publish()
}

// reconcile enters counts, of which one is corrected.
func (r *room) reconcile() {
	r.Helper()
	first := r.get().Papers[0].UUID
	_, err := r.office.ClosingFile(r.Context(), r.member(1), r.u, first)
	r.refused(err, meeting.ErrReconcile)
	r.issued(7, 1)
	r.issued(8, 2)
	_, err = r.office.ClosingFile(r.Context(), r.member(1), r.u, first)
	r.refused(err, meeting.ErrReconcile)
	r.issued(7, 2)
	lines, err := r.office.Ledger(r.Context(), r.get())
	r.ok(err)
	for _, l := range lines {
		if !l.Known || !l.Good {
			r.Errorf("%+v", l)
		}
	}
}

// count signs and counts both papers. A share that does not hold is refused,
// and the log names the member.
func (r *room) count() {
	r.Helper()
	papers := r.get().Papers
	_, err := r.office.Contribute(r.Context(), r.member(1), r.u, papers[0].UUID, r.contribution(papers[0].UUID, 1))
	r.refused(err, meeting.ErrReconcile)
	for _, p := range papers {
		r.sign(p.UUID, 2, 1)
	}
	r.contribute(papers[0].UUID, 1)
	bad := spoiled(r.contribution(papers[0].UUID, 2))
	_, err = r.office.Contribute(r.Context(), r.member(2), r.u, papers[0].UUID, bad)
	r.refused(err, tally.ErrPartialDecryption)
	r.state(meeting.Closed)
	r.contribute(papers[0].UUID, 2)
	r.state(meeting.Closed)
	r.contribute(papers[1].UUID, 2)
	r.contribute(papers[1].UUID, 1)
	r.addsUp()
	r.state(meeting.Tallied)
}

// spoiled changes a digit of the first proof in a contribution.
func spoiled(text []byte) []byte {
	const member = `"response":"`
	at := bytes.Index(text, []byte(member)) + len(member) + 1
	text[at] = '0' + (text[at]-'0'+1)%10
	return text
}

func (r *room) publish() {
	r.Helper()
	papers := r.get().Papers
	_, err := r.office.Result(r.Context(), secretary, r.u, papers[0].UUID)
	r.refused(err, meeting.ErrRole)
	r.do(func() (*meeting.Meeting, error) {
		return r.office.Publish(r.Context(), r.chair(), r.u, meeting.AudienceMeeting, true)
	})
	for i, want := range []string{
		`{"result":[[1,3,1,1],[1,3,1,1],[1,3,1,1]]}`,
		`{"result":[[1,2,1,1],[1,2,1,1]]}`,
	} {
		result, err := r.office.Result(r.Context(), secretary, r.u, papers[i].UUID)
		r.ok(err)
		if got := string(result.AppendJSON(nil)); got != want {
			r.Errorf("paper %d: %s, want %s", i+1, got, want)
		}
		r.strictly(papers[i].UUID)
	}
}

// strictly verifies an archive with what lies beside it, and the counts of the
// slips.
func (r *room) strictly(u ballot.UUID) {
	r.Helper()
	b, err := r.store.Box(r.Context(), u)
	r.ok(err)
	text, o := boxtest.Archive(r, b), archive.Options{Strict: true}
	o.Closing, err = b.Attached(r.Context(), box.Closing)
	r.ok(err)
	o.Shares, err = b.Attached(r.Context(), box.Shares)
	r.ok(err)
	report, err := archive.Verify(bytes.NewReader(text), int64(len(text)), o)
	r.ok(err)
	if !report.Valid() || report.State != archive.StateResult || report.Voided != 4 {
		r.Errorf("archive: %+v", report)
	}
	c, err := tally.ParseClosing(o.Closing)
	r.ok(err)
	want := tally.Slips{Printed: 10, Issued: 7, Exchanged: 1, Unissued: 2, Returned: 1, NotReturned: 0, Cast: 6}
	if u == r.get().Papers[1].UUID {
		want.Cast, want.NotReturned = 5, 1
	}
	if c.Slips != want {
		r.Errorf("slips %+v, want %+v", c.Slips, want)
	}
}

// A meeting with one paper votes under its own name, and its file is the
// election.
func TestSinglePaper(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	r.setPeople(somePeople[:4], []string{""})
	r.makeKeys()
	m := r.get()
	if m.Papers[0].UUID != r.u {
		t.Errorf("paper %s of meeting %s", m.Papers[0].UUID, r.u)
	}
	file, err := meeting.PapersFile(m)
	r.ok(err)
	e, err := ballot.ParseElection(file)
	r.ok(err)
	if e.Name != somePlan.Title || e.Description != "Hội trường tầng 2\n10/12/2026\nSở Nội vụ tỉnh Lâm Đồng" || len(e.Questions) != 3 {
		t.Errorf("%q, %q, %d questions", e.Name, e.Description, len(e.Questions))
	}
	if e.Questions[1].Text != "Trần Đạt\nPhó Giám đốc" {
		t.Errorf("%q", e.Questions[1].Text)
	}
}

// The file of several papers names the meeting, and each paper has the meeting's
// title and its own.
func TestSeveralPapers(t *testing.T) {
	r := reach(t, meeting.Slips)
	file, err := meeting.PapersFile(r.get())
	r.ok(err)
	p, err := ballot.ParsePapers(file)
	r.ok(err)
	if p.UUID != r.u || len(p.Elections) != 2 || len(p.Elections[0].Questions) != 3 || len(p.Elections[1].Questions) != 2 {
		t.Errorf("%s: %d papers", p.UUID, len(p.Elections))
	}
	for i, e := range p.Elections {
		if title, own := e.Titles(); title != somePlan.Title || own != somePapers[i] {
			t.Errorf("%q, %q", title, own)
		}
	}
	_, err = meeting.PapersFile(&meeting.Meeting{UUID: r.u, Papers: []meeting.Paper{{}}})
	r.refused(err, meeting.ErrState)
}

// A step that others overtake for ever is given up, and nothing is changed.
func TestOvertakenForEver(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	before := r.get()
	r.use(alwaysOvertaken{r.store}, r.store)
	_, err := r.office.SetPlan(r.Context(), secretary, r.u, meeting.Plan{Title: "khác"})
	r.refused(err, meeting.ErrRevision)
	r.use(r.store, r.store)
	if m := r.get(); m.Revision != before.Revision || m.Plan.Title != before.Plan.Title {
		t.Errorf("revision %d, was %d", m.Revision, before.Revision)
	}
}

// addsUp sees the identity of each person in the ledger, once all is counted.
func (r *room) addsUp() {
	r.Helper()
	lines, err := r.office.Ledger(r.Context(), r.get())
	r.ok(err)
	persons := 0
	for _, l := range lines {
		if strings.HasPrefix(l.ID, "person-") {
			persons++
			if !l.Known || !l.Good || l.Left == 0 {
				r.Errorf("%+v", l)
			}
		}
	}
	if want := len(r.get().OnPaper(0)) + len(r.get().OnPaper(1)); persons != want {
		r.Errorf("%d persons in the ledger, want %d", persons, want)
	}
}
