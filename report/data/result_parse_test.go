package data_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report/data"
)

// What was read of a result.json gives the same file again, with the votes.
func TestParseResult(t *testing.T) {
	for name, o := range map[string]*meeting.Outcome{
		"assembly": assembly(t), "department": department(t), "one": newOutcome(t, meeting.RuleSetNQ96, 0, 0, row{"A", "", "", [4]int{}}),
	} {
		text := data.ResultJSON(o)
		facts, base, err := data.ParseResult(text)
		if err != nil || base != o.PercentBase {
			t.Fatalf("%s: %s, %v", name, base, err)
		}
		again := *o
		again.Facts = facts
		if got := data.ResultJSON(&again); !bytes.Equal(got, text) {
			t.Errorf("%s: %s\nis not %s", name, got, text)
		}
		if facts.Plan.Title != o.Plan.Title || facts.Plan.Date != o.Plan.Date || len(facts.People) != len(o.People) || len(facts.Exempt) != len(o.Exempt) {
			t.Errorf("%s: %+v", name, facts)
		}
	}
}

// A file of another spelling, or that could not be one, is refused.
func TestParseResultRefused(t *testing.T) {
	good := string(data.ResultJSON(department(t)))
	for _, change := range [][2]string{
		{`"homphieu-result-v1"`, `"homphieu-result-v2"`},
		{`"collected": 47`, `"collected":47`},
		{`"collected": 47`, `"collected": "47"`},
		{`"trial": false`, `"trial": false, "trial": true`},
		{`"trial"`, `"Trial"`},
		{`"collected": 47`, `"gathered": 47`},
		{`"used_reports": `, `"used_reports": 99999999`},
		{`"used_reports": `, `"used_reports": -1`},
		{`"end_ballots": "`, `"end_ballots": "zz`},
		{`"end_ballots": "`, `"end_ballots": "00`},
		{"}\n", "}\n\n"},
		{"}\n", "}"},
	} {
		altered := strings.Replace(good, change[0], change[1], 1)
		if altered == good {
			t.Fatalf("nothing to replace: %s", change[0])
		}
		if facts, base, err := data.ParseResult([]byte(altered)); !errors.Is(err, data.ErrResult) || base != "" || !reflect.DeepEqual(facts, meeting.Facts{}) {
			t.Errorf("%s in the place of %s: %v", change[1], change[0], err)
		}
	}
	if _, _, err := data.ParseResult(append(bytes.Repeat([]byte(" "), 5<<20), good...)); !errors.Is(err, data.ErrResult) {
		t.Errorf("too long: %v", err)
	}
}

func FuzzParseResult(f *testing.F) {
	f.Add(data.ResultJSON(department(f)))
	f.Add([]byte(`{"schema":"homphieu-result-v1"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, base, err := data.ParseResult(text)
		if err != nil && (!errors.Is(err, data.ErrResult) || base != "") {
			t.Errorf("%v", err)
		}
	})
}

// A manifest is read as it was written, and otherwise refused.
func TestReadManifest(t *testing.T) {
	text, err := data.Manifest("DkJRztMSmZ4dXwsyUXHTi", []meeting.Printed{
		{Name: "trackers.txt", MediaType: "text/plain", Content: []byte("abc")}, {Name: "result.json", MediaType: "application/json", Content: []byte("x")},
	})
	if err != nil {
		t.Fatal(err)
	}
	u, list, err := data.ReadManifest(text)
	if err != nil || u != "DkJRztMSmZ4dXwsyUXHTi" || len(list) != 2 || list[0].Name != "result.json" || list[1].Bytes != 3 || list[0].MediaType != "application/json" {
		t.Errorf("%s %+v, %v", u, list, err)
	}
	if err := data.VerifyManifest(text, map[string][]byte{"result.json": []byte("x"), "trackers.txt": []byte("abc")}); err != nil {
		t.Error(err)
	}
	for _, change := range [][2]string{
		{`"sha256": "`, `"sha256": "0`}, {`"sha256": "2`, `"sha256": "g`}, {`"bytes": 1`, `"bytes": -1`}, {"\r\n", "\n"}, {`"name"`, `"Name"`},
	} {
		altered := strings.Replace(string(text), change[0], change[1], 1)
		if altered == string(text) {
			t.Fatalf("nothing to replace: %s", change[0])
		}
		if _, list, err := data.ReadManifest([]byte(altered)); !errors.Is(err, data.ErrManifest) || list != nil {
			t.Errorf("%s in the place of %s: %v", change[1], change[0], err)
		}
	}
}
