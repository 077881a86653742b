package main

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/page"

	"github.com/homphieu/homphieu/ballot"
)

var screenshots = flag.String("screenshots", "", "folder for the pictures of README.md, usually ../../docs/images")

// TestScreenshots makes the pictures of README.md, when it is told where:
//
//	go test ./cmd/homphieu -run 'TestScreenshots|TestBrowserMeeting$' -screenshots ../../docs/images
//
// Those of officers' pages are made while TestBrowserMeeting plays a meeting.
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
	content = p.fewerColours(content)
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

// fewerColours keeps the 256 commonest colours of a picture: text and lines stay
// as they are, and the file takes less than half.
func (p *tab) fewerColours(content []byte) []byte {
	p.Helper()
	full, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		p.Fatal(err)
	}
	often, bounds := map[color.Color]int{}, full.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			often[full.At(x, y)]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(often), func(a, b color.Color) int { return often[b] - often[a] })
	few := image.NewPaletted(bounds, colours[:min(len(colours), 256)])
	draw.Draw(few, bounds, full, bounds.Min, draw.Src)
	var smaller bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&smaller, few); err != nil {
		p.Fatal(err)
	}
	return smaller.Bytes()
}
