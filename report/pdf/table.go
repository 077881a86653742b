package pdf

import (
	"github.com/homphieu/homphieu/report/paper"
)

const (
	cellSize = 11.0 // points
	headFill = 235  // grey behind the head
)

// A look is how the cells of a table look.
type look struct {
	size, head float64 // points
	padding    float64 // mm, on each side of a cell
}

var (
	usual = look{cellSize, 10, 1.2}
	dense = look{9.5, 8.5, 0.8}
)

func lookOf(t paper.Table) look {
	if t.Dense {
		return dense
	}
	return usual
}

// A cell is the lines of a cell where they go.
type cell struct {
	lines         []textLine
	x, width      float64
	row, down     int // of a head: its first row, and how many it takes
	size, padding float64
	align         paper.Align
}

// height of a cell's lines with the padding.
func (c cell) height() float64 { return float64(len(c.lines))*height(c.size) + 2*c.padding }

// table draws a table, its head on every page, no row over two of them unless
// it is longer than a page.
func (p *painter) table(t paper.Table) {
	if len(t.Columns) == 0 {
		return
	}
	head, heights := p.head(t)
	if sum(heights) > p.page.TextHeight/2 {
		panic("pdf: table: head of half a page")
	}
	p.room(p.leastTable(t))
	p.drawHead(head, heights)
	for i, r := range t.Rows {
		row := p.row(t, r)
		need := rowHeight(row)
		if r.Block != "" {
			need = p.leastRows(t, t.Rows[i:])
		}
		if need > p.left() && p.y > paper.MarginTop+sum(heights)+epsilon && need <= p.page.TextHeight-sum(heights) {
			p.newPage()
			p.drawHead(head, heights)
		}
		p.drawLong(row, head, heights)
	}
	p.y += gap
}

// leastTable is the height of the head and the first rows.
func (p *painter) leastTable(t paper.Table) float64 {
	_, heights := p.head(t)
	return sum(heights) + p.leastRows(t, t.Rows)
}

// leastRows is the height of the first rows, up to one that is not a block's
// line.
func (p *painter) leastRows(t paper.Table, rows []paper.Row) float64 {
	h := 0.0
	for _, r := range rows {
		h += rowHeight(p.row(t, r))
		if r.Block == "" {
			break
		}
	}
	return h
}

// columns returns where each column begins, and where the last one ends.
func (p *painter) columns(t paper.Table) []float64 {
	at := []float64{paper.MarginLeft}
	for i, c := range t.Columns {
		at = append(at, at[i]+c.Width*p.page.TextWidth)
	}
	return at
}

// row returns the cells of a row. Texts beyond the columns are left out.
func (p *painter) row(t paper.Table, r paper.Row) []cell {
	at, look := p.columns(t), lookOf(t)
	if r.Block != "" {
		width := at[len(t.Columns)] - at[0]
		lines := p.wrap([]paper.Run{{Text: r.Block, Bold: r.Depth < 2, Italic: r.Depth > 0}}, look.size, width-2*look.padding, 0)
		return []cell{{lines: lines, x: at[0], width: width, size: look.size, padding: look.padding, align: paper.Left}}
	}
	cells := make([]cell, len(t.Columns))
	for i, c := range t.Columns {
		text := ""
		if i < len(r.Cells) {
			text = r.Cells[i]
		}
		width := at[i+1] - at[i]
		lines := p.wrapText(text, false, look.size, width-2*look.padding)
		cells[i] = cell{lines: lines, x: at[i], width: width, size: look.size, padding: look.padding, align: c.Align}
	}
	return cells
}

func rowHeight(row []cell) float64 {
	h := 0.0
	for _, c := range row {
		h = max(h, c.height())
	}
	return h
}

// drawLong draws a row, in several parts when it does not fit the page.
func (p *painter) drawLong(row, head []cell, heights []float64) {
	for rowHeight(row) > p.left() {
		n := int((p.left() - 2*row[0].padding) / height(row[0].size))
		if n > 0 {
			var part []cell
			part, row = breakRow(row, n)
			p.drawRow(part)
		}
		p.newPage()
		p.drawHead(head, heights)
	}
	p.drawRow(row)
}

// breakRow takes the first n lines of each cell.
func breakRow(row []cell, n int) (part, rest []cell) {
	for _, c := range row {
		top, under := c, c
		top.lines, under.lines = c.lines[:min(n, len(c.lines))], c.lines[min(n, len(c.lines)):]
		part, rest = append(part, top), append(rest, under)
	}
	return part, rest
}

func (p *painter) drawRow(row []cell) {
	h := rowHeight(row)
	for _, c := range row {
		p.drawCell(c, p.y, h, false)
	}
	p.y += h
}

// drawCell draws a cell's box, and its lines in the middle of it.
func (p *painter) drawCell(c cell, y, h float64, filled bool) {
	p.lines(hairline)
	mode := "D"
	if filled {
		p.pdf.SetFillColor(headFill, headFill, headFill)
		mode = "FD"
	}
	p.pdf.Rect(c.x, y, c.width, h, mode)
	top := y + (h-float64(len(c.lines))*height(c.size))/2
	p.setLines(c.lines, c.x+c.padding, top, c.width-2*c.padding, c.size, c.align)
}

func sum(all []float64) float64 {
	s := 0.0
	for _, x := range all {
		s += x
	}
	return s
}
