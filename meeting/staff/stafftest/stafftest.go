// Package stafftest is the test that every store of accounts and seats must
// pass. Only tests import it.
//
// An implementation of staff.Store runs it so:
//
//	func TestStaff(t *testing.T) { stafftest.Run(t, open) }
//
// where open gives an empty store and a function that closes it and opens it
// again, as after a restart of the server. Every operation is done twice and
// must then have been done once, and be one entry of the audit log.
package stafftest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/staff"
)

// A Store keeps people and the log of what they did.
type Store interface {
	staff.Store
	audit.Store
}

// Open opens an empty store that ends with the test. reopen closes it and
// opens it again.
type Open func(t *testing.T) (store Store, reopen func() Store)

// Run tests an implementation.
func Run(t *testing.T, open Open) {
	for _, c := range []struct {
		name string
		test func(d *desk)
	}{
		{"accounts", testAccounts},
		{"login name taken", testTaken},
		{"claim", testClaim},
		{"claim for an administrator", testOffer},
		{"claim at once", testClaimAtOnce},
		{"reset", testReset},
		{"disable", testDisable},
		{"last administrator", testLast},
		{"sessions", testSessions},
		{"sessions refused", testSessionRefused},
		{"one code at once", testCodeAtOnce},
		{"old sessions are removed", testOldSessions},
		{"seats", testSeats},
		{"one seat for a place", testPlaces},
		{"enter", testEnter},
		{"enter at once", testEnterAtOnce},
		{"reissue", testReissue},
		{"leave and revoke", testLeave},
	} {
		t.Run(c.name, func(t *testing.T) {
			store, reopen := open(t)
			c.test(&desk{T: t, Store: store, reopen: reopen})
		})
	}
}

// desk is a store under test.
type desk struct {
	*testing.T
	Store
	reopen func() Store
}

var morning = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

// done is the entry that belongs to an operation.
func done(action string) audit.Draft {
	return audit.Draft{Time: morning, Actor: audit.Server, Action: action}
}

func (d *desk) ok(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// restart closes the store and opens it again.
func (d *desk) restart() {
	d.Helper()
	d.Store = d.reopen()
}

// twice does an operation, and again, also after a restart: it must be one
// entry of the log.
func (d *desk) twice(f func(done audit.Draft) error) {
	d.Helper()
	before := d.length()
	d.ok(f(done("test.once")))
	d.ok(f(done("test.twice")))
	d.restart()
	d.ok(f(done("test.thrice")))
	last, err := d.Entries(d.Context(), "", -1, 1)
	d.ok(err)
	if n := d.length() - before; n != 1 || last[0].Action != "test.once" {
		d.Fatalf("%d entries, the last %s", n, last[0].Action)
	}
}

// refused requires a refusal that leaves no entry.
func (d *desk) refused(err, want error, before int) {
	d.Helper()
	if !errors.Is(err, want) {
		d.Fatalf("error %v, want %v", err, want)
	}
	if n := d.length(); n != before {
		d.Fatalf("a refusal left %d entries", n-before)
	}
}

// length is the number of entries of the log, which must hold.
func (d *desk) length() int {
	d.Helper()
	head, err := audit.Check(d.Context(), d)
	d.ok(err)
	return head.Length
}

func account(name string) staff.Account {
	return staff.Account{ID: "id-" + name, Login: name, Name: "Trần Đạt", Role: staff.Secretary}
}

// claimed is an account with a password.
func claimed(name string, role staff.Role) staff.Account {
	a := account(name)
	a.Role, a.Password, a.Secret, a.Step = role, "hash of "+name, "SECRET", 100
	return a
}

func hash(name string) (h staff.Hash) {
	copy(h[:], name)
	return h
}

func claim(name, account string) staff.Claim {
	return staff.Claim{Hash: hash(name), Account: account, Expires: morning.Add(time.Hour)}
}

func session(name, account string) staff.Session {
	return staff.Session{Hash: hash(name), Account: account, Created: morning, Seen: morning}
}

// settle makes an account with a password, by a claim.
func (d *desk) settle(name string, role staff.Role) staff.Account {
	d.Helper()
	a := account(name)
	a.Role = role
	d.ok(d.CreateAccount(d.Context(), a, claim("claim "+name, a.ID), done("account.create")))
	a = claimed(name, role)
	d.ok(d.UseClaim(d.Context(), hash("claim "+name), a, session("first of "+name, a.ID), done("account.claim")))
	return a
}

// is requires an account to be kept so.
func (d *desk) is(want staff.Account) {
	d.Helper()
	got, err := d.Account(d.Context(), want.ID)
	d.ok(err)
	if got != want {
		d.Fatalf("account %+v, want %+v", got, want)
	}
}

func testAccounts(d *desk) {
	ctx := d.Context()
	if _, err := d.Account(ctx, "nobody"); !errors.Is(err, staff.ErrNoAccount) {
		d.Errorf("nobody: %v", err)
	}
	b := account("binh")
	d.twice(func(done audit.Draft) error { return d.CreateAccount(ctx, b, claim("b", b.ID), done) })
	d.twice(func(done audit.Draft) error {
		return d.CreateAccount(ctx, account("anh"), claim("a", "id-anh"), done)
	})
	d.is(b)
	list, err := d.Accounts(ctx)
	d.ok(err)
	if want := []staff.Account{account("anh"), b}; !slices.Equal(list, want) {
		d.Errorf("accounts %+v", list)
	}
	if c, err := d.Claim(ctx, hash("b")); err != nil || c != claim("b", b.ID) {
		d.Errorf("claim %+v, %v", c, err)
	}
}

func testTaken(d *desk) {
	ctx := d.Context()
	a := d.settle("anh", staff.Administrator)
	other := account("anh")
	other.ID = "another"
	before := d.length()
	d.refused(d.CreateAccount(ctx, other, claim("c", other.ID), done("x")), staff.ErrLoginTaken, before)
	if _, err := d.Claim(ctx, hash("c")); !errors.Is(err, staff.ErrClaim) {
		d.Errorf("the claim of a refused account: %v", err)
	}
	d.ok(d.OfferAdministrator(ctx, claim("o", ""), done("x")))
	d.refused(d.UseClaim(ctx, hash("o"), other, session("s", other.ID), done("x")), staff.ErrLoginTaken, before+1)
	d.is(a)
	// The same again, after the account was taken, does not set it back.
	d.ok(d.CreateAccount(ctx, account("anh"), claim("claim anh", "id-anh"), done("x")))
	d.is(a)
}

func testClaim(d *desk) {
	ctx := d.Context()
	a := account("anh")
	d.ok(d.CreateAccount(ctx, a, claim("c", a.ID), done("x")))
	before := d.length()
	a = claimed("anh", staff.Secretary)
	late := session("s", a.ID)
	late.Created = claim("c", a.ID).Expires
	d.refused(d.UseClaim(ctx, hash("none"), a, session("s", a.ID), done("x")), staff.ErrClaim, before)
	d.refused(d.UseClaim(ctx, hash("c"), a, late, done("x")), staff.ErrClaim, before)
	d.refused(d.UseClaim(ctx, hash("c"), claimed("binh", staff.Secretary), session("s", "id-binh"), done("x")), staff.ErrClaim, before)
	d.is(account("anh"))
	d.twice(func(done audit.Draft) error { return d.UseClaim(ctx, hash("c"), a, session("s", a.ID), done) })
	d.is(a)
	if s, err := d.Session(ctx, hash("s")); err != nil || s != session("s", a.ID) {
		d.Errorf("session %+v, %v", s, err)
	}
	d.refused(d.UseClaim(ctx, hash("c"), a, session("s2", a.ID), done("x")), staff.ErrClaim, before+1)
	if _, err := d.Claim(ctx, hash("c")); !errors.Is(err, staff.ErrClaim) {
		d.Errorf("the used claim: %v", err)
	}
}

func testOffer(d *desk) {
	ctx := d.Context()
	d.twice(func(done audit.Draft) error { return d.OfferAdministrator(ctx, claim("one", ""), done) })
	d.twice(func(done audit.Draft) error { return d.OfferAdministrator(ctx, claim("two", ""), done) })
	a := claimed("anh", staff.Administrator)
	d.refused(d.UseClaim(ctx, hash("one"), a, session("s", a.ID), done("x")), staff.ErrClaim, 2)
	d.twice(func(done audit.Draft) error { return d.UseClaim(ctx, hash("two"), a, session("s", a.ID), done) })
	d.is(a)
}

// atOnce runs f several times at the same moment and returns how often it
// succeeded; all others must be refused as wanted.
func (d *desk) atOnce(want error, f func(i int) error) (succeeded int) {
	d.Helper()
	failed := make([]error, 6)
	var wait sync.WaitGroup
	for i := range failed {
		wait.Go(func() { failed[i] = f(i) })
	}
	wait.Wait()
	for _, err := range failed {
		if err == nil {
			succeeded++
		} else if !errors.Is(err, want) {
			d.Fatalf("error %v, want %v", err, want)
		}
	}
	return succeeded
}

func testClaimAtOnce(d *desk) {
	d.ok(d.OfferAdministrator(d.Context(), claim("c", ""), done("x")))
	n := d.atOnce(staff.ErrClaim, func(i int) error {
		a := claimed(fmt.Sprint("anh", i), staff.Administrator)
		return d.UseClaim(d.Context(), hash("c"), a, session(fmt.Sprint("s", i), a.ID), done("x"))
	})
	list, err := d.Accounts(d.Context())
	d.ok(err)
	if n != 1 || len(list) != 1 || d.length() != 2 {
		d.Errorf("%d succeeded, %d accounts, %d entries", n, len(list), d.length())
	}
}

// ended requires that a session has ended.
func (d *desk) ended(name string) {
	d.Helper()
	if _, err := d.Session(d.Context(), hash(name)); !errors.Is(err, staff.ErrSession) {
		d.Errorf("session %s: %v", name, err)
	}
}

func testReset(d *desk) {
	ctx := d.Context()
	d.settle("anh", staff.Administrator)
	b := d.settle("binh", staff.Secretary)
	d.twice(func(done audit.Draft) error { return d.ResetAccount(ctx, claim("one", b.ID), done) })
	d.twice(func(done audit.Draft) error { return d.ResetAccount(ctx, claim("two", b.ID), done) })
	d.is(account("binh"))
	d.ended("first of binh")
	if _, err := d.Session(ctx, hash("first of anh")); err != nil {
		d.Errorf("another's session: %v", err)
	}
	before := d.length()
	d.refused(d.UseClaim(ctx, hash("one"), b, session("s", b.ID), done("x")), staff.ErrClaim, before)
	d.refused(d.ResetAccount(ctx, claim("three", "nobody"), done("x")), staff.ErrNoAccount, before)
	d.twice(func(done audit.Draft) error { return d.UseClaim(ctx, hash("two"), b, session("s", b.ID), done) })
	d.is(b)
}

func testDisable(d *desk) {
	ctx := d.Context()
	b := d.settle("binh", staff.Secretary)
	d.ok(d.ResetAccount(ctx, claim("c", b.ID), done("x")))
	d.twice(func(done audit.Draft) error { return d.DisableAccount(ctx, b.ID, done) })
	before := d.length()
	d.refused(d.UseClaim(ctx, hash("c"), b, session("s", b.ID), done("x")), staff.ErrClaim, before)
	d.refused(d.DisableAccount(ctx, "nobody", done("x")), staff.ErrNoAccount, before)
	c := d.settle("chi", staff.Secretary)
	d.ok(d.DisableAccount(ctx, c.ID, done("x")))
	d.ended("first of chi")
	before = d.length()
	d.refused(d.StartSession(ctx, session("s", c.ID), c.Password, 200, done("x")), staff.ErrLogin, before)
	d.ok(d.ResetAccount(ctx, claim("c2", c.ID), done("x"))) // enables it again
	d.is(account("chi"))
}

func testLast(d *desk) {
	ctx := d.Context()
	a, b := d.settle("anh", staff.Administrator), d.settle("binh", staff.Administrator)
	d.settle("chi", staff.Secretary)
	unclaimed := account("dung")
	unclaimed.Role = staff.Administrator
	d.ok(d.CreateAccount(ctx, unclaimed, claim("c", unclaimed.ID), done("x")))
	d.ok(d.DisableAccount(ctx, b.ID, done("x")))
	before := d.length()
	d.refused(d.DisableAccount(ctx, a.ID, done("x")), staff.ErrLastAdministrator, before)
	d.refused(d.ResetAccount(ctx, claim("r", a.ID), done("x")), staff.ErrLastAdministrator, before)
	d.is(a)
	if _, err := d.Session(ctx, hash("first of anh")); err != nil {
		d.Errorf("the session after a refusal: %v", err)
	}
	d.ok(d.DisableAccount(ctx, unclaimed.ID, done("x")))
	d.ok(d.ResetAccount(ctx, claim("b", b.ID), done("x")))
	d.ok(d.UseClaim(ctx, hash("b"), b, session("s", b.ID), done("x")))
	d.ok(d.DisableAccount(ctx, a.ID, done("x")))
}

func testSessions(d *desk) {
	ctx := d.Context()
	a := d.settle("anh", staff.Secretary)
	s := session("s", a.ID)
	d.twice(func(done audit.Draft) error { return d.StartSession(ctx, s, a.Password, 101, done) })
	a.Step = 101
	d.is(a)
	later := morning.Add(20 * time.Minute)
	before := d.length()
	d.ok(d.TouchSession(ctx, s.Hash, later))
	d.ok(d.TouchSession(ctx, s.Hash, later.Add(-time.Minute))) // a clock that went back
	d.ok(d.TouchSession(ctx, hash("none"), later))
	d.restart()
	got, err := d.Session(ctx, s.Hash)
	d.ok(err)
	if s.Seen = later; got != s || d.length() != before {
		d.Errorf("session %+v, %d entries", got, d.length()-before)
	}
	d.twice(func(done audit.Draft) error { return d.EndSession(ctx, s.Hash, done) })
	d.ended("s")
	d.ok(d.TouchSession(ctx, s.Hash, later))
	d.ended("s")
}

func testSessionRefused(d *desk) {
	ctx := d.Context()
	a := d.settle("anh", staff.Secretary)
	before := d.length()
	for _, step := range []int64{0, 99, 100} {
		d.refused(d.StartSession(ctx, session("s", a.ID), a.Password, step, done("x")), staff.ErrLogin, before)
	}
	d.refused(d.StartSession(ctx, session("s", a.ID), "another hash", 101, done("x")), staff.ErrLogin, before)
	d.refused(d.StartSession(ctx, session("s", "nobody"), a.Password, 101, done("x")), staff.ErrLogin, before)
	d.ok(d.CreateAccount(ctx, account("binh"), claim("c", "id-binh"), done("x")))
	d.refused(d.StartSession(ctx, session("s", "id-binh"), "", 101, done("x")), staff.ErrLogin, before+1)
	d.ended("s")
	d.is(a)
}

func testCodeAtOnce(d *desk) {
	a := d.settle("anh", staff.Secretary)
	n := d.atOnce(staff.ErrLogin, func(i int) error {
		return d.StartSession(d.Context(), session(fmt.Sprint("s", i), a.ID), a.Password, 101, done("x"))
	})
	if n != 1 {
		d.Errorf("one code let %d in", n)
	}
}

func testOldSessions(d *desk) {
	ctx := d.Context()
	a := d.settle("anh", staff.Secretary)
	s := session("s", a.ID)
	s.Created, s.Seen = morning.Add(staff.AccountIdle), morning.Add(staff.AccountIdle)
	d.ok(d.StartSession(ctx, s, a.Password, 101, done("x")))
	d.ended("first of anh")
	if _, err := d.Session(ctx, s.Hash); err != nil {
		d.Error(err)
	}
}
