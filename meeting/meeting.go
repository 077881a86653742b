package meeting

import (
	"encoding/json"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/tally"
)

// State is how far a meeting has come, forward only.
type State string

// The states, in their order. Abandoned is final and can follow any of them
// before Signed.
const (
	Draft     State = "draft"
	Keys      State = "keys"      // people and board are fixed; the board makes its keys
	Slips     State = "slips"     // ballot papers are drawn up; slips are made
	Rehearsed State = "rehearsed" // enough members opened the rehearsal
	Sealed    State = "sealed"
	Open      State = "open"
	Closed    State = "closed"
	Tallied   State = "tallied"
	Signed    State = "signed"
	Abandoned State = "abandoned"
)

// order are the states that follow one another.
var order = []State{Draft, Keys, Slips, Rehearsed, Sealed, Open, Closed, Tallied, Signed}

// A Meeting is what is known of a meeting beside its ballot boxes. It names no
// voter beside anything cryptographic. Its methods are rules without clock and
// disk; [Office] takes the steps.
type Meeting struct {
	UUID     ballot.UUID `json:"uuid"`
	Revision uint64      `json:"revision"` // of the stored record, for compare and swap
	State    State       `json:"state"`
	// Before is the abandoned meeting that this is a new version of.
	Before ballot.UUID `json:"before,omitempty"`

	Plan       Plan            `json:"plan"`
	People     []Person        `json:"people"`
	Papers     []Paper         `json:"papers"`
	Board      []BoardMember   `json:"board"`
	Attendance Attendance      `json:"attendance"`
	Prepared   map[string]Date `json:"prepared,omitempty"` // deadline of the rule set → day on which it was done

	Ceremony  Ceremony   `json:"ceremony"`
	Slips     SlipBook   `json:"slips"`
	Rehearsal *Rehearsal `json:"rehearsal,omitempty"`
	// BoardApproved is set when the meeting has confirmed its counting board.
	BoardApproved bool `json:"board_approved,omitempty"`

	CloseBy []int  `json:"close_by,omitempty"` // members who pressed close
	Polls   []Poll `json:"polls,omitempty"`    // what the board has done with each paper's box, in the order of the papers

	Filing  Filing   `json:"filing"`
	Records []Record `json:"records,omitempty"` // papers and files, in the order of the ballot papers, once printed
	Ending  *Ending  `json:"ending,omitempty"`  // who has said that the minutes are signed

	// Published is set when the result of every paper has been released.
	Published bool     `json:"published,omitempty"`
	Release   *Release `json:"release,omitempty"`

	// Sendings are the packages that were made of each ballot paper's result, in
	// the order of the papers, and of each the oldest first: the last that counts
	// is what the superior has.
	Sendings [][]Sending `json:"sendings,omitempty"`
	// Notices are the last that told the superior how far this has come, one for
	// each ballot paper's place in the round.
	Notices []Sending `json:"notices,omitempty"`

	Abandon *Abandonment `json:"abandon,omitempty"`
}

// Date is a day as YYYY-MM-DD, or empty.
type Date string

// A Reference names a document of an authority: its number, day and issuer or
// subject.
type Reference struct {
	Number string `json:"number"`
	Date   Date   `json:"date"`
	About  string `json:"about,omitempty"`
}

// A Plan is what a secretary writes down about a meeting.
type Plan struct {
	Agency   string `json:"agency"`
	Superior string `json:"superior"`
	Title    string `json:"title"`
	Place    string `json:"place"`
	Date     Date   `json:"date"`              // of the vote
	Time     string `json:"time,omitempty"`    // hh:mm; a reminder, nothing starts by itself
	Session  Date   `json:"session,omitempty"` // opening of the session, where the rule set counts from it
	// References are the plan and the regulation that the meeting follows.
	References []Reference `json:"references,omitempty"`
	// Decision allows an electronic ballot here; without it no poll opens.
	Decision Reference `json:"decision"`
	RuleSet  string    `json:"ruleset"`
	// RuleSetVersion is that of the rule set when the poll was sealed.
	RuleSetVersion int    `json:"ruleset_version,omitempty"`
	Chair          string `json:"chair"`
	// Assignment is the meeting's place in a round that a superior has ordered;
	// nil for none. [Office.Assign] sets it.
	Assignment *Assignment `json:"assignment,omitempty"`
	// Members is the number of all members, the base of percentages under
	// nq85_2014.
	Members     int  `json:"members,omitempty"`
	MinBallots  int  `json:"min_ballots"`  // fewer are never decrypted; 5 unless said otherwise
	Spares      int  `json:"spares"`       // slips beyond those summoned, percent
	UsedLimit   int  `json:"used_limit"`   // reports of "already used, and not by me" before the page proposes to abandon
	MembersOnly bool `json:"members_only"` // the archive is not for anonymous readers
	// Witnessed asks that the result is released only when the public log says it
	// under a checkpoint that enough witnesses have cosigned, also where the server
	// asks that of no poll.
	Witnessed bool `json:"witnessed,omitempty"`
}

// The settings of a plan that says nothing else.
const (
	DefaultMinBallots = 5
	DefaultSpares     = 10 // percent
	DefaultUsedLimit  = 1
)

// A Person is somebody the rule set may ask about, in ballot order.
type Person struct {
	ID     string   `json:"id"` // short and random; documents hang on it
	Name   string   `json:"name"`
	Post   string   `json:"post"`
	Block  string   `json:"block,omitempty"`  // khối
	Paper  int      `json:"paper"`            // index of the ballot paper, from 0
	Exempt string   `json:"exempt,omitempty"` // reason of the rule set; then on no ballot
	Places []string `json:"places,omitempty"` // other places where the person is voted on
	// Documents can be read by voters before they mark.
	Documents []Document `json:"documents,omitempty"`
}

// A Document is a PDF of a person. Its bytes are in [Store.File].
type Document struct {
	Kind  string `json:"kind"` // "report" or "declaration"
	Title string `json:"title"`
	Hash  string `json:"sha256"` // hex
	Size  int    `json:"bytes"`
}

// A Paper is one ballot paper: one election. All papers of a meeting are voted
// on with one slip. With a single paper its UUID is the meeting's.
type Paper struct {
	Title string      `json:"title"`
	UUID  ballot.UUID `json:"uuid,omitempty"`
	// Election is the exact text of the election object, once drawn up.
	Election string `json:"election,omitempty"`
	// Credentials names the file with the public credentials object, once
	// uploaded.
	Credentials string `json:"credentials,omitempty"`
}

// A BoardMember sits on the counting board. Members are numbered from 1 in
// the order of the list.
type BoardMember struct {
	Name   string      `json:"name"`
	Post   string      `json:"post,omitempty"`
	Office BoardOffice `json:"office"`
	// Replaced is set when the meeting put somebody else in the member's place:
	// the key share stands, but it does not count as confirmed.
	Replaced bool `json:"replaced,omitempty"`
}

// BoardOffice is a member's place on the counting board.
type BoardOffice string

// The offices; a board has one head and at most one secretary.
const (
	Head           BoardOffice = "head"
	BoardSecretary BoardOffice = "secretary"
	Ordinary       BoardOffice = "member"
)

// Attendance is who was summoned and who is there: a list, or counts.
type Attendance struct {
	List     []Attendee `json:"list,omitempty"` // if there is one, the counts follow from it
	Summoned int        `json:"summoned"`
	Present  int        `json:"present"`
	// Absences are reasons when there is no list: how many, and why.
	Absences []Absence `json:"absences,omitempty"`
}

// An Attendee is somebody summoned.
type Attendee struct {
	Name    string `json:"name"`
	Post    string `json:"post,omitempty"`
	Present bool   `json:"present"`
	Reason  string `json:"reason,omitempty"` // of absence
}

// An Absence counts absent people with one reason.
type Absence struct {
	Count  int    `json:"count"`
	Reason string `json:"reason"`
}

// A Ceremony is the board's making of its keys; Transcript is the text of
// crypto/threshold/ceremony. A ceremony that failed is begun again with a new
// name.
type Ceremony struct {
	ID         string        `json:"id,omitempty"`
	Threshold  int           `json:"threshold,omitempty"`
	State      CeremonyState `json:"state,omitempty"`
	Transcript string        `json:"transcript,omitempty"`
	Failure    string        `json:"failure,omitempty"` // who complains about whom
	Attempts   int           `json:"attempts,omitempty"`
	Trustees   string        `json:"trustees,omitempty"` // the trustees object, when done
}

// CeremonyState is how far a ceremony has come.
type CeremonyState string

// The states of a ceremony.
const (
	CeremonyNone    CeremonyState = ""
	CeremonyRunning CeremonyState = "running"
	CeremonyFailed  CeremonyState = "failed"
	CeremonyDone    CeremonyState = "done"
)

// A SlipBook counts the paper slips. The slips are named by their public
// credential in the first paper, in hexadecimal, and each list is in ascending
// order, which is not that in which they came.
type SlipBook struct {
	Printed   int      `json:"printed"`          // public credentials uploaded
	Origin    string   `json:"origin,omitempty"` // "board", or "server" when the server made the sheet
	Unissued  []string `json:"unissued,omitempty"`
	Exchanged []string `json:"exchanged,omitempty"`
	Returned  []string `json:"returned,omitempty"`
	// Half are slips that were given back while a ballot under them was on its
	// way: used in some papers, voided in the others. They count as issued, and
	// in the papers in which they are voided as returned.
	Half   []HalfUsed    `json:"half,omitempty"`
	Issued []IssuedCount `json:"issued,omitempty"` // what each member counted, separately
	Used   []UsedReport  `json:"used,omitempty"`   // "already used, and not by me"
}

// A HalfUsed is a slip with the papers in which it is voided.
type HalfUsed struct {
	Slip   string        `json:"slip"`
	Papers []ballot.UUID `json:"papers"`
}

// An IssuedCount is how many slips one member counted as handed out and not
// exchanged.
type IssuedCount struct {
	Member int `json:"member"`
	Count  int `json:"count"`
}

// A UsedReport is a slip that a voter found used. It names no slip and no
// voter.
type UsedReport struct {
	Member int    `json:"member"`
	Note   string `json:"note,omitempty"`
}

// A Rehearsal is a small election of its own under the same trustees, with test
// ballots whose sums are known.
type Rehearsal struct {
	UUID     ballot.UUID  `json:"uuid"`
	Expected tally.Result `json:"expected"`
	Poll     Poll         `json:"poll"`
	Passed   bool         `json:"passed"`
}

// A Poll is what the board has done with one ballot box after it closed.
type Poll struct {
	// Closing is the closing file with the signatures so far.
	Closing string `json:"closing,omitempty"`
	// Contributions are the verified contributions so far, by member.
	Contributions map[int]string `json:"contributions,omitempty"`
}

// An Abandonment ends a meeting without a count. It needs the chair and two
// members of the board.
type Abandonment struct {
	Reason  string `json:"reason"`
	Chair   bool   `json:"chair"`
	Members []int  `json:"members,omitempty"`
	From    State  `json:"from"` // the state in which it was last asked for: at the end, the one that was left
}

// Clone returns a copy that shares nothing with m.
func (m *Meeting) Clone() *Meeting {
	text, err := json.Marshal(m)
	if err != nil {
		panic("meeting: " + err.Error()) // of plain fields: cannot happen
	}
	c := new(Meeting)
	if err := json.Unmarshal(text, c); err != nil {
		panic("meeting: " + err.Error())
	}
	return c
}

// Day returns the date at midnight UTC, or false for none.
func (d Date) Day() (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, string(d))
	return t, err == nil
}

// Day returns the day of a time, in the time's own zone.
func Day(t time.Time) Date { return Date(t.Format(time.DateOnly)) }
