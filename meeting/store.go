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
	// Unlogged returns the names of the meetings of which the public log may not
	// say everything: those that have boxes and were saved since [Store.Logged].
	// It reads no record, so that what is finished costs nothing.
	Unlogged(ctx context.Context) ([]ballot.UUID, error)
	// Logged notes that the public log says everything of meetings as they are in
	// these revisions. A meeting that was saved since stays among the unlogged.
	Logged(ctx context.Context, said map[ballot.UUID]uint64) error
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
