package staff

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/homphieu/homphieu/meeting/audit"
)

// The refusals. None tells whether a login name exists.
var (
	// ErrLogin is returned for a login with an unknown name, a wrong password,
	// a wrong code, or a code that was used already.
	ErrLogin = errors.New("staff: login refused")
	// ErrClaim is returned for a claim link that is unknown, used or too old.
	ErrClaim = errors.New("staff: claim link not valid")
	// ErrSession is returned for a session that is unknown or has ended.
	ErrSession = errors.New("staff: no session")
	// ErrNoAccount is returned for an account that there is not.
	ErrNoAccount = errors.New("staff: no such account")
	// ErrLastAdministrator is returned when nobody would be left who can
	// administer.
	ErrLastAdministrator = errors.New("staff: the last administrator")

	// ErrInput is returned for what somebody filled in and what cannot be; the
	// errors below say which field.
	ErrInput = errors.New("staff: input")
	// ErrLoginName is returned for a login name of a wrong form.
	ErrLoginName = fmt.Errorf("%w: login name: 2 to 32 of a to z, 0 to 9, dot, dash, underscore", ErrInput)
	// ErrLoginTaken is returned for a login name that another account has.
	ErrLoginTaken = fmt.Errorf("%w: login name: taken", ErrInput)
	// ErrName is returned for a person's name that is empty, too long or has
	// characters that cannot be seen.
	ErrName = fmt.Errorf("%w: name", ErrInput)
	// ErrRole is returned for a role that accounts, or seats, cannot have.
	ErrRole = fmt.Errorf("%w: role", ErrInput)
	// ErrPassword is returned for a password that is too short or has the login
	// name in it.
	ErrPassword = fmt.Errorf("%w: password", ErrInput)
	// ErrCode is returned when the code that confirms a new authenticator is
	// wrong.
	ErrCode = fmt.Errorf("%w: code", ErrInput)

	errFormat = errors.New("not in the right form")
)

// ClaimLife is how long a claim link can be used.
const ClaimLife = 72 * time.Hour

// An Account is somebody who logs in. Until its claim link was used it has no
// password and lets nobody in.
type Account struct {
	ID       string `json:"id"`
	Login    string `json:"login"` // in lower case
	Name     string `json:"name"`  // as shown to people
	Role     Role   `json:"role"`  // Administrator, Secretary or Superior
	Password string `json:"password,omitempty"`
	Secret   string `json:"secret,omitempty"` // of the changing codes, in Base32
	Step     int64  `json:"step,omitempty"`   // period of the last code that was used: none before it is taken again
	Disabled bool   `json:"disabled,omitempty"`
}

// Claimed reports whether somebody has set a password.
func (a Account) Claimed() bool { return a.Password != "" }

// Open reports whether the account lets its owner in.
func (a Account) Open() bool { return a.Claimed() && !a.Disabled }

// Administers reports whether somebody can log in with the account and
// administer.
func (a Account) Administers() bool { return a.Role == Administrator && a.Open() }

// Actor returns who acts with the account.
func (a Account) Actor() Actor { return Actor{Role: a.Role, ID: a.ID, Name: a.Name} }

// Audit returns the actor as the audit log names it.
func (a Actor) Audit() audit.Actor { return audit.Actor{Role: string(a.Role), Name: a.Name, ID: a.ID} }

// A Claim is what is kept of a claim link, with which somebody takes an account
// and sets its password.
type Claim struct {
	Hash    Hash      `json:"hash"`
	Account string    `json:"account,omitempty"` // empty: makes a new administrator
	Expires time.Time `json:"expires"`
}

// A Session is what is kept of a login.
type Session struct {
	Hash    Hash      `json:"hash"`
	Account string    `json:"account"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"`
}

// How long sessions last: an account's without use and at most, and a seat's
// without use. A meeting may last a day, and its devices lie on the table.
const (
	AccountIdle = 30 * time.Minute
	AccountLife = 12 * time.Hour
	SeatIdle    = 12 * time.Hour
)

// seenEvery is how exactly it is kept when a session was last used.
const seenEvery = time.Minute

// Alive reports whether the session can still be used.
func (s Session) Alive(now time.Time) bool {
	return now.Sub(s.Seen) < AccountIdle && now.Sub(s.Created) < AccountLife
}

var loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,31}$`)

// CleanLogin returns a login name as it is kept: without spaces around it, in
// lower case.
func CleanLogin(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

// maxName is the most characters of a person's name.
const maxName = 100

// cleanName returns a name with composed letters (NFC) and single spaces.
func cleanName(name string) (string, error) {
	name = strings.Join(strings.Fields(norm.NFC.String(name)), " ")
	hidden := strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
	if name == "" || utf8.RuneCountInString(name) > maxName || !utf8.ValidString(name) || hidden {
		return "", ErrName
	}
	return name, nil
}
