// Package cms makes and checks detached electronic signatures: Cryptographic
// Message Syntax (RFC 5652) with the signed attributes of a CAdES baseline
// signature, level B-B (ETSI EN 319 122-1).
//
// # What is signed
//
// Not the file itself. The signer signs a short list of attributes, and one of
// them is the digest of the file:
//
//	file ── SHA-256 ──▶ messageDigest ┐
//	                    contentType   ├─ DER SET OF ── SHA-256 ──▶ signature
//	     certificate ─▶ signing-      │
//	     (SHA-256)      CertificateV2 │
//	                    signingTime   ┘ (files only, and only if a time is given)
//
// signingCertificateV2 (RFC 5035) fixes the certificate, so that another one
// for the same key cannot be put in its place. A signature inside a PDF has no
// signingTime, since the PDF says the time itself (ETSI EN 319 142-1 §6.3).
// "Detached" means that the file is not in the signature: who checks must have
// both.
//
// The result, in DER:
//
//	ContentInfo { signedData, SignedData {
//	    version 1, { SHA-256 }, { data, no content },
//	    certificates [0] { the signer's chain },
//	    { SignerInfo {
//	        version 1, issuerAndSerialNumber, SHA-256,
//	        [0] attributes, RSA PKCS#1 v1.5 or ECDSA, signature } } } }
//
// # Two phases
//
// The key can be elsewhere, for example on an official's token. Then
// [Request.SignedAttributes] gives the bytes to sign, with SHA-256, and
// [Request.Assemble] makes the signature of what comes back:
//
//	digest, err := cms.Digest(file)
//	request := cms.Request{Digest: digest, Chain: chain}
//	toSign, err := request.SignedAttributes()
//	… elsewhere: value = sign(SHA-256(toSign)) …
//	der, err := request.Assemble(value)
//
// With the key at hand, [Request.Sign] does both.
//
// # What is accepted
//
// [Parse] takes exactly one signer, DER without anything left over, SHA-256,
// SHA-384 or SHA-512, RSA of 2048 to 8192 bits with PKCS#1 v1.5, ECDSA on P-256
// or P-384. Unsigned attributes, such as a time-stamp, are passed over: they
// prove nothing here. RSA-PSS, SHA-1, and BER of indefinite length are refused.
package cms

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"time"
)

var (
	// ErrMalformed is returned for bytes that are not one signature in DER, of the shape that Parse takes.
	ErrMalformed = errors.New("signature: malformed")

	// ErrAlgorithm is returned for a digest, signature algorithm or key that is not accepted.
	ErrAlgorithm = errors.New("signature: algorithm not accepted")

	// ErrDigest is returned when the signature is about other content.
	ErrDigest = errors.New("signature: digest mismatch")

	// ErrCertificate is returned when the signer's certificate is missing, or is not the one that was signed for.
	ErrCertificate = errors.New("signature: not of this certificate")

	// ErrSignature is returned when the signature's value is wrong.
	ErrSignature = errors.New("signature: invalid")

	// ErrUntrusted is returned when no chain leads from the signer's certificate to a root at the given time.
	ErrUntrusted = errors.New("certificate: not trusted")

	// ErrKeyUsage is returned when a certificate is not for signatures of persons.
	ErrKeyUsage = errors.New("certificate: not for signing")
)

// A Request is a signature that is to be made.
type Request struct {
	// Digest is the SHA-256 of the content.
	Digest []byte

	// Chain begins with the signer's certificate; the others are put into the signature to help who checks.
	Chain []*x509.Certificate

	// Time goes into the attributes as signingTime, in whole seconds. Zero in a PDF.
	Time time.Time
}

// Digest returns the SHA-256 of content.
func Digest(content io.Reader) ([]byte, error) {
	h := sha256.New()
	if _, err := io.Copy(h, content); err != nil {
		return nil, fmt.Errorf("content: %w", err)
	}
	return h.Sum(nil), nil
}

// SignedAttributes returns the bytes whose SHA-256 is to be signed. The same request gives the same bytes.
func (r Request) SignedAttributes() ([]byte, error) {
	if len(r.Digest) != sha256.Size {
		return nil, ErrDigest
	}
	if len(r.Chain) == 0 {
		return nil, ErrCertificate
	}
	if err := CheckKey(r.Chain[0].PublicKey); err != nil {
		return nil, err
	}
	return r.attributes()
}

// Assemble makes the signature of value, which is the PKCS#1 v1.5 or the DER-coded
// ECDSA signature of SignedAttributes. A value that is wrong is refused with ErrSignature.
func (r Request) Assemble(value []byte) ([]byte, error) {
	attributes, err := r.SignedAttributes()
	if err != nil {
		return nil, err
	}
	der, err := r.assemble(attributes, value)
	if err != nil {
		return nil, err
	}
	made, err := Parse(der)
	if err != nil {
		return nil, err
	}
	return der, made.Verify(r.Digest)
}

// Sign signs with a key that is at hand; it must be that of the first certificate.
func (r Request) Sign(key crypto.Signer) ([]byte, error) {
	attributes, err := r.SignedAttributes()
	if err != nil {
		return nil, err
	}
	public, ok := r.Chain[0].PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(key.Public()) {
		return nil, ErrCertificate
	}
	sum := sha256.Sum256(attributes)
	value, err := key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	return r.Assemble(value)
}

// CheckKey refuses with ErrAlgorithm what is not RSA of 2048 to 8192 bits or ECDSA on P-256 or P-384.
func CheckKey(public crypto.PublicKey) error {
	switch k := public.(type) {
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n >= 2048 && n <= 8192 {
			return nil
		}
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P256() || k.Curve == elliptic.P384() {
			return nil
		}
	}
	return ErrAlgorithm
}

// CheckUsage refuses with ErrKeyUsage a certificate whose key usage names neither
// digitalSignature nor nonRepudiation, and one of an authority.
func CheckUsage(c *x509.Certificate) error {
	const signing = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	if c.IsCA || c.KeyUsage&signing == 0 {
		return ErrKeyUsage
	}
	return nil
}

// A Trust says whom to believe.
type Trust struct {
	// Roots are the authorities; nil is none. The system's are never added.
	Roots *x509.CertPool

	// At is the moment at which certificates must be valid. Zero is now.
	At time.Time
}

// Verify checks a signature of content and returns it. ErrUntrusted and ErrKeyUsage
// come with the signature: it is right, but of somebody who is not known.
func Verify(der []byte, content io.Reader, trust Trust) (*SignedData, error) {
	s, err := Parse(der)
	if err != nil {
		return nil, err
	}
	h := s.Hash.New()
	if _, err := io.Copy(h, content); err != nil {
		return nil, fmt.Errorf("content: %w", err)
	}
	if err := s.Verify(h.Sum(nil)); err != nil {
		return nil, err
	}
	return s, s.Trusted(trust)
}

// Verify checks that the signature is one of the content with this digest, made with s.Hash. It says nothing about who the signer is.
func (s *SignedData) Verify(digest []byte) error {
	if string(digest) != string(s.digest) {
		return ErrDigest
	}
	if s.Signer.CheckSignature(s.algorithm, s.attributes, s.value) != nil {
		return ErrSignature
	}
	return nil
}

// Trusted tells whether a chain leads from the signer's certificate to a root.
func (s *SignedData) Trusted(trust Trust) error {
	if err := CheckUsage(s.Signer); err != nil {
		return err
	}
	roots := trust.Roots
	if roots == nil {
		roots = x509.NewCertPool()
	}
	between := x509.NewCertPool()
	for _, c := range s.Certificates {
		between.AddCert(c)
	}
	_, err := s.Signer.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, CurrentTime: trust.At,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUntrusted, err)
	}
	return nil
}
