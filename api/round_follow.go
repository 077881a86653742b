package api

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// followRows is how many polls a page of the table has.
const followRows = 100

// A followRow is an expected poll in the table.
type followRow struct {
	round.Standing
	Number int // of the group, from 1
	Path   string
	Stage  badge
	Limits []metView // prepare, vote, send
	Missed []meeting.Text
}

// AgencyPath is the address of the agency's page.
func (r followRow) AgencyPath() string { return agencyPath(r.Agency.ID) }

// A choice is a link that filters the table, and how many polls it leaves.
type choice struct {
	Text  meeting.Text
	Count int
	Path  string
	Here  bool
	Class string
}

// A heading is a column by which the table can be ordered.
type heading struct {
	Text meeting.Text
	Path string
	Sort string // "ascending", "descending", or empty
}

// A ruleLine is a rule of the round, under the number by which the table names
// it.
type ruleLine struct {
	Name meeting.Text
	Rule []meeting.Text
}

// rulesOf are the rules that the round sets, in the order of limitIDs.
func rulesOf(r *round.Round) []ruleLine {
	lines := []ruleLine{{Name: both("Chuẩn bị", "Prepare")}, {Name: both("Lấy phiếu", "Vote")}, {Name: both("Gửi kết quả", "Send")}}
	if w := r.Prepare.Words(); w.Vi != "" {
		lines[0].Rule = append(lines[0].Rule, both(r.PrepareText.Vi+", xong "+w.Vi, r.PrepareText.En+", done "+w.En))
	}
	for _, g := range r.Groups {
		if w := g.Finish.Words(); w.Vi != "" {
			lines[1].Rule = append(lines[1].Rule, both(g.Name+": kết thúc "+w.Vi, "finished "+w.En))
		}
	}
	lines[2].Rule = append(lines[2].Rule, both(
		fmt.Sprintf("Gửi về %s (qua %s) sau %02d ngày tổ chức lấy phiếu, tính ngày theo lịch", r.Superior, r.Office, r.SendDays),
		fmt.Sprintf("to be sent within %d calendar days after the vote", r.SendDays),
	))
	return lines
}

// followData is what the page shows.
type followData struct {
	Rules    []ruleLine
	Today    string
	Total    int
	Found    int
	Choices  []choice
	Kinds    []option
	Groups   []option
	Stages   []option
	Query    url.Values
	Headings []heading
	Rows     []followRow
	All      string // address without any filter
	pageCut
}

// shows are the choices above the table, each with the polls that it leaves.
var shows = []struct {
	id    string
	text  meeting.Text
	class string
	has   func(*round.Standing) bool
}{
	{"", meeting.Text{Vi: "Tất cả", En: "All"}, "", func(*round.Standing) bool { return true }},
	{"late", meeting.Text{Vi: "Chậm so với thời hạn", En: "Late"}, "is-late", (*round.Standing).Late},
	{"near", meeting.Text{Vi: "Sắp đến hạn", En: "Due soon"}, "is-near", near},
	{"missing", meeting.Text{Vi: "Chưa có kết quả", En: "No result yet"}, "", missing},
	{"apart", meeting.Text{Vi: "Gói có lỗi hoặc đang chờ", En: "Apart or waiting"}, "is-late", func(s *round.Standing) bool {
		return s.Stage == round.StageApart || s.Stage == round.StageHeld || s.Unproven > 0
	}},
	{"sent", meeting.Text{Vi: "Đã gửi", En: "Sent"}, "is-done", func(s *round.Standing) bool { return s.Stage == round.StageSent }},
}

func near(s *round.Standing) bool {
	return slices.ContainsFunc(s.Rules, func(m round.Met) bool { return m.Warn })
}

func missing(s *round.Standing) bool {
	return s.Stage != round.StageSent && s.Stage != round.StageExcused
}

func (v *roundVisit) standings() ([]round.Standing, error) {
	return v.Rounds.Follow(v.ctx(), v.actor, v.r.UUID, v.today())
}

// followPage filters, orders and cuts the table by the address alone, so that it
// works without a script.
func (v *roundVisit) followPage() (any, error) {
	all, err := v.standings()
	if err != nil {
		return nil, err
	}
	q := v.query()
	d := followData{
		Rules: rulesOf(v.r), Today: dayText(v.today()), Total: len(all), Query: q, All: v.base(),
		Kinds: []option{{Text: both("Mọi loại", "All kinds")}}, Groups: []option{{Text: both("Mọi nhóm", "All groups")}},
		Stages: []option{{Text: both("Mọi tình trạng", "All states")}},
	}
	d.addOptions(v.r, all)
	found := filterStandings(all, q)
	for _, s := range shows {
		n := 0
		for i := range found {
			if s.has(&found[i]) {
				n++
			}
		}
		d.Choices = append(d.Choices, choice{s.text, n, v.with(q, "show", s.id), q.Get("show") == s.id, s.class})
	}
	found = keepShown(found, q.Get("show"))
	orderStandings(v.r, found, q.Get("sort"))
	d.Found = len(found)
	d.Headings = v.headings(q)
	d.pageCut = v.cut(q, len(found), followRows)
	for i := d.First - 1; i < d.Last; i++ {
		d.Rows = append(d.Rows, newFollowRow(v, &found[i]))
	}
	return d, nil
}

// addOptions fills what can be chosen from.
func (d *followData) addOptions(r *round.Round, all []round.Standing) {
	seen := map[string]bool{}
	for _, s := range all {
		if k := s.Agency.Kind; !seen[k] {
			d.Kinds = append(d.Kinds, option{Value: k, Text: both(k, k), Chosen: d.Query.Get("kind") == k})
			seen[k] = true
		}
	}
	for i, g := range r.Groups {
		name := strconv.Itoa(i+1) + ". " + g.Name
		d.Groups = append(d.Groups, option{Value: g.ID, Text: both(name, name), Chosen: d.Query.Get("group") == g.ID})
	}
	for _, s := range stages {
		d.Stages = append(d.Stages, option{Value: string(s.stage), Text: s.Text, Chosen: d.Query.Get("stage") == string(s.stage)})
	}
}

func newFollowRow(v *roundVisit, s *round.Standing) followRow {
	row := followRow{
		Standing: *s, Number: groupOrder(v.r, s.Group.ID) + 1, Stage: stageBadge(s.Stage),
		Path: v.base() + "/polls/" + url.PathEscape(s.Agency.ID) + "/" + url.PathEscape(s.Group.ID),
	}
	for _, id := range limitIDs {
		met := round.Met{ID: id}
		if i := slices.IndexFunc(s.Rules, func(m round.Met) bool { return m.ID == id }); i >= 0 {
			met = s.Rules[i]
		}
		row.Limits = append(row.Limits, newMetView(met))
		if met.Late {
			row.Missed = append(row.Missed, met.Rule)
		}
	}
	return row
}

// limitIDs are the limits that a poll of a round has, in their order.
var limitIDs = []string{"prepare", "vote", "send"}

func groupOrder(r *round.Round, id string) int {
	return slices.IndexFunc(r.Groups, func(g round.Group) bool { return g.ID == id })
}

// filterStandings keeps what the query asks for, but for its choice.
func filterStandings(all []round.Standing, q url.Values) []round.Standing {
	var list []round.Standing
	for _, s := range all {
		fits := (q.Get("kind") == "" || s.Agency.Kind == q.Get("kind")) &&
			(q.Get("group") == "" || s.Group.ID == q.Get("group")) &&
			(q.Get("stage") == "" || string(s.Stage) == q.Get("stage")) &&
			matchesText(q.Get("q"), s.Agency.Name, s.Agency.ID)
		if fits {
			list = append(list, s)
		}
	}
	return list
}

func keepShown(list []round.Standing, show string) []round.Standing {
	for _, s := range shows {
		if s.id == show {
			return slices.DeleteFunc(list, func(st round.Standing) bool { return !s.has(&st) })
		}
	}
	return list
}

// orderStandings orders rows by a column; as they come they are in the order of
// the directory, which stays where rows are equal.
func orderStandings(r *round.Round, list []round.Standing, by string) {
	name, down := strings.CutPrefix(by, "-")
	order := map[string]func(a, b *round.Standing) int{
		"agency":  byName(),
		"group":   func(a, b *round.Standing) int { return groupOrder(r, a.Group.ID) - groupOrder(r, b.Group.ID) },
		"stage":   func(a, b *round.Standing) int { return stageOrder(a.Stage) - stageOrder(b.Stage) },
		"prepare": byLimit("prepare"), "vote": byLimit("vote"), "send": byLimit("send"),
	}[name]
	if order == nil {
		return
	}
	slices.SortStableFunc(list, func(a, b round.Standing) int {
		if down {
			return order(&b, &a)
		}
		return order(&a, &b)
	})
}

// byName compares names of agencies as Vietnamese does.
func byName() func(a, b *round.Standing) int {
	collator := collate.New(language.Vietnamese)
	return func(a, b *round.Standing) int { return collator.CompareString(a.Agency.Name, b.Agency.Name) }
}

// byLimit compares by how pressing a limit is: late, near, open, done; and then
// by day.
func byLimit(id string) func(a, b *round.Standing) int {
	key := func(s *round.Standing) string {
		for _, m := range s.Rules {
			if m.ID != id {
				continue
			}
			switch {
			case m.Done != "":
				return "3" + string(m.Done)
			case m.Late:
				return "0" + string(m.Due)
			case m.Warn:
				return "1" + string(m.Due)
			}
			return "2" + cmp.Or(string(m.Due), "9")
		}
		return "4"
	}
	return func(a, b *round.Standing) int { return strings.Compare(key(a), key(b)) }
}

// headings are the columns, each with the address that orders by it.
func (v *roundVisit) headings(q url.Values) (list []heading) {
	for _, h := range []struct{ id, vi, en string }{
		{"agency", "Cơ quan", "Agency"}, {"group", "Nhóm chức danh", "Posts"}, {"stage", "Tình trạng", "State"},
		{"prepare", "Chuẩn bị", "Prepare"}, {"vote", "Lấy phiếu", "Vote"}, {"send", "Gửi kết quả", "Send"},
	} {
		one := heading{Text: both(h.vi, h.en), Path: v.with(q, "sort", h.id)}
		switch q.Get("sort") {
		case h.id:
			one.Sort, one.Path = "ascending", v.with(q, "sort", "-"+h.id)
		case "-" + h.id:
			one.Sort, one.Path = "descending", v.with(q, "sort", "")
		}
		list = append(list, one)
	}
	return list
}

// with is the address of the table with one thing in its query changed; it
// begins with the first page.
func (v *roundVisit) with(q url.Values, name, value string) string {
	changed := url.Values{}
	for n, values := range q {
		if n != name && n != "page" && len(values) > 0 && values[0] != "" {
			changed[n] = values
		}
	}
	if value != "" {
		changed.Set(name, value)
	}
	return v.address(v.here()) + "?" + changed.Encode()
}

func (v *roundVisit) withPage(q url.Values, page int) string {
	return v.with(q, "", "") + "&page=" + strconv.Itoa(page)
}

// here is the page that this request asks for.
func (v *roundVisit) here() roundPage {
	for _, p := range oneRound.pages {
		if v.c.FullPath() == roundsPath+"/:uuid"+p.path {
			return p
		}
	}
	return roundPageByID("follow")
}

// matchesText reports whether one of the texts holds what is looked for, with
// or without marks and capitals.
func matchesText(wanted string, texts ...string) bool {
	if wanted = foldText(wanted); wanted == "" {
		return true
	}
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(foldText(text), wanted) })
}

// A calendarDay is a day of the month.
type calendarDay struct {
	Number  int
	Date    string
	Today   bool
	DayOff  bool
	Outside bool // of the month: an empty cell
	Due     []calendarDue
}

// A calendarDue is a rule that ends on a day.
type calendarDue struct {
	round.Due
	Names []calendarName // of those that have not done it, some of them
	More  int            // and so many others
	Path  string         // of all of them
}

// Short names the rule in a word or two.
func (c calendarDue) Short() meeting.Text {
	switch c.ID {
	case "prepare":
		return both("Chuẩn bị", "Prepare")
	case "send":
		return both("Gửi", "Send")
	case "planned":
		return both("Dự kiến", "Planned")
	}
	return both("Lấy phiếu", "Vote")
}

type calendarName struct{ Name, Posts, Path string }

// calendarData is a month.
type calendarData struct {
	Month         string // 8/2023
	MonthEn       string
	Weeks         [][]calendarDay
	Days          []calendarDay // with something on them
	Before, After string
}

// mostNames is how many agencies a day of the calendar names.
const mostNames = 5

// calendarPage is the month that the address names, or the one of today.
func (v *roundVisit) calendarPage() (any, error) {
	all, err := v.standings()
	if err != nil {
		return nil, err
	}
	today := v.Clock().In(vietnam)
	first := time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, time.UTC)
	if asked, err := time.Parse("2006-01", v.c.Query("month")); err == nil && asked.Year() > 1900 && asked.Year() < 3000 {
		first = asked
	}
	address := func(t time.Time) string { return v.base() + "/calendar?month=" + t.Format("2006-01") }
	d := calendarData{
		Month: first.Format("1/2006"), MonthEn: first.Format("January 2006"),
		Before: address(first.AddDate(0, -1, 0)), After: address(first.AddDate(0, 1, 0)),
	}
	due := map[meeting.Date][]round.Due{}
	for _, day := range round.Calendar(all, first.Year(), first.Month()) {
		due[day.Date] = day.Due
	}
	week := make([]calendarDay, (int(first.Weekday())+6)%7) // weeks begin on Monday
	for i := range week {
		week[i].Outside = true
	}
	for t := first; t.Month() == first.Month(); t = t.AddDate(0, 0, 1) {
		date := meeting.Day(t)
		day := calendarDay{Number: t.Day(), Date: dayText(date), Today: date == v.today(), DayOff: date.DayOff()}
		for _, one := range due[date] {
			day.Due = append(day.Due, v.newCalendarDue(one))
		}
		if len(day.Due) > 0 {
			d.Days = append(d.Days, day)
		}
		if week = append(week, day); len(week) == 7 {
			d.Weeks, week = append(d.Weeks, week), nil
		}
	}
	for len(week) > 0 && len(week) < 7 {
		week = append(week, calendarDay{Outside: true})
	}
	if len(week) > 0 {
		d.Weeks = append(d.Weeks, week)
	}
	return d, nil
}

func (v *roundVisit) newCalendarDue(one round.Due) calendarDue {
	c := calendarDue{Due: one, Path: v.base() + "?sort=" + url.QueryEscape(limitOf(one.ID))}
	for i := range one.Open {
		if i == mostNames {
			c.More = len(one.Open) - mostNames
			break
		}
		row := newFollowRow(v, &one.Open[i])
		c.Names = append(c.Names, calendarName{row.Agency.Name, row.Group.Name, row.Path})
	}
	return c
}

// limitOf is the column of the table in which a rule of the calendar stands.
func limitOf(id string) string {
	if id == "planned" {
		return "vote"
	}
	return id
}
