//go:build amd64 && !purego

package group

import (
	"testing"

	"github.com/homphieu/homphieu/crypto/group/lanes"
)

// Whether the lanes have to be there, the tests of package lanes know.
func init() {
	if lanes.Available {
		runs["eight lanes"] = (*Batch).runEight
	}
}

// TestRunTakesTheLanes: a batch that is large enough runs in lanes where there
// are any, and one that is not does not.
func TestRunTakesTheLanes(t *testing.T) {
	b := NewBatch(nil)
	for n := range 2 * lanes.Width {
		if got, want := b.runInLanes(), lanes.Available && n >= fewest; got != want {
			t.Fatalf("%d points in lanes: %v, want %v", n, got, want)
		}
		b = NewBatch(nil)
		for i := range n + 1 {
			b.Element(BaseExp(ScalarFromInt(i)))
		}
	}
}
