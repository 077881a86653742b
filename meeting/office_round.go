package meeting

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting/staff"
)

// Assign gives the meeting its place in a round, until the poll opens; nil takes
// it away again. What was noted here of the same place stays, where the new
// assignment says nothing of it.
func (o *Office) Assign(ctx context.Context, actor staff.Actor, u ballot.UUID, a *Assignment) (*Meeting, error) {
	return o.step(ctx, actor, u, ActAssign, func(m *Meeting) (detail, error) {
		if err := m.before(Open); err != nil {
			return nil, err
		}
		next, err := a.settled(m.Plan.Assignment)
		if err != nil {
			return nil, err
		}
		if reflect.DeepEqual(next, m.Plan.Assignment) {
			return nil, errSame
		}
		m.Plan.Assignment, m.Notices = next, next.noticesOf(m.Notices)
		if next == nil {
			return detail{"round": ""}, nil
		}
		return detail{"round": string(next.Round), "agency": next.Agency, "group": next.Group}, nil
	})
}

// settled returns the assignment as it is kept, or nil for none.
func (a *Assignment) settled(old *Assignment) (*Assignment, error) {
	if a == nil {
		return nil, nil
	}
	next := *a
	next.Before, next.Papers = slices.Clone(a.Before), slices.Clone(a.Papers)
	next.keepNotes(old)
	if err := next.keepTrust(old); err != nil {
		return nil, err
	}
	return &next, next.tidy()
}

// noticesOf returns the notices that are of these places in a round.
func (a *Assignment) noticesOf(list []Sending) (kept []Sending) {
	for paper := range a.papers() {
		for _, s := range list {
			if of := a.Of(paper); of != nil && s.Place == of.place() {
				kept = append(kept, s)
			}
		}
	}
	return kept
}

// papers is how many ballot papers the assignment knows of.
func (a *Assignment) papers() int {
	if a == nil {
		return 0
	}
	return len(a.Papers) + 1
}

// place names a place in a round.
func (a *Assignment) place() string { return string(a.Round) + " " + a.Agency + " " + a.Group }

// NoteBefore notes, until the poll opens, on which day step 1 was done, and of
// what must be done before the poll when it was done and how that is known; an
// empty day takes it back. What is not named stays.
func (o *Office) NoteBefore(ctx context.Context, actor staff.Actor, u ballot.UUID, prepared Date, before []Precondition) (*Meeting, error) {
	return o.step(ctx, actor, u, ActAssign, func(m *Meeting) (detail, error) {
		if err := m.before(Open); err != nil {
			return nil, err
		}
		a, err := m.assigned()
		if err != nil {
			return nil, err
		}
		next := *a
		next.Prepared, next.Before = prepared, slices.Clone(a.Before)
		if err := next.note(before); err != nil {
			return nil, err
		}
		if err := next.tidy(); err != nil {
			return nil, err
		}
		if reflect.DeepEqual(&next, a) {
			return nil, errSame
		}
		m.Plan.Assignment = &next
		return detail{"round": string(a.Round), "prepared": string(prepared), "pending": itoa(len(next.Pending()))}, nil
	})
}

// note replaces what is known of preconditions.
func (a *Assignment) note(before []Precondition) error {
	for i, p := range before {
		j := slices.IndexFunc(a.Before, func(q Precondition) bool { return q.Name == p.Name && q.Group == p.Group })
		if j < 0 {
			return refuse(ErrAssignment, fmt.Sprintf("before.%d.name", i), "đợt không có việc này", "the round has no such precondition")
		}
		a.Before[j] = p
	}
	return nil
}

// Compare notes that somebody has compared the digits of the superior's server and
// key with the superior: those that the page showed, which must still be so.
func (o *Office) Compare(ctx context.Context, actor staff.Actor, u ballot.UUID, digits string) (*Meeting, error) {
	return o.step(ctx, actor, u, ActCompare, func(m *Meeting) (detail, error) {
		a, err := m.assigned()
		if err != nil {
			return nil, err
		}
		switch {
		case digits == "" || digits != a.Superior():
			return nil, refuse(ErrAssignment, "compared", "dãy số không phải của máy chủ và khóa trong đợt này; xem lại trang rồi đối chiếu", "the digits are not those of this round's server and key; look at the page again")
		case a.Compared == digits:
			return nil, errSame
		}
		next := *a
		next.Compared = digits
		m.Plan.Assignment = &next
		return detail{"round": string(a.Round), "digits": digits}, nil
	})
}

// assigned returns the meeting's place in a round, or [ErrAssignment].
func (m *Meeting) assigned() (*Assignment, error) {
	if m.Plan.Assignment == nil {
		return nil, refuse(ErrAssignment, "round", "cuộc họp chưa thuộc đợt nào; chọn đợt trước", "the meeting is in no round; choose one first")
	}
	return m.Plan.Assignment, nil
}

// today is the day in Viet Nam, which has one time and no summer time.
func (o *Office) today() Date { return Day(o.Clock().In(time.FixedZone("UTC+7", 7*60*60))) }

// A Duty is one limit that its round sets a meeting, as of a day.
type Duty struct {
	ID   string // "prepare", "vote" or "send"
	Text Text   // what is to be done
	Rule Text   // the limit, as it was written
	Due  Date   // last good day; empty for none, or as long as it cannot be known
	Done Date   // empty when it is not done
	// Plan is the day on which it is to be done, where one is planned.
	Plan Date
	Late bool // done, or planned, after Due; or not done, and Due is over
	Warn bool // not done, and the limit is near
	// DayOff tells that Due is a Saturday or Sunday.
	DayOff bool
}

// Duties returns the limits of the meeting's round, in the order of time. Limits
// stop nothing.
func Duties(m *Meeting, today Date) []Duty {
	a := m.Plan.Assignment
	if a == nil {
		return nil
	}
	prepare := Duty{
		ID: "prepare", Text: Text{"Chuẩn bị xong (bước 1)", "Preparation done (step 1)"},
		Rule: a.Prepare.Words(), Done: a.Prepared, Warn: a.Prepare.Warns(today),
	}
	prepare.Due, _ = a.Prepare.Last()
	send := Duty{
		ID: "send", Text: Text{"Gửi kết quả lên cấp trên", "The result sent up"},
		Rule: Text{
			fmt.Sprintf("sau %02d ngày kể từ ngày lấy phiếu", a.SendDays),
			fmt.Sprintf("calendar days after the vote: %d", a.SendDays),
		}, Done: m.sentOn(),
	}
	if m.reached(Closed) {
		send.Due = a.SendBy(m.Plan.Date)
		send.Warn = send.Due != "" && today >= m.Plan.Date
	}
	list := []Duty{prepare}
	for paper := range m.Papers {
		if of := a.Of(paper); of != nil {
			list = append(list, m.voteDuty(of, today))
		}
	}
	list = append(list, send)
	for i := range list {
		list[i].settle(today)
	}
	return list
}

func (m *Meeting) voteDuty(a *Assignment, today Date) Duty {
	d := Duty{
		ID: "vote", Text: Text{"Lấy phiếu: " + a.Posts, "The vote"},
		Rule: a.Finish.Words(), Plan: m.Plan.Date, Warn: a.Finish.Warns(today),
	}
	d.Due, _ = a.Finish.Last()
	if m.reached(Closed) {
		d.Done, d.Plan = m.Plan.Date, ""
	}
	return d
}

func (d *Duty) settle(today Date) {
	when := max(d.Done, d.Plan)
	if d.Done == "" {
		when = max(today, d.Plan)
	}
	d.Late = d.Due != "" && when > d.Due
	d.Warn = d.Warn && d.Done == "" && !d.Late
	d.DayOff = d.Due.DayOff()
}

// sentOn is the day on which the last of all results was handed over, or empty as
// long as one is not.
func (m *Meeting) sentOn() (day Date) {
	for i := range m.Papers {
		if m.Plan.Assignment.Of(i) == nil {
			continue
		}
		s := m.Sending(i)
		if s == nil || s.Sent == "" {
			return ""
		}
		day = max(day, s.Sent)
	}
	return day
}

// Sending returns the package of a ballot paper's result that counts with the
// superior, or may come to count; nil for none.
func (m *Meeting) Sending(paper int) *Sending {
	if paper >= len(m.Sendings) {
		return nil
	}
	return counting(m.Sendings[paper])
}

// Sent reports whether the superior has the result of every paper in the round, as
// far as receipts prove it.
func (m *Meeting) Sent() bool {
	for i := range m.Papers {
		if m.Plan.Assignment.Of(i) == nil {
			continue
		}
		if s := m.Sending(i); s == nil || s.Receipt == "" {
			return false
		}
	}
	return true
}
