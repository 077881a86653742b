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
	f, err := open(pdf)
	if err != nil {
		return nil, err
	}
	fields, err := f.current().fields()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, field := range fields {
		if field.dict["V"] == nil {
			names = append(names, field.name)
		}
	}
	return names, nil
}

// mayHold checks a place on its page.
func (p page) mayHold(place Place) error {
	if !fieldName.MatchString(place.Field) {
		return ErrField
	}
	if place.Rect.width() <= 0 || place.Rect.height() <= 0 {
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
