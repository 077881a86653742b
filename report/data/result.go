package data

import (
	"encoding/hex"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
)

// ResultSchema names the form of result.json. A field that is added keeps it; a
// field that changes its meaning makes a new one.
const ResultSchema = "homphieu-result-v1"

// A result is result.json. docs/schemas/result.schema.json says what its fields
// mean.
type result struct {
	Schema      string             `json:"schema"`
	Election    ballot.UUID        `json:"election"`
	Fingerprint ballot.Fingerprint `json:"fingerprint"`
	EndBallots  string             `json:"end_ballots"`
	Trial       bool               `json:"trial"`

	Meeting  ballot.UUID  `json:"meeting"`
	Title    string       `json:"title"`
	Paper    string       `json:"paper"`
	Agency   string       `json:"agency"`
	Superior string       `json:"superior"`
	Place    string       `json:"place"`
	Date     meeting.Date `json:"date"`

	RuleSet        string       `json:"ruleset"`
	RuleSetVersion int          `json:"ruleset_version"`
	PercentBase    meeting.Base `json:"percent_base"`
	Base           int          `json:"base"`
	Members        int          `json:"members"`

	Summoned      int   `json:"summoned"`
	Present       int   `json:"present"`
	Absent        int   `json:"absent"`
	Issued        int   `json:"issued"`
	Collected     int   `json:"collected"`
	ValidSheets   int   `json:"valid_sheets"`
	InvalidSheets int   `json:"invalid_sheets"`
	Slips         slips `json:"slips"`
	Voided        int   `json:"voided"`
	UsedReports   int   `json:"used_reports"`
	ServerSlips   bool  `json:"server_slips"`

	People []person `json:"people"`
	Exempt []exempt `json:"exempt"`
}

// slips are [tally.Slips], by the names that the closing file has for them.
type slips struct {
	Printed     int `json:"printed"`
	Issued      int `json:"issued"`
	Exchanged   int `json:"exchanged"`
	Unissued    int `json:"unissued"`
	Returned    int `json:"returned"`
	NotReturned int `json:"not_returned"`
	Cast        int `json:"cast"`
}

type person struct {
	Title             string   `json:"title"`
	Name              string   `json:"name"`
	Block             string   `json:"block"`
	Places            []string `json:"places,omitempty"`
	High              int      `json:"high"`
	Confidence        int      `json:"confidence"`
	Low               int      `json:"low"`
	Valid             int      `json:"valid"`
	Invalid           int      `json:"invalid"`
	HighPercent       string   `json:"high_percent"`
	ConfidencePercent string   `json:"confidence_percent"`
	LowPercent        string   `json:"low_percent"`
}

type exempt struct {
	Title  string `json:"title"`
	Name   string `json:"name"`
	Block  string `json:"block"`
	Reason string `json:"reason"`
	Text   string `json:"text"`
}

// ResultJSON returns result.json: everything that the outcome says, but for the
// trackers, the names of those who counted, and why people were absent.
func ResultJSON(o *meeting.Outcome) []byte {
	r := result{
		Schema: ResultSchema, Election: o.Election, Fingerprint: o.Fingerprint, EndBallots: hex.EncodeToString(o.EndBallots[:]), Trial: o.Trial,
		Meeting: o.Meeting, Title: o.Plan.Title, Paper: o.Paper, Agency: o.Plan.Agency, Superior: o.Plan.Superior, Place: o.Plan.Place, Date: o.Plan.Date,
		RuleSet: o.Rules.ID, RuleSetVersion: ruleSetVersion(o), PercentBase: o.PercentBase, Base: o.Base, Members: o.Plan.Members,
		Summoned: o.Summoned, Present: o.Present, Absent: o.Absent(),
		Issued: o.Slips.Issued, Collected: o.Collected, ValidSheets: o.Collected, Slips: slips(o.Slips),
		Voided: o.Voided, UsedReports: len(o.Used), ServerSlips: o.ServerSlips,
		People: []person{}, Exempt: []exempt{},
	}
	if r.PercentBase == meeting.BaseMembers {
		r.Members = o.Base
	}
	for i := range o.People {
		r.People = append(r.People, newPerson(o, i))
	}
	for _, p := range o.Exempt {
		r.Exempt = append(r.Exempt, exempt{p.Post, p.Name, p.Block, p.Exempt, exemptText(o.Rules, p.Exempt)})
	}
	return marshal(r)
}

func newPerson(o *meeting.Outcome, i int) person {
	p := &o.People[i]
	row := person{
		Title: p.Post, Name: p.Name, Block: p.Block,
		High: p.High.Votes, Confidence: p.Confidence.Votes, Low: p.Low.Votes, Valid: p.Valid(), Invalid: p.Invalid,
		HighPercent: p.High.Percent, ConfidencePercent: p.Confidence.Percent, LowPercent: p.Low.Percent,
	}
	if o.Facts.People != nil {
		row.Places = o.Facts.People[i].Places
	}
	return row
}

// ruleSetVersion is the version that was sealed, or else the present one.
func ruleSetVersion(o *meeting.Outcome) int {
	if o.Plan.RuleSetVersion != 0 {
		return o.Plan.RuleSetVersion
	}
	return o.Rules.Version
}

// exemptText returns the rule set's words for a reason, in Vietnamese, or the
// reason as it is.
func exemptText(rules *meeting.RuleSet, reason string) string {
	for _, r := range rules.Exempt {
		if r.ID == reason {
			return r.Text.Vi
		}
	}
	return reason
}
