package typeset

import "encoding/binary"

// coverage returns the characters that a TrueType font has a glyph for. It
// reads the character map for the Unicode basic plane (table cmap, platform 3,
// encoding 1, format 4), which is the one that the PDF library draws from. The
// font is one of those built into the program: a malformed one panics.
func coverage(ttf []byte) map[rune]bool {
	set := make(map[rune]bool)
	table := unicodeMap(ttf)
	for i := range int(u16(table, 6)) / 2 {
		s := newSegment(table, i)
		for c := int(s.start); c <= int(s.end) && c < 0xffff; c++ {
			if s.glyph(uint16(c)) != 0 {
				set[rune(c)] = true
			}
		}
	}
	return set
}

// unicodeMap finds the format 4 character map.
func unicodeMap(ttf []byte) []byte {
	for i := range int(u16(ttf, 4)) {
		if entry := ttf[12+16*i:]; string(entry[:4]) == "cmap" {
			return unicodeSubtable(ttf[u32(entry, 8):])
		}
	}
	panic("typeset: font without a character map")
}

func unicodeSubtable(cmap []byte) []byte {
	for i := range int(u16(cmap, 2)) {
		entry := cmap[4+8*i:]
		if u16(entry, 0) == 3 && u16(entry, 2) == 1 {
			return cmap[u32(entry, 4):]
		}
	}
	panic("typeset: font without a Unicode character map")
}

// A segment maps the characters from start to end, by a difference, or through
// the words that follow when those are not empty.
type segment struct {
	start, end, delta uint16
	words             []byte
}

func newSegment(table []byte, i int) segment {
	size := int(u16(table, 6))
	at := func(array int) int { return 14 + array*size + 2*i }
	offset := at(3) + 2
	s := segment{start: u16(table, at(1)+2), end: u16(table, at(0)), delta: u16(table, at(2)+2)}
	if skip := u16(table, offset); skip != 0 {
		s.words = table[offset+int(skip):]
	}
	return s
}

func (s segment) glyph(c uint16) uint16 {
	if s.words == nil {
		return c + s.delta
	}
	g := u16(s.words, 2*int(c-s.start))
	if g == 0 {
		return 0
	}
	return g + s.delta
}

func u16(b []byte, at int) uint16 { return binary.BigEndian.Uint16(b[at:]) }

func u32(b []byte, at int) uint32 { return binary.BigEndian.Uint32(b[at:]) }
