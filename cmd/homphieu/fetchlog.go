package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/tally/archive"
	"github.com/homphieu/homphieu/tally/ledger"
)

const (
	maxArchive = 8 << 30 // bytes of an archive that are taken from a log's server
	tileWidth  = 256     // C2SP tlog-tiles
)

// fetchLog brings the files of a log into a folder.
func fetchLog(ctx context.Context, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("fetch-log", flag.ContinueOnError)
	archives := flags.Bool("archives", false, "bring the archive, and the files beside it, of each published poll as well")
	list, err := parseMixed(flags, args, 2)
	if err != nil {
		return err
	}
	source, err := newLogSource(list[0])
	if err != nil {
		return fmt.Errorf("fetch-log: %w", err)
	}
	m := mirror{dir: list[1], fetch: source.file, stdout: stdout}
	if err := os.MkdirAll(m.dir, 0o750); err != nil {
		return err
	}
	size, err := m.bring(ctx)
	if err != nil {
		return fmt.Errorf("fetch-log: %w", err)
	}
	if *archives {
		if err := m.bringArchives(ctx, source, size, stdout); err != nil {
			return fmt.Errorf("fetch-log: %w", err)
		}
	}
	fmt.Fprintf(stdout, "%d entries in %s. Nothing of it is verified yet: now run · chưa kiểm tra gì, hãy chạy:\n  homphieu-verify log %s\n", size, m.dir, m.dir)
	return nil
}

// parseMixed parses options that may stand before, between or behind the other
// arguments, of which there must be want.
func parseMixed(flags *flag.FlagSet, args []string, want int) (list []string, err error) {
	var said strings.Builder
	flags.SetOutput(&said)
	for {
		if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
			fmt.Print(said.String())
			return nil, err
		} else if err != nil {
			return nil, usageError{err}
		}
		if flags.NArg() == 0 {
			break
		}
		list, args = append(list, flags.Arg(0)), flags.Args()[1:]
	}
	if len(list) != want || slices.Contains(list, "") {
		return nil, usageError{fmt.Errorf("%s: %d arguments, want %d; see homphieu %s -h", flags.Name(), len(list), want, flags.Name())}
	}
	return list, nil
}

// A logSource is a server with a log.
type logSource struct {
	client *http.Client
	server *url.URL
}

// newLogSource takes the address of a server, or of the log below it.
func newLogSource(address string) (*logSource, error) {
	server, err := parsePublicURL(strings.TrimSuffix(strings.TrimSuffix(address, "/"), "/log"))
	if err != nil {
		return nil, err
	}
	return &logSource{&http.Client{Timeout: 10 * time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // it is nowhere else
	}}, server}, nil
}

// An unreachableError says that a server gave no answer, which may be nobody's fault.
type unreachableError struct{ error }

func (e unreachableError) Unwrap() error { return e.error }

// file is a ledger.Fetch.
func (s *logSource) file(ctx context.Context, path string) ([]byte, error) {
	var b bytes.Buffer
	err := s.get(ctx, "log/"+path, &b, ledger.MaxFile(path))
	return b.Bytes(), err
}

// get writes a file of the server to w. One that is not there is fs.ErrNotExist.
func (s *logSource) get(ctx context.Context, path string, w io.Writer, limit int64) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.server.JoinPath(path).String(), nil) //nolint:gosec // G704: the user says which server
	if err != nil {
		return err
	}
	request.Header.Set("User-Agent", phone) // who deceives must not know whom
	response, err := s.client.Do(request)   //nolint:gosec // G704: the user says which server
	if err != nil {
		return unreachableError{err}
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode == http.StatusNotFound:
		return fmt.Errorf("%s: %w", request.URL, fs.ErrNotExist)
	case response.StatusCode != http.StatusOK:
		return unreachableError{fmt.Errorf("%s: status %d", request.URL, response.StatusCode)}
	}
	n, err := io.Copy(w, io.LimitReader(response.Body, limit+1))
	if err != nil {
		return unreachableError{err}
	}
	if n > limit {
		return fmt.Errorf("%s: larger than %d bytes", request.URL, limit)
	}
	return nil
}

// A mirror is a folder with the files of a log.
type mirror struct {
	dir    string
	fetch  ledger.Fetch
	stdout io.Writer // hears of another policy than before; nil hears nothing
}

func (m *mirror) path(name string) string { return filepath.Join(m.dir, filepath.FromSlash(name)) }

// file is a ledger.Fetch of what is in the folder.
func (m *mirror) file(_ context.Context, name string) ([]byte, error) {
	return archive.ReadFile(m.path(name), maxMirrored)
}

// maxMirrored bounds, in bytes, any file of a log: an entry bundle is the largest.
const maxMirrored = tileWidth * (2 + ledger.MaxEntry)

func (m *mirror) write(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(m.path(name)), 0o750); err != nil {
		return err
	}
	return writeWhole(m.path(name), data)
}

// policy returns the policy in the folder, or brings that of the log. One that is
// not signed by the log is the reader's own: who reads the log says whom they
// trust, and asks no more whom it names itself.
func (m *mirror) policy(ctx context.Context) (p *ledger.Policy, own bool, err error) {
	text, err := m.file(ctx, ledger.PolicyPath)
	if err == nil {
		if p, err = ledger.OpenPolicy(text); err == nil {
			return p, false, nil
		}
		p, err = ledger.ParsePolicy(text)
		return p, true, err
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, false, err
	}
	if text, err = m.fetch(ctx, ledger.PolicyPath); err != nil {
		return nil, false, err
	}
	if p, err = ledger.OpenPolicy(text); err != nil {
		return nil, false, err
	}
	return p, false, m.write(ledger.PolicyPath, text)
}

// A renewal is a policy that a log names instead of the one in the folder.
type renewal struct {
	policy   *ledger.Policy
	text     []byte
	was, now string // digits
}

// renewed returns the policy that a log names now, or nil if it says the same as
// the one in the folder.
func (m *mirror) renewed(ctx context.Context, had *ledger.Policy) (*renewal, error) {
	text, err := m.fetch(ctx, ledger.PolicyPath)
	if err != nil {
		return nil, err
	}
	p, err := ledger.OpenPolicy(text)
	if err != nil {
		return nil, err
	}
	r := &renewal{p, text, had.Digits(had.Logs[0].Key), p.Digits(p.Logs[0].Key)}
	switch {
	case p.Logs[0].Key.String() != had.Logs[0].Key.String():
		return r, fmt.Errorf("%w: it has the key %s and had %s", ledger.ErrCheckpoint, p.Logs[0].Key, had.Logs[0].Key)
	case r.was == r.now:
		return nil, nil
	}
	return r, nil
}

// renew puts a policy in the place of the one in the folder, which is kept.
func (m *mirror) renew(ctx context.Context, r *renewal) error {
	old, err := m.file(ctx, ledger.PolicyPath)
	if err != nil {
		return err
	}
	path, err := keepFile(m.dir, "policy", old)
	if err != nil {
		return err
	}
	if m.stdout == nil {
		return m.write(ledger.PolicyPath, r.text)
	}
	fmt.Fprintf(m.stdout, "The log names other witnesses, or another quorum, than before. Compare the digits with those that you were handed.\n"+
		"Sổ nay nêu người chứng kiến, hoặc số người phải ký, khác trước. Hãy đối chiếu dãy số với dãy số đã được trao tận tay.\n"+
		"  before · trước    %s  (%s)\n  now · bây giờ     %s\n", r.was, path, r.now)
	return m.write(ledger.PolicyPath, r.text)
}

// bring fetches what the folder does not have yet, the checkpoint last. A log
// that does not continue the one in the folder changes nothing there. If it names
// other witnesses than before, that is said.
func (m *mirror) bring(ctx context.Context) (size int64, err error) {
	policy, own, err := m.policy(ctx)
	if err != nil {
		return 0, err
	}
	var r *renewal
	if !own {
		if r, err = m.renewed(ctx, policy); err != nil {
			return 0, err
		}
	}
	if r != nil {
		policy = r.policy
	}
	signed, err := m.fetch(ctx, ledger.CheckpointPath)
	if err != nil {
		return 0, err
	}
	c, err := openFirst(signed, policy)
	if err != nil {
		return 0, err
	}
	before, err := m.continued(ctx, signed, policy)
	if err != nil {
		return 0, err
	}
	for _, name := range ledger.Files(c.Size) {
		if name == ledger.CheckpointPath {
			continue
		}
		if data, err := m.file(ctx, name); err == nil && checkSize(name, data) == nil {
			continue // it never changes
		}
		data, err := m.fetch(ctx, name)
		if err == nil {
			err = checkSize(name, data)
		}
		if err == nil {
			err = m.begins(ctx, name, data, before)
		}
		if err == nil {
			err = m.write(name, data)
		}
		if err != nil {
			return 0, err
		}
	}
	if r != nil {
		if err := m.renew(ctx, r); err != nil {
			return 0, err
		}
	}
	return c.Size, m.finish(c.Size, signed)
}

// continued refuses a checkpoint that does not continue the one in the folder,
// which may be the last honest copy, and keeps what was shown beside it. It
// returns the paths of the folder's tiles that are not full, one of each level.
func (m *mirror) continued(ctx context.Context, signed []byte, policy *ledger.Policy) (before []string, err error) {
	last, err := m.file(ctx, ledger.CheckpointPath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := openFirst(last, policy)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.path(ledger.CheckpointPath), err)
	}
	key, err := policy.LogKey(c.Origin)
	if err != nil {
		return nil, err
	}
	now := func(ctx context.Context, path string) ([]byte, error) {
		if path == ledger.CheckpointPath {
			return signed, nil // not another one than will be kept
		}
		return m.fetch(ctx, path)
	}
	sighting, err := ledger.Monitor(ctx, last, m.file, now, key, nil) // who has cosigned it is not asked here
	if isAccusation(err) {
		err = m.alarm(sighting, err)
	}
	for _, name := range ledger.Files(c.Size) {
		if strings.Contains(name, ".p/") {
			before = append(before, name)
		}
	}
	return before, err
}

// begins refuses a tile that does not begin with what the folder's log has of
// it, which the tile will replace.
func (m *mirror) begins(ctx context.Context, name string, data []byte, before []string) error {
	whole, err := ledger.ParseTilePath(name)
	if err != nil {
		return err
	}
	for _, path := range before {
		t, err := ledger.ParseTilePath(path)
		if err != nil || t.L != whole.L || t.N != whole.N || t.W >= whole.W {
			continue
		}
		had, err := m.file(ctx, path)
		if err == nil && checkSize(path, had) == nil && !bytes.HasPrefix(data, had) {
			return fmt.Errorf("%s: %w: it does not begin with %s, which stays", name, ledger.ErrEdited, path)
		}
	}
	return nil
}

// finish puts the checkpoint in place, and removes the beginnings of tiles that
// were all there was before.
func (m *mirror) finish(size int64, signed []byte) error {
	if err := m.write(ledger.CheckpointPath, signed); err != nil {
		return err
	}
	keep := map[string]bool{}
	for _, name := range ledger.Files(size) {
		keep[name] = true
	}
	folder, err := os.OpenRoot(m.dir)
	if err != nil {
		return err
	}
	err = fs.WalkDir(folder.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || keep[name] {
			return err
		}
		if _, err := ledger.ParseTilePath(name); err != nil {
			return nil // not ours
		}
		return folder.Remove(name)
	})
	return errors.Join(err, folder.Close())
}

// openFirst reads a checkpoint of a log of the policy, of a size that can be
// taken.
func openFirst(signed []byte, policy *ledger.Policy) (ledger.Checkpoint, error) {
	origin, _, _ := strings.Cut(string(signed), "\n")
	key, err := policy.LogKey(origin)
	if err != nil {
		return ledger.Checkpoint{}, err
	}
	c, err := ledger.OpenCheckpoint(signed, key)
	if err == nil && c.Size > ledger.MaxEntries {
		err = fmt.Errorf("checkpoint: %d entries, more than %d", c.Size, int64(ledger.MaxEntries))
	}
	return c, err
}

// checkSize refuses a tile that does not have as many hashes or entries as its
// name says.
func checkSize(name string, data []byte) error {
	t, err := ledger.ParseTilePath(name)
	if err != nil {
		return err
	}
	n, rest := len(data)/tlog.HashSize, len(data)%tlog.HashSize
	if t.L < 0 {
		texts, err := ledger.ParseBundle(data)
		if err != nil {
			return fmt.Errorf("entry %d: %s: %w", t.N*tileWidth+int64(len(texts)), name, err)
		}
		n, rest = len(texts), 0
	}
	if n != t.W || rest != 0 {
		first := t.N * tileWidth << (8 * max(0, t.L))
		return fmt.Errorf("entry %d: %s: has %d of %d", first+int64(min(n, t.W))<<(8*max(0, t.L)), name, n, t.W)
	}
	return nil
}

// bringArchives fetches what is published of each poll that the log opens.
func (m *mirror) bringArchives(ctx context.Context, source *logSource, size int64, stdout io.Writer) error {
	polls, err := m.opened(ctx, size)
	if err != nil {
		return err
	}
	for _, u := range polls {
		api := "api/v1/elections/" + string(u) + "/"
		for _, f := range []struct{ from, to string }{
			{api + "closing", ".closing.json"}, {api + "shares", ".shares.json"},
			{"board/" + string(u) + "/files/result.json", ".result.json"}, {api + "archive", ".bel"}, // last: it is what the others lie beside
		} {
			name := string(u) + f.to
			if _, err := os.Stat(m.path(name)); err == nil {
				continue
			}
			err := m.bringFile(ctx, source, f.from, name)
			if errors.Is(err, fs.ErrNotExist) {
				fmt.Fprintf(stdout, "%s: not public · không công khai\n", name)
			} else if err != nil {
				return err
			}
		}
	}
	return nil
}

// opened returns the polls of which the log opens the result.
func (m *mirror) opened(ctx context.Context, size int64) (list []ballot.UUID, err error) {
	known := map[ballot.UUID]bool{}
	for _, name := range ledger.Files(size) {
		if t, err := ledger.ParseTilePath(name); err != nil || t.L >= 0 {
			continue
		}
		data, err := m.file(ctx, name)
		if err != nil {
			return nil, err
		}
		texts, err := ledger.ParseBundle(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, text := range texts {
			e, err := ledger.ParseEntry(text)
			if err != nil {
				continue // that it is malformed is for homphieu-verify to say
			}
			if o, is := e.Body.(ledger.Opened); is && !known[o.Election] {
				known[o.Election] = true
				list = append(list, o.Election)
			}
		}
	}
	return list, nil
}

// bringFile fetches a file that may be large.
func (m *mirror) bringFile(ctx context.Context, source *logSource, from, name string) error {
	part := m.path(name) + ".part"
	file, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = source.get(ctx, from, file, maxArchive)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return os.Rename(part, m.path(name))
}
