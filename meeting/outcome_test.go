package meeting_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally"
)

// Percentages are rounded half up to two decimals; the invalid lines of a
// person stay in the base.
func TestPercent(t *testing.T) {
	for _, test := range []struct {
		n, base int
		want    string
	}{
		{99, 150, "66,00"}, {100, 150, "66,67"},
		{187, 481, "38,88"}, {229, 481, "47,61"}, // not of the 480 and 479 valid lines
		{19, 47, "40,43"}, {2, 47, "4,26"}, {25, 47, "53,19"},
		{323, 485, "66,60"}, {146, 485, "30,10"}, {6, 485, "1,24"},
		{24, 48, "50,00"}, {25, 48, "52,08"}, {31, 48, "64,58"}, {32, 48, "66,67"},
		{0, 47, "0,00"}, {47, 47, "100,00"}, {1, 3, "33,33"}, {2, 3, "66,67"},
		{1, 800, "0,13"}, {1, 1600, "0,06"}, {1, 20000, "0,01"}, {1, 20001, "0,00"}, // 0,125 and 0,0625; half of a hundredth; less
		{999_999_999, 1_000_000_000, "100,00"},
		{0, 0, "–"},
	} {
		if got := meeting.Percent(test.n, test.base); got != test.want {
			t.Errorf("%d of %d: %s, want %s", test.n, test.base, got, test.want)
		}
	}
}

// Rounding is right for every number of ballots up to 120: the percentage,
// read as a whole number of hundredths, is nearest, and the upper when between.
func TestPercentIsNearest(t *testing.T) {
	for base := 1; base <= 120; base++ {
		for n := 0; n <= base; n++ {
			text := meeting.Percent(n, base)
			var hundredths int
			for _, c := range strings.ReplaceAll(text, ",", "") {
				hundredths = 10*hundredths + int(c-'0')
			}
			// |hundredths/10000 − n/base| ≤ ½/10000, times 20000·base
			if distance := 2*hundredths*base - 20000*n; distance > base || distance <= -base {
				t.Errorf("%d of %d: %s", n, base, text)
			}
			if i := strings.IndexByte(text, ','); i < 1 || len(text)-i != 3 {
				t.Errorf("%d of %d: %s", n, base, text)
			}
		}
	}
}

func person(votes ...string) (p meeting.PersonOutcome) {
	for i, to := range []*meeting.Share{&p.High, &p.Confidence, &p.Low} {
		n, percent, _ := strings.Cut(votes[i], " ")
		to.Votes, _ = strconv.Atoi(n)
		to.Percent = percent
	}
	return p
}

// The outcome takes the percentages of the ballots collected, or of all
// members under the rule set of 2014, and keeps the order of the ballot.
func TestNewOutcome(t *testing.T) {
	e := boxtest.NewElection(t, boxtest.Plan{Voters: 1, Questions: []ballot.Question{
		meeting.Question("Nguyễn Thị Ánh", "Giám đốc"), meeting.Question("Trần Đạt", ""), meeting.Question("Lê Ưng", "Phó Giám đốc\nBí thư"),
	}})
	result := tally.Result{{1, 19, 2, 25}, {0, 47, 0, 0}, {47, 0, 0, 0}}
	o, err := meeting.NewOutcome(e.Election, box.Settings{RuleSet: "reg96_2023", Members: 60}, result, 47, meeting.Facts{})
	if err != nil {
		t.Fatal(err)
	}
	want := []meeting.PersonOutcome{person("19 40,43", "2 4,26", "25 53,19"), person("47 100,00", "0 0,00", "0 0,00"), person("0 0,00", "0 0,00", "0 0,00")}
	want[0].Name, want[0].Post, want[0].Invalid = "Nguyễn Thị Ánh", "Giám đốc", 1
	want[1].Name = "Trần Đạt"
	want[2].Name, want[2].Post, want[2].Invalid = "Lê Ưng", "Phó Giám đốc\nBí thư", 47
	if o.Collected != 47 || o.Base != 47 || !reflect.DeepEqual(o.People, want) {
		t.Errorf("%+v", o)
	}
	o, err = meeting.NewOutcome(e.Election, box.Settings{RuleSet: meeting.RuleSetNQ85, Members: 50}, result, 47, meeting.Facts{})
	if err != nil || o.Base != 50 || o.People[1].High.Percent != "94,00" {
		t.Errorf("of all members: %+v, %v", o, err)
	}
	o, err = meeting.NewOutcome(e.Election, box.Settings{RuleSet: meeting.RuleSetNQ85}, result, 47, meeting.Facts{})
	if err != nil || o.Base != 47 {
		t.Errorf("members not given: %+v, %v", o, err)
	}
	o, err = meeting.NewOutcome(e.Election, box.Settings{RuleSet: "reg96_2023"}, tally.Result{{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}}, 0, meeting.Facts{})
	if err != nil || o.People[0].High.Percent != "–" {
		t.Errorf("no ballots: %+v, %v", o, err)
	}
}

// Questions that are not those of a confidence vote have no outcome.
func TestOutcomeOfOtherQuestions(t *testing.T) {
	blankless := meeting.Question("A", "")
	blankless.Blank = false
	for _, q := range []ballot.Question{blankless, {Text: "A", Answers: []string{"Có", "Không"}, Blank: true, Min: 1, Max: 1}} {
		e := boxtest.NewElection(t, boxtest.Plan{Voters: 1, Questions: []ballot.Question{meeting.Question("B", ""), q}})
		if _, err := meeting.NewOutcome(e.Election, box.Settings{RuleSet: "reg96_2023"}, tally.Result{{0, 0, 0, 0}, {0, 0, 0}}, 0, meeting.Facts{}); err == nil || !strings.Contains(err.Error(), "question 2") {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

// The vote of 25 October 2018 comes out as it was published, row by row: counts,
// and percentages of all 485 members with two decimals, of which the publication
// leaves out a last zero.
func TestPublishedTable(t *testing.T) {
	file, err := os.Open("../cmd/homphieu/tables/national-assembly-2018.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.Comment = '#'
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	const collected, members = 475, 485
	var questions []ballot.Question
	var result tally.Result
	for _, row := range rows[1:] {
		var votes [3]int
		for i := range votes {
			if votes[i], err = strconv.Atoi(row[1+i]); err != nil {
				t.Fatal(err)
			}
		}
		questions = append(questions, meeting.Question(row[0], ""))
		result = append(result, []int{collected - votes[0] - votes[1] - votes[2], votes[0], votes[1], votes[2]})
	}
	e := boxtest.NewElection(t, boxtest.Plan{Voters: 1, Questions: questions})
	o, err := meeting.NewOutcome(e.Election, box.Settings{RuleSet: meeting.RuleSetNQ85, Members: members}, result, collected, meeting.Facts{})
	if err != nil {
		t.Fatal(err)
	}
	if len(o.People) != 14 || o.Base != members {
		t.Fatalf("%d persons of %d", len(o.People), o.Base)
	}
	for i, p := range o.People {
		row := rows[i+1]
		for level, share := range []meeting.Share{p.High, p.Confidence, p.Low} {
			if fmt.Sprint(share.Votes) != row[1+level] || strings.TrimSuffix(share.Percent, "0") != row[4+level] {
				t.Errorf("%s: %v, published %s and %s %%", row[0], share, row[1+level], row[4+level])
			}
		}
		if p.Name != row[0] || p.Unanimous() {
			t.Errorf("%+v", p)
		}
	}
}

// A result that does not add up to the ballots is refused, and so is one of
// other people than the questions ask about, and an unknown rule set.
func TestOutcomeRefused(t *testing.T) {
	e := boxtest.NewElection(t, boxtest.Plan{Voters: 1, Questions: []ballot.Question{meeting.Question("A", ""), meeting.Question("B", "")}})
	good := tally.Result{{1, 1, 0, 1}, {0, 3, 0, 0}}
	for name, test := range map[string]struct {
		result    tally.Result
		collected int
		people    []meeting.Person
		settings  box.Settings
		want      error
	}{
		"a vote too many":   {tally.Result{{1, 1, 1, 1}, {0, 3, 0, 0}}, 3, nil, box.Settings{RuleSet: "reg96_2023"}, meeting.ErrIdentity},
		"a vote too few":    {good, 4, nil, box.Settings{RuleSet: "reg96_2023"}, meeting.ErrIdentity},
		"a row too few":     {good[:1], 3, nil, box.Settings{RuleSet: "reg96_2023"}, meeting.ErrIdentity},
		"a level too few":   {tally.Result{{1, 1, 1}, {0, 3, 0, 0}}, 3, nil, box.Settings{RuleSet: "reg96_2023"}, meeting.ErrLevels},
		"a person too few":  {good, 3, []meeting.Person{{Name: "A"}}, box.Settings{RuleSet: "reg96_2023"}, meeting.ErrIdentity},
		"no rule set":       {good, 3, nil, box.Settings{}, meeting.ErrRuleSet},
		"a member too few":  {good, 3, nil, box.Settings{RuleSet: meeting.RuleSetNQ85, Members: 2}, meeting.ErrIdentity},
		"members enough":    {good, 3, nil, box.Settings{RuleSet: meeting.RuleSetNQ85, Members: 3}, nil},
		"members not asked": {good, 3, nil, box.Settings{RuleSet: "reg96_2023", Members: 2}, nil},
	} {
		_, err := meeting.NewOutcome(e.Election, test.settings, test.result, test.collected, meeting.Facts{People: test.people})
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	o, err := meeting.NewOutcome(e.Election, box.Settings{RuleSet: "reg96_2023"}, good, 3, meeting.Facts{People: []meeting.Person{{Post: "Giám đốc"}, {Name: "B", Block: "Khối Đảng"}}})
	if err != nil {
		t.Fatal(err)
	}
	if o.People[0].Label() != "Giám đốc" || o.People[0].Unanimous() || o.People[1].Label() != "B" || !o.People[1].Unanimous() || o.People[1].Block != "Khối Đảng" {
		t.Errorf("%+v", o.People)
	}
	if o.People[0].Valid() != 2 {
		t.Errorf("%d valid", o.People[0].Valid())
	}
}
