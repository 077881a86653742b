package slips

import (
	"math"
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"

	"github.com/homphieu/homphieu/report/typeset"
)

// The geometry of a sheet and a slip, in millimetres. See the package comment.
const (
	pageWidth  = 210.0
	pageHeight = 297.0
	columns    = 4
	rows       = 2
	slipWidth  = pageWidth / columns
	slipHeight = pageHeight / rows
	flap       = 47.5
	fold       = slipHeight - flap
	margin     = 4.5
	inner      = slipWidth - 2*margin
)

// The parts of a slip from top to bottom.
var (
	sealBox        = box{margin, margin, 36, 36}
	sideBox        = box{42, margin, 6, 36}
	titleBox       = box{margin, 41.4, inner, 13}
	instructionBox = box{margin, 54.8, inner, 20.4}
	englishBox     = box{margin, 75.4, inner, 4.2}
	codeBox        = box{margin, 79.8, inner, 11.4}
	legendBox      = box{margin, 91.1, inner, 2.1}
	compareBox     = box{margin, 94.1, inner, 2.1}
	digitsBox      = box{margin, 95.9, inner, 3.4}
	foldBox        = box{margin, 99.2, inner, 1.7}
)

// The pens the parts are set in.
var (
	meetingPen     = pen{typeset.Sans, "B", 9, 4.5, 1.18, false}
	detailPen      = pen{typeset.Sans, "", 5.75, 4.5, 1.15, false}
	instructionPen = pen{typeset.Sans, "", 8, 5, 1.2, false}
	englishPen     = pen{typeset.Sans, "", 5.25, 4.5, 1.15, false}
	codePen        = pen{typeset.Mono, "B", 14.5, 7, 1.1, false}
	smallPen       = pen{typeset.Sans, "", 5.25, 4.5, 1.12, true}
	digitsPen      = pen{typeset.Sans, "B", 8.5, 7, 1.12, true}
	foldPen        = pen{typeset.Sans, "", 4, 4, 1.12, true}
	sidePen        = pen{typeset.Sans, "B", 7, 4.5, 1.2, true}
	samplePen      = pen{typeset.Sans, "B", 30, 20, 1.2, true}
	sampleSubPen   = pen{typeset.Sans, "B", 20, 12, 1.2, true}
)

// A painter draws slips onto sheets. Its corner is that of the slip at hand. It
// keeps the first error and goes on.
type painter struct {
	pdf   *fpdf.Fpdf
	sheet Sheet
	x, y  float64
	err   error
}

func newPainter(sheet Sheet) *painter {
	sheet.Meeting = typeset.Clean(sheet.Meeting)
	sheet.PublicURL = strings.TrimPrefix(strings.TrimSuffix(typeset.Clean(sheet.PublicURL), "/"), "https://")
	return &painter{pdf: typeset.NewPDF(sheet.Meeting, time.Time{}, typeset.Sans, typeset.Mono), sheet: sheet}
}

// newPage begins a sheet and draws where to cut.
func (p *painter) newPage() {
	p.pdf.AddPage()
	p.line(0.1, 2, 1.5)
	for i := 1; i < columns; i++ {
		p.pdf.Line(slipWidth*float64(i), 0, slipWidth*float64(i), pageHeight)
	}
	p.pdf.Line(0, slipHeight, pageWidth, slipHeight)
}

// line sets the width of grey lines, and their dashes.
func (p *painter) line(width float64, dashes ...float64) {
	p.pdf.SetDrawColor(150, 150, 150)
	p.pdf.SetLineWidth(width)
	p.pdf.SetDashPattern(dashes, 0)
}

// slip draws one slip at the given place of the sheet, counted along the rows.
func (p *painter) slip(place int, s Slip) {
	p.x = slipWidth * float64(place%columns)
	p.y = slipHeight * float64(place/columns)
	p.seal()
	p.side()
	p.title()
	p.instructions()
	p.code(s.Code)
	p.fingerprint()
	p.foldLine()
	p.qr(s.Link)
}

// seal marks the corners of the clear square, just outside of it. On a sample
// the square is taken, so that no seal fits.
func (p *painter) seal() {
	const length = 2.5
	p.line(0.15)
	for _, x := range []float64{-0.3, sealBox.w + 0.3} {
		for _, y := range []float64{-0.3, sealBox.h + 0.3} {
			left, top := p.x+sealBox.x+x, p.y+sealBox.y+y
			p.pdf.Line(left, top, left+math.Copysign(length, -x), top)
			p.pdf.Line(left, top, left, top+math.Copysign(length, -y))
		}
	}
	if p.sheet.Trial {
		p.sample()
	}
}

func (p *painter) sample() {
	b := box{sealBox.x + 1.5, sealBox.y + 1.5, sealBox.w - 3, sealBox.h - 3}
	p.pdf.SetDrawColor(0, 0, 0)
	p.pdf.SetLineWidth(0.8)
	p.pdf.Rect(p.x+b.x, p.y+b.y, b.w, b.h, "D")
	p.write("sample", box{b.x, b.y + 5, b.w, 13}, samplePen, "MẪU")
	p.write("sample", box{b.x, b.y + 19, b.w, 9}, sampleSubPen, "SAMPLE")
}

// side sets the promise of every slip beside the seal, reading upwards.
func (p *painter) side() {
	left, bottom := sideBox.x, sideBox.y+sideBox.h
	p.pdf.TransformBegin()
	p.pdf.TransformRotate(90, p.x+left, p.y+bottom)
	p.write("side", box{left, bottom, sideBox.h, sideBox.w}, sidePen,
		"Không ghi tên – chỉ dùng một lần", "No name – valid once")
	p.pdf.TransformEnd()
}

// title sets the meeting's name, and the details below it in at most half the
// place: the name takes what they leave.
func (p *painter) title() {
	var details []string
	for line := range strings.Lines(p.sheet.Detail) {
		details = append(details, typeset.Clean(line))
	}
	name, rest := titleBox, titleBox
	rest.h /= 2
	lines, pitch := p.fit("detail", rest, detailPen, details)
	name.h -= float64(len(lines)) * pitch
	rest.y += p.write("meeting", name, meetingPen, p.sheet.Meeting)
	p.write("detail", rest, detailPen, details...)
}

func (p *painter) instructions() {
	p.write("address", instructionBox, instructionPen,
		"1. Mở máy ảnh (camera) của điện thoại và quét mã vuông bên dưới.",
		"2. Đánh dấu một mức cho từng người, rồi bấm Bỏ phiếu.",
		"3. Không quét được: mở "+p.sheet.PublicURL+", gõ mã:")
	p.write("instruction", englishBox, englishPen,
		"Scan with the camera, mark each person, press Bỏ phiếu (Cast). Cannot scan? Open the address and type:")
}

// code sets the code large, one line for each half, its capitals underlined.
func (p *painter) code(code string) {
	lines, pitch := p.fit("code", codeBox, codePen, halves(code))
	p.pdf.SetFillColor(0, 0, 0)
	for i, line := range lines {
		x, y := p.x+codeBox.x, p.y+codeBox.y+baseline(i, pitch)
		p.pdf.Text(x, y, line)
		for at, r := range line {
			if unicode.IsUpper(r) {
				before, width := p.pdf.GetStringWidth(line[:at]), p.pdf.GetStringWidth(string(r))
				p.pdf.Rect(x+before+0.1*width, y+0.5, 0.8*width, 0.3, "F")
			}
		}
	}
	p.write("legend", legendBox, smallPen, "Chữ hoa được gạch dưới · Capitals are underlined")
}

// halves breaks a code after the dash in its middle.
func halves(code string) []string {
	groups := strings.SplitAfter(code, "-")
	half := (len(groups) + 1) / 2
	return []string{strings.Join(groups[:half], ""), strings.Join(groups[half:], "")}
}

func (p *painter) fingerprint() {
	p.write("comparison", compareBox, smallPen, "So với dãy số trên màn chiếu · Compare with the screen")
	p.write("fingerprint", digitsBox, digitsPen, groups(p.sheet.Fingerprint))
}

func (p *painter) foldLine() {
	p.line(0.2, 0.3, 1)
	p.pdf.Line(p.x, p.y+fold, p.x+slipWidth, p.y+fold)
	p.write("fold", foldBox, foldPen, "gấp ở đây, mặt in vào trong · fold here, printed side in")
}
