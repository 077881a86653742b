package round

import (
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
)

// A Round (đợt) is one round of votes that a superior has ordered.
type Round struct {
	UUID     ballot.UUID `json:"uuid"`
	Revision uint64      `json:"revision"` // of the stored record, for compare and swap

	Title string `json:"title"`
	// Superior is the body to whom results go ("Ban Thường vụ Tỉnh ủy"), Office
	// the one through which they go and which writes the papers ("Ban Tổ chức
	// Tỉnh ủy").
	Superior string `json:"superior"`
	Office   string `json:"office"`
	// References are the letter and what it carries out.
	References []meeting.Reference `json:"references"`
	// RuleSet is that of every poll of the round, but for groups that name their
	// own.
	RuleSet string `json:"ruleset"`
	// Prepare is the limit for step 1, the preparation; its text is what it asks.
	Prepare     meeting.Limit `json:"prepare"`
	PrepareText meeting.Text  `json:"prepare_text"`
	// SendDays is how many calendar days after the vote the result must be here.
	SendDays int     `json:"send_days"`
	Groups   []Group `json:"groups"`
	// Expected are the polls that the round is waiting for.
	Expected []Expected `json:"expected"`
	// Letterhead is that of the papers of the consolidated result.
	Letterhead Letterhead `json:"letterhead,omitzero"`
	// Closed ends the round: nothing is late any more, nothing is taken.
	Closed bool `json:"closed,omitempty"`
}

// A Group is a group of posts that are voted on in the same time and order.
type Group struct {
	ID   string `json:"id"` // short, as an agency's
	Name string `json:"name"`
	// RuleSet is that of the polls of this group, where it is not the round's:
	// posts that a council elects are voted on under the rules of the State.
	RuleSet string `json:"ruleset,omitempty"`
	// After are groups that must be done before. An agency that opens a vote is
	// held to it; a vote that was held too early counts, and is marked ([Early]).
	After []string `json:"after,omitempty"`
	// Condition is what an agency must have done before it votes on these posts,
	// such as its six-month review; empty for nothing.
	Condition string `json:"condition,omitempty"`
	// Finish is the limit for the vote; no date for none.
	Finish meeting.Limit `json:"finish"`
}

// Expected is one poll that a round waits for: an agency votes on a group of
// posts.
type Expected struct {
	Agency string `json:"agency"`
	Group  string `json:"group"`
}

// Group returns the group of this ID.
func (r *Round) Group(id string) (Group, bool) {
	for _, g := range r.Groups {
		if g.ID == id {
			return g, true
		}
	}
	return Group{}, false
}

// A Progress is what is known of an expected poll beside its package: from the
// agency's notices, or because an officer noted it.
type Progress struct {
	Expected
	Prepared  meeting.Date `json:"prepared,omitempty"`  // step 1 was done
	Condition meeting.Date `json:"condition,omitempty"` // the group's condition was met
	Planned   meeting.Date `json:"planned,omitempty"`   // day of the vote to come
	Voted     meeting.Date `json:"voted,omitempty"`
	// Excused is why there is nothing to vote on; then nothing is awaited.
	Excused string `json:"excused,omitempty"`
	// Done notes that the vote was held elsewhere and what is known of it, such
	// as a body that sends no package: with it, groups after this one may begin.
	Done string `json:"done,omitempty"`
	// By is who noted it last: an officer's name, or the agency.
	By string `json:"by,omitempty"`
}
