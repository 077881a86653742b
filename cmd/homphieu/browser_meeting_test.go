package main

import (
	"bytes"
	"fmt"
	"net/http"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally/archive"
)

// theMeeting is a meeting that is held by people with browsers.
type theMeeting struct {
	*room
	browser    *browser
	secretary  *person
	chair      *person
	members    []*person // by place on the board, from 0
	boardNames []string
	projector  *tab
	uuid       string
	slips      []ballot.Credential
	keyFiles   []string        // the newest key file of each member
	seen       map[string]bool // screens that look has looked at
}

// What the meeting of the test is about.
const (
	summoned = 8
	present  = 7
	voters   = 6
	printed  = 9 // those summoned, and one spare
)

// TestBrowserMeeting plays a whole meeting, every step by the person whose step
// it is, each with a browser of their own. The server is started anew in the
// middle of every stage, and the third member's device is lost before the count.
func TestBrowserMeeting(t *testing.T) {
	b := startBrowser(t)
	m := &theMeeting{room: newRoom(t), browser: b, boardNames: theBoardNames, seen: map[string]bool{}}
	m.accounts()
	m.prepare()
	m.restart()
	m.handOut()
	m.ceremony()
	m.restart()
	m.makeSlips()
	m.rehearse()
	m.restart()
	m.seal()
	m.hall()
	m.vote()
	m.restart()
	m.closeBox()
	m.count()
	m.check()
	m.allLooked()
	m.votersAreStrangers()
}

// accounts: the administrator makes the secretary's.
func (m *theMeeting) accounts() {
	m.Helper()
	admin := m.browser.person(m, m.room, onLaptop)
	admin.claimAccount(m.administratorLink(), "Nguyễn Thị Ánh", "anh")
	admin.find("heading", "Nguyễn Thị Ánh")
	admin.open(m.url("/staff/accounts"))
	admin.fillIn("Họ và tên…", "Trần Đạt")
	admin.fillIn("Tên đăng nhập…", "thuky")
	admin.button("Tạo tài khoản và hiện liên kết…")
	m.secretary = m.browser.person(m, m.room, onLaptop)
	m.secretary.claimAccount(admin.link(), "", "")
	m.secretary.find("heading", "Trần Đạt")
}

// prepare: the secretary writes down what the meeting is, who is voted on, who
// counts and who is summoned.
func (m *theMeeting) prepare() {
	m.Helper()
	s := m.secretary
	m.look("home", s.tab)
	s.open(m.url("/staff/meetings/new"))
	m.look("new", s.tab)
	for name, value := range map[string]string{
		"title": meetingName, "agency": "Đảng ủy Tổng công ty", "superior": "Đảng ủy Khối Doanh nghiệp", "place": meetingPlace,
		"date": "2026-12-12", "chair": "Lê Thị Hoa", "decision_number": "12-QĐ/ĐU", "decision_date": "2026-11-01",
	} {
		s.set(name, value)
	}
	s.tick("ruleset-reg96_2023")
	s.button("Tạo cuộc họp…")
	s.find("heading", "Người được lấy phiếu…")
	m.uuid = strings.Split(eval[string](s.tab, "location.pathname"), "/")[3]
	s.base = "/staff/meetings/" + m.uuid

	var pasted strings.Builder
	for _, q := range people[:3] {
		name, post, _ := strings.Cut(q.Text, "\n")
		fmt.Fprintf(&pasted, "%s\t%s\n", name, post)
	}
	s.set("pasted", pasted.String())
	s.confirm("Nhập từ tệp hoặc dán", "Đưa vào danh sách dưới đây…")
	s.await("three rows", func() bool {
		return s.holds(fmt.Sprintf(`[...document.querySelectorAll("[name=name]")].some((i) => i.value === %q)`, nameOf(2)))
	})
	s.button("Lưu danh sách…")
	s.says("Đã lưu")
	m.look("people", s.tab)
	s.at("/board")
	for i, name := range m.boardNames {
		s.setAt("name", i, name)
		s.setAt("office", i, []string{"head", "secretary", "member"}[i])
	}
	s.button("Lưu Ban kiểm phiếu…")
	s.says("Đã lưu")
	m.look("board", s.tab)
	s.at("/attendance")
	s.set("summoned", fmt.Sprint(summoned))
	s.set("present", "0")
	s.button("Lưu điểm danh…")
	s.says("Đã lưu")
	m.look("attendance", s.tab)
	s.at("")
	m.look("overview", s.tab)
}

// handOut: everybody gets a seat by a personal link.
func (m *theMeeting) handOut() {
	m.Helper()
	m.chair = m.seat("Lê Thị Hoa", onLaptop)
	for i, name := range m.boardNames {
		// Two members work on laptops, one on a telephone.
		m.members = append(m.members, m.seat(name, []screen{onLaptop, onLaptop, onPhone}[i]))
	}
	m.members[0].overShoulder = m.look
	m.secretary.at("/seats")
	m.look("seats taken", m.secretary.tab)
	m.projector = m.browser.tab(m, onLaptop)
}

// seat lets the secretary issue a link, and somebody open it.
func (m *theMeeting) seat(name string, s screen) *person {
	m.Helper()
	m.secretary.at("/seats")
	m.secretary.await("the place of "+name, func() bool {
		return m.secretary.holds(fmt.Sprintf(`(() => {
			const place = [...document.querySelectorAll(".place")].find((p) => p.textContent.includes(%q));
			const form = place?.querySelector("form");
			if (!form) return false;
			form.requestSubmit();
			return true;
		})()`, name))
	})
	m.secretary.says("Liên kết chỉ hiện một lần này.")
	m.look("seats link", m.secretary.tab)
	p := m.browser.person(m, m.room, s)
	p.enter(m.secretary.link())
	m.look("seat entered "+map[bool]string{true: "chair", false: "member"}[m.chair == nil], p.tab)
	return p
}

var fourDigits = regexp.MustCompile(`^[0-9]{4}$`)

// ceremony: the members make the key, two of three.
func (m *theMeeting) ceremony() {
	m.Helper()
	m.secretary.at("/keys")
	m.look("keys", m.secretary.tab)
	m.secretary.confirm("Bắt đầu tạo khóa", "Bắt đầu với Ban kiểm phiếu 3 người…")
	for _, p := range m.members {
		p.at("/keys")
		p.makeSeed()
		if p == m.members[0] {
			p.says("Đang chờ các thành viên khác")
			p.isAt("ceremony waiting")
			m.secretary.at("/keys")
			m.look("keys running", m.secretary.tab)
		}
	}
	var first []string
	for i, p := range m.members {
		p.find("heading", "Đọc và so bốn chữ số…")
		digits := p.digits()
		if i == 0 {
			first = digits
		}
		if len(digits) != 3 || !reflect.DeepEqual(digits, first) {
			m.Errorf("member %d sees the digits %v, member 1 %v", i+1, digits, first)
		}
		for j := range m.members {
			if j != i {
				p.tick(fmt.Sprintf("heard-%d", j+1))
			}
		}
		p.isAt("ceremony digits")
		if i == 1 { // the battery of the second device is flat
			p.resume("/keys")
			p.find("heading", "Đọc và so bốn chữ số…")
			p.tick("heard-1")
			p.tick("heard-3")
		}
		p.button("Chữ số của mọi người đều đúng…")
	}
	for _, p := range m.members {
		p.find("heading", "Lưu tệp khóa…")
		m.keyFiles = append(m.keyFiles, p.saveKey())
	}
	for _, p := range m.members {
		p.find("heading", "Đã tạo xong khóa chung…")
		p.isAt("ceremony finished")
	}
	m.secretary.at("/keys")
	m.look("keys made", m.secretary.tab)
}

// makeSeed gets a member's seed, on paper and in a file, and gives it back.
func (p *person) makeSeed() {
	p.Helper()
	p.find("button", "Tạo khóa hạt giống…")
	p.isAt("ceremony begin")
	p.button("Tạo khóa hạt giống…")
	p.find("heading", "Chép khóa hạt giống ra giấy…")
	p.isAt("ceremony seed")
	p.seed = regexp.MustCompile(`[^1-9A-HJ-NP-Za-km-z]`).ReplaceAllString(eval[string](p.tab, `document.querySelector(".seed").textContent`), "")
	if len(p.seed) != ballotCodeLength {
		p.Fatalf("seed of %d characters", len(p.seed))
	}
	p.download("Lưu thành tệp vào USB…")
	p.button("Đã chép xong…")
	p.find("heading", "Nhập lại khóa hạt giống…")
	p.isAt("ceremony seed asked")
	p.typeSeed(otherSeed(p.seed))
	p.says("Chưa giống khóa hạt giống")
	p.isAt("ceremony seed wrong")
	p.typeSeed(p.seed)
}

// ballotCodeLength is the number of characters of a seed or code.
const ballotCodeLength = 22

// otherSeed is a seed with its first character mistyped.
func otherSeed(seed string) string {
	if strings.HasPrefix(seed, "2") {
		return "3" + seed[1:]
	}
	return "2" + seed[1:]
}

// typeSeed types the whole seed and sends the form.
func (p *person) typeSeed(seed string) {
	p.Helper()
	p.await("the field for the seed", func() bool {
		return p.holds(fmt.Sprintf(`(() => {
			const field = document.getElementById("seed");
			if (!field) return false;
			field.value = %q;
			field.dispatchEvent(new Event("input", { bubbles: true }));
			field.form.requestSubmit();
			return true;
		})()`, seed))
	})
}

// resume opens a page anew, on which nothing is known, and types the seed.
func (p *person) resume(path string) {
	p.Helper()
	p.at(path)
	p.find("heading", "Tiếp tục việc tạo khóa…")
	p.typeSeed(p.seed)
}

// digits are the four digits of each member, as this member sees them.
func (p *person) digits() (list []string) {
	p.Helper()
	for _, text := range eval[[]string](p.tab, `[...document.querySelectorAll("td.digits")].map((t) => t.textContent)`) {
		if fourDigits.MatchString(text) {
			list = append(list, text)
		}
	}
	return list
}

// saveKey saves the key file that a page offers and returns it.
func (p *person) saveKey() string {
	p.Helper()
	p.find("heading", "Lưu tệp khóa…")
	p.isAt("key file")
	file := p.download("Lưu tệp khóa…")
	p.button("Tôi đã thấy tệp này trong USB…")
	return file
}

// makeSlips: the secretary draws the papers up, the second member makes the
// slips.
func (m *theMeeting) makeSlips() {
	m.Helper()
	m.secretary.at("/drawup")
	m.look("drawup", m.secretary.tab)
	m.secretary.confirm("Lập phiếu", "Lập phiếu, không sửa được nữa…")
	m.secretary.says("Phiếu đã lập")
	p := m.members[1]
	p.at("/slips")
	p.find("button", fmt.Sprintf("Tạo %d tờ phiếu…", printed))
	m.look("slips", p.tab)
	p.button(fmt.Sprintf("Tạo %d tờ phiếu…", printed))
	p.find("heading", fmt.Sprintf("In %d tờ phiếu…", printed))
	m.look("slips print", p.tab)
	if m.slips = p.codes(); len(m.slips) != printed {
		m.Fatalf("%d codes on the sheets, want %d", len(m.slips), printed)
	}
	p.button("Mở hộp thoại in…")
	p.button("Đã in đủ, tải phần công khai lên…")
	p.says(fmt.Sprintf("Đã gửi phần công khai của %d tờ phiếu", printed))
	m.look("slips sent", p.tab)
}

// rehearse: the keys are tried.
func (m *theMeeting) rehearse() {
	m.Helper()
	m.secretary.at("/rehearsal")
	m.look("rehearsal", m.secretary.tab)
	m.secretary.button("Bắt đầu tập dượt…")
	m.secretary.says("Từng thành viên cần làm")
	m.look("rehearsal running", m.secretary.tab)
	m.sign("/rehearsal", 0, 2)
	for _, i := range []int{0, 2} {
		m.contribute("/rehearsal", i, 5)
	}
	m.secretary.says("Tập dượt thành công")
	m.look("rehearsal done", m.secretary.tab)
}

// sign lets members sign the closing file of a box.
func (m *theMeeting) sign(path string, members ...int) {
	m.Helper()
	for _, i := range members {
		p := m.members[i]
		p.at(path)
		p.isAt("tally key")
		p.openKey(m.keyFiles[i])
		p.find("button", "Sổ khớp, ký biên bản…")
		p.isAt("tally sign " + strings.Trim(path, "/"))
		p.button("Sổ khớp, ký biên bản…")
		p.await("the signature", func() bool {
			return p.has("heading", "Chờ đủ chữ ký biên bản…") || p.has("heading", "Gửi phần giải mã…")
		})
		p.isAt("tally signed " + strings.Trim(path, "/"))
	}
}

// openKey opens a member's key with the key file.
func (p *person) openKey(file string) {
	p.Helper()
	p.find("heading", "Mở khóa…")
	p.give("#key-file", file)
}

// contribute lets a member open the sums of a box in which cast ballots are.
func (m *theMeeting) contribute(path string, i, cast int) {
	m.Helper()
	p := m.members[i]
	p.at(path)
	p.find("button", "Mở khóa và làm trên trang này…")
	p.isAt("tally share begin " + strings.Trim(path, "/"))
	p.button("Mở khóa và làm trên trang này…")
	p.openKey(m.keyFiles[i])
	p.find("heading", "Đối chiếu trước khi mở…")
	p.isAt("tally share " + strings.Trim(path, "/"))
	p.fillIn("Gõ lại số phiếu đã bỏ…", fmt.Sprint(cast+1))
	p.button("Giống hệt, dùng khóa và gửi…")
	p.says(fmt.Sprintf("Đã gõ “%d”, không phải số lá phiếu trong hòm.", cast+1))
	p.fillIn("Gõ lại số phiếu đã bỏ…", fmt.Sprint(cast))
	p.button("Giống hệt, dùng khóa và gửi…")
	m.keyFiles[i] = p.saveKey()
	p.await("the share to be taken", func() bool {
		return p.has("heading", "Đã gửi phần giải mã…") || p.has("heading", "Kiểm phiếu đã xong…") || p.has("heading", "Chưa có việc của Ban kiểm phiếu…") || p.shows("Tập dượt thành công")
	})
	p.isAt("tally share sent " + strings.Trim(path, "/"))
}

// seal: the chair seals, and the members note in their key files what.
func (m *theMeeting) seal() {
	m.Helper()
	m.chair.at("/seal")
	m.look("seal", m.chair.tab)
	m.chair.confirm("Niêm phong", "Niêm phong, không sửa được nữa…")
	m.chair.find("heading", "Trước khi mở bỏ phiếu…")
	m.look("opening blocked", m.chair.tab)
	for i, p := range m.members {
		p.at("/seal")
		p.openKey(m.keyFiles[i])
		p.find("button", "Giống hệt, ghi vào tệp khóa…")
		p.isAt("seal compare")
		p.button("Giống hệt, ghi vào tệp khóa…")
		m.keyFiles[i] = p.saveKey()
		p.says("Đã ghi phần niêm phong vào tệp khóa")
		p.isAt("seal recorded")
	}
}

// hall: people come, the board is confirmed, what is not handed out is voided,
// and the chair opens.
func (m *theMeeting) hall() {
	m.Helper()
	m.chair.at("/opening")
	if m.chair.has("button", "Mở bỏ phiếu ngay…") {
		m.Error("the chair can open before anybody is there")
	}
	m.secretary.at("/attendance")
	m.secretary.set("present", fmt.Sprint(present))
	m.secretary.button("Lưu điểm danh…")
	m.secretary.says("Đã lưu")
	m.desk(0, 0, 8) // the last slip is not handed out
	m.chair.at("/opening")
	m.chair.button("Hội nghị đã biểu quyết tán thành…")
	m.chair.says("✓ Đã ghi")
	m.projector.open(m.url("/projector/" + m.uuid))
	m.look("projector how", m.projector)
	m.chair.at("/opening")
	m.look("opening ready", m.chair.tab)
	m.chair.confirm("Mở bỏ phiếu", "Mở bỏ phiếu ngay…")
	m.chair.says("Đang bỏ phiếu")
	m.look("voting chair", m.chair.tab)
}

// desk lets a member void a slip for the i-th reason: not issued, exchanged,
// returned.
func (m *theMeeting) desk(member, reason, slip int) {
	m.Helper()
	p := m.members[member]
	p.at("/desk")
	p.find("heading", "Hủy tờ phiếu không dùng…")
	eval[bool](p.tab, fmt.Sprintf(`(() => { document.querySelectorAll("#member input[type=radio]")[%d].click(); return true; })()`, reason))
	m.look("desk before", p.tab)
	p.key(m.slips[slip].Link(m.url(""), m.papers()) + "\r")
	p.says("Đã hủy tờ phiếu · tổng " + []string{"chưa phát", "đổi phiếu hỏng", "trả lại chưa dùng"}[reason] + ": 1")
	m.look("desk", p.tab)
}

// papers are the ballot papers of the meeting.
func (m *theMeeting) papers() *ballot.Papers {
	m.Helper()
	stored, err := m.store.Meeting(m.Context(), ballot.UUID(m.uuid))
	if err != nil {
		m.Fatal(err)
	}
	papers, err := stored.BallotPapers()
	if err != nil {
		m.Fatal(err)
	}
	return papers
}

// vote: six voters cast, one of them at the kiosk, after a spoiled slip was
// exchanged; one gives the slip back, and one tries with a voided slip.
func (m *theMeeting) vote() {
	m.Helper()
	m.desk(1, 1, 6)
	link := func(slip int) string { return m.slips[slip].Link(m.url(""), m.papers()) }
	for i := range voters - 1 {
		p := m.browser.tab(m, onPhone)
		p.open(link(i))
		p.toReview(i%3, (i+1)%3, high)
		p.button("Bỏ phiếu")
		p.find("heading", "Phiếu đã được ghi nhận")
		if i == 2 {
			m.restart() // in the middle of the vote
		}
	}
	spoiled := m.browser.tab(m, onPhone)
	spoiled.open(link(6))
	spoiled.find("heading", "Tờ phiếu này đã bị hủy")
	kiosk := m.browser.kiosk(m.TB.(*testing.T), m.url(""), m.uuid)
	m.look("kiosk", kiosk)
	kiosk.scan(link(voters - 1))
	kiosk.toReview(low, low, high)
	kiosk.button("Bỏ phiếu")
	kiosk.says("Phiếu đã được ghi nhận")
	m.look("kiosk recorded", kiosk)
	m.desk(0, 2, 7)
	m.projector.await("all ballots on the projector", func() bool {
		return m.projector.holds(fmt.Sprintf(`document.querySelector("[data-figure=cast]")?.textContent.trim() === "%d"`, voters))
	})
	m.look("projector", m.projector)
}

// closeBox: two members close, count what was handed out, and sign.
func (m *theMeeting) closeBox() {
	m.Helper()
	first, second := m.members[0], m.members[1]
	first.at("/voting")
	m.look("voting", first.tab)
	first.confirm("Đóng hòm phiếu", "Tôi đồng ý đóng…")
	first.says("Đã ghi nhận; chờ thành viên thứ hai.")
	m.look("voting half closed", first.tab)
	second.at("/voting")
	second.confirm("Đóng hòm phiếu", "Đóng, không mở lại được…")
	second.says("Đã đóng")
	for _, p := range []*person{first, second} {
		p.at("/closing")
		m.look("closing", p.tab)
		if p == first { // who miscounts sees it
			p.set("issued", fmt.Sprint(voters))
			p.button("Ghi số tôi đếm…")
			p.says(fmt.Sprintf(": %d", voters))
			m.look("closing counted", p.tab)
		}
		p.set("issued", fmt.Sprint(voters+1))
		p.button("Ghi số tôi đếm…")
		p.says(fmt.Sprintf(": %d", voters+1))
	}
	first.at("/closing")
	first.says("Mọi số liệu đều khớp.")
	m.look("closing agrees", first.tab)
	m.chair.at("/abandon")
	m.look("abandon", m.chair.tab)
}

// count: the first member works with the key file, the second with the seed on
// paper; the third has lost the device.
func (m *theMeeting) count() {
	m.Helper()
	m.sign("/tally", 0, 1)
	m.contribute("/tally", 0, voters)
	m.restart()
	m.contribute("/tally", 1, voters)
	m.chair.at("/result")
	m.chair.find("rowheader", nameOf(0)+"…")
	m.look("result", m.chair.tab)
	m.chair.at("/groups")
	m.look("groups", m.chair.tab)
	m.printAndSign()
	m.chair.tick("audience-meeting")
	m.chair.confirm("Công bố kết quả", "Công bố ngay…") // all voted the same on one person
	m.chair.says(": mọi phiếu giống nhau")
	m.look("papers refused", m.chair.tab)
	m.chair.tick("unanimous")
	m.chair.confirm("Công bố kết quả", "Công bố ngay…")
	m.chair.says("Kết quả đã công bố.")
	m.chair.at("/result")
	m.look("result published", m.chair.tab)
	m.projector.says(nameOf(2))
	m.look("projector result", m.projector)
	m.secretary.at("")
	m.look("overview end", m.secretary.tab)
	m.secretary.at("/audit")
	m.look("log", m.secretary.tab)
}

// printAndSign: the secretary says where papers are signed, a member prints them,
// head and chair sign the minutes one after another on their own computers, and
// the chair ends the meeting.
func (m *theMeeting) printAndSign() {
	m.Helper()
	m.secretary.at("/papers")
	m.secretary.set("place", "Lâm Đồng")
	m.secretary.button("Lưu nội dung…")
	m.secretary.says("Đã lưu")
	m.look("papers of the secretary", m.secretary.tab)
	m.members[0].at("/papers")
	m.members[0].button("Lập biên bản và báo cáo…")
	m.members[0].says("✓ Đã lập.")
	m.restart()
	for _, by := range []struct {
		who   *person
		place string
	}{{m.members[0], "head"}, {m.chair, "chair"}} {
		by.who.at("/papers")
		paper := by.who.follow("minutes.pdf")
		signed := filepath.Join(m.TempDir(), "signed.pdf")
		if err := run(m.Context(), []string{"sign", "--trial", "Người ký thử " + by.place, "--field", by.place, "--out", signed, paper}, m.Output()); err != nil {
			m.Fatal(err)
		}
		by.who.give("form[action$='/papers/return'] input[type=file]", signed) // the minutes come first
		by.who.confirm("Nộp bản đã ký", "Nộp tệp này…")
		by.who.says("Người ký thử " + by.place)
	}
	m.look("papers signed", m.chair.tab)
	m.chair.confirm("Ghi nhận đã ký biên bản", "Đã xem, đã ký đủ…")
	m.chair.says("Chủ trì đã ghi nhận")
	m.members[0].at("/papers")
	m.members[0].confirm("Ghi nhận đã ký biên bản", "Đã xem, đã ký đủ…")
	m.chair.says("Biên bản đã ký; cuộc họp đã kết thúc.")
	m.look("papers", m.chair.tab)
}

// check: both verifiers say that all is well.
func (m *theMeeting) check() {
	m.Helper()
	base := "/api/v1/elections/" + m.uuid
	whole := m.get(base + "/archive")
	report, err := archive.Verify(bytes.NewReader(whole), int64(len(whole)),
		archive.Options{Shares: m.get(base + "/shares"), Closing: m.get(base + "/closing"), Strict: true})
	if err != nil || !report.Valid() || report.Ballots != voters || report.Voided != 3 {
		m.Errorf("archive: %v, %+v", err, report)
	}
	t := m.TB.(*testing.T)
	tool := beleniosTool(t)
	tool.verify(t, whole)
	ballots := ballotsOf(t, whole)
	if len(ballots) != voters {
		m.Errorf("%d ballots in the archive", len(ballots))
	}
	for i, raw := range ballots {
		tool.verifyBallot(t, cutAfter(t, whole, archive.Setup), raw, i)
	}
	stored, err := m.store.Meeting(m.Context(), ballot.UUID(m.uuid))
	if err != nil || stored.State != meeting.Signed {
		m.Errorf("meeting: %v, %v", err, stored.State)
	}
}

// get asks the server for something that anybody may read.
func (m *theMeeting) get(path string) []byte {
	m.Helper()
	response, err := http.Get(m.url(path)) //nolint:noctx // a test's own server
	if err != nil {
		m.Fatal(err)
	}
	defer response.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(response.Body); err != nil || response.StatusCode != http.StatusOK {
		m.Fatalf("%s: status %d, %v: %s", path, response.StatusCode, err, body.String())
	}
	return body.Bytes()
}
