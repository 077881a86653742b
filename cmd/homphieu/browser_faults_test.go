package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/staff"
)

// TestBrowserFaults is what a meeting must refuse, and what it must survive, as
// the people before the browsers see it. That nobody takes somebody else's step
// over HTTP is in package api, TestOthersActionsAreRefused.
func TestBrowserFaults(t *testing.T) {
	b := startBrowser(t)
	for _, s := range []struct {
		name string
		test func(*testing.T, *browser)
	}{
		{"another box", testAnotherBox},
		{"a second end", testSecondEnd},
		{"what arrives is not what was sent", testChangedOnTheWay},
		{"wrong files and seeds", testWrongFiles},
		{"false rehearsal", testFalseRehearsal},
		{"pressed together", testPressedTogether},
		{"session ended", testSessionEnded},
		{"certificate exchanged", testCertificateExchanged},
		{"member complains", testComplaint},
		{"restart while keys are made", testRestartKeys},
		{"restart while slips are made", testRestartSlips},
		{"restart while closing and counting", testRestartCount},
	} {
		t.Run(s.name, func(t *testing.T) { s.test(t, b) })
	}
}

// noErrorPage fails if the page tells of a fault, and not of the meeting.
func (p *person) noErrorPage() {
	p.Helper()
	if p.holds(`document.querySelector(".error-summary, .notice-stop") !== null || !document.getElementById("work")`) {
		p.Errorf("the page tells of a fault: %s", p.text())
	}
}

// beside opens a page of the meeting in another tab of the same browser.
func (p *person) beside(path string) *person {
	p.Helper()
	q := &person{tab: p.another(), browser: p.browser, room: p.room, base: p.base, files: p.files}
	q.at(path)
	return q
}

// elsewhere opens a page of the meeting as the same person, with connections of
// its own: over plain HTTP a browser has six to one server, and pages that
// follow a vote keep two of them each.
func (p *person) elsewhere(path string) *person {
	p.Helper()
	q := p.browser.person(p, p.room, p.screen)
	q.base = p.base
	for _, c := range call(p.tab, network.GetCookies, network.GetCookiesParams{URLs: []string{p.room.url(p.base)}}).Cookies {
		call(q.tab, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, Domain: c.Domain, Path: c.Path, HTTPOnly: new(c.HTTPOnly), SameSite: c.SameSite})
	}
	q.at(path)
	return q
}

// testPressedTogether lets several press a button, and their requests come at
// the same moment.
func testPressedTogether(t *testing.T, b *browser) {
	t.Run("keys", func(t *testing.T) {
		s := stageAt(t, b, meeting.Draft)
		first := s.desktop(s.account())
		first.at("/keys")
		second := first.beside("/keys")
		s.together(first.base+"/keys", first.base+"/keys")
		for _, p := range []*person{first, second} {
			p.confirm("Bắt đầu tạo khóa", "Bắt đầu với Ban kiểm phiếu 3 người…")
		}
		for _, p := range []*person{first, second} {
			p.says("Chỉ bắt đầu lại khi một thành viên không tiếp tục được.")
			p.noErrorPage()
		}
		if c := s.stored().Ceremony; c.Attempts != 1 || s.logged("meeting.keys", "Trần Đạt") != 1 {
			t.Errorf("%d ceremonies, %d entries in the log", c.Attempts, s.logged("meeting.keys", "Trần Đạt"))
		}
	})
	t.Run("opening", func(t *testing.T) {
		s := stageAt(t, b, meeting.Sealed)
		s.ready()
		first := s.sit(0)
		first.at("/opening")
		second := first.beside("/opening")
		s.together(first.base+"/open", first.base+"/open")
		for _, p := range []*person{first, second} {
			p.confirm("Mở bỏ phiếu", "Mở bỏ phiếu ngay…")
		}
		for _, p := range []*person{first, second} {
			p.says("Đang bỏ phiếu")
			p.noErrorPage()
		}
		if n := s.logged("meeting.open", s.actor(0).Name); n != 1 {
			t.Errorf("%d entries in the log", n)
		}
	})
	t.Run("closing", func(t *testing.T) {
		s := stageAt(t, b, meeting.Open)
		first, second := s.sit(1), s.sit(2)
		for _, p := range []*person{first, second} {
			p.at("/voting")
		}
		s.together(first.base+"/close", second.base+"/close")
		for _, p := range []*person{first, second} {
			p.confirm("Đóng hòm phiếu", "Tôi đồng ý đóng…")
		}
		for _, p := range []*person{first, second} {
			p.says("Đã đóng")
			p.noErrorPage()
		}
		s.closedByTwo()
	})
	t.Run("closing, each twice", func(t *testing.T) {
		s := stageAt(t, b, meeting.Open)
		for i, words := range []struct{ button, after string }{
			{"Tôi đồng ý đóng…", "Đã ghi nhận; chờ thành viên thứ hai."}, {"Đóng, không mở lại được…", "Đã đóng"},
		} {
			if m := s.stored(); m.State != meeting.Open || len(m.CloseBy) != i {
				t.Fatalf("%s by %v", m.State, m.CloseBy)
			}
			p := s.sit(i + 1)
			p.at("/voting")
			q := p.elsewhere("/voting")
			s.together(p.base+"/close", p.base+"/close")
			for _, p := range []*person{p, q} {
				p.confirm("Đóng hòm phiếu", words.button)
			}
			for _, p := range []*person{p, q} {
				p.says(words.after)
				p.noErrorPage()
			}
		}
		s.closedByTwo()
	})
}

// closedByTwo fails unless the first two members have closed, once each.
func (s *stage) closedByTwo() {
	s.Helper()
	m := s.stored()
	if m.State != meeting.Closed || len(m.CloseBy) != 2 || s.logged("meeting.close", s.boardNames[0]) != 1 || s.logged("meeting.close", s.boardNames[1]) != 1 {
		s.Errorf("%s by %v", m.State, m.CloseBy)
	}
}

// testSessionEnded lets the secretary's session end while a long form is filled
// in: nothing of it is lost.
func testSessionEnded(t *testing.T, b *browser) {
	s := stageAt(t, b, meeting.Draft)
	secret := s.account()
	p := s.desktop(secret)
	p.at("/people")
	p.button("Thêm dòng…")
	p.setAt("name", 3, "Đinh Văn Khải")
	p.setAt("post", 3, "Chánh Văn phòng")
	p.setAt("post", 0, "Bí thư")
	s.pass(staff.AccountIdle)
	rows := func() string {
		return eval[string](p.tab, `[...document.querySelectorAll("[name=name], [name=post]")].map((i) => i.value).join("|")`)
	}
	typed := rows()
	if !strings.Contains(typed, "Bí thư") || !strings.HasSuffix(typed, "Đinh Văn Khải|Chánh Văn phòng") {
		t.Fatalf("typed %s", typed)
	}
	p.button("Lưu danh sách…")
	p.says("Phiên làm việc đã hết hạn. Nội dung đã nhập vẫn còn trên trang này.")
	p.says("Ở một thẻ khác, đăng nhập lại")
	if now := rows(); now != typed {
		t.Errorf("the rows say %s, said %s", now, typed)
	}
	if got := s.stored().People; len(got) != 3 {
		t.Errorf("%d persons were saved without a session", len(got))
	}
	s.signIn(p.another(), secret)
	p.button("Lưu danh sách…")
	p.says("Đã lưu")
	people := s.stored().People
	if len(people) != 4 || people[0].Post != "Bí thư" || people[3].Name != "Đinh Văn Khải" || people[3].Post != "Chánh Văn phòng" {
		t.Errorf("saved %+v", people)
	}
}

// testRestartSlips stops the server while slips are printed and not uploaded.
func testRestartSlips(t *testing.T, b *browser) {
	s := stageAt(t, b, meeting.Slips)
	p := s.sit(2)
	p.at("/slips")
	p.button(fmt.Sprintf("Tạo %d tờ phiếu…", printed))
	p.find("heading", fmt.Sprintf("In %d tờ phiếu…", printed))
	codes := p.codes()
	p.button("Mở hộp thoại in…")
	p.find("heading", fmt.Sprintf("Đã in đủ %d tờ…", printed))
	s.stop()
	p.button("Đã in đủ, tải phần công khai lên…")
	p.says("Chưa kết nối được với máy chủ. Trang này tự thử lại, không có gì bị mất.")
	s.start()
	p.says(fmt.Sprintf("Đã gửi phần công khai của %d tờ phiếu", printed))
	m := s.stored()
	list, err := s.store.File(t.Context(), s.u, m.Papers[0].Credentials)
	s.ok(err)
	if m.Slips.Printed != printed || len(codes) != printed {
		t.Fatalf("%d slips uploaded, %d printed", m.Slips.Printed, len(codes))
	}
	for i, c := range codes {
		if !strings.Contains(string(list), c.Public(s.u).String()) {
			t.Errorf("slip %d is not on the list", i)
		}
	}
}

// testRestartCount stops the server between two members, at each step for which
// it takes two.
func testRestartCount(t *testing.T, b *browser) {
	s := stageAt(t, b, meeting.Open)
	s.castAll()
	first, second := s.sit(1), s.sit(2)
	for _, p := range []*person{first, second} {
		p.at("/voting")
		p.find("button", "Ghi một lần báo…") // the page is there
	}
	first.confirm("Đóng hòm phiếu", "Tôi đồng ý đóng…")
	first.says("Đã ghi nhận; chờ thành viên thứ hai.")
	second.says("1/2: " + s.boardNames[0] + " đã bấm đóng hòm phiếu.")
	s.stop()
	second.confirm("Đóng hòm phiếu", "Đóng, không mở lại được…")
	second.says("Chưa gửi được. Nội dung đã nhập vẫn còn trên trang này.")
	s.start()
	second.button("Đóng, không mở lại được…")
	second.says("Đã đóng")
	first.says("Đã đóng")
	for _, i := range []int{1, 2} {
		s.did(s.office().EnterIssued(t.Context(), s.actor(i), s.u, present))
	}
	s.signed()

	file := s.onDisk(s.keyFile(1))
	first.at("/tally")
	first.share(file)
	first.find("heading", "Đã gửi phần giải mã…")
	second.at("/tally")
	second.button("Mở khóa và làm trên trang này…")
	second.openKey(s.onDisk(s.keyFile(2)))
	second.find("heading", "Đối chiếu trước khi mở…")
	s.stop()
	second.compare()
	second.saveKey()
	second.says("Chưa kết nối được với máy chủ.")
	s.start()
	for _, p := range []*person{first, second} {
		p.find("heading", "Kiểm phiếu đã xong…")
	}
	if m := s.stored(); m.State != meeting.Tallied {
		t.Errorf("the meeting is %s", m.State)
	}
	if n := s.posted(first.poll(s, "/contribution")); n != 1 {
		t.Errorf("the first share was sent %d times", n)
	}
}

// share goes through the count to the end with a key file.
func (p *person) share(file string) {
	p.Helper()
	p.button("Mở khóa và làm trên trang này…")
	p.openKey(file)
	p.compare()
	p.saveKey()
}

// compare types what the projector shows.
func (p *person) compare() {
	p.Helper()
	p.find("heading", "Đối chiếu trước khi mở…")
	p.fillIn("Gõ lại số phiếu đã bỏ…", fmt.Sprint(voters))
	p.button("Giống hệt, dùng khóa và gửi…")
}
