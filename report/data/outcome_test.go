package data_test

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally"
)

// A row is what a person was voted: high, confidence, low, invalid.
type row struct {
	name, post, block string
	votes             [4]int
}

// newOutcome makes an outcome under a rule set, with the base that it asks for.
func newOutcome(t testing.TB, ruleSet string, collected, members int, rows ...row) *meeting.Outcome {
	t.Helper()
	rules, err := meeting.RuleSetByID(ruleSet)
	if err != nil {
		t.Fatal(err)
	}
	o := &meeting.Outcome{
		Election: "DkJRztMSmZ4dXwsyUXHTi", Fingerprint: ballot.NewFingerprint([]byte("{}")),
		Name: "Lấy phiếu tín nhiệm", Rules: rules, Base: collected, PercentBase: meeting.BaseCollected, Collected: collected,
	}
	if o.Plan.Members = members; rules.PercentBase == meeting.BaseMembers && members > 0 {
		o.Base, o.PercentBase = members, meeting.BaseMembers
	}
	for _, r := range rows {
		share := func(n int) meeting.Share { return meeting.Share{Votes: n, Percent: meeting.Percent(n, o.Base)} }
		o.People = append(o.People, meeting.PersonOutcome{
			Name: r.name, Post: r.post, Block: r.block,
			High: share(r.votes[0]), Confidence: share(r.votes[1]), Low: share(r.votes[2]), Invalid: r.votes[3],
		})
	}
	return o
}

// assembly is a result as it was published: percentages are of all members.
func assembly(t *testing.T) *meeting.Outcome {
	return newOutcome(t, meeting.RuleSetNQ85, 475, 485,
		row{"", "Phó Chủ tịch nước", "", [4]int{323, 146, 6, 0}}, row{"", "Chủ tịch Quốc hội", "", [4]int{437, 34, 4, 0}})
}

// department is a result with every fact known.
func department(t testing.TB) *meeting.Outcome {
	o := newOutcome(t, meeting.RuleSetReg96, 47, 0,
		row{"Nguyễn Thị Ánh", "Giám đốc", "Khối lãnh đạo", [4]int{19, 2, 25, 1}},
		row{"Trần “Bình” <b>&amp;", "Phó Giám đốc", "Khối lãnh đạo", [4]int{40, 6, 1, 0}},
		row{"Lê Ưng", "Chánh Văn phòng", "Khối tham mưu", [4]int{8, 7, 32, 0}})
	o.Meeting, o.Paper = "EkJRztMSmZ4dXwsyUXHTi", "Phiếu số 1"
	o.Plan = meeting.Plan{
		Agency: "Sở Nội vụ", Superior: "Ủy ban nhân dân tỉnh", Title: "Hội nghị lấy phiếu tín nhiệm năm 2026", Place: "Hội trường A", Date: "2026-12-05",
		References: []meeting.Reference{{Number: "76-KH/TU", Date: "2026-03-10", About: "Kế hoạch lấy phiếu"}, {Number: "96-QĐ/TW"}},
		Decision:   meeting.Reference{Number: "12-QĐ/TU", Date: "2026-11-01"},
	}
	o.Filing.Date = "2026-12-06"
	o.Summoned, o.Present = 50, 49
	o.Absences = []meeting.Absence{{Count: 1, Reason: "ốm"}}
	o.Slips = tally.Slips{Printed: 55, Issued: 49, Exchanged: 1, Unissued: 5, Returned: 1, NotReturned: 1, Cast: 47}
	o.Voided = 7
	o.Used = []meeting.UsedReport{{Member: 1, Note: "một tờ phiếu báo đã dùng"}}
	o.Facts.People = []meeting.Person{{}, {Places: []string{"Đảng ủy Sở"}}, {}}
	o.Exempt = []meeting.Person{{Name: "Đỗ Văn Cường", Post: "Phó Giám đốc", Exempt: "retirement_notice"}}
	o.EndBallots = sha256.Sum256([]byte("end"))
	o.Trackers = []string{"aaa", "bbb"}
	return o
}

// crowd is a result with hostile names and with many persons.
func crowd(t *testing.T) *meeting.Outcome {
	names := []string{
		"=HYPERLINK(\"http://example.com\")", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "  =1", "＝1", "'=1", "Nguye\u0302\u0303n", "a\x00b\x1fc", "\xff", "_x0041_",
		"🗳️", "a,b;c\"d\"", "<b>&amp;</b>", "–1", "1", "2026-12-05", "TRUE", "#N/A",
		"Khối;=1+1", "Khối; +1", "Khối,=1+1", "Khối\t=1+1", "Khối\n=1+1", "Khối;\"=1+1\"", "Khối;＝1+1", "Chánh Văn phòng; Phó Bí thư - chuyên trách",
	}
	var rows []row
	for i := range 150 {
		rows = append(rows, row{names[i%len(names)], fmt.Sprintf("Chức vụ %d", i+1), names[(i+3)%len(names)], [4]int{i, 150 - i, 0, 0}})
	}
	return newOutcome(t, meeting.RuleSetReg96, 150, 0, rows...)
}

func sum(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }
