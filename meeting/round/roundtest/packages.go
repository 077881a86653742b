package roundtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/round"
)

// testPackages keeps packages of two rounds: they come in the order in which
// they were first received, whatever becomes of them.
func testPackages(t *testing.T, s Store, reopen func() Store) {
	r, other := s.newRound(t), s.newRound(t)
	var all, ofA []*round.Package
	for i, agency := range []string{"b", "a", "ab", "b", "a"} {
		p := newPackage(r.UUID, agency, fmt.Sprint(i))
		s.keep(t, p)
		s.keep(t, newPackage(other.UUID, agency, fmt.Sprint("other", i)))
		all = append(all, p)
		if agency == "a" {
			ofA = append(ofA, p)
		}
	}
	all[0].Status, all[3].Reason.Vi = round.Superseded, "sửa"
	s.keep(t, all[3], all[0])
	for range 2 {
		list, err := s.Packages(t.Context(), r.UUID)
		equal(t, err, list, all)
		list, err = s.PackagesOf(t.Context(), r.UUID, "a")
		equal(t, err, list, ofA)
		list, err = s.PackagesOf(t.Context(), r.UUID, "")
		equal(t, err, len(list), 0)
		for _, want := range all {
			got, err := s.Package(t.Context(), want.Hash)
			equal(t, err, got, want)
		}
		list, err = s.Packages(t.Context(), other.UUID)
		equal(t, err, len(list), 5)
		s = reopen()
	}
	for _, name := range []string{"", "no hash", "00", hash("nobody"), hash("0")[:62]} {
		_, err := s.Package(t.Context(), name)
		refused(t, err, round.ErrNoPackage)
		_, err = s.Poll(t.Context(), name)
		refused(t, err, round.ErrNoPackage)
	}
}

func testWaiting(t *testing.T, s Store, reopen func() Store) {
	r, other := s.newRound(t), s.newRound(t)
	wants := func(want ...*round.Package) {
		t.Helper()
		for range 2 {
			list, err := s.Waiting(t.Context())
			equal(t, err, list, want)
			s = reopen()
		}
	}
	wants()
	p, q, far := newPackage(r.UUID, "a", "p"), newPackage(r.UUID, "a", "q"), newPackage(other.UUID, "a", "far")
	q.Status, far.Status = round.Checking, round.Checking
	s.keep(t, p)
	s.keep(t, far)
	s.keep(t, q)
	wants(far, q)
	p.Status, q.Status = round.Checking, round.Apart
	s.keep(t, p, q)
	wants(p, far)
	p.Status = round.Accepted
	ok(t, s.SavePackages(t.Context(), []*round.Package{p}, &round.Poll{Package: p.Hash}, done("package.accepted")))
	wants(far)
}

func testPolls(t *testing.T, s Store, reopen func() Store) {
	r, other := s.newRound(t), s.newRound(t)
	var want []*round.Poll
	for i := range 5 {
		p := newPackage(r.UUID, "a", fmt.Sprint(i))
		p.Status = round.Accepted
		poll := &round.Poll{Package: p.Hash, Name: fmt.Sprint("Phiếu ", i), Base: i}
		ok(t, s.SavePackages(t.Context(), []*round.Package{p}, poll, done("package.accepted")))
		want = append(want, poll)
	}
	slices.SortFunc(want, func(a, b *round.Poll) int { return bytes.Compare([]byte(a.Package), []byte(b.Package)) })
	s = reopen()
	list, err := s.Polls(t.Context(), r.UUID)
	equal(t, err, list, want)
	for _, poll := range want {
		got, err := s.Poll(t.Context(), poll.Package)
		equal(t, err, got, poll)
	}
	list, err = s.Polls(t.Context(), other.UUID)
	equal(t, err, len(list), 0)
}

// testPollsFollow lets a package correct another, and takes one back.
func testPollsFollow(t *testing.T, s Store, reopen func() Store) {
	r := s.newRound(t)
	first, second := newPackage(r.UUID, "a", "first"), newPackage(r.UUID, "a", "second")
	accept := func(p *round.Package, changed ...*round.Package) {
		t.Helper()
		p.Status = round.Accepted
		ok(t, s.SavePackages(t.Context(), append(changed, p), &round.Poll{Package: p.Hash}, done("package.accepted")))
	}
	counts := func(want ...*round.Package) {
		t.Helper()
		s = reopen()
		list, err := s.Polls(t.Context(), r.UUID)
		equal(t, err, len(list), len(want))
		for i, p := range want {
			equal(t, nil, list[i].Package, p.Hash)
		}
	}
	accept(first)
	counts(first)
	first.Status = round.Superseded
	accept(second, first)
	counts(second)
	_, err := s.Poll(t.Context(), first.Hash)
	refused(t, err, round.ErrNoPackage)
	second.Status = round.Checking
	s.keep(t, second)
	counts()
	accept(second)
	s.keep(t, second) // as it is: its poll stays
	counts(second)
	third := newPackage(r.UUID, "a", "third")
	accept(third)
	second.Status, third.Status = round.Superseded, round.Superseded
	last := newPackage(r.UUID, "a", "last")
	accept(last, second, third)
	counts(last)
}

// testOnePiece saves a package that counts with an entry that the log refuses,
// then with one that it takes.
func testOnePiece(t *testing.T, s Store, reopen func() Store) {
	r := s.newRound(t)
	first, second := newPackage(r.UUID, "a", "first"), newPackage(r.UUID, "a", "second")
	s.keep(t, first)
	changed := *first
	changed.Status, second.Status = round.Superseded, round.Checking
	poll := &round.Poll{Package: second.Hash}
	both := []*round.Package{&changed, second}
	refused(t, s.SavePackages(t.Context(), both, poll, bad()), audit.ErrDraft)
	s = reopen()
	got, err := s.Package(t.Context(), first.Hash)
	equal(t, err, got, first)
	_, err = s.Package(t.Context(), second.Hash)
	refused(t, err, round.ErrNoPackage)
	list, err := s.Waiting(t.Context())
	equal(t, err, len(list), 0)
	s.logged(t, 2)

	second.Status = round.Accepted
	ok(t, s.SavePackages(t.Context(), both, poll, done("package.accepted")))
	s = reopen()
	got, err = s.Package(t.Context(), first.Hash)
	equal(t, err, got, &changed)
	_, err = s.Poll(t.Context(), second.Hash)
	ok(t, err)
	s.logged(t, 3)
}

// testKept fills every field, whatever fields there will be.
func testKept(t *testing.T, s Store, reopen func() Store) {
	n := new(int64)
	r, d := new(round.Round), new(round.Directory)
	fill(reflect.ValueOf(r).Elem(), n)
	fill(reflect.ValueOf(d).Elem(), n)
	r.UUID, r.Revision, d.Revision = "11111111111111", 0, 0
	ok(t, s.SaveRound(t.Context(), r, done("round.save")))
	ok(t, s.SaveDirectory(t.Context(), d, done("round.agencies")))
	p, poll, record := new(round.Package), new(round.Poll), new(round.Record)
	progress, link := new(round.Progress), new(round.Link)
	for _, v := range []any{p, poll, record, progress, link} {
		fill(reflect.ValueOf(v).Elem(), n)
	}
	p.Round, p.Hash, p.Status, p.Kind, poll.Package = r.UUID, hash("p"), round.Accepted, round.KindResult, hash("p")
	p.Made, p.Received = time.Unix(1, 0).UTC(), time.Unix(2, 0).UTC()
	ok(t, s.SavePackages(t.Context(), []*round.Package{p}, poll, done("package.accepted")))
	ok(t, s.SaveProgress(t.Context(), r.UUID, []round.Progress{*progress}, done("round.note")))
	ok(t, s.SaveLink(t.Context(), r.UUID, *link, done("round.link")))
	ok(t, s.SaveRecord(t.Context(), r.UUID, *record, done("round.print")))
	s = reopen()
	gotRound, err := s.Round(t.Context(), r.UUID)
	equal(t, err, gotRound, r)
	gotDirectory, err := s.Directory(t.Context())
	equal(t, err, gotDirectory, d)
	gotPackage, err := s.Package(t.Context(), p.Hash)
	equal(t, err, gotPackage, p)
	gotPoll, err := s.Poll(t.Context(), p.Hash)
	equal(t, err, gotPoll, poll)
	gotProgress, err := s.Progress(t.Context(), r.UUID)
	equal(t, err, gotProgress, []round.Progress{*progress})
	gotLinks, err := s.Links(t.Context(), r.UUID)
	equal(t, err, gotLinks, []round.Link{*link})
	gotRecords, err := s.Records(t.Context(), r.UUID)
	equal(t, err, gotRecords, []round.Record{*record})
}

// fill gives every field a value other than zero.
func fill(v reflect.Value, n *int64) {
	*n++
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Unix(*n, 0).UTC()))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.String:
		v.SetString("Ưng " + string(rune('a'+*n%26)))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Uint64:
		v.SetUint(uint64(*n))
	default:
		v.SetInt(*n)
	}
}

// testOwned changes what was saved and what was read.
func testOwned(t *testing.T, s Store, _ func() Store) {
	r := &round.Round{UUID: "11111111111111", Groups: []round.Group{{ID: "lead"}}}
	ok(t, s.SaveRound(t.Context(), r, done("round.save")))
	p := newPackage(r.UUID, "a", "p")
	s.keep(t, p)
	r.Groups[0].ID, p.Group = "other", "other"
	for range 2 {
		got, err := s.Round(t.Context(), r.UUID)
		equal(t, err, got.Groups[0].ID, "lead")
		got.Groups[0].ID = "other"
		kept, err := s.Package(t.Context(), p.Hash)
		equal(t, err, kept.Group, "lead")
		kept.Group = "other"
	}
}

// testAtOnce lets many write at once: nothing is lost, and a record is changed
// upon the one before.
func testAtOnce(t *testing.T, s Store, reopen func() Store) {
	r := s.newRound(t)
	const people, steps = 6, 4
	faults := make([]error, people)
	var wait sync.WaitGroup
	for i := range people {
		wait.Go(func() {
			for step := range steps {
				p := newPackage(r.UUID, fmt.Sprint("agency", i), fmt.Sprint(i, step))
				faults[i] = errors.Join(faults[i], addAgency(t.Context(), s, p.Hash),
					s.SavePackages(t.Context(), []*round.Package{p}, nil, done("package.received")))
			}
		})
	}
	wait.Wait()
	ok(t, errors.Join(faults...))
	s = reopen()
	d, err := s.Directory(t.Context())
	equal(t, err, len(d.Agencies), people*steps)
	equal(t, err, d.Revision, people*steps)
	packages, err := s.Packages(t.Context(), r.UUID)
	equal(t, err, len(packages), people*steps)
	for i := range people {
		list, err := s.PackagesOf(t.Context(), r.UUID, fmt.Sprint("agency", i))
		equal(t, err, len(list), steps)
		for step, p := range list {
			equal(t, nil, p.Hash, hash(fmt.Sprint(i, step)))
		}
	}
	s.logged(t, 1+2*people*steps)
}

func addAgency(ctx context.Context, s round.Store, id string) error {
	for {
		d, err := s.Directory(ctx)
		if err != nil {
			return err
		}
		d.Agencies = append(d.Agencies, round.Agency{ID: id})
		if err := s.SaveDirectory(ctx, d, done("round.agencies")); !errors.Is(err, round.ErrRevision) {
			return err
		}
	}
}

func testFiles(t *testing.T, s Store, reopen func() Store) {
	contents := [][]byte{[]byte("PK\x03\x04"), {}, bytes.Repeat([]byte("hòm phiếu"), 1<<17)}
	for _, content := range contents {
		for range 2 {
			name, err := s.PutFile(t.Context(), content)
			equal(t, err, name, hash(string(content)))
		}
		s = reopen()
		got, err := s.File(t.Context(), hash(string(content)))
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes, want %d, %v", len(got), len(content), err)
		}
	}
	for _, name := range []string{"", "no hash", "../" + hash("another"), hash("another")} {
		_, err := s.File(t.Context(), name)
		refused(t, err, box.ErrNotFound)
	}
}
