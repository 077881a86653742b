package ceremony

import (
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"testing"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/threshold"
	"github.com/homphieu/homphieu/crypto/wire"
)

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A run is a ceremony with all of its members.
type run struct {
	transcript *Transcript
	members    []*Member
}

func newRun(t testing.TB, of, size int) *run {
	t.Helper()
	terms := Terms{wire.RandomBase58(22), NewID(), of, size}
	transcript, err := New(terms)
	ok(t, err)
	r := &run{transcript: transcript}
	for i := range size {
		m, err := NewMember(terms, threshold.NewSeed(), i+1)
		ok(t, err)
		r.members = append(r.members, m)
	}
	return r
}

// step lets one member, from 1, send its next message, and returns it.
func (r *run) step(t testing.TB, index int) []byte {
	t.Helper()
	text, err := r.members[index-1].Next(r.transcript)
	ok(t, err)
	ok(t, r.transcript.Add(text))
	return text
}

// until lets everybody send messages until the given step has begun.
func (r *run) until(t testing.TB, step Step) {
	t.Helper()
	for r.transcript.Step() < step {
		for _, index := range r.transcript.Waiting() {
			r.step(t, index)
		}
	}
}

func (r *run) finish(t testing.TB) { r.until(t, Finished) }

// cheat goes on to the keys, with a text instead of the share from one member
// to another, all signed as it should be.
func (r *run) cheat(t testing.TB, from, to int, text string) {
	t.Helper()
	r.until(t, StepReveal)
	content, err := r.members[from-1].reveal(r.transcript)
	ok(t, err)
	v := content.(*reveal)
	v.shares[to-1], err = sealFor(r.transcript.transports[to-1], r.transcript.shareInfo(from, to), text)
	ok(t, err)
	r.send(t, from, v)
	r.until(t, StepKey)
}

// send signs what a reveal says once more and sends it.
func (r *run) send(t testing.TB, from int, v *reveal) {
	t.Helper()
	m := r.members[from-1]
	v.statement = m.sign(r.transcript.revealMessage(from, v.shares))
	ok(t, r.transcript.Add(newMessage(m.terms, from, v).Text()))
}

// wideNonce is w of docs/PROTOCOL.md §6, by math/big.
func wideNonce(seed, message string) *group.Scalar {
	digits := ""
	for _, i := range []string{"0", "1"} {
		sum := sha256.Sum256([]byte("homphieu-nonce-v1|" + i + "|" + seed + "|" + message))
		digits += hex.EncodeToString(sum[:])
	}
	n, _ := new(big.Int).SetString(digits, 16)
	q, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	s, err := group.ParseScalar([]byte(n.Mod(n, q).String()))
	if err != nil {
		panic("test: " + err.Error())
	}
	return s
}

// decimalTail returns the last four decimal digits of a hexadecimal number.
func decimalTail(digits string) string {
	n, _ := new(big.Int).SetString(digits, 16)
	text := "000" + n.String()
	return text[len(text)-4:]
}

// mustHash is SHA-256.
func mustHash(text []byte) []byte {
	sum := sha256.Sum256(text)
	return sum[:]
}
