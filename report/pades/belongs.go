package pades

import (
	"errors"
	"fmt"
	"slices"

	"github.com/homphieu/homphieu/report/cms"
)

// ErrElsewhere is returned for a signature that is seen elsewhere than where
// people sign.
var ErrElsewhere = errors.New("signature: seen outside of where people sign")

// beside is how far from the printed places people may sign in fields of their
// own, in points: the room of titles and names (report.TestSigningArea).
const beside = 40

// Belongs tells whether a signature stands where signatures of a paper belong,
// whose printed places are given: it fills one of them, or is not seen, or lies
// on a page that has some, within the rectangle around them and 40 points more
// on each side, for there are programs that let people draw a field of their
// own. Elsewhere it may hide or invent what the paper says.
func (s Signature) Belongs(places []Place) bool {
	if s.Rect.Empty() || slices.Contains(places, Place{Field: s.Field, Page: s.Page, Rect: s.Rect}) {
		return true
	}
	var area Rect
	for _, p := range places {
		switch {
		case p.Page != s.Page || p.Page == 0:
		case area.Empty():
			area = p.Rect
		default:
			area.Left, area.Bottom = min(area.Left, p.Rect.Left), min(area.Bottom, p.Rect.Bottom)
			area.Right, area.Top = max(area.Right, p.Rect.Right), max(area.Top, p.Rect.Top)
		}
	}
	wider := Rect{Left: area.Left - beside, Bottom: area.Bottom - beside, Right: area.Right + beside, Top: area.Top + beside}
	return !area.Empty() && s.Rect.Inside(wider)
}

// SignedOnly tells whether a paper, as it is now, is what was printed with
// signatures added and nothing else: [Continues], every signature holds, and
// those that were added stand where they belong. Whose they are it does not
// judge: no authority is asked.
func SignedOnly(printed, now []byte) error {
	before, err := Verify(printed, cms.Trust{})
	if err != nil {
		return err
	}
	report, err := Continues(printed, now, cms.Trust{})
	if err != nil {
		return err
	}
	places, err := Places(printed)
	if err != nil {
		return err
	}
	for _, s := range report.Signatures {
		if s.Err != nil {
			return fmt.Errorf("%s: %w", s.Field, s.Err)
		}
		if s.Revision > before.Revisions && !s.Belongs(places) {
			return fmt.Errorf("%s: %w", s.Field, ErrElsewhere)
		}
	}
	return nil
}
