package zkp

import (
	"fmt"
	"sync"

	"github.com/homphieu/homphieu/crypto/elgamal"
	"github.com/homphieu/homphieu/crypto/group"
)

// A Tag separates the disjunctive proofs from each other.
type Tag string

// The disjunctive proofs of a ballot (docs/PROTOCOL.md §7).
const (
	TagMembership Tag = "prove"   // one ciphertext, several values
	TagBlank      Tag = "bproof0" // the blank is not marked, or no choice is
	TagOverall    Tag = "bproof1" // the blank is marked, or as many choices as allowed
)

// An Opening is a ciphertext together with what its maker knows of it.
type Opening struct {
	Ciphertext elgamal.Ciphertext
	Message    int
	Randomness *group.Scalar
}

// Sum opens the product of ciphertexts whose openings are known.
func Sum(openings []Opening) Opening {
	sum := Opening{elgamal.Zero(), 0, new(group.Scalar)}
	for _, o := range openings {
		sum.Ciphertext = sum.Ciphertext.Mul(o.Ciphertext)
		sum.Message += o.Message
		sum.Randomness = sum.Randomness.Add(o.Randomness)
	}
	return sum
}

// A Claim is one branch of a disjunction to prove: that the opening's
// ciphertext encrypts Value.
type Claim struct {
	Opening
	Value int
}

// Claims returns one claim per value, all of the same ciphertext.
func (o Opening) Claims(values ...int) []Claim {
	claims := make([]Claim, len(values))
	for i, v := range values {
		claims[i] = Claim{o, v}
	}
	return claims
}

// Prove proves that at least one of the claims is true without telling which:
//
//	Σ challenge_j = H(tag "|" statement "|" A_0 "," B_0 "," … A_k "," B_k) mod q
//
// The first true claim is proved, the others are simulated; their order and
// the draws from random are fixed: for a simulated branch its challenge, then
// its response; for the proved one its w. Each branch costs the same
// exponentiations, in constant time. It panics if no claim is true: that is
// the caller's error, and no proof of it exists.
func Prove(key *elgamal.PublicKey, tag Tag, statement string, claims []Claim, random Random) []Proof {
	real := -1
	proofs := make([]Proof, len(claims))
	commitments := make([]*group.Element, 0, 2*len(claims))
	var w *group.Scalar
	rest := new(group.Scalar)
	for i, claim := range claims {
		// With α = g^r and β = y^r·g^m the commitments of any branch are
		// A = g^a and B = y^a·g^b, where a = response + r·challenge and
		// b = (m - value)·challenge.
		var a *group.Scalar
		b := new(group.Scalar)
		if real < 0 && claim.Message == claim.Value {
			real, w = i, random()
			a = w
		} else {
			p := Proof{Challenge: random(), Response: random()}
			proofs[i], rest = p, rest.Add(p.Challenge)
			a = p.Response.Add(claim.Randomness.Mul(p.Challenge))
			b = group.ScalarFromInt(claim.Message - claim.Value).Mul(p.Challenge)
		}
		commitments = append(commitments, group.BaseExp(a), key.Exp(a).Mul(group.BaseExp(b)))
	}
	if real < 0 {
		panic("zkp: proof of a false statement asked for")
	}
	c := disjunctionChallenge(tag, statement, commitments).Sub(rest)
	proofs[real] = Proof{c, w.Sub(claims[real].Randomness.Mul(c))}
	return proofs
}

// A Branch is one branch of a disjunction to verify: that a ciphertext, which is in
// a batch, encrypts Value.
type Branch struct {
	Ciphertext elgamal.Ref
	Value      int
}

// A Disjunction is a proof of [Prove] whose commitments were asked of a batch.
type Disjunction struct {
	commitments []group.Power
	proofs      []Proof
	branches    int
}

// Ask asks a batch for the commitments of a proof of [Prove], for each branch
//
//	A = g^response · α^challenge,  B = y^response · (β / g^value)^challenge
//
// where y is the batch's key. The number of proofs must be that of the branches.
func Ask(b *group.Batch, branches []Branch, proofs []Proof) Disjunction {
	d := Disjunction{proofs: proofs, branches: len(branches)}
	if len(proofs) != len(branches) {
		return d
	}
	for i, branch := range branches {
		p := proofs[i]
		var atG *group.Scalar
		if branch.Value != 0 {
			atG = p.Challenge.Mul(group.ScalarFromInt(-branch.Value))
		}
		d.commitments = append(d.commitments,
			b.Power(branch.Ciphertext.Alpha, p.Challenge, p.Response, nil),
			b.Power(branch.Ciphertext.Beta, p.Challenge, atG, p.Response))
	}
	return d
}

// Verify checks the sum of the challenges, once the batch has run.
func (d Disjunction) Verify(b *group.Batch, tag Tag, statement []byte) error {
	if len(d.proofs) != d.branches {
		return fmt.Errorf("proof: %d branches, want %d", len(d.proofs), d.branches)
	}
	sum := new(group.Scalar)
	for _, p := range d.proofs {
		sum = sum.Add(p.Challenge)
	}
	text := texts.Get().(*[]byte)
	defer texts.Put(text)
	*text = appendDisjunction((*text)[:0], tag, statement)
	for i, c := range d.commitments {
		if i > 0 {
			*text = append(*text, ',')
		}
		*text = b.AppendPower(*text, c)
	}
	if !challenge(*text).Equal(sum) {
		return ErrChallenge
	}
	return nil
}

func disjunctionChallenge(tag Tag, statement string, commitments []*group.Element) *group.Scalar {
	return challenge(group.AppendHexList(appendDisjunction(nil, tag, statement), ',', commitments...))
}

// texts are used again for the next proof: a ballot has some hundred.
var texts = sync.Pool{New: func() any { return new([]byte) }}

// appendDisjunction appends what is hashed before the commitments.
func appendDisjunction[T []byte | string](text []byte, tag Tag, statement T) []byte {
	return append(append(append(append(text, tag...), '|'), statement...), '|')
}

// MembershipStatement is the statement of a membership proof: the prefix, then
// the ciphertext that it is about.
func MembershipStatement(prefix string, c elgamal.Ciphertext) string {
	return string(group.AppendHexList([]byte(prefix+"|"), ',', c.Alpha, c.Beta))
}

// AppendStatement appends the [MembershipStatement] of a ciphertext in a batch that has
// run.
func AppendStatement(text []byte, b *group.Batch, prefix []byte, r elgamal.Ref) []byte {
	return r.AppendList(b, append(append(text, prefix...), '|'))
}
