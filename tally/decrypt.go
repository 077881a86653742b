package tally

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// The ways in which contributions are refused.
var (
	// ErrPartialDecryption is returned for a contribution whose shape is wrong
	// or whose proof does not hold.
	ErrPartialDecryption = errors.New("partial decryption: does not hold")
	// ErrTooFew is returned for fewer contributions than can decrypt.
	ErrTooFew = errors.New("partial decryptions: fewer than the threshold")
	// ErrResult is returned when factors give no number of marks that is
	// possible, or not the number announced.
	ErrResult = errors.New("result: not what the factors give")
)

// A PartialDecryption is a trustee's factor for each choice of each question,
// with the published proofs, as it stands in the archive.
type PartialDecryption struct {
	Factors [][]*group.Element
	Proofs  [][]zkp.Proof
}

// A Contribution is a partial decryption with its owner and the strong proofs.
type Contribution struct {
	Owner   int
	Partial PartialDecryption
	Strong  [][]zkp.Proof // nil when unknown
}

// Decrypt makes the contribution of the trustee owner, whose key is x, to the
// tally of an election.
func Decrypt(e *ballot.Election, tally ballot.Product, owner int, x *group.Scalar) Contribution {
	c := Contribution{Owner: owner}
	public := group.BaseExp(x)
	at := place(e, tally)
	for i, question := range tally {
		factors := make([]*group.Element, len(question))
		weak, strong := make([]zkp.Proof, len(question)), make([]zkp.Proof, len(question))
		for j, ct := range question {
			d := zkp.Decryption{Public: public, Alpha: ct.Alpha, Factor: ct.Alpha.Exp(x)}
			at.Question, at.Choice = i, j
			factors[j] = d.Factor
			weak[j] = zkp.ProveDecryption(at.Fingerprint, x, d)
			strong[j] = zkp.ProveDecryptionStrong(at, x, d)
		}
		c.Partial.Factors = append(c.Partial.Factors, factors)
		c.Partial.Proofs = append(c.Partial.Proofs, weak)
		c.Strong = append(c.Strong, strong)
	}
	return c
}

func place(e *ballot.Election, tally ballot.Product) zkp.Place {
	return zkp.Place{Fingerprint: string(e.Fingerprint()), Tally: Hash(tally)}
}

// Hash returns SHA-256 of the encrypted tally's canonical bytes.
func Hash(tally ballot.Product) [32]byte { return sha256.Sum256(tally.AppendJSON(nil)) }

// Verify checks the published proofs, and the strong ones unless Strong is nil.
func (c *Contribution) Verify(e *ballot.Election, trustees *Trustees, tally ballot.Product) error {
	m, err := trustees.Trustee(c.Owner)
	if err != nil {
		return err
	}
	if !sameShape(tally, c.Partial.Factors) || !sameShape(tally, c.Partial.Proofs) || (c.Strong != nil && !sameShape(tally, c.Strong)) {
		return fmt.Errorf("%w: trustee %d: shape differs from the tally's", ErrPartialDecryption, c.Owner)
	}
	at := place(e, tally)
	parts := min(runtime.GOMAXPROCS(0), len(tally))
	faults, panics := make([]error, parts), make([]any, parts)
	var all sync.WaitGroup
	for part := range parts {
		from, to := part*len(tally)/parts, (part+1)*len(tally)/parts
		all.Go(func() {
			defer func() { panics[part] = recover() }()
			faults[part] = c.verifyQuestions(from, to, at, m.Public, tally)
		})
	}
	all.Wait()
	for _, p := range panics {
		if p != nil {
			panic(p) // where the caller can recover
		}
	}
	return cmp.Or(faults...) // of the first question
}

// verifyQuestions checks the proofs of some of the questions.
func (c *Contribution) verifyQuestions(from, to int, at zkp.Place, public *group.Element, tally ballot.Product) error {
	b := group.NewBatch(nil)
	defer b.Free()
	weak, strong := c.ask(b, public, tally, from, to)
	b.Run()
	for i := from; i < to; i++ {
		for j := range tally[i] {
			at.Question, at.Choice = i, j
			if err := weak[i][j].Verify(b, at.Fingerprint); err != nil {
				return c.fault(i, j, err)
			}
			if c.Strong == nil {
				continue
			}
			if err := strong[i][j].VerifyStrong(b, at); err != nil {
				return c.fault(i, j, fmt.Errorf("strong proof: %w", err))
			}
		}
	}
	return nil
}

func (c *Contribution) fault(i, j int, cause error) error {
	return fmt.Errorf("%w: trustee %d: question %d: choice %d: %w", ErrPartialDecryption, c.Owner, i+1, j+1, cause)
}

// ask asks a batch for what the proofs of the factors of some questions need.
func (c *Contribution) ask(b *group.Batch, public *group.Element, tally ballot.Product, from, to int) (weak, strong [][]zkp.AskedDecryption) {
	weak, strong = make([][]zkp.AskedDecryption, len(tally)), make([][]zkp.AskedDecryption, len(tally))
	for i := from; i < to; i++ {
		for j, ct := range tally[i] {
			d := zkp.Decryption{Public: public, Alpha: ct.Alpha, Factor: c.Partial.Factors[i][j]}.In(b)
			weak[i] = append(weak[i], d.Ask(b, c.Partial.Proofs[i][j]))
			if c.Strong != nil {
				strong[i] = append(strong[i], d.Ask(b, c.Strong[i][j]))
			}
		}
	}
	return weak, strong
}

func sameShape[T any](tally ballot.Product, list [][]T) bool {
	if len(list) != len(tally) {
		return false
	}
	for i := range tally {
		if len(list[i]) != len(tally[i]) {
			return false
		}
	}
	return true
}

// AppendJSON appends {"decryption_factors","decryption_proofs"}.
func (p PartialDecryption) AppendJSON(b []byte) []byte {
	b = wire.AppendList(append(b, `{"decryption_factors":`...), len(p.Factors), func(b []byte, i int) []byte {
		return wire.AppendList(b, len(p.Factors[i]), func(b []byte, j int) []byte {
			return wire.AppendElement(b, p.Factors[i][j])
		})
	})
	return append(appendProofs(append(b, `,"decryption_proofs":`...), p.Proofs), '}')
}

func appendProofs(b []byte, proofs [][]zkp.Proof) []byte {
	return wire.AppendList(b, len(proofs), func(b []byte, i int) []byte {
		return wire.AppendList(b, len(proofs[i]), func(b []byte, j int) []byte { return proofs[i][j].AppendJSON(b) })
	})
}

func readProofs(r *wire.Reader) (proofs [][]zkp.Proof) {
	r.List(func() {
		var row []zkp.Proof
		r.List(func() { row = append(row, zkp.ReadProof(r)) })
		proofs = append(proofs, row)
	})
	return proofs
}

// ParsePartialDecryption reads what [PartialDecryption.AppendJSON] appends.
func ParsePartialDecryption(text []byte) (p PartialDecryption, err error) {
	r := wire.NewReader(text)
	p = readPartialDecryption(r)
	if err := r.End(); err != nil {
		return p, fmt.Errorf("partial decryption: %w", err)
	}
	return p, nil
}

func readPartialDecryption(r *wire.Reader) (p PartialDecryption) {
	r.Literal(`{"decryption_factors":`)
	var factors [][]*group.Unchecked
	r.List(func() {
		var row []*group.Unchecked
		r.List(func() { row = append(row, r.Unchecked()) })
		factors = append(factors, row)
	})
	r.Literal(`,"decryption_proofs":`)
	p.Proofs = readProofs(r)
	r.Literal(`}`)
	if r.Err() == nil {
		var err error
		if p.Factors, err = checkFactors(factors); err != nil {
			r.Fail(err)
		}
	}
	return p
}

// checkFactors makes elements of factors, all of them together.
func checkFactors(rows [][]*group.Unchecked) (factors [][]*group.Element, err error) {
	elements, bad := group.CheckAll(slices.Concat(rows...))
	for i, row := range rows {
		if bad >= 0 {
			if bad < len(row) {
				return nil, fmt.Errorf("question %d: choice %d: %w", i+1, bad+1, group.ErrElement)
			}
			bad -= len(row)
			continue
		}
		factors, elements = append(factors, elements[:len(row):len(row)]), elements[len(row):]
	}
	return factors, nil
}
