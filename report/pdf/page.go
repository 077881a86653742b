package pdf

import (
	"bytes"
	"fmt"

	"codeberg.org/go-pdf/fpdf"

	"github.com/homphieu/homphieu/report/paper"
	"github.com/homphieu/homphieu/report/typeset"
)

// What stands in the margins, in millimetres.
const (
	numberAt = 14.0 // the base line of the page's number, from the page's top
	footerAt = 7.0  // the top of the footer, under the text
)

// Sizes of letters, in points, and distances.
const (
	point       = 25.4 / 72 // millimetres
	bodySize    = 14.0
	noteSize    = 11.0
	aboutSize   = 12.0
	footerSize  = 7.5
	pitch       = 1.2                // distance of lines, of the size
	indent      = 10.0               // of a paragraph's first line, mm
	gap         = 6 * point          // after a paragraph: at least 6 points
	hairline    = 0.2                // mm
	rule        = 0.35               // mm, under mottos and headings
	mostStretch = 3                  // of a space in justified lines, beyond its own width: then the line stays ragged
	epsilon     = 1e-6               // mm
	baseline    = 0.78               // of a line's height, from its top
	blankName   = "…………………………………………" // under the place of a signature without a name
)

// A painter draws a document from top to bottom; y is how far it has come.
type painter struct {
	pdf    *fpdf.Fpdf
	doc    *paper.Document
	page   paper.Page
	y      float64
	layout Layout

	style  string // the face at hand, and its size: to ask for them again costs time and bytes
	size   float64
	pen    float64             // width of lines at hand
	spaces map[float64]float64 // widths of a space, by size
}

func newPainter(doc *paper.Document) *painter {
	p := &painter{pdf: typeset.NewPDF(doc.Title, doc.Date, typeset.Serif), doc: doc, page: doc.Page(), spaces: map[float64]float64{}}
	p.pdf.SetDrawColor(0, 0, 0)
	p.newPage()
	return p
}

// newPage begins a page, with its footer.
func (p *painter) newPage() {
	if p.doc.Landscape {
		p.pdf.AddPageFormat("L", p.pdf.GetPageSizeStr("A4"))
	} else {
		p.pdf.AddPage()
	}
	p.layout.Pages++
	p.y = paper.MarginTop
	at := p.bottom() + footerAt
	for _, l := range p.wrap([]paper.Run{{Text: p.doc.Footer}}, footerSize, p.page.TextWidth, 0) {
		p.setLine(l, paper.MarginLeft, at, p.page.TextWidth, footerSize, paper.Center)
		at += height(footerSize)
	}
}

// room begins a new page unless so much of this one is left. What is longer
// than a page begins where it is.
func (p *painter) room(h float64) {
	if p.y+h > p.bottom()+epsilon && p.y > paper.MarginTop && h <= p.page.TextHeight {
		p.newPage()
	}
}

// bottom is where the text of a page ends.
func (p *painter) bottom() float64 { return p.page.Height - paper.MarginBottom }

// left is how much of the page there is.
func (p *painter) left() float64 { return p.bottom() - p.y + epsilon }

// number sets the number of each page but the first.
func (p *painter) number() {
	for n := 2; n <= p.layout.Pages; n++ {
		p.pdf.SetPage(n)
		p.size = 0 // the page's own face at its end is another
		p.setText(fmt.Sprint(n), 0, numberAt-baseline*height(bodySize), p.page.Width, bodySize, paper.Center)
	}
	p.pdf.SetPage(p.layout.Pages)
}

func (p *painter) bytes() ([]byte, error) {
	var b bytes.Buffer
	err := p.pdf.Output(&b)
	return b.Bytes(), err
}

// height is that of one line, in millimetres.
func height(size float64) float64 { return size * point * pitch }

// lines sets the width of lines.
func (p *painter) lines(width float64) {
	if width != p.pen {
		p.pdf.SetLineWidth(width)
		p.pen = width
	}
}

// horizontal draws a rule.
func (p *painter) horizontal(x, y, length, width float64) {
	p.lines(width)
	p.pdf.Line(x, y, x+length, y)
}
