package meeting

import (
	"context"
	"slices"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting/staff"
)

// AskAbandon asks to end the meeting without a count. The first to ask gives
// the reason; when the chair and two members have asked, it is final, and boxes
// that were open take no more ballots. What is published cannot be taken back:
// then it is [ErrPublished].
func (o *Office) AskAbandon(ctx context.Context, actor staff.Actor, u ballot.UUID, reason string) (*Meeting, error) {
	return o.step(ctx, actor, u, ActAbandon, func(m *Meeting) (detail, error) {
		if m.State == Abandoned {
			return nil, errSame
		}
		if err := m.before(Signed); err != nil {
			return nil, err
		}
		statuses, err := o.Statuses(ctx, m)
		if err != nil {
			return nil, err
		}
		if m.released(statuses) {
			return nil, ErrPublished
		}
		if err := m.askAbandon(actor, reason); err != nil {
			return nil, err
		}
		said := detail{"reason": m.Abandon.Reason, "from": string(m.State)}
		if !m.Abandon.Chair || len(m.Abandon.Members) < closers {
			return said, nil
		}
		m.State, said["state"] = Abandoned, string(Abandoned)
		return said, o.closeOpen(ctx, statuses)
	})
}

// released reports whether the result of a paper is for everybody to read,
// whatever the record says: a step may have been broken off.
func (m *Meeting) released(statuses map[ballot.UUID]box.Status) bool {
	return m.Published || slices.ContainsFunc(m.Papers, func(p Paper) bool { return statuses[p.UUID].Published })
}

// closeOpen closes the boxes that take ballots, whatever the record says: a step
// may have been broken off.
func (o *Office) closeOpen(ctx context.Context, statuses map[ballot.UUID]box.Status) error {
	for u, s := range statuses {
		if s.State != box.Open {
			continue
		}
		b, err := o.Boxes.Box(ctx, u)
		if err != nil {
			return err
		}
		if err := b.Close(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (m *Meeting) askAbandon(actor staff.Actor, reason string) error {
	if m.Abandon == nil {
		if err := tidy(&reason, MaxText, ErrReason, "reason"); err != nil {
			return err
		}
		if reason == "" {
			return refuse(ErrReason, "reason", "chưa ghi lý do hủy", "none")
		}
		m.Abandon = &Abandonment{Reason: reason}
	}
	a := m.Abandon
	switch {
	case actor.Role == staff.Chair && !a.Chair:
		a.Chair = true
	case actor.Role == staff.Member && !slices.Contains(a.Members, actor.Index):
		a.Members = append(a.Members, actor.Index)
	default:
		return errSame
	}
	a.From = m.State
	return nil
}

// dropAsked takes back what was asked by people who are not in their places any
// more, which were those of chair and board before.
func (m *Meeting) dropAsked(chair string, board []BoardMember) {
	a := m.Abandon
	if a == nil {
		return
	}
	a.Chair = a.Chair && m.Plan.Chair == chair
	a.Members = slices.DeleteFunc(a.Members, func(i int) bool {
		return i > len(m.Board) || m.Board[i-1].Replaced || m.Board[i-1].Name != board[i-1].Name
	})
	if !a.Chair && len(a.Members) == 0 {
		m.Abandon = nil
	}
}

// NewVersion copies an abandoned meeting into a draft with a new name: plan,
// persons with their documents, papers, board, what was prepared, who is
// summoned, and where its papers are signed and go. There is one new version of
// a meeting.
func (o *Office) NewVersion(ctx context.Context, actor staff.Actor, u ballot.UUID) (*Meeting, error) {
	lock := o.lock(u)
	lock.Lock()
	defer lock.Unlock()
	old, err := o.load(ctx, actor, u, ActNewVersion)
	if err != nil {
		return nil, err
	}
	if err := old.inState(Abandoned); err != nil {
		return nil, err
	}
	all, err := o.Meetings.Meetings(ctx)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(all, func(m *Meeting) bool { return m.Before == u }); i >= 0 {
		return all[i], nil
	}
	m := old.newVersion()
	if err := o.copyDocuments(ctx, old, m.UUID); err != nil {
		return nil, err
	}
	entry := o.draft(actor, m.UUID, ActNewVersion)
	entry.Detail = detail{"before": string(u), "title": m.Plan.Title}
	if err := o.Meetings.Save(ctx, m, entry); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *Meeting) newVersion() *Meeting {
	c := m.Clone()
	v := &Meeting{
		UUID: ballot.NewUUID(), State: Draft, Before: m.UUID,
		Plan: c.Plan, People: c.People, Board: c.Board, Attendance: c.Attendance, Prepared: c.Prepared,
		Filing: Filing{Place: c.Filing.Place, Copies: c.Filing.Copies, Recipients: c.Filing.Recipients},
	}
	v.Plan.RuleSetVersion = 0
	for _, p := range m.Papers {
		v.Papers = append(v.Papers, Paper{Title: p.Title})
	}
	for i := range v.Board {
		v.Board[i].Replaced = false
	}
	v.Attendance.Present, v.Attendance.Absences = 0, nil
	for i := range v.Attendance.List {
		v.Attendance.List[i].Present, v.Attendance.List[i].Reason = false, ""
	}
	return v
}

func (o *Office) copyDocuments(ctx context.Context, m *Meeting, to ballot.UUID) error {
	for _, p := range m.People {
		for _, d := range p.Documents {
			pdf, err := o.Meetings.File(ctx, m.UUID, d.Hash)
			if err != nil {
				return err
			}
			if _, err := o.Meetings.PutFile(ctx, to, pdf); err != nil {
				return err
			}
		}
	}
	return nil
}
