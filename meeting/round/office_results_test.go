package round_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// TestQuestions: two entries of one name are one person when an officer says so,
// and a third place is refused also then.
func TestQuestions(t *testing.T) {
	d := newDesk(t)
	_, err := d.ConfirmKey(t.Context(), officer, "so-y-te", keyOf("so-y-te"))
	d.ok(err)
	d.work()
	for _, v := range []content{
		d.result("dang-uy", "lead", "a", "Nguyễn Văn An"), d.result("so-noi-vu", "lead", "b", "Nguyễn Văn An"), d.result("so-y-te", "rest", "c", "Nguyễn Văn An"),
	} {
		d.status(d.send(v), round.Accepted)
	}
	ask := func() []round.Question {
		t.Helper()
		list, err := d.Questions(t.Context(), officer, d.r.UUID)
		d.ok(err)
		return list
	}
	questions := ask()
	if len(questions) != 3 {
		t.Fatalf("%d questions", len(questions))
	}
	before := d.head()
	first := questions[0].Link(true)
	first.A, first.B, first.PostA, first.PostB = first.B, first.A, first.PostB, first.PostA // as a form may have it
	d.ok(d.SaveLink(t.Context(), officer, d.r.UUID, first))
	d.refused(d.SaveLink(t.Context(), officer, d.r.UUID, questions[1].Link(true)), round.ErrPlaces)
	stray := questions[1].Link(true)
	stray.Name = "Lê Bình"
	d.refused(d.SaveLink(t.Context(), officer, d.r.UUID, stray), round.ErrRound)
	d.refused(d.SaveLink(t.Context(), officer, "nobody", stray), round.ErrNoRound)
	d.logs(before, "round.link")
	c, err := d.Consolidate(t.Context(), officer, d.r.UUID, d.now)
	d.ok(err)
	if len(c.Twice) != 1 || len(c.Twice[0].At) != 2 {
		t.Errorf("in two places: %+v", c.Twice)
	}
	d.ok(d.SaveLink(t.Context(), officer, d.r.UUID, questions[0].Link(false))) // thought better of
	d.ok(d.SaveLink(t.Context(), officer, d.r.UUID, questions[1].Link(false)))
	d.ok(d.SaveLink(t.Context(), officer, d.r.UUID, questions[2].Link(false)))
	if left := ask(); len(left) != 0 {
		t.Errorf("still asked: %+v", left)
	}
}

// A place that an agency named wrongly is taken back, and given back: also that of a
// package which is kept apart because of it, and which then counts.
func TestDeclaredWrongly(t *testing.T) {
	d := newDesk(t)
	_, err := d.ConfirmKey(t.Context(), officer, "so-y-te", keyOf("so-y-te"))
	d.ok(err)
	d.work()
	named := func(v content, place string) content {
		v.Poll.Places = [][]string{{place}}
		return v
	}
	d.status(d.send(d.result("dang-uy", "lead", "a", "Nguyễn Văn An")), round.Accepted)
	d.status(d.send(named(d.result("so-noi-vu", "lead", "b", "Nguyễn Văn An"), "dang-uy")), round.Accepted)
	apart := d.send(named(d.result("so-y-te", "rest", "c", "Nguyễn Văn An"), "dang-uy"))
	d.status(apart, round.Apart)
	if p, err := d.Package(t.Context(), apart.Hash); err != nil || p.Outcome == nil || p.Outcome.Election != p.Poll {
		t.Fatalf("%+v, %v", p, err)
	}
	settled := func() *round.Package {
		t.Helper()
		p, err := d.Settled(t.Context(), apart.Hash)
		d.ok(err)
		return p
	}
	pairs := func() []round.Question {
		t.Helper()
		list, err := d.Declared(t.Context(), officer, d.r.UUID)
		d.ok(err)
		return list
	}
	list := pairs()
	if len(list) != 2 || list[1].A.Poll.Package != apart.Hash && list[1].B.Poll.Package != apart.Hash {
		t.Fatalf("%d pairs", len(list))
	}
	d.ok(d.Recheck(t.Context(), officer, apart.Hash))
	d.status(settled(), round.Apart)
	d.ok(d.SaveLink(t.Context(), officer, d.r.UUID, list[1].Link(false)))
	if left := pairs(); len(left) != 1 {
		t.Errorf("%d pairs are declared still", len(left))
	}
	d.ok(d.Recheck(t.Context(), officer, apart.Hash))
	d.status(settled(), round.Accepted)
	if p, err := d.Package(t.Context(), apart.Hash); err != nil || p.Outcome != nil {
		t.Errorf("%+v, %v", p, err)
	}
	d.refused(d.SaveLink(t.Context(), officer, d.r.UUID, list[1].Link(true)), round.ErrPlaces) // the way back is as narrow

	twice := func() int {
		t.Helper()
		c, err := d.Consolidate(t.Context(), officer, d.r.UUID, d.now)
		d.ok(err)
		return len(c.Twice)
	}
	if twice() != 1 {
		t.Errorf("%d persons in two places", twice())
	}
	d.ok(d.SaveLink(t.Context(), officer, d.r.UUID, list[0].Link(false)))
	if twice() != 0 || len(pairs()) != 0 {
		t.Error("what was taken back still counts")
	}
	shouted := list[0].Link(true)
	shouted.Name = "NGUYỄN VĂN AN"
	d.ok(d.SaveLink(t.Context(), officer, d.r.UUID, shouted))
	if twice() != 1 {
		t.Error("two entries do not become one person again")
	}
	if links, err := d.Store.Links(t.Context(), d.r.UUID); err != nil || len(links) != 2 {
		t.Errorf("%+v, %v", links, err)
	}
}

// printed makes a round with two results, one of too few ballots to be public,
// and prints it.
func printedDesk(t *testing.T) (*desk, *round.Record) {
	t.Helper()
	d := newDesk(t)
	d.work()
	d.status(d.send(d.result("dang-uy", "lead", "a", "An")), round.Accepted)
	small := d.result("so-noi-vu", "lead", "b", "Bình")
	small.Poll.Collected = 4
	d.status(d.send(small), round.Accepted)
	r, err := d.Print(t.Context(), officer, d.r.UUID)
	d.ok(err)
	return d, r
}

func (d *desk) wantFile(f *meeting.Printed, err error, want string) {
	d.Helper()
	d.ok(err)
	if string(f.Content) != want {
		d.Errorf("%s: %q, want %q", f.Name, f.Content, want)
	}
}

// TestPrint keeps what was printed, and the next record beside it.
func TestPrint(t *testing.T) {
	d, first := printedDesk(t)
	if first.Number != 1 || len(first.Files) != 3 || len(first.Packages) != 2 || !first.AsOf.Equal(d.now) {
		t.Errorf("record %+v", first)
	}
	if c := d.press.printed[0]; c.Public || c.Sections[0].Agencies[0].Polls[0].Rows[0].Level == "" {
		t.Error("printed for the roles without levels")
	}
	d.now = d.now.Add(time.Hour)
	d.status(d.send(d.result("so-noi-vu", "rest", "c", "Chi")), round.Accepted)
	second, err := d.Print(t.Context(), officer, d.r.UUID)
	d.ok(err)
	if second.Number != 2 || len(second.Packages) != 3 {
		t.Errorf("record %+v", second)
	}
	d.open()
	records, err := d.Records(t.Context(), officer, d.r.UUID)
	d.ok(err)
	if len(records) != 2 || records[0].Number != 1 {
		t.Errorf("records %+v", records)
	}
	f, err := d.RecordFile(t.Context(), officer, d.r.UUID, 1, "consolidated.json")
	d.wantFile(f, err, "{} polls 2 public false")
	f, err = d.RecordFile(t.Context(), officer, d.r.UUID, 2, meeting.AssessmentFile)
	d.wantFile(f, err, "[] polls 3 public false")
	_, err = d.RecordFile(t.Context(), officer, d.r.UUID, 3, "consolidated.json")
	d.refused(err, box.ErrNotFound)
	_, err = d.RecordFile(t.Context(), officer, d.r.UUID, 1, "../data.bolt")
	d.refused(err, box.ErrNotFound)
	_, err = d.Print(t.Context(), officer, "nobody")
	d.refused(err, round.ErrNoRound)
	d.Press = nil
	_, err = d.Print(t.Context(), officer, d.r.UUID)
	d.refused(err, round.ErrRound)
	d.ok(d.store.Check(t.Context()))
}

// TestReturnPaper takes signed papers back, one signature upon the other.
func TestReturnPaper(t *testing.T) {
	d, _ := printedDesk(t)
	before := d.head()
	back := func(content string) (*round.Record, error) {
		return d.ReturnPaper(t.Context(), officer, d.r.UUID, 1, "consolidated.pdf", []byte(content))
	}
	const paper = "%PDF polls 2 public false"
	for _, bad := range []string{"%PDF polls 3 signed by An", paper} {
		_, err := back(bad)
		d.refused(err, meeting.ErrReturned)
	}
	_, err := d.ReturnPaper(t.Context(), officer, d.r.UUID, 1, "consolidated.pdf", make([]byte, 64<<20+1))
	d.refused(err, meeting.ErrReturned)
	_, err = d.ReturnPaper(t.Context(), officer, d.r.UUID, 1, "another.pdf", []byte(paper))
	d.refused(err, box.ErrNotFound)
	for range 2 { // the second changes nothing
		r, err := back(paper + " signed by An")
		d.ok(err)
		if b := r.Back("consolidated.pdf"); b == nil || len(b.Signatures) != 2 {
			t.Fatalf("came back as %+v", b)
		}
	}
	_, err = back(paper + " signed by Bình")
	d.refused(err, meeting.ErrReturned)
	r, err := back(paper + " signed by An signed by Bình")
	d.ok(err)
	if len(r.Returned) != 1 || len(r.Returned[0].Signatures) != 3 {
		t.Errorf("came back as %+v", r.Returned)
	}
	d.logs(before, "round.return", "round.return")
	d.open()
	f, err := d.RecordFile(t.Context(), officer, d.r.UUID, 1, "consolidated.pdf")
	d.wantFile(f, err, paper+" signed by An signed by Bình")
	d.ok(d.store.Check(t.Context()))
}

// TestPublish: everybody gets the public version and nothing else, and only once
// it is released to everybody.
func TestPublish(t *testing.T) {
	d, _ := printedDesk(t)
	u := d.r.UUID
	_, err := d.ReturnPaper(t.Context(), officer, u, 1, "consolidated.pdf", []byte("%PDF polls 2 public false signed by An"))
	d.ok(err)
	hidden := func() {
		t.Helper()
		_, records, err := d.Published(t.Context(), u)
		if err != nil || len(records) != 0 {
			t.Errorf("published %d, %v", len(records), err)
		}
		_, err = d.PublishedFile(t.Context(), u, 1, "consolidated.json")
		d.refused(err, box.ErrNotFound)
	}
	hidden()
	_, err = d.Publish(t.Context(), officer, u, 1, "nobody", true)
	d.refused(err, meeting.ErrAudience)
	_, err = d.Publish(t.Context(), officer, u, 2, meeting.AudiencePublic, true)
	d.refused(err, box.ErrNotFound)
	_, err = d.ReleasedFile(t.Context(), officer, u, 1, "consolidated.json")
	d.refused(err, box.ErrNotFound)
	before := d.head()
	r, err := d.Publish(t.Context(), officer, u, 1, meeting.AudienceAgency, false)
	d.ok(err)
	if r.Hidden != 1 || r.Release.Audience != meeting.AudienceAgency || len(r.Public) != 2 {
		t.Errorf("released %+v", r)
	}
	hidden()
	f, err := d.ReleasedFile(t.Context(), officer, u, 1, "consolidated.json")
	d.wantFile(f, err, "{} polls 2 public true")
	for range 2 {
		_, err = d.Publish(t.Context(), officer, u, 1, meeting.AudiencePublic, false)
		d.ok(err)
	}
	r, err = d.Publish(t.Context(), officer, u, 1, meeting.AudienceMeeting, false) // there is no way back
	d.ok(err)
	if r.Release.Audience != meeting.AudiencePublic {
		t.Errorf("released to %s", r.Release.Audience)
	}
	d.logs(before, "round.publish", "round.publish")
	d.open()
	f, err = d.PublishedFile(t.Context(), u, 1, "consolidated.pdf")
	d.wantFile(f, err, "%PDF polls 2 public true")
	_, err = d.PublishedFile(t.Context(), u, 1, meeting.AssessmentFile)
	d.refused(err, box.ErrNotFound)
	if c := d.press.printed[1]; !c.Public || len(d.press.printed) != 2 {
		t.Errorf("printed %d times", len(d.press.printed))
	}
	if _, records, err := d.Published(t.Context(), u); err != nil || len(records) != 1 {
		t.Errorf("published %d, %v", len(records), err)
	}
	_, _, err = d.Published(t.Context(), "nobody")
	d.refused(err, round.ErrNoRound)
	_, err = d.PublishedFile(t.Context(), "nobody", 1, "consolidated.pdf")
	d.refused(err, box.ErrNotFound)
	d.ok(d.store.Check(t.Context()))
}

// TestPublishStale: what packages have overtaken is printed again first.
func TestPublishStale(t *testing.T) {
	d, _ := printedDesk(t)
	d.status(d.send(d.result("so-noi-vu", "rest", "c", "Chi")), round.Accepted)
	_, err := d.Publish(t.Context(), officer, d.r.UUID, 1, meeting.AudiencePublic, true)
	d.refused(err, round.ErrStale)
	_, err = d.Print(t.Context(), officer, d.r.UUID)
	d.ok(err)
	_, err = d.Publish(t.Context(), officer, d.r.UUID, 2, meeting.AudiencePublic, true)
	d.ok(err)
	f, err := d.PublishedFile(t.Context(), d.r.UUID, 2, "consolidated.json")
	d.ok(err)
	if !bytes.Contains(f.Content, []byte("public true")) {
		t.Errorf("%q", f.Content)
	}
}

// TestPublishWider: packages are compared whenever more people are to have a
// record, also when its files are there already.
func TestPublishWider(t *testing.T) {
	d, _ := printedDesk(t)
	_, err := d.Publish(t.Context(), officer, d.r.UUID, 1, meeting.AudienceAgency, false)
	d.ok(err)
	d.status(d.send(d.result("so-noi-vu", "rest", "c", "Chi")), round.Accepted)
	_, err = d.Publish(t.Context(), officer, d.r.UUID, 1, meeting.AudiencePublic, false)
	d.refused(err, round.ErrStale)
	r, err := d.Publish(t.Context(), officer, d.r.UUID, 1, meeting.AudienceAgency, false) // it is so already
	d.ok(err)
	if r.Release.Audience != meeting.AudienceAgency {
		t.Errorf("released to %s", r.Release.Audience)
	}
	_, err = d.PublishedFile(t.Context(), d.r.UUID, 1, "consolidated.json")
	d.refused(err, box.ErrNotFound)
}

// TestPublishUnanimous: where all ballots say the same of a person the officer
// must know, at every step; then the numbers are shown. Those of a small poll
// never are, and nobody is asked about it.
func TestPublishUnanimous(t *testing.T) {
	d := newDesk(t)
	d.work()
	alike := func(v content) content {
		p := &v.Poll.People[0]
		p.High, p.Low = meeting.Share{Votes: v.Poll.Collected}, meeting.Share{}
		return v
	}
	small := d.result("so-noi-vu", "lead", "b", "Bình")
	small.Poll.Collected = 4
	d.status(d.send(alike(small)), round.Accepted)
	publish := func(to meeting.Audience, knowing bool) error {
		t.Helper()
		records, err := d.Records(t.Context(), officer, d.r.UUID)
		d.ok(err)
		_, err = d.Publish(t.Context(), officer, d.r.UUID, len(records), to, knowing)
		return err
	}
	_, err := d.Print(t.Context(), officer, d.r.UUID)
	d.ok(err)
	d.ok(publish(meeting.AudiencePublic, false))
	d.status(d.send(alike(d.result("dang-uy", "lead", "a", "An"))), round.Accepted)
	_, err = d.Print(t.Context(), officer, d.r.UUID)
	d.ok(err)
	before := d.head()
	err = publish(meeting.AudienceAgency, false)
	d.refused(err, meeting.ErrUnanimous)
	var refused *meeting.Refusal
	if !errors.As(err, &refused) || refused.Field != "unanimous" || !strings.Contains(refused.What.Vi, "An") || strings.Contains(refused.What.Vi, "Bình") {
		t.Errorf("%+v", refused)
	}
	d.logs(before)
	d.ok(publish(meeting.AudienceAgency, true))
	d.refused(publish(meeting.AudiencePublic, false), meeting.ErrUnanimous)
	d.ok(publish(meeting.AudiencePublic, true))
	c := d.press.printed[len(d.press.printed)-1]
	for _, section := range c.Sections {
		for _, a := range section.Agencies {
			p := a.Polls[0]
			if row := p.Rows[0]; !c.Public || row.Hidden != (p.Election == small.Poll.Election) || row.Hidden == (row.High.Votes == 9) {
				t.Errorf("%s: %+v", a.Agency.ID, row)
			}
		}
	}
}
