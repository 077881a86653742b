package ledger

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8               // C2SP tlog-tiles
	tileWidth  = 1 << tileHeight // entries of a bundle, hashes of a full tile
	// CheckpointPath is the path of the checkpoint among the files of a log.
	CheckpointPath = "checkpoint"
)

// emptyRoot is the root of a tree without leaves: the SHA-256 of nothing
// (RFC 6962 §2.1). tlog returns zeros for it.
var emptyRoot = [32]byte{
	0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
	0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
}

// treeRoot returns the root of the first size leaves.
func treeRoot(size int64, r tlog.HashReader) ([32]byte, error) {
	if size == 0 {
		return emptyRoot, nil
	}
	return tlog.TreeHash(size, r)
}

// A hashList holds the hashes of a whole tree, in the order in which tlog
// stores them.
type hashList []tlog.Hash

// ReadHashes implements [tlog.HashReader].
func (l hashList) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		if at < 0 || at >= int64(len(l)) {
			return nil, fmt.Errorf("hash %d: not there", at)
		}
		list[i] = l[at]
	}
	return list, nil
}

// add adds the n-th leaf, and the nodes that it completes.
func (l *hashList) add(n int64, leaf tlog.Hash) {
	list, err := tlog.StoredHashesForRecordHash(n, leaf, *l)
	if err != nil {
		panic("ledger: leaves added out of order: " + err.Error())
	}
	*l = append(*l, list...)
}

func (l hashList) root(size int64) [32]byte {
	root, err := treeRoot(size, l)
	if err != nil {
		panic("ledger: root of more leaves than there are: " + err.Error())
	}
	return root
}

// overlay reads hashes of a tree of which the last are not stored yet.
type overlay struct {
	below tlog.HashReader
	from  int64 // index of the first above
	above []tlog.Hash
}

// ReadHashes implements [tlog.HashReader].
func (o *overlay) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(indexes))
	var old, places []int64
	for i, at := range indexes {
		if at >= o.from+int64(len(o.above)) {
			return nil, fmt.Errorf("hash %d: not there", at)
		}
		if at >= o.from {
			list[i] = o.above[at-o.from]
			continue
		}
		old, places = append(old, at), append(places, int64(i))
	}
	if len(old) == 0 {
		return list, nil
	}
	hashes, err := o.below.ReadHashes(old)
	if err != nil {
		return nil, err
	}
	for i, place := range places {
		list[place] = hashes[i]
	}
	return list, nil
}

// add adds the n-th leaf.
func (o *overlay) add(n int64, leaf tlog.Hash) error {
	list, err := tlog.StoredHashesForRecordHash(n, leaf, o)
	o.above = append(o.above, list...)
	return err
}

// TilePath returns the path of a tile of height 8, or of an entry bundle, which
// tlog calls a tile of level -1 (C2SP tlog-tiles).
func TilePath(t tlog.Tile) string {
	rest := strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", tileHeight))
	if t.L < 0 {
		rest = "entries" + strings.TrimPrefix(rest, "data")
	}
	return "tile/" + rest
}

// ParseTilePath reads what [TilePath] returns, and nothing else.
func ParseTilePath(path string) (tlog.Tile, error) {
	rest, ok := strings.CutPrefix(path, "tile/")
	if bundle, is := strings.CutPrefix(rest, "entries/"); is {
		rest = "data/" + bundle
	}
	t, err := tlog.ParseTilePath(fmt.Sprintf("tile/%d/%s", tileHeight, rest))
	if !ok || err != nil || len(path) > 100 || t.L > 63 || t.N < 0 || TilePath(t) != path {
		return tlog.Tile{}, fmt.Errorf("%w: %q", ErrNotFound, path)
	}
	return t, nil
}

// bundles returns the entry bundles of a tree of the given size.
func bundles(size int64) (list []tlog.Tile) {
	for n := int64(0); n*tileWidth < size; n++ {
		list = append(list, tlog.Tile{H: tileHeight, L: -1, N: n, W: int(min(tileWidth, size-n*tileWidth))})
	}
	return list
}

// Files returns the paths of all files of a log of the given size: its entry
// bundles, its tiles, and last the checkpoint.
func Files(size int64) (paths []string) {
	for _, t := range bundles(size) {
		paths = append(paths, TilePath(t))
	}
	for _, t := range tlog.NewTiles(tileHeight, 0, size) {
		paths = append(paths, TilePath(t))
	}
	return append(paths, CheckpointPath)
}

// AppendBundle appends entries as a bundle: each behind its length in two
// bytes, big-endian (C2SP tlog-tiles).
func AppendBundle(b []byte, entries [][]byte) []byte {
	for _, text := range entries {
		if len(text) > math.MaxUint16 {
			panic("ledger: entry too long for a bundle")
		}
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(text))), text...)
	}
	return b
}

// ParseBundle takes a bundle apart. One that ends in the middle of an entry is
// [ErrTruncated], together with the entries before.
func ParseBundle(data []byte) (entries [][]byte, err error) {
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return entries, fmt.Errorf("%w in the middle of an entry", ErrTruncated)
		}
		n := 2 + int(binary.BigEndian.Uint16(data))
		entries, data = append(entries, data[2:n]), data[n:]
	}
	return entries, nil
}
