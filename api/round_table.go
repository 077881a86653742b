package api

import "github.com/homphieu/homphieu/meeting"

// allRounds are the pages about no particular round, and oneRound those of one.
// They are filled by init, because pages name one another.
var allRounds, oneRound *roundTable

func init() {
	allRounds = &roundTable{
		pages: []roundPage{
			{id: "list", path: "", title: meeting.Text{Vi: "Các đợt lấy phiếu", En: "Rounds of votes"}, data: (*roundVisit).listPage},
			{id: "new", path: "/new", title: meeting.Text{Vi: "Đợt mới", En: "New round"}, values: newRoundValues},
			{id: "agencies", path: "/agencies", title: meeting.Text{Vi: "Cơ quan, đơn vị", En: "Agencies"}, data: (*roundVisit).agenciesPage},
			{id: "directory", path: "/agencies/edit", title: meeting.Text{Vi: "Sửa danh sách cơ quan", En: "Edit the list of agencies"}, values: directoryValues, data: (*roundVisit).directoryPage},
			{id: "agency", path: "/agencies/:agency", title: meeting.Text{Vi: "Cơ quan", En: "Agency"}, values: agencyValues, data: (*roundVisit).agencyPage},
		},
		forms: []roundForm{
			{path: "", page: "new", do: (*roundVisit).createRound},
			{path: "/letter", page: "list", do: (*roundVisit).loadLetter},
			{path: "/agencies/edit", page: "directory", do: (*roundVisit).saveDirectory},
			{path: "/agencies/:agency", page: "agency", do: (*roundVisit).saveAgency},
			{path: "/agencies/:agency/key", page: "agency", do: (*roundVisit).confirmKey},
		},
	}
	oneRound = &roundTable{
		pages: []roundPage{
			{id: "follow", path: "", title: meeting.Text{Vi: "Theo dõi tiến độ", En: "Following up"}, data: (*roundVisit).followPage},
			{id: "poll", path: "/polls/:agency/:group", title: meeting.Text{Vi: "Một cuộc lấy phiếu của đợt", En: "One poll of the round"}, values: noteValues, data: (*roundVisit).pollPage},
			{id: "calendar", path: "/calendar", title: meeting.Text{Vi: "Lịch", En: "Calendar"}, data: (*roundVisit).calendarPage},
			{id: "reminders", path: "/reminders", title: meeting.Text{Vi: "Nhắc việc", En: "Reminders"}, data: (*roundVisit).remindersPage},
			{id: "packages", path: "/packages", title: meeting.Text{Vi: "Gói kết quả", En: "Packages"}, data: (*roundVisit).packagesPage},
			{id: "package", path: "/packages/:hash", title: meeting.Text{Vi: "Một gói kết quả", En: "One package"}, data: (*roundVisit).packagePage},
			{id: "people", path: "/people", title: meeting.Text{Vi: "Người trùng tên", En: "Persons of the same name"}, data: (*roundVisit).peoplePage},
			{id: "result", path: "/result", title: meeting.Text{Vi: "Bảng tổng hợp", En: "Consolidated table"}, data: (*roundVisit).resultPage},
			{id: "report", path: "/report", title: meeting.Text{Vi: "Báo cáo, ký và công bố", En: "Report, signing, release"}, data: (*roundVisit).reportPage},
			{id: "edit", path: "/edit", title: meeting.Text{Vi: "Nội dung của đợt", En: "What the round says"}, values: roundValues},
			{id: "expected", path: "/expected", title: meeting.Text{Vi: "Cơ quan nào lấy phiếu nhóm nào", En: "Which agency votes on which group"}, values: expectedValues, data: (*roundVisit).expectedPage},
		},
		forms: []roundForm{
			{path: "/polls/:agency/:group", page: "poll", do: (*roundVisit).saveNote},
			{path: "/packages", page: "packages", do: (*roundVisit).receiveUpload, most: maxPackageForm},
			{path: "/packages/:hash/recheck", page: "package", do: (*roundVisit).recheck},
			{path: "/people", page: "people", do: (*roundVisit).saveLink},
			{path: "/report", page: "report", do: (*roundVisit).printRound},
			{path: "/report/return", page: "report", do: (*roundVisit).returnRoundPaper, most: maxReturnedForm},
			{path: "/report/publish", page: "report", do: (*roundVisit).publishRound},
			{path: "/edit", page: "edit", do: (*roundVisit).saveRound},
			{path: "/expected", page: "expected", do: (*roundVisit).saveExpected},
		},
	}
}
