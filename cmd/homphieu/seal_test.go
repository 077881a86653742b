package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/homphieu/homphieu/report/identity"
)

func ok(t testing.TB, err error) {
	if err != nil {
		t.Helper()
		t.Fatal(err)
	}
}

// sealOf is the seal that a server with these options starts with.
func sealOf(t *testing.T, o *serveOptions) identity.Identity {
	t.Helper()
	press, err := o.newPress()
	ok(t, err)
	if press.Roots != nil && o.trust == "" {
		t.Error("a server trusts somebody that it was not told to")
	}
	return press.Seal
}

// A server makes a seal of its own once, which says that it has no legal value
// and that nobody else can read, and keeps it.
func TestOwnSeal(t *testing.T) {
	o := &serveOptions{data: t.TempDir(), listen: "localhost:8080"}
	seal := sealOf(t, o)
	path := filepath.Join(o.data, sealFile)
	info, err := os.Stat(path)
	ok(t, err)
	if info.Mode() != 0o600 {
		t.Errorf("%s has mode %v", sealFile, info.Mode())
	}
	if seal.Name() != "Niêm phong của máy chủ localhost:8080" || !strings.Contains(seal.Chain[0].Issuer.String(), "không có giá trị pháp lý") {
		t.Errorf("%s, from %s", seal.Name(), seal.Chain[0].Issuer)
	}
	ok(t, seal.Check(time.Now()))
	o.listen = "localhost:9090"
	if again := sealOf(t, o); !again.Chain[0].Equal(seal.Chain[0]) || !again.Chain[1].Equal(seal.Chain[1]) {
		t.Error("another seal after the restart")
	}
	if leftover, _ := filepath.Glob(filepath.Join(o.data, "*")); len(leftover) != 1 {
		t.Errorf("files: %v", leftover)
	}
}

// The seal is named after the address that people know, as much as certificates
// take of it.
func TestOwnSealName(t *testing.T) {
	for _, c := range []struct{ listen, publicURL, want string }{
		{"localhost:0", "", "localhost:0"},
		{":443", "https://phieu.lamdong.gov.vn/hop", "phieu.lamdong.gov.vn"},
		{":443", "https://bỏ-phiếu.vn:8443", "bỏ-phiếu.vn:8443"},
		{":443", "https://ba123456789.b123456789.c123456789.gov.vn", "ba123456789.b123456789.c123456789.gov.vn"},
		{":443", "https://cba123456789.b123456789.c123456789.gov.vn", "cba123456789.b123456789.c123456789.gov.vn"},
		{":443", "https://dcba123456789.b123456789.c123456789.gov.vn", "…ba123456789.b123456789.c123456789.gov.vn"},
		{":443", "https://lay-phieu-tin-nhiem.hoi-dong-nhan-dan.lamdong.gov.vn", "…n-nhiem.hoi-dong-nhan-dan.lamdong.gov.vn"},
	} {
		name := sealOf(t, &serveOptions{data: t.TempDir(), listen: c.listen, publicURL: c.publicURL}).Name()
		if name != sealWords+c.want || utf8.RuneCountInString(name) > 64 {
			t.Errorf("%s: %q", c.publicURL, name)
		}
	}
	o := &serveOptions{data: t.TempDir(), publicURL: "http://hop.example.vn"}
	if _, err := o.newPress(); exitStatus(err) != 2 || !strings.Contains(err.Error(), "--public-url") {
		t.Errorf("an address that is none: %v", err)
	}
	if _, err := os.Stat(filepath.Join(o.data, sealFile)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a seal for an address that is none: %v", err)
	}
}

// A seal that has run out, or is not valid yet, is replaced. One that cannot be read is not, since
// papers name it: somebody has to look.
func TestOwnSealReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), sealFile)
	old, err := ownSeal(path, "a", time.Now().AddDate(-6, 0, 0))
	ok(t, err)
	fresh, err := ownSeal(path, "a", time.Now())
	ok(t, err)
	if fresh.Chain[0].Equal(old.Chain[0]) || fresh.Check(time.Now()) != nil {
		t.Errorf("not replaced: %v", fresh.Chain[0].NotAfter)
	}
	if kept, err := ownSeal(path, "a", time.Now()); err != nil || !kept.Chain[0].Equal(fresh.Chain[0]) {
		t.Errorf("the new one is not kept: %v", err)
	}
	back := time.Now().AddDate(0, 0, -7) // the clock was ahead, and is right now
	early, err := ownSeal(path, "a", back)
	ok(t, err)
	if early.Chain[0].Equal(fresh.Chain[0]) || early.Check(back) != nil {
		t.Errorf("not yet valid, and not replaced: %v", fresh.Chain[0].NotBefore)
	}
	good, err := os.ReadFile(path)
	ok(t, err)
	for name, c := range map[string]struct {
		content []byte
		want    error
	}{
		"empty":       {nil, identity.ErrNoKey},
		"cut":         {good[:100], identity.ErrNoKey},
		"half":        {good[:len(good)-20], identity.ErrMalformed},
		"no key":      {good[bytes.Index(good, []byte("-----BEGIN CERT")):], identity.ErrNoKey},
		"key alone":   {good[:bytes.Index(good, []byte("-----BEGIN CERT"))], identity.ErrMalformed},
		"another key": {append(keyOf(t, old), good[bytes.Index(good, []byte("-----BEGIN CERT")):]...), identity.ErrMismatch},
	} {
		ok(t, os.WriteFile(path, c.content, 0o600))
		if _, err := ownSeal(path, "a", time.Now()); !errors.Is(err, c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, c.content) {
			t.Errorf("%s: was overwritten, %v", name, err)
		}
		err := starts(t, "--data", filepath.Dir(path))
		if exitStatus(err) != 1 || !strings.Contains(err.Error(), "serve: seal: "+path) {
			t.Errorf("%s: serve: %v", name, err)
		}
	}
}

// starts lets a server start that is to end at once, and returns what hindered it.
func starts(t *testing.T, args ...string) error {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	return run(ctx, append([]string{"serve", "--listen", "localhost:0"}, args...), t.Output())
}

// keyOf is the key of an identity in PEM.
func keyOf(t *testing.T, who identity.Identity) []byte {
	t.Helper()
	text, err := who.MarshalPEM()
	ok(t, err)
	return text[:bytes.Index(text, []byte("-----BEGIN CERT"))]
}

// boughtSeal leaves the files of a seal that an office bought, with the password
// in seal.txt, and returns the folder.
func boughtSeal(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	office(t, dir, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-keyout", "ca-key.pem", "-out", "ca.pem",
		"-utf8", "-subj", "/CN=Tổ chức chứng thực", "-days", "30", "-addext", "keyUsage=critical,keyCertSign")
	office(t, dir, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-keyout", "key.pem", "-out", "cert.pem", "-CA", "ca.pem", "-CAkey", "ca-key.pem",
		"-utf8", "-subj", "/CN=Văn phòng Tỉnh ủy", "-days", "30", "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "keyUsage=digitalSignature")
	office(t, dir, "openssl", "pkcs12", "-export", "-inkey", "key.pem", "-in", "cert.pem", "-out", "alone.p12", "-passout", "pass:mật khẩu")
	office(t, dir, "openssl", "pkcs12", "-export", "-inkey", "key.pem", "-in", "cert.pem", "-certfile", "ca.pem", "-out", "seal.p12", "-passout", "pass:mật khẩu")
	for name, text := range map[string]string{"seal.txt": "mật khẩu\r\nkhông đọc\n", "wrong.txt": "mật khẩu khác\n", "empty.pem": "none\n"} {
		ok(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

// The seal that an office gives is used, and none of the server's own is made.
func TestSealGiven(t *testing.T) {
	dir := boughtSeal(t)
	in := func(name string) string { return filepath.Join(dir, name) }
	o := &serveOptions{data: t.TempDir(), listen: "localhost:0", sealKey: in("seal.p12"), sealPassword: in("seal.txt"), trust: in("ca.pem")}
	if seal := sealOf(t, o); seal.Name() != "Văn phòng Tỉnh ủy" || len(seal.Chain) != 2 || !seal.Chain[1].IsCA {
		t.Errorf("sealed by %s, with %d certificates", seal.Name(), len(seal.Chain))
	}
	if leftover, _ := filepath.Glob(filepath.Join(o.data, "*")); leftover != nil {
		t.Errorf("files: %v", leftover)
	}
	press, err := o.newPress()
	ok(t, err)
	if _, err := press.Seal.Chain[0].Verify(x509.VerifyOptions{Roots: press.Roots}); err != nil {
		t.Errorf("--trust: %v", err)
	}
}

// Options that do not go together, and files that are not what they should be.
func TestSealRefused(t *testing.T) {
	dir := boughtSeal(t)
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--seal", in("seal.p12")}, "--seal and --seal-password-file go together"},
		{[]string{"--seal-password-file", in("seal.txt")}, "--seal and --seal-password-file go together"},
		{[]string{"--seal", in("seal.p12"), "--seal-password-file", in("wrong.txt")}, "seal.p12: identity: wrong password"},
		{[]string{"--seal", in("cert.pem"), "--seal-password-file", in("seal.txt")}, "cert.pem: identity: malformed file"},
		{[]string{"--seal", in("alone.p12"), "--seal-password-file", in("seal.txt")}, "alone.p12: has the certificate of the seal alone"},
		{[]string{"--seal", in("nothing.p12"), "--seal-password-file", in("seal.txt")}, "nothing.p12"},
		{[]string{"--seal", in("seal.p12"), "--seal-password-file", in("nothing.txt")}, "nothing.txt"},
		{[]string{"--trust", in("nothing.pem")}, "nothing.pem"},
		{[]string{"--trust", in("empty.pem")}, "empty.pem: no certificate in PEM"},
		{[]string{"--trust", in("key.pem")}, "key.pem: no certificate in PEM"},
	} {
		if err := starts(t, append(c.args, "--data", t.TempDir())...); exitStatus(err) != 2 || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.args, err, c.want)
		}
	}
}
