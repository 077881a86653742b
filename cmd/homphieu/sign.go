package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/homphieu/homphieu/report/cms"
	"github.com/homphieu/homphieu/report/identity"
	"github.com/homphieu/homphieu/report/pades"
)

// signJob is one run of homphieu sign.
type signJob struct {
	key, password, trial, field, image, stamp, out, file string
}

// trialAuthority is the file beside papers signed for a trial that says whom to
// trust for that trial: the authority of each signature, as serve --trust reads them.
const trialAuthority = "trial-ca.pem"

// sign signs a paper on the signer's own computer, with a PKCS#12 file, or for
// a trial with a key made for this one signature. It says who has signed before,
// and refuses a paper on which a signature does not hold.
func sign(_ context.Context, args []string, stdout io.Writer) error {
	var j signJob
	flags := flag.NewFlagSet("sign", flag.ContinueOnError)
	flags.StringVar(&j.key, "key", "", "PKCS#12 file (.p12, .pfx) of who signs")
	flags.StringVar(&j.password, "password-file", "", "file with the password of --key (default: the first line of standard input)")
	flags.StringVar(&j.trial, "trial", "", "instead of --key: a name, for which a key without any legal value is made")
	flags.StringVar(&j.field, "field", "", "place on the paper, such as head, secretary, member-2 or chair")
	flags.StringVar(&j.image, "image", "", "PNG of the handwritten signature, blue on transparent")
	flags.StringVar(&j.stamp, "stamp", "", "PNG of the agency's seal, red on transparent, laid over the left third of --image")
	flags.StringVar(&j.out, "out", "", "file for the signed paper (default: FILE-signed.pdf)")
	if err := parseFlags(flags, args, 1); err != nil {
		return err
	}
	j.file = flags.Arg(0)
	if err := j.run(stdout); err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	return nil
}

func (j *signJob) run(stdout io.Writer) error {
	if j.field == "" || (j.key == "") == (j.trial == "") {
		return usageError{errors.New("--field and either --key or --trial are needed")}
	}
	paper, err := os.ReadFile(j.file)
	if err != nil {
		return err
	}
	if err := j.checkField(paper); err != nil {
		return err
	}
	before, err := j.signedBefore(paper)
	if err != nil {
		return err
	}
	now := time.Now()
	who, err := j.identity(now)
	if err != nil {
		return err
	}
	options := pades.Options{Field: j.field, Name: who.Name(), Time: now.In(vietnam), Appearance: &pades.Appearance{}}
	if err := j.readImages(options.Appearance); err != nil {
		return err
	}
	signed, err := pades.Sign(paper, who, options)
	if err != nil {
		return err
	}
	if j.out == "" {
		j.out = strings.TrimSuffix(j.file, filepath.Ext(j.file)) + "-signed.pdf"
	}
	if err := j.write(signed, who); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s%s signed as %s\n  %s  hand it in on your page of the meeting\nNộp tệp này tại trang của cuộc họp.\n", before, who.Name(), j.field, j.out)
	return err
}

// checkField looks whether the place is there and nobody has signed in it.
func (j *signJob) checkField(paper []byte) error {
	places, err := pades.EmptyFields(paper)
	if err != nil {
		return usageError{fmt.Errorf("%s: %w", j.file, err)}
	}
	if !slices.Contains(places, j.field) {
		return usageError{fmt.Errorf("--field %s: not a place left to sign; left: %s", j.field, strings.Join(places, ", "))}
	}
	return nil
}

// signedBefore says who has signed so far, as their certificates have it: whether
// those are trusted is for the server to say. A paper that was altered after
// somebody had signed it is refused.
func (j *signJob) signedBefore(paper []byte) (string, error) {
	report, err := pades.Verify(paper, cms.Trust{})
	if err != nil {
		return "", usageError{fmt.Errorf("%s: %w", j.file, err)}
	}
	var before strings.Builder
	for _, s := range report.Signatures {
		if err := cmp.Or(s.Err, s.Later); err != nil {
			return "", usageError{fmt.Errorf("%s: the signature in %q does not hold: %w; do not sign it, take the paper anew from the page of the meeting", j.file, s.Field, err)}
		}
		fmt.Fprintf(&before, "signed so far: %q by %q\n", s.Field, s.Signer.Subject.CommonName)
	}
	return before.String(), nil
}

// write leaves the signed paper, and for a trial whom to trust: added to what
// those who signed before have left.
func (j *signJob) write(signed []byte, who identity.Identity) error {
	if err := writeWhole(j.out, signed); err != nil || j.trial == "" {
		return err
	}
	path := filepath.Join(filepath.Dir(j.out), trialAuthority)
	have, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	authority := who.Chain[len(who.Chain)-1]
	return writeWhole(path, append(have, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Raw})...))
}

// readImages reads the pictures that stand in the place of name and time.
func (j *signJob) readImages(a *pades.Appearance) (err error) {
	if j.image != "" {
		if a.Signature, err = os.ReadFile(j.image); err != nil {
			return err
		}
	}
	if j.stamp != "" {
		a.Seal, err = os.ReadFile(j.stamp)
	}
	return err
}

// vietnam is the time zone that signatures are shown in (Nghị định 30/2020/NĐ-CP,
// Phụ lục I). It has had no summer time since 1975.
var vietnam = time.FixedZone("ICT", 7*60*60)

func (j *signJob) identity(now time.Time) (identity.Identity, error) {
	if j.trial != "" {
		return j.trialIdentity(now)
	}
	content, err := os.ReadFile(j.key)
	if err != nil {
		return identity.Identity{}, err
	}
	password, err := j.readPassword()
	if err != nil {
		return identity.Identity{}, err
	}
	who, err := identity.ParsePKCS12(content, password, now)
	if err != nil {
		return who, usageError{fmt.Errorf("%s: %w", j.key, err)}
	}
	return who, nil
}

func (j *signJob) trialIdentity(now time.Time) (identity.Identity, error) {
	authority, err := identity.NewTrial(j.trial, now)
	if err != nil {
		return identity.Identity{}, usageError{fmt.Errorf("--trial: %w", err)}
	}
	return authority.Issue(j.trial, j.field, now)
}

// readPassword returns the first line of the password file, or of standard input.
func (j *signJob) readPassword() (string, error) {
	in := io.Reader(os.Stdin)
	if j.password != "" {
		file, err := os.Open(j.password)
		if err != nil {
			return "", err
		}
		defer file.Close()
		in = file
	}
	line, err := bufio.NewReader(io.LimitReader(in, 1<<10)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}
