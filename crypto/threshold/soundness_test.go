package threshold

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// TestParametersSoundness is the soundness table of a board of 2 of 3: with
// any one thing changed it is refused, for the reason named.
func TestParametersSoundness(t *testing.T) {
	original := newBoard(t, 3, 2)
	for _, table := range [][]alteration{shapeAlterations, certificateAlterations, coefexpsAlterations, keyAlterations} {
		for _, a := range table {
			t.Run(a.name, func(t *testing.T) {
				b := original.clone()
				a.alter(b)
				_, _, err := b.public.Verify()
				if err == nil || !strings.HasPrefix(err.Error(), a.want) {
					t.Errorf("%v, want %s", err, a.want)
				}
			})
		}
	}
	if _, _, err := original.public.Verify(); err != nil {
		t.Errorf("the original, afterwards: %v", err)
	}
}

type alteration struct {
	name  string
	alter func(b *board)
	want  string // how the error begins
}

func (b *board) clone() *board {
	c := *b
	p := *b.public
	p.Certificates, p.Coefexps = slices.Clone(p.Certificates), slices.Clone(p.Coefexps)
	p.Signatures, p.VerificationKeys = slices.Clone(p.Signatures), slices.Clone(p.VerificationKeys)
	c.public, c.polynomials = &p, slices.Clone(b.polynomials)
	return &c
}

func swap[T any](list []T) { list[0], list[1] = list[1], list[0] }

func plusOne(s **group.Scalar) { *s = (*s).Add(group.ScalarFromInt(1)) }

var shapeAlterations = []alteration{
	{"threshold 0", func(b *board) { b.public.Threshold = 0 }, "threshold: 0 of 3"},
	{"threshold -1", func(b *board) { b.public.Threshold = -1 }, "threshold: -1 of 3"},
	{"threshold above m", func(b *board) { b.public.Threshold = 4 }, "threshold: 4 of 3"},
	{"threshold lowered", func(b *board) { b.public.Threshold = 1 }, "certificate 1: made for trustee 1 of 3 with threshold 2"},
	{"threshold raised", func(b *board) { b.public.Threshold = 3 }, "certificate 1: made for trustee 1 of 3 with threshold 2"},
	{"nobody", func(b *board) { *b.public = Parameters{Threshold: 1} }, "threshold: 1 of 0"},
	{"nobody, threshold 0", func(b *board) { *b.public = Parameters{} }, "threshold: 0 of 0"},
	{"a certificate less", func(b *board) { b.public.Certificates = b.public.Certificates[:2] }, "threshold parameters: 2 cert"},
	{"coefexps less", func(b *board) { b.public.Coefexps = b.public.Coefexps[:2] }, "threshold parameters: 3 certificates, 2 coefexps"},
	{"a signature less", func(b *board) { b.public.Signatures = b.public.Signatures[:2] }, "threshold parameters: 3 certificates, 3 coefexps, 2 sig"},
	{"no signatures", func(b *board) { b.public.Signatures = nil }, "threshold parameters: 3 certificates, 3 coefexps, 0 sig"},
	{"a key less", func(b *board) { b.public.VerificationKeys = b.public.VerificationKeys[:2] }, "threshold parameters: 3 certificates, 3 coefexps, 3 signatures, 2 "},
	{"a key more", func(b *board) {
		b.public.VerificationKeys = append(b.public.VerificationKeys, b.public.VerificationKeys[0])
	}, "threshold parameters: 3 certificates, 3 coefexps, 3 signatures, 4 "},
	{"one trustee removed", func(b *board) {
		p := b.public
		p.Certificates, p.Coefexps, p.Signatures, p.VerificationKeys = p.Certificates[:2], p.Coefexps[:2], p.Signatures[:2], p.VerificationKeys[:2]
	}, "certificate 1: made for trustee 1 of 3"},
}

// certificate makes any certificate, signed with sk.
func certificate(size, threshold, index int, sk *group.Scalar, encryption *group.Element) Signed {
	return Sign(sk, fmt.Appendf(nil, `{"context":{"group":"Ed25519","size":%d,"threshold":%d,"index":%d},"verification":"%s","encryption":"%s"}`,
		size, threshold, index, group.BaseExp(sk), encryption))
}

// respell replaces text in the message of certificate 2 and signs it again.
func respell(old, text string) func(b *board) {
	return func(b *board) {
		message := strings.Replace(b.public.Certificates[1].Message, old, text, 1)
		b.public.Certificates[1] = Sign(b.signing[1], []byte(message))
	}
}

var certificateAlterations = []alteration{
	{"certificates swapped", func(b *board) { swap(b.public.Certificates) }, "certificate 1: made for trustee 2 of 3"},
	{"certificate twice", func(b *board) { b.public.Certificates[1] = b.public.Certificates[0] }, "certificate 2: made for trustee 1 of 3"},
	{"certificate challenge", func(b *board) { plusOne(&b.public.Certificates[1].Signature.Challenge) }, "certificate 2: signature: challenge mismatch"},
	{"certificate response", func(b *board) { plusOne(&b.public.Certificates[1].Signature.Response) }, "certificate 2: signature: challenge mismatch"},
	{"certificate message, not signed", func(b *board) {
		s := &b.public.Certificates[1]
		s.Message = strings.Replace(s.Message, `"index":2`, `"index":1`, 1)
	}, "certificate 2: signature: challenge mismatch"},
	{"certificate signed by another", func(b *board) {
		b.public.Certificates[1] = Sign(b.signing[0], []byte(b.public.Certificates[1].Message))
	}, "certificate 2: signature: challenge mismatch"},
	{"index", respell(`"index":2`, `"index":3`), "certificate 2: made for trustee 3 of 3"},
	{"index 0", respell(`"index":2`, `"index":0`), "certificate 2: made for trustee 0 of 3"},
	{"size", respell(`"size":3`, `"size":4`), "certificate 2: made for trustee 2 of 4"},
	{"certificate's threshold", respell(`"threshold":2`, `"threshold":1`), "certificate 2: made for trustee 2 of 3 with threshold 1"},
	{"another group", respell("Ed25519", "BELENIOS-2048"), "certificate 2: byte "},
	{"not compact", respell(",", ", "), "certificate 2: byte "},
	{"leading zero", respell(`"index":2`, `"index":02`), "certificate 2: byte "},
	{"a member more", respell(`"index":2`, `"index":2,"x":1`), "certificate 2: byte "},
	{"bytes after the message", respell(`"}`, `"} `), "certificate 2: byte "},
	{"not a point", respell(`"verification":"`, `"verification":"f`), "certificate 2: byte "},
	{"point of small order", func(b *board) {
		respell(group.BaseExp(EncryptionKey(b.seeds[1])).String(), "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7")(b)
	}, "certificate 2: byte "},
	{"verification key is the identity", func(b *board) {
		b.public.Certificates[1] = certificate(3, 2, 2, new(group.Scalar), group.Generator())
	}, "certificate 2: key: the identity"},
	{"encryption key is the identity", func(b *board) {
		b.public.Certificates[1] = certificate(3, 2, 2, b.signing[1], group.Identity())
	}, "certificate 2: key: the identity"},
	{"duplicate verification key", func(b *board) { b.public.Certificates[2] = NewCertificate(b.seeds[0], 3, 2, 3) }, "certificate 3: key of trustee 1"},
	{"another encryption key, signed", func(b *board) {
		b.public.Certificates[1] = certificate(3, 2, 2, b.signing[1], group.Generator())
	}, "coefexps 1: signature of the certificates: challenge mismatch"},
	{"a stranger's certificate", func(b *board) { b.public.Certificates[1] = NewCertificate(NewSeed(), 3, 2, 2) }, "coefexps 1: signature of the certificates: challenge mismatch"},
	{"a stranger's certificate, last", func(b *board) { b.public.Certificates[2] = NewCertificate(NewSeed(), 3, 2, 3) }, "coefexps 1: signature of the certificates: challenge mismatch"},
}

// publish lets trustee 2 publish c instead of its coefexps, signed as it should.
func publish(c func(b *board) Coefexps) func(b *board) {
	return func(b *board) {
		b.public.Coefexps[1] = SignCoefexps(b.signing[1], c(b))
		b.public.Signatures[1] = SignCertificates(b.signing[1], b.public.Certificates, c(b))
	}
}

func spelled(message func(Coefexps) string) func(b *board) {
	return func(b *board) {
		b.public.Coefexps[1] = Sign(b.signing[1], []byte(message(b.polynomials[1].Coefexps())))
	}
}

var coefexpsAlterations = []alteration{
	{"coefexps swapped", func(b *board) { swap(b.public.Coefexps) }, "coefexps 1: signature: challenge mismatch"},
	{"coefexps challenge", func(b *board) { plusOne(&b.public.Coefexps[1].Signature.Challenge) }, "coefexps 2: signature: challenge mismatch"},
	{"coefexps response", func(b *board) { plusOne(&b.public.Coefexps[1].Signature.Response) }, "coefexps 2: signature: challenge mismatch"},
	{"coefexps, not signed", func(b *board) { b.public.Coefexps[1].Message = string(NewPolynomial(2).Coefexps().message()) }, "coefexps 2: signature: challenge mismatch"},
	{"coefexps, signed by another", func(b *board) {
		b.public.Coefexps[1] = SignCoefexps(b.signing[0], b.polynomials[1].Coefexps())
	}, "coefexps 2: signature: challenge mismatch"},
	{"coefexps, signed but not with the certificates", func(b *board) {
		b.public.Coefexps[1] = SignCoefexps(b.signing[1], NewPolynomial(2).Coefexps())
	}, "coefexps 2: signature of the certificates: challenge mismatch"},
	{"other coefexps, all signed", publish(func(*board) Coefexps { return Coefexps{group.Generator(), group.Generator()} }), "verification key 1: public key: not that of the coefexps"},
	{"the other's coefexps, all signed", publish(func(b *board) Coefexps { return b.polynomials[0].Coefexps() }), "verification key 1: public key: not that of the coefexps"},
	{"constant term", publish(func(b *board) Coefexps {
		c := b.polynomials[1].Coefexps()
		return Coefexps{c[0].Mul(group.Generator()), c[1]}
	}), "verification key 1: public key: not that of the coefexps"},
	{"highest term", publish(func(b *board) Coefexps {
		c := b.polynomials[1].Coefexps()
		return Coefexps{c[0], c[1].Mul(group.Generator())}
	}), "verification key 1: public key: not that of the coefexps"},
	{"too short", publish(func(b *board) Coefexps { return b.polynomials[1].Coefexps()[:1] }), "coefexps 2: length: 1, want 2"},
	{"too long", publish(func(b *board) Coefexps { return append(b.polynomials[1].Coefexps(), group.Identity()) }), "coefexps 2: length: 3, want 2"},
	{"none", publish(func(*board) Coefexps { return nil }), "coefexps 2: length: 0, want 2"},
	{"coefexps not compact", spelled(func(c Coefexps) string { return strings.Replace(string(c.message()), ",", ", ", 1) }), "coefexps 2: byte "},
	{"coefexps of another name", spelled(func(c Coefexps) string { return strings.Replace(string(c.message()), "coef", "Coef", 1) }), "coefexps 2: byte "},
	{"bytes after the coefexps", spelled(func(c Coefexps) string { return string(c.message()) + "\n" }), "coefexps 2: byte "},
	{"signatures swapped", func(b *board) { swap(b.public.Signatures) }, "coefexps 1: signature of the certificates: challenge mismatch"},
	{"signature challenge", func(b *board) { plusOne(&b.public.Signatures[2].Challenge) }, "coefexps 3: signature of the certificates: challenge mismatch"},
	{"signature response", func(b *board) { plusOne(&b.public.Signatures[2].Response) }, "coefexps 3: signature of the certificates: challenge mismatch"},
	{"signature of other certificates", func(b *board) {
		b.public.Signatures[2] = SignCertificates(b.signing[2], b.public.Certificates[:2], b.polynomials[2].Coefexps())
	}, "coefexps 3: signature of the certificates: challenge mismatch"},
	{"signature of other coefexps", func(b *board) {
		b.public.Signatures[2] = SignCertificates(b.signing[2], b.public.Certificates, b.polynomials[1].Coefexps())
	}, "coefexps 3: signature of the certificates: challenge mismatch"},
}

var keyAlterations = []alteration{
	{"keys swapped", func(b *board) { swap(b.public.VerificationKeys) }, "verification key 1: signature: challenge mismatch"},
	{"knowledge challenge", func(b *board) { plusOne(&b.public.VerificationKeys[1].Knowledge.Challenge) }, "verification key 2: proof of knowledge: challenge mismatch"},
	{"knowledge response", func(b *board) { plusOne(&b.public.VerificationKeys[1].Knowledge.Response) }, "verification key 2: proof of knowledge: challenge mismatch"},
	{"another's proof of knowledge", func(b *board) {
		b.public.VerificationKeys[1].Knowledge = b.public.VerificationKeys[0].Knowledge
	}, "verification key 2: proof of knowledge: challenge mismatch"},
	{"key times g", func(b *board) {
		k := &b.public.VerificationKeys[1]
		k.Public = k.Public.Mul(group.Generator())
	}, "verification key 2: proof of knowledge: challenge mismatch"},
	{"key is the identity", func(b *board) {
		b.public.VerificationKeys[1] = NewVerificationKey(b.signing[1], new(group.Scalar))
	}, "verification key 2: public key: the identity"},
	{"missing signature", func(b *board) { b.public.VerificationKeys[1].Signature = nil }, "verification key 2: signature: missing"},
	{"key signature challenge", alterKeySignature(func(p *zkp.Proof) { plusOne(&p.Challenge) }), "verification key 2: signature: challenge mismatch"},
	{"key signature response", alterKeySignature(func(p *zkp.Proof) { plusOne(&p.Response) }), "verification key 2: signature: challenge mismatch"},
	{"key signed by another", func(b *board) {
		b.public.VerificationKeys[1] = NewVerificationKey(b.signing[0], b.keys[1])
	}, "verification key 2: signature: challenge mismatch"},
	{"key of another secret, all signed", func(b *board) {
		b.public.VerificationKeys[1] = NewVerificationKey(b.signing[1], b.keys[0])
	}, "verification key 2: public key: not that of the coefexps"},
	{"last key of another secret, all signed", func(b *board) {
		b.public.VerificationKeys[2] = NewVerificationKey(b.signing[2], group.RandomScalar())
	}, "verification key 3: public key: not that of the coefexps"},
}

func alterKeySignature(alter func(*zkp.Proof)) func(b *board) {
	return func(b *board) {
		p := *b.public.VerificationKeys[1].Signature
		alter(&p)
		b.public.VerificationKeys[1].Signature = &p
	}
}
