package archive_test

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/tally/archive"
)

// A file is one file of an archive after the first.
type file struct {
	kind    archive.Kind
	content []byte
}

// A step is one event: its type and the data before it.
type step struct {
	kind string
	data [][]byte
}

// readFiles takes an archive apart with the standard library, not with ours.
func readFiles(t testing.TB, text []byte) (timestamp int64, files []file) {
	t.Helper()
	for r := tar.NewReader(bytes.NewReader(text)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return timestamp, files
		}
		ok(t, err)
		content, err := io.ReadAll(r)
		ok(t, err)
		timestamp = h.ModTime.Unix()
		hash, suffix, _ := strings.Cut(h.Name, ".")
		if hash == "BELENIOS" {
			continue
		}
		if sum := sha256.Sum256(content); hash != hex.EncodeToString(sum[:]) {
			t.Fatalf("%s: name is not the hash of the content", h.Name)
		}
		f := file{archive.KindData, content}
		if suffix == "event.json" {
			f.kind = archive.KindEvent
		}
		files = append(files, f)
	}
}

// readSteps returns the story that an archive tells.
func readSteps(t testing.TB, text []byte) (steps []step) {
	t.Helper()
	var data [][]byte
	_, files := readFiles(t, text)
	for _, f := range files {
		if f.kind == archive.KindData {
			data = append(data, f.content)
			continue
		}
		var e struct{ Type string }
		ok(t, json.Unmarshal(f.content, &e))
		steps = append(steps, step{e.Type, data})
		data = nil
	}
	return steps
}

// write writes files as they are.
func write(files []file) []byte {
	text := archive.AppendHead(nil, boxtest.Timestamp)
	for _, f := range files {
		text = archive.AppendEntry(text, f.kind, f.content, boxtest.Timestamp)
	}
	return text
}

// tell writes an archive that tells a story, with an unbroken chain.
func tell(steps ...step) []byte { return write(filesOf(steps...)) }

func filesOf(steps ...step) (files []file) {
	var chain archive.Chain
	for _, s := range steps {
		var payload *[32]byte
		for _, d := range s.data {
			files = append(files, file{archive.KindData, d})
			hash := sha256.Sum256(d)
			payload = &hash
		}
		var text []byte
		text, chain = chain.Next(s.kind, payload)
		files = append(files, file{archive.KindEvent, text})
	}
	return files
}

func verify(t testing.TB, text []byte, o archive.Options) *archive.Report {
	t.Helper()
	r, err := archive.Verify(bytes.NewReader(text), int64(len(text)), o)
	ok(t, err)
	return r
}

// errAny stands for an error without a name, which is judged by its words.
var errAny = errors.New("test: any error")

// wantRefused requires a certain reason, in words too.
func wantRefused(t *testing.T, r *archive.Report, want error, words string) {
	t.Helper()
	if !is(r.Reason, want) || !strings.Contains(r.Reason.Error(), words) {
		t.Errorf("reason %v, want %v … %q", r.Reason, want, words)
	}
}

func is(err, want error) bool {
	if errors.Is(want, errAny) {
		return err != nil
	}
	return errors.Is(err, want)
}

func wantValid(t *testing.T, r *archive.Report, state archive.State) {
	t.Helper()
	if !r.Valid() || r.State != state {
		t.Errorf("state %s, reason %v, want %s and valid", r.State, r.Reason, state)
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func readFile(t testing.TB, elements ...string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(elements...))
	ok(t, err)
	return text
}

// A vote is a whole small election: a board of two in three, three ballots of
// four slips, decrypted by trustees 1 and 3.
type vote struct {
	*boxtest.Election
	steps  []step
	shares []byte
}

var theVotePlan = boxtest.Plan{Boards: []boxtest.Board{{Threshold: 2, Size: 3}}, Voters: 4}

// theVote is made once.
var theVote = sync.OnceValue(func() *vote { return newVote(panics{}, theVotePlan, 1, 3) })

// panics stands for a test where none runs yet.
type panics struct{ testing.TB }

func (panics) Helper()           {}
func (panics) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

func newVote(t testing.TB, p boxtest.Plan, owners ...int) *vote {
	v := &vote{Election: boxtest.NewElection(t, p)}
	v.steps = []step{v.setupStep()}
	product := v.NewProduct()
	for _, b := range v.SealAll(t, 3) {
		product.Mul(b)
		v.steps = append(v.steps, step{archive.Ballot, [][]byte{b.Raw()}})
	}
	v.steps = append(v.steps, step{archive.EndBallots, nil})
	events, shares, err := boxtest.Tally(v.Election, product, 3, owners...)
	ok(t, err)
	for _, e := range events {
		v.steps = append(v.steps, step{e.Type, e.Data})
	}
	v.shares = shares
	return v
}

func (v *vote) setupStep() step {
	return setupOf(v.Setup.Election, v.Setup.Trustees, v.Setup.Credentials)
}

func setupOf(election, trustees, credentials []byte) step {
	payload := archive.SetupPayload{
		Election: sha256.Sum256(election), Trustees: sha256.Sum256(trustees), Credentials: sha256.Sum256(credentials),
	}
	return step{archive.Setup, [][]byte{election, trustees, credentials, payload.AppendJSON(nil)}}
}

// The places of the vote's steps.
const (
	atSetup = iota
	atBallot1
	atBallot2
	atBallot3
	atEnd
	atTally
	atPartial1
	atPartial2
	atResult
)
