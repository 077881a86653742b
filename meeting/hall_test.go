package meeting_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/store/bolt"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

// A hall is a store on disk with one meeting in it.
type hall struct {
	*testing.T
	file  string
	store *bolt.Store
	box   box.Box
}

func newHall(t *testing.T) *hall {
	t.Helper()
	h := &hall{T: t, file: filepath.Join(t.TempDir(), "data.bolt")}
	h.open()
	t.Cleanup(func() { h.store.Close() })
	return h
}

func (h *hall) open() {
	h.Helper()
	store, err := bolt.Open(h.file)
	h.ok(err)
	h.store = store
}

// restart stops the server and starts it again.
func (h *hall) restart() {
	h.Helper()
	h.ok(h.store.Close())
	h.open()
	b, err := h.store.Box(h.Context(), h.box.Election().UUID)
	h.ok(err)
	h.box = b
}

func (h *hall) ok(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *hall) refused(err, want error) {
	h.Helper()
	if !errors.Is(err, want) {
		h.Fatalf("error %v, want %v", err, want)
	}
}

func (h *hall) status() box.Status {
	h.Helper()
	s, err := h.box.Status(h.Context())
	h.ok(err)
	return s
}

// cast lets a voter mark level for everybody.
func (h *hall) cast(c ballot.Credential, level int) {
	h.Helper()
	e := h.box.Election()
	choices := make([][]int, len(e.Questions))
	for i := range choices {
		choices[i] = e.Questions[i].Mark(level)
	}
	b, err := ballot.Seal(e, c, choices)
	h.ok(err)
	h.ok(h.box.Accept(h.Context(), b))
}

// report verifies the archive with the files beside it, strictly when closed.
func (h *hall) report() *archive.Report {
	h.Helper()
	h.ok(h.box.Check(h.Context()))
	text, o := boxtest.Archive(h, h.box), archive.Options{}
	o.Closing, _ = h.box.Attached(h.Context(), box.Closing)
	o.Shares, _ = h.box.Attached(h.Context(), box.Shares)
	report, err := archive.Verify(bytes.NewReader(text), int64(len(text)), o)
	h.ok(err)
	if !report.Valid() {
		h.Fatalf("archive: %v", report.Reason)
	}
	return report
}

// A sitting is a hall whose meeting has a board of three, any two of whom
// decrypt, and slips.
type sitting struct {
	*hall
	board *meeting.TrialBoard
	slips []ballot.Credential
}

func newSitting(t *testing.T, settings box.Settings) *sitting {
	t.Helper()
	s := &sitting{hall: newHall(t)}
	var err error
	s.board, err = meeting.NewTrialBoard(2, 3)
	s.ok(err)
	setup, slips := s.setup(s.board, settings)
	s.slips = slips
	s.box, err = meeting.Seal(t.Context(), s.store, setup)
	s.ok(err)
	s.ok(s.box.Open(t.Context()))
	return s
}

// setup makes an election on two persons with six slips.
func (h *hall) setup(board *meeting.TrialBoard, settings box.Settings) (box.Setup, []ballot.Credential) {
	h.Helper()
	e, err := ballot.NewElection(ballot.Draft{
		Name: "Hội nghị", UUID: ballot.NewUUID(), PublicKey: board.Trustees().PublicKey(),
		Questions: []ballot.Question{meeting.Question("Nguyễn Thị Ánh", "Giám đốc"), meeting.Question("Trần Đạt", "")},
	})
	h.ok(err)
	slips, credentials, err := meeting.NewCredentials(e.UUID, 6)
	h.ok(err)
	return box.Setup{Election: e.Raw(), Trustees: board.Trustees().Raw(), Credentials: credentials, Timestamp: 1_700_000_000, Settings: settings}, slips
}

// close closes the poll and signs the closing file.
func (s *sitting) close() {
	s.Helper()
	s.ok(meeting.CloseTrial(s.Context(), s.box, s.board, tally.Slips{Printed: len(s.slips)}))
}

// contribute makes contributions of the given members.
func (s *sitting) contribute(members ...int) []tally.Contribution {
	s.Helper()
	product, err := s.box.Product(s.Context())
	s.ok(err)
	return s.board.Contribute(s.box.Election(), product, members...)
}
