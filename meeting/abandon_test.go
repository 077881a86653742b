package meeting_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/staff"
)

func (r *room) abandon(who staff.Actor, reason string) {
	r.Helper()
	r.do(func() (*meeting.Meeting, error) { return r.office.AskAbandon(r.Context(), who, r.u, reason) })
}

// A meeting is abandoned, in every state, by its chair and two members, in any
// order; then nothing is taken and nothing is decrypted.
func TestAbandon(t *testing.T) {
	for _, state := range []meeting.State{
		meeting.Draft, meeting.Keys, meeting.Slips, meeting.Rehearsed, meeting.Sealed, meeting.Open, meeting.Closed, meeting.Tallied,
	} {
		t.Run(string(state), func(t *testing.T) {
			r := reach(t, state)
			r.mode = doubled
			_, err := r.office.AskAbandon(t.Context(), r.member(2), r.u, " ")
			r.refusedField(err, meeting.ErrReason, "reason")
			r.abandon(r.member(2), " Mất  mạng ")
			r.abandon(r.chair(), "")
			r.state(state)
			r.abandon(r.member(3), "khác")
			r.state(meeting.Abandoned)
			want := meeting.Abandonment{Reason: "Mất mạng", Chair: true, Members: []int{2, 3}, From: state}
			if m := r.get(); !reflect.DeepEqual(*m.Abandon, want) || m.HasBoxes() != (len(m.Polls) > 0) {
				t.Errorf("%+v", m.Abandon)
			}
			r.abandon(r.member(1), "") // there is nothing left to ask for
			for name, s := range steps {
				if name == "get" || name == "closing file" || name == "result" || name == "abandon" || name == "version" {
					continue
				}
				for _, who := range []staff.Actor{secretary, r.chair(), r.member(1)} {
					if meeting.May(who.Role, s.action) && s.take(t.Context(), r.office, who, r.u) == nil {
						t.Errorf("%s by %s", name, who.Role)
					}
				}
			}
			statuses, err := r.office.Statuses(t.Context(), r.get())
			r.ok(err)
			for u, s := range statuses {
				if s.State == box.Open {
					t.Errorf("box %s is open", u)
				}
			}
		})
	}
}

// Two members without the chair, or the chair with one, do not abandon.
func TestAbandonNeedsAll(t *testing.T) {
	r := reach(t, meeting.Open)
	r.abandon(r.member(1), "Mất điện")
	r.abandon(r.member(2), "")
	r.abandon(r.member(3), "")
	r.state(meeting.Open)
	r.ok(r.cast(0, 0, 0))
	r.abandon(r.chair(), "")
	r.state(meeting.Abandoned)
	r.refused(r.cast(1, 0, 0), ballot.ErrClosed)

	r = reach(t, meeting.Open)
	r.abandon(r.chair(), "Mất điện")
	r.abandon(r.chair(), "")
	r.abandon(r.member(1), "")
	r.abandon(r.member(1), "")
	r.state(meeting.Open)
}

// What somebody asked falls when the meeting replaces them, or when plan or board
// name somebody else.
func TestAbandonFallsWithThePlace(t *testing.T) {
	r := reach(t, meeting.Sealed)
	r.abandon(r.member(2), "Mất điện")
	r.approve(2)
	if a := r.get().Abandon; a != nil {
		t.Errorf("%+v", a)
	}
	r.abandon(r.chair(), "Mất điện")
	r.abandon(r.member(1), "")
	r.state(meeting.Sealed)
	r.abandon(r.member(3), "")
	r.state(meeting.Abandoned)

	r = newRoom(t)
	r.prepare()
	larger := append(slices.Clone(someBoard), meeting.BoardMember{Name: "Ngô Văn Bình", Office: meeting.Ordinary})
	setBoard := func(board []meeting.BoardMember) {
		r.do(func() (*meeting.Meeting, error) { return r.office.SetBoard(t.Context(), secretary, r.u, board) })
	}
	setBoard(larger)
	fourth := r.member(4)
	fourth.Name = larger[3].Name
	r.abandon(fourth, "Mất điện")
	r.abandon(r.chair(), "")
	setBoard(someBoard)
	if a := r.get().Abandon; a == nil || !a.Chair || len(a.Members) != 0 {
		t.Errorf("%+v", a)
	}
	plan := somePlan
	plan.Chair = "Ngô Thị Hà"
	r.do(func() (*meeting.Meeting, error) { return r.office.SetPlan(t.Context(), secretary, r.u, plan) })
	if a := r.get().Abandon; a != nil {
		t.Errorf("%+v", a)
	}
}

// Boxes that were opened before a kill are closed although the record says that
// they are sealed.
func TestAbandonClosesWhatIsOpen(t *testing.T) {
	r := reach(t, meeting.Sealed)
	r.approve()
	r.attend(summoned, summoned)
	r.use(&faultyRecords{Store: r.store, mode: notSaved}, r.store)
	_, err := r.office.Open(t.Context(), r.chair(), r.u)
	r.refused(err, errStopped)
	r.use(r.store, r.store)
	r.state(meeting.Sealed)
	r.ok(r.cast(0, 0, 0))
	r.abandon(r.chair(), "Mất điện")
	r.abandon(r.member(1), "")
	r.abandon(r.member(2), "")
	r.refused(r.cast(1, 0, 0), ballot.ErrClosed)
}

// After two contributions are there, but not counted, an abandoned meeting is
// not counted either.
func TestAbandonedIsNotCounted(t *testing.T) {
	r := reach(t, meeting.Closed)
	r.issued(present, 1, 2)
	for _, p := range r.get().Papers {
		r.sign(p.UUID, 1, 2)
	}
	r.contribute(r.get().Papers[0].UUID, 1)
	r.abandon(r.chair(), "Có người khiếu nại")
	r.abandon(r.member(1), "")
	r.abandon(r.member(2), "")
	u := r.get().Papers[0].UUID
	_, err := r.office.Contribute(t.Context(), r.member(2), r.u, u, r.contribution(u, 2))
	r.refused(err, meeting.ErrState)
	r.restart()
	b, err := r.store.Box(t.Context(), u)
	r.ok(err)
	if s, err := b.Status(t.Context()); err != nil || s.State != box.Closed {
		t.Errorf("%s, %v", s.State, err)
	}
}

// Nobody abandons what is published, not even what was published by a step that
// was broken off before the record said so.
func TestPublishedIsNotAbandoned(t *testing.T) {
	r := reach(t, meeting.Tallied)
	r.abandon(r.member(1), "Có người khiếu nại")
	r.use(&faultyRecords{Store: r.store, mode: notSaved}, r.store)
	_, err := r.office.Publish(t.Context(), r.chair(), r.u, meeting.AudienceMeeting, true)
	r.refused(err, errStopped)
	r.use(r.store, r.store)
	for range 2 {
		for _, who := range []staff.Actor{r.chair(), r.member(1), r.member(2)} {
			_, err := r.office.AskAbandon(t.Context(), who, r.u, "Có người khiếu nại")
			r.refused(err, meeting.ErrPublished)
		}
		r.state(meeting.Tallied)
		r.do(func() (*meeting.Meeting, error) {
			return r.office.Publish(t.Context(), r.chair(), r.u, meeting.AudienceMeeting, true)
		})
	}
	if m := r.get(); !m.Published || m.Abandon.Chair || len(m.Abandon.Members) != 1 {
		t.Errorf("%+v", m.Abandon)
	}
}

// A new version is a draft with a name of its own that has plan, persons with
// their documents, papers, board, list and where its papers go; presence, hours,
// keys and slips begin anew.
func TestNewVersion(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	pdf := []byte("%PDF-1.7 …")
	_, err := r.office.AddDocument(t.Context(), secretary, r.u, r.get().People[0].ID, "report", "Báo cáo", pdf)
	r.ok(err)
	_, err = r.office.SetPrepared(t.Context(), secretary, r.u, "dossier", "2026-11-20")
	r.ok(err)
	r.makeKeys()
	r.makeSlips(printed)
	r.rehearse(1, 2)
	r.seal()
	r.approve(2)
	list := meeting.Attendance{List: []meeting.Attendee{{Name: "Ánh", Present: true}, {Name: "Đạt", Reason: "ốm"}}}
	_, err = r.office.SetAttendance(t.Context(), secretary, r.u, list)
	r.ok(err)
	filing := meeting.Filing{Place: "Lâm Đồng", Date: "2026-12-11", Began: "10:00", Ended: "10:25", Copies: 4, Recipients: []string{"Lưu VP"}}
	_, err = r.office.SetFiling(t.Context(), secretary, r.u, filing)
	r.ok(err)
	_, err = r.office.NewVersion(t.Context(), secretary, r.u)
	r.refused(err, meeting.ErrState)
	r.abandon(r.chair(), "Mất điện")
	r.abandon(r.member(1), "")
	r.abandon(r.member(3), "")

	old := r.get()
	v, err := r.office.NewVersion(t.Context(), secretary, r.u)
	r.ok(err)
	again, err := r.office.NewVersion(t.Context(), secretary, r.u)
	if r.ok(err); again.UUID != v.UUID || again.Revision != v.Revision {
		t.Errorf("a second version %s of %s", again.UUID, v.UUID)
	}
	want := &meeting.Meeting{
		UUID: v.UUID, Revision: 1, State: meeting.Draft, Before: r.u, Plan: old.Plan, People: old.People,
		Papers: []meeting.Paper{{Title: somePapers[0]}, {Title: somePapers[1]}}, Board: someBoard,
		Attendance: meeting.Attendance{List: []meeting.Attendee{{Name: "Ánh"}, {Name: "Đạt"}}, Summoned: 2}, Prepared: old.Prepared,
		Filing: meeting.Filing{Place: "Lâm Đồng", Copies: 4, Recipients: []string{"Lưu VP"}},
	}
	want.Plan.RuleSetVersion = 0
	got, err := r.office.Get(t.Context(), secretary, v.UUID)
	if r.ok(err); !reflect.DeepEqual(got, want) || v.UUID == r.u {
		t.Errorf("%+v\nwant\n%+v", got, want)
	}
	content, err := r.store.File(t.Context(), v.UUID, got.People[0].Documents[0].Hash)
	if err != nil || string(content) != string(pdf) {
		t.Errorf("%q, %v", content, err)
	}
	r.u = v.UUID
	r.makeKeys() // and goes its own way
}
