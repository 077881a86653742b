package api

import (
	"io"
	"strings"
	"time"
)

// RoundPages are the addresses of the superior's pages below /staff/rounds, with
// :uuid and other parameters in them.
func RoundPages() (list []string) {
	for _, p := range allRounds.pages {
		list = append(list, p.path)
	}
	for _, p := range oneRound.pages {
		list = append(list, "/:uuid"+p.path)
	}
	return list
}

// RoundForms are the addresses of the forms of these pages.
func RoundForms() (list []string) {
	for _, f := range allRounds.forms {
		list = append(list, f.path)
	}
	for _, f := range oneRound.forms {
		list = append(list, "/:uuid"+f.path)
	}
	return list
}

// FollowRows is how many polls a page of the table has.
const FollowRows = followRows

// Fold is a text for looking things up.
func Fold(text string) string { return foldText(text) }

// MatchesText reports whether a text holds what is looked for.
func MatchesText(wanted, text string) bool { return matchesText(wanted, strings.Split(text, "|")...) }

// ParcelsOfOne is how many packages may be coming from one place.
const ParcelsOfOne = parcelsOfOne

// NewPaced reads a body at its pace, and Come ends it.
func NewPaced(body io.Reader, until deadlines, begun time.Time) (paced io.Reader, come func(now time.Time) error) {
	p := newPaced(body, until, begun)
	return p, p.come
}

// EnterParcels lets packages in at a new door.
func EnterParcels() (enter func(from string) (leave func(), err error)) { return newParcelDoor().enter }
