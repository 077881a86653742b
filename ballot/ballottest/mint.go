// Package ballottest mints ballots by the hundred thousand, for tests and
// benchmarks of what a great many ballots cost.
//
// NOBODY MAY EVER VOTE WITH A MINTED BALLOT. All ballots of a [Mint] share the
// numbers that a voter must draw anew for each proof and never show: two ballots
// are enough to compute them, and with them what every ballot of the mint says
// and the secret of every credential. Only tests import this package, which
// docs/imports_test.go sees to.
//
// To anybody who verifies, a minted ballot is a ballot like every other: its
// proofs hold, and no two are the same or have the first alpha in common. A
// proof commits to powers of g and y before its challenge is hashed, so that
// the mint can compute them once for all its ballots (docs/PROTOCOL.md §7):
//
//	true branch        A = g^w,  B = y^w
//	simulated branch   A = g^a,  B = y^a · g^((m - M)·challenge)
//
// with w, a and the simulated challenges the same in every ballot. What is left
// for each of them is to hash, to subtract, and response = a - r·challenge. The
// secrets of the credentials and the first r of a ballot are consecutive, so that
// the points of one ballot follow from those of the one before by an addition.
//
//	mint, err := ballottest.NewMint(e)
//	setup.Credentials = mint.Credentials(100_000)
//	for i, raw := range mint.Ballots(100_000) { … }
package ballottest

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"iter"
	"runtime"
	"slices"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/elgamal"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// A Mint makes the ballots of one election. It is never changed and safe for
// concurrent use.
type Mint struct {
	election   *ballot.Election
	key        *elgamal.PublicKey
	secret     *group.Scalar  // of the first credential
	credential *group.Element // the first one
	w          *group.Scalar  // of the signatures
	commitment []byte         // g^w
	answers    [][]answer     // per question and choice, the answer that marks it alone
}

// NewMint prepares the ballots of an election. A question of which one choice
// alone may not be marked is an error.
func NewMint(e *ballot.Election) (*Mint, error) {
	key, err := elgamal.NewPublicKey(e.PublicKey)
	if err != nil {
		return nil, err
	}
	m := &Mint{election: e, key: key, secret: group.RandomScalar(), w: group.RandomScalar()}
	m.credential, m.commitment = group.BaseExp(m.secret), group.BaseExp(m.w).AppendHex(nil)
	for i := range e.Questions {
		q := &e.Questions[i]
		if q.Min > 1 || q.Max < 1 {
			return nil, fmt.Errorf("mint: question %d: %d to %d marks, want 1 among them", i+1, q.Min, q.Max)
		}
		answers := make([]answer, q.Choices())
		for c := range answers {
			answers[c] = newAnswer(key, q, c, i == 0)
		}
		m.answers = append(m.answers, answers)
	}
	return m, nil
}

// Mark tells which choice ballot number i marks in a question, the blank first
// where there is one: each in turn.
func (m *Mint) Mark(i, question int) int { return (i + question) % len(m.answers[question]) }

// chunk is how many ballots are made in one piece: their points share an inversion.
const chunk = 64

// Credentials returns the credentials object of the first n ballots.
func (m *Mint) Credentials(n int) []byte {
	keys := make([][]byte, 0, n)
	for s := m.start(); len(keys) < n; s = s.plus(m.step(chunk)) {
		points := make([]*group.Element, min(chunk, n-len(keys)))
		for i, at := range m.from(s, len(points)) {
			points[i] = m.credential.Mul(at.g)
		}
		keys = append(keys, bytes.Split(group.AppendHexList(nil, ',', points...), []byte{','})...)
	}
	slices.SortFunc(keys, bytes.Compare)
	return wire.AppendList(nil, n, func(b []byte, i int) []byte {
		return append(append(append(b, '"'), keys[i]...), '"')
	})
}

// Ballots yields the first n ballots in their order, each under a credential of
// its own. All processors make them, a few ahead of the caller.
func (m *Mint) Ballots(n int) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		ahead := make(chan chan [][]byte, runtime.GOMAXPROCS(0))
		s, step, begun := m.start(), m.step(chunk), 0
		for i := 0; i < n; {
			for ; begun < n && len(ahead) < cap(ahead); begun += chunk {
				made := make(chan [][]byte, 1) // who stops early leaves it there
				go func(s shift, count int) { made <- m.make(s, count) }(s, min(chunk, n-begun))
				ahead <- made
				s = s.plus(step)
			}
			for _, raw := range <-<-ahead {
				if !yield(i, raw) {
					return
				}
				i++
			}
		}
	}
}

// Product returns the product of the first n ballots, which the mint knows
// without making them: it knows all exponents.
func (m *Mint) Product(n int) ballot.Product {
	product := m.election.NewProduct()
	for question, answers := range m.answers {
		for mark, a := range answers {
			times, steps := 0, 0 // of this answer, and what they are shifted in all
			for i := range n {
				if m.Mark(i, question) == mark {
					times, steps = times+1, steps+i
				}
			}
			for c := range product[question] {
				o := &a.openings[c]
				r := o.Randomness.Mul(group.ScalarFromInt(times))
				if a.moves(c) {
					r = r.Add(group.ScalarFromInt(steps))
				}
				product[question][c] = product[question][c].Mul(m.key.Encrypt(times*o.Message, r))
			}
		}
	}
	return product
}

// A shift is what ballot number i differs by from the first: g^i and y^i.
type shift struct {
	i    int
	g, y *group.Element
}

func (m *Mint) start() shift { return shift{0, group.Identity(), group.Identity()} }

func (m *Mint) step(i int) shift {
	k := group.ScalarFromInt(i)
	return shift{i, group.BaseExp(k), m.key.Exp(k)}
}

func (s shift) plus(t shift) shift { return shift{s.i + t.i, s.g.Mul(t.g), s.y.Mul(t.y)} }

// from yields n shifts beginning with s.
func (m *Mint) from(s shift, n int) iter.Seq2[int, shift] {
	return func(yield func(int, shift) bool) {
		one := shift{1, group.Generator(), m.key.Element()}
		for i := 0; i < n && yield(i, s); i++ {
			s = s.plus(one)
		}
	}
}

// perBallot is how many points of a ballot are its own: the credential, the
// first ciphertext, and the sum of the first answer.
const perBallot = 5

// make makes n ballots beginning with the one that s is about.
func (m *Mint) make(s shift, n int) [][]byte {
	points := make([]*group.Element, 0, perBallot*n)
	for _, at := range m.from(s, n) {
		a := &m.answers[0][m.Mark(at.i, 0)]
		first, sum := a.openings[0].Ciphertext, a.openings[a.sum()].Ciphertext
		points = append(points, m.credential.Mul(at.g), first.Alpha.Mul(at.g), first.Beta.Mul(at.y))
		if a.moves(a.sum()) {
			sum = elgamal.Ciphertext{Alpha: sum.Alpha.Mul(at.g), Beta: sum.Beta.Mul(at.y)}
		}
		points = append(points, sum.Alpha, sum.Beta)
	}
	texts := group.AppendHexList(nil, ',', points...)
	const element = group.ElementSize + 1
	ballots := make([][]byte, n)
	for i := range ballots {
		own := texts[perBallot*element*i:]
		ballots[i] = m.ballot(s.i+i, own[:group.ElementSize], pair(own[element:]), pair(own[3*element:]))
	}
	return ballots
}

// pair returns the text α "," β that b begins with.
func pair(b []byte) []byte { return b[:2*group.ElementSize+1] }

// ballot writes ballot number i, given the texts of its own points.
func (m *Mint) ballot(i int, credential, first, sum []byte) []byte {
	f, shift := m.election.Fingerprint(), group.ScalarFromInt(i)
	s0 := append([]byte(f+"|"), credential...)
	b := append(make([]byte, 0, m.election.MaxBallotSize()), `{"election_uuid":"`+string(m.election.UUID)+`","election_hash":"`+string(f)+`","credential":"`...)
	b = append(append(b, credential...), `","answers":`...)
	b = wire.AppendList(b, len(m.answers), func(b []byte, question int) []byte {
		a := &m.answers[question][m.Mark(i, question)]
		if question == 0 {
			return a.append(b, s0, shift, first, sum)
		}
		return a.append(b, s0, shift, a.texts[0], a.texts[a.sum()])
	})
	signed := sha256.New()
	signed.Write(b)
	signed.Write([]byte{'}'})
	hash := base64.RawStdEncoding.EncodeToString(signed.Sum(nil))
	c := challenge([]byte("sig|"+hash+"|"), m.commitment)
	b = append(b, `,"signature":{"hash":"`+hash+`","proof":`...)
	b = zkp.Proof{Challenge: c, Response: m.w.Sub(m.secret.Add(shift).Mul(c))}.AppendJSON(b)
	return append(b, `}}`...)
}

// challenge is H of docs/PROTOCOL.md §2.
func challenge(parts ...[]byte) *group.Scalar {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
	}
	return group.ScalarFromHash([32]byte(h.Sum(nil)))
}
