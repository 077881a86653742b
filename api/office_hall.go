package api

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/roster"
	"github.com/homphieu/homphieu/meeting/staff"
)

// attendeeColumns are the fields of a row of the list of those summoned.
var attendeeColumns = []string{"name", "post", "present", "reason"}

// absenceColumns are the fields of a row of reasons without names.
var absenceColumns = []string{"count", "reason"}

// attendanceValues is who was summoned and who is there, as the form shows it.
func attendanceValues(v *visit) url.Values {
	a := v.m.Attendance
	form := url.Values{"mode": {"counts"}, "summoned": {unlessZero(a.Summoned)}, "present": {unlessZero(a.Present)}}
	if len(a.List) > 0 {
		form = url.Values{"mode": {"list"}}
	}
	for _, t := range a.List {
		addAttendee(form, t)
	}
	for _, absence := range a.Absences {
		form.Add("count", strconv.Itoa(absence.Count))
		form.Add("reason", absence.Reason)
	}
	if len(a.List) == 0 && len(a.Absences) == 0 {
		form.Add("count", "")
		form.Add("reason", "")
	}
	return form
}

func addAttendee(form url.Values, t meeting.Attendee) {
	present := "no"
	if t.Present {
		present = "yes"
	}
	for i, value := range []string{t.Name, t.Post, present, t.Reason} {
		form.Add(attendeeColumns[i], value)
	}
}

// Presence are the values of the field that says whether somebody is there.
func (d *officeView) Presence() []option {
	return []option{
		{Value: "no", Text: meeting.Text{Vi: "Vắng", En: "absent"}},
		{Value: "yes", Text: meeting.Text{Vi: "Có mặt", En: "present"}},
	}
}

// saveAttendance keeps who was summoned and who is there, as counts or as a
// list.
func (v *visit) saveAttendance() (string, error) {
	switch v.typed.Get("row") {
	case "import":
		return "", v.importAttendees()
	case "list":
		v.typed = url.Values{"mode": {"list"}, "seen": {v.typed.Get("seen")}}
		addAttendee(v.typed, meeting.Attendee{})
		return "", errShowAgain
	case "counts":
		v.typed = url.Values{
			"mode": {"counts"}, "seen": {v.typed.Get("seen")}, "summoned": {unlessZero(v.m.Attendance.Summoned)},
			"present": {unlessZero(v.m.Attendance.Present)}, "count": {""}, "reason": {""},
		}
		return "", errShowAgain
	}
	columns, list := absenceColumns, "absences"
	if v.typed.Get("mode") == "list" {
		columns, list = attendeeColumns, "list"
	}
	if editRows(v.typed, columns...) {
		return "", errShowAgain
	}
	if err := v.fresh("attendance"); err != nil {
		return "", err
	}
	a, rows, err := readAttendance(v.typed)
	if err != nil {
		return "", err
	}
	_, err = v.office.SetAttendance(v.c.Request.Context(), v.actor, v.m.UUID, a)
	return "", inRows(err, list, rows)
}

// readAttendance reads either kind of the form, and the places in it of the
// rows that say something.
func readAttendance(form url.Values) (a meeting.Attendance, rows []int, err error) {
	r := reading{form: form}
	if form.Get("mode") == "list" {
		for i := range form["name"] {
			if r.empty(i, "name", "post") {
				continue
			}
			rows = append(rows, i)
			a.List = append(a.List, meeting.Attendee{
				Name: r.cell("name", i), Post: r.cell("post", i), Present: r.cell("present", i) == "yes", Reason: r.cell("reason", i),
			})
		}
		if len(a.List) == 0 {
			r.refuse("name-0", "Ghi ít nhất một người, hoặc chuyển sang ghi số lượng.", "Write at least one person, or change to counts.")
		}
		return a, rows, r.err()
	}
	a.Summoned, a.Present = r.number("summoned"), r.number("present")
	for i := range form["count"] {
		if r.empty(i, "count", "reason") {
			continue
		}
		rows = append(rows, i)
		a.Absences = append(a.Absences, meeting.Absence{Count: r.numberOf("count-"+strconv.Itoa(i), r.cell("count", i)), Reason: r.cell("reason", i)})
	}
	return a, rows, r.err()
}

// importAttendees adds people from a file or from what was pasted to the list.
// A list with a line that cannot be read is not used; the lines are named.
func (v *visit) importAttendees() error {
	source, format, err := v.source("pasted", "file")
	if err != nil {
		return err
	}
	defer source.Close()
	list, wrong := roster.ParseAttendees(source, format)
	if v.lineErrors = wrong; len(wrong) > 0 {
		return errShowAgain
	}
	if v.typed.Get("mode") != "list" {
		v.typed = url.Values{"mode": {"list"}, "seen": {v.typed.Get("seen")}}
	}
	v.typed.Del("pasted")
	dropEmptyRows(v.typed, attendeeColumns, "name", "post")
	for _, t := range list {
		addAttendee(v.typed, t)
	}
	v.noteImport(len(list), "Lưu điểm danh", "Save attendance")
	return errShowAgain
}

// gauge is how far the quorum is reached.
type gauge struct {
	Summoned, Present, Need, Missing int
	Reached                          bool
	Bar, Mark                        int // of 1000: present, and needed
}

// Quorum is how many of those summoned are present and how many must be.
func (d *officeView) Quorum() gauge { return d.quorum() }

func (v *visit) quorum() gauge {
	a, ratio := v.m.Attendance, meeting.Ratio{Num: 2, Den: 3}
	if rules, err := meeting.RuleSetByID(v.m.Plan.RuleSet); err == nil {
		ratio = rules.Quorum
	}
	g := gauge{Summoned: a.Summoned, Present: a.Present, Need: ratio.Least(a.Summoned)}
	g.Reached = a.Summoned > 0 && ratio.AtLeast(a.Present, a.Summoned)
	g.Missing = max(0, g.Need-g.Present)
	if a.Summoned > 0 {
		g.Bar, g.Mark = 1000*a.Present/a.Summoned, 1000*g.Need/a.Summoned
	}
	return g
}

// attendanceData is what the page of attendance shows besides its form.
type attendanceData struct {
	LineErrors []roster.LineError
	List       bool
}

func (v *visit) attendancePage() (any, error) {
	d := attendanceData{LineErrors: v.lineErrors, List: len(v.m.Attendance.List) > 0}
	if v.typed != nil {
		d.List = v.typed.Get("mode") == "list"
	}
	return d, nil
}

// A check is one condition of a step: what it is, whether it holds, and why
// not.
type check struct {
	Text meeting.Text
	Good bool
	Why  meeting.Text
	Page string // where it is mended
}

// openingData is what the page before opening shows.
type openingData struct {
	Checks  []check
	Order   string // what the round puts before this poll, where the rule set only warns
	Today   string // if the plan has another day
	Planned string // that day
	Ready   bool
	Members []boardRow
}

// boardRow is a member of the board, as the meeting confirms it.
type boardRow struct {
	Index    int
	Name     string
	Post     string
	Office   meeting.Text
	Replaced bool
}

func (v *visit) boardRows() []boardRow {
	list := make([]boardRow, len(v.m.Board))
	for i, b := range v.m.Board {
		list[i] = boardRow{i + 1, b.Name, b.Post, officeText(b.Office), b.Replaced}
	}
	return list
}

func (v *visit) openingPage() (any, error) {
	d := openingData{Checks: v.openingChecks(), Members: v.boardRows()}
	d.Ready = !slices.ContainsFunc(d.Checks, func(c check) bool { return !c.Good })
	if !v.orderBlocks() {
		d.Order = v.outOfOrder()
	}
	if today := meeting.Day(v.today()); v.m.Plan.Date != today {
		d.Today, d.Planned = dayText(today), dayText(v.m.Plan.Date)
	}
	return d, nil
}

// openingChecks are the conditions under which a poll opens, all of them, where
// [meeting.Office.Open] names the first that does not hold.
func (v *visit) openingChecks() []check {
	m, g := v.m, v.quorum()
	confirmed := 0
	for _, b := range m.Board {
		if !b.Replaced {
			confirmed++
		}
	}
	usable := m.Slips.Printed - len(m.Slips.Unissued)
	most := m.Attendance.Present + m.SlipsWanted() - m.Attendance.Summoned
	return append(v.orderChecks(), []check{
		{
			Text: meeting.Text{Vi: "Đã niêm phong, sau khi tập dượt thành công", En: "Sealed, after a rehearsal that passed"},
			Good: m.HasBoxes(), Page: "seal",
			Why: meeting.Text{Vi: "Chủ trì chưa niêm phong.", En: "The chair has not sealed it yet."},
		}, {
			Text: meeting.Text{Vi: "Có văn bản cho phép lấy phiếu điện tử", En: "A decision allows the electronic ballot"},
			Good: m.Plan.Decision.Number != "" && m.Plan.Decision.Date != "", Page: "plan",
			Why: meeting.Text{Vi: "Chưa ghi số và ngày của văn bản.", En: "Its number and date are missing."},
		}, {
			Text: meeting.Text{Vi: fmt.Sprintf("Có mặt %d trên %d người được triệu tập", g.Present, g.Summoned), En: fmt.Sprintf("%d of %d summoned are present", g.Present, g.Summoned)},
			Good: g.Reached, Page: "attendance",
			Why: meeting.Text{Vi: fmt.Sprintf("Cần ít nhất %d, còn thiếu %d.", g.Need, g.Missing), En: fmt.Sprintf("At least %d are needed, %d are missing.", g.Need, g.Missing)},
		}, {
			Text: meeting.Text{Vi: fmt.Sprintf("Số người có mặt không dưới mức tối thiểu để kiểm phiếu (%d)", m.Plan.MinBallots), En: fmt.Sprintf("Enough are present for a count (%d)", m.Plan.MinBallots)},
			Good: m.Attendance.Present >= m.Plan.MinBallots, Page: "attendance",
			Why: meeting.Text{Vi: "Nếu mở, số phiếu sẽ quá ít để được kiểm.", En: "There would be too few ballots to count."},
		}, {
			Text: meeting.Text{Vi: "Hội nghị đã biểu quyết Ban kiểm phiếu", En: "The meeting has confirmed the counting board"},
			Good: m.BoardApproved && confirmed >= m.Ceremony.Threshold, Page: "opening",
			Why: boardWhy(m, confirmed),
		}, {
			Text: meeting.Text{Vi: "Phiếu của người vắng mặt đã được vô hiệu", En: "The slips of those absent are voided"},
			Good: usable <= most, Page: "desk",
			Why: meeting.Text{Vi: fmt.Sprintf("Còn %d phiếu dùng được, nhiều nhất %d. Ban kiểm phiếu quét hủy thêm %d tờ chưa phát.", usable, most, usable-most), En: fmt.Sprintf("%d slips can be used, at most %d may be. The board scans %d more unissued slips.", usable, most, usable-most)},
		},
	}...)
}

func boardWhy(m *meeting.Meeting, confirmed int) meeting.Text {
	if !m.BoardApproved {
		return meeting.Text{Vi: "Ghi kết quả biểu quyết ở mục dưới đây.", En: "Enter the meeting's decision below."}
	}
	return meeting.Text{
		Vi: fmt.Sprintf("Chỉ còn %d người giữ khóa được xác nhận, cần %d. Lập phiên bản mới hoặc bỏ phiếu giấy.", confirmed, m.Ceremony.Threshold),
		En: fmt.Sprintf("Only %d confirmed members hold keys, %d are needed. Make a new version, or vote on paper.", confirmed, m.Ceremony.Threshold),
	}
}

// approve notes that the meeting has confirmed the board, but for the members
// that it replaced.
func (v *visit) approve() (string, error) {
	var replaced []int
	for _, text := range v.typed["replaced"] {
		n, err := strconv.Atoi(text)
		if err != nil {
			return "", wrong("replaced", "Chọn lại thành viên bị thay.", "Choose the replaced members again.")
		}
		replaced = append(replaced, n)
	}
	_, err := v.office.Approve(v.c.Request.Context(), v.actor, v.m.UUID, replaced)
	return "", err
}

func (v *visit) openPoll() (string, error) {
	_, err := v.office.Open(v.c.Request.Context(), v.actor, v.m.UUID)
	return "voting", err
}

// votingData is what the page of the open poll shows.
type votingData struct {
	Cast      int
	Papers    []pollView
	Issued    []issuedRow
	Mine      string // what this member counted, or empty
	Agree     bool
	Used      []meeting.UsedReport
	TooMany   bool // reports of used slips: propose to abandon
	ClosedBy  []string
	AskedHere bool // this member has pressed close
	Projector string
	Kiosk     string
}

// issuedRow is what a member counted as handed out.
type issuedRow struct {
	Name  string
	Count int
}

func (v *visit) votingPage() (any, error) {
	m := v.m
	d := votingData{Cast: v.cast(), Papers: v.paperPolls(), Used: m.Slips.Used, TooMany: len(m.Slips.Used) > 0 && len(m.Slips.Used) >= m.Plan.UsedLimit}
	for _, c := range m.Slips.Issued {
		d.Issued = append(d.Issued, issuedRow{v.memberName(c.Member), c.Count})
		if v.actor.Role == staff.Member && c.Member == v.actor.Index {
			d.Mine = strconv.Itoa(c.Count)
		}
	}
	d.Agree = len(d.Issued) >= 2 && !slices.ContainsFunc(d.Issued, func(r issuedRow) bool { return r.Count != d.Issued[0].Count })
	for _, member := range m.CloseBy {
		d.ClosedBy = append(d.ClosedBy, v.memberName(member))
		d.AskedHere = d.AskedHere || v.actor.Role == staff.Member && member == v.actor.Index
	}
	d.Projector, d.Kiosk = "/projector/"+string(m.UUID), "/kiosk/"+string(m.UUID)
	return d, nil
}

// memberName is the name of a member of the board by place.
func (v *visit) memberName(index int) string {
	if index < 1 || index > len(v.m.Board) {
		return strconv.Itoa(index)
	}
	return v.m.Board[index-1].Name
}

// enterIssued keeps how many slips this member counted as handed out.
func (v *visit) enterIssued() (string, error) {
	r := reading{form: v.typed}
	if r.text("issued") == "" {
		r.refuse("issued", "Ghi số phiếu đã phát.", "Write how many slips were handed out.")
	}
	count := r.number("issued")
	if err := r.err(); err != nil {
		return "", err
	}
	_, err := v.office.EnterIssued(v.c.Request.Context(), v.actor, v.m.UUID, count)
	return v.back("voting", "closing"), about(err, "issued")
}

// back is the page of those given from which a form came, or the first.
func (v *visit) back(pages ...string) string {
	if page := v.typed.Get("page"); slices.Contains(pages, page) {
		return page + "?saved"
	}
	return pages[0] + "?saved"
}

func (v *visit) reportUsed() (string, error) {
	_, err := v.office.ReportUsed(v.c.Request.Context(), v.actor, v.m.UUID, strings.TrimSpace(v.typed.Get("note")))
	return "", err
}

func (v *visit) closePoll() (string, error) {
	m, err := v.office.Close(v.c.Request.Context(), v.actor, v.m.UUID)
	if err == nil && m.State == meeting.Closed {
		return "closing", nil
	}
	return "voting", err
}
