package slips_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/report/slips"
)

const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// sheet is a meeting with a name as long as real ones are.
func sheet() slips.Sheet {
	return slips.Sheet{
		Meeting: "Hội nghị Ban Chấp hành Đảng bộ tỉnh khóa XVII lấy phiếu tín nhiệm giữa nhiệm kỳ 2025–2030",
		Detail:  "Hội trường Tỉnh ủy, số 1 đường Lê Lợi\n8 giờ 00, ngày 5 tháng 12 năm 2026",

		Fingerprint: "120455310987264413359802",
		PublicURL:   "https://phieu.tinhuy.example",
	}
}

// deal makes n slips of the usual shape, the same for the same seed.
func deal(n int, seed uint64) []slips.Slip {
	random := rand.New(rand.NewPCG(seed, 0))
	word := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = alphabet[random.IntN(len(alphabet))]
		}
		return string(b)
	}
	dealt := make([]slips.Slip, n)
	for i := range dealt {
		code := strings.Join([]string{word(5), word(6), word(5), word(6)}, "-")
		dealt[i] = slips.Slip{Link: "https://phieu.tinhuy.example/v/" + word(22) + "#" + code + "." + word(22), Code: code}
	}
	return dealt
}

func pdf(t *testing.T, s slips.Sheet, all []slips.Slip) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := slips.Write(&b, s, all); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// run runs a program that reads PDFs or codes. A machine without it fails the test.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", name, err, stderr.String())
	}
	return string(out)
}

// save writes a PDF into a directory of the test's own.
func save(t *testing.T, content []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "slips.pdf")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// pages renders a PDF at 150 dots an inch and returns the picture of each page.
func pages(t *testing.T, content []byte) []string {
	t.Helper()
	file := save(t, content)
	run(t, "pdftoppm", "-r", "150", "-png", file, filepath.Join(filepath.Dir(file), "page"))
	names, err := filepath.Glob(filepath.Join(filepath.Dir(file), "page*.png"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// scanned returns all that a scanner reads from the pictures, sorted. Each
// picture has its own scanner: zbarimg carries state from one to the next, and
// then misses codes.
func scanned(t *testing.T, names []string) []string {
	t.Helper()
	var all []string
	for _, name := range names {
		all = append(all, strings.Fields(run(t, "zbarimg", "--quiet", "--raw", name))...)
	}
	slices.Sort(all)
	return all
}

func links(all []slips.Slip) []string {
	var l []string
	for _, s := range all {
		l = append(l, s.Link)
	}
	slices.Sort(l)
	return l
}

func TestEverySlipScansOnce(t *testing.T) {
	for _, trial := range []bool{false, true} {
		s, all := sheet(), deal(2*slips.PerPage+3, 1)
		s.Trial = trial
		pictures := pages(t, pdf(t, s, all))
		if len(pictures) != 3 {
			t.Errorf("%d pages for %d slips", len(pictures), len(all))
		}
		if got := scanned(t, pictures); !slices.Equal(got, links(all)) {
			t.Errorf("trial %v: scanned %d of %d links: %s", trial, len(got), len(all), got)
		}
	}
}

// Every length of link that is accepted can be scanned: the modules shrink to
// 0.8 mm and no further.
func TestLinksOfEveryLengthScan(t *testing.T) {
	all := deal(40, 2)
	for i := range all {
		all[i].Link = (all[i].Link + strings.Repeat("x", 152))[:152-3*i]
	}
	if got := scanned(t, pages(t, pdf(t, sheet(), all))); !slices.Equal(got, links(all)) {
		t.Errorf("scanned %d of %d", len(got), len(all))
	}
	all[0].Link = strings.Repeat("x", 153)
	if err := slips.Write(&bytes.Buffer{}, sheet(), all); !errors.Is(err, slips.ErrTooLong) {
		t.Errorf("link of 153 bytes: %v", err)
	}
	all[0].Link = strings.Repeat("x", 5000)
	if err := slips.Write(&bytes.Buffer{}, sheet(), all); !errors.Is(err, slips.ErrTooLong) {
		t.Errorf("link of 5000 bytes: %v", err)
	}
}

// The square for the seal is white on every slip, to the last dot, except on a
// sample, where no square of that size is left.
func TestSealsPlaceIsClear(t *testing.T) {
	s := sheet()
	sealed := picture(t, pages(t, pdf(t, s, deal(8, 3)))[0])
	for place, r := range seals() {
		if n := ink(sealed, r); n != 0 {
			t.Errorf("place %d: %d dots of ink where the seal goes", place, n)
		}
	}
	s.Trial = true
	sample := picture(t, pages(t, pdf(t, s, deal(8, 3)))[0])
	for place, r := range seals() {
		if n := ink(sample, r); n < 5000 {
			t.Errorf("place %d: a sample with only %d dots of ink where the seal would go", place, n)
		}
	}
}

// seals returns the 35 mm squares of a sheet's eight places, in dots.
func seals() []image.Rectangle {
	dots := func(mm float64) int { return int(mm / 25.4 * 150) }
	var all []image.Rectangle
	for place := range slips.PerPage {
		x, y := 52.5*float64(place%4)+5, 148.5*float64(place/4)+5
		all = append(all, image.Rect(dots(x), dots(y), dots(x+35), dots(y+35)))
	}
	return all
}

func picture(t *testing.T, name string) image.Image {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func ink(m image.Image, r image.Rectangle) int {
	n := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if color.GrayModel.Convert(m.At(x, y)) != (color.Gray{Y: 255}) {
				n++
			}
		}
	}
	return n
}

// texts returns the text of each place of a sheet.
func texts(t *testing.T, content []byte) []string {
	t.Helper()
	file := save(t, content)
	all := make([]string, slips.PerPage)
	for place := range all {
		all[place] = run(t, "pdftotext", "-raw", "-r", "254", "-W", "525", "-H", "1485",
			"-x", fmt.Sprint(525*(place%4)), "-y", fmt.Sprint(1485*(place/4)), file, "-")
	}
	return all
}

// Nothing but its own code tells one slip from another.
func TestSlipsDifferByCodeAlone(t *testing.T) {
	dealt := deal(8, 4)
	all := texts(t, pdf(t, sheet(), dealt))
	for place, code := range dealt {
		half := strings.Index(code.Code[6:], "-") + 7
		for _, line := range []string{code.Code[:half], code.Code[half:]} {
			if strings.Count(all[place], line) != 1 {
				t.Fatalf("place %d: code %s is not printed once:\n%s", place, line, all[place])
			}
			all[place] = strings.Replace(all[place], line, "CODE", 1)
		}
		if all[place] != all[0] {
			t.Fatalf("place %d differs from place 0:\n%s\n%s", place, all[place], all[0])
		}
	}
}

func TestSlipSaysWhatItMust(t *testing.T) {
	text := strings.Join(strings.Fields(texts(t, pdf(t, sheet(), deal(8, 5)))[7]), " ")
	for _, want := range []string{
		sheet().Meeting,
		"Hội trường Tỉnh ủy, số 1 đường Lê Lợi 8 giờ 00, ngày 5 tháng 12 năm 2026",
		"1204 5531 0987 2644 1335 9802",
		"phieu.tinhuy.example",
		"quét mã vuông bên dưới",
		"Capitals are underlined",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

// Names of any length are printed in full or refused: never cut, and never
// beyond the slip (the texts of all places stay equal).
func TestLongNames(t *testing.T) {
	for n := 1; n <= 12; n++ {
		s := sheet()
		s.Meeting = strings.TrimSpace(strings.Repeat("Hội nghị Đảng bộ ", n))
		for place, text := range texts(t, pdf(t, s, deal(8, 6))) {
			if got := strings.Count(text, "nghị"); got != n {
				t.Errorf("%d words, %d printed at place %d", n, got, place)
			}
		}
	}
	for name, s := range map[string]slips.Sheet{
		"meeting": {Meeting: strings.Repeat("Hội nghị ", 100)},
		"detail":  {Detail: strings.Repeat("một dòng\n", 9)},
		"address": {PublicURL: strings.Repeat("x", 500)},
	} {
		s.Fingerprint = sheet().Fingerprint
		err := slips.Write(&bytes.Buffer{}, s, deal(1, 6))
		if !errors.Is(err, slips.ErrTooLong) || !strings.HasPrefix(err.Error(), name+":") {
			t.Errorf("endless %s: %v", name, err)
		}
	}
}

// One word without spaces is broken rather than run over the edge.
func TestLongWord(t *testing.T) {
	s := sheet()
	s.Meeting = strings.Repeat("W", 60)
	for place, text := range texts(t, pdf(t, s, deal(8, 7))) {
		if n := strings.Count(text, "W"); n < 60 {
			t.Errorf("place %d: %d of 60 letters", place, n)
		}
	}
}

func TestHostileTexts(t *testing.T) {
	s := sheet()
	s.Meeting = "Hội nghị 🗳️ \xff\xfe \u202ekcab\u202c " + "Hô\u0323i nghi\u0323"
	s.Detail = "\x00\x1b[31m漢字\r\n\tngày 5"
	text := texts(t, pdf(t, s, deal(8, 8)))[0]
	for _, want := range []string{"Hội nghị □ □", "kcab", "Hội nghị", "□□", "ngày 5"} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

func TestSameInputSameBytes(t *testing.T) {
	first := pdf(t, sheet(), deal(20, 9))
	if !bytes.Equal(first, pdf(t, sheet(), deal(20, 9))) {
		t.Error("two printings of the same slips differ")
	}
	if out := run(t, "qpdf", "--check", save(t, first)); !strings.Contains(out, "No syntax or stream encoding errors") {
		t.Error(out)
	}
}

func TestRefused(t *testing.T) {
	good := deal(3, 10)
	for name, test := range map[string]struct {
		change func(*slips.Sheet, []slips.Slip) []slips.Slip
		want   error
	}{
		"no slips":          {func(_ *slips.Sheet, _ []slips.Slip) []slips.Slip { return nil }, slips.ErrEmpty},
		"no link":           {func(_ *slips.Sheet, a []slips.Slip) []slips.Slip { a[1].Link = ""; return a }, slips.ErrEmpty},
		"no code":           {func(_ *slips.Sheet, a []slips.Slip) []slips.Slip { a[1].Code = ""; return a }, slips.ErrEmpty},
		"one link twice":    {func(_ *slips.Sheet, a []slips.Slip) []slips.Slip { a[2].Link = a[0].Link; return a }, slips.ErrDuplicate},
		"one code twice":    {func(_ *slips.Sheet, a []slips.Slip) []slips.Slip { a[2].Code = a[0].Code; return a }, slips.ErrDuplicate},
		"unprintable code":  {func(_ *slips.Sheet, a []slips.Slip) []slips.Slip { a[0].Code = "7B\x00Kr"; return a }, slips.ErrCode},
		"short fingerprint": {func(s *slips.Sheet, a []slips.Slip) []slips.Slip { s.Fingerprint = "1234"; return a }, slips.ErrFingerprint},
		"letters in it": {func(s *slips.Sheet, a []slips.Slip) []slips.Slip {
			s.Fingerprint = "12345678901234567890123a"
			return a
		}, slips.ErrFingerprint},
	} {
		s := sheet()
		all := test.change(&s, slices.Clone(good))
		var b bytes.Buffer
		if err := slips.Write(&b, s, all); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
		if b.Len() != 0 {
			t.Errorf("%s: refused, but %d bytes written", name, b.Len())
		}
	}
}

type full struct{}

var errFull = errors.New("disk full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWritersErrorIsReturned(t *testing.T) {
	if err := slips.Write(full{}, sheet(), deal(1, 11)); !errors.Is(err, errFull) {
		t.Error(err)
	}
}

// No text makes Write panic, or fail for another reason than its length.
func FuzzWrite(f *testing.F) {
	f.Add("Hội nghị", "ngày 5\ntại trụ sở", "https://phieu.example", "7BJKr-2QmNnP-xS4dE-zU9pWq")
	f.Add("🗳️ \xff", "\u202e\x00", "\ufeff", "a")
	f.Add("W\u0301\u0302", "\uffff\ufffd", "http://[::1]:8080/", "----")
	f.Fuzz(func(t *testing.T, meeting, detail, url, code string) {
		s := slips.Sheet{Meeting: meeting, Detail: detail, PublicURL: url, Fingerprint: strings.Repeat("0", 24)}
		err := slips.Write(&bytes.Buffer{}, s, []slips.Slip{{Link: "x", Code: code}})
		for _, allowed := range []error{nil, slips.ErrTooLong, slips.ErrCode, slips.ErrEmpty} {
			if errors.Is(err, allowed) {
				return
			}
		}
		t.Error(err)
	})
}

func BenchmarkWrite500(b *testing.B) {
	all := deal(500, 12)
	for b.Loop() {
		if err := slips.Write(&bytes.Buffer{}, sheet(), all); err != nil {
			b.Fatal(err)
		}
	}
}
