package api_test

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/staff"
)

// The link printed at the server makes one administrator, once.
func TestClaim(t *testing.T) {
	o := newOffice(t)
	o.has(o.page("/", http.StatusOK), "Chưa có quản trị viên", "There is no administrator yet", `href="/staff"`)
	o.has(o.device().get("/", http.StatusOK), "!Chưa có quản trị viên") // who is elsewhere
	token, err := o.register().OfferAdministrator(t.Context())
	o.ok(err)
	d := o.device()
	o.has(d.get("/staff/claim", http.StatusOK), "data-link-field", "data-plain", `integrity="sha384-`)
	for _, wrong := range []string{"", "x", staff.NewToken(), "https://hop.example.vn/staff/claim#" + token[1:]} {
		o.has(d.post("/staff/claim", url.Values{"link": {wrong}}, http.StatusGone), "error-summary", "Liên kết này không đúng", `href="#link"`)
	}
	p := o.claim("https://hop.example.vn/staff/claim#"+token[:20]+" \n"+token[20:], "Anh")
	p.who(whoAmI, staff.Administrator)
	if e := o.last(); e.Action != "account.claim" || e.Detail["login"] != "anh" || e.Detail["name"] != "Nguyễn Thị Ánh" {
		t.Errorf("%+v", e)
	}
	o.has(o.device().post("/staff/claim", url.Values{"link": {token}}, http.StatusGone), "đã được dùng")
	o.has(o.page("/", http.StatusOK), "!Chưa có quản trị viên")

	late, err := o.register().OfferAdministrator(t.Context())
	o.ok(err)
	o.wait(staff.ClaimLife)
	o.has(o.device().post("/staff/claim", url.Values{"link": {late}}, http.StatusGone), "đã hết hạn")
}

// What is filled in wrongly is said beside its field; nothing typed is lost but
// passwords, and the secret that the app has scanned stays.
func TestClaimInput(t *testing.T) {
	o := newOffice(t)
	token, err := o.register().OfferAdministrator(t.Context())
	o.ok(err)
	d := o.device()
	page := d.post("/staff/claim", url.Values{"link": {token}}, http.StatusOK)
	secret := o.hidden(page, "secret")
	o.has(visible(page), secret[:4]+" "+secret[4:8])
	form := url.Values{"link": {token}, "secret": {secret}, "login": {"Trần"}, "name": {"Ánh <b>"}, "password": {"ngắn"}, "again": {"ngắn"}, "code": {"123"}}
	page = d.post("/staff/claim", form, http.StatusBadRequest)
	o.has(page, "error-summary", `href="#login"`, `href="#password"`, `href="#code"`, `!href="#name"`, `id="code-error"`, `value="Trần"`, `value="Ánh &lt;b&gt;"`, "!ngắn", `aria-invalid="true"`)
	if o.hidden(page, "secret") != secret {
		t.Error("another secret")
	}
	a := d.script().send("POST", "/staff/claim", form).want(http.StatusBadRequest, "invalid-input")
	if !strings.Contains(a.body, `"fields":[{"name":"login","vi":"Tên đăng nhập gồm`) || strings.Count(a.body, `"name"`) != 3 {
		t.Errorf("%s", a.body)
	}
	form.Set("again", "other")
	o.has(d.post("/staff/claim", form, http.StatusBadRequest), `href="#again"`)
	form.Set("secret", "not a secret")
	d.script().send("POST", "/staff/claim", form).want(http.StatusBadRequest, "invalid-input")
	d.post("/staff/claim", form, http.StatusBadRequest)
	o.claim(token, "anh") // the link is still good
}

func TestLogin(t *testing.T) {
	o := newOffice(t)
	p := o.administrator()
	for name, change := range map[string]func(url.Values){
		"password": func(f url.Values) { f.Set("password", "một mật khẩu khác") },
		"code":     func(f url.Values) { f.Set("code", "000000") },
		"name":     func(f url.Values) { f.Set("login", "binh") },
	} {
		form, d := p.form(), o.device()
		change(form)
		page := d.post("/staff/login", form, http.StatusForbidden)
		o.has(page, "error-summary", "Mỗi mã chỉ dùng được một lần", `value="`+form.Get("login")+`"`, "!"+form.Get("password"))
		a := d.script().send("POST", "/staff/login", form).want(http.StatusForbidden, "login-refused")
		if len(a.Cookies()) > 0 || strings.Contains(a.body, "fields") {
			t.Errorf("%s: %v %s", name, a.Cookies(), a.body)
		}
		d.who(whoAmI, "")
	}
	o.wait(5 * time.Minute)
	d, form := o.device(), p.form()
	a := d.script().send("POST", "/staff/login", form).want(http.StatusOK, "")
	if a.body != `{"location":"/staff"}` {
		t.Errorf("%s", a.body)
	}
	d.who(whoAmI, staff.Administrator)
	// The same code again, by who looked over the shoulder.
	thief := o.device()
	thief.post("/staff/login", form, http.StatusForbidden)
	thief.who(whoAmI, "")

	if to := d.post("/staff/logout", url.Values{}, http.StatusSeeOther); to != "/staff/login" {
		t.Errorf("sent to %s", to)
	}
	d.who(whoAmI, "")
	if e := o.last(); e.Action != "account.logout" {
		t.Errorf("%+v", e)
	}
	d.post("/staff/logout", url.Values{}, http.StatusSeeOther) // pressed again
	p.who(whoAmI, staff.Administrator)                         // another session of the same person
}

// Refused logins tell nobody whether a name exists: the answers are the same to
// the byte, and nothing is written that a known name alone would cause.
func TestUnknownNamesLookKnown(t *testing.T) {
	o := newOffice(t)
	p := o.administrator()
	known, unknown := p.form(), p.form()
	known.Set("code", "000000")
	unknown.Set("login", "binh")
	before, err := o.store.Head(t.Context())
	o.ok(err)
	a := o.device().script().send("POST", "/staff/login", known)
	b := o.device().script().send("POST", "/staff/login", unknown)
	if a.StatusCode != b.StatusCode || a.body != b.body {
		t.Errorf("%d %s\n%d %s", a.StatusCode, a.body, b.StatusCode, b.body)
	}
	if after, err := o.store.Head(t.Context()); err != nil || after != before {
		t.Errorf("%d entries more, %v", after.Length-before.Length, err)
	}
}

func TestAccounts(t *testing.T) {
	o := newOffice(t)
	admin := o.administrator()
	o.has(admin.get("/staff/accounts", http.StatusOK), "Nguyễn Thị Ánh", "Quản trị viên", "Đang dùng", "đang đăng nhập")
	page := admin.post("/staff/accounts", url.Values{"login": {"Thu.Ky"}, "name": {"Trần Đạt"}, "role": {"secretary"}}, http.StatusOK)
	o.has(page, "Liên kết chỉ hiện một lần này", "The link is shown this once", "Trần Đạt", "thu.ky", "Chờ đặt mật khẩu", "trong 3 ngày")
	link := o.shown(page)
	if !regexp.MustCompile(`^https://hop\.example\.vn/staff/claim#[\w-]{43}$`).MatchString(link) {
		t.Errorf("link %s", link)
	}
	o.has(admin.get("/staff/accounts", http.StatusOK), "!"+link)

	page = admin.post("/staff/accounts", url.Values{"login": {"THU.KY"}, "name": {"<Bình>"}, "role": {"administrator"}}, http.StatusBadRequest)
	o.has(page, "Tên đăng nhập này đã có người dùng", `value="THU.KY"`, `value="&lt;Bình&gt;"`, `value="administrator" selected`, `!value="secretary" selected`)
	o.has(admin.post("/staff/accounts", url.Values{}, http.StatusBadRequest), `href="#login"`, `href="#name"`, `href="#role"`)

	invited := o.device().post("/staff/claim", url.Values{"link": {link}}, http.StatusOK)
	o.has(invited, "Trần Đạt", "thu.ky", `!name="name"`)
	secretary := o.claim(link, "")
	secretary.login = "thu.ky"
	secretary.who(whoAmI, staff.Secretary)

	id := regexp.MustCompile(`/staff/accounts/(\w{22})/disable`)
	accounts := admin.get("/staff/accounts", http.StatusOK)
	ids := id.FindAllStringSubmatch(accounts, -1) // in the order of login names: anh, thu.ky
	if to := admin.post("/staff/accounts/"+ids[1][1]+"/disable", url.Values{}, http.StatusSeeOther); to != "/staff/accounts" {
		t.Errorf("sent to %s", to)
	}
	secretary.who(whoAmI, "")
	secretary.post("/staff/login", secretary.form(), http.StatusForbidden)
	o.has(admin.get("/staff/accounts", http.StatusOK), "Đã khóa")
	page = admin.post("/staff/accounts/"+ids[1][1]+"/reset", url.Values{}, http.StatusOK)
	o.claim(o.shown(page), "").who(whoAmI, staff.Secretary)

	for _, act := range []string{"/disable", "/reset"} {
		o.has(admin.post("/staff/accounts/"+ids[0][1]+act, url.Values{}, http.StatusConflict), "quản trị viên duy nhất")
		admin.script().send("POST", "/staff/accounts/"+strings.Repeat("1", 22)+act, url.Values{}).want(http.StatusNotFound, "not-found")
	}
	admin.who(whoAmI, staff.Administrator)
}

// seat makes a seat of the board, and returns the token of its link.
func (o *office) seat(index int) (staff.Seat, string) {
	o.Helper()
	by := staff.Actor{Role: staff.Secretary, ID: "id", Name: "Trần Đạt"}
	seat, token, err := o.register().NewSeat(o.Context(), by, staff.Seat{Meeting: "22222222222222", Role: staff.Member, Index: index, Name: "Lê Bình"})
	o.ok(err)
	return seat, token
}

// enterWith opens a seat's link and presses the button.
func (d *device) enterWith(link string) *answer {
	d.Helper()
	page := d.get("/staff/enter", http.StatusOK)
	return d.enterFrom(page, link)
}

// enterFrom presses the button of a page that is open.
func (d *device) enterFrom(page, link string) *answer {
	d.Helper()
	form := url.Values{"link": {link}, "device": {d.hidden(page, "device")}}
	a := d.send("POST", "/staff/enter", form, header("User-Agent", "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"))
	if a.StatusCode != http.StatusTemporaryRedirect {
		return a
	}
	return d.send("POST", a.Header.Get("Location"), form, header("User-Agent", "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"))
}

// A seat belongs to the device that opened its link first.
func TestEnter(t *testing.T) {
	o := newOffice(t)
	seat, token := o.seat(2)
	home := "/staff/seats/" + seat.ID
	link, err := api.SeatLink(o.config, seat, token)
	if o.ok(err); link != "https://hop.example.vn/staff/enter#"+seat.ID+"."+token {
		t.Errorf("link %s", link)
	}
	first, second := o.device(), o.device()
	o.has(first.get("/staff/enter", http.StatusOK), "Vào phòng họp trên thiết bị này", "Enter on this device", "thiết bị đầu tiên", "belongs to the first device", "!hết hạn", "data-link-field")
	first.who(home+"/test-who", "")
	page := first.get("/staff/enter", http.StatusOK)
	for range 2 { // pressed twice
		a := first.enterFrom(page, link)
		if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != home {
			t.Fatalf("%d %s", a.StatusCode, a.Header.Get("Location"))
		}
	}
	if e := o.last(); e.Number != 1 || e.Action != "seat.enter" || e.Detail["device"] != "Firefox · Windows" || e.Meeting != seat.Meeting {
		t.Errorf("%+v", e)
	}
	const want = `{"base":"/staff/seats/SEAT","id":"SEAT","index":2,"meeting":"22222222222222","name":"Lê Bình","role":"member"}`
	if got := first.who(home+"/test-who", staff.Member).body; got != strings.ReplaceAll(want, "SEAT", seat.ID) {
		t.Errorf("%s", got)
	}
	a := second.enterWith(link)
	if a.StatusCode != http.StatusConflict || len(a.Cookies()) > 0 {
		t.Errorf("%d %v", a.StatusCode, a.Cookies())
	}
	o.has(a.body, "đã được mở trên một thiết bị khác", "opened on another device", "error-summary")
	if e := o.last(); e.Action != "seat.refused" || e.Detail["seat"] != seat.ID {
		t.Errorf("%+v", e)
	}
	second.who(home+"/test-who", "")
	first.who(home+"/test-who", staff.Member)
}

// Links that are not a seat's are refused alike, whatever is wrong with them.
func TestEnterRefused(t *testing.T) {
	o := newOffice(t)
	seat, token := o.seat(1)
	other, _ := o.seat(2)
	for _, link := range []string{
		"", "x", seat.ID, seat.ID + ".", "." + token, token, seat.ID + "." + token[1:], seat.ID + "." + staff.NewToken(), other.ID + "." + token,
		strings.Repeat("1", 22) + "." + token, "../../accounts." + token, seat.ID + "/../x." + token, seat.ID + "." + token + "." + token,
	} {
		a := o.device().enterWith(link)
		if a.StatusCode != http.StatusGone || len(a.Cookies()) > 0 {
			t.Errorf("%q: %d %v", link, a.StatusCode, a.Cookies())
		}
		o.has(a.body, "không đúng hoặc đã được thay", `href="#link"`)
	}
	// The seat of the path must be that of the link, and the device must have a
	// secret of its own.
	form := url.Values{"link": {seat.ID + "." + token}, "device": {staff.NewToken()}}
	o.device().script().send("POST", "/staff/seats/"+other.ID+"/enter", form).want(http.StatusGone, "seat-link-not-valid")
	for _, device := range []string{"", "short", strings.Repeat("=", 43)} {
		form.Set("device", device)
		o.device().script().send("POST", "/staff/seats/"+seat.ID+"/enter", form).want(http.StatusGone, "seat-link-not-valid")
	}
	if e := o.last(); e.Action != "seat.create" {
		t.Errorf("%+v", e)
	}
}

// A seat's session ends; the device comes back with the link, another does not.
func TestSeatExpires(t *testing.T) {
	o := newOffice(t)
	seat, token := o.seat(1)
	link, home := seat.ID+"."+token, "/staff/seats/"+seat.ID
	d := o.device()
	d.enterWith(link).want(http.StatusSeeOther, "")
	o.wait(staff.SeatIdle)
	d.who(home+"/test-who", "")
	a := d.send("GET", home+"/test-who", nil)
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/staff/enter?ended=1" {
		t.Errorf("%d %s", a.StatusCode, a.Header.Get("Location"))
	}
	o.has(d.get("/staff/enter?ended=1", http.StatusOK), "phiên làm việc đã hết hạn", "its session has ended")
	o.device().enterWith(link).want(http.StatusConflict, "")
	d.enterWith(link).want(http.StatusSeeOther, "")
	d.who(home+"/test-who", staff.Member)
}

// A new link puts out the device that was in; leaving makes room for another.
func TestReissueAndLeave(t *testing.T) {
	o := newOffice(t)
	seat, token := o.seat(1)
	home, by := "/staff/seats/"+seat.ID, staff.Actor{Role: staff.Secretary, ID: "id", Name: "Trần Đạt"}
	first, second, third := o.device(), o.device(), o.device()
	first.enterWith(seat.ID+"."+token).want(http.StatusSeeOther, "")
	_, renewed, err := o.register().Reissue(t.Context(), by, seat.ID)
	o.ok(err)
	first.who(home+"/test-who", "")
	first.enterWith(seat.ID+"."+token).want(http.StatusGone, "")
	second.enterWith(seat.ID+"."+renewed).want(http.StatusSeeOther, "")
	first.post(home+"/leave", url.Values{}, http.StatusSeeOther) // is not in
	second.who(home+"/test-who", staff.Member)
	if to := second.post(home+"/leave", url.Values{}, http.StatusSeeOther); to != "/staff/enter" {
		t.Errorf("sent to %s", to)
	}
	second.who(home+"/test-who", "")
	third.enterWith(seat.ID+"."+renewed).want(http.StatusSeeOther, "")
	third.who(home+"/test-who", staff.Member)
	o.ok(o.register().Revoke(t.Context(), by, seat.ID))
	third.who(home+"/test-who", "")
	third.script().send("POST", "/staff/seats/nobody/leave", url.Values{}).want(http.StatusNotFound, "not-found")
}

// One browser holds several seats, each in its own tab, beside an account.
func TestSeveralSeats(t *testing.T) {
	o := newOffice(t)
	p := o.administrator()
	one, first := o.seat(1)
	two, second := o.seat(2)
	p.enterWith(one.ID+"."+first).want(http.StatusSeeOther, "")
	p.enterWith(two.ID+"."+second).want(http.StatusSeeOther, "")
	for seat, index := range map[string]string{one.ID: `"index":1`, two.ID: `"index":2`} {
		if got := p.who("/staff/seats/"+seat+"/test-who", staff.Member).body; !strings.Contains(got, index) {
			t.Errorf("%s", got)
		}
	}
	p.who(whoAmI, staff.Administrator)
	// A seat's cookie opens no other seat, and no account.
	chair, token, err := o.register().NewSeat(t.Context(), staff.Actor{Role: staff.Secretary, ID: "id"}, staff.Seat{Meeting: "22222222222222", Role: staff.Chair, Name: "Ánh"})
	o.ok(err)
	d := o.device()
	d.enterWith(chair.ID+"."+token).want(http.StatusSeeOther, "")
	stolen := d.jar.Cookies(o.at("/staff/seats/" + chair.ID))[0]
	carry := func(r *http.Request) { r.AddCookie(stolen) }
	o.do("GET", "/staff/seats/"+one.ID+"/test-who", "", carry).want(http.StatusUnauthorized, "session-expired")
	o.do("GET", whoAmI, "", carry).want(http.StatusUnauthorized, "session-expired")
	o.do("GET", "/staff/seats/"+chair.ID+"/test-who", "", carry).want(http.StatusForbidden, "not-your-role")
}

// What another site's page sends does nothing.
func TestStaffCrossOrigin(t *testing.T) {
	o := newOffice(t)
	p := o.administrator()
	seat, token := o.seat(1)
	before, err := o.store.Head(t.Context())
	o.ok(err)
	enter := url.Values{"link": {seat.ID + "." + token}, "device": {staff.NewToken()}}
	for _, from := range []change{header("Sec-Fetch-Site", "cross-site"), header("Sec-Fetch-Site", "same-site")} {
		for path, form := range map[string]url.Values{
			"/staff/login": p.form(), "/staff/logout": {}, "/staff/claim": {"link": {token}}, "/staff/enter": enter, "/staff/seats/" + seat.ID + "/enter": enter,
			"/staff/seats/" + seat.ID + "/leave": {}, "/staff/accounts": {"login": {"x.y"}, "name": {"X"}, "role": {"administrator"}},
		} {
			p.script().send("POST", path, form, from).want(http.StatusForbidden, "cross-origin")
		}
	}
	if after, err := o.store.Head(t.Context()); err != nil || after != before {
		t.Errorf("%d entries more, %v", after.Length-before.Length, err)
	}
}

// Bodies are bounded, and what is no form is refused.
func TestStaffForms(t *testing.T) {
	o := newOffice(t)
	for _, path := range []string{"/staff/login", "/staff/claim", "/staff/enter", "/staff/seats/" + strings.Repeat("1", 22) + "/enter"} {
		o.do("POST", path, "login="+strings.Repeat("a", 17<<10)).want(http.StatusRequestEntityTooLarge, "too-large")
		o.do("POST", path, "login=%zz").want(http.StatusBadRequest, "invalid-input")
	}
}

// Who tries too often waits: strictly by name, generously by address, and not
// longer than it says.
func TestTooManyAttempts(t *testing.T) {
	o := newOffice(t)
	p := o.administrator()
	wrong := p.form()
	wrong.Set("password", "sai sai sai sai")
	d := o.device().script()
	for range 5 {
		d.send("POST", "/staff/login", wrong).want(http.StatusForbidden, "login-refused")
	}
	a := d.send("POST", "/staff/login", p.form()).want(http.StatusTooManyRequests, "too-many-attempts")
	if got := a.Header.Get("Retry-After"); got != "30" {
		t.Errorf("Retry-After %q", got)
	}
	page := o.device().post("/staff/login", p.form(), http.StatusTooManyRequests, func(r *http.Request) { r.RemoteAddr = "198.51.100.7:4711" })
	o.has(page, "Đã thử quá nhiều lần", `value="anh"`)
	unknown := url.Values{"login": {"binh"}, "password": {"x"}, "code": {"1"}}
	d.send("POST", "/staff/login", unknown).want(http.StatusForbidden, "login-refused") // another name
	o.wait(29 * time.Second)
	d.send("POST", "/staff/login", p.form()).want(http.StatusTooManyRequests, "too-many-attempts")
	o.wait(time.Second)
	d.send("POST", "/staff/login", p.form()).want(http.StatusOK, "")

	for range 60 {
		d.send("POST", "/staff/enter", url.Values{}).want(http.StatusGone, "seat-link-not-valid")
	}
	a = d.send("POST", "/staff/enter", url.Values{}).want(http.StatusTooManyRequests, "too-many-attempts")
	if got := a.Header.Get("Retry-After"); got != "1" {
		t.Errorf("Retry-After %q", got)
	}
	d.send("POST", "/staff/claim", url.Values{}).want(http.StatusGone, "claim-not-valid") // another route
	elsewhere := func(r *http.Request) { r.RemoteAddr = "198.51.100.7:4711" }
	d.send("POST", "/staff/enter", url.Values{}, elsewhere).want(http.StatusGone, "seat-link-not-valid")
	o.wait(time.Second)
	d.send("POST", "/staff/enter", url.Values{}).want(http.StatusGone, "seat-link-not-valid")
}

// The log names who did what, and nothing is logged or kept of addresses,
// passwords, codes and links.
func TestNothingSecretIsKept(t *testing.T) {
	o := newOffice(t)
	log := o.logged()
	p := o.administrator()
	seat, token := o.seat(1)
	p.enterWith(seat.ID + "." + token)
	o.device().enterWith(seat.ID + "." + token)
	wrong := p.form()
	wrong.Set("password", "sai sai sai sai")
	o.device().script().send("POST", "/staff/login", wrong)
	p.post("/staff/login", p.form(), http.StatusSeeOther)
	if list := log.take(); len(list) > 0 {
		t.Errorf("logged %q", list)
	}
	var text bytes.Buffer
	o.ok(audit.Write(t.Context(), &text, o.store))
	for _, secret := range []string{"192.0.2.1", token, password, "sai sai", p.secret, "Mozilla"} {
		if strings.Contains(text.String(), secret) {
			t.Errorf("the audit log has %q: %s", secret, text.String())
		}
	}
	if strings.Contains(text.String(), "argon2") {
		t.Errorf("the audit log has a password hash")
	}
}
