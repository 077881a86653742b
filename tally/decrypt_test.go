package tally_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/zkp"
	"github.com/homphieu/homphieu/tally"
)

// TestEverySubset lets each subset of two trustees alone and a board of two in
// three decrypt: exactly those with both and two of the board can, and all of
// them find the same result.
func TestEverySubset(t *testing.T) {
	e := mixed(t)
	all := e.Decrypt(e.product, 1, 2, 3, 4, 5)
	for i := range all {
		ok(t, all[i].Verify(e.Election.Election, e.Trustees, e.product))
	}
	for set := range 1 << len(all) {
		var some []tally.Contribution
		board, alone := 0, 0
		for i, c := range all {
			if set&(1<<i) == 0 {
				continue
			}
			if some = append(some, c); i < 2 {
				alone++
			} else {
				board++
			}
		}
		slices.Reverse(some) // their order is free
		result, err := tally.Combine(e.Trustees, e.product, some, ballots)
		verdict := tally.VerifyResult(e.Trustees, e.product, some, ballots, e.result)
		if alone < 2 || board < 2 {
			if !errors.Is(err, tally.ErrTooFew) || !errors.Is(verdict, tally.ErrTooFew) {
				t.Errorf("set %05b: %v and %v", set, err, verdict)
			}
			continue
		}
		if err != nil || verdict != nil || !reflect.DeepEqual(result, e.result) {
			t.Errorf("set %05b: %v, %v and %v, want %v", set, result, err, verdict, e.result)
		}
	}
}

// TestOwners combines trustees twice or from elsewhere.
func TestOwners(t *testing.T) {
	e := mixed(t)
	for _, c := range []struct {
		owners []int
		err    error
	}{
		{[]int{1, 2, 3, 3}, tally.ErrOwnerTwice},
		{[]int{1, 1, 2, 3, 4}, tally.ErrOwnerTwice},
		{[]int{1, 2, 3, 4, 4}, tally.ErrOwnerTwice},
		{[]int{1, 2, 3, 4, 6}, tally.ErrOwner},
		{[]int{0, 1, 2, 3, 4}, tally.ErrOwner},
		{nil, tally.ErrTooFew},
	} {
		var list []tally.Contribution
		for _, owner := range c.owners {
			contribution := e.Decrypt(e.product, min(max(owner, 1), 5))[0]
			contribution.Owner = owner
			list = append(list, contribution)
		}
		if _, err := tally.Combine(e.Trustees, e.product, list, ballots); !errors.Is(err, c.err) {
			t.Errorf("%v: %v, want %v", c.owners, err, c.err)
		}
		if err := tally.VerifyResult(e.Trustees, e.product, list, ballots, e.result); !errors.Is(err, c.err) {
			t.Errorf("%v: %v, want %v", c.owners, err, c.err)
		}
	}
}

// TestSoundness changes every part of a contribution, one at a time.
func TestSoundness(t *testing.T) {
	e := mixed(t)
	bad := func(t *testing.T, name string, want error, words string, change func(c *tally.Contribution)) {
		t.Helper()
		c := e.Decrypt(e.product, 4)[0]
		change(&c)
		err := c.Verify(e.Election.Election, e.Trustees, e.product)
		if !errors.Is(err, want) || !strings.Contains(fmt.Sprint(err), words) {
			t.Errorf("%s: %v, want %v … %q", name, err, want, words)
		}
	}
	for i, row := range e.product {
		for j := range row {
			place := fmt.Sprintf("trustee 4: question %d: choice %d: ", i+1, j+1)
			changes := map[string]func(c *tally.Contribution){
				"factor":         func(c *tally.Contribution) { p := &c.Partial.Factors[i][j]; *p = shift(*p) },
				"identity":       func(c *tally.Contribution) { c.Partial.Factors[i][j] = group.Identity() },
				"weak challenge": func(c *tally.Contribution) { p := &c.Partial.Proofs[i][j]; p.Challenge = bump(p.Challenge) },
				"weak response":  func(c *tally.Contribution) { p := &c.Partial.Proofs[i][j]; p.Response = bump(p.Response) },
			}
			for name, change := range changes {
				bad(t, name, zkp.ErrChallenge, place+"challenge", change)
				bad(t, name+" without strong proofs", zkp.ErrChallenge, place, func(c *tally.Contribution) { change(c); c.Strong = nil })
			}
			bad(t, "strong challenge", zkp.ErrChallenge, place+"strong proof", func(c *tally.Contribution) { p := &c.Strong[i][j]; p.Challenge = bump(p.Challenge) })
			bad(t, "strong response", zkp.ErrChallenge, place+"strong proof", func(c *tally.Contribution) { p := &c.Strong[i][j]; p.Response = bump(p.Response) })
			bad(t, "weak proof as strong", zkp.ErrChallenge, place+"strong proof", func(c *tally.Contribution) { c.Strong[i][j] = c.Partial.Proofs[i][j] })
			bad(t, "strong proof as weak", zkp.ErrChallenge, place+"challenge", func(c *tally.Contribution) { c.Partial.Proofs[i][j] = c.Strong[i][j] })
		}
	}
	last := len(e.product) - 1
	bad(t, "first and last", zkp.ErrChallenge, "trustee 4: question 1: choice 1: challenge", func(c *tally.Contribution) {
		for _, i := range []int{0, last} {
			p := &c.Partial.Proofs[i][0]
			p.Response = bump(p.Response)
		}
	})
	for name, change := range map[string]func(c *tally.Contribution){
		"another owner":      func(c *tally.Contribution) { c.Owner = 3 },
		"a trustee alone":    func(c *tally.Contribution) { c.Owner = 1 },
		"no factors":         func(c *tally.Contribution) { c.Partial.Factors = nil },
		"a factor less":      func(c *tally.Contribution) { c.Partial.Factors[1] = c.Partial.Factors[1][:1] },
		"a question less":    func(c *tally.Contribution) { c.Partial.Factors = c.Partial.Factors[:1] },
		"a proof less":       func(c *tally.Contribution) { c.Partial.Proofs[0] = c.Partial.Proofs[0][:3] },
		"a proof more":       func(c *tally.Contribution) { c.Partial.Proofs[1] = append(c.Partial.Proofs[1], c.Partial.Proofs[0][0]) },
		"no strong question": func(c *tally.Contribution) { c.Strong = [][]zkp.Proof{} },
		"a strong one less":  func(c *tally.Contribution) { c.Strong[0] = c.Strong[0][:3] },
		"questions swapped":  func(c *tally.Contribution) { slices.Reverse(c.Partial.Factors) },
		"choices swapped":    func(c *tally.Contribution) { slices.Reverse(c.Partial.Factors[0]) },
	} {
		bad(t, name, tally.ErrPartialDecryption, "trustee", change)
	}
	for _, owner := range []int{0, 6} {
		bad(t, "nobody", tally.ErrOwner, "trustee: not on the list", func(c *tally.Contribution) { c.Owner = owner })
	}
}

// TestBinding takes an honest contribution to another statement.
func TestBinding(t *testing.T) {
	e := mixed(t)
	c := e.Decrypt(e.product, 4)[0]
	other := e.NewProduct()
	other.MulProduct(e.product)
	other[0][0].Beta = shift(other[0][0].Beta) // alpha, and so every factor, is the same
	if err := c.Verify(e.Election.Election, e.Trustees, other); !errors.Is(err, zkp.ErrChallenge) || !strings.Contains(err.Error(), "strong proof") {
		t.Errorf("another tally: %v", err)
	}
	c.Strong = nil
	if err := c.Verify(e.Election.Election, e.Trustees, other); err != nil {
		t.Errorf("the published proof does not bind beta: %v", err)
	}
	other[0][0].Alpha = shift(other[0][0].Alpha)
	if err := c.Verify(e.Election.Election, e.Trustees, other); !errors.Is(err, zkp.ErrChallenge) {
		t.Errorf("another alpha: %v", err)
	}
}

// TestCombineNothing: a poll without ballots has a result.
func TestCombineNothing(t *testing.T) {
	e := mixed(t)
	empty := e.NewProduct()
	list := e.Decrypt(empty, 1, 2, 3, 4)
	for _, c := range list {
		ok(t, c.Verify(e.Election.Election, e.Trustees, empty))
	}
	result, err := tally.Combine(e.Trustees, empty, list, 0)
	if want := (tally.Result{{0, 0, 0, 0}, {0, 0}}); err != nil || !reflect.DeepEqual(result, want) {
		t.Errorf("%v, %v, want %v", result, err, want)
	}
}

// TestCombineBound finds no number that is more than the ballots.
func TestCombineBound(t *testing.T) {
	e := mixed(t)
	list := e.Decrypt(e.product, 1, 2, 3, 4)
	for n := range 3 {
		if _, err := tally.Combine(e.Trustees, e.product, list, n); !errors.Is(err, tally.ErrResult) {
			t.Errorf("%d ballots: %v", n, err)
		}
	}
	if _, err := tally.Combine(e.Trustees, e.product, list, 3); err != nil {
		t.Errorf("3 ballots, as many as the largest sum: %v", err)
	}
}

// TestVerifyResult changes every number, and the shape.
func TestVerifyResult(t *testing.T) {
	e := mixed(t)
	list := e.Decrypt(e.product, 1, 2, 4, 5)
	wrong := func(r tally.Result) {
		t.Helper()
		if err := tally.VerifyResult(e.Trustees, e.product, list, ballots, r); !errors.Is(err, tally.ErrResult) {
			t.Errorf("%v: %v", r, err)
		}
	}
	for i, row := range e.result {
		for j := range row {
			for _, by := range []int{-1, 1, 100} {
				r := tally.Result{slices.Clone(e.result[0]), slices.Clone(e.result[1])}
				r[i][j] += by
				wrong(r)
			}
		}
	}
	for _, r := range []tally.Result{nil, {}, {e.result[0]}, {e.result[0], e.result[1], {}}, {e.result[1], e.result[0]}, {e.result[0], {3}}, {e.result[0], {3, 1, 0}}} {
		wrong(r)
	}
}

func TestLogarithm(t *testing.T) {
	for _, bound := range []int{0, 1, 2, 3, 4, 5, 8, 9, 10, 15, 16, 17, 99, 100, 101, 1000} {
		for n := range bound + 40 {
			if bound == 1000 && n%50 != 0 && n < bound-2 {
				continue
			}
			got, found := tally.Logarithm(bound, group.BaseExp(group.ScalarFromInt(n)))
			if found != (n <= bound) || (found && got != n) {
				t.Errorf("g^%d up to %d: %d, %v", n, bound, got, found)
			}
		}
		for _, n := range []int{-1, -2, -bound - 1} {
			if got, found := tally.Logarithm(bound, group.BaseExp(group.ScalarFromInt(n))); found {
				t.Errorf("g^%d up to %d: %d", n, bound, got)
			}
		}
	}
}
