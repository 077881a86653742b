package main

import (
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
)

// walk leads through every state that a voter's page can be in, and lets visit
// look around in each. Visit leaves the page as it was.
func walk(t *testing.T, b *browser, o pollDraft, visit func(state string, p *tab)) {
	t.Helper()
	h := newHall(t)
	o.slips = 6
	w := &walker{hall: h, browser: b, t: t, draft: o, poll: h.poll(o), visit: visit}
	w.marking()
	w.casting()
	w.refusals()
	w.waiting()
}

// A walker goes through the states.
type walker struct {
	*hall
	browser *browser
	t       *testing.T
	draft   pollDraft
	poll    *poll
	visit   func(state string, p *tab)
}

func (w *walker) open(link string) *tab {
	p := w.browser.tab(w.t, onPhone)
	p.open(link)
	return p
}

// marking goes from the first page to the recorded ballot of slip 0.
func (w *walker) marking() {
	p := w.open(w.poll.link(0))
	p.find("button", "Bắt đầu")
	w.visit("start", p)
	p.button("Bắt đầu")
	p.find("heading", "1/3 "+nameOf(0))
	w.visit("person unmarked", p)
	p.choose(confidence)
	w.visit("person", p)
	p.button("Che màn hình")
	p.find("button", "Màn hình đang được che…")
	w.visit("covered", p)
	p.button("Màn hình đang được che…")
	p.button("Xem cả danh sách")
	p.find("heading", "Danh sách")
	w.visit("list", p)
	p.button("Xem lại phiếu")
	p.find("heading", "Xem lại phiếu")
	w.visit("review", p)
	p.button("Sửa: " + nameOf(2))
	p.find("heading", "3/3 "+nameOf(2))
	w.visit("person changed", p)
	p.choose(low)
	p.open(w.poll.link(1))
	p.find("heading", "Vừa quét một tờ phiếu khác")
	w.visit("another slip", p)
	p.button("Tiếp tục phiếu đang đánh dấu")
	p.button("Về trang xem lại")
	p.find("heading", "Xem lại phiếu")
	p.button("Bỏ phiếu")
	p.find("heading", "Phiếu đã được ghi nhận")
	w.visit("recorded", p)
}

// casting stops while a long ballot is encrypted, and while one is sent.
func (w *walker) casting() {
	long := w.hall.poll(pollDraft{people: 150, slips: 1, ruleSet: w.draft.ruleSet})
	p := w.open(long.link(0))
	p.button("Bắt đầu")
	p.button("Xem cả danh sách")
	p.button("Xem lại phiếu")
	p.button("Bỏ phiếu")
	p.says("Đang mã hóa")
	w.visit("encrypting", p)
	p.leave()

	release := w.holdBallots()
	defer release()
	p = w.open(w.poll.link(1))
	p.toReview(high, blank, low)
	p.button("Bỏ phiếu")
	p.says("Đang gửi phiếu")
	if p.shows("chưa gửi") {
		w.t.Errorf("a ballot on its way is said to wait: %s", p.text())
	}
	w.visit("sending", p)
	release()
	p.find("heading", "Phiếu đã được ghi nhận")
}

// refusals goes through the pages that stop the voter.
func (w *walker) refusals() {
	q, e := w.poll, w.poll.box.Election()
	if err := q.box.Void(w.t.Context(), ballot.CredentialKey(q.slips[2].Public(e.UUID).Key())); err != nil {
		w.t.Fatal(err)
	}
	unknown, code := q.wrongLetter(3)
	closed := w.hall.poll(w.draft)
	closed.close()
	sealed := w.draft
	sealed.sealed = true
	for _, s := range []struct{ state, link, heading string }{
		{"used", q.link(0), "Tờ phiếu này đã được dùng"},
		{"voided", q.link(2), "Tờ phiếu này đã bị hủy"},
		{"unknown", unknown, "Không nhận ra mã phiếu"},
		{"wrong poll", strings.Replace(q.link(3), e.Fingerprint().Link(), closed.box.Election().Fingerprint().Link(), 1), "Tờ phiếu này không thuộc…"},
		{"closed", closed.link(0), "Cuộc bỏ phiếu đã kết thúc"},
		{"not open", w.hall.poll(sealed).link(0), "Chưa đến giờ bỏ phiếu"},
	} {
		p := w.open(s.link)
		p.find("heading", s.heading)
		w.visit(s.state, p)
		p.leave()
	}
	p := w.open(strings.Split(q.link(3), "#")[0])
	p.says("Quét lại mã")
	w.visit("code", p)
	p.typeCode(code[:7] + "0")
	p.button("Dùng mã này")
	p.says("Mã phiếu không có: 0.")
	w.visit("code wrong", p)
	p = w.open(strings.Split(q.link(3), "#")[0])
	p.typeCode(code)
	p.button("Dùng mã này")
	p.find("button", "Giống hệt")
	w.visit("compare", p)
	p.button("Giống hệt")
	p.find("heading", "Không nhận ra mã phiếu")
	w.visit("unknown typed", p)
}

// waiting goes through the pages without a network.
func (w *walker) waiting() {
	p := w.open(w.poll.link(3))
	p.toReview(high, high, high)
	w.poll.network(p, false)
	p.button("Bỏ phiếu")
	p.find("heading", "Chưa gửi được phiếu")
	w.visit("not sent", p)
	p.open(w.poll.link(4))
	p.says("Còn 1 phiếu chưa gửi trên máy này")
	p.find("heading", "Chưa tải được cuộc họp")
	w.visit("not loaded", p)
	w.poll.network(p, true)
	p.find("button", "Bắt đầu")
	p.says("1 phiếu chờ trên máy này đã được ghi nhận")
	w.visit("sent meanwhile", p)
}
