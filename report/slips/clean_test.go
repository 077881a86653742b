package slips

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "",
		"Đồng chí Nguyễn Thị Bích": "Đồng chí Nguyễn Thị Bích",
		"Nguye\u0302\u0303n":       "Nguyễn",
		"a\u200d\u0301":            "á", // composed after what stood between is gone
		"a\tb\r\nc":                "a b  c",
		"\u202eabc\u2066":          "abc",
		"\xff\xfea":                "□a",
		"🗳️":                       "□",
		"漢":                        "□",
		"1\u00a0000":               "1 000",
		"“x” – ₫":                  "“x” – ₫",
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
