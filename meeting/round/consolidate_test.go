package round_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// asOf is when consolidations of these tests are made: 5 September 2023 in
// Vietnam.
var asOf = time.Date(2023, 9, 4, 20, 0, 0, 0, time.UTC)

// input is what a store has of the letter's round with these polls, each of an
// accepted package that came in time.
func input(t testing.TB, polls ...*round.Poll) round.ConsolidateInput {
	t.Helper()
	r, d := letter(t)
	for i := range d.Agencies {
		d.Agencies[i].Contact, d.Agencies[i].Key = "Đ/c Liên, 0263 000 000", strings.Repeat("0", 64)
	}
	in := round.ConsolidateInput{Round: r, Directory: d, Polls: polls, AsOf: asOf}
	for _, p := range polls {
		in.Packages = append(in.Packages, parcel(t, p.Package, p.Agency, p.Group, p.Voted, string(p.Voted)+" 17:00", round.Accepted))
	}
	return in
}

// rows writes the table: "1 agency An 3/5/1/1 …".
func rows(c *round.Consolidation) (list []string) {
	for _, section := range c.Sections {
		for _, a := range section.Agencies {
			for _, p := range a.Polls {
				for _, row := range p.Rows {
					list = append(list, fmt.Sprintf("%d %s %s %s %d/%d/%d/%d %s", row.Number, a.Agency.ID, p.Posts.ID, row.Name,
						row.High.Votes, row.Confidence.Votes, row.Low.Votes, row.Invalid, row.Level))
				}
			}
		}
	}
	return list
}

// TestConsolidate: by kind of agency, agency, group and ballot order; who is
// elsewhere, exempt, late, missing and excused.
func TestConsolidate(t *testing.T) {
	district2 := ballotOf(3, district, "khac", who{"Bùi Thị Hoa", "Chánh Văn phòng", nil})
	leaders := ballotOf(2, district, "cap-uy", who{"Đặng An", "Bí thư", []string{"Văn phòng Tỉnh ủy"}}, who{"Cao Bình", "Phó Bí thư", []string{"HĐND xã"}})
	office := ballotOf(1, "van-phong-tinh-uy", "khac", who{"Đặng An", "Phó Chánh Văn phòng", nil})
	peasants := ballotOf(0, "hoi-nong-dan-tinh", "khac", who{"Võ Thị Út", "Chủ tịch", nil})
	retired := meeting.Person{ID: "x", Name: "Trần Ân", Post: "Phó Chủ tịch", Exempt: "retirement_notice", Documents: []meeting.Document{{Kind: "report"}}}
	peasants.Exempt = []meeting.Person{retired, {Name: "Lê Mới", Post: "Phó Chủ tịch", Exempt: "appointed_in_year"}}
	again := ballotOf(4, "hoi-nong-dan-tinh", "khac", who{"Mai Lan", "", nil})
	again.Exempt, again.Voted = []meeting.Person{retired}, "2023-08-10"

	in := input(t, again, district2, leaders, office, peasants)
	in.Packages[2].Received = in.Packages[2].Received.AddDate(0, 0, 5) // leaders came late
	superseded := ballotOf(5, publicity, "khac", who{"Không tính", "", nil})
	in.Polls = append(in.Polls, superseded)
	in.Packages = append(in.Packages, parcel(t, superseded.Package, publicity, "khac", "2023-08-02", "2023-08-03 08:00", round.Apart))
	in.Known = []round.Progress{
		{Expected: round.Expected{Agency: council, Group: "hdnd-bau"}, Voted: "2023-07-14", Done: "nghị quyết xác nhận", By: "Đ/c Thư"},
		{Expected: round.Expected{Agency: "hoi-phu-nu-tinh", Group: "khac"}, Excused: "chưa kiện toàn", By: "Đ/c Thư"},
	}
	for _, p := range in.Round.Expected {
		if p.Group == "khac" && p.Agency != "hoi-phu-nu-tinh" || p.Agency == district {
			in.Known = append(in.Known, round.Progress{Expected: p, Prepared: "2023-07-01"})
		}
	}
	c := round.Consolidate(in)
	want := []string{
		"1 van-phong-tinh-uy khac Đặng An 1/8/0/1 ", "2 hoi-nong-dan-tinh khac Võ Thị Út 0/9/0/1 ", "3 hoi-nong-dan-tinh khac Mai Lan 4/5/0/1 ",
		"4 huyen-uy-dong-xanh cap-uy Đặng An 2/7/0/1 ", "5 huyen-uy-dong-xanh cap-uy Cao Bình 3/6/0/1 ", "6 huyen-uy-dong-xanh khac Bùi Thị Hoa 3/6/0/1 ",
	}
	if got := rows(c); !slices.Equal(got, want) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	if len(c.Sections) != 3 || c.Sections[0].Kind != "Văn phòng Tỉnh ủy" || len(c.Sections[2].Agencies[0].Polls) != 2 || c.Rules.ID != meeting.RuleSetReg96 || c.Suppressed+c.MinGroup > 0 {
		t.Errorf("%+v", c)
	}
	row := func(section, poll, i int) *round.Row { return &c.Sections[section].Agencies[0].Polls[poll].Rows[i] }
	if got := row(0, 0, 0).Elsewhere; !slices.Equal(got, []string{"Ban Thường vụ Huyện ủy Đồng Xanh, Bí thư"}) {
		t.Errorf("%q", got)
	}
	if got := row(2, 0, 0).Elsewhere; !slices.Equal(got, []string{"Văn phòng Tỉnh ủy, Phó Chánh Văn phòng"}) {
		t.Errorf("%q", got)
	}
	if got := row(2, 0, 1).Elsewhere; !slices.Equal(got, []string{"HĐND xã"}) {
		t.Errorf("what the agency named: %q", got)
	}
	if got := places(c.Twice, nil); !slices.Equal(got, []string{"Đặng An: van-phong-tinh-uy+huyen-uy-dong-xanh declared"}) || c.Twice[0].At[1].Result != leaders.People[0] {
		t.Errorf("%q", got)
	}
	if len(c.Exempt) != 2 || c.Exempt[0].Person.Name != "Trần Ân" || c.Exempt[0].Reason.Vi != "Đã có thông báo nghỉ công tác chờ nghỉ hưu" || c.Exempt[0].Person.ID != "" || c.Exempt[0].Person.Documents != nil || c.Exempt[1].Reason.Vi != "Được bầu, bổ nhiệm trong năm lấy phiếu" {
		t.Errorf("%+v", c.Exempt)
	}
	listed := func(list []round.Standing) (s []string) {
		for _, x := range list {
			if x.Agency.Contact != "" {
				t.Errorf("contact of %s", x.Agency.ID)
			}
			s = append(s, x.Agency.ID+" "+x.Group.ID)
		}
		return s
	}
	if got := listed(c.Excused); !slices.Equal(got, []string{"dang-doan-hdnd-tinh hdnd-bau", "hoi-phu-nu-tinh khac"}) {
		t.Errorf("excused %q", got)
	}
	if got := listed(c.Late); !slices.Equal(got, []string{"huyen-uy-dong-xanh cap-uy"}) || c.Late[0].LateBy()[0].ID != round.RuleSend {
		t.Errorf("late %q", got)
	}
	if got := listed(c.Missing); len(got) != 17-2-4 || got[0] != publicity+" khac" || c.Missing[0].Stage != round.StageApart || !c.Missing[0].Late() {
		t.Errorf("missing %q", got)
	}
}

// TestConsolidateTwice: a poll that is there twice, or of another package, counts
// once or not at all.
func TestConsolidateTwice(t *testing.T) {
	p := ballotOf(0, publicity, "khac", who{"An", "", nil})
	in := input(t, p)
	in.Polls = append(in.Polls, p, ballotOf(1, publicity, "khac", who{"Bình", "", nil}))
	if got := rows(round.Consolidate(in)); !slices.Equal(got, []string{"1 ban-tuyen-giao-tinh-uy khac An 0/9/0/1 "}) {
		t.Errorf("%q", got)
	}
	in.Directory.Agencies = in.Directory.Agencies[1:]
	if got := rows(round.Consolidate(in)); !slices.Equal(got, []string{"1 ban-tuyen-giao-tinh-uy khac An 0/9/0/1 "}) {
		t.Errorf("of an agency that the directory has no more: %q", got)
	}
}

// TestLevels: the thresholds in integers of each poll's own base, and only for who
// may see them.
func TestLevels(t *testing.T) {
	for _, c := range []struct {
		base, low int
		level     meeting.Group
	}{
		{48, 24, meeting.GroupNone}, {48, 25, meeting.GroupMid}, {48, 31, meeting.GroupMid}, {48, 32, meeting.GroupHigh},
		{47, 23, meeting.GroupNone}, {47, 24, meeting.GroupMid}, {47, 31, meeting.GroupMid}, {47, 32, meeting.GroupHigh},
		{150, 99, meeting.GroupMid}, {150, 100, meeting.GroupHigh}, {0, 0, meeting.GroupNone},
	} {
		p := ballotOf(0, publicity, "khac", who{"An", "", nil})
		p.Base, p.Collected, p.People[0].Low.Votes = c.base, c.base, c.low
		in := input(t, p)
		in.Levels = true
		if got := round.Consolidate(in).Sections[0].Agencies[0].Polls[0].Rows[0].Level; got != c.level {
			t.Errorf("%d of %d: %q, want %q", c.low, c.base, got, c.level)
		}
		in.Public = true
		if got := round.Consolidate(in).Sections[0].Agencies[0].Polls[0].Rows[0].Level; got != "" {
			t.Errorf("everybody sees %q", got)
		}
	}
}

// TestConsolidateEarly: a vote that was held before the posts that come first
// were done is not dropped but marked.
func TestConsolidateEarly(t *testing.T) {
	elected := ballotOf(0, council, "hdnd-bau", who{"Đặng An", "Chủ tịch", nil})
	early, fine := ballotOf(1, district, "cap-uy", who{"Lê Bình", "Bí thư", nil}), ballotOf(2, district, "khac", who{"Lê Chi", "", nil})
	elected.Voted, early.Voted, fine.Voted = "2023-07-14", "2023-07-13", "2023-07-01"
	in := input(t, elected, early, fine)
	in.Known = []round.Progress{
		{Expected: round.Expected{Agency: district, Group: "hdnd-bau"}, Voted: "2023-07-10"},
		{Expected: round.Expected{Agency: "thanh-uy-suong-mai", Group: "hdnd-bau"}, Excused: "đã nghỉ hưu"},
	}
	for _, in.Public = range []bool{false, true} {
		c := round.Consolidate(in)
		if len(rows(c)) != 3 {
			t.Errorf("%q", rows(c))
		}
		for _, section := range c.Sections {
			for _, a := range section.Agencies {
				for _, p := range a.Polls {
					if marked := len(p.Early) == 1 && p.Early[0].Over == "2023-07-14"; marked != (p.Posts.ID == "cap-uy") || !marked && len(p.Early) > 0 {
						t.Errorf("%s: %+v", p.Posts.ID, p.Early)
					}
				}
			}
		}
	}
}

// TestPublic: what everybody may have lacks the numbers of small polls; nothing
// that is left out is anywhere in the value. Persons on whom all ballots of
// another poll say the same are named, for who decides.
func TestPublic(t *testing.T) {
	small := ballotOf(0, publicity, "khac", who{"Đặng An", "Trưởng ban", []string{"Văn phòng Tỉnh ủy"}})
	small.Collected, small.Base = 4, 4
	large := ballotOf(1, "van-phong-tinh-uy", "khac", who{"Đặng An", "Phó Chánh Văn phòng", nil}, who{"Lê Bình", "", nil})
	large.Collected = 5
	large.People[1].High, large.People[1].Confidence, large.People[1].Invalid = meeting.Share{Votes: 10, Percent: "100,00"}, meeting.Share{}, 0
	in := input(t, small, large)
	in.Known = []round.Progress{{Expected: round.Expected{Agency: council, Group: "hdnd-bau"}, Voted: "2023-07-14", Done: "x", By: "Đ/c Thư"}}
	in.Public = true
	before := fmt.Sprintf("%+v %+v", *small, *large)
	c := round.Consolidate(in)
	polls := []round.PollResult{c.Sections[0].Agencies[0].Polls[0], c.Sections[1].Agencies[0].Polls[0]}
	if !c.Public || c.MinGroup != meeting.DefaultMinBallots || c.Suppressed != 1 || !polls[0].Hidden || polls[1].Hidden {
		t.Errorf("%+v", c)
	}
	none := meeting.Share{Percent: "–"}
	outcomes := []meeting.PersonOutcome{polls[0].People[0], polls[0].Rows[0].PersonOutcome, c.Twice[0].At[0].Result, c.Twice[0].At[0].Poll.People[0]}
	for i, o := range outcomes {
		if o.High != none || o.Confidence != none || o.Low != none || o.Invalid != 0 || o.Name == "" {
			t.Errorf("%d: %+v", i, o)
		}
	}
	if !polls[0].Rows[0].Hidden || polls[1].Rows[1].Hidden || !c.Twice[0].At[0].Hidden || c.Twice[0].At[1].Hidden || polls[1].Rows[0].Hidden || polls[1].Rows[0].High.Votes != 1 || polls[1].Rows[1].High.Votes != 10 {
		t.Errorf("%+v", c.Twice[0])
	}
	if p := polls[0]; p.Summoned+p.Present+p.Issued+p.Collected+p.Base+p.Voided != 0 {
		t.Errorf("%+v", p.Poll)
	}
	if got := fmt.Sprintf("%+v %+v", *small, *large); got != before {
		t.Error("what came in was changed")
	}
	for _, s := range slices.Concat(c.Missing, c.Late, c.Excused) {
		if s.Agency.Contact != "" || s.Agency.Key != "" || s.Package != nil || s.Known.By != "" {
			t.Errorf("%+v", s)
		}
	}
	for _, a := range []round.Agency{c.Sections[0].Agencies[0].Agency, c.Twice[0].At[0].Agency} {
		if a.Contact != "" || a.Key != "" {
			t.Errorf("%+v", a)
		}
	}
	if got := c.Unanimous(0); !slices.Equal(got, []string{"Lê Bình (Văn phòng Tỉnh ủy)"}) {
		t.Errorf("%q", got)
	}
	if got := c.Unanimous(6); len(got) > 0 {
		t.Errorf("%q in a poll that will be left out", got)
	}
	in.MinGroup = 6
	if c := round.Consolidate(in); c.Suppressed != 2 || c.MinGroup != 6 {
		t.Errorf("%d of %d", c.Suppressed, c.MinGroup)
	}
}

// drawPolls draws polls of the letter's agencies with any numbers; names and
// places come up more than once.
func drawPolls(t *rapid.T, agencies []round.Agency, groups []round.Group) (polls []*round.Poll) {
	names := []string{"An", "Bình", "Chi", "Dung", "Em"}
	for n := range rapid.IntRange(0, 12).Draw(t, "polls") {
		p := &round.Poll{
			Package: fmt.Sprintf("%064d", n), Election: ballot.UUID(fmt.Sprintf("T1aiCDgidEAf%02d", n+11)), RuleSet: meeting.RuleSetReg96,
			Agency: rapid.SampledFrom(agencies).Draw(t, "agency").ID, Group: rapid.SampledFrom(groups).Draw(t, "group").ID,
			Voted: meeting.Date(fmt.Sprintf("2023-08-%02d", rapid.IntRange(1, 30).Draw(t, "day"))),
		}
		p.Collected = rapid.IntRange(0, 50).Draw(t, "collected")
		p.Base = p.Collected
		for i := range rapid.IntRange(1, 4).Draw(t, "people") {
			high := rapid.IntRange(0, p.Collected).Draw(t, "high")
			low := rapid.IntRange(0, p.Collected-high).Draw(t, "low")
			share := func(v int) meeting.Share { return meeting.Share{Votes: v, Percent: meeting.Percent(v, p.Base)} }
			p.People = append(p.People, meeting.PersonOutcome{
				Name: rapid.SampledFrom(names).Draw(t, "name"), Post: fmt.Sprint("chức vụ ", i), High: share(high), Low: share(low), Confidence: share(p.Collected - high - low),
			})
			p.Places = append(p.Places, rapid.SliceOfN(rapid.SampledFrom([]string{"Hội khác", agencies[0].Name, agencies[3].Name, agencies[9].Name}), 0, 2).Draw(t, "places"))
		}
		polls = append(polls, p)
	}
	return polls
}

// TestConsolidateProperties: each row is exactly its poll's, in ballot order, for
// who is voted on twice too; all are there once; and neither the order in which
// polls come nor their numbers change the order of the table.
func TestConsolidateProperties(t *testing.T) {
	base := input(t)
	rapid.Check(t, func(rt *rapid.T) {
		in := base
		in.Polls = drawPolls(rt, in.Directory.Agencies, in.Round.Groups)
		in.Packages = nil
		for _, p := range in.Polls {
			in.Packages = append(in.Packages, parcel(t, p.Package, p.Agency, p.Group, p.Voted, string(p.Voted)+" 17:00", round.Accepted))
		}
		in.Levels = rapid.Bool().Draw(rt, "levels")
		c := round.Consolidate(in)
		isWhole(rt, c, in.Polls)

		shuffled := in
		shuffled.Polls = slices.Clone(in.Polls)
		rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0)).Shuffle(len(shuffled.Polls), func(i, j int) {
			shuffled.Polls[i], shuffled.Polls[j] = shuffled.Polls[j], shuffled.Polls[i]
		})
		if again := round.Consolidate(shuffled); !reflect.DeepEqual(again, c) {
			rt.Errorf("depends on the order in which polls come")
		}

		other := in
		other.Polls = make([]*round.Poll, len(in.Polls))
		for i, p := range in.Polls {
			changed := *p
			changed.People = slices.Clone(p.People)
			for k := range changed.People {
				o := &changed.People[k]
				o.High, o.Low = o.Low, o.High
			}
			other.Polls[i] = &changed
		}
		if was, is := order(c), order(round.Consolidate(other)); !slices.Equal(was, is) {
			rt.Errorf("depends on the numbers: %q %q", was, is)
		}
		in.Public = true
		isGuarded(rt, round.Consolidate(in))
	})
}

// order is the order of a table without its numbers.
func order(c *round.Consolidation) (list []string) {
	for _, s := range rows(c) {
		f := strings.Fields(s)
		list = append(list, strings.Join(f[:4], " "))
	}
	return list
}

// isWhole checks that the rows are those of the polls, untouched and in order.
func isWhole(t *rapid.T, c *round.Consolidation, polls []*round.Poll) {
	n, seen := 0, map[string]bool{}
	byPackage := map[string]*round.Poll{}
	for _, p := range polls {
		byPackage[p.Package] = p
	}
	for _, section := range c.Sections {
		for _, a := range section.Agencies {
			for _, p := range a.Polls {
				poll := byPackage[p.Package]
				if seen[p.Package] || poll == nil || len(p.Rows) != len(poll.People) || p.Hidden {
					t.Fatalf("poll %s", p.Package)
				}
				seen[p.Package] = true
				for i, row := range p.Rows {
					if n++; row.Number != n || row.PersonOutcome != poll.People[i] {
						t.Errorf("row %d: %+v, in the poll %+v", n, row, poll.People[i])
					}
				}
			}
		}
	}
	if len(seen) != len(polls) {
		t.Errorf("%d polls of %d", len(seen), len(polls))
	}
	for _, twice := range c.Twice {
		for _, at := range twice.At {
			if !slices.Contains(byPackage[at.Poll.Package].People, at.Result) {
				t.Errorf("%s at %s: %+v is no result of the poll", twice.Name, at.Agency.ID, at.Result)
			}
		}
	}
}

// isGuarded checks that nothing of a small poll is in a public version.
func isGuarded(t *rapid.T, c *round.Consolidation) {
	for _, section := range c.Sections {
		for _, a := range section.Agencies {
			for _, p := range a.Polls {
				for _, row := range p.Rows {
					shown := row.High.Votes+row.Confidence.Votes+row.Low.Votes+row.Invalid > 0
					if shown == row.Hidden || shown && p.Collected < c.MinGroup || row.Level != "" {
						t.Errorf("%+v of %d", row, p.Collected)
					}
				}
			}
		}
	}
}

// TestScale: a round of 1,000 agencies and 2,000 polls holds together.
func TestScale(t *testing.T) {
	in := whole(t)
	c := round.Consolidate(in)
	if got := len(rows(c)); got != 40_000 || len(c.Missing) != 0 {
		t.Errorf("%d rows, %d missing", got, len(c.Missing))
	}
}

// whole is the input of a round of 1,000 agencies and 2,000 polls of 20 persons.
func whole(t testing.TB) round.ConsolidateInput {
	t.Helper()
	r, _ := letter(t)
	r.Expected = nil
	in := round.ConsolidateInput{Round: r, Directory: &round.Directory{}, AsOf: asOf}
	for a := range 1000 {
		id := fmt.Sprintf("co-quan-%d", a)
		in.Directory.Agencies = append(in.Directory.Agencies, round.Agency{ID: id, Name: fmt.Sprintf("Cơ quan số %d", a), Kind: fmt.Sprintf("Loại %d", a%9)})
		for g, group := range []string{"cap-uy", "khac"} {
			n := 2*a + g
			var people []who
			for i := range 20 {
				people = append(people, who{fmt.Sprintf("Nguyễn Thị Người %d", (n*20+i)%39_000), "Phó Trưởng phòng", nil})
			}
			p := ballotOf(0, id, group, people...)
			p.Package, p.Election = fmt.Sprintf("%064d", n), ballot.UUID(fmt.Sprintf("T1aiCDgidE%04d", n))
			in.Polls = append(in.Polls, p)
			r.Expected = append(r.Expected, round.Expected{Agency: id, Group: group})
			in.Packages = append(in.Packages, parcel(t, p.Package, id, group, p.Voted, string(p.Voted)+" 17:00", round.Accepted))
		}
	}
	return in
}

func BenchmarkFollow(b *testing.B) {
	in := whole(b)
	for b.Loop() {
		round.Follow(in.Round, in.Directory, in.Known, in.Packages, "2023-08-05")
	}
}

func BenchmarkConsolidate(b *testing.B) {
	in := whole(b)
	for b.Loop() {
		round.Consolidate(in)
	}
}

func BenchmarkTooMany(b *testing.B) {
	in := whole(b)
	for b.Loop() {
		if err := round.TooMany(in.Round, in.Directory, in.Polls[1:], nil, in.Polls[0]); err != nil {
			b.Fatal(err)
		}
	}
}
