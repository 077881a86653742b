package ceremony

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/homphieu/homphieu/crypto/group"
)

const keyFileType = "homphieu-keyfile-v1"

// The ways in which a key file is refused.
var (
	// ErrKeyFile is returned for a text that is no key file, or whose parts do
	// not belong together.
	ErrKeyFile = errors.New("key file: does not hold")
	// ErrMember is returned for the key file of another member.
	ErrMember = errors.New("key file: of another member")
	// ErrContributed is returned when a share was already given to another end
	// of the same election: two of them could tell how single people voted.
	ErrContributed = errors.New("key file: has contributed to another end of this election")
)

// A KeyFile is what a member takes home from a ceremony: all that it needs to
// contribute to a tally, and what keeps it from contributing to a wrong one.
// Whoever has the files of as many members as the threshold can decrypt ballots.
type KeyFile struct {
	Title      string // of the meeting
	Name       string // of the member
	Index      int    // from 1
	Seed       string
	Share      *group.Scalar // S_j
	Transcript *Transcript   // at least up to all keys

	// Sealed has, by the uuid of each election that the member has seen sealed,
	// the SHA-256 of its setup object in hexadecimal, which the Setup event
	// names as its payload.
	Sealed map[string]string
	// Contributed has, by the uuid of each election, the SHA-256 of the
	// EndBallots event that the member gave its share for.
	Contributed map[string]string
}

// keyFileMembers are the names in the JSON of a key file.
var keyFileMembers = []string{
	"type", "meeting", "title", "name", "index", "seed", "share", "transcript", "sealed", "contributed",
}

// keyFileRecord is the JSON of a key file.
type keyFileRecord struct {
	Type        string            `json:"type"`
	Meeting     string            `json:"meeting"`
	Title       string            `json:"title"`
	Name        string            `json:"name"`
	Index       int               `json:"index"`
	Seed        string            `json:"seed"`
	Share       string            `json:"share"`
	Transcript  json.RawMessage   `json:"transcript"`
	Sealed      map[string]string `json:"sealed"`
	Contributed map[string]string `json:"contributed"`
}

// NewKeyFile makes the key file of a member when all keys are in; before, it
// returns [ErrUnfinished].
func NewKeyFile(m *Member, t *Transcript, title, name string) (*KeyFile, error) {
	share, err := m.Share(t)
	if err != nil {
		return nil, err
	}
	return &KeyFile{title, name, m.index, m.seed, share, t, map[string]string{}, map[string]string{}}, nil
}

// ParseKeyFile reads a key file in any spelling of JSON, but with all of its
// members, each once, and no others, and checks everything in it: the
// transcript, that the seed is that of the certificate, and the share that of
// the key. It returns [ErrKeyFile] with the cause.
func ParseKeyFile(text []byte) (*KeyFile, error) {
	var r keyFileRecord
	err := r.read(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeyFile, err)
	}
	k, err := r.check()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeyFile, err)
	}
	return k, nil
}

// read decodes the file after its names have been checked, because package json
// takes names in any case, the last of several, and does without any.
func (r *keyFileRecord) read(text []byte) error {
	members, err := membersOf(text)
	if err != nil {
		return err
	}
	for _, name := range keyFileMembers {
		if value, ok := members[name]; !ok || string(value) == "null" {
			return fmt.Errorf("%s: missing", name)
		}
	}
	if len(members) > len(keyFileMembers) {
		return errors.New("a member that key files do not have")
	}
	for _, name := range []string{"sealed", "contributed"} {
		if _, err := membersOf(members[name]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return json.Unmarshal(text, r)
}

// membersOf reads a JSON object, in which no name stands twice.
func membersOf(text []byte) (map[string]json.RawMessage, error) {
	d, members := json.NewDecoder(bytes.NewReader(text)), map[string]json.RawMessage{}
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil, errors.New("not an object")
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		key := name.(string) // the decoder takes nothing else before a colon
		if _, twice := members[key]; twice {
			return nil, fmt.Errorf("%s: twice", key)
		}
		members[key] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something stands after it")
	}
	return members, nil
}

func (r *keyFileRecord) check() (*KeyFile, error) {
	if r.Type != keyFileType {
		return nil, errors.New("type is not " + keyFileType)
	}
	if !isRecord(r.Sealed) || !isRecord(r.Contributed) {
		return nil, errors.New("sealed or contributed: not hashes by uuids")
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, r.Transcript); err != nil {
		return nil, err
	}
	t, err := ParseTranscript(compact.Bytes())
	if err != nil {
		return nil, err
	}
	if r.Meeting != t.terms.Meeting {
		return nil, errors.New("meeting is not the transcript's")
	}
	m, err := ResumeMember(t.terms, r.Seed, r.Index, "")
	if err != nil {
		return nil, err
	}
	k, err := NewKeyFile(m, t, r.Title, r.Name)
	if err != nil {
		return nil, err
	}
	if r.Share != k.Share.String() {
		return nil, errors.New("share is not the member's")
	}
	k.Sealed, k.Contributed = r.Sealed, r.Contributed
	return k, nil
}

// isRecord reports whether every key is a uuid and every value a hash.
func isRecord(record map[string]string) bool {
	for uuid, hash := range record {
		if _, ok := readHash(hash); !ok || !isUUID(uuid) {
			return false
		}
	}
	return record != nil
}

// JSON returns the file's text, indented.
func (k *KeyFile) JSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(keyFileRecord{
		keyFileType, k.Transcript.terms.Meeting, k.Title, k.Name, k.Index, k.Seed, k.Share.String(),
		k.Transcript.AppendJSON(nil), k.Sealed, k.Contributed,
	})
	return b.Bytes(), err
}

// CheckFor returns [ErrElsewhere] for the key file of another meeting, and
// [ErrMember] for that of another member than index.
func (k *KeyFile) CheckFor(meeting string, index int) error {
	if other := k.Transcript.terms.Meeting; other != meeting {
		return fmt.Errorf("%w: key file of the meeting %s", ErrElsewhere, other)
	}
	if k.Index != index {
		return fmt.Errorf("%w: %d, not %d", ErrMember, k.Index, index)
	}
	return nil
}

// Trustees returns the trustees object that the key belongs to.
func (k *KeyFile) Trustees() []byte { return k.Transcript.trustees }

// Contribute records, before the share is given, which end of an election it is
// given for: the SHA-256 of the EndBallots event in hexadecimal. The same again
// is good; for another one it returns [ErrContributed].
func (k *KeyFile) Contribute(election, endBallots string) error {
	if before, ok := k.Contributed[election]; ok && before != endBallots {
		return fmt.Errorf("%w: %s", ErrContributed, before)
	}
	k.Contributed[election] = endBallots
	return nil
}
