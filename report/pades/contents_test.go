package pades

import (
	"bytes"
	"errors"
	"testing"
)

// attach adds files to a PDF, by name, as a tree of names of one leaf.
func attach(files ...string) func(w *writer, v view) {
	return func(w *writer, v view) {
		var names array
		for i := 0; i < len(files); i += 2 {
			spec := w.add(dict{"Type": name("Filespec"), "EF": dict{"F": w.add(stream{dict{"Length": len(files[i+1])}, []byte(files[i+1])})}})
			names = append(names, encodeText(files[i]), spec)
		}
		withCatalog(dict{"Names": dict{"EmbeddedFiles": dict{"Names": names}}})(w, v)
	}
}

// What pages draw, and the files inside, are read.
func TestRead(t *testing.T) {
	c, err := Read(alter(paper(), attach("result.json", "{}", "trackers.txt", "abc")))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Attachments) != 2 || string(c.Attachments["result.json"]) != "{}" || string(c.Attachments["trackers.txt"]) != "abc" {
		t.Errorf("%q", c.Attachments)
	}
	if len(c.Pages) != 2 || !bytes.Contains(c.Pages[0], []byte("\x00t\x00r\x00a\x00n\x00g")) || bytes.Equal(c.Pages[0], c.Pages[1]) {
		t.Errorf("%d pages", len(c.Pages))
	}
	if c, err = Read(paper()); err != nil || len(c.Attachments) != 0 {
		t.Errorf("%+v, %v", c, err)
	}
}

// Several streams make one page, in their order.
func TestReadParts(t *testing.T) {
	pdf := alter(paper(), func(w *writer, v view) {
		one, two := w.add(stream{dict{"Length": 1}, []byte("q")}), w.add(stream{dict{"Length": 1}, []byte("Q")})
		withPage(dict{"Contents": array{one, two}})(w, v)
	})
	if c, err := Read(pdf); err != nil || string(c.Pages[0]) != "q\nQ" {
		t.Errorf("%+v, %v", c, err)
	}
	empty := alter(paper(), withPage(dict{"Contents": nil}))
	if c, err := Read(empty); err != nil || len(c.Pages[0]) != 0 {
		t.Errorf("%+v, %v", c, err)
	}
}

// What is not as our papers have it is refused, and so is a small file that
// would take much memory.
func TestReadRefused(t *testing.T) {
	embedded := func(d dict) func(w *writer, v view) { return withCatalog(dict{"Names": dict{"EmbeddedFiles": d}}) }
	for what, change := range map[string]func(w *writer, v view){
		"a file twice":        attach("a", "1", "a", "2"),
		"a tree of names":     embedded(dict{"Kids": array{}}),
		"a name without file": embedded(dict{"Names": array{encodeText("a")}}),
		"a name that is none": embedded(dict{"Names": array{1, dict{}}}),
		"a file that is none": embedded(dict{"Names": array{encodeText("a"), dict{"EF": dict{"F": 1}}}}),
		"no file":             embedded(dict{"Names": array{encodeText("a"), dict{}}}),
		"page that is a text": withPage(dict{"Contents": encodeText("q")}),
		"page of no streams":  withPage(dict{"Contents": array{1}}),
		"page a thousand fold": func(w *writer, v view) {
			long := w.add(stream{dict{"Length": 1 << 20}, make([]byte, 1<<20)})
			list := array{}
			for range 1000 {
				list = append(list, long)
			}
			withPage(dict{"Contents": list})(w, v)
		},
	} {
		if c, err := Read(alter(paper(), change)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %+v, %v", what, c, err)
		}
	}
	if _, err := Read([]byte("no PDF")); !errors.Is(err, ErrMalformed) {
		t.Errorf("error %v", err)
	}
}

// A signature says how much of the file it covers: what was printed is found
// again in a paper that others signed.
func TestSignatureEnd(t *testing.T) {
	pdf := signedByThree()
	r, err := Verify(pdf, trust())
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range r.Signatures {
		before, err := Verify(pdf[:s.End], trust())
		if err != nil || len(before.Signatures) != i+1 || !before.Signatures[i].Whole {
			t.Errorf("%s ends at %d: %d signatures, %v", s.Field, s.End, len(before.Signatures), err)
		}
	}
	if last := r.Signatures[len(r.Signatures)-1]; last.End != len(pdf) {
		t.Errorf("the last ends at %d of %d", last.End, len(pdf))
	}
}

func FuzzRead(f *testing.F) {
	f.Add(paper())
	f.Add(alter(paper(), attach("result.json", "{}")))
	f.Fuzz(func(t *testing.T, pdf []byte) {
		c, err := Read(pdf)
		if (err == nil) != (c != nil) || c != nil && len(c.Attachments) > maxAttachments {
			t.Errorf("%+v, %v", c, err)
		}
	})
}
