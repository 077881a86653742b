package slips

import (
	"strings"

	"github.com/homphieu/homphieu/ballot"
)

// ForElection returns the sheet of an election whose server has the given
// public address, and a slip for each credential, in their order.
func ForElection(e *ballot.Election, publicURL string, credentials []ballot.Credential) (Sheet, []Slip) {
	sheet := Sheet{
		Meeting: e.Name, Detail: e.Description, PublicURL: publicURL,
		Fingerprint: strings.ReplaceAll(e.Fingerprint().Digits(), " ", ""),
	}
	list := make([]Slip, len(credentials))
	for i, c := range credentials {
		list[i] = Slip{Link: c.Link(publicURL, e), Code: c.Code()}
	}
	return sheet, list
}
