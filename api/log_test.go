package api_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
)

// records is a slog.Handler that keeps what is logged, at every level.
type records struct {
	mu   sync.Mutex
	list []string
}

func (r *records) Enabled(context.Context, slog.Level) bool { return true }
func (r *records) WithAttrs([]slog.Attr) slog.Handler       { return r }
func (r *records) WithGroup(string) slog.Handler            { return r }
func (r *records) Handle(_ context.Context, record slog.Record) error {
	text := record.Message
	record.Attrs(func(a slog.Attr) bool { text += " | " + a.String(); return true })
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, text)
	return nil
}

// take returns what was logged and forgets it.
func (r *records) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.list
	r.list = nil
	return list
}

// logged makes the site log into the records returned.
func (s *site) logged() *records {
	r := new(records)
	s.config.Log = slog.New(r)
	s.handler, s.fill = api.NewWithGate(s.config)
	return r
}

// A whole vote, with everything that voters do and do wrong, leaves no trace in
// the log.
func TestVotersAreNotLogged(t *testing.T) {
	p := openPoll(t)
	log := p.logged()
	proof := p.Voters[0].Code.ProvePossession(p.UUID, p.Fingerprint()).AppendJSON(nil)
	everything := func() {
		for _, path := range p.everyPath() {
			p.do("GET", path, "")
			p.do("GET", path, "", browser)
		}
		p.do("POST", p.path("/slip"), string(proof))
		p.do("POST", p.path("/slip"), falsified(string(proof)))
		for _, body := range []string{"", "{}", falsified(string(p.Ballots[1].Raw())), p.seal(ballot.NewCredential()), string(p.Others[0].Raw())} {
			p.cast([]byte(body))
		}
	}
	p.castFirst(1)
	everything()
	for _, b := range p.Ballots[1:20] {
		p.cast(b.Raw()).want(http.StatusCreated, "")
	}
	everything()
	defer p.fill()()
	everything()
	p.sign(0)
	everything()
	p.count()
	p.ok(p.box.Publish(t.Context()))
	everything()
	if list := log.take(); len(list) > 0 {
		t.Errorf("%d records, such as %s", len(list), list[0])
	}
}

// brokenStore is a store of which every operation fails once broken is set.
type brokenStore struct {
	box.Store
	broken func() error
}

func (s brokenStore) List(ctx context.Context) ([]ballot.UUID, error) {
	if err := s.broken(); err != nil {
		return nil, err
	}
	return s.Store.List(ctx)
}

func (s brokenStore) Box(ctx context.Context, u ballot.UUID) (box.Box, error) {
	b, err := s.Store.Box(ctx, u)
	return brokenBox{b, s.broken}, err
}

type brokenBox struct {
	box.Box
	broken func() error
}

func (b brokenBox) Status(context.Context) (box.Status, error) { return box.Status{}, b.broken() }
func (b brokenBox) Accept(context.Context, *ballot.Ballot) error {
	return b.broken()
}
func (b brokenBox) Lookup(context.Context, [32]byte) (box.Record, error) {
	if err := b.broken(); err != nil {
		return box.Record{}, err
	}
	return box.Record{}, box.ErrNotFound
}
func (b brokenBox) Credential(context.Context, ballot.CredentialKey) (box.Credential, error) {
	return box.Credential{}, b.broken()
}
func (b brokenBox) Attached(context.Context, box.Beside) ([]byte, error) { return nil, b.broken() }
func (b brokenBox) Files(context.Context, int, int) ([]box.File, error)  { return nil, b.broken() }

// A fault of the server is logged with its route and cause, and nothing that
// tells who asked, for what, and with which slip. The answer tells nothing.
func TestFaults(t *testing.T) {
	p := openPoll(t)
	errDisk := errors.New("disk: input/output error")
	fault := func() error { return errDisk }
	p.config.Store = brokenStore{p.store, func() error { return fault() }}
	log := p.logged()
	hash := p.Ballots[0].Hash()
	proof := string(p.Voters[0].Code.ProvePossession(p.UUID, p.Fingerprint()).AppendJSON(nil))
	secrets := []string{
		string(p.UUID), hex.EncodeToString(hash[:]), p.Ballots[0].Tracker(), p.Voters[0].Key.String(), p.Voters[0].Code.Code(),
		"192.0.2.1", "/api/v1/elections/" + string(p.UUID)[:8], `"credential"`, `"answers"`, "hidden=1",
	}
	requests := []struct{ method, path, body string }{
		{"GET", "/", ""}, {"GET", "/healthz", ""}, {"GET", "/board/" + string(p.UUID), ""},
		{"GET", "/board/" + string(p.UUID) + "/" + hex.EncodeToString(hash[:]), ""},
		{"GET", p.path("/status"), ""}, {"GET", p.path("/archive"), ""}, {"GET", p.path("/shares"), ""}, {"GET", p.path("/closing"), ""},
		{"GET", p.path("/ballots/" + hex.EncodeToString(hash[:])), ""},
		{"POST", p.path("/slip"), proof}, {"POST", p.path("/ballots"), string(p.Ballots[0].Raw())},
	}
	panics := func() error { panic("a mistake of ours") }
	for _, fault = range []func() error{fault, panics} {
		for _, r := range requests {
			a := p.do(r.method, r.path+"?hidden=1", r.body, header("Cookie", "hidden=1")).want(http.StatusInternalServerError, "internal")
			if strings.Contains(a.body, "disk") || strings.Contains(a.body, "mistake") {
				t.Errorf("%s: %s", a.request, a.body)
			}
			list := log.take()
			if len(list) == 0 || !strings.Contains(list[0], "cause=") || !strings.Contains(list[0], "route=/") {
				t.Errorf("%s: logged %q", a.request, list)
			}
			text := strings.Join(list, "\n")
			if i := slices.IndexFunc(secrets, func(s string) bool { return strings.Contains(text, s) }); i >= 0 {
				t.Errorf("%s: the log has %s: %s", a.request, secrets[i], text)
			}
		}
	}
	fault = func() error { return nil }
	p.ok(p.box.Check(t.Context()))
	if s := p.status(); s.Accepted != 0 {
		t.Errorf("%+v", s)
	}
}

// A store that fails when the ballot is to be kept: the voter is not told
// "recorded", nor that it is not (the disk may have it), and may send again.
func TestFaultWhileAccepting(t *testing.T) {
	p := openPoll(t)
	calls := 0
	p.config.Store = brokenStore{p.store, func() error {
		if calls++; calls == 2 { // after Lookup comes Accept
			return errors.New("disk: full")
		}
		return nil
	}}
	log := p.logged()
	a := p.cast(p.Ballots[0].Raw()).want(http.StatusInternalServerError, "internal")
	if strings.Contains(a.body, "chưa được ghi nhận") || !strings.Contains(a.body, "không bị tính hai lần") {
		t.Errorf("%s", a.body)
	}
	if list := log.take(); len(list) != 1 || !strings.Contains(list[0], "disk: full") {
		t.Errorf("logged %q", list)
	}
	p.handler = api.New(api.Config{Store: p.store, Receipts: p.config.Receipts, Log: p.config.Log})
	p.cast(p.Ballots[0].Raw()).want(http.StatusCreated, "")
}

// goneReader is a reader whose connection breaks. The error names addresses, as
// those of package net do.
type goneReader struct {
	*httptest.ResponseRecorder
	after int
}

func (r *goneReader) Write(b []byte) (int, error) {
	if r.after -= len(b); r.after < 0 {
		return 0, &net.OpError{Op: "write", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(203, 0, 113, 5), Port: 4711}, Err: errors.New("broken pipe")}
	}
	return r.ResponseRecorder.Write(b)
}

// Who breaks off a download is not logged either; the connection ends.
func TestBrokenDownloadIsNotLogged(t *testing.T) {
	p := openPoll(t)
	log := p.logged()
	p.castFirst(8)
	p.sign(0)
	p.count()
	p.ok(p.box.Publish(t.Context()))
	for _, file := range []string{"/archive", "/shares", "/closing"} {
		whole := len(p.do("GET", p.path(file), "").body)
		for _, after := range []int{0, 1000, 4000, 60_000} {
			w := &goneReader{httptest.NewRecorder(), after}
			aborted := func() (cause any) {
				defer func() { cause = recover() }()
				p.handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", p.path(file), nil))
				return nil
			}()
			if n := w.Body.Len(); n > 0 && n < whole && !brokeOff(aborted) {
				t.Errorf("%s after %d bytes: ended with %v", file, after, aborted)
			}
		}
	}
	if list := log.take(); len(list) > 0 {
		t.Errorf("%d records, such as %s", len(list), list[0])
	}
}

// A store that fails in the middle of an archive: the download breaks off, so
// that nobody takes the first half for the whole.
func TestFaultWithinArchive(t *testing.T) {
	p := openPoll(t)
	calls := 0
	p.config.Store = halfStore{p.store, &calls}
	log := p.logged()
	var aborted any
	func() {
		defer func() { aborted = recover() }()
		p.do("GET", p.path("/archive"), "")
	}()
	if !brokeOff(aborted) {
		t.Errorf("ended with %v", aborted)
	}
	if list := log.take(); len(list) != 1 || !strings.Contains(list[0], "disk: gone") {
		t.Errorf("logged %q", list)
	}
}

// halfStore gives the first piece of an archive alone.
type halfStore struct {
	box.Store
	calls *int
}

func (s halfStore) Box(ctx context.Context, u ballot.UUID) (box.Box, error) {
	b, err := s.Store.Box(ctx, u)
	return halfBox{b, s.calls}, err
}

type halfBox struct {
	box.Box
	calls *int
}

func (b halfBox) Files(ctx context.Context, from, _ int) ([]box.File, error) {
	if *b.calls++; *b.calls > 1 {
		return nil, fmt.Errorf("disk: gone")
	}
	return b.Box.Files(ctx, from, 1)
}
