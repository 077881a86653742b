package main

import (
	"bytes"
	"context"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/homphieu/homphieu/report/pades"
	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

// A served log is one over HTTP whose server can be made to lie.
type servedLog struct {
	*ledgertest.Keys
	log     *ledger.Log
	witness *ledger.Witness
	polls   int
	server  *httptest.Server

	mu     sync.Mutex
	files  map[string][]byte // by path of the address
	before map[string][]byte // as they were before the last poll
	down   bool
	busy   string // beginning of the paths that cannot be had
	asked  []string
}

// serveLog serves a log with so many polls, three entries each.
func serveLog(t testing.TB, polls int) *servedLog {
	s := &servedLog{Keys: ledgertest.NewKeys(t, 1, 1)}
	s.begin(t)
	s.grow(t, 0, polls)
	s.server = httptest.NewServer(s)
	return s
}

// begin begins the log, or another history of it, with the same keys.
func (s *servedLog) begin(t testing.TB) {
	s.log, s.witness, s.polls = s.Log(t, ledgertest.NewMemory()), s.Witness(t, 0, ledgertest.NewWitnessMemory()), 0
}

// grow adds polls from the given number on, and publishes.
func (s *servedLog) grow(t testing.TB, first, polls int) {
	t.Helper()
	ctx := context.Background()
	var bodies []ledger.Body
	for i := range polls {
		bodies = append(bodies, ledgertest.Poll(first+i)...)
	}
	if polls > 0 {
		if _, err := s.log.Append(ctx, bodies...); err != nil {
			t.Fatal(err)
		}
	}
	s.polls += polls
	c := s.Publish(t, s.log, s.witness)
	files := map[string][]byte{}
	policy, err := ledger.SignPolicy(s.Text, s.Signer)
	if err != nil {
		t.Fatal(err)
	}
	files["/log/policy"] = policy
	for _, path := range ledger.Files(c.Size) {
		if files["/log/"+path], err = s.log.File(ctx, path); err != nil {
			t.Fatal(err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before, s.files = s.files, files
}

// correct adds a poll, opens its result and takes it back.
func (s *servedLog) correct(ctx context.Context) error {
	n := s.polls
	s.polls++
	numbers, err := s.log.Append(ctx, ledgertest.Poll(n)...)
	if err != nil {
		return err
	}
	numbers, err = s.log.Append(ctx, ledger.NewOpened(ledgertest.UUID(n), numbers[2], ledgertest.Salt(n), ledgertest.Items(n)))
	if err != nil {
		return err
	}
	_, err = s.log.Append(ctx, ledger.Correction{Of: numbers[0], Reason: "ghi nhầm"})
	return err
}

// ServeHTTP implements http.Handler.
func (s *servedLog) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.URL.Path)
	data, found := s.files[r.URL.Path]
	switch {
	case s.down, s.busy != "" && strings.HasPrefix(r.URL.Path, s.busy):
		w.WriteHeader(http.StatusBadGateway)
	case !found:
		w.WriteHeader(http.StatusNotFound)
	default:
		w.Write(data)
	}
}

// said returns the paths that were asked for since it was called last.
func (s *servedLog) said() (asked []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked, s.asked = s.asked, nil
	return asked
}

// lie does something to the files that are served.
func (s *servedLog) lie(do func(files map[string][]byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files = maps.Clone(s.files)
	do(s.files)
}

var servedLogs sync.Map // by folder and name; scripts run in parallel

// logCommand is the command log of scripts:
//
//	log NAME serve N       a log with N polls at the address $NAME
//	log NAME grow N        so many polls more
//	log NAME fork N M      another history, witnessed as well: the same N polls, then M others
//	log NAME back          as it was before it grew
//	log NAME poll FOLDER   a log that was left there, with what lies beside it
//	log NAME renew         with a witness more, whom nobody is asked for
//	log NAME correct       takes a result back that was opened
//	log NAME edit PATH OLD NEW
//	log NAME long PATH     a file without an end
//	log NAME gone PATH     without a file
//	log NAME huge          with a signed checkpoint of more entries than can be
//	log NAME down, up
//	log NAME busy [PATH]   nothing below the path can be had
//	log valid DIR N        the folder must hold a valid log of N entries
func logCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: log NAME COMMAND …")
	}
	number := func(i int) int {
		n, err := strconv.Atoi(args[i])
		ts.Check(err)
		return n
	}
	if args[0] == "valid" {
		f, err := ledger.VerifyDir(context.Background(), ts.MkAbs(args[1]), nil, pades.SignedOnly)
		ts.Check(err)
		if !f.Valid() || f.Log.Size != int64(number(2)) {
			ts.Fatalf("%d entries, %v", f.Log.Size, f.Reason)
		}
		return
	}
	t := &scriptT{ts: ts}
	if args[1] == "serve" {
		s := serveLog(t, number(2))
		ts.Defer(s.server.Close)
		servedLogs.Store(ts.MkAbs(args[0]), s)
		ts.Setenv(args[0], s.server.URL)
		return
	}
	found, is := servedLogs.Load(ts.MkAbs(args[0]))
	if !is {
		ts.Fatalf("no log %s", args[0])
	}
	s := found.(*servedLog)
	switch args[1] {
	case "grow":
		s.grow(t, s.polls, number(2))
	case "fork":
		s.begin(t)
		s.grow(t, 0, number(2))
		s.grow(t, 1000, number(3))
	case "renew":
		_, public, err := ledger.GenerateWitnessKey("w1.example.vn")
		ts.Check(err)
		first := strings.Fields(string(s.Text))[4]
		s.Text = ledger.FormatPolicy(s.Key.String(), 1, [2]string{"witness-0", first}, [2]string{"witness-1", public})
		s.grow(t, s.polls, 0)
	case "correct":
		ts.Check(s.correct(context.Background()))
		s.grow(t, s.polls, 0)
	case "back":
		s.lie(func(files map[string][]byte) { clear(files); maps.Copy(files, s.before) })
	case "poll":
		s.lie(func(files map[string][]byte) { ts.Check(serveFolder(files, ts.MkAbs(args[2]))) })
	case "edit":
		s.lie(func(files map[string][]byte) {
			was := files[args[2]]
			if files[args[2]] = bytes.Replace(was, []byte(args[3]), []byte(args[4]), 1); bytes.Equal(was, files[args[2]]) {
				ts.Fatalf("%s: no %q", args[2], args[3])
			}
		})
	case "long":
		s.lie(func(files map[string][]byte) { files[args[2]] = make([]byte, 10<<20) })
	case "huge":
		signed, err := ledger.Checkpoint{Origin: ledgertest.Origin, Size: ledger.MaxEntries + 1}.Sign(s.Signer)
		ts.Check(err)
		s.lie(func(files map[string][]byte) { files["/log/checkpoint"] = signed })
	case "gone":
		s.lie(func(files map[string][]byte) { delete(files, args[2]) })
	case "down", "up":
		s.mu.Lock()
		s.down = args[1] == "down"
		s.mu.Unlock()
	case "busy":
		s.mu.Lock()
		s.busy = strings.Join(args[2:], "")
		s.mu.Unlock()
	default:
		ts.Fatalf("unknown: %s", args[1])
	}
}

// serveFolder serves what a demonstration has left, as its server did.
func serveFolder(files map[string][]byte, folder string) error {
	clear(files)
	root := os.DirFS(folder)
	return fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		files["/"+name] = data
		uuid, ending, _ := strings.Cut(name, ".")
		for route, end := range fileNames {
			if "."+ending == end {
				files["/api/v1/elections/"+uuid+"/"+route] = data
				files["/board/"+uuid+"/files/result.json"], err = fs.ReadFile(root, "result.json")
			}
		}
		return err
	})
}

// convicts requires evidence in each of the files.
func convicts(ts *testscript.TestScript, neg bool, args []string) {
	for _, pattern := range args {
		files, err := filepath.Glob(ts.MkAbs(pattern))
		if err != nil || len(files) == 0 || neg {
			ts.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, name := range files {
			_, err := ledger.VerifyEvidence([]byte(ts.ReadFile(name)))
			ts.Check(err)
		}
	}
}

// scriptT lets helpers of tests fail a script.
type scriptT struct {
	testing.TB
	ts *testscript.TestScript
}

func (t *scriptT) Helper() {}

func (t *scriptT) Fatal(args ...any) {
	for _, a := range args {
		if err, is := a.(error); is {
			t.ts.Check(err)
		}
	}
	t.ts.Fatalf("%v", args)
}

// TestDemoLog alters every file of the log that a demonstration leaves, in
// several ways: each time it is refused. The files beside it are what it says.
func TestDemoLog(t *testing.T) {
	out := demoFolder(t)
	dir := filepath.Join(out, "log")
	check := func() error {
		t.Helper()
		f, err := ledger.VerifyDir(t.Context(), dir, nil, pades.SignedOnly)
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Unknown()) > 0 {
			t.Error(f.Unknown())
		}
		return f.Reason
	}
	alter := func(path string, alterations ...func([]byte) []byte) {
		t.Helper()
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i, do := range alterations {
			if err := os.WriteFile(path, do(bytes.Clone(data)), 0o600); err != nil {
				t.Fatal(err)
			}
			if check() == nil {
				t.Errorf("%s altered (%d): valid", path, i)
			}
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	flip := func(at func(n int) int) func([]byte) []byte {
		return func(data []byte) []byte { data[at(len(data))] ^= 1; return data }
	}
	first, middle, last := flip(func(int) int { return 0 }), flip(func(n int) int { return n / 2 }), flip(func(n int) int { return n - 1 })
	shorter, longer := func(b []byte) []byte { return b[:len(b)-1] }, func(b []byte) []byte { return append(b, '\n') }
	if err := check(); err != nil {
		t.Fatal(err)
	}
	var files int
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files++
			alter(path, first, middle, last, shorter, longer)
		}
		return err
	})
	if err != nil || files != 4 {
		t.Errorf("%d files, %v", files, err)
	}
	for _, name := range []string{"result.json", "manifest.json", "minutes.pdf", "report.pdf"} {
		alter(filepath.Join(out, name), first)
	}
	for _, end := range []string{"*.shares.json", "*.closing.json", "*.bel"} {
		found, err := filepath.Glob(filepath.Join(out, end))
		if err != nil || len(found) != 1 {
			t.Fatal(found, err)
		}
		alter(found[0], middle)
	}
	if err := check(); err != nil {
		t.Error(err)
	}
}
