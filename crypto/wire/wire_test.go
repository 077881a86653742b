package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/homphieu/homphieu/crypto/group"
)

// The readers of one value, each returning the value in its wire form. Spelled
// says that the value has one spelling only, so that this must be the text.
var values = map[string]struct {
	spelled bool
	read    func(r *Reader) []byte
}{
	"Element":   {true, func(r *Reader) []byte { return AppendElement(nil, r.Element()) }},
	"Unchecked": {false, func(r *Reader) []byte { r.Unchecked(); return nil }},
	"Scalar":    {true, func(r *Reader) []byte { return AppendScalar(nil, r.Scalar()) }},
	"Hash":      {true, func(r *Reader) []byte { return AppendHash(nil, r.Hash()) }},
	"Word":      {true, func(r *Reader) []byte { return []byte(`"` + r.Word() + `"`) }},
	"Text":      {false, func(r *Reader) []byte { return AppendText(nil, r.Text()) }},
	"Message":   {true, func(r *Reader) []byte { return AppendText(nil, r.Message()) }},
	"Int":       {true, func(r *Reader) []byte { return strconv.AppendInt(nil, int64(r.Int()), 10) }},
	"List":      {true, func(r *Reader) []byte { return readInts(r) }},
	"Tuple":     {true, readThree},
}

func readInts(r *Reader) []byte {
	var ints []int
	n := r.List(func() { ints = append(ints, r.Int()) })
	if r.Err() == nil && n != len(ints) {
		panic(fmt.Sprintf("test: %d items counted, %d read", n, len(ints)))
	}
	return AppendList(nil, len(ints), func(b []byte, i int) []byte { return strconv.AppendInt(b, int64(ints[i]), 10) })
}

func readThree(r *Reader) []byte {
	var ints [3]int
	r.Tuple(3, func(i int) { ints[i] = r.Int() })
	return AppendList(nil, 3, func(b []byte, i int) []byte { return strconv.AppendInt(b, int64(ints[i]), 10) })
}

const (
	generator = `"6666666666666666666666666666666666666666666666666666666666666658"`
	sum       = `"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"`
)

var accepted = map[string][]string{
	"Element":   {generator},
	"Unchecked": {generator, `"0000000000000000000000000000000000000000000000000000000000000000"`},
	"Scalar":    {`"0"`, `"1"`, `"7237005577332262213973186563042994240857116359379907606001950938285454250988"`},
	"Hash":      {sum},
	"Word":      {`""`, `"Ed25519"`, `"a b ~!#[]{}"`},
	"Text":      {`""`, `"Nguyễn Văn An"`, `"\"\\\/\b\f\n\r\t"`, `"\u0041\ud83d\ude42\ud800"`, "\"\x7f👩🏽‍⚖️\""},
	"Message":   {`""`, `"{\"a\":1}"`, `"Nguyễn\n\\"`, `"\u0001\u001f\b"`},
	"Int":       {"0", "7", "10", "9007199254740992"},
	"List":      {"[]", "[0]", "[1,2,3]"},
	"Tuple":     {"[1,2,3]"},
}

var refused = map[string][]string{
	"Element": {
		``, `"`, `""`, `6666`, generator[1:], generator[:65], `"` + strings.Repeat("0", 63) + `2"`,
		`"7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7"`, `"\u0036` + generator[2:],
	},
	"Unchecked": {``, `"`, `""`, generator[:65], strings.ToUpper(generator[:60]) + "ABCDE\""},
	"Scalar":    {``, `"`, `""`, `1`, `"1`, `"01"`, `"-1"`, `" 1"`, `"\u0031"`, `"7237005577332262213973186563042994240857116359379907606001950938285454250989"`},
	"Hash": {
		``, `""`, sum[1:], sum[:65], `"` + sum[2:], sum[:65] + `0"`, sum[:65] + `00"`, strings.ToUpper(sum),
		strings.Replace(sum, "a", "A", 1), strings.Replace(sum, "a", "g", 1), strings.Replace(sum, "a", " ", 1),
	},
	"Word": {``, `"`, `"a`, `a"`, `"\n"`, `"\u0041"`, `"\"`, `"é"`, "\"\n\"", "\"\x00\"", "\"\x7f\""},
	"Text": {
		``, `"`, `"a`, `a`, `'a'`, `"\"`, `"\x"`, `"\u12"`, `"\u12g4"`, "\"\n\"", "\"\x00\"", "\"\x1f\"", "\"\xff\"",
		"\"\xed\xa0\x80\"", "\"\xc0\x80\"", `"\`, "\"\\\xff\"",
	},
	"Message": {`"\/"`, `"\u0041"`, `"\u000a"`, `"\u001F"`, `"\u0022"`, `"\ud800"`, `"\ud83d\ude42"`, "\"\xff\"", "\"\n\"", `"`},
	"Int": {
		``, `-1`, `-0`, `+1`, `00`, `01`, ` 1`, `1.0`, `1e3`, `"1"`, `9007199254740993`, `10000000000000000`, `99999999999999999999`,
		`18446744073709551617`, strings.Repeat("9", 400), `x`, `null`,
	},
	"List":  {``, `[`, `]`, `[1`, `[1,`, `[1,]`, `[,1]`, `[,]`, `[ ]`, `[1, 2]`, `[1 ,2]`, `[1,2,]`, `[[1]]`, `{}`, `null`, `[1;2]`},
	"Tuple": {``, `[]`, `[1]`, `[1,2]`, `[1,2,3`, `[1,2,3,]`, `[1,2,3,4]`, `[1,2, 3]`, `[,1,2,3]`, `[1,,2,3]`},
}

func TestValuesAccepted(t *testing.T) {
	for kind, texts := range accepted {
		for _, text := range texts {
			got, err := readAll(kind, text)
			if err != nil {
				t.Errorf("%s of %s: %v", kind, text, err)
			} else if values[kind].spelled && string(got) != text {
				t.Errorf("%s of %s came back as %s", kind, text, got)
			}
		}
	}
}

func TestValuesRefused(t *testing.T) {
	for kind, texts := range refused {
		for _, text := range texts {
			if got, err := readAll(kind, text); err == nil {
				t.Errorf("%s took %s as %s", kind, text, got)
			}
		}
	}
}

// TestTrailingBytesRefused: nothing may follow what was expected.
func TestTrailingBytesRefused(t *testing.T) {
	for kind, texts := range accepted {
		for _, text := range texts {
			for _, tail := range []string{" ", "\n", "\x00", "x", ",", "]", text} {
				if kind == "Int" && tail == text {
					continue // more digits
				}
				if _, err := readAll(kind, text+tail); !errors.Is(err, ErrCanonical) {
					t.Errorf("%s of %q: %v", kind, text+tail, err)
				}
			}
		}
	}
}

func readAll(kind, text string) ([]byte, error) {
	r := NewReader([]byte(text))
	got := values[kind].read(r)
	return got, r.End()
}

// TestErrorsNameThePlace: the byte at which the value starts, and the cause.
func TestErrorsNameThePlace(t *testing.T) {
	causes := map[string]error{"Element": group.ErrElement, "Unchecked": group.ErrElement, "Scalar": group.ErrScalar}
	for kind, texts := range refused {
		for _, text := range texts {
			if !strings.HasPrefix(text, `"`) || strings.Count(text, `"`) != 2 || !strings.HasSuffix(text, `"`) {
				continue // fails inside
			}
			if kind == "Text" && strings.HasSuffix(text, `\"`) {
				continue // has no end
			}
			r := NewReader([]byte("{" + text))
			r.Literal("{")
			values[kind].read(r)
			cause := causes[kind]
			if cause == nil {
				cause = ErrCanonical
			}
			if err := r.Err(); !errors.Is(err, cause) || !strings.HasPrefix(err.Error(), "byte 1: ") {
				t.Errorf("%s of %s: %v, want byte 1 and %v", kind, text, err, cause)
			}
		}
	}
}

// TestAfterFailure: after the first failure each call returns its zero value,
// reads nothing and leaves the first error, whatever stands there.
func TestAfterFailure(t *testing.T) {
	zero := map[string]string{
		"Element": `"0000000000000000000000000000000000000000000000000000000000000001"`, "Unchecked": "", "Scalar": `"0"`,
		"Hash": `"` + strings.Repeat("0", 64) + `"`, "Word": `""`, "Text": `""`, "Message": `""`, "Int": "0", "List": "[]", "Tuple": "[0,0,0]",
	}
	for kind, texts := range accepted {
		for _, text := range texts {
			r := NewReader([]byte(text))
			first := errors.New("first")
			r.Fail(first)
			if got := string(values[kind].read(r)); got != zero[kind] {
				t.Errorf("%s of %s after a failure: %s", kind, text, got)
			}
			r.Fail(errors.New("second"))
			if r.Offset() != 0 || !errors.Is(r.End(), first) || r.Optional("") {
				t.Errorf("%s after a failure: at %d, %v", kind, r.Offset(), r.Err())
			}
		}
	}
}

// TestFailingValueIsZero: nor does the call that fails return what it read.
func TestFailingValueIsZero(t *testing.T) {
	for _, text := range refused["Int"] {
		r := NewReader([]byte(text))
		if n := r.Int(); n != 0 && r.Err() != nil {
			t.Errorf("Int of %s: %d", text, n)
		}
	}
	for _, text := range refused["Hash"] {
		r := NewReader([]byte(text))
		if got := r.Hash(); got != [32]byte{} {
			t.Errorf("Hash of %s: %x", text, got)
		}
	}
}

func TestLiterals(t *testing.T) {
	r := NewReader([]byte(`{"a":1}`))
	if r.Optional(`{"b`) || r.Offset() != 0 || r.Err() != nil {
		t.Error("an absent option was read")
	}
	if !r.Optional(`{"a`) || r.Offset() != 3 {
		t.Error("a present option was not read")
	}
	r.Literal(`":1}`)
	if err := r.End(); err != nil {
		t.Error(err)
	}
	r.Literal("more")
	if err := r.End(); !errors.Is(err, ErrCanonical) || err.Error() != "byte 7: not in canonical form" {
		t.Errorf("past the end: %v", err)
	}
}

// TestListIsBounded: no list is longer than MaxCount.
func TestListIsBounded(t *testing.T) {
	r := NewReader([]byte("[" + strings.Repeat("0,", MaxCount) + "0]"))
	if n := r.List(func() { r.Int() }); r.Err() == nil {
		t.Errorf("%d items were read", n)
	}
	r = NewReader([]byte("[" + strings.Repeat("0,", MaxCount-1) + "0]"))
	if n := r.List(func() { r.Int() }); r.End() != nil || n != MaxCount {
		t.Errorf("%d items, %v", n, r.Err())
	}
}

// TestTextRoundTrip: what is written is JSON, is read as what it was, and has
// no escape that is not needed.
func TestTextRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkText(t, texts().Draw(t, "text")) })
	for c := range rune(0x180) {
		checkText(t, string(c))
	}
}

// texts draws strings with many characters that need care.
func texts() *rapid.Generator[string] {
	awkward := []rune("\"\\/\b\f\n\r\t\x00\x1f\x7f\u0080\u00a0\u2028\u2029\ufeff\ufffd<>&'ễạĐ́🙂👩🏽‍⚖️\U0010ffff")
	return rapid.StringOf(rapid.OneOf(rapid.SampledFrom(awkward), rapid.Rune()))
}

func checkText(t rapid.TB, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		return
	}
	b := AppendText(nil, s)
	for name, read := range map[string]func(*Reader) string{"Text": (*Reader).Text, "Message": (*Reader).Message} {
		r := NewReader(b)
		if got := read(r); r.End() != nil || got != s {
			t.Fatalf("%s of %s: %q, %v; want %q", name, b, got, r.Err(), s)
		}
	}
	var got string
	if err := json.Unmarshal(b, &got); err != nil || got != s {
		t.Fatalf("json of %s: %q, %v", b, got, err)
	}
	if i := strings.IndexFunc(string(b), func(c rune) bool { return c < ' ' }); i >= 0 {
		t.Fatalf("%q: a control character", b)
	}
	if escapes := strings.Count(string(b), `\`); escapes > 2*strings.Count(s, `\`)+countEscaped(s) {
		t.Fatalf("%s: %d escapes", b, escapes)
	}
}

func countEscaped(s string) (n int) {
	for _, c := range s {
		if c < ' ' || c == '"' {
			n++
		}
	}
	return n
}
