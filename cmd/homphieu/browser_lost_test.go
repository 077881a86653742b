package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// reload loads the tab again, which may fail while the network is missing.
func (p *tab) reload() {
	p.Helper()
	call(p, page.Reload, page.ReloadParams{})
}

// notSent waits for the amber page, and fails if anything on it could be
// mistaken for the green one.
func (p *tab) notSent() {
	p.Helper()
	p.find("heading", "Chưa gửi được phiếu")
	p.says("Giữ trang này mở; phiếu sẽ tự gửi lại khi có mạng.")
	for _, word := range []string{"ghi nhận", "thành công", "có thể đóng", "Mã tra cứu"} {
		if p.shows(word) {
			p.Errorf("the page sounds as if the ballot were recorded: %s", p.text())
		}
	}
}

// onlySealed fails unless local storage holds the bytes of a sealed ballot and
// nothing else.
func (q *poll) onlySealed(p *tab, slip int) string {
	p.Helper()
	q.noTrace(p, slip)
	stored := eval[[]string](p, `Object.values(localStorage)`)
	if len(stored) != 1 || !strings.HasPrefix(stored[0], `{"election_uuid":"`) || !strings.Contains(stored[0], q.slips[slip].Public(q.box.Election().UUID).String()) {
		p.Fatalf("local storage holds %q, want one sealed ballot", stored)
	}
	for _, word := range []string{"marks", "level", "Tín nhiệm", q.slips[slip].Secret(q.box.Election().UUID).String()} {
		if strings.Contains(p.kept(), word) {
			p.Errorf("what is kept holds %q", word)
		}
	}
	return stored[0]
}

// testLost casts without a network. The sealed ballot waits on the phone and
// goes out as it is, however the voter comes back.
func testLost(t *testing.T, b *browser) {
	const recorded = "Phiếu đã được ghi nhận"
	// Without the code, either the page follows the ballot to its end, or the
	// ballot was faster than the page and is told above what the page shows.
	const sent = "đã được ghi nhận"
	for _, test := range []struct {
		name string
		back func(q *poll, p *tab) *tab // returns where the voter looks
		says string
	}{
		{"network back", func(q *poll, p *tab) *tab {
			q.network(p, true)
			return p
		}, recorded},
		{"asked again", func(q *poll, p *tab) *tab {
			p.button("Thử lại ngay")
			p.says("Vẫn chưa gửi được.")
			q.network(p, true)
			return p
		}, recorded},
		{"reloaded", func(q *poll, p *tab) *tab {
			p.reload()
			p.await("the browser's own error page", func() bool { return strings.Contains(p.html(), "ERR_INTERNET_DISCONNECTED") })
			q.network(p, true)
			p.reload()
			return p
		}, sent},
		{"opened without the code", func(q *poll, p *tab) *tab {
			fresh := p.another()
			p.leave()
			q.network(fresh, true)
			link, _, _ := strings.Cut(q.link(0), "#")
			fresh.open(link)
			return fresh
		}, sent},
		{"scanned again", func(q *poll, p *tab) *tab {
			fresh := p.another()
			p.leave()
			q.network(fresh, true)
			fresh.open(q.link(0))
			return fresh
		}, recorded},
		{"scanned again without network", func(q *poll, p *tab) *tab {
			p.open(q.link(0)) // the page is still there
			p.says("Còn 1 phiếu chưa gửi trên máy này")
			q.network(p, true)
			return p
		}, recorded},
	} {
		t.Run(test.name, func(t *testing.T) {
			q := newHall(t).poll(pollDraft{people: 2, slips: 1})
			p := b.tab(t, onPhone)
			p.open(q.link(0))
			p.toReview(high, low)
			q.network(p, false)
			p.button("Bỏ phiếu")
			p.notSent()
			kept := q.onlySealed(p, 0)
			if n := len(q.posts()); n != 0 {
				t.Fatalf("%d ballots arrived without a network", n)
			}
			now := test.back(q, p)
			now.says(test.says)
			if now.shows("chưa gửi") {
				t.Errorf("the page says both: %s", now.text())
			}
			q.arrived(now, kept)
			q.keptQuiet(now)
			q.noTrace(now, 0)
		})
	}
}

// network is there or not, for a tab and for the server.
func (q *poll) network(p *tab, there bool) {
	p.Helper()
	q.unplug(!there)
	p.offline(!there)
}

// leave closes a tab, as its voter would.
func (p *tab) leave() {
	p.Helper()
	closed, err := chromedp.Detached(p.ctx)
	if err != nil {
		p.Fatalf("browser: %v", err)
	}
	call(p, page.Close, struct{}{})
	select {
	case <-closed:
	case <-time.After(patience):
		p.Fatal("browser: the tab does not close")
	}
}

// html is the page as it stands.
func (p *tab) html() string {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	html, err := chromedp.Run(ctx, chromedp.Evaluate[string]("document.documentElement.outerHTML"))
	if err != nil {
		return "" // between two pages
	}
	return html
}

// arrived fails unless the kept ballot, byte for byte, is in the box, and no
// longer on the phone.
func (q *poll) arrived(p *tab, kept string) {
	p.Helper()
	posts := q.posts()
	if len(posts) == 0 {
		p.Fatal("no ballot arrived")
	}
	for _, r := range posts {
		if !bytes.Equal(r.body, []byte(kept)) {
			p.Errorf("other bytes were sent than were kept: %x, %x", sha256.Sum256(r.body), sha256.Sum256([]byte(kept)))
		}
	}
	if _, err := q.box.Lookup(p.Context(), sha256.Sum256([]byte(kept))); err != nil {
		p.Errorf("the kept ballot is not in the box: %v", err)
	}
	p.await("empty storage", func() bool { return sameButState(p.kept()) })
}

// testAnswerLost casts to a server that takes the ballot, but whose answer
// never arrives.
func testAnswerLost(t *testing.T, b *browser) {
	q := newHall(t).poll(pollDraft{people: 2, slips: 1})
	p := b.tab(t, onPhone)
	p.open(q.link(0))
	p.toReview(confidence, blank)
	q.loseAnswers(true)
	p.button("Bỏ phiếu")
	p.notSent()
	kept := q.onlySealed(p, 0)
	if posts := q.posts(); len(posts) == 0 || posts[0].status != 201 {
		t.Fatalf("the server took nothing: %+v", posts)
	}
	q.loseAnswers(false)
	p.find("heading", "Phiếu đã được ghi nhận")
	q.arrived(p, kept)
	posts := q.posts()
	if last := posts[len(posts)-1]; last.status != 200 {
		t.Errorf("the same ballot again: status %d, want 200", last.status)
	}
	if status, err := q.box.Status(t.Context()); err != nil || status.Accepted != 1 {
		t.Errorf("status %+v, %v, want one ballot", status, err)
	}
}

// testReload loads the page again while the voter is marking: the code is gone,
// and the voter scans or types it.
func testReload(t *testing.T, b *browser) {
	q := newHall(t).poll(pollDraft{people: 1, slips: 1})
	p := b.tab(t, onPhone)
	p.open(q.link(0))
	p.button("Bắt đầu")
	p.find("heading", "1/1…")
	p.reload()
	p.says("Quét lại mã trên tờ phiếu để tiếp tục.")
	q.noTrace(p, 0)

	// As people type: other dashes, spaces, none where they should be.
	code := strings.ReplaceAll(q.slips[0].Code(), "-", "")
	p.typeCode(" " + code[:6] + " – " + code[6:11] + "—" + code[11:15] + "  " + code[15:])
	p.button("Dùng mã này")
	digits := q.box.Election().Fingerprint().Digits()
	p.await("24 digits", func() bool {
		return strings.Contains(strings.ReplaceAll(p.text(), " ", ""), strings.ReplaceAll(digits, " ", ""))
	})
	if n := len(strings.ReplaceAll(digits, " ", "")); n != 24 {
		t.Errorf("%d digits, want 24", n)
	}
	p.button("Giống hệt")
	p.toReview(high)
	p.button("Bỏ phiếu")
	p.find("heading", "Phiếu đã được ghi nhận")
	q.nothingLeft(p, 0)
	q.keptQuiet(p)
}

// typeCode touches the field for the code of a slip and types.
func (p *tab) typeCode(code string) {
	p.Helper()
	p.press(p.find("textbox", "Mã phiếu…"))
	p.key(code)
}

// enterCode types a code and says that the projector shows the same digits.
func (p *tab) enterCode(code string) {
	p.Helper()
	p.typeCode(code)
	p.button("Dùng mã này")
	p.button("Giống hệt")
}
