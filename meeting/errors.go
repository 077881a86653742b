package meeting

import "errors"

// The refusals of meetings. Each says what is not so; what to do about it is
// said to people where it becomes HTTP.
var (
	// ErrNoMeeting is returned for a meeting that the store does not have.
	ErrNoMeeting = errors.New("meeting: none of this name")
	// ErrRevision is returned by [Store.Save] when somebody else saved the
	// meeting first.
	ErrRevision = errors.New("meeting: changed by somebody else in the meantime")
	// ErrState is returned for a step that is too early or too late.
	ErrState = errors.New("meeting: not possible in this state")
	// ErrRole is returned to who may not take a step.
	ErrRole = errors.New("meeting: not for this role")
	// ErrQuorum is returned when fewer are present than the rule set asks for.
	ErrQuorum = errors.New("meeting: fewer present than the quorum")
	// ErrDecision is returned when no written decision allows an electronic
	// ballot here.
	ErrDecision = errors.New("meeting: no decision that allows an electronic ballot")
	// ErrFewPresent is returned when fewer are present than ballots may be
	// counted.
	ErrFewPresent = errors.New("meeting: fewer present than min_ballots")
	// ErrBoard is returned for a counting board that cannot be: too small, or
	// with somebody who is voted on.
	ErrBoard = errors.New("meeting: counting board")
	// ErrBoardConfirmed is returned when fewer holders of the key are confirmed
	// by the meeting than are needed to count.
	ErrBoardConfirmed = errors.New("meeting: fewer confirmed members than the threshold")
	// ErrPeople is returned for a list of persons that cannot be voted on.
	ErrPeople = errors.New("meeting: list of persons")
	// ErrReconcile is returned while the counts of slips do not agree.
	ErrReconcile = errors.New("meeting: slips do not reconcile")
	// ErrSlips is returned for public credentials that do not fit the meeting.
	ErrSlips = errors.New("meeting: public half of the slips")
	// ErrCeremony is returned for a ceremony that is not running.
	ErrCeremony = errors.New("meeting: ceremony")
	// ErrRehearsal is returned when the rehearsal has not been opened by enough
	// members.
	ErrRehearsal = errors.New("meeting: rehearsal not passed")
	// ErrUnissued is returned when more unissued slips are left than spares may
	// be.
	ErrUnissued = errors.New("meeting: unissued slips not voided")
	// ErrDocument is returned for a document that is no PDF or too large.
	ErrDocument = errors.New("meeting: document")
	// ErrPlan is returned for a plan, or a date of preparation, that says what
	// cannot be or does not say what is needed.
	ErrPlan = errors.New("meeting: plan")
	// ErrAttendance is returned for numbers of people that cannot be.
	ErrAttendance = errors.New("meeting: attendance")
	// ErrMessage is returned for a message of a ceremony that does not hold.
	ErrMessage = errors.New("meeting: ceremony message does not hold")
	// ErrReason is returned when a meeting is to be abandoned without a reason.
	ErrReason = errors.New("meeting: no reason given")
	// ErrUnlogged is returned when a result is to be released before the public
	// log says what it must, under a checkpoint that enough witnesses have seen.
	ErrUnlogged = errors.New("publication: not in the public log yet")
	// ErrContradicted is returned when the public log says something else of a
	// poll than its box.
	ErrContradicted = errors.New("public log: says something else of the poll")
	// ErrPublished is returned when a meeting is to be abandoned whose result, or
	// that of one of its papers, has been released.
	ErrPublished = errors.New("meeting: the result is published")
)

// A Refusal is one of the errors of this package with what people must see to
// mend it. It is its Cause for errors.Is.
type Refusal struct {
	Cause error
	// Field is the field of a form that is wrong, such as "title" or, counted
	// from 0, "people.3.name"; empty when it is not about a field.
	Field string
	// What says who or what is wrong, with names and numbers.
	What Text
}

// Error returns the cause and the English text. It never names a voter.
func (r *Refusal) Error() string { return r.Cause.Error() + ": " + r.What.En }

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error { return r.Cause }

func refuse(cause error, field, vi, en string) error {
	return &Refusal{Cause: cause, Field: field, What: Text{vi, en}}
}

// errSame ends a step that has nothing to do: somebody has done it already.
var errSame = errors.New("meeting: done already")

// noted is a refusal that goes into the audit log, with what of the meeting
// was changed before.
type noted struct {
	action Action
	detail detail
	cause  error
}

func (n *noted) Error() string { return n.cause.Error() }

func (n *noted) Unwrap() error { return n.cause }
