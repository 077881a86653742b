package api

import (
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/web"
)

// ContentPolicy is the Content-Security-Policy of every answer.
const ContentPolicy = contentPolicy

// StaffPolicy is that of answers under /staff.
const StaffPolicy = staffPolicy

// WaitingRequests is how many requests may wait at the gate.
const WaitingRequests = waitingRequests

// ReadAll reads a body of which a length was promised.
func ReadAll(r io.Reader, promised int64) ([]byte, error) { return readAll(r, promised) }

// NewWithGate is New; fill lets no more requests through the gate, and no more
// screens watch, until empty is called.
//
// Two more routes tell who acts: /staff/test-who for accounts, and
// /staff/seats/SEAT/test-who for a member's seat.
func NewWithGate(c Config) (handler http.Handler, fill func() (empty func())) {
	s := newServer(c)
	engine := s.engine()
	if s.register != nil {
		who := func(c *gin.Context) {
			a := actorOf(c)
			c.JSON(http.StatusOK, gin.H{"role": a.Role, "id": a.ID, "name": a.Name, "meeting": a.Meeting, "index": a.Index, "base": baseOf(a)})
		}
		engine.Any("/staff/test-who", s.staffSession, who)
		engine.Any("/staff/seats/:seat/test-who", s.staffSession, s.require(staff.Member), who)
	}
	return headAsGet(engine), func() func() {
		for range waitingRequests {
			s.gate.waiting <- struct{}{}
		}
		for range parcelsComing {
			s.parcels.coming <- struct{}{}
		}
		s.limits.screens.all += maxScreens
		return func() {
			for range parcelsComing {
				<-s.parcels.coming
			}
			s.limits.screens.all -= maxScreens
			for range waitingRequests {
				<-s.gate.waiting
			}
		}
	}
}

// Routes lists the routes as "METHOD /path/{parameter}".
func Routes() (list []string) {
	engine := gin.New()
	(&server{}).routes(engine)
	for _, r := range engine.Routes() {
		parts := strings.Split(r.Path, "/")
		for i, p := range parts {
			if name, ok := strings.CutPrefix(p, ":"); ok {
				parts[i] = "{" + name + "}"
			}
		}
		list = append(list, r.Method+" "+strings.Join(parts, "/"))
	}
	return list
}

// ProblemCodes lists every code of a problem detail.
func ProblemCodes() []string {
	codes := []string{toProblem(http.ErrBodyNotAllowed).Code} // not in the table
	for _, row := range problems {
		codes = append(codes, row.code)
	}
	return codes
}

// BoardPage renders the public page of a counted poll with the given result.
func BoardPage(b box.Box, s box.Settings, result tally.Result, collected int) (string, error) {
	outcome, err := meeting.NewOutcome(b.Election(), s, result, collected, meeting.Facts{})
	if err != nil {
		return "", err
	}
	var page strings.Builder
	err = web.Render(&page, "board", boardData{poll: poll{UUID: string(b.Election().UUID), State: words(box.Tallied)}, Outcome: newOutcomeView(outcome)})
	return page.String(), err
}

// SeatLink is the link that is handed to who takes a seat.
func SeatLink(c Config, seat staff.Seat, token string) (string, error) {
	link, err := newServer(c).seatLink(seat, token)
	if err != nil {
		return "", err
	}
	return link.Text, nil
}

// DeviceName is how a browser is shown to people.
func DeviceName(userAgent string) string { return deviceName(userAgent) }

// MaxLimiters is how many limiters are kept.
const MaxLimiters = maxLimiters

// ScreensOfOne is how many screens of one address may watch, and MaxScreens how
// many in all.
const (
	ScreensOfOne = screensOfOne
	MaxScreens   = maxScreens
)

// Limits are the limits of a server, to be filled.
type Limits struct{ *limits }

// NewLimits returns limits with a clock.
func NewLimits(clock func() time.Time) Limits { return Limits{newLimits(clock)} }

// Login admits an attempt to log in with a name.
func (l Limits) Login(name string) error { return l.login(name) }

// Source admits a request to a route from an address.
func (l Limits) Source(route, address string) error {
	return l.source(route, &http.Request{RemoteAddr: address})
}

// Screen admits a screen of an address.
func (l Limits) Screen(address string) (leave func(), err error) {
	return l.screen(&http.Request{RemoteAddr: address})
}

// Len is how many limiters are kept.
func (l Limits) Len() int { return len(l.names.all) + len(l.sources.all) }
