package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/wire"
)

// A Receipt shows that a ballot was in a poll when it closed, and that the
// closing stands in the log: the inclusion proof of the tracker under the
// poll's tracker root, the closed entry with that root, the entry's inclusion
// proof, and a cosigned checkpoint. It says nothing of the choice, and holds no
// more than who knows the tracker could gather from public files.
//
// Its text is a C2SP tlog-proof, so that other programs can check the part that
// is about the log. The extra data of it are
//
//	homphieu-receipt-v1
//	TRACKER                 43 characters
//	PLACE                   of the tracker among those of the poll, from 0
//	ENTRY                   the text of the closed entry
//
// each with a line feed, and then the hashes of the tracker's proof, 32 bytes
// each. For a poll of 500 in a log of 100,000 entries, with two witnesses, it is
// about 2,300 bytes, which one QR code holds (TestReceiptCode).
type Receipt struct {
	Tracker    string
	Place      int64
	Path       tlog.RecordProof // from the tracker to the poll's root
	Entry      []byte           // text of the closed entry
	Number     int64            // of the entry
	Proof      tlog.RecordProof // from the entry to the log's root
	Checkpoint []byte           // signed and cosigned
}

// ErrReceipt is returned, with the cause, for a receipt that does not hold.
var ErrReceipt = errors.New("receipt: does not hold")

const (
	receiptHeader = "homphieu-receipt-v1"
	maxReceipt    = 64 << 10
)

// Receipt makes the receipt of a ballot. trackers are those of the poll, and
// closed the number of its closed entry, which must be under the published
// checkpoint: otherwise it is [ErrNotFound].
func (l *Log) Receipt(ctx context.Context, closed int64, trackers *Trackers, tracker string) (*Receipt, error) {
	c, signed, err := l.Published(ctx)
	if err != nil {
		return nil, err
	}
	r := &Receipt{Tracker: tracker, Number: closed, Checkpoint: signed}
	if r.Proof, err = l.ProveEntry(ctx, closed, c.Size); err != nil {
		return nil, err
	}
	texts, err := l.store.Entries(ctx, closed, closed+1)
	if err != nil {
		return nil, err
	}
	r.Entry = texts[0]
	if r.Place, r.Path, err = trackers.Prove(tracker); err != nil {
		return nil, err
	}
	_, err = r.closed()
	return r, err
}

// Append appends the text of the receipt.
func (r *Receipt) Append(b []byte) []byte {
	extra := fmt.Appendf(nil, "%s\n%s\n%d\n%s\n", receiptHeader, r.Tracker, r.Place, r.Entry)
	for _, h := range r.Path {
		extra = append(extra, h[:]...)
	}
	p := proof.TLogProof{Index: uint64(r.Number), Checkpoint: r.Checkpoint, ExtraData: extra}
	for _, h := range r.Proof {
		p.Hashes = append(p.Hashes, h)
	}
	return append(b, p.Marshal()...)
}

// ParseReceipt reads what [Receipt.Append] appends, and nothing else. It
// verifies nothing.
func ParseReceipt(text []byte) (*Receipt, error) {
	var p proof.TLogProof
	if len(text) > maxReceipt || p.Unmarshal(text) != nil || p.Index > wire.MaxInt || len(p.Hashes) > maxProof {
		return nil, fmt.Errorf("%w: malformed", ErrReceipt)
	}
	parts := bytes.SplitN(p.ExtraData, []byte("\n"), 5)
	if len(parts) != 5 || string(parts[0]) != receiptHeader || len(parts[4])%tlog.HashSize != 0 || len(parts[4]) > maxProof*tlog.HashSize {
		return nil, fmt.Errorf("%w: malformed", ErrReceipt)
	}
	place, err := strconv.ParseInt(string(parts[2]), 10, 64)
	r := &Receipt{Tracker: string(parts[1]), Place: place, Entry: parts[3], Number: int64(p.Index), Checkpoint: p.Checkpoint}
	for hashes := parts[4]; len(hashes) > 0; hashes = hashes[tlog.HashSize:] {
		r.Path = append(r.Path, tlog.Hash(hashes[:tlog.HashSize]))
	}
	for _, h := range p.Hashes {
		r.Proof = append(r.Proof, h)
	}
	if err != nil || !bytes.Equal(r.Append(nil), text) {
		return nil, fmt.Errorf("%w: not in canonical form", ErrReceipt)
	}
	return r, nil
}

// Origin returns the name of the log that a receipt is about, as it says itself.
func (r *Receipt) Origin() string { return originOf(r.Checkpoint) }

// closed checks the part of a receipt that is about the poll.
func (r *Receipt) closed() (Closed, error) {
	if err := checkTracker(r.Tracker); err != nil {
		return Closed{}, fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	e, err := ParseEntry(r.Entry)
	if err != nil {
		return Closed{}, fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	c, is := e.Body.(Closed)
	if !is || e.Number != r.Number {
		return Closed{}, fmt.Errorf("%w: entry %d is not one that closes a poll", ErrReceipt, r.Number)
	}
	if err := checkRecord(r.Path, r.Place, int64(c.Ballots), c.Trackers, []byte(r.Tracker)); err != nil {
		return Closed{}, fmt.Errorf("%w: the tracker is not one of the poll's", ErrReceipt)
	}
	return c, nil
}

// checkRecord verifies an inclusion proof (RFC 6962 §2.1.1).
func checkRecord(p tlog.RecordProof, index, size int64, root tlog.Hash, leaf []byte) error {
	if index < 0 || index >= size {
		return errors.New("proof: outside the tree")
	}
	return tlog.CheckRecord(p, size, root, index, tlog.RecordHash(leaf))
}

// A Proven is what a receipt proves.
type Proven struct {
	Election   ballot.UUID
	Closed     Closed
	Checkpoint Checkpoint
	Quorum     Quorum
}

// VerifyReceipt reads a receipt and checks all of it, with nothing but the
// log's key and the policy. What does not hold is [ErrReceipt]; a receipt that
// holds but for too few cosignatures is [ErrQuorum], and what it proves is
// returned with it.
//
// It does not tell whether the closed entry was taken back by a later
// correction, nor anything about the result: for that, recheck log and archive.
func VerifyReceipt(text []byte, key *Key, policy *Policy) (*Receipt, *Proven, error) {
	r, err := ParseReceipt(text)
	if err != nil {
		return nil, nil, err
	}
	closed, err := r.closed()
	if err != nil {
		return nil, nil, err
	}
	p := &Proven{Election: closed.Election, Closed: closed}
	var quorum error
	p.Checkpoint, p.Quorum, quorum = policy.Check(r.Checkpoint, key)
	if quorum != nil && !errors.Is(quorum, ErrQuorum) {
		return nil, nil, fmt.Errorf("%w: %w", ErrReceipt, quorum)
	}
	if err := checkRecord(r.Proof, r.Number, p.Checkpoint.Size, p.Checkpoint.Root, r.Entry); err != nil {
		return nil, nil, fmt.Errorf("%w: the entry is not in the log", ErrReceipt)
	}
	return r, p, quorum
}
