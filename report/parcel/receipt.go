package parcel

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/tally/ledger"
)

// A Receipt is what a superior's server says of a package that it has accepted:
// everything in it was verified, and it counts. It comes as a signed note
// (C2SP signed-note) of the lines that [round.Package.ReceiptText] gives.
type Receipt struct {
	Package  string      `json:"package"` // its hash
	Round    ballot.UUID `json:"round"`
	Agency   string      `json:"agency"`
	Group    string      `json:"group"`
	Poll     ballot.UUID `json:"poll,omitempty"` // empty for a notice
	Received time.Time   `json:"received"`
	Entry    int64       `json:"entry"` // in the superior's public log; -1 for none
}

// ErrReceipt is returned, with the cause, for a receipt that does not hold.
var ErrReceipt = errors.New("receipt: does not hold")

const maxReceipt = 4 << 10

// Text returns the lines that are signed.
func (r *Receipt) Text() string {
	p := round.Package{
		Claim:    round.Claim{Hash: r.Package, Round: r.Round, Agency: r.Agency, Group: r.Group, Poll: r.Poll},
		Received: r.Received, Entry: r.Entry,
	}
	return p.ReceiptText()
}

// ParseReceipt reads what [Receipt.Text] returns, and nothing else.
func ParseReceipt(text string) (*Receipt, error) {
	lines := strings.Split(text, "\n")
	if len(text) > maxReceipt || len(lines) != 9 {
		return nil, fmt.Errorf("%w: malformed", ErrReceipt)
	}
	r := &Receipt{Package: lines[1], Round: ballot.UUID(lines[2]), Agency: lines[3], Group: lines[4], Poll: ballot.UUID(lines[5]), Entry: -1}
	received, timed := strings.CutPrefix(lines[6], "received ")
	entry, numbered := strings.CutPrefix(lines[7], "entry ")
	var err error
	if r.Received, err = time.Parse(time.RFC3339, received); err == nil && entry != "-" {
		r.Entry, err = strconv.ParseInt(entry, 10, 64)
	}
	switch {
	case err != nil || !timed || !numbered || r.Received.Location() != time.UTC:
	case !hexHash.MatchString(r.Package) || !r.Round.Valid() || r.Poll != "" && !r.Poll.Valid():
	case !shortName.MatchString(r.Agency) || !shortName.MatchString(r.Group) || r.Text() != text:
	default:
		return r, nil
	}
	return nil, fmt.Errorf("%w: malformed", ErrReceipt)
}

// OpenReceipt reads a receipt that is signed with the key of the superior's
// server, given as it stands in round files (C2SP signed-note, a verifier key),
// and with no other.
func OpenReceipt(signed []byte, key string) (*Receipt, error) {
	k, err := ledger.ParseKey(key)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	if len(signed) > maxReceipt {
		return nil, fmt.Errorf("%w: malformed", ErrReceipt)
	}
	text, err := ledger.OpenNote(signed, k)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	return ParseReceipt(text)
}

// Of is [ErrReceipt] unless the receipt is one of the package with this claim.
func (r *Receipt) Of(c *round.Claim) error {
	if r.Package != c.Hash || r.Round != c.Round || r.Agency != c.Agency || r.Group != c.Group || r.Poll != c.Poll {
		return fmt.Errorf("%w: of another package", ErrReceipt)
	}
	return nil
}
