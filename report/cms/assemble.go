package cms

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"time"
)

// Object identifiers of RFC 5652 §4, §5.1, §11, RFC 5035 §3, RFC 5754 §2, §3.
var (
	oidData                 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningTime          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	oidSigningCertificateV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}

	oidSHA256 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSHA384 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
	oidSHA512 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}

	oidRSA             = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidSHA256WithRSA   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
	oidSHA384WithRSA   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}
	oidSHA512WithRSA   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}
	oidECDSAWithSHA256 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	oidECDSAWithSHA384 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}
	oidECDSAWithSHA512 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}
)

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values []any `asn1:"set"`
}

// essCertID is ESSCertIDv2 with the default digest, SHA-256, which DER leaves out.
type essCertID struct{ Hash []byte }

type signingCertificate struct{ Certificates []essCertID }

type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content signedData `asn1:"explicit,tag:0"`
}

type signedData struct {
	Version      int
	Digests      []pkix.AlgorithmIdentifier `asn1:"set"`
	Content      struct{ Type asn1.ObjectIdentifier }
	Certificates asn1.RawValue
	Signers      []signerInfo `asn1:"set"`
}

type signerInfo struct {
	Version int
	Signer  struct {
		Issuer asn1.RawValue
		Serial *big.Int
	}
	Digest     pkix.AlgorithmIdentifier
	Attributes asn1.RawValue
	Algorithm  pkix.AlgorithmIdentifier
	Value      []byte
}

// attributes returns the signed attributes as DER SET OF: sorted by their encoding (RFC 5652 §5.3).
func (r Request) attributes() ([]byte, error) {
	hash := sha256.Sum256(r.Chain[0].Raw)
	list := []attribute{
		{oidContentType, []any{oidData}},
		{oidMessageDigest, []any{r.Digest}},
		{oidSigningCertificateV2, []any{signingCertificate{[]essCertID{{hash[:]}}}}},
	}
	if !r.Time.IsZero() {
		list = append(list, attribute{oidSigningTime, []any{r.Time.UTC().Truncate(time.Second)}})
	}
	encoded := make([][]byte, len(list))
	for i, a := range list {
		der, err := asn1.Marshal(a)
		if err != nil {
			return nil, err
		}
		encoded[i] = der
	}
	return setOf(asn1.ClassUniversal, asn1.TagSet, encoded)
}

// setOf joins encodings in the order of DER, under a tag that is [0] when the set is implicit.
func setOf(class, tag int, encoded [][]byte) ([]byte, error) {
	slices.SortFunc(encoded, bytes.Compare)
	return asn1.Marshal(asn1.RawValue{Class: class, Tag: tag, IsCompound: true, Bytes: bytes.Join(encoded, nil)})
}

func (r Request) assemble(attributes, value []byte) ([]byte, error) {
	chain := make([][]byte, len(r.Chain))
	for i, c := range r.Chain {
		chain[i] = c.Raw
	}
	certificates, err := setOf(asn1.ClassContextSpecific, 0, chain)
	if err != nil {
		return nil, err
	}
	signer := signerInfo{
		Version:    1,
		Digest:     pkix.AlgorithmIdentifier{Algorithm: oidSHA256},
		Attributes: asn1.RawValue{FullBytes: retag(attributes, implicit0)},
		Algorithm:  algorithmOf(r.Chain[0]),
		Value:      value,
	}
	signer.Signer.Issuer.FullBytes = r.Chain[0].RawIssuer
	signer.Signer.Serial = r.Chain[0].SerialNumber
	all := contentInfo{Type: oidSignedData}
	all.Content = signedData{
		Version: 1, Digests: []pkix.AlgorithmIdentifier{signer.Digest},
		Certificates: asn1.RawValue{FullBytes: certificates}, Signers: []signerInfo{signer},
	}
	all.Content.Content.Type = oidData
	return asn1.Marshal(all)
}

// The identifier octets of a SET, and of an implicit [0] in its place.
const (
	set       = 0x31
	implicit0 = 0xa0
)

func retag(der []byte, identifier byte) []byte {
	return append([]byte{identifier}, der[1:]...)
}

// algorithmOf names the algorithm for a key that CheckKey took (RFC 5754 §3.2, §3.3).
func algorithmOf(c *x509.Certificate) pkix.AlgorithmIdentifier {
	if _, ok := c.PublicKey.(*rsa.PublicKey); ok {
		return pkix.AlgorithmIdentifier{Algorithm: oidSHA256WithRSA, Parameters: asn1.NullRawValue}
	}
	return pkix.AlgorithmIdentifier{Algorithm: oidECDSAWithSHA256}
}
