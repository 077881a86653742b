package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
)

// TestBrowserLongResult shows a result of thirty persons, and one of two, in a
// hall: all of them, one screen after another, each block below its heading, and
// without scrolling.
func TestBrowserLongResult(t *testing.T) {
	h := newHall(t)
	path := "/projector/" + string(ballot.NewUUID())
	h.answerInstead(path, answer{"text/html; charset=utf-8", resultPage(30, 2)})
	p := startBrowser(t).tab(t, onLaptop)
	p.open(h.site.url.JoinPath(path).String())
	p.find("button", "Trang sau…")
	p.accessible("a long result")
	p.fits("a long result")
	var shown []string
	for range 20 {
		rows := eval[[]string](p, `[...document.querySelectorAll("tbody th[scope=row]")].filter((e) => e.checkVisibility()).map((e) => e.firstChild.data)`)
		if len(shown) > 0 && rows[0] == shown[0] {
			break
		}
		shown = append(shown, rows...)
		headed := eval[bool](p, `[...document.querySelectorAll("tbody")].every((block) => block.querySelector(".block").checkVisibility()
			=== [...block.querySelectorAll("[scope=row]")].some((e) => e.checkVisibility()))`)
		if !headed {
			t.Errorf("%q: a block has no heading, or a heading no block", rows)
		}
		if over := eval[int](p, `document.documentElement.scrollHeight - innerHeight`); over > 0 || len(rows) == 0 {
			t.Errorf("%q are %d px too long", rows, over)
		}
		p.button("Trang sau…")
	}
	if len(shown) != 32 || shown[0] != "1.1" || shown[29] != "1.30" || shown[31] != "2.2" {
		t.Errorf("shown one after another: %q", shown)
	}
	p.find("button", "Tự chuyển trang…") // who turns a page keeps it
	h.answerInstead(path, answer{"text/html; charset=utf-8", resultPage(3)})
	p.open(h.site.url.JoinPath(path).String())
	p.says("1.3")
	if p.has("button", "Trang sau…") {
		t.Error("pages to turn where all fits")
	}
}

// resultPage is a projector's page with results of so many persons each.
func resultPage(papers ...int) string {
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Màn hình chiếu</title><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/assets/style.css"><script src="/assets/staff.js" defer></script></head><body class="projector" data-projector>
<header class="projector-head"><p class="projector-title">Hội nghị lấy phiếu tín nhiệm</p></header><main id="work"><h1>Kết quả</h1>`)
	for i, n := range papers {
		fmt.Fprintf(&b, `<section data-result><h2>Phiếu số %d</h2><div class="table-scroll"><table class="table table-people"><thead><tr><th>TT</th><th>Họ và tên</th></tr></thead><tbody>`, i+1)
		b.WriteString(`<tr class="block"><th colspan="2">Khối chính quyền</th></tr>`)
		for j := range n {
			if j == 5 {
				b.WriteString(`</tbody><tbody><tr class="block"><th colspan="2">Khối Đảng</th></tr>`)
			}
			fmt.Fprintf(&b, `<tr><td class="num">%d</td><th scope="row">%d.%d<br><span class="hint">Phó Chủ tịch Ủy ban nhân dân tỉnh</span></th></tr>`, j+1, i+1, j+1)
		}
		b.WriteString(`</tbody></table></div></section>`)
	}
	b.WriteString(`</main></body></html>`)
	return b.String()
}
