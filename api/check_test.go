package api_test

import (
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
)

// The checking pages offer every poll that everybody may know of, with the
// numbers that were published; who is not to have the record is told so.
func TestCheckPages(t *testing.T) {
	p := openPoll(t)
	p.castFirst(3)
	u := string(p.UUID)
	list := p.page("/check", http.StatusOK)
	for _, words := range []string{`href="/check/` + u + `"`, `data-poll="` + u + `"`, `data-task="list"`, `data-task="receipt"`, "/assets/check.js"} {
		if !strings.Contains(list, words) {
			t.Errorf("the list lacks %s", words)
		}
	}
	for _, state := range [][2]string{{"open", "Đang bỏ phiếu"}, {"counted", "data-shown"}} {
		name, words := state[0], state[1]
		if name == "counted" {
			p.sign(0)
			p.count()
			p.ok(p.box.Publish(t.Context()))
		}
		body := p.page("/check/"+u, http.StatusOK)
		for _, words := range []string{words, `data-task="recheck" data-uuid="` + u + `"`, "integrity=", "Việc kiểm tra này không chứng minh được gì", "What it does not prove", "đủ số cần có, trong những người chứng kiến được nêu tên", "chỉ 2<i>k</i> − <i>n</i> người gian dối", "one of 2 of 3"} {
			if !strings.Contains(body, words) {
				t.Errorf("%s: lacks %s", name, words)
			}
		}
		if shown := strings.Contains(body, "data-shown"); shown != (name == "counted") {
			t.Errorf("%s: numbers are shown: %t", name, shown)
		}
	}
	for _, path := range []string{"/check/nobody", "/check/" + strings.Repeat("1", 22)} {
		p.page(path, http.StatusNotFound)
	}
}

func TestCheckPageOfMembersOnly(t *testing.T) {
	p := newPoll(t, box.Settings{MinBallots: 1, MembersOnly: true})
	body := p.page("/check/"+string(p.UUID), http.StatusOK)
	if strings.Contains(body, "data-task") || strings.Contains(body, "<script") || !strings.Contains(body, "chỉ dành cho Ban kiểm phiếu và người kiểm tra") {
		t.Errorf("%s", body)
	}
}

// A ballot's page offers the receipt as soon as there is one, and says before
// that it will come.
func TestTrackerPageOffersTheReceipt(t *testing.T) {
	c := newBourse(t, false)
	c.upTo(meeting.Tallied)
	u := string(c.meeting().Papers[0].UUID)
	b, err := c.store.Box(t.Context(), c.meeting().Papers[0].UUID)
	c.ok(err)
	hashes, err := b.Hashes(t.Context())
	c.ok(err)
	hash := hex.EncodeToString(hashes[0][:])
	page := "/board/" + u + "/" + hash
	c.has(c.page(page, http.StatusOK), "Biên nhận có ở đây khi việc đóng hòm phiếu đã ghi vào sổ công bố", "!data-receipt", "!<script")
	c.log.Round(t.Context())
	c.members[0].press("/papers/print", url.Values{})
	c.log.Round(t.Context())
	proof := "/api/v1/elections/" + u + "/ballots/" + hash + "/proof"
	c.has(c.page(page, http.StatusOK), `data-receipt="`+proof+`"`, `href="`+proof+`" download="bien-nhan-`+hash[:12]+`.txt"`, `src="`+proof+`.svg"`, `href="/log/policy"`, "/assets/check.js")
	c.has(c.page("/board/"+u+"/"+strings.Repeat("0", 64), http.StatusNotFound), "!data-receipt", "!Biên nhận")
}
