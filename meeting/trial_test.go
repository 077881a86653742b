package meeting_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

// load reads the secrets of the hall's sample meeting.
func (h *hall) load() *meeting.Trial {
	h.Helper()
	trial, err := meeting.LoadTrial(h.Context(), h.store, h.box.Election().UUID)
	h.ok(err)
	return trial
}

// A sample meeting survives a restart between any two of its steps, and each
// step may be repeated.
func TestTrial(t *testing.T) {
	h := newHall(t)
	b, err := meeting.CreateTrial(t.Context(), h.store, h.store)
	h.ok(err)
	h.box = b
	h.restart()
	trial := h.load()
	if s := h.status(); s.State != box.Open || len(trial.Credentials) != 8 {
		t.Fatalf("%+v, %d slips", s, len(trial.Credentials))
	}
	for i := range 3 {
		h.cast(trial.Credentials[i], i)
		h.restart()
		trial = h.load()
	}
	for range 3 {
		h.ok(trial.Close(t.Context(), h.box))
		h.restart()
		trial = h.load()
	}
	closing := h.closing()
	for range 3 {
		h.ok(trial.Count(t.Context(), h.box))
		h.restart()
		trial = h.load()
		h.ok(trial.Close(t.Context(), h.box))
	}
	if h.closing() != closing {
		t.Error("the closing file changed")
	}
	r := h.report()
	if s := h.status(); !s.Published || s.Accepted != 3 || r.State != archive.StateResult || r.DecryptionProofs != archive.ProofsStrong {
		t.Errorf("%+v, %+v", s, r)
	}
	if got, want := string(r.Result.AppendJSON(nil)), `{"result":[[0,1,1,1],[0,1,1,1],[0,1,1,1],[0,1,1,1]]}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func (h *hall) closing() string {
	h.Helper()
	text, err := h.box.Attached(h.Context(), box.Closing)
	h.ok(err)
	return string(text)
}

// Two people may press the same button at the same time.
func TestTrialStepsAtOnce(t *testing.T) {
	h := newHall(t)
	b, err := meeting.CreateTrial(t.Context(), h.store, h.store)
	h.ok(err)
	h.box = b
	trial := h.load()
	h.cast(trial.Credentials[0], 0)
	h.atOnce("close", trial.Close)
	h.atOnce("count", trial.Count)
	if s := h.status(); !s.Published {
		t.Errorf("%+v", s)
	}
	h.report()
}

func (h *hall) atOnce(name string, step func(context.Context, box.Box) error) {
	h.Helper()
	faults := make([]error, 8)
	var wait sync.WaitGroup
	for i := range faults {
		wait.Go(func() { faults[i] = step(h.Context(), h.box) })
	}
	wait.Wait()
	if err := errors.Join(faults...); err != nil {
		h.Errorf("%s at once: %v", name, err)
	}
}

// The steps of a sample meeting are refused out of order.
func TestTrialOutOfOrder(t *testing.T) {
	h := newHall(t)
	b, err := meeting.CreateTrial(t.Context(), h.store, h.store)
	h.ok(err)
	h.box = b
	trial := h.load()
	if err := trial.Count(t.Context(), h.box); err == nil {
		t.Error("counted while open")
	}
	h.ok(trial.Close(t.Context(), h.box))
	h.refused(trial.Count(t.Context(), h.box), meeting.ErrTooFewBallots)
	if s := h.status(); s.State != box.Closed || s.Published {
		t.Errorf("%+v", s)
	}
	if r := h.report(); r.Ballots != 0 || r.State != archive.StateClosed {
		t.Errorf("%+v", r)
	}
}

// The closing file of a trial board accounts for every slip.
func TestCloseTrialSlips(t *testing.T) {
	s := newSitting(t, box.Settings{MinBallots: 1})
	s.cast(s.slips[0], 0)
	s.cast(s.slips[1], 0)
	s.ok(s.box.Void(t.Context(), ballot.CredentialKey(s.slips[2].Public(s.box.Election().UUID).Key())))
	s.ok(meeting.CloseTrial(t.Context(), s.box, s.board, tally.Slips{Printed: 6, Unissued: 1, Returned: 1}))
	c, err := tally.ParseClosing([]byte(s.closing()))
	s.ok(err)
	if want := (tally.Slips{Printed: 6, Issued: 5, Unissued: 1, Returned: 1, NotReturned: 2, Cast: 2}); c.Slips != want || len(c.Signatures) != 2 {
		t.Errorf("%+v, %d signatures", c.Slips, len(c.Signatures))
	}
	s.report()
}

// Secrets that were not kept, or not by us, are an error and no crash.
func TestLoadTrialMalformed(t *testing.T) {
	h := newHall(t)
	b, err := meeting.CreateTrial(t.Context(), h.store, h.store)
	h.ok(err)
	h.box = b
	good, err := h.store.Trial(t.Context(), b.Election().UUID)
	h.ok(err)
	_, err = meeting.LoadTrial(t.Context(), h.store, ballot.NewUUID())
	h.refused(err, box.ErrNotFound)
	code := h.load().Credentials[0].Code()
	for _, text := range []string{"", "{}", "null", string(good[1:]), strings.Replace(string(good), code, code[1:], 1)} {
		u := ballot.NewUUID()
		h.ok(h.store.PutTrial(t.Context(), u, []byte(text)))
		if _, err := meeting.LoadTrial(t.Context(), h.store, u); err == nil {
			t.Errorf("%.40q was read", text)
		} else if strings.Contains(err.Error(), code[1:]) {
			t.Error("the error names a code")
		}
	}
}

// failingTrials cannot keep secrets.
type failingTrials struct{ meeting.TrialStore }

func (failingTrials) PutTrial(context.Context, ballot.UUID, []byte) error {
	return errors.New("disk: full")
}

// Without its secrets kept, a sample meeting is not made.
func TestCreateTrialKeepsSecretsFirst(t *testing.T) {
	h := newHall(t)
	if _, err := meeting.CreateTrial(t.Context(), h.store, failingTrials{h.store}); err == nil {
		t.Error("made")
	}
	if list, err := h.store.List(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
}
