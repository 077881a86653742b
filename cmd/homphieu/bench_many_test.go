package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/ballottest"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/store/bolt"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/ledger"
)

// measureMany tells what a great many ballots cost: to close their poll, to hand
// out its archive, to verify it. Ballots are on one person, but for a few on
// twenty, and minted: honest ones would take half an hour to seal. Every one of
// them is verified before the box takes it, and again at the end.
func measureMany(b *testing.B) []row {
	const few, some, many = 1_000, 10_000, 100_000
	verifier := buildVerifier(b)
	wide := newManyPoll(b, few, benchPeople)
	wideClosing := wide.close(b)
	small := newManyPoll(b, some, 1).end(b, verifier)
	large := newManyPoll(b, many, 1).end(b, verifier)
	compare := func(what, unit, aim string, of func(e ending) float64) row {
		ours, against := of(large), of(small)
		return row{what, fmt.Sprintf("%.3g %s", ours, unit), fmt.Sprintf("%.3g %s for 10,000", against, unit), fmt.Sprintf("%.2f", ours/against), aim}
	}
	return []row{
		compare("100,000 ballots: from close to encrypted tally", "s", "< 2 s", func(e ending) float64 { return e.closing.Seconds() }),
		{"  of 1,000 ballots × 20 persons", seconds(wideClosing), "", "", ""},
		{"  export: heap in use, more than before", megabytes(large.exportMemory), megabytes(small.exportMemory) + " for 10,000", "", ""},
		compare("  export: processor time a ballot", "µs", "1", func(e ending) float64 { return e.perBallot(e.export) }),
		compare("  homphieu-verify: resident memory", "MB", "< 200 MB", func(e ending) float64 { return float64(e.verifyMemory) / 1e6 }),
		compare("  homphieu-verify: processor time a ballot", "µs", "1", func(e ending) float64 { return e.perBallot(e.verify) }),
	}
}

// BenchmarkClosing closes a poll of 100,000 ballots on 20 persons, all of them
// verified before the box takes them. That takes minutes, 3 GB of memory and as
// much on disk, so it is not in the table of make bench.
func BenchmarkClosing(b *testing.B) {
	p := newManyPoll(b, 100_000, benchPeople)
	b.ReportMetric(p.close(b).Seconds(), "s/closing")
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3g s", d.Seconds()) }

func megabytes(n uint64) string { return fmt.Sprintf("%.3g MB", float64(n)/1e6) }

// TestMintedArchive counts a poll of minted ballots, which belenios-tool finds in
// order.
func TestMintedArchive(t *testing.T) {
	p := newManyPoll(t, 9, 2)
	p.close(t)
	beleniosTool(t).verify(t, boxtest.Archive(t, p.box))
}

// A manyPoll is an open poll in a store on disk, with a minted ballot of every
// voter.
type manyPoll struct {
	voters int
	board  *meeting.TrialBoard
	mint   *ballottest.Mint
	folder string
	store  *bolt.Store
	box    box.Box
}

func newManyPoll(b testing.TB, voters, people int) *manyPoll {
	b.Helper()
	board, err := meeting.NewTrialBoard(2, 3)
	fatal(b, err)
	draft := ballot.Draft{Name: "Hội nghị", UUID: ballot.NewUUID(), PublicKey: board.Trustees().PublicKey()}
	for i := range people {
		draft.Questions = append(draft.Questions, meeting.Question(fmt.Sprintf("Người thứ %d", i+1), ""))
	}
	e, err := ballot.NewElection(draft)
	fatal(b, err)
	mint, err := ballottest.NewMint(e)
	fatal(b, err)
	p := &manyPoll{voters: voters, board: board, mint: mint, folder: b.TempDir()}
	p.cast(b, box.Setup{
		Election: e.Raw(), Trustees: board.Trustees().Raw(), Credentials: mint.Credentials(voters), Timestamp: 1_700_000_000,
		Settings: box.Settings{MinBallots: 1, RuleSet: "reg96_2023"},
	})
	p.store, err = bolt.Open(p.path())
	fatal(b, err)
	b.Cleanup(func() { fatal(b, p.store.Close()) })
	p.box, err = p.store.Box(b.Context(), e.UUID)
	fatal(b, err)
	return p
}

func (p *manyPoll) path() string { return filepath.Join(p.folder, "homphieu.db") }

func fatal(b testing.TB, err error) {
	if err != nil {
		b.Helper()
		b.Fatal(err)
	}
}

// cast leaves a store in which all have voted in the poll's folder. It is made in
// memory where the system has a folder for that: how long the disk takes for so
// many commits is measured elsewhere.
func (p *manyPoll) cast(b testing.TB, setup box.Setup) {
	b.Helper()
	folder, err := os.MkdirTemp("/dev/shm", "homphieu")
	if err != nil {
		folder = b.TempDir()
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "homphieu.db")
	store, err := bolt.Open(path)
	fatal(b, err)
	opened, err := meeting.Seal(b.Context(), store, setup)
	fatal(b, err)
	fatal(b, opened.Open(b.Context()))
	raws := make(chan []byte, benchClients)
	var voters sync.WaitGroup
	for range benchClients {
		voters.Go(func() {
			for raw := range raws {
				v, err := ballot.Verify(opened.Election(), raw)
				if err == nil {
					err = opened.Accept(b.Context(), v)
				}
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	for _, raw := range p.mint.Ballots(p.voters) {
		raws <- raw
	}
	close(raws)
	voters.Wait()
	fatal(b, store.Close())
	fatal(b, moveToDisk(p.path(), path))
}

// moveToDisk copies a file, durably.
func moveToDisk(to, from string) (err error) {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.Create(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	if _, err := io.Copy(target, source); err != nil {
		return err
	}
	return target.Sync()
}

// close does what the server does between the second member's "close" and the
// encrypted tally: box, closing file, entry in the log, and the counting, of
// which also the members' part is done here. It returns how long that took.
func (p *manyPoll) close(b testing.TB) time.Duration {
	b.Helper()
	ctx, begun := b.Context(), time.Now()
	fatal(b, meeting.CloseTrial(ctx, p.box, p.board, tally.Slips{Printed: p.voters}))
	facts, err := meeting.BoxFacts(ctx, p.box)
	fatal(b, err)
	_, err = ledger.TrackersRoot(facts.Trackers)
	fatal(b, err)
	result, err := meeting.CountTrial(ctx, p.box, p.board)
	fatal(b, err)
	took := time.Since(begun)
	p.counted(b, result)
	return took
}

// counted requires that every mark of every minted ballot is in the result.
func (p *manyPoll) counted(b testing.TB, result tally.Result) {
	b.Helper()
	for question, marks := range result {
		for i := range p.voters {
			marks[p.mint.Mark(i, question)]--
		}
		for choice, left := range marks {
			if left != 0 {
				b.Fatalf("question %d, choice %d: %d marks more than were cast", question+1, choice+1, left)
			}
		}
	}
}

// An ending is what the end of a poll cost.
type ending struct {
	ballots                    int
	closing, export, verify    time.Duration // the last two are processor time
	exportMemory, verifyMemory uint64        // in bytes
}

// perBallot returns the microseconds that each ballot takes of d.
func (e *ending) perBallot(d time.Duration) float64 {
	return float64(d.Microseconds()) / float64(e.ballots)
}

// end closes a poll, publishes it, and fetches and verifies its archive.
func (p *manyPoll) end(b *testing.B, verifier string) ending {
	b.Helper()
	e := ending{ballots: p.voters, closing: p.close(b)}
	fatal(b, p.box.Publish(b.Context()))
	bel := filepath.Join(p.folder, string(p.box.Election().UUID)+".bel")
	begun := processTime(b)
	e.exportMemory = p.fetch(b, bel)
	e.export = processTime(b) - begun
	e.verify, e.verifyMemory = p.verify(b, verifier, bel)
	return e
}

// verify lets homphieu-verify, which must find all ballots in order, verify an
// archive. It returns the processor time and the most resident memory that this
// took, in bytes.
func (p *manyPoll) verify(b *testing.B, verifier, bel string) (time.Duration, uint64) {
	b.Helper()
	var out bytes.Buffer
	command := exec.CommandContext(b.Context(), verifier, "--json", "--strict", bel)
	command.Stdout, command.Stderr = &out, &out
	fatal(b, command.Start())
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	var memory uint64
	for {
		select {
		case err := <-ended:
			if err != nil || !strings.Contains(out.String(), fmt.Sprintf(`"ballots":%d,`, p.voters)) {
				b.Fatalf("homphieu-verify: %v: %s", err, &out)
			}
			return command.ProcessState.UserTime() + command.ProcessState.SystemTime(), memory
		case <-time.After(20 * time.Millisecond):
			memory = max(memory, resident(command.Process.Pid))
		}
	}
}

// resident returns the most resident memory that a process has had so far, in bytes,
// as proc(5) tells it. What wait4 tells begins with that of the process which
// it was forked from.
func resident(pid int) (kilobytes uint64) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0 // it has just ended
	}
	_, line, _ := strings.Cut(string(text), "VmHWM:")
	_, _ = fmt.Sscan(line, &kilobytes)
	return kilobytes << 10
}

// fetch fetches an archive and what lies beside it from a server of its own, and
// returns by how many bytes what was alive on the heap grew meanwhile: the
// server's part and the client's.
func (p *manyPoll) fetch(b *testing.B, bel string) uint64 {
	b.Helper()
	s, err := newSite(serveOptions{data: p.folder, listen: "127.0.0.1:0"}, api.Config{Store: p.store})
	fatal(b, err)
	ctx, stop := context.WithCancel(b.Context())
	served := make(chan error, 1)
	go func() { served <- s.serve(ctx) }()
	defer func() {
		stop()
		benchOK(b, <-served)
	}()
	address := s.url.JoinPath("api/v1/elections", string(p.box.Election().UUID))
	for _, name := range []string{"shares", "closing"} {
		text, err := answerOf(http.Get(address.JoinPath(name).String()))
		fatal(b, err)
		fatal(b, os.WriteFile(strings.TrimSuffix(bel, "bel")+name+".json", []byte(text), 0o600))
	}
	runtime.GC()
	before := alive()
	watch := &heapWatch{most: before}
	fatal(b, download(address.JoinPath("archive").String(), bel, watch))
	return watch.most - before
}

// processTime is the processor time of this process so far.
func processTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	fatal(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// download saves what an address answers, piece by piece.
func download(address, path string, watch io.Writer) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	answer, err := http.Get(address)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", address, answer.Status)
	}
	_, err = io.Copy(io.MultiWriter(file, watch), answer.Body)
	return err
}

// A heapWatch looks at the heap at every megabyte that is written to it.
type heapWatch struct {
	written int
	most    uint64 // bytes alive
}

func (h *heapWatch) Write(piece []byte) (int, error) {
	if h.written += len(piece); h.written >= 1<<20 {
		h.written, h.most = 0, max(h.most, alive())
	}
	return len(piece), nil
}

// alive is how many bytes of the heap were alive when the collector came last.
func alive() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// buildVerifier builds homphieu-verify.
func buildVerifier(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "homphieu-verify")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", path, "../homphieu-verify").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return path
}
