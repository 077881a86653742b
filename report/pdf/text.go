package pdf

import (
	"strings"

	"github.com/homphieu/homphieu/report/paper"
	"github.com/homphieu/homphieu/report/typeset"
)

// A piece is text in one face, without spaces.
type piece struct {
	text, style string
	width       float64
}

// A word is what is never broken between lines: pieces without space between
// them.
type word struct {
	pieces []piece
	width  float64
}

// A textLine is words that stand on one line.
type textLine struct {
	words []word
	width float64 // with single spaces
	start float64 // how far the line begins from the left
	last  bool    // of its paragraph: never stretched
}

// style is the library's name of a run's face.
func style(r paper.Run) string {
	s := ""
	if r.Bold {
		s = "B"
	}
	if r.Italic {
		s += "I"
	}
	return s
}

// face sets the face and size.
func (p *painter) face(style string, size float64) {
	if style != p.style || size != p.size {
		p.pdf.SetFont(typeset.Serif, style, size)
		p.style, p.size = style, size
	}
}

// space is the width of a space, the same in all faces.
func (p *painter) space(size float64) float64 {
	width, ok := p.spaces[size]
	if !ok {
		p.face("", size)
		width = p.pdf.GetStringWidth(" ")
		p.spaces[size] = width
	}
	return width
}

// words takes runs apart at their spaces, and words that are wider than a line.
func (p *painter) words(runs []paper.Run, size, width float64) []word {
	var all []word
	open := false // the last word goes on in the next run
	for _, r := range runs {
		p.face(style(r), size)
		text := typeset.Clean(r.Text)
		if text == "" {
			continue
		}
		for i, field := range strings.Split(text, " ") {
			open = open && i == 0
			if field == "" {
				open = false
				continue
			}
			for _, part := range typeset.Split(field, width, p.pdf.GetStringWidth) {
				all = join(all, piece{part, style(r), p.pdf.GetStringWidth(part)}, open, width)
				open = false
			}
			open = true
		}
	}
	return all
}

// join adds a piece: to the last word when that is open and stays narrow
// enough, or as a new word.
func join(all []word, add piece, open bool, width float64) []word {
	if n := len(all) - 1; open && n >= 0 && all[n].width+add.width <= width {
		all[n].pieces = append(all[n].pieces, add)
		all[n].width += add.width
		return all
	}
	return append(all, word{[]piece{add}, add.width})
}

// wrap breaks runs into lines of the width; the first begins later by the
// indent. There is at least one line.
func (p *painter) wrap(runs []paper.Run, size, width, indent float64) []textLine {
	space := p.space(size)
	line := textLine{start: indent}
	var lines []textLine
	for _, w := range p.words(runs, size, width-indent) {
		more := w.width
		if len(line.words) > 0 {
			more += space
		}
		if len(line.words) > 0 && line.start+line.width+more > width+epsilon {
			lines = append(lines, line)
			line, more = textLine{}, w.width
		}
		line.words = append(line.words, w)
		line.width += more
	}
	line.last = true
	return append(lines, line)
}

// wrapText is wrap of one text in one face.
func (p *painter) wrapText(text string, bold bool, size, width float64) []textLine {
	return p.wrap([]paper.Run{{Text: text, Bold: bold}}, size, width, 0)
}

// setLine sets a line whose top is at y.
func (p *painter) setLine(l textLine, x, y, width, size float64, align paper.Align) {
	space, rest := p.space(size), width-l.start-l.width
	x += l.start
	stretched := false
	switch {
	case align == paper.Center:
		x += rest / 2
	case align == paper.Right:
		x += rest
	case align == paper.Justify && !l.last && len(l.words) > 1:
		if more := rest / float64(len(l.words)-1); more <= mostStretch*space {
			space, stretched = space+more, true
		}
	}
	y += baseline * height(size)
	if style, text := l.plain(); !stretched && text != "" {
		p.face(style, size)
		p.pdf.Text(x, y, text)
		return
	}
	for i, w := range l.words {
		for j, part := range w.pieces {
			text := part.text
			if i < len(l.words)-1 && j == len(w.pieces)-1 {
				text += " " // for who copies the text
			}
			p.face(part.style, size)
			p.pdf.Text(x, y, text)
			x += part.width
		}
		x += space
	}
}

// plain is the text of a line that is all in one face, or nothing.
func (l *textLine) plain() (style, text string) {
	var b strings.Builder
	for i, w := range l.words {
		if i > 0 {
			b.WriteByte(' ')
		}
		for _, part := range w.pieces {
			if style = l.words[0].pieces[0].style; part.style != style {
				return "", ""
			}
			b.WriteString(part.text)
		}
	}
	return style, b.String()
}

// setLines sets lines one under the other and returns their height.
func (p *painter) setLines(lines []textLine, x, y, width, size float64, align paper.Align) float64 {
	for i, l := range lines {
		p.setLine(l, x, y+float64(i)*height(size), width, size, align)
	}
	return float64(len(lines)) * height(size)
}

// setText sets a short text, cleaned, on one line whose top is at y.
func (p *painter) setText(text string, x, y, width, size float64, align paper.Align) {
	p.setLines(p.wrapText(text, false, size, width), x, y, width, size, align)
}

// paragraph sets running text over as many pages as it takes. No page begins
// with the last line of a paragraph, or ends with the first.
func (p *painter) paragraph(b paper.Paragraph) {
	lines, size := p.paragraphLines(b)
	for len(lines) > 0 {
		n := fitting(len(lines), int(p.left()/height(size)))
		if n == 0 && p.y > paper.MarginTop {
			p.newPage()
			continue
		}
		n = max(n, 1)
		p.y += p.setLines(lines[:n], paper.MarginLeft, p.y, p.page.TextWidth, size, b.Align)
		lines = lines[n:]
	}
	p.y += gap
}

// fitting returns how many of a paragraph's lines to set where there is room
// for some.
func fitting(lines, room int) int {
	switch {
	case lines <= room:
		return lines
	case room <= 1, room == 2 && lines == 3:
		return 0
	case lines-room == 1:
		return room - 1
	}
	return room
}

func (p *painter) paragraphLines(b paper.Paragraph) ([]textLine, float64) {
	size, first := bodySize, 0.0
	if b.Small {
		size = noteSize
	}
	if b.Align == paper.Justify {
		first = indent
	}
	return p.wrap(b.Runs, size, p.page.TextWidth, first), size
}
