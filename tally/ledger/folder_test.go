package ledger_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

// leave writes the files of a log, its signed policy among them, into a folder
// of its own.
func (s *scene) leave(t testing.TB) (dir string, files folder) {
	t.Helper()
	files, dir = export(t, s.log), filepath.Join(t.TempDir(), "log")
	policy, err := ledger.SignPolicy(s.Text, s.Signer)
	ok(t, err)
	files[ledger.PolicyPath] = policy
	for path, data := range files {
		name := filepath.Join(dir, filepath.FromSlash(path))
		ok(t, os.MkdirAll(filepath.Dir(name), 0o700))
		ok(t, os.WriteFile(name, data, 0o600))
	}
	return dir, files
}

// TestVerifyDir accepts what a log leaves, and refuses it with any byte of
// any file altered, any file cut short, prolonged or gone.
func TestVerifyDir(t *testing.T) {
	s := newScene(t, 2, 2, 2)
	dir, files := s.leave(t)
	f, err := ledger.VerifyDir(t.Context(), dir, nil, nil)
	ok(t, err)
	ok(t, f.Reason)
	if !f.Valid() || !f.OwnPolicy || f.Key.String() != s.Key.String() || f.Log.Size != 6 || len(f.Archives) != 0 {
		t.Fatalf("%+v", f)
	}
	for path, data := range files {
		name := filepath.Join(dir, filepath.FromSlash(path))
		refused := func(altered []byte, what string) {
			t.Helper()
			ok(t, os.WriteFile(name, altered, 0o600))
			if f, err := ledger.VerifyDir(t.Context(), dir, nil, nil); err != nil || f.Valid() {
				t.Errorf("%s %s: valid, or %v", path, what, err)
			}
		}
		for i := range data {
			altered := bytes.Clone(data)
			altered[i] ^= 1 << (i % 8)
			refused(altered, "with a bit flipped")
		}
		refused(data[:len(data)-1], "cut short")
		refused(nil, "emptied")
		for _, more := range []string{"\n", " ", "x", "#\n", "\x00", string(data[bytes.LastIndexByte(bytes.TrimSuffix(data, []byte("\n")), '\n')+1:])} {
			refused(append(bytes.Clone(data), more...), "prolonged")
		}
		ok(t, os.Remove(name))
		if f, err := ledger.VerifyDir(t.Context(), dir, nil, nil); err == nil && f.Valid() {
			t.Errorf("%s: valid without", path)
		} else if (err != nil) != (path == ledger.CheckpointPath || path == ledger.PolicyPath) {
			t.Errorf("%s gone: %v", path, err)
		}
		ok(t, os.WriteFile(name, data, 0o600))
	}
	f, err = ledger.VerifyDir(t.Context(), dir, nil, nil)
	ok(t, err)
	ok(t, f.Reason)
}

// TestVerifyDirPolicy: the reader's own policy decides whose word counts.
func TestVerifyDirPolicy(t *testing.T) {
	s := newScene(t, 1, 1, 2)
	dir, _ := s.leave(t)
	check := func(policy []byte) *ledger.Folder {
		p, err := ledger.ParsePolicy(policy)
		ok(t, err)
		f, err := ledger.VerifyDir(t.Context(), dir, p, nil)
		ok(t, err)
		return f
	}
	one := append(bytes.SplitAfterN(s.Text, []byte("\n"), 3)[0], []byte("quorum none\n")...)
	if f := check(one); !f.Valid() || f.OwnPolicy {
		t.Errorf("%+v", f)
	}
	other := newScene(t, 1, 1, 1)
	is(t, check(other.Text).Reason, ledger.ErrCheckpoint, "")
	_, stranger, err := ledger.GenerateKey("other.example.vn/log")
	ok(t, err)
	is(t, check(ledger.FormatPolicy(stranger, 0)).Reason, ledger.ErrCheckpoint, `"hop.example.vn/log" is no log of the policy`)
	witness := other.Text[bytes.Index(other.Text, []byte("witness ")):]
	is(t, check(append([]byte("log "+s.Key.String()+"\n"), witness...)).Reason, ledger.ErrQuorum, "witness-0")
}

// TestPolls: what stands of each poll, and nothing that was taken back.
func TestPolls(t *testing.T) {
	s := newScene(t, 3, 0, 0)
	u := [3]ballot.UUID{ledgertest.UUID(0), ledgertest.UUID(1), ledgertest.UUID(2)}
	_, err := s.log.Append(t.Context(),
		ledger.NewOpened(u[0], 2, ledgertest.Salt(0), ledgertest.Items(0)),
		ledger.Correction{Of: 5, Reason: "miscounted"}, ledger.Correction{Of: 6, Reason: "abandoned"})
	ok(t, err)
	s.Publish(t, s.log)
	r, err := ledger.Verify(t.Context(), export(t, s.log).fetch, s.Key, nil)
	ok(t, err)
	ok(t, r.Reason)
	for i, want := range []string{"0 sealed 1 closed 2 result 9 opened", "3 sealed 4 closed", ""} {
		var got []string
		for _, e := range r.Polls[u[i]].Entries {
			text, err := json.Marshal(e.Number)
			ok(t, err)
			got = append(got, string(text)+" "+e.Body.Kind())
		}
		if taken := []int64{0, 10, 11}[i]; r.Polls[u[i]].TakenBack != taken {
			t.Errorf("poll %d: taken back by %d, want %d", i, r.Polls[u[i]].TakenBack, taken)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("poll %d: %q, want %q", i, got, want)
		}
	}
}

// TestSignPolicy: a signed policy reads as before, and only with the key of the
// one log that it names.
func TestSignPolicy(t *testing.T) {
	s, other := newScene(t, 0, 1, 2), newScene(t, 0, 1, 1)
	signed, err := ledger.SignPolicy(s.Text, s.Signer)
	ok(t, err)
	if _, err := ledger.ParsePolicy(signed); err != nil {
		t.Errorf("as a comment: %v", err)
	}
	p, err := ledger.OpenPolicy(signed)
	ok(t, err)
	if key, err := p.LogKey(ledgertest.Origin); err != nil || key.String() != s.Key.String() {
		t.Errorf("%v, %v", key, err)
	}
	_, err = p.LogKey("x")
	is(t, err, ledger.ErrCheckpoint, `"x" is no log of the policy`)
	if _, err := ledger.OpenCheckpoint(bytes.Replace(signed, []byte("# — "), []byte("\n— "), 1), s.Key); err == nil {
		t.Error("a policy passes for a checkpoint")
	}
	byOther, err := ledger.SignPolicy(s.Text, other.Signer)
	ok(t, err)
	line := func(text []byte) []byte { return text[bytes.LastIndex(text, []byte("# — ")):] }
	two := append(bytes.Clone(s.Text), "log "+strings.Replace(other.Key.String(), "hop.", "two.", 1)+"\n"...)
	for name, text := range map[string][]byte{
		"unsigned":          s.Text,
		"key of another":    byOther,
		"signature twice":   append(bytes.Clone(signed), line(signed)...),
		"signature first":   append(bytes.Clone(line(signed)), s.Text...),
		"line behind":       append(bytes.Clone(signed), '\n'),
		"another threshold": bytes.Replace(signed, []byte("witnesses 1 "), []byte("witnesses 2 "), 1),
		"loose Base64":      loosened(t, signed),
		"two logs":          two,
		"empty":             nil,
	} {
		_, err := ledger.OpenPolicy(text)
		if err == nil {
			t.Errorf("%s: read", name)
			continue
		}
		is(t, err, ledger.ErrPolicy, "")
	}
	if _, err := ledger.SignPolicy([]byte("quorum"), s.Signer); err == nil {
		t.Error("signs what is no policy")
	}
	if _, err := ledger.SignPolicy([]byte("quorum none"), s.Signer); err == nil {
		t.Error("signs what has no end of the line")
	}
}

// loosened sets an unused bit of the Base64 of the last signature.
func loosened(t testing.TB, signed []byte) []byte {
	t.Helper()
	at := bytes.LastIndexByte(signed, '=') - 1
	for signed[at] == '=' {
		at--
	}
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	text := bytes.Clone(signed)
	text[at] = letters[strings.IndexByte(letters, text[at])|1]
	if bytes.Equal(text, signed) {
		t.Fatal("no unused bit")
	}
	return text
}

// TestVerifyDirSignatures: further signatures are for who has a policy of their
// own; beside the log's own policy nothing may be added.
func TestVerifyDirSignatures(t *testing.T) {
	s := newScene(t, 1, 1, 1)
	dir, files := s.leave(t)
	secret, _, err := ledger.GenerateWitnessKey("w9.example.vn")
	ok(t, err)
	cosigner, err := ledger.NewCosigner(secret)
	ok(t, err)
	n, err := note.Open(files[ledger.CheckpointPath], note.VerifierList(append(witnessKeys(t, s.Text), s.Key)...))
	ok(t, err)
	more, err := note.Sign(n, cosigner)
	ok(t, err)
	ok(t, os.WriteFile(filepath.Join(dir, ledger.CheckpointPath), more, 0o600))
	f, err := ledger.VerifyDir(t.Context(), dir, s.Policy, nil)
	ok(t, err)
	ok(t, f.Reason)
	f, err = ledger.VerifyDir(t.Context(), dir, nil, nil)
	ok(t, err)
	is(t, f.Reason, ledger.ErrCheckpoint, "w9.example.vn")
	ok(t, os.WriteFile(filepath.Join(dir, ledger.CheckpointPath), loosened(t, files[ledger.CheckpointPath]), 0o600))
	f, err = ledger.VerifyDir(t.Context(), dir, s.Policy, nil)
	ok(t, err)
	is(t, f.Reason, ledger.ErrCheckpoint, "another spelling")
}

func FuzzOpenPolicy(f *testing.F) {
	s := newScene(f, 0, 1, 2)
	signed, err := ledger.SignPolicy(s.Text, s.Signer)
	ok(f, err)
	f.Add(signed)
	f.Add(s.Text)
	f.Fuzz(func(t *testing.T, text []byte) {
		if p, err := ledger.OpenPolicy(text); err == nil && p.Logs[0].Key.String() == s.Key.String() && !bytes.Equal(text, signed) {
			t.Errorf("forged: %q", text)
		}
	})
}
