package round

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/staff"
)

// audiences are in the order in which they grow.
var audiences = []meeting.Audience{meeting.AudienceMeeting, meeting.AudienceAgency, meeting.AudiencePublic}

// Publish releases a record to an audience. What others get is printed for them:
// without threshold groups, and without the numbers of polls of few ballots.
// Where all ballots of another poll say the same of a person, everybody's vote on
// that person becomes known: it is [meeting.ErrUnanimous] unless the officer
// knows. A record that packages have overtaken is [ErrStale]: it is printed again
// first. An audience only grows; there is no way back.
func (o *Office) Publish(ctx context.Context, actor staff.Actor, u ballot.UUID, number int, to meeting.Audience, knowing bool) (*Record, error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	if !slices.Contains(audiences, to) {
		return nil, refusal(meeting.ErrAudience, "audience", "chưa chọn công bố cho ai", "none chosen")
	}
	o.printing.Lock()
	defer o.printing.Unlock()
	r, err := o.record(ctx, u, number)
	if err != nil {
		return nil, err
	}
	if r.Release != nil && slices.Index(audiences, r.Release.Audience) >= slices.Index(audiences, to) {
		return r, nil
	}
	if err := o.printPublic(ctx, u, r, knowing); err != nil {
		return nil, err
	}
	r.Release = &meeting.Release{Audience: to, Time: o.Clock().UTC()}
	return r, o.Store.SaveRecord(ctx, u, *r, o.draft(actor.Audit(), "round.publish", detail{
		"round": string(u), "record": fmt.Sprint(number), "audience": string(to), "hidden": fmt.Sprint(r.Hidden),
	}))
}

// printPublic makes the files of a record as others get them, if they are not
// there, and refuses what may not be released, whether they are or not.
func (o *Office) printPublic(ctx context.Context, u ballot.UUID, r *Record, knowing bool) error {
	in, err := o.input(ctx, u)
	if err != nil {
		return err
	}
	if !slices.Equal(hashes(in.Polls), r.Packages) {
		return refusal(ErrStale, "record", "từ khi in đã có gói mới hoặc gói đính chính; hãy in lại rồi công bố bản mới",
			"packages have come since it was printed; print it again and publish the new one")
	}
	in.AsOf, in.Public = r.AsOf, true
	c := Consolidate(in)
	if who := c.Unanimous(0); len(who) > 0 && !knowing {
		return refusal(meeting.ErrUnanimous, "unanimous", who[0]+": mọi phiếu giống nhau, nên ai cũng biết từng người đã ghi mức nào",
			who[0]+": all ballots are the same, so everybody's vote is known")
	}
	if r.Public == nil {
		r.Hidden = c.Suppressed
		r.Public, err = o.print(ctx, c)
	}
	return err
}

// Published returns a round and those of its records that everybody may see; it
// is for everybody.
func (o *Office) Published(ctx context.Context, u ballot.UUID) (*Round, []Record, error) {
	r, err := o.Store.Round(ctx, u)
	if err != nil {
		return nil, nil, err
	}
	records, err := o.Store.Records(ctx, u)
	return r, slices.DeleteFunc(records, func(r Record) bool { return !r.public() }), err
}

func (r *Record) public() bool {
	return r.Release != nil && r.Release.Audience == meeting.AudiencePublic
}

// PublishedFile returns a file of a record that was released to the public, as
// everybody gets it, or box.ErrNotFound; it is for everybody.
func (o *Office) PublishedFile(ctx context.Context, u ballot.UUID, number int, name string) (*meeting.Printed, error) {
	r, err := o.record(ctx, u, number)
	if errors.Is(err, ErrNoRound) || err == nil && !r.public() {
		return nil, fmt.Errorf("record %d: %w", number, box.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return o.releasedFile(ctx, r, name)
}

// ReleasedFile returns a file of a record as those to whom it was released get
// it: for an officer to hand over.
func (o *Office) ReleasedFile(ctx context.Context, actor staff.Actor, u ballot.UUID, number int, name string) (*meeting.Printed, error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	r, err := o.record(ctx, u, number)
	if err != nil {
		return nil, err
	}
	return o.releasedFile(ctx, r, name)
}

func (o *Office) releasedFile(ctx context.Context, r *Record, name string) (*meeting.Printed, error) {
	f, err := printed(r.Public, name)
	if err != nil {
		return nil, err
	}
	return o.open(ctx, f)
}
