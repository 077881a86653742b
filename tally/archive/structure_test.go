package archive_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

// insert returns a copy of steps with more before the place at.
func insert(steps []step, at int, more ...step) []step {
	return slices.Insert(slices.Clone(steps), at, more...)
}

// remove returns a copy of steps without n from the place at on.
func remove(steps []step, at, n int) []step { return slices.Delete(slices.Clone(steps), at, at+n) }

// TestStory tells stories that never happened, each with an unbroken chain.
func TestStory(t *testing.T) {
	s := theVote().steps
	other := newVote(t, theVotePlan, 1, 2)
	for _, c := range []struct {
		name  string
		steps []step
		err   error
		words string
	}{
		{"nothing", nil, archive.ErrOrder, "chain: event out of order: no Setup"},
		{"no setup", s[1:], archive.ErrOrder, "event 0 (Ballot)"},
		{"second setup", insert(s, atBallot1, s[atSetup]), archive.ErrOrder, "event 1 (Setup)"},
		{"setup at the end", insert(s, len(s), s[atSetup]), archive.ErrOrder, "event 9 (Setup)"},
		{"setup of another election after", insert(s, atEnd, other.steps[atSetup]), archive.ErrOrder, "event 4 (Setup)"},
		{"ballot after the end", insert(remove(s, atBallot3, 1), atBallot3+1, s[atBallot3]), archive.ErrOrder, "event 4 (Ballot)"},
		{"ballot after the tally", insert(s, atPartial1, s[atBallot1]), archive.ErrOrder, "event 6 (Ballot)"},
		{"ballot twice", insert(s, atEnd, s[atBallot1]), ballot.ErrSpent, "event 4 (Ballot): credential: already used"},
		{"ballot of another election", insert(s, atEnd, other.steps[atBallot1]), ballot.ErrWrongElection, "event 4 (Ballot)"},
		{"end twice", insert(s, atTally, step{archive.EndBallots, nil}), archive.ErrOrder, "event 5 (EndBallots)"},
		{"end with data", insert(remove(s, atEnd, 1), atEnd, step{archive.EndBallots, [][]byte{[]byte("{}")}}), archive.ErrOrder, "event 4 (EndBallots)"},
		{"tally before the end", remove(s, atEnd, 1), archive.ErrOrder, "event 4 (EncryptedTally)"},
		{"tally twice", insert(s, atPartial1, s[atTally]), archive.ErrOrder, "event 6 (EncryptedTally)"},
		{"tally without ballots counted", remove(s, atBallot1, 3), archive.ErrTally, "says 3 ballots, the archive has 0"},
		{"tally of another election", insert(remove(s, atTally, 1), atTally, other.steps[atTally]), archive.ErrTally, "event 5 (EncryptedTally)"},
		{"decryption before the tally", insert(remove(s, atPartial1, 1), atTally, s[atPartial1]), archive.ErrOrder, "event 5 (PartialDecryption)"},
		{"decryption twice by one trustee", insert(s, atPartial2, s[atPartial1]), archive.ErrOrder, "event 7 (PartialDecryption): chain: event out of order: trustee 1 decrypts twice"},
		{"decryption after the result", insert(remove(s, atPartial2, 1), atResult, s[atPartial2]), tally.ErrTooFew, "event 7 (Result)"},
		{"result twice", insert(s, len(s), s[atResult]), archive.ErrOrder, "event 9 (Result)"},
		{"result without decryptions", remove(s, atPartial1, 2), tally.ErrTooFew, "event 6 (Result)"},
		{"result before the tally", append(s[:atTally:atTally], s[atResult]), archive.ErrOrder, "event 5 (Result)"},
		{"anything after the result", insert(s, len(s), step{"Archive", [][]byte{[]byte("{}")}}), archive.ErrProfile, "event 9 (Archive)"},
		{"unknown event", insert(s, atBallot2, step{"Shuffle", [][]byte{[]byte("{}")}}), archive.ErrProfile, "event 2 (Shuffle)"},
		{"event of no type", insert(s, atBallot2, step{"", nil}), archive.ErrProfile, "event 2 ()"},
		{"type in lower case", insert(remove(s, atEnd, 1), atEnd, step{"endballots", nil}), archive.ErrProfile, "event 4 (endballots)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := verify(t, tell(c.steps...), archive.Options{})
			wantRefused(t, r, c.err, c.words)
		})
	}
}

// TestMoreThanEnough: all three of two may decrypt, in any order.
func TestMoreThanEnough(t *testing.T) {
	for _, owners := range [][]int{{1, 2}, {3, 2}, {3, 1, 2}, {1, 2, 3}} {
		v := newVote(t, theVotePlan, owners...)
		wantValid(t, verify(t, tell(v.steps...), archive.Options{Shares: v.shares}), archive.StateResult)
	}
}

// TestData puts data where none belongs, or takes it away.
func TestData(t *testing.T) {
	s := theVote().steps
	with := func(at int, change func(data [][]byte) [][]byte) []byte {
		steps := slices.Clone(s)
		steps[at].data = change(slices.Clone(steps[at].data))
		return tell(steps...)
	}
	extra := func(data [][]byte) [][]byte { return append([][]byte{[]byte("{}")}, data...) }
	fewer := func(data [][]byte) [][]byte { return data[1:] }
	swap := func(data [][]byte) [][]byte { data[0], data[1] = data[1], data[0]; return data }
	for _, c := range []struct {
		name  string
		text  []byte
		err   error
		words string
	}{
		{"setup with more", with(atSetup, extra), archive.ErrOrder, "file 6: chain: event out of order: data without an event"},
		{"setup with less", with(atSetup, fewer), archive.ErrOrder, "event 0 (Setup)"},
		{"setup in another order", with(atSetup, swap), archive.ErrChain, "setup: chain: broken: names other objects"},
		{"ballot with more", with(atBallot2, extra), archive.ErrOrder, "event 2 (Ballot)"},
		{"ballot without", with(atBallot2, fewer), archive.ErrOrder, "event 2 (Ballot)"},
		{"tally with more", with(atTally, extra), archive.ErrOrder, "event 5 (EncryptedTally)"},
		{"tally without its ciphertexts", with(atTally, fewer), archive.ErrOrder, "event 5 (EncryptedTally)"},
		{"tally of other ciphertexts", with(atTally, func(d [][]byte) [][]byte { return [][]byte{[]byte("[]"), d[1]} }), archive.ErrChain, "names another tally"},
		{"decryption with more", with(atPartial1, extra), archive.ErrOrder, "event 6 (PartialDecryption)"},
		{"decryption of other factors", with(atPartial1, func(d [][]byte) [][]byte { return [][]byte{s[atPartial2].data[0], d[1]} }), archive.ErrChain, "names another partial decryption"},
		{"result with more", with(atResult, extra), archive.ErrOrder, "event 8 (Result)"},
		{"data at the end", append(tell(s...), write([]file{{archive.KindData, []byte("{}")}})[1024:]...), archive.ErrOrder, "data without an event at the end"},
		{"much data", write(slices.Repeat([]file{{archive.KindData, []byte("{}")}}, 6)), archive.ErrOrder, "file 6: chain: event out of order: data without an event"},
	} {
		t.Run(c.name, func(t *testing.T) { wantRefused(t, verify(t, c.text, archive.Options{}), c.err, c.words) })
	}
}

// TestChain breaks the chain itself: the texts of events are put by hand.
func TestChain(t *testing.T) {
	files := filesOf(theVote().steps...)
	const setupEvent, ballot1, event1, ballot2, event2 = 4, 5, 6, 7, 8
	swap := func(i, j int) []file {
		f := slices.Clone(files)
		f[i], f[j] = f[j], f[i]
		return f
	}
	edit := func(i int, old, new string) []file {
		f := slices.Clone(files)
		f[i].content = bytes.Replace(f[i].content, []byte(old), []byte(new), 1)
		if bytes.Equal(f[i].content, files[i].content) {
			t.Fatalf("%q is not in file %d", old, i)
		}
		return f
	}
	parent := fmt.Sprintf(`"parent":"%x",`, hashOf(files[setupEvent].content))
	for _, c := range []struct {
		name  string
		files []file
		err   error
		words string
	}{
		{"events in another order", swap(event1, event2), archive.ErrChain, "event 1 (Ballot): chain: broken: parent or height"},
		{"data of the next event", swap(ballot1, ballot2), archive.ErrChain, "event 1 (Ballot): chain: broken: payload is not the data before it"},
		{"event before its data", swap(ballot1, event1), archive.ErrChain, "event 1 (Ballot): chain: broken: payload is not the data before it"},
		{"event twice", slices.Insert(slices.Clone(files), ballot2, files[event1]), archive.ErrChain, "event 2 (Ballot): chain: broken: parent"},
		{"event without its data", slices.Delete(slices.Clone(files), ballot1, event1), archive.ErrChain, "event 1 (Ballot): chain: broken: payload"},
		{"event left out", slices.Delete(slices.Clone(files), ballot1, ballot2), archive.ErrChain, "event 1 (Ballot): chain: broken: parent"},
		{"height", edit(event1, `"height":1`, `"height":2`), archive.ErrChain, "event 1 (Ballot): chain: broken: parent or height"},
		{"height with a zero before", edit(event1, `"height":1`, `"height":01`), wire.ErrCanonical, "event 1: byte"},
		{"no parent", edit(event1, parent, ""), archive.ErrChain, "event 1 (Ballot): chain: broken: parent"},
		{"a parent of the first", edit(setupEvent, "{", "{"+parent), archive.ErrChain, "event 0 (Setup): chain: broken: parent"},
		{"no payload", edit(event1, fmt.Sprintf(`,"payload":"%x"`, hashOf(files[ballot1].content)), ""), archive.ErrChain, "event 1 (Ballot): chain: broken: payload"},
		{"a space", edit(event1, `"type":`, `"type": `), wire.ErrCanonical, "event 1: byte"},
		{"another member", edit(event1, `"type":`, `"time":0,"type":`), wire.ErrCanonical, "event 1: byte"},
		{"something after it", edit(event1, "}", "} "), wire.ErrCanonical, "event 1: byte"},
		{"type of control characters", edit(event1, `"Ballot"`, "\"Ball\x1bot\""), wire.ErrCanonical, "event 1: byte"},
		{"long event", edit(event1, `"Ballot"`, `"`+strings.Repeat("B", 600)+`"`), errAny, "at most 512 expected"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := verify(t, write(c.files), archive.Options{})
			wantRefused(t, r, c.err, c.words)
		})
	}
}

// TestSetup gives setups that do not belong together, or to the profile.
func TestSetup(t *testing.T) {
	v, other := theVote(), newVote(t, theVotePlan, 1, 2)
	election, trustees, credentials := v.Setup.Election, v.Setup.Trustees, v.Setup.Credentials
	edit := func(text []byte, old, new string) []byte { return bytes.Replace(text, []byte(old), []byte(new), 1) }
	for _, c := range []struct {
		name  string
		setup step
		err   error
		words string
	}{
		{"other trustees", setupOf(election, other.Setup.Trustees, credentials), archive.ErrElectionKey, "event 0 (Setup): election: public key"},
		{"no trustees", setupOf(election, []byte("[]"), credentials), errAny, "trustees: none"},
		{"a trustee twice", setupOf(election, edit(trustees, "[[", string(trustees[:len(trustees)-1])+",["), credentials), errAny, "trustees: 4 has the key of trustee 1"},
		{"election of version 2", setupOf(edit(election, `"version":1`, `"version":2`), trustees, credentials), ballot.ErrVersion, "protocol version is not 1"},
		{"election of another group", setupOf(edit(election, "Ed25519", "BELENIOS-2048"), trustees, credentials), ballot.ErrGroup, "BELENIOS-2048"},
		{"election with spaces", setupOf(edit(election, `,"name"`, `, "name"`), trustees, credentials), wire.ErrCanonical, "election: byte"},
		{"credentials with spaces", setupOf(election, trustees, edit(credentials, `","`, `", "`)), errAny, "credentials: "},
		{"payload with spaces", step{archive.Setup, [][]byte{election, trustees, credentials, edit(v.steps[0].data[3], ":", ": ")}}, wire.ErrCanonical, "setup: byte"},
		{"payload of another setup", step{archive.Setup, [][]byte{election, trustees, credentials, other.steps[0].data[3]}}, archive.ErrChain, "setup: chain: broken: names other objects"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := verify(t, tell(append([]step{c.setup}, v.steps[1:]...)...), archive.Options{})
			wantRefused(t, r, c.err, c.words)
		})
	}
}

// TestTallyText gives announcements and results that say something else.
func TestTallyText(t *testing.T) {
	s := theVote().steps
	edit := func(at, i int, old, new string) []byte {
		steps := slices.Clone(s)
		data := slices.Clone(steps[at].data)
		data[i] = bytes.Replace(data[i], []byte(old), []byte(new), 1)
		if bytes.Equal(data[i], steps[at].data[i]) {
			t.Fatalf("%q is not there", old)
		}
		steps[at].data = data
		return tell(steps...)
	}
	for _, c := range []struct {
		name  string
		text  []byte
		err   error
		words string
	}{
		{"number of ballots", edit(atTally, 1, `"num_tallied":3,"total_weight":3`, `"num_tallied":4,"total_weight":4`), archive.ErrTally, "says 4 ballots, the archive has 3"},
		{"weight", edit(atTally, 1, `"total_weight":3`, `"total_weight":4`), tally.ErrWeight, "event 5"},
		{"owner", edit(atPartial1, 1, `"owner":1`, `"owner":2`), tally.ErrPartialDecryption, "event 6 (PartialDecryption): partial decryption: does not hold: trustee 2"},
		{"owner of nobody", edit(atPartial1, 1, `"owner":1`, `"owner":4`), tally.ErrOwner, "event 6"},
		{"owner zero", edit(atPartial1, 1, `"owner":1`, `"owner":0`), tally.ErrOwner, "event 6"},
		{"result moved", edit(atResult, 0, "[2,1]", "[1,2]"), tally.ErrResult, "question 1: choice 1: not 1"},
		{"result larger than the ballots", edit(atResult, 0, "[2,1]", "[4,1]"), tally.ErrResult, "choice 1: not 4"},
		{"result with more choices", edit(atResult, 0, "[2,1]", "[2,1,0]"), tally.ErrResult, "shape"},
		{"result with fewer choices", edit(atResult, 0, "[2,1]", "[2]"), tally.ErrResult, "shape"},
		{"result with more questions", edit(atResult, 0, "[2,1]", "[2,1],[]"), tally.ErrResult, "shape"},
		{"result of no question", edit(atResult, 0, "[2,1]", ""), tally.ErrResult, "shape"},
		{"result below zero", edit(atResult, 0, "[2,1]", "[-2,1]"), wire.ErrCanonical, "event 8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := verify(t, c.text, archive.Options{})
			if wantRefused(t, r, c.err, c.words); r.Result != nil {
				t.Errorf("a result was reported: %v", r.Result)
			}
		})
	}
}
