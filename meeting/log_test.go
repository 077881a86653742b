package meeting_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/store/bolt"
	"github.com/homphieu/homphieu/tally/archive"
	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

// A publicLog is the log of a room, with one witness, which cosigns when the
// test says so.
type publicLog struct {
	*ledger.Log
	room     *room
	keys     *ledgertest.Keys
	witness  *ledger.Witness
	required bool
	down     error // what the log answers to all that would be written
}

func (p *publicLog) Append(ctx context.Context, bodies ...ledger.Body) ([]int64, error) {
	if p.down != nil {
		return nil, p.down
	}
	return p.Log.Append(ctx, bodies...)
}

func (p *publicLog) Required() bool { return p.required }

func (p *publicLog) Missing(context.Context) []string { return []string{"so-noi-vu"} }

// withLog gives a room a public log in the room's own store.
func (r *room) withLog() *publicLog {
	r.Helper()
	p := &publicLog{room: r, keys: ledgertest.NewKeys(r, 1, 1)}
	p.witness = p.keys.Witness(r, 0, ledgertest.NewWitnessMemory())
	r.keep = func(store *bolt.Store) meeting.Log {
		p.Log = p.keys.Log(r, store.Ledger())
		return p
	}
	r.use(r.store, r.store)
	return p
}

// publish has what is there cosigned.
func (p *publicLog) publish() {
	p.room.Helper()
	p.keys.Publish(p.room, p.Log, p.witness)
}

// kinds are those of all entries, in their order.
func (p *publicLog) kinds() (list []string) {
	p.room.Helper()
	for _, e := range p.all() {
		list = append(list, e.Body.Kind())
	}
	return list
}

func (p *publicLog) all() []ledger.Entry {
	p.room.Helper()
	entries, err := p.Entries(p.room.Context(), 0, 1000)
	p.room.ok(err)
	return entries
}

func (p *publicLog) wantKinds(want ...string) {
	p.room.Helper()
	if got := p.kinds(); !slices.Equal(got, want) {
		p.room.Fatalf("the log says %v, want %v", got, want)
	}
}

// A whole meeting comes to the same log however its buttons are pressed, and
// what is said there is what archive and papers give.
func TestLogOfWholeMeeting(t *testing.T) {
	for _, mode := range []mode{once, doubled, atOnce, restarting, notSaved, savedAfter, overtaken} {
		t.Run(string(mode), func(t *testing.T) {
			r := newRoom(t)
			p := r.withLog()
			r.mode = mode
			r.wholeMeeting()
			p.wantKinds("sealed", "sealed", "closed", "closed")
			r.print()
			p.wantKinds("sealed", "sealed", "closed", "closed", "result", "opened", "result", "opened")
			p.publish()
			report, err := ledger.Verify(t.Context(), p.File, p.keys.Key, p.keys.Policy)
			r.ok(err)
			if !report.Valid() || report.Size != 8 {
				t.Errorf("%d entries: %v", report.Size, report.Reason)
			}
			for i := range r.get().Papers {
				p.fits(i)
			}
		})
	}
}

// fits compares what the log says of a paper with its archive and its files.
func (p *publicLog) fits(paper int) {
	r, m := p.room, p.room.get()
	r.Helper()
	u := m.Papers[paper].UUID
	b, err := r.store.Box(r.Context(), u)
	r.ok(err)
	closing, err := b.Attached(r.Context(), box.Closing)
	r.ok(err)
	bel := boxtest.Archive(r, b)
	want, err := ledger.ReadClosed(bytes.NewReader(bel), u, closing)
	r.ok(err)
	have, err := p.Standing(r.Context(), u)
	r.ok(err)
	if have[1].Body != ledger.Body(want) {
		r.Errorf("closed: %+v, want %+v", have[1].Body, want)
	}
	report, err := archive.Verify(bytes.NewReader(bel), int64(len(bel)), archive.Options{})
	r.ok(err)
	opened := have[3].Body.(ledger.Opened)
	hashes := map[string]string{}
	for _, item := range opened.Hashes {
		hashes[item.Name] = hex.EncodeToString(item.Hash[:])
	}
	if got := hashes[ledger.LastEvent]; got != hex.EncodeToString(report.LastEvent[:]) {
		r.Errorf("last event %s, the archive has %x", got, report.LastEvent)
	}
	for _, f := range m.Records[paper].Files {
		if f.Name != meeting.AssessmentFile && hashes[f.Name] != f.Hash {
			r.Errorf("%s: %q, want %s", f.Name, hashes[f.Name], f.Hash)
		}
	}
	if _, named := hashes[meeting.AssessmentFile]; named || len(hashes) != 4 {
		r.Errorf("opened: %v", hashes)
	}
}

// No step waits for a log that takes nothing; what it should say is said when
// it does, also after a restart.
func TestLogIsDown(t *testing.T) {
	r := newRoom(t)
	p := r.withLog()
	p.down = errors.New("no disk")
	r.wholeMeeting()
	r.print()
	r.restart()
	p.wantKinds()
	if err := r.office.Record(t.Context()); !errors.Is(err, p.down) {
		t.Errorf("error %v", err)
	}
	p.down = nil
	r.ok(r.office.Resume(t.Context()))
	p.wantKinds("sealed", "closed", "result", "opened", "sealed", "closed", "result", "opened")
	r.ok(r.office.Record(t.Context()))
	p.wantKinds("sealed", "closed", "result", "opened", "sealed", "closed", "result", "opened")
	p.fits(0)
	p.fits(1)
}

// countingRecords counts the records that are read.
type countingRecords struct {
	meeting.Store
	read, listed int
}

func (c *countingRecords) Meeting(ctx context.Context, u ballot.UUID) (*meeting.Meeting, error) {
	c.read++
	return c.Store.Meeting(ctx, u)
}

func (c *countingRecords) Meetings(ctx context.Context) ([]*meeting.Meeting, error) {
	c.listed++
	return c.Store.Meetings(ctx)
}

// Meetings of which the log says everything cost nothing until they change: after
// the first look no record of them is read.
func TestRecordOfFinished(t *testing.T) {
	r := reach(t, meeting.Tallied)
	p := r.withLog()
	records := &countingRecords{Store: r.store}
	r.use(records, r.store)
	for _, want := range [][2]int{{1, 1}, {0, 0}, {0, 0}} {
		records.read, records.listed = 0, 0
		r.ok(r.office.Record(t.Context()))
		if got := [2]int{records.read, records.listed}; got != want {
			t.Errorf("read and listed %v, want %v", got, want)
		}
	}
	p.down = errors.New("no disk")
	r.print()
	records.read = 0
	if err := r.office.Record(t.Context()); !errors.Is(err, p.down) || records.read != 1 {
		t.Errorf("%v, %d read", err, records.read)
	}
	p.down = nil
	r.ok(r.office.Record(t.Context()))
	p.wantKinds("sealed", "closed", "sealed", "closed", "result", "result")
	records.read = 0
	r.ok(r.office.Record(t.Context()))
	if records.read != 0 {
		t.Errorf("%d read", records.read)
	}
}

// A rehearsal is in no log.
func TestLogKnowsNoRehearsal(t *testing.T) {
	r := newRoom(t)
	p := r.withLog()
	r.to(meeting.Sealed)
	r.ok(r.office.Record(t.Context()))
	p.wantKinds("sealed", "sealed")
	for i, e := range p.all() {
		if sealed := e.Body.(ledger.Sealed); sealed.Election != r.get().Papers[i].UUID {
			t.Errorf("entry %d is about %s", i, sealed.Election)
		}
	}
}

// Papers that are made anew before the release take a correction, and the new
// result is opened. Until then nothing in the log tells the salts. Signatures on
// papers change nothing.
func TestLogOfPapersMadeAnew(t *testing.T) {
	r := reach(t, meeting.Tallied)
	p := r.withLog()
	r.ok(r.office.Record(t.Context()))
	r.print()
	first := salts(r.get())
	r.setFiling("Đà Lạt")
	p.wantKinds("sealed", "closed", "sealed", "closed", "result", "result")
	r.print()
	p.wantKinds("sealed", "closed", "sealed", "closed", "result", "result", "correction", "result", "correction", "result")
	r.ok(r.giveBack(append(bytes.Clone(r.minutes()), " Hai"...)))
	p.publish()
	second := salts(r.get())
	if said := p.text(); slices.ContainsFunc(append(first, second...), func(salt string) bool { return strings.Contains(said, salt) }) {
		t.Error("a salt is in the log before the release")
	}
	r.do(func() (*meeting.Meeting, error) {
		return r.office.Publish(t.Context(), r.chair(), r.u, meeting.AudiencePublic, true)
	})
	p.wantKinds("sealed", "closed", "sealed", "closed", "result", "result", "correction", "result", "correction", "result", "opened", "opened")
	p.fits(0)
	p.fits(1)
	for i, salt := range first {
		if said := p.text(); strings.Contains(said, salt) || !strings.Contains(said, second[i]) {
			t.Error("the wrong salt is opened")
		}
	}
}

func salts(m *meeting.Meeting) (list []string) {
	for _, record := range m.Records {
		list = append(list, record.Salt)
	}
	return list
}

// text is that of all entries.
func (p *publicLog) text() string {
	var b []byte
	for _, e := range p.all() {
		b = append(e.AppendJSON(b), '\n')
	}
	return string(b)
}

// A plan can ask for the log where the server asks it of no meeting; a server that
// keeps none then releases nothing.
func TestPlanRequiresLog(t *testing.T) {
	r := reach(t, meeting.Tallied)
	m := r.get()
	if r.office.NeedsLog(m) {
		t.Fatal("the log is needed unasked")
	}
	m.Plan.Witnessed = true
	r.ok(r.store.Save(t.Context(), m, audit.Draft{Time: now, Actor: audit.Server, Action: "test.plan"}))
	_, err := r.office.Publish(t.Context(), r.chair(), r.u, meeting.AudiencePublic, true)
	r.refusedField(err, meeting.ErrUnlogged, "log")
	p := r.withLog()
	r.print()
	_, err = r.office.Publish(t.Context(), r.chair(), r.u, meeting.AudiencePublic, true)
	r.refusedField(err, meeting.ErrUnlogged, "log")
	p.publish()
	_, err = r.office.Publish(t.Context(), r.chair(), r.u, meeting.AudiencePublic, true)
	r.ok(err)
}

// The log does not open the result of a meeting whose archive is for members
// only: from few ballots anybody could find the numbers that fit.
func TestLogOfMembersOnly(t *testing.T) {
	r := newRoom(t)
	p := r.withLog()
	r.prepare()
	plan := r.get().Plan
	plan.MembersOnly = true
	_, err := r.office.SetPlan(t.Context(), secretary, r.u, plan)
	r.ok(err)
	r.makeKeys()
	r.makeSlips(printed)
	r.rehearse(1, 3)
	r.seal()
	r.approve()
	r.attend(summoned, present)
	r.bring(meeting.DeskUnissued, 7, 8, 9)
	r.open()
	r.castAll(0, 0, 1)
	r.castAll(1, 2, 3, 4)
	r.ok(r.cast(5, 0, 0))
	r.bring(meeting.DeskReturned, 6)
	r.close(1, 2)
	r.issued(7, 1, 2)
	for _, paper := range r.get().Papers {
		r.sign(paper.UUID, 1, 2)
		r.contribute(paper.UUID, 1)
		r.contribute(paper.UUID, 2)
	}
	r.print()
	_, err = r.office.Publish(t.Context(), r.chair(), r.u, meeting.AudienceMeeting, true)
	r.ok(err)
	p.wantKinds("sealed", "sealed", "closed", "closed", "result", "result")
}

// The polls of a meeting that was abandoned are taken back, for a reason that
// names nobody; what was never said is not said.
func TestLogOfAbandoned(t *testing.T) {
	for _, said := range []bool{true, false} {
		r := newRoom(t)
		p := r.withLog()
		r.to(meeting.Open)
		if !said {
			r = reach(t, meeting.Open)
			p = r.withLog()
		}
		for _, who := range []func() (*meeting.Meeting, error){
			func() (*meeting.Meeting, error) {
				return r.office.AskAbandon(t.Context(), r.chair(), r.u, "Ông Trần Đạt đã bỏ phiếu thay")
			},
			func() (*meeting.Meeting, error) { return r.office.AskAbandon(t.Context(), r.member(1), r.u, "") },
			func() (*meeting.Meeting, error) { return r.office.AskAbandon(t.Context(), r.member(2), r.u, "") },
		} {
			p.down = nil
			if !said {
				p.down = errors.New("no disk")
			}
			r.do(who)
		}
		p.down = nil
		r.state(meeting.Abandoned)
		r.ok(r.office.Record(t.Context()))
		if !said {
			p.wantKinds()
			continue
		}
		p.wantKinds("sealed", "sealed", "correction", "correction")
		if text := p.text(); strings.Contains(text, "Trần Đạt") || !strings.Contains(text, "đã hủy cuộc bỏ phiếu") {
			t.Error(text)
		}
	}
}

// Where the log is required, a result is released only when witnesses have seen
// how the polls were closed and that they were counted; until then the refusal
// names what is missing, and whom it waits for.
func TestRequiredLog(t *testing.T) {
	r := reach(t, meeting.Tallied)
	p := r.withLog()
	p.required = true
	refusal := func(parts ...string) {
		t.Helper()
		_, err := r.office.Publish(t.Context(), r.chair(), r.u, meeting.AudiencePublic, true)
		r.refused(err, meeting.ErrUnlogged)
		what := new(meeting.Refusal)
		if !errors.As(err, &what) || what.Field != "log" {
			t.Fatalf("%v", err)
		}
		for _, part := range parts {
			if !strings.Contains(what.What.Vi, part) {
				t.Errorf("%q does not say %q", what.What.Vi, part)
			}
		}
		for _, paper := range r.get().Papers {
			b, err := r.store.Box(t.Context(), paper.UUID)
			r.ok(err)
			if status, err := b.Status(t.Context()); err != nil || status.Published {
				t.Fatalf("published after a refusal: %v", err)
			}
		}
	}
	refusal(somePapers[0]+": chưa lập biên bản", somePapers[1]+": chưa lập")
	p.down = errors.New("no disk")
	r.print()
	refusal("chưa ghi kết quả", "hiện không nhận mục mới")
	p.down = nil
	refusal("chưa đủ chữ ký xác nhận", "còn chờ: so-noi-vu")
	p.publish()
	p.down = errors.New("no disk")
	r.setFiling("Đà Lạt")
	r.print()
	refusal("hiện không nhận mục mới") // what was cosigned is of the papers before
	p.down = nil
	refusal("chưa đủ chữ ký xác nhận")
	p.publish()
	_, err := r.office.Publish(t.Context(), r.chair(), r.u, meeting.AudiencePublic, true)
	r.ok(err)
	if missing, err := r.office.Unlogged(t.Context(), r.get()); err != nil || len(missing) != 0 {
		t.Errorf("%v, %v", missing, err)
	}
}

// A result that the log has opened is not taken back by itself: neither when the
// record on this machine has another result, as after a restore, nor when it has
// an abandoned meeting.
func TestLogOpenedOnce(t *testing.T) {
	for _, state := range []meeting.State{meeting.Tallied, meeting.Abandoned} {
		r := reach(t, meeting.Tallied)
		if state == meeting.Abandoned {
			r = reach(t, meeting.Open)
			for _, who := range []staff.Actor{r.chair(), r.member(1), r.member(2)} {
				_, err := r.office.AskAbandon(t.Context(), who, r.u, "mất điện")
				r.ok(err)
			}
			r.state(meeting.Abandoned)
		}
		p := r.withLog()
		r.ok(r.office.Record(t.Context()))
		u := r.get().Papers[0].UUID
		have, err := p.Standing(t.Context(), u)
		r.ok(err)
		if len(have) == 0 {
			b, err := r.store.Box(t.Context(), u)
			r.ok(err)
			_, err = p.Append(t.Context(), ledger.Sealed{Election: u, Fingerprint: b.Election().Fingerprint()}, ledger.Closed{Election: u, Ballots: 3})
			r.ok(err)
		}
		salt, items := ledgertest.Salt(1), ledgertest.Items(1)
		numbers, err := p.Append(t.Context(), ledger.NewResult(u, salt, items))
		r.ok(err)
		_, err = p.Append(t.Context(), ledger.NewOpened(u, numbers[0], salt, items))
		r.ok(err)
		if state == meeting.Tallied {
			r.print()
		}
		before := p.kinds()
		r.use(r.store, r.store) // as after a restart
		err = r.office.Record(t.Context())
		r.refused(err, meeting.ErrContradicted)
		err = r.office.Record(t.Context()) // and as long as it is so
		r.refused(err, meeting.ErrContradicted)
		want := map[meeting.State]string{meeting.Tallied: fmt.Sprintf("entry %d (result)", numbers[0]), meeting.Abandoned: fmt.Sprintf("entry %d (opened)", numbers[0]+1)}[state]
		if !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), string(u)) {
			t.Errorf("%s: error %v does not name %s", state, err, want)
		}
		p.wantKinds(before...)
		if have, err := p.Standing(t.Context(), u); err != nil || len(have) != 4 {
			t.Errorf("%s: %d entries stand, %v", state, len(have), err)
		}
	}
}

// A log that says something else of a poll than its box is not corrected by
// itself.
func TestLogContradicts(t *testing.T) {
	r := reach(t, meeting.Tallied)
	p := r.withLog()
	u := r.get().Papers[0].UUID
	b, err := r.store.Box(t.Context(), u)
	r.ok(err)
	_, err = p.Append(t.Context(), ledger.Sealed{Election: u, Fingerprint: b.Election().Fingerprint()}, ledger.Closed{Election: u, Ballots: 3})
	r.ok(err)
	r.refused(r.office.Record(t.Context()), meeting.ErrContradicted)
	if err := r.office.Record(t.Context()); !strings.Contains(fmt.Sprint(err), "entry 1 (closed)") {
		t.Errorf("error %v", err)
	}
	p.wantKinds("sealed", "closed")
}
