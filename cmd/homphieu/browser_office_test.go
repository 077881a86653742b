package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"

	"github.com/homphieu/homphieu/meeting"
)

// TestBrowserOffice works on officers' pages as a secretary does, and as a chair
// who looks on: what is typed is never lost, what others change comes by itself.
func TestBrowserOffice(t *testing.T) {
	b := startBrowser(t)
	s := stageAt(t, b, meeting.Draft)
	p := s.desktop(s.account())
	watchPolicy(p)
	for _, step := range []struct {
		name string
		test func(*testing.T, *stage, *person)
	}{
		{"refused", officeRefused},
		{"lost network", officeLost},
		{"pressed twice", officeTwice},
		{"rows", officeRows},
		{"pasted", officePasted},
		{"live", officeLive},
		{"stale", officeStale},
		{"pages", officePages},
	} {
		t.Run(step.name, func(t *testing.T) {
			p.TB, s.TB = t, t
			step.test(t, s, p)
			if broken := eval[[]string](p.tab, "violations"); len(broken) > 0 {
				t.Errorf("the page broke its own policy: %q", broken)
			}
		})
	}
	t.Run("projector", func(t *testing.T) { testProjector(t, b) })
}

// watchPolicy notes in every page what its policy (CSP, Trusted Types) refuses.
func watchPolicy(p *person) {
	p.Helper()
	call(p.tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `window.violations = [];
		addEventListener("securitypolicyviolation", (e) => window.violations.push(e.violatedDirective + " " + e.blockedURI + " " + e.sample));`})
}

// mark lets a test see whether the page was loaded again.
func (p *person) mark() {
	p.Helper()
	eval[bool](p.tab, "window.same = true")
}

func (p *person) isSame() bool { return p.holds("window.same === true") }

// names are what the fields of a name say.
func (p *person) names(name string) string {
	p.Helper()
	return strings.Join(eval[[]string](p.tab, fmt.Sprintf(`[...document.querySelectorAll("[name=%s]")].map((i) => i.value)`, name)), "|")
}

// A refusal takes nothing that was typed and leads to the field.
func officeRefused(t *testing.T, s *stage, p *person) {
	p.at("/people")
	p.mark()
	p.button("Thêm dòng…")
	p.setAt("name", 3, s.boardNames[0])
	p.button("Lưu danh sách…")
	p.says("là người được lấy phiếu nên không được tham gia Ban kiểm phiếu")
	if at := eval[string](p.tab, "document.activeElement.id"); at != "errors" || !p.isSame() {
		t.Errorf("the focus is on %q, the page was loaded again: %v", at, !p.isSame())
	}
	p.setAt("name", 3, "")
	p.setAt("post", 3, "Ủy viên")
	p.button("Lưu danh sách…")
	p.press(p.find("link", "Người thứ 4 chưa có họ tên…"))
	if at := eval[string](p.tab, "document.activeElement.id"); at != "name-3" {
		t.Errorf("the link leads to %q", at)
	}
	if eval[string](p.tab, `document.getElementById("name-3").getAttribute("aria-describedby")`) != "name-3-error" {
		t.Error("the field does not name its error")
	}
	holdsUp("list refused", p.tab)
	p.show(onLaptop)
}

// Without network nothing is lost, and nothing is sent twice when it is back.
func officeLost(t *testing.T, s *stage, p *person) {
	p.setAt("name", 3, "Ngô Thị Mới")
	p.offline(true)
	p.button("Lưu danh sách…")
	p.says("Chưa gửi được. Nội dung đã nhập vẫn còn trên trang này.")
	if got := p.names("name"); !strings.HasSuffix(got, "|Ngô Thị Mới") {
		t.Errorf("typed: %s", got)
	}
	p.offline(false)
	p.button("Lưu danh sách…")
	p.says("Đã lưu")
	if list := s.stored().People; len(list) != 4 || list[3].Name != "Ngô Thị Mới" {
		t.Errorf("%+v", list)
	}
}

func officeTwice(t *testing.T, s *stage, p *person) {
	p.at("/board")
	before := s.posted(p.base + "/board")
	eval[bool](p.tab, `(() => {
		const button = [...document.querySelectorAll("button")].find((b) => b.textContent.startsWith("Lưu Ban kiểm phiếu"));
		button.click();
		button.click();
		return true;
	})()`)
	p.says("Đã lưu")
	if n := s.posted(p.base+"/board") - before; n != 1 {
		t.Errorf("sent %d times", n)
	}
}

// Rows move where they are; their fields are numbered again.
func officeRows(t *testing.T, _ *stage, p *person) {
	p.at("/board")
	p.mark()
	first := p.names("name")
	names := strings.Split(first, "|")
	eval[bool](p.tab, `(document.querySelectorAll("[data-row=down]")[0].click(), true)`)
	if got, want := p.names("name"), strings.Join([]string{names[1], names[0], names[2]}, "|"); got != want {
		t.Errorf("down: %s, want %s", got, want)
	}
	eval[bool](p.tab, `(document.querySelectorAll("[data-row=up]")[2].click(), true)`)
	eval[bool](p.tab, `(document.querySelectorAll("[data-row=remove]")[0].click(), true)`)
	if got, want := p.names("name"), names[2]+"|"+names[0]; got != want {
		t.Errorf("up and remove: %s, want %s", got, want)
	}
	ids := eval[string](p.tab, `[...document.querySelectorAll("[data-rows] :is(input, select)")].map((i) => i.id + "=" + document.querySelector("label[for=" + i.id + "]").htmlFor).join(" ")`)
	if ids != "name-0=name-0 post-0=post-0 office-0=office-0 name-1=name-1 post-1=post-1 office-1=office-1" || !p.isSame() {
		t.Errorf("%s", ids)
	}
	eval[bool](p.tab, `(document.querySelector("[data-row=add]").click(), true)`)
	if got := p.names("name"); got != names[2]+"|"+names[0]+"|" {
		t.Errorf("add: %s", got)
	}
}

// A list from a spreadsheet is put into the form beside what was typed; long
// tables can be filtered, ordered and copied.
func officePasted(t *testing.T, s *stage, p *person) {
	p.at("/attendance")
	p.mark()
	var lines strings.Builder
	for i := range 25 {
		fmt.Fprintf(&lines, "Nguyễn Văn %c\tỦy viên\n", 'Z'-i)
	}
	p.set("pasted", lines.String())
	p.confirm("Nhập danh sách triệu tập", "Đưa vào danh sách…")
	p.says("Đã đưa 25 người vào danh sách dưới đây, chưa lưu.")
	if !p.isSame() {
		t.Error("the page was loaded again")
	}
	p.button("Xếp theo tên…")
	if got := p.names("name"); !strings.HasPrefix(got, "Nguyễn Văn B|Nguyễn Văn C|") {
		t.Errorf("ordered: %s", got)
	}
	p.press(p.find("searchbox", "Lọc danh sách…"))
	p.key("van k")
	if shown := eval[int](p.tab, `[...document.querySelectorAll("tbody tr")].filter((r) => !r.hidden).length`); shown != 1 {
		t.Errorf("filtered: %d rows", shown)
	}
	eval[bool](p.tab, `Object.defineProperty(navigator, "clipboard", { value: { writeText: async (text) => { window.copied = text; } } }) && true`)
	p.button("Chép bảng (CSV)…")
	p.says("Đã chép")
	if got := eval[string](p.tab, "window.copied"); got != "TT,Họ và tên,Chức vụ,Có mặt,Lý do vắng\r\n10,Nguyễn Văn K,Ủy viên,no,\r\n" {
		t.Errorf("copied %q", got)
	}
	p.button("Lưu điểm danh…")
	p.says("Có mặt 0/25")
	if a := s.stored().Attendance; a.Summoned != 25 || a.List[0].Name != "Nguyễn Văn B" {
		t.Errorf("%+v", a.List[:2])
	}
	holdsUp("attendance list", p.tab)
	p.show(onLaptop)
}

// What the secretary saves appears at the chair's, who is typing, without
// touching what is typed.
func officeLive(t *testing.T, s *stage, p *person) {
	chair := s.sit(0)
	watchPolicy(chair)
	typing := chair.beside("/attendance")
	typing.setAt("reason", 0, "đang gõ")
	chair.at("/attendance")
	chair.mark()
	p.at("/attendance")
	for i := range 20 {
		p.setAt("present", i, "yes")
	}
	p.button("Lưu điểm danh…")
	p.says("Đã lưu")
	chair.says("Có mặt 20/25")
	if !chair.isSame() {
		t.Error("the chair's page was loaded again")
	}
	typing.says("Cuộc họp vừa có thay đổi.")
	if got := typing.names("reason"); !strings.HasPrefix(got, "đang gõ|") {
		t.Errorf("typed: %s", got)
	}
	holdsUp("changed meanwhile", typing.tab)
	if broken := eval[[]string](chair.tab, "violations"); len(broken) > 0 {
		t.Errorf("the page broke its own policy: %q", broken)
	}
}

// Two people who save the same form: the second is asked once more.
func officeStale(t *testing.T, s *stage, p *person) {
	other := p.beside("/plan")
	p.at("/plan")
	p.set("place", "Nơi của người này")
	other.set("place", "Nơi của người kia")
	other.button("Lưu kế hoạch…")
	other.says("Đã lưu")
	p.button("Lưu kế hoạch…")
	p.says("Người khác vừa sửa mục này.")
	p.button("Lưu kế hoạch…")
	p.says("Đã lưu")
	if place := s.stored().Plan.Place; place != "Nơi của người này" {
		t.Errorf("%s", place)
	}
}

// Every page holds on every screen.
func officePages(_ *testing.T, _ *stage, p *person) {
	for _, path := range []string{"", "/plan", "/preparation", "/people", "/documents", "/board", "/seats", "/keys", "/drawup", "/slips", "/desk", "/rehearsal", "/seal", "/opening", "/voting", "/closing", "/tally", "/result", "/abandon"} {
		p.at(path)
		p.find("navigation", "Các bước…")
		holdsUp("officers"+strings.ReplaceAll(path, "/", " "), p.tab)
		p.show(onLaptop)
	}
}

// The projector counts by itself and shows the result when it is published,
// never before.
func testProjector(t *testing.T, b *browser) {
	s := stageAt(t, b, meeting.Open)
	p := b.person(t, s.room, onLaptop)
	watchPolicy(p)
	p.open(s.url("/projector/" + s.uuid))
	p.mark()
	figure := func(n int) func() bool {
		return func() bool {
			return p.holds(fmt.Sprintf(`document.querySelector("[data-figure=cast]").textContent === "%d"`, n))
		}
	}
	p.await("nobody", figure(0))
	s.castAll()
	p.await("six ballots", figure(6))
	if !p.isSame() {
		t.Error("the page was loaded again")
	}
	holdsUp("projector", p.tab)
	p.show(onLaptop)
	p.open(s.url("/projector/" + s.uuid + "?show=how"))
	p.says("Đánh dấu")
	holdsUp("projector how to vote", p.tab)
	p.show(onLaptop)
	if broken := eval[[]string](p.tab, "violations"); len(broken) > 0 {
		t.Errorf("the page broke its own policy: %q", broken)
	}
}
