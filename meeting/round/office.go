package round

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/staff"
)

// A Checker reads and verifies packages. Package report/parcel has the one that
// ships.
type Checker interface {
	// Read takes a package apart and checks form, manifest and signature: cheap,
	// whatever strangers send. Otherwise it is [ErrPackage].
	Read(file []byte) (*Claim, error)
	// Verify checks everything in the package of a result as homphieu-verify does,
	// and returns the poll as it was worked out here, without what the office
	// adds (Package, Agency, Group). What does not hold is a *[meeting.Refusal]
	// whose text says to people what.
	Verify(ctx context.Context, file []byte) (*Poll, error)
}

// A Signer signs receipts in the name of this server.
type Signer interface {
	// Sign returns text as a signed note (C2SP signed-note); text ends with a
	// line feed.
	Sign(text string) ([]byte, error)
}

// A Log takes entries about received packages into the public log of this server.
type Log interface {
	// AppendPackage notes a package and returns the number of its entry; one that
	// is there already is not noted again.
	AppendPackage(ctx context.Context, agency, hash string) (int64, error)
}

// An Office takes the steps of rounds. It is safe for concurrent use; a store
// has one Office.
type Office struct {
	Store   Store
	Checker Checker
	Signer  Signer
	Log     Log   // nil keeps none
	Press   Press // of consolidated papers; without one nothing is printed
	Clock   func() time.Time
	// URL is where agencies send packages, empty where they are carried, and Key
	// the verifier key (C2SP signed-note) of receipts: both stand in round files.
	URL, Key string
	// Warn is told when store or log begin to hold up the check of packages; nil
	// tells nobody. Pause says when to try again; nil waits a quarter of a minute.
	Warn  func(cause error)
	Pause func() <-chan time.Time

	// mu keeps what is read and what is written upon it together.
	mu sync.Mutex
	// counting are the polls that count, by round and package, as far as they
	// were read: what was verified does not change.
	counting map[ballot.UUID]map[string]counted
	// printing gives records their numbers, one after another.
	printing sync.Mutex
	queue    queue
	// strangers are the last keys of packages that were not kept, by agency: an
	// agency's own may be among them.
	strangers map[string][]string
}

// A Press makes the papers and files of a consolidation. Package report has the
// one that ships.
type Press interface {
	// PrintRound makes all files of a consolidation.
	PrintRound(c *Consolidation) ([]meeting.Printed, error)
	// Check is that of [meeting.Press].
	Check(original, signed []byte) ([]meeting.PaperSignature, error)
}

// detail is what the audit log says of a step besides its name.
type detail = map[string]string

// admit is [ErrRole] for who may not take the steps of rounds: they are the
// superior's alone, and nobody's who has a seat at a meeting.
func admit(actor staff.Actor) error {
	if actor.Role != staff.Superior || actor.Meeting != "" {
		return fmt.Errorf("%w: %s", ErrRole, actor.Role)
	}
	return nil
}

// draft is the entry of the audit log about a step.
func (o *Office) draft(by audit.Actor, action string, d detail) audit.Draft {
	return audit.Draft{Time: o.Clock(), Actor: by, Action: action, Detail: d}
}

// today is the day on which something is done.
func (o *Office) today() meeting.Date { return DayOf(o.Clock()) }
