package round

import (
	"slices"
	"strings"
	"time"

	"github.com/homphieu/homphieu/meeting"
)

// The rules of which [Met] speaks, in the order of time.
const (
	RulePrepare = "prepare" // step 1, until the round's limit
	RuleVote    = "vote"    // the vote, until the group's limit
	RuleSend    = "send"    // the result, so many calendar days after the vote
)

// rules returns how the limits of a poll are met.
func (f *follower) rules(s *Standing, results []*Package) (list []Met) {
	voted, received := f.sending(s, results)
	if prepared := f.preparedBy(s.Known.Prepared, voted); f.round.Prepare.Date != "" {
		list = append(list, f.met(RulePrepare, f.rule(RulePrepare, f.round.prepareRule), f.round.Prepare, prepared))
	}
	if s.Group.Finish.Date != "" {
		list = append(list, f.met(RuleVote, f.rule(RuleVote+s.Group.ID, s.Group.voteRule), s.Group.Finish, voted))
	}
	if f.round.SendDays > 0 && !s.Elsewhere() {
		limit := meeting.Limit{Date: addDays(voted, f.round.SendDays)}
		if s.Here < s.Papers {
			received = "" // the others are still awaited
		}
		rule := f.rule(RuleSend+string(limit.Date), func() meeting.Text { return f.round.sendRule(limit) })
		list = append(list, f.met(RuleSend, rule, limit, received))
	}
	return list
}

// preparedBy is the day on which step 1 was done: what was held within the limit
// was prepared within it, also where nobody noted when.
func (f *follower) preparedBy(prepared, voted meeting.Date) meeting.Date {
	if last, ok := f.round.Prepare.Last(); prepared == "" && ok && voted <= last {
		return voted
	}
	return prepared
}

// met is how a limit is met by what was done on a day, or was not done.
func (f *follower) met(id string, rule meeting.Text, limit meeting.Limit, done meeting.Date) Met {
	m := Met{ID: id, Rule: rule, Done: done}
	last, ok := limit.Last()
	if !ok {
		return m
	}
	m.Due, m.DayOff = last, last.DayOff()
	switch {
	case done != "":
		m.Late = done > last
	case !f.round.Closed:
		m.Late = limit.Over(f.today)
		m.Warn = !m.Late && limit.Warns(f.today)
	}
	return m
}

// sending returns the day of the vote and that on which its result came, empty
// for not yet. A correction does not make late what came in time: the first
// package of each chain counts. Of several polls it is the one that came latest
// after its vote. What is not proven to be the agency's says nothing; a package
// of its own that is kept apart says when the vote was, if that was before it
// came.
func (f *follower) sending(s *Standing, results []*Package) (voted, received meeting.Date) {
	results = slices.DeleteFunc(slices.Clone(results), func(p *Package) bool { return !p.proven() })
	here, worst, found := map[string]bool{}, 0, false
	for _, p := range results {
		here[p.Hash] = true
	}
	for _, p := range results {
		if here[p.Supersedes] {
			continue // a correction
		}
		day := DayOf(p.Received)
		if after := daysBetween(p.Voted, day); !found || after > worst {
			voted, received, worst, found = p.Voted, day, after, true
		}
	}
	if found && voted != "" {
		return voted, received
	}
	voted = s.Known.Voted
	if p := s.Package; voted == "" && p != nil && p.ownOf(s.Agency) && p.Voted <= DayOf(p.Received) {
		voted = p.Voted
	}
	return voted, received
}

// addDays returns the day so many days later, or none for none.
func addDays(d meeting.Date, days int) meeting.Date {
	day, ok := d.Day()
	if !ok {
		return ""
	}
	return meeting.Day(day.AddDate(0, 0, days))
}

// daysBetween returns how many days lie from one day to another; 0 where one of
// them is not known.
func daysBetween(from, to meeting.Date) int {
	a, ok := from.Day()
	b, known := to.Day()
	if !ok || !known {
		return 0
	}
	return int(b.Sub(a) / (24 * time.Hour))
}

// prepareRule is the rule of step 1 in words: "…, xong trước ngày 31/7/2023".
func (r *Round) prepareRule() meeting.Text {
	what, limit := r.PrepareText, r.Prepare.Words()
	if what.Vi == "" {
		what = meeting.Text{Vi: "Chuẩn bị lấy phiếu tín nhiệm (bước 1)", En: "Preparation of the confidence vote (step 1)"}
	}
	if what.En == "" {
		what.En = what.Vi
	}
	return meeting.Text{Vi: what.Vi + ", xong " + limit.Vi, En: what.En + ", done " + limit.En}
}

// voteRule is the limit of a vote in words: "Lấy phiếu tín nhiệm đối với … tiến
// hành sau …, kết thúc trước ngày 31/8/2023".
func (g Group) voteRule() meeting.Text {
	limit := g.Finish.Words()
	t := meeting.Text{Vi: "Lấy phiếu tín nhiệm đối với " + inSentence(g.Name), En: "The vote on “" + g.Name + "”"}
	if g.Condition != "" {
		t.Vi += " tiến hành sau " + inSentence(g.Condition)
		t.En += ", held after “" + g.Condition + "”"
	}
	return meeting.Text{Vi: t.Vi + ", kết thúc " + limit.Vi, En: t.En + ", finished " + limit.En}
}

// sendRule is the limit for the result in words, with the day once it is known:
// "Kết quả lấy phiếu tín nhiệm gửi về … (qua …) sau 01 ngày tổ chức lấy phiếu tín
// nhiệm: chậm nhất ngày 6/8/2023".
func (r *Round) sendRule(limit meeting.Limit) meeting.Text {
	t := meeting.Text{
		Vi: "Kết quả lấy phiếu tín nhiệm gửi về " + r.Superior + " (qua " + r.Office + ") sau " + twoDigits(r.SendDays) + " ngày tổ chức lấy phiếu tín nhiệm",
		En: "The result goes to " + r.Superior + " (through " + r.Office + ") within " + plural(r.SendDays, "calendar day") + " after the vote",
	}
	if words := limit.Words(); words.Vi != "" {
		t.Vi, t.En = t.Vi+": "+words.Vi, t.En+": "+words.En
	}
	return t
}

// inSentence is a name as it stands within a sentence: the plural article at its
// beginning becomes lower case, and what may be a proper name stays.
func inSentence(name string) string {
	if rest, ok := strings.CutPrefix(name, "Các "); ok {
		return "các " + rest
	}
	return name
}
