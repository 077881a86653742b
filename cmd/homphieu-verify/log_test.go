package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
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
	files["papers/result.json"] = fmt.Appendf(nil, `{"election":%q,"collected":4,"people":[{"high":2,"confidence":0,"low":1,"invalid":1},{"high":2,"confidence":2}]}`, e.UUID)
	printPapers(t, files)
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
	for name, bodies := range otherLogs(e, closed, salt, items, files) {
		leaveLog(t, files, name, bodies)
	}
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

// otherLogs are what logs might say of the meeting instead, by their folders. To
// those that open another result.json it belongs in the folder papers.
func otherLogs(e *boxtest.Election, closed ledger.Closed, salt [32]byte, items []ledger.Item, files map[string][]byte) map[string][]ledger.Body {
	logs := map[string][]ledger.Body{}
	log := func(name string, items []ledger.Item, more ...ledger.Body) {
		logs["logs/"+name] = append([]ledger.Body{
			ledger.Sealed{Election: e.UUID, Fingerprint: e.Fingerprint()}, closed,
			ledger.NewResult(e.UUID, salt, items), ledger.NewOpened(e.UUID, 2, salt, items),
		}, more...)
	}
	log("no-last-event", items[1:])
	log("no-shares", append(items[:1:1], items[2:]...))
	log("no-result", append(items[:2:2], items[3:]...))
	log("taken-back", items, ledger.Correction{Of: 0, Reason: "abandoned"})
	log("reopening", items, ledger.Correction{Of: 3, Reason: "miscounted"})
	log("reopened", items, ledger.Correction{Of: 3, Reason: "miscounted"}, ledger.NewOpened(e.UUID, 2, salt, items))
	log("reprinted", items)
	logs["logs/reprinted"] = append(logs["logs/reprinted"][:3:3], ledger.Correction{Of: 2, Reason: "printed anew"},
		ledger.NewResult(e.UUID, salt, items), ledger.NewOpened(e.UUID, 4, salt, items))
	log("not-opened", items)
	logs["logs/not-opened"] = logs["logs/not-opened"][:3]
	good := string(files["papers/result.json"])
	for name, change := range map[string][2]string{
		"another-poll":      {string(e.UUID), "x"},
		"another-collected": {`"collected":4`, `"collected":5`},
		"another-high":      {`"high":2,"confidence":0`, `"high":3,"confidence":0`},
		"another-invalid":   {`"invalid":1`, `"invalid":0`},
		"no-invalid":        {`,"invalid":1`, ""},
		"null":              {`"confidence":0`, `"confidence":null`},
		"capital":           {`"confidence":0`, `"Confidence":0`},
		"person-less":       {`,{"high":2,"confidence":2}`, ""},
		"no-people":         {`"people"`, `"persons"`},
		"no-json":           {"{", ""},
	} {
		papers := "papers/" + name + ".json"
		files[papers] = []byte(strings.Replace(good, change[0], change[1], 1))
		log(name, append(items[:2:2], ledger.Item{Name: "result.json", Hash: sum(files[papers])}))
	}
	return logs
}

// leaveLog adds to files a log without witnesses that says so.
func leaveLog(t *testing.T, files map[string][]byte, dir string, bodies []ledger.Body) {
	t.Helper()
	keys := ledgertest.NewKeys(t, 0, 0)
	log := keys.Log(t, ledgertest.NewMemory())
	_, err := log.Append(t.Context(), bodies...)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range ledger.Files(keys.Publish(t, log).Size) {
		if files[dir+"/"+path], err = log.File(t.Context(), path); err != nil {
			t.Fatal(err)
		}
	}
	if files[dir+"/policy"], err = ledger.SignPolicy(keys.Text, keys.Signer); err != nil {
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
