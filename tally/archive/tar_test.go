package archive_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/tally/archive"
)

// smallArchive is the vote as one file, and the lengths at which it is a whole
// archive: after each event from the Setup on.
func smallArchive() (text []byte, whole map[int]archive.State) {
	v := theVote()
	whole = map[int]archive.State{}
	states := []archive.State{archive.StateOpen, archive.StateOpen, archive.StateOpen, archive.StateOpen, archive.StateClosed,
		archive.StateAggregated, archive.StateAggregated, archive.StateAggregated, archive.StateResult}
	for i, state := range states {
		text = tell(v.steps[:i+1]...)
		whole[len(text)] = state
	}
	return text, whole
}

// field overwrites a field of the header at a place and mends the checksum, so
// that only the field is wrong.
func field(text []byte, at, offset int, value string) []byte {
	text = bytes.Clone(text)
	h := text[at : at+512]
	copy(h[offset:], value)
	copy(h[148:], "        ")
	sum := 0
	for _, c := range h {
		sum += int(c)
	}
	copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
	return text
}

// TestHeaders changes each field of the second header, which the profile fixes
// to the byte.
func TestHeaders(t *testing.T) {
	text, _ := smallArchive()
	const at = 1024 // after BELENIOS
	for _, c := range []struct {
		name, value string
		offset      int
		err         error
	}{
		{"mode", "0000755\x00", 100, archive.ErrHeader},
		{"mode of another spelling", "000644 \x00", 100, archive.ErrHeader},
		{"owner", "0000001\x00", 108, archive.ErrHeader},
		{"group", "0000001\x00", 116, archive.ErrHeader},
		{"time", "00000000001\x00", 136, archive.ErrHeader},
		{"type symbolic link", "2", 156, archive.ErrHeader},
		{"type as zero", "\x00", 156, archive.ErrHeader},
		{"link name", "target", 157, archive.ErrHeader},
		{"magic", "ustar\x0000", 257, archive.ErrHeader},
		{"last byte", "\x01", 511, archive.ErrHeader},
		{"name of nothing", strings.Repeat("\x00", 100), 0, archive.ErrHeader},
		{"name that is no hash", "README.txt" + strings.Repeat("\x00", 90), 0, archive.ErrHeader},
		{"name in upper case", "ABCDEF", 0, archive.ErrHeader},
		{"name of other kind", strings.Repeat("a", 64) + ".data.txt\x00", 0, archive.ErrHeader},
		{"name of another content", strings.Repeat("a", 64), 0, archive.ErrName},
		{"hidden after the name", "x", 99, archive.ErrHeader},
		{"size of the largest", "77777777777\x00", 124, archive.ErrTruncated},
		{"size below zero", "-0000000001\x00", 124, archive.ErrHeader},
		{"size of no digits", "           \x00", 124, archive.ErrHeader},
		{"size in binary", "\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00", 124, archive.ErrHeader},
		{"size one less", fmt.Sprintf("%011o\x00", len(theVote().Setup.Election)-1), 124, archive.ErrName},
		{"size one more", fmt.Sprintf("%011o\x00", len(theVote().Setup.Election)+1), 124, archive.ErrName},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantRefused(t, verify(t, field(text, at, c.offset, c.value), archive.Options{}), c.err, "file 2: ")
		})
	}
	spoiled := bytes.Clone(text)
	spoiled[at+148] ^= 1
	wantRefused(t, verify(t, spoiled, archive.Options{}), archive.ErrHeader, "file 2: ")
}

// TestPadding writes into the zero bytes after a file.
func TestPadding(t *testing.T) {
	text, _ := smallArchive()
	for _, at := range []int{1023, 512 + len(`{"version":1,"timestamp":"1700000000"}`)} {
		spoiled := bytes.Clone(text)
		spoiled[at] = 1
		wantRefused(t, verify(t, spoiled, archive.Options{}), archive.ErrHeader, "archive: header")
	}
	spoiled := bytes.Clone(text)
	spoiled[len(text)-1] = 1
	r := verify(t, spoiled, archive.Options{})
	if wantRefused(t, r, archive.ErrHeader, "file "); r.Result != nil {
		t.Error("a result was reported")
	}
	for _, more := range []int{1, 512, 1024, 10240} {
		r := verify(t, append(bytes.Clone(text), make([]byte, more)...), archive.Options{})
		want := archive.ErrHeader
		if more < 512 {
			want = archive.ErrTruncated
		}
		wantRefused(t, r, want, "file 25: ")
	}
}

// TestHead changes the first file. What does not begin as an archive is told
// apart from an archive that is broken.
func TestHead(t *testing.T) {
	text, _ := smallArchive()
	rest := text[1024:]
	head := func(content string) []byte {
		b := field(make([]byte, 512), 0, 0, "BELENIOS")
		copy(b, text[:512])
		b = field(b, 0, 124, fmt.Sprintf("%011o", len(content)))
		b = append(b, content...)
		return append(append(b, make([]byte, (512-len(content)%512)%512)...), rest...)
	}
	for _, c := range []struct {
		name string
		text []byte
		err  error
	}{
		{"version 2", head(`{"version":2,"timestamp":"1700000000"}`), archive.ErrVersion},
		{"time as a number", head(`{"version":1,"timestamp":1700000000}`), wire.ErrCanonical},
		{"time with a sign", head(`{"version":1,"timestamp":"+1700000000"}`), wire.ErrCanonical},
		{"time with a zero before", head(`{"version":1,"timestamp":"01700000000"}`), wire.ErrCanonical},
		{"time beyond the header", head(`{"version":1,"timestamp":"8589934592"}`), wire.ErrCanonical},
		{"no time", head(`{"version":1}`), wire.ErrCanonical},
		{"nothing", head(``), wire.ErrCanonical},
		{"another time than the others", head(`{"version":1,"timestamp":"1700000001"}`), archive.ErrHeader},
		{"too long", head(`{"version":1,"timestamp":"1700000000"}` + strings.Repeat(" ", 500)), archive.ErrHeader},
		{"mode", field(text, 0, 100, "0000755\x00"), archive.ErrHeader},
		{"magic", field(text, 0, 257, "ustar\x0000"), archive.ErrHeader},
		{"size below zero", field(text, 0, 124, "-0000000001\x00"), archive.ErrHeader},
		{"size of no digits", field(text, 0, 124, "xxxxxxxxxxx\x00"), archive.ErrHeader},
		{"only the header", text[:512], archive.ErrTruncated},
		{"half the content", text[:530], archive.ErrTruncated},
		{"no padding", text[:1000], archive.ErrTruncated},
		{"nothing after it", text[:1024], archive.ErrOrder},
	} {
		t.Run(c.name, func(t *testing.T) { wantRefused(t, verify(t, c.text, archive.Options{}), c.err, "") })
	}
	for _, b := range [][]byte{nil, {}, []byte("BELENIOS"), text[:511], rest, field(text, 0, 0, "belenios"), make([]byte, 5000), bytes.Repeat([]byte("PK"), 700)} {
		if _, err := archive.Verify(bytes.NewReader(b), int64(len(b)), archive.Options{}); !errors.Is(err, archive.ErrNotArchive) {
			t.Errorf("%.20q: %v", b, err)
		}
	}
}

// TestCut ends the archive at every block and at many other places. Only where
// a stage is complete is what is left an archive.
func TestCut(t *testing.T) {
	text, whole := smallArchive()
	cut := func(n int) {
		r, err := archive.Verify(bytes.NewReader(text[:n]), int64(n), archive.Options{})
		if n < 512 {
			if !errors.Is(err, archive.ErrNotArchive) {
				t.Errorf("%d bytes: %v", n, err)
			}
			return
		}
		ok(t, err)
		state, complete := whole[n]
		if r.Valid() != complete || (complete && r.State != state) || (r.Result != nil) != (state == archive.StateResult) {
			t.Errorf("%d bytes: %s, result %v, reason %v, want complete %v %s", n, r.State, r.Result, r.Reason, complete, state)
		}
	}
	for n := 0; n <= len(text); n += 512 {
		cut(n)
	}
	for range 150 {
		cut(rand.IntN(len(text)))
	}
	for n := range whole {
		cut(n - 1)
	}
}

// TestShortFile says that the file is longer than it is.
func TestShortFile(t *testing.T) {
	text, _ := smallArchive()
	for _, n := range []int{600, 1024, 5000, len(text) - 1, len(text)} {
		r, err := archive.Verify(bytes.NewReader(text[:n]), int64(len(text)+512), archive.Options{})
		if ok(t, err); r.Valid() {
			t.Errorf("%d bytes passed for %d", n, len(text)+512)
		}
	}
}

// TestAnyBit flips one bit at random places: nothing in an archive is free.
func TestAnyBit(t *testing.T) {
	text, _ := smallArchive()
	for range 400 {
		at, bit := rand.IntN(len(text)), byte(1)<<rand.IntN(8)
		spoiled := bytes.Clone(text)
		spoiled[at] ^= bit
		r, err := archive.Verify(bytes.NewReader(spoiled), int64(len(spoiled)), archive.Options{})
		if err == nil && r.Valid() {
			t.Errorf("byte %d xor %d: valid", at, bit)
		}
	}
}

// FuzzVerify puts something in the place of a piece of an archive, and cuts it:
// nothing makes Verify panic, and what it accepts is a beginning, to the byte,
// of the archive as it was.
func FuzzVerify(f *testing.F) {
	text, whole := smallArchive()
	for n := range whole {
		f.Add(uint(0), uint(0), []byte{}, uint(len(text)-n)) // good
		f.Add(uint(n-1), uint(1), []byte{1}, uint(0))
	}
	f.Add(uint(124), uint(11), []byte("-0000000001"), uint(0))
	f.Add(uint(1024+124), uint(11), []byte("77777777777"), uint(0))
	f.Add(uint(1024), uint(0), make([]byte, 512), uint(0))
	f.Add(uint(1024+512), uint(20), []byte(`{"version":9,"descri`), uint(0))
	f.Fuzz(func(t *testing.T, at, remove uint, insert []byte, cut uint) {
		at = min(at, uint(len(text)))
		remove = min(remove, uint(len(text))-at)
		data := slices.Concat(text[:at], insert, text[at+remove:])
		data = data[:uint(len(data))-min(cut, uint(len(data)))]
		r, err := archive.Verify(bytes.NewReader(data), int64(len(data)), archive.Options{})
		if err != nil || !r.Valid() {
			return
		}
		if state, complete := whole[len(data)]; !complete || state != r.State || !bytes.Equal(data, text[:len(data)]) {
			t.Errorf("accepted as %s: %d bytes, of which the last are %q", r.State, len(data), data[max(0, len(data)-100):])
		}
	})
}
