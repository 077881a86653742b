package meeting_test

import (
	"slices"
	"testing"

	"github.com/homphieu/homphieu/meeting"
)

func ruleSet(t *testing.T, id string) *meeting.RuleSet {
	t.Helper()
	r, err := meeting.RuleSetByID(id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Quorum is two thirds of those summoned, in integers.
func TestQuorum(t *testing.T) {
	for _, rules := range meeting.RuleSets() {
		for _, c := range []struct {
			summoned, present int
			want              bool
		}{
			{48, 32, true}, {48, 31, false}, {1, 1, true}, {1, 0, false}, {2, 1, false}, {3, 2, true}, {4, 3, true}, {4, 2, false},
			{100, 67, true}, {100, 66, false}, {485, 324, true}, {485, 323, false}, {5000, 3334, true}, {5000, 3333, false},
		} {
			if got := rules.Quorum.AtLeast(c.present, c.summoned); got != c.want {
				t.Errorf("%s: %d of %d: %v", rules.ID, c.present, c.summoned, got)
			}
		}
		for summoned := range 200 {
			least := rules.Quorum.Least(summoned)
			if !rules.Quorum.AtLeast(least, summoned) || (least > 0 && rules.Quorum.AtLeast(least-1, summoned)) {
				t.Errorf("%s: %d of %d is not the least", rules.ID, least, summoned)
			}
		}
	}
}

// The groups of low votes, in integers: over a half, and two thirds or more.
func TestThresholds(t *testing.T) {
	for _, rules := range meeting.RuleSets() {
		for _, c := range []struct {
			base, low int
			want      string
		}{
			{48, 24, "none"}, {48, 25, "mid"}, {48, 31, "mid"}, {48, 32, "high"},
			{47, 23, "none"}, {47, 24, "mid"}, {47, 31, "mid"}, {47, 32, "high"},
			{150, 75, "none"}, {150, 99, "mid"}, {150, 100, "high"},
			{47, 25, "mid"}, // 25 of 47, one line invalid
			{3, 2, "high"}, {1, 0, "none"}, {1, 1, "high"},
		} {
			got := "none"
			switch {
			case rules.High.AtLeast(c.low, c.base):
				got = "high"
			case rules.Mid.Exceeds(c.low, c.base):
				got = "mid"
			}
			if got != c.want {
				t.Errorf("%s: %d of %d: %s, want %s", rules.ID, c.low, c.base, got, c.want)
			}
		}
	}
}

// The constants of the regulations.
func TestRuleSets(t *testing.T) {
	for id, want := range map[string]struct {
		form      string
		base      meeting.Base
		places    int
		anchor    meeting.Anchor
		deadlines []int
		exempt    []string
		reportUp  int
	}{
		meeting.RuleSetReg96: {"party", meeting.BaseCollected, 2, meeting.AnchorVote, []int{20, 15, 10, 3}, []string{"retirement_notice", "appointed_in_year"}, 1},
		meeting.RuleSetNQ96:  {"state", meeting.BaseCollected, 1, meeting.AnchorSession, []int{45, 30, 25, 20, 15, 10}, []string{"retirement_notice", "elected_in_year"}, 0},
		meeting.RuleSetNQ85:  {"state", meeting.BaseMembers, 1, meeting.AnchorSession, []int{30, 20, 15, 10}, []string{"under_9_months"}, 0},
	} {
		r := ruleSet(t, id)
		var days []int
		var exempt []string
		for _, d := range r.Deadlines {
			days = append(days, d.Days)
		}
		for _, e := range r.Exempt {
			exempt = append(exempt, e.ID)
		}
		if r.Form != want.form || r.PercentBase != want.base || r.MaxPlaces != want.places || r.Anchor != want.anchor || r.ReportUpDays != want.reportUp {
			t.Errorf("%s: %+v", id, r)
		}
		if !slices.Equal(days, want.deadlines) || !slices.Equal(exempt, want.exempt) {
			t.Errorf("%s: %v, %v", id, days, exempt)
		}
	}
	if len(meeting.RuleSets()) != 3 {
		t.Errorf("%d rule sets", len(meeting.RuleSets()))
	}
}

// Deadlines are told, day by day, and stop nothing.
func TestLate(t *testing.T) {
	m := &meeting.Meeting{
		Plan:     meeting.Plan{RuleSet: meeting.RuleSetReg96, Date: "2026-03-10"},
		Prepared: map[string]meeting.Date{"dossier": "2026-02-18", "to_voters": "2026-02-24"},
	}
	want := []struct {
		id        string
		due, done meeting.Date
		late      bool
	}{
		{"dossier", "2026-02-18", "2026-02-18", false}, // on the last day
		{"to_voters", "2026-02-23", "2026-02-24", true},
		{"questions", "2026-02-28", "", true},
		{"answers", "2026-03-07", "", false},
	}
	got := meeting.Late(m, "2026-03-07")
	for i, w := range want {
		if g := got[i]; g.ID != w.id || g.Due != w.due || g.Done != w.done || g.Late != w.late {
			t.Errorf("%+v, want %+v", g, w)
		}
	}
	if !meeting.Late(m, "2026-03-08")[3].Late {
		t.Error("not late on the day after")
	}
	m.Plan = meeting.Plan{RuleSet: meeting.RuleSetNQ96, Date: "2026-03-10"}
	for _, d := range meeting.Late(m, "2030-01-01") {
		if d.Due != "" || d.Late {
			t.Errorf("the opening of the session is not known: %+v", d)
		}
	}
	m.Plan.Session = "2028-03-01" // in a leap year
	if got := meeting.Late(m, "2028-01-16"); got[0].Due != "2028-01-16" || got[0].Late {
		t.Errorf("%+v", got[0])
	}
	m.Plan.RuleSet = ""
	if got := meeting.Late(m, "2026-03-07"); got != nil {
		t.Errorf("without a rule set: %+v", got)
	}
}

func TestSetPrepared(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	set := func(deadline string, done meeting.Date) error {
		_, err := r.office.SetPrepared(t.Context(), secretary, r.u, deadline, done)
		return err
	}
	r.refusedField(set("list", "2026-11-01"), meeting.ErrPlan, "deadline")
	r.refusedField(set("dossier", "1/11"), meeting.ErrPlan, "done")
	r.ok(set("dossier", "2026-11-20"))
	r.ok(set("answers", "2026-12-07"))
	revision := r.get().Revision
	r.ok(set("answers", "2026-12-07"))
	if m := r.get(); m.Revision != revision || len(m.Prepared) != 2 || m.Prepared["dossier"] != "2026-11-20" {
		t.Errorf("%d, %v", m.Revision, m.Prepared)
	}
	r.ok(set("dossier", ""))
	r.ok(set("dossier", ""))
	if m := r.get(); len(m.Prepared) != 1 {
		t.Errorf("%v", m.Prepared)
	}
	r.ok(r.plan(func(p *meeting.Plan) { p.RuleSet = "" }))
	r.refusedField(set("dossier", "2026-11-20"), meeting.ErrRuleSet, "ruleset")
}

func TestDates(t *testing.T) {
	for d, want := range map[meeting.Date]string{"2026-03-09": "09/03/2026", "": "", "2026-02-29": "", "x": ""} {
		if got := d.Words(); got != want {
			t.Errorf("%q: %q, want %q", d, got, want)
		}
	}
	if got := meeting.Day(now); got != "2026-11-22" {
		t.Errorf("%s", got)
	}
}
