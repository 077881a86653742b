package data

import (
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// RoundAssessmentSchema names the form of the assessment.json of a round.
const RoundAssessmentSchema = "homphieu-round-assessment-v1"

type roundAssessment struct {
	Schema string         `json:"schema"`
	Round  ballot.UUID    `json:"round"`
	Polls  []assessedPoll `json:"polls"`
}

type assessedPoll struct {
	Agency     string            `json:"agency"`
	AgencyName string            `json:"agency_name"`
	Group      string            `json:"group"`
	Election   ballot.UUID       `json:"election"`
	Package    string            `json:"package"`
	RuleSet    string            `json:"ruleset"`
	People     []assessedInRound `json:"people"`
}

type assessedInRound struct {
	Number int `json:"number"`
	assessed
}

// Assesses reports whether a consolidation has levels, so that there is an
// assessment.json of it.
func Assesses(c *round.Consolidation) bool {
	for _, s := range c.Sections {
		for _, a := range s.Agencies {
			for _, p := range a.Polls {
				for i := range p.Rows {
					if p.Rows[i].Level != "" {
						return !c.Public
					}
				}
			}
		}
	}
	return false
}

// RoundAssessmentJSON returns the assessment.json of a round: the group of each
// person in each poll under the thresholds of its rule set, with the rule's own
// words in Vietnamese where it has some. Numbers of polls are never added up, so
// who is voted on in two places has two groups. It is for the roles that the
// rule set names, and states the group, never a decision.
func RoundAssessmentJSON(c *round.Consolidation) []byte {
	all := roundAssessment{RoundAssessmentSchema, c.Round.UUID, []assessedPoll{}}
	for _, s := range c.Sections {
		for _, a := range s.Agencies {
			for i := range a.Polls {
				all.Polls = append(all.Polls, assess(c.Rules, a.Agency, &a.Polls[i]))
			}
		}
	}
	return marshal(all)
}

func assess(rules *meeting.RuleSet, a round.Agency, p *round.PollResult) assessedPoll {
	if own, err := meeting.RuleSetByID(p.RuleSet); err == nil {
		rules = own
	}
	poll := assessedPoll{a.ID, a.Name, p.Posts.ID, p.Election, p.Package, rules.ID, []assessedInRound{}}
	for i := range p.Rows {
		if r := &p.Rows[i]; r.Level != "" && !p.Hidden && !r.Hidden {
			poll.People = append(poll.People, assessedInRound{r.Number, assessed{r.Post, r.Name, r.Level, rules.Effect(r.Level).Vi}})
		}
	}
	return poll
}
