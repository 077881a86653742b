package api

import (
	"strings"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/staff"
)

// actionStates are the states in which a page offers an action, and what people
// read outside of them. An action that is not here is offered always.
var actionStates = map[meeting.Action]struct {
	states []meeting.State
	why    meeting.Text
}{
	meeting.ActPlan: {
		[]meeting.State{meeting.Draft, meeting.Keys, meeting.Slips, meeting.Rehearsed, meeting.Sealed},
		meeting.Text{Vi: "Bỏ phiếu đã mở nên kế hoạch không sửa được nữa.", En: "The poll has opened; the plan cannot change any more."},
	},
	meeting.ActPeople: {
		[]meeting.State{meeting.Draft},
		meeting.Text{Vi: "Danh sách đã khóa từ khi Ban kiểm phiếu bắt đầu tạo khóa.", En: "The list is fixed since the board began to make its keys."},
	},
	meeting.ActBoard: {
		[]meeting.State{meeting.Draft},
		meeting.Text{Vi: "Ban kiểm phiếu đã khóa từ khi bắt đầu tạo khóa. Hội nghị thay thành viên nào thì ghi ở trang “Trước khi mở bỏ phiếu”.", En: "The board is fixed since its keys were begun. Members whom the meeting replaces are entered on the page before opening."},
	},
	meeting.ActDocuments: {
		[]meeting.State{meeting.Draft, meeting.Keys, meeting.Slips, meeting.Rehearsed},
		meeting.Text{Vi: "Đã niêm phong nên tài liệu không thay đổi được nữa.", En: "It is sealed; documents cannot change any more."},
	},
	meeting.ActAttendance: {
		[]meeting.State{meeting.Draft, meeting.Keys, meeting.Slips, meeting.Rehearsed, meeting.Sealed, meeting.Open, meeting.Closed},
		meeting.Text{Vi: "Đã kiểm phiếu nên điểm danh không sửa được nữa.", En: "It is counted; attendance cannot change any more."},
	},
	meeting.ActAssign: {
		[]meeting.State{meeting.Draft, meeting.Keys, meeting.Slips, meeting.Rehearsed, meeting.Sealed},
		meeting.Text{Vi: "Bỏ phiếu đã mở nên đợt và những việc phải xong trước không sửa được nữa.", En: "The poll has opened; the round, and what must be done before, cannot change any more."},
	},
	meeting.ActNotice: {
		[]meeting.State{meeting.Draft, meeting.Keys, meeting.Slips, meeting.Rehearsed, meeting.Sealed, meeting.Open, meeting.Closed, meeting.Tallied, meeting.Signed},
		meeting.Text{Vi: "Cuộc bỏ phiếu đã hủy nên không còn gì để báo.", En: "The vote was abandoned; there is nothing to tell."},
	},
	meeting.ActPack: {
		[]meeting.State{meeting.Tallied, meeting.Signed},
		meeting.Text{Vi: "Gói kết quả lập được sau khi kiểm phiếu và lập biên bản.", En: "A package is made after the count, when the papers are there."},
	},
	meeting.ActSend: {
		[]meeting.State{meeting.Tallied, meeting.Signed},
		meeting.Text{Vi: "Gửi được sau khi lập gói.", En: "It is sent when the package is made."},
	},
	meeting.ActReceipt: {
		[]meeting.State{meeting.Tallied, meeting.Signed},
		meeting.Text{Vi: "Biên nhận về sau khi gửi gói.", En: "The receipt comes after the package was sent."},
	},
	meeting.ActStartKeys: {
		[]meeting.State{meeting.Draft, meeting.Keys},
		meeting.Text{Vi: "Khóa đã tạo xong.", En: "The keys are made."},
	},
	meeting.ActDrawUp: {
		[]meeting.State{meeting.Keys},
		meeting.Text{Vi: "Phiếu lập được khi Ban kiểm phiếu tạo xong khóa, và lập một lần.", En: "The papers are drawn up once, when the board has made its keys."},
	},
	meeting.ActRehearse: {
		[]meeting.State{meeting.Slips, meeting.Rehearsed},
		meeting.Text{Vi: "Tập dượt được làm sau khi lập phiếu và trước khi niêm phong.", En: "A rehearsal comes after the papers are drawn up and before sealing."},
	},
	meeting.ActSeal: {
		[]meeting.State{meeting.Slips, meeting.Rehearsed},
		meeting.Text{Vi: "Niêm phong một lần, sau khi tập dượt thành công.", En: "It is sealed once, after a rehearsal that passed."},
	},
	meeting.ActApprove: {
		[]meeting.State{meeting.Sealed},
		meeting.Text{Vi: "Ghi kết quả biểu quyết Ban kiểm phiếu từ khi niêm phong đến khi mở bỏ phiếu.", En: "The meeting's decision is entered between sealing and opening."},
	},
	meeting.ActOpen: {
		[]meeting.State{meeting.Sealed},
		meeting.Text{Vi: "Mở bỏ phiếu một lần, sau khi niêm phong.", En: "The poll opens once, after it is sealed."},
	},
	meeting.ActIssued: {
		[]meeting.State{meeting.Open, meeting.Closed},
		meeting.Text{Vi: "Số phiếu phát ra được ghi từ khi mở bỏ phiếu đến khi ký biên bản đóng hòm phiếu.", En: "Slips handed out are entered from opening until the closing file is signed."},
	},
	meeting.ActUsed: {
		[]meeting.State{meeting.Open, meeting.Closed},
		meeting.Text{Vi: "Chỉ ghi được khi đang bỏ phiếu hoặc đang đối chiếu.", En: "It is entered while voting or reconciling."},
	},
	meeting.ActClose: {
		[]meeting.State{meeting.Open},
		meeting.Text{Vi: "Chỉ đóng được khi đang bỏ phiếu.", En: "Only an open poll can be closed."},
	},
	meeting.ActFiling: {
		[]meeting.State{meeting.Draft, meeting.Keys, meeting.Slips, meeting.Rehearsed, meeting.Sealed, meeting.Open, meeting.Closed, meeting.Tallied},
		meeting.Text{Vi: "Đã có bản ký nộp lại nên nội dung này không sửa được nữa.", En: "A signed paper is there; this cannot change any more."},
	},
	meeting.ActPrint: {
		[]meeting.State{meeting.Tallied, meeting.Signed},
		meeting.Text{Vi: "Lập biên bản sau khi kiểm phiếu xong.", En: "The papers are made when the ballots are counted."},
	},
	meeting.ActReturn: {
		[]meeting.State{meeting.Tallied},
		meeting.Text{Vi: "Nộp bản đã ký sau khi lập biên bản, trước khi kết thúc.", En: "Signed papers are taken back when they are made, until the meeting has ended."},
	},
	meeting.ActDiscard: {
		[]meeting.State{meeting.Tallied},
		meeting.Text{Vi: "Bỏ được bản đã nộp trước khi kết thúc.", En: "A signed paper is taken out until the meeting has ended."},
	},
	meeting.ActSign: {
		[]meeting.State{meeting.Tallied},
		meeting.Text{Vi: "Ghi nhận đã ký một lần, sau khi kiểm phiếu xong.", En: "That the minutes are signed is said once, after the count."},
	},
	meeting.ActPublish: {
		[]meeting.State{meeting.Tallied, meeting.Signed},
		meeting.Text{Vi: "Công bố được sau khi kiểm phiếu xong.", En: "The result is released when it is counted."},
	},
	meeting.ActAbandon: {
		[]meeting.State{meeting.Draft, meeting.Keys, meeting.Slips, meeting.Rehearsed, meeting.Sealed, meeting.Open, meeting.Closed, meeting.Tallied},
		meeting.Text{Vi: "Cuộc bỏ phiếu này không hủy được nữa.", En: "This vote cannot be abandoned any more."},
	},
	meeting.ActNewVersion: {
		[]meeting.State{meeting.Abandoned},
		meeting.Text{Vi: "Phiên bản mới lập được từ một cuộc bỏ phiếu đã hủy.", En: "A new version is made of an abandoned vote."},
	},
}

// why says why the officer cannot take an action now: it is for others, or not
// the time. It is nil for what is possible; the domain may still refuse it.
func (v *visit) why(a meeting.Action) *meeting.Text {
	if !v.may(a) {
		return whoMay(a)
	}
	rule, ok := actionStates[a]
	if !ok {
		return nil
	}
	if a == meeting.ActNotice || a == meeting.ActPack || a == meeting.ActSend || a == meeting.ActReceipt {
		if why := v.whyNotSend(a); why != nil {
			return why
		}
	}
	if a == meeting.ActAbandon && v.published() || a == meeting.ActFiling && v.m.HasReturned() {
		return &rule.why
	}
	if a == meeting.ActFiling && len(v.m.Records) > 0 && !v.m.Counts(v.actor) {
		return &meeting.Text{Vi: "Biên bản đã lập; chỉ chủ trì và Ban kiểm phiếu sửa được nội dung này.", En: "The papers are made; chair and board alone may change this."}
	}
	for _, s := range rule.states {
		if s == v.m.State {
			return nil
		}
	}
	return &rule.why
}

// whoMay names the roles that may take an action.
func whoMay(a meeting.Action) *meeting.Text {
	var vi, en []string
	for _, r := range []staff.Role{staff.Secretary, staff.Chair, staff.Member} {
		if meeting.May(r, a) {
			name := roleName(r)
			if r != staff.Member {
				name.Vi = strings.ToLower(name.Vi)
			}
			vi, en = append(vi, name.Vi), append(en, strings.ToLower(name.En))
		}
	}
	return &meeting.Text{
		Vi: "Việc này do " + strings.Join(vi, " hoặc ") + " thực hiện.",
		En: "This is done by the " + strings.Join(en, " or the ") + ".",
	}
}
