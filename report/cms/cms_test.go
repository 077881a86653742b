package cms

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	now     = time.Date(2026, 2, 10, 9, 30, 0, 0, time.UTC)
	content = []byte("Biên bản kiểm phiếu\n")
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// A signer is a key with its chain.
type signer struct {
	key   crypto.Signer
	chain []*x509.Certificate
}

// certify makes a certificate; without parent it is an authority's.
func certify(serial int64, usage x509.KeyUsage, key crypto.Signer, parent *signer) *x509.Certificate {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "Nguyễn Thị Ngọc Ánh"}, KeyUsage: usage,
		NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(30, 0, 0), BasicConstraintsValid: true,
	}
	issuer, by := template, key
	if parent == nil {
		template.IsCA, template.Subject.CommonName = true, "CA"
	} else {
		issuer, by = parent.chain[0], parent.key
	}
	return must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), by))))
}

var authority = sync.OnceValue(func() *signer {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	return &signer{key, []*x509.Certificate{certify(1, x509.KeyUsageCertSign, key, nil)}}
})

func issue(serial int64, usage x509.KeyUsage, key crypto.Signer) signer {
	return signer{key, []*x509.Certificate{certify(serial, usage, key, authority()), authority().chain[0]}}
}

// signers have each kind of key.
var signers = sync.OnceValue(func() map[string]signer {
	return map[string]signer{
		"RSA 2048": issue(2, x509.KeyUsageDigitalSignature, must(rsa.GenerateKey(rand.Reader, 2048))),
		"P-256":    issue(3, x509.KeyUsageContentCommitment, must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))),
		"P-384":    issue(4, x509.KeyUsageDigitalSignature, must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))),
	}
})

func trust() Trust {
	roots := x509.NewCertPool()
	roots.AddCert(authority().chain[0])
	return Trust{roots, now}
}

func request(s signer) Request {
	return Request{Digest: must(Digest(bytes.NewReader(content))), Chain: s.chain}
}

func TestSign(t *testing.T) {
	for name, s := range signers() {
		for _, at := range []time.Time{{}, now} {
			r := request(s)
			r.Time = at
			der, err := r.Sign(s.key)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Verify(der, bytes.NewReader(content), trust())
			if err != nil || !got.Signer.Equal(s.chain[0]) || !got.CAdES || !got.Time.Equal(at) || len(got.Certificates) != 2 {
				t.Errorf("%s: %v, %+v", name, err, got)
			}
			if _, err := Verify(der, strings.NewReader("another text"), trust()); !errors.Is(err, ErrDigest) {
				t.Errorf("%s: another text: %v", name, err)
			}
		}
	}
}

// The attributes of a PDF's signature: contentType, messageDigest, signingCertificateV2, and no time.
func TestSignedAttributes(t *testing.T) {
	s := signers()["P-256"]
	der := must(request(s).SignedAttributes())
	var list []struct {
		Type   asn1.ObjectIdentifier
		Values asn1.RawValue
	}
	if rest, err := asn1.UnmarshalWithParams(der, &list, "set"); err != nil || len(rest) != 0 || len(list) != 3 {
		t.Fatalf("%v, %d attributes", err, len(list))
	}
	hash := sha256.Sum256(s.chain[0].Raw)
	for i, want := range []struct {
		oid  asn1.ObjectIdentifier
		tail []byte
	}{{oidContentType, nil}, {oidMessageDigest, request(s).Digest}, {oidSigningCertificateV2, hash[:]}} {
		if !list[i].Type.Equal(want.oid) || !bytes.HasSuffix(list[i].Values.Bytes, want.tail) {
			t.Errorf("attribute %d is %v", i, list[i].Type)
		}
	}
	if !bytes.Equal(der, must(request(s).SignedAttributes())) {
		t.Error("the same request gives other bytes")
	}
}

// The value is made elsewhere: what does not fit the attributes is refused.
func TestTwoPhases(t *testing.T) {
	s := signers()["P-256"]
	sum := sha256.Sum256(must(request(s).SignedAttributes()))
	value := must(s.key.Sign(rand.Reader, sum[:], crypto.SHA256))
	if _, err := request(s).Assemble(value); err != nil {
		t.Error(err)
	}
	other := request(s)
	other.Digest = sum[:]
	if _, err := other.Assemble(value); !errors.Is(err, ErrSignature) {
		t.Errorf("signature of something else: %v", err)
	}
	if _, err := request(s).Assemble(nil); !errors.Is(err, ErrSignature) {
		t.Errorf("no signature: %v", err)
	}
}

func TestRequestRefused(t *testing.T) {
	good, other := signers()["P-256"], signers()["P-384"]
	small := must(rsa.GenerateKey(rand.Reader, 1024)) //nolint:gosec // it is there to be refused
	p521 := must(ecdsa.GenerateKey(elliptic.P521(), rand.Reader))
	for name, c := range map[string]struct {
		r    Request
		key  crypto.Signer
		want error
	}{
		"another's key": {request(good), other.key, ErrCertificate},
		"no chain":      {Request{Digest: request(good).Digest}, good.key, ErrCertificate},
		"short digest":  {Request{Digest: []byte{1}, Chain: good.chain}, good.key, ErrDigest},
		"RSA 1024":      {request(issue(9, x509.KeyUsageDigitalSignature, small)), small, ErrAlgorithm},
		"P-521":         {request(issue(9, x509.KeyUsageDigitalSignature, p521)), p521, ErrAlgorithm},
	} {
		if _, err := c.r.Sign(c.key); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestUntrusted(t *testing.T) {
	s := signers()["P-256"]
	der := must(request(s).Sign(s.key))
	sealing := issue(9, x509.KeyUsageKeyEncipherment, s.key)
	root := *authority()
	for name, c := range map[string]struct {
		der   []byte
		trust Trust
		want  error
	}{
		"no roots":     {der, Trust{At: now}, ErrUntrusted},
		"too early":    {der, Trust{trust().Roots, now.AddDate(-2, 0, 0)}, ErrUntrusted},
		"too late":     {der, Trust{trust().Roots, now.AddDate(31, 0, 0)}, ErrUntrusted},
		"encipherment": {must(request(sealing).Sign(s.key)), trust(), ErrKeyUsage},
		"an authority": {must(request(root).Sign(root.key)), trust(), ErrKeyUsage},
	} {
		got, err := Verify(c.der, bytes.NewReader(content), c.trust)
		if !errors.Is(err, c.want) || got == nil {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// edit takes a signature apart, changes it, and signs the attributes again if they changed.
func edit(t *testing.T, change func(all *contentInfo)) []byte {
	t.Helper()
	s := signers()["P-256"]
	var all contentInfo
	der := must(request(s).Sign(s.key))
	if _, err := asn1.Unmarshal(der, &all); err != nil {
		t.Fatal(err)
	}
	before := all.Content.Signers[0].Attributes.FullBytes
	change(&all)
	if after := all.Content.Signers; len(after) > 0 && !bytes.Equal(before, after[0].Attributes.FullBytes) {
		sum := sha256.Sum256(retag(after[0].Attributes.FullBytes, set))
		all.Content.Signers[0].Value = must(s.key.Sign(rand.Reader, sum[:], crypto.SHA256))
	}
	return must(asn1.Marshal(all))
}

// attributes replaces the signed attributes by others, sorted or as they are.
func attributes(sorted bool, list ...attribute) func(all *contentInfo) {
	return func(all *contentInfo) {
		var encoded [][]byte
		for _, a := range list {
			encoded = append(encoded, must(asn1.Marshal(a)))
		}
		whole := must(setOf(asn1.ClassContextSpecific, 0, slices.Clone(encoded)))
		if !sorted {
			whole = must(asn1.Marshal(asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: bytes.Join(encoded, nil)}))
		}
		all.Content.Signers[0].Attributes = asn1.RawValue{FullBytes: whole}
	}
}

// Each field of a signature is changed, one at a time, by somebody who has the key.
func TestChanged(t *testing.T) {
	s, digest := signers()["P-256"], sha256.Sum256(content)
	hash := sha256.Sum256(s.chain[0].Raw)
	otherHash := sha256.Sum256(s.chain[1].Raw)
	kind, message := attribute{oidContentType, []any{oidData}}, attribute{oidMessageDigest, []any{digest[:]}}
	certificate := attribute{oidSigningCertificateV2, []any{signingCertificate{[]essCertID{{hash[:]}}}}}
	for _, c := range []struct {
		name   string
		change func(all *contentInfo)
		want   error
	}{
		{"nothing", func(*contentInfo) {}, nil},
		{"attributes again", attributes(true, kind, message, certificate), nil},
		{"without certificate attribute", attributes(true, kind, message), nil},
		{"another certificate", attributes(true, kind, message,
			attribute{oidSigningCertificateV2, []any{signingCertificate{[]essCertID{{otherHash[:]}}}}}), ErrCertificate},
		{"no content type", attributes(true, message, certificate), ErrMalformed},
		{"no digest", attributes(true, kind, certificate), ErrMalformed},
		{"another content type", attributes(true, attribute{oidContentType, []any{oidSignedData}}, message), ErrMalformed},
		{"another digest", attributes(true, kind, attribute{oidMessageDigest, []any{hash[:]}}), ErrDigest},
		{"two digests", attributes(true, kind, message, attribute{oidMessageDigest, []any{hash[:]}}), ErrMalformed},
		{"two values", attributes(true, kind, attribute{oidMessageDigest, []any{digest[:], hash[:]}}), ErrMalformed},
		{"not sorted", attributes(false, message, kind), ErrMalformed},
		{"no attributes", attributes(true), ErrMalformed},
		{"bad time", attributes(true, kind, message, attribute{oidSigningTime, []any{7}}), ErrMalformed},
		{"another kind", func(all *contentInfo) { all.Type = oidData }, ErrMalformed},
		{"version", func(all *contentInfo) { all.Content.Version = 9 }, ErrMalformed},
		{"content inside", func(all *contentInfo) { all.Content.Content.Type = oidSignedData }, ErrMalformed},
		{"two signers", func(all *contentInfo) { all.Content.Signers = append(all.Content.Signers, all.Content.Signers[0]) }, ErrMalformed},
		{"no signer", func(all *contentInfo) { all.Content.Signers = nil }, ErrMalformed},
		{"signer's version", func(all *contentInfo) { all.Content.Signers[0].Version = 2 }, ErrMalformed},
		{"another number", func(all *contentInfo) { all.Content.Signers[0].Signer.Serial = big.NewInt(77) }, ErrCertificate},
		{"no certificates", func(all *contentInfo) { all.Content.Certificates.FullBytes = []byte{implicit0, 0} }, ErrCertificate},
		{"bad certificate", func(all *contentInfo) { all.Content.Certificates.FullBytes = []byte{implicit0, 2, sequence, 0} }, ErrMalformed},
		{"SHA-1", func(all *contentInfo) {
			all.Content.Signers[0].Digest.Algorithm = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
		}, ErrAlgorithm},
		{"another digest's name", func(all *contentInfo) { all.Content.Signers[0].Digest.Algorithm = oidSHA512 }, ErrAlgorithm},
		{"RSA's name", func(all *contentInfo) { all.Content.Signers[0].Algorithm.Algorithm = oidRSA }, ErrSignature},
		{"PSS", func(all *contentInfo) {
			all.Content.Signers[0].Algorithm.Algorithm = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
		}, ErrAlgorithm},
		{"value", func(all *contentInfo) { all.Content.Signers[0].Value[10] ^= 1 }, ErrSignature},
		{"no value", func(all *contentInfo) { all.Content.Signers[0].Value = nil }, ErrSignature},
	} {
		if _, err := Verify(edit(t, c.change), bytes.NewReader(content), trust()); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// DER has one form: bytes behind it, indefinite length and long lengths are refused.
func TestStrict(t *testing.T) {
	s := signers()["P-256"]
	der := must(request(s).Sign(s.key))
	indefinite := append([]byte{sequence, 0x80}, der[4:]...)
	for name, bad := range map[string][]byte{
		"nothing":           nil,
		"bytes behind":      append(bytes.Clone(der), 0),
		"cut":               der[:len(der)-1],
		"indefinite length": append(indefinite, 0, 0),
		"long length":       append([]byte{sequence, 0x83, 0}, der[2:]...),
		"too large":         make([]byte, maxSize+1),
	} {
		if _, err := Parse(bad); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func run(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("openssl", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("openssl %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// keep writes the files that OpenSSL needs, and returns where they are.
func keep(t *testing.T, s signer) func(name string) string {
	t.Helper()
	dir := t.TempDir()
	certificate := func(c *x509.Certificate) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(s.key))})
	for name, data := range map[string][]byte{
		"content": content, "ca.pem": certificate(s.chain[1]), "who.pem": append(key, certificate(s.chain[0])...),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return func(name string) string { return filepath.Join(dir, name) }
}

// OpenSSL takes our signatures, with and without its own reading of CAdES; and we take those of OpenSSL.
func TestOpenSSL(t *testing.T) {
	for name, s := range signers() {
		file := keep(t, s)
		r := request(s)
		r.Time = now
		if err := os.WriteFile(file("ours.der"), must(r.Sign(s.key)), 0o600); err != nil {
			t.Fatal(err)
		}
		verify := []string{"cms", "-verify", "-binary", "-inform", "DER", "-in", file("ours.der"), "-content", file("content"),
			"-CAfile", file("ca.pem"), "-out", os.DevNull}
		run(t, verify...)
		if said := run(t, append(verify, "-cades")...); !strings.Contains(said, "CAdES Verification successful") {
			t.Errorf("%s: %s", name, said)
		}
		for _, how := range [][]string{{"-cades"}, {"-cades", "-md", "sha512"}, {"-md", "sha384"}} {
			run(t, append([]string{"cms", "-sign", "-binary", "-outform", "DER", "-nosmimecap", "-signer", file("who.pem"),
				"-certfile", file("ca.pem"), "-in", file("content"), "-out", file("theirs.der")}, how...)...)
			got, err := Verify(must(os.ReadFile(file("theirs.der"))), bytes.NewReader(content), trust())
			if err != nil || got.CAdES != (how[0] == "-cades") || got.Time.IsZero() {
				t.Errorf("%s %v: %v, %+v", name, how, err, got)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range signers() {
		f.Add(must(request(s).Sign(s.key)))
	}
	digest := sha256.Sum256(content)
	f.Fuzz(func(t *testing.T, der []byte) {
		s, err := Parse(der)
		if err != nil {
			return
		}
		if s.Signer == nil || s.Hash == 0 {
			t.Error("parsed without signer or digest")
		}
		if s.Verify(digest[:]) == nil && s.Signer.PublicKey == nil {
			t.Error("verified by nobody")
		}
	})
}
