package api_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/staff"
)

// fakePress makes papers of a line. A paper is signed by whose names stand after
// it, one a line; those that begin with "?" are of an unknown issuer.
type fakePress struct{}

func (fakePress) Print(o *meeting.Outcome) (list []meeting.Printed, err error) {
	for _, f := range []struct{ name, kind string }{
		{meeting.MinutesFile, "application/pdf"}, {"minutes.docx", "application/zip"}, {"person-01.pdf", "application/pdf"}, {meeting.ReportFile, "application/pdf"},
		{"result.json", "application/json"}, {"result.csv", "text/csv"}, {"result.xlsx", "application/zip"}, {"trackers.txt", "text/plain"},
		{meeting.AssessmentFile, "application/json"}, {"manifest.json", "application/json"}, {"manifest.json.p7s", "application/pkcs7-signature"}, {"ca.pem", "application/x-pem-file"},
	} {
		list = append(list, meeting.Printed{Name: f.name, MediaType: f.kind, Content: fmt.Appendf(nil, "%%PDF-1.7 %s of %s at %s\n", f.name, o.Name, o.Filing.Place)})
	}
	return list, nil
}

func (fakePress) Check(original, signed []byte) (list []meeting.PaperSignature, err error) {
	added, ok := bytes.CutPrefix(signed, original)
	if !ok {
		return nil, &meeting.Refusal{Cause: meeting.ErrReturned, Field: "file", What: meeting.Text{Vi: "nội dung đã khác", En: "another text"}}
	}
	for name := range strings.Lines(string(added)) {
		name, unknown := strings.CutPrefix(strings.TrimSpace(name), "?")
		list = append(list, meeting.PaperSignature{
			Field: "head", Signer: name, Issuer: "CA thử", Time: time.Date(2026, 12, 10, 3, 0, 0, 0, time.UTC), Trusted: !unknown, Seal: name == "Hòm phiếu",
		})
	}
	return list, nil
}

func filingForm(place string) url.Values {
	return url.Values{
		"place": {place}, "date": {"2026-12-11"}, "began": {"10:00"}, "ended": {"10:25"}, "copies": {"4"},
		"recipients": {"Ban Tổ chức Tỉnh ủy\r\nLưu VP"},
	}
}

// paper is the address of a file of the first paper's result.
func (c *council) paper(base, name string) string {
	c.Helper()
	return base + "/papers/" + string(c.meeting().Papers[0].UUID) + "/" + name
}

// download reads the minutes of the first paper as they are now.
func (h *holder) download(c *council) string {
	h.Helper()
	return h.send("GET", c.paper(h.base, meeting.MinutesFile), nil).want(http.StatusOK, "").body
}

// giveBack sends a signed paper.
func (h *holder) giveBack(c *council, name, content string) *answer {
	h.Helper()
	return h.sendParts(h.base+"/papers/return", part{"form", "", "return"}, part{"election", "", string(c.meeting().Papers[0].UUID)}, part{"name", "", name}, part{"file", "ky.pdf", content})
}

// The way from the count to signed minutes and a released result, by the pages.
func TestPapersPage(t *testing.T) {
	c := councilIn(t, meeting.Closed)
	c.has(visible(c.secretary.get(c.base+"/papers", http.StatusOK)), "biên bản và báo cáo được lập sau khi kiểm phiếu", "Lưu nội dung", "!Lập biên bản và báo cáo ·")
	c.to(meeting.Tallied)
	page := c.secretary.get(c.base+"/papers", http.StatusOK)
	c.has(visible(page), "kết quả chưa công bố", "!Tải về", "!Công bố cho ai")
	c.secretary.post(c.base+"/papers", filingForm("Đà Lạt"), http.StatusSeeOther)
	page = c.secretary.get(c.base+"/papers", http.StatusOK)
	c.fields(page, map[string]string{"place": "Đà Lạt", "date": "2026-12-11", "began": "10:00", "ended": "10:25", "copies": "4"})
	c.has(page, "Ban Tổ chức Tỉnh ủy\nLưu VP</textarea>")
	c.has(c.auditor.page("/papers"), "Việc này do thư ký hoặc chủ trì hoặc Thành viên Ban kiểm phiếu thực hiện", `!action="`+c.auditor.base+`/papers"`)

	head := c.members[0]
	c.has(head.page("/papers"), `action="`+head.base+`/papers/print"`, "!/papers/sign")
	head.press("/papers/print", url.Values{})
	page = head.page("/papers")
	c.has(page, "sửa được", "SHA-256", "1 KB", "!assessment.json", "person-01.pdf</a> <span class=\"hint\">Nguyễn Thị Ánh", "Chưa có chữ ký của ai", "homphieu sign", "Chưa đủ biên bản có chữ ký số (0/2)", "Sửa ở đây thì các tệp đã lập không dùng được nữa")
	c.has(c.chair.page("/papers"), "assessment.json", `/publish"`)

	minutes := head.download(c)
	c.has(minutes, "minutes.pdf of Hội nghị lấy phiếu tín nhiệm\nPhiếu số 1: chính quyền at Đà Lạt")
	if a := head.giveBack(c, meeting.MinutesFile, minutes+"Hòm phiếu\n?Bùi Văn Khoa\n"); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", a.StatusCode, visible(a.body))
	}
	if a := c.chair.giveBack(c, meeting.MinutesFile, c.chair.download(c)+"Lê Thị Hòa\n"); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", a.StatusCode, visible(a.body))
	}
	page = visible(c.chair.page("/papers"))
	c.has(page, "Bùi Văn Khoa , ký lúc 10:00 10/12/2026", "nhưng chứng thư chưa được máy chủ này tin", "Lê Thị Hòa , ký lúc", "✓ Hợp lệ, chứng thư tin cậy",
		"Ký ở chỗ của Trưởng ban Bùi Văn Khoa", "Còn thiếu chữ ký: Thư ký ban Hồ Thị Lan; Ủy viên Đinh Công Minh; Chủ trì Lê Thị Hòa.",
		"Dấu niêm phong của máy chủ (Hòm phiếu) cho biết tệp còn nguyên vẹn; đó không phải là chữ ký của ai", "(1/2)", "Đã có bản ký nộp lại nên nội dung này không sửa được nữa")

	page = c.chair.post(c.chair.base+"/papers/sign", url.Values{"form": {"sign"}}, http.StatusConflict)
	c.has(page, `href="#on_paper"`, "Biên bản chưa có chữ ký: ", "Phiếu số 2: cấp ủy", `<details class="confirm" open>`)
	c.fields(page, map[string]string{"place": "Đà Lạt"})
	c.chair.press("/papers/sign", url.Values{"on_paper": {"yes"}})
	c.has(visible(head.page("/papers")), "Chủ trì đã ghi nhận (ký tay).", "Một thành viên Ban kiểm phiếu ghi nhận biên bản đã ký", "!cuộc họp đã kết thúc")
	head.press("/papers/sign", url.Values{"on_paper": {"yes"}})
	c.has(visible(head.page("/papers")), "Biên bản đã ký; cuộc họp đã kết thúc.", "Công bố kết quả")
	c.publish(meeting.AudienceAgency)
	for _, who := range c.everybody() {
		c.has(visible(who.get(who.base+"/papers", http.StatusOK)), "Kết quả đã công bố.", "Công bố lúc 15:01 22/11/2026, cho: Cơ quan, đơn vị", "minutes.pdf")
	}
}

// The chair takes a paper with a wrong signature out again, and everybody has the
// paper as it was printed.
func TestDiscardedPaper(t *testing.T) {
	c := councilIn(t, meeting.Tallied)
	c.chair.press("/papers/print", url.Values{})
	printed := c.chair.download(c)
	c.chair.giveBack(c, meeting.MinutesFile, printed+"Kẻ lạ\n").want(http.StatusSeeOther, "")
	path := c.members[0].base + "/papers/" + string(c.meeting().Papers[0].UUID) + "/" + meeting.MinutesFile
	c.has(c.members[0].page("/papers"), `href="`+path+`?printed"`, "!/papers/discard")
	if a := c.members[0].get(path+"?printed", http.StatusOK); a != printed {
		t.Errorf("as printed: %q", a)
	}
	c.chair.press("/papers/discard", url.Values{"election": {string(c.meeting().Papers[0].UUID)}, "name": {meeting.MinutesFile}})
	c.has(visible(c.chair.page("/papers")), "!Kẻ lạ")
	if a := c.chair.download(c); a != printed {
		t.Errorf("after: %q", a)
	}
}

// What is refused says what to do, and loses nothing that was typed or stored.
func TestPapersRefused(t *testing.T) {
	c := councilIn(t, meeting.Tallied)
	form := filingForm("Nơi mới")
	form.Set("began", "25:00")
	page := c.secretary.post(c.base+"/papers", form, http.StatusUnprocessableEntity)
	c.fields(page, map[string]string{"place": "Nơi mới", "began": "25:00"})
	c.has(page, `href="#began"`, "Giờ không đúng dạng hh:mm.", "!Kế hoạch có mục chưa đúng")
	form.Set("began", "")
	for _, name := range []string{"copies", "date"} {
		wrong := url.Values{name: {"x"}}
		for field, values := range form {
			if field != name {
				wrong[field] = values
			}
		}
		c.has(c.secretary.post(c.base+"/papers", wrong, http.StatusUnprocessableEntity), `href="#`+name+`"`, "Ban Tổ chức Tỉnh ủy")
	}
	form.Set("recipients", strings.Repeat("Nơi nhận\r\n", 31))
	c.has(c.secretary.post(c.base+"/papers", form, http.StatusUnprocessableEntity), `href="#recipients"`, "Nhiều hơn 30 nơi nhận")
	form.Set("recipients", "Một\r\n"+strings.Repeat("x", meeting.MaxLine+1))
	c.has(c.secretary.post(c.base+"/papers", form, http.StatusUnprocessableEntity), `href="#recipients"`)

	c.secretary.post(c.base+"/papers", filingForm("Đà Lạt"), http.StatusSeeOther)
	head := c.members[0]
	head.press("/papers/print", url.Values{})
	field := "file-minutes-0"
	page = head.giveBack(c, meeting.MinutesFile, "%PDF-1.7 another").body
	c.has(page, `href="#`+field+`"`, `id="`+field+`-error"`, "Nội dung đã khác.", "ký đúng tệp đó")
	c.fields(page, map[string]string{"place": "Đà Lạt"})
	minutes := head.download(c)
	for _, refused := range []struct{ content, says string }{
		{minutes, "Tệp chưa có chữ ký của ai."}, {minutes + "Hòm phiếu\n", "Tệp chưa có chữ ký của ai."},
		{minutes + strings.Repeat("x", 20<<20), "Tệp lớn hơn 20 MB."},
	} {
		a := head.giveBack(c, meeting.MinutesFile, refused.content)
		if c.has(a.body, refused.says); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%q: %d", refused.says, a.StatusCode)
		}
	}
	head.script().giveBack(c, meeting.MinutesFile, minutes).want(http.StatusBadRequest, "not-the-paper")
	head.script().giveBack(c, meeting.MinutesFile, strings.Repeat("x", 22<<20)).want(http.StatusRequestEntityTooLarge, "too-large")
	head.script().giveBack(c, "other.pdf", minutes).want(http.StatusNotFound, "not-found")
	paper := string(c.meeting().Papers[0].UUID)
	a := head.sendParts(head.base+"/papers/return", part{"election", "", paper}, part{"name", "", meeting.MinutesFile})
	c.has(a.body, "Chọn tệp PDF đã ký.", `href="#`+field+`"`)
	for i, name := range []string{"Khoa", "Lan"} { // both on the bare paper: the second has not the first's
		want := http.StatusSeeOther
		if i > 0 {
			want = http.StatusBadRequest
		}
		if a := head.giveBack(c, meeting.MinutesFile, minutes+name+"\n"); a.StatusCode != want {
			t.Errorf("%s: %d", name, a.StatusCode)
		}
	}
	c.secretary.script().send("POST", c.base+"/papers", filingForm("Nơi khác")).want(http.StatusConflict, "wrong-state")
	c.chair.script().send("POST", c.chair.base+"/publish", url.Values{}).want(http.StatusBadRequest, "no-audience")
	c.has(c.chair.post(c.chair.base+"/publish", url.Values{"form": {"publish"}, "audience": {"world"}}, http.StatusBadRequest), `href="#audience"`, "Chưa chọn công bố cho ai.", `<details class="confirm" open>`)
	c.secretary.script().send("GET", c.paper(c.base, "other"), nil).want(http.StatusForbidden, "not-your-role")
	head.script().send("GET", c.paper(head.base, "other"), nil).want(http.StatusNotFound, "not-found")
	head.script().send("GET", head.base+"/papers/22222222222222/"+meeting.MinutesFile, nil).want(http.StatusNotFound, "unknown-election")
}

func (h *holder) script() *holder { return &holder{h.device.script(), h.base, h.actor} }

// Who may have which file, before and after the result is released.
func TestDownloads(t *testing.T) {
	c := councilIn(t, meeting.Signed)
	paper := "/board/" + string(c.meeting().Papers[0].UUID) + "/files/"
	public := map[string]bool{"result.json": true, "result.csv": true, "result.xlsx": true, meeting.ReportFile: true, "manifest.json": true, "manifest.json.p7s": true, "ca.pem": true}
	names := []string{meeting.MinutesFile, "minutes.docx", "person-01.pdf", meeting.ReportFile, "result.json", "result.csv", "result.xlsx", "trackers.txt", meeting.AssessmentFile, "manifest.json", "manifest.json.p7s", "ca.pem"}
	check := func(published bool, to meeting.Audience) {
		t.Helper()
		for _, name := range names {
			for _, who := range c.everybody() {
				may := published || who.role == staff.Chair || who.role == staff.Member
				if name == meeting.AssessmentFile {
					may = who.role == staff.Chair
				}
				a := who.script().send("GET", c.paper(who.base, name), nil)
				if !may {
					a.want(http.StatusForbidden, "not-your-role")
					continue
				}
				a.want(http.StatusOK, "").isKept(name)
			}
			a := c.do("GET", paper+name, "")
			if published && to == meeting.AudiencePublic && public[name] {
				a.want(http.StatusOK, "").isKept(name)
			} else {
				a.want(http.StatusNotFound, "not-found")
			}
		}
	}
	check(false, "")
	c.has(c.do("GET", strings.TrimSuffix(paper, "/files/"), "", browser).body, "!result.json", "!33,33")
	c.publish(meeting.AudiencePublic)
	check(true, meeting.AudiencePublic)
	board := c.do("GET", strings.TrimSuffix(paper, "/files/"), "", browser)
	board.checkPage()
	c.has(board.body, paper+"report.pdf", paper+"result.json", paper+"result.csv", paper+"result.xlsx", "!minutes.pdf", "!trackers.txt", "!assessment", "Khối chính quyền", "Công bố lúc 15:01 22/11/2026, cho: <strong>Công khai")
	for _, to := range []meeting.Audience{meeting.AudienceMeeting, meeting.AudienceAgency} {
		c.rewrite(func(m *meeting.Meeting) { m.Release.Audience = to })
		check(true, to)
		c.has(c.do("GET", strings.TrimSuffix(paper, "/files/"), "", browser).body, "!report.pdf", "33,33")
	}
	c.rewrite(func(m *meeting.Meeting) { m.Release.Audience, m.Plan.MembersOnly = meeting.AudiencePublic, true })
	c.do("GET", paper+"result.json", "").want(http.StatusNotFound, "not-found")
	c.do("GET", "/board/"+string(c.meeting().Rehearsal.UUID)+"/files/result.json", "").want(http.StatusNotFound, "unknown-election")
	p := openPoll(t)
	p.do("GET", "/board/"+string(p.UUID)+"/files/result.json", "").want(http.StatusNotFound, "not-found")
}

// rewrite changes the stored record.
func (c *council) rewrite(change func(m *meeting.Meeting)) {
	c.Helper()
	m := c.meeting()
	change(m)
	c.ok(c.store.Save(c.Context(), m, audit.Draft{Time: c.time, Meeting: c.u, Actor: audit.Server, Action: "test"}))
}

// isKept requires a file that a browser keeps and never shows.
func (a *answer) isKept(name string) {
	a.Helper()
	for header, want := range map[string]string{
		"Content-Disposition": `attachment; filename="` + name + `"`, "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "no-store",
	} {
		if got := a.Header.Get(header); got != want {
			a.Errorf("%s: %s is %q, want %q", a.request, header, got, want)
		}
	}
	if !strings.Contains(a.body, name) {
		a.Errorf("%s: %q", a.request, a.body)
	}
}

// The public has the report as it came back signed.
func TestPublicReportIsTheSignedOne(t *testing.T) {
	c := councilIn(t, meeting.Tallied)
	c.chair.press("/papers/print", url.Values{})
	c.publish(meeting.AudiencePublic)
	path := "/board/" + string(c.meeting().Papers[0].UUID) + "/files/report.pdf"
	before := c.do("GET", path, "").want(http.StatusOK, "").body
	c.chair.giveBack(c, meeting.ReportFile, before+"Lê Thị Hòa\n").want(http.StatusSeeOther, "")
	if after := c.do("GET", path, "").want(http.StatusOK, "").body; after != before+"Lê Thị Hòa\n" {
		t.Errorf("%q", after)
	}
}

// The result is in ballot order by block, with what officers know besides, and
// can be checked where it stands.
func TestResultForOfficers(t *testing.T) {
	c := councilIn(t, meeting.Tallied)
	page := c.chair.page("/result")
	c.has(visible(page), "9 triệu tập, 7 có mặt, 2 vắng", "7 phát ra, 6 thu về, 0 trả lại, 1 không trả", "Khối chính quyền 1 Nguyễn Thị Ánh", "Chưa công bố", "!Hồ sơ không hợp lệ", "!Máy chủ đã kiểm tra lại")
	order := regexp.MustCompile(`(?s)Nguyễn Thị Ánh.*Trần Đạt.*Lê Ưng.*Đỗ Thị Yên`)
	if !order.MatchString(page) {
		t.Error("not in ballot order")
	}
	c.has(page, `class="bar-high" x="0.00%" width="33.33%"`, `class="bar-low" x="50.00%" width="16.66%"`, c.chair.base+"/papers#release", c.chair.base+"/groups")
	c.has(visible(c.members[0].page("/result?check")), "Máy chủ đã kiểm tra lại toàn bộ hồ sơ: hợp lệ.", "mỗi tờ một lần", "The server rechecked the whole record")
	for _, who := range []somebody{{c.secretary.device, staff.Secretary, c.base}, {c.auditor.device, staff.Auditor, c.auditor.base}} {
		c.has(who.get(who.base+"/result?check", http.StatusOK), "!33,33", "kết quả chưa công bố", "!/groups", "!Máy chủ đã kiểm tra lại")
	}
	c.publish(meeting.AudienceMeeting)
	c.has(visible(c.auditor.page("/result")), "33,33 %", "Công bố lúc 15:01 22/11/2026, cho: Người dự họp", "Released at 15:01 22/11/2026 to: Who is in the room.")
}

// Where all ballots say the same of a person, the board reads so before the
// numbers, and the chair has to say to know it.
func TestUnanimousResult(t *testing.T) {
	c := councilIn(t, meeting.Open)
	for s := range 6 {
		c.voted[s] = true
		for i, p := range c.meeting().Papers {
			b, err := c.store.Box(t.Context(), p.UUID)
			c.ok(err)
			c.ok(b.Accept(t.Context(), c.marked(b, s, i*(s%2)))) // high for all on the first paper
		}
	}
	c.to(meeting.Closed)
	c.to(meeting.Tallied)
	const warning = "mọi phiếu giống nhau đối với Nguyễn Thị Ánh, Trần Đạt, Lê Ưng."
	for _, who := range []*holder{c.chair, c.members[0]} {
		page := who.page("/result")
		at := strings.Index(page, warning)
		if at < 0 || at > strings.Index(page, "100,00") {
			t.Errorf("warned at %d: %s", at, visible(page))
		}
		c.has(page, "all ballots say the same of Nguyễn Thị Ánh, Trần Đạt, Lê Ưng.")
	}
	c.has(c.secretary.get(c.base+"/result", http.StatusOK), "!giống nhau")
	form := url.Values{"form": {"publish"}, "audience": {"public"}}
	page := c.chair.post(c.chair.base+"/publish", form, http.StatusConflict)
	c.has(page, `href="#unanimous"`, "Nguyễn Thị Ánh: mọi phiếu giống nhau", `id="audience-public" value="public" checked`, "Tôi biết rằng công bố là lộ lá phiếu")
	c.chair.script().send("POST", c.chair.base+"/publish", form).want(http.StatusConflict, "unanimous")
	form.Set("unanimous", "yes")
	c.chair.press("/publish", form)
	c.has(c.secretary.get(c.base+"/result", http.StatusOK), "100,00", "!giống nhau")
	c.has(c.chair.page("/result"), "100,00", "!giống nhau")
}

// Threshold groups are for the roles that the rule set names, in its own words.
// Nobody else sees the page or a link to it, and no log tells of it.
func TestGroupsPage(t *testing.T) {
	c := councilIn(t, meeting.Open)
	for s := range 6 {
		c.voted[s] = true
		for i, p := range c.meeting().Papers {
			b, err := c.store.Box(t.Context(), p.UUID)
			c.ok(err)
			level := 0
			if s < 4 && i == 0 || i == 1 && s < 3 {
				level = 2 // low: two thirds, and one half
			}
			c.ok(b.Accept(t.Context(), c.marked(b, s, level)))
		}
	}
	c.has(c.chair.page("/groups"), "Chưa có kết quả", "chương trình không quyết định gì")
	c.to(meeting.Closed)
	c.to(meeting.Tallied)
	before := c.last().Number
	a := c.chair.send("GET", c.chair.base+"/groups", nil).want(http.StatusOK, "")
	rules, err := meeting.RuleSetByID(meeting.RuleSetReg96)
	c.ok(err)
	c.has(visible(a.body), "it decides nothing", "1 Nguyễn Thị Ánh Giám đốc 4 (66,67 %) "+rules.EffectHigh.Vi, "1 Đỗ Thị Yên Bí thư Chi bộ 3 (50,00 %) Không thuộc nhóm nào", "!"+rules.EffectMid.Vi)
	if got := a.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q", got)
	}
	if after := c.last().Number; after != before {
		t.Errorf("entry %d of the log, was %d", after, before)
	}
	c.publish(meeting.AudiencePublic)
	for _, who := range c.everybody() {
		if who.role == staff.Chair {
			continue
		}
		who.script().send("GET", who.base+"/groups", nil).want(http.StatusForbidden, "not-your-role")
		for _, page := range []string{"", "/result", "/papers"} {
			c.has(who.get(who.base+page, http.StatusOK), "!/groups", "!Nhóm theo ngưỡng", "!"+rules.EffectHigh.Vi)
		}
	}
	c.has(c.do("GET", "/board/"+string(c.meeting().Papers[0].UUID), "", browser).body, "66,67", "!"+rules.EffectHigh.Vi, "!Nhóm theo ngưỡng")
}

// A result that does not add up is shown to nobody, and the page says what to do.
func TestResultThatDoesNotAddUp(t *testing.T) {
	c := councilIn(t, meeting.Tallied)
	c.rewrite(func(m *meeting.Meeting) {
		for i := range m.People {
			if m.People[i].Paper == 0 && m.People[i].Exempt == "" {
				m.People[i].Exempt = "retirement_notice"
				break
			}
		}
	})
	a := c.chair.send("GET", c.chair.base+"/result", nil)
	if c.has(a.body, "not-adding-up", "báo ngay Ban kiểm phiếu", "!33,33"); a.StatusCode != http.StatusInternalServerError {
		t.Errorf("%d", a.StatusCode)
	}
	c.chair.script().send("POST", c.chair.base+"/papers/print", url.Values{}).want(http.StatusInternalServerError, "not-adding-up")
	c.chair.script().send("POST", c.chair.base+"/publish", url.Values{"audience": {"public"}}).want(http.StatusInternalServerError, "not-adding-up")
	if c.meeting().Published {
		t.Error("published")
	}
}
