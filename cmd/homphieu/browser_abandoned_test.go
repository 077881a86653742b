package main

import (
	"strings"
	"testing"
)

// TestBrowserAbandoned waits for a poll to open that never will: the page says
// so, to who waits, to who comes with a slip, and to who comes without.
func TestBrowserAbandoned(t *testing.T) {
	b, h := startBrowser(t), newHall(t)
	q := h.poll(pollDraft{people: 3, slips: 2, sealed: true})
	waiting := b.tab(t, onPhone)
	waiting.open(q.link(0))
	waiting.find("heading", "Chưa đến giờ bỏ phiếu")
	h.answerInstead("/api/v1/elections/"+string(q.box.Election().UUID)+"/status",
		answer{"application/json", `{"state":"sealed","abandoned":true,"accepted":0,"form":"party","trial":false,"published":false}`})
	waiting.button("Kiểm tra ngay")
	late, without := b.tab(t, onPhone), b.tab(t, onPhone)
	late.open(q.link(1))
	without.open(strings.Split(q.link(1), "#")[0])
	for _, p := range []*tab{waiting, late, without} {
		p.find("heading", "Cuộc bỏ phiếu này đã bị hủy")
		p.says("đồng chí sẽ nhận tờ phiếu mới")
		if p.has("button", "Kiểm tra ngay") {
			t.Errorf("it offers to look again: %s", p.text())
		}
	}
}
