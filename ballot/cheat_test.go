package ballot

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/elgamal"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// A cheat is a voter whose program has every secret and follows no rule: it
// encrypts any numbers, proves what is true and guesses the other proofs.
type cheat struct {
	e      *Election
	secret *group.Scalar
}

// seal makes a ballot of any numbers, blank first where there is one.
func (c *cheat) seal(numbers ...[]int) *jsonBallot {
	credential := group.BaseExp(c.secret)
	b := &jsonBallot{
		UUID: string(c.e.UUID), Hash: string(c.e.Fingerprint()), Credential: credential.String(), Signature: new(jsonSignature),
	}
	s0 := b.Hash + "|" + b.Credential
	for i, n := range numbers {
		b.Answers = append(b.Answers, c.answer(&c.e.Questions[i], s0, n))
	}
	return b.sign(c.secret)
}

func (c *cheat) answer(q *Question, s0 string, numbers []int) (a jsonAnswer) {
	openings, pairs := make([]zkp.Opening, len(numbers)), make([]string, len(numbers))
	for i, n := range numbers {
		r := group.RandomScalar()
		openings[i] = zkp.Opening{Ciphertext: c.e.key.Encrypt(n, r), Message: n, Randomness: r}
		alpha, beta := openings[i].Ciphertext.Alpha.String(), openings[i].Ciphertext.Beta.String()
		a.Choices, pairs[i] = append(a.Choices, jsonCiphertext{alpha, beta}), alpha+","+beta
		a.Individual = append(a.Individual, c.prove(zkp.TagMembership, s0+"|"+pairs[i], openings[i].Claims(0, 1)))
	}
	s := s0 + "|" + strings.Join(pairs, ",")
	if !q.Blank {
		sum := zkp.Sum(openings)
		a.Overall = c.prove(zkp.TagMembership, fmt.Sprintf("%s|%s,%s", s, sum.Ciphertext.Alpha, sum.Ciphertext.Beta), sum.Claims(q.counts()...))
		return a
	}
	blank, sum := openings[0], zkp.Sum(openings[1:])
	a.Overall = c.prove(zkp.TagOverall, s, append(blank.Claims(1), sum.Claims(q.counts()...)...))
	a.Blank = c.prove(zkp.TagBlank, s, append(blank.Claims(0), sum.Claims(0)...))
	return a
}

// prove proves what is true. Otherwise it simulates all branches but the last
// one's challenge, which it takes from the hash, so that the challenges add up.
func (c *cheat) prove(tag zkp.Tag, statement string, claims []zkp.Claim) []jsonProof {
	for _, claim := range claims {
		if claim.Message == claim.Value {
			return jsonProofsOf(zkp.Prove(c.e.key, tag, statement, claims, group.RandomScalar))
		}
	}
	commitments, rest := make([]string, len(claims)), new(group.Scalar)
	proofs := make([]zkp.Proof, len(claims))
	for i, claim := range claims {
		w := group.RandomScalar()
		proofs[i] = zkp.Proof{Challenge: group.RandomScalar(), Response: group.RandomScalar()}
		if i == len(claims)-1 { // as if this one were true
			commitments[i] = fmt.Sprintf("%s,%s", group.BaseExp(w), c.e.key.Exp(w))
			proofs[i].Challenge = hashScalar(fmt.Sprintf("%s|%s|%s", tag, statement, strings.Join(commitments, ","))).Sub(rest)
			proofs[i].Response = w.Sub(claim.Randomness.Mul(proofs[i].Challenge))
			break
		}
		commitments[i], rest = c.simulate(claim, proofs[i]), rest.Add(proofs[i].Challenge)
	}
	return jsonProofsOf(proofs)
}

func (c *cheat) simulate(claim zkp.Claim, p zkp.Proof) string {
	g, y := group.Generator(), c.e.key.Element()
	shifted := claim.Ciphertext.Beta.Div(g.Exp(group.ScalarFromInt(claim.Value)))
	a := g.Exp(p.Response).Mul(claim.Ciphertext.Alpha.Exp(p.Challenge))
	b := y.Exp(p.Response).Mul(shifted.Exp(p.Challenge))
	return fmt.Sprintf("%s,%s", a, b)
}

// TestCheats: whatever a voter encrypts beyond what the election allows, one
// proof fails, and it is the one that is there for it.
func TestCheats(t *testing.T) {
	e := newElection(t,
		Question{Text: "A", Answers: []string{"1", "2", "3"}, Blank: true, Min: 1, Max: 2},
		Question{Text: "B", Answers: []string{"1", "2", "3"}, Min: 1, Max: 2},
	)
	c := &cheat{e, NewCredential().Secret(e.UUID)}
	good := [][]int{{0, 1, 0, 0}, {0, 1, 1}}
	if _, err := verifyBoth(t, e, c.seal(good...).text()); err != nil {
		t.Fatalf("an honest cheat: %v", err)
	}
	for _, row := range []struct {
		answer  int
		numbers []int
		place   string
	}{
		{0, []int{0, 2, 0, 0}, "answer 1: choice 2: individual proof"},
		{0, []int{0, -1, 1, 1}, "answer 1: choice 2: individual proof"},
		{0, []int{-1, 1, 0, 0}, "answer 1: choice 1: individual proof"},
		{0, []int{2, 0, 0, 0}, "answer 1: choice 1: individual proof"},
		{0, []int{0, 1000, -999, 0}, "answer 1: choice 2: individual proof"},
		{0, []int{0, 0, 0, 0}, "answer 1: overall proof"},
		{0, []int{0, 1, 1, 1}, "answer 1: overall proof"},
		{0, []int{1, 1, 0, 0}, "answer 1: blank proof"},
		{0, []int{1, 1, 1, 1}, "answer 1: blank proof"},
		{1, []int{0, 0, 0}, "answer 2: overall proof"},
		{1, []int{1, 1, 1}, "answer 2: overall proof"},
		{1, []int{0, 0, 2}, "answer 2: choice 3: individual proof"},
		{1, []int{2, 0, -1}, "answer 2: choice 1: individual proof"},
	} {
		numbers := [][]int{good[0], good[1]}
		numbers[row.answer] = row.numbers
		b, err := verifyBoth(t, e, c.seal(numbers...).text())
		if b != nil || !errors.Is(err, ErrProof) || !strings.Contains(err.Error(), row.place) {
			t.Errorf("%v: %v, want %s", numbers, err, row.place)
		}
	}
}

// TestStolenBallot: a ballot, or its ciphertexts with their proofs, is worth
// nothing under another credential (Cortier, Smyth 2011).
func TestStolenBallot(t *testing.T) {
	s := newSubject(t)
	thief := NewCredential().Secret(s.e.UUID)
	b := takeApart(t, s.raw)
	b.Credential = group.BaseExp(thief).String()
	s.refuse(t, "under another credential", b.sign(thief).text(), ErrProof, "answer 1: choice 1: individual proof")

	// One choice in an otherwise honest ballot.
	c := &cheat{s.e, thief}
	b = c.seal([]int{0, 0, 1, 0}, []int{0, 1})
	b.Answers[0] = takeApart(t, s.raw).Answers[0]
	s.refuse(t, "one answer", b.sign(thief).text(), ErrProof, "answer 1: choice 1: individual proof")

	// A copy whose randomness was changed still does not prove.
	shift := s.e.key.Encrypt(0, group.ScalarFromInt(1))
	b = takeApart(t, s.raw)
	b.Answers[0].Choices[0] = rerandomised(b.Answers[0].Choices[0], shift)
	s.refuse(t, "rerandomised", b.sign(s.secret).text(), ErrProof, "answer 1: choice 1: individual proof")
}

func rerandomised(c jsonCiphertext, shift elgamal.Ciphertext) jsonCiphertext {
	return jsonCiphertext{addPoints(c.Alpha, shift.Alpha.String()), addPoints(c.Beta, shift.Beta.String())}
}

// TestOtherElection: a ballot is for one election only, whose every byte it
// names.
func TestOtherElection(t *testing.T) {
	s := newSubject(t)
	respelled := []byte(strings.Replace(string(s.e.Raw()), "Hà Nội", `H\u00e0 Nội`, 1))
	same, err := ParseElection(respelled)
	if err != nil || same.Description != s.e.Description {
		t.Fatalf("respelled: %v", err)
	}
	if _, err := verifyBoth(t, same, s.raw); !errors.Is(err, ErrWrongElection) {
		t.Errorf("the same election in other bytes: %v", err)
	}
	d := s.e.Draft
	d.UUID = "HomPhieuTest12"
	other, err := NewElection(d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := verifyBoth(t, other, s.raw); !errors.Is(err, ErrWrongElection) {
		t.Errorf("another election: %v", err)
	}

	rename := func(uuid UUID, f Fingerprint) []byte {
		b := takeApart(t, s.raw)
		b.UUID, b.Hash = string(uuid), string(f)
		return b.sign(s.secret).text()
	}
	s.refuse(t, "uuid", rename(other.UUID, s.e.Fingerprint()), ErrWrongElection, "")
	s.refuse(t, "fingerprint", rename(s.e.UUID, other.Fingerprint()), ErrWrongElection, "")
	s.refuse(t, "no names", rename("", ""), ErrWrongElection, "")
	renamed := rename(other.UUID, other.Fingerprint())
	if _, err := verifyBoth(t, other, renamed); !errors.Is(err, ErrProof) || !strings.Contains(err.Error(), "answer 1: choice 1: individual proof") {
		t.Errorf("renamed and signed again: %v", err)
	}
}
