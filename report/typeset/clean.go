package typeset

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// missing is printed for a character that the fonts do not have.
const missing = '□'

// glyphs is the set of characters that every face can draw.
var glyphs = sync.OnceValue(func() map[rune]bool {
	all := coverage(faces[0].ttf)
	for _, f := range faces[1:] {
		here := coverage(f.ttf)
		for r := range all {
			if !here[r] {
				delete(all, r)
			}
		}
	}
	return all
})

// Clean returns s as it can be printed: valid UTF-8, in normal form C, in one
// line, without control characters, marks of writing direction and other
// invisible characters, and with □ for what the fonts lack. Clean(Clean(s)) is
// Clean(s). Unclean text makes the PDF library panic (runes above U+FFFF,
// invalid UTF-8) or set accents beside their letters.
func Clean(s string) string {
	s = strings.ToValidUTF8(s, string(missing))
	s = norm.NFC.String(strings.Map(visible, s))
	return strings.Map(drawable, s)
}

// visible maps white space to a space and invisible characters to nothing.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point):
		return -1
	}
	return r
}

func drawable(r rune) rune {
	if !glyphs()[r] {
		return missing
	}
	return r
}
