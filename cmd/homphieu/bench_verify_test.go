package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/homphieu/homphieu/crypto/group/lanes"
)

// What verifiers are measured with: a closed archive, of which belenios-tool too
// checks all.
const (
	verifyBallots = 50
	verifyRounds  = 7
)

// oneLane and oneCore are settings of our verifier: without eight lanes, and with
// one processor.
const (
	oneLane = "GODEBUG=cpu.avx512dq=off"
	oneCore = "GOMAXPROCS=1"
)

// measureVerify lets belenios-tool and homphieu-verify verify one archive of 50
// ballots on 20 persons in turn: the processor time of each, user and system, and
// the time on the clock with one processor and with two.
func measureVerify(b *testing.B) []row {
	tool := toolOf(b)
	folder := b.TempDir()
	bel := countedArchive(b, folder, verifyBallots)
	ours := buildVerifier(b)
	var reference, one, eight []time.Duration
	var oneWall, oneWall2, eightWall, eightWall2 []time.Duration
	for range verifyRounds {
		reference = append(reference, runVerifier(b, nil, tool, "election", "verify", "--dir", folder).processor)
		r := runVerifier(b, []string{oneLane, oneCore}, ours, bel)
		one, oneWall = append(one, r.processor), append(oneWall, r.wall)
		oneWall2 = append(oneWall2, runVerifier(b, []string{oneLane, "GOMAXPROCS=2"}, ours, bel).wall)
		if !lanes.Available {
			continue
		}
		r = runVerifier(b, []string{oneCore}, ours, bel)
		eight, eightWall = append(eight, r.processor), append(eightWall, r.wall)
		eightWall2 = append(eightWall2, runVerifier(b, []string{"GOMAXPROCS=2"}, ours, bel).wall)
	}
	what := fmt.Sprintf("verify %d × %d, processor time", verifyBallots, benchPeople)
	against := "belenios-tool " + seconds(median(reference))
	rows := []row{
		{what + ", one lane", seconds(median(one)), against, quotient(median(reference), median(one)), "≥ 8"},
		{"the same, wall, one core → two", seconds(median(oneWall2)), "one core " + seconds(median(oneWall)), quotient(median(oneWall), median(oneWall2)), "≥ 1.8"},
	}
	if !lanes.Available {
		return append(rows, row{what + ", eight lanes", "not measured: no AVX-512 IFMA here", "", "", "≥ 30"})
	}
	return append(rows,
		row{what + ", eight lanes", seconds(median(eight)), against, quotient(median(reference), median(eight)), "≥ 30"},
		row{"the same, wall, one core → two", seconds(median(eightWall2)), "one core " + seconds(median(eightWall)), quotient(median(eightWall), median(eightWall2)), "≥ 1.8"},
	)
}

// toolOf finds belenios-tool.
func toolOf(b *testing.B) string {
	b.Helper()
	tool, err := exec.LookPath("belenios-tool")
	if err != nil {
		b.Fatal("belenios-tool is missing: run .ci/belenios-tool and put .tools/bin on the PATH, as make bench does")
	}
	return tool
}

// A verified is what a run of a verifier took.
type verified struct{ processor, wall time.Duration }

// runVerifier runs a verifier, which must find everything right, with these
// settings in its environment.
func runVerifier(b *testing.B, settings []string, name string, args ...string) verified {
	b.Helper()
	command := exec.CommandContext(b.Context(), name, args...)
	command.Env = slices.Concat(os.Environ(), settings)
	begin := time.Now()
	if out, err := command.CombinedOutput(); err != nil {
		b.Fatalf("%s: %v: %s", name, err, out)
	}
	return verified{command.ProcessState.UserTime() + command.ProcessState.SystemTime(), time.Since(begin)}
}

func quotient(a, b time.Duration) string { return fmt.Sprintf("%.1f", a.Seconds()/b.Seconds()) }
