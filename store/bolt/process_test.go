package bolt_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/store/bolt"
)

// childVariable holds, in a child process, the path of the store to serve.
const childVariable = "HOMPHIEU_TEST_STORE"

func TestMain(m *testing.M) {
	if path := os.Getenv(childVariable); path != "" {
		if err := serve(context.Background(), path, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// serve accepts the ballots that come one a line, and acknowledges each by its
// hash once the box has it.
func serve(ctx context.Context, path string, ballots io.Reader, acknowledged io.Writer) error {
	store, err := bolt.Open(path)
	if err != nil {
		return err
	}
	list, err := store.List(ctx)
	if err != nil {
		return err
	}
	b, err := store.Box(ctx, list[0])
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(ballots)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		v, err := ballot.Verify(b.Election(), bytes.Clone(lines.Bytes()))
		if err != nil {
			return err
		}
		if err := b.Accept(ctx, v); err != nil {
			return err
		}
		fmt.Fprintf(acknowledged, "%x\n", v.Hash())
	}
	return lines.Err()
}

// TestKill kills a server in the midst of its work, again and again on the same
// store: what it acknowledged is there afterwards, and nothing is half there.
func TestKill(t *testing.T) {
	const rounds, perRound = 6, 4
	path := filepath.Join(t.TempDir(), "data.bolt")
	store := openAt(t, path)
	e := boxtest.Small(t)
	b, err := store.Create(t.Context(), e.Setup)
	ok(t, err)
	ok(t, b.Open(t.Context()))
	ok(t, store.Close())
	for round := range rounds {
		ballots := e.Ballots[:min(len(e.Ballots), (round+2)*perRound)] // the first of them are there already
		acknowledged := killServer(t, path, ballots, rand.IntN(len(ballots)))
		store = openAt(t, path)
		ok(t, store.Check(t.Context()))
		b, err = store.Box(t.Context(), e.UUID)
		ok(t, err)
		for _, hash := range acknowledged {
			if _, err := b.Lookup(t.Context(), hash); err != nil {
				t.Fatalf("ballot %x was acknowledged and is gone: %v", hash, err)
			}
		}
		if s, err := b.Status(t.Context()); err != nil || s.Accepted < len(acknowledged) || s.Accepted > len(ballots) {
			t.Fatalf("%d ballots acknowledged of %d, the box has %+v, %v", len(acknowledged), len(ballots), s, err)
		}
		ok(t, store.Close())
	}
	store = openAt(t, path)
	defer store.Close()
	b, err = store.Box(t.Context(), e.UUID)
	ok(t, err)
	finish(t, b, e)
}

// server is this test program once more, as a process that serves a store.
func server(t *testing.T, path string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	ok(t, err)
	child := exec.CommandContext(t.Context(), program)
	child.Env = append(os.Environ(), childVariable+"="+path)
	return child
}

// killServer lets a child process accept ballots and kills it when it has
// acknowledged so many, which finds it at work on the next. It returns all that
// were acknowledged.
func killServer(t *testing.T, path string, ballots []*ballot.Ballot, after int) (acknowledged [][32]byte) {
	t.Helper()
	child := server(t, path)
	var input, complaints bytes.Buffer
	for _, b := range ballots {
		input.Write(append(b.Raw(), '\n'))
	}
	child.Stdin, child.Stderr = &input, &complaints
	output, err := child.StdoutPipe()
	ok(t, err)
	ok(t, child.Start())
	for lines := bufio.NewScanner(output); lines.Scan(); {
		hash, err := hex.DecodeString(lines.Text())
		if err != nil || len(hash) != 32 {
			break // the last line may be cut
		}
		acknowledged = append(acknowledged, [32]byte(hash))
		if len(acknowledged) == after+1 {
			ok(t, child.Process.Kill())
		}
	}
	_ = child.Wait() // it was killed
	if complaints.Len() > 0 || len(acknowledged) <= after {
		t.Fatalf("%d acknowledged: %s", len(acknowledged), complaints.String())
	}
	return acknowledged
}

// TestOneProcess opens a store twice.
func TestOneProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.bolt")
	store := openAt(t, path)
	boxtest.Reach(t, store, box.Open, 1)
	child := server(t, path)
	said, err := child.CombinedOutput()
	if err == nil || !strings.Contains(string(said), path+": timeout") {
		t.Errorf("a second process: %v, %s", err, said)
	}
	if second, err := bolt.Open(path); err == nil {
		second.Close()
		t.Error("the same process opened the file twice")
	}
	ok(t, store.Check(t.Context()))
	ok(t, store.Close())
}

// TestOpenRefuses gives Open what is no store.
func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage")
	ok(t, os.WriteFile(garbage, bytes.Repeat([]byte("not a store\n"), 5000), 0o600))
	for _, path := range []string{dir, garbage, filepath.Join(dir, "no", "such", "folder")} {
		if store, err := bolt.Open(path); err == nil {
			store.Close()
			t.Errorf("%s was opened", path)
		} else if !strings.Contains(err.Error(), path) {
			t.Errorf("error does not name the file: %v", err)
		}
	}
}

// TestFileIsPrivate: nobody else on the computer may read the store.
func TestFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.bolt")
	ok(t, openAt(t, path).Close())
	info, err := os.Stat(path)
	ok(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
}
