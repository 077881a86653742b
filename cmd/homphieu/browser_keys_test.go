package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// testKeys votes with a keyboard alone, on a telephone's and on a laptop's screen.
func testKeys(t *testing.T, b *browser) {
	for name, s := range map[string]screen{"phone": onPhone, "laptop": onLaptop} {
		t.Run(name, func(t *testing.T) {
			q := newHall(t).poll(pollDraft{people: 4, slips: 1})
			p := b.tab(t, s)
			p.open(q.link(0))
			p.focusOn("heading", meetingName)
			p.tabTo("Bắt đầu")
			p.key(kb.Enter)

			p.focusOn("heading", "1/4 "+nameOf(0))
			p.tabTo(levels[high])
			p.key(" ")
			p.key(kb.ArrowDown)
			p.focusOn("radio", levels[confidence])
			p.tabTo("Tiếp")
			p.key(kb.Enter)

			p.focusOn("heading", "2/4 "+nameOf(1))
			p.tabTo(levels[high])
			p.key(kb.ArrowUp) // around the corner
			p.focusOn("radio", levels[low])
			p.tabTo("Tiếp")
			p.key(" ")

			p.focusOn("heading", "3/4 "+nameOf(2))
			p.tabTo(levels[high])
			p.key(" ")
			p.tabTo("Bỏ đánh dấu…")
			p.key(kb.Enter)
			p.await("no mark", func() bool { return !p.isMarked() })
			p.tabTo("Tiếp")
			p.key(kb.Enter)

			p.focusOn("heading", "4/4 "+nameOf(3))
			p.tabTo("Quay lại")
			p.key(kb.Enter)
			p.focusOn("heading", "3/4 "+nameOf(2))
			p.tabTo("Tiếp")
			p.key(kb.Enter)
			p.focusOn("heading", "4/4 "+nameOf(3))
			p.tabTo("Xem lại phiếu")
			p.key(kb.Enter)

			p.focusOn("heading", "Xem lại phiếu")
			p.tabTo("Hiện mức đã chọn")
			p.key(" ")
			p.says("1. " + nameOf(0) + " Tín nhiệm Sửa 2. " + nameOf(1) + " Tín nhiệm thấp Sửa 3. " + nameOf(2) + " Để trống")
			p.key(" ")
			p.says("1. " + nameOf(0) + " Đã đánh dấu")
			p.tabTo("Sửa: " + nameOf(3))
			p.key(kb.Enter)
			p.focusOn("heading", "4/4 "+nameOf(3))
			p.tabTo("Về trang xem lại")
			p.key(kb.Enter)
			p.focusOn("heading", "Xem lại phiếu")
			p.tabTo("Che màn hình")
			p.key(kb.Enter)
			p.focusOn("button", "Màn hình đang được che…")
			p.key(kb.Enter)
			p.focusOn("button", "Che màn hình")
			p.tabTo("Bỏ phiếu")
			p.key(kb.Enter)

			p.focusOn("heading", "Phiếu đã được ghi nhận")
			p.tabTo("Tra cứu phiếu này")
			p.key(kb.Enter)
			p.find("heading", "Phiếu có trong hòm…")
		})
	}
}

// isMarked tells whether any level on the screen is marked.
func (p *tab) isMarked() bool {
	p.Helper()
	for _, one := range p.things("radio") {
		if one.states["checked"] == "true" {
			return true
		}
	}
	return false
}

// focusOn waits until a thing has the focus.
func (p *tab) focusOn(role, name string) {
	p.Helper()
	p.await("focus on "+role+" "+name, func() bool {
		list, _ := p.query(role)
		list = named(list, name)
		return len(list) == 1 && list[0].states["focused"] == "true"
	})
}

// tabTo presses the tabulator until a thing has the focus; at every stop on the
// way the focus must be seen.
func (p *tab) tabTo(name string) {
	p.Helper()
	var way []string
	for range 20 {
		p.key(kb.Tab)
		one, ok := p.focused()
		way = append(way, one.name)
		if !ok {
			continue // the browser's own bar, or the top of the page
		}
		p.seeFocus(one)
		if len(named([]thing{one}, name)) > 0 {
			return
		}
	}
	p.Fatalf("the tabulator never comes to %q, but to %s", name, strings.Join(way, ", "))
}

// focused returns what has the focus.
func (p *tab) focused() (thing, bool) {
	p.Helper()
	for _, role := range []string{"button", "radio", "link", "textbox", "heading", "region"} {
		for _, one := range p.things(role) {
			if one.states["focused"] == "true" {
				return one, true
			}
		}
	}
	return thing{}, false
}

// seeFocus fails if the screen looks the same without the focus.
func (p *tab) seeFocus(one thing) {
	p.Helper()
	with := p.pixels()
	on[bool](p, one, `function () { this.blur(); return true; }`)
	without := p.pixels()
	on[bool](p, one, `function () { this.focus({ preventScroll: true }); return true; }`)
	if n := differing(with, without); n < 200 {
		p.Errorf("the focus on %s %q cannot be seen: %d pixels differ", one.role, one.name, n)
	}
}

// pixels is what the screen shows.
func (p *tab) pixels() image.Image {
	p.Helper()
	content, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.Fatalf("browser: %v", err)
	}
	picture, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		p.Fatal(err)
	}
	return picture
}

func differing(a, b image.Image) (n int) {
	box := a.Bounds().Intersect(b.Bounds())
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			if a, b := color.GrayModel.Convert(a.At(x, y)).(color.Gray).Y, color.GrayModel.Convert(b.At(x, y)).(color.Gray).Y; max(a, b)-min(a, b) > 0x40 {
				n++
			}
		}
	}
	return n
}
