package meeting

import (
	"context"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting/audit"
)

// A Store keeps meetings. It is safe for concurrent use; package meetingtest is
// the test that every one must pass.
type Store interface {
	// Meeting returns a meeting, or [ErrNoMeeting]. The caller may change it.
	Meeting(ctx context.Context, u ballot.UUID) (*Meeting, error)
	// Meetings returns all meetings, in the order of their names.
	Meetings(ctx context.Context) ([]*Meeting, error)
	// MeetingOf returns the name and the state of the meeting one of whose papers
	// this election is, or [ErrNoMeeting]. It reads no record, so that pages for
	// everybody may ask it of each poll that they name.
	MeetingOf(ctx context.Context, paper ballot.UUID) (ballot.UUID, State, error)
	// Save keeps m and appends what was done to the audit log, in one piece.
	// m.Revision must be that of the stored meeting, or 0 for a new one,
	// otherwise it is [ErrRevision] and nothing happens. When it returns nil, m
	// is durable and m.Revision one more.
	Save(ctx context.Context, m *Meeting, done audit.Draft) error
	// PutFile keeps a file of a meeting under its SHA-256 in hexadecimal. It is
	// safe to repeat.
	PutFile(ctx context.Context, u ballot.UUID, content []byte) (hash string, err error)
	// File returns a file of a meeting, or box.ErrNotFound.
	File(ctx context.Context, u ballot.UUID, hash string) ([]byte, error)
}
