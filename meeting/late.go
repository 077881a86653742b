package meeting

// A LateDeadline is a deadline of the rule set as this meeting meets it.
type LateDeadline struct {
	Deadline
	Due  Date // empty when the day that it counts from is not known
	Done Date // empty when it is not done
	Late bool // done after the last day, or not done when that is over
}

// Late returns the deadlines of the meeting's rule set, in their order, as of
// today. What is late is told and stops nothing.
func Late(m *Meeting, today Date) []LateDeadline {
	rules, err := RuleSetByID(m.Plan.RuleSet)
	if err != nil {
		return nil
	}
	from := m.Plan.Date
	if rules.Anchor == AnchorSession {
		from = m.Plan.Session
	}
	list := make([]LateDeadline, len(rules.Deadlines))
	for i, d := range rules.Deadlines {
		list[i] = LateDeadline{Deadline: d, Done: m.Prepared[d.ID]}
		anchor, known := from.Day()
		if !known {
			continue
		}
		list[i].Due = Day(d.Due(anchor))
		when := list[i].Done
		if when == "" {
			when = today
		}
		list[i].Late = when > list[i].Due // of days in this form, the later is the greater
	}
	return list
}
