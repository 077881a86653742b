package paper

import (
	"fmt"

	"github.com/homphieu/homphieu/meeting"
)

// NewReport composes the report of the counting board (báo cáo kết quả phiếu
// tín nhiệm) in the words of the form that goes with Quy định 96-QĐ/TW. The last
// argument is the SHA-256 of result.json.
func NewReport(o *meeting.Outcome, style Style, result [32]byte) *Document {
	c := newComposer(o, style, result)
	c.sayf("Thực hiện nhiệm vụ do %s giao, từ %s đến %s, %s, tại %s, Ban Kiểm phiếu gồm %s, do %s làm Trưởng Ban, "+
		"đã tiến hành kiểm phiếu tín nhiệm của %[1]s đối với %[8]d %[9]s; kết quả cụ thể như sau:",
		c.title(), hour(c.Filing.Began), hour(c.Filing.Ended), longDate(c.Plan.Date), or(c.Plan.Place, longBlank),
		c.boardSize(), c.named(c.headOf()), len(c.People), c.votedOn)
	c.reportNumbers()
	c.head("3. Kết quả phiếu tín nhiệm, xếp theo thứ tự trên phiếu")
	c.add(c.results())
	c.explain()
	c.exempt()
	c.add(Paragraph{Runs: []Run{{Text: c.legal(), Italic: true}}, Keep: true})
	d := c.document(Report, "Báo cáo kết quả phiếu tín nhiệm")
	d.Header.Number = c.numbered("BC")
	d.Header.Heading = "BÁO CÁO KẾT QUẢ PHIẾU TÍN NHIỆM"
	d.Header.Subject = c.subject("Tại " + c.gathering + " lấy phiếu tín nhiệm")
	d.Signatures = []Signature{c.chairSigns(), c.headSigns()}
	for _, r := range c.Filing.Recipients {
		d.Recipients = append(d.Recipients, line(r))
	}
	return d
}

// reportNumbers are the two parts before the table: people, and ballots (Quy
// định 262-QĐ/TW, khoản 7.3).
func (c *composer) reportNumbers() {
	known := c.attended()
	c.head(fmt.Sprintf("1. Tổng số đại biểu được triệu tập: %s %s.", number(c.Summoned, known), c.unit))
	c.sayf("– Số có mặt: %s %s.", number(c.Present, known), c.unit)
	c.sayf("– Số vắng mặt: %s %s%s.", number(c.Absent(), known), c.unit, c.reasons())
	c.head("2. Số phiếu")
	c.sayf("– Số phiếu phát ra: %s phiếu.", number(c.Slips.Issued, c.counted()))
	c.sayf("– Số phiếu thu về: %d phiếu.", c.Collected)
	c.sayf("– Số phiếu hợp lệ: %d phiếu.", c.Collected)
	c.say("– Số phiếu không hợp lệ: 0 phiếu; số phiếu không hợp lệ đối với từng người ghi trong bảng.")
}
