package paper

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
)

// NewMinutes composes the minutes of a count (biên bản kiểm phiếu), signed by
// the whole counting board and confirmed by the chair. The last argument is the
// SHA-256 of result.json, whose numbers the paper says.
func NewMinutes(o *meeting.Outcome, style Style, result [32]byte) *Document {
	c := newComposer(o, style, result)
	c.opening()
	c.basis()
	c.attendance()
	c.slips()
	c.outcome()
	c.counting()
	c.closing()
	d := c.document(Minutes, "Biên bản kiểm phiếu")
	d.Header.Number = c.numbered("BB")
	d.Header.Heading = "BIÊN BẢN KIỂM PHIẾU"
	d.Header.Subject = c.subject("lấy phiếu tín nhiệm tại " + c.title())
	d.Signatures = c.allSign()
	return d
}

// opening says when and where, and who counted.
func (c *composer) opening() {
	c.sayf("Hôm nay, vào hồi %s, %s, tại %s, Ban Kiểm phiếu đã tiến hành kiểm phiếu tín nhiệm tại %s, do %s %s.",
		hour(c.Filing.Began), longDate(c.Plan.Date), or(c.Plan.Place, longBlank), c.title(), c.named(c.Plan.Chair), c.chairs)
	c.add(Paragraph{Runs: []Run{{Text: "Ban Kiểm phiếu gồm " + c.boardSize() + ":"}}, Keep: true})
	c.listBoard()
}

// basis names the documents that the vote follows.
func (c *composer) basis() {
	c.head("Căn cứ:")
	for _, r := range c.Plan.References {
		c.say("– Văn bản " + reference(r) + ";")
	}
	c.say("– Văn bản cho phép lấy phiếu điện tử: " + reference(c.Plan.Decision) + ";")
	version := c.Rules.Version
	if c.Plan.RuleSetVersion > 0 {
		version = c.Plan.RuleSetVersion
	}
	c.sayf("– Kết quả được tính theo %s (bản %d của bộ quy tắc).", c.Rules.Name.Vi, version)
}

// attendance is the first part: who was there, and that they were enough.
func (c *composer) attendance() {
	c.head("1. Thành phần")
	known := c.attended()
	c.sayf("– Tổng số đại biểu được triệu tập: %s %s.", number(c.Summoned, known), c.unit)
	c.sayf("– Số có mặt: %s %s.", number(c.Present, known), c.unit)
	c.sayf("– Số vắng mặt: %s %s%s.", number(c.Absent(), known), c.unit, c.reasons())
	share := fmt.Sprintf("%d/%d", c.Rules.Quorum.Num, c.Rules.Quorum.Den)
	switch {
	case !known:
		c.sayf("Điều kiện có mặt ít nhất %s số người được triệu tập: %s.", share, blank)
	case c.Quorate():
		c.sayf("Số có mặt đạt ít nhất %s số người được triệu tập, đủ điều kiện lấy phiếu tín nhiệm.", share)
	default:
		c.sayf("Số có mặt không đạt %s số người được triệu tập.", share)
	}
}

// reasons are those of absence, and how many gave none.
func (c *composer) reasons() string {
	var list []string
	rest := c.Absent()
	for _, a := range c.Absences {
		list = append(list, fmt.Sprintf("%d: %s", a.Count, or(a.Reason, "không ghi lý do")))
		rest -= a.Count
	}
	if rest > 0 && len(list) > 0 {
		list = append(list, fmt.Sprintf("%d: không ghi lý do", rest))
	}
	if len(list) == 0 {
		return ""
	}
	return " (" + strings.Join(list, "; ") + ")"
}

// slips is the second part: what became of the paper slips.
func (c *composer) slips() {
	c.head("2. Phiếu")
	s, known := c.Slips, c.counted()
	t := Table{Columns: []Column{{0.8, Left}, {0.2, Right}}, Head: [][]Cell{{{"Nội dung", 1, 1}, {"Số lượng", 1, 1}}}}
	row := func(text string, n int, known bool) {
		t.Rows = append(t.Rows, Row{Cells: []string{text, number(n, known)}})
	}
	row("Phiếu đã in", s.Printed, known)
	row("Phiếu chưa phát", s.Unissued, known)
	row("Phiếu đã đổi (thu lại và hủy, phát phiếu khác)", s.Exchanged, known)
	row("Phiếu phát ra (không kể phiếu đã đổi)", s.Issued, known)
	row("Phiếu phát ra được trả lại, không dùng", s.Returned, known)
	row("Phiếu phát ra không thu về", s.NotReturned, known)
	row("Phiếu thu về (hòm phiếu điện tử đã nhận)", c.Collected, true)
	row("Phiếu hợp lệ", c.Collected, true)
	row("Phiếu không hợp lệ", 0, true)
	row("Mã phiếu đã bị hủy, không dùng được", c.Voided, known)
	row("Lượt báo phiếu đã có người khác dùng", len(c.Used), known)
	c.add(t)
	c.reconciled()
	c.say("Hòm phiếu điện tử chỉ nhận phiếu do Ban Kiểm phiếu phát ra, đúng mẫu và chưa dùng, nên mọi phiếu thu về đều hợp lệ; " +
		"phiếu không đánh dấu mức nào cho một người chỉ không hợp lệ đối với người đó.")
	if c.ServerSlips {
		c.say("Phiếu của cuộc họp này do máy chủ lập, không do máy tính của Ban Kiểm phiếu lập.")
	}
	for i, u := range c.Used {
		c.sayf("– Báo phiếu đã có người khác dùng, lượt thứ %d: %s.", i+1, strings.TrimRight(or(u.Note, "không ghi thêm"), "."))
	}
}

// reconciled says how the numbers of slips meet, or leaves room to say why they
// do not.
func (c *composer) reconciled() {
	s := c.Slips
	if !c.counted() {
		return
	}
	if s.Reconcile(c.Voided) != nil || s.Cast != c.Collected {
		c.say("Số liệu về phiếu không khớp; lý do: " + longBlank + longBlank)
		return
	}
	c.sayf("Đối chiếu: %d phiếu đã in = %d phát ra + %d đã đổi + %d chưa phát; %d phiếu phát ra = %d thu về + %d trả lại + %d không thu về.",
		s.Printed, s.Issued, s.Exchanged, s.Unissued, s.Issued, s.Cast, s.Returned, s.NotReturned)
	if s.Issued != s.Cast {
		c.sayf("Số phiếu thu về ít hơn số phiếu phát ra %d phiếu: %d phiếu được trả lại và %d phiếu không thu về.",
			s.Issued-s.Cast, s.Returned, s.NotReturned)
	}
}

// outcome is the third and the fourth part: the numbers, and their picture.
func (c *composer) outcome() {
	c.head(fmt.Sprintf("3. Kết quả lấy phiếu tín nhiệm đối với %d %s, xếp theo thứ tự trên phiếu", len(c.People), c.votedOn))
	c.add(c.results())
	c.explain()
	c.exempt()
	c.head("4. Biểu đồ")
	c.add(c.chart())
}

// counting is the fifth part: how it was counted, and how to count again.
func (c *composer) counting() {
	c.head("5. Cách kiểm phiếu và kiểm tra lại")
	if c.Trial {
		c.say("Đây là cuộc họp mẫu: máy chủ giữ toàn bộ khóa giải mã, vì vậy kết quả không có giá trị.")
	} else {
		c.say("Phiếu được mã hóa trên thiết bị của người bỏ phiếu. Khóa giải mã do các thành viên Ban Kiểm phiếu giữ từng phần, không phần nào ở máy chủ. " +
			"Các phiếu được cộng khi còn mã hóa; Ban Kiểm phiếu chỉ giải mã tổng số của từng mức, không giải mã phiếu nào.")
	}
	digits, head := "Dãy số trên tờ phiếu", blank
	if c.paper() != "" { // slips of several papers carry the digits of all of them
		digits = "Dãy số của riêng phiếu này"
	}
	if c.EndBallots != [32]byte{} {
		head = ballot.Digits(c.EndBallots)
	}
	c.sayf("– Mã cuộc bỏ phiếu: %s.", or(string(c.Election), blank))
	c.sayf("– %s: %s.", digits, c.Fingerprint.Digits())
	c.sayf("– Dãy số đóng hòm phiếu: %s.", head)
	c.add(Paragraph{Runs: []Run{{Text: "– SHA-256 của tệp kết quả result.json:"}}, Keep: true})
	c.add(Paragraph{Runs: []Run{{Text: hex.EncodeToString(c.result[:])}}, Align: Center, Small: true})
	c.sayf("Ai có tệp %s.bel đều kiểm tra lại được toàn bộ kết quả bằng lệnh “homphieu-verify --strict %[1]s.bel” và, bằng phần mềm do bên khác viết, "+
		"“belenios-tool election verify”; dãy số đóng hòm phiếu phải trùng với dãy số đã chiếu tại cuộc họp.", or(string(c.Election), blank))
}

// closing is the last part: when it was over, how many copies there are, and
// which signature is one.
func (c *composer) closing() {
	c.head("6. Kết thúc")
	copies := c.Filing.Copies
	if copies == 0 {
		copies = meeting.DefaultCopies
	}
	c.sayf("Việc kiểm phiếu kết thúc vào hồi %s, %s. Biên bản được lập thành %02d bản có giá trị như nhau, đã đọc lại cho các thành viên "+
		"Ban Kiểm phiếu cùng nghe, thống nhất thông qua và ký tên.", hour(c.Filing.Ended), longDate(c.lastDay()), copies)
	c.add(Paragraph{Runs: []Run{{Text: c.legal(), Italic: true}}, Keep: true})
}

// pastMidnight reports whether the count ended at an earlier hour than it began.
func (c *composer) pastMidnight() bool {
	return c.Filing.Began != "" && c.Filing.Ended != "" && c.Filing.Ended < c.Filing.Began
}

// lastDay is the day on which the count was over: that of the vote, or the next
// after midnight. The date of the papers is another, that of their signing.
func (c *composer) lastDay() meeting.Date {
	day, ok := c.Plan.Date.Day()
	if !ok || !c.pastMidnight() {
		return c.Plan.Date
	}
	return meeting.Day(day.AddDate(0, 0, 1))
}

// legal tells a person's signature from the server's seal.
func (c *composer) legal() string {
	return "Chữ ký của từng người dưới đây, ký tay hoặc bằng chữ ký số của chính người đó, là chữ ký trên văn bản. " +
		"Dấu niêm phong điện tử của máy chủ, nếu có, chỉ cho biết tệp không bị sửa đổi từ khi lập; dấu đó không phải là chữ ký của cơ quan hay cá nhân nào " +
		"và không thay cho chữ ký."
}
