package slips

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/homphieu/homphieu/report/typeset"
)

// A box is a rectangle on a slip, in millimetres from the slip's upper left
// corner.
type box struct{ x, y, w, h float64 }

// A pen says how a text is set: the largest and the smallest size in points
// that it may have, and the distance of its lines as a multiple of the size.
type pen struct {
	family, style string
	max, min      float64
	pitch         float64
	centred       bool
}

const (
	point = 25.4 / 72 // in millimetres
	step  = 0.25      // between the sizes that are tried, in points
)

// write sets paragraphs into a box, in the largest size of the pen in which
// they fit, and returns the height they take. What names the text in an error.
func (p *painter) write(what string, b box, as pen, paragraphs ...string) float64 {
	lines, pitch := p.fit(what, b, as, paragraphs)
	for i, line := range lines {
		x := p.x + b.x
		if as.centred {
			x += (b.w - p.pdf.GetStringWidth(line)) / 2
		}
		p.pdf.Text(x, p.y+b.y+baseline(i, pitch), line)
	}
	return pitch * float64(len(lines))
}

// fit breaks paragraphs into lines that fit the box, sets the font in the size
// that does it, and returns the distance of the lines.
func (p *painter) fit(what string, b box, as pen, paragraphs []string) ([]string, float64) {
	for size := as.max; size >= as.min; size -= step {
		p.pdf.SetFont(as.family, as.style, size)
		lines, pitch := p.wrap(paragraphs, b.w), size*point*as.pitch
		if float64(len(lines))*pitch <= b.h {
			return lines, pitch
		}
	}
	p.err = cmp.Or(p.err, fmt.Errorf("%s: %w", what, ErrTooLong))
	return nil, 0
}

// baseline returns how far below the top of its box line i stands.
func baseline(i int, pitch float64) float64 { return pitch * (float64(i) + 0.8) }

// wrap breaks paragraphs into lines no wider than the width, in the font that
// is set.
func (p *painter) wrap(paragraphs []string, width float64) []string {
	var lines []string
	for _, paragraph := range paragraphs {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			if joined := strings.TrimPrefix(line+" "+word, " "); p.pdf.GetStringWidth(joined) <= width {
				line = joined
				continue
			}
			lines = appendText(lines, line)
			parts := typeset.Split(word, width, p.pdf.GetStringWidth)
			lines = append(lines, parts[:len(parts)-1]...)
			line = parts[len(parts)-1]
		}
		lines = appendText(lines, line)
	}
	return lines
}

func appendText(lines []string, line string) []string {
	if line == "" {
		return lines
	}
	return append(lines, line)
}

// groups writes digits in groups of four.
func groups(digits string) string {
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(d)
	}
	return b.String()
}
