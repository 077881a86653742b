package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/store/bolt"
)

// A pair is a certificate of this computer that signs itself, in PEM.
type pair struct{ cert, key []byte }

func newPair(t *testing.T, name string) pair {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{"localhost"},
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, secret.Public(), secret)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	return pair{pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})}
}

// certificateFiles are the files that a server reads, as a renewal writes them.
type certificateFiles struct {
	*testing.T
	cert, key string
	written   time.Time
}

// write puts the files in place; each writing is later than the one before.
func (f *certificateFiles) write(p pair) {
	f.Helper()
	f.written = f.written.Add(time.Second)
	for name, content := range map[string][]byte{f.cert: p.cert, f.key: p.key} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			f.Fatal(err)
		}
		if err := os.Chtimes(name, f.written, f.written); err != nil {
			f.Fatal(err)
		}
	}
}

// A renewed certificate is shown from the next connection on. A broken one is
// not taken, and is logged once, however many voters come.
func TestCertificateIsReloaded(t *testing.T) {
	folder := t.TempDir()
	files := &certificateFiles{T: t, cert: filepath.Join(folder, "cert.pem"), key: filepath.Join(folder, "key.pem"), written: time.Unix(1_700_000_000, 0)}
	first, second, third := newPair(t, "first"), newPair(t, "second"), newPair(t, "third")
	files.write(first)
	address, log := serveTLS(t, files)
	expect := func(name string) {
		t.Helper()
		for range 3 {
			if got := shown(t, address); got != name {
				t.Errorf("the server shows %s, want %s", got, name)
			}
		}
	}
	expect("first")
	files.write(second)
	expect("second")
	for _, broken := range []pair{{}, {[]byte("half a cert"), third.key}, {third.cert, nil}, {third.cert, first.key}} {
		files.write(broken)
		expect("second")
	}
	if err := os.Remove(files.cert); err != nil {
		t.Fatal(err)
	}
	expect("second")
	files.write(third)
	expect("third")
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, "127.0.0.1") || !strings.Contains(line, "certificate kept") {
			t.Errorf("logged %s", line)
		}
	}
	if n := strings.Count(log.String(), "\n"); n < 1 || n > 5 {
		t.Errorf("%d log entries for five broken files: %s", n, log)
	}
}

// serveTLS starts a server with the files and returns its address and its log,
// which may be read at any time.
func serveTLS(t *testing.T, files *certificateFiles) (address string, log *lockedBuffer) {
	t.Helper()
	data := t.TempDir()
	store, err := bolt.Open(filepath.Join(data, "homphieu.db"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSite(serveOptions{data: data, listen: "localhost:0", cert: files.cert, key: files.key}, api.Config{Store: store, Trials: store})
	if err != nil {
		t.Fatal(err)
	}
	log = new(lockedBuffer)
	c, err := newCertificate(files.cert, files.key, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	s.server.TLSConfig.GetCertificate = c.get
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
		store.Close()
	})
	if s.url.Scheme != "https" {
		t.Errorf("public address %s", s.url)
	}
	return s.url.String(), log
}

// A lockedBuffer is written by a server and read by a test.
type lockedBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// shown returns the name on the certificate of a new connection, over which
// the server must answer and ask for HTTPS from now on.
func shown(t *testing.T, address string) string {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // #nosec G402 -- signed by itself
	response, err := (&http.Client{Transport: transport}).Get(address + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err != nil || string(body) != "ok\n" {
		t.Errorf("%q, %v", body, err)
	}
	if response.Header.Get("Strict-Transport-Security") == "" || response.TLS.Version < tls.VersionTLS12 {
		t.Errorf("%v, TLS %x", response.Header, response.TLS.Version)
	}
	return response.TLS.PeerCertificates[0].Subject.CommonName
}

// Without a good certificate at the start there is no server.
func TestCertificateMissing(t *testing.T) {
	folder := t.TempDir()
	files := &certificateFiles{T: t, cert: filepath.Join(folder, "cert.pem"), key: filepath.Join(folder, "key.pem")}
	good, other := newPair(t, "good"), newPair(t, "other")
	for _, bad := range []pair{{}, {good.cert, other.key}, {good.key, good.cert}} {
		files.write(bad)
		if _, err := newCertificate(files.cert, files.key, slog.Default()); err == nil {
			t.Errorf("%s is taken", bad.cert)
		}
	}
}
