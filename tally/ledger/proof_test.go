package ledger_test

import (
	"bytes"
	"reflect"
	"testing"

	formats "github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"

	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

// TestEntryProof: the entries of a poll are proven one by one, offline, and other
// programs can read the part that is about the log.
func TestEntryProof(t *testing.T) {
	s := newScene(t, 5, 2, 3)
	list, err := s.log.Prove(t.Context(), ledgertest.UUID(3))
	ok(t, err)
	if len(list) != 3 {
		t.Fatalf("%d proofs", len(list))
	}
	for i, want := range list {
		text := want.Append(nil)
		got, err := ledger.ParseProof(text)
		ok(t, err)
		e, c, q, err := got.Verify(s.Key, s.Policy)
		ok(t, err)
		if !reflect.DeepEqual(got, want) || e.Number != int64(9+i) || !reflect.DeepEqual(e.Body, ledgertest.Poll(3)[i]) || c.Size != 15 || len(q.Cosigned) != 3 {
			t.Errorf("entry %d: %+v %+v", i, e, q)
		}
		if got.Origin() != ledgertest.Origin || !bytes.Equal(got.Checkpoint, list[0].Checkpoint) {
			t.Errorf("entry %d: under another checkpoint", i)
		}
		var c2sp formats.TLogProof
		ok(t, c2sp.Unmarshal(text))
		if c2sp.Index != uint64(9+i) || len(c2sp.Hashes) != len(want.Path) {
			t.Errorf("another program reads %+v", c2sp)
		}
	}
}

// What is not published yet is not proven, and a poll of which the log says
// nothing has no proofs.
func TestEntryProofUnpublished(t *testing.T) {
	s := newScene(t, 2, 1, 1)
	numbers, err := s.log.Append(t.Context(), ledgertest.Poll(7)[:1]...)
	ok(t, err)
	s.Publish(t, s.log, s.witnesses...)
	_, err = s.log.Append(t.Context(), ledgertest.Poll(7)[1:]...)
	ok(t, err)
	list, err := s.log.Prove(t.Context(), ledgertest.UUID(7))
	ok(t, err)
	if len(list) != 1 || list[0].Number != numbers[0] {
		t.Errorf("%d proofs", len(list))
	}
	if list, err = s.log.Prove(t.Context(), ledgertest.UUID(8)); err != nil || list != nil {
		t.Errorf("%d proofs, %v", len(list), err)
	}
	bare := ledgertest.NewKeys(t, 1, 1)
	_, err = bare.Log(t, ledgertest.NewMemory()).Prove(t.Context(), ledgertest.UUID(0))
	is(t, err, ledger.ErrNotFound, "")
}

// TestEntryProofAltered: no byte of a proof can be changed.
func TestEntryProofAltered(t *testing.T) {
	s := newScene(t, 5, 2, 2)
	list, err := s.log.Prove(t.Context(), ledgertest.UUID(2))
	ok(t, err)
	text := list[1].Append(nil)
	for i := range text {
		altered := bytes.Clone(text)
		altered[i] ^= 1
		p, err := ledger.ParseProof(altered)
		if err == nil {
			_, _, _, err = p.Verify(s.Key, s.Policy)
		}
		if err == nil {
			t.Errorf("byte %d: %q is taken", i, altered[max(0, i-10):min(len(altered), i+10)])
		}
	}
	for name, alter := range map[string]func(p *ledger.Proof){
		"another entry":  func(p *ledger.Proof) { p.Entry = list[0].Entry },
		"another number": func(p *ledger.Proof) { p.Number++ },
		"another path":   func(p *ledger.Proof) { p.Path = list[2].Path },
		"no path":        func(p *ledger.Proof) { p.Path = nil },
		"no entry":       func(p *ledger.Proof) { p.Entry = []byte("{}") },
		"beyond the log": func(p *ledger.Proof) { p.Number = 1000 },
	} {
		p := *list[1]
		alter(&p)
		_, _, _, err := p.Verify(s.Key, s.Policy)
		is(t, err, ledger.ErrEntryProof, "")
		if q, err := ledger.ParseProof(p.Append(nil)); err != nil || q.Number != p.Number {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, _, _, err = list[1].Verify(ledgertest.NewKeys(t, 0, 0).Key, s.Policy)
	is(t, err, ledger.ErrEntryProof, "")
	few := *list[1]
	few.Checkpoint, err = s.log.Sign(t.Context())
	ok(t, err)
	few.Checkpoint = few.Checkpoint[:bytes.Index(few.Checkpoint, []byte("— w1"))]
	e, _, q, err := few.Verify(s.Key, s.Policy)
	is(t, err, ledger.ErrQuorum, "missing witness-1")
	if e.Number != 7 || len(q.Cosigned) != 1 {
		t.Errorf("%+v %+v", e, q)
	}
}

// A note counts when exactly the one key has signed it.
func TestOpenNote(t *testing.T) {
	keys, other := ledgertest.NewKeys(t, 0, 0), ledgertest.NewKeys(t, 0, 0)
	sign := func(signers ...note.Signer) []byte {
		signed, err := note.Sign(&note.Note{Text: "received\nby us\n"}, signers...)
		ok(t, err)
		return signed
	}
	text, err := ledger.OpenNote(sign(keys.Signer), keys.Key)
	if err != nil || text != "received\nby us\n" {
		t.Errorf("%q, %v", text, err)
	}
	for name, signed := range map[string][]byte{
		"another key":   sign(other.Signer),
		"two keys":      append(sign(keys.Signer), bytes.SplitAfter(sign(other.Signer), []byte("\n\n"))[1]...),
		"signed twice":  append(sign(keys.Signer), bytes.SplitAfter(sign(keys.Signer), []byte("\n\n"))[1]...),
		"altered":       bytes.Replace(sign(keys.Signer), []byte("us"), []byte("me"), 1),
		"not signed":    []byte("received\nby us\n"),
		"nothing":       nil,
		"only a header": []byte("\n\n"),
	} {
		if text, err := ledger.OpenNote(signed, keys.Key); err == nil || text != "" {
			t.Errorf("%s: %q", name, text)
		}
	}
}

func FuzzParseProof(f *testing.F) {
	s := newScene(f, 2, 1, 1)
	list, err := s.log.Prove(f.Context(), ledgertest.UUID(1))
	ok(f, err)
	f.Add(list[0].Append(nil))
	f.Add([]byte("c2sp.org/tlog-proof@v1\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := ledger.ParseProof(text)
		if err == nil && !bytes.Equal(p.Append(nil), text) {
			t.Errorf("%q is another text of %+v", text, p)
		}
	})
}
