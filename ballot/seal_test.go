package ballot

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/group"
)

// shapes are questions with and without blank, of one to four answers, with
// every pair of bounds.
func shapes() (questions []Question) {
	for _, blank := range []bool{false, true} {
		for n := 1; n <= 4; n++ {
			answers := []string{"1", "2", "3", "4"}[:n]
			for least := 0; least <= n; least++ {
				for most := least; most <= n; most++ {
					questions = append(questions, Question{Text: "A", Answers: answers, Blank: blank, Min: least, Max: most})
				}
			}
		}
	}
	return questions
}

// allowed is docs/PROTOCOL.md §7 in one line: the blank alone, or between Min
// and Max answers without it.
func allowed(q Question, choices []int) bool {
	blank, answers := 0, choices
	if q.Blank {
		blank, answers = choices[0], choices[1:]
	}
	sum := 0
	for _, m := range answers {
		sum += m
	}
	return blank == 1 && sum == 0 || blank == 0 && q.Min <= sum && sum <= q.Max
}

// TestSealEveryShape: exactly the allowed choices are sealed, and what is
// sealed verifies and decrypts to them. Bounds other than 1 are tried with at
// most three answers.
func TestSealEveryShape(t *testing.T) {
	for _, q := range shapes() {
		if len(q.Answers) == 4 && (q.Min != 1 || q.Max != 1) {
			continue
		}
		e, c := newElection(t, q), NewCredential()
		for bits := range 1 << q.Choices() {
			choices := make([]int, q.Choices())
			for i := range choices {
				choices[i] = bits >> i & 1
			}
			checkSeal(t, e, c, choices)
		}
	}
}

func checkSeal(t *testing.T, e *Election, c Credential, choices []int) {
	t.Helper()
	q := e.Questions[0]
	name := fmt.Sprintf("blank %v, %d to %d of %d, %v", q.Blank, q.Min, q.Max, len(q.Answers), choices)
	sealed, err := Seal(e, c, [][]int{choices})
	if !allowed(q, choices) {
		if err == nil || sealed != nil {
			t.Errorf("%s: sealed", name)
		}
		return
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	b, err := verifyBoth(t, e, sealed.Raw())
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, b := range []*Ballot{sealed, b} {
		checkBallot(t, b, sealed.Raw(), c.Public(e.UUID))
		if got := decrypt(b, testSecret()); !slices.EqualFunc(got, [][]int{choices}, slices.Equal) {
			t.Errorf("%s: decrypts to %v", name, got)
		}
	}
	if len(sealed.Raw()) > e.MaxBallotSize() {
		t.Errorf("%s: %d bytes, MaxBallotSize %d", name, len(sealed.Raw()), e.MaxBallotSize())
	}
}

func checkBallot(t *testing.T, b *Ballot, raw []byte, credential *group.Element) {
	t.Helper()
	sum := sha256.Sum256(raw)
	if string(b.Raw()) != string(raw) || b.Hash() != sum || b.Tracker() != base64.RawStdEncoding.EncodeToString(sum[:]) {
		t.Errorf("raw, hash or tracker %s are not the ballot's", b.Tracker())
	}
	if Tracker(sum) != b.Tracker() || !b.Credential().Equal(credential) {
		t.Error("the credential is not the one that sealed")
	}
}

// decrypt decrypts one ballot, which no program of the product can.
func decrypt(b *Ballot, x *group.Scalar) [][]int {
	result := make([][]int, len(b.Ciphertexts()))
	for i, answer := range b.Ciphertexts() {
		for _, c := range answer {
			m := c.Beta.Div(c.Alpha.Exp(x))
			n := slices.IndexFunc([]int{0, 1}, func(n int) bool { return m.Equal(group.BaseExp(group.ScalarFromInt(n))) })
			result[i] = append(result[i], n)
		}
	}
	return result
}

// TestSealRefusesWrongShapes: choices that are no list of 0 and 1 for each
// question.
func TestSealRefusesWrongShapes(t *testing.T) {
	e, c := twoQuestions(t), NewCredential()
	a, b := []int{0, 1, 0, 0}, []int{0, 1}
	for _, choices := range [][][]int{
		nil, {}, {a}, {a, b, b}, {b, a}, {nil, b}, {a, nil}, {{0, 1, 0}, b}, {{0, 1, 0, 0, 0}, b}, {{0, 2, 0, 0}, b}, {{0, 2, -1, 0}, b},
		{{0, -1, 1, 1}, b}, {{2, -1, 0, 0}, b}, {{-1, 1, 0, 0}, b}, {{-1, 1, 1, 0}, b}, {a, {2, 0}}, {a, {0, 2}}, {a, {2, -1}}, {a, {3, -2}}, {a, {0, 0}}, {{1, 1, 0, 0}, b}, {{0, 0, 0, 0}, b},
	} {
		if sealed, err := Seal(e, c, choices); err == nil || sealed != nil || !strings.HasPrefix(err.Error(), "choices: ") {
			t.Errorf("%v: %v", choices, err)
		}
	}
}

// TestSealIsFresh: two ballots of the same choices share no ciphertext and no
// proof.
func TestSealIsFresh(t *testing.T) {
	e, c := twoQuestions(t), NewCredential()
	seen := make(map[string]bool)
	for range 3 {
		b := takeApart(t, mustSeal(t, e, c, []int{1, 0, 0, 0}, []int{1, 0}).Raw())
		for _, f := range append(b.points(), b.numbers()...) {
			if seen[*f.text] {
				t.Errorf("%s: %s came before", f.place, *f.text)
			}
			seen[*f.text] = true
		}
	}
}

func TestMark(t *testing.T) {
	blank := Question{Answers: []string{"1", "2", "3"}, Blank: true, Min: 1, Max: 1}
	plain := blank
	plain.Blank = false
	for _, row := range []struct {
		q     Question
		level int
		want  []int
	}{
		{blank, -1, []int{1, 0, 0, 0}}, {blank, 0, []int{0, 1, 0, 0}}, {blank, 2, []int{0, 0, 0, 1}},
		{plain, -1, []int{0, 0, 0}}, {plain, 0, []int{1, 0, 0}}, {plain, 2, []int{0, 0, 1}},
	} {
		if got := row.q.Mark(row.level); !slices.Equal(got, row.want) {
			t.Errorf("blank %v, level %d: %v, want %v", row.q.Blank, row.level, got, row.want)
		}
		if want := allowed(row.q, row.want); row.q.allows(row.want) != want {
			t.Errorf("%v allows %v: want %v", row.q, row.want, want)
		}
	}
}

// TestMaxBallotSize: the longest ballot that can be written is not longer, and
// the bound is not idle.
func TestMaxBallotSize(t *testing.T) {
	longest := strings.Repeat("9", len(groupOrder.String()))
	for _, q := range shapes() {
		for _, n := range []int{1, 2, 40} {
			questions := slices.Repeat([]Question{q}, n)
			d := newElection(t, questions...).Draft
			d.UUID = UUID(strings.Repeat("z", maxUUID))
			e, err := NewElection(d)
			if err != nil {
				t.Fatal(err)
			}
			b := shapeOf(e)
			for _, f := range b.numbers() {
				*f.text = longest
			}
			b.Signature.Proof = jsonProof{longest, longest}
			size, bound := len(b.mend().text()), e.MaxBallotSize()
			if size > bound || bound > size*2+2048 {
				t.Errorf("%d questions of %d answers: a ballot can have %d bytes, MaxBallotSize is %d", n, len(q.Answers), size, bound)
			}
		}
	}
}

// shapeOf is a ballot of the right shape with nothing in it.
func shapeOf(e *Election) *jsonBallot {
	point := group.Generator().String()
	b := &jsonBallot{UUID: string(e.UUID), Hash: string(e.Fingerprint()), Credential: point, Signature: new(jsonSignature)}
	for _, q := range e.Questions {
		var a jsonAnswer
		for range q.Choices() {
			a.Choices = append(a.Choices, jsonCiphertext{point, point})
			a.Individual = append(a.Individual, make([]jsonProof, 2))
		}
		a.Overall = make([]jsonProof, q.Max-q.Min+1)
		if q.Blank {
			a.Overall, a.Blank = make([]jsonProof, q.Max-q.Min+2), make([]jsonProof, 2)
		}
		b.Answers = append(b.Answers, a)
	}
	return b
}
