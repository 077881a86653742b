package meeting

import (
	"errors"
	"fmt"
	"strings"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/tally"
)

// ErrLevels is returned for an election that does not ask for the three levels
// with a blank.
var ErrLevels = errors.New("outcome: not of three levels and a blank")

// An Outcome is a result with its percentages, in ballot order.
type Outcome struct {
	RuleSet   string          `json:"ruleset"`
	Collected int             `json:"collected"`
	Base      int             `json:"percent_base"`
	Persons   []PersonOutcome `json:"persons"`
}

// A PersonOutcome is one person's result. Invalid lines stay in the base.
type PersonOutcome struct {
	Name       string `json:"name"`
	Post       string `json:"post,omitempty"`
	High       Share  `json:"high"`
	Confidence Share  `json:"confidence"`
	Low        Share  `json:"low"`
	Invalid    int    `json:"invalid"`
}

// A Share is a number of votes and its percentage with two decimals.
type Share struct {
	Votes   int    `json:"votes"`
	Percent string `json:"percent"`
}

// NewOutcome makes the outcome of a result under the settings of its poll. The
// election must ask for the three [Levels] with a blank.
func NewOutcome(e *ballot.Election, s box.Settings, result tally.Result, collected int) (*Outcome, error) {
	o := &Outcome{RuleSet: s.RuleSet, Collected: collected, Base: collected}
	if s.RuleSet == RuleSetNQ85 && s.Members > 0 {
		o.Base = s.Members
	}
	for i, q := range e.Questions {
		if !q.Blank || len(q.Answers) != len(Levels) {
			return nil, fmt.Errorf("%w: question %d", ErrLevels, i+1)
		}
		name, post, _ := strings.Cut(q.Text, "\n")
		share := func(n int) Share { return Share{n, Percent(n, o.Base)} }
		row := result[i]
		o.Persons = append(o.Persons, PersonOutcome{name, post, share(row[1]), share(row[2]), share(row[3]), row[0]})
	}
	return o, nil
}

// Percent writes 100·n/base with two decimals, half up, and a decimal comma; a
// base of 0 gives "–". It is for display and never compared.
func Percent(n, base int) string {
	if base == 0 {
		return "–"
	}
	hundredths := (2*10000*n + base) / (2 * base)
	return fmt.Sprintf("%d,%02d", hundredths/100, hundredths%100)
}
