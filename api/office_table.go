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
		{id: "result", title: meeting.Text{Vi: "Kết quả", En: "Result"}, live: true, data: (*visit).resultPage},
		{id: "abandon", title: meeting.Text{Vi: "Hủy cuộc bỏ phiếu", En: "Abandoning the vote"}, live: true, data: (*visit).abandonPage},
	}
	officeForms = []officeForm{
		{"plan", "plan", meeting.ActPlan, (*visit).savePlan},
		{"preparation", "preparation", meeting.ActPrepare, (*visit).savePreparation},
		{"people", "people", meeting.ActPeople, (*visit).savePeople},
		{"documents", "documents", meeting.ActDocuments, (*visit).addDocument},
		{"documents/remove", "documents", meeting.ActDocuments, (*visit).removeDocument},
		{"board", "board", meeting.ActBoard, (*visit).saveBoard},
		{"seats", "seats", meeting.ActSeats, (*visit).issueSeat},
		{"seats/revoke", "seats", meeting.ActSeats, (*visit).revokeSeat},
		{"attendance", "attendance", meeting.ActAttendance, (*visit).saveAttendance},
		{"keys", "keys", meeting.ActStartKeys, (*visit).startKeys},
		{"drawup", "drawup", meeting.ActDrawUp, (*visit).drawUp},
		{"rehearsal", "rehearsal", meeting.ActRehearse, (*visit).startRehearsal},
		{"seal", "seal", meeting.ActSeal, (*visit).seal},
		{"approve", "opening", meeting.ActApprove, (*visit).approve},
		{"open", "opening", meeting.ActOpen, (*visit).openPoll},
		{"issued", "voting", meeting.ActIssued, (*visit).enterIssued},
		{"used", "voting", meeting.ActUsed, (*visit).reportUsed},
		{"close", "voting", meeting.ActClose, (*visit).closePoll},
		{"publish", "result", meeting.ActPublish, (*visit).publish},
		{"abandon", "abandon", meeting.ActAbandon, (*visit).abandon},
		{"version", "abandon", meeting.ActNewVersion, (*visit).newVersion},
	}
}
