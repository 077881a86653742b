package parcel

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// mostSaid is how many characters of a cause, which can have texts of a stranger
// in it, a refusal repeats.
const mostSaid = 300

// refuse is [round.ErrPackage] with the file and what is wrong with it, for
// people. The cause may be nil; it is in English, and stands in that text alone:
// the other goes into papers.
func refuse(name string, cause error, vi, en string) error {
	r := &meeting.Refusal{Cause: round.ErrPackage, Field: name, What: meeting.Text{Vi: vi, En: en}}
	if name != "" {
		r.What = meeting.Text{Vi: "tệp " + name + ": " + vi, En: name + ": " + en}
	}
	if cause != nil {
		r.Cause = fmt.Errorf("%w: %w", round.ErrPackage, cause)
		r.What.En += " (" + harmless(cause.Error()) + ")"
	}
	return r
}

// harmless is a text on one line of at most mostSaid characters, all of which
// can be seen.
func harmless(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.C, unicode.Zl, unicode.Zp):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if letters := []rune(s); len(letters) > mostSaid {
		return string(letters[:mostSaid-1]) + "…"
	}
	return s
}
