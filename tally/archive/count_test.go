package archive_test

import (
	"bytes"
	"testing"

	"github.com/homphieu/homphieu/tally/archive"
)

// The credentials of an object are as many as there are when each is read.
func TestCountCredentials(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 66, 67, 68, 300} {
		text := rollText(elements(n)...)
		roll, err := archive.ReadRoll(bytes.NewReader(text))
		ok(t, err)
		if got := archive.CountCredentials(text); got != n || roll.Len() != n {
			t.Errorf("%d counted, %d read, want %d", got, roll.Len(), n)
		}
	}
}
