package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// testList marks all persons in one list, and goes back and forth between the
// ways of marking: marks stay.
func testList(t *testing.T, b *browser) {
	q := newHall(t).poll(pollDraft{people: 3, slips: 1})
	p := b.tab(t, onPhone)
	p.open(q.link(0))
	p.button("Bắt đầu")
	p.choose(low)
	p.button("Xem cả danh sách")
	p.find("heading", "Danh sách")
	for i := range 3 {
		p.find("heading", []string{"1/3 ", "2/3 ", "3/3 "}[i]+nameOf(i))
	}
	want := func(marks ...int) {
		t.Helper()
		p.await("marks in the list", func() bool { return slices.Equal(p.listMarks(), marks) })
	}
	want(low, blank, blank)
	p.says("Đã đánh dấu 1/3")
	p.press(p.things("radio")[2*3+confidence])
	want(low, blank, confidence)
	p.says("Đã đánh dấu 2/3")
	p.press(p.things("radio")[0*3+high])
	want(high, blank, confidence)
	p.button("Xem lại phiếu")
	p.find("heading", "Xem lại phiếu")
	p.button("Quay lại")
	p.find("heading", "Danh sách")
	want(high, blank, confidence)

	p.button("Xem từng người")
	p.find("heading", "1/3 "+nameOf(0))
	p.isChecked(high)
	p.button("Tiếp")
	p.find("heading", "2/3 "+nameOf(1))
	p.choose(low)
	p.button("Quay lại")
	p.find("heading", "1/3 "+nameOf(0))
	p.isChecked(high)
	p.button("Tiếp")
	p.find("heading", "2/3 "+nameOf(1))
	p.isChecked(low)
	// The browser's own way back.
	eval[any](p, `history.back()`)
	p.find("heading", "1/3 "+nameOf(0))
	p.isChecked(high)
}

// listMarks reads the marks of the list, person by person.
func (p *tab) listMarks() (marks []int) {
	p.Helper()
	for i, one := range p.things("radio") {
		if i%3 == 0 {
			marks = append(marks, blank)
		}
		if one.states["checked"] == "true" {
			marks[i/3] = i % 3
		}
	}
	return marks
}

func (p *tab) isChecked(level int) {
	p.Helper()
	p.await(levels[level]+" marked", func() bool { return p.find("radio", levels[level]).states["checked"] == "true" })
}

// testCover hides the screen from neighbours, wherever marks can be seen.
func testCover(t *testing.T, b *browser) {
	q := newHall(t).poll(pollDraft{people: 12, slips: 1})
	p := b.tab(t, onPhone)
	p.open(q.link(0))
	p.button("Bắt đầu")
	p.choose(low)
	covered := func(where string) {
		t.Helper()
		p.button("Che màn hình")
		p.find("button", "Màn hình đang được che…")
		if text := p.text(); strings.Contains(text, "nhiệm") || strings.Contains(text, nameOf(0)) || strings.Contains(text, meetingName) {
			t.Errorf("%s: under the cover can be seen: %s", where, text)
		}
		for _, role := range []string{"heading", "radio", "link", "textbox"} {
			if list := p.things(role); len(list) > 0 {
				t.Errorf("%s: under the cover can be heard: %+v", where, list)
			}
		}
		if n := len(p.things("button")); n != 1 {
			t.Errorf("%s: %d buttons on the cover, want one", where, n)
		}
		right, bottom := float64(p.screen.width)-3, float64(p.screen.height)-3
		for _, at := range []point{{2, 2}, {right, 2}, {2, bottom}, {right, bottom}} {
			if !p.coverAt(at) {
				t.Errorf("%s: the cover leaves the corner at %v free", where, at)
			}
		}
		p.button("Màn hình đang được che…")
		p.find("button", "Che màn hình")
	}
	covered("person")
	p.isChecked(low)
	p.button("Xem cả danh sách")
	p.find("heading", "Danh sách")
	covered("list")
	p.staysInView("Che màn hình")
	p.button("Xem lại phiếu")
	p.find("heading", "Xem lại phiếu")
	covered("review")
	p.staysInView("Che màn hình", "Hiện mức đã chọn")
}

// staysInView scrolls to the end of the page: buttons must still be there to
// be touched, and the bar takes one line.
func (p *tab) staysInView(names ...string) {
	p.Helper()
	for _, s := range []screen{onPhone, onNarrow} {
		p.look(s, false, 16)
		eval[any](p, `scrollTo(0, document.documentElement.scrollHeight)`)
		for _, name := range names {
			if !on[bool](p, p.find("button", name), `function () {
				const box = this.getBoundingClientRect(), hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
				return box.top >= 0 && box.bottom <= innerHeight && this.contains(hit);
			}`) {
				p.Errorf("%d px wide: %s is out of sight at the end of the page", s.width, name)
			}
		}
		if height := eval[float64](p, `document.querySelector("header").getBoundingClientRect().height`); height > 64 {
			p.Errorf("%d px wide: the bar is %g px high", s.width, height)
		}
	}
	p.look(onPhone, false, 16)
	eval[any](p, `scrollTo(0, 0)`)
}

// coverAt tells whether the cover is what lies at a place on the screen.
func (p *tab) coverAt(at point) bool {
	p.Helper()
	return on[bool](p, p.find("button", "Màn hình đang được che…"),
		fmt.Sprintf("function () { return document.elementFromPoint(%g, %g) === this; }", at.X, at.Y))
}

// foreignText is a script that returns, of all text that can be seen, what is
// not marked as being in the language in which it is written.
const foreignText = `(() => {
	const vietnamese = /[ăâđêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]/i;
	const english = /\b(the|you|your|ballot|person|persons|is|are|list|mark|marked|show|next|back|screen|slip|code|hide|change|review|cast|for|not)\b/i;
	const wrong = [];
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let node; (node = walker.nextNode()); ) {
		const element = node.parentElement, text = node.data.trim();
		if (!text || !element.checkVisibility({ visibilityProperty: true })) continue;
		const lang = element.closest("[lang]").lang;
		if (element.closest("[translate=no]")) continue;
		if (vietnamese.test(text) && lang !== "vi") wrong.push(lang + ": " + text);
		if (!vietnamese.test(text) && english.test(text) && lang !== "en") wrong.push(lang + ": " + text);
	}
	return wrong;
})()`

// speaksEnglish switches the language and back.
func speaksEnglish(state string, p *tab) {
	p.Helper()
	if !p.has("button", "English") {
		return // the cover
	}
	before := p.text()
	if wrong := eval[[]string](p, foreignText); len(wrong) > 0 {
		p.Errorf("%s: text in another language than it is said to be: %q", state, wrong)
	}
	p.button("English")
	p.find("button", "Tiếng Việt")
	if lang := eval[string](p, `document.documentElement.lang`); lang != "en" {
		p.Errorf("%s: language %q after switching to English", state, lang)
	}
	if wrong := eval[[]string](p, foreignText); len(wrong) > 0 {
		p.Errorf("%s: after switching to English: %q", state, wrong)
	}
	p.focusOn("button", "Tiếng Việt")
	p.button("Tiếng Việt")
	p.find("button", "English")
	if lang := eval[string](p, `document.documentElement.lang`); lang != "vi" {
		p.Errorf("%s: language %q after switching back", state, lang)
	}
	// Progress and the result of another try move on in between.
	before = strings.TrimSuffix(before, " Vẫn chưa gửi được.")
	if state != "encrypting" && p.text() != before {
		p.Errorf("%s: there and back again the page says\n%s\nbefore\n%s", state, p.text(), before)
	}
}

// saysForm fails if the voter is addressed as in the other form.
func saysForm(state string, p *tab, form, other string) {
	p.Helper()
	if text := strings.ToLower(p.text()); strings.Contains(text, other) {
		p.Errorf("%s: the page says %s instead of %s: %s", state, other, form, text)
	}
}
