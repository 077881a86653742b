package data

import (
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/homphieu/homphieu/meeting"
)

// The sheets of result.xlsx.
const (
	ResultsSheet        = "Kết quả"
	ReconciliationSheet = "Đối chiếu"
	SourcesSheet        = "Nguồn"
)

// WriteXLSX writes a workbook for people: the results, the counts of slips with
// the identities that they meet, and where the numbers come from. Program names
// the program and its version.
//
// Numbers are typed as numbers: a percentage is one whose two decimals are
// those of the papers. Texts are typed as texts, whatever they begin with, and
// there is no formula in the file.
func WriteXLSX(w io.Writer, o *meeting.Outcome, program string) error {
	about := properties{title: o.Plan.Title, subject: "Kết quả lấy phiếu tín nhiệm", id: string(o.Election), made: time.Unix(0, 0).UTC()}
	if about.title == "" {
		about.title, _, _ = strings.Cut(o.Name, "\n") // the paper's title stands below it
	}
	for _, d := range []meeting.Date{o.Plan.Date, o.Filing.Date} {
		if day, ok := d.Day(); ok {
			about.made = day
		}
	}
	b, err := newBook(about)
	if err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	b.results(o)
	b.reconciliation(o)
	b.sources(o, program)
	return b.write(w)
}

// A book is a workbook in the making. It writes to the row below the last of
// the sheet at hand, keeps the first error and goes on.
type book struct {
	file   *excelize.File
	faces  [faces]int
	sheet  string
	widths []float64 // of the sheet's columns, in characters
	row    int
	title  string
	err    error
}

// A face is how a cell looks.
type face int

const (
	head face = iota
	text
	number
	percent
	strong
	faces
)

// A share is a percentage as the papers write it.
type share string

// properties name a workbook. Its time is the day of the papers, or else of the
// vote, or else in the year 1970: never when it was written.
type properties struct {
	title, subject, id string
	made               time.Time
}

func newBook(about properties) (*book, error) {
	b := &book{file: excelize.NewFile(), title: about.title}
	if err := b.file.SetDefaultFont("Times New Roman"); err != nil {
		return nil, err
	}
	grid := []excelize.Border{{Type: "left", Color: "808080", Style: 1}, {Type: "right", Color: "808080", Style: 1}, {Type: "top", Color: "808080", Style: 1}, {Type: "bottom", Color: "808080", Style: 1}}
	font := func(bold bool) *excelize.Font { return &excelize.Font{Family: "Times New Roman", Size: 12, Bold: bold} }
	at := func(side string) *excelize.Alignment {
		a := &excelize.Alignment{Horizontal: side, Vertical: "center", WrapText: true}
		if side == "left" {
			a.Indent = 1
		}
		return a
	}
	decimals := "0.00%"
	for f, style := range [faces]excelize.Style{
		head:    {Font: font(true), Border: grid, Alignment: at("center"), Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E7E6E6"}}},
		text:    {Font: font(false), Border: grid, Alignment: at("left")},
		number:  {Font: font(false), Border: grid, Alignment: at("right"), NumFmt: 1},
		percent: {Font: font(false), Border: grid, Alignment: at("right"), CustomNumFmt: &decimals},
		strong:  {Font: font(true), Alignment: at("left")},
	} {
		id, err := b.file.NewStyle(&style)
		if err != nil {
			return nil, err
		}
		b.faces[f] = id
	}
	return b, b.file.SetDocProps(&excelize.DocProperties{
		Title: printable(about.title), Subject: about.subject, Creator: "homphieu", LastModifiedBy: "homphieu",
		Language: "vi-VN", Identifier: about.id, Created: about.made.Format(time.RFC3339), Modified: about.made.Format(time.RFC3339),
	})
}

// write writes the workbook, unless something went wrong before.
func (b *book) write(w io.Writer) error {
	if err := errors.Join(b.err, b.file.Write(w), b.file.Close()); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	return nil
}

// begin begins a sheet: the widths of its columns in characters, and a head
// that stays in view and is printed on every page of A4.
func (b *book) begin(name string, landscape bool, widths []float64, header ...any) {
	if b.sheet == "" {
		b.keep(b.file.SetSheetName("Sheet1", name))
	} else {
		_, err := b.file.NewSheet(name)
		b.keep(err)
	}
	b.sheet, b.widths, b.row = name, widths, 0
	for i, width := range widths {
		column, err := excelize.ColumnNumberToName(i + 1)
		b.keep(err)
		b.keep(b.file.SetColWidth(name, column, column, width))
	}
	b.page(landscape)
	b.line(head, header...)
	b.keep(b.file.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	b.keep(b.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + name + "'!$1:$1", Scope: name}))
}

// page sets how a sheet is printed.
func (b *book) page(landscape bool) {
	a4, wide, tall, orientation, fit := 9, 1, 0, "portrait", true
	if landscape {
		orientation = "landscape"
	}
	b.keep(b.file.SetSheetProps(b.sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
	b.keep(b.file.SetPageLayout(b.sheet, &excelize.PageLayoutOptions{Size: &a4, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &tall}))
	b.keep(b.file.SetHeaderFooter(b.sheet, &excelize.HeaderFooterOptions{OddHeader: "&C" + pageText(b.title), OddFooter: "&C&P/&N"}))
}

// line writes a row. An int becomes a number, a share a percentage, and a string
// text in the given face.
func (b *book) line(f face, values ...any) {
	b.row++
	lines := 1
	for i, v := range values {
		if s, ok := v.(string); ok {
			lines = max(lines, linesOf(s, b.widths[i]))
		}
		cell, err := excelize.CoordinatesToCellName(i+1, b.row)
		b.keep(err)
		b.keep(b.file.SetCellStyle(b.sheet, cell, cell, b.faces[b.set(cell, v, f)]))
	}
	b.keep(b.file.SetRowHeight(b.sheet, b.row, float64(lines)*lineHeight))
}

// lineHeight is the height of a line in points. Not every program makes a row
// as high as its text, so every row has its height.
const lineHeight = 17

// linesOf estimates how many lines a text takes in a column. A word may be as
// long as half a line, so that a line is seldom full.
func linesOf(s string, width float64) int {
	n := float64(utf8.RuneCountInString(s))
	if n <= 0.95*width {
		return 1
	}
	return int(math.Ceil(n / (0.8 * width)))
}

// set writes a value and returns the face that it needs.
func (b *book) set(cell string, v any, f face) face {
	switch v := v.(type) {
	case int:
		b.keep(b.file.SetCellInt(b.sheet, cell, int64(v)))
		return number
	case share:
		hundredths, err := strconv.Atoi(strings.Replace(string(v), ",", "", 1))
		if err == nil {
			b.keep(b.file.SetCellFloat(b.sheet, cell, float64(hundredths)/10000, 4, 64))
			return percent
		}
		b.keep(b.file.SetCellStr(b.sheet, cell, string(v)))
		return number
	case string:
		b.keep(b.file.SetCellStr(b.sheet, cell, printable(v)))
	}
	return f
}

func (b *book) keep(err error) {
	if b.err == nil {
		b.err = err
	}
}

// maxPageText keeps the text over a printed page within what the format takes.
const maxPageText = 200

// pageText is a text as it stands over a printed page, where & begins a code.
func pageText(s string) string {
	s = printable(s)
	for utf8.RuneCountInString(s) > maxPageText {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return " " + strings.ReplaceAll(s, "&", "&&")
}

// escape is how the format writes a character that XML cannot hold (ECMA-376
// part 1, 22.9.2.19). A text that looks like one is escaped itself, which
// excelize leaves to its caller.
var escape = regexp.MustCompile(`_(x[0-9A-Fa-f]{4}_)`)

// printable returns s as a cell holds it, without the characters that XML 1.0
// cannot hold.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r >= ' ' && r <= 0xd7ff, r >= 0xe000 && r <= 0xfffd, r >= 0x10000:
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, ""))
	return escape.ReplaceAllString(s, "_x005F_$1")
}
