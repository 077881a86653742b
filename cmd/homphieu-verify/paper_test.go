package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"github.com/homphieu/homphieu/report/identity"
	"github.com/homphieu/homphieu/report/pades"
	"github.com/homphieu/homphieu/tally/ledger"
)

// printPapers adds to files the minutes, with two places to sign, and what might
// come back as them.
func printPapers(t *testing.T, files map[string][]byte) {
	t.Helper()
	ca, err := identity.NewTrial("Ủy ban thử nghiệm", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	who, err := ca.Issue("Nguyễn Văn An", "Ban Kiểm phiếu", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	printed := paper(t, "minutes")
	sign := func(pdf []byte, field string, at pades.Rect) []byte {
		o := pades.Options{Field: field, Name: "Nguyễn Văn An", Time: time.Now()}
		if !at.Empty() {
			o.Appearance = &pades.Appearance{Page: 1, Rect: at}
		}
		signed, err := pades.Sign(pdf, who, o)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	more, err := pades.AddFields(printed, []pades.Place{{Field: "third", Page: 1, Rect: pades.Rect{Left: 100, Bottom: 300, Right: 200, Top: 350}}})
	if err != nil {
		t.Fatal(err)
	}
	head, clerk := pades.Rect{Left: 100, Bottom: 100, Right: 200, Top: 150}, pades.Rect{Left: 300, Bottom: 100, Right: 400, Top: 150}
	signed := sign(printed, "head", head)
	broken := bytes.Clone(signed)
	broken[bytes.LastIndex(broken, []byte("/Contents <"))+40] ^= 1
	for name, pdf := range map[string][]byte{
		"minutes": printed, "signed": signed, "signed-twice": sign(signed, "x", clerk), "fields": more, "broken": broken,
		"repainted": repainted(t, printed), "covering": sign(signed, "over", pades.Rect{Left: 100, Bottom: 700, Right: 300, Top: 800}),
		"another": sign(paper(t, "other minutes"), "head", head),
	} {
		files["papers/"+name+".pdf"] = pdf
	}
}

// TestPaperIsAsked: what is behind a printed paper is taken on the word of who can
// read papers alone, and they are given the paper as it was printed.
func TestPaperIsAsked(t *testing.T) {
	files, dir := newMeeting(t), t.TempDir()
	files["minutes.pdf"] = files["papers/signed.pdf"]
	for name, data := range files {
		if name != "meeting.bel" && name != "minutes.pdf" && !strings.HasPrefix(name, "log/") {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, data, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		paper ledger.Paper
		valid bool
	}{
		"nobody":  {nil, false},
		"refuses": {func([]byte, []byte) error { return errors.New("x") }, false},
		"takes it": {func(printed, now []byte) error {
			if !bytes.Equal(printed, files["papers/minutes.pdf"]) || !bytes.Equal(now, files["papers/signed.pdf"]) {
				t.Errorf("asked about %d and %d bytes", len(printed), len(now))
			}
			return nil
		}, true},
	} {
		f, err := ledger.VerifyDir(t.Context(), filepath.Join(dir, "log"), nil, c.paper)
		if err != nil {
			t.Fatal(err)
		}
		if f.Valid() != c.valid || (!c.valid && !errors.Is(f.Reason, ledger.ErrArchive)) {
			t.Errorf("%s: %v", name, f.Reason)
		}
	}
}

// paper prints a page with two places to sign.
func paper(t *testing.T, text string) []byte {
	t.Helper()
	p := fpdf.New("P", "pt", "A4", "")
	p.SetCompression(false)
	p.SetFont("Helvetica", "", 12)
	p.AddPage()
	p.Cell(100, 20, text)
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		t.Fatal(err)
	}
	pdf, err := pades.AddFields(b.Bytes(), []pades.Place{
		{Field: "head", Page: 1, Rect: pades.Rect{Left: 100, Bottom: 100, Right: 200, Top: 150}},
		{Field: "clerk", Page: 1, Rect: pades.Rect{Left: 300, Bottom: 100, Right: 400, Top: 150}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

// repainted appends an update, without signature, after which the page shows
// nothing.
func repainted(t *testing.T, pdf []byte) []byte {
	t.Helper()
	last := func(form string) int {
		found := regexp.MustCompile(form).FindAllSubmatch(pdf, -1)
		if len(found) == 0 {
			t.Fatalf("no %s", form)
		}
		n, err := strconv.Atoi(string(found[len(found)-1][1]))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	b := bytes.NewBuffer(bytes.Clone(pdf))
	from := b.Len()
	fmt.Fprintf(b, "%d 0 obj\n<< /Length 5 >>\nstream\nBT ET\nendstream\nendobj\n", last(`/Contents (\d+) 0 R`))
	section := b.Len()
	fmt.Fprintf(b, "xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n",
		last(`/Contents (\d+) 0 R`), from, last(`/Size (\d+)`), last(`/Root (\d+) 0 R`), last(`startxref\s+(\d+)\s+%%EOF`), section)
	return b.Bytes()
}
