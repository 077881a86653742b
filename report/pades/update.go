package pades

import (
	"bytes"
	"slices"
)

// An update compares a revision with the one before it.
type update struct {
	old, new view
	revision *revision

	// replaced are the numbers of objects that were there before and are other ones now.
	replaced map[int]bool

	// judged are those of them of which another check says what may change.
	judged map[int]bool

	// widgets are the annotations that new signature fields may show, until one page has shown them.
	widgets map[ref]bool

	// counts are how many references the old document has to each object.
	counts map[int]int
}

// permitted tells whether revision i does only what may come after a signature.
func (f *file) permitted(i int) error {
	u := &update{
		old: f.at(i - 1), new: f.at(i), revision: f.revisions[i],
		replaced: make(map[int]bool), judged: make(map[int]bool), widgets: make(map[ref]bool),
	}
	for _, check := range []func() error{u.count, u.entries, u.tiles, u.trailer, u.catalog, u.form, u.pages, u.rest} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// entries finds what the update replaces. Objects that repeat what they were are no change.
func (u *update) entries() error {
	for num, e := range u.revision.entries {
		was := u.old.entry(num)
		switch {
		case e == was:
		case was.kind == free && u.counts[num] > 0: // something was left out on purpose, to be put in now
			return ErrOverwritten
		case was.kind == free:
		case e.kind == free:
			return ErrRemoved
		default:
			before, err := u.old.load(num)
			if err != nil {
				return err
			}
			after, err := u.new.load(num)
			if err != nil {
				return err
			}
			if was.kind == plain && e.kind == plain && was.b != e.b || !equal(before, after) {
				u.replaced[num] = true
			}
		}
	}
	return nil
}

// tiles checks that an update is its objects and its section, one after the other, with nothing between them.
func (u *update) tiles() error {
	var starts []int
	for num, e := range u.revision.entries {
		if e.kind != plain || e.a < u.revision.from || e.a == u.revision.section {
			continue
		}
		if _, err := u.new.load(num); err != nil {
			return err
		}
		starts = append(starts, e.a)
	}
	slices.Sort(starts)
	f, at := u.new.f, u.revision.from
	for _, start := range starts {
		if start < at || !isBlank(f.data[at:start]) {
			return ErrStray
		}
		o, err := f.indirect(start, u.new)
		if err != nil {
			return err
		}
		at = o.end
	}
	if at > u.revision.section || !isBlank(f.data[at:u.revision.section]) {
		return ErrStray
	}
	return nil
}

// isBlank tells whether there is only white space, and comments that no reader could take for an object.
func isBlank(data []byte) bool {
	for _, word := range []string{"obj", "xref", "stream", "trailer"} {
		if bytes.Contains(data, []byte(word)) {
			return false
		}
	}
	l := &lexer{data: data}
	l.space()
	return l.at == len(data)
}

// trailer compares what the trailers name: the same root, and an Info that holds only words.
func (u *update) trailer() error {
	was, is := u.old.trailer(), u.new.trailer()
	if _, ok := is["Root"].(ref); !ok || is["Root"] != was["Root"] {
		return ErrCatalog
	}
	info, ok := is["Info"].(ref)
	if !ok || !u.replaced[info.num] || was["Info"] != is["Info"] {
		return nil
	}
	for _, v := range []view{u.old, u.new} {
		d, err := v.dict(info)
		if err != nil || !onlyWords(d) {
			return ErrOverwritten
		}
	}
	return u.judge(info, 0)
}

func onlyWords(d dict) bool {
	for _, v := range d {
		switch v.(type) {
		case text, name:
		default:
			return false
		}
	}
	return true
}

// judge marks a replaced object as looked at, if the old document refers to it
// from as many places as it should: replaced in one role, it must have no other.
func (u *update) judge(value any, places int) error {
	r, ok := value.(ref)
	if !ok || !u.replaced[r.num] {
		return nil
	}
	if u.counts[r.num] > places {
		return ErrOverwritten
	}
	u.judged[r.num] = true
	return nil
}

// count counts all references of the old document but those of its trailers.
func (u *update) count() error {
	u.counts = make(map[int]int)
	seen := make(map[int]bool)
	for i := u.old.i; i >= 0; i-- {
		for num := range u.old.f.revisions[i].entries {
			if seen[num] {
				continue
			}
			seen[num] = true
			value, err := u.old.load(num)
			if err != nil {
				return err
			}
			u.countIn(value)
		}
	}
	return nil
}

func (u *update) countIn(value any) {
	switch x := value.(type) {
	case ref:
		u.counts[x.num]++
	case array:
		for _, v := range x {
			u.countIn(v)
		}
	case dict:
		for _, v := range x {
			u.countIn(v)
		}
	case stream:
		if x.dict["Type"] != name("XRef") {
			u.countIn(x.dict)
		}
	}
}

// differing returns the keys whose values are not the same.
func differing(a, b dict) []name {
	var keys []name
	for k, v := range a {
		if !equal(v, b[k]) {
			keys = append(keys, k)
		}
	}
	for k, v := range b {
		if a[k] == nil && v != nil {
			keys = append(keys, k)
		}
	}
	return keys
}

// within tells whether all keys are among those of a list.
func within(keys []name, list ...name) bool {
	return !slices.ContainsFunc(keys, func(k name) bool { return !slices.Contains(list, k) })
}

func keysOf(d dict) []name { return differing(d, nil) }

// catalog compares the catalogs. What AcroForm holds is for form to compare.
func (u *update) catalog() error {
	root, _ := u.new.trailer()["Root"].(ref)
	was, err := u.old.catalog()
	if err != nil {
		return err
	}
	is, err := u.new.catalog()
	if err != nil {
		return err
	}
	if !within(differing(was, is), "AcroForm", "DSS", "Perms", "Extensions", "Version", "Metadata") {
		return ErrCatalog
	}
	u.judged[root.num] = true
	for _, check := range []func(was, is dict) error{u.perms, u.metadata, u.dss} {
		if err := check(was, is); err != nil {
			return err
		}
	}
	return nil
}

// perms may get a certification where there was none, and nothing else.
func (u *update) perms(was, is dict) error {
	before, err := u.old.dict(was["Perms"])
	if err != nil {
		return err
	}
	after, err := u.new.dict(is["Perms"])
	if err != nil {
		return err
	}
	if changed := differing(before, after); len(changed) > 0 && (before["DocMDP"] != nil || !within(changed, "DocMDP")) {
		return ErrCatalog
	}
	return nil
}

// metadata may be replaced by other metadata.
func (u *update) metadata(was, is dict) error {
	for _, at := range []struct {
		view  view
		value any
	}{{u.old, was["Metadata"]}, {u.new, is["Metadata"]}} {
		value, err := at.view.get(at.value)
		if err != nil {
			return err
		}
		if s, ok := value.(stream); value != nil && (!ok || s.dict["Type"] != name("Metadata")) {
			return ErrCatalog
		}
	}
	return u.judge(was["Metadata"], 1)
}

// dss may hold what helps to check certificates later (ISO 32000-2 §12.8.4.3), in lists that may be replaced.
func (u *update) dss(was, is dict) error {
	before, err := u.old.dict(was["DSS"])
	if err != nil {
		return err
	}
	after, err := u.new.dict(is["DSS"])
	if err != nil {
		return err
	}
	allowed := []name{"Type", "Certs", "CRLs", "OCSPs", "VRI"}
	if !within(keysOf(before), allowed...) || !within(keysOf(after), allowed...) {
		return ErrCatalog
	}
	for _, key := range []name{"Certs", "CRLs", "OCSPs", "VRI"} {
		if err := u.judge(before[key], 1); err != nil {
			return err
		}
	}
	return u.judge(was["DSS"], 1)
}

// pages compares the pages, of which there are the same as before.
func (u *update) pages() error {
	was, err := u.old.pages()
	if err != nil {
		return err
	}
	is, err := u.new.pages()
	if err != nil {
		return err
	}
	if len(was) != len(is) {
		return ErrPage
	}
	for i := range was {
		if was[i].ref != is[i].ref || was[i].box != is[i].box {
			return ErrPage
		}
		if err := u.page(was[i], is[i]); err != nil {
			return err
		}
	}
	return nil
}

// page compares one page: the annotations that it had, then widgets of new signature fields.
func (u *update) page(was, is page) error {
	if !within(differing(was.dict, is.dict), "Annots") {
		return ErrPage
	}
	before, err := u.old.array(was.dict["Annots"])
	if err != nil {
		return err
	}
	after, err := u.new.array(is.dict["Annots"])
	if err != nil {
		return err
	}
	if !isPrefix(before, after) {
		return ErrPage
	}
	u.judged[was.ref.num] = true
	for _, a := range after[len(before):] {
		if err := u.annotation(a, is); err != nil {
			return err
		}
	}
	return u.judge(was.dict["Annots"], 1)
}

// annotation checks a new annotation: its field was looked at, and it covers little of this page.
func (u *update) annotation(value any, on page) error {
	r, ok := value.(ref)
	if !ok || !u.widgets[r] {
		return ErrAnnotation
	}
	delete(u.widgets, r)
	d, err := u.new.dict(r)
	if err != nil {
		return err
	}
	if d["P"] != nil && d["P"] != any(on.ref) {
		return ErrAnnotation
	}
	rect, err := u.new.rect(d["Rect"])
	if err != nil {
		return err
	}
	return on.checkRect(rect)
}

// rest refuses what was replaced and is nothing that a check above has judged.
func (u *update) rest() error {
	for num := range u.replaced {
		if !u.judged[num] {
			return ErrOverwritten
		}
	}
	return nil
}
