package data

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally"
)

// ErrResult is returned for a text that can be no result.json.
var ErrResult = errors.New("result: malformed")

// The limits of a result.json that is read.
const (
	maxResult = 4 << 20
	maxUsed   = 100_000 // reports of a used slip
)

// ParseResult reads what result.json says beside the votes: the facts, but for
// the trackers, and what percentages are of. It is the inverse of [ResultJSON]:
// the outcome of these facts and of the box has the same bytes again, if the
// file is right. Nothing else shows that it is, so who takes a result from a
// stranger makes that outcome and compares.
func ParseResult(text []byte) (meeting.Facts, meeting.Base, error) {
	var r result
	if len(text) > maxResult || json.Unmarshal(text, &r) != nil || r.Schema != ResultSchema || !bytes.Equal(marshal(r), text) {
		return meeting.Facts{}, "", ErrResult
	}
	f := meeting.Facts{
		Meeting: r.Meeting, Paper: r.Paper, Trial: r.Trial,
		Plan: meeting.Plan{
			Title: r.Title, Agency: r.Agency, Superior: r.Superior, Place: r.Place, Date: r.Date,
			RuleSet: r.RuleSet, RuleSetVersion: r.RuleSetVersion, Members: r.Members,
		},
		Summoned: r.Summoned, Present: r.Present, Slips: tally.Slips(r.Slips), Voided: r.Voided, ServerSlips: r.ServerSlips,
		People: []meeting.Person{},
	}
	var ok bool
	if f.EndBallots, ok = parseHash(r.EndBallots); !ok || r.UsedReports < 0 || r.UsedReports > maxUsed {
		return meeting.Facts{}, "", ErrResult
	}
	f.Used = make([]meeting.UsedReport, r.UsedReports)
	for _, p := range r.People {
		f.People = append(f.People, meeting.Person{Name: p.Name, Post: p.Title, Block: p.Block, Places: p.Places})
	}
	for _, p := range r.Exempt {
		f.Exempt = append(f.Exempt, meeting.Person{Name: p.Name, Post: p.Title, Block: p.Block, Exempt: p.Reason})
	}
	return f, r.PercentBase, nil
}

// parseHash reads a hash in hexadecimal.
func parseHash(s string) (sum [32]byte, ok bool) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(sum) {
		return sum, false
	}
	return [32]byte(b), true
}
