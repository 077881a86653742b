package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/report/slips"
	"github.com/homphieu/homphieu/tally/archive"
)

// maxSlips bounds one job; a larger one is several files for the printer.
const maxSlips = 5000

// slipsJob is one run of homphieu slips.
type slipsJob struct {
	electionFile, public, out string
	count                     int

	papers *ballot.Papers
	link   *url.URL
}

// makeSlips draws credentials and prints them. It runs on the board's own
// computer: only the public half is for the server.
func makeSlips(_ context.Context, args []string, stdout io.Writer) error {
	var j slipsJob
	flags := flag.NewFlagSet("slips", flag.ContinueOnError)
	flags.StringVar(&j.electionFile, "election", "", "file with the ballot papers, as the server gives it")
	flags.IntVar(&j.count, "count", 0, "number of slips")
	flags.StringVar(&j.public, "url", "", "public address of the server, such as https://hop.example.vn")
	flags.StringVar(&j.out, "out", "", "folder for slips.pdf and credentials.json")
	if err := parseFlags(flags, args, 0); err != nil {
		return err
	}
	if err := j.prepare(); err != nil {
		return err
	}
	if err := j.write(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(stdout, `%d slips, eight a page, for %s
fingerprint %s
  %s  PRINT IT, THEN DELETE IT: whoever has it can vote for everybody.
  %s  the public half, for the server
In xong hãy XÓA tệp slips.pdf: ai có tệp này có thể bỏ phiếu thay mọi người.
`, j.count, strings.Join(j.papers.Titles(), " · "), j.papers.Fingerprint().Digits(), j.pdf(), j.publicHalf())
	return err
}

func (j *slipsJob) pdf() string        { return filepath.Join(j.out, "slips.pdf") }
func (j *slipsJob) publicHalf() string { return filepath.Join(j.out, "credentials.json") }

// prepare checks the options and reads the papers; nothing is written yet.
func (j *slipsJob) prepare() (err error) {
	if j.electionFile == "" || j.public == "" || j.out == "" || j.count < 1 || j.count > maxSlips {
		return usageError{fmt.Errorf("slips: --election, --url, --out and --count (1 to %d) are needed", maxSlips)}
	}
	if j.link, err = parsePublicURL(j.public); err != nil {
		return fmt.Errorf("slips: --url: %w", err)
	}
	text, err := os.ReadFile(j.electionFile)
	if err != nil {
		return err
	}
	if j.papers, err = ballot.ParsePapers(text); err != nil {
		return usageError{fmt.Errorf("slips: %s: %w", j.electionFile, err)}
	}
	for _, path := range []string{j.pdf(), j.publicHalf()} {
		if _, err := os.Lstat(path); err == nil {
			return fmt.Errorf("slips: %s exists; choose another --out", path)
		}
	}
	return nil
}

// write draws the credentials, whose order has nothing to do with that of the
// sorted public half, and writes both files or none.
func (j *slipsJob) write() error {
	secrets, credentials, err := j.draw()
	if err != nil {
		return err
	}
	sheet, list := slips.ForPapers(j.papers, j.link.String(), secrets)
	if err := os.MkdirAll(j.out, 0o700); err != nil {
		return err
	}
	if err := writeNew(j.pdf(), func(w io.Writer) error { return slips.Write(w, sheet, list) }); err != nil {
		return err
	}
	err = writeNew(j.publicHalf(), func(w io.Writer) error { _, err := w.Write(credentials); return err })
	if err != nil {
		return errors.Join(err, os.Remove(j.pdf())) // slips without their public half are good for nothing
	}
	return nil
}

// draw draws the credentials and spells their public half: of a single paper
// the credentials object, of several {"UUID":[…],…} in ascending order of the
// papers' UUIDs.
func (j *slipsJob) draw() ([]ballot.Credential, []byte, error) {
	secrets := make([]ballot.Credential, j.count)
	for i := range secrets {
		secrets[i] = ballot.NewCredential()
	}
	halves := map[ballot.UUID]*archive.Roll{}
	for _, e := range j.papers.Elections {
		public := make([]*group.Element, j.count)
		for i, c := range secrets {
			public[i] = c.Public(e.UUID)
		}
		roll, err := archive.NewRoll(public)
		if err != nil {
			return nil, nil, err
		}
		halves[e.UUID] = roll
	}
	if len(halves) == 1 {
		return secrets, halves[j.papers.UUID].AppendJSON(nil), nil
	}
	text := []byte{'{'}
	for i, u := range slices.Sorted(maps.Keys(halves)) {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(wire.AppendText(text, string(u)), ':')
		text = halves[u].AppendJSON(text)
	}
	return secrets, append(text, '}'), nil
}

// writeNew writes a file that must not exist yet, readable by its owner alone.
// A file that was not written to its end is removed.
func writeNew(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(write(file), file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
