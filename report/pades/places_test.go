package pades

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

// two places on the first page.
func places() []Place {
	return []Place{
		{Field: "head", Page: 1, Rect: Rect{300, 100, 500, 160}},
		{Field: "chair", Page: 1, Rect: Rect{60, 100, 260, 160}},
	}
}

// A server adds places and seals; people sign in them, where they stand, and
// what was printed is still what is there.
func TestSignInPlaces(t *testing.T) {
	empty := must(AddFields(paper(), places()))
	if !bytes.HasPrefix(empty, paper()) || !bytes.Equal(empty, must(AddFields(paper(), places()))) {
		t.Error("the paper is not continued, or the same places give other bytes")
	}
	sealed := sign(t, empty, 1, Options{Field: "server-seal", Certify: true, Time: now})
	signed := sealed
	if open := must(EmptyFields(sealed)); len(open) != 2 || open[0] != "head" || open[1] != "chair" {
		t.Errorf("empty fields: %v", open)
	}
	for i, field := range []string{"head", "chair"} {
		signed = sign(t, signed, i, Options{Field: field, Name: "Nguyễn Thị Ưỡng", Time: now, Appearance: &Appearance{}})
	}
	r, err := Continues(sealed, signed, trust())
	if err != nil || len(r.Signatures) != 3 {
		t.Fatalf("%v, %+v", err, r)
	}
	for i, want := range []string{"server-seal", "head", "chair"} {
		if s := r.Signatures[i]; s.Field != want || !s.OK() {
			t.Errorf("%d: %s: %v, %v, %v", i, s.Field, s.Err, s.Untrusted, s.Later)
		}
	}
	if open := must(EmptyFields(signed)); len(open) != 0 {
		t.Errorf("empty fields: %v", open)
	}
	f := must(open(signed)).current()
	if n := len(must(f.fields())); n != 3 {
		t.Errorf("%d fields", n)
	}
	dir := t.TempDir()
	path := save(t, dir, "signed.pdf", signed)
	run(t, "qpdf", "--check", path)
	if said := run(t, "pdfsig", path); strings.Count(said, "Signature is Valid") != 3 {
		t.Errorf("pdfsig: %s", said)
	}
}

// Places are told as they were given, and so is where a signature is seen,
// whatever its widget says of its page.
func TestWhereSeen(t *testing.T) {
	empty := must(AddFields(paper(), places()))
	if got := must(Places(empty)); !slices.Equal(got, places()) {
		t.Errorf("%+v", got)
	}
	signed := sign(t, empty, 0, Options{Field: "chair", Time: now, Appearance: &Appearance{}})
	if got := must(Places(signed)); !slices.Equal(got, places()[:1]) {
		t.Errorf("%+v", got)
	}
	second := Appearance{Page: 2, Rect: Rect{60, 500, 260, 560}}
	signed = sign(t, signed, 1, Options{Field: "more", Time: now, Appearance: &second})
	signed = sign(t, signed, 1, Options{Field: "unseen", Time: now})
	r, err := Verify(signed, trust())
	if err != nil || len(r.Signatures) != 3 {
		t.Fatalf("%v, %+v", err, r)
	}
	for i, want := range []Place{places()[1], {"more", second.Page, second.Rect}, {"unseen", 1, Rect{}}} {
		s := r.Signatures[i]
		if got := (Place{s.Field, s.Page, s.Rect}); got != want || s.Rect.Empty() != (i == 2) {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	lies := alter(paper(), func(w *writer, v view) {
		other, _ := pageOf(v, 2)
		withAnnotation(widget(dict{"P": other}))(w, v)
	})
	if got := must(Places(lies)); len(got) != 1 || got[0].Page != 1 {
		t.Errorf("a widget of page 1 that names page 2: %+v", got)
	}
	nowhere := alter(paper(), func(w *writer, v view) {
		withForm(dict{"Fields": array{w.add(widget(nil)), w.add(widget(dict{"T": encodeText("bare"), "Rect": nil}))}})(w, v)
	})
	if got := must(Places(nowhere)); len(got) != 2 || got[0].Page != 0 || got[1] != (Place{Field: "bare"}) {
		t.Errorf("fields on no page: %+v", got)
	}
	for _, bad := range [][]byte{nil, alter(paper(), withAnnotation(widget(dict{"Rect": array{1}}))), alter(paper(), withPage(dict{"Annots": 1}))} {
		if _, err := Places(bad); !errors.Is(err, ErrMalformed) {
			t.Errorf("malformed: %v", err)
		}
	}
}

// An appearance that says where it is must say where the field is.
func TestPlaceElsewhere(t *testing.T) {
	empty := must(AddFields(paper(), places()))
	_, err := Prepare(empty, Options{Field: "head", Appearance: &Appearance{Page: 1, Rect: Rect{60, 300, 260, 360}}})
	if !errors.Is(err, ErrField) {
		t.Errorf("signed elsewhere: %v", err)
	}
	if _, err := Prepare(empty, Options{Field: "head", Appearance: &Appearance{Page: 1, Rect: places()[0].Rect}}); err != nil {
		t.Error(err)
	}
	if _, err := Prepare(empty, Options{Field: "head"}); err != nil {
		t.Errorf("not seen: %v", err)
	}
	signed := sign(t, empty, 0, Options{Field: "head", Time: now, Appearance: &Appearance{}})
	if _, err := Prepare(signed, Options{Field: "head"}); !errors.Is(err, ErrField) {
		t.Errorf("signed twice: %v", err)
	}
}

// What cannot be a place is refused.
func TestPlacesRefused(t *testing.T) {
	good := places()[0]
	for name, c := range map[string]struct {
		change func(p *Place)
		want   error
	}{
		"no name":        {func(p *Place) { p.Field = "" }, ErrField},
		"a space":        {func(p *Place) { p.Field = "the head" }, ErrField},
		"no such page":   {func(p *Place) { p.Page = 99 }, ErrNoPage},
		"page 0":         {func(p *Place) { p.Page = 0 }, ErrNoPage},
		"empty":          {func(p *Place) { p.Rect.Right = p.Rect.Left }, ErrRect},
		"upside down":    {func(p *Place) { p.Rect.Top, p.Rect.Bottom = p.Rect.Bottom, p.Rect.Top }, ErrRect},
		"off the page":   {func(p *Place) { p.Rect.Left, p.Rect.Right = -5, 100 }, ErrRect},
		"half the page":  {func(p *Place) { p.Rect = Rect{0, 0, 595, 420} }, ErrRect},
		"the same twice": {func(p *Place) { p.Field = "chair" }, ErrField},
	} {
		p := good
		c.change(&p)
		if _, err := AddFields(paper(), []Place{{Field: "chair", Page: 1, Rect: good.Rect}, p}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	signed := sign(t, paper(), 0, at(0))
	if _, err := AddFields(signed, places()); !errors.Is(err, ErrCertified) {
		t.Errorf("places after a signature: %v", err)
	}
	if _, err := AddFields([]byte("no PDF"), places()); !errors.Is(err, ErrMalformed) {
		t.Errorf("no PDF: %v", err)
	}
}

// Somebody adds a place to a sealed paper and signs there: that is a new
// signature as any other. To move a place, or to sign in one with another
// rectangle, is refused.
func TestMovedPlace(t *testing.T) {
	sealed := sign(t, must(AddFields(paper(), places())), 1, Options{Field: "server-seal", Certify: true, Time: now})
	if _, err := Continues(sealed, sign(t, sealed, 0, at(0)), trust()); err != nil && !errors.Is(err, ErrField) {
		t.Error(err)
	}
	moved := alter(sealed, func(w *writer, v view) {
		for _, f := range must(v.fields()) {
			if f.name == "head" {
				d := dict{}
				for k, value := range f.dict {
					d[k] = value
				}
				d["Rect"] = Rect{60, 400, 260, 460}.array()
				w.objects[f.ref] = d
			}
		}
	})
	signed := sign(t, moved, 0, Options{Field: "head", Time: now, Appearance: &Appearance{}})
	if _, err := Continues(sealed, signed, trust()); !errors.Is(err, ErrForm) {
		t.Errorf("moved: %v", err)
	}
}
