package tally

import (
	"bytes"
	"fmt"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
)

// A Result is the number of marks per question and choice, the blank first.
type Result [][]int

// AppendJSON appends {"result":[[…],…]}.
func (res Result) AppendJSON(b []byte) []byte {
	b = wire.AppendList(append(b, `{"result":`...), len(res), func(b []byte, i int) []byte {
		return wire.AppendList(b, len(res[i]), func(b []byte, j int) []byte { return fmt.Appendf(b, "%d", res[i][j]) })
	})
	return append(b, '}')
}

// ParseResult reads what [Result.AppendJSON] appends.
func ParseResult(text []byte) (res Result, err error) {
	r := wire.NewReader(text)
	r.Literal(`{"result":`)
	r.List(func() {
		var row []int
		r.List(func() { row = append(row, r.Int()) })
		res = append(res, row)
	})
	r.Literal(`}`)
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("result: %w", err)
	}
	return res, nil
}

// Combine computes the result of a tally of ballots from contributions, which
// must have been verified. All of them are used.
func Combine(trustees *Trustees, tally ballot.Product, contributions []Contribution, ballots int) (Result, error) {
	images, err := combine(trustees, tally, contributions)
	if err != nil {
		return nil, err
	}
	logarithms := newLogarithms(ballots)
	result := make(Result, len(images))
	for i, row := range images {
		result[i] = make([]int, len(row))
		for j, image := range row {
			n, ok := logarithms.find(image)
			if !ok {
				return nil, fmt.Errorf("%w: question %d: choice %d: no number up to %d", ErrResult, i+1, j+1, ballots)
			}
			result[i][j] = n
		}
	}
	return result, nil
}

// VerifyResult checks that result is what verified contributions give: that
// beta = g^n · Π factor^coefficient for each choice and its number n.
func VerifyResult(trustees *Trustees, tally ballot.Product, contributions []Contribution, ballots int, result Result) error {
	coefficients, err := trustees.coefficients(owners(contributions))
	if err != nil {
		return err
	}
	if !sameShape(tally, result) {
		return fmt.Errorf("%w: shape differs from the tally's", ErrResult)
	}
	b := group.NewBatch(nil)
	betas, powers := make([][]group.Ref, len(tally)), make([][]group.Power, len(tally))
	for i, row := range tally {
		for j, ct := range row {
			power := group.Power(-1)
			for k, c := range contributions {
				factor := b.Element(c.Partial.Factors[i][j])
				if k == 0 {
					power = b.Power(factor, coefficients[k], group.ScalarFromInt(result[i][j]), nil)
				} else {
					power = b.Join(power, b.Power(factor, coefficients[k], nil, nil))
				}
			}
			betas[i], powers[i] = append(betas[i], b.Element(ct.Beta)), append(powers[i], power)
		}
	}
	b.Run()
	for i, row := range result {
		for j, n := range row {
			if n > ballots || !bytes.Equal(b.AppendPower(nil, powers[i][j]), b.AppendPoint(nil, betas[i][j])) {
				return fmt.Errorf("%w: question %d: choice %d: not %d", ErrResult, i+1, j+1, n)
			}
		}
	}
	return nil
}

func owners(contributions []Contribution) []int {
	list := make([]int, len(contributions))
	for i, c := range contributions {
		list[i] = c.Owner
	}
	return list
}

// combine returns g^n = beta / Π factor^coefficient for each choice.
func combine(trustees *Trustees, tally ballot.Product, contributions []Contribution) ([][]*group.Element, error) {
	coefficients, err := trustees.coefficients(owners(contributions))
	if err != nil {
		return nil, err
	}
	images := make([][]*group.Element, len(tally))
	factors := make([]*group.Element, len(contributions))
	for i, row := range tally {
		for j, ct := range row {
			for k, c := range contributions {
				factors[k] = c.Partial.Factors[i][j]
			}
			images[i] = append(images[i], ct.Beta.Div(group.VarTimeProduct(factors, coefficients)))
		}
	}
	return images, nil
}

// logarithms finds n from g^n for n up to a bound, in about the square root of
// the bound steps each (Shanks' baby steps and giant steps).
type logarithms struct {
	baby  map[[32]byte]int // g^k for k below the number of baby steps
	giant *group.Element   // g^(number of baby steps)
	steps int
	bound int
}

func newLogarithms(bound int) *logarithms {
	step := 1
	for step*step <= bound {
		step++
	}
	l := &logarithms{baby: make(map[[32]byte]int, step), steps: bound/step + 1, bound: bound}
	power := group.Identity()
	for k := range step {
		l.baby[power.Key()] = k
		power = power.Mul(group.Generator())
	}
	l.giant = power
	return l
}

func (l *logarithms) find(image *group.Element) (int, bool) {
	for i := range l.steps {
		if k, ok := l.baby[image.Key()]; ok {
			n := i*len(l.baby) + k
			return n, n <= l.bound
		}
		image = image.Div(l.giant)
	}
	return 0, false
}
