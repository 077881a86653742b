package zkp

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/homphieu/homphieu/crypto/elgamal"
	"github.com/homphieu/homphieu/crypto/group"
)

// A statement is anything with a proof: verify says whether the proof holds,
// and each alteration makes a copy with one thing changed.
type statement interface {
	verify() error
	alterations() map[string]statement
}

// checkSound is the soundness table: the proof holds, and with any one thing
// changed it does not.
func checkSound(t *testing.T, s statement) {
	t.Helper()
	if err := s.verify(); err != nil {
		t.Fatalf("the proof itself: %v", err)
	}
	altered := s.alterations()
	for name, a := range altered {
		if a.verify() == nil {
			t.Errorf("%s: still accepted", name)
		}
	}
	if err := s.verify(); err != nil {
		t.Fatalf("the proof itself, afterwards: %v", err)
	}
}

// alteredScalars are other scalars than s, near and far.
func alteredScalars(s *group.Scalar) map[string]*group.Scalar {
	one := group.ScalarFromInt(1)
	altered := map[string]*group.Scalar{
		"+1": s.Add(one), "-1": s.Sub(one), "negated": s.Neg(), "doubled": s.Add(s), "0": new(group.Scalar), "1": one, "inverted": s.Inv(),
	}
	for name, a := range altered {
		if a.Equal(s) {
			delete(altered, name)
		}
	}
	return altered
}

// alteredElements are other elements than e.
func alteredElements(e *group.Element) map[string]*group.Element {
	g := group.Generator()
	altered := map[string]*group.Element{
		"·g": e.Mul(g), "/g": e.Div(g), "negated": group.Identity().Div(e), "squared": e.Mul(e), "the identity": group.Identity(), "g": g,
	}
	for name, a := range altered {
		if a.Equal(e) {
			delete(altered, name)
		}
	}
	return altered
}

// alteredProof changes one scalar, or exchanges both.
func alteredProof(p Proof) map[string]Proof {
	altered := map[string]Proof{"challenge and response swapped": {p.Response, p.Challenge}, "all 0": {new(group.Scalar), new(group.Scalar)}}
	for name, s := range alteredScalars(p.Challenge) {
		altered["challenge "+name] = Proof{s, p.Response}
	}
	for name, s := range alteredScalars(p.Response) {
		altered["response "+name] = Proof{p.Challenge, s}
	}
	return altered
}

// alteredProofs changes one scalar of one proof, or which proofs there are.
func alteredProofs(proofs []Proof) map[string][]Proof {
	one := group.ScalarFromInt(1)
	n := len(proofs)
	altered := map[string][]Proof{
		"no proof": nil, "last proof missing": proofs[:n-1], "first proof missing": proofs[1:],
		"a proof more":      append(slices.Clone(proofs), proofs[0]),
		"a proof of 0 more": append(slices.Clone(proofs), Proof{new(group.Scalar), new(group.Scalar)}),
	}
	for i, p := range proofs {
		for name, a := range alteredProof(p) {
			altered[fmt.Sprintf("proof %d: %s", i, name)] = replaced(proofs, i, a)
		}
		if j := (i + 1) % n; j != i {
			swapped := replaced(replaced(proofs, i, proofs[j]), j, p)
			altered[fmt.Sprintf("proofs %d and %d swapped", i, j)] = swapped
			// The sum of the challenges stays what it was.
			moved := replaced(proofs, i, Proof{p.Challenge.Add(one), p.Response})
			altered[fmt.Sprintf("1 moved from challenge %d to %d", j, i)] = replaced(moved, j, Proof{proofs[j].Challenge.Sub(one), proofs[j].Response})
		}
	}
	return altered
}

// replaced returns a copy of list whose item i is v.
func replaced[T any](list []T, i int, v T) []T {
	list = slices.Clone(list)
	list[i] = v
	return list
}

// specHash is H of docs/PROTOCOL.md §2, apart from the code under test.
func specHash(s string) *group.Scalar {
	low, _ := new(big.Int).SetString("27742317777372353535851937790883648493", 10)
	q := low.Add(low, new(big.Int).Lsh(big.NewInt(1), 252))
	sum := sha256.Sum256([]byte(s))
	n := new(big.Int).SetBytes(sum[:])
	h, err := group.ParseScalar([]byte(n.Mod(n, q).String()))
	if err != nil {
		panic("test: " + err.Error())
	}
	return h
}

// commit computes base^response · public^challenge.
func commit(base, public *group.Element, p Proof) *group.Element {
	return base.Exp(p.Response).Mul(public.Exp(p.Challenge))
}

// plainVerdict compares a challenge with the hash of a text.
func plainVerdict(text string, challenge *group.Scalar) error {
	if !specHash(text).Equal(challenge) {
		return ErrChallenge
	}
	return nil
}

// secret returns the n-th of the fixed secrets of the tests.
func secret(n int) *group.Scalar { return specHash(fmt.Sprintf("secret|%d", n)) }

func testKey(t testing.TB) *elgamal.PublicKey {
	t.Helper()
	key, err := elgamal.NewPublicKey(group.BaseExp(secret(-1)))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// open encrypts m.
func open(key *elgamal.PublicKey, m int) Opening {
	r := group.RandomScalar()
	return Opening{key.Encrypt(m, r), m, r}
}

// crowd puts so many points into a batch that it runs in lanes where there are any.
func crowd(b *group.Batch) {
	for i := range 8 {
		b.Power(b.Element(group.BaseExp(secret(2000+i))), secret(2100+i), nil, nil)
	}
}

// agreed returns what all checks of one proof say; it panics if they do not say the
// same.
func agreed(errs ...error) error {
	for _, err := range errs {
		if (err == nil) != (errs[0] == nil) {
			panic(fmt.Sprintf("test: one proof, several verdicts: %v", errs))
		}
	}
	return errs[0]
}
