package audit

import (
	"bufio"
	"context"
	"fmt"
	"io"
)

// pieceSize is how many entries are read from a store at a time.
const pieceSize = 500

// Write writes the log as it is now, from the first entry to the last, one a
// line. It holds nothing open in the store while w takes its time.
func Write(ctx context.Context, w io.Writer, s Store) error {
	return each(ctx, s, func(e Entry) error {
		_, err := w.Write(append(e.AppendJSON(nil), '\n'))
		return err
	})
}

// Check follows the log of a store from the first entry to the last and
// returns where it ends, or [ErrChain] with the place where it is broken.
func Check(ctx context.Context, s Store) (head Head, err error) {
	err = each(ctx, s, func(e Entry) (err error) {
		head, err = head.Follow(e)
		return err
	})
	return head, err
}

func each(ctx context.Context, s Store, f func(Entry) error) error {
	for from := 0; ; {
		piece, err := s.Entries(ctx, "", from, pieceSize)
		if err != nil || len(piece) == 0 {
			return err
		}
		for _, e := range piece {
			if err := f(e); err != nil {
				return err
			}
		}
		from = piece[len(piece)-1].Number + 1
	}
}

// Verify follows an exported log from the first entry to the last and returns
// where it ends. That nothing is missing at the end only who knows the head
// from elsewhere can tell: compare. A log that is broken is [ErrChain], with
// the entry.
func Verify(r io.Reader) (head Head, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, MaxEntry+1)
	for lines.Scan() {
		e, err := Parse(lines.Bytes())
		if err != nil {
			return head, fmt.Errorf("entry %d: %w", head.Length, err)
		}
		if head, err = head.Follow(e); err != nil {
			return head, err
		}
	}
	if err := lines.Err(); err != nil {
		return head, fmt.Errorf("%w: entry %d: %w", ErrChain, head.Length, err)
	}
	return head, nil
}
