package pdf_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report/paper"
	"github.com/homphieu/homphieu/report/paper/papertest"
	"github.com/homphieu/homphieu/report/pdf"
	"github.com/homphieu/homphieu/tally"
)

var files = []pdf.Attachment{
	{Name: "trackers.txt", Description: "Mã tra cứu của các phiếu", MediaType: "text/plain; charset=utf-8", Content: []byte("aaa\nbbb\n")},
	{Name: "result.json", Description: "Kết quả 🗳️ (máy đọc)", MediaType: "application/json", Content: bytes.Repeat([]byte("{\x00\xff}\n"), 9000)},
}

func write(t *testing.T, d *paper.Document, attachments ...pdf.Attachment) ([]byte, pdf.Layout) {
	t.Helper()
	var b bytes.Buffer
	layout, err := pdf.Write(&b, d, attachments)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), layout
}

// run runs a program that reads PDFs. A machine without it fails the test.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s%s", name, err, out, stderr.String())
	}
	return string(out)
}

func save(t *testing.T, content []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// squash is a text without any white space, which pages and lines change.
func squash(s string) string { return strings.Join(strings.Fields(s), "") }

// pages is the text of each page as it was drawn, squashed, without the footer,
// which comes first, and the number, which comes last. Both must be there.
func pages(t *testing.T, d *paper.Document, content []byte) []string {
	t.Helper()
	all := strings.Split(strings.TrimSuffix(run(t, "pdftotext", "-raw", save(t, content), "-"), "\f"), "\f")
	for i, text := range all {
		text = squash(text)
		rest, found := strings.CutPrefix(text, squash(d.Footer))
		if !found {
			t.Errorf("page %d does not begin with the footer: %s", i+1, text)
		}
		if i > 0 {
			if rest, found = strings.CutSuffix(rest, fmt.Sprint(i+1)); !found {
				t.Errorf("page %d does not end with its number: %s", i+1, text)
			}
		}
		all[i] = rest
	}
	return all
}

func documents(t *testing.T) map[string]*paper.Document {
	t.Helper()
	party, state, bare := papertest.Party(t), papertest.State(t), papertest.Bare(t)
	return map[string]*paper.Document{
		"minutes of the Party": paper.NewMinutes(party, paper.Party, papertest.Result),
		"minutes of the State": paper.NewMinutes(state, paper.State, papertest.Result),
		"report":               paper.NewReport(party, paper.Party, papertest.Result),
		"slip":                 paper.NewSlip(state, 1, paper.State, papertest.Result),
		"sample":               paper.NewMinutes(bare, paper.Party, papertest.Result),
		"many":                 paper.NewMinutes(papertest.Many(t, 150), paper.Party, papertest.Result),
		"consolidated":         paper.NewConsolidated(papertest.Consolidation(t), paper.Party, papertest.Result),
		"consolidated, State":  paper.NewConsolidated(papertest.PublicConsolidation(t), paper.State, papertest.Result),
		"letter":               paper.NewCover(papertest.Consolidation(t), paper.Party, papertest.Result),
		"letter to several":    lettered(paper.NewCover(papertest.PublicConsolidation(t), paper.State, papertest.Result)),
	}
}

// lettered is a letter to several bodies, one of a long name.
func lettered(d *paper.Document) *paper.Document {
	d.Header.To = []string{"Ban Thường vụ Tỉnh ủy", "Các Ban Tỉnh ủy, Ủy ban Kiểm tra Tỉnh ủy, Văn phòng Tỉnh ủy, Đảng đoàn Hội đồng nhân dân tỉnh", "Sở Nội vụ"}
	return d
}

// The file says all that the document says, in its order, and nothing else.
func TestSaysTheDocument(t *testing.T) {
	for name, d := range documents(t) {
		content, layout := write(t, d, files...)
		all := pages(t, d, content)
		if len(all) != layout.Pages {
			t.Errorf("%s: %d pages, the layout says %d", name, len(all), layout.Pages)
		}
		rest := strings.Join(all, "")
		for _, want := range texts(d) {
			want = squash(want)
			i := strings.Index(rest, want)
			if i < 0 {
				t.Fatalf("%s: %q does not come next in %.300s", name, want, rest)
			}
			if d.Kind == paper.Slip && i != 0 { // has no head of a table or a chart to say again
				t.Errorf("%s: says %q", name, rest[:i])
			}
			rest = rest[i+len(want):]
		}
		if rest != "" {
			t.Errorf("%s: ends with %q", name, rest)
		}
	}
}

// texts are the texts of a document in the order of drawing.
func texts(d *paper.Document) []string {
	h := d.Header
	list := []string{h.Superior, h.Issuer}
	if h.Star {
		list = append(list, "*")
	}
	list = append(append(list, h.Motto...), h.Number, h.Place, h.About, h.Mark, h.Heading)
	list = append(list, h.Subject...)
	if len(h.To) > 0 {
		list = append(list, "Kính gửi:")
	}
	for _, to := range h.To {
		if len(h.To) > 1 {
			list = append(list, "-")
		}
		list = append(list, to)
	}
	for _, b := range d.Body {
		switch b := b.(type) {
		case paper.Paragraph:
			for _, r := range b.Runs {
				list = append(list, r.Text)
			}
		case paper.Table:
			list = append(list, tableTexts(b)...)
		case paper.Chart:
			list = append(list, b.Title, "Tín nhiệm cao", "Tín nhiệm", "Tín nhiệm thấp", "Không hợp lệ", "Cao", "TN", "Thấp", "KHL")
			for _, bar := range b.Bars {
				list = append(list, bar.Label, fmt.Sprint(bar.High), fmt.Sprint(bar.Confidence), fmt.Sprint(bar.Low), fmt.Sprint(bar.Invalid))
			}
		}
	}
	return append(list, signTexts(d)...)
}

func tableTexts(t paper.Table) (list []string) {
	for _, row := range t.Head {
		for _, c := range row {
			list = append(list, c.Text)
		}
	}
	for _, r := range t.Rows {
		list = append(append(list, r.Block), r.Cells...)
	}
	return list
}

func signTexts(d *paper.Document) (list []string) {
	if len(d.Recipients) > 0 {
		list = append(list, "Nơi nhận:")
		for _, r := range d.Recipients {
			list = append(list, "-", r)
		}
	}
	for _, s := range d.Signatures {
		name := s.Name
		if name == "" {
			name = "…………………………………………"
		}
		list = append(list, s.Above+s.Title, name)
	}
	return list
}

// The numbers of every person stand in one line, as the outcome has them.
func TestNumbers(t *testing.T) {
	o := papertest.Party(t)
	for _, d := range []*paper.Document{paper.NewMinutes(o, paper.Party, papertest.Result), paper.NewReport(o, paper.Party, papertest.Result)} {
		content, _ := write(t, d)
		text := run(t, "pdftotext", "-layout", save(t, content), "-")
		for i, p := range o.People {
			want := fmt.Sprintf(`(?m)^ *%d +.* %d +%s +%d +%s +%d +%s +%d$`, i+1,
				p.High.Votes, p.High.Percent, p.Confidence.Votes, p.Confidence.Percent, p.Low.Votes, p.Low.Percent, p.Invalid)
			if !regexp.MustCompile(want).MatchString(text) {
				t.Errorf("%s: %s is not in\n%s", d.Kind, want, text)
			}
		}
	}
}

// The head of the table of results is on every page that has rows of it, and
// every row of 150 is on one page.
func TestManyPages(t *testing.T) {
	o := papertest.Many(t, 150)
	d := paper.NewReport(o, paper.Party, papertest.Result)
	content, layout := write(t, d)
	if layout.Pages < 15 {
		t.Fatalf("%d pages", layout.Pages)
	}
	rows := 0
	for i, page := range pages(t, d, content) {
		here := strings.Count(page, "QuỳnhNhưNguyệt")
		rows += here
		if heads := strings.Count(page, "STTHọvàtênChứcvụ"); here > 0 && heads != 1 {
			t.Errorf("page %d: %d rows, %d heads", i+1, here, heads)
		}
		for n := range 150 {
			if name := fmt.Sprintf("Nguyệt%03d", n+1); strings.Contains(page, name) && !strings.Contains(page, name+"ỦyviênBanThườngvụ,TrưởngbanTổchứckiêmTrưởngbanDânvậnTỉnhủy"+fmt.Sprint(o.People[n].High.Votes)) {
				t.Errorf("page %d: row %d is not whole", i+1, n+1)
			}
		}
	}
	if rows != 150 {
		t.Errorf("%d rows", rows)
	}
}

// A row that is longer than a page goes on on the next one and loses nothing.
func TestRowLongerThanAPage(t *testing.T) {
	var words []string
	for i := range 900 {
		words = append(words, fmt.Sprintf("từ%d", i))
	}
	f := meeting.Facts{People: []meeting.Person{{Name: "Trước", Post: "a"}, {Name: "Dài", Post: strings.Join(words, " ")}, {Name: "Sau", Post: "b"}}}
	o := papertest.Outcome(t, meeting.RuleSetReg96, f, tally.Result{{0, 1, 0, 0}, {0, 1, 0, 0}, {0, 1, 0, 0}}, 1)
	d := paper.NewReport(o, paper.Party, papertest.Result)
	content, _ := write(t, d)
	text := strings.ReplaceAll(strings.Join(pages(t, d, content), ""), squash("STT Họ và tên Chức vụ Tín nhiệm cao Tín nhiệm Tín nhiệm thấp Không hợp lệ Số phiếu Tỷ lệ % Số phiếu Tỷ lệ % Số phiếu Tỷ lệ %"), "")
	at := 0
	for _, w := range append(append([]string{"1Trướca"}, words...), "3Saub") {
		i := strings.Index(text[at:], w)
		if i < 0 {
			t.Fatalf("%s is not in its place: %.200s", w, text[at:])
		}
		at += i + len(w)
	}
	margins(t, content)
}

// margins fails for ink where there must be none: in the margins, and between
// the body and the footer. It returns the pictures of the pages.
func margins(t *testing.T, content []byte) []image.Image {
	t.Helper()
	const dpi = 72
	file := save(t, content)
	run(t, "pdftoppm", "-r", fmt.Sprint(dpi), "-png", file, filepath.Join(filepath.Dir(file), "page"))
	names, err := filepath.Glob(filepath.Join(filepath.Dir(file), "page*.png"))
	if err != nil || len(names) == 0 {
		t.Fatal(len(names), err)
	}
	dots := func(mm float64) int { return int(mm / 25.4 * dpi) }
	var all []image.Image
	for i, name := range names {
		m := picture(t, name)
		width, height := 210.0, 297.0
		if m.Bounds().Dx() > m.Bounds().Dy() {
			width, height = height, width
		}
		for what, r := range map[string]image.Rectangle{
			"left": image.Rect(0, 0, dots(29), dots(height)), "right": image.Rect(dots(width-14), 0, dots(width), dots(height)),
			"top": image.Rect(0, dots(15), dots(width), dots(20)), "above the footer": image.Rect(0, dots(height-18.5), dots(width), dots(height-14)),
			"bottom": image.Rect(0, dots(height-5), dots(width), dots(height)),
		} {
			if n := ink(m, r); n != 0 {
				t.Errorf("page %d, %s: %d dots of ink", i+1, what, n)
			}
		}
		if i > 0 && ink(m, image.Rect(dots(width/2-5), dots(8), dots(width/2+5), dots(15))) == 0 {
			t.Errorf("page %d has no number in the middle of its top", i+1)
		}
		all = append(all, m)
	}
	return all
}

func picture(t *testing.T, name string) image.Image {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func ink(m image.Image, r image.Rectangle) int {
	n := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if color.GrayModel.Convert(m.At(x, y)).(color.Gray).Y < 200 {
				n++
			}
		}
	}
	return n
}

// Nothing is drawn into the margins, and where signatures go there is room:
// inside one page, clear, and under the title.
func TestMarginsAndFields(t *testing.T) {
	for name, d := range documents(t) {
		content, layout := write(t, d)
		all := margins(t, content)
		if len(layout.Fields) != len(d.Signatures) {
			t.Fatalf("%s: %d fields", name, len(layout.Fields))
		}
		page := d.Page()
		for i, f := range layout.Fields {
			if f.Name != d.Signatures[i].Field || f.Page < 1 || f.Page > len(all) || f.Left < 85 || f.Right > page.Width/25.4*72-42 || f.Bottom < 56 || f.Top > page.Height/25.4*72-56 ||
				f.Right-f.Left < 120 || f.Top-f.Bottom < 60 || (f.Right-f.Left)*(f.Top-f.Bottom) > 595.28*841.89/6 {
				t.Errorf("%s: %+v", name, f)
			}
			m := all[f.Page-1]
			box := image.Rect(int(f.Left), int(page.Height/25.4*72-f.Top), int(f.Right), int(page.Height/25.4*72-f.Bottom)) // 72 dots an inch
			if n := ink(m, box); n != 0 {
				t.Errorf("%s: %s: %d dots of ink", name, f.Name, n)
			}
			above, under := box.Sub(image.Pt(0, 24)), box.Add(image.Pt(0, 24))
			if ink(m, above) == 0 || ink(m, under) == 0 {
				t.Errorf("%s: %s: not between title and name", name, f.Name)
			}
		}
	}
}

// Readers see what the file is, and can draw it without fonts of their own.
func TestReaders(t *testing.T) {
	for name, d := range documents(t) {
		content, layout := write(t, d, files...)
		file := save(t, content)
		if out := run(t, "qpdf", "--check", file); !strings.Contains(out, "No syntax or stream encoding errors") {
			t.Errorf("%s: %s", name, out)
		}
		info := run(t, "pdfinfo", file)
		for _, want := range []string{"Title:           " + d.Title, fmt.Sprintf("Pages:           %d", layout.Pages), "A4", "PDF version:     1.7"} {
			if !strings.Contains(info, want) {
				t.Errorf("%s: %q is not in\n%s", name, want, info)
			}
		}
		if !bytes.Contains(content, []byte("/Lang (vi)")) || bytes.Contains(content, []byte("/XRef")) {
			t.Errorf("%s: no language, or no plain table", name)
		}
		fonts := strings.Split(strings.TrimSpace(run(t, "pdffonts", file)), "\n")[2:]
		if len(fonts) != 4 {
			t.Errorf("%s: %q", name, fonts)
		}
		for _, font := range fonts {
			if !strings.Contains(font, "yes yes yes") && !strings.Contains(font, "yes no  yes") {
				t.Errorf("%s: not embedded or without its characters: %s", name, font)
			}
		}
	}
}

// The file's dates are the document's, and without one they are not today's.
func TestDates(t *testing.T) {
	d := paper.NewReport(papertest.Party(t), paper.Party, papertest.Result)
	for date, want := range map[time.Time]string{{}: "Jan  1 00:00:00 1970", d.Date: "Dec  5 00:00:00 2026"} {
		d.Date = date
		content, _ := write(t, d, files...)
		info := run(t, "pdfinfo", save(t, content))
		if strings.Count(info, want) != 2 {
			t.Errorf("%v:\n%s", date, info)
		}
	}
}

// The attachments come out as they went in, under their names, with their kinds
// and descriptions.
func TestAttachments(t *testing.T) {
	content, _ := write(t, paper.NewReport(papertest.Party(t), paper.Party, papertest.Result), files...)
	file := save(t, content)
	dir := t.TempDir()
	run(t, "pdfdetach", "-saveall", "-o", dir, file)
	for _, a := range files {
		got, err := os.ReadFile(filepath.Join(dir, a.Name))
		if err != nil || !bytes.Equal(got, a.Content) {
			t.Errorf("%s: %d bytes of %d, %v", a.Name, len(got), len(a.Content), err)
		}
	}
	shown := run(t, "qpdf", "--list-attachments", "--verbose", file)
	for _, want := range []string{"result.json", "description: Kết quả □ (máy đọc)", "mime type: application/json", "trackers.txt", "mime type: text/plain\n", "modification date: D:20261205000000"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not in\n%s", want, shown)
		}
	}
}

func TestAttachmentsRefused(t *testing.T) {
	d := paper.NewReport(papertest.Party(t), paper.Party, papertest.Result)
	for what, list := range map[string][]pdf.Attachment{
		"no name":       {{MediaType: "text/plain"}},
		"a path":        {{Name: "../x", MediaType: "text/plain"}},
		"a hidden file": {{Name: ".x", MediaType: "text/plain"}},
		"not ASCII":     {{Name: "kết-quả", MediaType: "text/plain"}},
		"a parenthesis": {{Name: "a(b", MediaType: "text/plain"}},
		"no kind":       {{Name: "a"}},
		"half a kind":   {{Name: "a", MediaType: "text"}},
		"a broken kind": {{Name: "a", MediaType: "text/plain >>"}},
		"one twice":     {{Name: "a", MediaType: "text/plain"}, {Name: "a", MediaType: "text/css"}},
	} {
		var b bytes.Buffer
		if _, err := pdf.Write(&b, d, list); !errors.Is(err, pdf.ErrAttachment) || b.Len() != 0 {
			t.Errorf("%s: %v, %d bytes", what, err, b.Len())
		}
	}
}

// The same in, the same out; names in another normal form are the same.
func TestSameBytes(t *testing.T) {
	make := func(form func(string) string) []byte {
		o := papertest.Party(t)
		for i := range o.People {
			o.People[i].Name, o.People[i].Post = form(o.People[i].Name), form(o.People[i].Post)
		}
		o.Plan.Agency, o.Plan.Title, o.Plan.Chair = form(o.Plan.Agency), form(o.Plan.Title), form(o.Plan.Chair)
		content, _ := write(t, paper.NewMinutes(o, paper.Party, papertest.Result), files...)
		return content
	}
	whole := make(norm.NFC.String)
	if !bytes.Equal(whole, make(norm.NFC.String)) {
		t.Error("two drawings of one document differ")
	}
	if !bytes.Equal(whole, make(norm.NFD.String)) {
		t.Error("decomposed names give another file")
	}
	files := []pdf.Attachment{files[1], files[0]}
	turned, _ := write(t, paper.NewMinutes(papertest.Party(t), paper.Party, papertest.Result), files...)
	if !bytes.Equal(whole, turned) {
		t.Error("the order of attachments changes the file")
	}
}

// Names that break papers are printed as they are, or with a box for what no
// font has.
func TestHostileNames(t *testing.T) {
	for name, want := range papertest.Hostile {
		o := papertest.Party(t)
		o.People[0].Name, o.Plan.Chair, o.Board[1].Name, o.Plan.Title = name, name, name, name
		d := paper.NewMinutes(o, paper.Party, papertest.Result)
		content, _ := write(t, d)
		text := strings.Join(pages(t, d, content), "")
		if n := strings.Count(text, squash(want)); n < 6 {
			t.Errorf("%q: %d times in\n%s", want, n, text)
		}
		margins(t, content)
		if out := run(t, "pdfinfo", save(t, content)); !strings.Contains(out, want) {
			t.Errorf("title: %s", out)
		}
	}
}

// Words without spaces are broken, long lists of recipients go under the
// signatures, and many signatures over pages: nothing leaves the margins.
func TestLongTexts(t *testing.T) {
	o := papertest.Party(t)
	o.Plan.Agency, o.Plan.Place = strings.Repeat("W", 200), strings.Repeat("Q", 200)
	o.People[1].Name, o.People[1].Post, o.People[1].Block = strings.Repeat("M", 100), strings.Repeat("m", 200), strings.Repeat("B", 200)
	for i := range 30 {
		o.Filing.Recipients = append(o.Filing.Recipients, fmt.Sprintf("- nơi thứ %d %s", i, strings.Repeat("xa ", 60)))
	}
	for i := range 47 {
		o.Board = append(o.Board, meeting.BoardMember{Name: fmt.Sprintf("Người thứ %d %s", i, strings.Repeat("H", 80)), Office: meeting.Ordinary})
	}
	for _, d := range []*paper.Document{paper.NewMinutes(o, paper.Party, papertest.Result), paper.NewReport(o, paper.Party, papertest.Result)} {
		content, layout := write(t, d)
		margins(t, content)
		text := strings.Join(pages(t, d, content), "")
		for _, want := range append([]string{o.People[1].Name, o.People[1].Post, o.Plan.Agency}, d.Recipients...) {
			if !strings.Contains(text, squash(want)) {
				t.Errorf("%s: %s is not there", d.Kind, want)
			}
		}
		if len(layout.Fields) != len(d.Signatures) {
			t.Errorf("%d fields of %d", len(layout.Fields), len(d.Signatures))
		}
	}
}

// A slip is one page, also with texts longer than meetings have.
func TestSlipIsOnePage(t *testing.T) {
	fill := func(n int) string { return strings.TrimSpace(strings.Repeat("Nghĩa ", n/6)) }
	o := papertest.Party(t)
	o.Plan.Title, o.Plan.Place, o.Plan.Agency, o.Paper = fill(meeting.MaxTitle), fill(meeting.MaxDetail), fill(90), fill(60)
	o.People[0].Name, o.People[0].Post, o.Plan.Chair = fill(60), fill(150), fill(60)
	for _, style := range []paper.Style{paper.Party, paper.State} {
		d := paper.NewSlip(o, 0, style, papertest.Result)
		content, layout := write(t, d)
		if layout.Pages != 1 {
			t.Errorf("%s: %d pages", style, layout.Pages)
		}
		margins(t, content)
	}
}

// Signatures do not stand alone on a page.
func TestSignaturesStandWithText(t *testing.T) {
	for n := 1; n <= 12; n++ {
		d := paper.NewMinutes(papertest.Many(t, n), paper.Party, papertest.Result)
		content, layout := write(t, d)
		last := pages(t, d, content)[layout.Fields[0].Page-1]
		if !strings.Contains(last, "khôngthaychochữký.T/MBANKIỂMPHIẾU") || layout.Fields[0].Page != layout.Fields[3].Page {
			t.Errorf("%d persons: %s", n, last)
		}
	}
}

// The pieces of a bar can be told apart without colours: by their shares of
// black and of white.
func TestChartInGrey(t *testing.T) {
	d := &paper.Document{Body: []paper.Block{paper.Chart{Bars: []paper.Bar{{High: 25, Confidence: 25, Low: 25, Invalid: 25}}}}}
	content, _ := write(t, d)
	file := save(t, content)
	run(t, "pdftoppm", "-r", "254", "-gray", "-png", file, filepath.Join(filepath.Dir(file), "page"))
	m := picture(t, filepath.Join(filepath.Dir(file), "page-1.png")) // ten dots are a millimetre
	const from, to = 850, 1610
	edge := 0 // the upper one of the only bar
	for y := 300; edge == 0 && y < 2000; y++ {
		if ink(m, image.Rect(from, y, to, y+1)) > (to-from)*9/10 {
			edge = y
		}
	}
	var black, white []int // percent, of each piece
	for i := range 4 {
		r := image.Rect(0, 0, 140, 25).Add(image.Pt(840+195*i+25, edge+8))
		dark, light := 0, 0
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				switch grey := color.GrayModel.Convert(m.At(x, y)).(color.Gray).Y; {
				case grey < 100:
					dark++
				case grey > 230:
					light++
				}
			}
		}
		black, white = append(black, dark/35), append(white, light/35)
	}
	for i := range 4 {
		for j := range i {
			if max(black[i]-black[j], black[j]-black[i], white[i]-white[j], white[j]-white[i]) < 10 {
				t.Errorf("pieces %d and %d: black %v, white %v %%", j+1, i+1, black, white)
			}
		}
	}
}

type full struct{}

var errFull = errors.New("disk full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWritersErrorIsReturned(t *testing.T) {
	if _, err := pdf.Write(full{}, paper.NewReport(papertest.Party(t), paper.Party, papertest.Result), nil); !errors.Is(err, errFull) {
		t.Error(err)
	}
}

// A document that cannot be drawn is an error, not a panic, and writes nothing.
func TestNotDrawn(t *testing.T) {
	d := &paper.Document{Body: []paper.Block{paper.Table{
		Columns: []paper.Column{{Width: 1}}, Head: [][]paper.Cell{{{Text: strings.Repeat("đầu bảng ", 2000), Span: 1, Down: 1}}},
	}}}
	var b bytes.Buffer
	if _, err := pdf.Write(&b, d, nil); !errors.Is(err, pdf.ErrDraw) || b.Len() != 0 {
		t.Errorf("%v, %d bytes", err, b.Len())
	}
}

// No text makes Write fail, and the same one gives the same layout again.
func FuzzWrite(f *testing.F) {
	f.Add("Nguyễn Thị Ánh", "Giám đốc", "Khối Đảng")
	f.Add("🗳️ \xff", "\u202e\x00", "\ufeff")
	f.Add("W\u0301\u0302", "\uffff\ufffd", "a\nb\rc\\(")
	f.Add(strings.Repeat("W", 3000), strings.Repeat("ư ", 3000), strings.Repeat("x\u0301", 500))
	f.Fuzz(func(t *testing.T, name, post, block string) {
		d := &paper.Document{
			Title: name, Style: paper.Style(post), Footer: block, Recipients: []string{name, post},
			Header:    paper.Header{Superior: name, Issuer: post, Star: len(name)%2 == 0, Number: block, Motto: []string{post, name}, Place: name, Heading: post, Subject: []string{name, block}, Mark: block, About: post, To: []string{block, name}},
			Landscape: len(post)%2 == 0,
			Body: []paper.Block{
				paper.Paragraph{Runs: []paper.Run{{Text: name, Bold: true}, {Text: post}, {Text: block, Italic: true}}, Keep: true},
				paper.Table{Columns: []paper.Column{{Width: 0.1}, {Width: 0.9}}, Rows: []paper.Row{{Block: block}, {Cells: []string{name, post, block}}}},
				paper.Table{Columns: []paper.Column{{Width: 1}}, Rows: []paper.Row{{Block: post, Depth: 1}, {Block: block, Depth: 2}, {Cells: []string{name}}}, Dense: true},
				paper.Chart{Title: block, Bars: []paper.Bar{{Label: name, High: len(name), Low: len(post)}, {Label: post}}},
			},
			Signatures: []paper.Signature{{Field: name, Above: post, Title: block, Name: name}},
		}
		var a, b bytes.Buffer
		first, err := pdf.Write(&a, d, []pdf.Attachment{{Name: "a", Description: name, MediaType: "text/plain", Content: []byte(post)}})
		if err != nil {
			t.Fatal(err)
		}
		again, err := pdf.Write(&b, d, []pdf.Attachment{{Name: "a", Description: name, MediaType: "text/plain", Content: []byte(post)}})
		if err != nil || !reflect.DeepEqual(first, again) || !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("%v: %+v, then %+v", err, first, again)
		}
	})
}
