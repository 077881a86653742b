package meeting_test

import (
	"encoding/json"
	"reflect"
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
		_ = json.Unmarshal([]byte(n), &to.Votes)
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
	o, err := meeting.NewOutcome(e.Election, box.Settings{RuleSet: "reg96_2023", Members: 60}, result, 47)
	if err != nil {
		t.Fatal(err)
	}
	want := []meeting.PersonOutcome{person("19 40,43", "2 4,26", "25 53,19"), person("47 100,00", "0 0,00", "0 0,00"), person("0 0,00", "0 0,00", "0 0,00")}
	want[0].Name, want[0].Post, want[0].Invalid = "Nguyễn Thị Ánh", "Giám đốc", 1
	want[1].Name = "Trần Đạt"
	want[2].Name, want[2].Post, want[2].Invalid = "Lê Ưng", "Phó Giám đốc\nBí thư", 47
	if o.Collected != 47 || o.Base != 47 || !reflect.DeepEqual(o.Persons, want) {
		t.Errorf("%+v", o)
	}
	o, err = meeting.NewOutcome(e.Election, box.Settings{RuleSet: meeting.RuleSetNQ85, Members: 50}, result, 47)
	if err != nil || o.Base != 50 || o.Persons[1].High.Percent != "94,00" {
		t.Errorf("of all members: %+v, %v", o, err)
	}
	o, err = meeting.NewOutcome(e.Election, box.Settings{RuleSet: meeting.RuleSetNQ85}, result, 47)
	if err != nil || o.Base != 47 {
		t.Errorf("members not given: %+v, %v", o, err)
	}
	o, err = meeting.NewOutcome(e.Election, box.Settings{}, tally.Result{{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}}, 0)
	if err != nil || o.Persons[0].High.Percent != "–" {
		t.Errorf("no ballots: %+v, %v", o, err)
	}
}

// The JSON of an outcome is a contract: result.json.
func TestOutcomeJSON(t *testing.T) {
	e := boxtest.NewElection(t, boxtest.Plan{Voters: 1, Questions: []ballot.Question{meeting.Question("A", "B"), meeting.Question("C", "")}})
	o, err := meeting.NewOutcome(e.Election, box.Settings{RuleSet: "reg96_2023"}, tally.Result{{1, 2, 0, 0}, {0, 0, 3, 0}}, 3)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(o)
	const want = `{"ruleset":"reg96_2023","collected":3,"percent_base":3,"persons":[` +
		`{"name":"A","post":"B","high":{"votes":2,"percent":"66,67"},"confidence":{"votes":0,"percent":"0,00"},"low":{"votes":0,"percent":"0,00"},"invalid":1},` +
		`{"name":"C","high":{"votes":0,"percent":"0,00"},"confidence":{"votes":3,"percent":"100,00"},"low":{"votes":0,"percent":"0,00"},"invalid":0}]}`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
}

// Questions that are not those of a confidence vote have no outcome.
func TestOutcomeOfOtherQuestions(t *testing.T) {
	blankless := meeting.Question("A", "")
	blankless.Blank = false
	for _, q := range []ballot.Question{blankless, {Text: "A", Answers: []string{"Có", "Không"}, Blank: true, Min: 1, Max: 1}} {
		e := boxtest.NewElection(t, boxtest.Plan{Voters: 1, Questions: []ballot.Question{meeting.Question("B", ""), q}})
		if _, err := meeting.NewOutcome(e.Election, box.Settings{}, tally.Result{{0, 0, 0, 0}, {0, 0, 0}}, 0); err == nil || !strings.Contains(err.Error(), "question 2") {
			t.Errorf("%+v: %v", q, err)
		}
	}
}
