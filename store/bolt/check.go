package bolt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/tally/archive"
)

// Check walks over the whole file: bbolt's own pages, the audit log, accounts
// and seats, the meetings, the public log, rounds, then every box.
func (s *Store) Check(ctx context.Context) error {
	err := s.db.View(func(tx *bolt.Tx) error {
		for err := range tx.Check() {
			return fmt.Errorf("%w: %w", box.ErrCorrupt, err)
		}
		if err := errors.Join(checkAudit(tx), checkStaff(tx), checkMeetings(tx), checkLedger(tx), checkRounds(tx)); err != nil {
			return fmt.Errorf("%w: %w", box.ErrCorrupt, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	list, err := s.List(ctx)
	if err != nil {
		return err
	}
	for _, u := range list {
		b, err := s.Box(ctx, u)
		if err != nil {
			return err
		}
		if err := b.Check(ctx); err != nil {
			return fmt.Errorf("box %s: %w", u, err)
		}
	}
	return nil
}

// Check implements box.Box: it verifies every ballot again, recomputes the
// chain and the product, and compares all that is kept twice.
func (b *electionBox) Check(context.Context) error {
	return b.view(func(t *boxTx) error {
		c := &checker{boxTx: t, election: b.election, product: b.election.NewProduct(), ballots: map[[32]byte]bool{}}
		for _, step := range []func() error{c.files, c.waiting, c.index, c.alphas, c.credentials, c.beside, c.sums} {
			if err := step(); err != nil {
				return fmt.Errorf("%w: %w", box.ErrCorrupt, err)
			}
		}
		return nil
	})
}

type checker struct {
	*boxTx
	election *ballot.Election
	chain    archive.Chain
	last     string        // type of the last event
	roll     *archive.Roll // of the Setup event
	product  ballot.Product
	ballots  map[[32]byte]bool // every ballot found, by hash
	waitings int
}

// files recomputes every event from the data before it.
func (c *checker) files() error {
	var data [][]byte
	extent := box.Extent{}
	for f, err := range c.archived(c.election, 0) {
		switch {
		case err != nil:
			return err
		case f.number != extent.Files:
			return fmt.Errorf("file %d: missing", extent.Files)
		}
		extent.Files++
		extent.Bytes += int64(len(f.content))
		if f.kind == archive.KindData {
			data = append(data, f.content)
			continue
		}
		if err := c.event(f.content, data); err != nil {
			return fmt.Errorf("event %d: %w", c.chain.Length, err)
		}
		data = nil
		if err := c.ended(extent); err != nil {
			return err
		}
	}
	if c.chain.Head != c.Head || c.chain.Length != c.Events || extent != c.Files || data != nil {
		return errors.New("chain: ends elsewhere than recorded")
	}
	return c.state()
}

// event checks one event against the data before it, of which all but the last
// are named in the last, the payload.
func (c *checker) event(text []byte, data [][]byte) error {
	e, err := archive.ParseEvent(text)
	if err != nil {
		return err
	}
	var hash *[32]byte
	var payload []byte
	if len(data) > 0 {
		payload = data[len(data)-1]
		sum := sha256.Sum256(payload)
		hash = &sum
		for _, d := range data[:len(data)-1] {
			if name := sha256.Sum256(d); !bytes.Contains(payload, hex.AppendEncode(nil, name[:])) {
				return errors.New("payload does not name the data before it")
			}
		}
	}
	want, next := c.chain.Next(e.Type, hash)
	if !bytes.Equal(want, text) {
		return errors.New("does not follow the one before")
	}
	switch e.Type {
	case archive.Setup:
		err = c.setup(data)
	case archive.Ballot:
		err = c.chained(payload, next.Head)
	}
	if err == nil {
		c.chain, c.last = next, e.Type
	}
	return err
}

// setup compares the objects of the Setup event with their copies.
func (c *checker) setup(data [][]byte) (err error) {
	if len(data) != 4 || !bytes.Equal(data[0], c.meta(keyElection)) || !bytes.Equal(data[1], c.meta(keyTrustees)) {
		return errors.New("setup: not that of the box")
	}
	if hash := sha256.Sum256(data[2]); !bytes.Equal(hash[:], c.meta(keyCredentials)) {
		return errors.New("setup: credentials are not those of the box")
	}
	if _, err := unsealed(c.meta(keySetup)); err != nil {
		return fmt.Errorf("setup: %w", err)
	}
	c.roll, err = archive.ReadRoll(bytes.NewReader(data[2]))
	return err
}

// chained checks a ballot in the chain, whose event is given.
func (c *checker) chained(raw []byte, event [32]byte) error {
	v, err := c.ballot(raw)
	if err != nil {
		return err
	}
	c.product.Mul(v)
	if id := v.Hash(); !bytes.Equal(c.bucket(bucketBallots).Get(id[:]), event[:]) {
		return errors.New("not in the index")
	}
	return nil
}

// ended compares the end of the ballots with what is recorded of it.
func (c *checker) ended(extent box.Extent) error {
	if c.last == archive.EndBallots && (c.chain.Head != c.EndBallots || extent != c.Ended) {
		return errors.New("end of ballots: elsewhere than recorded")
	}
	return nil
}

// state compares the state with the last event.
func (c *checker) state() error {
	last := map[box.State]string{box.Closed: archive.EndBallots, box.Tallied: archive.Result}[c.State]
	if c.State <= box.Open && (c.last == archive.Ballot || c.last == archive.Setup) {
		last = c.last
	}
	early := (c.State == box.Sealed && c.Accepted > 0) ||
		(c.State < box.Closed && (c.EndBallots != [32]byte{} || c.Ended != box.Extent{}))
	if c.roll == nil || c.last != last || early || (c.Published && c.State != box.Tallied) {
		return fmt.Errorf("state: %d, the chain ends with %s", c.State, c.last)
	}
	return nil
}

// ballot verifies a ballot and that its credential is spent by it.
func (c *checker) ballot(raw []byte) (*ballot.Ballot, error) {
	v, err := ballot.Verify(c.election, raw)
	if err != nil {
		return nil, err
	}
	hash, key := v.Hash(), v.CredentialKey()
	use, err := c.credential(key)
	if err != nil {
		return nil, err
	}
	if use.Use != box.Spent || use.Ballot != hash {
		return nil, errors.New("ballot: credential is not spent by it")
	}
	alpha := v.FirstAlpha()
	if mark := c.bucket(bucketAlphas).Get(alpha[:]); mark == nil || len(mark) != 0 {
		return nil, errors.New("ballot: first alpha is not marked")
	}
	c.ballots[hash] = true
	return v, nil
}

// alphas checks that there is a mark for each ballot and no other: so no two
// ballots have the same first alpha.
func (c *checker) alphas() error {
	if n := c.bucket(bucketAlphas).Stats().KeyN; n != len(c.ballots) {
		return fmt.Errorf("alphas: %d marked, the box has %d ballots", n, len(c.ballots))
	}
	return nil
}

func (c *checker) waiting() error {
	return c.bucket(bucketWaiting).ForEach(func(key, kept []byte) error {
		raw, err := restored(c.election, kept)
		if err != nil {
			return fmt.Errorf("waiting ballot: %w", err)
		}
		v, err := c.ballot(raw)
		if err != nil {
			return fmt.Errorf("waiting ballot: %w", err)
		}
		hash := v.Hash()
		if !bytes.Equal(hash[:], key) {
			return errors.New("waiting ballot: under another's hash")
		}
		if entry := c.bucket(bucketBallots).Get(hash[:]); entry == nil || len(entry) != 0 {
			return errors.New("waiting ballot: not so in the index")
		}
		c.waitings++
		return nil
	})
}

func (c *checker) index() error {
	n := 0
	err := c.bucket(bucketBallots).ForEach(func(key, _ []byte) error {
		n++
		if len(key) != 32 || !c.ballots[[32]byte(key)] {
			return errors.New("index: names a ballot that is not there")
		}
		return nil
	})
	if err == nil && n != len(c.ballots) {
		err = fmt.Errorf("index: %d ballots, the box has %d", n, len(c.ballots))
	}
	return err
}

// credentials compares the keys with those of the Setup event, in whose order
// they are, and the uses with the ballots found.
func (c *checker) credentials() error {
	uses, keys := [box.Spent + 1]int{}, c.roll.Keys()
	err := c.bucket(bucketCredentials).ForEach(func(key, _ []byte) error {
		if len(keys) == 0 || !bytes.Equal(key, keys[0][:]) {
			return errors.New("credentials: not those of the Setup event")
		}
		use, err := c.credential(keys[0])
		if use.Use == box.Spent && !c.ballots[use.Ballot] {
			return errors.New("credentials: one is spent by a ballot that is not there")
		}
		uses[use.Use]++
		keys = keys[1:]
		return err
	})
	switch {
	case err != nil:
		return err
	case len(keys) > 0:
		return errors.New("credentials: not those of the Setup event")
	case uses[box.Spent] != len(c.ballots) || uses[box.Voided] != c.Voided:
		return fmt.Errorf("credentials: %d spent and %d voided, want %d and %d", uses[box.Spent], uses[box.Voided], len(c.ballots), c.Voided)
	}
	return nil
}

func (c *checker) beside() error {
	n := 0
	err := c.bucket(bucketBeside).ForEach(func(name, v []byte) error {
		n++
		if _, err := unsealed(v); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if s := box.Beside(name); s != box.Shares && s != box.Closing {
			return fmt.Errorf("beside: unknown file %q", name)
		}
		return nil
	})
	if err == nil && n != c.Beside {
		err = fmt.Errorf("beside: %d files, want %d", n, c.Beside)
	}
	return err
}

func (c *checker) sums() error {
	if c.Accepted != len(c.ballots) || c.Waiting != c.waitings || c.Waiting >= box.BatchSize {
		return fmt.Errorf("counts: %d accepted and %d waiting, found %d and %d", c.Accepted, c.Waiting, len(c.ballots), c.waitings)
	}
	if !bytes.Equal(c.product.AppendJSON(nil), c.meta(keyProduct)) {
		return errors.New("product: not that of the ballots in the chain")
	}
	return nil
}
