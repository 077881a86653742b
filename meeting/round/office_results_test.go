package round_test

import (
	"bytes"
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
	_, err = d.Publish(t.Context(), officer, u, 1, "nobody")
	d.refused(err, meeting.ErrAudience)
	_, err = d.Publish(t.Context(), officer, u, 2, meeting.AudiencePublic)
	d.refused(err, box.ErrNotFound)
	_, err = d.ReleasedFile(t.Context(), officer, u, 1, "consolidated.json")
	d.refused(err, box.ErrNotFound)
	before := d.head()
	r, err := d.Publish(t.Context(), officer, u, 1, meeting.AudienceAgency)
	d.ok(err)
	if r.Hidden != 1 || r.Release.Audience != meeting.AudienceAgency || len(r.Public) != 2 {
		t.Errorf("released %+v", r)
	}
	hidden()
	f, err := d.ReleasedFile(t.Context(), officer, u, 1, "consolidated.json")
	d.wantFile(f, err, "{} polls 2 public true")
	for range 2 {
		_, err = d.Publish(t.Context(), officer, u, 1, meeting.AudiencePublic)
		d.ok(err)
	}
	r, err = d.Publish(t.Context(), officer, u, 1, meeting.AudienceMeeting) // there is no way back
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
	_, err := d.Publish(t.Context(), officer, d.r.UUID, 1, meeting.AudiencePublic)
	d.refused(err, round.ErrStale)
	_, err = d.Print(t.Context(), officer, d.r.UUID)
	d.ok(err)
	_, err = d.Publish(t.Context(), officer, d.r.UUID, 2, meeting.AudiencePublic)
	d.ok(err)
	f, err := d.PublishedFile(t.Context(), d.r.UUID, 2, "consolidated.json")
	d.ok(err)
	if !bytes.Contains(f.Content, []byte("public true")) {
		t.Errorf("%q", f.Content)
	}
}
