package ballot

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/elgamal"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// verifyBoth is Verify, held equal to the plain path: the same ballot, or the same
// error in the same words.
func verifyBoth(t testing.TB, e *Election, raw []byte) (*Ballot, error) {
	t.Helper()
	b, err := Verify(e, raw)
	ciphertexts, plainErr := verifyPlainly(e, raw)
	if fmt.Sprint(err) != fmt.Sprint(plainErr) {
		t.Errorf("%v, where the plain path says: %v", err, plainErr)
	}
	if err != nil || plainErr != nil {
		return b, err
	}
	same := slices.EqualFunc(b.Ciphertexts(), ciphertexts, func(a, b []elgamal.Ciphertext) bool {
		return slices.EqualFunc(a, b, elgamal.Ciphertext.Equal)
	})
	if !same {
		t.Error("ciphertexts differ from those of the plain path")
	}
	return b, nil
}

// verifyPlainly is Verify as docs/PROTOCOL.md §7 has it, one power after the other
// in the library's constant time, without a batch.
func verifyPlainly(e *Election, raw []byte) ([][]elgamal.Ciphertext, error) {
	u, err := parse(e, raw)
	if err != nil {
		return nil, err
	}
	credential, err := u.credential.Check()
	if err != nil {
		return nil, u.badCredential(err)
	}
	s0 := string(e.fingerprint) + "|" + credential.String()
	ciphertexts := make([][]elgamal.Ciphertext, len(u.answers))
	for i := range u.answers {
		p := plainAnswer{&u.answers[i], &e.Questions[i], e.key, nil}
		if err := p.points(); err != nil {
			return nil, fmt.Errorf("%w: answer %d: %w", ErrMalformed, i+1, err)
		}
		if err := p.proofs(s0); err != nil {
			return nil, fmt.Errorf("%w: answer %d: %w", ErrProof, i+1, err)
		}
		ciphertexts[i] = p.ciphertexts
	}
	if u.hash != u.wantHash {
		return nil, fmt.Errorf("%w: signature: hash is not the ballot's", ErrProof)
	}
	a := plainCommitment(group.Generator(), credential, u.signature)
	if !hashScalar("sig|" + u.hash + "|" + a).Equal(u.signature.Challenge) {
		return nil, fmt.Errorf("%w: signature: %w", ErrProof, zkp.ErrChallenge)
	}
	return ciphertexts, nil
}

// A plainAnswer is an answer to be verified plainly.
type plainAnswer struct {
	*unverifiedAnswer
	question    *Question
	key         *elgamal.PublicKey
	ciphertexts []elgamal.Ciphertext
}

func (a *plainAnswer) points() error {
	for i, c := range a.choices {
		alpha, err := c.Alpha.Check()
		if err != nil {
			return fmt.Errorf("choice %d: %w", i+1, err)
		}
		beta, err := c.Beta.Check()
		if err != nil {
			return fmt.Errorf("choice %d: %w", i+1, err)
		}
		a.ciphertexts = append(a.ciphertexts, elgamal.Ciphertext{Alpha: alpha, Beta: beta})
	}
	return nil
}

func (a *plainAnswer) proofs(s0 string) error {
	pairs := make([]string, len(a.ciphertexts))
	sum := elgamal.Zero()
	for i, c := range a.ciphertexts {
		pairs[i] = c.Alpha.String() + "," + c.Beta.String()
		if i > 0 || !a.question.Blank {
			sum = sum.Mul(c)
		}
		if err := a.disjunction("prove|"+s0+"|"+pairs[i], plainBranches(c, 0, 1), a.individual[i]); err != nil {
			return fmt.Errorf("choice %d: individual proof: %w", i+1, err)
		}
	}
	s, marked := s0+"|"+strings.Join(pairs, ","), plainBranches(sum, a.question.counts()...)
	if !a.question.Blank {
		return overall(a.disjunction("prove|"+s+"|"+sum.Alpha.String()+","+sum.Beta.String(), marked, a.overall))
	}
	blank := a.ciphertexts[0]
	if err := a.disjunction("bproof1|"+s, append(plainBranches(blank, 1), marked...), a.overall); err != nil {
		return overall(err)
	}
	if err := a.disjunction("bproof0|"+s, append(plainBranches(blank, 0), plainBranches(sum, 0)...), a.blank); err != nil {
		return fmt.Errorf("blank proof: %w", err)
	}
	return nil
}

// A plainBranch says that a ciphertext encrypts a value.
type plainBranch struct {
	elgamal.Ciphertext
	value int
}

func plainBranches(c elgamal.Ciphertext, values ...int) (branches []plainBranch) {
	for _, v := range values {
		branches = append(branches, plainBranch{c, v})
	}
	return branches
}

// disjunction compares the sum of the challenges with H(text "|" A_0 "," B_0 "," …).
func (a *plainAnswer) disjunction(text string, branches []plainBranch, proofs []zkp.Proof) error {
	g, sum := group.Generator(), new(group.Scalar)
	var commitments []string
	for i, b := range branches {
		shifted := b.Beta.Div(g.Exp(group.ScalarFromInt(b.value)))
		commitments = append(commitments, plainCommitment(g, b.Alpha, proofs[i]), plainCommitment(a.key.Element(), shifted, proofs[i]))
		sum = sum.Add(proofs[i].Challenge)
	}
	if !hashScalar(text + "|" + strings.Join(commitments, ",")).Equal(sum) {
		return zkp.ErrChallenge
	}
	return nil
}

// plainCommitment is base^response · public^challenge.
func plainCommitment(base, public *group.Element, p zkp.Proof) string {
	return base.Exp(p.Response).Mul(public.Exp(p.Challenge)).String()
}
