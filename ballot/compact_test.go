package ballot

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/homphieu/homphieu/crypto/group"
)

// checkCompact requires that a ballot's text comes back from its compact form.
func checkCompact(t rapid.TB, b *Ballot, e *Election) {
	t.Helper()
	compact := e.AppendCompact([]byte("kept"), b)
	if !bytes.HasPrefix(compact, []byte("kept")) || len(compact) != 4+e.CompactSize() {
		t.Fatalf("compact form of %d bytes behind %q, want %d", len(compact)-4, compact[:4], e.CompactSize())
	}
	raw, err := Restore(e, compact[4:])
	if err != nil || !bytes.Equal(raw, b.Raw()) {
		t.Fatalf("restored as %s, %v, was %s", raw, err, b.Raw())
	}
	if len(raw) > e.MaxBallotSize() {
		t.Fatalf("a text of %d bytes, MaxBallotSize is %d", len(raw), e.MaxBallotSize())
	}
}

// TestCompactVectors: ballots that other programs made come back, too.
func TestCompactVectors(t *testing.T) {
	for _, v := range loadVectors(t) {
		for i, raw := range v.ballots {
			b, err := Verify(v.election, raw)
			if err != nil {
				t.Fatalf("%s: ballot %d: %v", v.name, i, err)
			}
			checkCompact(t, b, v.election)
		}
	}
}

// TestCompactAnything: elections of any shape, and scalars at the edges.
func TestCompactAnything(t *testing.T) {
	question := rapid.Custom(func(t *rapid.T) Question {
		q := Question{Answers: make([]string, rapid.IntRange(1, 4).Draw(t, "answers")), Blank: rapid.Bool().Draw(t, "blank")}
		q.Max = rapid.IntRange(0, len(q.Answers)).Draw(t, "max")
		q.Min = rapid.IntRange(0, q.Max).Draw(t, "min")
		return q
	})
	rapid.Check(t, func(t *rapid.T) {
		e, err := NewElection(Draft{
			PublicKey: group.BaseExp(testSecret()), UUID: "HomPhieuTest11", Questions: rapid.SliceOfN(question, 1, 3).Draw(t, "questions"),
		})
		if err != nil {
			t.Fatal(err)
		}
		choices := make([][]int, len(e.Questions))
		for i := range choices {
			choices[i] = make([]int, e.Questions[i].Choices())
			for j := range e.Questions[i].Min {
				choices[i][len(choices[i])-1-j] = 1
			}
		}
		numbers := rapid.SampledFrom([]*group.Scalar{new(group.Scalar), group.ScalarFromInt(1), group.ScalarFromInt(-1), hashScalar("a"), hashScalar("b")})
		b, err := seal(e, testSecret(), choices, func() *group.Scalar { return numbers.Draw(t, "random") })
		if err != nil {
			t.Fatal(err)
		}
		checkCompact(t, b, e)
	})
}

// TestCompactSize is what a store is built on: 1 kB a person with three levels.
func TestCompactSize(t *testing.T) {
	person := Question{Answers: []string{"1", "2", "3"}, Blank: true, Min: 1, Max: 1}
	persons := make([]Question, 20)
	for i := range persons {
		persons[i] = person
	}
	if got, want := newElection(t, persons...).CompactSize(), 1+32+20*1024+64; got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
}

func TestRestoreRefuses(t *testing.T) {
	e := twoQuestions(t)
	b := mustSeal(t, e, NewCredential(), []int{0, 1, 0, 0}, []int{0, 1})
	compact := e.AppendCompact(nil, b)
	other := newElection(t, e.Questions[0])
	for name, row := range map[string]struct {
		e    *Election
		text []byte
	}{
		"nothing":          {e, nil},
		"cut short":        {e, compact[:len(compact)-1]},
		"one byte more":    {e, append(bytes.Clone(compact), 0)},
		"another version":  {e, append([]byte{2}, compact[1:]...)},
		"the text":         {e, b.Raw()},
		"another election": {other, compact},
	} {
		if raw, err := Restore(row.e, row.text); !errors.Is(err, ErrMalformed) || raw != nil {
			t.Errorf("%s: %q, %v", name, raw, err)
		}
	}
	// Of the numbers, each at its place, none may be q or above.
	numbers := b.compactNumbers(t)
	if len(numbers) != 2*(2*4+2+2+2*2+2+1) {
		t.Fatalf("%d numbers", len(numbers))
	}
	for i, n := range numbers {
		at := bytes.Index(compact, n)
		for _, large := range []*big.Int{groupOrder, new(big.Int).Lsh(big.NewInt(1), 253), new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))} {
			spoiled := bytes.Clone(compact)
			large.FillBytes(spoiled[at : at+32])
			if raw, err := Restore(e, spoiled); !errors.Is(err, ErrMalformed) || !errors.Is(err, group.ErrScalar) || raw != nil {
				t.Errorf("number %d is %v: %v", i, large, err)
			}
		}
	}
}

// compactNumbers are the challenges and responses of a ballot, in 32 bytes each.
func (b *Ballot) compactNumbers(t *testing.T) (numbers [][]byte) {
	t.Helper()
	apart := takeApart(t, b.raw)
	texts := []string{apart.Signature.Proof.Challenge, apart.Signature.Proof.Response}
	for _, f := range apart.numbers() {
		texts = append(texts, *f.text)
	}
	for _, text := range texts {
		n, ok := new(big.Int).SetString(text, 10)
		if !ok {
			t.Fatal(text)
		}
		numbers = append(numbers, n.FillBytes(make([]byte, 32)))
	}
	return numbers
}

// TestRestoredIsVerified: whatever is changed in a compact ballot, what comes back
// is refused, if not by Restore then by Verify.
func TestRestoredIsVerified(t *testing.T) {
	e := newElection(t, Question{Text: "A", Answers: []string{"1"}, Blank: true, Min: 1, Max: 1})
	b := mustSeal(t, e, NewCredential(), []int{1, 0})
	compact := e.AppendCompact(nil, b)
	for at := 0; at < len(compact); at += 7 {
		spoiled := bytes.Clone(compact)
		spoiled[at] ^= 1 << (at % 8)
		raw, err := Restore(e, spoiled)
		if err == nil {
			_, err = Verify(e, raw)
		}
		if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrProof) {
			t.Errorf("byte %d changed: %v", at, err)
		}
	}
	for _, point := range []string{wideY(1), torsion[3], fmt.Sprintf("%064x", 2)} { // not canonical, of small order, not on the curve
		for _, text := range []string{b.Credential().String(), b.Ciphertexts()[0][1].Beta.String()} {
			was, is := unhex(t, text), unhex(t, point)
			raw, err := Restore(e, bytes.Replace(compact, was, is, 1))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Verify(e, raw); !errors.Is(err, ErrMalformed) {
				t.Errorf("%s: %v", point, err)
			}
		}
	}
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestCompactOfAnotherElection is a mistake of ours.
func TestCompactOfAnotherElection(t *testing.T) {
	b := mustSeal(t, twoQuestions(t), NewCredential(), []int{0, 1, 0, 0}, []int{0, 1})
	defer func() {
		if recover() == nil {
			t.Error("compact form for an election that the ballot is not of")
		}
	}()
	newElection(t, Question{Text: "A", Answers: []string{"1"}, Blank: true, Min: 1, Max: 1}).AppendCompact(nil, b)
}

// FuzzRestore: what is restored has the shape of a ballot and the same compact
// form.
func FuzzRestore(f *testing.F) {
	e := twoQuestions(f)
	f.Add(e.AppendCompact(nil, mustSeal(f, e, NewCredential(), []int{0, 1, 0, 0}, []int{0, 1})))
	f.Add(e.AppendCompact(nil, mustSeal(f, e, NewCredential(), []int{1, 0, 0, 0}, []int{1, 1})))
	f.Add(append([]byte{1}, make([]byte, e.CompactSize()-1)...))
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, compact []byte) {
		raw, err := Restore(e, compact)
		if err != nil {
			if !errors.Is(err, ErrMalformed) || raw != nil {
				t.Fatalf("%q, %v", raw, err)
			}
			return
		}
		if _, err := parse(e, raw); errors.Is(err, group.ErrElement) {
			return // the credential, which is parsed in full
		} else if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if again := e.AppendCompact(nil, &Ballot{raw: raw}); !bytes.Equal(again, compact) {
			t.Fatalf("%x came back as %x", compact, again)
		}
	})
}

// BenchmarkRestore restores a ballot on 20 persons, as every export does.
func BenchmarkRestore(b *testing.B) {
	persons := make([]Question, 20)
	for i := range persons {
		persons[i] = Question{Answers: []string{"1", "2", "3"}, Blank: true, Min: 1, Max: 1}
	}
	e := newElection(b, persons...)
	choices := make([][]int, len(persons))
	for i := range choices {
		choices[i] = persons[i].Mark(i % 3)
	}
	compact := e.AppendCompact(nil, mustSeal(b, e, NewCredential(), choices...))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Restore(e, compact); err != nil {
			b.Fatal(err)
		}
	}
}
