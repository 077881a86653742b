package round

import (
	"slices"
	"time"

	"github.com/homphieu/homphieu/meeting"
)

// DuePlanned is the ID of a [Due] that is no limit but a vote that is planned.
const DuePlanned = "planned"

// A Day is one day of the calendar.
type Day struct {
	Date meeting.Date
	Off  bool // a Saturday or Sunday
	Due  []Due
}

// A Due is a rule whose last good day it is, and how it stands with those for
// whom it holds.
type Due struct {
	ID   string // as that of [Met], or [DuePlanned]
	Rule meeting.Text
	Open []Standing // not done
	Done []Standing // done, in time or late
}

// Calendar returns all days of a month with what is due on them: limits in the
// order of their last good days, one entry for all polls of one rule, and votes
// that are planned.
func Calendar(standings []Standing, year int, month time.Month) []Day {
	first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	var days []Day
	at := map[meeting.Date]int{}
	for t := first; t.Month() == first.Month(); t = t.AddDate(0, 0, 1) {
		date := meeting.Day(t)
		at[date] = len(days)
		days = append(days, Day{Date: date, Off: date.DayOff()})
	}
	for _, s := range standings {
		for _, m := range s.dues() {
			if i, ok := at[m.Due]; ok {
				days[i].add(m, s)
			}
		}
	}
	for i := range days {
		slices.SortStableFunc(days[i].Due, func(a, b Due) int { return rank(a.ID) - rank(b.ID) })
	}
	return days
}

// dues are the limits of a poll, and its vote if that is planned and not held.
func (s *Standing) dues() []Met {
	if s.Known.Planned == "" || s.held() {
		return s.Rules
	}
	planned := meeting.Text{Vi: "Dự kiến lấy phiếu tín nhiệm đối với " + inSentence(s.Group.Name), En: "Vote planned on “" + s.Group.Name + "”"}
	return append(slices.Clone(s.Rules), Met{ID: DuePlanned, Rule: planned, Due: s.Known.Planned})
}

func (d *Day) add(m Met, s Standing) {
	i := slices.IndexFunc(d.Due, func(due Due) bool { return due.ID == m.ID && due.Rule == m.Rule })
	if i < 0 {
		i = len(d.Due)
		d.Due = append(d.Due, Due{ID: m.ID, Rule: m.Rule})
	}
	if m.Done == "" {
		d.Due[i].Open = append(d.Due[i].Open, s)
	} else {
		d.Due[i].Done = append(d.Due[i].Done, s)
	}
}

// rank orders the rules of a day.
func rank(id string) int {
	return slices.Index([]string{RulePrepare, RuleVote, RuleSend, DuePlanned}, id)
}
