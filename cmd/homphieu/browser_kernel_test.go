package main

import (
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// TestBrowserKernel: only pages that verify may compile WebAssembly. The voter's
// page may not, nor may anything that got into it.
func TestBrowserKernel(t *testing.T) {
	b := startBrowser(t)
	q := newHall(t).poll(pollDraft{people: 1, slips: 1})
	for page, want := range map[string]string{
		q.checkPage(): "compiled",
		q.link(0):     "CompileError",
		q.site.url.JoinPath("board", string(q.box.Election().UUID)).String(): "CompileError",
		q.site.url.JoinPath("staff/login").String():                          "CompileError",
	} {
		p := b.tab(t, onLaptop)
		p.open(page)
		if got := p.compile(); got != want {
			t.Errorf("%s: %s, want %s", page, got, want)
		}
	}
}

// compile lets the page compile an empty WebAssembly module, and tells what
// became of it.
func (p *tab) compile() string {
	p.Helper()
	const source = `WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(() => "compiled", (error) => error.name)`
	asPage := func(e *runtime.EvaluateParams) { e.AllowUnsafeEvalBlockedByCSP = new(bool) }
	result, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](source, chromedp.EvalAwaitPromise, asPage))
	if err != nil {
		p.Fatal(err)
	}
	return result
}
