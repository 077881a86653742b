package main

import (
	"strings"
	"testing"
	"unicode"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

// An archive may hold any text. On the auditor's terminal it cannot move the
// cursor, turn the direction of writing, or begin a line of its own.
func TestPrintedTextIsVisible(t *testing.T) {
	e, err := ballot.NewElection(ballot.Draft{
		Name: "x", UUID: ballot.NewUUID(), PublicKey: group.Generator(),
		Questions: []ballot.Question{{Text: "Ánh\nGiám đốc\x1b[3A\r\u202eVALID", Answers: []string{"cao\x1b[2K\n"}, Min: 0, Max: 1}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := printReport(&out, &archive.Report{Election: e, Result: tally.Result{{1}}, Voided: -1}); err != nil {
		t.Fatal(err)
	}
	for _, c := range out.String() {
		if c != '\n' && unicode.In(c, unicode.C) {
			t.Errorf("%U is printed: %q", c, out.String())
		}
	}
	if !strings.Contains(out.String(), "Ánh, Giám đốc") || strings.Count(out.String(), "\n") != 10 {
		t.Errorf("%d lines: %q", strings.Count(out.String(), "\n"), out.String())
	}
}
