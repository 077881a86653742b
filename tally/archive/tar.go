package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/homphieu/homphieu/crypto/wire"
)

const (
	blockSize   = 512
	headerName  = "BELENIOS"
	dataSuffix  = ".data.json"
	eventSuffix = ".event.json"
)

// A Kind tells data from events.
type Kind byte

// The kinds of files after the first.
const (
	KindData Kind = iota
	KindEvent
)

// Name returns the name of a file with the given hash.
func (k Kind) Name(hash [32]byte) string {
	if k == KindEvent {
		return hex.EncodeToString(hash[:]) + eventSuffix
	}
	return hex.EncodeToString(hash[:]) + dataSuffix
}

// tarHeader returns the one header that a file of this name, size and
// timestamp has: Unix V7 tar, mode 0000644, owner and group 0, no magic.
func tarHeader(name string, size, timestamp int64) [blockSize]byte {
	var h [blockSize]byte
	copy(h[:100], name)
	copy(h[100:], "0000644\x000000000\x000000000\x00")
	copy(h[124:], fmt.Sprintf("%011o\x00%011o\x00", size, timestamp))
	copy(h[148:], "        0")
	sum := 0
	for _, c := range h {
		sum += int(c)
	}
	copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
	return h
}

// padding returns how many zero bytes follow a file of the given size.
func padding(size int64) int64 { return (blockSize - size%blockSize) % blockSize }

// EntrySize returns how many bytes a file of the given size takes in all.
func EntrySize(size int64) int64 { return blockSize + size + padding(size) }

// AppendHead appends the first file of an archive with the given timestamp,
// the same seconds since 1970 in every header.
func AppendHead(b []byte, timestamp int64) []byte {
	content := fmt.Appendf(nil, `{"version":1,"timestamp":"%d"}`, timestamp)
	return appendFile(b, headerName, content, timestamp)
}

// AppendEntry appends a file named by its content's hash.
func AppendEntry(b []byte, kind Kind, content []byte, timestamp int64) []byte {
	return appendFile(b, kind.Name(sha256.Sum256(content)), content, timestamp)
}

func appendFile(b []byte, name string, content []byte, timestamp int64) []byte {
	header := tarHeader(name, int64(len(content)), timestamp)
	b = slices.Grow(b, int(EntrySize(int64(len(content)))))
	b = append(append(b, header[:]...), content...)
	return append(b, make([]byte, padding(int64(len(content))))...)
}

// An entry is a file of an archive and where its content stands.
type entry struct {
	kind   Kind
	hash   [32]byte
	offset int64
	size   int64
}

// scanner walks over an archive's files, checking headers, names and padding.
type scanner struct {
	file      io.ReaderAt
	end       int64
	pos       int64
	timestamp int64
	count     int // files read so far, for naming a place
	buffer    []byte
}

// newScanner reads the first file.
func newScanner(file io.ReaderAt, size int64) (*scanner, error) {
	s := &scanner{file: file, end: size, buffer: make([]byte, 64<<10)}
	var header [blockSize]byte
	if _, err := file.ReadAt(header[:], 0); err != nil || headerFileName(header) != headerName {
		return nil, ErrNotArchive
	}
	length, err := headerSize(header)
	if err != nil || length < 0 || length > blockSize {
		return nil, ErrHeader
	}
	content := make([]byte, length)
	if _, err := file.ReadAt(content, blockSize); err != nil {
		return nil, ErrTruncated
	}
	if s.timestamp, err = parseHead(content); err != nil {
		return nil, err
	}
	if header != tarHeader(headerName, length, s.timestamp) {
		return nil, ErrHeader
	}
	if err := s.skipPadding(blockSize + length); err != nil {
		return nil, err
	}
	s.count++
	return s, nil
}

func headerFileName(h [blockSize]byte) string {
	return strings.TrimRight(string(h[:100]), "\x00")
}

func headerSize(h [blockSize]byte) (int64, error) {
	return strconv.ParseInt(strings.TrimRight(string(h[124:136]), "\x00"), 8, 64)
}

func parseHead(content []byte) (int64, error) {
	r := wire.NewReader(content)
	r.Literal(`{"version":`)
	if r.Int() != 1 && r.Err() == nil {
		return 0, ErrVersion
	}
	r.Literal(`,"timestamp":`)
	seconds := r.Word()
	r.Literal(`}`)
	timestamp, err := strconv.ParseUint(seconds, 10, 33)
	if r.End() != nil || err != nil || strconv.FormatUint(timestamp, 10) != seconds {
		return 0, fmt.Errorf("archive: header: %w", wire.ErrCanonical)
	}
	return int64(timestamp), nil
}

// next returns the next file after checking everything about it but its
// content, or io.EOF at the end.
func (s *scanner) next() (entry, error) {
	if s.pos == s.end {
		return entry{}, io.EOF
	}
	var header [blockSize]byte
	if _, err := s.file.ReadAt(header[:], s.pos); err != nil || s.pos+blockSize > s.end {
		return entry{}, ErrTruncated
	}
	size, err := headerSize(header)
	if err != nil || size < 0 {
		return entry{}, ErrHeader
	}
	e := entry{offset: s.pos + blockSize, size: size}
	name := headerFileName(header)
	digits, isEvent := strings.CutSuffix(name, eventSuffix)
	if isEvent {
		e.kind = KindEvent
	} else {
		digits = strings.TrimSuffix(name, dataSuffix)
	}
	if n, err := hex.Decode(e.hash[:], []byte(digits[:min(len(digits), 64)])); err != nil || n != 32 {
		return entry{}, ErrHeader
	}
	if header != tarHeader(e.kind.Name(e.hash), size, s.timestamp) {
		return entry{}, ErrHeader
	}
	if size > s.end-e.offset {
		return entry{}, ErrTruncated
	}
	if err := s.checkContent(e); err != nil {
		return entry{}, err
	}
	s.count++
	return e, nil
}

// checkContent compares the content with the name and reads past the padding.
func (s *scanner) checkContent(e entry) error {
	h := sha256.New()
	if _, err := io.CopyBuffer(h, s.section(e), s.buffer); err != nil {
		return ErrTruncated
	}
	if [32]byte(h.Sum(nil)) != e.hash {
		return ErrName
	}
	return s.skipPadding(e.offset + e.size)
}

func (s *scanner) skipPadding(from int64) error {
	var got, zero [blockSize]byte
	n := padding(from)
	if from+n > s.end {
		return ErrTruncated
	}
	if _, err := s.file.ReadAt(got[:n], from); err != nil && n > 0 {
		return ErrTruncated
	}
	if !bytes.Equal(got[:n], zero[:n]) {
		return ErrHeader
	}
	s.pos = from + n
	return nil
}

// section returns a reader of an entry's content alone.
func (s *scanner) section(e entry) *io.SectionReader {
	return io.NewSectionReader(s.file, e.offset, e.size)
}

// content reads the whole content of an entry of at most limit bytes.
func (s *scanner) content(e entry, limit int64) ([]byte, error) { return s.contentInto(nil, e, limit) }

// contentInto is content, in the place of another if that is large enough.
func (s *scanner) contentInto(old []byte, e entry, limit int64) ([]byte, error) {
	if e.size > limit {
		return nil, fmt.Errorf("%s: %d bytes, at most %d expected", e.kind.Name(e.hash), e.size, limit)
	}
	content := slices.Grow(old[:0], int(e.size))[:e.size]
	if _, err := s.file.ReadAt(content, e.offset); err != nil {
		return nil, ErrTruncated
	}
	return content, nil
}
