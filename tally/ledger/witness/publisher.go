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
	silent   []string // names of witnesses that hold the log back
}

// Config is what a publisher is made of.
type Config struct {
	Store    ledger.Store
	Signer   note.Signer // with the log's key
	Key      *ledger.Key
	Settings Settings
	// Without names witnesses of the settings whose answer the log does not wait
	// for, and whose word alone does not stop it: somebody has decided to go on
	// without them. A checkpoint that they show still counts.
	Without []string
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
	waived bool  // one of Config.Without
	heard  bool  // has told since the start what it has seen
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
		p.asked = append(p.asked, &asked{Setting: w, client: client, waived: slices.Contains(c.Without, w.Name)})
	}
	p.guarded = len(p.asked) == 0
	return p, p.waive()
}

// waive says in the server's log without whose answer the log goes on.
func (p *Publisher) waive() error {
	for _, name := range p.Without {
		if !slices.Contains(p.names(), name) {
			return fmt.Errorf("%w: no witness %q to go on without", ErrSettings, name)
		}
		p.Log.Warn("public log goes on without the answer of a witness", "witness", name)
	}
	return nil
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
	Guarded           bool     // the witnesses have told what they have seen
	Silent            []string // witnesses that have not, and hold the log back
	Without           []string // those whose answer is not waited for: Config.Without
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
	s.Silent, s.Without = slices.Clone(p.silent), slices.Clone(p.Without)
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
	p.mu.Lock()
	source, fault := p.source, p.fault
	p.mu.Unlock()
	if fault != nil {
		return fault
	}
	if err := p.guard(ctx); err != nil {
		return p.fail(err)
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
	if stops(err) {
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

// What a witness says without a checkpoint that would prove it.
var (
	errAhead = errors.New("says that it has seen a longer log")
	errOther = errors.New("says that it has seen another log")
)

// claimed is the error when a witness says that it has seen what this log is
// not: [ledger.ErrRolledBack], with what to do. A witness may lie; but to find
// out is for people, while nothing is signed. What one says whom the operator
// has waived stops nothing.
func (w *asked) claimed(claim error) error {
	if w.waived {
		return fmt.Errorf("witness: %w, which the operator does not heed", claim)
	}
	return fmt.Errorf("%w: witness %s %w. Restore a newer backup, or the missing entries from a copy of the log (--recover-log). "+
		"Only if you know that the witness is wrong, go on without its word (--without-witness %[2]s)", ledger.ErrRolledBack, w.Name, claim)
}

func ahead(have, seen int64) error {
	return fmt.Errorf("%w: %d entries, this one has %d", errAhead, seen, have)
}

// stops reports whether nothing may be written or signed after an error.
func stops(err error) bool {
	return errors.Is(err, ledger.ErrRolledBack) || errors.Is(err, ledger.ErrFork)
}

// guard finds out, before anything is written or signed, what the witnesses
// have seen: each of them, for a checkpoint may have reached one alone. What one
// has told need not be asked again.
func (p *Publisher) guard(ctx context.Context) error {
	if p.guarded {
		return nil
	}
	unheard := slices.DeleteFunc(slices.Clone(p.asked), func(w *asked) bool { return w.heard })
	var contradicted error
	for _, r := range ask(unheard, func(w *asked) ([]byte, error) { return p.last(ctx, w) }) {
		contradicted = errors.Join(contradicted, p.hear(ctx, r))
	}
	silent := p.listen()
	if contradicted != nil {
		return contradicted
	}
	if len(silent) > 0 {
		return fmt.Errorf("%w: no answer from %s. As soon as they answer the log goes on by itself; one that does not know this log yet "+
			"must be given its key (homphieu witness --log %s); if one is lost, go on without it (--without-witness NAME)",
			ledger.ErrUnguarded, strings.Join(silent, ", "), p.Key)
	}
	if err := p.log.Guard(ctx); err != nil {
		return err
	}
	p.mu.Lock()
	p.guarded = true
	p.mu.Unlock()
	return nil
}

// hear takes what a witness has told of what it has seen. One that does not know
// the log, or not its key, has told nothing: it may have lost its settings, or
// somebody else may answer in its place.
func (p *Publisher) hear(ctx context.Context, r reply) error {
	p.report(ctx, r.Name, r.err)
	if stops(r.err) {
		return r.err
	}
	r.heard = r.err == nil
	if r.text == nil {
		return nil
	}
	if err := p.log.Seen(ctx, r.text); err != nil {
		return fmt.Errorf("witness %s: %w", r.Name, errors.Join(err, p.accuse(ctx, r.text)))
	}
	return nil
}

// listen returns the witnesses that hold the log back.
func (p *Publisher) listen() (silent []string) {
	for _, w := range p.asked {
		if !w.heard && !w.waived {
			silent = append(silent, w.Name)
		}
	}
	p.mu.Lock()
	p.silent = silent
	p.mu.Unlock()
	return silent
}

// last returns the last checkpoint that a witness has, nil if it has none or
// does not tell it.
func (p *Publisher) last(ctx context.Context, w *asked) ([]byte, error) {
	text, err := w.client.Last(ctx, p.Key.Origin())
	if errors.Is(err, errNoLast) {
		return nil, p.probe(ctx, w)
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

// probe learns from a witness that tells no checkpoint what it has seen: the
// size from its refusal of the empty tree, and whether that was the beginning of
// this log from its answer to what was signed last, if that is as large.
func (p *Publisher) probe(ctx context.Context, w *asked) error {
	nothing, err := ledger.Checkpoint{Origin: p.Key.Origin(), Root: sha256.Sum256(nil)}.Sign(p.Signer)
	if err != nil {
		return err
	}
	_, err = w.client.Add(ctx, ledger.Request{Checkpoint: nothing}.Append(nil))
	stale := new(ledger.StaleError)
	switch {
	case errors.Is(err, ledger.ErrProof):
		return w.claimed(fmt.Errorf("%w: refuses the empty one", errOther))
	case !errors.As(err, &stale):
		return err
	}
	have, err := p.Store.Size(ctx)
	if err != nil {
		return err
	}
	if stale.Size > have {
		return w.claimed(ahead(have, stale.Size))
	}
	w.size = stale.Size
	if signed, err := p.signed(ctx); err != nil || signed < w.size {
		return err // of what was not signed here yet, cosign will ask
	}
	_, err = p.cosign(ctx, w)
	return err
}

// signed returns the size of the last signed checkpoint, -1 if there is none.
func (p *Publisher) signed(ctx context.Context) (int64, error) {
	heads, err := p.log.Heads(ctx)
	if err != nil || heads.Signed == nil {
		return -1, err
	}
	c, err := ledger.OpenCheckpoint(heads.Signed, p.Key)
	return c.Size, err
}

// collect has the last signed checkpoint cosigned by the witnesses of these
// names. What one of them refuses, or does not answer, is reported under its
// name; only a contradiction is an error.
func (p *Publisher) collect(ctx context.Context, missing []string) (contradicted error) {
	list := slices.DeleteFunc(slices.Clone(p.asked), func(w *asked) bool { return !slices.Contains(missing, w.Name) })
	for _, r := range ask(list, func(w *asked) ([]byte, error) { return p.cosign(ctx, w) }) {
		if r.err == nil {
			var q ledger.Quorum
			q, r.err = p.log.AddCosignatures(ctx, r.text)
			if r.err == nil && !slices.Contains(q.Cosigned, r.Name) {
				r.err = errors.New("witness: signs with another key than that of the settings")
			}
		}
		p.report(ctx, r.Name, r.err)
		if stops(r.err) {
			contradicted = errors.Join(contradicted, r.err)
		}
	}
	return p.fail(contradicted)
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
		known := errors.As(err, &stale)
		if !known && !errors.Is(err, ledger.ErrProof) {
			return lines, err
		}
		signed, signedErr := p.signed(ctx)
		switch {
		case signedErr != nil:
			return nil, signedErr
		case !known: // the proof is right for this log's own tree
			return nil, p.contradicted(ctx, w, fmt.Errorf("%w: of %d entries", errOther, w.size))
		case stale.Size > signed:
			return nil, p.contradicted(ctx, w, ahead(signed, stale.Size))
		case stale.Size == w.size && w.size == signed:
			return nil, p.contradicted(ctx, w, fmt.Errorf("%w: of %d entries", errOther, signed))
		}
		w.size = stale.Size // one that has become an older one costs one question
	}
	return nil, ledger.ErrStale // it changes while we ask
}

// contradicted looks whether a witness shows what it says it has seen. A
// checkpoint that this log's key has signed proves it; without one, it is a
// claim.
func (p *Publisher) contradicted(ctx context.Context, w *asked, claim error) error {
	last, err := w.client.Last(ctx, p.Key.Origin())
	if err == nil && last != nil {
		err = errors.Join(p.accuse(ctx, last), p.log.Seen(ctx, last))
	}
	if stops(err) {
		return fmt.Errorf("witness %s: %w", w.Name, err)
	}
	return w.claimed(claim)
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

// Digits are those of the policy, for people to compare ([ledger.Policy.Digits]).
func (p *Publisher) Digits() string { return p.policy.Digits(p.Key) }

// String names the log and its witnesses in one line, and says in a second the
// digits of all of this.
func (p *Publisher) String() string {
	digits := "Dãy số để đối chiếu / digits to compare: " + p.Digits()
	if len(p.asked) == 0 {
		return p.Key.String() + "\n" + digits
	}
	return fmt.Sprintf("%s (%d/%d: %s)\n%s", p.Key, p.Settings.Quorum, len(p.asked), strings.Join(p.names(), ", "), digits)
}
