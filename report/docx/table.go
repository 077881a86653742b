package docx

import (
	"strings"

	"github.com/homphieu/homphieu/report/paper"
)

// headFill is the grey behind a table's head.
const headFill = "EBEBEB"

// table draws a table: heads repeated, rows whole.
func (d *drawer) table(t paper.Table) {
	widths, style, look := d.columns(t.Columns), "Grid", look{headSize, 0}
	if t.Dense {
		style, look.head, look.body = "Dense", denseHead, denseSize
	}
	if len(t.Head)+len(t.Rows) == 0 {
		return
	}
	d.put(tableBegin(style, widths))
	d.put(strings.Join(look.headRows(t.Head, widths), ""))
	for _, r := range t.Rows {
		d.put(look.bodyRow(r, t.Columns, widths))
	}
	d.put(tableEnd + gap)
}

// A look is the sizes of letters in a table; 0 is that of the style.
type look struct{ head, body float64 }

// columns divides the text's width; the last takes what rounding leaves.
func (d *drawer) columns(all []paper.Column) []int {
	widths := make([]int, len(all))
	at, done := 0.0, 0
	for i, c := range all {
		at += c.Width * d.page.TextWidth
		widths[i] = mm(at) - done
		done += widths[i]
	}
	return widths
}

// headRows draws a head. Where a cell of an earlier row reaches down, the
// format wants a cell that continues it.
func (k look) headRows(head [][]paper.Cell, widths []int) (rows []string) {
	reach := make([]int, len(widths)) // rows that a column is still taken
	spans := make([]int, len(widths)) // by a cell of so many columns
	for _, cells := range head {
		var drawn []string
		for at := 0; at < len(widths); {
			if reach[at] > 0 {
				span := spans[at]
				drawn = append(drawn, k.headCell(cellForm{width: sum(widths[at : at+span]), span: span, merge: "continue"}, ""))
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
			drawn = append(drawn, k.headCell(f, c.Text))
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

func (k look) headCell(f cellForm, text string) string {
	f.fill, f.middle = headFill, true
	return cell(f, line(form{"TableText", paper.Center, true}, text, face{bold: true, size: k.head}))
}

func (k look) bodyRow(r paper.Row, columns []paper.Column, widths []int) string {
	if r.Block != "" {
		return row(rowForm{}, cell(cellForm{width: sum(widths), span: len(widths)}, line(form{"TableText", paper.Left, true}, r.Block, face{bold: r.Depth < 2, italic: r.Depth > 0, size: k.body})))
	}
	var b strings.Builder
	for i, c := range columns {
		text := ""
		if i < len(r.Cells) {
			text = r.Cells[i]
		}
		b.WriteString(cell(cellForm{width: widths[i], middle: true}, line(form{"TableText", c.Align, false}, text, face{size: k.body})))
	}
	return row(rowForm{}, b.String())
}
