package main

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report/pades"
	"github.com/homphieu/homphieu/store/bolt"
	"github.com/homphieu/homphieu/tally"
)

const (
	minutesPeople = 50
	minutesVoters = 500
)

// BenchmarkMinutes is the time between the last contribution of the board and
// minutes with a first signature, of 500 ballots on 50 persons: to count, to
// print all papers and files, and to sign.
func BenchmarkMinutes(b *testing.B) {
	p := newMinutesPoll(b)
	office, err := newTrialOffice(time.Now())
	ok(b, err)
	var count, print, sign time.Duration
	for b.Loop() {
		b.StopTimer()
		counted, contributions := p.closed(b)
		b.StartTimer()
		started := time.Now()
		outcome := p.count(b, counted, contributions)
		count += time.Since(started)
		started = time.Now()
		files, err := office.press.Print(outcome)
		ok(b, err)
		print += time.Since(started)
		started = time.Now()
		for _, f := range files {
			if f.Name == meeting.MinutesFile {
				office.signHead(b, f.Content)
			}
		}
		sign += time.Since(started)
	}
	for unit, took := range map[string]time.Duration{"count-ms": count, "print-ms": print, "sign-ms": sign, "total-ms": count + print + sign} {
		b.ReportMetric(float64(took.Microseconds())/1000/float64(b.N), unit)
	}
}

// signHead signs as head of the board.
func (t *trialOffice) signHead(b *testing.B, paper []byte) {
	b.Helper()
	who, err := t.authority.Issue("Trưởng ban", "head", t.now)
	ok(b, err)
	_, err = pades.Sign(paper, who, pades.Options{Field: "head", Name: who.Name(), Time: t.now.In(vietnam), Appearance: &pades.Appearance{}})
	ok(b, err)
}

// A minutesPoll is a poll whose ballots are sealed.
type minutesPoll struct {
	benchPoll
	facts meeting.Facts
}

func newMinutesPoll(b *testing.B) *minutesPoll {
	b.Helper()
	p := &minutesPoll{facts: meeting.Facts{Summoned: minutesVoters, Present: minutesVoters}}
	var err error
	p.board, err = meeting.NewTrialBoard(3, 5)
	ok(b, err)
	draft := ballot.Draft{Name: "Kỳ họp thứ 12", UUID: ballot.NewUUID(), PublicKey: p.board.Trustees().PublicKey()}
	for i := range minutesPeople {
		who := meeting.Person{Name: fmt.Sprintf("Nguyễn Thị Người Thứ %d", i+1), Post: "Giám đốc Sở", Block: "Ủy ban nhân dân"}
		p.facts.People = append(p.facts.People, who)
		draft.Questions = append(draft.Questions, meeting.Question(who.Name, who.Post))
	}
	e, err := ballot.NewElection(draft)
	ok(b, err)
	var credentials []byte
	p.slips, credentials, err = meeting.NewCredentials(e.UUID, minutesVoters)
	ok(b, err)
	p.setup = box.Setup{
		Election: e.Raw(), Trustees: p.board.Trustees().Raw(), Credentials: credentials, Timestamp: 1_700_000_000,
		Settings: box.Settings{MinBallots: 1, RuleSet: meeting.RuleSetNQ96, Members: minutesVoters},
	}
	p.ballots = make([]*ballot.Ballot, minutesVoters)
	p.each(func(i int) {
		choices := make([][]int, minutesPeople)
		for j := range choices {
			choices[j] = e.Questions[j].Mark((i+j)%4 - 1)
		}
		sealed, err := ballot.Seal(e, p.slips[i], choices)
		benchOK(b, err)
		p.ballots[i] = sealed
	})
	return p
}

// each does something for each ballot, several at once.
func (p *minutesPoll) each(do func(i int)) {
	var wait sync.WaitGroup
	var next atomic.Int64
	for range benchClients {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(p.ballots); i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wait.Wait()
}

// closed is a box on disk with all ballots, closed, and what the board
// contributes to its count.
func (p *minutesPoll) closed(b *testing.B) (box.Box, []tally.Contribution) {
	b.Helper()
	ctx := context.Background()
	store, err := bolt.Open(filepath.Join(b.TempDir(), "homphieu.db"))
	ok(b, err)
	b.Cleanup(func() { benchOK(b, store.Close()) })
	opened, err := meeting.Seal(ctx, store, p.setup)
	ok(b, err)
	ok(b, opened.Open(ctx))
	p.each(func(i int) { benchOK(b, opened.Accept(ctx, p.ballots[i])) })
	ok(b, meeting.CloseTrial(ctx, opened, p.board, tally.Slips{Printed: minutesVoters}))
	product, err := opened.Product(ctx)
	ok(b, err)
	return opened, p.board.Contribute(opened.Election(), product, 1, 2, 3)
}

// count makes the outcome of a closed box, as an office does.
func (p *minutesPoll) count(b *testing.B, closed box.Box, contributions []tally.Contribution) *meeting.Outcome {
	b.Helper()
	result, bad, err := meeting.Count(b.Context(), closed, contributions)
	ok(b, err)
	facts, err := meeting.BoxFacts(b.Context(), closed)
	ok(b, err)
	facts.People, facts.Summoned, facts.Present = p.facts.People, p.facts.Summoned, p.facts.Present
	outcome, err := meeting.NewOutcome(closed.Election(), closed.Setup().Settings, result, facts.Slips.Cast, facts)
	ok(b, err)
	if len(bad) > 0 || outcome.Collected != minutesVoters {
		b.Fatalf("%d ballots, %v", outcome.Collected, bad)
	}
	return outcome
}
