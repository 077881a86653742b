package ledger_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

// TestVerify accepts good logs of many sizes, from a folder on disk.
func TestVerify(t *testing.T) {
	s := newScene(t, 0, 1, 2)
	for _, step := range []int{0, 1, 255, 1, 3, 600} {
		size, err := s.store.Size(t.Context())
		ok(t, err)
		if step > 0 {
			s.packages(t, int(size), step)
		}
		s.Publish(t, s.log, s.witnesses...)
		dir := t.TempDir()
		for path, data := range export(t, s.log) {
			name := filepath.Join(dir, filepath.FromSlash(path))
			ok(t, os.MkdirAll(filepath.Dir(name), 0o700))
			ok(t, os.WriteFile(name, data, 0o600))
		}
		holds(t, ledger.Dir(os.DirFS(dir)), s.Key, s.Policy, size+int64(step))
	}
	_, err := ledger.Verify(t.Context(), folder{}.fetch, s.Key, nil)
	if err == nil {
		t.Error("no checkpoint, and no error")
	}
}

// TestVerifyGrown: the files may already be those of a larger log than the
// checkpoint's: of a partial tile that is gone, the full one has the beginning.
func TestVerifyGrown(t *testing.T) {
	s := newScene(t, 0, 0, 0)
	s.packages(t, 0, 300)
	s.Publish(t, s.log)
	old := published(t, s.log)
	s.packages(t, 300, 300)
	s.Publish(t, s.log)
	files := export(t, s.log)
	files[ledger.CheckpointPath] = old
	for _, path := range []string{"tile/1/000.p/1"} { // a log keeps those that a checkpoint was of, or has the full ones
		data, err := s.log.File(t.Context(), path)
		ok(t, err)
		files[path] = data
	}
	holds(t, files.fetch, s.Key, nil, 300)
}

// texts and set take the first bundle of a log apart and put it together.
func (f folder) texts(t testing.TB, path string) [][]byte {
	t.Helper()
	list, err := ledger.ParseBundle(f[path])
	ok(t, err)
	return slices.Clone(list)
}

// TestVerifyRefuses tampers with the files of a log in every way: dropped,
// reordered, edited, truncated; always the entry is named.
func TestVerifyRefuses(t *testing.T) {
	s := newScene(t, 0, 0, 0)
	s.grow(t, 0, 90) // 270 entries: a full bundle and a partial one
	s.Publish(t, s.log)
	good := export(t, s.log)
	const full, part, leaf, last, top = "tile/entries/000", "tile/entries/001.p/14", "tile/0/000", "tile/0/001.p/14", "tile/1/000.p/1"
	holds(t, good.fetch, s.Key, nil, 270)
	bundle := func(path string, do func(list [][]byte) [][]byte) func(f folder) {
		return func(f folder) { f[path] = ledger.AppendBundle(nil, do(f.texts(t, path))) }
	}
	edit := func(text []byte) []byte {
		return bytes.Replace(text, []byte(`"ballots":20`), []byte(`"ballots":21`), 1)
	}
	for name, c := range map[string]struct {
		do   func(f folder)
		want error
		part string
	}{
		"entry dropped":           {bundle(full, func(l [][]byte) [][]byte { return slices.Delete(l, 7, 8) }), ledger.ErrDropped, "entry 7: dropped: entry 8 stands in its place"},
		"first entry dropped":     {bundle(full, func(l [][]byte) [][]byte { return l[1:] }), ledger.ErrDropped, "entry 0: dropped"},
		"last of bundle dropped":  {bundle(full, func(l [][]byte) [][]byte { return l[:255] }), ledger.ErrTruncated, "entry 255: tile/entries/000"},
		"last entry dropped":      {bundle(part, func(l [][]byte) [][]byte { return l[:13] }), ledger.ErrTruncated, "entry 269"},
		"entry added":             {bundle(part, func(l [][]byte) [][]byte { return append(l, l[0]) }), ledger.ErrEdited, "entry 270"},
		"entry twice":             {bundle(full, func(l [][]byte) [][]byte { return slices.Insert(l, 8, l[7])[:256] }), ledger.ErrReordered, "entry 8: reordered: entry 7 stands"},
		"neighbours reordered":    {bundle(full, func(l [][]byte) [][]byte { l[7], l[8] = l[8], l[7]; return l }), ledger.ErrReordered, "entry 7: reordered: entry 8 stands"},
		"entries reordered":       {bundle(full, func(l [][]byte) [][]byte { l[7], l[200] = l[200], l[7]; return l }), ledger.ErrReordered, "entry 7: reordered: entry 200 stands"},
		"entry edited":            {bundle(full, func(l [][]byte) [][]byte { l[7] = edit(l[7]); return l }), ledger.ErrEdited, "entry 7: edited"},
		"last entry edited":       {bundle(part, func(l [][]byte) [][]byte { l[13] = append(l[13][:len(l[13])-1:len(l[13])-1], ' '); return l }), ledger.ErrEdited, "entry 269"},
		"entry malformed":         {bundle(full, func(l [][]byte) [][]byte { l[7] = nil; return l }), ledger.ErrEdited, "entry 7"},
		"bundle truncated":        {func(f folder) { f[full] = f[full][:len(f[full])-1] }, ledger.ErrTruncated, "entry 255"},
		"bundle cut in two":       {func(f folder) { f[full] = f[full][:2000] }, ledger.ErrTruncated, "entry 5: tile/entries/000: truncated in the middle of an entry"},
		"bundle missing":          {func(f folder) { delete(f, part) }, ledger.ErrMissing, "entry 256: tile/entries/001.p/14: missing"},
		"bundles exchanged":       {func(f folder) { f[full] = f[part] }, ledger.ErrDropped, "entry 0: dropped: entry 256 stands in its place"},
		"leaf edited":             {func(f folder) { f[leaf] = flipped(f[leaf], 7*32) }, ledger.ErrEdited, "entry 7"},
		"leaf of the part edited": {func(f folder) { f[last] = flipped(f[last], 13*32) }, ledger.ErrEdited, "entry 269"},
		"leaf tile truncated":     {func(f folder) { f[leaf] = f[leaf][:100*32] }, ledger.ErrTruncated, "entry 100: tile/0/000"},
		"leaf tile too long":      {func(f folder) { f[last] = append(bytes.Clone(f[last]), 0) }, ledger.ErrEdited, "entry 270: tile/0/001.p/14"},
		"leaf tile cut, edited":   {func(f folder) { f[leaf] = flipped(f[leaf], 7*32)[:100*32+1] }, ledger.ErrEdited, "entry 7: tile/0/000"},
		"upper tile truncated":    {func(f folder) { f[top] = f[top][:31] }, ledger.ErrTruncated, "entry 0: tile/1/000.p/1"},
		"upper tile too long":     {func(f folder) { f[top] = append(bytes.Clone(f[top]), 0) }, ledger.ErrEdited, "entry 256: tile/1/000.p/1"},
		"leaf tile missing":       {func(f folder) { delete(f, leaf) }, ledger.ErrMissing, "entry 0: tile/0/000: missing"},
		"upper tile edited":       {func(f folder) { f[top] = flipped(f[top], 0) }, ledger.ErrEdited, "entry 0: tile/1/000.p/1"},
		"upper tile missing":      {func(f folder) { delete(f, top) }, ledger.ErrMissing, "tile/1/000.p/1"},
		"edited, leaves missing": {func(f folder) {
			delete(f, leaf)
			bundle(full, func(l [][]byte) [][]byte { l[7] = edit(l[7]); return l })(f)
		}, ledger.ErrEdited, "entry 7: edited: entry 8 names another text"},
		"truncated to 256": {func(f folder) { delete(f, part); delete(f, last) }, ledger.ErrMissing, "entry 256"},
		"checkpoint edited": {func(f folder) {
			f[ledger.CheckpointPath] = bytes.Replace(f[ledger.CheckpointPath], []byte("\n270\n"), []byte("\n269\n"), 1)
		}, ledger.ErrCheckpoint, ""},
		"checkpoint of another":   {func(f folder) { f[ledger.CheckpointPath] = published(t, newScene(t, 90, 0, 0).log) }, ledger.ErrCheckpoint, ""},
		"checkpoint of a fork":    {func(f folder) { f[ledger.CheckpointPath] = published(t, s.forge(t, 1, 200, 89).log) }, ledger.ErrEdited, "entries 0 to 269"},
		"rewritten, then rebuilt": {func(f folder) { rebuild(t, f, s, 7, edit) }, ledger.ErrEdited, "entries 0 to 269"},
		"last one, and its leaf":  {func(f folder) { rebuild(t, f, s, 268, edit) }, ledger.ErrEdited, "entries 0 to 269"},
	} {
		t.Run(name, func(t *testing.T) {
			f := good.copy()
			c.do(f)
			r, err := ledger.Verify(t.Context(), f.fetch, s.Key, nil)
			ok(t, err)
			is(t, r.Reason, c.want, c.part)
			if r.Valid() {
				t.Error("valid")
			}
		})
	}
	holds(t, good.fetch, s.Key, nil, 270)
}

func flipped(data []byte, at int) []byte {
	data = bytes.Clone(data)
	data[at] ^= 1
	return data
}

// rebuild edits an entry and makes everything after it fit, all but the
// signature: chain, leaves, tiles.
func rebuild(t testing.TB, f folder, s *scene, number int64, edit func([]byte) []byte) {
	t.Helper()
	size, err := s.store.Size(t.Context())
	ok(t, err)
	list, err := s.store.Entries(t.Context(), 0, size)
	ok(t, err)
	for n := number; n < size; n++ {
		if n == number {
			list[n] = edit(list[n])
			continue
		}
		e, err := ledger.ParseEntry(list[n])
		ok(t, err)
		before, err := ledger.ParseEntry(list[n-1])
		ok(t, err)
		e.Prev = before.Hash()
		list[n] = e.AppendJSON(nil)
	}
	plain := *s.Keys
	plain.Policy = nil
	other := plain.Log(t, filled(t, list))
	plain.Publish(t, other)
	signed := f[ledger.CheckpointPath]
	for path, data := range export(t, other) {
		f[path] = data
	}
	f[ledger.CheckpointPath] = signed
}

// TestVerifyOpening: entries that are in themselves in order and signed, but do
// not go the way of a poll, are found: what a dishonest server might sign.
func TestVerifyOpening(t *testing.T) {
	poll := ledgertest.Poll(0)
	open := ledger.NewOpened(u0, 2, ledgertest.Salt(0), ledgertest.Items(0))
	false1, false2 := open, open
	false1.Salt[0] ^= 1
	false2.Hashes = append([]ledger.Item{}, open.Hashes...)
	false2.Hashes[1].Hash[0] ^= 1
	second := ledger.NewResult(u0, ledgertest.Salt(1), ledgertest.Items(0))
	for name, c := range map[string]struct {
		bodies []ledger.Body
		want   error
		part   string
	}{
		"good":            {append(poll[:3:3], open), nil, ""},
		"another salt":    {append(poll[:3:3], false1), ledger.ErrOpening, "entry 3 (opened)"},
		"another result":  {append(poll[:3:3], false2), ledger.ErrOpening, "entry 3 (opened): opened: not what the result entry commits to: result.json"},
		"replaced result": {append(poll[:3:3], second), ledger.ErrOrder, "entry 3 (result)"},
		"nothing closed":  {[]ledger.Body{poll[0], poll[2]}, ledger.ErrOrder, "entry 1 (result)"},
	} {
		t.Run(name, func(t *testing.T) {
			keys := ledgertest.NewKeys(t, 0, 0)
			var texts [][]byte
			var prev [32]byte
			for i, b := range c.bodies {
				e := ledger.Entry{Number: int64(i), Prev: prev, Body: b}
				texts, prev = append(texts, e.AppendJSON(nil)), e.Hash()
			}
			files := signedFiles(t, keys, texts)
			r, err := ledger.Verify(t.Context(), files.fetch, keys.Key, nil)
			ok(t, err)
			if c.want == nil {
				ok(t, r.Reason)
				return
			}
			is(t, r.Reason, c.want, c.part)
			if r.Entries != int64(len(c.bodies)-1) {
				t.Errorf("%d entries", r.Entries)
			}
		})
	}
}

// signedFiles are those of a log with these entries, signed whatever they are.
func signedFiles(t testing.TB, keys *ledgertest.Keys, texts [][]byte) folder {
	t.Helper()
	leaves := secondRoots(t, texts)
	c := ledger.Checkpoint{Origin: ledgertest.Origin, Size: int64(len(texts)), Root: [32]byte(leaves[len(texts)])}
	signed, err := c.Sign(keys.Signer)
	ok(t, err)
	f := folder{ledger.CheckpointPath: signed}
	var tile []byte
	for _, text := range texts {
		tile = append(tile, second.HashLeaf(text)...)
	}
	paths := ledger.Files(c.Size)
	f[paths[0]], f[paths[1]] = ledger.AppendBundle(nil, texts), tile
	return f
}

// TestVerifyQuorum: too few cosignatures are said last, with all else.
func TestVerifyQuorum(t *testing.T) {
	s := newScene(t, 2, 2, 3)
	files := export(t, s.log)
	files[ledger.CheckpointPath] = s.cosignedBy(t, 1)
	r, err := ledger.Verify(t.Context(), files.fetch, s.Key, s.Policy)
	ok(t, err)
	is(t, r.Reason, ledger.ErrQuorum, "missing witness-0, witness-2")
	if r.Entries != 6 || !slices.Equal(r.Cosigned, []string{"witness-1"}) || r.Kinds[ledger.KindResult] != 2 {
		t.Errorf("%+v", r)
	}
	text, err := json.Marshal(r)
	ok(t, err)
	for _, part := range []string{`{"valid":false,"origin":"hop.example.vn/log","size":6,"root":"`, `"entries":6,"head":"`, `"kinds":{"closed":2,"result":2,"sealed":2}`,
		`"cosigned":["witness-1"],"missing":["witness-0","witness-2"],"corrections":[],"reason":"checkpoint: too few cosignatures: missing witness-0, witness-2"}`} {
		if !strings.Contains(string(text), part) {
			t.Errorf("%s\nhas no %s", text, part)
		}
	}
	delete(files, "tile/0/000.p/6")
	if r, err = ledger.Verify(t.Context(), files.fetch, s.Key, s.Policy); err != nil || !errors.Is(r.Reason, ledger.ErrMissing) {
		t.Errorf("%v, %v", r.Reason, err)
	}
}
