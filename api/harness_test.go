package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/store/bolt"
	"github.com/homphieu/homphieu/tally"
)

// A site is a server with an empty store on disk. Every answer that it gives
// under /api/v1 is held against openapi.json.
type site struct {
	*testing.T
	file     string // the store's
	store    *bolt.Store
	config   api.Config
	handler  http.Handler
	fill     func() (empty func()) // fills the gate
	verifier note.Verifier
	seen     map[triple]bool // problems that the API answered with
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{T: t, file: filepath.Join(t.TempDir(), "data.bolt"), seen: map[triple]bool{}}
	t.Cleanup(func() { s.store.Close() })
	secret, public, err := note.GenerateKey(rand.Reader, "hop.example.vn")
	s.ok(err)
	signer, err := note.NewSigner(secret)
	s.ok(err)
	s.verifier, err = note.NewVerifier(public)
	s.ok(err)
	s.config = api.Config{
		Receipts: signer, Verifier: public, PublicURL: &url.URL{Scheme: "https", Host: "hop.example.vn"},
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
	s.open()
	return s
}

// open starts the server on its data.
func (s *site) open() {
	s.Helper()
	store, err := bolt.Open(s.file)
	s.ok(err)
	s.store, s.config.Store, s.config.Trials = store, store, store
	s.config.Meetings, s.config.Staff, s.config.Audit = store, store, store
	s.handler, s.fill = api.NewWithGate(s.config)
}

// reopen stops the server and starts it again.
func (s *site) reopen() {
	s.Helper()
	s.ok(s.store.Close())
	s.open()
}

// ok requires success.
func (s *site) ok(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// A change alters a request before it is sent.
type change func(*http.Request)

func header(name, value string) change {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// here makes a request come from this computer.
func here(r *http.Request) { r.RemoteAddr, r.Host = "127.0.0.1:50123", "localhost:8080" }

func browser(r *http.Request) { r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8") }

// do sends a request, from far away unless changed, and reads the answer.
func (s *site) do(method, path, body string, changes ...change) *answer {
	s.Helper()
	r := httptest.NewRequestWithContext(s.Context(), method, "/", strings.NewReader(body))
	target, err := url.ParseRequestURI(path)
	s.ok(err)
	r.URL, r.RequestURI = target, path
	for _, c := range changes {
		c(r)
	}
	recorder := httptest.NewRecorder()
	s.handler.ServeHTTP(recorder, r)
	response := recorder.Result()
	text, err := io.ReadAll(response.Body)
	s.ok(err)
	a := &answer{site: s, Response: response, request: method + " " + path, body: string(text)}
	a.checkDocumented(method, target.Path)
	a.checkHeaders(r)
	return a
}

// An answer is a response that was read.
type answer struct {
	*site
	*http.Response
	request, body string
}

// want requires a status and, of a problem, its code.
func (a *answer) want(status int, code string) *answer {
	a.Helper()
	if a.StatusCode != status {
		a.Fatalf("%s: status %d, want %d: %.300s", a.request, a.StatusCode, status, a.body)
	}
	if got := a.problem().Code; got != code {
		a.Fatalf("%s: code %q, want %q", a.request, got, code)
	}
	return a
}

// A poll is a site with one poll.
type poll struct {
	*site
	boxtest.Sealed
	box box.Box
}

var (
	vote     boxtest.Sealed
	voteOnce sync.Once
)

// confidence returns the one election of this process: a confidence vote on
// two persons, with two ballots of each voter.
func confidence(t testing.TB) boxtest.Sealed {
	t.Helper()
	voteOnce.Do(func() {
		const voters = boxtest.SmallVoters
		people := []ballot.Question{meeting.Question("Nguyễn Thị Ánh", "Giám đốc"), meeting.Question("Trần Đạt", "")}
		e := boxtest.NewElection(t, boxtest.Plan{Voters: voters, Questions: people})
		vote = boxtest.Sealed{Election: e, Ballots: e.SealAll(t, voters), Others: e.SealAll(t, voters)}
	})
	return vote
}

func newPoll(t *testing.T, settings box.Settings) *poll {
	t.Helper()
	p := &poll{site: newSite(t), Sealed: confidence(t)}
	setup := p.Setup
	setup.Settings = settings
	b, err := p.store.Create(p.Context(), setup)
	p.ok(err)
	p.box = b
	return p
}

// openPoll is a poll that takes ballots.
func openPoll(t *testing.T) *poll {
	t.Helper()
	p := newPoll(t, box.Settings{MinBallots: 1, RuleSet: "reg96_2023"})
	p.ok(p.box.Open(p.Context()))
	return p
}

// path is the address of the poll in the API.
func (p *poll) path(end string) string { return "/api/v1/elections/" + string(p.UUID) + end }

// cast sends a ballot.
func (p *poll) cast(raw []byte) *answer {
	p.Helper()
	return p.do(http.MethodPost, p.path("/ballots"), string(raw))
}

// castFirst casts the ballots of the first n voters.
func (p *poll) castFirst(n int) {
	p.Helper()
	for _, b := range p.Ballots[:n] {
		p.cast(b.Raw()).want(http.StatusCreated, "")
	}
}

func (p *poll) status() box.Status {
	p.Helper()
	s, err := p.box.Status(p.Context())
	p.ok(err)
	return s
}

// sign closes the poll and puts the signed closing file beside it; exchanged
// counts the slips that were voided.
func (p *poll) sign(exchanged int) {
	p.Helper()
	p.ok(p.box.Close(p.Context()))
	issued := len(p.Voters) - exchanged
	c, err := meeting.NewClosing(p.Context(), p.box, tally.Slips{
		Printed: len(p.Voters), Issued: issued, Exchanged: exchanged, NotReturned: issued - p.status().Accepted,
	})
	p.ok(err)
	c.Sign(1, p.Holders[0].Signing)
	p.ok(meeting.AttachClosing(p.Context(), p.box, c))
}

// count appends the result.
func (p *poll) count() {
	p.Helper()
	product, err := p.box.Product(p.Context())
	p.ok(err)
	_, bad, err := meeting.Count(p.Context(), p.box, p.Decrypt(product, 1))
	p.ok(err)
	if len(bad) > 0 {
		p.Fatal(bad)
	}
}

// unchanged runs f, which must leave the box as it was.
func (p *poll) unchanged(f func()) {
	p.Helper()
	before, voided := p.status(), p.voided()
	f()
	if after := p.status(); after != before || p.voided() != voided {
		p.Fatalf("the box changed from %+v to %+v", before, after)
	}
}

func (p *poll) voided() int {
	keys, err := p.box.Voided(context.WithoutCancel(p.Context()))
	p.ok(err)
	return len(keys)
}

// archive is the archive as the API gives it.
func (p *poll) archive() []byte {
	p.Helper()
	a := p.do(http.MethodGet, p.path("/archive"), "").want(http.StatusOK, "")
	return bytes.Clone([]byte(a.body))
}
