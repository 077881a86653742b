package meeting

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/staff"
)

// An Office takes the steps of meetings. It is safe for concurrent use.
//
// Every step asks first whether the actor may take it, and is [ErrRole]
// otherwise. It is done in one piece with its entry in the audit log: first what
// it does to boxes, each operation of which may be repeated, then the record, so
// that a step that was broken off is finished by taking it again. A step that
// has been taken already is no error and changes nothing. All steps return the
// meeting as it is afterwards.
type Office struct {
	Meetings Store
	Boxes    box.Store
	Clock    func() time.Time
	Press    Press // of papers; without one nothing is printed
	Log      Log   // the public log; nil keeps none
	// Packer makes packages for a superior, and Courier carries them over the
	// network; nil makes none, and leaves the carrying to people.
	Packer  Packer
	Courier Courier

	// closings are the closed entries of polls: what is signed does not change.
	closings sync.Map

	// looked is set when the public log was found to say everything of all
	// meetings.
	looked atomic.Bool

	// locks keep the boxes and the record of a meeting together within this
	// process: no slip is voided while the closing file is signed. Meetings
	// share them by the hash of their name.
	locks [64]sync.Mutex
}

// maxTries is how often a step is taken again when the record has changed in
// the meantime.
const maxTries = 5

// detail is what the audit log says of a step besides its name.
type detail = map[string]string

// A change applies a step to a meeting. It must leave m alone when it returns
// an error, unless that is a noted one.
type change func(m *Meeting) (detail, error)

// step takes a step of the meeting u in the name of the actor.
func (o *Office) step(ctx context.Context, actor staff.Actor, u ballot.UUID, action Action, apply change) (*Meeting, error) {
	load := func() (*Meeting, error) { return o.load(ctx, actor, u, action) }
	m, err := o.take(ctx, load, o.draft(actor, u, action), apply)
	if err != nil {
		return nil, err
	}
	o.tell(ctx, m)
	return m, nil
}

// take loads a meeting, applies the change and saves it with the entry.
func (o *Office) take(ctx context.Context, load func() (*Meeting, error), entry audit.Draft, apply change) (*Meeting, error) {
	lock := o.lock(entry.Meeting)
	lock.Lock()
	defer lock.Unlock()
	for range maxTries {
		m, err := load()
		if err != nil {
			return nil, err
		}
		done := entry
		done.Detail, err = apply(m)
		if errors.Is(err, errSame) {
			return m, nil
		}
		note := new(noted)
		if errors.As(err, &note) {
			done.Action, done.Detail = string(note.action), note.detail
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", entry.Action, err)
		}
		switch saved := o.Meetings.Save(ctx, m, done); {
		case errors.Is(saved, ErrRevision):
		case saved != nil:
			return nil, fmt.Errorf("%s: %w", entry.Action, saved)
		case err != nil:
			return nil, fmt.Errorf("%s: %w", entry.Action, err)
		default:
			return m, nil
		}
	}
	return nil, fmt.Errorf("%s: %w", entry.Action, ErrRevision)
}

func (o *Office) lock(u ballot.UUID) *sync.Mutex {
	h := fnv.New32a()
	h.Write([]byte(u))
	return &o.locks[h.Sum32()%uint32(len(o.locks))]
}

// draft is the entry of the audit log about a step, without its detail.
func (o *Office) draft(actor staff.Actor, u ballot.UUID, action Action) audit.Draft {
	who := audit.Actor{Role: string(actor.Role), Name: actor.Name, ID: actor.ID}
	return audit.Draft{Time: o.Clock(), Meeting: u, Action: string(action), Actor: who}
}

// load returns the meeting if the actor may take the step.
func (o *Office) load(ctx context.Context, actor staff.Actor, u ballot.UUID, action Action) (*Meeting, error) {
	if err := admit(actor, u, action); err != nil {
		return nil, err
	}
	m, err := o.Meetings.Meeting(ctx, u)
	if err != nil {
		return nil, err
	}
	if action == ActView {
		return m, nil
	}
	return m, m.sits(actor)
}

// admit is [ErrRole] unless the actor's role may take the step, and the actor
// belongs to the meeting: accounts to all, a seat to its own.
func admit(actor staff.Actor, u ballot.UUID, action Action) error {
	account := actor.Meeting == "" && (actor.Role == staff.Secretary || actor.Role == staff.Administrator)
	seat := actor.Meeting != "" && actor.Meeting == u
	if !May(actor.Role, action) || !(account || seat) {
		return fmt.Errorf("%w: %s: %s", ErrRole, actor.Role, action)
	}
	return nil
}

// sits is [ErrRole] for who has a seat and not the place any more: a chair whom
// the plan does not name, and a member who is not on the board, in whose place
// the board has somebody else, or whom the meeting has replaced. A seat is made
// for a name, and plan and board can change afterwards.
func (m *Meeting) sits(actor staff.Actor) error {
	switch {
	case actor.Role == staff.Chair && actor.Name != m.Plan.Chair:
		return fmt.Errorf("%w: chair: the plan names somebody else", ErrRole)
	case actor.Role != staff.Member:
		return nil
	case actor.Index < 1 || actor.Index > len(m.Board), actor.Name != m.Board[actor.Index-1].Name:
		return fmt.Errorf("%w: member %d: not on the board", ErrRole, actor.Index)
	case m.Board[actor.Index-1].Replaced:
		return fmt.Errorf("%w: member %d: replaced by the meeting", ErrRole, actor.Index)
	}
	return nil
}

// Counts reports whether an officer is one of those who count, and so know a
// result before it is published: the chair, and the members of the board.
func (m *Meeting) Counts(actor staff.Actor) bool {
	return (actor.Role == staff.Chair || actor.Role == staff.Member) && m.sits(actor) == nil
}

// Get returns a meeting.
func (o *Office) Get(ctx context.Context, actor staff.Actor, u ballot.UUID) (*Meeting, error) {
	return o.load(ctx, actor, u, ActView)
}

// List returns the meetings that the actor may see: to an account all, to a
// seat its own.
func (o *Office) List(ctx context.Context, actor staff.Actor) ([]*Meeting, error) {
	if actor.Meeting != "" {
		m, err := o.Get(ctx, actor, actor.Meeting)
		if err != nil {
			return nil, err
		}
		return []*Meeting{m}, nil
	}
	if err := admit(actor, "", ActView); err != nil {
		return nil, err
	}
	return o.Meetings.Meetings(ctx)
}

// Create begins a meeting. The plan may be incomplete, but for its title.
func (o *Office) Create(ctx context.Context, actor staff.Actor, plan Plan) (*Meeting, error) {
	if err := admit(actor, "", ActCreate); err != nil {
		return nil, err
	}
	m := &Meeting{UUID: ballot.NewUUID(), State: Draft, Papers: []Paper{{}}}
	if err := m.setPlan(plan); err != nil {
		return nil, fmt.Errorf("%s: %w", ActCreate, err)
	}
	entry := o.draft(actor, m.UUID, ActCreate)
	entry.Detail = detail{"title": m.Plan.Title}
	if err := o.Meetings.Save(ctx, m, entry); err != nil {
		return nil, err
	}
	return m, nil
}

// inState is [ErrState] unless the meeting is in one of the states.
func (m *Meeting) inState(states ...State) error {
	if slices.Contains(states, m.State) {
		return nil
	}
	name := m.State.Name()
	return refuse(ErrState, "", "cuộc họp đang ở trạng thái: "+name.Vi, "the meeting is: "+name.En)
}

// before is [ErrState] unless the meeting is in a state before s.
func (m *Meeting) before(s State) error {
	return m.inState(order[:slices.Index(order, s)]...)
}

// Name returns the state's name as people read it.
func (s State) Name() Text { return stateNames[s] }

var stateNames = map[State]Text{
	Draft:     {"đang soạn thảo", "draft"},
	Keys:      {"Ban kiểm phiếu tạo khóa", "the board makes its keys"},
	Slips:     {"làm phiếu và tập dượt", "slips and rehearsal"},
	Rehearsed: {"đã tập dượt", "rehearsed"},
	Sealed:    {"đã niêm phong, chưa mở bỏ phiếu", "sealed, not open yet"},
	Open:      {"đang bỏ phiếu", "open"},
	Closed:    {"đã đóng, chờ kiểm phiếu", "closed, to be counted"},
	Tallied:   {"đã kiểm phiếu", "counted"},
	Signed:    {"đã ký biên bản", "minutes signed"},
	Abandoned: {"đã hủy", "abandoned"},
}

func itoa(n int) string { return strconv.Itoa(n) }
