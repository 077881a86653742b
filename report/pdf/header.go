package pdf

import (
	"github.com/homphieu/homphieu/report/paper"
	"github.com/homphieu/homphieu/report/typeset"
)

// The columns of the header: the motto of the State is the wider. On a page that
// is turned they stand as far apart as it is wider.
const (
	leftWidth  = 68.0
	rightWidth = paper.TextWidth - leftWidth
)

// rightStart is where the right column begins.
func (p *painter) rightStart() float64 { return paper.MarginLeft + p.page.TextWidth - rightWidth }

// header sets the top of the first page.
func (p *painter) header(h *paper.Header) {
	y := max(p.issuer(h), p.motto(h))
	right := p.wrap([]paper.Run{{Text: h.Place, Italic: true}}, bodySize, rightWidth, 0)
	p.clerkNumber(h.Number, y)
	y += p.setLines(right, p.rightStart(), y, rightWidth, bodySize, paper.Center)
	if h.About != "" {
		y += p.setLines(p.wrapText(h.About, false, aboutSize, leftWidth), paper.MarginLeft, y, leftWidth, aboutSize, paper.Center)
	}
	if h.Mark != "" {
		mark := p.wrap([]paper.Run{{Text: h.Mark, Italic: true}}, noteSize+1, leftWidth, 0)
		y += p.setLines(mark, paper.MarginLeft, y, leftWidth, noteSize+1, paper.Center)
	}
	p.y = y + 3*gap
	if h.Heading != "" || len(h.Subject) > 0 {
		p.heading(h)
	}
	if len(h.To) > 0 {
		p.to(h.To)
	}
}

// to sets to whom a letter goes: the lines under one another, in the middle of
// the page, with dashes where there are several.
func (p *painter) to(all []string) {
	const label, space, side = "Kính gửi:", 2.0, 15.0
	p.face("", bodySize)
	width := p.pdf.GetStringWidth(typeset.Clean(label)) + space
	var lines []textLine
	for _, text := range all {
		if len(all) > 1 {
			text = recipient(text)
		}
		lines = append(lines, p.wrapText(text, false, bodySize, p.page.TextWidth-2*side-width)...)
	}
	x := paper.MarginLeft + (p.page.TextWidth-width-widest(lines))/2
	p.setText(label, x, p.y, width, bodySize, paper.Left)
	p.y += p.setLines(lines, x+width, p.y, widest(lines), bodySize, paper.Left) + 2*gap
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
		y += p.setLines(lines, p.rightStart(), y, rightWidth, size, paper.Center)
	}
	p.horizontal(p.rightStart()+(rightWidth-length)/2, y+0.5, length, rule)
	return y + 0.5 + gap
}

// heading sets the name of the type and what is under it, down to a short rule.
func (p *painter) heading(h *paper.Header) {
	size := 16.0
	if p.doc.Style == paper.State {
		size = 14
	}
	p.y += p.setLines(p.wrapText(h.Heading, true, size, p.page.TextWidth), paper.MarginLeft, p.y, p.page.TextWidth, size, paper.Center)
	width := 0.0
	for _, text := range h.Subject {
		lines := p.wrapText(text, true, bodySize, p.page.TextWidth-20)
		p.y += p.setLines(lines, paper.MarginLeft+10, p.y, p.page.TextWidth-20, bodySize, paper.Center)
		width = max(width, widest(lines))
	}
	if length := min(width*0.4, 60); length > 0 {
		p.horizontal(paper.MarginLeft+(p.page.TextWidth-length)/2, p.y+1, length, rule)
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
