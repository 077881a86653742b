package ledger

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/homphieu/homphieu/ballot"
)

// A Fetch returns a file of a log by its path, such as "tile/entries/000".
type Fetch func(ctx context.Context, path string) ([]byte, error)

// Dir returns a [Fetch] of a log's files in a folder. Of what strangers may have
// put there it reads only regular files, and none that is larger than any of a
// log can be.
func Dir(fsys fs.FS) Fetch {
	return func(_ context.Context, path string) ([]byte, error) {
		info, err := fs.Stat(fsys, path)
		if err != nil {
			return nil, err
		}
		const limit = tileWidth * (2 + MaxEntry)
		if !info.Mode().IsRegular() || info.Size() > limit {
			return nil, fmt.Errorf("%s: not a regular file of at most %d bytes", path, limit)
		}
		file, err := fsys.Open(path)
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(io.LimitReader(file, limit))
		return data, errors.Join(err, file.Close())
	}
}

// maxText bounds, in bytes, the files of a log that are neither tiles nor entry
// bundles: checkpoint and policy.
const maxText = 64 << 10

// MaxFile returns how many bytes the file of a log at a path can have.
func MaxFile(path string) int64 {
	t, err := ParseTilePath(path)
	switch {
	case err != nil:
		return maxText
	case t.L >= 0:
		return int64(t.W) * tlog.HashSize
	}
	return int64(t.W) * (2 + MaxEntry)
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

	Corrections []Corrected // in their order

	Reason error // the first thing that is wrong, and where
}

// A Poll is how far an election has come in a log.
type Poll struct {
	Entries   []Entry // that stand, in the order sealed, closed, result, opened; none if the poll was taken back
	TakenBack int64   // number of the correction after which nothing was said anew, 0 if there is none
}

// Valid reports whether everything holds.
func (r *Report) Valid() bool { return r.Reason == nil }

// Replaced returns the corrections of polls whose result had been released.
func (r *Report) Replaced() []Corrected {
	return slices.DeleteFunc(slices.Clone(r.Corrections), func(c Corrected) bool { return !c.Released })
}

// MarshalJSON writes the report for machines: {"valid","origin","size","root",
// "entries","head","kinds","cosigned","missing","corrections","reason"}, each
// correction as {"entry","of","reason","election","released"}.
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

		Corrections []correctedJSON `json:"corrections"`

		Reason *string `json:"reason"`
	}{
		Valid: r.Valid(), Origin: r.Origin, Size: r.Size, Root: hex.EncodeToString(r.Root[:]), Entries: r.Entries,
		Corrections: []correctedJSON{},
		Head:        hex.EncodeToString(r.Head[:]), Kinds: r.Kinds, Cosigned: append([]string{}, r.Cosigned...), Missing: append([]string{}, r.Missing...),
	}
	for _, c := range r.Corrections {
		out.Corrections = append(out.Corrections, correctedJSON(c))
	}
	if r.Reason != nil {
		reason := r.Reason.Error()
		out.Reason = &reason
	}
	return json.Marshal(out)
}

// correctedJSON is a [Corrected] for machines.
type correctedJSON struct {
	Number   int64       `json:"entry"`
	Of       int64       `json:"of"`
	Reason   string      `json:"reason"`
	Election ballot.UUID `json:"election"`
	Released bool        `json:"released"`
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
	v := &verifier{ctx: ctx, files: files, report: r, chain: newChain(), entries: map[int64]Entry{}}
	if r.Reason = v.run(); r.Reason == nil {
		r.Reason = quorum
	}
	r.Entries, r.Head, r.Corrections = v.chain.size, v.chain.head, v.chain.corrections
	return r, nil
}

type verifier struct {
	ctx     context.Context // one verification is one call
	files   Fetch
	report  *Report
	chain   *chain
	hashes  hashList
	entries map[int64]Entry // of polls
}

func (v *verifier) run() error {
	size := v.report.Size
	if err := checkSize(size); err != nil {
		return err
	}
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
	for u, p := range v.chain.polls {
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
	leaves, err := v.leaves(t)
	if err != nil {
		return err
	}
	return v.chain.bundle(t, data, leaves, func(e Entry, leaf tlog.Hash) {
		v.hashes.add(e.Number, leaf)
		v.report.Kinds[e.Body.Kind()]++
		if v.chain.places[e.Number].election != "" {
			v.entries[e.Number] = e
		}
	})
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
