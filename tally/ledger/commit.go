package ledger

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/homphieu/homphieu/ballot"
)

// LastEvent is the name under which a result commits to the last event of the
// archive, that of the result.
const LastEvent = "last_event"

// NewSalt draws the salt of a result entry. It is kept secret until the chair
// publishes, and must not be lost: without it the entry can never be opened.
func NewSalt() (salt [32]byte) {
	rand.Read(salt[:])
	return salt
}

// Commit returns what a result entry says of an item before it is opened:
//
//	HMAC-SHA-256(salt, "homphieu-commitment-v1|" election "|" name "|" hex(hash))
//
// (RFC 2104). Who does not know the salt learns nothing from it; who publishes
// salt and hash could find no other pair that fits.
func Commit(salt [32]byte, election ballot.UUID, item Item) [32]byte {
	mac := hmac.New(sha256.New, salt[:])
	fmt.Fprintf(mac, "homphieu-commitment-v1|%s|%s|%s", election, item.Name, hex.EncodeToString(item.Hash[:]))
	return [32]byte(mac.Sum(nil))
}

// NewResult commits to the given items, in whatever order they come.
func NewResult(election ballot.UUID, salt [32]byte, items []Item) Result {
	r := Result{Election: election}
	for _, item := range sorted(items) {
		r.Commitments = append(r.Commitments, Item{item.Name, Commit(salt, election, item)})
	}
	return r
}

// NewOpened opens the result entry of that number. items are those that
// [NewResult] was given.
func NewOpened(election ballot.UUID, result int64, salt [32]byte, items []Item) Opened {
	return Opened{Election: election, Result: result, Salt: salt, Hashes: sorted(items)}
}

func sorted(items []Item) []Item {
	return slices.SortedFunc(slices.Values(items), func(a, b Item) int { return strings.Compare(a.Name, b.Name) })
}

// Check returns [ErrOpening] unless o is what r commits to, all of it.
func (o Opened) Check(r Result) error {
	if o.Election != r.Election {
		return fmt.Errorf("%w: another election", ErrOpening)
	}
	if len(o.Hashes) != len(r.Commitments) {
		return fmt.Errorf("%w: %d items, it has %d", ErrOpening, len(o.Hashes), len(r.Commitments))
	}
	for i, item := range o.Hashes {
		if c := r.Commitments[i]; c.Name != item.Name {
			return fmt.Errorf("%w: %s stands for %s", ErrOpening, item.Name, c.Name)
		} else if sum := Commit(o.Salt, o.Election, item); !hmac.Equal(sum[:], c.Hash[:]) {
			return fmt.Errorf("%w: %s", ErrOpening, item.Name)
		}
	}
	return nil
}
