// Package ceremony lets the members of a counting board make its keys together,
// each on a device of their own, over a server that only passes messages on
// (docs/PROTOCOL.md §6, the ceremony).
//
// Every member sends one message in each of six steps. A step begins when all
// messages of the step before are in:
//
//	hello        the hash of the certificate to come
//	certificate  certificate and transport key; people now compare four digits
//	commit       the hash of the coefexps to come, and the polynomial, sealed to its owner
//	reveal       the coefexps, and a share for each member, sealed to that member
//	key          the public key of what the member decrypts with
//	done         the hash of the trustees object, which all have checked
//
// Whoever got a bad share sends a complaint instead of a key, and the ceremony
// is over. A [Transcript] is what has been sent; it verifies each message that
// is added, as far as that is possible without secrets, and so is all that the
// server needs. A [Member] is one person's side: it makes the next message, and
// needs nothing for it but its seed and the transcript, so that a closed tab
// loses nothing. A [KeyFile] is what the member takes home.
//
// Certificates are announced before they are shown, and the digits depend on all
// of them, so that nobody can search for one whose digits fit (as RFC 6189
// §4.4.1.1 does it); and so are the coefexps, so that the last to speak cannot
// choose the key.
package ceremony

import (
	"errors"
	"fmt"

	"github.com/homphieu/homphieu/crypto/wire"
)

// The ways in which messages and transcripts are refused, wrapped with member,
// step and cause.
var (
	// ErrTerms is returned for a board that no ceremony can make.
	ErrTerms = errors.New("ceremony: terms")
	// ErrMalformed is returned for a text that is no message or no transcript.
	ErrMalformed = errors.New("ceremony: malformed")
	// ErrElsewhere is returned for a message, member or key file of another
	// ceremony.
	ErrElsewhere = errors.New("ceremony: another one")
	// ErrOrder is returned for a message whose step has not begun.
	ErrOrder = errors.New("ceremony: step has not begun")
	// ErrSecond is returned for a message of a member who has already sent
	// another in the same step.
	ErrSecond = errors.New("ceremony: second message")
	// ErrFalse is returned for a well-formed message that does not hold: a hash,
	// a signature, a proof or a name in it is wrong.
	ErrFalse = errors.New("ceremony: does not hold")
	// ErrFailed is returned once somebody has complained.
	ErrFailed = errors.New("ceremony: ended by a complaint")
	// ErrUnfinished is returned for what only a later step decides.
	ErrUnfinished = errors.New("ceremony: not finished")
	// ErrImpostor is returned to a member in whose name somebody else has spoken.
	ErrImpostor = errors.New("ceremony: message in this member's name is not its own")
	// ErrChanged is returned to a member for a transcript in which a message that
	// the member has seen is missing, or is another now.
	ErrChanged = errors.New("ceremony: not what was shown before")
	// ErrForgotten is returned to a member that goes on without knowing for which
	// hellos it gave its certificate, before its commit is in: only a new
	// ceremony is safe then.
	ErrForgotten = errors.New("ceremony: the hellos that were seen are not known")
)

// A Step is where a ceremony stands. The first six are those in which messages
// are sent.
type Step int

// The steps in their order, and the two ways to end.
const (
	StepHello Step = iota
	StepCertificate
	StepCommit
	StepReveal
	StepKey
	StepDone
	Finished // everybody has confirmed the trustees object
	Failed   // somebody has complained
)

// String returns the step's name, as messages have it in their type.
func (s Step) String() string {
	return [...]string{"hello", "certificate", "commit", "reveal", "key", "done", "finished", "failed"}[s]
}

// IDSize is the number of Base58 characters of a ceremony's id.
const IDSize = 22

// NewID draws the id of a ceremony.
func NewID() string { return wire.RandomBase58(IDSize) }

// MaxSize is how many members a board has at most.
const MaxSize = 50

// Terms are what a ceremony is about. Members must know them from elsewhere
// than the transcript that they are shown.
type Terms struct {
	Meeting   string // uuid of the meeting
	Ceremony  string // its own id, never used before
	Threshold int    // how many members decrypt together
	Size      int    // how many members there are
}

// Check returns [ErrTerms] unless the names have their form and
// size/2 < threshold < size ≤ 50. With half of the members or fewer, two groups
// that have no member in common could decrypt, each another end of one poll; a
// board that needs all of its members would be lost with the first key that is.
func (t Terms) Check() error {
	switch {
	case !isUUID(t.Meeting):
		return fmt.Errorf("%w: meeting is no uuid", ErrTerms)
	case len(t.Ceremony) != IDSize || !wire.IsBase58(t.Ceremony):
		return fmt.Errorf("%w: id is not of %d Base58 characters", ErrTerms, IDSize)
	case t.Size > MaxSize || t.Threshold <= t.Size/2 || t.Threshold >= t.Size:
		return fmt.Errorf("%w: threshold %d of %d", ErrTerms, t.Threshold, t.Size)
	}
	return nil
}

// isUUID knows the form of docs/PROTOCOL.md §3.
func isUUID(s string) bool { return len(s) >= 14 && len(s) <= 64 && wire.IsBase58(s) }

// text joins what binds a statement of member index to the ceremony:
// kind "|" U "|" K "|" index.
func (t Terms) text(kind string, index int) string {
	return fmt.Sprintf("homphieu-%s-v1|%s|%s|%d", kind, t.Meeting, t.Ceremony, index)
}
