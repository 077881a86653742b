package main

import (
	"crypto/sha256"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"homphieu-verify": main})
}

// TestScripts runs the scripts of testdata: each is a page of what an auditor
// types and sees. In a script,
//
//	status 1 homphieu-verify FILE.bel
//
// runs the program and requires its exit status. The elections of belenios-tool
// lie in the folder vectors; ours is meeting.bel, with the files beside it, and
// as meeting-open.bel and meeting-closed.bel at earlier times. The folder log is
// the log that speaks of it, with the papers in the folder papers, and
// receipt.txt the receipt of its first ballot; other-policy is that of another
// log, and evidence.txt shows two histories of this one. In the folder logs are
// others that speak of the meeting alone, and otherwise (otherLogs). package.zip is
// the package of another poll, with those that packages names.
func TestScripts(t *testing.T) {
	vectors, err := filepath.Abs(filepath.Join("..", "..", "tally", "archive", "testdata", "vectors"))
	if err != nil {
		t.Fatal(err)
	}
	files := newMeeting(t)
	packages(t, files)
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			for name, text := range files {
				path := filepath.Join(env.WorkDir, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					return err
				}
				if err := os.WriteFile(path, text, 0o600); err != nil {
					return err
				}
			}
			return os.CopyFS(filepath.Join(env.WorkDir, "vectors"), os.DirFS(vectors))
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"status": status, "name-beside": nameBeside, "edit": edit, "env-from": envFrom},
	})
}

// status runs a program and requires its exit status.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N program [args]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got, exit := 0, new(exec.ExitError)
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// nameBeside gives files the names that belong beside our meeting: theirs and
// the election's.
func nameBeside(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		uuid := ts.ReadFile("uuid")
		path := ts.MkAbs(name)
		ts.Check(os.WriteFile(filepath.Join(filepath.Dir(path), uuid+"."+filepath.Base(path)+".json"), []byte(ts.ReadFile(name)), 0o600))
	}
}

// envFrom sets a variable to what a file says.
func envFrom(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: env-from NAME FILE")
	}
	ts.Setenv(args[0], ts.ReadFile(args[1]))
}

// edit replaces the first OLD in a file by NEW; with an empty
// OLD it appends.
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	lines := strings.NewReplacer(`\n`, "\n")
	old, from, to := ts.ReadFile(args[0]), lines.Replace(args[1]), lines.Replace(args[2])
	text := strings.Replace(old, from, to, 1)
	if from == "" {
		text = old + to
	}
	if text == old {
		ts.Fatalf("%s: no %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// newMeeting makes an election of ours: a board of two in three, five slips, four
// ballots, one slip returned and voided.
func newMeeting(t *testing.T) map[string][]byte {
	t.Helper()
	e := boxtest.NewElection(t, boxtest.Plan{
		Boards: []boxtest.Board{{Threshold: 2, Size: 3}}, Voters: 5,
		Questions: []ballot.Question{boxtest.Person("Đồng chí Nguyễn Văn An\nBí thư"), {Text: "Đồng chí Bình", Answers: []string{"Có", "Không"}, Min: 1, Max: 1}},
	})
	a := story{files: archive.AppendHead(nil, boxtest.Timestamp)}
	payload := archive.SetupPayload{Election: sum(e.Setup.Election), Trustees: sum(e.Setup.Trustees), Credentials: sum(e.Setup.Credentials)}
	a.event(archive.Setup, e.Setup.Election, e.Setup.Trustees, e.Setup.Credentials, payload.AppendJSON(nil))
	product := e.NewProduct()
	for i, level := range []int{0, 0, 2, -1} {
		b := e.Seal(t, i, level, i%2)
		product.Mul(b)
		a.event(archive.Ballot, b.Raw())
	}
	files := map[string][]byte{"meeting-open.bel": a.files}
	a.event(archive.EndBallots)
	files["meeting-closed.bel"] = a.files
	closing := tally.Closing{
		Election: e.Fingerprint(), EndBallots: a.chain.Head, Slips: tally.Slips{Printed: 5, Issued: 5, Returned: 1, Cast: 4},
		Voided: []ballot.CredentialKey{e.Voters[4].Key},
	}
	closing.Sign(1, e.Holders[0].Signing)
	closing.Sign(3, e.Holders[2].Signing)
	events, shares, err := boxtest.Tally(e, product, 4, 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, event := range events {
		a.event(event.Type, event.Data...)
	}
	files["meeting.bel"], files["meeting.shares.json"] = a.files, shares
	files["meeting.closing.json"] = closing.AppendJSON(nil)
	files["uuid"] = []byte(e.UUID)
	logMeeting(t, e, files, a.chain.Head)
	return files
}

// story writes an archive.
type story struct {
	files []byte
	chain archive.Chain
}

func (s *story) event(kind string, data ...[]byte) {
	var payload *[32]byte
	files := s.files[:len(s.files):len(s.files)] // what was handed out stays as it is
	for _, d := range data {
		hash := sum(d)
		payload, files = &hash, archive.AppendEntry(files, archive.KindData, d, boxtest.Timestamp)
	}
	text, next := s.chain.Next(kind, payload)
	s.files, s.chain = archive.AppendEntry(files, archive.KindEvent, text, boxtest.Timestamp), next
}

func sum(b []byte) [32]byte { return sha256.Sum256(b) }
