package ballot

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/elgamal"
	"github.com/homphieu/homphieu/crypto/group"
)

// TestProduct: in whatever order and parts it is made, the product decrypts to
// the sums.
func TestProduct(t *testing.T) {
	e := twoQuestions(t)
	marks := [][][]int{{{0, 1, 0, 0}, {1, 1}}, {{1, 0, 0, 0}, {0, 1}}, {{0, 0, 0, 1}, {0, 1}}, {{0, 1, 0, 0}, {1, 0}}}
	forward, first, second := e.NewProduct(), e.NewProduct(), e.NewProduct()
	for i, m := range marks {
		b := mustSeal(t, e, NewCredential(), m...)
		forward.Mul(b)
		if i%2 == 0 {
			first.Mul(b)
		} else {
			second.Mul(b)
		}
	}
	second.MulProduct(first)
	if !forward.Equal(second) || !second.Equal(forward) || forward.Equal(first) || first.Equal(e.NewProduct()) {
		t.Error("the order of the ballots changes the product")
	}
	for i, want := range [][]int{{1, 2, 0, 1}, {2, 3}} {
		for j, n := range want {
			c := forward[i][j]
			if !c.Beta.Div(c.Alpha.Exp(testSecret())).Equal(group.BaseExp(group.ScalarFromInt(n))) {
				t.Errorf("sum %d of question %d is not %d", j, i, n)
			}
		}
	}
}

func TestProductEqual(t *testing.T) {
	e := twoQuestions(t)
	p := e.NewProduct()
	p.Mul(mustSeal(t, e, NewCredential(), []int{0, 1, 0, 0}, []int{1, 1}))
	if !p.Equal(p) {
		t.Error("a product is not equal to itself")
	}
	for i := range p {
		for j := range p[i] {
			q := e.NewProduct()
			q.MulProduct(p)
			q[i][j] = q[i][j].Mul(elgamal.Ciphertext{Alpha: group.Generator(), Beta: group.Identity()})
			if p.Equal(q) {
				t.Errorf("ciphertext %d, %d is not compared", i, j)
			}
		}
	}
	if p.Equal(p[:1]) || p.Equal(Product{p[0], p[1][:1]}) || p.Equal(nil) || p.Equal(Product{p[1], p[0]}) {
		t.Error("another shape is equal")
	}
}

func TestParseProduct(t *testing.T) {
	for _, v := range loadVectors(t) {
		if v.encryptedTally == nil {
			continue
		}
		p, err := v.election.ParseProduct(v.encryptedTally)
		if err != nil {
			t.Errorf("%s: %v", v.name, err)
		} else if got := p.AppendJSON(nil); !bytes.Equal(got, v.encryptedTally) {
			t.Errorf("%s: %s came back as %s", v.name, v.encryptedTally, got)
		}
	}
}

func TestParseProductRefuses(t *testing.T) {
	e := twoQuestions(t)
	p := e.NewProduct()
	p.Mul(mustSeal(t, e, NewCredential(), []int{0, 1, 0, 0}, []int{1, 1}))
	text := string(p.AppendJSON(nil))
	point := p[0][0].Alpha.String()
	spoiled := []string{
		"", "[]", "[[]]", text + " ", text[:len(text)-1], strings.Replace(text, ",", ", ", 1), strings.Replace(text, point, strings.ToUpper(point), 1),
		string(p[:1].AppendJSON(nil)), string(append(p[:2:2], p[0]).AppendJSON(nil)), string(Product{p[1], p[0]}.AppendJSON(nil)),
		string(Product{p[0][:3], p[1]}.AppendJSON(nil)), strings.Replace(text, point, wideY(1), 1),
	}
	for _, small := range torsion {
		spoiled = append(spoiled, strings.Replace(text, point, addPoints(point, small), 1), strings.Replace(text, point, small, 1))
	}
	for _, s := range spoiled {
		if got, err := e.ParseProduct([]byte(s)); err == nil || got != nil {
			t.Errorf("%s was read", s)
		}
	}
	if _, err := e.ParseProduct([]byte(strings.Replace(text, point, torsion[0], 1))); !errors.Is(err, group.ErrElement) {
		t.Errorf("small order: %v", err)
	}
}

// FuzzParseProduct: what is accepted is written again as it was read.
func FuzzParseProduct(f *testing.F) {
	v := loadVector(f, "mixed")
	f.Add(v.encryptedTally)
	f.Add(v.encryptedTally[1:])
	f.Add(v.election.NewProduct().AppendJSON(nil))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := v.election.ParseProduct(text)
		if err == nil && !bytes.Equal(p.AppendJSON(nil), text) {
			t.Fatalf("%q came back as %q", text, p.AppendJSON(nil))
		}
	})
}

// FuzzVerify: what is accepted is one of the ballots that were made; everything
// else is refused as one of three kinds. Each seed that is no ballot of the
// first election must be refused, too.
func FuzzVerify(f *testing.F) {
	v := loadVector(f, "one-trustee")
	made := make(map[string]bool)
	for _, raw := range v.ballots {
		made[string(raw)] = true
		f.Add(raw)
		f.Add(raw[:len(raw)-2])
		f.Add(bytes.Replace(raw, []byte(`"challenge":"`), []byte(`"challenge":"0`), 1))
	}
	f.Add(loadVector(f, "mixed").ballots[0])
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := verifyBoth(t, v.election, raw)
		switch {
		case err == nil && !made[string(raw)]:
			t.Fatalf("%q verifies", raw)
		case err == nil && !bytes.Equal(takeApart(t, b.Raw()).text(), raw):
			t.Fatalf("%q is not the one spelling", raw)
		case err != nil && !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrProof) && !errors.Is(err, ErrWrongElection):
			t.Fatalf("%q: %v", raw, err)
		}
	})
}
