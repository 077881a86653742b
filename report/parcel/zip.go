package parcel

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"path"
)

// The limits of a package, in bytes and in files.
const (
	MaxSize    = 64 << 20  // of the file
	MaxContent = 256 << 20 // of all files in it together, unpacked
	maxFiles   = 400
	maxName    = 100
)

// The signatures and lengths of what a ZIP is made of (PKWARE APPNOTE §4.3).
const (
	localSignature   = 0x04034b50
	centralSignature = 0x02014b50
	endSignature     = 0x06054b50

	centralSize = 46 // before the name
	endSize     = 22

	stored   = 0
	deflated = 8

	mostDense = 1032 // bytes that one packed byte can become: 258 by two bits (RFC 1951)

	version = 20     // 2.0
	date    = 0x0021 // 1980-01-01, the first that there is; the time is 0
)

// errZIP is returned for a file that is not a package as this program writes
// them, down to the byte. It says no more.
var errZIP = errors.New("zip: not as packages are written")

// A member is a file in a package.
type member struct {
	name   string
	crc    uint32
	size   int    // unpacked
	packed []byte // as it lies in the package
}

// method is how a file lies in a package, which its name decides: what is packed
// already, and what is read first, is stored.
func method(name string) uint16 {
	switch path.Ext(name) {
	case ".pdf", ".xlsx", ".p7s":
		return stored
	}
	if name == ManifestFile {
		return stored
	}
	return deflated
}

// pack makes a member. The same content gives the same bytes with the same
// version of Go; who reads does not rely on it.
func pack(name string, content []byte) (member, error) {
	m := member{name, crc32.ChecksumIEEE(content), len(content), content}
	if method(name) == stored {
		return m, nil
	}
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.DefaultCompression)
	if err != nil {
		return m, err
	}
	_, err = w.Write(content)
	m.packed = b.Bytes()
	if err := errors.Join(err, w.Close()); err != nil {
		return m, err
	}
	m.packed = b.Bytes()
	return m, nil
}

// content unpacks a member: never more than its size, and nothing may be left.
func (m *member) content() ([]byte, error) {
	content := m.packed
	if method(m.name) == deflated {
		rest := bytes.NewReader(m.packed) // a ByteReader: nothing beyond the end is taken
		r := flate.NewReader(rest)
		content = make([]byte, m.size)
		if _, err := io.ReadFull(r, content); err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, errZIP)
		}
		if n, err := r.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) || rest.Len() != 0 {
			return nil, fmt.Errorf("%s: %w", m.name, errZIP)
		}
	}
	if len(content) != m.size || crc32.ChecksumIEEE(content) != m.crc {
		return nil, fmt.Errorf("%s: %w", m.name, errZIP)
	}
	return content, nil
}

// header appends what the local header of a member and its entry in the central
// directory have in common, from the version needed to the length of the name.
func (m *member) header(b []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint16(b, version)
	b = le.AppendUint16(b, 0) // flags
	b = le.AppendUint16(b, method(m.name))
	b = le.AppendUint16(b, 0) // time
	b = le.AppendUint16(b, date)
	b = le.AppendUint32(b, m.crc)
	b = le.AppendUint32(b, uint32(len(m.packed)))
	b = le.AppendUint32(b, uint32(m.size))
	b = le.AppendUint16(b, uint16(len(m.name)))
	return le.AppendUint16(b, 0) // length of the extra field
}

// local appends what stands before the bytes of a member.
func (m *member) local(b []byte) []byte {
	return append(m.header(binary.LittleEndian.AppendUint32(b, localSignature)), m.name...)
}

// central appends the entry of a member in the central directory.
func (m *member) central(b []byte, offset int) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(b, centralSignature)
	b = le.AppendUint16(b, version)
	b = m.header(b)
	b = append(b, make([]byte, 10)...) // comment, disk, attributes
	return append(le.AppendUint32(b, uint32(offset)), m.name...)
}

// end appends the end of the central directory, which has n entries.
func end(b []byte, n, size, offset int) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(b, endSignature)
	b = le.AppendUint32(b, 0) // disks
	b = le.AppendUint16(b, uint16(n))
	b = le.AppendUint16(b, uint16(n))
	b = le.AppendUint32(b, uint32(size))
	b = le.AppendUint32(b, uint32(offset))
	return le.AppendUint16(b, 0) // comment
}

// writeZIP returns the file of these members, in this order.
func writeZIP(list []member) ([]byte, error) {
	var b, directory []byte
	total := 0
	for i := range list {
		directory = list[i].central(directory, len(b))
		b = append(list[i].local(b), list[i].packed...)
		total += list[i].size
	}
	offset := len(b)
	b = end(append(b, directory...), len(list), len(directory), offset)
	if len(b) > MaxSize || total > MaxContent || len(list) > maxFiles {
		return nil, fmt.Errorf("%w: %d files of %d bytes, packed %d", ErrTooLarge, len(list), total, len(b))
	}
	return b, nil
}

// readZIP takes a file apart that [writeZIP] could have written, and no other:
// each header is written again and compared, so that central directory and local
// headers agree, and nothing lies between, before or behind the members. It
// unpacks nothing, and allocates for at most maxFiles.
func readZIP(file []byte) ([]member, error) {
	if len(file) > MaxSize {
		return nil, ErrTooLarge
	}
	if len(file) < endSize {
		return nil, errZIP
	}
	le := binary.LittleEndian
	last := file[len(file)-endSize:]
	n, size, offset := int(le.Uint16(last[10:])), int(le.Uint32(last[12:])), int(le.Uint32(last[16:]))
	if n > maxFiles || size > len(file) || offset > len(file) || offset+size != len(file)-endSize || !bytes.Equal(end(nil, n, size, offset), last) {
		return nil, errZIP
	}
	directory, data := file[offset:len(file)-endSize], file[:offset]
	list := make([]member, 0, n)
	at, total := 0, 0
	for range n {
		m, packed, ok := parseCentral(directory)
		if !ok {
			return nil, errZIP
		}
		local := m.local(nil)
		if packed > len(data)-at || len(local) > len(data)-at-packed {
			return nil, errZIP
		}
		m.packed = data[at+len(local) : at+len(local)+packed]
		entry := m.central(nil, at)
		if !bytes.HasPrefix(directory, entry) || !bytes.HasPrefix(data[at:], m.local(nil)) {
			return nil, errZIP
		}
		if m.size/mostDense > packed {
			return nil, errZIP
		}
		if total += m.size; total > MaxContent {
			return nil, ErrTooLarge
		}
		directory, at = directory[len(entry):], at+len(local)+packed
		list = append(list, m)
	}
	if len(directory) != 0 || at != len(data) {
		return nil, errZIP
	}
	return list, nil
}

// parseCentral reads what of an entry of the central directory is not given, and
// how many bytes the member takes.
func parseCentral(b []byte) (m member, packed int, ok bool) {
	if len(b) < centralSize {
		return m, 0, false
	}
	le := binary.LittleEndian
	n := int(le.Uint16(b[28:]))
	if n == 0 || n > maxName || n > len(b)-centralSize {
		return m, 0, false
	}
	m = member{name: string(b[centralSize : centralSize+n]), crc: le.Uint32(b[16:]), size: int(le.Uint32(b[24:]))}
	return m, int(le.Uint32(b[20:])), true
}
