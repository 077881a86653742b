package main

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/report/parcel"
	"github.com/homphieu/homphieu/store/bolt"
	"github.com/homphieu/homphieu/tally/ledger"
)

// A mailRoom is an agency's server with meetings whose packages are under way to
// a superior that the test plays.
type mailRoom struct {
	*testing.T
	store   *bolt.Store
	office  *meeting.Office
	courier *courier
	changed chan struct{} // a meeting was saved, or a request was made

	signer note.Signer // of the superior's receipts
	key    string

	mu       sync.Mutex
	requests []string // "POST", or "GET"
	answers  []http.HandlerFunc
	down     bool // no connection is made
	server   *httptest.Server
}

// savedStore tells of what is saved.
type savedStore struct {
	meeting.Store
	saved func()
}

func (s savedStore) Save(ctx context.Context, m *meeting.Meeting, done audit.Draft) error {
	defer s.saved()
	return s.Store.Save(ctx, m, done)
}

func newMailRoom(t *testing.T) *mailRoom {
	t.Helper()
	r := &mailRoom{T: t, changed: make(chan struct{}, 1)}
	var err error
	r.store, err = bolt.Open(filepath.Join(t.TempDir(), "data.db"))
	r.ok(err)
	t.Cleanup(func() { r.store.Close() })
	r.office = &meeting.Office{Meetings: savedStore{r.store, r.tell}, Boxes: r.store, Clock: time.Now, Packer: &packer{}}
	secret, key, err := ledger.GenerateKey("cap-tren.example.vn/log")
	r.ok(err)
	r.signer, err = note.NewSigner(secret)
	r.ok(err)
	r.key = key
	r.server = httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(r.server.Close)
	r.courier = r.newCourier()
	return r
}

func (r *mailRoom) ok(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *mailRoom) tell() { poke(r.changed) }

// newCourier is one that hardly waits, and whose network the test can cut.
func (r *mailRoom) newCourier() *courier {
	c := newCourier(nil, slog.New(slog.DiscardHandler))
	c.pause = func(int) time.Duration { return time.Millisecond }
	c.client.Transport = cable{r, c.client.Transport}
	c.Carry(r.office)
	return c
}

// cable is the network of a mail room.
type cable struct {
	room *mailRoom
	http.RoundTripper
}

func (c cable) RoundTrip(q *http.Request) (*http.Response, error) {
	c.room.mu.Lock()
	c.room.requests = append(c.room.requests, q.Method)
	down := c.room.down
	c.room.mu.Unlock()
	defer c.room.tell()
	if down {
		return nil, errors.New("no route to host")
	}
	return c.RoundTripper.RoundTrip(q)
}

// run lets a courier run until the test, or stop, ends it.
func (r *mailRoom) run(c *courier) (stop func()) {
	ctx, cancel := context.WithCancel(r.Context())
	var running sync.WaitGroup
	running.Go(func() { c.run(ctx) })
	stop = func() { cancel(); running.Wait() }
	r.Cleanup(stop)
	return stop
}

// serve answers as the test has said; the last answer is given again.
func (r *mailRoom) serve(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	if len(r.answers) == 0 {
		r.mu.Unlock()
		http.Error(w, "nothing to say", http.StatusInternalServerError)
		return
	}
	answer := r.answers[0]
	if len(r.answers) > 1 {
		r.answers = r.answers[1:]
	}
	r.mu.Unlock()
	answer(w, q)
}

func (r *mailRoom) answer(list ...http.HandlerFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers = list
}

// says answers with JSON.
func says(status int, kind, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		io.WriteString(w, text)
	}
}

func saysStatus(pkg, status string) http.HandlerFunc {
	return says(http.StatusAccepted, "application/json", fmt.Sprintf(`{"package":%q,"status":%q}`, pkg, status))
}

const mailRound ballot.UUID = "HVAYvLvBxYWcPgVPL6Bdwn"

const mailFile = "PK of a package"

// underway saves a meeting with a package that is to be sent, and returns both.
func (r *mailRoom) underway() (ballot.UUID, string) {
	r.Helper()
	m := &meeting.Meeting{UUID: ballot.NewUUID(), State: meeting.Signed, Papers: []meeting.Paper{{UUID: ballot.NewUUID()}}}
	m.Plan.Title = "Hội nghị"
	m.Plan.Assignment = &meeting.Assignment{Round: mailRound, Title: "Đợt", Agency: "so-a", Group: "con-lai", Posts: "Còn lại", URL: r.server.URL, Key: r.key}
	file, err := r.store.PutFile(r.Context(), m.UUID, []byte(mailFile))
	r.ok(err)
	sum := sha256.Sum256([]byte(m.UUID))
	pkg := hex.EncodeToString(sum[:])
	m.Sendings = [][]meeting.Sending{{{Package: pkg, File: file, Size: len(mailFile), By: meeting.ByHTTPS}}}
	r.ok(r.store.Save(r.Context(), m, audit.Draft{Time: time.Now(), Meeting: m.UUID, Actor: audit.Server, Action: "meeting.create"}))
	return m.UUID, pkg
}

// receipt is the superior's of a package, signed.
func (r *mailRoom) receipt(pkg string, signer note.Signer) string {
	r.Helper()
	text := (&parcel.Receipt{Package: pkg, Round: mailRound, Agency: "so-a", Group: "con-lai", Poll: ballot.NewUUID(), Received: time.Date(2023, 8, 5, 10, 0, 0, 0, time.UTC), Entry: -1}).Text()
	signed, err := noteSigner{signer}.Sign(text)
	r.ok(err)
	return string(signed)
}

func saysAccepted(pkg, receipt string) http.HandlerFunc {
	return says(http.StatusOK, "application/json", fmt.Sprintf(`{"package":%q,"status":"accepted","receipt":%q}`, pkg, receipt))
}

// until waits until the package of a meeting is so.
func (r *mailRoom) until(u ballot.UUID, so func(s meeting.Sending) bool) meeting.Sending {
	r.Helper()
	for {
		m, err := r.store.Meeting(r.Context(), u)
		r.ok(err)
		if s := m.Sendings[0][0]; so(s) {
			return s
		}
		select {
		case <-r.changed:
		case <-r.Context().Done():
			r.Fatal("never came to it")
		}
	}
}

// tried waits until so many requests were made.
func (r *mailRoom) tried(n int) []string {
	r.Helper()
	for {
		r.mu.Lock()
		made := append([]string(nil), r.requests...)
		r.mu.Unlock()
		if len(made) >= n {
			return made
		}
		select {
		case <-r.changed:
		case <-r.Context().Done():
			r.Fatal("never tried so often")
		}
	}
}

func settled(s meeting.Sending) bool { return s.Settled() }

// A package is offered once, asked after, and its receipt kept.
func TestDeliverAccepted(t *testing.T) {
	r := newMailRoom(t)
	u, pkg := r.underway()
	taken := make(chan string, 2)
	r.answer(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		taken <- q.URL.Path + " " + q.Header.Get("Content-Type") + " " + string(body)
		saysStatus(pkg, "checking")(w, q)
	}, saysStatus(pkg, "checking"), func(w http.ResponseWriter, q *http.Request) {
		taken <- q.URL.Path
		saysAccepted(pkg, r.receipt(pkg, r.signer))(w, q)
	})
	r.run(r.courier)
	s := r.until(u, settled)
	if want := "/api/v1/packages application/zip " + mailFile; <-taken != want {
		t.Errorf("offered otherwise than %q", want)
	}
	if got := <-taken; got != "/api/v1/packages/"+pkg {
		t.Errorf("asked %s", got)
	}
	if !strings.Contains(s.Receipt, pkg) || s.Sent == "" || s.Answer != meeting.AnswerAccepted {
		t.Errorf("%+v", s)
	}
	if got := r.tried(3); strings.Join(got, " ") != "POST GET GET" {
		t.Errorf("%v", got)
	}
	if got := r.courier.Trouble(pkg); got != nil {
		t.Errorf("%+v", got)
	}
}

// What the superior keeps apart, or does not take at all, is settled with what it
// says.
func TestDeliverApart(t *testing.T) {
	for name, c := range map[string]struct {
		answers func(pkg string) []http.HandlerFunc
		want    meeting.Text
	}{
		"apart": {func(pkg string) []http.HandlerFunc {
			return []http.HandlerFunc{saysStatus(pkg, "checking"), says(http.StatusOK, "application/json", `{"package":"`+pkg+`","status":"apart","reason":{"vi":"minutes.pdf đã bị sửa","en":"minutes.pdf was changed"}}`)}
		}, meeting.Text{Vi: "minutes.pdf đã bị sửa", En: "minutes.pdf was changed"}},
		"refused": {func(string) []http.HandlerFunc {
			return []http.HandlerFunc{says(http.StatusForbidden, "application/problem+json", `{"detail":"Khóa khác. · Another key.","fields":[{"name":"key","vi":"Khóa 1234.","en":"Key 1234."}]}`)}
		}, meeting.Text{Vi: "Khóa khác. Khóa 1234.", En: "Another key. Key 1234."}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newMailRoom(t)
			u, pkg := r.underway()
			r.answer(c.answers(pkg)...)
			r.run(r.courier)
			if s := r.until(u, settled); s.Refused != c.want || s.Receipt != "" {
				t.Errorf("%+v", s)
			}
		})
	}
}

// Without network it is tried again, which the page says; when the network is
// back, it goes on.
func TestDeliverNetworkLost(t *testing.T) {
	r := newMailRoom(t)
	u, pkg := r.underway()
	r.down = true
	r.answer(saysAccepted(pkg, r.receipt(pkg, r.signer)))
	r.run(r.courier)
	r.tried(4)
	if got := r.courier.Trouble(pkg); got == nil || !strings.Contains(got.Vi, "chưa liên lạc được") {
		t.Errorf("%+v", got)
	}
	if s := r.until(u, func(meeting.Sending) bool { return true }); s.Answer != meeting.NoAnswer || s.Sent != "" {
		t.Errorf("%+v", s)
	}
	r.mu.Lock()
	r.down = false
	r.mu.Unlock()
	if s := r.until(u, settled); s.Receipt == "" {
		t.Errorf("%+v", s)
	}
}

// A receipt that another key signed, or about another package, is not taken; the
// page says that it may not be the superior.
func TestDeliverWrongReceipt(t *testing.T) {
	for name, wrong := range map[string]func(r *mailRoom, pkg string) string{
		"of another key": func(r *mailRoom, pkg string) string {
			secret, _, err := ledger.GenerateKey("cap-tren.example.vn/log")
			r.ok(err)
			other, err := note.NewSigner(secret)
			r.ok(err)
			return r.receipt(pkg, other)
		},
		"of another package": func(r *mailRoom, _ string) string { return r.receipt(strings.Repeat("0", 64), r.signer) },
		"no note":            func(*mailRoom, string) string { return "đã nhận" },
	} {
		t.Run(name, func(t *testing.T) {
			r := newMailRoom(t)
			u, pkg := r.underway()
			r.answer(saysAccepted(pkg, wrong(r, pkg)))
			r.run(r.courier)
			r.tried(3)
			if got := r.courier.Trouble(pkg); got == nil || !strings.Contains(got.Vi, "biên nhận trả về không đúng") {
				t.Errorf("%+v", got)
			}
			if s := r.until(u, func(meeting.Sending) bool { return true }); s.Answer != meeting.NoAnswer || s.Receipt != "" {
				t.Errorf("%+v", s)
			}
			r.answer(saysAccepted(pkg, r.receipt(pkg, r.signer)))
			r.until(u, settled)
		})
	}
}

// What does not answer as a superior's server settles nothing, and is not
// followed elsewhere.
func TestDeliverOddAnswers(t *testing.T) {
	r := newMailRoom(t)
	u, pkg := r.underway()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the package went elsewhere") }))
	defer elsewhere.Close()
	odd := []http.HandlerFunc{
		http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect).ServeHTTP,
		says(http.StatusOK, "text/html", "<html>Xin chào"),
		says(http.StatusForbidden, "text/html", "<html>cần đăng nhập"),
		says(http.StatusForbidden, "application/problem+json", "{}"),
		says(http.StatusOK, "application/json", "{"),
		saysStatus(pkg, "lost"),
		saysStatus(strings.Repeat("0", 64), "accepted"),
		says(http.StatusTooManyRequests, "application/problem+json", `{"detail":"a · b"}`),
		says(http.StatusBadGateway, "text/plain", ""),
	}
	r.answer(append(odd, saysAccepted(pkg, r.receipt(pkg, r.signer)))...)
	r.run(r.courier)
	s := r.until(u, func(s meeting.Sending) bool { return s.Answer != meeting.NoAnswer })
	if s.Answer != meeting.AnswerAccepted || len(r.tried(len(odd)+1)) != len(odd)+1 {
		t.Errorf("%+v after %v", s, r.requests)
	}
}

// A superior that takes no more of an agency says why, and the agency reads it.
func TestDeliverFull(t *testing.T) {
	why := troubleOf(busyBy([]byte(`{"detail":"Liên hệ cấp trên. · Ask the superior."}`)))
	if !strings.Contains(why.Vi, "“Liên hệ cấp trên.”") || !strings.Contains(why.En, "“Ask the superior.”") {
		t.Errorf("%+v", why)
	}
	for _, text := range []string{"{}", "x"} {
		if why := troubleOf(busyBy([]byte(text))); !strings.Contains(why.En, "takes no more at present") {
			t.Errorf("%s: %+v", text, why)
		}
	}
}

// A large package has longer to be carried.
func TestDeliverTime(t *testing.T) {
	if deliverTime(0) != deliverStart || deliverTime(64<<20) < time.Hour {
		t.Errorf("%v, %v", deliverTime(0), deliverTime(64<<20))
	}
}

// What was offered before a restart is asked after, and offered again only if the
// superior does not have it any more.
func TestDeliverGoesOn(t *testing.T) {
	r := newMailRoom(t)
	u, pkg := r.underway()
	r.answer(saysStatus(pkg, "held"))
	stop := r.run(r.courier)
	r.until(u, func(s meeting.Sending) bool { return s.Answer == meeting.AnswerHeld })
	stop()
	r.mu.Lock()
	r.requests = nil
	r.mu.Unlock()
	r.answer(says(http.StatusNotFound, "application/problem+json", `{"detail":"Không có. · None."}`), saysAccepted(pkg, r.receipt(pkg, r.signer)))
	r.run(r.newCourier())
	r.until(u, settled)
	if got := r.tried(2); strings.Join(got, " ") != "GET POST" {
		t.Errorf("%v", got)
	}
}

// A superior that does not answer keeps nobody else's package.
func TestDeliverWaitsForNobody(t *testing.T) {
	r := newMailRoom(t)
	slow, slowly := r.underway()
	hang := make(chan struct{})
	defer close(hang)
	held := make(chan struct{})
	r.answer(func(http.ResponseWriter, *http.Request) {
		close(held)
		<-hang
	}, saysStatus(slowly, "checking"))
	r.run(r.courier)
	<-held
	u, pkg := r.underway()
	r.answer(saysAccepted(pkg, r.receipt(pkg, r.signer)))
	r.courier.Deliver(u)
	r.until(u, settled)
	if s := r.until(slow, func(meeting.Sending) bool { return true }); s.Package != slowly || s.Answer != meeting.NoAnswer {
		t.Errorf("%+v", s)
	}
}

// The file of a round is fetched over https, or from this computer.
func TestFetchRound(t *testing.T) {
	r := newMailRoom(t)
	r.answer(says(http.StatusOK, "application/json", "tệp của đợt"))
	text, err := r.courier.Fetch(t.Context(), r.server.URL+"/api/v1/rounds/x")
	if err != nil || string(text) != "tệp của đợt" {
		t.Errorf("%q, %v", text, err)
	}
	r.answer(says(http.StatusNotFound, "text/plain", "?"))
	for _, address := range []string{r.server.URL, "http://192.0.2.1/x", "ftp://localhost/x", "x", "https://user@example.vn/x", "http://localhost:1/x?y"} {
		if _, err := r.courier.Fetch(t.Context(), address); !errors.Is(err, api.ErrFetch) {
			t.Errorf("%s: error %v", address, err)
		}
	}
	if n := len(r.tried(2)); n != 2 {
		t.Errorf("%d requests, those to other addresses among them", n)
	}
	r.answer(func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 8<<20+1)) })
	if _, err := r.courier.Fetch(t.Context(), r.server.URL); !errors.Is(err, api.ErrFetch) {
		t.Errorf("too large: error %v", err)
	}
}

// A superior's server is known by the system's authorities and those of --trust.
func TestDeliverTrust(t *testing.T) {
	server := httptest.NewTLSServer(says(http.StatusOK, "application/json", "x"))
	defer server.Close()
	server.Config.ErrorLog = nil
	file := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{"": false, file: true} {
		roots, err := trustedServers(path)
		if err != nil || (roots == (*x509.CertPool)(nil)) != (path == "") {
			t.Fatalf("%v, %v", roots, err)
		}
		_, err = newCourier(roots, slog.New(slog.DiscardHandler)).Fetch(t.Context(), server.URL)
		if (err == nil) != want {
			t.Errorf("--trust %q: %v", path, err)
		}
	}
	if _, err := trustedServers(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

// Tries come at once, then more and more slowly, and never stop.
func TestDeliverPause(t *testing.T) {
	for tries, want := range map[int]time.Duration{0: time.Second, 3: 8 * time.Second, 9: 512 * time.Second, 10: 10 * time.Minute, 1000: 10 * time.Minute} {
		if got := deliverPause(tries); got != want {
			t.Errorf("after %d: %s, want %s", tries, got, want)
		}
	}
}
