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

// An AskedDecryption is a statement of which the commitments of one proof were
// asked of a batch.
type AskedDecryption struct {
	statement Decryption
	proof     Proof
	a, b      group.Power
}

// A DecryptionRef is a statement whose points are in a batch.
type DecryptionRef struct {
	statement             Decryption
	public, alpha, factor group.Ref
}

// In takes the points of a statement into a batch.
func (d Decryption) In(b *group.Batch) DecryptionRef {
	return DecryptionRef{d, b.Element(d.Public), b.Element(d.Alpha), b.Element(d.Factor)}
}

// Ask asks for A = g^response · X^challenge and B = alpha^response · F^challenge.
func (r DecryptionRef) Ask(b *group.Batch, p Proof) AskedDecryption {
	return AskedDecryption{
		statement: r.statement, proof: p,
		a: b.Power(r.public, p.Challenge, p.Response, nil),
		b: b.Join(b.Power(r.alpha, p.Response, nil, nil), b.Power(r.factor, p.Challenge, nil, nil)),
	}
}

// Verify checks a proof of [ProveDecryption], once the batch has run.
func (d AskedDecryption) Verify(b *group.Batch, fingerprint string) error {
	text := append(d.statement.Public.AppendHex([]byte("decrypt|"+fingerprint+"|")), '|')
	return d.check(b, text, ',')
}

// VerifyStrong checks a proof of [ProveDecryptionStrong], once the batch has run.
func (d AskedDecryption) VerifyStrong(b *group.Batch, at Place) error {
	text := group.AppendHexList(strongPrefix(at), '|', d.statement.Public, d.statement.Alpha, d.statement.Factor)
	return d.check(b, append(text, '|'), '|')
}

func (d AskedDecryption) check(b *group.Batch, text []byte, sep byte) error {
	text = b.AppendPower(append(b.AppendPower(text, d.a), sep), d.b)
	if !challenge(text).Equal(d.proof.Challenge) {
		return ErrChallenge
	}
	return nil
}

// VerifyDecryption checks a proof of [ProveDecryption].
func VerifyDecryption(fingerprint string, d Decryption, p Proof) error {
	b := group.NewBatch(nil)
	asked := d.In(b).Ask(b, p)
	b.Run()
	return asked.Verify(b, fingerprint)
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
	b := group.NewBatch(nil)
	asked := d.In(b).Ask(b, p)
	b.Run()
	return asked.VerifyStrong(b, at)
}

func strongChallenge(at Place, d Decryption, a, b *group.Element) *group.Scalar {
	return challenge(group.AppendHexList(strongPrefix(at), '|', d.Public, d.Alpha, d.Factor, a, b))
}

func strongPrefix(at Place) []byte {
	return fmt.Appendf(nil, "homphieu-decrypt-v1|%s|%s|%d|%d|",
		at.Fingerprint, hex.EncodeToString(at.Tally[:]), at.Question, at.Choice)
}

// proveEqual proves that the logarithms of X and F to the bases g and alpha
// are both x, with a fresh w for each proof.
func proveEqual(x *group.Scalar, alpha *group.Element, hash func(a, b *group.Element) *group.Scalar) Proof {
	w := group.RandomScalar()
	c := hash(group.BaseExp(w), alpha.Exp(w))
	return Proof{c, w.Sub(x.Mul(c))}
}
