package witness

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/tally/ledger"
)

// A Publisher is a log together with the rounds in which it is signed and
// cosigned. Its rounds are serial; everything else may be called at any time.
type Publisher struct {
	Config
	log    *ledger.Log
	policy *ledger.Policy
	text   []byte // of the policy
	asked  []*asked
	wake   chan struct{}
	serial sync.Mutex // owns asked, and rounds

	mu       sync.Mutex // owns what follows
	fault    error      // why the log is neither written nor signed any more
	trouble  map[string]error
	evidence [][]byte
	source   func(context.Context) error
	guarded  bool
}

// Config is what a publisher is made of.
type Config struct {
	Store    ledger.Store
	Signer   note.Signer // with the log's key
	Key      *ledger.Key
	Settings Settings
	// Keep keeps a file that convicts this log: somebody has signed another
	// history with its key.
	Keep func(evidence []byte) error
	Log  *slog.Logger
}

// asked is a witness and what is known of it.
type asked struct {
	Setting
	client *Client
	size   int64 // of the last checkpoint that it has, as far as known
}

// NewPublisher opens the log.
func NewPublisher(ctx context.Context, c Config) (*Publisher, error) {
	p := &Publisher{Config: c, text: c.Settings.Policy(c.Key), wake: make(chan struct{}, 1), trouble: map[string]error{}}
	var err error
	if p.policy, err = ledger.ParsePolicy(p.text); err != nil {
		return nil, err
	}
	if p.text, err = ledger.SignPolicy(p.text, c.Signer); err != nil {
		return nil, err
	}
	if p.log, err = ledger.NewLog(ctx, c.Store, c.Signer, c.Key, p.policy); err != nil {
		return nil, err
	}
	for _, w := range c.Settings.Witnesses {
		client, err := NewClient(w.URL)
		if err != nil {
			return nil, err
		}
		p.asked = append(p.asked, &asked{Setting: w, client: client})
	}
	p.guarded = len(p.asked) == 0
	return p, nil
}

// Source sets what writes into the log everything that it does not say yet. It
// is called at the beginning of every round.
func (p *Publisher) Source(record func(context.Context) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.source = record
}

// Policy is the text of the policy, signed by the log: log, witnesses, quorum.
func (p *Publisher) Policy() []byte { return p.text }

// File returns a file of the log, as [ledger.Log.File] does.
func (p *Publisher) File(ctx context.Context, path string) ([]byte, error) {
	return p.log.File(ctx, path)
}

// Standing returns the entries about a poll, as [ledger.Log.Standing] does.
func (p *Publisher) Standing(ctx context.Context, poll ballot.UUID) ([]ledger.Entry, error) {
	return p.log.Standing(ctx, poll)
}

// Published returns the published checkpoint, as [ledger.Log.Published] does.
func (p *Publisher) Published(ctx context.Context) (ledger.Checkpoint, []byte, error) {
	return p.log.Published(ctx)
}

// Receipt makes a receipt, as [ledger.Log.Receipt] does.
func (p *Publisher) Receipt(ctx context.Context, closed int64, trackers *ledger.Trackers, tracker string) (*ledger.Receipt, error) {
	return p.log.Receipt(ctx, closed, trackers, tracker)
}

// Required reports whether a result may be released only under a published
// checkpoint.
func (p *Publisher) Required() bool { return p.Settings.Required }

// Append writes entries, as [ledger.Log.Append] does, and has them published.
func (p *Publisher) Append(ctx context.Context, bodies ...ledger.Body) ([]int64, error) {
	p.mu.Lock()
	fault := p.fault
	p.mu.Unlock()
	if fault != nil {
		return nil, fault
	}
	numbers, err := p.log.Append(ctx, bodies...)
	select {
	case p.wake <- struct{}{}:
	default: // somebody has called already
	}
	return numbers, err
}

// A State is how far the publication of a log is.
type State struct {
	Signed, Published int64 // sizes, -1 for none
	Checkpoint        []byte
	Cosigned, Missing []string // of the last signed checkpoint
	Guarded           bool     // enough witnesses have told what they have seen
	Fault             error    // why the log is neither written nor signed any more
	Trouble           map[string]error
	Evidence          [][]byte // files that convict this log
}

// State returns how far publication is.
func (p *Publisher) State(ctx context.Context) (State, error) {
	heads, err := p.log.Heads(ctx)
	if err != nil {
		return State{}, err
	}
	s := State{Signed: -1, Published: -1, Checkpoint: heads.Published, Missing: p.names()}
	if heads.Signed != nil {
		c, q, err := p.policy.Check(heads.Signed, p.Key)
		if err != nil && !errors.Is(err, ledger.ErrQuorum) {
			return State{}, err
		}
		s.Signed, s.Cosigned, s.Missing = c.Size, q.Cosigned, q.Missing
	}
	if heads.Published != nil {
		c, err := ledger.OpenCheckpoint(heads.Published, p.Key)
		if err != nil {
			return State{}, err
		}
		s.Published = c.Size
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s.Guarded, s.Fault, s.Evidence, s.Trouble = p.guarded, p.fault, slices.Clone(p.evidence), map[string]error{}
	for name, err := range p.trouble {
		s.Trouble[name] = err
	}
	return s, nil
}

func (p *Publisher) names() (list []string) {
	for _, w := range p.Settings.Witnesses {
		list = append(list, w.Name)
	}
	return list
}

// Missing names the witnesses that have not cosigned the last checkpoint.
func (p *Publisher) Missing(ctx context.Context) []string {
	s, err := p.State(ctx)
	if err != nil {
		return p.names()
	}
	return s.Missing
}

// How long a publisher waits for witnesses before it asks them again: twice as
// long each time.
const (
	firstWait = time.Second
	mostWait  = time.Minute
)

// Run makes rounds until ctx ends: one at once, one whenever something was
// written, and others as long as a round is not complete.
func (p *Publisher) Run(ctx context.Context) {
	wait := firstWait
	for ctx.Err() == nil {
		var again <-chan time.Time
		if p.Round(ctx) {
			wait = firstWait
		} else {
			again, wait = time.After(wait), min(2*wait, mostWait)
		}
		select {
		case <-ctx.Done():
		case <-p.wake:
			wait = firstWait
		case <-again:
		}
	}
}

// Round asks the witnesses what they have seen, once; writes what is to be
// written, signs, and has the checkpoint cosigned. It reports whether nothing
// is left to be done.
func (p *Publisher) Round(ctx context.Context) (complete bool) {
	p.serial.Lock()
	defer p.serial.Unlock()
	if err := p.round(ctx); err != nil {
		p.report(ctx, "", err)
		return false
	}
	p.report(ctx, "", nil)
	return len(p.Missing(ctx)) == 0
}

func (p *Publisher) round(ctx context.Context) error {
	if err := p.guard(ctx); err != nil {
		return p.fail(err)
	}
	p.mu.Lock()
	source, fault := p.source, p.fault
	p.mu.Unlock()
	if fault != nil {
		return fault
	}
	var unwritten error
	if source != nil { // what cannot be written of one poll keeps back no other
		unwritten = source(ctx)
	}
	if _, err := p.log.Sign(ctx); err != nil {
		return p.fail(errors.Join(err, unwritten))
	}
	q, err := p.log.AddCosignatures(ctx, nil) // drops those of witnesses that are none any more
	if err != nil {
		return err
	}
	return errors.Join(unwritten, p.collect(ctx, q.Missing))
}

// fail remembers an error after which nothing is written or signed any more.
func (p *Publisher) fail(err error) error {
	if errors.Is(err, ledger.ErrRolledBack) || errors.Is(err, ledger.ErrFork) {
		p.mu.Lock()
		p.fault = err
		p.mu.Unlock()
	}
	return err
}

// report notes, under the name of a witness or none, what is wrong or that
// nothing is, and logs what has changed.
func (p *Publisher) report(ctx context.Context, name string, err error) {
	if ctx.Err() != nil {
		return // it is only that the server stops
	}
	p.mu.Lock()
	before := p.trouble[name]
	delete(p.trouble, name)
	if err != nil {
		p.trouble[name] = err
	}
	p.mu.Unlock()
	if err != nil && (before == nil || before.Error() != err.Error()) {
		p.Log.Error("public log", "witness", name, "cause", err.Error())
	}
}

// A reply is what a witness has said.
type reply struct {
	*asked
	text []byte
	err  error
}

// ask asks witnesses at once, and returns their replies in the same order.
func ask(list []*asked, question func(w *asked) ([]byte, error)) []reply {
	replies := make([]reply, len(list))
	var all sync.WaitGroup
	for i, w := range list {
		all.Go(func() {
			text, err := question(w)
			replies[i] = reply{w, text, err}
		})
	}
	all.Wait()
	return replies
}

// errAhead is what a witness says that names a larger size than this log has. A
// size alone nobody has signed; see [Publisher.contradicted].
var errAhead = errors.New("witness: says that it has seen a longer log")

func ahead(have, seen int64) error {
	return fmt.Errorf("%w: this log has %d entries, the witness %d", errAhead, have, seen)
}

// need is how many witnesses must have answered before nothing that was
// published can be unknown: of n of which k must cosign, n−k+1. So many can keep
// the log from being published anyway.
func (p *Publisher) need() int { return len(p.asked) - p.Settings.Quorum + 1 }

// believed is [ledger.ErrRolledBack] when so many witnesses say, without a
// checkpoint, that they have seen a longer log. Fewer cannot stop it.
func (p *Publisher) believed(replies []reply) error {
	var claims []error
	for _, r := range replies {
		if errors.Is(r.err, errAhead) {
			claims = append(claims, fmt.Errorf("witness %s: %w", r.Name, r.err))
		}
	}
	if len(claims) < p.need() {
		return nil
	}
	return fmt.Errorf("%w: %w", ledger.ErrRolledBack, errors.Join(claims...))
}

// guard tells the log, before anything is written or signed, what its witnesses
// have seen. A witness that claims more than it shows has not answered.
func (p *Publisher) guard(ctx context.Context) error {
	if p.guarded {
		return nil
	}
	var seen [][]byte
	answered := 0
	replies := ask(p.asked, func(w *asked) ([]byte, error) { return p.last(ctx, w) })
	for _, r := range replies {
		p.report(ctx, r.Name, r.err)
		if r.err != nil {
			continue
		}
		answered++
		if r.text != nil {
			seen = append(seen, r.text)
		}
	}
	if err := p.believed(replies); err != nil {
		return err
	}
	if need := p.need(); answered < need {
		return fmt.Errorf("%w: %d have answered, %d must before anything is signed", ledger.ErrUnguarded, answered, need)
	}
	if err := p.log.Guard(ctx, seen...); err != nil {
		for _, last := range seen {
			err = errors.Join(err, p.accuse(ctx, last))
		}
		return err
	}
	p.mu.Lock()
	p.guarded = true
	p.mu.Unlock()
	return nil
}

// last returns the last checkpoint that a witness has, nil if it has none or
// does not tell it.
func (p *Publisher) last(ctx context.Context, w *asked) ([]byte, error) {
	text, err := w.client.Last(ctx, p.Key.Origin())
	if errors.Is(err, errNoLast) {
		w.size, err = p.probe(ctx, w)
		return nil, err
	}
	if err != nil || text == nil {
		return nil, err
	}
	c, err := ledger.OpenCheckpoint(text, p.Key)
	if err != nil {
		return nil, fmt.Errorf("witness: what it keeps is not of this log: %w", err)
	}
	w.size = c.Size
	return text, nil
}

// probe learns the size that a witness has from its refusal of the empty tree.
// A witness that says it has more than this log is errAhead.
func (p *Publisher) probe(ctx context.Context, w *asked) (size int64, err error) {
	nothing, err := ledger.Checkpoint{Origin: p.Key.Origin(), Root: sha256.Sum256(nil)}.Sign(p.Signer)
	if err != nil {
		return 0, err
	}
	_, err = w.client.Add(ctx, ledger.Request{Checkpoint: nothing}.Append(nil))
	stale := new(ledger.StaleError)
	if !errors.As(err, &stale) {
		return 0, err
	}
	have, err := p.Store.Size(ctx)
	if err != nil {
		return 0, err
	}
	if stale.Size > have {
		return 0, ahead(have, stale.Size)
	}
	return stale.Size, nil
}

// collect has the last signed checkpoint cosigned by the witnesses of these
// names. What one of them refuses, or does not answer, is reported under its
// name; only a contradiction is an error.
func (p *Publisher) collect(ctx context.Context, missing []string) (contradicted error) {
	list := slices.DeleteFunc(slices.Clone(p.asked), func(w *asked) bool { return !slices.Contains(missing, w.Name) })
	replies := ask(list, func(w *asked) ([]byte, error) { return p.cosign(ctx, w) })
	for _, r := range replies {
		if r.err == nil {
			var q ledger.Quorum
			q, r.err = p.log.AddCosignatures(ctx, r.text)
			if r.err == nil && !slices.Contains(q.Cosigned, r.Name) {
				r.err = errors.New("witness: signs with another key than that of the settings")
			}
		}
		p.report(ctx, r.Name, r.err)
		if errors.Is(r.err, ledger.ErrRolledBack) || errors.Is(r.err, ledger.ErrFork) {
			contradicted = errors.Join(contradicted, p.fail(fmt.Errorf("witness %s: %w", r.Name, r.err)))
		}
	}
	if err := p.believed(replies); err != nil {
		contradicted = errors.Join(contradicted, p.fail(err))
	}
	return contradicted
}

// cosign asks a witness to cosign the last signed checkpoint.
func (p *Publisher) cosign(ctx context.Context, w *asked) (lines []byte, err error) {
	for range 2 { // the second time with the size that the witness says it has
		body, err := p.log.Request(ctx, w.size)
		if err != nil {
			return nil, err
		}
		lines, err = w.client.Add(ctx, body)
		stale := new(ledger.StaleError)
		switch {
		case errors.As(err, &stale) && stale.Size != w.size:
			if err := p.reaches(ctx, w, stale.Size); err != nil {
				return nil, err
			}
			w.size = stale.Size
		case errors.Is(err, ledger.ErrProof), errors.As(err, &stale):
			return nil, p.contradicted(ctx, w, err)
		default:
			return lines, err // a size that has become an older one costs one question
		}
	}
	return nil, ledger.ErrStale // it changes while we ask
}

// reaches looks into what a witness says that names a larger size than the last
// signed checkpoint.
func (p *Publisher) reaches(ctx context.Context, w *asked, size int64) error {
	heads, err := p.log.Heads(ctx)
	if err != nil {
		return err
	}
	c, err := ledger.OpenCheckpoint(heads.Signed, p.Key)
	if err != nil || size <= c.Size {
		return err
	}
	return p.contradicted(ctx, w, ahead(c.Size, size))
}

// contradicted looks, after a refusal, whether the witness has seen another
// history than this, or a longer one. Only a checkpoint that this log's key has
// signed proves it.
func (p *Publisher) contradicted(ctx context.Context, w *asked, refusal error) error {
	last, err := w.client.Last(ctx, p.Key.Origin())
	if err != nil || last == nil {
		return errors.Join(refusal, err)
	}
	return errors.Join(refusal, p.accuse(ctx, last), p.log.Guard(ctx, last))
}

// accuse compares what a witness has seen with the last signed checkpoint. If
// they contradict each other, it keeps the evidence, and the error is
// [ledger.ErrFork].
func (p *Publisher) accuse(ctx context.Context, last []byte) error {
	heads, err := p.log.Heads(ctx)
	if err != nil || heads.Signed == nil {
		return nil
	}
	evidence, err := ledger.Compare(ctx, last, heads.Signed, p.Key, p.log.File)
	if !errors.Is(err, ledger.ErrFork) {
		return nil
	}
	p.mu.Lock()
	known := slices.ContainsFunc(p.evidence, func(e []byte) bool { return string(e) == string(evidence) })
	if !known {
		p.evidence = append(p.evidence, evidence)
	}
	p.mu.Unlock()
	if !known && p.Keep != nil {
		err = errors.Join(err, p.Keep(evidence))
	}
	return err
}

// String names the log and its witnesses in one line.
func (p *Publisher) String() string {
	if len(p.asked) == 0 {
		return p.Key.String()
	}
	return fmt.Sprintf("%s (%d/%d: %s)", p.Key, p.Settings.Quorum, len(p.asked), strings.Join(p.names(), ", "))
}
