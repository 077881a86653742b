package tally_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/tally"
)

// TestContributionText writes a contribution as docs/PROTOCOL.md §8 has it, and
// reads it again.
func TestContributionText(t *testing.T) {
	e := mixed(t)
	made := e.Decrypt(e.product, 3)[0]
	text := string(made.AppendJSON(nil, e.Election.Election))
	shares := tally.NewShares(e.Election.Election, e.product, []tally.Contribution{made})
	_, proofs, _ := strings.Cut(string(shares.AppendJSON(nil)), `"proofs":`)
	want := fmt.Sprintf(`{"type":"homphieu-contribution-v1","election":"%s","owner":3,"partial":%s,"proofs":%s}`,
		e.Fingerprint(), made.Partial.AppendJSON(nil), strings.TrimSuffix(proofs, `}]}`))
	if text != want {
		t.Fatalf("%s, want %s", text, want)
	}
	c, err := tally.ParseContribution(e.Election.Election, []byte(text))
	ok(t, err)
	ok(t, c.Verify(e.Election.Election, e.Trustees, e.product))
	if again := string(c.AppendJSON(nil, e.Election.Election)); again != text {
		t.Errorf("written again: %s", again)
	}
}

// TestContributionRefused: what is not in the one form, of another election, or
// without what is needed.
func TestContributionRefused(t *testing.T) {
	e := mixed(t)
	text := string(e.Decrypt(e.product, 3)[0].AppendJSON(nil, e.Election.Election))
	for name, altered := range map[string]string{
		"nothing":          "",
		"another version":  strings.Replace(text, "-v1", "-v2", 1),
		"white space":      strings.Replace(text, ",", ", ", 1),
		"more after it":    text + "\n",
		"owner as text":    strings.Replace(text, `"owner":3`, `"owner":"3"`, 1),
		"no partial":       strings.Replace(text, `"decryption_factors"`, `"factors"`, 1),
		"no strong proofs": text[:strings.Index(text, `,"proofs":`)] + "}",
	} {
		if _, err := tally.ParseContribution(e.Election.Election, []byte(altered)); !errors.Is(err, wire.ErrCanonical) {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := boxtest.NewElection(t, boxtest.Plan{})
	if _, err := tally.ParseContribution(other.Election, []byte(text)); !errors.Is(err, tally.ErrPartialDecryption) {
		t.Errorf("another election: %v", err)
	}
	empty := text[:strings.Index(text, `,"proofs":`)] + `,"proofs":[]}`
	c, err := tally.ParseContribution(e.Election.Election, []byte(empty))
	ok(t, err)
	if err := c.Verify(e.Election.Election, e.Trustees, e.product); !errors.Is(err, tally.ErrPartialDecryption) {
		t.Errorf("empty list of strong proofs: %v", err)
	}
}

// FuzzParseContribution: what is taken is written again as it was.
func FuzzParseContribution(f *testing.F) {
	e := mixed(f)
	f.Add(e.Decrypt(e.product, 3)[0].AppendJSON(nil, e.Election.Election))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := tally.ParseContribution(e.Election.Election, text)
		if err == nil && string(c.AppendJSON(nil, e.Election.Election)) != string(text) {
			t.Fatalf("%q came back as %q", text, c.AppendJSON(nil, e.Election.Election))
		}
	})
}
