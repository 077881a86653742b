package tally_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/threshold"
	"github.com/homphieu/homphieu/crypto/zkp"
	"github.com/homphieu/homphieu/tally"
)

// objects are the texts of this package, each written and read again.
func objects(t *testing.T) map[string]struct {
	text []byte
	read func([]byte) (any, error)
	want any
} {
	t.Helper()
	e := mixed(t)
	contributions := e.Decrypt(e.product, 1, 4)
	partial := contributions[0].Partial
	shares := tally.NewShares(e.Election.Election, e.product, contributions)
	closing := &tally.Closing{Election: e.Fingerprint(), EndBallots: [32]byte{9}, Slips: tally.Slips{
		Printed: 1, Issued: 2, Exchanged: 3, Unissued: 4, Returned: 5, NotReturned: 6, Cast: 7,
	}, Voided: []ballot.CredentialKey{{1}, {2}}}
	closing.Sign(1, e.Holders[0].Signing)
	closing.Sign(4, e.Holders[3].Signing)
	return map[string]struct {
		text []byte
		read func([]byte) (any, error)
		want any
	}{
		"sized":   {tally.Sized{Ballots: 7, Tally: [32]byte{1}}.AppendJSON(nil), func(b []byte) (any, error) { return tally.ParseSized(b) }, tally.Sized{Ballots: 7, Tally: [32]byte{1}}},
		"owned":   {tally.Owned{Owner: 3, Payload: [32]byte{2}}.AppendJSON(nil), func(b []byte) (any, error) { return tally.ParseOwned(b) }, tally.Owned{Owner: 3, Payload: [32]byte{2}}},
		"result":  {e.result.AppendJSON(nil), func(b []byte) (any, error) { return tally.ParseResult(b) }, e.result},
		"partial": {partial.AppendJSON(nil), func(b []byte) (any, error) { return tally.ParsePartialDecryption(b) }, nil},
		"shares":  {shares.AppendJSON(nil), func(b []byte) (any, error) { return tally.ParseShares(b) }, nil},
		"closing": {closing.AppendJSON(nil), func(b []byte) (any, error) { return tally.ParseClosing(b) }, nil},
	}
}

// TestRoundTrip reads each object and writes it again.
func TestRoundTrip(t *testing.T) {
	for name, o := range objects(t) {
		got, err := o.read(o.text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if o.want != nil && !reflect.DeepEqual(got, o.want) {
			t.Errorf("%s: %+v, want %+v", name, got, o.want)
		}
		if text := got.(interface{ AppendJSON([]byte) []byte }).AppendJSON([]byte("x")); string(text) != "x"+string(o.text) {
			t.Errorf("%s: written again %s, was %s", name, text, o.text)
		}
	}
}

// TestTexts fixes the spelling.
func TestTexts(t *testing.T) {
	zeros := strings.Repeat("0", 64)
	for want, got := range map[string][]byte{
		`{"num_tallied":7,"total_weight":7,"encrypted_tally":"` + zeros + `"}`: tally.Sized{Ballots: 7}.AppendJSON(nil),
		`{"owner":3,"payload":"` + zeros + `"}`:                                tally.Owned{Owner: 3}.AppendJSON(nil),
		`{"result":[[1,2],[3]]}`:                                               tally.Result{{1, 2}, {3}}.AppendJSON(nil),
		`{"result":[]}`:                                                        tally.Result{}.AppendJSON(nil),
		`{"schema":1,"election":"f","encrypted_tally":"` + zeros + `","shares":[{"owner":2,"proofs":[[]]}]}`: tally.Shares{Election: "f",
			Shares: []tally.Share{{Owner: 2, Proofs: make([][]zkp.Proof, 1)}}}.AppendJSON(nil),
		`{"schema":1,"election":"f","end_ballots":"` + zeros + `","slips":{"printed":1,"issued":2,"exchanged":3,"unissued":4,"returned":5,"not_returned":6,"cast":7},"voided":["` +
			zeros + `"],"signatures":[]}`: (&tally.Closing{Election: "f", Slips: tally.Slips{Printed: 1, Issued: 2, Exchanged: 3, Unissued: 4, Returned: 5, NotReturned: 6, Cast: 7}, Voided: make([]ballot.CredentialKey, 1)}).AppendJSON(nil),
	} {
		if string(got) != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

// TestOneSpelling cuts, stretches and changes each object everywhere: whatever
// is still read says something else, in its one spelling.
func TestOneSpelling(t *testing.T) {
	for name, o := range objects(t) {
		step := len(o.text)/60 + 1
		for at := 0; at < len(o.text); at += step {
			flipped := bytes.Clone(o.text)
			flipped[at] ^= 1
			for _, text := range [][]byte{
				o.text[:at], flipped, append(append(bytes.Clone(o.text[:at]), ' '), o.text[at:]...),
				append(bytes.Clone(o.text[:at]), o.text[at+1:]...), append(append(bytes.Clone(o.text[:at]), '0'), o.text[at:]...),
			} {
				got, err := o.read(text)
				if err != nil {
					continue
				}
				if again := got.(interface{ AppendJSON([]byte) []byte }).AppendJSON(nil); !bytes.Equal(again, text) {
					t.Errorf("%s: read %s as %s", name, text, again)
				}
			}
		}
		for _, text := range []string{"", "null", "{}", "[]", string(o.text) + "\n", " " + string(o.text), string(o.text) + string(o.text)} {
			if _, err := o.read([]byte(text)); err == nil {
				t.Errorf("%s: %s was read", name, text)
			}
		}
	}
}

func TestSizedWeight(t *testing.T) {
	text := bytes.Replace(tally.Sized{Ballots: 7}.AppendJSON(nil), []byte(`"total_weight":7`), []byte(`"total_weight":8`), 1)
	if _, err := tally.ParseSized(text); !errors.Is(err, tally.ErrWeight) {
		t.Errorf("weight: %v", err)
	}
	for _, text := range []string{`{"num_tallied":07,"total_weight":07`, `{"num_tallied":-7,"total_weight":-7`, `{"num_tallied":7.0,"total_weight":7.0`, `{"num_tallied":"7","total_weight":"7"`} {
		if _, err := tally.ParseSized([]byte(text + `,"encrypted_tally":"` + strings.Repeat("0", 64) + `"}`)); err == nil {
			t.Errorf("%s was read", text)
		}
	}
}

// TestReconcile is the table of the identities.
func TestReconcile(t *testing.T) {
	for _, c := range []struct {
		name   string
		slips  tally.Slips
		voided int
		words  string // empty if they agree
	}{
		{"nothing", tally.Slips{}, 0, ""},
		{"all cast", tally.Slips{Printed: 5, Issued: 5, Cast: 5}, 0, ""},
		{"every kind", tally.Slips{Printed: 20, Issued: 15, Exchanged: 2, Unissued: 3, Returned: 4, NotReturned: 1, Cast: 10}, 9, ""},
		{"fewer voided", tally.Slips{Printed: 20, Issued: 15, Exchanged: 2, Unissued: 3, Returned: 4, NotReturned: 1, Cast: 10}, 0, ""},
		{"one voided too many", tally.Slips{Printed: 20, Issued: 15, Exchanged: 2, Unissued: 3, Returned: 4, NotReturned: 1, Cast: 10}, 10, "slips: voided 10, exchanged + returned + unissued 9"},
		{"printed", tally.Slips{Printed: 6, Issued: 5, Cast: 5}, 0, "slips: printed 6, issued + exchanged + unissued 5"},
		{"issued", tally.Slips{Printed: 5, Issued: 5, Cast: 6}, 0, "slips: issued 5, cast + returned + not returned 6"},
		{"cast without slip", tally.Slips{Cast: 1}, 0, "slips: issued 0, cast + returned + not returned 1"},
		{"lost", tally.Slips{Printed: 5, Issued: 5, NotReturned: 1, Cast: 3}, 0, "slips: issued 5, cast + returned + not returned 4"},
		{"both wrong: the first is told", tally.Slips{Printed: 1, Issued: 2, Cast: 3}, 0, "slips: printed 1"},
		{"not returned cannot be voided", tally.Slips{Printed: 2, Issued: 2, NotReturned: 2}, 1, "slips: voided 1"},
	} {
		err := c.slips.Reconcile(c.voided)
		if (err == nil) != (c.words == "") || (err != nil && !strings.Contains(err.Error(), c.words)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.words)
		}
	}
}

// TestClosingSigners counts signatures as people: two, or all if there are
// fewer, and nobody twice, under whatever number.
func TestClosingSigners(t *testing.T) {
	e := mixed(t)
	end := [32]byte{9}
	verify := func(trustees *tally.Trustees, sign func(c *tally.Closing)) error {
		c := &tally.Closing{Election: e.Fingerprint(), EndBallots: end}
		sign(c)
		return c.Verify(e.Election.Election, trustees, end, 0)
	}
	sign := func(owners ...int) func(*tally.Closing) {
		return func(c *tally.Closing) {
			for _, o := range owners {
				c.Sign(o, e.Holders[o-1].Signing)
			}
		}
	}
	for _, owners := range [][]int{{1, 2}, {1, 3}, {3, 5}, {1, 2, 3, 4, 5}} {
		ok(t, verify(e.Trustees, sign(owners...)))
	}
	for _, owners := range [][]int{nil, {1}, {5}, {2, 1}, {4, 4}, {1, 1, 2}} {
		if err := verify(e.Trustees, sign(owners...)); !errors.Is(err, tally.ErrClosing) {
			t.Errorf("signed by %v: %v", owners, err)
		}
	}
	one, err := tally.ParseTrustees(tally.SingleTrustee(threshold.NewKey(e.Holders[0].Key)))
	ok(t, err)
	ok(t, verify(one, sign(1)))
	if err := verify(one, sign()); !errors.Is(err, tally.ErrClosing) {
		t.Errorf("signed by nobody: %v", err)
	}
	single := tally.SingleTrustee(threshold.NewKey(e.Holders[0].Key))
	_, err = tally.ParseTrustees(append(append(single[:len(single)-1:len(single)-1], ','), single[1:]...))
	if err == nil || !strings.Contains(err.Error(), "2 has the key of trustee 1") {
		t.Errorf("one person under two numbers: %v", err)
	}
}

// TestFactorsAreElements: a factor outside of the group is refused, and which it is
// is said.
func TestFactorsAreElements(t *testing.T) {
	const order8 = "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7" // of order 8 (RFC 7748 §7)
	partial := mixed(t).Decrypt(mixed(t).product, 1)[0].Partial
	text := string(partial.AppendJSON(nil))
	for i, row := range partial.Factors {
		for j, factor := range row {
			_, err := tally.ParsePartialDecryption([]byte(strings.Replace(text, factor.String(), order8, 1)))
			want := fmt.Sprintf("question %d: choice %d: ", i+1, j+1)
			if !errors.Is(err, group.ErrElement) || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %s%v", err, want, group.ErrElement)
			}
		}
	}
}
