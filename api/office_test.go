package api_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/staff"
)

// somebody is who looks at pages: the secretary's are below another address.
type somebody struct {
	*device
	role staff.Role
	base string
}

func (c *council) everybody() []somebody {
	return []somebody{
		{c.secretary.device, staff.Secretary, c.base}, {c.chair.device, staff.Chair, c.chair.base},
		{c.members[0].device, staff.Member, c.members[0].base}, {c.members[2].device, staff.Member, c.members[2].base},
		{c.auditor.device, staff.Auditor, c.auditor.base},
	}
}

// pagePath is the address of a page below the meeting's.
func pagePath(id string) string { return strings.TrimSuffix("/"+id, "/overview") }

// Every page stands for everybody who may see the meeting, in every state, and
// offers nobody a form that the role may not send.
func TestEveryPageInEveryState(t *testing.T) {
	c, forms := newCouncil(t), api.OfficeForms()
	action := regexp.MustCompile(`<form method="post" action="([^"]+)"`)
	for _, state := range councilStates {
		c.to(state)
		for _, who := range c.everybody() {
			for _, id := range api.OfficePages() {
				if id == "groups" && who.role != staff.Chair {
					who.script().send("GET", who.base+"/groups", nil).want(http.StatusForbidden, "not-your-role")
					continue
				}
				page := who.get(who.base+pagePath(id), http.StatusOK)
				for _, found := range action.FindAllStringSubmatch(page, -1) {
					path, own := strings.CutPrefix(found[1], who.base+"/")
					if own && path != "leave" && !meeting.May(who.role, forms[path]) {
						t.Errorf("%s: %s is offered %s on %s", state, who.role, path, id)
					}
				}
			}
		}
	}
}

// The rail says what is done, what is to be done and what is in the way; the
// right column who is waited for, and who sits where.
func TestRailAndWaiting(t *testing.T) {
	c := newCouncil(t)
	now := regexp.MustCompile(`(?s)<li class="is-(?:now|blocked)[^"]*">.*?<span>([^<]+) <span`)
	for _, state := range councilStates {
		c.to(state)
		want := railWants[state]
		page := c.auditor.page("")
		if found := now.FindStringSubmatch(page); found == nil || found[1] != want.step {
			t.Errorf("%s: step %q, want %q", state, found, want.step)
		}
		c.has(visible(page), want.waits, "Firefox · Windows", "Ngô Văn Kiểm")
	}
	c.publish(meeting.AudienceMeeting)
	c.has(visible(c.auditor.page("")), "Không ai phải chờ")
}

// railWants is the step that is to be done in each state, and who is waited for.
var railWants = map[meeting.State]struct{ step, waits string }{
	meeting.Draft:     {"Khóa của Ban kiểm phiếu", "Thư ký: bắt đầu tạo khóa"},
	meeting.Keys:      {"Khóa của Ban kiểm phiếu", "Bùi Văn Khoa (trưởng ban): tạo khóa, bước 1/6"},
	meeting.Slips:     {"Tờ phiếu", "Ban kiểm phiếu: làm 10 tờ phiếu và nộp phần công khai"},
	meeting.Rehearsed: {"Niêm phong", "Lê Thị Hòa (chủ trì): niêm phong"},
	meeting.Sealed:    {"Hội nghị", "Thư ký hoặc chủ trì: Cần ít nhất 6, còn thiếu 6."},
	meeting.Open:      {"Bỏ phiếu", "Người bỏ phiếu: đã bỏ 0 phiếu"},
	meeting.Closed:    {"Đối chiếu phiếu", "Ban kiểm phiếu: đối chiếu số phiếu"},
	meeting.Tallied:   {"Biên bản, báo cáo", "Chủ trì hoặc Ban kiểm phiếu: lập biên bản và báo cáo"},
	meeting.Signed:    {"Công bố kết quả", "Lê Thị Hòa (chủ trì): công bố kết quả"},
}

// seatOnly are the actions that no form takes: a member's browser sends JSON.
var seatOnly = map[meeting.Action]string{
	meeting.ActCeremony: "/api/ceremony", meeting.ActUploadSlips: "/api/slips", meeting.ActDesk: "/api/desk",
	meeting.ActSignClosing: "/api/polls/POLL/closing", meeting.ActContribute: "/api/polls/POLL/contribution",
}

// Nobody takes somebody else's step: every action of every role, over HTTP.
func TestOthersActionsAreRefused(t *testing.T) {
	c := councilIn(t, meeting.Slips)
	paths := map[meeting.Action]string{meeting.ActCreate: "/staff/meetings"}
	for path, action := range api.OfficeForms() {
		paths[action] = "/" + path
	}
	for action, path := range seatOnly {
		paths[action] = strings.Replace(path, "POLL", string(c.meeting().Papers[0].UUID), 1)
	}
	paths[meeting.ActCompare] = paths[meeting.ActSend] // a tick on the same form
	before := c.meeting().Revision
	for _, who := range c.everybody() {
		for _, action := range meeting.Actions() {
			path, known := paths[action]
			switch {
			case action == meeting.ActView:
				continue
			case !known:
				t.Errorf("%s: nothing takes it", action)
				continue
			case meeting.May(who.role, action):
				continue
			case seatOnly[action] != "" && who.role == staff.Secretary:
				continue // there is no such address for accounts
			case action != meeting.ActCreate:
				path = who.base + path
			}
			a := who.script().sendText(path, "application/x-www-form-urlencoded", "")
			if seatOnly[action] != "" {
				a = who.script().sendText(path, "application/json", "{}")
			}
			if action == meeting.ActCreate && who.role != staff.Secretary {
				a.want(http.StatusUnauthorized, "session-expired") // a seat's cookie is not sent there
				continue
			}
			a.want(http.StatusForbidden, "not-your-role")
			if page := who.sendText(path, "application/x-www-form-urlencoded", ""); page.StatusCode/100 != 4 {
				t.Errorf("%s %s: %d", who.role, action, page.StatusCode)
			}
		}
	}
	if after := c.meeting().Revision; after != before {
		t.Errorf("revision %d, was %d", after, before)
	}
}

// An administrator runs the system and no meeting.
func TestAdministratorSeesNoMeeting(t *testing.T) {
	c := councilIn(t, meeting.Draft)
	admin := c.administrator()
	for _, id := range api.OfficePages() {
		admin.script().send("GET", c.base+pagePath(id), nil).want(http.StatusForbidden, "not-your-role")
	}
	for path := range api.OfficeForms() {
		admin.script().send("POST", c.base+"/"+path, url.Values{}).want(http.StatusForbidden, "not-your-role")
	}
	admin.script().send("GET", "/staff/meetings", nil).want(http.StatusForbidden, "not-your-role")
	admin.script().send("GET", "/staff/meetings/new", nil).want(http.StatusForbidden, "not-your-role")
	admin.script().send("POST", "/staff/meetings", planForm()).want(http.StatusForbidden, "not-your-role")
}

// A seat leads to its own meeting and to no other, whatever the address says.
func TestSeatsKeepToTheirMeeting(t *testing.T) {
	c := councilIn(t, meeting.Draft)
	first, member := c.base, c.members[0]
	c.prepare()
	if c.base == first {
		t.Fatal("the same meeting")
	}
	member.script().send("GET", c.base, nil).want(http.StatusUnauthorized, "session-expired")
	member.script().send("GET", first, nil).want(http.StatusUnauthorized, "session-expired")
	for _, path := range []string{"/staff/meetings/22222222222222", "/staff/meetings/x"} {
		c.secretary.script().send("GET", path, nil).want(http.StatusNotFound, "unknown-election")
		c.secretary.script().send("POST", path+"/plan", planForm()).want(http.StatusNotFound, "unknown-election")
	}
}

// Two members who close at the same time close once; a chair who presses twice
// opens once.
func TestPressedTogether(t *testing.T) {
	c := councilIn(t, meeting.Sealed)
	c.chair.press("/approve", url.Values{})
	c.attend(present)
	c.bring(7, 8, 9)
	// together lets several press at once, each of whom is answered well.
	together := func(path string, form url.Values, holders ...*holder) {
		t.Helper()
		answers := make([]int, len(holders))
		var wait sync.WaitGroup
		for i, h := range holders {
			wait.Go(func() { answers[i] = h.send("POST", h.base+path, form).StatusCode })
		}
		wait.Wait()
		for _, status := range answers {
			if status != http.StatusSeeOther {
				t.Errorf("%s: %d", path, status)
			}
		}
	}
	first, second := c.members[0], c.members[1]
	together("/open", url.Values{}, c.chair, c.chair, c.chair)
	if c.meeting().State != meeting.Open {
		t.Fatal("not open")
	}
	together("/issued", url.Values{"issued": {"7"}}, first, second)
	if got := c.meeting().Slips.Issued; len(got) != 2 {
		t.Errorf("%v", got)
	}
	c.vote(0, 1, 2, 3, 4)
	together("/close", url.Values{}, first, second, first)
	if m := c.meeting(); m.State != meeting.Closed || len(m.CloseBy) != 2 {
		t.Errorf("%s by %v", m.State, m.CloseBy)
	}
}
