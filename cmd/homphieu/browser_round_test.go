package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report/identity"
	"github.com/homphieu/homphieu/report/pades"
	"github.com/homphieu/homphieu/report/parcel"
	"github.com/homphieu/homphieu/report/parcel/parceltest"
)

// TestBrowserRound works on a round as a superior's officer does, from the account
// to the release, and as a secretary and a chair of an agency do, whose server
// sends its package to the superior's over HTTP.
func TestBrowserRound(t *testing.T) {
	s := &seat{room: newRoom(t), browser: startBrowser(t), whole: t}
	s.agency = stageAt(t, s.browser, meeting.Rehearsed)
	s.agency.site.courier.pause = func(int) time.Duration { return 100 * time.Millisecond }
	for _, step := range []struct {
		name string
		test func(*testing.T, *seat)
	}{
		{"account", seatAccount},
		{"letter", seatLetter},
		{"agencies", seatAgencies},
		{"package from a stick", seatStick},
		{"changed on the way", seatTampered},
		{"agency's meeting", agencyRound},
		{"agency sends", agencySends},
		{"follow-up", seatFollow},
		{"calendar and reminders", seatReminders},
		{"consolidated", seatResult},
		{"report", seatReport},
		{"released", seatReleased},
	} {
		t.Run(step.name, func(t *testing.T) {
			s.TB, s.agency.TB = t, t
			if s.person != nil {
				s.tab.TB = t
			}
			step.test(t, s)
			if s.person != nil {
				if broken := eval[[]string](s.tab, "window.violations ?? []"); len(broken) > 0 {
					t.Errorf("the page broke its own policy: %q", broken)
				}
			}
		})
	}
}

// A seat is that of the superior's officer, and an agency of the round with a
// server of its own.
type seat struct {
	testing.TB
	whole   *testing.T // the officer's browser lives as long
	room    *room
	browser *browser
	*person // the officer, once there is an account
	u       ballot.UUID
	agency  *stage
}

// The agencies of the test, all of the letter's example.
const (
	roundGood     = "ban-tuyen-giao-tinh-uy"
	roundTampered = "ban-dan-van-tinh-uy"
	roundSender   = "van-phong-tinh-uy"
)

// path is the address of a page of the round.
func (s *seat) path(rest string) string {
	return s.room.url("/staff/rounds/" + string(s.u) + rest)
}

// holdsUp looks at the officer's page.
func (s *seat) holdsUp(state string) {
	s.Helper()
	standsOn("round "+state, s.tab)
}

// standsOn looks at a page as holdsUp does, of which it lets pass what is meant,
// and on a laptop too axe finds nothing.
func standsOn(state string, p *tab) {
	p.Helper()
	for _, look := range looks {
		p.look(look.screen, look.dark, look.text)
		where := state + ", " + look.name
		if look.text == 16 && look.screen != onNarrow {
			p.accessible(where)
		}
		for _, fault := range eval[[]string](p, fmt.Sprintf("%s(%d)", tooTight, p.screen.width)) {
			if !meant(fault) {
				p.Errorf("%s: %s", where, fault)
			}
		}
		if *pictures != "" {
			p.wholePicture(filepath.Join(*pictures, strings.ReplaceAll(state+"-"+look.name, " ", "-")+".png"))
		}
	}
	p.look(onLaptop, false, 16)
}

// meant tells of something that does not fit whether it is so by intention. On a
// telephone the title above the page ends in an ellipsis, and the calendar has
// numbers alone, as wide as a seventh of the screen; the words and the links of
// each day stand below it.
func meant(fault string) bool {
	for _, part := range []string{
		"cut off: p “Tổ chức, thực hiện lấy phiếu tín nhiệm n”", "beyond the edge: a “Tổ chức, thực hiện lấy phiếu tín nhiệm n”",
		"cut off: span “Gửi Send”", "cut off: span “Lấy phiếu Vote”",
		"small: a “Gửi Send ", "small: a “Lấy phiếu Vote ",
	} {
		if strings.HasPrefix(fault, part) {
			return true
		}
	}
	return false
}

func seatAccount(t *testing.T, s *seat) {
	admin := s.browser.person(t, s.room, onLaptop)
	admin.claimAccount(s.room.administratorLink(), "Nguyễn Thị Ánh", "anh")
	admin.find("heading", "Nguyễn Thị Ánh")
	admin.open(s.room.url("/staff/accounts"))
	admin.fillIn("Họ và tên…", "Đỗ Thị Hạnh")
	admin.fillIn("Tên đăng nhập…", "hanh")
	admin.set("role", "superior")
	admin.button("Tạo tài khoản và hiện liên kết…")
	admin.says("Liên kết chỉ hiện một lần này.")
	s.person = s.browser.person(s.whole, s.room, onLaptop)
	s.tab.TB = t
	watchPolicy(s.person)
	s.claimAccount(admin.link(), "", "")
	s.find("heading", "Đỗ Thị Hạnh")
	s.holdsUp("home")
}

func seatLetter(t *testing.T, s *seat) {
	s.press(s.find("link", "Đợt lấy phiếu…"))
	s.says("Chưa có đợt nào.")
	s.holdsUp("list")
	s.button("Nạp đợt của Công văn 1535-CV/BTCTU…")
	s.says("Hội Liên hiệp Phụ nữ tỉnh")
	at := eval[string](s.tab, "location.pathname")
	s.u = ballot.UUID(strings.TrimPrefix(at, "/staff/rounds/"))
	if !s.u.Valid() {
		t.Fatalf("the round is at %s", at)
	}
	s.says("kết thúc trước ngày 31/8/2023")
	s.says("17 cuộc")
	s.holdsUp("follow")
	s.open(s.path("/edit"))
	s.find("heading", "Nội dung của đợt…")
	s.holdsUp("edit")
	s.open(s.path("/expected"))
	s.says("Đảng đoàn HĐND tỉnh")
	s.holdsUp("expected")
}

// Agencies come as text from a spreadsheet; what is wrong is said by line.
func seatAgencies(t *testing.T, s *seat) {
	s.open(s.room.url("/staff/rounds/agencies/edit"))
	list := eval[string](s.tab, `document.querySelector("[name=list]").value`)
	added := list + "\n\tSở Tài chính\tSở, ban, ngành\t\t0263 3822 222"
	s.set("list", added+"\n\tSở Nội vụ\tSở, ban, ngành\tkhong-co")
	s.button("Lưu danh sách…")
	s.says("khong-co")
	s.holdsUp("agencies refused")
	s.set("list", added)
	s.button("Lưu danh sách…")
	s.find("link", "Sở Tài chính")
	s.holdsUp("agencies")
	d, err := s.room.store.Rounds().Directory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if a := d.Agencies[len(d.Agencies)-1]; len(d.Agencies) != 13 || a.ID != "so-tai-chinh" || a.Contact != "0263 3822 222" {
		t.Errorf("%d agencies, the last %+v", len(d.Agencies), a)
	}
}

// parcelOf makes the package of an agency that lies on a stick, and returns the
// key that the agency reads out.
func (s *seat) parcelOf(agency string, change func(*parceltest.Case)) (path, key string) {
	s.Helper()
	c := parceltest.New(s, parceltest.Options{Agency: agency, Group: "khac", Plan: meeting.Plan{
		Title: "Hội nghị lấy phiếu tín nhiệm năm 2023", Agency: agency, Superior: "Tỉnh ủy", Place: "Hội trường tầng 2", Date: "2023-08-25", Chair: "Lê Thị Hòa",
	}})
	c.Claim.Round, c.Claim.Prepared, c.Claim.Condition = s.u, "2023-07-20", "2023-07-14"
	if change != nil {
		change(c)
	}
	file, _ := c.Pack(s)
	path = filepath.Join(s.TempDir(), agency+".zip")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		s.Fatal(err)
	}
	return path, parcel.KeyOf(c.Seal.Chain[0])
}

// A key is confirmed by its digits, after they were compared.
func (s *seat) confirmKey(agency, key string) {
	s.Helper()
	s.open(s.room.url("/staff/rounds/agencies/" + agency))
	s.enterKey(key)
}

// enterKey types the digits into the page of an agency.
func (s *seat) enterKey(key string) {
	s.Helper()
	s.set("key", key)
	if !s.holds(`document.getElementById("compared").checked`) {
		s.tick("compared")
	}
	s.button("Xác nhận khóa…")
	s.says("✓ Đã đối chiếu")
}

// handIn gives a package from a stick on the page of packages.
func (s *seat) handIn(path string) {
	s.Helper()
	s.open(s.path("/packages"))
	s.give("#file", path)
	s.button("Nộp gói này…")
	s.says("Đã nhận gói của")
}

// seePackage opens the package that was just handed in, when the check is over.
func (s *seat) seePackage(verdict string) {
	s.Helper()
	s.press(s.find("link", "Xem gói này…"))
	s.find("heading", "Dấu vết…")
	s.await("the verdict "+verdict, func() bool {
		if s.shows(verdict) {
			return true
		}
		s.open(eval[string](s.tab, "location.href"))
		return false
	})
}

// The first package of an agency waits for its key; then it is checked by itself,
// and every number leads to where it comes from.
func seatStick(t *testing.T, s *seat) {
	path, key := s.parcelOf(roundGood, nil)
	s.handIn(path)
	s.says("Chờ xác nhận khóa")
	s.holdsUp("packages")
	s.press(s.find("link", "Xem gói này…"))
	s.says("khóa của cơ quan chưa được đối chiếu")
	s.holdsUp("package held")
	s.confirmKey(roundGood, round.KeyDigits(key))
	s.holdsUp("key")
	s.handIn(path)
	s.seePackage("✓ Hợp lệ")
	s.says("Kết quả, tính lại từ hồ sơ")
	s.says("Bùi Văn Khoa")
	for _, link := range []string{"Biên nhận", "Cả gói (.zip)"} {
		s.find("link", link)
	}
	s.holdsUp("package accepted")
	said, err := os.ReadFile(s.follow("Biên nhận"))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := parcel.OpenReceipt(said, s.room.site.log.Key.String()); err != nil || r.Agency != roundGood || r.Round != s.u {
		t.Errorf("receipt %+v, %v", r, err)
	}
	if again, err := os.ReadFile(s.follow("Cả gói (.zip)")); err != nil || !sameFile(t, path, again) {
		t.Errorf("another file comes back: %v", err)
	}
}

func sameFile(t *testing.T, path string, content []byte) bool {
	t.Helper()
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Equal(have, content)
}

// What does not hold is kept apart, and the page says what.
func seatTampered(t *testing.T, s *seat) {
	path, key := s.parcelOf(roundTampered, nil)
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file[inside(file, meeting.ReportFile)] ^= 1
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	s.open(s.room.url("/staff/rounds/agencies/" + roundTampered))
	s.set("key", "1234")
	s.tick("compared")
	s.button("Xác nhận khóa…")
	s.await("the refusal of four digits", func() bool {
		return s.holds(`document.querySelector("[name=key]").getAttribute("aria-invalid") === "true"`)
	})
	s.holdsUp("key refused")
	s.enterKey(key)
	s.handIn(path)
	s.seePackage("Để riêng, có lỗi")
	s.says("tệp report.pdf")
	s.says("không tính vào kết quả")
	s.holdsUp("package apart")
}

// The secretary of an agency loads the round from the superior's server, sees its
// limits, and notes what was done before.
func agencyRound(t *testing.T, s *seat) {
	p := s.agency.desktop(s.agency.account())
	watchPolicy(p)
	p.at("/round")
	p.says("Cuộc họp không thuộc đợt nào thì bỏ qua trang này.")
	p.set("address", s.room.url("/api/v1/rounds/"+string(s.u)))
	p.button("Đọc tệp…")
	p.says("Đã đọc tệp của đợt.")
	p.set("agency", roundSender)
	p.set("group", "khac")
	p.button("Ghi đợt này…")
	p.says("trước ngày 31/7/2023")
	p.says("trước ngày 31/8/2023")
	p.says("sau 01 ngày kể từ ngày lấy phiếu")
	p.set("prepared", "2023-07-24")
	p.set("done", "2023-07-14")
	p.button("Lưu…")
	p.says("Ghi căn cứ: số văn bản")
	p.set("about", "Biên bản sơ kết")
	p.button("Lưu…")
	p.says("Đã lưu")
	standsOn("agency's round", p.tab)
	p.button("Gửi thông báo qua mạng…")
	a := s.agency.stored().Plan.Assignment
	if a == nil || a.Agency != roundSender || a.Prepared != "2023-07-24" || len(a.Pending()) != 0 {
		t.Errorf("%+v", a)
	}
}

// After the vote the chair makes the package and sends it; the officer compares
// the key that the agency's page shows, and the receipt comes by itself.
func agencySends(t *testing.T, s *seat) {
	s.counted()
	p := s.agency.sit(0)
	watchPolicy(p)
	p.at("/round")
	p.button("Lập gói kết quả…")
	p.button("Gửi qua mạng…")
	p.says("đối chiếu dãy số của máy chủ và khóa trước khi gửi")
	eval[bool](p.tab, `document.querySelector("input[name=compared]").checked = true`)
	p.button("Gửi qua mạng…")
	p.await("the page after sending", func() bool {
		return p.holds(`document.readyState === "complete" && !document.querySelector("[name=by][value=https]")`)
	})
	p.await("the superior holds it", func() bool {
		p.at("/round")
		return p.shows("chờ cấp trên xác nhận khóa của máy chủ này")
	})
	standsOn("agency's package held", p.tab)
	digits := eval[string](p.tab, `document.querySelector("#own-key").textContent`)
	s.confirmKey(roundSender, digits)
	p.await("the receipt", func() bool {
		p.at("/round")
		return p.shows("Biên nhận của cấp trên")
	})
	p.says("✓ Cấp trên đã kiểm tra và nhận")
	standsOn("agency's receipt", p.tab)
	sent := s.agency.stored().Sending(0)
	if sent == nil || !strings.Contains(sent.Receipt, sent.Package) {
		t.Errorf("%+v", sent)
	}
	if broken := eval[[]string](p.tab, "violations"); len(broken) > 0 {
		t.Errorf("the page broke its own policy: %q", broken)
	}
}

// counted lets the agency vote, count, print, and sign the minutes.
func (s *seat) counted() {
	s.Helper()
	a := s.agency
	a.did(a.office().Seal(a.Context(), a.actor(0), a.u))
	a.opened()
	a.voted()
	a.signed()
	for _, i := range []int{1, 2} {
		a.did(a.office().Contribute(a.Context(), a.actor(i), a.u, a.u, a.share(a.u, i)))
	}
	o := a.site.courier.office
	a.did(o.Print(a.Context(), a.actor(0), a.u))
	f, err := o.PrintedFile(a.Context(), a.actor(0), a.u, a.u, meeting.MinutesFile, meeting.PrintedVersion)
	a.ok(err)
	a.did(o.Return(a.Context(), a.actor(0), a.u, a.u, meeting.MinutesFile, s.signed(f.Content)))
}

// signed is a paper with a signature of somebody in its first empty place.
func (s *seat) signed(paper []byte) []byte {
	s.Helper()
	authority, err := identity.NewTrial("Người ký", time.Now())
	if err != nil {
		s.Fatal(err)
	}
	places, err := pades.EmptyFields(paper)
	if err != nil {
		s.Fatal(err)
	}
	signed, err := (&trialOffice{authority: authority, now: time.Now()}).signIn(paper, places[:1])
	if err != nil {
		s.Fatal(err)
	}
	return signed
}

// rows are the agencies in the rows of a table, in its order.
func (s *seat) rows() []string {
	s.Helper()
	return eval[[]string](s.tab, `[...document.querySelectorAll(".table-follow tbody th a")].map((a) => a.textContent)`)
}

// The table of the follow-up filters and sorts, without script as well as with it.
func seatFollow(t *testing.T, s *seat) {
	s.open(s.path(""))
	if n := len(s.rows()); n != 17 {
		t.Errorf("%d rows", n)
	}
	s.set("stage", "sent")
	s.button("Lọc…")
	s.says("2 trong 17 cuộc")
	if got := strings.Join(s.rows(), "|"); got != "Ban Tuyên giáo Tỉnh ủy|Văn phòng Tỉnh ủy" {
		t.Errorf("sent: %s", got)
	}
	s.press(s.find("link", "Cơ quan Agency"))
	s.await("the order by agency", func() bool { return s.holds(`!!document.querySelector("th[aria-sort=ascending]")`) })
	s.press(s.find("link", "Cơ quan ▲ Agency"))
	s.await("the other order", func() bool { return s.holds(`!!document.querySelector("th[aria-sort=descending]")`) })
	if got := strings.Join(s.rows(), "|"); got != "Văn phòng Tỉnh ủy|Ban Tuyên giáo Tỉnh ủy" {
		t.Errorf("sorted: %s", got)
	}
	s.holdsUp("follow filtered")
	s.press(s.find("link", "Bỏ lọc…"))
	s.says("Gói có lỗi")
	s.press(s.find("link", "Ban Dân vận Tỉnh ủy"))
	s.says("Để riêng, có lỗi")
	s.holdsUp("poll")
}

func seatReminders(t *testing.T, s *seat) {
	s.open(s.path("/calendar?month=2023-08"))
	s.says("Tháng 8/2023")
	s.says("kết thúc trước ngày 31/8/2023")
	s.holdsUp("calendar")
	s.open(s.path("/reminders"))
	s.find("heading", "Hội Liên hiệp Phụ nữ tỉnh…")
	text := eval[string](s.tab, `[...document.querySelectorAll("textarea")].map((t) => t.value).find((t) => t.includes("Hội Liên hiệp Phụ nữ tỉnh"))`)
	for _, what := range []string{"Kính gửi", "trước ngày 31/8/2023", "số 1535-CV/BTCTU"} {
		if !strings.Contains(text, what) {
			t.Errorf("no %q in the reminder: %s", what, text)
		}
	}
	s.holdsUp("reminders")
}

// The table has what the ballots say, and leads to the package.
func seatResult(t *testing.T, s *seat) {
	s.open(s.path("/result"))
	s.says("2 trong 17 cuộc có kết quả đã kiểm tra")
	row := eval[string](s.tab, `[...document.querySelectorAll("tr")].find((r) => r.textContent.includes("Nguyễn Thị Ánh")).innerText`)
	for _, what := range []string{"Giám đốc", "60,00", "20,00"} { // 3, 1 and 1 of 5
		if !strings.Contains(spaces(row), what) {
			t.Errorf("no %q in %q", what, row)
		}
	}
	s.says("Chưa có kết quả: 15")
	s.holdsUp("consolidated")
	s.press(eval1st(s, "Gói…"))
	s.find("heading", "Dấu vết…")
	s.says("Trong sổ của máy chủ này")
}

// eval1st is the first link whose name begins like this.
func eval1st(s *seat, name string) thing {
	s.Helper()
	var found []thing
	s.await("a link "+name, func() bool {
		list, _ := s.query("link")
		found = named(list, name)
		return len(found) > 0
	})
	return found[0]
}

// The report is printed, comes back signed, and is released once the officer has
// read what is left out.
func seatReport(t *testing.T, s *seat) {
	s.open(s.path("/report"))
	s.button("Lập báo cáo tổng hợp…")
	s.find("heading", "Bản 1…")
	path := filepath.Join(t.TempDir(), "signed.pdf")
	f, err := s.room.site.rounds.RecordFile(t.Context(), provinceOfficer, s.u, 1, "consolidated.pdf")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, s.signed(f.Content), 0o600); err != nil {
		t.Fatal(err)
	}
	s.await("the form for the signed report", func() bool {
		return s.holds(`(() => { const f = document.querySelector("form[action$='/report/return']"); if (!f) return false; f.closest("details").open = true; f.querySelector("[type=file]").id = "signed-file"; return true; })()`)
	})
	s.give("#signed-file", path)
	eval[bool](s.tab, `(document.querySelector("#signed-file").form.querySelector("button").click(), true)`)
	s.says("Người ký trình diễn (")
	s.holdsUp("report signed")
	s.confirm("Công bố bản 1", "Công bố ngay…")
	s.says("Công bố cho ai?")
	if r, _ := s.record(t); r.Release != nil {
		t.Error("released without an audience")
	}
	s.holdsUp("release refused")
	s.tick("audience-public")
	s.button("Công bố ngay…")
	s.find("heading", "Bản 1…")
	if r, _ := s.record(t); r.Release != nil {
		t.Error("released without a word on what is left out")
	}
	s.tick("hidden")
	s.button("Công bố ngay…")
	s.says("✓ Đã công bố")
	s.holdsUp("report released")
	if r, err := s.record(t); err != nil || r.Release == nil || r.Release.Audience != meeting.AudiencePublic {
		t.Errorf("%+v, %v", r, err)
	}
}

// record is the first that was printed.
func (s *seat) record(t *testing.T) (round.Record, error) {
	t.Helper()
	list, err := s.room.store.Rounds().Records(t.Context(), s.u)
	if err != nil || len(list) == 0 {
		return round.Record{}, fmt.Errorf("%d records: %w", len(list), err)
	}
	return list[0], nil
}

// Everybody can read what was released, and no threshold group is among it.
func seatReleased(t *testing.T, s *seat) {
	p := s.browser.person(t, s.room, onLaptop)
	p.open(s.room.url("/rounds/" + string(s.u)))
	p.says("Kết quả tổng hợp, tính đến")
	for _, name := range []string{"assessment.json", "consolidated-assessment.json"} {
		if p.shows(name) {
			t.Errorf("%s is public", name)
		}
	}
	standsOn("round released", p.tab)
	sheet := eval[string](p.tab, `[...document.querySelectorAll("a")].find((a) => a.href.endsWith("consolidated.xlsx")).pathname`)
	if z, err := zip.OpenReader(p.fetched(sheet)); err != nil {
		t.Error(err)
	} else {
		z.Close()
	}
}

// fetched brings what everybody can download from an address.
func (p *person) fetched(path string) string {
	p.Helper()
	eval[bool](p.tab, fmt.Sprintf(`(() => { const a = document.createElement("a"); a.href = %q; a.download = ""; document.body.append(a); a.click(); a.remove(); return true; })()`, path))
	return p.arrived(path)
}
