package ledger_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/tally/archive"
	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

// second is the other implementation of the tree that ours is compared with.
var second = rfc6962.DefaultHasher

// secondRoots returns the roots of all trees of the first leaves.
func secondRoots(t testing.TB, leaves [][]byte) (roots [][]byte) {
	t.Helper()
	tree := (&compact.RangeFactory{Hash: second.HashChildren}).NewEmptyRange(0)
	roots = append(roots, second.EmptyRoot())
	for _, leaf := range leaves {
		ok(t, tree.Append(second.HashLeaf(leaf), nil))
		root, err := tree.GetRootHash(nil)
		ok(t, err)
		roots = append(roots, root)
	}
	return roots
}

func bytesOf(list []tlog.Hash) (out [][]byte) {
	for _, h := range list {
		out = append(out, h[:])
	}
	return out
}

// TestSecondImplementation: transparency-dev/merkle computes the same roots,
// and accepts our inclusion and consistency proofs and no altered ones, for all
// sizes from 0 to 70.
func TestSecondImplementation(t *testing.T) {
	const most = 70
	keys := ledgertest.NewKeys(t, 0, 0)
	store := ledgertest.NewMemory()
	log := keys.Log(t, store)
	var leaves, roots [][]byte
	for size := range int64(most + 1) {
		if size > 0 {
			_, err := log.Append(t.Context(), ledger.Package{Agency: fmt.Sprint("Cơ quan ", size)})
			ok(t, err)
			texts, err := store.Entries(t.Context(), size-1, size)
			ok(t, err)
			leaves = append(leaves, texts[0])
		}
		c := keys.Publish(t, log)
		roots = append(roots, c.Root[:])
		if c.Size != size {
			t.Fatalf("checkpoint of size %d, want %d", c.Size, size)
		}
		for number := range size {
			p, err := log.ProveEntry(t.Context(), number, size)
			ok(t, err)
			if err := proof.VerifyInclusion(second, uint64(number), uint64(size), second.HashLeaf(leaves[number]), bytesOf(p), c.Root[:]); err != nil {
				t.Fatalf("entry %d of %d: %v", number, size, err)
			}
		}
		for old := range size + 1 {
			checkConsistency(t, log, old, size, roots)
		}
	}
	if want := secondRoots(t, leaves); !slices.EqualFunc(roots, want, bytes.Equal) {
		t.Error("other roots")
	}
}

// checkConsistency checks the proof in the request that a witness would get.
func checkConsistency(t *testing.T, log *ledger.Log, old, size int64, roots [][]byte) {
	t.Helper()
	body, err := log.Request(t.Context(), old)
	ok(t, err)
	r, err := ledger.ParseRequest(body)
	ok(t, err)
	if old == 0 {
		if len(r.Proof) != 0 {
			t.Fatalf("a proof from nothing: %v", r.Proof)
		}
		return
	}
	err = proof.VerifyConsistency(second, uint64(old), uint64(size), bytesOf(r.Proof), roots[old], roots[size])
	if err != nil {
		t.Fatalf("from %d to %d: %v", old, size, err)
	}
}

// TestSecondImplementationLarge does so for random large trees, whose proofs
// come from the files alone.
func TestSecondImplementationLarge(t *testing.T) {
	const most = 70_000
	s := newScene(t, 0, 0, 0)
	var leaves [][]byte
	for size := 0; size < most; {
		n := min(most-size, 1+rand.IntN(20_000))
		s.packages(t, size, n)
		c := s.Publish(t, s.log)
		texts, err := s.store.Entries(t.Context(), int64(size), c.Size)
		ok(t, err)
		leaves, size = append(leaves, texts...), size+n
	}
	roots := secondRoots(t, leaves)
	c, _, err := s.log.Published(t.Context())
	ok(t, err)
	if !bytes.Equal(c.Root[:], roots[most]) {
		t.Fatal("another root")
	}
	all := make([][]byte, most+1)
	for range 20 {
		number, old := rand.Int64N(most), 1+rand.Int64N(most)
		p, err := ledger.ProveFile(t.Context(), s.log.File, c, number)
		ok(t, err)
		if err := proof.VerifyInclusion(second, uint64(number), most, second.HashLeaf(leaves[number]), bytesOf(p), c.Root[:]); err != nil {
			t.Fatalf("entry %d: %v", number, err)
		}
		all[old], all[most] = roots[old], roots[most]
		checkConsistency(t, s.log, old, most, all)
	}
}

// packages writes n entries that are nothing but packages.
func (s *scene) packages(t testing.TB, first, n int) {
	t.Helper()
	bodies := make([]ledger.Body, n)
	for i := range bodies {
		bodies[i] = ledger.Package{Agency: fmt.Sprint("Cơ quan ", first+i)}
	}
	_, err := s.log.Append(t.Context(), bodies...)
	ok(t, err)
}

// TestTrackersRoot: the second implementation has the same root over the sorted
// trackers and accepts every proof, in whatever order they come.
func TestTrackersRoot(t *testing.T) {
	for n := range 71 {
		var list []string
		for i := range n {
			list = append(list, ledgertest.Tracker(n, i))
		}
		rand.Shuffle(n, func(i, j int) { list[i], list[j] = list[j], list[i] })
		trackers, err := ledger.NewTrackers(list)
		ok(t, err)
		var leaves [][]byte
		for _, tracker := range slices.Sorted(slices.Values(list)) {
			leaves = append(leaves, []byte(tracker))
		}
		root, err := ledger.TrackersRoot(list)
		ok(t, err)
		if root != trackers.Root() || !bytes.Equal(root[:], secondRoots(t, leaves)[n]) {
			t.Fatalf("%d trackers: another root", n)
		}
		for i, leaf := range leaves {
			place, p, err := trackers.Prove(string(leaf))
			ok(t, err)
			if err := proof.VerifyInclusion(second, uint64(place), uint64(n), second.HashLeaf(leaf), bytesOf(p), root[:]); err != nil || place != int64(i) {
				t.Fatalf("tracker %d of %d at %d: %v", i, n, place, err)
			}
		}
		_, _, err = trackers.Prove(ledgertest.Tracker(n, n))
		is(t, err, ledger.ErrNotFound, "")
	}
	good := ledgertest.Tracker(0, 0)
	for _, bad := range [][]string{{good, good}, {""}, {good + "="}, {good[:42]}, {good[:42] + "\n"}} {
		if _, err := ledger.TrackersRoot(bad); err == nil {
			t.Errorf("%q were taken", bad)
		}
	}
}

// TestReadClosed computes the entry of real archives and compares it with what
// their verification says.
func TestReadClosed(t *testing.T) {
	list, err := filepath.Glob("../archive/testdata/vectors/*/*.bel")
	ok(t, err)
	closed := 0
	for _, name := range list {
		report, err := archive.VerifyFile(name, false)
		ok(t, err)
		if !report.Valid() {
			continue
		}
		file, err := os.Open(name)
		ok(t, err)
		c, err := ledger.ReadClosed(file, report.Election.UUID, []byte("closing"))
		file.Close()
		if report.State == archive.StateOpen {
			if err == nil {
				t.Errorf("%s: the poll is open, %+v", name, c)
			}
			continue
		}
		ok(t, err)
		if c.Ballots != report.Ballots || (report.State == archive.StateClosed) != (c.LastEvent == report.LastEvent) || c.Closing != archive.Hash([]byte("closing")) {
			t.Errorf("%s: %+v", name, c)
		}
		closed++
	}
	if closed < 4 {
		t.Errorf("%d archives of %d are closed", closed, len(list))
	}
	if _, err := ledger.ReadClosed(bytes.NewReader([]byte("no archive")), u0, nil); err == nil {
		t.Error("no archive was read")
	}
}

// TestReadClosedByHand builds an archive, so that its entry is known.
func TestReadClosedByHand(t *testing.T) {
	var chain archive.Chain
	bel := archive.AppendHead(nil, 1)
	event := func(kind string, payload *[32]byte) (text []byte) {
		text, chain = chain.Next(kind, payload)
		bel = archive.AppendEntry(bel, archive.KindEvent, text, 1)
		return text
	}
	setup := archive.Hash([]byte("setup"))
	event(archive.Setup, &setup)
	var list []string
	for i := range 3 {
		raw := fmt.Appendf(nil, "ballot %d", i)
		bel = archive.AppendEntry(bel, archive.KindData, raw, 1)
		hash := archive.Hash(raw)
		event(archive.Ballot, &hash)
		list = append(list, ballot.Tracker(hash))
	}
	end := archive.Hash(event(archive.EndBallots, nil))
	event(archive.EncryptedTally, &setup)
	got, err := ledger.ReadClosed(bytes.NewReader(bel), u0, []byte("closing"))
	ok(t, err)
	root, err := ledger.TrackersRoot(list)
	ok(t, err)
	if want := (ledger.Closed{Election: u0, Ballots: 3, LastEvent: end, Closing: archive.Hash([]byte("closing")), Trackers: root}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestTilePath: the paths are those of C2SP tlog-tiles, and no others are read.
func TestTilePath(t *testing.T) {
	for path, want := range map[string]tlog.Tile{
		"tile/0/000":                  {H: 8, L: 0, N: 0, W: 256},
		"tile/0/x001/x234/067":        {H: 8, L: 0, N: 1234067, W: 256},
		"tile/2/001.p/17":             {H: 8, L: 2, N: 1, W: 17},
		"tile/entries/x273/112.p/255": {H: 8, L: -1, N: 273112, W: 255},
		"tile/entries/999":            {H: 8, L: -1, N: 999, W: 256},
	} {
		got, err := ledger.ParseTilePath(path)
		if err != nil || got != want || ledger.TilePath(got) != path {
			t.Errorf("%s: %+v, %v", path, got, err)
		}
	}
	for _, path := range []string{"", "tile", "tile/", "checkpoint", "tile/0", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/1000", "tile/00/000", "tile/-1/000", "tile/64/000",
		"tile/data/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/x000/000", "tile/0/001/000", "tile/8/0/000", "/tile/0/000", "tile/0/000/", "tile/entries/../000", "tile/63/x999/x999/x999/x999/1", "tile/0/x999/x999/x999/x999/x999/x999/x999/x999/999"} {
		if got, err := ledger.ParseTilePath(path); err == nil {
			t.Errorf("%s: %+v", path, got)
		}
	}
	want := []string{"tile/entries/000", "tile/entries/001.p/44", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "checkpoint"}
	if got := ledger.Files(300); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if n := len(ledger.Files(70_000)); n != 2*274+2+1+1 {
		t.Errorf("%d files", n)
	}
}

// TestBundle: what is written is read again; what is cut is not.
func TestBundle(t *testing.T) {
	texts := [][]byte{[]byte("a"), {}, bytes.Repeat([]byte("b"), 300)}
	data := ledger.AppendBundle(nil, texts)
	if !bytes.HasPrefix(data, []byte("\x00\x01a\x00\x00\x01\x2cbbb")) {
		t.Errorf("%q", data[:10])
	}
	got, err := ledger.ParseBundle(data)
	if err != nil || !slices.EqualFunc(got, texts, bytes.Equal) {
		t.Errorf("%q, %v", got, err)
	}
	whole := map[int]bool{0: true, 3: true, 5: true}
	for n := range data {
		if _, err := ledger.ParseBundle(data[:n]); (err == nil) != whole[n] {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func FuzzParseBundle(f *testing.F) {
	f.Add(ledger.AppendBundle(nil, [][]byte{[]byte("a"), []byte("bc")}))
	f.Fuzz(func(t *testing.T, data []byte) {
		if texts, err := ledger.ParseBundle(data); err == nil && !bytes.Equal(ledger.AppendBundle(nil, texts), data) {
			t.Fatalf("%q came back otherwise", data)
		}
	})
}

func FuzzParseTilePath(f *testing.F) {
	for _, path := range ledger.Files(70_000) {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if tile, err := ledger.ParseTilePath(path); err == nil && ledger.TilePath(tile) != path {
			t.Fatalf("%q came back as %q", path, ledger.TilePath(tile))
		}
	})
}
