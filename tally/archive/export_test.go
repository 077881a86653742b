package archive

import (
	"unsafe"

	"github.com/homphieu/homphieu/ballot"
)

// GrowthPerBallot returns how many bytes a verification holds in all that
// grows with the ballots, if all credentials of the roll vote.
func GrowthPerBallot(e *ballot.Election, roll *Roll) int {
	p := newPipeline(e, roll)
	for i := range roll.Len() {
		p.firsts = append(p.firsts, first{uint64(i), int64(i)})
	}
	close(p.work)
	close(p.queue)
	<-p.done
	return cap(roll.keys)*int(unsafe.Sizeof(roll.keys[0])) + cap(roll.spent)*int(unsafe.Sizeof(roll.spent[0])) +
		cap(p.firsts)*int(unsafe.Sizeof(p.firsts[0]))
}

// Spend marks a credential as used.
func (r *Roll) Spend(key ballot.CredentialKey) error { return r.spend(key) }

// Unspent checks that a credential is listed and was not used.
func (r *Roll) Unspent(key ballot.CredentialKey) error { return r.unspent(key) }
