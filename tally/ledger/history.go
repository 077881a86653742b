package ledger

import (
	"crypto/sha256"
	"fmt"

	"github.com/homphieu/homphieu/ballot"
)

// stages are the kinds that follow one another in a poll.
var stages = []string{KindSealed, KindClosed, KindResult, KindOpened}

// A poll is how far an election has come in the log.
type poll struct {
	steps  []int64 // numbers of the entries that stand, one for each stage so far
	result Result  // the one that stands
	ended  bool    // its sealed entry was taken back

	corrected int64 // number of the last correction of it, 0 if there is none
}

// A Corrected is a correction and what it did.
type Corrected struct {
	Number   int64 // of the correction
	Of       int64 // number of the entry that it takes back
	Reason   string
	Election ballot.UUID // of the poll; empty if it takes back a package
	Released bool        // the poll's result had been opened, so that people may have relied on it
}

// A place is what later entries must know of an entry.
type place struct {
	kind     string
	election ballot.UUID // of a poll
	body     [32]byte    // SHA-256 of its text
}

// A history is what follows from all entries so far: where the chain ends, and
// which entry may come next.
type history struct {
	size     int64
	head     [32]byte
	polls    map[ballot.UUID]poll
	places   []place
	standing map[[32]byte]int64 // by SHA-256 of the body's text: the entry that says it and was not taken back

	corrections []Corrected
}

func newHistory() *history {
	return &history{polls: map[ballot.UUID]poll{}, standing: map[[32]byte]int64{}}
}

func bodyHash(b Body) [32]byte { return sha256.Sum256(b.appendJSON([]byte(b.Kind() + "|"))) }

// find returns the number of the entry that says exactly this and stands.
func (h *history) find(b Body) (number int64, found bool) {
	number, found = h.standing[bodyHash(b)]
	return number, found
}

// next makes a body the entry that follows, or says why it cannot.
func (h *history) next(b Body) (Entry, error) {
	e := Entry{Number: h.size, Prev: h.head, Body: b}
	if err := e.check(); err != nil {
		return e, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	return e, h.follow(e, e.AppendJSON(nil))
}

// follow adds an entry, of which text is the canonical text. After an error the
// history is what it was.
func (h *history) follow(e Entry, text []byte) error {
	if e.Number != h.size {
		return fmt.Errorf("%w: number %d stands as entry %d", ErrChain, e.Number, h.size)
	}
	if e.Prev != h.head {
		return fmt.Errorf("%w: entry %d: prev is not the hash of the one before", ErrChain, e.Number)
	}
	if err := h.say(e); err != nil {
		return fmt.Errorf("entry %d (%s): %w", e.Number, e.Body.Kind(), err)
	}
	h.size++
	h.head = sha256.Sum256(text)
	return nil
}

// say applies what an entry says.
func (h *history) say(e Entry) (err error) {
	p := place{kind: e.Body.Kind(), body: bodyHash(e.Body)}
	switch b := e.Body.(type) {
	case Sealed:
		p.election, err = b.Election, h.step(b.Election, 0, e.Number, nil)
	case Closed:
		p.election, err = b.Election, h.step(b.Election, 1, e.Number, nil)
	case Result:
		p.election, err = b.Election, h.step(b.Election, 2, e.Number, func(q *poll) error {
			q.result = b
			return nil
		})
	case Opened:
		p.election, err = b.Election, h.step(b.Election, 3, e.Number, func(q *poll) error {
			if q.steps[2] != b.Result {
				return fmt.Errorf("%w: the result is entry %d, not %d", ErrOrder, q.steps[2], b.Result)
			}
			return b.Check(q.result)
		})
	case Correction:
		err = h.correct(b, e.Number)
	case Package:
		if n, found := h.standing[p.body]; found {
			err = fmt.Errorf("%w: the same as entry %d", ErrOrder, n)
		}
	}
	if err != nil {
		return err
	}
	h.places = append(h.places, p)
	h.standing[p.body] = e.Number
	return nil
}

// step takes a poll to the given stage.
func (h *history) step(u ballot.UUID, stage int, number int64, rule func(*poll) error) error {
	p := h.polls[u]
	switch {
	case p.ended:
		return fmt.Errorf("%w: poll %s was taken back", ErrOrder, u)
	case len(p.steps) > stage:
		return fmt.Errorf("%w: poll %s has entry %d for that", ErrOrder, u, p.steps[stage])
	case len(p.steps) < stage:
		return fmt.Errorf("%w: poll %s has no entry %q yet", ErrOrder, u, stages[len(p.steps)])
	}
	if rule != nil {
		if err := rule(&p); err != nil {
			return err
		}
	}
	p.steps = append(p.steps[:stage:stage], number)
	h.polls[u] = p
	return nil
}

// correct takes an entry back, and what followed it in its poll. It costs the
// same however long the log is.
func (h *history) correct(c Correction, number int64) error {
	if c.Of >= number {
		return fmt.Errorf("%w: entry %d does not stand before it", ErrOrder, c.Of)
	}
	at := h.places[c.Of]
	gone, released := []int64{c.Of}, false
	switch at.kind {
	case KindCorrection:
		return fmt.Errorf("%w: entry %d is a correction itself", ErrOrder, c.Of)
	case KindPackage:
		if n, found := h.standing[at.body]; !found || n != c.Of {
			return fmt.Errorf("%w: entry %d was taken back before", ErrOrder, c.Of)
		}
	default:
		p := h.polls[at.election]
		stage := 0
		for stage < len(p.steps) && p.steps[stage] != c.Of {
			stage++
		}
		if stage == len(p.steps) {
			return fmt.Errorf("%w: entry %d was taken back before", ErrOrder, c.Of)
		}
		gone, released = p.steps[stage:], len(p.steps) == len(stages)
		p.steps, p.ended, p.corrected = p.steps[:stage:stage], stage == 0, number
		h.polls[at.election] = p
	}
	for _, n := range gone {
		delete(h.standing, h.places[n].body)
	}
	h.corrections = append(h.corrections, Corrected{number, c.Of, c.Reason, at.election, released})
	return nil
}
