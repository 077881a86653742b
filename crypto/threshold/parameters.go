package threshold

import (
	"fmt"
	"strconv"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// MaxSize is how many trustees a board may have. Each signs the certificates of
// all, so that checking takes time with the square of their number.
const MaxSize = 1000

// Parameters are all that the trustees of a Pedersen board publish: lists of m
// items each, in the order of the trustees.
type Parameters struct {
	Threshold        int
	Certificates     []Signed
	Coefexps         []Signed
	Signatures       []zkp.Proof // each trustee's, of all certificates and its own coefexps
	VerificationKeys []Key
}

// Size returns the number m of trustees.
func (p *Parameters) Size() int { return len(p.Certificates) }

// certificatesMessage is the text by which a trustee says which others it
// shares the key with.
func certificatesMessage(certificates []Signed, own Coefexps) string {
	b := wire.AppendList([]byte(`certs_sig|{"certs":`), len(certificates), func(b []byte, i int) []byte {
		return certificates[i].AppendJSON(b)
	})
	return string(append(own.AppendJSON(append(b, `,"coefexps":`...)), '}'))
}

// SignCertificates signs, with the signing key sk, that its trustee made own
// for exactly these certificates.
func SignCertificates(sk *group.Scalar, certificates []Signed, own Coefexps) zkp.Proof {
	return zkp.Sign(sk, certificatesMessage(certificates, own))
}

// AppendJSON appends the threshold parameters.
func (p *Parameters) AppendJSON(b []byte) []byte {
	b = strconv.AppendInt(append(b, `{"threshold":`...), int64(p.Threshold), 10)
	signed := func(list []Signed) func([]byte, int) []byte {
		return func(b []byte, i int) []byte { return list[i].AppendJSON(b) }
	}
	b = wire.AppendList(append(b, `,"certs":`...), len(p.Certificates), signed(p.Certificates))
	b = wire.AppendList(append(b, `,"coefexps":`...), len(p.Coefexps), signed(p.Coefexps))
	b = wire.AppendList(append(b, `,"signatures":`...), len(p.Signatures), func(b []byte, i int) []byte {
		return p.Signatures[i].AppendJSON(b)
	})
	b = wire.AppendList(append(b, `,"verification_keys":`...), len(p.VerificationKeys), func(b []byte, i int) []byte {
		return p.VerificationKeys[i].AppendJSON(b)
	})
	return append(b, '}')
}

// ReadParameters reads what [Parameters.AppendJSON] appends. Nothing is
// verified yet.
func ReadParameters(r *wire.Reader) *Parameters {
	p := new(Parameters)
	r.Literal(`{"threshold":`)
	p.Threshold = r.Int()
	r.Literal(`,"certs":`)
	r.List(func() { p.Certificates = append(p.Certificates, ReadSigned(r)) })
	r.Literal(`,"coefexps":`)
	r.List(func() { p.Coefexps = append(p.Coefexps, ReadSigned(r)) })
	r.Literal(`,"signatures":`)
	r.List(func() { p.Signatures = append(p.Signatures, zkp.ReadProof(r)) })
	r.Literal(`,"verification_keys":`)
	r.List(func() { p.VerificationKeys = append(p.VerificationKeys, ReadKey(r)) })
	r.Literal(`}`)
	return p
}

// Verify makes every check of docs/PROTOCOL.md §6 that is possible from what
// is published, and returns the board's share of the election key, Π_i A_i0,
// together with the certificates. The first failure is named with its trustee.
func (p *Parameters) Verify() (*group.Element, []*Certificate, error) {
	if err := p.verifyShape(); err != nil {
		return nil, nil, err
	}
	certificates, err := p.verifyCertificates()
	if err != nil {
		return nil, nil, err
	}
	polynomials, err := p.verifyCoefexps(certificates)
	if err != nil {
		return nil, nil, err
	}
	sum := SumCoefexps(polynomials)
	if err := p.verifyKeys(certificates, sum); err != nil {
		return nil, nil, err
	}
	return sum[0], certificates, nil
}

func (p *Parameters) verifyShape() error {
	m := p.Size()
	if len(p.Coefexps) != m || len(p.Signatures) != m || len(p.VerificationKeys) != m {
		return fmt.Errorf("threshold parameters: %d certificates, %d coefexps, %d signatures, %d verification keys",
			m, len(p.Coefexps), len(p.Signatures), len(p.VerificationKeys))
	}
	if m > MaxSize {
		return fmt.Errorf("threshold parameters: %d trustees, at most %d", m, MaxSize)
	}
	if p.Threshold < 1 || p.Threshold > m {
		return fmt.Errorf("threshold: %d of %d", p.Threshold, m)
	}
	return nil
}

func (p *Parameters) verifyCertificates() ([]*Certificate, error) {
	certificates := make([]*Certificate, p.Size())
	for i, s := range p.Certificates {
		c, err := ParseCertificate(s)
		if err != nil {
			return nil, fmt.Errorf("certificate %d: %w", i+1, err)
		}
		if c.Size != p.Size() || c.Threshold != p.Threshold || c.Index != i+1 {
			return nil, fmt.Errorf("certificate %d: made for trustee %d of %d with threshold %d", i+1, c.Index, c.Size, c.Threshold)
		}
		for k := range i {
			if certificates[k].Verification.Equal(c.Verification) {
				return nil, fmt.Errorf("certificate %d: key of trustee %d", i+1, k+1)
			}
		}
		certificates[i] = c
	}
	return certificates, nil
}

func (p *Parameters) verifyCoefexps(certificates []*Certificate) ([]Coefexps, error) {
	polynomials := make([]Coefexps, p.Size())
	for i, s := range p.Coefexps {
		c, err := p.VerifyCoefexps(certificates[i].Verification, s, p.Signatures[i])
		if err != nil {
			return nil, fmt.Errorf("coefexps %d: %w", i+1, err)
		}
		polynomials[i] = c
	}
	return polynomials, nil
}

// VerifyCoefexps checks what one trustee, whose signing key is verification,
// publishes after all certificates: its coefexps, as many as the threshold, and
// its signature of p.Certificates. Besides those, only p.Threshold is looked at.
func (p *Parameters) VerifyCoefexps(verification *group.Element, s Signed, signature zkp.Proof) (Coefexps, error) {
	c, err := parseCoefexps(s.Message)
	if err != nil {
		return nil, err
	}
	if len(c) != p.Threshold {
		return nil, fmt.Errorf("length: %d, want %d", len(c), p.Threshold)
	}
	if err := s.Verify(verification); err != nil {
		return nil, err
	}
	if err := zkp.VerifySignature(verification, certificatesMessage(p.Certificates, c), signature); err != nil {
		return nil, fmt.Errorf("signature of the certificates: %w", err)
	}
	return c, nil
}

func (p *Parameters) verifyKeys(certificates []*Certificate, sum Coefexps) error {
	for i, k := range p.VerificationKeys {
		if err := k.VerifyMember(certificates[i], sum); err != nil {
			return fmt.Errorf("verification key %d: %w", i+1, err)
		}
	}
	return nil
}
