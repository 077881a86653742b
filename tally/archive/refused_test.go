package archive_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/zkp"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

// refused says, for each file of the folder, with which error and words it is
// refused, and how far the report came.
var refused = map[string]struct {
	err     error
	words   string
	state   archive.State
	ballots int
	events  int // accepted before the fault
}{
	"ballot-dropped":       {archive.ErrTally, "event 6 (EncryptedTally): encrypted tally: not the product of the ballots: says 5 ballots, the archive has 4", archive.StateClosed, 4, 6},
	"ballot-not-canonical": {ballot.ErrMalformed, "event 2 (Ballot): ballot: malformed: byte 33: not in canonical form", archive.StateOpen, 1, 2},
	"ballot-twice":         {ballot.ErrSpent, "event 2 (Ballot): credential: already used", archive.StateOpen, 1, 2},
	"ciphertext-swapped":   {ballot.ErrProof, "event 2 (Ballot): ballot: proof does not hold: answer 1: choice 1: individual proof", archive.StateOpen, 1, 2},
	"decryption-factor":    {tally.ErrPartialDecryption, "event 9 (PartialDecryption): partial decryption: does not hold: trustee 2: question 2: choice 1", archive.StateAggregated, 5, 9},
	"decryption-proof":     {tally.ErrPartialDecryption, "event 8 (PartialDecryption): partial decryption: does not hold: trustee 3: question 1: choice 1", archive.StateAggregated, 5, 8},
	"election-key":         {archive.ErrElectionKey, "event 0 (Setup): election: public key is not the trustees' key", archive.StateOpen, 0, 0},
	"hash":                 {archive.ErrName, "file 7: archive: content does not match its name", archive.StateOpen, 0, 1},
	"individual-proof":     {ballot.ErrProof, "event 2 (Ballot): ballot: proof does not hold: answer 1: choice 3: individual proof", archive.StateOpen, 1, 2},
	"num-tallied":          {tally.ErrWeight, "event 7 (EncryptedTally): sized encrypted tally: byte 33: total weight", archive.StateClosed, 5, 7},
	"overall-proof":        {ballot.ErrProof, "event 3 (Ballot): ballot: proof does not hold: answer 2: overall proof", archive.StateOpen, 2, 3},
	"parent":               {archive.ErrChain, "event 4 (Ballot): chain: broken: parent or height", archive.StateOpen, 3, 4},
	"point-upper-case":     {group.ErrElement, "event 2 (Ballot): ballot: malformed: byte 208", archive.StateOpen, 1, 2},
	"point-with-torsion":   {group.ErrElement, "event 2 (Ballot): ballot: malformed: answer 1: choice 1", archive.StateOpen, 1, 2},
	"proof-of-knowledge":   {zkp.ErrChallenge, "event 0 (Setup): trustees: item 1: verification key 1: proof of knowledge", archive.StateOpen, 0, 0},
	"result-shifted":       {tally.ErrResult, "event 10 (Result): result: not what the factors give: question 1: choice 2: not 2", archive.StateAggregated, 5, 10},
	"scalar-not-reduced":   {group.ErrScalar, "event 2 (Ballot): ballot: malformed: byte 8899", archive.StateOpen, 1, 2},
	"signature":            {ballot.ErrProof, "event 4 (Ballot): ballot: proof does not hold: signature", archive.StateOpen, 3, 4},
	"tally-altered":        {archive.ErrTally, "event 7 (EncryptedTally): encrypted tally: not the product of the ballots", archive.StateClosed, 5, 7},
	"too-few-shares":       {tally.ErrTooFew, "event 9 (Result): partial decryptions: fewer than the threshold: item 1: 1, want 2", archive.StateAggregated, 5, 9},
	"truncated":            {archive.ErrTruncated, "file 28: archive: ends in the middle of a file", archive.StateAggregated, 5, 10},
	"unlisted-credential":  {ballot.ErrUnknownCredential, "event 1 (Ballot): credential: unknown", archive.StateOpen, 0, 1},
	"version":              {ballot.ErrVersion, "event 0 (Setup): election: byte 12: election: protocol version is not 1", archive.StateOpen, 0, 0},
	"wrong-election":       {ballot.ErrWrongElection, "event 3 (Ballot): ballot: made for another election", archive.StateOpen, 2, 3},
}

func refusedFile(t testing.TB, name string) []byte {
	return readFile(t, "testdata", "vectors", "refused", name+".bel")
}

// TestRefused refuses every file of the folder for the reason in WHY.txt, and
// reports what holds before the fault.
func TestRefused(t *testing.T) {
	for name, want := range refused {
		t.Run(name, func(t *testing.T) {
			text := refusedFile(t, name)
			r := verify(t, text, archive.Options{})
			wantRefused(t, r, want.err, want.words)
			if r.State != want.state || r.Ballots != want.ballots || r.Result != nil {
				t.Errorf("state %s with %d ballots, result %v, want %s with %d", r.State, r.Ballots, r.Result, want.state, want.ballots)
			}
			if head := headAfter(t, text, want.events); r.LastEvent != head {
				t.Errorf("last event %x, want that after %d events, %x", r.LastEvent, want.events, head)
			}
		})
	}
}

// headAfter returns the hash of the last of the first n events, reading no
// further, since what follows may be broken.
func headAfter(t *testing.T, text []byte, n int) (head [32]byte) {
	t.Helper()
	for at := 0; n > 0; {
		size := 0
		for _, c := range text[at+124 : at+135] {
			size = 8*size + int(c-'0')
		}
		if strings.Contains(string(text[at:at+100]), ".event.json") {
			head = sha256.Sum256(text[at+512 : at+512+size])
			n--
		}
		at += int(archive.EntrySize(int64(size)))
	}
	return head
}

func hashOf(b []byte) [32]byte { return sha256.Sum256(b) }

// TestRefusedIsComplete: the folder, WHY.txt and the table name the same files.
func TestRefusedIsComplete(t *testing.T) {
	folder := filepath.Join("testdata", "vectors", "refused")
	why := map[string]bool{}
	for lines := bufio.NewScanner(bytes.NewReader(readFile(t, folder, "WHY.txt"))); lines.Scan(); {
		name, _, found := strings.Cut(lines.Text(), ": ")
		if why[name] = found; refused[name].err == nil {
			t.Errorf("%s is in WHY.txt and not in the table", name)
		}
	}
	entries, err := os.ReadDir(folder)
	ok(t, err)
	files := 0
	for _, e := range entries {
		name, found := strings.CutSuffix(e.Name(), ".bel")
		if !found {
			continue
		}
		if files++; !why[name] || refused[name].err == nil {
			t.Errorf("%s is a file, in WHY.txt: %v, in the table: %v", name, why[name], refused[name].err != nil)
		}
	}
	if files != len(refused) || files != len(why) || files != 24 {
		t.Errorf("%d files, %d in the table, %d in WHY.txt", files, len(refused), len(why))
	}
}

// TestRefusedAlikeEveryTime: the report does not depend on which processor was
// first, and no goroutine is left behind.
func TestRefusedAlikeEveryTime(t *testing.T) {
	before := runtime.NumGoroutine()
	for name := range refused {
		text, reports := refusedFile(t, name), map[string]bool{}
		for _, processors := range []int{1, 2, 4} {
			old := runtime.GOMAXPROCS(processors)
			for range 2 {
				report, err := json.Marshal(verify(t, text, archive.Options{}))
				ok(t, err)
				reports[string(report)] = true
			}
			runtime.GOMAXPROCS(old)
		}
		if len(reports) != 1 {
			t.Errorf("%s: %d reports: %v", name, len(reports), reports)
		}
	}
	for runtime.NumGoroutine() > before {
		runtime.Gosched() // a goroutine that never ends keeps the test here
	}
}

// TestFirstFaultIsNamed puts two faults into one archive: the bad ballot comes
// first, although the chain is read ahead of the ballots' proofs.
func TestFirstFaultIsNamed(t *testing.T) {
	steps := readSteps(t, refusedFile(t, "individual-proof"))
	steps[4].data[0] = steps[3].data[0] // a ballot twice, later
	files := filesOf(steps...)
	files[len(files)-3].content = []byte(`{"parent":"no"}`)
	wantRefused(t, verify(t, write(files), archive.Options{}), ballot.ErrProof, "event 2 (Ballot)")
	files[6].content = bytes.Replace(files[6].content, []byte(`"height":1`), []byte(`"height":7`), 1)
	wantRefused(t, verify(t, write(files), archive.Options{}), archive.ErrChain, "event 1 (Ballot)")
}
