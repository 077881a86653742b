package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/skip2/go-qrcode"

	"github.com/homphieu/homphieu/ballot"
)

// TestBrowserKiosk votes at a machine in the hall.
func TestBrowserKiosk(t *testing.T) {
	film := filepath.Join(t.TempDir(), "camera.y4m")
	// The camera sees a picture of a slip's code.
	b := startBrowser(t, chromedp.Flag("use-fake-ui-for-media-stream", true),
		chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-file-for-fake-video-capture", film))
	for _, s := range []struct {
		name string
		test func(*testing.T, *browser)
	}{
		{"one after another", testKioskVoters},
		{"several papers", testKioskPapers},
		{"typed", testKioskTyped},
		{"spoiled codes", testKioskSpoiled},
		{"nobody there", testKioskIdle},
		{"given up", testKioskLeave},
		{"lost connection", testKioskLost},
		{"given up without network", testKioskLostLeave},
		{"enter of a scanner", testKioskEnter},
		{"first screen", testKioskStarts},
		{"looks", testKioskLooks},
		{"camera", func(t *testing.T, b *browser) { testKioskCamera(t, b, film) }},
		{"no camera", func(t *testing.T, b *browser) { testKioskNoCamera(t, b) }},
	} {
		t.Run(s.name, func(t *testing.T) { s.test(t, b) })
	}
}

const kioskTitle = "Đưa mã trên tờ phiếu vào máy đọc, hoặc gõ mã"

// kiosk opens the poll's page for a shared machine. Its clock can be turned
// forward.
func (b *browser) kiosk(t *testing.T, site, uuid string) *tab {
	t.Helper()
	p := b.tab(t, onLaptop)
	call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `(() => {
		const real = performance.now.bind(performance);
		let skipped = 0;
		performance.now = () => real() + skipped;
		window.skip = (seconds) => void (skipped += 1000 * seconds);
	})()`})
	p.open(strings.TrimSuffix(site, "/") + "/kiosk/" + uuid)
	p.atStart()
	return p
}

func (q *poll) kiosk(t *testing.T, b *browser) *tab {
	t.Helper()
	return b.kiosk(t, q.site.url.String(), string(q.box.Election().UUID))
}

// atStart waits for the first screen, on which the scanner can type.
func (p *tab) atStart() {
	p.Helper()
	p.find("heading", kioskTitle)
	p.focusOn("textbox", "Mã từ máy đọc")
	p.says("Sẵn sàng đọc mã")
}

// skip turns the machine's clock forward.
func (p *tab) skip(d time.Duration) {
	p.Helper()
	eval[any](p, fmt.Sprintf("skip(%g)", d.Seconds()))
}

// scan types as a scanner does: the link, and Enter.
func (p *tab) scan(text string) {
	p.Helper()
	p.key(text + "\r")
}

// castAt marks everybody low and casts.
func (p *tab) castAt(people int) {
	p.Helper()
	p.find("button", "Bắt đầu")
	p.button("Bắt đầu")
	for i := range people {
		p.find("heading", fmt.Sprintf("%d/%d %s", i+1, people, nameOf(i)))
		p.choose(low)
		if i < people-1 {
			p.button("Tiếp")
		}
	}
	p.button("Xem lại phiếu")
	p.button("Bỏ phiếu")
}

// forgotten fails if anything of a voter is left in the page, in storage, in
// the history or in memory.
func (q *poll) forgotten(p *tab, slip int, more ...string) {
	p.Helper()
	p.atStart()
	q.noTrace(p, slip)
	if kept := p.kept(); kept != atRest {
		p.Errorf("the machine keeps something: %s", kept)
	}
	if n := eval[int](p, `history.length`); n > 2 {
		p.Errorf("the history has %d entries", n)
	}
	code := q.slips[slip].Code()
	secrets := append([]string{code, strings.ReplaceAll(code, "-", ""), q.slips[slip].Secret(q.box.Election().UUID).String(),
		q.slips[slip].Public(q.box.Election().UUID).String()}, more...)
	html, memory := eval[string](p, `document.documentElement.outerHTML + JSON.stringify([...document.querySelectorAll("input")].map((i) => i.value))`), p.memory()
	for _, secret := range secrets {
		if strings.Contains(html, secret) || strings.Contains(memory, secret) {
			p.Errorf("%.8s… is still in the page (%t) or in memory (%t)", secret, strings.Contains(html, secret), strings.Contains(memory, secret))
		}
	}
	for _, word := range []string{nameOf(0), `type="radio"`} {
		if strings.Contains(html, word) {
			p.Errorf("the page still holds %q", word)
		}
	}
}

// testKioskVoters lets several people vote, one after another.
func testKioskVoters(t *testing.T, b *browser) {
	q := newHall(t).poll(pollDraft{people: 2, slips: 4})
	p := q.kiosk(t, b)
	p.says(meetingName)
	p.await("24 digits", func() bool {
		return strings.Contains(strings.ReplaceAll(p.text(), " ", ""), strings.ReplaceAll(q.box.Election().Fingerprint().Digits(), " ", ""))
	})
	p.scan(q.link(0))
	p.find("button", "Bắt đầu")
	if !strings.Contains(p.memory(), q.slips[0].Code()) {
		t.Error("the code of the voter at work is not found in memory: then it proves nothing that it is not found later")
	}
	p.castAt(2)
	p.find("heading", "Phiếu đã được ghi nhận")
	trackers := []string{ballot.Tracker(sha256.Sum256(q.posts()[0].body))}
	p.says(trackers[0])
	for _, words := range []string{"đóng trang", "Tra cứu phiếu này"} {
		if p.shows(words) {
			t.Errorf("a shared machine says %q: %s", words, p.text())
		}
	}
	p.says("Tự về màn hình đầu sau")
	p.button("Xong · Người tiếp theo")
	q.forgotten(p, 0, trackers[0])

	// The next one is in no hurry to press anything.
	p.scan(q.link(1))
	p.castAt(2)
	p.find("heading", "Phiếu đã được ghi nhận")
	p.skip(15 * time.Second)
	p.says("Tự về màn hình đầu sau 5 giây")
	p.skip(6 * time.Second)
	q.forgotten(p, 1)

	// The one after has the slip before the scanner while the last is still green.
	p.scan(q.link(2))
	p.castAt(2)
	p.find("heading", "Phiếu đã được ghi nhận")
	p.scan(q.link(3))
	p.castAt(2)
	p.find("heading", "Phiếu đã được ghi nhận")
	p.button("Xong · Người tiếp theo")
	q.forgotten(p, 2)
	q.forgotten(p, 3)

	// A slip that was used is told so, and the machine comes back by itself.
	p.scan(q.link(0))
	p.refuses("Tờ phiếu này đã được dùng. Nếu không phải đồng chí đã bỏ phiếu, báo ngay cho Ban kiểm phiếu.")
	p.says(trackers[0])
	p.skip(61 * time.Second)
	q.forgotten(p, 0, trackers[0])
	if n := len(q.posts()); n != 4 {
		t.Errorf("%d ballots arrived, want 4", n)
	}
	q.keptQuiet(p)
}

// testKioskPapers votes on two papers with one slip.
func testKioskPapers(t *testing.T, b *browser) {
	g := newGathering(t, 1)
	path := "/api/v1/meetings/" + string(g.uuid) + "/documents/00ff"
	g.list([]document{{g.papers[0].box.Election().UUID, 0, "Báo cáo", "report", path, 1}}, g.papers[:]...)
	p := b.kiosk(t, g.site.url.String(), string(g.uuid))
	p.scan(g.link(0))
	p.find("button", "Bắt đầu")
	p.button("Bắt đầu")
	p.find("heading", "1/5 "+nameOf(0))
	if list := p.things("link"); len(list) > 0 {
		t.Errorf("links lead away from a shared machine: %+v", list)
	}
	p.button("Quay lại")
	p.voteAllOn(5)
	trackers := g.arrivedOnce()
	p.saysTrackers(trackers)
	p.button("Xong · Người tiếp theo")
	g.papers[0].forgotten(p, 0, trackers[:]...)
	g.papers[1].forgotten(p, 0)
}

// testKioskTyped types the code by hand.
func testKioskTyped(t *testing.T, b *browser) {
	q := newHall(t).poll(pollDraft{people: 1, slips: 1})
	p := q.kiosk(t, b)
	p.button("Gõ mã")
	p.enterCode(q.slips[0].Code())
	p.castAt(1)
	p.find("heading", "Phiếu đã được ghi nhận")
	p.button("Xong · Người tiếp theo")
	q.forgotten(p, 0)
}

// testKioskSpoiled scans what is no slip, or arrives spoiled.
func testKioskSpoiled(t *testing.T, b *browser) {
	h := newHall(t)
	q, other := h.poll(pollDraft{people: 1, slips: 1}), h.poll(pollDraft{people: 1, slips: 1})
	p := q.kiosk(t, b)
	swapped := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return r
	}, q.link(0))
	for _, test := range []struct{ text, words string }{
		{"https://example.com/menu", "Không đọc được mã này."},
		{q.link(0)[:len(q.link(0))-1], "Không đọc được mã này."},
		{other.link(0), "Tờ phiếu này không thuộc cuộc bỏ phiếu đang mở"},
		{strings.Replace(q.link(0), q.box.Election().Fingerprint().Link(), other.box.Election().Fingerprint().Link(), 1), "Tờ phiếu này không thuộc cuộc bỏ phiếu đang mở"},
		{strings.Replace(q.link(0), "#", "#ââ", 1), "Máy đang bật bộ gõ tiếng Việt"},
		{swapped, "Phím Caps Lock đang bật"},
	} {
		p.scan(test.text)
		p.says(test.words)
		p.atStart()
	}
	q.noTrace(p, 0)
	for _, r := range q.requests() {
		if r.method != "GET" {
			t.Errorf("%s %s", r.method, r.path)
		}
	}
	p.scan(q.link(0)) // and the complaint is gone
	p.castAt(1)
	p.find("heading", "Phiếu đã được ghi nhận")
	p.button("Xong · Người tiếp theo")
	p.atStart()
	if p.shows("Caps Lock") {
		t.Errorf("the next voter sees: %s", p.text())
	}
}

// testKioskIdle leaves the machine alone in the middle.
func testKioskIdle(t *testing.T, b *browser) {
	q := newHall(t).poll(pollDraft{people: 2, slips: 1})
	p := q.kiosk(t, b)
	p.skip(time.Hour) // nobody has begun
	p.atStart()
	p.scan(q.link(0))
	p.button("Bắt đầu")
	p.choose(high)
	p.skip(170 * time.Second)
	p.choose(low) // a touch: the three minutes begin again
	p.skip(170 * time.Second)
	p.find("heading", "1/2 "+nameOf(0))
	p.skip(11 * time.Second)
	p.find("heading", "Còn ai ở đây không?")
	p.says("Tự xóa sau")
	if p.shows(nameOf(0)) || len(p.things("radio")) > 0 {
		t.Errorf("the question leaves marks in view: %s", p.text())
	}
	p.button("Tôi vẫn đang bỏ phiếu")
	p.find("heading", "1/2 "+nameOf(0))
	p.isChecked(low)
	p.button("Che màn hình")
	p.find("button", "Màn hình đang được che…")
	p.skip(181 * time.Second)
	p.find("heading", "Còn ai ở đây không?")
	p.skip(31 * time.Second)
	q.forgotten(p, 0)
	p.scan(q.link(0)) // the slip is as good as before
	p.castAt(2)
	p.find("heading", "Phiếu đã được ghi nhận")
}

// testKioskLeave gives up in the middle.
func testKioskLeave(t *testing.T, b *browser) {
	q := newHall(t).poll(pollDraft{people: 2, slips: 1})
	p := q.kiosk(t, b)
	p.scan(q.link(0))
	p.find("button", "Bắt đầu")
	p.button("Thoát") // nothing is lost yet
	q.forgotten(p, 0)
	p.scan(q.link(0))
	p.button("Bắt đầu")
	p.choose(low)
	p.button("Thoát")
	p.find("heading", "Thoát và xóa hết?")
	p.button("Ở lại")
	p.find("heading", "1/2 "+nameOf(0))
	p.isChecked(low)
	p.button("English")
	p.button("Leave")
	p.button("Leave and clear")
	q.forgotten(p, 0) // in Vietnamese again
	if n := len(q.posts()); n != 0 {
		t.Errorf("%d ballots were sent", n)
	}
}

// testKioskLost casts without a network: the voter waits with the machine.
func testKioskLost(t *testing.T, b *browser) {
	q := newHall(t).poll(pollDraft{people: 1, slips: 1})
	p := q.kiosk(t, b)
	p.scan(q.link(0))
	p.find("button", "Bắt đầu")
	p.toReview(high)
	q.network(p, false)
	p.button("Bỏ phiếu")
	p.find("heading", "Chưa gửi được phiếu")
	p.says("Đồng chí chờ ở đây; phiếu sẽ tự gửi lại khi có mạng.")
	if kept := p.kept(); kept != atRest {
		t.Errorf("the machine keeps something: %s", kept)
	}
	p.skip(time.Hour) // it waits as long as it takes
	p.button("Thử lại ngay")
	p.says("Vẫn chưa gửi được.")
	q.network(p, true)
	p.find("heading", "Phiếu đã được ghi nhận")
	p.skip(21 * time.Second)
	q.forgotten(p, 0)
	if posts := q.posts(); len(posts) != 1 {
		t.Errorf("%d ballots arrived", len(posts))
	}
}

// testKioskLostLeave gives up while a ballot waits: the machine does not send
// it any more, and the slip can vote again.
func testKioskLostLeave(t *testing.T, b *browser) {
	q := newHall(t).poll(pollDraft{people: 1, slips: 1})
	p := q.kiosk(t, b)
	p.scan(q.link(0))
	p.find("button", "Bắt đầu")
	p.toReview(high)
	q.unplug(true)
	p.button("Bỏ phiếu")
	p.find("heading", "Chưa gửi được phiếu")
	p.button("Thoát")
	p.says("máy này sẽ không gửi nữa")
	p.button("Ở lại")
	p.find("heading", "Chưa gửi được phiếu")
	p.button("Thoát")
	p.button("Thoát, xóa hết")
	p.atStart()
	q.unplug(false)
	eval[any](p, `dispatchEvent(new Event("online"))`)
	q.forgotten(p, 0)
	p.scan(q.link(0))
	p.castAt(1)
	p.find("heading", "Phiếu đã được ghi nhận")
	if posts := q.posts(); len(posts) != 1 || !bytes.Contains(posts[0].body, []byte(q.slips[0].Public(q.box.Election().UUID).String())) {
		t.Errorf("%d ballots arrived", len(posts))
	}
}

// testKioskEnter scans a slip while somebody votes: neither its letters nor its
// Enter press anything.
func testKioskEnter(t *testing.T, b *browser) {
	q := newHall(t).poll(pollDraft{people: 1, slips: 2})
	p := q.kiosk(t, b)
	p.scan(q.link(0))
	p.find("button", "Bắt đầu")
	p.toReview(high)
	p.tabTo("Bỏ phiếu")
	p.scan(q.link(1))
	p.key(strings.Repeat("x", 3)) // arrives after whatever Enter has set off
	p.find("heading", "Xem lại phiếu")
	if n := len(q.posts()); n != 0 {
		t.Fatalf("the scanner's Enter has cast %d ballots", n)
	}
	p.skip(time.Second)
	p.key("\r") // a person's Enter does
	p.find("heading", "Phiếu đã được ghi nhận")
}

// testKioskLooks looks at what a shared machine shows of its own.
func testKioskLooks(t *testing.T, b *browser) {
	q := newHall(t).poll(pollDraft{people: 2, slips: 3})
	p := q.kiosk(t, b)
	visit := func(state string) {
		t.Helper()
		p.show(onLaptop)
		saysForm(state, p, "đồng chí", "đại biểu")
		speaksEnglish(state, p)
		holdsUp(state, p)
		p.show(onLaptop)
	}
	holdsUp("kiosk start", p)
	p.show(onLaptop)
	p.button("English")
	p.find("heading", "Hold your slip's code before the reader, or type the code")
	if wrong := eval[[]string](p, foreignText); len(wrong) > 0 {
		t.Errorf("kiosk start in English: %q", wrong)
	}
	p.button("Tiếng Việt")
	p.find("heading", kioskTitle)
	if wrong := eval[[]string](p, foreignText); len(wrong) > 0 {
		t.Errorf("kiosk start: %q", wrong)
	}
	p.scan("x")
	p.says("Không đọc được mã này.")
	p.atStart()
	holdsUp("kiosk unread", p)
	p.show(onLaptop)
	p.scan(q.link(0))
	p.find("button", "Bắt đầu")
	visit("kiosk intro")
	p.button("Bắt đầu")
	p.choose(low)
	visit("kiosk person")
	p.button("Thoát")
	visit("kiosk leaving")
	p.button("Ở lại")
	p.skip(181 * time.Second)
	p.find("heading", "Còn ai ở đây không?")
	p.skip(-5 * time.Second)
	holdsUp("kiosk asking", p)
	p.show(onLaptop)
	p.button("Tôi vẫn đang bỏ phiếu")
	p.button("Tiếp")
	p.button("Xem lại phiếu")
	q.unplug(true)
	p.button("Bỏ phiếu")
	p.find("heading", "Chưa gửi được phiếu")
	visit("kiosk not sent")
	q.unplug(false)
	p.find("heading", "Phiếu đã được ghi nhận")
	p.skip(-time.Hour)
	holdsUp("kiosk recorded", p)
	p.show(onLaptop)
	p.button("Xong · Người tiếp theo")
	p.scan(q.link(0))
	p.find("heading", "Tờ phiếu này đã được dùng")
	p.skip(-time.Hour)
	holdsUp("kiosk used", p)
}

// testKioskCamera shows the camera a slip. The decoder is a file of its own,
// which is fetched now.
func testKioskCamera(t *testing.T, b *browser, film string) {
	q := newHall(t).poll(pollDraft{people: 1, slips: 1})
	filmOf(t, film, q.link(0))
	p := q.kiosk(t, b)
	decoder := func() (n int) {
		for _, r := range q.requests() {
			if r.path == "/assets/scan.js" {
				n++
			}
		}
		return n
	}
	if decoder() != 0 {
		t.Error("the decoder is fetched before anybody wants it")
	}
	p.button("Dùng camera của máy")
	p.castAt(1)
	if decoder() != 1 {
		t.Errorf("the decoder was fetched %d times", decoder())
	}
	p.find("heading", "Phiếu đã được ghi nhận")
	// The camera stays chosen for the next voter, and sees the slip that was used.
	p.button("Xong · Người tiếp theo")
	p.refuses("Tờ phiếu này đã được dùng. Nếu không phải đồng chí đã bỏ phiếu, báo ngay cho Ban kiểm phiếu.")
	if n := eval[int](p, `document.querySelectorAll("video").length`); n != 0 {
		t.Error("the camera is on while a voter is there")
	}

	// A spoiled decoder is not run.
	spoiled := newHall(t).poll(pollDraft{people: 1, slips: 1})
	spoiled.answerInstead("/assets/scan.js", answer{"text/javascript", "postMessage('x')"})
	p = spoiled.kiosk(t, b)
	p.button("Dùng camera của máy")
	p.says("Không mở được camera.")
	p.atStart()
}

// testKioskNoCamera uses a browser that lets no page see.
func testKioskNoCamera(t *testing.T, b *browser) {
	q := newHall(t).poll(pollDraft{people: 1, slips: 1})
	p := q.kiosk(t, b)
	eval[any](p, `void (navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError")))`)
	p.button("Dùng camera của máy")
	p.says("Không mở được camera. Kiểm tra xem trình duyệt có được phép dùng camera không.")
	p.atStart()
}

// testKioskStarts opens the machine before there is a network, and for a poll
// that does not exist.
func testKioskStarts(t *testing.T, b *browser) {
	q := newHall(t).poll(pollDraft{people: 1, slips: 1})
	p := b.tab(t, onLaptop)
	p.open(q.site.url.JoinPath("kiosk", string(ballot.NewUUID())).String())
	p.find("heading", "Không có cuộc bỏ phiếu này")
	q.answerInstead("/api/v1/meetings/"+string(q.box.Election().UUID), answer{"text/html", "Wi-Fi"})
	p.open(q.site.url.JoinPath("kiosk", string(q.box.Election().UUID)).String())
	p.find("heading", "Chưa tải được cuộc họp")
	p.says("Máy này đang mất mạng và tự thử lại.")
	q.answerInstead("/api/v1/meetings/"+string(q.box.Election().UUID), answer{"application/json",
		fmt.Sprintf(`{"uuid":%q,"elections":[%[1]q],"documents":[]}`, q.box.Election().UUID)})
	p.button("Thử lại ngay")
	p.atStart()
	p.scan(q.link(0))
	p.find("button", "Bắt đầu")
}

// filmOf writes a film for Chromium's false camera: a code on a white page.
func filmOf(t *testing.T, path, text string) {
	t.Helper()
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	modules := code.Bitmap()
	const width, height, scale = 640, 480, 6
	luma := bytes.Repeat([]byte{235}, width*height)
	left, top := (width-scale*len(modules))/2, (height-scale*len(modules))/2
	for y := range scale * len(modules) {
		for x := range scale * len(modules) {
			if modules[y/scale][x/scale] {
				luma[(top+y)*width+left+x] = 16
			}
		}
	}
	var film bytes.Buffer
	fmt.Fprintf(&film, "YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n", width, height)
	for range 2 {
		film.WriteString("FRAME\n")
		film.Write(luma)
		film.Write(bytes.Repeat([]byte{128}, width*height/2))
	}
	if err := os.WriteFile(path, film.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
