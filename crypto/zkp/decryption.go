package zkp

import (
	"encoding/hex"
	"fmt"

	"github.com/homphieu/homphieu/crypto/group"
)

// A Decryption is the statement that Factor = Alpha^x for the same x as in
// Public = g^x.
type Decryption struct{ Public, Alpha, Factor *group.Element }

// ProveDecryption proves a decryption as the published protocol does
// (docs/PROTOCOL.md §8): challenge = H("decrypt|" φ "|" X "|" A "," B).
//
// BUG(protocol): this challenge binds neither Alpha nor Factor. A trustee who
// also chose the randomness of the last ballot can commit first and make a
// false Factor pass; tally/archive has a test that does it. It is kept because
// archives must satisfy the published verifier, and is always given together
// with [ProveDecryptionStrong].
func ProveDecryption(fingerprint string, x *group.Scalar, d Decryption) Proof {
	return proveEqual(x, d.Alpha, func(a, b *group.Element) *group.Scalar {
		return weakChallenge(fingerprint, d, a, b)
	})
}

// VerifyDecryption checks a proof of [ProveDecryption].
func VerifyDecryption(fingerprint string, d Decryption, p Proof) error {
	a, b := d.commitments(p)
	if !weakChallenge(fingerprint, d, a, b).Equal(p.Challenge) {
		return ErrChallenge
	}
	return nil
}

func weakChallenge(fingerprint string, d Decryption, a, b *group.Element) *group.Scalar {
	text := d.Public.AppendHex([]byte("decrypt|" + fingerprint + "|"))
	return challenge(group.AppendHexList(append(text, '|'), ',', a, b))
}

// A Place names one ciphertext of one encrypted tally: the election's
// fingerprint φ, the SHA-256 of the encrypted tally's bytes, and the indices
// of question and choice, both from 0.
type Place struct {
	Fingerprint      string
	Tally            [32]byte
	Question, Choice int
}

// ProveDecryptionStrong proves the same statement as [ProveDecryption] with a
// challenge that binds all of it (docs/PROTOCOL.md §8):
//
//	H("homphieu-decrypt-v1|" φ "|" hex(tally) "|" i "|" j "|" X "|" alpha "|" F "|" A "|" B)
func ProveDecryptionStrong(at Place, x *group.Scalar, d Decryption) Proof {
	return proveEqual(x, d.Alpha, func(a, b *group.Element) *group.Scalar {
		return strongChallenge(at, d, a, b)
	})
}

// VerifyDecryptionStrong checks a proof of [ProveDecryptionStrong].
func VerifyDecryptionStrong(at Place, d Decryption, p Proof) error {
	a, b := d.commitments(p)
	if !strongChallenge(at, d, a, b).Equal(p.Challenge) {
		return ErrChallenge
	}
	return nil
}

func strongChallenge(at Place, d Decryption, a, b *group.Element) *group.Scalar {
	text := fmt.Appendf(nil, "homphieu-decrypt-v1|%s|%s|%d|%d|",
		at.Fingerprint, hex.EncodeToString(at.Tally[:]), at.Question, at.Choice)
	return challenge(group.AppendHexList(text, '|', d.Public, d.Alpha, d.Factor, a, b))
}

// proveEqual proves that the logarithms of X and F to the bases g and alpha
// are both x, with a fresh w for each proof.
func proveEqual(x *group.Scalar, alpha *group.Element, hash func(a, b *group.Element) *group.Scalar) Proof {
	w := group.RandomScalar()
	c := hash(group.BaseExp(w), alpha.Exp(w))
	return Proof{c, w.Sub(x.Mul(c))}
}

// commitments computes A = g^response · X^challenge and
// B = alpha^response · F^challenge again.
func (d Decryption) commitments(p Proof) (a, b *group.Element) {
	exponents := []*group.Scalar{p.Response, p.Challenge}
	a = group.VarTimeProduct([]*group.Element{group.Generator(), d.Public}, exponents)
	b = group.VarTimeProduct([]*group.Element{d.Alpha, d.Factor}, exponents)
	return a, b
}
