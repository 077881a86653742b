package report_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report"
	"github.com/homphieu/homphieu/report/identity"
	"github.com/homphieu/homphieu/report/pades"
	"github.com/homphieu/homphieu/report/paper"
	"github.com/homphieu/homphieu/report/paper/papertest"
)

// rootsOf are the authorities that the printed files name.
func rootsOf(t testing.TB, all files) *x509.CertPool {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(all[report.AuthorityFile].Content) {
		t.Fatalf("no certificate: %s", all[report.AuthorityFile].Content)
	}
	return roots
}

// sign signs in a place of a paper.
func sign(t testing.TB, pdf []byte, who identity.Identity, field string, at time.Time) []byte {
	t.Helper()
	signed, err := pades.Sign(pdf, who, pades.Options{Field: field, Name: who.Name(), Time: at, Appearance: &pades.Appearance{}})
	ok(t, err)
	return signed
}

// A paper that head and chair signed one after the other comes back with who
// they are. Whether they are trusted is up to the roots of the press.
func TestCheck(t *testing.T) {
	press := newPress(t)
	original := printed(t, press, papertest.Party(t))[meeting.MinutesFile].Content
	one, two := newAuthority(t, "Một"), newAuthority(t, "Hai")
	signed := sign(t, original, issue(t, one, "Bùi Văn Khoa"), "head", now.Add(time.Minute))
	signed = sign(t, signed, issue(t, two, "Lê Thị Hòa"), "chair", now.Add(time.Hour))
	seal := meeting.PaperSignature{
		Field: report.SealField, Signer: "Niêm phong của máy chủ", Issuer: identity.TrialName, Time: now, Trusted: true, Seal: true,
	}
	head := meeting.PaperSignature{Field: "head", Signer: "Bùi Văn Khoa", Issuer: identity.TrialName, Time: now.Add(time.Minute)}
	chair := meeting.PaperSignature{Field: "chair", Signer: "Lê Thị Hòa", Issuer: identity.TrialName, Time: now.Add(time.Hour)}
	for range 2 { // first nobody is trusted, then who signed as chair
		want := []meeting.PaperSignature{seal, head, chair}
		if got, err := press.Check(original, signed); err != nil || !same(got, want) {
			t.Errorf("%+v, want %+v, %v", got, want, err)
		}
		press.Roots = x509.NewCertPool()
		press.Roots.AddCert(two.Certificate())
		chair.Trusted = true
	}
	given := x509.NewCertPool()
	given.AddCert(two.Certificate())
	if !press.Roots.Equal(given) {
		t.Error("the press changed the roots that it was given")
	}
}

// What the seal's authority certified besides is trusted only if the press is
// told to: an office may have its seal from where all others have theirs.
func TestCheckSealAuthority(t *testing.T) {
	public := newAuthority(t, "Tổ chức chứng thực")
	press := &report.Press{Seal: issue(t, public, "Văn phòng"), Program: "homphieu", Clock: func() time.Time { return now }}
	original := printed(t, press, papertest.Party(t))[meeting.MinutesFile].Content
	signed := sign(t, original, issue(t, public, "Người lạ"), "head", now)
	for _, want := range []bool{false, true} {
		got, err := press.Check(original, signed)
		if err != nil || len(got) != 2 || !got[0].Trusted || got[1].Trusted != want {
			t.Errorf("%+v, want %v, %v", got, want, err)
		}
		press.Roots = x509.NewCertPool()
		press.Roots.AddCert(public.Certificate())
	}
}

// inField signs in a field of the signer's own.
func inField(t testing.TB, pdf []byte, who identity.Identity, seen *pades.Appearance) []byte {
	t.Helper()
	signed, err := pades.Sign(pdf, who, pades.Options{Field: "Signature1", Name: who.Name(), Time: now, Appearance: seen})
	ok(t, err)
	return signed
}

// around returns the rectangle around the places of a page.
func around(t testing.TB, pdf []byte, page int) pades.Rect {
	t.Helper()
	places, err := pades.Places(pdf)
	ok(t, err)
	area := pades.Rect{Left: 1e5, Bottom: 1e5}
	for _, p := range places {
		if p.Page == page {
			area.Left, area.Bottom = min(area.Left, p.Rect.Left), min(area.Bottom, p.Rect.Bottom)
			area.Right, area.Top = max(area.Right, p.Rect.Right), max(area.Top, p.Rect.Top)
		}
	}
	return area
}

// A signature is seen where people sign, or not at all: it hides nothing of the result.
func TestCheckCovers(t *testing.T) {
	press := newPress(t)
	all := printed(t, press, papertest.Party(t))
	original := all[meeting.MinutesFile].Content
	places, err := pades.Places(original)
	ok(t, err)
	last := places[0].Page
	area, head := around(t, original, last), places[0].Rect
	if last < 2 {
		t.Fatalf("places on page %d", last)
	}
	who := issue(t, newAuthority(t, "Một"), "Bùi Văn Khoa")
	moved := func(x, y float64) pades.Rect {
		return pades.Rect{Left: head.Left + x, Bottom: head.Bottom + y, Right: head.Right + x, Top: head.Top + y}
	}
	for what, c := range map[string]struct {
		page int
		rect pades.Rect
		want error
	}{
		"where a place is":         {last, head, nil},
		"over a place and beyond":  {last, moved(10, -20), nil},
		"on the edge":              {last, moved(area.Left-40-head.Left, area.Top+40-head.Top), nil},
		"over the edge, left":      {last, moved(area.Left-41-head.Left, 0), report.ErrCovers},
		"over the edge, right":     {last, moved(area.Right+41-head.Right, 0), report.ErrCovers},
		"over the edge, above":     {last, moved(0, area.Top+41-head.Top), report.ErrCovers},
		"over the edge, below":     {last, moved(0, area.Bottom-41-head.Bottom), report.ErrCovers},
		"table":                    {1, pades.Rect{Left: 90, Bottom: 300, Right: 500, Top: 400}, report.ErrCovers},
		"same rectangle, page 1":   {1, head, report.ErrCovers},
		"top right of page 1":      {1, pades.Rect{Left: 380, Bottom: 790, Right: 550, Top: 830}, report.ErrCovers},
		"one number of page 1":     {1, pades.Rect{Left: 200, Bottom: 400, Right: 212, Top: 412}, report.ErrCovers},
		"before the last page":     {last - 1, head, report.ErrCovers},
		"lower half of the places": {last, pades.Rect{Left: area.Left, Bottom: area.Bottom - 40, Right: area.Right, Top: area.Bottom + 40}, nil},
	} {
		pdf := inField(t, original, who, &pades.Appearance{Page: c.page, Rect: c.rect, Text: []string{"x"}})
		got, err := press.Check(original, pdf)
		if !errors.Is(err, c.want) || c.want != nil && (!errors.Is(err, meeting.ErrReturned) || got != nil) || c.want == nil && len(got) != 2 {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
		refusal := new(meeting.Refusal)
		if c.want != nil && (!errors.As(err, &refusal) || refusal.Field != "file" || refusal.What.Vi == "") {
			t.Errorf("%s: no words for people: %v", what, err)
		}
	}
	for what, pdf := range map[string][]byte{
		"not seen":                   inField(t, original, who, nil),
		"in all places, then beside": inField(t, signedEverywhere(t, original, who), who, &pades.Appearance{Page: last, Rect: moved(5, 5)}),
	} {
		if got, err := press.Check(original, pdf); err != nil || len(got) < 2 {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
	covered := inField(t, signedEverywhere(t, original, who), who, &pades.Appearance{Page: 1, Rect: head})
	if _, err := press.Check(original, covered); !errors.Is(err, report.ErrCovers) {
		t.Errorf("a signature behind good ones: %v", err)
	}
}

// signedEverywhere is a paper with a signature in each place.
func signedEverywhere(t testing.TB, pdf []byte, who identity.Identity) []byte {
	t.Helper()
	places, err := pades.EmptyFields(pdf)
	ok(t, err)
	for _, place := range places {
		pdf = sign(t, pdf, who, place, now)
	}
	return pdf
}

var wordAt = regexp.MustCompile(`<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>`)

// Where people may sign in fields of their own, a paper has the titles and names
// of those who sign, who receives it and the number of the page, and nothing else.
func TestSigningArea(t *testing.T) {
	for name, o := range outcomes(t) {
		all, style := printed(t, newPress(t), o), paper.StyleOf(o.Rules)
		documents := map[string]*paper.Document{
			meeting.MinutesFile: paper.NewMinutes(o, style, [32]byte{}), meeting.ReportFile: paper.NewReport(o, style, [32]byte{}),
		}
		for i := range o.People {
			documents[fmt.Sprintf("person-%02d.pdf", i+1)] = paper.NewSlip(o, i, style, [32]byte{})
		}
		for file, d := range documents {
			known := "Nơi nhận: - ………………………………………………… " + strings.Join(d.Recipients, " ")
			for _, s := range d.Signatures {
				known += " " + s.Above + " " + s.Title + " " + s.Name
			}
			for _, w := range wordsInArea(t, all[file].Content) {
				if !strings.Contains(squash(norm.NFC.String(known)), norm.NFC.String(w.text)) && w.text != strconv.Itoa(w.page) {
					t.Errorf("%s: %s: %q may be covered on page %d", name, file, w.text, w.page)
				}
			}
		}
	}
}

type word struct {
	text string
	page int
}

// wordsInArea are the words of a paper that touch the area of signatures.
func wordsInArea(t testing.TB, pdf []byte) (list []word) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "paper.pdf")
	ok(t, os.WriteFile(path, pdf, 0o600))
	for i, page := range strings.Split(run(t, "pdftotext", "-bbox", path, "-"), "<page ")[1:] {
		area := around(t, pdf, i+1)
		for _, m := range wordAt.FindAllStringSubmatch(page, -1) {
			var x [4]float64
			for i := range x {
				var err error
				x[i], err = strconv.ParseFloat(m[i+1], 64)
				ok(t, err)
			}
			const height = 841.89 // the words are measured from the top of A4
			if x[2] > area.Left-40 && x[0] < area.Right+40 && height-x[1] > area.Bottom-40 && height-x[3] < area.Top+40 {
				list = append(list, word{html.UnescapeString(m[5]), i + 1})
			}
		}
	}
	return list
}

// same compares signatures, whose times may be of other zones.
func same(a, b []meeting.PaperSignature) bool {
	for _, list := range [][]meeting.PaperSignature{a, b} {
		for i := range list {
			list[i].Time = list[i].Time.UTC()
		}
	}
	return reflect.DeepEqual(a, b)
}

// Who sends back what was printed sees that nobody has signed it: there is the
// seal alone, which the office does not take for a signature.
func TestCheckUnsigned(t *testing.T) {
	press := newPress(t)
	for name, f := range printed(t, press, papertest.Party(t)) {
		got, err := press.Check(f.Content, f.Content)
		if f.MediaType != "application/pdf" {
			if !errors.Is(err, meeting.ErrReturned) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil || len(got) != 1 || !got[0].Seal || !got[0].Trusted {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// Anything but the paper that was printed with further signatures is refused.
func TestCheckRefused(t *testing.T) {
	press := newPress(t)
	all := printed(t, press, papertest.Party(t))
	original := all[meeting.MinutesFile].Content
	head := issue(t, newAuthority(t, "Một"), "Bùi Văn Khoa")
	signed := func(pdf []byte) []byte { return sign(t, pdf, head, "head", now) }
	good := signed(original)
	flipped := func(pdf []byte, at int) []byte {
		other := bytes.Clone(pdf)
		other[at] ^= 1
		return other
	}
	for name, pdf := range map[string][]byte{
		"nothing":                        nil,
		"no PDF":                         []byte("Biên bản"),
		"another paper":                  signed(all[meeting.ReportFile].Content),
		"of another outcome":             signed(printed(t, press, papertest.State(t))[meeting.MinutesFile].Content),
		"printed again":                  signed(printed(t, press, papertest.Party(t))[meeting.MinutesFile].Content),
		"altered":                        flipped(original, bytes.Index(original, []byte("stream"))+20),
		"altered and signed":             flipped(good, bytes.Index(good, []byte("stream"))+20),
		"signature altered":              flipped(good, bytes.LastIndex(good, []byte("/Contents <"))+400),
		"bytes behind the end":           append(bytes.Clone(good), "Biên bản khác"...),
		"bytes behind the printed":       append(bytes.Clone(original), "%Biên bản khác\n"...),
		"cut":                            good[:len(good)-1000],
		"less than was printed":          original[:len(original)-1000],
		"another page":                   repainted(t, original),
		"another page, then signed":      signed(repainted(t, original)),
		"signed, then another page":      repainted(t, good),
		"another page between two":       sign(t, repainted(t, good), head, "chair", now),
		"the same page under new bytes":  append(bytes.Clone(original), original...),
		"signed, after it another paper": append(bytes.Clone(good), all[meeting.ReportFile].Content...),
	} {
		if got, err := press.Check(original, pdf); !errors.Is(err, meeting.ErrReturned) || got != nil {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if got, err := press.Check(original, good); err != nil || len(got) != 2 {
		t.Errorf("untouched: %+v, %v", got, err)
	}
}

// A broken original, which a damaged disk may give, is refused too.
func TestCheckBrokenOriginal(t *testing.T) {
	press := newPress(t)
	original := printed(t, press, papertest.Party(t))[meeting.MinutesFile].Content
	broken := bytes.Clone(original)
	at := bytes.LastIndex(broken, []byte("/Contents <")) + len("/Contents <")
	copy(broken[at:], "00000000")
	for _, signed := range [][]byte{broken, original, nil} {
		if got, err := press.Check(broken, signed); !errors.Is(err, meeting.ErrReturned) {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

var (
	contents  = regexp.MustCompile(`/Contents (\d+) 0 R`)
	startxref = regexp.MustCompile(`startxref\s+(\d+)\s+%%EOF\s*$`)
	size      = regexp.MustCompile(`/Size (\d+)`)
	root      = regexp.MustCompile(`/Root (\d+) 0 R`)
)

// repainted appends an update after which the first page shows something else.
func repainted(t testing.TB, pdf []byte) []byte {
	t.Helper()
	last := func(form *regexp.Regexp) int {
		found := form.FindAllSubmatch(pdf, -1)
		if len(found) == 0 {
			t.Fatalf("%s is not in the PDF", form)
		}
		n, err := strconv.Atoi(string(found[len(found)-1][1]))
		ok(t, err)
		return n
	}
	number, err := strconv.Atoi(string(contents.FindSubmatch(pdf)[1]))
	ok(t, err)
	b := bytes.NewBuffer(bytes.Clone(pdf))
	from := b.Len()
	fmt.Fprintf(b, "%d 0 obj\n<< /Length 5 >>\nstream\nBT ET\nendstream\nendobj\n", number)
	section := b.Len()
	fmt.Fprintf(b, "xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n",
		number, from, last(size), last(root), last(startxref), section)
	return b.Bytes()
}

// FuzzCheck: whatever comes back, the press answers with a refusal or with
// signatures, the first of which is the seal.
func FuzzCheck(f *testing.F) {
	press := newPress(f)
	original := printed(f, press, papertest.Bare(f))["person-01.pdf"].Content
	signed := sign(f, original, issue(f, newAuthority(f, "Một"), "Bùi Văn Khoa"), "head", now)
	f.Add(0, []byte(nil))
	f.Add(len(signed)-len(original), []byte(nil))
	f.Add(0, signed[len(original):])
	f.Add(0, repainted(f, original)[len(original):])
	f.Fuzz(func(t *testing.T, keep int, more []byte) {
		pdf := append(bytes.Clone(signed[:len(original)+min(max(keep, 0), len(signed)-len(original))]), more...)
		got, err := press.Check(original, pdf)
		if errors.Is(err, meeting.ErrReturned) == (len(got) > 0) || len(got) > 0 && !got[0].Seal {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
