package ledger_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/bits"
	"os"
	"os/exec"
	"path/filepath"
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

// TestReceiptCode measures the largest receipt of a poll of 500 in logs of three
// sizes, with two witnesses and with as many as it can have: it fits in one QR code, which a
// reader reads as the page shows it, and as it prints it. The figures are in
// docs/PROTOCOL.md §14.6.
func TestReceiptCode(t *testing.T) {
	for _, c := range []struct{ witnesses, entries, bytes, version int }{
		{2, 10, 1_657, 34},
		{2, 1_000, 1_935, 37},
		{2, 100_000, 2_258, 40},
		{7, 100_000, 2_873, 40}, // at the lower level
	} {
		t.Run(fmt.Sprintf("%d witnesses, %d entries", c.witnesses, c.entries), func(t *testing.T) {
			_, receipt := largest(t, c.witnesses, c.entries)
			text := receipt.Append(nil)
			modules, version := code(t, string(text))
			if len(text) != c.bytes || version != c.version {
				t.Errorf("%d bytes, version %d", len(text), version)
			}
			for name, p := range map[string]struct {
				pixels int
				tilt   float64 // in degrees, as paper lies in a scanner
			}{
				"on a wide screen":                     {wide, 0},
				"on a telephone with two dots a pixel": {2 * narrow, 0},
				"printed, scanned at 150 dots an inch": {wide * 150 / 96, 1},
			} {
				if got := scanned(t, modules, p.pixels, p.tilt); got != string(text) {
					t.Errorf("%s (%d pixels): %d bytes came back of %d", name, p.pixels, len(got), len(text))
				}
			}
		})
	}
}

// How wide the picture is on a tracker's page (.qr-large), in pixels of CSS, of
// which an inch of paper has 96: at most, and on a screen 360 wide.
const wide, narrow = 590, 306

// code returns the modules of a receipt's QR code with a quiet zone, at the best
// level at which one code holds it, as the page of a tracker has it.
func code(t *testing.T, text string) (modules [][]bool, version int) {
	t.Helper()
	c, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		c, err = qrcode.New(text, qrcode.Low)
	}
	ok(t, err)
	return c.Bitmap(), c.VersionNumber
}

// scanned draws a code so many pixels wide, upright with sharp edges or tilted
// and grey at the edges, and returns what zbarimg reads.
func scanned(t *testing.T, modules [][]bool, pixels int, tilt float64) string {
	t.Helper()
	sin, cos := math.Sincos(tilt * math.Pi / 180)
	white := func(x, y float64) bool {
		x, y = x/float64(pixels)-.5, y/float64(pixels)-.5
		at := func(v float64) int { return int(math.Floor((v + .5) * float64(len(modules)))) }
		col, row := at(x*cos+y*sin), at(y*cos-x*sin)
		return min(col, row) < 0 || max(col, row) >= len(modules) || !modules[row][col]
	}
	samples := 1
	if tilt != 0 {
		samples = 3
	}
	picture := image.NewGray(image.Rect(0, 0, pixels, pixels))
	for y := range pixels {
		for x := range pixels {
			picture.SetGray(x, y, color.Gray{Y: uint8(255 * share(samples, float64(x), float64(y), white))})
		}
	}
	var b bytes.Buffer
	ok(t, png.Encode(&b, picture))
	path := filepath.Join(t.TempDir(), "code.png")
	ok(t, os.WriteFile(path, b.Bytes(), 0o600))
	out, err := exec.Command("zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", "-Sbinary", path).Output()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatalf("zbarimg (package zbar-tools): %v", err)
	}
	return string(out)
}

// share returns how much of a pixel is white, from a square of samples.
func share(samples int, x, y float64, white func(x, y float64) bool) float64 {
	n := 0
	for i := range samples * samples {
		if white(x+(float64(i%samples)+.5)/float64(samples), y+(float64(i/samples)+.5)/float64(samples)) {
			n++
		}
	}
	return float64(n) / float64(samples*samples)
}

// largest is the receipt with the longest proofs that a poll of 500 ballots can
// have in a log of so many entries: it stands at the end of the larger half.
func largest(t testing.TB, witnesses, entries int) (*scene, *ledger.Receipt) {
	t.Helper()
	s := newScene(t, 0, witnesses, witnesses)
	half := 1 << (bits.Len(uint(entries-1)) - 1)
	s.packages(t, 0, half-2)
	trackers := ledgertest.TrackersOf(t, 1999, 500)
	closed := ledgertest.Poll(1999)[1].(ledger.Closed)
	closed.Election = ballot.UUID("Testpo11TestTestTestTe") // as long as a random one
	closed.Ballots, closed.Trackers = 500, trackers.Root()
	numbers, err := s.log.Append(t.Context(), ledger.Sealed{Election: closed.Election, Fingerprint: phi}, closed)
	ok(t, err)
	s.packages(t, half, entries-half)
	s.Publish(t, s.log, s.witnesses...)
	var best *ledger.Receipt
	for i := range 500 {
		r, err := s.log.Receipt(t.Context(), numbers[1], trackers, ledgertest.Tracker(1999, i))
		ok(t, err)
		if best == nil || len(r.Append(nil)) > len(best.Append(nil)) {
			best = r
		}
	}
	if len(best.Path) != 9 || len(best.Proof) != bits.Len(uint(entries-1)) {
		t.Fatalf("paths of %d and %d hashes", len(best.Path), len(best.Proof))
	}
	return s, best
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
