package ballot

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/wire"
)

// paper makes an election of a given name and UUID.
func paper(t testing.TB, name string, u UUID) *Election {
	t.Helper()
	d := twoQuestions(t).Draft
	d.Name, d.UUID = name, u
	e, err := NewElection(d)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// twoPapers are those of a meeting.
func twoPapers(t testing.TB) *Papers {
	t.Helper()
	p, err := NewPapers("HomPhieuMeeting",
		paper(t, "Kỳ họp thứ 12\nPhiếu số 1: Thường trực", "HomPhieuPaper2"), paper(t, "Kỳ họp thứ 12\nPhiếu số 2: Ủy ban", "HomPhieuPaper1"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPapersRoundTrip: what is written is read as it was, bit for bit and in
// the same order.
func TestPapersRoundTrip(t *testing.T) {
	one := OnePaper(twoQuestions(t))
	for _, p := range []*Papers{one, twoPapers(t)} {
		text := p.AppendJSON(nil)
		got, err := ParsePapers(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		same := slices.EqualFunc(got.Elections, p.Elections, func(a, b *Election) bool { return bytes.Equal(a.Raw(), b.Raw()) })
		if got.UUID != p.UUID || !same || got.Fingerprint() != p.Fingerprint() || !bytes.Equal(got.AppendJSON(nil), text) {
			t.Errorf("%s was read as %s", text, got.AppendJSON(nil))
		}
	}
	if text := one.AppendJSON(nil); !bytes.Equal(text, one.Elections[0].Raw()) || one.UUID != one.Elections[0].UUID {
		t.Errorf("a single paper is %s of %s", text, one.UUID)
	}
}

// TestPapersTitles: the meeting's title stands before the first line feed of a
// paper's name.
func TestPapersTitles(t *testing.T) {
	p := twoPapers(t)
	if got := p.Titles(); !slices.Equal(got, []string{"Kỳ họp thứ 12"}) {
		t.Errorf("titles %q", got)
	}
	if meeting, paper := p.Elections[1].Titles(); meeting != "Kỳ họp thứ 12" || paper != "Phiếu số 2: Ủy ban" {
		t.Errorf("%q, %q", meeting, paper)
	}
	other, err := NewPapers("HomPhieuMeeting", paper(t, "A", "HomPhieuPaper1"), paper(t, "B", "HomPhieuPaper2"))
	if err != nil || !slices.Equal(other.Titles(), []string{"A", "B"}) {
		t.Errorf("%v, %v", other, err)
	}
}

func TestPapersRefused(t *testing.T) {
	p := twoPapers(t)
	first, second := p.Elections[0], p.Elections[1]
	for what, elections := range map[string][]*Election{
		"none": nil, "a single one of another UUID": {first}, "one twice": {first, first}, "one of the meeting's UUID": {first, paper(t, "C", p.UUID)},
	} {
		if got, err := NewPapers(p.UUID, elections...); !errors.Is(err, ErrPapers) || got != nil {
			t.Errorf("%s: %v, %v", what, got, err)
		}
	}
	if _, err := NewPapers("short", first, second); !errors.Is(err, ErrPapers) {
		t.Errorf("a meeting without a UUID: %v", err)
	}
	if one, err := NewPapers(first.UUID, first); err != nil || one.UUID != first.UUID {
		t.Errorf("a single paper: %v", err)
	}
	text := string(p.AppendJSON(nil))
	list := string(first.Raw()) + "," + string(second.Raw())
	for what, spoiled := range map[string]struct {
		text string
		want error
	}{
		"nothing":              {"", wire.ErrCanonical},
		"a space":              {strings.Replace(text, ",", ", ", 1), wire.ErrCanonical},
		"something behind":     {text + "\n", wire.ErrCanonical},
		"an unknown member":    {strings.TrimSuffix(text, "}") + `,"x":1}`, wire.ErrCanonical},
		"members turned round": {`{"elections":[` + list + `],"meeting":"HomPhieuMeeting"}`, wire.ErrCanonical},
		"a list alone":         {"[" + list + "]", wire.ErrCanonical},
		"no name":              {strings.Replace(text, "HomPhieuMeeting", "x", 1), wire.ErrCanonical},
		"no list":              {`{"meeting":"HomPhieuMeeting","elections":` + string(first.Raw()) + `}`, wire.ErrCanonical},
		"an empty list":        {`{"meeting":"HomPhieuMeeting","elections":[]}`, ErrPapers},
		"a list of one":        {`{"meeting":"HomPhieuMeeting","elections":[` + string(first.Raw()) + `]}`, ErrPapers},
		"one twice":            {strings.Replace(text, list, string(first.Raw())+","+string(first.Raw()), 1), ErrPapers},
		"another version":      {strings.Replace(text, `"version":1`, `"version":2`, 1), ErrVersion},
		"another question":     {strings.Replace(text, `"min":1`, `"min":9`, 1), ErrQuestion},
		"an election cut off":  {strings.Replace(text, list, list[:len(list)-1], 1), wire.ErrCanonical},
	} {
		if got, err := ParsePapers([]byte(spoiled.text)); !errors.Is(err, spoiled.want) || got != nil {
			t.Errorf("%s: %v, %v", what, got, err)
		}
	}
}

// FuzzParsePapers: what is accepted has one spelling.
func FuzzParsePapers(f *testing.F) {
	for _, p := range []*Papers{OnePaper(twoQuestions(f)), twoPapers(f)} {
		text := p.AppendJSON(nil)
		f.Add(text)
		f.Add(text[:len(text)-1])
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := ParsePapers(text)
		if err == nil && !bytes.Equal(p.AppendJSON(nil), text) {
			t.Fatalf("%q was read as %q", text, p.AppendJSON(nil))
		}
	})
}
