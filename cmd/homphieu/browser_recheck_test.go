package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/tally/archive"
	"github.com/homphieu/homphieu/tally/ledger"
)

// TestBrowserRecheck lets Chromium recheck polls, as an agency does: a good one,
// every archive that must be refused, and what else a server could say. The
// browser comes to the very words of the Go verifier.
func TestBrowserRecheck(t *testing.T) {
	b := startBrowser(t)
	h := newHall(t)
	q := h.poll(pollDraft{people: 4, slips: 7})
	for i := range 6 {
		q.accept(q.slips[i], []int{high, i % 3, low, i%4 - 1})
	}
	q.close()
	q.count()
	q.publishInLog()
	page := q.checkPage()
	for _, s := range []struct {
		name string
		test func(*testing.T)
	}{
		{"valid", func(t *testing.T) { recheckValid(t, b, q) }},
		{"archives", func(t *testing.T) { recheckRefused(t, b, h, page) }},
		{"lies", func(t *testing.T) { recheckLies(t, b, q, page) }},
		{"receipt", func(t *testing.T) { recheckReceipt(t, b, q) }},
		{"not counted", func(t *testing.T) { recheckEarly(t, b, h) }},
		{"corrected", func(t *testing.T) { recheckCorrected(t, b, q) }},
	} {
		t.Run(s.name, s.test)
	}
}

// publishInLog writes into the public log what a meeting does, and requires that
// it is published.
func (q *poll) publishInLog() {
	q.Helper()
	last := q.writeInLog()
	q.site.log.Round(q.Context())
	if c, _, err := q.site.log.Published(q.Context()); err != nil || c.Size != last+1 {
		q.Fatalf("published %d, %v", c.Size, err)
	}
}

// writeInLog writes into the public log what a meeting does, and returns the
// number of the last entry.
func (q *poll) writeInLog() int64 {
	q.Helper()
	e := q.box.Election()
	closed, err := ledger.ReadClosed(bytes.NewReader(q.get("/archive")), e.UUID, q.get("/closing"))
	if err != nil {
		q.Fatal(err)
	}
	status, err := q.box.Status(q.Context())
	if err != nil {
		q.Fatal(err)
	}
	salt := ledger.NewSalt()
	items := []ledger.Item{{Name: ledger.LastEvent, Hash: status.Head}, {Name: "shares.json", Hash: sha256.Sum256(q.get("/shares"))}}
	numbers, err := q.site.log.Append(q.Context(), ledger.Sealed{Election: e.UUID, Fingerprint: e.Fingerprint()}, closed, ledger.NewResult(e.UUID, salt, items))
	if err == nil {
		numbers, err = q.site.log.Append(q.Context(), ledger.NewOpened(e.UUID, numbers[2], salt, items))
	}
	if err != nil {
		q.Fatal(err)
	}
	return numbers[0]
}

// recheck opens the page of a poll, presses the button, and waits for the
// verdict, whose heading begins with word. It returns the reason in the words of
// the verifier, "" without one.
func (p *tab) recheck(page, word string) string {
	p.Helper()
	p.open(page)
	p.button("Kiểm tra lại tất cả tại đây…")
	p.find("button", "Kiểm tra lại lần nữa…")
	p.says(word)
	return eval[string](p, `document.querySelector(".notice details code")?.textContent ?? ""`)
}

func recheckValid(t *testing.T, b *browser, q *poll) {
	p := b.tab(t, onPhone)
	p.open(q.site.url.JoinPath("check").String())
	p.says("Sổ công bố có 4 mục, máy này đã đọc và kiểm tra hết.")
	p.says("đã công bố · published")
	p.says("thấy sổ ở đây lần đầu")
	holdsUp("check list", p)
	p.press(p.find("link", meetingName))
	p.find("button", "Kiểm tra lại tất cả tại đây…")
	holdsUp("check before", p)
	if reason := p.recheck(q.checkPage(), "ĐÚNG: mọi thứ kiểm tra được đều khớp"); reason != "" {
		t.Errorf("a good poll: %s", reason)
	}
	if marks := marksOf(p); !slices.Equal(marks, slices.Repeat([]string{"is-good"}, 9)) {
		t.Errorf("checks: %q", marks)
	}
	shown := eval[[]string](p, `[...document.querySelectorAll("#computed tbody tr")].map((row) => [...row.cells].slice(1).map((c) => c.textContent).join(" "))`)
	if want := []string{"6 0 0 0", "2 2 2 0", "0 0 6 0", "2 1 1 2"}; strings.Join(shown, ",") != strings.Join(want, ",") {
		t.Errorf("the browser's numbers: %q, want %q", shown, want)
	}
	p.says("Việc kiểm tra này không chứng minh được gì")
	p.says("What it does not prove")
	holdsUp("check valid", p)
	q.keptQuiet(p)
}

// recheckRefused serves the archives that must be refused.
func recheckRefused(t *testing.T, b *browser, h *hall, page string) {
	folder := "../../tally/archive/testdata/vectors/refused"
	list, err := filepath.Glob(folder + "/*.bel")
	if err != nil || len(list) != 24 {
		t.Fatalf("%d archives, %v", len(list), err)
	}
	const uuid = "P3sZCvZ8arL3b6"
	own := page[strings.LastIndexByte(page, '/')+1:]
	h.answerInstead("/check/"+uuid, answer{"text/html; charset=utf-8", strings.ReplaceAll(body(t, page), own, uuid)})
	p := b.tab(t, onPhone)
	for _, file := range list {
		bel, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		h.answerInstead("/api/v1/elections/"+uuid+"/archive", answer{"application/x-tar", string(bel)})
		report, err := archive.Verify(bytes.NewReader(bel), int64(len(bel)), archive.Options{})
		if err != nil || report.Valid() {
			t.Fatalf("%s: %v", file, err)
		}
		reason := p.recheck(strings.ReplaceAll(page, own, uuid), "KHÔNG ĐƯỢC CHẤP NHẬN")
		if want := report.Reason.Error(); reason != want && !bothSay(trusteeAtFault, reason, want) {
			t.Errorf("%s: the browser says %q, the verifier %q", filepath.Base(file), reason, report.Reason)
		}
		if p.shows("ĐÚNG: mọi thứ") {
			t.Errorf("%s: the page says both", file)
		}
	}
	holdsUp("check refused", p)
}

// trusteeAtFault begins the one fault whose rest the page of members and the
// verifier say in other words.
const trusteeAtFault = "event 0 (Setup): trustees: item 1: "

func bothSay(words, a, b string) bool {
	return strings.HasPrefix(a, words) && strings.HasPrefix(b, words)
}

// body fetches an address.
func body(t testing.TB, address string) string {
	t.Helper()
	response, err := http.Get(address) //nolint:noctx // a test's own server
	text, err := answerOf(response, err)
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	return text
}

// recheckLies alters one thing at a time of what a server says of a good poll.
func recheckLies(t *testing.T, b *browser, q *poll, page string) {
	base := "/api/v1/elections/" + string(q.box.Election().UUID)
	truth := func(path string) string { return body(t, q.site.url.Scheme+"://"+q.site.url.Host+path) }
	p := b.tab(t, onLaptop)
	for _, lie := range []struct {
		name, path string
		alter      func(string) string
		words      string
	}{
		{"numbers on the page", strings.TrimPrefix(page, q.site.url.String()), func(s string) string {
			return strings.Replace(s, `<span>6 <span class="percent">`, `<span>5 <span class="percent">`, 1)
		}, "page: the numbers shown are not those of the archive"},
		{"closing file", base + "/closing", func(s string) string { return strings.Replace(s, `"issued":`, `"issued":1`, 1) }, "closing file: does not hold"},
		{"proofs", base + "/shares", func(string) string { return `{}` }, "shares: "},
		{"checkpoint", "/log/checkpoint", func(s string) string { return strings.Replace(s, "\n4\n", "\n3\n", 1) }, "checkpoint: not one of this log"},
		{"entries", "/log/tile/entries/000.p/4", func(s string) string { return strings.Replace(s, `"ballots":6`, `"ballots":7`, 1) }, "entry 1: edited"},
		{"tile", "/log/tile/0/000.p/4", func(s string) string { return s[:40] + "x" + s[41:] }, "entry 1: edited"},
		{"policy", "/log/policy", func(s string) string { return strings.Replace(s, "quorum none", "quorum  none", 1) }, "policy: malformed: not what the log has signed"},
		{"key", "/log/policy", func(s string) string { return otherPolicy(t, s) }, "checkpoint: not one of this log: no signature"},
	} {
		altered := lie.alter(truth(lie.path))
		if altered == truth(lie.path) {
			t.Fatalf("%s: nothing altered", lie.name)
		}
		q.answerInstead(lie.path, answer{contentTypeOf(lie.path), altered})
		if reason := p.recheck(page, "KHÔNG ĐƯỢC CHẤP NHẬN"); !strings.Contains(reason, lie.words) {
			t.Errorf("%s: %q, want %q", lie.name, reason, lie.words)
		}
		q.honest(lie.path)
	}
	if reason := p.recheck(page, "ĐÚNG: mọi thứ"); reason != "" {
		t.Errorf("honest again: %s", reason)
	}
}

// otherPolicy is the policy of a log of the same origin with another key.
func otherPolicy(t *testing.T, policy string) string {
	t.Helper()
	origin, _, _ := strings.Cut(strings.TrimPrefix(policy, "log "), "+")
	secret, public, err := ledger.GenerateKey(origin)
	must(t, err)
	signer, err := note.NewSigner(secret)
	must(t, err)
	signed, err := ledger.SignPolicy(ledger.FormatPolicy(public, 0), signer)
	must(t, err)
	return string(signed)
}

func contentTypeOf(path string) string {
	if strings.HasPrefix(path, "/check/") {
		return "text/html; charset=utf-8"
	}
	return "application/octet-stream"
}

// honest ends what answerInstead has begun.
func (h *hall) honest(path string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.instead, path)
}

// recheckReceipt keeps the receipt of a ballot and checks it, also without a
// network.
func recheckReceipt(t *testing.T, b *browser, q *poll) {
	trackers := trackersIn(t, q)
	hash := trackers[0]
	p := b.tab(t, onPhone)
	p.open(q.boardPage() + "/" + hex.EncodeToString(hash[:]))
	p.says("Biên nhận chứng minh phiếu này nằm trong hòm")
	p.button("Kiểm tra biên nhận tại đây…")
	p.says("Biên nhận ĐÚNG")
	p.says(ballot.Tracker(hash))
	holdsUp("receipt", p)

	path := "/ballots/" + hex.EncodeToString(hash[:]) + "/proof"
	receipt := string(q.get(path))
	if _, _, err := ledger.VerifyReceipt([]byte(receipt), policyOf(t, q).Logs[0].Key, policyOf(t, q)); err != nil {
		t.Errorf("the receipt of the page: %v", err)
	}
	p.open(q.site.url.JoinPath("check").String())
	p.says("Sổ công bố có 4 mục")
	p.person().give("#policy", fileWith(t, string(policyText(t, q))))
	q.unplug(true)
	p.person().give("#receipt-file", fileWith(t, receipt))
	p.button("Kiểm tra biên nhận tại đây…")
	p.says("Biên nhận ĐÚNG")
	p.person().give("#receipt-file", fileWith(t, strings.Replace(receipt, "index 1", "index 2", 1)))
	p.button("Kiểm tra biên nhận tại đây…")
	p.says("Biên nhận KHÔNG ĐÚNG")
	q.unplug(false)
	holdsUp("receipt refused", p)
}

func (p *tab) person() *person { return &person{tab: p} }

func fileWith(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.txt")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func policyText(t *testing.T, q *poll) []byte {
	t.Helper()
	return []byte(body(t, q.site.url.JoinPath("log", "policy").String()))
}

func policyOf(t *testing.T, q *poll) *ledger.Policy {
	t.Helper()
	policy, err := ledger.ParsePolicy(policyText(t, q))
	if err != nil {
		t.Fatal(err)
	}
	return policy
}

// trackersIn are the hashes of the ballots of a poll.
func trackersIn(t *testing.T, q *poll) (list [][32]byte) {
	t.Helper()
	files, err := q.box.Files(t.Context(), 0, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		hash := sha256.Sum256(f.Content)
		if _, err := q.box.Lookup(t.Context(), hash); err == nil && !f.Event {
			list = append(list, hash)
		}
	}
	if len(list) == 0 {
		t.Fatal("no ballots")
	}
	return list
}

// recheckCorrected replaces a result that was released. Everything holds then;
// but whoever has the first one must be told.
func recheckCorrected(t *testing.T, b *browser, q *poll) {
	e := q.box.Election()
	opened, err := q.site.log.Standing(t.Context(), e.UUID)
	must(t, err)
	salt := ledger.NewSalt()
	items := opened[3].Body.(ledger.Opened).Hashes
	numbers, err := q.site.log.Append(t.Context(),
		ledger.Correction{Of: opened[2].Number, Reason: "Báo cáo ghi sai tên. · The report had a wrong name."}, ledger.NewResult(e.UUID, salt, items))
	must(t, err)
	_, err = q.site.log.Append(t.Context(), ledger.NewOpened(e.UUID, numbers[1], salt, items))
	must(t, err)
	q.site.log.Round(t.Context())
	p := b.tab(t, onPhone)
	p.recheck(q.checkPage(), fmt.Sprintf("ĐÚNG, NHƯNG ĐÃ ĐÍNH CHÍNH ở mục %d: Báo cáo ghi sai tên.", numbers[0]))
	p.says(fmt.Sprintf("VALID, BUT CORRECTED by entry %d: ", numbers[0]))
	p.says(fmt.Sprintf("Mục %d rút lại mục %d, sau khi kết quả đã công bố.", numbers[0], opened[2].Number))
	if p.shows("ĐÚNG: mọi thứ") {
		t.Error("the page says that it is plainly valid")
	}
	looksWell("corrected", p)
	p.open(q.site.url.JoinPath("check").String())
	p.says(fmt.Sprintf("đã đính chính ở mục %d", numbers[0]))
	looksWell("corrected in the list", p)
}

// recheckEarly rechecks polls that are not there yet, or are not in the log.
func recheckEarly(t *testing.T, b *browser, h *hall) {
	q := h.poll(pollDraft{people: 2, slips: 3})
	q.accept(q.slips[0], []int{high, low})
	page := q.checkPage()
	p := b.tab(t, onPhone)
	p.recheck(page, "CHƯA ĐỦ ĐỂ KẾT LUẬN")
	p.says("Chưa đóng hòm phiếu.")
	q.close()
	p.recheck(page, "CHƯA ĐỦ ĐỂ KẾT LUẬN")
	p.says("Chưa kiểm phiếu, hoặc kết quả chưa được công bố.")
	p.says("Sổ công bố chưa ghi.")
	holdsUp("check incomplete", p)
	hash := trackersIn(t, q)[0]
	p.open(fmt.Sprintf("%s/%x", q.boardPage(), hash))
	p.says("Biên nhận có ở đây khi việc đóng hòm phiếu đã ghi vào sổ công bố")
}
