package tally_test

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/tally"
)

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A count is an election with two trustees alone and a board of two in three,
// one person with and one question without a blank, and five ballots.
type count struct {
	*boxtest.Election
	product ballot.Product
	result  tally.Result
}

const ballots = 5

var (
	theCount count
	once     sync.Once
)

func mixed(t testing.TB) count {
	t.Helper()
	once.Do(func() {
		e := boxtest.NewElection(t, boxtest.Plan{
			Singles: 2, Boards: []boxtest.Board{{Threshold: 2, Size: 3}}, Voters: ballots,
			Questions: []ballot.Question{boxtest.Person("Đồng chí An"), {Text: "Có hay không?", Answers: []string{"Có", "Không"}, Min: 0, Max: 1}},
		})
		theCount = count{e, e.NewProduct(), tally.Result{{2, 2, 1, 0}, {3, 1}}}
		for i, levels := range [][]int{{-1, 0}, {0, 0}, {1, 1}, {-1, -1}, {0, 0}} {
			theCount.product.Mul(e.Seal(t, i, levels...))
		}
	})
	return theCount
}

// vectorTrustees returns the trustees object of a vector, and its election.
func vectorTrustees(t *testing.T, folder string) (trustees, election []byte) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join("archive", "testdata", "vectors", folder, "*.bel"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %q, %v", folder, found, err)
	}
	file, err := os.Open(found[0])
	ok(t, err)
	defer file.Close()
	data := map[string][]byte{}
	for r := tar.NewReader(file); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			t.Fatalf("%s: no setup", folder)
		}
		ok(t, err)
		content, err := io.ReadAll(r)
		ok(t, err)
		name, kind, _ := strings.Cut(h.Name, ".")
		if data[name] = content; kind == "event.json" {
			var event struct{ Payload string }
			ok(t, json.Unmarshal(content, &event))
			var setup struct{ Election, Trustees string }
			ok(t, json.Unmarshal(data[event.Payload], &setup))
			return data[setup.Trustees], data[setup.Election]
		}
	}
}

// bump returns s + 1.
func bump(s *group.Scalar) *group.Scalar { return s.Add(group.ScalarFromInt(1)) }

// shift returns e · g.
func shift(e *group.Element) *group.Element { return e.Mul(group.Generator()) }
