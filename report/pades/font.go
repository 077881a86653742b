package pades

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"codeberg.org/go-fonts/liberation/liberationserifregular"
)

// missing is written for a character that the font does not have.
const missing = '?'

// A font is a TrueType font built into the program: a malformed one panics.
type font struct {
	tables map[string][]byte
	glyphs map[rune]int
	units  int // per em
	long   bool
}

// serif is Liberation Serif, which has the measures of Times New Roman and every letter of Vietnamese.
var serif = sync.OnceValue(func() *font { return parseFont(liberationserifregular.TTF) })

func u16(b []byte, at int) int { return int(binary.BigEndian.Uint16(b[at:])) }
func i16(b []byte, at int) int { return int(int16(binary.BigEndian.Uint16(b[at:]))) }
func u32(b []byte, at int) int { return int(binary.BigEndian.Uint32(b[at:])) }

func parseFont(ttf []byte) *font {
	f := parseTables(ttf)
	f.glyphs = f.characters()
	return f
}

func parseTables(ttf []byte) *font {
	f := &font{tables: make(map[string][]byte)}
	for i := range u16(ttf, 4) {
		entry := ttf[12+16*i:]
		f.tables[string(entry[:4])] = ttf[u32(entry, 8):][:u32(entry, 12)]
	}
	head := f.tables["head"]
	f.units, f.long = u16(head, 18), u16(head, 50) == 1
	return f
}

// characters reads the map of the Unicode basic plane (cmap, platform 3, encoding 1, format 4).
func (f *font) characters() map[rune]int {
	cmap := f.tables["cmap"]
	var table []byte
	for i := range u16(cmap, 2) {
		if entry := cmap[4+8*i:]; u16(entry, 0) == 3 && u16(entry, 2) == 1 {
			table = cmap[u32(entry, 4):]
		}
	}
	glyphs := make(map[rune]int)
	size := u16(table, 6)
	for i := 0; i < size; i += 2 {
		end, start := u16(table, 14+i), u16(table, 16+size+i)
		for c := start; c <= end && c < 0xffff; c++ {
			if g := segmentGlyph(table, i, c); g != 0 {
				glyphs[rune(c)] = g
			}
		}
	}
	return glyphs
}

// segmentGlyph returns the glyph of a character in the segment at offset i of the four arrays.
func segmentGlyph(table []byte, i, c int) int {
	size := u16(table, 6)
	start, delta, at := u16(table, 16+size+i), u16(table, 16+2*size+i), 16+3*size+i
	skip := u16(table, at)
	if skip == 0 {
		return (c + delta) & 0xffff
	}
	g := u16(table, at+skip+2*(c-start))
	if g == 0 {
		return 0
	}
	return (g + delta) & 0xffff
}

// width returns a glyph's advance in units.
func (f *font) width(glyph int) int {
	last := u16(f.tables["hhea"], 34) - 1
	return u16(f.tables["hmtx"], 4*min(glyph, last))
}

// outline returns the data of a glyph.
func (f *font) outline(glyph int) []byte {
	loca := f.tables["loca"]
	if f.long {
		return f.tables["glyf"][u32(loca, 4*glyph):u32(loca, 4*glyph+4)]
	}
	return f.tables["glyf"][2*u16(loca, 2*glyph) : 2*u16(loca, 2*glyph+2)]
}

// Flags of the parts of a composite glyph (OpenType, table glyf).
const (
	wordArguments = 1 << 0
	oneScale      = 1 << 3
	moreParts     = 1 << 5
	twoScales     = 1 << 6
	matrix        = 1 << 7
)

// parts returns the glyphs that a composite glyph is made of.
func parts(outline []byte) []int {
	if len(outline) == 0 || i16(outline, 0) >= 0 {
		return nil
	}
	var list []int
	for at, flags := 10, moreParts; flags&moreParts != 0; {
		flags = u16(outline, at)
		list = append(list, u16(outline, at+2))
		at += 6
		for _, extra := range []struct{ flag, size int }{{wordArguments, 2}, {oneScale, 2}, {twoScales, 4}, {matrix, 8}} {
			if flags&extra.flag != 0 {
				at += extra.size
			}
		}
	}
	return list
}

// A face is the font with the glyphs that were used.
type face struct {
	font *font
	used map[int]rune
}

func newFace() *face { return &face{serif(), make(map[int]rune)} }

// encode returns a line as glyphs in hexadecimal, and its width in ems.
func (a *face) encode(line string) (string, float64) {
	var code strings.Builder
	units := 0
	for _, r := range line {
		g, ok := a.font.glyphs[r]
		if !ok {
			r = missing
			g = a.font.glyphs[r]
		}
		a.used[g] = r
		units += a.font.width(g)
		fmt.Fprintf(&code, "%04x", g)
	}
	return code.String(), float64(units) / float64(a.font.units)
}

// subset returns a font file in which glyphs keep their numbers, and only those used have an outline.
func (a *face) subset() []byte {
	keep := map[int]bool{0: true}
	var add func(g int)
	add = func(g int) {
		keep[g] = true
		for _, part := range parts(a.font.outline(g)) {
			add(part)
		}
	}
	for g := range a.used {
		add(g)
	}
	var loca, glyf []byte
	metrics := bytes.Clone(a.font.tables["hmtx"])
	for g := range u16(a.font.tables["maxp"], 4) {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		if keep[g] {
			glyf = append(glyf, a.font.outline(g)...)
			glyf = append(glyf, make([]byte, -len(glyf)&3)...)
		} else if 4*g+4 <= len(metrics) {
			clear(metrics[4*g : 4*g+4])
		}
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	head := bytes.Clone(a.font.tables["head"])
	binary.BigEndian.PutUint32(head[8:], 0)  // the check sum of the file, which readers of PDF do not look at
	binary.BigEndian.PutUint16(head[50:], 1) // long offsets
	tables := map[string][]byte{"head": head, "hmtx": metrics, "loca": loca, "glyf": glyf}
	for _, tag := range []string{"hhea", "maxp", "cvt ", "fpgm", "prep"} {
		tables[tag] = a.font.tables[tag]
	}
	return fontFile(tables)
}

// fontFile writes a font of these tables (OpenType, table directory).
func fontFile(tables map[string][]byte) []byte {
	n := len(tables)
	power := 1
	for 2*power <= n {
		power *= 2
	}
	log := len(fmt.Sprintf("%b", power)) - 1
	file := []byte{0, 1, 0, 0}
	for _, v := range []int{n, 16 * power, log, 16 * (n - power)} {
		file = binary.BigEndian.AppendUint16(file, uint16(v))
	}
	var body []byte
	for _, tag := range slices.Sorted(maps.Keys(tables)) {
		data := tables[tag]
		padded := append(bytes.Clone(data), make([]byte, -len(data)&3)...)
		file = append(file, tag...)
		file = binary.BigEndian.AppendUint32(file, checkSum(padded))
		file = binary.BigEndian.AppendUint32(file, uint32(12+16*n+len(body)))
		file = binary.BigEndian.AppendUint32(file, uint32(len(data)))
		body = append(body, padded...)
	}
	return append(file, body...)
}

func checkSum(padded []byte) uint32 {
	var sum uint32
	for ; len(padded) > 0; padded = padded[4:] {
		sum += binary.BigEndian.Uint32(padded)
	}
	return sum
}

// addFont adds the face as a composite font whose codes are glyphs (ISO 32000-2 §9.7).
func (w *writer) addFont(a *face) ref {
	const base = name("HPHIEU+LiberationSerif")
	scale := func(units int) int { return units * 1000 / a.font.units }
	head, hhea := a.font.tables["head"], a.font.tables["hhea"]
	program := a.subset()
	descriptor := w.add(dict{
		"Type": name("FontDescriptor"), "FontName": base, "Flags": 4, "ItalicAngle": 0, "StemV": 80,
		"FontBBox": array{scale(i16(head, 36)), scale(i16(head, 38)), scale(i16(head, 40)), scale(i16(head, 42))},
		"Ascent":   scale(i16(hhea, 4)), "Descent": scale(i16(hhea, 6)), "CapHeight": 660,
		"FontFile2": w.add(pack(dict{"Length1": len(program)}, program)),
	})
	var widths array
	for _, g := range slices.Sorted(maps.Keys(a.used)) {
		widths = append(widths, g, array{scale(a.font.width(g))})
	}
	descendant := w.add(dict{
		"Type": name("Font"), "Subtype": name("CIDFontType2"), "BaseFont": base, "CIDToGIDMap": name("Identity"),
		"CIDSystemInfo":  dict{"Registry": text{data: []byte("Adobe")}, "Ordering": text{data: []byte("Identity")}, "Supplement": 0},
		"FontDescriptor": descriptor, "DW": 0, "W": widths,
	})
	return w.add(dict{
		"Type": name("Font"), "Subtype": name("Type0"), "BaseFont": base, "Encoding": name("Identity-H"),
		"DescendantFonts": array{descendant}, "ToUnicode": w.add(pack(dict{}, a.toUnicode())),
	})
}

// toUnicode says which character each glyph is, so that text can be searched (ISO 32000-2 §9.10.3).
func (a *face) toUnicode() []byte {
	var out strings.Builder
	out.WriteString("/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n" +
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n" +
		"1 begincodespacerange <0000> <ffff> endcodespacerange\n")
	for chunk := range slices.Chunk(slices.Sorted(maps.Keys(a.used)), 100) {
		fmt.Fprintf(&out, "%d beginbfchar\n", len(chunk))
		for _, g := range chunk {
			fmt.Fprintf(&out, "<%04x> <%04x>\n", g, a.used[g])
		}
		out.WriteString("endbfchar\n")
	}
	out.WriteString("endcmap CMapName currentdict /CMap defineresource pop end end\n")
	return []byte(out.String())
}
