package tally

import (
	"errors"
	"fmt"
	"slices"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/threshold"
	"github.com/homphieu/homphieu/crypto/wire"
)

// ErrOwner is returned for a trustee that is not on the list.
var ErrOwner = errors.New("trustee: not on the list")

// ErrOwnerTwice is returned for two contributions of one trustee.
var ErrOwnerTwice = errors.New("trustee: contributes twice")

// A Trustee is one holder of a key. Trustees are numbered from 1 over the
// flattened list.
type Trustee struct {
	Public  *group.Element // g^x of the key that decrypts
	Signing *group.Element // the key that signs messages: the certificate's, or Public of a trustee alone
	item    int            // index of its item
	index   int            // from 1 within a Pedersen item, 0 alone
}

// An item is one entry of the trustees list: a trustee alone, or a Pedersen
// board.
type item struct {
	threshold int // 1 for a trustee alone
	size      int
}

// Trustees are the holders of an election's key, all checked.
type Trustees struct {
	raw     []byte
	items   []item
	members []Trustee
	public  *group.Element
}

// ParseTrustees reads a trustees object and makes every check of
// docs/PROTOCOL.md §6 on it. It keeps the text.
func ParseTrustees(text []byte) (*Trustees, error) {
	t := &Trustees{raw: text, public: group.Identity()}
	r := wire.NewReader(text)
	var verify []func() error
	n := r.List(func() {
		switch {
		case r.Optional(`["Single",`):
			k := threshold.ReadKey(r)
			verify = append(verify, func() error { return t.addSingle(k) })
		case r.Optional(`["Pedersen",`):
			p := threshold.ReadParameters(r)
			verify = append(verify, func() error { return t.addPedersen(p) })
		default:
			r.Fail(errors.New("neither Single nor Pedersen"))
		}
		r.Literal(`]`)
	})
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("trustees: %w", err)
	}
	if n == 0 {
		return nil, errors.New("trustees: none")
	}
	for i, f := range verify {
		if err := f(); err != nil {
			return nil, fmt.Errorf("trustees: item %d: %w", i+1, err)
		}
	}
	return t, t.checkDistinct()
}

// checkDistinct refuses a signing key that stands twice: one person would count
// as two. (Keys that decrypt are all the same on a board with threshold 1.)
func (t *Trustees) checkDistinct() error {
	for i, a := range t.members {
		for j, b := range t.members[:i] {
			if a.Signing.Equal(b.Signing) {
				return fmt.Errorf("trustees: %d has the key of trustee %d", i+1, j+1)
			}
		}
	}
	return nil
}

func (t *Trustees) addSingle(k threshold.Key) error {
	if k.Signature != nil {
		return errors.New("signature: on the key of a trustee alone")
	}
	if err := k.Verify(); err != nil {
		return err
	}
	t.members = append(t.members, Trustee{Public: k.Public, Signing: k.Public, item: len(t.items)})
	t.items = append(t.items, item{threshold: 1, size: 1})
	t.public = t.public.Mul(k.Public)
	return nil
}

func (t *Trustees) addPedersen(p *threshold.Parameters) error {
	public, certificates, err := p.Verify()
	if err != nil {
		return err
	}
	for i, c := range certificates {
		t.members = append(t.members, Trustee{p.VerificationKeys[i].Public, c.Verification, len(t.items), i + 1})
	}
	t.items = append(t.items, item{threshold: p.Threshold, size: p.Size()})
	t.public = t.public.Mul(public)
	return nil
}

// SingleTrustee writes the trustees object of one trustee alone.
func SingleTrustee(k threshold.Key) []byte {
	return append(k.AppendJSON([]byte(`[["Single",`)), `]]`...)
}

// PedersenTrustees writes the trustees object of one Pedersen board.
func PedersenTrustees(p *threshold.Parameters) []byte {
	return append(p.AppendJSON([]byte(`[["Pedersen",`)), `]]`...)
}

// Raw returns the exact bytes, which must not be changed.
func (t *Trustees) Raw() []byte { return t.raw }

// PublicKey returns the election key that these trustees hold together.
func (t *Trustees) PublicKey() *group.Element { return t.public }

// Len returns the number of trustees on the flattened list.
func (t *Trustees) Len() int { return len(t.members) }

// Quorum returns the smallest number of trustees that can decrypt.
func (t *Trustees) Quorum() (n int) {
	for _, it := range t.items {
		n += it.threshold
	}
	return n
}

// A Need counts down how many contributions each item of trustees still needs.
type Need struct {
	trustees *Trustees
	left     []int
	taken    map[int]bool
}

// Need returns the count before any contribution.
func (t *Trustees) Need() *Need {
	n := &Need{trustees: t, taken: map[int]bool{}}
	for _, it := range t.items {
		n.left = append(n.left, it.threshold)
	}
	return n
}

// Take reports whether a contribution of owner is still needed, and counts it.
func (n *Need) Take(owner int) bool {
	m, err := n.trustees.Trustee(owner)
	if err != nil || n.taken[owner] || n.left[m.item] == 0 {
		return false
	}
	n.taken[owner] = true
	n.left[m.item]--
	return true
}

// Trustee returns the trustee with the number owner.
func (t *Trustees) Trustee(owner int) (Trustee, error) {
	if owner < 1 || owner > len(t.members) {
		return Trustee{}, fmt.Errorf("%w: %d of %d", ErrOwner, owner, len(t.members))
	}
	return t.members[owner-1], nil
}

// coefficients returns, for each of owners, the exponent of its factor:
// Lagrange coefficients within a Pedersen item, 1 for a trustee alone. It
// refuses a set that cannot decrypt.
func (t *Trustees) coefficients(owners []int) ([]*group.Scalar, error) {
	indices := make([][]int, len(t.items))
	place := make([]int, len(owners)) // of each owner within its item
	for i, owner := range owners {
		m, err := t.Trustee(owner)
		if err != nil {
			return nil, err
		}
		if slices.Contains(owners[:i], owner) {
			return nil, fmt.Errorf("%w: %d", ErrOwnerTwice, owner)
		}
		place[i] = len(indices[m.item])
		indices[m.item] = append(indices[m.item], m.index)
	}
	lagrange := make([][]*group.Scalar, len(t.items))
	for i, it := range t.items {
		if len(indices[i]) < it.threshold {
			return nil, fmt.Errorf("%w: item %d: %d, want %d", ErrTooFew, i+1, len(indices[i]), it.threshold)
		}
		lagrange[i] = threshold.Lagrange(indices[i])
	}
	out := make([]*group.Scalar, len(owners))
	for i, owner := range owners {
		out[i] = lagrange[t.members[owner-1].item][place[i]]
	}
	return out, nil
}
