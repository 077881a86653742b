package ceremony

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/threshold"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/tally"
)

// TestCeremony holds whole ceremonies: all members are in step, end with one
// trustees object that a tally takes, and any of them, as many as the threshold,
// have its secret.
func TestCeremony(t *testing.T) {
	for _, s := range []struct{ threshold, size int }{{2, 3}, {3, 5}, {3, 4}, {4, 5}} {
		t.Run(fmt.Sprintf("%d of %d", s.threshold, s.size), func(t *testing.T) {
			r := newRun(t, s.threshold, s.size)
			for step := StepHello; step < Finished; step++ {
				r.oneStep(t, step)
			}
			r.checkKeys(t)
			for i, m := range r.members {
				if text, err := m.Next(r.transcript); text != nil || err != nil {
					t.Errorf("member %d at the end: %s, %v", i+1, text, err)
				}
			}
		})
	}
}

// oneStep lets the members send in descending order: within a step none is
// bound.
func (r *run) oneStep(t *testing.T, step Step) {
	t.Helper()
	size := r.transcript.terms.Size
	for index := size; index > 0; index-- {
		if _, err := r.transcript.Trustees(); r.transcript.Step() != step || !errors.Is(err, ErrUnfinished) {
			t.Fatalf("step %v before member %d in %v; trustees: %v", r.transcript.Step(), index, step, err)
		}
		if waiting := r.transcript.Waiting(); len(waiting) != index || waiting[index-1] != index || r.transcript.Sent(step, index) {
			t.Errorf("waiting for %v before member %d", waiting, index)
		}
		r.step(t, index)
		if !r.transcript.Sent(step, index) {
			t.Errorf("%v of member %d is not in", step, index)
		}
		if index > 1 {
			if text, err := r.members[index-1].Next(r.transcript); text != nil || err != nil {
				t.Errorf("member %d after its %v: %s, %v", index, step, text, err)
			}
		}
	}
	if step == StepDone && (len(r.transcript.Waiting()) != 0 || r.transcript.Step() != Finished) {
		t.Errorf("at the end: step %v, waiting for %v", r.transcript.Step(), r.transcript.Waiting())
	}
}

func (r *run) checkKeys(t *testing.T) {
	t.Helper()
	text, err := r.transcript.Trustees()
	ok(t, err)
	trustees, err := tally.ParseTrustees(text)
	ok(t, err)
	if !bytes.Equal(text, tally.PedersenTrustees(r.transcript.published)) {
		t.Error("trustees object is not written as package tally does")
	}
	var shares []*group.Scalar
	for i, m := range r.members {
		s, err := m.Share(r.transcript)
		ok(t, err)
		shares = append(shares, s)
		if member, _ := trustees.Trustee(i + 1); !group.BaseExp(s).Equal(member.Public) {
			t.Errorf("share of member %d is not that of its key", i+1)
		}
	}
	of, size := r.transcript.terms.Threshold, r.transcript.terms.Size
	for _, members := range [][]int{upTo(1, of), upTo(size-of+1, size)} {
		secret := new(group.Scalar)
		for i, l := range threshold.Lagrange(members) {
			secret = secret.Add(l.Mul(shares[members[i]-1]))
		}
		if !group.BaseExp(secret).Equal(trustees.PublicKey()) {
			t.Errorf("members %v do not have the key", members)
		}
	}
}

func upTo(from, to int) (list []int) {
	for i := from; i <= to; i++ {
		list = append(list, i)
	}
	return list
}

// TestResume ends every member's program after every message: with the seed,
// the transcript and what it kept of the hellos a new one goes on, and after its
// commit without them.
func TestResume(t *testing.T) {
	r := newRun(t, 2, 3)
	var share *group.Scalar
	for r.transcript.Step() != Finished {
		index := r.transcript.Waiting()[0]
		again, err := ParseTranscript(r.transcript.AppendJSON(nil))
		ok(t, err)
		if again.Step() != r.transcript.Step() || !slices.Equal(again.Waiting(), r.transcript.Waiting()) {
			t.Fatalf("read again: step %v, waiting for %v", again.Step(), again.Waiting())
		}
		r.transcript = again
		r.members[index-1] = r.members[index-1].again(t, again)
		r.step(t, index)
		if again.Step() == StepDone {
			s, err := r.members[0].Share(again)
			ok(t, err)
			if share != nil && !share.Equal(s) {
				t.Error("another share")
			}
			share = s
		}
	}
	r.checkKeys(t)
	again, err := ParseTranscript(r.transcript.AppendJSON(nil))
	ok(t, err)
	if again.Step() != Finished {
		t.Errorf("read again: %v", again.Step())
	}
}

// again is the member in a new program, with what it keeps at this point.
func (m *Member) again(t *testing.T, transcript *Transcript) *Member {
	t.Helper()
	hellos := m.Hellos()
	if transcript.Sent(StepCommit, m.index) {
		hellos = ""
	}
	if transcript.Step() > StepCertificate {
		again, err := ResumeMember(m.terms, m.seed, m.index, hellos)
		ok(t, err)
		return again
	}
	again, err := NewMember(m.terms, m.seed, m.index) // that has sent no certificate yet
	ok(t, err)
	return again
}

// TestCertificateComesAgain: hello and certificate are the same on every
// device, and everything else is not.
func TestCertificateComesAgain(t *testing.T) {
	r := newRun(t, 2, 3)
	for r.transcript.Step() != Finished {
		step, index := r.transcript.Step(), r.transcript.Waiting()[0]
		one, err := r.members[index-1].Next(r.transcript)
		ok(t, err)
		two, err := r.members[index-1].again(t, r.transcript).Next(r.transcript)
		ok(t, err)
		if bytes.Equal(one, two) != (step <= StepCertificate) {
			t.Errorf("%v of member %d twice: %s and %s", step, index, one, two)
		}
		ok(t, r.transcript.Add(two))
		if err := r.transcript.Add(one); step > StepCertificate && !errors.Is(err, ErrSecond) {
			t.Errorf("a second %v of member %d: %v", step, index, err)
		}
	}
}

// TestOrder adds every message of a ceremony at every point of it: only those
// of the present step are taken, and those that are in do nothing.
func TestOrder(t *testing.T) {
	r := newRun(t, 2, 3)
	r.finish(t)
	all := r.transcript.inOrder()
	for sent := range all {
		transcript := replay(t, r.transcript.terms, all[:sent])
		step, before := transcript.Step(), transcript.AppendJSON(nil)
		for i, m := range all {
			if m.Step == step && i >= sent {
				continue
			}
			err := transcript.Add(m.text)
			if (i < sent) != (err == nil) || (i >= sent && !errors.Is(err, ErrOrder)) {
				t.Errorf("after %d messages, %v: %v", sent, m, err)
			}
		}
		if !bytes.Equal(transcript.AppendJSON(nil), before) {
			t.Errorf("after %d messages: others changed something", sent)
		}
	}
}

func replay(t testing.TB, terms Terms, messages []*Message) *Transcript {
	t.Helper()
	transcript, err := New(terms)
	ok(t, err)
	for _, m := range messages {
		ok(t, transcript.Add(m.text))
	}
	return transcript
}

// TestReplay takes the messages of one ceremony into another of the same
// meeting and board, as they are and with its id.
func TestReplay(t *testing.T) {
	old := newRun(t, 2, 3)
	old.finish(t)
	terms := old.transcript.terms
	terms.Ceremony = NewID()
	// A member that used its seed again gives messages of the same keys.
	r := &run{members: make([]*Member, 3)}
	for i := range r.members {
		var err error
		r.members[i], err = NewMember(terms, old.members[i].seed, i+1)
		ok(t, err)
	}
	var err error
	r.transcript, err = New(terms)
	ok(t, err)
	r.until(t, StepCertificate) // a hello says nothing yet that could be wrong
	for _, m := range old.transcript.inOrder() {
		if err := r.transcript.Add(m.text); !errors.Is(err, ErrElsewhere) {
			t.Errorf("%v: %v", m, err)
		}
		want, renamed := ErrFalse, strings.Replace(string(m.text), old.transcript.terms.Ceremony, terms.Ceremony, 1)
		if m.Step == StepHello {
			want = ErrSecond
		}
		if err := r.transcript.Add([]byte(renamed)); !errors.Is(err, want) {
			t.Errorf("%v, renamed: %v", m, err)
		}
		if m.Index == 3 {
			r.until(t, m.Step+1)
		}
	}
}

// TestComplaint: who gets a bad share names the giver, whatever is wrong with
// it; the ceremony is over, and says so to everybody.
func TestComplaint(t *testing.T) {
	for name, share := range map[string]string{
		"another":  group.RandomScalar().String(),
		"0":        "0",
		"no digit": "x",
		"beyond q": "7237005577332262213973186563042994240857116359379907606001950938285454250989",
		"negative": "-1",
	} {
		t.Run(name, func(t *testing.T) {
			r := newRun(t, 2, 3)
			r.cheat(t, 2, 3, share)
			r.step(t, 2)
			if by, about := r.transcript.Complaint(); by != 0 || about != 0 {
				t.Errorf("before: %d about %d", by, about)
			}
			r.checkComplaint(t, r.step(t, 3))
		})
	}
	t.Run("sealed for another place", func(t *testing.T) {
		r := newRun(t, 2, 3)
		r.until(t, StepReveal)
		content, err := r.members[1].reveal(r.transcript)
		ok(t, err)
		v := content.(*reveal)
		v.shares[0], v.shares[2] = v.shares[2], v.shares[0]
		r.send(t, 2, v)
		r.until(t, StepKey)
		r.step(t, 2)
		r.checkComplaint(t, r.step(t, 3))
	})
}

// checkComplaint: member 3 complains about member 2 with text, after the key of
// member 2.
func (r *run) checkComplaint(t *testing.T, text []byte) {
	t.Helper()
	if by, about := r.transcript.Complaint(); by != 3 || about != 2 || r.transcript.Step() != Failed || r.transcript.Waiting() != nil {
		t.Errorf("%d about %d, step %v, waiting for %v", by, about, r.transcript.Step(), r.transcript.Waiting())
	}
	for i, m := range r.members {
		if _, err := m.Next(r.transcript); !errors.Is(err, ErrFailed) || !strings.Contains(err.Error(), "member 3 about member 2") {
			t.Errorf("member %d: %v", i+1, err)
		}
		if _, err := m.Share(r.transcript); !errors.Is(err, ErrUnfinished) {
			t.Errorf("share of member %d: %v", i+1, err)
		}
	}
	ok(t, r.transcript.Add(text)) // once more
	late, err := r.members[0].key(r.transcript)
	ok(t, err)
	if err := r.transcript.Add(newMessage(r.transcript.terms, 1, late).Text()); !errors.Is(err, ErrFailed) {
		t.Errorf("key after a complaint: %v", err)
	}
	if _, err := r.transcript.Trustees(); !errors.Is(err, ErrUnfinished) {
		t.Errorf("trustees: %v", err)
	}
	again, err := ParseTranscript(r.transcript.AppendJSON(nil))
	ok(t, err)
	if again.Step() != Failed || !bytes.HasSuffix(again.AppendJSON(nil), append(slices.Clone(text), "]}"...)) {
		t.Errorf("read again: step %v", again.Step())
	}
}

// TestImpostor: a member whose place somebody else has taken does not go on.
func TestImpostor(t *testing.T) {
	for _, step := range []Step{StepHello, StepCertificate} {
		r := newRun(t, 2, 3)
		mine := r.members[1]
		var err error
		r.members[1], err = NewMember(mine.terms, threshold.NewSeed(), 2)
		ok(t, err)
		r.until(t, step+1)
		if _, err := mine.Next(r.transcript); !errors.Is(err, ErrImpostor) {
			t.Errorf("after %v: %v", step, err)
		}
		r.finish(t)
		if _, err := mine.Share(r.transcript); !errors.Is(err, ErrImpostor) {
			t.Errorf("share after %v: %v", step, err)
		}
	}
}

// TestOwnShareBad: who finds its own share bad has nobody to complain about.
func TestOwnShareBad(t *testing.T) {
	r := newRun(t, 2, 3)
	r.cheat(t, 1, 1, "1")
	if text, err := r.members[0].Next(r.transcript); text != nil || !errors.Is(err, ErrImpostor) || !errors.Is(err, threshold.ErrShare) {
		t.Errorf("%s, %v", text, err)
	}
}

// TestOwnPolynomialBad: a commit whose polynomial its sender cannot open, or
// not read.
func TestOwnPolynomialBad(t *testing.T) {
	for name, info := range map[string]string{"cannot be opened": "elsewhere", "cannot be read": ""} {
		r := newRun(t, 2, 3)
		r.until(t, StepCommit)
		m := r.members[0]
		if info == "" {
			info = r.transcript.polynomialInfo(1)
		}
		polynomial, err := sealFor(m.transport.PublicKey(), info, "{}")
		ok(t, err)
		c := &commit{polynomial, m.sign(r.transcript.commitMessage(1, hashOf(nil), polynomial))}
		ok(t, r.transcript.Add(newMessage(m.terms, 1, c).Text()))
		r.until(t, StepReveal)
		if text, err := m.Next(r.transcript); text != nil || !errors.Is(err, ErrImpostor) {
			t.Errorf("%s: %s, %v", name, text, err)
		}
	}
}

// TestWholeCheck: before a member confirms the trustees object it checks it
// once more as a whole.
func TestWholeCheck(t *testing.T) {
	r := newRun(t, 2, 3)
	r.until(t, StepDone)
	r.transcript.published.VerificationKeys[2] = r.transcript.published.VerificationKeys[1]
	if text, err := r.members[0].Next(r.transcript); text != nil || err == nil || !strings.Contains(err.Error(), "verification key 3") {
		t.Errorf("%s, %v", text, err)
	}
}

func TestTerms(t *testing.T) {
	good := Terms{wire.RandomBase58(22), NewID(), 2, 3}
	for name, alter := range map[string]func(*Terms){
		"meeting, short":   func(t *Terms) { t.Meeting = t.Meeting[:13] },
		"meeting, long":    func(t *Terms) { t.Meeting = strings.Repeat("1", 65) },
		"meeting, letters": func(t *Terms) { t.Meeting = strings.Repeat("0", 22) },
		"id, short":        func(t *Terms) { t.Ceremony = t.Ceremony[1:] },
		"id, letters":      func(t *Terms) { t.Ceremony = t.Ceremony[1:] + "|" },
		"all of them":      func(t *Terms) { t.Threshold = 3 },
		"more than all":    func(t *Terms) { t.Threshold = 4 },
		"one":              func(t *Terms) { t.Threshold = 1 },
		"none":             func(t *Terms) { t.Threshold = 0 },
		"fewer than none":  func(t *Terms) { t.Threshold = -1 },
		"nobody":           func(t *Terms) { t.Size = 0 },
		"two":              func(t *Terms) { t.Size = 2 },
		"one of two":       func(t *Terms) { t.Threshold, t.Size = 1, 2 },
		"half of four":     func(t *Terms) { t.Size = 4 },
		"fewer than half":  func(t *Terms) { t.Size = 5 },
		"half of fifty":    func(t *Terms) { t.Threshold, t.Size = 25, 50 },
		"less than nobody": func(t *Terms) { t.Threshold, t.Size = -3, -2 },
		"fifty-one":        func(t *Terms) { t.Size = 51 },
	} {
		terms := good
		alter(&terms)
		_, err := New(terms)
		_, errMember := NewMember(terms, threshold.NewSeed(), 1)
		if !errors.Is(err, ErrTerms) || !errors.Is(errMember, ErrTerms) {
			t.Errorf("%s: %v, %v", name, err, errMember)
		}
	}
	for _, s := range []struct{ threshold, size int }{{2, 3}, {3, 4}, {3, 5}, {4, 5}, {26, 50}, {49, 50}} {
		terms := good
		terms.Threshold, terms.Size = s.threshold, s.size
		ok(t, terms.Check())
	}
	for name, err := range map[string]error{
		"member 0":     second(NewMember(good, threshold.NewSeed(), 0)),
		"member 4":     second(NewMember(good, threshold.NewSeed(), 4)),
		"seed, short":  second(NewMember(good, threshold.NewSeed()[1:], 1)),
		"seed, letter": second(NewMember(good, threshold.NewSeed()[1:]+"|", 1)),
		"no seed":      second(NewMember(good, "", 1)),
	} {
		if !errors.Is(err, ErrTerms) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// TestOtherTerms: a member does not go on in a ceremony about something else
// than it agreed to.
func TestOtherTerms(t *testing.T) {
	r := newRun(t, 3, 5)
	for name, alter := range map[string]func(*Terms){
		"meeting":   func(t *Terms) { t.Meeting = wire.RandomBase58(22) },
		"ceremony":  func(t *Terms) { t.Ceremony = NewID() },
		"threshold": func(t *Terms) { t.Threshold = 4 },
		"size":      func(t *Terms) { t.Size = 4 },
	} {
		terms := r.transcript.Terms()
		alter(&terms)
		m, err := NewMember(terms, threshold.NewSeed(), 1)
		ok(t, err)
		if _, err := m.Next(r.transcript); !errors.Is(err, ErrElsewhere) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := m.Share(r.transcript); !errors.Is(err, ErrElsewhere) {
			t.Errorf("share, %s: %v", name, err)
		}
	}
}

// TestDigits computes them once more, and sees that they cannot be known before
// the last certificate is in, which changes those of all.
func TestDigits(t *testing.T) {
	r := newRun(t, 2, 3)
	r.until(t, StepCertificate)
	r.step(t, 1)
	r.step(t, 2)
	if d := r.transcript.Digits(1); d != "" {
		t.Errorf("before the last certificate: %q", d)
	}
	before := r.transcript.inOrder()
	r.step(t, 3)
	list := r.transcript.messages[StepCertificate]
	view := hashOf(fmt.Appendf(nil, "[%s,%s,%s]", list[0].text, list[1].text, list[2].text))
	for i := range r.members {
		want := decimalTail(hashOf(fmt.Appendf(nil, "homphieu-digits-v1|%s|%d", view, i+1)))
		if got := r.transcript.Digits(i + 1); got != want {
			t.Errorf("member %d: %q, want %q", i+1, got, want)
		}
	}
	other := newRun(t, 2, 3)
	other.until(t, StepCommit)
	same := 0
	for i := range r.members {
		if other.transcript.Digits(i+1) == r.transcript.Digits(i+1) {
			same++
		}
	}
	if same == len(r.members) || len(before) != 5 {
		t.Errorf("another board has the same digits, or %d messages", len(before))
	}
}

func TestStepNames(t *testing.T) {
	for step, want := range map[Step]string{StepHello: "hello", StepKey: "key", StepDone: "done", Finished: "finished", Failed: "failed"} {
		if got := step.String(); got != want {
			t.Errorf("%d: %s, want %s", int(step), got, want)
		}
	}
}
