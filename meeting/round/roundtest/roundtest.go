// Package roundtest is the test that every store of rounds must pass. Only tests
// import it.
//
// An implementation of round.Store runs it so:
//
//	func TestRounds(t *testing.T) { roundtest.Run(t, open) }
//
// where open gives an empty store, with its audit log, and a function that
// closes it and opens it again, as after a restart of the server.
package roundtest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/round"
)

// A Store keeps rounds and the log of what was done with them. A store has
// several parts, each of which may be a value of its own.
type Store struct {
	round.Store
	Log audit.Store
}

// Open opens an empty store that ends with the test. reopen closes it and opens
// it again.
type Open func(t *testing.T) (store Store, reopen func() Store)

// Run tests an implementation.
func Run(t *testing.T, open Open) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Store, func() Store)
	}{
		{"directory", testDirectory},
		{"rounds", testRounds},
		{"progress", testProgress},
		{"links", testLinks},
		{"records", testRecords},
		{"packages", testPackages},
		{"packages that wait", testWaiting},
		{"polls", testPolls},
		{"polls come and go with their packages", testPollsFollow},
		{"a package that counts is kept in one piece", testOnePiece},
		{"everything is kept", testKept},
		{"what is read is the caller's", testOwned},
		{"a round that is not there", testNoRound},
		{"written at once", testAtOnce},
		{"files", testFiles},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, reopen := open(t)
			c.test(t, s, reopen)
		})
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want %v", err, want)
	}
}

// equal requires that what was read without error is what was expected.
func equal[T any](t *testing.T, err error, got, want T) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant\n%+v", got, want)
	}
}

// done is an entry of the log.
func done(action string) audit.Draft {
	return audit.Draft{
		Time:  time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC),
		Actor: audit.Actor{Role: "superior", Name: "Trần Đạt", ID: "id"}, Action: action,
	}
}

// bad is an entry that no log takes.
func bad() audit.Draft { return done("No Word") }

// logged requires so many entries.
func (s Store) logged(t *testing.T, want int) {
	t.Helper()
	if _, err := audit.Check(t.Context(), s.Log); err != nil {
		t.Error(err)
	}
	head, err := s.Log.Head(t.Context())
	equal(t, err, head.Length, want)
}

// newRound keeps a new round.
func (s Store) newRound(t *testing.T) *round.Round {
	t.Helper()
	r := &round.Round{UUID: ballot.NewUUID(), Title: "Đợt lấy phiếu"}
	ok(t, s.SaveRound(t.Context(), r, done("round.save")))
	return r
}

// hash is a name of a package or file.
func hash(of string) string {
	sum := sha256.Sum256([]byte(of))
	return hex.EncodeToString(sum[:])
}

// newPackage is a package of an agency that was not kept yet.
func newPackage(u ballot.UUID, agency, name string) *round.Package {
	return &round.Package{
		Claim:  round.Claim{Kind: round.KindResult, Round: u, Agency: agency, Group: "lead", Hash: hash(name)},
		Status: round.Held, Entry: -1,
	}
}

func (s Store) keep(t *testing.T, packages ...*round.Package) {
	t.Helper()
	ok(t, s.SavePackages(t.Context(), packages, nil, done("package.received")))
}

func testDirectory(t *testing.T, s Store, reopen func() Store) {
	d, err := s.Directory(t.Context())
	equal(t, err, d, new(round.Directory))
	refused(t, s.SaveDirectory(t.Context(), &round.Directory{Revision: 1}, done("x")), round.ErrRevision)
	d.Agencies = []round.Agency{{ID: "so-noi-vu", Name: "Sở Nội vụ"}, {ID: "a", Name: "A", Key: "k", Confirmed: true}}
	refused(t, s.SaveDirectory(t.Context(), d, bad()), audit.ErrDraft)
	equal(t, nil, d.Revision, 0)
	for revision := range uint64(3) {
		equal(t, nil, d.Revision, revision)
		d.Agencies[0].Contact += "1"
		ok(t, s.SaveDirectory(t.Context(), d, done("round.agencies")))
		s = reopen()
		got, err := s.Directory(t.Context())
		equal(t, err, got, d)
	}
	for _, revision := range []uint64{0, 2, 4, 1 << 63} {
		other := &round.Directory{Revision: revision}
		refused(t, s.SaveDirectory(t.Context(), other, done("x")), round.ErrRevision)
		equal(t, nil, other.Revision, revision)
	}
	got, err := s.Directory(t.Context())
	equal(t, err, got, d)
	s.logged(t, 3)
}

func testRounds(t *testing.T, s Store, reopen func() Store) {
	list, err := s.Rounds(t.Context())
	equal(t, err, len(list), 0)
	r := &round.Round{UUID: "22222222222222", Title: "Hai"}
	_, err = s.Round(t.Context(), r.UUID)
	refused(t, err, round.ErrNoRound)
	refused(t, s.SaveRound(t.Context(), r, bad()), audit.ErrDraft)
	_, err = s.Round(t.Context(), r.UUID)
	refused(t, err, round.ErrNoRound)
	ahead := &round.Round{UUID: r.UUID, Revision: 1}
	refused(t, s.SaveRound(t.Context(), ahead, done("x")), round.ErrRevision)
	ok(t, s.SaveRound(t.Context(), r, done("round.save")))
	first := &round.Round{UUID: "11111111111111", Title: "Một"}
	ok(t, s.SaveRound(t.Context(), first, done("round.save")))
	r.Title = "Hai, sửa"
	ok(t, s.SaveRound(t.Context(), r, done("round.save")))
	equal(t, nil, r.Revision, 2)
	for _, revision := range []uint64{0, 1, 3} {
		refused(t, s.SaveRound(t.Context(), &round.Round{UUID: r.UUID, Revision: revision}, done("x")), round.ErrRevision)
	}
	s = reopen()
	list, err = s.Rounds(t.Context())
	equal(t, err, list, []*round.Round{first, r})
	got, err := s.Round(t.Context(), r.UUID)
	equal(t, err, got, r)
	s.logged(t, 3)
}

func testProgress(t *testing.T, s Store, reopen func() Store) {
	r, other := s.newRound(t), s.newRound(t)
	list, err := s.Progress(t.Context(), r.UUID)
	equal(t, err, len(list), 0)
	of := func(agency, group, prepared string) round.Progress {
		return round.Progress{Expected: round.Expected{Agency: agency, Group: group}, Excused: prepared}
	}
	refused(t, s.SaveProgress(t.Context(), r.UUID, []round.Progress{of("a", "x", "1")}, bad()), audit.ErrDraft)
	ok(t, s.SaveProgress(t.Context(), r.UUID, []round.Progress{of("b", "lead", "1"), of("a", "rest", "2")}, done("round.note")))
	ok(t, s.SaveProgress(t.Context(), r.UUID, []round.Progress{of("a", "lead", "3"), of("b", "lead", "4"), of("ab", "l", "5")}, done("round.note")))
	s = reopen()
	list, err = s.Progress(t.Context(), r.UUID)
	equal(t, err, list, []round.Progress{of("a", "lead", "3"), of("a", "rest", "2"), of("ab", "l", "5"), of("b", "lead", "4")})
	list, err = s.Progress(t.Context(), other.UUID)
	equal(t, err, len(list), 0)
	s.logged(t, 4)
}

func testLinks(t *testing.T, s Store, reopen func() Store) {
	r, other := s.newRound(t), s.newRound(t)
	link := func(name string, b ballot.UUID, same bool) round.Link {
		return round.Link{Name: name, A: "a", B: b, Same: same}
	}
	posts := round.Link{Name: "An", A: "a", B: "b", PostA: "Bí thư"}
	refused(t, s.SaveLink(t.Context(), r.UUID, link("An", "b", true), bad()), audit.ErrDraft)
	for _, l := range []round.Link{link("Bình", "b", true), link("An", "c", true), link("An", "b", true), posts, link("An", "c", false)} {
		ok(t, s.SaveLink(t.Context(), r.UUID, l, done("round.link")))
	}
	s = reopen()
	list, err := s.Links(t.Context(), r.UUID)
	equal(t, err, list, []round.Link{link("An", "b", true), posts, link("An", "c", false), link("Bình", "b", true)})
	list, err = s.Links(t.Context(), other.UUID)
	equal(t, err, len(list), 0)
	s.logged(t, 7)
}

func testRecords(t *testing.T, s Store, reopen func() Store) {
	r, other := s.newRound(t), s.newRound(t)
	refused(t, s.SaveRecord(t.Context(), r.UUID, round.Record{Number: 1}, bad()), audit.ErrDraft)
	var want []round.Record
	for n := range 12 {
		v := round.Record{Number: n + 1, Packages: []string{hash(fmt.Sprint(n))}}
		ok(t, s.SaveRecord(t.Context(), r.UUID, v, done("round.print")))
		want = append(want, v)
	}
	want[3].Hidden = 7
	ok(t, s.SaveRecord(t.Context(), r.UUID, want[3], done("round.publish")))
	s = reopen()
	list, err := s.Records(t.Context(), r.UUID)
	equal(t, err, list, want)
	list, err = s.Records(t.Context(), other.UUID)
	equal(t, err, len(list), 0)
	s.logged(t, 15)
}

// testNoRound asks for what belongs to a round that is not there, and writes to
// it.
func testNoRound(t *testing.T, s Store, _ func() Store) {
	u := ballot.NewUUID()
	_, err := s.Progress(t.Context(), u)
	refused(t, err, round.ErrNoRound)
	_, err = s.Packages(t.Context(), u)
	refused(t, err, round.ErrNoRound)
	_, err = s.PackagesOf(t.Context(), u, "a")
	refused(t, err, round.ErrNoRound)
	_, err = s.Polls(t.Context(), u)
	refused(t, err, round.ErrNoRound)
	_, err = s.Links(t.Context(), u)
	refused(t, err, round.ErrNoRound)
	_, err = s.Records(t.Context(), u)
	refused(t, err, round.ErrNoRound)
	refused(t, s.SaveProgress(t.Context(), u, []round.Progress{{}}, done("x")), round.ErrNoRound)
	refused(t, s.SaveLink(t.Context(), u, round.Link{}, done("x")), round.ErrNoRound)
	refused(t, s.SaveRecord(t.Context(), u, round.Record{Number: 1}, done("x")), round.ErrNoRound)
	refused(t, s.SavePackages(t.Context(), []*round.Package{newPackage(u, "a", "p")}, nil, done("x")), round.ErrNoRound)
	_, err = s.Package(t.Context(), hash("p"))
	refused(t, err, round.ErrNoPackage)
	s.logged(t, 0)
}
