package pades

import "slices"

// form compares the forms: all fields that there were, then new signature fields.
func (u *update) form() error {
	was, err := u.old.form()
	if err != nil {
		return err
	}
	is, err := u.new.form()
	if err != nil {
		return err
	}
	changed := differing(was, is)
	if !within(changed, "Fields", "SigFlags", "DA", "DR", "Q") {
		return ErrForm
	}
	for _, key := range changed {
		if (key == "DA" || key == "Q") && was[key] != nil {
			return ErrForm
		}
	}
	if err := u.resources(was, is); err != nil {
		return err
	}
	if err := u.fields(was, is); err != nil {
		return err
	}
	root, err := u.old.catalog()
	if err != nil {
		return err
	}
	return u.judge(root["AcroForm"], 1)
}

// resources checks that DR keeps what it had: fonts that other fields are written in.
func (u *update) resources(was, is dict) error {
	before, err := u.old.dict(was["DR"])
	if err != nil {
		return err
	}
	after, err := u.new.dict(is["DR"])
	if err != nil {
		return err
	}
	for kind, value := range before {
		if equal(value, after[kind]) {
			continue
		}
		inner, ok := value.(dict)
		outer, ok2 := after[kind].(dict)
		if !ok || !ok2 || slices.ContainsFunc(keysOf(inner), func(k name) bool { return !equal(inner[k], outer[k]) }) {
			return ErrForm
		}
	}
	return nil
}

func (u *update) fields(was, is dict) error {
	before, err := u.old.array(was["Fields"])
	if err != nil {
		return err
	}
	after, err := u.new.array(is["Fields"])
	if err != nil {
		return err
	}
	if !isPrefix(before, after) {
		return ErrForm
	}
	names := make(map[string]bool)
	old, err := u.old.fields()
	if err != nil {
		return err
	}
	for _, f := range old {
		names[f.name] = true
		if err := u.signed(f); err != nil {
			return err
		}
	}
	for _, f := range after[len(before):] {
		if err := u.newField(f, names); err != nil {
			return err
		}
	}
	return u.judge(was["Fields"], 1)
}

// signed checks a field that was there: if it was empty, it may have been signed,
// and changed for that alone.
func (u *update) signed(f field) error {
	if f.dict["V"] != nil {
		return nil
	}
	kids, err := u.old.array(f.dict["Kids"])
	if err != nil {
		return err
	}
	if !u.replaced[f.ref.num] && !slices.ContainsFunc(kids, u.isReplaced) {
		return nil
	}
	is, err := u.new.dict(f.ref)
	if err != nil || !within(differing(f.dict, is), "V", "AP", "M", "MK", "DA", "DR", "P", "F", "Lock") {
		return ErrForm
	}
	if value, err := u.new.dict(is["V"]); err != nil || value == nil {
		return ErrForm
	}
	u.judged[f.ref.num] = true
	for _, kid := range kids {
		if err := u.signedWidget(kid); err != nil {
			return err
		}
	}
	return u.checkField(f.ref, is)
}

func (u *update) isReplaced(value any) bool {
	r, ok := value.(ref)
	return ok && u.replaced[r.num]
}

// signedWidget checks the widget of an empty field, when it is an object of its own.
func (u *update) signedWidget(kid any) error {
	if !u.isReplaced(kid) {
		return nil
	}
	r, _ := kid.(ref)
	was, err := u.old.dict(r)
	if err != nil {
		return err
	}
	is, err := u.new.dict(r)
	if err != nil {
		return err
	}
	if !within(differing(was, is), "AP", "M", "MK", "P", "F") {
		return ErrForm
	}
	u.judged[r.num] = true
	return nil
}

// newField checks a field that was not there before.
func (u *update) newField(value any, names map[string]bool) error {
	r, ok := value.(ref)
	if !ok || u.old.exists(r.num) {
		return ErrForm
	}
	d, err := u.new.dict(r)
	if err != nil {
		return err
	}
	title, ok := d["T"].(text)
	if !ok || names[decodeText(title.data)] {
		return ErrForm
	}
	names[decodeText(title.data)] = true
	return u.checkField(r, d)
}

// Keys of a signature field and of its widget. None of them acts: above all, neither A nor AA is here.
var (
	fieldKeys  = []name{"FT", "T", "TU", "Ff", "V", "Kids", "Lock", "SV", "DA", "DR", "Q"}
	widgetKeys = []name{
		"Type", "Subtype", "Rect", "F", "P", "AP", "M", "NM", "MK", "BS", "Border", "H", "Parent", "StructParent", "DA",
	}
)

// checkField checks what a signature field is, and notes its widget: itself, or its only kid.
func (u *update) checkField(r ref, d dict) error {
	if d["FT"] != name("Sig") || d["Parent"] != nil {
		return ErrForm
	}
	if v, ok := d["V"].(ref); ok && u.old.exists(v.num) {
		return ErrForm
	}
	kids, err := u.new.array(d["Kids"])
	if err != nil {
		return err
	}
	if d["Subtype"] != nil {
		if len(kids) > 0 || !within(keysOf(d), append(fieldKeys[:len(fieldKeys):len(fieldKeys)], widgetKeys...)...) {
			return ErrForm
		}
		return u.checkWidget(r, d)
	}
	if len(kids) > 1 || !within(keysOf(d), fieldKeys...) {
		return ErrForm
	}
	for _, kid := range kids {
		if err := u.checkKid(kid, r); err != nil {
			return err
		}
	}
	return nil
}

func (u *update) checkKid(kid any, parent ref) error {
	r, ok := kid.(ref)
	if !ok {
		return ErrForm
	}
	d, err := u.new.dict(r)
	if err != nil {
		return err
	}
	if d["Parent"] != any(parent) || !within(keysOf(d), widgetKeys...) {
		return ErrForm
	}
	return u.checkWidget(r, d)
}

// Flags of annotations that are harmless: invisible, hidden, print, read-only, locked, locked contents.
// Those that take a widget out of its rectangle, NoZoom and NoRotate, are not among them.
const plainFlags = 1 | 2 | 4 | 64 | 128 | 512

// checkWidget checks a widget and lets a page show it.
func (u *update) checkWidget(r ref, d dict) error {
	flags, isInt := d["F"].(int)
	if d["Subtype"] != name("Widget") || d["F"] != nil && (!isInt || flags&^plainFlags != 0) {
		return ErrAnnotation
	}
	appearance, err := u.new.dict(d["AP"])
	if err != nil {
		return err
	}
	rect, err := u.new.rect(d["Rect"])
	if err != nil || !within(keysOf(appearance), "N") {
		return ErrAnnotation
	}
	if appearance["N"] != nil {
		if err := u.checkAppearance(appearance["N"], rect); err != nil {
			return err
		}
	}
	if !u.old.exists(r.num) {
		u.widgets[r] = true
	}
	return nil
}

// checkAppearance checks that an appearance is a form with a box, by which readers
// fit and clip it. Without one, some draw it as large as it likes, in an empty
// rectangle too: there it draws nothing at all.
func (u *update) checkAppearance(value any, at Rect) error {
	value, err := u.new.get(value)
	if err != nil {
		return err
	}
	s, ok := value.(stream)
	if !ok {
		return ErrAnnotation
	}
	if box, err := u.new.rect(s.dict["BBox"]); err == nil && !box.Empty() {
		return nil
	}
	if data, err := u.new.f.unpack(s); err != nil || !at.Empty() || !isBlank(data) {
		return ErrAnnotation
	}
	return nil
}
