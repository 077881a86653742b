package meeting

import (
	"context"
	"time"

	"github.com/homphieu/homphieu/ballot"
)

// An Answer is what the superior's server says of a package, in its own words
// (round.Status).
type Answer string

// The answers.
const (
	NoAnswer        Answer = ""
	AnswerHeld      Answer = "held"     // the key is not confirmed yet; nothing was checked
	AnswerChecking  Answer = "checking" // waits for its check
	AnswerAccepted  Answer = "accepted"
	AnswerApart     Answer = "apart" // something does not hold
	AnswerCorrected Answer = "superseded"
)

// The ways in which a package goes to the superior.
const (
	ByHTTPS = "https"
	ByFile  = "file"
)

// A Sending is a package that was made, and what became of it.
type Sending struct {
	Package string `json:"package"` // its hash
	// File is the SHA-256 of the whole file, in hexadecimal: [Store.File].
	File string    `json:"file"`
	Size int       `json:"bytes"`
	Made time.Time `json:"made"`
	// Of is a digest of what it was made of, so that the same is not made twice,
	// and Place the place in a round that it was made for.
	Of    string `json:"of"`
	Place string `json:"place"`
	// Notice tells that it is only about how far the agency has come: the
	// superior's server takes it without a check, and signs no receipt.
	Notice bool `json:"notice,omitempty"`
	// Corrects is the package that it supersedes, and Why the reason.
	Corrects string `json:"corrects,omitempty"`
	Why      string `json:"why,omitempty"`
	// By is how it goes, [ByHTTPS] or [ByFile]; empty until somebody sends it.
	By string `json:"by,omitempty"`
	// Sent is the day on which it was handed over: given to a person, or taken by
	// the superior's server.
	Sent   Date   `json:"sent,omitempty"`
	Answer Answer `json:"answer,omitempty"`
	// Refused is what the superior's server said, if it keeps the package apart.
	Refused Text `json:"refused,omitzero"`
	// Receipt is the superior's signed receipt, once it came back and was checked.
	Receipt string `json:"receipt,omitempty"`
}

// Settled reports whether nothing more is awaited of the superior.
func (s *Sending) Settled() bool {
	return s.Receipt != "" || s.Answer == AnswerApart || s.Notice && s.Answer == AnswerAccepted
}

// Underway reports whether the package is to be carried over the network and has
// not been settled.
func (s *Sending) Underway() bool { return s.By == ByHTTPS && !s.Settled() }

// Counts reports whether the package is, or may become, the one that counts with
// the superior.
func (s *Sending) Counts() bool {
	return s.Receipt != "" || (s.Sent != "" || s.By != "") && s.Answer != AnswerApart
}

// counting returns the last of a paper's packages that counts, or nil.
func counting(list []Sending) *Sending {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Counts() {
			return &list[i]
		}
	}
	return nil
}

// A Parcel is everything that a package is made of, but for what proves that the
// public log has it.
type Parcel struct {
	Assignment Assignment
	Meeting    ballot.UUID
	Made       time.Time
	Planned    Date // day of the vote to come; empty when it was held

	// Notice tells that this is only about how far the agency has come; then the
	// rest is empty, but for Voted.
	Notice bool
	Poll   ballot.UUID
	Voted  Date
	// Papers is how many of the meeting's ballot papers have this place in the
	// round; each has a package.
	Papers int
	// Corrects is the package that this one supersedes, and Why the reason.
	Corrects string
	Why      string
	// ByHand tells that chair and board have said that the minutes are signed by
	// hand, on paper.
	ByHand bool

	Archive, Shares, Closing []byte
	// Files are those of the result as they are now: signed, if they came back
	// so. That of threshold groups is never among them.
	Files []Printed
	// Salt is that of the paper's result entry in the public log, in hexadecimal.
	Salt string
}

// A Packer makes packages under the seal of this server, and reads the receipts
// that come back. What package report/parcel has is made one where the server is
// put together.
type Packer interface {
	// Pack makes the file, and returns the hash by which the package is called.
	Pack(ctx context.Context, p *Parcel) (file []byte, hash string, err error)
	// Receipt checks that a receipt was signed with the key and is about the
	// round, agency and group, and returns the hash of the package that it is
	// about. Otherwise it is [ErrReceipt].
	Receipt(text []byte, a *Assignment) (hash string, err error)
}

// A Courier carries packages to the superior's server.
type Courier interface {
	// Deliver tells that a package of a meeting is under way. It does not wait.
	Deliver(u ballot.UUID)
}
