package main

import (
	"encoding/json"
	"net/url"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
)

// traffic is every request that a tab made, as the browser itself tells.
type traffic struct {
	mu       sync.Mutex
	requests []*network.Request
	headers  []network.Headers // as they went over the wire
	heap     strings.Builder   // the memory of the page's script, when asked for
}

func (t *traffic) listen(event any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch event := event.(type) {
	case *network.EventRequestWillBeSent:
		t.requests = append(t.requests, event.Request)
	case *network.EventRequestWillBeSentExtraInfo:
		t.headers = append(t.headers, event.Headers)
	case *heapprofiler.EventAddHeapSnapshotChunk:
		t.heap.WriteString(event.Chunk)
	}
}

// sent returns what the tab asked of servers, without addresses whose content is
// in the browser.
func (t *traffic) sent() (list []*network.Request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.requests {
		if !strings.HasPrefix(r.URL, "data:") && !strings.HasPrefix(r.URL, "blob:") {
			list = append(list, r)
		}
	}
	return list
}

// secrets are the parts of a slip's link that no request may hold, in every
// form that a page could give them.
func (q *poll) secrets(slip int) []string {
	code := q.slips[slip].Code()
	compact := strings.ReplaceAll(code, "-", "")
	return []string{code, compact, url.QueryEscape(code), q.box.Election().Fingerprint().Link()}
}

// keptQuiet fails unless the tab talked to the poll's server alone, without
// cookies, passwords, or anything of the link of slip 0.
func (q *poll) keptQuiet(p *tab) {
	p.Helper()
	sent := p.seen.sent()
	for _, r := range sent {
		if u, err := url.Parse(r.URL); err != nil || u.Scheme != q.site.url.Scheme || u.Host != q.site.url.Host {
			p.Errorf("a request went elsewhere: %s", r.URL)
		}
	}
	p.seen.mu.Lock()
	heads := append([]network.Headers(nil), p.seen.headers...)
	p.seen.mu.Unlock()
	for _, r := range sent {
		heads = append(heads, r.Headers)
	}
	for _, head := range heads {
		for name := range head {
			if name = strings.ToLower(name); name == "cookie" || name == "authorization" {
				p.Errorf("a request carried %s: %v", name, head)
			}
		}
	}
	heard := q.requests()
	everything, err := json.Marshal([]any{urls(sent), heads})
	if err != nil {
		p.Fatal(err)
	}
	for _, r := range heard {
		everything = append(everything, r.method+" "+r.path+"?"+r.query+"\n"...)
		everything = append(everything, r.body...)
		for name, values := range r.header {
			everything = append(everything, name+": "+strings.Join(values, ",")+"\n"...)
		}
	}
	for _, secret := range q.secrets(0) {
		if strings.Contains(string(everything), secret) {
			p.Errorf("a request holds a part of the slip's link")
		}
	}
}

func urls(list []*network.Request) (all []string) {
	for _, r := range list {
		all = append(all, r.URL)
	}
	return all
}

// kept is all that the page keeps where others could find it later.
func (p *tab) kept() string {
	p.Helper()
	return eval[string](p, `(async () => JSON.stringify({
		local: { ...localStorage }, session: { ...sessionStorage }, cookie: document.cookie, name: window.name, state: history.state,
		databases: await indexedDB.databases(), caches: await caches.keys(),
		workers: (await navigator.serviceWorker.getRegistrations()).length,
	}))()`)
}

// atRest is what kept returns when nothing is kept.
const atRest = `{"local":{},"session":{},"cookie":"","name":"","state":null,"databases":[],"caches":[],"workers":0}`

// noTrace fails if the slip's link can be found in the page, in storage, in the
// address or in the history.
func (q *poll) noTrace(p *tab, slip int) {
	p.Helper()
	history := call(p, page.GetNavigationHistory, struct{}{})
	everything := p.kept() + eval[string](p, `document.documentElement.outerHTML + location.href + document.title + document.referrer`)
	for _, entry := range history.Entries {
		everything += " " + entry.URL + entry.Title
		if strings.Contains(entry.URL, "#") {
			p.Errorf("the history holds a fragment: entry %d", entry.ID)
		}
	}
	for _, secret := range q.secrets(slip) {
		if strings.Contains(everything, secret) {
			p.Errorf("the slip's link can still be found in the page, its storage or the history")
		}
	}
}

// memory is all that the page's script holds, after what nobody refers to was
// cleared away.
func (p *tab) memory() string {
	p.Helper()
	call(p, heapprofiler.Enable, struct{}{})
	call(p, heapprofiler.TakeHeapSnapshot, heapprofiler.TakeHeapSnapshotParams{})
	p.seen.mu.Lock()
	defer p.seen.mu.Unlock()
	memory := p.seen.heap.String()
	p.seen.heap.Reset()
	if !json.Valid([]byte(memory)) {
		p.Fatalf("browser: the memory breaks off after %d bytes", len(memory))
	}
	return memory
}
