package archive

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
)

// A Roll is the sorted list of public credentials with a mark on each that has
// been used: 32 bytes and a bit per credential.
type Roll struct {
	keys  []ballot.CredentialKey
	spent []uint64
}

// ErrCredentials is returned for a list of credentials that cannot stand.
var ErrCredentials = errors.New("credentials: not a list of distinct elements")

// together is how many credentials are checked at once.
const together = 64

// ReadRoll reads a credentials object, a list of distinct elements other than
// the identity, without holding its text.
func ReadRoll(text io.Reader) (*Roll, error) {
	roll, in := new(Roll), bufio.NewReaderSize(text, 64<<10)
	var item [67]byte // `["HEX"` or `,"HEX"`
	if sized, ok := text.(interface{ Size() int64 }); ok {
		roll.keys = make([]ballot.CredentialKey, 0, sized.Size()/int64(len(item)))
	}
	var some []*group.Unchecked // read and not checked yet
	for n := 0; ; n++ {
		if head, _ := in.Peek(2); n == 0 && bytes.Equal(head, []byte("[]")) {
			_, _ = in.Discard(2) // peeked above
			break
		}
		if _, err := io.ReadFull(in, item[:]); err != nil {
			return nil, fmt.Errorf("credentials: %w", wire.ErrCanonical)
		}
		u, err := readCredential(item[:], n == 0)
		if err != nil {
			return nil, fmt.Errorf("credentials: number %d: %w", n+1, err)
		}
		if some = append(some, u); len(some) == together {
			if err := roll.take(some); err != nil {
				return nil, err
			}
			some = some[:0]
		}
		if next, _ := in.Peek(1); len(next) == 1 && next[0] == ']' {
			_, _ = in.Discard(1) // peeked above
			break
		}
	}
	if _, err := in.ReadByte(); err != io.EOF {
		return nil, fmt.Errorf("credentials: %w", wire.ErrCanonical)
	}
	if err := roll.take(some); err != nil {
		return nil, err
	}
	return roll, roll.sort()
}

func readCredential(item []byte, first bool) (*group.Unchecked, error) {
	r := wire.NewReader(item)
	if first {
		r.Literal(`[`)
	} else {
		r.Literal(`,`)
	}
	u := r.Unchecked()
	return u, r.End()
}

// take checks credentials and adds them.
func (r *Roll) take(credentials []*group.Unchecked) error {
	if _, bad := group.CheckAll(credentials); bad >= 0 {
		return fmt.Errorf("credentials: number %d: %w", len(r.keys)+bad+1, group.ErrElement)
	}
	for _, u := range credentials {
		if u.IsIdentity() {
			return r.isIdentity()
		}
		r.keys = append(r.keys, u.Key())
	}
	return nil
}

// isIdentity refuses the credential that would come next.
func (r *Roll) isIdentity() error {
	return fmt.Errorf("credentials: number %d: the identity", len(r.keys)+1)
}

// add adds credentials that are elements.
func (r *Roll) add(elements []*group.Element) error {
	for _, e := range elements {
		if e.IsIdentity() {
			return r.isIdentity()
		}
		r.keys = append(r.keys, ballot.CredentialKey(e.Key()))
	}
	return nil
}

func compareKeys(a, b ballot.CredentialKey) int { return bytes.Compare(a[:], b[:]) }

func (r *Roll) sort() error {
	slices.SortFunc(r.keys, compareKeys)
	for i := 1; i < len(r.keys); i++ {
		if r.keys[i] == r.keys[i-1] {
			return fmt.Errorf("%w: %s twice", ErrCredentials, r.keys[i])
		}
	}
	r.spent = make([]uint64, (len(r.keys)+63)/64)
	return nil
}

// Len returns the number of credentials.
func (r *Roll) Len() int { return len(r.keys) }

// Keys returns the credentials in ascending order. They must not be changed.
func (r *Roll) Keys() []ballot.CredentialKey { return r.keys }

// AppendJSON appends the canonical credentials object, in ascending order so
// that their order tells nothing.
func (r *Roll) AppendJSON(b []byte) []byte {
	return wire.AppendList(b, len(r.keys), func(b []byte, i int) []byte { return wire.AppendHash(b, r.keys[i]) })
}

// NewRoll makes a list of public credentials.
func NewRoll(credentials []*group.Element) (*Roll, error) {
	r := new(Roll)
	if err := r.add(credentials); err != nil {
		return nil, err
	}
	return r, r.sort()
}

func (r *Roll) find(key ballot.CredentialKey) (int, error) {
	i, ok := slices.BinarySearchFunc(r.keys, key, compareKeys)
	if !ok {
		return 0, ballot.ErrUnknownCredential
	}
	return i, nil
}

// spend marks a credential as used.
func (r *Roll) spend(key ballot.CredentialKey) error {
	i, err := r.find(key)
	if err != nil {
		return err
	}
	word, bit := &r.spent[i/64], uint64(1)<<(i%64)
	if *word&bit != 0 {
		return ballot.ErrSpent
	}
	*word |= bit
	return nil
}

// unspent checks that a credential is listed and was not used.
func (r *Roll) unspent(key ballot.CredentialKey) error {
	i, err := r.find(key)
	if err != nil {
		return err
	}
	if r.spent[i/64]&(1<<(i%64)) != 0 {
		return ballot.ErrSpent
	}
	return nil
}
