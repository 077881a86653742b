package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/meeting/staff"
)

// path fills the parameters of an address of the superior's pages.
func (p *province) path(pattern string) string {
	p.Helper()
	e := p.expected(0)
	return "/staff/rounds" + strings.NewReplacer(
		":uuid", string(p.u), ":agency", e.Agency, ":group", e.Group, ":hash", p.parcel(e, "đầu").Claim.Hash,
	).Replace(pattern)
}

// Every page of the superior is there, well made and in both languages, with the
// letter's round and a package in it; and before, when there is nothing yet.
func TestRoundPages(t *testing.T) {
	p := newProvince(t)
	p.has(p.superior.get("/staff", http.StatusOK), `href="/staff/rounds"`, "Đợt lấy phiếu", "Rounds of votes", `!href="/staff/meetings"`, `!href="/staff/accounts"`)
	p.has(p.superior.get("/staff/rounds", http.StatusOK), "Chưa có đợt nào", "There is no round yet", `action="/staff/rounds/letter"`)
	p.has(p.superior.get("/staff/rounds/agencies", http.StatusOK), "Chưa có cơ quan nào", `href="/staff/rounds/agencies/edit"`)
	p.withLetter()
	p.has(p.superior.get("/staff/rounds", http.StatusOK), p.base, "Công văn số 1535-CV/BTCTU", "Đang mở")
	p.has(p.superior.get(p.base+"/result", http.StatusOK), "Chưa có kết quả nào", "There is no verified result yet")
	p.has(p.superior.get(p.base+"/report", http.StatusOK), "Chưa có kết quả nào để tổng hợp", "!Lập báo cáo tổng hợp")
	p.settle(p.parcel(p.expected(0), "đầu", outcome("Nguyễn Thị Ánh", "Chủ tịch", 6, 2, 1, 0)))
	english := regexp.MustCompile(`<h1>[^<]+ <span class="hint" lang="en">[A-Z][^<]+</span></h1>`)
	for _, pattern := range api.RoundPages() {
		page := p.superior.get(p.path(pattern), http.StatusOK)
		if !english.MatchString(page) {
			t.Errorf("%s: no heading in both languages", pattern)
		}
		p.has(page, `href="/staff/rounds/agencies"`, "Thoát")
		if strings.Contains(pattern, ":uuid") {
			p.has(page, `aria-current="page"`, p.base+"/calendar", p.base+"/report")
		}
	}
	for _, path := range []string{"/x", "/22222222222222", "/22222222222222/edit", "/agencies/none"} {
		p.superior.get("/staff/rounds"+path, http.StatusNotFound)
	}
	for _, path := range []string{"/polls/none/khac", "/packages/x", "/packages/" + strings.Repeat("0", 64), "/packages/x/file", "/packages/x/receipt", "/report/1/consolidated.pdf", "/report/x/y", "/report/1/released/y"} {
		p.superior.get(p.base+path, http.StatusNotFound)
	}
}

// Rounds are the superior's alone: no secretary, no administrator and no seat
// sees a page or takes a step, and what they send changes nothing.
func TestRoundsAreTheSuperiors(t *testing.T) {
	p := newProvince(t).withLetter()
	secretary := p.admin.secretary("thu.ky")
	seat, token := p.seat(2)
	member := p.device()
	member.enterWith(seat.ID+"."+token).want(http.StatusSeeOther, "")
	before := p.round().Revision
	for _, pattern := range api.RoundPages() {
		for _, who := range []*person{p.admin, secretary} {
			who.script().send("GET", p.path(pattern), nil).want(http.StatusForbidden, "not-your-role")
		}
		member.script().send("GET", p.path(pattern), nil).want(http.StatusUnauthorized, "session-expired")
		p.device().script().send("GET", p.path(pattern), nil).want(http.StatusUnauthorized, "session-expired")
	}
	for _, pattern := range api.RoundForms() {
		for _, who := range []*person{p.admin, secretary} {
			who.script().send("POST", p.path(pattern), url.Values{}).want(http.StatusForbidden, "not-your-role")
		}
		member.script().send("POST", p.path(pattern), url.Values{}).want(http.StatusUnauthorized, "session-expired")
		p.superior.script().send("POST", p.path(pattern), url.Values{}, header("Sec-Fetch-Site", "cross-site")).want(http.StatusForbidden, "cross-origin")
	}
	for _, path := range []string{"/round.json", "/packages/x/file", "/packages/x/receipt", "/packages/x/files/y", "/report/1/x", "/report/1/released/x"} {
		secretary.script().send("GET", p.base+path, nil).want(http.StatusForbidden, "not-your-role")
	}
	if after := p.round().Revision; after != before {
		t.Errorf("revision %d, was %d", after, before)
	}
	p.superior.script().send("GET", "/staff/meetings", nil).want(http.StatusForbidden, "not-your-role")
	p.superior.script().send("GET", "/staff/accounts", nil).want(http.StatusForbidden, "not-your-role")
}

// A server that is no superior's has no such pages.
func TestNoRounds(t *testing.T) {
	o := newOffice(t)
	superior := o.administrator().account("hanh", staff.Superior)
	o.has(superior.get("/staff", http.StatusOK), "!/staff/rounds")
	superior.script().send("GET", "/staff/rounds", nil).want(http.StatusNotFound, "no-such-page")
	o.device().script().send("GET", "/rounds/22222222222222", nil).want(http.StatusNotFound, "unknown-round")
	o.device().script().send("GET", "/rounds/22222222222222/1/x", nil).want(http.StatusNotFound, "unknown-round")
}

// roundForm is a round as its form sends it.
func roundForm() url.Values {
	return url.Values{
		"title": {"Lấy phiếu năm 2026"}, "superior": {"Ban Thường vụ Tỉnh ủy"}, "office": {"Ban Tổ chức Tỉnh ủy"}, "ruleset": {meeting.RuleSetReg96},
		"reference_number": {"76-KH/TU", ""}, "reference_date": {"2026-03-10", ""}, "reference_about": {"Kế hoạch", ""},
		"prepare": {"31/07/2026"}, "prepare_before": {"before"}, "prepare_vi": {"Bước 1"}, "prepare_en": {"Step 1"}, "send_days": {"1"},
		"name": {"Lãnh đạo", "", "Còn lại"}, "id": {"lead", "", ""}, "after": {"", "", "lead"}, "condition": {"", "", "sơ kết"},
		"finish": {"", "", "2026-08-31"}, "finish_before": {"", "before", "before"}, "rules": {meeting.RuleSetNQ96, "", ""},
		"head_code": {"BTCTU"}, "head_recipients": {"Như trên\r\n\r\nLưu Văn phòng Ban"},
	}
}

// A round is written down, mended and ended by its form.
func TestRoundForm(t *testing.T) {
	p := newProvince(t)
	form := roundForm()
	form.Set("title", "")
	form.Set("send_days", "nhiều")
	page := p.superior.post("/staff/rounds", form, http.StatusUnprocessableEntity)
	p.has(page, "error-summary", `href="#send_days"`, `id="send_days-error"`, "Lãnh đạo", "BTCTU", `value="31/07/2026"`)
	form.Set("send_days", "1")
	p.has(p.superior.post("/staff/rounds", form, http.StatusUnprocessableEntity), `href="#title"`, "Chưa có tên đợt")
	a := p.superior.script().send("POST", "/staff/rounds", form).want(http.StatusUnprocessableEntity, "round-refused")
	p.has(a.body, `"fields":[{"name":"title"`)

	to := p.superior.post("/staff/rounds", roundForm(), http.StatusSeeOther)
	p.u = ballot.UUID(strings.Split(to, "/")[3])
	if p.base = "/staff/rounds/" + string(p.u); to != p.base+"/expected" {
		t.Errorf("sent to %s", to)
	}
	r := p.round()
	want := []round.Group{
		{ID: "lead", Name: "Lãnh đạo", RuleSet: meeting.RuleSetNQ96},
		{ID: "nhom-2", Name: "Còn lại", After: []string{"lead"}, Condition: "sơ kết", Finish: meeting.Limit{Date: "2026-08-31", Before: true}},
	}
	if fmt.Sprint(r.Groups) != fmt.Sprint(want) || r.Prepare != (meeting.Limit{Date: "2026-07-31", Before: true}) || len(r.References) != 1 {
		t.Errorf("%+v", r)
	}
	if h := r.Letterhead; h.Code != "BTCTU" || !slices.Equal(h.Recipients, []string{"Như trên", "Lưu Văn phòng Ban"}) {
		t.Errorf("%+v", h)
	}

	page = p.superior.get(p.base+"/edit", http.StatusOK)
	p.has(page, "nhom-2", `value="lead"`, `name="seen" id="seen" value="1"`, p.base+"/round.json")
	form = roundForm()
	form.Set("seen", "1")
	form["after"] = []string{"", "", "none"}
	p.has(p.superior.post(p.base+"/edit", form, http.StatusUnprocessableEntity), `href="#after-2"`, "none")
	form = roundForm()
	form.Set("seen", "1")
	form.Set("closed", "yes")
	p.superior.post(p.base+"/edit", form, http.StatusSeeOther)
	if r := p.round(); !r.Closed || r.Revision != 2 {
		t.Errorf("%+v", r)
	}
	p.has(p.superior.get(p.base, http.StatusOK), "Đã kết thúc", "Over")
}

// Somebody else's change in the meantime is told; sent again, it is meant.
func TestRoundChangedMeanwhile(t *testing.T) {
	p := newProvince(t).withLetter()
	form := roundForm()
	form.Set("seen", "1")
	form.Set("title", "Một")
	form["id"], form["after"] = []string{"hdnd-bau", "cap-uy", "khac"}, []string{"", "", ""}
	form["name"], form["condition"] = []string{"A", "B", "C"}, []string{"", "", ""}
	form["finish"] = []string{"", "", ""}
	seen := fmt.Sprint(p.round().Revision)
	form.Set("seen", seen)
	p.superior.post(p.base+"/edit", form, http.StatusSeeOther)
	form.Set("title", "Hai")
	page := p.superior.post(p.base+"/edit", form, http.StatusConflict)
	p.has(page, "Người khác vừa sửa mục này", `value="Hai"`)
	a := p.superior.script().send("POST", p.base+"/edit", form).want(http.StatusConflict, "changed-meanwhile")
	p.has(a.body, `"seen":"`+fmt.Sprint(p.round().Revision)+`"`)
	form.Set("seen", p.seen(page))
	p.superior.post(p.base+"/edit", form, http.StatusSeeOther)
	if r := p.round(); r.Title != "Hai" || len(r.Expected) != 17 {
		t.Errorf("%s, %d polls", r.Title, len(r.Expected))
	}
	expect := url.Values{"seen": {seen}, "expect": {"ban-tuyen-giao-tinh-uy khac"}}
	page = p.superior.post(p.base+"/expected", expect, http.StatusConflict)
	expect.Set("seen", p.seen(page))
	p.superior.post(p.base+"/expected", expect, http.StatusSeeOther)
	if r := p.round(); len(r.Expected) != 1 {
		t.Errorf("%v", r.Expected)
	}
}

// seen is the revision that a form was drawn from.
func (p *province) seen(page string) string {
	p.Helper()
	found := regexp.MustCompile(`name="seen" id="seen" value="(\d+)"`).FindStringSubmatch(page)
	if found == nil {
		p.Fatalf("no revision: %s", visible(page))
	}
	return found[1]
}

// Rows of both tables of the form are moved without a script, each alone.
func TestRoundRows(t *testing.T) {
	p := newProvince(t)
	rows := func(form url.Values) string {
		page := p.superior.post("/staff/rounds", form, http.StatusOK)
		var values []string
		for _, m := range regexp.MustCompile(`name="(?:reference_number|name)" type="text" value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			values = append(values, m[1])
		}
		return strings.Join(values, "|")
	}
	for button, want := range map[string]string{
		"row add": "76-KH/TU|||Lãnh đạo||Còn lại", "group_row add": "76-KH/TU||Lãnh đạo||Còn lại|",
		"row down-0": "|76-KH/TU|Lãnh đạo||Còn lại", "group_row up-2": "76-KH/TU||Lãnh đạo|Còn lại|",
		"row remove-1": "76-KH/TU|Lãnh đạo||Còn lại", "group_row remove-0": "76-KH/TU|||Còn lại",
	} {
		form := roundForm()
		name, value, _ := strings.Cut(button, " ")
		form.Set(name, value)
		if got := rows(form); got != want {
			t.Errorf("%s: %s", button, got)
		}
	}
	list, err := p.rounds.Store.Rounds(t.Context())
	if p.ok(err); len(list) != 0 {
		t.Errorf("%d rounds", len(list))
	}
}

// The grid is ticked by box and by kind.
func TestExpectedGrid(t *testing.T) {
	p := newProvince(t).withLetter()
	page := p.superior.get(p.base+"/expected", http.StatusOK)
	p.has(page, `value="ban-tuyen-giao-tinh-uy khac" checked`, `value="ban-tuyen-giao-tinh-uy cap-uy">`, "Cả loại")
	if n := strings.Count(page, " checked"); n != 17 {
		t.Errorf("%d ticked", n)
	}
	form := url.Values{"seen": {p.seen(page)}, "expect": {"van-phong-tinh-uy khac"}, "tick": {"on-0-1"}}
	page = p.superior.post(p.base+"/expected", form, http.StatusOK)
	p.has(page, `value="ban-tuyen-giao-tinh-uy cap-uy" checked`, `value="ban-dan-van-tinh-uy cap-uy" checked`, `value="van-phong-tinh-uy khac" checked`)
	form["expect"] = []string{"ban-tuyen-giao-tinh-uy cap-uy", "van-phong-tinh-uy khac"}
	form.Set("tick", "off-0-1")
	p.has(p.superior.post(p.base+"/expected", form, http.StatusOK), `!value="ban-tuyen-giao-tinh-uy cap-uy" checked`, `value="van-phong-tinh-uy khac" checked`)
	for _, what := range []string{"on-99-0", "on-0-99", "on--1-0", "on-0"} {
		form.Set("tick", what) // no such button: what is ticked is kept
		form.Set("seen", fmt.Sprint(p.round().Revision))
		p.superior.post(p.base+"/expected", form, http.StatusSeeOther)
	}
	if r := p.round(); len(r.Expected) != 2 {
		t.Errorf("%v", r.Expected)
	}
	form = url.Values{"seen": {fmt.Sprint(p.round().Revision)}, "expect": {"van-phong-tinh-uy none"}}
	p.has(p.superior.post(p.base+"/expected", form, http.StatusUnprocessableEntity), "error-summary", "none")
}

// The letter's round is the button's, and its file is what agencies load.
func TestLetterRound(t *testing.T) {
	p := newProvince(t).withLetter()
	page := p.superior.get(p.base+"/edit", http.StatusOK)
	p.has(page, "96-QĐ/TW", "76-KH/TU", "557-TB/TU", "1535-CV/BTCTU", `value="2023-07-31"`, `value="2023-08-31"`, "sơ kết 6 tháng")
	p.has(p.superior.get(p.base, http.StatusOK), "trước ngày 31/7/2023", "trước ngày 31/8/2023", "sau 01 ngày")
	a := p.superior.send("GET", p.base+"/round.json", nil).want(http.StatusOK, "")
	if _, err := round.ParseFile([]byte(a.body)); err != nil || !strings.Contains(a.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v, %v", err, a.Header)
	}
	public := p.do("GET", "/api/v1/rounds/"+string(p.u), "").want(http.StatusOK, "")
	if public.body != a.body {
		t.Error("another file for agencies")
	}
}
