package data_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report/data"
	"github.com/homphieu/homphieu/report/paper/papertest"
)

// consolidations are those that tests look at.
func consolidations(t *testing.T) map[string]*round.Consolidation {
	t.Helper()
	rules, err := meeting.RuleSetByID(meeting.RuleSetNQ96)
	if err != nil {
		t.Fatal(err)
	}
	empty := &round.Consolidation{Rules: rules, Round: &round.Round{UUID: "T1aiCDgidEAfPd"}}
	return map[string]*round.Consolidation{
		"whole": papertest.Consolidation(t), "public": papertest.PublicConsolidation(t), "large": papertest.LargeConsolidation(t, 30, 6), "empty": empty,
	}
}

// Every file of a round has the form that its schema describes, and is the same
// every time.
func TestRoundFilesFollowTheirSchemas(t *testing.T) {
	for name, c := range consolidations(t) {
		content := data.ConsolidatedJSON(c)
		if wrong := readSchema(t, "consolidated.schema.json").wrong(content); wrong != nil {
			t.Errorf("%s: %v", name, wrong)
		}
		if !bytes.Equal(content, data.ConsolidatedJSON(c)) {
			t.Errorf("%s: two files of one consolidation differ", name)
		}
		if wrong := readSchema(t, "consolidated-assessment.schema.json").wrong(data.RoundAssessmentJSON(c)); wrong != nil {
			t.Errorf("%s: %v", name, wrong)
		}
	}
	manifest, err := data.RoundManifest("T1aiCDgidEAfPd", []meeting.Printed{{Name: "consolidated.json", MediaType: "application/json", Content: []byte("x")}})
	if err != nil {
		t.Fatal(err)
	}
	if wrong := readSchema(t, "consolidated-manifest.schema.json").wrong(manifest); wrong != nil {
		t.Error(wrong)
	}
}

// A file that is not of the form is found.
func TestConsolidatedSchemaRefuses(t *testing.T) {
	s, good := readSchema(t, "consolidated.schema.json"), string(data.ConsolidatedJSON(papertest.Consolidation(t)))
	for _, change := range [][2]string{
		{`"homphieu-consolidated-v1"`, `"homphieu-consolidated-v2"`}, {`"number": 1,`, `"number": 0,`}, {`"number": 1,`, `"number": 1, "level": "mid",`},
		{`"hidden": false`, `"hidden": null`}, {`"stage": "apart"`, `"stage": "lost"`}, {`"last_event": "`, `"last_event": "X`}, {`"package": "`, `"archive": "`},
		{`"high_percent": "`, `"high_percent": "1000`}, {`"as_of": "2023-09-05T02:30:00Z"`, `"as_of": "2023-09-05"`},
	} {
		altered := strings.Replace(good, change[0], change[1], 1)
		if altered == good || s.wrong([]byte(altered)) == nil {
			t.Errorf("%s in the place of %s is taken", change[1], change[0])
		}
	}
}

// consolidatedJSON is as much of consolidated.json as the tests compare.
type consolidatedJSON struct {
	Counts round.Counts `json:"counts"`
	Kinds  []struct {
		Kind     string `json:"kind"`
		Agencies []struct {
			ID    string `json:"id"`
			Polls []struct {
				Group    string         `json:"group"`
				Election string         `json:"election"`
				Source   map[string]any `json:"source"`
				Hidden   bool           `json:"hidden"`
				Counts   map[string]int `json:"counts"`
				People   []struct {
					Number    int            `json:"number"`
					Name      string         `json:"name"`
					Title     string         `json:"title"`
					Elsewhere []string       `json:"elsewhere"`
					Hidden    bool           `json:"hidden"`
					Votes     map[string]any `json:"votes"`
				} `json:"people"`
			} `json:"polls"`
		} `json:"agencies"`
	} `json:"kinds"`
	Late, Missing, Excused, Exempt []map[string]any
	Several                        []struct {
		Name   string           `json:"name"`
		Places []map[string]any `json:"places"`
	} `json:"several_places"`
}

func readConsolidated(t *testing.T, c *round.Consolidation) (all consolidatedJSON) {
	t.Helper()
	if err := json.Unmarshal(data.ConsolidatedJSON(c), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// Every number of every poll is there, in the order of the consolidation, and
// with it where it comes from: package, last event of the archive, entry in the
// log.
func TestConsolidatedSaysAll(t *testing.T) {
	for name, c := range consolidations(t) {
		all := readConsolidated(t, c)
		if all.Counts != c.Counts() || len(all.Late) != len(c.Late) || len(all.Missing) != len(c.Missing) || len(all.Excused) != len(c.Excused) || len(all.Exempt) != len(c.Exempt) {
			t.Errorf("%s: %+v, %d late, %d missing, %d exempt", name, all.Counts, len(all.Late), len(all.Missing), len(all.Exempt))
		}
		for i, s := range c.Sections {
			for j, a := range s.Agencies {
				for k, p := range a.Polls {
					got := all.Kinds[i].Agencies[j].Polls[k]
					source := map[string]any{"package": p.Package, "last_event": p.LastEvent, "log": p.Origin, "entry": float64(p.Entry)}
					if all.Kinds[i].Kind != s.Kind || all.Kinds[i].Agencies[j].ID != a.Agency.ID || got.Election != string(p.Election) || !reflect.DeepEqual(got.Source, source) {
						t.Errorf("%s: %+v", name, got)
					}
					counts := map[string]int{"summoned": p.Summoned, "present": p.Present, "issued": p.Issued, "collected": p.Collected, "voided": p.Voided, "base": p.Base}
					if p.Hidden {
						counts = nil
					}
					if !reflect.DeepEqual(got.Counts, counts) || got.Hidden != p.Hidden {
						t.Errorf("%s: %v, want %v", name, got.Counts, counts)
					}
					for l, r := range p.Rows {
						row := got.People[l]
						votes := map[string]any{
							"high": float64(r.High.Votes), "confidence": float64(r.Confidence.Votes), "low": float64(r.Low.Votes), "valid": float64(r.Valid()), "invalid": float64(r.Invalid),
							"high_percent": r.High.Percent, "confidence_percent": r.Confidence.Percent, "low_percent": r.Low.Percent,
						}
						if p.Hidden || r.Hidden {
							votes = nil
						}
						if row.Number != r.Number || row.Name != r.Name || row.Title != r.Post || !slices.Equal(row.Elsewhere, r.Elsewhere) || !reflect.DeepEqual(row.Votes, votes) {
							t.Errorf("%s: %+v, want %+v", name, row, r)
						}
					}
				}
			}
		}
	}
}

// Places of one person stand beside one another, each with its own numbers and
// its package, and none with a sum.
func TestSeveralPlaces(t *testing.T) {
	c := papertest.PublicConsolidation(t)
	all := readConsolidated(t, c)
	if len(all.Several) != 1 || all.Several[0].Name != c.Twice[0].Name || len(all.Several[0].Places) != 2 {
		t.Fatalf("%+v", all.Several)
	}
	for i, place := range all.Several[0].Places {
		want := c.Twice[0].At[i]
		votes, shown := place["votes"].(map[string]any)
		if place["package"] != want.Poll.Package || place["agency"] != want.Agency.ID || shown == want.Hidden || shown && votes["high"] != float64(want.Result.High.Votes) {
			t.Errorf("%+v, want %+v", place, want)
		}
		if _, counted := place["collected"]; counted == want.Hidden {
			t.Errorf("%+v", place)
		}
	}
}

// What is hidden has no number in any file, whatever the consolidation still
// holds, and neither levels nor contacts stand anywhere but where they belong.
func TestRoundHides(t *testing.T) {
	c := papertest.PublicConsolidation(t)
	marked := meeting.Share{Votes: 900001, Percent: "7777,7"}
	for _, s := range c.Sections {
		for _, a := range s.Agencies {
			for _, p := range a.Polls {
				if p.Hidden {
					p.Summoned, p.Present, p.Issued, p.Collected, p.Voided, p.Base = 900002, 900003, 900004, 900005, 900006, 900007
				}
				for i := range p.Rows {
					if r := &p.Rows[i]; r.Hidden {
						r.High, r.Confidence, r.Low, r.Invalid, r.Level = marked, marked, marked, 900008, meeting.GroupMid
					}
				}
			}
		}
	}
	c.Twice[0].At[0].Result.High = marked
	texts := map[string]string{"consolidated.json": string(data.ConsolidatedJSON(c))}
	for name, text := range sheetTexts(t, roundBook(t, c)) {
		texts[name] = text
	}
	for name, text := range texts {
		for _, word := range []string{"90000", "7777", `"mid"`, "Trên 50%", "0263"} {
			if strings.Contains(text, word) {
				t.Errorf("%s says %s", name, word)
			}
		}
	}
	if data.Assesses(c) || !data.Assesses(papertest.Consolidation(t)) {
		t.Error("the public version has an assessment, or the other has none")
	}
	if text := string(data.RoundAssessmentJSON(c)); strings.Contains(text, "mid") {
		t.Errorf("levels of hidden rows: %s", text)
	}
}

// The assessment has the level of each person in each poll, under the words of
// the poll's own rule set.
func TestRoundAssessment(t *testing.T) {
	c := papertest.Consolidation(t)
	first := &c.Sections[0].Agencies[0].Polls[0]
	first.RuleSet = meeting.RuleSetNQ96
	first.Rows[0].Level = meeting.GroupHigh
	var all struct {
		Polls []struct {
			Package string `json:"package"`
			RuleSet string `json:"ruleset"`
			People  []struct {
				Number    int           `json:"number"`
				Name      string        `json:"name"`
				Threshold meeting.Group `json:"threshold"`
				Text      string        `json:"text"`
			} `json:"people"`
		} `json:"polls"`
	}
	if err := json.Unmarshal(data.RoundAssessmentJSON(c), &all); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, s := range c.Sections {
		for _, a := range s.Agencies {
			for _, p := range a.Polls {
				rules, err := meeting.RuleSetByID(p.RuleSet)
				if err != nil || all.Polls[n].Package != p.Package || all.Polls[n].RuleSet != p.RuleSet {
					t.Fatalf("%+v, %v", all.Polls[n], err)
				}
				for i, r := range p.Rows {
					if got := all.Polls[n].People[i]; got.Number != r.Number || got.Name != r.Name || got.Threshold != r.Level || got.Text != rules.Effect(r.Level).Vi {
						t.Errorf("%+v, want %+v", got, r)
					}
				}
				n++
			}
		}
	}
	if got := all.Polls[0].People[0].Text; !strings.HasPrefix(got, "Từ hai phần ba tổng số phiếu") {
		t.Errorf("%q", got)
	}
}

// The manifest of a round verifies as that of a result does, and neither is taken
// for the other.
func TestRoundManifest(t *testing.T) {
	files := []meeting.Printed{{Name: "b.json", Content: []byte("b")}, {Name: "a.pdf", Content: []byte("a")}}
	of, err := data.RoundManifest("T1aiCDgidEAfPd", files)
	if err != nil {
		t.Fatal(err)
	}
	good := map[string][]byte{"a.pdf": []byte("a"), "b.json": []byte("b")}
	if err := data.VerifyManifest(of, good); err != nil {
		t.Error(err)
	}
	if err := data.VerifyManifest(of, map[string][]byte{"a.pdf": []byte("x"), "b.json": []byte("b")}); !errors.Is(err, data.ErrAltered) {
		t.Error(err)
	}
	if _, _, err := data.ReadManifest(of); !errors.Is(err, data.ErrManifest) {
		t.Errorf("taken for that of a result: %v", err)
	}
	for _, change := range [][2]string{
		{`"round": "T1aiCDgidEAfPd"`, `"election": "T1aiCDgidEAfPd"`}, {data.RoundManifestSchema, data.ManifestSchema}, {`T1aiCDgidEAfPd`, `0`},
		{`  "round": "T1aiCDgidEAfPd",`, "  \"election\": \"T1aiCDgidEAfPd\",\r\n  \"round\": \"T1aiCDgidEAfPd\","},
	} {
		altered := strings.Replace(string(of), change[0], change[1], 1)
		if err := data.VerifyManifest([]byte(altered), good); altered == string(of) || !errors.Is(err, data.ErrManifest) {
			t.Errorf("%s in the place of %s: %v", change[1], change[0], err)
		}
	}
}

func roundBook(t testing.TB, c *round.Consolidation) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := data.WriteConsolidatedXLSX(&b, c, "homphieu v1.2.3"); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// In the workbook counts are numbers, percentages numbers that show as the papers
// have them, and what is hidden is a dash.
func TestConsolidatedXLSX(t *testing.T) {
	for name, c := range consolidations(t) {
		content := roundBook(t, c)
		if !bytes.Equal(content, roundBook(t, c)) {
			t.Errorf("%s: two files of one consolidation differ", name)
		}
		f, line := open(t, content), 1
		for _, s := range c.Sections {
			for _, a := range s.Agencies {
				for _, p := range a.Polls {
					for _, r := range p.Rows {
						line++
						checkWide(t, f, line, a.Agency.Name, &p, &r)
					}
				}
			}
		}
		rows, err := f.GetRows(data.ResultsSheet)
		if err != nil || len(rows) != line {
			t.Errorf("%s: %d rows, want %d, %v", name, len(rows), line, err)
		}
		sources, err := f.GetRows(data.SourcesSheet)
		if text := fmt.Sprint(sources); err != nil || !strings.Contains(text, sum(data.ConsolidatedJSON(c))) || !strings.Contains(text, "homphieu v1.2.3") || strings.Contains(text, "công khai]") != c.Public {
			t.Errorf("%s: %v %v", name, sources, err)
		}
	}
}

// checkWide checks one person's line of the first sheet.
func checkWide(t *testing.T, f *excelize.File, line int, agency string, p *round.PollResult, r *round.Row) {
	t.Helper()
	at := func(column string) string { return column + strconv.Itoa(line) }
	for column, want := range map[string]string{"C": agency, "F": r.Name, "G": r.Post, "H": strings.Join(r.Elsewhere, "; "), "I": "24/08/2023"} {
		if got, err := f.GetCellValue(data.ResultsSheet, at(column)); got != want || err != nil {
			t.Errorf("%s: %q, want %q, %v", at(column), got, want, err)
		}
	}
	numeric(t, f, at("A"), strconv.Itoa(r.Number), strconv.Itoa(r.Number))
	counts := map[string]int{"J": p.Summoned, "K": p.Present, "L": p.Issued, "M": p.Collected}
	votes := map[string]int{"N": r.Valid(), "O": r.Invalid, "P": r.High.Votes, "R": r.Confidence.Votes, "T": r.Low.Votes}
	percents := map[string]string{"Q": r.High.Percent, "S": r.Confidence.Percent, "U": r.Low.Percent}
	for column, want := range counts {
		number(t, f, at(column), want, p.Hidden)
	}
	for column, want := range votes {
		number(t, f, at(column), want, r.Hidden)
	}
	for column, want := range percents {
		if r.Hidden {
			number(t, f, at(column), 0, true)
			continue
		}
		digits, _ := strconv.Atoi(strings.Replace(want, ",", "", 1))
		numeric(t, f, at(column), strconv.FormatFloat(float64(digits)/10000, 'f', -1, 64), strings.Replace(want, ",", ".", 1)+"%")
	}
}

// number is a count, or a dash where it is hidden.
func number(t *testing.T, f *excelize.File, cell string, want int, hidden bool) {
	t.Helper()
	if !hidden {
		numeric(t, f, cell, strconv.Itoa(want), strconv.Itoa(want))
	} else if got, err := f.GetCellValue(data.ResultsSheet, cell); got != "–" || err != nil {
		t.Errorf("%s: %q, %v", cell, got, err)
	}
}

// The other sheets have who is late, missing, excused, exempt and in two places,
// and of each poll the package, the archive and the entry of the log.
func TestConsolidatedXLSXLists(t *testing.T) {
	c := papertest.Consolidation(t)
	c.Sections[0].Agencies[1].Polls[0].Entry = -1
	f := open(t, roundBook(t, c))
	for name, want := range map[string][]string{
		data.StandingsSheet: {"Chậm|", "|Sở Tài chính|", "|25/08/2023|28/08/2023", "Chưa có kết quả|", "|Thành ủy Đồi Thông|", "tệp minutes.pdf không phải bản đã in.", "Không phải gửi|", "không có chức danh thuộc diện lấy phiếu"},
		data.ExemptSheet:    {"1|Phạm Quỳnh|Phó Trưởng ban|Ban Tuyên giáo Tỉnh ủy|Đã có thông báo nghỉ công tác chờ nghỉ hưu", "2|Đỗ Yên|"},
		data.PlacesSheet:    {"1|" + c.Twice[0].Name + "|1|Ban Tuyên giáo Tỉnh ủy|", "1|" + c.Twice[0].Name + "|2|Huyện ủy Suối Vàng|"},
		data.SourcesSheet: {
			c.Sections[0].Agencies[0].Polls[0].Package + "|" + c.Sections[0].Agencies[0].Polls[0].LastEvent + "|homphieu.example/log|3",
			c.Sections[1].Agencies[0].Polls[0].Package + "|" + c.Sections[1].Agencies[0].Polls[0].LastEvent + "|homphieu.example/log|15",
			c.Sections[0].Agencies[1].Polls[0].LastEvent + "|homphieu.example/log\n", // not in the log
		},
	} {
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		for _, r := range rows {
			text.WriteString(strings.Join(r, "|") + "\n")
		}
		for _, line := range want {
			if !strings.Contains(text.String(), line) {
				t.Errorf("%s: no %q in\n%s", name, line, text.String())
			}
		}
	}
}

// LibreOffice opens the workbook, and shows hostile names as they are and every
// number as the papers have it.
func TestLibreOfficeOpensConsolidated(t *testing.T) {
	const formula = `=HYPERLINK("http://x","y") <b>Đậm</b>`
	c := papertest.HostileConsolidation(t, formula)
	dir := soffice(t, "consolidated.xlsx", roundBook(t, c), "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1")
	for _, sheet := range []string{data.StandingsSheet, data.ExemptSheet, data.PlacesSheet, data.SourcesSheet} {
		if _, err := os.Stat(filepath.Join(dir, "consolidated-"+sheet+".csv")); err != nil {
			t.Error(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "consolidated-"+data.ResultsSheet+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, s := range c.Sections {
		for _, a := range s.Agencies {
			for _, r := range a.Polls[0].Rows {
				n++
				want := []string{strconv.Itoa(r.High.Votes), strings.Replace(r.High.Percent, ",", ".", 1) + "%", strconv.Itoa(r.Confidence.Votes)}
				if rows[n][5] != formula || !slices.Equal(rows[n][15:18], want) {
					t.Errorf("%q, want %q and %q", rows[n], formula, want)
				}
			}
		}
	}
	if len(rows) != n+1 {
		t.Errorf("%d rows, want %d", len(rows), n+1)
	}
}

// The files of 2,000 polls with 20 persons each.
func BenchmarkConsolidated(b *testing.B) {
	c := papertest.LargeConsolidation(b, 1000, 20)
	b.Run("JSON", func(b *testing.B) {
		for b.Loop() {
			data.ConsolidatedJSON(c)
		}
	})
	b.Run("XLSX", func(b *testing.B) {
		for b.Loop() {
			roundBook(b, c)
		}
	})
}

// A poll that was held before another group was done is in every file, and marked.
func TestEarlyIsMarked(t *testing.T) {
	c := papertest.Consolidation(t)
	if n := bytes.Count(data.ConsolidatedJSON(c), []byte(`"over": "2023-08-25"`)); n != 1 {
		t.Errorf("%d polls are marked", n)
	}
	var content bytes.Buffer
	if err := data.WriteConsolidatedXLSX(&content, c, "x"); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&content)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows(data.StandingsSheet)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(rows, func(r []string) bool {
		return r[0] == "Trước thứ tự" && strings.HasSuffix(r[4], "xong (ngày 25/8/2023)")
	}) {
		t.Errorf("%q", rows)
	}
}
