package meeting_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally"
)

// together takes steps at the same moment and returns their errors.
func together(steps ...press) []error {
	faults := make([]error, len(steps))
	start, wait := make(chan struct{}), sync.WaitGroup{}
	for i, p := range steps {
		wait.Go(func() {
			<-start
			_, faults[i] = p()
		})
	}
	close(start)
	wait.Wait()
	return faults
}

// members returns the step of each member of the board.
func (r *room) members(step func(i int) press) (all []press) {
	for i := range someBoard {
		all = append(all, step(i+1))
	}
	return all
}

// All members press close at once: two count, and nobody sees an error.
func TestCloseTogether(t *testing.T) {
	r := reach(t, meeting.Open)
	r.ok(errors.Join(together(r.members(func(i int) press {
		return func() (*meeting.Meeting, error) { return r.office.Close(t.Context(), r.member(i), r.u) }
	})...)...))
	r.state(meeting.Closed)
	if by := r.get().CloseBy; len(by) != 2 {
		t.Errorf("closed by %v", by)
	}
}

// All members sign and contribute at once.
func TestCountTogether(t *testing.T) {
	r := reach(t, meeting.Closed)
	r.issued(present, 1, 2)
	for _, p := range r.get().Papers {
		r.ok(errors.Join(together(r.members(func(i int) press {
			signature := r.signature(p.UUID, i)
			return func() (*meeting.Meeting, error) {
				return r.office.SignClosing(t.Context(), r.member(i), r.u, p.UUID, i, signature)
			}
		})...)...))
	}
	var all []press
	for _, p := range r.get().Papers {
		all = append(all, r.members(func(i int) press {
			text := r.contribution(p.UUID, i)
			return func() (*meeting.Meeting, error) {
				return r.office.Contribute(t.Context(), r.member(i), r.u, p.UUID, text)
			}
		})...)
	}
	for _, err := range together(all...) {
		if err != nil && !errors.Is(err, meeting.ErrState) { // the meeting was counted first
			t.Error(err)
		}
	}
	r.state(meeting.Tallied)
}

// Secretary and chair press the same button at once, and the chair seals while
// the secretary begins another rehearsal.
func TestOfficersTogether(t *testing.T) {
	r := reach(t, meeting.Rehearsed)
	faults := together(
		func() (*meeting.Meeting, error) { return r.office.Seal(t.Context(), r.chair(), r.u) },
		func() (*meeting.Meeting, error) { return r.office.StartRehearsal(t.Context(), secretary, r.u) },
	)
	sealed := r.get().State == meeting.Sealed
	if sealed != (faults[0] == nil) || sealed == (faults[1] == nil) {
		t.Errorf("%s, %v", r.get().State, faults)
	}
	r = reach(t, meeting.Sealed)
	r.attend(summoned, 0)
	r.ok(errors.Join(together(
		func() (*meeting.Meeting, error) { return r.office.Approve(t.Context(), r.chair(), r.u, []int{2}) },
		func() (*meeting.Meeting, error) { return r.office.Approve(t.Context(), secretary, r.u, []int{2}) },
		func() (*meeting.Meeting, error) {
			return r.office.SetAttendance(t.Context(), secretary, r.u, meeting.Attendance{Summoned: summoned, Present: summoned})
		},
		func() (*meeting.Meeting, error) {
			return r.office.SetAttendance(t.Context(), r.chair(), r.u, meeting.Attendance{Summoned: summoned, Present: summoned})
		},
	)...))
	if m := r.get(); !m.BoardApproved || !m.Board[1].Replaced || m.Attendance.Present != summoned {
		t.Errorf("%+v, %+v", m.Board, m.Attendance)
	}
}

// A slip that two members hold to their cameras at once is counted once.
func TestDeskTogether(t *testing.T) {
	r := reach(t, meeting.Open)
	var all []press
	for _, kind := range []string{meeting.DeskReturned, meeting.DeskExchanged, meeting.DeskReturned, meeting.DeskExchanged} {
		held := r.held(6, kind)
		all = append(all, func() (*meeting.Meeting, error) {
			return r.office.Desk(t.Context(), r.member(len(kind)%2+1), r.u, kind, held)
		})
	}
	refused := 0
	for _, err := range together(all...) {
		if err != nil {
			r.refused(err, meeting.ErrSlips)
			refused++
		}
	}
	if s := r.get().Slips; refused != 2 || len(s.Returned)+len(s.Exchanged) != 1 {
		t.Errorf("%d refused, %+v", refused, s)
	}
}

// While the closing file is signed, slips come to the desk: the file that stands
// in the end names exactly the credentials that are voided.
func TestDeskAgainstSigning(t *testing.T) {
	r := reach(t, meeting.Closed)
	r.issued(present, 1, 2)
	u := r.get().Papers[0].UUID
	r.sign(u, 1)
	second, held := r.signature(u, 2), r.held(6, meeting.DeskReturned)
	faults := together(
		func() (*meeting.Meeting, error) {
			return r.office.SignClosing(t.Context(), r.member(2), r.u, u, 2, second)
		},
		func() (*meeting.Meeting, error) {
			return r.office.Desk(t.Context(), r.member(1), r.u, meeting.DeskReturned, held)
		},
	)
	b, err := r.store.Box(t.Context(), u)
	r.ok(err)
	voided, err := b.Voided(t.Context())
	r.ok(err)
	text, err := b.Attached(t.Context(), box.Closing)
	if faults[0] != nil { // the desk was first
		r.refused(faults[0], tally.ErrClosing)
		r.ok(faults[1])
		r.refused(err, box.ErrNotFound)
		return
	}
	r.refused(faults[1], meeting.ErrState)
	r.ok(err)
	c, err := tally.ParseClosing(text)
	if r.ok(err); !slices.Equal(c.Voided, voided) {
		t.Errorf("closing file names %d, %d are voided", len(c.Voided), len(voided))
	}
}

// The log names no slip, no voter and nobody who was summoned.
func TestLogNamesNobody(t *testing.T) {
	r := reach(t, meeting.Sealed)
	list := []meeting.Attendee{}
	for range present {
		list = append(list, meeting.Attendee{Name: "Người Được Triệu Tập", Present: true})
	}
	_, err := r.office.SetAttendance(t.Context(), secretary, r.u, meeting.Attendance{List: list})
	r.ok(err)
	r.approve()
	r.bring(meeting.DeskUnissued, 7, 8, 9)
	r.open()
	r.bring(meeting.DeskExchanged, 0)
	r.castAll(0, 1)
	r.refused(r.desk(meeting.DeskReturned, 1), ballot.ErrSpent)
	_, err = r.office.ReportUsed(t.Context(), r.member(1), r.u, "Người Được Triệu Tập báo")
	r.ok(err)
	entries, err := r.store.Entries(t.Context(), r.u, 0, 1000)
	r.ok(err)
	for _, e := range entries {
		text := string(e.AppendJSON(nil))
		for slip := range r.slips {
			for _, p := range r.get().Papers {
				if strings.Contains(text, r.slips[slip].Public(p.UUID).String()) {
					t.Errorf("names a slip: %s", text)
				}
			}
		}
		if strings.Contains(text, "Triệu Tập") {
			t.Errorf("names a voter: %s", text)
		}
	}
}
