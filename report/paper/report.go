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
	c.sayf("Thực hiện nhiệm vụ do %s giao, %s, tại %s, Ban Kiểm phiếu gồm %s, do %s làm Trưởng Ban, "+
		"đã tiến hành kiểm phiếu tín nhiệm của %[1]s đối với %[6]d %[7]s; kết quả cụ thể như sau:",
		c.title(), c.hours(), or(c.Plan.Place, longBlank), c.boardSize(), c.named(c.headOf()), len(c.People), c.votedOn)
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

// hours says when the count began and ended: on one day, as the form has it,
// unless it lasted past midnight.
func (c *composer) hours() string {
	began, ended, day := hour(c.Filing.Began), hour(c.Filing.Ended), longDate(c.Plan.Date)
	if c.pastMidnight() {
		return "từ " + began + ", " + day + ", đến " + ended + ", " + longDate(c.lastDay())
	}
	return "từ " + began + " đến " + ended + ", " + day
}

// reportNumbers are the two parts before the table: people, and ballots (Quy
// định 262-QĐ/TW, khoản 7.3). A report can be for everybody: why people are
// absent stands in the minutes alone.
func (c *composer) reportNumbers() {
	known := c.attended()
	c.head(fmt.Sprintf("1. Tổng số đại biểu được triệu tập: %s %s.", number(c.Summoned, known), c.unit))
	c.sayf("– Số có mặt: %s %s.", number(c.Present, known), c.unit)
	c.sayf("– Số vắng mặt: %s %s.", number(c.Absent(), known), c.unit)
	c.head("2. Số phiếu")
	c.sayf("– Số phiếu phát ra: %s phiếu.", number(c.Slips.Issued, c.counted()))
	c.sayf("– Số phiếu thu về: %d phiếu.", c.Collected)
	c.sayf("– Số phiếu hợp lệ: %d phiếu.", c.Collected)
	c.say("– Số phiếu không hợp lệ: 0 phiếu; số phiếu không hợp lệ đối với từng người ghi trong bảng.")
}
