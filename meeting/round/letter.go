package round

import (
	"bytes"
	_ "embed" // letter.json
	"encoding/json"
)

//go:embed letter.json
var letter []byte

// Letter returns the round that Công văn số 1535-CV/BTCTU of 6 July 2023 orders,
// without a UUID, and twelve agencies as examples, at least one of each kind in
// its address list. The letter names no agency: those of a district and a town,
// and who votes on what, are made up.
func Letter() (*Round, []Agency) {
	var l struct {
		Round    *Round   `json:"round"`
		Agencies []Agency `json:"agencies"`
	}
	d := json.NewDecoder(bytes.NewReader(letter))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		panic("round: letter.json: " + err.Error())
	}
	return l.Round, l.Agencies
}
