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

// nonce derives the w of a signature that the same seed must be able to make
// again, from the whole message, so that no two messages share it. The idea is
// that of RFC 6979 and of Ed25519 itself (RFC 8032 §5.1.6); the form is that of
// credentials (docs/PROTOCOL.md §5):
//
//	w = ( SHA-256("homphieu-nonce-v1|0|" seed "|" M) · SHA-256("homphieu-nonce-v1|1|" seed "|" M) ) mod q
//
// where the two sums are joined to a 512-bit big-endian number.
func nonce(seed, message string) *group.Scalar {
	var wide [64]byte
	for i := range 2 {
		sum := sha256.Sum256(fmt.Appendf(nil, "homphieu-nonce-v1|%d|%s|%s", i, seed, message))
		copy(wide[32*i:], sum[:])
	}
	return group.ScalarFromWide(&wide)
}

// A Signed is a message with a signature over its exact text.
type Signed struct {
	Message   string
	Signature zkp.Proof
}

// Sign signs message with the signing key sk.
func Sign(sk *group.Scalar, message []byte) Signed {
	return Signed{string(message), zkp.Sign(sk, string(message))}
}

// SignAgain signs message with the signing key of seed, and gives the same
// signature every time: what a trustee has announced by its hash must come out
// of the seed again.
func SignAgain(seed string, message []byte) Signed {
	w := func() *group.Scalar { return nonce(seed, string(message)) }
	return Signed{string(message), zkp.SignWith(SigningKey(seed), string(message), w)}
}

// Verify checks the signature against the signing key g^sk.
func (s Signed) Verify(verification *group.Element) error {
	if err := zkp.VerifySignature(verification, s.Message, s.Signature); err != nil {
		return fmt.Errorf("signature: %w", err)
	}
	return nil
}

// AppendJSON appends {"message","signature"}.
func (s Signed) AppendJSON(b []byte) []byte {
	b = wire.AppendText(append(b, `{"message":`...), s.Message)
	b = s.Signature.AppendJSON(append(b, `,"signature":`...))
	return append(b, '}')
}

// ReadSigned reads what [Signed.AppendJSON] appends. Nothing is verified yet.
func ReadSigned(r *wire.Reader) (s Signed) {
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
// threshold, signed with the key that seed gives. It is the same every time.
func NewCertificate(seed string, size, threshold, index int) Signed {
	b := fmt.Appendf(nil, `{"context":{"group":"Ed25519","size":%d,"threshold":%d,"index":%d},"verification":`, size, threshold, index)
	b = wire.AppendElement(b, group.BaseExp(SigningKey(seed)))
	b = wire.AppendElement(append(b, `,"encryption":`...), group.BaseExp(EncryptionKey(seed)))
	return SignAgain(seed, append(b, '}'))
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
	if err := s.Verify(c.Verification); err != nil {
		return nil, err
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
// A signature is checked by [Key.VerifyMember].
func (k Key) Verify() error {
	if k.Public.IsIdentity() {
		return errors.New("public key: the identity")
	}
	if err := zkp.VerifyKnowledge(k.Public, k.Knowledge); err != nil {
		return fmt.Errorf("proof of knowledge: %w", err)
	}
	return nil
}

// VerifyMember checks the key of a Pedersen member: [Key.Verify], the signature
// by the key of its certificate, and that it is the key g^S_j that follows from
// sum, the product of all members' coefexps.
func (k Key) VerifyMember(certificate *Certificate, sum Coefexps) error {
	if err := k.Verify(); err != nil {
		return err
	}
	if k.Signature == nil {
		return errors.New("signature: missing")
	}
	if err := zkp.VerifySignature(certificate.Verification, k.Public.String(), *k.Signature); err != nil {
		return fmt.Errorf("signature: %w", err)
	}
	if !k.Public.Equal(sum.Image(certificate.Index)) {
		return errors.New("public key: not that of the coefexps")
	}
	return nil
}
