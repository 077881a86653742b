package docx

import (
	"fmt"
	"strings"
	"time"

	"github.com/homphieu/homphieu/report/paper"
)

// What stands in the margins, in millimetres.
const (
	headerAt = 9.0 // from the top, where the page's number stands
	footerAt = 8.0 // from the bottom, where the hash stands
)

// Sizes of letters, in points.
const (
	partySize   = 15.0 // of the one line of the motto
	nationSize  = 12.5 // of the first of two
	freedomSize = 13.5 // of the second
	issuerSize  = 13.0
	bodySize    = 14.0
	signSize    = 13.0
	noteSize    = 11.0
	cellSize    = 11.0
	headSize    = 10.5
	aboutSize   = 12.0
	smallSize   = 9.0 // over the figures of a chart
	denseSize   = 9.5 // of tables of many columns
	denseHead   = 8.5
)

const (
	declaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	main        = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	relations   = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	office      = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/`
	words       = `application/vnd.openxmlformats-officedocument.wordprocessingml.`
)

const contentTypes = declaration + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
	`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
	`<Default Extension="xml" ContentType="application/xml"/>` +
	`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>` +
	`<Override PartName="/word/document.xml" ContentType="` + words + `document.main+xml"/>` +
	`<Override PartName="/word/styles.xml" ContentType="` + words + `styles+xml"/>` +
	`<Override PartName="/word/settings.xml" ContentType="` + words + `settings+xml"/>` +
	`<Override PartName="/word/header-first.xml" ContentType="` + words + `header+xml"/>` +
	`<Override PartName="/word/header.xml" ContentType="` + words + `header+xml"/>` +
	`<Override PartName="/word/footer.xml" ContentType="` + words + `footer+xml"/>` +
	`</Types>`

const packageRelations = declaration + relations +
	`<Relationship Id="rId1" Type="` + office + `officeDocument" Target="word/document.xml"/>` +
	`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>` +
	`</Relationships>`

const documentRelations = declaration + relations +
	`<Relationship Id="rId1" Type="` + office + `styles" Target="styles.xml"/>` +
	`<Relationship Id="rId2" Type="` + office + `settings" Target="settings.xml"/>` +
	`<Relationship Id="rId3" Type="` + office + `header" Target="header-first.xml"/>` +
	`<Relationship Id="rId4" Type="` + office + `header" Target="header.xml"/>` +
	`<Relationship Id="rId5" Type="` + office + `footer" Target="footer.xml"/>` +
	`</Relationships>`

// settings keep Word out of its compatibility mode.
const settings = declaration + `<w:settings` + main + `><w:defaultTabStop w:val="720"/>` +
	`<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>` +
	`<w:themeFontLang w:val="vi-VN"/></w:settings>`

// headerFirst leaves the first page without a number.
const headerFirst = declaration + `<w:hdr` + main + `>` + thin + `</w:hdr>`

const header = declaration + `<w:hdr` + main + `><w:p><w:pPr><w:pStyle w:val="PageNumber"/></w:pPr>` +
	`<w:fldSimple w:instr=" PAGE "><w:r><w:t>2</w:t></w:r></w:fldSimple></w:p></w:hdr>`

func footer(text string) string {
	return declaration + `<w:ftr` + main + `><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>` + run(text, face{}) + `</w:p></w:ftr>`
}

func properties(title string, made time.Time) string {
	return fmt.Sprintf(declaration+`<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`+
		`<dc:title>%s</dc:title><dc:creator>homphieu</dc:creator><dc:language>vi-VN</dc:language>`+
		`<dcterms:created xsi:type="dcterms:W3CDTF">%s</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">%[2]s</dcterms:modified></cp:coreProperties>`,
		escaped(title), made.Format(time.RFC3339))
}

// section is the page and what stands on each: the footer on all, the number on
// all but the first.
func section(doc *paper.Document) string {
	page, turned := doc.Page(), ""
	if doc.Landscape {
		turned = ` w:orient="landscape"`
	}
	return fmt.Sprintf(`<w:sectPr><w:headerReference w:type="first" r:id="rId3"/><w:headerReference w:type="default" r:id="rId4"/>`+
		`<w:footerReference w:type="first" r:id="rId5"/><w:footerReference w:type="default" r:id="rId5"/>`+
		`<w:pgSz w:w="%d" w:h="%d"%s/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="%d" w:footer="%d" w:gutter="0"/><w:titlePg/></w:sectPr>`,
		mm(page.Width), mm(page.Height), turned, mm(paper.MarginTop), mm(paper.MarginRight), mm(paper.MarginBottom), mm(paper.MarginLeft), mm(headerAt), mm(footerAt))
}

// A paragraphStyle is a style that people see in the list of styles.
type paragraphStyle struct {
	id, name string
	spacing  string // attributes
	more     string // elements after the spacing
	size     float64
}

// styles are those of the whole document. Paragraphs of running text stand at
// least 6 points apart, their first line is indented by 10 mm.
var styles = declaration + `<w:styles` + main + `><w:docDefaults><w:rPrDefault><w:rPr>` +
	`<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="Times New Roman" w:cs="Times New Roman"/>` +
	`<w:sz w:val="28"/><w:szCs w:val="28"/><w:lang w:val="vi-VN" w:eastAsia="vi-VN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>` +
	`<w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>` +
	paragraphStyles([]paragraphStyle{
		{"Normal", "Normal", ``, ``, bodySize},
		{"BodyText", "Body Text", `w:after="120" w:line="264" w:lineRule="auto"`, fmt.Sprintf(`<w:ind w:firstLine="%d"/><w:jc w:val="both"/>`, mm(10)), bodySize},
		{"Plain", "Body Text Plain", `w:after="120" w:line="264" w:lineRule="auto"`, ``, bodySize},
		{"Title", "Title", `w:before="240"`, `<w:jc w:val="center"/>`, bodySize},
		{"Subtitle", "Subtitle", ``, `<w:jc w:val="center"/>`, bodySize},
		{"Letterhead", "Letterhead", ``, `<w:jc w:val="center"/>`, issuerSize},
		{"Note", "Note", `w:before="60" w:after="120"`, ``, noteSize},
		{"TableText", "Table Text", `w:before="30" w:after="30"`, ``, cellSize},
		{"Signature", "Signature", ``, `<w:jc w:val="center"/>`, signSize},
		{"Recipients", "Recipients", ``, ``, noteSize},
		{"PageNumber", "header", ``, `<w:jc w:val="center"/>`, bodySize},
		{"Footer", "footer", ``, `<w:jc w:val="center"/>`, 7.5},
		{"Thin", "Thin", `w:line="20" w:lineRule="exact"`, ``, 1},
		{"Gap", "Gap", `w:line="160" w:lineRule="exact"`, ``, 1},
		{"Rule", "Rule", `w:before="60" w:after="120" w:line="20" w:lineRule="exact"`, ``, 1},
	}) +
	tableStyle("Layout", "Layout", "none", 40) + tableStyle("Grid", "Result Table", "single", 60) + tableStyle("Dense", "Wide Table", "single", 45) + tableStyle("Bars", "Chart", "none", 0) + tableStyle("Bar", "Bar", "single", 0) +
	`</w:styles>`

func paragraphStyles(all []paragraphStyle) string {
	var b strings.Builder
	for _, s := range all {
		based, mark := `<w:basedOn w:val="Normal"/>`, ` w:customStyle="1"`
		switch s.id {
		case "Normal":
			based, mark = "", ` w:default="1"`
		case "BodyText", "Title", "Subtitle", "Signature", "PageNumber", "Footer": // Word has them
			mark = ""
		}
		spacing := ""
		if s.spacing != "" {
			spacing = `<w:spacing ` + s.spacing + `/>`
		}
		fmt.Fprintf(&b, `<w:style w:type="paragraph"%s w:styleId="%s"><w:name w:val="%s"/>%s<w:qFormat/><w:pPr>%s%s</w:pPr><w:rPr><w:sz w:val="%g"/><w:szCs w:val="%[7]g"/></w:rPr></w:style>`,
			mark, s.id, s.name, based, spacing, s.more, 2*s.size)
	}
	return b.String()
}

// tableStyle is a style of tables with or without borders, and with margins at
// the sides of cells in twentieths of a point.
func tableStyle(id, name, border string, margin int) string {
	var borders strings.Builder
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		fmt.Fprintf(&borders, `<w:%s w:val="%s" w:sz="4" w:space="0" w:color="000000"/>`, side, border)
	}
	return fmt.Sprintf(`<w:style w:type="table" w:customStyle="1" w:styleId="%s"><w:name w:val="%s"/><w:tblPr><w:tblBorders>%s</w:tblBorders>`+
		`<w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="%d" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="%[4]d" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>`,
		id, name, borders.String(), margin)
}
