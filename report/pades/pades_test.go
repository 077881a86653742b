package pades

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/big"
	"sync"
	"testing"
	"time"

	"codeberg.org/go-fonts/liberation/liberationserifregular"
	"codeberg.org/go-pdf/fpdf"

	"github.com/homphieu/homphieu/report/cms"
	"github.com/homphieu/homphieu/report/identity"
)

var (
	hanoi = time.FixedZone("", 7*3600)
	now   = time.Date(2026, 2, 10, 9, 30, 0, 0, hanoi)
)

// An authority that also certifies RSA keys, which the trial authority does not.
type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
	serial      int64
}

var theAuthority = sync.OnceValue(func() *authority {
	key := must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	a := &authority{key: key}
	a.certificate = a.certify("Trung tâm chứng thực thử", key.Public(), &x509.Certificate{
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	})
	return a
})

func (a *authority) certify(cn string, public crypto.PublicKey, template *x509.Certificate) *x509.Certificate {
	a.serial++
	template.SerialNumber = big.NewInt(a.serial)
	template.Subject = pkix.Name{Country: []string{"VN"}, CommonName: cn}
	// pdfsig checks certificates at the time of the test.
	template.NotBefore, template.NotAfter = now.AddDate(-1, 0, 0), now.AddDate(30, 0, 0)
	parent := a.certificate
	if parent == nil {
		parent = template
	}
	return must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, template, parent, public, a.key))))
}

func (a *authority) issue(cn string, key crypto.Signer) identity.Identity {
	leaf := a.certify(cn, key.Public(), &x509.Certificate{
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment, BasicConstraintsValid: true,
	})
	return identity.Identity{Chain: []*x509.Certificate{leaf, a.certificate}, Key: key}
}

func (a *authority) trust() cms.Trust {
	roots := x509.NewCertPool()
	roots.AddCert(a.certificate)
	return cms.Trust{Roots: roots, At: now}
}

func (a *authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// people are three signers: RSA, ECDSA, RSA.
var people = sync.OnceValue(func() []identity.Identity {
	a := theAuthority()
	return []identity.Identity{
		a.issue("Nguyễn Thị Ngọc Ánh", must(rsa.GenerateKey(rand.Reader, 2048))),
		a.issue("Trần Đức Khải", must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))),
		a.issue("Lê Hữu Phước", must(rsa.GenerateKey(rand.Reader, 3072))),
	}
})

func trust() cms.Trust { return theAuthority().trust() }

// paper is a PDF of two pages, as the reports are made.
var paper = sync.OnceValue(func() []byte {
	p := fpdf.New("P", "mm", "A4", "")
	p.SetCreationDate(now)
	p.SetModificationDate(now)
	p.SetCatalogSort(true)
	p.AddUTF8FontFromBytes("serif", "", liberationserifregular.TTF)
	p.SetFont("serif", "", 14)
	for i := range 2 {
		p.AddPage()
		p.MultiCell(0, 8, fmt.Sprintf("BIÊN BẢN KIỂM PHIẾU, trang %d: kết quả lấy phiếu tín nhiệm", i+1), "", "", false)
	}
	var out bytes.Buffer
	if err := p.Output(&out); err != nil {
		panic(err)
	}
	return out.Bytes()
})

// drawing is a PNG: an ellipse of a colour on transparent ground.
func drawing(w, h int, c color.NRGBA) []byte {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			dx, dy := float64(2*x-w)/float64(w), float64(2*y-h)/float64(h)
			if d := dx*dx + dy*dy; d < 1 && d > 0.7 {
				m.SetNRGBA(x, y, c)
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		panic(err)
	}
	return out.Bytes()
}

var (
	blue = color.NRGBA{0, 0, 200, 255}
	red  = color.NRGBA{220, 0, 0, 255}
)

// at returns options for the i-th signer, with text in a row at the foot of page 1.
func at(i int) Options {
	left := 60 + 160*float64(i)
	return Options{
		Field: fmt.Sprintf("member-%d", i), Name: people()[i%3].Name(), Reason: "Ký biên bản kiểm phiếu", Location: "Lạc Dương",
		Time:       now.Add(time.Duration(i) * time.Minute),
		Appearance: &Appearance{Page: 1, Rect: Rect{left, 100, left + 150, 160}},
	}
}

func sign(t testing.TB, pdf []byte, i int, o Options) []byte {
	t.Helper()
	out, err := Sign(pdf, people()[i%3], o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// signedByThree is the paper with three signatures, each seen in another way.
var signedByThree = sync.OnceValue(func() []byte {
	pdf := paper()
	for i := range 3 {
		o := at(i)
		if i > 0 {
			o.Appearance.Signature = drawing(300, 120, blue)
		}
		if i > 1 {
			o.Appearance.Seal = drawing(200, 200, red)
		}
		pdf = must(Sign(pdf, people()[i], o))
	}
	return pdf
})
