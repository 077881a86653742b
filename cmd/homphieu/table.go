package main

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
)

// defaultTable is the vote that the demonstration repeats: results of the
// National Assembly's confidence vote of 25 October 2018, as published.
//
//go:embed tables/national-assembly-2018.csv
var defaultTable string

// A table is what a demonstration's voters are to vote: per person the number
// of each level; the rest of the collected ballots leave the line blank.
type table struct {
	collected, members int
	summoned, present  int // 0: as many as the members, and as the slips handed out
	ruleSet            string
	persons            []tableRow
}

type tableRow struct {
	title string
	votes [3]int // high, confidence, low
}

// readTable reads a table: comment lines "# key=value …", then a header that
// begins title,high,confidence,low, then one row per person.
func readTable(text string) (*table, error) {
	t := &table{ruleSet: meeting.RuleSetReg96}
	rest := strings.TrimPrefix(text, "\ufeff") // spreadsheets begin with it
	for strings.HasPrefix(rest, "#") {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if err := t.setting(strings.Fields(line[1:])); err != nil {
			return nil, err
		}
	}
	if t.collected < 1 || t.collected > maxVoters {
		return nil, fmt.Errorf("table: needs # collected=N, with N from 1 to %d", maxVoters)
	}
	if err := t.checkBase(); err != nil {
		return nil, err
	}
	reader := csv.NewReader(strings.NewReader(rest))
	reader.Comment = '#'
	reader.FieldsPerRecord = -1
	header, err := reader.Read()
	if err != nil || len(header) < 4 || strings.Join(header[:4], ",") != "title,high,confidence,low" {
		return nil, fmt.Errorf("table: header does not begin with title,high,confidence,low")
	}
	for {
		row, err := reader.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("table: %w", err)
		}
		if err := t.add(row); err != nil {
			return nil, err
		}
	}
	if len(t.persons) == 0 || len(t.persons) > maxPeople {
		return nil, fmt.Errorf("table: %d rows, needs at least one row and at most %d", len(t.persons), maxPeople)
	}
	return t, nil
}

// checkBase checks that the rule set is known, since it says what percentages
// are of, and that the base is there.
func (t *table) checkBase() error {
	if _, err := meeting.RuleSetByID(t.ruleSet); err != nil {
		var known []string
		for _, r := range meeting.RuleSets() {
			known = append(known, r.ID)
		}
		return fmt.Errorf("table: ruleset=%s: not one of %s", t.ruleSet, strings.Join(known, ", "))
	}
	if t.ruleSet == meeting.RuleSetNQ85 && t.members < t.collected {
		return fmt.Errorf("table: %s needs # members=N, at least the %d ballots", t.ruleSet, t.collected)
	}
	if t.present != 0 && t.present < t.collected || t.summoned != 0 && t.summoned < max(t.present, t.collected) {
		return fmt.Errorf("table: %d summoned, %d present, %d ballots: each must be at least the next", t.summoned, t.present, t.collected)
	}
	return nil
}

// setting takes the key=value words of a comment line; other words are for
// people.
func (t *table) setting(fields []string) error {
	for _, word := range fields {
		key, value, isSetting := strings.Cut(word, "=")
		number := map[string]*int{"collected": &t.collected, "members": &t.members, "summoned": &t.summoned, "present": &t.present}[key]
		if key == "ruleset" && isSetting {
			t.ruleSet = value
		}
		if number == nil || !isSetting {
			continue
		}
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			return fmt.Errorf("table: %s: not a number", word)
		}
		*number = n
	}
	return nil
}

func (t *table) add(row []string) error {
	if len(row) < 4 {
		return fmt.Errorf("table: row %d: fewer than four columns", len(t.persons)+1)
	}
	person, sum := tableRow{title: row[0]}, 0
	title := ballot.Draft{Name: person.title}
	if err := title.CheckTexts(); err != nil || strings.TrimSpace(person.title) == "" {
		return fmt.Errorf("table: row %d: title empty or with characters that cannot be seen", len(t.persons)+1)
	}
	for i := range person.votes {
		n, err := strconv.Atoi(strings.TrimSpace(row[i+1]))
		if err != nil || n < 0 || n > maxVoters {
			return fmt.Errorf("table: row %d: %q: not a number", len(t.persons)+1, row[i+1])
		}
		person.votes[i] = n
		sum += n
	}
	if sum > t.collected {
		return fmt.Errorf("table: row %d: %d votes, only %d ballots", len(t.persons)+1, sum, t.collected)
	}
	t.persons = append(t.persons, person)
	return nil
}

// randomTable makes up a vote of voters on people.
func randomTable(voters, people int) *table {
	t := &table{collected: voters, ruleSet: meeting.RuleSetReg96}
	for i := range people {
		row := tableRow{title: fmt.Sprintf("Người được lấy phiếu số %d", i+1)}
		for range voters {
			// One in twenty leaves the line blank.
			if level := rand.IntN(20); level < 19 { //nolint:gosec // G404: a made-up vote
				row.votes[min(level/8, 2)]++
			}
		}
		t.persons = append(t.persons, row)
	}
	return t
}

// marks deals the table out to voters: for each voter the level per person,
// -1 for blank. Who votes what is drawn at random.
func (t *table) marks() [][]int {
	all := make([][]int, t.collected)
	for i := range all {
		all[i] = make([]int, len(t.persons))
	}
	for j, person := range t.persons {
		column := make([]int, 0, t.collected)
		for level, n := range person.votes {
			for range n {
				column = append(column, level)
			}
		}
		for len(column) < t.collected {
			column = append(column, -1)
		}
		rand.Shuffle(len(column), func(a, b int) { //nolint:gosec // G404: a made-up vote
			column[a], column[b] = column[b], column[a]
		})
		for i, level := range column {
			all[i][j] = level
		}
	}
	return all
}

// settings are those of the demonstration's poll.
func (t *table) settings() box.Settings {
	return box.Settings{MinBallots: 1, RuleSet: t.ruleSet, Members: t.members, Trial: true}
}

// attendance returns how many were summoned and present, for a vote with so many
// slips handed out.
func (t *table) attendance(issued int) (summoned, present int) {
	present = t.present
	if present == 0 {
		present = issued
	}
	summoned = t.summoned
	if summoned == 0 {
		summoned = max(t.members, present)
	}
	return summoned, present
}

// compare checks that the outcome is what the voters were to vote.
func (t *table) compare(o *meeting.Outcome) error {
	for i, person := range t.persons {
		p := o.People[i]
		got := [3]int{p.High.Votes, p.Confidence.Votes, p.Low.Votes}
		if got != person.votes {
			return fmt.Errorf("tally: %s: %v, the table says %v", person.title, got, person.votes)
		}
	}
	return nil
}

// loadTable reads the table of a file, or the default one.
func loadTable(path string) (*table, error) {
	text := defaultTable
	if path != "" {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		text = string(content)
	}
	t, err := readTable(text)
	if err != nil {
		return nil, usageError{err}
	}
	return t, nil
}
