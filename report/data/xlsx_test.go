package data_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report/data"
)

func workbook(t *testing.T, o *meeting.Outcome) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := data.WriteXLSX(&b, o, "homphieu v1.2.3"); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(t *testing.T, content []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// kept is a text as a workbook can keep it.
func kept(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\r' || r < ' ' && r != '\t' && r != '\n' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// Counts are numbers, percentages are numbers that show as the papers have
// them, and names are texts whatever they begin with.
func TestXLSXTypes(t *testing.T) {
	for _, o := range []*meeting.Outcome{assembly(t), department(t), crowd(t)} {
		f := open(t, workbook(t, o))
		for i, p := range o.People {
			at := func(column string) string { return column + strconv.Itoa(i+2) }
			for column, want := range map[string]string{"C": kept(p.Name), "D": p.Post} {
				got, err := f.GetCellValue(data.ResultsSheet, at(column))
				kind, kindErr := f.GetCellType(data.ResultsSheet, at(column))
				if got != want || kind != excelize.CellTypeSharedString && want != "" || errors.Join(err, kindErr) != nil {
					t.Errorf("%s: %q of type %d, want %q", at(column), got, kind, want)
				}
			}
			for column, want := range map[string]int{"A": i + 1, "E": p.High.Votes, "G": p.Confidence.Votes, "I": p.Low.Votes, "K": p.Invalid, "L": p.Valid(), "M": o.Collected} {
				numeric(t, f, at(column), strconv.Itoa(want), strconv.Itoa(want))
			}
			for column, want := range map[string]string{"F": p.High.Percent, "H": p.Confidence.Percent, "J": p.Low.Percent} {
				digits, _ := strconv.Atoi(strings.Replace(want, ",", "", 1))
				numeric(t, f, at(column), strconv.FormatFloat(float64(digits)/10000, 'f', -1, 64), strings.Replace(want, ",", ".", 1)+"%")
			}
		}
	}
}

func numeric(t *testing.T, f *excelize.File, cell, raw, shown string) {
	t.Helper()
	kind, err := f.GetCellType(data.ResultsSheet, cell)
	value, rawErr := f.GetCellValue(data.ResultsSheet, cell, excelize.Options{RawCellValue: true})
	number, numberErr := strconv.ParseFloat(value, 64)
	text, textErr := f.GetCellValue(data.ResultsSheet, cell)
	if err := errors.Join(err, rawErr, numberErr, textErr); err != nil {
		t.Fatal(err)
	}
	if want, _ := strconv.ParseFloat(raw, 64); kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber || number != want || text != shown {
		t.Errorf("%s: %s shown as %s, of type %d; want %s shown as %s", cell, value, text, kind, raw, shown)
	}
}

// sheet returns the second column of a sheet by the text of the first.
func sheet(t *testing.T, f *excelize.File, name string) map[string]string {
	t.Helper()
	rows, err := f.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, r := range rows {
		if len(r) > 0 {
			all[r[0]] = strings.Join(r[1:], "|")
		}
	}
	return all
}

// sheetTexts returns all that the sheets of a workbook say, by their names.
func sheetTexts(t *testing.T, content []byte) map[string]string {
	t.Helper()
	f, all := open(t, content), map[string]string{}
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			all[name] += strings.Join(r, "|") + "\n"
		}
	}
	return all
}

// The second sheet has every count and shows that they agree; the third says
// where they come from.
func TestXLSXReconciliationAndSources(t *testing.T) {
	o := department(t)
	f := open(t, workbook(t, o))
	counts := sheet(t, f, data.ReconciliationSheet)
	for name, want := range map[string]string{
		"Số người được triệu tập": "50", "Số người vắng mặt": "1", "Số tờ phiếu đã in": "55", "– phát ra": "49", "Số phiếu thu về": "47",
		"Đã in = phát ra + đổi hỏng + chưa phát": "55|55|khớp", "Phát ra = đã bỏ + trả lại + không trả": "49|49|khớp", "Đã bỏ = thu về": "47|47|khớp",
		"Đã hủy không quá đổi hỏng + trả lại + chưa phát": "7|7|khớp", "Tỷ lệ tính trên số phiếu thu về": "47",
		"Đỗ Văn Cường, Phó Giám đốc: Đã có thông báo nghỉ công tác chờ nghỉ hưu": "",
	} {
		if got, ok := counts[name]; !ok || got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	sources := sheet(t, f, data.SourcesSheet)
	for name, want := range map[string]string{
		"Mã cuộc bỏ phiếu (uuid)": string(o.Election), "SHA-256 của result.json": sum(data.ResultJSON(o)), "Chương trình": "homphieu v1.2.3", "Căn cứ": "96-QĐ/TW",
		"Quyết định cho phép phiếu điện tử": "12-QĐ/TU ngày 01/11/2026", "Dãy số của phiếu này": o.Fingerprint.Digits(),
	} {
		if got := sources[name]; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	o.Slips.Issued++
	if got := sheet(t, open(t, workbook(t, o)), data.ReconciliationSheet)["Phát ra = đã bỏ + trả lại + không trả"]; got != "50|49|không khớp" {
		t.Errorf("counts that do not agree: %s", got)
	}
}

// Numbers that nobody knows are not made up.
func TestXLSXWithoutFacts(t *testing.T) {
	counts := sheet(t, open(t, workbook(t, assembly(t))), data.ReconciliationSheet)
	if _, ok := counts["Số tờ phiếu đã in"]; ok || counts["Tỷ lệ tính trên tổng số đại biểu"] != "485" || counts["Số phiếu thu về"] != "475" {
		t.Errorf("%v", counts)
	}
	o := newOutcome(t, meeting.RuleSetReg96, 0, 0, row{"A", "", "", [4]int{}})
	o.Trial = true
	f := open(t, workbook(t, o))
	if got, err := f.GetCellValue(data.ResultsSheet, "F2"); got != "–" || err != nil {
		t.Errorf("a share of nothing: %q, %v", got, err)
	}
	if _, ok := sheet(t, f, data.SourcesSheet)["Cuộc họp mẫu"]; !ok {
		t.Error("a sample does not say so")
	}
}

// The same outcome gives the same bytes, without formulas and without any time
// but the day of the papers; every part is well-formed.
func TestXLSXParts(t *testing.T) {
	o := crowd(t)
	o.Plan.Date, o.Filing.Date, o.Plan.Title = "2026-12-05", "2026-12-06", "Hội nghị R&D "+strings.Repeat("x", 300)
	content := workbook(t, o)
	if !bytes.Equal(content, workbook(t, o)) {
		t.Error("two files of one outcome differ")
	}
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range z.File {
		if !part.Modified.IsZero() && part.Modified.Year() > 1980 {
			t.Errorf("%s has the time %v", part.Name, part.Modified)
		}
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		wellFormed(t, part.Name, text)
		if bytes.Contains(text, []byte("<f>")) || bytes.Contains(text, []byte("<f ")) {
			t.Errorf("%s has a formula", part.Name)
		}
		if part.Name == "docProps/core.xml" && bytes.Count(text, []byte("2026-12-06T00:00:00Z")) != 2 {
			t.Errorf("%s", text)
		}
		if strings.HasPrefix(part.Name, "xl/worksheets/sheet") && (!bytes.Contains(text, []byte(`paperSize="9"`)) || !bytes.Contains(text, []byte(`state="frozen"`)) || !bytes.Contains(text, []byte("R&amp;&amp;D"))) {
			t.Errorf("%s: not set up for printing", part.Name)
		}
	}
}

func wellFormed(t *testing.T, name string, text []byte) {
	t.Helper()
	for d := xml.NewDecoder(bytes.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}
