package api

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
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
	Accepted    int
	Fingerprint string
	Published   bool
}

func pollOf(c *gin.Context, b box.Box) (poll, box.Status, error) {
	status, err := b.Status(c.Request.Context())
	e := b.Election()
	return poll{
		page: page{Trial: b.Setup().Settings.Trial}, UUID: string(e.UUID), Vote: string(e.UUID), Name: e.Name,
		Detail: strings.Split(e.Description, "\n"), State: words(status.State), Accepted: status.Accepted,
		Fingerprint: e.Fingerprint().Digits(), Published: status.Published,
	}, status, err
}

// meetingsByPaper finds the meeting of each ballot paper.
func (s *server) meetingsByPaper(c *gin.Context) (map[ballot.UUID]*meeting.Meeting, error) {
	all := map[ballot.UUID]*meeting.Meeting{}
	if s.Meetings == nil {
		return all, nil
	}
	list, err := s.Meetings.Meetings(c.Request.Context())
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		for _, p := range m.Papers {
			all[p.UUID] = m
		}
	}
	return all, nil
}

// ofMeeting says what only the meeting knows: the name under which all its
// papers are voted on, and whether it was abandoned.
func (p *poll) ofMeeting(m *meeting.Meeting) {
	p.Vote = string(m.UUID)
	if m.State == meeting.Abandoned {
		p.State = stateWords{"abandoned", "Đã hủy", "Abandoned"}
	}
}

func (s *server) homePage(c *gin.Context) error {
	list, err := s.Store.List(c.Request.Context())
	if err != nil {
		return err
	}
	data := struct {
		page
		Here      bool // offers sample meetings
		Office    bool // leads to the pages of who runs meetings
		Unclaimed bool // tells who sits here how to make an administrator
		Polls     []poll
	}{Here: s.Trials != nil && here(c.Request), Office: s.register != nil}
	if s.register != nil && here(c.Request) {
		has, err := s.register.HasAdministrator(c.Request.Context())
		if err != nil {
			return err
		}
		data.Unclaimed = !has
	}
	meetings, err := s.meetingsByPaper(c)
	if err != nil {
		return err
	}
	for _, u := range list {
		b, err := s.Store.Box(c.Request.Context(), u)
		if err != nil {
			return err
		}
		if b.Setup().Settings.Rehearsal {
			continue
		}
		p, _, err := pollOf(c, b)
		if err != nil {
			return err
		}
		if m := meetings[u]; m != nil {
			p.ofMeeting(m)
		}
		data.Polls = append(data.Polls, p)
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
}

func (s *server) boardPage(c *gin.Context, b box.Box) error {
	typed := c.Query("tracker")
	if hash, ok := trackerHash(typed); ok {
		c.Redirect(http.StatusSeeOther, "/board/"+string(b.Election().UUID)+"/"+hex.EncodeToString(hash[:]))
		return nil
	}
	p, status, err := pollOf(c, b)
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

// addResult adds the verifier's verdict and, if the archive holds, the result.
// A poll that does not ask for the three levels has no table of them.
func (s *server) addResult(c *gin.Context, b box.Box, data *boardData) (err error) {
	if data.Verdict, err = s.verdicts.of(c.Request.Context(), b); err != nil || !data.Verdict.Valid() {
		return err
	}
	outcome, err := meeting.NewOutcome(b.Election(), b.Setup().Settings, data.Verdict.Result, data.Verdict.Ballots)
	if err == nil {
		data.Outcome = newOutcomeView(outcome)
	}
	if errors.Is(err, meeting.ErrLevels) {
		return nil
	}
	return err
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
	p, _, err := pollOf(c, b)
	if err != nil {
		return err
	}
	data := struct {
		poll
		lookupAnswer
		Found bool
	}{poll: p}
	status := http.StatusOK
	data.lookupAnswer, err = find(c, b, hash)
	switch {
	case err == nil:
		data.Found = true
	case errors.Is(err, box.ErrNotFound):
		status = http.StatusNotFound
	default:
		return err
	}
	return render(c, status, "tracker", data)
}

// outcomeView is an outcome as the result page draws it.
type outcomeView struct {
	Title           string // of the ballot paper, where there are several
	Collected, Base int
	BaseVi, BaseEn  string
	Rows            []outcomeRow
}

type outcomeRow struct {
	Number                int
	Name, Post            string
	High, Confidence, Low outcomeCell
	Blank                 int
}

// outcomeCell is one level's votes, and its piece of the bar in thousandths of
// the base.
type outcomeCell struct {
	meeting.Share
	From, PerMille int
}

func newOutcomeView(o *meeting.Outcome) *outcomeView {
	v := &outcomeView{Collected: o.Collected, Base: o.Base, BaseVi: "số phiếu thu về", BaseEn: "the ballots collected"}
	if o.Base != o.Collected {
		v.BaseVi, v.BaseEn = "tổng số đại biểu", "all members"
	}
	for i, p := range o.Persons {
		row := outcomeRow{Number: i + 1, Name: p.Name, Post: p.Post, Blank: p.Invalid}
		from := 0
		for _, cell := range []struct {
			to    *outcomeCell
			share meeting.Share
		}{{&row.High, p.High}, {&row.Confidence, p.Confidence}, {&row.Low, p.Low}} {
			width := 1000 * cell.share.Votes / max(1, o.Base)
			*cell.to = outcomeCell{cell.share, from, width}
			from += width
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}
