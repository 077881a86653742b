package main

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
)

// refuses waits until the page says some words, the first sentence as its
// heading, and fails if it offers any way to mark or cast.
func (p *tab) refuses(words string) {
	p.Helper()
	first, rest, _ := strings.Cut(strings.TrimSuffix(words, "."), ". ")
	p.find("heading", first)
	p.says(rest)
	for _, name := range []string{"Bắt đầu", "Tiếp", "Tiếp tục", "Xem lại phiếu", "Bỏ phiếu"} {
		if p.has("button", name) {
			p.Errorf("%s: the page has a button %s", first, name)
		}
	}
	if len(p.things("radio")) > 0 {
		p.Errorf("%s: the page lets the voter mark", first)
	}
}

// wrongLetter returns the link of a slip with one letter of its code changed.
func (q *poll) wrongLetter(slip int) (link, code string) {
	code = q.slips[slip].Code()
	last := "A"
	if strings.HasSuffix(code, last) {
		last = "B"
	}
	code = code[:len(code)-1] + last
	return strings.Replace(q.link(slip), q.slips[slip].Code(), code, 1), code
}

// testRefused tries slips with which nothing can be done.
func testRefused(t *testing.T, b *browser) {
	h := newHall(t)
	q, other := h.poll(pollDraft{people: 2, slips: 3}), h.poll(pollDraft{people: 2, slips: 1})
	unknown, _ := q.wrongLetter(0)
	e, foreign := q.box.Election(), other.box.Election()
	key := q.slips[1].Public(e.UUID).Key()
	if err := q.box.Void(t.Context(), ballot.CredentialKey(key)); err != nil {
		t.Fatal(err)
	}
	closed := h.poll(pollDraft{people: 2, slips: 1})
	closed.close()
	const wrongPoll = "Tờ phiếu này không thuộc cuộc bỏ phiếu đang mở."
	for _, test := range []struct{ name, link, words string }{
		{"unknown", unknown, "Không nhận ra mã phiếu."},
		{"voided", q.link(1), "Tờ phiếu này đã bị hủy. Đề nghị đồng chí gặp Ban kiểm phiếu."},
		{"fingerprint of another poll", strings.Replace(q.link(0), e.Fingerprint().Link(), foreign.Fingerprint().Link(), 1), wrongPoll},
		{"slip of another poll", strings.Replace(other.link(0), string(foreign.UUID), string(e.UUID), 1), wrongPoll},
		{"no such poll", strings.Replace(q.link(0), string(e.UUID), string(ballot.NewUUID()), 1), wrongPoll},
		{"closed", closed.link(0), "Cuộc bỏ phiếu đã kết thúc."},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := b.tab(t, onPhone)
			p.open(test.link)
			p.refuses(test.words)
			q.noTrace(p, 0)
			q.keptQuiet(p)
			if got := p.kept(); got != atRest {
				t.Errorf("the page keeps something: %s", got)
			}
		})
	}
	if n := len(q.posts()); n != 0 {
		t.Errorf("%d ballots were sent", n)
	}
}

// testUnknownTyped types a code with one wrong letter, then the right one.
func testUnknownTyped(t *testing.T, b *browser) {
	q := newHall(t).poll(pollDraft{people: 1, slips: 1})
	_, code := q.wrongLetter(0)
	p := b.tab(t, onPhone)
	p.open(strings.TrimSuffix(q.link(0), "#"+q.slips[0].Code()+"."+q.box.Election().Fingerprint().Link()))
	p.enterCode(code)
	p.refuses("Không nhận ra mã phiếu. Kiểm tra lại từng chữ, phân biệt chữ hoa và chữ thường.")
	p.button("Gõ lại mã")
	field := p.find("textbox", "Mã phiếu…")
	if got := on[string](p, field, `function () { return this.value; }`); strings.ReplaceAll(got, "-", "") != strings.ReplaceAll(code, "-", "") {
		t.Error("the typed code is lost")
	}
}

// testNotOpen waits before a poll that opens while the page is there.
func testNotOpen(t *testing.T, b *browser) {
	for name, act := range map[string]func(*tab){
		"by itself": func(*tab) {},
		"when asked": func(p *tab) {
			p.button("Kiểm tra ngay")
		},
	} {
		t.Run(name, func(t *testing.T) {
			q := newHall(t).poll(pollDraft{people: 1, slips: 1, sealed: true})
			p := b.tab(t, onPhone)
			p.open(q.link(0))
			p.refuses("Chưa đến giờ bỏ phiếu.")
			if err := q.box.Open(t.Context()); err != nil {
				t.Fatal(err)
			}
			act(p)
			p.toReview(confidence)
			p.button("Bỏ phiếu")
			p.find("heading", "Phiếu đã được ghi nhận")
			if status, err := q.box.Status(t.Context()); err != nil || status.State != box.Open || status.Accepted != 1 {
				t.Errorf("status %+v, %v", status, err)
			}
		})
	}
}

// testClosedMeanwhile casts a ballot that comes after the poll has closed.
func testClosedMeanwhile(t *testing.T, b *browser) {
	q := newHall(t).poll(pollDraft{people: 1, slips: 1})
	p := b.tab(t, onPhone)
	p.open(q.link(0))
	p.toReview(high)
	q.close()
	p.button("Bỏ phiếu")
	p.refuses("Cuộc bỏ phiếu đã kết thúc.")
	p.says("không được ghi nhận")
	if p.kept() == "" || p.shows("đã được ghi nhận") {
		t.Errorf("the page says that a late ballot is recorded: %s", p.text())
	}
}

// testNoScript opens a slip in a browser that runs no scripts.
func testNoScript(t *testing.T, b *browser) {
	q := newHall(t).poll(pollDraft{people: 1, slips: 1})
	p := b.tab(t, onPhone)
	call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	p.open(q.link(0))
	p.says("JavaScript")
	p.says("gặp Ban kiểm phiếu")
	p.says("see the counting board")
	if len(p.things("radio"))+len(p.things("button")) > 0 {
		t.Errorf("the page offers what it cannot do: %s", p.outline())
	}
	for _, r := range p.seen.sent() {
		if strings.Contains(r.URL, "/api/") {
			t.Errorf("a request for %s", r.URL)
		}
	}
}
