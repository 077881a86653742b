// Homphieu is the ballot server and what its users need around it.
//
//	homphieu serve       runs the server
//	homphieu witness     keeps watch on public logs and cosigns them
//	homphieu demo        holds one complete vote without hands
//	homphieu slips       makes the voters' slips, on the board's own computer
//	homphieu share       gives a board member's share of a decryption
//	homphieu sign        signs a paper, on the signer's own computer
//	homphieu version     prints the version and the hashes of the voter's page
//	homphieu check-page  compares a server's voter's page with this program's
//	homphieu fetch-log   brings the public log of a server into a folder
//	homphieu watch       looks whether a public log still is what it was
//	homphieu loadtest    lets a hall of voters cast, and says how long they waited
//
// It exits with 0 when done, 1 when refused, and 2 on wrong usage or a file
// that cannot be read. Errors are one line on standard error.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "homphieu: %v\n", err)
	}
	os.Exit(exitStatus(err))
}

const usage = `usage: homphieu COMMAND [OPTION ...]

  serve       run the server                        homphieu serve -h
  witness     keep watch on a server's public log   homphieu witness -h
  demo        hold one complete vote without hands  homphieu demo -h
  slips       make the voters' slips                homphieu slips -h
  share       give a board member's share           homphieu share -h
  sign        sign minutes or report                homphieu sign -h
  version     print version and page hashes
  check-page  compare a server's voter's page       homphieu check-page URL
  fetch-log   bring a server's public log           homphieu fetch-log URL DIR
  watch       look whether a log stays what it was  homphieu watch URL
  loadtest    see how many voters a server bears    homphieu loadtest -h
`

func run(ctx context.Context, args []string, stdout io.Writer) error {
	commands := map[string]func(context.Context, []string, io.Writer) error{
		"serve": serve, "witness": keepWatch, "demo": demo, "slips": makeSlips, "share": share, "sign": sign, "version": version, "check-page": checkPage,
		"fetch-log": fetchLog, "watch": watch, "loadtest": loadtest,
	}
	if len(args) == 1 && (args[0] == "help" || args[0] == "-h" || args[0] == "--help") {
		_, err := io.WriteString(stdout, usage)
		return err
	}
	if len(args) == 0 || commands[args[0]] == nil {
		return usageError{fmt.Errorf("command: serve, witness, demo, slips, share, sign, version, check-page, fetch-log, watch or loadtest; see homphieu help")}
	}
	return commands[args[0]](ctx, args[1:], stdout)
}

// A usageError is one that the person at the keyboard can mend.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// exitStatus is 0 when done, 2 on wrong usage or a file that cannot be read,
// and otherwise 1.
func exitStatus(err error) int {
	var wrongUsage usageError
	var path *fs.PathError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &wrongUsage), errors.As(err, &path):
		return 2
	}
	return 1
}

// parseFlags parses args into flags, which must take all of them but want.
func parseFlags(flags *flag.FlagSet, args []string, want int) error {
	var said strings.Builder
	flags.SetOutput(&said)
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		fmt.Print(said.String())
		return err
	} else if err != nil {
		return usageError{err}
	}
	if flags.NArg() != want {
		return usageError{fmt.Errorf("%s: %d arguments, want %d; see homphieu %s -h", flags.Name(), flags.NArg(), want, flags.Name())}
	}
	return nil
}
