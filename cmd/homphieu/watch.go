package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/homphieu/homphieu/tally/ledger"
)

// watch compares a log, again and again, with what was seen of it before, and
// ends as soon as it is not the same any more.
func watch(ctx context.Context, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("watch", flag.ContinueOnError)
	state := flags.String("state", "watched", "folder of the copy; a file policy in it says whom you trust")
	every := flags.Duration("every", 10*time.Minute, "how often to look")
	once := flags.Bool("once", false, "look once")
	list, err := parseMixed(flags, args, 1)
	if err != nil {
		return err
	}
	if *every < time.Second {
		return usageError{errors.New("watch: --every is at least 1s")}
	}
	source, err := newLogSource(list[0])
	if err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	if err := os.MkdirAll(*state, 0o750); err != nil {
		return err
	}
	w := &watcher{source: source, mirror: mirror{dir: *state}, stdout: stdout}
	if !*once {
		w.patience = max(time.Hour, 2**every)
	}
	for good := time.Now(); ; {
		err := w.look(ctx)
		if err == nil {
			good = time.Now()
		} else if ctx.Err() != nil {
			return nil
		} else if err := w.excuse(err, time.Since(good)); err != nil {
			return fmt.Errorf("watch: %w", err)
		}
		if *once {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(*every):
		}
	}
}

type watcher struct {
	source *logSource
	mirror mirror // as the log was when it was last seen, the checkpoint included
	stdout io.Writer

	patience time.Duration // how long the log may be out of reach; 0 not at all
}

// excuse says that a server gave no answer, if that is all, and not for too
// long: whoever is never seen could show others anything. Every other error it
// returns. blind is the time since the last good look.
func (w *watcher) excuse(err error, blind time.Duration) error {
	var unreachable unreachableError
	if !errors.As(err, &unreachable) || w.patience == 0 {
		return err
	}
	if blind >= w.patience {
		return fmt.Errorf("no good look for %v · đã lâu không xem được sổ: %w", blind.Round(time.Second), err)
	}
	fmt.Fprintf(w.stdout, "%s not reached · không kết nối được: %v\n", time.Now().Format(time.DateTime), err)
	return nil
}

// look looks once. Only when all of it holds does the copy become what was seen.
func (w *watcher) look(ctx context.Context) error {
	seen := map[string][]byte{} // so that the server says everything once
	w.mirror.fetch = func(ctx context.Context, path string) ([]byte, error) {
		if data, found := seen[path]; found {
			return data, nil
		}
		data, err := w.source.file(ctx, path)
		if err == nil {
			seen[path] = data
		}
		return data, err
	}
	policy, err := w.mirror.policy(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return unreachableError{err} // it has not begun yet
	}
	if err != nil {
		return err
	}
	last, err := w.mirror.file(ctx, ledger.CheckpointPath)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	c, err := w.compare(ctx, last, policy)
	if err != nil {
		return err
	}
	for _, name := range ledger.Files(c.Size) {
		if had, err := w.mirror.file(ctx, name); name == ledger.CheckpointPath || (err == nil && bytes.Equal(had, seen[name])) {
			continue
		}
		data, err := w.mirror.fetch(ctx, name)
		if errors.Is(err, fs.ErrNotExist) {
			return unreachableError{err} // it has grown meanwhile: the next time
		}
		if err != nil {
			return err
		}
		if err := w.mirror.write(name, data); err != nil {
			return err
		}
	}
	return w.mirror.finish(c.Size, seen[ledger.CheckpointPath])
}

// compare compares the log with what was last seen of it, and rechecks all of it.
func (w *watcher) compare(ctx context.Context, last []byte, policy *ledger.Policy) (c ledger.Checkpoint, err error) {
	now := w.mirror.fetch
	signed, err := now(ctx, ledger.CheckpointPath)
	if errors.Is(err, fs.ErrNotExist) && last != nil {
		return c, fmt.Errorf("%w: it shows none at all · sổ đã biến mất", ledger.ErrShrunk)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return c, unreachableError{err} // it has published nothing yet
	}
	if err != nil {
		return c, err
	}
	if c, err = openFirst(signed, policy); err != nil {
		return c, err
	}
	key, err := policy.LogKey(c.Origin)
	if err != nil {
		return c, err
	}
	sighting, err := ledger.Monitor(ctx, last, w.mirror.file, now, key, policy)
	if err != nil {
		return c, w.mirror.alarm(sighting, err)
	}
	report, err := ledger.Verify(ctx, now, key, policy)
	if err == nil {
		err = report.Reason
	}
	if err == nil {
		w.tell(last, key, report)
	}
	return c, err
}

// alarm keeps what was shown, and says where. Only a server that has shown
// nothing wrong may be out of reach: one that hides the entries of a fork has
// signed it all the same.
func (m *mirror) alarm(s ledger.Sighting, cause error) error {
	var unreachable unreachableError
	if errors.As(cause, &unreachable) && s.Evidence == nil && !isAccusation(cause) {
		return cause
	}
	kind, content, advice := "shown", s.Signed, "the checkpoint that was shown is in"
	if s.Evidence != nil {
		kind, content, advice = "evidence", s.Evidence, "the evidence, which homphieu-verify evidence checks, is in"
	}
	said := strings.ReplaceAll(cause.Error(), "\n", "; ")
	path, err := keepFile(m.dir, kind, content)
	if err != nil {
		return alarmError(fmt.Sprintf("%s; not kept · chưa lưu được chứng cứ: %v", said, err))
	}
	return alarmError(fmt.Sprintf("%s; %s · chứng cứ ở: %s; keep it, and tell everybody who relies on this log", said, advice, path))
}

// isAccusation reports whether an error says what a log has done, whatever else
// went wrong.
func isAccusation(err error) bool {
	return errors.Is(err, ledger.ErrFork) || errors.Is(err, ledger.ErrShrunk) || errors.Is(err, ledger.ErrQuorum)
}

// An alarmError is a refusal, also when one of its causes is a file that cannot
// be read or a server that does not answer; so it has only their words.
type alarmError string

// Error implements error.
func (e alarmError) Error() string { return string(e) }

// tell says what was seen.
func (w *watcher) tell(last []byte, key *ledger.Key, r *ledger.Report) {
	before := fmt.Sprintf("seen for the first time; is this its key? · lần đầu thấy, khóa có đúng không? %s", key)
	if c, err := ledger.OpenCheckpoint(last, key); err == nil {
		before = fmt.Sprintf("continues the %d seen before · nối tiếp %d mục đã thấy", c.Size, c.Size)
	}
	fmt.Fprintf(w.stdout, "%s %s: %d entries, cosigned by %s; %s\n", time.Now().Format(time.DateTime), r.Origin, r.Size, orNobody(r.Cosigned), before)
}

func orNobody(names []string) string {
	if len(names) == 0 {
		return "nobody"
	}
	return strings.Join(names, ", ")
}
