package bolt_test

import (
	"slices"
	"testing"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/meeting/round/roundtest"
	"github.com/homphieu/homphieu/store/bolt"
)

func TestRounds(t *testing.T) {
	roundtest.Run(t, func(t *testing.T) (roundtest.Store, func() roundtest.Store) {
		store, reopen := open(t)
		part := func(s any) roundtest.Store {
			b := s.(*bolt.Store)
			return roundtest.Store{Store: b.Rounds(), Log: b}
		}
		return part(store), func() roundtest.Store { return part(reopen()) }
	})
}

func entry(action string) audit.Draft {
	return audit.Draft{Time: time.Unix(1_700_000_000, 0), Actor: audit.Server, Action: action}
}

// oneRound keeps a round with one of everything.
func oneRound(t *testing.T, store *bolt.Store) *round.Round {
	t.Helper()
	s, ctx := store.Rounds(), t.Context()
	r := &round.Round{UUID: ballot.NewUUID(), Title: "Đợt lấy phiếu"}
	ok(t, s.SaveDirectory(ctx, &round.Directory{Agencies: []round.Agency{{ID: "a"}}}, entry("round.agencies")))
	ok(t, s.SaveRound(ctx, r, entry("round.save")))
	for i, status := range []round.Status{round.Accepted, round.Checking} {
		file, err := s.PutFile(ctx, []byte{'P', 'K', byte(i)})
		ok(t, err)
		p := &round.Package{
			Claim: round.Claim{Kind: round.KindResult, Round: r.UUID, Agency: "a", Group: "lead", Hash: file}, // the hash of anything
			File:  file, Status: status,
		}
		var poll *round.Poll
		if status == round.Accepted {
			poll = &round.Poll{Package: p.Hash, Name: "Phiếu"}
		}
		ok(t, s.SavePackages(ctx, []*round.Package{p}, poll, entry("package.received")))
	}
	paper, err := s.PutFile(ctx, []byte("%PDF-1.7"))
	ok(t, err)
	known := []round.Progress{{Expected: round.Expected{Agency: "a", Group: "lead"}, Voted: "2023-08-05"}}
	ok(t, s.SaveProgress(ctx, r.UUID, known, entry("round.note")))
	files := []meeting.RecordFile{{Name: "consolidated.pdf", Hash: paper}}
	ok(t, s.SaveRecord(ctx, r.UUID, round.Record{Number: 1, Files: files}, entry("round.print")))
	ok(t, s.SaveLink(ctx, r.UUID, round.Link{Name: "An", A: "a", B: "b"}, entry("round.link")))
	return r
}

// unnamed are the buckets whose entries nothing else names: what is gone from
// them as a whole was never there.
var unnamed = []string{"round-agencies", "progress", "links", "records"}

// TestCheckFindsEveryChangeOfRounds changes everything that is kept of rounds,
// one entry at a time. None may pass.
func TestCheckFindsEveryChangeOfRounds(t *testing.T) {
	store, _ := openBolt(t)
	r := oneRound(t, store)
	ok(t, store.Check(t.Context()))
	seen := map[string]bool{}
	for _, e := range store.DumpRounds(t, r.UUID) {
		seen[e.Bucket] = true
		for _, c := range changes(e) {
			if e.Value == "" && c.name == "value longer" || e.Bucket == "agencies" && c.name == "value of one byte" {
				continue // an entry of an index that has no value: any is as good
			}
			if c.name == "removed" && slices.Contains(unnamed, e.Bucket) {
				continue
			}
			changed := c.entry
			changed.Bucket = e.Bucket
			store.ReplaceRounds(t, r.UUID, e, changed)
			if err := store.Check(t.Context()); err == nil {
				t.Errorf("%s %.20q: %s: passed", e.Bucket, e.Key, c.name)
			}
			store.ReplaceRounds(t, r.UUID, changed, e)
		}
	}
	ok(t, store.Check(t.Context()))
	if len(seen) != 11 {
		t.Errorf("changed entries of %d buckets only: %v", len(seen), seen)
	}
}

// TestBrokenRoundsAreNotRead: what does not match its hash is handed to nobody.
func TestBrokenRoundsAreNotRead(t *testing.T) {
	store, _ := openBolt(t)
	r := oneRound(t, store)
	s := store.Rounds()
	packages, err := s.Packages(t.Context(), r.UUID)
	ok(t, err)
	reads := map[string]func() error{
		"round-agencies": func() error { _, err := s.Directory(t.Context()); return err },
		"rounds":         func() error { _, err := s.Round(t.Context(), r.UUID); return err },
		"round-files":    func() error { _, err := s.File(t.Context(), packages[0].File); return err },
		"progress":       func() error { _, err := s.Progress(t.Context(), r.UUID); return err },
		"packages":       func() error { _, err := s.Packages(t.Context(), r.UUID); return err },
		"polls":          func() error { _, err := s.Polls(t.Context(), r.UUID); return err },
		"links":          func() error { _, err := s.Links(t.Context(), r.UUID); return err },
		"records":        func() error { _, err := s.Records(t.Context(), r.UUID); return err },
	}
	for _, e := range store.DumpRounds(t, r.UUID) {
		read := reads[e.Bucket]
		if read == nil || e.Bucket == "round-files" && e.Value != "PK\x00" {
			continue
		}
		ok(t, read())
		broken := value(e, flip(e.Value))
		store.ReplaceRounds(t, r.UUID, e, broken)
		if read() == nil {
			t.Errorf("%s %.20q: read", e.Bucket, e.Key)
		}
		store.ReplaceRounds(t, r.UUID, broken, e)
	}
}
