package pades

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"maps"
	"regexp"
	"time"

	"github.com/homphieu/homphieu/report/cms"
	"github.com/homphieu/homphieu/report/identity"
)

// Options say what a signature tells of itself and where it is seen.
type Options struct {
	// Field names the signature field, such as "head" or "member-2": letters, digits, - and _, once in a file.
	// An empty field of that name, as AddFields makes them, is signed where it stands.
	Field string

	// Name is the person who signs, Reason and Location may be empty.
	Name, Reason, Location string

	// Time is when it is signed, as it will be shown, in its own time zone. Zero leaves it out.
	Time time.Time

	// Certify makes it the document's certification, after which nothing but signatures may come. Only the first can be one.
	Certify bool

	// Appearance is how it is seen; nil for a signature that is not seen.
	Appearance *Appearance

	// Reserve is the space for the CMS signature, in bytes. Zero is 16 KiB, or in Sign what the chain needs.
	Reserve int
}

const defaultReserve = 16 << 10

// Prepared is a PDF that waits for its signature. The fields are for keeping it meanwhile.
type Prepared struct {
	// PDF is the whole file, with zeros where the signature comes.
	PDF []byte

	// From and To are the bounds of the Contents, with its brackets: what is not signed.
	From, To int
}

var fieldName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// Prepare appends everything of a signature but the signature itself.
func Prepare(pdf []byte, o Options) (*Prepared, error) {
	f, err := open(pdf)
	if err != nil {
		return nil, err
	}
	now := f.current()
	if err := now.mayBeSigned(o); err != nil {
		return nil, err
	}
	w := newWriter(f)
	if err := w.sign(now, o); err != nil {
		return nil, err
	}
	file := w.update()
	if len(file) > MaxSize {
		return nil, ErrTooLarge
	}
	w.fillRange(file)
	return &Prepared{file, w.hole[0], w.hole[1]}, nil
}

// mayBeSigned checks the field's name, and what an earlier certification says.
func (v view) mayBeSigned(o Options) error {
	if !fieldName.MatchString(o.Field) {
		return ErrField
	}
	fields, err := v.fields()
	if err != nil {
		return err
	}
	for _, f := range fields {
		if f.name == o.Field && f.dict["V"] != nil {
			return ErrField
		}
		value, err := v.dict(f.dict["V"])
		if err != nil {
			return err
		}
		if value != nil && o.Certify {
			return ErrCertified
		}
		if v.locks(value) {
			return ErrLocked
		}
	}
	return nil
}

// sign adds the signature dictionary, its field, and all that must know of them.
func (w *writer) sign(v view, o Options) error {
	pages, err := v.pages()
	if err != nil {
		return err
	}
	value := w.add(o.dictionary())
	empty, at, err := v.place(pages, o.Field)
	if err != nil {
		return err
	}
	if empty != nil {
		if err := w.signPlace(v, empty, pages[at-1], at, value, o); err != nil {
			return err
		}
		return w.register(v, nil, o.certification(value))
	}
	field := dict{
		"Type": name("Annot"), "Subtype": name("Widget"), "FT": name("Sig"), "T": encodeText(o.Field),
		"F": locked, "Rect": Rect{}.array(), "V": value,
	}
	number := 1
	if o.Appearance != nil {
		number = o.Appearance.Page
	}
	if number < 1 || number > len(pages) {
		return ErrNoPage
	}
	on := pages[number-1]
	field["P"] = on.ref
	if a := o.Appearance; a != nil {
		if err := w.appear(field, on, o); err != nil {
			return err
		}
	}
	r := w.add(field)
	if err := w.show(v, on, r); err != nil {
		return err
	}
	return w.register(v, []ref{r}, o.certification(value))
}

// The flags of widgets (ISO 32000-2 table 167): to be printed; when signed, also
// not to be moved.
const (
	printed = 4
	locked  = printed | 128
)

// certification returns the signature if it is to be the document's certification.
func (o Options) certification(value ref) *ref {
	if o.Certify {
		return &value
	}
	return nil
}

// dictionary returns the signature dictionary (ISO 32000-2 table 255, EN 319 142-1 §6.3).
func (o Options) dictionary() dict {
	reserve := o.Reserve
	if reserve <= 0 {
		reserve = defaultReserve
	}
	d := dict{
		"Type": name("Sig"), "Filter": name("Adobe.PPKLite"), "SubFilter": name("ETSI.CAdES.detached"),
		"ByteRange": rangeHole{}, "Contents": contentsHole(reserve),
	}
	for key, value := range map[name]string{"Name": o.Name, "Reason": o.Reason, "Location": o.Location} {
		if value != "" {
			d[key] = encodeText(value)
		}
	}
	if !o.Time.IsZero() {
		d["M"] = encodeTime(o.Time)
	}
	if o.Certify {
		d["Reference"] = array{dict{
			"Type": name("SigRef"), "TransformMethod": name("DocMDP"),
			"TransformParams": dict{"Type": name("TransformParams"), "P": 2, "V": name("1.2")},
		}}
	}
	return d
}

// extend appends references to a list: to the list itself if that is an object
// of its own, otherwise in the dictionary. It tells whether the dictionary changed.
func (w *writer) extend(v view, d dict, key name, more []ref) (bool, error) {
	list, err := v.array(d[key])
	if err != nil {
		return false, err
	}
	longer := list[:len(list):len(list)]
	for _, r := range more {
		longer = append(longer, r)
	}
	if own, ok := d[key].(ref); ok && v.exists(own.num) {
		w.objects[own] = longer
		return false, nil
	}
	d[key] = longer
	return true, nil
}

// show puts widgets on their page.
func (w *writer) show(v view, on page, widgets ...ref) error {
	d := maps.Clone(on.dict)
	changed, err := w.extend(v, d, "Annots", widgets)
	if changed {
		w.objects[on.ref] = d
	}
	return err
}

// register puts new fields into the form and a certification, if there is one, into the catalog's Perms.
func (w *writer) register(v view, fields []ref, certification *ref) error {
	catalog, err := v.catalog()
	if err != nil {
		return err
	}
	catalog = maps.Clone(catalog)
	form, err := v.form()
	if err != nil {
		return err
	}
	form = maps.Clone(form)
	if form == nil {
		form = dict{}
	}
	form["SigFlags"] = 3 // signatures exist, append only
	if _, err := w.extend(v, form, "Fields", fields); err != nil {
		return err
	}
	own, separate := catalog["AcroForm"].(ref)
	separate = separate && v.exists(own.num)
	if separate {
		w.objects[own] = form
	} else {
		catalog["AcroForm"] = form
	}
	if certification != nil {
		catalog["Perms"] = dict{"DocMDP": *certification}
	}
	if root, ok := v.trailer()["Root"].(ref); ok && (certification != nil || !separate) {
		w.objects[root] = catalog
	}
	return nil
}

// Digest returns the SHA-256 of all that is signed.
func (p *Prepared) Digest() []byte {
	h := sha256.New()
	p.hash(h)
	return h.Sum(nil)
}

func (p *Prepared) hash(h hash.Hash) {
	h.Write(p.PDF[:p.From])
	h.Write(p.PDF[p.To:])
}

// Embed puts a CMS signature of the digest into the PDF and returns that. A
// signature of anything else is refused; whose it is, is for the caller to check before.
func (p *Prepared) Embed(signature []byte) ([]byte, error) {
	if p.From < 0 || p.From >= p.To-1 || p.To > len(p.PDF) || p.PDF[p.From] != '<' || p.PDF[p.To-1] != '>' {
		return nil, ErrMalformed
	}
	s, err := cms.Parse(signature)
	if err != nil {
		return nil, err
	}
	if !s.CAdES {
		return nil, cms.ErrCertificate
	}
	h := s.Hash.New()
	p.hash(h)
	if err := s.Verify(h.Sum(nil)); err != nil {
		return nil, err
	}
	if hex.EncodedLen(len(signature)) > p.To-p.From-2 {
		return nil, ErrReserve
	}
	out := bytes.Clone(p.PDF)
	hex.Encode(out[p.From+1:], signature)
	return out, nil
}

// Sign signs with a key that is at hand. The identity must be good at the time of the signature, if that is given.
func Sign(pdf []byte, who identity.Identity, o Options) ([]byte, error) {
	if !o.Time.IsZero() {
		if err := who.Check(o.Time); err != nil {
			return nil, err
		}
	}
	if o.Reserve == 0 {
		o.Reserve = reserve(who)
	}
	p, err := Prepare(pdf, o)
	if err != nil {
		return nil, err
	}
	signature, err := cms.Request{Digest: p.Digest(), Chain: who.Chain}.Sign(who.Key)
	if err != nil {
		return nil, err
	}
	return p.Embed(signature)
}

// reserve bounds the size of a signature: its certificates, its value of at most 1 KiB, its attributes.
func reserve(who identity.Identity) int {
	n := 2048
	for _, c := range who.Chain {
		n += len(c.Raw) + len(c.RawIssuer)
	}
	return n
}
