package paper

import (
	"fmt"
	"slices"
	"strings"

	"github.com/homphieu/homphieu/meeting"
)

// resultHead is the two rows over the table of results.
var resultHead = [][]Cell{
	{
		{"STT", 1, 2}, {"Họ và tên", 1, 2}, {"Chức vụ", 1, 2},
		{"Tín nhiệm cao", 2, 1}, {"Tín nhiệm", 2, 1}, {"Tín nhiệm thấp", 2, 1}, {"Không hợp lệ", 1, 2},
	},
	{{"Số phiếu", 1, 1}, {"Tỷ lệ %", 1, 1}, {"Số phiếu", 1, 1}, {"Tỷ lệ %", 1, 1}, {"Số phiếu", 1, 1}, {"Tỷ lệ %", 1, 1}},
}

var resultColumns = []Column{
	{0.06, Center}, {0.185, Left}, {0.19, Left},
	{0.075, Right}, {0.085, Right}, {0.075, Right}, {0.085, Right}, {0.075, Right}, {0.085, Right}, {0.085, Right},
}

// nameColumn is the place of the names, of which some tables have none: published
// results often name posts alone.
const nameColumn = 1

// withoutName returns columns and head with the posts in the place of names, too.
func withoutName() ([]Column, [][]Cell) {
	columns := slices.Delete(slices.Clone(resultColumns), nameColumn, nameColumn+1)
	columns[nameColumn].Width += resultColumns[nameColumn].Width
	return columns, [][]Cell{slices.Delete(slices.Clone(resultHead[0]), nameColumn, nameColumn+1), resultHead[1]}
}

// others is the line above persons of no block who come after a block.
const others = "Người khác"

// results is the table of all persons in ballot order, with a line where a
// block begins, and where persons of none follow one.
func (c *composer) results() Table {
	t := Table{Columns: resultColumns, Head: resultHead}
	named := slices.ContainsFunc(c.People, func(p meeting.PersonOutcome) bool { return p.Name != "" })
	if !named {
		t.Columns, t.Head = withoutName()
	}
	block := ""
	for i := range c.People {
		p := &c.People[i]
		if p.Block != block {
			block = p.Block
			t.Rows = append(t.Rows, Row{Block: or(block, others)})
		}
		cells := []string{fmt.Sprint(i + 1), line(p.Name), c.post(i)}
		if !named {
			cells = slices.Delete(cells, nameColumn, nameColumn+1)
		}
		for _, s := range []meeting.Share{p.High, p.Confidence, p.Low} {
			cells = append(cells, fmt.Sprint(s.Votes), s.Percent)
		}
		t.Rows = append(t.Rows, Row{Cells: append(cells, fmt.Sprint(p.Invalid))})
	}
	return t
}

// post is a person's post, and where else the person is voted on.
func (c *composer) post(i int) string {
	post := line(c.People[i].Post)
	if i >= len(c.Facts.People) || len(c.Facts.People[i].Places) == 0 {
		return post
	}
	places := "(còn được lấy phiếu tại: " + line(strings.Join(c.Facts.People[i].Places, "\n")) + ")"
	return strings.TrimSpace(post + " " + places)
}

// explain adds what a reader of the table must know of its percentages.
func (c *composer) explain() {
	stays := "Phiếu không đánh dấu mức nào cho một người là không hợp lệ đối với người đó nhưng vẫn nằm trong số phiếu thu về"
	if c.ofMembers() {
		stays = "Đại biểu không bỏ phiếu và phiếu không hợp lệ đối với một người vẫn nằm trong tổng số đại biểu"
	}
	c.note("Tỷ lệ % tính trên " + c.base() + ", làm tròn đến hai chữ số thập phân. " +
		stays + ", vì vậy tổng ba tỷ lệ của một người có thể nhỏ hơn 100%.")
	if c.Rules.PercentBase == meeting.BaseMembers && !c.ofMembers() {
		c.note("Quy định tính tỷ lệ trên tổng số đại biểu; cuộc họp không ghi tổng số này nên tỷ lệ tính trên số phiếu thu về.")
	}
}

// exempt adds those who are on no ballot, with the reason of the rule set.
func (c *composer) exempt() {
	if len(c.Exempt) == 0 {
		return
	}
	c.sayf("Không lấy phiếu đối với %d %s sau đây, không có tên trên phiếu:", len(c.Exempt), c.votedOn)
	for i := range c.Exempt {
		p := &c.Exempt[i]
		text := "– " + or(p.Name, line(p.Post))
		if post := line(p.Post); post != "" && p.Name != "" {
			text += ", " + post
		}
		c.say(text + ": " + c.reason(p.Exempt) + ".")
	}
}

// reason is the rule set's text of a reason, or the reason as it was given.
func (c *composer) reason(id string) string {
	for _, r := range c.Rules.Exempt {
		if r.ID == id {
			return lowerFirst(r.Text.Vi)
		}
	}
	return line(id)
}

// chart is a bar for each person.
func (c *composer) chart() Chart {
	all := Chart{Title: "Số phiếu của từng người"}
	for i := range c.People {
		p := &c.People[i]
		all.Bars = append(all.Bars, Bar{
			Label: line(p.Label()), High: p.High.Votes, Confidence: p.Confidence.Votes, Low: p.Low.Votes, Invalid: p.Invalid,
		})
	}
	return all
}
