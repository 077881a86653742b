package data

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally"
)

func (b *book) results(o *meeting.Outcome) {
	b.begin(ResultsSheet, true, []float64{7, 20, 28, 34, 14, 14, 14, 14, 14, 14, 11, 11, 11},
		"STT", "Khối", "Họ và tên", "Chức vụ",
		"Tín nhiệm cao: số phiếu", "Tín nhiệm cao: tỷ lệ", "Tín nhiệm: số phiếu", "Tín nhiệm: tỷ lệ", "Tín nhiệm thấp: số phiếu", "Tín nhiệm thấp: tỷ lệ",
		"Không hợp lệ", "Hợp lệ", "Thu về")
	for i, p := range o.People {
		b.line(text, i+1, p.Block, p.Name, p.Post,
			p.High.Votes, share(p.High.Percent), p.Confidence.Votes, share(p.Confidence.Percent), p.Low.Votes, share(p.Low.Percent),
			p.Invalid, p.Valid(), o.Collected)
	}
}

// reconciliation lists the counts, and the identities of
// [tally.Slips.Reconcile] with both their sides.
func (b *book) reconciliation(o *meeting.Outcome) {
	b.begin(ReconciliationSheet, false, []float64{56, 13, 13, 13}, "Nội dung", "Số lượng")
	b.line(text, "Số người được triệu tập", o.Summoned)
	b.line(text, "Số người có mặt", o.Present)
	b.line(text, "Số người vắng mặt", o.Absent())
	b.slips(o)
	b.line(text, "Số phiếu thu về", o.Collected)
	b.line(text, "Số phiếu hợp lệ (tính theo phiếu)", o.Collected)
	b.line(text, "Số phiếu không hợp lệ (tính theo phiếu)", 0)
	b.line(text, "Số lần cử tri báo tờ phiếu đã được dùng", len(o.Used))
	if o.PercentBase == meeting.BaseMembers {
		b.line(text, "Tỷ lệ tính trên tổng số đại biểu", o.Base)
	} else {
		b.line(text, "Tỷ lệ tính trên số phiếu thu về", o.Base)
	}
	b.identities(o)
	b.exempt(o)
}

// slips lists what became of the slips, where that is known.
func (b *book) slips(o *meeting.Outcome) {
	s := o.Slips
	if s == (tally.Slips{}) {
		return
	}
	b.line(text, "Số tờ phiếu đã in", s.Printed)
	b.line(text, "– phát ra", s.Issued)
	b.line(text, "– đổi hỏng, đã phát tờ khác", s.Exchanged)
	b.line(text, "– chưa phát", s.Unissued)
	b.line(text, "Phát ra: đã bỏ phiếu", s.Cast)
	b.line(text, "Phát ra: trả lại, không dùng", s.Returned)
	b.line(text, "Phát ra: không bỏ phiếu, không trả lại", s.NotReturned)
	b.line(text, "Số mã phiếu đã hủy", o.Voided)
	if o.ServerSlips {
		b.line(text, "Tờ phiếu do máy chủ tạo", "có")
	}
}

func (b *book) identities(o *meeting.Outcome) {
	s := o.Slips
	if s == (tally.Slips{}) {
		return
	}
	b.row++
	b.line(head, "Đối chiếu", "Vế trái", "Vế phải", "Khớp")
	check := func(what string, left, right int, good bool) {
		b.line(text, what, left, right, map[bool]string{true: "khớp", false: "không khớp"}[good])
	}
	check("Đã in = phát ra + đổi hỏng + chưa phát", s.Printed, s.Issued+s.Exchanged+s.Unissued, s.Printed == s.Issued+s.Exchanged+s.Unissued)
	check("Phát ra = đã bỏ + trả lại + không trả", s.Issued, s.Cast+s.Returned+s.NotReturned, s.Issued == s.Cast+s.Returned+s.NotReturned)
	check("Đã bỏ = thu về", s.Cast, o.Collected, s.Cast == o.Collected)
	check("Đã hủy không quá đổi hỏng + trả lại + chưa phát", o.Voided, s.Exchanged+s.Returned+s.Unissued, o.Voided <= s.Exchanged+s.Returned+s.Unissued)
}

// exempt lists those who are on no ballot.
func (b *book) exempt(o *meeting.Outcome) {
	if len(o.Exempt) == 0 {
		return
	}
	b.row++
	b.line(head, "Người không thuộc diện lấy phiếu")
	for _, p := range o.Exempt {
		who := p.Name
		if p.Post != "" {
			who += ", " + p.Post
		}
		b.line(text, who+": "+exemptText(o.Rules, p.Exempt))
	}
}

// sources says where the numbers come from and by what they can be checked.
func (b *book) sources(o *meeting.Outcome, program string) {
	b.begin(SourcesSheet, false, []float64{42, 78}, "Nội dung", "Giá trị")
	if o.Trial {
		b.line(strong, "Cuộc họp mẫu", "Máy chủ giữ khóa, không dùng cho việc thật")
	}
	hash := sha256.Sum256(ResultJSON(o))
	for _, row := range [][2]string{
		{"Cuộc họp", o.Plan.Title}, {"Cuộc bỏ phiếu", strings.ReplaceAll(o.Name, "\n", " – ")}, {"Phiếu", o.Paper},
		{"Cơ quan, đơn vị", o.Plan.Agency}, {"Cấp trên", o.Plan.Superior}, {"Địa điểm", o.Plan.Place}, {"Ngày lấy phiếu", day(o.Plan.Date)},
		{"Bộ quy tắc", o.Rules.Name.Vi}, {"Mã bộ quy tắc, phiên bản", fmt.Sprintf("%s, %d", o.Rules.ID, ruleSetVersion(o))},
		{"Quyết định cho phép phiếu điện tử", reference(o.Plan.Decision)},
		{"Mã cuộc họp (uuid)", string(o.Meeting)}, {"Mã cuộc bỏ phiếu (uuid)", string(o.Election)},
		{"Dấu của cuộc bỏ phiếu (SHA-256, Base64)", string(o.Fingerprint)}, {"Dãy số của phiếu này", o.Fingerprint.Digits()},
		{"Sự kiện đóng hòm phiếu (SHA-256)", hex.EncodeToString(o.EndBallots[:])}, {"Dãy số đóng hòm phiếu", ballot.Digits(o.EndBallots)},
		{"SHA-256 của result.json", hex.EncodeToString(hash[:])}, {"Chương trình", program},
	} {
		if row[1] != "" {
			b.line(text, row[0], row[1])
		}
	}
	for _, r := range o.Plan.References {
		b.line(text, "Căn cứ", reference(r))
	}
}

func reference(r meeting.Reference) string {
	s := r.Number
	if r.Date != "" {
		s += " ngày " + day(r.Date)
	}
	if r.About != "" {
		s += ", " + r.About
	}
	return s
}

// day writes a date as papers do.
func day(d meeting.Date) string {
	t, ok := d.Day()
	if !ok {
		return string(d)
	}
	return t.Format("02/01/2006")
}
