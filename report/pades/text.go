package pades

import (
	"bytes"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// clean returns s in normal form C, without control characters and marks of
// writing direction, in which white space is one space.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "?")
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf):
			return -1
		}
		return r
	}, s))
}

// encodeText makes a text string: UTF-16 with a mark in front (ISO 32000-2 §7.9.2.2), or ASCII.
func encodeText(s string) text {
	s = clean(s)
	if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return text{data: []byte(s)}
	}
	data := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(s)) {
		data = append(data, byte(u>>8), byte(u))
	}
	return text{data: data}
}

// decodeText reads a text string; bytes of PDFDocEncoding beyond ASCII become marks of what is missing.
func decodeText(data []byte) string {
	if utf8Text, ok := bytes.CutPrefix(data, []byte{0xef, 0xbb, 0xbf}); ok {
		return clean(string(utf8Text))
	}
	wide, ok := bytes.CutPrefix(data, []byte{0xfe, 0xff})
	if !ok {
		return clean(string(data))
	}
	var units []uint16
	for ; len(wide) >= 2; wide = wide[2:] {
		units = append(units, uint16(wide[0])<<8|uint16(wide[1]))
	}
	return clean(string(utf16.Decode(units)))
}

// encodeTime makes a date (ISO 32000-2 §7.9.4) in the zone of t: D:20260210093000+07'00'.
func encodeTime(t time.Time) text {
	zone := t.Format("-0700")
	return text{data: []byte(t.Format("D:20060102150405") + zone[:3] + "'" + zone[3:] + "'")}
}

// decodeTime reads a date, or returns zero.
func decodeTime(v any) time.Time {
	s, ok := v.(text)
	if !ok || len(s.data) > 32 {
		return time.Time{}
	}
	compact, _, _ := strings.Cut(strings.ReplaceAll(string(s.data), "'", ""), "Z")
	for _, layout := range []string{"D:20060102150405-0700", "D:20060102150405"} {
		if t, err := time.Parse(layout, compact); err == nil {
			return t
		}
	}
	return time.Time{}
}
