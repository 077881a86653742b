package zkp

import (
	"fmt"

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

// A Branch is one branch of a disjunction to verify: that the ciphertext
// encrypts Value.
type Branch struct {
	Powers *elgamal.Powers
	Value  int
}

// Verify checks a proof of [Prove]: it computes, for each branch,
//
//	A = g^response · α^challenge,  B = y^response · (β / g^value)^challenge
//
// and the sum of the challenges. The number of proofs must be that of the
// branches.
func Verify(key *elgamal.PublicKey, tag Tag, statement string, branches []Branch, proofs []Proof) error {
	if len(proofs) != len(branches) {
		return fmt.Errorf("proof: %d branches, want %d", len(proofs), len(branches))
	}
	commitments := make([]*group.Element, 0, 2*len(branches))
	sum := new(group.Scalar)
	g := group.GeneratorTable()
	for i, branch := range branches {
		p := proofs[i]
		alpha, beta := branch.Powers.VarTimeExp(p.Challenge)
		a := g.VarTimeExp(p.Response).Mul(alpha)
		b := key.VarTimeExp(p.Response).Mul(beta)
		if branch.Value != 0 {
			b = b.Div(g.VarTimeExp(p.Challenge.Mul(group.ScalarFromInt(branch.Value))))
		}
		commitments = append(commitments, a, b)
		sum = sum.Add(p.Challenge)
	}
	if !disjunctionChallenge(tag, statement, commitments).Equal(sum) {
		return ErrChallenge
	}
	return nil
}

func disjunctionChallenge(tag Tag, statement string, commitments []*group.Element) *group.Scalar {
	text := make([]byte, 0, len(tag)+len(statement)+2+65*len(commitments))
	text = append(text, tag...)
	text = append(append(append(text, '|'), statement...), '|')
	return challenge(group.AppendHexList(text, ',', commitments...))
}

// MembershipStatement is the statement of a membership proof: the prefix, then
// the ciphertext that it is about.
func MembershipStatement(prefix string, c elgamal.Ciphertext) string {
	return string(group.AppendHexList([]byte(prefix+"|"), ',', c.Alpha, c.Beta))
}
