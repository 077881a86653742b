// Package zkp holds the zero-knowledge proofs of the protocol, and is the only
// place of the program where a challenge is hashed.
//
// Every proof is a pair (challenge, response), or a list of such pairs, and
// nothing else: a verifier computes the prover's commitments again from the
// statement and the proof and hashes them, so that it cannot forget to
// (docs/PROTOCOL.md §6 to §8). Challenges are made by the strong Fiat–Shamir
// transform, with one exception that the protocol fixes and that has a strong
// companion here: see [ProveDecryption].
//
// All of them are Schnorr proofs (1991) and their compositions: equality of
// logarithms (Chaum, Pedersen 1992) and disjunction (Cramer, Damgård,
// Schoenmakers 1994).
package zkp

import (
	"crypto/sha256"
	"errors"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
)

// ErrChallenge is returned when a proof does not hold.
var ErrChallenge = errors.New("challenge mismatch")

// A Proof is a challenge and the response to it.
type Proof struct{ Challenge, Response *group.Scalar }

// AppendJSON appends {"challenge","response"}.
func (p Proof) AppendJSON(b []byte) []byte {
	b = wire.AppendScalar(append(b, `{"challenge":`...), p.Challenge)
	b = wire.AppendScalar(append(b, `,"response":`...), p.Response)
	return append(b, '}')
}

// ReadProof reads what [Proof.AppendJSON] appends.
func ReadProof(r *wire.Reader) (p Proof) {
	r.Literal(`{"challenge":`)
	p.Challenge = r.Scalar()
	r.Literal(`,"response":`)
	p.Response = r.Scalar()
	r.Literal(`}`)
	return p
}

// Random yields the secret scalars of a proof, each fresh, uniform and never
// used again: [group.RandomScalar], except where a test must repeat a proof.
type Random func() *group.Scalar

// challenge is H of docs/PROTOCOL.md §2.
func challenge(text []byte) *group.Scalar {
	return group.ScalarFromHash(sha256.Sum256(text))
}
