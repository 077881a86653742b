package meeting_test

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/crypto/threshold/ceremony"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/store/bolt"
)

// A room is a server with one meeting, and the people around it: what members
// of the board keep, and the slips, are here and nowhere on the server.
type room struct {
	*testing.T
	file    string
	store   *bolt.Store
	records meeting.Store // the store, or something that stands before it
	boxes   box.Store
	office  *meeting.Office
	u       ballot.UUID
	mode    mode
	keep    func(*bolt.Store) meeting.Log // opens the public log, if there is one

	seeds   []string
	holders []*ceremony.Member // as their devices know them, from ceremony
	slips   []ballot.Credential
}

// A mode is how buttons are pressed.
type mode string

const (
	once       mode = "once"
	doubled    mode = "twice"
	atOnce     mode = "by several at once"
	restarting mode = "with a restart after each"
	notSaved   mode = "with a record that is not saved at first"
	savedAfter mode = "with a record that is saved and not told"
	overtaken  mode = "with a record that others save first"
)

var now = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

func newRoom(t *testing.T) *room {
	t.Helper()
	r := &room{T: t, file: filepath.Join(t.TempDir(), "data.bolt"), mode: once}
	r.start()
	t.Cleanup(func() {
		if err := r.store.Check(context.Background()); err != nil {
			t.Error(err)
		}
		r.store.Close()
	})
	return r
}

func (r *room) start() {
	r.Helper()
	store, err := bolt.Open(r.file)
	r.ok(err)
	r.store = store
	r.use(store, store)
}

// use lets the office work on other stores than its own.
func (r *room) use(records meeting.Store, boxes box.Store) {
	r.records, r.boxes = records, boxes
	r.office = &meeting.Office{Meetings: records, Boxes: boxes, Clock: clock, Press: fakePress{}}
	if r.keep != nil {
		r.office.Log = r.keep(r.store)
	}
}

// ticks makes every look at the clock a later one.
var ticks atomic.Int64

func clock() time.Time { return now.Add(time.Duration(ticks.Add(1)) * time.Second) }

func (r *room) restart() {
	r.Helper()
	r.ok(r.store.Check(r.Context()))
	r.ok(r.store.Close())
	r.start()
	r.ok(r.office.Resume(r.Context()))
}

func (r *room) ok(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *room) refused(err, want error) {
	r.Helper()
	if !errors.Is(err, want) {
		r.Fatalf("error %v, want %v", err, want)
	}
}

// A press is a step that somebody takes.
type press func() (*meeting.Meeting, error)

// do presses a button in the room's mode.
func (r *room) do(p press) {
	r.Helper()
	switch r.mode {
	case once:
		r.done(p)
	case doubled:
		first := r.done(p)
		if again := r.done(p); !reflect.DeepEqual(again.Clone(), first.Clone()) {
			r.Fatalf("pressed again\n%+v\nwas\n%+v", again, first)
		}
	case atOnce:
		r.pressAtOnce(p)
	case restarting:
		r.done(p)
		r.restart()
	default:
		r.use(&faultyRecords{Store: r.store, mode: r.mode}, r.store)
		if _, err := p(); err != nil && !errors.Is(err, errStopped) {
			r.Fatal(err)
		}
		r.use(r.store, r.store)
		r.done(p)
		r.ok(r.office.Resume(r.Context()))
	}
}

func (r *room) done(p press) *meeting.Meeting {
	r.Helper()
	m, err := p()
	r.ok(err)
	return m
}

func (r *room) pressAtOnce(p press) {
	r.Helper()
	faults := make([]error, 4)
	start, wait := make(chan struct{}), sync.WaitGroup{}
	for i := range faults {
		wait.Go(func() {
			<-start
			_, faults[i] = p()
		})
	}
	close(start)
	wait.Wait()
	r.ok(errors.Join(faults...))
}

// faultyRecords is a store whose first save goes wrong.
type faultyRecords struct {
	meeting.Store
	mode  mode
	saves int
}

func (f *faultyRecords) Save(ctx context.Context, m *meeting.Meeting, done audit.Draft) error {
	f.saves++
	switch {
	case f.mode == overtaken && f.saves < 5:
		return meeting.ErrRevision
	case f.mode == notSaved && f.saves == 1:
		return errStopped
	case f.mode == savedAfter && f.saves == 1:
		return errors.Join(f.Store.Save(ctx, m, done), errStopped)
	}
	return f.Store.Save(ctx, m, done)
}

// The people of the room.
var (
	secretary     = staff.Actor{Role: staff.Secretary, ID: "thu-ky", Name: "Thư ký"}
	administrator = staff.Actor{Role: staff.Administrator, ID: "quan-tri", Name: "Quản trị"}
)

func (r *room) chair() staff.Actor {
	return staff.Actor{Role: staff.Chair, ID: "chu-tri", Name: somePlan.Chair, Meeting: r.u}
}

func (r *room) auditor() staff.Actor {
	return staff.Actor{Role: staff.Auditor, ID: "kiem-toan", Name: "Kiểm toán", Meeting: r.u}
}

func (r *room) member(i int) staff.Actor {
	who := staff.Actor{Role: staff.Member, ID: "thanh-vien", Name: "Người ngoài", Meeting: r.u, Index: i}
	if i >= 1 && i <= len(someBoard) {
		who.Name = someBoard[i-1].Name
	}
	return who
}

func (r *room) get() *meeting.Meeting {
	r.Helper()
	m, err := r.office.Get(r.Context(), secretary, r.u)
	r.ok(err)
	return m
}

func (r *room) state(want meeting.State) {
	r.Helper()
	if m := r.get(); m.State != want {
		r.Fatalf("state %s, want %s", m.State, want)
	}
}

var somePlan = meeting.Plan{
	Agency: "Sở Nội vụ tỉnh Lâm Đồng", Superior: "Ủy ban nhân dân tỉnh", Title: "Hội nghị lấy phiếu tín nhiệm",
	Place: "Hội trường tầng 2", Date: "2026-12-10", Time: "08:00", RuleSet: meeting.RuleSetReg96, Chair: "Lê Thị Hòa",
	Decision: meeting.Reference{Number: "15-QĐ/TU", Date: "2026-11-01"}, MinBallots: 5, Spares: 10, UsedLimit: 1,
}

// somePeople are three persons on the first paper, two on the second, and one
// who is exempt.
var somePeople = []meeting.Person{
	{Name: "Nguyễn Thị Ánh", Post: "Giám đốc", Block: "Khối chính quyền"},
	{Name: "Trần Đạt", Post: "Phó Giám đốc", Places: []string{"Đảng ủy các cơ quan tỉnh"}},
	{Name: "Phạm Quỳnh", Post: "Phó Giám đốc", Exempt: "retirement_notice"},
	{Name: "Lê Ưng", Post: "Chánh Văn phòng"},
	{Name: "Đỗ Thị Yên", Post: "Bí thư Chi bộ", Paper: 1},
	{Name: "Vũ Hòa", Post: "Phó Bí thư Chi bộ", Paper: 1},
}

var somePapers = []string{"Phiếu số 1: chính quyền", "Phiếu số 2: cấp ủy"}

var someBoard = []meeting.BoardMember{
	{Name: "Bùi Văn Khoa", Office: meeting.Head},
	{Name: "Hồ Thị Lan", Office: meeting.BoardSecretary},
	{Name: "Đinh Công Minh", Office: meeting.Ordinary},
}

// The numbers of the room: a tenth of those summoned, rounded up, are spares.
const (
	summoned = 9
	present  = 7
	printed  = 10
)

// alwaysOvertaken is a store that others save to first.
type alwaysOvertaken struct{ meeting.Store }

func (alwaysOvertaken) Save(context.Context, *meeting.Meeting, audit.Draft) error {
	return meeting.ErrRevision
}

// countKilled is a store that is killed when it is to keep that a poll was
// counted.
type countKilled struct{ meeting.Store }

func (k *countKilled) Save(ctx context.Context, m *meeting.Meeting, done audit.Draft) error {
	if done.Action == "tally.count" {
		return errStopped
	}
	return k.Store.Save(ctx, m, done)
}
