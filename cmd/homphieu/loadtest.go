package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/homphieu/homphieu/ballot"
)

// The largest hall that is played by default, and the longest ballot paper of
// the usual meetings.
const (
	hallVoters = 500
	hallPeople = 20
)

// maxMarks bounds voters times persons: all ballots are in memory before the first
// is cast, with 3 kB a mark.
const maxMarks = 500_000

// loadOptions are the options of homphieu loadtest.
type loadOptions struct {
	codes, url, election string
	voters, people       int
	within               time.Duration
}

// loadtest lets a hall of voters cast at a server, and says how long each waited
// for the answer and whether every ballot is there. It votes in trial polls only.
func loadtest(ctx context.Context, args []string, stdout io.Writer) (err error) {
	var o loadOptions
	flags := flag.NewFlagSet("loadtest", flag.ContinueOnError)
	flags.StringVar(&o.codes, "codes", "", "slips of an open trial poll: demo.json of homphieu demo --hold, or a file with one code a line (default: a trial meeting of its own on this computer, in a temporary folder)")
	flags.StringVar(&o.url, "url", "", "address of the server (default: that in demo.json)")
	flags.StringVar(&o.election, "election", "", "uuid of the poll (default: that in demo.json)")
	flags.IntVar(&o.voters, "voters", 0, "number of voters (default: one for each code, 500 at a meeting of its own)")
	flags.IntVar(&o.people, "people", 0, "number of persons to vote on at a meeting of its own (default 20)")
	flags.DurationVar(&o.within, "within", 30*time.Second, "time in which all of them cast, each at a moment drawn at random")
	if err := parseFlags(flags, args, 0); err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return usageError{fmt.Errorf("loadtest: %w", err)}
	}
	poll, leave, err := o.poll(ctx)
	if err != nil {
		return fmt.Errorf("loadtest: %w", err)
	}
	defer func() { err = errors.Join(err, leave()) }()
	if err := poll.play(ctx, o.within, stdout); err != nil {
		return fmt.Errorf("loadtest: %w", err)
	}
	return nil
}

// check checks what can be checked before anything is read, and fills in what a
// meeting of its own needs.
func (o *loadOptions) check() error {
	switch {
	case o.within < 0 || o.within > time.Hour:
		return errors.New("--within is at most 1h")
	case o.voters < 0 || o.voters > maxVoters || o.people < 0 || o.people > maxPeople:
		return fmt.Errorf("at most %d --voters and %d --people", maxVoters, maxPeople)
	case orElse(o.voters, hallVoters)*orElse(o.people, hallPeople) > maxMarks:
		return fmt.Errorf("at most %d marks: voters times persons", maxMarks)
	case o.codes == "" && (o.url != "" || o.election != ""):
		return errors.New("--url and --election need --codes, the slips of that poll")
	case o.codes != "" && o.people != 0:
		return errors.New("--people is for a meeting of its own; the poll of --codes has its persons")
	}
	return nil
}

// poll returns the poll to vote in, and what to do when that is over.
func (o *loadOptions) poll(ctx context.Context) (p *loadPoll, leave func() error, err error) {
	if o.codes == "" {
		t, err := openLoadTrial(ctx, orElse(o.voters, hallVoters), orElse(o.people, hallPeople))
		if err != nil {
			return nil, nil, err
		}
		return t.poll, t.close, nil
	}
	text, err := os.ReadFile(o.codes)
	if err != nil {
		return nil, nil, err
	}
	p, err = o.pollOf(string(text))
	if err != nil {
		return nil, nil, usageError{fmt.Errorf("%s: %w", o.codes, err)}
	}
	return p, func() error { return nil }, nil
}

func orElse(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

// pollOf reads the file of --codes.
func (o *loadOptions) pollOf(text string) (*loadPoll, error) {
	held := heldPoll{URL: o.url, UUID: o.election}
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		var file heldPoll
		if err := json.Unmarshal([]byte(text), &file); err != nil {
			return nil, errors.New("not the demo.json of a held demonstration")
		}
		held.Credentials = file.Credentials
		if o.url == "" {
			held.URL = file.URL
		}
		if o.election == "" {
			held.UUID = file.UUID
		}
	} else {
		held.Credentials = strings.Split(strings.TrimSpace(text), "\n")
	}
	p := &loadPoll{uuid: ballot.UUID(held.UUID)}
	var err error
	if p.server, err = url.Parse(held.URL); err != nil || p.server.Host == "" || (p.server.Scheme != "http" && p.server.Scheme != "https") {
		return nil, fmt.Errorf("--url %q: not the address of a server, such as https://hop.example.vn", held.URL)
	}
	if !p.uuid.Valid() {
		return nil, fmt.Errorf("--election %q: not the uuid of a poll", held.UUID)
	}
	if o.voters > len(held.Credentials) {
		return nil, fmt.Errorf("%d codes for %d --voters", len(held.Credentials), o.voters)
	}
	for i, code := range held.Credentials[:orElse(o.voters, len(held.Credentials))] {
		c, err := ballot.ParseCredential(code)
		if err != nil {
			return nil, fmt.Errorf("code %d: %w", i+1, err)
		}
		p.slips = append(p.slips, c)
	}
	if len(p.slips) == 0 {
		return nil, errors.New("no code in it")
	}
	return p, nil
}
