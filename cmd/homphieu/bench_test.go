package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/store/bolt"
)

// A benchPoll is an election on 20 persons with ballots sealed before the
// clock runs.
type benchPoll struct {
	board   *meeting.TrialBoard
	setup   box.Setup
	slips   []ballot.Credential
	ballots []*ballot.Ballot
}

const (
	benchPeople  = 20
	benchVoters  = 1000
	benchClients = 32
)

var (
	benched   benchPoll
	benchOnce sync.Once
)

// sealedPoll returns the one poll of this process with at least n ballots.
func sealedPoll(b *testing.B, n int) *benchPoll {
	b.Helper()
	if n > benchVoters {
		b.Fatalf("%d ballots wanted, at most %d", n, benchVoters)
	}
	benchOnce.Do(func() { benched.prepare(b, benchVoters) })
	benched.seal(b, n)
	return &benched
}

// newPoll makes a poll of its own, of n voters with their ballots.
func newPoll(b *testing.B, n int) *benchPoll {
	b.Helper()
	p := new(benchPoll)
	p.prepare(b, n)
	p.seal(b, n)
	return p
}

// seal makes the ballots that are missing of the first n.
func (p *benchPoll) seal(b *testing.B, n int) {
	b.Helper()
	e, err := ballot.ParseElection(p.setup.Election)
	benchOK(b, err)
	have := len(p.ballots)
	p.ballots = slices.Grow(p.ballots, n)[:max(n, have)]
	var wait sync.WaitGroup
	var next atomic.Int64
	next.Store(int64(have))
	for range 2 {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				choices := make([][]int, benchPeople)
				for j := range choices {
					choices[j] = e.Questions[j].Mark((i+j)%4 - 1)
				}
				sealed, err := ballot.Seal(e, p.slips[i], choices)
				benchOK(b, err)
				p.ballots[i] = sealed
			}
		})
	}
	wait.Wait()
}

func benchOK(b *testing.B, err error) {
	if err != nil {
		b.Helper()
		b.Error(err)
	}
}

func (p *benchPoll) prepare(b *testing.B, voters int) {
	b.Helper()
	var err error
	p.board, err = meeting.NewTrialBoard(2, 3)
	benchOK(b, err)
	draft := ballot.Draft{Name: "Hội nghị", UUID: ballot.NewUUID(), PublicKey: p.board.Trustees().PublicKey()}
	for i := range benchPeople {
		draft.Questions = append(draft.Questions, meeting.Question(fmt.Sprintf("Người thứ %d", i+1), ""))
	}
	e, err := ballot.NewElection(draft)
	benchOK(b, err)
	var credentials []byte
	p.slips, credentials, err = meeting.NewCredentials(e.UUID, voters)
	benchOK(b, err)
	p.setup = box.Setup{Election: e.Raw(), Trustees: p.board.Trustees().Raw(), Credentials: credentials, Timestamp: 1_700_000_000, Settings: box.Settings{MinBallots: 1}}
}

// serve starts a server with the poll open in an empty store on disk.
func (p *benchPoll) serve(b *testing.B) (address string, opened box.Box) {
	b.Helper()
	data := b.TempDir()
	store, err := bolt.Open(filepath.Join(data, "homphieu.db"))
	benchOK(b, err)
	opened, err = meeting.Seal(b.Context(), store, p.setup)
	benchOK(b, err)
	benchOK(b, opened.Open(b.Context()))
	s, err := newSite(serveOptions{data: data, listen: "127.0.0.1:0"}, api.Config{Store: store})
	benchOK(b, err)
	ctx, stop := context.WithCancel(b.Context())
	served := make(chan error, 1)
	go func() { served <- s.serve(ctx) }()
	b.Cleanup(func() {
		stop()
		benchOK(b, errors.Join(<-served, store.Close()))
	})
	return s.url.JoinPath("api/v1/elections", string(opened.Election().UUID)).String(), opened
}

// castAll casts ballots over HTTP from 32 clients.
func castAll(b *testing.B, client *http.Client, address string, ballots []*ballot.Ballot) {
	b.Helper()
	var clients sync.WaitGroup
	var next atomic.Int64
	for range benchClients {
		clients.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(ballots); i = int(next.Add(1)) - 1 {
				response, err := client.Post(address+"/ballots", "application/json", strings.NewReader(string(ballots[i].Raw())))
				if err != nil {
					b.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, response.Body)
				response.Body.Close()
				if response.StatusCode != http.StatusCreated {
					b.Errorf("status %d", response.StatusCode)
				}
			}
		})
	}
	clients.Wait()
}

// countedArchive leaves the archive of a counted poll in a folder.
func countedArchive(b *testing.B, folder string, voters int) string {
	b.Helper()
	p := newPoll(b, voters)
	address, opened := p.serve(b)
	castAll(b, http.DefaultClient, address, p.ballots[:voters])
	trial := meeting.Trial{Board: p.board, Credentials: p.slips}
	benchOK(b, errors.Join(trial.Close(b.Context(), opened), trial.Count(b.Context(), opened)))
	text, err := answerOf(http.Get(address + "/archive"))
	benchOK(b, err)
	bel := filepath.Join(folder, string(opened.Election().UUID)+".bel")
	benchOK(b, os.WriteFile(bel, []byte(text), 0o600))
	return bel
}

func median(times []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)/2]
}
