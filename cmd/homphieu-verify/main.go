// Homphieu-verify is the auditor's program: it reads the archive of an election
// from disk, with the files of strong proofs and of the closing where they lie
// beside it, checks everything again, and believes nobody. It never opens a
// connection.
//
//	homphieu-verify [--json] [--strict] FILE.bel
//	homphieu-verify log DIR [--policy FILE] [--json]
//	homphieu-verify receipt FILE [--policy FILE] [--json]
//	homphieu-verify evidence FILE
//	homphieu-verify package FILE.zip [--receipt FILE --key KEY] [--json]
//
// The files beside an archive are UUID.shares.json and UUID.closing.json, or
// have the archive's own name in the place of UUID.
//
// Of the public log, the first rechecks all of it from its files, and the
// archives in the same folder or the one above against it; the second checks a
// voter's receipt; the third a file that shows two histories of one log.
//
// A package is what an agency sends of a poll to its superior: everything in it
// is checked as the superior's server does, and the receipt that came back.
//
// It exits with 0 if everything holds, 1 if it is refused, naming the first
// thing that is wrong, and 2 if a file cannot be opened or does not begin as
// what it should be, or on wrong usage.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"unicode"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/tally/archive"
)

const (
	exitValid    = 0
	exitRefused  = 1
	exitUnusable = 2
)

// garbagePercent is how much garbage may lie beside what lives before it is
// collected: a verification keeps a few megabytes, so that four times as much costs
// nobody anything, and going through them less often saves a twentieth of the time.
const garbagePercent = 400

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
	os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		switch args[0] {
		case "log":
			return verifyLog(ctx, args[1:], stdout, stderr)
		case "receipt":
			return verifyReceipt(args[1:], stdout, stderr)
		case "evidence":
			return verifyEvidence(args[1:], stdout, stderr)
		case "package":
			return verifyPackage(ctx, args[1:], stdout, stderr)
		}
	}
	return verifyArchive(args, stdout, stderr)
}

const usage = `usage: homphieu-verify [--json] [--strict] FILE.bel
       homphieu-verify log DIR [--policy FILE] [--json]
       homphieu-verify receipt FILE [--policy FILE] [--json]
       homphieu-verify evidence FILE
       homphieu-verify package FILE.zip [--receipt FILE --key KEY] [--json]
`

func verifyArchive(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("homphieu-verify", flag.ContinueOnError)
	flags.SetOutput(stderr)
	asJSON := flags.Bool("json", false, "print the report as one JSON object")
	strict := flags.Bool("strict", false, "refuse when strong decryption proofs or the closing file are missing")
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return exitValid
	} else if err != nil {
		return exitUnusable
	}
	if flags.NArg() != 1 {
		flags.Usage()
		return exitUnusable
	}
	report, err := archive.VerifyFile(flags.Arg(0), *strict)
	if err != nil {
		fmt.Fprintf(stderr, "homphieu-verify: %v; give the .bel file of an election\n", err)
		return exitUnusable
	}
	if *asJSON {
		err = json.NewEncoder(stdout).Encode(report)
	} else {
		err = printReport(stdout, report)
	}
	if err != nil {
		fmt.Fprintf(stderr, "homphieu-verify: report: %v\n", err)
		return exitUnusable
	}
	if !report.Valid() {
		return exitRefused
	}
	return exitValid
}

func printReport(w io.Writer, r *archive.Report) error {
	var b strings.Builder
	switch {
	case !r.Valid():
		fmt.Fprintf(&b, "REFUSED · TỪ CHỐI: %v\n", r.Reason)
	case r.DecryptionProofs == archive.ProofsWeak:
		fmt.Fprintf(&b, "VALID, BUT WITH WEAK DECRYPTION PROOFS · HỢP LỆ, NHƯNG CHỨNG MINH GIẢI MÃ YẾU: the trustees could have shifted the result\n")
	default:
		fmt.Fprintf(&b, "VALID · HỢP LỆ: every check holds · mọi phép kiểm tra đều đạt\n")
	}
	fmt.Fprintf(&b, "  election    %s\n  state       %s\n  ballots     %d\n  last event  %x\n  in digits   %s\n",
		orDash(r.UUID), r.State, r.Ballots, r.LastEvent, ballot.Digits(r.LastEvent))
	fmt.Fprintf(&b, "  decryption  %s\n  voided      %s\n", proofs(r), voided(r))
	if r.Valid() && r.Result != nil {
		printResult(&b, r)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func proofs(r *archive.Report) string {
	switch r.DecryptionProofs {
	case archive.ProofsStrong:
		return "strong proofs"
	case archive.ProofsWeak:
		return "weak: only the published proofs; UUID.shares.json is not beside the archive"
	}
	return "none yet"
}

func voided(r *archive.Report) string {
	if r.Voided < 0 {
		return "unknown: UUID.closing.json is not beside the archive"
	}
	return fmt.Sprint(r.Voided)
}

// visible writes a text of the archive in one line and leaves out what could
// move the cursor or turn the direction of writing.
func visible(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.In(c, unicode.C, unicode.Zl, unicode.Zp) {
			return -1
		}
		return c
	}, strings.ReplaceAll(text, "\n", ", "))
}

// printResult prints one line per question: the marks in ballot order, the
// blank last.
func printResult(b *strings.Builder, r *archive.Report) {
	for i, q := range r.Election.Questions {
		marks, blank := r.Result[i], "–"
		if q.Blank {
			marks, blank = marks[1:], fmt.Sprint(r.Result[i][0])
		}
		fmt.Fprintf(b, "  %3d. %s\n      ", i+1, visible(q.Text))
		for j, n := range marks {
			fmt.Fprintf(b, " %s: %d ·", visible(q.Answers[j]), n)
		}
		fmt.Fprintf(b, " blank: %s\n", blank)
	}
}
