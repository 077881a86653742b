// Package box is the ballot box: it keeps each accepted ballot exactly once.
//
// What a box promises:
//
//   - A ballot that [Box.Accept] took without error is durable: it survives the
//     loss of power. The voter is told "recorded" only after that.
//   - A credential is spent by exactly one ballot, whatever happens at the same
//     time. The same ballot again is the same answer, not a second vote.
//   - Voiding and spending a credential exclude each other.
//   - Nothing tells when a ballot came, or in which order. Accepted ballots
//     wait, keyed by their hash, until [BatchSize] of them wait or the poll
//     closes; then they enter the chain in random order, never on a timer. No
//     clock time and no number of arrival is kept beside a ballot.
//   - The product of the ballots in the chain is kept up to date, so that
//     closing costs nothing.
//
// A box holds nothing that names a voter.
//
// Implementations keep these promises by making every write one named operation
// that is atomic and safe to repeat; package boxtest is the test that all of
// them must pass. store/bolt is the one that ships.
package box

import (
	"context"
	"errors"

	"github.com/homphieu/homphieu/ballot"
)

// BatchSize is how many accepted ballots enter the chain together.
const BatchSize = 8

// The errors of boxes beside those of package ballot.
var (
	// ErrNoBox is returned for an election that the store does not have.
	ErrNoBox = errors.New("box: no such election")
	// ErrExists is returned when another election, tally or file has the place.
	ErrExists = errors.New("box: another one is there already")
	// ErrNotFound is returned for a ballot or file that the box does not have.
	ErrNotFound = errors.New("box: not found")
	// ErrState is returned for an operation that is too early or too late.
	ErrState = errors.New("box: not possible in this state")
	// ErrCorrupt is returned by [Box.Check] for a box that is not what it was.
	ErrCorrupt = errors.New("box: corrupt")
)

// State is how far a poll has come, forward only.
type State byte

// The states of a box.
const (
	Sealed  State = iota // set up; no ballot is taken yet
	Open                 // ballots are taken
	Closed               // no ballot is taken any more
	Tallied              // the result stands in the chain
)

// String returns the state's name as the API gives it.
func (s State) String() string {
	return [...]string{"sealed", "open", "closed", "tallied"}[s]
}

// Settings are frozen when the poll is sealed.
type Settings struct {
	MinBallots  int    `json:"min_ballots"`  // fewer are never decrypted
	MembersOnly bool   `json:"members_only"` // the archive is not for anonymous readers
	RuleSet     string `json:"ruleset"`      // names the rule set, such as reg96_2023
	Members     int    `json:"members"`      // all members, the base of percentages under nq85_2014
	Trial       bool   `json:"trial"`        // the server holds the keys: not for real use
	Rehearsal   bool   `json:"rehearsal"`    // of test ballots, to try keys with; it is listed nowhere
}

// A Setup is what a box starts from: the exact bytes of the objects of the
// Setup event, the timestamp in seconds that every header of the archive
// carries, and the settings.
type Setup struct {
	Election    []byte
	Trustees    []byte
	Credentials []byte
	Timestamp   int64
	Settings    Settings
}

// A Store keeps boxes. It is safe for concurrent use.
type Store interface {
	// Create seals an election: it writes the Setup event. The objects must
	// have been verified. Creating the same again returns the same box;
	// another election under the same name is [ErrExists].
	Create(ctx context.Context, s Setup) (Box, error)
	// Box returns the box of an election, or [ErrNoBox].
	Box(ctx context.Context, u ballot.UUID) (Box, error)
	// List returns the names of all elections, in their own order.
	List(ctx context.Context) ([]ballot.UUID, error)
}

// A Box is one election's ballot box. It is safe for concurrent use.
type Box interface {
	// Election returns the election, which never changes.
	Election() *ballot.Election
	// Setup returns what the box started from, except the credentials.
	Setup() Setup
	// Status returns how far the poll has come.
	Status(ctx context.Context) (Status, error)

	// Open begins the taking of ballots. In a later state it is [ErrState].
	Open(ctx context.Context) error
	// Accept takes a verified ballot; when it returns nil, the ballot is
	// durable. A ballot that the box already has is nil in every state. The
	// refusals are those of [Admit], and then ballot.ErrCiphertextTwice for a
	// ballot whose first alpha another ballot has.
	Accept(ctx context.Context, b *ballot.Ballot) error
	// Lookup tells where a ballot is, by its hash, or [ErrNotFound].
	Lookup(ctx context.Context, hash [32]byte) (Record, error)
	// Credential tells what became of a credential.
	Credential(ctx context.Context, key ballot.CredentialKey) (Credential, error)
	// Void makes an unspent credential unusable. It is safe to repeat; for a
	// spent credential it is ballot.ErrSpent, and after [Box.Attach] of the
	// closing file [ErrState].
	Void(ctx context.Context, key ballot.CredentialKey) error
	// Voided returns the voided credentials in ascending order.
	Voided(ctx context.Context) ([]ballot.CredentialKey, error)
	// Close ends the taking of ballots: all that wait enter the chain, then
	// the EndBallots event. It is safe to repeat.
	Close(ctx context.Context) error
	// Product returns the product of the ballots in the chain, which is that
	// of all ballots once the poll is closed.
	Product(ctx context.Context) (ballot.Product, error)

	// Tally appends the events of the tally, all of them verified, and keeps
	// the file of strong proofs, in one piece. The same again is nil, another
	// tally is [ErrExists].
	Tally(ctx context.Context, events []Event, shares []byte) error
	// Attach keeps a file that lies beside the archive, once: the same content
	// again is nil, another is [ErrExists].
	Attach(ctx context.Context, name Beside, content []byte) error
	// Attached returns a file beside the archive, or [ErrNotFound].
	Attached(ctx context.Context, name Beside) ([]byte, error)
	// Publish lets anonymous readers have what follows EndBallots. It needs
	// the result and is safe to repeat.
	Publish(ctx context.Context) error

	// Hashes returns the hashes of all accepted ballots in ascending order,
	// which is not that in which they came; before [Box.Close] it is [ErrState].
	Hashes(ctx context.Context) ([][32]byte, error)
	// Files returns files of the archive from number from on, at least one and
	// about limit bytes in all, or none at the end. It holds nothing open.
	Files(ctx context.Context, from, limit int) ([]File, error)
	// Check walks over everything that is kept and returns [ErrCorrupt],
	// wrapped with the place, if anything is not what it was.
	Check(ctx context.Context) error
}

// An Event is what an event of the tally is about: its type as in the archive,
// and the data before it, the payload last.
type Event struct {
	Type string
	Data [][]byte
}

// Beside names a file beside the archive.
type Beside string

// The files beside an archive.
const (
	Shares  Beside = "shares"  // UUID.shares.json
	Closing Beside = "closing" // UUID.closing.json
)

// Status is how far a poll has come.
type Status struct {
	State      State
	Accepted   int      // ballots taken, in the chain or waiting
	Head       [32]byte // hash of the last event
	EndBallots [32]byte // hash of the EndBallots event, once closed
	Published  bool     // anonymous readers may have everything
	Files      Extent   // the whole archive as it is now
	Public     Extent   // what anonymous readers may have of it
}

// An Extent is a length of the archive: its number of files after the first,
// and their bytes without headers and padding.
type Extent struct {
	Files int   `json:"files"`
	Bytes int64 `json:"bytes"`
}

// A Record tells where an accepted ballot is.
type Record struct {
	Event *[32]byte // hash of its event, nil while it waits
}

// A File is a file of the archive after the first.
type File struct {
	Event   bool // an event, not data
	Content []byte
}

// A Use is what became of a credential.
type Use byte

// The uses of a credential.
const (
	Unknown Use = iota // not on the list
	Unused
	Voided
	Spent
)

// A Credential tells what became of a credential.
type Credential struct {
	Use    Use
	Ballot [32]byte // hash of the ballot, if spent
}

// A SpentError carries the hash of the ballot under which a credential was
// spent. It is ballot.ErrSpent.
type SpentError struct{ Ballot [32]byte }

// Error returns the text of ballot.ErrSpent: the hash is not for logs.
func (e *SpentError) Error() string { return ballot.ErrSpent.Error() }

// Unwrap returns ballot.ErrSpent.
func (e *SpentError) Unwrap() error { return ballot.ErrSpent }

// Admit is the rule of acceptance for a ballot that the box does not have, in
// the order in which the refusals are told: unknown or voided credential, spent
// credential, poll not open, poll closed.
func Admit(s State, c Credential) error {
	switch c.Use {
	case Unused:
	case Voided:
		return ballot.ErrVoided
	case Spent:
		return &SpentError{c.Ballot}
	default:
		return ballot.ErrUnknownCredential
	}
	switch s {
	case Sealed:
		return ballot.ErrNotOpen
	case Open:
		return nil
	}
	return ballot.ErrClosed
}
