package api

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/staff"
)

// auditPageSize is how many entries a page of the log has.
const auditPageSize = 100

// vietnam is the time that pages are written in: the country has one, without
// summer time.
var vietnam = time.FixedZone("UTC+7", 7*60*60)

// auditData is what a page of the log shows, the newest entry first.
type auditData struct {
	page
	Base    string      // what the addresses of the reader's pages begin with
	Account bool        // may choose a meeting, and have the whole log
	Meeting ballot.UUID // shown alone, or ""
	Titles  map[ballot.UUID]string
	Choices []ballot.UUID // the meetings in the order of their titles
	Entries []auditView
	Back    int    // how many pages before the last
	Older   string // address of the page before, or ""
	Newer   string
	Broken  string // where the chain is broken, or ""
	Length  int    // of the whole log
	Head    string // digits of its head
}

// auditView is an entry as people read it.
type auditView struct {
	audit.Entry
	When   string
	Role   roleWords
	Action actionWords
	Detail []detailView
}

type detailView struct{ Key, Value string }

// auditPage shows the log: to accounts all of it, to a seat what is about its
// meeting. It follows the whole chain each time.
func (s *server) auditPage(c *gin.Context) error {
	actor := actorOf(c)
	data := auditData{page: page{Who: actor.Name}, Base: baseOf(actor), Account: actor.Meeting == "", Meeting: actor.Meeting}
	if data.Account {
		data.Meeting = ballot.UUID(c.Query("meeting"))
	}
	if back, err := strconv.Atoi(c.Query("back")); err == nil && back > 0 && back < 1<<20 {
		data.Back = back
	}
	head, err := audit.Check(c.Request.Context(), s.Audit)
	if errors.Is(err, audit.ErrChain) {
		data.Broken = err.Error()
	} else if err != nil {
		return err
	}
	data.Length, data.Head = head.Length, ballot.Digits(head.Hash)
	if data.Titles, err = s.meetingTitles(c); err != nil {
		return err
	}
	byTitle := func(a, b ballot.UUID) int { return cmp.Compare(data.Titles[a], data.Titles[b]) }
	data.Choices = slices.SortedFunc(maps.Keys(data.Titles), byTitle)
	if err := s.addEntries(c, &data); err != nil && (data.Broken == "" || !errors.Is(err, audit.ErrChain)) {
		return err
	}
	return render(c, http.StatusOK, "audit", data)
}

// meetingTitles are the titles of all meetings, to choose one by.
func (s *server) meetingTitles(c *gin.Context) (map[ballot.UUID]string, error) {
	if s.Meetings == nil {
		return nil, nil
	}
	list, err := s.Meetings.Meetings(c.Request.Context())
	titles := map[ballot.UUID]string{}
	for _, m := range list {
		titles[m.UUID] = m.Plan.Title
	}
	return titles, err
}

// addEntries adds the entries of one page, and the way to the others.
func (s *server) addEntries(c *gin.Context, data *auditData) error {
	entries := func(back, limit int) ([]audit.Entry, error) {
		return s.Audit.Entries(c.Request.Context(), data.Meeting, -auditPageSize*back, limit)
	}
	list, err := entries(data.Back+1, auditPageSize)
	if err != nil {
		return err
	}
	if data.Back > 0 { // the first page may be shorter
		newer, err := entries(data.Back, 1)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(e audit.Entry) bool { return len(newer) > 0 && e.Number >= newer[0].Number })
		data.Newer = data.address(data.Back - 1)
	}
	older, err := entries(data.Back+2, 1)
	if err != nil {
		return err
	}
	if len(list) > 0 && older[0].Number < list[0].Number {
		data.Older = data.address(data.Back + 1)
	}
	for _, e := range slices.Backward(list) {
		data.Entries = append(data.Entries, newAuditView(e))
	}
	return nil
}

// address is where another page of the same log is.
func (d auditData) address(back int) string {
	query := "?back=" + strconv.Itoa(back)
	if d.Account && d.Meeting.Valid() {
		query += "&meeting=" + string(d.Meeting)
	}
	return d.Base + "/audit" + query
}

func newAuditView(e audit.Entry) auditView {
	v := auditView{
		Entry: e, When: e.Time.In(vietnam).Format("02/01/2006 15:04:05"),
		Role: wordsOfRole(staff.Role(e.Actor.Role)), Action: wordsOfAction(e.Action),
	}
	for _, key := range slices.Sorted(maps.Keys(e.Detail)) {
		v.Detail = append(v.Detail, detailView{key, e.Detail[key]})
	}
	return v
}

// auditExport gives the whole log, one entry a line, as audit.Verify reads it.
func (s *server) auditExport(c *gin.Context) error {
	attachment(c, "application/jsonl; charset=utf-8", "homphieu-audit.jsonl")
	return audit.Write(c.Request.Context(), reader{c.Writer}, s.Audit)
}

// actionWords are an action of the log as people read it.
type actionWords struct{ Vi, En string }

// wordsOfAction describes an action; one without a description is its own.
func wordsOfAction(action string) actionWords {
	if w, known := actions[action]; known {
		return w
	}
	return actionWords{action, action}
}

var actions = map[string]actionWords{
	"administrator.offer": {"In liên kết tạo quản trị viên ở máy chủ", "Link for an administrator printed at the server"},
	"account.create":      {"Tạo tài khoản", "Account made"},
	"account.claim":       {"Đặt mật khẩu lần đầu", "Password set with a link"},
	"account.login":       {"Đăng nhập", "Signed in"},
	"account.logout":      {"Đăng xuất", "Signed out"},
	"account.reset":       {"Cấp lại liên kết đặt mật khẩu", "New link to set a password"},
	"account.disable":     {"Khóa tài khoản", "Account disabled"},

	"seat.create":  {"Cấp liên kết vào phòng họp", "Link to a seat made"},
	"seat.issue":   {"Cấp lại liên kết vào phòng họp", "Link to a seat made again"},
	"seat.enter":   {"Vào phòng họp trên một thiết bị", "Seat entered on a device"},
	"seat.refused": {"Từ chối thiết bị thứ hai", "Second device refused"},
	"seat.leave":   {"Rời phòng họp", "Seat left"},
	"seat.revoke":  {"Thu hồi liên kết", "Seat revoked"},

	"meeting.create":    {"Tạo cuộc họp", "Meeting made"},
	"meeting.plan":      {"Sửa kế hoạch cuộc họp", "Plan of the meeting changed"},
	"meeting.people":    {"Sửa danh sách người được lấy phiếu", "List of persons changed"},
	"meeting.documents": {"Sửa báo cáo, bản kê khai", "Reports and declarations changed"},
	"meeting.board":     {"Sửa Ban kiểm phiếu", "Counting board changed"},
	"meeting.prepare":   {"Ghi việc chuẩn bị", "Preparation noted"},
	"meeting.seats":     {"Cấp chỗ", "Seats handed over"},
	"meeting.attendance": {
		"Ghi số người có mặt", "Attendance noted"},
	"meeting.keys":     {"Bắt đầu tạo khóa", "Making of keys begun"},
	"ceremony.message": {"Một bước tạo khóa", "A step of making the keys"},
	"meeting.papers":   {"Lập phiếu", "Ballot papers drawn up"},
	"slips.upload":     {"Gửi danh sách mã phiếu công khai", "Public half of the slips uploaded"},
	"rehearsal.start":  {"Bắt đầu bỏ phiếu thử", "Rehearsal begun"},
	"meeting.seal":     {"Niêm phong", "Sealed"},
	"board.approve":    {"Hội nghị thông qua Ban kiểm phiếu", "Counting board approved by the meeting"},
	"slips.desk":       {"Ghi tờ phiếu chưa phát, đổi hoặc trả lại", "Slip noted as not issued, exchanged or returned"},
	"slips.issued":     {"Ghi số phiếu đã phát", "Slips issued counted"},
	"slips.used":       {"Ghi phiếu bị báo đã dùng", "Slip reported as used already"},
	"meeting.open":     {"Mở bỏ phiếu", "Voting opened"},
	"meeting.close":    {"Đóng hòm phiếu", "Ballot box closed"},
	"closing.sign":     {"Ký biên bản đóng hòm phiếu", "Closing file signed"},
	"tally.contribute": {"Gửi phần giải mã", "Contribution to the count sent"},
	"tally.refused":    {"Từ chối phần giải mã không hợp lệ", "Contribution that does not hold refused"},
	"tally.count":      {"Kiểm phiếu", "Ballots counted"},
	"result.publish":   {"Công bố kết quả", "Result published"},
	"papers.filing":    {"Sửa nội dung ghi vào biên bản, báo cáo", "What the papers say besides changed"},
	"papers.print":     {"Lập biên bản và báo cáo", "Minutes and report made"},
	"papers.return":    {"Nộp lại bản đã ký", "Signed paper taken back"},
	"papers.discard":   {"Bỏ bản đã ký nộp lại", "Signed paper taken out"},
	"meeting.sign":     {"Ghi nhận đã ký biên bản", "Minutes signed"},
	"meeting.abandon":  {"Dừng cuộc họp", "Meeting abandoned"},
	"meeting.version":  {"Lập bản mới của cuộc họp", "New version of the meeting"},

	"round.agencies":    {"Sửa danh sách cơ quan", "List of agencies changed"},
	"round.key":         {"Xác nhận khóa của cơ quan", "Key of an agency confirmed"},
	"round.key-came":    {"Khóa của cơ quan đến cùng gói đầu tiên", "Key of an agency came with its first package"},
	"round.key-refused": {"Từ chối gói ký bằng khóa khác", "Package signed with another key refused"},
	"round.save":        {"Sửa đợt lấy phiếu", "Round of votes changed"},
	"round.note":        {"Ghi nhận tiến độ của cơ quan", "Progress of an agency noted"},
	"round.link":        {"Trả lời về người trùng tên", "Question about persons of the same name answered"},
	"round.print":       {"Lập báo cáo tổng hợp", "Consolidated report made"},
	"round.return":      {"Nộp lại báo cáo tổng hợp đã ký", "Signed consolidated report taken back"},
	"round.publish":     {"Công bố kết quả tổng hợp", "Consolidated result released"},
	"package.received":  {"Nhận gói kết quả", "Package received"},
	"package.held":      {"Giữ gói vì khóa chưa xác nhận", "Package held: its key is not confirmed"},
	"package.accepted":  {"Gói kết quả hợp lệ", "Package accepted"},
	"package.apart":     {"Để riêng gói có lỗi", "Package kept apart"},
	"package.notice":    {"Nhận thông báo tiến độ", "Notice of progress taken"},
}
