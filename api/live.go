package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
)

// A hub tells open pages that something has changed. Every page of a meeting
// hears the same, so a change costs one reading of the meeting by each page and
// never more than one line to each.
type hub struct {
	mu        sync.Mutex
	listeners map[ballot.UUID]map[chan uint64]bool
}

func newHub() *hub { return &hub{listeners: map[ballot.UUID]map[chan uint64]bool{}} }

// listen returns a channel that carries the newest revision of a meeting; call
// stop when done. Who is slow misses the revisions in between.
func (h *hub) listen(u ballot.UUID) (news <-chan uint64, stop func()) {
	ch := make(chan uint64, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.listeners[u] == nil {
		h.listeners[u] = map[chan uint64]bool{}
	}
	h.listeners[u][ch] = true
	return ch, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.listeners[u], ch)
		if len(h.listeners[u]) == 0 {
			delete(h.listeners, u)
		}
	}
}

// tell wakes all who listen to a meeting.
func (h *hub) tell(u ballot.UUID, revision uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for ch := range h.listeners[u] {
		select {
		case <-ch: // nobody has read the older one
		default:
		}
		ch <- revision
	}
}

// A tellingStore is a store of meetings that tells a hub of every change.
type tellingStore struct {
	meeting.Store
	hub *hub
}

// Save saves and then tells.
func (t tellingStore) Save(ctx context.Context, m *meeting.Meeting, done audit.Draft) error {
	if err := t.Store.Save(ctx, m, done); err != nil {
		return err
	}
	t.hub.tell(m.UUID, m.Revision)
	return nil
}

const (
	// streamBeat is how often a stream without news says that it is alive, so
	// that neither side waits for a connection that is gone.
	streamBeat = 15 * time.Second
	// streamPatience is how long one line may take to be sent.
	streamPatience = 20 * time.Second
	// liveBeat is how often the projector's numbers may change.
	liveBeat = time.Second
)

// A stream is an open answer of server-sent events (HTML Living Standard, 9.2).
type stream struct {
	c       *gin.Context
	control *http.ResponseController
}

func openStream(c *gin.Context) *stream {
	c.Header("Content-Type", "text/event-stream; charset=utf-8")
	c.Status(http.StatusOK)
	return &stream{c, http.NewResponseController(c.Writer)}
}

// send writes one event, or a comment if there is no name. It reports whether
// the reader is still there.
func (s *stream) send(name string, data []byte) bool {
	// A server without deadlines keeps its own: then there is nothing to set.
	_ = s.control.SetWriteDeadline(time.Now().Add(streamPatience))
	line := ": \n\n"
	if name != "" {
		line = fmt.Sprintf("event: %s\ndata: %s\n\n", name, data)
	}
	if _, err := s.c.Writer.WriteString(line); err != nil {
		return false
	}
	return s.control.Flush() == nil
}

// changes streams an event "change" whenever the meeting is saved. It begins
// with one, so that a page that came back asks once; read after it has begun to
// listen, so that no change comes between. It tells nothing more to whose seat
// was taken away, or who was logged out, and ends then.
func (s *server) changes(c *gin.Context, u ballot.UUID) error {
	news, stop := s.hub.listen(u)
	defer stop()
	m, err := s.office.Get(c.Request.Context(), actorOf(c), u)
	if err != nil {
		return err
	}
	out, beat := openStream(c), time.NewTicker(streamBeat)
	defer beat.Stop()
	alive := out.change(m.Revision)
	for alive {
		select {
		case revision := <-news:
			if _, err := s.actor(c); err != nil {
				return nil
			}
			alive = out.change(revision)
		case <-beat.C:
			alive = out.send("", nil)
		case <-s.Stop:
			return nil
		case <-c.Request.Context().Done():
			return nil
		}
	}
	return nil
}

func (s *stream) change(revision uint64) bool {
	return s.send("change", fmt.Appendf(nil, `{"revision":%d}`, revision))
}

// liveAnswer is what the room may see. It never holds a partial result.
type liveAnswer struct {
	State       string      `json:"state"`
	Summoned    int         `json:"summoned"`
	Present     int         `json:"present"`
	Issued      int         `json:"issued"`
	Cast        int         `json:"cast"`
	Fingerprint string      `json:"fingerprint"`
	Papers      []livePaper `json:"papers"`
	Published   bool        `json:"published"`
}

// livePaper is the head of one paper's chain, to compare by eye.
type livePaper struct {
	Title string `json:"title"`
	UUID  string `json:"uuid"`
	Cast  int    `json:"cast"`
	Head  string `json:"head"`
}

// live streams the projector's numbers, at most once a second and only when
// they have changed.
func (s *server) live(c *gin.Context) error {
	m, err := s.publicMeeting(c)
	if err != nil {
		return err
	}
	leave, err := s.limits.screen(c.Request)
	if err != nil {
		return err
	}
	defer leave()
	u := m.UUID
	last, err := s.liveNumbers(c.Request.Context(), u)
	if err != nil {
		return err
	}
	out := openStream(c)
	beat, quiet := time.NewTicker(liveBeat), 0
	defer beat.Stop()
	for alive := out.send("numbers", last); alive; {
		select {
		case <-beat.C:
		case <-s.Stop:
			return nil
		case <-c.Request.Context().Done():
			return nil
		}
		now, err := s.liveNumbers(c.Request.Context(), u)
		if err != nil {
			return err
		}
		switch quiet++; {
		case string(now) != string(last):
			last, quiet, alive = now, 0, out.send("numbers", now)
		case quiet >= int(streamBeat/liveBeat):
			quiet, alive = 0, out.send("", nil)
		}
	}
	return nil
}

// liveNumbers returns the numbers as of now, at most a second old however many
// ask.
func (s *server) liveNumbers(ctx context.Context, u ballot.UUID) ([]byte, error) {
	s.numbers.Lock()
	defer s.numbers.Unlock()
	if known, ok := s.numbers.known[u]; ok && time.Since(known.at) < liveBeat/2 {
		return known.text, nil
	}
	answer, err := s.readLive(ctx, u)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	s.numbers.known[u] = liveText{time.Now(), text}
	return text, nil
}

// liveBoard keeps the last numbers of each meeting that somebody shows.
type liveBoard struct {
	sync.Mutex
	known map[ballot.UUID]liveText
}

type liveText struct {
	at   time.Time
	text []byte
}

func newLiveBoard() liveBoard { return liveBoard{known: map[ballot.UUID]liveText{}} }

// readLive reads the numbers of a meeting. Where a slip serves several papers,
// a voter counts as having cast when all of them are in: the smallest number.
func (s *server) readLive(ctx context.Context, u ballot.UUID) (liveAnswer, error) {
	m, err := s.Meetings.Meeting(ctx, u)
	if err != nil {
		return liveAnswer{}, err
	}
	a := liveAnswer{State: string(m.State), Summoned: m.Attendance.Summoned, Present: m.Attendance.Present, Issued: m.IssuedSoFar(), Published: len(m.Papers) > 0}
	var fingerprints []ballot.Fingerprint
	for i, p := range m.Papers {
		b, err := s.Store.Box(ctx, p.UUID)
		if err != nil {
			return liveAnswer{}, err
		}
		status, err := b.Status(ctx)
		if err != nil {
			return liveAnswer{}, err
		}
		if i == 0 || status.Accepted < a.Cast {
			a.Cast = status.Accepted
		}
		a.Published = a.Published && status.Published
		fingerprints = append(fingerprints, b.Election().Fingerprint())
		a.Papers = append(a.Papers, livePaper{p.Title, string(p.UUID), status.Accepted, publicHead(status)})
	}
	a.Fingerprint = ballot.NewSlipFingerprint(fingerprints...).Digits()
	return a, nil
}

// publicHead is the head of the chain as the room may see it: from closing to
// publication that of EndBallots, so that nothing tells when the board counts.
func publicHead(status box.Status) string {
	if status.State >= box.Closed && !status.Published {
		return ballot.Digits(status.EndBallots)
	}
	return ballot.Digits(status.Head)
}
