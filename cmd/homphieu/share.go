package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/threshold/ceremony"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

// minShared is how many ballots must have been cast before a share of the key
// is given, also in a rehearsal, which has so many: a sum of fewer tells too
// much of each.
const minShared = 5

// shareJob is one run of homphieu share.
type shareJob struct {
	keyFile, archive, end, digits, out string
	cast                               int

	key    *ceremony.KeyFile
	report *archive.Report // of a poll that has ended and was not counted
}

// share does on a computer what a member's page does after the poll: it checks
// everything, and then gives the member's share of the decryption.
func share(_ context.Context, args []string, stdout io.Writer) error {
	var j shareJob
	flags := flag.NewFlagSet("share", flag.ContinueOnError)
	flags.StringVar(&j.keyFile, "key", "", "the member's key file; the end of the poll is recorded in it")
	flags.StringVar(&j.archive, "archive", "", "archive UUID.bel of the poll, with UUID.closing.json beside it")
	flags.StringVar(&j.end, "end", "", "24 digits of the end of the poll, as read out and compared in the room")
	flags.IntVar(&j.cast, "cast", -1, "number of ballots cast, as read out in the room")
	flags.StringVar(&j.digits, "fingerprint", "", "24 digits of this one paper: with a single paper those on slips and projector, with several those on the paper's own page /board/UUID; needed when the key file was saved before the sealing")
	flags.StringVar(&j.out, "out", "", "file for the contribution (default UUID-share-INDEX.json)")
	if err := parseFlags(flags, args, 0); err != nil {
		return err
	}
	if err := j.read(); err != nil {
		return fmt.Errorf("share: %w", err)
	}
	if err := j.check(); err != nil {
		return fmt.Errorf("share: %w", err)
	}
	if err := j.write(); err != nil {
		return fmt.Errorf("share: %w", err)
	}
	_, err := fmt.Fprintf(stdout, `share of member %d for %s
%d ballots; the poll ended with %s
  %s  hand it in on your page of the meeting
Nộp tệp này tại trang của cuộc họp dành cho thành viên.
`, j.key.Index, strings.ReplaceAll(j.report.Election.Name, "\n", " · "), j.report.Ballots, ballot.Digits(j.report.LastEvent), j.out)
	return err
}

// read checks the options, and reads and verifies both files.
func (j *shareJob) read() error {
	if j.keyFile == "" || j.archive == "" || j.end == "" || j.cast < 0 {
		return usageError{errors.New("--key, --archive, --end and --cast are needed")}
	}
	if err := joinDigits("end", &j.end); err != nil {
		return err
	}
	if err := joinDigits("fingerprint", &j.digits); err != nil {
		return err
	}
	text, err := os.ReadFile(j.keyFile)
	if err != nil {
		return err
	}
	if j.key, err = ceremony.ParseKeyFile(text); err != nil {
		return usageError{fmt.Errorf("%s: %w; choose the newest key file that you saved", j.keyFile, err)}
	}
	if j.report, err = archive.VerifyFile(j.archive, true); err != nil {
		return usageError{fmt.Errorf("%w; give the .bel file of the poll", err)}
	}
	if !j.report.Valid() {
		return fmt.Errorf("%s: %w; give no share, and tell the board", j.archive, j.report.Reason)
	}
	return nil
}

// joinDigits takes the spaces out of digits that people compare, if any are
// given.
func joinDigits(flag string, digits *string) error {
	given := strings.Join(strings.Fields(*digits), "")
	if *digits != "" && (len(given) != 24 || strings.Trim(given, "0123456789") != "") {
		return usageError{fmt.Errorf("--%s %q: not 24 digits", flag, *digits)}
	}
	*digits = given
	return nil
}

// sameDigits reports whether digits as they are shown are those that were given.
func sameDigits(shown, given string) bool { return strings.ReplaceAll(shown, " ", "") == given }

// check refuses every poll that the member should give no share for. That it
// has ended where all members say so comes first: a file of another end may be
// right in everything else.
func (j *shareJob) check() error {
	switch j.report.State {
	case archive.StateClosed:
	case archive.StateOpen:
		return errors.New("poll: has not ended; come back when it has")
	default:
		return errors.New("poll: is being counted already; get the archive that ends with the poll")
	}
	if own := ballot.Digits(j.report.LastEvent); !sameDigits(own, j.end) {
		return fmt.Errorf("poll: the archive ends with %s, not with the digits of --end; give no share, and tell the board", own)
	}
	if !bytes.Equal(j.report.Trustees.Raw(), j.key.Trustees()) {
		return errors.New("poll: of another board than the key file; choose the key file of this meeting")
	}
	if err := j.checkSealed(); err != nil {
		return err
	}
	if j.report.Ballots != j.cast {
		return fmt.Errorf("poll: %d ballots in the archive, --cast %d; give no share before the board has found out why", j.report.Ballots, j.cast)
	}
	if j.report.Ballots < minShared {
		return fmt.Errorf("poll: %d ballots, fewer than %d; it must not be counted", j.report.Ballots, minShared)
	}
	return j.chooseOut()
}

func (j *shareJob) rehearsal() bool {
	return strings.HasPrefix(j.report.Election.Name, meeting.RehearsalName)
}

// checkSealed refuses what the member has not seen sealed.
func (j *shareJob) checkSealed() error {
	setup, seen := j.key.Sealed[j.report.UUID]
	switch {
	case len(j.key.Sealed) > 0 && j.rehearsal():
		return errors.New("rehearsal: the meeting was sealed after it; give no share")
	case seen && setup != hex.EncodeToString(j.report.Setup[:]):
		return errors.New("poll: not as it was sealed; give no share, and tell the board")
	case !seen && len(j.key.Sealed) > 0:
		return errors.New("poll: not among those that were sealed; give no share, and tell the board")
	case !seen && j.digits == "":
		return usageError{errors.New("key file: saved before the sealing; add --fingerprint with the 24 digits of this paper, which stand on its page /board/UUID")}
	case j.digits == "":
		return nil
	}
	if own := j.report.Election.Fingerprint().Digits(); !sameDigits(own, j.digits) {
		return fmt.Errorf("poll: its digits are %s, not those of --fingerprint; give no share, and tell the board", own)
	}
	return nil
}

// chooseOut finds a name for the contribution that is free.
func (j *shareJob) chooseOut() error {
	if j.out == "" {
		j.out = fmt.Sprintf("%s-share-%d.json", j.report.UUID, j.key.Index)
	}
	if _, err := os.Lstat(j.out); err == nil {
		return fmt.Errorf("%s exists; choose another --out", j.out)
	}
	return nil
}

// write records in the key file which end of the poll it is, before anything
// that is made with the key exists.
func (j *shareJob) write() error {
	if err := j.key.Contribute(j.report.UUID, hex.EncodeToString(j.report.LastEvent[:])); err != nil {
		return fmt.Errorf("%w; give no share, and tell the board", err)
	}
	text, err := j.key.JSON()
	if err != nil {
		return err
	}
	if err := writeWhole(j.keyFile, text); err != nil {
		return err
	}
	c := tally.Decrypt(j.report.Election, j.report.Product, j.key.Index, j.key.Share)
	return writeNew(j.out, func(w io.Writer) error {
		_, err := w.Write(c.AppendJSON(nil, j.report.Election))
		return err
	})
}
