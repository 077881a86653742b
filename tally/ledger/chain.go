package ledger

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// MaxEntries is how many entries a log may have to be read. Who signs a
// checkpoint can write any number into it: nothing is allocated for more.
const MaxEntries = 10_000_000

func checkSize(size int64) error {
	if size > MaxEntries {
		return fmt.Errorf("checkpoint: %d entries, more than %d", size, MaxEntries)
	}
	return nil
}

// A chain reads entries one after another and checks that each continues those
// before, in the chain and in its poll.
type chain struct{ *history }

func newChain() *chain { return &chain{newHistory()} }

// bundle checks the entries of a bundle from its data, and takes those that are
// new to the chain. leaves are the hashes that the tree has for them, or nil if
// those cannot be read.
func (c *chain) bundle(t tlog.Tile, data []byte, leaves []tlog.Hash, took func(Entry, tlog.Hash)) error {
	texts, broken := ParseBundle(data)
	number := t.N * tileWidth
	for i, text := range texts[:min(len(texts), t.W)] {
		e, err := readText(number, texts[i:], leaves, i)
		if err == nil && number == c.size {
			err = c.take(e, text)
			if err == nil {
				took(e, tlog.RecordHash(text))
			}
		}
		if err != nil {
			return err
		}
		number++
	}
	switch {
	case broken != nil:
	case len(texts) < t.W:
		broken = fmt.Errorf("%w: %d entries instead of %d", ErrTruncated, len(texts), t.W)
	case len(texts) > t.W:
		broken = fmt.Errorf("%w: %d entries instead of %d", ErrEdited, len(texts), t.W)
	}
	if broken != nil {
		return fmt.Errorf("entry %d: %s: %w", number, TilePath(t), broken)
	}
	return nil
}

// readText reads the first of the texts that follow in a bundle, which stands
// there as its i-th, for itself.
func readText(number int64, following [][]byte, leaves []tlog.Hash, i int) (Entry, error) {
	e, err := ParseEntry(following[0])
	switch {
	case err == nil && e.Number != number:
		return e, misplaced(number, e.Number, following)
	case leaves != nil && tlog.RecordHash(following[0]) != leaves[i]:
		return e, fmt.Errorf("entry %d: %w: its text does not have the hash that the tree has for it", number, ErrEdited)
	case err != nil:
		return e, fmt.Errorf("entry %d: %w", number, err)
	}
	return e, nil
}

// take takes the next entry.
func (c *chain) take(e Entry, text []byte) error {
	if e.Number > 0 && e.Prev != c.head {
		return fmt.Errorf("entry %d: %w: entry %d names another text as the one before it", e.Number-1, ErrEdited, e.Number)
	}
	return c.follow(e, text)
}

// misplaced says what became of an entry in whose place another stands.
func misplaced(number, found int64, following [][]byte) error {
	what := ErrDropped
	for _, text := range following {
		if e, err := ParseEntry(text); err == nil && e.Number == number {
			what = ErrReordered
		}
	}
	return fmt.Errorf("entry %d: %w: entry %d stands in its place", number, what, found)
}
