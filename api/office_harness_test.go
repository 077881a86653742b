package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/threshold"
	"github.com/homphieu/homphieu/crypto/threshold/ceremony"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/tally"
)

// A council is a meeting on a site, with the devices of the people who run it.
// What they press goes over HTTP; what a member's browser computes, and sends
// as JSON, is done here at once.
type council struct {
	*office
	u         ballot.UUID
	base      string // of the secretary's pages
	steps     *meeting.Office
	secretary *person
	chair     *holder
	members   []*holder
	auditor   *holder

	seeds []string
	keys  []*group.Scalar
	slips []ballot.Credential
	voted map[int]bool // slips that are cast
}

// A holder is the device of somebody who has a seat.
type holder struct {
	*device
	base  string
	actor staff.Actor
}

// theBoard is the counting board of every council.
var theBoard = []meeting.BoardMember{
	{Name: "Bùi Văn Khoa", Post: "Phó Chánh Văn phòng", Office: meeting.Head},
	{Name: "Hồ Thị Lan", Post: "Chuyên viên", Office: meeting.BoardSecretary},
	{Name: "Đinh Công Minh", Post: "Kế toán trưởng", Office: meeting.Ordinary},
}

// The numbers of a council: a tenth of those summoned, rounded up, are spares.
const (
	summoned = 9
	present  = 7
	printed  = 10
)

// newCouncil is a server with meetings, and a secretary who is signed in.
func newCouncil(t *testing.T) *council {
	t.Helper()
	c := &council{office: newOffice(t), voted: map[int]bool{}}
	c.config.Press = fakePress{}
	c.handler, c.fill = api.NewWithGate(c.config)
	c.steps = &meeting.Office{Meetings: c.store, Boxes: c.store, Clock: c.config.Clock}
	c.secretary = c.claimed()
	return c
}

// planForm is a plan as its form sends it.
func planForm() url.Values {
	return url.Values{
		"title": {"Hội nghị lấy phiếu tín nhiệm"}, "agency": {"Sở Nội vụ tỉnh Lâm Đồng"}, "superior": {"Ủy ban nhân dân tỉnh"},
		"place": {"Hội trường tầng 2"}, "date": {"2026-12-10"}, "time": {"08:00"}, "session": {""}, "chair": {"Lê Thị Hòa"},
		"decision_number": {"15-QĐ/TU"}, "decision_date": {"2026-11-01"}, "decision_about": {"Tỉnh ủy"}, "ruleset": {meeting.RuleSetReg96},
		"reference_number": {"76-KH/TU"}, "reference_date": {"2026-10-05"}, "reference_about": {"Kế hoạch lấy phiếu tín nhiệm"},
		"members": {""}, "min_ballots": {"5"}, "spares": {"10"}, "used_limit": {"1"},
	}
}

// peopleForm is a list of persons on two papers as its form sends it.
func peopleForm() url.Values {
	form := url.Values{"papers": {"Phiếu số 1: chính quyền\r\nPhiếu số 2: cấp ủy"}}
	for _, row := range [][]string{
		{"Nguyễn Thị Ánh", "Giám đốc", "Khối chính quyền", "", "", "0"},
		{"Trần Đạt", "Phó Giám đốc", "", "", "Đảng ủy các cơ quan tỉnh", "0"},
		{"Phạm Quỳnh", "Phó Giám đốc", "", "retirement_notice", "", "0"},
		{"Lê Ưng", "Chánh Văn phòng", "", "", "", "0"},
		{"Đỗ Thị Yên", "Bí thư Chi bộ", "", "", "", "1"},
	} {
		for i, name := range []string{"name", "post", "block", "exempt", "places", "paper"} {
			form.Add(name, row[i])
		}
		form.Add("id", "")
	}
	return form
}

func boardForm() url.Values {
	form := url.Values{}
	for _, b := range theBoard {
		form.Add("name", b.Name)
		form.Add("post", b.Post)
		form.Add("office", string(b.Office))
	}
	return form
}

// prepare makes a draft with everything in it, by the secretary's forms.
func (c *council) prepare() {
	c.Helper()
	to := c.secretary.post("/staff/meetings", planForm(), http.StatusSeeOther)
	c.u = ballot.UUID(strings.Split(to, "/")[3])
	c.base = "/staff/meetings/" + string(c.u)
	c.secretary.post(c.base+"/people", peopleForm(), http.StatusSeeOther)
	c.secretary.post(c.base+"/board", boardForm(), http.StatusSeeOther)
	c.attend(0)
}

// attend notes that so many of those summoned are there.
func (c *council) attend(present int) {
	c.Helper()
	form := url.Values{"mode": {"counts"}, "summoned": {strconv.Itoa(summoned)}, "present": {strconv.Itoa(present)}, "count": {""}, "why": {""}}
	c.secretary.post(c.base+"/attendance", form, http.StatusSeeOther)
}

// seatAll lets chair, board and an auditor take their seats.
func (c *council) seatAll() {
	c.Helper()
	c.chair = c.take(staff.Chair, 0, "Lê Thị Hòa")
	c.members = nil
	for i, b := range theBoard {
		c.members = append(c.members, c.take(staff.Member, i+1, b.Name))
	}
	c.auditor = c.take(staff.Auditor, 0, "Ngô Văn Kiểm")
}

func (c *council) take(role staff.Role, index int, name string) *holder {
	c.Helper()
	seat, token, err := c.register().NewSeat(c.Context(), staff.Actor{Role: staff.Secretary, ID: "id", Name: "Trần Đạt"}, staff.Seat{Meeting: c.u, Role: role, Index: index, Name: name})
	c.ok(err)
	d := c.device()
	d.enterWith(seat.ID+"."+token).want(http.StatusSeeOther, "")
	return &holder{d, "/staff/seats/" + seat.ID, seat.Actor()}
}

// page is one of the holder's pages.
func (h *holder) page(path string) string {
	h.Helper()
	return h.get(h.base+path, http.StatusOK)
}

// press sends a form of the holder, which is taken.
func (h *holder) press(path string, form url.Values) string {
	h.Helper()
	return h.post(h.base+path, form, http.StatusSeeOther)
}

// sendText sends a body as the script of a page does.
func (d *device) sendText(path, contentType, body string) *answer {
	d.Helper()
	at := d.at(path)
	return d.do("POST", path, body, d.kind, header("Content-Type", contentType), func(r *http.Request) {
		for _, c := range d.jar.Cookies(at) {
			r.AddCookie(c)
		}
		r.Host = at.Host
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	})
}

func (c *council) meeting() *meeting.Meeting {
	c.Helper()
	m, err := c.store.Meeting(c.Context(), c.u)
	c.ok(err)
	return m
}

func (c *council) done(_ *meeting.Meeting, err error) {
	c.Helper()
	c.ok(err)
}

// makeKeys lets the members go through the ceremony.
func (c *council) makeKeys() {
	c.Helper()
	c.seeds, c.keys = nil, nil
	var holders []*ceremony.Member // as their own devices know them
	for i := range theBoard {
		seed := threshold.NewSeed()
		m, err := ceremony.NewMember(c.transcript().Terms(), seed, i+1)
		c.ok(err)
		c.seeds, holders = append(c.seeds, seed), append(holders, m)
	}
	for t := c.transcript(); t.Step() < ceremony.Finished; t = c.transcript() {
		for _, i := range t.Waiting() {
			message, err := holders[i-1].Next(t)
			c.ok(err)
			c.done(c.steps.CeremonyMessage(c.Context(), c.members[i-1].actor, c.u, message))
		}
	}
	for _, m := range holders {
		share, err := m.Share(c.transcript())
		c.ok(err)
		c.keys = append(c.keys, share)
	}
}

func (c *council) transcript() *ceremony.Transcript {
	c.Helper()
	t, err := ceremony.ParseTranscript([]byte(c.meeting().Ceremony.Transcript))
	c.ok(err)
	return t
}

// makeSlips draws the codes and hands in their public half.
func (c *council) makeSlips() {
	c.Helper()
	c.slips = nil
	for range printed {
		c.slips = append(c.slips, ballot.NewCredential())
	}
	public := map[ballot.UUID][]string{}
	for _, p := range c.meeting().Papers {
		for _, s := range c.slips {
			public[p.UUID] = append(public[p.UUID], s.Public(p.UUID).String())
		}
		slices.Sort(public[p.UUID])
	}
	c.done(c.steps.UploadSlips(c.Context(), c.members[0].actor, c.u, public))
}

// open lets two members sign the closing file of a poll and contribute.
func (c *council) count(poll ballot.UUID) {
	c.Helper()
	for i := 1; i <= 2; i++ {
		c.sign(poll, i)
	}
	for i := 1; i <= 2; i++ {
		c.contribute(poll, i)
	}
}

func (c *council) sign(poll ballot.UUID, i int) {
	c.Helper()
	text, err := c.steps.ClosingFile(c.Context(), c.members[i-1].actor, c.u, poll)
	c.ok(err)
	closing, err := tally.ParseClosing(text)
	c.ok(err)
	closing.Signatures = nil
	closing.Sign(i, threshold.SigningKey(c.seeds[i-1]))
	var file struct{ Signatures []json.RawMessage }
	c.ok(json.Unmarshal(closing.AppendJSON(nil), &file))
	c.done(c.steps.SignClosing(c.Context(), c.members[i-1].actor, c.u, poll, i, file.Signatures[0]))
}

func (c *council) contribute(poll ballot.UUID, i int) {
	c.Helper()
	b, err := c.store.Box(c.Context(), poll)
	c.ok(err)
	product, err := b.Product(c.Context())
	c.ok(err)
	contribution := tally.Decrypt(b.Election(), product, i, c.keys[i-1])
	text := contribution.AppendJSON(nil, b.Election())
	c.done(c.steps.Contribute(c.Context(), c.members[i-1].actor, c.u, poll, text))
}

// bring brings slips that were not handed out, by their places among those
// printed, to the desk.
func (c *council) bring(list ...int) {
	c.Helper()
	papers, err := c.meeting().BallotPapers()
	c.ok(err)
	for _, s := range list {
		proof := c.slips[s].AppendDeskProof(nil, papers, meeting.DeskUnissued)
		c.done(c.steps.Desk(c.Context(), c.members[0].actor, c.u, meeting.DeskUnissued, proof))
	}
}

// vote lets holders of slips vote on all papers, who have not voted yet: in
// turn blank, high, confidence and low, the same for everybody.
func (c *council) vote(list ...int) {
	c.Helper()
	for _, s := range list {
		if c.voted[s] {
			continue
		}
		c.voted[s] = true
		for _, p := range c.meeting().Papers {
			b, err := c.store.Box(c.Context(), p.UUID)
			c.ok(err)
			c.ok(b.Accept(c.Context(), c.marked(b, s, s%4-1)))
		}
	}
}

func (c *council) marked(b box.Box, slip, level int) *ballot.Ballot {
	c.Helper()
	e := b.Election()
	choices := make([][]int, len(e.Questions))
	for i := range choices {
		choices[i] = e.Questions[i].Mark(level)
	}
	sealed, err := ballot.Seal(e, c.slips[slip], choices)
	c.ok(err)
	return sealed
}

// councilStates are the states that [council.to] takes a meeting through, in
// their order.
var councilStates = []meeting.State{
	meeting.Draft, meeting.Keys, meeting.Slips, meeting.Rehearsed, meeting.Sealed, meeting.Open, meeting.Closed, meeting.Tallied, meeting.Signed,
}

// to takes a meeting to a state from the one before. Slips 0 to 5 are cast, 6 is
// not returned, 7 and beyond are not issued.
func (c *council) to(state meeting.State) {
	c.Helper()
	switch state {
	case meeting.Draft:
		c.prepare()
		c.seatAll()
	case meeting.Keys:
		c.secretary.post(c.base+"/keys", url.Values{"threshold": {"2"}}, http.StatusSeeOther)
	case meeting.Slips:
		c.makeKeys()
		c.secretary.post(c.base+"/drawup", url.Values{}, http.StatusSeeOther)
	case meeting.Rehearsed:
		c.makeSlips()
		c.secretary.post(c.base+"/rehearsal", url.Values{}, http.StatusSeeOther)
		c.count(c.meeting().Rehearsal.UUID)
	case meeting.Sealed:
		c.chair.press("/seal", url.Values{})
	case meeting.Open:
		c.chair.press("/approve", url.Values{})
		c.attend(present)
		c.bring(7, 8, 9)
		c.chair.press("/open", url.Values{})
	case meeting.Closed:
		c.vote(0, 1, 2, 3, 4, 5)
		c.members[0].press("/close", url.Values{})
		c.members[1].press("/close", url.Values{})
	case meeting.Tallied:
		for _, m := range c.members[:2] {
			m.press("/issued", url.Values{"issued": {strconv.Itoa(present)}})
		}
		for _, p := range c.meeting().Papers {
			c.count(p.UUID)
		}
	case meeting.Signed:
		c.members[0].press("/papers/print", url.Values{})
		c.chair.press("/papers/sign", url.Values{"on_paper": {"yes"}})
		c.members[0].press("/papers/sign", url.Values{"on_paper": {"yes"}})
	}
	if m := c.meeting(); m.State != state {
		c.Fatalf("state %s, want %s", m.State, state)
	}
}

// publish releases the result to an audience.
func (c *council) publish(to meeting.Audience) {
	c.Helper()
	c.chair.press("/publish", url.Values{"audience": {string(to)}})
}

// councilIn is a meeting in a state.
func councilIn(t *testing.T, state meeting.State) *council {
	t.Helper()
	c := newCouncil(t)
	for _, s := range councilStates {
		if c.to(s); s == state {
			break
		}
	}
	return c
}
