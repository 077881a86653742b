package slips

import (
	"strings"

	"github.com/homphieu/homphieu/ballot"
)

// ForPapers returns the sheet of the ballot papers of a meeting whose server
// has the given public address, and a slip for each credential, in their
// order. The head has the meeting's title, not that of a paper: the slip serves
// all of them.
func ForPapers(p *ballot.Papers, publicURL string, credentials []ballot.Credential) (Sheet, []Slip) {
	sheet := Sheet{
		Meeting: strings.Join(p.Titles(), " · "), Detail: p.Elections[0].Description, PublicURL: publicURL,
		Fingerprint: strings.ReplaceAll(p.Fingerprint().Digits(), " ", ""),
	}
	list := make([]Slip, len(credentials))
	for i, c := range credentials {
		list[i] = Slip{Link: c.Link(publicURL, p), Code: c.Code()}
	}
	return sheet, list
}

// ForElection returns the sheet and the slips of a single ballot paper.
func ForElection(e *ballot.Election, publicURL string, credentials []ballot.Credential) (Sheet, []Slip) {
	return ForPapers(ballot.OnePaper(e), publicURL, credentials)
}
