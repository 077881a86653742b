package data

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
)

// ManifestSchema names the form of manifest.json, RoundManifestSchema that of the
// manifest of the consolidated papers of a round.
const (
	ManifestSchema      = "homphieu-manifest-v1"
	RoundManifestSchema = "homphieu-round-manifest-v1"
)

var (
	// ErrManifest is returned for a text that is no manifest as [Manifest]
	// writes it, down to the byte.
	ErrManifest = errors.New("manifest: malformed")

	// ErrName is returned for a file whose name is a path, or that not every
	// system can keep, or that another file has but for capitals.
	ErrName = errors.New("file name: not usable")

	// ErrMissing is returned when a file of the manifest is not there.
	ErrMissing = errors.New("file: missing")

	// ErrUnlisted is returned for a file that the manifest does not name.
	ErrUnlisted = errors.New("file: not in the manifest")

	// ErrAltered is returned for a file that is not what the manifest says.
	ErrAltered = errors.New("file: altered")
)

type manifest struct {
	Schema   string      `json:"schema"`
	Election ballot.UUID `json:"election,omitempty"` // of a poll's result
	Round    ballot.UUID `json:"round,omitempty"`    // of the papers of a round
	Files    []entry     `json:"files"`
}

type entry struct {
	Name      string `json:"name"`
	Bytes     int    `json:"bytes"`
	SHA256    string `json:"sha256"`
	MediaType string `json:"media_type"`
}

// Manifest returns manifest.json: the files of a poll's result in ascending
// order of their names, with length and SHA-256. Names become NFC; one that
// cannot be used is [ErrName].
func Manifest(election ballot.UUID, files []meeting.Printed) ([]byte, error) {
	return (&manifest{Schema: ManifestSchema, Election: election}).list(files)
}

// RoundManifest is [Manifest] for the consolidated papers of a round.
func RoundManifest(round ballot.UUID, files []meeting.Printed) ([]byte, error) {
	return (&manifest{Schema: RoundManifestSchema, Round: round}).list(files)
}

// list adds the files and returns the text.
func (m *manifest) list(files []meeting.Printed) ([]byte, error) {
	m.Files = []entry{}
	for _, f := range files {
		sum := sha256.Sum256(f.Content)
		m.Files = append(m.Files, entry{norm.NFC.String(f.Name), len(f.Content), hex.EncodeToString(sum[:]), f.MediaType})
	}
	slices.SortFunc(m.Files, func(a, b entry) int { return strings.Compare(a.Name, b.Name) })
	if err := m.checkNames(); err != nil {
		return nil, err
	}
	return m.text(), nil
}

// text returns the manifest with lines that end with CR LF: in S/MIME that is
// the canonical form of a text (RFC 8551 §3.1.1), so that programs that make it
// canonical before they check the signature find the same bytes.
func (m *manifest) text() []byte { return bytes.ReplaceAll(marshal(m), []byte("\n"), []byte("\r\n")) }

// VerifyManifest checks that the files are exactly those of the manifest: none
// altered ([ErrAltered]), none missing ([ErrMissing]), none more
// ([ErrUnlisted]). A text that neither [Manifest] nor [RoundManifest] wrote is
// [ErrManifest].
func VerifyManifest(text []byte, files map[string][]byte) error {
	m, err := parseEither(text)
	if err != nil {
		return err
	}
	listed := map[string]bool{}
	for _, e := range m.Files {
		listed[e.Name] = true
		content, ok := files[e.Name]
		if !ok {
			return fmt.Errorf("%w: %s", ErrMissing, e.Name)
		}
		if sum := sha256.Sum256(content); len(content) != e.Bytes || hex.EncodeToString(sum[:]) != e.SHA256 {
			return fmt.Errorf("%w: %s", ErrAltered, e.Name)
		}
	}
	for name := range files {
		if !listed[name] {
			return fmt.Errorf("%w: %q", ErrUnlisted, name)
		}
	}
	return nil
}

// parseManifest reads the manifest of a poll's result.
func parseManifest(text []byte) (*manifest, error) {
	m, err := parseEither(text)
	if err != nil || m.Schema != ManifestSchema {
		return nil, cmp.Or(err, ErrManifest)
	}
	return m, nil
}

// parseEither reads a manifest, whatever of, and compares it with its canonical
// text, so that there is one manifest for one set of files.
func parseEither(text []byte) (*manifest, error) {
	m := new(manifest)
	if err := json.Unmarshal(text, m); err != nil || !bytes.Equal(m.text(), text) {
		return nil, ErrManifest
	}
	poll := m.Schema == ManifestSchema && m.Election.Valid() && m.Round == ""
	if !poll && !(m.Schema == RoundManifestSchema && m.Round.Valid() && m.Election == "") {
		return nil, ErrManifest
	}
	if !slices.IsSortedFunc(m.Files, func(a, b entry) int { return strings.Compare(a.Name, b.Name) }) {
		return nil, ErrManifest
	}
	if err := m.checkNames(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrManifest, err)
	}
	return m, nil
}

func (m *manifest) checkNames() error {
	seen := map[string]bool{}
	for _, e := range m.Files {
		folded := strings.ToLower(e.Name)
		if !usable(e.Name) || seen[folded] {
			return fmt.Errorf("%w: %q", ErrName, e.Name)
		}
		seen[folded] = true
	}
	return nil
}

// maxFileName is what common file systems take, in bytes.
const maxFileName = 255

// usable reports whether a name is that of a file in the same folder on every
// common system, in NFC.
func usable(name string) bool {
	switch {
	case name == "" || len(name) > maxFileName || !norm.NFC.IsNormalString(name):
		return false
	case strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") || strings.TrimSpace(name) != name:
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		return strings.ContainsRune(`/\:*?"<>|`, r) || r == unicode.ReplacementChar || unicode.In(r, unicode.Cc, unicode.Cf)
	})
}
