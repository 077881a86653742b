package box_test

import (
	"errors"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
)

// TestAdmit is the whole table of the rule: the credential is judged before
// the state, and only an unused credential in an open poll is admitted.
func TestAdmit(t *testing.T) {
	credentials := map[box.Use]error{
		box.Unknown: ballot.ErrUnknownCredential, box.Voided: ballot.ErrVoided, box.Spent: ballot.ErrSpent, box.Unused: nil,
	}
	states := map[box.State]error{
		box.Sealed: ballot.ErrNotOpen, box.Open: nil, box.Closed: ballot.ErrClosed, box.Tallied: ballot.ErrClosed,
	}
	for use, want := range credentials {
		for state, unused := range states {
			if use == box.Unused {
				want = unused
			}
			err := box.Admit(state, box.Credential{Use: use, Ballot: [32]byte{7}})
			if !errors.Is(err, want) {
				t.Errorf("%s, credential %d: %v, want %v", state, use, err, want)
			}
			var spent *box.SpentError
			if errors.As(err, &spent) != (use == box.Spent) || (spent != nil && spent.Ballot != [32]byte{7}) {
				t.Errorf("%s, credential %d: %#v", state, use, err)
			}
		}
	}
	if err := box.Admit(box.Tallied+1, box.Credential{Use: box.Unused}); err == nil {
		t.Error("admitted in a state that does not exist")
	}
	if err := box.Admit(box.Open, box.Credential{Use: box.Spent + 1}); err == nil {
		t.Error("admitted with a use that does not exist")
	}
}

// TestSpentErrorKeepsItsHash: the hash of an accepted ballot is for its voter,
// not for logs.
func TestSpentErrorKeepsItsHash(t *testing.T) {
	for _, hash := range [][32]byte{{}, {1, 2, 3}} {
		if got := (&box.SpentError{Ballot: hash}).Error(); got != ballot.ErrSpent.Error() {
			t.Errorf("error says %q", got)
		}
	}
}

func TestStateNames(t *testing.T) {
	for state, want := range map[box.State]string{box.Sealed: "sealed", box.Open: "open", box.Closed: "closed", box.Tallied: "tallied"} {
		if state.String() != want {
			t.Errorf("%d: %q, want %q", state, state, want)
		}
	}
}
