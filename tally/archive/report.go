package archive

import (
	"encoding/hex"
	"encoding/json"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/tally"
)

// A State is how far an archive has come.
type State string

// The states, in their order. An archive whose poll has not ended is open.
const (
	StateOpen       State = "open"
	StateClosed     State = "closed"
	StateAggregated State = "aggregated"
	StateResult     State = "result"
)

// The kinds of decryption proofs that were verified.
const (
	ProofsStrong = "strong" // the file of strong proofs was there and holds
	ProofsWeak   = "weak"   // only the published proofs were there
)

// A Report is what [Verify] found. When Reason is not nil, the other fields
// tell how far it came.
type Report struct {
	State            State
	UUID             string
	Election         *ballot.Election // nil when it could not be read
	Setup            [32]byte         // payload of the Setup event
	Trustees         *tally.Trustees  // nil when they could not be read
	Ballots          int
	Product          ballot.Product // the encrypted sum of the ballots, nil before the Setup
	LastEvent        [32]byte       // hash of the last event that was accepted
	Result           tally.Result   // nil before the result
	DecryptionProofs string         // ProofsStrong, ProofsWeak, or "" before any decryption
	Voided           int            // number of voided credentials, -1 without a closing file
	Reason           error          // the first thing that is wrong, and where
}

// Valid reports whether everything holds.
func (r *Report) Valid() bool { return r.Reason == nil }

// MarshalJSON writes the report as docs/ARCHITECTURE.md gives it for machines.
func (r *Report) MarshalJSON() ([]byte, error) {
	out := struct {
		Valid            bool         `json:"valid"`
		State            State        `json:"state"`
		UUID             string       `json:"uuid"`
		Ballots          int          `json:"ballots"`
		LastEvent        string       `json:"last_event"`
		Result           tally.Result `json:"result"`
		DecryptionProofs *string      `json:"decryption_proofs"`
		Voided           any          `json:"voided"`
		Reason           *string      `json:"reason"`
	}{Valid: r.Valid(), State: r.State, UUID: r.UUID, Ballots: r.Ballots, Result: r.Result, Voided: "unknown"}
	out.LastEvent = hex.EncodeToString(r.LastEvent[:])
	if r.DecryptionProofs != "" {
		out.DecryptionProofs = &r.DecryptionProofs
	}
	if r.Voided >= 0 {
		out.Voided = r.Voided
	}
	if r.Reason != nil {
		reason := r.Reason.Error()
		out.Reason = &reason
	}
	return json.Marshal(out)
}
