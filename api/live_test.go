package api_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
)

// A line is an answer that is read piece by piece, as it comes.
type line struct {
	*httptest.ResponseRecorder
	pieces chan string // closed at the end
	gone   <-chan struct{}
}

func (l *line) Write(b []byte) (int, error) { return l.WriteString(string(b)) }

// WriteString hands a piece over, or fails when nobody reads any more.
func (l *line) WriteString(s string) (int, error) {
	select {
	case l.pieces <- s:
		return len(s), nil
	case <-l.gone:
		return 0, http.ErrHandlerTimeout
	}
}

// watch opens a stream, which ends with stop, and waits until it is over then.
func (s *site) watch(path string, changes ...change) (l *line, stop func()) {
	ctx, cancel := context.WithCancel(s.Context())
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	for _, c := range changes {
		c(r)
	}
	l = &line{httptest.NewRecorder(), make(chan string), ctx.Done()}
	var over sync.WaitGroup
	over.Go(func() {
		defer close(l.pieces)
		defer func() { _ = recover() }() // an answer that was broken off
		s.handler.ServeHTTP(l, r)
	})
	return l, func() { cancel(); over.Wait() }
}

func from(address string) change {
	return func(r *http.Request) { r.RemoteAddr = address }
}

// The screens that watch a meeting are bounded, those of one address above all;
// one that has gone makes room.
func TestScreens(t *testing.T) {
	c := councilIn(t, meeting.Sealed)
	path := "/api/v1/meetings/" + string(c.u) + "/live"
	screen := func(address string) (stop func()) {
		l, stop := c.watch(path, from(address))
		if piece := <-l.pieces; !strings.HasPrefix(piece, "event: numbers\n") {
			t.Fatalf("%s: %q", address, piece)
		}
		return stop
	}
	var stops []func()
	for i := range api.ScreensOfOne {
		stops = append(stops, screen(fmt.Sprintf("192.0.2.1:%d", 4000+i)))
	}
	c.do("GET", path, "", from("192.0.2.1:5000")).want(http.StatusTooManyRequests, "slow-down")
	stops = append(stops, screen("192.0.2.2:4000"))
	stops[0]()
	stops[0] = screen("192.0.2.1:5000")
	for _, stop := range stops {
		stop()
	}
}

// interrupted are records in which something happens just after a meeting was
// read.
type interrupted struct {
	meeting.Store
	then func()
}

func (i *interrupted) Meeting(ctx context.Context, u ballot.UUID) (*meeting.Meeting, error) {
	m, err := i.Store.Meeting(ctx, u)
	if then := i.then; then != nil {
		i.then = nil
		then()
	}
	return m, err
}

// A stream ends with the seat that it is for, and tells it nothing more; that of
// the others goes on.
func TestStreamEndsWithTheSeat(t *testing.T) {
	c := councilIn(t, meeting.Keys)
	open := func(h *holder) (l *line, stop func()) {
		l, stop = c.watch(h.base+"/api/events", func(r *http.Request) {
			for _, cookie := range h.jar.Cookies(c.at(h.base)) {
				r.AddCookie(cookie)
			}
		})
		<-l.pieces
		return l, stop
	}
	kept, stopKept := open(c.chair)
	defer stopKept()
	revoked, stopRevoked := open(c.members[1])
	defer stopRevoked()
	c.ok(c.register().Revoke(t.Context(), c.chair.actor, c.members[1].actor.ID))
	c.attend(present)
	if piece, more := <-revoked.pieces; more {
		t.Errorf("%q to a seat that was revoked", piece)
	}
	if piece := <-kept.pieces; !strings.HasPrefix(piece, "event: change\n") {
		t.Errorf("%q", piece)
	}
}

// A change that comes while a stream begins is told: nobody goes on with an old
// page.
func TestChangeWhileStreamBegins(t *testing.T) {
	c := newCouncil(t)
	c.prepare()
	records := &interrupted{Store: c.store}
	c.config.Meetings = records
	c.handler = api.New(c.config)
	records.then = func() { c.attend(present) }
	l, stop := c.watch(c.base+"/events", func(r *http.Request) {
		for _, cookie := range c.secretary.jar.Cookies(c.at(c.base + "/events")) {
			r.AddCookie(cookie)
		}
	})
	defer stop()
	want := fmt.Sprintf("event: change\ndata: {\"revision\":%d}\n\n", c.meeting().Revision+1)
	if first := <-l.pieces; first == want {
		t.Fatalf("%q: nothing came between", first)
	}
	if second := <-l.pieces; second != want {
		t.Errorf("%q, want %q", second, want)
	}
}
