package report_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report"
	"github.com/homphieu/homphieu/report/identity"
	"github.com/homphieu/homphieu/report/pades"
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
