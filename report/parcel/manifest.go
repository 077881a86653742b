package parcel

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// Type names the form of package.json.
const Type = "homphieu-package-v1"

// The files of every package.
const (
	ManifestFile  = "package.json"
	SignatureFile = "package.json.p7s" // CMS in DER, detached
)

// ErrTooLarge is returned for a package over the limits.
var ErrTooLarge = errors.New("package: too large")

// ErrClaim is returned for a claim that cannot be sent, or a file that has no
// place in a package.
var ErrClaim = errors.New("package: claim or file not usable")

const (
	maxManifest = 128 << 10
	mostPapers  = 100
)

// A manifest is package.json.
type manifest struct {
	Type       string       `json:"type"`
	Kind       string       `json:"kind"`
	Round      ballot.UUID  `json:"round"`
	Agency     string       `json:"agency"`
	Group      string       `json:"group"`
	Poll       ballot.UUID  `json:"poll,omitempty"`
	Meeting    ballot.UUID  `json:"meeting,omitempty"`
	Voted      meeting.Date `json:"voted,omitempty"`
	Papers     int          `json:"papers,omitempty"`
	Supersedes string       `json:"supersedes,omitempty"`
	Why        string       `json:"why,omitempty"`
	ByHand     bool         `json:"by_hand,omitempty"`
	Prepared   meeting.Date `json:"prepared,omitempty"`
	Condition  meeting.Date `json:"condition,omitempty"`
	Planned    meeting.Date `json:"planned,omitempty"`
	Made       time.Time    `json:"made"`
	Files      []listed     `json:"files"`
}

type listed struct {
	Name   string `json:"name"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// newManifest is package.json of a claim and files.
func newManifest(c round.Claim, files []file) (*manifest, error) {
	m := &manifest{
		Type: Type, Kind: c.Kind, Round: c.Round, Agency: c.Agency, Group: c.Group, Poll: c.Poll, Meeting: c.Meeting, Voted: c.Voted,
		Papers: c.Papers, Supersedes: c.Supersedes, Why: c.Why, ByHand: c.ByHand, Prepared: c.Prepared, Condition: c.Condition, Planned: c.Planned,
		Made: c.Made.UTC().Truncate(time.Second), Files: []listed{},
	}
	for _, f := range files {
		sum := sha256.Sum256(f.content)
		m.Files = append(m.Files, listed{f.name, len(f.content), hex.EncodeToString(sum[:])})
	}
	return m, m.check()
}

// text returns the canonical text: one line of JSON without white space, in the
// order of the fields, with characters as they are.
func (m *manifest) text() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(m); err != nil {
		panic("parcel: " + err.Error()) // of plain fields, the time checked: cannot happen
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// parseManifest reads what text returns, and nothing else.
func parseManifest(text []byte) (*manifest, error) {
	m := new(manifest)
	if len(text) > maxManifest || json.Unmarshal(text, m) != nil || m.Type != Type {
		return nil, errors.New("not a " + Type)
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	if !bytes.Equal(m.text(), text) {
		return nil, errors.New("not in canonical form")
	}
	return m, nil
}

// claim is what the manifest says, with its hash.
func (m *manifest) claim(text []byte) *round.Claim {
	sum := sha256.Sum256(text)
	return &round.Claim{
		Kind: m.Kind, Round: m.Round, Agency: m.Agency, Group: m.Group, Poll: m.Poll, Meeting: m.Meeting, Voted: m.Voted,
		Papers: m.Papers, Supersedes: m.Supersedes, Why: m.Why, ByHand: m.ByHand, Prepared: m.Prepared, Condition: m.Condition, Planned: m.Planned,
		Made: m.Made, Hash: hex.EncodeToString(sum[:]),
	}
}

var (
	shortName = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)
	hexHash   = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// check is an error, naming the field, for a manifest that no sender makes.
func (m *manifest) check() error {
	switch {
	case !m.Round.Valid():
		return errors.New("round: no name of one")
	case !shortName.MatchString(m.Agency):
		return errors.New("agency: not a short name")
	case !shortName.MatchString(m.Group):
		return errors.New("group: not a short name")
	case m.Made.Year() < 2000 || m.Made.Year() > 9999 || m.Made.Nanosecond() != 0 || m.Made.Location() != time.UTC:
		return errors.New("made: not a time in whole seconds, UTC")
	}
	for name, d := range map[string]meeting.Date{"voted": m.Voted, "prepared": m.Prepared, "condition": m.Condition, "planned": m.Planned} {
		if _, ok := d.Day(); d != "" && !ok {
			return fmt.Errorf("%s: not a day", name)
		}
	}
	switch m.Kind {
	case round.KindNotice:
		return m.checkNotice()
	case round.KindResult:
		return m.checkResult()
	}
	return errors.New("kind: unknown")
}

func (m *manifest) checkNotice() error {
	switch {
	case m.Poll != "" || m.Meeting != "" || m.Papers != 0 || m.Supersedes != "" || m.Why != "" || m.ByHand || len(m.Files) > 0:
		return errors.New("notice: says more than how far the agency has come")
	case m.Voted == "" && m.Prepared == "" && m.Condition == "" && m.Planned == "":
		return errors.New("notice: says nothing")
	}
	return nil
}

func (m *manifest) checkResult() error {
	switch {
	case !m.Poll.Valid():
		return errors.New("poll: no name of one")
	case m.Meeting != "" && !m.Meeting.Valid():
		return errors.New("meeting: no name of one")
	case m.Papers < 0 || m.Papers == 1 || m.Papers > mostPapers || m.Papers > 1 && m.Meeting == "":
		return errors.New("papers: not how many ballot papers a meeting has, if more than one")
	case m.Voted == "":
		return errors.New("voted: no day")
	case m.Supersedes != "" && !hexHash.MatchString(m.Supersedes):
		return errors.New("supersedes: no hash of a package")
	case (m.Supersedes == "") != (m.Why == ""):
		return errors.New("why: a correction has a reason, and nothing else has one")
	case !plain(m.Why):
		return errors.New("why: not one line of readable text")
	}
	return m.checkFiles()
}

// plain reports whether a text is one line that people can see, and short.
func plain(s string) bool {
	unseen := func(r rune) bool { return r == utf8.RuneError || unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) }
	return utf8.RuneCountInString(s) <= meeting.MaxText && s == strings.TrimSpace(s) && !strings.ContainsFunc(s, unseen)
}

// checkFiles requires names of files that a package has, ascending, all those
// that none may lack.
func (m *manifest) checkFiles() error {
	if len(m.Files) > maxFiles-2 {
		return fmt.Errorf("files: more than %d", maxFiles-2)
	}
	for i, f := range m.Files {
		switch {
		case !known(f.Name, m.Poll):
			return fmt.Errorf("files: %q is none of a package", f.Name)
		case i > 0 && f.Name <= m.Files[i-1].Name:
			return fmt.Errorf("files: %q is not in ascending order", f.Name)
		case f.Bytes < 0 || f.Bytes > MaxContent || !hexHash.MatchString(f.SHA256):
			return fmt.Errorf("files: %q has no length or hash", f.Name)
		}
	}
	for _, name := range required(m.Poll) {
		if !m.has(name) {
			return fmt.Errorf("files: no %s", name)
		}
	}
	return nil
}

func (m *manifest) has(name string) bool {
	return slices.ContainsFunc(m.Files, func(f listed) bool { return f.Name == name })
}

// names are those that the ZIP has, in their order.
func (m *manifest) names() []string {
	names := []string{ManifestFile, SignatureFile}
	for _, f := range m.Files {
		names = append(names, f.Name)
	}
	return names
}
