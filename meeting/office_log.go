package meeting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/tally/ledger"
)

// A Log is the public log, into which an office writes what it must say of each
// ballot paper, and nothing of rehearsals. A step never waits for it: what it
// does not take stays in the meeting's record, and [Office.Record] says it
// later.
type Log interface {
	// Append adds entries in one piece, and returns the number of each; what an
	// entry says already is not said again.
	Append(ctx context.Context, bodies ...ledger.Body) (numbers []int64, err error)
	// Standing returns the entries about a poll that were not taken back, in
	// their order.
	Standing(ctx context.Context, poll ballot.UUID) ([]ledger.Entry, error)
	// Published returns the last checkpoint that enough witnesses have cosigned,
	// or [ledger.ErrNotFound].
	Published(ctx context.Context) (ledger.Checkpoint, []byte, error)
	// Missing names the witnesses that have not cosigned the last checkpoint.
	Missing(ctx context.Context) []string
	// Required reports whether a result may be released only when the log says
	// what it must, under a published checkpoint.
	Required() bool
}

// The reasons of corrections, which everybody reads. What chair and members
// wrote when they abandoned a meeting is not said: it could name somebody.
const (
	reasonAbandoned = "Chủ trì và hai thành viên Ban kiểm phiếu đã hủy cuộc bỏ phiếu. · The chair and two members of the counting board have abandoned the vote."
	reasonReprinted = "Biên bản, báo cáo được lập lại trước khi công bố. · The papers were made anew before the release."
)

// The places of a poll's entries in their order.
const (
	placeClosed = 1
	placeResult = 2
	placeOpened = 3
)

// committed are the files that a result entry commits to, as they were printed:
// signatures that come afterwards are added to these bytes. Beside them it
// commits to the strong proofs and to the last event.
var committed = []string{"result.json", "manifest.json", MinutesFile, ReportFile}

const sharesFile = "shares.json"

// tell says in the log what a step has changed, if the log takes it.
func (o *Office) tell(ctx context.Context, m *Meeting) {
	if o.Log == nil || !m.HasBoxes() {
		return
	}
	// The step is done, whatever becomes of this; who asks for Record hears it.
	_, _ = o.record(context.WithoutCancel(ctx), m.UUID)
}

// Record says in the log everything that it has to say of all meetings and does
// not yet. What it says follows from the meetings alone, so that nothing is
// forgotten and it may be repeated at any time.
//
// The first time it looks at all of them, since a log that was brought back from
// a copy may say something else, and again as long as anything is wrong.
// Afterwards those of which everything is said cost nothing until they change.
func (o *Office) Record(ctx context.Context) error {
	if o.Log == nil {
		return nil
	}
	all, err := o.unlogged(ctx)
	if err != nil {
		return err
	}
	var faults []error
	said := map[ballot.UUID]uint64{}
	for _, u := range all {
		revision, err := o.record(ctx, u)
		if err != nil {
			faults = append(faults, fmt.Errorf("meeting %s: %w", u, err))
			continue
		}
		said[u] = revision
	}
	if len(said) > 0 {
		if err := o.Meetings.Logged(ctx, said); err != nil {
			faults = append(faults, err)
		}
	}
	o.looked.Store(len(faults) == 0)
	return errors.Join(faults...)
}

// unlogged are the meetings that [Office.Record] has to look at.
func (o *Office) unlogged(ctx context.Context) (list []ballot.UUID, err error) {
	if o.looked.Load() {
		return o.Meetings.Unlogged(ctx)
	}
	all, err := o.Meetings.Meetings(ctx)
	for _, m := range all {
		if m.HasBoxes() {
			list = append(list, m.UUID)
		}
	}
	return list, err
}

// record does so for one meeting, between its steps, and returns the revision of
// which everything is said.
func (o *Office) record(ctx context.Context, u ballot.UUID) (revision uint64, err error) {
	lock := o.lock(u)
	lock.Lock()
	defer lock.Unlock()
	m, err := o.Meetings.Meeting(ctx, u)
	if err != nil {
		return 0, err
	}
	return m.Revision, o.recordPapers(ctx, m)
}

func (o *Office) recordPapers(ctx context.Context, m *Meeting) error {
	for i := range m.Papers {
		if err := o.recordPaper(ctx, m, i); err != nil {
			return err
		}
	}
	return nil
}

func (o *Office) recordPaper(ctx context.Context, m *Meeting, paper int) error {
	have, err := o.Log.Standing(ctx, m.Papers[paper].UUID)
	if err != nil {
		return err
	}
	if m.State == Abandoned {
		return o.withdraw(ctx, m.Papers[paper].UUID, have)
	}
	want, err := o.entries(ctx, m, paper)
	if err != nil {
		return err
	}
	say, err := unsaid(have, want)
	if err != nil {
		return fmt.Errorf("poll %s: %w", m.Papers[paper].UUID, err)
	}
	if len(say) > 0 {
		if _, err := o.Log.Append(ctx, say...); err != nil {
			return err
		}
	}
	return o.open(ctx, m, paper)
}

// withdraw takes back what was said of a poll that was abandoned; what was never
// said needs no taking back. What was released cannot be abandoned: if the log
// opens a result of such a poll, the record on this machine is not the one that
// the log was written from.
func (o *Office) withdraw(ctx context.Context, u ballot.UUID, have []ledger.Entry) error {
	if len(have) == 0 {
		return nil
	}
	if len(have) > placeOpened {
		return fmt.Errorf("poll %s: %w", u, contradicted(have[placeOpened]))
	}
	_, err := o.Log.Append(ctx, ledger.Correction{Of: have[0].Number, Reason: reasonAbandoned})
	return err
}

// contradicted is [ErrContradicted] with the entry that says something else.
func contradicted(e ledger.Entry) error {
	return fmt.Errorf("%w: entry %d (%s)", ErrContradicted, e.Number, e.Body.Kind())
}

// unsaid is what has to be written so that the log says what is wanted. A
// result that is another by now takes a correction, unless it was opened:
// everybody may have read it, and no program takes it back by itself. Nothing
// else can become another.
func unsaid(have []ledger.Entry, want []ledger.Body) (say []ledger.Body, err error) {
	for i, body := range want {
		switch {
		case i >= len(have):
		case reflect.DeepEqual(have[i].Body, body):
			continue
		case i != placeResult || len(have) > placeOpened:
			return nil, contradicted(have[i])
		default:
			say = append(say, ledger.Correction{Of: have[i].Number, Reason: reasonReprinted})
			have = have[:i]
		}
		say = append(say, body)
	}
	return say, nil
}

// entries are what the log has to say of a paper by now, but for what opens the
// result.
func (o *Office) entries(ctx context.Context, m *Meeting, paper int) (list []ledger.Body, err error) {
	u := m.Papers[paper].UUID
	b, err := o.Boxes.Box(ctx, u)
	if err != nil {
		return nil, err
	}
	list = append(list, ledger.Sealed{Election: u, Fingerprint: b.Election().Fingerprint()})
	if !m.reached(Closed) {
		return list, nil
	}
	closed, err := o.closedEntry(ctx, b)
	if errors.Is(err, box.ErrNotFound) {
		return list, nil // not signed by two yet
	}
	if err != nil {
		return nil, err
	}
	list = append(list, closed)
	if salt, ok := m.salt(paper); ok && m.reached(Tallied) {
		items, err := resultItems(ctx, b, &m.Records[paper])
		if err != nil {
			return nil, err
		}
		list = append(list, ledger.NewResult(u, salt, items))
	}
	return list, nil
}

// closedEntry is what [ledger.ReadClosed] computes from the archive, read from
// the box.
func (o *Office) closedEntry(ctx context.Context, b box.Box) (c ledger.Closed, err error) {
	u := b.Election().UUID
	if known, ok := o.closings.Load(u); ok {
		return known.(ledger.Closed), nil
	}
	text, err := b.Attached(ctx, box.Closing)
	if err != nil {
		return c, fmt.Errorf("closing file: %w", err)
	}
	facts, err := BoxFacts(ctx, b)
	if err != nil {
		return c, err
	}
	c = ledger.Closed{Election: u, Ballots: len(facts.Trackers), LastEvent: facts.EndBallots, Closing: sha256.Sum256(text)}
	if c.Trackers, err = ledger.TrackersRoot(facts.Trackers); err != nil {
		return c, err
	}
	o.closings.Store(u, c)
	return c, nil
}

// salt is that of a paper's result entry, once it is printed.
func (m *Meeting) salt(paper int) (salt [32]byte, ok bool) {
	if paper >= len(m.Records) {
		return salt, false
	}
	n, err := hex.Decode(salt[:], []byte(m.Records[paper].Salt))
	return salt, err == nil && n == len(salt)
}

// resultItems are what a result entry commits to.
func resultItems(ctx context.Context, b box.Box, r *Record) (list []ledger.Item, err error) {
	status, err := b.Status(ctx)
	if err != nil {
		return nil, err
	}
	shares, err := b.Attached(ctx, box.Shares)
	if err != nil {
		return nil, fmt.Errorf("shares: %w", err)
	}
	list = []ledger.Item{{Name: ledger.LastEvent, Hash: status.Head}, {Name: sharesFile, Hash: sha256.Sum256(shares)}}
	for _, f := range r.Files {
		if !slices.Contains(committed, f.Name) {
			continue
		}
		item := ledger.Item{Name: f.Name}
		if n, err := hex.Decode(item.Hash[:], []byte(f.Hash)); err != nil || n != len(item.Hash) {
			return nil, fmt.Errorf("%s: %w", f.Name, box.ErrCorrupt)
		}
		list = append(list, item)
	}
	return list, nil
}

// Opens reports whether the log opens the result of a meeting: when it was
// released, unless its archive is for members only. Of such a meeting the salt
// is for its officers.
func (m *Meeting) Opens() bool { return m.Published && !m.Plan.MembersOnly }

// open opens a result that was released.
func (o *Office) open(ctx context.Context, m *Meeting, paper int) error {
	salt, ok := m.salt(paper)
	if !ok || !m.Opens() {
		return nil
	}
	u := m.Papers[paper].UUID
	have, err := o.Log.Standing(ctx, u)
	if err != nil || len(have) != placeResult+1 {
		return err
	}
	b, err := o.Boxes.Box(ctx, u)
	if err != nil {
		return err
	}
	items, err := resultItems(ctx, b, &m.Records[paper])
	if err != nil {
		return err
	}
	_, err = o.Log.Append(ctx, ledger.NewOpened(u, have[placeResult].Number, salt, items))
	return err
}

// NeedsLog reports whether the result of a meeting is released only when the public
// log has it: by its plan, or as the server asks of every meeting.
func (o *Office) NeedsLog(m *Meeting) bool {
	return m.Plan.Witnessed || o.Log != nil && o.Log.Required()
}

// logged is [ErrUnlogged], with what is missing, if the log is required and does
// not say yet what it must.
func (o *Office) logged(ctx context.Context, m *Meeting) error {
	switch {
	case !o.NeedsLog(m):
		return nil
	case o.Log == nil:
		return refuse(ErrUnlogged, "log", "máy chủ này không giữ sổ công bố mà kế hoạch yêu cầu", "this server keeps no public log, which the plan asks for")
	}
	recorded := o.recordPapers(ctx, m)
	missing, err := o.Unlogged(ctx, m)
	if err != nil {
		return err
	}
	if recorded != nil { // what stands there may be what was printed before
		missing = append(missing, Text{"sổ công bố hiện không nhận mục mới", "the public log takes no entries at present"})
	}
	if len(missing) == 0 {
		return nil
	}
	var vi, en []string
	for _, what := range missing {
		vi, en = append(vi, what.Vi), append(en, what.En)
	}
	return refuse(ErrUnlogged, "log", strings.Join(vi, "; "), strings.Join(en, "; "))
}

// Unlogged says what the public log does not say yet of a counted meeting under
// a checkpoint that enough witnesses have seen: how each poll was closed, and
// that it was counted. It says whom it waits for, too.
func (o *Office) Unlogged(ctx context.Context, m *Meeting) (missing []Text, err error) {
	if o.Log == nil {
		return nil, nil
	}
	covered, _, err := o.Log.Published(ctx)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return nil, err
	}
	waiting := false
	for i, p := range m.Papers {
		have, err := o.Log.Standing(ctx, p.UUID)
		if err != nil {
			return nil, err
		}
		label := p.label(i)
		say := func(vi, en string) {
			missing = append(missing, Text{label.Vi + ": " + vi, label.En + ": " + en})
		}
		switch place := len(have); {
		case i >= len(m.Records):
			say("chưa lập biên bản, báo cáo", "minutes and report are not made yet")
		case place <= placeClosed:
			say("sổ công bố chưa ghi việc đóng hòm phiếu", "the public log does not say yet how the poll was closed")
		case place <= placeResult:
			say("sổ công bố chưa ghi kết quả", "the public log does not say yet that it was counted")
		case have[placeResult].Number >= covered.Size:
			say("sổ công bố đã ghi, chưa đủ chữ ký xác nhận", "the public log says it, without enough cosignatures yet")
			waiting = true
		}
	}
	if names := o.Log.Missing(ctx); waiting && len(names) > 0 {
		list := strings.Join(names, ", ")
		missing = append(missing, Text{"còn chờ: " + list, "still waiting for: " + list})
	}
	return missing, nil
}
