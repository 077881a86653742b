package ledger_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/tally/ledger"
)

// TestFork forks a log in all ways and obtains the file that convicts it.
func TestFork(t *testing.T) {
	for name, c := range map[string]struct {
		ours, polls, own int // of the log; of the fork: polls that are the same, and others
		forked           bool
	}{
		"same size":                    {3, 1, 2, true},
		"smaller":                      {3, 1, 1, true},
		"larger":                       {3, 1, 4, true},
		"nothing the same":             {2, 0, 5, true},
		"size a power of two and more": {4, 0, 9, true},
		"the same":                     {3, 3, 0, false},
		"a beginning of it":            {3, 2, 0, false},
		"a continuation":               {3, 3, 5, false},
		"empty":                        {3, 0, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, c.ours, 1, 1)
			fork := s.forge(t, c.polls, 100, c.own)
			large := s.log
			if c.polls+c.own > c.ours {
				large = fork.log
			}
			a, b := published(t, s.log), published(t, fork.log)
			for range 2 {
				evidence, err := ledger.Compare(t.Context(), a, b, s.Key, large.File)
				if !c.forked {
					if err != nil || evidence != nil {
						t.Fatalf("%s, %v", evidence, err)
					}
				} else {
					is(t, err, ledger.ErrFork, "")
					e := convicts(t, evidence, s.Key)
					small, big := e.Checkpoints()
					if small.Size > big.Size || bytes.Contains(evidence, []byte("w0.example.vn")) {
						t.Errorf("%s", evidence)
					}
				}
				a, b = b, a
			}
		})
	}
}

// TestCompareFalseTiles: tiles that do not belong to the larger checkpoint
// convict nobody.
func TestCompareFalseTiles(t *testing.T) {
	s := newScene(t, 1, 0, 0)
	small := published(t, s.log)
	s.grow(t, 1, 2)
	s.Publish(t, s.log)
	files := export(t, s.log)
	files["tile/0/000.p/9"] = bytes.Repeat([]byte{1}, 9*32)
	if evidence, err := ledger.Compare(t.Context(), small, published(t, s.log), s.Key, files.fetch); err == nil || evidence != nil {
		t.Errorf("%s, %v", evidence, err)
	}
	files["tile/0/000.p/9"] = files["tile/0/000.p/9"][:5]
	_, err := ledger.Compare(t.Context(), small, published(t, s.log), s.Key, files.fetch)
	is(t, err, ledger.ErrTruncated, "tile/0/000.p/9")
}

// TestEvidenceSoundness: nobody is convicted by less than the whole file.
func TestEvidenceSoundness(t *testing.T) {
	s := newScene(t, 3, 0, 0)
	first := published(t, s.log)
	equal, larger := s.forge(t, 0, 50, 3), s.forge(t, 1, 50, 5)
	sameSize, err := ledger.Compare(t.Context(), first, published(t, equal.log), s.Key, larger.log.File)
	is(t, err, ledger.ErrFork, "")
	rewritten, err := ledger.Compare(t.Context(), first, published(t, larger.log), s.Key, larger.log.File)
	is(t, err, ledger.ErrFork, "")
	s.grow(t, 3, 2)
	s.Publish(t, s.log)
	later := published(t, s.log)
	honest := s.request(t, 9)

	lines := strings.Split(string(rewritten), "\n")
	without := func(i int) string {
		return strings.Join(append(append([]string{}, lines[:i]...), lines[i+1:]...), "\n")
	}
	other := newScene(t, 3, 0, 0)
	root := strings.Split(string(first), "\n")[2]
	honestProof := ledger.Evidence{Key: s.Key, A: first, B: later, Proof: honest.Proof}
	copy(honestProof.Root[:], checkpointOf(t, first, s.Key))
	wrongRoot := honestProof
	wrongRoot.Root[0] ^= 1
	for name, text := range map[string]string{
		"nothing":                  "",
		"another header":           strings.Replace(string(rewritten), "v1", "v2", 1),
		"no key":                   without(1),
		"another key":              strings.Replace(string(rewritten), lines[1], other.Key.String(), 1),
		"no root":                  without(2),
		"the root that was signed": strings.Replace(string(rewritten), lines[2], "root "+root, 1),
		"a loose hash":             strings.Replace(string(rewritten), lines[4], lines[4][:42]+loose(lines[4][42])+"=", 1),
		"a hash less":              without(4),
		"a hash more":              strings.Replace(string(rewritten), lines[4], lines[4]+"\n"+lines[4], 1),
		"one checkpoint":           string(rewritten[:bytes.LastIndex(rewritten, []byte("\n\n"))+1]),
		"the same twice":           string(ledger.Evidence{Key: s.Key, A: first, B: first}.Append(nil)),
		"an honest continuation":   string(honestProof.Append(nil)),
		"a made-up root":           string(wrongRoot.Append(nil)),
		"sizes the wrong way":      string(ledger.Evidence{Key: s.Key, A: later, B: first, Proof: honest.Proof}.Append(nil)),
		"no proof":                 string(ledger.Evidence{Key: s.Key, A: first, B: later}.Append(nil)),
		"a proof where none is":    string(ledger.Evidence{Key: s.Key, A: first, B: published(t, equal.log), Proof: honest.Proof}.Append(nil)),
		"the end missing":          string(sameSize[:len(sameSize)-1]),
		"more at the end":          string(sameSize) + "\n",
		"signature altered":        strings.Replace(string(sameSize), "— "+s.Key.Origin()+" ", "— "+s.Key.Origin()+" A", 1),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ledger.VerifyEvidence([]byte(text))
			is(t, err, ledger.ErrEvidence, "")
		})
	}
	convicts(t, sameSize, s.Key)
	convicts(t, rewritten, s.Key)
}

func checkpointOf(t testing.TB, signed []byte, key *ledger.Key) []byte {
	t.Helper()
	c, err := ledger.OpenCheckpoint(signed, key)
	ok(t, err)
	return c.Root[:]
}

func FuzzVerifyEvidence(f *testing.F) {
	s := newScene(f, 2, 0, 0)
	for _, n := range []int{1, 2, 5} {
		fork := s.forge(f, 0, 50, n)
		large := fork.log
		if n < 2 {
			large = s.log
		}
		evidence, err := ledger.Compare(f.Context(), published(f, s.log), published(f, fork.log), s.Key, large.File)
		is(f, err, ledger.ErrFork, "")
		f.Add(evidence)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if e, err := ledger.VerifyEvidence(text); err == nil && !bytes.Equal(e.Append(nil), text) {
			t.Fatalf("%q came back otherwise", text)
		}
	})
}
