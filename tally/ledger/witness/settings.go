package witness

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/homphieu/homphieu/tally/ledger"
)

// Settings say who watches a log.
type Settings struct {
	Witnesses []Setting
	Quorum    int  // how many must cosign; 0 without witnesses
	Required  bool // a result is released only under a published checkpoint
}

// A Setting is one witness.
type Setting struct {
	Name string // of its key
	Key  string
	URL  string
}

// ErrSettings is returned, with the line, for a file of witnesses that is none.
var ErrSettings = errors.New("witnesses: malformed")

// maxWitnesses is how many there may be.
const maxWitnesses = 32

// ParseSettings reads a file of witnesses. It checks addresses; keys are
// checked with the policy that follows from them. More than half of the
// witnesses must cosign: otherwise two groups without a common member could
// each cosign another history, and neither would notice.
func ParseSettings(text []byte) (s Settings, err error) {
	for i, line := range strings.Split(string(text), "\n") {
		line, _, _ = strings.Cut(line, "#")
		if err := s.line(strings.Fields(line)); err != nil {
			return Settings{}, fmt.Errorf("%w: line %d: %w", ErrSettings, i+1, err)
		}
	}
	switch n := len(s.Witnesses); {
	case n == 0:
		return Settings{}, fmt.Errorf("%w: no witness", ErrSettings)
	case s.Quorum < 1 || s.Quorum > n:
		return Settings{}, fmt.Errorf("%w: quorum %d of %d witnesses", ErrSettings, s.Quorum, n)
	case 2*s.Quorum <= n:
		return Settings{}, fmt.Errorf("%w: quorum %d of %d witnesses: two histories could have as many each; take %d or more", ErrSettings, s.Quorum, n, n/2+1)
	}
	return s, nil
}

func (s *Settings) line(items []string) (err error) {
	switch {
	case len(items) == 0:
	case items[0] == "witness" && len(items) == 3:
		name, _, _ := strings.Cut(items[1], "+")
		if len(s.Witnesses) == maxWitnesses || slices.ContainsFunc(s.Witnesses, func(w Setting) bool { return w.Name == name }) {
			return fmt.Errorf("witness %s: twice, or too many", name)
		}
		s.Witnesses = append(s.Witnesses, Setting{name, items[1], items[2]})
		_, err = NewClient(items[2])
	case items[0] == "quorum" && len(items) == 2 && s.Quorum == 0:
		s.Quorum, err = strconv.Atoi(items[1])
	case items[0] == "required" && len(items) == 1:
		s.Required = true
	default:
		return fmt.Errorf("not %q, %q or %q", "witness KEY URL", "quorum NUMBER", "required")
	}
	return err
}

// Policy is the policy of a log with these witnesses, as everybody may read it.
func (s *Settings) Policy(log *ledger.Key) []byte {
	pairs := make([][2]string, len(s.Witnesses))
	for i, w := range s.Witnesses {
		pairs[i] = [2]string{w.Name, w.Key}
	}
	return ledger.FormatPolicy(log.String(), s.Quorum, pairs...)
}
