// Package meetingtest is the test that every store of meetings must pass. Only
// tests import it.
//
// An implementation of meeting.Store runs it so:
//
//	func TestMeetings(t *testing.T) { meetingtest.Run(t, open) }
//
// where open gives an empty store, with its audit log, and a function that
// closes it and opens it again, as after a restart of the server.
package meetingtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
)

// A Store keeps meetings and the log of what was done with them.
type Store interface {
	meeting.Store
	audit.Store
}

// Open opens an empty store that ends with the test. reopen closes it and opens
// it again.
type Open func(t *testing.T) (store Store, reopen func() Store)

// Run tests an implementation.
func Run(t *testing.T, open Open) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, open Open)
	}{
		{"save and read", testSave},
		{"everything is kept", testKept},
		{"list", testList},
		{"the meeting of a paper", testMeetingOf},
		{"what the public log is to be told", testUnlogged},
		{"revisions", testRevisions},
		{"saved at once", testAtOnce},
		{"record and log in one piece", testOnePiece},
		{"what is read is the caller's", testOwned},
		{"files", testFiles},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open) })
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

// draft is an entry about a meeting.
func draft(u ballot.UUID, action meeting.Action) audit.Draft {
	return audit.Draft{
		Time: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC), Meeting: u,
		Actor: audit.Actor{Role: "secretary", Name: "Trần Đạt", ID: "id"}, Action: string(action),
	}
}

// newMeeting is a meeting that was not saved yet.
func newMeeting() *meeting.Meeting {
	return &meeting.Meeting{UUID: ballot.NewUUID(), State: meeting.Draft, Plan: meeting.Plan{Title: "Hội nghị"}}
}

// same requires that the store has m.
func same(t *testing.T, s meeting.Store, m *meeting.Meeting) {
	t.Helper()
	got, err := s.Meeting(t.Context(), m.UUID)
	ok(t, err)
	if !reflect.DeepEqual(got, m) {
		t.Errorf("%+v\nwant\n%+v", got, m)
	}
}

func testSave(t *testing.T, open Open) {
	s, reopen := open(t)
	m := newMeeting()
	_, err := s.Meeting(t.Context(), m.UUID)
	refused(t, err, meeting.ErrNoMeeting)
	for revision := range uint64(3) {
		if m.Revision != revision {
			t.Fatalf("revision %d, want %d", m.Revision, revision)
		}
		ok(t, s.Save(t.Context(), m, draft(m.UUID, meeting.ActPlan)))
		m.Plan.Place += "A"
		s = reopen()
	}
	m.Plan.Place = "AA"
	same(t, s, m)
	log, err := s.Entries(t.Context(), m.UUID, 0, 10)
	if err != nil || len(log) != 3 {
		t.Errorf("%d entries, %v", len(log), err)
	}
}

// testKept fills every field of a meeting, whatever fields there will be.
func testKept(t *testing.T, open Open) {
	s, reopen := open(t)
	m := new(meeting.Meeting)
	fill(reflect.ValueOf(m).Elem(), new(int64))
	m.UUID, m.Revision = ballot.NewUUID(), 0
	ok(t, s.Save(t.Context(), m, draft(m.UUID, meeting.ActPlan)))
	same(t, reopen(), m)
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
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, n)
		fill(value, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
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

func testList(t *testing.T, open Open) {
	s, reopen := open(t)
	list, err := s.Meetings(t.Context())
	if err != nil || len(list) != 0 {
		t.Fatalf("%v, %v", list, err)
	}
	var want []ballot.UUID
	for range 5 {
		m := newMeeting()
		ok(t, s.Save(t.Context(), m, draft(m.UUID, meeting.ActCreate)))
		want = append(want, m.UUID)
	}
	slices.Sort(want)
	list, err = reopen().Meetings(t.Context())
	ok(t, err)
	var got []ballot.UUID
	for _, m := range list {
		got = append(got, m.UUID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// testMeetingOf finds meetings by their papers, with the state of the record as
// it is, and only by the papers that they have.
func testMeetingOf(t *testing.T, open Open) {
	s, reopen := open(t)
	m, other := newMeeting(), newMeeting()
	first, second, dropped := ballot.NewUUID(), ballot.NewUUID(), ballot.NewUUID()
	wants := func(paper, want ballot.UUID, state meeting.State) {
		t.Helper()
		u, got, err := s.MeetingOf(t.Context(), paper)
		if want == "" {
			refused(t, err, meeting.ErrNoMeeting)
			return
		}
		if ok(t, err); u != want || got != state {
			t.Errorf("%s %s, want %s %s", u, got, want, state)
		}
	}
	m.Papers = []meeting.Paper{{Title: "not drawn up"}}
	ok(t, s.Save(t.Context(), m, draft(m.UUID, meeting.ActCreate)))
	wants("", "", "")
	wants(first, "", "")
	m.State, m.Papers = meeting.Slips, []meeting.Paper{{UUID: first}, {UUID: dropped}}
	ok(t, s.Save(t.Context(), m, draft(m.UUID, meeting.ActPlan)))
	other.Papers = []meeting.Paper{{UUID: other.UUID}}
	ok(t, s.Save(t.Context(), other, draft(other.UUID, meeting.ActCreate)))
	wants(dropped, m.UUID, meeting.Slips)
	m.State, m.Papers = meeting.Abandoned, []meeting.Paper{{UUID: first}, {UUID: second}}
	ok(t, s.Save(t.Context(), m, draft(m.UUID, meeting.ActPlan)))
	for range 2 {
		wants(first, m.UUID, meeting.Abandoned)
		wants(second, m.UUID, meeting.Abandoned)
		wants(other.UUID, other.UUID, meeting.Draft)
		wants(dropped, "", "")
		wants(m.UUID, "", "")
		s = reopen()
	}
	late := other.Clone()
	late.Revision, late.State = 0, meeting.Open
	refused(t, s.Save(t.Context(), late, draft(other.UUID, meeting.ActPlan)), meeting.ErrRevision)
	late.Revision = other.Revision
	refused(t, s.Save(t.Context(), late, draft(other.UUID, "No Word")), audit.ErrDraft)
	wants(other.UUID, other.UUID, meeting.Draft)
}

// testUnlogged lists meetings with boxes from each save until the log says
// everything of that revision, and reads nothing of the others.
func testUnlogged(t *testing.T, open Open) {
	s, reopen := open(t)
	wants := func(want ...ballot.UUID) {
		t.Helper()
		got, err := s.Unlogged(t.Context())
		ok(t, err)
		slices.Sort(got)
		if slices.Sort(want); !slices.Equal(got, want) {
			t.Errorf("unlogged %v, want %v", got, want)
		}
	}
	m, other := newMeeting(), newMeeting()
	for _, m := range []*meeting.Meeting{m, other} {
		ok(t, s.Save(t.Context(), m, draft(m.UUID, meeting.ActCreate)))
	}
	wants()
	for _, m := range []*meeting.Meeting{m, other} {
		m.State = meeting.Sealed
		ok(t, s.Save(t.Context(), m, draft(m.UUID, meeting.ActSeal)))
	}
	s = reopen()
	wants(m.UUID, other.UUID)
	ok(t, s.Logged(t.Context(), map[ballot.UUID]uint64{m.UUID: m.Revision - 1, other.UUID: other.Revision}))
	wants(m.UUID) // it was saved since
	ok(t, s.Logged(t.Context(), map[ballot.UUID]uint64{m.UUID: m.Revision, other.UUID: other.Revision}))
	s = reopen()
	wants()
	refused(t, s.Save(t.Context(), m, draft(m.UUID, "No Word")), audit.ErrDraft)
	wants()
	m.State, m.Abandon = meeting.Abandoned, &meeting.Abandonment{From: meeting.Open}
	ok(t, s.Save(t.Context(), m, draft(m.UUID, meeting.ActAbandon)))
	wants(m.UUID)
	refused(t, s.Logged(t.Context(), map[ballot.UUID]uint64{ballot.NewUUID(): 1}), meeting.ErrNoMeeting)
	ok(t, s.Logged(t.Context(), nil))
	wants(m.UUID)
}

func testRevisions(t *testing.T, open Open) {
	s, _ := open(t)
	m := newMeeting()
	ahead := m.Clone()
	ahead.Revision = 1
	refused(t, s.Save(t.Context(), ahead, draft(m.UUID, meeting.ActPlan)), meeting.ErrRevision)
	ok(t, s.Save(t.Context(), m, draft(m.UUID, meeting.ActCreate)))
	ok(t, s.Save(t.Context(), m, draft(m.UUID, meeting.ActPlan)))
	for _, revision := range []uint64{0, 1, 3, 1 << 63} {
		other := m.Clone()
		other.Revision, other.Plan.Title = revision, "khác"
		refused(t, s.Save(t.Context(), other, draft(m.UUID, meeting.ActPlan)), meeting.ErrRevision)
		if other.Revision != revision {
			t.Errorf("a refused meeting has revision %d, had %d", other.Revision, revision)
		}
	}
	same(t, s, m)
	if log, err := s.Entries(t.Context(), m.UUID, 0, 10); err != nil || len(log) != 2 {
		t.Errorf("%d entries, %v", len(log), err)
	}
}

// testAtOnce lets many change the same meeting: each change is made once, upon
// the one before.
func testAtOnce(t *testing.T, open Open) {
	s, reopen := open(t)
	m := newMeeting()
	ok(t, s.Save(t.Context(), m, draft(m.UUID, meeting.ActCreate)))
	const people, steps = 8, 5
	faults := make([]error, people)
	var wait sync.WaitGroup
	for i := range people {
		wait.Go(func() {
			for range steps {
				faults[i] = errors.Join(faults[i], addOne(t.Context(), s, m.UUID))
			}
		})
	}
	wait.Wait()
	ok(t, errors.Join(faults...))
	got, err := reopen().Meeting(t.Context(), m.UUID)
	if err != nil || got.Attendance.Summoned != people*steps || got.Revision != people*steps+1 {
		t.Errorf("%d changes, revision %d, %v", got.Attendance.Summoned, got.Revision, err)
	}
}

func addOne(ctx context.Context, s meeting.Store, u ballot.UUID) error {
	for {
		m, err := s.Meeting(ctx, u)
		if err != nil {
			return err
		}
		m.Attendance.Summoned++
		if err := s.Save(ctx, m, draft(u, meeting.ActAttendance)); !errors.Is(err, meeting.ErrRevision) {
			return err
		}
	}
}

// testOnePiece saves with an entry that the log refuses: nothing is kept.
func testOnePiece(t *testing.T, open Open) {
	s, reopen := open(t)
	m := newMeeting()
	refused(t, s.Save(t.Context(), m, draft(m.UUID, "No Word")), audit.ErrDraft)
	s = reopen()
	_, err := s.Meeting(t.Context(), m.UUID)
	refused(t, err, meeting.ErrNoMeeting)
	if m.Revision != 0 {
		t.Errorf("revision %d", m.Revision)
	}
	ok(t, s.Save(t.Context(), m, draft(m.UUID, meeting.ActCreate)))
	changed := m.Clone()
	changed.Plan.Title = "khác"
	refused(t, s.Save(t.Context(), changed, draft(m.UUID, "No Word")), audit.ErrDraft)
	same(t, s, m)
	_, err = audit.Check(t.Context(), s)
	ok(t, err)
}

// testOwned changes what was saved and what was read.
func testOwned(t *testing.T, open Open) {
	s, _ := open(t)
	m := newMeeting()
	m.Board = []meeting.BoardMember{{Name: "Trần Đạt"}}
	ok(t, s.Save(t.Context(), m, draft(m.UUID, meeting.ActCreate)))
	want := m.Clone()
	m.Board[0].Name = "khác"
	got, err := s.Meeting(t.Context(), m.UUID)
	ok(t, err)
	got.Board[0].Name = "khác"
	same(t, s, want)
}

func testFiles(t *testing.T, open Open) {
	s, reopen := open(t)
	first, second := ballot.NewUUID(), ballot.NewUUID()
	contents := [][]byte{[]byte("%PDF-1.7"), {}, bytes.Repeat([]byte("hòm phiếu"), 1<<17)}
	for _, content := range contents {
		sum := sha256.Sum256(content)
		for range 2 {
			hash, err := s.PutFile(t.Context(), first, content)
			if err != nil || hash != hex.EncodeToString(sum[:]) {
				t.Fatalf("%s, %v", hash, err)
			}
		}
		s = reopen()
		got, err := s.File(t.Context(), first, hex.EncodeToString(sum[:]))
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes, want %d, %v", len(got), len(content), err)
		}
		_, err = s.File(t.Context(), second, hex.EncodeToString(sum[:]))
		refused(t, err, box.ErrNotFound)
	}
	other := sha256.Sum256([]byte("another"))
	for _, name := range []string{"", "no hash", "../" + hex.EncodeToString(other[:]), hex.EncodeToString(other[:])} {
		_, err := s.File(t.Context(), first, name)
		refused(t, err, box.ErrNotFound)
	}
}
