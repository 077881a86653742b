package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report/data"
)

// The default table is the vote of 2018 as published: 475 collected, 14
// persons, and percentages of all 485 members that come out as they were
// printed.
func TestDefaultTable(t *testing.T) {
	plan, err := loadTable("")
	if err != nil {
		t.Fatal(err)
	}
	if plan.collected != 475 || plan.members != 485 || plan.ruleSet != meeting.RuleSetNQ85 || len(plan.persons) != 14 {
		t.Fatalf("%d collected, %d members, %s, %d persons", plan.collected, plan.members, plan.ruleSet, len(plan.persons))
	}
	if want := (box.Settings{MinBallots: 1, RuleSet: meeting.RuleSetNQ85, Members: 485, Trial: true}); plan.settings() != want {
		t.Errorf("%+v", plan.settings())
	}
	reader := csv.NewReader(strings.NewReader(defaultTable))
	reader.Comment = '#'
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, person := range plan.persons {
		if row := rows[i+1]; person.title != row[0] {
			t.Errorf("person %d: %s, want %s", i+1, person.title, row[0])
		}
		for level, votes := range person.votes {
			published := rows[i+1][4+level] // with one or two decimals
			if got := meeting.Percent(votes, 485); strings.TrimSuffix(got, "0") != published {
				t.Errorf("%s: %d are %s, published %s", person.title, votes, got, published)
			}
		}
	}
}

// Whatever is dealt out to voters adds up to the table, and no two deals are
// the same.
func TestMarks(t *testing.T) {
	plan, err := loadTable("")
	if err != nil {
		t.Fatal(err)
	}
	marks := plan.marks()
	for j, person := range plan.persons {
		var got [3]int
		for _, mark := range marks {
			if mark[j] >= 0 {
				got[mark[j]]++
			}
		}
		if got != person.votes {
			t.Errorf("%s: %v, want %v", person.title, got, person.votes)
		}
	}
	if len(marks) != 475 || fmt.Sprint(plan.marks()) == fmt.Sprint(marks) {
		t.Errorf("%d voters, or the same deal again", len(marks))
	}
}

// A made-up vote never has more marks than voters.
func TestRandomTable(t *testing.T) {
	for range 20 {
		for _, person := range randomTable(7, 3).persons {
			if sum := person.votes[0] + person.votes[1] + person.votes[2]; sum > 7 {
				t.Errorf("%+v of 7", person)
			}
		}
	}
}

// A table as spreadsheets write it: lines that end with CR LF, quotes, spaces
// around numbers, and the mark that says UTF-8.
func TestTableFromSpreadsheet(t *testing.T) {
	for _, text := range []string{
		"# collected=3\r\ntitle,high,confidence,low\r\n\"Bà \"\"An\"\"\",1, 2 ,0\r\n",
		"\ufeff# collected=3\ntitle,high,confidence,low,more\n\"Bà \"\"An\"\"\",1,2,0\n",
		"# for people: collected on paper\n# collected=3 other=4\n\n# a comment\ntitle,high,confidence,low\n\"Bà \"\"An\"\"\",1,2,0,,,\n\n",
	} {
		plan, err := readTable(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if want := (tableRow{title: `Bà "An"`, votes: [3]int{1, 2, 0}}); plan.collected != 3 || len(plan.persons) != 1 || plan.persons[0] != want {
			t.Errorf("%q: %+v", text, plan)
		}
	}
}

// A table may say how many were summoned and present. What it does not say
// follows from the slips and from the members.
func TestTableAttendance(t *testing.T) {
	for _, test := range []struct {
		settings                  string
		issued, summoned, present int
	}{
		{"collected=3", 3, 3, 3}, {"collected=3", 5, 5, 5}, {"collected=3 members=7 ruleset=nq85_2014", 3, 7, 3},
		{"collected=3 summoned=9 present=4", 4, 9, 4}, {"collected=3 present=5", 5, 5, 5},
	} {
		plan, err := readTable("# " + test.settings + "\ntitle,high,confidence,low\nA,1,1,1\n")
		if err != nil {
			t.Errorf("%s: %v", test.settings, err)
			continue
		}
		if summoned, present := plan.attendance(test.issued); summoned != test.summoned || present != test.present {
			t.Errorf("%s: %d summoned, %d present", test.settings, summoned, present)
		}
	}
	for _, settings := range []string{"collected=3 present=2", "collected=3 summoned=2", "collected=3 present=5 summoned=4", "collected=3 present=-1"} {
		if _, err := readTable("# " + settings + "\ntitle,high,confidence,low\nA,1,1,1\n"); err == nil {
			t.Errorf("%s is taken", settings)
		}
	}
}

// Titles that could not be shown on a ballot are refused with their row, and so
// are numbers beyond any vote.
func TestTableRefused(t *testing.T) {
	for name, row := range map[string]string{
		"empty": ",1,0,0", "spaces": "  ,1,0,0", "control": "A\u0001,1,0,0", "not UTF-8": "A\xff,1,0,0", "direction": "A\u202eB,1,0,0", "zero width": "A\u200bB,1,0,0",
		"sum overflows": "A,9223372036854775807,9223372036854775807,2", "decimal": "A,1.0,0,0", "hexadecimal": "A,0x1,0,0",
	} {
		if _, err := readTable("# collected=3\ntitle,high,confidence,low\nB,1,1,1\n" + row + "\n"); err == nil || !strings.Contains(err.Error(), "row 2") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, settings := range []string{"collected=0", "collected=-1", "collected=100001", "members=-1 collected=3", "collected=3.5"} {
		if _, err := readTable("# " + settings + "\ntitle,high,confidence,low\nB,0,0,0\n"); err == nil {
			t.Errorf("%s is taken", settings)
		}
	}
	if _, err := readTable("# collected=1\ntitle,high,confidence,low\n" + strings.Repeat("B,0,0,0\n", 201)); err == nil {
		t.Error("201 persons are taken")
	}
}

// lateBox takes one more ballot just before it closes, as happens when somebody
// votes while the held poll is being interrupted.
type lateBox struct {
	box.Box
	late *ballot.Ballot
}

func (b lateBox) Close(ctx context.Context) error {
	if err := b.Accept(ctx, b.late); err != nil {
		return err
	}
	return b.Box.Close(ctx)
}

// A ballot that arrives at the last moment is counted, also when it is the
// only one.
func TestLateBallot(t *testing.T) {
	for _, early := range []int{0, 1} {
		t.Run(fmt.Sprintf("after %d others", early), func(t *testing.T) {
			out := t.TempDir()
			d, err := newDemo(t.Context(), demoOptions{out: out, board: "1/1", listen: "127.0.0.1:0", voters: 2, people: 1, hold: true}, t.Output())
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := d.close(); err != nil {
					t.Error(err)
				}
			}()
			e := d.box.Election()
			var sealed []*ballot.Ballot
			for _, c := range d.secrets {
				b, err := ballot.Seal(e, c, [][]int{e.Questions[0].Mark(0)})
				if err != nil {
					t.Fatal(err)
				}
				sealed = append(sealed, b)
			}
			for _, b := range sealed[:early] {
				if err := d.box.Accept(t.Context(), b); err != nil {
					t.Fatal(err)
				}
			}
			serving, stop := context.WithCancel(t.Context())
			served := make(chan error, 1)
			go func() { served <- d.site.serve(serving) }()
			d.box = lateBox{d.box, sealed[1]}
			if err := d.count(t.Context()); err != nil {
				t.Error(err)
			}
			stop()
			if err := <-served; err != nil {
				t.Error(err)
			}
			checkResult(t, out, early+1)
		})
	}
}

// checkResult requires a result of n ballots that all say high.
func checkResult(t *testing.T, out string, n int) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(out, "result.json"))
	if err != nil {
		t.Fatal(err)
	}
	var result struct {
		Schema, Election string
		Collected        int
		People           []struct {
			High    int
			Percent string `json:"high_percent"`
		}
	}
	if err := json.Unmarshal(text, &result); err != nil {
		t.Fatal(err)
	}
	if result.Schema != data.ResultSchema || result.Collected != n || len(result.People) != 1 || result.People[0].High != n || result.People[0].Percent != "100,00" {
		t.Errorf("%s", text)
	}
	report, err := verifyFiles(filepath.Join(out, result.Election+".bel"))
	if err != nil || !report.Valid() || report.Ballots != n {
		t.Errorf("%+v, %v", report, err)
	}
}

// A tally that differs from the table is an error, never printed as right.
func TestCompare(t *testing.T) {
	plan := &table{collected: 3, persons: []tableRow{{"A", [3]int{1, 1, 1}}}}
	o := &meeting.Outcome{People: []meeting.PersonOutcome{{High: meeting.Share{Votes: 1}, Confidence: meeting.Share{Votes: 1}, Low: meeting.Share{Votes: 1}}}}
	if err := plan.compare(o); err != nil {
		t.Error(err)
	}
	o.People[0].Low.Votes = 2
	if err := plan.compare(o); err == nil || !strings.Contains(err.Error(), "A: [1 1 2], the table says [1 1 1]") {
		t.Error(err)
	}
}

// Names are cut or filled to a width in letters, not bytes.
func TestPad(t *testing.T) {
	for name, want := range map[string]string{"": "     ", "Ánh": "Ánh  ", "Quỳnh": "Quỳnh", "Nguyễn": "Nguy…"} {
		if got := pad(name, 5); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
