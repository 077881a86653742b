package boxtest

import (
	"bytes"
	"slices"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/tally/archive"
)

// testProduct requires the product of exactly the ballots in the chain.
func testProduct(t *testing.T, open Open) {
	p := openPoll(t, open)
	for i := range 10 {
		want := p.NewProduct()
		for _, b := range p.Ballots[:i/box.BatchSize*box.BatchSize] {
			want.Mul(b)
		}
		p.wantProduct(want)
		p.restart()
		p.wantProduct(want)
		p.cast(i)
	}
	p.ok(p.box.Close(p.ctx))
	want := p.NewProduct()
	for _, b := range p.Ballots[:10] {
		want.Mul(b)
	}
	p.wantProduct(want)
	mine, err := p.box.Product(p.ctx)
	p.ok(err)
	mine.Mul(p.Ballots[11]) // what the caller does with its copy is its own affair
	p.wantProduct(want)
}

func (p *poll) wantProduct(want ballot.Product) {
	p.Helper()
	got, err := p.box.Product(p.ctx)
	p.ok(err)
	if !got.Equal(want) {
		p.Fatalf("product is not that of the ballots in the chain")
	}
}

// testFiles reads the archive with every limit and from every place.
func testFiles(t *testing.T, open Open) {
	p := openPoll(t, open)
	p.cast(0, 1, 2, 3, 4, 5, 6, 7, 8)
	p.ok(p.box.Close(p.ctx))
	all, err := p.box.Files(p.ctx, 0, 1<<30)
	p.ok(err)
	var extent box.Extent
	for _, f := range all {
		extent.Files++
		extent.Bytes += int64(len(f.Content))
	}
	if s := p.status(); s.Files != extent {
		t.Fatalf("extent %+v, the files are %+v", s.Files, extent)
	}
	for _, limit := range []int{-1, 0, 1, 1000, 5000} {
		for from := range all {
			files, err := p.box.Files(p.ctx, from, limit)
			p.ok(err)
			p.wantFiles(files, all[from:], limit)
		}
	}
	for _, from := range []int{len(all), len(all) + 1, 1 << 40} {
		files, err := p.box.Files(p.ctx, from, 1000)
		if p.ok(err); len(files) != 0 {
			t.Errorf("%d files from number %d on", len(files), from)
		}
	}
	all[0].Content[0] ^= 1 // a file is the caller's own
	p.check()
}

// wantFiles requires a beginning of want: one file at least, and no more than
// one beyond the limit.
func (p *poll) wantFiles(files, want []box.File, limit int) {
	p.Helper()
	bytesRead := 0
	for i, f := range files {
		if f.Event != want[i].Event || !bytes.Equal(f.Content, want[i].Content) {
			p.Fatalf("file %d is another", i)
		}
		if bytesRead > 0 && bytesRead >= limit {
			p.Fatalf("%d files for a limit of %d bytes", len(files), limit)
		}
		bytesRead += len(f.Content)
	}
	if len(files) == 0 {
		p.Fatalf("no file for a limit of %d bytes", limit)
	}
}

// testPublic watches what anonymous readers may have.
func testPublic(t *testing.T, open Open) {
	p := openPoll(t, open)
	p.cast(0, 1, 2)
	p.ok(p.box.Close(p.ctx))
	ended := p.status().Files
	if s := p.status(); s.Public != ended || s.Published {
		t.Fatalf("closed: %+v", s)
	}
	p.tally(3)
	p.restart()
	if s := p.status(); s.Public != ended || s.Files.Files <= ended.Files {
		t.Fatalf("tallied: %+v, want the public part to end at %+v", s, ended)
	}
	text := archive.AppendHead(nil, Timestamp)
	files, err := p.box.Files(p.ctx, 0, 1<<30)
	p.ok(err)
	for _, f := range files[:ended.Files] {
		text = archive.AppendEntry(text, kind(f), f.Content, Timestamp)
	}
	if r := Verify(p, text); r.State != archive.StateClosed || r.LastEvent != p.status().EndBallots {
		t.Errorf("public part: %s up to %x", r.State, r.LastEvent)
	}
	p.ok(p.box.Publish(p.ctx))
	p.ok(p.box.Publish(p.ctx))
	if s := p.status(); s.Public != s.Files || !s.Published {
		t.Errorf("published: %+v", s)
	}
	p.restart()
	p.check()
}

// A counted is the whole tally of a box.
type counted struct {
	events []box.Event
	shares []byte
}

// count makes the tally of what is in the chain. Its proofs are drawn anew, so
// that no two are the same.
func (p *poll) count(ballots int) counted {
	p.Helper()
	product, err := p.box.Product(p.ctx)
	p.ok(err)
	events, shares, err := Tally(p.Election, product, ballots)
	p.ok(err)
	return counted{events, shares}
}

// tally takes a closed box to its result.
func (p *poll) tally(ballots int) {
	p.Helper()
	c := p.count(ballots)
	p.ok(p.box.Tally(p.ctx, c.events, c.shares))
}

func testTally(t *testing.T, open Open) {
	p := openPoll(t, open)
	p.cast(0, 1, 2)
	p.ok(p.box.Close(p.ctx))
	c := p.count(3)
	for name, events := range map[string][]box.Event{"nothing": nil, "no result": c.events[:2]} {
		if err := p.box.Tally(p.ctx, events, c.shares); err == nil {
			t.Fatalf("a tally with %s was taken", name)
		}
	}
	p.check()
	p.ok(p.box.Tally(p.ctx, c.events, c.shares))
	done := p.status()
	if done.State != box.Tallied {
		t.Fatalf("state %s", done.State)
	}
	for range 2 {
		p.check()
		p.ok(p.box.Tally(p.ctx, c.events, c.shares))
		p.wantOtherTalliesRefused(c)
		if s := p.status(); s != done {
			t.Fatalf("tallied again: %+v, was %+v", s, done)
		}
		got, err := p.box.Attached(p.ctx, box.Shares)
		if p.ok(err); !bytes.Equal(got, c.shares) {
			t.Fatalf("shares %s, want %s", got, c.shares)
		}
		p.restart()
	}
}

func (p *poll) wantOtherTalliesRefused(c counted) {
	p.Helper()
	fresh := p.count(3)
	more := append(slices.Clone(c.events), c.events[2])
	swapped := []box.Event{c.events[1], c.events[0], c.events[2]}
	for _, other := range []counted{
		fresh, {c.events, fresh.shares}, {fresh.events, c.shares}, {c.events, nil},
		{nil, c.shares}, {c.events[:2], c.shares}, {more, c.shares}, {swapped, c.shares},
	} {
		p.refused(p.box.Tally(p.ctx, other.events, other.shares), box.ErrExists)
	}
}

// testTallies lets several servers tally at once: one wins.
func testTallies(t *testing.T, open Open) {
	p := openPoll(t, open)
	p.cast(0, 1, 2)
	p.ok(p.box.Close(p.ctx))
	counts := make([]counted, 8)
	for i := range counts {
		counts[i] = p.count(3)
	}
	won := 0
	for _, err := range atOnce(len(counts), func(i int) error { return p.box.Tally(p.ctx, counts[i].events, counts[i].shares) }) {
		if err == nil {
			won++
		} else {
			p.refused(err, box.ErrExists)
		}
	}
	if won != 1 {
		t.Errorf("%d tallies were taken", won)
	}
	p.check()
}

func testAttach(t *testing.T, open Open) {
	p := openPoll(t, open)
	p.ok(p.box.Close(p.ctx))
	for _, name := range []box.Beside{box.Shares, box.Closing} {
		_, err := p.box.Attached(p.ctx, name)
		p.refused(err, box.ErrNotFound)
	}
	p.refused(p.box.Attach(p.ctx, box.Shares, []byte("{}")), box.ErrState) // part of the tally
	content := []byte("signed by two")
	p.ok(p.box.Attach(p.ctx, box.Closing, content))
	p.ok(p.box.Attach(p.ctx, box.Closing, content))
	p.refused(p.box.Attach(p.ctx, box.Closing, []byte("another")), box.ErrExists)
	p.restart()
	got, err := p.box.Attached(p.ctx, box.Closing)
	if p.ok(err); !bytes.Equal(got, content) {
		t.Errorf("%q, want %q", got, content)
	}
	got[0] ^= 1 // the caller's own
	p.ok(p.box.Attach(p.ctx, box.Closing, content))
	p.check()
}
