package paper

import (
	"fmt"

	"github.com/homphieu/homphieu/meeting"
)

// NewSlip composes the result of one person alone (phiếu kết quả), for that
// person and the file. person counts from 0 in ballot order. The last argument
// is the SHA-256 of result.json.
func NewSlip(o *meeting.Outcome, person int, style Style, result [32]byte) *Document {
	c, p := newComposer(o, style, result), &o.People[person]
	c.slipFacts(p)
	c.add(Table{
		Columns: []Column{{0.5, Left}, {0.25, Right}, {0.25, Right}},
		Head:    [][]Cell{{{"Mức", 1, 1}, {"Số phiếu", 1, 1}, {"Tỷ lệ %", 1, 1}}},
		Rows: []Row{
			{Cells: []string{"Tín nhiệm cao", fmt.Sprint(p.High.Votes), p.High.Percent}},
			{Cells: []string{"Tín nhiệm", fmt.Sprint(p.Confidence.Votes), p.Confidence.Percent}},
			{Cells: []string{"Tín nhiệm thấp", fmt.Sprint(p.Low.Votes), p.Low.Percent}},
		},
	})
	c.explain()
	d := c.document(Slip, "Phiếu kết quả của "+or(p.Label(), longBlank))
	d.Header.Heading = "PHIẾU KẾT QUẢ LẤY PHIẾU TÍN NHIỆM"
	d.Header.Subject = c.subject("đối với " + c.named(p.Label()))
	d.Signatures = []Signature{c.chairSigns(), c.headSigns()}
	return d
}

// slipFacts are the person's post, the meeting, and the ballots.
func (c *composer) slipFacts(p *meeting.PersonOutcome) {
	c.sayf("Chức vụ: %s.", or(p.Post, blank))
	c.sayf("Cuộc họp: %s, %s, tại %s.", c.title(), longDate(c.Plan.Date), or(c.Plan.Place, longBlank))
	c.sayf("Kết quả được tính theo %s.", c.Rules.Name.Vi)
	c.sayf("Số phiếu phát ra: %s; số phiếu thu về: %d; số phiếu hợp lệ đối với %[3]s: %[4]d; số phiếu không hợp lệ đối với %[3]s: %[5]d.",
		number(c.Slips.Issued, c.counted()), c.Collected, c.person, p.Valid(), p.Invalid)
}
