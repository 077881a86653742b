package docx

import (
	"strconv"

	"github.com/homphieu/homphieu/report/paper"
)

// The columns of a chart, in millimetres: name, bar, and the four numbers.
const (
	labelWidth = 52.0
	barWidth   = 80.0
	barHeight  = 4.2
	barMargin  = 2.0
	leastPiece = 0.4 // of a bar, so that one ballot among thousands is seen
)

// A shade fills a piece of a bar. From one to the next they can be told apart
// without colour.
type shade struct{ name, short, fill string }

var shades = [4]shade{
	{"Tín nhiệm cao", "Cao", "3C3C3C"},
	{"Tín nhiệm", "TN", "8C8C8C"},
	{"Tín nhiệm thấp", "Thấp", "CDCDCD"},
	{"Không hợp lệ", "KHL", "FFFFFF"},
}

// chart draws a row for each person: the name, the bar, and its numbers. What
// the shades mean is repeated on every page.
func (d *drawer) chart(c paper.Chart) {
	if c.Title != "" {
		d.put(line(form{"Note", paper.Center, true}, c.Title, face{bold: true, size: noteSize + 1}))
	}
	widths := chartColumns()
	legend := row(rowForm{head: true}, cell(cellForm{width: sum(widths), span: len(widths)}, legendLine()))
	rows := []string{legend, chartRow(widths, true, "", line(form{"TableText", paper.Left, true}, "", face{}), shades[0].short, shades[1].short, shades[2].short, shades[3].short)}
	total := 0
	for _, b := range c.Bars {
		total = max(total, b.High+b.Confidence+b.Low+b.Invalid)
	}
	for _, b := range c.Bars {
		bar := pieces([4]int{b.High, b.Confidence, b.Low, b.Invalid}, total, widths[1])
		rows = append(rows, chartRow(widths, false, b.Label, bar, strconv.Itoa(b.High), strconv.Itoa(b.Confidence), strconv.Itoa(b.Low), strconv.Itoa(b.Invalid)))
	}
	d.put(table("Bars", widths, rows...))
	d.put(gap)
}

func chartColumns() []int {
	widths := []int{mm(labelWidth), mm(barWidth)}
	figure := (mm(paper.TextWidth) - sum(widths)) / len(shades)
	return append(widths, figure, figure, figure, figure)
}

// legendLine says what the shades mean.
func legendLine() string {
	var runs []string
	for _, s := range shades {
		runs = append(runs, `<w:r><w:rPr><w:sz w:val="22"/><w:bdr w:val="single" w:sz="4" w:space="0" w:color="000000"/><w:shd w:val="clear" w:color="auto" w:fill="`+s.fill+`"/></w:rPr><w:t xml:space="preserve">`+"\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0"+`</w:t></w:r>`,
			run(" "+s.name+"    ", face{}))
	}
	return paragraph(form{"TableText", paper.Center, true}, runs...)
}

// chartRow is a person's row, or the heads of the numbers.
func chartRow(widths []int, head bool, label, bar string, figures ...string) string {
	size := noteSize
	if head {
		size = smallSize
	}
	cells := []string{
		cell(cellForm{width: widths[0], middle: true}, line(form{"TableText", paper.Right, head}, label, face{})),
		cell(cellForm{width: widths[1], middle: true, left: mm(barMargin)}, bar),
	}
	for i, n := range figures {
		cells = append(cells, cell(cellForm{width: widths[i+2], middle: true}, line(form{"TableText", paper.Right, head}, n, face{size: size})))
	}
	return row(rowForm{head: head}, cells...)
}

// pieces is a bar: a table in a cell, of one row, whose cells are as wide as
// there are ballots. Where there is none the place is empty.
func pieces(votes [4]int, total, width int) string {
	var widths []int
	var cells []string
	room := width - mm(2*barMargin)
	for i, n := range votes {
		if n > 0 {
			w := max(mm(leastPiece), room*n/total)
			widths = append(widths, w)
			cells = append(cells, cell(cellForm{width: w, fill: shades[i].fill}, thin))
		}
	}
	if cells == nil {
		return thin
	}
	return table("Bar", widths, row(rowForm{height: mm(barHeight)}, cells...)) + thin
}
