package main

import (
	"fmt"
	"io"
	"testing"
	"time"
)

// What a board member's browser verifies in the table: a fifth of the ballots of
// the aim, because sealing all 500 takes longer than verifying them.
const (
	boardVoters = "100"
	boardPeople = "20"
	boardPart   = 5
)

// measureBoard measures the verification that a board member's browser makes
// before a share is given, from the bytes to the verdict, with a worker for each
// processor; the same without WebAssembly, as old browsers do it; and
// homphieu-verify in one lane. Medians of three, taken in turn.
func measureBoard(b *testing.B) []row {
	b.Helper()
	folder := b.TempDir()
	if err := demo(b.Context(), []string{"--out", folder, "--voters", boardVoters, "--people", boardPeople}, io.Discard); err != nil {
		b.Fatal(err)
	}
	bel, native, page := theOne(b, folder, "*.bel"), nativeVerifier(b), serveVotes(b, folder)
	chromium := startBrowser(b)
	var kernel, plain, lane []time.Duration
	for range 3 {
		kernel = append(kernel, timeMember(b, chromium, page))
		plain = append(plain, timeMember(b, chromium, page+"plain"))
		lane = append(lane, timeVerifier(b, native, bel, "GODEBUG=cpu.avx512dq=off"))
	}
	const what = "a board member's browser verifies " + boardVoters + " ballots of " + boardPeople
	whole := func(d time.Duration) string {
		return fmt.Sprintf("%.2f s (%.1f s for 500)", d.Seconds(), (boardPart * d).Seconds())
	}
	ratio := func(d, other time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()/other.Seconds()) }
	k, p, l := median(kernel), median(plain), median(lane)
	return []row{
		{what, whole(k), fmt.Sprintf("without WebAssembly: %s", whole(p)), ratio(k, p), "500 in less than 60 s on two processors"},
		{what, whole(k), fmt.Sprintf("homphieu-verify, one lane: %s", whole(l)), ratio(k, l), ""},
	}
}
