package identity

import (
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"

	"software.sslmate.com/src/go-pkcs12"
)

const (
	// maxFile bounds a file of keys and certificates.
	maxFile = 256 << 10

	// maxIterations bounds what a PKCS#12 file may make us compute before its password is known to be right.
	maxIterations = 2_000_000
)

const (
	certificateType = "CERTIFICATE"
	keyType         = "PRIVATE KEY"
)

// ParsePKCS12 reads a .p12 or .pfx file and checks that it can sign at the given time.
func ParsePKCS12(data []byte, password string, at time.Time) (Identity, error) {
	if len(data) > maxFile || tooSlow(data, 0) {
		return Identity{}, ErrMalformed
	}
	key, leaf, others, err := pkcs12.DecodeChain(data, password)
	if err != nil {
		return Identity{}, whyNot(err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return Identity{}, ErrAlgorithm
	}
	all := append([]*x509.Certificate{leaf}, others...)
	i := Identity{chain(ownFirst(signer, all), all), signer}
	return i, i.Check(at)
}

// whyNot tells a wrong password and a file without key from a file that is none.
// The library has no sentinel for the second (TestPKCS12Refused holds its words).
func whyNot(err error) error {
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword), errors.Is(err, pkcs12.ErrDecryption):
		return ErrPassword
	case strings.HasSuffix(err.Error(), "private key missing"):
		return ErrNoKey
	}
	return ErrMalformed
}

// ownFirst finds the certificate of the key, which other programs do not always write first.
func ownFirst(key crypto.Signer, all []*x509.Certificate) *x509.Certificate {
	public, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	for _, c := range all {
		if ok && public.Equal(c.PublicKey) {
			return c
		}
	}
	return all[0]
}

// tooSlow looks for a salt followed by a count of iterations that is out of
// bounds, as the parameters of PBES1, PBKDF2 and the file's MAC have it (RFC 7292
// appendix C, RFC 8018 appendix A). What is itself encrypted is not seen.
func tooSlow(der []byte, depth int) bool {
	afterSalt := false
	for len(der) > 0 && depth < 32 {
		var v asn1.RawValue
		rest, err := asn1.Unmarshal(der, &v)
		if err != nil {
			return false
		}
		if v.Tag == asn1.TagInteger && v.Class == asn1.ClassUniversal && afterSalt {
			var n int
			if _, err := asn1.Unmarshal(v.FullBytes, &n); err != nil || n > maxIterations {
				return true
			}
		}
		afterSalt = v.Tag == asn1.TagOctetString && v.Class == asn1.ClassUniversal
		if (v.IsCompound || afterSalt) && tooSlow(v.Bytes, depth+1) {
			return true
		}
		der = rest
	}
	return false
}

// MarshalPEM returns a file for the server's own seal: the key as PKCS#8, not
// encrypted, then the chain. The file is as secret as the key.
func (i Identity) MarshalPEM() ([]byte, error) {
	if i.Key == nil {
		return nil, ErrNoKey
	}
	key, err := x509.MarshalPKCS8PrivateKey(i.Key)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	file := pem.EncodeToMemory(&pem.Block{Type: keyType, Bytes: key})
	for _, c := range i.Chain {
		file = append(file, pem.EncodeToMemory(&pem.Block{Type: certificateType, Bytes: c.Raw})...)
	}
	return file, nil
}

// ParsePEM reads a file that MarshalPEM wrote and checks that it can sign at the given time.
func ParsePEM(data []byte, at time.Time) (Identity, error) {
	if len(data) > maxFile {
		return Identity{}, ErrMalformed
	}
	var i Identity
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if err := i.add(block); err != nil {
			return Identity{}, err
		}
	}
	return i, i.Check(at)
}

func (i *Identity) add(block *pem.Block) error {
	switch block.Type {
	case certificateType:
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return ErrMalformed
		}
		i.Chain = append(i.Chain, c)
	case keyType:
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil || i.Key != nil {
			return ErrMalformed
		}
		signer, ok := key.(crypto.Signer)
		if !ok {
			return ErrAlgorithm
		}
		i.Key = signer
	default:
		return ErrMalformed
	}
	return nil
}
