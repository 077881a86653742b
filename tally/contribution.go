package tally

import (
	"fmt"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// AppendJSON appends {"type","election","owner","partial","proofs"}: what a
// trustee of the election e hands in (docs/PROTOCOL.md §8).
func (c *Contribution) AppendJSON(b []byte, e *ballot.Election) []byte {
	b = wire.AppendText(append(b, `{"type":"homphieu-contribution-v1","election":`...), string(e.Fingerprint()))
	b = c.Partial.AppendJSON(fmt.Appendf(b, `,"owner":%d,"partial":`, c.Owner))
	return append(appendProofs(append(b, `,"proofs":`...), c.Strong), '}')
}

// ParseContribution reads what [Contribution.AppendJSON] appends, and refuses
// with [ErrPartialDecryption] what is made for another election than e. Its
// proofs are for [Contribution.Verify], which will not do without the strong
// ones.
func ParseContribution(e *ballot.Election, text []byte) (*Contribution, error) {
	r, c := wire.NewReader(text), &Contribution{Strong: [][]zkp.Proof{}}
	r.Literal(`{"type":"homphieu-contribution-v1","election":`)
	election := ballot.Fingerprint(r.Word())
	r.Literal(`,"owner":`)
	c.Owner = r.Int()
	r.Literal(`,"partial":`)
	c.Partial = readPartialDecryption(r)
	r.Literal(`,"proofs":`)
	c.Strong = append(c.Strong, readProofs(r)...)
	r.Literal(`}`)
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("contribution: %w", err)
	}
	if election != e.Fingerprint() {
		return nil, fmt.Errorf("%w: made for another election", ErrPartialDecryption)
	}
	return c, nil
}
