package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/homphieu/homphieu/ballot"
)

// TestBrowserPapers votes with slips that serve two ballot papers.
func TestBrowserPapers(t *testing.T) {
	b := startBrowser(t)
	for _, s := range []struct {
		name string
		test func(*testing.T, *browser)
	}{
		{"both papers", testPapers},
		{"typed", testPapersTyped},
		{"another set of papers", testPapersRefused},
		{"one cast before", testPapersRest},
		{"all cast before", testPapersUsed},
		{"one arrives late", testPapersLate},
		{"reload", testPapersReload},
		{"documents", testDocuments},
		{"looks", testPapersLooks},
	} {
		t.Run(s.name, func(t *testing.T) { s.test(t, b) })
	}
}

// A gathering is a meeting with two papers: three persons, and two.
type gathering struct {
	*hall
	uuid   ballot.UUID
	papers [2]*poll
}

var paperTitles = [2]string{"Người giữ chức vụ trong Thường trực", "Người giữ chức vụ trong Ủy ban"}

func newGathering(t testing.TB, slips int) *gathering {
	t.Helper()
	h := newHall(t)
	g := &gathering{hall: h, uuid: ballot.NewUUID()}
	g.papers[0] = h.poll(pollDraft{people: 3, slips: slips, paper: paperTitles[0]})
	g.papers[1] = h.poll(pollDraft{people: 2, slips: slips, paper: paperTitles[1], after: 3, codes: g.papers[0].slips})
	g.list(nil, g.papers[:]...)
	return g
}

// A document is one about a person of a paper.
type document struct {
	Election ballot.UUID `json:"election"`
	Question int         `json:"question"`
	Title    string      `json:"title"`
	Kind     string      `json:"kind"`
	Href     string      `json:"href"`
	Bytes    int         `json:"bytes"`
}

// list lets the server name these papers as the meeting's.
func (g *gathering) list(documents []document, papers ...*poll) {
	g.Helper()
	answered := struct {
		UUID      ballot.UUID   `json:"uuid"`
		Elections []ballot.UUID `json:"elections"`
		Documents []document    `json:"documents"`
	}{UUID: g.uuid, Documents: append([]document{}, documents...)}
	for _, p := range papers {
		answered.Elections = append(answered.Elections, p.box.Election().UUID)
	}
	body, err := json.Marshal(answered)
	if err != nil {
		g.Fatal(err)
	}
	g.answerInstead("/api/v1/meetings/"+string(g.uuid), answer{"application/json", string(body)})
}

// set is what the slips serve.
func (g *gathering) set() *ballot.Papers {
	g.Helper()
	p, err := ballot.NewPapers(g.uuid, g.papers[0].box.Election(), g.papers[1].box.Election())
	if err != nil {
		g.Fatal(err)
	}
	return p
}

func (g *gathering) link(slip int) string {
	return g.papers[0].slips[slip].Link(g.site.url.String(), g.set())
}

// arrivedOnce returns the trackers of the papers' ballots, of which each paper
// must have got one.
func (g *gathering) arrivedOnce() (trackers [2]string) {
	g.Helper()
	posts := g.posts()
	for i, p := range g.papers {
		for _, r := range posts {
			if strings.Contains(r.path, string(p.box.Election().UUID)) {
				trackers[i] = ballot.Tracker(sha256.Sum256(r.body))
			}
		}
		if status, err := p.box.Status(g.Context()); err != nil || status.Accepted != 1 || trackers[i] == "" {
			g.Errorf("paper %d: status %+v, %v, tracker %q", i+1, status, err, trackers[i])
		}
	}
	return trackers
}

// saysTrackers waits until the page shows the trackers, each under its paper.
func (p *tab) saysTrackers(trackers [2]string) {
	p.Helper()
	for i, tracker := range trackers {
		p.says(fmt.Sprintf("Phiếu %d/2 · %s %s", i+1, paperTitles[i], tracker))
	}
}

const bothRecorded = "Cả 2 phiếu đã được ghi nhận"

// testPapers is the usual case: all persons one after another, one review, one
// press, two ballots.
func testPapers(t *testing.T, b *browser) {
	g := newGathering(t, 2)
	q := g.papers[0]
	p := b.tab(t, onPhone)
	p.open(g.link(0))
	p.find("heading", meetingName)
	p.says("Có 2 phiếu. Đánh dấu lần lượt, rồi bỏ tất cả cùng một lần.")
	p.says("Phiếu 1/2 · " + paperTitles[0] + " 3 người")
	p.says("Phiếu 2/2 · " + paperTitles[1] + " 2 người")
	q.noTrace(p, 0)
	p.button("Bắt đầu")
	marks := []int{high, low, blank, confidence, high}
	for i, level := range marks {
		p.find("heading", fmt.Sprintf("%d/5 %s", i+1, nameOf(i)))
		paper := i / 3
		p.says(fmt.Sprintf("Phiếu %d/2 · %s", paper+1, paperTitles[paper]))
		if level != blank {
			p.choose(level)
		}
		if i < len(marks)-1 {
			p.button("Tiếp")
		}
	}
	p.button("Xem cả danh sách")
	p.find("heading", "Danh sách")
	for i, title := range paperTitles {
		p.find("heading", fmt.Sprintf("Phiếu %d/2 · %s", i+1, title))
	}
	p.button("Xem lại phiếu")
	p.find("heading", "Xem lại phiếu")
	p.says(fmt.Sprintf("Phiếu 1/2 · %s 1. %s", paperTitles[0], nameOf(0)))
	p.says(fmt.Sprintf("Phiếu 2/2 · %s 4. %s", paperTitles[1], nameOf(3)))
	p.says("Còn 1 người chưa được đánh dấu.")
	p.says("Còn 1 người để trống. Sau khi bỏ phiếu thì không sửa được nữa. Bỏ phiếu")
	p.button("Bỏ phiếu")
	p.find("heading", bothRecorded)
	p.saysTrackers(g.arrivedOnce())
	q.nothingLeftBut(p, 0, bothRecorded)
	q.keptQuiet(p)
	for _, secret := range []string{g.set().Fingerprint().Link(), g.papers[0].slips[0].Code()} {
		for _, r := range g.requests() {
			if strings.Contains(r.path+"?"+r.query+string(r.body), secret) {
				t.Errorf("%s %s holds a part of the slip's link", r.method, r.path)
			}
		}
	}
	// Each ballot says what was marked on its paper.
	for i, want := range []string{"[[0 1 0 0] [0 0 0 1] [1 0 0 0]]", "[[0 0 1 0] [0 1 0 0]]"} {
		g.papers[i].close()
		if got := fmt.Sprint(g.papers[i].count()); got != want {
			t.Errorf("paper %d: result %s, want %s", i+1, got, want)
		}
	}
}

// testPapersTyped types the code: the digits to compare are those of all
// papers. Digits that differ lead back.
func testPapersTyped(t *testing.T, b *browser) {
	g := newGathering(t, 1)
	p := b.tab(t, onPhone)
	p.open(strings.Split(g.link(0), "#")[0])
	p.typeCode(g.papers[0].slips[0].Code())
	p.button("Dùng mã này")
	digits := strings.ReplaceAll(g.set().Fingerprint().Digits(), " ", "")
	compared := func() {
		p.await("24 digits", func() bool { return strings.Contains(strings.ReplaceAll(p.text(), " ", ""), digits) })
	}
	compared()
	p.button("Không giống")
	p.refuses("Hai dãy số không giống nhau. Chưa có gì được gửi đi.")
	p.button("So lại dãy số")
	compared()
	p.button("Giống hệt")
	p.find("button", "Bắt đầu")
	p.voteAllOn(5)
	p.saysTrackers(g.arrivedOnce())
}

// voteAllOn marks all persons low in the list, and casts both papers.
func (p *tab) voteAllOn(people int) {
	p.Helper()
	p.button("Bắt đầu")
	p.button("Xem cả danh sách")
	p.find("heading", "Danh sách")
	for i, one := range p.things("radio") {
		if i%3 == low {
			p.press(one)
		}
	}
	p.says(fmt.Sprintf("Đã đánh dấu %d/%d", people, people))
	p.button("Xem lại phiếu")
	p.button("Bỏ phiếu")
	p.find("heading", bothRecorded)
}

// testPapersRefused gives the page other papers than those the slip was printed
// for: one left out, one added, one exchanged.
func testPapersRefused(t *testing.T, b *browser) {
	g := newGathering(t, 1)
	link := g.link(0)
	other := g.poll(pollDraft{people: 2, slips: 1, paper: paperTitles[1], after: 3, codes: g.papers[0].slips})
	for what, papers := range map[string][]*poll{
		"left out": {g.papers[0]}, "added": {g.papers[0], g.papers[1], other}, "exchanged": {g.papers[0], other},
	} {
		t.Run(what, func(t *testing.T) {
			g.list(nil, papers...)
			p := b.tab(t, onPhone)
			p.open(link)
			p.refuses("Tờ phiếu này không thuộc cuộc bỏ phiếu đang mở.")
			for _, r := range g.requests() {
				if r.method != "GET" {
					t.Errorf("%s %s", r.method, r.path)
				}
			}
		})
	}
	// The order in which the server names them does not matter.
	g.list(nil, g.papers[1], g.papers[0])
	p := b.tab(t, onPhone)
	p.open(link)
	p.find("button", "Bắt đầu")
}

// testPapersRest opens a slip of which one paper has been cast elsewhere: the
// rest alone is marked, and the end tells of both.
func testPapersRest(t *testing.T, b *browser) {
	g := newGathering(t, 2)
	g.papers[0].accept(g.papers[0].slips[0], []int{high, high, high})
	p := b.tab(t, onPhone)
	p.open(g.link(0))
	p.says("Tờ phiếu này đã bỏ 1/2 phiếu")
	p.says("Nếu không phải đồng chí đã bỏ phần kia, báo ngay cho Ban kiểm phiếu.")
	if p.shows(paperTitles[0]) {
		t.Errorf("the paper that was cast is offered again: %s", p.text())
	}
	p.voteAllOn(2)
	if posts := g.posts(); len(posts) != 1 || posts[0].status != 201 {
		t.Errorf("%d ballots were sent, want that of the second paper", len(posts))
	}
	p.says("Phiếu 1/2 · " + paperTitles[0])
	p.says("Phiếu 2/2 · " + paperTitles[1] + " " + ballot.Tracker(sha256.Sum256(g.posts()[0].body)))
}

// testPapersUsed opens a slip that has cast both papers.
func testPapersUsed(t *testing.T, b *browser) {
	g := newGathering(t, 1)
	p := b.tab(t, onPhone)
	p.open(g.link(0))
	p.find("button", "Bắt đầu")
	p.voteAllOn(5)
	again := b.tab(t, onPhone)
	again.open(g.link(0))
	again.refuses("Tờ phiếu này đã được dùng. Nếu không phải đồng chí đã bỏ phiếu, báo ngay cho Ban kiểm phiếu.")
	again.saysTrackers(g.arrivedOnce())
}

// testPapersLate loses the answer to one of the two ballots: the page says what
// is recorded, is not green, and sends the same bytes again.
func testPapersLate(t *testing.T, b *browser) {
	g := newGathering(t, 1)
	second := "/api/v1/elections/" + string(g.papers[1].box.Election().UUID)
	p := b.tab(t, onPhone)
	p.open(g.link(0))
	p.button("Bắt đầu")
	p.button("Xem cả danh sách")
	p.button("Xem lại phiếu")
	g.loseAnswersOf(second)
	p.button("Bỏ phiếu")
	p.find("heading", "Mới ghi nhận 1/2 phiếu")
	p.says("Phần còn lại đang được gửi. Giữ trang này mở cho đến khi mọi phiếu được ghi nhận.")
	p.says("Phiếu 1/2 · " + paperTitles[0] + ": đã được ghi nhận")
	p.says("Phiếu 2/2 · " + paperTitles[1] + ": chưa gửi được, đang gửi lại")
	for _, word := range []string{"có thể đóng", "Mã tra cứu", "Cả 2"} {
		if p.shows(word) {
			t.Errorf("the page sounds as if all were recorded: %s", p.text())
		}
	}
	kept := eval[map[string]string](p, `({ ...localStorage })`)
	for key, body := range kept {
		if len(kept) != 1 || !strings.HasPrefix(key, "homphieu/pending/"+string(g.papers[1].box.Election().UUID)+"/") || !strings.HasPrefix(body, `{"election_uuid":"`) {
			t.Errorf("local storage holds %s", key)
		}
	}
	g.loseAnswersOf("")
	p.find("heading", bothRecorded)
	p.saysTrackers(g.arrivedOnce())
	for _, r := range g.posts() {
		for _, body := range kept {
			if strings.HasPrefix(r.path, second) && string(r.body) != body {
				t.Error("other bytes were sent than were kept")
			}
		}
	}
}

// testPapersReload loads the page again while both ballots wait, without the
// code; then scans the slip again.
func testPapersReload(t *testing.T, b *browser) {
	g := newGathering(t, 1)
	p := b.tab(t, onPhone)
	p.open(g.link(0))
	p.button("Bắt đầu")
	p.button("Xem cả danh sách")
	p.button("Xem lại phiếu")
	g.loseAnswers(true)
	p.button("Bỏ phiếu")
	p.find("heading", "Chưa gửi được phiếu")
	if kept := eval[map[string]string](p, `({ ...localStorage })`); len(kept) != 2 {
		t.Errorf("local storage holds %d ballots", len(kept))
	}
	p.reload()
	p.find("heading", "Chưa gửi được phiếu")
	p.says("Phiếu 1/2 · " + paperTitles[0] + ": chưa gửi được")
	fresh := p.another()
	p.leave()
	fresh.open(g.link(0))
	fresh.find("heading", "Chưa gửi được phiếu")
	g.loseAnswers(false)
	fresh.find("heading", bothRecorded)
	fresh.saysTrackers(g.arrivedOnce())
	fresh.await("empty storage", func() bool { return sameButState(fresh.kept()) })
}

// testDocuments opens the report of a person, in a tab beside the page: marks
// stay.
func testDocuments(t *testing.T, b *browser) {
	g := newGathering(t, 1)
	second := g.papers[1].box.Election().UUID
	path := "/api/v1/meetings/" + string(g.uuid) + "/documents/"
	g.answerInstead(path+"00ff", answer{"text/plain; charset=utf-8", "báo cáo"})
	g.list([]document{
		{g.papers[0].box.Election().UUID, 0, "Báo cáo tự đánh giá", "report", path + "00ff", 1234},
		{g.papers[0].box.Election().UUID, 0, "Bản kê khai tài sản", "declaration", path + "01ff", 1234},
		{second, 1, "Báo cáo tự đánh giá", "report", path + "02ff", 1234},
		{second, 0, "elsewhere", "report", "https://example.com/", 1},
		{second, 0, "a script", "report", "javascript:alert(1)", 1},
		{second, 0, "up and away", "report", path + "../../../../staff", 1},
		{second, 0, "another kind", "payslip", path + "03ff", 1},
	}, g.papers[:]...)
	p := b.tab(t, onPhone)
	p.open(g.link(0))
	p.button("Bắt đầu")
	p.choose(high)
	report := p.find("link", "Báo cáo (PDF): "+nameOf(0))
	p.find("link", "Kê khai (PDF): "+nameOf(0))
	p.fits("person with documents")
	opened := chromedp.WaitNewTarget(p.ctx, func(info *target.Info) bool { return strings.HasSuffix(info.URL, path+"00ff") })
	p.press(report)
	select {
	case id := <-opened:
		beside := newTab(p.ctx, t, p.screen, chromedp.WithTargetID(id))
		beside.says("báo cáo")
		if eval[bool](beside, `window.opener !== null`) {
			t.Error("the document can reach the voter's page")
		}
		beside.leave()
	case <-time.After(patience):
		t.Fatal("the report does not open in a tab beside the page")
	}
	p.isChecked(high)
	p.button("Xem cả danh sách")
	p.find("heading", "Danh sách")
	if list := p.things("link"); len(list) != 3 {
		t.Errorf("%d documents are offered, want 3: %s", len(list), p.outline())
	}
}

// testPapersLooks looks at every page on which several papers show.
func testPapersLooks(t *testing.T, b *browser) {
	g := newGathering(t, 3)
	path := "/api/v1/meetings/" + string(g.uuid) + "/documents/00ff"
	uuid := g.papers[0].box.Election().UUID
	g.list([]document{{uuid, 0, "Báo cáo", "report", path, 1}, {uuid, 0, "Kê khai", "declaration", path, 1}}, g.papers[:]...)
	p := b.tab(t, onPhone)
	p.open(g.link(0))
	visit := func(state string) {
		t.Helper()
		speaksEnglish(state, p)
		holdsUp(state, p)
	}
	p.find("button", "Bắt đầu")
	visit("papers start")
	p.button("Bắt đầu")
	p.choose(high)
	visit("papers person")
	p.button("Xem cả danh sách")
	p.find("heading", "Danh sách")
	visit("papers list")
	p.button("Xem lại phiếu")
	p.find("heading", "Xem lại phiếu")
	visit("papers review")
	g.loseAnswersOf("/api/v1/elections/" + string(g.papers[1].box.Election().UUID))
	p.button("Bỏ phiếu")
	p.find("heading", "Mới ghi nhận 1/2 phiếu")
	visit("papers partly sent")
	g.loseAnswersOf("")
	p.find("heading", bothRecorded)
	visit("papers recorded")

	g.papers[0].accept(g.papers[0].slips[1], []int{high, high, high})
	p = b.tab(t, onPhone)
	p.open(g.link(1))
	p.says("Tờ phiếu này đã bỏ 1/2 phiếu")
	visit("papers rest")
	p.button("Bắt đầu")
	p.button("Xem cả danh sách")
	p.button("Xem lại phiếu")
	g.papers[1].close()
	p.button("Bỏ phiếu")
	p.find("heading", "1/2 phiếu không được nhận")
	visit("papers refused")
}
