package round_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/store/bolt"
)

var officer = staff.Actor{Role: staff.Superior, ID: "id", Name: "Đỗ Thị Hạnh"}

// A desk is a superior's office for a test, with a round of three agencies.
type desk struct {
	*testing.T
	*round.Office
	path    string
	store   *bolt.Store
	checker *checker
	log     *publicLog
	press   *press
	r       *round.Round
	now     time.Time
}

// A content is what packages of these tests are made of.
type content struct {
	Claim  round.Claim
	Poll   *round.Poll
	Refuse string // of Verify
	Panic  bool
	Fail   bool
}

// A checker takes contents for packages.
type checker struct {
	mu       sync.Mutex
	verified []string // polls, in the order in which the checks began
	began    func(poll string)
}

func (c *checker) Read(file []byte) (*round.Claim, error) {
	v := new(content)
	if err := json.Unmarshal(file, v); err != nil {
		return nil, &meeting.Refusal{Cause: round.ErrPackage, What: meeting.Text{Vi: "không phải gói", En: "no package"}}
	}
	return &v.Claim, nil
}

func (c *checker) Verify(ctx context.Context, file []byte) (*round.Poll, error) {
	v := new(content)
	if err := json.Unmarshal(file, v); err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.verified = append(c.verified, v.Claim.Hash)
	began := c.began
	c.mu.Unlock()
	if began != nil {
		began(v.Claim.Hash)
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case v.Panic:
		panic("an archive with a mistake in it")
	case v.Fail:
		return nil, errors.New("something else")
	case v.Refuse != "":
		return nil, &meeting.Refusal{Cause: round.ErrPackage, What: meeting.Text{Vi: v.Refuse, En: v.Refuse}}
	}
	return v.Poll, nil
}

// A publicLog numbers packages.
type publicLog struct {
	mu      sync.Mutex
	entries []string
	fault   error
}

func (l *publicLog) AppendPackage(_ context.Context, agency, hash string) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fault != nil {
		return 0, l.fault
	}
	i := slices.Index(l.entries, agency+" "+hash)
	if i < 0 {
		i, l.entries = len(l.entries), append(l.entries, agency+" "+hash)
	}
	return int64(i), nil
}

// fail makes the log fail until it is told otherwise.
func (l *publicLog) fail(fault error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fault = fault
}

type signer struct{}

func (signer) Sign(text string) ([]byte, error) {
	return []byte(text + "\n— superior signature\n"), nil
}

// A press prints the number of polls, and takes "signed by NAME" for a
// signature.
type press struct{ printed []*round.Consolidation }

func (p *press) PrintRound(c *round.Consolidation) ([]meeting.Printed, error) {
	p.printed = append(p.printed, c)
	text := fmt.Sprintf("polls %d public %t", c.Counts().Sent, c.Public)
	return []meeting.Printed{
		{Name: "consolidated.pdf", MediaType: "application/pdf", Content: []byte("%PDF " + text)},
		{Name: "consolidated.json", MediaType: "application/json", Content: []byte("{} " + text)},
		{Name: meeting.AssessmentFile, MediaType: "application/json", Content: []byte("[] " + text)},
	}, nil
}

func (p *press) Check(original, signed []byte) (list []meeting.PaperSignature, err error) {
	if !bytes.HasPrefix(signed, original) {
		return nil, meeting.ErrReturned
	}
	list = append(list, meeting.PaperSignature{Seal: true})
	for range bytes.Count(signed, []byte(" signed by ")) {
		list = append(list, meeting.PaperSignature{Field: "head"})
	}
	return list, nil
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{T: t, path: filepath.Join(t.TempDir(), "data.bolt"), checker: new(checker), log: new(publicLog), press: new(press)}
	d.now = time.Date(2023, 8, 6, 3, 0, 0, 0, time.UTC)
	d.open()
	t.Cleanup(func() { d.store.Close() })
	_, err := d.SetDirectory(t.Context(), officer, &round.Directory{Agencies: []round.Agency{
		{ID: "dang-uy", Name: "Đảng ủy Khối", Kind: "Đảng ủy", Key: keyOf("dang-uy"), Contact: "0263 1234567"},
		{ID: "so-noi-vu", Name: "Sở Nội vụ", Kind: "Sở", Key: keyOf("so-noi-vu")},
		{ID: "so-y-te", Name: "Sở Y tế", Kind: "Sở"},
	}})
	d.ok(err)
	d.r = &round.Round{
		Title: "Lấy phiếu tín nhiệm năm 2023", Superior: "Ban Thường vụ Tỉnh ủy", Office: "Ban Tổ chức Tỉnh ủy", RuleSet: meeting.RuleSetReg96, SendDays: 1,
		Groups:   []round.Group{{ID: "lead", Name: "Lãnh đạo"}, {ID: "rest", Name: "Còn lại", After: []string{"lead"}}},
		Expected: []round.Expected{{Agency: "dang-uy", Group: "lead"}, {Agency: "so-noi-vu", Group: "lead"}, {Agency: "so-noi-vu", Group: "rest"}, {Agency: "so-y-te", Group: "rest"}},
	}
	d.r, err = d.SaveRound(t.Context(), officer, d.r)
	d.ok(err)
	for _, agency := range []string{"dang-uy", "so-noi-vu"} {
		_, err := d.ConfirmKey(t.Context(), officer, agency, keyOf(agency))
		d.ok(err)
	}
	return d
}

// open begins anew on what is on the disk.
func (d *desk) open() {
	d.Helper()
	if d.store != nil {
		d.ok(d.store.Close())
	}
	var err error
	d.store, err = bolt.Open(d.path)
	d.ok(err)
	d.Office = &round.Office{
		Store: d.store.Rounds(), Checker: d.checker, Signer: signer{}, Log: d.log, Press: d.press,
		Clock: func() time.Time { return d.now }, URL: "https://tinhuy.example", Key: "superior+0+key",
	}
}

func (d *desk) ok(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

func (d *desk) refused(err, want error) {
	d.Helper()
	if !errors.Is(err, want) {
		d.Fatalf("error %v, want %v", err, want)
	}
}

func keyOf(agency string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte("key of "+agency))) }

// result is a package of a poll of an agency; name makes it another one.
func (d *desk) result(agency, group, name string, people ...string) content {
	v := content{
		Claim: round.Claim{
			Kind: round.KindResult, Round: d.r.UUID, Agency: agency, Group: group, Poll: pollOf(name), Voted: "2023-08-05",
			Made: d.now, Hash: fmt.Sprintf("%x", sha256.Sum256([]byte(name))), Key: keyOf(agency), Signer: agency,
		},
	}
	v.Poll = &round.Poll{Election: v.Claim.Poll, Name: name, Voted: v.Claim.Voted, RuleSet: meeting.RuleSetReg96, Collected: 9, Base: 9}
	for _, name := range people {
		v.Poll.People = append(v.Poll.People, meeting.PersonOutcome{
			Name: name, Post: "Trưởng phòng", High: meeting.Share{Votes: 5}, Low: meeting.Share{Votes: 4},
		})
	}
	return v
}

// pollOf is the poll of a name: what stands before its first space.
func pollOf(name string) ballot.UUID {
	before, _, _ := strings.Cut(name, " ")
	u := ""
	for _, b := range sha256.Sum256([]byte(before)) {
		u += string("123456789ABCDEFGHJKLMNPQRSTUVWXYZ"[b%33])
	}
	return ballot.UUID(u[:14])
}

// correcting is the package with what it corrects and why.
func (v content) correcting(hash, why string) content {
	v.Claim.Supersedes, v.Claim.Why = hash, why
	return v
}

func (d *desk) file(v content) []byte {
	d.Helper()
	text, err := json.Marshal(v)
	d.ok(err)
	return text
}

func (d *desk) receive(v content) (*round.Package, error) {
	d.Helper()
	return d.Receive(d.Context(), d.file(v), "https")
}

// send hands a package in and waits until it is settled; somebody must be at
// work.
func (d *desk) send(v content) *round.Package {
	d.Helper()
	p, err := d.receive(v)
	d.ok(err)
	p, err = d.Settled(d.Context(), p.Hash)
	d.ok(err)
	return p
}

// work lets the office work until the test ends.
func (d *desk) work() {
	ctx, cancel := context.WithCancel(context.WithoutCancel(d.Context()))
	done := make(chan struct{})
	office := d.Office
	go func() { defer close(done); office.Work(ctx) }()
	d.Cleanup(func() { cancel(); <-done })
}

// status requires what became of a package.
func (d *desk) status(p *round.Package, want round.Status) *round.Package {
	d.Helper()
	got, err := d.Package(d.Context(), p.Hash)
	d.ok(err)
	if got.Status != want {
		d.Fatalf("%s (%s), want %s", got.Status, got.Reason.En, want)
	}
	return got
}

// actions are the entries of the audit log from number n, without those before.
func (d *desk) actions(n int) (list []string) {
	d.Helper()
	entries, err := d.store.Entries(d.Context(), "", n, 1000)
	d.ok(err)
	for _, e := range entries {
		list = append(list, e.Action)
	}
	return list
}

func (d *desk) head() int {
	d.Helper()
	head, err := d.store.Head(d.Context())
	d.ok(err)
	return head.Length
}

// logs requires that exactly these actions were taken since.
func (d *desk) logs(since int, want ...string) {
	d.Helper()
	if got := d.actions(since); !slices.Equal(got, want) {
		d.Errorf("logged %q, want %q", got, want)
	}
	if _, err := audit.Check(d.Context(), d.store); err != nil {
		d.Error(err)
	}
}

// TestRoles: nobody but the superior takes a step of rounds or looks at them,
// and no step was logged.
func TestRoles(t *testing.T) {
	d := newDesk(t)
	before, ctx, u := d.head(), t.Context(), d.r.UUID
	steps := map[string]func(a staff.Actor) error{
		"Directory":    func(a staff.Actor) error { _, err := d.Directory(ctx, a); return err },
		"SetDirectory": func(a staff.Actor) error { _, err := d.SetDirectory(ctx, a, new(round.Directory)); return err },
		"ConfirmKey":   func(a staff.Actor) error { _, err := d.ConfirmKey(ctx, a, "so-y-te", keyOf("x")); return err },
		"Rounds":       func(a staff.Actor) error { _, err := d.Rounds(ctx, a); return err },
		"Round":        func(a staff.Actor) error { _, err := d.Round(ctx, a, u); return err },
		"SaveRound":    func(a staff.Actor) error { _, err := d.SaveRound(ctx, a, d.r); return err },
		"LoadLetter":   func(a staff.Actor) error { _, err := d.LoadLetter(ctx, a); return err },
		"Note":         func(a staff.Actor) error { return d.Note(ctx, a, u, round.Progress{Expected: d.r.Expected[0]}) },
		"Follow":       func(a staff.Actor) error { _, err := d.Follow(ctx, a, u, "2023-08-06"); return err },
		"Packages":     func(a staff.Actor) error { _, err := d.Packages(ctx, a, u); return err },
		"PackageFile":  func(a staff.Actor) error { _, err := d.PackageFile(ctx, a, "00"); return err },
		"Poll":         func(a staff.Actor) error { _, err := d.Poll(ctx, a, "00"); return err },
		"Trouble":      func(a staff.Actor) error { _, err := d.Trouble(a); return err },
		"Recheck":      func(a staff.Actor) error { return d.Recheck(ctx, a, "00") },
		"Questions":    func(a staff.Actor) error { _, err := d.Questions(ctx, a, u); return err },
		"Declared":     func(a staff.Actor) error { _, err := d.Declared(ctx, a, u); return err },
		"SaveLink":     func(a staff.Actor) error { return d.SaveLink(ctx, a, u, round.Link{}) },
		"Consolidate":  func(a staff.Actor) error { _, err := d.Consolidate(ctx, a, u, d.now); return err },
		"Print":        func(a staff.Actor) error { _, err := d.Print(ctx, a, u); return err },
		"Records":      func(a staff.Actor) error { _, err := d.Records(ctx, a, u); return err },
		"RecordFile":   func(a staff.Actor) error { _, err := d.RecordFile(ctx, a, u, 1, "x"); return err },
		"ReturnPaper":  func(a staff.Actor) error { _, err := d.ReturnPaper(ctx, a, u, 1, "x", nil); return err },
		"Publish":      func(a staff.Actor) error { _, err := d.Publish(ctx, a, u, 1, meeting.AudiencePublic, true); return err },
		"ReleasedFile": func(a staff.Actor) error { _, err := d.ReleasedFile(ctx, a, u, 1, "x"); return err },
	}
	for _, a := range []staff.Actor{
		{}, {Role: staff.Administrator, ID: "id"}, {Role: staff.Secretary, ID: "id"}, {Role: staff.Chair, ID: "id", Meeting: u},
		{Role: staff.Member, ID: "id", Meeting: u, Index: 1}, {Role: staff.Auditor, ID: "id", Meeting: u}, {Role: staff.Superior, ID: "id", Meeting: u},
	} {
		for name, step := range steps {
			if err := step(a); !errors.Is(err, round.ErrRole) {
				t.Errorf("%s by %q: %v", name, a.Role, err)
			}
		}
	}
	d.logs(before)
}
