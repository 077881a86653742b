package staff_test

import (
	"errors"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/store/bolt"
)

// house is a register over an empty store, with a clock of its own.
type house struct {
	*testing.T
	*staff.Register
	store *bolt.Store
	time  time.Time
}

func newHouse(t *testing.T) *house {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "data.bolt"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	h := &house{T: t, store: store, time: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)}
	h.Register = staff.NewRegister(store, store, func() time.Time { return h.time })
	return h
}

func (h *house) ok(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) refused(err, want error) {
	h.Helper()
	if !errors.Is(err, want) {
		h.Fatalf("error %v, want %v", err, want)
	}
}

func (h *house) wait(d time.Duration) { h.time = h.time.Add(d) }

// code is what an authenticator shows now.
func (h *house) code(secret string) string {
	h.Helper()
	code, err := totp.GenerateCode(secret, h.time)
	h.ok(err)
	return code
}

// last returns the last entry of the log.
func (h *house) last() audit.Entry {
	h.Helper()
	_, err := audit.Check(h.Context(), h.store)
	h.ok(err)
	list, err := h.store.Entries(h.Context(), "", -1, 1)
	h.ok(err)
	if len(list) == 0 {
		return audit.Entry{}
	}
	return list[0]
}

const password = "mật khẩu rất dài"

// setup is what the first administrator fills in.
func (h *house) setup(login string) staff.Setup {
	h.Helper()
	secret := staff.NewSecret()
	return staff.Setup{Login: login, Name: "Nguyễn Thị Ánh", Password: password, Secret: secret, Code: h.code(secret)}
}

// administrator makes the first administrator.
func (h *house) administrator() (a staff.Account, s staff.Setup) {
	h.Helper()
	token, err := h.OfferAdministrator(h.Context())
	h.ok(err)
	s = h.setup("anh")
	a, _, err = h.Claim(h.Context(), token, s)
	h.ok(err)
	h.wait(time.Minute)
	return a, s
}

// A claim link works once, until it is used, replaced or too old.
func TestClaim(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	if has, err := h.HasAdministrator(ctx); has || err != nil {
		t.Fatalf("%t, %v", has, err)
	}
	replaced, err := h.OfferAdministrator(ctx)
	h.ok(err)
	token, err := h.OfferAdministrator(ctx)
	h.ok(err)
	for _, wrong := range []string{replaced, staff.NewToken(), "", token[:42], token + "A"} {
		_, err := h.Invitation(ctx, wrong)
		h.refused(err, staff.ErrClaim)
		_, _, err = h.Claim(ctx, wrong, h.setup("anh"))
		h.refused(err, staff.ErrClaim)
	}
	if a, err := h.Invitation(ctx, token); err != nil || a != (staff.Account{Role: staff.Administrator}) {
		t.Errorf("%+v, %v", a, err)
	}
	a, session, err := h.Claim(ctx, token, h.setup(" Anh "))
	h.ok(err)
	if got, err := h.Account(ctx, session); err != nil || got != a || a.Login != "anh" || a.Name != "Nguyễn Thị Ánh" || a.Role != staff.Administrator {
		t.Errorf("%+v, %v", got, err)
	}
	if e := h.last(); e.Action != "account.claim" || e.Actor != a.Actor().Audit() {
		t.Errorf("entry %+v", e)
	}
	_, _, err = h.Claim(ctx, token, h.setup("binh"))
	h.refused(err, staff.ErrClaim)
	if has, err := h.HasAdministrator(ctx); !has || err != nil {
		t.Errorf("%t, %v", has, err)
	}
}

func TestClaimExpires(t *testing.T) {
	h := newHouse(t)
	a, _ := h.administrator()
	_, token, err := h.Invite(t.Context(), a.Actor(), "thuky", "Trần Đạt", staff.Secretary)
	h.ok(err)
	h.wait(staff.ClaimLife - time.Second)
	_, err = h.Invitation(t.Context(), token)
	h.ok(err)
	h.wait(time.Second)
	_, err = h.Invitation(t.Context(), token)
	h.refused(err, staff.ErrClaim)
	_, _, err = h.Claim(t.Context(), token, h.setup(""))
	h.refused(err, staff.ErrClaim)
}

// What cannot be is refused field by field, all at once, and the link stays
// good.
func TestClaimInput(t *testing.T) {
	h := newHouse(t)
	token, err := h.OfferAdministrator(t.Context())
	h.ok(err)
	fields := map[string]error{"login": staff.ErrLoginName, "name": staff.ErrName, "password": staff.ErrPassword, "code": staff.ErrCode}
	for _, c := range []struct {
		change func(s *staff.Setup)
		bad    string
	}{
		{func(s *staff.Setup) { s.Login = "" }, "login"},
		{func(s *staff.Setup) { s.Login = "a" }, "login"},
		{func(s *staff.Setup) { s.Login = "thư ký" }, "login"},
		{func(s *staff.Setup) { s.Login = strings.Repeat("a", 33) }, "login"},
		{func(s *staff.Setup) { s.Login = ".anh" }, "login"},
		{func(s *staff.Setup) { s.Name = "  " }, "name"},
		{func(s *staff.Setup) { s.Name = strings.Repeat("a", 101) }, "name"},
		{func(s *staff.Setup) { s.Name = "Ánh\u202e" }, "name"},
		{func(s *staff.Setup) { s.Name = "Ánh\xff" }, "name"},
		{func(s *staff.Setup) { s.Password = "ngắn quá!" }, "password"},
		{func(s *staff.Setup) { s.Password = "tôi là ANH 2026" }, "password"},
		{func(s *staff.Setup) { s.Password = strings.Repeat("a", 257) }, "password"},
		{func(s *staff.Setup) { s.Password = "không phải chữ\xff" }, "password"},
		{func(s *staff.Setup) { s.Code = "000000" }, "code"},
		{func(s *staff.Setup) { s.Code = "" }, "code"},
		{func(s *staff.Setup) { s.Secret = "" }, "code"},
		{func(s *staff.Setup) { s.Secret = s.Secret[:16] }, "code"},
		{func(s *staff.Setup) { *s = staff.Setup{} }, "login name password code"},
	} {
		s := h.setup("anh")
		c.change(&s)
		_, _, err := h.Claim(t.Context(), token, s)
		h.refused(err, staff.ErrInput)
		for field, want := range fields {
			if errors.Is(err, want) != strings.Contains(c.bad, field) {
				t.Errorf("%+v: %v, want %s", s, err, c.bad)
			}
		}
	}
	_, _, err = h.Claim(t.Context(), token, h.setup("anh"))
	h.ok(err)
}

func TestInvite(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	admin, _ := h.administrator()
	for _, c := range []struct {
		login, name string
		role        staff.Role
		want        []error
	}{
		{"anh", "Trần Đạt", staff.Secretary, []error{staff.ErrLoginTaken}},
		{"ANH", "Trần Đạt", staff.Secretary, []error{staff.ErrLoginTaken}},
		{"x", "", staff.Chair, []error{staff.ErrLoginName, staff.ErrName, staff.ErrRole}},
		{"thuky", "Trần Đạt", "", []error{staff.ErrRole}},
	} {
		_, _, err := h.Invite(ctx, admin.Actor(), c.login, c.name, c.role)
		for _, want := range c.want {
			h.refused(err, want)
		}
	}
	composed := "Trần   Đạt"
	a, token, err := h.Invite(ctx, admin.Actor(), "ThuKy.2", strings.ReplaceAll(composed, "ầ", "a\u0302\u0300"), staff.Secretary)
	h.ok(err)
	if a.Login != "thuky.2" || a.Name != "Trần Đạt" || a.Open() {
		t.Errorf("%+v", a)
	}
	want := map[string]string{"account": a.ID, "login": "thuky.2", "name": "Trần Đạt", "role": "secretary"}
	if e := h.last(); e.Action != "account.create" || e.Actor != admin.Actor().Audit() || !maps.Equal(e.Detail, want) {
		t.Errorf("entry %+v", e)
	}
	for login, role := range map[string]staff.Role{"tochuc": staff.Superior, "quantri": staff.Administrator} {
		if a, _, err := h.Invite(ctx, admin.Actor(), login, "Đỗ Thị Hạnh", role); err != nil || a.Role != role {
			t.Errorf("%s: %+v, %v", role, a, err)
		}
	}
	// Nobody logs in before the link was used; who uses it is who was invited.
	_, _, err = h.Login(ctx, "thuky.2", "", "")
	h.refused(err, staff.ErrLogin)
	s := h.setup("other")
	s.Name = "Other"
	got, _, err := h.Claim(ctx, token, s)
	h.ok(err)
	if got.ID != a.ID || got.Login != a.Login || got.Name != a.Name || got.Role != staff.Secretary {
		t.Errorf("%+v", got)
	}
}

func TestLogin(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a, s := h.administrator()
	for name, try := range map[string][3]string{
		"password":         {"anh", password + "x", h.code(s.Secret)},
		"no password":      {"anh", "", h.code(s.Secret)},
		"code":             {"anh", password, "000000"},
		"no code":          {"anh", password, ""},
		"letters for code": {"anh", password, "abcdef"},
		"unknown name":     {"binh", password, h.code(s.Secret)},
		"no name":          {"", password, h.code(s.Secret)},
	} {
		if _, session, err := h.Login(ctx, try[0], try[1], try[2]); !errors.Is(err, staff.ErrLogin) || err.Error() != staff.ErrLogin.Error() || session != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if e := h.last(); e.Action != "account.claim" {
		t.Errorf("a refused login was written at once: %+v", e)
	}
	code := h.code(s.Secret)
	_, session, err := h.Login(ctx, " ANH", strings.ReplaceAll(password, "ậ", "a\u0323\u0302"), code[:3]+" "+code[3:])
	h.ok(err)
	if got, err := h.Account(ctx, session); err != nil || got.ID != a.ID {
		t.Errorf("%+v, %v", got, err)
	}
	if e := h.last(); e.Action != "account.login" || e.Detail["refused"] != "5" {
		t.Errorf("entry %+v", e)
	}
	h.wait(time.Minute)
	_, _, err = h.Login(ctx, "anh", password, h.code(s.Secret))
	h.ok(err)
	if e := h.last(); e.Detail["refused"] != "" {
		t.Errorf("entry %+v", e)
	}
}

// A code works once, and none before it works any more; a clock may be off by
// one period.
func TestCodeWorksOnce(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	_, s := h.administrator()
	early := h.code(s.Secret)
	h.wait(30 * time.Second)
	code := h.code(s.Secret)
	_, _, err := h.Login(ctx, "anh", password, code)
	h.ok(err)
	for _, used := range []string{code, early} {
		_, _, err = h.Login(ctx, "anh", password, used)
		h.refused(err, staff.ErrLogin)
	}
	h.wait(30 * time.Second)
	next := h.code(s.Secret)
	h.wait(30 * time.Second) // the person was slow
	_, _, err = h.Login(ctx, "anh", password, next)
	h.ok(err)
	h.wait(30 * time.Second)
	late := h.code(s.Secret)
	h.wait(time.Minute)
	_, _, err = h.Login(ctx, "anh", password, late)
	h.refused(err, staff.ErrLogin)
	_, _, err = h.Login(ctx, "anh", password, s.Code) // of the claim
	h.refused(err, staff.ErrLogin)
}

// A session ends after half an hour without use, after twelve hours in any
// case, and when its owner says so.
func TestSessionEnds(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	_, s := h.administrator()
	login := func() string {
		h.wait(time.Minute)
		_, session, err := h.Login(ctx, "anh", password, h.code(s.Secret))
		h.ok(err)
		return session
	}
	session := login()
	h.wait(staff.AccountIdle - time.Second)
	_, err := h.Account(ctx, session)
	h.ok(err)
	h.wait(staff.AccountIdle - time.Second) // counted from the last use
	_, err = h.Account(ctx, session)
	h.ok(err)
	h.wait(staff.AccountIdle)
	_, err = h.Account(ctx, session)
	h.refused(err, staff.ErrSession)

	session = login()
	begun := h.time
	for h.time.Sub(begun) < staff.AccountLife-20*time.Minute {
		h.wait(20 * time.Minute)
		_, err = h.Account(ctx, session)
		if h.time.Sub(begun) < staff.AccountLife {
			h.ok(err)
		}
	}
	h.wait(20 * time.Minute)
	_, err = h.Account(ctx, session)
	h.refused(err, staff.ErrSession)

	session, other := login(), login()
	h.ok(h.Logout(ctx, session))
	h.ok(h.Logout(ctx, session))
	h.ok(h.Logout(ctx, "nothing"))
	_, err = h.Account(ctx, session)
	h.refused(err, staff.ErrSession)
	_, err = h.Account(ctx, other)
	h.ok(err)
	if e := h.last(); e.Action != "account.logout" {
		t.Errorf("entry %+v", e)
	}
}

// Who is reset or disabled is out at once, and comes back by a new link alone.
func TestResetAndDisable(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	admin, _ := h.administrator()
	a, token, err := h.Invite(ctx, admin.Actor(), "thuky", "Trần Đạt", staff.Secretary)
	h.ok(err)
	s := h.setup("")
	_, session, err := h.Claim(ctx, token, s)
	h.ok(err)
	out := func() {
		t.Helper()
		_, err := h.Account(ctx, session)
		h.refused(err, staff.ErrSession)
		h.wait(time.Minute)
		_, _, err = h.Login(ctx, "thuky", password, h.code(s.Secret))
		h.refused(err, staff.ErrLogin)
	}
	h.ok(h.Disable(ctx, admin.Actor(), a.ID))
	out()
	_, token, err = h.Reset(ctx, admin.Actor(), a.ID)
	h.ok(err)
	out()
	s = h.setup("")
	_, session, err = h.Claim(ctx, token, s)
	h.ok(err)
	_, _, err = h.Reset(ctx, admin.Actor(), a.ID)
	h.ok(err)
	out()
	if e := h.last(); e.Action != "account.reset" || e.Detail["account"] != a.ID || e.Actor != admin.Actor().Audit() {
		t.Errorf("entry %+v", e)
	}
	h.refused(h.Disable(ctx, admin.Actor(), admin.ID), staff.ErrLastAdministrator)
	h.refused(h.Disable(ctx, admin.Actor(), "nobody"), staff.ErrNoAccount)
	_, _, err = h.Reset(ctx, admin.Actor(), "nobody")
	h.refused(err, staff.ErrNoAccount)
}

// A hash is in the PHC string format, with the parameters that OWASP
// recommends and a salt of its own; an unknown name is compared with one of the
// same form.
func TestPasswordHash(t *testing.T) {
	h := newHouse(t)
	a, _ := h.administrator()
	token, err := h.OfferAdministrator(t.Context())
	h.ok(err)
	b, _, err := h.Claim(t.Context(), token, h.setup("binh"))
	h.ok(err)
	const head = "$argon2id$v=19$m=19456,t=2,p=1$"
	if !strings.HasPrefix(a.Password, head) || !strings.HasPrefix(b.Password, head) || a.Password == b.Password || len(a.Password) != len(head)+22+1+43 {
		t.Errorf("%s and %s", a.Password, b.Password)
	}
	if nobody := staff.NoPassword(); len(nobody) != len(a.Password) || !strings.HasPrefix(nobody, head) {
		t.Errorf("nobody has %s", nobody)
	}
	for _, broken := range []string{"", "$", head, strings.Replace(a.Password, "m=19456", "m=19", 1), a.Password + "$", a.Password[:len(a.Password)-1], strings.Replace(a.Password, "argon2id", "argon2i", 1)} {
		if right, err := staff.Matches(t.Context(), broken, password); right || err == nil {
			t.Errorf("%q: %t, %v", broken, right, err)
		}
	}
}

// The address for authenticators carries secret, server and login name.
func TestSecretURL(t *testing.T) {
	got, err := staff.SecretURL("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "Hòm phiếu hop.example.vn", "anh")
	const want = "otpauth://totp/H%C3%B2m%20phi%E1%BA%BFu%20hop.example.vn:anh?algorithm=SHA1&digits=6&issuer=H%C3%B2m%20phi%E1%BA%BFu%20hop.example.vn&period=30&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	if err != nil || got != want {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := staff.SecretURL("not base 32!", "x", "y"); err == nil {
		t.Error("a secret of another form was taken")
	}
}

// Tokens are drawn from 256 bits and have one form.
func TestTokens(t *testing.T) {
	a, b := staff.NewToken(), staff.NewToken()
	if a == b || !staff.IsToken(a) {
		t.Errorf("%s, %s", a, b)
	}
	for _, bad := range []string{"", a[:42], a + "A", a[:42] + "=", a[:42] + "\n", a[:20] + "+" + a[21:], strings.Repeat("/", 43)} {
		if staff.IsToken(bad) {
			t.Errorf("%q is no token", bad)
		}
	}
}
