package audit_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/homphieu/homphieu/meeting/audit"
)

var morning = time.Date(2026, 11, 22, 15, 4, 5, 999, time.FixedZone("ICT", 7*3600))

func draft() audit.Draft {
	return audit.Draft{
		Time: morning, Meeting: "22222222222222", Action: "meeting.open",
		Actor:  audit.Actor{Role: "chair", Name: `Nguyễn "Ánh"`, ID: "seat"},
		Detail: map[string]string{"present": "55", "decision": "12-QĐ/TU\nngày 5"},
	}
}

// chain makes a log of n entries.
func chain(t testing.TB, n int) (log []byte, head audit.Head) {
	t.Helper()
	for range n {
		e, err := head.Next(draft())
		if err != nil {
			t.Fatal(err)
		}
		log = append(e.AppendJSON(log), '\n')
		if head, err = head.Follow(e); err != nil {
			t.Fatal(err)
		}
	}
	return log, head
}

// The text of an entry is fixed to the byte; so is its hash.
func TestCanonical(t *testing.T) {
	const want = `{"number":0,"time":"2026-11-22T08:04:05Z","meeting":"22222222222222",` +
		`"actor":{"role":"chair","name":"Nguyễn \"Ánh\"","id":"seat"},"action":"meeting.open",` +
		`"detail":{"decision":"12-QĐ/TU\nngày 5","present":"55"},` +
		`"parent":"0000000000000000000000000000000000000000000000000000000000000000"}`
	e, err := audit.Head{}.Next(draft())
	if err != nil || string(e.AppendJSON(nil)) != want {
		t.Fatalf("%v, %s", err, e.AppendJSON(nil))
	}
	if e.Hash() != sha256.Sum256([]byte(want)) {
		t.Errorf("hash %x", e.Hash())
	}
	second, err := audit.Head{Length: 1, Hash: e.Hash()}.Next(audit.Draft{Time: morning, Actor: audit.Server, Action: "log.begin"})
	hash := e.Hash()
	if err != nil || !strings.HasSuffix(string(second.AppendJSON(nil)), `,"detail":{},"parent":"`+hex.EncodeToString(hash[:])+`"}`) {
		t.Errorf("%v, %s", err, second.AppendJSON(nil))
	}
}

// What is parsed is what was written.
func TestParse(t *testing.T) {
	log, _ := chain(t, 2)
	for line := range bytes.Lines(log) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		e, err := audit.Parse(line)
		if err != nil || !bytes.Equal(e.AppendJSON(nil), line) {
			t.Fatalf("%v, %s", err, e.AppendJSON(nil))
		}
		if d := draft(); e.Actor != d.Actor || e.Action != d.Action || !e.Time.Equal(d.Time.Truncate(time.Second)) || !maps.Equal(e.Detail, d.Detail) {
			t.Errorf("%+v", e)
		}
	}
}

// Drafts that can be no entry.
func TestDraftRefused(t *testing.T) {
	for name, change := range map[string]func(d *audit.Draft){
		"no time":             func(d *audit.Draft) { d.Time = time.Time{} },
		"far time":            func(d *audit.Draft) { d.Time = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"meeting":             func(d *audit.Draft) { d.Meeting = "no meeting" },
		"no action":           func(d *audit.Draft) { d.Action = "" },
		"action with a space": func(d *audit.Draft) { d.Action = "meeting open" },
		"no role":             func(d *audit.Draft) { d.Actor.Role = "" },
		"role in capitals":    func(d *audit.Draft) { d.Actor.Role = "Chair" },
		"name not UTF-8":      func(d *audit.Draft) { d.Actor.Name = "\xff" },
		"id not UTF-8":        func(d *audit.Draft) { d.Actor.ID = "\xff" },
		"detail without name": func(d *audit.Draft) { d.Detail[""] = "x" },
		"detail not UTF-8":    func(d *audit.Draft) { d.Detail["reason"] = "\xff" },
		"too large":           func(d *audit.Draft) { d.Detail["reason"] = strings.Repeat("a", audit.MaxEntry) },
	} {
		d := draft()
		change(&d)
		if e, err := (audit.Head{}).Next(d); !errors.Is(err, audit.ErrDraft) {
			t.Errorf("%s: %v, %s", name, err, e.AppendJSON(nil))
		}
	}
}

// An entry keeps nothing of the draft that its maker could change.
func TestEntryIsItsOwn(t *testing.T) {
	d := draft()
	e, err := audit.Head{}.Next(d)
	if err != nil {
		t.Fatal(err)
	}
	before := e.Hash()
	d.Detail["present"] = "56"
	if e.Hash() != before {
		t.Error("the entry changed with its draft")
	}
}

// A log verifies up to its head; so does each log that ends earlier, which is
// why heads are compared.
func TestVerify(t *testing.T) {
	log, head := chain(t, 5)
	if got, err := audit.Verify(bytes.NewReader(log)); err != nil || got != head {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := audit.Verify(strings.NewReader("")); err != nil || got != (audit.Head{}) {
		t.Errorf("empty: %+v, %v", got, err)
	}
	short, earlier := chain(t, 3)
	if got, err := audit.Verify(bytes.NewReader(short)); err != nil || got != earlier || got == head {
		t.Errorf("three entries: %+v, %v", got, err)
	}
}

// Any bit of any entry but the last, and any change of the order, breaks the
// chain; a change of the last shows in the head.
func TestTampering(t *testing.T) {
	log, head := chain(t, 3)
	for i := range log {
		for bit := range 8 {
			changed := bytes.Clone(log)
			changed[i] ^= 1 << bit
			if got, err := audit.Verify(bytes.NewReader(changed)); err == nil && got == head {
				t.Fatalf("byte %d bit %d: not seen", i, bit)
			} else if err != nil && !errors.Is(err, audit.ErrChain) {
				t.Fatalf("byte %d bit %d: %v", i, bit, err)
			}
		}
	}
	lines := bytes.SplitAfter(log, []byte("\n"))
	for name, list := range map[string][][]byte{
		"first gone":  {lines[1], lines[2]},
		"middle gone": {lines[0], lines[2]},
		"swapped":     {lines[1], lines[0], lines[2]},
		"twice":       {lines[0], lines[0], lines[1], lines[2]},
		"empty line":  {lines[0], []byte("\n"), lines[1]},
		"long line":   {lines[0], bytes.Repeat([]byte("a"), audit.MaxEntry+2), lines[1]},
	} {
		if _, err := audit.Verify(bytes.NewReader(bytes.Join(list, nil))); !errors.Is(err, audit.ErrChain) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A log that somebody wrote anew from the place of a change on verifies by
// itself, and has another head.
func TestRewrittenLogHasAnotherHead(t *testing.T) {
	_, head := chain(t, 3)
	other, forged := draft(), audit.Head{}
	other.Actor.Name = "Trần Đạt"
	for range 3 {
		e, err := forged.Next(other)
		if err != nil {
			t.Fatal(err)
		}
		if forged, err = forged.Follow(e); err != nil {
			t.Fatal(err)
		}
	}
	if forged == head {
		t.Error("two logs with one head")
	}
}

// FuzzParse: what is accepted has one spelling.
func FuzzParse(f *testing.F) {
	log, _ := chain(f, 2)
	for line := range bytes.Lines(log) {
		f.Add(bytes.TrimSuffix(line, []byte("\n")))
	}
	f.Add([]byte(`{"number":0,"time":"2026-11-22T08:04:05+07:00"`))
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := audit.Parse(text)
		if err == nil && !bytes.Equal(e.AppendJSON(nil), text) {
			t.Errorf("two spellings: %s", text)
		}
	})
}
