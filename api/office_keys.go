package api

import (
	"slices"
	"strconv"
	"strings"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally"
)

// keysData is what the page of the board's keys shows.
type keysData struct {
	Size       int
	Thresholds []option
	Members    []memberProgress
	Missing    []meeting.Step // steps before that are not done
	Running    bool
	Failed     bool
	Finished   bool
	// Stuck names those whose message is awaited, so that beginning again can
	// be judged.
	Stuck string
}

func (v *visit) keysPage() (any, error) {
	c, size := v.m.Ceremony, len(v.m.Board)
	d := keysData{
		Size: size, Members: v.ceremonyProgress(),
		Running: c.State == meeting.CeremonyRunning, Failed: c.State == meeting.CeremonyFailed, Finished: c.State == meeting.CeremonyDone,
	}
	chosen := size/2 + 1
	if c.Threshold > 0 {
		chosen = c.Threshold
	}
	if v.typed != nil {
		chosen, _ = strconv.Atoi(v.typed.Get("threshold"))
	}
	for t := size/2 + 1; t < size; t++ {
		text := strconv.Itoa(t) + "/" + strconv.Itoa(size)
		d.Thresholds = append(d.Thresholds, option{Value: strconv.Itoa(t), Text: meeting.Text{Vi: text + " thành viên", En: text + " members"}, Chosen: t == chosen})
	}
	for _, s := range meeting.Rail(v.m, nil) {
		if (s.ID == "plan" || s.ID == "people" || s.ID == "board") && s.State != meeting.StepDone {
			d.Missing = append(d.Missing, s)
		}
	}
	var stuck []string
	for _, w := range v.waitingForKeys() {
		stuck = append(stuck, w.Who.Vi)
	}
	d.Stuck = strings.Join(stuck, ", ")
	return d, nil
}

// startKeys begins the ceremony, or begins it again.
func (v *visit) startKeys() (string, error) {
	r := reading{form: v.typed}
	threshold := r.number("threshold")
	if err := r.err(); err != nil {
		return "", err
	}
	_, err := v.office.StartKeys(v.c.Request.Context(), v.actor, v.m.UUID, threshold)
	return "", err
}

// paperView is a ballot paper as voters will see it.
type paperView struct {
	Title, Name string
	Detail      []string
	Questions   []questionView
	UUID        ballot.UUID
	Fingerprint string // once the paper is drawn up
}

// questionView is one person on a paper.
type questionView struct {
	Number     int
	Name, Post string
	Answers    []string
	Documents  []meeting.Document
}

// drawUpData is what the page of the papers shows.
type drawUpData struct {
	Papers []paperView
	Drawn  bool
}

func (v *visit) drawUpPage() (any, error) {
	var d drawUpData
	for i, p := range v.m.Papers {
		view := v.paperPreview(i)
		if p.Election != "" {
			e, err := ballot.ParseElection([]byte(p.Election))
			if err != nil {
				return nil, err
			}
			view.Name, _, _ = strings.Cut(e.Name, "\n") // the paper's title stands above
			view.Detail = strings.Split(e.Description, "\n")
			view.Fingerprint, view.UUID, d.Drawn = e.Fingerprint().Digits(), e.UUID, true
		}
		d.Papers = append(d.Papers, view)
	}
	return d, nil
}

// paperPreview is a paper as the plan and the list make it.
func (v *visit) paperPreview(i int) paperView {
	plan := v.m.Plan
	view := paperView{Title: v.m.Papers[i].Title, Name: plan.Title}
	for _, line := range []string{plan.Place, dayText(plan.Date), plan.Agency} {
		if line != "" {
			view.Detail = append(view.Detail, line)
		}
	}
	for q, p := range v.m.OnPaper(i) {
		view.Questions = append(view.Questions, questionView{q + 1, p.Name, p.Post, meeting.Levels, p.Documents})
	}
	return view
}

func (v *visit) drawUp() (string, error) {
	_, err := v.office.DrawUp(v.c.Request.Context(), v.actor, v.m.UUID)
	return "", err
}

// slipsData is what the page of the slips shows.
type slipsData struct {
	Wanted, Summoned, Spares, Printed int
	Uploaded                          bool
	Drawn                             bool
}

func (v *visit) slipsPage() (any, error) {
	m := v.m
	return slipsData{
		Wanted: m.SlipsWanted(), Summoned: m.Attendance.Summoned, Spares: m.SlipsWanted() - m.Attendance.Summoned,
		Printed: m.Slips.Printed, Uploaded: m.Slips.Printed > 0, Drawn: len(m.Papers) > 0 && m.Papers[0].Election != "",
	}, nil
}

// deskData is what the page of the desk shows.
type deskData struct{ Unissued, Exchanged, Returned int }

func (v *visit) deskPage() (any, error) {
	b := v.m.Slips
	return deskData{len(b.Unissued), len(b.Exchanged), len(b.Returned)}, nil
}

// rehearsalData is what the page of the rehearsal shows.
type rehearsalData struct {
	Poll     *pollView
	Passed   bool
	Needed   int // contributions
	Signers  int
	Members  []memberTask
	Expected []resultRow
	Opened   []resultRow // once counted
	Equal    bool
}

// memberTask is what a member has done of a count.
type memberTask struct {
	Index       int
	Name        string
	Signed      bool
	Contributed bool
}

// resultRow compares, for one person of the rehearsal, the sums of the marks in
// the order of the levels, the blank last.
type resultRow struct {
	Name string
	Sums []int
}

func (v *visit) rehearsalPage() (any, error) {
	r := v.m.Rehearsal
	if r == nil {
		return rehearsalData{}, nil
	}
	p := v.polls[0]
	d := rehearsalData{
		Poll: &p, Passed: r.Passed, Needed: v.m.Ceremony.Threshold, Signers: tally.Signers,
		Members: v.memberTasks([]pollView{p}), Expected: v.resultRows(0, r.Expected),
	}
	if p.State.Name != "tallied" {
		return d, nil
	}
	result, err := v.office.Result(v.c.Request.Context(), v.actor, v.m.UUID, r.UUID)
	if err != nil {
		return nil, err
	}
	d.Opened, d.Equal = v.resultRows(0, result), r.Passed
	return d, nil
}

// resultRows puts the names of a paper before the sums of a result.
func (v *visit) resultRows(paper int, result tally.Result) []resultRow {
	var rows []resultRow
	people := v.m.OnPaper(paper)
	for i, sums := range result {
		if i >= len(people) || len(sums) == 0 {
			break
		}
		// The blank comes first in a result, and last for people.
		rows = append(rows, resultRow{people[i].Name, append(append([]int{}, sums[1:]...), sums[0])})
	}
	return rows
}

// memberTasks is what each member has done of all these polls.
func (v *visit) memberTasks(polls []pollView) []memberTask {
	list := make([]memberTask, len(v.m.Board))
	for i, b := range v.m.Board {
		task := memberTask{Index: i + 1, Name: b.Name, Signed: len(polls) > 0, Contributed: len(polls) > 0}
		for _, p := range polls {
			task.Signed = task.Signed && slices.Contains(p.SignedBy, i+1)
			task.Contributed = task.Contributed && slices.Contains(p.Contributed, i+1)
		}
		list[i] = task
	}
	return list
}

func (v *visit) startRehearsal() (string, error) {
	_, err := v.office.StartRehearsal(v.c.Request.Context(), v.actor, v.m.UUID)
	return "", err
}

// sealData is what the page of sealing shows.
type sealData struct {
	Checks []check
	Ready  bool
	People int
}

func (v *visit) sealPage() (any, error) {
	m := v.m
	passed := m.Rehearsal != nil && m.Rehearsal.Passed
	enough := m.Slips.Printed >= max(m.Attendance.Summoned, 1)
	d := sealData{Checks: []check{
		{
			Text: meeting.Text{Vi: "Đã lập phiếu", En: "The ballot papers are drawn up"}, Good: len(m.Papers) > 0 && m.Papers[0].Election != "", Page: "drawup",
			Why: meeting.Text{Vi: "Thư ký lập phiếu sau khi tạo xong khóa.", En: "The secretary draws them up when the keys are made."},
		}, {
			Text: meeting.Text{Vi: "Có đủ tờ phiếu cho người được triệu tập", En: "There are slips for everybody summoned"}, Good: enough, Page: "slips",
			Why: meeting.Text{Vi: "Có " + strconv.Itoa(m.Slips.Printed) + " phiếu, triệu tập " + strconv.Itoa(m.Attendance.Summoned) + " người.", En: strconv.Itoa(m.Slips.Printed) + " slips, " + strconv.Itoa(m.Attendance.Summoned) + " summoned."},
		}, {
			Text: meeting.Text{Vi: "Tập dượt thành công: khóa của Ban kiểm phiếu mở được", En: "The rehearsal passed: the board's keys open"}, Good: passed, Page: "rehearsal",
			Why: meeting.Text{Vi: "Chưa đủ thành viên mở thử thành công.", En: "Not enough members have opened it."},
		},
	}}
	d.Ready = true
	for _, c := range d.Checks {
		d.Ready = d.Ready && c.Good
	}
	for i := range m.Papers {
		d.People += len(m.OnPaper(i))
	}
	return d, nil
}

func (v *visit) seal() (string, error) {
	_, err := v.office.Seal(v.c.Request.Context(), v.actor, v.m.UUID)
	return "opening", err
}
