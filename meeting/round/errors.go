package round

import "errors"

// The refusals of rounds. Each says what is not so; what to do about it is said
// to people where it becomes HTTP.
var (
	// ErrNoRound is returned for a round that the store does not have.
	ErrNoRound = errors.New("round: none of this name")
	// ErrNoPackage is returned for a package that was not received.
	ErrNoPackage = errors.New("package: none of this hash")
	// ErrRevision is returned when somebody else saved first.
	ErrRevision = errors.New("round: changed by somebody else in the meantime")
	// ErrRole is returned to who may not do it.
	ErrRole = errors.New("round: not for this role")
	// ErrAgency is returned for a list of agencies that cannot be.
	ErrAgency = errors.New("round: agencies")
	// ErrRound is returned for a round that cannot be.
	ErrRound = errors.New("round: malformed")
	// ErrClosed is returned for a package of a round that is over.
	ErrClosed = errors.New("round: over")
	// ErrPackage is returned for a file that is no package, or whose signature
	// does not hold.
	ErrPackage = errors.New("package: malformed")
	// ErrStranger is returned for a package of an agency, group or round that is
	// not expected here.
	ErrStranger = errors.New("package: not expected here")
	// ErrKey is returned for a package whose key is not the agency's.
	ErrKey = errors.New("package: signed with another key than the agency's")
	// ErrPlaces is returned for a person who would be voted on in more places than
	// the rule set allows.
	ErrPlaces = errors.New("round: voted on in too many places")
	// ErrFull is returned for a package of an agency of which too much is kept
	// already.
	ErrFull = errors.New("package: too many of this agency")
	// ErrStale is returned for a record that is to be published and does not have
	// what counts by now.
	ErrStale = errors.New("round: record overtaken by packages")
)
