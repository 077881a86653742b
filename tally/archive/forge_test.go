package archive_test

import (
	"crypto/sha256"
	"reflect"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/zkp"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

// A forgery is an archive with a false result that the published protocol
// accepts, and what its forger would put beside it.
type forgery struct {
	*boxtest.Election
	steps   []step
	product ballot.Product
	forged  tally.Contribution
}

// forge lets a trustee alone, who also casts the last ballot, announce another
// result than [3 1]: each answer's sum becomes smaller by its delta.
//
// It fixes A = g^w1 and B = α_others^w1 · g^w2 before its ballot is made. The
// challenge c = H("decrypt|" φ "|" X "|" A "," B) then binds nothing to come.
// With the randomness r = (w2 - δ·c) / w1 of the last ballot, the factor
// F = α^x · g^δ, false by δ marks, passes with the response w1 - x·c:
//
//	α^response · F^c = α^w1 · g^(δ·c) = α_others^w1 · g^(r·w1 + δ·c) = B
func forge(t *testing.T, less ...int) *forgery {
	t.Helper()
	f := &forgery{Election: boxtest.NewElection(t, boxtest.Plan{Voters: 4})}
	f.steps, f.product = []step{(&vote{Election: f.Election}).setupStep()}, f.NewProduct()
	for voter, level := range []int{0, 0, 1} {
		f.cast(f.Seal(t, voter, level))
	}
	x := f.Holders[0].Key
	deltas := []*group.Scalar{group.ScalarFromInt(less[0]), group.ScalarFromInt(less[1])}
	randomness, weak := make([]*group.Scalar, 2), make([]zkp.Proof, 2)
	for j, delta := range deltas {
		w1, w2 := group.RandomScalar(), group.RandomScalar()
		a, b := group.BaseExp(w1), f.product[0][j].Alpha.Exp(w1).Mul(group.BaseExp(w2))
		c := group.ScalarFromHash(sha256.Sum256([]byte("decrypt|" + string(f.Fingerprint()) + "|" +
			f.Trustees.PublicKey().String() + "|" + a.String() + "," + b.String())))
		randomness[j] = w2.Sub(delta.Mul(c)).Mul(w1.Inv())
		weak[j] = zkp.Proof{Challenge: c, Response: w1.Sub(x.Mul(c))}
	}
	f.cast(f.SealWith(t, 3, []int{1, 0}, randomness))
	factors := make([]*group.Element, 2)
	for j, delta := range deltas {
		factors[j] = f.product[0][j].Alpha.Exp(x).Mul(group.BaseExp(delta))
	}
	f.forged = tally.Contribution{Owner: 1, Partial: tally.PartialDecryption{Factors: [][]*group.Element{factors}, Proofs: [][]zkp.Proof{weak}}}
	f.announce(tally.Result{{3 - less[0], 1 - less[1]}})
	return f
}

func (f *forgery) cast(b *ballot.Ballot) {
	f.product.Mul(b)
	f.steps = append(f.steps, step{archive.Ballot, [][]byte{b.Raw()}})
}

// announce ends the archive with the forged factors and a result.
func (f *forgery) announce(r tally.Result) {
	factors := f.forged.Partial.AppendJSON(nil)
	sized := tally.Sized{Ballots: len(f.steps) - 1, Tally: tally.Hash(f.product)}
	owned := tally.Owned{Owner: 1, Payload: sha256.Sum256(factors)}
	f.steps = append(f.steps, step{archive.EndBallots, nil},
		step{archive.EncryptedTally, [][]byte{f.product.AppendJSON(nil), sized.AppendJSON(nil)}},
		step{archive.PartialDecryption, [][]byte{factors, owned.AppendJSON(nil)}},
		step{archive.Result, [][]byte{r.AppendJSON(nil)}})
}

// shares is the file of strong proofs with the given ones.
func (f *forgery) shares(strong []zkp.Proof) []byte {
	c := f.forged
	c.Strong = [][]zkp.Proof{strong}
	return tally.NewShares(f.Election.Election, f.product, []tally.Contribution{c}).AppendJSON(nil)
}

// TestForgery builds the forgery, sees it pass the published protocol, and
// sees that no file of strong proofs makes it strong.
func TestForgery(t *testing.T) {
	f := forge(t, 1, -1)
	text := tell(f.steps...)
	r := verify(t, text, archive.Options{})
	wantValid(t, r, archive.StateResult)
	if r.DecryptionProofs != archive.ProofsWeak || !reflect.DeepEqual(r.Result, tally.Result{{2, 2}}) {
		t.Errorf("result %v with %s proofs; the forgery should have moved [3 1] to [2 2]", r.Result, r.DecryptionProofs)
	}
	wantRefused(t, verify(t, text, archive.Options{Strict: true}), archive.ErrMissing, "strong decryption proofs")
	honest := f.Decrypt(f.product, 1)[0]
	place, x := f.place(), f.Holders[0].Key
	for name, strong := range map[string][]zkp.Proof{
		"strong proofs of the false factors": f.strong(place, func(j int) zkp.Decryption { return f.statement(j, f.forged) }, x),
		"strong proofs of the true factors":  honest.Strong[0],
		"the published proofs again":         f.forged.Partial.Proofs[0],
		"proofs for a key of its own": f.strong(place, func(j int) zkp.Decryption {
			d := f.statement(j, f.forged)
			return zkp.Decryption{Public: group.BaseExp(group.ScalarFromInt(1)), Alpha: d.Alpha, Factor: d.Factor}
		}, group.ScalarFromInt(1)),
		"proofs of zero": {{Challenge: new(group.Scalar), Response: new(group.Scalar)}, {Challenge: new(group.Scalar), Response: new(group.Scalar)}},
	} {
		for _, strict := range []bool{false, true} {
			r := verify(t, text, archive.Options{Shares: f.shares(strong), Strict: strict})
			wantRefused(t, r, tally.ErrPartialDecryption, "shares: partial decryption: does not hold: trustee 1: question 1: choice 1: strong proof")
			if r.DecryptionProofs == archive.ProofsStrong {
				t.Errorf("%s: strong", name)
			}
		}
	}
}

// TestForgedSum: a forgery that loses a vote is found even by the published
// proofs, because the marks must account for every ballot.
func TestForgedSum(t *testing.T) {
	for _, less := range [][]int{{1, 0}, {0, 1}, {-1, 0}, {3, 1}} {
		r := verify(t, tell(forge(t, less...).steps...), archive.Options{})
		if wantRefused(t, r, archive.ErrSum, "event 8 (Result): result: marks do not add up to the ballots: question 1: "); r.Result != nil {
			t.Errorf("a result was reported: %v", r.Result)
		}
	}
}

func (f *forgery) place() zkp.Place {
	return zkp.Place{Fingerprint: string(f.Fingerprint()), Tally: tally.Hash(f.product)}
}

// statement says that c's factor of choice j is right.
func (f *forgery) statement(j int, c tally.Contribution) zkp.Decryption {
	return zkp.Decryption{Public: f.Trustees.PublicKey(), Alpha: f.product[0][j].Alpha, Factor: c.Partial.Factors[0][j]}
}

func (f *forgery) strong(at zkp.Place, statement func(j int) zkp.Decryption, x *group.Scalar) (list []zkp.Proof) {
	for j := range 2 {
		at.Choice = j
		list = append(list, zkp.ProveDecryptionStrong(at, x, statement(j)))
	}
	return list
}

// TestForgedVector is the same attack as somebody else made it.
func TestForgedVector(t *testing.T) {
	text := readFile(t, "testdata", "vectors", "weak", "forged-decryption.bel")
	r := verify(t, text, archive.Options{})
	wantValid(t, r, archive.StateResult)
	if r.DecryptionProofs != archive.ProofsWeak || !reflect.DeepEqual(r.Result, tally.Result{{2, 2, 0}}) {
		t.Errorf("result %v with %s proofs", r.Result, r.DecryptionProofs)
	}
	wantRefused(t, verify(t, text, archive.Options{Strict: true}), archive.ErrMissing, "strong decryption proofs ("+r.UUID+".shares.json)")
	wantSharesRefused(t, text, theVote().shares, errAny, "shares: made for another tally")
}

// TestCiphertextTwice lets two voters cast the same ciphertext, each with good
// proofs, as one who copies a vote would like to.
func TestCiphertextTwice(t *testing.T) {
	for name, marks := range map[string][2][]int{
		"same marks":  {{1, 0}, {1, 0}},
		"other marks": {{1, 0}, {0, 1}}, // only the first alpha is the same
	} {
		t.Run(name, func(t *testing.T) {
			f := &forgery{Election: boxtest.NewElection(t, boxtest.Plan{Voters: 4})}
			f.steps, f.product = []step{(&vote{Election: f.Election}).setupStep()}, f.NewProduct()
			r := []*group.Scalar{group.RandomScalar(), group.RandomScalar()}
			f.cast(f.Seal(t, 0))
			f.cast(f.SealWith(t, 1, marks[0], r))
			f.cast(f.Seal(t, 2))
			r[1] = group.RandomScalar()
			f.cast(f.SealWith(t, 3, marks[1], r))
			alpha := group.BaseExp(r[0]).String()
			wantRefused(t, verify(t, tell(f.steps...), archive.Options{}), ballot.ErrCiphertextTwice, alpha)
			f.steps = append(f.steps, step{archive.EndBallots, nil})
			report := verify(t, tell(f.steps...), archive.Options{})
			if wantRefused(t, report, ballot.ErrCiphertextTwice, alpha); report.State != archive.StateOpen {
				t.Errorf("state %s", report.State)
			}
			f.steps = append(f.steps[:2:2], f.steps[3:]...) // without the first of the two
			wantValid(t, verify(t, tell(f.steps...), archive.Options{}), archive.StateClosed)
		})
	}
}
