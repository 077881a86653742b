package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/homphieu/homphieu/ballot"
)

// A loadPoll is a poll in which a hall of voters votes.
type loadPoll struct {
	server *url.URL
	uuid   ballot.UUID
	slips  []ballot.Credential

	election *ballot.Election
	ballots  []*ballot.Ballot // of the slips, once sealed
}

// The voters' ways to reach a server. When they cast, each has a connection of
// its own, as phones do: what it takes to make one counts.
var (
	phones  = &http.Client{Timeout: time.Minute, Transport: ownConnections()}
	readers = &http.Client{Timeout: time.Minute}
)

// readersAtOnce is how many ballots are looked up at a time.
const readersAtOnce = 8

func ownConnections() *http.Transport {
	var first http.Protocols
	first.SetHTTP1(true) // HTTP/2 would put all phones on one connection
	return &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true, Protocols: &first}
}

// play seals a ballot for every slip, casts them within the time given, looks
// each up, and prints what came of it. It is an error if one was refused or
// lost.
func (p *loadPoll) play(ctx context.Context, within time.Duration, stdout io.Writer) error {
	if err := p.enter(ctx); err != nil {
		return err
	}
	fmt.Fprintf(stdout, `%d voters · cử tri, %d persons · người được lấy phiếu, %s
sealing the ballots first, as phones do · mã hóa các phiếu trước, như điện thoại làm
`, len(p.slips), len(p.election.Questions), p.server)
	if err := p.seal(ctx); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "casting them within %v · gửi trong vòng %v\n", within, within)
	r, err := p.cast(ctx, within)
	if err != nil {
		return err
	}
	r.print(stdout)
	return r.verdict()
}

// enter reads the election. It refuses a poll whose ballots may count.
func (p *loadPoll) enter(ctx context.Context) error {
	var status struct {
		State string
		Trial bool
	}
	text, err := p.get(ctx, "/status")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &status); err != nil {
		return fmt.Errorf("%s: not the status of a poll: %w", p.server, err)
	}
	if !status.Trial {
		return fmt.Errorf("poll %s is a real one: nothing was cast, because what a load test casts means nothing; use a trial, as homphieu demo --hold opens it", p.uuid)
	}
	if status.State != "open" {
		return fmt.Errorf("poll %s is %s: nothing was cast; open it first, or use another", p.uuid, status.State)
	}
	if text, err = p.get(ctx, ""); err != nil {
		return err
	}
	if p.election, err = ballot.ParseElection(text); err != nil {
		return fmt.Errorf("%s: %w", p.server, err)
	}
	if p.election.UUID != p.uuid {
		return fmt.Errorf("%s: %w: asked for %s, got %s", p.server, ballot.ErrWrongElection, p.uuid, p.election.UUID)
	}
	return nil
}

// address is where the poll, or what belongs to it, is found.
func (p *loadPoll) address(end string) string {
	return p.server.JoinPath("api/v1/elections", string(p.uuid)).String() + end
}

// get reads what the server says about the poll.
func (p *loadPoll) get(ctx context.Context, end string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.address(end), nil)
	if err != nil {
		return nil, err
	}
	status, text, err := answered(readers, request)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, fmt.Errorf("no answer from %s: %s; is the server running, and --url right?", p.server, cause(err))
	case status != http.StatusOK:
		return nil, fmt.Errorf("%s: %s; are --url and --election right?", request.URL, reason(status, text))
	}
	return text, nil
}

// maxAnswer bounds what is read of an answer.
const maxAnswer = 1 << 20

func answered(client *http.Client, request *http.Request) (status int, text []byte, err error) {
	response, err := client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	text, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	return response.StatusCode, text, err
}

// reason tells in a word why a server refused: the code of its problem detail,
// or the status of something that speaks for it.
func reason(status int, text []byte) string {
	var problem struct{ Code string }
	if json.Unmarshal(text, &problem) == nil && problem.Code != "" {
		return problem.Code
	}
	return fmt.Sprintf("status %d", status)
}

// seal marks and seals a ballot for every slip.
func (p *loadPoll) seal(ctx context.Context) error {
	p.ballots = make([]*ballot.Ballot, len(p.slips))
	return each(ctx, len(p.slips), runtime.GOMAXPROCS(0), func(i int) (err error) {
		choices := make([][]int, len(p.election.Questions))
		for j := range choices {
			q := &p.election.Questions[j]
			choices[j] = q.Mark(rand.IntN(len(q.Answers))) //nolint:gosec // G404: a made-up vote
		}
		p.ballots[i], err = ballot.Seal(p.election, p.slips[i], choices)
		return err
	})
}

// each calls f with 0 … n-1, a number of them at a time, until one fails.
func each(ctx context.Context, n, atOnce int, f func(i int) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := f(i); err != nil {
					stop(err)
				}
			}
		})
	}
	workers.Wait()
	return context.Cause(ctx)
}

// cast casts every ballot at a moment drawn evenly from the time given, and
// afterwards asks for each that the server has acknowledged.
func (p *loadPoll) cast(ctx context.Context, within time.Duration) (*loadResult, error) {
	answers := make([]loadAnswer, len(p.ballots))
	start := time.Now()
	var voters sync.WaitGroup
	for i, b := range p.ballots {
		due := start
		if within > 0 {
			due = due.Add(rand.N(within)) //nolint:gosec // G404: when somebody presses a button
		}
		voters.Go(func() { answers[i] = p.castOne(ctx, b, due) })
	}
	voters.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err := each(ctx, len(answers), readersAtOnce, func(i int) error {
		p.lookUp(ctx, p.ballots[i], &answers[i])
		return ctx.Err()
	})
	return newLoadResult(answers), err
}

// lookUp asks for a ballot that was recorded, or to which there was no answer.
func (p *loadPoll) lookUp(ctx context.Context, b *ballot.Ballot, a *loadAnswer) {
	if a.refused != "" && !a.unanswered {
		return
	}
	there, err := p.has(ctx, b)
	switch {
	case err != nil && a.refused == "":
		a.unseen = true
	case there && a.unanswered:
		a.refused += ", and recorded all the same · nhưng đã được ghi nhận"
	case err == nil && a.refused == "":
		a.lost = !there
	}
}

// A loadAnswer is what a voter got.
type loadAnswer struct {
	took       time.Duration // from the moment to send
	refused    string        // why, if it was not recorded
	unanswered bool          // refused for want of an answer
	lost       bool          // recorded, and not there afterwards
	unseen     bool          // recorded, and the server did not answer whether it is there
}

// castOne casts a ballot when it is due. The time that it takes counts from that
// moment, and not from when this program came to it.
func (p *loadPoll) castOne(ctx context.Context, b *ballot.Ballot, due time.Time) loadAnswer {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.address("/ballots"), bytes.NewReader(b.Raw()))
	if err != nil {
		return loadAnswer{refused: err.Error()}
	}
	request.Header.Set("Content-Type", "application/json")
	select {
	case <-ctx.Done():
		return loadAnswer{refused: ctx.Err().Error()}
	case <-time.After(time.Until(due)):
	}
	status, text, err := answered(phones, request)
	a := loadAnswer{took: time.Since(due)}
	var recorded struct{ Tracker string }
	switch {
	case err != nil:
		a.refused, a.unanswered = "no answer: "+cause(err), true
	case status != http.StatusCreated && status != http.StatusOK:
		a.refused = reason(status, text)
	case json.Unmarshal(text, &recorded) != nil || recorded.Tracker != b.Tracker():
		a.refused = "answer without the tracker"
	}
	return a
}

// cause is what is behind the error of a request, without its address, so that
// the same causes count together.
func cause(err error) string {
	if wrapped := new(url.Error); errors.As(err, &wrapped) {
		if wrapped.Timeout() {
			return "timeout"
		}
		err = wrapped.Err
	}
	return err.Error()
}

// has asks whether the server has a ballot.
func (p *loadPoll) has(ctx context.Context, b *ballot.Ballot) (bool, error) {
	hash := b.Hash()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.address(fmt.Sprintf("/ballots/%x", hash[:])), nil)
	if err != nil {
		return false, err
	}
	status, text, err := answered(readers, request)
	if err != nil {
		return false, err
	}
	var found struct{ Tracker string }
	switch {
	case status == http.StatusNotFound:
		return false, nil
	case status != http.StatusOK:
		return false, fmt.Errorf("ballot looked up: %s", reason(status, text))
	}
	return json.Unmarshal(text, &found) == nil && found.Tracker == b.Tracker(), nil
}
