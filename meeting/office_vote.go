package meeting

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting/staff"
)

// Seal puts every paper into a ballot box: from now on people, rule set, slips
// and key stay as they are. The rehearsal must have been passed.
func (o *Office) Seal(ctx context.Context, actor staff.Actor, u ballot.UUID) (*Meeting, error) {
	return o.step(ctx, actor, u, ActSeal, func(m *Meeting) (detail, error) {
		if m.State == Sealed {
			return nil, errSame
		}
		rules, err := m.maySeal()
		if err != nil {
			return nil, err
		}
		for _, p := range m.Papers {
			if err := o.sealPaper(ctx, m, p); err != nil {
				return nil, err
			}
		}
		m.State, m.Plan.RuleSetVersion = Sealed, rules.Version
		m.Polls = make([]Poll, len(m.Papers))
		return detail{"ruleset": rules.ID, "version": itoa(rules.Version), "slips": itoa(m.Slips.Printed)}, nil
	})
}

func (m *Meeting) maySeal() (*RuleSet, error) {
	if err := m.inState(Slips, Rehearsed); err != nil {
		return nil, err
	}
	if m.Rehearsal == nil || !m.Rehearsal.Passed {
		return nil, refuse(ErrRehearsal, "", "chưa đủ thành viên Ban kiểm phiếu mở thử thành công", "not opened by enough members")
	}
	if m.Slips.Printed < max(m.Attendance.Summoned, 1) {
		return nil, refuse(ErrSlips, "", fmt.Sprintf("có %d phiếu, triệu tập %d người", m.Slips.Printed, m.Attendance.Summoned),
			fmt.Sprintf("%d slips, %d summoned", m.Slips.Printed, m.Attendance.Summoned))
	}
	if err := m.Plan.coverSummoned(m.Attendance.Summoned, ErrAttendance, "summoned"); err != nil {
		return nil, err
	}
	return RuleSetByID(m.Plan.RuleSet)
}

// sealPaper seals one paper. A box that is there already, because a step was
// broken off, keeps its time, so that it is the same.
func (o *Office) sealPaper(ctx context.Context, m *Meeting, p Paper) error {
	credentials, err := o.Meetings.File(ctx, m.UUID, p.Credentials)
	if err != nil {
		return err
	}
	setup := box.Setup{
		Election: []byte(p.Election), Trustees: []byte(m.Ceremony.Trustees), Credentials: credentials, Timestamp: o.Clock().Unix(),
		Settings: box.Settings{
			MinBallots: m.Plan.MinBallots, MembersOnly: m.Plan.MembersOnly, RuleSet: m.Plan.RuleSet, Members: m.Plan.Members,
		},
	}
	if b, err := o.Boxes.Box(ctx, p.UUID); err == nil {
		setup.Timestamp = b.Setup().Timestamp
	} else if !errors.Is(err, box.ErrNoBox) {
		return err
	}
	_, err = Seal(ctx, o.Boxes, setup)
	return err
}

// Approve notes that the meeting has confirmed its counting board, but for the
// members, numbered from 1, whom it has replaced. It may be corrected until the
// poll opens.
func (o *Office) Approve(ctx context.Context, actor staff.Actor, u ballot.UUID, replaced []int) (*Meeting, error) {
	return o.step(ctx, actor, u, ActApprove, func(m *Meeting) (detail, error) {
		if err := m.inState(Sealed); err != nil {
			return nil, err
		}
		for _, n := range replaced {
			if n < 1 || n > len(m.Board) {
				return nil, refuse(ErrBoard, "replaced", fmt.Sprintf("không có thành viên số %d", n), fmt.Sprintf("no member %d", n))
			}
		}
		board := slices.Clone(m.Board)
		for i := range board {
			board[i].Replaced = slices.Contains(replaced, i+1)
		}
		if m.BoardApproved && slices.Equal(board, m.Board) {
			return nil, errSame
		}
		before := m.Board
		m.Board, m.BoardApproved = board, true
		m.dropAsked(m.Plan.Chair, before)
		return detail{"confirmed": itoa(m.confirmed()), "replaced": itoa(len(board) - m.confirmed())}, nil
	})
}

// confirmed is how many holders of the key the meeting has not replaced.
func (m *Meeting) confirmed() (n int) {
	for _, b := range m.Board {
		if !b.Replaced {
			n++
		}
	}
	return n
}

// Open begins the taking of ballots. It needs the decision ([ErrDecision]), what
// the round puts before it, where the rule set blocks ([ErrOrder]), the quorum ([ErrQuorum]), enough people for the result to be opened
// ([ErrFewPresent]), the board confirmed with enough holders of the key
// ([ErrBoardConfirmed]), and the slips of those who did not come voided
// ([ErrUnissued]).
func (o *Office) Open(ctx context.Context, actor staff.Actor, u ballot.UUID) (*Meeting, error) {
	return o.step(ctx, actor, u, ActOpen, func(m *Meeting) (detail, error) {
		if m.State == Open {
			return nil, errSame
		}
		if err := m.mayOpen(); err != nil {
			return nil, err
		}
		if err := o.eachBox(ctx, m, box.Box.Open); err != nil {
			return nil, err
		}
		m.State = Open
		return detail{"summoned": itoa(m.Attendance.Summoned), "present": itoa(m.Attendance.Present)}, nil
	})
}

// eachBox does something with the box of every paper.
func (o *Office) eachBox(ctx context.Context, m *Meeting, do func(box.Box, context.Context) error) error {
	for _, p := range m.Papers {
		b, err := o.Boxes.Box(ctx, p.UUID)
		if err != nil {
			return err
		}
		if err := do(b, ctx); err != nil {
			return err
		}
	}
	return nil
}

func (m *Meeting) mayOpen() error {
	if err := m.inState(Sealed); err != nil {
		return err
	}
	if err := m.Plan.decided(); err != nil {
		return err
	}
	rules, err := RuleSetByID(m.Plan.RuleSet)
	if err != nil {
		return err
	}
	if err := m.inOrder(rules); err != nil {
		return err
	}
	a := &m.Attendance
	if err := a.quorate(rules); err != nil {
		return err
	}
	if a.Present < m.Plan.MinBallots {
		return refuse(ErrFewPresent, "present", fmt.Sprintf("có mặt %d người, số phiếu tối thiểu để kiểm là %d", a.Present, m.Plan.MinBallots),
			fmt.Sprintf("%d present, min_ballots is %d", a.Present, m.Plan.MinBallots))
	}
	if !m.BoardApproved {
		return refuse(ErrBoardConfirmed, "", "hội nghị chưa biểu quyết Ban kiểm phiếu", "the meeting has not confirmed the board")
	}
	if m.confirmed() < m.Ceremony.Threshold {
		return refuse(ErrBoardConfirmed, "", fmt.Sprintf("%d thành viên được xác nhận, cần %d để mở khóa", m.confirmed(), m.Ceremony.Threshold),
			fmt.Sprintf("%d members are confirmed, %d are needed", m.confirmed(), m.Ceremony.Threshold))
	}
	return m.checkUnissued()
}

// spares is how many slips may be there beyond those for the people present:
// the plan's percentage of those summoned, rounded up.
func (m *Meeting) spares() int { return (m.Plan.Spares*m.Attendance.Summoned + 99) / 100 }

// checkUnissued is [ErrUnissued] while more slips could be used than there are
// people and spares.
func (m *Meeting) checkUnissued() error {
	usable, most := m.Slips.Printed-len(m.Slips.Unissued), m.Attendance.Present+m.spares()
	if usable <= most {
		return nil
	}
	return refuse(ErrUnissued, "", fmt.Sprintf("còn %d phiếu dùng được, tối đa %d; quét hủy thêm %d tờ chưa phát", usable, most, usable-most),
		fmt.Sprintf("%d slips can be used, at most %d may be; %d unissued ones are to be voided", usable, most, usable-most))
}

// Close ends the taking of ballots when a second member asks for it.
func (o *Office) Close(ctx context.Context, actor staff.Actor, u ballot.UUID) (*Meeting, error) {
	return o.step(ctx, actor, u, ActClose, func(m *Meeting) (detail, error) {
		if m.State == Closed {
			return nil, errSame
		}
		if err := m.inState(Open); err != nil {
			return nil, err
		}
		if slices.Contains(m.CloseBy, actor.Index) {
			return nil, errSame
		}
		m.CloseBy = append(m.CloseBy, actor.Index)
		if len(m.CloseBy) < closers {
			return detail{"by": itoa(len(m.CloseBy))}, nil
		}
		if err := o.eachBox(ctx, m, box.Box.Close); err != nil {
			return nil, err
		}
		m.State = Closed
		return detail{"by": itoa(len(m.CloseBy)), "state": string(Closed)}, nil
	})
}

// closers is how many members it takes to close a poll, or to abandon one.
const closers = 2
