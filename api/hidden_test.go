package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/staff"
)

// Nobody outside hears of a rehearsal: it comes before the meeting is sealed, and
// names it and the persons voted on. Its board does.
func TestRehearsalIsHidden(t *testing.T) {
	c := councilIn(t, meeting.Rehearsed)
	u := string(c.meeting().Rehearsal.UUID)
	for _, path := range []string{"", "/status", "/archive", "/closing", "/shares", "/ballots/" + strings.Repeat("0", 64)} {
		c.do("GET", "/api/v1/elections/"+u+path, "").want(http.StatusNotFound, "unknown-election")
	}
	c.do("POST", "/api/v1/elections/"+u+"/ballots", "{}").want(http.StatusNotFound, "unknown-election")
	c.do("POST", "/api/v1/elections/"+u+"/slip", "{}").want(http.StatusNotFound, "unknown-election")
	c.do("GET", "/api/v1/meetings/"+u, "").want(http.StatusNotFound, "unknown-election")
	for _, path := range []string{"/board/" + u, "/board/" + u + "/" + strings.Repeat("0", 64), "/projector/" + u, "/projector/" + string(c.u), "/check/" + u} {
		c.do("GET", path, "", browser).want(http.StatusNotFound, "")
	}
	home := c.do("GET", "/", "", browser).want(http.StatusOK, "").body
	c.has(c.do("GET", "/check", "", browser).want(http.StatusOK, "").body, "!"+u)
	c.has(home, "!"+u, "!Hội nghị lấy phiếu tín nhiệm", "Chưa có cuộc bỏ phiếu nào")
	for _, path := range []string{"/election", "/archive", "/shares", "/closing"} {
		c.auditor.page("/api/polls/" + u + path)
	}
}

// Whom the meeting has replaced has no more of an archive than everybody, until
// the result is published; whoever counts, and auditors, have all of it.
func TestArchiveBeforePublication(t *testing.T) {
	c := newCouncil(t)
	for _, state := range councilStates {
		if state == meeting.Open {
			c.chair.press("/approve", url.Values{"replaced": {"3"}})
			c.attend(present)
			c.bring(7, 8, 9)
			c.chair.press("/open", url.Values{})
			continue
		}
		c.to(state)
	}
	poll := "/api/polls/" + string(c.meeting().Papers[0].UUID)
	const result = `"type":"Result"`
	for _, who := range []*holder{c.chair, c.members[0], c.auditor} {
		c.has(who.page(poll+"/archive"), result)
		who.page(poll + "/shares")
	}
	replaced := c.members[2]
	c.has(replaced.page(poll+"/archive"), `"type":"EndBallots"`, "!"+result)
	replaced.script().send("GET", replaced.base+poll+"/shares", nil).want(http.StatusNotFound, "not-found")
	c.publish(meeting.AudienceMeeting)
	c.has(replaced.page(poll+"/archive"), result)
	replaced.page(poll + "/shares")
}

// countedFiles are records that count how often a file is read.
type countedFiles struct {
	meeting.Store
	reads atomic.Int32
	first chan bool // told of the first
}

func (f *countedFiles) File(ctx context.Context, u ballot.UUID, hash string) ([]byte, error) {
	if f.reads.Add(1) == 1 {
		close(f.first)
	}
	return f.Store.File(ctx, u, hash)
}

// All who read a document at the same time read the same bytes, so that those who
// read slowly do not take its memory again and again.
func TestDocumentIsHeldOnce(t *testing.T) {
	c := councilIn(t, meeting.Draft)
	const pdf = "%PDF-1.7 …"
	m, err := c.steps.AddDocument(t.Context(), staff.Actor{Role: staff.Secretary, ID: "id", Name: "Trần Đạt"}, c.u, c.meeting().People[0].ID, "report", "Báo cáo", []byte(pdf))
	c.ok(err)
	for _, state := range councilStates[1:] {
		if c.to(state); state == meeting.Sealed {
			break
		}
	}
	files := &countedFiles{Store: c.store, first: make(chan bool)}
	c.config.Meetings = files
	c.handler = api.New(c.config)
	path := "/api/v1/meetings/" + string(c.u) + "/documents/" + m.People[0].Documents[0].Hash
	slow, stop := c.watch(path) // has it, and reads nothing yet
	<-files.first
	read := func() {
		r := httptest.NewRecorder()
		if c.handler.ServeHTTP(r, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)); r.Code != http.StatusOK || r.Body.String() != pdf {
			t.Errorf("%d %q", r.Code, r.Body)
		}
	}
	var others sync.WaitGroup
	for range 8 {
		others.Go(read)
	}
	others.Wait()
	if piece := <-slow.pieces; piece != pdf || files.reads.Load() != 1 {
		t.Errorf("%q, read %d times", piece, files.reads.Load())
	}
	stop()
	read()
	if n := files.reads.Load(); n != 2 {
		t.Errorf("read %d times: it was kept for nobody", n)
	}
}
