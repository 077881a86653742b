// Package api is the server's HTTP: it turns HTTP words into domain words and
// back, and nothing else. It never sees a scalar.
//
// Voters' routes, under /api/v1 and /v, ignore cookies and leave no access log:
// that somebody voted, and when, is nobody's business. What people who run a
// meeting do lies under /staff. Every error leaves as a problem detail (RFC
// 9457), made by the one table in problem.go.
//
// The routes are described by openapi.json, which is served at
// /api/v1/openapi.json and tested against this package.
package api

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/mod/sumdb/note"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/tally/ledger/witness"
)

// Config is what the server is made of.
type Config struct {
	Store     box.Store
	Trials    meeting.TrialStore // of sample meetings; nil offers none
	PublicURL *url.URL           // what the links on slips begin with
	Receipts  note.Signer        // signs receipts
	Verifier  string             // the public half of Receipts, in note's form
	Log       *slog.Logger
	// Meetings keeps the meetings that officers run in their browsers; nil
	// offers none.
	Meetings meeting.Store
	// Press makes the papers of results and checks those that come back signed;
	// nil prints none.
	Press meeting.Press
	// Ledger is the public log, into which the results of meetings are written;
	// nil keeps none.
	Ledger *witness.Publisher
	// Rounds takes the steps of rounds that a superior has ordered; nil has none.
	Rounds *round.Office
	// Packer makes packages of results for a superior; nil makes none. Courier
	// carries them over the network; nil leaves that to people.
	Packer  meeting.Packer
	Courier Courier
	// SealKey is the SHA-256, in hexadecimal, of the public key under which packages
	// of this server go: what is read out to a superior.
	SealKey string
	// Stop is closed when the server is about to end: open streams end then.
	Stop <-chan struct{}
	// Staff keeps who may work under /staff, and Audit the log of what they do;
	// nil offers no such pages.
	Staff staff.Store
	Audit audit.Store
	Clock func() time.Time // nil is time.Now
}

// server holds what the handlers share.
type server struct {
	Config
	gate      *gate
	verdicts  verdicts
	office    *meeting.Office
	hub       *hub
	numbers   liveBoard
	documents *shelf
	register  *staff.Register // nil without Staff
	limits    *limits
	trackers  trackerTrees
	parcels   *parcelDoor
	listed    *pollIndex
}

// New returns the server's handler.
func New(c Config) http.Handler { return newServer(c).handler() }

func newServer(c Config) *server {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	s := &server{
		Config: c, gate: newGate(), verdicts: newVerdicts(), hub: newHub(), numbers: newLiveBoard(), documents: newShelf(),
		limits: newLimits(c.Clock), trackers: newTrackerTrees(), parcels: newParcelDoor(), listed: newPollIndex(),
	}
	if c.Meetings != nil {
		s.office = &meeting.Office{Meetings: tellingStore{c.Meetings, s.hub}, Boxes: c.Store, Clock: c.Clock, Press: c.Press}
		s.office.Packer = c.Packer
		if c.Courier != nil {
			s.office.Courier = c.Courier
			c.Courier.Carry(s.office)
		}
		if c.Ledger != nil {
			s.office.Log = c.Ledger
			c.Ledger.Source(s.office.Record)
		}
	}
	if c.Staff != nil {
		s.register = staff.NewRegister(c.Staff, c.Audit, c.Clock)
	}
	return s
}

func (s *server) handler() http.Handler { return headAsGet(s.engine()) }

func (s *server) engine() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	engine.Use(s.recover, securityHeaders, s.sameOrigin)
	engine.NoRoute(func(c *gin.Context) { s.fail(c, errNoRoute) })
	engine.NoMethod(func(c *gin.Context) { s.fail(c, errMethod) })
	s.routes(engine)
	return engine
}

// headAsGet answers HEAD as GET; the standard library sends no body then.
func headAsGet(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			get := *r
			get.Method = http.MethodGet
			r = &get
		}
		h.ServeHTTP(w, r)
	})
}

// handler is a route's work; an error becomes a problem detail.
type handler func(c *gin.Context) error

func (s *server) routes(engine *gin.Engine) {
	v1 := engine.Group("/api/v1")
	get := func(path string, h handler) { v1.GET(path, s.handle(h)) }
	get("/openapi.json", s.openAPI)
	get("/receipt-key", s.receiptKey)
	get("/meetings/:uuid", s.papers)
	get("/meetings/:uuid/live", s.live)
	get("/meetings/:uuid/documents/:hash", s.document)
	get("/elections/:uuid", s.withBox(s.election))
	get("/elections/:uuid/status", s.withBox(s.status))
	get("/elections/:uuid/archive", s.withBox(s.archive))
	get("/elections/:uuid/shares", s.withBox(s.shares))
	get("/elections/:uuid/closing", s.withBox(s.closing))
	get("/elections/:uuid/ballots/:hash", s.withBox(s.lookup))
	get("/elections/:uuid/ballots/:hash/qr.svg", s.withBox(s.lookupQR))
	get("/elections/:uuid/ballots/:hash/proof", s.withBox(s.proof))
	get("/elections/:uuid/ballots/:hash/proof.svg", s.withBox(s.proofQR))
	v1.POST("/elections/:uuid/slip", s.handle(s.withBox(s.slip)))
	v1.POST("/elections/:uuid/ballots", s.handle(s.withBox(s.cast)))

	get("/rounds/:uuid", s.giveRound)
	get("/packages/:hash", s.givePackage)
	v1.POST("/packages", s.handle(s.takePackage))

	engine.GET("/log/*path", s.handle(s.logFile))
	engine.GET("/healthz", s.handle(s.health))
	engine.GET("/assets/:name", s.handle(s.asset))
	engine.GET("/v/:uuid", s.handle(s.voterPage))
	engine.GET("/kiosk/:uuid", s.handle(s.voterPage))
	engine.GET("/", s.handle(s.homePage))
	engine.GET("/check", s.handle(s.checkList))
	engine.GET("/check/:uuid", s.handle(s.withBox(s.checkPage)))
	engine.GET("/board/:uuid", s.handle(s.withBox(s.boardPage)))
	engine.GET("/board/:uuid/:hash", s.handle(s.withBox(s.trackerPage)))
	engine.GET("/board/:uuid/files/:name", s.handle(s.withBox(s.publicFile)))
	s.trialRoutes(engine.Group("/staff/trial", s.onlyHere))
	s.staffRoutes(engine)
	s.officeRoutes(engine)
	s.memberRoutes(engine)
	s.roundRoutes(engine)
}

func (s *server) handle(h handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := h(c); err != nil {
			s.fail(c, err)
		}
	}
}

// recover turns a panic into a problem detail and a log entry.
func (s *server) recover(c *gin.Context) {
	defer func() {
		cause := recover()
		if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(cause) // an answer broken off on purpose
		}
		if cause != nil {
			s.Log.Error("panic", "route", c.FullPath(), "cause", cause, "stack", string(debug.Stack()))
			s.fail(c, errPanic)
		}
	}()
	c.Next()
}
