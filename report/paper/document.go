// Package paper composes the papers of a result: what they say, in which
// order, and who signs where. A [Document] knows nothing of a file format;
// packages report/pdf and report/docx draw the same document, so that the two
// files say the same.
//
// Titles, headers and numbers follow Hướng dẫn 36-HD/VPTW for papers of the
// Party and Nghị định 30/2020/NĐ-CP, Phụ lục I, for those of the State; the
// parts of a result follow Quy định 262-QĐ/TW khoản 7.3 and the practice of
// Quy định 96-QĐ/TW and Nghị quyết 96/2023/QH15.
//
// All numbers come from one [meeting.Outcome], or, of a whole round of votes,
// from one [round.Consolidation]. People stand in ballot order, never by what
// they got, and no paper says which threshold anybody reached: that is for the
// roles that the rule set names. What is not known is left blank, as dots, to be
// filled in by hand; the number of the paper always is.
package paper

import "time"

// Kind is which paper a document is.
type Kind string

// The papers of a result, and those of a round.
const (
	Minutes Kind = "minutes" // biên bản kiểm phiếu
	Report  Kind = "report"  // báo cáo kết quả phiếu tín nhiệm
	Slip    Kind = "slip"    // phiếu kết quả of one person

	Consolidated Kind = "consolidated" // báo cáo tổng hợp of a round
	Cover        Kind = "cover"        // công văn that goes with it
)

// Style is whose rules of layout a document follows.
type Style string

// The styles, named as the forms of rule sets are.
const (
	Party Style = "party"
	State Style = "state"
)

// The upright page, in millimetres: A4, with margins that Hướng dẫn
// 36-HD/VPTW has and Nghị định 30/2020/NĐ-CP allows. On a page that is turned
// they are the same: see [Document.Page].
const (
	PageWidth    = 210.0
	PageHeight   = 297.0
	MarginTop    = 20.0
	MarginBottom = 20.0
	MarginLeft   = 30.0
	MarginRight  = 15.0
	TextWidth    = PageWidth - MarginLeft - MarginRight
)

// A Document is one paper, ready to be drawn. Its texts are as they came: who
// draws them makes them clean.
type Document struct {
	Kind  Kind
	Style Style
	// Title names the document among files; the heading is in Header.
	Title string
	Date  time.Time // of the document: the only time that its file carries
	// Landscape turns the page, for a wide table.
	Landscape bool
	Header    Header
	Body      []Block
	// Signatures stand at the end, at most three in a row, in this order.
	Signatures []Signature
	// Recipients are the lines under "Nơi nhận", at the left of the first
	// signatures; without any of them there is no such heading.
	Recipients []string
	// Footer is set in small type on every page; it names the hash of the
	// result.
	Footer string
}

// A Page is how large a document's pages are, in millimetres.
type Page struct{ Width, Height, TextWidth, TextHeight float64 }

// Page returns the size of the document's pages.
func (d *Document) Page() Page {
	p := Page{Width: PageWidth, Height: PageHeight}
	if d.Landscape {
		p.Width, p.Height = p.Height, p.Width
	}
	p.TextWidth, p.TextHeight = p.Width-MarginLeft-MarginRight, p.Height-MarginTop-MarginBottom
	return p
}

// A Header is the top of the first page: two columns, then the title, or, of a
// letter, to whom it goes.
type Header struct {
	Superior string   // left, regular capitals
	Issuer   string   // left, bold capitals
	Star     bool     // "*" under the issuer (Party) instead of a rule (State)
	Number   string   // "Số      -BC/BKP" or "Số:      /BC-BKP": the spaces are room for the number, which is the clerk's
	Motto    []string // right, bold: one line (Party) or two (State), with a rule of its length under the last
	Place    string   // right, italic: "…, ngày … tháng … năm …"
	Heading  string   // name of the type, bold capitals
	Subject  []string // under the heading, bold
	Mark     string   // under the number: the place of the hanging seal, "(Đóng dấu treo)", or why there is none
	About    string   // of a letter, under the number: "V/v …"
	To       []string // of a letter: the lines after "Kính gửi:"
}

// A Block is a piece of the body: a [Paragraph], a [Table] or a [Chart].
type Block interface{ block() }

// Align is how text stands between its margins.
type Align int

// The alignments.
const (
	Justify Align = iota // with the first line indented, in a paragraph
	Left
	Center
	Right
)

// A Run is text in one face.
type Run struct {
	Text         string
	Bold, Italic bool
}

// A Paragraph is running text.
type Paragraph struct {
	Runs  []Run
	Align Align
	Small bool // notes under tables
	// Keep asks to stay on one page with what follows.
	Keep bool
}

// A Table has columns of fixed shares of the text's width, and a head that is
// repeated on every page. A row is never broken over pages unless it is longer
// than one.
type Table struct {
	Columns []Column
	Head    [][]Cell
	Rows    []Row
	Dense   bool // smaller letters, for many columns
}

// A Column is a column of a table.
type Column struct {
	Width float64 // share of the text's width; those of a table add up to 1
	Align Align   // of the cells in rows
}

// A Cell is a cell of a table's head.
type Cell struct {
	Text string
	Span int // columns it takes, at least 1
	Down int // rows it takes, at least 1; the rows under it leave it out
}

// A Row is a row of a table: one text a column, or a line across all columns
// that begins a block.
type Row struct {
	Cells []string
	Block string
	Depth int // of a block: 0 in bold, 1 within that in bold italics, 2 within that in italics
}

// A Chart shows each person's ballots as one bar of four pieces. It is as wide
// as the text of an upright page.
type Chart struct {
	Title string
	Bars  []Bar
}

// A Bar is one person's line in a chart.
type Bar struct {
	Label                          string
	High, Confidence, Low, Invalid int // ballots
}

func (Paragraph) block() {}
func (Table) block()     {}
func (Chart) block()     {}

// A Signature is a place to sign.
type Signature struct {
	Field string // names the place for electronic signatures: "head", "secretary", "member-3", "chair"
	Above string // "T/M BAN KIỂM PHIẾU" or "TM. BAN KIỂM PHIẾU", "XÁC NHẬN CỦA", or nothing
	Title string // "TRƯỞNG BAN"
	Name  string // bold, under the place of the signature
}
