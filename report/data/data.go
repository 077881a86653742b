// Package data writes an outcome as files for machines and for tables: the
// same numbers as the papers, from the same [meeting.Outcome], and nothing that
// the outcome does not say.
//
//	result.json      ResultJSON      everything; docs/schemas/result.schema.json
//	assessment.json  AssessmentJSON  thresholds alone; docs/schemas/assessment.schema.json
//	trackers.txt     Trackers        the tracker of every ballot, one a line, ascending
//	result.csv       WriteCSV        one row a person, for programs
//	result.xlsx      WriteXLSX       three sheets, for people
//	manifest.json    Manifest        which files there are; docs/schemas/manifest.schema.json
//
// Of a whole round of votes, from a [round.Consolidation]:
//
//	consolidated.json  ConsolidatedJSON       everything, with the source of each poll; docs/schemas/consolidated.schema.json
//	assessment.json    RoundAssessmentJSON    thresholds alone; docs/schemas/consolidated-assessment.schema.json
//	consolidated.xlsx  WriteConsolidatedXLSX  five sheets, for people
//	manifest.json      RoundManifest          which files there are; docs/schemas/consolidated-manifest.schema.json
//
// Three rules hold for all of them. Persons stand in the order of the ballot,
// never by score. No threshold or what follows from one stands anywhere but in
// assessment.json, which is for the roles that the rule set names. And why
// people were absent, which can be an illness, stands nowhere: the files can be
// for everybody, and the minutes say it.
//
// The same outcome gives the same bytes. Percentages are rounded half up to two
// decimals and are for display; who computes takes the counts and the base.
package data

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/homphieu/homphieu/meeting"
)

// marshal returns the indented text of v with characters as they are, and a
// line feed at its end.
func marshal(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		panic("data: " + err.Error()) // of plain fields: cannot happen
	}
	return b.Bytes()
}

// Trackers returns the trackers of all ballots, one a line, in the outcome's
// order, which is ascending and says nothing of who voted when.
func Trackers(o *meeting.Outcome) []byte {
	var b strings.Builder
	for _, t := range o.Trackers {
		b.WriteString(t)
		b.WriteByte('\n')
	}
	return []byte(b.String())
}
