package archive

import (
	"bytes"
	"cmp"
	"fmt"
	"hash/maphash"
	"runtime"
	"slices"

	"github.com/homphieu/homphieu/ballot"
)

// pipeline verifies ballots on all processors while the chain is read on, and
// takes their results in the order of the chain: so the first fault is named,
// and memory holds a few ballots at a time.
type pipeline struct {
	election *ballot.Election
	roll     *Roll
	product  ballot.Accumulator
	work     chan *job
	queue    chan *job
	done     chan struct{}
	err      error    // of the first ballot that does not hold; read after done
	head     [32]byte // hash of the event before that ballot
	number   int      // ballots accepted; read after done
	firsts   []first
	seed     maphash.Seed
	texts    chan []byte // of ballots that are done with
}

type job struct {
	raw    []byte
	offset int64
	where  string
	head   [32]byte // hash of the event before the ballot
	ballot *ballot.Ballot
	err    error
	ready  chan struct{}
}

// first is a short hash of a ballot's first ciphertext and where the ballot is.
type first struct {
	hash   uint64
	offset int64
}

func newPipeline(e *ballot.Election, roll *Roll) *pipeline {
	workers := runtime.GOMAXPROCS(0)
	p := &pipeline{
		election: e, roll: roll, product: e.NewAccumulator(), seed: maphash.MakeSeed(),
		firsts: make([]first, 0, roll.Len()), // no credential is used twice
		work:   make(chan *job, workers), queue: make(chan *job, 4*workers), done: make(chan struct{}),
		texts: make(chan []byte, 4*workers),
	}
	for range workers {
		go p.verify()
	}
	go p.collect()
	return p
}

// submit hands over the next ballot of the chain.
func (p *pipeline) submit(j *job) {
	j.ready = make(chan struct{})
	p.queue <- j
	p.work <- j
}

// used returns the memory of a ballot that is done with, or nil.
func (p *pipeline) used() []byte {
	select {
	case text := <-p.texts:
		return text
	default:
		return nil
	}
}

// finish waits for all ballots and returns the first fault.
func (p *pipeline) finish() error {
	close(p.work)
	close(p.queue)
	<-p.done
	return p.err
}

func (p *pipeline) verify() {
	for j := range p.work {
		j.ballot, j.err = ballot.Verify(p.election, j.raw)
		close(j.ready)
	}
}

func (p *pipeline) collect() {
	defer close(p.done)
	for j := range p.queue {
		<-j.ready
		if p.err != nil {
			continue
		}
		if err := p.accept(j); err != nil {
			p.err, p.head = fmt.Errorf("%s: %w", j.where, err), j.head
		}
	}
}

func (p *pipeline) accept(j *job) error {
	if j.err != nil {
		return j.err
	}
	if err := p.roll.spend(j.ballot.CredentialKey()); err != nil {
		return err
	}
	p.firsts = append(p.firsts, first{maphash.Bytes(p.seed, firstAlpha(j.raw)), j.offset})
	p.product.Mul(j.ballot)
	p.number++
	raw := j.raw
	j.ballot, j.raw = nil, nil // nobody else has the ballot, whose text may not change
	select {
	case p.texts <- raw:
	default:
	}
	return nil
}

// firstAlpha returns the wire form of a ballot's first alpha.
func firstAlpha(raw []byte) []byte {
	_, rest, _ := bytes.Cut(raw, []byte(`"alpha":"`))
	return rest[:min(64, len(rest))]
}

// checkDistinct looks for a ciphertext that stands in two ballots. Proofs are
// bound to the credential, so comparing first ciphertexts is enough; read
// fetches the ballots of a hit again, to compare them exactly.
func (p *pipeline) checkDistinct(read func(offset int64) ([]byte, error)) error {
	slices.SortFunc(p.firsts, func(a, b first) int { return cmp.Compare(a.hash, b.hash) })
	for i := 1; i < len(p.firsts); i++ {
		for k := i - 1; k >= 0 && p.firsts[k].hash == p.firsts[i].hash; k-- {
			a, err := read(p.firsts[k].offset)
			if err != nil {
				return err
			}
			b, err := read(p.firsts[i].offset)
			if err != nil {
				return err
			}
			if bytes.Equal(a, b) {
				return fmt.Errorf("%w: alpha %s", ballot.ErrCiphertextTwice, a)
			}
		}
	}
	return nil
}
