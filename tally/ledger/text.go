package ledger

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// What a program takes for white space or for a character that nobody sees
// differs between languages and versions of Unicode. So the characters are
// listed here, and all readers of a log have the same list (testdata/notes):
// hidden ones stand in no text and no name, blank ones in no name, and no text
// is of blank ones alone.
var (
	hidden = ranges{
		{0x00, 0x1f}, {0x7f, 0x9f}, {0xad, 0xad}, {0x200b, 0x200f},
		{0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff},
	}
	blank = ranges{
		{' ', ' '}, {0xa0, 0xa0}, {0x1680, 0x1680}, {0x2000, 0x200a},
		{0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000},
	}
)

// ranges are sets of characters, each from the first to the last.
type ranges [][2]rune

func (list ranges) has(c rune) bool {
	for _, r := range list {
		if r[0] <= c && c <= r[1] {
			return true
		}
	}
	return false
}

// checkText requires a text that a person can read on one line.
func checkText(what, s string) error {
	seen := func(c rune) bool { return !blank.has(c) }
	if len(s) > MaxText || !utf8.ValidString(s) || strings.ContainsFunc(s, hidden.has) || !strings.ContainsFunc(s, seen) {
		return fmt.Errorf("%s: not one line of 1 to %d bytes, or with characters that nobody sees", what, MaxText)
	}
	return nil
}

// checkName requires the name of a key, or one in a policy.
func checkName(s string) error {
	bad := func(c rune) bool { return hidden.has(c) || blank.has(c) }
	if s == "" || !utf8.ValidString(s) || strings.ContainsFunc(s, bad) {
		return errors.New("name: empty, or with white space or characters that nobody sees")
	}
	return nil
}
