// Package papertest has outcomes to compose papers of. Only tests import it.
// The same outcome is the same every time.
package papertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally"
)

// Result is what the papers of tests call the hash of result.json.
var Result = [32]byte{0xab, 0xcd, 31: 0xef}

// people are those of [Party], with their votes: blank, high, confidence, low.
var people = []struct {
	meeting.Person
	votes []int
}{
	{meeting.Person{Name: "Nguyễn Thị Ánh", Post: "Giám đốc", Block: "Khối chính quyền"}, []int{1, 19, 2, 25}},
	{meeting.Person{Name: "Trần Đạt", Post: "Phó Giám đốc", Block: "Khối chính quyền", Places: []string{"Đảng ủy các cơ quan tỉnh"}}, []int{0, 47, 0, 0}},
	{meeting.Person{Name: "Lê Ưng", Post: "Bí thư Đảng ủy, Chánh Văn phòng"}, []int{0, 40, 5, 2}},
}

// Party is a whole meeting of the Party, of 50 summoned, 48 present and 47
// ballots.
func Party(t testing.TB) *meeting.Outcome {
	t.Helper()
	f := facts()
	var result tally.Result
	for _, p := range people {
		f.People = append(f.People, p.Person)
		result = append(result, p.votes)
	}
	return Outcome(t, meeting.RuleSetReg96, f, result, 47)
}

func facts() meeting.Facts {
	return meeting.Facts{
		Plan: meeting.Plan{
			Agency: "Sở Nội vụ tỉnh Lâm Đồng", Superior: "Tỉnh ủy Lâm Đồng", Title: "Hội nghị lấy phiếu tín nhiệm năm 2026",
			Place: "Hội trường tầng 2", Date: "2026-12-05", Chair: "Lê Thị Hòa",
			References: []meeting.Reference{
				{Number: "76-KH/TU", Date: "2026-03-10", About: "Ban Thường vụ Tỉnh ủy"}, {Number: "96-QĐ/TW", Date: "2023-02-02", About: "Bộ Chính trị"},
			},
			Decision: meeting.Reference{Number: "15-QĐ/TU", Date: "2026-11-01", About: "Ban Thường vụ Tỉnh ủy, về việc thí điểm phiếu điện tử"},
		},
		Board: []meeting.BoardMember{
			{Name: "Bùi Văn Khoa", Post: "Trưởng phòng Tổ chức", Office: meeting.Head}, {Name: "Hồ Thị Lan", Office: meeting.BoardSecretary},
			{Name: "Đinh Công Minh", Office: meeting.Ordinary},
		},
		Filing: meeting.Filing{
			Place: "Lâm Đồng", Began: "09:05", Ended: "09:40", Copies: 3,
			Recipients: []string{"Ban Thường vụ Tỉnh ủy (b/c)", "Ban Tổ chức Tỉnh ủy", "Lưu hồ sơ"},
		},
		Summoned: 50, Present: 48, Absences: []meeting.Absence{{Count: 1, Reason: "đi công tác"}},
		Slips:  tally.Slips{Printed: 55, Issued: 48, Exchanged: 2, Unissued: 5, Returned: 1, Cast: 47},
		Voided: 8, Used: []meeting.UsedReport{{Member: 2, Note: "đã đổi phiếu khác."}},
		Exempt:     []meeting.Person{{Name: "Phạm Quỳnh", Post: "Phó Giám đốc", Exempt: "retirement_notice"}, {Name: "Đỗ Yên", Exempt: "appointed_in_year"}},
		EndBallots: [32]byte{0xee, 0x11}, Trackers: []string{"a", "b"},
	}
}

// State is a session of 60 deputies under the rule set of 2014, the only one
// whose percentages are of them all, on the second of two papers, with a head
// of the board who was replaced.
func State(t testing.TB) *meeting.Outcome {
	t.Helper()
	f := facts()
	f.Plan.Title, f.Plan.Agency, f.Plan.Members = "Kỳ họp thứ 12 Hội đồng nhân dân tỉnh", "Hội đồng nhân dân tỉnh Lâm Đồng", 60
	f.Plan.References, f.Exempt, f.Used = nil, nil, nil
	f.Paper, f.ServerSlips = "Phiếu số 2: Ủy ban nhân dân", true
	f.Board[0].Replaced = true
	f.People = []meeting.Person{{Name: "Vũ Hòa", Post: "Chủ tịch"}, {Post: "Phó Chủ tịch (khuyết tên)"}}
	return Outcome(t, meeting.RuleSetNQ85, f, tally.Result{{0, 47, 0, 0}, {2, 10, 20, 15}}, 47)
}

// Bare is an outcome of which nothing is known but the ballots, of a sample
// meeting.
func Bare(t testing.TB) *meeting.Outcome {
	t.Helper()
	o := Outcome(t, meeting.RuleSetReg96, meeting.Facts{Trial: true}, tally.Result{{0, 0, 0, 0}, {0, 0, 0, 0}}, 0)
	return o
}

// Many is the meeting of [Party] with n persons of long names and posts, in
// blocks of 25.
func Many(t testing.TB, n int) *meeting.Outcome {
	t.Helper()
	f := facts()
	result := make(tally.Result, n)
	for i := range n {
		f.People = append(f.People, meeting.Person{
			Name:  fmt.Sprintf("Công Tằng Tôn Nữ Nguyễn Phước Hoàng Thị Quỳnh Như Nguyệt %03d", i+1),
			Post:  "Ủy viên Ban Thường vụ, Trưởng ban Tổ chức kiêm Trưởng ban Dân vận Tỉnh ủy",
			Block: fmt.Sprintf("Khối thứ %d: các cơ quan tham mưu, giúp việc", i/25+1),
		})
		result[i] = []int{i % 3, 40 - i%40, i % 40, 7 - i%3}
	}
	return Outcome(t, meeting.RuleSetReg96, f, result, 47)
}

// Outcome makes the outcome of facts with people, or of nameless questions.
func Outcome(t testing.TB, rules string, f meeting.Facts, result tally.Result, collected int) *meeting.Outcome {
	t.Helper()
	key, err := group.ParseScalar([]byte("7"))
	if err != nil {
		t.Fatal(err)
	}
	d := ballot.Draft{Name: "Cuộc họp", UUID: "T1aiCDgidEAfPc", PublicKey: group.BaseExp(key)}
	for i := range result {
		d.Questions = append(d.Questions, meeting.Question(fmt.Sprintf("Người thứ %d", i+1), "Chức vụ thứ nhất\nChức vụ thứ hai"))
	}
	e, err := ballot.NewElection(d)
	if err != nil {
		t.Fatal(err)
	}
	o, err := meeting.NewOutcome(e, box.Settings{RuleSet: rules, Members: f.Plan.Members}, result, collected, f)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// Hostile are names that have broken papers, and how each is to be printed.
var Hostile = map[string]string{
	"Nguyễn Ưỡng Ậu Ễnh Ặc":                                                         "Nguyễn Ưỡng Ậu Ễnh Ặc",
	"Nguye\u0302\u0303n U\u031b\u0303o\u031b\u0303ng A\u0323\u0302u A\u0306\u0323c": "Nguyễn Ữỡng Ậu Ặc",
	strings.Repeat("Quỳnh ", 10):                                                    strings.TrimSpace(strings.Repeat("Quỳnh ", 10)),
	`Lê "Út" 'Ba' \ ( [ <b>Đậm</b> &amp; %d`:                                        `Lê "Út" 'Ba' \ ( [ <b>Đậm</b> &amp; %d`,
	"Trần 🗳️ Phiếu \xff\xfe":                                                        "Trần □ Phiếu □",
	"Võ\x00\x1b[31m Điều\u202e khiển\u2066\u200b":                                   "Võ[31m Điều khiển",
}
