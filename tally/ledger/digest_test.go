package ledger_test

import (
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/tally/ledger"
)

// TestDigits: whoever makes keys of their own for the right names has other
// digits, and so has another quorum or another log; what says nothing has none.
func TestDigits(t *testing.T) {
	s, forged := newScene(t, 0, 1, 2), newScene(t, 0, 1, 2)
	text := string(s.Text)
	digits := s.Policy.Digits(s.Key)
	if want := ballot.Digits(sha256.Sum256(s.Policy.Canonical(s.Key))); digits != want || len(digits) != 29 {
		t.Errorf("%s, want %s", digits, want)
	}
	of := func(text string) string {
		p, err := ledger.ParsePolicy([]byte(text))
		ok(t, err)
		return p.Digits(p.Logs[0].Key)
	}
	_, rest, _ := strings.Cut(string(forged.Text), "\n")
	head, _, _ := strings.Cut(text, "\n")
	_, key, err := ledger.GenerateWitnessKey("w2.example.vn")
	ok(t, err)
	for name, other := range map[string]string{
		"keys of somebody else under the same names": head + "\n" + rest,
		"another key of the log":                     "log " + forged.Key.String() + text[len(head):],
		"another quorum":                             strings.Replace(text, "witnesses 1 ", "witnesses 2 ", 1),
		"nobody asked for":                           strings.Replace(text, "quorum witnesses", "quorum none", 1),
		"a witness more":                             text + "witness w2 " + key + "\n",
		"names exchanged":                            strings.NewReplacer("witness witness-0 ", "witness witness-1 ", "witness witness-1 ", "witness witness-0 ").Replace(text),
	} {
		if of(other) == digits {
			t.Errorf("%s: the same digits", name)
		}
	}
	for name, same := range map[string]string{
		"a comment":     "# two\n" + text,
		"no line end":   strings.TrimSuffix(text, "\n"),
		"addresses":     strings.Replace(text, "\nwitness", " https://hop.example.vn/log/\nwitness", 1),
		"another order": strings.Replace(text, "witness-0 witness-1\n", "witness-1 witness-0\n", 1),
	} {
		if of(same) != digits {
			t.Errorf("%s: other digits", name)
		}
	}
}
