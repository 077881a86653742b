package staff

import (
	"context"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting/audit"
)

// A Store keeps accounts, sessions and seats. It is safe for concurrent use;
// package stafftest is the test that every one must pass.
//
// Each write is one piece with its entry in the audit log: when it returns nil,
// both are durable. Repeated, it changes nothing more and appends nothing; when
// it returns an error, nothing has changed and nothing was appended.
type Store interface {
	// Accounts returns all accounts in the order of their login names.
	Accounts(ctx context.Context) ([]Account, error)
	// Account returns an account by its ID, or [ErrNoAccount].
	Account(ctx context.Context, id string) (Account, error)
	// CreateAccount keeps a new account and the claim with which its owner will
	// take it. A login name that another account has is [ErrLoginTaken].
	CreateAccount(ctx context.Context, a Account, c Claim, done audit.Draft) error
	// ResetAccount takes password and code away from the claim's account, ends
	// its sessions and earlier claims, and enables it. [ErrNoAccount],
	// [ErrLastAdministrator].
	ResetAccount(ctx context.Context, c Claim, done audit.Draft) error
	// DisableAccount ends an account's sessions and claims, and lets nobody in
	// any more. [ErrNoAccount], [ErrLastAdministrator].
	DisableAccount(ctx context.Context, id string, done audit.Draft) error

	// OfferAdministrator keeps a claim that makes a new administrator; there is
	// one such claim at a time, the last.
	OfferAdministrator(ctx context.Context, c Claim, done audit.Draft) error
	// Claim returns a claim that was not used, or [ErrClaim].
	Claim(ctx context.Context, hash Hash) (Claim, error)
	// UseClaim uses a claim up: a becomes the account that it is for (a new one
	// if it is for none), and s begins. [ErrClaim] if it was used or has expired
	// at s.Created, [ErrLoginTaken].
	UseClaim(ctx context.Context, hash Hash, a Account, s Session, done audit.Draft) error

	// StartSession begins a session with a code of period step, unless the
	// account is not open, its password hash is not password any more, or a code
	// of this period or a later one was used: then it is [ErrLogin]. Sessions
	// that have ended at s.Created are removed.
	StartSession(ctx context.Context, s Session, password string, step int64, done audit.Draft) error
	// Session returns a session, or [ErrSession].
	Session(ctx context.Context, hash Hash) (Session, error)
	// TouchSession notes that a session was used. It is not an entry of the
	// log, and nothing if the session has ended.
	TouchSession(ctx context.Context, hash Hash, now time.Time) error
	// EndSession removes a session, if it is there.
	EndSession(ctx context.Context, hash Hash, done audit.Draft) error

	// Seats returns the seats of a meeting, also revoked ones: the chair's,
	// those of the board in its order, those of auditors by name.
	Seats(ctx context.Context, meeting ballot.UUID) ([]Seat, error)
	// Seat returns a seat, or [ErrNoSeat].
	Seat(ctx context.Context, id string) (Seat, error)
	// CreateSeat keeps a new seat. A place that has one which is not revoked is
	// [ErrSeatExists].
	CreateSeat(ctx context.Context, s Seat, done audit.Draft) error
	// ReissueSeat does [Seat.Reissue]. [ErrNoSeat], also for a revoked one.
	ReissueSeat(ctx context.Context, id string, link Hash, done audit.Draft) error
	// EnterSeat does [Seat.Enter], with its refusals, and [ErrNoSeat].
	EnterSeat(ctx context.Context, e Entrance, done audit.Draft) error
	// LeaveSeat does [Seat.Leave] if device is the one that is in.
	LeaveSeat(ctx context.Context, id string, device Hash, done audit.Draft) error
	// TouchSeat notes that the seat was used by device. It is not an entry of
	// the log, and nothing if another device is in.
	TouchSeat(ctx context.Context, id string, device Hash, now time.Time) error
	// RevokeSeat ends a seat for good. [ErrNoSeat].
	RevokeSeat(ctx context.Context, id string, done audit.Draft) error
}
