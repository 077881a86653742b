package round

import (
	"context"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting/audit"
)

// A Store keeps agencies, rounds and packages. It is safe for concurrent use;
// package roundtest is the test that every one must pass. Every write is one
// operation that is atomic, durable when it returns, and appends to the audit log
// what was done in the same piece.
type Store interface {
	// Directory returns the agencies; a new store has an empty directory of
	// revision 0.
	Directory(ctx context.Context) (*Directory, error)
	// SaveDirectory replaces it if the revision is that of the store, which it
	// then raises, and otherwise returns [ErrRevision].
	SaveDirectory(ctx context.Context, d *Directory, done audit.Draft) error

	// Round returns a round, or [ErrNoRound]. Rounds returns all, by UUID.
	Round(ctx context.Context, u ballot.UUID) (*Round, error)
	Rounds(ctx context.Context) ([]*Round, error)
	// SaveRound is as SaveDirectory; revision 0 is a new round.
	SaveRound(ctx context.Context, r *Round, done audit.Draft) error

	// Progress returns what officers noted of the expected polls of a round, by
	// agency and group. SaveProgress replaces those given and leaves the others. What
	// belongs to a round that is not there is [ErrNoRound], here and below.
	Progress(ctx context.Context, u ballot.UUID) ([]Progress, error)
	SaveProgress(ctx context.Context, u ballot.UUID, changed []Progress, done audit.Draft) error

	// Package returns one, or [ErrNoPackage]; Packages returns those of a round, in
	// the order in which they were first received, and PackagesOf those of one
	// agency.
	Package(ctx context.Context, hash string) (*Package, error)
	Packages(ctx context.Context, u ballot.UUID) ([]*Package, error)
	PackagesOf(ctx context.Context, u ballot.UUID, agency string) ([]*Package, error)
	// Waiting returns the packages of all rounds that are to be checked, in the
	// order in which they were first received.
	Waiting(ctx context.Context) ([]*Package, error)
	// SavePackages puts in or replaces packages, and with them the poll of one that
	// is accepted (nil for none), in one piece. A package that is not accepted any
	// more loses its poll.
	SavePackages(ctx context.Context, changed []*Package, poll *Poll, done audit.Draft) error
	// Poll returns the poll of an accepted package that counts, or [ErrNoPackage];
	// Polls returns those of a round, by package hash.
	Poll(ctx context.Context, hash string) (*Poll, error)
	Polls(ctx context.Context, u ballot.UUID) ([]*Poll, error)

	// Links returns what was said of persons of the same name in a round, by name
	// and polls. SaveLink puts in, or replaces, what was said of these two entries.
	Links(ctx context.Context, u ballot.UUID) ([]Link, error)
	SaveLink(ctx context.Context, u ballot.UUID, l Link, done audit.Draft) error

	// Records returns the consolidated papers of a round, by number. SaveRecord puts
	// in, or replaces, the one of its number.
	Records(ctx context.Context, u ballot.UUID) ([]Record, error)
	SaveRecord(ctx context.Context, u ballot.UUID, r Record, done audit.Draft) error

	// PutFile keeps a file under its SHA-256 in hexadecimal; it is safe to repeat.
	// File returns it, or box.ErrNotFound.
	PutFile(ctx context.Context, content []byte) (hash string, err error)
	File(ctx context.Context, hash string) ([]byte, error)
}

// A Link says of two entries of the same name, each in one poll, whether they are
// one person.
type Link struct {
	Name string      `json:"name"`
	A    ballot.UUID `json:"a"` // the poll with the smaller UUID
	B    ballot.UUID `json:"b"`
	// PostA and PostB tell which entry is meant: a poll can have two persons of
	// one name. A link is known by everything in it but Same.
	PostA string `json:"post_a"`
	PostB string `json:"post_b"`
	Same  bool   `json:"same"`
}

// Answers reports whether l is about the same two entries as other.
func (l Link) Answers(other Link) bool {
	other.Same = l.Same
	return l == other
}
