package main

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/store/bolt"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

// A hall is a server with polls on it, which remembers what it was asked and
// can lose its answers.
type hall struct {
	testing.TB
	site  *site
	store *bolt.Store

	mu      sync.Mutex
	asked   []request
	cut     bool              // nothing arrives
	forward bool              // requests come through a proxy
	deaf    string            // answers to ballots under paths that begin so are lost on their way
	instead map[string]answer // by path, what is answered instead of the server
	gate    chan struct{}     // ballots wait here, unless nil
}

// An answer is given in place of the server's.
type answer struct{ contentType, body string }

// A request is one that arrived at the server.
type request struct {
	method, path, query string
	header              http.Header
	body                []byte
	status              int
}

func newHall(t testing.TB) *hall {
	t.Helper()
	folder := t.TempDir()
	store, err := bolt.Open(filepath.Join(folder, "homphieu.db"))
	if err != nil {
		t.Fatal(err)
	}
	h := &hall{TB: t, store: store}
	if h.site, err = newSite(serveOptions{data: folder, listen: "127.0.0.1:0", ledger: store.Ledger()}, api.Config{Store: store, Trials: store}); err != nil {
		t.Fatal(err)
	}
	h.site.server.Handler = h.remember(h.site.server.Handler)
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- h.site.serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// remember notes every request, and loses answers to ballots when it is told to.
func (h *hall) remember(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || h.isCut() {
			panic(http.ErrAbortHandler)
		}
		if h.forward {
			r.Header.Set("X-Forwarded-For", "192.0.2.1")
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		ballots := r.Method == http.MethodPost && filepath.Base(r.URL.Path) == "ballots"
		if gate := h.gateNow(); ballots && gate != nil {
			select {
			case <-gate:
			case <-r.Context().Done():
				return
			}
		}
		answer := httptest.NewRecorder()
		h.mu.Lock()
		own, ok := h.instead[r.URL.Path]
		h.mu.Unlock()
		if ok {
			answer.Header().Set("Content-Type", own.contentType)
			_, _ = answer.WriteString(own.body)
		} else {
			next.ServeHTTP(answer, r)
		}
		h.mu.Lock()
		h.asked = append(h.asked, request{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Clone(), body, answer.Code})
		lost := ballots && h.deaf != "" && strings.HasPrefix(r.URL.Path, h.deaf)
		h.mu.Unlock()
		if lost {
			panic(http.ErrAbortHandler)
		}
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

// loseAnswers makes the server take ballots without a word, or speak again.
func (h *hall) loseAnswers(on bool) {
	if on {
		h.loseAnswersOf("/")
	} else {
		h.loseAnswersOf("")
	}
}

// loseAnswersOf does so for ballots under paths that begin like this alone.
func (h *hall) loseAnswersOf(path string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.deaf = path
}

// answerInstead lets a path be answered by the test.
func (h *hall) answerInstead(path string, a answer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.instead == nil {
		h.instead = map[string]answer{}
	}
	h.instead[path] = a
}

// unplug takes the hall's network away, or gives it back.
func (h *hall) unplug(on bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cut = on
}

func (h *hall) isCut() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.cut
}

// holdBallots lets ballots wait at the door until release is called.
func (h *hall) holdBallots() (release func()) {
	gate := make(chan struct{})
	h.mu.Lock()
	defer h.mu.Unlock()
	h.gate = gate
	return sync.OnceFunc(func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.gate = nil
		close(gate)
	})
}

func (h *hall) gateNow() chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.gate
}

// requests returns what the server was asked so far.
func (h *hall) requests() []request {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]request(nil), h.asked...)
}

// posts returns the ballots that arrived.
func (h *hall) posts() (list []request) {
	for _, r := range h.requests() {
		if r.method == http.MethodPost && filepath.Base(r.path) == "ballots" {
			list = append(list, r)
		}
	}
	return list
}

// A pollDraft is what a poll of a test should be like.
type pollDraft struct {
	people, slips int
	ruleSet       string // reg96 if empty
	sealed        bool   // not opened

	paper string              // the title of this paper among several
	after int                 // people who are on other papers
	codes []ballot.Credential // the slips, when other papers have them too
}

// A poll is one on the hall's server.
type poll struct {
	*hall
	box   box.Box
	board *meeting.TrialBoard
	slips []ballot.Credential
}

// people are on the ballots of these tests, longest post included.
var people = []ballot.Question{
	meeting.Question("Nguyễn Thị Minh Nguyệt", "Bí thư Đảng ủy, Chủ tịch Hội đồng thành viên"),
	meeting.Question("Trần Văn Bình", "Phó Bí thư Thường trực Đảng ủy"),
	meeting.Question("Lê Hoàng Anh", "Ủy viên Ban Thường vụ, Chủ nhiệm Ủy ban Kiểm tra Đảng ủy, Trưởng ban Thanh tra nội bộ và Kiểm toán"),
	meeting.Question("Phạm Thị Thu Hương", "Kế toán trưởng"),
	meeting.Question("Đỗ Quốc Khánh", ""),
}

const (
	meetingName  = "Hội nghị lấy phiếu tín nhiệm giữa nhiệm kỳ 2025–2030"
	meetingPlace = "Hội trường A, 25 Tràng Thi, Hà Nội"
	meetingDate  = "Ngày 12/12/2026"
)

func (h *hall) poll(o pollDraft) *poll {
	h.Helper()
	p := &poll{hall: h}
	var err error
	if p.board, err = meeting.NewTrialBoard(2, 3); err != nil {
		h.Fatal(err)
	}
	draft := ballot.Draft{
		Name: meetingName, Description: meetingPlace + "\n" + meetingDate,
		UUID: ballot.NewUUID(), PublicKey: p.board.Trustees().PublicKey(),
	}
	if o.paper != "" {
		draft.Name += "\n" + o.paper
	}
	for i := range o.people {
		draft.Questions = append(draft.Questions, people[(o.after+i)%len(people)])
	}
	e, err := ballot.NewElection(draft)
	if err != nil {
		h.Fatal(err)
	}
	for p.slips = o.codes; len(p.slips) < o.slips; {
		p.slips = append(p.slips, ballot.NewCredential())
	}
	var public []*group.Element
	for _, c := range p.slips {
		public = append(public, c.Public(e.UUID))
	}
	roll, err := archive.NewRoll(public)
	if err != nil {
		h.Fatal(err)
	}
	p.box, err = meeting.Seal(h.Context(), h.store, box.Setup{
		Election: e.Raw(), Trustees: p.board.Trustees().Raw(), Credentials: roll.AppendJSON(nil), Timestamp: time.Now().Unix(),
		Settings: box.Settings{MinBallots: 1, RuleSet: cmp.Or(o.ruleSet, meeting.RuleSetReg96), Members: o.slips},
	})
	if err == nil && !o.sealed {
		err = p.box.Open(h.Context())
	}
	if err != nil {
		h.Fatal(err)
	}
	return p
}

// get asks the server for a path under the poll's, such as /archive.
func (q *poll) get(path string) []byte {
	q.Helper()
	address := q.site.url.JoinPath("api/v1/elections", string(q.box.Election().UUID)).String() + path
	response, err := http.Get(address) //nolint:noctx // a test's own server
	if err != nil {
		q.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		q.Fatalf("%s: status %d, %v: %s", path, response.StatusCode, err, body)
	}
	return body
}

// boardPage is the address of the poll's public page.
func (q *poll) boardPage() string {
	return q.site.url.JoinPath("board", string(q.box.Election().UUID)).String()
}

// close ends the taking of ballots as the counting board does.
func (q *poll) close() {
	q.Helper()
	status, err := q.box.Status(q.Context())
	if err == nil {
		err = meeting.CloseTrial(q.Context(), q.box, q.board, tally.Slips{Printed: len(q.slips), Cast: status.Accepted})
	}
	if err != nil {
		q.Fatal(err)
	}
}

// count counts a closed poll and publishes the result.
func (q *poll) count() tally.Result {
	q.Helper()
	result, err := meeting.CountTrial(q.Context(), q.box, q.board)
	if err == nil {
		err = q.box.Publish(q.Context())
	}
	if err != nil {
		q.Fatal(err)
	}
	return result
}

// link is what the code on a slip says.
func (q *poll) link(slip int) string {
	return q.slips[slip].Link(q.site.url.String(), ballot.OnePaper(q.box.Election()))
}
