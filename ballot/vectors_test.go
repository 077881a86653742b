package ballot

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A vector is a whole election made by belenios-tool, taken apart without our
// own archive reader.
type vector struct {
	name           string
	electionText   []byte
	election       *Election
	credentials    []string // public
	ballots        [][]byte
	encryptedTally []byte // nil while the poll is open
	codes          map[string]string
	choices        []vectorChoices
}

type vectorChoices struct {
	Credential string
	Choices    [][]int
}

var vectorNames = []string{"board-2-of-3", "board-3-of-5", "mixed", "one-trustee", "still-open"}

func loadVectors(t testing.TB) []*vector {
	t.Helper()
	vectors := make([]*vector, len(vectorNames))
	for i, name := range vectorNames {
		vectors[i] = loadVector(t, name)
	}
	return vectors
}

func loadVector(t testing.TB, name string) *vector {
	t.Helper()
	dir := filepath.Join("..", "tally", "archive", "testdata", "vectors", name)
	found, err := filepath.Glob(filepath.Join(dir, "*.bel"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: one archive wanted, have %q, %v", dir, found, err)
	}
	v := &vector{name: name}
	v.read(t, found[0])
	readJSON(t, filepath.Join(dir, "private_creds.json"), &v.codes)
	readJSON(t, filepath.Join(dir, "choices.json"), &v.choices)
	if v.election, err = ParseElection(v.electionText); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

func (v *vector) read(t testing.TB, path string) {
	t.Helper()
	data, events := readArchive(t, path)
	for _, e := range events {
		switch e.Type {
		case "Setup":
			var setup struct{ Election, Trustees, Credentials string }
			unmarshal(t, data[e.Payload], &setup)
			v.electionText = data[setup.Election]
			unmarshal(t, data[setup.Credentials], &v.credentials)
		case "Ballot":
			v.ballots = append(v.ballots, data[e.Payload])
		case "EncryptedTally":
			var sized struct {
				Hash string `json:"encrypted_tally"`
			}
			unmarshal(t, data[e.Payload], &sized)
			v.encryptedTally = data[sized.Hash]
		}
	}
}

type event struct{ Type, Payload string }

func readArchive(t testing.TB, path string) (data map[string][]byte, events []event) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data = make(map[string][]byte)
	for r := tar.NewReader(f); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return data, events
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		hash, kind, _ := strings.Cut(h.Name, ".")
		switch kind {
		case "data.json":
			data[hash] = content
		case "event.json":
			var e event
			unmarshal(t, content, &e)
			events = append(events, e)
		}
	}
}

func readJSON(t testing.TB, path string, v any) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	unmarshal(t, content, v)
}

func unmarshal(t testing.TB, content []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(content, v); err != nil {
		t.Fatal(err)
	}
}
