package tally_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/threshold"
	"github.com/homphieu/homphieu/tally"
)

// signer makes a trustees object of single trustees, whose keys sign.
func signer(t *testing.T, n int) (*tally.Trustees, []*group.Scalar) {
	t.Helper()
	var items [][]byte
	keys := make([]*group.Scalar, n)
	for i := range keys {
		keys[i] = group.RandomScalar()
		single := tally.SingleTrustee(threshold.NewKey(keys[i]))
		items = append(items, single[1:len(single)-1])
	}
	trustees, err := tally.ParseTrustees(append(append([]byte("["), bytes.Join(items, []byte(","))...), ']'))
	if err != nil {
		t.Fatal(err)
	}
	return trustees, keys
}

// elsewhere is a signature as a member's own device makes it.
func elsewhere(t *testing.T, c tally.Closing, owner int, key *group.Scalar) []byte {
	t.Helper()
	c.Signatures = nil
	c.Sign(owner, key)
	var file struct{ Signatures []json.RawMessage }
	if err := json.Unmarshal(c.AppendJSON(nil), &file); err != nil {
		t.Fatal(err)
	}
	return file.Signatures[0]
}

// Signatures that come in any order stand in ascending order, each once and each
// verified.
func TestAddSignature(t *testing.T) {
	trustees, keys := signer(t, 3)
	c := &tally.Closing{Election: "X", Slips: tally.Slips{Printed: 1, Unissued: 1}}
	add := func(text []byte) error {
		s, err := tally.ParseClosingSignature(text)
		if err != nil {
			return err
		}
		return c.AddSignature(trustees, s)
	}
	other := tally.Closing{Election: "Y", Slips: c.Slips}
	for name, text := range map[string][]byte{
		"nothing":             nil,
		"of another key":      elsewhere(t, *c, 2, keys[2]),
		"of another file":     elsewhere(t, other, 2, keys[1]),
		"of nobody":           elsewhere(t, *c, 4, keys[2]),
		"of number 0":         elsewhere(t, *c, 0, keys[2]),
		"not canonical":       append(elsewhere(t, *c, 2, keys[1]), ' '),
		"in another's name":   bytes.Replace(elsewhere(t, *c, 2, keys[1]), []byte(`"owner":2`), []byte(`"owner":1`), 1),
		"with a comma missed": bytes.Replace(elsewhere(t, *c, 2, keys[1]), []byte(`,`), nil, 1),
	} {
		if err := add(text); !errors.Is(err, tally.ErrClosing) || len(c.Signatures) != 0 {
			t.Errorf("%s: %v, %d signatures", name, err, len(c.Signatures))
		}
	}
	for _, owner := range []int{3, 1, 2} {
		text := elsewhere(t, *c, owner, keys[owner-1])
		if err := add(text); err != nil {
			t.Fatal(err)
		}
		if err := add(text); !errors.Is(err, tally.ErrClosing) {
			t.Errorf("trustee %d signed twice: %v", owner, err)
		}
	}
	owners := ""
	for _, s := range c.Signatures {
		owners += fmt.Sprint(s.Owner)
	}
	if owners != "123" {
		t.Errorf("signed by %s", owners)
	}
}
