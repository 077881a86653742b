package ceremony

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/threshold"
)

// A deceiver is a server that plays all members but one to that one.
type deceiver struct {
	victim *Member
	view   *Transcript
	others []*Member // false ones, by index - 1; nil is the victim
}

// open lets every member of a run give its certificate for the hellos of a
// board of which it alone is real, and returns the certificates.
func (r *run) open(t *testing.T) (certificates []*Message) {
	t.Helper()
	for i, m := range r.members {
		view, err := New(m.terms)
		ok(t, err)
		for j := range r.members {
			text := newMessage(m.terms, j+1, &hello{[32]byte{byte(i), byte(j)}}).Text()
			if j == i {
				text, err = m.Next(view)
				ok(t, err)
			}
			ok(t, view.Add(text))
		}
		text, err := m.Next(view)
		ok(t, err)
		certificate, err := ParseMessage(text)
		ok(t, err)
		certificates = append(certificates, certificate)
	}
	return certificates
}

// deceive makes a board for one member in which the certificates of the others
// are false, and goes on to the commits.
func deceive(t *testing.T, victim *Member, real []*Message) *deceiver {
	t.Helper()
	view, err := New(victim.terms)
	ok(t, err)
	d := &deceiver{victim, view, make([]*Member, len(real))}
	shown := make([]*Message, len(real))
	for i, certificate := range real {
		if shown[i] = certificate; i != victim.index-1 {
			d.others[i], err = NewMember(victim.terms, threshold.NewSeed(), i+1)
			ok(t, err)
			shown[i] = d.others[i].certificate()
		}
	}
	for i, certificate := range shown {
		ok(t, view.Add(newMessage(victim.terms, i+1, &hello{sha256.Sum256(certificate.text)}).Text()))
	}
	for _, certificate := range shown {
		ok(t, view.Add(certificate.text))
	}
	return d
}

// TestHellosChanged: a server cannot wait for the true certificates and search
// for false ones with the same digits, because it must change the hellos that
// were there when the member gave its own.
func TestHellosChanged(t *testing.T) {
	r := newRun(t, 2, 3)
	certificates := r.open(t)
	d := deceive(t, r.members[0], certificates)
	terms, seed, hellos := d.victim.terms, d.victim.seed, d.victim.Hellos()
	begun := func(m *Member, err error) *Member { ok(t, err); return m }
	for name, c := range map[string]struct {
		m    *Member
		want error
	}{
		"in one sitting":       {d.victim, ErrChanged},
		"who kept the hash":    {begun(ResumeMember(terms, seed, 1, hellos)), ErrChanged},
		"who kept nothing":     {begun(ResumeMember(terms, seed, 1, "")), ErrForgotten},
		"who says it is fresh": {begun(NewMember(terms, seed, 1)), ErrForgotten},
	} {
		if text, err := c.m.Next(d.view); text != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: %s, %v, want %v", name, text, err, c.want)
		}
	}
}

// TestHellosChangedUnseen: the same when the server shows the member nothing of
// what it sent before, so that it would begin once more.
func TestHellosChangedUnseen(t *testing.T) {
	r := newRun(t, 2, 3)
	r.open(t)
	m := r.members[0]
	for _, upTo := range []Step{StepHello, StepCertificate} {
		other, err := New(m.terms)
		ok(t, err)
		if upTo == StepCertificate {
			ok(t, other.Add(m.hello().text))
			for _, i := range other.Waiting() {
				ok(t, other.Add(newMessage(m.terms, i, &hello{[32]byte{9}}).Text()))
			}
		}
		if text, err := m.Next(other); text != nil || !errors.Is(err, ErrChanged) {
			t.Errorf("in one sitting, at %v: %s, %v", upTo, text, err)
		}
		forgotten, err := ResumeMember(m.terms, m.seed, m.index, "")
		ok(t, err)
		if text, err := forgotten.Next(other); text != nil || !errors.Is(err, ErrForgotten) {
			t.Errorf("who kept nothing, at %v: %s, %v", upTo, text, err)
		}
		kept, err := ResumeMember(m.terms, m.seed, m.index, m.Hellos())
		ok(t, err)
		if text, err := kept.Next(other); upTo > StepHello && (text != nil || !errors.Is(err, ErrChanged)) {
			t.Errorf("who kept the hash, at %v: %s, %v", upTo, text, err)
		}
	}
}

// TestHellos: the hash is there from the certificate on, and is that of the
// list of hellos.
func TestHellos(t *testing.T) {
	r := newRun(t, 2, 3)
	r.until(t, StepCertificate)
	list := r.transcript.messages[StepHello]
	want := hashOf(fmt.Appendf(nil, "[%s,%s,%s]", list[0].text, list[1].text, list[2].text))
	for i, m := range r.members {
		if m.Hellos() != "" {
			t.Errorf("member %d before its certificate: %s", i+1, m.Hellos())
		}
		r.step(t, i+1)
		if m.Hellos() != want {
			t.Errorf("member %d: %s, want %s", i+1, m.Hellos(), want)
		}
	}
	// A certificate that was lost is given again for these hellos alone.
	before := replay(t, r.transcript.terms, r.transcript.inOrder()[:3])
	again, err := ResumeMember(r.transcript.terms, r.members[0].seed, 1, want)
	ok(t, err)
	if text, err := again.Next(before); err != nil || string(text) != string(r.members[0].certificate().text) {
		t.Errorf("asked again: %s, %v", text, err)
	}
}

// TestForgotten: who does not know for which hellos it gave its certificate
// goes on after its commit, and at no point before.
func TestForgotten(t *testing.T) {
	r := newRun(t, 2, 3)
	r.finish(t)
	all := r.transcript.inOrder()
	for sent := range all {
		transcript := replay(t, r.transcript.terms, all[:sent])
		m, err := ResumeMember(transcript.terms, r.members[1].seed, 2, "")
		ok(t, err)
		committed := sent >= 8 // hellos, certificates, two commits
		if _, err := m.Next(transcript); committed && err != nil || !committed && !errors.Is(err, ErrForgotten) {
			t.Errorf("after %d messages: %v", sent, err)
		}
	}
}

// TestTranscriptGoesOn: in one sitting every message that was seen stays.
func TestTranscriptGoesOn(t *testing.T) {
	r := newRun(t, 2, 3)
	r.finish(t)
	all := r.transcript.inOrder()
	for sent := 1; sent <= len(all); sent++ {
		transcript := replay(t, r.transcript.terms, all[:sent])
		for _, m := range r.members {
			fresh, err := ResumeMember(m.terms, m.seed, m.index, m.Hellos())
			ok(t, err)
			_, err = fresh.Next(transcript)
			ok(t, err)
			_, err = fresh.Next(replay(t, m.terms, all[:sent]))
			ok(t, err)
			shorter := replay(t, m.terms, all[:sent-1])
			if _, err := fresh.Next(shorter); !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), all[sent-1].String()) {
				t.Errorf("member %d, without the %v: %v", m.index, all[sent-1], err)
			}
			if _, err := fresh.Share(shorter); !errors.Is(err, ErrChanged) {
				t.Errorf("share of member %d, without the %v: %v", m.index, all[sent-1], err)
			}
		}
	}
}

// TestCommitChanged: a member that commits anew after it has seen what others
// reveal could choose the key; who has revealed does not go on with it.
func TestCommitChanged(t *testing.T) {
	r := newRun(t, 2, 3)
	r.until(t, StepCommit)
	r.step(t, 1)
	r.step(t, 3)
	before := r.transcript.inOrder()
	commit := func() *Transcript {
		transcript := replay(t, r.transcript.terms, before)
		text, err := r.members[1].again(t, transcript).Next(transcript)
		ok(t, err)
		ok(t, transcript.Add(text))
		return transcript
	}
	first := commit()
	revealed, err := r.members[0].Next(first)
	ok(t, err)
	second := commit()
	ok(t, second.Add(revealed)) // nothing in it names the commits of others
	if text, err := r.members[0].Next(second); text != nil || !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), "commit of member 2") {
		t.Errorf("%s, %v", text, err)
	}
	r.transcript, r.members[1] = second, r.members[1].again(t, second)
	r.step(t, 2)
	r.step(t, 3)
	if text, err := r.members[0].Next(second); text != nil || !errors.Is(err, ErrChanged) {
		t.Errorf("key: %s, %v", text, err)
	}
}

// TestShareAgainBeforeDone: a reveal with a bad share that takes the place of a
// good one after the key was made is found before the member confirms, also by
// who has forgotten the good one.
func TestShareAgainBeforeDone(t *testing.T) {
	good := newRun(t, 2, 3)
	good.until(t, StepReveal)
	bad := &run{replay(t, good.transcript.terms, good.transcript.inOrder()), nil}
	for _, m := range good.members {
		bad.members = append(bad.members, m.again(t, bad.transcript))
	}
	good.until(t, StepDone)
	bad.cheat(t, 2, 3, "1")
	for i := range bad.members {
		if i == 2 { // whose key of before is as good as ever
			ok(t, bad.transcript.Add(good.transcript.messages[StepKey][2].text))
			continue
		}
		bad.step(t, i+1)
	}
	for name, m := range map[string]*Member{"in one sitting": good.members[2], "in another": good.members[2].again(t, bad.transcript)} {
		text, err := m.Next(bad.transcript)
		if text != nil || err == nil {
			t.Errorf("%s: %s, %v", name, text, err)
		}
		if _, err := NewKeyFile(m, bad.transcript, "", ""); err == nil {
			t.Errorf("%s: a key file", name)
		}
	}
	again := good.members[2].again(t, bad.transcript)
	if _, err := again.Next(bad.transcript); !errors.Is(err, threshold.ErrShare) || !strings.Contains(err.Error(), "share of member 2") {
		t.Errorf("%v", err)
	}
}
