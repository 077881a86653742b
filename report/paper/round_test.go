package paper_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report/paper"
	"github.com/homphieu/homphieu/report/paper/papertest"
)

// unknown is a round of which nothing is known but its rule set.
func unknown(t *testing.T) *round.Consolidation {
	t.Helper()
	rules, err := meeting.RuleSetByID(meeting.RuleSetReg96)
	if err != nil {
		t.Fatal(err)
	}
	return &round.Consolidation{Rules: rules, Round: new(round.Round)}
}

// everybody is the table of seventeen columns of a consolidated report.
func everybody(t *testing.T, d *paper.Document) paper.Table {
	t.Helper()
	for _, b := range d.Body {
		if table, ok := b.(paper.Table); ok && len(table.Columns) == 17 {
			return table
		}
	}
	t.Fatal("no table of seventeen columns")
	return paper.Table{}
}

// rows are those of people, by their place among all.
func rows(t *testing.T, c *round.Consolidation) [][]string {
	t.Helper()
	var all [][]string
	for _, r := range everybody(t, paper.NewConsolidated(c, paper.Party, papertest.Result)).Rows {
		if r.Block == "" {
			all = append(all, r.Cells)
		}
	}
	return all
}

// Every person of every poll has a row with all seventeen columns, in the order
// of kinds, agencies and ballots, whatever anybody got.
func TestConsolidatedRows(t *testing.T) {
	c := papertest.LargeConsolidation(t, 20, 7)
	got, n := rows(t, c), 0
	for _, s := range c.Sections {
		for _, a := range s.Agencies {
			for _, p := range a.Polls {
				for _, r := range p.Rows {
					want := []string{
						fmt.Sprint(n + 1), r.Name, r.Post, a.Agency.Name + ", 24/08/2023", fmt.Sprint(p.Summoned), fmt.Sprint(p.Present),
						fmt.Sprint(p.Issued), fmt.Sprint(p.Collected), fmt.Sprint(r.Valid()), fmt.Sprint(r.Invalid),
						fmt.Sprint(r.High.Votes), r.High.Percent, fmt.Sprint(r.Confidence.Votes), r.Confidence.Percent, fmt.Sprint(r.Low.Votes), r.Low.Percent, "",
					}
					if n >= len(got) || !slices.Equal(got[n], want) {
						t.Fatalf("row %d: %q, want %q", n+1, got[n], want)
					}
					n++
				}
			}
		}
	}
	if n != 20*2*7 || len(got) != n {
		t.Errorf("%d rows, %d people", len(got), n)
	}
}

// The columns of every table take the width of the text, and every row and the
// heads have as many cells.
func TestRoundTables(t *testing.T) {
	d := paper.NewConsolidated(papertest.Consolidation(t), paper.Party, papertest.Result)
	tables := 0
	for _, b := range d.Body {
		table, ok := b.(paper.Table)
		if !ok {
			continue
		}
		tables++
		width, cells := 0.0, 0
		for _, c := range table.Columns {
			width += c.Width
		}
		for _, c := range table.Head[0] {
			cells += c.Span
		}
		if width < 0.999 || width > 1.001 || cells != len(table.Columns) {
			t.Errorf("%v: columns take %g of the width, the head has %d of %d", table.Head[0], width, cells, len(table.Columns))
		}
		for _, r := range table.Rows {
			if r.Block == "" && len(r.Cells) != len(table.Columns) {
				t.Errorf("%v: %q", table.Head[0], r.Cells)
			}
		}
	}
	if tables != 8 {
		t.Errorf("%d tables", tables)
	}
}

// The levels of a consolidation change nothing in its papers, which have none of
// the words that follow from one, and no agency's contact.
func TestRoundSaysNoLevel(t *testing.T) {
	c := papertest.Consolidation(t)
	words := func() string {
		return text(paper.NewConsolidated(c, paper.Party, papertest.Result)) + text(paper.NewCover(c, paper.Party, papertest.Result))
	}
	with := words()
	reached := 0
	for _, p := range polls(c) {
		for i := range p.Rows {
			if p.Rows[i].Level != meeting.GroupNone {
				reached++
			}
			p.Rows[i].Level = ""
		}
	}
	if reached == 0 {
		t.Fatal("nobody reached a threshold")
	}
	if with != words() {
		t.Error("levels change what a paper says")
	}
	for _, word := range []string{"miễn nhiệm", "từ chức", "quy hoạch", "2/3", "0263"} {
		if strings.Contains(with, word) {
			t.Errorf("a paper says %q", word)
		}
	}
}

func polls(c *round.Consolidation) (all []*round.PollResult) {
	for i := range c.Sections {
		for j := range c.Sections[i].Agencies {
			for k := range c.Sections[i].Agencies[j].Polls {
				all = append(all, &c.Sections[i].Agencies[j].Polls[k])
			}
		}
	}
	return all
}

// What is hidden is a dash. The values that the consolidation still holds are nowhere.
func TestRoundHides(t *testing.T) {
	c := papertest.PublicConsolidation(t)
	for _, p := range polls(c) {
		for i := range p.Rows {
			if p.Hidden {
				p.Summoned, p.Present, p.Issued, p.Collected = 90001, 90002, 90003, 90004
			}
			if r := &p.Rows[i]; r.Hidden {
				r.High, r.Confidence, r.Low, r.Invalid = meeting.Share{Votes: 90005, Percent: "7777,7"}, meeting.Share{Votes: 90007}, meeting.Share{Votes: 90008}, 90009
			}
		}
	}
	c.Twice[0].At[0].Result.High = meeting.Share{Votes: 90010, Percent: "7777,7"}
	for _, d := range []*paper.Document{paper.NewConsolidated(c, paper.Party, papertest.Result), paper.NewCover(c, paper.Party, papertest.Result)} {
		if s := text(d); strings.Contains(s, "900") || strings.Contains(s, "7777") {
			t.Errorf("%s says a hidden number:\n%s", d.Kind, s)
		}
		if s := text(d); !strings.Contains(s, "1 cuộc lấy phiếu có dưới 5 phiếu thu về.") || !strings.Contains(s, "Bản công khai") {
			t.Errorf("%s does not say what is left out:\n%s", d.Kind, s)
		}
	}
	all := rows(t, c)
	for _, row := range all[:4] {
		if got := strings.Join(row[4:], " "); got != "– – – – – – – – – – – – Không công bố" {
			t.Errorf("a hidden poll: %s", got)
		}
	}
}

// Who is voted on in two places is shown in both, side by side, with no number
// that neither place has.
func TestTwoPlaces(t *testing.T) {
	c := papertest.Consolidation(t)
	d := paper.NewConsolidated(c, paper.Party, papertest.Result)
	for _, b := range d.Body {
		table, ok := b.(paper.Table)
		if !ok || len(table.Columns) != 14 {
			continue
		}
		if len(table.Rows) != 1 {
			t.Fatalf("%+v", table.Rows)
		}
		want := []string{"1", c.Twice[0].Name}
		for _, p := range c.Twice[0].At {
			r := p.Result
			want = append(want, p.Agency.Name+"; "+p.Post+"; 24/08/2023", fmt.Sprint(p.Poll.Collected), fmt.Sprintf("%d (%s%%)", r.High.Votes, r.High.Percent),
				fmt.Sprintf("%d (%s%%)", r.Confidence.Votes, r.Confidence.Percent), fmt.Sprintf("%d (%s%%)", r.Low.Votes, r.Low.Percent), fmt.Sprint(r.Invalid))
		}
		if got := table.Rows[0].Cells; !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		return
	}
	t.Error("no table of two places")
}

// A third place, if there ever is one, goes into another row.
func TestThirdPlace(t *testing.T) {
	c := papertest.Consolidation(t)
	c.Twice[0].At = append(c.Twice[0].At, c.Twice[0].At[0])
	for _, b := range paper.NewConsolidated(c, paper.Party, papertest.Result).Body {
		if table, ok := b.(paper.Table); ok && len(table.Columns) == 14 {
			if r := table.Rows; len(r) != 2 || len(r[1].Cells) != 8 || r[1].Cells[2] != r[0].Cells[2] {
				t.Errorf("%+v", r)
			}
		}
	}
}

// Of how a missing poll stands, the report says what is known.
func TestMissing(t *testing.T) {
	over := []round.Met{{Due: "2023-08-30", Late: true}}
	for _, test := range []struct {
		standing round.Standing
		want     string
	}{
		{round.Standing{Stage: round.StageNone}, "Chưa có thông tin"},
		{round.Standing{Stage: round.StageNone, Rules: over}, "Chưa có thông tin; quá hạn 30/08/2023"},
		{round.Standing{Stage: round.StagePrepared}, "Đã chuẩn bị, chưa lấy phiếu"},
		{round.Standing{Stage: round.StagePrepared, Known: round.Progress{Planned: "2023-08-24"}}, "Đã chuẩn bị, chưa lấy phiếu, dự kiến ngày 24/08/2023"},
		{round.Standing{Stage: round.StageVoted}, "Đã lấy phiếu, chưa gửi kết quả"},
		{round.Standing{Stage: round.StageVoted, Known: round.Progress{Voted: "2023-08-24"}}, "Đã lấy phiếu ngày 24/08/2023, chưa gửi kết quả"},
		{round.Standing{Stage: round.StageHeld}, "Gói kết quả đã đến, đang chờ xác nhận khóa hoặc kiểm tra"},
		{round.Standing{Stage: round.StageApart}, "Gói kết quả không đạt kiểm tra"},
		{round.Standing{Stage: round.StageApart, Package: &round.Package{Reason: meeting.Text{Vi: "minutes.pdf bị sửa."}}}, "Gói kết quả không đạt kiểm tra: minutes.pdf bị sửa"},
	} {
		c := unknown(t)
		test.standing.Agency = round.Agency{ID: "so-noi-vu"}
		c.Missing = []round.Standing{test.standing}
		if s := text(paper.NewConsolidated(c, paper.Party, papertest.Result)); !strings.Contains(s, "| 1 | so-noi-vu |  | "+test.want+" |\n") {
			t.Errorf("%s:\n%s", test.want, s)
		}
	}
}

// A letter names as many agencies as one reads, and says how many more there are.
func TestCoverNamesAgencies(t *testing.T) {
	for n, want := range map[int]string{
		0:  "2. Không có cơ quan, đơn vị nào chậm so với thời hạn.",
		1:  "2. Có 1 cơ quan, đơn vị chậm so với thời hạn: A1.",
		12: "; A12.",
		13: "; A12; và 1 cơ quan, đơn vị khác có tên trong Báo cáo.",
	} {
		c := unknown(t)
		for i := range n {
			late := round.Standing{Agency: round.Agency{ID: fmt.Sprint(i), Name: fmt.Sprintf("A%d", i+1)}}
			c.Late = append(c.Late, late, late) // two polls of one agency
		}
		if s := text(paper.NewCover(c, paper.Party, papertest.Result)); !strings.Contains(s, want) {
			t.Errorf("%d: %q is not in\n%s", n, want, s)
		}
	}
}

// The layouts differ where those of the Party and the State do, and what the
// letterhead does not say is left blank or told from the office.
func TestLetterhead(t *testing.T) {
	c := papertest.Consolidation(t)
	party, state := paper.NewCover(c, paper.Party, papertest.Result), paper.NewCover(c, paper.State, papertest.Result)
	if h := party.Header; !h.Star || h.Superior != "TỈNH ỦY LÂM ĐỒNG" || h.Issuer != "BAN TỔ CHỨC" || h.Number != "Số      -CV/BTCTU" || h.Place != "Lâm Đồng, ngày 05 tháng 9 năm 2023" {
		t.Errorf("%+v", h)
	}
	if h := state.Header; h.Star || h.Number != "Số:      /CV-BTCTU" || len(h.Motto) != 2 {
		t.Errorf("%+v", h)
	}
	if want := []string{"Như trên", "Thường trực Tỉnh ủy (b/c)", "Sở Nội vụ (phối hợp)", "Lưu Văn phòng Ban"}; !slices.Equal(party.Recipients, want) {
		t.Errorf("%q", party.Recipients)
	}
	if got := paper.NewConsolidated(c, paper.Party, papertest.Result).Recipients[0]; got != "Ban Thường vụ Tỉnh ủy (b/c)" {
		t.Errorf("the report goes first to %s", got)
	}
	for office, want := range map[string]string{"Ban Tổ chức Tỉnh ủy": "TRƯỞNG BAN", "Sở Nội vụ": "THỦ TRƯỞNG", "": "THỦ TRƯỞNG"} {
		c.Round.Office, c.Round.Letterhead = office, round.Letterhead{}
		d := paper.NewCover(c, paper.Party, papertest.Result)
		if s := d.Signatures[0]; s.Title != want || s.Name != "" || s.Field != "head" || len(d.Signatures) != 1 {
			t.Errorf("%s: %+v", office, s)
		}
		if h := d.Header; office != "" && h.Issuer != strings.ToUpper(office) || h.Number != "Số      -CV/…" {
			t.Errorf("%s: %+v", office, h)
		}
	}
}

// The time of the papers is that of Vietnam.
func TestAsOf(t *testing.T) {
	c := papertest.Consolidation(t)
	c.AsOf = c.AsOf.Add(15 * 60 * 60 * 1e9) // 17:30 in Greenwich
	if s := text(paper.NewCover(c, paper.Party, papertest.Result)); !strings.Contains(s, "tính đến 00 giờ 30 phút, ngày 06 tháng 9 năm 2023") || !strings.Contains(s, "Lâm Đồng, ngày 06 tháng 9 năm 2023") {
		t.Error(s)
	}
}

// A poll under another rule set than the round's says so, and one whose
// percentages are of all members is told of.
func TestOtherRuleSet(t *testing.T) {
	c := papertest.Consolidation(t)
	p := c.Sections[0].Agencies[0].Polls[0].Poll
	if s := text(paper.NewConsolidated(c, paper.Party, papertest.Result)); strings.Contains(s, "tổng số đại biểu") || strings.Contains(s, "tính theo Nghị quyết") {
		t.Error(s)
	}
	p.RuleSet, p.Base, p.Election = meeting.RuleSetNQ85, p.Collected+5, ballot.UUID("T1aiCDgidEAfPc")
	if s := text(paper.NewConsolidated(c, paper.Party, papertest.Result)); !strings.Contains(s, "; tính theo Nghị quyết 85/2014/QH13") || !strings.Contains(s, "Ở 1 cuộc lấy phiếu, quy định tính tỷ lệ % trên tổng số đại biểu") {
		t.Error(s)
	}
}

// Documents are named as letters name them, as far as what is known of them
// tells how.
func TestBasis(t *testing.T) {
	for about, want := range map[string]string{
		"Quy định của Bộ Chính trị":                          "Thực hiện Quy định số 1-A, ngày 02/02/2023 của Bộ Chính trị, ",
		"Thông báo Kết luận của Thường trực Tỉnh ủy, mục 10": "Thực hiện Thông báo Kết luận số 1-A, ngày 02/02/2023 của Thường trực Tỉnh ủy, mục 10, ",
		"Bộ Chính trị":                     "Thực hiện văn bản số 1-A, ngày 02/02/2023 của Bộ Chính trị, ",
		"của Bộ Chính trị":                 "Thực hiện văn bản số 1-A, ngày 02/02/2023 của Bộ Chính trị, ",
		"về việc lấy phiếu của người khác": "Thực hiện văn bản số 1-A, ngày 02/02/2023, về việc lấy phiếu của người khác, ",
		"": "Thực hiện văn bản số 1-A, ngày 02/02/2023, ",
	} {
		c := unknown(t)
		c.Round.References = []meeting.Reference{{Number: "1-A", Date: "2023-02-02", About: about}}
		if s := text(paper.NewCover(c, paper.Party, papertest.Result)); !strings.Contains(s, want) {
			t.Errorf("%q:\n%s", about, s)
		}
	}
}

// A rule that many missed is said once, and each row names it.
func TestLateRules(t *testing.T) {
	s := text(paper.NewConsolidated(papertest.LargeConsolidation(t, 50, 1), paper.Party, papertest.Result))
	if strings.Count(s, "Kết quả gửi về sau 01 ngày") != 1 || strings.Count(s, "| Quy định 1 (gửi kết quả) | 25/08/2023 | 26/08/2023 |") != 5 ||
		!strings.Contains(s, "Quy định 1: Kết quả gửi về sau 01 ngày tổ chức lấy phiếu.\n") {
		t.Error(s)
	}
}

// A vote that was held before another group was done counts, and the report says
// so at the poll and in its third part.
func TestRoundEarly(t *testing.T) {
	c := papertest.Consolidation(t)
	s := text(paper.NewConsolidated(c, paper.Party, papertest.Result))
	if strings.Count(s, "lấy phiếu trước khi nhóm “Chức vụ do Hội đồng nhân dân các cấp bầu” xong (ngày 25/8/2023)") != 2 || !strings.Contains(s, "Ngày 24/08/2023: lấy phiếu trước khi") {
		t.Errorf("%s", s)
	}
}
