package main

import (
	"fmt"
	"os"
	"testing"
	"text/tabwriter"
)

// A row of the table that `make bench` prints: a figure, and what it was
// measured against in the same run.
type row struct{ what, ours, against, ratio, aim string }

// BenchmarkTable measures what docs/PERFORMANCE.md speaks of, once, and prints
// one table.
func BenchmarkTable(b *testing.B) {
	var rows []row
	for _, m := range []struct {
		name    string
		measure func(b *testing.B) []row
	}{
		{"verify", measureVerify},
		{"accept", measureAccept},
		{"many", measureMany},
		{"phone", measurePhone},
		{"board", measureBoard},
		{"size", measureSize},
	} {
		b.Run(m.name, func(b *testing.B) {
			rows = append(rows, m.measure(b)...)
		})
	}
	printRows(rows)
}

func printRows(rows []row) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nmeasured\tours\tagainst\tratio\taim")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.what, r.ours, r.against, r.ratio, r.aim)
	}
	w.Flush()
}
