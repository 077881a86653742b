package meeting

import (
	"encoding/json"
	"fmt"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/threshold"
	"github.com/homphieu/homphieu/tally"
)

// A TrialBoard is a counting board whose members' secrets are all in one place.
// It is for sample meetings, which say so on every page, and for
// demonstrations; whoever holds it can decrypt ballots.
type TrialBoard struct {
	seeds    []string
	keys     []*group.Scalar // what each member decrypts with
	trustees *tally.Trustees
}

// NewTrialBoard lets size members make a key of which any t can decrypt, each
// checking what the others gave it as docs/PROTOCOL.md §6 says.
func NewTrialBoard(t, size int) (*TrialBoard, error) {
	if t < 1 || t > size {
		return nil, fmt.Errorf("board: threshold %d of %d", t, size)
	}
	b := &TrialBoard{seeds: make([]string, size)}
	p := &threshold.Parameters{Threshold: t}
	polynomials := make([]threshold.Polynomial, size)
	for i := range size {
		b.seeds[i] = threshold.NewSeed()
		p.Certificates = append(p.Certificates, threshold.NewCertificate(b.seeds[i], size, t, i+1))
		polynomials[i] = threshold.NewPolynomial(t)
	}
	for i, f := range polynomials {
		sk, coefexps := threshold.SigningKey(b.seeds[i]), f.Coefexps()
		p.Coefexps = append(p.Coefexps, threshold.SignCoefexps(sk, coefexps))
		p.Signatures = append(p.Signatures, threshold.SignCertificates(sk, p.Certificates, coefexps))
	}
	for j := range size {
		key, err := receiveShares(polynomials, j+1)
		if err != nil {
			return nil, err
		}
		b.keys = append(b.keys, key)
		p.VerificationKeys = append(p.VerificationKeys, threshold.NewVerificationKey(threshold.SigningKey(b.seeds[j]), key))
	}
	var err error
	b.trustees, err = tally.ParseTrustees(tally.PedersenTrustees(p))
	return b, err
}

// receiveShares adds up what every member gives to member index, after
// checking each share against its giver's published polynomial.
func receiveShares(polynomials []threshold.Polynomial, index int) (*group.Scalar, error) {
	shares := make([]*group.Scalar, len(polynomials))
	for i, f := range polynomials {
		shares[i] = f.Share(index)
		if err := f.Coefexps().VerifyShare(index, shares[i]); err != nil {
			return nil, fmt.Errorf("member %d: to member %d: %w", i+1, index, err)
		}
	}
	return threshold.DecryptionKey(shares), nil
}

// Trustees returns the board's public side.
func (b *TrialBoard) Trustees() *tally.Trustees { return b.trustees }

// Contribute makes the contributions of the given members, numbered from 1.
func (b *TrialBoard) Contribute(e *ballot.Election, product ballot.Product, members ...int) []tally.Contribution {
	contributions := make([]tally.Contribution, len(members))
	for i, m := range members {
		contributions[i] = tally.Decrypt(e, product, m, b.keys[m-1])
	}
	return contributions
}

// Sign lets the given members, in ascending order, sign a closing file.
func (b *TrialBoard) Sign(c *tally.Closing, members ...int) {
	for _, m := range members {
		c.Sign(m, threshold.SigningKey(b.seeds[m-1]))
	}
}

// boardRecord is how a trial board is kept.
type boardRecord struct {
	Seeds    []string `json:"seeds"`
	Keys     []string `json:"keys"`
	Trustees string   `json:"trustees"`
}

// MarshalJSON writes the board with its secrets.
func (b *TrialBoard) MarshalJSON() ([]byte, error) {
	r := boardRecord{Seeds: b.seeds, Trustees: string(b.trustees.Raw())}
	for _, k := range b.keys {
		r.Keys = append(r.Keys, k.String())
	}
	return json.Marshal(r)
}

// UnmarshalJSON reads what [TrialBoard.MarshalJSON] wrote.
func (b *TrialBoard) UnmarshalJSON(text []byte) error {
	var r boardRecord
	if err := json.Unmarshal(text, &r); err != nil {
		return err
	}
	trustees, err := tally.ParseTrustees([]byte(r.Trustees))
	if err != nil {
		return err
	}
	b.seeds, b.trustees, b.keys = r.Seeds, trustees, nil
	for i, s := range r.Keys {
		key, err := group.ParseScalar([]byte(s))
		if err != nil {
			return fmt.Errorf("member %d: %w", i+1, err)
		}
		b.keys = append(b.keys, key)
	}
	return b.check()
}

// check reports whether there is a seed and the right key for every trustee.
func (b *TrialBoard) check() error {
	if len(b.seeds) != b.trustees.Len() || len(b.keys) != b.trustees.Len() {
		return fmt.Errorf("board: %d seeds and %d keys for %d members", len(b.seeds), len(b.keys), b.trustees.Len())
	}
	for i, key := range b.keys {
		member, err := b.trustees.Trustee(i + 1)
		if err != nil {
			return err
		}
		if !group.BaseExp(key).Equal(member.Public) {
			return fmt.Errorf("member %d: key is not the trustee's", i+1)
		}
	}
	return nil
}
