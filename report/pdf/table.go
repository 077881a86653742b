package pdf

import (
	"github.com/homphieu/homphieu/report/paper"
)

const (
	cellSize = 11.0 // points
	headSize = 10.0
	padding  = 1.2 // mm, on each side of a cell
	headFill = 235 // grey behind the head
)

// A cell is the lines of a cell where they go.
type cell struct {
	lines     []textLine
	x, width  float64
	row, down int // of a head: its first row, and how many it takes
	size      float64
	align     paper.Align
}

// height of a cell's lines with the padding.
func (c cell) height() float64 { return float64(len(c.lines))*height(c.size) + 2*padding }

// table draws a table, its head on every page, no row over two of them unless
// it is longer than a page.
func (p *painter) table(t paper.Table) {
	if len(t.Columns) == 0 {
		return
	}
	head, heights := p.head(t)
	if sum(heights) > textHeight/2 {
		panic("pdf: table: head of half a page")
	}
	p.room(p.leastTable(t))
	p.drawHead(head, heights)
	for i, r := range t.Rows {
		row := p.row(t, r)
		need := rowHeight(row)
		if r.Block != "" && i+1 < len(t.Rows) {
			need += rowHeight(p.row(t, t.Rows[i+1]))
		}
		if need > p.left() && p.y > paper.MarginTop+sum(heights)+epsilon && need <= textHeight-sum(heights) {
			p.newPage()
			p.drawHead(head, heights)
		}
		p.drawLong(row, head, heights)
	}
	p.y += gap
}

// leastTable is the height of the head and the first rows, up to one that is
// not a block's line.
func (p *painter) leastTable(t paper.Table) float64 {
	_, heights := p.head(t)
	h := sum(heights)
	for _, r := range t.Rows {
		h += rowHeight(p.row(t, r))
		if r.Block == "" {
			break
		}
	}
	return h
}

// columns returns where each column begins, and where the last one ends.
func columns(t paper.Table) []float64 {
	at := []float64{paper.MarginLeft}
	for i, c := range t.Columns {
		at = append(at, at[i]+c.Width*paper.TextWidth)
	}
	return at
}

// row returns the cells of a row. Texts beyond the columns are left out.
func (p *painter) row(t paper.Table, r paper.Row) []cell {
	at := columns(t)
	if r.Block != "" {
		width := at[len(t.Columns)] - at[0]
		return []cell{{lines: p.wrapText(r.Block, true, cellSize, width-2*padding), x: at[0], width: width, size: cellSize, align: paper.Left}}
	}
	cells := make([]cell, len(t.Columns))
	for i, c := range t.Columns {
		text := ""
		if i < len(r.Cells) {
			text = r.Cells[i]
		}
		width := at[i+1] - at[i]
		cells[i] = cell{lines: p.wrapText(text, false, cellSize, width-2*padding), x: at[i], width: width, size: cellSize, align: c.Align}
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
		n := int((p.left() - 2*padding) / height(cellSize))
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
	p.pdf.SetLineWidth(hairline)
	mode := "D"
	if filled {
		p.pdf.SetFillColor(headFill, headFill, headFill)
		mode = "FD"
	}
	p.pdf.Rect(c.x, y, c.width, h, mode)
	top := y + (h-float64(len(c.lines))*height(c.size))/2
	p.setLines(c.lines, c.x+padding, top, c.width-2*padding, c.size, c.align)
}

func sum(all []float64) float64 {
	s := 0.0
	for _, x := range all {
		s += x
	}
	return s
}
