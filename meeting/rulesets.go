package meeting

import "github.com/homphieu/homphieu/meeting/staff"

// twoThirds is the share that quorums and thresholds of all rule sets use.
var twoThirds = Ratio{2, 3}

// half is exceeded by the low votes of the middle group.
var half = Ratio{1, 2}

// lineInvalid is the same in all rule sets (Quy định 262-QĐ/TW khoản 7; practice
// of the National Assembly and of People's Councils).
var lineInvalid = Text{
	"Không đánh dấu hoặc đánh dấu từ hai mức trở lên cho một người: không hợp lệ đối với người đó.",
	"No level or more than one marked for a person: invalid for that person.",
}

// sheetInvalid cannot happen electronically: every ballot that the box accepts
// is a valid sheet.
var sheetInvalid = Text{
	"Phiếu không do Ban kiểm phiếu phát ra. Trên phiếu điện tử, hòm phiếu không nhận loại này.",
	"A ballot that the counting board did not issue. The electronic ballot box refuses it.",
}

// assess are those at the meeting who act for the competent authority.
var assess = []staff.Role{staff.Chair}

var retirement = Reason{"retirement_notice", Text{"Đã có thông báo nghỉ công tác chờ nghỉ hưu", "Notified of leave pending retirement"}}

// ruleSets are data: a changed regulation is a new entry or a new version,
// never a change of one that meetings have frozen.
var ruleSets = []RuleSet{
	{
		ID: RuleSetReg96, Version: 2, Form: "party",
		Name:   Text{"Quy định 96-QĐ/TW ngày 02/02/2023 của Bộ Chính trị", "Regulation 96-QĐ/TW of 2 February 2023 (Party)"},
		Quorum: twoThirds, PercentBase: BaseCollected, Mid: half, High: twoThirds,
		EffectMid: Text{
			"Trên 50% đến dưới 2/3 phiếu tín nhiệm thấp: đưa ra khỏi quy hoạch chức vụ cao hơn và xem xét cho thôi giữ chức vụ, bố trí công tác khác hoặc từ chức; hoặc tiến hành bỏ phiếu tín nhiệm mà không chờ hết nhiệm kỳ.",
			"Low votes over one half and under two thirds: taken out of planning for a higher post and considered for leaving the post, other work or resignation; or a vote of confidence is held without waiting for the end of the term.",
		},
		EffectHigh: Text{
			"Từ 2/3 phiếu tín nhiệm thấp trở lên: miễn nhiệm chức vụ đang đảm nhiệm và bố trí công tác khác thấp hơn mà không chờ hết nhiệm kỳ.",
			"Low votes of two thirds or more: dismissed from the post and given lower work without waiting for the end of the term.",
		},
		LineInvalid: lineInvalid, SheetBad: sheetInvalid, Assess: assess, MaxPlaces: 2, Order: OrderBlocks,
		Exempt: []Reason{retirement, {"appointed_in_year", Text{"Được bầu, bổ nhiệm trong năm lấy phiếu", "Elected or appointed in the year of the vote"}}},
		Anchor: AnchorVote,
		Deadlines: []Deadline{
			{"dossier", 20, Text{"Người được lấy phiếu gửi báo cáo, hồ sơ đến cơ quan tham mưu", "Persons voted on file report and dossier"}},
			{"to_voters", 15, Text{"Gửi báo cáo, hồ sơ đến người ghi phiếu", "Reports and dossiers are sent to voters"}},
			{"questions", 10, Text{"Gửi nội dung cần làm rõ đến người được lấy phiếu", "Matters to be clarified are sent to the person"}},
			{"answers", 3, Text{"Người được lấy phiếu gửi báo cáo giải trình", "The person's further report and explanation"}},
		},
		ReportUpDays: 1,
	},
	{
		ID: RuleSetNQ96, Version: 2, Form: "state",
		Name:   Text{"Nghị quyết 96/2023/QH15 ngày 23/06/2023 của Quốc hội", "Resolution 96/2023/QH15 of 23 June 2023 (elected bodies)"},
		Quorum: twoThirds, PercentBase: BaseCollected, Mid: half, High: twoThirds,
		EffectMid: Text{
			"Quá nửa đến dưới hai phần ba tổng số phiếu đánh giá tín nhiệm thấp: có thể xin từ chức; nếu không từ chức thì được đưa ra bỏ phiếu tín nhiệm tại kỳ họp đó hoặc kỳ họp gần nhất.",
			"Low votes over one half and under two thirds of all ballots: may resign; otherwise a vote of confidence is held at this session or the nearest.",
		},
		EffectHigh: Text{
			"Từ hai phần ba tổng số phiếu đánh giá tín nhiệm thấp trở lên: cơ quan, người giới thiệu để bầu hoặc đề nghị phê chuẩn có trách nhiệm trình miễn nhiệm tại kỳ họp đó hoặc kỳ họp gần nhất.",
			"Low votes of two thirds or more of all ballots: the nominating body must submit dismissal at this session or the nearest.",
		},
		LineInvalid: lineInvalid, SheetBad: sheetInvalid, Assess: assess, MaxPlaces: 1, Order: OrderWarns,
		Exempt: []Reason{retirement, {"elected_in_year", Text{"Được bầu, phê chuẩn trong năm lấy phiếu", "Elected or approved in the year of the vote"}}},
		Anchor: AnchorSession,
		Deadlines: []Deadline{
			{"list", 45, Text{"Dự kiến danh sách và yêu cầu người được lấy phiếu báo cáo", "The list is estimated and reports are asked for"}},
			{"dossier", 30, Text{"Người được lấy phiếu gửi báo cáo và bản kê khai", "Persons voted on send report and declaration"}},
			{"opinions", 25, Text{"Mặt trận Tổ quốc tổng hợp, gửi ý kiến cử tri", "The Fatherland Front sends voters' opinions"}},
			{"to_voters", 20, Text{"Gửi tài liệu đến đại biểu", "Documents are sent to deputies"}},
			{"verify", 15, Text{"Đại biểu đề nghị cơ quan có thẩm quyền xác minh", "Deputies may ask for verification"}},
			{"questions", 10, Text{"Đại biểu gửi câu hỏi; người được lấy phiếu trả lời bằng văn bản", "Deputies' questions; written answers"}},
		},
	},
	{
		ID: RuleSetNQ85, Version: 2, Form: "state",
		Name:   Text{"Nghị quyết 85/2014/QH13 (đã hết hiệu lực)", "Resolution 85/2014/QH13 (legacy)"},
		Quorum: twoThirds, PercentBase: BaseMembers, Mid: half, High: twoThirds,
		LineInvalid: lineInvalid, SheetBad: sheetInvalid, Assess: assess, MaxPlaces: 1, Order: OrderWarns,
		Exempt: []Reason{{"under_9_months", Text{"Giữ chức vụ dưới 9 tháng", "Under nine months in the post"}}},
		Anchor: AnchorSession,
		Deadlines: []Deadline{
			{"dossier", 30, Text{"Người được lấy phiếu gửi báo cáo", "Persons voted on send their reports"}},
			{"to_voters", 20, Text{"Gửi báo cáo đến đại biểu", "Reports are sent to deputies"}},
			{"verify", 15, Text{"Đại biểu đề nghị xác minh", "Deputies may ask for verification"}},
			{"questions", 10, Text{"Đại biểu gửi câu hỏi", "Deputies' questions"}},
		},
	},
}
