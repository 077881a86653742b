package meeting

import (
	"fmt"
	"slices"
)

// maxSummoned bounds the people of a meeting; more are several meetings.
const maxSummoned = 5000

func (a Attendance) clone() Attendance {
	a.List, a.Absences = slices.Clone(a.List), slices.Clone(a.Absences)
	return a
}

func (a Attendance) equal(b Attendance) bool {
	return a.Summoned == b.Summoned && a.Present == b.Present && slices.Equal(a.List, b.List) && slices.Equal(a.Absences, b.Absences)
}

// settle brings an attendance into the form in which it is kept, with counts
// that follow from the list if there is one, or refuses it with
// [ErrAttendance].
func (a *Attendance) settle() error {
	if len(a.List) > 0 {
		return a.settleList()
	}
	absent := 0
	for i := range a.Absences {
		absence, field := &a.Absences[i], fmt.Sprintf("absences.%d", i)
		if err := tidy(&absence.Reason, MaxText, ErrAttendance, field+".reason"); err != nil {
			return err
		}
		if absence.Count < 1 {
			return refuse(ErrAttendance, field+".count", "số người vắng phải từ 1 trở lên", "fewer than one absent")
		}
		absent += min(absence.Count, maxSummoned+1)
	}
	switch {
	case a.Summoned < 0 || a.Summoned > maxSummoned:
		return refuse(ErrAttendance, "summoned", "số triệu tập phải từ 0 đến "+itoa(maxSummoned), "summoned is not 0 to "+itoa(maxSummoned))
	case a.Present < 0 || a.Present > a.Summoned:
		return refuse(ErrAttendance, "present", fmt.Sprintf("có mặt %d, triệu tập %d", a.Present, a.Summoned), fmt.Sprintf("%d present, %d summoned", a.Present, a.Summoned))
	case absent > a.Summoned-a.Present:
		return refuse(ErrAttendance, "absences", fmt.Sprintf("ghi lý do vắng cho %d người, chỉ vắng %d", absent, a.Summoned-a.Present),
			fmt.Sprintf("reasons for %d, %d are absent", absent, a.Summoned-a.Present))
	}
	return nil
}

func (a *Attendance) settleList() error {
	if len(a.List) > maxSummoned {
		return refuse(ErrAttendance, "list", "nhiều hơn "+itoa(maxSummoned)+" người", "more than "+itoa(maxSummoned)+" people")
	}
	a.Summoned, a.Present, a.Absences = len(a.List), 0, nil
	for i := range a.List {
		if err := a.List[i].settle(fmt.Sprintf("list.%d", i)); err != nil {
			return err
		}
		if a.List[i].Present {
			a.Present++
		}
	}
	return nil
}

func (t *Attendee) settle(field string) error {
	if err := tidy(&t.Name, MaxName, ErrAttendance, field+".name"); err != nil {
		return err
	}
	if err := tidy(&t.Post, MaxLine, ErrAttendance, field+".post"); err != nil {
		return err
	}
	if t.Name == "" {
		return refuse(ErrAttendance, field+".name", "chưa có họ tên", "no name")
	}
	if t.Present {
		t.Reason = ""
	}
	return tidy(&t.Reason, MaxText, ErrAttendance, field+".reason")
}

// quorate is [ErrQuorum] unless as many of those summoned are present as the
// rule set asks for.
func (a *Attendance) quorate(r *RuleSet) error {
	if a.Summoned > 0 && r.Quorum.AtLeast(a.Present, a.Summoned) {
		return nil
	}
	need := r.Quorum.Least(a.Summoned)
	return refuse(ErrQuorum, "present",
		fmt.Sprintf("có mặt %d trên %d người được triệu tập, cần ít nhất %d", a.Present, a.Summoned, need),
		fmt.Sprintf("%d of %d summoned are present, at least %d are needed", a.Present, a.Summoned, need))
}
