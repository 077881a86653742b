package round

import (
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
)

// The kinds of packages.
const (
	KindResult = "result" // of one poll
	KindNotice = "notice" // how far an agency has come, without files
)

// A Claim is what a package says of itself and what its signature proves: that
// the holder of a key said so. Nothing in it has been checked but that.
type Claim struct {
	Kind   string      `json:"kind"`
	Round  ballot.UUID `json:"round"`
	Agency string      `json:"agency"`
	Group  string      `json:"group"`

	// Of a result: the poll, its meeting, the day of the vote, which package it
	// corrects (by Hash) and why.
	Poll    ballot.UUID  `json:"poll,omitempty"`
	Meeting ballot.UUID  `json:"meeting,omitempty"`
	Voted   meeting.Date `json:"voted,omitempty"`
	// Papers is how many ballot papers the meeting had, if more than one: each has
	// a poll and a package of its own.
	Papers     int    `json:"papers,omitempty"`
	Supersedes string `json:"supersedes,omitempty"`
	Why        string `json:"why,omitempty"`
	// ByHand tells that the minutes were signed by hand, on a printed copy: then
	// no file of the package shows who signed.
	ByHand bool `json:"by_hand,omitempty"`

	// Of both: how far the agency has come.
	Prepared  meeting.Date `json:"prepared,omitempty"`
	Condition meeting.Date `json:"condition,omitempty"`
	Planned   meeting.Date `json:"planned,omitempty"`

	// Made is the sender's time.
	Made time.Time `json:"made"`

	// Hash names the package: the SHA-256 of its manifest, in hexadecimal, which
	// names every other file by hash.
	Hash string `json:"hash"`
	// Key is the SHA-256 of the public key that signed it, in hexadecimal.
	Key string `json:"key"`
	// Signer is the subject of that key's certificate.
	Signer string `json:"signer"`
}

// A Status is what became of a package.
type Status string

// The statuses of packages.
const (
	Held       Status = "held"       // its key is not confirmed; nothing was checked yet
	Checking   Status = "checking"   // waits for its check, or is being checked
	Accepted   Status = "accepted"   // everything in it holds
	Apart      Status = "apart"      // something does not hold: Reason
	Superseded Status = "superseded" // was accepted, and a later package corrects it
)

// A Package is one that was received. Its file stays for ever.
type Package struct {
	Claim

	File string `json:"file"` // SHA-256 of the whole file, in hexadecimal: Store.File
	// Earlier are other files that came under the same hash before and do not hold,
	// or were not checked: as one that was damaged on its way.
	Earlier []string `json:"earlier,omitempty"`
	// Size is how many bytes File has, and EarlierSize the files in Earlier together.
	Size        int       `json:"bytes"`
	EarlierSize int       `json:"earlier_bytes,omitempty"`
	Received    time.Time `json:"received"`
	By          string    `json:"by"` // "https" or "file"

	Status Status       `json:"status"`
	Reason meeting.Text `json:"reason,omitzero"` // of being apart
	// Outcome is what was found in a package that is apart because somebody would be
	// voted on in too many places: an officer may know that they are two persons.
	Outcome *Poll `json:"outcome,omitempty"`
	// SupersededBy is the package that corrects this one.
	SupersededBy string `json:"superseded_by,omitempty"`
	// Entry is the number of the entry in this server's public log; -1 for none.
	Entry int64 `json:"entry"`
	// Receipt is what went back to the sender, once accepted.
	Receipt string `json:"receipt,omitempty"`
}

// A Poll is what the consolidation takes from a package that was accepted: the
// outcome as it was worked out here from the archive, and what the papers say
// around it.
type Poll struct {
	Package   string       `json:"package"` // its hash
	Agency    string       `json:"agency"`
	Group     string       `json:"group"`
	Election  ballot.UUID  `json:"election"`
	Name      string       `json:"name"` // of the ballot paper
	Voted     meeting.Date `json:"voted"`
	Place     string       `json:"place"`
	RuleSet   string       `json:"ruleset"`
	LastEvent string       `json:"last_event"`       // of the archive, in hexadecimal
	Entry     int64        `json:"entry"`            // of the result in the agency's own log; -1 for none
	Origin    string       `json:"origin,omitempty"` // of that log
	// Cosigned are the witnesses of that log that saw what it says, by the names
	// of the agency's policy; none where it asks for none.
	Cosigned []string `json:"cosigned,omitempty"`
	// ByHand and Papers tell who signed: by hand, or in the files.
	ByHand bool          `json:"by_hand,omitempty"`
	Papers []SignedPaper `json:"papers,omitempty"`

	Summoned  int `json:"summoned"`
	Present   int `json:"present"`
	Issued    int `json:"issued"`
	Collected int `json:"collected"`
	Voided    int `json:"voided"`
	// Base is what percentages are of.
	Base int `json:"base"`

	People []meeting.PersonOutcome `json:"people"` // in ballot order
	// Places are, by person in ballot order, the other places that the agency
	// named.
	Places [][]string       `json:"places,omitempty"`
	Exempt []meeting.Person `json:"exempt,omitempty"`
}

// A SignedPaper is a PDF of a package with the signatures on it, all of which
// hold: the seal first.
type SignedPaper struct {
	Name       string                   `json:"name"` // "minutes.pdf"
	Signatures []meeting.PaperSignature `json:"signatures"`
}
