package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/homphieu/homphieu/tally/archive"
)

// verdicts lets both verifiers say what they think of the files that were
// left: ours, and belenios-tool, which others wrote.
func (d *demonstration) verdicts(ctx context.Context) error {
	theirs := make(chan error, 1)
	var verdict string
	go func() {
		var err error
		verdict, err = d.beleniosTool(ctx)
		theirs <- err
	}()
	report, err := archive.VerifyFile(d.path(".bel"), true)
	if err == nil && !report.Valid() {
		err = report.Reason
	}
	if err != nil {
		return errors.Join(fmt.Errorf("homphieu-verify: %w", err), <-theirs)
	}
	fmt.Fprintf(d.stdout, "homphieu-verify --strict %s\n  VALID · HỢP LỆ: %d ballots, %s decryption proofs\n", d.path(".bel"), report.Ballots, report.DecryptionProofs)
	err = errors.Join(d.logVerdict(ctx), <-theirs)
	fmt.Fprint(d.stdout, verdict)
	return err
}

// beleniosTool runs the reference verifier if it is on the PATH.
func (d *demonstration) beleniosTool(ctx context.Context) (verdict string, err error) {
	tool, err := exec.LookPath("belenios-tool")
	if err != nil {
		return "belenios-tool is not on this computer: apt-get install belenios-tool on Debian 13 or later, or .ci/belenios-tool here\n", nil
	}
	// It takes a folder with one archive in it.
	folder, err := os.MkdirTemp("", "homphieu-belenios-")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if err := copyFile(filepath.Join(folder, filepath.Base(d.path(".bel"))), d.path(".bel")); err != nil {
		return "", err
	}
	command := exec.CommandContext(ctx, tool, "election", "verify", "--dir", folder) // #nosec G204 -- the tool found above
	output, err := command.CombinedOutput()
	said := strings.TrimSpace(string(output))
	if err != nil {
		return "", fmt.Errorf("belenios-tool: %w: %s", err, said)
	}
	return fmt.Sprintf("belenios-tool election verify\n  %s\n", strings.ReplaceAll(said, "\n", "\n  ")), nil
}
