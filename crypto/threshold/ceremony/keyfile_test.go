package ceremony

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/threshold"
	"github.com/homphieu/homphieu/crypto/wire"
)

// keyFileOf returns the key file of member 2 when all keys are in, and a
// ceremony that has gone on to its end.
func keyFileOf(t testing.TB) (*KeyFile, *run) {
	t.Helper()
	r := newRun(t, 2, 3)
	r.until(t, StepKey)
	if _, err := NewKeyFile(r.members[1], r.transcript, "", ""); !errors.Is(err, ErrUnfinished) {
		t.Errorf("before the keys: %v", err)
	}
	r.until(t, StepDone)
	k, err := NewKeyFile(r.members[1], replay(t, r.transcript.terms, r.transcript.inOrder()), "Hội nghị <1> & \"2\"", "Trần Văn Bình")
	ok(t, err)
	r.finish(t)
	return k, r
}

func TestKeyFile(t *testing.T) {
	k, r := keyFileOf(t)
	election, head := wire.RandomBase58(22), hashOf([]byte("head"))
	k.Sealed[election] = hashOf([]byte("setup"))
	ok(t, k.Contribute(election, head))
	text, err := k.JSON()
	ok(t, err)
	var compact bytes.Buffer
	ok(t, json.Compact(&compact, text))
	for _, text := range [][]byte{text, compact.Bytes()} {
		again, err := ParseKeyFile(text)
		ok(t, err)
		if again.Title != k.Title || again.Name != k.Name || again.Index != 2 || again.Seed != k.Seed || !again.Share.Equal(k.Share) ||
			again.Sealed[election] != k.Sealed[election] || again.Contributed[election] != head {
			t.Errorf("read: %+v", again)
		}
		trustees, err := r.transcript.Trustees()
		ok(t, err)
		if !bytes.Equal(again.Trustees(), trustees) {
			t.Error("not the trustees of the ceremony")
		}
		if _, err := again.Transcript.Trustees(); !errors.Is(err, ErrUnfinished) {
			t.Errorf("trustees that nobody has confirmed: %v", err)
		}
	}
}

// TestKeyFileRefused alters one thing after another.
func TestKeyFileRefused(t *testing.T) {
	k, r := keyFileOf(t)
	honest, err := k.JSON()
	ok(t, err)
	elsewhere, _ := keyFileOf(t)
	early := replay(t, r.transcript.terms, r.transcript.inOrder()[:14])
	hash := hashOf(nil)
	for name, c := range map[string]struct {
		member string
		value  any
		want   string
	}{
		"type":                     {"type", "homphieu-keyfile-v2", "type is not"},
		"meeting":                  {"meeting", wire.RandomBase58(22), "meeting is not the transcript's"},
		"index":                    {"index", 1, ErrImpostor.Error()},
		"no such index":            {"index", 4, ErrTerms.Error()},
		"index 0":                  {"index", 0, ErrTerms.Error()},
		"index as text":            {"index", "2", "cannot unmarshal"},
		"seed":                     {"seed", threshold.NewSeed(), ErrImpostor.Error()},
		"seed of another":          {"seed", r.members[0].seed, ErrImpostor.Error()},
		"no seed":                  {"seed", "", ErrTerms.Error()},
		"share":                    {"share", k.Share.Add(group.ScalarFromInt(1)).String(), "share is not the member's"},
		"share with a zero before": {"share", "0" + k.Share.String(), "share is not the member's"},
		"no transcript":            {"transcript", json.RawMessage(`{}`), ErrMalformed.Error()},
		"transcript null":          {"transcript", nil, "transcript: missing"},
		"another transcript":       {"transcript", json.RawMessage(elsewhere.Transcript.AppendJSON(nil)), "meeting is not the transcript's"},
		"transcript too early":     {"transcript", json.RawMessage(early.AppendJSON(nil)), ErrUnfinished.Error()},
		"sealed null":              {"sealed", nil, "sealed: missing"},
		"sealed a list":            {"sealed", []string{}, "sealed: not an object"},
		"sealed no hash":           {"sealed", map[string]string{k.Transcript.terms.Meeting: hash[1:]}, "not hashes by uuids"},
		"sealed in capitals":       {"sealed", map[string]string{k.Transcript.terms.Meeting: strings.ToUpper(hash)}, "not hashes by uuids"},
		"sealed no uuid":           {"sealed", map[string]string{"1": hash}, "not hashes by uuids"},
		"contributed null":         {"contributed", nil, "contributed: missing"},
		"contributed a hash":       {"contributed", hash, "contributed: not an object"},
		"contributed no hash":      {"contributed", map[string]string{k.Transcript.terms.Meeting: ""}, "not hashes by uuids"},
		"a member more":            {"password", "", "a member that key files do not have"},
	} {
		var members map[string]any
		ok(t, json.Unmarshal(honest, &members))
		members["transcript"] = json.RawMessage(k.Transcript.AppendJSON(nil))
		members[c.member] = c.value
		text, err := json.Marshal(members)
		ok(t, err)
		if _, err := ParseKeyFile(text); !errors.Is(err, ErrKeyFile) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	for name, text := range map[string]string{"nothing": "", "no object": "[]", "no JSON": "khóa", "more after it": string(honest) + "{}", "no name": "{1:2}", "a comma at the end": `{"type":"x",}`, "cut": string(honest[:len(honest)-3])} {
		if _, err := ParseKeyFile([]byte(text)); !errors.Is(err, ErrKeyFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestKeyFileMembers: all of them, each once, and in no other case. What a
// second "contributed" hides would be given twice.
func TestKeyFileMembers(t *testing.T) {
	k, _ := keyFileOf(t)
	election := wire.RandomBase58(22)
	ok(t, k.Contribute(election, hashOf([]byte("a"))))
	text, err := k.JSON()
	ok(t, err)
	honest := string(text)
	for _, name := range keyFileMembers {
		var members map[string]any
		ok(t, json.Unmarshal(text, &members))
		delete(members, name)
		members["transcript_"] = nil
		text, err := json.Marshal(members)
		ok(t, err)
		spelled := strings.ToUpper(name[:1]) + name[1:]
		for what, c := range map[string]struct{ text, want string }{
			"left out":           {string(text), name + ": missing"},
			"in another case":    {strings.Replace(honest, "  \""+name+`":`, "  \""+spelled+`":`, 1), name + ": missing"},
			"null":               {strings.Replace(honest, "  \""+name+`":`, "  \""+name+`":null,"a":`, 1), name + ": missing"},
			"twice":              {strings.Replace(honest, "{", `{"`+name+`":null,`, 1), name + ": twice"},
			"a second with case": {strings.Replace(honest, "{", `{"`+spelled+`":null,`, 1), "a member that key files do not have"},
		} {
			if _, err := ParseKeyFile([]byte(c.text)); !errors.Is(err, ErrKeyFile) || !strings.HasSuffix(err.Error(), c.want) {
				t.Errorf("%s %s: %v, want %s", name, what, err, c.want)
			}
		}
	}
	entry := `"` + election + `": "` + hashOf([]byte("a")) + `"`
	for name, c := range map[string]struct{ text, want string }{
		"an election twice": {strings.Replace(honest, entry, entry+`,"`+election+`":"`+hashOf(nil)+`"`, 1), "contributed: " + election + ": twice"},
		"empty at the end":  {strings.TrimSuffix(strings.TrimSpace(honest), "}") + `,"contributed":{}}`, "contributed: twice"},
	} {
		if _, err := ParseKeyFile([]byte(c.text)); !errors.Is(err, ErrKeyFile) || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestKeyFileOfAnother(t *testing.T) {
	k, _ := keyFileOf(t)
	meeting := k.Transcript.terms.Meeting
	ok(t, k.CheckFor(meeting, 2))
	if err := k.CheckFor(meeting, 1); !errors.Is(err, ErrMember) {
		t.Errorf("another member: %v", err)
	}
	if err := k.CheckFor(wire.RandomBase58(22), 2); !errors.Is(err, ErrElsewhere) {
		t.Errorf("another meeting: %v", err)
	}
}

// TestContributeOnce: one end for each election, never a second.
func TestContributeOnce(t *testing.T) {
	k, _ := keyFileOf(t)
	one, two := wire.RandomBase58(22), wire.RandomBase58(22)
	a, b := hashOf([]byte("a")), hashOf([]byte("b"))
	ok(t, k.Contribute(one, a))
	ok(t, k.Contribute(one, a))
	ok(t, k.Contribute(two, b))
	if err := k.Contribute(one, b); !errors.Is(err, ErrContributed) || !strings.Contains(err.Error(), a) || k.Contributed[one] != a {
		t.Errorf("another end: %v, recorded %s", err, k.Contributed[one])
	}
}

// FuzzParseKeyFile: what is read is written and read again.
func FuzzParseKeyFile(f *testing.F) {
	f.Add([]byte(readGolden(f).KeyFile))
	f.Fuzz(func(t *testing.T, text []byte) {
		k, err := ParseKeyFile(text)
		if err != nil {
			return
		}
		again, err := k.JSON()
		ok(t, err)
		if _, err := ParseKeyFile(again); err != nil {
			t.Fatalf("%q, written again: %v", text, err)
		}
	})
}
