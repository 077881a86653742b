package api

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/meeting"
)

// columns of the references in a plan.
var referenceColumns = []string{"reference_number", "reference_date", "reference_about"}

// planValues is a plan as its form shows it.
func planValues(p meeting.Plan) url.Values {
	form := url.Values{
		"agency": {p.Agency}, "superior": {p.Superior}, "title": {p.Title}, "place": {p.Place}, "date": {string(p.Date)},
		"time": {p.Time}, "session": {string(p.Session)}, "ruleset": {p.RuleSet}, "chair": {p.Chair},
		"decision_number": {p.Decision.Number}, "decision_date": {string(p.Decision.Date)}, "decision_about": {p.Decision.About},
		"members": {unlessZero(p.Members)}, "min_ballots": {strconv.Itoa(p.MinBallots)}, "spares": {strconv.Itoa(p.Spares)},
		"used_limit": {strconv.Itoa(p.UsedLimit)},
	}
	if p.MembersOnly {
		form.Set("members_only", "yes")
	}
	if p.Witnessed {
		form.Set("witnessed", "yes")
	}
	for _, r := range p.References {
		addReference(form, r)
	}
	if len(p.References) == 0 {
		addReference(form, meeting.Reference{})
	}
	return form
}

func addReference(form url.Values, r meeting.Reference) {
	form.Add("reference_number", r.Number)
	form.Add("reference_date", string(r.Date))
	form.Add("reference_about", r.About)
}

func unlessZero(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// readPlan reads the form of a plan.
func readPlan(form url.Values) (meeting.Plan, error) {
	r := reading{form: form}
	p := meeting.Plan{
		Agency: r.text("agency"), Superior: r.text("superior"), Title: r.text("title"), Place: r.text("place"),
		Date: r.date("date", r.text("date")), Time: r.text("time"), Session: r.date("session", r.text("session")),
		Decision: meeting.Reference{
			Number: r.text("decision_number"), Date: r.date("decision_date", r.text("decision_date")), About: r.text("decision_about"),
		},
		RuleSet: r.text("ruleset"), Chair: r.text("chair"), Members: r.number("members"), MinBallots: r.number("min_ballots"),
		Spares: r.number("spares"), UsedLimit: r.number("used_limit"), MembersOnly: r.text("members_only") != "",
		Witnessed: r.text("witnessed") != "",
	}
	for i := range form["reference_number"] {
		p.References = append(p.References, meeting.Reference{
			Number: r.cell("reference_number", i), About: r.cell("reference_about", i),
			Date: r.date("reference_date-"+strconv.Itoa(i), r.cell("reference_date", i)),
		})
	}
	if p.Title == "" {
		r.refuse("title", "Ghi tên cuộc họp.", "Write the title of the meeting.")
	}
	return p, r.err()
}

// The fields of a plan that stand in ballot papers or in the settings of the
// boxes change in a draft alone; those after them until the poll is sealed.
var (
	draftFields = []string{
		"title", "agency", "superior", "place", "date", "ruleset", "chair", "members", "min_ballots", "members_only", "witnessed",
	}
	preparedFields = []string{"session", "spares", "used_limit"}
)

// lockedPlan are the fields that cannot change any more.
func (v *visit) lockedPlan() []string {
	switch v.m.State {
	case meeting.Draft:
		return nil
	case meeting.Keys, meeting.Slips, meeting.Rehearsed:
		return draftFields
	}
	return slices.Concat(draftFields, preparedFields)
}

// unlock gives the fields of a plan that cannot change any more their present
// values, which browsers do not send.
func (v *visit) unlock(form url.Values) url.Values {
	full, stored := maps.Clone(form), planValues(v.m.Plan)
	for _, name := range v.lockedPlan() {
		full[name] = stored[name]
	}
	return full
}

// newPlan is what the form of a new meeting begins with.
func newPlan() url.Values {
	return planValues(meeting.Plan{
		RuleSet: meeting.RuleSetReg96, MinBallots: meeting.DefaultMinBallots,
		Spares: meeting.DefaultSpares, UsedLimit: meeting.DefaultUsedLimit,
	})
}

// RuleSets are those that a plan can name.
func (d *officeView) RuleSets() []meeting.RuleSet { return meeting.RuleSets() }

// savePlan keeps a plan.
func (v *visit) savePlan() (string, error) {
	if editRows(v.typed, referenceColumns...) {
		v.typed = v.unlock(v.typed)
		return "", errShowAgain
	}
	if err := v.fresh("plan"); err != nil {
		return "", err
	}
	plan, err := readPlan(v.unlock(v.typed))
	if err != nil {
		return "", err
	}
	_, err = v.office.SetPlan(v.c.Request.Context(), v.actor, v.m.UUID, plan)
	return "", err
}

// meetingRow is a meeting in the list of all.
type meetingRow struct {
	*meeting.Meeting
	State meeting.Text
	Badge string
	Day   string
}

// meetingList shows all meetings, the latest day first.
func (s *server) meetingList(c *gin.Context) error {
	actor := actorOf(c)
	list, err := s.office.List(c.Request.Context(), actor)
	if err != nil {
		return err
	}
	d := s.outside(c, "meetings", meeting.Text{Vi: "Các cuộc họp", En: "Meetings"})
	rows := make([]meetingRow, 0, len(list))
	for _, m := range list {
		rows = append(rows, meetingRow{m, stateText(m.State), stateBadge(m.State), dayText(m.Plan.Date)})
	}
	slices.SortStableFunc(rows, func(a, b meetingRow) int { return cmp.Compare(b.Plan.Date, a.Plan.Date) })
	d.Data = rows
	return render(c, http.StatusOK, "office-meetings", d)
}

// outside is a page of accounts that belongs to no meeting.
func (s *server) outside(c *gin.Context, id string, heading meeting.Text) *officeView {
	return &officeView{visit: &visit{server: s, c: c, actor: actorOf(c)}, Page: id, Heading: heading}
}

func (s *server) newMeeting(c *gin.Context) error {
	if !meeting.May(actorOf(c).Role, meeting.ActCreate) {
		return meeting.ErrRole
	}
	return s.showNew(c, newPlan(), nil)
}

func (s *server) showNew(c *gin.Context, values url.Values, refused *problem) error {
	d := s.outside(c, "new", meeting.Text{Vi: "Cuộc họp mới", En: "A new meeting"})
	d.inputs, d.Problem = inputs{values: values, wrong: refused}, summaryOf(refused)
	status := http.StatusOK
	if refused != nil {
		status = refused.Status
	}
	return render(c, status, "office-new", d)
}

// createMeeting begins a meeting with a plan that may be incomplete.
func (s *server) createMeeting(c *gin.Context) error {
	actor := actorOf(c)
	if !meeting.May(actor.Role, meeting.ActCreate) {
		return meeting.ErrRole
	}
	typed, err := readOfficeForm(c, maxOfficeForm)
	if err != nil {
		return err
	}
	if editRows(typed, referenceColumns...) {
		return s.showNew(c, typed, nil)
	}
	plan, err := readPlan(typed)
	if err == nil {
		var m *meeting.Meeting
		if m, err = s.office.Create(c.Request.Context(), actor, plan); err == nil {
			done(c, "/staff/meetings/"+string(m.UUID)+"/people")
			return nil
		}
	}
	if !wantsPage(c) {
		return err
	}
	p := toProblem(err)
	if p.Status >= http.StatusInternalServerError {
		s.Log.Error("request failed", "route", c.FullPath(), "cause", err.Error())
	}
	return s.showNew(c, typed, &p)
}

// deadlineRow is one act of preparation, with the badge that says how it is.
type deadlineRow struct {
	meeting.LateDeadline
	Due   string
	Badge string
	Words meeting.Text
}

// preparationPage is the deadlines of the rule set as of today.
func (v *visit) preparationPage() (any, error) {
	today := v.today()
	var rows []deadlineRow
	for _, d := range meeting.Late(v.m, meeting.Day(today)) {
		row := deadlineRow{LateDeadline: d, Due: dayText(d.Due)}
		row.Badge, row.Words = deadlineBadge(d, today)
		rows = append(rows, row)
	}
	return rows, nil
}

func deadlineBadge(d meeting.LateDeadline, today time.Time) (class string, words meeting.Text) {
	due, known := d.Due.Day()
	left := int(due.Sub(today).Hours() / 24)
	switch {
	case d.Done != "" && d.Late:
		done, _ := d.Done.Day()
		days := int(done.Sub(due).Hours() / 24)
		return "badge-stop", meeting.Text{Vi: fmt.Sprintf("✗ Đã làm, trễ %d ngày", days), En: fmt.Sprintf("done, %d days late", days)}
	case d.Done != "":
		return "badge-done", meeting.Text{Vi: "✓ Đã làm, đúng hạn", En: "done in time"}
	case !known:
		return "badge-note", meeting.Text{Vi: "Chưa rõ hạn", En: "no day to count from"}
	case d.Late:
		return "badge-stop", meeting.Text{Vi: fmt.Sprintf("✗ Quá hạn %d ngày", -left), En: fmt.Sprintf("%d days overdue", -left)}
	case left == 0:
		return "badge-wait", meeting.Text{Vi: "Đến hạn hôm nay", En: "due today"}
	}
	return "badge-wait", meeting.Text{Vi: fmt.Sprintf("Còn %d ngày", left), En: fmt.Sprintf("%d days left", left)}
}

// preparationValues is the days on which acts of preparation were done.
func preparationValues(v *visit) url.Values {
	form := url.Values{}
	for _, d := range v.deadlines() {
		form.Set("done_"+d.ID, string(v.m.Prepared[d.ID]))
	}
	return form
}

func (v *visit) deadlines() []meeting.Deadline {
	rules, err := meeting.RuleSetByID(v.m.Plan.RuleSet)
	if err != nil {
		return nil
	}
	return rules.Deadlines
}

// savePreparation notes the days that have changed.
func (v *visit) savePreparation() (string, error) {
	r := reading{form: v.typed}
	days := map[string]meeting.Date{}
	for _, d := range v.deadlines() {
		days[d.ID] = r.date("done_"+d.ID, r.text("done_"+d.ID))
	}
	if err := r.err(); err != nil {
		return "", err
	}
	for _, d := range v.deadlines() {
		if days[d.ID] == v.m.Prepared[d.ID] {
			continue
		}
		if _, err := v.office.SetPrepared(v.c.Request.Context(), v.actor, v.m.UUID, d.ID, days[d.ID]); err != nil {
			return "", err
		}
	}
	return "", nil
}

// today is the day at the server, at midnight UTC as [meeting.Date.Day] has it.
func (s *server) today() time.Time {
	y, m, d := s.Clock().In(vietnam).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
