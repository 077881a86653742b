package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/meeting"
)

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"homphieu": main}) }

// TestScripts runs the scripts of testdata, each in an empty folder. Beside the
// commands of testscript they have:
//
//	refused STATUS ARG…   homphieu must exit with STATUS, print nothing, and say
//	                      why in one line, which is kept in the file error
//	start NAME ARG…       homphieu runs on; $NAME is the address that it names
//	end NAME SIGNAL       it gets INT or TERM and must exit with 0; what it
//	                      printed is kept in NAME.out, its log in NAME.err
//	election FILE [N]     an election object, or the N ballot papers of a meeting
//	mode MODE FILE…       files must have this mode
//	match PDF CREDENTIALS ELECTION
//	                      the codes in the PDF must be those of the credentials,
//	                      of every ballot paper
//	cast DEMO N LEVEL     the N-th slip of a held poll marks LEVEL for everybody
//	valid FILE BALLOTS    the archive must be valid, strictly, with the files
//	                      beside it, and hold so many ballots
//	ended, contributed, stray
//	                      see share_test.go
//	log, convicts         see log_test.go
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"refused": refused, "start": start, "end": end, "election": writeElection, "mode": mode, "match": match, "cast": castHeld, "valid": valid,
			"ended": writeEnded, "contributed": contributed, "stray": stray,
			"log": logCommand, "convicts": convicts,
		},
		RequireExplicitExec: true,
	})
}

// homphieuCommand is the program under test, in the script's folder.
func homphieuCommand(ts *testscript.TestScript, args []string) *exec.Cmd {
	path, err := exec.LookPath("homphieu")
	for _, folder := range filepath.SplitList(ts.Getenv("PATH")) {
		if candidate := filepath.Join(folder, "homphieu"); err != nil {
			if _, missing := os.Stat(candidate); missing == nil {
				path, err = candidate, nil
			}
		}
	}
	ts.Check(err)
	command := exec.Command(path, args...)
	command.Dir = ts.Getenv("WORK")
	command.Env = append(os.Environ(), "PATH="+ts.Getenv("PATH"), "TMPDIR="+ts.Getenv("TMPDIR"))
	return command
}

func refused(ts *testscript.TestScript, neg bool, args []string) {
	command := homphieuCommand(ts, args[1:])
	var out, complaint strings.Builder
	command.Stdout, command.Stderr = &out, &complaint
	var exit *exec.ExitError
	if err := command.Run(); !errors.As(err, &exit) || strconv.Itoa(exit.ExitCode()) != args[0] {
		ts.Fatalf("ended with %v, want status %s: %s", err, args[0], complaint.String())
	}
	text := complaint.String()
	if out.Len() > 0 || strings.Count(text, "\n") != 1 || !strings.HasPrefix(text, "homphieu: ") || neg {
		ts.Fatalf("printed %q, and complained %q", out.String(), text)
	}
	ts.Check(os.WriteFile(ts.MkAbs("error"), []byte(text), 0o600))
}

// running are the programs that a script started, by name.
type running struct {
	*exec.Cmd
	printed chan string // everything, at the end
}

var started = map[string]*running{} // by folder and name; scripts run in parallel

var address = regexp.MustCompile(`https?://[^ \n]+`)

func start(ts *testscript.TestScript, _ bool, args []string) {
	command := homphieuCommand(ts, args[1:])
	log, err := os.Create(ts.MkAbs(args[0] + ".err"))
	ts.Check(err)
	command.Stderr = log
	out, err := command.StdoutPipe()
	ts.Check(err)
	ts.Check(command.Start())
	ts.Defer(func() { _ = command.Process.Kill() })
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	if err != nil {
		complaint, _ := os.ReadFile(log.Name())
		ts.Fatalf("nothing printed: %v: %s", err, complaint)
	}
	r := &running{command, make(chan string, 1)}
	go func() {
		text := first
		for {
			line, err := lines.ReadString('\n')
			if text += line; err != nil {
				r.printed <- text
				return
			}
		}
	}()
	ts.Setenv(args[0], address.FindString(first))
	remember(ts.MkAbs(args[0]), r)
}

func end(ts *testscript.TestScript, _ bool, args []string) {
	r := remember(ts.MkAbs(args[0]), nil)
	ts.Check(r.Process.Signal(map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM}[args[1]]))
	printed := <-r.printed
	if err := r.Wait(); err != nil {
		complaint, _ := os.ReadFile(ts.MkAbs(args[0] + ".err"))
		ts.Fatalf("ended with %v: %s%s", err, printed, complaint)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".out"), []byte(printed), 0o600))
}

func writeElection(ts *testscript.TestScript, _ bool, args []string) {
	name := "Hội nghị lấy phiếu tín nhiệm"
	election := func(name string) *ballot.Election {
		e, err := ballot.NewElection(ballot.Draft{
			Name: name, Description: "Phòng họp số 1", UUID: ballot.NewUUID(),
			PublicKey: group.BaseExp(group.RandomScalar()), Questions: []ballot.Question{meeting.Question("Nguyễn Thị Ánh", "Giám đốc")},
		})
		ts.Check(err)
		return e
	}
	papers := ballot.OnePaper(election(name))
	if len(args) > 1 {
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		papers = &ballot.Papers{UUID: ballot.NewUUID()}
		for i := range n {
			papers.Elections = append(papers.Elections, election(fmt.Sprintf("%s\nPhiếu số %d", name, i+1)))
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), papers.AppendJSON(nil), 0o600))
}

func mode(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args[1:] {
		info, err := os.Stat(ts.MkAbs(name))
		ts.Check(err)
		if got := fmt.Sprintf("%04o", info.Mode()&fs.ModePerm); got != args[0] {
			ts.Fatalf("%s: mode %s, want %s", name, got, args[0])
		}
	}
}

func match(ts *testscript.TestScript, _ bool, args []string) {
	text, err := exec.Command("pdftotext", "-raw", ts.MkAbs(args[0]), "-").Output()
	if err != nil {
		ts.Fatalf("pdftotext is missing or fails: run .ci/setup: %v", err)
	}
	papers, err := ballot.ParsePapers([]byte(ts.ReadFile(args[2])))
	ts.Check(err)
	for u, want := range publicHalves(ts, args[1], papers) {
		var got []string
		const letters = `[1-9A-HJ-NP-Za-km-z]`
		code := regexp.MustCompile(`(` + letters + `{5}-` + letters + `{6})-\s+(` + letters + `{5}-` + letters + `{6})\s`)
		for _, found := range code.FindAllStringSubmatch(string(text), -1) {
			c, err := ballot.ParseCredential(found[1] + found[2])
			ts.Check(err)
			got = append(got, c.Public(u).String())
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			ts.Fatalf("%d codes in %s, %d in %s, or others:\n%.2000s", len(got), args[0], len(want), args[1], text)
		}
	}
}

// publicHalves reads a list of public credentials, or a list for each of
// several papers in the order of their UUIDs.
func publicHalves(ts *testscript.TestScript, file string, papers *ballot.Papers) map[ballot.UUID][]string {
	text := ts.ReadFile(file)
	halves := map[ballot.UUID][]string{}
	if len(papers.Elections) == 1 {
		var list []string
		ts.Check(json.Unmarshal([]byte(text), &list))
		halves[papers.UUID] = list
	} else {
		ts.Check(json.Unmarshal([]byte(text), &halves))
	}
	var order []int
	for _, e := range papers.Elections {
		if !slices.IsSorted(halves[e.UUID]) {
			ts.Fatalf("%s is not sorted", file)
		}
	}
	for _, u := range slices.Sorted(maps.Keys(halves)) {
		order = append(order, strings.Index(text, string(u)))
	}
	if len(halves) != len(papers.Elections) || !slices.IsSorted(order) {
		ts.Fatalf("%s has %d lists for %d papers, or in another order", file, len(halves), len(papers.Elections))
	}
	return halves
}

func castHeld(ts *testscript.TestScript, _ bool, args []string) {
	var held heldPoll
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &held))
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	level, err := strconv.Atoi(args[2])
	ts.Check(err)
	ts.Check(castFor(held, held.Credentials[n-1], level))
}

func valid(ts *testscript.TestScript, _ bool, args []string) {
	files, err := filepath.Glob(ts.MkAbs(args[0]))
	if err != nil || len(files) != 1 {
		ts.Fatalf("%s: %d files, %v", args[0], len(files), err)
	}
	report, err := verifyFiles(files[0])
	ts.Check(err)
	if !report.Valid() || strconv.Itoa(report.Ballots) != args[1] {
		ts.Fatalf("%s: %d ballots, %v", files[0], report.Ballots, report.Reason)
	}
}
