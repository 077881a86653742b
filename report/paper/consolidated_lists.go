package paper

import (
	"fmt"
	"slices"
	"strings"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// none is what a part without entries says.
const none = "Không có."

// lists are the third to the sixth part: agencies that are late, and missing,
// and excused; people on no ballot; people in two places.
func (g *gatherer) lists() {
	g.late()
	g.early()
	g.part("4. Chưa có kết quả được kiểm tra", g.missing())
	if len(g.Consolidation.Excused) > 0 {
		g.add(Paragraph{Runs: []Run{{Text: "Không phải gửi kết quả:"}}, Keep: true})
		g.add(g.excused())
	}
	g.part(fmt.Sprintf("5. Không lấy phiếu: %d %s, không có tên trên phiếu", len(g.Exempt), g.votedOn), g.exempt())
	g.head(fmt.Sprintf("6. Được lấy phiếu ở hai nơi: %d %s", len(g.Twice), g.votedOn))
	if len(g.Twice) == 0 {
		g.say(none)
		return
	}
	g.add(Paragraph{Runs: []Run{{Text: "Kết quả ở từng nơi để cạnh nhau, không cộng với nhau; cấp có thẩm quyền đánh giá chung."}}, Keep: true})
	g.add(g.twice())
}

// part is a heading, and a table or that there is nothing.
func (g *gatherer) part(heading string, t Table) {
	g.head(heading)
	if len(t.Rows) == 0 {
		g.say(none)
		return
	}
	g.add(t)
}

// late is the third part: the rules that were missed, each once, and a row for
// each poll and rule.
func (g *gatherer) late() {
	g.head("3. Chậm so với thời hạn")
	t := Table{
		Columns: columnsOf(Column{10, Center}, Column{73, Left}, Column{73, Left}, Column{46, Left}, Column{25, Center}, Column{25, Center}),
		Head:    [][]Cell{cells("STT", "Cơ quan, đơn vị", "Nhóm chức danh", "Quy định", "Ngày cuối", "Thực hiện")},
	}
	var rules []string
	for i := range g.Consolidation.Late {
		s := &g.Consolidation.Late[i]
		first := []string{fmt.Sprint(i + 1), or(s.Agency.Name, s.Agency.ID), line(s.Group.Name)}
		for _, m := range s.Rules {
			if !m.Late {
				continue
			}
			rule := ruleOf(m)
			n := slices.Index(rules, rule)
			if n < 0 {
				n, rules = len(rules), append(rules, rule)
			}
			done := "chưa"
			if m.Done != "" {
				done = shortDate(m.Done)
			}
			t.Rows = append(t.Rows, Row{Cells: append(first, fmt.Sprintf("Quy định %d%s", n+1, limits[m.ID]), shortDate(m.Due), done)})
			first = []string{"", "", ""}
		}
	}
	if len(t.Rows) == 0 {
		g.say(none)
		return
	}
	for i, rule := range rules {
		g.sayf("Quy định %d: %s.", i+1, strings.TrimRight(rule, "."))
	}
	g.add(t)
}

// early lists the votes that were held before posts that come first were done.
func (g *gatherer) early() {
	t := standingTable("Trình tự")
	for i := range g.Sections {
		for _, a := range g.Sections[i].Agencies {
			for _, p := range a.Polls {
				for _, ahead := range p.Early {
					s := round.Standing{Agency: a.Agency, Group: p.Posts}
					t.Rows = append(t.Rows, standingRow(len(t.Rows), &s, "Ngày "+shortDate(p.Voted)+": "+ahead.Words().Vi))
				}
			}
		}
	}
	if len(t.Rows) == 0 {
		return
	}
	g.add(Paragraph{Runs: []Run{{Text: "Lấy phiếu trước khi nhóm phải lấy phiếu trước xong (kết quả vẫn được tổng hợp):"}}, Keep: true})
	g.add(t)
}

// ruleOf is a rule in words, without the last good day that it works out to: the
// table has a column of these.
func ruleOf(m round.Met) string {
	last := meeting.Limit{Date: m.Due}.Words().Vi
	return strings.TrimSuffix(line(m.Rule.Vi), ": "+last)
}

// limits say what a rule is about.
var limits = map[string]string{"prepare": " (chuẩn bị)", "vote": " (lấy phiếu)", "send": " (gửi kết quả)"}

// missing is a row for each poll without a verified package.
func (g *gatherer) missing() Table {
	t := standingTable("Tình hình")
	for i := range g.Consolidation.Missing {
		t.Rows = append(t.Rows, standingRow(i, &g.Consolidation.Missing[i], stageWords(&g.Consolidation.Missing[i])))
	}
	return t
}

// excused is a row for each poll of which no package is awaited.
func (g *gatherer) excused() Table {
	t := standingTable("Lý do")
	for i := range g.Consolidation.Excused {
		s := &g.Consolidation.Excused[i]
		why := or(s.Known.Excused, line(s.Known.Done))
		if s.Known.Excused == "" && s.Known.Done != "" {
			why = "đã lấy phiếu ở nơi khác: " + line(s.Known.Done)
		}
		t.Rows = append(t.Rows, standingRow(i, s, why))
	}
	return t
}

func standingTable(last string) Table {
	return Table{
		Columns: columnsOf(Column{10, Center}, Column{70, Left}, Column{70, Left}, Column{102, Left}),
		Head:    [][]Cell{cells("STT", "Cơ quan, đơn vị", "Nhóm chức danh", last)},
	}
}

func standingRow(i int, s *round.Standing, last string) Row {
	return Row{Cells: []string{fmt.Sprint(i + 1), or(s.Agency.Name, s.Agency.ID), line(s.Group.Name), last}}
}

// stageWords say how far a poll has come whose result is missing, and the
// limits that it missed.
func stageWords(s *round.Standing) string {
	text := stages[s.Stage]
	switch {
	case s.Stage == round.StageApart && s.Package != nil && s.Package.Reason.Vi != "":
		text += ": " + strings.TrimRight(line(s.Package.Reason.Vi), ".")
	case s.Stage == round.StageVoted && s.Known.Voted != "":
		text = "Đã lấy phiếu ngày " + shortDate(s.Known.Voted) + ", chưa gửi kết quả"
	case s.Stage == round.StagePrepared && s.Known.Planned != "":
		text += ", dự kiến ngày " + shortDate(s.Known.Planned)
	}
	for _, m := range s.Rules {
		if m.Late {
			text += "; quá hạn " + shortDate(m.Due)
			break
		}
	}
	return text
}

var stages = map[round.Stage]string{
	round.StageNone:     "Chưa có thông tin",
	round.StagePrepared: "Đã chuẩn bị, chưa lấy phiếu",
	round.StageVoted:    "Đã lấy phiếu, chưa gửi kết quả",
	round.StageHeld:     "Gói kết quả đã đến, đang chờ xác nhận khóa hoặc kiểm tra",
	round.StagePart:     "Mới có kết quả của một số phiếu",
	round.StageApart:    "Gói kết quả không đạt kiểm tra",
}

// exempt is a row for each person on no ballot.
func (g *gatherer) exempt() Table {
	t := Table{
		Columns: columnsOf(Column{10, Center}, Column{54, Left}, Column{62, Left}, Column{58, Left}, Column{68, Left}),
		Head:    [][]Cell{cells("STT", "Họ và tên", "Chức vụ, chức danh", "Cơ quan, đơn vị", "Lý do")},
	}
	for i := range g.Exempt {
		e := &g.Exempt[i]
		t.Rows = append(t.Rows, Row{Cells: []string{
			fmt.Sprint(i + 1), line(e.Person.Name), line(e.Person.Post), or(e.Agency.Name, e.Agency.ID), or(e.Reason.Vi, line(e.Person.Exempt)),
		}})
	}
	return t
}
