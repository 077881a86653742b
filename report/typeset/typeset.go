// Package typeset is what every printed paper has in common: the fonts that the
// program carries, the one way in which a text is made fit for them, and PDF
// documents whose bytes depend on their content alone.
//
// The fonts are Liberation: Serif has the widths of Times New Roman, which the
// rules of layout ask for; Sans and Mono are for slips. [Clean] knows what all
// of them can draw, so that a text reads the same in every paper and file.
package typeset

import (
	"time"
	"unicode/utf8"

	"codeberg.org/go-fonts/liberation/liberationmonobold"
	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"codeberg.org/go-fonts/liberation/liberationserifbold"
	"codeberg.org/go-fonts/liberation/liberationserifbolditalic"
	"codeberg.org/go-fonts/liberation/liberationserifitalic"
	"codeberg.org/go-fonts/liberation/liberationserifregular"
	"codeberg.org/go-pdf/fpdf"
)

// The families of the fonts, as [NewPDF] names them.
const (
	Serif = "serif" // in "", "B", "I" and "BI"
	Sans  = "sans"  // in "" and "B"
	Mono  = "mono"  // in "B"
)

// A face is one font.
type face struct {
	family, style string
	ttf           []byte
}

// faces are all fonts. Each has every letter of Vietnamese, both cases
// (TestVietnameseIsCovered).
var faces = []face{
	{Serif, "", liberationserifregular.TTF},
	{Serif, "B", liberationserifbold.TTF},
	{Serif, "I", liberationserifitalic.TTF},
	{Serif, "BI", liberationserifbolditalic.TTF},
	{Sans, "", liberationsansregular.TTF},
	{Sans, "B", liberationsansbold.TTF},
	{Mono, "B", liberationmonobold.TTF},
}

// NewPDF returns an empty A4 document in millimetres, without margins and
// breaks of its own, with all faces of the families. The time is the only one
// in its file; a zero time becomes 1970, never the present, so that the same
// content gives the same bytes.
func NewPDF(title string, made time.Time, families ...string) *fpdf.Fpdf {
	if made.IsZero() {
		made = time.Unix(0, 0).UTC()
	}
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(made)
	pdf.SetModificationDate(made)
	pdf.SetProducer("homphieu", false)
	pdf.SetTitle(Clean(title), true)
	pdf.SetLang("vi")
	pdf.SetMargins(0, 0, 0)
	pdf.SetAutoPageBreak(false, 0)
	for _, family := range families {
		for _, f := range faces {
			if f.family == family {
				pdf.AddUTF8FontFromBytes(f.family, f.style, f.ttf)
			}
		}
	}
	return pdf
}

// Split breaks one word of a clean text into parts no wider than the width, as
// measure measures them; a part has at least one character.
func Split(word string, width float64, measure func(string) float64) []string {
	var parts []string
	start := 0
	for end, r := range word {
		if end > start && measure(word[start:end+utf8.RuneLen(r)]) > width {
			parts = append(parts, word[start:end])
			start = end
		}
	}
	return append(parts, word[start:])
}
