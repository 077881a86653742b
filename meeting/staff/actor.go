package staff

import "github.com/homphieu/homphieu/ballot"

// A Role is what somebody may do. Who may do what with a meeting stands in one
// table, in package meeting; rounds are the superior's alone.
type Role string

// The roles.
const (
	Administrator Role = "administrator" // the system only: accounts and the log, no meeting and no ballot
	Secretary     Role = "secretary"     // prepares meetings, keeps attendance, hands over seats
	Chair         Role = "chair"         // seals and opens, releases the result
	Member        Role = "member"        // of the counting board
	Auditor       Role = "auditor"       // reads everything, changes nothing
	Superior      Role = "superior"      // of rounds: agencies, packages, the consolidated result; no meeting and no ballot
)

// An Actor is who does something: an account, or the holder of a seat at one
// meeting.
type Actor struct {
	Role    Role
	ID      string      // of the account or seat
	Name    string      // as shown to people
	Meeting ballot.UUID // the seat's meeting; empty for an account
	Index   int         // place on the counting board from 1; 0 for who is not on it
}
