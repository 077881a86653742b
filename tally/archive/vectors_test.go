package archive_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

// vectors are the elections made by belenios-tool.
var vectors = []struct {
	folder  string
	state   archive.State
	ballots int
}{
	{"board-2-of-3", archive.StateResult, 5},
	{"board-3-of-5", archive.StateResult, 24},
	{"one-trustee", archive.StateResult, 4},
	{"mixed", archive.StateResult, 6},
	{"still-open", archive.StateOpen, 3},
}

// vectorFile returns the one archive of a folder, and the uuid in its name.
func vectorFile(t testing.TB, folder string) (text []byte, uuid string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join("testdata", "vectors", folder, "*.bel"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %q, %v", folder, found, err)
	}
	name := filepath.Base(found[0])
	return readFile(t, found[0]), name[:len(name)-len(".bel")]
}

// TestVectors accepts what belenios-tool wrote, with the result that follows
// from what each voter marked.
func TestVectors(t *testing.T) {
	for _, v := range vectors {
		t.Run(v.folder, func(t *testing.T) {
			text, uuid := vectorFile(t, v.folder)
			r := verify(t, text, archive.Options{})
			wantValid(t, r, v.state)
			if r.UUID != uuid || r.Ballots != v.ballots || r.Voided != -1 || r.LastEvent != lastEvent(t, text) {
				t.Errorf("report %+v", r)
			}
			var want tally.Result
			if v.state == archive.StateResult {
				want = sumOfChoices(t, v.folder)
			}
			if !reflect.DeepEqual(r.Result, want) {
				t.Errorf("result %v, the voters marked %v", r.Result, want)
			}
			if weak := r.DecryptionProofs == archive.ProofsWeak; weak != (v.state == archive.StateResult) {
				t.Errorf("decryption proofs %q", r.DecryptionProofs)
			}
		})
	}
}

func lastEvent(t *testing.T, text []byte) (hash [32]byte) {
	t.Helper()
	_, files := readFiles(t, text)
	return hashOf(files[len(files)-1].content)
}

func sumOfChoices(t *testing.T, folder string) (sum tally.Result) {
	t.Helper()
	var voters []struct{ Choices [][]int }
	ok(t, json.Unmarshal(readFile(t, "testdata", "vectors", folder, "choices.json"), &voters))
	for _, v := range voters {
		for i, marks := range v.Choices {
			if len(sum) <= i {
				sum = append(sum, make([]int, len(marks)))
			}
			for j, m := range marks {
				sum[i][j] += m
			}
		}
	}
	return sum
}

// TestWriterGivesTheSameBytes writes again what belenios-tool wrote: the
// writers agree on every byte of headers, padding and events.
func TestWriterGivesTheSameBytes(t *testing.T) {
	for _, v := range vectors {
		t.Run(v.folder, func(t *testing.T) {
			text, _ := vectorFile(t, v.folder)
			timestamp, files := readFiles(t, text)
			got := archive.AppendHead(nil, timestamp)
			for _, f := range files {
				before := len(got)
				got = archive.AppendEntry(got, f.kind, f.content, timestamp)
				if size := archive.EntrySize(int64(len(f.content))); int64(len(got)-before) != size {
					t.Errorf("an entry of %d bytes has size %d, EntrySize says %d", len(f.content), len(got)-before, size)
				}
			}
			if !bytes.Equal(got, text) {
				t.Error("bytes differ")
			}
			chained := filesOf(readSteps(t, text)...)
			for i := range files {
				if !bytes.Equal(chained[i].content, files[i].content) {
					t.Fatalf("file %d: the chain gives %s, the archive has %s", i, chained[i].content, files[i].content)
				}
			}
		})
	}
}

// TestAgree: our own small vote, which the other tests break, is valid.
func TestAgree(t *testing.T) {
	v := theVote()
	for i, state := range []archive.State{
		archive.StateOpen, archive.StateOpen, archive.StateOpen, archive.StateOpen, archive.StateClosed,
		archive.StateAggregated, archive.StateAggregated, archive.StateAggregated, archive.StateResult,
	} {
		wantValid(t, verify(t, tell(v.steps[:i+1]...), archive.Options{}), state)
	}
	r := verify(t, tell(v.steps...), archive.Options{Shares: v.shares})
	wantValid(t, r, archive.StateResult)
	if r.DecryptionProofs != archive.ProofsStrong || !reflect.DeepEqual(r.Result, tally.Result{{2, 1}}) {
		t.Errorf("report %+v", r)
	}
}
