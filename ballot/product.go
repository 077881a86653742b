package ballot

import (
	"fmt"

	"github.com/homphieu/homphieu/crypto/elgamal"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
)

// A Product is the product of ballots, choice by choice: per question and
// choice, the blank first, the ciphertext of the sum. When the last ballot is
// in, it is the encrypted tally (docs/PROTOCOL.md §8).
type Product [][]elgamal.Ciphertext

// NewProduct returns the product of no ballots.
func (e *Election) NewProduct() Product {
	p := make(Product, len(e.Questions))
	for i := range p {
		p[i] = make([]elgamal.Ciphertext, e.Questions[i].Choices())
		for j := range p[i] {
			p[i][j] = elgamal.Zero()
		}
	}
	return p
}

// Mul multiplies p by the ciphertexts of a ballot of the same election.
func (p Product) Mul(b *Ballot) { p.MulProduct(b.Ciphertexts()) }

// MulProduct multiplies p by another product of the same election.
func (p Product) MulProduct(other Product) {
	for i := range p {
		for j := range p[i] {
			p[i][j] = p[i][j].Mul(other[i][j])
		}
	}
}

// An Accumulator multiplies many ballots in variable time, where each would make a
// [Product] anew.
type Accumulator [][]elgamal.VarTimeCiphertext

// NewAccumulator begins with no ballots.
func (e *Election) NewAccumulator() Accumulator {
	a := make(Accumulator, len(e.Questions))
	for i, row := range e.NewProduct() {
		for _, c := range row {
			a[i] = append(a[i], c.VarTime())
		}
	}
	return a
}

// Mul multiplies a by the ciphertexts of a ballot of the same election.
func (a Accumulator) Mul(b *Ballot) {
	for i := range a {
		for j := range a[i] {
			a[i][j].Mul(&b.ciphertexts[i][j])
		}
	}
}

// Product returns the product of the ballots so far.
func (a Accumulator) Product() Product { return plain(a) }

// plain returns ciphertexts for arithmetic in constant time.
func plain(rows [][]elgamal.VarTimeCiphertext) [][]elgamal.Ciphertext {
	list := make([][]elgamal.Ciphertext, len(rows))
	for i, row := range rows {
		for j := range row {
			list[i] = append(list[i], row[j].Ciphertext())
		}
	}
	return list
}

// Equal reports whether both are the same ciphertexts.
func (p Product) Equal(other Product) bool {
	if len(p) != len(other) {
		return false
	}
	for i := range p {
		if len(p[i]) != len(other[i]) {
			return false
		}
		for j := range p[i] {
			if !p[i][j].Equal(other[i][j]) {
				return false
			}
		}
	}
	return true
}

// AppendJSON appends the canonical form of an encrypted tally.
func (p Product) AppendJSON(b []byte) []byte {
	var points []*group.Element
	for _, row := range p {
		for _, c := range row {
			points = append(points, c.Alpha, c.Beta)
		}
	}
	digits := group.AppendHexList(nil, ',', points...) // one inversion for all
	next := func() []byte {
		point := digits[:group.ElementSize]
		digits = digits[min(len(point)+1, len(digits)):]
		return point
	}
	return wire.AppendList(b, len(p), func(b []byte, i int) []byte {
		return wire.AppendList(b, len(p[i]), func(b []byte, _ int) []byte {
			b = append(append(append(b, `{"alpha":"`...), next()...), `","beta":"`...)
			return append(append(b, next()...), `"}`...)
		})
	})
}

// ParseProduct reads an encrypted tally of the election's shape.
func (e *Election) ParseProduct(text []byte) (Product, error) {
	r, p := wire.NewReader(text), make(Product, len(e.Questions))
	r.Tuple(len(p), func(i int) {
		p[i] = make([]elgamal.Ciphertext, e.Questions[i].Choices())
		r.Tuple(len(p[i]), func(j int) { p[i][j] = elgamal.ReadCiphertext(r) })
	})
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("encrypted tally: %w", err)
	}
	return p, nil
}
