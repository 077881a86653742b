package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// The list of agencies comes from a table, and says line by line what is wrong
// with it.
func TestDirectory(t *testing.T) {
	p := newProvince(t)
	const edit = "/staff/rounds/agencies/edit"
	p.has(p.superior.get(edit, http.StatusOK), `type="file"`, "Tab")
	p.has(p.superior.post(edit, url.Values{"list": {" "}}, http.StatusUnprocessableEntity), `href="#list"`)
	const heading = "Mã\tTên\tLoại\tCấp trên\tLiên hệ\tKhóa\n"
	page := p.superior.post(edit, url.Values{"list": {heading + "a\tSở A\tSở\nb\tSở B\tSở\tkhông có\na\tSở C\tSở"}}, http.StatusOK)
	p.has(page, "Chưa lưu: có dòng chưa đọc được", "Dòng 3:", "Dòng 4:", "!Dòng 2:", "Sở C\tSở</textarea>")
	d, err := p.rounds.Store.Directory(t.Context())
	if p.ok(err); len(d.Agencies) != 0 {
		t.Errorf("%+v", d)
	}

	list := url.Values{"seen": {"0"}, "list": {heading + "a\tSở A\tSở\t\tÔng Bình, 0263 123\t" + keyOfAgency("a") + "\n\tChi cục của A\tChi cục\tSở A\n"}}
	if to := p.superior.post(edit, list, http.StatusSeeOther); to != "/staff/rounds/agencies?saved" {
		t.Errorf("sent to %s", to)
	}
	p.has(p.superior.get("/staff/rounds/agencies?saved", http.StatusOK), "Đã lưu", "Sở A", "Ông Bình", "Chi cục của A", "trực thuộc Sở A", "1 cơ quan có khóa chưa được đối chiếu", "Chờ đối chiếu")
	p.has(p.superior.get("/staff/rounds/agencies?q=CHI+CUC", http.StatusOK), "Chi cục của A", "!Ông Bình")
	p.has(p.superior.get("/staff/rounds/agencies?q=zzz", http.StatusOK), "Không có cơ quan nào khớp")
	p.has(p.superior.post(edit, list, http.StatusConflict), "Người khác vừa sửa mục này") // drawn from revision 0
	p.confirm("a")

	// A file is put into the text; what is known of an agency stays.
	file := "Tên,Loại\nSở A,Sở\nSở B,Sở\n"
	a := p.superior.postFile(edit, url.Values{"row": {"import"}, "seen": {"2"}, "list": {"đã gõ"}}, "file", "don-vi.csv", []byte(file)).want(http.StatusOK, "")
	p.has(a.body, "2 cơ quan đọc được từ tệp", "a\tSở A\tSở\t\t\t"+keyOfAgency("a"), "so-b\tSở B", "!đã gõ")
	for name, content := range map[string]string{"x.doc": "x", "x.csv": "Tên,Loại\n,Sở\n", "x.xlsx": "no workbook"} {
		a := p.superior.postFile(edit, url.Values{"row": {"import"}, "list": {"đã gõ"}}, "file", name, []byte(content))
		p.has(a.body, "đã gõ")
		if !strings.Contains(a.body, "Chưa lưu") && !strings.Contains(a.body, `href="#file"`) {
			t.Errorf("%s: %d %s", name, a.StatusCode, visible(a.body))
		}
	}
	p.superior.postFile(edit, url.Values{"row": {"import"}}, "", "", nil).want(http.StatusUnprocessableEntity, "")
	text := regexp.MustCompile(`(?s)<textarea[^>]*name="list"[^>]*>(.*?)</textarea>`).FindStringSubmatch(a.body)[1]
	p.superior.post(edit, url.Values{"seen": {p.seen(a.body)}, "list": {text}}, http.StatusSeeOther)
	d, err = p.rounds.Store.Directory(t.Context())
	if p.ok(err); len(d.Agencies) != 2 || !d.Agencies[0].Confirmed || d.Agencies[1].ID != "so-b" {
		t.Errorf("%+v", d)
	}
}

// An agency for which a round waits cannot be left out.
func TestAgencyInUse(t *testing.T) {
	p := newProvince(t).withLetter()
	page := p.superior.get("/staff/rounds/agencies/edit", http.StatusOK)
	p.has(p.superior.post("/staff/rounds/agencies/edit", url.Values{"seen": {p.seen(page)}, "list": {"Mã\tTên\tLoại\na\tSở A\tSở"}}, http.StatusUnprocessableEntity), `href="#list"`)
}

// One agency is mended on its page, and its key confirmed there.
func TestAgency(t *testing.T) {
	p := newProvince(t).withLetter()
	e := p.expected(0)
	path := "/staff/rounds/agencies/" + e.Agency
	page := p.superior.get(path, http.StatusOK)
	p.has(page, "Chưa có khóa", "Đảng đoàn HĐND tỉnh", e.Agency, "theo số đã biết từ trước")
	form := url.Values{"seen": {p.seen(page)}, "name": {""}, "kind": {"Đảng đoàn"}, "superior": {""}, "contact": {"Bà Lan"}}
	p.has(p.superior.post(path, form, http.StatusUnprocessableEntity), `href="#name"`, "Bà Lan")
	form.Set("name", "Đảng đoàn Hội đồng nhân dân tỉnh")
	p.superior.post(path, form, http.StatusSeeOther)
	p.has(p.superior.post(path, form, http.StatusConflict), "Người khác vừa sửa mục này")
	p.has(p.superior.get(path, http.StatusOK), "Đảng đoàn Hội đồng nhân dân tỉnh", "Bà Lan")

	// Its first package brings a key, and waits until that is compared.
	v := p.parcel(e, "đầu", outcome("Nguyễn Thị Ánh", "Chủ tịch", 6, 2, 1, 0))
	p.receive(v).want(http.StatusAccepted, "")
	groups := round.KeyDigits(keyOfAgency(e.Agency))
	p.has(p.superior.get(path, http.StatusOK), "chưa ai đối chiếu", groups)
	p.has(p.superior.get(p.base+"/packages/"+v.Claim.Hash, http.StatusOK), "khóa của cơ quan chưa được đối chiếu", `href="`+path+`"`)
	page = p.superior.post(path+"/key", url.Values{"key": {groups}}, http.StatusUnprocessableEntity)
	p.has(page, `href="#compared"`, "Bà Lan", p.seen(page))
	p.superior.script().send("POST", path+"/key", url.Values{"key": {groups}}).want(http.StatusUnprocessableEntity, "invalid-input")
	for _, bad := range []string{"", "12", strings.Repeat("z", 64)} {
		p.has(p.superior.post(path+"/key", url.Values{"key": {bad}, "compared": {"yes"}}, http.StatusUnprocessableEntity), `href="#key"`)
	}
	p.superior.post(path+"/key", url.Values{"key": {groups}, "compared": {"yes"}}, http.StatusSeeOther)
	got, err := p.rounds.Settled(t.Context(), v.Claim.Hash)
	if p.ok(err); got.Status != round.Accepted {
		t.Errorf("%+v", got)
	}
	p.has(p.superior.get(path, http.StatusOK), "Đã đối chiếu", "Đổi khóa")

	// Another key is refused and told.
	other := p.parcel(e, "hai")
	other.Claim.Key = keyOfAgency("another")
	p.receive(other).want(http.StatusForbidden, "package-key")
	p.has(p.superior.get(path, http.StatusOK), "Đã từ chối một gói ký bằng khóa khác", round.KeyDigits(other.Claim.Key))
}

// The table is filtered, ordered and cut by its address alone.
func TestFollow(t *testing.T) {
	p := newProvince(t).withLetter()
	v := p.parcel(p.expected(6), "đúng hạn", outcome("Nguyễn Thị Ánh", "Trưởng ban", 6, 2, 1, 0))
	v.Claim.Voted, v.Claim.Prepared, v.Poll.Voted = "2023-08-29", "2023-07-20", "2023-08-29"
	p.settle(v)
	p.superior.post(p.pollPath(p.expected(7)), url.Values{"prepared": {"2023-07-20"}, "planned": {"2023-08-31"}}, http.StatusSeeOther)
	names := func(query string) string {
		page := p.superior.get(p.base+query, http.StatusOK)
		var list []string
		for _, m := range regexp.MustCompile(`<th scope="row"><a href="[^"]*/polls/([^"/]+)/([^"]+)"`).FindAllStringSubmatch(page, -1) {
			list = append(list, m[1])
		}
		return strings.Join(list, " ")
	}
	all := p.superior.get(p.base, http.StatusOK)
	p.has(all, "17 cuộc", "Tính đến ngày 30/08/2023", "✓", "29/08/2023", "Quá hạn", "quy định 1", `id="rule-3"`)
	for query, want := range map[string]string{
		"?q=TUYEN":                           "ban-tuyen-giao-tinh-uy",
		"?q=khong-co":                        "",
		"?kind=UBKT+T%E1%BB%89nh+%E1%BB%A7y": "uy-ban-kiem-tra-tinh-uy",
		"?group=cap-uy":                      "van-phong-tinh-uy huyen-uy-dong-xanh thanh-uy-suong-mai",
		"?group=cap-uy&sort=-agency":         "van-phong-tinh-uy thanh-uy-suong-mai huyen-uy-dong-xanh",
		"?group=cap-uy&sort=agency":          "huyen-uy-dong-xanh thanh-uy-suong-mai van-phong-tinh-uy",
		"?stage=sent":                        "ban-tuyen-giao-tinh-uy",
		"?show=sent":                         "ban-tuyen-giao-tinh-uy",
		"?stage=prepared":                    "ban-dan-van-tinh-uy",
		"?show=late&group=khac&q=ban+dan":    "",
		"?show=apart":                        "",
		"?show=near&q=ban+dan":               "ban-dan-van-tinh-uy",
		"?group=khac&kind=Ban+T%E1%BB%89nh+%E1%BB%A7y&sort=prepare":  "ban-tuyen-giao-tinh-uy ban-dan-van-tinh-uy",
		"?group=khac&kind=Ban+T%E1%BB%89nh+%E1%BB%A7y&sort=vote":     "ban-dan-van-tinh-uy ban-tuyen-giao-tinh-uy",
		"?group=khac&kind=Ban+T%E1%BB%89nh+%E1%BB%A7y&sort=-stage":   "ban-tuyen-giao-tinh-uy ban-dan-van-tinh-uy",
		"?group=khac&kind=Ban+T%E1%BB%89nh+%E1%BB%A7y&sort=nonsense": "ban-tuyen-giao-tinh-uy ban-dan-van-tinh-uy",
	} {
		if got := names(query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	if n := len(strings.Fields(names("?show=missing"))); n != 16 {
		t.Errorf("%d missing", n)
	}
	p.has(p.superior.get(p.base+"?sort=stage&q=b", http.StatusOK), `aria-sort="ascending"`, "sort=-stage", `name="sort" value="stage"`)
	p.has(p.superior.get(p.base+"?sort=-stage", http.StatusOK), `aria-sort="descending"`)
	p.has(p.superior.get(p.base+"?show=late&kind=X", http.StatusOK), "Không có cuộc nào khớp", `name="show" value="late"`)
}

// A thousand agencies and two thousand polls come a page at a time.
func TestFollowPages(t *testing.T) {
	p := newProvince(t)
	r := &round.Round{Title: "Đợt lớn", Superior: "A", Office: "B", RuleSet: meeting.RuleSetReg96, SendDays: 1, Groups: []round.Group{{ID: "a", Name: "A"}, {ID: "b", Name: "B"}}}
	d := new(round.Directory)
	for i := range 1000 {
		id := "dv-" + strconv.Itoa(i)
		d.Agencies = append(d.Agencies, round.Agency{ID: id, Name: fmt.Sprintf("Đơn vị %04d", i), Kind: "Sở"})
		r.Expected = append(r.Expected, round.Expected{Agency: id, Group: "a"}, round.Expected{Agency: id, Group: "b"})
	}
	_, err := p.rounds.SetDirectory(t.Context(), officer, d)
	p.ok(err)
	r, err = p.rounds.SaveRound(t.Context(), officer, r)
	p.ok(err)
	p.base = "/staff/rounds/" + string(r.UUID)
	rows := func(query string) string {
		page := p.superior.get(p.base+query, http.StatusOK)
		if n := strings.Count(page, "/polls/"); n != api.FollowRows {
			t.Errorf("%s: %d rows", query, n)
		}
		return page
	}
	p.has(rows(""), "2000 cuộc, dòng 1–100", "Đơn vị 0000", "Đơn vị 0049", "!Đơn vị 0050", "?&amp;page=1", "!Trang trước")
	p.has(rows("?page=1&sort=agency"), "dòng 101–200", "Đơn vị 0050", "Trang trước", "Trang sau", "sort=agency&amp;page=2")
	p.has(rows("?page=999"), "dòng 1901–2000", "Đơn vị 0999", "!Trang sau")
	p.has(rows("?page=-5"), "dòng 1–100")
	if page := p.superior.get(p.base+"?q=don+vi+0999", http.StatusOK); strings.Count(page, "/polls/") != 2 {
		t.Error(visible(page))
	}
	p.has(p.superior.get(p.base+"/result", http.StatusOK), "Chưa có kết quả: 2000", "Xem cả 2000 cuộc", "Đơn vị 0024", "!Đơn vị 0025")
	p.has(p.superior.get("/staff/rounds/agencies", http.StatusOK), "1000 cơ quan", "Đơn vị 0999")
	p.has(p.superior.get(p.base+"/expected", http.StatusOK), `value="dv-999 b" checked`)
}

// What an officer hears of a poll is noted by hand, and undone.
func TestNote(t *testing.T) {
	p := newProvince(t).withLetter()
	path := p.pollPath(p.expected(6)) // with a condition
	p.has(p.superior.get(path, http.StatusOK), "Chưa có tin", "sơ kết 6 tháng", "Kính gửi", "data-copy", "Chậm theo quy định này", "trước ngày 31/7/2023")
	form := url.Values{"prepared": {"hôm qua"}, "voted": {"28/08/2023"}, "done": {""}, "excused": {""}}
	p.has(p.superior.post(path, form, http.StatusUnprocessableEntity), `href="#prepared"`, "hôm qua")
	form.Set("prepared", "20/7/2023")
	form.Set("condition", "2023-07-15")
	p.superior.post(path, form, http.StatusSeeOther)
	p.has(p.superior.get(path, http.StatusOK), "Đã lấy phiếu", `value="2023-07-20"`, "ghi nhận bởi Đỗ Thị Hạnh", "Quá hạn")
	form.Set("excused", "không có chức danh")
	p.has(p.superior.post(path, form, http.StatusUnprocessableEntity), `href="#excused"`)
	p.superior.post(path, url.Values{"excused": {"không có chức danh"}}, http.StatusSeeOther)
	p.has(p.superior.get(path, http.StatusOK), "Không lấy phiếu vì: không có chức danh", `!id="remind"`, "Không có thời hạn nào")
	p.superior.post(path, url.Values{}, http.StatusSeeOther)
	p.has(p.superior.get(path, http.StatusOK), "Chưa có tin")
	p.has(p.superior.get(p.pollPath(p.expected(3)), http.StatusOK), "Phải lấy phiếu xong trước: Các chức danh do hội đồng nhân dân")
	for i := range 3 {
		p.superior.post(p.pollPath(p.expected(i)), url.Values{"done": {"Nghị quyết số 12"}, "voted": {"2023-07-12"}}, http.StatusSeeOther)
	}
	p.has(p.superior.get(p.pollPath(p.expected(3)), http.StatusOK), "!Phải lấy phiếu xong trước")
	p.has(p.superior.get(p.pollPath(p.expected(0)), http.StatusOK), "Đã lấy phiếu ở nơi khác: Nghị quyết số 12")
}

// The calendar is of one month, and says for each day what ends on it.
func TestCalendar(t *testing.T) {
	p := newProvince(t).withLetter()
	page := p.superior.get(p.base+"/calendar", http.StatusOK)
	p.has(page, "Tháng 8/2023", "August 2023", "?month=2023-07", "?month=2023-09", `id="day-30"`, "is-today", "trước ngày 31/8/2023", "Xem cả")
	if n := strings.Count(page, "<tr>"); n != 6 { // 31 days from a Tuesday, and the heading
		t.Errorf("%d weeks", n-1)
	}
	p.has(p.superior.get(p.base+"/calendar?month=2023-07", http.StatusOK), "Tháng 7/2023", `id="day-30"`, "ngày nghỉ", "trước ngày 31/7/2023", "!is-today")
	p.has(p.superior.get(p.base+"/calendar?month=2024-02", http.StatusOK), "Tháng 2/2024", "Tháng này không có thời hạn nào")
	for _, bad := range []string{"2023-13", "x", "0000-01", "2023-8"} {
		p.has(p.superior.get(p.base+"/calendar?month="+url.QueryEscape(bad), http.StatusOK), "Tháng 8/2023")
	}
}

// Reminders are for who is late or nearly, the late ones first.
func TestReminders(t *testing.T) {
	p := newProvince(t).withLetter()
	p.has(p.superior.get(p.base+"/reminders", http.StatusOK), "17 cuộc đang chậm", "Kính gửi", "Text to copy", "letter-en")
	for _, e := range p.round().Expected {
		p.superior.post(p.pollPath(e), url.Values{"excused": {"không có chức danh"}}, http.StatusSeeOther)
	}
	p.has(p.superior.get(p.base+"/reminders", http.StatusOK), "Không có gì phải nhắc")
}

// What people look for is found with or without marks.
func TestFold(t *testing.T) {
	for text, want := range map[string]string{"Đảng ỦY ": "dang uy", "Sở Nội vụ": "so noi vu", "": "", "O\u0323": "o"} {
		if got := api.Fold(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	for _, c := range []struct {
		wanted, text string
		found        bool
	}{{"", "x", true}, {"dang", "Sở|Đảng ủy", true}, {"Đảng", "dang uy", true}, {"uy ban", "Đảng ủy", false}} {
		if api.MatchesText(c.wanted, c.text) != c.found {
			t.Errorf("%q in %q", c.wanted, c.text)
		}
	}
}
