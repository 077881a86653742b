package api_test

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/meeting/staff"
)

// A province is a superior's site on the last day but one of August 2023, with
// an officer who is signed in.
type province struct {
	*office
	rounds   *round.Office
	admin    *person
	superior *person
	u        ballot.UUID
	base     string // address of the round's pages
}

// newProvince is one without agencies and rounds.
func newProvince(t *testing.T) *province {
	t.Helper()
	p := &province{office: newOffice(t)}
	p.time = time.Date(2023, 8, 30, 2, 0, 0, 0, time.UTC)
	p.rounds = newRounds(p.site, p.config.Clock)
	p.config.Rounds = p.rounds
	p.handler, p.fill = api.NewWithGate(p.config)
	p.admin = p.administrator()
	p.superior = p.admin.account("hanh", staff.Superior)
	return p
}

// newRounds is the office of a site, with packages that are made of JSON.
func newRounds(s *site, clock func() time.Time) *round.Office {
	return &round.Office{
		Store: s.store.Rounds(), Checker: fakeChecker{}, Signer: fakeSigner{}, Log: new(fakeLog), Press: fakeRoundPress{},
		Clock: clock, URL: "https://hop.example.vn", Key: "superior+0+key",
	}
}

// account lets the administrator make an account of a role.
func (p *person) account(login string, role staff.Role) *person {
	p.Helper()
	page := p.post("/staff/accounts", url.Values{"login": {login}, "name": {"Đỗ Thị Hạnh"}, "role": {string(role)}}, http.StatusOK)
	s := p.claim(p.shown(page), "")
	s.login = login
	return s
}

// withLetter loads the letter's round by its button, and lets somebody check
// what comes.
func (p *province) withLetter() *province {
	p.Helper()
	p.base = p.superior.post("/staff/rounds/letter", url.Values{}, http.StatusSeeOther)
	p.u = ballot.UUID(p.base[len("/staff/rounds/"):])
	p.work(p.rounds)
	return p
}

// work lets somebody check packages until the test ends.
func (s *site) work(o *round.Office) {
	ctx, stop := context.WithCancel(s.Context())
	done := make(chan struct{})
	go func() { defer close(done); o.Work(ctx) }()
	s.Cleanup(func() { stop(); <-done })
}

// round is the letter's round as it is stored.
func (p *province) round() *round.Round {
	p.Helper()
	r, err := p.rounds.Store.Round(p.Context(), p.u)
	p.ok(err)
	return r
}

// agency is the n-th of those from which the round waits for a group.
func (p *province) expected(n int) round.Expected {
	p.Helper()
	return p.round().Expected[n]
}

// pollPath is the address of an expected poll.
func (p *province) pollPath(e round.Expected) string {
	return p.base + "/polls/" + e.Agency + "/" + e.Group
}

// A parcelOfTest is what packages of these tests are made of.
type parcelOfTest struct {
	Claim  round.Claim
	Poll   *round.Poll
	Refuse string // of Verify
}

// keyOfAgency is the key of an agency's server.
func keyOfAgency(agency string) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte("key of "+agency)))
}

// parcel is a package of an expected poll; name makes it another one.
func (p *province) parcel(e round.Expected, name string, people ...meeting.PersonOutcome) parcelOfTest {
	p.Helper()
	return newParcel(p.round(), e, name, people...)
}

func newParcel(r *round.Round, e round.Expected, name string, people ...meeting.PersonOutcome) parcelOfTest {
	election := ballot.UUID("")
	for _, b := range sha256.Sum256([]byte(e.Agency + e.Group)) {
		election += ballot.UUID("123456789ABCDEFGHJKLMNPQRSTUVWXYZ"[b%33 : b%33+1])
	}
	v := parcelOfTest{Claim: round.Claim{
		Kind: round.KindResult, Round: r.UUID, Agency: e.Agency, Group: e.Group, Poll: election[:14], Voted: "2023-08-28",
		Made: time.Unix(1693360000, 0).UTC(), Hash: fmt.Sprintf("%x", sha256.Sum256([]byte(name+e.Agency+e.Group))), Key: keyOfAgency(e.Agency), Signer: "Máy chủ " + e.Agency,
	}}
	v.Poll = &round.Poll{
		Election: v.Claim.Poll, Name: "Phiếu " + name, Voted: v.Claim.Voted, Place: "Hội trường", RuleSet: meeting.RuleSetReg96,
		LastEvent: fmt.Sprintf("%x", sha256.Sum256([]byte("last "+name))), Entry: 7, Origin: "so.example.vn",
		Summoned: 12, Present: 11, Issued: 11, Collected: 10, Base: 10, People: people,
	}
	if g, ok := r.Group(e.Group); ok {
		v.Poll.RuleSet = cmp.Or(g.RuleSet, r.RuleSet)
	}
	for _, p := range people {
		v.Poll.Collected, v.Poll.Base = p.Valid()+p.Invalid, p.Valid()+p.Invalid
	}
	return v
}

// outcome is a person's result.
func outcome(name, post string, high, confidence, low, invalid int) meeting.PersonOutcome {
	base := high + confidence + low + invalid
	share := func(n int) meeting.Share { return meeting.Share{Votes: n, Percent: meeting.Percent(n, base)} }
	return meeting.PersonOutcome{Name: name, Post: post, High: share(high), Confidence: share(confidence), Low: share(low), Invalid: invalid}
}

// bytes is the package as a file.
func (v parcelOfTest) bytes() []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	text, err := json.Marshal(v)
	for name, content := range map[string]string{"package.json": string(text), string(v.Claim.Poll) + ".bel": "hồ sơ"} {
		f, failed := w.Create(name)
		if err = errors.Join(err, failed); err == nil {
			_, err = io.WriteString(f, content)
		}
	}
	if err = errors.Join(err, w.Close()); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// confirm confirms the key of an agency by its page.
func (p *province) confirm(agency string) {
	p.Helper()
	p.superior.post("/staff/rounds/agencies/"+agency+"/key", url.Values{"key": {keyOfAgency(agency)}, "compared": {"yes"}}, http.StatusSeeOther)
}

// receive sends a package over the network.
func (p *province) receive(v parcelOfTest) *answer {
	p.Helper()
	return p.do("POST", "/api/v1/packages", string(v.bytes()), header("Content-Type", "application/zip"))
}

// settle sends a package under a confirmed key and waits until it is checked.
func (p *province) settle(v parcelOfTest) *round.Package {
	p.Helper()
	p.confirm(v.Claim.Agency)
	p.receive(v).want(http.StatusAccepted, "")
	got, err := p.rounds.Settled(p.Context(), v.Claim.Hash)
	p.ok(err)
	return got
}

// postFile sends a form with a file.
func (d *device) postFile(path string, form url.Values, field, name string, content []byte) *answer {
	d.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for key, values := range form {
		for _, value := range values {
			d.ok(w.WriteField(key, value))
		}
	}
	if field != "" {
		f, err := w.CreateFormFile(field, name)
		d.ok(err)
		_, err = f.Write(content)
		d.ok(err)
	}
	d.ok(w.Close())
	return d.sendText(path, w.FormDataContentType(), b.String())
}

// fakeChecker takes what parcelOfTest makes for packages.
type fakeChecker struct{}

func readParcel(file []byte) (v parcelOfTest, err error) {
	files, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return v, &meeting.Refusal{Cause: round.ErrPackage, What: meeting.Text{Vi: "không phải tệp ZIP", En: "no ZIP"}}
	}
	f, err := files.Open("package.json")
	if err != nil {
		return v, err
	}
	text, err := io.ReadAll(f)
	return v, errors.Join(err, json.Unmarshal(text, &v))
}

func (fakeChecker) Read(file []byte) (*round.Claim, error) {
	v, err := readParcel(file)
	return &v.Claim, err
}

func (fakeChecker) Verify(_ context.Context, file []byte) (*round.Poll, error) {
	v, err := readParcel(file)
	if err == nil && v.Refuse != "" {
		err = &meeting.Refusal{Cause: round.ErrPackage, What: meeting.Text{Vi: v.Refuse, En: v.Refuse}}
	}
	return v.Poll, err
}

type fakeSigner struct{}

func (fakeSigner) Sign(text string) ([]byte, error) {
	return []byte(text + "\n— hop.example.vn signature\n"), nil
}

// A fakeLog numbers packages.
type fakeLog struct {
	mu      sync.Mutex
	entries []string
}

func (l *fakeLog) AppendPackage(_ context.Context, _, hash string) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.entries, hash); i >= 0 {
		return int64(i), nil
	}
	l.entries = append(l.entries, hash)
	return int64(len(l.entries) - 1), nil
}

// fakeRoundPress prints what counts; a paper with " signed by NAME" after it is
// signed.
type fakeRoundPress struct{}

func (fakeRoundPress) PrintRound(c *round.Consolidation) (list []meeting.Printed, err error) {
	text := fmt.Sprintf("polls %d public %t", c.Counts().Sent, c.Public)
	for name, kind := range map[string]string{"consolidated.pdf": "application/pdf", "cover.pdf": "application/pdf", "consolidated.json": "application/json", meeting.AssessmentFile: "application/json"} {
		list = append(list, meeting.Printed{Name: name, MediaType: kind, Content: []byte(name + " " + text)})
	}
	slices.SortFunc(list, func(a, b meeting.Printed) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
	return list, nil
}

func (fakeRoundPress) Check(original, signed []byte) (list []meeting.PaperSignature, err error) {
	rest, ok := bytes.CutPrefix(signed, original)
	if !ok {
		return nil, &meeting.Refusal{Cause: meeting.ErrReturned, What: meeting.Text{Vi: "không bắt đầu như bản đã lập", En: "does not begin as what was printed"}}
	}
	for _, name := range bytes.Split(rest, []byte(" signed by "))[1:] {
		list = append(list, meeting.PaperSignature{Field: "head", Signer: string(name), Issuer: "CA", Trusted: true})
	}
	return list, nil
}
