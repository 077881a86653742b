package pdf

import (
	"github.com/homphieu/homphieu/report/paper"
)

const (
	perRow        = 3
	signSize      = 13.0
	signRoom      = 26.0 // between title and name, mm
	signMargin    = 2.0  // on each side of a column
	recipientHead = 12.0
	recipientSize = 11.0
	mostBeside    = 80.0 // mm of recipients beside signatures; longer lists go under them
)

// A signRow is what stands beside one another at the end.
type signRow struct {
	signatures []paper.Signature
	recipients []string
	heads      [][]textLine // above and title of each
	names      [][]textLine
	top        float64 // the highest head
	height     float64
}

// columns is into how many the row is divided.
func (r *signRow) columns() int {
	if len(r.recipients) > 0 {
		return len(r.signatures) + 1
	}
	return len(r.signatures)
}

// column is how wide each is, of the width of the text; one alone takes the
// middle.
func (r *signRow) column(text float64) float64 { return text / float64(max(r.columns(), 2)) }

// rows divides the signatures. The recipients take the first place, unless they
// are too many: then they are a row of their own.
func (p *painter) rows(all []paper.Signature, recipients []string) []signRow {
	var rows []signRow
	beside := recipients
	if p.recipientsHeight(recipients, p.page.TextWidth/perRow) > mostBeside {
		beside = nil
	}
	for len(all) > 0 {
		n := perRow
		if len(beside) > 0 {
			n--
		}
		n = min(n, len(all))
		rows = append(rows, p.signRow(all[:n], beside))
		all, beside = all[n:], nil
	}
	return rows
}

func (p *painter) signRow(all []paper.Signature, recipients []string) signRow {
	r := signRow{signatures: all, recipients: recipients}
	width := r.column(p.page.TextWidth) - 2*signMargin
	bottom := 0.0
	for _, s := range all {
		var head []textLine
		if s.Above != "" {
			head = p.wrapText(s.Above, true, signSize, width)
		}
		head = append(head, p.wrapText(s.Title, true, signSize, width)...)
		name := s.Name
		if name == "" {
			name = blankName
		}
		r.heads, r.names = append(r.heads, head), append(r.names, p.wrapText(name, true, signSize, width))
		r.top = max(r.top, float64(len(head))*height(signSize))
		bottom = max(bottom, float64(len(r.names[len(r.names)-1]))*height(signSize))
	}
	r.height = max(r.top+signRoom+bottom, p.recipientsHeight(recipients, width)) + 3*gap
	return r
}

// signatures sets the places to sign, and the recipients.
func (p *painter) signatures(all []paper.Signature, recipients []string) {
	p.y += gap
	rows := p.rows(all, recipients)
	for _, r := range rows {
		p.room(r.height)
		p.drawSigns(r)
	}
	if len(recipients) > 0 && (len(rows) == 0 || len(rows[0].recipients) == 0) {
		p.recipientsUnder(recipients)
	}
}

// leastSigns is the height of the signatures that stand with the last words of
// the body: all of them, unless they take much of a page.
func (p *painter) leastSigns() float64 {
	rows := p.rows(p.doc.Signatures, p.doc.Recipients)
	all := gap
	for _, r := range rows {
		all += r.height
	}
	if all > p.page.TextHeight*0.6 {
		return gap + rows[0].height
	}
	return all
}

func (p *painter) drawSigns(r signRow) {
	column := r.column(p.page.TextWidth)
	x, width := paper.MarginLeft+(p.page.TextWidth-column*float64(r.columns()))/2+signMargin, column-2*signMargin
	if len(r.recipients) > 0 {
		p.drawRecipients(r.recipients, paper.MarginLeft, width)
		x += column
	}
	for i, s := range r.signatures {
		p.setLines(r.heads[i], x, p.y, width, signSize, paper.Center)
		p.setLines(r.names[i], x, p.y+r.top+signRoom, width, signSize, paper.Center)
		p.layout.Fields = append(p.layout.Fields, Field{
			Name: s.Field, Page: p.layout.Pages,
			Left: x / point, Right: (x + width) / point,
			Bottom: (p.page.Height - p.y - r.top - signRoom + 1) / point, Top: (p.page.Height - p.y - r.top - 1) / point,
		})
		x += column
	}
	p.y += r.height
}

// recipientsHeight is that of the list in a column.
func (p *painter) recipientsHeight(recipients []string, width float64) float64 {
	if len(recipients) == 0 {
		return 0
	}
	h := height(recipientHead)
	for _, r := range recipients {
		h += float64(len(p.wrapText(recipient(r), false, recipientSize, width))) * height(recipientSize)
	}
	return h
}

func (p *painter) drawRecipients(recipients []string, x, width float64) {
	y := p.y
	y += p.setLines(p.recipientsTitle(width), x, y, width, recipientHead, paper.Left)
	for _, r := range recipients {
		y += p.setLines(p.wrapText(recipient(r), false, recipientSize, width), x, y, width, recipientSize, paper.Left)
	}
}

func (p *painter) recipientsTitle(width float64) []textLine {
	return p.wrap([]paper.Run{{Text: "Nơi nhận:", Bold: true, Italic: true}}, recipientHead, width, 0)
}

// recipientsUnder sets a long list under the signatures, over as many pages as
// it takes.
func (p *painter) recipientsUnder(recipients []string) {
	p.room(height(recipientHead) + 2*height(recipientSize))
	p.y += p.setLines(p.recipientsTitle(p.page.TextWidth), paper.MarginLeft, p.y, p.page.TextWidth, recipientHead, paper.Left)
	for _, r := range recipients {
		for _, l := range p.wrapText(recipient(r), false, recipientSize, p.page.TextWidth) {
			p.room(height(recipientSize))
			p.setLine(l, paper.MarginLeft, p.y, p.page.TextWidth, recipientSize, paper.Left)
			p.y += height(recipientSize)
		}
	}
}

// recipient is a line with its dash.
func recipient(text string) string {
	if len(text) > 0 && text[0] == '-' {
		return text
	}
	return "- " + text
}
