package meeting

import (
	"context"
	"errors"
	"fmt"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/threshold/ceremony"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/tally"
)

// StartKeys fixes people and board and begins the ceremony in which the board
// makes its keys, so that threshold members decrypt together: more than half of
// them, and not all; 0 is the least that can be. A ceremony that failed, or that hangs, is begun again with a
// new name; one that has just begun stays.
func (o *Office) StartKeys(ctx context.Context, actor staff.Actor, u ballot.UUID, threshold int) (*Meeting, error) {
	return o.step(ctx, actor, u, ActStartKeys, func(m *Meeting) (detail, error) {
		if err := m.startKeys(threshold); err != nil {
			return nil, err
		}
		c := m.Ceremony
		return detail{"ceremony": c.ID, "threshold": itoa(c.Threshold), "members": itoa(len(m.Board)), "attempt": itoa(c.Attempts)}, nil
	})
}

func (m *Meeting) startKeys(t int) error {
	if err := m.inState(Draft, Keys); err != nil {
		return err
	}
	if m.Ceremony.State == CeremonyDone {
		return refuse(ErrCeremony, "", "Ban kiểm phiếu đã tạo xong khóa", "the keys are made")
	}
	if m.State == Draft {
		if err := m.ready(); err != nil {
			return err
		}
	}
	size := len(m.Board)
	if t == 0 {
		t = size/2 + 1
	}
	if t <= size/2 || t >= size {
		return refuse(ErrBoard, "threshold", fmt.Sprintf("số thành viên cần để mở khóa phải quá nửa và không phải tất cả %d người của Ban kiểm phiếu, không thể là %d", size, t),
			fmt.Sprintf("threshold %d of %d members: must be more than half, and not all", t, size))
	}
	fresh, err := ceremony.New(ceremony.Terms{Meeting: string(m.UUID), Ceremony: ceremony.NewID(), Threshold: t, Size: size})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCeremony, err)
	}
	if m.Ceremony.begun() && m.Ceremony.Threshold == t {
		return errSame
	}
	m.State = Keys
	m.Ceremony = Ceremony{
		ID: fresh.Terms().Ceremony, Threshold: t, State: CeremonyRunning,
		Transcript: string(fresh.AppendJSON(nil)), Attempts: m.Ceremony.Attempts + 1,
	}
	return nil
}

// begun reports whether the ceremony runs and nobody has sent anything yet.
func (c *Ceremony) begun() bool {
	if c.State != CeremonyRunning {
		return false
	}
	t, err := ceremony.ParseTranscript([]byte(c.Transcript))
	return err == nil && t.Step() == ceremony.StepHello && len(t.Waiting()) == t.Terms().Size
}

// CeremonyMessage takes a message of a member in. One that is not the member's
// own is [ErrRole], one that does not hold [ErrMessage], and one that comes too
// early, too late or instead of another [ErrCeremony]. A complaint ends the
// ceremony; the last message makes the trustees.
func (o *Office) CeremonyMessage(ctx context.Context, actor staff.Actor, u ballot.UUID, message []byte) (*Meeting, error) {
	return o.step(ctx, actor, u, ActCeremony, func(m *Meeting) (detail, error) {
		return m.takeMessage(actor, message)
	})
}

func (m *Meeting) takeMessage(actor staff.Actor, text []byte) (detail, error) {
	if m.Ceremony.State == CeremonyNone {
		return nil, refuse(ErrCeremony, "", "chưa bắt đầu tạo khóa", "not begun")
	}
	message, err := ceremony.ParseMessage(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMessage, err)
	}
	if message.Index != actor.Index {
		return nil, fmt.Errorf("%w: member %d: sends the %v", ErrRole, actor.Index, message)
	}
	t, err := ceremony.ParseTranscript([]byte(m.Ceremony.Transcript))
	if err != nil {
		return nil, err
	}
	if err := t.Add(text); err != nil {
		return nil, ceremonyError(err)
	}
	transcript := string(t.AppendJSON(nil))
	if transcript == m.Ceremony.Transcript {
		return nil, errSame
	}
	m.Ceremony.Transcript = transcript
	return detail{"message": message.String()}, m.endCeremony(t)
}

// ceremonyError tells messages that are wrong from those that come at the wrong
// time.
func ceremonyError(err error) error {
	for _, late := range []error{ceremony.ErrOrder, ceremony.ErrSecond, ceremony.ErrFailed} {
		if errors.Is(err, late) {
			return fmt.Errorf("%w: %w", ErrCeremony, err)
		}
	}
	return fmt.Errorf("%w: %w", ErrMessage, err)
}

// endCeremony notes how the ceremony ended, if it has.
func (m *Meeting) endCeremony(t *ceremony.Transcript) error {
	switch t.Step() {
	case ceremony.Failed:
		by, about := t.Complaint()
		m.Ceremony.State = CeremonyFailed
		m.Ceremony.Failure = m.Board[by-1].Name + " → " + m.Board[about-1].Name
	case ceremony.Finished:
		trustees, err := t.Trustees()
		if err != nil {
			return err
		}
		if _, err := tally.ParseTrustees(trustees); err != nil {
			return err
		}
		m.Ceremony.State, m.Ceremony.Trustees = CeremonyDone, string(trustees)
	}
	return nil
}

// DrawUp makes the election of each ballot paper under the board's key.
func (o *Office) DrawUp(ctx context.Context, actor staff.Actor, u ballot.UUID) (*Meeting, error) {
	return o.step(ctx, actor, u, ActDrawUp, func(m *Meeting) (detail, error) {
		if m.State == Slips {
			return nil, errSame
		}
		if err := m.inState(Keys); err != nil {
			return nil, err
		}
		if m.Ceremony.State != CeremonyDone {
			return nil, refuse(ErrCeremony, "", "Ban kiểm phiếu chưa tạo xong khóa", "not finished")
		}
		return detail{"papers": itoa(len(m.Papers))}, m.drawUp()
	})
}

func (m *Meeting) drawUp() error {
	trustees, err := tally.ParseTrustees([]byte(m.Ceremony.Trustees))
	if err != nil {
		return err
	}
	for i := range m.Papers {
		d := m.paperDraft(i)
		if d.UUID = m.UUID; len(m.Papers) > 1 {
			d.UUID = ballot.NewUUID()
		}
		d.PublicKey = trustees.PublicKey()
		e, err := ballot.NewElection(d)
		if err != nil {
			return err
		}
		m.Papers[i].UUID, m.Papers[i].Election = d.UUID, string(e.Raw())
	}
	m.State = Slips
	return nil
}

// BallotPapers returns the ballot papers that one slip of the meeting serves,
// or [ErrState] before they are drawn up.
func (m *Meeting) BallotPapers() (*ballot.Papers, error) {
	elections := make([]*ballot.Election, len(m.Papers))
	for i, p := range m.Papers {
		if p.Election == "" {
			return nil, refuse(ErrState, "", "chưa lập phiếu", "the papers are not drawn up")
		}
		e, err := ballot.ParseElection([]byte(p.Election))
		if err != nil {
			return nil, err
		}
		elections[i] = e
	}
	return ballot.NewPapers(m.UUID, elections...)
}

// PapersFile returns the file that homphieu slips --election takes.
func PapersFile(m *Meeting) ([]byte, error) {
	papers, err := m.BallotPapers()
	if err != nil {
		return nil, err
	}
	return papers.AppendJSON(nil), nil
}
