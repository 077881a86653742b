package api

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/meeting/staff"
)

// roundView is what every page of the superior is drawn from.
type roundView struct {
	inputs
	*roundVisit
	Page    string
	Heading meeting.Text
	Stamp   string // revision of what the form was drawn from
	Problem *pageProblem
	Data    any // of the page itself
}

// Base is the address of the round, before every link and form.
func (d *roundView) Base() string { return d.base() }

// Self is the address of this page, without its query.
func (d *roundView) Self() string { return d.address(roundPageByID(d.Page)) }

// Actor is who looks at the page.
func (d *roundView) Actor() staff.Actor { return d.actor }

// Role is what they are called.
func (d *roundView) Role() meeting.Text { return roleName(d.actor.Role) }

// Round is the round, or nil.
func (d *roundView) Round() *round.Round { return d.r }

// Notes are said above the form.
func (d *roundView) Notes() []meeting.Text { return d.notes }

// Words are a text in both languages, for a template that is given one.
func (d *roundView) Words(vi, en string) meeting.Text { return meeting.Text{Vi: vi, En: en} }

// Inc counts rows for people, from 1.
func (d *roundView) Inc(i int) int { return i + 1 }

// Day writes a date as people do, or a dash.
func (d *roundView) Day(date meeting.Date) string { return dayText(date) }

// Saved reports whether the page follows a form that was taken.
func (d *roundView) Saved() bool {
	_, saved := d.c.Request.URL.Query()["saved"]
	return saved && d.Problem == nil && d.typed == nil
}

// RuleSets are those that a round can name.
func (d *roundView) RuleSets() (list []option) {
	for _, r := range meeting.RuleSets() {
		list = append(list, option{Value: r.ID, Text: r.Name})
	}
	return list
}

// A roundLink is a page in the rail.
type roundLink struct {
	Path string
	Name meeting.Text
	Here bool
}

// within are the pages that belong to another in the rail.
var within = map[string]string{"poll": "follow", "package": "packages", "new": "list", "directory": "agencies", "agency": "agencies"}

func (d *roundView) links(ids ...string) (list []roundLink) {
	for _, id := range ids {
		p, base := roundPageByID(id), d.base()
		if slices.ContainsFunc(allRounds.pages, func(p roundPage) bool { return p.id == id }) {
			base = roundsPath
		}
		list = append(list, roundLink{base + p.path, p.title, id == d.Page || id == within[d.Page]})
	}
	return list
}

// Rail are the pages of the round, in the order in which they are needed.
func (d *roundView) Rail() []roundLink {
	if d.r == nil {
		return nil
	}
	return d.links("follow", "calendar", "reminders", "packages", "people", "result", "report", "edit", "expected")
}

// More are the pages about no particular round.
func (d *roundView) More() []roundLink { return d.links("list", "agencies") }

// A badge is one word of state: with a sign, and the words that say the same.
type badge struct {
	Class, Mark string
	meeting.Text
}

// stages are the stages of an expected poll in their order, as people read
// them.
var stages = []struct {
	stage round.Stage
	badge
}{
	{round.StageNone, badge{"badge-note", "○", meeting.Text{Vi: "Chưa có tin", En: "No word yet"}}},
	{round.StagePrepared, badge{"badge-note", "◔", meeting.Text{Vi: "Đã chuẩn bị", En: "Prepared"}}},
	{round.StageVoted, badge{"badge-note", "◑", meeting.Text{Vi: "Đã lấy phiếu", En: "Voted"}}},
	{round.StageHeld, badge{"badge-wait", "◕", meeting.Text{Vi: "Gói đang chờ", En: "Package waits"}}},
	{round.StageApart, badge{"badge-stop", "✗", meeting.Text{Vi: "Gói có lỗi", En: "Package kept apart"}}},
	{round.StagePart, badge{"badge-wait", "◑", meeting.Text{Vi: "Đã gửi một phần", En: "Sent in part"}}},
	{round.StageSent, badge{"badge-done", "✓", meeting.Text{Vi: "Đã gửi", En: "Sent"}}},
	{round.StageExcused, badge{"badge-note", "–", meeting.Text{Vi: "Không lấy phiếu", En: "Nothing to vote on"}}},
}

func stageBadge(s round.Stage) badge { return stages[stageOrder(s)].badge }

// stageOrder is the place of a stage in their order.
func stageOrder(s round.Stage) int {
	for i := range stages {
		if stages[i].stage == s {
			return i
		}
	}
	return 0
}

// packageStatuses are what became of a package, as people read it.
var packageStatuses = []struct {
	status round.Status
	badge
}{
	{round.Held, badge{"badge-wait", "◕", meeting.Text{Vi: "Chờ xác nhận khóa", En: "Key to be confirmed"}}},
	{round.Checking, badge{"badge-wait", "◕", meeting.Text{Vi: "Đang kiểm tra", En: "Being checked"}}},
	{round.Accepted, badge{"badge-done", "✓", meeting.Text{Vi: "Hợp lệ", En: "Accepted"}}},
	{round.Apart, badge{"badge-stop", "✗", meeting.Text{Vi: "Để riêng, có lỗi", En: "Kept apart"}}},
	{round.Superseded, badge{"badge-note", "↻", meeting.Text{Vi: "Đã có gói thay thế", En: "Superseded"}}},
}

func statusBadge(s round.Status) badge {
	for _, row := range packageStatuses {
		if row.status == s {
			return row.badge
		}
	}
	return badge{"badge-note", "○", meeting.Text{Vi: string(s), En: string(s)}}
}

// A metView is a limit as a cell of a table shows it.
type metView struct {
	round.Met
	Mark, Class string
	Word        meeting.Text // how it was met; empty for nothing known
	Day         meeting.Date // on which it was, or is due
}

// When is that day as people write it.
func (m metView) When() string { return dayText(m.Day) }

func newMetView(m round.Met) metView {
	v := metView{Met: m}
	say := func(class, mark, vi, en string, day meeting.Date) {
		v.Class, v.Mark, v.Word, v.Day = class, mark, both(vi, en), day
	}
	switch {
	case m.Done != "" && m.Late:
		say("is-late", "✗", "Chậm", "Late", m.Done)
	case m.Done != "":
		say("is-done", "✓", "Xong", "Done", m.Done)
	case m.Late:
		say("is-late", "✗", "Quá hạn", "Overdue", m.Due)
	case m.Warn:
		say("is-near", "!", "Đến hạn", "Due", m.Due)
	case m.Due != "":
		say("is-open", "○", "Hạn", "Due", m.Due)
	}
	return v
}

// KeyDigits are what people read to one another to compare a key.
func (d *roundView) KeyDigits(key string) string { return round.KeyDigits(key) }

// Superior are the digits of this server and of the key of its receipts, which
// agencies compare before they send.
func (d *roundView) Superior() string { return meeting.SuperiorDigits(d.Rounds.URL, d.Rounds.Key) }

// Short is the beginning of a hash.
func (d *roundView) Short(hash string) string { return hash[:min(12, len(hash))] }

// A pageCut is the part of a list that a page shows.
type pageCut struct {
	First, Last   int    // numbers of its first and last row, from 1
	Before, After string // addresses of the pages beside it, or empty
}

// cut returns the part of a list of so many rows that the query asks for, at
// most size of them; anything that is no page is the nearest that is.
func (v *roundVisit) cut(q url.Values, rows, size int) pageCut {
	page, _ := strconv.Atoi(q.Get("page")) // anything else is the first
	last := max(0, (rows-1)/size)
	page = min(max(page, 0), last)
	c := pageCut{First: page*size + 1, Last: min((page+1)*size, rows)}
	if page > 0 {
		c.Before = v.withPage(q, page-1)
	}
	if page < last {
		c.After = v.withPage(q, page+1)
	}
	return c
}

// query is the query of this request without some of its names.
func (v *roundVisit) query(without ...string) url.Values {
	q := v.c.Request.URL.Query()
	for _, name := range append(without, "saved") {
		q.Del(name)
	}
	return q
}
