package api

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/meeting/staff"
)

// The cookies of people who run meetings: an account's, and one for each seat
// with a path of its own, so that one browser can hold several seats.
const (
	accountCookie = "homphieu-staff"
	seatCookie    = "homphieu-seat"
	accountPath   = "/staff"
	seatsPath     = "/staff/seats/"
	// seatCookieLife is how long a device is known, in seconds: longer than
	// any meeting is prepared. That it may act ends much earlier.
	seatCookieLife = 180 * 24 * 60 * 60
)

// cookieName adds what makes browsers take a cookie over TLS alone.
func (s *server) cookieName(name string) string {
	if s.overTLS() {
		return "__Secure-" + name
	}
	return name
}

func (s *server) overTLS() bool { return s.PublicURL.Scheme == "https" }

// setCookie gives the browser a secret, or takes it away if life is negative.
// With life 0 it lasts until the browser is closed.
func (s *server) setCookie(c *gin.Context, name, path, secret string, life int) {
	http.SetCookie(c.Writer, &http.Cookie{ // #nosec G124 -- Secure wherever the address is https
		Name: s.cookieName(name), Value: secret, Path: path, MaxAge: life,
		HttpOnly: true, Secure: s.overTLS(), SameSite: http.SameSiteStrictMode,
	})
}

// cookie returns a secret that the browser was given, or "".
func (s *server) cookie(c *gin.Context, name string) string {
	cookie, err := c.Request.Cookie(s.cookieName(name))
	if err != nil {
		return ""
	}
	return cookie.Value
}

const actorKey = "actor"

// actorOf returns who acts; [server.staffSession] has let them in.
func actorOf(c *gin.Context) staff.Actor { return c.MustGet(actorKey).(staff.Actor) }

// baseOf is what the addresses of the actor's pages begin with.
func baseOf(a staff.Actor) string {
	if a.Meeting != "" {
		return seatsPath + a.ID
	}
	return accountPath
}

// staffSession lets only somebody pass who is known: the holder of the seat
// that the path names as :seat, or on all other paths who is logged in. Who
// asks for a page without being known is sent where one gets in.
func (s *server) staffSession(c *gin.Context) {
	actor, err := s.actor(c)
	switch {
	case err == nil:
		c.Set(actorKey, actor)
		return
	case errors.Is(err, staff.ErrSession) && wantsPage(c) && isRead(c.Request):
		c.Redirect(http.StatusSeeOther, entranceFor(c))
	default:
		s.fail(c, err)
	}
	c.Abort()
}

func (s *server) actor(c *gin.Context) (staff.Actor, error) {
	if id := c.Param("seat"); id != "" {
		seat, err := s.register.Seat(c.Request.Context(), id, s.cookie(c, seatCookie))
		return seat.Actor(), err
	}
	account, err := s.register.Account(c.Request.Context(), s.cookie(c, accountCookie))
	return account.Actor(), err
}

func isRead(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// entranceFor is where the reader of a page gets in, and for accounts back to
// the page afterwards.
func entranceFor(c *gin.Context) string {
	if c.Param("seat") != "" {
		return "/staff/enter?ended=1"
	}
	return "/staff/login?next=" + url.QueryEscape(c.Request.URL.RequestURI())
}

// ownPage returns the address of a page under /staff that somebody wants to go
// back to, or the first one for anything else.
func ownPage(next string) string {
	u, err := url.Parse(next)
	own := err == nil && u.Scheme == "" && u.Host == "" && u.User == nil && underStaff(u.Path) && !strings.ContainsAny(next, "\\\t\r\n")
	if !own {
		return accountPath
	}
	return next
}

// require lets only the given roles pass. It stands after [server.staffSession].
func (s *server) require(roles ...staff.Role) gin.HandlerFunc {
	return func(c *gin.Context) {
		if !slices.Contains(roles, actorOf(c).Role) {
			s.fail(c, errNotYourRole)
			c.Abort()
		}
	}
}

// slowly refuses who comes too often from one place.
func (s *server) slowly(c *gin.Context) {
	if err := s.limits.source(c.FullPath(), c.Request); err != nil {
		s.fail(c, err)
		c.Abort()
	}
}

// maxForm bounds a form about accounts and seats.
const maxForm = 16 << 10

// readForm reads a form of the ordinary kind.
func readForm(c *gin.Context) (url.Values, error) {
	body, err := readBody(c, maxForm)
	if errors.Is(err, errTooLarge) {
		return nil, err
	}
	if err != nil {
		return nil, errForm
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errForm
	}
	return form, nil
}

// done answers a form that was accepted: a browser is sent to the page, a
// script is told where it is.
func done(c *gin.Context, location string) {
	if wantsPage(c) {
		c.Redirect(http.StatusSeeOther, location)
		return
	}
	c.JSON(http.StatusOK, gin.H{"location": location})
}

// again answers a form that was refused: a script gets the problem; for a
// browser, show draws the form again with what was typed and what is wrong.
// Faults of the server stay errors.
func again(c *gin.Context, err error, show func(status int, wrong *pageProblem) error) error {
	p := toProblem(err)
	if !wantsPage(c) || p.Status >= http.StatusInternalServerError {
		return err
	}
	setRetryAfter(c, p, err)
	vi, en := p.words()
	return show(p.Status, &pageProblem{vi, en, p.Fields})
}

// secretOf returns what stands behind "#" in a personal link, which people may
// paste whole or in part.
func secretOf(link string) string {
	link = strings.Join(strings.Fields(link), "")
	return link[strings.LastIndexByte(link, '#')+1:]
}

// seatSecretOf splits the secret of a seat's link into the seat and its token.
func seatSecretOf(link string) (seat, token string, err error) {
	seat, token, _ = strings.Cut(secretOf(link), ".")
	if !staff.IsID(seat) || !staff.IsToken(token) {
		return "", "", staff.ErrLink
	}
	return seat, token, nil
}

// deviceName is how a browser is shown to people: its kind and system, never
// its version or address.
func deviceName(userAgent string) string {
	name := func(kinds [][2]string) string {
		for _, k := range kinds {
			if strings.Contains(userAgent, k[0]) {
				return k[1]
			}
		}
		return "?"
	}
	// The order matters: most browsers also name those that they come from.
	kind := name([][2]string{
		{"coc_coc", "Cốc Cốc"}, {"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser", "Samsung Internet"}, {"Zalo", "Zalo"},
		{"Firefox", "Firefox"}, {"FxiOS", "Firefox"}, {"CriOS", "Chrome"}, {"Chrome", "Chrome"}, {"Safari", "Safari"},
	})
	system := name([][2]string{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"},
	})
	return kind + " · " + system
}
