package staff_test

import (
	"testing"
	"time"

	"github.com/homphieu/homphieu/meeting/staff"
)

var secretary = staff.Actor{Role: staff.Secretary, ID: "id", Name: "Trần Đạt"}

// member makes the seat of the first member of a board.
func (h *house) member() (s staff.Seat, token string) {
	h.Helper()
	s, token, err := h.NewSeat(h.Context(), secretary, staff.Seat{Meeting: "22222222222222", Role: staff.Member, Index: 1, Name: " Lê  Bình "})
	h.ok(err)
	return s, token
}

// visit is a new device with a link.
func visit(seat, token string) staff.Visit {
	return staff.Visit{Seat: seat, Token: token, Device: staff.NewToken(), Label: "Firefox · Windows"}
}

func TestNewSeat(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	s, token := h.member()
	if s.Name != "Lê Bình" || s.Issued != 1 || s.Taken() || !staff.IsToken(token) {
		t.Errorf("%+v", s)
	}
	if e := h.last(); e.Action != "seat.create" || e.Meeting != s.Meeting || e.Actor != secretary.Audit() || e.Detail["name"] != "Lê Bình" || e.Detail["index"] != "1" {
		t.Errorf("entry %+v", e)
	}
	for _, c := range []struct {
		seat staff.Seat
		want error
	}{
		{staff.Seat{Meeting: s.Meeting, Role: staff.Member, Index: 1, Name: "Ánh"}, staff.ErrSeatExists},
		{staff.Seat{Meeting: s.Meeting, Role: staff.Member, Name: "Ánh"}, staff.ErrRole},
		{staff.Seat{Meeting: s.Meeting, Role: staff.Member, Index: -1, Name: "Ánh"}, staff.ErrRole},
		{staff.Seat{Meeting: s.Meeting, Role: staff.Chair, Index: 1, Name: "Ánh"}, staff.ErrRole},
		{staff.Seat{Meeting: s.Meeting, Role: staff.Secretary, Name: "Ánh"}, staff.ErrRole},
		{staff.Seat{Meeting: s.Meeting, Role: staff.Superior, Name: "Ánh"}, staff.ErrRole},
		{staff.Seat{Meeting: s.Meeting, Role: staff.Chair, Name: ""}, staff.ErrName},
	} {
		_, _, err := h.NewSeat(ctx, secretary, c.seat)
		h.refused(err, c.want)
	}
	if _, _, err := h.NewSeat(ctx, secretary, staff.Seat{Role: staff.Chair, Name: "Ánh"}); err == nil {
		t.Error("a seat at no meeting")
	}
	if list, err := h.Seats(ctx, s.Meeting); err != nil || len(list) != 1 || list[0] != s {
		t.Errorf("%+v, %v", list, err)
	}
}

// A seat belongs to the device that opens its link first. Another is refused,
// and the log says so; the first comes back with the link.
func TestEnter(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	s, token := h.member()
	_, err := h.Enter(ctx, visit(s.ID, staff.NewToken()))
	h.refused(err, staff.ErrLink)
	_, err = h.Enter(ctx, visit("nobody", token))
	h.refused(err, staff.ErrLink)
	first := visit(s.ID, token)
	for range 2 { // a double press
		_, err = h.Enter(ctx, first)
		h.ok(err)
	}
	if e := h.last(); e.Number != 1 || e.Action != "seat.enter" || e.Detail["device"] != first.Label || e.Actor != s.Actor().Audit() {
		t.Errorf("entry %+v", e)
	}
	got, err := h.Seat(ctx, s.ID, first.Device)
	h.ok(err)
	if got.Actor() != (staff.Actor{Role: staff.Member, ID: s.ID, Name: "Lê Bình", Meeting: s.Meeting, Index: 1}) {
		t.Errorf("%+v", got.Actor())
	}
	second := visit(s.ID, token)
	second.Label = "Chrome · Android"
	_, err = h.Enter(ctx, second)
	h.refused(err, staff.ErrSeatTaken)
	if e := h.last(); e.Action != "seat.refused" || e.Meeting != s.Meeting || e.Detail["device"] != second.Label || e.Detail["seat"] != s.ID {
		t.Errorf("entry %+v", e)
	}
	for _, device := range []string{second.Device, token, "", staff.NewToken()} {
		_, err = h.Seat(ctx, s.ID, device)
		h.refused(err, staff.ErrSession)
	}
	_, err = h.Seat(ctx, "nobody", first.Device)
	h.refused(err, staff.ErrSession)
	_, err = h.Seat(ctx, s.ID, first.Device)
	h.ok(err)
}

// A seat's session ends after twelve hours without use. The device that was in
// comes back with the link; another does not.
func TestSeatExpires(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	s, token := h.member()
	first := visit(s.ID, token)
	_, err := h.Enter(ctx, first)
	h.ok(err)
	for range 3 {
		h.wait(staff.SeatIdle - time.Second)
		_, err = h.Seat(ctx, s.ID, first.Device)
		h.ok(err)
	}
	h.wait(staff.SeatIdle)
	_, err = h.Seat(ctx, s.ID, first.Device)
	h.refused(err, staff.ErrSession)
	_, err = h.Enter(ctx, visit(s.ID, token))
	h.refused(err, staff.ErrSeatTaken)
	again := visit(s.ID, token)
	again.Before = first.Device
	_, err = h.Enter(ctx, again)
	h.ok(err)
	_, err = h.Seat(ctx, s.ID, again.Device)
	h.ok(err)
	_, err = h.Seat(ctx, s.ID, first.Device)
	h.refused(err, staff.ErrSession)
}

// A new link puts the old one and its device out at once.
func TestReissue(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	s, token := h.member()
	first := visit(s.ID, token)
	_, err := h.Enter(ctx, first)
	h.ok(err)
	_, renewed, err := h.Reissue(ctx, secretary, s.ID)
	h.ok(err)
	if e := h.last(); e.Action != "seat.issue" || e.Detail["issued"] != "2" || e.Actor != secretary.Audit() {
		t.Errorf("entry %+v", e)
	}
	_, err = h.Seat(ctx, s.ID, first.Device)
	h.refused(err, staff.ErrSession)
	_, err = h.Enter(ctx, first)
	h.refused(err, staff.ErrLink)
	second := visit(s.ID, renewed)
	_, err = h.Enter(ctx, second)
	h.ok(err)
	h.ok(h.Revoke(ctx, secretary, s.ID))
	_, err = h.Seat(ctx, s.ID, second.Device)
	h.refused(err, staff.ErrSession)
	_, err = h.Enter(ctx, second)
	h.refused(err, staff.ErrLink)
	_, _, err = h.Reissue(ctx, secretary, s.ID)
	h.refused(err, staff.ErrNoSeat)
	h.refused(h.Revoke(ctx, secretary, "nobody"), staff.ErrNoSeat)
	if e := h.last(); e.Action != "seat.revoke" {
		t.Errorf("entry %+v", e)
	}
}

// Who leaves can open the link on another device; who is not in cannot make
// the one that is leave.
func TestLeave(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	s, token := h.member()
	first, second := visit(s.ID, token), visit(s.ID, token)
	_, err := h.Enter(ctx, first)
	h.ok(err)
	h.ok(h.Leave(ctx, s.ID, second.Device))
	h.ok(h.Leave(ctx, "nobody", first.Device))
	_, err = h.Enter(ctx, second)
	h.refused(err, staff.ErrSeatTaken)
	h.ok(h.Leave(ctx, s.ID, first.Device))
	if e := h.last(); e.Action != "seat.leave" {
		t.Errorf("entry %+v", e)
	}
	_, err = h.Enter(ctx, second)
	h.ok(err)
}

// The token of one seat opens no other.
func TestTokensAreForOneThing(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	s, token := h.member()
	chair, _, err := h.NewSeat(ctx, secretary, staff.Seat{Meeting: s.Meeting, Role: staff.Chair, Name: "Ánh"})
	h.ok(err)
	_, err = h.Enter(ctx, visit(chair.ID, token))
	h.refused(err, staff.ErrLink)
	_, err = h.Invitation(ctx, token)
	h.refused(err, staff.ErrClaim)
	_, err = h.Account(ctx, token)
	h.refused(err, staff.ErrSession)
}
