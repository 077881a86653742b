package stafftest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/staff"
)

const meeting ballot.UUID = "22222222222222"

func seat(id string, role staff.Role, index int) staff.Seat {
	return staff.Seat{ID: id, Meeting: meeting, Role: role, Index: index, Name: "Trần Đạt", Link: hash("link " + id), Issued: 1}
}

// entrance is a device with the link of a seat.
func entrance(seat, device string) staff.Entrance {
	return staff.Entrance{Seat: seat, Link: hash("link " + seat), Device: hash(device), Label: "Firefox", Time: morning}
}

// sits requires a seat to be kept so.
func (d *desk) sits(want staff.Seat) {
	d.Helper()
	got, err := d.Seat(d.Context(), want.ID)
	d.ok(err)
	if got != want {
		d.Fatalf("seat %+v, want %+v", got, want)
	}
}

// taken is the seat with a device in it.
func taken(s staff.Seat, e staff.Entrance) staff.Seat {
	s.Device, s.Label, s.Claimed, s.Seen = e.Device, e.Label, e.Time, e.Time
	return s
}

func testSeats(d *desk) {
	ctx := d.Context()
	if _, err := d.Seat(ctx, "none"); !errors.Is(err, staff.ErrNoSeat) {
		d.Errorf("no seat: %v", err)
	}
	other := seat("other", staff.Chair, 0)
	other.Meeting = "222222222222223"
	want := []staff.Seat{seat("chair", staff.Chair, 0), seat("m1", staff.Member, 1), seat("m2", staff.Member, 2), seat("auditor", staff.Auditor, 0)}
	for _, s := range []staff.Seat{want[3], want[2], other, want[0], want[1]} {
		d.twice(func(done audit.Draft) error { return d.CreateSeat(ctx, s, done) })
		d.sits(s)
	}
	if list, err := d.Seats(ctx, meeting); err != nil || !slices.Equal(list, want) {
		d.Errorf("seats %+v, %v", list, err)
	}
	if list, err := d.Seats(ctx, "33333333333333"); err != nil || len(list) > 0 {
		d.Errorf("seats of no meeting: %+v, %v", list, err)
	}
}

func testPlaces(d *desk) {
	ctx := d.Context()
	d.ok(d.CreateSeat(ctx, seat("chair", staff.Chair, 0), done("x")))
	d.ok(d.CreateSeat(ctx, seat("m1", staff.Member, 1), done("x")))
	d.ok(d.CreateSeat(ctx, seat("a1", staff.Auditor, 0), done("x")))
	before := d.length()
	for _, s := range []staff.Seat{seat("chair2", staff.Chair, 0), seat("m1b", staff.Member, 1), seat("a1b", staff.Auditor, 0)} {
		s.Name = map[staff.Role]string{staff.Auditor: "Trần Đạt"}[s.Role] // a place of the board does not hang on the name
		d.refused(d.CreateSeat(ctx, s, done("x")), staff.ErrSeatExists, before)
	}
	second := seat("a2", staff.Auditor, 0)
	second.Name = "Nguyễn Thị Ánh"
	d.ok(d.CreateSeat(ctx, second, done("x")))
	d.ok(d.RevokeSeat(ctx, "m1", done("x")))
	d.ok(d.CreateSeat(ctx, seat("m1b", staff.Member, 1), done("x")))
}

func testEnter(d *desk) {
	ctx := d.Context()
	s, first := seat("chair", staff.Chair, 0), entrance("chair", "first")
	d.ok(d.CreateSeat(ctx, s, done("x")))
	before := d.length()
	wrong := first
	wrong.Link = hash("wrong")
	d.refused(d.EnterSeat(ctx, wrong, done("x")), staff.ErrLink, before)
	d.refused(d.EnterSeat(ctx, entrance("none", "first"), done("x")), staff.ErrNoSeat, before)
	d.sits(s)
	d.twice(func(done audit.Draft) error { return d.EnterSeat(ctx, first, done) })
	d.sits(taken(s, first))
	before = d.length()
	d.refused(d.EnterSeat(ctx, entrance("chair", "second"), done("x")), staff.ErrSeatTaken, before)
	d.refused(d.EnterSeat(ctx, wrong, done("x")), staff.ErrLink, before)
	d.sits(taken(s, first))

	later := morning.Add(time.Hour)
	d.ok(d.TouchSeat(ctx, "chair", hash("second"), later))
	d.sits(taken(s, first))
	d.ok(d.TouchSeat(ctx, "chair", hash("first"), later))
	d.ok(d.TouchSeat(ctx, "chair", hash("first"), morning)) // a clock that went back
	if got, err := d.Seat(ctx, "chair"); err != nil || !got.Seen.Equal(later) || d.length() != before {
		d.Errorf("%+v, %v, %d entries", got, err, d.length()-before)
	}
	// The same device comes with a new secret, and shows the one it had.
	again := entrance("chair", "third")
	again.Before, again.Time = hash("first"), later
	d.twice(func(done audit.Draft) error { return d.EnterSeat(ctx, again, done) })
	want := taken(s, again)
	want.Claimed = morning
	d.sits(want)
	d.refused(d.EnterSeat(ctx, first, done("x")), staff.ErrSeatTaken, before+1)
	// Its session has ended; with the same secret it begins anew.
	again.Time = later.Add(staff.SeatIdle)
	d.twice(func(done audit.Draft) error { return d.EnterSeat(ctx, again, done) })
	want.Seen = again.Time
	d.sits(want)
}

func testEnterAtOnce(d *desk) {
	d.ok(d.CreateSeat(d.Context(), seat("chair", staff.Chair, 0), done("x")))
	n := d.atOnce(staff.ErrSeatTaken, func(i int) error {
		return d.EnterSeat(d.Context(), entrance("chair", fmt.Sprint("device ", i)), done("x"))
	})
	if n != 1 || d.length() != 2 {
		d.Errorf("%d devices are in, %d entries", n, d.length())
	}
}

func testReissue(d *desk) {
	ctx := d.Context()
	s, first := seat("m1", staff.Member, 1), entrance("m1", "first")
	d.ok(d.CreateSeat(ctx, s, done("x")))
	d.ok(d.EnterSeat(ctx, first, done("x")))
	d.twice(func(done audit.Draft) error { return d.ReissueSeat(ctx, "m1", hash("new link"), done) })
	s.Link, s.Issued = hash("new link"), 2
	d.sits(s)
	before := d.length()
	d.refused(d.EnterSeat(ctx, first, done("x")), staff.ErrLink, before)
	d.refused(d.ReissueSeat(ctx, "none", hash("x"), done("x")), staff.ErrNoSeat, before)
	second := entrance("m1", "second")
	second.Link = hash("new link")
	d.ok(d.EnterSeat(ctx, second, done("x")))
	d.sits(taken(s, second))
}

func testLeave(d *desk) {
	ctx := d.Context()
	s, first := seat("m1", staff.Member, 1), entrance("m1", "first")
	d.ok(d.CreateSeat(ctx, s, done("x")))
	d.ok(d.EnterSeat(ctx, first, done("x")))
	before := d.length()
	d.ok(d.LeaveSeat(ctx, "m1", hash("second"), done("x")))
	d.ok(d.LeaveSeat(ctx, "m1", staff.Hash{}, done("x")))
	d.refused(nil, nil, before)
	d.sits(taken(s, first))
	d.twice(func(done audit.Draft) error { return d.LeaveSeat(ctx, "m1", first.Device, done) })
	d.sits(s)
	d.ok(d.EnterSeat(ctx, entrance("m1", "second"), done("x")))
	d.twice(func(done audit.Draft) error { return d.RevokeSeat(ctx, "m1", done) })
	before = d.length()
	d.refused(d.EnterSeat(ctx, entrance("m1", "second"), done("x")), staff.ErrLink, before)
	d.refused(d.ReissueSeat(ctx, "m1", hash("new"), done("x")), staff.ErrNoSeat, before)
	d.refused(d.RevokeSeat(ctx, "none", done("x")), staff.ErrNoSeat, before)
}
