// Package threshold makes and checks the keys of trustees: a key of one
// trustee alone, and a key that m trustees make together so that any t of them
// can decrypt (Pedersen 1991, as docs/PROTOCOL.md §6 profiles it).
//
// Each of the m trustees has a seed and derives from it a signing and an
// encryption key, which its certificate binds to its index j (from 1). It picks
// a polynomial f_j of degree t-1, publishes g^a for each coefficient a (its
// coefexps) and gives f_j(i) to trustee i. The election key is the product of
// all g^f_j(0); trustee j decrypts with S_j = Σ_i f_i(j), and everybody can
// compute g^S_j from the coefexps.
//
// The functions are pure; who sends what to whom, and in which order, is the
// business of the ceremony around them.
package threshold

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// SeedSize is the number of Base58 characters of a seed, over 128 bits.
const SeedSize = 22

// ErrShare is returned for a share that does not lie on its polynomial.
var ErrShare = errors.New("share: not on the published polynomial")

// NewSeed draws a trustee's seed.
func NewSeed() string { return wire.RandomBase58(SeedSize) }

// SigningKey derives sk = H("sk|" seed).
func SigningKey(seed string) *group.Scalar { return derive("sk|" + seed) }

// EncryptionKey derives dk = H("dk|" seed).
func EncryptionKey(seed string) *group.Scalar { return derive("dk|" + seed) }

func derive(s string) *group.Scalar { return group.ScalarFromHash(sha256.Sum256([]byte(s))) }

// A Signed is a message with a signature over its exact text.
type Signed struct {
	Message   string
	Signature zkp.Proof
}

// Sign signs message with the signing key sk.
func Sign(sk *group.Scalar, message []byte) Signed {
	return Signed{string(message), zkp.Sign(sk, string(message))}
}

// AppendJSON appends {"message","signature"}.
func (s Signed) AppendJSON(b []byte) []byte {
	b = wire.AppendText(append(b, `{"message":`...), s.Message)
	b = s.Signature.AppendJSON(append(b, `,"signature":`...))
	return append(b, '}')
}

func readSigned(r *wire.Reader) (s Signed) {
	r.Literal(`{"message":`)
	s.Message = r.Message()
	r.Literal(`,"signature":`)
	s.Signature = zkp.ReadProof(r)
	r.Literal(`}`)
	return s
}

// A Certificate binds a trustee's keys to its place among the others.
type Certificate struct {
	Size, Threshold, Index   int // m, t, and j from 1
	Verification, Encryption *group.Element
}

// NewCertificate makes the certificate of trustee index of size with
// threshold, signed with the key that seed gives.
func NewCertificate(seed string, size, threshold, index int) Signed {
	sk := SigningKey(seed)
	b := fmt.Appendf(nil, `{"context":{"group":"Ed25519","size":%d,"threshold":%d,"index":%d},"verification":`, size, threshold, index)
	b = wire.AppendElement(b, group.BaseExp(sk))
	b = wire.AppendElement(append(b, `,"encryption":`...), group.BaseExp(EncryptionKey(seed)))
	return Sign(sk, append(b, '}'))
}

// ParseCertificate reads a certificate and checks its signature and that its
// keys are not the identity.
func ParseCertificate(s Signed) (*Certificate, error) {
	r, c := wire.NewReader([]byte(s.Message)), new(Certificate)
	r.Literal(`{"context":{"group":"Ed25519","size":`)
	c.Size = r.Int()
	r.Literal(`,"threshold":`)
	c.Threshold = r.Int()
	r.Literal(`,"index":`)
	c.Index = r.Int()
	r.Literal(`},"verification":`)
	c.Verification = r.Element()
	r.Literal(`,"encryption":`)
	c.Encryption = r.Element()
	r.Literal(`}`)
	if err := r.End(); err != nil {
		return nil, err
	}
	if c.Verification.IsIdentity() || c.Encryption.IsIdentity() {
		return nil, errors.New("key: the identity")
	}
	if err := zkp.VerifySignature(c.Verification, s.Message, s.Signature); err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	return c, nil
}

// A Key is a trustee's public key with the proof that its secret is known, and,
// for a member of a Pedersen board, the member's signature of it.
type Key struct {
	Knowledge zkp.Proof
	Public    *group.Element
	Signature *zkp.Proof // nil for a trustee alone
}

// NewKey makes the public key of a trustee alone with the secret x.
func NewKey(x *group.Scalar) Key {
	return Key{Knowledge: zkp.ProveKnowledge(x), Public: group.BaseExp(x)}
}

// NewVerificationKey makes the public key of a Pedersen member with the
// decryption key x, signed with its signing key sk.
func NewVerificationKey(sk, x *group.Scalar) Key {
	k := NewKey(x)
	signature := zkp.Sign(sk, k.Public.String())
	k.Signature = &signature
	return k
}

// AppendJSON appends {"pok","public_key","signature"?}.
func (k Key) AppendJSON(b []byte) []byte {
	b = k.Knowledge.AppendJSON(append(b, `{"pok":`...))
	b = wire.AppendElement(append(b, `,"public_key":`...), k.Public)
	if k.Signature != nil {
		b = k.Signature.AppendJSON(append(b, `,"signature":`...))
	}
	return append(b, '}')
}

// ReadKey reads what [Key.AppendJSON] appends.
func ReadKey(r *wire.Reader) (k Key) {
	r.Literal(`{"pok":`)
	k.Knowledge = zkp.ReadProof(r)
	r.Literal(`,"public_key":`)
	k.Public = r.Element()
	if r.Optional(`,"signature":`) {
		p := zkp.ReadProof(r)
		k.Signature = &p
	}
	r.Literal(`}`)
	return k
}

// Verify checks that the key is not the identity and that its secret is known.
// A signature is checked by [Parameters.Verify].
func (k Key) Verify() error {
	if k.Public.IsIdentity() {
		return errors.New("public key: the identity")
	}
	if err := zkp.VerifyKnowledge(k.Public, k.Knowledge); err != nil {
		return fmt.Errorf("proof of knowledge: %w", err)
	}
	return nil
}
