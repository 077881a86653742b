// Package roster reads lists of people and of agencies from files that offices
// have: CSV, a spreadsheet of Excel (XLSX), or text pasted from a table.
//
// Columns are known by their heading, in Vietnamese or English, with or without
// diacritics; those that are not known are left out. The heading may stand below
// a title, in the first twenty lines. Pasted text may do without it: then its
// columns, set apart by tabs, are name, post and block, or of agencies name, kind,
// superior and contact, after a running number if there is one.
//
//	persons    Họ và tên / name · Chức vụ / post · Khối / block · Phiếu / paper ·
//	           Miễn / exempt · Nơi khác / places (set apart by semicolons)
//	attendees  Họ và tên / name · Chức vụ / post · Có mặt / present · Lý do / reason
//	agencies   Mã / id · Tên / name · Loại / kind · Cấp trên / superior · Liên hệ / contact · Khóa / key
//
// What is wrong is told line by line, so that it can be mended in one go; with
// any such error the list is not to be used.
package roster

import (
	"io"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/homphieu/homphieu/meeting"
)

// The bounds of a list.
const (
	MaxBytes = 2 << 20
	MaxRows  = 5000

	maxColumns = 50
	headLines  = 20 // in which the heading is looked for
)

// A Format is how a list is written.
type Format string

// The formats.
const (
	CSV  Format = "csv"  // with commas, semicolons or tabs
	XLSX Format = "xlsx" // the first sheet
	Text Format = "text" // pasted: tabs between cells
)

// A LineError says what is wrong with a line, counted from 1; line 0 is the
// whole list.
type LineError struct {
	Line int
	Text meeting.Text
}

// A column is one that is known by its heading.
type column string

const (
	colName    column = "name"
	colPost    column = "post"
	colBlock   column = "block"
	colPaper   column = "paper"
	colExempt  column = "exempt"
	colPlaces  column = "places"
	colPresent column = "present"
	colReason  column = "reason"
)

// headings are the headings of columns, plain.
var headings = map[string]column{
	"ho va ten": colName, "ho ten": colName, "ho, ten": colName, "ten": colName, "name": colName, "full name": colName,
	"chuc vu": colPost, "chuc danh": colPost, "chuc vu, chuc danh": colPost, "chuc danh, chuc vu": colPost, "post": colPost, "position": colPost,
	"khoi": colBlock, "block": colBlock,
	"phieu": colPaper, "loai phieu": colPaper, "paper": colPaper,
	"mien": colExempt, "ly do mien": colExempt, "ly do khong lay phieu": colExempt, "exempt": colExempt,
	"noi khac": colPlaces, "noi lay phieu khac": colPlaces, "places": colPlaces, "other places": colPlaces,
	"co mat": colPresent, "present": colPresent,
	"ly do": colReason, "ly do vang": colReason, "ly do vang mat": colReason, "reason": colReason,
}

// plain is a text for comparing: lower case, without diacritics and signs at its
// ends.
func plain(s string) string {
	var b strings.Builder
	for _, c := range norm.NFD.String(strings.ToLower(meeting.OneLine(s))) {
		switch {
		case c == 'đ':
			b.WriteByte('d')
		case !unicode.Is(unicode.Mn, c):
			b.WriteRune(c)
		}
	}
	return strings.Trim(b.String(), " .:*()")
}

// A row is one line of a list: what stands in the columns that are known.
type row struct {
	line  int
	cells map[column]string
}

// A list collects rows and what is wrong with them.
type list struct {
	rows   []row
	errors []LineError
	taken  int // bytes of the cells so far
}

func (l *list) fail(line int, vi, en string) {
	l.errors = append(l.errors, LineError{line, meeting.Text{Vi: vi, En: en}})
}

// A table is a kind of list: its columns and headings, the columns of pasted
// lines without a heading, and what is said when nothing is found.
type table struct {
	known     []column
	headings  map[string]column
	pasted    []column
	noHeading meeting.Text
	empty     meeting.Text
}

// read reads a list of people whose heading has one of the known columns.
func read(r io.Reader, format Format, known ...column) *list {
	return table{
		known: known, headings: headings, pasted: []column{colName, colPost, colBlock},
		noHeading: meeting.Text{Vi: "không thấy cột “Họ và tên”", En: "no column “name”"},
		empty:     meeting.Text{Vi: "không có ai trong danh sách", En: "nobody is listed"},
	}.read(r, format)
}

func (t table) read(r io.Reader, format Format) *list {
	l := new(list)
	content, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil || len(content) > MaxBytes {
		l.fail(0, "không đọc được, hoặc lớn hơn 2 MB", "cannot be read, or is larger than 2 MB")
		return l
	}
	lines := l.lines(content, format)
	if len(l.errors) > 0 {
		return l
	}
	at, columns := t.heading(lines)
	if at < 0 && format != Text {
		l.fail(1, t.noHeading.Vi, t.noHeading.En)
		return l
	}
	for _, cells := range lines[at+1:] {
		if at < 0 {
			columns = t.unheaded(cells.cells)
		}
		l.add(cells, columns)
	}
	if len(l.rows) == 0 && len(l.errors) == 0 {
		l.fail(0, t.empty.Vi, t.empty.En)
	}
	return l
}

// add takes a line in, unless it is empty.
func (l *list) add(line rawLine, columns map[column]int) {
	r := row{line.number, map[column]string{}}
	for c, i := range columns {
		if i >= len(line.cells) {
			continue
		}
		if text := meeting.OneLine(line.cells[i]); text != "" {
			r.cells[c] = text
		}
	}
	if len(r.cells) > 0 {
		l.rows = append(l.rows, r)
	}
}

// A rawLine is a line as it stands in the file.
type rawLine struct {
	number int // from 1
	cells  []string
}

// heading finds the line with the headings, or -1, and the places of the known
// columns.
func (t table) heading(lines []rawLine) (int, map[column]int) {
	for at, line := range lines[:min(len(lines), headLines)] {
		columns := map[column]int{}
		for i, cell := range line.cells {
			c, is := t.headings[plain(cell)]
			if _, twice := columns[c]; is && !twice && slices.Contains(t.known, c) {
				columns[c] = i
			}
		}
		if _, named := columns[colName]; named {
			return at, columns
		}
	}
	return -1, nil
}

// unheaded are the columns of a pasted line without a heading.
func (t table) unheaded(cells []string) map[column]int {
	first := 0
	if len(cells) > 1 && strings.Trim(plain(cells[0]), "0123456789") == "" {
		first = 1 // a running number
	}
	columns := map[column]int{}
	for i, c := range t.pasted {
		columns[c] = first + i
	}
	return columns
}

// named checks what all lists have: a name, and texts that can be kept.
func (l *list) named(r row) {
	if r.cells[colName] == "" {
		l.fail(r.line, "chưa có họ tên", "no name")
	}
	for _, c := range []column{colName, colPost, colBlock, colPaper, colPlaces, colReason} {
		limit := meeting.MaxLine
		switch c {
		case colName:
			limit = meeting.MaxName
		case colPlaces, colReason:
			limit = meeting.MaxText
		}
		if why, bad := meeting.Unreadable(r.cells[c], limit); bad {
			l.errors = append(l.errors, LineError{r.line, why})
		}
	}
}
