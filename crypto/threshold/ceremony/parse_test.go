package ceremony

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/threshold"
)

// TestMalformed spells messages in other ways.
func TestMalformed(t *testing.T) {
	r := newRun(t, 2, 3)
	r.until(t, StepKey)
	hello, reveal := string(r.transcript.messages[StepHello][0].text), string(r.transcript.messages[StepReveal][0].text)
	id := r.transcript.terms.Ceremony
	share := string(r.transcript.reveal(1).shares[0])
	for name, text := range map[string]string{
		"nothing":              "",
		"another kind":         strings.Replace(hello, "hello", "hallo", 1),
		"another version":      strings.Replace(hello, "-v1", "-v2", 1),
		"a kind's beginning":   strings.Replace(hello, "hello", "hell", 1),
		"of another project":   strings.Replace(hello, "homphieu", "Homphieu", 1),
		"white space":          strings.Replace(hello, ":", ": ", 1),
		"something after it":   hello + "\n",
		"something before it":  " " + hello,
		"not finished":         hello[:len(hello)-1],
		"a member more":        strings.Replace(hello, `}`, `,"a":1}`, 1),
		"index 0":              strings.Replace(hello, `"index":1`, `"index":0`, 1),
		"index 51":             strings.Replace(hello, `"index":1`, `"index":51`, 1),
		"index 01":             strings.Replace(hello, `"index":1`, `"index":01`, 1),
		"index in quotes":      strings.Replace(hello, `"index":1`, `"index":"1"`, 1),
		"id with an escape":    strings.Replace(hello, id, `\u0031`+id[1:], 1),
		"hash in capitals":     strings.Replace(hello, `"hash":"`, `"hash":"A`, 1),
		"order of members":     strings.Replace(hello, `"ceremony":"`+id+`","index":1`, `"index":1,"ceremony":"`+id+`"`, 1),
		"share in capitals":    strings.Replace(reveal, share, strings.ToUpper(share), 1),
		"share of odd length":  strings.Replace(reveal, share, share+"0", 1),
		"share without text":   strings.Replace(reveal, share, share[:2*overhead], 1),
		"empty share":          strings.Replace(reveal, share, "", 1),
		"share that is no hex": strings.Replace(reveal, share, share+"gg", 1),
		"too long":             strings.Replace(reveal, share, strings.Repeat(share, 1000), 1),
	} {
		if m, err := ParseMessage([]byte(text)); !errors.Is(err, ErrMalformed) || m != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := r.transcript.Add([]byte(text)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: added: %v", name, err)
		}
	}
}

// TestMessageHead: who may send it can be told before it is verified.
func TestMessageHead(t *testing.T) {
	r := newRun(t, 2, 3)
	r.cheat(t, 2, 3, "1")
	r.step(t, 1)
	r.step(t, 3)
	for _, sent := range r.transcript.inOrder() {
		m, err := ParseMessage(sent.text)
		ok(t, err)
		if m.Ceremony != r.transcript.terms.Ceremony || m.Index != sent.Index || m.Step != sent.Step || !bytes.Equal(m.Text(), sent.text) {
			t.Errorf("%v: %+v", sent, m)
		}
		if again := newMessage(r.transcript.terms, m.Index, m.body); !bytes.Equal(again.text, sent.text) || again.Step != sent.Step {
			t.Errorf("%v is written as %s", sent, again.text)
		}
	}
}

// TestAddCopies: what is kept is not what the caller goes on with.
func TestAddCopies(t *testing.T) {
	r := newRun(t, 2, 3)
	text, err := r.members[0].Next(r.transcript)
	ok(t, err)
	given := bytes.Clone(text)
	ok(t, r.transcript.Add(given))
	clear(given)
	ok(t, r.transcript.Add(text))
}

// TestLargest: the messages of the largest board are within the limit.
func TestLargest(t *testing.T) {
	terms := Terms{strings.Repeat("1", 64), NewID(), MaxSize - 1, MaxSize}
	m, err := NewMember(terms, threshold.NewSeed(), MaxSize)
	ok(t, err)
	p := threshold.NewPolynomial(terms.Threshold)
	own := secret{p, threshold.SignCoefexps(threshold.SigningKey(m.seed), p.Coefexps())}
	c := &commit{statement: m.sign(strings.Repeat("1", 400))}
	c.polynomial, err = sealFor(m.transport.PublicKey(), "", string(own.appendJSON(nil)))
	ok(t, err)
	v := &reveal{coefexps: own.coefexps, signature: c.statement.Signature, statement: c.statement}
	for range terms.Size {
		share, err := sealFor(m.transport.PublicKey(), "", strings.Repeat("9", 76))
		ok(t, err)
		v.shares = append(v.shares, share)
	}
	for _, content := range []body{c, v} {
		if _, err := ParseMessage(newMessage(terms, MaxSize, content).text); err != nil {
			t.Error(err)
		}
	}
}

// TestParseTranscript reads transcripts that are not in the one form, or do not
// hold.
func TestParseTranscript(t *testing.T) {
	r := newRun(t, 2, 3)
	r.finish(t)
	text, terms := string(r.transcript.AppendJSON(nil)), r.transcript.terms
	message := func(step Step, index int) string { return string(r.transcript.messages[step][index-1].text) }
	swapped := strings.NewReplacer(message(StepHello, 1), message(StepHello, 2), message(StepHello, 2), message(StepHello, 1))
	for name, c := range map[string]struct {
		text string
		err  error
	}{
		"nothing":              {"", ErrMalformed},
		"white space":          {" " + text, ErrMalformed},
		"line feed":            {text + "\n", ErrMalformed},
		"other order":          {swapped.Replace(text), ErrMalformed},
		"a message twice":      {strings.Replace(text, message(StepHello, 1), message(StepHello, 1)+","+message(StepHello, 1), 1), ErrMalformed},
		"a message missing":    {strings.Replace(text, message(StepHello, 1)+",", "", 1), ErrOrder},
		"no message":           {strings.Replace(text, message(StepHello, 1), "{}", 1), ErrMalformed},
		"another ceremony":     {strings.Replace(text, terms.Ceremony, NewID(), 1), ErrElsewhere},
		"another meeting":      {strings.Replace(text, terms.Meeting, strings.Repeat("1", 22), 1), ErrFalse},
		"no uuid":              {strings.Replace(text, terms.Meeting, "1", 1), ErrTerms},
		"another threshold":    {strings.Replace(text, `"threshold":2`, `"threshold":3`, 1), ErrTerms},
		"another size":         {strings.Replace(text, `"threshold":2,"size":3`, `"threshold":3,"size":4`, 1), ErrOrder},
		"half of them enough":  {strings.Replace(text, `"size":3`, `"size":4`, 1), ErrTerms},
		"a changed last proof": {string(other([]byte(text), len(text)-7, len(text)-8, len(text)-6)), ErrFalse},
	} {
		if _, err := ParseTranscript([]byte(c.text)); !errors.Is(err, c.err) {
			t.Errorf("%s: %v, want %v", name, err, c.err)
		}
	}
}

// TestTooLongInTranscript: a message that would hold but for its length is
// refused beside others as it is alone.
func TestTooLongInTranscript(t *testing.T) {
	r := newRun(t, 2, 3)
	r.until(t, StepReveal)
	content, err := r.members[0].reveal(r.transcript)
	ok(t, err)
	v := content.(*reveal)
	v.shares[1] += sealed(strings.Repeat("00", MaxMessage/2))
	v.statement = r.members[0].sign(r.transcript.revealMessage(1, v.shares))
	long := newMessage(r.transcript.terms, 1, v).Text()
	if err := r.transcript.Add(long); !errors.Is(err, ErrMalformed) {
		t.Errorf("added: %v", err)
	}
	text := strings.TrimSuffix(string(r.transcript.AppendJSON(nil)), "]}") + "," + string(long) + "]}"
	if _, err := ParseTranscript([]byte(text)); !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), "at most 65536") {
		t.Errorf("in a transcript: %v", err)
	}
}

// FuzzParseMessage: no text makes a parser panic, and what is taken is written
// again as it was.
func FuzzParseMessage(f *testing.F) {
	for _, text := range readGolden(f).Messages {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := ParseMessage(text)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if again := newMessage(Terms{Ceremony: m.Ceremony}, m.Index, m.body); !bytes.Equal(again.text, text) || again.Step != m.Step {
			t.Fatalf("%q came back as %q", text, again.text)
		}
	})
}

// FuzzParseTranscript: the same for a transcript; only such as hold are taken.
func FuzzParseTranscript(f *testing.F) {
	g := readGolden(f)
	f.Add([]byte(g.Transcript))
	f.Add([]byte(g.Failed.Transcript))
	f.Fuzz(func(t *testing.T, text []byte) {
		transcript, err := ParseTranscript(text)
		if err == nil && !bytes.Equal(transcript.AppendJSON(nil), text) {
			t.Fatalf("%q came back as %q", text, transcript.AppendJSON(nil))
		}
	})
}
