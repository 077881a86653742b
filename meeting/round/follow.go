package round

import "github.com/homphieu/homphieu/meeting"

// A Stage is how far an expected poll has come.
type Stage string

// The stages, in their order.
const (
	StageNone     Stage = "none"     // nothing is known
	StagePrepared Stage = "prepared" // step 1 is done
	StageVoted    Stage = "voted"    // the vote was held, no package came
	StageHeld     Stage = "held"     // a package waits: to be checked, or, from whomever it is, for its key to be confirmed
	StageApart    Stage = "apart"    // the package that came does not hold
	StagePart     Stage = "part"     // verified packages of some of the meeting's papers are here
	StageSent     Stage = "sent"     // verified packages of all of them are
	StageExcused  Stage = "excused"  // nothing to vote on
)

// A Standing is where an expected poll stands on a day, and what it must still
// meet.
type Standing struct {
	Agency  Agency
	Group   Group
	Stage   Stage
	Package *Package // the one that counts, or the latest that came; nil for none
	// Unproven is how many packages wait under a key that is not confirmed: a
	// hint, since anybody may have sent them.
	Unproven int
	// Papers is how many ballot papers there are, and Here of how many a package
	// counts; 0 and 0 while none does.
	Papers, Here int
	// Known is what is noted of it.
	Known Progress
	// Rules are the limits that apply, in the order of time, each with how it was
	// met.
	Rules []Met

	last meeting.Date // of the votes that packages prove
}

// A Met is one limit of an expected poll, as of a day.
type Met struct {
	// ID is "prepare", "vote" or "send".
	ID string
	// Rule is the rule in words, with the limit as it was written.
	Rule meeting.Text
	Due  meeting.Date // last good day; empty when it cannot be known yet
	Done meeting.Date // empty when it is not done
	Late bool         // done after Due, or not done and Due is over
	Warn bool         // not done, and the limit is near: from the day before the day that was written
	// DayOff tells that the last good day is a Saturday or Sunday.
	DayOff bool
}

// Late reports whether any limit was missed.
func (s *Standing) Late() bool {
	for _, m := range s.Rules {
		if m.Late {
			return true
		}
	}
	return false
}
