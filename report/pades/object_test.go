package pades

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func parseValue(s string) (any, error) {
	l := new(file).lexer([]byte(s), 0)
	v, err := l.value()
	if err == nil && l.at != len(s) {
		err = fmt.Errorf("%d bytes left: %w", len(s)-l.at, ErrMalformed)
	}
	return v, err
}

func TestValues(t *testing.T) {
	for s, want := range map[string]any{
		"null": nil, "true": true, "false": false, "0": 0, "-17": -17, "+17": 17, "0012": 12, "3.5": 3.5, "-.5": -0.5, "4.": 4.0,
		"12 0 R": ref{12, 0}, "/Name": name("Name"), "/": name(""), "/A#20B": name("A B"), "/A#2F": name("A/"),
		"(a)": text{data: []byte("a")}, "(a(b)c)": text{data: []byte("a(b)c")}, `(\)\(\\)`: text{data: []byte(`)(\`)},
		`(\n\r\t\b\f)`: text{data: []byte("\n\r\t\b\f")}, `(\101\7x\0533)`: text{data: []byte("A\x07x+3")}, "(a\\\nb)": text{data: []byte("ab")},
		"(a\\\r\nb)": text{data: []byte("ab")}, "()": text{}, "<>": text{}, "<4a4B>": text{data: []byte("JK")}, "<4 a 4>": text{data: []byte("J@")},
		"[]": array{}, "[1 2 R]": array{ref{1, 2}}, "[1 2 0 R 3]": array{1, ref{2, 0}, 3}, "[1 % comment ]\n2]": array{1, 2},
		"<<>>": dict{}, "<</A/B/C[1]>>": dict{"A": name("B"), "C": array{1}}, "<< /A << /B (x) >> >>": dict{"A": dict{"B": text{data: []byte("x")}}},
	} {
		got, err := parseValue(s)
		if err != nil || !equal(got, want) {
			t.Errorf("%s: %v, %#v", s, err, got)
		}
	}
}

func TestValuesRefused(t *testing.T) {
	for _, s := range []string{
		"", " ", ")", ">", "]", "}", "R", "nul", "truex", "1e5", "0x10", "nan", "inf", "1_0", "--1", "/A#", "/A#2", "/A#zz",
		"(", "(()", `(\`, "<", "<4", "<4g>", "[", "[1", "[1 2", "<<", "<</A", "<</A>>", "<<1 2>>", "<</A 1/A 1>>", "<</A 1/#41 1>>",
		strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1), strings.Repeat("1", 33),
	} {
		if v, err := parseValue(s); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v, %#v", s, err, v)
		}
	}
}

// What is written is read again.
func TestWrittenIsRead(t *testing.T) {
	value := dict{
		"A": array{nil, true, 1, -2, 0.25, ref{3, 0}, name("with space/#(é")}, "B": dict{"C": text{data: []byte("(\\)\x00\xff")}}, "D E": name(""),
	}
	w := &writer{}
	w.value(value)
	if got, err := parseValue(w.out.String()); err != nil || !equal(got, value) {
		t.Errorf("%v: %s", err, w.out.String())
	}
}

// Streams that unpack to more than the bound are refused before they fill memory.
func TestBomb(t *testing.T) {
	bomb := pack(dict{}, make([]byte, maxInflated+1))
	f := &file{}
	if _, err := f.unpack(bomb); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
	f = &file{}
	half := pack(dict{}, make([]byte, maxInflated/2+1))
	if _, err := f.unpack(half); err != nil {
		t.Error(err)
	}
	if _, err := f.unpack(half); !errors.Is(err, ErrMalformed) {
		t.Errorf("the bound is not of all streams together: %v", err)
	}
}

func TestUnpack(t *testing.T) {
	rows := []byte{0, 1, 2, 1, 1, 1, 2, 1, 1} // none, sub, up
	parms := dict{"Predictor": 12, "Columns": 2}
	got, err := new(file).unpack(pack(dict{"DecodeParms": parms}, rows))
	if err != nil || !bytes.Equal(got, []byte{1, 2, 1, 2, 2, 3}) {
		t.Errorf("%v, %v", err, got)
	}
	listed := pack(dict{}, rows)
	listed.dict["Filter"], listed.dict["DecodeParms"] = array{name("FlateDecode")}, array{parms}
	if again, err := new(file).unpack(listed); err != nil || !bytes.Equal(again, got) {
		t.Errorf("in a list: %v, %v", err, again)
	}
	for what, s := range map[string]stream{
		"other filter":   {dict{"Filter": name("LZWDecode")}, nil},
		"two filters":    {dict{"Filter": array{name("FlateDecode"), name("FlateDecode")}}, nil},
		"not packed":     {dict{"Filter": name("FlateDecode")}, []byte("junk")},
		"TIFF predictor": pack(dict{"DecodeParms": dict{"Predictor": 2, "Columns": 2}}, rows),
		"no columns":     pack(dict{"DecodeParms": dict{"Predictor": 12}}, rows),
		"huge columns":   pack(dict{"DecodeParms": dict{"Predictor": 12, "Columns": 1 << 20}}, rows),
		"part of a row":  pack(dict{"DecodeParms": dict{"Predictor": 12, "Columns": 3}}, rows),
		"Paeth filter":   pack(dict{"DecodeParms": parms}, []byte{4, 1, 2}),
		"no parameters":  pack(dict{"DecodeParms": name("x")}, rows),
	} {
		if _, err := new(file).unpack(s); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Object streams that do not say what they hold are refused.
func TestObjectStreams(t *testing.T) {
	object := func(n, first int, data string) stream {
		return pack(dict{"Type": name("ObjStm"), "N": n, "First": first}, []byte(data))
	}
	list, err := new(file).unpackObjects(object(2, 8, "5 0 6 3 [1] /B"))
	if err != nil || list[0].num != 5 || !equal(list[0].value, array{1}) || list[1].num != 6 || list[1].value != name("B") {
		t.Errorf("%v, %+v", err, list)
	}
	for what, s := range map[string]stream{
		"too many":       object(3, 8, "5 0 6 3 [1] /B"),
		"huge number":    object(maxObjects+1, 8, "5 0 6 3 [1] /B"),
		"first outside":  object(2, 80, "5 0 6 3 [1] /B"),
		"other order":    object(2, 8, "5 3 6 0 [1] /B"),
		"offset outside": object(2, 8, "5 0 6 9 [1] /B"),
		"not a value":    object(2, 8, "5 0 6 3 [1] )B"),
		"no count":       pack(dict{"First": 0}, nil),
	} {
		if _, err := new(file).unpackObjects(s); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
