package meeting_test

import (
	"context"
	"errors"
	"testing"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally"
)

// stopped is a store that stops after a box was made and before it opens.
type stopped struct{ box.Store }

var errStopped = errors.New("killed")

func (s stopped) Create(ctx context.Context, setup box.Setup) (box.Box, error) {
	b, err := s.Store.Create(ctx, setup)
	return neverOpen{b}, err
}

type neverOpen struct{ box.Box }

func (neverOpen) Open(context.Context) error { return errStopped }

// A sample meeting that was killed between any two of its writes goes on.
func TestResume(t *testing.T) {
	h := newHall(t)
	b, err := meeting.CreateTrial(t.Context(), stopped{h.store}, h.store)
	h.refused(err, errStopped)
	if b != nil {
		t.Error("a meeting that is not open was returned")
	}
	list, err := h.store.List(t.Context())
	h.ok(err)
	h.box, err = h.store.Box(t.Context(), list[0])
	h.ok(err)
	h.resume(box.Open)
	h.cast(h.load().Credentials[0], 1)
	h.resume(box.Open)

	h.ok(h.box.Close(t.Context())) // and killed before the closing file
	h.resume(box.Closed)
	h.closing()

	_, err = meeting.CountTrial(t.Context(), h.box, h.load().Board) // and killed before publishing
	h.ok(err)
	h.resume(box.Tallied)
	if !h.status().Published {
		t.Error("counted and never published")
	}
	h.report()
}

func (h *hall) resume(want box.State) {
	h.Helper()
	for range 2 {
		h.restart()
		h.ok(h.load().Resume(h.Context(), h.box))
		if s := h.status(); s.State != want {
			h.Fatalf("%s, want %s", s.State, want)
		}
	}
}

// A closing file that a verifier would refuse is never attached: it could not
// be replaced, and the archive would be refused for ever.
func TestClosingThatVerifiersRefuse(t *testing.T) {
	s := newSitting(t, box.Settings{MinBallots: 1})
	s.cast(s.slips[0], 0)
	s.ok(s.box.Close(t.Context()))
	for name, slips := range map[string]tally.Slips{
		"fewer printed than listed": {Printed: 1, Issued: 1},
		"more printed than listed":  {Printed: 7, Issued: 7, NotReturned: 6},
		"below zero":                {Printed: 6, Issued: 7, Unissued: -1, NotReturned: 6},
	} {
		s.refusedClosing(name, slips, nil)
	}
	good := tally.Slips{Printed: 6, Issued: 5, Unissued: 1, NotReturned: 4}
	spent := s.slips[0].Public(s.box.Election().UUID).Key()
	s.refusedClosing("voided but spent", good, [][32]byte{spent})
	s.refusedClosing("voided but not in the box", good, [][32]byte{s.slips[1].Public(s.box.Election().UUID).Key()})
	s.ok(meeting.CloseTrial(t.Context(), s.box, s.board, tally.Slips{Printed: 6}))
	s.report()
}

func (s *sitting) refusedClosing(name string, slips tally.Slips, voided [][32]byte) {
	s.Helper()
	status := s.status()
	slips.Cast = status.Accepted
	c := &tally.Closing{Election: s.box.Election().Fingerprint(), EndBallots: status.EndBallots, Slips: slips}
	for _, key := range voided {
		c.Voided = append(c.Voided, key)
	}
	s.board.Sign(c, 1, 2)
	if err := meeting.AttachClosing(s.Context(), s.box, c); !errors.Is(err, tally.ErrClosing) {
		s.Errorf("%s: error %v", name, err)
	}
	if _, err := s.box.Attached(s.Context(), box.Closing); err == nil {
		s.Fatalf("%s: attached", name)
	}
}
