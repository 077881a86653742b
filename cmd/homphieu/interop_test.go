package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

// TestInterop holds votes and asks belenios-tool, which others wrote, about
// everything: the archive at each stage, each ballot of ours, and it makes a
// ballot with a credential of ours which the server must take and count.
func TestInterop(t *testing.T) {
	for _, board := range []string{"2/3", "3/5"} {
		t.Run(strings.Replace(board, "/", " of ", 1), func(t *testing.T) { testInterop(t, board) })
	}
}

func testInterop(t *testing.T, board string) {
	const own = 10 // ballots of ours: a full batch, and two that wait
	d := openPoll(t, demoOptions{out: t.TempDir(), board: board, listen: "127.0.0.1:0", voters: own + 2, people: 3, hold: true})
	tool := beleniosTool(t)
	setup := d.fetchArchive(t)

	var ballots [][]byte
	marks := d.plan.marks()[:own]
	for i, mark := range marks {
		ballots = append(ballots, d.cast(t, d.secrets[i], mark))
	}
	theirs := tool.generate(t, setup, d.secrets[own])
	if _, err := d.request(t.Context(), http.MethodPost, "/ballots", theirs, http.StatusCreated); err != nil {
		t.Fatalf("ballot of belenios-tool: %v", err)
	}
	for i, raw := range append(ballots, theirs) {
		tool.verifyBallot(t, setup, raw, i)
	}

	open := d.fetchArchive(t)
	if n := bytes.Count(open, []byte(`"type":"Ballot"`)); n != 8 {
		t.Fatalf("%d ballots in the chain while the poll is open, want one batch", n)
	}
	if err := meeting.CloseTrial(t.Context(), d.box, d.board, d.slips()); err != nil {
		t.Fatal(err)
	}
	closed := d.fetchArchive(t)
	result, err := meeting.CountTrial(t.Context(), d.box, d.board)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.box.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	whole := d.fetchArchive(t)
	want := tally.Result{{0, 1, 0, 0}, {0, 1, 0, 0}, {1, 0, 0, 0}} // theirs, and ours
	for _, levels := range marks {
		for j, level := range levels {
			want[j][level+1]++
		}
	}
	if !reflect.DeepEqual(result, want) {
		t.Fatalf("result %v, want %v", result, want)
	}
	for _, stage := range []struct {
		name string
		bel  []byte
		want archive.State
	}{
		{"open, nothing cast", setup, archive.StateOpen},
		{"open", open, archive.StateOpen},
		{"closed", closed, archive.StateClosed},
		{"aggregated", cutAfter(t, whole, archive.EncryptedTally), archive.StateAggregated},
		{"partly decrypted", cutAfter(t, whole, archive.PartialDecryption), archive.StateAggregated},
		{"result", whole, archive.StateResult},
	} {
		t.Run(stage.name, func(t *testing.T) {
			tool.verify(t, stage.bel)
			report, err := archive.Verify(bytes.NewReader(stage.bel), int64(len(stage.bel)), archive.Options{})
			if err != nil || !report.Valid() || report.State != stage.want {
				t.Fatalf("homphieu-verify: %v, %+v", err, report)
			}
		})
	}
}

// openPoll starts a demonstration that waits with its poll open.
func openPoll(t *testing.T, o demoOptions) *demonstration {
	t.Helper()
	d, err := newDemo(t.Context(), o, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- d.site.serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
		if err := d.close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func (d *demonstration) fetchArchive(t *testing.T) []byte {
	t.Helper()
	body, err := d.request(t.Context(), http.MethodGet, "/archive", nil, http.StatusOK)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// cast seals and casts one ballot and returns its bytes.
func (d *demonstration) cast(t *testing.T, c ballot.Credential, levels []int) []byte {
	t.Helper()
	choices := make([][]int, len(levels))
	for i, level := range levels {
		choices[i] = d.box.Election().Questions[i].Mark(level)
	}
	b, err := ballot.Seal(d.box.Election(), c, choices)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.request(t.Context(), http.MethodPost, "/ballots", b.Raw(), http.StatusCreated); err != nil {
		t.Fatal(err)
	}
	return b.Raw()
}

// cutAfter returns the archive up to and with its first event of a type.
func cutAfter(t *testing.T, bel []byte, kind string) []byte {
	t.Helper()
	for at := 0; at < len(bel); {
		size, err := strconv.ParseInt(string(bel[at+124:at+135]), 8, 64)
		if err != nil {
			t.Fatal(err)
		}
		next := at + int(archive.EntrySize(size))
		if bytes.Contains(bel[at+512:at+512+int(size)], []byte(`,"type":"`+kind+`"`)) {
			return bel[:next]
		}
		at = next
	}
	t.Fatalf("no event %s", kind)
	return nil
}

// tool is the path of belenios-tool.
type tool string

// beleniosTool finds the reference tool; without it nothing is proved, so that
// is a failure. The script .ci/belenios-tool installs it.
func beleniosTool(t *testing.T) tool {
	t.Helper()
	local, err := filepath.Abs("../../.tools/bin/belenios-tool")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{local, "belenios-tool"} {
		if path, err := exec.LookPath(name); err == nil {
			return tool(path)
		}
	}
	t.Fatal("belenios-tool is missing: run .ci/belenios-tool")
	return ""
}

// run starts the tool in a new folder that holds the given archive.
func (b tool) run(t *testing.T, bel []byte, files map[string]string, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	files["election.bel"] = ""
	for name, content := range files {
		if name == "election.bel" {
			name, content = electionName(t, bel)+".bel", string(bel)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.CommandContext(t.Context(), string(b), append([]string{"election"}, args...)...)
	command.Dir = dir
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		t.Fatalf("belenios-tool %v: %v\n%s%s", args, err, &stdout, &stderr)
	}
	if len(stdout.Bytes()) > 0 {
		return stdout.String()
	}
	return stderr.String()
}

func electionName(t *testing.T, bel []byte) string {
	t.Helper()
	report, err := archive.Verify(bytes.NewReader(bel), int64(len(bel)), archive.Options{})
	if err != nil || !report.Valid() {
		t.Fatalf("archive: %v, %v", err, report.Reason)
	}
	return report.UUID
}

func (b tool) verify(t *testing.T, bel []byte) {
	t.Helper()
	if said := b.run(t, bel, map[string]string{}, "verify", "--dir", "."); !strings.Contains(said, "all checks passed") {
		t.Fatalf("belenios-tool says: %s", said)
	}
}

// verifyBallot asks about one ballot, against the archive as it was before any.
func (b tool) verifyBallot(t *testing.T, setup, raw []byte, i int) {
	t.Helper()
	said := b.run(t, setup, map[string]string{"ballot.json": string(raw)}, "verify-ballot", "--dir", ".", "--ballot", "ballot.json")
	if !strings.Contains(said, "is valid") {
		t.Fatalf("belenios-tool of ballot %d: %s", i+1, said)
	}
}

// generate lets the tool make a ballot that marks the first level of everyone.
func (b tool) generate(t *testing.T, setup []byte, c ballot.Credential) []byte {
	t.Helper()
	said := b.run(t, setup, map[string]string{"credential": c.Code(), "choice": "[[0,1,0,0],[0,1,0,0],[1,0,0,0]]"},
		"generate-ballot", "--dir", ".", "--privcred", "credential", "--choice", "choice")
	return []byte(strings.TrimSpace(said))
}
