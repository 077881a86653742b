package meeting

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/tally"
)

// The entries of the audit log that are no step of anybody.
const (
	actRefused Action = "tally.refused" // a contribution that does not hold
	actCount   Action = "tally.count"   // enough contributions were there
)

// poll returns what the board has done with a box: of a paper, or of the
// rehearsal.
func (m *Meeting) poll(u ballot.UUID) (p *Poll, rehearsal bool, err error) {
	if m.Rehearsal != nil && m.Rehearsal.UUID == u {
		return &m.Rehearsal.Poll, true, nil
	}
	i := slices.IndexFunc(m.Papers, func(p Paper) bool { return p.UUID == u })
	if i < 0 || i >= len(m.Polls) {
		return nil, false, box.ErrNoBox
	}
	return &m.Polls[i], false, nil
}

// counting returns a poll whose box is being counted: in the rehearsal until
// sealing, of a paper while the meeting is closed.
func (m *Meeting) counting(u ballot.UUID) (p *Poll, rehearsal bool, err error) {
	p, rehearsal, err = m.poll(u)
	switch {
	case err != nil:
	case rehearsal:
		err = m.inState(Slips, Rehearsed)
	default:
		err = m.inState(Closed)
	}
	return p, rehearsal, err
}

// Contribute takes a member's contribution to the tally of a poll whose closing
// file is signed. One that does not hold is tally.ErrPartialDecryption, and the
// audit log names the member. When enough are there, the poll is counted; when
// all papers are, the meeting is. A rehearsal is passed when its result is that
// of its test ballots.
func (o *Office) Contribute(ctx context.Context, actor staff.Actor, u, poll ballot.UUID, contribution []byte) (*Meeting, error) {
	_, err := o.step(ctx, actor, u, ActContribute, func(m *Meeting) (detail, error) {
		p, _, err := m.poll(poll)
		if err != nil {
			return nil, err
		}
		if _, there := p.Contributions[actor.Index]; there && m.State != Abandoned {
			return nil, errSame
		}
		if _, _, err := m.counting(poll); err != nil {
			return nil, err
		}
		if err := o.verifyContribution(ctx, actor, poll, contribution); err != nil {
			return nil, err
		}
		if err := o.adoptBeside(ctx, poll, p); err != nil {
			return nil, err
		}
		if p.Contributions == nil {
			p.Contributions = map[int]string{}
		}
		p.Contributions[actor.Index] = string(contribution)
		return detail{"election": string(poll)}, nil
	})
	if err != nil {
		return nil, err
	}
	return o.finish(ctx, u)
}

// verifyContribution checks a contribution of the actor to the tally of a box
// whose closing file is signed: the counts of the slips agree, and stay.
func (o *Office) verifyContribution(ctx context.Context, actor staff.Actor, poll ballot.UUID, text []byte) error {
	b, err := o.Boxes.Box(ctx, poll)
	if err != nil {
		return err
	}
	if err := o.countable(ctx, b); err != nil {
		return err
	}
	refused := func(err error) error {
		return &noted{actRefused, detail{"member": itoa(actor.Index), "election": string(poll)}, err}
	}
	c, err := tally.ParseContribution(b.Election(), text)
	if err != nil {
		return refused(fmt.Errorf("%w: %w", tally.ErrPartialDecryption, err))
	}
	if c.Owner != actor.Index {
		return fmt.Errorf("%w: member %d: contributes as member %d", ErrRole, actor.Index, c.Owner)
	}
	product, err := b.Product(ctx)
	if err != nil {
		return err
	}
	trustees, err := tally.ParseTrustees(b.Setup().Trustees)
	if err != nil {
		return err
	}
	if err := c.Verify(b.Election(), trustees, product); err != nil {
		return refused(err)
	}
	return nil
}

// countable is a refusal for a box that must not be counted, or not yet.
func (o *Office) countable(ctx context.Context, b box.Box) error {
	if _, err := b.Attached(ctx, box.Closing); errors.Is(err, box.ErrNotFound) {
		return refuse(ErrReconcile, "closing", "biên bản đóng hòm phiếu chưa đủ hai chữ ký", "the closing file is not signed by two members")
	} else if err != nil {
		return err
	}
	status, err := b.Status(ctx)
	if err != nil {
		return err
	}
	return enough(status.Accepted, b.Setup().Settings.MinBallots)
}

// enough is [ErrTooFewBallots] for fewer ballots than may be decrypted.
func enough(cast, least int) error {
	if cast >= least {
		return nil
	}
	return refuse(ErrTooFewBallots, "", fmt.Sprintf("có %d phiếu, tối thiểu %d mới được kiểm", cast, least), fmt.Sprintf("%d, at least %d", cast, least))
}

// finish counts every poll that has enough contributions, and takes the meeting
// to the state that follows. It finishes what was broken off, too.
func (o *Office) finish(ctx context.Context, u ballot.UUID) (*Meeting, error) {
	load := func() (*Meeting, error) { return o.Meetings.Meeting(ctx, u) }
	entry := audit.Draft{Time: o.Clock(), Meeting: u, Action: string(actCount), Actor: audit.Server}
	m, err := o.take(ctx, load, entry, func(m *Meeting) (detail, error) {
		if m.State == Closed {
			return o.countPapers(ctx, m)
		}
		return o.countRehearsal(ctx, m)
	})
	if err != nil {
		return nil, err
	}
	o.tell(ctx, m)
	return m, nil
}

func (o *Office) countRehearsal(ctx context.Context, m *Meeting) (detail, error) {
	r := m.Rehearsal
	if r == nil || r.Passed || m.inState(Slips, Rehearsed) != nil {
		return nil, errSame
	}
	result, err := o.count(ctx, m, r.UUID, &r.Poll)
	if err != nil {
		return nil, err
	}
	if result == nil {
		return nil, errSame
	}
	if !sameResult(result, r.Expected) {
		return nil, refuse(ErrRehearsal, "", "kết quả tập dượt không đúng với phiếu thử", "the result is not that of the test ballots")
	}
	r.Passed, m.State = true, Rehearsed
	return detail{"rehearsal": string(r.UUID)}, nil
}

func (o *Office) countPapers(ctx context.Context, m *Meeting) (detail, error) {
	for i := range m.Polls {
		result, err := o.count(ctx, m, m.Papers[i].UUID, &m.Polls[i])
		if err != nil {
			return nil, err
		}
		if result == nil {
			return nil, errSame
		}
	}
	m.State = Tallied
	return detail{"papers": itoa(len(m.Papers))}, nil
}

// count returns the result of a poll, or nil while contributions are missing.
// The contributions are taken in the order of the members.
func (o *Office) count(ctx context.Context, m *Meeting, u ballot.UUID, p *Poll) (tally.Result, error) {
	if len(p.Contributions) < m.Ceremony.Threshold {
		return nil, nil
	}
	b, err := o.Boxes.Box(ctx, u)
	if err != nil {
		return nil, err
	}
	if status, err := b.Status(ctx); err != nil || status.State == box.Tallied {
		if err != nil {
			return nil, err
		}
		return readResult(ctx, b)
	}
	var list []tally.Contribution
	for _, member := range slices.Sorted(maps.Keys(p.Contributions)) {
		c, err := tally.ParseContribution(b.Election(), []byte(p.Contributions[member]))
		if err != nil {
			return nil, err
		}
		list = append(list, *c)
	}
	result, bad, err := Count(ctx, b, list)
	return result, errors.Join(append(bad, err)...)
}

// readResult reads the result of a counted box: the data before its last event.
func readResult(ctx context.Context, b box.Box) (tally.Result, error) {
	status, err := b.Status(ctx)
	if err != nil {
		return nil, err
	}
	if status.State != box.Tallied {
		return nil, fmt.Errorf("result: %w: %s", box.ErrState, status.State)
	}
	files, err := b.Files(ctx, status.Files.Files-2, 1)
	if err != nil || len(files) == 0 {
		return nil, errors.Join(err, box.ErrCorrupt)
	}
	return tally.ParseResult(files[0].Content)
}

// Result returns the result of a poll that has been counted. Before it is
// published, that of a paper is for chair and board alone.
func (o *Office) Result(ctx context.Context, actor staff.Actor, u, poll ballot.UUID) (tally.Result, error) {
	m, err := o.load(ctx, actor, u, ActView)
	if err != nil {
		return nil, err
	}
	b, err := o.pollBox(ctx, m, poll)
	if err != nil {
		return nil, err
	}
	status, err := b.Status(ctx)
	if err != nil {
		return nil, err
	}
	if !status.Published && !m.Counts(actor) && !b.Setup().Settings.Rehearsal {
		return nil, fmt.Errorf("%w: %s: result before publication", ErrRole, actor.Role)
	}
	return readResult(ctx, b)
}

// Resume finishes, when the server starts, what a kill broke off between two
// writes: a poll for which enough contributions are there is counted, and the
// public log is told what it does not say yet, if it takes anything.
func (o *Office) Resume(ctx context.Context) error {
	all, err := o.Meetings.Meetings(ctx)
	if err != nil {
		return err
	}
	var faults []error
	for _, m := range all {
		if _, err := o.finish(ctx, m.UUID); err != nil {
			faults = append(faults, fmt.Errorf("meeting %s: %w", m.UUID, err))
		}
	}
	return errors.Join(faults...)
}
