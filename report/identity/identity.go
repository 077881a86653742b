// Package identity holds what somebody signs papers with: a key, and the
// certificates that say whose it is.
//
// An [Identity] comes from one of three places:
//
//   - [TrialCA.Issue]: an authority of our own, for trials. Every certificate it
//     gives says in Vietnamese and English that it has no legal value, since a
//     trial must never be taken for an official signature.
//   - [ParsePKCS12]: a file such as certification providers hand out (.p12,
//     .pfx), with its password. The key is used and forgotten; nothing here
//     writes it anywhere.
//   - [ParsePEM]: the server's own seal, a file that [Identity.MarshalPEM] wrote.
//     A seal is evidence that the server made a paper, not a legal signature.
//
// Official signatures are made with tokens of the agency, which never give their
// key away: for them see the two phases of package report/cms.
//
// Keys are RSA of 2048 to 8192 bits, or ECDSA on P-256 or P-384. A certificate
// must be in force, and for signing: its key usage names digitalSignature or
// nonRepudiation, and it is not an authority's.
package identity

import (
	"crypto"
	"crypto/x509"
	"errors"
	"time"

	"github.com/homphieu/homphieu/report/cms"
)

var (
	// ErrMalformed is returned for a file that is not what it should be.
	ErrMalformed = errors.New("identity: malformed file")

	// ErrPassword is returned when a password does not open a PKCS#12 file.
	ErrPassword = errors.New("identity: wrong password")

	// ErrNoKey is returned when there is no private key.
	ErrNoKey = errors.New("identity: no private key")

	// ErrMismatch is returned when key and certificate do not belong together.
	ErrMismatch = errors.New("identity: key of another certificate")

	// ErrAlgorithm is returned for a key of a kind or size that is not accepted.
	ErrAlgorithm = errors.New("identity: key not accepted")

	// ErrExpired is returned when the certificate is no longer in force.
	ErrExpired = errors.New("certificate: expired")

	// ErrNotYetValid is returned when the certificate is not yet in force.
	ErrNotYetValid = errors.New("certificate: not yet valid")

	// ErrKeyUsage is returned when the certificate is not for signing.
	ErrKeyUsage = errors.New("certificate: not for signing")
)

// An Identity is a key and its certificates.
type Identity struct {
	// Chain begins with the certificate of the key; each further one is the issuer of the one before.
	Chain []*x509.Certificate

	// Key signs. Its public half is that of the first certificate.
	Key crypto.Signer
}

// Name returns the common name of who this is: as the certificate says it, unchecked.
func (i Identity) Name() string {
	if len(i.Chain) == 0 {
		return ""
	}
	return i.Chain[0].Subject.CommonName
}

// Check tells whether signatures can be made at a time; its errors are those of this package.
func (i Identity) Check(at time.Time) error {
	if i.Key == nil {
		return ErrNoKey
	}
	if len(i.Chain) == 0 {
		return ErrMalformed
	}
	if cms.CheckKey(i.Key.Public()) != nil {
		return ErrAlgorithm
	}
	public, ok := i.Key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(i.Chain[0].PublicKey) {
		return ErrMismatch
	}
	return checkCertificate(i.Chain[0], at)
}

func checkCertificate(c *x509.Certificate, at time.Time) error {
	switch {
	case at.Before(c.NotBefore):
		return ErrNotYetValid
	case at.After(c.NotAfter):
		return ErrExpired
	case cms.CheckUsage(c) != nil:
		return ErrKeyUsage
	}
	return nil
}

// chain puts certificates in order, from the leaf upwards, and leaves out what does not belong.
func chain(leaf *x509.Certificate, others []*x509.Certificate) []*x509.Certificate {
	ordered := []*x509.Certificate{leaf}
	for range others {
		last := ordered[len(ordered)-1]
		next := issuer(last, others)
		if next == nil || next.Equal(last) {
			break
		}
		ordered = append(ordered, next)
	}
	return ordered
}

func issuer(of *x509.Certificate, among []*x509.Certificate) *x509.Certificate {
	for _, c := range among {
		if of.CheckSignatureFrom(c) == nil {
			return c
		}
	}
	return nil
}
