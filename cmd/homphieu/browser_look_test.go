package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

var pictures = flag.String("pictures", "", "folder for a picture of every page, state and screen of the browser tests, to look at")

// looks are the screens and settings on which every page must hold.
var looks = []struct {
	name   string
	screen screen
	dark   bool
	text   int64 // size of the browser's standard text, usually 16
}{
	{"phone", onPhone, false, 16},
	{"dark", onPhone, true, 16},
	{"320", onNarrow, false, 16},
	{"text-200", onPhone, false, 32},
	{"laptop", onLaptop, false, 16},
}

// holdsUp looks at a page on every screen: axe finds nothing, nothing scrolls
// sideways or is cut off, and what is to be touched is large enough.
func holdsUp(state string, p *tab) {
	p.Helper()
	for _, look := range looks {
		p.look(look.screen, look.dark, look.text)
		where := state + ", " + look.name
		if look.name == "phone" || look.dark {
			p.accessible(where)
		}
		p.fits(where)
		if *pictures != "" {
			p.picture(filepath.Join(*pictures, strings.ReplaceAll(state+"-"+look.name, " ", "-")+".png"))
		}
	}
	p.look(onPhone, false, 16)
}

// look shows the page on another screen, and waits until nothing moves.
func (p *tab) look(s screen, dark bool, text int64) {
	p.Helper()
	p.show(s)
	p.dark(dark)
	p.textSize(text)
	eval[int](p, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
		.then(() => Promise.all(document.getAnimations().map((a) => a.finished.catch(() => 0)))).then(() => 0)`)
}

// textSize sets the standard text size of the browser.
func (p *tab) textSize(px int64) {
	p.Helper()
	call(p, page.SetFontSizes, page.SetFontSizesParams{FontSizes: &page.FontSizes{Standard: px, Fixed: px * 13 / 16}})
	p.await("the text size", func() bool {
		return eval[bool](p, fmt.Sprintf(`(() => {
			const probe = document.createElement("span");
			probe.style.fontSize = "medium";
			document.documentElement.append(probe);
			const now = getComputedStyle(probe).fontSize;
			probe.remove();
			return now === "%dpx";
		})()`, px))
	})
}

// axe is the source of axe-core.
var axe = sync.OnceValues(func() (string, error) {
	source, err := os.ReadFile("../../web/node_modules/axe-core/axe.min.js")
	return string(source), err
})

// accessible fails on everything that axe-core finds, with contrast of 7 : 1.
func (p *tab) accessible(where string) {
	p.Helper()
	source, err := axe()
	if err != nil {
		p.Fatalf("axe-core is missing: run .ci/setup: %v", err)
	}
	if !eval[bool](p, `typeof axe === "object"`) {
		p.do(chromedp.Evaluate[chromedp.Void](source))
	}
	found := eval[[]string](p, `axe.run(document, { resultTypes: ["violations"], rules: { "color-contrast-enhanced": { enabled: true } } }).then(({ violations }) =>
		violations.flatMap((v) => v.nodes.map((n) => v.id + " (" + v.impact + "): " + n.html.slice(0, 200) + " " + n.failureSummary)))`)
	for _, one := range found {
		p.Errorf("%s: axe: %s", where, one)
	}
}

// tooTight is a script that returns what does not fit the screen.
const tooTight = `((width) => {
	const faults = [];
	const name = (e) => e.tagName.toLowerCase() + " “" + (e.textContent || e.value || "").trim().slice(0, 40) + "”";
	const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
	const over = document.documentElement.scrollWidth - width;
	if (over > 0) faults.push("scrolls sideways by " + over + " px");
	for (const e of document.querySelectorAll("body *")) {
		if (!seen(e) || e.closest(".visually-hidden, [tabindex='0'][role=region]")) continue;
		const style = getComputedStyle(e), box = e.getBoundingClientRect();
		if (e.childNodes.length && /hidden|clip/.test(style.overflowX) && e.scrollWidth > e.clientWidth + 1) faults.push("cut off: " + name(e));
		if (box.width > 1 && box.height > 1 && (box.right > width + 1 || box.left < -1)) faults.push("beyond the edge: " + name(e));
	}
	const targets = [...document.querySelectorAll("button, a[href], input, select, textarea")].filter(seen).filter((e) => !e.closest(".visually-hidden"))
		.map((e) => e.type === "radio" ? e.closest("label") : e)
		.filter((e) => e.tagName !== "A" || getComputedStyle(e).display !== "inline"); // links in running text
	const boxes = targets.map((e) => e.getBoundingClientRect());
	boxes.forEach((a, i) => {
		if (a.height < 47.9 || a.width < 47.9) faults.push("small: " + name(targets[i]) + " " + Math.round(a.width) + "×" + Math.round(a.height));
		boxes.forEach((b, j) => {
			if (j <= i || targets[i].contains(targets[j]) || targets[j].contains(targets[i])) return;
			const dx = Math.max(a.left - b.right, b.left - a.right), dy = Math.max(a.top - b.bottom, b.top - a.bottom);
			if (Math.max(dx, dy) < 7.9) faults.push("too close: " + name(targets[i]) + " and " + name(targets[j]));
		});
	});
	return faults;
})`

// fits fails on what is cut off, too wide, too small to touch or too close.
func (p *tab) fits(where string) {
	p.Helper()
	for _, fault := range eval[[]string](p, fmt.Sprintf("%s(%d)", tooTight, p.screen.width)) {
		p.Errorf("%s: %s", where, fault)
	}
}

// testEqual compares the three levels before any is chosen: nothing but their
// words may differ.
func testEqual(t *testing.T, b *browser) {
	q := newHall(t).poll(pollDraft{people: 2, slips: 1})
	p := b.tab(t, onPhone)
	p.open(q.link(0))
	p.button("Bắt đầu")
	for _, look := range looks {
		p.look(look.screen, look.dark, look.text)
		var first string
		for i, name := range levels {
			face := on[string](p, p.find("radio", name), `function () {
				const parts = [this, this.closest("label"), ...this.closest("label").querySelectorAll("span, small")];
				return JSON.stringify(parts.map((e) => {
					const s = getComputedStyle(e), box = e.getBoundingClientRect();
					const lines = e.tagName === "SMALL" || e.lang; // may take two lines where letters are large
					return [e.tagName, box.left, ...(lines ? [] : [box.width, box.height]), s.color, s.backgroundColor, s.backgroundImage, s.fontFamily, s.fontSize, s.fontWeight,
						s.fontStyle, s.border, s.boxShadow, s.opacity, s.padding, s.textTransform, s.letterSpacing];
				}));
			}`)
			if i == 0 {
				first = face
			} else if face != first {
				t.Errorf("%s: %s looks different:\n%s\n%s", look.name, name, face, first)
			}
		}
	}
}

// testStates leads through every state of the voter's page, and looks at each.
func testStates(t *testing.T, b *browser) {
	walk(t, b, pollDraft{people: 3}, func(state string, p *tab) {
		saysForm(state, p, "đồng chí", "đại biểu")
		speaksEnglish(state, p)
		holdsUp(state, p)
	})
}

// testStateForm does it again in the form of the State, for its words.
func testStateForm(t *testing.T, b *browser) {
	addressed := 0
	walk(t, b, pollDraft{people: 3, ruleSet: "nq85_2014"}, func(state string, p *tab) {
		saysForm(state, p, "đại biểu", "đồng chí")
		addressed += strings.Count(strings.ToLower(p.text()), "đại biểu")
	})
	if addressed < 4 {
		t.Errorf("the page addresses the voter %d times", addressed)
	}
}
