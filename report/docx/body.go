package docx

import (
	"bufio"
	"io"
	"sync"
	"time"

	"github.com/homphieu/homphieu/report/paper"
	"github.com/homphieu/homphieu/report/typeset"
)

// A drawer writes word/document.xml from top to bottom: a table can have many
// thousand rows.
type drawer struct {
	w       *bufio.Writer
	page    paper.Page
	measure func(text string, size float64) float64 // bold, in millimetres
}

// put writes a piece. The first error comes back from the last Flush.
func (d *drawer) put(text string) { _, _ = d.w.WriteString(text) }

// document writes word/document.xml.
func document(w io.Writer, doc *paper.Document) error {
	d := &drawer{w: bufio.NewWriter(w), page: doc.Page(), measure: ruler()}
	d.put(declaration + `<w:document` + main + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>`)
	d.letterhead(&doc.Header)
	if h := &doc.Header; h.Heading != "" || len(h.Subject) > 0 {
		d.heading(h, doc.Style)
	}
	if len(doc.Header.To) > 0 {
		d.to(doc.Header.To)
	}
	for _, b := range doc.Body {
		switch b := b.(type) {
		case paper.Paragraph:
			d.paragraph(b)
		case paper.Table:
			d.table(b)
		case paper.Chart:
			d.chart(b)
		}
	}
	d.signatures(doc.Signatures, doc.Recipients)
	d.put(thin + section(doc) + `</w:body></w:document>`)
	return d.w.Flush()
}

// ruler measures bold text in a font that has the widths of Times New Roman. It
// is made once, since reading a font takes longer than a paper.
var ruler = sync.OnceValue(func() func(text string, size float64) float64 {
	pdf := typeset.NewPDF("", time.Time{}, typeset.Serif)
	var one sync.Mutex
	return func(text string, size float64) float64 {
		one.Lock()
		defer one.Unlock()
		pdf.SetFont(typeset.Serif, "B", size)
		return pdf.GetStringWidth(typeset.Clean(text))
	}
})

func (d *drawer) paragraph(p paper.Paragraph) {
	f := form{"Plain", p.Align, p.Keep}
	switch {
	case p.Small:
		f.style = "Note"
	case p.Align == paper.Justify:
		f.style = "BodyText"
	}
	var runs []string
	for _, r := range p.Runs {
		runs = append(runs, run(r.Text, face{bold: r.Bold, italic: r.Italic}))
	}
	d.put(paragraph(f, runs...))
}
