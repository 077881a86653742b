package docx_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/homphieu/homphieu/report/docx"
	"github.com/homphieu/homphieu/report/paper"
	"github.com/homphieu/homphieu/report/typeset"
)

// hostile are names that break careless writers.
var hostile = []string{
	"Nguyễn Thị Ưỡng Ậm Ễ Ặng", "Nguye\u0302\u0303n Thi\u0323 U\u031b\u0303ng", strings.Repeat("Nguyễn ", 8) + "Ánh", strings.Repeat("W", 60),
	`“Bình” 'x' "y"`, "<b>&amp;</b>", "🗳️ Hòm", "a\x00b\x1fc\u202ed\u200be", "\xff\xfe", "]]><w:t>", "{{.}} %s %d", "a\tb\nc",
}

// minutes is a paper of a style about so many persons.
func minutes(style paper.Style, persons int) *paper.Document {
	d := &paper.Document{
		Kind: paper.Minutes, Style: style, Title: "Biên bản kiểm phiếu – <Hội nghị>", Date: time.Date(2026, 12, 5, 0, 0, 0, 0, time.UTC),
		Header: paper.Header{
			Superior: "SỞ NỘI VỤ", Issuer: "BAN KIỂM PHIẾU", Star: true, Number: "Số      -BB/BKP", Motto: []string{"ĐẢNG CỘNG SẢN VIỆT NAM"},
			Place: "Lâm Đồng, ngày 05 tháng 12 năm 2026", Heading: "BIÊN BẢN KIỂM PHIẾU", Subject: []string{"lấy phiếu tín nhiệm", "Phiếu số 1"}, Mark: "(Đóng dấu treo)",
		},
		Signatures: []paper.Signature{
			{Field: "head", Above: "T/M BAN KIỂM PHIẾU", Title: "TRƯỞNG BAN", Name: hostile[0]}, {Field: "secretary", Title: "THƯ KÝ", Name: "B"},
			{Field: "member-3", Title: "THÀNH VIÊN"}, {Field: "chair", Title: "XÁC NHẬN CỦA CHỦ TRÌ", Name: hostile[1]},
		},
		Footer: "SHA-256 của result.json: 0123456789abcdef",
	}
	if style == paper.State {
		d.Header.Star, d.Header.Number = false, "Số:      /BB-BKP"
		d.Header.Motto = []string{"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"}
		d.Recipients = []string{"Như trên", "- Lưu VT"}
	}
	d.Body = []paper.Block{
		paper.Paragraph{Runs: []paper.Run{{Text: "Hôm nay, "}, {Text: "vào hồi", Bold: true}, {Text: " … giờ", Italic: true}}},
		results(persons),
		paper.Paragraph{Runs: []paper.Run{{Text: "Tỷ lệ tính trên số phiếu thu về."}}, Small: true, Align: paper.Left, Keep: true},
		bars(persons),
	}
	return d
}

// wide is a paper on pages that are turned, with a table of small letters and
// blocks within blocks.
func wide(style paper.Style, persons int) *paper.Document {
	d := minutes(style, persons)
	d.Landscape = true
	t := results(persons)
	t.Dense = true
	t.Rows = append([]paper.Row{{Block: "Loại"}, {Block: "Cơ quan", Depth: 1}, {Block: "Khối", Depth: 2}}, t.Rows...)
	d.Body[1] = t
	return d
}

// letter is a letter, which has no heading, to somebody.
func letter(to ...string) *paper.Document {
	d := minutes(paper.Party, 0)
	d.Kind, d.Header.Heading, d.Header.Subject, d.Header.Mark, d.Header.About, d.Header.To = paper.Cover, "", nil, "", "V/v lấy phiếu", to
	d.Body = d.Body[:1]
	return d
}

func name(i int) string { return hostile[i%len(hostile)] }

func results(persons int) paper.Table {
	t := paper.Table{
		Columns: []paper.Column{
			{Width: 0.08, Align: paper.Center}, {Width: 0.4, Align: paper.Left}, {Width: 0.16, Align: paper.Right}, {Width: 0.16, Align: paper.Right}, {Width: 0.2, Align: paper.Right},
		},
		Head: [][]paper.Cell{
			{{Text: "STT", Span: 1, Down: 2}, {Text: "Họ và tên", Span: 1, Down: 2}, {Text: "Tín nhiệm cao", Span: 2, Down: 1}, {Text: "Không hợp lệ", Span: 1, Down: 2}},
			{{Text: "Số phiếu", Span: 1, Down: 1}, {Text: "Tỷ lệ %", Span: 1, Down: 1}},
		},
		Rows: []paper.Row{{Block: "Khối <lãnh đạo>"}},
	}
	for i := range persons {
		t.Rows = append(t.Rows, paper.Row{Cells: []string{fmt.Sprint(i + 1), name(i), fmt.Sprint(1000 + i), "66,60", "0"}})
	}
	return t
}

func bars(persons int) paper.Chart {
	c := paper.Chart{Title: "Số phiếu của từng người"}
	for i := range persons {
		c.Bars = append(c.Bars, paper.Bar{Label: name(i), High: 2000 - i, Low: i, Invalid: 3})
	}
	return c
}

// texts are those of a document in the order in which they stand, by the file's
// paragraphs.
func texts(d *paper.Document) []string {
	h := d.Header
	all := []string{h.Superior, h.Issuer}
	if h.Star {
		all = append(all, "*")
	}
	all = append(append(all, h.Motto...), h.Number, h.About, h.Mark, h.Place, h.Heading)
	all = append(all, h.Subject...)
	if len(h.To) > 0 {
		all = append(all, "Kính gửi:")
	}
	for _, to := range h.To {
		if len(h.To) > 1 {
			to = "- " + to
		}
		all = append(all, to)
	}
	for _, b := range d.Body {
		all = append(all, blockTexts(b)...)
	}
	return append(all, signTexts(d)...)
}

func blockTexts(b paper.Block) (all []string) {
	switch b := b.(type) {
	case paper.Paragraph:
		s := ""
		for _, r := range b.Runs {
			s += r.Text
		}
		return []string{s}
	case paper.Table:
		for _, cells := range b.Head {
			for _, c := range cells {
				all = append(all, c.Text)
			}
		}
		for _, r := range b.Rows {
			all = append(append(all, r.Block), r.Cells...)
		}
	case paper.Chart:
		all = []string{b.Title, "Tín nhiệm cao Tín nhiệm Tín nhiệm thấp Không hợp lệ", "Cao", "TN", "Thấp", "KHL"}
		for _, bar := range b.Bars {
			all = append(all, bar.Label, fmt.Sprint(bar.High), fmt.Sprint(bar.Confidence), fmt.Sprint(bar.Low), fmt.Sprint(bar.Invalid))
		}
	}
	return all
}

func signTexts(d *paper.Document) (all []string) {
	if len(d.Recipients) > 0 {
		all = append(all, "Nơi nhận:", "- Như trên", "- Lưu VT")
	}
	perRow := 3
	if len(d.Recipients) > 0 {
		perRow = 2
	}
	for rest := d.Signatures; len(rest) > 0; perRow = 3 {
		n := min(perRow, len(rest))
		for _, s := range rest[:n] {
			all = append(all, s.Above, s.Title)
		}
		for _, s := range rest[:n] {
			if s.Name == "" {
				s.Name = "…………………………"
			}
			all = append(all, s.Name)
		}
		rest = rest[n:]
	}
	return all
}

// words makes texts comparable: clean, without empty ones, single spaces.
func words(all []string) string {
	var b strings.Builder
	for _, s := range all {
		if s = strings.Join(strings.Fields(typeset.Clean(s)), " "); s != "" {
			b.WriteString(s + "\n")
		}
	}
	return b.String()
}

func write(t testing.TB, d *paper.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := docx.Write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// parts opens the zip and returns its parts.
func parts(t testing.TB, content []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name] = string(text)
	}
	return all
}

// paragraphs reads a part, which must be well-formed, and returns the text of
// each paragraph.
func paragraphs(t testing.TB, part string) (all []string) {
	t.Helper()
	inText := false
	for d := xml.NewDecoder(strings.NewReader(part)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if inText = token.Name.Local == "t"; token.Name.Local == "p" {
				all = append(all, "")
			}
		case xml.EndElement:
			inText = false
		case xml.CharData:
			if inText {
				all[len(all)-1] += string(token)
			}
		}
	}
}

// The file says what the document says, in its order, whatever the names are;
// every part is well-formed XML.
func TestText(t *testing.T) {
	for _, d := range []*paper.Document{minutes(paper.Party, 12), minutes(paper.State, 150), wide(paper.Party, 12), letter("Ban Thường vụ"), letter(hostile...), {}} {
		all := parts(t, write(t, d))
		for _, part := range all {
			paragraphs(t, part)
		}
		if got, want := words(paragraphs(t, all["word/document.xml"])), words(texts(d)); got != want {
			t.Errorf("got\n%.3000s\nwant\n%.3000s", got, want)
		}
		if got, want := words(paragraphs(t, all["word/footer.xml"])), words([]string{d.Footer}); got != want {
			t.Errorf("footer %q, want %q", got, want)
		}
	}
}

// Accents are one with their letters, so that the file of a name does not
// depend on how it was typed.
func TestNormalForm(t *testing.T) {
	composed, apart := minutes(paper.Party, 0), minutes(paper.Party, 0)
	composed.Signatures[0].Name, apart.Signatures[0].Name = norm.NFC.String(hostile[0]), norm.NFD.String(hostile[0])
	if !bytes.Equal(write(t, composed), write(t, apart)) {
		t.Error("NFC and NFD give different files")
	}
}

// The same document gives the same bytes, with no time but its date.
func TestDeterministic(t *testing.T) {
	d := minutes(paper.State, 3)
	content := write(t, d)
	if !bytes.Equal(content, write(t, d)) {
		t.Error("two files of one document differ")
	}
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if !f.Modified.Equal(d.Date) {
			t.Errorf("%s: %v", f.Name, f.Modified)
		}
	}
	d.Date = time.Time{}
	core := parts(t, write(t, d))["docProps/core.xml"]
	if strings.Count(core, "1970-01-01T00:00:00Z") != 2 {
		t.Errorf("without a date: %s", core)
	}
}

// What is promised of the page, the language and the tables stands in the parts.
func TestForm(t *testing.T) {
	all := parts(t, write(t, minutes(paper.State, 2)))
	for part, wants := range map[string][]string{
		"docProps/core.xml": {"<dc:title>Biên bản kiểm phiếu – &lt;Hội nghị&gt;</dc:title>", "<dc:language>vi-VN</dc:language>", "2026-12-05T00:00:00Z"},
		"word/styles.xml":   {`w:ascii="Times New Roman"`, `<w:lang w:val="vi-VN"`, `<w:sz w:val="28"/>`},
		"word/header.xml":   {" PAGE "},
		"word/document.xml": {
			`<w:pgSz w:w="11906" w:h="16838"/>`, `w:top="1134" w:right="850" w:bottom="1134" w:left="1701"`, `<w:titlePg/>`,
			`<w:tblHeader/>`, `<w:cantSplit/>`, `w:val="Grid"`, `<w:vMerge w:val="restart"/>`, `<w:vMerge w:val="continue"/>`, `<w:gridSpan w:val="2"/>`,
		},
	} {
		for _, want := range wants {
			if !strings.Contains(all[part], want) {
				t.Errorf("%s: no %s", part, want)
			}
		}
	}
	if strings.Contains(all["word/header-first.xml"], "PAGE") {
		t.Error("the first page has a number")
	}
}

// A page that is turned is as wide as it was high, its table has the letters of
// wide ones, and blocks within blocks look less.
func TestWideForm(t *testing.T) {
	body := parts(t, write(t, wide(paper.State, 2)))["word/document.xml"]
	for _, want := range []string{
		`<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>`, `w:top="1134" w:right="850" w:bottom="1134" w:left="1701"`, `w:val="Dense"`,
		`<w:b/><w:sz w:val="19"/><w:szCs w:val="19"/></w:rPr><w:t xml:space="preserve">Loại<`,
		`<w:b/><w:i/><w:sz w:val="19"/><w:szCs w:val="19"/></w:rPr><w:t xml:space="preserve">Cơ quan<`,
		`<w:rPr><w:i/><w:sz w:val="19"/><w:szCs w:val="19"/></w:rPr><w:t xml:space="preserve">Khối<`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
}

// Every row of a table is as wide as the table, also where cells of the head
// reach over rows and columns, and no table is wider than the text.
func TestRowsAreComplete(t *testing.T) {
	for _, test := range []struct {
		d      *paper.Document
		tables int
		most   int
	}{{minutes(paper.State, 4), 5, 9354}, {wide(paper.Party, 4), 5, 14287}, {letter(hostile...), 4, 9354}} {
		rowsAreComplete(t, test.d, test.tables, test.most)
	}
}

func rowsAreComplete(t *testing.T, d *paper.Document, tables, most int) {
	t.Helper()
	type tcPr struct {
		Width struct {
			W int `xml:"w,attr"`
		} `xml:"tcPr>tcW"`
	}
	var body struct {
		Tables []struct {
			Grid []struct {
				W int `xml:"w,attr"`
			} `xml:"tblGrid>gridCol"`
			Rows []struct {
				Cells []tcPr `xml:"tc"`
			} `xml:"tr"`
		} `xml:"body>tbl"`
	}
	if err := xml.Unmarshal([]byte(parts(t, write(t, d))["word/document.xml"]), &body); err != nil {
		t.Fatal(err)
	}
	for i, table := range body.Tables {
		want := 0
		for _, g := range table.Grid {
			want += g.W
		}
		for j, r := range table.Rows {
			got := 0
			for _, c := range r.Cells {
				got += c.Width.W
			}
			if got != want || want > most {
				t.Errorf("table %d, row %d: %d wide, want %d", i+1, j+1, got, want)
			}
		}
	}
	if len(body.Tables) != tables {
		t.Errorf("%d tables, want %d", len(body.Tables), tables)
	}
}

// A chart without ballots has no bar, and the smallest piece of one is seen.
func TestBars(t *testing.T) {
	chart := func(bars ...paper.Bar) string {
		return parts(t, write(t, &paper.Document{Body: []paper.Block{paper.Chart{Bars: bars}}}))["word/document.xml"]
	}
	if strings.Contains(chart(paper.Bar{Label: "A"}), `w:val="Bar"`) {
		t.Error("a bar of nothing")
	}
	text := chart(paper.Bar{Label: "A", High: 99_999, Confidence: 1})
	if !strings.Contains(text, `<w:tcW w:w="23" w:type="dxa"/>`) || !strings.Contains(text, "8C8C8C") || strings.Count(text, "CDCDCD") != 1 {
		t.Errorf("%s", text)
	}
}

// Many recipients stand under the signatures, few beside them.
func TestRecipients(t *testing.T) {
	d := minutes(paper.State, 0)
	for i := range 20 {
		d.Recipients = append(d.Recipients, fmt.Sprintf("Nơi %d", i))
	}
	got := words(paragraphs(t, parts(t, write(t, d))["word/document.xml"]))
	if strings.Index(got, "Nơi nhận:") < strings.Index(got, "XÁC NHẬN") || !strings.HasSuffix(got, "- Nơi 19\n") {
		t.Errorf("%s", got)
	}
}

type broken struct{ after int }

func (b *broken) Write(p []byte) (int, error) {
	if b.after -= len(p); b.after < 0 {
		return 0, errors.ErrUnsupported
	}
	return len(p), nil
}

// A file that cannot be written is an error, wherever it breaks.
func TestBrokenWriter(t *testing.T) {
	d := minutes(paper.Party, 150)
	for _, after := range []int{0, 100, 5000, len(write(t, d)) - 1} {
		if err := docx.Write(&broken{after}, d); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("after %d bytes: %v", after, err)
		}
	}
}

// No text breaks the file or adds to it.
func FuzzWrite(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, s string, n int) {
		d := minutes(paper.State, 1)
		d.Title, d.Footer, d.Header.Issuer, d.Header.Subject, d.Header.Motto = s, s, s, []string{s}, []string{s}
		d.Signatures[0].Name, d.Landscape, d.Header.About, d.Header.To = s+"x", n%2 == 0, s, []string{s + "x", "y" + s}
		d.Body = append(d.Body, paper.Chart{Title: s, Bars: []paper.Bar{{Label: s, High: max(0, n%1000)}}}, paper.Paragraph{Runs: []paper.Run{{Text: s}}})
		all := parts(t, write(t, d))
		for _, part := range all {
			paragraphs(t, part)
		}
		if got, want := words(paragraphs(t, all["word/document.xml"])), words(texts(d)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
