package ledger

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Why a witness does not cosign, with the HTTP status that C2SP tlog-witness
// gives each.
var (
	// ErrRequest is returned for a request that is none, or whose old size is
	// larger than the checkpoint's: 400.
	ErrRequest = errors.New("witness: malformed request")
	// ErrUnknownLog is returned for a log that the witness does not watch: 404.
	ErrUnknownLog = errors.New("witness: unknown log")
	// ErrUntrusted is returned for a checkpoint that is not signed with the
	// log's key: 403.
	ErrUntrusted = errors.New("witness: not signed by the log")
	// ErrStale is returned when the old size is not that of the last checkpoint
	// that the witness has: 409, with that size; see [StaleError].
	ErrStale = errors.New("witness: has another checkpoint")
	// ErrProof is returned for a consistency proof that does not hold: 422.
	ErrProof = errors.New("witness: consistency proof does not hold")
)

// A StaleError is [ErrStale], or, with evidence, [ErrFork].
type StaleError struct {
	Size     int64  // of the last checkpoint that the witness has
	Evidence []byte // nil, or the file that convicts the log
}

// Error implements error.
func (e *StaleError) Error() string {
	if e.Evidence != nil {
		return fmt.Sprintf("%v: another tree of %d entries was signed before", ErrFork, e.Size)
	}
	return fmt.Sprintf("%v: of size %d", ErrStale, e.Size)
}

// Is reports whether the error is target.
func (e *StaleError) Is(target error) bool {
	return target == ErrStale || (e.Evidence != nil && target == ErrFork)
}

// A Request is the body of add-checkpoint (C2SP tlog-witness):
//
//	old SIZE
//	HASH in Base64, one a line, at most 63
//
//	CHECKPOINT
type Request struct {
	Old        int64 // size of the last checkpoint that the witness has, or 0
	Proof      tlog.TreeProof
	Checkpoint []byte // signed
}

// MaxRequest is the most bytes that a request may have.
const MaxRequest = 64 << 10

const maxProof = 63 // hashes of a proof

// Append appends the request's text.
func (r Request) Append(b []byte) []byte {
	b = fmt.Appendf(b, "old %d\n", r.Old)
	for _, h := range r.Proof {
		b = append(base64.StdEncoding.AppendEncode(b, h[:]), '\n')
	}
	return append(append(b, '\n'), r.Checkpoint...)
}

// ParseRequest reads what [Request.Append] appends, and nothing else.
func ParseRequest(body []byte) (r Request, err error) {
	head, signed, found := bytes.Cut(body, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	old, ok := strings.CutPrefix(lines[0], "old ")
	if !found || !ok || len(body) > MaxRequest {
		return r, ErrRequest
	}
	r.Checkpoint = signed
	if r.Old, err = strconv.ParseInt(old, 10, 64); err != nil {
		return Request{}, ErrRequest
	}
	if r.Proof, err = parseHashes(lines[1:]); err != nil {
		return Request{}, ErrRequest
	}
	if r.Old < 0 || !bytes.Equal(r.Append(nil), body) {
		return Request{}, ErrRequest
	}
	return r, nil
}

// parseHashes reads hashes in Base64.
func parseHashes(lines []string) (list []tlog.Hash, err error) {
	if len(lines) > maxProof {
		return nil, errors.New("proof: too long")
	}
	for _, line := range lines {
		h, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		list = append(list, h)
	}
	return list, nil
}

// Extends checks that a witness which keeps the signed checkpoint kept, or nil,
// may cosign what is requested: that the log has signed it, and that it has
// what was there before as its beginning. It returns the checkpoint, or the
// error with which a witness refuses.
func Extends(kept []byte, r Request, key *Key) (Checkpoint, error) {
	next, err := OpenCheckpoint(r.Checkpoint, key)
	if err != nil {
		return next, fmt.Errorf("%w: %w", ErrUntrusted, err)
	}
	last := Checkpoint{Origin: key.Origin(), Root: emptyRoot}
	if kept != nil {
		if last, err = OpenCheckpoint(kept, key); err != nil {
			return next, err
		}
	}
	if r.Old > next.Size {
		return next, ErrRequest
	}
	if next.Size == last.Size && next.Root != last.Root {
		return next, forked(kept, r.Checkpoint, last.Size, key)
	}
	if r.Old != last.Size {
		return next, &StaleError{Size: last.Size}
	}
	return next, checkTree(r.Proof, last, next)
}

// checkTree verifies a consistency proof (RFC 6962 §2.1.2).
func checkTree(p tlog.TreeProof, old, next Checkpoint) error {
	var err error
	switch old.Size {
	case 0, next.Size:
		if len(p) != 0 || (old.Size == next.Size && old.Root != next.Root) {
			err = ErrProof
		}
	default:
		err = tlog.CheckTree(p, next.Size, next.Root, old.Size, old.Root)
	}
	if err != nil {
		return fmt.Errorf("%w: from %d to %d entries", ErrProof, old.Size, next.Size)
	}
	return nil
}

// A Witness cosigns the checkpoints of logs as long as each extends the last.
// It is safe for concurrent use, also by several processes over one store.
type Witness struct {
	signer note.Signer
	store  WitnessStore
	keys   map[string]*Key
}

// NewWitness makes a witness of the given logs. The signer is one of
// [NewCosigner].
func NewWitness(signer note.Signer, store WitnessStore, keys ...*Key) *Witness {
	w := &Witness{signer, store, map[string]*Key{}}
	for _, key := range keys {
		w.keys[key.Origin()] = key
	}
	return w
}

// Add answers a request with the lines of a cosignature, or refuses with
// [ErrRequest], [ErrUnknownLog], [ErrUntrusted], [StaleError] or [ErrProof].
// The checkpoint is kept before it is cosigned.
func (w *Witness) Add(ctx context.Context, body []byte) ([]byte, error) {
	r, err := ParseRequest(body)
	if err != nil {
		return nil, err
	}
	origin, _, _ := strings.Cut(string(r.Checkpoint), "\n")
	key := w.keys[origin]
	if key == nil {
		return nil, fmt.Errorf("%w: %q", ErrUnknownLog, origin)
	}
	kept, err := w.store.Last(ctx, origin)
	if err != nil {
		return nil, err
	}
	c, err := Extends(kept, r, key)
	if err != nil {
		return nil, err
	}
	next, err := onlyLog(r.Checkpoint, key)
	if err != nil {
		return nil, err
	}
	if err := w.store.Swap(ctx, origin, kept, next); errors.Is(err, ErrConflict) {
		return nil, w.overtaken(ctx, key)
	} else if err != nil {
		return nil, fmt.Errorf("witness: checkpoint of %d entries not kept: %w", c.Size, err)
	}
	return cosignature(next, w.signer)
}

// overtaken is the refusal when another request came between.
func (w *Witness) overtaken(ctx context.Context, key *Key) error {
	kept, err := w.store.Last(ctx, key.Origin())
	if err != nil {
		return err
	}
	c, err := OpenCheckpoint(kept, key)
	if err != nil {
		return err
	}
	return &StaleError{Size: c.Size}
}

// Last returns the last checkpoint of a log that the witness has cosigned, for
// [Log.Guard] and for people who compare, or [ErrNotFound].
func (w *Witness) Last(ctx context.Context, origin string) ([]byte, error) {
	if w.keys[origin] == nil {
		return nil, fmt.Errorf("%w: %q", ErrUnknownLog, origin)
	}
	kept, err := w.store.Last(ctx, origin)
	if err == nil && kept == nil {
		err = fmt.Errorf("%w: nothing cosigned yet", ErrNotFound)
	}
	return kept, err
}

// forked is the refusal of a second tree of the same size.
func forked(kept, offered []byte, size int64, key *Key) error {
	bare, err := onlyLog(offered, key)
	if err != nil {
		return err
	}
	return &StaleError{size, Evidence{Key: key, A: kept, B: bare}.Append(nil)}
}
