package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/roster"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/meeting/staff"
)

// roundsPath is where the superior's pages lie.
const roundsPath = "/staff/rounds"

// A roundPage is a page of the superior: about rounds, or of one round.
type roundPage struct {
	id    string // the name of its template
	path  string // below roundsPath, or below a round's address
	title meeting.Text
	// values is what the form of the page says before anybody types; nil for a
	// page without fields.
	values func(v *roundVisit) (url.Values, error)
	// data is what the page shows besides.
	data func(v *roundVisit) (any, error)
}

// A roundForm is something that such a page sends.
type roundForm struct {
	path string
	page string // shown again when it is refused
	// do takes the step; next is the address to go on with, or empty for the same
	// page.
	do func(v *roundVisit) (next string, err error)
	// most is how many bytes it may have; 0 is maxOfficeForm.
	most int64
}

// A roundVisit is one request of the superior.
type roundVisit struct {
	*server
	c     *gin.Context
	actor staff.Actor
	r     *round.Round // nil outside a round
	// typed is what was sent with a form that is shown again, else nil; refused
	// is why.
	typed   url.Values
	refused *problem
	notes   []meeting.Text // said above the form
	// lineErrors are the lines of an imported list that could not be read.
	lineErrors []roster.LineError
	directory  *round.Directory // see agencies
}

// roundRoutes offers the superior's pages, and to everybody what was published.
func (s *server) roundRoutes(engine *gin.Engine) {
	engine.GET("/rounds/:uuid", s.handle(s.publishedRound))
	engine.GET("/rounds/:uuid/:number/:name", s.handle(s.publishedRoundFile))
	if s.Rounds == nil || s.register == nil {
		return
	}
	group := engine.Group(roundsPath, s.staffSession, s.require(staff.Superior))
	s.roundGroup(group, allRounds, func(h func(*roundVisit) error) gin.HandlerFunc { return s.handle(s.superior(h)) })
	one := group.Group("/:uuid")
	inside := func(h func(*roundVisit) error) gin.HandlerFunc { return s.handle(s.superior(inRound(h))) }
	s.roundGroup(one, oneRound, inside)
	one.GET("/round.json", inside((*roundVisit).sendRoundFile))
	one.GET("/packages/:hash/file", inside((*roundVisit).sendPackage))
	one.GET("/packages/:hash/receipt", inside((*roundVisit).sendReceipt))
	one.GET("/packages/:hash/files/:name", inside((*roundVisit).sendPart))
	one.GET("/report/:number/:name", inside((*roundVisit).sendRecord))
	one.GET("/report/:number/released/:name", inside((*roundVisit).sendRecord))
}

// A roundTable is a set of pages and the forms that they send.
type roundTable struct {
	pages []roundPage
	forms []roundForm
}

func (s *server) roundGroup(group *gin.RouterGroup, t *roundTable, wrap func(func(*roundVisit) error) gin.HandlerFunc) {
	for _, p := range t.pages {
		group.GET(p.path, wrap(func(v *roundVisit) error { return v.show(p, http.StatusOK) }))
	}
	for _, f := range t.forms {
		group.POST(f.path, wrap(func(v *roundVisit) error { return v.submit(f) }))
	}
}

// superior begins a visit.
func (s *server) superior(h func(*roundVisit) error) handler {
	return func(c *gin.Context) error { return h(&roundVisit{server: s, c: c, actor: actorOf(c)}) }
}

// inRound finds the round that the path names.
func inRound(h func(*roundVisit) error) func(*roundVisit) error {
	return func(v *roundVisit) (err error) {
		u := ballot.UUID(v.c.Param("uuid"))
		if !u.Valid() {
			return round.ErrNoRound
		}
		if v.r, err = v.Rounds.Round(v.ctx(), v.actor, u); err != nil {
			return err
		}
		return h(v)
	}
}

func (v *roundVisit) ctx() context.Context { return v.c.Request.Context() }

// base is the address of the round.
func (v *roundVisit) base() string {
	if v.r == nil {
		return roundsPath
	}
	return roundsPath + "/" + string(v.r.UUID)
}

// today is the present day in Vietnam.
func (v *roundVisit) today() meeting.Date { return meeting.Day(v.Clock().In(vietnam)) }

// agencies is the directory, read once.
func (v *roundVisit) agencies() (*round.Directory, error) {
	if v.directory == nil {
		d, err := v.Rounds.Directory(v.ctx(), v.actor)
		if err != nil {
			return nil, err
		}
		v.directory = d
	}
	return v.directory, nil
}

// submit takes a step that a form asks for. Refused, it shows the page again
// with everything that was typed; a script gets the problem instead.
func (v *roundVisit) submit(f roundForm) error {
	if f.most == maxPackageForm {
		v.c.Request.Body = newPacedBody(v.c)
	}
	form, err := readOfficeForm(v.c, cmp.Or(f.most, maxOfficeForm))
	if err != nil {
		return err
	}
	v.typed = form
	next, err := f.do(v)
	page := roundPageByID(f.page)
	switch {
	case err == nil && v.c.Writer.Written():
		return nil
	case err == nil:
		done(v.c, cmp.Or(next, v.address(page)+"?saved"))
		return nil
	case errors.Is(err, errShowAgain):
		return v.show(page, http.StatusOK)
	case !wantsPage(v.c):
		return err
	}
	return v.refuse(page, err)
}

// address is where a page lies, with the parameters of this request.
func (v *roundVisit) address(p roundPage) string {
	parts := strings.Split(p.path, "/")
	for i, part := range parts {
		if name, ok := strings.CutPrefix(part, ":"); ok {
			parts[i] = url.PathEscape(v.c.Param(name))
		}
	}
	return v.base() + strings.Join(parts, "/")
}

// refuse shows a page again with why its form was refused.
func (v *roundVisit) refuse(page roundPage, err error) error {
	p := toProblem(err)
	if p.Status >= http.StatusInternalServerError {
		v.Log.Error("request failed", "route", v.c.FullPath(), "cause", err.Error())
	}
	setRetryAfter(v.c, p, err)
	v.refused = &p
	return v.show(page, p.Status)
}

// show renders a page.
func (v *roundVisit) show(p roundPage, status int) (err error) {
	data := &roundView{roundVisit: v, Page: p.id, Heading: p.title, Problem: summaryOf(v.refused)}
	if p.values != nil {
		if data.values, err = p.values(v); err != nil {
			return err
		}
		data.Stamp = data.values.Get("seen")
	}
	if v.typed != nil {
		data.inputs = inputs{values: v.typed, wrong: v.refused}
		data.Stamp = v.typed.Get("seen")
	}
	if p.data != nil {
		if data.Data, err = p.data(v); err != nil {
			return err
		}
	}
	return render(v.c, status, "round-"+p.id, data)
}

// A roundTrouble is what holds up the check of packages, for people.
type roundTrouble struct {
	*round.Trouble
	When string // since then
}

// Trouble is what holds up the check of packages, nil for nothing.
func (d *roundView) Trouble() (*roundTrouble, error) {
	t, err := d.Rounds.Trouble(d.actor)
	if t == nil || err != nil {
		return nil, err
	}
	return &roundTrouble{t, clock(t.Since)}, nil
}

// roundPageByID returns a page of the tables.
func roundPageByID(id string) roundPage {
	for _, t := range []*roundTable{allRounds, oneRound} {
		for _, p := range t.pages {
			if p.id == id {
				return p
			}
		}
	}
	panic("api: no page " + id)
}
