package meeting

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/homphieu/homphieu/ballot"
)

// The longest texts, in characters. What a slip shows must fit it: the title,
// and below it place and agency, together.
const (
	MaxTitle  = 120 // of a meeting
	MaxDetail = 88  // of place and agency together
	MaxName   = 100 // of people
	MaxLine   = 200 // of papers, posts, places and documents
	MaxText   = 500 // of reasons and notes
)

// OneLine is a text as it is kept: in NFC, and on one line with single spaces.
func OneLine(s string) string { return strings.Join(strings.Fields(norm.NFC.String(s)), " ") }

// Unreadable reports whether a text cannot be kept, and why: because it is
// longer than so many characters, or has one that people cannot see. An election
// with such a text would be refused, when it is too late.
func Unreadable(text string, limit int) (why Text, bad bool) {
	if utf8.RuneCountInString(text) > limit {
		return Text{"dài quá " + itoa(limit) + " ký tự", "longer than " + itoa(limit) + " characters"}, true
	}
	if err := (&ballot.Draft{Name: text}).CheckTexts(); err != nil {
		return Text{"có ký tự không nhìn thấy được", "has characters that cannot be seen"}, true
	}
	return Text{}, false
}

// tidy makes a text [OneLine], and refuses it when it is [Unreadable].
func tidy(text *string, limit int, cause error, field string) error {
	*text = OneLine(*text)
	if why, bad := Unreadable(*text, limit); bad {
		return &Refusal{Cause: cause, Field: field, What: why}
	}
	return nil
}

// toneMarks are the combining marks of the five tones that are written.
const toneMarks = "\u0300\u0301\u0303\u0309\u0323"

// FoldedName is a name for comparing people across lists: without case, and
// without regard to where the tone of a syllable is written.
func FoldedName(name string) string { return folded(name) }

// folded is a name for comparing people: without case, and with the tone of
// each syllable at its end, so that Hòa and Hoà are the same.
func folded(name string) string {
	words := strings.Fields(norm.NFD.String(strings.ToLower(name)))
	for i, w := range words {
		var letters, tone strings.Builder
		for _, c := range w {
			if strings.ContainsRune(toneMarks, c) {
				tone.WriteRune(c)
			} else {
				letters.WriteRune(c)
			}
		}
		words[i] = letters.String() + tone.String()
	}
	return strings.Join(words, " ")
}
