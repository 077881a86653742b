package meeting_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/staff"
)

// fakePress prints the outcome's numbers, and takes a paper for signed by all
// whose names stand after what was printed.
type fakePress struct{}

func (fakePress) Print(o *meeting.Outcome) ([]meeting.Printed, error) {
	text := fmt.Appendf(nil, "%s %v %v\n", o.Election, o.People, o.Filing)
	return []meeting.Printed{
		{Name: meeting.MinutesFile, MediaType: "application/pdf", Content: append([]byte("minutes "), text...)},
		{Name: meeting.ReportFile, MediaType: "application/pdf", Content: append([]byte("report "), text...)},
		{Name: meeting.AssessmentFile, MediaType: "application/json", Content: fmt.Appendf(nil, "%v", o.Groups())},
	}, nil
}

func (fakePress) Check(original, signed []byte) (list []meeting.PaperSignature, err error) {
	rest, ok := bytes.CutPrefix(signed, original)
	if !ok {
		return nil, meeting.ErrReturned
	}
	for _, name := range strings.Fields(string(rest)) {
		list = append(list, meeting.PaperSignature{Signer: name, Seal: name == "seal"})
	}
	return list, nil
}

// setFiling says where the papers are signed.
func (r *room) setFiling(place string) {
	r.Helper()
	r.do(func() (*meeting.Meeting, error) {
		return r.office.SetFiling(r.Context(), r.chair(), r.u, meeting.Filing{Place: place, Recipients: []string{"Ban Tổ chức", " ", "Lưu VP"}})
	})
}

func (r *room) print() {
	r.Helper()
	r.do(func() (*meeting.Meeting, error) { return r.office.Print(r.Context(), r.member(1), r.u) })
}

// minutes downloads the minutes of the first paper as the chair.
func (r *room) minutes() []byte {
	r.Helper()
	f, err := r.office.PrintedFile(r.Context(), r.chair(), r.u, r.get().Papers[0].UUID, meeting.MinutesFile, meeting.LatestVersion)
	r.ok(err)
	return f.Content
}

func (r *room) giveBack(content []byte) error {
	m := r.get()
	_, err := r.office.Return(r.Context(), r.chair(), r.u, m.Papers[0].UUID, meeting.MinutesFile, content)
	return err
}

// The way from the tally to signed minutes, whatever happens to the server at
// each step.
func TestPapersAreSigned(t *testing.T) {
	for _, mode := range []mode{once, doubled, atOnce, restarting, notSaved, savedAfter, overtaken} {
		t.Run(string(mode), func(t *testing.T) {
			r := reach(t, meeting.Tallied)
			r.mode = mode
			r.setFiling("Lâm Đồng")
			r.print()
			for i, p := range r.get().Papers {
				f, err := r.office.PrintedFile(t.Context(), r.chair(), r.u, p.UUID, meeting.MinutesFile, meeting.LatestVersion)
				r.ok(err)
				signed := append(bytes.Clone(f.Content), " Hai"...)
				r.do(func() (*meeting.Meeting, error) {
					return r.office.Return(t.Context(), r.member(2), r.u, r.get().Papers[i].UUID, meeting.MinutesFile, signed)
				})
			}
			r.do(func() (*meeting.Meeting, error) { return r.office.Sign(t.Context(), r.chair(), r.u, false) })
			r.state(meeting.Tallied)
			r.do(func() (*meeting.Meeting, error) { return r.office.Sign(t.Context(), r.member(3), r.u, false) })
			r.state(meeting.Signed)
			if got := r.get().Filing; got.Place != "Lâm Đồng" || !slices.Equal(got.Recipients, []string{"Ban Tổ chức", "Lưu VP"}) {
				t.Errorf("%+v", got)
			}
			if by := r.get().Records[0].Returned[0].Signatures; len(by) != 1 || by[0].Signer != "Hai" {
				t.Errorf("signatures %+v", by)
			}
		})
	}
}

// People sign one after another. A version without a signature that was there
// is refused, and so are another text, a paper that nobody signed, one that only
// the server sealed, and one that is too large; what was there stays.
func TestReturnedPapers(t *testing.T) {
	r := reach(t, meeting.Tallied)
	r.print()
	printed := r.minutes()
	with := func(names string) []byte { return append(bytes.Clone(printed), names...) }
	for what, content := range map[string][]byte{
		"unsigned": with(""), "sealed": with(" seal"), "another text": []byte("minutes of another vote Hai"), "nothing": nil,
		"too large": with(strings.Repeat(" Hai", 5<<20+1)),
	} {
		if err := r.giveBack(content); !errors.Is(err, meeting.ErrReturned) {
			t.Errorf("%s: %v", what, err)
		}
	}
	r.ok(r.giveBack(with(" Hai")))
	r.refused(r.giveBack(with(" Ba")), meeting.ErrReturned)
	r.ok(r.giveBack(with(" Hai Ba")))
	r.refused(r.giveBack(with(" Hai")), meeting.ErrReturned)
	if got := r.minutes(); !bytes.Equal(got, with(" Hai Ba")) {
		t.Errorf("the latest version is %q", got)
	}
	_, err := r.office.Return(t.Context(), r.chair(), r.u, r.get().Papers[0].UUID, "other.pdf", with(" Hai"))
	r.refused(err, box.ErrNotFound)
	_, err = r.office.Return(t.Context(), r.chair(), r.u, ballot.NewUUID(), meeting.MinutesFile, with(" Hai"))
	r.refused(err, box.ErrNoBox)
}

// A paper with a wrong signature is taken out by the chair, and what was printed
// is signed anew; what others have said of it does not count any more.
func TestDiscard(t *testing.T) {
	r := reach(t, meeting.Tallied)
	r.print()
	u, printed := r.get().Papers[0].UUID, r.minutes()
	discard := func() error {
		_, err := r.office.Discard(t.Context(), r.chair(), r.u, u, meeting.MinutesFile)
		return err
	}
	r.refused(discard(), box.ErrNotFound)
	r.ok(r.giveBack(append(bytes.Clone(printed), " Kẻ-lạ"...)))
	f, err := r.office.PrintedFile(t.Context(), r.member(1), r.u, u, meeting.MinutesFile, meeting.PrintedVersion)
	if r.ok(err); !bytes.Equal(f.Content, printed) {
		t.Errorf("as printed: %q", f.Content)
	}
	_, err = r.office.Sign(t.Context(), r.member(1), r.u, true)
	r.ok(err)
	r.ok(discard())
	if m := r.get(); m.Ending != nil || len(m.Records[0].Returned) != 0 || !bytes.Equal(r.minutes(), printed) {
		t.Errorf("%+v, %q", m.Ending, r.minutes())
	}
	r.ok(r.giveBack(append(bytes.Clone(printed), " Hai"...)))
}

// What an abandoned meeting has printed is nobody's any more.
func TestAbandonedPapers(t *testing.T) {
	r := reach(t, meeting.Tallied)
	r.print()
	for _, who := range []staff.Actor{r.chair(), r.member(1), r.member(2)} {
		r.abandon(who, "Sai danh sách")
	}
	r.state(meeting.Abandoned)
	_, err := r.office.PrintedFile(t.Context(), r.chair(), r.u, r.get().Papers[0].UUID, meeting.MinutesFile, meeting.LatestVersion)
	r.refused(err, meeting.ErrState)
}

// What papers say changes until one has come back signed, and not afterwards.
func TestFiling(t *testing.T) {
	r := reach(t, meeting.Tallied)
	r.print()
	before := r.minutes()
	_, err := r.office.SetFiling(t.Context(), secretary, r.u, meeting.Filing{Place: "Đà Lạt"})
	r.refused(err, meeting.ErrState) // somebody may have signed them by hand
	_, err = r.office.SetFiling(t.Context(), r.chair(), r.u, meeting.Filing{Place: "Đà Lạt"})
	r.ok(err)
	if n := len(r.get().Records); n != 0 {
		t.Errorf("%d papers are kept that say something else", n)
	}
	r.print()
	if bytes.Equal(before, r.minutes()) {
		t.Error("printed as before")
	}
	r.ok(r.giveBack(append(bytes.Clone(r.minutes()), " Hai"...)))
	_, err = r.office.SetFiling(t.Context(), r.chair(), r.u, meeting.Filing{Place: "Bảo Lộc"})
	r.refused(err, meeting.ErrState)
	for field, f := range map[string]meeting.Filing{
		"date": {Date: "22.11.2026"}, "began": {Began: "24:00"}, "ended": {Ended: "7:5"}, "copies": {Copies: 100},
		"place": {Place: "A\u202eB"}, "recipients": {Recipients: slices.Repeat([]string{"A"}, 31)},
	} {
		_, err := r.office.SetFiling(t.Context(), secretary, r.u, f)
		refusal := new(meeting.Refusal)
		if !errors.As(err, &refusal) || refusal.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// A meeting is not signed before somebody has signed the minutes of every
// paper, unless they are signed by hand.
func TestUnsigned(t *testing.T) {
	r := reach(t, meeting.Tallied)
	end := func(onPaper bool) error {
		_, err := r.office.Sign(t.Context(), r.chair(), r.u, onPaper)
		return err
	}
	endAs := func(who staff.Actor, onPaper bool) {
		t.Helper()
		_, err := r.office.Sign(t.Context(), who, r.u, onPaper)
		r.ok(err)
	}
	r.refused(end(false), meeting.ErrUnsigned)
	r.refused(end(true), meeting.ErrUnsigned)
	r.print()
	r.refused(end(false), meeting.ErrUnsigned)
	r.ok(r.giveBack(append(bytes.Clone(r.minutes()), " Hai"...)))
	r.refused(end(false), meeting.ErrUnsigned) // the second paper
	endAs(r.member(2), true)
	endAs(r.member(3), true) // a second member is not the chair
	r.state(meeting.Tallied)
	r.ok(end(true))
	r.state(meeting.Signed)
	err := r.giveBack(append(bytes.Clone(r.minutes()), " Ba"...))
	r.refused(err, meeting.ErrState) // what is signed stays
	closed := reach(t, meeting.Closed)
	_, err = closed.office.Print(t.Context(), closed.member(1), closed.u)
	closed.refused(err, meeting.ErrState)
	_, err = closed.office.Sign(t.Context(), closed.chair(), closed.u, true)
	closed.refused(err, meeting.ErrState)
	_, err = closed.office.Outcome(t.Context(), closed.chair(), closed.u, closed.get().Papers[0].UUID)
	closed.refused(err, meeting.ErrState)
}

// Who gets which file: before publication chair and board, afterwards all who
// see the meeting; threshold groups the chair alone, always.
func TestWhoGetsFiles(t *testing.T) {
	r := reach(t, meeting.Tallied)
	r.print()
	u := r.get().Papers[0].UUID
	check := func(published bool) {
		t.Helper()
		for _, who := range []staff.Actor{secretary, r.chair(), r.member(2), r.auditor()} {
			counts := who.Role == staff.Chair || who.Role == staff.Member
			_, outcome := r.office.Outcome(t.Context(), who, r.u, u)
			_, minutes := r.office.PrintedFile(t.Context(), who, r.u, u, meeting.MinutesFile, meeting.LatestVersion)
			_, groups := r.office.PrintedFile(t.Context(), who, r.u, u, meeting.AssessmentFile, meeting.LatestVersion)
			for what, got := range map[string]struct {
				err error
				may bool
			}{
				"outcome": {outcome, counts || published}, "minutes": {minutes, counts || published}, "groups": {groups, who.Role == staff.Chair},
			} {
				if may := got.err == nil; may != got.may || !may && !errors.Is(got.err, meeting.ErrRole) {
					t.Errorf("%s, published %v: %s: %v", who.Role, published, what, got.err)
				}
			}
		}
	}
	check(false)
	_, err := r.office.Return(t.Context(), secretary, r.u, u, meeting.MinutesFile, append(bytes.Clone(r.minutes()), " Hai"...))
	r.refused(err, meeting.ErrRole)
	_, err = r.office.Publish(t.Context(), r.chair(), r.u, meeting.AudiencePublic, true)
	r.ok(err)
	check(true)
	_, err = r.office.Return(t.Context(), secretary, r.u, u, meeting.MinutesFile, append(bytes.Clone(r.minutes()), " Hai"...))
	r.ok(err)
}

// The chair says for whom a result is, and that everybody's vote on a person
// becomes known when all ballots say the same.
func TestRelease(t *testing.T) {
	r := reach(t, meeting.Tallied)
	publish := func(to meeting.Audience, knowing bool) error {
		_, err := r.office.Publish(t.Context(), r.chair(), r.u, to, knowing)
		return err
	}
	r.refused(publish("", true), meeting.ErrAudience)
	r.refused(publish("everybody", true), meeting.ErrAudience)
	unanimous := false
	for _, p := range r.get().Papers {
		o, err := r.office.Outcome(t.Context(), r.chair(), r.u, p.UUID)
		r.ok(err)
		unanimous = unanimous || slices.ContainsFunc(o.People, func(p meeting.PersonOutcome) bool { return p.Unanimous() })
	}
	if !unanimous {
		t.Fatal("the room's result has no unanimous person")
	}
	r.refused(publish(meeting.AudienceMeeting, false), meeting.ErrUnanimous)
	if r.get().Published {
		t.Error("published after a refusal")
	}
	r.ok(publish(meeting.AudienceMeeting, true))
	if m := r.get(); m.Release == nil || m.Release.Audience != meeting.AudienceMeeting || m.Release.Time.IsZero() {
		t.Errorf("%+v", m.Release)
	}
	r.ok(publish(meeting.AudiencePublic, true)) // somebody has done it already
	if to := r.get().Release.Audience; to != meeting.AudienceMeeting {
		t.Errorf("released again to %s", to)
	}
}

// The outcome of a meeting knows attendance, slips, chain and trackers, and
// nothing that is not the paper's.
func TestOutcomeFacts(t *testing.T) {
	r := reach(t, meeting.Tallied)
	m := r.get()
	o, err := r.office.Outcome(t.Context(), r.chair(), r.u, m.Papers[1].UUID)
	r.ok(err)
	b, err := r.boxes.Box(t.Context(), m.Papers[1].UUID)
	r.ok(err)
	status, err := b.Status(t.Context())
	r.ok(err)
	if o.Summoned != summoned || o.Present != present || o.Slips.Cast != status.Accepted || o.Collected != status.Accepted || o.EndBallots != status.EndBallots {
		t.Errorf("%+v", o.Facts)
	}
	if len(o.Trackers) != status.Accepted || !slices.IsSorted(o.Trackers) {
		t.Errorf("trackers %v", o.Trackers)
	}
	if o.Paper != m.Papers[1].Title || len(o.People) != len(m.OnPaper(1)) || o.People[0].Name != m.OnPaper(1)[0].Name || o.Meeting != r.u {
		t.Errorf("%q, %+v", o.Paper, o.People)
	}
	for _, p := range o.Exempt {
		if p.Exempt == "" || p.Paper != 1 {
			t.Errorf("exempt: %+v", p)
		}
	}
	_, err = r.office.Outcome(t.Context(), r.chair(), r.u, ballot.NewUUID())
	r.refused(err, box.ErrNoBox)
}
