package meeting

import (
	"context"
	"errors"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting/staff"
)

// Audience is for whom a result is released. The chair decides it; Quy định
// 96-QĐ/TW says "công khai theo quy định".
type Audience string

// The audiences.
const (
	AudienceMeeting Audience = "meeting" // who is in the room
	AudienceAgency  Audience = "agency"  // the agency's people
	AudiencePublic  Audience = "public"  // everybody
)

// A Release is when, and for whom, the chair released the result.
type Release struct {
	Audience Audience  `json:"audience"`
	Time     time.Time `json:"time"`
}

// ErrUnanimous is returned for a result from which everybody can tell how all
// voted on a person, unless the chair has said to know it.
var ErrUnanimous = errors.New("publication: all ballots say the same of a person")

// ErrAudience is returned for an audience that there is not.
var ErrAudience = errors.New("publication: no such audience")

// Publish releases the result of every paper to an audience. Where all ballots
// say the same of a person, everybody's vote on that person becomes known: it
// is [ErrUnanimous] unless the chair knows. Where the public log is required,
// it is [ErrUnlogged] until witnesses have seen there how the poll was closed
// and that it was counted.
func (o *Office) Publish(ctx context.Context, actor staff.Actor, u ballot.UUID, to Audience, knowing bool) (*Meeting, error) {
	return o.step(ctx, actor, u, ActPublish, func(m *Meeting) (detail, error) {
		if m.Published {
			return nil, errSame
		}
		if err := m.inState(Tallied, Signed); err != nil {
			return nil, err
		}
		if to != AudienceMeeting && to != AudienceAgency && to != AudiencePublic {
			return nil, refuse(ErrAudience, "audience", "chưa chọn công bố cho ai", "none chosen")
		}
		if err := o.mayRelease(ctx, m, knowing); err != nil {
			return nil, err
		}
		if err := o.logged(ctx, m); err != nil {
			return nil, err
		}
		m.Published, m.Release = true, &Release{to, o.Clock()}
		return detail{"papers": itoa(len(m.Papers)), "audience": string(to)}, o.eachBox(ctx, m, box.Box.Publish)
	})
}

// mayRelease is [ErrUnanimous], naming a person, for a result that tells how
// everybody voted.
func (o *Office) mayRelease(ctx context.Context, m *Meeting, knowing bool) error {
	for i := range m.Papers {
		outcome, err := o.outcome(ctx, m, i)
		if err != nil {
			return err
		}
		for _, p := range outcome.People {
			if p.Unanimous() && !knowing {
				return refuse(ErrUnanimous, "unanimous", p.Label()+": mọi phiếu giống nhau, nên ai cũng biết từng người đã ghi mức nào",
					p.Label()+": all ballots are the same, so everybody's vote is known")
			}
		}
	}
	return nil
}
