package archive

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// VerifyFile is [Verify] for an archive on disk, with UUID.shares.json and
// UUID.closing.json where they lie beside it, under the archive's own name or
// its election's. An error says that the archive could not be read, or that it
// is none; what else is wrong is in the report.
func VerifyFile(name string, strict bool) (report *Report, err error) {
	file, info, err := openRegular(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	o, stem := Options{Strict: strict}, strings.TrimSuffix(name, ".bel")
	if report = unreadable(o.readBeside(stem)); report != nil {
		return report, nil
	}
	report, err = Verify(file, info.Size(), o)
	if err != nil || report.UUID == "" || report.UUID == filepath.Base(stem) {
		return report, err
	}
	had := o
	if report := unreadable(o.readBeside(filepath.Join(filepath.Dir(name), report.UUID))); report != nil {
		return report, nil
	}
	if (had.Shares == nil) == (o.Shares == nil) && (had.Closing == nil) == (o.Closing == nil) {
		return report, nil
	}
	return Verify(file, info.Size(), o)
}

// unreadable reports a file beside the archive that is there but cannot be
// read: it might say what nobody may know.
func unreadable(err error) *Report {
	if err == nil {
		return nil
	}
	return &Report{State: StateOpen, Voided: -1, Reason: err}
}

// readBeside reads the files of that stem which o does not have yet. They need
// not be there.
func (o *Options) readBeside(stem string) (err error) {
	if o.Shares == nil {
		if o.Shares, err = optional(stem + ".shares.json"); err != nil {
			return err
		}
	}
	if o.Closing == nil {
		o.Closing, err = optional(stem + ".closing.json")
	}
	return err
}

// optional reads a file that need not be there.
func optional(name string) ([]byte, error) {
	content, err := ReadFile(name, MaxBeside)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return content, err
}

// MaxBeside bounds, in bytes, a file that lies beside an archive.
const MaxBeside = 64 << 20

// ReadFile reads a regular file of at most limit bytes. Whoever hands over a
// folder could leave in it a pipe that never answers, or a file that is all
// holes and larger than any memory.
func ReadFile(name string, limit int64) ([]byte, error) {
	file, info, err := openRegular(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info.Size() > limit {
		return nil, fmt.Errorf("%s: larger than %d bytes", name, limit)
	}
	return io.ReadAll(io.LimitReader(file, limit))
}

// openRegular looks at a file before it opens it, which a pipe would never let
// end.
func openRegular(name string) (file *os.File, info os.FileInfo, err error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%s: not a regular file", name)
	}
	if file, err = os.Open(name); err != nil {
		return nil, nil, err
	}
	if info, err = file.Stat(); err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	return file, info, nil
}
