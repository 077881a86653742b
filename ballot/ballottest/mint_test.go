package ballottest_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/ballottest"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/tally/archive"
)

// several is more than one piece, so that the seams are tried.
const several = 150

var (
	person = ballot.Question{Text: "Đồng chí An", Answers: []string{"Tín nhiệm cao", "Tín nhiệm", "Tín nhiệm thấp"}, Blank: true, Min: 1, Max: 1}
	yesNo  = ballot.Question{Text: "Đồng chí Bình", Answers: []string{"Có", "Không"}, Min: 1, Max: 1}
	some   = ballot.Question{Text: "Đồng chí Chi", Answers: []string{"Một", "Hai", "Ba"}, Min: 0, Max: 2}
)

func newElection(t testing.TB, questions ...ballot.Question) *ballot.Election {
	t.Helper()
	e, err := ballot.NewElection(ballot.Draft{
		Name: "Hội nghị", PublicKey: group.BaseExp(group.RandomScalar()), UUID: ballot.NewUUID(), Questions: questions,
	})
	ok(t, err)
	return e
}

func newMint(t testing.TB, e *ballot.Election) *ballottest.Mint {
	t.Helper()
	m, err := ballottest.NewMint(e)
	ok(t, err)
	return m
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Every minted ballot is verified like any other, no two of them share
// credential, first alpha or bytes, and their product is the one that the mint
// knows.
func TestMint(t *testing.T) {
	for name, questions := range map[string][]ballot.Question{
		"a person": {person}, "without blank": {yesNo}, "several persons": {person, person, yesNo}, "several marks": {some, person},
	} {
		t.Run(name, func(t *testing.T) {
			e := newElection(t, questions...)
			m := newMint(t, e)
			product, next := e.NewProduct(), 0
			credentials, alphas, hashes := map[[32]byte]bool{}, map[[32]byte]bool{}, map[[32]byte]bool{}
			for i, raw := range m.Ballots(several) {
				if i != next {
					t.Fatalf("ballot %d, want %d", i, next)
				}
				b, err := ballot.Verify(e, raw)
				ok(t, err)
				product.Mul(b)
				credentials[b.Credential().Key()], alphas[b.FirstAlpha()], hashes[b.Hash()] = true, true, true
				next++
			}
			if next != several || len(credentials) != several || len(alphas) != several || len(hashes) != several {
				t.Errorf("%d ballots, %d credentials, %d first alphas, %d hashes", next, len(credentials), len(alphas), len(hashes))
			}
			if !m.Product(several).Equal(product) {
				t.Error("product is not that of the ballots")
			}
		})
	}
}

// The credentials object is in canonical form and ascending order, and every
// ballot has its credential there.
func TestCredentials(t *testing.T) {
	e := newElection(t, yesNo)
	m := newMint(t, e)
	text := m.Credentials(several)
	roll, err := archive.ReadRoll(bytes.NewReader(text))
	ok(t, err)
	if roll.Len() != several || !bytes.Equal(roll.AppendJSON(nil), text) {
		t.Errorf("%d credentials, or not in canonical form", roll.Len())
	}
	for i, raw := range m.Ballots(several) {
		b, err := ballot.Verify(e, raw)
		ok(t, err)
		if key := ballot.CredentialKey(b.Credential().Key()); !bytes.Contains(text, []byte(key.String())) {
			t.Fatalf("ballot %d: its credential is not listed", i)
		}
	}
}

// What a ballot says is what Mark says: the product of the others divided out.
func TestMark(t *testing.T) {
	secret := group.RandomScalar()
	e, err := ballot.NewElection(ballot.Draft{
		Name: "Hội nghị", PublicKey: group.BaseExp(secret), UUID: ballot.NewUUID(), Questions: []ballot.Question{yesNo, person},
	})
	ok(t, err)
	m, seen := newMint(t, e), map[string]bool{}
	for i, raw := range m.Ballots(12) {
		b, err := ballot.Verify(e, raw)
		ok(t, err)
		for question, choices := range b.Ciphertexts() {
			mark := m.Mark(i, question)
			seen[fmt.Sprint(question, mark)] = true
			for c, text := range choices {
				marked := text.Beta.Div(text.Alpha.Exp(secret)).Equal(group.Generator())
				if marked != (c == mark) {
					t.Errorf("ballot %d, question %d, choice %d: marked %t", i, question, c, marked)
				}
			}
		}
	}
	if len(seen) != 2+4 {
		t.Errorf("%d marks were seen, want every one", len(seen))
	}
}

// Who wants no more ballots stops.
func TestStopEarly(t *testing.T) {
	m := newMint(t, newElection(t, yesNo))
	count := 0
	for range m.Ballots(several) {
		if count++; count == 3 {
			break
		}
	}
	if count != 3 {
		t.Errorf("%d ballots, want 3", count)
	}
	for i := range m.Ballots(0) {
		t.Errorf("ballot %d of none", i)
	}
}

func TestNoSingleMark(t *testing.T) {
	two := some
	two.Min = 2
	none := some
	none.Max = 0
	for _, q := range []ballot.Question{two, none} {
		if _, err := ballottest.NewMint(newElection(t, yesNo, q)); err == nil {
			t.Errorf("%d to %d marks were taken", q.Min, q.Max)
		}
	}
}

// BenchmarkMint tells how long a ballot on 20 persons takes.
func BenchmarkMint(b *testing.B) {
	persons := make([]ballot.Question, 20)
	for i := range persons {
		persons[i] = person
	}
	m := newMint(b, newElection(b, persons...))
	b.ResetTimer()
	for _, raw := range m.Ballots(b.N) {
		b.SetBytes(int64(len(raw)))
	}
}
