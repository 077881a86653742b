package ledger_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	formats "github.com/transparency-dev/formats/log"
	cosign "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

// witnessKeys returns the verifiers of the second implementation for a policy.
func witnessKeys(t testing.TB, policy []byte) (list []note.Verifier) {
	t.Helper()
	for line := range strings.Lines(string(policy)) {
		if items := strings.Fields(line); items[0] == "witness" {
			v, err := cosign.NewVerifier(items[2])
			ok(t, err)
			list = append(list, v)
		}
	}
	return list
}

// TestFormatsReadsOurs: transparency-dev/formats reads our checkpoints, and
// verifies the log's signature and all cosignatures.
func TestFormatsReadsOurs(t *testing.T) {
	s := newScene(t, 3, 2, 3)
	signed := published(t, s.log)
	log, err := cosign.NewVerifier(s.Key.String())
	ok(t, err)
	c, rest, n, err := formats.ParseCheckpoint(signed, ledgertest.Origin, log, witnessKeys(t, s.Text)...)
	ok(t, err)
	ours, q, err := s.Policy.Check(signed, s.Key)
	ok(t, err)
	if c.Size != 9 || c.Origin != ours.Origin || !bytes.Equal(c.Hash, ours.Root[:]) || len(rest) != 0 || len(n.Sigs) != 4 || len(n.UnverifiedSigs) != 0 {
		t.Errorf("%+v, %d signatures, rest %q", c, len(n.Sigs), rest)
	}
	if string(c.Marshal()) != ours.String() || len(q.Cosigned) != 3 || len(q.Missing) != 0 {
		t.Errorf("%q, %+v", ours.String(), q)
	}
}

// TestCheckpointRefused: what is not three canonical lines under the log's own
// signature is no checkpoint, whatever a lenient reader would make of it.
func TestCheckpointRefused(t *testing.T) {
	s := newScene(t, 1, 0, 0)
	c, signed, err := s.log.Published(t.Context())
	ok(t, err)
	root := strings.Split(c.String(), "\n")[2]
	text := func(origin, size, root, more string) string {
		return fmt.Sprintf("%s\n%s\n%s\n%s", origin, size, root, more)
	}
	_, err = ledger.OpenCheckpoint(sign(t, text(c.Origin, "3", root, ""), s.Signer), s.Key)
	ok(t, err)
	for name, bad := range map[string][]byte{
		"nothing":          nil,
		"no signature":     []byte(c.String()),
		"other key":        sign(t, c.String(), newScene(t, 0, 0, 0).Signer),
		"edited":           bytes.Replace(signed, []byte("\n3\n"), []byte("\n4\n"), 1),
		"an extension":     sign(t, text(c.Origin, "3", root, "more\n"), s.Signer),
		"other origin":     sign(t, text("other.example.vn", "3", root, ""), s.Signer),
		"leading zero":     sign(t, text(c.Origin, "03", root, ""), s.Signer),
		"sign":             sign(t, text(c.Origin, "+3", root, ""), s.Signer),
		"negative":         sign(t, text(c.Origin, "-3", root, ""), s.Signer),
		"too large":        sign(t, text(c.Origin, "9007199254740993", root, ""), s.Signer),
		"short root":       sign(t, text(c.Origin, "3", "AAAA", ""), s.Signer),
		"loose root":       sign(t, text(c.Origin, "3", root[:42]+loose(root[42])+"=", ""), s.Signer),
		"empty, with root": sign(t, text(c.Origin, "0", root, ""), s.Signer),
		"two lines":        sign(t, c.Origin+"\n3\n", s.Signer),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ledger.OpenCheckpoint(bad, s.Key)
			is(t, err, ledger.ErrCheckpoint, "")
		})
	}
}

// loose returns another digit of Base64 that a lenient reader takes for c at
// the end of 32 bytes.
func loose(c byte) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	return string(digits[strings.IndexByte(digits, c)^1])
}

func sign(t testing.TB, text string, signer note.Signer) []byte {
	t.Helper()
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	ok(t, err)
	return signed
}

// TestKeys: a log does not take the key of another, nor of a witness.
func TestKeys(t *testing.T) {
	a, b := ledgertest.NewKeys(t, 0, 1), ledgertest.NewKeys(t, 0, 0)
	if _, err := ledger.NewLog(t.Context(), ledgertest.NewMemory(), a.Signer, b.Key, nil); err == nil {
		t.Error("a log has another's public key")
	}
	_, public, err := ledger.GenerateWitnessKey("w.example.vn")
	ok(t, err)
	for _, bad := range []string{"", "x", public, strings.Replace(a.Key.String(), ledgertest.Origin, "other.example.vn", 1)} {
		if _, err := ledger.ParseKey(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	if _, err := ledger.NewCosigner("no key"); err == nil {
		t.Error("no key was taken")
	}
}

func FuzzOpenCheckpoint(f *testing.F) {
	s := newScene(f, 1, 1, 1)
	c, signed, err := s.log.Published(f.Context())
	ok(f, err)
	f.Add(signed)
	f.Add([]byte(c.String()))
	f.Fuzz(func(t *testing.T, text []byte) {
		if got, err := ledger.OpenCheckpoint(text, s.Key); err == nil && got != c {
			t.Fatalf("%q: %+v was never signed", text, got)
		}
	})
}
