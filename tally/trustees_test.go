package tally_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/threshold"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/crypto/zkp"
	"github.com/homphieu/homphieu/tally"
)

// TestParseTrusteesOfVectors reads what belenios-tool wrote.
func TestParseTrusteesOfVectors(t *testing.T) {
	for folder, want := range map[string]struct{ members, quorum int }{
		"one-trustee": {1, 1}, "board-2-of-3": {3, 2}, "board-3-of-5": {5, 3}, "mixed": {6, 4}, "still-open": {3, 2},
	} {
		t.Run(folder, func(t *testing.T) {
			text, election := vectorTrustees(t, folder)
			trustees, err := tally.ParseTrustees(text)
			ok(t, err)
			e, err := ballot.ParseElection(election)
			ok(t, err)
			if !trustees.PublicKey().Equal(e.PublicKey) {
				t.Error("public key is not the election's")
			}
			if trustees.Len() != want.members || trustees.Quorum() != want.quorum || !bytes.Equal(trustees.Raw(), text) {
				t.Errorf("%d trustees, quorum %d", trustees.Len(), trustees.Quorum())
			}
			if again := rewrite(t, text); !bytes.Equal(again, text) {
				t.Errorf("written again:\n%s\nwas\n%s", again, text)
			}
		})
	}
}

// rewrite reads each item of a trustees object and writes it again.
func rewrite(t *testing.T, text []byte) []byte {
	t.Helper()
	var items [][2]json.RawMessage
	ok(t, json.Unmarshal(text, &items))
	return wire.AppendList(nil, len(items), func(b []byte, i int) []byte {
		r := wire.NewReader(items[i][1])
		var single []byte
		if string(items[i][0]) == `"Single"` {
			k := threshold.ReadKey(r)
			ok(t, r.End())
			single = tally.SingleTrustee(k)
		} else {
			p := threshold.ReadParameters(r)
			ok(t, r.End())
			single = tally.PedersenTrustees(p)
		}
		return append(b, single[1:len(single)-1]...)
	})
}

// TestTrusteesOfVectorHoldTheirKeys compares the list with the secret keys.
func TestTrusteesOfVectorHoldTheirKeys(t *testing.T) {
	e := mixed(t)
	for owner := 1; owner <= e.Trustees.Len(); owner++ {
		m, err := e.Trustees.Trustee(owner)
		ok(t, err)
		h := e.Holders[owner-1]
		if !m.Public.Equal(group.BaseExp(h.Key)) || !m.Signing.Equal(group.BaseExp(h.Signing)) {
			t.Errorf("trustee %d has other keys", owner)
		}
	}
	for _, owner := range []int{-1, 0, e.Trustees.Len() + 1, 1 << 40} {
		if _, err := e.Trustees.Trustee(owner); !errors.Is(err, tally.ErrOwner) {
			t.Errorf("trustee %d: %v", owner, err)
		}
	}
}

// TestParseTrusteesRefuses gives lists that cannot stand.
func TestParseTrusteesRefuses(t *testing.T) {
	x := group.RandomScalar()
	single := string(tally.SingleTrustee(threshold.NewKey(x)))
	forged := threshold.NewKey(x)
	forged.Knowledge.Response = bump(forged.Knowledge.Response)
	nobody := threshold.Key{Knowledge: zkp.ProveKnowledge(new(group.Scalar)), Public: group.Identity()}
	pedersen, _ := vectorTrustees(t, "board-2-of-3")
	board := string(pedersen)
	for _, c := range []struct{ name, text, words string }{
		{"none", "[]", "trustees: none"},
		{"nothing", "", "trustees: byte 0"},
		{"null", "null", "trustees: byte 0"},
		{"an item of nothing", "[[]]", "neither Single nor Pedersen"},
		{"an item of another kind", strings.Replace(single, "Single", "Double", 1), "neither Single nor Pedersen"},
		{"space", strings.Replace(single, ",", ", ", 1), "trustees: byte"},
		{"more after it", single + " ", "trustees: byte"},
		{"cut", single[:len(single)-1], "trustees: byte"},
		{"proof of knowledge", string(tally.SingleTrustee(forged)), "trustees: item 1: proof of knowledge: challenge mismatch"},
		{"second item", "[" + strings.Trim(single, "[]") + "", "trustees: byte"},
		{"the identity", string(tally.SingleTrustee(nobody)), "trustees: item 1: public key: the identity"},
		{"a signature of one alone", string(tally.SingleTrustee(threshold.NewVerificationKey(x, x))), "trustees: item 1: signature: on the key of a trustee alone"},
		{"second is bad", single[:len(single)-1] + "," + string(tally.SingleTrustee(forged))[1:], "trustees: item 2: proof of knowledge"},
		{"one person twice", single[:len(single)-1] + "," + single[1:], "trustees: 2 has the key of trustee 1"},
		{"threshold", strings.Replace(board, `"threshold":2`, `"threshold":1`, 1), "trustees: item 1: certificate 1: made for"},
		{"threshold above all", strings.Replace(board, `"threshold":2`, `"threshold":4`, 1), "trustees: item 1: threshold: 4 of 3"},
		{"threshold zero", strings.Replace(board, `"threshold":2`, `"threshold":0`, 1), "trustees: item 1: threshold: 0 of 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := tally.ParseTrustees([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.words) {
				t.Errorf("error %v, want %q", err, c.words)
			}
		})
	}
}

// TestTrusteesEveryCharacter changes single characters of a board's list: no
// part of it is free.
func TestTrusteesEveryCharacter(t *testing.T) {
	text, _ := vectorTrustees(t, "board-2-of-3")
	whole, err := tally.ParseTrustees(text)
	ok(t, err)
	for at := 0; at < len(text); at += 97 {
		changed := bytes.Clone(text)
		changed[at] ^= 1
		if got, err := tally.ParseTrustees(changed); err == nil && got.PublicKey().Equal(whole.PublicKey()) {
			t.Errorf("byte %d, %q for %q: read", at, changed[at], text[at])
		}
	}
}

// TestQuorum of several items is the sum of theirs.
func TestQuorum(t *testing.T) {
	for _, c := range []struct {
		plan            boxtest.Plan
		members, quorum int
	}{
		{boxtest.Plan{Singles: 1}, 1, 1},
		{boxtest.Plan{Singles: 3}, 3, 3},
		{boxtest.Plan{Boards: []boxtest.Board{{Threshold: 1, Size: 1}}}, 1, 1},
		{boxtest.Plan{Boards: []boxtest.Board{{Threshold: 2, Size: 3}, {Threshold: 3, Size: 3}}}, 6, 5},
		{boxtest.Plan{Singles: 2, Boards: []boxtest.Board{{Threshold: 1, Size: 4}}}, 6, 3},
	} {
		e := boxtest.NewElection(t, c.plan)
		if e.Trustees.Len() != c.members || e.Trustees.Quorum() != c.quorum {
			t.Errorf("%+v: %d trustees, quorum %d", c.plan, e.Trustees.Len(), e.Trustees.Quorum())
		}
	}
}
