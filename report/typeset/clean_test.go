package typeset

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "",
		"Đồng chí Nguyễn Thị Bích": "Đồng chí Nguyễn Thị Bích",
		"Nguye\u0302\u0303n":       "Nguyễn",
		"a\u200d\u0301":            "á", // composed after what stood between is gone
		"u\u031b\u031bo\u031b\u0303 a\u0323\u0302 e\u0302\u0303 A\u0306\u0323": "ư\u031bỡ ậ ễ Ặ",
		"U\u031b\u0303 o\u0309\u031b":                                          "Ữ ở",
		"a\u034f\u0323":                                                        "ạ", // the joiner that nobody sees is gone
		"a\tb\r\nc":                                                            "a b  c",
		"\u202eabc\u2066":                                                      "abc",
		"\xff\xfea":                                                            "□a",
		"🗳️":                                                                   "□",
		"漢":                                                                    "□",
		"1\u00a0000":                                                           "1 000",
		"“x” – ₫":                                                              "“x” – ₫",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestVietnameseIsCovered(t *testing.T) {
	const letters = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"
	for _, r := range letters + strings.ToUpper(letters) + "0123456789.,:;!?()/“”‘’–—…·₫□" {
		if !glyphs()[r] {
			t.Errorf("%q has no glyph", r)
		}
	}
}

// A split word loses nothing, and every part of it is as narrow as can be.
func TestSplit(t *testing.T) {
	measure := func(s string) float64 { return float64(utf8.RuneCountInString(s)) }
	for _, test := range []struct {
		word  string
		width float64
		want  []string
	}{
		{"Nguyễn", 10, []string{"Nguyễn"}},
		{"Nguyễn", 4, []string{"Nguy", "ễn"}},
		{"ễếệ", 0, []string{"ễ", "ế", "ệ"}},
		{"", 1, []string{""}},
	} {
		if got := Split(test.word, test.width, measure); !slices.Equal(got, test.want) {
			t.Errorf("%q in %v: %q", test.word, test.width, got)
		}
	}
}

// A document without a date does not take that of today.
func TestNewPDF(t *testing.T) {
	for made, want := range map[time.Time]string{
		{}: "D:19700101000000", time.Date(2026, 12, 5, 0, 0, 0, 0, time.UTC): "D:20261205000000",
	} {
		var b bytes.Buffer
		pdf := NewPDF("Biên bản \U0001f5f3", made, Serif, Sans, Mono)
		pdf.AddPage()
		for _, f := range faces {
			pdf.SetFont(f.family, f.style, 12)
			pdf.Text(20, 20, "Nguyễn")
		}
		if err := pdf.Output(&b); err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(b.Bytes(), []byte("/CreationDate ("+want)) || !bytes.Contains(b.Bytes(), []byte("/ModDate ("+want)) || !bytes.Contains(b.Bytes(), []byte("/Lang (vi)")) {
			t.Errorf("%v: no date %s, or no language", made, want)
		}
	}
}

// The table that is read agrees with what is known of the fonts.
func TestCoverage(t *testing.T) {
	for _, f := range faces {
		set := coverage(f.ttf)
		if len(set) < 2000 {
			t.Errorf("%s%s: %d characters", f.family, f.style, len(set))
		}
		for r, want := range map[rune]bool{'A': true, 'ặ': true, '☑': false, '漢': false, 0xffff: false} {
			if set[r] != want {
				t.Errorf("%s%s: %q: %v", f.family, f.style, r, set[r])
			}
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"Hội nghị", "🗳️", "\xff", "a\u200d\u0301", "\u1100\u1161", "□\u0301", "ﬁ", "\u0344", "\u2126"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := Clean(s)
		if !utf8.ValidString(c) || !norm.NFC.IsNormalString(c) || Clean(c) != c {
			t.Errorf("Clean(%q) = %q", s, c)
		}
		for _, r := range c {
			if !glyphs()[r] {
				t.Errorf("Clean(%q) keeps %q", s, r)
			}
		}
	})
}
