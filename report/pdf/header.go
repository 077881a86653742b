package pdf

import (
	"github.com/homphieu/homphieu/report/paper"
	"github.com/homphieu/homphieu/report/typeset"
)

// The columns of the header: the motto of the State is the wider.
const (
	leftWidth  = 68.0
	rightStart = paper.MarginLeft + leftWidth
	rightWidth = paper.TextWidth - leftWidth
)

// header sets the top of the first page.
func (p *painter) header(h *paper.Header) {
	y := max(p.issuer(h), p.motto(h))
	right := p.wrap([]paper.Run{{Text: h.Place, Italic: true}}, bodySize, rightWidth, 0)
	p.clerkNumber(h.Number, y)
	y += p.setLines(right, rightStart, y, rightWidth, bodySize, paper.Center)
	if h.Mark != "" {
		mark := p.wrap([]paper.Run{{Text: h.Mark, Italic: true}}, noteSize+1, leftWidth, 0)
		y += p.setLines(mark, paper.MarginLeft, y, leftWidth, noteSize+1, paper.Center)
	}
	p.y = y + 3*gap
	p.heading(h)
}

// clerkNumber sets the place of the number, whose spaces are room to write.
func (p *painter) clerkNumber(text string, y float64) {
	text = typeset.Clean(text)
	p.face("", bodySize)
	x := paper.MarginLeft + (leftWidth-p.pdf.GetStringWidth(text))/2
	p.pdf.Text(x, y+baseline*height(bodySize), text)
}

// issuer sets the left column and returns where it ends.
func (p *painter) issuer(h *paper.Header) float64 {
	const size = 13.0
	y := paper.MarginTop
	y += p.setLines(p.wrapText(h.Superior, false, size, leftWidth), paper.MarginLeft, y, leftWidth, size, paper.Center)
	lines := p.wrapText(h.Issuer, true, size, leftWidth)
	y += p.setLines(lines, paper.MarginLeft, y, leftWidth, size, paper.Center)
	if h.Star {
		p.setText("*", paper.MarginLeft, y, leftWidth, bodySize, paper.Center)
		return y + height(bodySize)
	}
	length := widest(lines) * 0.45 // between a third and a half
	p.horizontal(paper.MarginLeft+(leftWidth-length)/2, y+1, length, rule)
	return y + 1 + gap
}

// motto sets the right column, whose rule is as long as its last line, and
// returns where it ends.
func (p *painter) motto(h *paper.Header) float64 {
	sizes := []float64{15}
	if len(h.Motto) > 1 {
		sizes = []float64{12.5, 13.5}
	}
	y, length := paper.MarginTop, 0.0
	for i, text := range h.Motto {
		size := sizes[min(i, len(sizes)-1)]
		lines := p.wrapText(text, true, size, rightWidth)
		length = widest(lines)
		y += p.setLines(lines, rightStart, y, rightWidth, size, paper.Center)
	}
	p.horizontal(rightStart+(rightWidth-length)/2, y+0.5, length, rule)
	return y + 0.5 + gap
}

// heading sets the name of the type and what is under it, down to a short rule.
func (p *painter) heading(h *paper.Header) {
	size := 16.0
	if p.doc.Style == paper.State {
		size = 14
	}
	p.y += p.setLines(p.wrapText(h.Heading, true, size, paper.TextWidth), paper.MarginLeft, p.y, paper.TextWidth, size, paper.Center)
	width := 0.0
	for _, text := range h.Subject {
		lines := p.wrapText(text, true, bodySize, paper.TextWidth-20)
		p.y += p.setLines(lines, paper.MarginLeft+10, p.y, paper.TextWidth-20, bodySize, paper.Center)
		width = max(width, widest(lines))
	}
	if length := min(width*0.4, 60); length > 0 {
		p.horizontal(paper.MarginLeft+(paper.TextWidth-length)/2, p.y+1, length, rule)
	}
	p.y += 1 + 2*gap
}

func widest(lines []textLine) float64 {
	w := 0.0
	for _, l := range lines {
		w = max(w, l.width)
	}
	return w
}
