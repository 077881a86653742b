package ledger_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

const (
	zeros = "0000000000000000000000000000000000000000000000000000000000000000"
	hexA  = "ab00000000000000000000000000000000000000000000000000000000000000"
	phi   = "qwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)

var (
	sumA = [32]byte{0xab}
	u0   = ledgertest.UUID(0)
)

// entries has each kind with the one text that it may have.
var entries = map[string]ledger.Body{
	`"kind":"sealed","election":"Testpo11zzzzzzzz","fingerprint":"` + phi + `"}`: ledger.Sealed{Election: u0, Fingerprint: phi},
	`"kind":"closed","election":"Testpo11zzzzzzzz","ballots":20,"last_event":"` + hexA + `","closing":"` + zeros + `","trackers":"` + hexA + `"}`: ledger.Closed{
		Election: u0, Ballots: 20, LastEvent: sumA, Trackers: sumA},
	`"kind":"result","election":"Testpo11zzzzzzzz","commitments":[{"name":"last_event","hash":"` + hexA + `"},{"name":"result.json","hash":"` + zeros + `"}]}`: ledger.Result{
		Election: u0, Commitments: []ledger.Item{{Name: "last_event", Hash: sumA}, {Name: "result.json"}}},
	`"kind":"opened","election":"Testpo11zzzzzzzz","result":2,"salt":"` + hexA + `","hashes":[{"name":"result.json","hash":"` + hexA + `"}]}`: ledger.Opened{
		Election: u0, Result: 2, Salt: sumA, Hashes: []ledger.Item{{Name: "result.json", Hash: sumA}}},
	`"kind":"correction","of":7,"reason":"Biên bản ghi nhầm \"ngày\" họp"}`: ledger.Correction{Of: 7, Reason: `Biên bản ghi nhầm "ngày" họp`},
	`"kind":"package","agency":"Sở Nội vụ","hash":"` + hexA + `"}`:          ledger.Package{Agency: "Sở Nội vụ", Hash: sumA},
}

const head = `{"version":1,"number":9,"prev":"` + hexA + `",`

// TestEntry writes and reads each kind.
func TestEntry(t *testing.T) {
	for text, body := range entries {
		want := ledger.Entry{Number: 9, Prev: sumA, Body: body}
		text = head + text
		if got := want.AppendJSON([]byte("x")); string(got) != "x"+text {
			t.Errorf("%s\nwant %s", got, text)
		}
		got, err := ledger.ParseEntry([]byte(text))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
		for n := range text {
			if _, err := ledger.ParseEntry([]byte(text[:n])); err == nil {
				t.Errorf("%s was read", text[:n])
			}
		}
	}
}

// TestEntryRefused: nothing else is an entry.
func TestEntryRefused(t *testing.T) {
	item := `{"name":"a","hash":"` + hexA + `"}`
	result := head + `"kind":"result","election":"Testpo11zzzzzzzz","commitments":[%s]}`
	var many []string
	for i := range ledger.MaxItems + 1 {
		many = append(many, fmt.Sprintf(`{"name":"a%03d","hash":"%s"}`, i, hexA))
	}
	sealed := head + `"kind":"sealed","election":"%s","fingerprint":"%s"}`
	for name, text := range map[string]string{
		"nothing":            ``,
		"another version":    strings.Replace(fmt.Sprintf(sealed, u0, phi), `"version":1`, `"version":2`, 1),
		"an unknown kind":    head + `"kind":"voter","name":"x"}`,
		"a line feed":        fmt.Sprintf(sealed, u0, phi) + "\n",
		"white space":        strings.Replace(fmt.Sprintf(sealed, u0, phi), `,"kind"`, `, "kind"`, 1),
		"leading zero":       strings.Replace(fmt.Sprintf(sealed, u0, phi), `:9,`, `:09,`, 1),
		"upper case":         strings.Replace(fmt.Sprintf(sealed, u0, phi), `"ab00`, `"AB00`, 1),
		"no election":        fmt.Sprintf(sealed, "short", phi),
		"padded fingerprint": fmt.Sprintf(sealed, u0, phi+"="),
		"loose fingerprint":  fmt.Sprintf(sealed, u0, phi[:42]+"B"),
		"no items":           fmt.Sprintf(result, ""),
		"an item twice":      fmt.Sprintf(result, item+","+item),
		"descending items":   fmt.Sprintf(result, strings.Replace(item, `"a"`, `"b"`, 1)+","+item),
		"a folder":           fmt.Sprintf(result, strings.Replace(item, `"a"`, `"../a"`, 1)),
		"too many items":     fmt.Sprintf(result, strings.Join(many, ",")),
		"many ballots":       head + `"kind":"closed","election":"Testpo11zzzzzzzz","ballots":99999999999,"last_event":"` + hexA + `","closing":"` + zeros + `","trackers":"` + hexA + `"}`,
		"empty reason":       head + `"kind":"correction","of":7,"reason":" "}`,
		"two lines":          head + `"kind":"correction","of":7,"reason":"a\nb"}`,
		"loose spelling":     head + `"kind":"correction","of":7,"reason":"\u0061"}`,
		"long reason":        head + `"kind":"correction","of":7,"reason":"` + strings.Repeat("a", ledger.MaxText+1) + `"}`,
		"member after":       head + `"kind":"correction","of":7,"reason":"a","voter":"b"}`,
		"no agency":          head + `"kind":"package","agency":"","hash":"` + hexA + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ledger.ParseEntry([]byte(text))
			is(t, err, ledger.ErrEntry, "")
		})
	}
}

// TestChainByHand follows the chain as the package says that a person can.
func TestChainByHand(t *testing.T) {
	s := newScene(t, 3, 0, 0)
	bundle := export(t, s.log)["tile/entries/000.p/9"]
	prev := zeros
	for number := range 9 {
		n := int(bundle[0])<<8 + int(bundle[1])
		line := string(bundle[2 : 2+n])
		bundle = bundle[2+n:]
		if want := fmt.Sprintf(`{"version":1,"number":%d,"prev":"%s","kind":`, number, prev); !strings.HasPrefix(line, want) {
			t.Fatalf("%s\nwant %s", line, want)
		}
		sum := sha256.Sum256([]byte(line)) // printf %s LINE | sha256sum
		prev = hex.EncodeToString(sum[:])
	}
	if len(bundle) != 0 {
		t.Errorf("%d bytes more", len(bundle))
	}
}

// TestCommit fixes the commitment, and that every part of it counts.
func TestCommit(t *testing.T) {
	item := ledger.Item{Name: "result.json", Hash: sumA}
	sum := ledger.Commit(ledgertest.Salt(0), u0, item)
	// printf 'homphieu-commitment-v1|Testpo11zzzzzzzz|result.json|ab00…00' | openssl dgst -sha256 -mac hmac -macopt hexkey:SALT
	const want = "67ddfadb7362d9147780247915a111db67c83931865dbba45753ed37dff90204"
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	r := ledger.NewResult(u0, ledgertest.Salt(0), ledgertest.Items(0))
	good := ledger.NewOpened(u0, 2, ledgertest.Salt(0), ledgertest.Items(0))
	ok(t, good.Check(r))
	for name, change := range map[string]func(o *ledger.Opened){
		"election":    func(o *ledger.Opened) { o.Election = ledgertest.UUID(1) },
		"salt":        func(o *ledger.Opened) { o.Salt[31] ^= 1 },
		"hash":        func(o *ledger.Opened) { o.Hashes[1].Hash[0] ^= 1 },
		"one missing": func(o *ledger.Opened) { o.Hashes = o.Hashes[1:] },
		"one more":    func(o *ledger.Opened) { o.Hashes = append(o.Hashes, ledger.Item{Name: "z"}) },
	} {
		t.Run(name, func(t *testing.T) {
			o := ledger.NewOpened(u0, 2, ledgertest.Salt(0), ledgertest.Items(0))
			change(&o)
			is(t, o.Check(r), ledger.ErrOpening, "")
		})
	}
	other := ledger.NewOpened(u0, 2, ledgertest.Salt(0), ledgertest.Items(0))
	other.Hashes[1].Name = "other.json"
	is(t, other.Check(r), ledger.ErrOpening, "other.json stands for result.json")
	if a, b := ledger.NewSalt(), ledger.NewSalt(); a == b || a == [32]byte{} {
		t.Error("the same salt twice")
	}
}

// FuzzParseEntry: what is read is written again as it was.
func FuzzParseEntry(f *testing.F) {
	for text := range entries {
		f.Add([]byte(head + text))
	}
	for i, b := range ledgertest.Poll(0) {
		f.Add(ledger.Entry{Number: int64(i), Body: b}.AppendJSON(nil))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := ledger.ParseEntry(text)
		if err == nil && (!bytes.Equal(e.AppendJSON(nil), text) || e.Hash() != sha256.Sum256(text)) {
			t.Fatalf("%q came back as %q", text, e.AppendJSON(nil))
		}
	})
}

// TestOrder: what may follow what, in one poll and between polls.
func TestOrder(t *testing.T) {
	poll, other := ledgertest.Poll(0), ledgertest.Poll(1)
	sealed, closed, result := poll[0], poll[1], poll[2]
	open := ledger.NewOpened(u0, 2, ledgertest.Salt(0), ledgertest.Items(0))
	wrong := open
	wrong.Result = 1
	salt := open
	salt.Salt[0] ^= 1
	second := ledger.NewResult(u0, ledgertest.Salt(1), ledgertest.Items(0))
	correct := func(of int64) ledger.Body { return ledger.Correction{Of: of, Reason: "ghi nhầm"} }
	again := ledger.NewOpened(u0, 4, ledgertest.Salt(1), ledgertest.Items(0))
	fromA := ledger.Package{Agency: "Sở Nội vụ", Hash: sumA}
	for name, c := range map[string]struct {
		before []ledger.Body
		next   ledger.Body
		want   error
		part   string
	}{
		"sealed":                      {nil, sealed, nil, ""},
		"closed before sealed":        {nil, closed, ledger.ErrOrder, `no entry "sealed"`},
		"result before closed":        {poll[:1], result, ledger.ErrOrder, `no entry "closed"`},
		"opened before result":        {poll[:2], open, ledger.ErrOrder, `no entry "result"`},
		"opened":                      {poll, open, nil, ""},
		"opened with another salt":    {poll, salt, ledger.ErrOpening, "last_event"},
		"opened another entry":        {poll, wrong, ledger.ErrOrder, "the result is entry 2"},
		"another seal":                {poll[:1], ledger.Sealed{Election: u0, Fingerprint: phi}, ledger.ErrOrder, "has entry 0"},
		"another result":              {poll, second, ledger.ErrOrder, "has entry 2"},
		"another result of another":   {append(poll[:2:2], other...), result, nil, ""},
		"result after its correction": {append(poll[:3:3], correct(2)), second, nil, ""},
		"result of what was opened":   {append(poll[:3:3], open, correct(2)), second, nil, ""},
		"opened after correction":     {append(poll[:3:3], correct(2)), open, ledger.ErrOrder, `no entry "result"`},
		"opened the second":           {append(poll[:3:3], correct(2), second), again, nil, ""},
		"result after closed is gone": {append(poll[:3:3], correct(1)), second, ledger.ErrOrder, `no entry "closed"`},
		"closed again":                {append(poll[:3:3], correct(1)), closed, nil, ""},
		"closed after seal is gone":   {append(poll[:1:1], correct(0)), closed, ledger.ErrOrder, "was taken back"},
		"sealed after seal is gone":   {append(poll[:1:1], correct(0)), ledger.Sealed{Election: u0, Fingerprint: phi}, ledger.ErrOrder, "was taken back"},
		"correction of what follows":  {poll, correct(3), ledger.ErrOrder, "does not stand before"},
		"correction of a correction":  {append(poll[:3:3], correct(2)), correct(3), ledger.ErrOrder, "is a correction itself"},
		"correction twice":            {append(poll[:3:3], correct(2)), ledger.Correction{Of: 2, Reason: "again"}, ledger.ErrOrder, "taken back before"},
		"correction of what is gone":  {append(poll[:3:3], correct(1)), correct(2), ledger.ErrOrder, "taken back before"},
		"package":                     {poll, fromA, nil, ""},
		"package after correction":    {[]ledger.Body{fromA, correct(0)}, fromA, nil, ""},
		"package corrected twice":     {[]ledger.Body{fromA, correct(0)}, ledger.Correction{Of: 0, Reason: "again"}, ledger.ErrOrder, "taken back before"},
		"no entry":                    {poll, ledger.Package{}, ledger.ErrEntry, "agency"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, 0, 0, 0)
			if len(c.before) > 0 {
				_, err := s.log.Append(t.Context(), c.before...)
				ok(t, err)
			}
			numbers, err := s.log.Append(t.Context(), c.next)
			size, sizeErr := s.store.Size(t.Context())
			ok(t, sizeErr)
			if c.want != nil {
				is(t, err, c.want, c.part)
			} else if err != nil || numbers[0] != int64(len(c.before)) {
				t.Fatalf("%v, %v", numbers, err)
			}
			if want := int64(len(c.before)); (c.want != nil && size != want) || (c.want == nil && size != want+1) {
				t.Errorf("%d entries", size)
			}
		})
	}
}

// TestNothingOfVoters: an entry has no place for a time or a voter.
func TestNothingOfVoters(t *testing.T) {
	for _, body := range entries {
		kind := reflect.TypeOf(body)
		for i := range kind.NumField() {
			switch f := kind.Field(i); f.Type {
			case reflect.TypeFor[ballot.UUID](), reflect.TypeFor[ballot.Fingerprint](), reflect.TypeFor[[32]byte](),
				reflect.TypeFor[int](), reflect.TypeFor[int64](), reflect.TypeFor[[]ledger.Item](), reflect.TypeFor[string]():
			default:
				t.Errorf("%s.%s: %v", kind, f.Name, f.Type)
			}
		}
	}
}
