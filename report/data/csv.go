package data

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/homphieu/homphieu/meeting"
)

// csvHeader begins as the tables that "homphieu demo --table" reads.
var csvHeader = []string{
	"title", "high", "confidence", "low", "high_percent", "confidence_percent", "low_percent",
	"invalid", "name", "block",
}

// WriteCSV writes one row a person as RFC 4180 has it: commas, CRLF, quotes
// where they are needed, a header; in UTF-8 with the byte order mark by which
// spreadsheets know it. The names of the columns are those of result.json, and
// percentages are texts with a decimal comma.
//
// The file is for programs, and commas serve every one of them. A spreadsheet
// in Vietnamese expects semicolons when it opens a CSV file by a double click:
// for people there is [WriteXLSX].
//
// What a spreadsheet would take for a formula gets an apostrophe before it, also
// inside a text: who opens the file with semicolons between columns, as Vietnamese
// settings have them, cuts texts in two.
func WriteCSV(w io.Writer, o *meeting.Outcome) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("csv: %w", err)
	}
	table := csv.NewWriter(w)
	table.UseCRLF = true
	rows := [][]string{csvHeader}
	for _, p := range o.People {
		rows = append(rows, []string{
			inert(p.Post), strconv.Itoa(p.High.Votes), strconv.Itoa(p.Confidence.Votes), strconv.Itoa(p.Low.Votes),
			p.High.Percent, p.Confidence.Percent, p.Low.Percent, strconv.Itoa(p.Invalid), inert(p.Name), inert(p.Block),
		})
	}
	if err := table.WriteAll(rows); err != nil {
		return fmt.Errorf("csv: %w", err)
	}
	return nil
}

// starters are the characters with which a formula can begin, also in full
// width (OWASP, CSV injection).
const starters = "=+-@＝＋－＠"

// inert returns s so that a spreadsheet shows it and computes nothing, whether it
// takes commas, semicolons, tabs or line ends for those between cells. Such a
// reader takes no notice of quotes in the middle of what it holds for a cell.
func inert(s string) string {
	var b strings.Builder
	from, begins := 0, true // of a cell
	for i, r := range s {
		switch {
		case begins && strings.ContainsRune(starters, r):
			b.WriteString(s[from:i])
			b.WriteByte('\'')
			from, begins = i, false
		case separates(r):
			begins = true
		case !passed(r):
			begins = false
		}
	}
	b.WriteString(s[from:])
	return b.String()
}

// separates reports whether a reader may take the character for the end of a
// cell.
func separates(r rune) bool { return r == ';' || r == ',' || unicode.IsControl(r) }

// passed reports whether readers may pass over the character at the beginning of
// a cell: spaces, quotes, what cannot be seen, and what is no UTF-8.
func passed(r rune) bool {
	return r == '"' || r == unicode.ReplacementChar || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r)
}
