package bolt

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"

	bolt "go.etcd.io/bbolt"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/tally/archive"
)

// kindBatch is the kind of an entry of "files" with the ballots that entered the
// chain together. It stands for two files each, the ballot and its event, of which
// the first has the number of the entry. In it are
//
//	length     8 bytes: events in the chain before these
//	ballots    each: hash of the event before its own (32 bytes), of its text (32), compact form
//
// from which the texts of ballots and events follow. Entries are together because
// bbolt rounds their size up to pages: a ballot by itself would leave most of one
// empty.
const kindBatch = byte(archive.KindEvent) + 1

// An accepted ballot is one that waits for the chain, with its compact form.
type accepted struct {
	*ballot.Ballot
	compact []byte
}

// appendBatch adds ballots and their events, and removes the ballots from those
// that wait. The caller saves the progress.
func (t *boxTx) appendBatch(list []accepted) error {
	size := 1 + 8
	for _, a := range list {
		size += 2*32 + len(a.compact)
	}
	entry := binary.BigEndian.AppendUint64(append(make([]byte, 0, size), kindBatch), uint64(t.Events))
	key := number(t.Files.Files)
	for _, a := range list {
		hash := a.Hash()
		entry = append(append(append(entry, t.Head[:]...), hash[:]...), a.compact...)
		text, next := archive.Chain{Head: t.Head, Length: t.Events}.Next(archive.Ballot, &hash)
		if err := t.bucket(bucketBallots).Put(hash[:], next.Head[:]); err != nil {
			return err
		}
		if err := t.bucket(bucketWaiting).Delete(hash[:]); err != nil {
			return err
		}
		t.Head, t.Events = next.Head, next.Length
		t.Files.Files += 2
		t.Files.Bytes += int64(len(a.Raw()) + len(text))
	}
	if len(list) == 0 {
		return nil
	}
	return t.bucket(bucketFiles).Put(key, entry)
}

// restored returns the text of a ballot as stores keep it: in compact form, or,
// written before there was one, as it is.
func restored(e *ballot.Election, kept []byte) ([]byte, error) {
	if len(kept) > 0 && kept[0] == '{' {
		return bytes.Clone(kept), nil
	}
	return ballot.Restore(e, kept)
}

// A file is a file of the archive. Its content must not be used after the
// transaction.
type file struct {
	number  int
	kind    archive.Kind
	content []byte
}

// archived yields the files of the archive from number from on, each restored
// when its turn comes. An error ends it.
func (t *boxTx) archived(e *ballot.Election, from int) iter.Seq2[file, error] {
	return func(yield func(file, error) bool) {
		cursor := t.bucket(bucketFiles).Cursor()
		for key, entry := seekFile(cursor, from); key != nil; key, entry = cursor.Next() {
			first, err := numberOf(key)
			if err != nil {
				yield(file{}, err)
				return
			}
			for f, err := range filesOf(e, first, max(from-first, 0), entry) {
				if !yield(f, err) || err != nil {
					return
				}
			}
		}
	}
}

// seekFile moves to the entry with the file of a number, or the last before it.
func seekFile(c *bolt.Cursor, n int) (key, entry []byte) {
	switch key, entry = c.Seek(number(n)); {
	case key == nil:
		return c.Last()
	case bytes.Equal(key, number(n)):
		return key, entry
	}
	if key, entry = c.Prev(); key == nil {
		return c.First()
	}
	return key, entry
}

// filesOf yields the files of an entry but for the first skip. The first has
// number first.
func filesOf(e *ballot.Election, first, skip int, entry []byte) iter.Seq2[file, error] {
	return func(yield func(file, error) bool) {
		switch {
		case len(entry) > 0 && entry[0] == kindBatch:
			b, err := readBatch(e, entry[1:])
			if err != nil {
				yield(file{number: first}, err)
				return
			}
			for i := skip; i < b.files(); i++ {
				if f, err := b.file(first, i); !yield(f, err) || err != nil {
					return
				}
			}
		case len(entry) > 0 && archive.Kind(entry[0]) <= archive.KindEvent:
			if skip == 0 {
				yield(file{first, archive.Kind(entry[0]), entry[1:]}, nil)
			}
		default:
			yield(file{number: first}, fmt.Errorf("%w: file %d: neither data nor event", box.ErrCorrupt, first))
		}
	}
}

// A batch is what an entry of kindBatch says.
type batch struct {
	election *ballot.Election
	length   int
	ballots  []byte
}

// Where in a ballot of a batch its own hash begins, and its compact form.
const hashInBatch, compactInBatch = sha256.Size, 2 * sha256.Size

func readBatch(e *ballot.Election, entry []byte) (*batch, error) {
	b := &batch{election: e}
	if len(entry) <= 8 || (len(entry)-8)%b.size() != 0 {
		return nil, fmt.Errorf("%w: a batch of %d bytes", box.ErrCorrupt, len(entry))
	}
	b.length, b.ballots = int(binary.BigEndian.Uint64(entry)), entry[8:]
	return b, nil
}

// size is that of a ballot with the hashes before it.
func (b *batch) size() int { return compactInBatch + b.election.CompactSize() }

// file returns the file that is i-th of the batch, whose first has number first.
func (b *batch) file(first, i int) (f file, err error) {
	kept := b.ballots[i/2*b.size():][:b.size()]
	f = file{number: first + i}
	if i%2 == 0 {
		f.content, err = ballot.Restore(b.election, kept[compactInBatch:])
		if err != nil {
			err = fmt.Errorf("%w: file %d: %w", box.ErrCorrupt, f.number, err)
		}
		return f, err
	}
	hash := [32]byte(kept[hashInBatch:])
	f.kind = archive.KindEvent
	f.content, _ = archive.Chain{Head: [32]byte(kept), Length: b.length + i/2}.Next(archive.Ballot, &hash)
	return f, nil
}

func (b *batch) files() int { return 2 * len(b.ballots) / b.size() }
