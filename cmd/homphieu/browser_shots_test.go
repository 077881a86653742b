package main

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/page"

	"github.com/homphieu/homphieu/ballot"
)

var screenshots = flag.String("screenshots", "", "folder for the pictures of README.md, usually ../../docs/images")

// TestScreenshots makes the pictures of README.md, when it is told where:
//
//	go test ./cmd/homphieu -run TestScreenshots -screenshots ../../docs/images
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		return // nothing is tested here
	}
	b := startBrowser(t)
	h := newHall(t)
	q := h.poll(pollDraft{people: len(people), slips: 1})
	p := b.tab(t, onPhone)
	p.open(q.link(0))
	p.find("button", "Bắt đầu")
	p.shoot("start", 2)
	p.button("Bắt đầu")
	p.choose(confidence)
	eval[any](p, `document.activeElement.blur()`)
	p.shoot("person", 2)
	p = b.tab(t, onPhone)
	p.open(q.link(0))
	p.toReview(high, confidence, blank, high, high)
	p.shoot("review", 2)
	p.button("Bỏ phiếu")
	p.find("heading", "Phiếu đã được ghi nhận")
	p.shoot("recorded", 2)

	p = b.tab(t, onLaptop)
	p.open(serveEmpty(t))
	p.button("Tạo cuộc họp mẫu…")
	p.says("1. Phát phiếu")
	p.shoot("sample-meeting", 1)

	held := h.poll(pollDraft{people: len(people), slips: 60})
	for i, c := range held.slips[:57] {
		held.accept(c, []int{high, i % 2, (i % 7) / 3, min(i%5, low), i%9%4 - 1})
	}
	held.close()
	held.count()
	p.open(held.boardPage())
	p.find("heading", "Kết quả…")
	eval[any](p, `scrollTo(0, document.querySelector("h2").getBoundingClientRect().top - 24)`)
	p.shoot("result", 1)
}

// accept puts a ballot into the box without a browser.
func (q *poll) accept(c ballot.Credential, marks []int) {
	q.Helper()
	e := q.box.Election()
	choices := make([][]int, len(marks))
	for i, level := range marks {
		choices[i] = e.Questions[i].Mark(level)
	}
	b, err := ballot.Seal(e, c, choices)
	if err == nil {
		err = q.box.Accept(q.Context(), b)
	}
	if err != nil {
		q.Fatal(err)
	}
}

// shoot makes a picture for README.md.
func (p *tab) shoot(name string, scale float64) {
	p.Helper()
	eval[any](p, `document.activeElement.blur()`)
	p.look(p.screen, false, 16)
	top := eval[float64](p, `scrollY`)
	content := call(p, page.CaptureScreenshot, page.CaptureScreenshotParams{
		Clip: &page.Viewport{Y: top, Width: float64(p.screen.width), Height: float64(p.screen.height), Scale: scale},
	}).Data
	if len(content) > 150_000 {
		p.Errorf("%s: %d bytes", name, len(content))
	}
	err := os.MkdirAll(*screenshots, 0o755)
	if err == nil {
		err = os.WriteFile(filepath.Join(*screenshots, name+".png"), content, 0o644)
	}
	if err != nil {
		p.Fatal(err)
	}
}
