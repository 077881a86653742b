package meeting

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/tally"
)

// A TrialStore keeps the secrets of sample meetings.
type TrialStore interface {
	// PutTrial keeps the secrets of the meeting u.
	PutTrial(ctx context.Context, u ballot.UUID, secrets []byte) error
	// Trial returns them, or box.ErrNotFound.
	Trial(ctx context.Context, u ballot.UUID) ([]byte, error)
}

// A Trial is a sample meeting: a poll of which the server holds everything, for
// trying the program out. It is never to be used for a real vote.
type Trial struct {
	Board       *TrialBoard
	Credentials []ballot.Credential // of the slips
}

// trialRecord is how a sample meeting's secrets are kept.
type trialRecord struct {
	Board *TrialBoard `json:"board"`
	Codes []string    `json:"codes"`
}

// The sample meeting that a newcomer gets.
const (
	trialThreshold = 2
	trialMembers   = 3
	trialSlips     = 8
	trialRuleSet   = RuleSetReg96
)

// sampleDraft is a meeting of an invented agency with invented people.
func sampleDraft() ballot.Draft {
	return ballot.Draft{
		Name:        "Hội nghị lấy phiếu tín nhiệm (cuộc họp mẫu)",
		Description: "Phòng họp số 1, trụ sở cơ quan mẫu\n" + time.Now().Format("02/01/2006"),
		UUID:        ballot.NewUUID(),
		Questions: []ballot.Question{
			Question("Nguyễn Thị Minh Ánh", "Giám đốc"),
			Question("Trần Quốc Đạt", "Phó Giám đốc"),
			Question("Lê Hoàng Ưng", "Phó Giám đốc"),
			Question("Phạm Thị Quỳnh Như", "Trưởng phòng Tổ chức - Hành chính"),
		},
	}
}

// CreateTrial makes the sample meeting and opens it.
func CreateTrial(ctx context.Context, store box.Store, trials TrialStore) (box.Box, error) {
	board, err := NewTrialBoard(trialThreshold, trialMembers)
	if err != nil {
		return nil, err
	}
	draft := sampleDraft()
	draft.PublicKey = board.Trustees().PublicKey()
	e, err := ballot.NewElection(draft)
	if err != nil {
		return nil, err
	}
	secrets, credentials, err := NewCredentials(e.UUID, trialSlips)
	if err != nil {
		return nil, err
	}
	record := trialRecord{Board: board}
	for _, c := range secrets {
		record.Codes = append(record.Codes, c.Code())
	}
	kept, err := json.Marshal(record)
	if err != nil {
		return nil, err
	}
	// The secrets first: a meeting without them could never be counted.
	if err := trials.PutTrial(ctx, e.UUID, kept); err != nil {
		return nil, err
	}
	b, err := Seal(ctx, store, box.Setup{
		Election: e.Raw(), Trustees: board.Trustees().Raw(), Credentials: credentials, Timestamp: time.Now().Unix(),
		Settings: box.Settings{MinBallots: 1, RuleSet: trialRuleSet, Trial: true},
	})
	if err != nil {
		return nil, err
	}
	if err := b.Open(ctx); err != nil {
		return nil, err
	}
	return b, nil
}

// LoadTrial returns the secrets of a sample meeting.
func LoadTrial(ctx context.Context, trials TrialStore, u ballot.UUID) (*Trial, error) {
	kept, err := trials.Trial(ctx, u)
	if err != nil {
		return nil, fmt.Errorf("sample meeting: %w", err)
	}
	var record trialRecord
	if err := json.Unmarshal(kept, &record); err != nil {
		return nil, fmt.Errorf("sample meeting: %w", err)
	}
	if record.Board == nil {
		return nil, errors.New("sample meeting: no board")
	}
	t := &Trial{Board: record.Board}
	for _, code := range record.Codes {
		c, err := ballot.ParseCredential(code)
		if err != nil {
			return nil, fmt.Errorf("sample meeting: %w", err)
		}
		t.Credentials = append(t.Credentials, c)
	}
	return t, nil
}

// Resume finishes the step of a sample meeting that a kill may have broken off
// between two writes. When there is none, it changes nothing.
func (t *Trial) Resume(ctx context.Context, b box.Box) error {
	status, err := b.Status(ctx)
	switch {
	case err != nil:
		return err
	case status.State == box.Sealed:
		return b.Open(ctx)
	case status.State == box.Closed:
		return t.Close(ctx, b)
	case status.State == box.Tallied && !status.Published:
		return b.Publish(ctx)
	}
	return nil
}

// Close ends the taking of ballots of a sample meeting and signs its closing
// file: every slip counts as issued, the unused ones as not returned.
func (t *Trial) Close(ctx context.Context, b box.Box) error {
	return CloseTrial(ctx, b, t.Board, tally.Slips{Printed: len(t.Credentials)})
}

// CloseTrial closes a box for a trial board. Of the slips given, those neither
// exchanged nor unissued count as issued, and of these the ones neither cast
// nor returned as not returned.
func CloseTrial(ctx context.Context, b box.Box, board *TrialBoard, slips tally.Slips) error {
	if err := b.Close(ctx); err != nil {
		return err
	}
	if _, err := b.Attached(ctx, box.Closing); err == nil {
		return nil
	}
	status, err := b.Status(ctx)
	if err != nil {
		return err
	}
	slips.Issued = slips.Printed - slips.Exchanged - slips.Unissued
	slips.NotReturned = slips.Issued - slips.Returned - status.Accepted
	c, err := NewClosing(ctx, b, slips)
	if err != nil {
		return err
	}
	board.Sign(c, firstMembers(min(tally.Signers, board.Trustees().Len()))...)
	err = AttachClosing(ctx, b, c)
	if errors.Is(err, box.ErrExists) { // signed by somebody else in the meantime
		return nil
	}
	return err
}

// Count decrypts the sums of a closed sample meeting and publishes them. A
// meeting that has been counted stays as it is.
func (t *Trial) Count(ctx context.Context, b box.Box) error {
	status, err := b.Status(ctx)
	if err != nil {
		return err
	}
	if status.State != box.Tallied {
		// It exists when somebody else counted in the meantime.
		if _, err := CountTrial(ctx, b, t.Board); err != nil && !errors.Is(err, box.ErrExists) {
			return err
		}
	}
	return b.Publish(ctx)
}

// Outcome returns the result of a counted sample meeting. Everybody who got a
// slip counts as present, and nobody as absent.
func (t *Trial) Outcome(ctx context.Context, b box.Box) (*Outcome, error) {
	result, err := readResult(ctx, b)
	if err != nil {
		return nil, err
	}
	facts, err := BoxFacts(ctx, b)
	if err != nil {
		return nil, err
	}
	e, s := b.Election(), b.Setup()
	place, _, _ := strings.Cut(e.Description, "\n")
	facts.Plan = Plan{Title: e.Name, Place: place, Date: Day(time.Unix(s.Timestamp, 0)), RuleSet: s.Settings.RuleSet}
	facts.Summoned, facts.Present = facts.Slips.Issued, facts.Slips.Issued
	return NewOutcome(e, s.Settings, result, facts.Slips.Cast, facts)
}

// CountTrial decrypts the sums of a closed box with a trial board.
func CountTrial(ctx context.Context, b box.Box, board *TrialBoard) (tally.Result, error) {
	product, err := b.Product(ctx)
	if err != nil {
		return nil, err
	}
	members := firstMembers(board.Trustees().Quorum())
	result, bad, err := Count(ctx, b, board.Contribute(b.Election(), product, members...))
	if len(bad) > 0 {
		return nil, bad[0]
	}
	return result, err
}

// firstMembers returns 1 … n.
func firstMembers(n int) []int {
	members := make([]int, n)
	for i := range members {
		members[i] = i + 1
	}
	return members
}
