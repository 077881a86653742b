package pdf_test

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report/paper"
	"github.com/homphieu/homphieu/report/paper/papertest"
	"github.com/homphieu/homphieu/report/pdf"
)

// The pages of a consolidated report are turned, those of the letter are not.
func TestLandscape(t *testing.T) {
	c := papertest.Consolidation(t)
	for _, test := range []struct {
		d    *paper.Document
		want string
	}{
		{paper.NewConsolidated(c, paper.Party, papertest.Result), "841.89 x 595.28 pts (A4)"},
		{paper.NewCover(c, paper.Party, papertest.Result), "595.28 x 841.89 pts (A4)"},
	} {
		content, layout := write(t, test.d)
		info := run(t, "pdfinfo", "-l", "-1", save(t, content))
		if got := strings.Count(info, test.want); got != layout.Pages {
			t.Errorf("%s: %d of %d pages are so:\n%s", test.d.Kind, got, layout.Pages, info)
		}
	}
}

// The numbers of every person of 300 agencies stand in one line of a page with
// the table's head, and every page of the table has the head once.
func TestConsolidatedPages(t *testing.T) {
	c := papertest.LargeConsolidation(t, 300, 2)
	d := paper.NewConsolidated(c, paper.Party, papertest.Result)
	content, layout := write(t, d)
	text := run(t, "pdftotext", "-layout", save(t, content), "-")
	lines := map[string]string{} // by running number
	numbered := regexp.MustCompile(`^ *(\d+) +(\S.*)$`)
	number := 1
	heads := 0
	for _, page := range strings.Split(strings.TrimSuffix(text, "\f"), "\f") {
		before := number
		for line := range strings.Lines(page) {
			if m := numbered.FindStringSubmatch(strings.TrimRight(line, "\n")); m != nil && m[1] == fmt.Sprint(number) && strings.Contains(m[2], ",") {
				lines[m[1]] = m[2]
				number++
			}
		}
		head := strings.Count(page, "Tín nhiệm cao")
		if heads += head; (number > before) != (head == 1) {
			t.Errorf("%d rows and %d heads on a page:\n%s", number-before, head, page)
		}
	}
	for _, s := range c.Sections {
		for _, a := range s.Agencies {
			for _, p := range a.Polls {
				for _, r := range p.Rows {
					want := squash(fmt.Sprint(p.Summoned, " ", p.Present, p.Issued, p.Collected, " ", r.Valid(), r.Invalid) + numbersOf(r.High) + numbersOf(r.Confidence) + numbersOf(r.Low))
					if line := squash(lines[fmt.Sprint(r.Number)]); !strings.HasSuffix(line, want) {
						t.Fatalf("row %d: %q does not end with %s", r.Number, line, want)
					}
				}
			}
		}
	}
	if number != 1201 || layout.Pages < 100 || heads < 100 {
		t.Errorf("%d rows, %d pages, %d heads", number-1, layout.Pages, heads)
	}
}

func numbersOf(s meeting.Share) string { return fmt.Sprint(s.Votes) + s.Percent }

// Hostile names stay in their cells, and nothing that follows is lost.
func TestConsolidatedHostile(t *testing.T) {
	for name, want := range papertest.Hostile {
		c := papertest.HostileConsolidation(t, name)
		for _, d := range []*paper.Document{paper.NewConsolidated(c, paper.Party, papertest.Result), paper.NewCover(c, paper.State, papertest.Result)} {
			content, _ := write(t, d)
			margins(t, content)
			if text := strings.Join(pages(t, d, content), ""); !strings.Contains(text, squash(want)) || !strings.Contains(text, "Nơinhận") {
				t.Errorf("%s of %q:\n%s", d.Kind, name, text)
			}
		}
	}
}

// A block's line stands on a page with a row of it, also under the lines of
// blocks that it is in.
func TestBlocksStandWithRows(t *testing.T) {
	table := paper.Table{Columns: []paper.Column{{Width: 1}}, Head: [][]paper.Cell{{{Text: "Đầu", Span: 1, Down: 1}}}, Dense: true}
	for i := range 60 {
		for depth := range 3 {
			table.Rows = append(table.Rows, paper.Row{Block: fmt.Sprintf("Khối %d.%d", i, depth), Depth: depth})
		}
		for range i%5 + 1 {
			table.Rows = append(table.Rows, paper.Row{Cells: []string{"hàng"}})
		}
	}
	d := &paper.Document{Landscape: true, Footer: "chân", Body: []paper.Block{table}}
	content, layout := write(t, d)
	all := pages(t, d, content)
	for i, page := range all {
		if !strings.HasSuffix(page, "hàng") || strings.Count(page, "Đầu") != 1 {
			t.Errorf("page %d ends with a block's line, or has not one head: %s", i+1, page)
		}
	}
	if layout.Pages < 5 {
		t.Errorf("%d pages", layout.Pages)
	}
}

// A consolidated report of 2,000 polls with 20 persons each.
func BenchmarkConsolidated(b *testing.B) {
	d := paper.NewConsolidated(papertest.LargeConsolidation(b, 1000, 20), paper.Party, papertest.Result)
	for b.Loop() {
		layout, err := pdf.Write(io.Discard, d, []pdf.Attachment{{Name: "consolidated.json", MediaType: "application/json", Content: bytes.Repeat([]byte("{}\n"), 1000)}})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(layout.Pages), "pages")
	}
}
