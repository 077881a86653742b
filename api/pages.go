package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally/archive"
	"github.com/homphieu/homphieu/web"
)

const htmlType = "text/html; charset=utf-8"

// wantsPage reports whether an error should be a page: outside the API, for who
// accepts HTML.
func wantsPage(c *gin.Context) bool {
	return !strings.HasPrefix(c.Request.URL.Path, "/api/") && strings.Contains(c.GetHeader("Accept"), "text/html")
}

// page is what every page made by the server has.
type page struct {
	Trial   bool         // shows the banner of sample meetings
	Who     string       // who is signed in here, if anybody
	Problem *pageProblem // why the form below was refused
}

// A pageProblem is a problem at the top of a page, with links to the fields.
type pageProblem struct {
	Vi, En string
	Fields []problemField
}

// Wrong returns what is wrong with a field of the form, or nil.
func (p page) Wrong(name string) *problemField {
	if p.Problem == nil {
		return nil
	}
	for i, f := range p.Problem.Fields {
		if f.Name == name {
			return &p.Problem.Fields[i]
		}
	}
	return nil
}

func render(c *gin.Context, status int, name string, data any) error {
	var b bytes.Buffer
	if err := web.Render(&b, name, data); err != nil {
		return err
	}
	c.Data(status, htmlType, b.Bytes())
	return nil
}

func (s *server) problemPage(c *gin.Context, p problem) {
	vi, en := p.words()
	data := struct {
		page
		problem
		Vi, En string
	}{problem: p, Vi: vi, En: en}
	if err := render(c, p.Status, "problem", data); err != nil {
		s.Log.Error("problem page", "cause", err.Error())
		c.Status(http.StatusInternalServerError)
	}
}

// stateWords are a state's name and what people read.
type stateWords struct{ Name, Vi, En string }

func words(s box.State) stateWords {
	return map[box.State]stateWords{
		box.Sealed:  {"sealed", "Chưa mở", "Not open yet"},
		box.Open:    {"open", "Đang bỏ phiếu", "Voting is open"},
		box.Closed:  {"closed", "Đã đóng hòm phiếu", "Closed"},
		box.Tallied: {"tallied", "Đã kiểm phiếu", "Counted"},
	}[s]
}

// poll is what pages show of a poll.
type poll struct {
	page
	UUID        string
	Vote        string // what the link to vote names: the meeting, if there is one
	Name        string
	Detail      []string
	State       stateWords
	Abandoned   bool // the meeting was: nothing more is taken, nothing opened
	Accepted    int
	Fingerprint string
	Published   bool
}

// Several reports whether slips serve other papers beside this one: then the
// digits on them are not those of this paper. A single paper has the meeting's
// name.
func (p poll) Several() bool { return p.Vote != p.UUID }

func (s *server) pollOf(c *gin.Context, b box.Box) (poll, box.Status, error) {
	status, err := b.Status(c.Request.Context())
	if err != nil {
		return poll{}, status, err
	}
	e := b.Election()
	p := poll{
		page: page{Trial: b.Setup().Settings.Trial}, UUID: string(e.UUID), Name: e.Name,
		Detail: strings.Split(e.Description, "\n"), State: words(status.State), Accepted: status.Accepted,
		Fingerprint: e.Fingerprint().Digits(), Published: status.Published,
	}
	vote, state, err := s.meetingOf(c.Request.Context(), e.UUID)
	p.Vote = string(cmp.Or(vote, e.UUID))
	if p.Abandoned = state == meeting.Abandoned; p.Abandoned {
		p.State = stateWords{"abandoned", "Đã hủy", "Abandoned"}
	}
	return p, status, err
}

// meetingOf returns the name of the meeting whose paper a poll is, under which
// all its papers are voted on, and its state; both are empty for a poll without
// a meeting.
func (s *server) meetingOf(ctx context.Context, paper ballot.UUID) (ballot.UUID, meeting.State, error) {
	if s.Meetings == nil {
		return "", "", nil
	}
	u, state, err := s.Meetings.MeetingOf(ctx, paper)
	if errors.Is(err, meeting.ErrNoMeeting) {
		return "", "", nil
	}
	return u, state, err
}

// meetingRecord returns the meeting whose paper a poll is, or nil for a poll
// without a meeting.
func (s *server) meetingRecord(ctx context.Context, paper ballot.UUID) (*meeting.Meeting, error) {
	u, _, err := s.meetingOf(ctx, paper)
	if err != nil || u == "" {
		return nil, err
	}
	return s.Meetings.Meeting(ctx, u)
}

// paperOf is the place of a ballot paper in its meeting, from 0.
func paperOf(m *meeting.Meeting, paper ballot.UUID) int {
	return slices.IndexFunc(m.Papers, func(p meeting.Paper) bool { return p.UUID == paper })
}

func (s *server) homePage(c *gin.Context) error {
	data := struct {
		page
		Here      bool // offers sample meetings
		Office    bool // leads to the pages of who runs meetings
		Unclaimed bool // tells who sits here how to make an administrator
		Released  []releasedRound
		pollPage
	}{Here: s.Trials != nil && here(c.Request), Office: s.register != nil}
	if s.register != nil && here(c.Request) {
		has, err := s.register.HasAdministrator(c.Request.Context())
		if err != nil {
			return err
		}
		data.Unclaimed = !has
	}
	var err error
	if data.Released, err = s.releasedRounds(c.Request.Context()); err != nil {
		return err
	}
	if data.pollPage, err = s.polls(c); err != nil {
		return err
	}
	return render(c, http.StatusOK, "home", data)
}

// boardData is what a poll's public page shows.
type boardData struct {
	poll
	Head        string
	MembersOnly bool
	HasClosing  bool
	Typed       string // what the form asked for, if it can be no tracker
	Outcome     *outcomeView
	Verdict     *archive.Report
	Release     *releaseView
	Files       []fileView // that everybody may have of the result
}

func (s *server) boardPage(c *gin.Context, b box.Box) error {
	typed := c.Query("tracker")
	if hash, ok := trackerHash(typed); ok {
		c.Redirect(http.StatusSeeOther, "/board/"+string(b.Election().UUID)+"/"+hex.EncodeToString(hash[:]))
		return nil
	}
	p, status, err := s.pollOf(c, b)
	if err != nil {
		return err
	}
	data := boardData{poll: p, Head: ballot.Digits(status.Head), MembersOnly: b.Setup().Settings.MembersOnly, Typed: typed}
	if !status.Published && status.State >= box.Closed {
		data.Head = ballot.Digits(status.EndBallots)
	}
	if _, err := b.Attached(c.Request.Context(), box.Closing); err == nil {
		data.HasClosing = true
	} else if !errors.Is(err, box.ErrNotFound) {
		return err
	}
	if status.Published && !data.MembersOnly {
		if err := s.addResult(c, b, &data); err != nil {
			return err
		}
	}
	return render(c, http.StatusOK, "board", data)
}

// addResult adds the verifier's verdict and, if the archive holds, the result
// and the files that are for everybody. A poll that does not ask for the three
// levels, or names no rule set, has no table of them.
func (s *server) addResult(c *gin.Context, b box.Box, data *boardData) (err error) {
	if data.Verdict, err = s.verdicts.of(c.Request.Context(), b); err != nil || !data.Verdict.Valid() {
		return err
	}
	outcome, err := meeting.NewOutcome(b.Election(), b.Setup().Settings, data.Verdict.Result, data.Verdict.Ballots, meeting.Facts{})
	if errors.Is(err, meeting.ErrLevels) || errors.Is(err, meeting.ErrRuleSet) {
		return nil
	}
	if err != nil {
		return err
	}
	m, err := s.meetingRecord(c.Request.Context(), b.Election().UUID)
	if err != nil {
		return err
	}
	if m != nil {
		data.addRelease(m)
		addBlocks(outcome, m.OnPaper(paperOf(m, b.Election().UUID)))
	}
	data.Outcome = newOutcomeView(outcome)
	return nil
}

// addRelease says for whom and when the chair released the result, and which
// files come with it.
func (d *boardData) addRelease(m *meeting.Meeting) {
	d.Release = newReleaseView(m.Release)
	for _, f := range m.PublicFiles(ballot.UUID(d.UUID)) {
		d.Files = append(d.Files, newFileView("/board/"+d.UUID+"/files/", f))
	}
}

// publicFile gives one of the files that everybody may have of a result.
func (s *server) publicFile(c *gin.Context, b box.Box) error {
	paper := b.Election().UUID
	m, err := s.meetingRecord(c.Request.Context(), paper)
	if err != nil {
		return err
	}
	if m == nil {
		return box.ErrNotFound
	}
	for _, f := range m.PublicFiles(paper) {
		if f.Name == c.Param("name") {
			return s.sendRecordFile(c, m.UUID, f)
		}
	}
	return box.ErrNotFound
}

// trackerHash reads a tracker as a person copies it, with spaces anywhere.
func trackerHash(typed string) (hash [32]byte, ok bool) {
	clean := strings.Map(func(r rune) rune {
		if r <= ' ' || r == '\u00a0' {
			return -1
		}
		return r
	}, typed)
	sum, err := base64.RawStdEncoding.Strict().DecodeString(clean)
	if err != nil || len(sum) != len(hash) {
		return hash, false
	}
	return [32]byte(sum), true
}

func (s *server) trackerPage(c *gin.Context, b box.Box) error {
	hash, err := hashParam(c)
	if err != nil {
		return err
	}
	p, of, err := s.pollOf(c, b)
	if err != nil {
		return err
	}
	data := struct {
		poll
		lookupAnswer
		Found   bool
		Closed  bool // the poll was: a receipt is there or will be
		Receipt bool
		Code    bool // a QR code holds it
		Hash    string
	}{poll: p, Hash: c.Param("hash"), Closed: of.State >= box.Closed && s.Ledger != nil}
	status := http.StatusOK
	data.lookupAnswer, err = find(c, b, hash)
	switch {
	case err == nil:
		data.Found = true
		if data.Receipt, data.Code, err = s.hasReceipt(c, b); err != nil {
			return err
		}
	case errors.Is(err, box.ErrNotFound):
		status = http.StatusNotFound
	default:
		return err
	}
	return render(c, status, "tracker", data)
}
