package data

import (
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
)

// AssessmentSchema names the form of assessment.json.
const AssessmentSchema = "homphieu-assessment-v1"

type assessment struct {
	Schema   string      `json:"schema"`
	Election ballot.UUID `json:"election"`
	RuleSet  string      `json:"ruleset"`
	People   []assessed  `json:"people"`
}

type assessed struct {
	Title     string        `json:"title"`
	Name      string        `json:"name"`
	Threshold meeting.Group `json:"threshold"`
	Text      string        `json:"text,omitempty"`
}

// AssessmentJSON returns assessment.json: each person's group under the
// thresholds of the rule set, with the rule's own words in Vietnamese where it
// has some. It is for the roles that the rule set names, and states the group,
// never a decision.
func AssessmentJSON(o *meeting.Outcome) []byte {
	a := assessment{Schema: AssessmentSchema, Election: o.Election, RuleSet: o.Rules.ID, People: []assessed{}}
	for i, g := range o.Groups() {
		a.People = append(a.People, assessed{o.People[i].Post, o.People[i].Name, g, o.Rules.Effect(g).Vi})
	}
	return marshal(a)
}
