package ledger

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	cosign "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
)

// A Key is the public key of a log, in the text form of signed notes (vkey,
// C2SP signed-note). Its name is the origin of the log. It is Ed25519. With it
// are signed checkpoints, the log's own policy ([SignPolicy]) and the receipts of
// packages, whose first and second lines tell them apart; nothing else.
type Key struct {
	note.Verifier
	text string
}

// The algorithms of keys (C2SP signed-note).
const (
	algEd25519     = 1
	algCosignature = 4 // Ed25519 with a time, C2SP tlog-cosignature
)

// ParseKey reads a key, which has one spelling only.
func ParseKey(text string) (*Key, error) {
	v, err := note.NewVerifier(text)
	if err == nil {
		err = checkKey(text, v, algEd25519)
	}
	if err != nil {
		return nil, fmt.Errorf("log key: %w", err)
	}
	return &Key{v, text}, nil
}

// checkKey refuses what libraries take beside the one spelling of a key: a hash
// in capitals, line ends or unused bits in its Base64, other algorithms, and what
// is no key (checkPoint).
func checkKey(text string, v note.Verifier, algorithm byte) error {
	if err := checkName(v.Name()); err != nil {
		return err
	}
	rest, found := strings.CutPrefix(text, fmt.Sprintf("%s+%08x+", v.Name(), v.KeyHash()))
	key, err := strictBase64(rest)
	if !found || err != nil || len(key) != 33 || key[0] != algorithm {
		return fmt.Errorf("key of %s: in another spelling, or not for this purpose", v.Name())
	}
	if err := checkPoint(key[1:]); err != nil {
		return fmt.Errorf("key of %s: %w", v.Name(), err)
	}
	return nil
}

// checkPoint requires an Ed25519 key as RFC 8032 §5.1.5 makes them: the
// canonical text of a point of prime order. Libraries take others as well, and
// not all the same.
func checkPoint(key []byte) error {
	backwards := slices.Clone(key) // as crypto/group writes points
	slices.Reverse(backwards)
	point, err := group.ParseElement([]byte(hex.EncodeToString(backwards)))
	if err == nil && point.IsIdentity() {
		err = group.ErrElement
	}
	return err
}

// strictBase64 reads standard Base64 (RFC 4648 §4) that somebody would write:
// padded, without line ends, its unused bits zero.
func strictBase64(text string) ([]byte, error) {
	if strings.ContainsAny(text, "\r\n") {
		return nil, errors.New("base64: a line end")
	}
	return base64.StdEncoding.Strict().DecodeString(text)
}

// String returns the key in its text form.
func (k *Key) String() string { return k.text }

// Origin returns the name of the log, the first line of its checkpoints.
func (k *Key) Origin() string { return k.Name() }

// A Checkpoint is the head of a log: three lines of text.
type Checkpoint struct {
	Origin string
	Size   int64 // number of entries
	Root   [32]byte
}

// String returns the text that is signed (C2SP tlog-checkpoint): origin, size,
// and root in Base64, each with a line feed.
func (c Checkpoint) String() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// parseCheckpoint reads what [Checkpoint.String] returns. Extension lines are
// refused: cosignatures say nothing about them.
func parseCheckpoint(text string) (c Checkpoint, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 {
		return c, fmt.Errorf("%w: not three lines", ErrCheckpoint)
	}
	c.Origin = lines[0]
	c.Size, err = strconv.ParseInt(lines[1], 10, 64)
	root, rootErr := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || rootErr != nil || len(root) != 32 || c.Size < 0 || c.Size >= wire.MaxInt {
		return c, fmt.Errorf("%w: size or root malformed", ErrCheckpoint)
	}
	c.Root = [32]byte(root)
	if c.Origin == "" || c.String() != text || (c.Size == 0 && c.Root != emptyRoot) {
		return c, fmt.Errorf("%w: not in canonical form", ErrCheckpoint)
	}
	return c, nil
}

// Sign returns the checkpoint as a note signed by signer, whose name is the
// origin.
func (c Checkpoint) Sign(signer note.Signer) ([]byte, error) {
	signed, err := note.Sign(&note.Note{Text: c.String()}, signer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	return signed, nil
}

// OpenCheckpoint reads a signed checkpoint of the log. Other signatures than
// the log's are not looked at; see [Policy.Check].
func OpenCheckpoint(signed []byte, key *Key) (Checkpoint, error) {
	c, _, err := openNote(signed, key)
	return c, err
}

// openNote reads a signed checkpoint and returns the note with the verified
// signatures of the log and of others. It reads one spelling of each signature,
// and none that comes twice.
func openNote(signed []byte, key *Key, others ...note.Verifier) (Checkpoint, *note.Note, error) {
	if err := plainSignatures(signed); err != nil {
		return Checkpoint{}, nil, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	n, err := note.Open(signed, note.VerifierList(append(others, key)...))
	if err != nil {
		return Checkpoint{}, nil, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	if !signedBy(n, key) {
		return Checkpoint{}, nil, fmt.Errorf("%w: no signature of %s", ErrCheckpoint, key.Origin())
	}
	c, err := parseCheckpoint(n.Text)
	if err == nil && c.Origin != key.Origin() {
		err = fmt.Errorf("%w: origin %q, want %q", ErrCheckpoint, c.Origin, key.Origin())
	}
	return c, n, err
}

func signedBy(n *note.Note, v note.Verifier) bool {
	for _, s := range n.Sigs {
		if s.Name == v.Name() && s.Hash == v.KeyHash() {
			return true
		}
	}
	return false
}

// onlyLog returns a signed checkpoint without the signatures of others.
func onlyLog(signed []byte, key *Key) ([]byte, error) {
	_, n, err := openNote(signed, key)
	if err != nil {
		return nil, err
	}
	return note.Sign(&note.Note{Text: n.Text, Sigs: n.Sigs})
}

// GenerateKey makes the key pair of a log with the given origin, such as
// "hop.example.vn/log". The secret is for [note.NewSigner].
func GenerateKey(origin string) (secret, public string, err error) {
	return note.GenerateKey(rand.Reader, origin)
}

// GenerateWitnessKey makes the key pair of a witness. The secret is for
// [NewCosigner], the public half for a [Policy]. It must be used for nothing
// else: cosignatures do not name their signer inside (C2SP tlog-cosignature).
func GenerateWitnessKey(name string) (secret, public string, err error) {
	secret, public, err = note.GenerateKey(rand.Reader, name)
	if err != nil {
		return "", "", err
	}
	public, err = cosign.VKeyToCosignatureV1(public)
	return secret, public, err
}

// NewCosigner returns what makes cosignatures, each with the time at which it
// is made.
func NewCosigner(secret string) (note.Signer, error) {
	s, err := cosign.NewSignerForCosignatureV1(secret)
	if err != nil {
		return nil, fmt.Errorf("witness key: %w", err)
	}
	return s, nil
}

// newCosignatureVerifier reads the public key of a witness.
func newCosignatureVerifier(text string) (note.Verifier, error) {
	v, err := cosign.NewVerifierForCosignatureV1(text)
	if err != nil {
		return nil, err
	}
	return v, checkKey(text, v, algCosignature)
}

// cosignature returns the signature lines that signer adds to a checkpoint.
func cosignature(signed []byte, signer note.Signer) ([]byte, error) {
	text, _, found := bytes.Cut(signed, []byte("\n\n"))
	if !found {
		return nil, ErrCheckpoint
	}
	n := &note.Note{Text: string(text) + "\n"}
	own, err := note.Sign(n, signer)
	if err != nil {
		return nil, err
	}
	return own[len(n.Text)+1:], nil
}
