package bolt_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/store/bolt"
)

// pollAt makes a poll of two batches and three ballots, and takes it as far as
// the state.
func pollAt(t *testing.T, s box.Store, state box.State) boxtest.Sealed {
	t.Helper()
	e, ctx := boxtest.Small(t), t.Context()
	b, err := s.Create(ctx, e.Setup)
	ok(t, err)
	ok(t, b.Void(ctx, e.Voters[20].Key))
	if state == box.Sealed {
		return e
	}
	ok(t, b.Open(ctx))
	for _, v := range e.Ballots[:11] {
		ok(t, b.Accept(ctx, v))
	}
	if state == box.Open {
		return e
	}
	ok(t, b.Close(ctx))
	ok(t, b.Attach(ctx, box.Closing, []byte("signed")))
	if state == box.Tallied {
		events, shares := tallyOf(t, b, e)
		ok(t, b.Tally(ctx, events, shares))
		ok(t, b.Publish(ctx))
	}
	return e
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestCheckFindsEveryFlippedByte changes each entry of boxes, one at a time: the
// key, the value, or both gone. None may pass. The first of each bucket and all
// single ones suffer every change, the others one each.
func TestCheckFindsEveryFlippedByte(t *testing.T) {
	for _, state := range []box.State{box.Sealed, box.Open, box.Tallied} {
		t.Run(state.String(), func(t *testing.T) {
			store := openAt(t, t.TempDir()+"/data.bolt")
			defer store.Close()
			e := pollAt(t, store, state)
			ok(t, store.Check(t.Context()))
			bucket := ""
			for i, entry := range store.Dump(t, e.UUID) {
				list := changes(entry)
				if entry.Bucket == bucket && bucket != "meta" && bucket != "beside" {
					k := i % len(list)
					list = list[k : k+1]
				}
				bucket = entry.Bucket
				for _, c := range list {
					wantCorrupt(t, store, e, entry, c)
				}
			}
			ok(t, store.Check(t.Context()))
		})
	}
}

// TestLoadFindsCorruption opens again a store whose box is broken.
func TestLoadFindsCorruption(t *testing.T) {
	path := t.TempDir() + "/data.bolt"
	store := openAt(t, path)
	e := pollAt(t, store, box.Open)
	for _, bucket := range []string{"meta", "waiting"} {
		for _, entry := range store.Dump(t, e.UUID) {
			if entry.Bucket != bucket || entry.Key == "trustees" || entry.Key == "credentials-hash" {
				continue
			}
			store.Replace(t, e.UUID, entry, value(entry, "x"))
			ok(t, store.Close())
			store = openAt(t, path)
			if _, err := store.Box(t.Context(), e.UUID); !errors.Is(err, box.ErrCorrupt) {
				t.Errorf("%s %.20q: %v", bucket, entry.Key, err)
			}
			store.Replace(t, e.UUID, value(entry, "x"), entry)
		}
	}
	ok(t, store.Check(t.Context()))
	ok(t, store.Close())
}

// A change is what a broken disk makes of an entry.
type change struct {
	name  string
	entry bolt.Entry
}

func changes(e bolt.Entry) []change {
	list := []change{
		{"removed", bolt.Entry{}},
		{"key flipped", bolt.Entry{Bucket: e.Bucket, Key: flip(e.Key), Value: e.Value}},
		{"key cut short", bolt.Entry{Bucket: e.Bucket, Key: e.Key[:len(e.Key)-1], Value: e.Value}},
		{"value of one byte", value(e, "\x07")},
		{"value longer", value(e, e.Value+"\x00")},
	}
	if e.Value != "" {
		list = append(list, change{"value flipped", value(e, flip(e.Value))}, change{"value empty", value(e, "")})
	}
	return list
}

// flip changes one bit in the middle.
func flip(s string) string {
	b := []byte(s)
	b[len(b)/2] ^= 1
	return string(b)
}

func wantCorrupt(t *testing.T, store *bolt.Store, e boxtest.Sealed, entry bolt.Entry, c change) {
	t.Helper()
	changed := c.entry
	store.Replace(t, e.UUID, entry, changed)
	defer func() {
		if changed.Key == "" {
			changed.Bucket = entry.Bucket
		}
		store.Replace(t, e.UUID, changed, entry)
	}()
	if err := store.Check(t.Context()); !errors.Is(err, box.ErrCorrupt) {
		t.Errorf("%s %.20q, %s: %v", entry.Bucket, entry.Key, c.name, err)
	}
}

// TestCheckNamesTheFault compares the complaints about the faults that an
// operator is most likely to read.
func TestCheckNamesTheFault(t *testing.T) {
	store := openAt(t, t.TempDir()+"/data.bolt")
	defer store.Close()
	e := pollAt(t, store, box.Open)
	waiting := find(t, store, e, "waiting", func(bolt.Entry) bool { return true })
	chained := find(t, store, e, "ballots", func(x bolt.Entry) bool { return len(x.Value) == 32 })
	spent := find(t, store, e, "credentials", func(x bolt.Entry) bool { return len(x.Value) == 33 })
	unused := find(t, store, e, "credentials", func(x bolt.Entry) bool { return x.Value == "\x01" })
	voided := find(t, store, e, "credentials", func(x bolt.Entry) bool { return x.Value == "\x02" })
	file := func(n int) bolt.Entry {
		return find(t, store, e, "files", func(x bolt.Entry) bool { return x.Key == fmt.Sprintf("\x00\x00\x00\x00\x00\x00\x00%c", n) })
	}
	product := find(t, store, e, "meta", func(x bolt.Entry) bool { return x.Key == "product" })
	for _, c := range []struct {
		name         string
		old, changed bolt.Entry
		want         string
	}{
		{"waiting ballot", waiting, value(waiting, flip(waiting.Value)), "waiting ballot"},
		{"waiting ballot under another's hash", waiting, bolt.Entry{Bucket: "waiting", Key: chained.Key, Value: waiting.Value}, "waiting ballot: under another's hash"},
		{"chained ballot", file(5), flipped(file(5), inBatch+100), "event 1: does not follow the one before"},
		{"number of a chained ballot", file(5), flipped(file(5), inBatch+1+32+2*64), "file 5: ballot: malformed: scalar"},
		{"hash of a chained ballot", file(5), flipped(file(5), inBatch-1), "event 1: does not follow the one before"},
		{"event before a chained ballot", file(5), flipped(file(5), inBatch-33), "event 1: does not follow the one before"},
		{"events before a batch", file(5), flipped(file(5), 8), "event 1: does not follow the one before"},
		{"batch gone", file(5), bolt.Entry{}, "chain: ends elsewhere than recorded"},
		{"file gone", file(3), bolt.Entry{}, "file 3: missing"},
		{"election", file(0), value(file(0), flip(file(0).Value)), "event 0: payload does not name the data before it"},
		{"credentials", file(2), value(file(2), flip(file(2).Value)), "event 0: payload does not name the data before it"},
		{"product", product, value(product, flip(product.Value)), "product: not that of the ballots in the chain"},
		{"index", chained, value(chained, flip(chained.Value)), "not in the index"},
		{"spent mark lost", spent, value(spent, "\x01"), "credential is not spent by it"},
		{"spent by nothing", unused, value(unused, "\x03"+spent.Value[1:]), "credentials"},
		{"unused for voided", voided, value(voided, "\x01"), "credentials: 11 spent and 0 voided"},
		{"voided for unused", unused, value(unused, "\x02"), "credentials: 11 spent and 2 voided"},
		{"credential gone", unused, bolt.Entry{}, "credentials: not those of the Setup event"},
		{"credential added", bolt.Entry{Bucket: "credentials"}, bolt.Entry{Bucket: "credentials", Key: strings.Repeat("k", 32), Value: "\x01"}, "credentials: not those of the Setup event"},
	} {
		t.Run(c.name, func(t *testing.T) {
			store.Replace(t, e.UUID, c.old, c.changed)
			defer func() {
				c.changed.Bucket = c.old.Bucket
				store.Replace(t, e.UUID, c.changed, c.old)
			}()
			err := store.Check(t.Context())
			if !errors.Is(err, box.ErrCorrupt) || !strings.Contains(fmt.Sprint(err), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

// inBatch is where the first ballot of a batch begins: behind kind, number of
// events, the hash of the last, and its own hash.
const inBatch = 1 + 8 + 32 + 32

// flipped changes the highest bit of one byte.
func flipped(e bolt.Entry, at int) bolt.Entry {
	b := []byte(e.Value)
	b[at] ^= 1 << 7
	return value(e, string(b))
}

// TestCheckReadsBatches spoils each batch of a poll at every kind of place.
func TestCheckReadsBatches(t *testing.T) {
	store := openAt(t, t.TempDir()+"/data.bolt")
	defer store.Close()
	e := pollAt(t, store, box.Tallied)
	b, err := store.Box(t.Context(), e.UUID)
	ok(t, err)
	size, batches := 64+e.CompactSize(), 0
	for _, entry := range store.Dump(t, e.UUID) {
		if entry.Bucket != "files" || entry.Value[0] != 2 {
			continue
		}
		batches++
		v := entry.Value
		list := append(changes(entry),
			change{"event for ballots", value(entry, "\x01"+v[1:])}, change{"no ballots", value(entry, v[:9])},
			change{"first ballot gone", value(entry, v[:9]+v[9+size:])}, change{"last ballot gone", value(entry, v[:len(v)-size])},
			change{"last ballot twice", value(entry, v+v[len(v)-size:])}, change{"ballots swapped", value(entry, v[:9]+v[9+size:9+2*size]+v[9:9+size]+v[9+2*size:])},
		)
		for first := 9; first < len(v); first += size {
			for _, at := range []int{0, 31, 32, 63, 64, 65, 65 + 32, 65 + 2*64, 65 + 32 + 2*64, size - 1} {
				list = append(list, change{fmt.Sprint("byte ", first+at), flipped(entry, first+at)})
			}
		}
		for _, c := range list {
			wantCorrupt(t, store, e, entry, c)
		}
		for _, broken := range []string{"", "\x02", "\x03", v[:len(v)-1], v + "\x00", flipped(entry, len(v)-1-31).Value} {
			store.Replace(t, e.UUID, entry, value(entry, broken))
			if _, err := b.Files(t.Context(), 0, 1<<30); !errors.Is(err, box.ErrCorrupt) {
				t.Errorf("files with a batch that begins %.10q: %v", broken, err)
			}
			store.Replace(t, e.UUID, value(entry, broken), entry)
		}
	}
	if batches != 2 {
		t.Errorf("%d batches of 11 ballots", batches)
	}
	ok(t, store.Check(t.Context()))
}

// TestCheckFindsEveryNumber changes each member of what is recorded of the
// progress, as a program with a mistake might.
func TestCheckFindsEveryNumber(t *testing.T) {
	for _, state := range []box.State{box.Open, box.Closed, box.Tallied} {
		store := openAt(t, t.TempDir()+"/data.bolt")
		defer store.Close()
		e := pollAt(t, store, state)
		entry := find(t, store, e, "meta", func(x bolt.Entry) bool { return x.Key == "progress" })
		var members map[string]any
		ok(t, json.Unmarshal([]byte(entry.Value), &members))
		for name, member := range members {
			if name == "published" && state == box.Tallied {
				continue // as good as before
			}
			members[name] = another(member)
			text, err := json.Marshal(members)
			ok(t, err)
			changed := value(entry, string(text))
			store.Replace(t, e.UUID, entry, changed)
			if err := store.Check(t.Context()); !errors.Is(err, box.ErrCorrupt) {
				t.Errorf("%s: %s %v for %v: %v", state, name, members[name], member, err)
			}
			store.Replace(t, e.UUID, changed, entry)
			members[name] = member
		}
		ok(t, store.Check(t.Context()))
	}
}

// another returns a value of the same kind that is not v.
func another(v any) any {
	switch v := v.(type) {
	case float64:
		return float64(int(v) ^ 1)
	case bool:
		return !v
	case []any:
		return append([]any{another(v[0])}, v[1:]...)
	case map[string]any:
		return map[string]any{"files": another(v["files"]), "bytes": v["bytes"]}
	}
	return nil
}

func value(e bolt.Entry, v string) bolt.Entry {
	return bolt.Entry{Bucket: e.Bucket, Key: e.Key, Value: v}
}

func find(t *testing.T, store *bolt.Store, e boxtest.Sealed, bucket string, is func(bolt.Entry) bool) bolt.Entry {
	t.Helper()
	for _, entry := range store.Dump(t, e.UUID) {
		if entry.Bucket == bucket && is(entry) {
			return entry
		}
	}
	t.Fatalf("nothing in %s to test with", bucket)
	return bolt.Entry{}
}

// tallyOf makes the tally of a closed box.
func tallyOf(t *testing.T, b box.Box, e boxtest.Sealed) ([]box.Event, []byte) {
	t.Helper()
	s, err := b.Status(t.Context())
	ok(t, err)
	product, err := b.Product(t.Context())
	ok(t, err)
	events, shares, err := boxtest.Tally(e.Election, product, s.Accepted)
	ok(t, err)
	return events, shares
}
