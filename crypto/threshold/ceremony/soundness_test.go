package ceremony

import (
	"bytes"
	"crypto/hpke"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/threshold"
)

// value is a string or a number in a message, with the name of its field.
// Strings may hold others, escaped.
var value = regexp.MustCompile(`"([a-z_]+)":("(?:[^"\\]|\\.)*"|[0-9]+|\["[0-9a-f]+)`)

// TestEveryField changes each value in each message of a ceremony, one at a
// time, at its beginning, in the middle and at its end: all of them are refused,
// those of a hello when the certificate comes.
func TestEveryField(t *testing.T) {
	r := newRun(t, 2, 3)
	r.finish(t)
	all, changed := r.transcript.inOrder(), map[string]bool{}
	for i, m := range all {
		for _, at := range value.FindAllSubmatchIndex(m.text, -1) {
			changed[fmt.Sprintf("%v %s", m.Step, m.text[at[2]:at[3]])] = true
			for _, place := range []int{at[4], (at[4] + at[5]) / 2, at[5] - 1} {
				r.refuseOther(t, all, i, other(m.text, place, at[4], at[5]))
			}
		}
	}
	want := "[certificate ceremony certificate challenge certificate index certificate message certificate response certificate type " +
		"commit ceremony commit challenge commit index commit message commit polynomial commit response commit type " +
		"done ceremony done challenge done index done message done response done type " +
		"hello ceremony hello hash hello index hello type " +
		"key ceremony key challenge key index key public_key key response key type " +
		"reveal ceremony reveal challenge reveal index reveal message reveal response reveal shares reveal type]"
	if got := fmt.Sprint(slices.Sorted(maps.Keys(changed))); got != want {
		t.Errorf("changed: %s", got)
	}
}

// refuseOther: after all messages before the i-th, text in its place is refused
// or, if it is a hello, the certificate that follows.
func (r *run) refuseOther(t *testing.T, all []*Message, i int, text []byte) {
	t.Helper()
	transcript := replay(t, r.transcript.terms, all[:i])
	if bytes.Equal(text, all[i].text) {
		t.Fatalf("%v: not changed", all[i])
	}
	err := transcript.Add(text)
	if err != nil {
		return
	}
	if all[i].Step != StepHello {
		t.Errorf("%v is taken with a change: %s", all[i], text)
		return
	}
	// It may also have become that of another member.
	for _, m := range all[:2*transcript.terms.Size] {
		if err = transcript.Add(m.text); err != nil && !errors.Is(err, ErrSecond) {
			break
		}
	}
	if !errors.Is(err, ErrFalse) || !strings.Contains(err.Error(), "not the one announced by its hash") {
		t.Errorf("after a changed %v: %v", all[i], err)
	}
}

// other returns the text with another character of the same kind at one place,
// or near it, of the value from start to end.
func other(text []byte, at, start, end int) []byte {
	text = bytes.Clone(text)
	for strings.ContainsRune(`"\\[`, rune(text[at])) {
		if at++; at == end {
			at = start
		}
	}
	switch c := text[at]; c {
	case '9', 'f', 'z':
		text[at] = c - 1
	default:
		text[at] = c + 1
	}
	return text
}

// A forgery is a message in which its sender itself lies, and signs it.
type forgery struct {
	name  string
	step  Step
	forge func(t *testing.T, r *run, honest body) body // by member 2
	want  string                                       // in the error
}

// TestForgeries: what members can say falsely is refused, and the member is
// named.
func TestForgeries(t *testing.T) {
	for _, list := range [][]forgery{certificateForgeries, commitForgeries, revealForgeries, keyForgeries} {
		for _, f := range list {
			t.Run(fmt.Sprint(f.step, ", ", f.name), func(t *testing.T) {
				r := newRun(t, 2, 3)
				r.until(t, f.step)
				r.step(t, 1)
				honest, err := r.members[1].body(r.transcript)
				ok(t, err)
				m := newMessage(r.transcript.terms, 2, f.forge(t, r, honest))
				if f.step == StepCertificate { // announced, as it would be
					r.transcript.messages[StepHello][1].body = &hello{[32]byte(mustHash(m.text))}
				}
				before := r.transcript.AppendJSON(nil)
				err = r.transcript.Add(m.Text())
				if !errors.Is(err, ErrFalse) || !strings.Contains(err.Error(), m.String()) || !strings.Contains(err.Error(), f.want) {
					t.Errorf("%v, want %s", err, f.want)
				}
				if !bytes.Equal(r.transcript.AppendJSON(nil), before) {
					t.Error("it has left something")
				}
			})
		}
	}
}

// resign signs a statement's text with one thing replaced.
func resign(m *Member, s threshold.Signed, old, text string) threshold.Signed {
	return m.sign(strings.Replace(s.Message, old, text, 1))
}

// forgeStatement makes the forgeries that any statement of a kind can have.
func forgeStatement(step Step, statement func(b body) *threshold.Signed) (list []forgery) {
	add := func(name, want string, alter func(r *run, s threshold.Signed) threshold.Signed) {
		list = append(list, forgery{name, step, func(_ *testing.T, r *run, honest body) body {
			s := statement(honest)
			*s = alter(r, *s)
			return honest
		}, want})
	}
	const otherText = "statement: says something else"
	add("signed by another", "statement: signature: challenge mismatch", func(r *run, s threshold.Signed) threshold.Signed {
		return r.members[0].sign(s.Message)
	})
	add("another meeting", otherText, func(r *run, s threshold.Signed) threshold.Signed {
		return resign(r.members[1], s, r.transcript.terms.Meeting, strings.Repeat("1", 22))
	})
	add("another ceremony", otherText, func(r *run, s threshold.Signed) threshold.Signed {
		return resign(r.members[1], s, r.transcript.terms.Ceremony, NewID())
	})
	add("another index", otherText, func(r *run, s threshold.Signed) threshold.Signed {
		return resign(r.members[1], s, "|2|", "|3|")
	})
	add("another kind", otherText, func(r *run, s threshold.Signed) threshold.Signed {
		return resign(r.members[1], s, "-v1|", "-v2|")
	})
	add("something after it", otherText, func(r *run, s threshold.Signed) threshold.Signed {
		return r.members[1].sign(s.Message + "|")
	})
	if step == StepDone {
		add("another trustees object", otherText, func(r *run, s threshold.Signed) threshold.Signed {
			return resign(r.members[1], s, hashOf(r.transcript.trustees), hashOf(nil))
		})
		return list
	}
	add("another view of the certificates", otherText, func(r *run, s threshold.Signed) threshold.Signed {
		return resign(r.members[1], s, r.transcript.view, hashOf(nil))
	})
	return list
}

// transportForgery makes a certificate message with another transport text.
func transportForgery(name, want string, text func(r *run) string) forgery {
	return forgery{name, StepCertificate, func(_ *testing.T, r *run, honest body) body {
		c := honest.(*certificate)
		c.transport = r.members[1].sign(text(r))
		return c
	}, want}
}

// certified replaces the certificate.
func certified(name, want string, make func(r *run) threshold.Signed) forgery {
	return forgery{name, StepCertificate, func(_ *testing.T, r *run, honest body) body {
		c := honest.(*certificate)
		c.certificate = make(r)
		return c
	}, want}
}

const notTransport = "transport: not the text of this member and ceremony"

var certificateForgeries = []forgery{
	certified("threshold", "made for member 2 of 3 with threshold 1", func(r *run) threshold.Signed { return threshold.NewCertificate(r.members[1].seed, 3, 1, 2) }),
	certified("size", "made for member 2 of 4 with threshold 2", func(r *run) threshold.Signed { return threshold.NewCertificate(r.members[1].seed, 4, 2, 2) }),
	certified("index", "made for member 3 of 3 with threshold 2", func(r *run) threshold.Signed { return threshold.NewCertificate(r.members[1].seed, 3, 2, 3) }),
	certified("the first member's key", "key of member 1", func(r *run) threshold.Signed { return threshold.NewCertificate(r.members[0].seed, 3, 2, 2) }),
	certified("signed by another", "signature: challenge mismatch", func(r *run) threshold.Signed {
		return r.members[0].sign(threshold.NewCertificate(r.members[1].seed, 3, 2, 2).Message)
	}),
	certified("no certificate", "not in canonical form", func(r *run) threshold.Signed { return r.members[1].sign("{}") }),
	certified("of a stranger", "transport: signature: challenge mismatch", func(*run) threshold.Signed { return threshold.NewCertificate(threshold.NewSeed(), 3, 2, 2) }),
	transportForgery("transport of another index", notTransport, func(r *run) string {
		return r.transcript.terms.transportMessage(3, r.members[1].transport.PublicKey())
	}),
	transportForgery("transport of another ceremony", notTransport, func(r *run) string {
		terms := r.transcript.terms
		terms.Ceremony = NewID()
		return terms.transportMessage(2, r.members[1].transport.PublicKey())
	}),
	transportForgery("transport of another meeting", notTransport, func(r *run) string {
		terms := r.transcript.terms
		terms.Meeting = strings.Repeat("1", 22)
		return terms.transportMessage(2, r.members[1].transport.PublicKey())
	}),
	transportForgery("transport key too short", notTransport, func(r *run) string {
		return strings.TrimSuffix(r.transcript.terms.transportMessage(2, r.members[1].transport.PublicKey()), "00") + "0"
	}),
	transportForgery("transport key too long", notTransport, func(r *run) string {
		return r.transcript.terms.transportMessage(2, r.members[1].transport.PublicKey()) + "00"
	}),
	transportForgery("transport key in capitals", notTransport, func(r *run) string {
		return r.transcript.terms.text("transport", 2) + "|" + strings.Repeat("AB", 32)
	}),
	transportForgery("no transport", notTransport, func(*run) string { return "" }),
	transportForgery("transport without a key", notTransport, func(r *run) string { return r.transcript.terms.text("transport", 2) + "|" }),
	transportForgery("transport key of order 1", "low order point", func(r *run) string {
		return r.transcript.terms.text("transport", 2) + "|" + strings.Repeat("00", 32)
	}),
	transportForgery("transport key of order 8", "low order point", func(r *run) string {
		// from https://cr.yp.to/ecdh.html#validate, little-endian
		return r.transcript.terms.text("transport", 2) + "|e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"
	}),
	{"signed by nobody", StepCertificate, func(_ *testing.T, r *run, honest body) body {
		c := honest.(*certificate)
		c.transport.Signature = c.certificate.Signature
		return c
	}, "transport: signature: challenge mismatch"},
}

var commitForgeries = append(forgeStatement(StepCommit, func(b body) *threshold.Signed { return &b.(*commit).statement }),
	forgery{"another polynomial", StepCommit, func(t *testing.T, r *run, honest body) body {
		c := honest.(*commit)
		var err error
		c.polynomial, err = sealFor(r.members[1].transport.PublicKey(), "", "{}")
		ok(t, err)
		return c
	}, "statement: says something else"},
	forgery{"no hash", StepCommit, func(_ *testing.T, r *run, honest body) body {
		c := honest.(*commit)
		c.statement = r.members[1].sign(r.transcript.viewed("commit", 2))
		return c
	}, "statement: no hash of coefexps"},
	forgery{"hash in capitals", StepCommit, func(_ *testing.T, r *run, honest body) body {
		c := honest.(*commit)
		c.statement = r.members[1].sign(r.transcript.commitMessage(2, strings.Repeat("AB", 32), c.polynomial))
		return c
	}, "statement: no hash of coefexps"},
)

// revealed makes a reveal with something else in it and a good statement.
func revealed(name, want string, alter func(r *run, v *reveal)) forgery {
	return forgery{name, StepReveal, func(_ *testing.T, r *run, honest body) body {
		v := honest.(*reveal)
		alter(r, v)
		v.statement = r.members[1].sign(r.transcript.revealMessage(2, v.shares))
		return v
	}, want}
}

// reannounce lets member 2 have announced what it now reveals.
func reannounce(r *run, v *reveal) {
	m := r.members[1]
	c := r.transcript.commit(2)
	c.statement = m.sign(r.transcript.commitMessage(2, hashOf(v.coefexps.AppendJSON(nil)), c.polynomial))
}

var revealForgeries = append(forgeStatement(StepReveal, func(b body) *threshold.Signed { return &b.(*reveal).statement }),
	revealed("other coefexps", "coefexps: not those announced", func(r *run, v *reveal) {
		v.coefexps = threshold.SignCoefexps(threshold.SigningKey(r.members[1].seed), threshold.NewPolynomial(2).Coefexps())
	}),
	revealed("the same coefexps signed again", "coefexps: not those announced", func(r *run, v *reveal) {
		v.coefexps = r.members[1].sign(v.coefexps.Message)
	}),
	revealed("coefexps of another degree", "coefexps: length: 3, want 2", func(r *run, v *reveal) {
		c, sk := threshold.NewPolynomial(3).Coefexps(), threshold.SigningKey(r.members[1].seed)
		v.coefexps, v.signature = threshold.SignCoefexps(sk, c), threshold.SignCertificates(sk, r.transcript.published.Certificates, c)
		reannounce(r, v)
	}),
	revealed("coefexps signed by another", "coefexps: signature: challenge mismatch", func(r *run, v *reveal) {
		v.coefexps = r.members[0].sign(v.coefexps.Message)
		reannounce(r, v)
	}),
	revealed("other certificates signed", "coefexps: signature of the certificates: challenge mismatch", func(r *run, v *reveal) {
		own, _ := r.members[1].openOwn(r.transcript)
		v.signature = threshold.SignCertificates(threshold.SigningKey(r.members[1].seed), r.transcript.published.Certificates[:2], own.polynomial.Coefexps())
	}),
	revealed("a share less", "shares: 2 for 3 members", func(_ *run, v *reveal) { v.shares = v.shares[:2] }),
	revealed("a share more", "shares: 4 for 3 members", func(_ *run, v *reveal) { v.shares = append(v.shares, v.shares[0]) }),
	revealed("no shares", "shares: 0 for 3 members", func(_ *run, v *reveal) { v.shares = nil }),
	forgery{"other shares than signed", StepReveal, func(_ *testing.T, _ *run, honest body) body {
		v := honest.(*reveal)
		v.shares[0], v.shares[1] = v.shares[1], v.shares[0]
		return v
	}, "statement: says something else"},
)

// keyed replaces the key.
func keyed(name, want string, make func(r *run, sk *group.Scalar) threshold.Key) forgery {
	return forgery{name, StepKey, func(_ *testing.T, r *run, _ body) body {
		return &key{make(r, threshold.SigningKey(r.members[1].seed))}
	}, want}
}

var keyForgeries = append([]forgery{
	keyed("of another secret", "public key: not that of the coefexps", func(_ *run, sk *group.Scalar) threshold.Key {
		return threshold.NewVerificationKey(sk, group.RandomScalar())
	}),
	keyed("the identity", "public key: the identity", func(_ *run, sk *group.Scalar) threshold.Key {
		return threshold.NewVerificationKey(sk, new(group.Scalar))
	}),
	keyed("not signed", "signature: missing", func(r *run, _ *group.Scalar) threshold.Key {
		s, _, _ := r.members[1].receive(r.transcript)
		return threshold.NewKey(s)
	}),
	keyed("signed by another", "signature: challenge mismatch", func(r *run, _ *group.Scalar) threshold.Key {
		s, _, _ := r.members[1].receive(r.transcript)
		return threshold.NewVerificationKey(group.RandomScalar(), s)
	}),
	{"complaint about nobody", StepKey, complain(0), "about member 0"},
	{"complaint about itself", StepKey, complain(2), "about member 2"},
	{"complaint about a stranger", StepKey, complain(4), "about member 4"},
	{"complaint signed about another", StepKey, func(t *testing.T, r *run, b body) body {
		c := complain(1)(t, r, b).(*complaint)
		c.about = 3
		return c
	}, "statement: says something else"},
	{"complaint signed by another", StepKey, func(t *testing.T, r *run, b body) body {
		c := complain(1)(t, r, b).(*complaint)
		c.statement = r.members[0].sign(c.statement.Message)
		return c
	}, "statement: signature: challenge mismatch"},
}, forgeStatement(StepDone, func(b body) *threshold.Signed { return &b.(*done).statement })...)

func complain(about int) func(*testing.T, *run, body) body {
	return func(_ *testing.T, r *run, _ body) body {
		return &complaint{about, r.members[1].sign(r.transcript.complaintMessage(2, about))}
	}
}

// TestIndex: a message of a member that there is not.
func TestIndex(t *testing.T) {
	r := newRun(t, 2, 3)
	if err := r.transcript.Add(newMessage(r.transcript.terms, 4, r.members[0].hello().body).text); !errors.Is(err, ErrFalse) {
		t.Errorf("member 4 of 3: %v", err)
	}
}

// TestSealed: a sealed text opens with its own key and info only, whole.
func TestSealed(t *testing.T) {
	private := transportKey(NewID(), threshold.NewSeed())
	c, err := sealFor(private.PublicKey(), "info", "text")
	ok(t, err)
	if text, err := c.open(private, "info"); err != nil || text != "text" {
		t.Errorf("%q, %v", text, err)
	}
	for name, try := range map[string]struct {
		c    sealed
		key  hpke.PrivateKey
		info string
	}{
		"another key":   {c, transportKey(NewID(), threshold.NewSeed()), "info"},
		"another info":  {c, private, "Info"},
		"cut":           {c[:len(c)-2], private, "info"},
		"nothing":       {"", private, "info"},
		"not hex":       {"x" + c, private, "info"},
		"first flipped": {sealed(other([]byte(c), 0, 0, len(c))), private, "info"},
		"last flipped":  {sealed(other([]byte(c), len(c)-1, 0, len(c))), private, "info"},
	} {
		if text, err := try.c.open(try.key, try.info); err == nil {
			t.Errorf("%s: %q", name, text)
		}
	}
}

// TestTransportKey: the key is bound to ceremony and seed.
func TestTransportKey(t *testing.T) {
	id, seed := NewID(), threshold.NewSeed()
	public := func(id, seed string) string { return string(transportKey(id, seed).PublicKey().Bytes()) }
	if one := public(id, seed); one != public(id, seed) || one == public(NewID(), seed) || public(id, seed) == public(id, threshold.NewSeed()) {
		t.Error("not a function of ceremony and seed, or not one of both")
	}
}
