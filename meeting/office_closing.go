package meeting

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/tally"
)

// ClosingFile returns the closing file of a poll with the signatures so far.
// Before anybody has signed it is made of the counts, which must agree: it is
// [ErrReconcile] until they do.
func (o *Office) ClosingFile(ctx context.Context, actor staff.Actor, u, poll ballot.UUID) ([]byte, error) {
	m, err := o.load(ctx, actor, u, ActView)
	if err != nil {
		return nil, err
	}
	b, err := o.pollBox(ctx, m, poll)
	if err != nil {
		return nil, err
	}
	if text, err := b.Attached(ctx, box.Closing); !errors.Is(err, box.ErrNotFound) {
		return text, err
	}
	c, err := o.closing(ctx, m, b)
	if err != nil {
		return nil, err
	}
	return c.AppendJSON(nil), nil
}

// pollBox returns the box of a paper or of the rehearsal.
func (o *Office) pollBox(ctx context.Context, m *Meeting, u ballot.UUID) (box.Box, error) {
	if _, _, err := m.poll(u); err != nil {
		return nil, err
	}
	return o.Boxes.Box(ctx, u)
}

// closing makes the closing file of a poll that is not signed by enough
// members, with the signatures that stand under the same statement.
func (o *Office) closing(ctx context.Context, m *Meeting, b box.Box) (*tally.Closing, error) {
	u := b.Election().UUID
	poll, rehearsal, err := m.counting(u)
	if err != nil {
		return nil, err
	}
	slips := tally.Slips{Printed: rehearsalBallots, Issued: rehearsalBallots}
	if !rehearsal {
		if slips, err = o.slipCounts(ctx, m, u); err != nil {
			return nil, err
		}
	}
	c, err := NewClosing(ctx, b, slips)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrReconcile, err)
	}
	if poll.Closing == "" {
		return c, nil
	}
	signed, err := tally.ParseClosing([]byte(poll.Closing))
	if err != nil {
		return nil, err
	}
	c.Signatures = signed.Signatures
	return c, nil
}

// slipCounts returns the counts of a paper's slips, or [ErrReconcile] naming
// what does not agree.
func (o *Office) slipCounts(ctx context.Context, m *Meeting, paper ballot.UUID) (tally.Slips, error) {
	lines, err := o.Ledger(ctx, m)
	if err != nil {
		return tally.Slips{}, err
	}
	for _, l := range lines {
		if !l.Known {
			return tally.Slips{}, refuse(ErrReconcile, l.ID, l.Text.Vi+": chưa đủ số liệu", l.Text.En+": not all numbers are there")
		}
		if !l.Good {
			return tally.Slips{}, refuse(ErrReconcile, l.ID, fmt.Sprintf("%s: %d và %d", l.Text.Vi, l.Left, l.Right), fmt.Sprintf("%s: %d and %d", l.Text.En, l.Left, l.Right))
		}
	}
	b, err := o.Boxes.Box(ctx, paper)
	if err != nil {
		return tally.Slips{}, err
	}
	status, err := b.Status(ctx)
	if err != nil {
		return tally.Slips{}, err
	}
	issued, _ := m.Slips.agreed() // known, or a line above would not be
	s := tally.Slips{
		Printed: m.Slips.Printed, Issued: issued, Exchanged: len(m.Slips.Exchanged), Unissued: len(m.Slips.Unissued),
		Returned: m.Slips.returnedIn(paper), Cast: status.Accepted,
	}
	s.NotReturned = s.Issued - s.Returned - s.Cast
	return s, nil
}

// dropClosings takes back signatures under counts that have changed since.
func (m *Meeting) dropClosings() {
	for i := range m.Polls {
		m.Polls[i].Closing = ""
	}
}

// SignClosing takes a member's signature of the closing file of a poll,
// {"owner","signature"}. With the second one the file stands beside the archive
// and the counts are final.
func (o *Office) SignClosing(ctx context.Context, actor staff.Actor, u, poll ballot.UUID, owner int, signature []byte) (*Meeting, error) {
	return o.step(ctx, actor, u, ActSignClosing, func(m *Meeting) (detail, error) {
		if owner != actor.Index {
			return nil, fmt.Errorf("%w: member %d: signs as member %d", ErrRole, actor.Index, owner)
		}
		s, err := tally.ParseClosingSignature(signature)
		if err != nil {
			return nil, err
		}
		if s.Owner != owner {
			return nil, fmt.Errorf("%w: signature of trustee %d", tally.ErrClosing, s.Owner)
		}
		p, _, err := m.counting(poll)
		if err != nil {
			return nil, err
		}
		if err := o.signClosing(ctx, m, poll, p, s); err != nil {
			return nil, err
		}
		return detail{"election": string(poll)}, nil
	})
}

func (o *Office) signClosing(ctx context.Context, m *Meeting, u ballot.UUID, p *Poll, s tally.ClosingSignature) error {
	b, err := o.Boxes.Box(ctx, u)
	if err != nil {
		return err
	}
	if text, err := b.Attached(ctx, box.Closing); err == nil {
		return p.adoptClosing(string(text))
	} else if !errors.Is(err, box.ErrNotFound) {
		return err
	}
	c, err := o.closing(ctx, m, b)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(c.Signatures, func(have tally.ClosingSignature) bool { return have.Owner == s.Owner }) {
		return errSame
	}
	trustees, err := tally.ParseTrustees([]byte(m.Ceremony.Trustees))
	if err != nil {
		return err
	}
	if err := c.AddSignature(trustees, s); err != nil {
		return err
	}
	p.Closing = string(c.AppendJSON(nil))
	if len(c.Signatures) < tally.Signers {
		return nil
	}
	return AttachClosing(ctx, b, c)
}

// adoptBeside is adoptClosing when nobody signs any more.
func (o *Office) adoptBeside(ctx context.Context, u ballot.UUID, p *Poll) error {
	b, err := o.Boxes.Box(ctx, u)
	if err != nil {
		return err
	}
	text, err := b.Attached(ctx, box.Closing)
	if err != nil {
		return err
	}
	p.Closing = string(text)
	return nil
}

// adoptClosing takes over the closing file that stands beside the archive, if a
// step was broken off after it got there.
func (p *Poll) adoptClosing(text string) error {
	if p.Closing == text {
		return errSame
	}
	p.Closing = text
	return nil
}
