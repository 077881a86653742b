package ballot

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/homphieu/homphieu/crypto/elgamal"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
)

// texts draws names with characters that JSON, a page or a PDF may trip over.
func texts() *rapid.Generator[string] {
	runes := []rune(awkward + "\x00\x1f\u0080\u00a0\u202e\ufeff\ufffd\U0010ffffĐƯỡạ")
	return rapid.OneOf(rapid.StringOf(rapid.SampledFrom(runes)), rapid.String(), rapid.SampledFrom([]string{awkward, "", " ", "</script>", `\u0041`, `\\"`}))
}

func drafts(t *rapid.T) Draft {
	d := Draft{
		Name: texts().Draw(t, "name"), Description: texts().Draw(t, "description"), PublicKey: group.BaseExp(testSecret()), UUID: NewUUID(),
	}
	for range rapid.IntRange(1, 4).Draw(t, "questions") {
		q := Question{Text: texts().Draw(t, "question"), Blank: rapid.Bool().Draw(t, "blank")}
		for range rapid.IntRange(1, 5).Draw(t, "answers") {
			q.Answers = append(q.Answers, texts().Draw(t, "answer"))
		}
		q.Max = rapid.IntRange(0, len(q.Answers)).Draw(t, "max")
		q.Min = rapid.IntRange(0, q.Max).Draw(t, "min")
		d.Questions = append(d.Questions, q)
	}
	return d
}

// TestElectionRoundTrip: what is drafted is what is parsed, by us and by any
// reader of JSON, and it is spelled as docs/PROTOCOL.md §3 has it.
func TestElectionRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drafts(t)
		e, err := NewElection(d)
		if err != nil {
			t.Fatalf("%+v: %v", d, err)
		}
		again, err := ParseElection(e.Raw())
		if err != nil || !reflect.DeepEqual(again.Draft, e.Draft) || again.Fingerprint() != e.Fingerprint() {
			t.Fatalf("%s: %v", e.Raw(), err)
		}
		checkDraft(t, e, d)
		checkElectionJSON(t, e)
	})
}

func checkDraft(t *rapid.T, e *Election, d Draft) {
	got := e.Draft
	if !got.PublicKey.Equal(d.PublicKey) {
		t.Fatalf("key %v", got.PublicKey)
	}
	got.PublicKey, d.PublicKey = nil, nil
	if !reflect.DeepEqual(got, d) {
		t.Fatalf("%+v, want %+v", got, d)
	}
}

// checkElectionJSON reads the text with encoding/json and writes it with
// nothing but Sprintf.
func checkElectionJSON(t *rapid.T, e *Election) {
	var o struct {
		Version                        int
		Description, Name, Group, UUID string
		PublicKey                      string `json:"public_key"`
		Questions                      []struct {
			Answers  []string
			Blank    *bool
			Min, Max int
			Question string
		}
	}
	if err := json.Unmarshal(e.Raw(), &o); err != nil {
		t.Fatal(err)
	}
	questions := make([]string, len(o.Questions))
	for i, q := range o.Questions {
		answers := make([]string, len(q.Answers))
		for j, a := range q.Answers {
			answers[j] = spell(a)
		}
		blank := ""
		if q.Blank != nil {
			blank = fmt.Sprintf(`,"blank":%v`, *q.Blank)
		}
		questions[i] = fmt.Sprintf(`{"answers":[%s]%s,"min":%d,"max":%d,"question":%s}`, strings.Join(answers, ","), blank, q.Min, q.Max, spell(q.Question))
		if want := e.Questions[i]; want.Text != q.Question || want.Blank != (q.Blank != nil) {
			t.Fatalf("question %d: %+v, want %+v", i, q, want)
		}
	}
	want := fmt.Sprintf(`{"version":1,"description":%s,"name":%s,"group":"Ed25519","public_key":"%s","questions":[%s],"uuid":"%s"}`,
		spell(o.Description), spell(o.Name), o.PublicKey, strings.Join(questions, ","), o.UUID)
	if string(e.Raw()) != want || o.Name != e.Name || o.Description != e.Description {
		t.Fatalf("%s, want %s", e.Raw(), want)
	}
}

// spell is JSON without more escapes than needed, by encoding/json.
func spell(s string) string {
	var b strings.Builder
	w := json.NewEncoder(&b)
	w.SetEscapeHTML(false)
	_ = w.Encode(s)
	spelled := strings.TrimSuffix(b.String(), "\n")
	return strings.NewReplacer(`\\`, `\\`, `\u2028`, "\u2028", `\u2029`, "\u2029").Replace(spelled)
}

func TestNewElectionRefuses(t *testing.T) {
	good := twoQuestions(t).Draft
	for what, row := range map[string]struct {
		alter func(d *Draft)
		want  error
	}{
		"identity key":     {func(d *Draft) { d.PublicKey = group.Identity() }, elgamal.ErrIdentity},
		"no questions":     {func(d *Draft) { d.Questions = nil }, ErrQuestion},
		"no answers":       {func(d *Draft) { d.Questions = []Question{{Text: "A"}} }, ErrQuestion},
		"min above max":    {func(d *Draft) { d.Questions = []Question{{Answers: []string{"1", "2"}, Min: 2, Max: 1}} }, ErrQuestion},
		"max above all":    {func(d *Draft) { d.Questions = []Question{{Answers: []string{"1"}, Min: 1, Max: 2}} }, ErrQuestion},
		"max counts blank": {func(d *Draft) { d.Questions = []Question{{Answers: []string{"1"}, Blank: true, Min: 1, Max: 2}} }, ErrQuestion},
		"negative":         {func(d *Draft) { d.Questions = []Question{{Answers: []string{"1"}, Min: -1, Max: 1}} }, wire.ErrCanonical},
		"no uuid":          {func(d *Draft) { d.UUID = "" }, wire.ErrCanonical},
		"short uuid":       {func(d *Draft) { d.UUID = "1234567891234" }, wire.ErrCanonical},
		"uuid not Base58":  {func(d *Draft) { d.UUID = "HomPhieuTest10" }, wire.ErrCanonical},
		"uuid with quotes": {func(d *Draft) { d.UUID = `HomPhieuTest11"` }, wire.ErrCanonical},
		"invalid name":     {func(d *Draft) { d.Name = "a\xff" }, wire.ErrCanonical},
		"invalid answer":   {func(d *Draft) { d.Questions = []Question{{Answers: []string{"\xc0\x80"}, Min: 1, Max: 1}} }, wire.ErrCanonical},
	} {
		d := good
		row.alter(&d)
		if e, err := NewElection(d); !errors.Is(err, row.want) || e != nil || !strings.HasPrefix(err.Error(), "election: ") {
			t.Errorf("%s: %v, want %v", what, err, row.want)
		}
	}
}

// TestParseElectionRefuses: each member missing, doubled, out of order or of
// another kind, and other spellings of the frame.
func TestParseElectionRefuses(t *testing.T) {
	text := string(twoQuestions(t).Raw())
	key := group.BaseExp(testSecret()).String()
	for _, row := range []struct {
		old, new string
		want     error
	}{
		{`{"version":1,`, `{"version":0,`, ErrVersion}, {`{"version":1,`, `{"version":2,`, ErrVersion}, {`{"version":1,`, `{"version":10,`, ErrVersion},
		{`{"version":1,`, `{"version":01,`, wire.ErrCanonical}, {`{"version":1,`, `{"version":"1",`, wire.ErrCanonical}, {`{"version":1,`, `{"version":1.0,`, wire.ErrCanonical},
		{`{"version":1,`, `{`, wire.ErrCanonical}, {`{"version":1,`, `{"version":1,"version":1,`, wire.ErrCanonical}, {`{"version":1,`, `{ "version":1,`, wire.ErrCanonical},
		{`"group":"Ed25519"`, `"group":"BELENIOS-2048"`, ErrGroup}, {`"group":"Ed25519"`, `"group":"ed25519"`, ErrGroup}, {`"group":"Ed25519"`, `"group":""`, ErrGroup},
		{`"group":"Ed25519"`, `"group":"\u0045d25519"`, wire.ErrCanonical}, {`"group":"Ed25519",`, ``, wire.ErrCanonical},
		{key, addPoints(key, torsion[3]), group.ErrElement}, {key, addPoints(key, torsion[0]), group.ErrElement}, {key, torsion[1], group.ErrElement},
		{key, strings.ToUpper(key), group.ErrElement}, {key, wideY(1), group.ErrElement}, {key, "", group.ErrElement}, {key, group.Identity().String(), elgamal.ErrIdentity},
		{`"questions":[`, `"questions":[],"x":[`, ErrQuestion}, {`[{"answers"`, `[{"type":"NonHomomorphic","answers"`, ErrQuestion}, {`[{"answers"`, `[{"value":{},"answers"`, ErrQuestion},
		{`"blank":true`, `"blank":1`, wire.ErrCanonical}, {`"blank":true`, `"blank":null`, wire.ErrCanonical}, {`"blank":true`, `"blank":TRUE`, wire.ErrCanonical},
		{`"blank":true,"min":1`, `"min":1,"blank":true`, wire.ErrCanonical}, {`"min":1`, `"min":2`, ErrQuestion}, {`"max":1`, `"max":4`, ErrQuestion},
		{`"max":1`, `"max":9007199254740993`, wire.ErrCanonical}, {`"min":1,"max":1`, `"max":1,"min":1`, wire.ErrCanonical}, {`"min":1`, `"min":-1`, wire.ErrCanonical},
		{`"question":"A"`, `"question":"A","x":1`, wire.ErrCanonical}, {`"question":"A"`, `"question":A`, wire.ErrCanonical}, {`["1","2","3"]`, `[]`, ErrQuestion},
		{`["1","2","3"]`, `["1","2",3]`, wire.ErrCanonical}, {`["1","2","3"]`, `["1","2","3",]`, wire.ErrCanonical},
		{`"uuid":"HomPhieuTest11"}`, `"uuid":"HomPhieuTest11","x":1}`, wire.ErrCanonical}, {`"uuid":"HomPhieuTest11"}`, `"uuid":"HomPhieuTest11"} `, wire.ErrCanonical},
		{`"uuid":"HomPhieuTest11"}`, `"uuid":"HomPhieuTest11","credential_authority":"a","administrator":"b"}`, wire.ErrCanonical},
		{`HomPhieuTest11`, `HomPhieuTest1`, wire.ErrCanonical}, {`HomPhieuTest11`, strings.Repeat("z", 65), wire.ErrCanonical}, {`HomPhieuTest11`, `HomPhieuTest1l`, wire.ErrCanonical},
		{`"name":"Hội nghị"`, "\"name\":\"\xff\"", wire.ErrCanonical}, {`"name":"Hội nghị"`, "\"name\":\"\n\"", wire.ErrCanonical}, {`"name":"Hội nghị"`, `"name":null`, wire.ErrCanonical},
	} {
		altered := strings.Replace(text, row.old, row.new, 1)
		if altered == text {
			t.Fatalf("%s does not occur in %s", row.old, text)
		}
		if e, err := ParseElection([]byte(altered)); !errors.Is(err, row.want) || e != nil || !strings.HasPrefix(err.Error(), "election: ") {
			t.Errorf("%s for %s: %v, want %v", row.new, row.old, err, row.want)
		}
	}
}

// TestParseElectionOptions: what belenios-tool may write and we do not.
func TestParseElectionOptions(t *testing.T) {
	e := twoQuestions(t)
	text := string(e.Raw())
	for _, row := range [][2]string{
		{`"}`, `","administrator":"A"}`}, {`"}`, `","credential_authority":"B"}`}, {`"uuid":"HomPhieuTest11"}`, `"uuid":"HomPhieuTest11","administrator":"A","credential_authority":"B"}`},
		{`"min":1,"max":2`, `"blank":false,"min":1,"max":2`}, {`Hà Nội`, `H\u00e0 N\u1ED9i`}, {`Hội nghị`, `H\u1ed9i ngh\u1ecb`},
	} {
		i := strings.LastIndex(text, row[0])
		altered := text[:i] + row[1] + text[i+len(row[0]):]
		got, err := ParseElection([]byte(altered))
		if err != nil {
			t.Errorf("%s: %v", row[1], err)
		} else if !reflect.DeepEqual(got.Draft, e.Draft) || got.Fingerprint() == e.Fingerprint() || string(got.Raw()) != altered {
			t.Errorf("%s: %+v", row[1], got.Draft)
		}
	}
}

// draftOf returns a draft of its own that a test may change.
func draftOf(t *testing.T) Draft {
	d := twoQuestions(t).Draft
	d.Questions = slices.Clone(d.Questions)
	for i := range d.Questions {
		d.Questions[i].Answers = slices.Clone(d.Questions[i].Answers)
	}
	return d
}

func TestTexts(t *testing.T) {
	for s, want := range map[string]bool{
		"": true, "Nguyễn Văn An\nBí thư": true, `"\/<>&'`: true, "👩🏽‍⚖️": true, "a\tb": true, "a\rb": false, "\x00": false, "\x1f": false, "\x7f": false,
		"a\u202eb": false, "\u2066": false, "\ufeffa": false, "\u2028": false, "\u2029": false, "\u0085": false, "\ue000": false,
		"\xff": false, "a\xc0\x80": false, "\ufffd": false, "\xed\xa0\x80": false,
	} {
		for name, put := range map[string]func(d *Draft){
			"name": func(d *Draft) { d.Name = s }, "description": func(d *Draft) { d.Description = s },
			"person": func(d *Draft) { d.Questions[0].Text = s }, "level": func(d *Draft) { d.Questions[0].Answers[1] = s },
		} {
			d := draftOf(t)
			put(&d)
			if err := d.CheckTexts(); (err == nil) != want || (err != nil && !errors.Is(err, ErrText)) {
				t.Errorf("%s %+q: %v", name, s, err)
			}
		}
	}
}

// FuzzParseElection: what is accepted says what it says: drafted again it is
// the same, and in our spelling it is the same text.
func FuzzParseElection(f *testing.F) {
	for _, v := range loadVectors(f) {
		f.Add(v.electionText)
	}
	f.Add(twoQuestions(f).Raw())
	f.Add([]byte(strings.Replace(string(twoQuestions(f).Raw()), `"min":1`, `"blank":false,"min":0`, 2)))
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := ParseElection(text)
		if err != nil {
			return
		}
		again, err := NewElection(e.Draft)
		if err != nil {
			t.Fatalf("%q is not drafted again: %v", text, err)
		}
		if !reflect.DeepEqual(again.Draft, e.Draft) || string(e.Raw()) != string(text) || !again.UUID.Valid() {
			t.Fatalf("%q came back as %q", text, again.Raw())
		}
		if e.MaxBallotSize() < len(shapeOf(e).text()) {
			t.Fatalf("%q: MaxBallotSize %d", text, e.MaxBallotSize())
		}
	})
}
