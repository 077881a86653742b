package pades

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/report/cms"
)

// alter appends an update that changes objects as it likes, well formed otherwise.
func alter(pdf []byte, change func(w *writer, v view)) []byte {
	f := must(open(pdf))
	w := newWriter(f)
	change(w, f.current())
	return bytes.Clone(w.update())
}

func catalogOf(v view) (ref, dict) {
	return v.trailer()["Root"].(ref), maps.Clone(must(v.catalog()))
}

func pageOf(v view, number int) (ref, dict) {
	p := must(v.pages())[number-1]
	return p.ref, maps.Clone(p.dict)
}

// withCatalog changes keys of the catalog.
func withCatalog(change dict) func(w *writer, v view) {
	return func(w *writer, v view) {
		r, d := catalogOf(v)
		maps.Copy(d, change)
		w.objects[r] = d
	}
}

// withForm changes keys of the form.
func withForm(change dict) func(w *writer, v view) {
	return func(w *writer, v view) {
		r, d := catalogOf(v)
		form := dict{}
		maps.Copy(form, must(v.form()))
		maps.Copy(form, change)
		d["AcroForm"] = form
		w.objects[r] = d
	}
}

// withPage changes keys of page 1.
func withPage(change dict) func(w *writer, v view) {
	return func(w *writer, v view) {
		r, d := pageOf(v, 1)
		maps.Copy(d, change)
		w.objects[r] = d
	}
}

// withAnnotation adds an annotation to page 1, and to the form's fields if it is one.
func withAnnotation(a dict) func(w *writer, v view) {
	return func(w *writer, v view) {
		r := w.add(a)
		page, d := pageOf(v, 1)
		d["Annots"] = append(bytesOf(v, d["Annots"]), r)
		w.objects[page] = d
		if a["FT"] == nil {
			return
		}
		root, c := catalogOf(v)
		form := dict{"SigFlags": 3}
		maps.Copy(form, must(v.form()))
		form["Fields"] = append(bytesOf(v, form["Fields"]), r)
		c["AcroForm"] = form
		w.objects[root] = c
	}
}

func bytesOf(v view, list any) array {
	a := must(v.array(list))
	return a[:len(a):len(a)]
}

// widget is an empty signature field that is as it should be, but for the changes.
func widget(change dict) dict {
	d := dict{
		"Type": name("Annot"), "Subtype": name("Widget"), "FT": name("Sig"), "T": encodeText("more"),
		"F": 4, "Rect": array{10, 10, 60, 40},
	}
	maps.Copy(d, change)
	return d
}

// raw appends an update by hand: the bytes of its objects, and a table.
func raw(pdf []byte, body, table string) []byte {
	f := must(open(pdf))
	root := f.last().trailer["Root"].(ref)
	out := append(bytes.Clone(pdf), body...)
	at := len(out)
	return fmt.Appendf(out, "xref\n%strailer\n<< /Size 500 /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n",
		table, root.num, f.last().section, at)
}

func line(offset int) string { return fmt.Sprintf("%010d 00000 n \n", offset) }

// contentsOf returns the number of page 1's content stream.
func contentsOf(pdf []byte) ref {
	_, d := pageOf(must(open(pdf)).current(), 1)
	return d["Contents"].(ref)
}

// attacks change what must not change. Each is an update to a paper that the head has signed.
var attacks = []struct {
	name string
	make func(pdf []byte) []byte
	want error
}{
	{"hide: content freed", func(pdf []byte) []byte {
		return raw(pdf, "", fmt.Sprintf("%d 1\n0000000000 65535 f \n", contentsOf(pdf).num))
	}, ErrRemoved},
	{"replace: content overwritten", func(pdf []byte) []byte {
		return alter(pdf, func(w *writer, _ view) { w.objects[contentsOf(pdf)] = pack(dict{}, []byte("BT ET")) })
	}, ErrOverwritten},
	{"replace: font overwritten", func(pdf []byte) []byte {
		return alter(pdf, func(w *writer, v view) {
			_, d := pageOf(v, 1)
			for _, font := range must(v.dict(d["Resources"]))["Font"].(dict) {
				w.objects[font.(ref)] = dict{"Type": name("Font")}
			}
		})
	}, ErrOverwritten},
	{"hide and replace: another root", func(pdf []byte) []byte {
		f := must(open(pdf))
		_, d := catalogOf(f.current())
		f.last().trailer["Root"] = ref{f.last().trailer["Size"].(int), 0}
		w := newWriter(f)
		w.add(d)
		return w.update()
	}, ErrCatalog},
	{"hide and replace: earlier bytes", func(pdf []byte) []byte {
		hidden := bytes.Index(pdf, []byte("3 0 obj")) // any other object of the original
		return raw(pdf, "", fmt.Sprintf("%d 1\n%s", contentsOf(pdf).num, line(hidden)))
	}, ErrRedirected},
	{"hide and replace: new object in earlier bytes", func(pdf []byte) []byte {
		return raw(pdf, "", "400 1\n"+line(100))
	}, ErrRedirected},
	{"page: other content", func(pdf []byte) []byte {
		return alter(pdf, func(w *writer, v view) {
			withPage(dict{"Contents": w.add(pack(dict{}, []byte("BT ET")))})(w, v)
		})
	}, ErrPage},
	{"page: turned", func(pdf []byte) []byte { return alter(pdf, withPage(dict{"Rotate": 180})) }, ErrPage},
	{"page: cropped", func(pdf []byte) []byte { return alter(pdf, withPage(dict{"CropBox": array{0, 0, 9, 9}})) }, ErrPage},
	{"page: action", func(pdf []byte) []byte { return alter(pdf, withPage(dict{"AA": dict{}})) }, ErrPage},
	{"page: signature taken away", func(pdf []byte) []byte { return alter(pdf, withPage(dict{"Annots": nil})) }, ErrPage},
	{"page: added", func(pdf []byte) []byte {
		return alter(pdf, func(w *writer, v view) {
			_, c := catalogOf(v)
			_, p := pageOf(v, 1)
			tree := maps.Clone(must(v.dict(c["Pages"])))
			tree["Kids"] = append(bytesOf(v, tree["Kids"]), w.add(p))
			w.objects[c["Pages"].(ref)] = tree
		})
	}, ErrPage},
	{"page: size of all", func(pdf []byte) []byte {
		return alter(pdf, func(w *writer, v view) {
			_, c := catalogOf(v)
			tree := maps.Clone(must(v.dict(c["Pages"])))
			tree["MediaBox"] = array{0, 0, 300, 300}
			w.objects[c["Pages"].(ref)] = tree
		})
	}, nil}, // refused one way or the other
	{"catalog: opens with an action", func(pdf []byte) []byte {
		return alter(pdf, withCatalog(dict{"OpenAction": dict{"S": name("JavaScript")}}))
	}, ErrCatalog},
	{"catalog: other pages", func(pdf []byte) []byte {
		return alter(pdf, func(w *writer, v view) {
			_, c := catalogOf(v)
			withCatalog(dict{"Pages": w.add(must(v.dict(c["Pages"])))})(w, v)
		})
	}, ErrCatalog},
	{"catalog: optional content", func(pdf []byte) []byte { return alter(pdf, withCatalog(dict{"OCProperties": dict{}})) }, ErrCatalog},
	{"catalog: store of certificates with more in it", func(pdf []byte) []byte {
		return alter(pdf, withCatalog(dict{"DSS": dict{"Contents": 1}}))
	}, ErrCatalog},
	{"catalog: metadata that are none", func(pdf []byte) []byte {
		return alter(pdf, withCatalog(dict{"Metadata": contentsOf(pdf)}))
	}, ErrCatalog},
	{"catalog: other permissions", func(pdf []byte) []byte {
		return alter(pdf, withCatalog(dict{"Perms": dict{"UR3": dict{}}}))
	}, ErrCatalog},
	{"info: not of words", func(pdf []byte) []byte {
		return alter(pdf, func(w *writer, v view) { w.objects[v.trailer()["Info"].(ref)] = dict{"Kids": array{}} })
	}, ErrOverwritten},
	{"form: XFA", func(pdf []byte) []byte { return alter(pdf, withForm(dict{"XFA": text{}})) }, ErrForm},
	{"form: drawn anew", func(pdf []byte) []byte { return alter(pdf, withForm(dict{"NeedAppearances": true})) }, ErrForm},
	{"form: field taken away", func(pdf []byte) []byte { return alter(pdf, withForm(dict{"Fields": array{}})) }, ErrForm},
	{"form: text field", func(pdf []byte) []byte { return alter(pdf, withAnnotation(widget(dict{"FT": name("Tx")}))) }, ErrForm},
	{"form: old object as field", func(pdf []byte) []byte {
		return alter(pdf, func(w *writer, v view) {
			form := must(v.form())
			withForm(dict{"Fields": append(bytesOf(v, form["Fields"]), contentsOf(pdf))})(w, v)
		})
	}, ErrMalformed},
	{"form: name twice", func(pdf []byte) []byte { return alter(pdf, withAnnotation(widget(dict{"T": encodeText("head")}))) }, ErrForm},
	{"form: signature of another", func(pdf []byte) []byte {
		return alter(pdf, func(w *writer, v view) {
			withAnnotation(widget(dict{"V": must(v.fields())[0].dict["V"]}))(w, v)
		})
	}, ErrForm},
	{"widget: action", func(pdf []byte) []byte { return alter(pdf, withAnnotation(widget(dict{"A": dict{}}))) }, ErrForm},
	{"widget: additional actions", func(pdf []byte) []byte { return alter(pdf, withAnnotation(widget(dict{"AA": dict{}}))) }, ErrForm},
	{"widget: never zoomed", func(pdf []byte) []byte { return alter(pdf, withAnnotation(widget(dict{"F": 4 | 8}))) }, ErrAnnotation},
	{"widget: on mouse over", func(pdf []byte) []byte {
		return alter(pdf, withAnnotation(widget(dict{"AP": dict{"R": dict{}}})))
	}, ErrAnnotation},
	{"widget: appearance without box", func(pdf []byte) []byte {
		return alter(pdf, func(w *writer, v view) {
			withAnnotation(widget(dict{"AP": dict{"N": w.add(pack(dict{}, nil))}}))(w, v)
		})
	}, ErrAnnotation},
	{"widget: of another page", func(pdf []byte) []byte {
		return alter(pdf, func(w *writer, v view) {
			other, _ := pageOf(v, 2)
			withAnnotation(widget(dict{"P": other}))(w, v)
		})
	}, ErrAnnotation},
	{"widget: too large", func(pdf []byte) []byte {
		return alter(pdf, withAnnotation(widget(dict{"Rect": array{0, 0, 590, 145}})))
	}, ErrRect},
	{"widget: off the page", func(pdf []byte) []byte {
		return alter(pdf, withAnnotation(widget(dict{"Rect": array{-5, 0, 50, 50}})))
	}, ErrRect},
	{"annotation: free text", func(pdf []byte) []byte {
		return alter(pdf, withAnnotation(dict{"Type": name("Annot"), "Subtype": name("FreeText"), "Rect": array{10, 10, 60, 40}}))
	}, ErrAnnotation},
	{"annotation: link in place", func(pdf []byte) []byte {
		return alter(pdf, func(w *writer, v view) {
			_, d := pageOf(v, 1)
			withPage(dict{"Annots": append(bytesOf(v, d["Annots"]), dict{"Subtype": name("Link")})})(w, v)
		})
	}, ErrAnnotation},
	{"signature overwritten", func(pdf []byte) []byte {
		return alter(pdf, func(w *writer, v view) {
			r := must(v.fields())[0].dict["V"].(ref)
			d := maps.Clone(must(v.dict(r)))
			d["Name"] = encodeText("Người khác")
			w.objects[r] = d
		})
	}, ErrOverwritten},
	{"signed field moved", func(pdf []byte) []byte {
		return alter(pdf, func(w *writer, v view) {
			f := must(v.fields())[0]
			d := maps.Clone(f.dict)
			d["Rect"] = array{0, 0, 500, 500}
			w.objects[f.ref] = d
		})
	}, ErrOverwritten},
	{"appearance overwritten", func(pdf []byte) []byte {
		return alter(pdf, func(w *writer, v view) {
			f := must(v.fields())[0]
			w.objects[f.dict["AP"].(dict)["N"].(ref)] = pack(dict{"BBox": array{0, 0, 1, 1}}, nil)
		})
	}, ErrOverwritten},
	{"object that is not listed", func(pdf []byte) []byte {
		return raw(pdf, fmt.Sprintf("%d 0 obj\nnull\nendobj\n", contentsOf(pdf).num), "0 0\n")
	}, ErrStray},
	{"object in a comment", func(pdf []byte) []byte { return raw(pdf, "% 7 0 obj null endobj\n", "0 0\n") }, ErrStray},
	{"bytes between objects", func(pdf []byte) []byte {
		return raw(pdf, "400 0 obj\nnull\nendobj\njunk\n401 0 obj\nnull\nendobj\n", "400 2\n"+
			line(len(pdf))+line(len(pdf)+len("400 0 obj\nnull\nendobj\njunk\n")))
	}, ErrStray},
}

// signedByHead is the paper with one signature.
func signedByHead(t testing.TB) []byte {
	o := at(0)
	o.Field = "head"
	return sign(t, paper(), 0, o)
}

// No attack passes, whether or not a further signature covers it; and the earlier signature says so.
func TestAttacks(t *testing.T) {
	base := signedByHead(t)
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			changed := a.make(base)
			if _, err := Continues(base, changed, trust()); err == nil || a.want != nil && !errors.Is(err, a.want) {
				t.Errorf("Continues: %v, want %v", err, a.want)
			}
			if r, err := Verify(changed, trust()); err == nil && isOK(r, "head") {
				t.Error("Verify: the head's signature is good for a file that shows something else")
			}
			covered, err := Sign(changed, people()[1], at(1))
			if err != nil {
				return // not even signed
			}
			if _, err := Continues(base, covered, trust()); err == nil {
				t.Error("Continues: taken with a signature over it")
			}
		})
	}
}

// isOK tells whether the report calls the signature of a field good.
func isOK(r Report, field string) bool {
	return slices.ContainsFunc(r.Signatures, func(s Signature) bool { return s.Field == field && s.OK() })
}

// A reference to nothing, left in the paper before it was signed, is not filled afterwards.
func TestDanglingReference(t *testing.T) {
	base := alter(paper(), func(w *writer, v view) {
		_, d := pageOf(v, 1)
		withPage(dict{"Contents": array{d["Contents"], ref{300, 0}}})(w, v)
	})
	o := at(0)
	o.Field = "head"
	base = sign(t, base, 0, o)
	changed := alter(base, func(w *writer, _ view) { w.objects[ref{300, 0}] = pack(dict{}, []byte("BT ET")) })
	if _, err := Continues(base, changed, trust()); !errors.Is(err, ErrOverwritten) {
		t.Errorf("Continues: %v", err)
	}
	if r, err := Verify(changed, trust()); err != nil || isOK(r, "head") {
		t.Errorf("Verify: %v, %+v", err, r)
	}
	if _, err := Continues(base, sign(t, base, 1, at(1)), trust()); err != nil {
		t.Errorf("left as it is: %v", err)
	}
}

// What other programs add beside signatures is taken.
func TestPermitted(t *testing.T) {
	base := signedByHead(t)
	for name, change := range map[string]func(w *writer, v view){
		"store of certificates": func(w *writer, v view) {
			withCatalog(dict{"DSS": w.add(dict{"Type": name("DSS"), "Certs": w.add(array{w.add(pack(dict{}, []byte("x")))})})})(w, v)
		},
		"metadata": func(w *writer, v view) {
			withCatalog(dict{"Metadata": w.add(stream{dict{"Type": name("Metadata"), "Subtype": name("XML")}, []byte("<x/>")})})(w, v)
		},
		"title": func(w *writer, v view) {
			w.objects[v.trailer()["Info"].(ref)] = dict{"Title": encodeText("Biên bản")}
		},
		"version": withCatalog(dict{"Version": name("1.7"), "Extensions": dict{}}),
		"fonts":   withForm(dict{"DR": dict{"Font": dict{}}, "DA": text{data: []byte("/Helv 0 Tf")}}),
	} {
		changed := sign(t, alter(base, change), 1, at(1))
		r, err := Continues(base, changed, trust())
		if err != nil || len(r.Signatures) != 2 || !r.Signatures[0].OK() || !r.Signatures[1].Whole {
			t.Errorf("%s: %v, %+v", name, err, r)
		}
	}
}

// withKid adds an empty field "more", whose widget is an object of its own.
func withKid(w *writer, v view) {
	page, d := pageOf(v, 1)
	kid := w.add(dict{"Subtype": name("Widget"), "Rect": array{10, 10, 60, 40}, "P": page})
	field := w.add(dict{"FT": name("Sig"), "T": encodeText("more"), "Kids": array{kid}})
	w.objects[kid].(dict)["Parent"] = field
	d["Annots"] = append(bytesOf(v, d["Annots"]), kid)
	w.objects[page] = d
	withForm(dict{"Fields": append(bytesOf(v, must(v.form())["Fields"]), field)})(w, v)
}

// change replaces the field "more", with a signature in it if there is one.
func change(pdf []byte, keys dict, signature func(w *writer, o dict) ref) (*writer, view) {
	w, o := forge(pdf, at(0))
	v := w.f.current()
	for _, f := range must(v.fields()) {
		if f.name != "more" {
			continue
		}
		d := maps.Clone(f.dict)
		maps.Copy(d, keys)
		if signature != nil {
			d["V"] = signature(w, o)
		}
		w.objects[f.ref] = d
	}
	return w, v
}

func realSignature(w *writer, o dict) ref { return w.add(o) }

// A field that was added is signed in the end, by programs that take two steps
// for it too. An empty one, and one whose signature is not there, is refused.
func TestAddedField(t *testing.T) {
	base := signedByHead(t)
	for what, add := range map[string]func(w *writer, v view){"own widget": withAnnotation(widget(nil)), "widget of its own": withKid} {
		empty := alter(base, add)
		if _, err := Continues(base, sign(t, empty, 1, at(1)), trust()); !errors.Is(err, ErrForm) {
			t.Errorf("%s: left empty: %v", what, err)
		}
		w, _ := change(empty, dict{"V": ref{900, 0}}, nil)
		if _, err := Continues(base, sign(t, w.update(), 1, at(1)), trust()); !errors.Is(err, ErrForm) {
			t.Errorf("%s: signature that is not there: %v", what, err)
		}
		w, _ = change(empty, nil, realSignature)
		r, err := Continues(base, seal(w, nil), trust())
		if err != nil || len(r.Signatures) != 2 || r.Signatures[1].Page != 1 || r.Signatures[1].Rect != (Rect{10, 10, 60, 40}) {
			t.Errorf("%s: signed: %v, %+v", what, err, r)
		}
	}
}

// An empty field that was there is changed by who signs in it, and by nobody else.
func TestEmptyFieldChanged(t *testing.T) {
	drawn := func(w *writer) dict {
		return dict{"AP": dict{"N": w.add(pack(dict{"BBox": array{0, 0, 50, 30}}, []byte("0 0 50 30 re f")))}}
	}
	for what, add := range map[string]func(w *writer, v view){"own widget": withAnnotation(widget(nil)), "widget of its own": withKid} {
		base := alter(paper(), add)
		refuse := func(how string, pdf []byte) {
			if _, err := Continues(base, sign(t, pdf, 1, at(1)), trust()); !errors.Is(err, ErrForm) {
				t.Errorf("%s: %s: %v", what, how, err)
			}
		}
		paint := func(w *writer, v view) {
			for _, f := range must(v.fields()) {
				r, d := f.ref, f.dict
				if kids := bytesOf(v, d["Kids"]); len(kids) > 0 {
					r = kids[0].(ref)
					d = must(v.dict(r))
				}
				d = maps.Clone(d)
				maps.Copy(d, drawn(w))
				w.objects[r] = d
			}
		}
		refuse("drawn into", alter(base, paint))
		w, _ := change(base, dict{"V": ref{900, 0}}, nil)
		refuse("signature that is not there", w.update())
		w, v := change(base, nil, nil)
		paint(w, v)
		refuse("written again and drawn into", w.update())
	}
}

// A signature that is not seen has an appearance that could not be seen either.
func TestInvisible(t *testing.T) {
	base := signedByHead(t)
	for _, c := range []struct {
		what string
		rect array
		box  any
		draw string
		want error
	}{
		{"no box, nothing drawn", array{0, 0, 0, 0}, nil, "", nil},
		{"no box, a comment", array{0, 0, 0, 0}, nil, "% DSBlank\n", nil},
		{"empty box, nothing drawn", array{0, 0, 0, 0}, array{0, 0, 0, 0}, "", nil},
		{"a box", array{60, 400, 60, 400}, array{0, 0, 100, 100}, "0 0 100 100 re f", nil},
		{"no box", array{60, 400, 60, 400}, nil, "0 0 400 400 re f", ErrAnnotation},
		{"empty box", array{60, 400, 60, 400}, array{0, 0, 0, 0}, "0 0 400 400 re f", ErrAnnotation},
		{"a line without a box", array{60, 400, 560, 400}, nil, "0 0 400 400 re f", ErrAnnotation},
	} {
		empty := alter(base, func(w *writer, v view) {
			withAnnotation(widget(dict{"Rect": c.rect, "AP": dict{"N": w.add(pack(dict{"BBox": c.box}, []byte(c.draw)))}}))(w, v)
		})
		w, _ := change(empty, nil, realSignature)
		r, err := Continues(base, seal(w, nil), trust())
		if !errors.Is(err, c.want) || err == nil && !r.Signatures[1].Rect.Empty() {
			t.Errorf("%s: %v, %+v", c.what, err, r)
		}
	}
}

// What was added once may be replaced by the next program, in its role alone.
func TestReplacedInRole(t *testing.T) {
	base := signedByHead(t)
	var store, metadata, fields, info ref
	first := alter(base, func(w *writer, v view) {
		store = w.add(dict{"Certs": array{}})
		metadata = w.add(stream{dict{"Type": name("Metadata")}, []byte("<x/>")})
		fields = w.add(must(v.form())["Fields"])
		info = v.trailer()["Info"].(ref)
		withCatalog(dict{"DSS": store, "Metadata": metadata})(w, v)
		root, _ := catalogOf(v)
		form := maps.Clone(must(v.form()))
		form["Fields"] = fields
		w.objects[root].(dict)["AcroForm"] = w.add(form)
	})
	second := alter(first, func(w *writer, _ view) {
		w.objects[store] = dict{"Certs": array{}, "CRLs": array{}}
		w.objects[metadata] = stream{dict{"Type": name("Metadata")}, []byte("<y/>")}
		w.objects[info] = dict{"Title": encodeText("x")}
	})
	if _, err := Continues(base, sign(t, second, 1, at(1)), trust()); err != nil {
		t.Error(err)
	}
	// The same object as metadata and as content of a page.
	double := alter(first, func(w *writer, v view) {
		withAnnotation(widget(dict{"MK": dict{"I": metadata}}))(w, v)
	})
	changed := alter(double, func(w *writer, _ view) {
		w.objects[metadata] = stream{dict{"Type": name("Metadata")}, []byte("<z/>")}
	})
	if _, err := Continues(base, sign(t, changed, 1, at(1)), trust()); !errors.Is(err, ErrOverwritten) {
		t.Errorf("object with two roles: %v", err)
	}
}

// A field that we left empty is signed by another program.
func TestEmptyFieldSigned(t *testing.T) {
	base := alter(paper(), withAnnotation(widget(nil)))
	fill := func(change dict) []byte {
		w, o := forge(base, at(0))
		f := must(w.f.current().fields())[0]
		d := maps.Clone(f.dict)
		d["V"] = w.add(o)
		maps.Copy(d, change)
		w.objects[f.ref] = d
		return seal(w, nil)
	}
	r, err := Continues(base, fill(nil), trust())
	if err != nil || len(r.Signatures) != 1 || !r.Signatures[0].OK() || r.Signatures[0].Field != "more" {
		t.Errorf("%v, %+v", err, r)
	}
	for _, change := range []dict{{"Rect": array{0, 0, 500, 500}}, {"A": dict{}}, {"FT": name("Tx")}} {
		if _, err := Continues(base, fill(change), trust()); !errors.Is(err, ErrForm) && !errors.Is(err, ErrUnsigned) {
			t.Errorf("%v: %v", change, err)
		}
	}
}

// forge begins an update that a signature dictionary is put into by hand.
func forge(pdf []byte, o Options) (*writer, dict) {
	return newWriter(must(open(pdf))), o.dictionary()
}

// seal signs what a ByteRange says, or the usual one, and puts the signature between the brackets.
func seal(w *writer, byteRange []int) []byte {
	file := w.update()
	w.fillRange(file)
	if byteRange == nil {
		byteRange = []int{0, w.hole[0], w.hole[1], len(file) - w.hole[1]}
	} else {
		copy(file[w.ranges:], fmt.Sprintf("%-*s", rangeWidth, fmt.Sprint(byteRange)))
	}
	var signed []byte
	for i := 0; i+1 < len(byteRange); i += 2 {
		from := max(0, min(byteRange[i], len(file)))
		to := max(from, min(from+byteRange[i+1], len(file)))
		signed = append(signed, file[from:to]...)
	}
	digest := must(cms.Digest(bytes.NewReader(signed)))
	who := people()[0]
	hex.Encode(file[w.hole[0]+1:], must(cms.Request{Digest: digest, Chain: who.Chain}.Sign(who.Key)))
	return file
}

// forged makes a signature on the paper whose dictionary and byte range are changed before it is made.
func forged(change func(d dict), byteRange func(from, to, end int) []int) []byte {
	o := at(0)
	build := func() *writer {
		f := must(open(paper()))
		w := newWriter(f)
		if err := w.sign(f.current(), o); err != nil {
			panic(err)
		}
		for _, v := range w.objects {
			if d, ok := v.(dict); ok && d["Type"] == name("Sig") && change != nil {
				change(d)
			}
		}
		return w
	}
	if byteRange == nil {
		return seal(build(), nil)
	}
	probe := build()
	end := len(probe.update())
	return seal(build(), byteRange(probe.hole[0], probe.hole[1], end))
}

// Signatures that say less than they seem to are refused, though each is made with a good key over what it names.
func TestForgedSignatures(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(d dict)
		ranges func(from, to, end int) []int
		want   error
	}{
		{"as it should be", nil, nil, nil},
		{"of PKCS#7", func(d dict) { d["SubFilter"] = name("adbe.pkcs7.detached") }, nil, nil},
		{"wrapping: gap before", nil, func(a, b, end int) []int { return []int{0, a - 9, b, end - b} }, ErrByteRange},
		{"wrapping: gap behind", nil, func(a, b, end int) []int { return []int{0, a, b + 9, end - b - 9} }, ErrByteRange},
		{"wrapping: gap elsewhere", nil, func(a, b, end int) []int { return []int{0, 200, b - a + 200, end - b + a - 200} }, ErrByteRange},
		{"brackets signed", nil, func(a, b, end int) []int { return []int{0, a + 1, b - 1, end - b + 1} }, ErrByteRange},
		{"does not begin at 0", nil, func(a, b, end int) []int { return []int{1, a - 1, b, end - b} }, ErrByteRange},
		{"ends early", nil, func(a, b, end int) []int { return []int{0, a, b, end - b - 7} }, ErrByteRange},
		{"ends with the original", nil, func(a, b, end int) []int { return []int{0, a, b, 0} }, ErrByteRange},
		{"ends late", nil, func(a, b, end int) []int { return []int{0, a, b, end - b + 1} }, ErrByteRange},
		{"six numbers", nil, func(a, b, end int) []int { return []int{0, a, b, end - b, end, 0} }, ErrByteRange},
		{"two numbers", nil, func(a, b, end int) []int { return []int{0, a} }, ErrByteRange},
		{"no numbers", nil, func(a, b, end int) []int { return []int{} }, ErrNoContents},
		{"negative", nil, func(a, b, end int) []int { return []int{0, a, b, -1} }, ErrByteRange},
		{"huge", nil, func(a, b, end int) []int { return []int{0, a, b, 1 << 62} }, ErrByteRange},
		{"no range", func(d dict) { d["Other"] = d["ByteRange"]; delete(d, "ByteRange") }, nil, ErrNoContents},
		{"range null", func(d dict) { d["Other"] = d["ByteRange"]; d["ByteRange"] = nil }, nil, ErrNoContents},
		{"range of words", func(d dict) { d["Other"] = d["ByteRange"]; d["ByteRange"] = array{0, name("a"), 1, 1} }, nil, ErrByteRange},
		{"no contents", func(d dict) { d["Other"] = d["Contents"]; delete(d, "Contents") }, nil, ErrNoContents},
		{"contents null", func(d dict) { d["Other"] = d["Contents"]; d["Contents"] = nil }, nil, ErrNoContents},
		{"contents empty", func(d dict) { d["Other"] = d["Contents"]; d["Contents"] = text{} }, nil, ErrNoContents},
		{"contents elsewhere", func(d dict) { d["Other"] = d["Contents"]; d["Contents"] = text{data: []byte{0x30, 0}} }, nil, ErrByteRange},
		{"unknown kind", func(d dict) { d["SubFilter"] = name("adbe.pkcs7.sha1") }, nil, ErrSubFilter},
		{"no kind", func(d dict) { delete(d, "SubFilter") }, nil, ErrSubFilter},
	} {
		t.Run(c.name, func(t *testing.T) {
			pdf := forged(c.change, c.ranges)
			r, err := Verify(pdf, trust())
			if err != nil || len(r.Signatures) != 1 || !errors.Is(r.Signatures[0].Err, c.want) || r.Signatures[0].OK() != (c.want == nil) {
				t.Errorf("Verify: %v, %+v", err, r)
			}
			if _, err := Continues(paper(), pdf, trust()); !errors.Is(err, c.want) {
				t.Errorf("Continues: %v", err)
			}
		})
	}
}

// Bytes behind the signature in its Contents, other than zeros, and Contents in round brackets are refused.
func TestContentsExact(t *testing.T) {
	good := forged(nil, nil)
	end := bytes.LastIndex(good, []byte("00> /Filter"))
	junk := bytes.Clone(good)
	junk[end] = '1'
	r, err := Verify(junk, trust())
	if err != nil || !errors.Is(r.Signatures[0].Err, cms.ErrMalformed) {
		t.Errorf("%v, %+v", err, r)
	}
	round := forged(func(d dict) { d["Contents"] = contentsHole(9000) }, nil)
	from := bytes.LastIndex(round, []byte("/Contents <")) + len("/Contents ")
	to := from + bytes.IndexByte(round[from:], '>')
	round[from], round[to] = '(', ')'
	r, err = Verify(round, trust())
	if err != nil || !errors.Is(r.Signatures[0].Err, ErrByteRange) {
		t.Errorf("%v, %+v", err, r)
	}
}

// One signature under two names counts once.
func TestOneSignatureTwoFields(t *testing.T) {
	f := must(open(paper()))
	w := newWriter(f)
	if err := w.sign(f.current(), at(0)); err != nil {
		t.Fatal(err)
	}
	for _, v := range maps.Clone(w.objects) {
		if d, ok := v.(dict); ok && d["FT"] != nil {
			second := maps.Clone(d)
			second["T"] = encodeText("second")
			r := w.add(second)
			root, _ := catalogOf(f.current())
			form := w.objects[root].(dict)["AcroForm"].(dict)
			form["Fields"] = append(form["Fields"].(array), r)
		}
	}
	r, err := Verify(seal(w, nil), trust())
	if err != nil || len(r.Signatures) != 2 {
		t.Fatalf("%v, %+v", err, r)
	}
	good := 0
	for _, s := range r.Signatures {
		if s.OK() {
			good++
		} else if !errors.Is(s.Err, ErrTwice) {
			t.Errorf("%s: %v", s.Field, s.Err)
		}
	}
	if good != 1 {
		t.Errorf("%d of the two are good", good)
	}
}

// Files that are not as they should be are refused as a whole.
func TestMalformed(t *testing.T) {
	good := signedByHead(t)
	last := must(open(good)).last().section
	again := func(old, new string) []byte {
		i := bytes.LastIndex(good, []byte(old))
		if i < 0 {
			t.Fatalf("%q is not in the file", old)
		}
		return append(append(bytes.Clone(good[:i]), new...), good[i+len(old):]...)
	}
	prev := fmt.Sprintf("/Prev %d", must(open(paper())).last().section)
	for _, c := range []struct {
		name string
		file []byte
		want error
	}{
		{"nothing", nil, ErrMalformed},
		{"not a PDF", []byte("PK\x03\x04"), ErrMalformed},
		{"bytes in front", append([]byte("x"), good...), ErrMalformed},
		{"bytes behind", append(bytes.Clone(good), "more"...), ErrTrailing},
		{"lines behind", append(bytes.Clone(good), "\n\n"...), ErrTrailing},
		{"cut before the end", good[:len(good)-7], ErrMalformed},
		{"no end", again("%%EOF\n", ""), ErrMalformed},
		{"start nowhere", again(fmt.Sprintf("startxref\n%d", last), "startxref\n99999999"), ErrMalformed},
		{"start at another place", again(fmt.Sprintf("startxref\n%d", last), fmt.Sprintf("startxref\n%d", last+1)), ErrMalformed},
		{"start huge", again(fmt.Sprintf("startxref\n%d", last), "startxref\n99999999999999999999"), ErrMalformed},
		{"Prev loop", again(prev, fmt.Sprintf("/Prev %d", last)), ErrMalformed},
		{"Prev negative", again(prev, "/Prev -1"), ErrMalformed},
		{"Prev huge", again(prev, "/Prev 18446744073709551616"), ErrMalformed},
		{"Prev a reference", again(prev, "/Prev 1 0 R"), ErrMalformed},
		{"hybrid", again(prev, prev+" /XRefStm 5"), ErrMalformed},
		{"encrypted", again(prev, prev+" /Encrypt 5 0 R"), ErrEncrypted},
		{"key twice", again(prev, prev+" "+prev), ErrMalformed},
		{"deep", again(prev, prev+" /X "+strings.Repeat("[", 9999)), ErrMalformed},
		{"table too long", again("xref\n", "xref\n0 9999999999\n"), ErrMalformed},
		{"number of object huge", raw(good, "", "9999999998 1\n"+line(100)), ErrMalformed},
		{"offset huge", raw(good, "", "400 1\n9999999999 00000 n \n"), ErrMalformed},
		{"object twice", raw(good, "", "400 1\n"+line(100)+"400 1\n"+line(100)), ErrMalformed},
		{"entry of 19 bytes", raw(good, "", "400 1\n0000000100 00000 n\n"), ErrMalformed},
		{"too large", append([]byte("%PDF-"), make([]byte, MaxSize)...), ErrTooLarge},
	} {
		if _, err := Verify(c.file, trust()); !errors.Is(err, c.want) {
			t.Errorf("%s: Verify: %v, want %v", c.name, err, c.want)
		}
		if _, err := Continues(c.file, append(bytes.Clone(c.file), '\n'), trust()); err == nil {
			t.Errorf("%s: Continues took it", c.name)
		}
	}
}

// A cut file is never taken, wherever it is cut, but at the end of a revision.
func TestCut(t *testing.T) {
	good := signedByThree()
	ends := make(map[int]bool)
	for _, r := range must(open(good)).revisions {
		ends[r.end], ends[r.end+1] = true, true
	}
	for n := len(paper()) + 1; n < len(good); n += 101 {
		if _, err := Continues(paper(), good[:n], trust()); err == nil && !ends[n] {
			t.Errorf("cut at %d: taken", n)
		}
	}
	for n := range ends {
		if _, err := Continues(paper(), good[:min(n, len(good))], trust()); err != nil && n > len(paper())+1 && good[n-1] == '\n' {
			t.Errorf("whole revision, to %d: %v", n, err)
		}
	}
}

// No byte can be changed but within the last signature's own Contents.
func TestEveryByteCounts(t *testing.T) {
	good := signedByThree()
	hole := bytes.LastIndex(good, []byte("/Contents <"))
	end := hole + bytes.IndexByte(good[hole:], '>')
	for i := 0; i < len(good); i += 131 {
		if i > hole && i <= end {
			continue
		}
		bad := bytes.Clone(good)
		bad[i] ^= 1
		if r, err := Verify(bad, trust()); err == nil && isOK(r, "member-2") {
			t.Errorf("byte %d changed: the last signature is still good: %q", i, bad[max(0, i-40):min(len(bad), i+40)])
		}
		if _, err := Continues(paper(), bad, trust()); err == nil {
			t.Errorf("byte %d changed: taken", i)
		}
	}
}
