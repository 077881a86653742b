package ballot

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/homphieu/homphieu/crypto/wire"
)

// Papers are the ballot papers that one slip serves: one election each, under
// the UUID of their meeting. A meeting with a single paper has that paper's.
type Papers struct {
	UUID      UUID        // of the meeting
	Elections []*Election // in the order in which voters see them
}

// ErrPapers is returned for ballot papers that cannot stand on one slip.
var ErrPapers = errors.New("papers: not two or more elections with UUIDs of their own")

// NewPapers returns the papers of a meeting. Several must have distinct UUIDs,
// none of them the meeting's; a single one must have the meeting's.
func NewPapers(meeting UUID, elections ...*Election) (*Papers, error) {
	if len(elections) == 1 && elections[0].UUID == meeting {
		return OnePaper(elections[0]), nil
	}
	taken := []UUID{meeting}
	for _, e := range elections {
		if slices.Contains(taken, e.UUID) {
			return nil, fmt.Errorf("%w: %s twice", ErrPapers, e.UUID)
		}
		taken = append(taken, e.UUID)
	}
	if len(elections) < 2 || !meeting.Valid() {
		return nil, ErrPapers
	}
	return &Papers{meeting, elections}, nil
}

// OnePaper returns the papers of a slip that serves one election.
func OnePaper(e *Election) *Papers { return &Papers{e.UUID, []*Election{e}} }

// ParsePapers reads what [Papers.AppendJSON] appends: one election object, or
// {"meeting":UUID,"elections":[…]} with two or more.
func ParsePapers(text []byte) (*Papers, error) {
	r := wire.NewReader(text)
	if !r.Optional(`{"meeting":`) {
		e, err := ParseElection(text)
		if err != nil {
			return nil, err
		}
		return OnePaper(e), nil
	}
	meeting := readUUID(r)
	r.Literal(`,"elections":`)
	var texts [][]byte
	r.List(func() {
		start := r.Offset()
		new(Election).read(r)
		texts = append(texts, text[start:r.Offset()])
	})
	r.Literal(`}`)
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("papers: %w", err)
	}
	elections := make([]*Election, len(texts))
	for i, t := range texts {
		var err error
		if elections[i], err = ParseElection(t); err != nil {
			return nil, fmt.Errorf("papers: number %d: %w", i+1, err)
		}
	}
	return NewPapers(meeting, elections...)
}

// AppendJSON appends the exact text of a single election, or
// {"meeting":UUID,"elections":[…]} with the exact texts of several.
func (p *Papers) AppendJSON(b []byte) []byte {
	if len(p.Elections) == 1 {
		return append(b, p.Elections[0].Raw()...)
	}
	b = wire.AppendText(append(b, `{"meeting":`...), string(p.UUID))
	b = wire.AppendList(append(b, `,"elections":`...), len(p.Elections), func(b []byte, i int) []byte {
		return append(b, p.Elections[i].Raw()...)
	})
	return append(b, '}')
}

// Fingerprint returns what a slip names of the papers.
func (p *Papers) Fingerprint() SlipFingerprint {
	all := make([]Fingerprint, len(p.Elections))
	for i, e := range p.Elections {
		all[i] = e.Fingerprint()
	}
	return NewSlipFingerprint(all...)
}

// Titles returns the titles of the meeting, without repetition: one, unless
// the elections say otherwise.
func (p *Papers) Titles() []string {
	var titles []string
	for _, e := range p.Elections {
		if title, _ := e.Titles(); !slices.Contains(titles, title) {
			titles = append(titles, title)
		}
	}
	return titles
}

// Titles returns the title of the meeting, which is the first line of the
// election's name, and that of this ballot paper among several, which is the
// rest of it.
func (d *Draft) Titles() (meeting, paper string) {
	meeting, paper, _ = strings.Cut(d.Name, "\n")
	return meeting, paper
}
