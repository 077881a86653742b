package ledger_test

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"testing"

	"github.com/skip2/go-qrcode"
	formats "github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

// receipts makes a log of so many polls, the last with so many ballots, and the
// receipt of one of them.
func receipts(t testing.TB, polls, ballots, k, n int) (*scene, *ledger.Trackers, *ledger.Receipt) {
	t.Helper()
	s := newScene(t, polls-1, k, n)
	trackers := ledgertest.TrackersOf(t, polls, ballots)
	bodies := ledgertest.Poll(polls)
	closed := bodies[1].(ledger.Closed)
	closed.Ballots, closed.Trackers = trackers.Len(), trackers.Root()
	numbers, err := s.log.Append(t.Context(), bodies[0], closed)
	ok(t, err)
	s.Publish(t, s.log, s.witnesses...)
	r, err := s.log.Receipt(t.Context(), numbers[1], trackers, ledgertest.Tracker(polls, ballots/2))
	ok(t, err)
	return s, trackers, r
}

// TestReceipt: a receipt proves the ballot and the poll, offline.
func TestReceipt(t *testing.T) {
	s, _, want := receipts(t, 4, 20, 2, 3)
	text := want.Append(nil)
	got, proven, err := ledger.VerifyReceipt(text, s.Key, s.Policy)
	ok(t, err)
	if !reflect.DeepEqual(got, want) || proven.Election != ledgertest.UUID(4) || proven.Closed.Ballots != 20 || proven.Checkpoint.Size != 11 || len(proven.Quorum.Cosigned) != 3 {
		t.Errorf("%+v\n%+v", got, proven)
	}
	var c2sp formats.TLogProof
	ok(t, c2sp.Unmarshal(text))
	if c2sp.Index != 10 || len(c2sp.Hashes) != len(want.Proof) || !bytes.Equal(c2sp.Checkpoint, want.Checkpoint) {
		t.Errorf("another program reads %+v", c2sp)
	}
	strict := append(bytes.Replace(s.Text, []byte("witnesses 2 "), []byte("witnesses 3 "), 1), '\n')
	policy, err := ledger.ParsePolicy(strict)
	ok(t, err)
	r := *want
	r.Checkpoint = s.cosignedBy(t, 0, 1)
	_, proven, err = ledger.VerifyReceipt(r.Append(nil), s.Key, policy)
	is(t, err, ledger.ErrQuorum, "missing witness-2")
	if proven == nil || proven.Closed.Ballots != 20 {
		t.Errorf("%+v", proven)
	}
	_, _, err = ledger.VerifyReceipt(text, s.Key, nil)
	ok(t, err)
}

// TestReceiptSoundness changes every part of a receipt, one at a time.
func TestReceiptSoundness(t *testing.T) {
	s, trackers, good := receipts(t, 4, 20, 1, 1)
	other, _, foreign := receipts(t, 4, 20, 1, 1)
	place, path, err := trackers.Prove(ledgertest.Tracker(4, 3))
	ok(t, err)
	closed := func(change func(c *ledger.Closed)) func(r *ledger.Receipt) {
		return func(r *ledger.Receipt) {
			e, err := ledger.ParseEntry(r.Entry)
			ok(t, err)
			c := e.Body.(ledger.Closed)
			change(&c)
			e.Body = c
			r.Entry = e.AppendJSON(nil)
		}
	}
	for name, change := range map[string]func(r *ledger.Receipt){
		"tracker":           func(r *ledger.Receipt) { r.Tracker = ledgertest.Tracker(4, 3) },
		"tracker not in it": func(r *ledger.Receipt) { r.Tracker = ledgertest.Tracker(5, 3) },
		"no tracker":        func(r *ledger.Receipt) { r.Tracker = "x" },
		"place":             func(r *ledger.Receipt) { r.Place++ },
		"place beyond":      func(r *ledger.Receipt) { r.Place = 20 },
		"negative place":    func(r *ledger.Receipt) { r.Place = -1 },
		"path":              func(r *ledger.Receipt) { r.Path[1][0] ^= 1 },
		"path cut":          func(r *ledger.Receipt) { r.Path = r.Path[1:] },
		"path longer":       func(r *ledger.Receipt) { r.Path = append(r.Path, tlog.Hash{}) },
		"another's path":    func(r *ledger.Receipt) { r.Place, r.Path = place, path },
		"entry malformed":   func(r *ledger.Receipt) { r.Entry = r.Entry[1:] },
		"another entry": func(r *ledger.Receipt) {
			r.Entry = ledger.Entry{Number: r.Number, Body: ledgertest.Poll(4)[0]}.AppendJSON(nil)
		},
		"ballots":           closed(func(c *ledger.Closed) { c.Ballots++ }),
		"last event":        closed(func(c *ledger.Closed) { c.LastEvent[0] ^= 1 }),
		"closing":           closed(func(c *ledger.Closed) { c.Closing[0] ^= 1 }),
		"trackers":          closed(func(c *ledger.Closed) { c.Trackers[0] ^= 1 }),
		"election":          closed(func(c *ledger.Closed) { c.Election = ledgertest.UUID(9) }),
		"number":            func(r *ledger.Receipt) { r.Number-- },
		"proof":             func(r *ledger.Receipt) { r.Proof[0][0] ^= 1 },
		"proof cut":         func(r *ledger.Receipt) { r.Proof = r.Proof[:1] },
		"proof longer":      func(r *ledger.Receipt) { r.Proof = append(r.Proof, tlog.Hash{}) },
		"no checkpoint":     func(r *ledger.Receipt) { r.Checkpoint = nil },
		"another's":         func(r *ledger.Receipt) { r.Checkpoint = foreign.Checkpoint },
		"earlier":           func(r *ledger.Receipt) { r.Checkpoint = published(t, other.log) },
		"checkpoint edited": func(r *ledger.Receipt) { r.Checkpoint[len(r.Checkpoint)-10] ^= 1 },
	} {
		t.Run(name, func(t *testing.T) {
			r, err := ledger.ParseReceipt(good.Append(nil))
			ok(t, err)
			change(r)
			_, proven, err := ledger.VerifyReceipt(r.Append(nil), s.Key, s.Policy)
			is(t, err, ledger.ErrReceipt, "")
			if proven != nil {
				t.Errorf("%+v", proven)
			}
		})
	}
	_, _, err = ledger.VerifyReceipt(good.Append(nil), other.Key, nil)
	is(t, err, ledger.ErrReceipt, "")
}

// TestReceiptOfFalseNumber: an entry that a log has signed in another place than
// its number says proves nothing.
func TestReceiptOfFalseNumber(t *testing.T) {
	keys, trackers := ledgertest.NewKeys(t, 0, 0), ledgertest.TrackersOf(t, 0, 1)
	closed := ledgertest.Poll(0)[1].(ledger.Closed)
	closed.Ballots, closed.Trackers = 1, trackers.Root()
	for number, want := range []error{nil, ledger.ErrReceipt} {
		text := ledger.Entry{Number: int64(number), Body: closed}.AppendJSON(nil)
		files := signedFiles(t, keys, [][]byte{text})
		r := ledger.Receipt{Tracker: ledgertest.Tracker(0, 0), Entry: text, Checkpoint: files[ledger.CheckpointPath]}
		_, _, err := ledger.VerifyReceipt(r.Append(nil), keys.Key, nil)
		is(t, err, want, "")
	}
}

// TestReceiptText: only one spelling is read.
func TestReceiptText(t *testing.T) {
	_, _, r := receipts(t, 2, 3, 0, 0)
	text := string(r.Append(nil))
	for n := range text {
		if _, err := ledger.ParseReceipt([]byte(text[:n])); err == nil && n < len(text)-len(r.Checkpoint) {
			t.Errorf("the first %d bytes were read", n)
		}
	}
	for _, bad := range []string{"", text + "x", " " + text, "\n" + text} {
		_, err := ledger.ParseReceipt([]byte(bad))
		is(t, err, ledger.ErrReceipt, "")
	}
	crlf := bytes.ReplaceAll([]byte(text), []byte("\n"), []byte("\r\n"))
	_, err := ledger.ParseReceipt(crlf)
	is(t, err, ledger.ErrReceipt, "")
}

// TestReceiptNotYet: there is no receipt before the closed entry is published,
// nor for a tracker that is not there.
func TestReceiptNotYet(t *testing.T) {
	s, trackers, _ := receipts(t, 2, 3, 1, 1)
	_, err := s.log.Receipt(t.Context(), 4, trackers, ledgertest.Tracker(9, 9))
	is(t, err, ledger.ErrNotFound, "no such tracker")
	_, err = s.log.Receipt(t.Context(), 3, trackers, ledgertest.Tracker(2, 0))
	is(t, err, ledger.ErrReceipt, "entry 3 is not one that closes a poll")
	s.grow(t, 5, 1)
	_, err = s.log.Sign(t.Context())
	ok(t, err)
	_, err = s.log.Receipt(t.Context(), 6, trackers, ledgertest.Tracker(2, 0))
	is(t, err, ledger.ErrNotFound, "entry 6 of 5")
}

// TestReceiptFitsOneCode measures the receipt of a poll of 500 in a log of
// 2,000 polls of four entries each, with two and with three witnesses: it fits in
// one QR code.
func TestReceiptFitsOneCode(t *testing.T) {
	for n, level := range map[int]qrcode.RecoveryLevel{2: qrcode.Medium, 3: qrcode.Low} {
		s, _, _ := receipts(t, 3, 500, n, n)
		r := largest(t, s)
		text := r.Append(nil)
		code, err := qrcode.New(string(text), level)
		ok(t, err)
		t.Logf("%d witnesses: %d bytes, version %d at level %d", n, len(text), code.VersionNumber, level)
		if len(text) > 2331 && level == qrcode.Medium {
			t.Errorf("%d bytes", len(text))
		}
	}
}

// largest is the receipt with the longest proofs of a log of 8,000 entries.
func largest(t testing.TB, s *scene) *ledger.Receipt {
	t.Helper()
	size, err := s.store.Size(t.Context())
	ok(t, err)
	s.packages(t, int(size), 7_997-int(size))
	trackers := ledgertest.TrackersOf(t, 1999, 500)
	closed := ledgertest.Poll(1999)[1].(ledger.Closed)
	closed.Election = ballot.UUID("Testpo11TestTestTestTe") // as long as a random one
	closed.Ballots, closed.Trackers = 500, trackers.Root()
	numbers, err := s.log.Append(t.Context(), ledger.Sealed{Election: closed.Election, Fingerprint: phi}, closed, ledger.Package{Agency: "x"})
	ok(t, err)
	s.Publish(t, s.log, s.witnesses...)
	var best *ledger.Receipt
	for i := range 500 {
		r, err := s.log.Receipt(context.Background(), numbers[1], trackers, ledgertest.Tracker(1999, i))
		ok(t, err)
		if best == nil || len(r.Append(nil)) > len(best.Append(nil)) {
			best = r
		}
	}
	if len(best.Path) != 9 {
		t.Fatalf("paths of %d and %d hashes", len(best.Path), len(best.Proof))
	}
	return best
}

func FuzzVerifyReceipt(f *testing.F) {
	s, _, r := receipts(f, 3, 20, 1, 1)
	f.Add(r.Append(nil))
	f.Fuzz(func(t *testing.T, text []byte) {
		if r, err := ledger.ParseReceipt(text); err == nil && !bytes.Equal(r.Append(nil), text) {
			t.Fatalf("%q came back otherwise", text)
		}
		if _, p, err := ledger.VerifyReceipt(text, s.Key, s.Policy); err == nil && fmt.Sprint(p.Election) != string(ledgertest.UUID(3)) {
			t.Fatalf("%+v was never closed", p)
		}
	})
}
