package pades

import (
	"bytes"
	"maps"
	"strconv"
)

// The values of PDF (ISO 32000-2 §7.3): nil, bool, int and float64 stand for
// themselves, the other kinds have types of their own.
type (
	name  string
	array []any
	dict  map[name]any

	// A ref names an indirect object.
	ref struct{ num, gen int }

	// A text is a string, and the bytes of the file that it was read from, with its brackets. In an object stream both are 0.
	text struct {
		data     []byte
		from, to int
	}

	// A stream is a dictionary and the bytes as they are in the file.
	stream struct {
		dict dict
		raw  []byte
	}
)

// maxDepth bounds arrays and dictionaries within one another.
const maxDepth = 40

// A lexer reads values from data, from at onwards.
type lexer struct {
	data     []byte
	at       int
	depth    int
	compress bool // in an object stream, where positions mean nothing
	file     *file
}

// lexer reads values of the file, which count as its own.
func (f *file) lexer(data []byte, at int) *lexer { return &lexer{data: data, at: at, file: f} }

func isSpace(c byte) bool { return bytes.IndexByte([]byte("\x00\t\n\f\r "), c) >= 0 }

func isDelimiter(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

func isRegular(c byte) bool { return !isSpace(c) && !isDelimiter(c) }

// blanks passes over white space, but not over comments.
func (l *lexer) blanks() {
	for l.at < len(l.data) && isSpace(l.data[l.at]) {
		l.at++
	}
}

// space passes over white space and comments.
func (l *lexer) space() {
	for l.blanks(); l.at < len(l.data) && l.data[l.at] == '%'; l.blanks() {
		for l.at < len(l.data) && l.data[l.at] != '\n' && l.data[l.at] != '\r' {
			l.at++
		}
	}
}

// peek returns the next byte, or 0 at the end.
func (l *lexer) peek() byte {
	if l.at < len(l.data) {
		return l.data[l.at]
	}
	return 0
}

// literal passes over these bytes, if they come next.
func (l *lexer) literal(s string) bool {
	if !bytes.HasPrefix(l.data[min(l.at, len(l.data)):], []byte(s)) {
		return false
	}
	l.at += len(s)
	return true
}

// keyword passes over space and a whole word, if that comes next.
func (l *lexer) keyword(s string) bool {
	l.space()
	start := l.at
	if l.literal(s) && (l.at == len(l.data) || !isRegular(l.data[l.at])) {
		return true
	}
	l.at = start
	return false
}

// word returns the regular characters that come next.
func (l *lexer) word() string {
	start := l.at
	for l.at < len(l.data) && isRegular(l.data[l.at]) {
		l.at++
	}
	return string(l.data[start:l.at])
}

// number reads a whole number without sign, of at most ten digits.
func (l *lexer) number() (int, error) {
	l.space()
	return digits(l.word())
}

func digits(w string) (int, error) {
	n, err := strconv.ParseUint(w, 10, 40)
	if err != nil || len(w) > 10 {
		return 0, ErrMalformed
	}
	return int(n), nil
}

// value reads one value. What takes one byte in a file takes hundreds in memory:
// beyond maxValues it is refused.
func (l *lexer) value() (any, error) {
	if l.file.values++; l.file.values > maxValues {
		return nil, ErrMalformed
	}
	l.space()
	switch c := l.peek(); {
	case c == '/':
		return l.name()
	case c == '(':
		return l.literalString()
	case l.literal("<<"):
		return l.dict()
	case c == '<':
		return l.hexString()
	case c == '[':
		l.at++
		return l.array()
	case isRegular(c) && c != 0:
		return l.atom()
	}
	return nil, ErrMalformed
}

// atom reads a number, a reference, true, false or null.
func (l *lexer) atom() (any, error) {
	w := l.word()
	switch w {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null":
		return nil, nil
	}
	if num, err := digits(w); err == nil {
		if r, ok := l.reference(num); ok {
			return r, nil
		}
		return num, nil
	}
	return numeric(w)
}

// reference reads what makes a reference of a number: "0 R".
func (l *lexer) reference(num int) (ref, bool) {
	start := l.at
	if gen, err := l.number(); err == nil && l.keyword("R") {
		return ref{num, gen}, true
	}
	l.at = start
	return ref{}, false
}

// numeric reads signed and fractional numbers. PDF has no exponents.
func numeric(w string) (any, error) {
	if len(w) > 32 || bytes.ContainsAny([]byte(w), "eExXpPnNiI_") {
		return nil, ErrMalformed
	}
	if n, err := strconv.ParseInt(w, 10, 64); err == nil {
		return int(n), nil
	}
	x, err := strconv.ParseFloat(w, 64)
	if err != nil {
		return nil, ErrMalformed
	}
	return x, nil
}

func (l *lexer) name() (any, error) {
	l.at++
	w := l.word()
	if bytes.IndexByte([]byte(w), '#') < 0 {
		return name(w), nil
	}
	var out []byte
	for i := 0; i < len(w); i++ {
		if w[i] != '#' {
			out = append(out, w[i])
			continue
		}
		if i+2 >= len(w) {
			return nil, ErrMalformed
		}
		c, err := strconv.ParseUint(w[i+1:i+3], 16, 8)
		if err != nil {
			return nil, ErrMalformed
		}
		out = append(out, byte(c))
		i += 2
	}
	return name(out), nil
}

// found makes the text that ends here.
func (l *lexer) found(data []byte, from int) (any, error) {
	if l.compress {
		return text{data: data}, nil
	}
	return text{data, from, l.at}, nil
}

func (l *lexer) hexString() (any, error) {
	from := l.at
	end := bytes.IndexByte(l.data[from:], '>')
	if end < 0 {
		return nil, ErrMalformed
	}
	l.at = from + end + 1
	var nibbles []byte
	for _, c := range l.data[from+1 : from+end] {
		switch {
		case isSpace(c):
		case c >= '0' && c <= '9':
			nibbles = append(nibbles, c-'0')
		case c >= 'a' && c <= 'f', c >= 'A' && c <= 'F':
			nibbles = append(nibbles, c&0xf+9)
		default:
			return nil, ErrMalformed
		}
	}
	if len(nibbles)%2 == 1 {
		nibbles = append(nibbles, 0)
	}
	data := make([]byte, len(nibbles)/2)
	for i := range data {
		data[i] = nibbles[2*i]<<4 | nibbles[2*i+1]
	}
	return l.found(data, from)
}

// literalString reads (…), in which brackets come in pairs or behind a backslash.
func (l *lexer) literalString() (any, error) {
	from := l.at
	var data []byte
	open := 0
	for l.at < len(l.data) {
		c := l.data[l.at]
		l.at++
		switch c {
		case '(':
			open++
		case ')':
			open--
		case '\\':
			data = append(data, l.escape()...)
			continue
		}
		if open == 0 {
			return l.found(data, from)
		}
		if c != '(' || open > 1 {
			data = append(data, c)
		}
	}
	return nil, ErrMalformed
}

// escape reads what stands behind a backslash (ISO 32000-2, table 3).
func (l *lexer) escape() []byte {
	c := l.peek()
	l.at++
	if i := bytes.IndexByte([]byte("nrtbf"), c); i >= 0 {
		return []byte{"\n\r\t\b\f"[i]}
	}
	switch {
	case c == '\r':
		l.literal("\n")
		return nil
	case c == '\n':
		return nil
	case c < '0' || c > '7':
		return []byte{c}
	}
	n := int(c - '0')
	for i := 0; i < 2 && l.peek() >= '0' && l.peek() <= '7'; i++ {
		n = n*8 + int(l.peek()-'0')
		l.at++
	}
	return []byte{byte(n)}
}

// deeper enters an array or a dictionary.
func (l *lexer) deeper() error {
	if l.depth++; l.depth > maxDepth {
		return ErrMalformed
	}
	return nil
}

func (l *lexer) array() (any, error) {
	if err := l.deeper(); err != nil {
		return nil, err
	}
	list := array{}
	for {
		if l.space(); l.literal("]") {
			l.depth--
			return list, nil
		}
		v, err := l.value()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
}

// dict reads a dictionary. A key that comes twice is refused: readers disagree on which counts.
func (l *lexer) dict() (any, error) {
	if err := l.deeper(); err != nil {
		return nil, err
	}
	d := dict{}
	for {
		if l.space(); l.literal(">>") {
			l.depth--
			return d, nil
		}
		if l.peek() != '/' {
			return nil, ErrMalformed
		}
		key, err := l.name()
		if err != nil {
			return nil, err
		}
		v, err := l.value()
		if err != nil {
			return nil, err
		}
		k, _ := key.(name)
		if _, twice := d[k]; twice {
			return nil, ErrMalformed
		}
		d[k] = v
	}
}

// equal compares values; where a text stands in the file does not matter.
func equal(a, b any) bool {
	switch x := a.(type) {
	case text:
		y, ok := b.(text)
		return ok && bytes.Equal(x.data, y.data)
	case array:
		y, ok := b.(array)
		return ok && len(x) == len(y) && isPrefix(x, y)
	case dict:
		y, ok := b.(dict)
		return ok && maps.EqualFunc(x, y, equal)
	case stream:
		y, ok := b.(stream)
		return ok && bytes.Equal(x.raw, y.raw) && equal(x.dict, y.dict)
	}
	switch b.(type) {
	case text, array, dict, stream:
		return false
	}
	return a == b
}

// isPrefix tells whether long begins with all of short.
func isPrefix(short, long array) bool {
	if len(short) > len(long) {
		return false
	}
	for i := range short {
		if !equal(short[i], long[i]) {
			return false
		}
	}
	return true
}
