package api_test

import (
	"context"
	"encoding/csv"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
)

// empty are the elements without an end.
var empty = []string{"meta", "link", "br", "img", "input", "hr"}

// page fetches a page as the browser at this computer and checks it.
func (s *site) page(path string, status int) string {
	s.Helper()
	a := s.do("GET", path, "", here, browser)
	if a.StatusCode != status || a.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		s.Fatalf("%s: status %d of type %s, want %d", a.request, a.StatusCode, a.Header.Get("Content-Type"), status)
	}
	a.checkPage()
	return a.body
}

// checkPage requires a page in Vietnamese, well nested, in composed letters,
// with nothing inline and nothing from elsewhere.
func (a *answer) checkPage() {
	a.Helper()
	if !strings.HasPrefix(strings.ToLower(a.body), "<!doctype html>") || !strings.Contains(a.body, `<html lang="vi">`) {
		a.Errorf("%s: begins %.60q", a.request, a.body)
	}
	if !norm.NFC.IsNormalString(a.body) {
		a.Errorf("%s: letters that are not composed (NFC)", a.request)
	}
	decoder := xml.NewDecoder(strings.NewReader(a.body))
	decoder.Strict = false // attributes without a value
	var open []string
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		a.ok(err)
		switch e := token.(type) {
		case xml.StartElement:
			a.checkElement(e)
			if !slices.Contains(empty, e.Name.Local) {
				open = append(open, e.Name.Local)
			}
		case xml.EndElement:
			if n := len(open) - 1; n < 0 || open[n] != e.Name.Local {
				a.Fatalf("%s: </%s> within %v", a.request, e.Name.Local, open)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		a.Errorf("%s: %v without an end", a.request, open)
	}
}

func (a *answer) checkElement(e xml.StartElement) {
	a.Helper()
	attributes := map[string]string{}
	for _, attribute := range e.Attr {
		name := strings.ToLower(attribute.Name.Local)
		attributes[name] = attribute.Value
		if strings.HasPrefix(name, "on") || name == "style" || name == "srcset" || name == "srcdoc" || name == "nonce" {
			a.Errorf("%s: <%s %s=…>", a.request, e.Name.Local, name)
		}
	}
	source := attributes["src"] + attributes["action"] + attributes["formaction"]
	if e.Name.Local == "link" {
		source = attributes["href"]
	}
	own := source == "" || strings.HasPrefix(source, "/") && !strings.HasPrefix(source, "//") || strings.HasPrefix(source, "data:")
	if !own {
		a.Errorf("%s: <%s> loads or sends to %s", a.request, e.Name.Local, source)
	}
	href := attributes["href"]
	if e.Name.Local == "a" && !strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "#") && !strings.HasPrefix(href, a.config.PublicURL.String()+"/v/") {
		a.Errorf("%s: leads to %s", a.request, href)
	}
	switch e.Name.Local {
	case "style", "iframe", "object", "embed", "base", "portal":
		a.Errorf("%s: <%s>", a.request, e.Name.Local)
	case "script":
		if attributes["src"] == "" || attributes["integrity"] == "" {
			a.Errorf("%s: a script inline, or without its hash", a.request)
		}
	}
}

// has requires texts in a page, or their absence when they begin with "!".
func (s *site) has(page string, texts ...string) {
	s.Helper()
	for _, text := range texts {
		absent, isAbsent := strings.CutPrefix(text, "!")
		if strings.Contains(page, absent) == isAbsent {
			s.Errorf("page: %q is wrong: %s", text, visible(page))
		}
	}
}

// visible is the text of a page.
func visible(page string) string {
	text := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " ")
	return strings.Join(strings.Fields(text), " ")
}

// A sample meeting from the empty home page to the published result, as the
// person at the computer sees it.
func TestPages(t *testing.T) {
	s := newSite(t)
	s.has(s.page("/", 200), "Chưa có cuộc bỏ phiếu nào", "There is no poll yet", `<form method="post" action="/staff/trial"`, "!Cuộc họp mẫu: máy chủ giữ khóa")
	trialPage, b, trial := s.newTrial()
	u := string(b.Election().UUID)
	s.has(s.page("/", 200), `href="/board/`+u+`"`, `href="`+trialPage+`"`, "Đang bỏ phiếu")
	page := s.page(trialPage, 200)
	s.has(page, "Cuộc họp mẫu: máy chủ giữ khóa", "0 / 8", "Đóng hòm phiếu", "slips.pdf", "Cập nhật số phiếu", "!http-equiv", b.Election().Fingerprint().Digits(), "!/count")
	for _, c := range trial.Credentials {
		s.has(page, c.Code(), c.Link(s.config.PublicURL.String(), ballot.OnePaper(b.Election())))
	}
	s.has(s.page("/v/"+u, 200), "/assets/voter.js", "!"+u)
	s.checkSlips(trialPage)
	s.has(s.page("/board/"+u, 200), "Đang bỏ phiếu", "!Kết quả", "!closing.json", "đến khi đóng hòm phiếu", "!#")
	s.checkTrackers(b, trial)
	s.do("POST", trialPage+"/close", "", here).want(http.StatusSeeOther, "")
	s.has(s.page(trialPage, 200), "Kiểm phiếu và công bố", "!"+trial.Credentials[0].Code(), "!http-equiv")
	s.has(s.page("/board/"+u, 200), "Đã đóng hòm phiếu", "!Kết quả", ".closing.json", "!.shares.json")
	s.do("POST", trialPage+"/count", "", here).want(http.StatusSeeOther, "")
	s.has(s.page(trialPage, 200), "Đã kiểm phiếu và công bố", "!<form")
	board := s.page("/board/"+u, 200)
	s.has(board, "Đã kiểm phiếu", "Kết quả", "hợp lệ.", ".shares.json", ".closing.json", "Nguyễn Thị Minh Ánh", "Giám đốc", "!không hợp lệ.", "!đến khi đóng")
	s.has(visible(board), "Số phiếu thu về: 2", "tính trên số phiếu thu về (2)", "1 50,00 % 0 0,00 % 1 50,00 % 0")
	s.has(s.page("/", 200), "Đã kiểm phiếu")
	if second := s.page("/board/"+u, 200); second != board {
		t.Error("the board's second sight differs")
	}
}

// checkSlips requires the slips as a PDF that is not kept.
func (s *site) checkSlips(trialPage string) {
	s.Helper()
	a := s.do("GET", trialPage+"/slips.pdf", "", here).want(http.StatusOK, "")
	if a.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(a.body, "%PDF-") || !strings.HasSuffix(strings.TrimSpace(a.body), "%%EOF") {
		s.Errorf("slips: %s, %d bytes", a.Header.Get("Content-Type"), len(a.body))
	}
}

// checkTrackers casts two ballots and looks for them as voters do.
func (s *site) checkTrackers(b box.Box, trial *meeting.Trial) {
	s.Helper()
	board := "/board/" + string(b.Election().UUID)
	for i, level := range []int{0, 2} {
		cast := s.marked(b.Election(), trial.Credentials[i], level)
		s.do("POST", "/api/v1/elections/"+string(b.Election().UUID)+"/ballots", string(cast.Raw())).want(http.StatusCreated, "")
		hash := cast.Hash()
		own := board + "/" + hex.EncodeToString(hash[:])
		s.has(s.page(own, 200), "Phiếu có trong hòm", "theo thứ tự ngẫu nhiên", strings.ReplaceAll(cast.Tracker(), "+", "&#43;"), "!vào chuỗi hồ sơ.")
		for _, typed := range []string{cast.Tracker(), "  " + cast.Tracker() + "\n", cast.Tracker()[:20] + " " + cast.Tracker()[20:], cast.Tracker()[:9] + "\u00a0" + cast.Tracker()[9:]} {
			a := s.do("GET", board+"?tracker="+escape(typed), "", browser).want(http.StatusSeeOther, "")
			if a.Header.Get("Location") != own {
				s.Errorf("tracker %q leads to %s, want %s", typed, a.Header.Get("Location"), own)
			}
		}
	}
	for _, typed := range []string{"x", "không có", strings.Repeat("A", 1000), "<script>alert(1)</script>", "../../etc/passwd"} {
		// Nothing that was typed is lost, and nobody is alarmed.
		s.has(s.page(board+"?tracker="+escape(typed), 200), "Mã tra cứu có 43 ký tự", "A tracker has 43", "!Không tìm thấy", "!<script>", `value="`+html.EscapeString(typed)+`"`)
	}
	s.has(s.page(board+"/"+strings.Repeat("0", 64), 404), "Không tìm thấy phiếu này", "No such ballot", "báo ngay cho Ban kiểm phiếu")
	s.has(s.page(board+"/x", 400), "Mã tra cứu không đúng dạng", "malformed-hash")
}

func escape(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		b.WriteString("%" + hex.EncodeToString([]byte{c}))
	}
	return b.String()
}

// A ballot in the chain is shown with its event.
func TestTrackerInTheChain(t *testing.T) {
	p := openPoll(t)
	p.castFirst(8)
	hash := p.Ballots[3].Hash()
	record, err := p.box.Lookup(t.Context(), hash)
	p.ok(err)
	p.has(p.page("/board/"+string(p.UUID)+"/"+hex.EncodeToString(hash[:]), 200), "vào chuỗi hồ sơ", hex.EncodeToString(record.Event[:]))
}

// Errors are pages for browsers, in both languages, and problem details for
// programs.
func TestErrorPages(t *testing.T) {
	p := openPoll(t)
	for path, status := range map[string]int{"/nowhere": 404, "/board/nobody": 404, "/board/" + string(p.UUID) + "/x": 400, "/assets/none.js": 404, "/staff/trial/nobody": 404} {
		plain := p.do("GET", path, "", here)
		detail := plain.problem().Detail
		vi, en, ok := strings.Cut(detail, " · ")
		if plain.StatusCode != status || !ok || !norm.NFC.IsNormalString(detail) {
			t.Errorf("%s: %d %q", path, plain.StatusCode, detail)
		}
		p.has(p.page(path, status), vi, en, plain.problem().Code)
	}
	p.do("GET", "/api/v1/nowhere", "", browser).want(http.StatusNotFound, "no-such-page")
	a := p.do("POST", "/staff/trial", "", browser)
	if a.StatusCode != http.StatusForbidden || !strings.Contains(a.body, "Chỉ mở được trang này trên chính máy") {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	a.checkPage()
}

// A poll for members says whom its record is for.
func TestMembersOnlyBoard(t *testing.T) {
	p := newPoll(t, box.Settings{MinBallots: 1, MembersOnly: true})
	p.has(p.page("/board/"+string(p.UUID), 200), "chỉ dành cho Ban kiểm phiếu", "!/archive", "Chưa mở")
}

// The table of a poll whose percentages are of all members is that which was
// published for the vote of 2018.
func TestPublishedPercentages(t *testing.T) {
	text, err := os.ReadFile("../cmd/homphieu/tables/national-assembly-2018.csv")
	if err != nil {
		t.Fatal(err)
	}
	reader := csv.NewReader(strings.NewReader(string(text)))
	reader.Comment = '#'
	rows, err := reader.ReadAll()
	if err != nil || len(rows) != 15 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	p := newPoll(t, box.Settings{MinBallots: 1})
	var people []ballot.Question
	var result [][]int
	var want []string
	for _, row := range rows[1:] {
		high, _ := strconv.Atoi(row[1])
		confidence, _ := strconv.Atoi(row[2])
		low, _ := strconv.Atoi(row[3])
		people = append(people, meeting.Question(row[0], ""))
		result = append(result, []int{475 - high - confidence - low, high, confidence, low})
		for i := range 3 {
			want = append(want, row[1+i]+" "+row[4+i])
		}
	}
	p.Election = boxtest.NewElection(t, boxtest.Plan{Voters: 1, Questions: people})
	b, err := p.store.Create(t.Context(), p.Setup)
	p.ok(err)
	page, err := api.BoardPage(b, box.Settings{RuleSet: meeting.RuleSetNQ85, Members: 485}, result, 475)
	p.ok(err)
	p.has(visible(page), "Số phiếu thu về: 475", "tính trên tổng số đại biểu (485)")
	cells := regexp.MustCompile(`(\d+) (\d+,\d\d) %`).FindAllStringSubmatch(visible(page), -1)
	var got []string
	for _, cell := range cells { // the press leaves out a last zero
		got = append(got, cell[1]+" "+strings.TrimSuffix(cell[2], "0"))
	}
	if !slices.Equal(got, want) {
		t.Errorf("page:\n%v\npublished:\n%v", got, want)
	}
}

// alteredBox gives another file of strong proofs than the one it was given.
type alteredBox struct{ box.Box }

func (alteredBox) Attached(_ context.Context, name box.Beside) ([]byte, error) {
	return []byte(`{"schema":1}`), nil
}

type alteredStore struct{ box.Store }

func (s alteredStore) Box(ctx context.Context, u ballot.UUID) (box.Box, error) {
	b, err := s.Store.Box(ctx, u)
	return alteredBox{b}, err
}

// A record that does not verify is said to be invalid, and no result is shown.
func TestInvalidRecord(t *testing.T) {
	p := openPoll(t)
	p.castFirst(3)
	p.sign(0)
	p.count()
	p.ok(p.box.Publish(t.Context()))
	p.config.Store = alteredStore{p.store}
	p.handler = api.New(p.config)
	p.has(p.page("/board/"+string(p.UUID), 200), "Hồ sơ không hợp lệ", "The record is not valid", "!Kết quả", "!hợp lệ.</strong> Chuỗi")
}

// TestHomeLeadsToMeetings: who types a code votes on all papers of a meeting at
// once, and an abandoned meeting leads nobody to vote.
func TestHomeLeadsToMeetings(t *testing.T) {
	c := councilIn(t, meeting.Sealed)
	m, err := c.store.Meeting(t.Context(), c.u)
	c.ok(err)
	home := c.do(http.MethodGet, "/", "", browser).body
	if n := strings.Count(home, `href="/v/`+string(m.UUID)+`"`); n != len(m.Papers) {
		t.Errorf("%d links to the meeting's slips, want one for each of %d papers", n, len(m.Papers))
	}
	for _, p := range m.Papers {
		if strings.Contains(home, `href="/v/`+string(p.UUID)+`"`) {
			t.Errorf("a link to vote on paper %s alone", p.UUID)
		}
	}
	m.State, m.Abandon = meeting.Abandoned, &meeting.Abandonment{From: meeting.Sealed, Reason: "Mất điện"}
	c.ok(c.store.Save(t.Context(), m, audit.Draft{Time: time.Unix(0, 0), Meeting: m.UUID, Action: string(meeting.ActAbandon), Actor: audit.Actor{Role: "chair", Name: "Lê Thị Hòa", ID: "1"}}))
	home = c.do(http.MethodGet, "/", "", browser).body
	if strings.Contains(home, `href="/v/`) || !strings.Contains(home, "Đã hủy") {
		t.Errorf("an abandoned meeting: %s", home)
	}
}

// TestAbandonedPollSaysSo: the box of a meeting that was abandoned before it
// opened stays sealed. It takes no ballot, and phones do not send again; who looks
// at it, before or after opening, reads that the vote was abandoned.
func TestAbandonedPollSaysSo(t *testing.T) {
	for _, state := range []meeting.State{meeting.Sealed, meeting.Open} {
		c := councilIn(t, state)
		u := c.meeting().Papers[1].UUID
		b, err := c.store.Box(t.Context(), u)
		c.ok(err)
		path, cast, late := "/api/v1/elections/"+string(u), c.marked(b, 0, 0), c.marked(b, 1, 0)
		send := func(cast *ballot.Ballot) *answer { return c.do("POST", path+"/ballots", string(cast.Raw())) }
		hash := cast.Hash()
		tracker := "/board/" + string(u) + "/" + hex.EncodeToString(hash[:])
		if state == meeting.Sealed {
			send(cast).want(http.StatusConflict, "poll-not-open")
		} else {
			send(cast).want(http.StatusCreated, "")
			c.has(c.do("GET", tracker, "", browser).body, "Phiếu có trong hòm", "!đã bị hủy")
		}
		c.has(c.do("GET", "/board/"+string(u), "", browser).body, "!Đã hủy", "!đã bị hủy")
		c.has(c.do("GET", path+"/status", "").body, `"abandoned":false`)

		c.members[0].press("/abandon", url.Values{"reason": {"Mất điện"}})
		c.chair.press("/abandon", url.Values{})
		c.members[1].press("/abandon", url.Values{})
		send(late).want(http.StatusGone, "poll-closed")
		c.has(c.do("GET", path+"/status", "").body, `"abandoned":true`)
		c.has(visible(c.do("GET", "/board/"+string(u), "", browser).body), "Đã hủy · Abandoned", "Cuộc bỏ phiếu này đã bị hủy.", "This vote was abandoned.", "!Mất điện")
		if state == meeting.Open {
			send(cast).want(http.StatusOK, "")
			c.has(c.do("GET", tracker, "", browser).body, "Phiếu có trong hòm", "Cuộc bỏ phiếu này đã bị hủy.")
		}
	}
}

// TestDigitsOfAPaper: what is printed on slips are the digits of all papers
// together, and only a single paper's page may say that its digits are those.
func TestDigitsOfAPaper(t *testing.T) {
	c := councilIn(t, meeting.Sealed)
	for _, p := range c.meeting().Papers {
		b, err := c.store.Box(t.Context(), p.UUID)
		c.ok(err)
		page := visible(c.do("GET", "/board/"+string(p.UUID), "", browser).body)
		c.has(page, "Dãy số của riêng phiếu này Digits of this paper alone "+b.Election().Fingerprint().Digits(), "Không phải dãy số in trên tờ phiếu", "!Dãy số trên tờ phiếu")
	}
	alone := openPoll(t)
	page := visible(alone.page("/board/"+string(alone.UUID), 200))
	alone.has(page, "Dãy số trên tờ phiếu Digits on the slips "+alone.box.Election().Fingerprint().Digits(), "!Dãy số của riêng")
}

// A poll that names no rule set has no table of levels; its public page opens all
// the same.
func TestBoardWithoutRuleSet(t *testing.T) {
	p := newPoll(t, box.Settings{MinBallots: 1})
	p.ok(p.box.Open(t.Context()))
	p.castFirst(3)
	p.sign(0)
	p.count()
	p.ok(p.box.Publish(t.Context()))
	p.has(p.page("/board/"+string(p.UUID), 200), "hợp lệ.</strong> Chuỗi", "!Tín nhiệm cao")
}

// sealedAt seals a poll at a time.
func (s *site) sealedAt(seconds int64, rehearsal bool) box.Box {
	s.Helper()
	setup := boxtest.NewElection(s.T, boxtest.Plan{Voters: 1}).Setup
	setup.Timestamp, setup.Settings.Rehearsal = seconds, rehearsal
	b, err := s.store.Create(s.Context(), setup)
	s.ok(err)
	return b
}

// The public lists show the newest polls first, so many a page, each on one of
// them, and no rehearsal.
func TestPollPages(t *testing.T) {
	s := newSite(t)
	const polls = 103
	var want []string // the newest first
	for i := range polls {
		b := s.sealedAt(1_700_000_000+int64(i), i == 7)
		if i != 7 {
			want = append([]string{string(b.Election().UUID)}, want...)
		}
	}
	for _, path := range []string{"/", "/check"} {
		var seen []string
		next := path
		for n := 1; next != ""; n++ {
			page := s.page(next, http.StatusOK)
			found := regexp.MustCompile(`href="/(?:board|check)/([^"]+)"`).FindAllStringSubmatch(page, -1)
			if len(found) > 50 {
				t.Errorf("%s lists %d", next, len(found))
			}
			for _, f := range found {
				seen = append(seen, f[1])
			}
			s.has(visible(page), "Tất cả 102 cuộc bỏ phiếu; trang "+strconv.Itoa(n)+"/3")
			older := regexp.MustCompile(`href="([^"]+)"><span>Cũ hơn`).FindStringSubmatch(page)
			if next = ""; older != nil {
				next = older[1]
			}
		}
		if slices.Sort(seen); !slices.Equal(seen, slices.Sorted(slices.Values(want))) {
			t.Errorf("%s: %d polls on all pages, want %d", path, len(seen), len(want))
		}
		first := s.page(path, http.StatusOK)
		if !strings.Contains(first, want[0]) || strings.Contains(first, want[len(want)-1]) {
			t.Errorf("%s does not begin with the newest", path)
		}
	}
	for _, page := range []string{"0", "-1", "x", ""} {
		s.has(visible(s.page("/?page="+page, http.StatusOK)), "trang 1/3")
	}
	s.has(visible(s.page("/?page=99", http.StatusOK)), "trang 3/3", "Mới hơn", "!Cũ hơn")
}
