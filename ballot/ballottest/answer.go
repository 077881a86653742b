package ballottest

import (
	"bytes"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/elgamal"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// An answer to one question, marking one choice, as all ballots give it but for
// their prefixes. In the first question the first ciphertext, and what is
// computed from it, is shifted by one from ballot to ballot.
type answer struct {
	openings   []zkp.Opening // of the choices, then of the sum of those that are no blank
	texts      [][]byte      // α "," β of each
	first      bool          // of the first question
	blank      bool
	individual []proof
	overall    proof
	either     proof // the blank proof, if there is a blank
}

// sum is the place of the sum.
func (a *answer) sum() int { return len(a.openings) - 1 }

// moves tells whether the opening at place is shifted from ballot to ballot: the
// first choice, and without blank the sum of which it is a part.
func (a *answer) moves(place int) bool {
	return a.first && (place == 0 || place == a.sum() && !a.blank)
}

func newAnswer(key *elgamal.PublicKey, q *ballot.Question, mark int, first bool) answer {
	a := answer{first: first, blank: q.Blank}
	for c := range q.Choices() {
		message, r := 0, group.RandomScalar()
		if c == mark {
			message = 1
		}
		a.openings = append(a.openings, zkp.Opening{Ciphertext: key.Encrypt(message, r), Message: message, Randomness: r})
	}
	summed := a.openings
	if q.Blank {
		summed = summed[1:]
	}
	a.openings = append(a.openings, zkp.Sum(summed))
	for _, o := range a.openings {
		a.texts = append(a.texts, group.AppendHexList(nil, ',', o.Ciphertext.Alpha, o.Ciphertext.Beta))
	}
	for c := range q.Choices() {
		a.individual = append(a.individual, a.prove(key, zkp.TagMembership, claim{c, 0}, claim{c, 1}))
	}
	a.proveSum(key, q)
	return a
}

// proveSum prepares the overall and the blank proof.
func (a *answer) proveSum(key *elgamal.PublicKey, q *ballot.Question) {
	var counts []claim
	for n := q.Min; n <= q.Max; n++ {
		counts = append(counts, claim{a.sum(), n})
	}
	if !q.Blank {
		a.overall = a.prove(key, zkp.TagMembership, counts...)
		return
	}
	a.overall = a.prove(key, zkp.TagOverall, append([]claim{{0, 1}}, counts...)...)
	a.either = a.prove(key, zkp.TagBlank, claim{0, 0}, claim{a.sum(), 0})
}

// append appends the answer of a ballot, given S0, how far the ballot is
// shifted, and the texts of the first ciphertext and of the sum.
func (a *answer) append(b, s0 []byte, shift *group.Scalar, first, sum []byte) []byte {
	texts := append([][]byte{first}, a.texts[1:a.sum()]...)
	b = wire.AppendList(append(b, `{"choices":`...), len(texts), func(b []byte, i int) []byte {
		alpha, beta, _ := bytes.Cut(texts[i], []byte{','})
		b = append(append(append(b, `{"alpha":"`...), alpha...), `","beta":"`...)
		return append(append(b, beta...), `"}`...)
	})
	b = wire.AppendList(append(b, `,"individual_proofs":`...), len(texts), func(b []byte, i int) []byte {
		return a.individual[i].append(b, shift, s0, []byte{'|'}, texts[i])
	})
	b = append(b, `,"overall_proof":`...)
	s := append(append(append([]byte(nil), s0...), '|'), bytes.Join(texts, []byte{','})...)
	if !a.blank {
		return append(a.overall.append(b, shift, s, []byte{'|'}, sum), '}')
	}
	b = append(a.overall.append(b, shift, s), `,"blank_proof":`...)
	return append(a.either.append(b, shift, s), '}')
}

// A claim is that the opening at a place is of a value.
type claim struct{ place, value int }

// A proof is a disjunction of which everything is known but its statement, and
// so the challenge of its true branch.
type proof struct {
	tag         zkp.Tag
	commitments []byte // "|" A_0 "," B_0 "," …
	rest        *group.Scalar
	branches    []branch
}

// A branch is one of a proof.
type branch struct {
	text      []byte        // the whole of it, if it is the same in every ballot
	a         *group.Scalar // A = g^a
	challenge *group.Scalar // of a simulated branch, nil of the true one
	r         *group.Scalar // of the ciphertext, in the first ballot
	moves     bool          // whether r is shifted
}

// prove prepares a proof, of whose claims the first that holds is the true branch
// as [zkp.Prove] has it.
func (a *answer) prove(key *elgamal.PublicKey, tag zkp.Tag, claims ...claim) proof {
	p, proved := proof{tag: tag, rest: new(group.Scalar)}, false
	var commitments []*group.Element
	for _, c := range claims {
		o := &a.openings[c.place]
		b := branch{a: group.RandomScalar(), r: o.Randomness, moves: a.moves(c.place)}
		atG := new(group.Scalar)
		if !proved && o.Message == c.value {
			proved = true
		} else {
			b.challenge = group.RandomScalar()
			atG = group.ScalarFromInt(o.Message - c.value).Mul(b.challenge)
			p.rest = p.rest.Add(b.challenge)
			if !b.moves {
				b.text = b.append(nil, b.challenge, nil)
			}
		}
		commitments = append(commitments, group.BaseExp(b.a), key.Exp(b.a).Mul(group.BaseExp(atG)))
		p.branches = append(p.branches, b)
	}
	p.commitments = group.AppendHexList([]byte{'|'}, ',', commitments...)
	return p
}

// append appends the proof of a ballot, given the parts of its statement.
func (p *proof) append(b []byte, shift *group.Scalar, statement ...[]byte) []byte {
	text := append(append(make([]byte, 0, 4<<10), p.tag...), '|')
	for _, part := range statement {
		text = append(text, part...)
	}
	c := challenge(text, p.commitments).Sub(p.rest)
	return wire.AppendList(b, len(p.branches), func(b []byte, i int) []byte {
		branch := &p.branches[i]
		switch {
		case branch.text != nil:
			return append(b, branch.text...)
		case branch.challenge != nil:
			return branch.append(b, branch.challenge, shift)
		}
		return branch.append(b, c, shift)
	})
}

// append appends a branch with its challenge: A stays what it is, so that the
// response follows from r.
func (s *branch) append(b []byte, c, shift *group.Scalar) []byte {
	r := s.r
	if s.moves {
		r = r.Add(shift)
	}
	return zkp.Proof{Challenge: c, Response: s.a.Sub(r.Mul(c))}.AppendJSON(b)
}
