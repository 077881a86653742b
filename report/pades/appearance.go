package pades

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// An Appearance is what is seen of a signature, as Nghị định 30/2020/NĐ-CP,
// Phụ lục I, has it:
//
//   - a person: Signature, the handwritten signature in blue on transparent
//     ground, in the middle of the rectangle;
//   - an agency: Signature and Seal, in red, laid over the left third of the signature;
//   - an attachment, or the server's seal: neither, only Text.
//
// The rectangle covers at most a sixth of its page and lies on it.
type Appearance struct {
	// Page is counted from 1.
	Page int

	// Rect is where on the page.
	Rect Rect

	// Signature and Seal are PNGs, or empty.
	Signature, Seal []byte

	// Text is what is written when there is no image: lines of 10 points upright
	// black, or smaller when they would not fit. Empty is the signer's name and the time.
	Text []string
}

const (
	textSize    = 10.0
	smallest    = 5.0
	lineHeight  = 1.2
	sealSize    = 36 * 72 / 25.4 // the real size of a round seal, 36 mm
	overlap     = 1.0 / 3        // the part of the signature that the seal lies over
	fontKey     = name("F0")
	timeDisplay = "2006-01-02 15:04:05 -07:00"
)

// appear gives the field its rectangle and its appearance stream.
func (w *writer) appear(field dict, on page, o Options) error {
	a := o.Appearance
	if a.Rect.Empty() {
		return ErrRect
	}
	if err := on.checkRect(a.Rect); err != nil {
		return err
	}
	content, resources, err := w.draw(o)
	if err != nil {
		return err
	}
	form := w.add(pack(dict{
		"Type": name("XObject"), "Subtype": name("Form"), "Resources": resources,
		"BBox": Rect{0, 0, a.Rect.width(), a.Rect.height()}.array(),
	}, content))
	field["Rect"], field["AP"] = a.Rect.array(), dict{"N": form}
	return nil
}

// draw returns what is drawn in a rectangle that begins at 0, 0, and what it needs.
func (w *writer) draw(o Options) ([]byte, dict, error) {
	a := o.Appearance
	if len(a.Signature) == 0 && len(a.Seal) == 0 {
		return w.drawText(a.Rect, o.lines())
	}
	var signature, seal *picture
	for _, p := range []struct {
		data []byte
		to   **picture
	}{{a.Signature, &signature}, {a.Seal, &seal}} {
		if len(p.data) == 0 {
			continue
		}
		decoded, err := decodeImage(p.data)
		if err != nil {
			return nil, nil, err
		}
		*p.to = &decoded
	}
	content, resources := w.drawImages(a.Rect, signature, seal)
	return content, resources, nil
}

// lines is the text that is shown.
func (o Options) lines() []string {
	if len(o.Appearance.Text) > 0 {
		return o.Appearance.Text
	}
	lines := []string{"Người ký: " + o.Name}
	if !o.Time.IsZero() {
		lines = append(lines, "Thời gian ký: "+o.Time.Format(timeDisplay))
	}
	return lines
}

// drawImages draws the signature in the middle and the seal over its left third, both as large as fits.
func (w *writer) drawImages(r Rect, signature, seal *picture) ([]byte, dict) {
	images := dict{}
	var out strings.Builder
	put := func(key name, p *picture, at Rect) {
		images[key] = w.addImage(*p)
		fmt.Fprintf(&out, "q %s 0 0 %s %s %s cm /%s Do Q\n",
			number(at.width()), number(at.height()), number(at.Left), number(at.Bottom), key)
	}
	s, m := layout(r.width(), r.height(), signature, seal)
	if signature != nil {
		put("Signature", signature, s)
	}
	if seal != nil {
		put("Seal", seal, m)
	}
	return []byte(out.String()), dict{"XObject": images}
}

// layout places signature and seal in a rectangle of w × h points.
func layout(w, h float64, signature, seal *picture) (s, m Rect) {
	var sealW, sealH float64
	if seal != nil {
		sealW, sealH = fit(min(w, sealSize), min(h, sealSize), seal.ratio())
	}
	if signature == nil {
		return s, box((w-sealW)/2, (h-sealH)/2, sealW, sealH)
	}
	room := w
	if seal != nil {
		sealW, sealH = fit(min(w/2, sealSize), min(h, sealSize), seal.ratio())
		room = (w - sealW) / (1 - overlap)
	}
	width, height := fit(min(room, w), h, signature.ratio())
	if seal == nil {
		return box((w-width)/2, (h-height)/2, width, height), m
	}
	// The seal's right edge lies a third into the signature.
	start := max(sealW-width*overlap, 0)
	left := (w - start - width) / 2
	s = box(left+start, (h-height)/2, width, height)
	return s, box(s.Left+width*overlap-sealW, (h-sealH)/2, sealW, sealH)
}

func box(left, bottom, w, h float64) Rect { return Rect{left, bottom, left + w, bottom + h} }

// fit returns the largest size of a ratio within w × h.
func fit(w, h, ratio float64) (float64, float64) {
	if w/h > ratio {
		return h * ratio, h
	}
	return w, w / ratio
}

// drawText writes lines from the top left.
func (w *writer) drawText(r Rect, lines []string) ([]byte, dict, error) {
	face := newFace()
	var coded []string
	widest := 0.0
	for _, line := range lines {
		line = clean(line)
		if utf8.RuneCountInString(line) > 200 || len(lines) > 20 {
			return nil, nil, ErrText
		}
		code, width := face.encode(line)
		coded, widest = append(coded, code), max(widest, width)
	}
	size := min(textSize, r.height()/(lineHeight*float64(len(lines))))
	if widest > 0 {
		size = min(size, r.width()/widest)
	}
	if size < smallest {
		return nil, nil, ErrText
	}
	var out strings.Builder
	// A line goes from 0.9 above its letters' foot to 0.3 below.
	fmt.Fprintf(&out, "BT 0 g /%s %s Tf %s TL 0 %s Td\n",
		fontKey, number(size), number(size*lineHeight), number(r.height()+size*(lineHeight-0.9)))
	for _, code := range coded {
		fmt.Fprintf(&out, "T* <%s> Tj\n", code)
	}
	out.WriteString("ET\n")
	return []byte(out.String()), dict{"Font": dict{fontKey: w.addFont(face)}}, nil
}
