package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/tally/archive"
	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

// logMeeting adds to files the log that speaks of the meeting in them, among
// two other polls, and what goes with it.
func logMeeting(t *testing.T, e *boxtest.Election, files map[string][]byte, last [32]byte) {
	t.Helper()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	keys, ctx := ledgertest.NewKeys(t, 1, 2), t.Context()
	log := keys.Log(t, ledgertest.NewMemory())
	closed, err := ledger.ReadClosed(bytes.NewReader(files["meeting.bel"]), e.UUID, files["meeting.closing.json"])
	ok(err)
	files["papers/result.json"], files["papers/minutes.pdf"] = []byte(`{"collected":4}`), []byte("%PDF-1.7\nprinted\n%%EOF\n")
	items := []ledger.Item{
		{Name: ledger.LastEvent, Hash: last}, {Name: "shares.json", Hash: sum(files["meeting.shares.json"])},
		{Name: "result.json", Hash: sum(files["papers/result.json"])}, {Name: "minutes.pdf", Hash: sum(files["papers/minutes.pdf"])},
	}
	salt := ledger.NewSalt()
	witness := keys.Witness(t, 0, ledgertest.NewWitnessMemory())
	_, err = log.Append(ctx, ledgertest.Poll(0)...)
	ok(err)
	numbers, err := log.Append(ctx, ledger.Sealed{Election: e.UUID, Fingerprint: e.Fingerprint()}, closed, ledger.NewResult(e.UUID, salt, items))
	ok(err)
	_, err = log.Append(ctx, ledger.NewOpened(e.UUID, numbers[2], salt, items), ledgertest.Poll(1)[0])
	ok(err)
	c := keys.Publish(t, log, witness)
	for _, path := range ledger.Files(c.Size) {
		files["log/"+path], err = log.File(ctx, path)
		ok(err)
	}
	files["log/policy"], err = ledger.SignPolicy(keys.Text, keys.Signer)
	ok(err)
	files["policy-of-mine"] = keys.Text
	files["other-policy"] = ledgertest.NewKeys(t, 1, 1).Text

	trackers, err := ledger.NewTrackers(trackersOf(t, files["meeting.bel"]))
	ok(err)
	receipt, err := log.Receipt(ctx, numbers[1], trackers, trackersOf(t, files["meeting.bel"])[0])
	ok(err)
	files["receipt.txt"] = receipt.Append(nil)

	other := keys.Log(t, ledgertest.NewMemory())
	_, err = other.Append(ctx, append(ledgertest.Poll(5), append(ledgertest.Poll(6), ledgertest.Poll(7)[:2]...)...)...)
	ok(err)
	keys.Publish(t, other, keys.Witness(t, 0, ledgertest.NewWitnessMemory()))
	_, shown, err := other.Published(ctx)
	ok(err)
	files["evidence.txt"], err = ledger.Compare(ctx, files["log/checkpoint"], shown, keys.Key, other.File)
	if !errors.Is(err, ledger.ErrFork) {
		t.Fatal(err)
	}
}

// trackersOf reads the trackers of an archive.
func trackersOf(t *testing.T, bel []byte) (list []string) {
	t.Helper()
	for r := tar.NewReader(bytes.NewReader(bel)); ; {
		head, err := r.Next()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(head.Name, ".event.json") {
			continue
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		e, err := archive.ParseEvent(text)
		if err != nil {
			t.Fatal(err)
		}
		if e.Type == archive.Ballot {
			list = append(list, ballot.Tracker(*e.Payload))
		}
	}
}
