package meeting

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

// ErrTooFewBallots is returned when fewer ballots were cast than may be
// decrypted without telling how single voters voted.
var ErrTooFewBallots = errors.New("count: fewer ballots than may be decrypted")

// ErrUnsorted is returned for a list of credentials whose order could tell in
// which order the slips were made.
var ErrUnsorted = errors.New("credentials: not in ascending order")

// ErrMinBallots is returned for settings that would let an empty box be counted.
var ErrMinBallots = errors.New("settings: min_ballots is below 1")

// ErrTimestamp is returned for a time that no archive can carry.
var ErrTimestamp = errors.New("timestamp: not in 1970 to 2242")

// timestampEnd is the first second that the head of an archive cannot name.
const timestampEnd = 1 << 33

// Levels are the answers of every question, in ballot order (Quy định
// 96-QĐ/TW; Nghị quyết 96/2023/QH15).
var Levels = []string{"Tín nhiệm cao", "Tín nhiệm", "Tín nhiệm thấp"}

// Question returns the question that asks about one person: the name, and the
// post if there is one. The line may be left empty.
func Question(name, post string) ballot.Question {
	text := name
	if post != "" {
		text += "\n" + post
	}
	return ballot.Question{Text: text, Answers: Levels, Blank: true, Min: 1, Max: 1}
}

// NewCredentials draws n distinct credentials for an election and returns them
// with the public credentials object.
func NewCredentials(u ballot.UUID, n int) ([]ballot.Credential, []byte, error) {
	secrets, public := make([]ballot.Credential, n), make([]*group.Element, n)
	for i := range secrets {
		secrets[i] = ballot.NewCredential()
		public[i] = secrets[i].Public(u)
	}
	roll, err := archive.NewRoll(public)
	if err != nil {
		return nil, nil, err
	}
	return secrets, roll.AppendJSON(nil), nil
}

// Seal checks that the objects of a setup belong together and puts them into a
// new box. The timestamp in s is the only time that the archive will carry.
func Seal(ctx context.Context, store box.Store, s box.Setup) (box.Box, error) {
	if s.Timestamp < 0 || s.Timestamp >= timestampEnd {
		return nil, ErrTimestamp
	}
	e, err := ballot.ParseElection(s.Election)
	if err != nil {
		return nil, err
	}
	if err := e.CheckTexts(); err != nil {
		return nil, err
	}
	if s.Settings.MinBallots < 1 {
		return nil, ErrMinBallots
	}
	roll, err := archive.ReadRoll(bytes.NewReader(s.Credentials))
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(roll.AppendJSON(nil), s.Credentials) {
		return nil, ErrUnsorted
	}
	trustees, err := tally.ParseTrustees(s.Trustees)
	if err != nil {
		return nil, err
	}
	if !trustees.PublicKey().Equal(e.PublicKey) {
		return nil, archive.ErrElectionKey
	}
	return store.Create(ctx, s)
}

// NewClosing prepares the closing file of a closed box for the board to sign.
func NewClosing(ctx context.Context, b box.Box, slips tally.Slips) (*tally.Closing, error) {
	status, err := b.Status(ctx)
	if err != nil {
		return nil, err
	}
	if status.State < box.Closed {
		return nil, fmt.Errorf("closing file: %w: %s", box.ErrState, status.State)
	}
	voided, err := b.Voided(ctx)
	if err != nil {
		return nil, err
	}
	c := &tally.Closing{Election: b.Election().Fingerprint(), EndBallots: status.EndBallots, Slips: slips, Voided: voided}
	c.Slips.Cast = status.Accepted
	return c, c.Slips.Reconcile(len(voided))
}

// AttachClosing verifies a signed closing file as every verifier will, and puts
// it beside the archive, where it stays.
func AttachClosing(ctx context.Context, b box.Box, c *tally.Closing) error {
	status, err := b.Status(ctx)
	if err != nil {
		return err
	}
	trustees, err := tally.ParseTrustees(b.Setup().Trustees)
	if err != nil {
		return err
	}
	text := c.AppendJSON(nil)
	if c, err = tally.ParseClosing(text); err != nil {
		return err
	}
	if err := c.Verify(b.Election(), trustees, status.EndBallots, status.Accepted); err != nil {
		return err
	}
	if err := checkLists(ctx, b, c); err != nil {
		return err
	}
	return b.Attach(ctx, box.Closing, text)
}

// credentialsFile is the place of the credentials object in an archive.
const credentialsFile = 2

// checkLists compares a closing file with the box's lists: one slip was printed
// for each credential, and the voided credentials are those that the box voided.
func checkLists(ctx context.Context, b box.Box, c *tally.Closing) error {
	voided, err := b.Voided(ctx)
	if err != nil {
		return err
	}
	if !slices.Equal(c.Voided, voided) {
		return fmt.Errorf("%w: voided credentials are not those of the box", tally.ErrClosing)
	}
	files, err := b.Files(ctx, credentialsFile, 1)
	if err != nil || len(files) == 0 {
		return fmt.Errorf("closing file: credentials: %w", cmp.Or(err, box.ErrCorrupt))
	}
	if listed := archive.CountCredentials(files[0].Content); c.Slips.Printed != listed {
		return fmt.Errorf("%w: %d slips printed, %d credentials listed", tally.ErrClosing, c.Slips.Printed, listed)
	}
	return nil
}

// Count verifies contributions and, when enough of them are good, appends the
// tally to the archive: exactly as many as are needed, in the order given. A
// contribution that does not hold never enters the archive; bad names it.
//
// It refuses to begin before the closing file is there, and below the smallest
// number of ballots that the settings allow.
func Count(ctx context.Context, b box.Box, contributions []tally.Contribution) (result tally.Result, bad []error, err error) {
	if _, err := b.Attached(ctx, box.Closing); err != nil {
		return nil, nil, fmt.Errorf("count: closing file: %w", err)
	}
	status, err := b.Status(ctx)
	if err != nil {
		return nil, nil, err
	}
	if status.Accepted < b.Setup().Settings.MinBallots {
		return nil, nil, fmt.Errorf("%w: %d, at least %d", ErrTooFewBallots, status.Accepted, b.Setup().Settings.MinBallots)
	}
	product, err := b.Product(ctx)
	if err != nil {
		return nil, nil, err
	}
	trustees, err := tally.ParseTrustees(b.Setup().Trustees)
	if err != nil {
		return nil, nil, err
	}
	good, bad := selectContributions(b.Election(), trustees, product, contributions)
	if result, err = tally.Combine(trustees, product, good, status.Accepted); err != nil {
		return nil, bad, err
	}
	shares := tally.NewShares(b.Election(), product, good).AppendJSON(nil)
	return result, bad, b.Tally(ctx, tallyEvents(product, good, status.Accepted, result), shares)
}

// selectContributions returns the first good contributions that are needed, at
// most as many as each item's threshold, and what is wrong with the others.
func selectContributions(e *ballot.Election, trustees *tally.Trustees, product ballot.Product, all []tally.Contribution) (good []tally.Contribution, bad []error) {
	need := trustees.Need()
	for i := range all {
		c := &all[i]
		if c.Strong == nil {
			bad = append(bad, fmt.Errorf("%w: trustee %d: no strong proofs", tally.ErrPartialDecryption, c.Owner))
			continue
		}
		if err := c.Verify(e, trustees, product); err != nil {
			bad = append(bad, err)
			continue
		}
		if need.Take(c.Owner) {
			good = append(good, *c)
		}
	}
	return good, bad
}

// tallyEvents are the events after EndBallots.
func tallyEvents(product ballot.Product, contributions []tally.Contribution, ballots int, result tally.Result) []box.Event {
	sized := tally.Sized{Ballots: ballots, Tally: tally.Hash(product)}
	events := []box.Event{{Type: archive.EncryptedTally, Data: [][]byte{product.AppendJSON(nil), sized.AppendJSON(nil)}}}
	for _, c := range contributions {
		partial := c.Partial.AppendJSON(nil)
		owned := tally.Owned{Owner: c.Owner, Payload: archive.Hash(partial)}
		events = append(events, box.Event{Type: archive.PartialDecryption, Data: [][]byte{partial, owned.AppendJSON(nil)}})
	}
	return append(events, box.Event{Type: archive.Result, Data: [][]byte{result.AppendJSON(nil)}})
}
