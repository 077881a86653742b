package pades

import "math"

// A page is one leaf of the page tree, with what it inherits.
type page struct {
	ref  ref
	dict dict
	box  Rect // what of it is shown
}

// A Rect is a rectangle in points (1/72 inch) of a page's own coordinates, which
// begin at its lower left corner and know nothing of its rotation.
type Rect struct{ Left, Bottom, Right, Top float64 }

func (r Rect) width() float64  { return r.Right - r.Left }
func (r Rect) height() float64 { return r.Top - r.Bottom }
func (r Rect) area() float64   { return r.width() * r.height() }

func (r Rect) array() array { return array{r.Left, r.Bottom, r.Right, r.Top} }

// Empty tells whether nothing can be seen in it.
func (r Rect) Empty() bool { return r.width() <= 0 || r.height() <= 0 }

// Inside tells whether no part of r lies outside of other, by more than a hundredth of a point.
func (r Rect) Inside(other Rect) bool {
	const slack = 0.01
	return r.Left >= other.Left-slack && r.Right <= other.Right+slack &&
		r.Bottom >= other.Bottom-slack && r.Top <= other.Top+slack
}

// maxShare is the part of a page that one signature may cover.
const maxShare = 6

// checkRect refuses a rectangle that leaves the page or covers more than a sixth of it.
func (p page) checkRect(r Rect) error {
	if r.Empty() {
		return nil
	}
	if !r.Inside(p.box) || r.area()*maxShare > p.box.area() {
		return ErrRect
	}
	return nil
}

// real takes a number of either kind that is not absurd.
func real(v any) (float64, bool) {
	switch x := v.(type) {
	case int:
		return float64(x), x > -1e6 && x < 1e6
	case float64:
		return x, math.Abs(x) < 1e6
	}
	return 0, false
}

// rect reads a rectangle, whichever corners it names.
func (v view) rect(value any) (Rect, error) {
	list, err := v.array(value)
	if err != nil || len(list) != 4 {
		return Rect{}, ErrMalformed
	}
	var x [4]float64
	for i := range list {
		number, err := v.get(list[i])
		if err != nil {
			return Rect{}, err
		}
		var ok bool
		if x[i], ok = real(number); !ok {
			return Rect{}, ErrMalformed
		}
	}
	return Rect{min(x[0], x[2]), min(x[1], x[3]), max(x[0], x[2]), max(x[1], x[3])}, nil
}

// A pageTree collects pages. It meets every node once, so there is no loop.
type pageTree struct {
	view  view
	seen  map[int]bool
	pages []page
}

// pages returns all pages in their order.
func (v view) pages() ([]page, error) {
	root, err := v.catalog()
	if err != nil {
		return nil, err
	}
	t := &pageTree{view: v, seen: make(map[int]bool)}
	if err := t.walk(root["Pages"], dict{}, 0); err != nil {
		return nil, err
	}
	return t.pages, nil
}

func (t *pageTree) walk(node any, inherited dict, depth int) error {
	r, ok := node.(ref)
	if !ok || t.seen[r.num] || depth > maxDepth || len(t.seen) > 2*maxPages {
		return ErrMalformed
	}
	t.seen[r.num] = true
	d, err := t.view.dict(r)
	if err != nil || d == nil {
		return ErrMalformed
	}
	inherited = inherit(d, inherited)
	if d["Type"] == name("Page") {
		return t.leaf(r, d, inherited)
	}
	kids, err := t.view.array(d["Kids"])
	if err != nil || d["Type"] != name("Pages") {
		return ErrMalformed
	}
	for _, kid := range kids {
		if err := t.walk(kid, inherited, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// inherit returns the boxes that hold below a node.
func inherit(d, above dict) dict {
	out := dict{"MediaBox": above["MediaBox"], "CropBox": above["CropBox"]}
	for key := range out {
		if d[key] != nil {
			out[key] = d[key]
		}
	}
	return out
}

func (t *pageTree) leaf(r ref, d, inherited dict) error {
	box, err := t.view.rect(inherited["MediaBox"])
	if err != nil || len(t.pages) == maxPages {
		return ErrMalformed
	}
	if crop := inherited["CropBox"]; crop != nil {
		c, err := t.view.rect(crop)
		if err != nil {
			return err
		}
		box = Rect{max(box.Left, c.Left), max(box.Bottom, c.Bottom), min(box.Right, c.Right), min(box.Top, c.Top)}
	}
	if box.Empty() {
		return ErrMalformed
	}
	t.pages = append(t.pages, page{r, d, box})
	return nil
}
