package api_test

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/tally/archive"
)

// crowd is what 64 clients got over HTTP.
type crowd struct {
	mu       sync.Mutex
	statuses map[int]int
	accepted map[string]bool // trackers of answers 200 and 201
}

func (c *crowd) note(status int, b *ballot.Ballot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.statuses[status]++
	if status == http.StatusOK || status == http.StatusCreated {
		c.accepted[b.Tracker()] = true
	}
}

// post sends a ballot over a real connection.
func post(client *http.Client, address string, b *ballot.Ballot) (int, error) {
	response, err := client.Post(address, "application/json", strings.NewReader(string(b.Raw())))
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}

// 64 clients cast at once: each voter's two ballots, each of them again and
// again, while the slips of the last voters are being voided and readers read.
// Each voter has one ballot in the box at the end, or none and a voided slip.
func TestCrowd(t *testing.T) {
	p := openPoll(t)
	server := httptest.NewServer(p.handler)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	c := &crowd{statuses: map[int]int{}, accepted: map[string]bool{}}
	var start, clients sync.WaitGroup
	start.Add(1)
	for n := range 64 {
		clients.Go(func() {
			start.Wait()
			for i := range 8 {
				voter := (i + 3*n) % len(p.Voters)
				if n%8 == 6 && voter >= 18 {
					_ = p.box.Void(t.Context(), p.Voters[voter].Key) // refused when it has voted
				}
				list := p.Ballots
				if n%3 == 0 {
					list = p.Others
				}
				status, err := post(client, server.URL+p.path("/ballots"), list[voter])
				if err != nil {
					t.Errorf("client %d: %v", n, err)
					return
				}
				c.note(status, list[voter])
			}
			if response, err := client.Get(server.URL + p.path("/archive")); err == nil {
				_, _ = io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}
		})
	}
	start.Done()
	clients.Wait()
	p.checkCrowd(c)
}

func (p *poll) checkCrowd(c *crowd) {
	p.Helper()
	s, voided := p.status(), p.voided()
	if s.Accepted != len(p.Voters)-voided || len(c.accepted) != s.Accepted || c.statuses[http.StatusCreated] < s.Accepted {
		p.Errorf("%d accepted, %d voided, %d trackers given, of %d voters: %v", s.Accepted, voided, len(c.accepted), len(p.Voters), c.statuses)
	}
	allowed := []int{http.StatusOK, http.StatusCreated, http.StatusForbidden, http.StatusConflict}
	for status := range maps.Keys(c.statuses) {
		if !slices.Contains(allowed, status) {
			p.Errorf("%d answers %d", c.statuses[status], status)
		}
	}
	p.sign(voided)
	p.count()
	p.ok(p.box.Publish(p.Context()))
	p.ok(p.box.Check(p.Context()))
	report := p.verified(p.archive(), archive.Options{})
	if report.Ballots != s.Accepted || report.State != archive.StateResult {
		p.Errorf("archive: %+v", report)
	}
	for i := range p.Voters {
		first, err := p.box.Credential(p.Context(), p.Voters[i].Key)
		p.ok(err)
		if tracker := ballot.Tracker(first.Ballot); first.Use != box.Voided && !c.accepted[tracker] {
			p.Errorf("voter %d: %+v, but nobody was told %s", i, first, tracker)
		}
	}
}

// The same ballot from many phones at once is one ballot, and each hears the
// same answer.
func TestSameBallotAtOnce(t *testing.T) {
	p := openPoll(t)
	var wait sync.WaitGroup
	answers := make([]*httptest.ResponseRecorder, 32)
	for i := range answers {
		wait.Go(func() {
			answers[i] = httptest.NewRecorder()
			body := strings.NewReader(string(p.Ballots[0].Raw()))
			p.handler.ServeHTTP(answers[i], httptest.NewRequestWithContext(t.Context(), "POST", p.path("/ballots"), body))
		})
	}
	wait.Wait()
	for _, a := range answers {
		if a.Code != http.StatusOK && a.Code != http.StatusCreated || a.Body.String() != answers[0].Body.String() {
			t.Errorf("%d %s", a.Code, a.Body)
		}
	}
	if s := p.status(); s.Accepted != 1 {
		t.Errorf("%+v", s)
	}
}

// A hallStore is a store whose boxes accept nothing before a whole hall has come.
type hallStore struct {
	box.Store
	hall *sync.WaitGroup
}

func (s hallStore) Box(ctx context.Context, u ballot.UUID) (box.Box, error) {
	b, err := s.Store.Box(ctx, u)
	return hallBox{b, s.hall}, err
}

type hallBox struct {
	box.Box
	hall *sync.WaitGroup
}

func (b hallBox) Accept(ctx context.Context, v *ballot.Ballot) error {
	b.hall.Done()
	b.hall.Wait()
	return b.Box.Accept(ctx, v)
}

// Five hundred voters behind one address, as in a hall with one wireless network,
// may all send at the same word: they wait, and nobody is refused.
func TestHallAtOnce(t *testing.T) {
	const voters = 500
	p := openPoll(t)
	var hall, phones sync.WaitGroup
	hall.Add(voters)
	p.config.Store = hallStore{p.store, &hall}
	handler := api.New(p.config)
	for i := range voters {
		phones.Go(func() {
			w, body := httptest.NewRecorder(), bytes.NewReader(p.Ballots[i%len(p.Ballots)].Raw())
			handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "POST", p.path("/ballots"), body))
			if w.Code != http.StatusCreated {
				t.Errorf("voter %d: status %d: %s", i, w.Code, w.Body)
				hall.Done() // the others need not wait for this one
			}
		})
	}
	phones.Wait()
	if s := p.status(); s.Accepted != len(p.Ballots) {
		t.Errorf("%d accepted of %d", s.Accepted, len(p.Ballots))
	}
}
