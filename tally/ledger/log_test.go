package ledger_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

func TestMemory(t *testing.T) {
	ledgertest.Run(t, func(*testing.T) (ledger.Store, func() ledger.Store) {
		m := ledgertest.NewMemory()
		return m, func() ledger.Store { return m }
	})
	ledgertest.RunWitness(t, func(*testing.T) (ledger.WitnessStore, func() ledger.WitnessStore) {
		m := ledgertest.NewWitnessMemory()
		return m, func() ledger.WitnessStore { return m }
	})
}

// TestAppendTwice: what stands is not said again, alone or in a batch.
func TestAppendTwice(t *testing.T) {
	s := newScene(t, 2, 0, 0)
	numbers, err := s.log.Append(t.Context(), slices.Concat(ledgertest.Poll(1), ledgertest.Poll(2), ledgertest.Poll(0)[1:2])...)
	ok(t, err)
	if want := []int64{3, 4, 5, 6, 7, 8, 1}; !slices.Equal(numbers, want) {
		t.Errorf("%v, want %v", numbers, want)
	}
	list, err := s.log.Entries(t.Context(), 7, 10)
	ok(t, err)
	if len(list) != 2 || list[1].Number != 8 || list[1].Body.Kind() != ledger.KindResult || list[1].Prev != list[0].Hash() {
		t.Errorf("%+v", list)
	}
	if list, err := s.log.Entries(t.Context(), 9, 10); err != nil || list != nil {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestAppendFaults: whether a write that failed was applied or not, repeating
// it leads to the same log.
func TestAppendFaults(t *testing.T) {
	fault := errors.New("disk")
	for _, applied := range []bool{false, true} {
		s := newScene(t, 1, 0, 0)
		for n := 1; n < 4; n++ {
			s.store.Fail(fault, applied)
			_, err := s.log.Append(t.Context(), ledgertest.Poll(n)...)
			is(t, err, fault, "")
			if n != 2 { // another poll may come before it is repeated
				numbers, err := s.log.Append(t.Context(), ledgertest.Poll(n)...)
				ok(t, err)
				if len(numbers) != 3 {
					t.Errorf("%v", numbers)
				}
			}
			s.store.Fail(fault, applied)
			_, err = s.log.Sign(t.Context())
			is(t, err, fault, "")
		}
		_, err := s.log.Append(t.Context(), ledgertest.Poll(2)...)
		ok(t, err)
		if c := s.Publish(t, s.log); c.Size != 12 {
			t.Errorf("%d entries", c.Size)
		}
		holds(t, s.log.File, s.Key, nil, 12)
	}
}

// TestAppendRefusedLeavesNothing: one bad entry of a batch, and none of it is
// written; the log goes on.
func TestAppendRefusedLeavesNothing(t *testing.T) {
	s := newScene(t, 1, 0, 0)
	_, err := s.log.Append(t.Context(), append(ledgertest.Poll(1), ledger.Correction{Of: 99, Reason: "x"})...)
	is(t, err, ledger.ErrOrder, "entry 99")
	s.grow(t, 2, 1)
	if c := s.Publish(t, s.log); c.Size != 6 {
		t.Errorf("%d entries", c.Size)
	}
	holds(t, s.log.File, s.Key, nil, 6)
}

// holds requires that a log of so many entries is valid.
func holds(t testing.TB, files ledger.Fetch, key *ledger.Key, policy *ledger.Policy, size int64) {
	t.Helper()
	r, err := ledger.Verify(t.Context(), files, key, policy)
	ok(t, err)
	if !r.Valid() || r.Size != size || r.Entries != size {
		t.Fatalf("%d of %d entries, want %d: %v", r.Entries, r.Size, size, r.Reason)
	}
}

// TestSecondWriter: a second log over the same store sees what the first has
// written; neither loses anything.
func TestSecondWriter(t *testing.T) {
	s := newScene(t, 1, 0, 0)
	other := s.Log(t, s.store)
	s.grow(t, 1, 1)
	_, err := other.Append(t.Context(), ledgertest.Poll(2)...)
	ok(t, err)
	s.grow(t, 3, 1)
	s.Publish(t, s.log)
	s.Publish(t, other)
	holds(t, other.File, s.Key, nil, 12)
}

// TestPublish: a checkpoint counts once enough witnesses have cosigned it, and
// until then the one before does.
func TestPublish(t *testing.T) {
	s := newScene(t, 1, 2, 3)
	first := published(t, s.log)
	s.grow(t, 1, 1)
	signed, err := s.log.Sign(t.Context())
	ok(t, err)
	if again, err := s.log.Sign(t.Context()); err != nil || !bytes.Equal(again, signed) {
		t.Errorf("signed twice: %s, %v", again, err)
	}
	for i, want := range []bool{false, true, true} {
		lines, err := s.witnesses[i].Add(t.Context(), s.request(t, 3).Append(nil))
		ok(t, err)
		q, err := s.log.AddCosignatures(t.Context(), lines)
		ok(t, err)
		if len(q.Cosigned) != i+1 || len(q.Missing) != 2-i {
			t.Errorf("%+v", q)
		}
		if now := published(t, s.log); bytes.Equal(now, first) == want {
			t.Errorf("after %d cosignatures: published %s", i+1, now)
		}
		if data, err := s.log.File(t.Context(), ledger.CheckpointPath); err != nil || !bytes.Equal(data, published(t, s.log)) {
			t.Errorf("served: %s, %v", data, err)
		}
	}
	heads, err := s.log.Heads(t.Context())
	ok(t, err)
	if !bytes.Equal(heads.Signed, heads.Published) || bytes.Count(heads.Signed, []byte("— ")) != 4 {
		t.Errorf("%s", heads.Signed)
	}
}

// TestPolicyChanged: under another policy the cosignatures that are there may be
// enough, and those under which something was published may be too few.
func TestPolicyChanged(t *testing.T) {
	s := newScene(t, 1, 3, 3)
	s.grow(t, 1, 1)
	s.Publish(t, s.log, s.witnesses[:2]...)
	if c, _, err := s.log.Published(t.Context()); err != nil || c.Size != 3 {
		t.Fatalf("%+v, %v", c, err)
	}
	for _, threshold := range []string{"2", "3", "2"} {
		policy, err := ledger.ParsePolicy(bytes.Replace(s.Text, []byte("witnesses 3 "), []byte("witnesses "+threshold+" "), 1))
		ok(t, err)
		s.Policy = policy
		log := s.Log(t, s.store)
		_, err = log.Sign(t.Context())
		ok(t, err)
		c, signed, err := log.Published(t.Context())
		if threshold == "3" {
			is(t, err, ledger.ErrNotFound, "missing witness-2")
			_, err = log.File(t.Context(), ledger.CheckpointPath)
			is(t, err, ledger.ErrNotFound, "")
			if c.Size != 0 || signed != nil {
				t.Errorf("%+v, %s", c, signed)
			}
		} else if err != nil || c.Size != 6 {
			t.Errorf("%s of 3: %+v, %v", threshold, c, err)
		}
	}
}

// TestAddCosignaturesRefuses: lines of strangers are left out, false ones
// refused.
func TestAddCosignaturesRefuses(t *testing.T) {
	s := newScene(t, 1, 2, 3)
	old := lineOf(t, published(t, s.log), "w0.example.vn")
	s.grow(t, 1, 1)
	signed, err := s.log.Sign(t.Context())
	ok(t, err)
	_, err = s.log.AddCosignatures(t.Context(), old)
	is(t, err, ledger.ErrCheckpoint, "")
	_, err = s.log.AddCosignatures(t.Context(), []byte("no signature"))
	is(t, err, ledger.ErrCheckpoint, "")
	q, err := s.log.AddCosignatures(t.Context(), lineOf(t, published(t, newScene(t, 1, 1, 1).log), "w0.example.vn"))
	if err != nil || len(q.Cosigned) != 0 {
		t.Errorf("%+v, %v", q, err)
	}
	if heads, err := s.log.Heads(t.Context()); err != nil || !bytes.Equal(heads.Signed, signed) {
		t.Errorf("%s, %v", heads.Signed, err)
	}
}

// TestFile: nothing is served that was not signed, and what is served never
// changes.
func TestFile(t *testing.T) {
	s := newScene(t, 0, 0, 0)
	served := folder{}
	for size, step := range []int{0, 1, 254, 1, 1, 300, 1} {
		first, err := s.store.Size(t.Context())
		ok(t, err)
		if step > 0 {
			s.packages(t, int(first), step)
		}
		for path, data := range served {
			if got, err := s.log.File(t.Context(), path); err != nil || !bytes.Equal(got, data) {
				t.Fatalf("step %d: %s changed: %v", size, path, err)
			}
		}
		for _, path := range ledger.Files(first + int64(step)) {
			if _, err := s.log.File(t.Context(), path); served[path] == nil && path != ledger.CheckpointPath && !errors.Is(err, ledger.ErrNotFound) {
				t.Fatalf("%s: served before it was signed: %v", path, err)
			}
		}
		s.Publish(t, s.log)
		for path, data := range export(t, s.log) {
			if path != ledger.CheckpointPath {
				served[path] = data
			}
		}
	}
	for _, path := range []string{"", "checkpoints", "tile/0/003", "tile/0/002.p/47", "tile/1/000.p/3", "tile/2/000.p/1", "tile/63/000", "tile/entries/x999/999"} {
		_, err := s.log.File(t.Context(), path)
		is(t, err, ledger.ErrNotFound, "")
	}
}

// TestUnguarded: a log that has witnesses does nothing before they were asked.
func TestUnguarded(t *testing.T) {
	k := ledgertest.NewKeys(t, 0, 1)
	log, err := ledger.NewLog(t.Context(), ledgertest.NewMemory(), k.Signer, k.Key, k.Policy)
	ok(t, err)
	_, err = log.Append(t.Context(), ledgertest.Poll(0)...)
	is(t, err, ledger.ErrUnguarded, "")
	_, err = log.Sign(t.Context())
	is(t, err, ledger.ErrUnguarded, "")
	ok(t, log.Guard(t.Context()))
	_, err = log.Append(t.Context(), ledgertest.Poll(0)...)
	ok(t, err)
}

// TestRollback restores a backup: the log refuses to write and sign what would
// contradict what a witness has seen, says what to do, and goes on once it has
// the missing entries from a copy.
func TestRollback(t *testing.T) {
	s := newScene(t, 1, 1, 1)
	backup := s.store.Copy()
	s.grow(t, 1, 2)
	s.Publish(t, s.log, s.witnesses...)
	seen, err := s.witnesses[0].Last(t.Context(), ledgertest.Origin)
	ok(t, err)
	mirror := export(t, s.log)

	s.store = backup
	s.log, err = ledger.NewLog(t.Context(), backup, s.Signer, s.Key, s.Policy)
	ok(t, err)
	is(t, s.log.Guard(t.Context(), seen), ledger.ErrRolledBack, "it has 3 entries, 9 were signed. Restore")
	for range 2 {
		_, err = s.log.Append(t.Context(), ledgertest.Poll(7)...)
		is(t, err, ledger.ErrRolledBack, "")
		_, err = s.log.Sign(t.Context())
		is(t, err, ledger.ErrRolledBack, "")
	}
	if size, err := backup.Size(t.Context()); err != nil || size != 3 {
		t.Errorf("%d entries, %v", size, err)
	}
	_, err = s.log.File(t.Context(), "tile/entries/000.p/3")
	ok(t, err) // it can be read

	broken := mirror.copy()
	broken["tile/entries/000.p/9"] = bytes.Replace(mirror["tile/entries/000.p/9"], []byte(`"ballots":20`), []byte(`"ballots":21`), 1)
	is(t, s.log.Recover(t.Context(), broken.fetch), ledger.ErrEdited, "copy: entry 1")
	ok(t, s.log.Recover(t.Context(), mirror.fetch))
	ok(t, s.log.Recover(t.Context(), mirror.fetch))
	ok(t, s.log.Guard(t.Context(), seen))
	s.grow(t, 7, 1)
	s.Publish(t, s.log, s.witnesses...)
	holds(t, s.log.File, s.Key, s.Policy, 12)
}

// TestRolledBackBeside: a store that has gone its own way refuses as well, even
// if it is larger than what a witness has seen, and no copy helps.
func TestRolledBackBeside(t *testing.T) {
	s := newScene(t, 2, 0, 0)
	fork := s.forge(t, 1, 7, 3)
	is(t, fork.log.Guard(t.Context(), published(t, s.log)), ledger.ErrRolledBack, "its first 6 entries are not those that were signed")
	_, err := fork.log.Sign(t.Context())
	is(t, err, ledger.ErrRolledBack, "")
	s.grow(t, 2, 4)
	s.Publish(t, s.log)
	is(t, fork.log.Recover(t.Context(), s.log.File), ledger.ErrFork, "does not continue")
	if size, err := fork.store.Size(t.Context()); err != nil || size != 12 {
		t.Errorf("%d entries, %v", size, err)
	}
	is(t, s.log.Guard(t.Context(), published(t, newScene(t, 1, 0, 0).log)), ledger.ErrCheckpoint, "")
	_, err = s.log.Sign(t.Context()) // another log's checkpoint stops nobody
	ok(t, err)
}

// TestOpenBroken: entries that are not a chain are found when the log is
// opened; a tree that is not what was signed, before anything is signed again.
func TestOpenBroken(t *testing.T) {
	s := newScene(t, 2, 0, 0)
	for name, do := range map[string]func(list [][]byte) [][]byte{
		"edited": func(list [][]byte) [][]byte {
			list[2] = bytes.Replace(list[2], []byte("result.json"), []byte("result.jsom"), 1)
			return list
		},
		"reordered": func(list [][]byte) [][]byte { list[2], list[3] = list[3], list[2]; return list },
		"dropped":   func(list [][]byte) [][]byte { return slices.Delete(list, 2, 3) },
		"malformed": func(list [][]byte) [][]byte { list[2] = list[2][1:]; return list },
	} {
		t.Run(name, func(t *testing.T) {
			list, err := s.store.Entries(t.Context(), 0, 6)
			ok(t, err)
			_, err = ledger.NewLog(t.Context(), filled(t, do(list)), s.Signer, s.Key, nil)
			if !errors.Is(err, ledger.ErrChain) && !errors.Is(err, ledger.ErrEntry) {
				t.Errorf("error %v", err)
			}
		})
	}
	other := s.forge(t, 0, 3, 2)
	list, err := other.store.Entries(t.Context(), 0, 6)
	ok(t, err)
	store := filled(t, list)
	ok(t, store.SetHeads(t.Context(), ledger.Heads{}, ledger.Heads{Signed: published(t, s.log)}))
	log, err := ledger.NewLog(t.Context(), store, s.Signer, s.Key, nil)
	ok(t, err)
	_, err = log.Sign(t.Context())
	is(t, err, ledger.ErrRolledBack, "first 6 entries")
	_, err = log.Append(t.Context(), ledgertest.Poll(9)...)
	is(t, err, ledger.ErrRolledBack, "first 6 entries")
}

// filled returns a store with these entries, whatever they are.
func filled(t testing.TB, texts [][]byte) *ledgertest.Memory {
	t.Helper()
	m := ledgertest.NewMemory()
	for n, text := range texts {
		hashes, err := tlog.StoredHashes(int64(n), text, tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) { return m.Hashes(t.Context(), at) }))
		ok(t, err)
		ok(t, m.Append(t.Context(), ledger.Batch{Size: int64(n), Entries: [][]byte{text}, Hashes: hashes}))
	}
	return m
}

// TestRequestBehind: a witness that has seen more than the log has is a reason
// to stop, not to send a proof.
func TestRequestBehind(t *testing.T) {
	s := newScene(t, 1, 0, 0)
	_, err := s.log.Request(t.Context(), 4)
	is(t, err, ledger.ErrRolledBack, "the log has 3 entries, the witness 4")
	_, err = s.log.ProveEntry(t.Context(), 3, 3)
	is(t, err, ledger.ErrNotFound, "")
	_, err = ledger.ProveFile(t.Context(), s.log.File, ledger.Checkpoint{Size: 3}, 3)
	is(t, err, ledger.ErrNotFound, "")
	empty := s.Log(t, ledgertest.NewMemory())
	_, err = empty.Request(t.Context(), 0)
	is(t, err, ledger.ErrNotFound, "nothing signed yet")
	_, _, err = empty.Published(t.Context())
	is(t, err, ledger.ErrNotFound, "")
}

// What stands of a poll are its entries but those that were taken back.
func TestStanding(t *testing.T) {
	s := newScene(t, 2, 1, 1)
	want := func(poll int, numbers ...int64) {
		t.Helper()
		list, err := s.log.Standing(t.Context(), ledgertest.UUID(poll))
		ok(t, err)
		var got []int64
		for i, e := range list {
			got = append(got, e.Number)
			if kind := []string{ledger.KindSealed, ledger.KindClosed, ledger.KindResult}[i]; e.Body.Kind() != kind {
				t.Errorf("entry %d is %s, want %s", e.Number, e.Body.Kind(), kind)
			}
		}
		if !slices.Equal(got, numbers) {
			t.Errorf("poll %d: entries %v, want %v", poll, got, numbers)
		}
	}
	want(0, 0, 1, 2)
	want(1, 3, 4, 5)
	want(2)
	_, err := s.log.Append(t.Context(), ledger.Correction{Of: 4, Reason: "sai"}, ledger.Correction{Of: 0, Reason: "sai"})
	ok(t, err)
	want(0)
	want(1, 3)
}
