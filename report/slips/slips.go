// Package slips prints the voters' slips: a PDF of A4 sheets, eight slips a
// sheet, each with one voter's link as a QR code and the same secret as a code
// to type. The sheets are printed on one side, cut, and every slip is folded
// once.
//
// # The fold
//
// A slip is a strip of 52.5 × 148.5 mm: four strips side by side, two rows, so
// that three cuts down and one across make eight slips of a sheet of A4. Its
// printed side, from top to bottom:
//
//	┌──────────────────┐   0 mm
//	│ ┌──────────────┐ │
//	│ │ 36 × 36 mm   │ │          head, 53.5 mm: stays in view.
//	│ │ left clear   │ │          The clear square takes the office's hanging
//	│ │ for the seal │ │          seal (đóng dấu treo); below it stands the
//	│ └──────────────┘ │          meeting's name.
//	│ meeting          │
//	├ - - - - - - - - -┤  53.5 mm the flap's edge comes to lie here
//	│ what to do       │
//	│ 7BJKr-2QmNnP-    │          middle, 47.5 mm: covered. The code to type
//	│ xS4dE-zU9pWq3    │          and the digits to compare.
//	│ 1234 5678 …      │
//	├ ·  ·  · fold ·  ·┤ 101 mm   the only fold, printed face inwards
//	│  ▄▄▄▄▄▄▄▄▄▄▄▄▄   │
//	│  █ QR code    █  │          flap, 47.5 mm: turned up over the middle,
//	│  ▀▀▀▀▀▀▀▀▀▀▀▀▀   │          so that its blank back is seen.
//	└──────────────────┘ 148.5 mm
//
// The flap is as tall as the middle, so the one fold hides both secrets, while
// the head with the seal can be read on every folded slip: a slip without the
// seal, of another meeting, or marked as a sample shows before it is opened.
// One sheet of ordinary paper lets strong light through; paper of 100 g/m² or
// more does not let a camera read the code through the flap.
//
// # The code
//
// A module of the QR code is at least 0.8 mm wide, the symbol at least 30 mm,
// with the four clear modules around it that the standard asks for; no ink of
// it comes nearer than 5 mm to the edge of the sheet, where printers cannot
// print. A link of up to 152 bytes fits. Capitals of the typed code are
// underlined, because c and C, or s and S, differ by nothing but their size.
//
// # What is not printed
//
// No name, no number, no date of printing, and nothing else that tells one slip
// from another or its place among them: two slips differ by their link and
// their code (TestSlipsDifferByCodeAlone). The order of the sheet is the order
// of the argument, so the caller shuffles. The same input gives the same bytes.
package slips

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/homphieu/homphieu/report/typeset"
)

// PerPage is the number of slips on one sheet of A4.
const PerPage = columns * rows

var (
	// ErrEmpty is returned when there is no slip to print, or one without link or code.
	ErrEmpty = errors.New("slips: empty")

	// ErrDuplicate is returned when two slips share a link or a code: two voters would hold one ballot.
	ErrDuplicate = errors.New("slips: two share a link or a code")

	// ErrTooLong is returned when a text or a link cannot be printed at a size that can be read.
	ErrTooLong = errors.New("too long to print")

	// ErrFingerprint is returned when a sheet's fingerprint is not 24 decimal digits.
	ErrFingerprint = errors.New("fingerprint: not 24 digits")

	// ErrCode is returned when a code has letters that would not be printed as they are.
	ErrCode = errors.New("code: letters that cannot be printed")
)

// A Sheet is what all slips of one printing have in common.
type Sheet struct {
	Meeting     string // the meeting's name
	Detail      string // place and date, in as many lines as wanted
	Fingerprint string // the 24 decimal digits that the projector shows as well
	PublicURL   string // the address to open when a code is typed
	Trial       bool   // for a rehearsal: marked as a sample where the seal would be
}

// A Slip is one voter's secret, in its two forms.
type Slip struct {
	Link string // what the QR code holds
	Code string // what is typed instead, with its dashes
}

// Write writes the PDF of all slips, in the order given. It changes no link and
// no code; every other text passes [typeset.Clean]. An error never quotes a link or a
// code, and leaves w untouched unless it is w's own.
func Write(w io.Writer, sheet Sheet, slips []Slip) error {
	if err := check(sheet, slips); err != nil {
		return err
	}
	p := newPainter(sheet)
	for i, s := range slips {
		if i%PerPage == 0 {
			p.newPage()
		}
		p.slip(i%PerPage, s)
	}
	if p.err != nil {
		return p.err
	}
	if err := p.pdf.Output(w); err != nil {
		return fmt.Errorf("slips: %w", err)
	}
	return nil
}

func check(sheet Sheet, slips []Slip) error {
	if len(sheet.Fingerprint) != 24 || strings.Trim(sheet.Fingerprint, "0123456789") != "" {
		return ErrFingerprint
	}
	if len(slips) == 0 {
		return ErrEmpty
	}
	seen := make(map[string]bool, 2*len(slips))
	for _, s := range slips {
		switch {
		case s.Link == "" || s.Code == "":
			return ErrEmpty
		case typeset.Clean(s.Code) != s.Code:
			return ErrCode
		case seen["link "+s.Link] || seen["code "+s.Code]:
			return ErrDuplicate
		}
		seen["link "+s.Link], seen["code "+s.Code] = true, true
	}
	return nil
}
