package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// signatureComment begins the last line of a policy that its log has signed.
const signatureComment = "# — "

// SignPolicy appends to a policy the signature of the log that it names, as a
// comment, which other readers of tlog-policy pass over:
//
//	log hop.example.vn/log+1f2e3d4c+ARpc2…
//	witness so-noi-vu w1.example.vn+5a6b7c8d+BHj3…
//	quorum so-noi-vu
//	# — hop.example.vn/log HyDJ…
//
// So the policy that is served with the files of a log is told from an altered
// one. It cannot be taken for a checkpoint: the first line of one is an origin,
// which has no space.
func SignPolicy(text []byte, signer note.Signer) ([]byte, error) {
	if _, err := ParsePolicy(text); err != nil {
		return nil, err
	}
	signed, err := note.Sign(&note.Note{Text: string(text)}, signer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPolicy, err)
	}
	text, line := bytes.Clone(text), signed[len(text)+1:]
	return append(append(text, "# "...), line...), nil
}

// OpenPolicy reads what [SignPolicy] returns: a policy of one log, as its key
// has signed it. It says what the log's operator declares, which need not be
// what a reader asks for.
func OpenPolicy(text []byte) (*Policy, error) {
	p, err := ParsePolicy(text)
	if err != nil {
		return nil, err
	}
	at := bytes.LastIndex(text, []byte("\n"+signatureComment)) + 1
	if at == 0 || len(p.Logs) != 1 {
		return nil, fmt.Errorf("%w: not signed by the log, or of several", ErrPolicy)
	}
	signed := slices.Concat(text[:at], []byte("\n"), text[at+len("# "):])
	if _, err := note.Open(signed, note.VerifierList(p.Logs[0].Key)); err != nil {
		return nil, fmt.Errorf("%w: not what the log has signed: %w", ErrPolicy, err)
	}
	if err := plainSignatures(signed); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPolicy, err)
	}
	return p, nil
}

// LogKey returns the key of the log with that origin. If the policy names none
// the error is [ErrCheckpoint], and if it names two, [ErrPolicy]: which of them
// is meant only its author knows.
func (p *Policy) LogKey(origin string) (key *Key, err error) {
	for _, l := range p.Logs {
		if l.Key.Origin() != origin {
			continue
		}
		if key != nil {
			return nil, fmt.Errorf("%w: two keys of %q", ErrPolicy, origin)
		}
		key = l.Key
	}
	if key == nil {
		return nil, fmt.Errorf("%w: %q is no log of the policy", ErrCheckpoint, origin)
	}
	return key, nil
}

// originOf returns the first line of a checkpoint, which names its log.
func originOf(signed []byte) string {
	origin, _, _ := strings.Cut(string(signed), "\n")
	return origin
}

// plainSignatures refuses a second spelling of the signatures of a note: one
// that comes twice, or Base64 whose unused bits are not zero. Neither changes
// what is signed; but who looks for altered files should find them. It also
// refuses names that are none (checkName).
func plainSignatures(signed []byte) error {
	lines := strings.Split(strings.TrimSuffix(string(signed), "\n"), "\n")
	seen := map[string]bool{}
	for i := len(lines) - 1; i >= 0 && lines[i] != ""; i-- {
		end := strings.LastIndex(lines[i], " ")
		if _, err := strictBase64(lines[i][end+1:]); err != nil || seen[lines[i]] {
			return errors.New("a signature in another spelling, or twice")
		}
		name, found := strings.CutPrefix(lines[i][:max(0, end)], "— ")
		if err := checkName(name); !found || err != nil {
			return errors.New("a signature of a name that is none")
		}
		seen[lines[i]] = true
	}
	return nil
}

// exact refuses a checkpoint with more signatures than those of the log and of
// the policy's witnesses.
func (p *Policy) exact(signed []byte, key *Key) error {
	_, _, n, err := p.open(signed, key)
	if err != nil && !errors.Is(err, ErrQuorum) {
		return err
	}
	if len(n.UnverifiedSigs) > 0 {
		return fmt.Errorf("%w: a signature of %s, whom its policy does not know", ErrCheckpoint, n.UnverifiedSigs[0].Name)
	}
	return nil
}
