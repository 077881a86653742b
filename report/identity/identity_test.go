package identity_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/homphieu/homphieu/report/identity"
)

var now = time.Date(2026, 2, 10, 9, 30, 0, 0, time.UTC)

// trial is an authority whose name needs every sort of diacritic.
func trial(t testing.TB) *identity.TrialCA {
	t.Helper()
	ca, err := identity.NewTrial("Văn phòng Huyện ủy Lạc Dương", now)
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func issue(t testing.TB, ca *identity.TrialCA) identity.Identity {
	t.Helper()
	i, err := ca.Issue("Nguyễn Thị Ngọc Ánh", "Trưởng ban kiểm phiếu", now)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// p12 encodes with few iterations, which tests have no need of.
func p12(t testing.TB, key any, leaf *x509.Certificate, others ...*x509.Certificate) []byte {
	t.Helper()
	file, err := pkcs12.Modern.WithIterations(1000).Encode(key, leaf, others, "mật khẩu")
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestTrialSaysThatItIsOne(t *testing.T) {
	ca := trial(t)
	i := issue(t, ca)
	for _, c := range []*x509.Certificate{ca.Certificate(), i.Chain[0]} {
		subject := c.Subject.String() + c.Issuer.CommonName
		for _, words := range []string{"THỬ NGHIỆM", "không có giá trị pháp lý", "TRIAL"} {
			if !strings.Contains(subject, words) {
				t.Errorf("%q is not in %s", words, subject)
			}
		}
		for _, name := range c.Subject.Names {
			if n := len([]rune(name.Value.(string))); n > 64 {
				t.Errorf("%v has %d characters, X.520 allows 64", name.Value, n)
			}
		}
	}
	if i.Name() != "Nguyễn Thị Ngọc Ánh" || i.Chain[0].Subject.OrganizationalUnit[0] != "Trưởng ban kiểm phiếu" {
		t.Errorf("subject %v", i.Chain[0].Subject)
	}
}

func TestTrialCertificates(t *testing.T) {
	ca := trial(t)
	a, b := issue(t, ca), issue(t, ca)
	leaf := a.Chain[0]
	if leaf.KeyUsage != x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment || leaf.IsCA {
		t.Errorf("key usage %b, authority %v", leaf.KeyUsage, leaf.IsCA)
	}
	if leaf.SerialNumber.Cmp(b.Chain[0].SerialNumber) == 0 || leaf.SerialNumber.BitLen() < 96 {
		t.Error("serial numbers are not random")
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca.PEM()) {
		t.Fatal("PEM of the authority")
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
		t.Error(err)
	}
	if err := a.Check(now); err != nil {
		t.Error(err)
	}
}

// A certificate never outlives its authority.
func TestIssueLate(t *testing.T) {
	ca := trial(t)
	i, err := ca.Issue("Lê Văn Đức", "", now.AddDate(9, 0, 0))
	if err != nil || !i.Chain[0].NotAfter.Equal(ca.Certificate().NotAfter) {
		t.Errorf("%v, until %v", err, i.Chain[0].NotAfter)
	}
}

func TestDrop(t *testing.T) {
	ca := trial(t)
	ca.Drop()
	if _, err := ca.Issue("Lê Văn Đức", "", now); !errors.Is(err, identity.ErrDropped) {
		t.Error(err)
	}
	if len(ca.PEM()) == 0 {
		t.Error("the certificate went with the key")
	}
}

func TestNamesRefused(t *testing.T) {
	ca := trial(t)
	for _, name := range []string{"", strings.Repeat("ạ", 65), "a\nb", "a\x00b", "\xff", "a\u202eb"} {
		if _, err := identity.NewTrial(name, now); !errors.Is(err, identity.ErrName) {
			t.Errorf("authority %q: %v", name, err)
		}
		if _, err := ca.Issue(name, "", now); !errors.Is(err, identity.ErrName) {
			t.Errorf("person %q: %v", name, err)
		}
		if _, err := ca.Issue("A", name, now); name != "" && !errors.Is(err, identity.ErrName) {
			t.Errorf("purpose %q: %v", name, err)
		}
	}
}

func TestPEM(t *testing.T) {
	i := issue(t, trial(t))
	file, err := i.MarshalPEM()
	if err != nil {
		t.Fatal(err)
	}
	back, err := identity.ParsePEM(file, now)
	if err != nil || len(back.Chain) != 2 || !back.Chain[0].Equal(i.Chain[0]) {
		t.Fatalf("%v, %d certificates", err, len(back.Chain))
	}
	if !back.Key.Public().(*ecdsa.PublicKey).Equal(i.Key.Public()) {
		t.Error("another key came back")
	}
}

func TestPEMRefused(t *testing.T) {
	ca := trial(t)
	file, err := issue(t, ca).MarshalPEM()
	if err != nil {
		t.Fatal(err)
	}
	key, rest := pem.Decode(file)
	keyFile := pem.EncodeToMemory(key)
	other, err := issue(t, ca).MarshalPEM()
	if err != nil {
		t.Fatal(err)
	}
	_, otherChain := pem.Decode(other)
	for _, c := range []struct {
		name string
		file []byte
		at   time.Time
		want error
	}{
		{"nothing", nil, now, identity.ErrNoKey},
		{"no key", rest, now, identity.ErrNoKey},
		{"no certificate", keyFile, now, identity.ErrMalformed},
		{"two keys", append(keyFile, file...), now, identity.ErrMalformed},
		{"another's certificate", append(keyFile, otherChain...), now, identity.ErrMismatch},
		{"another block", append([]byte("-----BEGIN X-----\n-----END X-----\n"), file...), now, identity.ErrMalformed},
		{"too early", file, now.AddDate(0, 0, -1), identity.ErrNotYetValid},
		{"too late", file, now.AddDate(6, 0, 0), identity.ErrExpired},
		{"too large", make([]byte, 1<<20), now, identity.ErrMalformed},
	} {
		if _, err := identity.ParsePEM(c.file, c.at); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := (identity.Identity{}).MarshalPEM(); !errors.Is(err, identity.ErrNoKey) {
		t.Error(err)
	}
}

func TestPKCS12(t *testing.T) {
	ca := trial(t)
	i := issue(t, ca)
	for name, file := range map[string][]byte{
		"chain":        p12(t, i.Key, i.Chain[0], i.Chain[1]),
		"stranger too": p12(t, i.Key, i.Chain[0], trial(t).Certificate(), i.Chain[1]),
		"other order":  p12(t, i.Key, i.Chain[1], i.Chain[0]),
	} {
		back, err := identity.ParsePKCS12(file, "mật khẩu", now)
		if err != nil || len(back.Chain) != 2 || !back.Chain[0].Equal(i.Chain[0]) || !back.Chain[1].Equal(ca.Certificate()) {
			t.Errorf("%s: %v, chain of %d", name, err, len(back.Chain))
		}
	}
}

// selfSigned makes a certificate for any key with any usage.
func selfSigned(t testing.TB, key crypto.Signer, usage x509.KeyUsage) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "x"}, KeyUsage: usage,
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func generate(t testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestPKCS12Refused(t *testing.T) {
	i := issue(t, trial(t))
	p224, p384, p521 := generate(t, elliptic.P224()), generate(t, elliptic.P384()), generate(t, elliptic.P521())
	small, err := rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // it is there to be refused
	if err != nil {
		t.Fatal(err)
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	const signing = x509.KeyUsageDigitalSignature
	good := p12(t, i.Key, i.Chain[0])
	slow, err := pkcs12.Modern.WithIterations(2_000_001).Encode(i.Key, i.Chain[0], nil, "a")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, password string
		file           []byte
		at             time.Time
		want           error
	}{
		{"wrong password", "mat khau", good, now, identity.ErrPassword},
		{"no password", "", good, now, identity.ErrPassword},
		{"too early", "mật khẩu", good, now.AddDate(0, 0, -1), identity.ErrNotYetValid},
		{"too late", "mật khẩu", good, now.AddDate(6, 0, 0), identity.ErrExpired},
		{"nothing", "", nil, now, identity.ErrMalformed},
		{"cut", "mật khẩu", good[:len(good)-1], now, identity.ErrMalformed},
		{"too large", "", make([]byte, 1<<20), now, identity.ErrMalformed},
		{"too slow", "a", slow, now, identity.ErrMalformed},
		{"P-224", "mật khẩu", p12(t, p224, selfSigned(t, p224, signing)), now, identity.ErrAlgorithm},
		{"P-521", "mật khẩu", p12(t, p521, selfSigned(t, p521, signing)), now, identity.ErrAlgorithm},
		{"RSA 1024", "mật khẩu", p12(t, small, selfSigned(t, small, signing)), now, identity.ErrAlgorithm},
		{"Ed25519", "mật khẩu", p12(t, edwards, selfSigned(t, edwards, signing)), now, identity.ErrAlgorithm},
		{"encryption", "mật khẩu", p12(t, p384, selfSigned(t, p384, x509.KeyUsageKeyEncipherment)), now, identity.ErrKeyUsage},
		{"another's", "mật khẩu", p12(t, p384, i.Chain[0]), now, identity.ErrMismatch},
		{"signing", "mật khẩu", p12(t, p384, selfSigned(t, p384, signing)), now, nil},
	} {
		if _, err := identity.ParsePKCS12(c.file, c.password, c.at); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// run starts OpenSSL.
func run(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("openssl", args...).CombinedOutput(); err != nil {
		t.Fatalf("openssl %v: %v\n%s", args, err, out)
	}
}

// Files of OpenSSL are read, also one without a key; its eyes find the trial's certificates in order.
func TestOpenSSL(t *testing.T) {
	dir := t.TempDir()
	ca := trial(t)
	file, err := issue(t, ca).MarshalPEM()
	if err != nil {
		t.Fatal(err)
	}
	seal, root := filepath.Join(dir, "seal.pem"), filepath.Join(dir, "ca.pem")
	full, keyless := filepath.Join(dir, "full.p12"), filepath.Join(dir, "keyless.p12")
	for name, data := range map[string][]byte{seal: file, root: ca.PEM()} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	moment := "1770715800" // now, in seconds since 1970
	run(t, "verify", "-x509_strict", "-purpose", "smimesign", "-attime", moment, "-CAfile", root, seal)
	run(t, "pkcs12", "-export", "-in", seal, "-certfile", root, "-out", full, "-passout", "pass:bí mật")
	run(t, "pkcs12", "-export", "-nokeys", "-in", root, "-out", keyless, "-passout", "pass:a")
	for name, c := range map[string]struct {
		password string
		want     error
	}{full: {"bí mật", nil}, keyless: {"a", identity.ErrNoKey}} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := identity.ParsePKCS12(data, c.password, now); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", filepath.Base(name), err, c.want)
		}
	}
}

func FuzzParsePKCS12(f *testing.F) {
	ca := trial(f)
	i := issue(f, ca)
	f.Add(p12(f, i.Key, i.Chain[0], i.Chain[1]), "mật khẩu")
	f.Add([]byte{0x30, 0x80}, "")
	f.Fuzz(func(t *testing.T, data []byte, password string) {
		if i, err := identity.ParsePKCS12(data, password, now); err == nil && i.Check(now) != nil {
			t.Error("an identity that cannot sign was taken")
		}
	})
}

func FuzzParsePEM(f *testing.F) {
	file, err := issue(f, trial(f)).MarshalPEM()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Fuzz(func(t *testing.T, data []byte) {
		if i, err := identity.ParsePEM(data, now); err == nil && i.Check(now) != nil {
			t.Error("an identity that cannot sign was taken")
		}
	})
}
