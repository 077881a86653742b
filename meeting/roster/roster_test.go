package roster_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/roster"
)

// sheet writes a spreadsheet whose cells are those of tab-separated lines.
func sheet(t testing.TB, text string) []byte {
	t.Helper()
	file := excelize.NewFile()
	for i, line := range strings.Split(text, "\n") {
		cells := strings.Split(line, "\t")
		if err := file.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &cells); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := file.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// forms writes tab-separated lines in every format.
func forms(t testing.TB, text string) map[string]input {
	t.Helper()
	return map[string]input{
		"comma":     {roster.CSV, []byte(strings.ReplaceAll(text, "\t", ","))},
		"semicolon": {roster.CSV, []byte("\ufeff" + strings.ReplaceAll(text, "\t", ";"))},
		"tab":       {roster.CSV, []byte(strings.ReplaceAll(text, "\n", "\r\n"))},
		"sheet":     {roster.XLSX, sheet(t, text)},
		"pasted":    {roster.Text, []byte(text)},
	}
}

type input struct {
	format  roster.Format
	content []byte
}

func (i input) people() ([]meeting.Person, []string, []roster.LineError) {
	return roster.ParsePeople(bytes.NewReader(i.content), i.format)
}

// Every format gives the same persons: from an office's list with a title above
// it, columns in another order, capitals, decomposed letters and stray spaces.
func TestParsePeople(t *testing.T) {
	const text = "DANH SÁCH\n" +
		"\n" +
		"STT\tCHỨC VỤ\tHọ và tên *\tLoại phiếu\tKhối\tGhi chú\tMiễn\n" +
		"1\tGiám đốc\t  Nguye\u0302\u0303n  Thị Ánh \tSố 1\tChính quyền\tA\t\n" +
		"2\tPhó Giám đốc\tTrần Đạt\tSố 1\t\t\tĐã có thông báo nghỉ công tác chờ nghỉ hưu\n" +
		"\n" +
		"3\tBí thư\tVũ Hòa\tSố 2\tĐảng\t\tappointed_in_year\n"
	want := []meeting.Person{
		{Name: "Nguyễn Thị Ánh", Post: "Giám đốc", Block: "Chính quyền"},
		{Name: "Trần Đạt", Post: "Phó Giám đốc", Exempt: "retirement_notice"},
		{Name: "Vũ Hòa", Post: "Bí thư", Block: "Đảng", Paper: 1, Exempt: "appointed_in_year"},
	}
	for name, in := range forms(t, text) {
		people, papers, faults := in.people()
		if len(faults) > 0 || !reflect.DeepEqual(people, want) || !slices.Equal(papers, []string{"Số 1", "Số 2"}) {
			t.Errorf("%s: %+v, %q, %+v", name, people, papers, faults)
		}
	}
}

// English headings, and several places in one cell.
func TestParsePeopleInEnglish(t *testing.T) {
	in := input{roster.CSV, []byte("Name,Post,Places,Exempt\nAnh,Director,\"Party committee; Trade union;\",\nDat,,,Notified of leave pending retirement\n")}
	people, papers, faults := in.people()
	want := []meeting.Person{
		{Name: "Anh", Post: "Director", Places: []string{"Party committee", "Trade union"}},
		{Name: "Dat", Exempt: "retirement_notice"},
	}
	if len(faults) > 0 || !reflect.DeepEqual(people, want) || !slices.Equal(papers, []string{""}) {
		t.Errorf("%+v, %q, %+v", people, papers, faults)
	}
}

// Pasted text does without a heading, with or without a running number.
func TestPastedWithoutHeading(t *testing.T) {
	for _, text := range []string{
		"Nguyễn Thị Ánh\tGiám đốc\tChính quyền\n\nTrần Đạt\n",
		"1.\tNguyễn Thị Ánh\tGiám đốc\tChính quyền\r\n\t\r\n2.\tTrần Đạt\r\n",
	} {
		people, papers, faults := input{roster.Text, []byte(text)}.people()
		want := []meeting.Person{{Name: "Nguyễn Thị Ánh", Post: "Giám đốc", Block: "Chính quyền"}, {Name: "Trần Đạt"}}
		if len(faults) > 0 || !reflect.DeepEqual(people, want) || !slices.Equal(papers, []string{""}) {
			t.Errorf("%q: %+v, %q, %+v", text, people, papers, faults)
		}
	}
}

// Every line that is wrong is told by its number, in every format.
func TestLineErrors(t *testing.T) {
	const text = "name\tpost\tpaper\texempt\n" +
		"\tGiám đốc\tA\t\n" + // 2
		"Ánh\tGiám đốc\tA\tốm\n" + // 3
		"\n" +
		"Đạt\tGiám đốc\tA\t\n" +
		"ĐẠT\tgiám đốc\tA\t\n" + // 6
		"Ưng\u200b\t\tA\t\n" + // 7
		"Yên\t\t\t\n" // 8
	want := []struct {
		line int
		en   string
	}{
		{2, "no name"}, {3, "reason of exemption: ốm"}, {6, "ĐẠT: listed twice"}, {7, "cannot be seen"}, {8, "Yên: no paper"},
	}
	for name, in := range forms(t, text) {
		_, _, faults := in.people()
		if len(faults) != len(want) {
			t.Fatalf("%s: %+v", name, faults)
		}
		for i, f := range faults {
			if f.Line != want[i].line || !strings.Contains(f.Text.En, want[i].en) || f.Text.Vi == "" {
				t.Errorf("%s: %+v, want %+v", name, f, want[i])
			}
		}
	}
}

// Texts that a meeting would refuse are told here, with their line.
func TestTooLong(t *testing.T) {
	for cells, bad := range map[string]bool{
		strings.Repeat("ư", meeting.MaxName):              false,
		strings.Repeat("ư", meeting.MaxName+1):            true,
		"A\t" + strings.Repeat("ư", meeting.MaxLine+1):    true,
		"A\t\t" + strings.Repeat("ư", meeting.MaxLine+1):  true,
		"A\tB\t" + strings.Repeat("ư", meeting.MaxLine-1): false,
	} {
		_, _, faults := input{roster.Text, []byte(cells)}.people()
		if (len(faults) > 0) != bad {
			t.Errorf("%d bytes: %+v", len(cells), faults)
		}
	}
}

// What is no list at all is one error.
func TestNoList(t *testing.T) {
	for name, in := range map[string]input{
		"empty":             {roster.CSV, nil},
		"empty text":        {roster.Text, []byte(" \n\t\n")},
		"heading alone":     {roster.CSV, []byte("Họ và tên,Chức vụ\n")},
		"no name column":    {roster.CSV, []byte("Chức vụ,Khối\nGiám đốc,A\n")},
		"name column late":  {roster.CSV, []byte(strings.Repeat("A\n", 20) + "Họ và tên\nÁnh\n")},
		"another encoding":  {roster.CSV, []byte("Ho\xa3 t\xean,\nA\n")},
		"pasted binary":     {roster.Text, []byte("\x80\x81")},
		"no spreadsheet":    {roster.XLSX, []byte("Họ và tên\nÁnh\n")},
		"sheet cut short":   {roster.XLSX, sheet(t, "Họ và tên\nÁnh")[:1000]},
		"zip without sheet": {roster.XLSX, zipped(t, "a.txt", []byte("A"))},
		"unknown format":    {"doc", []byte("Họ và tên\nÁnh\n")},
		"too large":         {roster.Text, bytes.Repeat([]byte("Ánh\n"), roster.MaxBytes/4)},
		"too many lines":    {roster.Text, bytes.Repeat([]byte("A\n"), roster.MaxRows+100)},
		"too many rows":     {roster.CSV, []byte("name\n" + strings.Repeat("A\n", roster.MaxRows+100))},
	} {
		people, _, faults := in.people()
		if len(faults) != 1 || len(people) > 0 {
			t.Errorf("%s: %d persons, %+v", name, len(people), faults)
		}
	}
}

func zipped(t testing.TB, name string, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write(content)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// repacked returns a spreadsheet with another sheet in it.
func repacked(t testing.TB, rows string) []byte {
	t.Helper()
	old := sheet(t, "Họ và tên\nÁnh")
	r, err := zip.NewReader(bytes.NewReader(old), int64(len(old)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range r.File {
		if f.Name != "xl/worksheets/sheet1.xml" {
			if err := w.Copy(f); err != nil {
				t.Fatal(err)
			}
			continue
		}
		part, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		_, err = part.Write([]byte(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</sheetData></worksheet>`))
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A small spreadsheet that unpacks to a very large one is refused.
func TestZipBomb(t *testing.T) {
	bomb := repacked(t, strings.Repeat("<row></row>", 2<<20))
	if len(bomb) > roster.MaxBytes {
		t.Fatalf("%d bytes", len(bomb))
	}
	people, _, faults := input{roster.XLSX, bomb}.people()
	if len(people) > 0 || len(faults) != 1 {
		t.Errorf("%d persons, %+v", len(people), faults)
	}
}

// Rows very far down and very wide are refused before they cost memory.
func TestFarCells(t *testing.T) {
	cell := func(at, text string) string {
		return fmt.Sprintf(`<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, at, text)
	}
	head := `<row r="1">` + cell("A1", "Họ và tên") + `</row>`
	for name, c := range map[string]struct {
		rows string
		bad  bool
	}{
		"near":      {`<row r="3">` + cell("A3", "Ánh") + cell("Z3", "x") + `</row>`, false},
		"far down":  {`<row r="1048576">` + cell("A1048576", "Ánh") + `</row>`, true},
		"far right": {`<row r="2">` + cell("A2", "Ánh") + cell("XFD2", "x") + `</row>`, true},
	} {
		people, _, faults := input{roster.XLSX, repacked(t, head+c.rows)}.people()
		if (len(faults) > 0) != c.bad || (len(people) == 1) == c.bad {
			t.Errorf("%s: %d persons, %+v", name, len(people), faults)
		}
	}
}

// Who is summoned, and who is there.
func TestParseAttendees(t *testing.T) {
	const text = "Họ tên\tChức vụ\tCó mặt\tLý do\n" +
		"Ánh\tGiám đốc\tx\t\n" +
		"Đạt\t\tCó\tkhông cần\n" +
		"Ưng\t\t\tđi công tác\n" +
		"Yên\t\tVắng\t\n"
	want := []meeting.Attendee{
		{Name: "Ánh", Post: "Giám đốc", Present: true}, {Name: "Đạt", Present: true},
		{Name: "Ưng", Reason: "đi công tác"}, {Name: "Yên"},
	}
	for name, in := range forms(t, text) {
		got, faults := roster.ParseAttendees(bytes.NewReader(in.content), in.format)
		if len(faults) > 0 || !slices.Equal(got, want) {
			t.Errorf("%s: %+v, %+v", name, got, faults)
		}
	}
	_, faults := roster.ParseAttendees(strings.NewReader("name\tpresent\nÁnh\t?!\n"), roster.Text)
	if len(faults) != 1 || faults[0].Line != 2 {
		t.Errorf("%+v", faults)
	}
}

// workbook puts a spreadsheet together of a sheet, its shared texts, and whatever
// else.
func workbook(t *testing.T, sheet, shared string, others map[string]string) []byte {
	t.Helper()
	const (
		main = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
		kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
		rels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + kind
	)
	parts := map[string]string{
		"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
		"_rels/.rels":                rels + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook` + main + ` xmlns:r="` + kind + `"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": rels + `/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   `<worksheet` + main + `><sheetData>` + sheet + `</sheetData></worksheet>`,
		"xl/sharedStrings.xml":       `<sst` + main + `><si><t>Họ và tên</t></si>` + shared + `</sst>`,
	}
	maps.Copy(parts, others)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		part, err := w.Create(name)
		if err == nil {
			_, err = part.Write([]byte(parts[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A few thousand bytes that the library would turn into gigabytes of memory are
// refused before it sees them; what stays within the bounds is read.
func TestHeavySheets(t *testing.T) {
	const name = `<si><t>Nguyễn Thị Ánh</t></si>`
	rows := `<row r="1"><c t="s"><v>0</v></c></row><row><c t="s"><v>1</v></c></row>`
	row := func(attributes string, cells int) string {
		return `<row` + attributes + `>` + strings.Repeat(`<c t="s"><v>1</v></c>`, cells) + `</row>`
	}
	text := func(n int) string { return `<si><t>` + strings.Repeat("x", n) + `</t></si>` }
	none := map[string]string{}
	for title, c := range map[string]struct {
		sheet, shared string
		others        map[string]string
		bad           bool
	}{
		"as it should be":      {rows, name, none, false},
		"a picture":            {rows, name, map[string]string{"xl/media/image1.png": "\x89PNG<"}, false},
		"pretty":               {rows, "\n  " + name + "\n", map[string]string{"docProps/app.xml": "\ufeff<?xml version=\"1.0\"?>\n<Properties/>"}, false},
		"a wide row":           {`<row><c t="s"><v>0</v></c></row>` + row("", 900), name, none, false},
		"too wide a row":       {rows + row("", 1100), name, none, true},
		"one row in parts":     {rows + row(` r="3"`, 900) + row(` r="3"`, 900), name, none, true},
		"rows upwards":         {rows + row(` r="4"`, 1) + row(` r="3"`, 1), name, none, true},
		"a row below zero":     {rows + row(` r="-4"`, 1), name, none, true},
		"a long text":          {rows, name + text(30<<10), none, false},
		"too long a text":      {rows, name + text(33<<10), none, true},
		"too long, in pieces":  {rows, name + `<si>` + strings.Repeat(`<r><t>`+strings.Repeat("x", 1<<10)+`</t></r>`, 33) + `</si>`, none, true},
		"too much text":        {rows + strings.Repeat(row("", 50), 10), `<si><t>` + strings.Repeat("x", 30<<10) + `</t></si>`, none, true},
		"too many texts":       {rows, name + strings.Repeat(`<si/>`, 300_000), none, true},
		"too many styles":      {rows, name, map[string]string{"xl/styles.xml": `<styleSheet>` + strings.Repeat(`<xf/>`, 300_000) + `</styleSheet>`}, true},
		"another alphabet":     {rows, name, map[string]string{"xl/styles.xml": `<?xml version="1.0" encoding="windows-1258"?><styleSheet/>`}, true},
		"a part that breaks":   {rows, name, map[string]string{"xl/styles.xml": `<styleSheet><xf <`}, true},
		"larger than unpacked": {rows, name, map[string]string{"xl/media/image1.png": strings.Repeat("x", 16<<20)}, true},
	} {
		file := workbook(t, c.sheet, c.shared, c.others)
		people, _, faults := input{roster.XLSX, file}.people()
		if (len(faults) > 0) != c.bad || (len(people) > 0) == c.bad {
			t.Errorf("%s: %d persons, %+v", title, len(people), faults)
		}
	}
	people, _, faults := input{roster.XLSX, append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), workbook(t, rows, name, none)...)}.people()
	if len(people) > 0 || len(faults) != 1 {
		t.Errorf("encrypted: %d persons, %+v", len(people), faults)
	}
}

// A spreadsheet that was damaged anywhere is read or refused.
func TestDamagedSheet(t *testing.T) {
	good := sheet(t, "Họ và tên\tChức vụ\nÁnh\tGiám đốc")
	for at := 0; at < len(good); at += 7 {
		broken := slices.Clone(good)
		broken[at] ^= 0xff
		people, _, faults := input{roster.XLSX, broken}.people()
		if len(faults) == 0 && len(people) != 1 {
			t.Errorf("byte %d: %d persons", at, len(people))
		}
	}
}

func FuzzParsePeople(f *testing.F) {
	for _, in := range forms(f, "STT\tHọ và tên\tChức vụ\n1\tÁnh\tGiám đốc") {
		f.Add(string(in.format), in.content)
	}
	f.Fuzz(func(t *testing.T, format string, content []byte) {
		people, papers, faults := input{roster.Format(format), content}.people()
		if len(people) == 0 && len(faults) == 0 {
			t.Error("neither persons nor errors")
		}
		for _, p := range people {
			if p.Paper < 0 || p.Paper >= len(papers) {
				t.Errorf("paper %d of %d", p.Paper, len(papers))
			}
		}
	})
}
