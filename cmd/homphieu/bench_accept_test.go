package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/homphieu/homphieu/ballot"
)

const (
	acceptRounds  = 24 // of which the first does not count: it makes the tables
	acceptBallots = 64 // a round
	acceptClients = 32
)

// measureAccept measures how many ballots on 20 persons a server records in a
// second, against verification alone on the same cores, and how long 500 voters
// who cast within 30 seconds wait. The server is a process of its own.
func measureAccept(b *testing.B) []row {
	b.Helper()
	server := holdPoll(b, acceptRounds*acceptBallots+hallVoters)
	p := server.poll
	fatal(b, p.enter(b.Context()))
	fatal(b, p.seal(b.Context()))
	ballots := p.ballots
	rate := server.rateRow(b, ballots[:acceptRounds*acceptBallots])
	p.ballots = ballots[acceptRounds*acceptBallots:]
	result, err := p.cast(b.Context(), 30*time.Second)
	fatal(b, err)
	fatal(b, result.verdict())
	return append(rate, row{
		what:    fmt.Sprintf("%d voters on %d persons within 30 s: p99 from sending to answer", hallVoters, hallPeople),
		ours:    milliseconds(result.percentile(99)),
		against: fmt.Sprintf("p50 %s, max %s, refused %d, lost %d", milliseconds(result.percentile(50)), milliseconds(result.percentile(100)), result.refusals(), result.lost),
		aim:     "< 1 s, lost 0",
	})
}

// BenchmarkAccept prints what measureAccept measures.
func BenchmarkAccept(b *testing.B) { printRows(measureAccept(b)) }

// A heldServer is a demonstration with its poll open, in a process of its own.
type heldServer struct {
	poll    *loadPoll
	process *os.Process
}

func holdPoll(b *testing.B, voters int) *heldServer {
	b.Helper()
	folder := b.TempDir()
	command := exec.CommandContext(b.Context(), "homphieu", "demo", "--hold", "--out", folder, "--voters", strconv.Itoa(voters), "--people", strconv.Itoa(hallPeople))
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	out, err := command.StdoutPipe()
	fatal(b, err)
	command.Env = append(os.Environ(), "TMPDIR="+b.TempDir()) // it is killed, and leaves its files
	command.Stderr = os.Stderr
	fatal(b, command.Start())
	_, err = bufio.NewReader(out).ReadString('\n') // demo.json is there
	fatal(b, err)
	go func() { _, _ = io.Copy(io.Discard, out) }()
	b.Cleanup(func() {
		_ = command.Process.Kill() // nobody needs the count
		_ = command.Wait()
	})
	text, err := os.ReadFile(filepath.Join(folder, heldFile))
	fatal(b, err)
	p, err := new(loadOptions).pollOf(string(text))
	fatal(b, err)
	return &heldServer{p, command.Process}
}

// rateRow casts and verifies the ballots in turn, some at a time: the wall
// clock's ratio is the median of the rounds and bears the clients' work too; that
// of the processors' time is the server's alone, over all rounds.
func (s *heldServer) rateRow(b *testing.B, ballots []*ballot.Ballot) []row {
	b.Helper()
	requests := s.requests(ballots)
	var ratios []float64
	var casting, verifying, served, verified time.Duration
	for round := range acceptRounds {
		from, to := round*acceptBallots, (round+1)*acceptBallots
		before, start := s.processorTime(b), time.Now()
		s.castRaw(b, requests[from:to])
		cast, serve := time.Since(start), s.processorTime(b)-before

		before, start = processTime(b), time.Now()
		fatal(b, each(b.Context(), acceptBallots, runtime.GOMAXPROCS(0), func(i int) error {
			_, err := ballot.Verify(s.poll.election, ballots[from+i].Raw())
			return err
		}))
		verify, own := time.Since(start), processTime(b)-before
		if round == 0 {
			continue
		}
		served, verified = served+serve, verified+own
		casting, verifying = casting+cast, verifying+verify
		ratios = append(ratios, verify.Seconds()/cast.Seconds())
	}
	slices.Sort(ratios)
	n := time.Duration(len(ballots) - acceptBallots)
	return []row{{
		what:    fmt.Sprintf("ballots on %d persons recorded a second, %d clients on the same %d processors", hallPeople, acceptClients, runtime.GOMAXPROCS(0)),
		ours:    fmt.Sprintf("%.0f/s", float64(n)/casting.Seconds()),
		against: fmt.Sprintf("%.0f/s verified and nothing else", float64(n)/verifying.Seconds()),
		ratio:   fmt.Sprintf("%.2f", ratios[len(ratios)/2]),
		aim:     "clients take their part of the processors",
	}, {
		what:    "the same without the clients' part: the server's processor time for a ballot",
		ours:    milliseconds(served / n),
		against: milliseconds(verified/n) + " to verify it",
		ratio:   fmt.Sprintf("%.2f", verified.Seconds()/served.Seconds()),
		aim:     "≥ 0.85",
	}}
}

// requests are the ballots as bytes to be written to a connection.
func (s *heldServer) requests(ballots []*ballot.Ballot) [][]byte {
	list := make([][]byte, len(ballots))
	for i, v := range ballots {
		head := fmt.Sprintf("POST /api/v1/elections/%s/ballots HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n", s.poll.uuid, s.poll.server.Host, len(v.Raw()))
		list[i] = append([]byte(head), v.Raw()...)
	}
	return list
}

// castRaw writes requests over as many connections as there are clients, and
// wants each recorded.
func (s *heldServer) castRaw(b *testing.B, requests [][]byte) {
	b.Helper()
	connections := make(chan net.Conn, acceptClients)
	for range acceptClients {
		c, err := (&net.Dialer{}).DialContext(b.Context(), "tcp", s.poll.server.Host)
		fatal(b, err)
		defer c.Close()
		connections <- c
	}
	fatal(b, each(context.WithoutCancel(b.Context()), len(requests), acceptClients, func(i int) error {
		c := <-connections
		defer func() { connections <- c }()
		if _, err := c.Write(requests[i]); err != nil {
			return err
		}
		response, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if _, err = io.Copy(io.Discard, response.Body); err == nil && response.StatusCode != http.StatusCreated {
			err = fmt.Errorf("status %d", response.StatusCode)
		}
		return err
	}))
}

// processorTime is what the server has taken of the processors, user and system,
// in the hundredths of a second of proc(5).
func (s *heldServer) processorTime(b *testing.B) time.Duration {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.process.Pid))
	fatal(b, err)
	_, after, _ := strings.Cut(string(text), ") ") // the name may have spaces
	fields, ticks := strings.Fields(after), 0
	for _, f := range fields[11:13] {
		n, err := strconv.Atoi(f)
		fatal(b, err)
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}
