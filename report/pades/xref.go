package pades

import (
	"bytes"
	"compress/zlib"
	"io"
)

// readSection reads a cross-reference section and what ends its revision.
func (f *file) readSection(at int) (*revision, error) {
	r := &revision{section: at, entries: make(map[int]entry)}
	l := f.lexer(f.data, at)
	var err error
	if l.literal("xref") {
		err = f.readTable(l, r)
	} else {
		err = f.readStream(l, r)
	}
	if err != nil {
		return nil, err
	}
	if r.trailer["Encrypt"] != nil {
		return nil, ErrEncrypted
	}
	if r.trailer["XRefStm"] != nil {
		return nil, ErrMalformed
	}
	return r, r.readEnd(l)
}

// readEnd reads "startxref offset %%EOF".
func (r *revision) readEnd(l *lexer) error {
	if !l.keyword("startxref") {
		return ErrMalformed
	}
	at, err := l.number()
	l.blanks()
	if err != nil || at != r.section || !l.literal("%%EOF") {
		return ErrMalformed
	}
	r.end = l.at
	return nil
}

// add lists an object, once.
func (f *file) add(r *revision, num int, e entry) error {
	f.listed++
	if _, twice := r.entries[num]; twice || f.listed > maxObjects || num > maxNumber {
		return ErrMalformed
	}
	r.entries[num] = e
	return nil
}

// maxNumber is the largest object number of the standard's architectural limits (ISO 32000-1 annex C).
const maxNumber = 8_388_607

// readTable reads a cross-reference table (ISO 32000-2 §7.5.4) and its trailer.
func (f *file) readTable(l *lexer, r *revision) error {
	for !l.keyword("trailer") {
		first, err := l.number()
		if err != nil {
			return err
		}
		count, err := l.number()
		if err != nil {
			return err
		}
		l.blanks()
		for i := range count {
			if err := f.readEntry(l, r, first+i); err != nil {
				return err
			}
		}
	}
	trailer, err := l.value()
	if err != nil {
		return err
	}
	var ok bool
	if r.trailer, ok = trailer.(dict); !ok {
		return ErrMalformed
	}
	return nil
}

// readEntry reads one line of 20 bytes: "oooooooooo ggggg n" and an end of line of two.
func (f *file) readEntry(l *lexer, r *revision, num int) error {
	if len(l.data)-l.at < 20 {
		return ErrMalformed
	}
	line := l.data[l.at : l.at+20]
	l.at += 20
	offset, err := digits(string(line[:10]))
	if err != nil {
		return err
	}
	gen, err := digits(string(line[11:16]))
	if err != nil || line[10] != ' ' || line[16] != ' ' || !isSpace(line[18]) || !isSpace(line[19]) {
		return ErrMalformed
	}
	switch line[17] {
	case 'n':
		return f.add(r, num, entry{plain, offset, gen})
	case 'f':
		return f.add(r, num, entry{})
	}
	return ErrMalformed
}

// readStream reads a cross-reference stream (ISO 32000-2 §7.5.8).
func (f *file) readStream(l *lexer, r *revision) error {
	o, err := f.indirect(l.at, view{&file{revisions: []*revision{r}}, 0}) // Length is direct there
	if err != nil {
		return err
	}
	s, ok := o.value.(stream)
	if !ok || s.dict["Type"] != name("XRef") {
		return ErrMalformed
	}
	l.at = o.end
	r.trailer, r.stream = s.dict, true
	table, err := f.unpack(s)
	if err != nil {
		return err
	}
	widths, err := fieldWidths(s.dict)
	if err != nil {
		return err
	}
	return f.readRows(r, table, widths)
}

// fieldWidths reads W: how many bytes the three fields of a row have.
func fieldWidths(d dict) ([3]int, error) {
	var widths [3]int
	w, ok := d["W"].(array)
	if !ok || len(w) != 3 {
		return widths, ErrMalformed
	}
	for i := range w {
		n, err := whole(w[i])
		if err != nil || n > 4 {
			return widths, ErrMalformed
		}
		widths[i] = n
	}
	if widths[1] == 0 {
		return widths, ErrMalformed
	}
	return widths, nil
}

// readRows reads the rows of all ranges that Index names.
func (f *file) readRows(r *revision, table []byte, widths [3]int) error {
	index, ok := r.trailer["Index"].(array)
	if !ok {
		index = array{0, r.trailer["Size"]}
	}
	for ; len(index) >= 2; index = index[2:] {
		first, err := whole(index[0])
		if err != nil {
			return err
		}
		count, err := whole(index[1])
		if err != nil {
			return err
		}
		for i := range count {
			if table, err = f.readRow(r, table, widths, first+i); err != nil {
				return err
			}
		}
	}
	if len(index) != 0 || len(table) != 0 {
		return ErrMalformed
	}
	return nil
}

// readRow reads one entry and returns the rows behind it.
func (f *file) readRow(r *revision, table []byte, widths [3]int, num int) ([]byte, error) {
	fields := [3]int{1, 0, 0} // the type is plain when it has no width
	for i, w := range widths {
		if w > len(table) {
			return nil, ErrMalformed
		}
		if w > 0 {
			fields[i] = 0
		}
		for _, b := range table[:w] {
			fields[i] = fields[i]<<8 | int(b)
		}
		table = table[w:]
	}
	e := entry{fields[0], fields[1], fields[2]}
	if e.kind > compressed {
		return nil, ErrMalformed
	}
	if e.kind == free {
		e = entry{}
	}
	return table, f.add(r, num, e)
}

// unpack undoes FlateDecode and its predictor, the only filter that structure is packed with.
func (f *file) unpack(s stream) ([]byte, error) {
	filter, parms := s.dict["Filter"], s.dict["DecodeParms"]
	if list, ok := filter.(array); ok && len(list) == 1 {
		filter = list[0]
		if list, ok := parms.(array); ok && len(list) == 1 {
			parms = list[0]
		}
	}
	if filter == nil {
		return s.raw, nil
	}
	if filter != name("FlateDecode") {
		return nil, ErrMalformed
	}
	z, err := zlib.NewReader(bytes.NewReader(s.raw))
	if err != nil {
		return nil, ErrMalformed
	}
	left := maxInflated - f.inflated
	data, err := io.ReadAll(io.LimitReader(z, int64(left)+1))
	f.inflated += len(data)
	if err != nil || len(data) > left {
		return nil, ErrMalformed
	}
	if parms == nil {
		return data, nil
	}
	return unpredict(data, parms)
}

// unpredict undoes the predictors of PNG, with rows of Columns bytes (ISO 32000-2 §7.4.4.4).
func unpredict(data []byte, parms any) ([]byte, error) {
	d, ok := parms.(dict)
	if !ok {
		return nil, ErrMalformed
	}
	predictor, ok := d["Predictor"].(int)
	if !ok || predictor == 1 {
		return data, nil
	}
	columns, err := whole(d["Columns"])
	if err != nil || columns == 0 || columns > 1<<16 || predictor < 10 || d["Colors"] != nil || d["BitsPerComponent"] != nil {
		return nil, ErrMalformed
	}
	var out []byte
	above := make([]byte, columns)
	for len(data) > columns {
		row := bytes.Clone(data[1 : 1+columns])
		if !unfilter(data[0], row, above) {
			return nil, ErrMalformed
		}
		out, above, data = append(out, row...), row, data[1+columns:]
	}
	if len(data) != 0 {
		return nil, ErrMalformed
	}
	return out, nil
}

// unfilter undoes the filters none, sub and up on a row of single bytes; the others are not met in tables.
func unfilter(kind byte, row, above []byte) bool {
	switch kind {
	case 0:
	case 1:
		for i := 1; i < len(row); i++ {
			row[i] += row[i-1]
		}
	case 2:
		for i := range row {
			row[i] += above[i]
		}
	default:
		return false
	}
	return true
}

// loadCompressed reads an object stream (ISO 32000-2 §7.5.7) and returns the object at an index of it.
func (v view) loadCompressed(num int, e entry) (any, error) {
	home := v.entry(e.a)
	if home.kind != plain {
		return nil, ErrMalformed
	}
	container, err := v.load(e.a)
	if err != nil {
		return nil, err
	}
	list, known := v.f.packed[home]
	if !known {
		s, ok := container.(stream)
		if !ok || s.dict["Type"] != name("ObjStm") {
			return nil, ErrMalformed
		}
		if list, err = v.f.unpackObjects(s); err != nil {
			return nil, err
		}
		v.f.packed[home] = list
	}
	if e.b >= len(list) || list[e.b].num != num {
		return nil, ErrMalformed
	}
	return list[e.b].value, nil
}

// unpackObjects reads all objects of an object stream, which stand in the order of their offsets.
func (f *file) unpackObjects(s stream) ([]object, error) {
	count, err := whole(s.dict["N"])
	if err != nil {
		return nil, err
	}
	first, err := whole(s.dict["First"])
	if err != nil {
		return nil, err
	}
	data, err := f.unpack(s)
	if err != nil || first > len(data) || count > maxObjects {
		return nil, ErrMalformed
	}
	header, body := f.lexer(data[:first], 0), data[first:]
	list, offsets := make([]object, count), make([]int, count+1)
	offsets[count] = len(body)
	for i := range list {
		if list[i].num, err = header.number(); err != nil {
			return nil, err
		}
		if offsets[i], err = header.number(); err != nil {
			return nil, err
		}
	}
	for i := range list {
		from, to := offsets[i], offsets[i+1]
		if from > to || to > len(body) {
			return nil, ErrMalformed
		}
		l := f.lexer(body[from:to], 0)
		l.compress = true
		if list[i].value, err = l.value(); err != nil {
			return nil, err
		}
	}
	return list, nil
}
