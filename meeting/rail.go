package meeting

import (
	"errors"
	"slices"
	"strings"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/crypto/threshold/ceremony"
	"github.com/homphieu/homphieu/tally"
)

// A Step is one part of the way of a meeting, as people see it.
type Step struct {
	ID    string
	Name  Text
	State StepState
	Why   Text // what is missing, unless it is done
}

// StepState is where a step stands.
type StepState string

// The states of a step.
const (
	StepDone    StepState = "done"
	StepNow     StepState = "now"     // something can be done
	StepBlocked StepState = "blocked" // something is missing that stands in Why
	StepLater   StepState = "later"
)

// part is a step of the rail before its state is worked out.
type part struct {
	id   string
	name Text
	free bool // does not wait for the steps before
	done bool
	why  error // what stands in its way, once it is its turn
	todo Text  // what is to be done, if nothing does
}

// Rail returns the steps of a meeting in their order; the statuses are those of
// [Office.Statuses]. What can be done is now, or blocked by what stands in Why;
// what waits for a step before comes later.
func Rail(m *Meeting, statuses map[ballot.UUID]box.Status) []Step {
	parts := slices.Concat(m.preparing(), m.makingReady(), m.voting(statuses), m.sendingUp())
	steps, turn := make([]Step, len(parts)), m.State != Abandoned
	for i, p := range parts {
		steps[i] = Step{ID: p.id, Name: p.name, State: StepLater}
		switch {
		case p.done:
			steps[i].State = StepDone
		case m.State == Abandoned || (!turn && !p.free):
		case p.why != nil:
			steps[i].State, steps[i].Why, turn = StepBlocked, whatOf(p.why), false
		default:
			steps[i].State, steps[i].Why, turn = StepNow, p.todo, false
		}
	}
	return steps
}

// whatOf is what a refusal says to people.
func whatOf(err error) Text {
	var r *Refusal
	if errors.As(err, &r) {
		return r.What
	}
	return Text{err.Error(), err.Error()}
}

// reached reports whether the meeting has come to a state, or had when it was
// abandoned.
func (m *Meeting) reached(s State) bool {
	now := m.State
	if now == Abandoned && m.Abandon != nil {
		now = m.Abandon.From
	}
	return slices.Index(order, now) >= slices.Index(order, s)
}

// preparing are the steps that a secretary takes in any order.
func (m *Meeting) preparing() []part {
	plan, people, board := m.planned(), m.peopled(), m.checkBoard(m.Board, m.People)
	return []part{
		{id: "plan", name: Text{"Kế hoạch", "Plan"}, free: true, done: plan == nil, todo: whatOfNil(plan)},
		{id: "people", name: Text{"Người được lấy phiếu", "Persons voted on"}, free: true, done: people == nil, todo: whatOfNil(people)},
		{id: "board", name: Text{"Ban kiểm phiếu", "Counting board"}, free: true, done: board == nil, todo: whatOfNil(board)},
		{
			id: "attendance", name: Text{"Người được triệu tập", "People summoned"}, free: true, done: m.Attendance.Summoned > 0,
			todo: Text{"nhập số người được triệu tập", "enter how many are summoned"},
		},
	}
}

func whatOfNil(err error) Text {
	if err == nil {
		return Text{}
	}
	return whatOf(err)
}

// makingReady are the steps up to the sealed boxes.
func (m *Meeting) makingReady() []part {
	rehearsed := m.Rehearsal != nil && m.Rehearsal.Passed
	keys := part{id: "keys", name: Text{"Khóa của Ban kiểm phiếu", "The board's keys"}, done: m.reached(Slips)}
	keys.todo, keys.why = m.keysTodo()
	return []part{
		keys,
		{
			id: "slips", name: Text{"Tờ phiếu", "Slips"}, done: m.reached(Slips) && m.Slips.Printed >= max(m.Attendance.Summoned, 1),
			todo: Text{"Ban kiểm phiếu làm " + itoa(m.SlipsWanted()) + " phiếu và nộp phần công khai", "the board makes " + itoa(m.SlipsWanted()) + " slips and hands in their public half"},
		},
		{
			id: "rehearsal", name: Text{"Tập dượt", "Rehearsal"}, done: rehearsed,
			todo: Text{"đủ thành viên Ban kiểm phiếu mở thử bằng khóa của mình", "enough members try their keys"},
		},
		{
			id: "seal", name: Text{"Niêm phong", "Sealing"}, done: m.reached(Sealed),
			todo: Text{"chủ trì niêm phong hòm phiếu", "the chair seals the ballot box"},
		},
	}
}

// keysTodo says how far the ceremony is, or what stands in its way.
func (m *Meeting) keysTodo() (Text, error) {
	switch m.Ceremony.State {
	case CeremonyRunning:
		return m.keysWaiting(), nil
	case CeremonyFailed:
		return Text{}, refuse(ErrCeremony, "", "tạo khóa không thành: "+m.Ceremony.Failure, "the ceremony failed: "+m.Ceremony.Failure)
	case CeremonyDone:
		return Text{"lập phiếu", "draw up the papers"}, nil
	}
	return Text{"bắt đầu tạo khóa", "begin to make the keys"}, nil
}

// keysWaiting names the members whose message is awaited.
func (m *Meeting) keysWaiting() Text {
	t, err := ceremony.ParseTranscript([]byte(m.Ceremony.Transcript))
	if err != nil {
		return Text{err.Error(), err.Error()}
	}
	var names []string
	for _, i := range t.Waiting() {
		names = append(names, m.Board[i-1].Name)
	}
	list := strings.Join(names, ", ")
	return Text{"chờ: " + list, "waiting for: " + list}
}

// voting are the steps from the meeting to the result.
func (m *Meeting) voting(statuses map[ballot.UUID]box.Status) []part {
	met := part{
		id: "meeting", name: Text{"Hội nghị", "Meeting"}, done: m.reached(Open),
		todo: Text{"chủ trì mở bỏ phiếu", "the chair opens the poll"},
	}
	if !met.done {
		met.why = m.mayOpen()
	}
	return []part{
		met,
		{
			id: "voting", name: Text{"Bỏ phiếu", "Voting"}, done: m.reached(Closed),
			todo: m.votingTodo(statuses),
		},
		{
			id: "closing", name: Text{"Đối chiếu phiếu", "Slips reconciled"}, done: m.signed(),
			todo: Text{"đối chiếu số phiếu; hai thành viên ký biên bản đóng hòm phiếu", "the counts agree and two members sign the closing file"},
		},
		{
			id: "tally", name: Text{"Kiểm phiếu", "Count"}, done: m.reached(Tallied), why: m.enoughCast(statuses),
			todo: Text{"đủ thành viên Ban kiểm phiếu mở khóa", "enough members contribute"},
		},
		{
			id: "papers", name: Text{"Biên bản, báo cáo", "Minutes and report"}, done: m.reached(Tallied) && m.printed(),
			todo: Text{"chủ trì hoặc Ban kiểm phiếu lập biên bản và báo cáo", "the chair or the board makes minutes and report"},
		},
		{
			id: "signed", name: Text{"Ký biên bản", "Minutes signed"}, done: m.reached(Signed),
			todo: m.signedTodo(),
		},
		{
			id: "result", name: Text{"Công bố kết quả", "Result released"}, done: m.Published, free: m.reached(Tallied),
			todo: Text{"chủ trì công bố kết quả", "the chair releases the result"},
		},
	}
}

// sendingUp is the step that a meeting in a round has besides: each package is
// sent, and its receipt is there.
func (m *Meeting) sendingUp() []part {
	if m.Plan.Assignment == nil {
		return nil
	}
	return []part{{
		id: "sent", name: Text{"Gửi kết quả lên cấp trên", "Result sent up"}, done: m.reached(Tallied) && m.Sent(), free: m.reached(Tallied),
		why: m.keptApart(), todo: m.sentTodo(),
	}}
}

// keptApart is what the superior says of a package that does not hold, as long as
// no other is on its way.
func (m *Meeting) keptApart() error {
	for _, made := range m.Sendings {
		if n := len(made); n > 0 && made[n-1].Answer == AnswerApart && counting(made) == nil {
			return &Refusal{Cause: ErrAssignment, What: made[n-1].Refused}
		}
	}
	return nil
}

func (m *Meeting) sentTodo() Text {
	for i := range m.Papers {
		if m.Plan.Assignment.Of(i) != nil && m.Sending(i) == nil {
			by := m.Plan.Assignment.SendBy(m.Plan.Date).Words()
			return Text{"lập gói kết quả và gửi lên cấp trên, hạn cuối " + by, "make the package of the result and send it up, by " + by}
		}
	}
	return Text{"chờ cấp trên kiểm tra và gửi biên nhận", "the superior checks it and sends a receipt"}
}

// signedTodo says who has still to say that the minutes are signed.
func (m *Meeting) signedTodo() Text {
	switch e := m.Ending; {
	case e != nil && e.Chair:
		return Text{"một thành viên Ban kiểm phiếu ghi nhận biên bản đã ký", "a member of the board says that the minutes are signed"}
	case e != nil && e.Member != 0:
		return Text{"chủ trì ghi nhận biên bản đã ký", "the chair says that the minutes are signed"}
	}
	return Text{"Ban kiểm phiếu và chủ trì ký biên bản, rồi cùng ghi nhận đã ký", "board and chair sign the minutes, then both say so"}
}

// printed reports whether the papers of every ballot paper are there.
func (m *Meeting) printed() bool { return len(m.Records) > 0 && len(m.Records) == len(m.Papers) }

// enoughCast is [ErrTooFewBallots] when a paper has fewer ballots than may be
// decrypted.
func (m *Meeting) enoughCast(statuses map[ballot.UUID]box.Status) error {
	for _, p := range m.Papers {
		if err := enough(statuses[p.UUID].Accepted, m.Plan.MinBallots); err != nil {
			return err
		}
	}
	return nil
}

// votingTodo says how many have voted on every paper, and how voting ends.
func (m *Meeting) votingTodo(statuses map[ballot.UUID]box.Status) Text {
	cast := m.Slips.Printed
	for _, p := range m.Papers {
		cast = min(cast, statuses[p.UUID].Accepted)
	}
	return Text{
		"đã bỏ " + itoa(cast) + " phiếu; hai thành viên Ban kiểm phiếu đóng bỏ phiếu",
		itoa(cast) + " have voted; two members of the board close the poll",
	}
}

// signed reports whether the closing file of every paper has its signatures.
func (m *Meeting) signed() bool {
	for _, p := range m.Polls {
		c, err := tally.ParseClosing([]byte(p.Closing))
		if err != nil || len(c.Signatures) < tally.Signers {
			return false
		}
	}
	return len(m.Polls) > 0
}
