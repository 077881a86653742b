package paper_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report/paper"
	"github.com/homphieu/homphieu/report/paper/papertest"
	"github.com/homphieu/homphieu/tally"
)

var update = flag.Bool("update", false, "write the golden files")

// text is a document as it reads.
func text(d *paper.Document) string {
	var b strings.Builder
	h := d.Header
	fmt.Fprintf(&b, "%s %s | %s | %s\n\n%s / %s / star %v / %s / %s\n%s / %s\n\n", d.Kind, d.Style, d.Title, d.Date.Format("2006-01-02"),
		h.Superior, h.Issuer, h.Star, h.Number, h.Mark, strings.Join(h.Motto, " / "), h.Place)
	if d.Landscape {
		b.WriteString("landscape\n")
	}
	if len(h.To) > 0 {
		fmt.Fprintf(&b, "%s\nKính gửi: %s\n", h.About, strings.Join(h.To, " / "))
	}
	fmt.Fprintf(&b, "%s\n%s\n\n", h.Heading, strings.Join(h.Subject, "\n"))
	for _, block := range d.Body {
		switch block := block.(type) {
		case paper.Paragraph:
			fmt.Fprintf(&b, "%s\n", runs(block))
		case paper.Table:
			table(&b, block)
		case paper.Chart:
			fmt.Fprintf(&b, "chart: %s\n", block.Title)
			for _, bar := range block.Bars {
				fmt.Fprintf(&b, "  %s %d %d %d %d\n", bar.Label, bar.High, bar.Confidence, bar.Low, bar.Invalid)
			}
		}
	}
	b.WriteByte('\n')
	for _, s := range d.Signatures {
		fmt.Fprintf(&b, "[%s] %s / %s / %s\n", s.Field, s.Above, s.Title, s.Name)
	}
	for _, r := range d.Recipients {
		fmt.Fprintf(&b, "> %s\n", r)
	}
	fmt.Fprintf(&b, "_ %s\n", d.Footer)
	return b.String()
}

func runs(p paper.Paragraph) string {
	var b strings.Builder
	for _, r := range p.Runs {
		b.WriteString(r.Text)
	}
	if p.Runs[0].Bold {
		return "**" + b.String() + "**"
	}
	return b.String()
}

func table(b *strings.Builder, t paper.Table) {
	for _, row := range t.Head {
		for _, c := range row {
			fmt.Fprintf(b, "| %s (%d×%d) ", c.Text, c.Span, c.Down)
		}
		b.WriteString("|\n")
	}
	for _, r := range t.Rows {
		if r.Block != "" {
			fmt.Fprintf(b, "||%s %s ||\n", strings.Repeat(">", r.Depth), r.Block)
			continue
		}
		fmt.Fprintf(b, "| %s |\n", strings.Join(r.Cells, " | "))
	}
}

// all are the papers of the three kinds of outcomes.
func all(t *testing.T) map[string]*paper.Document {
	t.Helper()
	party, state, bare := papertest.Party(t), papertest.State(t), papertest.Bare(t)
	whole, public := papertest.Consolidation(t), papertest.PublicConsolidation(t)
	return map[string]*paper.Document{
		"minutes-party": paper.NewMinutes(party, paper.Party, papertest.Result),
		"report-party":  paper.NewReport(party, paper.Party, papertest.Result),
		"slip-party":    paper.NewSlip(party, 0, paper.Party, papertest.Result),
		"minutes-state": paper.NewMinutes(state, paper.State, papertest.Result),
		"report-state":  paper.NewReport(state, paper.State, papertest.Result),
		"slip-state":    paper.NewSlip(state, 1, paper.State, papertest.Result),
		"minutes-bare":  paper.NewMinutes(bare, paper.Party, papertest.Result),
		"report-bare":   paper.NewReport(bare, paper.State, papertest.Result),
		"slip-bare":     paper.NewSlip(bare, 1, paper.Party, papertest.Result),

		"consolidated-party":  paper.NewConsolidated(whole, paper.Party, papertest.Result),
		"consolidated-public": paper.NewConsolidated(public, paper.State, papertest.Result),
		"consolidated-bare":   paper.NewConsolidated(unknown(t), paper.Party, papertest.Result),
		"cover-party":         paper.NewCover(whole, paper.Party, papertest.Result),
		"cover-public":        paper.NewCover(public, paper.State, papertest.Result),
		"cover-bare":          paper.NewCover(unknown(t), paper.State, papertest.Result),
	}
}

// The papers say what the golden files say: run with -update after a change of
// words, and read the difference.
func TestGolden(t *testing.T) {
	for name, d := range all(t) {
		file, got := filepath.Join("testdata", name+".txt"), text(d)
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs from %s:\n%s", name, file, got)
		}
		if !norm.NFC.IsNormalString(got) {
			t.Errorf("%s: words are not in normal form C", name)
		}
	}
}

// The layout of the Party and that of the State differ where their rules do.
func TestStyles(t *testing.T) {
	o := papertest.Party(t)
	party, state := paper.NewReport(o, paper.Party, papertest.Result), paper.NewReport(o, paper.State, papertest.Result)
	if h := party.Header; !h.Star || h.Number != "Số      -BC/BKP" || !slices.Equal(h.Motto, []string{"ĐẢNG CỘNG SẢN VIỆT NAM"}) || party.Signatures[1].Above != "T/M BAN KIỂM PHIẾU" {
		t.Errorf("Party: %+v", h)
	}
	if h := state.Header; h.Star || h.Number != "Số:      /BC-BKP" || len(h.Motto) != 2 || state.Signatures[1].Above != "TM. BAN KIỂM PHIẾU" {
		t.Errorf("State: %+v", h)
	}
	if s := text(state); strings.Contains(s, "đồng chí") || strings.Contains(s, "T/M") {
		t.Errorf("State speaks as the Party does:\n%s", s)
	}
	if s := text(party); strings.Contains(s, "ông (bà)") || strings.Contains(s, "TM.") {
		t.Errorf("Party speaks as the State does:\n%s", s)
	}
	for id, want := range map[string]paper.Style{meeting.RuleSetReg96: paper.Party, meeting.RuleSetNQ96: paper.State, meeting.RuleSetNQ85: paper.State} {
		rules, err := meeting.RuleSetByID(id)
		if err != nil || paper.StyleOf(rules) != want {
			t.Errorf("%s: %s, %v", id, paper.StyleOf(rules), err)
		}
	}
}

// No paper tells which threshold somebody reached: one with 53 % of low votes
// has the same words as one with none.
func TestNoJudgement(t *testing.T) {
	words := func(low int) string {
		o := papertest.Outcome(t, meeting.RuleSetReg96, meeting.Facts{}, tally.Result{{0, 47 - low, 0, low}}, 47)
		if group := o.Groups()[0]; low > 23 && group == meeting.GroupNone {
			t.Fatalf("%d low: group %s", low, group)
		}
		s := text(paper.NewMinutes(o, paper.Party, papertest.Result)) + text(paper.NewReport(o, paper.Party, papertest.Result)) +
			text(paper.NewSlip(o, 0, paper.Party, papertest.Result))
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return -1
			}
			return r
		}, s)
	}
	none := words(0)
	if words(24) != none || words(47) != none {
		t.Error("the words of a paper change with the low votes")
	}
	for _, word := range []string{"miễn nhiệm", "từ chức", "quy hoạch"} {
		if strings.Contains(none, word) {
			t.Errorf("a paper says %q", word)
		}
	}
}

// People stand in the order of the ballot, whatever they got.
func TestBallotOrder(t *testing.T) {
	o := papertest.Many(t, 60)
	for _, d := range []*paper.Document{paper.NewMinutes(o, paper.Party, papertest.Result), paper.NewReport(o, paper.Party, papertest.Result)} {
		n := 0
		for _, b := range d.Body {
			if table, ok := b.(paper.Table); ok && len(table.Columns) == 10 {
				for _, r := range table.Rows {
					if r.Block != "" {
						continue
					}
					if r.Cells[0] != fmt.Sprint(n+1) || r.Cells[1] != o.People[n].Name || r.Cells[3] != fmt.Sprint(o.People[n].High.Votes) {
						t.Errorf("%s: row %d: %v", d.Kind, n+1, r.Cells)
					}
					n++
				}
			}
		}
		if n != 60 {
			t.Errorf("%s: %d rows", d.Kind, n)
		}
	}
}

// Who is of no block does not stand under somebody else's: the table says where
// the others begin. Nothing is said before the first block.
func TestBlocks(t *testing.T) {
	for _, test := range []struct{ blocks, want []string }{
		{[]string{"A", "", "B"}, []string{"A", "1", "Người khác", "2", "B", "3"}},
		{[]string{"A", "A", ""}, []string{"A", "1", "2", "Người khác", "3"}},
		{[]string{"", "A", ""}, []string{"1", "A", "2", "Người khác", "3"}},
		{[]string{"", "", ""}, []string{"1", "2", "3"}},
	} {
		o := papertest.Party(t)
		for i, block := range test.blocks {
			o.People[i].Block = block
		}
		for _, d := range []*paper.Document{paper.NewMinutes(o, paper.Party, papertest.Result), paper.NewReport(o, paper.Party, papertest.Result)} {
			var got []string
			for _, b := range d.Body {
				if t, ok := b.(paper.Table); ok && len(t.Columns) == 10 {
					for _, r := range t.Rows {
						got = append(got, slices.Concat([]string{r.Block}, r.Cells)[min(len(r.Cells), 1)])
					}
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%s of blocks %q: %q, want %q", d.Kind, test.blocks, got, test.want)
			}
		}
	}
}

// Why people are absent stands in the minutes and in no other paper: an illness is
// nobody else's business.
func TestReasonsOfAbsence(t *testing.T) {
	o := papertest.Party(t)
	o.Absences = []meeting.Absence{{Count: 1, Reason: "ốm"}}
	if s := text(paper.NewMinutes(o, paper.Party, papertest.Result)); !strings.Contains(s, "Số vắng mặt: 2 đồng chí (1: ốm; 1: không ghi lý do).") {
		t.Error(s)
	}
	for _, d := range []*paper.Document{paper.NewReport(o, paper.Party, papertest.Result), paper.NewSlip(o, 0, paper.Party, papertest.Result)} {
		s := text(d)
		if strings.Contains(s, "ốm") || d.Kind == paper.Report && !strings.Contains(s, "Số vắng mặt: 2 đồng chí.") {
			t.Error(s)
		}
	}
}

// A count is over on the day of the vote, whatever the date of the papers, and on
// the next when it lasted past midnight.
func TestPastMidnight(t *testing.T) {
	for _, test := range []struct{ date, began, ended, want, report string }{
		{"2026-12-31", "22:30", "23:40", "ngày 31 tháng 12 năm 2026", "từ 22 giờ 30 phút đến 23 giờ 40 phút, ngày 31 tháng 12 năm 2026, tại"},
		{"2026-12-31", "22:30", "00:10", "ngày 01 tháng 01 năm 2027", "từ 22 giờ 30 phút, ngày 31 tháng 12 năm 2026, đến 00 giờ 10 phút, ngày 01 tháng 01 năm 2027, tại"},
		{"2026-12-31", "", "00:10", "ngày 31 tháng 12 năm 2026", "từ … giờ … phút đến 00 giờ 10 phút, ngày 31 tháng 12 năm 2026, tại"},
		{"2026-12-31", "22:30", "", "ngày 31 tháng 12 năm 2026", "từ 22 giờ 30 phút đến … giờ … phút, ngày 31 tháng 12 năm 2026, tại"},
		{"", "22:30", "00:10", "ngày … tháng … năm …", "từ 22 giờ 30 phút, ngày … tháng … năm …, đến 00 giờ 10 phút, ngày … tháng … năm …, tại"},
	} {
		o := papertest.Party(t)
		o.Plan.Date, o.Filing.Date, o.Filing.Began, o.Filing.Ended = meeting.Date(test.date), "2027-01-05", test.began, test.ended
		if s := text(paper.NewMinutes(o, paper.Party, papertest.Result)); !strings.Contains(s, "Việc kiểm phiếu kết thúc vào hồi ") || !strings.Contains(s, " phút, "+test.want+". Biên bản") {
			t.Errorf("%+v:\n%s", test, s)
		}
		if s := text(paper.NewReport(o, paper.Party, papertest.Result)); !strings.Contains(s, test.report) {
			t.Errorf("%+v:\n%s", test, s)
		}
	}
}

// Slips that do not add up leave room to say why, and no equation that is not
// true.
func TestNotReconciled(t *testing.T) {
	for name, change := range map[string]func(*meeting.Outcome){
		"printed": func(o *meeting.Outcome) { o.Slips.Printed++ },
		"cast":    func(o *meeting.Outcome) { o.Collected-- },
		"voided":  func(o *meeting.Outcome) { o.Voided = 9 },
	} {
		o := papertest.Party(t)
		change(o)
		if s := text(paper.NewMinutes(o, paper.Party, papertest.Result)); strings.Contains(s, "Đối chiếu") || !strings.Contains(s, "không khớp; lý do") {
			t.Errorf("%s:\n%s", name, s)
		}
	}
}

// Below the quorum the minutes do not say that there were enough.
func TestNoQuorum(t *testing.T) {
	o := papertest.Party(t)
	o.Present = 33
	if s := text(paper.NewMinutes(o, paper.Party, papertest.Result)); !strings.Contains(s, "Số có mặt không đạt 2/3") || strings.Contains(s, "đủ điều kiện") {
		t.Error(s)
	}
}

// The fields for signatures have names of their own, also when somebody was
// replaced, whose name is then no longer under it.
func TestFields(t *testing.T) {
	o := papertest.Party(t)
	o.Board = append(o.Board, meeting.BoardMember{Name: "Cao Năm", Office: meeting.Ordinary}, meeting.BoardMember{Name: "Tô Sáu", Office: meeting.Ordinary, Replaced: true})
	var fields, names []string
	for _, s := range paper.NewMinutes(o, paper.Party, papertest.Result).Signatures {
		fields, names = append(fields, s.Field), append(names, s.Name)
	}
	if !slices.Equal(fields, []string{"head", "secretary", "member-3", "member-4", "member-5", "chair"}) ||
		!slices.Equal(names, []string{"Bùi Văn Khoa", "Hồ Thị Lan", "Đinh Công Minh", "Cao Năm", "", "Lê Thị Hòa"}) {
		t.Errorf("%q %q", fields, names)
	}
}

// Percentages of all members are called so only where they are, and where the
// rule set asks for that and nobody knows their number, the paper says it.
func TestBase(t *testing.T) {
	report := func(rules string, members int) string {
		o := papertest.Outcome(t, rules, meeting.Facts{Plan: meeting.Plan{Members: members}}, tally.Result{{0, 10, 0, 0}}, 10)
		return text(paper.NewReport(o, paper.State, papertest.Result))
	}
	const of, unknown = "tính trên tổng số đại biểu (", "không ghi tổng số này"
	for _, test := range []struct {
		rules       string
		members     int
		of, unknown bool
	}{
		{meeting.RuleSetNQ85, 20, true, false}, {meeting.RuleSetNQ85, 10, true, false}, {meeting.RuleSetNQ85, 0, false, true}, {meeting.RuleSetNQ96, 20, false, false},
	} {
		if s := report(test.rules, test.members); strings.Contains(s, of) != test.of || strings.Contains(s, unknown) != test.unknown {
			t.Errorf("%s, %d members:\n%s", test.rules, test.members, s)
		}
	}
}

// Days and months are written as the rule for papers says.
func TestDates(t *testing.T) {
	for date, want := range map[meeting.Date]string{
		"2023-07-06": "…………, ngày 06 tháng 7 năm 2023", "2026-02-28": "…………, ngày 28 tháng 02 năm 2026",
		"2026-12-31": "…………, ngày 31 tháng 12 năm 2026", "": "…………, ngày … tháng … năm …",
	} {
		o := papertest.Outcome(t, meeting.RuleSetReg96, meeting.Facts{Filing: meeting.Filing{Date: date}}, tally.Result{{0, 0, 0, 0}}, 0)
		if got := paper.NewReport(o, paper.Party, papertest.Result).Header.Place; got != want {
			t.Errorf("%q: %q", date, got)
		}
	}
}

// Where nobody has a name, as in published tables of posts, there is no column of
// names, and posts have its room.
func TestTableWithoutNames(t *testing.T) {
	o := papertest.State(t)
	for i := range o.People {
		o.People[i].Name = ""
	}
	for _, block := range paper.NewMinutes(o, paper.State, papertest.Result).Body {
		table, ok := block.(paper.Table)
		if !ok || len(table.Head) != 2 {
			continue
		}
		if len(table.Columns) != 9 || len(table.Head[0]) != 6 || table.Head[0][1].Text != "Chức vụ" {
			t.Errorf("%+v", table.Head)
		}
		width := 0.0
		for _, c := range table.Columns {
			width += c.Width
		}
		if width < 0.999 || width > 1.001 {
			t.Errorf("the columns take %g of the width", width)
		}
		for _, row := range table.Rows {
			if row.Block == "" && (len(row.Cells) != 9 || row.Cells[1] == "") {
				t.Errorf("%q", row.Cells)
			}
		}
		return
	}
	t.Error("no table of results")
}
