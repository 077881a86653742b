package api

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"golang.org/x/mod/sumdb/note"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally/archive"
)

//go:embed openapi.json
var openAPIDocument []byte

const jsonType = "application/json; charset=utf-8"

func (s *server) openAPI(c *gin.Context) error {
	c.Data(http.StatusOK, jsonType, openAPIDocument)
	return nil
}

// receiptKey gives the key by which receipts are checked, in the form of
// golang.org/x/mod/sumdb/note.
func (s *server) receiptKey(c *gin.Context) error {
	c.String(http.StatusOK, "%s\n", s.Verifier)
	return nil
}

func (s *server) health(c *gin.Context) error {
	if _, err := s.Store.List(c.Request.Context()); err != nil {
		return err
	}
	c.String(http.StatusOK, "ok\n")
	return nil
}

// withBox finds the box that the path names. That of a rehearsal is the board's
// alone, whose members reach it from their seats: strangers need not know what is
// being prepared.
func (s *server) withBox(h func(c *gin.Context, b box.Box) error) handler {
	return func(c *gin.Context) error {
		u := ballot.UUID(c.Param("uuid"))
		if !u.Valid() {
			return box.ErrNoBox
		}
		b, err := s.Store.Box(c.Request.Context(), u)
		if err != nil {
			return err
		}
		if b.Setup().Settings.Rehearsal {
			return box.ErrNoBox
		}
		return h(c, b)
	}
}

func (s *server) election(c *gin.Context, b box.Box) error {
	c.Data(http.StatusOK, jsonType, b.Election().Raw())
	return nil
}

// statusAnswer is what everybody may know about a poll. The box of a meeting
// that was abandoned before it opened stays sealed: only the meeting knows.
type statusAnswer struct {
	State     string `json:"state"`
	Abandoned bool   `json:"abandoned"`
	Accepted  int    `json:"accepted"`
	Form      string `json:"form"`
	Trial     bool   `json:"trial"`
	Published bool   `json:"published"`
}

func (s *server) status(c *gin.Context, b box.Box) error {
	status, err := b.Status(c.Request.Context())
	if err != nil {
		return err
	}
	_, of, err := s.meetingOf(c.Request.Context(), b.Election().UUID)
	if err != nil {
		return err
	}
	settings := b.Setup().Settings
	c.JSON(http.StatusOK, statusAnswer{
		State: status.State.String(), Abandoned: of == meeting.Abandoned, Accepted: status.Accepted, Published: status.Published,
		Form: form(settings.RuleSet), Trial: settings.Trial,
	})
	return nil
}

// form tells which words a rule set uses for the voter: đồng chí in the Party,
// đại biểu in elected bodies.
func form(ruleSet string) string {
	if strings.HasPrefix(ruleSet, "nq") {
		return "state"
	}
	return "party"
}

// archive streams as much of the archive as an anonymous reader may have. It
// reads the box in pieces, so that a slow reader holds nothing open.
func (s *server) archive(c *gin.Context, b box.Box) error {
	status, err := s.readable(c, b)
	if err != nil {
		return err
	}
	attachment(c, "application/x-tar", string(b.Election().UUID)+".bel")
	return streamArchive(c.Request.Context(), b, status.Public.Files, reader{c.Writer})
}

// A reader is who asked. When it is gone, that is all that can be said: the
// errors of its connection name addresses.
type reader struct{ io.Writer }

func (r reader) Write(b []byte) (int, error) {
	n, err := r.Writer.Write(b)
	if err != nil {
		err = errGone
	}
	return n, err
}

// readable refuses anonymous readers of a poll for members only.
func (s *server) readable(c *gin.Context, b box.Box) (box.Status, error) {
	if b.Setup().Settings.MembersOnly {
		return box.Status{}, errMembersOnly
	}
	return b.Status(c.Request.Context())
}

func attachment(c *gin.Context, contentType, name string) {
	c.Header("Content-Type", contentType)
	c.Header("Content-Disposition", `attachment; filename="`+name+`"`)
}

// pieceSize is about how much of an archive is held at a time, for each reader:
// there may be hundreds, and some of them read slowly.
const pieceSize = 128 << 10

// streamArchive writes the first files of an archive.
func streamArchive(ctx context.Context, b box.Box, files int, w io.Writer) error {
	timestamp := b.Setup().Timestamp
	if _, err := w.Write(archive.AppendHead(nil, timestamp)); err != nil {
		return err
	}
	for from := 0; from < files; {
		piece, err := b.Files(ctx, from, pieceSize)
		if err != nil {
			return err
		}
		if len(piece) == 0 {
			return fmt.Errorf("archive: file %d of %d: %w", from, files, box.ErrCorrupt)
		}
		for _, f := range piece[:min(len(piece), files-from)] {
			kind := archive.KindData
			if f.Event {
				kind = archive.KindEvent
			}
			if _, err := w.Write(archive.AppendEntry(nil, kind, f.Content, timestamp)); err != nil {
				return err
			}
		}
		from += len(piece)
	}
	return nil
}

// shares gives the strong proofs, which are published with the result.
func (s *server) shares(c *gin.Context, b box.Box) error {
	status, err := s.readable(c, b)
	if err != nil {
		return err
	}
	if !status.Published {
		return box.ErrNotFound
	}
	return s.beside(c, b, box.Shares)
}

func (s *server) closing(c *gin.Context, b box.Box) error {
	if _, err := s.readable(c, b); err != nil {
		return err
	}
	return s.beside(c, b, box.Closing)
}

func (s *server) beside(c *gin.Context, b box.Box, name box.Beside) error {
	content, err := b.Attached(c.Request.Context(), name)
	if err != nil {
		return err
	}
	attachment(c, jsonType, fmt.Sprintf("%s.%s.json", b.Election().UUID, name))
	_, err = reader{c.Writer}.Write(content)
	return err
}

// maxSlipRequest bounds the question about a slip.
const maxSlipRequest = 1024

// slip tells the holder of a slip what became of it. Only who proves to hold
// it is answered: otherwise anybody could watch which credentials vote when,
// and so undo the shuffling of the box.
func (s *server) slip(c *gin.Context, b box.Box) error {
	body, err := readBody(c, maxSlipRequest)
	if err != nil {
		return err
	}
	var key ballot.CredentialKey
	var credential box.Credential
	err = s.gate.pass(c.Request.Context(), func() (err error) {
		key, err = ballot.VerifyPossession(b.Election().Fingerprint(), body)
		return err
	}, func() (err error) {
		credential, err = b.Credential(c.Request.Context(), key)
		return err
	})
	if err != nil {
		return err
	}
	switch credential.Use {
	case box.Unused:
		c.JSON(http.StatusOK, gin.H{"state": "unused"})
	case box.Voided:
		c.JSON(http.StatusOK, gin.H{"state": "voided"})
	case box.Spent:
		c.JSON(http.StatusOK, gin.H{"state": "used", "tracker": ballot.Tracker(credential.Ballot)})
	default:
		return errUnknownSlip
	}
	return nil
}

// cast takes one ballot, with the answers in the order of docs/ARCHITECTURE.md:
// known bytes, malformed or false, credential, state of the poll.
func (s *server) cast(c *gin.Context, b box.Box) error {
	ctx := c.Request.Context()
	body, err := readBody(c, b.Election().MaxBallotSize())
	if err != nil {
		return err
	}
	hash := sha256.Sum256(body)
	if _, err := b.Lookup(ctx, hash); err == nil {
		return s.recorded(c, b, http.StatusOK, hash)
	} else if !errors.Is(err, box.ErrNotFound) {
		return err
	}
	var v *ballot.Ballot
	err = s.gate.pass(ctx, func() (err error) {
		v, err = ballot.Verify(b.Election(), body)
		return err
	}, func() error { return b.Accept(ctx, v) })
	if errors.Is(err, ballot.ErrNotOpen) {
		err = s.notOpen(ctx, b)
	}
	if err != nil {
		return err
	}
	return s.recorded(c, b, http.StatusCreated, hash)
}

// notOpen is why a sealed box takes no ballot: not yet, or never if its meeting
// was abandoned, so that no phone goes on sending.
func (s *server) notOpen(ctx context.Context, b box.Box) error {
	switch _, of, err := s.meetingOf(ctx, b.Election().UUID); {
	case err != nil:
		return err
	case of == meeting.Abandoned:
		return ballot.ErrClosed
	}
	return ballot.ErrNotOpen
}

// castAnswer is what the voter gets for a ballot in the box.
type castAnswer struct {
	Tracker string `json:"tracker"`
	Receipt string `json:"receipt"`
}

// recorded answers with the tracker and the server's signed promise that the
// ballot will be in the archive: a signed note over election and tracker. The
// signature is deterministic, so the same ballot gets the same answer.
func (s *server) recorded(c *gin.Context, b box.Box, status int, hash [32]byte) error {
	tracker := ballot.Tracker(hash)
	text := fmt.Sprintf("homphieu receipt v1\n%s\n%s\n", b.Election().Fingerprint(), tracker)
	receipt, err := note.Sign(&note.Note{Text: text}, s.Receipts)
	if err != nil {
		return fmt.Errorf("receipt: %w", err)
	}
	c.JSON(status, castAnswer{tracker, string(receipt)})
	return nil
}

// lookupAnswer tells where a ballot is.
type lookupAnswer struct {
	Tracker string `json:"tracker"`
	State   string `json:"state"` // accepted, or recorded with its event
	Event   string `json:"event,omitempty"`
}

func (s *server) lookup(c *gin.Context, b box.Box) error {
	hash, err := hashParam(c)
	if err != nil {
		return err
	}
	answer, err := find(c, b, hash)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, answer)
	return nil
}

func find(c *gin.Context, b box.Box, hash [32]byte) (lookupAnswer, error) {
	record, err := b.Lookup(c.Request.Context(), hash)
	if err != nil {
		return lookupAnswer{}, err
	}
	answer := lookupAnswer{Tracker: ballot.Tracker(hash), State: "accepted"}
	if record.Event != nil {
		answer.State, answer.Event = "recorded", hex.EncodeToString(record.Event[:])
	}
	return answer, nil
}

func hashParam(c *gin.Context) (hash [32]byte, err error) {
	text := c.Param("hash")
	n, err := hex.Decode(hash[:], []byte(text[:min(len(text), 64)]))
	if err != nil || n != 32 || len(text) != 64 || strings.ToLower(text) != text {
		return hash, errHash
	}
	return hash, nil
}
