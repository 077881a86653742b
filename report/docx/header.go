package docx

import (
	"strings"

	"github.com/homphieu/homphieu/report/paper"
)

// The columns of the letterhead, in millimetres: the motto of the State is the
// wider.
const (
	leftWidth  = 68.0
	rightWidth = paper.TextWidth - leftWidth
)

// letterhead is a table without borders: the issuer and the motto, under them
// the number and the place.
func (d *drawer) letterhead(h *paper.Header) {
	centred := form{"Letterhead", paper.Center, false}
	widths := []int{mm(leftWidth), mm(d.page.TextWidth - leftWidth - rightWidth), mm(rightWidth)}
	between := cell(cellForm{width: widths[1]}, thin)
	if widths[1] == 0 {
		widths, between = []int{widths[0], widths[2]}, ""
	}
	right := cellForm{width: widths[len(widths)-1]}
	second := line(centred, h.Number, face{size: bodySize})
	if h.About != "" {
		second += line(centred, h.About, face{size: aboutSize})
	}
	if h.Mark != "" {
		second += line(centred, h.Mark, face{italic: true, size: noteSize + 1})
	}
	d.put(table("Layout", widths,
		row(rowForm{}, cell(cellForm{width: widths[0]}, d.issuer(h)), between, cell(right, d.motto(h))),
		row(rowForm{}, cell(cellForm{width: widths[0]}, second), between, cell(right, line(centred, h.Place, face{italic: true, size: bodySize}))),
	))
}

// to is to whom a letter goes: a table without borders, so that the lines stand
// under one another.
func (d *drawer) to(all []string) {
	const label, space, side = "Kính gửi:", 2.0, 15.0
	const slack = 1.2 // for a reader without the font
	width := d.measure(label, bodySize)*slack + space
	var lines strings.Builder
	widest := 0.0
	for _, text := range all {
		if len(all) > 1 {
			text = recipient(text)
		}
		widest = min(max(widest, d.measure(text, bodySize)*slack+space), d.page.TextWidth-2*side-width)
		lines.WriteString(line(form{"Letterhead", paper.Left, false}, text, face{size: bodySize}))
	}
	before := (d.page.TextWidth - width - widest) / 2
	widths := []int{mm(before), mm(width), mm(widest)}
	d.put(gap + table("Layout", widths, row(rowForm{}, cell(cellForm{width: widths[0]}, thin),
		cell(cellForm{width: widths[1]}, line(form{"Letterhead", paper.Left, false}, label, face{size: bodySize})),
		cell(cellForm{width: widths[2]}, lines.String()))) + gap)
}

func (d *drawer) issuer(h *paper.Header) string {
	centred := form{"Letterhead", paper.Center, false}
	s := line(centred, h.Superior, face{}) + line(centred, h.Issuer, face{bold: true})
	if h.Star {
		return s + line(centred, "*", face{size: bodySize})
	}
	length := min(d.measure(h.Issuer, issuerSize), leftWidth) * 0.45 // between a third and a half
	return s + ruled(leftWidth, length, false)
}

// motto has a rule under it that is as long as its last line.
func (d *drawer) motto(h *paper.Header) string {
	sizes := []float64{partySize}
	if len(h.Motto) > 1 {
		sizes = []float64{nationSize, freedomSize}
	}
	var b strings.Builder
	length := 0.0
	for i, text := range h.Motto {
		size := sizes[min(i, len(sizes)-1)]
		b.WriteString(line(form{"Letterhead", paper.Center, false}, text, face{bold: true, size: size}))
		length = min(d.measure(text, size), rightWidth)
	}
	return b.String() + ruled(rightWidth, length, false)
}

// heading is the name of the type with what is under it, down to a short rule.
func (d *drawer) heading(h *paper.Header, style paper.Style) {
	size := 16.0
	if style == paper.State {
		size = 14
	}
	d.put(line(form{"Title", paper.Center, true}, h.Heading, face{bold: true, size: size}))
	width := 0.0
	for _, text := range h.Subject {
		d.put(line(form{"Subtitle", paper.Center, true}, text, face{bold: true}))
		width = max(width, d.measure(text, bodySize))
	}
	d.put(ruled(d.page.TextWidth, min(width*0.4, 60), true))
}
