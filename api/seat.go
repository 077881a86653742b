package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/staff"
)

// The largest bodies that a board member's page sends.
const (
	maxCeremonyMessage = 1 << 20
	maxContribution    = 8 << 20
	maxPublicHalf      = 16 << 20 // 5,000 slips of 40 papers
	maxSeatRequest     = 64 << 10
)

// memberRoutes are what a board member's page asks for and sends, below the
// address of the seat. It is JSON, but for archives.
func (s *server) memberRoutes(engine *gin.Engine) {
	if s.office == nil || s.register == nil {
		return
	}
	engine.GET("/staff/meetings/:uuid/events", s.staffSession, s.handle(s.accountEvents))
	engine.GET(seatsPath+":seat/events", s.staffSession, s.handle(s.atSeat(s.seatEvents)))
	group := engine.Group(seatsPath+":seat/api", s.staffSession)
	get := func(path string, h seatHandler) { group.GET(path, s.handle(s.atSeat(h))) }
	post := func(path string, h seatHandler) { group.POST(path, s.handle(s.atSeat(h))) }
	get("/state", s.seatState)
	get("/events", s.seatEvents)
	get("/papers", s.seatPapers)
	get("/ceremony", s.seatTranscript)
	post("/ceremony", s.seatCeremony)
	post("/slips", s.seatSlips)
	post("/desk", s.seatDesk)
	get("/polls/:poll/election", s.ofPoll(s.election))
	get("/polls/:poll/archive", s.pollArchive)
	get("/polls/:poll/shares", s.pollShares)
	get("/polls/:poll/closing", s.pollClosing)
	post("/polls/:poll/closing", s.signClosing)
	post("/polls/:poll/contribution", s.contribute)
}

func (s *server) accountEvents(c *gin.Context) error {
	u, err := meetingParam(c)
	if err != nil {
		return err
	}
	return s.changes(c, u)
}

func (s *server) seatEvents(c *gin.Context, who staff.Actor) error { return s.changes(c, who.Meeting) }

// seatHandler answers one request of a seat.
type seatHandler func(c *gin.Context, who staff.Actor) error

// atSeat gives a handler the holder of the seat that the path names.
func (s *server) atSeat(h seatHandler) handler {
	return func(c *gin.Context) error { return h(c, actorOf(c)) }
}

// stateAnswer is what a board member's page must know to offer the next step.
type stateAnswer struct {
	Meeting  stateMeeting  `json:"meeting"`
	Seat     stateSeat     `json:"seat"`
	Board    []stateMember `json:"board"`
	Ceremony stateCeremony `json:"ceremony"`
	Slips    stateSlips    `json:"slips"`
	Polls    []statePoll   `json:"polls"`
}

type stateMeeting struct {
	UUID       ballot.UUID   `json:"uuid"`
	Title      string        `json:"title"`
	State      meeting.State `json:"state"`
	PublicURL  string        `json:"public_url"`
	RuleSet    string        `json:"ruleset"`
	MinBallots int           `json:"min_ballots"`
}

type stateSeat struct {
	ID    string     `json:"id"`
	Role  staff.Role `json:"role"`
	Index int        `json:"index"`
	Name  string     `json:"name"`
}

type stateMember struct {
	Index  int                 `json:"index"`
	Name   string              `json:"name"`
	Office meeting.BoardOffice `json:"office"`
}

type stateCeremony struct {
	ID        string `json:"id"`
	Threshold int    `json:"threshold"`
	Size      int    `json:"size"`
	State     string `json:"state"`
}

type stateSlips struct {
	Wanted   int        `json:"wanted"`
	Uploaded bool       `json:"uploaded"`
	Printed  int        `json:"printed"`
	Counts   deskCounts `json:"counts"`
}

// statePoll is one ballot box: the rehearsal's, or a paper's.
type statePoll struct {
	Election    ballot.UUID `json:"election"`
	Title       string      `json:"title"`
	Rehearsal   bool        `json:"rehearsal"`
	State       string      `json:"state"` // draft before sealing, then as boxes say it
	Cast        int         `json:"cast"`
	EndBallots  string      `json:"end_ballots"`
	Closing     string      `json:"closing"` // none, unsigned or signed
	SignedBy    []int       `json:"signed_by"`
	Contributed []int       `json:"contributed"`
}

func (s *server) seatState(c *gin.Context, who staff.Actor) error {
	m, err := s.seatMeeting(c, who)
	if err != nil {
		return err
	}
	a := stateAnswer{
		Meeting:  stateMeeting{m.UUID, m.Plan.Title, m.State, s.PublicURL.String(), m.Plan.RuleSet, m.Plan.MinBallots},
		Seat:     stateSeat{who.ID, who.Role, who.Index, who.Name},
		Ceremony: stateCeremony{m.Ceremony.ID, m.Ceremony.Threshold, len(m.Board), string(m.Ceremony.State)},
		Slips:    stateSlips{m.SlipsWanted(), m.Slips.Printed > 0, m.Slips.Printed, countsOf(m)},
		Polls:    []statePoll{},
	}
	if a.Ceremony.State == "" {
		a.Ceremony.State = "none"
	}
	for i, member := range m.Board {
		a.Board = append(a.Board, stateMember{i + 1, member.Name, member.Office})
	}
	if a.Polls, err = s.statePolls(c, m); err != nil {
		return err
	}
	c.JSON(http.StatusOK, a)
	return nil
}

func (s *server) statePolls(c *gin.Context, m *meeting.Meeting) ([]statePoll, error) {
	list, err := s.readPolls(c.Request.Context(), m)
	if err != nil {
		return nil, err
	}
	polls := []statePoll{}
	for _, p := range list {
		polls = append(polls, newStatePoll(p))
	}
	return polls, nil
}

func newStatePoll(v pollView) statePoll {
	p := statePoll{
		Election: v.UUID, Title: v.Title, Rehearsal: v.Rehearsal, State: "draft", Closing: "none",
		SignedBy: append([]int{}, v.SignedBy...), Contributed: append([]int{}, v.Contributed...),
	}
	if !v.Sealed {
		return p
	}
	p.State, p.Cast = v.Status.State.String(), v.Status.Accepted
	if v.Status.State >= box.Closed {
		p.EndBallots = fmt.Sprintf("%x", v.Status.EndBallots)
	}
	switch {
	case v.Signed:
		p.Closing = "signed"
	case v.SignedBy != nil:
		p.Closing = "unsigned"
	}
	return p
}

// seatMeeting returns the seat's own meeting.
func (s *server) seatMeeting(c *gin.Context, who staff.Actor) (*meeting.Meeting, error) {
	return s.office.Get(c.Request.Context(), who, who.Meeting)
}

func (s *server) seatPapers(c *gin.Context, who staff.Actor) error {
	m, err := s.seatMeeting(c, who)
	if err != nil {
		return err
	}
	papers, err := m.BallotPapers()
	if err != nil {
		return err
	}
	c.Data(http.StatusOK, jsonType, papers.AppendJSON(nil))
	return nil
}

func (s *server) seatTranscript(c *gin.Context, who staff.Actor) error {
	m, err := s.seatMeeting(c, who)
	if err != nil {
		return err
	}
	if m.Ceremony.Transcript == "" {
		return box.ErrNotFound
	}
	c.Data(http.StatusOK, jsonType, []byte(m.Ceremony.Transcript))
	return nil
}

func (s *server) seatCeremony(c *gin.Context, who staff.Actor) error {
	message, err := readBody(c, maxCeremonyMessage)
	if err != nil {
		return err
	}
	_, err = s.office.CeremonyMessage(c.Request.Context(), who, who.Meeting, message)
	return noContent(c, err)
}

func (s *server) seatSlips(c *gin.Context, who staff.Actor) error {
	var public map[ballot.UUID][]string
	if err := readJSON(c, maxPublicHalf, &public); err != nil {
		return err
	}
	_, err := s.office.UploadSlips(c.Request.Context(), who, who.Meeting, public)
	return noContent(c, err)
}

// deskRequest is a slip that was given back, with the proof that it is held, byte
// for byte.
type deskRequest struct {
	Kind   string          `json:"kind"`
	Proofs json.RawMessage `json:"proofs"`
}

type deskAnswer struct {
	Counts deskCounts `json:"counts"`
}

type deskCounts struct {
	Unissued  int `json:"unissued"`
	Exchanged int `json:"exchanged"`
	Returned  int `json:"returned"`
}

func countsOf(m *meeting.Meeting) deskCounts {
	return deskCounts{len(m.Slips.Unissued), len(m.Slips.Exchanged), len(m.Slips.Returned)}
}

func (s *server) seatDesk(c *gin.Context, who staff.Actor) error {
	var r deskRequest
	if err := readJSON(c, maxSeatRequest, &r); err != nil {
		return err
	}
	m, err := s.office.Desk(c.Request.Context(), who, who.Meeting, r.Kind, r.Proofs)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, deskAnswer{countsOf(m)})
	return nil
}

// ofPoll gives a handler the ballot box that the path names.
func (s *server) ofPoll(h func(c *gin.Context, b box.Box) error) seatHandler {
	return func(c *gin.Context, who staff.Actor) error {
		_, b, err := s.seatPoll(c, who)
		if err != nil {
			return err
		}
		return h(c, b)
	}
}

// seatPoll returns the seat's meeting and the ballot box that the path names, if
// it belongs to the meeting: one of its papers, or its rehearsal.
func (s *server) seatPoll(c *gin.Context, who staff.Actor) (*meeting.Meeting, box.Box, error) {
	m, err := s.seatMeeting(c, who)
	if err != nil {
		return nil, nil, err
	}
	u := ballot.UUID(c.Param("poll"))
	if !m.HasPoll(u) {
		return nil, nil, box.ErrNoBox
	}
	b, err := s.Store.Box(c.Request.Context(), u)
	return m, b, err
}

// tallyOf returns the box that the path names, with its status, and whether the
// seat may have what follows EndBallots: before publication those who count,
// auditors, and of a rehearsal everybody.
func (s *server) tallyOf(c *gin.Context, who staff.Actor) (b box.Box, status box.Status, all bool, err error) {
	m, b, err := s.seatPoll(c, who)
	if err != nil {
		return nil, status, false, err
	}
	status, err = b.Status(c.Request.Context())
	all = status.Published || b.Setup().Settings.Rehearsal || who.Role == staff.Auditor || m.Counts(who)
	return b, status, all, err
}

// pollArchive gives the archive as it is now.
func (s *server) pollArchive(c *gin.Context, who staff.Actor) error {
	b, status, all, err := s.tallyOf(c, who)
	if err != nil {
		return err
	}
	files := status.Public.Files
	if all {
		files = status.Files.Files
	}
	attachment(c, "application/x-tar", string(b.Election().UUID)+".bel")
	return streamArchive(c.Request.Context(), b, files, reader{c.Writer})
}

func (s *server) pollShares(c *gin.Context, who staff.Actor) error {
	b, _, all, err := s.tallyOf(c, who)
	if err != nil {
		return err
	}
	if !all {
		return box.ErrNotFound
	}
	return s.beside(c, b, box.Shares)
}

// pollClosing gives the closing file with the signatures so far.
func (s *server) pollClosing(c *gin.Context, who staff.Actor) error {
	text, err := s.office.ClosingFile(c.Request.Context(), who, who.Meeting, ballot.UUID(c.Param("poll")))
	if err != nil {
		return err
	}
	c.Data(http.StatusOK, jsonType, text)
	return nil
}

func (s *server) signClosing(c *gin.Context, who staff.Actor) error {
	signature, err := readBody(c, maxSeatRequest)
	if err != nil {
		return err
	}
	_, err = s.office.SignClosing(c.Request.Context(), who, who.Meeting, ballot.UUID(c.Param("poll")), who.Index, signature)
	return noContent(c, err)
}

func (s *server) contribute(c *gin.Context, who staff.Actor) error {
	contribution, err := readBody(c, maxContribution)
	if err != nil {
		return err
	}
	_, err = s.office.Contribute(c.Request.Context(), who, who.Meeting, ballot.UUID(c.Param("poll")), contribution)
	return noContent(c, err)
}

// noContent answers a step that was taken, and passes on what went wrong.
func noContent(c *gin.Context, err error) error {
	if err == nil {
		c.Status(http.StatusNoContent)
	}
	return err
}

// readJSON reads a body strictly into v.
func readJSON(c *gin.Context, limit int, v any) error {
	body, err := readBody(c, limit)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("%w: %w", ballot.ErrMalformed, err)
	}
	if d.More() {
		return fmt.Errorf("%w: more than one value", ballot.ErrMalformed)
	}
	return nil
}
