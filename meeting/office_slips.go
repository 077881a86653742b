package meeting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting/staff"
)

// UploadSlips takes the public half of the slips: for each paper its
// credentials in hexadecimal, ascending, as many for each and at least one for
// everybody summoned. Another upload replaces the first until the rehearsal has
// been passed; what is wrong is [ErrSlips].
func (o *Office) UploadSlips(ctx context.Context, actor staff.Actor, u ballot.UUID, public map[ballot.UUID][]string) (*Meeting, error) {
	return o.step(ctx, actor, u, ActUploadSlips, func(m *Meeting) (detail, error) {
		if err := m.before(Closed); err != nil {
			return nil, err
		}
		lists, err := m.credentialLists(public)
		if err != nil {
			return nil, err
		}
		if m.hasCredentials(lists) {
			return nil, errSame
		}
		if err := m.mayUpload(); err != nil {
			return nil, err
		}
		for i, text := range lists {
			if m.Papers[i].Credentials, err = o.Meetings.PutFile(ctx, u, text); err != nil {
				return nil, err
			}
		}
		m.Slips.Printed, m.Slips.Origin = len(public[m.Papers[0].UUID]), OriginBoard
		return detail{"printed": itoa(m.Slips.Printed)}, nil
	})
}

// mayUpload is a refusal once slips must no longer be exchanged for others.
func (m *Meeting) mayUpload() error {
	if err := m.inState(Slips, Rehearsed); err != nil {
		return err
	}
	if m.State == Rehearsed && m.Slips.Printed > 0 {
		return refuse(ErrSlips, "", "đã nhận phần công khai của một bộ phiếu khác", "those of other slips are there")
	}
	return nil
}

// hasCredentials reports whether these are the lists that were uploaded.
func (m *Meeting) hasCredentials(lists [][]byte) bool {
	for i, text := range lists {
		sum := sha256.Sum256(text)
		if m.Papers[i].Credentials != hex.EncodeToString(sum[:]) {
			return false
		}
	}
	return true
}

// The kinds of slips that come back to the desk.
const (
	DeskUnissued  = "unissued"  // never handed out
	DeskExchanged = "exchanged" // taken back after a mistake, another was issued
	DeskReturned  = "returned"  // issued and given back unused
)

// Desk counts a slip as unissued, exchanged or returned, once, and voids it in
// every paper. Only who proves to hold the slip has it voided, or learns anything
// of it: the proof is that of ballot.Credential.AppendDeskProof for this kind,
// and otherwise ballot.ErrMalformed or ballot.ErrProof. It is ballot.ErrSpent for
// a slip that has been used, ballot.ErrUnknownCredential for one that is not on
// the lists, [ErrSlips] for one that was counted as something else or whose
// papers are those of two slips, and [ErrState] once a closing file is signed.
func (o *Office) Desk(ctx context.Context, actor staff.Actor, u ballot.UUID, kind string, proof []byte) (*Meeting, error) {
	return o.step(ctx, actor, u, ActDesk, func(m *Meeting) (detail, error) {
		if err := m.inState(Sealed, Open, Closed); err != nil {
			return nil, err
		}
		s, err := m.slip(kind, proof)
		if err != nil {
			return nil, err
		}
		if err := m.Slips.mayCount(s.name(), kind); errors.Is(err, errSame) {
			return nil, o.again(ctx, m, s)
		} else if err != nil {
			return nil, err
		}
		if err := o.unsigned(ctx, m); err != nil {
			return nil, err
		}
		if err := o.void(ctx, m, s); err != nil {
			return nil, err
		}
		list := m.Slips.list(kind)
		*list = filed(*list, s.name())
		m.dropClosings()
		return detail{"kind": kind, "count": itoa(len(*list))}, nil
	})
}

// unsigned is [ErrState] once the closing file of a paper is signed.
func (o *Office) unsigned(ctx context.Context, m *Meeting) error {
	if m.State != Closed {
		return nil
	}
	for _, p := range m.Papers {
		b, err := o.Boxes.Box(ctx, p.UUID)
		if err != nil {
			return err
		}
		if _, err := b.Attached(ctx, box.Closing); err == nil {
			return refuse(ErrState, "", "biên bản đóng hòm phiếu đã ký", "the closing file is signed")
		} else if !errors.Is(err, box.ErrNotFound) {
			return err
		}
	}
	return nil
}

// void voids a slip in every paper, or in none if it has been used. When a
// ballot comes in between, the slip is noted as half used.
func (o *Office) void(ctx context.Context, m *Meeting, s slip) error {
	if m.Slips.isHalf(s.name()) {
		return ballot.ErrSpent
	}
	boxes, uses, err := o.uses(ctx, m, s)
	if err != nil {
		return err
	}
	if slices.Contains(uses, box.Spent) && !slices.Contains(uses, box.Voided) {
		return ballot.ErrSpent
	}
	if err := m.notOfAnother(ctx, boxes, uses); err != nil {
		return err
	}
	half := HalfUsed{Slip: s.name()}
	for i, b := range boxes {
		switch err := b.Void(ctx, s[i]); {
		case errors.Is(err, ballot.ErrSpent):
		case err != nil:
			return err
		default:
			half.Papers = append(half.Papers, m.Papers[i].UUID)
		}
	}
	if len(half.Papers) == len(boxes) {
		return nil
	}
	if len(half.Papers) == 0 {
		return ballot.ErrSpent
	}
	m.Slips.fileHalf(half)
	m.dropClosings()
	return &noted{ActDesk, detail{"kind": "half", "count": itoa(len(m.Slips.Half))}, ballot.ErrSpent}
}

// again answers for a slip that was counted as the same: it is voided in every
// paper, or one of them is another slip's.
func (o *Office) again(ctx context.Context, m *Meeting, s slip) error {
	_, uses, err := o.uses(ctx, m, s)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(uses, func(u box.Use) bool { return u != box.Voided }) {
		return errTwoSlips()
	}
	return errSame
}

// notOfAnother is [ErrSlips] if a paper of a slip was voided with those of
// another slip that was counted. A step that was broken off leaves papers voided
// as well, but more of them than were counted.
func (m *Meeting) notOfAnother(ctx context.Context, boxes []box.Box, uses []box.Use) error {
	for i, b := range boxes {
		if uses[i] != box.Voided {
			continue
		}
		voided, err := b.Voided(ctx)
		if err != nil {
			return err
		}
		if len(voided) <= m.Slips.countedIn(m.Papers[i].UUID) {
			return errTwoSlips()
		}
	}
	return nil
}

func errTwoSlips() error {
	return refuse(ErrSlips, "", "các loại phiếu được quét không thuộc cùng một tờ; báo Trưởng ban kiểm phiếu", "the papers are not those of one slip; tell the head of the board")
}

// uses returns the boxes of the papers, and what became of the slip in each.
func (o *Office) uses(ctx context.Context, m *Meeting, s slip) (boxes []box.Box, uses []box.Use, err error) {
	for i, p := range m.Papers {
		b, err := o.Boxes.Box(ctx, p.UUID)
		if err != nil {
			return nil, nil, err
		}
		c, err := b.Credential(ctx, s[i])
		if err != nil {
			return nil, nil, err
		}
		if c.Use == box.Unknown {
			return nil, nil, ballot.ErrUnknownCredential
		}
		boxes, uses = append(boxes, b), append(uses, c.Use)
	}
	return boxes, uses, nil
}

// EnterIssued notes how many slips a member counted as handed out and not
// exchanged. Each member counts alone, and may correct the count until a
// closing file is signed.
func (o *Office) EnterIssued(ctx context.Context, actor staff.Actor, u ballot.UUID, count int) (*Meeting, error) {
	return o.step(ctx, actor, u, ActIssued, func(m *Meeting) (detail, error) {
		if err := m.inState(Open, Closed); err != nil {
			return nil, err
		}
		if count < 0 || count > m.Slips.Printed {
			return nil, refuse(ErrReconcile, "count", fmt.Sprintf("đếm %d phiếu phát ra, đã in %d", count, m.Slips.Printed), fmt.Sprintf("%d issued, %d printed", count, m.Slips.Printed))
		}
		if m.Slips.issuedBy(actor.Index) == count {
			return nil, errSame
		}
		if err := o.unsigned(ctx, m); err != nil {
			return nil, err
		}
		m.Slips.enterIssued(actor.Index, count)
		m.dropClosings()
		return detail{"count": itoa(count)}, nil
	})
}

// ReportUsed notes that a voter found a slip used already, and not by the
// voter. Each report counts: none can be told from another of the same member.
// The note must name no voter.
func (o *Office) ReportUsed(ctx context.Context, actor staff.Actor, u ballot.UUID, note string) (*Meeting, error) {
	return o.step(ctx, actor, u, ActUsed, func(m *Meeting) (detail, error) {
		if err := m.inState(Open, Closed); err != nil {
			return nil, err
		}
		if err := tidy(&note, MaxText, ErrReason, "note"); err != nil {
			return nil, err
		}
		if n := len(m.Slips.Used); n >= m.Slips.Printed {
			return nil, refuse(ErrSlips, "note", fmt.Sprintf("đã ghi %d lần báo, bằng số phiếu đã làm", n), fmt.Sprintf("%d reports, as many as slips were made", n))
		}
		m.Slips.Used = append(m.Slips.Used, UsedReport{actor.Index, note})
		return detail{"count": itoa(len(m.Slips.Used))}, nil
	})
}
