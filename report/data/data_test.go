package data_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report/data"
)

var update = flag.Bool("update", false, "write testdata again")

// golden compares a file with the one in testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile("testdata/"+name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s:\n%s", name, got)
	}
}

// The files of two results, byte for byte.
func TestGolden(t *testing.T) {
	for name, o := range map[string]*meeting.Outcome{"assembly": assembly(t), "department": department(t)} {
		golden(t, name+"-result.json", data.ResultJSON(o))
		golden(t, name+"-assessment.json", data.AssessmentJSON(o))
		golden(t, name+"-result.csv", table(t, o))
	}
	if got := string(data.Trackers(department(t))); got != "aaa\nbbb\n" {
		t.Errorf("trackers: %q", got)
	}
}

func table(t *testing.T, o *meeting.Outcome) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := data.WriteCSV(&b, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The base is all members only when their number is known.
func TestPercentBase(t *testing.T) {
	for _, test := range []struct {
		ruleSet            string
		collected, members int
		kind               string
		base               int
	}{
		{meeting.RuleSetNQ85, 475, 485, "total_members", 485}, {meeting.RuleSetNQ85, 475, 475, "total_members", 475},
		{meeting.RuleSetNQ85, 475, 0, "collected", 475}, {meeting.RuleSetReg96, 475, 485, "collected", 475},
	} {
		var got struct {
			Kind    string `json:"percent_base"`
			Base    int    `json:"base"`
			Members int    `json:"members"`
		}
		if err := json.Unmarshal(data.ResultJSON(newOutcome(t, test.ruleSet, test.collected, test.members)), &got); err != nil {
			t.Fatal(err)
		}
		if got.Kind != test.kind || got.Base != test.base || got.Members != test.members {
			t.Errorf("%+v: %+v", test, got)
		}
	}
}

// The version of the rule set is the one that was sealed, where there is one.
func TestRuleSetVersion(t *testing.T) {
	o := department(t)
	for _, sealed := range []int{0, 7} {
		var got struct {
			Version int `json:"ruleset_version"`
		}
		o.Plan.RuleSetVersion = sealed
		if err := json.Unmarshal(data.ResultJSON(o), &got); err != nil || got.Version != max(sealed, o.Rules.Version) {
			t.Errorf("sealed with %d: %+v, %v", sealed, got, err)
		}
	}
}

// Thresholds stand in the assessment and nowhere else.
func TestThresholdsAreElsewhere(t *testing.T) {
	o := department(t)
	for _, text := range [][]byte{data.ResultJSON(o), table(t, o)} {
		for _, word := range []string{"threshold", "2/3", "miễn nhiệm", "quy hoạch"} {
			if bytes.Contains(text, []byte(word)) {
				t.Errorf("%s in %.60s…", word, text)
			}
		}
	}
	var a struct {
		People []struct{ Threshold, Text string }
	}
	if err := json.Unmarshal(data.AssessmentJSON(o), &a); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"mid", "none", "high"} {
		if p := a.People[i]; p.Threshold != want || p.Text != o.Rules.Effect(meeting.Group(want)).Vi {
			t.Errorf("person %d: %+v", i+1, p)
		}
	}
}

// How many are absent is for everybody; why, which can be an illness, is in no
// file.
func TestReasonsOfAbsence(t *testing.T) {
	o := department(t)
	o.Present, o.Absences = 47, []meeting.Absence{{Count: 2, Reason: "đau ốm"}}
	var got struct {
		Absent int `json:"absent"`
	}
	text := data.ResultJSON(o)
	if err := json.Unmarshal(text, &got); err != nil || got.Absent != 3 {
		t.Errorf("%d absent, %v", got.Absent, err)
	}
	files := map[string][]byte{"result.json": text, "assessment.json": data.AssessmentJSON(o), "result.csv": table(t, o)}
	for name, rows := range sheetTexts(t, workbook(t, o)) {
		files["result.xlsx, "+name] = []byte(rows)
	}
	for name, text := range files {
		if bytes.Contains(text, []byte("đau ốm")) {
			t.Errorf("%s says why: %s", name, text)
		}
	}
}

// The table is UTF-8 with a mark, lines end in CRLF, every reader of RFC 4180
// gets the texts back but for apostrophes, and however they are cut into cells,
// none begins a formula.
func TestCSV(t *testing.T) {
	o := crowd(t)
	text := table(t, o)
	if !bytes.HasPrefix(text, []byte("\xef\xbb\xbftitle,high,confidence,low,")) || bytes.Count(text, []byte("\n")) != bytes.Count(text, []byte("\r\n")) {
		t.Errorf("%.80q", text)
	}
	rows, err := csv.NewReader(bytes.NewReader(text[3:])).ReadAll()
	if err != nil || len(rows) != 151 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, p := range o.People {
		name, plain := rows[i+1][8], strings.NewReplacer("'", "", "\r", "")
		if plain.Replace(name) != plain.Replace(p.Name) || strings.HasPrefix(p.Name, "Chánh") && name != p.Name {
			t.Errorf("%q is written as %q", p.Name, name)
		}
		if rows[i+1][4] != p.High.Percent {
			t.Errorf("%s, want %s", rows[i+1][4], p.High.Percent)
		}
	}
	if found := formulas(string(text)); found != nil {
		t.Errorf("%q", found)
	}
}

// formulas are the cells that begin a formula for a reader that cuts a table at
// every character that could stand between two, and passes over what it may.
func formulas(table string) (found []string) {
	for _, cell := range strings.FieldsFunc(table, func(r rune) bool { return strings.ContainsRune(",;\t\r\n", r) }) {
		if cell = strings.TrimLeft(cell, " \"\u00a0\u200b\ufeff"); cell != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(cell)[0]) {
			found = append(found, cell)
		}
	}
	return found
}

// Whatever a text is, no reader finds a formula in the table, and who knows
// commas and quotes gets the text back but for apostrophes.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"Khối;=1+1", "A,\"=1\"", "\"=1", "\t-1", "a\r\n@b", "＝1;＋1;－1;＠1", ";\u200b=1", "'=1", "\xff=1", "\u00a0=1", "A – B; C-D"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := string(table(t, newOutcome(t, meeting.RuleSetReg96, 1, 0, row{s, s, s, [4]int{1, 0, 0, 0}})))
		if found := formulas(text); found != nil {
			t.Errorf("%q in %q", found, text)
		}
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		plain := strings.NewReplacer("'", "", "\r", "")
		if err != nil || len(rows) != 2 || plain.Replace(rows[1][0]) != plain.Replace(s) {
			t.Errorf("%q is written as %q, %v", s, rows, err)
		}
	})
}

type broken struct{ after int }

func (b *broken) Write(p []byte) (int, error) {
	if b.after--; b.after < 0 {
		return 0, errors.ErrUnsupported
	}
	return len(p), nil
}

// A file that cannot be written is an error, wherever it breaks.
func TestBrokenWriter(t *testing.T) {
	for after := range 2 {
		if err := data.WriteCSV(&broken{after}, crowd(t)); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("csv, after %d writes: %v", after, err)
		}
	}
	if err := data.WriteXLSX(&broken{}, department(t), "homphieu"); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("xlsx: %v", err)
	}
}

func printed() []meeting.Printed {
	return []meeting.Printed{
		{Name: "result.json", MediaType: "application/json", Content: []byte("{}\n")},
		{Name: "minutes.pdf", MediaType: "application/pdf", Content: []byte("%PDF")},
		{Name: "trackers.txt", MediaType: "text/plain; charset=utf-8"},
		{Name: "phie\u0302\u0301u 1.pdf", MediaType: "application/pdf", Content: []byte("%PDF-1")},
	}
}

// A manifest lists the files by name and knows them again; whatever is altered,
// missing or added is found.
func TestManifest(t *testing.T) {
	text, err := data.Manifest("DkJRztMSmZ4dXwsyUXHTi", printed())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "manifest.json", text)
	reversed := printed()
	slices.Reverse(reversed)
	if again, err := data.Manifest("DkJRztMSmZ4dXwsyUXHTi", reversed); err != nil || !bytes.Equal(again, text) {
		t.Errorf("in another order: %s, %v", again, err)
	}
	files := func() map[string][]byte {
		return map[string][]byte{"result.json": []byte("{}\n"), "minutes.pdf": []byte("%PDF"), "trackers.txt": nil, "phiếu 1.pdf": []byte("%PDF-1")}
	}
	if err := data.VerifyManifest(text, files()); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]struct {
		change func(f map[string][]byte)
		want   error
	}{
		"altered":  {func(f map[string][]byte) { f["minutes.pdf"] = []byte("%PDG") }, data.ErrAltered},
		"longer":   {func(f map[string][]byte) { f["trackers.txt"] = []byte("x") }, data.ErrAltered},
		"missing":  {func(f map[string][]byte) { delete(f, "result.json") }, data.ErrMissing},
		"unlisted": {func(f map[string][]byte) { f["more.txt"] = nil }, data.ErrUnlisted},
		"renamed":  {func(f map[string][]byte) { f["Result.json"] = f["result.json"]; delete(f, "result.json") }, data.ErrMissing},
	} {
		f := files()
		change.change(f)
		if err := data.VerifyManifest(text, f); !errors.Is(err, change.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// There is one text of a manifest: another with the same meaning is refused.
func TestManifestIsCanonical(t *testing.T) {
	text, err := data.Manifest("DkJRztMSmZ4dXwsyUXHTi", printed()[:2])
	if err != nil {
		t.Fatal(err)
	}
	good := string(text)
	files := map[string][]byte{"result.json": []byte("{}\n"), "minutes.pdf": []byte("%PDF")}
	first, second := strings.Index(good, "    {"), strings.LastIndex(good, "    {")
	end := strings.LastIndex(good, "\r\n  ]")
	swapped := good[:first] + good[second:end] + ",\r\n" + strings.TrimSuffix(good[first:second], ",\r\n") + good[end:]
	for name, bad := range map[string]string{
		"empty": "", "cut": good[:len(good)-2], "no line end": good[:len(good)-2], "bare line feeds": strings.ReplaceAll(good, "\r\n", "\n"), "another schema": strings.Replace(good, "manifest-v1", "manifest-v2", 1),
		"more behind": good + "{}\n", "a field more": strings.Replace(good, `"files"`, `"x": 1, "files"`, 1), "compact": strings.ReplaceAll(good, "  ", " "),
		"a field twice": strings.Replace(good, `"name"`, `"name": "x", "name"`, 1), "a path": strings.Replace(good, "result.json", "../result.json", 1),
		"two of a name": strings.Replace(good, "minutes.pdf", "result.json", 1), "no election": strings.Replace(good, "DkJRztMSmZ4dXwsyUXHTi", "", 1),
		"capital hash": strings.ToUpper(good), "another order": swapped,
	} {
		if err := data.VerifyManifest([]byte(bad), files); !errors.Is(err, data.ErrManifest) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if swapped == good || len(swapped) != len(good) {
		t.Errorf("not swapped: %s", swapped)
	}
}

// A name that is a path, or that some system cannot keep, is refused.
func TestManifestNames(t *testing.T) {
	for _, name := range []string{"", ".", "..", ".hidden", "a/b", `a\b`, "c:x", "a\x00", "a\u202eb", "a ", " a", "a.", "a*", "\xff", strings.Repeat("x", 256)} {
		if _, err := data.Manifest("DkJRztMSmZ4dXwsyUXHTi", []meeting.Printed{{Name: name}}); !errors.Is(err, data.ErrName) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := data.Manifest("DkJRztMSmZ4dXwsyUXHTi", []meeting.Printed{{Name: "A.pdf"}, {Name: "a.pdf"}}); !errors.Is(err, data.ErrName) {
		t.Errorf("but for capitals: %v", err)
	}
}

// Reading a manifest never panics, and what is taken is what would be written.
func FuzzVerifyManifest(f *testing.F) {
	text, err := data.Manifest("DkJRztMSmZ4dXwsyUXHTi", printed())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"schema":"homphieu-manifest-v1","election":"","files":null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		err := data.VerifyManifest(text, nil)
		if err == nil && !bytes.Contains(text, []byte(`"files": []`)) {
			t.Errorf("no file, and yet it holds: %q", text)
		}
	})
}
