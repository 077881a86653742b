package staff

import (
	"context"
	"errors"
	"strconv"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting/audit"
)

// Seats returns the seats of a meeting, also revoked ones.
func (r *Register) Seats(ctx context.Context, meeting ballot.UUID) ([]Seat, error) {
	return r.store.Seats(ctx, meeting)
}

// NewSeat makes a seat and returns it with the token of its link, which is not
// shown again. index is the place on the counting board from 1, or 0 for who is
// not on it. [ErrName], [ErrRole], [ErrSeatExists].
func (r *Register) NewSeat(ctx context.Context, by Actor, s Seat) (seat Seat, token string, err error) {
	token = NewToken()
	seat = Seat{ID: newID(), Meeting: s.Meeting, Role: s.Role, Index: s.Index}
	seat.Reissue(linkHash(seat.ID, token))
	seat.Name, err = cleanName(s.Name)
	if err := errors.Join(err, seat.check()); err != nil {
		return Seat{}, "", err
	}
	return seat, token, r.store.CreateSeat(ctx, seat, r.seatDraft(by.Audit(), "seat.create", seat))
}

func linkHash(seat, token string) Hash { return hashOf("seat|"+seat, token) }

func deviceHash(seat, token string) Hash { return hashOf("device|"+seat, token) }

func (r *Register) seatDraft(by audit.Actor, action string, s Seat) audit.Draft {
	d := r.draft(by, action, s.detail())
	d.Meeting = s.Meeting
	return d
}

// Reissue gives a seat a new link and returns its token. The link before, and
// the device that was in, are out at once. [ErrNoSeat].
func (r *Register) Reissue(ctx context.Context, by Actor, id string) (s Seat, token string, err error) {
	if s, err = r.store.Seat(ctx, id); err != nil {
		return Seat{}, "", err
	}
	token = NewToken()
	done := r.seatDraft(by.Audit(), "seat.issue", s)
	done.Detail["issued"] = strconv.Itoa(s.Issued + 1)
	return s, token, r.store.ReissueSeat(ctx, id, linkHash(id, token), done)
}

// Revoke ends a seat for good. [ErrNoSeat].
func (r *Register) Revoke(ctx context.Context, by Actor, id string) error {
	s, err := r.store.Seat(ctx, id)
	if err != nil {
		return err
	}
	return r.store.RevokeSeat(ctx, id, r.seatDraft(by.Audit(), "seat.revoke", s))
}

// A Visit is a device that comes with a seat's link.
type Visit struct {
	Seat, Token string // of the link
	Device      string // a new token, which the device keeps if it is let in
	Before      string // the one that it has kept so far, or empty
	Label       string // the device's browser, for people
}

// Enter binds a seat to the device that opens its link first. That device may
// come again, with the link, also when its session has ended; sending the same
// visit twice is the same visit. Another device is refused with [ErrSeatTaken],
// and the log says so. [ErrLink] for a link that is not the seat's.
func (r *Register) Enter(ctx context.Context, v Visit) (Seat, error) {
	s, err := r.store.Seat(ctx, v.Seat)
	if errors.Is(err, ErrNoSeat) {
		return Seat{}, ErrLink
	}
	if err != nil {
		return Seat{}, err
	}
	entrance := Entrance{Seat: s.ID, Link: linkHash(s.ID, v.Token), Device: deviceHash(s.ID, v.Device), Label: v.Label, Time: r.now()}
	if v.Before != "" {
		entrance.Before = deviceHash(s.ID, v.Before)
	}
	done := r.seatDraft(s.Actor().Audit(), "seat.enter", s)
	done.Detail["device"] = v.Label
	err = r.store.EnterSeat(ctx, entrance, done)
	if errors.Is(err, ErrSeatTaken) {
		done.Action, done.Actor = "seat.refused", audit.Server
		_, logged := r.log.Append(ctx, done)
		return Seat{}, errors.Join(err, logged)
	}
	return s, err
}

// Seat returns the seat that a device is in, or [ErrSession]. It notes that the
// seat was used.
func (r *Register) Seat(ctx context.Context, id, device string) (Seat, error) {
	now := r.now()
	s, err := r.store.Seat(ctx, id)
	if errors.Is(err, ErrNoSeat) {
		return Seat{}, ErrSession
	}
	if err != nil {
		return Seat{}, err
	}
	if !s.Holds(deviceHash(id, device), now) {
		return Seat{}, ErrSession
	}
	if now.Sub(s.Seen) >= seenEvery {
		err = r.store.TouchSeat(ctx, id, s.Device, now)
	}
	return s, err
}

// Leave lets a device go from its seat, so that the link can be opened on
// another. It does nothing if the device is not in it.
func (r *Register) Leave(ctx context.Context, id, device string) error {
	s, err := r.store.Seat(ctx, id)
	if errors.Is(err, ErrNoSeat) {
		return nil
	}
	if err != nil {
		return err
	}
	return r.store.LeaveSeat(ctx, id, deviceHash(id, device), r.seatDraft(s.Actor().Audit(), "seat.leave", s))
}
