package ledger

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Evidence is a file that convicts a log by itself: two checkpoints signed with
// one key that contradict each other.
//
//	homphieu evidence v1
//	hop.example.vn/log+1f2e3d4c+ARpc2…
//	root HASH                            (when the sizes differ)
//	HASH                                 (as many as the proof has)
//
//	CHECKPOINT A
//
//	CHECKPOINT B
//
// Either both are of the same size and have different roots. Or A is the
// smaller, and root and proof show what the first entries of B's tree are: by a
// consistency proof (RFC 6962 §2.1.2) from root to B's root, which can be made
// for no other root than the true one. As that is not A's root, the log has
// rewritten what A had. Nothing in the file needs to be believed but that the
// key is the log's: who reads it compares the key with the one they know.
type Evidence struct {
	Key   *Key
	A, B  []byte         // signed
	Root  [32]byte       // of B's tree when it had A's size; A's own size needs none
	Proof tlog.TreeProof // from Root to B
	a, b  Checkpoint     // after verification
}

// ErrEvidence is returned for a file that convicts nobody.
var ErrEvidence = errors.New("evidence: does not convict")

const (
	evidenceHeader = "homphieu evidence v1"
	maxEvidence    = 256 << 10
)

// Append appends the text of the file.
func (e Evidence) Append(b []byte) []byte {
	b = fmt.Appendf(b, "%s\n%s\n", evidenceHeader, e.Key)
	if len(e.Proof) > 0 {
		b = fmt.Appendf(b, "root %s\n", base64.StdEncoding.EncodeToString(e.Root[:]))
	}
	for _, h := range e.Proof {
		b = append(base64.StdEncoding.AppendEncode(b, h[:]), '\n')
	}
	return append(append(append(append(b, '\n'), e.A...), '\n'), e.B...)
}

// Checkpoints returns the two checkpoints of evidence that was verified.
func (e *Evidence) Checkpoints() (a, b Checkpoint) { return e.a, e.b }

// VerifyEvidence reads the file and checks all of it: when it returns no
// error, the holder of the key in it has signed two histories. Everything else
// is [ErrEvidence].
func VerifyEvidence(text []byte) (*Evidence, error) {
	e, err := parseEvidence(text)
	if err == nil {
		err = e.verify()
	}
	if err == nil && !bytes.Equal(e.Append(nil), text) {
		err = errors.New("not in canonical form")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEvidence, err)
	}
	return e, nil
}

func parseEvidence(text []byte) (*Evidence, error) {
	parts := strings.Split(string(text), "\n\n") // header, and text and signatures of A and of B
	if len(parts) != 5 || len(text) > maxEvidence {
		return nil, errors.New("not two checkpoints")
	}
	lines := strings.Split(parts[0], "\n")
	if len(lines) < 2 || lines[0] != evidenceHeader {
		return nil, errors.New("header missing")
	}
	key, err := ParseKey(lines[1])
	if err != nil {
		return nil, err
	}
	e := &Evidence{Key: key, A: []byte(parts[1] + "\n\n" + parts[2] + "\n"), B: []byte(parts[3] + "\n\n" + parts[4])}
	if len(lines) == 2 {
		return e, nil
	}
	root, found := strings.CutPrefix(lines[2], "root ")
	list, err := parseHashes(append([]string{root}, lines[3:]...))
	if err != nil || !found || len(list) < 2 {
		return nil, errors.New("proof malformed")
	}
	e.Root, e.Proof = list[0], list[1:]
	return e, nil
}

func (e *Evidence) verify() (err error) {
	if e.a, err = OpenCheckpoint(e.A, e.Key); err != nil {
		return err
	}
	if e.b, err = OpenCheckpoint(e.B, e.Key); err != nil {
		return err
	}
	before := e.b.Root
	if e.a.Size != e.b.Size {
		if e.a.Size < 1 || e.a.Size > e.b.Size {
			return errors.New("the first checkpoint is not the smaller one")
		}
		before = e.Root
		if err := tlog.CheckTree(e.Proof, e.b.Size, e.b.Root, e.a.Size, e.Root); err != nil {
			return err
		}
	} else if len(e.Proof) > 0 {
		return errors.New("a proof where none is needed")
	}
	if before == e.a.Root {
		return errors.New("the checkpoints agree")
	}
	return nil
}

// Compare looks whether two signed checkpoints of a log contradict each other.
// It needs the files of the one that is larger, which it authenticates. If they
// do, the error is [ErrFork] and evidence the file that proves it.
func Compare(ctx context.Context, a, b []byte, key *Key, files Fetch) (evidence []byte, err error) {
	small, err := OpenCheckpoint(a, key)
	if err != nil {
		return nil, err
	}
	large, err := OpenCheckpoint(b, key)
	if err != nil {
		return nil, err
	}
	if small.Size > large.Size {
		a, b, small, large = b, a, large, small
	}
	e := Evidence{Key: key, Root: large.Root}
	if 0 < small.Size && small.Size < large.Size {
		r := tlog.TileHashReader(tlog.Tree{N: large.Size, Hash: large.Root}, &tiles{ctx, files})
		if e.Root, err = treeRoot(small.Size, r); err != nil {
			return nil, fmt.Errorf("tiles: %w", err)
		}
		if e.Proof, err = tlog.ProveTree(large.Size, small.Size, r); err != nil {
			return nil, fmt.Errorf("tiles: %w", err)
		}
	}
	if small.Size == 0 || e.Root == small.Root {
		return nil, nil
	}
	if e.A, err = onlyLog(a, key); err != nil {
		return nil, err
	}
	if e.B, err = onlyLog(b, key); err != nil {
		return nil, err
	}
	return e.Append(nil), fmt.Errorf("%w: the first %d of %d entries are not what was signed of them before", ErrFork, small.Size, large.Size)
}
