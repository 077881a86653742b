package slips

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/skip2/go-qrcode"
)

const (
	quiet       = 4.0 // clear modules around a symbol
	leastModule = 0.8 // millimetres
	sheetEdge   = 5.0 // millimetres along the paper's edge where printers cannot print
)

// symbol returns the modules of a link's QR code, without the quiet zone.
func symbol(link string) ([][]bool, error) {
	code, err := qrcode.New(link, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("link: %w", ErrTooLong)
	}
	code.DisableBorder = true
	return code.Bitmap(), nil
}

// moduleSize returns the width of a module with which n of them fill the flap:
// the quiet zone above, and below it at least the edge of the sheet.
func moduleSize(n int) (float64, error) {
	size := (flap - sheetEdge) / (float64(n) + quiet)
	if size*quiet > sheetEdge {
		size = flap / (float64(n) + 2*quiet)
	}
	if size < leastModule {
		return 0, fmt.Errorf("link: %w", ErrTooLong)
	}
	return size, nil
}

// qr draws the link's code in the middle of the flap, as one path of
// rectangles: each a run of dark modules in a row.
func (p *painter) qr(link string) {
	modules, err := symbol(link)
	if err != nil {
		p.err = cmp.Or(p.err, err)
		return
	}
	size, err := moduleSize(len(modules))
	if err != nil {
		p.err = cmp.Or(p.err, err)
		return
	}
	x := p.x + (slipWidth-size*float64(len(modules)))/2
	y := p.y + fold + size*quiet
	p.pdf.RawWriteStr(path(modules, x, y, size))
}

// path returns PDF operators for the dark modules of a symbol whose upper left
// corner is at x, y millimetres on the page.
func path(modules [][]bool, x, y, size float64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "q %.5f 0 0 %.5f %.5f %.5f cm 0 g\n", size/point, -size/point, x/point, (pageHeight-y)/point)
	for row, dark := range modules {
		for from := 0; from < len(dark); from++ {
			to := from
			for to < len(dark) && dark[to] {
				to++
			}
			if to > from {
				fmt.Fprintf(&b, "%d %d %d 1 re\n", from, row, to-from)
				from = to
			}
		}
	}
	b.WriteString("f Q")
	return b.String()
}
