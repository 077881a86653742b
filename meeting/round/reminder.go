package round

import (
	"strings"

	"github.com/homphieu/homphieu/meeting"
)

// Reminder returns a letter to an agency, as text to copy, about what it has not
// done and is near or over on a day; empty when there is nothing to remind it of.
// Who has voted is not asked to prepare any more.
// The English text is for who reads the page.
func Reminder(r *Round, s *Standing, today meeting.Date) meeting.Text {
	var points []meeting.Text
	for _, m := range s.Rules {
		if m.Done == "" && (m.Late || m.Warn) && !(m.ID == RulePrepare && s.held()) {
			points = append(points, m.reminder(s, today))
		}
	}
	if len(points) == 0 {
		return meeting.Text{}
	}
	vi := []string{"Kính gửi: " + s.Agency.Name, "", r.basis() + r.Office + " đề nghị cơ quan, đơn vị thực hiện:", ""}
	en := []string{"To: " + s.Agency.Name, "", "For “" + r.Title + "”, " + r.Office + " asks the agency to do:", ""}
	for i, p := range points {
		number := itoa(i+1) + ". "
		vi, en = append(vi, number+p.Vi), append(en, number+p.En)
	}
	if s.Stage == StageApart {
		vi = append(vi, "", "Gói kết quả đã nhận chưa được chấp nhận: "+s.Package.Reason.Vi+".")
		en = append(en, "", "The package that came was not accepted: "+s.Package.Reason.En+".")
	}
	vi = append(vi, "", "Nếu đã thực hiện, đề nghị thông báo lại để "+r.Office+" cập nhật, tổng hợp, báo cáo "+r.Superior+".", "Trân trọng.")
	en = append(en, "", "If it is done, please tell "+r.Office+", so that it can be noted and reported to "+r.Superior+".", "With respect.")
	return meeting.Text{Vi: strings.Join(vi, "\n") + "\n", En: strings.Join(en, "\n") + "\n"}
}

// basis begins a letter with what it carries out: "Thực hiện các văn bản: số …
// ngày …; …, ".
func (r *Round) basis() string {
	var list []string
	for _, ref := range r.References {
		text := "số " + ref.Number
		if day := ref.Date.Words(); day != "" {
			text += " ngày " + day
		}
		if ref.About != "" {
			text += " (" + ref.About + ")"
		}
		list = append(list, text)
	}
	switch len(list) {
	case 0:
		return "Thực hiện “" + r.Title + "”, "
	case 1:
		return "Thực hiện văn bản " + list[0] + ", "
	}
	return "Thực hiện các văn bản: " + strings.Join(list, "; ") + ", "
}

// reminder says what a rule asks for and how it stands on a day.
func (m *Met) reminder(s *Standing, today meeting.Date) meeting.Text {
	due := inWords(m.Due)
	t := meeting.Text{Vi: m.Rule.Vi + " (", En: m.Rule.En + " ("}
	if m.ID != RuleSend {
		t.Vi, t.En = t.Vi+inSentence(s.Group.Name)+"; ", t.En+"“"+s.Group.Name+"”; "
	}
	switch n := daysBetween(m.Due, today); {
	case n > 0:
		t.Vi += "đã quá hạn " + itoa(n) + " ngày, tính từ hết ngày " + due.Vi + ")."
		t.En += plural(n, "day") + " late, since the end of " + due.En + ")."
	case n == 0:
		t.Vi, t.En = t.Vi+"hôm nay, "+due.Vi+", là ngày cuối).", t.En+"today, "+due.En+", is the last day)."
	default:
		t.Vi, t.En = t.Vi+"ngày cuối là "+due.Vi+").", t.En+"the last day is "+due.En+")."
	}
	return t
}

// plural counts things in English.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return itoa(n) + " " + thing + "s"
}

// inWords names a day as letters do, "30/7/2023".
func inWords(d meeting.Date) meeting.Text {
	t := meeting.Limit{Date: d}.Words()
	return meeting.Text{Vi: strings.TrimPrefix(t.Vi, "chậm nhất ngày "), En: strings.TrimPrefix(t.En, "on or before ")}
}
