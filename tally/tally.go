// Package tally turns a closed ballot box into a result: the encrypted sums,
// the trustees' partial decryptions of them, and the numbers.
//
// Only sums are ever decrypted (docs/PROTOCOL.md §8). For each choice of each
// question the product of all ballots' ciphertexts encrypts the number of
// marks n. A trustee with secret x contributes the factor alpha^x and proves
// it; from enough factors follows g^n, and n by search up to the number of
// ballots:
//
//	product                       // the running product that the box kept
//	c := tally.Decrypt(election, product, owner, x)
//	result, err := tally.Combine(trustees, product, contributions, ballots)
//
// The published proof of a factor is weak, so each [Contribution] carries a
// strong one too, which lies beside the archive in a [Shares] file.
package tally

import (
	"errors"
	"fmt"

	"github.com/homphieu/homphieu/crypto/wire"
)

// ErrWeight is returned for an encrypted tally whose weight is not the number
// of its ballots.
var ErrWeight = errors.New("total weight: differs from the number of ballots")

// A Sized is the announcement of an encrypted tally: how many ballots are in
// it, and its hash.
type Sized struct {
	Ballots int // num_tallied, and total_weight: every ballot weighs 1
	Tally   [32]byte
}

// AppendJSON appends {"num_tallied","total_weight","encrypted_tally"}.
func (s Sized) AppendJSON(b []byte) []byte {
	b = fmt.Appendf(b, `{"num_tallied":%d,"total_weight":%d,"encrypted_tally":`, s.Ballots, s.Ballots)
	return append(wire.AppendHash(b, s.Tally), '}')
}

// ParseSized reads what [Sized.AppendJSON] appends.
func ParseSized(text []byte) (s Sized, err error) {
	r := wire.NewReader(text)
	r.Literal(`{"num_tallied":`)
	s.Ballots = r.Int()
	r.Literal(`,"total_weight":`)
	if r.Int() != s.Ballots && r.Err() == nil {
		r.Fail(ErrWeight)
	}
	r.Literal(`,"encrypted_tally":`)
	s.Tally = r.Hash()
	r.Literal(`}`)
	if err := r.End(); err != nil {
		return s, fmt.Errorf("sized encrypted tally: %w", err)
	}
	return s, nil
}

// An Owned names the trustee, from 1 over the flattened list, whose partial
// decryption has the hash Payload.
type Owned struct {
	Owner   int
	Payload [32]byte
}

// AppendJSON appends {"owner","payload"}.
func (o Owned) AppendJSON(b []byte) []byte {
	return append(wire.AppendHash(fmt.Appendf(b, `{"owner":%d,"payload":`, o.Owner), o.Payload), '}')
}

// ParseOwned reads what [Owned.AppendJSON] appends.
func ParseOwned(text []byte) (o Owned, err error) {
	r := wire.NewReader(text)
	r.Literal(`{"owner":`)
	o.Owner = r.Int()
	r.Literal(`,"payload":`)
	o.Payload = r.Hash()
	r.Literal(`}`)
	if err := r.End(); err != nil {
		return o, fmt.Errorf("owned: %w", err)
	}
	return o, nil
}
