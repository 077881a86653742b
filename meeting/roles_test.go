package meeting_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/staff"
)

// allowed is who may do what: secretary, chair, member, auditor. The
// administrator may do nothing with meetings.
var allowed = map[meeting.Action]string{
	meeting.ActView:        "SCMA",
	meeting.ActCreate:      "S",
	meeting.ActPlan:        "S",
	meeting.ActPeople:      "S",
	meeting.ActDocuments:   "S",
	meeting.ActBoard:       "S",
	meeting.ActPrepare:     "S",
	meeting.ActAssign:      "S",
	meeting.ActNotice:      "S",
	meeting.ActSeats:       "S",
	meeting.ActAttendance:  "SC",
	meeting.ActStartKeys:   "S",
	meeting.ActCeremony:    "M",
	meeting.ActDrawUp:      "S",
	meeting.ActUploadSlips: "M",
	meeting.ActRehearse:    "S",
	meeting.ActSeal:        "C",
	meeting.ActApprove:     "SC",
	meeting.ActDesk:        "M",
	meeting.ActIssued:      "M",
	meeting.ActUsed:        "M",
	meeting.ActOpen:        "C",
	meeting.ActClose:       "M",
	meeting.ActSignClosing: "M",
	meeting.ActContribute:  "M",
	meeting.ActPublish:     "C",
	meeting.ActFiling:      "SCM",
	meeting.ActPrint:       "CM",
	meeting.ActReturn:      "SCM",
	meeting.ActDiscard:     "C",
	meeting.ActSign:        "CM",
	meeting.ActPack:        "SC",
	meeting.ActCompare:     "SC",
	meeting.ActSend:        "SC",
	meeting.ActReceipt:     "SC",
	meeting.ActAbandon:     "CM",
	meeting.ActNewVersion:  "S",
}

var letters = map[staff.Role]string{
	staff.Administrator: "-", staff.Secretary: "S", staff.Chair: "C", staff.Member: "M", staff.Auditor: "A",
}

// steps take every step that an Office has, with arguments that do no more than
// be refused.
var steps = map[string]struct {
	action meeting.Action
	take   func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) error
}{
	"get": {meeting.ActView, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) error {
		_, err := o.Get(ctx, who, u)
		return err
	}},
	"closing file": {meeting.ActView, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) error {
		_, err := o.ClosingFile(ctx, who, u, u)
		return err
	}},
	"result": {meeting.ActView, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) error {
		_, err := o.Result(ctx, who, u, u)
		return err
	}},
	"plan": step(meeting.ActPlan, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.SetPlan(ctx, who, u, meeting.Plan{})
	}),
	"people": step(meeting.ActPeople, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.SetPeople(ctx, who, u, nil, nil)
	}),
	"add document": step(meeting.ActDocuments, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.AddDocument(ctx, who, u, "", "", "", nil)
	}),
	"remove document": step(meeting.ActDocuments, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.RemoveDocument(ctx, who, u, "", "")
	}),
	"board": step(meeting.ActBoard, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.SetBoard(ctx, who, u, nil)
	}),
	"prepared": step(meeting.ActPrepare, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.SetPrepared(ctx, who, u, "", "")
	}),
	"assign": step(meeting.ActAssign, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.Assign(ctx, who, u, &meeting.Assignment{})
	}),
	"note before": step(meeting.ActAssign, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.NoteBefore(ctx, who, u, "", nil)
	}),
	"notice": step(meeting.ActNotice, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.Notify(ctx, who, u, meeting.ByFile)
	}),
	"pack": step(meeting.ActPack, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.Pack(ctx, who, u, u, "")
	}),
	"send": step(meeting.ActSend, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.Send(ctx, who, u, "", meeting.ByFile)
	}),
	"compare": step(meeting.ActCompare, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.Compare(ctx, who, u, "")
	}),
	"package file": {meeting.ActSend, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) error {
		_, err := o.PackageFile(ctx, who, u, "")
		return err
	}},
	"receipt": step(meeting.ActReceipt, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.TakeReceipt(ctx, who, u, nil)
	}),
	"attendance": step(meeting.ActAttendance, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.SetAttendance(ctx, who, u, meeting.Attendance{Summoned: -1})
	}),
	"keys": step(meeting.ActStartKeys, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.StartKeys(ctx, who, u, -1)
	}),
	"ceremony": step(meeting.ActCeremony, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.CeremonyMessage(ctx, who, u, nil)
	}),
	"papers": step(meeting.ActDrawUp, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.DrawUp(ctx, who, u)
	}),
	"slips": step(meeting.ActUploadSlips, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.UploadSlips(ctx, who, u, nil)
	}),
	"rehearsal": step(meeting.ActRehearse, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.StartRehearsal(ctx, who, u)
	}),
	"seal": step(meeting.ActSeal, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.Seal(ctx, who, u)
	}),
	"approve": step(meeting.ActApprove, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.Approve(ctx, who, u, nil)
	}),
	"desk": step(meeting.ActDesk, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.Desk(ctx, who, u, "", nil)
	}),
	"issued": step(meeting.ActIssued, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.EnterIssued(ctx, who, u, -1)
	}),
	"used": step(meeting.ActUsed, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.ReportUsed(ctx, who, u, "")
	}),
	"open": step(meeting.ActOpen, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.Open(ctx, who, u)
	}),
	"close": step(meeting.ActClose, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.Close(ctx, who, u)
	}),
	"sign": step(meeting.ActSignClosing, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.SignClosing(ctx, who, u, u, who.Index, nil)
	}),
	"contribute": step(meeting.ActContribute, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.Contribute(ctx, who, u, u, nil)
	}),
	"publish": step(meeting.ActPublish, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.Publish(ctx, who, u, meeting.AudienceMeeting, true)
	}),
	"outcome": {meeting.ActView, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) error {
		_, err := o.Outcome(ctx, who, u, u)
		return err
	}},
	"file": {meeting.ActView, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) error {
		_, err := o.PrintedFile(ctx, who, u, u, "", meeting.LatestVersion)
		return err
	}},
	"filing": step(meeting.ActFiling, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.SetFiling(ctx, who, u, meeting.Filing{Copies: -1})
	}),
	"print": step(meeting.ActPrint, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.Print(ctx, who, u)
	}),
	"return": step(meeting.ActReturn, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.Return(ctx, who, u, u, "", nil)
	}),
	"discard": step(meeting.ActDiscard, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.Discard(ctx, who, u, u, "")
	}),
	"end": step(meeting.ActSign, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.Sign(ctx, who, u, true)
	}),
	"abandon": step(meeting.ActAbandon, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.AskAbandon(ctx, who, u, "")
	}),
	"version": step(meeting.ActNewVersion, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) (*meeting.Meeting, error) {
		return o.NewVersion(ctx, who, u)
	}),
}

type taken = struct {
	action meeting.Action
	take   func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) error
}

func step(a meeting.Action, take func(context.Context, *meeting.Office, staff.Actor, ballot.UUID) (*meeting.Meeting, error)) taken {
	return taken{a, func(ctx context.Context, o *meeting.Office, who staff.Actor, u ballot.UUID) error {
		_, err := take(ctx, o, who, u)
		return err
	}}
}

// Every role tries every step: it is refused for the role exactly when the table
// says so, and the table of the package is this one.
func TestRoles(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	before := r.get().Revision
	tried := map[meeting.Action]bool{meeting.ActCreate: true, meeting.ActSeats: true}
	for name, s := range steps {
		tried[s.action] = true
		for _, who := range []staff.Actor{administrator, secretary, r.chair(), r.member(2), r.auditor()} {
			may := strings.Contains(allowed[s.action], letters[who.Role])
			if meeting.May(who.Role, s.action) != may {
				t.Errorf("%s may %s: %v", who.Role, s.action, !may)
			}
			if err := s.take(t.Context(), r.office, who, r.u); errors.Is(err, meeting.ErrRole) == may {
				t.Errorf("%s by %s: %v", name, who.Role, err)
			}
		}
	}
	if after := r.get().Revision; after != before {
		t.Errorf("revision %d, was %d", after, before)
	}
	for _, a := range meeting.Actions() {
		if !tried[a] || allowed[a] == "" {
			t.Errorf("%s: not tried", a)
		}
	}
}

// Who does not belong to the meeting is refused every step: the seat of another
// meeting, a seat of none, and a member who is not on the board.
func TestOtherSeats(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	var others []staff.Actor
	for role := range letters {
		others = append(others, staff.Actor{Role: role, Meeting: ballot.NewUUID(), Index: 1})
		if role != staff.Secretary && role != staff.Administrator {
			others = append(others, staff.Actor{Role: role, Index: 1})
		}
	}
	for name, s := range steps {
		for _, who := range others {
			if err := s.take(t.Context(), r.office, who, r.u); !errors.Is(err, meeting.ErrRole) {
				t.Errorf("%s by %s of %q: %v", name, who.Role, who.Meeting, err)
			}
		}
		for _, index := range []int{-1, 0, len(someBoard) + 1} {
			err := s.take(t.Context(), r.office, r.member(index), r.u)
			if s.action != meeting.ActView && !errors.Is(err, meeting.ErrRole) {
				t.Errorf("%s by member %d: %v", name, index, err)
			}
		}
	}
}

func TestCreateAndList(t *testing.T) {
	r := newRoom(t)
	for role := range letters {
		_, err := r.office.Create(t.Context(), staff.Actor{Role: role}, meeting.Plan{Title: "Hội nghị"})
		if role == staff.Secretary {
			r.ok(err)
		} else {
			r.refused(err, meeting.ErrRole)
		}
		_, err = r.office.List(t.Context(), staff.Actor{Role: role})
		if role == staff.Secretary {
			r.ok(err)
		} else {
			r.refused(err, meeting.ErrRole)
		}
	}
	_, err := r.office.Create(t.Context(), staff.Actor{Role: staff.Secretary, Meeting: ballot.NewUUID()}, meeting.Plan{Title: "Hội nghị"})
	r.refused(err, meeting.ErrRole)
	r.prepare()
	all, err := r.office.List(t.Context(), secretary)
	if err != nil || len(all) != 2 {
		t.Errorf("%d meetings, %v", len(all), err)
	}
	own, err := r.office.List(t.Context(), r.auditor())
	if err != nil || len(own) != 1 || own[0].UUID != r.u {
		t.Errorf("%v, %v", own, err)
	}
	_, err = r.office.List(t.Context(), staff.Actor{Role: staff.Chair, Meeting: ballot.NewUUID()})
	r.refused(err, meeting.ErrNoMeeting)
	_, err = r.office.Get(t.Context(), secretary, ballot.NewUUID())
	r.refused(err, meeting.ErrNoMeeting)
}

// Whom the meeting has replaced takes no step any more, and may look.
func TestReplacedMember(t *testing.T) {
	r := reach(t, meeting.Sealed)
	r.approve(2)
	for name, s := range steps {
		if !strings.Contains(allowed[s.action], "M") {
			continue
		}
		if err := s.take(t.Context(), r.office, r.member(2), r.u); s.action != meeting.ActView && !errors.Is(err, meeting.ErrRole) {
			t.Errorf("%s by a replaced member: %v", name, err)
		}
	}
	_, err := r.office.Get(t.Context(), r.member(2), r.u)
	r.ok(err)
}

// A seat is for the person it was made for: when plan or board name somebody
// else, its holder takes no step any more, and may look.
func TestSeatOfAnotherPerson(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	chair, second, third := r.chair(), r.member(2), r.member(3)
	plan, board := somePlan, slices.Clone(someBoard)
	plan.Chair, board[1].Name = "Ngô Thị Hà", "Ngô Văn Bình"
	r.do(func() (*meeting.Meeting, error) { return r.office.SetPlan(t.Context(), secretary, r.u, plan) })
	r.do(func() (*meeting.Meeting, error) { return r.office.SetBoard(t.Context(), secretary, r.u, board) })
	for name, s := range steps {
		for _, who := range []staff.Actor{chair, second} {
			if err := s.take(t.Context(), r.office, who, r.u); s.action != meeting.ActView && !errors.Is(err, meeting.ErrRole) {
				t.Errorf("%s by %s, who is not %s any more: %v", name, who.Name, who.Role, err)
			}
		}
	}
	for _, who := range []staff.Actor{chair, second} {
		m, err := r.office.Get(t.Context(), who, r.u)
		if r.ok(err); m.Counts(who) {
			t.Errorf("%s counts", who.Name)
		}
	}
	chair.Name, second.Name = plan.Chair, board[1].Name
	for _, who := range []staff.Actor{chair, second, third} {
		r.abandon(who, "Mất điện")
	}
	r.state(meeting.Abandoned)
}

// Whom the meeting has replaced knows a result when everybody may.
func TestResultForReplacedMember(t *testing.T) {
	r := reach(t, meeting.Sealed)
	r.approve(3)
	r.attend(summoned, present)
	r.bring(meeting.DeskUnissued, 7, 8, 9)
	r.open()
	r.castAll(0, 0, 1, 2, 3, 4, 5)
	r.close(1, 2)
	r.issued(present, 1, 2)
	polls := r.get().Papers
	for _, p := range polls {
		r.sign(p.UUID, 1, 2)
		r.contribute(p.UUID, 1)
		r.contribute(p.UUID, 2)
	}
	r.state(meeting.Tallied)
	_, err := r.office.Result(t.Context(), r.member(2), r.u, polls[0].UUID)
	r.ok(err)
	_, err = r.office.Result(t.Context(), r.member(3), r.u, polls[0].UUID)
	r.refused(err, meeting.ErrRole)
	_, err = r.office.Publish(t.Context(), r.chair(), r.u, meeting.AudienceMeeting, true)
	r.ok(err)
	_, err = r.office.Result(t.Context(), r.member(3), r.u, polls[0].UUID)
	r.ok(err)
}
