package ballot

import (
	"errors"
	"fmt"

	"github.com/homphieu/homphieu/crypto/elgamal"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// Verify reads a ballot and checks everything that the ballot alone can show
// (docs/PROTOCOL.md §7): canonical bytes of the election's shape, this
// election, points of the group, every proof, the signature. Whether its
// credential may vote is the ballot box's question. The error wraps
// [ErrMalformed], [ErrWrongElection] or [ErrProof] and names the place.
//
// It keeps raw, which must not be changed afterwards.
func Verify(e *Election, raw []byte) (*Ballot, error) {
	u, err := parse(e, raw)
	if err != nil {
		return nil, err
	}
	s0 := proofPrefix(e, u.credential)
	ciphertexts := make([][]elgamal.Ciphertext, len(u.answers))
	for i := range u.answers {
		ciphertexts[i], err = u.answers[i].verify(e.key, &e.Questions[i], s0)
		if err != nil {
			return nil, fmt.Errorf("%w: answer %d: %w", kind(err), i+1, err)
		}
	}
	if u.hash != u.wantHash {
		return nil, fmt.Errorf("%w: signature: hash is not the ballot's", ErrProof)
	}
	if err := zkp.VerifyBallot(u.credential, u.hash, u.signature); err != nil {
		return nil, fmt.Errorf("%w: signature: %w", ErrProof, err)
	}
	return newBallot(raw, u.credential, ciphertexts), nil
}

// kind tells a point that is not in the group, which no writer of ballots can
// have meant, from a proof that does not hold.
func kind(err error) error {
	if errors.Is(err, group.ErrElement) {
		return ErrMalformed
	}
	return ErrProof
}

// unverified is a ballot of the right shape about which nothing else is known.
type unverified struct {
	credential     *group.Element
	answers        []unverifiedAnswer
	hash, wantHash string
	signature      zkp.Proof
}

type unverifiedAnswer struct {
	choices    []elgamal.Unchecked
	individual [][]zkp.Proof
	overall    []zkp.Proof
	blank      []zkp.Proof // nil without blank
}

func parse(e *Election, raw []byte) (*unverified, error) {
	r, u := wire.NewReader(raw), new(unverified)
	r.Literal(`{"election_uuid":`)
	uuid := r.Word()
	r.Literal(`,"election_hash":`)
	hash := r.Word()
	if err := r.Err(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if uuid != string(e.UUID) || hash != string(e.fingerprint) {
		return nil, ErrWrongElection
	}
	r.Literal(`,"credential":`)
	u.credential = r.Element()
	if u.credential.IsIdentity() {
		r.Fail(elgamal.ErrIdentity)
	}
	r.Literal(`,"answers":`)
	u.answers = make([]unverifiedAnswer, len(e.Questions))
	r.Tuple(len(u.answers), func(i int) { u.answers[i] = readAnswer(r, &e.Questions[i]) })
	u.wantHash = signedHash(raw[:r.Offset()])
	r.Literal(`,"signature":{"hash":`)
	u.hash = r.Word()
	r.Literal(`,"proof":`)
	u.signature = zkp.ReadProof(r)
	r.Literal(`}}`)
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return u, nil
}

func readAnswer(r *wire.Reader, q *Question) (a unverifiedAnswer) {
	n := q.Choices()
	a.choices, a.individual = make([]elgamal.Unchecked, n), make([][]zkp.Proof, n)
	r.Literal(`{"choices":`)
	r.Tuple(n, func(i int) { a.choices[i] = elgamal.ReadUnchecked(r) })
	r.Literal(`,"individual_proofs":`)
	r.Tuple(n, func(i int) { a.individual[i] = readProofs(r, 2) })
	r.Literal(`,"overall_proof":`)
	branches := len(q.counts())
	if q.Blank {
		a.overall = readProofs(r, branches+1)
		r.Literal(`,"blank_proof":`)
		a.blank = readProofs(r, 2)
	} else {
		a.overall = readProofs(r, branches)
	}
	r.Literal(`}`)
	return a
}

func readProofs(r *wire.Reader, n int) []zkp.Proof {
	proofs := make([]zkp.Proof, n)
	r.Tuple(n, func(i int) { proofs[i] = zkp.ReadProof(r) })
	return proofs
}

// verify checks the points and proofs of one answer and returns its
// ciphertexts.
func (a *unverifiedAnswer) verify(key *elgamal.PublicKey, q *Question, s0 string) ([]elgamal.Ciphertext, error) {
	powers, err := preparePowers(a.choices)
	defer func() {
		for _, p := range powers {
			p.Release()
		}
	}()
	if err != nil {
		return nil, err
	}
	ciphertexts := make([]elgamal.Ciphertext, len(powers))
	for i, p := range powers {
		ciphertexts[i] = p.Ciphertext
		statement := zkp.MembershipStatement(s0, p.Ciphertext)
		branches := []zkp.Branch{{Powers: p, Value: 0}, {Powers: p, Value: 1}}
		if err := zkp.Verify(key, zkp.TagMembership, statement, branches, a.individual[i]); err != nil {
			return nil, fmt.Errorf("choice %d: individual proof: %w", i+1, err)
		}
	}
	if err := a.verifyOverall(key, q, answerPrefix(s0, ciphertexts), powers); err != nil {
		return nil, err
	}
	return ciphertexts, nil
}

func preparePowers(choices []elgamal.Unchecked) (powers []*elgamal.Powers, err error) {
	for i, c := range choices {
		p, err := c.Powers()
		if err != nil {
			return powers, fmt.Errorf("choice %d: %w", i+1, err)
		}
		powers = append(powers, p)
	}
	return powers, nil
}

// verifyOverall checks the overall and the blank proof: together they say that
// either the blank alone is marked, or between Min and Max answers without it.
func (a *unverifiedAnswer) verifyOverall(key *elgamal.PublicKey, q *Question, s string, powers []*elgamal.Powers) error {
	marked := powers
	if q.Blank {
		marked = powers[1:]
	}
	sum := elgamal.Zero()
	for _, p := range marked {
		sum = sum.Mul(p.Ciphertext)
	}
	sumPowers := sum.Powers()
	defer sumPowers.Release()
	var counts []zkp.Branch
	for _, n := range q.counts() {
		counts = append(counts, zkp.Branch{Powers: sumPowers, Value: n})
	}
	if !q.Blank {
		return overall(zkp.Verify(key, zkp.TagMembership, zkp.MembershipStatement(s, sum), counts, a.overall))
	}
	counts = append([]zkp.Branch{{Powers: powers[0], Value: 1}}, counts...)
	if err := overall(zkp.Verify(key, zkp.TagOverall, s, counts, a.overall)); err != nil {
		return err
	}
	either := []zkp.Branch{{Powers: powers[0], Value: 0}, {Powers: sumPowers, Value: 0}}
	if err := zkp.Verify(key, zkp.TagBlank, s, either, a.blank); err != nil {
		return fmt.Errorf("blank proof: %w", err)
	}
	return nil
}

func overall(err error) error {
	if err != nil {
		return fmt.Errorf("overall proof: %w", err)
	}
	return nil
}
