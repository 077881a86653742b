package api

import (
	"net/url"

	"github.com/homphieu/homphieu/meeting"
)

// officePages are the pages of a meeting. Who may see a meeting sees all of
// them; buttons are for those who may press them. It is filled by init, because
// pages name one another.
var officePages []officePage

// officeForms are what the pages send.
var officeForms []officeForm

func init() {
	officePages = []officePage{
		{id: "overview", title: meeting.Text{Vi: "Cuộc họp", En: "The meeting"}, live: true},
		{id: "plan", title: meeting.Text{Vi: "Kế hoạch cuộc họp", En: "Plan of the meeting"}, live: true, values: func(v *visit) url.Values { return planValues(v.m.Plan) }, locked: (*visit).lockedPlan},
		{id: "preparation", title: meeting.Text{Vi: "Thời hạn chuẩn bị", En: "Deadlines of preparation"}, live: true, values: preparationValues, data: (*visit).preparationPage},
		{id: "people", title: meeting.Text{Vi: "Người được lấy phiếu", En: "Persons voted on"}, live: true, values: peopleValues, data: (*visit).peoplePage},
		{id: "documents", title: meeting.Text{Vi: "Báo cáo, bản kê khai", En: "Reports and declarations"}, live: true},
		{id: "board", title: meeting.Text{Vi: "Ban kiểm phiếu", En: "Counting board"}, live: true, values: boardValues},
		{id: "seats", title: meeting.Text{Vi: "Cấp liên kết vào phòng họp", En: "Handing over seats"}, live: true, data: (*visit).seatsPage},
		{id: "attendance", title: meeting.Text{Vi: "Điểm danh", En: "Attendance"}, live: true, values: attendanceValues, data: (*visit).attendancePage},
		{id: "keys", title: meeting.Text{Vi: "Khóa của Ban kiểm phiếu", En: "The board's keys"}, live: true, data: (*visit).keysPage},
		{id: "drawup", title: meeting.Text{Vi: "Lập phiếu", En: "Drawing up the papers"}, live: true, data: (*visit).drawUpPage},
		{id: "slips", title: meeting.Text{Vi: "Tờ phiếu", En: "Slips"}, live: true, data: (*visit).slipsPage},
		{id: "desk", title: meeting.Text{Vi: "Bàn phát phiếu", En: "The desk"}, live: true, data: (*visit).deskPage},
		{id: "rehearsal", title: meeting.Text{Vi: "Tập dượt", En: "Rehearsal"}, live: true, data: (*visit).rehearsalPage},
		{id: "seal", title: meeting.Text{Vi: "Niêm phong", En: "Sealing"}, live: true, data: (*visit).sealPage},
		{id: "opening", title: meeting.Text{Vi: "Trước khi mở bỏ phiếu", En: "Before opening"}, live: true, data: (*visit).openingPage},
		{id: "voting", title: meeting.Text{Vi: "Bỏ phiếu", En: "Voting"}, live: true, data: func(v *visit) (any, error) { return v.votingPage() }},
		{id: "closing", title: meeting.Text{Vi: "Đối chiếu phiếu", En: "Reconciliation"}, live: true, data: (*visit).closingPage},
		{id: "tally", title: meeting.Text{Vi: "Kiểm phiếu", En: "The count"}, live: true, data: (*visit).tallyPage},
		{id: "papers", title: meeting.Text{Vi: "Biên bản, báo cáo và công bố", En: "Minutes, report and release"}, live: true, values: filingValues, data: (*visit).papersPage},
		{id: "round", title: meeting.Text{Vi: "Đợt và gửi kết quả", En: "Round and sending"}, live: true, values: roundPlaceValues, data: (*visit).roundPlacePage},
		{id: "result", title: meeting.Text{Vi: "Kết quả", En: "Result"}, live: true, data: (*visit).resultPage},
		{id: "groups", title: meeting.Text{Vi: "Nhóm theo ngưỡng", En: "Threshold groups"}, only: func(v *visit) bool { return v.m.Assesses(v.actor) }, data: (*visit).groupsPage},
		{id: "log", title: meeting.Text{Vi: "Sổ công bố", En: "Public log"}, live: true, data: (*visit).logPage},
		{id: "abandon", title: meeting.Text{Vi: "Hủy cuộc bỏ phiếu", En: "Abandoning the vote"}, live: true, data: (*visit).abandonPage},
	}
	officeForms = []officeForm{
		{path: "plan", page: "plan", action: meeting.ActPlan, do: (*visit).savePlan},
		{path: "preparation", page: "preparation", action: meeting.ActPrepare, do: (*visit).savePreparation},
		{path: "people", page: "people", action: meeting.ActPeople, do: (*visit).savePeople},
		{path: "documents", page: "documents", action: meeting.ActDocuments, do: (*visit).addDocument},
		{path: "documents/remove", page: "documents", action: meeting.ActDocuments, do: (*visit).removeDocument},
		{path: "board", page: "board", action: meeting.ActBoard, do: (*visit).saveBoard},
		{path: "seats", page: "seats", action: meeting.ActSeats, do: (*visit).issueSeat},
		{path: "seats/revoke", page: "seats", action: meeting.ActSeats, do: (*visit).revokeSeat},
		{path: "attendance", page: "attendance", action: meeting.ActAttendance, do: (*visit).saveAttendance},
		{path: "keys", page: "keys", action: meeting.ActStartKeys, do: (*visit).startKeys},
		{path: "drawup", page: "drawup", action: meeting.ActDrawUp, do: (*visit).drawUp},
		{path: "rehearsal", page: "rehearsal", action: meeting.ActRehearse, do: (*visit).startRehearsal},
		{path: "seal", page: "seal", action: meeting.ActSeal, do: (*visit).seal},
		{path: "approve", page: "opening", action: meeting.ActApprove, do: (*visit).approve},
		{path: "open", page: "opening", action: meeting.ActOpen, do: (*visit).openPoll},
		{path: "issued", page: "voting", action: meeting.ActIssued, do: (*visit).enterIssued},
		{path: "used", page: "voting", action: meeting.ActUsed, do: (*visit).reportUsed},
		{path: "close", page: "voting", action: meeting.ActClose, do: (*visit).closePoll},
		{path: "papers", page: "papers", action: meeting.ActFiling, do: (*visit).saveFiling},
		{path: "papers/print", page: "papers", action: meeting.ActPrint, do: (*visit).printPapers},
		{path: "papers/return", page: "papers", action: meeting.ActReturn, do: (*visit).returnPaper, most: maxReturnedForm},
		{path: "papers/discard", page: "papers", action: meeting.ActDiscard, do: (*visit).discardPaper},
		{path: "papers/sign", page: "papers", action: meeting.ActSign, do: (*visit).signMeeting},
		{path: "publish", page: "papers", action: meeting.ActPublish, do: (*visit).publish},
		{path: "round/load", page: "round", action: meeting.ActAssign, do: (*visit).loadRound},
		{path: "round/take", page: "round", action: meeting.ActAssign, do: (*visit).takeRound},
		{path: "round/leave", page: "round", action: meeting.ActAssign, do: (*visit).leaveRound},
		{path: "round/before", page: "round", action: meeting.ActAssign, do: (*visit).noteBefore},
		{path: "round/notice", page: "round", action: meeting.ActNotice, do: (*visit).notify},
		{path: "round/package", page: "round", action: meeting.ActPack, do: (*visit).makePackage},
		{path: "round/send", page: "round", action: meeting.ActSend, do: (*visit).sendPackageUp},
		{path: "round/receipt", page: "round", action: meeting.ActReceipt, do: (*visit).takeReceipt, most: maxReceiptForm},
		{path: "abandon", page: "abandon", action: meeting.ActAbandon, do: (*visit).abandon},
		{path: "version", page: "abandon", action: meeting.ActNewVersion, do: (*visit).newVersion},
	}
}
