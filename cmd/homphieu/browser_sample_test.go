package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/homphieu/homphieu/ballot"
)

// serveEmpty runs homphieu serve on an empty folder, as make run does, and
// returns the address that it prints.
func serveEmpty(t testing.TB) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	said, output := io.Pipe()
	served := make(chan error, 1)
	go func() {
		served <- run(ctx, []string{"serve", "--data", t.TempDir(), "--listen", "localhost:0"}, output)
	}()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	line, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line[strings.Index(line, "http"):])
}

// testSample is what a newcomer does after make run: make the sample meeting,
// vote with two of its slips, close, count, and read the result.
func testSample(t *testing.T, b *browser) {
	address := serveEmpty(t)
	p := b.tab(t, onLaptop)
	p.open(address)
	p.find("heading", "Chưa có cuộc bỏ phiếu nào")
	if list := p.things("button"); len(list) != 1 {
		t.Errorf("the first page offers %d things, want one: %s", len(list), p.outline())
	}
	holdsUp("first page", p)
	p.show(onLaptop)
	p.button("Tạo cuộc họp mẫu…")
	p.says("1. Phát phiếu")
	holdsUp("sample meeting", p)
	p.show(onLaptop)

	first := p.openSlip(0)
	first.says("Cuộc họp mẫu: máy chủ giữ khóa, không dùng cho việc thật.")
	holdsUp("sample start", first)
	first.show(onLaptop)
	first.voteAll(high)
	holdsUp("sample recorded", first)
	first.leave()
	second := p.openSlip(1)
	second.voteAll(low)
	tracker := second.tracker()
	second.press(second.find("link", "Tra cứu phiếu này"))
	second.find("heading", "Phiếu có trong hòm…")
	holdsUp("tracker waiting", second)
	lookUp := eval[string](second, `location.href`)
	second.leave()

	p.open(address)
	p.find("heading", "Các cuộc bỏ phiếu…")
	holdsUp("first page with a poll", p)
	p.show(onLaptop)
	p.press(p.find("link", "Điều khiển cuộc họp mẫu…"))
	p.says("2 / 8")
	p.press(p.find("DisclosureTriangle", "Đóng hòm phiếu…"))
	p.says("Người chưa bỏ phiếu sẽ không bỏ được nữa.")
	holdsUp("sample before closing", p)
	p.button("Đóng, không mở lại được…")
	p.says("3. Kiểm phiếu")
	holdsUp("sample closed", p)
	p.show(onLaptop)
	p.press(p.find("DisclosureTriangle", "Kiểm phiếu và công bố…"))
	p.button("Công bố kết quả…")
	p.says("Đã kiểm phiếu và công bố.")
	holdsUp("sample counted", p)
	p.show(onLaptop)
	p.press(p.find("link", "Trang công khai của cuộc bỏ phiếu…"))
	p.find("heading", "Kết quả…")
	p.says("Số phiếu thu về: 2, đều là phiếu hợp lệ")
	p.says("1 50,00 % 0 0,00 % 1 50,00 % 0")
	p.says("Máy chủ đã kiểm tra lại toàn bộ hồ sơ: hợp lệ.")
	holdsUp("result", p)
	board := eval[string](p, `location.href`)

	p.open(lookUp)
	p.says("Phiếu đã vào chuỗi hồ sơ.")
	p.says(tracker)
	holdsUp("tracker in the chain", p)
	p.open(board + "/" + strings.Repeat("0", 64))
	p.find("heading", "Không tìm thấy phiếu này…")
	holdsUp("tracker unknown", p)
	p.open(address + "/board/" + string(ballot.NewUUID()))
	p.says("404")
	holdsUp("problem", p)
}

// openSlip follows the link of a slip on the page of a sample meeting, which
// opens a tab of its own.
func (p *tab) openSlip(i int) *tab {
	p.Helper()
	var links []thing
	for _, one := range p.things("link") {
		if strings.Contains(one.states["url"], "/v/") {
			links = append(links, one)
		}
	}
	if len(links) != 8 {
		p.Fatalf("%d slips, want 8: %s", len(links), p.outline())
	}
	opened := chromedp.WaitNewTarget(p.ctx, func(info *target.Info) bool { return strings.Contains(info.URL, "/v/") })
	p.press(links[i])
	select {
	case id := <-opened:
		return newTab(p.ctx, p.TB, p.screen, chromedp.WithTargetID(id))
	case <-time.After(patience):
		p.Fatal("no tab opens for the slip")
		return nil
	}
}

// voteAll gives everyone on the ballot the same level, and casts.
func (p *tab) voteAll(level int) {
	p.Helper()
	p.button("Bắt đầu")
	p.button("Xem cả danh sách")
	p.find("heading", "Danh sách")
	for i, one := range p.things("radio") {
		if i%3 == level {
			p.press(one)
		}
	}
	p.button("Xem lại phiếu")
	p.says("Đã đánh dấu đủ mọi người.")
	p.button("Bỏ phiếu")
	p.find("heading", "Phiếu đã được ghi nhận")
	p.says("Đồng chí có thể đóng trang này. Trong cuộc bỏ phiếu thật, không ai, kể cả người vận hành máy chủ, đọc được phiếu của đồng chí. Riêng cuộc họp mẫu này, máy chủ giữ khóa.")
}

// tracker reads the tracker from the green page.
func (p *tab) tracker() string {
	p.Helper()
	_, rest, _ := strings.Cut(p.text(), "Mã tra cứu ")
	tracker, _, _ := strings.Cut(rest, " ")
	if len(tracker) != 43 {
		p.Fatalf("tracker %q", tracker)
	}
	return tracker
}

// testElsewhere asks for the first page as from another computer: it offers no
// sample meeting.
func testElsewhere(t *testing.T, b *browser) {
	h := newHall(t)
	h.forward = true
	p := b.tab(t, onPhone)
	p.open(h.site.url.String())
	p.find("heading", "Chưa có cuộc bỏ phiếu nào")
	if len(p.things("button")) > 0 {
		t.Errorf("offered from elsewhere: %s", p.outline())
	}
	holdsUp("first page from elsewhere", p)
	for _, r := range h.requests() {
		if r.method != http.MethodGet {
			t.Errorf("request %s %s", r.method, r.path)
		}
	}
}
