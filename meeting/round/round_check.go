package round

import (
	"fmt"
	"slices"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/roster"
)

// The bounds of a round.
const (
	MaxGroups   = 50
	MaxExpected = 4 * MaxAgencies

	maxSendDays   = 365
	maxReferences = 50
	maxRecipients = 50
)

// Check makes texts tidy and is a *[meeting.Refusal] of [ErrRound] for a round
// that cannot be: without a name, of an unknown rule set, with groups that come
// after each other in a circle, or that waits for agencies that are not in the
// directory.
func (r *Round) Check(d *Directory) error {
	for _, step := range []func() error{r.checkHead, r.checkLetterhead, r.checkGroups, r.checkOrder} {
		if err := step(); err != nil {
			return err
		}
	}
	return r.checkExpected(d)
}

// A text is one field of a form and the most that it holds, in characters.
type text struct {
	field string
	value *string
	limit int
}

// tidy makes texts one line, and refuses those that cannot be kept.
func tidy(list ...text) error {
	for _, t := range list {
		*t.value = meeting.OneLine(*t.value)
		if why, bad := meeting.Unreadable(*t.value, t.limit); bad {
			return refusal(ErrRound, t.field, why.Vi, why.En)
		}
	}
	return nil
}

// checkDay accepts a day, or none.
func checkDay(d meeting.Date, field string) error {
	if _, ok := d.Day(); d != "" && !ok {
		return refusal(ErrRound, field, "ngày không đúng dạng năm-tháng-ngày", "date is not YYYY-MM-DD")
	}
	return nil
}

func (r *Round) checkHead() error {
	if err := tidy(text{"title", &r.Title, meeting.MaxText}, text{"superior", &r.Superior, meeting.MaxLine}, text{"office", &r.Office, meeting.MaxLine},
		text{"prepare_text.vi", &r.PrepareText.Vi, meeting.MaxText}, text{"prepare_text.en", &r.PrepareText.En, meeting.MaxText}); err != nil {
		return err
	}
	switch {
	case r.UUID != "" && !r.UUID.Valid():
		return refusal(ErrRound, "uuid", "mã của đợt không đúng dạng", "not a UUID")
	case r.Title == "":
		return refusal(ErrRound, "title", "chưa có tên đợt", "no title")
	case r.Superior == "":
		return refusal(ErrRound, "superior", "chưa ghi kết quả gửi về cơ quan nào", "the body to whom results go is missing")
	case r.Office == "":
		return refusal(ErrRound, "office", "chưa ghi kết quả gửi qua cơ quan nào", "the office through which results go is missing")
	case r.SendDays < 0 || r.SendDays > maxSendDays:
		return refusal(ErrRound, "send_days", "số ngày gửi kết quả phải từ 0 đến 365", "days for sending are not 0 to 365")
	}
	if _, err := meeting.RuleSetByID(r.RuleSet); err != nil {
		return refusal(ErrRound, "ruleset", "chưa chọn bộ quy tắc", "no such rule set")
	}
	if err := checkDay(r.Prepare.Date, "prepare.date"); err != nil {
		return err
	}
	return r.checkReferences()
}

func (r *Round) checkReferences() error {
	r.References = slices.DeleteFunc(r.References, func(ref meeting.Reference) bool { return ref == meeting.Reference{} })
	if len(r.References) > maxReferences {
		return refusal(ErrRound, "references", "nhiều hơn 50 căn cứ", "more than 50 references")
	}
	for i := range r.References {
		ref, field := &r.References[i], fmt.Sprintf("references.%d", i)
		if err := tidy(text{field + ".number", &ref.Number, meeting.MaxName}, text{field + ".about", &ref.About, meeting.MaxText}); err != nil {
			return err
		}
		if err := checkDay(ref.Date, field+".date"); err != nil {
			return err
		}
	}
	return nil
}

func (r *Round) checkLetterhead() error {
	h := &r.Letterhead
	h.Recipients = slices.DeleteFunc(h.Recipients, func(s string) bool { return meeting.OneLine(s) == "" })
	if len(h.Recipients) > maxRecipients {
		return refusal(ErrRound, "letterhead.recipients", "nhiều hơn 50 nơi nhận", "more than 50 recipients")
	}
	list := []text{
		{"letterhead.above", &h.Above, meeting.MaxLine}, {"letterhead.issuer", &h.Issuer, meeting.MaxLine},
		{"letterhead.code", &h.Code, meeting.MaxName}, {"letterhead.place", &h.Place, meeting.MaxLine},
		{"letterhead.title", &h.Title, meeting.MaxLine}, {"letterhead.signer", &h.Signer, meeting.MaxName},
	}
	for i := range h.Recipients {
		list = append(list, text{fmt.Sprintf("letterhead.recipients.%d", i), &h.Recipients[i], meeting.MaxLine})
	}
	return tidy(list...)
}

func (r *Round) checkGroups() error {
	if len(r.Groups) == 0 {
		return refusal(ErrRound, "groups", "chưa có nhóm chức danh nào", "no group of posts")
	}
	if len(r.Groups) > MaxGroups {
		return refusal(ErrRound, "groups", "nhiều hơn 50 nhóm chức danh", "more than 50 groups of posts")
	}
	seen := map[string]bool{}
	for i := range r.Groups {
		g, field := &r.Groups[i], fmt.Sprintf("groups.%d", i)
		if err := g.check(field); err != nil {
			return err
		}
		if seen[g.ID] {
			return refusal(ErrRound, field+".id", g.Name+": mã “"+g.ID+"” đã dùng cho nhóm khác", g.Name+": the ID “"+g.ID+"” is another group's")
		}
		seen[g.ID] = true
	}
	return nil
}

func (g *Group) check(field string) error {
	if err := tidy(text{field + ".name", &g.Name, meeting.MaxLine}, text{field + ".condition", &g.Condition, meeting.MaxText}); err != nil {
		return err
	}
	if g.Name == "" {
		return refusal(ErrRound, field+".name", "nhóm chức danh chưa có tên", "a group of posts has no name")
	}
	if !roster.IsID(g.ID) {
		return refusal(ErrRound, field+".id", g.Name+": mã phải gồm chữ thường không dấu, số và gạch nối, nhiều nhất 32 ký tự",
			g.Name+": an ID is of lower-case ASCII letters, digits and dashes, at most 32")
	}
	if _, err := meeting.RuleSetByID(g.RuleSet); g.RuleSet != "" && err != nil {
		return refusal(ErrRound, field+".ruleset", g.Name+": không có bộ quy tắc này", g.Name+": no such rule set")
	}
	return checkDay(g.Finish.Date, field+".finish.date")
}

// checkOrder refuses groups that come after an unknown one, or in a circle after
// themselves.
func (r *Round) checkOrder() error {
	for i, g := range r.Groups {
		field := fmt.Sprintf("groups.%d.after", i)
		for k, id := range g.After {
			if _, ok := r.Group(id); !ok {
				return refusal(ErrRound, field, g.Name+": không có nhóm “"+id+"” để tiến hành sau", g.Name+": no group “"+id+"” to come after")
			}
			if slices.Contains(g.After[:k], id) {
				return refusal(ErrRound, field, g.Name+": ghi hai lần nhóm “"+id+"”", g.Name+": names the group “"+id+"” twice")
			}
		}
		if slices.Contains(r.before(g.ID), g.ID) {
			return refusal(ErrRound, field, g.Name+": thứ tự thành vòng, nhóm này phải tiến hành sau chính nó", g.Name+": comes after itself, in a circle")
		}
	}
	return nil
}

// before returns the IDs of all groups that come before one, directly or not.
func (r *Round) before(id string) (list []string) {
	g, _ := r.Group(id)
	next := slices.Clone(g.After)
	for len(next) > 0 {
		id, next = next[0], next[1:]
		if !slices.Contains(list, id) {
			list = append(list, id)
			g, _ := r.Group(id)
			next = append(next, g.After...)
		}
	}
	return list
}

func (r *Round) checkExpected(d *Directory) error {
	if len(r.Expected) > MaxExpected {
		return refusal(ErrRound, "expected", fmt.Sprintf("nhiều hơn %d cuộc lấy phiếu", MaxExpected), fmt.Sprintf("more than %d polls", MaxExpected))
	}
	agencies, seen := d.byID(), map[Expected]bool{}
	for i, e := range r.Expected {
		field := fmt.Sprintf("expected.%d", i)
		if _, ok := agencies[e.Agency]; !ok {
			return refusal(ErrRound, field+".agency", "không có cơ quan “"+e.Agency+"” trong danh sách", "no agency “"+e.Agency+"” in the list")
		}
		g, ok := r.Group(e.Group)
		if !ok {
			return refusal(ErrRound, field+".group", "không có nhóm chức danh “"+e.Group+"”", "no group of posts “"+e.Group+"”")
		}
		if seen[e] {
			return refusal(ErrRound, field, agencies[e.Agency].Name+": ghi hai lần nhóm “"+g.Name+"”", agencies[e.Agency].Name+": listed twice for “"+g.Name+"”")
		}
		seen[e] = true
	}
	return nil
}

// Rules returns the rule set of a group's polls, or [meeting.ErrRuleSet].
func (r *Round) Rules(group string) (*meeting.RuleSet, error) {
	if g, ok := r.Group(group); ok && g.RuleSet != "" {
		return meeting.RuleSetByID(g.RuleSet)
	}
	return meeting.RuleSetByID(r.RuleSet)
}

// Check makes texts tidy and is a *[meeting.Refusal] of [ErrRound] for what cannot
// be noted: of a poll that the round does not wait for, a day that is none, or a
// vote held elsewhere without its day.
func (p *Progress) Check(r *Round) error {
	if err := tidy(text{"excused", &p.Excused, meeting.MaxText}, text{"done", &p.Done, meeting.MaxText}, text{"by", &p.By, meeting.MaxLine}); err != nil {
		return err
	}
	for _, day := range []struct {
		date  meeting.Date
		field string
	}{{p.Prepared, "prepared"}, {p.Condition, "condition"}, {p.Planned, "planned"}, {p.Voted, "voted"}} {
		if err := checkDay(day.date, day.field); err != nil {
			return err
		}
	}
	switch {
	case !slices.Contains(r.Expected, p.Expected):
		return refusal(ErrRound, "agency", "đợt này không chờ cuộc lấy phiếu này", "the round does not wait for this poll")
	case p.Done != "" && p.Voted == "":
		return refusal(ErrRound, "voted", "đã lấy phiếu ở nơi khác: cần ghi ngày lấy phiếu", "held elsewhere: the day of the vote is needed")
	case p.Excused != "" && (p.Voted != "" || p.Done != ""):
		return refusal(ErrRound, "excused", "đã lấy phiếu thì không ghi là không phải lấy phiếu", "what was voted on cannot be excused")
	}
	return nil
}
