package cms

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"time"
)

// maxSize bounds a signature: a chain and a time-stamp fit many times over.
const maxSize = 1 << 20

// SignedData is a signature that was read. Nothing in it is proven until Verify and Trusted have said so.
type SignedData struct {
	// Signer is the certificate of who signed.
	Signer *x509.Certificate

	// Certificates are all that the signature brings along, the signer's among them.
	Certificates []*x509.Certificate

	// Hash is the digest that the content is to be hashed with.
	Hash crypto.Hash

	// Time is the attribute signingTime: what the signer's clock said. Zero when there is none.
	Time time.Time

	// CAdES tells whether the attributes fix the signer's certificate (signingCertificateV2).
	CAdES bool

	digest, attributes, value []byte
	algorithm                 x509.SignatureAlgorithm
}

// A reader takes DER apart from the front. After the first surprise it is broken and gives nothing more.
type reader struct {
	rest   []byte
	broken bool
}

// element is one value: its contents, and the whole of it.
type element struct{ body, all []byte }

// is tells whether an element with this identifier octet comes next.
func (r *reader) is(identifier byte) bool {
	return !r.broken && len(r.rest) > 0 && r.rest[0] == identifier
}

// take returns the next element, which must have this identifier octet.
func (r *reader) take(identifier byte) element {
	if !r.is(identifier) {
		r.broken = true
		return element{}
	}
	var raw asn1.RawValue
	rest, err := asn1.Unmarshal(r.rest, &raw)
	if err != nil {
		r.broken = true
		return element{}
	}
	r.rest = rest
	return element{raw.Bytes, raw.FullBytes}
}

// into reads the inside of the next element.
func (r *reader) into(identifier byte) *reader {
	return &reader{r.take(identifier).body, r.broken}
}

func (r *reader) more() bool { return !r.broken && len(r.rest) > 0 }

// done tells whether everything was taken, without surprise.
func (r *reader) done() bool { return !r.broken && len(r.rest) == 0 }

// Identifier octets (X.690 §8.1.2).
const (
	integer     = 0x02
	octets      = 0x04
	null        = 0x05
	oid         = 0x06
	utcTime     = 0x17
	genTime     = 0x18
	sequence    = 0x30
	keyIDChoice = 0x80
	implicit1   = 0xa1
)

func (r *reader) oid() asn1.ObjectIdentifier {
	var id asn1.ObjectIdentifier
	if _, err := asn1.Unmarshal(r.take(oid).all, &id); err != nil {
		r.broken = true
	}
	return id
}

func (r *reader) integer() *big.Int {
	n := new(big.Int)
	if _, err := asn1.Unmarshal(r.take(integer).all, &n); err != nil {
		r.broken = true
		return new(big.Int)
	}
	return n
}

// algorithm reads an AlgorithmIdentifier whose parameters are absent or NULL.
func (r *reader) algorithm() asn1.ObjectIdentifier {
	inner := r.into(sequence)
	id := inner.oid()
	if inner.is(null) && len(inner.take(null).body) != 0 || !inner.done() {
		r.broken = true
	}
	return id
}

// Parse reads a signature. Its error is ErrMalformed, ErrAlgorithm, or ErrCertificate, and says no more.
func Parse(der []byte) (*SignedData, error) {
	if len(der) > maxSize {
		return nil, ErrMalformed
	}
	file := &reader{rest: der}
	info := file.into(sequence)
	kind := info.oid()
	explicit := info.into(implicit0)
	body := explicit.into(sequence)
	if !kind.Equal(oidSignedData) || !file.done() || !info.done() || !explicit.done() {
		return nil, ErrMalformed
	}
	return parseBody(body)
}

// parseBody reads SignedData (RFC 5652 §5.1).
func parseBody(body *reader) (*SignedData, error) {
	s := new(SignedData)
	version := body.integer()
	body.take(set) // digestAlgorithms repeats what SignerInfo says
	content := body.into(sequence)
	detached := content.oid().Equal(oidData) && content.done()
	if err := s.parseCertificates(body.into(implicit0)); err != nil {
		return nil, err
	}
	if body.is(implicit1) {
		body.take(implicit1) // revocation lists that other programs add
	}
	signers := body.into(set)
	signer := signers.into(sequence)
	if !detached || !body.done() || !signers.done() || !version.IsInt64() || version.Int64() < 1 || version.Int64() > 5 {
		return nil, ErrMalformed
	}
	return s, s.parseSigner(signer)
}

func (s *SignedData) parseCertificates(list *reader) error {
	for list.more() {
		c, err := x509.ParseCertificate(list.take(sequence).all)
		if err != nil || len(s.Certificates) == 16 {
			return ErrMalformed
		}
		s.Certificates = append(s.Certificates, c)
	}
	if !list.done() {
		return ErrMalformed
	}
	return nil
}

// parseSigner reads SignerInfo (RFC 5652 §5.3).
func (s *SignedData) parseSigner(signer *reader) error {
	version := signer.integer()
	matches := signerID(signer)
	digest := signer.algorithm()
	signed := signer.take(implicit0)
	algorithm := signer.algorithm()
	s.value = signer.take(octets).body
	if signer.is(implicit1) {
		signer.take(implicit1) // unsigned attributes prove nothing
	}
	if !signer.done() || len(signed.all) == 0 || !version.IsInt64() || version.Int64() != 1 && version.Int64() != 3 {
		return ErrMalformed
	}
	s.attributes = retag(signed.all, set)
	if err := s.setAlgorithms(digest, algorithm); err != nil {
		return err
	}
	if err := s.findSigner(matches); err != nil {
		return err
	}
	return s.parseAttributes(&reader{rest: signed.body})
}

// signerID reads SignerIdentifier: issuer and number, or the identifier of a key.
func signerID(signer *reader) func(*x509.Certificate) bool {
	if signer.is(keyIDChoice) {
		id := signer.take(keyIDChoice).body
		return func(c *x509.Certificate) bool { return len(id) > 0 && bytes.Equal(c.SubjectKeyId, id) }
	}
	inner := signer.into(sequence)
	issuer, serial := inner.take(sequence).all, inner.integer()
	if !inner.done() {
		signer.broken = true
	}
	return func(c *x509.Certificate) bool {
		return bytes.Equal(c.RawIssuer, issuer) && c.SerialNumber.Cmp(serial) == 0
	}
}

func (s *SignedData) findSigner(matches func(*x509.Certificate) bool) error {
	for _, c := range s.Certificates {
		if !matches(c) {
			continue
		}
		if s.Signer != nil {
			return ErrCertificate
		}
		s.Signer = c
	}
	if s.Signer == nil {
		return ErrCertificate
	}
	return CheckKey(s.Signer.PublicKey)
}

// suites are the accepted pairs of a digest and an algorithm. With rsaEncryption the digest alone decides.
var suites = []struct {
	digest, algorithm asn1.ObjectIdentifier
	hash              crypto.Hash
	means             x509.SignatureAlgorithm
}{
	{oidSHA256, oidRSA, crypto.SHA256, x509.SHA256WithRSA},
	{oidSHA384, oidRSA, crypto.SHA384, x509.SHA384WithRSA},
	{oidSHA512, oidRSA, crypto.SHA512, x509.SHA512WithRSA},
	{oidSHA256, oidSHA256WithRSA, crypto.SHA256, x509.SHA256WithRSA},
	{oidSHA384, oidSHA384WithRSA, crypto.SHA384, x509.SHA384WithRSA},
	{oidSHA512, oidSHA512WithRSA, crypto.SHA512, x509.SHA512WithRSA},
	{oidSHA256, oidECDSAWithSHA256, crypto.SHA256, x509.ECDSAWithSHA256},
	{oidSHA384, oidECDSAWithSHA384, crypto.SHA384, x509.ECDSAWithSHA384},
	{oidSHA512, oidECDSAWithSHA512, crypto.SHA512, x509.ECDSAWithSHA512},
}

func (s *SignedData) setAlgorithms(digest, algorithm asn1.ObjectIdentifier) error {
	for _, k := range suites {
		if k.digest.Equal(digest) && k.algorithm.Equal(algorithm) {
			s.Hash, s.algorithm = k.hash, k.means
			return nil
		}
	}
	return ErrAlgorithm
}

// hashOf returns the digest of an object identifier, or 0.
func hashOf(id asn1.ObjectIdentifier) crypto.Hash {
	for _, k := range suites {
		if k.digest.Equal(id) {
			return k.hash
		}
	}
	return 0
}

// parseAttributes reads the signed attributes, in the order of DER, each kind once.
func (s *SignedData) parseAttributes(list *reader) error {
	values := make(map[string]*reader)
	var before []byte
	for list.more() {
		all := list.take(sequence).all
		if bytes.Compare(before, all) >= 0 {
			return ErrMalformed
		}
		before = all
		outer := &reader{rest: all}
		one := outer.into(sequence)
		id := one.oid().String()
		if _, twice := values[id]; twice {
			return ErrMalformed
		}
		values[id] = one.into(set)
		if !one.done() {
			return ErrMalformed
		}
	}
	if !list.done() {
		return ErrMalformed
	}
	return s.setAttributes(values)
}

func (s *SignedData) setAttributes(values map[string]*reader) error {
	kind, digest := values[oidContentType.String()], values[oidMessageDigest.String()]
	if kind == nil || digest == nil {
		return ErrMalformed
	}
	s.digest = digest.take(octets).body
	if !kind.oid().Equal(oidData) || !kind.done() || !digest.done() {
		return ErrMalformed
	}
	if at := values[oidSigningTime.String()]; at != nil {
		if err := s.setTime(at); err != nil {
			return err
		}
	}
	if certificate := values[oidSigningCertificateV2.String()]; certificate != nil {
		return s.checkSigningCertificate(certificate)
	}
	return nil
}

func (s *SignedData) setTime(value *reader) error {
	identifier := byte(utcTime)
	if value.is(genTime) {
		identifier = genTime
	}
	_, err := asn1.Unmarshal(value.take(identifier).all, &s.Time)
	if err != nil || !value.done() {
		return ErrMalformed
	}
	return nil
}

// checkSigningCertificate compares the first ESSCertIDv2 with the signer's certificate (RFC 5035 §3, §4).
func (s *SignedData) checkSigningCertificate(value *reader) error {
	attribute := value.into(sequence)
	list := attribute.into(sequence)
	one := list.into(sequence)
	hash := crypto.SHA256
	if one.is(sequence) {
		hash = hashOf(one.algorithm())
	}
	want := one.take(octets).body
	if !value.done() || list.broken || one.broken {
		return ErrMalformed
	}
	if hash == 0 {
		return ErrAlgorithm
	}
	h := hash.New()
	h.Write(s.Signer.Raw)
	if !bytes.Equal(h.Sum(nil), want) {
		return ErrCertificate
	}
	s.CAdES = true
	return nil
}
