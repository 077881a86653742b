package bolt

import (
	"context"
	cryptorand "crypto/rand"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
)

// A queue holds the ballots that come while others are being written. Whose turn
// it is writes all of them in one transaction: a ballot waits for at most two
// syncs to disk, however many come at once.
//
// Where they come in a stream, he waits for company first: a transaction costs a good
// part of a millisecond of a processor, however many ballots are in it (PostgreSQL has
// commit_delay and commit_siblings for the same). The turn is a while longer his then,
// but nothing is locked.
type queue struct {
	turn     chan struct{} // holds one value while somebody writes
	mu       sync.Mutex
	list     []*coming
	together time.Time // when a transaction last recorded more than one
}

// Ballots stream for as long after a transaction that recorded several, and then wait
// so long for company. Who sends one after another never has any, and who sends what is
// refused does not count.
const (
	stream  = 100 * time.Millisecond
	company = 8 * time.Millisecond
)

func newQueue() queue { return queue{turn: make(chan struct{}, 1)} }

// A coming is a ballot to accept.
type coming struct {
	accepted
	err  error
	done chan struct{} // closed when err is the answer
}

func (q *queue) put(c *coming) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.list = append(q.list, c)
}

// streams reports whether others will soon come.
func (q *queue) streams() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return time.Since(q.together) < stream
}

// wrote says how many ballots a transaction recorded.
func (q *queue) wrote(ballots int) {
	if ballots < 2 {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.together = time.Now()
}

func (q *queue) take() (list []*coming) {
	q.mu.Lock()
	defer q.mu.Unlock()
	list, q.list = q.list, nil
	return list
}

// Accept implements box.Box.
func (b *electionBox) Accept(_ context.Context, v *ballot.Ballot) error {
	c := &coming{accepted: accepted{v, b.election.AppendCompact(nil, v)}, err: errBrokenOff, done: make(chan struct{})}
	b.coming.put(c)
	select {
	case <-c.done:
	case b.coming.turn <- struct{}{}:
		defer func() { <-b.coming.turn }()
		b.takeTurn(c)
	}
	return c.err
}

// takeTurn writes c and what waits with it, unless that was done while c waited.
func (b *electionBox) takeTurn(c *coming) {
	select {
	case <-c.done:
		return // each of the others waits for the turn itself
	default:
	}
	if b.coming.streams() {
		time.Sleep(company)
	}
	b.coming.wrote(b.acceptAll(b.coming.take()))
}

// errBrokenOff is the answer to a ballot that the one whose turn it was left
// without any, in a panic.
var errBrokenOff = errors.New("accept: broken off")

// acceptAll answers each of a list, which shares one transaction. A refusal leaves
// nothing behind, so it is its ballot's affair alone; where the transaction fails,
// nobody knows what became of any. It returns how many were recorded, which had not
// been.
func (b *electionBox) acceptAll(list []*coming) (recorded int) {
	if len(list) == 0 {
		return 0
	}
	answers := make([]error, len(list))
	err := b.update(func(t *boxTx) error {
		changed := errNoChange
		recorded = 0 // in this attempt
		for i, c := range list {
			switch err := t.admit(c.Ballot); {
			case err == nil:
				changed = nil
				if err := t.accept(b.election, c.accepted); err != nil {
					return err
				}
				recorded++
			case !errors.Is(err, errNoChange):
				answers[i] = err
			}
		}
		return changed
	})
	for i, c := range list {
		if c.err = err; err == nil {
			c.err = answers[i]
		}
		close(c.done)
	}
	if err != nil {
		return 0
	}
	return recorded
}

// admit returns why a ballot is refused, or errNoChange for one that the box has.
func (t *boxTx) admit(v *ballot.Ballot) error {
	hash, alpha := v.Hash(), v.FirstAlpha()
	if t.bucket(bucketBallots).Get(hash[:]) != nil {
		return errNoChange
	}
	c, err := t.credential(v.CredentialKey())
	if err != nil {
		return err
	}
	if err := box.Admit(t.State, c); err != nil {
		return err
	}
	if t.bucket(bucketAlphas).Get(alpha[:]) != nil {
		return ballot.ErrCiphertextTwice
	}
	return nil
}

// accept writes an admitted ballot among those that wait, and all of these into
// the chain when they are enough.
func (t *boxTx) accept(e *ballot.Election, a accepted) error {
	hash, alpha, key := a.Hash(), a.FirstAlpha(), a.CredentialKey()
	err := errors.Join(
		t.bucket(bucketAlphas).Put(alpha[:], []byte{}),
		t.bucket(bucketCredentials).Put(key[:], append([]byte{byte(box.Spent)}, hash[:]...)),
		t.bucket(bucketBallots).Put(hash[:], []byte{}),
		t.bucket(bucketWaiting).Put(hash[:], a.compact),
	)
	if err != nil {
		return err
	}
	t.Accepted++
	t.Waiting++
	t.waiting = maps.Clone(t.waiting)
	t.waiting[hash] = a
	if t.Waiting == box.BatchSize {
		return t.chainWaiting(e)
	}
	return nil
}

// chainWaiting moves every waiting ballot into the chain in random order and
// multiplies them into the running product.
func (t *boxTx) chainWaiting(e *ballot.Election) error {
	list := shuffled(slices.Collect(maps.Values(t.waiting)))
	if len(list) != t.Waiting {
		return fmt.Errorf("%w: %d ballots wait, %d are remembered", box.ErrCorrupt, t.Waiting, len(list))
	}
	sum := e.NewAccumulator()
	for _, a := range list {
		sum.Mul(a.Ballot)
	}
	product := sum.Product()
	product.MulProduct(t.product)
	t.Waiting, t.memory = 0, memory{product, map[[32]byte]accepted{}}
	return errors.Join(t.appendBatch(list), t.putMeta(keyProduct, product.AppendJSON(nil)))
}

// shuffled puts the ballots in an order drawn from the system's random source.
func shuffled(list []accepted) []accepted {
	var seed [32]byte
	cryptorand.Read(seed[:])
	order := rand.New(rand.NewChaCha8(seed)) //nolint:gosec // G404: seeded with 256 bits from crypto/rand
	order.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}
