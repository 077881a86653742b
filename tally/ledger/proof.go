package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/wire"
)

// A Proof shows that one entry stands in the log: its text, its inclusion proof,
// and a cosigned checkpoint. Its text is a C2SP tlog-proof, so that other
// programs can check it; the extra data are
//
//	homphieu-entry-v1
//	ENTRY                   the text of the entry
//
// each with a line feed.
type Proof struct {
	Entry      []byte
	Number     int64            // of the entry
	Path       tlog.RecordProof // from the entry to the log's root
	Checkpoint []byte           // signed and cosigned
}

// ErrEntryProof is returned, with the cause, for a proof that does not hold.
var ErrEntryProof = errors.New("entry proof: does not hold")

const proofHeader = "homphieu-entry-v1"

// Prove returns the proofs of the entries about a poll that stand, in their
// order, all under the one checkpoint that is published. Entries that are not
// under it yet are left out; without any checkpoint it is [ErrNotFound].
func (l *Log) Prove(ctx context.Context, election ballot.UUID) ([]*Proof, error) {
	c, signed, err := l.Published(ctx)
	if err != nil {
		return nil, err
	}
	entries, err := l.Standing(ctx, election)
	if err != nil {
		return nil, err
	}
	var list []*Proof
	for _, e := range entries {
		if e.Number >= c.Size {
			break
		}
		path, err := l.ProveEntry(ctx, e.Number, c.Size)
		if err != nil {
			return nil, err
		}
		list = append(list, &Proof{Entry: e.AppendJSON(nil), Number: e.Number, Path: path, Checkpoint: signed})
	}
	return list, nil
}

// Append appends the text of the proof.
func (p *Proof) Append(b []byte) []byte {
	t := proof.TLogProof{Index: uint64(p.Number), Checkpoint: p.Checkpoint, ExtraData: fmt.Appendf(nil, "%s\n%s\n", proofHeader, p.Entry)}
	for _, h := range p.Path {
		t.Hashes = append(t.Hashes, h)
	}
	return append(b, t.Marshal()...)
}

// ParseProof reads what [Proof.Append] appends, and nothing else. It verifies
// nothing.
func ParseProof(text []byte) (*Proof, error) {
	var t proof.TLogProof
	if len(text) > maxReceipt || t.Unmarshal(text) != nil || t.Index > wire.MaxInt || len(t.Hashes) > maxProof {
		return nil, fmt.Errorf("%w: malformed", ErrEntryProof)
	}
	entry, found := bytes.CutPrefix(t.ExtraData, []byte(proofHeader+"\n"))
	p := &Proof{Entry: bytes.TrimSuffix(entry, []byte("\n")), Number: int64(t.Index), Checkpoint: t.Checkpoint}
	for _, h := range t.Hashes {
		p.Path = append(p.Path, h)
	}
	if !found || !bytes.Equal(p.Append(nil), text) {
		return nil, fmt.Errorf("%w: not in canonical form", ErrEntryProof)
	}
	return p, nil
}

// Origin returns the name of the log that a proof is about, as it says itself.
func (p *Proof) Origin() string { return originOf(p.Checkpoint) }

// Verify checks all of a proof with nothing but the log's key and the policy,
// and returns the entry. What does not hold is [ErrEntryProof]; a proof that holds
// but for too few cosignatures is [ErrQuorum], and what it proves is returned
// with it.
//
// It does not tell whether the entry was taken back by a later correction.
func (p *Proof) Verify(key *Key, policy *Policy) (Entry, Checkpoint, Quorum, error) {
	e, err := ParseEntry(p.Entry)
	if err != nil {
		return Entry{}, Checkpoint{}, Quorum{}, fmt.Errorf("%w: %w", ErrEntryProof, err)
	}
	c, q, quorum := policy.Check(p.Checkpoint, key)
	if quorum != nil && !errors.Is(quorum, ErrQuorum) {
		return Entry{}, Checkpoint{}, Quorum{}, fmt.Errorf("%w: %w", ErrEntryProof, quorum)
	}
	if e.Number != p.Number || checkRecord(p.Path, p.Number, c.Size, c.Root, p.Entry) != nil {
		return Entry{}, Checkpoint{}, Quorum{}, fmt.Errorf("%w: the entry is not in the log", ErrEntryProof)
	}
	return e, c, q, quorum
}

// ErrNote is returned for a text that is no note, or not one signed with the
// key.
var ErrNote = errors.New("note: not signed with this key")

// OpenNote returns the text of a note (C2SP signed-note) that one key has
// signed, and nobody else.
func OpenNote(signed []byte, key *Key) (string, error) {
	if err := plainSignatures(signed); err != nil {
		return "", fmt.Errorf("%w: %w", ErrNote, err)
	}
	n, err := note.Open(signed, note.VerifierList(key))
	if err != nil || !signedBy(n, key) || len(n.Sigs) != 1 || len(n.UnverifiedSigs) != 0 {
		return "", ErrNote
	}
	return n.Text, nil
}
