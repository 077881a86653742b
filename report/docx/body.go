package docx

import (
	"strings"
	"sync"
	"time"

	"github.com/homphieu/homphieu/report/paper"
	"github.com/homphieu/homphieu/report/typeset"
)

// A drawer writes the parts of word/document.xml from top to bottom.
type drawer struct {
	strings.Builder
	measure func(text string, size float64) float64 // bold, in millimetres
}

// document is word/document.xml.
func document(doc *paper.Document) string {
	d := &drawer{measure: ruler()}
	d.WriteString(declaration + `<w:document` + main + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>`)
	d.letterhead(&doc.Header)
	d.heading(&doc.Header, doc.Style)
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
	d.WriteString(thin + section + `</w:body></w:document>`)
	return d.String()
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
	d.WriteString(paragraph(f, runs...))
}
