package ledger_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

// request returns what the log would send, taken apart.
func (s *scene) request(t testing.TB, old int64) ledger.Request {
	t.Helper()
	body, err := s.log.Request(t.Context(), old)
	ok(t, err)
	r, err := ledger.ParseRequest(body)
	ok(t, err)
	return r
}

// TestWitness: which request a witness that has seen 6 entries cosigns, and how
// it refuses all others. After a refusal it has what it had.
func TestWitness(t *testing.T) {
	s := newScene(t, 2, 0, 1)
	fork := s.forge(t, 1, 7, 2)  // 9 entries, of which 3 are the same
	equal := s.forge(t, 0, 7, 2) // 6 entries, none the same
	older, smaller := s.request(t, 0), published(t, s.forge(t, 0, 0, 1).log)
	s.grow(t, 2, 1)
	s.Publish(t, s.log)
	good := s.request(t, 6)
	stranger := newScene(t, 3, 0, 0)
	change := func(r ledger.Request, do func(r *ledger.Request)) ledger.Request {
		r.Proof = append(tlog.TreeProof(nil), r.Proof...)
		do(&r)
		return r
	}
	for name, c := range map[string]struct {
		request ledger.Request
		want    error
		size    int64 // of a StaleError
	}{
		"what extends the last":     {good, nil, 0},
		"the last again":            {ledger.Request{Old: 6, Checkpoint: older.Checkpoint}, nil, 0},
		"no state":                  {s.request(t, 0), ledger.ErrStale, 6},
		"another state":             {s.request(t, 3), ledger.ErrStale, 6},
		"a newer state":             {ledger.Request{Old: 9, Checkpoint: good.Checkpoint}, ledger.ErrStale, 6},
		"a smaller tree":            {ledger.Request{Old: 3, Checkpoint: smaller}, ledger.ErrStale, 6},
		"old above the checkpoint":  {ledger.Request{Old: 6, Checkpoint: smaller}, ledger.ErrRequest, 0},
		"another tree of that size": {change(good, func(r *ledger.Request) { r.Proof, r.Checkpoint = nil, published(t, equal.log) }), ledger.ErrFork, 6},
		"the same, from nothing":    {ledger.Request{Checkpoint: published(t, equal.log)}, ledger.ErrFork, 6},
		"a fork":                    {fork.request(t, 6), ledger.ErrProof, 0},
		"proof altered":             {change(good, func(r *ledger.Request) { r.Proof[0][0] ^= 1 }), ledger.ErrProof, 0},
		"proof cut":                 {change(good, func(r *ledger.Request) { r.Proof = r.Proof[1:] }), ledger.ErrProof, 0},
		"proof too long":            {change(good, func(r *ledger.Request) { r.Proof = append(r.Proof, tlog.Hash{}) }), ledger.ErrProof, 0},
		"no proof":                  {change(good, func(r *ledger.Request) { r.Proof = nil }), ledger.ErrProof, 0},
		"proof where none is due":   {ledger.Request{Old: 6, Proof: make(tlog.TreeProof, 1), Checkpoint: older.Checkpoint}, ledger.ErrProof, 0},
		"another key":               {change(good, func(r *ledger.Request) { r.Checkpoint = published(t, stranger.log) }), ledger.ErrUntrusted, 0},
		"another log":               {change(good, func(r *ledger.Request) { r.Checkpoint = append([]byte("x"), r.Checkpoint...) }), ledger.ErrUnknownLog, 0},
		"checkpoint edited": {change(good, func(r *ledger.Request) {
			r.Checkpoint = bytes.Replace(r.Checkpoint, []byte("\n9\n"), []byte("\n8\n"), 1)
		}), ledger.ErrUntrusted, 0},
	} {
		t.Run(name, func(t *testing.T) {
			store := ledgertest.NewWitnessMemory()
			w := s.Witness(t, 0, store)
			_, err := w.Add(t.Context(), older.Append(nil))
			ok(t, err)
			before, err := w.Last(t.Context(), ledgertest.Origin)
			ok(t, err)
			lines, err := w.Add(t.Context(), c.request.Append(nil))
			after, lastErr := w.Last(t.Context(), ledgertest.Origin)
			ok(t, lastErr)
			if c.want == nil {
				ok(t, err)
				s.cosigned(t, after, lines)
				if !bytes.Equal(s.onlyLog(t, c.request.Checkpoint), after) {
					t.Errorf("kept %s", after)
				}
				return
			}
			is(t, err, c.want, "")
			var stale *ledger.StaleError
			if errors.As(err, &stale) != (c.size > 0) || (c.size > 0 && stale.Size != c.size) {
				t.Errorf("error %v, want size %d", err, c.size)
			}
			if errors.Is(err, ledger.ErrFork) {
				convicts(t, stale.Evidence, s.Key)
			}
			if lines != nil || !bytes.Equal(before, after) {
				t.Errorf("a refusal left %s and answered %s", after, lines)
			}
		})
	}
}

// cosigned requires that lines are the cosignature of the first witness.
func (s *scene) cosigned(t testing.TB, signed, lines []byte) {
	t.Helper()
	n, err := note.Open(append(bytes.Clone(signed), lines...), note.VerifierList(witnessKeys(t, s.Text)...))
	ok(t, err)
	if len(n.Sigs) != 1 || n.Sigs[0].Name != "w0.example.vn" || !bytes.HasPrefix(lines, []byte("— w0.example.vn ")) || bytes.Count(lines, []byte("\n")) != 1 {
		t.Errorf("%s", lines)
	}
}

// convicts requires evidence against the key.
func convicts(t testing.TB, evidence []byte, key *ledger.Key) *ledger.Evidence {
	t.Helper()
	e, err := ledger.VerifyEvidence(evidence)
	ok(t, err)
	if e.Key.String() != key.String() {
		t.Errorf("it convicts %s", e.Key)
	}
	return e
}

// TestWitnessOfEmptyLog: an empty log can be cosigned, and extended.
func TestWitnessOfEmptyLog(t *testing.T) {
	s := newScene(t, 0, 1, 1)
	_, err := s.witnesses[0].Last(t.Context(), ledgertest.Origin)
	ok(t, err)
	s.grow(t, 0, 1)
	if c := s.Publish(t, s.log, s.witnesses...); c.Size != 3 {
		t.Errorf("%+v", c)
	}
	w := s.Witness(t, 0, ledgertest.NewWitnessMemory())
	_, err = w.Last(t.Context(), ledgertest.Origin)
	is(t, err, ledger.ErrNotFound, "")
	_, err = w.Last(t.Context(), "other")
	is(t, err, ledger.ErrUnknownLog, "")
	r := s.request(t, 0)
	r.Proof = make(tlog.TreeProof, 1)
	_, err = w.Add(t.Context(), r.Append(nil))
	is(t, err, ledger.ErrProof, "")
}

// watched is a store that says what was asked of it, and may fail.
type watched struct {
	ledger.WitnessStore
	fail  error
	steps []string
}

func (w *watched) Swap(ctx context.Context, origin string, old, next []byte) error {
	w.steps = append(w.steps, "kept")
	if w.fail != nil {
		return w.fail
	}
	return w.WitnessStore.Swap(ctx, origin, old, next)
}

type watchedSigner struct {
	note.Signer
	store *watched
}

func (s watchedSigner) Sign(msg []byte) ([]byte, error) {
	s.store.steps = append(s.store.steps, "signed")
	return s.Signer.Sign(msg)
}

// TestWitnessKeepsFirst: a witness keeps a checkpoint before it cosigns, and
// does not cosign what it could not keep.
func TestWitnessKeepsFirst(t *testing.T) {
	s := newScene(t, 1, 0, 1)
	store := &watched{WitnessStore: ledgertest.NewWitnessMemory(), fail: errors.New("disk full")}
	w := ledger.NewWitness(watchedSigner{s.Cosigners[0], store}, store, s.Key)
	body := s.request(t, 0).Append(nil)
	if lines, err := w.Add(t.Context(), body); !errors.Is(err, store.fail) || lines != nil || fmt.Sprint(store.steps) != "[kept]" {
		t.Errorf("%s, %v, %v", lines, err, store.steps)
	}
	store.fail, store.steps = nil, nil
	_, err := w.Add(t.Context(), body)
	ok(t, err)
	if fmt.Sprint(store.steps) != "[kept signed]" {
		t.Errorf("%v", store.steps)
	}
}

// racing is a store in which another request is always first.
type racing struct {
	ledger.WitnessStore
	first []byte
}

func (r *racing) Swap(ctx context.Context, origin string, old, next []byte) error {
	if r.first != nil {
		first := r.first
		r.first = nil
		if err := r.WitnessStore.Swap(ctx, origin, old, first); err != nil {
			return err
		}
	}
	return r.WitnessStore.Swap(ctx, origin, old, next)
}

// TestWitnessOvertaken: of two requests that meet, the later one hears what the
// witness has by then.
func TestWitnessOvertaken(t *testing.T) {
	s := newScene(t, 1, 0, 1)
	small := s.request(t, 0)
	s.grow(t, 1, 1)
	s.Publish(t, s.log)
	w := s.Witness(t, 0, &racing{ledgertest.NewWitnessMemory(), published(t, s.log)})
	_, err := w.Add(t.Context(), small.Append(nil))
	var stale *ledger.StaleError
	if !errors.As(err, &stale) || stale.Size != 6 || stale.Evidence != nil {
		t.Fatal(err)
	}
}

// TestWitnessAtOnce: however requests meet, what is kept never shrinks, and the
// last answer is of the largest tree.
func TestWitnessAtOnce(t *testing.T) {
	s := newScene(t, 0, 0, 1)
	w := s.Witness(t, 0, ledgertest.NewWitnessMemory())
	var requests [][]byte
	for i := range 8 {
		s.grow(t, i, 1)
		s.Publish(t, s.log)
		for old := range int64(i + 1) {
			requests = append(requests, s.request(t, 3*old).Append(nil))
		}
	}
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			for _, body := range requests {
				if _, err := w.Add(t.Context(), body); err != nil && !errors.Is(err, ledger.ErrStale) {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	last, err := w.Last(t.Context(), ledgertest.Origin)
	ok(t, err)
	if c, err := ledger.OpenCheckpoint(last, s.Key); err != nil || c.Size != 24 {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestParseRequest: the example of C2SP tlog-witness is read; nothing else is.
func TestParseRequest(t *testing.T) {
	const good = "old 20852014\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\njrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\nexample.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
	r, err := ledger.ParseRequest([]byte(good))
	if err != nil || r.Old != 20852014 || len(r.Proof) != 2 || !bytes.HasPrefix(r.Checkpoint, []byte("example.com/behind-the-sofa\n20852163\n")) {
		t.Errorf("%+v, %v", r, err)
	}
	for name, bad := range map[string]string{
		"nothing": "", "no old": strings.Replace(good, "old ", "size ", 1), "no number": strings.Replace(good, "20852014", "x", 1),
		"leading zero": strings.Replace(good, "2085", "02085", 1), "negative": strings.Replace(good, "2085", "-2085", 1), "two spaces": strings.Replace(good, "old ", "old  ", 1),
		"short hash": strings.Replace(good, "PlRN", "", 1), "loose hash": strings.Replace(good, "kaw=", "kax=", 1), "carriage return": strings.Replace(good, "\n", "\r\n", 1),
		"no checkpoint": good[:40], "long proof": "old 1\n" + strings.Repeat("PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n", 64) + "\nx", "long": good + strings.Repeat("x", ledger.MaxRequest),
	} {
		if _, err := ledger.ParseRequest([]byte(bad)); !errors.Is(err, ledger.ErrRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzWitness(f *testing.F) {
	s := newScene(f, 2, 0, 1)
	f.Add(s.request(f, 0).Append(nil))
	f.Add(s.request(f, 6).Append(nil))
	f.Add(s.request(f, 3).Append(nil))
	f.Fuzz(func(t *testing.T, body []byte) {
		if r, err := ledger.ParseRequest(body); err == nil && !bytes.Equal(r.Append(nil), body) {
			t.Fatalf("%q came back as %q", body, r.Append(nil))
		}
		w := s.Witness(t, 0, ledgertest.NewWitnessMemory())
		if lines, err := w.Add(t.Context(), body); err == nil {
			s.cosigned(t, published(t, s.log), lines) // the log has signed nothing else
		}
	})
}
