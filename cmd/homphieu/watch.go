package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
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
	w := &watcher{source: source, mirror: mirror{dir: *state, fetch: source.file}, stdout: stdout, longest: max(time.Hour, 2**every)}
	if !*once {
		w.patience = w.longest
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

	follower *ledger.Follower // has read the mirror; nil before the first look and after a failed one

	longest  time.Duration // a look may take
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

// look looks once, and not for ever: a server that answers a little at a time has
// shown nothing.
func (w *watcher) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, w.longest)
	defer cancel()
	err := w.compare(ctx)
	var alarm alarmError
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) && !errors.As(err, &alarm) {
		return unreachableError{fmt.Errorf("a look took longer than %v: %w", w.longest, err)}
	}
	return err
}

// policy returns the policy by which a log is watched. If that is the log's own,
// it must not name others than before.
func (w *watcher) policy(ctx context.Context) (*ledger.Policy, error) {
	p, own, err := w.mirror.policy(ctx)
	if err != nil || own {
		return p, unbegun(err)
	}
	r, err := w.mirror.renewed(ctx, p)
	if r == nil {
		return p, unbegun(err)
	}
	path, keepErr := keepFile(w.mirror.dir, "policy", r.text)
	if keepErr != nil {
		return nil, keepErr
	}
	if err != nil {
		return nil, alarmError(fmt.Sprintf("%v; its policy is in %s; keep it, and tell everybody who relies on this log", err, path))
	}
	return nil, alarmError(fmt.Sprintf("the log names other witnesses, or another quorum, than before · sổ nay nêu người chứng kiến, hoặc số người phải ký, khác trước: "+
		"the digits were · dãy số trước là %s, and are now · nay là %s; its new policy is in %s. If these are the digits that you were handed, put that file in the place of %s and begin again; "+
		"if nobody has told you, tell everybody who relies on this log", r.was, r.now, path, w.mirror.path(ledger.PolicyPath)))
}

// unbegun says of what is not there that it has not begun yet.
func unbegun(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return unreachableError{err}
	}
	return err
}

// compare compares the log with the copy. Only when all of it holds does the copy
// become what was seen.
func (w *watcher) compare(ctx context.Context) error {
	policy, err := w.policy(ctx)
	if err != nil {
		return err
	}
	last, err := w.mirror.file(ctx, ledger.CheckpointPath)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	now, err := w.shown(ctx, last, policy)
	if err != nil {
		return w.mirror.alarm(ledger.Sighting{Signed: now.signed}, err)
	}
	sighting, err := ledger.Monitor(ctx, last, w.mirror.file, now.fetch, now.key, policy)
	if err != nil {
		return w.mirror.alarm(sighting, err)
	}
	if err := w.follow(ctx, last, now); err != nil {
		w.follower = nil // it may have read what does not count
		if errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ledger.ErrMissing) {
			return unreachableError{err}
		}
		return w.mirror.alarm(sighting, err)
	}
	if err := w.mirror.finish(now.Size, now.signed); err != nil {
		return err
	}
	return w.tell(last, now, policy)
}

// A shownLog is a log as its server shows it now.
type shownLog struct {
	ledger.Checkpoint
	signed []byte
	key    *ledger.Key
	fetch  ledger.Fetch // with this checkpoint, and no later one
}

// shown fetches the checkpoint. One that was there and is gone is a log that has
// shrunk to nothing, if it does not come back: while a log waits for the witnesses
// of a stricter policy it shows none either.
func (w *watcher) shown(ctx context.Context, last []byte, policy *ledger.Policy) (now shownLog, err error) {
	now.signed, err = w.source.file(ctx, ledger.CheckpointPath)
	switch {
	case errors.Is(err, fs.ErrNotExist) && last != nil:
		return now, unreachableError{fmt.Errorf("%w: it shows none at all · sổ đã biến mất", ledger.ErrShrunk)}
	case errors.Is(err, fs.ErrNotExist):
		return now, unreachableError{err} // it has published nothing yet
	case err != nil:
		return now, err
	}
	if now.Checkpoint, err = openFirst(now.signed, policy); err != nil {
		return now, err
	}
	now.fetch = func(ctx context.Context, path string) ([]byte, error) {
		if path == ledger.CheckpointPath {
			return now.signed, nil
		}
		return w.source.file(ctx, path)
	}
	now.key, err = policy.LogKey(now.Origin)
	return now, err
}

// follow reads what is new, and of what is old one bundle in its turn: a server
// that shows another text for it than was signed is found out sooner or later,
// while each look costs the same however long the log has become.
func (w *watcher) follow(ctx context.Context, last []byte, now shownLog) error {
	if w.follower == nil {
		w.follower = w.resume(ctx, last, now.key)
	}
	before := w.follower.Size()
	if err := w.follower.Follow(ctx, now.fetch, now.Checkpoint, w.mirror.write); err != nil {
		return err
	}
	var again []int64
	if full := before / tileWidth; full > 0 {
		again = append(again, rand.Int64N(full)) //nolint:gosec // G404: a lot, which no server foresees
	}
	if before == now.Size && before%tileWidth > 0 {
		again = append(again, before/tileWidth)
	}
	for _, n := range again {
		if err := ledger.Reread(ctx, now.fetch, now.Checkpoint, n); err != nil {
			return err
		}
	}
	return nil
}

// resume reads the copy, as far as its checkpoint goes. A damaged one is brought
// anew.
func (w *watcher) resume(ctx context.Context, last []byte, key *ledger.Key) *ledger.Follower {
	f := ledger.NewFollower()
	if last == nil {
		return f
	}
	c, err := ledger.OpenCheckpoint(last, key)
	if err == nil {
		err = f.Follow(ctx, w.mirror.file, c, nil)
	}
	if err == nil {
		return f
	}
	fmt.Fprintf(w.stdout, "%s the copy is damaged and is brought anew · bản sao bị hỏng, tải lại: %v\n", time.Now().Format(time.DateTime), err)
	return ledger.NewFollower()
}

// alarm keeps what was shown, and says where. Only a server that has shown
// nothing wrong may be out of reach: one that hides the entries of a fork has
// signed it all the same. What is wrong on this computer accuses nobody.
func (m *mirror) alarm(s ledger.Sighting, cause error) error {
	var unreachable unreachableError
	var here *fs.PathError
	if s.Evidence == nil && (s.Signed == nil || !isAccusation(cause) && (errors.As(cause, &unreachable) || errors.As(cause, &here))) {
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
func (w *watcher) tell(last []byte, now shownLog, policy *ledger.Policy) error {
	_, quorum, err := policy.Check(now.signed, now.key)
	if err != nil {
		return err
	}
	before, from := "seen for the first time; are these the digits that you were handed? · lần đầu thấy; có đúng dãy số đã được trao không?", int64(0)
	c, err := ledger.OpenCheckpoint(last, now.key)
	if err == nil {
		before, from = fmt.Sprintf("continues the %d seen before · nối tiếp %d mục đã thấy; digits · dãy số:", c.Size, c.Size), c.Size
	}
	fmt.Fprintf(w.stdout, "%s %s: %d entries, cosigned by %s; %s %s\n",
		time.Now().Format(time.DateTime), now.Origin, now.Size, orNobody(quorum.Cosigned), before, policy.Digits(now.key))
	if err != nil {
		fmt.Fprintf(w.stdout, "  key         %s\n", now.key)
		for _, witness := range policy.Witnesses {
			fmt.Fprintf(w.stdout, "  witness     %s: %s\n", witness.Name, witness.Key())
		}
	}
	for _, c := range w.follower.Corrections(from) {
		if c.Released {
			fmt.Fprintf(w.stdout, "%s a result that was released is corrected by entry %d · kết quả đã công bố được đính chính ở mục %[2]d: %s (%s)\n",
				time.Now().Format(time.DateTime), c.Number, c.Reason, c.Election)
		}
	}
	return nil
}

func orNobody(names []string) string {
	if len(names) == 0 {
		return "nobody"
	}
	return strings.Join(names, ", ")
}
