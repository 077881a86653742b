package bolt_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/store/bolt"
	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

// reopenable opens an empty store, and a function that closes and opens it.
func reopenable(t *testing.T) (store *bolt.Store, reopen func() *bolt.Store) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data.bolt")
	s := openAt(t, path)
	t.Cleanup(func() { s.Close() })
	return s, func() *bolt.Store {
		t.Helper()
		ok(t, s.Check(t.Context()))
		ok(t, s.Close())
		s = openAt(t, path)
		return s
	}
}

func TestLedger(t *testing.T) {
	ledgertest.Run(t, func(t *testing.T) (ledger.Store, func() ledger.Store) {
		s, reopen := reopenable(t)
		return s.Ledger(), func() ledger.Store { return reopen().Ledger() }
	})
}

func TestLedgerWitness(t *testing.T) {
	ledgertest.RunWitness(t, func(t *testing.T) (ledger.WitnessStore, func() ledger.WitnessStore) {
		s, reopen := reopenable(t)
		return s.Witness(), func() ledger.WitnessStore { return reopen().Witness() }
	})
}

// ledgerVariable holds, in a child process, the path of the store whose log to
// write.
const ledgerVariable = "HOMPHIEU_TEST_LEDGER"

// In a child process this comes before any test.
func init() {
	path := os.Getenv(ledgerVariable)
	if path == "" {
		return
	}
	if err := writeLedger(context.Background(), path, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// writeLedger appends the polls whose numbers come one a line, and acknowledges
// each once it is written and signed.
func writeLedger(ctx context.Context, path string, polls io.Reader, acknowledged io.Writer) error {
	lines := bufio.NewReader(polls)
	var keys [2]string
	for i := range keys {
		line, err := lines.ReadString('\n')
		if err != nil {
			return err
		}
		keys[i] = strings.TrimSpace(line)
	}
	log, err := openLog(ctx, path, keys[0], keys[1])
	if err != nil {
		return err
	}
	for {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		n, err := strconv.Atoi(strings.TrimSpace(line))
		if err != nil {
			return err
		}
		if _, err := log.Append(ctx, ledgertest.Poll(n)...); err != nil {
			return err
		}
		signed, err := log.Sign(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(acknowledged, "%d %q\n", n, signed)
	}
}

// TestLedgerKill kills a server that writes the log, again and again on the
// same store: what it acknowledged is there afterwards, every checkpoint that
// it signed is still the beginning of the log, and no poll is there by half.
func TestLedgerKill(t *testing.T) {
	const rounds, perRound = 6, 5
	path := filepath.Join(t.TempDir(), "data.bolt")
	secret, public, err := ledger.GenerateKey(ledgertest.Origin)
	ok(t, err)
	key, err := ledger.ParseKey(public)
	ok(t, err)
	var signed [][]byte
	for round := range rounds {
		acknowledged := killLog(t, path, secret+"\n"+public+"\n", round*perRound, rand.IntN(perRound))
		signed = append(signed, acknowledged...)
		store := openAt(t, path)
		ok(t, store.Check(t.Context()))
		log, err := newLog(t.Context(), store, secret, public)
		ok(t, err)
		ok(t, log.Guard(t.Context(), signed...))
		size, err := store.Ledger().Size(t.Context())
		ok(t, err)
		last, err := ledger.OpenCheckpoint(signed[len(signed)-1], key)
		ok(t, err)
		if size < last.Size || size%int64(len(ledgertest.Poll(0))) != 0 {
			t.Fatalf("%d entries, %d were signed", size, last.Size)
		}
		_, err = log.Sign(t.Context())
		ok(t, err)
		report, err := ledger.Verify(t.Context(), log.File, key, nil)
		ok(t, err)
		if !report.Valid() || report.Size != size {
			t.Fatalf("%d of %d entries: %v", report.Entries, size, report.Reason)
		}
		ok(t, store.Close())
	}
}

func openLog(ctx context.Context, path, secret, public string) (*ledger.Log, error) {
	store, err := bolt.Open(path)
	if err != nil {
		return nil, err
	}
	return newLog(ctx, store, secret, public)
}

func newLog(ctx context.Context, store *bolt.Store, secret, public string) (*ledger.Log, error) {
	signer, key, err := ledgertest.ParseKeys(secret, public)
	if err != nil {
		return nil, err
	}
	return ledger.NewLog(ctx, store.Ledger(), signer, key, nil)
}

// killLog lets a child process write polls from number first on, and kills it
// when it has acknowledged so many, which finds it at work on the next. It
// returns the checkpoints that were acknowledged.
func killLog(t *testing.T, path, keys string, first, after int) (signed [][]byte) {
	t.Helper()
	program, err := os.Executable()
	ok(t, err)
	child := exec.CommandContext(t.Context(), program)
	child.Env = append(os.Environ(), ledgerVariable+"="+path)
	var complaints bytes.Buffer
	input := bytes.NewBufferString(keys)
	for n := range 100 {
		fmt.Fprintln(input, first+n)
	}
	child.Stdin, child.Stderr = input, &complaints
	output, err := child.StdoutPipe()
	ok(t, err)
	ok(t, child.Start())
	for lines := bufio.NewScanner(output); lines.Scan(); {
		_, quoted, _ := strings.Cut(lines.Text(), " ")
		text, err := strconv.Unquote(quoted)
		if err != nil {
			break // the last line may be cut
		}
		if signed = append(signed, []byte(text)); len(signed) == after+1 {
			ok(t, child.Process.Kill())
		}
	}
	_ = child.Wait() // it was killed
	if complaints.Len() > 0 || len(signed) <= after {
		t.Fatalf("%d acknowledged: %s", len(signed), complaints.String())
	}
	return signed
}

// TestLedgerCorrupt changes one value after the other; Check finds each.
func TestLedgerCorrupt(t *testing.T) {
	store, _ := reopenable(t)
	keys := ledgertest.NewKeys(t, 1, 1)
	log := keys.Log(t, store.Ledger())
	_, err := log.Append(t.Context(), ledgertest.Poll(0)...)
	ok(t, err)
	keys.Publish(t, log, keys.Witness(t, 0, store.Witness()))
	ok(t, store.Check(t.Context()))
	list := store.DumpLedger(t)
	if len(list) != 3+4+2+1 { // entries, hashes, checkpoints, witness
		t.Fatalf("%d values are kept", len(list))
	}
	for _, e := range list {
		for name, value := range map[string]string{"changed": e.Value[:len(e.Value)-1] + string(e.Value[len(e.Value)-1]^1), "cut": e.Value[:len(e.Value)-1], "gone": ""} {
			if name == "gone" && (e.Bucket == "heads" || e.Bucket == "witness") {
				continue // then there was none
			}
			store.ReplaceLedger(t, bolt.Entry{Bucket: e.Bucket, Key: e.Key, Value: value})
			if err := store.Check(t.Context()); !errors.Is(err, box.ErrCorrupt) {
				t.Errorf("%s %x %s: %v", e.Bucket, e.Key, name, err)
			}
			store.ReplaceLedger(t, e)
		}
	}
	ok(t, store.Check(t.Context()))
}
