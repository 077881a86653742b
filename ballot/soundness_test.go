package ballot

import (
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/group"
)

// A subject is one good ballot to be spoiled, with the secret to sign it again.
type subject struct {
	e      *Election
	secret *group.Scalar
	raw    []byte
}

func newSubject(t testing.TB) *subject {
	t.Helper()
	e, c := twoQuestions(t), NewCredential()
	b := mustSeal(t, e, c, []int{0, 1, 0, 0}, []int{1, 1})
	if _, err := verifyBoth(t, e, b.Raw()); err != nil {
		t.Fatal(err)
	}
	return &subject{e, c.Secret(e.UUID), b.Raw()}
}

// refuse expects the ballot as spoiled to be refused with kind, at place.
func (s *subject) refuse(t *testing.T, what string, spoiled []byte, kind error, place string) {
	t.Helper()
	b, err := verifyBoth(t, s.e, spoiled)
	if b != nil || !errors.Is(err, kind) || !strings.Contains(err.Error(), place) {
		t.Errorf("%s: %v, want %v at %q", what, err, kind, place)
	}
	for _, other := range []error{ErrMalformed, ErrWrongElection, ErrProof} {
		if !errors.Is(kind, other) && errors.Is(err, other) {
			t.Errorf("%s: %v is two kinds of error", what, err)
		}
	}
}

// each spoils every field that of finds, one ballot for each, signed again so
// that the signature is not what refuses.
func (s *subject) each(t *testing.T, of func(*jsonBallot) []field, what string, spoil func(string) string, kind error, place func(string) string) {
	t.Helper()
	for i := range of(takeApart(t, s.raw)) {
		b := takeApart(t, s.raw)
		f := of(b)[i]
		before := *f.text
		if *f.text = spoil(before); *f.text == before {
			t.Fatalf("%s: not altered", what)
		}
		name := fmt.Sprintf("%s, field %d", what, i)
		s.refuse(t, name, b.sign(s.secret).text(), kind, place(f.place))
	}
}

func atByte(string) string     { return "byte " }
func atPlace(at string) string { return at }

func TestTakeApart(t *testing.T) {
	s := newSubject(t)
	if got := takeApart(t, s.raw).text(); string(got) != string(s.raw) {
		t.Errorf("%s was put together as %s", s.raw, got)
	}
	if _, err := verifyBoth(t, s.e, takeApart(t, s.raw).sign(s.secret).text()); err != nil {
		t.Errorf("signed again: %v", err)
	}
}

// TestSoundnessOfNumbers: no challenge and no response can be another, nor be
// written otherwise.
func TestSoundnessOfNumbers(t *testing.T) {
	s := newSubject(t)
	for what, spoil := range map[string]func(string) string{
		"+1": plusOne,
		"0":  func(string) string { return "0" },
		"-n": func(n string) string {
			d, _ := new(big.Int).SetString(n, 10)
			return bigScalar(d.Neg(d)).String()
		},
	} {
		s.each(t, (*jsonBallot).numbers, what, spoil, ErrProof, atPlace)
	}
	for what, spoil := range map[string]func(string) string{
		"+q":           func(n string) string { return plus(n, groupOrder) },
		"+2q":          func(n string) string { return plus(n, new(big.Int).Lsh(groupOrder, 1)) },
		"leading zero": func(n string) string { return "0" + n },
		"minus":        func(n string) string { return "-" + n },
		"space":        func(n string) string { return n + " " },
		"empty":        func(string) string { return "" },
	} {
		s.each(t, (*jsonBallot).numbers, what, spoil, ErrMalformed, atByte)
	}
}

// TestSoundnessOfPoints: no point of a ciphertext can be another, nor be
// written otherwise, nor lie outside the subgroup.
func TestSoundnessOfPoints(t *testing.T) {
	s := newSubject(t)
	g := group.Generator().String()
	for what, spoil := range map[string]func(string) string{
		"times g": func(p string) string { return addPoints(p, g) },
		"negated": negatePoint,
		"1":       func(string) string { return group.Identity().String() },
		"g":       func(string) string { return g },
	} {
		s.each(t, (*jsonBallot).points, what, spoil, ErrProof, func(at string) string { return at + "individual proof" })
	}
	for what, spoil := range misspelledPoints() {
		s.each(t, (*jsonBallot).points, what, spoil, ErrMalformed, atByte)
	}
	for what, spoil := range noPoints() {
		s.each(t, (*jsonBallot).points, what, spoil, ErrMalformed, func(at string) string { return at + "element" })
	}
	for k, small := range torsion {
		for what, spoil := range map[string]func(string) string{
			"plus": func(p string) string { return addPoints(p, small) },
			"is":   func(string) string { return small },
		} {
			what = fmt.Sprintf("%s %d·T", what, k+1)
			s.each(t, (*jsonBallot).points, what, spoil, ErrMalformed, func(at string) string { return at + "element" })
		}
	}
}

// misspelledPoints are not 64 digits of the right case: the reader refuses them
// where they stand.
func misspelledPoints() map[string]func(string) string {
	return map[string]func(string) string{
		"upper case": func(p string) string { return "AB" + p[2:] },
		"too short":  func(p string) string { return p[1:] },
		"too long":   func(p string) string { return "0" + p },
		"empty":      func(string) string { return "" },
	}
}

// noPoints are 64 digits that name no point in the one canonical way.
func noPoints() map[string]func(string) string {
	return map[string]func(string) string{
		"y = p":               func(string) string { return wideY(0) },
		"y = p + 1":           func(string) string { return wideY(1) },
		"y = p + 18":          func(string) string { return wideY(18) },
		"y = p + 3, negative": func(string) string { return setSign(wideY(3)) },
		"negative zero":       func(string) string { return setSign(group.Identity().String()) },
		"(0, -1), negative":   func(string) string { return setSign(torsion[3]) },
		"off the curve":       func(string) string { return fmt.Sprintf("%064x", 2) },
	}
}

func TestSoundnessOfCredential(t *testing.T) {
	s := newSubject(t)
	spoil := func(credential string) []byte {
		b := takeApart(t, s.raw)
		b.Credential = credential
		return b.mend().text()
	}
	own := takeApart(t, s.raw).Credential
	first := "answer 1: choice 1: individual proof"
	s.refuse(t, "times g", spoil(addPoints(own, group.Generator().String())), ErrProof, first)
	s.refuse(t, "negated", spoil(negatePoint(own)), ErrProof, first)
	s.refuse(t, "identity", spoil(group.Identity().String()), ErrMalformed, "identity")
	for _, bad := range []map[string]func(string) string{misspelledPoints(), noPoints()} {
		for what, f := range bad {
			s.refuse(t, what, spoil(f(own)), ErrMalformed, "byte ")
		}
	}
	for k, small := range torsion {
		s.refuse(t, fmt.Sprintf("plus %d·T", k+1), spoil(addPoints(own, small)), ErrMalformed, "byte ")
		s.refuse(t, fmt.Sprintf("is %d·T", k+1), spoil(small), ErrMalformed, "byte ")
	}
	// A ballot that is right in all but that its credential is the identity,
	// which anybody could sign for.
	b, err := seal(s.e, new(group.Scalar), [][]int{{0, 1, 0, 0}, {1, 0}}, group.RandomScalar)
	if err != nil {
		t.Fatal(err)
	}
	s.refuse(t, "whole ballot of the identity", b.Raw(), ErrMalformed, "identity")
}

func TestSoundnessOfSignature(t *testing.T) {
	s := newSubject(t)
	other := mustSeal(t, s.e, NewCredential(), []int{0, 1, 0, 0}, []int{1, 0})
	for _, row := range []struct {
		what  string
		spoil func(b *jsonBallot)
		kind  error
		place string
	}{
		{"challenge", func(b *jsonBallot) { b.Signature.Proof.Challenge = plusOne(b.Signature.Proof.Challenge) }, ErrProof, "signature: challenge"},
		{"response", func(b *jsonBallot) { b.Signature.Proof.Response = plusOne(b.Signature.Proof.Response) }, ErrProof, "signature: challenge"},
		{"swapped", func(b *jsonBallot) {
			p := &b.Signature.Proof
			p.Challenge, p.Response = p.Response, p.Challenge
		}, ErrProof, "signature: challenge"},
		{"challenge +q", func(b *jsonBallot) { b.Signature.Proof.Challenge = plus(b.Signature.Proof.Challenge, groupOrder) }, ErrMalformed, "byte "},
		{"response leading zero", func(b *jsonBallot) { b.Signature.Proof.Response = "0" + b.Signature.Proof.Response }, ErrMalformed, "byte "},
		{"another's", func(b *jsonBallot) { *b.Signature = *takeApart(t, other.Raw()).Signature }, ErrProof, "signature: hash"},
		{"another's proof", func(b *jsonBallot) { b.Signature.Proof = takeApart(t, other.Raw()).Signature.Proof }, ErrProof, "signature: challenge"},
		{"another's secret", func(b *jsonBallot) { b.sign(s.secret.Add(group.ScalarFromInt(1))) }, ErrProof, "signature: challenge"},
		{"hash", func(b *jsonBallot) { b.Signature.Hash = flipFirst(b.Signature.Hash) }, ErrProof, "signature: hash"},
		{"hash padded", func(b *jsonBallot) { b.Signature.Hash += "=" }, ErrProof, "signature: hash"},
		{"no hash", func(b *jsonBallot) { b.Signature.Hash = "" }, ErrProof, "signature: hash"},
		{"hash escaped", func(b *jsonBallot) { b.Signature.Hash = "\n" }, ErrMalformed, "byte "},
		{"none", func(b *jsonBallot) { b.Signature = nil }, ErrMalformed, "byte "},
	} {
		b := takeApart(t, s.raw)
		row.spoil(b)
		s.refuse(t, row.what, b.text(), row.kind, row.place)
	}
}

func flipFirst(s string) string {
	if s[0] == 'A' {
		return "B" + s[1:]
	}
	return "A" + s[1:]
}

// TestSoundnessOfShape: each part missing, once more, or in another's place.
func TestSoundnessOfShape(t *testing.T) {
	s := newSubject(t)
	for what, spoil := range map[string]func(b *jsonBallot){
		"no answers":              func(b *jsonBallot) { b.Answers = []jsonAnswer{} },
		"an answer less":          func(b *jsonBallot) { b.Answers = b.Answers[:1] },
		"an answer more":          func(b *jsonBallot) { b.Answers = append(b.Answers, b.Answers[1]) },
		"answers exchanged":       func(b *jsonBallot) { slices.Reverse(b.Answers) },
		"a choice less":           func(b *jsonBallot) { a := &b.Answers[0]; a.Choices = a.Choices[1:] },
		"a choice more":           func(b *jsonBallot) { a := &b.Answers[0]; a.Choices = append(a.Choices, a.Choices[0]) },
		"an individual less":      func(b *jsonBallot) { a := &b.Answers[0]; a.Individual = a.Individual[1:] },
		"an individual more":      func(b *jsonBallot) { a := &b.Answers[0]; a.Individual = append(a.Individual, a.Individual[0]) },
		"half an individual":      func(b *jsonBallot) { a := &b.Answers[0]; a.Individual[0] = a.Individual[0][:1] },
		"a branch more":           func(b *jsonBallot) { a := &b.Answers[0]; a.Individual[0] = append(a.Individual[0], a.Overall[0]) },
		"half an overall":         func(b *jsonBallot) { a := &b.Answers[0]; a.Overall = a.Overall[:1] },
		"overall longer":          func(b *jsonBallot) { a := &b.Answers[0]; a.Overall = append(a.Overall, a.Overall[0]) },
		"half a blank":            func(b *jsonBallot) { a := &b.Answers[0]; a.Blank = a.Blank[:1] },
		"blank longer":            func(b *jsonBallot) { a := &b.Answers[0]; a.Blank = append(a.Blank, a.Blank[0]) },
		"no blank proof":          func(b *jsonBallot) { b.Answers[0].Blank = nil },
		"a blank proof unasked":   func(b *jsonBallot) { b.Answers[1].Blank = b.Answers[0].Blank },
		"overall without a blank": func(b *jsonBallot) { b.Answers[1].Overall = append(b.Answers[1].Overall, b.Answers[0].Overall[0]) },
	} {
		b := takeApart(t, s.raw)
		spoil(b)
		s.refuse(t, what, b.sign(s.secret).text(), ErrMalformed, "byte ")
	}
}

// TestSoundnessOfOrder: parts of the same shape exchanged, signed again.
func TestSoundnessOfOrder(t *testing.T) {
	s := newSubject(t)
	first := "answer 1: choice 1: individual proof"
	for what, row := range map[string]struct {
		place string
		spoil func(a *jsonAnswer)
	}{
		"branches of an individual": {first, func(a *jsonAnswer) { slices.Reverse(a.Individual[0]) }},
		"individual proofs":         {first, func(a *jsonAnswer) { slices.Reverse(a.Individual) }},
		"choices":                   {first, func(a *jsonAnswer) { slices.Reverse(a.Choices) }},
		"alpha and beta":            {first, func(a *jsonAnswer) { c := &a.Choices[0]; c.Alpha, c.Beta = c.Beta, c.Alpha }},
		"branches of the overall":   {"answer 1: overall proof", func(a *jsonAnswer) { slices.Reverse(a.Overall) }},
		"overall and blank":         {"answer 1: overall proof", func(a *jsonAnswer) { a.Overall, a.Blank = a.Blank, a.Overall }},
		"branches of the blank":     {"answer 1: blank proof", func(a *jsonAnswer) { slices.Reverse(a.Blank) }},
		"overall twice":             {"answer 1: blank proof", func(a *jsonAnswer) { a.Blank = a.Overall }},
		// Each choice keeps its own proof, so only the answer's proofs notice.
		"choices with their proofs": {"answer 1: overall proof", func(a *jsonAnswer) {
			slices.Reverse(a.Choices)
			slices.Reverse(a.Individual)
		}},
	} {
		b := takeApart(t, s.raw)
		row.spoil(&b.Answers[0])
		s.refuse(t, what, b.sign(s.secret).text(), ErrProof, row.place)
	}
}

// TestFlippedBytes: a ballot with any one bit wrong is refused.
func TestFlippedBytes(t *testing.T) {
	s := newSubject(t)
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		spoiled := slices.Clone(s.raw)
		at, bit := r.IntN(len(spoiled)), byte(1)<<r.IntN(8)
		spoiled[at] ^= bit
		b, err := verifyBoth(t, s.e, spoiled)
		if b != nil || !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrProof) && !errors.Is(err, ErrWrongElection) {
			t.Errorf("byte %d, bit %x: %v", at, bit, err)
		}
	}
	for range 300 {
		if n := r.IntN(len(s.raw)); n < len(s.raw) {
			if _, err := verifyBoth(t, s.e, s.raw[:n]); !errors.Is(err, ErrMalformed) {
				t.Errorf("the first %d bytes: %v", n, err)
			}
		}
	}
}

// TestSpelling: nothing but the one spelling.
func TestBallotSpelling(t *testing.T) {
	s := newSubject(t)
	text := string(s.raw)
	for _, spoiled := range []string{
		"", " " + text, text + "\n", text + "\x00", text + text, "\ufeff" + text, text[:len(text)-1], text[1:], "null", "[]", "{}", "[" + text + "]",
		strings.Replace(text, ",", ", ", 1), strings.Replace(text, ":", ": ", 1), strings.ReplaceAll(text, ",", ",\n"),
		strings.Replace(text, `"alpha"`, `"\u0061lpha"`, 1), strings.Replace(text, `"alpha"`, `"Alpha"`, 1), strings.Replace(text, `"`, `'`, 2),
		strings.Replace(text, `}}`, `},"x":0}`, 1), strings.Replace(text, `{"election_uuid"`, `{"x":0,"election_uuid"`, 1),
		strings.Replace(text, `{"election_uuid":"HomPhieuTest11",`, `{`, 1), strings.Replace(text, `"HomPhieuTest11"`, `"\u0048omPhieuTest11"`, 1),
		strings.Replace(text, `"challenge":"`, `"challenge":`, 1), strings.Replace(text, `"challenge":"`, `"challenge":"\u0030`, 1),
		strings.Replace(text, `"overall_proof"`, `"overall_proofs"`, 1),
	} {
		s.refuse(t, spoiled[:min(len(spoiled), 40)], []byte(spoiled), ErrMalformed, "byte ")
	}
}
