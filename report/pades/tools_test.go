package pades

import (
	"bytes"
	"errors"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// run starts a program that the tests need and returns what it says.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

func save(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Another program finds the three signatures valid, and the file free of errors.
func TestPdfsig(t *testing.T) {
	dir := t.TempDir()
	file := save(t, dir, "signed.pdf", signedByThree())
	said := run(t, "pdfsig", "-nocert", file)
	if n := strings.Count(said, "Signature is Valid."); n != 3 {
		t.Errorf("%d of 3 valid:\n%s", n, said)
	}
	if !strings.Contains(said, "Total document signed") {
		t.Errorf("the last signature does not cover the file:\n%s", said)
	}
	if out := run(t, "qpdf", "--check", file); !strings.Contains(out, "No syntax or stream encoding errors found") {
		t.Error(out)
	}
}

// One changed byte of the paper is a digest mismatch for all who signed.
func TestPdfsigMismatch(t *testing.T) {
	bad := bytes.Clone(signedByThree())
	bad[bytes.Index(bad, []byte("stream\n"))+20] ^= 1
	said := run(t, "pdfsig", "-nocert", save(t, t.TempDir(), "bad.pdf", bad))
	if n := strings.Count(said, "Digest Mismatch."); n != 3 {
		t.Errorf("%d of 3 mismatch:\n%s", n, said)
	}
}

// parted returns what the i-th signature signs, and the signature.
func parted(t *testing.T, pdf []byte, i int) (content, signature []byte) {
	t.Helper()
	f := must(open(pdf))
	v := must(f.current().dict(must(f.current().fields())[i].dict["V"]))
	contents, end, err := f.byteRange(v)
	if err != nil {
		t.Fatal(err)
	}
	n := must(derLength(contents.data))
	return append(bytes.Clone(pdf[:contents.from]), pdf[contents.to:end]...), contents.data[:n]
}

// OpenSSL verifies each signature, its chain, and that it is CAdES.
func TestOpenSSLVerifies(t *testing.T) {
	dir := t.TempDir()
	ca := save(t, dir, "ca.pem", theAuthority().pem())
	for i := range 3 {
		content, signature := parted(t, signedByThree(), i)
		said := run(t, "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-cades", "-CAfile", ca, "-out", os.DevNull,
			"-in", save(t, dir, "signature.der", signature), "-content", save(t, dir, "content", content))
		if !strings.Contains(said, "CAdES Verification successful") {
			t.Errorf("signature %d: %s", i, said)
		}
	}
}

// A signature that OpenSSL made elsewhere is embedded, and both agree on it.
func TestSignedElsewhere(t *testing.T) {
	dir := t.TempDir()
	for i, who := range people() {
		p := must(Prepare(paper(), at(i)))
		file, err := who.MarshalPEM()
		if err != nil {
			t.Fatal(err)
		}
		content := append(bytes.Clone(p.PDF[:p.From]), p.PDF[p.To:]...)
		out := filepath.Join(dir, "out.der")
		run(t, "openssl", "cms", "-sign", "-binary", "-cades", "-md", "sha384", "-outform", "DER", "-nosmimecap", "-out", out,
			"-signer", save(t, dir, "who.pem", file), "-certfile", save(t, dir, "ca.pem", theAuthority().pem()),
			"-in", save(t, dir, "content", content))
		pdf, err := p.Embed(must(os.ReadFile(out)))
		if err != nil {
			t.Fatal(err)
		}
		r, err := Continues(paper(), pdf, trust())
		if err != nil || !r.Signatures[0].OK() {
			t.Errorf("%v, %+v", err, r)
		}
		if said := run(t, "pdfsig", "-nocert", save(t, dir, "out.pdf", pdf)); !strings.Contains(said, "Signature is Valid.") {
			t.Error(said)
		}
	}
}

// Files with cross-reference streams and object streams are read, and continued in kind.
func TestStreams(t *testing.T) {
	dir := t.TempDir()
	packed := filepath.Join(dir, "packed.pdf")
	run(t, "qpdf", "--object-streams=generate", save(t, dir, "paper.pdf", paper()), packed)
	base := must(os.ReadFile(packed))
	if bytes.Contains(base, []byte("\ntrailer")) {
		t.Fatal("qpdf wrote a table")
	}
	checkStreams(t, base, base)
	// Another program appends a stream to our table.
	f := must(open(paper()))
	f.last().stream = true
	w := newWriter(f)
	withCatalog(dict{"Version": name("1.7")})(w, f.current())
	checkStreams(t, paper(), w.update())
}

func checkStreams(t *testing.T, original, pdf []byte) {
	t.Helper()
	for i := range 3 {
		pdf = sign(t, pdf, i, at(i))
	}
	r, err := Continues(original, pdf, trust())
	if err != nil || len(r.Signatures) != 3 || !r.Signatures[0].OK() {
		t.Errorf("%v, %+v", err, r)
	}
	file := save(t, t.TempDir(), "signed.pdf", pdf)
	if said := run(t, "pdfsig", "-nocert", file); strings.Count(said, "Signature is Valid.") != 3 {
		t.Error(said)
	}
	run(t, "qpdf", "--check", file)
	changed := alter(pdf, func(w *writer, _ view) { w.objects[contentsOf(pdf)] = pack(dict{}, []byte("BT ET")) })
	if _, err := Continues(original, changed, trust()); !errors.Is(err, ErrOverwritten) {
		t.Errorf("content overwritten: %v", err)
	}
}

// Linearized files are refused, not misread.
func TestLinearized(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "linear.pdf")
	run(t, "qpdf", "--linearize", save(t, dir, "paper.pdf", paper()), out)
	if _, err := Verify(must(os.ReadFile(out)), trust()); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
}

// The text of an appearance is seen, with its diacritics, and the images have their colours.
func TestAppearance(t *testing.T) {
	dir := t.TempDir()
	file := save(t, dir, "signed.pdf", signedByThree())
	for _, want := range []string{"Người ký: Nguyễn Thị Ngọc Ánh", "Thời gian ký: 2026-02-10 09:30:00 +07:00"} {
		if said := run(t, "pdftotext", "-layout", file, "-"); !strings.Contains(said, want) {
			t.Errorf("%q is not in %s", want, said)
		}
	}
	run(t, "pdftoppm", "-r", "72", "-f", "1", "-singlefile", "-png", file, filepath.Join(dir, "page"))
	page := must(png.Decode(bytes.NewReader(must(os.ReadFile(filepath.Join(dir, "page.png"))))))
	height := page.Bounds().Dy()
	for i, want := range []struct{ black, blue, red bool }{{black: true}, {blue: true}, {blue: true, red: true}} {
		r := at(i).Appearance.Rect
		var black, blue, red bool
		for y := height - int(r.Top); y < height-int(r.Bottom); y++ {
			for x := int(r.Left); x < int(r.Right); x++ {
				c := color.NRGBAModel.Convert(page.At(x, y)).(color.NRGBA)
				black = black || c.R < 100 && c.G < 100 && c.B < 100
				blue = blue || c.B > 150 && c.R < 50
				red = red || c.R > 180 && c.B < 80
			}
		}
		if black != want.black || blue != want.blue || red != want.red {
			t.Errorf("signature %d: black %v, blue %v, red %v", i, black, blue, red)
		}
	}
}
