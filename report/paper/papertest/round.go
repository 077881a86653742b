package papertest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// kinds are lines of an address list, with agencies of invented places.
var kinds = []struct {
	kind  string
	names []string
}{
	{"Các Ban Tỉnh ủy, Ủy ban Kiểm tra, Văn phòng Tỉnh ủy", []string{"Ban Tuyên giáo Tỉnh ủy", "Ủy ban Kiểm tra Tỉnh ủy", "Văn phòng Tỉnh ủy"}},
	{"Đảng đoàn Hội đồng nhân dân tỉnh", []string{"Đảng đoàn Hội đồng nhân dân tỉnh"}},
	{"Ban cán sự đảng Ủy ban nhân dân tỉnh", []string{"Sở Nội vụ", "Sở Tài chính"}},
	{"Mặt trận Tổ quốc Việt Nam tỉnh, các đoàn thể chính trị - xã hội tỉnh", []string{"Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh", "Tỉnh đoàn"}},
	{"Ban Thường vụ các huyện ủy, thành ủy, đảng ủy trực thuộc Tỉnh ủy", []string{"Huyện ủy Suối Vàng", "Thành ủy Đồi Thông", "Huyện ủy Thác Bạc", "Đảng ủy Khối các cơ quan tỉnh"}},
}

// The agencies of [Consolidation] that something is about.
const (
	lateAgency    = 5  // Sở Tài chính: sent after the limit
	apartAgency   = 9  // Thành ủy Đồi Thông: its package does not hold
	silentAgency  = 10 // Huyện ủy Thác Bạc
	excusedAgency = 3
)

var (
	elected = round.Group{ID: "hdnd-bau", Name: "Chức vụ do Hội đồng nhân dân các cấp bầu"}
	others  = round.Group{
		ID: "con-lai", Name: "Các chức danh lãnh đạo, quản lý khác", After: []string{"hdnd-bau"}, Condition: "Sơ kết 6 tháng đầu năm của cơ quan, đơn vị",
		Finish: meeting.Limit{Date: "2023-08-31", Before: true},
	}
)

// given and family names of people who do not exist.
var (
	families = []string{"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ"}
	middles  = []string{"Văn", "Thị", "Hữu", "Ngọc", "Quang", "Minh"}
	givens   = []string{"Ánh", "Bình", "Cường", "Dũng", "Đông", "Giang", "Hạnh", "Khánh", "Lan", "Mỹ", "Ngân", "Phượng", "Quỳnh", "Sơn", "Thủy", "Ưng", "Vỹ"}
	posts    = []string{"Trưởng ban", "Phó Trưởng ban Thường trực", "Phó Trưởng ban", "Trưởng phòng Tổ chức - Hành chính", "Phó Trưởng phòng Nghiệp vụ"}
)

// Consolidation is that of a round of the Party with 12 agencies: nine have
// sent, of which one late and one before another group was done; one whose package does not hold; one that is silent;
// one excused. Two people are exempt, and one is voted on in two places.
func Consolidation(t testing.TB) *round.Consolidation {
	t.Helper()
	c := consolidation(t)
	n := 0
	for _, k := range kinds {
		s := round.Section{Kind: k.kind}
		for _, name := range k.names {
			a := agency(n, name, k.kind)
			n++
			c.Round.Expected = append(c.Round.Expected, round.Expected{Agency: a.ID, Group: others.ID})
			switch n - 1 {
			case apartAgency, silentAgency, excusedAgency:
				continue
			}
			s.Agencies = append(s.Agencies, round.AgencyResult{Agency: a, Polls: []round.PollResult{poll(t, a, n, 3+n%3, 40+n)}})
		}
		if len(s.Agencies) > 0 {
			c.Sections = append(c.Sections, s)
		}
	}
	standings(c)
	c.Exempt = []round.ExemptPerson{
		{Agency: agency(0, kinds[0].names[0], kinds[0].kind), Person: meeting.Person{Name: "Phạm Quỳnh", Post: "Phó Trưởng ban", Exempt: "retirement_notice"}, Reason: c.Rules.Exempt[0].Text},
		{Agency: agency(4, kinds[2].names[0], kinds[2].kind), Person: meeting.Person{Name: "Đỗ Yên", Post: "Phó Giám đốc", Exempt: "appointed_in_year"}, Reason: c.Rules.Exempt[1].Text},
	}
	first, second := &c.Sections[0].Agencies[0], &c.Sections[len(c.Sections)-1].Agencies[0]
	second.Polls[0].Rows[1].Name, second.Polls[0].People[1].Name = first.Polls[0].Rows[0].Name, first.Polls[0].Rows[0].Name
	first.Polls[0].Rows[0].Elsewhere = []string{second.Agency.Name + ", " + second.Polls[0].Rows[1].Post}
	second.Polls[0].Rows[1].Elsewhere = []string{first.Agency.Name + ", " + first.Polls[0].Rows[0].Post}
	c.Twice = []round.Twice{{Name: first.Polls[0].Rows[0].Name, At: []round.Place{place(first, 0), place(second, 1)}, Declared: true}}
	c.Sections[1].Agencies[0].Polls[0].Early = []round.Ahead{{Group: elected, Over: "2023-08-25"}}
	return number(c)
}

// PublicConsolidation is [Consolidation] as everybody may have it: without the
// numbers of one poll, and without levels.
func PublicConsolidation(t testing.TB) *round.Consolidation {
	t.Helper()
	c := Consolidation(t)
	c.Public, c.Suppressed, c.MinGroup = true, 1, meeting.DefaultMinBallots
	hide := &c.Sections[0].Agencies[0].Polls[0]
	hide.Hidden = true
	for i := range hide.Rows {
		hide.Rows[i].Hidden = true
	}
	c.Twice[0].At[0].Hidden = true
	for i := range c.Sections {
		for j := range c.Sections[i].Agencies {
			for k := range c.Sections[i].Agencies[j].Polls[0].Rows {
				c.Sections[i].Agencies[j].Polls[0].Rows[k].Level = ""
			}
		}
	}
	return c
}

// LargeConsolidation is one of so many agencies, each with two polls of so many
// people. Every tenth agency is late.
func LargeConsolidation(t testing.TB, agencies, people int) *round.Consolidation {
	t.Helper()
	c := consolidation(t)
	c.Rules, c.Sections = rules(t), make([]round.Section, len(kinds))
	for i := range agencies {
		k := i * len(kinds) / agencies
		c.Sections[k].Kind = kinds[k].kind
		a := agency(i, fmt.Sprintf("%s %d", kinds[k].names[i%len(kinds[k].names)], i+1), kinds[k].kind)
		result := round.AgencyResult{Agency: a}
		for j, g := range []round.Group{elected, others} {
			c.Round.Expected = append(c.Round.Expected, round.Expected{Agency: a.ID, Group: g.ID})
			p := poll(t, a, 2*i+j, people, 30+i%40)
			p.Group, p.Posts = g.ID, g
			result.Polls = append(result.Polls, p)
		}
		c.Sections[k].Agencies = append(c.Sections[k].Agencies, result)
		if i%10 == 0 {
			c.Late = append(c.Late, late(a, "2023-08-26"))
		}
	}
	return number(c)
}

// consolidation is one without results.
func consolidation(t testing.TB) *round.Consolidation {
	t.Helper()
	return &round.Consolidation{
		Rules: rules(t), AsOf: time.Date(2023, 9, 5, 2, 30, 0, 0, time.UTC),
		Round: &round.Round{
			UUID: "T1aiCDgidEAfPd", Title: "Đợt lấy phiếu tín nhiệm năm 2023", Superior: "Ban Thường vụ Tỉnh ủy", Office: "Ban Tổ chức Tỉnh ủy", RuleSet: meeting.RuleSetReg96,
			References: []meeting.Reference{
				{Number: "96-QĐ/TW", Date: "2023-02-02", About: "Quy định của Bộ Chính trị"}, {Number: "76-KH/TU", Date: "2023-03-10", About: "Kế hoạch của Ban Thường vụ Tỉnh ủy"},
				{Number: "1535-CV/BTCTU", Date: "2023-07-06", About: "Công văn của Ban Tổ chức Tỉnh ủy"},
			},
			Prepare: meeting.Limit{Date: "2023-07-31", Before: true}, SendDays: 1, Groups: []round.Group{elected, others},
			Letterhead: round.Letterhead{
				Above: "Tỉnh ủy Lâm Đồng", Issuer: "Ban Tổ chức", Code: "BTCTU", Place: "Lâm Đồng", Title: "Trưởng Ban", Signer: "Nguyễn Trọng Ánh Đông",
				Recipients: []string{"Như trên", "Thường trực Tỉnh ủy (b/c)", "Sở Nội vụ (phối hợp)", "Lưu Văn phòng Ban"},
			},
		},
	}
}

func rules(t testing.TB) *meeting.RuleSet {
	t.Helper()
	r, err := meeting.RuleSetByID(meeting.RuleSetReg96)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func agency(n int, name, kind string) round.Agency {
	return round.Agency{ID: fmt.Sprintf("co-quan-%d", n+1), Name: name, Kind: kind, Contact: "Ông Lê Văn Liên, 0263 000 000"}
}

// poll is the n-th poll, of so many people and ballots.
func poll(t testing.TB, a round.Agency, n, people, ballots int) round.PollResult {
	t.Helper()
	p := &round.Poll{
		Package: hash("package", n), Agency: a.ID, Group: others.ID, Election: ballot.UUID(fmt.Sprintf("T1aiCDgidEA%s", base58(n))), Name: "Hội nghị lấy phiếu tín nhiệm",
		Voted: "2023-08-24", Place: "Hội trường " + a.Name, RuleSet: meeting.RuleSetReg96, LastEvent: hash("event", n), Entry: int64(3 * n), Origin: "homphieu.example/log",
		Summoned: ballots + 3, Present: ballots + 1, Issued: ballots + 1, Collected: ballots, Base: ballots,
	}
	result := round.PollResult{Poll: p, Posts: others}
	for i := range people {
		low, blank := (5*n+11*i)%ballots, i%2
		high := max(0, ballots-low-blank-(n+i)%5)
		share := func(v int) meeting.Share { return meeting.Share{Votes: v, Percent: meeting.Percent(v, ballots)} }
		o := meeting.PersonOutcome{
			Name: fmt.Sprintf("%s %s %s", families[(n+i)%len(families)], middles[(n*7+i)%len(middles)], givens[(n*3+i)%len(givens)]), Post: posts[i%len(posts)],
			High: share(high), Low: share(min(low, ballots-blank-high)),
		}
		o.Invalid = blank
		o.Confidence = share(ballots - high - o.Low.Votes - blank)
		if people > 4 && i >= 3 {
			o.Block = "Khối chuyên môn"
		}
		p.People = append(p.People, o)
		result.Rows = append(result.Rows, round.Row{PersonOutcome: o, Level: rules(t).Group(o.Low.Votes, ballots)})
	}
	return result
}

func hash(what string, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", what, n))
	return hex.EncodeToString(sum[:])
}

// base58 writes a number in three letters of that alphabet.
func base58(n int) string {
	const letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	return string([]byte{letters[n/58/58%58], letters[n/58%58], letters[n%58]})
}

// number gives rows their numbers.
func number(c *round.Consolidation) *round.Consolidation {
	n := 0
	for i := range c.Sections {
		for j := range c.Sections[i].Agencies {
			for k := range c.Sections[i].Agencies[j].Polls {
				for l := range c.Sections[i].Agencies[j].Polls[k].Rows {
					n++
					c.Sections[i].Agencies[j].Polls[k].Rows[l].Number = n
				}
			}
		}
	}
	return c
}

func place(a *round.AgencyResult, i int) round.Place {
	p := &a.Polls[0]
	return round.Place{Agency: a.Agency, Group: p.Posts, Post: p.Rows[i].Post, Result: p.Rows[i].PersonOutcome, Poll: p.Poll}
}

// late is a standing whose package came on a day, three days after the vote.
func late(a round.Agency, sent meeting.Date) round.Standing {
	return round.Standing{Agency: a, Group: others, Stage: round.StageSent, Rules: []round.Met{
		{ID: "vote", Rule: meeting.Text{Vi: "Lấy phiếu xong trước ngày 31/8/2023", En: "Voted before 31 August 2023"}, Due: "2023-08-30", Done: "2023-08-24"},
		{ID: "send", Rule: meeting.Text{Vi: "Kết quả gửi về sau 01 ngày tổ chức lấy phiếu: chậm nhất ngày 25/8/2023", En: "The result is sent one day after the vote: on or before 25 August 2023"}, Due: "2023-08-25", Done: sent, Late: true},
	}}
}

// standings are those of the agencies of [Consolidation] that something is
// about.
func standings(c *round.Consolidation) {
	var all []round.Agency
	for _, k := range kinds {
		for _, name := range k.names {
			all = append(all, agency(len(all), name, k.kind))
		}
	}
	over := []round.Met{{ID: "vote", Rule: meeting.Text{Vi: "Lấy phiếu xong trước ngày 31/8/2023"}, Due: "2023-08-30", Late: true}}
	c.Late = []round.Standing{late(all[lateAgency], "2023-08-28"), {Agency: all[silentAgency], Group: others, Stage: round.StagePrepared, Rules: over}}
	c.Missing = []round.Standing{
		{Agency: all[apartAgency], Group: others, Stage: round.StageApart, Package: &round.Package{Reason: meeting.Text{Vi: "tệp minutes.pdf không phải bản đã in."}}},
		{Agency: all[silentAgency], Group: others, Stage: round.StagePrepared, Known: round.Progress{Planned: "2023-09-08"}, Rules: over},
	}
	c.Excused = []round.Standing{{Agency: all[excusedAgency], Group: others, Stage: round.StageExcused, Known: round.Progress{Excused: "không có chức danh thuộc diện lấy phiếu"}}}
}

// HostileConsolidation is [Consolidation] with such names everywhere.
func HostileConsolidation(t testing.TB, name string) *round.Consolidation {
	t.Helper()
	c := Consolidation(t)
	c.Round.Title, c.Round.Superior, c.Round.Office, c.Round.Letterhead.Signer = name, name, name, name
	c.Round.Letterhead.Recipients = slices.Repeat([]string{name}, 3)
	for i := range c.Sections {
		s := &c.Sections[i]
		s.Kind = name
		for j := range s.Agencies {
			a := &s.Agencies[j]
			a.Agency.Name, a.Polls[0].Posts.Name, a.Polls[0].Place = name, name, name
			for k := range a.Polls[0].Rows {
				r := &a.Polls[0].Rows[k]
				r.Name, r.Post, r.Block = name, strings.Repeat(name+" ", 2), name
			}
		}
	}
	for i := range c.Exempt {
		c.Exempt[i].Person.Name, c.Exempt[i].Reason.Vi = name, name
	}
	return c
}
