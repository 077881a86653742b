package ledger

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/homphieu/homphieu/ballot"
)

// Canonical returns what a policy says about one log, in one spelling: the key
// of the log, all witnesses, all groups, and the quorum.
//
//	log hop.example.vn/log+1f2e3d4c+ARpc2…
//	witness so-noi-vu w1.example.vn+5a6b7c8d+BHj3…
//	witness tinh-uy w2.example.vn+9a8b7c6d+BKk1…
//	group witnesses 2 so-noi-vu tinh-uy
//	quorum witnesses
//
// Witnesses, groups and the members of a group stand in ascending order of the
// bytes of their names, thresholds are numbers, items are one space apart.
// Addresses, comments, other logs and the signature are left out. Since groups
// may stand before their members, it is not always a policy by itself.
func (p *Policy) Canonical(log *Key) []byte {
	b := fmt.Appendf(nil, "log %s\n", log)
	byName := func(a, b PolicyWitness) int { return strings.Compare(a.Name, b.Name) }
	for _, w := range slices.SortedFunc(slices.Values(p.Witnesses), byName) {
		b = fmt.Appendf(b, "witness %s %s\n", w.Name, w.Key())
	}
	for _, name := range slices.Sorted(maps.Keys(p.groups)) {
		g := p.groups[name]
		b = fmt.Appendf(b, "group %s %d %s\n", name, g.threshold, strings.Join(slices.Sorted(slices.Values(g.members)), " "))
	}
	return fmt.Appendf(b, "quorum %s\n", p.quorum)
}

// Digits returns 24 digits for people to compare: of the SHA-256 of
// [Policy.Canonical]. Whose digits are the same has the same key of the log, the
// same keys of the witnesses and the same quorum. Names alone tell nothing, for
// anybody can make a key for any name.
func (p *Policy) Digits(log *Key) string { return ballot.Digits(sha256.Sum256(p.Canonical(log))) }

// Key returns the public key of a witness in its text form.
func (w PolicyWitness) Key() string { return w.key }
