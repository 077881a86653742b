package paper

import (
	"fmt"
	"slices"
	"strings"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// hidden stands in the place of a number that is left out, and of one that
// there is not.
const hidden = "–"

// wideWidth is the width of the text on a page that is turned, in millimetres:
// the unit of the columns below.
const wideWidth = PageHeight - MarginLeft - MarginRight

// wideColumns are the seventeen columns of the consolidated table.
var wideColumns = columnsOf(
	Column{9.5, Center}, Column{32, Left}, Column{38, Left}, Column{36, Left},
	Column{9.5, Right}, Column{8.5, Right},
	Column{8.5, Right}, Column{8.5, Right}, Column{8.5, Right}, Column{10.7, Right},
	Column{9.5, Right}, Column{12.3, Right}, Column{9.5, Right}, Column{12.3, Right}, Column{9.5, Right}, Column{12.3, Right},
	Column{16.9, Left},
)

// columnsOf turns widths in millimetres of a turned page into shares.
func columnsOf(all ...Column) []Column {
	for i := range all {
		all[i].Width /= wideWidth
	}
	return all
}

// wideHead is the head of the table, with the numbers of its columns.
var wideHead = [][]Cell{
	{
		{"STT", 1, 2}, {"Họ và tên", 1, 2}, {"Chức vụ, chức danh", 1, 2}, {"Nơi và ngày lấy phiếu", 1, 2},
		{"Số người", 2, 1}, {"Số phiếu", 4, 1}, {"Tín nhiệm cao", 2, 1}, {"Tín nhiệm", 2, 1}, {"Tín nhiệm thấp", 2, 1}, {"Ghi chú", 1, 2},
	},
	cells("Triệu tập", "Có mặt", "Phát ra", "Thu về", "Hợp lệ", "Không hợp lệ", "Số phiếu", "Tỷ lệ %", "Số phiếu", "Tỷ lệ %", "Số phiếu", "Tỷ lệ %"),
	cells("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17"),
}

// cells are plain cells of a head.
func cells(texts ...string) (all []Cell) {
	for _, text := range texts {
		all = append(all, Cell{text, 1, 1})
	}
	return all
}

// results is the second part: the table of everybody, and what must be known of
// its percentages.
func (g *gatherer) results() {
	if g.Sent == 0 {
		g.say("Chưa có kết quả được kiểm tra.")
		return
	}
	t := Table{Columns: wideColumns, Head: wideHead, Dense: true}
	for i, s := range g.Sections {
		t.Rows = append(t.Rows, Row{Block: fmt.Sprintf("%s. %s", roman(i+1), or(s.Kind, others))})
		for j := range s.Agencies {
			t.Rows = append(t.Rows, g.agency(&s.Agencies[j])...)
		}
	}
	g.add(t)
	g.explain()
}

// agency is the rows of one agency: each poll, in it each block, in it each
// person.
func (g *gatherer) agency(a *round.AgencyResult) (rows []Row) {
	for i := range a.Polls {
		p := &a.Polls[i]
		rows = append(rows, Row{Block: g.pollLine(a, p), Depth: 1})
		block := ""
		for j := range p.Rows {
			r := &p.Rows[j]
			if r.Block != block {
				block = r.Block
				rows = append(rows, Row{Block: or(block, others), Depth: 2})
			}
			rows = append(rows, Row{Cells: g.person(a, p, r)})
		}
	}
	return rows
}

// pollLine names a poll: agency, posts, and what the columns have no place for.
func (g *gatherer) pollLine(a *round.AgencyResult, p *round.PollResult) string {
	text := or(a.Agency.Name, a.Agency.ID) + " – " + lowerFirst(line(p.Posts.Name))
	if place := line(p.Place); place != "" {
		text += "; họp tại " + place
	}
	for _, a := range p.Early {
		text += "; " + a.Words().Vi
	}
	if p.RuleSet != "" && p.RuleSet != g.Rules.ID {
		if rules, err := meeting.RuleSetByID(p.RuleSet); err == nil {
			text += "; tính theo " + rules.Name.Vi
		}
	}
	return text
}

// person is one row: columns 1 to 17.
func (g *gatherer) person(a *round.AgencyResult, p *round.PollResult, r *round.Row) []string {
	row := []string{fmt.Sprint(r.Number), line(r.Name), line(r.Post), placesOf(a, p, r)}
	row = append(row, numbers(p.Hidden, p.Summoned, p.Present, p.Issued, p.Collected)...)
	left := p.Hidden || r.Hidden
	row = append(row, numbers(left, r.Valid(), r.Invalid)...)
	for _, s := range []meeting.Share{r.High, r.Confidence, r.Low} {
		row = append(row, numbers(left, s.Votes)...)
		if left {
			s.Percent = hidden
		}
		row = append(row, s.Percent)
	}
	note := ""
	switch {
	case left:
		note = "Không công bố"
	case len(r.Elsewhere) > 0:
		note = "Xem mục 6"
	}
	return append(row, note)
}

// placesOf is where and when the person was voted on, and where else.
func placesOf(a *round.AgencyResult, p *round.PollResult, r *round.Row) string {
	here := or(a.Agency.Name, a.Agency.ID) + ", " + shortDate(p.Voted)
	if len(r.Elsewhere) == 0 {
		return here
	}
	places := []string{"1) " + here}
	for i, e := range r.Elsewhere {
		places = append(places, fmt.Sprintf("%d) %s", i+2, line(e)))
	}
	return strings.Join(places, "; ")
}

// numbers are texts of numbers, or as many dashes.
func numbers(left bool, all ...int) []string {
	texts := make([]string, len(all))
	for i, n := range all {
		texts[i] = fmt.Sprint(n)
		if left {
			texts[i] = hidden
		}
	}
	return texts
}

// explain adds what a reader of the table must know.
func (g *gatherer) explain() {
	g.note("Tỷ lệ % tính trên số phiếu thu về của từng cuộc lấy phiếu, làm tròn đến hai chữ số thập phân. Phiếu không đánh dấu mức nào cho một người là không hợp lệ " +
		"đối với người đó nhưng vẫn nằm trong số phiếu thu về, vì vậy tổng ba tỷ lệ của một người có thể nhỏ hơn 100%. Cột 9 và cột 10 là số phiếu hợp lệ, " +
		"không hợp lệ đối với người đó.")
	if n := g.ofMembers(); n > 0 {
		g.note(fmt.Sprintf("Ở %d cuộc lấy phiếu, quy định tính tỷ lệ %% trên tổng số đại biểu, không phải trên số phiếu thu về.", n))
	}
	g.note("Số liệu của các cuộc lấy phiếu khác nhau không được cộng với nhau.")
}

// ofMembers counts the polls whose percentages are of all members.
func (g *gatherer) ofMembers() (n int) {
	for _, p := range g.polls() {
		if p.Base != p.Collected && !p.Hidden {
			n++
		}
	}
	return n
}

// roman writes a small number as a Roman one.
func roman(n int) string {
	var b strings.Builder
	for _, r := range romans {
		for ; n >= r.n; n -= r.n {
			b.WriteString(r.text)
		}
	}
	return b.String()
}

var romans = []struct {
	n    int
	text string
}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}}

// twice is the table of people who are voted on in several places, two of them
// beside one another in each row.
func (g *gatherer) twice() Table {
	place := []Cell{{"Cơ quan, đơn vị; chức vụ; ngày", 1, 1}, {"Thu về", 1, 1}, {"Tín nhiệm cao", 1, 1}, {"Tín nhiệm", 1, 1}, {"Tín nhiệm thấp", 1, 1}, {"Không hợp lệ", 1, 1}}
	columns := []Column{{8, Center}, {26, Left}}
	for range 2 {
		columns = append(columns, Column{33, Left}, Column{8.5, Center}, Column{18.9, Center}, Column{18.9, Center}, Column{18.9, Center}, Column{10.8, Center})
	}
	t := Table{
		Columns: columnsOf(columns...), Dense: true,
		Head: [][]Cell{{{"STT", 1, 2}, {"Họ và tên", 1, 2}, {"Nơi thứ nhất", 6, 1}, {"Nơi thứ hai", 6, 1}}, slices.Concat(place, place)},
	}
	for i := range g.Twice {
		who := &g.Twice[i]
		for at := 0; at < len(who.At); at += 2 {
			row := []string{"", ""}
			if at == 0 {
				row = []string{fmt.Sprint(i + 1), line(who.Name)}
			}
			for j := at; j < min(at+2, len(who.At)); j++ {
				row = append(row, beside(&who.At[j])...)
			}
			t.Rows = append(t.Rows, Row{Cells: row})
		}
	}
	return t
}

// beside is one place in that table.
func beside(p *round.Place) []string {
	where := or(p.Agency.Name, p.Agency.ID)
	if post := line(p.Post); post != "" {
		where += "; " + post
	}
	if p.Poll == nil || p.Hidden {
		return []string{where, hidden, hidden, hidden, hidden, hidden}
	}
	texts := []string{where + "; " + shortDate(p.Poll.Voted), fmt.Sprint(p.Poll.Collected)}
	for _, s := range []meeting.Share{p.Result.High, p.Result.Confidence, p.Result.Low} {
		texts = append(texts, fmt.Sprintf("%d (%s%%)", s.Votes, s.Percent))
	}
	return append(texts, fmt.Sprint(p.Result.Invalid))
}
