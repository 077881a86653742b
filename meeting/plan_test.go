package meeting_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/meeting"
)

// A plan is kept in NFC, without stray spaces and empty references, and with
// the settings of who says nothing else.
func TestPlanIsTidied(t *testing.T) {
	r := newRoom(t)
	m, err := r.office.Create(t.Context(), secretary, meeting.Plan{
		Title: "  Ho\u0302\u0323i  nghị\n", Place: "A\tB", References: []meeting.Reference{{}, {Number: " 1-KH "}},
	})
	r.ok(err)
	want := meeting.Plan{Title: "Hội nghị", Place: "A B", References: []meeting.Reference{{Number: "1-KH"}}, MinBallots: 5, UsedLimit: 1}
	if !reflect.DeepEqual(m.Plan, want) || m.State != meeting.Draft || m.Revision != 1 {
		t.Errorf("%+v, %s, %d", m.Plan, m.State, m.Revision)
	}
}

func TestPlanRefused(t *testing.T) {
	for _, c := range []struct {
		change func(p *meeting.Plan)
		want   error
		field  string
	}{
		{func(p *meeting.Plan) { p.Title = " " }, meeting.ErrPlan, "title"},
		{func(p *meeting.Plan) { p.Title = strings.Repeat("ư", meeting.MaxTitle+1) }, meeting.ErrPlan, "title"},
		{func(p *meeting.Plan) { p.Title = "TẬP DƯỢT · Hội nghị" }, meeting.ErrPlan, "title"},
		{func(p *meeting.Plan) { p.Title = "Hội nghị\u202e" }, meeting.ErrPlan, "title"},
		{func(p *meeting.Plan) { p.Title = "Hội nghị\xff" }, meeting.ErrPlan, "title"},
		{func(p *meeting.Plan) { p.Agency = "\u200b" }, meeting.ErrPlan, "agency"},
		{func(p *meeting.Plan) { p.Superior = "\u00ad" }, meeting.ErrPlan, "superior"},
		{func(p *meeting.Plan) { p.Place = "\x00" }, meeting.ErrPlan, "place"},
		{func(p *meeting.Plan) { p.Place = strings.Repeat("ư", meeting.MaxDetail) }, meeting.ErrPlan, "place"},
		{func(p *meeting.Plan) { p.Chair = "\u200b" }, meeting.ErrPlan, "chair"},
		{func(p *meeting.Plan) { p.Date = "10/12/2026" }, meeting.ErrPlan, "date"},
		{func(p *meeting.Plan) { p.Date = "2026-02-30" }, meeting.ErrPlan, "date"},
		{func(p *meeting.Plan) { p.Session = "x" }, meeting.ErrPlan, "session"},
		{func(p *meeting.Plan) { p.Time = "8:00" }, meeting.ErrPlan, "time"},
		{func(p *meeting.Plan) { p.Time = "24:00" }, meeting.ErrPlan, "time"},
		{func(p *meeting.Plan) { p.Decision.Date = "x" }, meeting.ErrPlan, "decision.date"},
		{func(p *meeting.Plan) { p.Decision.Number = "\u200b" }, meeting.ErrPlan, "decision.number"},
		{func(p *meeting.Plan) { p.References = []meeting.Reference{{}, {Date: "x"}} }, meeting.ErrPlan, "references.1.date"},
		{func(p *meeting.Plan) { p.References = []meeting.Reference{{About: "\u200b"}} }, meeting.ErrPlan, "references.0.about"},
		{func(p *meeting.Plan) { p.RuleSet = "reg262" }, meeting.ErrRuleSet, "ruleset"},
		{func(p *meeting.Plan) { p.MinBallots = 4 }, meeting.ErrPlan, "min_ballots"},
		{func(p *meeting.Plan) { p.MinBallots = -5 }, meeting.ErrPlan, "min_ballots"},
		{func(p *meeting.Plan) { p.Spares = -1 }, meeting.ErrPlan, "spares"},
		{func(p *meeting.Plan) { p.Spares = 101 }, meeting.ErrPlan, "spares"},
		{func(p *meeting.Plan) { p.UsedLimit = -1 }, meeting.ErrPlan, "used_limit"},
		{func(p *meeting.Plan) { p.Members = -1 }, meeting.ErrPlan, "members"},
	} {
		r := newRoom(t)
		plan := somePlan
		c.change(&plan)
		_, err := r.office.Create(t.Context(), secretary, plan)
		r.refusedField(err, c.want, c.field)
	}
}

// What elections and boxes are made of is fixed when the keys are begun, the
// measure of spares when the poll is sealed, and everything when it opens.
func TestPlanIsFixed(t *testing.T) {
	changes := map[string]struct {
		change func(p *meeting.Plan)
		last   meeting.State // in which it may be changed
	}{
		"title":        {func(p *meeting.Plan) { p.Title += "!" }, meeting.Draft},
		"agency":       {func(p *meeting.Plan) { p.Agency += "!" }, meeting.Draft},
		"superior":     {func(p *meeting.Plan) { p.Superior += "!" }, meeting.Draft},
		"place":        {func(p *meeting.Plan) { p.Place += "!" }, meeting.Draft},
		"date":         {func(p *meeting.Plan) { p.Date = "2026-12-11" }, meeting.Draft},
		"ruleset":      {func(p *meeting.Plan) { p.RuleSet = meeting.RuleSetNQ85 }, meeting.Draft},
		"chair":        {func(p *meeting.Plan) { p.Chair += "!" }, meeting.Draft},
		"members":      {func(p *meeting.Plan) { p.Members++ }, meeting.Draft},
		"min_ballots":  {func(p *meeting.Plan) { p.MinBallots++ }, meeting.Draft},
		"witnessed":    {func(p *meeting.Plan) { p.Witnessed = !p.Witnessed }, meeting.Draft},
		"members_only": {func(p *meeting.Plan) { p.MembersOnly = !p.MembersOnly }, meeting.Draft},
		"session":      {func(p *meeting.Plan) { p.Session = "2026-12-01" }, meeting.Rehearsed},
		"spares":       {func(p *meeting.Plan) { p.Spares++ }, meeting.Rehearsed},
		"used_limit":   {func(p *meeting.Plan) { p.UsedLimit++ }, meeting.Rehearsed},
		"time":         {func(p *meeting.Plan) { p.Time = "09:00" }, meeting.Sealed},
		"decision":     {func(p *meeting.Plan) { p.Decision.Number += "!" }, meeting.Sealed},
		"references":   {func(p *meeting.Plan) { p.References = []meeting.Reference{{Number: "1"}} }, meeting.Sealed},
	}
	late := map[meeting.State]int{meeting.Draft: 0, meeting.Keys: 1, meeting.Rehearsed: 2, meeting.Sealed: 3, meeting.Open: 4}
	for state, at := range late {
		r := reach(t, state)
		plan := r.get().Plan
		for name, c := range changes {
			changed := plan
			c.change(&changed)
			_, err := r.office.SetPlan(t.Context(), secretary, r.u, changed)
			if at <= late[c.last] {
				r.ok(err)
			} else if !errors.Is(err, meeting.ErrState) {
				t.Errorf("%s in %s: %v", name, state, err)
			}
			if at <= late[c.last] {
				_, err = r.office.SetPlan(t.Context(), secretary, r.u, plan)
				r.ok(err)
			}
		}
		m, err := r.office.SetPlan(t.Context(), secretary, r.u, plan)
		if r.ok(err); !reflect.DeepEqual(m.Plan, plan) {
			t.Errorf("%s: %+v", state, m.Plan)
		}
	}
}
