package pades

import "strings"

// A field is a signature field: its full name, where it stands, and its dictionary.
type field struct {
	name string
	ref  ref
	dict dict
}

const maxFields = 1000

// form returns the interactive form, an empty one when there is none.
func (v view) form() (dict, error) {
	root, err := v.catalog()
	if err != nil {
		return nil, err
	}
	return v.dict(root["AcroForm"])
}

// fields returns all signature fields, signed or not, and how many fields there are in all.
func (v view) fields() ([]field, error) {
	form, err := v.form()
	if err != nil {
		return nil, err
	}
	top, err := v.array(form["Fields"])
	if err != nil {
		return nil, err
	}
	w := &fieldTree{view: v, seen: make(map[int]bool)}
	for _, f := range top {
		if err := w.walk(f, nil, nil); err != nil {
			return nil, err
		}
	}
	return w.fields, nil
}

// A fieldTree collects fields. It meets every one once, so there is no loop.
type fieldTree struct {
	view   view
	seen   map[int]bool
	fields []field
}

// walk collects the signature fields at and below a node; kind is the type that it inherits.
func (t *fieldTree) walk(node any, above []string, kind any) error {
	r, ok := node.(ref)
	if !ok || t.seen[r.num] || len(t.seen) == maxFields || len(above) > maxDepth {
		return ErrMalformed
	}
	t.seen[r.num] = true
	d, err := t.view.dict(r)
	if err != nil || d == nil {
		return ErrMalformed
	}
	if d["FT"] != nil {
		kind = d["FT"]
	}
	title, named := d["T"].(text)
	if named {
		above = append(above[:len(above):len(above)], decodeText(title.data))
	}
	kids, err := t.view.array(d["Kids"])
	if err != nil {
		return err
	}
	if named && kind == name("Sig") {
		t.fields = append(t.fields, field{strings.Join(above, "."), r, d})
	}
	for _, kid := range kids {
		if err := t.walk(kid, above, kind); err != nil {
			return err
		}
	}
	return nil
}
