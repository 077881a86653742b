package round_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// TestReceiveRefuses what is not kept at all, whoever sends it.
func TestReceiveRefuses(t *testing.T) {
	d := newDesk(t)
	good := d.result("dang-uy", "lead", "a")
	changed := func(change func(*round.Claim)) []byte {
		v := good
		change(&v.Claim)
		return d.file(v)
	}
	before := d.head()
	for _, c := range []struct {
		name string
		file []byte
		want error
	}{
		{"no package", []byte("PK"), round.ErrPackage},
		{"too large", make([]byte, round.MaxPackage+1), round.ErrPackage},
		{"another round", changed(func(c *round.Claim) { c.Round = "22222222222222" }), round.ErrStranger},
		{"no such agency", changed(func(c *round.Claim) { c.Agency = "nobody" }), round.ErrStranger},
		{"no such group", changed(func(c *round.Claim) { c.Group = "nobody" }), round.ErrStranger},
		{"nothing expected of it", changed(func(c *round.Claim) { c.Group = "rest" }), round.ErrStranger},
	} {
		_, err := d.Receive(t.Context(), c.file, "https")
		if refusal := new(meeting.Refusal); !errors.Is(err, c.want) || !errors.As(err, &refusal) || refusal.What.Vi == "" || refusal.What.En == "" {
			t.Errorf("%s: %v, want %v with words", c.name, err, c.want)
		}
	}
	d.r.Closed = true
	_, err := d.SaveRound(t.Context(), officer, d.r)
	d.ok(err)
	_, err = d.receive(good)
	d.refused(err, round.ErrClosed)
	d.logs(before, "round.save")
	if list, err := d.Packages(t.Context(), officer, d.r.UUID); err != nil || len(list) != 0 {
		t.Errorf("%d packages, %v", len(list), err)
	}
}

// TestAccepted follows one package from its arrival to its receipt.
func TestAccepted(t *testing.T) {
	d := newDesk(t)
	before := d.head()
	v := d.result("dang-uy", "lead", "a", "Nguyễn Văn An")
	p, err := d.receive(v)
	d.ok(err)
	if p.Status != round.Checking || p.Entry != -1 || p.Receipt != "" || p.By != "https" || !p.Received.Equal(d.now) {
		t.Errorf("received as %+v", p)
	}
	d.work()
	p, err = d.Settled(t.Context(), p.Hash)
	d.ok(err)
	want := fmt.Sprintf("homphieu-receipt-v1\n%s\n%s\ndang-uy\nlead\n%s\nreceived 2023-08-06T03:00:00Z\nentry 0\n\n— superior signature\n",
		p.Hash, d.r.UUID, v.Claim.Poll)
	if p.Status != round.Accepted || p.Receipt != want {
		t.Errorf("%s with receipt\n%s\nwant\n%s", p.Status, p.Receipt, want)
	}
	if want := []string{"Đảng ủy Khối " + p.Hash}; !reflect.DeepEqual(d.log.entries, want) {
		t.Errorf("log has %q", d.log.entries)
	}
	poll, err := d.Poll(t.Context(), officer, p.Hash)
	d.ok(err)
	if poll.Agency != "dang-uy" || poll.Group != "lead" || poll.Package != p.Hash || len(poll.People) != 1 {
		t.Errorf("poll %+v", poll)
	}
	file, err := d.PackageFile(t.Context(), officer, p.Hash)
	d.ok(err)
	if !bytes.Equal(file, d.file(v)) {
		t.Error("the file is not what came")
	}
	standings, err := d.Follow(t.Context(), officer, d.r.UUID, "2023-08-06")
	d.ok(err)
	if s := standings[0]; s.Stage != round.StageSent || s.Package.Hash != p.Hash {
		t.Errorf("standing %+v", s)
	}
	d.logs(before, "package.received", "package.accepted")
}

// TestSameAgain: the same package gets the same answer, also when the round is
// over, and changes nothing.
func TestSameAgain(t *testing.T) {
	d := newDesk(t)
	v := d.result("dang-uy", "lead", "a")
	first, err := d.receive(v)
	d.ok(err)
	d.now = d.now.Add(time.Hour)
	again, err := d.receive(v)
	d.ok(err)
	if again.Status != round.Checking || !again.Received.Equal(first.Received) {
		t.Errorf("while it waits: %+v", again)
	}
	d.work()
	first = d.send(v)
	d.r.Closed = true
	_, err = d.SaveRound(t.Context(), officer, d.r)
	d.ok(err)
	before := d.head()
	for range 2 {
		again, err := d.receive(v)
		d.ok(err)
		if !reflect.DeepEqual(again, first) {
			t.Errorf("%+v\nwant\n%+v", again, first)
		}
		d.open()
	}
	d.logs(before)
	if len(d.log.entries) != 1 {
		t.Errorf("log has %q", d.log.entries)
	}
}

// TestApart keeps what does not hold, with the reason.
func TestApart(t *testing.T) {
	d := newDesk(t)
	d.work()
	for i, c := range []struct {
		name   string
		change func(v *content)
		want   string
	}{
		{"refused", func(v *content) { v.Refuse = "sai lệch shares.json" }, "sai lệch shares.json"},
		{"panic", func(v *content) { v.Panic = true }, "an archive with a mistake in it"},
		{"another error", func(v *content) { v.Fail = true }, "something else"},
		{"another poll", func(v *content) { v.Poll.Election = "22222222222222" }, "22222222222222"},
		{"another day", func(v *content) { v.Poll.Voted = "2023-08-01" }, "2023-08-01"},
		{"held after it came", func(v *content) { v.Claim.Voted, v.Poll.Voted = "2023-08-07", "2023-08-07" }, "sau ngày nhận"},
		{"another rule set", func(v *content) { v.Poll.RuleSet = meeting.RuleSetNQ96 }, meeting.RuleSetNQ96},
		{"corrects nothing", func(v *content) { v.Claim.Supersedes, v.Claim.Why = keyOf("x"), "sửa" }, "chưa có gói nào"},
	} {
		v := d.result("dang-uy", "lead", fmt.Sprint("bad", i), "An")
		c.change(&v)
		before := d.head()
		p := d.send(v)
		if p.Status != round.Apart || !strings.Contains(p.Reason.Vi, c.want) || p.Reason.En == "" || p.Receipt != "" {
			t.Errorf("%s: %+v", c.name, p)
		}
		_, err := d.Poll(t.Context(), officer, p.Hash)
		d.refused(err, round.ErrNoPackage)
		d.logs(before, "package.received", "package.apart")
	}
	if len(d.log.entries) != 0 {
		t.Errorf("log has %q", d.log.entries)
	}
	d.status(d.send(d.result("dang-uy", "lead", "good", "An")), round.Accepted)
}

// TestCorrections lets packages correct others, as may be and as may not.
func TestCorrections(t *testing.T) {
	d := newDesk(t)
	d.work()
	first := d.send(d.result("so-noi-vu", "lead", "a", "An"))
	d.status(first, round.Accepted)
	other := d.send(d.result("so-noi-vu", "rest", "other", "Bình"))
	d.status(other, round.Accepted)
	for _, c := range []struct {
		name string
		v    content
		want string
	}{
		{"same poll again", d.result("so-noi-vu", "lead", "a again"), "gói đính chính"},
		{"another poll", d.result("so-noi-vu", "lead", "b"), "cuộc bỏ phiếu khác"},
		{"without reason", d.result("so-noi-vu", "lead", "a bare").correcting(first.Hash, "  "), "lý do"},
		{"one of another group", d.result("so-noi-vu", "lead", "a astray").correcting(other.Hash, "sửa"), "đang được tính"},
		{"one that is not here", d.result("so-noi-vu", "lead", "a lost").correcting(keyOf("x"), "sửa"), "đang được tính"},
	} {
		checks := len(d.checker.verified)
		if p := d.send(c.v); p.Status != round.Apart || !strings.Contains(p.Reason.Vi, c.want) {
			t.Errorf("%s: %s, %q", c.name, p.Status, p.Reason.Vi)
		}
		if len(d.checker.verified) != checks {
			t.Errorf("%s: was checked for nothing", c.name)
		}
		d.status(first, round.Accepted)
	}
	second := d.send(d.result("so-noi-vu", "lead", "a corrected", "An").correcting(first.Hash, "sai ngày"))
	d.status(second, round.Accepted)
	if p := d.status(first, round.Superseded); p.SupersededBy != second.Hash || p.Receipt == "" {
		t.Errorf("corrected: %+v", p)
	}
	if _, err := d.PackageFile(t.Context(), officer, first.Hash); err != nil {
		t.Errorf("the file of what was corrected: %v", err)
	}
	stale := d.send(d.result("so-noi-vu", "lead", "a late", "An").correcting(first.Hash, "sửa"))
	d.status(stale, round.Apart)
	third := d.send(d.result("so-noi-vu", "lead", "new", "An").correcting(second.Hash, "bỏ phiếu lại sau khi hủy"))
	d.status(third, round.Accepted)
	d.status(second, round.Superseded)
	c, err := d.Consolidate(t.Context(), officer, d.r.UUID, d.now)
	d.ok(err)
	var counts []string
	for _, section := range c.Sections {
		for _, a := range section.Agencies {
			for _, p := range a.Polls {
				counts = append(counts, p.Name)
			}
		}
	}
	if want := []string{"new", "other"}; !reflect.DeepEqual(counts, want) {
		t.Errorf("counted %q, want %q", counts, want)
	}
}

// TestPapers: of a meeting with several ballot papers each has a package, and the
// result is there when all are.
func TestPapers(t *testing.T) {
	d := newDesk(t)
	d.work()
	one := func(name, meetingName string, papers int, person string) content {
		v := d.result("so-noi-vu", "lead", name, person)
		v.Claim.Meeting, v.Claim.Papers = pollOf(meetingName), papers
		return v
	}
	stage := func(want round.Stage, here int) {
		t.Helper()
		list, err := d.Follow(t.Context(), officer, d.r.UUID, "2023-08-07")
		d.ok(err)
		for _, s := range list {
			if s.Agency.ID == "so-noi-vu" && s.Group.ID == "lead" && (s.Stage != want || s.Here != here) {
				t.Errorf("%s with %d of %d, want %s with %d", s.Stage, s.Here, s.Papers, want, here)
			}
		}
	}
	first := d.send(one("a", "m", 2, "An"))
	d.status(first, round.Accepted)
	stage(round.StagePart, 1)
	for name, v := range map[string]content{
		"of another meeting":       one("x", "other", 2, "Chi"),
		"with another number":      one("y", "m", 3, "Chi"),
		"instead of another paper": one("z", "m", 2, "Chi").correcting(first.Hash, "sửa"),
	} {
		if p := d.send(v); p.Status != round.Apart {
			t.Errorf("%s: %s", name, p.Status)
		}
	}
	second := d.send(one("b", "m", 2, "Bình"))
	d.status(second, round.Accepted)
	stage(round.StageSent, 2)
	if p := d.send(one("c", "m", 2, "Chi")); p.Status != round.Apart || !strings.Contains(p.Reason.Vi, "2 phiếu") {
		t.Errorf("a third of two: %s %q", p.Status, p.Reason.Vi)
	}
	d.status(d.send(one("b", "m", 2, "Bình").correcting(second.Hash, "sửa")), round.Accepted)
	d.status(first, round.Accepted)
	stage(round.StageSent, 2)
}

// TestHeldAgain: a vote that is held again in another meeting replaces all papers
// of the meeting before, whichever of its own papers comes first, and nobody is
// counted twice.
func TestHeldAgain(t *testing.T) {
	paper := func(d *desk, name, of string, papers int, person string) content {
		v := d.result("so-noi-vu", "lead", name, person)
		v.Claim.Meeting = pollOf(of)
		if papers > 1 {
			v.Claim.Papers = papers
		}
		return v
	}
	for name, again := range map[string]func(d *desk, first, second *round.Package) []content{
		"on one paper for all": func(d *desk, first, _ *round.Package) []content {
			return []content{paper(d, "c", "n", 1, "An").correcting(first.Hash, "bỏ phiếu lại")}
		},
		"on two papers, one of which says so": func(d *desk, _, second *round.Package) []content {
			return []content{paper(d, "c", "n", 2, "An").correcting(second.Hash, "bỏ phiếu lại"), paper(d, "e", "n", 2, "Bình")}
		},
		"on two papers, each for one": func(d *desk, first, second *round.Package) []content {
			return []content{paper(d, "c", "n", 2, "An").correcting(first.Hash, "bỏ phiếu lại"), paper(d, "e", "n", 2, "Bình").correcting(second.Hash, "bỏ phiếu lại")}
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.work()
			first := d.send(paper(d, "a", "m", 2, "An"))
			second := d.send(paper(d, "b", "m", 2, "Bình"))
			d.status(second, round.Accepted)
			last := ""
			for _, v := range again(d, first, second) {
				p := d.send(v)
				d.status(p, round.Accepted)
				last = cmp.Or(last, p.Hash)
				for _, old := range []*round.Package{first, second} {
					if got := d.status(old, round.Superseded); got.SupersededBy != last {
						t.Errorf("replaced by %s, want %s", got.SupersededBy, last)
					}
				}
			}
			polls, err := d.Store.Polls(t.Context(), d.r.UUID)
			d.ok(err)
			if len(polls) != len(again(d, first, second)) {
				t.Errorf("%d polls count", len(polls))
			}
			// what was replaced is no reason for a third
			stale := d.send(paper(d, "f", "o", 1, "Chi").correcting(first.Hash, "sửa"))
			d.status(stale, round.Apart)
			d.ok(d.store.Check(t.Context()))
		})
	}
}

// TestPollOfAnother: one poll counts for one agency and group.
func TestPollOfAnother(t *testing.T) {
	d := newDesk(t)
	d.work()
	d.status(d.send(d.result("dang-uy", "lead", "a", "An")), round.Accepted)
	p := d.send(d.result("so-noi-vu", "lead", "a taken", "An"))
	if p.Status != round.Apart || !strings.Contains(p.Reason.Vi, "dang-uy") {
		t.Errorf("%s %q", p.Status, p.Reason.Vi)
	}
}

// TestThirdPlace: a person in a third place is not taken, with who and where.
func TestThirdPlace(t *testing.T) {
	d := newDesk(t)
	_, err := d.ConfirmKey(t.Context(), officer, "so-y-te", keyOf("so-y-te"))
	d.ok(err)
	d.work()
	d.status(d.send(d.result("dang-uy", "lead", "a", "Nguyễn Văn An", "Lê Bình")), round.Accepted)
	at := func(agency, group, name, place string) content {
		v := d.result(agency, group, name, "Nguyễn Văn An")
		v.Poll.Places = [][]string{{place}}
		return v
	}
	d.status(d.send(at("so-noi-vu", "lead", "b", "Đảng ủy Khối")), round.Accepted)
	p := d.send(at("so-y-te", "rest", "c", "Đảng ủy Khối"))
	if p.Status != round.Apart || !strings.Contains(p.Reason.Vi, "Nguyễn Văn An") || !strings.Contains(p.Reason.Vi, "Sở Nội vụ") {
		t.Fatalf("%s %q", p.Status, p.Reason.Vi)
	}
	// a correction of one of the two does not count beside it
	first, err := d.Packages(t.Context(), officer, d.r.UUID)
	d.ok(err)
	d.status(d.send(at("so-noi-vu", "lead", "b corrected", "Đảng ủy Khối").correcting(first[1].Hash, "sửa")), round.Accepted)
	// without the person there, there is room
	d.status(d.send(d.result("dang-uy", "lead", "a corrected", "Lê Bình").correcting(first[0].Hash, "ghi nhầm người")), round.Accepted)
	d.ok(d.Recheck(t.Context(), officer, p.Hash))
	p, err = d.Settled(t.Context(), p.Hash)
	d.ok(err)
	d.status(p, round.Accepted)
	if p.Reason != (meeting.Text{}) {
		t.Errorf("counts with the reason %q", p.Reason.Vi)
	}
}

// TestNotices are taken at once, the latest counts, and they have no receipt.
func TestNotices(t *testing.T) {
	d := newDesk(t)
	notice := func(agency, name string, made time.Duration, prepared, planned meeting.Date) content {
		v := d.result(agency, "lead", name)
		v.Claim.Kind, v.Claim.Poll, v.Claim.Voted, v.Poll = round.KindNotice, "", "", nil
		v.Claim.Made, v.Claim.Prepared, v.Claim.Planned = d.now.Add(made), prepared, planned
		return v
	}
	before := d.head()
	first, err := d.receive(notice("dang-uy", "first", 0, "2023-07-20", "2023-08-10"))
	d.ok(err)
	d.status(first, round.Accepted)
	second, err := d.receive(notice("dang-uy", "second", time.Hour, "2023-07-20", "2023-08-12"))
	d.ok(err)
	d.status(second, round.Accepted)
	d.status(first, round.Superseded)
	late, err := d.receive(notice("dang-uy", "late", time.Minute, "2023-07-20", "2023-08-01"))
	d.ok(err)
	d.status(late, round.Apart)
	d.logs(before, "package.notice", "package.notice", "package.apart")
	standings, err := d.Follow(t.Context(), officer, d.r.UUID, "2023-07-21")
	d.ok(err)
	if s := standings[0]; s.Stage != round.StagePrepared || s.Known.Planned != "2023-08-12" || s.Package != nil {
		t.Errorf("standing %+v", s)
	}
	if len(d.log.entries) != 0 || second.Receipt != "" || len(d.checker.verified) != 0 {
		t.Errorf("log %q, receipt %q", d.log.entries, second.Receipt)
	}
}

// TestHeldIsBounded: as long as a key is not confirmed, strangers cannot fill the
// disk.
func TestHeldIsBounded(t *testing.T) {
	d := newDesk(t)
	var kept int
	for i := range 20 {
		_, err := d.receive(d.result("so-y-te", "rest", fmt.Sprint("p", i)))
		if err != nil {
			d.refused(err, round.ErrFull)
			if !strings.Contains(err.Error(), "Sở Y tế") {
				t.Errorf("%v does not say whose", err)
			}
			break
		}
		kept++
	}
	if kept != 8 {
		t.Errorf("%d are held", kept)
	}
	if p, err := d.receive(d.result("so-y-te", "rest", "p0")); err != nil || p.Status != round.Held {
		t.Errorf("one that is there already: %v", err)
	}
	if _, err := d.receive(d.result("dang-uy", "lead", "a")); err != nil {
		t.Errorf("another agency's: %v", err)
	}
}

// TestStrangersCannotLockOut: whatever somebody else sends in an agency's name
// before its key is confirmed, the agency's key is found by its digits, and its
// package is taken afterwards.
func TestStrangersCannotLockOut(t *testing.T) {
	forged := func(d *desk, kind string, i int) content {
		v := d.result("so-y-te", "rest", fmt.Sprint("forged ", kind, i), "An")
		v.Claim.Key, v.Claim.Kind = keyOf("stranger"), kind
		return v
	}
	for name, before := range map[string]func(d *desk, own content){
		"notices": func(d *desk, _ content) {
			for i := range 30 {
				if _, err := d.receive(forged(d, round.KindNotice, i)); (err == nil) != (i < 8) {
					d.Errorf("notice %d: %v", i, err)
				}
			}
		},
		"results": func(d *desk, _ content) {
			for i := range 8 {
				_, err := d.receive(forged(d, round.KindResult, i))
				d.ok(err)
			}
		},
		"its own package under another key": func(d *desk, own content) {
			own.Claim.Key = keyOf("stranger")
			_, err := d.receive(own)
			d.ok(err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.work()
			own := d.result("so-y-te", "rest", "own", "An")
			before(d, own)
			p, err := d.receive(own)
			switch name {
			case "notices":
				d.ok(err)
				d.status(p, round.Held)
			case "results":
				d.refused(err, round.ErrFull)
			default:
				d.ok(err)
			}
			_, err = d.ConfirmKey(t.Context(), officer, "so-y-te", round.KeyDigits(keyOf("so-y-te")))
			d.ok(err)
			d.status(d.send(own), round.Accepted)
		})
	}
}

// TestKeysOfStrangersAreBounded: of packages that are not kept so many keys are
// remembered, the last, and nothing is logged.
func TestKeysOfStrangersAreBounded(t *testing.T) {
	d := newDesk(t)
	before := d.head()
	for i := range 30 {
		v := d.result("dang-uy", "lead", fmt.Sprint("p", i))
		v.Claim.Key = keyOf(fmt.Sprint("stranger", i))
		_, err := d.receive(v)
		d.refused(err, round.ErrKey)
		// The digits are those that officers confirm and pages show.
		if !strings.Contains(err.Error(), round.KeyDigits(v.Claim.Key)) {
			t.Errorf("%v does not name the key by its digits", err)
		}
	}
	d.logs(before, "round.key-refused")
	for i, want := range map[int]error{1: round.ErrAgency, 9: round.ErrAgency, 10: nil, 29: nil} {
		_, err := d.ConfirmKey(t.Context(), officer, "dang-uy", round.KeyDigits(keyOf(fmt.Sprint("stranger", i))))
		if !errors.Is(err, want) {
			t.Errorf("%d: %v, want %v", i, err, want)
		}
	}
}

// TestHeldOfAllIsBounded: nor can they in the names of many agencies, in another
// round, or with copies.
func TestHeldOfAllIsBounded(t *testing.T) {
	for name, fill := range map[string]func(*round.Package){
		"a file": func(p *round.Package) { p.Size = 2 << 30 },
		"copies": func(p *round.Package) { p.EarlierSize = 2 << 30 },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			p, err := d.receive(d.result("so-y-te", "rest", "p"))
			d.ok(err)
			fill(p)
			entries, err := d.store.Entries(t.Context(), "", -1, 1)
			d.ok(err)
			d.ok(d.Store.SavePackages(t.Context(), []*round.Package{p}, nil, entries[0].Draft))
			_, err = d.receive(d.result("so-y-te", "rest", "q"))
			d.refused(err, round.ErrFull)
			other := *d.r
			other.UUID, other.Title = "", "Đợt khác"
			r, err := d.SaveRound(t.Context(), officer, &other)
			d.ok(err)
			elsewhere := d.result("so-y-te", "rest", "r")
			elsewhere.Claim.Round = r.UUID
			_, err = d.receive(elsewhere)
			d.refused(err, round.ErrFull)
			if _, err := d.receive(d.result("dang-uy", "lead", "a")); err != nil {
				t.Errorf("of an agency whose key is confirmed: %v", err)
			}
		})
	}
}

// TestHeldCopiesAreBounded: of what is held one other copy is kept, and the space
// of both counts.
func TestHeldCopiesAreBounded(t *testing.T) {
	d := newDesk(t)
	files := map[string]bool{}
	var p *round.Package
	for i := range 5 {
		v := d.result("so-y-te", "rest", "a", "An")
		v.Refuse = fmt.Sprint("hỏng ", i)
		var err error
		p, err = d.receive(v)
		d.ok(err)
		files[p.File] = true
	}
	if len(files) != 2 || len(p.Earlier) != 1 || p.EarlierSize == 0 {
		t.Errorf("%d copies are kept: %+v", len(files), p)
	}
	_, err := d.ConfirmKey(t.Context(), officer, "so-y-te", keyOf("so-y-te"))
	d.ok(err)
	d.work()
	p, err = d.Settled(t.Context(), p.Hash)
	d.ok(err)
	d.status(p, round.Apart)
	d.status(d.send(d.result("so-y-te", "rest", "a", "An")), round.Accepted)
}

// TestDamagedAfterwards: a damaged copy that comes after the sound one, while both
// are held, does no harm; one under another key is not looked at.
func TestDamagedAfterwards(t *testing.T) {
	d := newDesk(t)
	sound := d.result("so-y-te", "rest", "a", "An")
	first, err := d.receive(sound)
	d.ok(err)
	damaged := sound
	damaged.Refuse = "hỏng"
	p, err := d.receive(damaged)
	d.ok(err)
	if p.File == first.File {
		t.Fatal("the damaged copy was not kept")
	}
	_, err = d.ConfirmKey(t.Context(), officer, "so-y-te", keyOf("so-y-te"))
	d.ok(err)
	d.work()
	p, err = d.Settled(t.Context(), p.Hash)
	d.ok(err)
	if p.Status != round.Accepted || p.File != first.File || p.Size != first.Size || len(p.Earlier) != 1 || p.EarlierSize != len(d.file(damaged)) {
		t.Errorf("%+v", p)
	}
	d.ok(d.store.Check(t.Context()))
}

// TestForgedCopyDoesNotCount: what somebody else signed is not taken for the
// agency's because its own copy is damaged.
func TestForgedCopyDoesNotCount(t *testing.T) {
	d := newDesk(t)
	forged := d.result("so-y-te", "rest", "a", "An")
	forged.Claim.Key = keyOf("stranger")
	_, err := d.receive(forged)
	d.ok(err)
	_, err = d.ConfirmKey(t.Context(), officer, "so-y-te", keyOf("so-y-te"))
	d.ok(err)
	d.work()
	damaged := d.result("so-y-te", "rest", "a", "An")
	damaged.Refuse = "hỏng"
	if p := d.send(damaged); p.Status != round.Apart || p.Reason.Vi != "hỏng" || len(p.Earlier) != 1 {
		t.Errorf("%+v", p)
	}
}

// TestPackagesAreBounded: also of an agency whose key is confirmed not more is
// kept than anybody could look through.
func TestPackagesAreBounded(t *testing.T) {
	d := newDesk(t)
	for i := range 60 {
		_, err := d.receive(d.result("so-noi-vu", "lead", fmt.Sprint("p", i)))
		d.ok(err)
	}
	_, err := d.receive(d.result("so-noi-vu", "lead", "one more"))
	d.refused(err, round.ErrFull)
	_, err = d.receive(d.result("so-noi-vu", "rest", "other group"))
	d.ok(err)
}

// TestDamagedOnItsWay: what a package is called is the hash of its manifest, so
// that a damaged copy has the name of the sound one, which takes its place. Both
// files stay.
func TestDamagedOnItsWay(t *testing.T) {
	for _, confirmed := range []bool{true, false} {
		d := newDesk(t)
		agency := map[bool]string{true: "so-noi-vu", false: "so-y-te"}[confirmed]
		sound := d.result(agency, "rest", "a", "An")
		damaged := sound
		damaged.Refuse = "hỏng"
		p, err := d.receive(damaged)
		d.ok(err)
		if confirmed {
			d.work()
			if p, err = d.Settled(t.Context(), p.Hash); err != nil || p.Status != round.Apart {
				t.Fatalf("%+v, %v", p, err)
			}
		}
		d.now = d.now.Add(time.Hour)
		again, err := d.receive(damaged)
		d.ok(err)
		if !reflect.DeepEqual(again, p) {
			t.Errorf("the damaged copy again: %+v", again)
		}
		p, err = d.receive(sound)
		d.ok(err)
		if !confirmed {
			d.status(p, round.Held)
			_, err := d.ConfirmKey(t.Context(), officer, agency, keyOf(agency))
			d.ok(err)
			d.work()
		}
		again, err = d.Settled(t.Context(), p.Hash)
		d.ok(err)
		if again.Status != round.Accepted || !again.Received.Equal(d.now) || len(again.Earlier) != 1 || again.Reason.Vi != "" {
			t.Errorf("the sound copy: %+v", again)
		}
		list, err := d.Packages(t.Context(), officer, d.r.UUID)
		d.ok(err)
		if len(list) != 1 {
			t.Errorf("%d packages", len(list))
		}
		if _, err := d.Store.File(t.Context(), again.Earlier[0]); err != nil {
			t.Errorf("the damaged file: %v", err)
		}
		if p, err := d.receive(damaged); err != nil || p.Status != round.Accepted {
			t.Errorf("the damaged copy once more: %+v, %v", p, err)
		}
		d.ok(d.store.Check(t.Context()))
	}
}

// TestCopiesAreBounded: a package that never holds is kept in so many copies.
func TestCopiesAreBounded(t *testing.T) {
	d := newDesk(t)
	d.work()
	copies := map[string]bool{}
	for i := range 14 {
		v := d.result("dang-uy", "lead", "a", "An")
		v.Refuse = fmt.Sprint("hỏng ", i)
		copies[d.send(v).File] = true
	}
	if len(copies) != 11 {
		t.Errorf("%d copies are kept", len(copies))
	}
}

// TestForgedBefore: somebody signs an agency's package with another key and sends
// it first. The agency's own takes its place, and nothing takes that of the
// agency's.
func TestForgedBefore(t *testing.T) {
	d := newDesk(t)
	forged := d.result("so-y-te", "rest", "a", "An")
	forged.Claim.Key = keyOf("stranger")
	p, err := d.receive(forged)
	d.ok(err)
	d.status(p, round.Held)
	own := d.result("so-y-te", "rest", "a", "An")
	if p, err := d.receive(own); err != nil || p.Key != keyOf("stranger") {
		t.Fatalf("before anybody confirmed a key: %+v, %v", p, err)
	}
	_, err = d.ConfirmKey(t.Context(), officer, "so-y-te", keyOf("so-y-te"))
	d.ok(err)
	d.status(p, round.Apart)
	d.work()
	p = d.send(own)
	d.status(p, round.Accepted)
	again, err := d.receive(forged)
	d.ok(err)
	if again.Key != keyOf("so-y-te") || again.Status != round.Accepted {
		t.Errorf("%+v", again)
	}
}
