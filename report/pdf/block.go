package pdf

import "github.com/homphieu/homphieu/report/paper"

// block draws one piece of the body, on a new page if it is to be kept with
// what follows and that does not begin on this one.
func (p *painter) block(b paper.Block, rest []paper.Block) {
	if keeps(b) {
		p.room(p.least(b, rest))
	}
	switch b := b.(type) {
	case paper.Paragraph:
		p.paragraph(b)
	case paper.Table:
		p.table(b)
	case paper.Chart:
		p.chart(b)
	}
}

func keeps(b paper.Block) bool {
	paragraph, ok := b.(paper.Paragraph)
	return ok && paragraph.Keep
}

// least is the height of the least part of a block that may stand on a page,
// together with what it is kept with: blocks, or the first signatures.
func (p *painter) least(b paper.Block, rest []paper.Block) float64 {
	switch b := b.(type) {
	case paper.Table:
		return p.leastTable(b)
	case paper.Chart:
		return p.leastChart(b)
	case paper.Paragraph:
		lines, size := p.paragraphLines(b)
		all := float64(len(lines))*height(size) + gap
		switch {
		case !b.Keep:
			return min(all, 2*height(size))
		case len(rest) > 0:
			return all + p.least(rest[0], rest[1:])
		case len(p.doc.Signatures) > 0:
			return all + p.leastSigns()
		}
		return all
	}
	return 0
}
