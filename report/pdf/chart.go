package pdf

import (
	"fmt"

	"github.com/homphieu/homphieu/report/paper"
)

// The columns of a chart: name, bar, and the four numbers.
const (
	labelWidth = 52.0
	barStart   = paper.MarginLeft + labelWidth + 2
	barWidth   = 78.0
	figures    = barStart + barWidth + 2
	figure     = (paper.MarginLeft + paper.TextWidth - figures) / 4
	barHeight  = 4.2
	barPitch   = 1.6 // least distance of bars
)

// A pattern fills a box so that it can be told from the others in black and
// white.
type pattern struct {
	name, short string
	grey        int     // behind it
	step        float64 // between its slanted lines; 0 for none
}

var patterns = [4]pattern{
	{"Tín nhiệm cao", "Cao", 60, 0},
	{"Tín nhiệm", "TN", 255, 1.4},
	{"Tín nhiệm thấp", "Thấp", 205, 0},
	{"Không hợp lệ", "KHL", 255, 0},
}

// chart draws one bar a person, with the numbers beside it, and what the
// patterns mean above; on every page anew.
func (p *painter) chart(c paper.Chart) {
	total := 0
	for _, b := range c.Bars {
		total = max(total, b.High+b.Confidence+b.Low+b.Invalid)
	}
	p.room(p.leastChart(c))
	if c.Title != "" {
		lines := p.wrapText(c.Title, true, cellSize+1, paper.TextWidth)
		p.y += p.setLines(lines, paper.MarginLeft, p.y, paper.TextWidth, cellSize+1, paper.Center)
	}
	p.legend()
	for _, b := range c.Bars {
		lines := p.barLabel(b)
		if barRow(lines) > p.left() && p.y > paper.MarginTop+legendHeight() {
			p.newPage()
			p.legend()
		}
		p.bar(b, lines, total)
	}
	p.y += gap
}

// leastChart is the height of a chart down to its first bar.
func (p *painter) leastChart(c paper.Chart) float64 {
	h := legendHeight()
	if c.Title != "" {
		h += float64(len(p.wrapText(c.Title, true, cellSize+1, paper.TextWidth))) * height(cellSize+1)
	}
	if len(c.Bars) > 0 {
		h += barRow(p.barLabel(c.Bars[0]))
	}
	return h
}

func legendHeight() float64 { return 2*height(cellSize) + 3 }

// legend sets what the patterns mean, and under it the heads of the numbers.
func (p *painter) legend() {
	const box, apart = 6.0, 4.0
	width := -apart
	for _, t := range patterns {
		width += box + 1 + widest(p.wrapText(t.name, false, cellSize, paper.TextWidth)) + apart
	}
	x := paper.MarginLeft + (paper.TextWidth-width)/2
	for _, t := range patterns {
		name := p.wrapText(t.name, false, cellSize, paper.TextWidth)
		p.fill(t, x, p.y+1, box, 3.2)
		p.setLines(name, x+box+1, p.y, paper.TextWidth, cellSize, paper.Left)
		x += box + 1 + widest(name) + apart
	}
	p.y += height(cellSize) + 1
	for i, t := range patterns {
		p.setText(t.short, figures+float64(i)*figure, p.y, figure, noteSize-2, paper.Right)
	}
	p.y += height(cellSize) + 2
}

// barLabel is a person's name in at most as many lines as a page has.
func (p *painter) barLabel(b paper.Bar) []textLine {
	lines := p.wrapText(b.Label, false, noteSize, labelWidth)
	return lines[:min(len(lines), 40)]
}

func barRow(label []textLine) float64 {
	return max(barHeight, float64(len(label))*height(noteSize)) + barPitch
}

func (p *painter) bar(b paper.Bar, label []textLine, total int) {
	h := barRow(label) - barPitch
	p.setLines(label, paper.MarginLeft, p.y+(h-float64(len(label))*height(noteSize))/2, labelWidth, noteSize, paper.Right)
	x, y := barStart, p.y+(h-barHeight)/2
	for i, n := range []int{b.High, b.Confidence, b.Low, b.Invalid} {
		if n > 0 {
			width := barWidth * float64(n) / float64(total)
			p.fill(patterns[i], x, y, width, barHeight)
			x += width
		}
		p.setText(fmt.Sprint(n), figures+float64(i)*figure, p.y+(h-height(noteSize))/2, figure, noteSize, paper.Right)
	}
	p.y += h + barPitch
}

// fill draws a box with its pattern.
func (p *painter) fill(t pattern, x, y, width, h float64) {
	p.lines(hairline)
	p.pdf.SetFillColor(t.grey, t.grey, t.grey)
	p.pdf.Rect(x, y, width, h, "F")
	if t.step > 0 {
		p.pdf.ClipRect(x, y, width, h, false)
		for at := x - h; at < x+width; at += t.step {
			p.pdf.Line(at, y+h, at+h, y)
		}
		p.pdf.ClipEnd()
	}
	p.pdf.Rect(x, y, width, h, "D")
}
