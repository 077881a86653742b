package docx

import (
	"encoding/xml"
	"fmt"
	"math"
	"strings"

	"github.com/homphieu/homphieu/report/paper"
	"github.com/homphieu/homphieu/report/typeset"
)

// mm are the twentieths of a point in so many millimetres.
func mm(length float64) int { return int(math.Round(length * 1440 / 25.4)) }

// escaped is a text that has been made clean, as XML.
func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(typeset.Clean(s))) // a Builder takes everything
	return b.String()
}

// A face is how letters look. Size is in points; 0 is that of the style.
type face struct {
	bold, italic bool
	size         float64
}

func (f face) properties() string {
	var b strings.Builder
	if f.bold {
		b.WriteString(`<w:b/>`)
	}
	if f.italic {
		b.WriteString(`<w:i/>`)
	}
	if f.size > 0 {
		fmt.Fprintf(&b, `<w:sz w:val="%g"/><w:szCs w:val="%[1]g"/>`, 2*f.size)
	}
	if b.Len() == 0 {
		return ""
	}
	return `<w:rPr>` + b.String() + `</w:rPr>`
}

// run is text in one face.
func run(text string, f face) string {
	return `<w:r>` + f.properties() + `<w:t xml:space="preserve">` + escaped(text) + `</w:t></w:r>`
}

// A form is how a paragraph stands.
type form struct {
	style string
	align paper.Align
	keep  bool // on one page with the next
}

var alignments = map[paper.Align]string{paper.Justify: "both", paper.Left: "left", paper.Center: "center", paper.Right: "right"}

// paragraph joins runs. The order of the properties is that of the schema.
func paragraph(f form, runs ...string) string {
	keep := ""
	if f.keep {
		keep = `<w:keepNext/>`
	}
	return fmt.Sprintf(`<w:p><w:pPr><w:pStyle w:val="%s"/>%s<w:jc w:val="%s"/></w:pPr>%s</w:p>`, f.style, keep, alignments[f.align], strings.Join(runs, ""))
}

// line is a paragraph of one text in one face.
func line(f form, text string, letters face) string { return paragraph(f, run(text, letters)) }

// thin is a paragraph of no height, where the format asks for one.
const thin = `<w:p><w:pPr><w:pStyle w:val="Thin"/></w:pPr></w:p>`

// gap keeps what follows apart from a table.
const gap = `<w:p><w:pPr><w:pStyle w:val="Gap"/></w:pPr></w:p>`

// ruled is a rule of some length in the middle of a column, in millimetres.
func ruled(column, length float64, keep bool) string {
	side := mm(max(0, (column-length)/2))
	next := ""
	if keep {
		next = `<w:keepNext/>`
	}
	return fmt.Sprintf(`<w:p><w:pPr><w:pStyle w:val="Rule"/>%s<w:pBdr><w:top w:val="single" w:sz="8" w:space="1" w:color="000000"/></w:pBdr><w:ind w:left="%d" w:right="%d"/></w:pPr></w:p>`, next, side, side)
}

// cellForm is how a cell of a table stands. Widths are in twentieths of a
// point.
type cellForm struct {
	width  int
	span   int
	merge  string // "restart" or "continue" where it takes several rows
	fill   string // RRGGBB
	middle bool
	left   int // margin on the left, where the right has none
}

// cell is a cell around paragraphs or a table, in the order of the schema.
func cell(f cellForm, content string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>`, f.width)
	if f.span > 1 {
		fmt.Fprintf(&b, `<w:gridSpan w:val="%d"/>`, f.span)
	}
	if f.merge != "" {
		fmt.Fprintf(&b, `<w:vMerge w:val="%s"/>`, f.merge)
	}
	if f.fill != "" {
		fmt.Fprintf(&b, `<w:shd w:val="clear" w:color="auto" w:fill="%s"/>`, f.fill)
	}
	if f.left > 0 {
		fmt.Fprintf(&b, `<w:tcMar><w:left w:w="%d" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tcMar>`, f.left)
	}
	if f.middle {
		b.WriteString(`<w:vAlign w:val="center"/>`)
	}
	b.WriteString(`</w:tcPr>` + content + `</w:tc>`)
	return b.String()
}

// A rowForm is how a row of a table stands.
type rowForm struct {
	head   bool // repeated on every page
	height int  // exact; 0 is that of its cells
}

// row joins cells. No row is broken over pages.
func row(f rowForm, cells ...string) string {
	var b strings.Builder
	b.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
	if f.height > 0 {
		fmt.Fprintf(&b, `<w:trHeight w:val="%d" w:hRule="exact"/>`, f.height)
	}
	if f.head {
		b.WriteString(`<w:tblHeader/>`)
	}
	b.WriteString(`</w:trPr>` + strings.Join(cells, "") + `</w:tr>`)
	return b.String()
}

// table joins rows under a style of tables, with columns of fixed widths.
func table(style string, widths []int, rows ...string) string {
	return tableBegin(style, widths) + strings.Join(rows, "") + tableEnd
}

// tableEnd ends what tableBegin began.
const tableEnd = `</w:tbl>`

func tableBegin(style string, widths []int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<w:tbl><w:tblPr><w:tblStyle w:val="%s"/><w:tblW w:w="%d" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`, style, sum(widths))
	for _, w := range widths {
		fmt.Fprintf(&b, `<w:gridCol w:w="%d"/>`, w)
	}
	b.WriteString(`</w:tblGrid>`)
	return b.String()
}

func sum(widths []int) (total int) {
	for _, w := range widths {
		total += w
	}
	return total
}
