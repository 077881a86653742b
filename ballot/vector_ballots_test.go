package ballot

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/group"
)

// TestVectorBallots: every ballot of belenios-tool verifies, is within its
// size, comes from a listed credential, and their product is the encrypted
// tally byte for byte.
func TestVectorBallots(t *testing.T) {
	counts := map[string]int{"board-2-of-3": 5, "board-3-of-5": 24, "mixed": 6, "one-trustee": 4, "still-open": 3}
	for _, v := range loadVectors(t) {
		product := v.election.NewProduct()
		for i, raw := range v.ballots {
			b, err := verifyBoth(t, v.election, raw)
			if err != nil {
				t.Errorf("%s: ballot %d: %v", v.name, i, err)
				continue
			}
			if len(raw) > v.election.MaxBallotSize() {
				t.Errorf("%s: ballot %d has %d bytes, MaxBallotSize is %d", v.name, i, len(raw), v.election.MaxBallotSize())
			}
			if !slices.Contains(v.credentials, b.Credential().String()) {
				t.Errorf("%s: ballot %d: credential not listed", v.name, i)
			}
			checkBallot(t, b, raw, b.Credential())
			product.Mul(b)
		}
		if len(v.ballots) != counts[v.name] {
			t.Errorf("%s: %d ballots", v.name, len(v.ballots))
		}
		if open := v.encryptedTally == nil; open != (v.name == "still-open") {
			t.Errorf("%s: open is %v", v.name, open)
		} else if got := product.AppendJSON(nil); !open && !bytes.Equal(got, v.encryptedTally) {
			t.Errorf("%s: product %s, encrypted tally %s", v.name, got, v.encryptedTally)
		}
	}
}

// TestVectorCredentials: private_creds.json holds the listed credentials, and
// nothing else.
func TestVectorCredentials(t *testing.T) {
	for _, v := range loadVectors(t) {
		var derived []string
		for _, code := range v.codes {
			derived = append(derived, mustCredential(t, code).Public(v.election.UUID).String())
		}
		slices.Sort(derived)
		if listed := slices.Sorted(slices.Values(v.credentials)); !slices.Equal(derived, listed) {
			t.Errorf("%s: derived %v, listed %v", v.name, derived, listed)
		}
	}
}

// TestVectorChoices: with the trustee's secret, each ballot says what its
// voter marked.
func TestVectorChoices(t *testing.T) {
	v := loadVector(t, "one-trustee")
	files, err := filepath.Glob("../tally/archive/testdata/vectors/one-trustee/*.privkey")
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	x, err := group.ParseScalar(bytes.Trim(bytes.TrimSpace(text), `"`))
	if err != nil {
		t.Fatal(err)
	}
	marked := make(map[string][][]int)
	for _, c := range v.choices {
		marked[mustCredential(t, c.Credential).Public(v.election.UUID).String()] = c.Choices
	}
	for i, raw := range v.ballots {
		b, err := verifyBoth(t, v.election, raw)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := decrypt(b, x), marked[b.Credential().String()]; !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("ballot %d says %v, marked was %v", i, got, want)
		}
	}
}

// TestVectorBallotsElsewhere: no ballot of one election is one of another.
func TestVectorBallotsElsewhere(t *testing.T) {
	vectors := loadVectors(t)
	for _, v := range vectors {
		for _, w := range vectors {
			if _, err := verifyBoth(t, v.election, w.ballots[0]); (err == nil) != (v == w) || v != w && !errors.Is(err, ErrWrongElection) {
				t.Errorf("%s's ballot in %s: %v", w.name, v.name, err)
			}
		}
	}
}

// TestVectorElections: elections of belenios-tool are written again as they
// were, but for the members that we never write.
func TestVectorElections(t *testing.T) {
	for _, v := range loadVectors(t) {
		again, err := NewElection(v.election.Draft)
		if err != nil {
			t.Errorf("%s: %v", v.name, err)
			continue
		}
		was, _, _ := strings.Cut(string(v.electionText), `,"administrator"`)
		was, _, _ = strings.Cut(was, `,"credential_authority"`)
		if got := string(again.Raw()); strings.TrimSuffix(got, "}") != strings.TrimSuffix(was, "}") {
			t.Errorf("%s: written as %s, was %s", v.name, got, v.electionText)
		}
		var asked struct {
			Name, Description string
			Questions         []struct{ Question string }
		}
		readJSON(t, filepath.Join("../tally/archive/testdata/vectors", v.name, "questions.json"), &asked)
		if v.election.Name != asked.Name || v.election.Description != asked.Description || len(v.election.Questions) != len(asked.Questions) {
			t.Errorf("%s: %q, %q", v.name, v.election.Name, v.election.Description)
		}
		for i, q := range asked.Questions {
			if v.election.Questions[i].Text != q.Question {
				t.Errorf("%s: question %d is %q, asked was %q", v.name, i, v.election.Questions[i].Text, q.Question)
			}
		}
	}
}

// TestRefusedVectors: of the archives with one fault each, those whose fault
// lies in a ballot have exactly one refused ballot, for that fault.
func TestRefusedVectors(t *testing.T) {
	original := loadVector(t, "board-2-of-3").election
	for name, row := range map[string]struct {
		kind  error
		place string
	}{
		"ballot-not-canonical": {ErrMalformed, "byte "},
		"individual-proof":     {ErrProof, "individual proof"},
		"overall-proof":        {ErrProof, "overall proof"},
		"point-upper-case":     {ErrMalformed, "byte "},
		"point-with-torsion":   {ErrMalformed, "element"},
		"scalar-not-reduced":   {ErrMalformed, "scalar"},
		"signature":            {ErrProof, "signature"},
		"wrong-election":       {ErrWrongElection, ""},
		"ciphertext-swapped":   {ErrProof, "individual proof"},
	} {
		v := &vector{name: name}
		v.read(t, "../tally/archive/testdata/vectors/refused/"+name+".bel")
		var refused []error
		for _, raw := range v.ballots {
			if _, err := verifyBoth(t, original, raw); err != nil {
				refused = append(refused, err)
			}
		}
		if len(refused) != 1 || !errors.Is(refused[0], row.kind) || !strings.Contains(refused[0].Error(), row.place) {
			t.Errorf("%s: %v, want one ballot refused for %v at %q", name, refused, row.kind, row.place)
		}
	}
}
