package data

import (
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// ConsolidatedSchema names the form of consolidated.json. A field that is added
// keeps it; a field that changes its meaning makes a new one.
const ConsolidatedSchema = "homphieu-consolidated-v1"

// A consolidated is consolidated.json. docs/schemas/consolidated.schema.json says
// what its fields mean.
type consolidated struct {
	Schema         string              `json:"schema"`
	Round          ballot.UUID         `json:"round"`
	Title          string              `json:"title"`
	Superior       string              `json:"superior"`
	Office         string              `json:"office"`
	References     []meeting.Reference `json:"references"`
	RuleSet        string              `json:"ruleset"`
	RuleSetVersion int                 `json:"ruleset_version"`
	AsOf           string              `json:"as_of"`

	Public     bool `json:"public"`
	MinGroup   int  `json:"min_group"`
	Suppressed int  `json:"suppressed_polls"`

	Counts    round.Counts     `json:"counts"`
	Groups    []postGroup      `json:"groups"`
	Kinds     []kindResults    `json:"kinds"`
	Late      []standing       `json:"late"`
	Missing   []standing       `json:"missing"`
	Excused   []standing       `json:"excused"`
	Exempt    []exemptAt       `json:"exempt"`
	TwoPlaces []inSeveralPlace `json:"several_places"`
}

type postGroup struct {
	ID      string        `json:"id"`
	Name    string        `json:"name"`
	RuleSet string        `json:"ruleset"`
	Finish  meeting.Limit `json:"finish"`
}

type kindResults struct {
	Kind     string          `json:"kind"`
	Agencies []agencyResults `json:"agencies"`
}

type agencyResults struct {
	ID    string        `json:"id"`
	Name  string        `json:"name"`
	Polls []pollResults `json:"polls"`
}

// pollResults are of one poll. Counts is nil where its numbers are left out.
type pollResults struct {
	Group    string       `json:"group"`
	Election ballot.UUID  `json:"election"`
	Name     string       `json:"name"`
	Voted    meeting.Date `json:"voted"`
	Place    string       `json:"place"`
	RuleSet  string       `json:"ruleset"`
	Source   source       `json:"source"`
	Early    []ahead      `json:"early,omitempty"`
	Hidden   bool         `json:"hidden"`
	Counts   *pollCounts  `json:"counts,omitempty"`
	People   []rowResults `json:"people"`
}

// An ahead is a group of posts that should have been done before a vote.
type ahead struct {
	Group string       `json:"group"`
	Over  meeting.Date `json:"over"`
}

// A source is where the numbers of a poll come from.
type source struct {
	Package   string `json:"package"`
	LastEvent string `json:"last_event"`
	Log       string `json:"log"`
	Entry     int64  `json:"entry"`
}

type pollCounts struct {
	Summoned  int `json:"summoned"`
	Present   int `json:"present"`
	Issued    int `json:"issued"`
	Collected int `json:"collected"`
	Voided    int `json:"voided"`
	Base      int `json:"base"`
}

// rowResults are one person's in one poll. Votes is nil where they are left
// out.
type rowResults struct {
	Number    int      `json:"number"`
	Name      string   `json:"name"`
	Title     string   `json:"title"`
	Block     string   `json:"block"`
	Elsewhere []string `json:"elsewhere,omitempty"`
	Hidden    bool     `json:"hidden"`
	Votes     *votes   `json:"votes,omitempty"`
}

type votes struct {
	High              int    `json:"high"`
	Confidence        int    `json:"confidence"`
	Low               int    `json:"low"`
	Valid             int    `json:"valid"`
	Invalid           int    `json:"invalid"`
	HighPercent       string `json:"high_percent"`
	ConfidencePercent string `json:"confidence_percent"`
	LowPercent        string `json:"low_percent"`
}

func newVotes(p *meeting.PersonOutcome) *votes {
	return &votes{
		p.High.Votes, p.Confidence.Votes, p.Low.Votes, p.Valid(), p.Invalid,
		p.High.Percent, p.Confidence.Percent, p.Low.Percent,
	}
}

// A standing is where an expected poll stands.
type standing struct {
	Agency string      `json:"agency"`
	Name   string      `json:"name"`
	Group  string      `json:"group"`
	Stage  round.Stage `json:"stage"`
	Reason string      `json:"reason,omitempty"`
	Rules  []met       `json:"rules"`
}

type met struct {
	ID   string       `json:"id"`
	Rule string       `json:"rule"`
	Due  meeting.Date `json:"due"`
	Done meeting.Date `json:"done"`
	Late bool         `json:"late"`
}

type exemptAt struct {
	Agency     string `json:"agency"`
	AgencyName string `json:"agency_name"`
	exempt
}

type inSeveralPlace struct {
	Name     string    `json:"name"`
	Declared bool      `json:"declared"`
	Places   []placeAt `json:"places"`
}

// placeAt is one of the places. Votes is nil where they are left out.
type placeAt struct {
	Agency     string       `json:"agency"`
	AgencyName string       `json:"agency_name"`
	Group      string       `json:"group"`
	Title      string       `json:"title"`
	Election   ballot.UUID  `json:"election"`
	Voted      meeting.Date `json:"voted"`
	Package    string       `json:"package"`
	Hidden     bool         `json:"hidden"`
	Collected  int          `json:"collected,omitempty"`
	Votes      *votes       `json:"votes,omitempty"`
}

// ConsolidatedJSON returns consolidated.json: everything that the consolidation
// says, but for levels, which are in assessment.json alone, and whom to ask at
// an agency. What is hidden in the consolidation has no numbers here, whatever
// the value holds.
func ConsolidatedJSON(c *round.Consolidation) []byte {
	all := consolidated{
		Schema: ConsolidatedSchema, Round: c.Round.UUID, Title: c.Round.Title, Superior: c.Round.Superior, Office: c.Round.Office,
		References: append([]meeting.Reference{}, c.Round.References...), RuleSet: c.Rules.ID, RuleSetVersion: c.Rules.Version, AsOf: c.AsOf.UTC().Format(time.RFC3339),
		Public: c.Public, MinGroup: c.MinGroup, Suppressed: c.Suppressed, Counts: c.Counts(),
		Groups: []postGroup{}, Kinds: []kindResults{}, Late: newStandings(c.Late), Missing: newStandings(c.Missing), Excused: newStandings(c.Excused),
		Exempt: []exemptAt{}, TwoPlaces: []inSeveralPlace{},
	}
	for _, g := range c.Round.Groups {
		all.Groups = append(all.Groups, postGroup{g.ID, g.Name, ruleSetOf(c, g), g.Finish})
	}
	for _, s := range c.Sections {
		all.Kinds = append(all.Kinds, newKind(&s))
	}
	for _, e := range c.Exempt {
		p := e.Person
		all.Exempt = append(all.Exempt, exemptAt{e.Agency.ID, e.Agency.Name, exempt{p.Post, p.Name, p.Block, p.Exempt, e.Reason.Vi}})
	}
	for _, t := range c.Twice {
		who := inSeveralPlace{t.Name, t.Declared, []placeAt{}}
		for i := range t.At {
			who.Places = append(who.Places, newPlace(&t.At[i]))
		}
		all.TwoPlaces = append(all.TwoPlaces, who)
	}
	return marshal(all)
}

// ruleSetOf is the rule set of a group's polls.
func ruleSetOf(c *round.Consolidation, g round.Group) string {
	if g.RuleSet != "" {
		return g.RuleSet
	}
	return c.Rules.ID
}

func newKind(s *round.Section) kindResults {
	kind := kindResults{s.Kind, []agencyResults{}}
	for i := range s.Agencies {
		a := &s.Agencies[i]
		agency := agencyResults{a.Agency.ID, a.Agency.Name, []pollResults{}}
		for j := range a.Polls {
			agency.Polls = append(agency.Polls, newPoll(&a.Polls[j]))
		}
		kind.Agencies = append(kind.Agencies, agency)
	}
	return kind
}

func newPoll(p *round.PollResult) pollResults {
	poll := pollResults{
		Group: p.Posts.ID, Election: p.Election, Name: p.Name, Voted: p.Voted, Place: p.Place, RuleSet: p.RuleSet,
		Source: source{p.Package, p.LastEvent, p.Origin, p.Entry}, Hidden: p.Hidden, People: []rowResults{},
	}
	for _, a := range p.Early {
		poll.Early = append(poll.Early, ahead{a.Group.ID, a.Over})
	}
	if !p.Hidden {
		poll.Counts = &pollCounts{p.Summoned, p.Present, p.Issued, p.Collected, p.Voided, p.Base}
	}
	for i := range p.Rows {
		r := &p.Rows[i]
		row := rowResults{Number: r.Number, Name: r.Name, Title: r.Post, Block: r.Block, Elsewhere: r.Elsewhere, Hidden: p.Hidden || r.Hidden}
		if !row.Hidden {
			row.Votes = newVotes(&r.PersonOutcome)
		}
		poll.People = append(poll.People, row)
	}
	return poll
}

func newStandings(all []round.Standing) []standing {
	list := []standing{}
	for i := range all {
		s := &all[i]
		one := standing{s.Agency.ID, s.Agency.Name, s.Group.ID, s.Stage, whyOf(s), []met{}}
		for _, m := range s.Rules {
			one.Rules = append(one.Rules, met{m.ID, m.Rule.Vi, m.Due, m.Done, m.Late})
		}
		list = append(list, one)
	}
	return list
}

// whyOf is what is known of a poll that is missing or excused, beside its stage.
func whyOf(s *round.Standing) string {
	switch {
	case s.Stage == round.StageApart && s.Package != nil:
		return s.Package.Reason.Vi
	case s.Known.Excused != "":
		return s.Known.Excused
	}
	return s.Known.Done
}

func newPlace(p *round.Place) placeAt {
	at := placeAt{
		Agency: p.Agency.ID, AgencyName: p.Agency.Name, Group: p.Group.ID, Title: p.Post,
		Election: p.Poll.Election, Voted: p.Poll.Voted, Package: p.Poll.Package, Hidden: p.Hidden,
	}
	if !p.Hidden {
		at.Collected, at.Votes = p.Poll.Collected, newVotes(&p.Result)
	}
	return at
}
