package threshold

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
)

const vectorsDir = "../../tally/archive/testdata/vectors"

// A vectorBoard is the list of trustees of an election made by belenios-tool.
type vectorBoard struct {
	name        string
	text        []byte
	electionKey *group.Element
	singles     []Key
	pedersen    []*Parameters
}

func loadBoards(t testing.TB) (boards []*vectorBoard) {
	t.Helper()
	for _, name := range []string{"board-2-of-3", "board-3-of-5", "mixed", "one-trustee", "still-open"} {
		found, err := filepath.Glob(filepath.Join(vectorsDir, name, "*.bel"))
		if err != nil || len(found) != 1 {
			t.Fatalf("%s: one archive wanted, have %q, %v", name, found, err)
		}
		v := &vectorBoard{name: name}
		for _, content := range contents(t, found[0]) {
			switch {
			case bytes.HasPrefix(content, []byte(`[["`)):
				v.text = content
			case bytes.HasPrefix(content, []byte(`{"version":1,"description"`)):
				v.electionKey = electionKey(t, content)
			}
		}
		boards = append(boards, v)
	}
	return boards
}

func contents(t testing.TB, path string) (all [][]byte) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for r := tar.NewReader(f); ; {
		if _, err := r.Next(); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, content)
	}
}

func electionKey(t testing.TB, text []byte) *group.Element {
	t.Helper()
	var e struct {
		PublicKey string `json:"public_key"`
	}
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	key, err := group.ParseElement([]byte(e.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// read takes the list of trustees apart and returns it as it would be written.
func (v *vectorBoard) read(t testing.TB) (again []byte) {
	t.Helper()
	r := wire.NewReader(v.text)
	var items [][]byte
	r.List(func() {
		if r.Optional(`["Single",`) {
			k := ReadKey(r)
			v.singles = append(v.singles, k)
			items = append(items, append(k.AppendJSON([]byte(`["Single",`)), ']'))
		} else {
			r.Literal(`["Pedersen",`)
			p := ReadParameters(r)
			v.pedersen = append(v.pedersen, p)
			items = append(items, append(p.AppendJSON([]byte(`["Pedersen",`)), ']'))
		}
		r.Literal("]")
	})
	if err := r.End(); err != nil {
		t.Fatalf("%s: %v", v.name, err)
	}
	return wire.AppendList(nil, len(items), func(b []byte, i int) []byte { return append(b, items[i]...) })
}

// TestVectors: the trustees of the vectors are read, written again byte for
// byte, hold, and make the election key.
func TestVectors(t *testing.T) {
	members := 0
	for _, v := range loadBoards(t) {
		if again := v.read(t); !bytes.Equal(again, v.text) {
			t.Errorf("%s: written as %s, was %s", v.name, again, v.text)
		}
		key := group.Identity()
		for i, k := range v.singles {
			if err := k.Verify(); err != nil {
				t.Errorf("%s: trustee %d: %v", v.name, i+1, err)
			}
			key = key.Mul(k.Public)
		}
		for _, p := range v.pedersen {
			share, certificates, err := p.Verify()
			if err != nil {
				t.Errorf("%s: %v", v.name, err)
				continue
			}
			members += len(certificates)
			key = key.Mul(share)
		}
		if !key.Equal(v.electionKey) {
			t.Errorf("%s: the trustees' key is %v, the election's %v", v.name, key, v.electionKey)
		}
	}
	if members != 3+5+4+3 {
		t.Errorf("%d members of Pedersen boards", members)
	}
}

// TestVectorPrivateKeys: the private keys beside the archives are those of the
// Single trustees.
func TestVectorPrivateKeys(t *testing.T) {
	public := make(map[string]bool)
	for _, v := range loadBoards(t) {
		v.read(t)
		for _, k := range v.singles {
			public[k.Public.String()] = true
		}
	}
	files, err := filepath.Glob(filepath.Join(vectorsDir, "*", "*.privkey"))
	if err != nil || len(files) != 3 || len(public) != 3 {
		t.Fatalf("%d private keys, %d Single trustees, %v", len(files), len(public), err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		x, err := group.ParseScalar([]byte(strings.Trim(strings.TrimSpace(string(text)), `"`)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if k := NewKey(x); !public[k.Public.String()] || k.Verify() != nil || k.Signature != nil {
			t.Errorf("%s: not the key of a trustee", name)
		}
	}
}

// TestVectorSeeds: from the seeds that belenios-tool 3.0 drew, we derive the
// keys in the certificates that it made of them.
func TestVectorSeeds(t *testing.T) {
	for i, v := range loadSeeds(t) {
		r := wire.NewReader([]byte(v.Certificate))
		s := ReadSigned(r)
		if err := r.End(); err != nil {
			t.Fatal(err)
		}
		c, err := ParseCertificate(s)
		if err != nil {
			t.Fatal(err)
		}
		if !c.Verification.Equal(group.BaseExp(SigningKey(v.Seed))) || !c.Encryption.Equal(group.BaseExp(EncryptionKey(v.Seed))) {
			t.Errorf("seed %s: other keys", v.Seed)
		}
		if c.Size != 3 || c.Threshold != 2 || c.Index != i+1 {
			t.Errorf("seed %s: %+v", v.Seed, c)
		}
		if ours := NewCertificate(v.Seed, 3, 2, i+1); ours.Message != s.Message {
			t.Errorf("seed %s: we would sign %s, belenios-tool %s", v.Seed, ours.Message, s.Message)
		}
		if again := s.AppendJSON(nil); string(again) != v.Certificate {
			t.Errorf("written as %s, was %s", again, v.Certificate)
		}
	}
}

type vectorSeed struct{ Seed, Certificate string }

func loadSeeds(t testing.TB) (seeds []vectorSeed) {
	t.Helper()
	text, err := os.ReadFile("testdata/certificates.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &seeds); err != nil || len(seeds) != 3 {
		t.Fatalf("%d seeds, %v", len(seeds), err)
	}
	return seeds
}
