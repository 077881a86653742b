package staff

import (
	"errors"
	"strconv"
	"time"

	"github.com/homphieu/homphieu/ballot"
)

// The refusals of seats.
var (
	// ErrLink is returned for a seat's link that is unknown, replaced by a
	// newer one, or revoked.
	ErrLink = errors.New("staff: seat link not valid")
	// ErrSeatTaken is returned to a device other than the one that opened the
	// seat's link first.
	ErrSeatTaken = errors.New("staff: seat taken by another device")
	// ErrNoSeat is returned for a seat that there is not.
	ErrNoSeat = errors.New("staff: no such seat")
	// ErrSeatExists is returned for a place that has a seat already.
	ErrSeatExists = errors.New("staff: the place has a seat")
)

// A Seat is somebody's place at one meeting. It has one link at a time, and one
// device.
type Seat struct {
	ID      string      `json:"id"`
	Meeting ballot.UUID `json:"meeting"`
	Role    Role        `json:"role"`            // Chair, Member or Auditor
	Index   int         `json:"index,omitempty"` // place on the counting board from 1; 0 for who is not on it
	Name    string      `json:"name"`            // of the person
	Link    Hash        `json:"link"`            // of the link's token
	Issued  int         `json:"issued"`          // how many links were made
	// Device is the hash of the secret that the device keeps; zero as long as
	// nobody has opened the link.
	Device  Hash      `json:"device"`
	Label   string    `json:"label,omitempty"` // the device's browser, for people
	Claimed time.Time `json:"claimed"`         // when the device opened the link
	Seen    time.Time `json:"seen"`            // when it was last used
	Revoked bool      `json:"revoked,omitempty"`
}

// Taken reports whether a device has opened the seat's link.
func (s Seat) Taken() bool { return s.Device != Hash{} }

// Actor returns who acts from the seat.
func (s Seat) Actor() Actor {
	return Actor{Role: s.Role, ID: s.ID, Name: s.Name, Meeting: s.Meeting, Index: s.Index}
}

// An Entrance is a device at the door of a seat.
type Entrance struct {
	Seat   string
	Link   Hash      // of the token in the link
	Device Hash      // of the secret that the device will keep
	Before Hash      // of the secret that the device has kept so far, if any
	Label  string    // the device's browser
	Time   time.Time // now
}

// Enter lets a device in, or says why not: [ErrLink], [ErrSeatTaken]. The
// device that is in may enter again, with the secret that it has or a new one.
func (s *Seat) Enter(e Entrance) error {
	if s.Revoked || !s.Link.Equal(e.Link) {
		return ErrLink
	}
	if s.Taken() && !s.Device.Equal(e.Device) && !s.Device.Equal(e.Before) {
		return ErrSeatTaken
	}
	if !s.Taken() {
		s.Claimed = e.Time
	}
	s.Device, s.Label, s.Seen = e.Device, e.Label, e.Time
	return nil
}

// Reissue gives the seat a new link. The one before and its device are out.
func (s *Seat) Reissue(link Hash) {
	s.Link, s.Device, s.Label = link, Hash{}, ""
	s.Claimed, s.Seen = time.Time{}, time.Time{}
	s.Issued++
}

// Leave lets the device out; the link may then be opened on another.
func (s *Seat) Leave() {
	s.Device, s.Label = Hash{}, ""
	s.Claimed, s.Seen = time.Time{}, time.Time{}
}

// Holds reports whether a device is in the seat and used it not too long ago.
func (s Seat) Holds(device Hash, now time.Time) bool {
	return !s.Revoked && s.Taken() && s.Device.Equal(device) && now.Sub(s.Seen) < SeatIdle
}

// SamePlace reports whether both seats are for one place: a meeting has one
// chair and one seat for each number of the board, and an auditor one by name.
func (s Seat) SamePlace(other Seat) bool {
	same := s.Meeting == other.Meeting && s.Role == other.Role && s.Index == other.Index
	return same && (s.Role != Auditor || s.Name == other.Name)
}

// check reports why a seat cannot be.
func (s Seat) check() error {
	onBoard := s.Role == Member
	switch {
	case !s.Meeting.Valid():
		return errors.New("seat: no meeting")
	case !onBoard && s.Role != Chair && s.Role != Auditor, onBoard != (s.Index > 0), s.Index < 0:
		return ErrRole
	}
	return nil
}

// detail is what the audit log says of a seat.
func (s Seat) detail() map[string]string {
	d := map[string]string{"seat": s.ID, "role": string(s.Role), "name": s.Name}
	if s.Index > 0 {
		d["index"] = strconv.Itoa(s.Index)
	}
	return d
}
