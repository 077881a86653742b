package pades

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// packedUpdate appends an object stream with one object, and after it an update
// for whose sake everything before is read.
func packedUpdate(pdf []byte, object string) []byte {
	f := must(open(pdf))
	s := pack(dict{"Type": name("ObjStm"), "N": 1, "First": 6}, []byte("401 0 "+object))
	out, at := bytes.NewBuffer(bytes.Clone(pdf)), len(pdf)
	fmt.Fprintf(out, "400 0 obj\n<< /Type /ObjStm /N 1 /First 6 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\nendobj\n", len(s.raw), s.raw)
	section := out.Len()
	var rows []byte
	for _, e := range []entry{{plain, at, 0}, {compressed, 400, 0}, {plain, section, 0}} {
		rows = append(rows, byte(e.kind))
		rows = binary.BigEndian.AppendUint32(rows, uint32(e.a))
		rows = append(rows, byte(e.b))
	}
	root := f.last().trailer["Root"].(ref)
	fmt.Fprintf(out, "402 0 obj\n<< /Type /XRef /Size 403 /Root %d 0 R /Prev %d /W [1 4 1] /Index [400 3] /Length %d >>\nstream\n%s\nendstream\nendobj\n",
		root.num, f.last().section, len(rows), rows)
	fmt.Fprintf(out, "startxref\n%d\n%%%%EOF\n", section)
	return raw(out.Bytes(), "", "0 0\n")
}

// allocated is how many bytes of memory a function asks for in all.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A small file of a great many small values does not fill memory.
func TestManyValues(t *testing.T) {
	const value = "<</a 0>>"
	for _, c := range []struct {
		what   string
		values int
		most   uint64 // bytes
		want   error
	}{
		{"a paper's worth", 10_000, 64 << 20, ErrUnsigned},
		{"too many values", 1_900_000, 128 << 20, ErrMalformed},
		{"too many bytes", 7_900_000, 128 << 20, ErrMalformed},
	} {
		pdf := packedUpdate(paper(), "["+strings.Repeat(value, c.values)+"]")
		if len(pdf) > len(paper())+200_000 {
			t.Fatalf("%s: %d bytes", c.what, len(pdf))
		}
		var err error
		used := allocated(func() { _, err = Continues(paper(), pdf, trust()) })
		if !errors.Is(err, c.want) || used > c.most {
			t.Errorf("%s: %v, %d MB", c.what, err, used>>20)
		}
	}
}
