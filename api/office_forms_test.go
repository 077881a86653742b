package api_test

import (
	"bytes"
	"encoding/json"
	"html"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/homphieu/homphieu/meeting"
)

// field returns what an input of a page says, by its ID.
func (c *council) field(page, id string) string {
	c.Helper()
	found := regexp.MustCompile(`<input[^>]* id="` + regexp.QuoteMeta(id) + `"[^>]*>`).FindString(page)
	value := regexp.MustCompile(` value="([^"]*)"`).FindStringSubmatch(found)
	if value == nil {
		c.Fatalf("no field %s: %s", id, visible(page))
	}
	return html.UnescapeString(value[1])
}

// fields requires inputs of a page, by ID, to say something.
func (c *council) fields(page string, want map[string]string) {
	c.Helper()
	for id, value := range want {
		if got := c.field(page, id); got != value {
			c.Errorf("%s says %q, want %q", id, got, value)
		}
	}
}

// refusal is a form that a script sent and that was refused.
func (d *device) refusal(path string, form url.Values, code string) (fields []string) {
	d.Helper()
	a := d.script().send("POST", path, form).want(http.StatusUnprocessableEntity, code)
	var p struct {
		Detail string
		Fields []struct{ Name, Vi, En string }
	}
	d.ok(json.Unmarshal([]byte(a.body), &p))
	if !strings.Contains(p.Detail, " · ") {
		d.Errorf("%s: detail %q", path, p.Detail)
	}
	for _, f := range p.Fields {
		if f.Vi == "" || f.En == "" {
			d.Errorf("%s: field %+v", path, f)
		}
		fields = append(fields, f.Name)
	}
	return fields
}

func TestPlanForm(t *testing.T) {
	c := newCouncil(t)
	page := c.secretary.get("/staff/meetings", http.StatusOK)
	c.has(page, "Chưa có cuộc họp nào", `href="/staff/meetings/new"`)
	page = c.secretary.get("/staff/meetings/new", http.StatusOK)
	c.has(page, "Chưa có số và ngày của văn bản này thì không mở được cuộc bỏ phiếu điện tử", "reg96_2023, bản 2", "nq96_2023, bản 2", "nq85_2014, bản 2",
		"đưa ra khỏi quy hoạch chức vụ cao hơn", "Tính lùi từ ngày khai mạc kỳ họp", "tổng số đại biểu", `value="reg96_2023" checked`)
	c.fields(page, map[string]string{"min_ballots": "5", "spares": "10", "used_limit": "1"})
	c.prepare()
	page = c.secretary.get(c.base+"/plan", http.StatusOK)
	for name, values := range planForm() {
		if !strings.HasPrefix(name, "reference_") && name != "ruleset" {
			c.fields(page, map[string]string{name: values[0]})
		}
	}
	c.fields(page, map[string]string{"reference_number-0": "76-KH/TU", "reference_date-0": "2026-10-05", "reference_about-0": "Kế hoạch lấy phiếu tín nhiệm"})
	if p := c.meeting().Plan; p.Chair != "Lê Thị Hòa" || p.Decision.Date != "2026-11-01" || len(p.References) != 1 || p.MembersOnly {
		t.Errorf("%+v", p)
	}
	c.has(c.secretary.get("/staff/meetings", http.StatusOK), "Hội nghị lấy phiếu tín nhiệm", "10/12/2026", "Đang soạn thảo")

	form := planForm()
	form.Set("date", "31/8/2027") // as people write it
	form.Set("members_only", "yes")
	form.Set("witnessed", "yes")
	if to := c.secretary.post(c.base+"/plan", form, http.StatusSeeOther); to != c.base+"/plan?saved" {
		t.Errorf("sent to %s", to)
	}
	c.has(c.secretary.get(c.base+"/plan?saved", http.StatusOK), "Đã lưu", `name="members_only" value="yes" checked`)
	if p := c.meeting().Plan; p.Date != "2027-08-31" || !p.MembersOnly || !p.Witnessed {
		t.Errorf("%+v", p)
	}
	a := c.secretary.script().send("POST", c.base+"/plan", form).want(http.StatusOK, "")
	if want := `{"location":"` + c.base + `/plan?saved"}`; a.body != want {
		t.Errorf("%s", a.body)
	}
}

// What is refused is said beside its field, and everything typed is still
// there, also without script.
func TestRefusedPlanKeepsWhatWasTyped(t *testing.T) {
	c := councilIn(t, meeting.Draft)
	typed := map[string]string{"title": `Hội nghị <b>"một"</b>`, "place": "Nơi mới", "date": "ngày mai", "time": "25:00", "min_ballots": "năm", "reference_number-0": "Số mới"}
	form := planForm()
	for name, value := range typed {
		form.Set(strings.TrimSuffix(name, "-0"), value)
	}
	for _, path := range []string{"/staff/meetings", c.base + "/plan"} {
		page := c.secretary.post(path, form, http.StatusUnprocessableEntity)
		c.fields(page, typed)
		c.has(page, "error-summary", `href="#date"`, `href="#min_ballots"`, `id="date-error"`, `aria-describedby="date-error"`, `aria-invalid="true"`, "!<b>", "ví dụ 31/08/2023")
		if got := c.secretary.refusal(path, form, "invalid-input"); !slices.Equal(got, []string{"date", "min_ballots"}) {
			t.Errorf("fields %v", got)
		}
		wrong := planForm()
		wrong.Set("time", "25:00")
		page = c.secretary.post(path, wrong, http.StatusUnprocessableEntity)
		c.fields(page, map[string]string{"time": "25:00", "place": "Hội trường tầng 2"})
		c.has(page, `href="#time"`, "Giờ không đúng dạng hh:mm.")
		if got := c.secretary.refusal(path, wrong, "plan-refused"); !slices.Equal(got, []string{"time"}) {
			t.Errorf("fields %v", got)
		}
		if got := c.secretary.refusal(path, url.Values{}, "invalid-input"); !slices.Equal(got, []string{"title"}) {
			t.Errorf("fields %v", got)
		}
	}
	if p := c.meeting().Plan; p.Place != "Hội trường tầng 2" {
		t.Errorf("%+v", p)
	}
}

// From the keys on, what stands on the papers stays; decision and references
// can still be entered until the poll opens.
func TestLaterPlan(t *testing.T) {
	c := councilIn(t, meeting.Keys)
	later := url.Values{"decision_number": {"99-QĐ/TU"}, "decision_date": {"2026-11-20"}, "decision_about": {""}, "time": {"09:30"}, "spares": {"20"}, "used_limit": {"3"}, "session": {""}}
	page := c.secretary.get(c.base+"/plan", http.StatusOK)
	c.has(page, "đã khóa từ khi Ban kiểm phiếu bắt đầu tạo khóa", `id="title" name="title" type="text" value="Hội nghị lấy phiếu tín nhiệm" required disabled`, `!id="time" name="time" type="time" value="08:00" disabled`)
	c.secretary.post(c.base+"/plan", later, http.StatusSeeOther)
	if p := c.meeting().Plan; p.Title != "Hội nghị lấy phiếu tín nhiệm" || p.Decision.Number != "99-QĐ/TU" || p.Time != "09:30" || p.Spares != 20 || p.RuleSet != meeting.RuleSetReg96 {
		t.Errorf("%+v", p)
	}
	for _, state := range councilStates[2:5] {
		c.to(state)
	}
	later.Set("spares", "30") // frozen by now: the browser does not send it, and nobody can
	later.Set("time", "10:00")
	c.secretary.post(c.base+"/plan", later, http.StatusSeeOther)
	if p := c.meeting().Plan; p.Spares != 20 || p.Time != "10:00" {
		t.Errorf("%+v", p)
	}
	c.to(meeting.Open)
	later.Set("time", "11:00")
	page = c.secretary.post(c.base+"/plan", later, http.StatusConflict)
	c.has(page, "error-summary", `value="11:00"`)
	c.has(c.secretary.get(c.base+"/plan", http.StatusOK), "Bỏ phiếu đã mở nên kế hoạch không sửa được nữa", "fieldset class=\"whole stack\" disabled")
}

// Who saves a form that somebody else has changed meanwhile is told first.
func TestStaleForm(t *testing.T) {
	c := councilIn(t, meeting.Draft)
	stamp := c.field(c.secretary.get(c.base+"/plan", http.StatusOK), "seen")
	mine := planForm()
	mine.Set("seen", stamp)
	mine.Set("place", "Nơi của tôi")
	others := planForm()
	others.Set("seen", stamp)
	others.Set("place", "Nơi của người khác")
	c.secretary.post(c.base+"/plan", others, http.StatusSeeOther)
	c.secretary.post(c.base+"/plan", others, http.StatusSeeOther) // pressed twice: it says so already
	a := c.secretary.script().send("POST", c.base+"/plan", mine).want(http.StatusConflict, "changed-meanwhile")
	page := c.secretary.post(c.base+"/plan", mine, http.StatusConflict)
	c.fields(page, map[string]string{"place": "Nơi của tôi"})
	c.has(page, "Người khác vừa sửa mục này")
	if p := c.meeting().Plan; p.Place != "Nơi của người khác" {
		t.Errorf("%+v", p)
	}
	fresh := c.field(page, "seen")
	if fresh == stamp || !strings.Contains(a.body, `"seen":"`+fresh+`"`) {
		t.Errorf("stamp %s, was %s: %s", fresh, stamp, a.body)
	}
	mine.Set("seen", fresh)
	c.secretary.post(c.base+"/plan", mine, http.StatusSeeOther)
	if p := c.meeting().Plan; p.Place != "Nơi của tôi" {
		t.Errorf("%+v", p)
	}
}

func TestPeopleForm(t *testing.T) {
	c := councilIn(t, meeting.Draft)
	page := c.secretary.get(c.base+"/people", http.StatusOK)
	c.fields(page, map[string]string{"name-0": "Nguyễn Thị Ánh", "post-4": "Bí thư Chi bộ", "block-0": "Khối chính quyền", "places-1": "Đảng ủy các cơ quan tỉnh"})
	c.has(page, `<option value="retirement_notice" selected>`, `<option value="1" selected>Phiếu số 2: cấp ủy`, "Phiếu số 1: chính quyền\nPhiếu số 2: cấp ủy</textarea>")
	m := c.meeting()
	if len(m.People) != 5 || m.People[2].Exempt != "retirement_notice" || m.People[4].Paper != 1 || len(m.Papers) != 2 || m.People[1].Places[0] != "Đảng ủy các cơ quan tỉnh" {
		t.Errorf("%+v", m.People)
	}
	// The order changes; who is known keeps the ID, and with it the documents.
	form := peopleForm()
	form["id"] = []string{m.People[0].ID, m.People[1].ID, m.People[2].ID, m.People[3].ID, m.People[4].ID}
	for _, column := range []string{"id", "name", "post", "block", "exempt", "places", "paper"} {
		slices.Reverse(form[column])
	}
	c.secretary.post(c.base+"/people", form, http.StatusSeeOther)
	if got := c.meeting().People; got[0].Name != "Đỗ Thị Yên" || got[0].ID != m.People[4].ID || got[4].ID != m.People[0].ID {
		t.Errorf("%+v", got)
	}
	c.to(meeting.Keys)
	page = c.secretary.get(c.base+"/people", http.StatusOK)
	c.has(page, "Danh sách đã khóa từ khi Ban kiểm phiếu bắt đầu tạo khóa", "Đã có thông báo nghỉ công tác chờ nghỉ hưu", "!<input class=", "data-tools=\"filter copy\"")
	c.secretary.script().send("POST", c.base+"/people", form).want(http.StatusConflict, "wrong-state")
}

// Every refusal of a list names its row, also below empty ones.
func TestRefusedPeople(t *testing.T) {
	c := councilIn(t, meeting.Draft)
	for name, s := range map[string]struct {
		change func(url.Values)
		field  string
		says   string
	}{
		"nameless":     {func(f url.Values) { f["name"][4] = " " }, "name-4", "chưa có họ tên"},
		"twice":        {func(f url.Values) { f["name"][4], f["post"][4] = "Trần Đạt", "Phó Giám đốc" }, "name-4", "có hai lần trong danh sách"},
		"third place":  {func(f url.Values) { f["places"][4] = "Một; Hai" }, "places-4", "tối đa 2"},
		"on the board": {func(f url.Values) { f["name"][4] = "BÙI VĂN KHOA" }, "", "không được tham gia Ban kiểm phiếu"},
		"paper title":  {func(f url.Values) { f.Set("papers", "Một\nMột") }, "papers", "có hai phiếu cùng tên"},
		"no paper":     {func(f url.Values) { f["paper"][4] = "7" }, "paper-4", "không có phiếu này"},
		"long":         {func(f url.Values) { f["name"][4] = strings.Repeat("a", 101) }, "name-4", "Dài quá 100 ký tự."},
	} {
		form := peopleForm()
		for _, column := range []string{"id", "name", "post", "block", "exempt", "places", "paper"} {
			form[column] = slices.Insert(form[column], 2, "") // an empty row before
		}
		s.change(form)
		page := c.secretary.post(c.base+"/people", form, http.StatusUnprocessableEntity)
		c.has(page, "error-summary", s.says)
		c.fields(page, map[string]string{"name-4": form["name"][4], "name-5": "Đỗ Thị Yên", "name-2": ""})
		if s.field != "" {
			c.has(page, `href="#`+s.field+`"`)
		}
		got := c.secretary.script().send("POST", c.base+"/people", form)
		if got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(got.body, `"fields":[{"name":"`+s.field+`"`) {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
		}
	}
	if m := c.meeting(); m.People[3].Name != "Lê Ưng" {
		t.Errorf("%+v", m.People)
	}
}

// Without script, the buttons of a row ask the server for the changed form,
// which is not saved.
func TestRowsWithoutScript(t *testing.T) {
	c := councilIn(t, meeting.Draft)
	names := func(row string) (list []string) {
		form := peopleForm()
		form.Set("row", row)
		page := c.secretary.post(c.base+"/people", form, http.StatusOK)
		for i := 0; strings.Contains(page, `id="name-`+strconv.Itoa(i)+`"`); i++ {
			list = append(list, c.field(page, "name-"+strconv.Itoa(i)))
		}
		return list
	}
	five := []string{"Nguyễn Thị Ánh", "Trần Đạt", "Phạm Quỳnh", "Lê Ưng", "Đỗ Thị Yên"}
	for row, want := range map[string][]string{
		"add":      append(slices.Clone(five), ""),
		"up-1":     {five[1], five[0], five[2], five[3], five[4]},
		"up-0":     five,
		"down-3":   {five[0], five[1], five[2], five[4], five[3]},
		"down-4":   five,
		"remove-2": {five[0], five[1], five[3], five[4]},
	} {
		if got := names(row); !slices.Equal(got, want) {
			t.Errorf("%s: %q", row, got)
		}
	}
	form := boardForm()
	form.Set("row", "remove-0")
	c.has(c.secretary.post(c.base+"/board", form, http.StatusOK), `!value="Bùi Văn Khoa"`, `value="Hồ Thị Lan"`)
	one := url.Values{"name": {"A"}, "post": {"B"}, "office": {"head"}, "row": {"remove-0"}}
	c.fields(c.secretary.post(c.base+"/board", one, http.StatusOK), map[string]string{"name-0": "", "post-0": ""})
	plan := planForm()
	plan.Set("row", "add")
	c.fields(c.secretary.post(c.base+"/plan", plan, http.StatusOK), map[string]string{"reference_number-0": "76-KH/TU", "reference_number-1": ""})
	c.fields(c.secretary.post("/staff/meetings", plan, http.StatusOK), map[string]string{"reference_number-1": ""})
	if m := c.meeting(); len(m.People) != 5 || len(m.Board) != 3 {
		t.Errorf("%d persons, %d members", len(m.People), len(m.Board))
	}
}

// A part is a field of a form with files, or a file.
type part struct{ name, file, content string }

// sendParts sends a form with files.
func (d *device) sendParts(path string, parts ...part) *answer {
	d.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		var err error
		if p.file == "" {
			err = w.WriteField(p.name, p.content)
		} else {
			var f interface{ Write([]byte) (int, error) }
			if f, err = w.CreateFormFile(p.name, p.file); err == nil {
				_, err = f.Write([]byte(p.content))
			}
		}
		d.ok(err)
	}
	d.ok(w.Close())
	return d.sendText(path, w.FormDataContentType(), b.String())
}

func parts(form url.Values) (list []part) {
	for name, values := range form {
		for _, v := range values {
			list = append(list, part{name: name, content: v})
		}
	}
	return list
}

func TestImportPeople(t *testing.T) {
	c := councilIn(t, meeting.Draft)
	pasted := url.Values{"pasted": {"Vũ Hòa\tPhó Bí thư\tKhối Đảng\nNgô Sơn\tỦy viên"}, "row": {"import"}, "name": {"Đã gõ"}, "post": {"Việc"}, "papers": {""}}
	page := c.secretary.post(c.base+"/people", pasted, http.StatusOK)
	c.fields(page, map[string]string{"name-0": "Đã gõ", "name-1": "Vũ Hòa", "block-1": "Khối Đảng", "post-2": "Ủy viên"})
	c.has(page, "Đã đưa 2 người vào danh sách dưới đây, chưa lưu", "!name-3")
	if len(c.meeting().People) != 5 {
		t.Error("saved")
	}
	pasted.Set("replace", "yes")
	c.fields(c.secretary.post(c.base+"/people", pasted, http.StatusOK), map[string]string{"name-0": "Vũ Hòa", "name-1": "Ngô Sơn"})

	csv := "Họ và tên,Chức vụ,Phiếu,Miễn,Nơi khác\nVũ Hòa,Phó Bí thư,Phiếu B,,\nNgô Sơn,Ủy viên,Phiếu A,Đã có thông báo nghỉ công tác chờ nghỉ hưu,Tỉnh ủy\n"
	a := c.secretary.sendParts(c.base+"/people", append(parts(url.Values{"row": {"import"}, "papers": {"Phiếu A"}, "replace": {"yes"}}), part{"file", "danh sach.CSV", csv})...)
	c.fields(a.body, map[string]string{"name-0": "Vũ Hòa", "name-1": "Ngô Sơn", "places-1": "Tỉnh ủy"})
	c.has(a.body, "Phiếu A\nPhiếu B</textarea>", `<option value="1" selected>Phiếu B`, `<option value="retirement_notice" selected>`)

	sheet := excelize.NewFile()
	for cell, text := range map[string]string{"A1": "Họ và tên", "B1": "Chức vụ", "A2": "Vũ Hòa", "B2": "Phó Bí thư"} {
		c.ok(sheet.SetCellStr("Sheet1", cell, text))
	}
	var xlsx bytes.Buffer
	c.ok(sheet.Write(&xlsx))
	a = c.secretary.sendParts(c.base+"/people", part{"row", "", "import"}, part{"file", "a.xlsx", xlsx.String()})
	c.fields(a.body, map[string]string{"name-0": "Vũ Hòa", "post-0": "Phó Bí thư"})
}

// A list with lines that cannot be read is not used; each is named, and what
// was pasted and typed is still there.
func TestImportErrors(t *testing.T) {
	c := councilIn(t, meeting.Draft)
	text := "Họ và tên\tMiễn\nVũ Hòa\tvì lý do riêng\n\tkhông\nNgô Sơn\t"
	form := url.Values{"pasted": {text}, "row": {"import"}, "name": {"Đã gõ"}, "post": {"Việc"}}
	page := c.secretary.post(c.base+"/people", form, http.StatusOK)
	c.has(page, "Chưa đưa ai vào danh sách", "Dòng 2:", "Dòng 3:", html.EscapeString(text)+"</textarea>", "!Ngô Sơn\" ")
	c.fields(page, map[string]string{"name-0": "Đã gõ"})
	for path, form := range map[string]url.Values{
		"/people": {"row": {"import"}, "pasted": {" "}}, "/attendance": {"row": {"import"}, "mode": {"counts"}},
	} {
		if got := c.secretary.refusal(c.base+path, form, "invalid-input"); !slices.Equal(got, []string{"pasted"}) {
			t.Errorf("%s: %v", path, got)
		}
	}
	a := c.secretary.sendParts(c.base+"/people", part{"row", "", "import"}, part{"file", "a.docx", "x"})
	c.has(a.body, "Chọn tệp CSV hoặc XLSX.", `href="#file"`)
	a = c.secretary.sendParts(c.base+"/people", part{"row", "", "import"}, part{"file", "a.xlsx", "no zip"})
	c.has(a.body, "Chưa đưa ai vào danh sách", "!Dòng 0")
}

func TestBoardForm(t *testing.T) {
	c := councilIn(t, meeting.Draft)
	for name, s := range map[string]struct {
		change func(url.Values)
		field  string
		says   string
	}{
		"voted on": {func(f url.Values) { f["name"][1] = "trần đạt" }, "name-1", "là người được lấy phiếu nên không được tham gia Ban kiểm phiếu"},
		"twice":    {func(f url.Values) { f["name"][2] = f["name"][0] }, "name-2", "có hai lần trong Ban kiểm phiếu"},
		"few":      {func(f url.Values) { f["name"][2], f["post"][2] = "", "" }, "board", "phải từ 3 đến 50"},
		"no head":  {func(f url.Values) { f["office"][0] = "member" }, "board", "đúng một Trưởng ban"},
		"no such":  {func(f url.Values) { f["office"][0] = "king" }, "office-0", "không có nhiệm vụ này"},
	} {
		form := boardForm()
		s.change(form)
		page := c.secretary.post(c.base+"/board", form, http.StatusUnprocessableEntity)
		c.has(page, s.says, `href="#`+s.field+`"`, `id="`+s.field+`"`)
		c.fields(page, map[string]string{"name-1": form["name"][1], "post-0": "Phó Chánh Văn phòng"})
		if got := c.secretary.refusal(c.base+"/board", form, "board-refused"); !slices.Equal(got, []string{s.field}) {
			t.Errorf("%s: %v", name, got)
		}
	}
	form := boardForm()
	form.Add("name", "Trịnh Thị Tư")
	form.Add("post", "")
	form.Add("office", "")
	c.secretary.post(c.base+"/board", form, http.StatusSeeOther)
	if b := c.meeting().Board; len(b) != 4 || b[3] != (meeting.BoardMember{Name: "Trịnh Thị Tư", Office: meeting.Ordinary}) {
		t.Errorf("%+v", b)
	}
}

func TestPreparationForm(t *testing.T) {
	c := councilIn(t, meeting.Draft)
	// It is 22 November; the vote is on 10 December.
	page := c.secretary.get(c.base+"/preparation", http.StatusOK)
	c.has(visible(page), "20/11/2026", "Quá hạn 2 ngày", "25/11/2026", "Còn 3 ngày", "07/12/2026", "Còn 15 ngày")
	form := url.Values{"done_dossier": {"21/11/2026"}, "done_to_voters": {"2026-11-22"}, "done_questions": {""}, "done_answers": {""}}
	c.secretary.post(c.base+"/preparation", form, http.StatusSeeOther)
	page = c.secretary.get(c.base+"/preparation", http.StatusOK)
	c.has(visible(page), "Đã làm, trễ 1 ngày", "Đã làm, đúng hạn")
	c.fields(page, map[string]string{"done_dossier": "2026-11-21", "done_to_voters": "2026-11-22"})
	form.Set("done_questions", "hôm qua")
	form.Set("done_dossier", "")
	page = c.secretary.post(c.base+"/preparation", form, http.StatusUnprocessableEntity)
	c.fields(page, map[string]string{"done_questions": "hôm qua", "done_dossier": ""})
	c.has(page, `href="#done_questions"`)
	if p := c.meeting().Prepared; p["dossier"] != "2026-11-21" {
		t.Errorf("%v", p)
	}
	form.Set("done_questions", "")
	c.secretary.post(c.base+"/preparation", form, http.StatusSeeOther)
	if p := c.meeting().Prepared; p["dossier"] != "" || p["to_voters"] != "2026-11-22" {
		t.Errorf("%v", p)
	}
}

func TestAttendanceForm(t *testing.T) {
	c := councilIn(t, meeting.Draft)
	form := url.Values{"mode": {"counts"}, "summoned": {"48"}, "present": {"31"}, "count": {"10", "", "7"}, "reason": {"ốm", "", "công tác"}}
	c.chair.press("/attendance", form) // the chair may, too
	page := c.secretary.get(c.base+"/attendance", http.StatusOK)
	c.has(visible(page), "Chưa đủ 2/3", "Có mặt 31/48", "cần ít nhất 32", "còn thiếu 1")
	c.fields(page, map[string]string{"summoned": "48", "present": "31", "count-0": "10", "reason-1": "công tác"})
	form.Set("present", "32")
	form["count"][2] = "6"
	c.chair.press("/attendance", form)
	c.has(visible(c.auditor.page("/attendance")), "Đủ 2/3", "Có mặt 32/48", "!còn thiếu")

	form["count"][2] = "7"
	page = c.chair.post(c.chair.base+"/attendance", form, http.StatusUnprocessableEntity)
	c.has(page, "Ghi lý do vắng cho 17 người, chỉ vắng 16.", `id="absences"`)
	c.fields(page, map[string]string{"count-2": "7"})
	form["count"][2] = "x"
	if got := c.chair.refusal(c.chair.base+"/attendance", form, "invalid-input"); !slices.Equal(got, []string{"count-2"}) {
		t.Errorf("%v", got)
	}
	form["count"][2], form["reason"][2] = "6", strings.Repeat("b", 501)
	if got := c.chair.refusal(c.chair.base+"/attendance", form, "attendance-refused"); !slices.Equal(got, []string{"reason-2"}) {
		t.Errorf("%v", got)
	}
	form["reason"][2] = "công tác"
	form.Set("present", "49")
	if got := c.chair.refusal(c.chair.base+"/attendance", form, "attendance-refused"); !slices.Equal(got, []string{"present"}) {
		t.Errorf("%v", got)
	}
}

func TestAttendanceList(t *testing.T) {
	c := councilIn(t, meeting.Draft)
	page := c.secretary.post(c.base+"/attendance", url.Values{"mode": {"counts"}, "row": {"list"}}, http.StatusOK)
	c.has(page, `name="mode" value="list"`, `id="name-0"`)
	page = c.secretary.post(c.base+"/attendance", url.Values{"mode": {"list"}, "row": {"import"}, "pasted": {"Vũ Hòa\tPhó Bí thư\nNgô Sơn\tỦy viên"}, "name": {""}, "post": {""}, "present": {"no"}, "reason": {""}}, http.StatusOK)
	c.fields(page, map[string]string{"name-0": "Vũ Hòa", "post-1": "Ủy viên"})
	list := url.Values{"mode": {"list"}, "name": {"Vũ Hòa", "", "Ngô Sơn", "Lý An"}, "post": {"", "", "", ""}, "present": {"yes", "no", "no", "yes"}, "reason": {"", "", "ốm", ""}}
	c.secretary.post(c.base+"/attendance", list, http.StatusSeeOther)
	if a := c.meeting().Attendance; a.Summoned != 3 || a.Present != 2 || a.List[1].Reason != "ốm" {
		t.Errorf("%+v", a)
	}
	page = c.secretary.get(c.base+"/attendance", http.StatusOK)
	c.has(page, `data-tools="filter sort copy"`, `<option value="yes" selected>`)
	c.fields(page, map[string]string{"name-2": "Lý An", "reason-1": "ốm"})
	list["name"][2], list["post"][2] = "", "có chức vụ"
	if got := c.secretary.refusal(c.base+"/attendance", list, "attendance-refused"); !slices.Equal(got, []string{"name-2"}) {
		t.Errorf("%v", got)
	}
	if got := c.secretary.refusal(c.base+"/attendance", url.Values{"mode": {"list"}, "name": {" "}}, "invalid-input"); !slices.Equal(got, []string{"name-0"}) {
		t.Errorf("%v", got)
	}
	page = c.secretary.post(c.base+"/attendance", url.Values{"mode": {"list"}, "row": {"counts"}}, http.StatusOK)
	c.fields(page, map[string]string{"summoned": "3", "present": "2"})
}
