package meeting_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

// The slips of an election are distinct, and their public half is sorted, so
// that its order tells nothing.
func TestNewCredentials(t *testing.T) {
	u := ballot.NewUUID()
	secrets, public, err := meeting.NewCredentials(u, 50)
	if err != nil {
		t.Fatal(err)
	}
	roll, err := archive.ReadRoll(bytes.NewReader(public))
	if err != nil || roll.Len() != 50 || !bytes.Equal(roll.AppendJSON(nil), public) {
		t.Fatalf("%d on the roll, %v", roll.Len(), err)
	}
	for _, c := range secrets {
		if key := ballot.CredentialKey(c.Public(u).Key()); !slices.Contains(roll.Keys(), key) {
			t.Errorf("%s is not on the roll", key)
		}
	}
	if !slices.IsSortedFunc(roll.Keys(), func(a, b ballot.CredentialKey) int { return strings.Compare(a.String(), b.String()) }) {
		t.Error("the roll is not sorted")
	}
}

// Only objects that belong together are sealed; sealing again is the same box.
func TestSeal(t *testing.T) {
	h := newHall(t)
	board, err := meeting.NewTrialBoard(2, 3)
	h.ok(err)
	other, err := meeting.NewTrialBoard(2, 3)
	h.ok(err)
	good, _ := h.setup(board, box.Settings{MinBallots: 1})
	for name, change := range map[string]func(s *box.Setup){
		"election":           func(s *box.Setup) { s.Election = append(slices.Clone(s.Election), '\n') },
		"trustees":           func(s *box.Setup) { s.Trustees = []byte("[]") },
		"other trustees":     func(s *box.Setup) { s.Trustees = other.Trustees().Raw() },
		"credentials":        func(s *box.Setup) { s.Credentials = []byte(`["x"]`) },
		"time before 1970":   func(s *box.Setup) { s.Timestamp = -1 },
		"time in a far year": func(s *box.Setup) { s.Timestamp = 1 << 33 },
		"no smallest number": func(s *box.Setup) { s.Settings.MinBallots = 0 },
		"other order":        func(s *box.Setup) { s.Credentials = reversed(s.Credentials) },
		"unseen letters": func(s *box.Setup) {
			s.Election = bytes.Replace(s.Election, []byte(`"name":"`), []byte("\"name\":\"\u202e"), 1)
		},
		"credential twice":   func(s *box.Setup) { s.Credentials = twice(s.Credentials) },
		"spaced credentials": func(s *box.Setup) { s.Credentials = bytes.ReplaceAll(s.Credentials, []byte(","), []byte(", ")) },
	} {
		bad := good
		change(&bad)
		if _, err := meeting.Seal(t.Context(), h.store, bad); err == nil {
			t.Errorf("%s: sealed", name)
		}
	}
	if list, err := h.store.List(t.Context()); err != nil || len(list) != 0 {
		t.Fatalf("refused, but kept: %v, %v", list, err)
	}
	for range 2 {
		h.box, err = meeting.Seal(t.Context(), h.store, good)
		h.ok(err)
		h.restart()
	}
	if s := h.status(); s.State != box.Sealed {
		t.Errorf("%+v", s)
	}
	good.Settings.MinBallots = 2
	_, err = meeting.Seal(t.Context(), h.store, good)
	h.refused(err, box.ErrExists)
}

// reversed turns the order of the credentials round.
func reversed(credentials []byte) []byte {
	list := strings.Split(strings.Trim(string(credentials), "[]"), ",")
	slices.Reverse(list)
	return []byte("[" + strings.Join(list, ",") + "]")
}

// twice repeats the first credential.
func twice(credentials []byte) []byte {
	first, _, _ := strings.Cut(string(credentials), ",")
	return []byte(first + "," + first[1:] + strings.TrimPrefix(string(credentials), first))
}

// A closing file is made only of a closed box, reconciles, is signed by two,
// and is attached once.
func TestClosing(t *testing.T) {
	s := newSitting(t, box.Settings{MinBallots: 1})
	ctx := t.Context()
	s.cast(s.slips[0], 0)
	s.ok(s.box.Void(ctx, ballot.CredentialKey(s.slips[5].Public(s.box.Election().UUID).Key())))
	slips := tally.Slips{Printed: 6, Issued: 5, Exchanged: 1, NotReturned: 4}
	_, err := meeting.NewClosing(ctx, s.box, slips)
	s.refused(err, box.ErrState)
	s.ok(s.box.Close(ctx))
	for _, wrong := range []tally.Slips{
		{Printed: 7, Issued: 5, Exchanged: 1, NotReturned: 4}, {Printed: 6, Issued: 5, Exchanged: 1, NotReturned: 3},
		{Printed: 6, Issued: 6, NotReturned: 5}, {},
	} {
		if _, err := meeting.NewClosing(ctx, s.box, wrong); err == nil {
			t.Errorf("%+v reconciles", wrong)
		}
	}
	c, err := meeting.NewClosing(ctx, s.box, slips)
	s.ok(err)
	if c.Slips.Cast != 1 || len(c.Voided) != 1 || c.EndBallots != s.status().EndBallots {
		t.Errorf("%+v", c)
	}
	s.refused(meeting.AttachClosing(ctx, s.box, c), tally.ErrClosing)
	s.board.Sign(c, 1)
	s.refused(meeting.AttachClosing(ctx, s.box, c), tally.ErrClosing)
	wrong := *c
	s.board.Sign(&wrong, 1)
	s.refused(meeting.AttachClosing(ctx, s.box, &wrong), tally.ErrClosing) // one member twice
	s.board.Sign(c, 3)
	altered := *c
	altered.Slips.Returned, altered.Slips.NotReturned = 1, 3
	s.refused(meeting.AttachClosing(ctx, s.box, &altered), tally.ErrClosing)
	_, err = s.box.Attached(ctx, box.Closing)
	s.refused(err, box.ErrNotFound)
	for range 2 {
		s.ok(meeting.AttachClosing(ctx, s.box, c))
		s.restart()
	}
	if r := s.report(); r.Voided != 1 || r.Ballots != 1 || r.State != archive.StateClosed {
		t.Errorf("%+v", r)
	}
}

// Counting waits for the closing file and for enough ballots.
func TestCountTooEarly(t *testing.T) {
	s := newSitting(t, box.Settings{MinBallots: 3})
	ctx := t.Context()
	s.cast(s.slips[0], 0)
	s.cast(s.slips[1], 0)
	_, _, err := meeting.Count(ctx, s.box, s.contribute(1, 2))
	s.refused(err, box.ErrNotFound)
	s.ok(s.box.Close(ctx))
	_, _, err = meeting.Count(ctx, s.box, s.contribute(1, 2))
	if s.refused(err, box.ErrNotFound); !strings.Contains(err.Error(), "closing file") {
		t.Error(err)
	}
	s.close()
	for range 2 {
		_, bad, err := meeting.Count(ctx, s.box, s.contribute(1, 2))
		if s.refused(err, meeting.ErrTooFewBallots); bad != nil || !strings.Contains(err.Error(), "2, at least 3") {
			t.Error(bad, err)
		}
		if st := s.status(); st.State != box.Closed {
			t.Errorf("%+v", st)
		}
		s.restart()
	}
	if r := s.report(); r.State != archive.StateClosed {
		t.Errorf("%+v", r)
	}
}

// A contribution that does not hold is named and never enters the archive; the
// first good ones that are needed do, in their order.
func TestCountWithBadContributions(t *testing.T) {
	s := newSitting(t, box.Settings{MinBallots: 1})
	for i, level := range []int{0, 0, 1, -1} {
		s.cast(s.slips[i], level)
	}
	s.close()
	bad := s.badContributions()
	for name, c := range bad {
		_, faults, err := meeting.Count(t.Context(), s.box, append(s.contribute(2), c))
		if err == nil || len(faults) != 1 {
			t.Errorf("%s: error %v, faults %v", name, err, faults)
		}
		if st := s.status(); st.State != box.Closed {
			t.Fatalf("%s: %+v", name, st)
		}
	}
	all := []tally.Contribution{bad["factor"], bad["no strong proofs"]}
	all = append(all, s.contribute(3, 3, 1, 2)...)
	result, faults, err := meeting.Count(t.Context(), s.box, all)
	if err != nil || len(faults) != 2 || !errors.Is(faults[0], tally.ErrPartialDecryption) || !errors.Is(faults[1], tally.ErrPartialDecryption) {
		t.Fatalf("%v, %v", err, faults)
	}
	if want := `{"result":[[1,2,1,0],[1,2,1,0]]}`; string(result.AppendJSON(nil)) != want {
		t.Errorf("%s, want %s", result.AppendJSON(nil), want)
	}
	s.restart()
	r := s.report()
	if r.State != archive.StateResult || r.DecryptionProofs != archive.ProofsStrong || r.Ballots != 4 {
		t.Errorf("%+v", r)
	}
	shares, err := s.box.Attached(t.Context(), box.Shares)
	s.ok(err)
	parsed, err := tally.ParseShares(shares)
	s.ok(err)
	if len(parsed.Shares) != 2 || parsed.Shares[0].Owner != 3 || parsed.Shares[1].Owner != 1 {
		t.Errorf("shares of %+v", parsed.Shares)
	}
}

// badContributions are contributions of member 1 that do not hold.
func (s *sitting) badContributions() map[string]tally.Contribution {
	s.Helper()
	fresh := func() tally.Contribution { return s.contribute(1)[0] }
	strong, factor, owner, nobody := fresh(), fresh(), fresh(), fresh()
	strong.Strong = nil
	factor.Partial.Factors[0][0], factor.Partial.Factors[0][1] = factor.Partial.Factors[0][1], factor.Partial.Factors[0][0]
	owner.Owner = 3
	nobody.Owner = 4
	foreign := newSitting(s.T, box.Settings{MinBallots: 1})
	other := foreign.contribute(1)[0]
	swapped := fresh()
	swapped.Strong = s.contribute(2)[0].Strong
	return map[string]tally.Contribution{
		"no strong proofs": strong, "factor": factor, "another's": owner, "nobody's": nobody, "another poll's": other, "another's strong proofs": swapped,
	}
}

// Too few good contributions give no result, and do no harm.
func TestCountWithTooFewContributions(t *testing.T) {
	s := newSitting(t, box.Settings{MinBallots: 1})
	s.cast(s.slips[0], 2)
	s.close()
	for _, list := range [][]tally.Contribution{nil, s.contribute(1), s.contribute(2, 2, 2)} {
		if result, bad, err := meeting.Count(t.Context(), s.box, list); err == nil || result != nil || bad != nil {
			t.Errorf("%d contributions: %v, %v, %v", len(list), result, bad, err)
		}
	}
	_, _, err := meeting.Count(t.Context(), s.box, s.contribute(1, 2))
	s.ok(err)
}

// The same count again is the same; another is refused and changes nothing.
func TestCountAgain(t *testing.T) {
	s := newSitting(t, box.Settings{MinBallots: 1})
	s.cast(s.slips[0], 2)
	s.close()
	list := s.contribute(1, 2)
	for range 3 {
		_, _, err := meeting.Count(t.Context(), s.box, list)
		s.ok(err)
		s.restart()
	}
	done := s.status()
	_, _, err := meeting.Count(t.Context(), s.box, s.contribute(2, 3))
	s.refused(err, box.ErrExists)
	if s.status() != done {
		t.Errorf("%+v, was %+v", s.status(), done)
	}
	s.report()
}
