package tally

import (
	"errors"
	"fmt"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// Shares are the strong proofs of the contributions in an archive, in their
// order: the file UUID.shares.json beside it (docs/PROTOCOL.md §8).
type Shares struct {
	Election ballot.Fingerprint
	Tally    [32]byte
	Shares   []Share
}

// A Share is one contribution's strong proofs, per question and choice.
type Share struct {
	Owner  int
	Proofs [][]zkp.Proof
}

// NewShares collects the strong proofs of contributions.
func NewShares(e *ballot.Election, tally ballot.Product, contributions []Contribution) Shares {
	s := Shares{Election: e.Fingerprint(), Tally: Hash(tally)}
	for _, c := range contributions {
		s.Shares = append(s.Shares, Share{c.Owner, c.Strong})
	}
	return s
}

// AppendJSON appends {"schema":1,"election","encrypted_tally","shares"}.
func (s Shares) AppendJSON(b []byte) []byte {
	b = wire.AppendText(append(b, `{"schema":1,"election":`...), string(s.Election))
	b = wire.AppendHash(append(b, `,"encrypted_tally":`...), s.Tally)
	b = wire.AppendList(append(b, `,"shares":`...), len(s.Shares), func(b []byte, i int) []byte {
		b = fmt.Appendf(b, `{"owner":%d,"proofs":`, s.Shares[i].Owner)
		return append(appendProofs(b, s.Shares[i].Proofs), '}')
	})
	return append(b, '}')
}

// ParseShares reads what [Shares.AppendJSON] appends.
func ParseShares(text []byte) (s Shares, err error) {
	r := wire.NewReader(text)
	r.Literal(`{"schema":1,"election":`)
	s.Election = ballot.Fingerprint(r.Word())
	r.Literal(`,"encrypted_tally":`)
	s.Tally = r.Hash()
	r.Literal(`,"shares":`)
	r.List(func() {
		var share Share
		r.Literal(`{"owner":`)
		share.Owner = r.Int()
		r.Literal(`,"proofs":`)
		share.Proofs = readProofs(r)
		r.Literal(`}`)
		s.Shares = append(s.Shares, share)
	})
	r.Literal(`}`)
	if err := r.End(); err != nil {
		return s, fmt.Errorf("shares: %w", err)
	}
	return s, nil
}

// Attach gives the contributions of an archive their strong proofs. The file
// must be of this election and tally and hold exactly one share for each
// contribution, in the archive's order.
func (s Shares) Attach(e *ballot.Election, tally ballot.Product, contributions []Contribution) error {
	if s.Election != e.Fingerprint() || s.Tally != Hash(tally) {
		return errors.New("shares: made for another tally")
	}
	if len(s.Shares) != len(contributions) {
		return fmt.Errorf("shares: %d, the archive has %d", len(s.Shares), len(contributions))
	}
	for i := range contributions {
		if s.Shares[i].Owner != contributions[i].Owner {
			return fmt.Errorf("shares: share %d: of trustee %d, the archive has trustee %d", i+1, s.Shares[i].Owner, contributions[i].Owner)
		}
		contributions[i].Strong = append([][]zkp.Proof{}, s.Shares[i].Proofs...)
	}
	return nil
}
