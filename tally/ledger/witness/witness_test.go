package witness_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
	"github.com/homphieu/homphieu/tally/ledger/witness"
)

// A hall is a log's key with witnesses who answer over HTTP.
type hall struct {
	*testing.T
	signer    note.Signer
	key       *ledger.Key
	settings  witness.Settings
	witnesses []*post
	without   []string     // what the operator says at the start
	said      bytes.Buffer // what the server logs
}

// A post is one witness with its server.
type post struct {
	name    string
	witness *ledger.Witness
	down    atomic.Bool  // answers 503 to everything
	ignores atomic.Int32 // answers with that status to everything, if it is not 0
	boasts  atomic.Bool  // says, without a signature, that it has a billion entries
	mute    atomic.Bool  // and that it has cosigned nothing
	foreign atomic.Bool  // knows add-checkpoint alone
	strange atomic.Bool  // and refuses whatever it is asked: 422
	refused []error
	bodies  [][]byte
	server  *httptest.Server
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newHall has n witnesses, k of whom must cosign.
func newHall(t *testing.T, k, n int) *hall {
	t.Helper()
	secret, public, err := ledger.GenerateKey(ledgertest.Origin)
	ok(t, err)
	h := &hall{T: t}
	h.signer, h.key, err = ledgertest.ParseKeys(secret, public)
	ok(t, err)
	h.settings.Quorum = k
	for i := range n {
		name := "w" + string(rune('0'+i)) + ".example.vn"
		secret, public, err := ledger.GenerateWitnessKey(name)
		ok(t, err)
		signer, err := ledger.NewCosigner(secret)
		ok(t, err)
		p := &post{name: name, witness: ledger.NewWitness(signer, ledgertest.NewWitnessMemory(), h.key)}
		handler := witness.NewHandler(p.witness, func(body []byte, reason error) {
			p.bodies, p.refused = append(p.bodies, body), append(p.refused, reason)
		})
		p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case p.down.Load():
				w.WriteHeader(http.StatusServiceUnavailable)
			case p.ignores.Load() != 0:
				w.WriteHeader(int(p.ignores.Load()))
			case p.boasts.Load():
				p.boast(w, r)
			case p.strange.Load() && strings.HasSuffix(r.URL.Path, "/add-checkpoint"):
				w.WriteHeader(http.StatusUnprocessableEntity)
			case p.foreign.Load() && !strings.HasSuffix(r.URL.Path, "/add-checkpoint"):
				http.NotFound(w, r)
			default:
				handler.ServeHTTP(w, r)
			}
		}))
		t.Cleanup(p.server.Close)
		h.witnesses = append(h.witnesses, p)
		h.settings.Witnesses = append(h.settings.Witnesses, witness.Setting{Name: name, Key: public, URL: p.server.URL})
	}
	return h
}

// boast answers with a number that nobody has signed.
func (p *post) boast(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/add-checkpoint"):
		w.WriteHeader(http.StatusConflict)
		_, _ = io.WriteString(w, "1000000000\n")
	case p.mute.Load():
		w.WriteHeader(http.StatusNoContent)
	default:
		http.NotFound(w, r)
	}
}

// publisher is a server over a store, just started.
func (h *hall) publisher(store ledger.Store, keep func([]byte) error) *witness.Publisher {
	h.Helper()
	p, err := witness.NewPublisher(h.Context(), h.config(store, keep))
	ok(h, err)
	return p
}

func (h *hall) config(store ledger.Store, keep func([]byte) error) witness.Config {
	return witness.Config{
		Store: store, Signer: h.signer, Key: h.key, Settings: h.settings, Without: h.without, Keep: keep, Log: slog.New(slog.NewTextHandler(&h.said, nil)),
	}
}

func (h *hall) state(p *witness.Publisher) witness.State {
	h.Helper()
	s, err := p.State(h.Context())
	ok(h, err)
	return s
}

// says makes the source of a publisher that says the given polls.
func says(p *witness.Publisher, polls ...int) {
	p.Source(func(ctx context.Context) error {
		for _, n := range polls {
			if _, err := p.Append(ctx, ledgertest.Poll(n)...); err != nil {
				return err
			}
		}
		return nil
	})
}

// valid rechecks the whole log as everybody may.
func (h *hall) valid(p *witness.Publisher, size int64) {
	h.Helper()
	policy, err := ledger.OpenPolicy(p.Policy())
	ok(h, err)
	report, err := ledger.Verify(h.Context(), p.File, h.key, policy)
	ok(h, err)
	if !report.Valid() || report.Size != size {
		h.Fatalf("%d entries, want %d: %v", report.Size, size, report.Reason)
	}
}

// A round writes, signs and publishes; a second has nothing to do. A restarted
// server goes on.
func TestRound(t *testing.T) {
	for name, foreign := range map[string]bool{"ours": false, "of another make": true} {
		t.Run(name, func(t *testing.T) {
			h, store := newHall(t, 2, 2), ledgertest.NewMemory()
			h.witnesses[0].foreign.Store(foreign)
			h.witnesses[1].foreign.Store(foreign)
			p := h.publisher(store, nil)
			says(p, 0, 1)
			if !p.Round(t.Context()) {
				t.Fatalf("not complete: %+v", h.state(p))
			}
			h.valid(p, 6)
			p = h.publisher(store, nil)
			says(p, 0, 1, 2)
			for range 2 {
				if !p.Round(t.Context()) {
					t.Fatalf("not complete: %+v", h.state(p))
				}
			}
			h.valid(p, 9)
		})
	}
}

// A witness that does not answer is named, and its cosignature comes later;
// what k others have seen is published without it.
func TestWitnessDown(t *testing.T) {
	h, store := newHall(t, 2, 3), ledgertest.NewMemory()
	p := h.publisher(store, nil)
	p.Round(t.Context())
	says(p, 0)
	h.witnesses[2].down.Store(true)
	if p.Round(t.Context()) {
		t.Error("complete without a witness")
	}
	h.valid(p, 3)
	s := h.state(p)
	if len(s.Missing) != 1 || s.Missing[0] != h.witnesses[2].name || s.Trouble[h.witnesses[2].name] == nil || s.Trouble[h.witnesses[0].name] != nil {
		t.Errorf("%+v", s)
	}
	h.witnesses[1].down.Store(true)
	says(p, 0, 1)
	if p.Round(t.Context()) {
		t.Error("complete without two witnesses")
	}
	if s := h.state(p); s.Signed != 6 || s.Published != 3 || len(s.Missing) != 2 || s.Fault != nil {
		t.Errorf("%+v", s)
	}
	h.valid(p, 3) // still the one before
	h.witnesses[1].down.Store(false)
	h.witnesses[2].down.Store(false)
	if !p.Round(t.Context()) {
		t.Errorf("%+v", h.state(p))
	}
	h.valid(p, 6)
	if s := h.state(p); len(s.Trouble) != 0 {
		t.Errorf("%+v", s.Trouble)
	}
}

// Nothing is written or signed before every witness has told what it has seen,
// though fewer could publish. The one that is silent is named; as soon as it
// answers the log goes on, and the others need not be there for that.
func TestUnguarded(t *testing.T) {
	h, store := newHall(t, 2, 3), ledgertest.NewMemory()
	h.witnesses[0].down.Store(true)
	p := h.publisher(store, nil)
	says(p, 0)
	if p.Round(t.Context()) {
		t.Error("complete")
	}
	if _, err := p.Append(t.Context(), ledgertest.Poll(0)...); !errors.Is(err, ledger.ErrUnguarded) {
		t.Errorf("error %v", err)
	}
	s := h.state(p)
	if s.Signed != -1 || s.Published != -1 || s.Guarded || s.Fault != nil || !slices.Equal(s.Silent, []string{h.witnesses[0].name}) || len(s.Missing) != 3 {
		t.Errorf("%+v", s)
	}
	if err := s.Trouble[""]; !errors.Is(err, ledger.ErrUnguarded) || !strings.Contains(err.Error(), h.witnesses[0].name) || !strings.Contains(err.Error(), "--without-witness") {
		t.Errorf("%v", err)
	}
	h.witnesses[0].down.Store(false)
	h.witnesses[2].down.Store(true)
	p.Round(t.Context())
	h.valid(p, 3)
	if s := h.state(p); !s.Guarded || len(s.Silent) != 0 {
		t.Errorf("%+v", s)
	}
}

// That a witness does not know the log, or not its key, tells nothing of what it
// has seen: it may have lost its settings, and somebody else may answer in its
// place. The log waits, and goes on by itself as soon as it knows.
func TestUnknownLog(t *testing.T) {
	for name, status := range map[string]int32{"the log": http.StatusNotFound, "its key": http.StatusForbidden} {
		t.Run(name, func(t *testing.T) {
			h, store := newHall(t, 2, 3), ledgertest.NewMemory()
			h.witnesses[1].ignores.Store(status)
			p := h.publisher(store, nil)
			says(p, 0)
			for range 2 {
				p.Round(t.Context())
			}
			s := h.state(p)
			if s.Guarded || s.Signed != -1 || s.Fault != nil || !slices.Equal(s.Silent, []string{h.witnesses[1].name}) {
				t.Errorf("%+v", s)
			}
			if err := s.Trouble[""]; !errors.Is(err, ledger.ErrUnguarded) || !strings.Contains(err.Error(), "homphieu witness --log "+h.key.String()) {
				t.Errorf("%v", err)
			}
			h.witnesses[1].ignores.Store(0)
			if !p.Round(t.Context()) {
				t.Errorf("not complete: %+v", h.state(p))
			}
			h.valid(p, 3)
		})
	}
}

// A checkpoint that one witness alone has cosigned is never published, and yet
// its log must not sign another of that size: after a restore the log waits for
// that witness, and is stopped by it.
func TestSeenByOneAlone(t *testing.T) {
	for name, foreign := range map[string]bool{"ours": false, "of another make": true} {
		t.Run(name, func(t *testing.T) {
			h, store := newHall(t, 2, 2), ledgertest.NewMemory()
			h.witnesses[0].foreign.Store(foreign)
			p := h.publisher(store, nil)
			p.Round(t.Context())
			backup := store.Copy()
			h.witnesses[1].down.Store(true)
			says(p, 0)
			p.Round(t.Context())
			if s := h.state(p); s.Signed != 3 || s.Published != 0 || len(s.Cosigned) != 1 {
				t.Fatalf("%+v", s)
			}
			h.witnesses[0].down.Store(true)
			h.witnesses[1].down.Store(false)
			restored := h.publisher(backup, nil)
			says(restored, 7)
			for range 2 {
				restored.Round(t.Context())
			}
			if s := h.state(restored); s.Signed != 0 || s.Guarded || s.Fault != nil {
				t.Fatalf("%+v", s)
			}
			h.witnesses[0].down.Store(false)
			restored.Round(t.Context())
			s := h.state(restored)
			if !errors.Is(s.Fault, ledger.ErrRolledBack) || s.Signed != 0 || !strings.Contains(s.Fault.Error(), h.witnesses[0].name) {
				t.Errorf("%+v", s)
			}
			if size, err := backup.Size(t.Context()); err != nil || size != 0 {
				t.Errorf("%d entries were written, %v", size, err)
			}
		})
	}
}

// The operator can go on without the answer of a witness by name, never
// silently. A checkpoint that it shows after all counts.
func TestWithout(t *testing.T) {
	h, store := newHall(t, 2, 3), ledgertest.NewMemory()
	first := h.publisher(store.Copy(), nil)
	h.witnesses[0].down.Store(true)
	h.without = []string{h.witnesses[0].name}
	p := h.publisher(store, nil)
	says(p, 0)
	if p.Round(t.Context()) {
		t.Error("complete")
	}
	h.valid(p, 3)
	if s := h.state(p); !s.Guarded || !slices.Equal(s.Without, h.without) || s.Trouble[h.witnesses[0].name] == nil {
		t.Errorf("%+v", s)
	}
	if said := h.said.String(); !strings.Contains(said, "level=WARN") || !strings.Contains(said, "without the answer") || !strings.Contains(said, h.without[0]) {
		t.Errorf("%s", said)
	}
	h.witnesses[0].down.Store(false)
	if !p.Round(t.Context()) {
		t.Errorf("%+v", h.state(p))
	}
	first.Round(t.Context()) // knows nothing of it yet; what its witness shows is signed
	if s := h.state(first); !errors.Is(s.Fault, ledger.ErrRolledBack) {
		t.Errorf("%+v", s)
	}
	h.without = []string{"nobody"}
	if _, err := witness.NewPublisher(t.Context(), h.config(store, nil)); !errors.Is(err, witness.ErrSettings) || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("error %v", err)
	}
}

// A witness that shows a signed checkpoint stops a log that goes on without it.
func TestWithoutAndShown(t *testing.T) {
	h := newHall(t, 1, 1)
	p := h.publisher(ledgertest.NewMemory(), nil)
	says(p, 0)
	p.Round(t.Context())
	h.without = []string{h.witnesses[0].name}
	p = h.publisher(ledgertest.NewMemory(), nil)
	p.Round(t.Context())
	if s := h.state(p); !errors.Is(s.Fault, ledger.ErrRolledBack) || s.Signed != -1 {
		t.Errorf("%+v", s)
	}
}

// A store that was set back is found out at the start, from what any witness
// shows or enough of them say: nothing is written or signed, and the error says
// what to do. With the missing entries from a copy of the log it goes on.
func TestRolledBack(t *testing.T) {
	for name, foreign := range map[string]bool{"ours": false, "of another make": true} {
		t.Run(name, func(t *testing.T) {
			h, store := newHall(t, 2, 3), ledgertest.NewMemory()
			p := h.publisher(store, nil)
			says(p, 0)
			p.Round(t.Context())
			for _, w := range h.witnesses {
				w.foreign.Store(foreign)
			}
			backup := ledgertest.NewMemory()
			old := h.publisher(backup, nil) // the same history, and shorter
			for _, w := range h.witnesses {
				w.down.Store(true)
			}
			old.Round(t.Context())
			for _, w := range h.witnesses {
				w.down.Store(false)
			}
			says(old, 0)
			if old.Round(t.Context()) {
				t.Fatal("complete")
			}
			s := h.state(old)
			if !errors.Is(s.Fault, ledger.ErrRolledBack) || s.Signed != -1 {
				t.Fatalf("%+v", s)
			}
			if _, err := old.Append(t.Context(), ledgertest.Poll(5)...); !errors.Is(err, ledger.ErrRolledBack) {
				t.Errorf("error %v", err)
			}
			if size, err := backup.Size(t.Context()); err != nil || size != 0 {
				t.Errorf("%d entries were written, %v", size, err)
			}
			log, err := ledger.NewLog(t.Context(), backup, h.signer, h.key, nil)
			ok(t, err)
			ok(t, log.Recover(t.Context(), p.File))
			again := h.publisher(backup, nil)
			says(again, 0, 1)
			if !again.Round(t.Context()) {
				t.Fatalf("%+v", h.state(again))
			}
			h.valid(again, 6)
		})
	}
}

// A witness that says it has seen a longer log stops this one, at the start and
// later, though it shows nothing that the log has signed: it may be right. It is
// named, and who knows that it is wrong can go on without its word.
func TestUnsignedNumber(t *testing.T) {
	for name, mute := range map[string]bool{"does not tell its last": false, "has no last": true} {
		t.Run(name, func(t *testing.T) {
			h, store := newHall(t, 2, 3), ledgertest.NewMemory()
			liar := h.witnesses[0]
			liar.mute.Store(mute)
			p := h.publisher(store, nil)
			says(p, 0)
			p.Round(t.Context())
			h.valid(p, 3)
			liar.boasts.Store(true)
			says(p, 0, 1)
			p.Round(t.Context())
			stopped := func(when string, size int64) {
				t.Helper()
				s := h.state(p)
				if !errors.Is(s.Fault, ledger.ErrRolledBack) || s.Signed != size {
					t.Fatalf("%s: %+v", when, s)
				}
				for _, part := range []string{liar.name, "1000000000", "Restore a newer backup", "--without-witness " + liar.name} {
					if !strings.Contains(s.Fault.Error(), part) {
						t.Errorf("%s: no %q in %v", when, part, s.Fault)
					}
				}
			}
			stopped("while it runs", 6)
			p = h.publisher(store, nil)
			says(p, 0, 1, 2)
			for range 2 {
				p.Round(t.Context())
			}
			if mute { // what it says next comes when it is asked to cosign
				stopped("at the start", 9)
			} else {
				stopped("at the start", 6)
			}
			h.without = []string{liar.name}
			p = h.publisher(store, nil)
			says(p, 0, 1, 2)
			for range 2 {
				p.Round(t.Context())
			}
			h.valid(p, 9)
			if s := h.state(p); s.Fault != nil || s.Trouble[liar.name] == nil || !strings.Contains(s.Trouble[liar.name].Error(), "1000000000") {
				t.Errorf("%+v", s)
			}
		})
	}
}

// A witness of another make that has seen other entries can only refuse what
// would follow from them. That stops the log before it has signed anything more,
// at the start and later.
func TestForeignFork(t *testing.T) {
	for name, polls := range map[string][]int{"of one size": {7}, "of another size": {7, 8}} {
		t.Run(name, func(t *testing.T) {
			h, store := newHall(t, 1, 1), ledgertest.NewMemory()
			h.witnesses[0].foreign.Store(true)
			first, second := h.publisher(ledgertest.NewMemory(), nil), h.publisher(store, nil)
			second.Round(t.Context())
			says(first, 0)
			first.Round(t.Context())
			h.valid(first, 3)
			stopped := func(p *witness.Publisher, size int64) {
				t.Helper()
				s := h.state(p)
				if !errors.Is(s.Fault, ledger.ErrRolledBack) || s.Signed != size || s.Published > 0 || !strings.Contains(s.Fault.Error(), h.witnesses[0].name+" says that it has seen another log: of 3 entries") {
					t.Fatalf("%+v", s)
				}
				if _, err := p.Append(t.Context(), ledgertest.Poll(9)...); !errors.Is(err, ledger.ErrRolledBack) {
					t.Errorf("error %v", err)
				}
			}
			says(second, polls...)
			second.Round(t.Context())
			size := int64(3 * len(polls))
			stopped(second, size)
			again := h.publisher(store, nil)
			says(again, append(polls, 9)...)
			again.Round(t.Context())
			stopped(again, size)
		})
	}
}

// One that refuses even the empty tree, which is the beginning of every log.
func TestStrangeWitness(t *testing.T) {
	h := newHall(t, 1, 1)
	h.witnesses[0].foreign.Store(true)
	h.witnesses[0].strange.Store(true)
	p := h.publisher(ledgertest.NewMemory(), nil)
	p.Round(t.Context())
	if s := h.state(p); !errors.Is(s.Fault, ledger.ErrRolledBack) || s.Signed != -1 || !strings.Contains(s.Fault.Error(), h.witnesses[0].name) {
		t.Errorf("%+v", s)
	}
}

// A longer log that this log's key has signed stops it, though one witness alone
// shows it.
func TestSignedNumber(t *testing.T) {
	h := newHall(t, 2, 3)
	first, second := h.publisher(ledgertest.NewMemory(), nil), h.publisher(ledgertest.NewMemory(), nil)
	if !second.Round(t.Context()) {
		t.Fatalf("%+v", h.state(second))
	}
	says(first, 0, 1)
	if !first.Round(t.Context()) {
		t.Fatalf("%+v", h.state(first))
	}
	h.witnesses[1].down.Store(true)
	h.witnesses[2].down.Store(true)
	says(second, 0)
	second.Round(t.Context())
	if s := h.state(second); !errors.Is(s.Fault, ledger.ErrRolledBack) || s.Published > 0 {
		t.Errorf("%+v", s)
	}
	if _, err := second.Append(t.Context(), ledgertest.Poll(9)...); !errors.Is(err, ledger.ErrRolledBack) {
		t.Errorf("error %v", err)
	}
	h.valid(first, 6)
}

// Two servers with one key that show different histories: the second, which
// asked its witnesses before they had seen the first, is refused by them, and
// both sides have a file that convicts whoever holds the key.
func TestTwoServers(t *testing.T) {
	for name, polls := range map[string][]int{"of one size": {7}, "of another size": {7, 8}} {
		t.Run(name, func(t *testing.T) {
			h := newHall(t, 1, 1)
			first := h.publisher(ledgertest.NewMemory(), nil)
			var kept [][]byte
			second := h.publisher(ledgertest.NewMemory(), func(e []byte) error {
				kept = append(kept, e)
				return nil
			})
			if !second.Round(t.Context()) {
				t.Fatalf("%+v", h.state(second))
			}
			says(first, 0)
			if !first.Round(t.Context()) {
				t.Fatalf("%+v", h.state(first))
			}
			says(second, polls...)
			if second.Round(t.Context()) {
				t.Fatal("complete")
			}
			s := h.state(second)
			if !errors.Is(s.Fault, ledger.ErrFork) || len(s.Evidence) != 1 || len(kept) != 1 || !bytes.Equal(kept[0], s.Evidence[0]) || s.Published > 0 {
				t.Fatalf("%d files kept, %+v", len(kept), s)
			}
			e, err := ledger.VerifyEvidence(kept[0])
			ok(t, err)
			if e.Key.String() != h.key.String() {
				t.Errorf("it convicts %s", e.Key)
			}
			if _, err := second.Append(t.Context(), ledgertest.Poll(9)...); !errors.Is(err, ledger.ErrFork) {
				t.Errorf("error %v", err)
			}
			if len(h.witnesses[0].refused) == 0 {
				t.Fatal("the witness noticed nothing")
			}
			h.valid(first, 3)
		})
	}
}

// The witness has its own evidence of a fork of its size, and of one of another
// size from the tiles at the log's origin.
func TestEvidence(t *testing.T) {
	for name, polls := range map[string][]int{"of one size": {7}, "of another size": {7, 8}} {
		t.Run(name, func(t *testing.T) {
			store := ledgertest.NewMemory()
			var forger *witness.Publisher
			tiles := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				path, _ := strings.CutPrefix(r.URL.Path, "/log/")
				data, err := forger.File(r.Context(), path)
				if err != nil {
					http.NotFound(w, r)
					return
				}
				_, _ = io.Copy(w, bytes.NewReader(data))
			}))
			defer tiles.Close()
			h := newHall(t, 1, 1)
			secret, public, err := ledger.GenerateKey(strings.TrimPrefix(tiles.URL, "http://") + "/log")
			ok(t, err)
			h.signer, h.key, err = ledgertest.ParseKeys(secret, public)
			ok(t, err)
			signer, err := ledger.NewCosigner(newCosigner(t))
			ok(t, err)
			w := ledger.NewWitness(signer, ledgertest.NewWitnessMemory(), h.key)
			quiet := *h
			quiet.settings = witness.Settings{}
			honest := quiet.publisher(ledgertest.NewMemory(), nil)
			says(honest, 0)
			honest.Round(t.Context())
			_, err = w.Add(t.Context(), ledger.Request{Checkpoint: quiet.state(honest).Checkpoint}.Append(nil))
			ok(t, err)
			forger = quiet.publisher(store, nil)
			says(forger, polls...)
			forger.Round(t.Context())
			log, err := ledger.NewLog(t.Context(), store, h.signer, h.key, nil)
			ok(t, err)
			body, err := log.Request(t.Context(), 3)
			ok(t, err)
			_, refusal := w.Add(t.Context(), body)
			if refusal == nil {
				t.Fatal("cosigned")
			}
			evidence, err := witness.Evidence(t.Context(), w, h.key, body, refusal)
			ok(t, err)
			_, err = ledger.VerifyEvidence(evidence)
			ok(t, err)
		})
	}
}

func newCosigner(t *testing.T) string {
	t.Helper()
	secret, _, err := ledger.GenerateWitnessKey("w.example.vn")
	ok(t, err)
	return secret
}

// A witness with another key than that of the settings, or for other logs, is
// reported by name.
func TestWrongWitness(t *testing.T) {
	h := newHall(t, 1, 1)
	other := newHall(t, 1, 1)
	h.settings.Witnesses[0].URL = other.witnesses[0].server.URL
	p := h.publisher(ledgertest.NewMemory(), nil)
	if p.Round(t.Context()) {
		t.Error("complete")
	}
	name := h.witnesses[0].name
	if s := h.state(p); !errors.Is(s.Trouble[name], ledger.ErrUntrusted) && !errors.Is(s.Trouble[name], ledger.ErrUnknownLog) {
		t.Errorf("%+v", s.Trouble)
	}
	h.settings.Witnesses[0].URL = h.witnesses[0].server.URL
	h.settings.Witnesses[0].Key = other.settings.Witnesses[0].Key
	p = h.publisher(ledgertest.NewMemory(), nil)
	if p.Round(t.Context()) {
		t.Error("complete")
	}
	if s := h.state(p); s.Trouble[name] == nil || !strings.Contains(s.Trouble[name].Error(), "another key") || s.Published > 0 {
		t.Errorf("%+v", s)
	}
}

// What a witness answers to what is no request, by the statuses of C2SP
// tlog-witness.
func TestHandler(t *testing.T) {
	h := newHall(t, 1, 1)
	p := h.publisher(ledgertest.NewMemory(), nil)
	says(p, 0)
	last := func() int {
		r, err := http.Get(h.witnesses[0].server.URL + "/last/" + ledgertest.Origin) //nolint:noctx // a test's own server
		ok(t, err)
		ok(t, r.Body.Close())
		return r.StatusCode
	}
	if status := last(); status != http.StatusNoContent {
		t.Errorf("nothing cosigned yet: %d", status)
	}
	p.Round(t.Context())
	if status := last(); status != http.StatusOK {
		t.Errorf("last: %d", status)
	}
	stranger := newHall(t, 1, 1)
	forged, err := ledger.Checkpoint{Origin: ledgertest.Origin, Size: 4}.Sign(stranger.signer)
	ok(t, err)
	unknown, err := ledger.Checkpoint{Origin: "other.example.vn/log", Size: 4}.Sign(signerOf(t, "other.example.vn/log"))
	ok(t, err)
	good := h.state(p).Checkpoint
	for name, test := range map[string]struct {
		body   []byte
		status int
		says   string
	}{
		"nothing":         {nil, http.StatusBadRequest, ""},
		"too large":       {bytes.Repeat([]byte("x"), ledger.MaxRequest+1), http.StatusBadRequest, ""},
		"unknown log":     {ledger.Request{Checkpoint: unknown}.Append(nil), http.StatusNotFound, ""},
		"false signature": {ledger.Request{Checkpoint: forged}.Append(nil), http.StatusForbidden, ""},
		"another size":    {ledger.Request{Checkpoint: good}.Append(nil), http.StatusConflict, "3\n"},
		"again":           {ledger.Request{Old: 3, Checkpoint: good}.Append(nil), http.StatusOK, "— w0.example.vn "},
	} {
		r, err := http.Post(h.witnesses[0].server.URL+"/add-checkpoint", "text/plain", bytes.NewReader(test.body)) //nolint:noctx // a test's own server
		ok(t, err)
		text, err := io.ReadAll(r.Body)
		ok(t, errors.Join(err, r.Body.Close()))
		if r.StatusCode != test.status || !strings.HasPrefix(string(text), test.says) {
			t.Errorf("%s: %d %q", name, r.StatusCode, text)
		}
		if got := r.Header.Get("Content-Type"); test.status == http.StatusConflict && got != "text/x.tlog.size" {
			t.Errorf("%s: type %s", name, got)
		}
	}
	if len(h.witnesses[0].refused) != 0 {
		t.Errorf("told of %v", h.witnesses[0].refused)
	}
}

func signerOf(t *testing.T, origin string) note.Signer {
	t.Helper()
	secret, public, err := ledger.GenerateKey(origin)
	ok(t, err)
	signer, _, err := ledgertest.ParseKeys(secret, public)
	ok(t, err)
	return signer
}

// Run publishes what is written while it runs, and ends with its context.
func TestRun(t *testing.T) {
	h := newHall(t, 1, 1)
	p := h.publisher(ledgertest.NewMemory(), nil)
	rounds := make(chan bool, 100)
	p.Source(func(context.Context) error {
		rounds <- true
		return nil
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan bool)
	go func() {
		p.Run(ctx)
		close(ended)
	}()
	<-rounds
	for s := h.state(p); s.Published < 3; s = h.state(p) {
		if _, err := p.Append(ctx, ledgertest.Poll(0)...); err != nil && !errors.Is(err, ledger.ErrUnguarded) {
			t.Fatal(err)
		}
		<-rounds
	}
	stop()
	<-ended
	h.valid(p, 3)
}

// Files of witnesses that are none are refused with the line, and those in which
// two halves could each cosign a history.
func TestSettings(t *testing.T) {
	const w = "witness a+00000000+AAAA https://a.example.vn\n"
	s, err := witness.ParseSettings([]byte("# ai chứng kiến\n\n" + w + "witness b+00000000+AAAA http://127.0.0.1:8091 # máy chiếu\r\nquorum 2\nrequired\n"))
	ok(t, err)
	if len(s.Witnesses) != 2 || s.Quorum != 2 || !s.Required || s.Witnesses[1] != (witness.Setting{Name: "b", Key: "b+00000000+AAAA", URL: "http://127.0.0.1:8091"}) {
		t.Errorf("%+v", s)
	}
	line := func(name string) string { return strings.Replace(w, " a+", " "+name+"+", 1) }
	for _, text := range []string{w + "quorum 1", w + line("b") + line("c") + "quorum 2", w + line("b") + line("c") + line("d") + "quorum 3"} {
		if _, err := witness.ParseSettings([]byte(text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for text, part := range map[string]string{
		w + line("b") + "quorum 1":                         "quorum 1 of 2 witnesses: two histories",
		w + line("b") + line("c") + "quorum 1":             "take 2 or more",
		w + line("b") + line("c") + line("d") + "quorum 2": "take 3 or more",

		"":                          "no witness",
		"quorum 1":                  "no witness",
		w:                           "quorum 0 of 1",
		w + "quorum 2":              "quorum 2 of 1",
		w + "quorum 0":              "quorum 0 of 1",
		w + "quorum -1":             "quorum -1 of 1",
		w + "quorum x":              "line 2",
		w + "quorum 1\nquorum 1":    "line 3",
		w + w + "quorum 1":          "line 2: witness a",
		w + "quorum 1\nrequire":     "line 3",
		"witness a+0+A\nquorum 1":   "line 1",
		"witness a+0+A http://a.vn": "line 1",
		"witness a+0+A ftp://a.vn":  "line 1",
		"witness a+0+A https://a@b": "line 1",
		"witness a+0+A https://b?x": "line 1",
		"witness a+0+A :":           "line 1",
	} {
		if _, err := witness.ParseSettings([]byte(text)); !errors.Is(err, witness.ErrSettings) || !strings.Contains(err.Error(), part) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Whatever a file of witnesses holds, it is refused or gives a quorum of those
// that it names, and of more than half of them.
func FuzzParseSettings(f *testing.F) {
	f.Add([]byte("witness a+00000000+AAAA https://a.example.vn\nquorum 1\nrequired\n"))
	f.Add([]byte("# \r\nwitness\tb+1+A http://[::1]:8091/x\nquorum 01"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := witness.ParseSettings(text)
		if err != nil {
			if !errors.Is(err, witness.ErrSettings) {
				t.Fatal(err)
			}
			return
		}
		if 2*s.Quorum <= len(s.Witnesses) || s.Quorum > len(s.Witnesses) {
			t.Fatalf("%+v", s)
		}
		for _, w := range s.Witnesses {
			if !strings.HasPrefix(w.Key, w.Name) || strings.ContainsAny(w.Key+w.URL, " \n") {
				t.Fatalf("%+v", w)
			}
		}
	})
}
