package docx

import (
	"strings"

	"github.com/homphieu/homphieu/report/paper"
)

// headFill is the grey behind a table's head.
const headFill = "EBEBEB"

// table draws a table: heads repeated, rows whole.
func (d *drawer) table(t paper.Table) {
	widths := columns(t.Columns)
	rows := headRows(t.Head, widths)
	for _, r := range t.Rows {
		rows = append(rows, bodyRow(r, t.Columns, widths))
	}
	if len(rows) == 0 {
		return
	}
	d.WriteString(table("Grid", widths, rows...))
	d.WriteString(gap)
}

// columns divides the text's width; the last takes what rounding leaves.
func columns(all []paper.Column) []int {
	widths := make([]int, len(all))
	at, done := 0.0, 0
	for i, c := range all {
		at += c.Width * paper.TextWidth
		widths[i] = mm(at) - done
		done += widths[i]
	}
	return widths
}

// headRows draws a head. Where a cell of an earlier row reaches down, the
// format wants a cell that continues it.
func headRows(head [][]paper.Cell, widths []int) (rows []string) {
	reach := make([]int, len(widths)) // rows that a column is still taken
	spans := make([]int, len(widths)) // by a cell of so many columns
	for _, cells := range head {
		var drawn []string
		for at := 0; at < len(widths); {
			if reach[at] > 0 {
				span := spans[at]
				drawn = append(drawn, headCell(cellForm{width: sum(widths[at : at+span]), span: span, merge: "continue"}, ""))
				take(reach[at:at+span], -1)
				at += span
				continue
			}
			if len(cells) == 0 {
				break
			}
			c := cells[0]
			cells = cells[1:]
			span := min(max(c.Span, 1), len(widths)-at)
			f := cellForm{width: sum(widths[at : at+span]), span: span}
			if c.Down > 1 {
				f.merge = "restart"
				spans[at] = span
				take(reach[at:at+span], c.Down-1)
			}
			drawn = append(drawn, headCell(f, c.Text))
			at += span
		}
		rows = append(rows, row(rowForm{head: true}, drawn...))
	}
	return rows
}

func take(columns []int, n int) {
	for i := range columns {
		columns[i] += n
	}
}

func headCell(f cellForm, text string) string {
	f.fill, f.middle = headFill, true
	return cell(f, line(form{"TableText", paper.Center, true}, text, face{bold: true, size: headSize}))
}

func bodyRow(r paper.Row, columns []paper.Column, widths []int) string {
	if r.Block != "" {
		return row(rowForm{}, cell(cellForm{width: sum(widths), span: len(widths)}, line(form{"TableText", paper.Left, true}, r.Block, face{bold: true})))
	}
	var b strings.Builder
	for i, c := range columns {
		text := ""
		if i < len(r.Cells) {
			text = r.Cells[i]
		}
		b.WriteString(cell(cellForm{width: widths[i], middle: true}, line(form{"TableText", c.Align, false}, text, face{})))
	}
	return row(rowForm{}, b.String())
}
