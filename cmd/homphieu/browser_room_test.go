package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/store/bolt"
)

// A room is a server that whole meetings are held on. It can be stopped and
// started again at the same address, remembers what voters asked and what
// officers sent, and can be made to lie.
type room struct {
	testing.TB
	folder  string
	address string // host:port, the same after each start
	site    *site
	store   *bolt.Store
	stop    func()
	// witnesses is the file that names those of the public log, or empty.
	witnesses string

	mu    sync.Mutex
	later time.Duration                            // how far the server's clock is ahead
	asked []request                                // outside /staff
	sent  []string                                 // paths of POST under /staff
	lies  map[string]func(answer []byte) []byte    // by path: what is sent instead of the true answer
	held  map[string]func(sent []byte) (is []byte) // by method and path: what arrives instead of what was sent
	gates map[string]*gate                         // by method and path
}

// A gate lets requests through when as many are there as are awaited.
type gate struct {
	missing int
	open    chan struct{}
}

func newRoom(t testing.TB) *room {
	r := &room{
		TB: t, folder: t.TempDir(), address: "127.0.0.1:0",
		lies: map[string]func([]byte) []byte{}, held: map[string]func([]byte) []byte{}, gates: map[string]*gate{},
	}
	r.start()
	t.Cleanup(func() { r.stop() })
	return r
}

// start runs the server on what the folder holds.
func (r *room) start() {
	r.Helper()
	store, err := bolt.Open(filepath.Join(r.folder, "homphieu.db"))
	if err != nil {
		r.Fatal(err)
	}
	press, err := (&serveOptions{data: r.folder, listen: "localhost"}).newPress()
	if err != nil {
		r.Fatal(err)
	}
	press.Clock = r.now
	config := api.Config{Store: store, Trials: store, Meetings: store, Staff: store, Audit: store, Clock: r.now, Press: press}
	options := serveOptions{data: r.folder, listen: r.address, ledger: store.Ledger(), witnesses: r.witnesses, rounds: store.Rounds()}
	if r.site, err = newSite(options, config); err != nil {
		r.Fatal(err)
	}
	r.site.rounds.Clock = r.now
	r.store, r.address = store, r.site.listener.Addr().String()
	r.site.grace = time.Second
	r.site.server.Handler = r.watch(r.site.server.Handler)
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- r.site.serve(ctx) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-served; err != nil {
			r.Error(err)
		}
		if err := store.Close(); err != nil {
			r.Error(err)
		}
	})
}

// restart stops the server and starts it again, as after a loss of power.
func (r *room) restart() {
	r.Helper()
	r.stop()
	r.start()
}

// now is the time on the server's clock.
func (r *room) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Now().Add(r.later)
}

// pass lets time pass on the server.
func (r *room) pass(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.later += d
}

// watch stands before the server: it notes what comes, holds back what is to
// come together, and lies where it was told to.
func (r *room) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.note(q)
		r.waitAtGate(q)
		r.mu.Lock()
		lie, change := r.lies[q.URL.Path], r.held[q.Method+" "+q.URL.Path]
		r.mu.Unlock()
		if change != nil {
			sent, err := io.ReadAll(q.Body)
			if err != nil {
				panic(http.ErrAbortHandler)
			}
			is := change(sent)
			q.Body, q.ContentLength = io.NopCloser(bytes.NewReader(is)), int64(len(is))
		}
		if lie == nil {
			next.ServeHTTP(w, q)
			return
		}
		truth := httptest.NewRecorder()
		next.ServeHTTP(truth, q)
		for name, values := range truth.Header() {
			w.Header()[name] = values
		}
		w.Header().Del("Content-Length")
		w.WriteHeader(truth.Code)
		_, _ = w.Write(lie(truth.Body.Bytes()))
	})
}

// note keeps what is asked outside /staff, and where something is sent below it.
func (r *room) note(q *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !strings.HasPrefix(q.URL.Path, "/staff") {
		r.asked = append(r.asked, request{method: q.Method, path: q.URL.Path, header: q.Header.Clone()})
	} else if q.Method == http.MethodPost {
		r.sent = append(r.sent, q.URL.Path)
	}
}

// waitAtGate holds a request back until all that it is to come with are there.
func (r *room) waitAtGate(q *http.Request) {
	r.mu.Lock()
	g := r.gates[q.Method+" "+q.URL.Path]
	if g != nil {
		if g.missing--; g.missing == 0 {
			close(g.open)
		}
	}
	r.mu.Unlock()
	if g != nil {
		<-g.open
	}
}

// lie makes the server answer a path with what f makes of the truth; nil makes
// it honest again.
func (r *room) lie(path string, f func([]byte) []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lies[path] = f
}

// change makes what is posted to a path arrive as f makes it; nil lets it
// through as it is.
func (r *room) change(path string, f func([]byte) []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held["POST "+path] = f
}

// together holds back what is posted to these paths until as many have come as
// there are paths, and lets them go at once.
func (r *room) together(paths ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := &gate{missing: len(paths), open: make(chan struct{})}
	for _, path := range paths {
		r.gates["POST "+path] = g
	}
}

// posted is how often something was posted to a path.
func (r *room) posted(path string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, sent := range r.sent {
		if sent == path {
			n++
		}
	}
	return n
}

// votersAreStrangers fails if any request outside /staff carried something by
// which its sender could be recognised.
func (r *room) votersAreStrangers() {
	r.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.asked) == 0 {
		r.Error("nobody has asked anything")
	}
	for _, q := range r.asked {
		for _, name := range []string{"Cookie", "Authorization"} {
			if q.header.Get(name) != "" {
				r.Errorf("%s %s carries %s", q.method, q.path, name)
			}
		}
	}
}

// administratorLink is what serve prints on an empty store.
func (r *room) administratorLink() string {
	r.Helper()
	line, err := offerAdministrator(r.Context(), staff.NewRegister(r.store, r.store, time.Now), true, r.site.url)
	if err != nil {
		r.Fatal(err)
	}
	return strings.TrimSpace(line[strings.Index(line, "http"):])
}

// url is an address on the server.
func (r *room) url(path string) string { return strings.TrimSuffix(r.site.url.String(), "/") + path }

// A person is somebody with a browser of their own, in whose folder downloads
// arrive.
type person struct {
	*tab
	browser *browser
	room    *room
	base    string // address of their meeting pages
	files   *downloads
	seed    string // of a board member

	overShoulder func(screen string, p *tab) // told by isAt; may be nil
}

// person opens a browser of one's own.
func (b *browser) person(t testing.TB, r *room, s screen) *person {
	t.Helper()
	p := &person{tab: b.tab(t, s), browser: b, room: r, files: &downloads{folder: t.TempDir(), names: map[string]string{}}}
	if err := chromedp.Listen(p.ctx, p.files.listen); err != nil {
		t.Fatal(err)
	}
	call(p.tab, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
		Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllowAndName, DownloadPath: p.files.folder,
		BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID, EventsEnabled: new(true),
	})
	// Printing would wait for a person; what is to be printed is looked up in
	// the page.
	call(p.tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `window.print = () => {};`})
	return p
}

// at goes to a page of the meeting.
func (p *person) at(path string) {
	p.Helper()
	p.open(p.room.url(p.base + path))
}

// ask evaluates a script on a page that may be just changing: then it answers
// nothing, and is to be asked again.
func ask[T any](p *tab, script string) (value T, answered bool) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience/10)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	return value, err == nil
}

// holds tells whether a condition of the page holds now.
func (p *tab) holds(condition string) bool {
	p.Helper()
	yes, answered := ask[bool](p, condition)
	return answered && yes
}

// set fills the field with a name as the page's script would see it typed.
func (p *person) set(name, value string) { p.setAt(name, 0, value) }

// setAt is set for the i-th field of that name.
func (p *person) setAt(name string, i int, value string) {
	p.Helper()
	p.await(fmt.Sprintf("field %s %d", name, i), func() bool {
		return p.holds(fmt.Sprintf(`(() => {
			const field = document.querySelectorAll("[name=%s]:not([type=hidden])")[%d];
			if (!field || field.disabled) return false;
			field.value = %q;
			for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
			return true;
		})()`, name, i, value))
	})
}

// tick checks the box or chooses the radio button with an id.
func (p *person) tick(id string) {
	p.Helper()
	eval[bool](p.tab, fmt.Sprintf(`(() => { document.getElementById(%q).click(); return true; })()`, id))
}

// confirm opens the details whose summary begins like this, and presses the
// button inside.
func (p *person) confirm(summary, button string) {
	p.Helper()
	p.await("confirmation "+summary, func() bool {
		return p.holds(fmt.Sprintf(`(() => {
			const found = [...document.querySelectorAll("details > summary")].find((s) => s.textContent.trim().startsWith(%q));
			if (!found) return false;
			found.parentElement.open = true;
			return true;
		})()`, summary))
	})
	p.button(button)
}

// give chooses a file in the field that a selector finds.
func (p *person) give(selector, path string) {
	p.Helper()
	var object *runtime.RemoteObject
	p.await("file field "+selector, func() bool {
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		defer cancel()
		var err error
		object, err = chromedp.Run(ctx, chromedp.Evaluate[*runtime.RemoteObject](fmt.Sprintf("document.querySelector(%q)", selector)))
		return err == nil && object != nil && object.ObjectID != ""
	})
	call(p.tab, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{path}, ObjectID: object.ObjectID})
}

// download presses a button and returns the file that arrives.
func (p *person) download(button string) string {
	p.Helper()
	p.button(button)
	return p.arrived(button)
}

// follow presses a link and returns the file that arrives.
func (p *person) follow(link string) string {
	p.Helper()
	p.press(p.find("link", link))
	return p.arrived(link)
}

// downloads are the files that a browser saves, each under a name that it
// makes up. A file is there before all of it is: only the browser says when.
type downloads struct {
	folder string

	mu    sync.Mutex
	names map[string]string // what the page calls a file, by its made-up name
	whole []string          // made-up names of those that have arrived
}

func (d *downloads) listen(event any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch e := event.(type) {
	case *cdpbrowser.EventDownloadWillBegin:
		d.names[e.GUID] = e.SuggestedFilename
	case *cdpbrowser.EventDownloadProgress:
		if e.State == cdpbrowser.DownloadProgressStateCompleted {
			d.whole = append(d.whole, e.GUID)
		}
	}
}

// next takes the file that arrived first: where it is, and what it is called.
func (d *downloads) next() (path, name string, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.whole) == 0 {
		return "", "", false
	}
	guid := d.whole[0]
	d.whole = d.whole[1:]
	return filepath.Join(d.folder, guid), d.names[guid], true
}

// arrived returns the file that arrives, under its name in a folder of its own.
func (p *person) arrived(from string) string {
	p.Helper()
	var path, name string
	p.await("a file from "+from, func() (ok bool) {
		path, name, ok = p.files.next()
		return ok
	})
	kept := filepath.Join(p.TempDir(), name)
	if err := os.Rename(path, kept); err != nil {
		p.Fatal(err)
	}
	return kept
}

// claimAccount sets a password over a personal link and signs in.
func (p *person) claimAccount(link, name, login string) {
	p.Helper()
	p.open(link)
	p.says("✓ Đã nhận liên kết.")
	p.button("Tiếp tục…")
	p.find("heading", "Đặt mật khẩu…")
	secret := eval[string](p.tab, `document.querySelector("[name=secret]").value`)
	if name != "" {
		p.fillIn("Họ và tên…", name)
		p.fillIn("Tên đăng nhập…", login)
	}
	p.fillIn("Mật khẩu…", "một mật khẩu rất dài")
	p.fillIn("Nhập lại mật khẩu…", "một mật khẩu rất dài")
	p.fillIn("Mã đang hiện…", codeOf(p.TB, secret))
	p.button("Đặt mật khẩu và đăng nhập…")
}

// link reads the personal link that a page shows.
func (p *person) link() string {
	p.Helper()
	var text string
	p.await("a personal link", func() bool {
		text, _ = ask[string](p.tab, `document.querySelector(".link-text")?.textContent ?? ""`)
		return text != ""
	})
	return text
}

// enter takes a seat over its link.
func (p *person) enter(link string) {
	p.Helper()
	p.open(link)
	p.says("✓ Đã nhận liên kết.")
	p.button("Vào phòng họp trên thiết bị này…")
	seat, _, _ := strings.Cut(link[strings.LastIndexByte(link, '#')+1:], ".")
	p.base = "/staff/seats/" + seat
	p.await("the seat's page", func() bool { return p.holds(fmt.Sprintf("location.pathname.startsWith(%q)", p.base)) })
}

// codes are the codes on the slips that a member's page is about to print, each
// in two lines.
func (p *person) codes() (list []ballot.Credential) {
	p.Helper()
	texts := eval[[]string](p.tab, `[...document.querySelectorAll(".sheets text")].map((t) => t.textContent)`)
	for i := range len(texts) - 1 {
		if c, err := ballot.ParseCredential(texts[i] + texts[i+1]); err == nil && strings.HasSuffix(texts[i], "-") {
			list = append(list, c)
		}
	}
	return list
}
