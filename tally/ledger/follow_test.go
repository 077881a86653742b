package ledger_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

// A reader counts how often each file was read.
type reader struct {
	folder
	counts map[string]int
}

func (r *reader) fetch(ctx context.Context, path string) ([]byte, error) {
	r.counts[path]++
	return r.folder.fetch(ctx, path)
}

// TestFollow: a follower that sees a log grow reads each full tile and bundle
// once, and is handed all files of it; a second one goes on from those alone.
func TestFollow(t *testing.T) {
	s := newScene(t, 0, 1, 1)
	r, copied := &reader{counts: map[string]int{}}, folder{}
	keep := func(path string, data []byte) error { copied[path] = bytes.Clone(data); return nil }
	f := ledger.NewFollower()
	var last []byte
	for step, polls := range []int{0, 1, 84, 0, 1, 200, 3} {
		s.grow(t, 1000*step, polls)
		s.Publish(t, s.log, s.witnesses...)
		r.folder, last = export(t, s.log), published(t, s.log)
		c, err := ledger.OpenCheckpoint(last, s.Key)
		ok(t, err)
		ok(t, f.Follow(t.Context(), r.fetch, c, keep))
		if f.Size() != c.Size {
			t.Fatalf("%d of %d entries", f.Size(), c.Size)
		}
		for path, data := range r.folder {
			if path != ledger.CheckpointPath && !bytes.Equal(copied[path], data) {
				t.Errorf("%d entries: %s was not kept", c.Size, path)
			}
		}
		again := ledger.NewFollower()
		ok(t, again.Follow(t.Context(), copied.fetch, c, nil))
		f, again = again, f
	}
	for path, n := range r.counts {
		if !strings.Contains(path, ".p/") && n != 1 {
			t.Errorf("%s was read %d times", path, n)
		}
	}
	if f.Size() != 867 || r.counts["tile/entries/002"] != 1 || r.counts["tile/0/002"] != 1 {
		t.Errorf("%d entries, %v", f.Size(), r.counts)
	}
}

// TestFollowReadsOnce: of a log of many bundles every file is read once, however
// long it is, the tiles above the leaves and a partial tile too.
func TestFollowReadsOnce(t *testing.T) {
	s := newScene(t, 1, 0, 0)
	s.packages(t, 3, 4000)
	s.Publish(t, s.log)
	r := &reader{export(t, s.log), map[string]int{}}
	c, err := ledger.OpenCheckpoint(published(t, s.log), s.Key)
	ok(t, err)
	ok(t, ledger.NewFollower().Follow(t.Context(), r.fetch, c, nil))
	for path, n := range r.counts {
		if n > 1 {
			t.Errorf("%s was read %d times", path, n)
		}
	}
}

// TestFollowRefuses whatever is not what the checkpoint has signed, with the
// entry, and hands nothing of it over.
func TestFollowRefuses(t *testing.T) {
	s := newScene(t, 100, 1, 1)
	good := export(t, s.log)
	c, err := ledger.OpenCheckpoint(good[ledger.CheckpointPath], s.Key)
	ok(t, err)
	changed := func(path, from, to string) func(f folder) {
		return func(f folder) {
			f[path] = bytes.Replace(f[path], []byte(from), []byte(to), 1)
			if bytes.Equal(f[path], good[path]) {
				t.Fatalf("%s: no %q", path, from)
			}
		}
	}
	for name, test := range map[string]struct {
		change func(f folder)
		want   error
		part   string
	}{
		"entry edited":     {changed("tile/entries/000", `"ballots":20`, `"ballots":21`), ledger.ErrEdited, "entry 1: edited"},
		"bundle missing":   {func(f folder) { delete(f, "tile/entries/001.p/44") }, ledger.ErrMissing, "entry 256: tile/entries/001.p/44: missing"},
		"bundle truncated": {func(f folder) { f["tile/entries/000"] = f["tile/entries/000"][:900] }, ledger.ErrTruncated, "tile/entries/000: truncated"},
		"tile edited":      {func(f folder) { f["tile/0/000"] = append([]byte{1}, f["tile/0/000"][1:]...) }, nil, "entry 0: tiles"},
		"upper tile":       {func(f folder) { f["tile/1/000.p/1"] = make([]byte, 32) }, nil, "entry 0: tiles"},
		"tile missing":     {func(f folder) { delete(f, "tile/0/001.p/44") }, ledger.ErrMissing, "tile/0/001.p/44"},
		"tile truncated":   {func(f folder) { f["tile/0/000"] = f["tile/0/000"][:64] }, ledger.ErrTruncated, "tile/0/000"},
	} {
		t.Run(name, func(t *testing.T) {
			f := good.copy()
			test.change(f)
			kept := folder{}
			err := ledger.NewFollower().Follow(t.Context(), f.fetch, c, func(path string, data []byte) error { kept[path] = data; return nil })
			if err == nil || (test.want != nil && !errors.Is(err, test.want)) || !strings.Contains(err.Error(), test.part) {
				t.Fatalf("error %v", err)
			}
			for path, data := range kept {
				if !bytes.Equal(data, good[path]) {
					t.Errorf("%s was handed over", path)
				}
			}
		})
	}
	f := ledger.NewFollower()
	ok(t, f.Follow(t.Context(), good.fetch, c, nil))
	is(t, f.Follow(t.Context(), good.fetch, ledger.Checkpoint{Origin: c.Origin, Size: 3}, nil), ledger.ErrShrunk, "3, it had 300")
	full := errors.New("disk full")
	is(t, ledger.NewFollower().Follow(t.Context(), good.fetch, c, func(string, []byte) error { return full }), full, "")
	huge := ledger.Checkpoint{Origin: c.Origin, Size: ledger.MaxEntries + 1}
	if err := f.Follow(t.Context(), good.fetch, huge, nil); err == nil || !strings.Contains(err.Error(), "more than 10000000") {
		t.Errorf("error %v", err)
	}
}

// TestFollowOrder: an entry that may not stand where it does is found also when
// those that forbid it were read before.
func TestFollowOrder(t *testing.T) {
	s := newScene(t, 30, 0, 0)
	good := export(t, s.log)
	f := ledger.NewFollower()
	texts, err := ledger.ParseBundle(good["tile/entries/000.p/90"])
	ok(t, err)
	for _, body := range []ledger.Body{nil, ledgertest.Poll(0)[2]} {
		if body != nil {
			texts = append(texts, ledger.Entry{Number: 90, Prev: sha256.Sum256(texts[89]), Body: body}.AppendJSON(nil))
		}
		files := signedFiles(t, s.Keys, texts)
		c, err := ledger.OpenCheckpoint(files[ledger.CheckpointPath], s.Key)
		ok(t, err)
		err = f.Follow(t.Context(), files.fetch, c, nil)
		if body == nil {
			ok(t, err)
		} else {
			is(t, err, ledger.ErrOrder, "entry 90 (result)")
		}
	}
}

// TestReread: a text that is not the one under the checkpoint any more.
func TestReread(t *testing.T) {
	s := newScene(t, 100, 0, 0)
	f := export(t, s.log)
	c, err := ledger.OpenCheckpoint(f[ledger.CheckpointPath], s.Key)
	ok(t, err)
	for n := range int64(2) {
		ok(t, ledger.Reread(t.Context(), f.fetch, c, n))
	}
	for _, n := range []int64{-1, 2} {
		is(t, ledger.Reread(t.Context(), f.fetch, c, n), ledger.ErrNotFound, "")
	}
	f["tile/entries/001.p/44"] = bytes.Replace(f["tile/entries/001.p/44"], []byte(`"ballots":20`), []byte(`"ballots":12`), 1)
	is(t, ledger.Reread(t.Context(), f.fetch, c, 1), ledger.ErrEdited, "entry 256: edited")
}
