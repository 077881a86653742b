package api_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/round"
)

// linePacker makes packages of a line, and reads receipts of another.
type linePacker struct{}

func (linePacker) Pack(_ context.Context, p *meeting.Parcel) ([]byte, string, error) {
	file := fmt.Appendf(nil, "package %s %s %v %s", p.Poll, p.Corrects, p.Notice, p.Why)
	sum := sha256.Sum256(file)
	return file, hex.EncodeToString(sum[:]), nil
}

func (linePacker) Receipt(text []byte, a *meeting.Assignment) (string, error) {
	if pkg, ok := strings.CutPrefix(string(text), "receipt "+a.Key+" "); ok {
		return pkg, nil
	}
	return "", &meeting.Refusal{Cause: meeting.ErrReceipt, Field: "file", What: meeting.Text{Vi: "chữ ký sai", En: "bad signature"}}
}

// handCourier is one that the test moves.
type handCourier struct {
	office  *meeting.Office
	file    []byte // of the round
	trouble *meeting.Text
	told    int
}

func (h *handCourier) Deliver(ballot.UUID)          { h.told++ }
func (h *handCourier) Carry(o *meeting.Office)      { h.office = o }
func (h *handCourier) Trouble(string) *meeting.Text { return h.trouble }
func (h *handCourier) Fetch(_ context.Context, address string) ([]byte, error) {
	if address != "https://hop.example.vn/api/v1/rounds/x" {
		return nil, fmt.Errorf("%w: 404", api.ErrFetch)
	}
	return h.file, nil
}

// letterFile is the file of the letter's round, as its superior hands it out.
func letterFile() []byte {
	r, agencies := round.Letter()
	r.UUID = "HVAYvLvBxYWcPgVPL6Bdwn"
	return round.File(r, &round.Directory{Agencies: agencies}, nil, "https://hop.example.vn", "superior+0+key")
}

// superiorDigits are those of the letter's server and key.
var superiorDigits = meeting.SuperiorDigits("https://hop.example.vn", "superior+0+key")

// withCourier gives a council what packs and carries.
func (c *council) withCourier() *handCourier {
	c.Helper()
	h := &handCourier{file: letterFile()}
	c.config.Packer, c.config.Courier = linePacker{}, h
	c.handler, c.fill = api.NewWithGate(c.config)
	return h
}

// inLetter gives the council's meeting a place in the letter's round.
func (c *council) inLetter() {
	c.Helper()
	c.secretary.post(c.base+"/round/take", url.Values{"form": {"take"}, "roundfile": {string(letterFile())}, "agency": {"huyen-uy-dong-xanh"}, "group": {"khac", "cap-uy"}}, http.StatusSeeOther)
}

// hidden is what a hidden field of a page says.
func hidden(page, name string) string {
	found := regexp.MustCompile(`<input type="hidden" name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if found == nil {
		return ""
	}
	return html.UnescapeString(found[1])
}

// A secretary loads a round's file, chooses, and notes what was done before.
func TestRoundPlace(t *testing.T) {
	c := newCouncil(t)
	c.withCourier()
	c.to(meeting.Draft)
	page := c.secretary.get(c.base+"/round", http.StatusOK)
	c.has(visible(page), "Cuộc họp không thuộc đợt nào thì bỏ qua trang này", "Đọc tệp của đợt", "!Thời hạn, việc còn lại")
	c.has(c.chair.page("/round"), "Việc này do thư ký thực hiện", "!/round/load")

	for _, fetched := range []bool{false, true} {
		if fetched {
			page = c.secretary.post(c.base+"/round/load", url.Values{"form": {"load"}, "address": {" https://hop.example.vn/api/v1/rounds/x "}}, http.StatusOK)
		} else {
			page = c.secretary.sendParts(c.base+"/round/load", part{"form", "", "load"}, part{"file", "dot.json", string(letterFile())}).want(http.StatusOK, "").body
		}
		c.has(visible(page), "Đã đọc tệp của đợt", "Ban Tuyên giáo Tỉnh ủy", "Ghi đợt này")
		if got := hidden(page, "roundfile"); got != string(letterFile()) {
			t.Fatalf("the page carries another file: %d bytes", len(got))
		}
	}
	// Browsers send line breaks of their own.
	take := url.Values{"form": {"take"}, "roundfile": {strings.ReplaceAll(hidden(page, "roundfile"), "\n", "\r\n")}, "agency": {""}, "group": {"khac", ""}}
	page = c.secretary.post(c.base+"/round/take", take, http.StatusUnprocessableEntity)
	c.has(page, `href="#agency"`, "Ghi đợt này")
	take.Set("agency", "dang-doan-hdnd-tinh")
	take.Set("group", "cap-uy")
	c.has(c.secretary.post(c.base+"/round/take", take, http.StatusUnprocessableEntity), `href="#group-0"`, "Chọn một nhóm chức danh mà đợt chờ cơ quan này: ")
	take.Set("agency", "huyen-uy-dong-xanh")
	take["group"] = []string{"cap-uy", "none"}
	c.has(c.secretary.post(c.base+"/round/take", take, http.StatusUnprocessableEntity), `href="#group-1"`, "Chọn một nhóm chức danh mà đợt chờ cơ quan này: ")
	take["group"] = []string{"cap-uy", ""}
	c.secretary.post(c.base+"/round/take", take, http.StatusSeeOther)
	a := c.meeting().Plan.Assignment
	if a == nil || a.Agency != "huyen-uy-dong-xanh" || a.Group != "cap-uy" || a.URL != "https://hop.example.vn" || len(a.Before) == 0 || a.Before[0].Group != "hdnd-bau" || a.RuleSet != meeting.RuleSetReg96 {
		t.Fatalf("%+v", a)
	}
	page = visible(c.secretary.get(c.base+"/round", http.StatusOK))
	c.has(page, a.Title, a.Posts, "Chuẩn bị xong (bước 1)", "trước ngày 31/7/2023", "30/07/2023", "Việc nào dưới đây chưa ghi ngày xong thì không mở được bỏ phiếu", "Tính từ ngày lấy phiếu", "!Lập gói kết quả ·")

	note := url.Values{"form": {"before"}, "prepared": {"29/07/2023"}, "done": {"2023-07-20"}, "about": {""}}
	page = c.secretary.post(c.base+"/round/before", note, http.StatusUnprocessableEntity)
	c.has(page, `href="#about-0"`, "Ghi căn cứ")
	c.fields(page, map[string]string{"done-0": "2023-07-20", "prepared": "29/07/2023"})
	note.Set("about", "Nghị quyết số 9")
	c.secretary.post(c.base+"/round/before", note, http.StatusSeeOther)
	if a := c.meeting().Plan.Assignment; a.Prepared != "2023-07-29" || a.Before[0].Done != "2023-07-20" {
		t.Errorf("%+v", a)
	}
	c.has(visible(c.secretary.get(c.base+"/round", http.StatusOK)), "Đã làm, đúng hạn", "(20/07/2023, Nghị quyết số 9)")
	c.secretary.post(c.base+"/plan", planForm(), http.StatusSeeOther) // the plan's form leaves the round alone
	if c.meeting().Plan.Assignment == nil {
		t.Error("the plan's form took the meeting out of the round")
	}
	c.secretary.post(c.base+"/round/leave", url.Values{"form": {"leave"}}, http.StatusSeeOther)
	if a := c.meeting().Plan.Assignment; a != nil {
		t.Errorf("%+v", a)
	}
}

// A file of the same round with another server or key is refused, unless its digits
// were compared.
func TestRoundFileSwapped(t *testing.T) {
	c := newCouncil(t)
	c.withCourier()
	c.to(meeting.Draft)
	c.inLetter()
	swapped := strings.Replace(string(letterFile()), "https://hop.example.vn", "https://hop.example.com", 1)
	page := c.secretary.sendParts(c.base+"/round/load", part{"form", "", "load"}, part{"file", "dot.json", swapped}).want(http.StatusOK, "").body
	digits := meeting.SuperiorDigits("https://hop.example.com", "superior+0+key")
	c.has(visible(page), "Tệp này ghi máy chủ hoặc khóa khác", digits, superiorDigits)
	take := url.Values{"form": {"take"}, "roundfile": {swapped}, "agency": {"huyen-uy-dong-xanh"}, "group": {"khac", "cap-uy"}}
	c.has(c.secretary.post(c.base+"/round/take", take, http.StatusUnprocessableEntity), `href="#compared"`)
	take.Set("compared", superiorDigits)
	c.secretary.post(c.base+"/round/take", take, http.StatusUnprocessableEntity)
	if a := c.meeting().Plan.Assignment; a.URL != "https://hop.example.vn" {
		t.Errorf("%+v", a)
	}
	take.Set("compared", digits)
	c.secretary.post(c.base+"/round/take", take, http.StatusSeeOther)
	if a := c.meeting().Plan.Assignment; a.URL != "https://hop.example.com" || !a.Trusted() {
		t.Errorf("%+v", a)
	}
}

// A file that is none, and an address without one, are refused where they were
// given.
func TestRoundFileRefused(t *testing.T) {
	c := newCouncil(t)
	c.withCourier()
	c.to(meeting.Draft)
	load := func(form url.Values, fields ...string) {
		t.Helper()
		page := c.secretary.post(c.base+"/round/load", form, http.StatusUnprocessableEntity)
		for _, field := range fields {
			c.has(page, `href="#`+field+`"`)
		}
	}
	load(url.Values{"form": {"load"}}, "file")
	load(url.Values{"form": {"load"}, "address": {"https://hop.example.vn/none"}}, "address")
	page := c.secretary.sendParts(c.base+"/round/load", part{"form", "", "load"}, part{"file", "dot.json", strings.Replace(string(letterFile()), "31", "30", 1)}).body
	if strings.Contains(page, "Ghi đợt này") && !strings.Contains(visible(page), "Đã đọc") {
		t.Error("a file that cannot be read can be taken")
	}
	page = c.secretary.sendParts(c.base+"/round/load", part{"form", "", "load"}, part{"file", "dot.json", "{}"}).want(http.StatusUnprocessableEntity, "").body
	c.has(page, `href="#file"`, "!Ghi đợt này")
	page = c.secretary.post(c.base+"/round/take", url.Values{"form": {"take"}, "roundfile": {"{}"}}, http.StatusUnprocessableEntity)
	c.has(page, `href="#file"`)
}

// The page before opening says what the round puts first: a condition where the
// rule set blocks, a notice where it warns.
func TestOrderOnOpeningPage(t *testing.T) {
	c := newCouncil(t)
	c.withCourier()
	for _, s := range councilStates[:5] { // sealed
		c.to(s)
	}
	c.inLetter()
	page := visible(c.chair.page("/opening"))
	c.has(page, "Đã xong những việc mà đợt", "Chưa xong: ", "!Bộ quy tắc này không chặn")
	planned := c.meeting().Plan.Date
	c.rewrite(func(m *meeting.Meeting) { m.Plan.Date = "2026-01-02" })
	c.has(visible(c.chair.page("/opening")), "kế hoạch ghi ngày lấy phiếu 02/01/2026", "gói gửi cấp trên đều ghi ngày 02/01/2026")
	c.rewrite(func(m *meeting.Meeting) { m.Plan.Date = meeting.Day(c.time) })
	c.has(visible(c.chair.page("/opening")), "!kế hoạch ghi ngày lấy phiếu")
	c.rewrite(func(m *meeting.Meeting) { m.Plan.Date = planned })
	c.chair.press("/approve", url.Values{})
	c.attend(present)
	c.bring(7, 8, 9)
	c.has(visible(c.chair.post(c.chair.base+"/open", url.Values{}, http.StatusConflict)), "Chưa mở bỏ phiếu được: đợt xếp việc khác phải xong trước", "sơ kết 6 tháng")
	c.rewrite(func(m *meeting.Meeting) { m.Plan.RuleSet = meeting.RuleSetNQ96 })
	page = visible(c.chair.page("/opening"))
	c.has(page, "Bộ quy tắc này không chặn", "!Đã xong những việc mà đợt")
	c.has(visible(c.secretary.get(c.base+"/round", http.StatusOK)), "bộ quy tắc này không chặn", "kế hoạch của cuộc họp chọn bộ quy tắc khác")
	c.chair.press("/open", url.Values{})
}

// signedCouncil is a meeting in the letter's round whose minutes are signed by
// hand.
func signedCouncil(t *testing.T) (*council, *handCourier) {
	t.Helper()
	c := newCouncil(t)
	h := c.withCourier()
	for _, s := range councilStates {
		if s == meeting.Open {
			c.inLetter()
			a := c.meeting().Plan.Assignment
			form := url.Values{"form": {"before"}, "prepared": {"2026-11-20"}}
			for range a.Before {
				form.Add("done", "2026-11-20")
				form.Add("about", "Biên bản số 7")
			}
			c.secretary.post(c.base+"/round/before", form, http.StatusSeeOther)
		}
		c.to(s)
	}
	return c, h
}

// answered lets the superior say something of a package.
func (h *handCourier) answered(c *council, pkg string, a meeting.Answer, why meeting.Text, receipt string) {
	c.Helper()
	_, err := h.office.Answered(c.Context(), c.u, pkg, a, why, receipt)
	c.ok(err)
}

// The way of a package on the page: made, sent over the network, checked, with its
// receipt, and replaced for a reason.
func TestSendingPage(t *testing.T) {
	c, h := signedCouncil(t)
	page := visible(c.secretary.get(c.base+"/round", http.StatusOK))
	c.has(page, "Kết quả chưa công bố; trước đó chỉ chủ trì lập và gửi gói", "!Lập gói kết quả ·")
	poll := string(c.meeting().Papers[0].UUID)
	c.has(c.chair.page("/round"), "Lập gói kết quả")
	c.publish(meeting.AudienceAgency)
	c.secretary.post(c.base+"/round/package", url.Values{"form": {"package"}, "election": {poll}}, http.StatusSeeOther)
	s := c.meeting().Sendings[0][0]
	page = c.secretary.get(c.base+"/round", http.StatusOK)
	c.has(visible(page), "Gói "+s.Package[:12], "Chưa gửi", "Gửi qua mạng", "Đã giao bằng tệp", "Ngày cuối", "Lập lại gói")
	file := c.secretary.send("GET", c.base+"/round/packages/"+s.Package+"/file", nil).want(http.StatusOK, "").body
	if !strings.HasPrefix(file, "package "+poll) {
		t.Errorf("%q", file)
	}
	c.auditor.get(c.auditor.base+"/round/packages/"+s.Package+"/file", http.StatusForbidden)
	c.secretary.get(c.base+"/round/packages/00/file", http.StatusNotFound)
	c.secretary.get(c.base+"/round/packages/"+s.Package+"/receipt", http.StatusNotFound)

	c.secretary.post(c.base+"/round/send", url.Values{"form": {"send"}, "package": {s.Package}, "by": {""}}, http.StatusUnprocessableEntity)
	send := url.Values{"form": {"send"}, "package": {s.Package}, "by": {"https"}}
	c.has(visible(page), "Chưa đối chiếu", superiorDigits)
	c.has(c.secretary.post(c.base+"/round/send", send, http.StatusUnprocessableEntity), `href="#send"`, "đối chiếu dãy số của máy chủ và khóa trước khi gửi")
	send.Set("compared", "0000 0000 0000 0000 0000 0000")
	c.secretary.post(c.base+"/round/send", send, http.StatusUnprocessableEntity)
	if h.told != 0 {
		t.Error("the courier was told before the digits were compared")
	}
	send.Set("compared", superiorDigits)
	c.secretary.post(c.base+"/round/send", send, http.StatusSeeOther)
	c.has(c.secretary.get(c.base+"/round", http.StatusOK), "Đã đối chiếu", "!compared-"+s.Package[:12])
	if h.told == 0 {
		t.Error("the courier was not told")
	}
	h.trouble = &meeting.Text{Vi: "chưa liên lạc được", En: "cannot be reached"}
	c.has(visible(c.chair.page("/round")), "Đang gửi", "chưa liên lạc được.", "Muốn thay gói này thì chờ cấp trên trả lời đã", "!Gửi qua mạng ·")
	h.trouble = nil
	h.answered(c, s.Package, meeting.AnswerHeld, meeting.Text{}, "")
	c.has(visible(c.chair.page("/round")), "Đã đến nơi; chờ cấp trên xác nhận khóa")
	h.answered(c, s.Package, meeting.AnswerChecking, meeting.Text{}, "")
	c.has(visible(c.chair.page("/round")), "Đã đến nơi; cấp trên đang kiểm tra")
	receipt := "receipt superior+0+key " + s.Package
	h.answered(c, s.Package, meeting.AnswerAccepted, meeting.Text{}, receipt)
	page = visible(c.secretary.get(c.base+"/round", http.StatusOK))
	c.has(page, "Cấp trên đã kiểm tra và nhận", "Biên nhận của cấp trên", "Lập gói thay thế", "!Gửi qua mạng ·")
	if got := c.secretary.send("GET", c.base+"/round/packages/"+s.Package+"/receipt", nil).want(http.StatusOK, "").body; got != receipt {
		t.Errorf("%q", got)
	}

	again := url.Values{"form": {"package"}, "election": {poll}, "why": {""}}
	c.has(c.secretary.post(c.base+"/round/package", again, http.StatusUnprocessableEntity), `href="#why-0"`, "ghi lý do")
	again.Set("why", "Thêm chữ ký")
	c.secretary.post(c.base+"/round/package", again, http.StatusSeeOther)
	if list := c.meeting().Sendings[0]; len(list) != 2 || list[1].Corrects != s.Package {
		t.Fatalf("%+v", list)
	}
	c.has(visible(c.secretary.get(c.base+"/round", http.StatusOK)), "thay gói trước, vì: Thêm chữ ký")
}

// What the superior says of a package that it keeps apart stands on the page, and
// in the steps; a receipt that comes as a file is checked.
func TestSendingPageApart(t *testing.T) {
	c, h := signedCouncil(t)
	c.publish(meeting.AudienceAgency)
	for _, p := range c.meeting().Papers {
		c.secretary.post(c.base+"/round/package", url.Values{"form": {"package"}, "election": {string(p.UUID)}}, http.StatusSeeOther)
	}
	first, second := c.meeting().Sendings[0][0].Package, c.meeting().Sendings[1][0].Package
	c.secretary.post(c.base+"/round/send", url.Values{"form": {"send"}, "package": {first}, "by": {"https"}, "compared": {superiorDigits}}, http.StatusSeeOther)
	h.answered(c, first, meeting.AnswerApart, meeting.Text{Vi: "minutes.pdf đã bị sửa", En: "minutes.pdf was changed"}, "")
	page := visible(c.secretary.get(c.base+"/round", http.StatusOK))
	c.has(page, "Cấp trên không nhận", "Cấp trên trả lời: minutes.pdf đã bị sửa", "Hỏi lại cấp trên", "Lập lại gói", "Minutes.pdf đã bị sửa.")

	c.secretary.post(c.base+"/round/send", url.Values{"form": {"send"}, "package": {second}, "by": {"file"}}, http.StatusSeeOther)
	c.has(visible(c.secretary.get(c.base+"/round", http.StatusOK)), "Đã giao tệp; chờ biên nhận")
	c.has(c.secretary.post(c.base+"/round/receipt", url.Values{"form": {"receipt"}, "receipt": {""}}, http.StatusUnprocessableEntity), `href="#receipt"`)
	c.has(c.secretary.post(c.base+"/round/receipt", url.Values{"form": {"receipt"}, "receipt": {"x"}}, http.StatusBadRequest), `href="#receipt"`, "Chữ ký sai.")
	a := c.secretary.sendParts(c.base+"/round/receipt", part{"form", "", "receipt"}, part{"file", "bien-nhan.txt", "receipt superior+0+key " + second})
	if a.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", a.StatusCode, visible(a.body))
	}
	if s := c.meeting().Sendings[1][0]; s.Receipt == "" {
		t.Errorf("%+v", s)
	}
}

// A notice goes over the network, or as a file that an officer downloads.
func TestNoticeOnPage(t *testing.T) {
	c := newCouncil(t)
	h := c.withCourier()
	c.to(meeting.Draft)
	c.inLetter()
	c.has(c.chair.page("/round"), "Việc này do thư ký thực hiện")
	c.secretary.post(c.base+"/round/notice", url.Values{"form": {"notice"}, "by": {"https"}}, http.StatusSeeOther)
	c.has(visible(c.secretary.get(c.base+"/round", http.StatusOK)), "Đang gửi", "tệp thông báo")
	n := c.meeting().Notices[0]
	h.answered(c, n.Package, meeting.AnswerAccepted, meeting.Text{}, "")
	c.has(visible(c.secretary.get(c.base+"/round", http.StatusOK)), "✓ Cấp trên đã nhận")
	if got := c.secretary.send("GET", c.base+"/round/packages/"+n.Package+"/file", nil).want(http.StatusOK, "").body; !strings.HasPrefix(got, "package ") {
		t.Errorf("%q", got)
	}
	c.has(c.secretary.post(c.base+"/round/notice", url.Values{"form": {"notice"}, "by": {"pigeon"}}, http.StatusUnprocessableEntity), `href="#notice"`)
	entries, err := c.store.Entries(c.Context(), c.u, 0, 1000)
	c.ok(err)
	var answers int
	for _, e := range entries {
		if e.Action == "package.answer" && e.Actor == audit.Server {
			answers++
		}
	}
	if answers != 1 {
		t.Errorf("%d answers in the log", answers)
	}
}
