package ballot

import (
	"errors"
	"fmt"
	"hash"

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
	b := e.key.NewBatch()
	defer b.Free()
	b.Grow(u.size())
	asked := make([]askedAnswer, len(u.answers))
	for i := range u.answers {
		asked[i] = u.answers[i].ask(b, &e.Questions[i])
	}
	credential := b.Point(u.credential)
	commitment := zkp.AskBallot(b, credential, u.signature)
	b.Run()
	if err := b.Err(credential); err != nil {
		return nil, u.badCredential(err)
	}
	s0 := []byte(proofPrefix(e, b.Member(credential)))
	ciphertexts := make([][]elgamal.VarTimeCiphertext, len(u.answers))
	for i := range asked {
		ciphertexts[i], err = asked[i].verify(b, s0)
		if err != nil {
			return nil, fmt.Errorf("%w: answer %d: %w", kind(err), i+1, err)
		}
	}
	if u.hash != u.wantHash {
		return nil, fmt.Errorf("%w: signature: hash is not the ballot's", ErrProof)
	}
	if err := zkp.VerifyBallot(b, commitment, u.hash, u.signature); err != nil {
		return nil, fmt.Errorf("%w: signature: %w", ErrProof, err)
	}
	v := newBallot(raw, u.rawHash, b.Member(credential), ciphertexts)
	v.parsed = u
	return v, nil
}

// badCredential names the place of a credential that is no element.
func (u *unverified) badCredential(err error) error {
	return fmt.Errorf("%w: byte %d: %w", ErrMalformed, u.credentialAt, err)
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
	election       Fingerprint
	credential     *group.Unchecked
	credentialAt   int // byte
	answers        []unverifiedAnswer
	rawHash        [32]byte
	hash, wantHash string // of what is signed
	signature      zkp.Proof
}

type unverifiedAnswer struct {
	choices    []elgamal.Unchecked
	individual [][]zkp.Proof
	overall    []zkp.Proof
	blank      []zkp.Proof // nil without blank
}

// size is how many points and powers the batch of a ballot will have.
func (u *unverified) size() (points, powers int) {
	points, powers = 1, 1 // the signature's
	for i := range u.answers {
		a := &u.answers[i]
		points += 2 * (len(a.choices) + 1) // and their product
		powers += 2 * (2*len(a.choices) + len(a.overall) + len(a.blank))
	}
	return points, powers
}

func parse(e *Election, raw []byte) (*unverified, error) {
	r, u := wire.NewReader(raw), new(unverified)
	r.Literal(`{"election_uuid":`)
	uuid := r.Word()
	r.Literal(`,"election_hash":`)
	fingerprint := r.Word()
	if err := r.Err(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if uuid != string(e.UUID) || fingerprint != string(e.fingerprint) {
		return nil, ErrWrongElection
	}
	u.election = e.fingerprint
	r.Literal(`,"credential":`)
	u.credentialAt = r.Offset()
	u.credential = r.Unchecked()
	if r.Err() == nil && u.credential.IsIdentity() {
		r.Fail(elgamal.ErrIdentity)
	}
	r.Literal(`,"answers":`)
	u.answers = make([]unverifiedAnswer, len(e.Questions))
	r.Tuple(len(u.answers), func(i int) { u.answers[i] = readAnswer(r, &e.Questions[i]) })
	signed := r.Offset()
	r.Literal(`,"signature":{"hash":`)
	u.hash = r.Word()
	r.Literal(`,"proof":`)
	u.signature = zkp.ReadProof(r)
	r.Literal(`}}`)
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	u.hashText(raw, signed)
	return u, nil
}

// hashText hashes a ballot and what of it is signed, which begins in the same way.
func (u *unverified) hashText(raw []byte, signed int) {
	whole := hashed(raw[:signed])
	part, err := whole.(hash.Cloner).Clone()
	if err != nil {
		panic("ballot: SHA-256 without a copy of its state: " + err.Error()) // never, since Go 1.25
	}
	u.wantHash = endSigned(part)
	whole.Write(raw[signed:])
	whole.Sum(u.rawHash[:0])
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

// An askedAnswer is an answer whose powers were asked of a batch.
type askedAnswer struct {
	question            *Question
	choices             []elgamal.Ref
	sum                 elgamal.Ref // of the choices but the blank
	individual          []zkp.Disjunction
	overall, blankProof zkp.Disjunction
}

// ask asks a batch for everything that the proofs of an answer need.
func (a *unverifiedAnswer) ask(b *group.Batch, q *Question) askedAnswer {
	asked := askedAnswer{question: q}
	for i, c := range a.choices {
		r := c.In(b)
		asked.choices = append(asked.choices, r)
		branches := []zkp.Branch{{Ciphertext: r, Value: 0}, {Ciphertext: r, Value: 1}}
		asked.individual = append(asked.individual, zkp.Ask(b, branches, a.individual[i]))
	}
	marked := asked.choices
	if q.Blank {
		marked = marked[1:]
	}
	asked.sum = elgamal.Product(b, marked...)
	var counts []zkp.Branch
	if q.Blank {
		counts = append(counts, zkp.Branch{Ciphertext: asked.choices[0], Value: 1})
		either := []zkp.Branch{{Ciphertext: asked.choices[0], Value: 0}, {Ciphertext: asked.sum, Value: 0}}
		asked.blankProof = zkp.Ask(b, either, a.blank)
	}
	for _, n := range q.counts() {
		counts = append(counts, zkp.Branch{Ciphertext: asked.sum, Value: n})
	}
	asked.overall = zkp.Ask(b, counts, a.overall)
	return asked
}

// verify checks the points and proofs of one answer, once the batch has run, and
// returns its ciphertexts.
func (a *askedAnswer) verify(b *group.Batch, s0 []byte) ([]elgamal.VarTimeCiphertext, error) {
	for i, r := range a.choices {
		if err := r.Err(b); err != nil {
			return nil, fmt.Errorf("choice %d: %w", i+1, err)
		}
	}
	ciphertexts := make([]elgamal.VarTimeCiphertext, len(a.choices))
	text := make([]byte, 0, len(s0)+1+2*len(a.choices)*(group.ElementSize+1)) // for the longest
	for i, r := range a.choices {
		text = zkp.AppendStatement(text[:0], b, s0, r)
		if err := a.individual[i].Verify(b, zkp.TagMembership, text); err != nil {
			return nil, fmt.Errorf("choice %d: individual proof: %w", i+1, err)
		}
		ciphertexts[i] = r.VarTime(b)
	}
	return ciphertexts, a.verifyOverall(b, appendAnswerPrefix(text[:0], b, s0, a.choices))
}

// verifyOverall checks the overall and the blank proof: together they say that
// either the blank alone is marked, or between Min and Max answers without it.
func (a *askedAnswer) verifyOverall(b *group.Batch, s []byte) error {
	if !a.question.Blank {
		return overall(a.overall.Verify(b, zkp.TagMembership, zkp.AppendStatement(nil, b, s, a.sum)))
	}
	if err := overall(a.overall.Verify(b, zkp.TagOverall, s)); err != nil {
		return err
	}
	if err := a.blankProof.Verify(b, zkp.TagBlank, s); err != nil {
		return fmt.Errorf("blank proof: %w", err)
	}
	return nil
}

// appendAnswerPrefix appends the answerPrefix of ciphertexts in a batch that has run.
func appendAnswerPrefix(text []byte, b *group.Batch, s0 []byte, choices []elgamal.Ref) []byte {
	text = append(append(text, s0...), '|')
	for i, r := range choices {
		if i > 0 {
			text = append(text, ',')
		}
		text = r.AppendList(b, text)
	}
	return text
}

func overall(err error) error {
	if err != nil {
		return fmt.Errorf("overall proof: %w", err)
	}
	return nil
}
