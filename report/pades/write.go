package pades

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Placeholders that are filled when the length of the file is known.
type (
	// contentsHole is so many bytes of zeros for a signature.
	contentsHole int

	// rangeHole is space for four numbers.
	rangeHole struct{}
)

// rangeWidth is the width of a ByteRange: brackets, and four numbers of at most eight digits.
const rangeWidth = 2 + 4*9

// A writer appends an update to a file.
type writer struct {
	f       *file
	out     bytes.Buffer
	next    int
	objects map[ref]any
	hole    [2]int // where Contents is, with its brackets
	ranges  int    // where ByteRange is
}

func newWriter(f *file) *writer {
	w := &writer{f: f, next: 1, objects: make(map[ref]any)}
	for _, r := range f.revisions {
		for num := range r.entries {
			w.next = max(w.next, num+1)
		}
		if size, err := whole(r.trailer["Size"]); err == nil && size <= maxNumber {
			w.next = max(w.next, size)
		}
	}
	return w
}

// add gives a value the number of a new object.
func (w *writer) add(value any) ref {
	r := ref{w.next, 0}
	w.next++
	w.objects[r] = value
	return r
}

// pack makes a compressed stream.
func pack(d dict, data []byte) stream {
	d["Filter"] = name("FlateDecode")
	return stream{d, deflate(data)}
}

// update writes the update and returns the whole file, in which ByteRange is still to be filled.
func (w *writer) update() []byte {
	w.out.Write(w.f.data)
	if end := w.f.last().end; end == len(w.f.data) {
		w.out.WriteByte('\n')
	}
	entries := make(map[int]entry)
	for _, r := range slices.SortedFunc(maps.Keys(w.objects), func(a, b ref) int { return a.num - b.num }) {
		entries[r.num] = entry{plain, w.out.Len(), r.gen}
		w.object(r, w.objects[r])
	}
	w.section(entries)
	return w.out.Bytes()
}

func (w *writer) object(r ref, value any) {
	fmt.Fprintf(&w.out, "%d %d obj\n", r.num, r.gen)
	if s, ok := value.(stream); ok {
		s.dict["Length"] = len(s.raw)
		w.value(s.dict)
		w.out.WriteString("\nstream\n")
		w.out.Write(s.raw)
		w.out.WriteString("\nendstream")
	} else {
		w.value(value)
	}
	w.out.WriteString("\nendobj\n")
}

// value writes one value. Dictionaries are in the order of their keys, so that the same values give the same bytes.
func (w *writer) value(value any) {
	switch x := value.(type) {
	case nil:
		w.out.WriteString("null")
	case bool:
		w.out.WriteString(strconv.FormatBool(x))
	case int:
		w.out.WriteString(strconv.Itoa(x))
	case float64:
		w.out.WriteString(number(x))
	case name:
		w.name(x)
	case text:
		w.out.WriteString("<" + hex.EncodeToString(x.data) + ">")
	case ref:
		fmt.Fprintf(&w.out, "%d %d R", x.num, x.gen)
	case array:
		w.array(x)
	case dict:
		w.dict(x)
	case contentsHole:
		w.hole[0] = w.out.Len()
		w.out.WriteString("<" + string(bytes.Repeat([]byte("00"), int(x))) + ">")
		w.hole[1] = w.out.Len()
	case rangeHole:
		w.ranges = w.out.Len()
		w.out.Write(bytes.Repeat([]byte(" "), rangeWidth))
	default:
		panic(fmt.Sprintf("pades: no such value: %T", value))
	}
}

// number writes a fraction to a ten-thousandth, without exponent.
func number(x float64) string {
	s := strconv.FormatFloat(x, 'f', 4, 64)
	return string(bytes.TrimRight(bytes.TrimRight([]byte(s), "0"), "."))
}

func (w *writer) name(n name) {
	w.out.WriteByte('/')
	for _, c := range []byte(n) {
		if c > ' ' && c < 0x7f && c != '#' && isRegular(c) {
			w.out.WriteByte(c)
		} else {
			fmt.Fprintf(&w.out, "#%02x", c)
		}
	}
}

func (w *writer) array(list array) {
	w.out.WriteByte('[')
	for i, v := range list {
		if i > 0 {
			w.out.WriteByte(' ')
		}
		w.value(v)
	}
	w.out.WriteByte(']')
}

func (w *writer) dict(d dict) {
	w.out.WriteString("<<")
	for _, key := range slices.Sorted(maps.Keys(d)) {
		w.out.WriteByte(' ')
		w.name(key)
		w.out.WriteByte(' ')
		w.value(d[key])
	}
	w.out.WriteString(" >>")
}

// section writes what ends the update: a table, or a stream after a stream, since readers do not like both.
func (w *writer) section(entries map[int]entry) {
	last := w.f.last()
	trailer := dict{"Size": w.next, "Root": last.trailer["Root"], "Prev": last.section}
	for _, key := range []name{"Info", "ID"} {
		if v := last.trailer[key]; v != nil {
			trailer[key] = v
		}
	}
	at := w.out.Len()
	if last.stream {
		w.streamSection(entries, trailer)
	} else {
		w.tableSection(entries, trailer)
	}
	fmt.Fprintf(&w.out, "startxref\n%d\n%%%%EOF\n", at)
}

func (w *writer) tableSection(entries map[int]entry, trailer dict) {
	w.out.WriteString("xref\n")
	numbers := slices.Sorted(maps.Keys(entries))
	for len(numbers) > 0 {
		n := consecutive(numbers)
		fmt.Fprintf(&w.out, "%d %d\n", numbers[0], n)
		for _, num := range numbers[:n] {
			fmt.Fprintf(&w.out, "%010d %05d n \n", entries[num].a, entries[num].b)
		}
		numbers = numbers[n:]
	}
	w.out.WriteString("trailer\n")
	w.dict(trailer)
	w.out.WriteByte('\n')
}

// consecutive returns how many numbers at the beginning follow one another.
func consecutive(numbers []int) int {
	n := 1
	for n < len(numbers) && numbers[n] == numbers[0]+n {
		n++
	}
	return n
}

func (w *writer) streamSection(entries map[int]entry, trailer dict) {
	self := ref{w.next, 0}
	entries[self.num] = entry{plain, w.out.Len(), 0}
	var rows []byte
	var index array
	for _, num := range slices.Sorted(maps.Keys(entries)) {
		index = append(index, num, 1)
		rows = append(rows, plain)
		rows = binary.BigEndian.AppendUint32(rows, uint32(entries[num].a))
		rows = binary.BigEndian.AppendUint16(rows, uint16(entries[num].b))
	}
	trailer["Type"], trailer["W"], trailer["Index"] = name("XRef"), array{1, 4, 2}, index
	trailer["Size"] = w.next + 1
	w.object(self, stream{trailer, rows})
}

// fillRange writes the ByteRange into its space: everything but the Contents.
func (w *writer) fillRange(file []byte) {
	space := file[w.ranges : w.ranges+rangeWidth]
	text := fmt.Sprintf("[0 %d %d %d]", w.hole[0], w.hole[1], len(file)-w.hole[1])
	copy(space, fmt.Sprintf("%-*s", rangeWidth, text))
}
