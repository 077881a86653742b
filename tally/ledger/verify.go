package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/homphieu/homphieu/ballot"
)

// A Fetch returns a file of a log by its path, such as "tile/entries/000".
type Fetch func(ctx context.Context, path string) ([]byte, error)

// Dir returns a [Fetch] of a log's files in a folder.
func Dir(fsys fs.FS) Fetch {
	return func(_ context.Context, path string) ([]byte, error) { return fs.ReadFile(fsys, path) }
}

// A Report is what [Verify] found. When Reason is not nil, the other fields
// tell how far it came.
type Report struct {
	Checkpoint
	Quorum
	Entries int64          // that were checked
	Head    [32]byte       // hash of the last of them
	Kinds   map[string]int // how many there are of each kind
	Polls   map[ballot.UUID]Poll
	Reason  error // the first thing that is wrong, and where
}

// A Poll is how far an election has come in a log.
type Poll struct {
	Entries   []Entry // that stand, in the order sealed, closed, result, opened; none if the poll was taken back
	TakenBack int64   // number of the correction after which nothing was said anew, 0 if there is none
}

// Valid reports whether everything holds.
func (r *Report) Valid() bool { return r.Reason == nil }

// MarshalJSON writes the report for machines: {"valid","origin","size","root",
// "entries","head","kinds","cosigned","missing","reason"}.
func (r *Report) MarshalJSON() ([]byte, error) {
	out := struct {
		Valid    bool           `json:"valid"`
		Origin   string         `json:"origin"`
		Size     int64          `json:"size"`
		Root     string         `json:"root"`
		Entries  int64          `json:"entries"`
		Head     string         `json:"head"`
		Kinds    map[string]int `json:"kinds"`
		Cosigned []string       `json:"cosigned"`
		Missing  []string       `json:"missing"`
		Reason   *string        `json:"reason"`
	}{
		Valid: r.Valid(), Origin: r.Origin, Size: r.Size, Root: hex.EncodeToString(r.Root[:]), Entries: r.Entries,
		Head: hex.EncodeToString(r.Head[:]), Kinds: r.Kinds, Cosigned: append([]string{}, r.Cosigned...), Missing: append([]string{}, r.Missing...),
	}
	if r.Reason != nil {
		reason := r.Reason.Error()
		out.Reason = &reason
	}
	return json.Marshal(out)
}

// Verify rechecks a whole log from its files: the checkpoint's signature and
// cosignatures, every entry and its place in the chain, that each poll goes its
// way and each opening fits its result, every tile, and that all of them are
// what was signed. The error says that the checkpoint could not be read at all;
// every other fault is in the report, with the entry or file where it is.
//
// An error that [ErrQuorum] is stands in the report only if nothing else is
// wrong. The policy may be nil.
func Verify(ctx context.Context, files Fetch, key *Key, policy *Policy) (*Report, error) {
	signed, err := files(ctx, CheckpointPath)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	r := &Report{Kinds: map[string]int{}}
	var quorum error
	if r.Checkpoint, r.Quorum, quorum = policy.Check(signed, key); quorum != nil && !errors.Is(quorum, ErrQuorum) {
		r.Reason = quorum
		return r, nil
	}
	v := &verifier{ctx: ctx, files: files, report: r, history: newHistory(), entries: map[int64]Entry{}}
	if r.Reason = v.run(); r.Reason == nil {
		r.Reason = quorum
	}
	return r, nil
}

type verifier struct {
	ctx     context.Context // one verification is one call
	files   Fetch
	report  *Report
	history *history
	hashes  hashList
	entries map[int64]Entry // of polls
}

func (v *verifier) run() error {
	size := v.report.Size
	for n := int64(0); n*tileWidth < size; n++ {
		if err := v.bundle(tlog.Tile{H: tileHeight, L: -1, N: n, W: int(min(tileWidth, size-n*tileWidth))}); err != nil {
			return err
		}
	}
	if root := v.hashes.root(size); root != v.report.Root {
		return fmt.Errorf("checkpoint: entries 0 to %d are not what was signed: %w, and all that follows from it made to fit", size-1, ErrEdited)
	}
	for _, t := range tlog.NewTiles(tileHeight, 0, size) {
		if err := v.tile(t); err != nil {
			return err
		}
	}
	v.report.Polls = v.polls()
	return nil
}

// polls returns the entries that stand of each poll.
func (v *verifier) polls() map[ballot.UUID]Poll {
	polls := map[ballot.UUID]Poll{}
	for u, p := range v.history.polls {
		var standing Poll
		for _, number := range p.steps {
			standing.Entries = append(standing.Entries, v.entries[number])
		}
		if n := len(p.steps); n == 0 || p.corrected > p.steps[n-1] {
			standing.TakenBack = p.corrected
		}
		polls[u] = standing
	}
	return polls
}

// bundle checks up to 256 entries.
func (v *verifier) bundle(t tlog.Tile) error {
	data, err := fetchTile(v.ctx, v.files, t)
	if err != nil {
		return err
	}
	texts, broken := ParseBundle(data)
	leaves, err := v.leaves(t)
	if err != nil {
		return err
	}
	for i, text := range texts[:min(len(texts), t.W)] {
		if err := v.entry(text, i, texts, leaves); err != nil {
			return err
		}
	}
	switch {
	case broken != nil:
	case len(texts) < t.W:
		broken = fmt.Errorf("%w: %d entries instead of %d", ErrTruncated, len(texts), t.W)
	case len(texts) > t.W:
		broken = fmt.Errorf("%w: %d entries instead of %d", ErrEdited, len(texts), t.W)
	}
	if broken != nil {
		return fmt.Errorf("entry %d: %s: %w", v.report.Entries, TilePath(t), broken)
	}
	return nil
}

// leaves returns the leaf hashes that stand in the tile beside a bundle, or nil
// if that cannot be read: then its own check will say so.
func (v *verifier) leaves(bundle tlog.Tile) ([]tlog.Hash, error) {
	bundle.L = 0
	data, err := fetchTile(v.ctx, v.files, bundle)
	if errors.Is(err, ErrMissing) || len(data) != bundle.W*tlog.HashSize {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	list := make([]tlog.Hash, bundle.W)
	for i := range list {
		list[i] = tlog.Hash(data[i*tlog.HashSize:])
	}
	return list, nil
}

// entry checks the i-th entry of a bundle.
func (v *verifier) entry(text []byte, i int, texts [][]byte, leaves []tlog.Hash) error {
	number, leaf := v.report.Entries, tlog.RecordHash(text)
	e, err := ParseEntry(text)
	switch {
	case err == nil && e.Number != number:
		return misplaced(number, e.Number, texts[i:])
	case leaves != nil && leaf != leaves[i]:
		return fmt.Errorf("entry %d: %w: its text does not have the hash that the tree has for it", number, ErrEdited)
	case err != nil:
		return fmt.Errorf("entry %d: %w", number, err)
	case number > 0 && e.Prev != v.report.Head:
		return fmt.Errorf("entry %d: %w: entry %d names another text as the one before it", number-1, ErrEdited, number)
	}
	if err := v.history.follow(e, text); err != nil {
		return err
	}
	if v.history.places[number].election != "" {
		v.entries[number] = e
	}
	v.hashes.add(number, leaf)
	v.report.Entries++
	v.report.Head = sha256.Sum256(text)
	v.report.Kinds[e.Body.Kind()]++
	return nil
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

// tile compares a tile with what the entries give.
func (v *verifier) tile(t tlog.Tile) error {
	data, err := fetchTile(v.ctx, v.files, t)
	if err != nil {
		return err
	}
	want, err := tlog.ReadTileData(t, v.hashes)
	if err != nil {
		return err
	}
	whole := min(len(data), len(want)) / tlog.HashSize
	i := 0
	for i < whole && bytes.Equal(data[i*tlog.HashSize:(i+1)*tlog.HashSize], want[i*tlog.HashSize:(i+1)*tlog.HashSize]) {
		i++
	}
	first := (t.N*tileWidth + int64(i)) << (tileHeight * t.L) // entry under hash i
	switch {
	case i < whole:
		return fmt.Errorf("entry %d: %s: %w: hash %d is not that of the entries", first, TilePath(t), ErrEdited, i)
	case len(data) < len(want):
		return fmt.Errorf("entry %d: %s: %w: %d bytes instead of %d", first, TilePath(t), ErrTruncated, len(data), len(want))
	case len(data) > len(want):
		return fmt.Errorf("entry %d: %s: %w: %d bytes too many", first, TilePath(t), ErrEdited, len(data)-len(want))
	}
	return nil
}

// fetchTile reads a tile or bundle; of a partial one, when it is gone, what it
// had of the full one.
func fetchTile(ctx context.Context, files Fetch, t tlog.Tile) ([]byte, error) {
	data, err := files(ctx, TilePath(t))
	full := t
	full.W = tileWidth
	if errors.Is(err, fs.ErrNotExist) && t.W < tileWidth {
		if data, err = files(ctx, TilePath(full)); err == nil {
			data = cut(data, t)
		}
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrNotFound) {
		return nil, fmt.Errorf("entry %d: %s: %w", t.N*tileWidth<<(tileHeight*max(0, t.L)), TilePath(t), ErrMissing)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", TilePath(t), err)
	}
	return data, nil
}

// cut returns what a full tile has of the partial tile t.
func cut(data []byte, t tlog.Tile) []byte {
	if t.L >= 0 {
		return data[:min(len(data), t.W*tlog.HashSize)]
	}
	texts, err := ParseBundle(data)
	if err != nil || len(texts) < t.W {
		return data // its check will say what is wrong
	}
	return AppendBundle(nil, texts[:t.W])
}

// eachEntry calls do for the texts of the entries from number from up to but
// not including number to, of a log of the given size.
func eachEntry(ctx context.Context, files Fetch, from, to, size int64, do func(number int64, text []byte) error) error {
	for n := from / tileWidth; n*tileWidth < to; n++ {
		first := n * tileWidth
		t := tlog.Tile{H: tileHeight, L: -1, N: n, W: int(min(tileWidth, size-first))}
		data, err := fetchTile(ctx, files, t)
		if err != nil {
			return err
		}
		texts, err := ParseBundle(data)
		if err == nil && len(texts) != t.W {
			err = fmt.Errorf("%w: %d entries instead of %d", ErrTruncated, len(texts), t.W)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", TilePath(t), err)
		}
		for number := max(from, first); number < min(to, first+int64(t.W)); number++ {
			if err := do(number, texts[number-first]); err != nil {
				return err
			}
		}
	}
	return nil
}

// tiles reads tiles for tlog, which authenticates them.
type tiles struct {
	ctx   context.Context // tlog.TileReader has no place for it
	files Fetch
}

// Height implements [tlog.TileReader].
func (r *tiles) Height() int { return tileHeight }

// ReadTiles implements [tlog.TileReader].
func (r *tiles) ReadTiles(list []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(list))
	for i, t := range list {
		var err error
		if data[i], err = fetchTile(r.ctx, r.files, t); err != nil {
			return nil, err
		}
		if len(data[i]) != t.W*tlog.HashSize {
			return nil, fmt.Errorf("%s: %w", TilePath(t), ErrTruncated)
		}
	}
	return data, nil
}

// SaveTiles implements [tlog.TileReader].
func (r *tiles) SaveTiles([]tlog.Tile, [][]byte) {}
