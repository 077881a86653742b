package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// A courier carries packages to the superior's server and brings back what became
// of them, for each meeting in a goroutine of its own, until it is settled. It
// keeps nothing: what is under way stands in the records of the meetings, so that
// it goes on after a restart. It implements api.Courier.
type courier struct {
	client *http.Client
	log    *slog.Logger
	// pause is how long to wait before the next try; tries counts those after
	// which nothing had changed.
	pause  func(tries int) time.Duration
	office *meeting.Office

	wake chan struct{} // something is in told
	lane chan struct{} // as many requests at once as it has room
	mu   sync.Mutex    // guards what follows
	told map[ballot.UUID]bool
	jobs map[ballot.UUID]chan struct{} // meetings that are being carried for
	// troubles say what keeps a package from being delivered.
	troubles map[string]meeting.Text
}

// How long a request may take: so long, and a second for so many bytes that are
// sent, a little less than a superior's server asks for; and how many there are at
// once.
const (
	deliverStart = 5 * time.Minute
	deliverRate  = 15 << 10
	deliverLanes = 4
)

// deliverTime is how long a request with so many bytes may take.
func deliverTime(bytes int) time.Duration {
	return deliverStart + time.Duration(bytes)*time.Second/deliverRate
}

// newCourier returns a courier that trusts the system's authorities and those of
// roots, which may be nil.
func newCourier(roots *x509.CertPool, logger *slog.Logger) *courier {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}
	return &courier{
		client: &http.Client{
			Transport: transport,
			// Where a package goes stands in the round, and nowhere else.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		log: logger, pause: deliverPause,
		wake: make(chan struct{}, 1), lane: make(chan struct{}, deliverLanes),
		told: map[ballot.UUID]bool{}, jobs: map[ballot.UUID]chan struct{}{}, troubles: map[string]meeting.Text{},
	}
}

// deliverPause is from one second up to ten minutes.
func deliverPause(tries int) time.Duration {
	return min(time.Second<<min(tries, 10), 10*time.Minute)
}

// Carry implements api.Courier.
func (c *courier) Carry(o *meeting.Office) { c.office = o }

// Deliver implements meeting.Courier.
func (c *courier) Deliver(u ballot.UUID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told[u] = true
	poke(c.wake)
	poke(c.jobs[u]) // a nil channel takes nothing
}

func poke(wake chan struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}

// Trouble implements api.Courier.
func (c *courier) Trouble(pkg string) *meeting.Text {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t, ok := c.troubles[pkg]; ok {
		return &t
	}
	return nil
}

func (c *courier) trouble(pkg string, t *meeting.Text) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if delete(c.troubles, pkg); t != nil {
		c.troubles[pkg] = *t
	}
}

// run carries until ctx ends: first what was under way before.
func (c *courier) run(ctx context.Context) {
	all, err := c.office.Meetings.Meetings(ctx)
	if err != nil {
		c.log.Error("packages under way not known", "cause", err.Error())
	}
	for _, m := range all {
		if len(m.Underway()) > 0 {
			c.Deliver(m.UUID)
		}
	}
	var running sync.WaitGroup
	defer running.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
		}
		for _, job := range c.begin() {
			running.Go(func() { c.carry(ctx, job.meeting, job.kick) })
		}
	}
}

// A job is a meeting for which something is carried.
type job struct {
	meeting ballot.UUID
	kick    chan struct{}
}

// begin returns the jobs that are to be begun.
func (c *courier) begin() (list []job) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for u := range c.told {
		if c.jobs[u] == nil {
			c.jobs[u] = make(chan struct{}, 1)
			list = append(list, job{u, c.jobs[u]})
		}
	}
	return list
}

// over ends the job of a meeting, unless it was told of again meanwhile.
func (c *courier) over(u ballot.UUID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.told[u] {
		return false
	}
	delete(c.jobs, u)
	return true
}

// carry carries for one meeting until nothing is under way.
func (c *courier) carry(ctx context.Context, u ballot.UUID, kick chan struct{}) {
	for tries := 0; ; tries++ {
		c.mu.Lock()
		delete(c.told, u)
		c.mu.Unlock()
		left, moved := c.round(ctx, u)
		if left == 0 && c.over(u) {
			return
		}
		if moved || left == 0 {
			tries = 0
		}
		wait := time.NewTimer(c.pause(tries))
		select {
		case <-ctx.Done():
			wait.Stop()
			return
		case <-kick:
			wait.Stop()
			tries = -1
		case <-wait.C:
		}
	}
}

// round tries everything that is under way of a meeting once, and returns how
// much is left and whether anything has changed.
func (c *courier) round(ctx context.Context, u ballot.UUID) (left int, moved bool) {
	m, err := c.office.Meetings.Meeting(ctx, u)
	if err != nil {
		c.log.Error("package not delivered", "meeting", u, "cause", err.Error())
		return 1, false
	}
	revision := m.Revision
	for _, d := range m.Underway() {
		err := c.try(ctx, d)
		if ctx.Err() != nil {
			return 1, false
		}
		c.trouble(d.Package, troubleOf(err))
		if err != nil {
			c.log.Warn("package not delivered", "meeting", u, "package", d.Package, "cause", err.Error())
		}
	}
	if m, err = c.office.Meetings.Meeting(ctx, u); err != nil {
		return 1, false
	}
	return len(m.Underway()), m.Revision != revision
}

// Why a package is not delivered yet.
var (
	errNoServer   = errors.New("superior's server: cannot be reached")
	errOddAnswer  = errors.New("superior's server: does not answer as one")
	errSuperBusy  = errors.New("superior's server: asks to come again")
	errOtherParty = errors.New("superior's server: speaks of another package")
)

// A superBusy is errSuperBusy in the superior's own words.
type superBusy struct{ says meeting.Text }

func (e *superBusy) Error() string { return errSuperBusy.Error() + ": " + e.says.En }

// Unwrap returns errSuperBusy.
func (e *superBusy) Unwrap() error { return errSuperBusy }

// troubleOf says to people what keeps a package.
func troubleOf(err error) *meeting.Text {
	refusal, busy := new(meeting.Refusal), new(superBusy)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &busy):
		return &meeting.Text{
			Vi: "máy chủ cấp trên chưa nhận và trả lời: “" + busy.says.Vi + "” Máy chủ này tự gửi lại",
			En: "the superior's server does not take it yet, and says: “" + busy.says.En + "” This server tries again by itself",
		}
	case errors.Is(err, meeting.ErrReceipt) && errors.As(err, &refusal):
		return &meeting.Text{
			Vi: "biên nhận trả về không đúng (" + refusal.What.Vi + "). Có thể không phải máy chủ của cấp trên: gọi cho cấp trên trước khi gửi tiếp",
			En: "the receipt that came back does not hold (" + refusal.What.En + "). It may not be the superior's server: call them before you send more",
		}
	case errors.Is(err, errNoServer):
		return &meeting.Text{Vi: "chưa liên lạc được máy chủ cấp trên; máy chủ này tự gửi lại. Nếu lâu, tải gói về và chuyển bằng tệp", En: "the superior's server cannot be reached; this server tries again by itself. If it takes long, carry the file"}
	case errors.Is(err, errSuperBusy):
		return &meeting.Text{Vi: "máy chủ cấp trên chưa nhận thêm; máy chủ này tự gửi lại", En: "the superior's server takes no more at present; this server tries again by itself"}
	}
	return &meeting.Text{Vi: "máy chủ ở địa chỉ này không trả lời như máy chủ nhận gói; kiểm tra địa chỉ với cấp trên", En: "the server at this address does not answer as one that takes packages; check the address with the superior"}
}

// try offers a package, or asks what became of it, and has the answer noted.
func (c *courier) try(ctx context.Context, d meeting.Delivery) error {
	c.lane <- struct{}{}
	defer func() { <-c.lane }()
	address, err := url.JoinPath(d.URL, "api", "v1", "packages")
	if err != nil {
		return err
	}
	if d.Known {
		a, err := c.ask(ctx, http.MethodGet, address+"/"+d.Package, nil)
		if !errors.Is(err, errUnknownThere) {
			return c.note(ctx, d, a, err)
		}
	}
	file, err := c.office.Meetings.File(ctx, d.Meeting, d.File)
	if err != nil {
		return err
	}
	a, err := c.ask(ctx, http.MethodPost, address, file)
	return c.note(ctx, d, a, err)
}

// errUnknownThere tells that the superior's server does not have a package of
// which it said that it had.
var errUnknownThere = errors.New("superior's server: does not have it")

// note has an answer noted.
func (c *courier) note(ctx context.Context, d meeting.Delivery, a *packageAnswer, err error) error {
	if err != nil {
		return err
	}
	if a.Package != "" && a.Package != d.Package {
		return errOtherParty
	}
	_, err = c.office.Answered(ctx, d.Meeting, d.Package, a.Status, a.Reason, a.Receipt)
	return err
}

// A packageAnswer is what the superior's server says of a package.
type packageAnswer struct {
	Package string         `json:"package"`
	Status  meeting.Answer `json:"status"`
	Reason  meeting.Text   `json:"reason"`
	Receipt string         `json:"receipt"`
}

// ask makes one request. A refusal is an answer, too: the package is apart, with
// the reason that the server gives.
func (c *courier) ask(ctx context.Context, method, address string, body []byte) (*packageAnswer, error) {
	status, kind, text, err := c.request(ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	a := new(packageAnswer)
	switch {
	case status == http.StatusTooManyRequests && kind == "application/problem+json":
		return nil, busyBy(text)
	case status == http.StatusTooManyRequests, status >= http.StatusInternalServerError:
		return nil, errSuperBusy
	case kind == "application/problem+json" && method == http.MethodGet && status == http.StatusNotFound:
		return nil, errUnknownThere
	case kind == "application/problem+json" && method == http.MethodPost && status >= http.StatusBadRequest:
		return refusedBy(text)
	case status != http.StatusOK && status != http.StatusAccepted, kind != "application/json", json.Unmarshal(text, a) != nil:
		return nil, errOddAnswer
	}
	switch a.Status {
	case meeting.AnswerHeld, meeting.AnswerChecking, meeting.AnswerAccepted, meeting.AnswerApart, meeting.AnswerCorrected:
		return a, nil
	}
	return nil, errOddAnswer
}

// busyBy is what keeps a server that asks to come again, in its words if it has some.
func busyBy(text []byte) error {
	a, err := refusedBy(text)
	if err != nil {
		return errSuperBusy
	}
	return &superBusy{a.Reason}
}

// refusedBy is the answer of a server that does not keep a package at all.
func refusedBy(text []byte) (*packageAnswer, error) {
	var p struct {
		Detail string
		Fields []struct{ Vi, En string }
	}
	if json.Unmarshal(text, &p) != nil || p.Detail == "" {
		return nil, errOddAnswer
	}
	a := &packageAnswer{Status: meeting.AnswerApart}
	a.Reason.Vi, a.Reason.En, _ = strings.Cut(p.Detail, " · ")
	for _, f := range p.Fields {
		a.Reason.Vi, a.Reason.En = a.Reason.Vi+" "+f.Vi, a.Reason.En+" "+f.En
	}
	return a, nil
}

// request returns status, media type and body of an answer.
func (c *courier) request(ctx context.Context, method, address string, body []byte) (status int, kind string, text []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, deliverTime(len(body)))
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return 0, "", nil, err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/zip")
	}
	r.Header.Set("Accept", "application/json")
	answer, err := c.client.Do(r)
	if err != nil {
		return 0, "", nil, fmt.Errorf("%w: %w", errNoServer, err)
	}
	text, err = io.ReadAll(io.LimitReader(answer.Body, round.MaxRoundFile+1))
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return 0, "", nil, fmt.Errorf("%w: %w", errNoServer, err)
	}
	kind, _, _ = mime.ParseMediaType(answer.Header.Get("Content-Type"))
	return answer.StatusCode, kind, text, nil
}

// Fetch implements api.Courier.
func (c *courier) Fetch(ctx context.Context, address string) ([]byte, error) {
	u, err := parsePublicURL(address)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", api.ErrFetch, err)
	}
	status, _, text, err := c.request(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", api.ErrFetch, err)
	}
	if status != http.StatusOK || len(text) > round.MaxRoundFile {
		return nil, fmt.Errorf("%w: %d", api.ErrFetch, status)
	}
	return text, nil
}
