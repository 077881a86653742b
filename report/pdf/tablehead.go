package pdf

import "github.com/homphieu/homphieu/report/paper"

// head lays out the cells of a table's head and the heights of its rows. A cell
// takes the first columns that no cell above reaches down into.
func (p *painter) head(t paper.Table) ([]cell, []float64) {
	at, heights, look := p.columns(t), make([]float64, len(t.Head)), lookOf(t)
	taken := make([]int, len(t.Columns)) // rows before which a column is taken
	var cells []cell
	for row, texts := range t.Head {
		column := 0
		for _, text := range texts {
			for column < len(taken) && taken[column] > row {
				column++
			}
			if column == len(taken) {
				break
			}
			end := min(column+max(text.Span, 1), len(taken))
			down := min(max(text.Down, 1), len(t.Head)-row)
			for ; column < end; column++ {
				taken[column] = row + down
			}
			first := end - min(max(text.Span, 1), end)
			width := at[end] - at[first]
			cells = append(cells, cell{
				lines: p.wrapText(text.Text, true, look.head, width-2*look.padding), x: at[first], width: width,
				row: row, down: down, size: look.head, padding: look.padding, align: paper.Center,
			})
		}
	}
	stretch(cells, heights)
	return cells, heights
}

// stretch makes rows high enough for their cells; what a cell over several rows
// lacks is added to the last of them.
func stretch(cells []cell, heights []float64) {
	for _, c := range cells {
		if c.down == 1 {
			heights[c.row] = max(heights[c.row], c.height())
		}
	}
	for _, c := range cells {
		last := c.row + c.down - 1
		if lack := c.height() - sum(heights[c.row:last+1]); lack > 0 {
			heights[last] += lack
		}
	}
}

// drawHead draws a table's head where the page has come to.
func (p *painter) drawHead(cells []cell, heights []float64) {
	for _, c := range cells {
		p.drawCell(c, p.y+sum(heights[:c.row]), sum(heights[c.row:c.row+c.down]), true)
	}
	p.y += sum(heights)
}
