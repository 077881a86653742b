package meeting

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// The bounds of a plan's numbers.
const (
	leastBallots = 5   // members' pages open the sums of no fewer, whatever the server says
	mostSpares   = 100 // percent
)

// setPlan replaces the plan, but for the place in a round. What goes into the texts of elections or into
// frozen settings is only changed in a draft, the measure of spare slips and of
// reports before sealing, and the rest before opening.
func (m *Meeting) setPlan(p Plan) error {
	p.References = slices.Clone(p.References)
	p.RuleSetVersion, p.Assignment = m.Plan.RuleSetVersion, m.Plan.Assignment
	if err := p.tidy(); err != nil {
		return err
	}
	if reflect.DeepEqual(p, m.Plan) {
		return errSame
	}
	if err := m.before(Open); err != nil {
		return err
	}
	frozen := m.Plan
	frozen.Decision, frozen.References, frozen.Time = p.Decision, p.References, p.Time
	if m.before(Sealed) == nil {
		frozen.Session, frozen.Spares, frozen.UsedLimit = p.Session, p.Spares, p.UsedLimit
	}
	if m.State != Draft && !reflect.DeepEqual(p, frozen) {
		return m.inState(Draft)
	}
	before := m.Plan.Chair
	m.Plan = p
	m.dropAsked(before, m.Board)
	return nil
}

// tidy brings a plan into the form in which it is kept, or refuses it with
// [ErrPlan] or [ErrRuleSet].
func (p *Plan) tidy() error {
	for _, t := range []struct {
		field string
		text  *string
		limit int
	}{
		{"title", &p.Title, MaxTitle}, {"agency", &p.Agency, MaxLine}, {"superior", &p.Superior, MaxLine},
		{"place", &p.Place, MaxLine}, {"chair", &p.Chair, MaxName}, {"time", &p.Time, MaxName},
	} {
		if err := tidy(t.text, t.limit, ErrPlan, t.field); err != nil {
			return err
		}
	}
	if err := p.tidyReferences(); err != nil {
		return err
	}
	if p.MinBallots == 0 {
		p.MinBallots = DefaultMinBallots
	}
	if p.UsedLimit == 0 {
		p.UsedLimit = DefaultUsedLimit
	}
	return p.check()
}

func (p *Plan) tidyReferences() error {
	for i := range p.References {
		if err := p.References[i].tidy(fmt.Sprintf("references.%d", i)); err != nil {
			return err
		}
	}
	p.References = slices.DeleteFunc(p.References, func(r Reference) bool { return r == Reference{} })
	if len(p.References) == 0 {
		p.References = nil
	}
	return p.Decision.tidy("decision")
}

func (r *Reference) tidy(field string) error {
	if err := tidy(&r.Number, MaxName, ErrPlan, field+".number"); err != nil {
		return err
	}
	if err := tidy(&r.About, MaxText, ErrPlan, field+".about"); err != nil {
		return err
	}
	return r.Date.check(field + ".date")
}

// hour is the form of a time of day.
var hour = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

func (p *Plan) check() error {
	if p.Title == "" {
		return refuse(ErrPlan, "title", "chưa có tên cuộc họp", "no title")
	}
	if strings.HasPrefix(p.Title, RehearsalName) {
		return refuse(ErrPlan, "title", "“"+RehearsalName+"” là tên của cuộc tập dượt; chọn tên khác", "a title that begins with "+RehearsalName+" is a rehearsal's")
	}
	if p.Time != "" && !hour.MatchString(p.Time) {
		return refuse(ErrPlan, "time", "giờ không đúng dạng hh:mm", "time is not hh:mm")
	}
	if err := p.Date.check("date"); err != nil {
		return err
	}
	if err := p.Session.check("session"); err != nil {
		return err
	}
	if p.RuleSet != "" {
		if _, err := RuleSetByID(p.RuleSet); err != nil {
			return refuse(ErrRuleSet, "ruleset", "không có bộ quy tắc này", p.RuleSet)
		}
	}
	if n := utf8.RuneCountInString(p.Place + p.Agency); n > MaxDetail {
		return refuse(ErrPlan, "place", fmt.Sprintf("địa điểm và tên cơ quan dài %d ký tự; tờ phiếu chỉ in vừa %d", n, MaxDetail),
			fmt.Sprintf("place and agency are %d characters together; a slip has room for %d", n, MaxDetail))
	}
	return p.checkNumbers()
}

func (p *Plan) checkNumbers() error {
	switch {
	case p.MinBallots < leastBallots:
		return refuse(ErrPlan, "min_ballots", "số phiếu tối thiểu để kiểm phải từ 5 trở lên", "min_ballots is below 5")
	case p.Spares < 0 || p.Spares > mostSpares:
		return refuse(ErrPlan, "spares", "tỷ lệ phiếu dự phòng phải từ 0 đến 100 phần trăm", "spares are not 0 to 100 percent")
	case p.UsedLimit < 0:
		return refuse(ErrPlan, "used_limit", "số lần báo phiếu đã bị dùng không được âm", "used_limit is negative")
	case p.Members < 0:
		return refuse(ErrPlan, "members", "tổng số thành viên không được âm", "members are negative")
	}
	return nil
}

// check accepts a day, or none.
func (d Date) check(field string) error {
	if _, ok := d.Day(); d != "" && !ok {
		return refuse(ErrPlan, field, "ngày không đúng dạng năm-tháng-ngày", "date is not YYYY-MM-DD")
	}
	return nil
}

// Words returns the date as it is written in Vietnamese, dd/mm/yyyy, or "".
func (d Date) Words() string {
	t, ok := d.Day()
	if !ok {
		return ""
	}
	return t.Format("02/01/2006")
}

// decided is [ErrDecision] unless a decision with number and date allows an
// electronic ballot.
func (p *Plan) decided() error {
	if p.Decision.Number == "" || p.Decision.Date == "" {
		return refuse(ErrDecision, "decision.number", "chưa ghi số và ngày của văn bản cho phép bỏ phiếu điện tử", "number and date are missing")
	}
	return nil
}

// planned is a refusal unless the plan says what elections need.
func (m *Meeting) planned() error {
	switch {
	case m.Plan.Title == "":
		return refuse(ErrPlan, "title", "chưa có tên cuộc họp", "no title")
	case m.Plan.Place == "":
		return refuse(ErrPlan, "place", "chưa có địa điểm", "no place")
	case m.Plan.Date == "":
		return refuse(ErrPlan, "date", "chưa có ngày lấy phiếu", "no date")
	}
	rules, err := RuleSetByID(m.Plan.RuleSet)
	if err != nil {
		return refuse(ErrRuleSet, "ruleset", "chưa chọn bộ quy tắc", "none chosen")
	}
	if rules.PercentBase == BaseMembers && m.Plan.Members == 0 {
		return refuse(ErrPlan, "members", "quy định tính tỷ lệ trên tổng số thành viên; chưa nhập con số này", "percentages are of all members; their number is missing")
	}
	return m.Plan.coverSummoned(m.Attendance.Summoned, ErrPlan, "members")
}

// coverSummoned is a refusal, of the cause and about the field, when percentages
// are of all members and more are summoned than there are: they could cast more
// ballots than that.
func (p *Plan) coverSummoned(summoned int, cause error, field string) error {
	rules, err := RuleSetByID(p.RuleSet)
	if err != nil || rules.PercentBase != BaseMembers || summoned <= p.Members {
		return nil
	}
	return refuse(cause, field, fmt.Sprintf("triệu tập %d người, nhiều hơn tổng số thành viên là %d", summoned, p.Members),
		fmt.Sprintf("%d are summoned, more than all %d members", summoned, p.Members))
}

// peopled is a refusal unless there are people to vote on, on every paper.
func (m *Meeting) peopled() error {
	if err := m.checkPeople(m.People, m.Papers); err != nil {
		return err
	}
	for i, paper := range m.Papers {
		if len(m.OnPaper(i)) == 0 {
			label := paper.label(i)
			return refuse(ErrPeople, "people", "chưa có người được lấy phiếu: "+label.Vi, "nobody to vote on: "+label.En)
		}
	}
	return nil
}

// ready is a refusal unless everything is there that elections are made of. No
// text in it can be refused by an election: each was made tidy when it came.
func (m *Meeting) ready() error {
	if err := m.planned(); err != nil {
		return err
	}
	if err := m.peopled(); err != nil {
		return err
	}
	return m.checkBoard(m.Board, m.People)
}
