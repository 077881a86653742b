package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/store/bolt"
	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
	"github.com/homphieu/homphieu/tally/ledger/witness"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A watch is a witness at work, of homphieu witness.
type watchman struct {
	*testing.T
	options witnessOptions
	public  string
	url     string
	stop    func()
}

// keepWatching starts the witness that a folder has.
func keepWatching(t *testing.T, o witnessOptions) *watchman {
	t.Helper()
	o.listen = "127.0.0.1:0"
	store, err := bolt.Open(filepath.Join(o.data, "witness.db"))
	must(t, err)
	a := newAccuser(o, slog.New(slog.NewTextHandler(io.Discard, nil)))
	s, public, err := newWitnessSite(o, store.Witness(), a)
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.serve(ctx) }()
	return &watchman{T: t, options: o, public: public, url: s.url.String(), stop: func() {
		cancel()
		err := <-ended
		a.close()
		must(t, errors.Join(err, store.Close()))
	}}
}

// A log with the key of the test, of which there may be several.
func newTestLog(t *testing.T, signer note.Signer, key *ledger.Key, polls ...int) *ledger.Log {
	t.Helper()
	log, err := ledger.NewLog(t.Context(), ledgertest.NewMemory(), signer, key, nil)
	must(t, err)
	for _, n := range polls {
		_, err = log.Append(t.Context(), ledgertest.Poll(n)...)
		must(t, err)
	}
	_, err = log.Sign(t.Context())
	must(t, err)
	return log
}

// ask asks the witness to cosign what the log has signed.
func (w *watchman) ask(log *ledger.Log, old int64) ([]byte, error) {
	w.Helper()
	client, err := witness.NewClient(w.url)
	must(w.T, err)
	body, err := log.Request(w.Context(), old)
	must(w.T, err)
	return client.Add(w.Context(), body)
}

// A witness cosigns what extends the last checkpoint that it has, also after a
// restart, under the same key; a fork it refuses, and keeps the evidence.
func TestWitness(t *testing.T) {
	secret, public, err := ledger.GenerateKey(ledgertest.Origin)
	must(t, err)
	signer, key, err := ledgertest.ParseKeys(secret, public)
	must(t, err)
	o := witnessOptions{data: t.TempDir(), name: "so-noi-vu", logs: []*ledger.Key{key}}
	w := keepWatching(t, o)
	policy, err := ledger.ParsePolicy(ledger.FormatPolicy(public, 1, [2]string{"w", w.public}))
	must(t, err)
	honest := newTestLog(t, signer, key, 0)
	cosigned := func(old int64) {
		t.Helper()
		lines, err := w.ask(honest, old)
		must(t, err)
		heads, err := honest.Heads(t.Context())
		must(t, err)
		if _, _, err := policy.Check(append(bytes.Clone(heads.Signed), lines...), key); err != nil {
			t.Fatal(err)
		}
	}
	cosigned(0)
	if !strings.HasPrefix(w.public, "so-noi-vu+") {
		t.Errorf("key %s", w.public)
	}
	w.stop()
	before := w.public
	o.name = "another name" // it has one
	w = keepWatching(t, o)
	defer func() { w.stop() }()
	if w.public != before {
		t.Errorf("key %s after a restart, was %s", w.public, before)
	}
	_, err = honest.Append(t.Context(), ledgertest.Poll(1)...)
	must(t, err)
	_, err = honest.Sign(t.Context())
	must(t, err)
	cosigned(3)

	_, err = w.ask(newTestLog(t, signer, key, 0, 7), 6)
	stale := new(ledger.StaleError)
	if !errors.As(err, &stale) || stale.Size != 6 {
		t.Fatalf("error %v", err)
	}
	evidence := onlyFile(t, filepath.Join(o.data, "evidence-*.txt"))
	e, err := ledger.VerifyEvidence(evidence)
	must(t, err)
	if e.Key.String() != public {
		t.Errorf("it convicts %s", e.Key)
	}
	_, err = w.ask(newTestLog(t, signer, key, 0, 7), 6) // once is enough
	if err == nil {
		t.Fatal("cosigned")
	}
	onlyFile(t, filepath.Join(o.data, "evidence-*.txt"))

	// Of another size, and the log's own tiles out of reach: what was refused is
	// kept.
	_, err = w.ask(newTestLog(t, signer, key, 7, 8, 9), 6)
	if !errors.Is(err, ledger.ErrProof) {
		t.Fatalf("error %v", err)
	}
	w.stop() // the tiles were asked for until now
	w = keepWatching(t, o)
	if _, err := ledger.ParseRequest(onlyFile(t, filepath.Join(o.data, "refused-*.txt"))); err != nil {
		t.Error(err)
	}
	client, err := witness.NewClient(w.url)
	must(t, err)
	last, err := client.Last(t.Context(), ledgertest.Origin)
	must(t, err)
	if c, err := ledger.OpenCheckpoint(last, key); err != nil || c.Size != 6 {
		t.Errorf("it has %+v, %v", c, err)
	}
}

// Strangers cannot fill the disk of a witness: a good checkpoint with a bad proof
// leaves nothing, a bad one a single file however it is sent, and there is an end
// to them.
func TestWitnessFlooded(t *testing.T) {
	secret, public, err := ledger.GenerateKey(ledgertest.Origin)
	must(t, err)
	signer, key, err := ledgertest.ParseKeys(secret, public)
	must(t, err)
	o := witnessOptions{data: t.TempDir(), name: "so-noi-vu", logs: []*ledger.Key{key}}
	w := keepWatching(t, o)
	honest := newTestLog(t, signer, key, 0)
	_, err = w.ask(honest, 0)
	must(t, err)
	client, err := witness.NewClient(w.url)
	must(t, err)
	send := func(log *ledger.Log, extra string) {
		t.Helper()
		heads, err := log.Heads(t.Context())
		must(t, err)
		for i := range byte(5) {
			r := ledger.Request{Old: 3, Proof: tlog.TreeProof{{i}}, Checkpoint: heads.Signed}
			if extra != "" {
				r.Checkpoint = fmt.Appendf(bytes.Clone(heads.Signed), "— %s%d AAAAAAAA\n", extra, i)
			}
			if _, err := client.Add(t.Context(), r.Append(nil)); !errors.Is(err, ledger.ErrProof) {
				t.Fatalf("error %v", err)
			}
		}
	}
	kept := func() int {
		t.Helper()
		w.stop()
		names, err := filepath.Glob(filepath.Join(o.data, "*-*.txt"))
		must(t, err)
		w = keepWatching(t, o)
		client, err = witness.NewClient(w.url)
		must(t, err)
		return len(names)
	}
	defer func() { w.stop() }()
	send(honest, "")
	if n := kept(); n != 0 {
		t.Fatalf("%d files about a good checkpoint", n)
	}
	send(newTestLog(t, signer, key, 7, 8), "w")
	if n := kept(); n != 1 {
		t.Fatalf("%d files about one checkpoint", n)
	}
	var oldest string
	for i := 1; i < maxKept; i++ {
		path, err := keepFile(o.data, "refused", []byte{byte(i)})
		must(t, err)
		if i == 1 {
			oldest = path
			must(t, os.Chtimes(path, time.Time{}, time.Unix(0, 0)))
		}
	}
	send(newTestLog(t, signer, key, 8, 9), "")
	if n := kept(); n != maxKept {
		t.Errorf("%d files", n)
	}
	if _, err := os.Stat(oldest); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the oldest file is still there: %v", err)
	}
}

// What is refused while too many wait is said at least.
func TestWitnessBusy(t *testing.T) {
	secret, public, err := ledger.GenerateKey(ledgertest.Origin)
	must(t, err)
	signer, key, err := ledgertest.ParseKeys(secret, public)
	must(t, err)
	var said strings.Builder
	a := newAccuser(witnessOptions{data: t.TempDir(), logs: []*ledger.Key{key}}, slog.New(slog.NewTextHandler(&said, nil)))
	defer a.close()
	for i := range byte(maxWaiting) {
		a.waiting[[32]byte{i}] = true
	}
	body, err := newTestLog(t, signer, key, 8).Request(t.Context(), 0)
	must(t, err)
	a.hear(nil, body, ledger.ErrProof)
	if !strings.Contains(said.String(), "too many wait") || !strings.Contains(said.String(), ledgertest.Origin) {
		t.Errorf("said %q", said.String())
	}
}

// onlyFile returns the content of the only file of a pattern.
func onlyFile(t *testing.T, pattern string) []byte {
	t.Helper()
	names, err := filepath.Glob(pattern)
	must(t, err)
	if len(names) != 1 {
		t.Fatalf("%s: %d files", pattern, len(names))
	}
	text, err := os.ReadFile(names[0])
	must(t, err)
	return text
}

// What a witness prints is the line that the server's file of witnesses takes,
// and it listens to strangers only with TLS.
func TestWitnessCommand(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	said, output := io.Pipe()
	ended := make(chan error)
	go func() {
		ended <- run(ctx, []string{"witness", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--name", "may-chieu"}, output)
	}()
	line := make([]byte, 1000)
	n, err := said.Read(line)
	must(t, err)
	go func() { _, _ = io.Copy(io.Discard, said) }()
	s, err := witness.ParseSettings(append(line[:n], "quorum 1\n"...))
	must(t, err)
	if s.Witnesses[0].Name != "may-chieu" || !strings.HasPrefix(s.Witnesses[0].URL, "http://127.0.0.1:") {
		t.Errorf("%+v", s)
	}
	cancel()
	must(t, <-ended)
	for name, args := range map[string][]string{
		"strangers":   {"--listen", ":8091"},
		"half of TLS": {"--tls-cert", "x.pem"},
		"a log":       {"--log", "hop.example.vn/log+1"},
		"a name":      {"--name", "a b", "--listen", "127.0.0.1:0"},
		"arguments":   {"what"},
	} {
		err := run(t.Context(), append([]string{"witness", "--data", t.TempDir()}, args...), io.Discard)
		if exitStatus(err) != 2 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A logServer is homphieu serve with a public log and one witness.
type logServer struct {
	*testing.T
	options serveOptions
	store   *bolt.Store
	site    *site
	witness *watchman
}

func newLogServer(t *testing.T) *logServer {
	t.Helper()
	s := &logServer{T: t, options: serveOptions{data: t.TempDir(), listen: "127.0.0.1:0"}}
	_, key, err := logKey(filepath.Join(s.options.data, "log.key"), "hop.example.vn/log")
	must(t, err)
	s.witness = keepWatching(t, witnessOptions{data: t.TempDir(), name: "so-noi-vu", logs: []*ledger.Key{key}})
	t.Cleanup(func() { s.witness.stop() })
	s.options.witnesses = filepath.Join(t.TempDir(), "witnesses")
	text := "witness " + s.witness.public + " " + s.witness.url + "\nquorum 1\n"
	must(t, os.WriteFile(s.options.witnesses, []byte(text), 0o600))
	must(t, s.open())
	t.Cleanup(s.close)
	return s
}

func (s *logServer) open() (err error) {
	s.store, err = bolt.Open(filepath.Join(s.options.data, "homphieu.db"))
	must(s.T, err)
	s.options.ledger = s.store.Ledger()
	s.site, err = newSite(s.options, api.Config{Store: s.store})
	return err
}

func (s *logServer) close() {
	must(s.T, s.store.Close())
	if s.site != nil {
		must(s.T, s.site.listener.Close())
	}
}

// says writes a poll and publishes it.
func (s *logServer) says(poll int) error {
	s.Helper()
	s.site.log.Round(s.Context())
	_, err := s.site.log.Append(s.Context(), ledgertest.Poll(poll)...)
	s.site.log.Round(s.Context())
	return err
}

// A server whose data were set back signs nothing, says so, and serves on. With
// a copy of the log it takes the missing entries and goes on.
func TestServeAfterRestore(t *testing.T) {
	s := newLogServer(t)
	must(t, s.says(0))
	s.close()
	db := filepath.Join(s.options.data, "homphieu.db")
	backup, err := os.ReadFile(db)
	must(t, err)
	must(t, s.open())
	must(t, s.says(1))
	copied := t.TempDir()
	for _, path := range ledger.Files(6) {
		data, err := s.site.log.File(t.Context(), path)
		must(t, err)
		to := filepath.Join(copied, filepath.FromSlash(path))
		must(t, os.MkdirAll(filepath.Dir(to), 0o700))
		must(t, os.WriteFile(to, data, 0o600))
	}
	s.close()
	must(t, os.WriteFile(db, backup, 0o600))
	must(t, s.open())
	if err := s.says(2); !errors.Is(err, ledger.ErrRolledBack) {
		t.Errorf("error %v", err)
	}
	state, err := s.site.log.State(t.Context())
	must(t, err)
	if !errors.Is(state.Fault, ledger.ErrRolledBack) || !strings.Contains(state.Fault.Error(), "Restore a newer backup") || state.Signed != 3 {
		t.Errorf("%+v", state)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.site.serve(ctx) }()
	r, err := http.Get(s.site.url.JoinPath("log", "checkpoint").String()) //nolint:noctx // a test's own server
	must(t, err)
	must(t, r.Body.Close())
	if r.StatusCode != http.StatusOK {
		t.Errorf("status %d", r.StatusCode)
	}
	cancel()
	must(t, <-ended)
	must(t, s.store.Close())

	s.options.recoverLog = copied
	must(t, s.open())
	must(t, s.says(2))
	state, err = s.site.log.State(t.Context())
	must(t, err)
	if state.Fault != nil || state.Published != 9 {
		t.Errorf("%+v", state)
	}
}

// A witness that is lost holds the log back until the operator says by name to go
// on without it. The server answers all the time.
func TestServeWithoutWitness(t *testing.T) {
	s := newLogServer(t)
	s.witness.stop()
	s.witness.stop = func() {} // once is enough
	if err := s.says(0); !errors.Is(err, ledger.ErrUnguarded) {
		t.Errorf("error %v", err)
	}
	state, err := s.site.log.State(t.Context())
	must(t, err)
	if state.Guarded || state.Signed != -1 || !slices.Equal(state.Silent, []string{"so-noi-vu"}) {
		t.Errorf("%+v", state)
	}
	s.close()
	s.options.without = []string{"so-noi-vu"}
	must(t, s.open())
	must(t, s.says(0))
	state, err = s.site.log.State(t.Context())
	must(t, err)
	if !state.Guarded || state.Signed != 3 || !slices.Equal(state.Without, s.options.without) {
		t.Errorf("%+v", state)
	}
	s.close()
	s.options.without = []string{"nobody"}
	if err := s.open(); exitStatus(err) != 2 || !strings.Contains(err.Error(), `--without-witness: witnesses: malformed: no witness "nobody"`) {
		t.Errorf("error %v", err)
	}
	must(t, s.store.Close())
	s.options.without = nil
	must(t, s.open())
}

// The key of the log is made once and is for this server alone. Another one, or
// a file of witnesses that is none, ends the start with what to do.
func TestLogKey(t *testing.T) {
	s := newLogServer(t)
	must(t, s.says(0))
	path := filepath.Join(s.options.data, "log.key")
	about, err := os.Stat(path)
	must(t, err)
	if about.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", about.Mode())
	}
	if origin := s.site.log.Key.Origin(); origin != "hop.example.vn/log" {
		t.Errorf("origin %s", origin)
	}
	s.close()
	must(t, s.open())
	must(t, s.says(0))
	s.close()
	old, err := os.ReadFile(path)
	must(t, err)
	must(t, os.Remove(path))
	if err := s.open(); err == nil || !strings.Contains(err.Error(), "put the old file back") {
		t.Errorf("another key: %v", err)
	}
	must(t, s.store.Close())
	must(t, os.WriteFile(path, old, 0o600))
	good := s.options.witnesses
	for text, status := range map[string]int{"quorum 1\n": 2, "witness a+00000000+AAAA https://a.example.vn\nquorum 1\n": 2} {
		s.options.witnesses = filepath.Join(t.TempDir(), "bad")
		must(t, os.WriteFile(s.options.witnesses, []byte(text), 0o600))
		if err := s.open(); exitStatus(err) != status {
			t.Errorf("%q: %v", text, err)
		}
		must(t, s.store.Close())
	}
	s.options.witnesses = good
	s.options.recoverLog = t.TempDir() // where there is no log
	if err := s.open(); exitStatus(err) != 2 || !strings.Contains(err.Error(), "--recover-log") {
		t.Errorf("an empty folder: %v", err)
	}
	must(t, s.store.Close())
	s.options.recoverLog = ""
	must(t, s.open())
}
