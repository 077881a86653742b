package identity

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"time"
	"unicode"
	"unicode/utf8"
)

// TrialName is the common name of every trial authority.
const TrialName = "Hòm phiếu - CA THỬ NGHIỆM, không có giá trị pháp lý / TRIAL CA"

// trialNotice stands as organisation in every certificate of a trial.
const trialNotice = "THỬ NGHIỆM, không có giá trị pháp lý / TRIAL, no legal value"

// maxName is the upper bound of X.520 for names, in characters.
const maxName = 64

// Certificates begin an hour early, for clocks that are behind.
const (
	early     = time.Hour
	caYears   = 10
	leafYears = 5
)

var (
	// ErrName is returned for a name that is empty, longer than 64 characters, or not plain text.
	ErrName = errors.New("identity: name not accepted")

	// ErrDropped is returned by Issue when the authority's key was dropped.
	ErrDropped = errors.New("identity: the trial authority has no key any more")
)

// A TrialCA is an authority for trials. It is not safe for concurrent use.
type TrialCA struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// NewTrial makes an authority for ten years from now. The name tells one from another, for example the meeting's office.
func NewTrial(name string, now time.Time) (*TrialCA, error) {
	if !nameAccepted(name) {
		return nil, ErrName
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		Subject: pkix.Name{
			Country: []string{"VN"}, Organization: []string{trialNotice},
			OrganizationalUnit: []string{name}, CommonName: TrialName,
		},
		NotBefore: now.Add(-early), NotAfter: now.AddDate(caYears, 0, 0),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	certificate, err := create(template, template, key, key)
	if err != nil {
		return nil, err
	}
	return &TrialCA{certificate, key}, nil
}

// Issue makes a key and a certificate for five years from now, never beyond the authority's own.
// The purpose says in which role somebody signs; it may be empty.
func (c *TrialCA) Issue(commonName, purpose string, now time.Time) (Identity, error) {
	if c.key == nil {
		return Identity{}, ErrDropped
	}
	if !nameAccepted(commonName) || purpose != "" && !nameAccepted(purpose) {
		return Identity{}, ErrName
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Identity{}, err
	}
	template := &x509.Certificate{
		Subject:   pkix.Name{Country: []string{"VN"}, Organization: []string{trialNotice}, CommonName: commonName},
		NotBefore: now.Add(-early), NotAfter: now.AddDate(leafYears, 0, 0),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}
	if purpose != "" {
		template.Subject.OrganizationalUnit = []string{purpose}
	}
	if template.NotAfter.After(c.certificate.NotAfter) {
		template.NotAfter = c.certificate.NotAfter
	}
	certificate, err := create(template, c.certificate, key, c.key)
	if err != nil {
		return Identity{}, err
	}
	return Identity{[]*x509.Certificate{certificate, c.certificate}, key}, nil
}

// Certificate returns the authority's own certificate: what a reader of PDFs has to trust.
func (c *TrialCA) Certificate() *x509.Certificate { return c.certificate }

// PEM returns the authority's certificate as a file.
func (c *TrialCA) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: certificateType, Bytes: c.certificate.Raw})
}

// Drop forgets the authority's key: nobody can issue in its name from then on.
func (c *TrialCA) Drop() { c.key = nil }

// create gives a certificate a serial number of 128 random bits and signs it.
func create(template, parent *x509.Certificate, key, issuer *ecdsa.PrivateKey) (*x509.Certificate, error) {
	serial := make([]byte, 16)
	rand.Read(serial)
	template.SerialNumber = new(big.Int).SetBytes(serial)
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), issuer)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func nameAccepted(name string) bool {
	if n := utf8.RuneCountInString(name); n == 0 || n > maxName || !utf8.ValidString(name) {
		return false
	}
	for _, r := range name {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}
