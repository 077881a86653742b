package meeting_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
)

const roundName ballot.UUID = "HVAYvLvBxYWcPgVPL6Bdwn"

// someAssignment is the place of the room's meeting in a round.
func someAssignment() *meeting.Assignment {
	return &meeting.Assignment{
		Round: roundName, Title: "Đợt lấy phiếu năm 2026", Agency: "so-noi-vu", Group: "con-lai", Posts: "Các chức danh còn lại",
		RuleSet: meeting.RuleSetReg96, URL: "https://hop.example.vn", Key: "khóa của cấp trên",
		Prepare: meeting.Limit{Date: "2026-11-30", Before: true}, Finish: meeting.Limit{Date: "2026-12-31", Before: true}, SendDays: 1,
		Before: []meeting.Precondition{{Name: "Chức danh do HĐND bầu", Group: "hdnd"}, {Name: "Sơ kết 6 tháng"}},
		Papers: []meeting.PaperPlace{{Group: "cap-uy", Posts: "Chức danh cấp ủy"}},
	}
}

// fakePacker makes packages of a line, and reads receipts of another.
type fakePacker struct{ packed []*meeting.Parcel }

func (f *fakePacker) Pack(_ context.Context, p *meeting.Parcel) ([]byte, string, error) {
	f.packed = append(f.packed, p)
	file := fmt.Appendf(nil, "package %s %s %s %s", cmp.Or(p.Poll, "notice"), p.Assignment.Group, p.Made, p.Why)
	sum := sha256.Sum256(file)
	return file, hex.EncodeToString(sum[:]), nil
}

func (f *fakePacker) Receipt(text []byte, a *meeting.Assignment) (string, error) {
	pkg, ok := strings.CutPrefix(string(text), "receipt "+a.Key+" ")
	if !ok {
		return "", &meeting.Refusal{Cause: meeting.ErrReceipt, Field: "file", What: meeting.Text{Vi: "chữ ký sai", En: "bad signature"}}
	}
	return pkg, nil
}

// fakeCourier counts how often it was told.
type fakeCourier struct{ told int }

func (f *fakeCourier) Deliver(ballot.UUID) { f.told++ }

// inRound gives the room's meeting a place in a round, with all that must come
// before it done, and lets the office pack and send.
func (r *room) inRound() (*fakePacker, *fakeCourier) {
	r.Helper()
	packer, courier := new(fakePacker), new(fakeCourier)
	r.office.Packer, r.office.Courier = packer, courier
	a := someAssignment()
	for i := range a.Before {
		a.Before[i].Done, a.Before[i].About = "2026-11-20", "Biên bản số 7"
	}
	a.Compared = a.Superior()
	r.assign(a)
	return packer, courier
}

func (r *room) assign(a *meeting.Assignment) {
	r.Helper()
	r.do(func() (*meeting.Meeting, error) { return r.office.Assign(r.Context(), secretary, r.u, a) })
}

// A place in a round is taken, replaced and taken away until the poll opens; the
// plan's own form leaves it alone.
func TestAssign(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	r.assign(someAssignment())
	first := r.get()
	r.assign(someAssignment())
	if m := r.get(); m.Revision != first.Revision {
		t.Errorf("the same again is revision %d, was %d", m.Revision, first.Revision)
	}
	plan := somePlan
	plan.Title = "Tên khác"
	r.ok(r.plan(func(p *meeting.Plan) { *p = plan }))
	if a := r.get().Plan.Assignment; a == nil || a.Round != roundName || r.get().Plan.Title != plan.Title {
		t.Fatalf("%+v", a)
	}
	_, err := r.office.NoteBefore(t.Context(), secretary, r.u, "2026-11-25", []meeting.Precondition{{Name: "Sơ kết 6 tháng", Done: "2026-11-10", About: " Báo cáo  số 3 "}})
	r.ok(err)
	a := r.get().Plan.Assignment
	if got := a.Pending(); a.Prepared != "2026-11-25" || len(got) != 1 || got[0].Group != "hdnd" || a.Before[1].About != "Báo cáo số 3" || a.Condition() != "2026-11-10" {
		t.Errorf("%+v", a)
	}
	// The file of the round, loaded again, says more; what was noted here stays.
	again := someAssignment()
	again.Before[0].Done, again.Before[0].About = "2026-11-12", "Cấp trên đã nhận đủ kết quả"
	r.assign(again)
	if a := r.get().Plan.Assignment; len(a.Pending()) != 0 || a.Before[1].Done != "2026-11-10" || a.Prepared != "2026-11-25" {
		t.Errorf("%+v", a)
	}
	again.Group = "khac"
	again.Before[0].Done, again.Before[0].About = "", ""
	r.assign(again) // another place: nothing noted of the old one
	if a := r.get().Plan.Assignment; len(a.Pending()) != 2 || a.Prepared != "" {
		t.Errorf("%+v", a)
	}
	r.assign(nil)
	if a := r.get().Plan.Assignment; a != nil {
		t.Errorf("%+v", a)
	}
	_, err = r.office.NoteBefore(t.Context(), secretary, r.u, "", nil)
	r.refusedField(err, meeting.ErrAssignment, "round")
}

// Where results go and whose receipts hold is compared with the superior before a
// result is sent there. The same round with another server or key is taken only
// when that was compared anew.
func TestCompare(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	r.assign(someAssignment())
	compare := func(digits string) error {
		_, err := r.office.Compare(t.Context(), secretary, r.u, digits)
		return err
	}
	digits := someAssignment().Superior()
	if len(digits) != 29 || r.get().Plan.Assignment.Trusted() {
		t.Fatalf("%q", digits)
	}
	r.refusedField(compare(""), meeting.ErrAssignment, "compared")
	r.refusedField(compare(meeting.SuperiorDigits("https://hop.example.vn", "khóa khác")), meeting.ErrAssignment, "compared")
	r.ok(compare(digits))
	r.ok(compare(digits))
	other := someAssignment()
	other.Posts = "Tên khác"
	r.assign(other)
	if a := r.get().Plan.Assignment; !a.Trusted() || a.Posts != other.Posts {
		t.Errorf("%+v", a)
	}
	for _, change := range []func(a *meeting.Assignment){
		func(a *meeting.Assignment) { a.URL = "https://hop.example.com" },
		func(a *meeting.Assignment) { a.Key = "khóa khác" },
		func(a *meeting.Assignment) { a.Key, a.URL = "", "" },
		func(a *meeting.Assignment) { a.URL, a.Group = "https://hop.example.com", "khac" },
		func(a *meeting.Assignment) { a.URL, a.Compared = "https://hop.example.com", digits },
	} {
		a := someAssignment()
		change(a)
		_, err := r.office.Assign(t.Context(), secretary, r.u, a)
		r.refusedField(err, meeting.ErrAssignment, "compared")
	}
	other = someAssignment()
	other.URL = "https://hop.example.com"
	other.Compared = other.Superior()
	r.assign(other)
	if a := r.get().Plan.Assignment; !a.Trusted() || a.URL != other.URL {
		t.Errorf("%+v", a)
	}
	r.assign(nil)
	r.refusedField(compare(digits), meeting.ErrAssignment, "round")
	if meeting.SuperiorDigits("", "") != "" || meeting.SuperiorDigits("a", "b") == meeting.SuperiorDigits("b", "a") {
		t.Error("digits of nothing, or the same of others")
	}
}

// forgetCompared takes back that server and key were compared, as in a record that
// an earlier program kept.
func (r *room) forgetCompared() {
	r.Helper()
	m := r.get()
	m.Plan.Assignment.Compared = ""
	r.ok(r.office.Meetings.Save(r.Context(), m, audit.Draft{Time: r.office.Clock(), Meeting: r.u, Action: "test", Actor: audit.Server}))
}

// No result goes over the network before that; a notice has no numbers.
func TestSendUncompared(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	_, courier := r.inRound()
	a := *r.get().Plan.Assignment
	r.assign(nil)
	a.Compared = ""
	r.assign(&a)
	_, err := r.office.Notify(t.Context(), secretary, r.u, meeting.ByHTTPS)
	r.ok(err)
	told := courier.told

	r, _, courier = counted(t)
	r.signMinutes()
	s := r.made(0, "")
	r.forgetCompared()
	_, err = r.office.Send(t.Context(), r.chair(), r.u, s.Package, meeting.ByHTTPS)
	r.refusedField(err, meeting.ErrAssignment, "compared")
	if told == 0 || courier.told != 0 || len(r.get().Underway()) != 0 {
		t.Errorf("%d notices told of, results under way: %v", told, r.get().Underway())
	}
	r.send(s.Package, meeting.ByFile)
	_, err = r.office.Compare(t.Context(), r.chair(), r.u, a.Superior())
	r.ok(err)
	r.send(s.Package, meeting.ByHTTPS)
}

func TestAssignRefused(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	for field, change := range map[string]func(a *meeting.Assignment){
		"round":          func(a *meeting.Assignment) { a.Round = "x" },
		"agency":         func(a *meeting.Assignment) { a.Agency = "" },
		"group":          func(a *meeting.Assignment) { a.Group = "Nhóm" },
		"title":          func(a *meeting.Assignment) { a.Title = " " },
		"posts":          func(a *meeting.Assignment) { a.Posts = "\u200b" },
		"ruleset":        func(a *meeting.Assignment) { a.RuleSet = "reg262" },
		"url":            func(a *meeting.Assignment) { a.URL = "http://hop.example.vn" },
		"compared":       func(a *meeting.Assignment) { a.Compared = "0000 0000 0000 0000 0000 0000" },
		"send_days":      func(a *meeting.Assignment) { a.SendDays = -1 },
		"date":           func(a *meeting.Assignment) { a.Finish.Date = "31/12/2026" },
		"papers.0":       func(a *meeting.Assignment) { a.Papers[0].Group = "Nhóm" },
		"papers.1":       func(a *meeting.Assignment) { a.Papers = append(a.Papers, meeting.PaperPlace{Posts: "x"}) },
		"before":         func(a *meeting.Assignment) { a.Before = make([]meeting.Precondition, 51) },
		"before.1.name":  func(a *meeting.Assignment) { a.Before[1].Name = "" },
		"before.0.done":  func(a *meeting.Assignment) { a.Before[0].Done, a.Before[0].About = "x", "y" },
		"before.0.about": func(a *meeting.Assignment) { a.Before[0].Done = "2026-11-01" },
	} {
		a := someAssignment()
		change(a)
		_, err := r.office.Assign(t.Context(), secretary, r.u, a)
		r.refusedField(err, meeting.ErrAssignment, field)
	}
	for _, address := range []string{"https://", "https://u:p@hop.vn", "https://hop.vn/?a", "https://hop.vn/#a", "ftp://hop.vn", "http://10.0.0.1", "https://hop.vn/" + strings.Repeat("a", 500)} {
		a := someAssignment()
		a.URL = address
		_, err := r.office.Assign(t.Context(), secretary, r.u, a)
		r.refusedField(err, meeting.ErrAssignment, "url")
	}
	for _, address := range []string{"", "http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:1", "https://hop.vn/duong-dan"} {
		a := someAssignment()
		a.URL = address
		r.assign(nil)
		r.assign(a)
	}
	for _, c := range []struct {
		before meeting.Precondition
		field  string
	}{
		{meeting.Precondition{Name: "Việc khác", Done: "2026-11-01", About: "a"}, "before.0.name"},
		{meeting.Precondition{Name: "Sơ kết 6 tháng", Done: "2026-11-01"}, "before.1.about"},
		{meeting.Precondition{Name: "Sơ kết 6 tháng", About: "Báo cáo"}, "before.1.done"},
	} {
		_, err := r.office.NoteBefore(t.Context(), secretary, r.u, "", []meeting.Precondition{c.before})
		r.refusedField(err, meeting.ErrAssignment, c.field)
	}
	_, err := r.office.NoteBefore(t.Context(), secretary, r.u, "2026-13-01", nil)
	r.refusedField(err, meeting.ErrAssignment, "date")
}

func TestAssignedUntilOpen(t *testing.T) {
	r := reach(t, meeting.Open)
	_, err := r.office.Assign(t.Context(), secretary, r.u, someAssignment())
	r.refused(err, meeting.ErrState)
	_, err = r.office.NoteBefore(t.Context(), secretary, r.u, "", nil)
	r.refused(err, meeting.ErrState)
}

// A poll does not open before what its round puts before it, and says what that
// is and by which round; a rule set that only warns lets it open.
func TestOrder(t *testing.T) {
	ready := func(t *testing.T) *room {
		r := reach(t, meeting.Sealed)
		r.approve()
		r.attend(summoned, present)
		r.bring(meeting.DeskUnissued, 7, 8, 9)
		return r
	}
	r := ready(t)
	r.assign(someAssignment())
	_, err := r.office.Open(t.Context(), r.chair(), r.u)
	r.refusedField(err, meeting.ErrOrder, "order")
	for _, want := range []string{"Đợt lấy phiếu năm 2026", "Các chức danh còn lại", "Chức danh do HĐND bầu; Sơ kết 6 tháng"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if got := r.why("meeting"); !strings.Contains(got, "Sơ kết 6 tháng") {
		t.Error(got)
	}
	_, err = r.office.NoteBefore(t.Context(), secretary, r.u, "", []meeting.Precondition{{Name: "Chức danh do HĐND bầu", Group: "hdnd", Done: "2026-11-20", About: "Nghị quyết số 9"}})
	r.ok(err)
	_, err = r.office.Open(t.Context(), r.chair(), r.u)
	r.refused(err, meeting.ErrOrder)
	if strings.Contains(err.Error(), "HĐND") {
		t.Errorf("%q names what is done", err)
	}
	_, err = r.office.NoteBefore(t.Context(), secretary, r.u, "", []meeting.Precondition{{Name: "Sơ kết 6 tháng", Done: "2026-11-21", About: "Báo cáo số 3"}})
	r.ok(err)
	r.open()

	r = newRoom(t)
	r.prepare()
	r.ok(r.plan(func(p *meeting.Plan) { p.RuleSet = meeting.RuleSetNQ96 }))
	r.setPeople(somePeople[3:], somePapers)
	r.makeKeys()
	r.makeSlips(printed)
	r.rehearse(1, 2)
	r.seal()
	r.approve()
	r.attend(summoned, present)
	r.bring(meeting.DeskUnissued, 7, 8, 9)
	r.assign(someAssignment())
	r.open()
}

// Which rule sets block and which warn.
func TestOrderOfRuleSets(t *testing.T) {
	for _, rules := range meeting.RuleSets() {
		want := meeting.OrderWarns
		if rules.Form == "party" {
			want = meeting.OrderBlocks
		}
		if rules.Order != want {
			t.Errorf("%s: %q", rules.ID, rules.Order)
		}
	}
}

// signMinutes gives the minutes of every paper back signed.
func (r *room) signMinutes() {
	r.Helper()
	r.print()
	m := r.get()
	for i, p := range m.Papers {
		content, err := r.office.PrintedFile(r.Context(), r.chair(), r.u, p.UUID, meeting.MinutesFile, meeting.PrintedVersion)
		r.ok(err)
		r.do(func() (*meeting.Meeting, error) {
			return r.office.Return(r.Context(), r.chair(), r.u, m.Papers[i].UUID, meeting.MinutesFile, append(slices.Clone(content.Content), " Một"...))
		})
	}
}

// counted is a room in a round whose votes are counted.
func counted(t *testing.T) (*room, *fakePacker, *fakeCourier) {
	t.Helper()
	return countedAs(t, func(*meeting.Assignment) {})
}

// countedAs is counted with another place in the round.
func countedAs(t *testing.T, change func(*meeting.Assignment)) (*room, *fakePacker, *fakeCourier) {
	t.Helper()
	r := reach(t, meeting.Sealed)
	packer, courier := r.inRound()
	a := r.get().Plan.Assignment
	change(a)
	r.assign(a)
	r.approve()
	r.attend(summoned, present)
	r.bring(meeting.DeskUnissued, 7, 8, 9)
	r.open()
	r.castAll(0, 0, 1, 2, 3, 4, 5)
	r.close(1, 2)
	r.issued(present, 1, 2)
	for _, p := range r.get().Papers {
		r.sign(p.UUID, 1, 2)
		r.contribute(p.UUID, 1)
		r.contribute(p.UUID, 2)
	}
	return r, packer, courier
}

// A package has everything of a poll: the archive byte for byte, the files as
// they came back signed, and no threshold groups.
func TestPack(t *testing.T) {
	r, packer, _ := counted(t)
	poll := r.get().Papers[0].UUID
	pack := func(why string) error {
		_, err := r.office.Pack(t.Context(), r.chair(), r.u, poll, why)
		return err
	}
	if err := pack(""); err == nil {
		t.Fatal("packed before it was printed")
	}
	r.print()
	r.refused(pack(""), meeting.ErrUnsigned)
	r.signMinutes()
	_, err := r.office.Pack(t.Context(), secretary, r.u, poll, "")
	r.refused(err, meeting.ErrRole) // not published yet
	r.ok(pack(""))
	p := packer.packed[0]
	b, err := r.store.Box(t.Context(), poll)
	r.ok(err)
	if string(p.Archive) != string(boxtest.Archive(t, b)) || len(p.Shares) == 0 || len(p.Closing) == 0 {
		t.Error("archive, shares or closing file is not that of the box")
	}
	var names []string
	for _, f := range p.Files {
		names = append(names, f.Name)
		if f.Name == meeting.MinutesFile && !strings.HasSuffix(string(f.Content), " Một") {
			t.Errorf("the minutes are not as they came back: %q", f.Content)
		}
	}
	if !slices.Contains(names, meeting.MinutesFile) || slices.Contains(names, meeting.AssessmentFile) {
		t.Errorf("files %v", names)
	}
	if p.Voted != somePlan.Date || p.Planned != "" || p.Notice || p.ByHand || p.Corrects != "" || p.Assignment.Agency != "so-noi-vu" || p.Salt == "" {
		t.Errorf("%+v", p)
	}
	before := r.get().Revision
	r.ok(pack("")) // nothing has changed
	if m := r.get(); m.Revision != before || len(m.Sendings[0]) != 1 || m.Sending(0) != nil || m.Sending(1) != nil {
		t.Errorf("%+v", m.Sendings)
	}
	content, err := r.office.PackageFile(t.Context(), r.chair(), r.u, r.get().Sendings[0][0].Package)
	if err != nil || !strings.HasPrefix(string(content), "package "+string(poll)) {
		t.Errorf("%q, %v", content, err)
	}
	_, err = r.office.PackageFile(t.Context(), secretary, r.u, r.get().Sendings[0][0].Package)
	r.refused(err, meeting.ErrRole)
}

// Of several ballot papers in one place of the round each package says how many.
func TestPackSisters(t *testing.T) {
	r, packer, _ := countedAs(t, func(a *meeting.Assignment) {
		a.Papers = []meeting.PaperPlace{{Group: a.Group, Posts: a.Posts, RuleSet: a.RuleSet, Finish: a.Finish}}
	})
	r.print()
	r.signMinutes()
	for i, paper := range r.get().Papers {
		_, err := r.office.Pack(t.Context(), r.chair(), r.u, paper.UUID, "")
		r.ok(err)
		if p := packer.packed[i]; p.Papers != 2 || p.Meeting != r.u {
			t.Errorf("paper %d: one of %d", i+1, p.Papers)
		}
	}
}

func TestPackRefused(t *testing.T) {
	r := reach(t, meeting.Tallied)
	packer := new(fakePacker)
	r.office.Packer = packer
	r.signMinutes()
	poll := r.get().Papers[0].UUID
	_, err := r.office.Pack(t.Context(), r.chair(), r.u, poll, "")
	r.refusedField(err, meeting.ErrAssignment, "round")
	r, _, _ = counted(t)
	r.signMinutes()
	r.office.Packer = nil
	_, err = r.office.Pack(t.Context(), r.chair(), r.u, r.get().Papers[0].UUID, "")
	r.refused(err, meeting.ErrState)
	_, err = r.office.Pack(t.Context(), r.chair(), r.u, roundName, "")
	if err == nil {
		t.Error("packed a poll of another meeting")
	}
	_, err = r.office.Notify(t.Context(), secretary, r.u, meeting.ByFile)
	r.refused(err, meeting.ErrState)
}

// Minutes that are signed by hand are said to be, in the package.
func TestPackSignedByHand(t *testing.T) {
	r, packer, _ := counted(t)
	r.print()
	for _, who := range []int{0, 1} {
		actor := r.chair()
		if who > 0 {
			actor = r.member(who)
		}
		_, err := r.office.Sign(t.Context(), actor, r.u, true)
		r.ok(err)
	}
	r.state(meeting.Signed)
	_, err := r.office.Publish(t.Context(), r.chair(), r.u, meeting.AudienceMeeting, true)
	r.ok(err)
	_, err = r.office.Pack(t.Context(), secretary, r.u, r.get().Papers[1].UUID, "")
	r.ok(err)
	if p := packer.packed[0]; !p.ByHand || p.Poll != r.get().Papers[1].UUID || len(r.get().Sendings[0]) != 0 || len(r.get().Sendings[1]) != 1 {
		t.Errorf("%+v", r.get().Sendings)
	}
}

// made packs a paper and returns the package.
func (r *room) made(paper int, why string) meeting.Sending {
	r.Helper()
	m, err := r.office.Pack(r.Context(), r.chair(), r.u, r.get().Papers[paper].UUID, why)
	r.ok(err)
	return m.Sendings[paper][len(m.Sendings[paper])-1]
}

func (r *room) send(pkg, by string) *meeting.Meeting {
	r.Helper()
	m, err := r.office.Send(r.Context(), r.chair(), r.u, pkg, by)
	r.ok(err)
	return m
}

// The way of a package over the network: under way, held, accepted with a
// receipt, which is checked; a correction names what it corrects.
func TestSendByHTTPS(t *testing.T) {
	r, packer, courier := counted(t)
	r.signMinutes()
	first := r.made(0, "")
	if got := r.get().Underway(); len(got) != 0 || courier.told != 0 {
		t.Fatalf("%v", got)
	}
	r.send(first.Package, meeting.ByHTTPS)
	r.send(first.Package, meeting.ByHTTPS)
	want := meeting.Delivery{Meeting: r.u, Package: first.Package, File: first.File, URL: "https://hop.example.vn"}
	if got := r.get().Underway(); len(got) != 1 || got[0] != want || courier.told == 0 {
		t.Errorf("%v", got)
	}
	_, err := r.office.Pack(t.Context(), r.chair(), r.u, r.get().Papers[0].UUID, "Thêm chữ ký")
	r.refused(err, meeting.ErrState) // the answer is awaited
	_, err = r.office.Answered(t.Context(), r.u, first.Package, meeting.AnswerHeld, meeting.Text{}, "")
	r.ok(err)
	s := r.get().Sending(0)
	if s.Sent != "2026-11-22" || s.Answer != meeting.AnswerHeld || s.Settled() || !r.get().Underway()[0].Known {
		t.Errorf("%+v", s)
	}
	_, err = r.office.Answered(t.Context(), r.u, first.Package, meeting.AnswerAccepted, meeting.Text{}, "receipt another "+first.Package)
	r.refused(err, meeting.ErrReceipt)
	_, err = r.office.Answered(t.Context(), r.u, first.Package, meeting.AnswerAccepted, meeting.Text{}, "receipt khóa của cấp trên 00")
	r.refused(err, meeting.ErrReceipt)
	if s := r.get().Sending(0); s.Answer != meeting.AnswerHeld || s.Receipt != "" {
		t.Errorf("%+v", s)
	}
	receipt := "receipt khóa của cấp trên " + first.Package
	for range 2 {
		_, err = r.office.Answered(t.Context(), r.u, first.Package, meeting.AnswerAccepted, meeting.Text{}, receipt)
		r.ok(err)
	}
	m := r.get()
	if s := m.Sending(0); s.Receipt != receipt || !s.Settled() || len(m.Underway()) != 0 || m.Sent() {
		t.Errorf("%+v", s)
	}

	_, err = r.office.Pack(t.Context(), r.chair(), r.u, m.Papers[0].UUID, " ")
	r.refusedField(err, meeting.ErrCorrection, "why")
	_, err = r.office.Pack(t.Context(), r.chair(), r.u, m.Papers[0].UUID, "a\u200bb")
	r.refusedField(err, meeting.ErrCorrection, "why")
	second := r.made(0, "Thêm chữ ký của Trưởng ban")
	if p := packer.packed[1]; p.Corrects != first.Package || p.Why != "Thêm chữ ký của Trưởng ban" || second.Corrects != first.Package {
		t.Errorf("%+v", p)
	}
	if got := r.get().Sending(0).Package; got != first.Package {
		t.Errorf("%s counts before it was sent", got)
	}
	_, err = r.office.Send(t.Context(), r.chair(), r.u, first.Package, meeting.ByFile)
	r.refusedField(err, meeting.ErrState, "package")
	r.send(second.Package, meeting.ByHTTPS)
	if got := r.get().Sending(0).Package; got != second.Package {
		t.Errorf("%s counts", got)
	}
}

// What the superior keeps apart counts for nothing: its reason is kept, another
// needs none, and it may be offered again.
func TestSendApart(t *testing.T) {
	r, packer, courier := counted(t)
	r.signMinutes()
	first := r.made(0, "")
	r.send(first.Package, meeting.ByHTTPS)
	why := meeting.Text{Vi: "minutes.pdf đã bị sửa", En: "minutes.pdf was changed"}
	_, err := r.office.Answered(t.Context(), r.u, first.Package, meeting.AnswerApart, why, "")
	r.ok(err)
	m := r.get()
	if s := m.Sendings[0][0]; s.Refused != why || !s.Settled() || len(m.Underway()) != 0 || m.Sending(0) != nil {
		t.Errorf("%+v", s)
	}
	told := courier.told
	r.send(first.Package, meeting.ByHTTPS)
	if s := r.get().Sendings[0][0]; s.Refused != (meeting.Text{}) || len(r.get().Underway()) != 1 || courier.told == told {
		t.Errorf("%+v", s)
	}
	_, err = r.office.Answered(t.Context(), r.u, first.Package, meeting.AnswerApart, why, "")
	r.ok(err)
	r.made(0, "")
	if p := packer.packed[1]; p.Corrects != "" || p.Why != "" {
		t.Errorf("%+v", p)
	}
	_, err = r.office.Answered(t.Context(), r.u, "00", meeting.AnswerApart, why, "")
	if err == nil {
		t.Error("an answer about another package was taken")
	}
}

// A package that is carried as a file: handed over, and its receipt brought back.
func TestSendByFile(t *testing.T) {
	r, _, courier := counted(t)
	r.signMinutes()
	for i := range r.get().Papers {
		s := r.made(i, "")
		r.send(s.Package, meeting.ByFile)
	}
	m := r.get()
	if s := m.Sending(1); s.Sent != "2026-11-22" || s.By != meeting.ByFile || s.Settled() || courier.told != 0 {
		t.Errorf("%+v", s)
	}
	take := func(text string) error {
		_, err := r.office.TakeReceipt(t.Context(), secretary, r.u, []byte(text))
		return err
	}
	r.refusedField(take("x"), meeting.ErrReceipt, "file")
	r.refusedField(take("receipt khóa của cấp trên 00"), meeting.ErrReceipt, "file")
	r.refusedField(take(strings.Repeat("x", 65<<10)), meeting.ErrReceipt, "file")
	for i := range m.Papers {
		r.ok(take("receipt khóa của cấp trên " + m.Sending(i).Package))
		r.ok(take("receipt khóa của cấp trên " + m.Sending(i).Package))
	}
	if !r.get().Sent() {
		t.Errorf("%+v", r.get().Sendings)
	}
	_, err := r.office.Send(t.Context(), r.chair(), r.u, m.Sending(0).Package, "pigeon")
	r.ok(err) // settled already: nothing to do
}

func TestSendRefused(t *testing.T) {
	r, _, _ := counted(t)
	r.signMinutes()
	s := r.made(0, "")
	send := func(by string) error {
		_, err := r.office.Send(t.Context(), r.chair(), r.u, s.Package, by)
		return err
	}
	r.refusedField(send("pigeon"), meeting.ErrAssignment, "by")
	r.office.Courier = nil
	r.refusedField(send(meeting.ByHTTPS), meeting.ErrAssignment, "by")
	_, err := r.office.Send(t.Context(), secretary, r.u, s.Package, meeting.ByFile)
	r.refused(err, meeting.ErrRole)

	r = reach(t, meeting.Sealed)
	_, courier := r.inRound()
	a := someAssignment()
	a.URL, a.Key = "", ""
	r.assign(nil)
	r.assign(a)
	_, err = r.office.Notify(t.Context(), secretary, r.u, meeting.ByHTTPS)
	r.refusedField(err, meeting.ErrAssignment, "by")
	_, err = r.office.TakeReceipt(t.Context(), secretary, r.u, []byte("receipt  00"))
	r.refusedField(err, meeting.ErrReceipt, "file")
	if courier.told != 0 {
		t.Error("the courier was told")
	}
}

// A notice says how far this has come; the same is not made twice.
func TestNotify(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	packer, courier := r.inRound()
	notify := func() {
		t.Helper()
		_, err := r.office.Notify(t.Context(), secretary, r.u, meeting.ByHTTPS)
		r.ok(err)
	}
	notify()
	notify()
	p := packer.packed[0]
	if len(packer.packed) != 2 || packer.packed[1].Assignment.Group != "cap-uy" || !p.Notice || p.Planned != somePlan.Date || p.Voted != "" || p.Poll != "" || p.Assignment.Condition() != "2026-11-20" || courier.told == 0 {
		t.Errorf("%d, %+v", len(packer.packed), p)
	}
	n := r.get().Notices[0]
	other := r.get().Notices[1]
	if got := r.get().Underway(); len(got) != 2 || got[0].Package != n.Package {
		t.Errorf("%v", got)
	}
	_, err := r.office.Answered(t.Context(), r.u, n.Package, meeting.AnswerAccepted, meeting.Text{}, "whatever")
	r.ok(err)
	if n := r.get().Notices[0]; !n.Settled() || n.Receipt != "" || len(r.get().Underway()) != 1 {
		t.Errorf("%+v", n)
	}
	if content, err := r.office.PackageFile(t.Context(), secretary, r.u, n.Package); err != nil || !strings.HasPrefix(string(content), "package notice") {
		t.Errorf("%q, %v", content, err)
	}
	_, err = r.office.NoteBefore(t.Context(), secretary, r.u, "2026-11-21", nil)
	r.ok(err)
	notify()
	other = r.get().Notices[1]
	if len(packer.packed) != 4 || packer.packed[2].Assignment.Prepared != "2026-11-21" {
		t.Errorf("%d", len(packer.packed))
	}
	a := someAssignment()
	a.Group = "khac"
	r.assign(a)
	if n := r.get().Notices; len(n) != 1 || n[0].Package != other.Package {
		t.Errorf("the notice of another place stays, or that of the other paper does not: %+v", n)
	}
	voted, _, _ := counted(t)
	_, err = voted.office.Notify(t.Context(), secretary, voted.u, meeting.ByFile)
	voted.ok(err)
	if p := voted.office.Packer.(*fakePacker).packed[0]; p.Voted != somePlan.Date || p.Planned != "" {
		t.Errorf("%+v", p)
	}
	voted.abandon(voted.chair(), "Mất điện")
	voted.abandon(voted.member(1), "")
	voted.abandon(voted.member(2), "")
	_, err = voted.office.Notify(t.Context(), secretary, voted.u, meeting.ByFile)
	voted.refused(err, meeting.ErrState)
}

// The new version of an abandoned meeting keeps its place in the round, and its
// package corrects that of the abandoned one.
func TestNewVersionCorrects(t *testing.T) {
	r, packer, _ := counted(t)
	r.signMinutes()
	first := r.made(0, "")
	r.send(first.Package, meeting.ByFile)
	r.abandon(r.chair(), "Đếm nhầm")
	r.abandon(r.member(1), "")
	r.abandon(r.member(2), "")
	m, err := r.office.NewVersion(t.Context(), secretary, r.u)
	r.ok(err)
	if a := m.Plan.Assignment; a == nil || a.Round != roundName || len(m.Sendings) != 0 {
		t.Fatalf("%+v", m)
	}
	r.u = m.UUID
	r.attend(summoned, 0)
	r.makeKeys()
	r.makeSlips(printed)
	r.rehearse(1, 2)
	r.seal()
	r.approve()
	r.attend(summoned, present)
	r.bring(meeting.DeskUnissued, 7, 8, 9)
	r.open()
	r.castAll(0, 0, 1, 2, 3, 4, 5)
	r.close(1, 2)
	r.issued(present, 1, 2)
	for _, p := range r.get().Papers {
		r.sign(p.UUID, 1, 2)
		r.contribute(p.UUID, 1)
		r.contribute(p.UUID, 2)
	}
	r.signMinutes()
	_, err = r.office.Pack(t.Context(), r.chair(), r.u, r.get().Papers[0].UUID, "")
	r.refusedField(err, meeting.ErrCorrection, "why")
	r.made(0, "Lấy phiếu lại")
	if p := packer.packed[len(packer.packed)-1]; p.Corrects != first.Package {
		t.Errorf("%+v", p)
	}
}

// The limits of a round as a meeting meets them.
func TestDuties(t *testing.T) {
	r, _, _ := counted(t)
	m := r.get()
	a := m.Plan.Assignment
	say := func(today meeting.Date) string {
		var all []string
		for _, d := range meeting.Duties(m, today) {
			if d.ID == "vote" && strings.Contains(d.Text.Vi, "cấp ủy") {
				continue // of the second paper, without a limit
			}
			all = append(all, fmt.Sprintf("%s due %s done %s plan %s late %v warn %v off %v", d.ID, d.Due, d.Done, d.Plan, d.Late, d.Warn, d.DayOff))
			if d.Text.Vi == "" || d.Text.En == "" {
				t.Errorf("%+v", d)
			}
		}
		return strings.Join(all, "\n")
	}
	wants := func(today meeting.Date, want ...string) {
		t.Helper()
		if got := say(today); got != strings.Join(want, "\n") {
			t.Errorf("on %s:\n%s\nwant\n%s", today, got, strings.Join(want, "\n"))
		}
	}
	m.State, m.Plan.Date = meeting.Sealed, "2026-12-10" // not voted yet
	noSend := "send due  done  plan  late false warn false off false"
	wants("2026-11-28", "prepare due 2026-11-29 done  plan  late false warn false off true", "vote due 2026-12-30 done  plan 2026-12-10 late false warn false off false", noSend)
	wants("2026-11-29", "prepare due 2026-11-29 done  plan  late false warn true off true", "vote due 2026-12-30 done  plan 2026-12-10 late false warn false off false", noSend)
	wants("2026-11-30", "prepare due 2026-11-29 done  plan  late true warn false off true", "vote due 2026-12-30 done  plan 2026-12-10 late false warn false off false", noSend)
	a.Prepared = "2026-11-29"
	m.Plan.Date = "2026-12-31" // planned too late
	wants("2026-12-30", "prepare due 2026-11-29 done 2026-11-29 plan  late false warn false off true", "vote due 2026-12-30 done  plan 2026-12-31 late true warn false off false", noSend)
	m.State, m.Plan.Date = meeting.Tallied, "2026-12-11" // a Friday
	voted := "vote due 2026-12-30 done 2026-12-11 plan  late false warn false off false"
	prepared := "prepare due 2026-11-29 done 2026-11-29 plan  late false warn false off true"
	wants("2026-12-11", prepared, voted, "send due 2026-12-12 done  plan  late false warn true off true")
	wants("2026-12-13", prepared, voted, "send due 2026-12-12 done  plan  late true warn false off true")
	m.Sendings = [][]meeting.Sending{{{Package: "a", By: meeting.ByFile, Sent: "2026-12-12"}}, {{Package: "b", By: meeting.ByHTTPS}}}
	wants("2026-12-12", prepared, voted, "send due 2026-12-12 done  plan  late false warn true off true")
	m.Sendings[1][0].Sent = "2026-12-12"
	wants("2026-12-31", prepared, voted, "send due 2026-12-12 done 2026-12-12 plan  late false warn false off true")
	m.Plan.Assignment = nil
	wants("2026-12-31", "")
}

// The rail of a meeting in a round ends with the sending.
func TestRailOfRound(t *testing.T) {
	r, _, _ := counted(t)
	r.signMinutes()
	const before = "+plan +people +board +attendance +keys +slips +rehearsal +seal +meeting +voting +closing +tally +papers >signed >result "
	r.wantRail(before + ">sent")
	for i := range r.get().Papers {
		s := r.made(i, "")
		r.send(s.Package, meeting.ByHTTPS)
		r.wantRail(before + ">sent")
		_, err := r.office.Answered(t.Context(), r.u, s.Package, meeting.AnswerAccepted, meeting.Text{}, "receipt khóa của cấp trên "+s.Package)
		r.ok(err)
	}
	r.wantRail(before + "+sent")
}

// A paper that is in no round is not packed and not waited for.
func TestPaperInNoRound(t *testing.T) {
	r := reach(t, meeting.Sealed)
	r.inRound()
	a := *r.get().Plan.Assignment
	a.Papers = nil
	r.assign(&a)
	r.approve()
	r.attend(summoned, present)
	r.bring(meeting.DeskUnissued, 7, 8, 9)
	r.open()
	r.castAll(0, 0, 1, 2, 3, 4, 5)
	r.close(1, 2)
	r.issued(present, 1, 2)
	for _, p := range r.get().Papers {
		r.sign(p.UUID, 1, 2)
		r.contribute(p.UUID, 1)
		r.contribute(p.UUID, 2)
	}
	r.signMinutes()
	_, err := r.office.Pack(t.Context(), r.chair(), r.u, r.get().Papers[1].UUID, "")
	r.refusedField(err, meeting.ErrAssignment, "group")
	s := r.made(0, "")
	r.send(s.Package, meeting.ByFile)
	_, err = r.office.TakeReceipt(t.Context(), secretary, r.u, []byte("receipt khóa của cấp trên "+s.Package))
	r.ok(err)
	if m := r.get(); !m.Sent() || meeting.Duties(m, "2026-12-31")[2].Done == "" {
		t.Errorf("%+v", m.Sendings)
	}
}

// The groups of several papers: each its own, and what must come before any of
// them must come before all.
func TestAssignmentAdd(t *testing.T) {
	a, b := someAssignment(), someAssignment()
	a.Papers, b.Papers = nil, nil
	b.Group, b.Posts, b.Finish = "cap-uy", "Cấp ủy", meeting.Limit{Date: "2026-12-01"}
	b.Before = []meeting.Precondition{{Name: "Sơ kết 6 tháng"}, {Name: "Việc khác", Group: "khac"}}
	a.Add(nil)
	a.Add(b)
	if len(a.Before) != 3 || a.Before[2].Name != "Việc khác" {
		t.Errorf("%+v", a.Before)
	}
	if of := a.Of(0); of.Group != "con-lai" || len(of.Papers) != 0 {
		t.Errorf("%+v", of)
	}
	if of := a.Of(2); of.Group != "cap-uy" || of.Posts != "Cấp ủy" || of.Finish.Date != "2026-12-01" || of.Agency != a.Agency || of.Key != a.Key {
		t.Errorf("%+v", of)
	}
	if a.Of(1) != nil || a.Of(3) != nil || (*meeting.Assignment)(nil).Of(0) != nil {
		t.Error("a paper that is in no round has a place")
	}
}
