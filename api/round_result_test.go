package api_test

import (
	"archive/zip"
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report/parcel"
	"github.com/homphieu/homphieu/report/parcel/parceltest"
)

// handIn hands in a package that was carried here.
func (p *province) handIn(content []byte) *answer {
	p.Helper()
	return p.superior.postFile(p.base+"/packages", url.Values{}, "file", "goi.zip", content)
}

// A package comes on a stick as well; its page leads from each number to the
// archive, the files, the log and the receipt.
func TestPackagePage(t *testing.T) {
	p := newProvince(t).withLetter()
	e := p.expected(6)
	v := p.parcel(e, "đầu", outcome("Nguyễn Thị Ánh", "Trưởng ban", 6, 2, 1, 1), outcome("Trần Đạt", "Phó Trưởng ban", 3, 1, 6, 0))
	p.superior.postFile(p.base+"/packages", url.Values{}, "", "", nil).want(http.StatusUnprocessableEntity, "")
	a := p.handIn([]byte("không phải gói")).want(http.StatusBadRequest, "")
	p.has(a.body, "không phải là gói kết quả", `href="#file"`, "Không phải tệp ZIP.")
	stranger := v
	stranger.Claim.Agency = "so-tai-chinh"
	a = p.handIn(stranger.bytes()).want(http.StatusForbidden, "")
	p.has(a.body, "không chờ gói", "so-tai-chinh")

	p.confirm(e.Agency)
	to := p.handIn(v.bytes()).want(http.StatusSeeOther, "").Header.Get("Location")
	if to != p.base+"/packages?got="+v.Claim.Hash {
		t.Errorf("sent to %s", to)
	}
	got, err := p.rounds.Settled(t.Context(), v.Claim.Hash)
	p.ok(err)
	p.has(p.superior.get(to, http.StatusOK), "Đã nhận gói của Ban Tuyên giáo Tỉnh ủy", "✓", "Hợp lệ", "từ tệp")
	p.handIn(v.bytes()).want(http.StatusSeeOther, "") // the same again
	list, err := p.rounds.Store.Packages(t.Context(), p.u)
	if p.ok(err); len(list) != 1 {
		t.Errorf("%d packages", len(list))
	}

	path := p.base + "/packages/" + v.Claim.Hash
	page := p.superior.get(path, http.StatusOK)
	p.has(visible(page), v.Claim.Hash, "Máy chủ ban-tuyen-giao-tinh-uy", "Khóa đã đối chiếu", v.Poll.LastEvent, "mục số 7 so.example.vn", "mục số 0",
		"Triệu tập 12", "thu về 10", "60,00 %", "Nguyễn Thị Ánh", "homphieu-receipt-v1", "2 tệp trong gói", "!Kiểm tra lại gói này", "!Quá 1/2")
	whole := p.superior.send("GET", path+"/file", nil).want(http.StatusOK, "")
	if whole.body != string(v.bytes()) && len(whole.body) == 0 || whole.Header.Get("Content-Type") != "application/zip" {
		t.Errorf("%v", whole.Header)
	}
	if _, err := zip.NewReader(strings.NewReader(whole.body), int64(len(whole.body))); err != nil {
		t.Error(err)
	}
	receipt := p.superior.send("GET", path+"/receipt", nil).want(http.StatusOK, "")
	if receipt.body != got.Receipt || !strings.Contains(receipt.Header.Get("Content-Disposition"), "bien-nhan-") {
		t.Errorf("%q", receipt.body)
	}
	archive := regexp.MustCompile(`href="([^"]*/files/[^"]*\.bel)"`).FindStringSubmatch(page)
	if archive == nil {
		t.Fatal("no archive")
	}
	part := p.superior.send("GET", archive[1], nil).want(http.StatusOK, "")
	if part.body != "hồ sơ" || part.Header.Get("Content-Type") != "application/octet-stream" || part.Header.Get("Content-Security-Policy") != "default-src 'none'; sandbox" {
		t.Errorf("%q %v", part.body, part.Header)
	}
	for _, name := range []string{"none", "..:package.json", "a\"b", "%0d%0a"} {
		p.superior.get(path+"/files/"+url.PathEscape(name), http.StatusNotFound)
	}
	p.has(p.superior.get(p.pollPath(e), http.StatusOK), path, "Đã gửi")

	// It is of this round, and of no other.
	other := p.superior.post("/staff/rounds", roundForm(), http.StatusSeeOther)
	other = strings.TrimSuffix(other, "/expected")
	for _, end := range []string{"", "/file", "/receipt", "/files/package.json"} {
		p.superior.get(other+"/packages/"+v.Claim.Hash+end, http.StatusNotFound)
	}
	p.superior.postFile(other+"/packages", url.Values{}, "file", "goi.zip", v.bytes()).want(http.StatusSeeOther, "")
}

// What does not hold is kept apart with the reason, and checked again when
// somebody asks; a correction leads to what it corrects, and back.
func TestPackagesApart(t *testing.T) {
	p := newProvince(t).withLetter()
	e := p.expected(6)
	bad := p.parcel(e, "hỏng", outcome("Nguyễn Thị Ánh", "Trưởng ban", 6, 2, 1, 0))
	bad.Refuse = "minutes.pdf: chưa có ai ký biên bản"
	if got := p.settle(bad); got.Status != round.Apart {
		t.Fatalf("%+v", got)
	}
	path := p.base + "/packages/" + bad.Claim.Hash
	p.has(p.superior.get(path, http.StatusOK), "chưa có ai ký biên bản", "Gói để riêng", "Kiểm tra lại gói này", "!/receipt", "!Kết quả, tính lại")
	p.superior.get(path+"/receipt", http.StatusNotFound)
	p.has(p.superior.get(p.base+"/packages?status=apart", http.StatusOK), path, "chưa có ai ký biên bản")
	p.has(p.superior.get(p.base+"/packages?status=accepted", http.StatusOK), "!"+path, "Không có gói nào ở đây")
	p.has(p.superior.get(p.base+"/packages?q=zzz", http.StatusOK), "!"+path)
	p.has(p.superior.get(p.base+"?show=apart", http.StatusOK), "Ban Tuyên giáo Tỉnh ủy", "Gói có lỗi")
	if to := p.superior.post(path+"/recheck", url.Values{}, http.StatusSeeOther); to != path+"?saved" {
		t.Errorf("sent to %s", to)
	}
	_, err := p.rounds.Settled(t.Context(), bad.Claim.Hash)
	p.ok(err)
	p.has(p.superior.get(path, http.StatusOK), "chưa có ai ký biên bản")
	p.superior.script().send("POST", p.base+"/packages/"+strings.Repeat("0", 64)+"/recheck", url.Values{}).want(http.StatusNotFound, "unknown-package")

	first := p.parcel(e, "một", outcome("Nguyễn Thị Ánh", "Trưởng ban", 6, 2, 1, 0))
	p.settle(first)
	second := p.parcel(e, "hai", outcome("Nguyễn Thị Ánh", "Trưởng ban", 6, 2, 1, 0))
	second.Claim.Supersedes, second.Claim.Why = first.Claim.Hash, "sửa ngày trong biên bản"
	p.settle(second)
	p.has(p.superior.get(p.base+"/packages/"+first.Claim.Hash, http.StatusOK), "Đã có gói thay thế", second.Claim.Hash, "sửa ngày trong biên bản", "!Kết quả, tính lại")
	p.has(p.superior.get(p.base+"/packages/"+second.Claim.Hash, http.StatusOK), "Gói này thay cho", first.Claim.Hash, "Kết quả, tính lại")

	notice := p.parcel(p.expected(7), "tin")
	notice.Claim = round.Claim{
		Kind: round.KindNotice, Round: p.u, Agency: p.expected(7).Agency, Group: "khac", Prepared: "2023-07-20", Planned: "2023-08-31",
		Made: p.time, Hash: notice.Claim.Hash, Key: notice.Claim.Key, Signer: "x",
	}
	p.confirm(notice.Claim.Agency)
	p.receive(notice).want(http.StatusOK, "")
	p.has(p.superior.get(p.base+"/packages/"+notice.Claim.Hash, http.StatusOK), "20/07/2023", "31/08/2023")
	p.has(p.superior.get(p.base+"/packages", http.StatusOK), "thông báo tiến độ")
}

// Two people of one name are one only when an officer says so, and nobody is
// voted on in a third place.
func TestPersonsOfOneName(t *testing.T) {
	p := newProvince(t).withLetter()
	for i := 6; i < 9; i++ {
		p.settle(p.parcel(p.expected(i), "đầu", outcome("Nguyễn Văn An", "Ủy viên", 6, 2, i-5, 0)))
	}
	page := p.superior.get(p.base+"/people", http.StatusOK)
	p.has(page, "Nguyễn Văn An", "nhiều nhất 2 nơi", "Cần trả lời", "!Lấy phiếu ở nhiều nơi")
	questions := strings.Split(page, `<form method="post" action="`+p.base+`/people"`)[1:]
	answer := func(i int, same string) url.Values {
		form := url.Values{"same": {same}}
		for _, name := range []string{"question", "name", "a", "b", "post_a", "post_b"} {
			form.Set(name, regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(questions[i])[1])
		}
		return form
	}
	p.has(p.superior.post(p.base+"/people", answer(0, ""), http.StatusUnprocessableEntity), `href="#question-0"`, "Chọn một trong hai")
	unknown := answer(0, "yes")
	unknown.Set("name", "Ai đó")
	p.has(p.superior.post(p.base+"/people", unknown, http.StatusUnprocessableEntity), "Ai đó")
	p.superior.post(p.base+"/people", answer(0, "yes"), http.StatusSeeOther)
	page = p.superior.get(p.base+"/people", http.StatusOK)
	p.has(page, "Người được lấy phiếu ở nhiều nơi", "cán bộ xác nhận là một người", "6 (")
	p.has(p.superior.get(p.base+"/result", http.StatusOK), "Còn lấy phiếu ở", "đặt cạnh nhau", "!12 (")
	questions = strings.Split(page, `<form method="post" action="`+p.base+`/people"`)[1:]
	p.has(p.superior.post(p.base+"/people", answer(0, "yes"), http.StatusConflict), "nhiều nơi hơn quy định", "Nguyễn Văn An")
	p.superior.post(p.base+"/people", answer(0, "no"), http.StatusSeeOther)

	// An answer is given anew.
	page = p.superior.get(p.base+"/people", http.StatusOK)
	p.has(page, "Đã trả lời", "hai người khác nhau", "Sửa: hai người khác nhau", "Sửa: cùng một người")
	answered := page[strings.Index(page, "Đã trả lời"):]
	questions = strings.Split(answered, `<form method="post" action="`+p.base+`/people"`)[1:]
	for i, form := range questions {
		if strings.Contains(form, "Sửa: hai người khác nhau") {
			p.superior.post(p.base+"/people", answer(i, "no"), http.StatusSeeOther)
		}
	}
	p.has(p.superior.get(p.base+"/people", http.StatusOK), "!Người được lấy phiếu ở nhiều nơi", "!Sửa: hai người khác nhau")
}

// What an agency declared of a second place can be taken back on the page, and given
// back.
func TestDeclaredOnPage(t *testing.T) {
	p := newProvince(t).withLetter()
	first, second := p.expected(6), p.expected(7)
	p.settle(p.parcel(first, "đầu", outcome("Nguyễn Văn An", "Ủy viên", 6, 2, 1, 0)))
	v := p.parcel(second, "đầu", outcome("Nguyễn Văn An", "Ủy viên", 6, 2, 2, 0))
	v.Poll.Places = [][]string{{first.Agency}}
	p.settle(v)
	page := p.superior.get(p.base+"/people", http.StatusOK)
	p.has(page, "Cơ quan đã khai là một người", "Khai nhầm: hai người khác nhau", "Người được lấy phiếu ở nhiều nơi")
	form := url.Values{}
	for _, name := range []string{"question", "name", "a", "b", "post_a", "post_b", "same"} {
		form.Set(name, regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)[1])
	}
	p.superior.post(p.base+"/people", form, http.StatusSeeOther)
	p.has(p.superior.get(p.base+"/people", http.StatusOK), "!Cơ quan đã khai là một người", "!Người được lấy phiếu ở nhiều nơi", "Sửa: cùng một người")
	form.Set("same", "yes")
	p.superior.post(p.base+"/people", form, http.StatusSeeOther)
	p.has(p.superior.get(p.base+"/people", http.StatusOK), "Người được lấy phiếu ở nhiều nơi")
}

// The consolidated table has what was verified and nothing else, with threshold
// groups, in ballot order, and leads from each poll to its package.
func TestResultTable(t *testing.T) {
	p := newProvince(t).withLetter()
	v := p.parcel(p.expected(6), "đầu", outcome("Thấp Trước", "Ủy viên", 1, 1, 8, 0), outcome("Cao Sau", "Trưởng ban", 9, 1, 0, 0), outcome("Giữa", "Ủy viên", 4, 0, 6, 0))
	v.Poll.Exempt = []meeting.Person{{Name: "Phạm Quỳnh", Post: "Phó Trưởng ban", Exempt: "retirement_notice"}}
	p.settle(v)
	bad := p.parcel(p.expected(8), "hỏng", outcome("Không Tính", "Ủy viên", 9, 1, 0, 0))
	bad.Refuse = "sai"
	p.settle(bad)
	page := p.superior.get(p.base+"/result", http.StatusOK)
	text := visible(page)
	p.has(text, "1 trong 17 cuộc", "Ban Tuyên giáo Tỉnh ủy", "Từ 2/3 phiếu thấp", "Quá 1/2, dưới 2/3 phiếu thấp", "80,00 %", "!Không Tính", "Chậm so với thời hạn", "Chưa có kết quả", "Phạm Quỳnh", "thu về 10")
	p.has(page, p.base+"/packages/"+v.Claim.Hash)
	if strings.Index(text, "Thấp Trước") > strings.Index(text, "Cao Sau") {
		t.Error("ordered by score")
	}
	p.has(p.superior.get(p.base+"/result?kind=UBKT+T%E1%BB%89nh+%E1%BB%A7y", http.StatusOK), "!Thấp Trước")
	p.has(p.superior.get(p.base+"/result?q=tuyen+giao", http.StatusOK), "Thấp Trước")
	p.has(p.superior.get(p.base+"/result?q=zzz&page=9", http.StatusOK), "!Thấp Trước")
}

// A vote that was held before the posts that come first were done counts; its
// package and the table say so.
func TestEarlyVote(t *testing.T) {
	p := newProvince(t).withLetter()
	leaders := func(e round.Expected) bool { return e.Group == "cap-uy" }
	i := slices.IndexFunc(p.round().Expected, leaders)
	early, fine := p.parcel(p.expected(i), "sớm", outcome("Lê Ưng", "Bí thư", 6, 2, 1, 0)), p.parcel(p.expected(6), "đầu", outcome("Trần Đạt", "Trưởng ban", 6, 2, 1, 0))
	p.settle(early)
	p.settle(fine)
	mark := "lấy phiếu trước khi nhóm “" + p.round().Groups[0].Name + "” xong"
	p.has(p.superior.get(p.base+"/packages/"+early.Claim.Hash, http.StatusOK), "Trước thứ tự: "+mark, "vẫn được tính")
	p.has(p.superior.get(p.base+"/packages/"+fine.Claim.Hash, http.StatusOK), "!Trước thứ tự")
	if page := p.superior.get(p.base+"/result", http.StatusOK); strings.Count(page, mark) != 1 {
		t.Errorf("%d marks", strings.Count(page, mark))
	}
}

// A package under a key that nobody compared is a hint in the table: what is late
// stays late.
func TestUnprovenIsAHint(t *testing.T) {
	p := newProvince(t).withLetter()
	late := regexp.MustCompile(`(?s)Chậm so với thời hạn.*?([0-9]+)`)
	before := late.FindStringSubmatch(visible(p.superior.get(p.base, http.StatusOK)))
	v := p.parcel(p.expected(6), "lạ", outcome("Lê Ưng", "Trưởng ban", 6, 2, 1, 0))
	p.receive(v).want(http.StatusAccepted, "")
	page := visible(p.superior.get(p.base, http.StatusOK))
	p.has(page, "1 gói chờ đối chiếu khóa, chưa biết của ai")
	if after := late.FindStringSubmatch(page); before == nil || after == nil || after[1] != before[1] {
		t.Errorf("late %q, before %q", after, before)
	}
	p.confirm(v.Claim.Agency)
	p.has(visible(p.superior.get(p.base, http.StatusOK)), "!chờ đối chiếu khóa")
}

// The report is made, signed, and released with what must stay secret left out;
// before that there is no public page.
func TestReport(t *testing.T) {
	p := newProvince(t).withLetter()
	p.settle(p.parcel(p.expected(6), "đầu", outcome("Nguyễn Thị Ánh", "Trưởng ban", 6, 2, 1, 0), outcome("Trần Đạt", "Phó Trưởng ban", 9, 0, 0, 0)))
	p.settle(p.parcel(p.expected(7), "nhỏ", outcome("Lê Ưng", "Trưởng ban", 2, 1, 0, 0)))
	public := "/rounds/" + string(p.u)
	anybody := p.device()
	anybody.script().send("GET", public, nil).want(http.StatusNotFound, "unknown-round")
	p.superior.post(p.base+"/report", url.Values{}, http.StatusSeeOther)
	page := p.superior.get(p.base+"/report", http.StatusOK)
	p.has(page, "Bản 1", "2 gói được tính", "consolidated.pdf", "Công văn gửi kèm", "assessment.json", "Chưa có chữ ký của ai",
		"1 cuộc có dưới 5 phiếu thu về", "Ban Dân vận Tỉnh ủy", "Mọi phiếu giống nhau đối với 1 người", "Trần Đạt (Ban Tuyên giáo Tỉnh ủy)", "https://hop.example.vn"+public, "không thu hồi được")
	printed := p.superior.send("GET", p.base+"/report/1/consolidated.pdf", nil).want(http.StatusOK, "")
	if printed.body != "consolidated.pdf polls 2 public false" {
		t.Errorf("%q", printed.body)
	}
	p.superior.get(p.base+"/report/1/none.pdf", http.StatusNotFound)
	p.superior.get(p.base+"/report/2/consolidated.pdf", http.StatusNotFound)

	// A signed paper comes back.
	back := func(content string) *answer {
		return p.superior.postFile(p.base+"/report/return", url.Values{"number": {"1"}, "name": {"consolidated.pdf"}}, "file", "da-ky.pdf", []byte(content))
	}
	a := back("another").want(http.StatusBadRequest, "")
	p.has(a.body, `href="#file-consolidated-1"`, "không phải là bản đã lập")
	p.superior.postFile(p.base+"/report/return", url.Values{"number": {"1"}, "name": {"consolidated.pdf"}}, "", "", nil).want(http.StatusUnprocessableEntity, "")
	p.superior.postFile(p.base+"/report/return", url.Values{"number": {"7"}, "name": {"consolidated.pdf"}}, "file", "x.pdf", []byte("x")).want(http.StatusNotFound, "")
	back(printed.body+" signed by Nguyễn Trọng Đông").want(http.StatusSeeOther, "")
	p.has(p.superior.get(p.base+"/report", http.StatusOK), "Nguyễn Trọng Đông", "Hợp lệ, tin cậy")
	if got := p.superior.send("GET", p.base+"/report/1/consolidated.pdf", nil); !strings.Contains(got.body, "signed by") {
		t.Errorf("%q", got.body)
	}

	// Publishing says what it leaves out, and asks.
	publish := func(to, hidden string) url.Values {
		return url.Values{"number": {"1"}, "audience": {to}, "hidden": {hidden}, "unanimous": {"yes"}}
	}
	unknowing := publish("public", "yes")
	unknowing.Del("unanimous")
	p.has(p.superior.post(p.base+"/report/publish", unknowing, http.StatusConflict), `href="#unanimous"`, "Trần Đạt", `value="public" checked`)
	for _, to := range []string{"", "meeting", "x"} {
		p.has(p.superior.post(p.base+"/report/publish", publish(to, "yes"), http.StatusBadRequest), `href="#audience"`)
	}
	p.has(p.superior.post(p.base+"/report/publish", publish("public", ""), http.StatusUnprocessableEntity), `href="#hidden"`, `value="public" checked`)
	p.superior.post(p.base+"/report/publish", publish("agency", "yes"), http.StatusSeeOther)
	p.has(p.superior.get(p.base+"/report", http.StatusOK), "Các cơ quan trong đợt", "Bản để chuyển", "Công bố bản 1")
	anybody.script().send("GET", public, nil).want(http.StatusNotFound, "unknown-round")
	anybody.script().send("GET", public+"/1/consolidated.json", nil).want(http.StatusNotFound, "not-found")
	p.has(anybody.get("/", http.StatusOK), "!"+public)
	released := p.superior.send("GET", p.base+"/report/1/released/consolidated.json", nil).want(http.StatusOK, "")
	if released.body != "consolidated.json polls 2 public true" {
		t.Errorf("%q", released.body)
	}
	p.superior.post(p.base+"/report/publish", publish("public", "yes"), http.StatusSeeOther)
	p.has(anybody.get("/", http.StatusOK), `href="`+public+`"`)
	page = anybody.get(public, http.StatusOK)
	p.has(page, "Công văn số 1535-CV/BTCTU", public+"/1/consolidated.pdf", "Số liệu của 1 cuộc", "!assessment", "!Trần Đạt")
	if a := anybody.send("GET", public+"/1/consolidated.json", nil); a.body != released.body || len(a.Cookies()) > 0 {
		t.Errorf("%q", a.body)
	}
	for _, path := range []string{"/1/assessment.json", "/1/none", "/2/consolidated.json", "/x/consolidated.json"} {
		if a := anybody.script().send("GET", public+path, nil); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
	p.has(p.superior.get(p.base+"/report", http.StatusOK), `href="`+public+`"`, "!Công bố bản 1")
}

// What is done about rounds stands in the log, in words.
func TestRoundsInTheLog(t *testing.T) {
	p := newProvince(t).withLetter()
	e := p.expected(6)
	held := p.parcel(e, "đầu", outcome("Nguyễn Thị Ánh", "Trưởng ban", 6, 2, 1, 0))
	p.receive(held).want(http.StatusAccepted, "")
	p.confirm(e.Agency)
	_, err := p.rounds.Settled(t.Context(), held.Claim.Hash)
	p.ok(err)
	bad := p.parcel(p.expected(7), "sai")
	bad.Refuse = "sai"
	p.settle(bad)
	p.superior.post(p.pollPath(e), url.Values{"prepared": {"2023-07-20"}}, http.StatusSeeOther)
	p.superior.post(p.base+"/report", url.Values{}, http.StatusSeeOther)
	p.superior.post(p.base+"/report/publish", url.Values{"number": {"1"}, "audience": {"public"}, "hidden": {"yes"}}, http.StatusSeeOther)
	p.has(p.superior.get("/staff/audit", http.StatusOK), "Sửa đợt lấy phiếu", "Giữ gói vì khóa chưa xác nhận", "Xác nhận khóa của cơ quan", "Gói kết quả hợp lệ",
		"Để riêng gói có lỗi", "Ghi nhận tiến độ của cơ quan", "Consolidated report made", "Công bố kết quả tổng hợp", "!>round.", "!>package.", "!Nguyễn Thị Ánh, Trưởng ban")
}

// A version that packages have overtaken is made again before it is released.
func TestReportOvertaken(t *testing.T) {
	p := newProvince(t).withLetter()
	p.settle(p.parcel(p.expected(6), "đầu", outcome("Nguyễn Thị Ánh", "Trưởng ban", 6, 2, 1, 0)))
	p.superior.post(p.base+"/report", url.Values{}, http.StatusSeeOther)
	p.settle(p.parcel(p.expected(7), "hai", outcome("Lê Ưng", "Trưởng ban", 6, 2, 1, 0)))
	p.has(p.superior.get(p.base+"/report", http.StatusOK), "Đã có thay đổi từ khi lập", "lập bản mới trước", "!Công bố bản 1")
	form := url.Values{"number": {"1"}, "audience": {"public"}, "hidden": {"yes"}}
	p.has(p.superior.post(p.base+"/report/publish", form, http.StatusConflict), "Lập báo cáo lại")
	p.superior.script().send("POST", p.base+"/report/publish", form).want(http.StatusConflict, "record-overtaken")
	p.superior.post(p.base+"/report", url.Values{}, http.StatusSeeOther)
	form.Set("number", "2")
	p.superior.post(p.base+"/report/publish", form, http.StatusSeeOther)
	p.has(p.device().get("/rounds/"+string(p.u), http.StatusOK), "/2/consolidated.pdf", "!/1/consolidated.pdf")
}

// A package that breaks off on its way is not kept, and takes no room.
func TestPackageBrokenOff(t *testing.T) {
	p := newProvince(t).withLetter()
	v := p.parcel(p.expected(6), "đầu", outcome("Nguyễn Thị Ánh", "Trưởng ban", 6, 2, 1, 0))
	p.confirm(v.Claim.Agency)
	for range 40 { // more than may be on their way at once
		content := v.bytes()
		p.do("POST", "/api/v1/packages", string(content[:len(content)/2]), header("Content-Type", "application/zip")).want(http.StatusBadRequest, "package-malformed")
	}
	p.receive(v).want(http.StatusAccepted, "")
	if a := p.do("GET", "/api/v1/packages/"+v.Claim.Hash, "", header("Cookie", "homphieu-staff=x")); len(a.Cookies()) > 0 || bytes.Contains([]byte(a.body), []byte("Nguyễn")) {
		t.Errorf("%s", a.body)
	}
}

// A true package, verified as it is in use: its page says who has signed the
// papers, and gives each of its files.
func TestTruePackage(t *testing.T) {
	c := parceltest.New(t, parceltest.Options{Agency: "so-noi-vu", Group: "lead"})
	content, hash := c.Pack(t)
	p := newProvince(t)
	p.rounds.Checker = new(parcel.Checker)
	p.work(p.rounds)
	_, err := p.rounds.SetDirectory(t.Context(), officer, &round.Directory{Agencies: []round.Agency{{ID: "so-noi-vu", Name: "Sở Nội vụ", Kind: "Sở"}}})
	p.ok(err)
	_, err = p.rounds.ConfirmKey(t.Context(), officer, "so-noi-vu", parcel.KeyOf(c.Seal.Chain[0]))
	p.ok(err)
	_, err = p.rounds.SaveRound(t.Context(), officer, &round.Round{
		UUID: parceltest.Round, Title: "Đợt", Superior: "A", Office: "B", RuleSet: meeting.RuleSetReg96, SendDays: 1,
		Groups: []round.Group{{ID: "lead", Name: "Lãnh đạo"}}, Expected: []round.Expected{{Agency: "so-noi-vu", Group: "lead"}},
	})
	p.ok(err)
	p.do("POST", "/api/v1/packages", string(content), header("Content-Type", "application/zip")).want(http.StatusAccepted, "")
	got, err := p.rounds.Settled(t.Context(), hash)
	if p.ok(err); got.Status != round.Accepted {
		t.Fatalf("%+v", got)
	}
	page := p.superior.get("/staff/rounds/"+string(parceltest.Round)+"/packages/"+hash, http.StatusOK)
	p.has(page, "Ai đã ký", "Chứng thư do", "minutes.pdf", "Hồ sơ kiểm tra của cuộc bỏ phiếu", "Bằng chứng trong sổ công bố")
	files := regexp.MustCompile(`href="([^"]*/files/[^"]*)"`).FindAllStringSubmatch(page, -1)
	if len(files) < 12 {
		t.Errorf("%d files", len(files))
	}
	for _, f := range files {
		if a := p.superior.send("GET", f[1], nil).want(http.StatusOK, ""); a.body == "" {
			t.Errorf("%s is empty", f[1])
		}
	}
}
