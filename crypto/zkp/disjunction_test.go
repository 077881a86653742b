package zkp

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/elgamal"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
)

// A disjunction is a proof of one of several branches with all that it is about.
type disjunction struct {
	key         *elgamal.PublicKey
	tag         Tag
	text        string
	ciphertexts []elgamal.Ciphertext
	values      []int
	proofs      []Proof
}

func newDisjunction(key *elgamal.PublicKey, tag Tag, text string, claims []Claim) disjunction {
	d := disjunction{key: key, tag: tag, text: text, proofs: Prove(key, tag, text, claims, group.RandomScalar)}
	for _, c := range claims {
		d.ciphertexts, d.values = append(d.ciphertexts, c.Ciphertext), append(d.values, c.Value)
	}
	return d
}

// verify asks a batch of its own, in which ciphertexts are as a ballot has them: not
// known yet to be elements.
func (d disjunction) verify() error {
	b := d.key.NewBatch()
	branches := make([]Branch, len(d.values))
	for i, c := range d.ciphertexts {
		branches[i] = Branch{unchecked(c).In(b), d.values[i]}
	}
	asked := Ask(b, branches, d.proofs)
	b.Run()
	for i, branch := range branches {
		if err := branch.Ciphertext.Err(b); err != nil {
			return fmt.Errorf("branch %d: %w", i, err)
		}
	}
	return agreed(asked.Verify(b, d.tag, []byte(d.text)), d.verifyPlainly())
}

// verifyPlainly computes one power after the other, in constant time.
func (d disjunction) verifyPlainly() error {
	if len(d.proofs) != len(d.values) {
		return errors.New("another number of proofs than of branches")
	}
	sum, text := new(group.Scalar), string(d.tag)+"|"+d.text
	for i, p := range d.proofs {
		c, sep := d.ciphertexts[i], ","
		if i == 0 {
			sep = "|"
		}
		shifted := c.Beta.Div(group.BaseExp(group.ScalarFromInt(d.values[i])))
		text += sep + commit(group.Generator(), c.Alpha, p).String() + "," + commit(d.key.Element(), shifted, p).String()
		sum = sum.Add(p.Challenge)
	}
	return plainVerdict(text, sum)
}

// unchecked reads a ciphertext as it stands in a ballot.
func unchecked(c elgamal.Ciphertext) elgamal.Unchecked {
	return elgamal.ReadUnchecked(wire.NewReader(c.AppendJSON(nil)))
}

func (d disjunction) alterations() map[string]statement {
	altered := make(map[string]statement)
	for name, p := range alteredProofs(d.proofs) {
		a := d
		a.proofs = p
		altered[name] = a
	}
	for name, e := range alteredElements(d.key.Element()) {
		a := d
		if key, err := elgamal.NewPublicKey(e); err == nil {
			a.key = key
			altered["key "+name] = a
		}
	}
	for _, tag := range []Tag{TagMembership, TagBlank, TagOverall, "", "prove|", "bproof"} {
		if a := d; tag != d.tag {
			a.tag = tag
			altered[fmt.Sprintf("tag %q", tag)] = a
		}
	}
	maps.Copy(altered, d.alteredTexts())
	maps.Copy(altered, d.alteredBranches())
	maps.Copy(altered, d.reordered())
	return altered
}

// alteredTexts changes each part of the statement's text: every element, the
// fingerprint, and the signs between them.
func (d disjunction) alteredTexts() map[string]statement {
	altered := make(map[string]statement)
	parts := strings.FieldsFunc(d.text, func(c rune) bool { return c == '|' || c == ',' })
	for i, part := range parts {
		a := d
		a.text = strings.Replace(d.text, part, group.BaseExp(secret(1000+i)).String(), 1)
		altered[fmt.Sprintf("text: part %d", i)] = a
	}
	for name, text := range map[string]string{
		"empty": "", "longer": d.text + "|", "a bar before": "|" + d.text, "a comma": strings.Replace(d.text, "|", ",", 1), "upper case": strings.ToUpper(d.text),
		"without its end": d.text[:len(d.text)-65],
	} {
		a := d
		a.text = text
		altered["text: "+name] = a
	}
	return altered
}

// alteredBranches changes a ciphertext or a value of one branch. Branches of
// the same ciphertext change together, as a verifier would have them.
func (d disjunction) alteredBranches() map[string]statement {
	altered := make(map[string]statement)
	for i, c := range d.ciphertexts {
		for name, e := range alteredElements(c.Alpha) {
			altered[fmt.Sprintf("alpha %d %s", i, name)] = d.withCiphertext(c, elgamal.Ciphertext{Alpha: e, Beta: c.Beta})
		}
		for name, e := range alteredElements(c.Beta) {
			altered[fmt.Sprintf("beta %d %s", i, name)] = d.withCiphertext(c, elgamal.Ciphertext{Alpha: c.Alpha, Beta: e})
		}
		altered[fmt.Sprintf("alpha and beta %d swapped", i)] = d.withCiphertext(c, elgamal.Ciphertext{Alpha: c.Beta, Beta: c.Alpha})
		for _, shift := range []int{-2, -1, 1, 2, 1 << 40} {
			a := d
			a.values = replaced(d.values, i, d.values[i]+shift)
			altered[fmt.Sprintf("value %d %+d", i, shift)] = a
		}
	}
	return altered
}

func (d disjunction) withCiphertext(old, c elgamal.Ciphertext) disjunction {
	d.ciphertexts = slices.Clone(d.ciphertexts)
	for i := range d.ciphertexts {
		if d.ciphertexts[i].Equal(old) {
			d.ciphertexts[i] = c
		}
	}
	return d
}

// reordered changes the order or the number of the branches.
func (d disjunction) reordered() map[string]statement {
	n := len(d.values)
	altered := make(map[string]statement)
	shorter, longer := d, d
	shorter.ciphertexts, shorter.values, shorter.proofs = d.ciphertexts[:n-1], d.values[:n-1], d.proofs[:n-1]
	altered["a branch less"] = shorter
	longer.ciphertexts = append(slices.Clone(d.ciphertexts), d.ciphertexts[0])
	longer.values = append(slices.Clone(d.values), 7)
	altered["a branch more"] = longer
	longer.proofs = append(slices.Clone(d.proofs), Proof{new(group.Scalar), new(group.Scalar)})
	altered["a branch more, proved by 0"] = longer
	if n > 1 {
		branches := d
		branches.ciphertexts, branches.values = slices.Clone(d.ciphertexts), slices.Clone(d.values)
		slices.Reverse(branches.ciphertexts)
		slices.Reverse(branches.values)
		altered["branches reversed"] = branches
		branches.proofs = slices.Clone(d.proofs)
		slices.Reverse(branches.proofs)
		altered["branches and proofs reversed"] = branches
	}
	return altered
}

// disjunctions makes, for each disjunctive proof of a ballot and each branch
// that can be the true one, an example.
func disjunctions(key *elgamal.PublicKey) map[string]disjunction {
	all := make(map[string]disjunction)
	prefix := "fingerprint|" + group.BaseExp(secret(20)).String()
	for _, m := range []int{0, 1} {
		o := open(key, m)
		all[fmt.Sprintf("membership of %d in 0, 1", m)] = newDisjunction(key, TagMembership, MembershipStatement(prefix, o.Ciphertext), o.Claims(0, 1))
	}
	for m := 1; m <= 3; m++ {
		o := open(key, m)
		all[fmt.Sprintf("overall of %d in 1, 2, 3", m)] = newDisjunction(key, TagMembership, MembershipStatement(prefix, o.Ciphertext), o.Claims(1, 2, 3))
	}
	o := open(key, 1)
	all["overall of 1 in 1"] = newDisjunction(key, TagMembership, MembershipStatement(prefix, o.Ciphertext), o.Claims(1))
	for _, marks := range [][]int{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 1, 1}} {
		blank, sum, text := openAnswer(key, prefix, marks)
		all[fmt.Sprintf("blank of %v", marks)] = newDisjunction(key, TagBlank, text, append(blank.Claims(0), sum.Claims(0)...))
		all[fmt.Sprintf("overall with blank of %v", marks)] = newDisjunction(key, TagOverall, text, append(blank.Claims(1), sum.Claims(1, 2)...))
	}
	return all
}

// openAnswer encrypts an answer with blank first, and writes S of
// docs/PROTOCOL.md §7.
func openAnswer(key *elgamal.PublicKey, prefix string, marks []int) (blank, sum Opening, text string) {
	openings := make([]Opening, len(marks))
	pairs := make([]string, len(marks))
	for i, m := range marks {
		openings[i] = open(key, m)
		pairs[i] = fmt.Sprintf("%s,%s", openings[i].Ciphertext.Alpha, openings[i].Ciphertext.Beta)
	}
	return openings[0], Sum(openings[1:]), prefix + "|" + strings.Join(pairs, ",")
}

func TestDisjunctionSoundness(t *testing.T) {
	for name, d := range disjunctions(testKey(t)) {
		t.Run(name, func(t *testing.T) { checkSound(t, d) })
	}
}

// TestDisjunctionTranscripts recomputes Σ challenges from the specification.
func TestDisjunctionTranscripts(t *testing.T) {
	key := testKey(t)
	g, y := group.Generator(), key.Element()
	for name, d := range disjunctions(key) {
		sum, commitments := new(group.Scalar), make([]string, 0, len(d.proofs))
		for i, p := range d.proofs {
			c := d.ciphertexts[i]
			shifted := c.Beta.Div(g.Exp(group.ScalarFromInt(d.values[i])))
			commitments = append(commitments, fmt.Sprintf("%s,%s", commit(g, c.Alpha, p), commit(y, shifted, p)))
			sum = sum.Add(p.Challenge)
		}
		want := specHash(fmt.Sprintf("%s|%s|%s", d.tag, d.text, strings.Join(commitments, ",")))
		if !sum.Equal(want) {
			t.Errorf("%s: challenges add up to %v, want %v", name, sum, want)
		}
	}
}

func TestMembershipStatement(t *testing.T) {
	c := open(testKey(t), 1).Ciphertext
	want := fmt.Sprintf("a|b|%s,%s", c.Alpha, c.Beta)
	if got := MembershipStatement("a|b", c); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	b := group.NewBatch(nil)
	ref := unchecked(c).In(b)
	b.Run()
	if got := string(AppendStatement(nil, b, []byte("a|b"), ref)); got != want {
		t.Errorf("of a batch: %s, want %s", got, want)
	}
}

func TestTags(t *testing.T) {
	if TagMembership != "prove" || TagBlank != "bproof0" || TagOverall != "bproof1" {
		t.Error("a tag is not that of docs/PROTOCOL.md §7")
	}
}

func TestSum(t *testing.T) {
	key := testKey(t)
	sum := Sum([]Opening{open(key, 1), open(key, 0), open(key, 5)})
	if sum.Message != 6 || !sum.Ciphertext.Equal(key.Encrypt(6, sum.Randomness)) {
		t.Errorf("sum %d does not open", sum.Message)
	}
	if none := Sum(nil); none.Message != 0 || !none.Ciphertext.Equal(key.Encrypt(0, none.Randomness)) {
		t.Error("the empty sum does not open")
	}
}

// TestProveRefusesFalseStatements: no proof of one exists, so asking is a bug.
func TestProveRefusesFalseStatements(t *testing.T) {
	key := testKey(t)
	for _, values := range [][]int{{}, {0}, {0, 1}, {1, 3}, {-2}, {-1, 0, 1, 3, 4}} {
		o := open(key, 2)
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("2 in %v was proved", values)
				}
			}()
			Prove(key, TagMembership, "text", o.Claims(values...), group.RandomScalar)
		}()
	}
}

// TestProveForAnotherCiphertext: a claim about a ciphertext that its opening
// does not open gives a proof that does not hold.
func TestProveForAnotherCiphertext(t *testing.T) {
	key := testKey(t)
	honest := open(key, 0)
	for name, o := range map[string]Opening{
		"message":    {honest.Ciphertext, 1, honest.Randomness},
		"randomness": {honest.Ciphertext, 0, honest.Randomness.Add(group.ScalarFromInt(1))},
		"ciphertext": {open(key, 0).Ciphertext, 0, honest.Randomness},
		"2 votes":    {key.Encrypt(2, honest.Randomness), 1, honest.Randomness},
	} {
		d := newDisjunction(key, TagMembership, MembershipStatement("prefix", o.Ciphertext), o.Claims(0, 1))
		if err := d.verify(); !errors.Is(err, ErrChallenge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestProveDrawsInOrder: the draws are what the package says, so that the
// page's implementation can repeat them: challenge and response of a simulated
// branch, w of the proved one.
func TestProveDrawsInOrder(t *testing.T) {
	key := testKey(t)
	for m := range 3 {
		var drawn []*group.Scalar
		o := open(key, m)
		proofs := Prove(key, TagMembership, "text", o.Claims(0, 1, 2), func() *group.Scalar {
			drawn = append(drawn, group.RandomScalar())
			return drawn[len(drawn)-1]
		})
		next := func() *group.Scalar { s := drawn[0]; drawn = drawn[1:]; return s }
		for i, p := range proofs {
			if i == m {
				w := p.Response.Add(o.Randomness.Mul(p.Challenge))
				if !w.Equal(next()) {
					t.Errorf("branch %d: w is not the next draw", i)
				}
			} else if c, r := next(), next(); !p.Challenge.Equal(c) || !p.Response.Equal(r) {
				t.Errorf("branch %d: challenge and response are not the next draws", i)
			}
		}
		if len(drawn) != 0 {
			t.Errorf("%d draws were not used", len(drawn))
		}
	}
}
