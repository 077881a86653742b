package roster

import (
	"io"
	"slices"
	"strings"

	"github.com/homphieu/homphieu/meeting"
)

// ParsePeople reads persons to be voted on, in ballot order, and the titles of
// the ballot papers in the order in which they come up; without a column for
// them there is one paper without a title.
func ParsePeople(r io.Reader, format Format) (people []meeting.Person, papers []string, errors []LineError) {
	l := read(r, format, colName, colPost, colBlock, colPaper, colExempt, colPlaces)
	seen := map[[2]string]bool{}
	for _, row := range l.rows {
		l.named(row)
		p := meeting.Person{
			Name: row.cells[colName], Post: row.cells[colPost], Block: row.cells[colBlock],
			Exempt: l.exempt(row), Places: places(row.cells[colPlaces]),
		}
		who := [2]string{strings.ToLower(p.Name), strings.ToLower(p.Post)}
		if seen[who] {
			l.fail(row.line, p.Name+": có hai lần trong danh sách", p.Name+": listed twice")
		}
		seen[who] = true
		p.Paper, papers = paper(papers, row.cells[colPaper])
		people = append(people, p)
	}
	if i := slices.Index(papers, ""); i >= 0 && len(papers) > 1 {
		for k, p := range people {
			if p.Paper == i {
				l.fail(l.rows[k].line, p.Name+": chưa ghi thuộc phiếu nào", p.Name+": no paper")
			}
		}
	}
	slices.SortStableFunc(l.errors, func(a, b LineError) int { return a.Line - b.Line })
	return people, papers, l.errors
}

// paper returns the place of a title among the papers, which it is added to.
func paper(papers []string, title string) (int, []string) {
	if i := slices.Index(papers, title); i >= 0 {
		return i, papers
	}
	return len(papers), append(papers, title)
}

// places takes a cell with several places apart.
func places(cell string) (list []string) {
	for place := range strings.SplitSeq(cell, ";") {
		if place = strings.TrimSpace(place); place != "" {
			list = append(list, place)
		}
	}
	return list
}

// exempt reads a reason of exemption: the ID that a rule set gives it, or its
// text in one of the languages.
func (l *list) exempt(r row) string {
	cell := plain(r.cells[colExempt])
	if cell == "" {
		return ""
	}
	for _, rules := range meeting.RuleSets() {
		for _, reason := range rules.Exempt {
			if cell == reason.ID || cell == plain(reason.Text.Vi) || cell == plain(reason.Text.En) {
				return reason.ID
			}
		}
	}
	l.fail(r.line, "không có quy định nào miễn vì lý do này: "+r.cells[colExempt], "no rule set knows this reason of exemption: "+r.cells[colExempt])
	return ""
}

// ParseAttendees reads who is summoned, and who of them is there.
func ParseAttendees(r io.Reader, format Format) (attendees []meeting.Attendee, errors []LineError) {
	l := read(r, format, colName, colPost, colPresent, colReason)
	for _, row := range l.rows {
		l.named(row)
		a := meeting.Attendee{Name: row.cells[colName], Post: row.cells[colPost], Present: l.present(row)}
		if !a.Present {
			a.Reason = row.cells[colReason]
		}
		attendees = append(attendees, a)
	}
	return attendees, l.errors
}

// present reads a mark for who is there.
func (l *list) present(r row) bool {
	switch plain(r.cells[colPresent]) {
	case "x", "co", "co mat", "yes", "true", "1", "present":
		return true
	case "", "0", "khong", "vang", "no", "false", "absent", "vang mat":
		return false
	}
	l.fail(r.line, "cột “Có mặt” ghi x hoặc để trống: "+r.cells[colPresent], "column “present” is x or empty: "+r.cells[colPresent])
	return false
}
