package api_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/staff"
)

// An office is a site with a clock of its own.
type office struct {
	*site
	time time.Time
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{site: newSite(t), time: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)}
	o.config.Clock = func() time.Time { return o.time }
	o.handler, o.fill = api.NewWithGate(o.config)
	return o
}

func (o *office) wait(d time.Duration) { o.time = o.time.Add(d) }

// register is what sits at the server's disk.
func (o *office) register() *staff.Register {
	return staff.NewRegister(o.store, o.store, o.config.Clock)
}

// last returns the last entry of the log, which must hold.
func (o *office) last() audit.Entry {
	o.Helper()
	_, err := audit.Check(o.Context(), o.store)
	o.ok(err)
	list, err := o.store.Entries(o.Context(), "", -1, 1)
	o.ok(err)
	return list[0]
}

// A device is a browser that keeps cookies.
type device struct {
	*office
	jar  http.CookieJar
	kind change // what it accepts
}

func (o *office) device() *device {
	jar, err := cookiejar.New(nil)
	o.ok(err)
	return &device{o, jar, browser}
}

// script makes the device ask as the script of a page does.
func (d *device) script() *device {
	return &device{d.office, d.jar, header("Accept", "application/json")}
}

// at is the address of a path.
func (o *office) at(path string) *url.URL {
	u := *o.config.PublicURL
	u.Path = path
	return &u
}

// send sends a form, or asks for a page if there is none, with the cookies that
// a browser would send.
func (d *device) send(method, path string, form url.Values, changes ...change) *answer {
	d.Helper()
	at := d.at(strings.Split(path, "?")[0])
	changes = append([]change{d.kind, func(r *http.Request) {
		for _, c := range d.jar.Cookies(at) {
			r.AddCookie(c)
		}
		r.Host = at.Host
		if form != nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}
	}}, changes...)
	a := d.do(method, path, form.Encode(), changes...)
	d.jar.SetCookies(at, a.Cookies())
	if strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") && a.Header.Get("Location") == "" {
		a.checkPage()
	}
	return a
}

func (d *device) get(path string, status int) string {
	d.Helper()
	a := d.send("GET", path, nil)
	if a.StatusCode != status {
		d.Fatalf("%s: status %d, want %d: %s", a.request, a.StatusCode, status, visible(a.body))
	}
	return a.body
}

// post sends a form and requires a status; it returns the page, or where the
// browser is sent.
func (d *device) post(path string, form url.Values, status int, changes ...change) string {
	d.Helper()
	a := d.send("POST", path, form, changes...)
	if a.StatusCode != status {
		d.Fatalf("%s: status %d, want %d: %s", a.request, a.StatusCode, status, visible(a.body))
	}
	if status == http.StatusSeeOther || status == http.StatusTemporaryRedirect {
		return a.Header.Get("Location")
	}
	return a.body
}

// hidden returns the value of a hidden field of a page.
func (o *office) hidden(page, name string) string {
	o.Helper()
	found := regexp.MustCompile(`<input type="hidden" name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if found == nil {
		o.Fatalf("no field %s: %s", name, visible(page))
	}
	return found[1]
}

// person is somebody with an account.
type person struct {
	*device
	login, secret string
}

const password = "mật khẩu rất dài"

func (o *office) code(secret string) string {
	o.Helper()
	code, err := totp.GenerateCode(secret, o.time)
	o.ok(err)
	return code
}

// claim uses a claim link on a new device, as somebody would; login is for a
// new administrator.
func (o *office) claim(link, login string) *person {
	o.Helper()
	d := o.device()
	page := d.post("/staff/claim", url.Values{"link": {link}}, http.StatusOK)
	p := &person{d, login, o.hidden(page, "secret")}
	form := url.Values{
		"link": {o.hidden(page, "link")}, "secret": {p.secret}, "login": {login}, "name": {"Nguyễn Thị Ánh"},
		"password": {password}, "again": {password}, "code": {o.code(p.secret)},
	}
	if to := d.post("/staff/claim", form, http.StatusSeeOther); to != "/staff" {
		o.Fatalf("sent to %s", to)
	}
	o.wait(time.Minute)
	return p
}

// administrator makes an administrator from the link printed at the server.
func (o *office) administrator() *person {
	o.Helper()
	token, err := o.register().OfferAdministrator(o.Context())
	o.ok(err)
	return o.claim("https://hop.example.vn/staff/claim#"+token, "anh")
}

// shown returns the personal link that a page shows.
func (o *office) shown(page string) string {
	o.Helper()
	found := regexp.MustCompile(`<code class="link-text">([^<]+)</code>`).FindStringSubmatch(page)
	if found == nil || !strings.Contains(page, `src="data:image/svg&#43;xml;base64,`) {
		o.Fatalf("no link: %s", visible(page))
	}
	return found[1]
}

// secretary lets the administrator make a secretary's account.
func (p *person) secretary(login string) *person {
	p.Helper()
	page := p.post("/staff/accounts", url.Values{"login": {login}, "name": {"Trần Đạt"}, "role": {"secretary"}}, http.StatusOK)
	s := p.claim(p.shown(page), "")
	s.login = login
	return s
}

// form is what p fills in to log in.
func (p *person) form() url.Values {
	p.Helper()
	return url.Values{"login": {p.login}, "password": {password}, "code": {p.code(p.secret)}}
}

// who requires the device to be known as somebody of the role, or not at all.
func (d *device) who(path string, role staff.Role) *answer {
	d.Helper()
	a := d.script().send("GET", path, nil)
	if role == "" {
		return a.want(http.StatusUnauthorized, "session-expired")
	}
	if a.want(http.StatusOK, ""); !strings.Contains(a.body, `"role":"`+string(role)+`"`) {
		d.Fatalf("%s", a.body)
	}
	return a
}

const whoAmI = "/staff/test-who"

// checkCookies requires of every cookie that is set what none may lack.
func (a *answer) checkCookies() {
	a.Helper()
	form := regexp.MustCompile(`^(__Secure-)?homphieu-(staff|seat)=[A-Za-z0-9_-]*; Path=(/staff|/staff/seats/[1-9A-HJ-NP-Za-km-z]{22})(; Max-Age=\d+)?; HttpOnly(; Secure)?; SameSite=Strict$`)
	for _, c := range a.Header.Values("Set-Cookie") {
		found := form.FindStringSubmatch(c)
		secure := a.config.PublicURL.Scheme == "https"
		if found == nil || (found[2] == "staff") != (found[3] == "/staff") || secure != (found[1] != "") || secure != (found[5] != "") {
			a.Errorf("%s: Set-Cookie: %s", a.request, c)
		}
	}
}

// The cookies of accounts and seats: which, where, and how long. Over plain
// HTTP, on this computer alone, browsers would not take what says Secure.
func TestCookies(t *testing.T) {
	o := newOffice(t)
	p := o.administrator()
	if got := p.send("POST", "/staff/login", p.form()).Header.Values("Set-Cookie"); len(got) != 1 || !regexp.MustCompile(`^__Secure-homphieu-staff=[\w-]{43}; Path=/staff; HttpOnly; Secure; SameSite=Strict$`).MatchString(got[0]) {
		t.Errorf("%q", got)
	}
	seat, token := o.seat(1)
	got := o.device().enterWith(seat.ID + "." + token).Header.Values("Set-Cookie")
	if len(got) != 1 || !regexp.MustCompile(`^__Secure-homphieu-seat=[\w-]{43}; Path=/staff/seats/`+seat.ID+`; Max-Age=15552000; HttpOnly; Secure; SameSite=Strict$`).MatchString(got[0]) {
		t.Errorf("%q", got)
	}
	o.config.PublicURL = &url.URL{Scheme: "http", Host: "localhost:8080"}
	o.handler, o.fill = api.NewWithGate(o.config)
	o.wait(time.Minute)
	d := o.device()
	if got := d.send("POST", "/staff/login", p.form()).Header.Values("Set-Cookie"); len(got) != 1 || !regexp.MustCompile(`^homphieu-staff=[\w-]{43}; Path=/staff; HttpOnly; SameSite=Strict$`).MatchString(got[0]) {
		t.Errorf("%q", got)
	}
	d.who(whoAmI, staff.Administrator)
}

// Outside /staff, whoever is signed in is as unknown as everybody, and no
// cookie is set there (checkHeaders sees to it on every answer of every test).
func TestOutsideStaffNobodyIsKnown(t *testing.T) {
	o := newOffice(t)
	o.administrator()
	p := o.claimed()
	seat, token := o.seat(1)
	p.enterWith(seat.ID + "." + token)
	cookies := p.jar.Cookies(o.at("/staff/seats/" + seat.ID))
	if len(cookies) != 2 {
		t.Fatalf("%d cookies", len(cookies))
	}
	carry := func(r *http.Request) {
		for _, c := range cookies {
			r.AddCookie(c)
		}
	}
	for _, path := range []string{"/", "/healthz", "/v/11111111111111", "/board/11111111111111", "/api/v1/elections/11111111111111", "/assets/staff.js"} {
		if stranger, known := o.do("GET", path, "", browser), o.do("GET", path, "", browser, carry); stranger.StatusCode != known.StatusCode || stranger.body != known.body {
			t.Errorf("%s differs for who is signed in", path)
		}
		if sent := p.jar.Cookies(o.at(path)); len(sent) > 0 {
			t.Errorf("%s: the browser sends %d cookies", path, len(sent))
		}
	}
}

// claimed is one more person with an account.
func (o *office) claimed() *person {
	o.Helper()
	_, token, err := o.register().Invite(o.Context(), staff.Actor{Role: staff.Administrator, ID: "id", Name: "Ánh"}, "thuky", "Trần Đạt", staff.Secretary)
	o.ok(err)
	p := o.claim(token, "")
	p.login = "thuky"
	return p
}

// A session that has ended sends who reads to the login page and back, and
// tells everybody else in a way that keeps what was typed.
func TestSessionExpires(t *testing.T) {
	o := newOffice(t)
	p := o.administrator()
	p.who(whoAmI, staff.Administrator)
	o.wait(staff.AccountIdle)
	p.who(whoAmI, "")
	a := p.send("GET", "/staff/audit?back=1&meeting=22222222222222", nil)
	next := "/staff/audit?back=1&meeting=22222222222222"
	if want := "/staff/login?next=" + url.QueryEscape(next); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != want {
		t.Errorf("%d %s, want %s", a.StatusCode, a.Header.Get("Location"), want)
	}
	page := p.get(a.Header.Get("Location"), http.StatusOK)
	o.has(page, "phiên làm việc đã hết hạn", "your session has ended")
	form := p.form()
	form.Set("next", strings.ReplaceAll(o.hidden(page, "next"), "&amp;", "&"))
	if to := p.post("/staff/login", form, http.StatusSeeOther); to != next {
		t.Errorf("sent to %s, want %s", to, next)
	}
	p.who(whoAmI, staff.Administrator)
	o.wait(staff.AccountIdle)
	accounts := url.Values{"login": {"x"}}
	o.has(p.post("/staff/accounts", accounts, http.StatusUnauthorized), "Nội dung đã nhập vẫn còn", "What you typed is still", `href="/staff/login"`)
	p.script().send("POST", "/staff/accounts", accounts).want(http.StatusUnauthorized, "session-expired")
}

// Only pages under /staff are gone back to after logging in.
func TestLoginLeadsToOwnPagesAlone(t *testing.T) {
	o := newOffice(t)
	p := o.administrator()
	for next, want := range map[string]string{
		"/staff/accounts": "/staff/accounts", "/staff": "/staff", "/staff?x=1": "/staff?x=1", "": "/staff", "/": "/staff", "/v/1": "/staff", "/staffing": "/staff",
		"https://evil.example/staff": "/staff", "//evil.example/staff": "/staff", "/\\evil.example/staff": "/staff", "/staff/..//evil.example\n": "/staff", "javascript:/staff": "/staff", "%": "/staff",
	} {
		form := p.form()
		form.Set("next", next)
		if to := p.post("/staff/login", form, http.StatusSeeOther); to != want {
			t.Errorf("%q leads to %q, want %q", next, to, want)
		}
		o.wait(time.Minute)
		o.has(p.get("/staff/login?next="+url.QueryEscape(next), http.StatusOK), `name="next" value="`+want+`"`)
	}
}

func TestRequire(t *testing.T) {
	o := newOffice(t)
	admin := o.administrator()
	secretary := admin.secretary("thuky")
	o.has(admin.get("/staff", http.StatusOK), "Quản trị viên", "/staff/accounts", "/staff/audit")
	o.has(secretary.get("/staff", http.StatusOK), "Thư ký", "!/staff/accounts", "/staff/audit")
	o.has(secretary.get("/staff/accounts", http.StatusForbidden), "not-your-role")
	for _, path := range []string{"/staff/accounts", "/staff/accounts/x/reset", "/staff/accounts/x/disable"} {
		secretary.script().send("POST", path, url.Values{}).want(http.StatusForbidden, "not-your-role")
		o.device().script().send("POST", path, url.Values{}).want(http.StatusUnauthorized, "session-expired")
	}
	for _, path := range []string{"/staff", "/staff/audit", "/staff/audit/export", "/staff/accounts"} {
		o.device().script().send("GET", path, nil).want(http.StatusUnauthorized, "session-expired")
	}
}

// How browsers are called: kind and system, no version.
func TestDeviceName(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36":                      "Chrome · Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0":            "Edge · Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile Safari/604.1":     "Safari · iPhone",
		"Mozilla/5.0 (Linux; Android 14; SM-A546E) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/23.0 Chrome/115 Mobile Safari/537.36": "Samsung Internet · Android",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                               "Firefox · Linux",
		"": "? · ?", "<script>": "? · ?",
	} {
		if got := api.DeviceName(agent); got != want {
			t.Errorf("%s is %q, want %q", agent, got, want)
		}
	}
}
