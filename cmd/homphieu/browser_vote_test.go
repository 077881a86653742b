package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

// levels are the names of the three choices, as they are read aloud.
var levels = []string{"Tín nhiệm cao High confidence", "Tín nhiệm Confidence", "Tín nhiệm thấp Low confidence"}

// The levels by which tests mark.
const (
	high, confidence, low = 0, 1, 2
	blank                 = -1
)

// choose marks a level for the person on the screen.
func (p *tab) choose(level int) {
	p.Helper()
	p.press(p.find("radio", levels[level]))
	p.await(levels[level]+" alone is marked", func() bool {
		for i, name := range levels {
			if checked := p.find("radio", name).states["checked"] == "true"; checked != (i == level) {
				return false
			}
		}
		return true
	})
}

// toReview goes from the first page to the review, marking one person after
// the other.
func (p *tab) toReview(marks ...int) {
	p.Helper()
	p.button("Bắt đầu")
	for i, level := range marks {
		p.find("heading", fmt.Sprintf("%d/%d %s", i+1, len(marks), nameOf(i)))
		if level != blank {
			p.choose(level)
		}
		if i < len(marks)-1 {
			p.button("Tiếp")
		}
	}
	p.button("Xem lại phiếu")
	p.find("heading", "Xem lại phiếu")
}

func nameOf(i int) string {
	name, _, _ := strings.Cut(people[i%len(people)].Text, "\n")
	return name
}

// testVote is the usual case, from the slip to the green page.
func testVote(t *testing.T, b *browser) {
	q := newHall(t).poll(pollDraft{people: 3, slips: 2})
	p := b.tab(t, onPhone)
	p.open(q.link(0))
	p.find("heading", meetingName)
	for _, words := range []string{meetingPlace, meetingDate, "Phiếu này chỉ dùng một lần và không ghi tên.",
		"Đồng chí đánh dấu một trong ba mức cho từng người."} {
		p.says(words)
	}
	q.noTrace(p, 0)
	p.button("Bắt đầu")

	p.find("heading", "1/3 "+nameOf(0))
	p.says("Bí thư Đảng ủy, Chủ tịch Hội đồng thành viên")
	p.choose(low)
	p.choose(high)
	p.button("Tiếp")
	p.find("heading", "2/3 "+nameOf(1))
	p.choose(low)
	p.button("Tiếp")
	p.find("heading", "3/3 "+nameOf(2))
	p.button("Xem lại phiếu")

	p.find("heading", "Xem lại phiếu")
	p.says("Còn 1 người chưa được đánh dấu. Dòng để trống được tính là không hợp lệ đối với người đó. " + nameOf(2))
	p.says("1. " + nameOf(0) + " Đã đánh dấu")
	p.says("2. " + nameOf(1) + " Đã đánh dấu")
	p.says("3. " + nameOf(2) + " Để trống")
	hidden := func() bool { return !strings.Contains(strings.ToLower(p.text()), "tín nhiệm") }
	if !hidden() {
		t.Errorf("the review shows levels at once: %s", p.text())
	}
	p.hold(p.find("button", "Hiện mức đã chọn"), func() {
		p.says("1. " + nameOf(0) + " Tín nhiệm cao")
		p.says("2. " + nameOf(1) + " Tín nhiệm thấp")
	})
	p.await("levels hidden again", hidden)
	p.button("Bỏ phiếu")

	p.find("heading", "Phiếu đã được ghi nhận")
	p.says("Đồng chí có thể đóng trang này. Không ai, kể cả người vận hành máy chủ, đọc được phiếu của đồng chí.")
	if p.shows("Đang") {
		t.Errorf("something is said to go on: %s", p.text())
	}
	posts := q.posts()
	if len(posts) != 1 || posts[0].status != 201 {
		t.Fatalf("%d ballots arrived, want one that was accepted", len(posts))
	}
	hash := sha256.Sum256(posts[0].body)
	p.says(ballot.Tracker(hash))
	lookUp := q.boardPage() + "/" + hex.EncodeToString(hash[:])
	if got := p.find("link", "Tra cứu phiếu này").states["url"]; got != lookUp {
		t.Errorf("look-up link %s, want %s", got, lookUp)
	}
	if got := p.readQR(); got != lookUp {
		t.Errorf("QR code %q, want %s", got, lookUp)
	}
	q.nothingLeft(p, 0)
	q.keptQuiet(p)
	// The browser tells of the worker's requests too, or this would differ.
	if sent, heard := p.seen.sent(), q.requests(); len(sent) != len(heard) {
		t.Errorf("the browser tells of %d requests, the server of %d", len(sent), len(heard))
	}
}

// nothingLeft fails if the page still holds anything of a vote that is cast.
func (q *poll) nothingLeft(p *tab, slip int) {
	p.Helper()
	q.nothingLeftBut(p, slip, "Phiếu đã được ghi nhận")
}

// nothingLeftBut is nothingLeft for a last page with another heading.
func (q *poll) nothingLeftBut(p *tab, slip int, last string) {
	p.Helper()
	q.noTrace(p, slip)
	if kept := p.kept(); !sameButState(kept) {
		p.Errorf("the page keeps something: %s", kept)
	}
	html := eval[string](p, `document.documentElement.outerHTML + JSON.stringify([...document.querySelectorAll("input")].map((i) => i.value))`)
	for _, word := range []string{"Tín nhiệm", "tín nhiệm cao", "High confidence", nameOf(0), `type="radio"`} {
		if strings.Contains(html, word) {
			p.Errorf("the page still holds %q", word)
		}
	}
	// The browser's back button leads to no mark either.
	for range 12 {
		eval[any](p, `new Promise((done) => { addEventListener("popstate", () => setTimeout(() => done(null)), { once: true }); history.back(); setTimeout(() => done(null), 300); })`)
		if p.has("radio", levels[high]) || !p.has("heading", last) {
			p.Fatalf("the back button leads away from the last page: %s", p.text())
		}
		if eval[bool](p, `history.state === null`) {
			return
		}
	}
}

// sameButState compares what a page keeps with atRest; the history's state may
// name a step, but never a mark.
func sameButState(kept string) bool {
	before, rest, _ := strings.Cut(kept, `"state":`)
	_, after, _ := strings.Cut(rest, `,"databases"`)
	return before+`"state":null,"databases"`+after == atRest
}

// readQR lets a program for cameras read the page's QR code from the screen.
func (p *tab) readQR() string {
	p.Helper()
	one := p.find("image", "Mã QR…")
	p.await("the QR image", func() bool { return on[bool](p, one, `function () { return this.complete && this.naturalWidth > 0; }`) })
	on[bool](p, one, `function () { this.scrollIntoView({ block: "center", behavior: "instant" }); return true; }`)
	file := filepath.Join(p.TempDir(), "qr.png")
	p.picture(file)
	text, err := exec.CommandContext(p.Context(), "zbarimg", "-q", "--raw", file).Output()
	if err != nil {
		p.Fatalf("zbarimg reads nothing, or is missing (run .ci/setup): %v", err)
	}
	return strings.TrimSpace(string(text))
}

// testUsed opens a slip that has voted, in a new tab.
func testUsed(t *testing.T, b *browser) {
	q := newHall(t).poll(pollDraft{people: 1, slips: 1})
	p := b.tab(t, onPhone)
	p.open(q.link(0))
	p.toReview(high)
	p.button("Bỏ phiếu")
	p.find("heading", "Phiếu đã được ghi nhận")
	again := p.another()
	again.open(q.link(0))
	again.refuses("Tờ phiếu này đã được dùng. Nếu không phải đồng chí đã bỏ phiếu, báo ngay cho Ban kiểm phiếu.")
	hash := sha256.Sum256(q.posts()[0].body)
	again.says(ballot.Tracker(hash)) // so that the voter can tell whose ballot it was
	q.keptQuiet(again)
	q.noTrace(again, 0)

	// The same slip, scanned again into the tab that has just voted.
	p.open(q.link(0))
	p.refuses("Tờ phiếu này đã được dùng. Nếu không phải đồng chí đã bỏ phiếu, báo ngay cho Ban kiểm phiếu.")
	if p.shows("phiếu chờ") {
		t.Errorf("a ballot that is recorded is said to wait: %s", p.text())
	}
	if n := len(q.posts()); n != 1 {
		t.Errorf("%d ballots were sent, want 1", n)
	}
}

// post sends a ballot once more, as the voter's page may, and returns the answer.
func (q *poll) post(t *testing.T, cast []byte) string {
	t.Helper()
	address := q.site.url.JoinPath("api/v1/elections", string(q.box.Election().UUID), "ballots").String()
	response, err := http.Post(address, "application/json", bytes.NewReader(cast)) //nolint:noctx // a test's own server
	text, err := answerOf(response, err)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// testCounted follows a ballot of the browser to the published result, and asks
// everyone who can check it.
func testCounted(t *testing.T, b *browser) {
	tool := beleniosTool(t)
	q := newHall(t).poll(pollDraft{people: 3, slips: 3})
	setup := q.get("/archive")
	p := b.tab(t, onPhone)
	p.open(q.link(0))
	p.toReview(high, blank, low)
	p.button("Bỏ phiếu")
	p.find("heading", "Phiếu đã được ghi nhận")
	cast := q.posts()[0].body
	tool.verifyBallot(t, setup, cast, 0)

	hash := sha256.Sum256(cast)
	var promised struct{ Receipt string }
	if err := json.Unmarshal([]byte(q.post(t, cast)), &promised); err != nil {
		t.Fatal(err)
	}
	kept := p.find("link", "Lưu biên nhận của máy chủ")
	if got := on[string](p, kept, `function () { return decodeURIComponent(this.href.split(",")[1]); }`); got != promised.Receipt || got == "" {
		t.Errorf("the page offers the receipt %q, the server gave %q", got, promised.Receipt)
	}
	p.press(p.find("link", "Tra cứu phiếu này"))
	p.find("heading", "Phiếu có trong hòm…")
	p.says("Phiếu đã được nhận và lưu chắc chắn.")
	p.says(ballot.Tracker(hash))

	q.close()
	if got, want := q.count(), (tally.Result{{0, 1, 0, 0}, {1, 0, 0, 0}, {0, 0, 0, 1}}); !reflect.DeepEqual(got, want) {
		t.Errorf("result %v, want %v", got, want)
	}
	p.open(q.boardPage() + "/" + hex.EncodeToString(hash[:]))
	p.says("Phiếu đã vào chuỗi hồ sơ.")
	p.open(q.boardPage())
	p.find("heading", "Kết quả…")
	for _, row := range []string{nameOf(0) + "…", nameOf(1) + "…", nameOf(2) + "…"} {
		p.find("rowheader", row)
	}
	p.says("1 100,00 % 0 0,00 % 0 0,00 % 0")
	p.says("Máy chủ đã kiểm tra lại toàn bộ hồ sơ: hợp lệ.")

	// The tracker as it stands on the telephone leads to the ballot.
	p.press(p.find("textbox", "Mã tra cứu…"))
	p.key(ballot.Tracker(hash))
	p.button("Tra cứu…")
	p.says("Phiếu đã vào chuỗi hồ sơ.")

	whole := q.get("/archive")
	tool.verify(t, whole)
	report, err := archive.Verify(bytes.NewReader(whole), int64(len(whole)),
		archive.Options{Shares: q.get("/shares"), Closing: q.get("/closing"), Strict: true})
	if err != nil || !report.Valid() || report.Ballots != 1 {
		t.Errorf("archive: %v, %+v", err, report)
	}
}
