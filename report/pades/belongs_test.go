package pades

import (
	"bytes"
	"errors"
	"testing"
)

// A signature fills a printed place, is not seen, or lies around the places of
// its page.
func TestBelongs(t *testing.T) {
	printed := []Place{
		{"head", 2, Rect{100, 100, 200, 150}}, {"clerk", 2, Rect{300, 100, 400, 150}}, {"lost", 0, Rect{0, 0, 10, 10}},
	}
	for name, c := range map[string]struct {
		s    Signature
		want bool
	}{
		"in its place":               {Signature{Field: "head", Page: 2, Rect: printed[0].Rect}, true},
		"not seen":                   {Signature{Field: "x"}, true},
		"between two":                {Signature{Field: "x", Page: 2, Rect: Rect{210, 110, 290, 140}}, true},
		"40 points outside":          {Signature{Field: "x", Page: 2, Rect: Rect{60, 60, 440, 190}}, true},
		"41 points to the left":      {Signature{Field: "x", Page: 2, Rect: Rect{59, 60, 440, 190}}, false},
		"41 points to the right":     {Signature{Field: "x", Page: 2, Rect: Rect{60, 60, 441, 190}}, false},
		"41 points below":            {Signature{Field: "x", Page: 2, Rect: Rect{60, 59, 440, 190}}, false},
		"41 points above":            {Signature{Field: "x", Page: 2, Rect: Rect{60, 60, 440, 191}}, false},
		"on a page without places":   {Signature{Field: "x", Page: 1, Rect: Rect{110, 110, 190, 140}}, false},
		"a place, on another page":   {Signature{Field: "head", Page: 1, Rect: printed[0].Rect}, false},
		"where no page shows places": {Signature{Field: "x", Page: 0, Rect: Rect{1, 1, 9, 9}}, false},
	} {
		if got := c.s.Belongs(printed); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if (Signature{Field: "x", Page: 1, Rect: Rect{1, 1, 9, 9}}).Belongs(nil) {
		t.Error("seen on a paper without places")
	}
}

// What was printed and then signed, by anybody, where people sign.
func TestSignedOnly(t *testing.T) {
	printed := sign(t, must(AddFields(paper(), places())), 1, Options{Field: "server-seal", Certify: true, Time: now})
	signed := sign(t, printed, 0, Options{Field: "head", Time: now, Appearance: &Appearance{}})
	if err := SignedOnly(printed, signed); err != nil {
		t.Error(err)
	}
	broken := bytes.Clone(signed)
	broken[bytes.LastIndex(broken, []byte("/Contents <"))+60] ^= 1
	for name, c := range map[string]struct {
		now  []byte
		want error
	}{
		"nothing":       {printed, ErrNotContinued},
		"bytes":         {append(bytes.Clone(printed), "x\n%%EOF\n"...), ErrTrailing},
		"covering":      {sign(t, signed, 1, Options{Field: "over", Time: now, Appearance: &Appearance{Page: 1, Rect: Rect{60, 600, 260, 660}}}), ErrElsewhere},
		"broken":        {broken, nil},
		"another paper": {must(AddFields(paper(), places())), ErrNotContinued},
	} {
		if err := SignedOnly(printed, c.now); err == nil || (c.want != nil && !errors.Is(err, c.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
