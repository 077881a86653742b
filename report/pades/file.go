package pades

import (
	"bytes"
)

// MaxSize is the largest PDF that is read, in bytes.
const MaxSize = 40 << 20

const (
	maxRevisions = 64
	maxObjects   = 50_000
	maxPages     = 8000 // of the report of a round with 2,000 polls: more than 3,000
	maxInflated  = 16 << 20
	maxValues    = 100_000
	// Each signature hashes the file.
	maxSignatures = 64
)

// A file is a PDF as its revisions: the first, and each update that was appended to it.
type file struct {
	data      []byte
	revisions []*revision // oldest first
	objects   map[entry]object
	packed    map[entry][]object // the contents of object streams
	busy      map[entry]bool
	inflated  int // bytes that streams were unpacked to so far
	values    int // read so far, those within others too
	listed    int // entries of all cross-reference sections
}

// A revision ends with its own cross-reference section and %%EOF.
type revision struct {
	from    int // where the one before ends
	section int // its cross-reference section
	end     int // just behind %%EOF
	entries map[int]entry
	trailer dict
	stream  bool // the section is a cross-reference stream
}

// Kinds of entries, as cross-reference streams number them.
const (
	free       = 0
	plain      = 1
	compressed = 2
)

// An entry says where an object is: at the byte offset a with generation b, or in the object stream a at index b.
type entry struct{ kind, a, b int }

// An object is a value that was read, and where it ends in the file.
type object struct {
	num, gen int
	value    any
	end      int
}

// open reads the structure of a PDF: every revision from the last to the first.
func open(data []byte) (*file, error) {
	if len(data) > MaxSize {
		return nil, ErrTooLarge
	}
	if !bytes.HasPrefix(data, []byte("%PDF-")) {
		return nil, ErrMalformed
	}
	f := &file{
		data: data, objects: make(map[entry]object), packed: make(map[entry][]object), busy: make(map[entry]bool),
	}
	if err := f.readRevisions(); err != nil {
		return nil, err
	}
	if last := f.last(); len(data) > last.end+endOfLine(data[last.end:]) {
		return nil, ErrTrailing
	}
	return f, f.checkEntries()
}

func (f *file) last() *revision { return f.revisions[len(f.revisions)-1] }

// endOfLine returns the length of the end of line that data begins with.
func endOfLine(data []byte) int {
	switch {
	case bytes.HasPrefix(data, []byte("\r\n")):
		return 2
	case bytes.HasPrefix(data, []byte("\n")), bytes.HasPrefix(data, []byte("\r")):
		return 1
	}
	return 0
}

// readRevisions follows Prev. Each section lies before the one that names it, so there is no loop.
func (f *file) readRevisions() error {
	start := bytes.LastIndex(f.data, []byte("startxref"))
	if start < 0 {
		return ErrMalformed
	}
	l := f.lexer(f.data, start+len("startxref"))
	at, err := l.number()
	limit := start
	for more := true; more; {
		if err != nil || at >= limit || len(f.revisions) == maxRevisions {
			return ErrMalformed
		}
		var r *revision
		if r, err = f.readSection(at); err != nil {
			return err
		}
		if len(f.revisions) > 0 {
			if r.end > limit {
				return ErrMalformed
			}
			f.revisions[0].from = r.end
		}
		f.revisions = append([]*revision{r}, f.revisions...)
		limit = at
		var prev any
		if prev, more = r.trailer["Prev"]; more {
			at, err = whole(prev)
		}
	}
	return nil
}

// whole takes an offset or a count: an integer from 0 that fits a file.
func whole(v any) (int, error) {
	n, ok := v.(int)
	if !ok || n < 0 || n > MaxSize {
		return 0, ErrMalformed
	}
	return n, nil
}

// checkEntries refuses entries that lead out of their revision: into bytes of an
// earlier one, unless they only repeat what that one said, or behind the section.
func (f *file) checkEntries() error {
	for i, r := range f.revisions {
		for num, e := range r.entries {
			if i > 0 && e == f.at(i-1).entry(num) {
				continue
			}
			switch e.kind {
			case plain:
				if e.a < r.from {
					return ErrRedirected
				}
				if e.a > r.section || e.a == r.section && !r.stream {
					return ErrMalformed
				}
			case compressed:
				if home, own := r.entries[e.a]; !own || home.kind != plain {
					return ErrRedirected
				}
			}
		}
	}
	return nil
}

// A view is the document as one revision left it.
type view struct {
	f *file
	i int
}

func (f *file) at(i int) view { return view{f, i} }

// current is the document as it is now.
func (f *file) current() view { return view{f, len(f.revisions) - 1} }

func (v view) trailer() dict { return v.f.revisions[v.i].trailer }

// entry finds where an object is. An object that no revision lists is free.
func (v view) entry(num int) entry {
	for i := v.i; i >= 0; i-- {
		if e, ok := v.f.revisions[i].entries[num]; ok {
			return e
		}
	}
	return entry{}
}

// exists tells whether there is an object of this number.
func (v view) exists(num int) bool { return v.entry(num).kind != free }

// load returns an object. A free one is null, as the standard has it.
func (v view) load(num int) (any, error) {
	e := v.entry(num)
	if e.kind == free {
		return nil, nil
	}
	if o, ok := v.f.objects[e]; ok && o.num == num {
		return o.value, nil
	}
	if v.f.busy[e] {
		return nil, ErrMalformed
	}
	v.f.busy[e] = true
	defer delete(v.f.busy, e)
	if e.kind == compressed {
		return v.loadCompressed(num, e)
	}
	o, err := v.f.indirect(e.a, v)
	if err != nil || o.num != num || o.gen != e.b {
		return nil, ErrMalformed
	}
	v.f.objects[e] = o
	return o.value, nil
}

// get follows a reference; a value that is none is returned as it is.
func (v view) get(value any) (any, error) {
	for range 8 {
		r, ok := value.(ref)
		if !ok {
			return value, nil
		}
		if e := v.entry(r.num); e.kind == free || e.kind == plain && e.b != r.gen || e.kind == compressed && r.gen != 0 {
			return nil, nil
		}
		var err error
		if value, err = v.load(r.num); err != nil {
			return nil, err
		}
	}
	return nil, ErrMalformed
}

// dict follows a reference to a dictionary, which must be one. Null is an empty one.
func (v view) dict(value any) (dict, error) {
	value, err := v.get(value)
	if err != nil || value == nil {
		return nil, err
	}
	d, ok := value.(dict)
	if !ok {
		return nil, ErrMalformed
	}
	return d, nil
}

// array follows a reference to an array. Null is an empty one.
func (v view) array(value any) (array, error) {
	value, err := v.get(value)
	if err != nil || value == nil {
		return nil, err
	}
	a, ok := value.(array)
	if !ok {
		return nil, ErrMalformed
	}
	return a, nil
}

// catalog returns the document's root.
func (v view) catalog() (dict, error) {
	root, ok := v.trailer()["Root"].(ref)
	if !ok {
		return nil, ErrMalformed
	}
	d, err := v.dict(root)
	if err == nil && d == nil {
		err = ErrMalformed
	}
	return d, err
}

// indirect reads "num gen obj … endobj" at an offset.
func (f *file) indirect(at int, v view) (object, error) {
	var o object
	l := f.lexer(f.data, at)
	if at >= len(f.data) || !isRegular(f.data[at]) {
		return o, ErrMalformed
	}
	var err error
	if o.num, err = l.number(); err != nil {
		return o, err
	}
	if o.gen, err = l.number(); err != nil || !l.keyword("obj") {
		return o, ErrMalformed
	}
	if o.value, err = l.value(); err != nil {
		return o, err
	}
	if l.keyword("stream") {
		if o.value, err = f.stream(l, o.value, v); err != nil {
			return o, err
		}
	}
	if !l.keyword("endobj") {
		return o, ErrMalformed
	}
	o.end = l.at
	return o, nil
}

// stream reads the bytes of a stream, behind the word. Those of another file (F) are refused.
func (f *file) stream(l *lexer, value any, v view) (stream, error) {
	d, ok := value.(dict)
	if !ok || d["F"] != nil {
		return stream{}, ErrMalformed
	}
	if !l.literal("\r\n") && !l.literal("\n") {
		return stream{}, ErrMalformed
	}
	length, err := v.get(d["Length"])
	if err != nil {
		return stream{}, err
	}
	n, err := whole(length)
	if err != nil || n > len(l.data)-l.at {
		return stream{}, ErrMalformed
	}
	raw := l.data[l.at : l.at+n]
	l.at += n
	if l.blanks(); !l.literal("endstream") {
		return stream{}, ErrMalformed
	}
	return stream{d, raw}, nil
}
