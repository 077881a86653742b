package data

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

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
// A text that a spreadsheet would take for a formula gets an apostrophe before
// it.
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
// width, and those that spreadsheets pass over before it (OWASP, CSV
// injection).
var starters = []rune("=+-@\t\r\n\u00a0\ufeff＝＋－＠")

// inert returns s so that a spreadsheet shows it and computes nothing.
func inert(s string) string {
	first := []rune(strings.TrimLeft(s, " "))
	if len(first) > 0 && slices.Contains(starters, first[0]) {
		return "'" + s
	}
	return s
}
