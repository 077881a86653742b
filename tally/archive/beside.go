package archive

import (
	"fmt"

	"github.com/homphieu/homphieu/tally"
)

// checkBeside checks the files beside the archive.
func (v *verifier) checkBeside() error {
	if err := v.checkShares(); err != nil {
		return err
	}
	return v.checkClosing()
}

func (v *verifier) checkShares() error {
	if v.options.Shares == nil {
		if v.options.Strict && len(v.contributions) > 0 {
			return fmt.Errorf("%w: strong decryption proofs (%s.shares.json)", ErrMissing, v.report.UUID)
		}
		return nil
	}
	shares, err := tally.ParseShares(v.options.Shares)
	if err != nil {
		return err
	}
	if err := shares.Attach(v.election, v.product, v.contributions); err != nil {
		return err
	}
	for i := range v.contributions {
		if err := v.contributions[i].Verify(v.election, v.trustees, v.product); err != nil {
			return fmt.Errorf("shares: %w", err)
		}
	}
	if len(v.contributions) > 0 {
		v.report.DecryptionProofs = ProofsStrong
	}
	return nil
}

func (v *verifier) checkClosing() error {
	if v.options.Closing == nil {
		if v.options.Strict && v.report.State != StateOpen {
			return fmt.Errorf("%w: closing file (%s.closing.json)", ErrMissing, v.report.UUID)
		}
		return nil
	}
	closing, err := tally.ParseClosing(v.options.Closing)
	if err != nil {
		return err
	}
	if v.report.State == StateOpen {
		return fmt.Errorf("%w: the poll has not ended", tally.ErrClosing)
	}
	if err := closing.Verify(v.election, v.trustees, v.endBallots, v.report.Ballots); err != nil {
		return err
	}
	if closing.Slips.Printed != v.roll.Len() {
		return fmt.Errorf("%w: %d slips printed, %d credentials listed", tally.ErrClosing, closing.Slips.Printed, v.roll.Len())
	}
	for _, key := range closing.Voided {
		if err := v.roll.unspent(key); err != nil {
			return fmt.Errorf("%w: voided credential %s: %w", tally.ErrClosing, key, err)
		}
	}
	v.report.Voided = len(closing.Voided)
	return nil
}
