package pades

import "maps"

// A Place is an empty signature field: where on a paper somebody is to sign.
type Place struct {
	// Field is its name, as in Options.
	Field string

	// Page is counted from 1.
	Page int

	// Rect is where on the page; at most a sixth of it.
	Rect Rect
}

// AddFields appends an update with an empty signature field for each place, so
// that every program that signs PDFs offers them, and the first signature covers
// them. A file that is signed already takes none: that would be a change after a
// signature.
func AddFields(pdf []byte, places []Place) ([]byte, error) {
	f, err := open(pdf)
	if err != nil {
		return nil, err
	}
	now, w := f.current(), newWriter(f)
	pages, err := now.pages()
	if err != nil {
		return nil, err
	}
	shown, all := make(map[int][]ref), []ref(nil)
	for _, place := range places {
		if place.Page < 1 || place.Page > len(pages) {
			return nil, ErrNoPage
		}
		on := pages[place.Page-1]
		if err := on.mayHold(place); err != nil {
			return nil, err
		}
		r := w.add(dict{
			"Type": name("Annot"), "Subtype": name("Widget"), "FT": name("Sig"), "T": encodeText(place.Field),
			"F": printed, "Rect": place.Rect.array(), "P": on.ref,
		})
		shown[place.Page-1], all = append(shown[place.Page-1], r), append(all, r)
	}
	if err := now.mayTake(places); err != nil {
		return nil, err
	}
	for i, widgets := range shown {
		if err := w.show(now, pages[i], widgets...); err != nil {
			return nil, err
		}
	}
	if err := w.register(now, all, nil); err != nil {
		return nil, err
	}
	file := w.update()
	if len(file) > MaxSize {
		return nil, ErrTooLarge
	}
	return file, nil
}

// EmptyFields returns the names of the fields in which nobody has signed yet, in
// the order of the form.
func EmptyFields(pdf []byte) ([]string, error) {
	places, err := Places(pdf)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, p := range places {
		names = append(names, p.Field)
	}
	return names, nil
}

// Places returns the fields in which nobody has signed yet, in the order of the
// form. Page is 0 for a field that no page shows.
func Places(pdf []byte) ([]Place, error) {
	f, err := open(pdf)
	if err != nil {
		return nil, err
	}
	now := f.current()
	fields, err := now.fields()
	if err != nil {
		return nil, err
	}
	shown, err := now.shown()
	if err != nil {
		return nil, err
	}
	var places []Place
	for _, field := range fields {
		if field.dict["V"] != nil {
			continue
		}
		p, err := shown.place(field)
		if err != nil {
			return nil, err
		}
		places = append(places, p)
	}
	return places, nil
}

// What is shown of a document's annotations: on which page, from 1, each is
// listed. The page alone decides that; what an annotation says itself (P) does not.
type shown struct {
	view  view
	pages map[ref]int
}

func (v view) shown() (*shown, error) {
	pages, err := v.pages()
	if err != nil {
		return nil, err
	}
	s := &shown{v, make(map[ref]int)}
	for i, p := range pages {
		list, err := v.array(p.dict["Annots"])
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			if r, ok := a.(ref); ok {
				s.pages[r] = i + 1
			}
		}
	}
	return s, nil
}

// place tells where a field is seen: its own widget, or the first of its kids.
func (s *shown) place(f field) (Place, error) {
	p, widget, d := Place{Field: f.name}, f.ref, f.dict
	kids, err := s.view.array(d["Kids"])
	if err != nil {
		return p, err
	}
	if len(kids) > 0 {
		var ok bool
		if widget, ok = kids[0].(ref); !ok {
			return p, ErrMalformed
		}
		if d, err = s.view.dict(widget); err != nil {
			return p, err
		}
	}
	if d["Rect"] == nil {
		return p, nil
	}
	p.Page = s.pages[widget]
	p.Rect, err = s.view.rect(d["Rect"])
	return p, err
}

// mayHold checks a place on its page.
func (p page) mayHold(place Place) error {
	if !fieldName.MatchString(place.Field) {
		return ErrField
	}
	if place.Rect.Empty() {
		return ErrRect
	}
	return p.checkRect(place.Rect)
}

// mayTake checks that no name is taken, and that nobody has signed.
func (v view) mayTake(places []Place) error {
	fields, err := v.fields()
	if err != nil {
		return err
	}
	taken := make(map[string]bool)
	for _, f := range fields {
		if f.dict["V"] != nil {
			return ErrCertified
		}
		taken[f.name] = true
	}
	for _, place := range places {
		if taken[place.Field] {
			return ErrField
		}
		taken[place.Field] = true
	}
	return nil
}

// place returns the empty field of this name, which must be its own widget on
// one of the pages, and that page's number from 1; nil when there is none.
func (v view) place(pages []page, title string) (*field, int, error) {
	fields, err := v.fields()
	if err != nil {
		return nil, 0, err
	}
	for i := range fields {
		f := &fields[i]
		if f.name != title || f.dict["V"] != nil {
			continue
		}
		for n, on := range pages {
			if f.dict["P"] == on.ref && f.dict["Subtype"] == name("Widget") {
				return f, n + 1, nil
			}
		}
		return nil, 0, ErrField
	}
	return nil, 0, nil
}

// signPlace puts a signature into an empty field, where it stands. An
// appearance without a page and rectangle takes those of the field.
func (w *writer) signPlace(v view, f *field, on page, number int, value ref, o Options) error {
	d := maps.Clone(f.dict)
	d["V"], d["F"] = value, locked
	if a := o.Appearance; a != nil {
		at, err := v.rect(d["Rect"])
		if err != nil {
			return err
		}
		if a.Page != 0 && (a.Page != number || a.Rect != at) {
			return ErrField
		}
		here := *a
		here.Page, here.Rect = number, at
		o.Appearance = &here
		if err := w.appear(d, on, o); err != nil {
			return err
		}
	}
	w.objects[f.ref] = d
	return nil
}
