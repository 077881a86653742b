package roster

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// The bounds of a spreadsheet, which is compressed: bytes when unpacked, lines
// with the empty ones between, and columns, of which each line has as many as
// its last cell says; and bytes of all cells that are taken, of which many can
// name one text.
const (
	maxUnpacked = 16 << 20
	maxSheet    = 4 * MaxRows
	maxWidth    = 1000
	maxTaken    = 4 * MaxBytes
)

// lines takes a file apart.
func (l *list) lines(content []byte, format Format) (lines []rawLine) {
	switch format {
	case CSV:
		return l.csvLines(content)
	case XLSX:
		return l.sheetLines(content)
	case Text:
		return l.textLines(content)
	}
	l.fail(0, "không đọc được dạng tệp này", "not a format that can be read")
	return nil
}

// utf8Text returns a text without the mark that some programs put before it.
func (l *list) utf8Text(content []byte) string {
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if !utf8.Valid(content) {
		l.fail(0, "tệp không phải bảng mã UTF-8; hãy lưu lại dạng “CSV UTF-8”", "not UTF-8; save it as “CSV UTF-8”")
		return ""
	}
	return string(content)
}

func (l *list) textLines(content []byte) (lines []rawLine) {
	n := 0
	for line := range strings.Lines(l.utf8Text(content)) {
		n++
		if !l.take(&lines, n, strings.Split(line, "\t")) {
			break
		}
	}
	return lines
}

func (l *list) csvLines(content []byte) (lines []rawLine) {
	text := l.utf8Text(content)
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = separator(text), -1, true
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return lines
		}
		if err != nil {
			l.fail(len(lines)+1, "không đọc được dòng này", "cannot be read")
			return lines
		}
		number, _ := r.FieldPos(0)
		if !l.take(&lines, number, cells) {
			return lines
		}
	}
}

// separator is the sign that stands most often in the first lines. Spreadsheets
// write a semicolon where numbers have a comma, as in Vietnamese.
func separator(text string) rune {
	head := text
	for i, n := 0, 0; i < len(text); i++ {
		if text[i] == '\n' {
			if n++; n == headLines {
				head = text[:i]
				break
			}
		}
	}
	best := ','
	for _, c := range ";\t" {
		if strings.Count(head, string(c)) > strings.Count(head, string(best)) {
			best = c
		}
	}
	return best
}

// sheetLines reads the first sheet of a spreadsheet. Rows are read one by one:
// a small file can name very many and very wide ones.
func (l *list) sheetLines(content []byte) (lines []rawLine) {
	if err := weigh(content); err != nil {
		l.fail(0, "tệp không phải XLSX, hoặc quá lớn", "not an XLSX file, or too large")
		return nil
	}
	// Without number formats, of which a cell can name a very long one.
	options := excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked, RawCellValue: true}
	file, err := excelize.OpenReader(bytes.NewReader(content), options)
	if err != nil {
		l.fail(0, "tệp không phải XLSX, hoặc quá lớn", "not an XLSX file, or too large")
		return nil
	}
	defer func() { _ = file.Close() }() // was only read
	rows, err := file.Rows(file.GetSheetName(0))
	if err != nil {
		l.fail(0, "tệp không có trang tính nào đọc được", "no sheet that can be read")
		return nil
	}
	defer func() { _ = rows.Close() }() // was only read
	for number := 1; rows.Next(); number++ {
		cells, err := rows.Columns()
		if err != nil || number > maxSheet || len(cells) > maxWidth {
			l.fail(number, "không đọc được từ dòng này", "cannot be read from here")
			return lines
		}
		if !l.take(&lines, number, cells) {
			return lines
		}
	}
	return lines
}

// take adds a line that is not empty, unless there are too many, or too much in
// them.
func (l *list) take(lines *[]rawLine, number int, cells []string) bool {
	if !slices.ContainsFunc(cells, func(s string) bool { return strings.TrimSpace(s) != "" }) {
		return true
	}
	if len(*lines) == MaxRows+headLines {
		l.fail(number, "danh sách dài hơn 5000 dòng", "longer than 5000 lines")
		return false
	}
	cells = slices.Clone(cells[:min(len(cells), maxColumns)])
	for _, s := range cells {
		l.taken += len(s)
	}
	if l.taken > maxTaken {
		l.fail(number, "nội dung đến dòng này quá dài", "too much text up to this line")
		return false
	}
	*lines = append(*lines, rawLine{number, cells})
	return true
}
