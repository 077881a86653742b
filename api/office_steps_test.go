package api_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
)

const pdf = "%PDF-1.7\n% a report\n"

func TestDocuments(t *testing.T) {
	c := councilIn(t, meeting.Draft)
	person := c.meeting().People[0]
	send := func(name, content string) *answer {
		return c.secretary.sendParts(c.base+"/documents", part{"person", "", person.ID}, part{"kind", "", "report"}, part{"title", "", ""}, part{"file", name, content})
	}
	if a := send("Báo cáo 2026.pdf", pdf); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", a.StatusCode, visible(a.body))
	}
	page := c.chair.page("/documents")
	c.has(page, "Báo cáo 2026", "Báo cáo cá nhân", "1 KB", "!Phạm Quỳnh</h2>", "!/documents/remove", "Việc này do thư ký thực hiện")
	link := regexp.MustCompile(`href="(/staff/seats/[^"]*/documents/[0-9a-f]{64})"`).FindStringSubmatch(page)
	if link == nil {
		t.Fatalf("no link: %s", visible(page))
	}
	a := c.chair.send("GET", link[1], nil).want(http.StatusOK, "") // its policy is checked on every answer
	if a.body != pdf || a.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%q %v", a.body, a.Header)
	}
	c.chair.script().send("GET", c.chair.base+"/documents/"+strings.Repeat("0", 64), nil).want(http.StatusNotFound, "not-found")
	c.chair.script().send("GET", c.chair.base+"/documents/short", nil).want(http.StatusNotFound, "not-found")

	for name, refused := range map[string]struct{ file, content, says string }{
		"no PDF":  {"a.pdf", "<html>", "Tệp không phải là PDF."},
		"nothing": {"", "", "Chọn một tệp PDF."},
		"large":   {"b.pdf", pdf + strings.Repeat("x", meeting.MaxDocument), "Tệp lớn hơn 10 MB."},
	} {
		a := send(refused.file, refused.content)
		if a.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, a.StatusCode)
		}
		c.has(a.body, refused.says, `href="#file-`+person.ID+`"`)
	}
	a = c.secretary.script().sendParts(c.base+"/documents", part{"file", "c.pdf", strings.Repeat("x", 13<<20)})
	a.want(http.StatusRequestEntityTooLarge, "too-large")

	hash := c.meeting().People[0].Documents[0].Hash
	c.has(c.secretary.get(c.base+"/documents", http.StatusOK), `action="`+c.base+`/documents/remove"`)
	c.secretary.post(c.base+"/documents/remove", url.Values{"person": {person.ID}, "hash": {hash}}, http.StatusSeeOther)
	if d := c.meeting().People[0].Documents; len(d) > 0 {
		t.Errorf("%v", d)
	}
	c.chair.script().send("GET", link[1], nil).want(http.StatusNotFound, "not-found")
}

// A link is shown once, in letters and as a code to scan; a new one takes the
// place of the old; every use is on the page.
func TestSeatsPage(t *testing.T) {
	c := newCouncil(t)
	c.prepare()
	page := c.secretary.get(c.base+"/seats", http.StatusOK)
	c.has(visible(page), "Lê Thị Hòa Chủ trì", "Bùi Văn Khoa Trưởng ban, Ban kiểm phiếu", "– Chưa cấp")
	page = c.secretary.post(c.base+"/seats", url.Values{"role": {"member"}, "index": {"2"}}, http.StatusOK)
	link := c.shown(page)
	c.has(page, "Hồ Thị Lan", "Liên kết chỉ hiện một lần này", `!<main id="work" class="stack" tabindex="-1" data-live`)
	_, secret, _ := strings.Cut(link, "#")
	page = c.secretary.get(c.base+"/seats", http.StatusOK)
	c.has(page, "!"+secret, "Đã cấp, chưa dùng", `<details class="confirm">`)
	member := c.device()
	member.enterWith(secret).want(http.StatusSeeOther, "")
	page = c.secretary.get(c.base+"/seats", http.StatusOK)
	c.has(visible(page), "Đã vào · Entered Firefox · Windows", "Cấp liên kết lần đầu", "Vào phòng họp")
	c.device().enterWith(secret).want(http.StatusConflict, "")
	c.has(visible(c.secretary.get(c.base+"/seats", http.StatusOK)), "Bị từ chối: liên kết đang dùng trên thiết bị khác")

	page = c.secretary.post(c.base+"/seats", url.Values{"role": {"member"}, "index": {"2"}}, http.StatusOK)
	_, renewed, _ := strings.Cut(c.shown(page), "#")
	seat, _, _ := strings.Cut(renewed, ".")
	member.script().send("GET", "/staff/seats/"+seat, nil).want(http.StatusUnauthorized, "session-expired")
	c.has(visible(c.secretary.get(c.base+"/seats", http.StatusOK)), "Cấp 2 lần", "liên kết cũ hết hiệu lực")

	// Another person on the board gets a seat of their own.
	board := boardForm()
	board["name"][1] = "Trịnh Thị Tư"
	c.secretary.post(c.base+"/board", board, http.StatusSeeOther)
	c.has(visible(c.secretary.get(c.base+"/seats", http.StatusOK)), "Liên kết đang mang tên Hồ Thị Lan")
	page = c.secretary.post(c.base+"/seats", url.Values{"role": {"member"}, "index": {"2"}}, http.StatusOK)
	c.has(page, "Trịnh Thị Tư")
	if _, other, _ := strings.Cut(c.shown(page), "#"); strings.HasPrefix(other, seat) {
		t.Error("the seat of somebody else")
	}
	c.device().enterWith(renewed).want(http.StatusGone, "")

	page = c.secretary.post(c.base+"/seats", url.Values{"role": {"auditor"}, "name": {"Ngô Văn Kiểm"}}, http.StatusOK)
	_, auditor, _ := strings.Cut(c.shown(page), "#")
	id, _, _ := strings.Cut(auditor, ".")
	c.secretary.post(c.base+"/seats/revoke", url.Values{"seat": {id}}, http.StatusSeeOther)
	c.device().enterWith(auditor).want(http.StatusGone, "")
	for want, form := range map[string]url.Values{
		"invalid-input": {"role": {"auditor"}, "name": {" "}}, "not-found": {"role": {"member"}, "index": {"9"}},
	} {
		if a := c.secretary.script().send("POST", c.base+"/seats", form); a.problem().Code != want {
			t.Errorf("%s: %s", want, a.body)
		}
	}
	c.secretary.script().send("POST", c.base+"/seats/revoke", url.Values{"seat": {id + "x"}}).want(http.StatusNotFound, "not-found")
	plan := planForm()
	plan.Set("chair", "")
	c.secretary.post(c.base+"/plan", plan, http.StatusSeeOther)
	c.secretary.script().send("POST", c.base+"/seats", url.Values{"role": {"chair"}}).want(http.StatusUnprocessableEntity, "invalid-input")
}

// thresholds checks that the page offers more than half of a board and not all
// of it, whatever its size.
func (c *council) thresholds() {
	c.Helper()
	form := boardForm()
	for _, want := range [][]string{
		{`<option value="3" selected>3/4`, `!<option value="2"`, `!<option value="4"`},
		{`<option value="3" selected>3/5`, `<option value="4">4/5`, `!<option value="2"`, `!<option value="5"`},
	} {
		form.Add("name", "Người thứ "+strconv.Itoa(len(form["name"])+1))
		form.Add("post", "")
		form.Add("office", string(meeting.Ordinary))
		c.secretary.post(c.base+"/board", form, http.StatusSeeOther)
		c.has(c.secretary.get(c.base+"/keys", http.StatusOK), want...)
	}
	c.secretary.post(c.base+"/board", boardForm(), http.StatusSeeOther)
}

// The page of the keys says what is missing, and follows the ceremony.
func TestKeysPage(t *testing.T) {
	c := newCouncil(t)
	to := c.secretary.post("/staff/meetings", url.Values{"title": {"Hội nghị"}}, http.StatusSeeOther)
	c.base = strings.TrimSuffix(to, "/people")
	page := c.secretary.get(c.base+"/keys", http.StatusOK)
	c.has(visible(page), "Còn thiếu trước khi tạo khóa:", "!Bắt đầu tạo khóa · Begin")
	c.secretary.script().send("POST", c.base+"/keys", url.Values{"threshold": {"0"}}).want(http.StatusUnprocessableEntity, "plan-refused")

	c.to(meeting.Draft)
	c.has(c.secretary.get(c.base+"/keys", http.StatusOK), `<option value="2" selected>2/3 thành viên`)
	c.thresholds()
	c.has(c.members[0].page("/keys"), `data-task="ceremony" data-base="`+c.members[0].base+`/api"`, "/assets/member.js")
	if got := c.secretary.refusal(c.base+"/keys", url.Values{"threshold": {"3"}}, "board-refused"); got[0] != "threshold" {
		t.Errorf("%v", got)
	}
	c.to(meeting.Keys)
	first := c.meeting().Ceremony.ID
	c.secretary.post(c.base+"/keys", url.Values{"threshold": {"2"}}, http.StatusSeeOther) // pressed twice
	if c.meeting().Ceremony.ID != first {
		t.Error("begun again")
	}
	c.has(visible(c.secretary.get(c.base+"/keys", http.StatusOK)), "Bùi Văn Khoa 0/6", "Đang chờ: Bùi Văn Khoa (trưởng ban)")
	c.makeKeys()
	c.has(visible(c.auditor.page("/keys")), "Đã tạo xong khóa. Cần 2 trong 3 thành viên để mở.", "Đinh Công Minh 6/6")
}

// Before the papers are drawn up, and after, the page shows what voters see.
func TestDrawUpPage(t *testing.T) {
	c := councilIn(t, meeting.Keys)
	page := c.secretary.get(c.base+"/drawup", http.StatusOK)
	c.has(visible(page), "1 Nguyễn Thị Ánh"[2:], "Giám đốc ☐ Tín nhiệm cao ☐ Tín nhiệm ☐ Tín nhiệm thấp", "!Phạm Quỳnh", "Phiếu số 2: cấp ủy", "không sửa được nữa")
	c.secretary.script().send("POST", c.base+"/drawup", url.Values{}).want(http.StatusConflict, "ceremony-state")
	c.to(meeting.Slips)
	page = c.auditor.page("/drawup")
	m := c.meeting()
	e, err := ballot.ParseElection([]byte(m.Papers[1].Election))
	c.ok(err)
	c.has(page, e.Fingerprint().Digits(), "Đỗ Thị Yên", "10/12/2026", `!action="`+c.auditor.base+`/drawup"`)
}

// Everything that stands in the way of opening is listed, with where to mend it.
func TestOpening(t *testing.T) {
	c := councilIn(t, meeting.Sealed)
	plan := planForm()
	plan.Set("decision_number", "")
	c.secretary.post(c.base+"/plan", plan, http.StatusSeeOther)
	page := c.chair.page("/opening")
	c.has(visible(page), "Chưa ghi số và ngày của văn bản.", "Cần ít nhất 6, còn thiếu 6.", "Ghi kết quả biểu quyết ở mục dưới đây.",
		"Còn 10 phiếu dùng được, nhiều nhất 1. Ban kiểm phiếu quét hủy thêm 9 tờ chưa phát.", "Chưa mở được")
	c.has(page, `!action="`+c.chair.base+`/open"`)
	refused := func(code string) {
		t.Helper()
		a := c.chair.send("POST", c.chair.base+"/open", url.Values{})
		if a.StatusCode != http.StatusConflict {
			t.Errorf("%d", a.StatusCode)
		}
		c.has(a.body, "error-summary", "Trước khi mở bỏ phiếu")
		c.chair.script().send("POST", c.chair.base+"/open", url.Values{}).want(http.StatusConflict, code)
	}
	refused("no-decision")
	c.secretary.post(c.base+"/plan", planForm(), http.StatusSeeOther)
	refused("no-quorum")
	c.attend(present)
	refused("board-not-confirmed")
	c.secretary.post(c.base+"/approve", url.Values{"replaced": {"1", "2"}}, http.StatusSeeOther)
	refused("board-not-confirmed")
	c.has(visible(c.chair.page("/opening")), "Chỉ còn 1 người giữ khóa được xác nhận, cần 2.")
	c.chair.script().send("POST", c.chair.base+"/approve", url.Values{"replaced": {"x"}}).want(http.StatusUnprocessableEntity, "invalid-input")
	c.chair.script().send("POST", c.chair.base+"/approve", url.Values{"replaced": {"9"}}).want(http.StatusUnprocessableEntity, "board-refused")
	c.chair.press("/approve", url.Values{"replaced": {"3"}})
	refused("unissued-slips")
	c.bring(7, 8, 9)
	page = c.chair.page("/opening")
	c.has(page, `action="`+c.chair.base+`/open"`, "!is-bad", `id="replaced-3" value="3" checked`)
	c.has(c.secretary.get(c.base+"/opening", http.StatusOK), "Việc này do chủ trì thực hiện.", `!action="`+c.base+`/open"`)
	if to := c.chair.press("/open", url.Values{}); to != c.chair.base+"/voting" {
		t.Errorf("sent to %s", to)
	}
	// Whom the meeting replaced is a member no more.
	c.members[2].script().send("POST", c.members[2].base+"/close", url.Values{}).want(http.StatusForbidden, "not-your-role")
}

func TestVotingPage(t *testing.T) {
	c := councilIn(t, meeting.Open)
	first, second := c.members[0], c.members[1]
	c.has(first.page("/voting"), `href="/projector/`+string(c.u)+`"`, `href="/kiosk/`+string(c.u)+`"`, `data-figure="cast">0<`, "(1/2)")
	c.vote(0, 1)
	c.has(second.page("/voting"), `data-figure="cast">2<`)
	first.press("/issued", url.Values{"issued": {"6"}})
	second.press("/issued", url.Values{"issued": {"7"}})
	page := first.page("/voting")
	c.has(visible(page), "Bùi Văn Khoa: 6", "Hồ Thị Lan: 7", "Lệch, đếm lại")
	c.fields(page, map[string]string{"issued": "6"})
	first.press("/issued", url.Values{"issued": {"7"}, "page": {"voting"}})
	c.has(visible(first.page("/voting")), "Khớp · They agree")
	for value, code := range map[string]string{"": "invalid-input", "-1": "invalid-input", "11": "not-reconciled"} {
		a := first.script().send("POST", first.base+"/issued", url.Values{"issued": {value}})
		if p := a.problem(); p.Code != code || !strings.Contains(a.body, `"name":"issued"`) {
			t.Errorf("%q: %s", value, a.body)
		}
	}
	page = first.post(first.base+"/issued", url.Values{"issued": {"11"}}, http.StatusConflict)
	c.fields(page, map[string]string{"issued": "11"})

	c.has(second.page("/voting"), "Số lần báo: <strong>0</strong>", "!Đề nghị chủ trì")
	second.press("/used", url.Values{"note": {"bàn số 2"}})
	c.has(second.page("/voting"), "bàn số 2", "Đề nghị chủ trì và Ban kiểm phiếu xem xét", `href="`+second.base+`/abandon"`)
	second.script().send("POST", second.base+"/used", url.Values{"note": {strings.Repeat("a", 501)}}).want(http.StatusUnprocessableEntity, "reason-refused")

	first.press("/close", url.Values{})
	c.has(second.page("/voting"), "1/2: Bùi Văn Khoa đã bấm đóng hòm phiếu", "(2/2)")
	c.has(first.page("/voting"), "chờ thành viên thứ hai", `!action="`+first.base+`/close"`)
	if to := second.press("/close", url.Values{}); to != second.base+"/closing" {
		t.Errorf("sent to %s", to)
	}
}

// The ledger has a line for each identity, green or red; red ones stop the
// count and say what to do.
func TestLedgerPage(t *testing.T) {
	c := councilIn(t, meeting.Closed)
	first, second := c.members[0], c.members[1]
	c.has(visible(first.page("/closing")), "chưa đủ số liệu", "!khớp nên")
	first.press("/issued", url.Values{"issued": {"8"}, "page": {"closing"}})
	if to := second.press("/issued", url.Values{"issued": {"8"}, "page": {"closing"}}); to != second.base+"/closing?saved" {
		t.Errorf("sent to %s", to)
	}
	page := c.auditor.page("/closing")
	c.has(page, `class="is-bad"`, `href="`+c.auditor.base+`/abandon"`)
	c.has(visible(page), "lệch -1", "Số phiếu chưa khớp nên chưa được kiểm phiếu")
	for _, m := range []*holder{first, second} {
		m.press("/issued", url.Values{"issued": {"7"}})
	}
	page = c.auditor.page("/closing")
	c.has(page, "!is-bad", "Mọi số liệu đều khớp", "Hai thành viên ký biên bản")
	for _, p := range c.meeting().Papers {
		c.sign(p.UUID, 1)
		c.sign(p.UUID, 2)
	}
	c.has(c.auditor.page("/closing"), "đã đủ chữ ký")
	c.contribute(c.meeting().Papers[0].UUID, 1)
	page = c.chair.page("/tally")
	c.has(visible(page), "Cần 2 thành viên mở khóa", "Bùi Văn Khoa ✓ đã ký signed ○ chưa")
	c.has(visible(page), "Hồ Thị Lan (thư ký ban): mở khóa kiểm phiếu")
	c.has(second.page("/tally"), `data-task="tally"`)
}

// Before publication a result is for chair and board alone, on every page.
func TestResultPage(t *testing.T) {
	c := councilIn(t, meeting.Tallied)
	for _, h := range []*holder{c.chair, c.members[2]} {
		c.has(visible(h.page("/result")), "Chưa công bố", "33,33 %", "Nguyễn Thị Ánh", "Số phiếu thu về: 6")
	}
	hidden := "kết quả chưa công bố. Trước khi công bố, chỉ chủ trì và Ban kiểm phiếu xem được"
	c.has(visible(c.auditor.page("/result")), hidden, "!33,33")
	c.has(visible(c.secretary.get(c.base+"/result", http.StatusOK)), hidden, "!33,33")
	c.has(c.members[0].page("/papers"), "Việc này do chủ trì thực hiện.", `!action="`+c.members[0].base+`/publish"`)
	c.publish(meeting.AudienceMeeting)
	c.has(visible(c.auditor.page("/result")), "Kết quả đã công bố", "33,33 %")
	c.has(visible(c.secretary.get(c.base+"/result", http.StatusOK)), "Kết quả đã công bố", "33,33 %")
}

// The room sees nothing of a meeting before it is sealed, never a result before
// it is published, and none of a poll for members.
func TestProjector(t *testing.T) {
	c := councilIn(t, meeting.Rehearsed)
	path := "/projector/" + string(c.u)
	c.do("GET", path, "").want(http.StatusNotFound, "unknown-election")
	c.do("GET", "/projector/x", "").want(http.StatusNotFound, "unknown-election")
	screen := func(query string) string {
		a := c.do("GET", path+query, "", browser)
		a.checkPage()
		return a.body
	}
	fingerprint := func() string {
		p, err := c.meeting().BallotPapers()
		c.ok(err)
		return p.Fingerprint().Digits()
	}
	c.to(meeting.Sealed)
	c.has(screen(""), "data:image/svg&#43;xml;base64,", "Quét", "Bỏ phiếu", fingerprint(), "https://hop.example.vn/v/"+string(c.u), "Tắt dữ liệu di động", `data-figures="/api/v1/meetings/`+string(c.u)+`/live"`)
	c.to(meeting.Open)
	c.vote(0, 1, 2)
	b, err := c.store.Box(t.Context(), c.meeting().Papers[0].UUID)
	c.ok(err)
	status, err := b.Status(t.Context())
	c.ok(err)
	c.has(screen(""), `data-figure="present">7<`, `data-figure="issued">7<`, `data-figure="cast">3<`, ">15:01<", fingerprint(), ballot.Digits(status.Head), "!data:image/svg")
	c.has(screen("?show=how"), "data:image/svg", "!data-figure=\"cast\"")
	c.to(meeting.Closed)
	c.to(meeting.Tallied)
	for _, query := range []string{"", "?show=result", "?show=how"} {
		c.has(screen(query), "!33,33", "!<table", `data-figure="cast">6<`)
	}
	c.publish(meeting.AudienceMeeting)
	c.has(visible(screen("")), "Kết quả", "33,33 %", "Nguyễn Thị Ánh", "Phiếu số 2: cấp ủy")
	if n := strings.Count(screen(""), "<section data-result>"); n != 2 {
		t.Errorf("%d results to be shown page by page, want 2", n)
	}

	other := newCouncil(t)
	other.to(meeting.Draft)
	form := planForm()
	form.Set("members_only", "yes")
	other.secretary.post(other.base+"/plan", form, http.StatusSeeOther)
	for _, s := range councilStates[1:] {
		other.to(s)
	}
	other.publish(meeting.AudienceMeeting)
	other.has(other.do("GET", "/projector/"+string(other.u), "", browser).body, "!33,33", "!<table")
}

// It takes chair and two members to abandon a vote, and then it is over; a new
// version begins as a draft.
func TestAbandon(t *testing.T) {
	c := councilIn(t, meeting.Open)
	c.vote(0, 1)
	first, second := c.members[0], c.members[1]
	page := first.post(first.base+"/abandon", url.Values{"reason": {" "}}, http.StatusUnprocessableEntity)
	c.has(page, `href="#reason"`, "Chưa ghi lý do hủy.", `<details class="confirm" open>`)
	c.has(first.page("/abandon"), "2 phiếu đã bỏ không bao giờ được mở")
	first.press("/abandon", url.Values{"reason": {"Mất điện"}})
	c.has(visible(second.page("/abandon")), "Lý do: Mất điện", "Đã yêu cầu: Bùi Văn Khoa (trưởng ban)", "Còn cần chủ trì và thêm một thành viên")
	c.has(first.page("/abandon"), "Đã ghi nhận yêu cầu", `!action="`+first.base+`/abandon"`)
	c.chair.press("/abandon", url.Values{})
	if c.meeting().State != meeting.Open {
		t.Fatal("abandoned by two")
	}
	second.press("/abandon", url.Values{})
	m := c.meeting()
	if m.State != meeting.Abandoned {
		t.Fatalf("%s", m.State)
	}
	b, err := c.store.Box(t.Context(), m.Papers[0].UUID)
	c.ok(err)
	if status, err := b.Status(t.Context()); err != nil || status.State != box.Closed {
		t.Errorf("%v %v", status.State, err)
	}
	c.has(visible(c.auditor.page("")), "Cuộc bỏ phiếu này đã hủy, không có phiếu nào được giải mã.", "Mất điện")
	for _, id := range []string{"/plan", "/voting", "/tally", "/result", "/closing"} {
		c.auditor.page(id)
	}
	to := c.secretary.post(c.base+"/version", url.Values{}, http.StatusSeeOther)
	if again := c.secretary.post(c.base+"/version", url.Values{}, http.StatusSeeOther); again != to || to == c.base+"/plan" {
		t.Errorf("%s, then %s", to, again)
	}
	page = c.secretary.get(to, http.StatusOK)
	c.fields(page, map[string]string{"title": "Hội nghị lấy phiếu tín nhiệm"})
	c.has(page, "Đang soạn thảo")
	c.has(c.secretary.get(strings.TrimSuffix(to, "/plan")+"/people", http.StatusOK), `value="Nguyễn Thị Ánh"`)
}

// TestPublishedIsNotAbandoned: what everybody has read is not taken back.
func TestPublishedIsNotAbandoned(t *testing.T) {
	c := councilIn(t, meeting.Tallied)
	c.has(c.chair.page("/abandon"), `action="`+c.chair.base+`/abandon"`)
	c.publish(meeting.AudienceMeeting)
	c.has(c.chair.page("/abandon"), `!action="`+c.chair.base+`/abandon"`, "không hủy được nữa")
	c.chair.script().send("POST", c.chair.base+"/abandon", url.Values{"reason": {"Mất điện"}}).want(http.StatusConflict, "published")
}

// Sealing shows the rule set in full and what is frozen, and is for the chair.
func TestSealPage(t *testing.T) {
	c := councilIn(t, meeting.Slips)
	page := c.chair.page("/seal")
	c.has(visible(page), "Chưa niêm phong được", "Có 0 phiếu, triệu tập 9 người.", "Chưa đủ thành viên mở thử thành công.", "reg96_2023, bản 2", "20 ngày : Người được lấy phiếu")
	c.chair.script().send("POST", c.chair.base+"/seal", url.Values{}).want(http.StatusConflict, "not-rehearsed")
	c.to(meeting.Rehearsed)
	c.has(c.chair.page("/seal"), `action="`+c.chair.base+`/seal"`, "không thay đổi được nữa")
	c.has(visible(c.secretary.get(c.base+"/rehearsal", http.StatusOK)), "Tập dượt thành công", "Tập dượt lại với phiếu thử mới")
	c.has(c.secretary.get(c.base+"/seal", http.StatusOK), "Việc này do chủ trì thực hiện.")
	c.to(meeting.Sealed)
	c.has(visible(c.auditor.page("/seal")), "Đã niêm phong", "4 người, 2 loại phiếu")
}

// While the rehearsal goes on, its page says what each member has done.
func TestRehearsalPage(t *testing.T) {
	c := councilIn(t, meeting.Slips)
	c.makeSlips()
	c.secretary.post(c.base+"/rehearsal", url.Values{}, http.StatusSeeOther)
	u := c.meeting().Rehearsal.UUID
	c.has(visible(c.chair.page("/rehearsal")), "Bùi Văn Khoa ○ chưa not yet ○ chưa", "chưa mở")
	c.has(c.members[2].page("/rehearsal"), `data-task="tally"`)
	c.sign(u, 1)
	c.sign(u, 2)
	c.contribute(u, 3)
	page := visible(c.chair.page("/rehearsal"))
	c.has(page, "Bùi Văn Khoa ✓ đã ký signed ○ chưa", "Đinh Công Minh ○ chưa not yet ✓ đã mở", "Bùi Văn Khoa (trưởng ban): mở khóa kiểm phiếu")
	c.contribute(u, 1)
	c.has(visible(c.chair.page("/rehearsal")), "kết quả mở ra đúng với phiếu thử")
}

// A ceremony that failed names who complains about whom, and is begun again
// with new keys.
func TestFailedCeremony(t *testing.T) {
	c := councilIn(t, meeting.Keys)
	m := c.meeting()
	first := m.Ceremony.ID
	m.Ceremony.State, m.Ceremony.Failure = meeting.CeremonyFailed, "Bùi Văn Khoa → Hồ Thị Lan"
	c.ok(c.store.Save(t.Context(), m, audit.Draft{Time: c.time, Meeting: c.u, Actor: audit.Server, Action: "test"}))
	page := visible(c.secretary.get(c.base+"/keys", http.StatusOK))
	c.has(page, "Tạo khóa không thành. Bùi Văn Khoa → Hồ Thị Lan: phần khóa nhận được không khớp", "Tạo khóa lại từ đầu", "Thư ký: cho tạo khóa lại từ đầu")
	c.has(visible(c.members[0].page("/keys")), "Tạo khóa không thành", "!Tạo khóa lại từ đầu")
	c.secretary.post(c.base+"/keys", url.Values{"threshold": {"2"}}, http.StatusSeeOther)
	if again := c.meeting().Ceremony; again.ID == first || again.State != meeting.CeremonyRunning || again.Attempts != 2 {
		t.Errorf("%+v", again)
	}
}

// brokenRecords is a store whose disk is full.
type brokenRecords struct{ meeting.Store }

func (brokenRecords) Save(context.Context, *meeting.Meeting, audit.Draft) error {
	return errors.New("no space left on device")
}

// A fault of the server takes nothing that was typed, and says nothing of its
// cause.
func TestServerFaultKeepsWhatWasTyped(t *testing.T) {
	c := councilIn(t, meeting.Draft)
	c.config.Meetings = brokenRecords{c.store}
	c.handler, c.fill = api.NewWithGate(c.config)
	form := planForm()
	form.Set("place", "Nơi mới")
	for _, path := range []string{c.base + "/plan", "/staff/meetings"} {
		page := c.secretary.post(path, form, http.StatusInternalServerError)
		c.fields(page, map[string]string{"place": "Nơi mới", "title": "Hội nghị lấy phiếu tín nhiệm"})
		c.has(page, "error-summary", "Máy chủ gặp lỗi", "!no space")
		c.secretary.script().send("POST", path, form).want(http.StatusInternalServerError, "internal")
	}
	people := peopleForm()
	people["name"][3] = "Tên mới"
	c.fields(c.secretary.post(c.base+"/people", people, http.StatusInternalServerError), map[string]string{"name-3": "Tên mới"})
}
