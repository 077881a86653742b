package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/store/bolt"
	"github.com/homphieu/homphieu/tally/ledger"
)

// TestBrowserWitnessed lets Chromium recheck polls of a server whose public log
// two witnesses must cosign: with both of them, without one, and then what
// another server shows under the same address.
func TestBrowserWitnessed(t *testing.T) {
	w := newWatchedServer(t)
	p := startBrowser(t).person(t, nil, onPhone)
	q := w.counted(5)
	q.publishInLog()
	recheckWitnessed(t, p, q)
	recheckFalseWitnesses(t, p, w, q)
	recheckUnwitnessed(t, p, w)
	recheckForked(t, p, w)
	recheckReplaced(t, p, w)
	recheckDropped(p, w)
}

// A watchedServer is a server at one address, on which folder it may run.
type watchedServer struct {
	*hall
	folder    string
	witnesses []*watchman
	stop      func()
}

// theWitnesses are the names of the witnesses of these tests.
var theWitnesses = []string{"so-noi-vu-tinh-lam-dong", "so-tai-chinh-tinh-lam-dong"}

// newWatchedServer starts a server and its witnesses, both of whom results need.
func newWatchedServer(t *testing.T) *watchedServer {
	t.Helper()
	w := &watchedServer{folder: t.TempDir()}
	_, key, err := logKey(filepath.Join(w.folder, "log.key"), "hop.example.vn/log")
	must(t, err)
	w.start(t, serveOptions{data: w.folder, listen: "127.0.0.1:0", witnesses: w.settings(t, "witnesses", key)})
	return w
}

// settings starts witnesses of a log, with new keys under the same names, and
// returns the file of settings that asks both of them.
func (w *watchedServer) settings(t *testing.T, file string, log *ledger.Key) string {
	t.Helper()
	settings := "quorum 2\nrequired\n"
	w.witnesses = nil
	for _, name := range theWitnesses {
		one := keepWatching(t, witnessOptions{data: t.TempDir(), name: name, logs: []*ledger.Key{log}})
		one.stop = sync.OnceFunc(one.stop)
		t.Cleanup(one.stop)
		w.witnesses = append(w.witnesses, one)
		settings += "witness " + one.public + " " + one.url + "\n"
	}
	path := filepath.Join(w.folder, file)
	must(t, os.WriteFile(path, []byte(settings), 0o600))
	return path
}

// again stops the server, and starts it at its address with other settings.
func (w *watchedServer) again(t *testing.T, settings string) {
	t.Helper()
	w.stop()
	w.start(t, serveOptions{data: w.folder, listen: w.site.listener.Addr().String(), witnesses: settings})
}

// start runs a server, and asks its witnesses once.
func (w *watchedServer) start(t *testing.T, o serveOptions) {
	t.Helper()
	store, err := bolt.Open(filepath.Join(o.data, "homphieu.db"))
	must(t, err)
	o.ledger = store.Ledger()
	w.hall = &hall{TB: t, store: store}
	w.site, err = newSite(o, api.Config{Store: store})
	must(t, err)
	w.site.server.Handler = w.remember(w.site.server.Handler)
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- w.site.serve(ctx) }()
	w.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
		must(t, store.Close())
	})
	t.Cleanup(w.stop)
	w.site.log.Round(t.Context())
}

// instead stops the server, and starts another one at its address on a folder
// of its own, without witnesses.
func (w *watchedServer) instead(t *testing.T, folder string) {
	t.Helper()
	w.stop()
	w.start(t, serveOptions{data: folder, listen: w.site.listener.Addr().String()})
}

// counted is a poll with a result, of which the log says nothing yet.
func (w *watchedServer) counted(slips int) *poll {
	q := w.poll(pollDraft{people: 3, slips: slips})
	for i := range slips - 1 {
		q.accept(q.slips[i], []int{high, i % 3, low})
	}
	q.close()
	q.count()
	return q
}

func (q *poll) checkPage() string {
	return q.site.url.JoinPath("check", string(q.box.Election().UUID)).String()
}

// marksOf are the states of the checks that the page lists.
func marksOf(p *tab) []string {
	p.Helper()
	return eval[[]string](p, `[...document.querySelectorAll(".checks > li")].map((e) => e.className)`)
}

// looksWell holds a page up to every screen, and draws the whole of it where
// pictures are wanted.
func looksWell(state string, p *tab) {
	p.Helper()
	holdsUp(state, p)
	if *pictures == "" {
		return
	}
	for name, s := range map[string]screen{"phone": onPhone, "laptop": onLaptop} {
		p.look(s, false, 16)
		p.wholePicture(filepath.Join(*pictures, strings.ReplaceAll(state, " ", "-")+"-whole-"+name+".png"))
	}
	p.look(onPhone, false, 16)
}

func recheckWitnessed(t *testing.T, p *person, q *poll) {
	first := append(slices.Repeat([]string{"is-good"}, 5), "is-note", "is-good", "is-good", "is-good")
	for _, want := range [][]string{first, slices.Repeat([]string{"is-good"}, 9)} {
		if reason := p.recheck(q.checkPage(), "ĐÚNG: mọi thứ kiểm tra được đều khớp"); reason != "" {
			t.Errorf("a good poll: %s", reason)
		}
		if marks := marksOf(p.tab); !slices.Equal(marks, want) {
			t.Errorf("checks: %q, want %q", marks, want)
		}
		if first := slices.Contains(want, "is-note"); p.shows("thấy sổ ở đây lần đầu, chưa có gì để so") != first {
			t.Errorf("the page says that it is the first time: %v", !first)
		}
		p.says("Đã xác nhận các mục này Cosigned by " + strings.Join(theWitnesses, ", "))
		looksWell("witnessed "+want[5], p.tab)
	}
	if p.shows("không cần người chứng kiến") || p.shows("còn chờ người chứng kiến") {
		t.Error("the page misses witnesses")
	}
}

// recheckFalseWitnesses lets the operator put keys of its own under the names of
// the witnesses. All that they cosign holds, and the names are the same: what
// tells is that this browser has seen other digits.
func recheckFalseWitnesses(t *testing.T, p *person, w *watchedServer, q *poll) {
	hash := trackersIn(t, q)[0]
	key := w.site.log.Key
	honest := w.witnesses
	before := policyOf(t, q).Digits(key)
	w.again(t, w.settings(t, "false", key))
	now := policyOf(t, q).Digits(key)
	reason := p.recheck(q.checkPage(), "KHÔNG ĐƯỢC CHẤP NHẬN")
	if !strings.HasPrefix(reason, "policy: another than this browser has seen here: on ") {
		t.Errorf("%q", reason)
	}
	p.says("Tên có thể vẫn như cũ")
	shown := eval[[]string](p.tab, `[...document.querySelectorAll("dd .digits")].map((e) => [...e.children].map((c) => c.textContent).join(" "))`)
	if want := []string{before, now}; before == now || !slices.Equal(shown, want) {
		t.Errorf("the page shows %q, want %q", shown, want)
	}
	looksWell("false witnesses", p.tab)
	p.open(w.site.url.JoinPath("check").String())
	p.says("Người chứng kiến của sổ đã đổi")
	p.open(fmt.Sprintf("%s/%x", q.boardPage(), hash))
	p.button("Kiểm tra biên nhận tại đây…")
	p.says("Chưa kiểm tra biên nhận")
	p.says("Người chứng kiến của sổ đã đổi")

	p.recheck(q.checkPage(), "KHÔNG ĐƯỢC CHẤP NHẬN")
	acceptWitnesses(p)
	p.says("thì trình duyệt này nhận lần đầu")
	w.again(t, filepath.Join(w.folder, "witnesses"))
	w.witnesses = honest
	p.recheck(q.checkPage(), "KHÔNG ĐƯỢC CHẤP NHẬN")
	acceptWitnesses(p)
}

// acceptWitnesses says that it is known why the witnesses have changed.
func acceptWitnesses(p *person) {
	p.Helper()
	p.press(p.find("DisclosureTriangle", "Tôi biết vì sao người chứng kiến đã đổi…"))
	looksWell("false witnesses asked", p.tab)
	p.button("Nhận dãy số mới và kiểm tra lại…")
	p.says("ĐÚNG: mọi thứ kiểm tra được đều khớp")
}

// recheckUnwitnessed takes one witness away: what the log says of another poll
// is not published then.
func recheckUnwitnessed(t *testing.T, p *person, w *watchedServer) {
	w.witnesses[1].stop()
	q := w.counted(4)
	q.writeInLog()
	w.site.log.Round(t.Context())
	p.recheck(q.checkPage(), "CHƯA ĐỦ ĐỂ KẾT LUẬN")
	p.says("Sổ công bố còn chờ người chứng kiến xác nhận")
	p.says("sổ có 8 mục, mới công bố được 4 mục")
	p.says("chưa được coi là kết quả đã công bố")
	if names := eval[[]string](p.tab, `[...document.querySelectorAll(".notice-wait li")].map((e) => e.textContent)`); !slices.Equal(names, theWitnesses[1:]) {
		t.Errorf("missing are %q, want %q", names, theWitnesses[1:])
	}
	looksWell("witness missing", p.tab)
	p.open(w.site.url.JoinPath("check").String())
	p.says("Sổ công bố có 4 mục")
	p.says("Sổ công bố còn chờ người chứng kiến xác nhận")
	p.says("chưa ghi vào sổ")
	looksWell("witness missing in the list", p.tab)
}

// recheckForked lets a second server with the same key, and without witnesses,
// show another history.
func recheckForked(t *testing.T, p *person, w *watchedServer) {
	folder := t.TempDir()
	secret, err := os.ReadFile(filepath.Join(w.folder, "log.key"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(folder, "log.key"), secret, 0o600))
	key := w.site.log.Key.String()
	w.instead(t, folder)
	if w.site.log.Key.String() != key {
		t.Fatalf("another key: %s", w.site.log.Key)
	}
	w.counted(3).publishInLog()
	q := w.counted(4)
	q.publishInLog()
	reason := p.recheck(q.checkPage(), "KHÔNG ĐƯỢC CHẤP NHẬN")
	if want := "fork: the log hop.example.vn/log shows two histories: its first 4 entries are not those that it had on "; !strings.HasPrefix(reason, want) {
		t.Errorf("%q, want %q", reason, want)
	}
	p.says("Sổ công bố có hai lịch sử khác nhau")
	evidence, err := os.ReadFile(p.follow("Tải tệp bằng chứng…"))
	must(t, err)
	e, err := ledger.VerifyEvidence(evidence)
	must(t, err)
	if a, b := e.Checkpoints(); e.Key.String() != key || a.Size != 4 || b.Size != 8 {
		t.Errorf("it convicts %s with %+v and %+v", e.Key, a, b)
	}
	if p.shows("Tôi biết vì sao sổ đã đổi") {
		t.Error("the page lets a person accept a fork")
	}
	looksWell("fork", p.tab)
	p.open(w.site.url.JoinPath("check").String())
	p.says("Sổ công bố có hai lịch sử khác nhau")
	looksWell("fork in the list", p.tab)
}

// recheckReplaced lets a server with a key of its own stand there: what it shows
// is refused until the person says that it is known why.
func recheckReplaced(t *testing.T, p *person, w *watchedServer) {
	w.instead(t, t.TempDir())
	q := w.counted(3)
	q.publishInLog()
	reason := p.recheck(q.checkPage(), "KHÔNG ĐƯỢC CHẤP NHẬN")
	if name := w.site.log.Key.Origin(); !strings.Contains(reason, "it was hop.example.vn/log+") || !strings.Contains(reason, "now it is "+name) {
		t.Errorf("%q names not both logs", reason)
	}
	p.says("Sổ công bố đã bị thay bằng một sổ khác")
	looksWell("another log", p.tab)
	p.press(p.find("DisclosureTriangle", "Tôi biết vì sao sổ đã đổi…"))
	looksWell("another log asked", p.tab)
	p.button("Quên sổ cũ và kiểm tra lại…")
	p.says("ĐÚNG: mọi thứ kiểm tra được đều khớp")
	p.says("thấy sổ ở đây lần đầu")
	p.says("Sổ công bố này không cần người chứng kiến nào xác nhận")
}

// recheckDropped shows no log at all any more.
func recheckDropped(p *person, w *watchedServer) {
	log := w.site.server.Handler
	w.site.server.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/log/") {
			http.NotFound(rw, r)
			return
		}
		log.ServeHTTP(rw, r)
	})
	p.open(w.site.url.JoinPath("check").String())
	p.says("Trước đây máy chủ này có sổ công bố, bây giờ thì không.")
	looksWell("no log any more", p.tab)
}
