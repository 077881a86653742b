package roster

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
)

// The bounds of what the library holds in memory, where it is many times larger
// than in the file: all elements outside of sheets, and of a sheet a row at a
// time, whose cells each take a copy of the text that they name.
const (
	maxElements = 300_000
	maxShared   = 32 << 10 // bytes of a text that cells name
)

// errHeavy is returned for a spreadsheet that would take too much memory.
var errHeavy = errors.New("spreadsheet: too heavy")

// weigh refuses a spreadsheet, before the library reads it, that no office makes:
// a file of some thousand bytes could take all memory of the server, and the poll
// with it. What does not begin as a ZIP archive the library would decrypt, and
// then read something else than was weighed.
func weigh(content []byte) error {
	if !bytes.HasPrefix(content, []byte("PK")) {
		return zip.ErrFormat
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return err
	}
	s := scale{left: maxUnpacked}
	for _, f := range archive.File {
		text, err := s.unpack(f)
		if err != nil {
			return err
		}
		if text = bytes.TrimLeft(text, "\ufeff \t\r\n"); !bytes.HasPrefix(text, []byte("<")) {
			continue // a picture or the like, which the library does not read
		}
		if err := s.part(xml.NewDecoder(bytes.NewReader(text))); err != nil {
			return err
		}
	}
	return nil
}

// A scale counts what a spreadsheet consists of.
type scale struct {
	left     int // bytes that may still be unpacked
	elements int // outside of sheets

	root  string // element of the part that is weighed
	row   int    // number of the present row
	cells int    // in it
	text  int    // bytes of the present shared text
}

func (s *scale) unpack(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(r, int64(s.left)+1))
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	if s.left -= len(text); s.left < 0 {
		return nil, errHeavy
	}
	return text, nil
}

// part weighs one file of the archive. It must be well formed: of what follows an
// error, nothing would have been counted.
func (s *scale) part(d *xml.Decoder) error {
	s.root, s.row, s.cells, s.text = "", 0, 0, 0
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.take(token); err != nil {
			return err
		}
	}
}

func (s *scale) take(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		if s.root == "" {
			s.root = t.Name.Local
		}
		if s.root != "worksheet" {
			s.elements++
		}
		switch t.Name.Local {
		case "row":
			if s.cells = 0; !s.ascends(t.Attr) {
				return errHeavy
			}
		case "c":
			s.cells++
		case "si":
			s.text = 0
		}
	case xml.CharData:
		s.text += len(t)
	}
	if s.elements > maxElements || s.root == "worksheet" && s.cells > maxWidth || s.root == "sst" && s.text > maxShared {
		return errHeavy
	}
	return nil
}

// ascends reports whether a row comes after the one before; the library makes one
// of those that do not.
func (s *scale) ascends(attributes []xml.Attr) bool {
	before := s.row
	s.row++
	for _, a := range attributes {
		if n, _ := strconv.Atoi(a.Value); a.Name.Local == "r" && n != 0 {
			s.row = n
		}
	}
	return s.row > before
}
