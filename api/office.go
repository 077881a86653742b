package api

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/roster"
	"github.com/homphieu/homphieu/meeting/staff"
)

// An officePage is one page of a meeting: a step of its life, or a part of one.
type officePage struct {
	id    string // the end of its address, and the name of its template
	title meeting.Text
	// values is what the form of the page says before anybody types; nil for a
	// page without fields.
	values func(v *visit) url.Values
	// locked are the fields that cannot change any more in the meeting's state.
	locked func(v *visit) []string
	// only is for whom the page is; nil for everybody who may see the meeting.
	only func(v *visit) bool
	// live pages are drawn again when the meeting changes.
	live bool
	// data is what the page shows besides the meeting.
	data func(v *visit) (any, error)
}

// An officeForm is something that a page sends.
type officeForm struct {
	path   string // below the meeting's address
	page   string // shown again when it is refused
	action meeting.Action
	// do takes the step; next is the page to go on with, or an address, or empty
	// for the same page.
	do func(v *visit) (next string, err error)
	// most is how many bytes it may have; 0 is maxOfficeForm.
	most int64
}

// meetingRoutes offers the pages and forms of a meeting below its address.
func (s *server) meetingRoutes(group *gin.RouterGroup) {
	for _, p := range officePages {
		group.GET(strings.TrimSuffix("/"+p.id, "/overview"), s.handle(s.visiting(func(v *visit) error { return v.show(p, http.StatusOK) })))
	}
	for _, f := range officeForms {
		group.POST("/"+f.path, s.handle(s.visiting(func(v *visit) error { return v.submit(f) })))
	}
	group.GET("/documents/:hash", s.handle(s.visiting((*visit).sendFile)))
	group.GET("/round/packages/:hash/file", s.handle(s.visiting((*visit).sendPackageFile)))
	group.GET("/round/packages/:hash/receipt", s.handle(s.visiting((*visit).sendReceiptFile)))
	group.GET("/papers/:poll/:name", s.handle(s.visiting((*visit).sendPrinted)))
}

// officeRoutes offers the list of meetings, and every meeting, to accounts, and
// its own meeting to a seat; and to the room what the projector shows.
func (s *server) officeRoutes(engine *gin.Engine) {
	if s.office == nil || s.register == nil {
		return
	}
	engine.GET("/projector/:uuid", s.handle(s.projector))
	accounts := engine.Group("/staff/meetings", s.staffSession)
	accounts.GET("", s.handle(s.meetingList))
	accounts.GET("/new", s.handle(s.newMeeting))
	accounts.POST("", s.handle(s.createMeeting))
	s.meetingRoutes(accounts.Group("/:uuid"))
	s.meetingRoutes(engine.Group(seatsPath+":seat", s.staffSession))
}

// A visit is one request of an officer to one meeting.
type visit struct {
	*server
	c     *gin.Context
	actor staff.Actor
	base  string // address of the meeting for this officer
	m     *meeting.Meeting
	polls []pollView
	// statuses are those of the boxes that there are.
	statuses map[ballot.UUID]box.Status
	// typed is what was sent with a form that is shown again, else nil; refused
	// is why.
	typed   url.Values
	refused *problem
	notes   []meeting.Text // said above the form
	// lineErrors are the lines of an imported list that could not be read.
	lineErrors []roster.LineError
}

// visiting finds the meeting: that of the seat, or the one that the path names.
func (s *server) visiting(h func(v *visit) error) handler {
	return func(c *gin.Context) error {
		v := &visit{server: s, c: c, actor: actorOf(c), statuses: map[ballot.UUID]box.Status{}}
		u := v.actor.Meeting
		v.base = "/staff/seats/" + v.actor.ID
		if u == "" {
			u = ballot.UUID(c.Param("uuid"))
			v.base = "/staff/meetings/" + string(u)
		}
		if !u.Valid() {
			return meeting.ErrNoMeeting
		}
		var err error
		if v.m, err = s.office.Get(c.Request.Context(), v.actor, u); err != nil {
			return err
		}
		if v.polls, err = s.readPolls(c.Request.Context(), v.m); err != nil {
			return err
		}
		for _, p := range v.polls {
			if p.Sealed {
				v.statuses[p.UUID] = p.Status
			}
		}
		return h(v)
	}
}

// submit takes a step that a form asks for. Refused, it shows the page again
// with everything that was typed; a script gets the problem instead.
func (v *visit) submit(f officeForm) error {
	if !meeting.May(v.actor.Role, f.action) {
		return meeting.ErrRole
	}
	form, err := readOfficeForm(v.c, cmp.Or(f.most, maxOfficeForm))
	if err != nil {
		return err
	}
	v.typed = form
	next, err := f.do(v)
	switch {
	case err == nil && v.c.Writer.Written():
		return nil
	case err == nil:
		v.goOn(next, f.page)
		return nil
	case errors.Is(err, errShowAgain):
		return v.show(pageByID(f.page), http.StatusOK)
	}
	return v.refuse(f.page, err)
}

// errShowAgain shows the form with its fields changed, not saved yet.
var errShowAgain = errors.New("form: to be shown again")

// goOn answers a step that was taken with the address to go on with.
func (v *visit) goOn(next, page string) {
	address := v.base + "/" + page + "?saved"
	switch {
	case strings.HasPrefix(next, "/"):
		address = next
	case next != "":
		address = v.base + "/" + next
	}
	done(v.c, strings.TrimSuffix(address, "/overview"))
}

// refuse shows a page again with why its form was refused.
func (v *visit) refuse(page string, err error) error {
	if !wantsPage(v.c) || errors.Is(err, meeting.ErrRole) {
		return err
	}
	p := toProblem(err)
	if p.Status >= http.StatusInternalServerError {
		v.Log.Error("request failed", "route", v.c.FullPath(), "cause", err.Error())
	}
	setRetryAfter(v.c, p, err)
	v.refused = &p
	return v.show(pageByID(page), p.Status)
}

// show renders a page of the meeting.
func (v *visit) show(p officePage, status int) error {
	if !v.sees(p) {
		return meeting.ErrRole
	}
	data := &officeView{visit: v, Page: p.id, Heading: p.title}
	data.Live = p.live && data.Member() == "" // what a member's browser works on stays where it is
	if p.values != nil {
		stored := p.values(v)
		data.Stamp = stampOf(stored)
		data.inputs = inputs{values: stored}
	}
	if v.typed != nil {
		data.inputs = inputs{values: v.typed, wrong: v.refused}
		if seen := v.typed.Get("seen"); seen != "" {
			data.Stamp = seen
		}
	}
	if p.locked != nil {
		data.locked = p.locked(v)
	}
	data.Problem = summaryOf(v.refused)
	if p.data != nil {
		var err error
		if data.Data, err = p.data(v); err != nil {
			return err
		}
	}
	if err := data.addFrame(); err != nil {
		return err
	}
	return render(v.c, status, "office-"+p.id, data)
}

// sees reports whether a page is for the officer.
func (v *visit) sees(p officePage) bool { return p.only == nil || p.only(v) }

// pageByID returns a page of the table.
func pageByID(id string) officePage {
	for _, p := range officePages {
		if p.id == id {
			return p
		}
	}
	panic("api: no page " + id)
}

// stampOf names what a form said when it was drawn, so that a form which
// somebody else has changed meanwhile is not overwritten unseen.
func stampOf(values url.Values) string {
	sum := sha256.Sum256([]byte(values.Encode()))
	return hex.EncodeToString(sum[:8])
}

// fresh refuses a form that was drawn from what is not so any more, unless it
// asks for what is so already.
func (v *visit) fresh(page string) error {
	stored := pageByID(page).values(v)
	seen := v.typed.Get("seen")
	if seen == "" || seen == stampOf(stored) || sameValues(stored, v.typed) {
		return nil
	}
	v.typed.Set("seen", stampOf(stored)) // sent again, it is meant
	return &staleError{stampOf(stored)}
}

func sameValues(stored, typed url.Values) bool {
	for name, values := range stored {
		if strings.Join(values, "\n") != strings.Join(typed[name], "\n") {
			return false
		}
	}
	return true
}

// may reports whether the officer's role may take an action.
func (v *visit) may(a meeting.Action) bool { return meeting.May(v.actor.Role, a) }
