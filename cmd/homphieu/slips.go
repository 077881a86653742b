package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report/slips"
)

// maxSlips bounds one job; a larger one is several files for the printer.
const maxSlips = 5000

// makeSlips draws credentials and prints them. It runs on the board's own
// computer: only the public half is for the server.
func makeSlips(_ context.Context, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("slips", flag.ContinueOnError)
	electionFile := flags.String("election", "", "file with the election object, as the server gives it")
	count := flags.Int("count", 0, "number of slips")
	public := flags.String("url", "", "public address of the server, such as https://hop.example.vn")
	out := flags.String("out", "", "folder for slips.pdf and credentials.json")
	if err := parseFlags(flags, args, 0); err != nil {
		return err
	}
	if *electionFile == "" || *public == "" || *out == "" || *count < 1 || *count > maxSlips {
		return usageError{fmt.Errorf("slips: --election, --url, --out and --count (1 to %d) are needed", maxSlips)}
	}
	link, err := parsePublicURL(*public)
	if err != nil {
		return fmt.Errorf("slips: --url: %w", err)
	}
	text, err := os.ReadFile(*electionFile)
	if err != nil {
		return err
	}
	e, err := ballot.ParseElection(text)
	if err != nil {
		return usageError{fmt.Errorf("slips: %s: %w", *electionFile, err)}
	}
	secrets, credentials, err := meeting.NewCredentials(e.UUID, *count)
	if err != nil {
		return err
	}
	list := make([]slips.Slip, len(secrets))
	for i, c := range secrets {
		list[i] = slips.Slip{Link: c.Link(link.String(), e), Code: c.Code()}
	}
	pdf, publicHalf := filepath.Join(*out, "slips.pdf"), filepath.Join(*out, "credentials.json")
	for _, path := range []string{pdf, publicHalf} {
		if _, err := os.Lstat(path); err == nil {
			return fmt.Errorf("slips: %s exists; choose another --out", path)
		}
	}
	if err := os.MkdirAll(*out, 0o700); err != nil {
		return err
	}
	sheet := slips.Sheet{
		Meeting: e.Name, Detail: e.Description, PublicURL: link.String(),
		Fingerprint: strings.ReplaceAll(e.Fingerprint().Digits(), " ", ""),
	}
	if err := writeNew(pdf, func(w io.Writer) error { return slips.Write(w, sheet, list) }); err != nil {
		return err
	}
	if err := writeNew(publicHalf, func(w io.Writer) error { _, err := w.Write(credentials); return err }); err != nil {
		return errors.Join(err, os.Remove(pdf)) // slips without their public half are good for nothing
	}
	_, err = fmt.Fprintf(stdout, `%d slips, eight a page, for %s
fingerprint %s
  %s  PRINT IT, THEN DELETE IT: whoever has it can vote for everybody.
  %s  the public half, for the server
In xong hãy XÓA tệp slips.pdf: ai có tệp này có thể bỏ phiếu thay mọi người.
`, *count, e.Name, e.Fingerprint().Digits(), pdf, publicHalf)
	return err
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
