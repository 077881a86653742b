package api

import (
	"html/template"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/staff"
)

// staffRoutes are how people who run meetings get in and out, accounts, and the
// audit log.
func (s *server) staffRoutes(engine *gin.Engine) {
	if s.register == nil {
		return
	}
	door := engine.Group(accountPath)
	door.GET("/claim", s.handle(s.claimPage))
	door.POST("/claim", s.slowly, s.handle(s.claim))
	door.GET("/login", s.handle(s.loginPage))
	door.POST("/login", s.slowly, s.handle(s.login))
	door.POST("/logout", s.handle(s.logout))
	door.GET("/enter", s.handle(s.enterPage))
	door.POST("/enter", s.slowly, s.handle(s.enter))
	door.POST("/seats/:seat/enter", s.slowly, s.handle(s.enterSeat))
	door.POST("/seats/:seat/leave", s.handle(s.leaveSeat))

	inside := engine.Group(accountPath, s.staffSession)
	inside.GET("", s.handle(s.staffPage))
	inside.GET("/audit", s.handle(s.auditPage))
	inside.GET("/audit/export", s.handle(s.auditExport))
	seat := engine.Group(seatsPath+":seat", s.staffSession)
	seat.GET("/audit", s.handle(s.auditPage))

	accounts := inside.Group("/accounts", s.require(staff.Administrator))
	accounts.GET("", s.handle(s.accountsPage))
	accounts.POST("", s.handle(s.invite))
	accounts.POST("/:account/reset", s.handle(s.resetAccount))
	accounts.POST("/:account/disable", s.handle(s.disableAccount))
}

// loginData is what the login page shows: what was typed, never a secret.
type loginData struct {
	page
	Login, Next string
	Ended       bool
}

func (s *server) loginPage(c *gin.Context) error {
	next := c.Query("next")
	return render(c, http.StatusOK, "login", loginData{Next: ownPage(next), Ended: next != ""})
}

func (s *server) login(c *gin.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	name := staff.CleanLogin(form.Get("login"))
	session, err := s.tryLogin(c, name, form)
	if err != nil {
		return again(c, err, func(status int, wrong *pageProblem) error {
			return render(c, status, "login", loginData{page: page{Problem: wrong}, Login: form.Get("login"), Next: ownPage(form.Get("next"))})
		})
	}
	s.setCookie(c, accountCookie, accountPath, session, 0)
	done(c, ownPage(form.Get("next")))
	return nil
}

func (s *server) tryLogin(c *gin.Context, name string, form url.Values) (session string, err error) {
	if err := s.limits.login(name); err != nil {
		return "", err
	}
	_, session, err = s.register.Login(c.Request.Context(), name, form.Get("password"), form.Get("code"))
	return session, err
}

func (s *server) logout(c *gin.Context) error {
	if err := s.register.Logout(c.Request.Context(), s.cookie(c, accountCookie)); err != nil {
		return err
	}
	s.setCookie(c, accountCookie, accountPath, "", -1)
	done(c, "/staff/login")
	return nil
}

// claimData is what the page of a claim link shows. Without Account it asks for
// the link.
type claimData struct {
	page
	Link        string
	Account     *staff.Account // whose link it is; without an ID: a new administrator's
	Login, Name string         // as typed
	Secret      string         // of the changing codes
	SecretParts []string       // the same in groups, to type
	QR          template.URL
	MinPassword int
}

func (s *server) claimPage(c *gin.Context) error {
	return render(c, http.StatusOK, "claim", claimData{})
}

// claim takes a claim link in two steps: the link, then everything else.
func (s *server) claim(c *gin.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	token := secretOf(form.Get("link"))
	account, err := s.register.Invitation(c.Request.Context(), token)
	if err != nil {
		return again(c, err, func(status int, wrong *pageProblem) error {
			return render(c, status, "claim", claimData{page: page{Problem: wrong}, Link: form.Get("link")})
		})
	}
	if !form.Has("secret") {
		return s.showSetup(c, http.StatusOK, account, claimData{Link: token, Secret: staff.NewSecret()})
	}
	session, err := s.finishClaim(c, token, form)
	if err != nil {
		return again(c, err, func(status int, wrong *pageProblem) error {
			return s.showSetup(c, status, account, claimData{
				page: page{Problem: wrong}, Link: token, Login: form.Get("login"), Name: form.Get("name"), Secret: form.Get("secret"),
			})
		})
	}
	s.setCookie(c, accountCookie, accountPath, session, 0)
	done(c, accountPath)
	return nil
}

func (s *server) finishClaim(c *gin.Context, token string, form url.Values) (session string, err error) {
	if form.Get("password") != form.Get("again") {
		return "", errPasswords
	}
	_, session, err = s.register.Claim(c.Request.Context(), token, staff.Setup{
		Login: form.Get("login"), Name: form.Get("name"),
		Password: form.Get("password"), Secret: form.Get("secret"), Code: form.Get("code"),
	})
	return session, err
}

// showSetup shows the second step: who it is for, password, and the secret of
// the changing codes as a QR code and in letters.
func (s *server) showSetup(c *gin.Context, status int, account staff.Account, data claimData) error {
	login := account.Login
	if login == "" {
		login = string(account.Role)
	}
	address, err := staff.SecretURL(data.Secret, "Hòm phiếu "+s.PublicURL.Hostname(), login)
	if err != nil {
		return errForm
	}
	qr, err := qrDataURI(address)
	if err != nil {
		return err
	}
	data.Account, data.QR, data.MinPassword = &account, template.URL(qr), staff.MinPassword // #nosec G203 -- made above, of Base64
	for rest := data.Secret; rest != ""; rest = rest[min(4, len(rest)):] {
		data.SecretParts = append(data.SecretParts, rest[:min(4, len(rest))])
	}
	return render(c, status, "claim", data)
}

// enterData is what the page of a seat's link shows.
type enterData struct {
	page
	Link   string
	Device string // what the device will keep if it is let in
	Ended  bool
}

func (s *server) enterPage(c *gin.Context) error {
	return render(c, http.StatusOK, "enter", enterData{Device: staff.NewToken(), Ended: c.Query("ended") != ""})
}

// enter sends the form on to the seat that its link names, where the browser
// shows the cookie of that seat.
func (s *server) enter(c *gin.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	seat, _, err := seatSecretOf(form.Get("link"))
	if err != nil {
		return enterAgain(c, form, err)
	}
	c.Redirect(http.StatusTemporaryRedirect, seatsPath+seat+"/enter")
	return nil
}

func enterAgain(c *gin.Context, form url.Values, err error) error {
	return again(c, err, func(status int, wrong *pageProblem) error {
		return render(c, status, "enter", enterData{page: page{Problem: wrong}, Link: form.Get("link"), Device: staff.NewToken()})
	})
}

// enterSeat binds a seat to this device. The secret that the device will keep
// was made with the page, so that pressing twice is pressing once.
func (s *server) enterSeat(c *gin.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	seat, token, err := seatSecretOf(form.Get("link"))
	device := form.Get("device")
	if err == nil && (seat != c.Param("seat") || !staff.IsToken(device)) {
		err = staff.ErrLink
	}
	if err == nil {
		_, err = s.register.Enter(c.Request.Context(), staff.Visit{
			Seat: seat, Token: token, Device: device, Before: s.cookie(c, seatCookie), Label: deviceName(c.Request.UserAgent()),
		})
	}
	if err != nil {
		return enterAgain(c, form, err)
	}
	s.setCookie(c, seatCookie, seatsPath+seat, device, seatCookieLife)
	done(c, seatsPath+seat)
	return nil
}

// leaveSeat lets the device go: the link can be opened on another.
func (s *server) leaveSeat(c *gin.Context) error {
	seat := c.Param("seat")
	if !staff.IsID(seat) {
		return staff.ErrNoSeat
	}
	if err := s.register.Leave(c.Request.Context(), seat, s.cookie(c, seatCookie)); err != nil {
		return err
	}
	s.setCookie(c, seatCookie, seatsPath+seat, "", -1)
	done(c, "/staff/enter")
	return nil
}

// staffPage is the first page of who is logged in.
func (s *server) staffPage(c *gin.Context) error {
	actor := actorOf(c)
	return render(c, http.StatusOK, "staff", struct {
		page
		Role          roleWords
		Administrator bool
		Meetings      bool
		Rounds        bool
	}{
		page{Who: actor.Name}, wordsOfRole(actor.Role), actor.Role == staff.Administrator,
		s.office != nil && meeting.May(actor.Role, meeting.ActView), s.Rounds != nil && actor.Role == staff.Superior,
	})
}

// roleWords are a role as people read it.
type roleWords struct {
	Name   staff.Role
	Vi, En string
}

func wordsOfRole(r staff.Role) roleWords {
	w := map[staff.Role]roleWords{
		staff.Administrator: {r, "Quản trị viên", "Administrator"},
		staff.Secretary:     {r, "Thư ký", "Secretary"},
		staff.Chair:         {r, "Chủ trì", "Chair"},
		staff.Member:        {r, "Thành viên Ban kiểm phiếu", "Member of the counting board"},
		staff.Auditor:       {r, "Người kiểm tra", "Auditor"},
		staff.Superior:      {r, "Ban Tổ chức cấp trên", "Superior's organisation board"},
		"server":            {r, "Máy chủ", "Server"},
	}
	return w[r]
}

// A linkView is a personal link, shown once.
type linkView struct {
	Text string
	QR   template.URL
}

// claimLink is the link with which somebody takes an account.
func (s *server) claimLink(token string) (*linkView, error) {
	return s.personalLink("claim", token)
}

// seatLink is the link with which somebody takes a seat.
func (s *server) seatLink(seat staff.Seat, token string) (*linkView, error) {
	return s.personalLink("enter", seat.ID+"."+token)
}

func (s *server) personalLink(door, secret string) (*linkView, error) {
	link := s.PublicURL.JoinPath("staff", door).String() + "#" + secret
	qr, err := qrDataURI(link)
	if err != nil {
		return nil, err
	}
	return &linkView{link, template.URL(qr)}, nil // #nosec G203 -- made above, of Base64
}
