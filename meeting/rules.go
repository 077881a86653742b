package meeting

import (
	"errors"
	"slices"
	"time"

	"github.com/homphieu/homphieu/meeting/staff"
)

// The rule sets: Quy định 96-QĐ/TW (2023) of the Party, Nghị quyết 96/2023/QH15
// of elected bodies, and its predecessor Nghị quyết 85/2014/QH13, whose
// percentages are of all members rather than of the ballots collected.
const (
	RuleSetReg96 = "reg96_2023"
	RuleSetNQ96  = "nq96_2023"
	RuleSetNQ85  = "nq85_2014"
)

// ErrRuleSet is returned for a rule set that there is not.
var ErrRuleSet = errors.New("rule set: unknown")

// A Text is what people read, in both languages.
type Text struct {
	Vi string `json:"vi"`
	En string `json:"en"`
}

// A Ratio is a fraction that is compared with integers, never with a rounded
// percentage.
type Ratio struct {
	Num int `json:"num"`
	Den int `json:"den"`
}

// AtLeast reports whether part is at least this share of whole.
func (r Ratio) AtLeast(part, whole int) bool { return r.Den*part >= r.Num*whole }

// Exceeds reports whether part is more than this share of whole.
func (r Ratio) Exceeds(part, whole int) bool { return r.Den*part > r.Num*whole }

// Least returns the smallest part that is at least this share of whole.
func (r Ratio) Least(whole int) int { return (r.Num*whole + r.Den - 1) / r.Den }

// Base is what percentages are of.
type Base string

// The bases of percentages.
const (
	BaseCollected Base = "collected"     // ballots collected
	BaseMembers   Base = "total_members" // all members, present or not
)

// Anchor is the day from which the days of preparation are counted.
type Anchor string

// The anchors.
const (
	AnchorVote    Anchor = "voting_day"
	AnchorSession Anchor = "session_opening"
)

// Order is how strictly the order of a round is kept.
type Order string

// The ways to keep it.
const (
	OrderBlocks Order = "block" // the poll does not open
	OrderWarns  Order = "warn"  // it is said to who opens it
)

// A Deadline is one act of preparation: at the latest Days calendar days before
// the anchor.
type Deadline struct {
	ID   string `json:"id"`
	Days int    `json:"days"`
	Text Text   `json:"text"`
}

// A Reason is why somebody is not voted on.
type Reason struct {
	ID   string `json:"id"`
	Text Text   `json:"text"`
}

// A RuleSet holds the constants of a regulation. A meeting names one, with its
// version; both are frozen when the poll is sealed.
type RuleSet struct {
	ID      string `json:"id"`
	Version int    `json:"version"`
	Name    Text   `json:"name"`
	// Form is how papers are laid out and voters addressed: "party" (đồng chí)
	// or "state" (đại biểu).
	Form        string `json:"form"`
	Quorum      Ratio  `json:"quorum"` // present, of those summoned
	PercentBase Base   `json:"percent_base"`
	Mid         Ratio  `json:"threshold_mid"`  // low votes exceed it: the middle group
	High        Ratio  `json:"threshold_high"` // low votes reach it: the high group
	EffectMid   Text   `json:"effect_mid"`
	EffectHigh  Text   `json:"effect_high"`
	LineInvalid Text   `json:"line_invalid_when"`
	SheetBad    Text   `json:"sheet_invalid_when"`
	MaxPlaces   int    `json:"max_places_per_person"`
	// Order is what happens to a poll that a round puts after another, as long as
	// that is not done.
	Order     Order      `json:"order_after"`
	Exempt    []Reason   `json:"exempt_reasons"`
	Anchor    Anchor     `json:"clock_anchor"`
	Deadlines []Deadline `json:"prep_deadlines"`
	// Assess are the roles to whom threshold groups are shown.
	Assess []staff.Role `json:"assessment_roles"`
	// ReportUpDays is how many calendar days after the vote the result must be
	// with the superior; 0 leaves it to the plan.
	ReportUpDays int `json:"report_up_days"`
}

// RuleSetByID returns a rule set, or [ErrRuleSet].
func RuleSetByID(id string) (*RuleSet, error) {
	i := slices.IndexFunc(ruleSets, func(r RuleSet) bool { return r.ID == id })
	if i < 0 {
		return nil, ErrRuleSet
	}
	return &ruleSets[i], nil
}

// RuleSets returns all rule sets, the present ones first. The caller must not
// change them.
func RuleSets() []RuleSet { return ruleSets }

// Due returns the last day for the deadline, given the anchor's day.
func (d Deadline) Due(anchor time.Time) time.Time { return anchor.AddDate(0, 0, -d.Days) }
