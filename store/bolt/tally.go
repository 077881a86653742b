package bolt

import (
	"bytes"
	"context"
	"fmt"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/tally/archive"
)

// Tally implements box.Box.
func (b *electionBox) Tally(_ context.Context, events []box.Event, shares []byte) error {
	return b.update(func(t *boxTx) error {
		if t.State == box.Tallied {
			return t.sameTally(events, shares)
		}
		if t.State != box.Closed {
			return fmt.Errorf("tally: %w: %s", box.ErrState, t.State)
		}
		if len(events) == 0 || events[len(events)-1].Type != archive.Result {
			return fmt.Errorf("tally: %w: without a result", box.ErrState)
		}
		for _, e := range events {
			if err := t.appendEvent(e.Type, e.Data...); err != nil {
				return err
			}
		}
		t.State = box.Tallied
		return t.putBeside(box.Shares, shares)
	})
}

// sameTally returns errNoChange if the tally that the box has is this one.
func (t *boxTx) sameTally(events []box.Event, shares []byte) error {
	if !bytes.Equal(t.bucket(bucketBeside).Get([]byte(box.Shares)), sealed(shares)) {
		return fmt.Errorf("tally: %w", box.ErrExists)
	}
	at := t.Ended.Files
	for _, e := range events {
		for _, d := range e.Data {
			file := t.bucket(bucketFiles).Get(number(at))
			if file == nil || !bytes.Equal(file[1:], d) {
				return fmt.Errorf("tally: %w", box.ErrExists)
			}
			at++
		}
		at++ // the event itself follows from its data
	}
	if at != t.Files.Files {
		return fmt.Errorf("tally: %w", box.ErrExists)
	}
	return errNoChange
}

// Attach implements box.Box.
func (b *electionBox) Attach(_ context.Context, name box.Beside, content []byte) error {
	return b.update(func(t *boxTx) error {
		if t.State < box.Closed {
			return fmt.Errorf("attach %s: %w: %s", name, box.ErrState, t.State)
		}
		if name == box.Shares {
			return fmt.Errorf("attach %s: %w: part of the tally", name, box.ErrState)
		}
		if old := t.bucket(bucketBeside).Get([]byte(name)); old != nil {
			if bytes.Equal(old, sealed(content)) {
				return errNoChange
			}
			return fmt.Errorf("attach %s: %w", name, box.ErrExists)
		}
		return t.putBeside(name, content)
	})
}

// Attached implements box.Box.
func (b *electionBox) Attached(_ context.Context, name box.Beside) (content []byte, err error) {
	err = b.view(func(t *boxTx) error {
		v := t.bucket(bucketBeside).Get([]byte(name))
		if v == nil {
			return box.ErrNotFound
		}
		content, err = unsealed(v)
		return err
	})
	return content, err
}

// Publish implements box.Box.
func (b *electionBox) Publish(context.Context) error {
	return b.update(func(t *boxTx) error {
		if t.State != box.Tallied {
			return fmt.Errorf("publish: %w: %s", box.ErrState, t.State)
		}
		t.Published = true
		return nil
	})
}

// Files implements box.Box.
func (b *electionBox) Files(_ context.Context, from, limit int) (files []box.File, err error) {
	err = b.view(func(t *boxTx) error {
		for f, err := range t.archived(b.election, from) {
			if err != nil {
				return err
			}
			files = append(files, box.File{Event: f.kind == archive.KindEvent, Content: bytes.Clone(f.content)})
			if limit -= len(f.content); limit <= 0 {
				break
			}
		}
		return nil
	})
	return files, err
}
