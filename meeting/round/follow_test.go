package round_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// An agency that votes on the posts of each of the letter's points.
const (
	publicity = "ban-tuyen-giao-tinh-uy"
	district  = "huyen-uy-dong-xanh"
	council   = "dang-doan-hdnd-tinh"
)

// parcel is a package of a result as it came; time is that of Vietnam,
// "2006-01-02 15:04".
func parcel(t testing.TB, hash, agency, group string, voted meeting.Date, received string, status round.Status) *round.Package {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", received, time.FixedZone("", 7*60*60))
	if err != nil {
		t.Fatal(err)
	}
	return &round.Package{
		Claim:    round.Claim{Kind: round.KindResult, Round: letterUUID, Agency: agency, Group: group, Voted: voted, Hash: hash},
		Received: at.UTC(), Status: status, Entry: -1,
	}
}

// standing is that of one expected poll.
func standing(t testing.TB, list []round.Standing, agency, group string) *round.Standing {
	t.Helper()
	i := slices.IndexFunc(list, func(s round.Standing) bool { return s.Agency.ID == agency && s.Group.ID == group })
	if i < 0 {
		t.Fatalf("no standing of %s, %s", agency, group)
	}
	return &list[i]
}

// confirm notes the key of an agency as compared with it.
func confirm(d *round.Directory, agency, key string) {
	i := slices.IndexFunc(d.Agencies, func(a round.Agency) bool { return a.ID == agency })
	d.Agencies[i].Key, d.Agencies[i].Confirmed = key, true
}

// told writes how limits are met: "prepare 2023-07-30 done 2023-07-20 late warn off".
func told(rules []round.Met) string {
	var list []string
	for _, m := range rules {
		s := fmt.Sprintf("%s %s", m.ID, m.Due)
		if m.Done != "" {
			s += " done " + string(m.Done)
		}
		for word, is := range map[string]bool{" late": m.Late, " warn": m.Warn} {
			if is {
				s += word
			}
		}
		if m.DayOff {
			s += " off"
		}
		list = append(list, s)
	}
	return strings.Join(list, "; ")
}

// TestFollow: the three limits of the letter for the posts of its point 3, on
// every day that matters. 30 July 2023 is a Sunday, 5 August a Saturday.
func TestFollow(t *testing.T) {
	known := func(p round.Progress) []round.Progress {
		p.Expected = round.Expected{Agency: publicity, Group: "khac"}
		return []round.Progress{p}
	}
	came := func(hash string, voted meeting.Date, received string, status round.Status) *round.Package {
		return parcel(t, hash, publicity, "khac", voted, received, status)
	}
	correction := came("c2", "2023-08-02", "2023-08-20 09:00", round.Accepted)
	correction.Supersedes = "c1"
	own := func(p *round.Package) *round.Package {
		p.Key = "own"
		return p
	}
	notice := &round.Package{Claim: round.Claim{Kind: round.KindNotice, Agency: publicity, Group: "khac", Prepared: "2023-07-25", Voted: "2023-08-02"}, Status: round.Accepted}
	heldNotice := *notice
	heldNotice.Status = round.Held
	for title, c := range map[string]struct {
		today    meeting.Date
		known    []round.Progress
		packages []*round.Package
		stage    round.Stage
		rules    string
	}{
		"long before":            {"2023-07-29", nil, nil, round.StageNone, "prepare 2023-07-30 off; vote 2023-08-30; send "},
		"the day before it":      {"2023-07-30", nil, nil, round.StageNone, "prepare 2023-07-30 warn off; vote 2023-08-30; send "},
		"the day written":        {"2023-07-31", nil, nil, round.StageNone, "prepare 2023-07-30 late off; vote 2023-08-30; send "},
		"prepared in time":       {"2023-08-01", known(round.Progress{Prepared: "2023-07-30"}), nil, round.StagePrepared, "prepare 2023-07-30 done 2023-07-30 off; vote 2023-08-30; send "},
		"prepared too late":      {"2023-08-01", known(round.Progress{Prepared: "2023-07-31"}), nil, round.StagePrepared, "prepare 2023-07-30 done 2023-07-31 late off; vote 2023-08-30; send "},
		"the vote is near":       {"2023-08-30", known(round.Progress{Prepared: "2023-07-30"}), nil, round.StagePrepared, "prepare 2023-07-30 done 2023-07-30 off; vote 2023-08-30 warn; send "},
		"no vote":                {"2023-08-31", known(round.Progress{Prepared: "2023-07-30"}), nil, round.StagePrepared, "prepare 2023-07-30 done 2023-07-30 off; vote 2023-08-30 late; send "},
		"voted today":            {"2023-08-02", known(round.Progress{Prepared: "2023-07-30", Voted: "2023-08-02"}), nil, round.StageVoted, "prepare 2023-07-30 done 2023-07-30 off; vote 2023-08-30 done 2023-08-02; send 2023-08-03 warn"},
		"voted yesterday":        {"2023-08-03", known(round.Progress{Prepared: "2023-07-30", Voted: "2023-08-02"}), nil, round.StageVoted, "prepare 2023-07-30 done 2023-07-30 off; vote 2023-08-30 done 2023-08-02; send 2023-08-03 warn"},
		"nothing came":           {"2023-08-04", known(round.Progress{Prepared: "2023-07-30", Voted: "2023-08-02"}), nil, round.StageVoted, "prepare 2023-07-30 done 2023-07-30 off; vote 2023-08-30 done 2023-08-02; send 2023-08-03 late"},
		"due on a day off":       {"2023-08-04", known(round.Progress{Voted: "2023-08-04"}), nil, round.StageVoted, "prepare 2023-07-30 late off; vote 2023-08-30 done 2023-08-04; send 2023-08-05 warn off"},
		"voted too late":         {"2023-09-30", known(round.Progress{Prepared: "2023-07-01", Voted: "2023-08-31"}), nil, round.StageVoted, "prepare 2023-07-30 done 2023-07-01 off; vote 2023-08-30 done 2023-08-31 late; send 2023-09-01 late"},
		"voted within July":      {"2023-08-31", known(round.Progress{Voted: "2023-07-20"}), nil, round.StageVoted, "prepare 2023-07-30 done 2023-07-20 off; vote 2023-08-30 done 2023-07-20; send 2023-07-21 late"},
		"came at midnight":       {"2023-08-31", nil, []*round.Package{came("a", "2023-08-02", "2023-08-03 23:59", round.Accepted)}, round.StageSent, "prepare 2023-07-30 late off; vote 2023-08-30 done 2023-08-02; send 2023-08-03 done 2023-08-03"},
		"came after midnight":    {"2023-08-31", nil, []*round.Package{came("a", "2023-08-02", "2023-08-04 00:00", round.Accepted)}, round.StageSent, "prepare 2023-07-30 late off; vote 2023-08-30 done 2023-08-02; send 2023-08-03 done 2023-08-04 late"},
		"the package proves":     {"2023-08-31", known(round.Progress{Voted: "2023-08-07"}), []*round.Package{came("a", "2023-08-02", "2023-08-03 08:00", round.Accepted)}, round.StageSent, "prepare 2023-07-30 late off; vote 2023-08-30 done 2023-08-02; send 2023-08-03 done 2023-08-03"},
		"key not confirmed":      {"2023-08-31", nil, []*round.Package{came("a", "2023-08-02", "2023-08-03 08:00", round.Held)}, round.StageHeld, "prepare 2023-07-30 late off; vote 2023-08-30 late; send "},
		"being checked":          {"2023-08-31", nil, []*round.Package{came("a", "2023-08-02", "2023-08-03 08:00", round.Checking)}, round.StageHeld, "prepare 2023-07-30 late off; vote 2023-08-30 done 2023-08-02; send 2023-08-03 done 2023-08-03"},
		"kept apart":             {"2023-08-05", nil, []*round.Package{own(came("a", "2023-08-02", "2023-08-03 08:00", round.Apart))}, round.StageApart, "prepare 2023-07-30 late off; vote 2023-08-30 done 2023-08-02; send 2023-08-03 late"},
		"apart, a day to come":   {"2023-08-05", nil, []*round.Package{own(came("a", "2023-08-04", "2023-08-03 08:00", round.Apart))}, round.StageApart, "prepare 2023-07-30 late off; vote 2023-08-30; send "},
		"a stranger's, apart":    {"2023-08-31", nil, []*round.Package{came("a", "2023-08-02", "2023-08-03 08:00", round.Apart)}, round.StageNone, "prepare 2023-07-30 late off; vote 2023-08-30 late; send "},
		"own, then a stranger's": {"2023-08-05", nil, []*round.Package{own(came("a", "2023-08-02", "2023-08-03 08:00", round.Apart)), came("b", "2023-01-02", "2023-08-04 08:00", round.Apart)}, round.StageApart, "prepare 2023-07-30 late off; vote 2023-08-30 done 2023-08-02; send 2023-08-03 late"},
		"a stranger's old vote":  {"2023-07-20", nil, []*round.Package{came("a", "2023-01-02", "2023-07-20 08:00", round.Held)}, round.StageHeld, "prepare 2023-07-30 off; vote 2023-08-30; send "},
		"voted, then strangers":  {"2023-08-04", known(round.Progress{Prepared: "2023-07-30", Voted: "2023-08-02"}), []*round.Package{came("a", "2023-08-02", "2023-08-03 08:00", round.Held)}, round.StageHeld, "prepare 2023-07-30 done 2023-07-30 off; vote 2023-08-30 done 2023-08-02; send 2023-08-03 late"},
		"apart, then good":       {"2023-08-31", nil, []*round.Package{came("a", "2023-08-02", "2023-08-03 08:00", round.Apart), came("b", "2023-08-02", "2023-08-05 08:00", round.Accepted)}, round.StageSent, "prepare 2023-07-30 late off; vote 2023-08-30 done 2023-08-02; send 2023-08-03 done 2023-08-05 late"},
		"corrected":              {"2023-08-31", nil, []*round.Package{came("c1", "2023-08-02", "2023-08-03 08:00", round.Superseded), correction}, round.StageSent, "prepare 2023-07-30 late off; vote 2023-08-30 done 2023-08-02; send 2023-08-03 done 2023-08-03"},
		"two papers, one late":   {"2023-08-31", nil, []*round.Package{came("a", "2023-08-02", "2023-08-08 08:00", round.Accepted), came("b", "2023-08-10", "2023-08-11 08:00", round.Accepted)}, round.StageSent, "prepare 2023-07-30 late off; vote 2023-08-30 done 2023-08-02; send 2023-08-03 done 2023-08-08 late"},
		"a notice":               {"2023-08-03", nil, []*round.Package{notice}, round.StageVoted, "prepare 2023-07-30 done 2023-07-25 off; vote 2023-08-30 done 2023-08-02; send 2023-08-03 warn"},
		"a stranger's notice":    {"2023-07-20", nil, []*round.Package{&heldNotice}, round.StageNone, "prepare 2023-07-30 off; vote 2023-08-30; send "},
		"excused":                {"2023-09-30", known(round.Progress{Excused: "không còn chức danh nào"}), nil, round.StageExcused, ""},
		"excused, but one came":  {"2023-08-03", known(round.Progress{Excused: "không còn chức danh nào"}), []*round.Package{came("a", "2023-08-02", "2023-08-03 08:00", round.Checking)}, round.StageHeld, "prepare 2023-07-30 late off; vote 2023-08-30 done 2023-08-02; send 2023-08-03 done 2023-08-03"},
		"excused, a stranger":    {"2023-08-03", known(round.Progress{Excused: "không còn chức danh nào"}), []*round.Package{came("a", "2023-08-02", "2023-08-03 08:00", round.Held)}, round.StageExcused, ""},
		"elsewhere, a stranger":  {"2023-09-30", known(round.Progress{Prepared: "2023-07-01", Voted: "2023-08-10", Done: "biên bản giấy"}), []*round.Package{came("a", "2023-08-02", "2023-08-03 08:00", round.Held)}, round.StageVoted, "prepare 2023-07-30 done 2023-07-01 off; vote 2023-08-30 done 2023-08-10"},
		"held elsewhere":         {"2023-09-30", known(round.Progress{Prepared: "2023-07-01", Voted: "2023-08-10", Done: "biên bản giấy"}), nil, round.StageVoted, "prepare 2023-07-30 done 2023-07-01 off; vote 2023-08-30 done 2023-08-10"},
	} {
		r, d := letter(t)
		confirm(d, publicity, "own")
		s := standing(t, round.Follow(r, d, c.known, c.packages, c.today), publicity, "khac")
		if got := told(s.Rules); s.Stage != c.stage || got != c.rules {
			t.Errorf("%s: %s, %s\nwant %s, %s", title, s.Stage, got, c.stage, c.rules)
		}
		if late := strings.Contains(c.rules, "late"); s.Late() != late || len(s.LateBy()) != strings.Count(c.rules, "late") {
			t.Errorf("%s: late %t by %d rules", title, s.Late(), len(s.LateBy()))
		}
	}
}

// TestFollowStrangers: packages under a key that nobody confirmed are counted as
// a hint; they neither take an agency out of the reminders nor put it there.
func TestFollowStrangers(t *testing.T) {
	r, d := letter(t)
	hint := parcel(t, "a", publicity, "khac", "2023-01-02", "2023-08-03 08:00", round.Held)
	for _, today := range []meeting.Date{"2023-07-20", "2023-07-31", "2023-08-30", "2023-09-05"} {
		without := standing(t, round.Follow(r, d, nil, nil, today), publicity, "khac")
		with := standing(t, round.Follow(r, d, nil, []*round.Package{hint, hint}, today), publicity, "khac")
		if with.Unproven != 2 || without.Unproven != 0 || told(with.Rules) != told(without.Rules) || round.Reminder(r, with, today) != round.Reminder(r, without, today) {
			t.Errorf("%s: %d, %s", today, with.Unproven, told(with.Rules))
		}
	}
}

// TestFollowClosed: when the round is over nothing that is not done is late or
// near any more; what was done late stays so.
func TestFollowClosed(t *testing.T) {
	r, d := letter(t)
	r.Closed = true
	packages := []*round.Package{parcel(t, "a", district, "khac", "2023-08-31", "2023-09-05 08:00", round.Accepted)}
	list := round.Follow(r, d, nil, packages, "2023-10-01")
	if s := standing(t, list, publicity, "khac"); s.Late() || told(s.Rules) != "prepare 2023-07-30 off; vote 2023-08-30; send " {
		t.Errorf("%s", told(s.Rules))
	}
	if s := standing(t, list, district, "khac"); told(s.Rules) != "prepare 2023-07-30 off; vote 2023-08-30 done 2023-08-31 late; send 2023-09-01 done 2023-09-05 late" {
		t.Errorf("%s", told(s.Rules))
	}
}

// TestFollowOrder: the order is that of the directory and of the groups, however
// the polls are listed, and what the directory has no more comes last.
func TestFollowOrder(t *testing.T) {
	r, d := letter(t)
	names := func() (list []string) {
		for _, s := range round.Follow(r, d, nil, nil, "2023-07-01") {
			list = append(list, s.Agency.ID+" "+s.Group.ID)
		}
		return list
	}
	want := names()
	slices.Reverse(r.Expected)
	if got := names(); !slices.Equal(got, want) || len(want) != 17 || want[0] != "ban-tuyen-giao-tinh-uy khac" || want[16] != "dang-uy-khoi-tinh khac" {
		t.Errorf("%q\n%q", got, want)
	}
	d.Agencies = d.Agencies[1:]
	if got := names(); got[16] != "ban-tuyen-giao-tinh-uy khac" {
		t.Errorf("%q", got)
	}
}

// TestRuleWords: each rule as the letter writes it, with the day of sending once
// it is known.
func TestRuleWords(t *testing.T) {
	r, d := letter(t)
	known := []round.Progress{{Expected: round.Expected{Agency: publicity, Group: "khac"}, Voted: "2023-08-05"}}
	var vi, en []string
	for _, m := range standing(t, round.Follow(r, d, known, nil, "2023-08-05"), publicity, "khac").Rules {
		vi, en = append(vi, m.Rule.Vi), append(en, m.Rule.En)
	}
	wantVi := []string{
		"Thực hiện đúng, đầy đủ bước 1, mục 1, Điều 9, Quy định số 96-QĐ/TW, ngày 02/02/2023 của Bộ Chính trị; bước 1, điểm 4.1, mục 4, phần II, Kế hoạch số 76-KH/TU ngày 10/3/2023 của Ban Thường vụ Tỉnh ủy, xong trước ngày 31/7/2023",
		"Lấy phiếu tín nhiệm đối với các chức danh, chức vụ lãnh đạo, quản lý khác tiến hành sau sơ kết 6 tháng đầu năm 2023 của cơ quan, đơn vị, kết thúc trước ngày 31/8/2023",
		"Kết quả lấy phiếu tín nhiệm gửi về Ban Thường vụ Tỉnh ủy (qua Ban Tổ chức Tỉnh ủy) sau 01 ngày tổ chức lấy phiếu tín nhiệm: chậm nhất ngày 6/8/2023",
	}
	wantEn := []string{
		"Step 1, item 1, article 9 of Regulation 96-QĐ/TW of 2 February 2023, and step 1, point 4.1, item 4, part II of Plan 76-KH/TU of 10 March 2023, correctly and in full, done before 31 July 2023",
		"The vote on “Các chức danh, chức vụ lãnh đạo, quản lý khác”, held after “sơ kết 6 tháng đầu năm 2023 của cơ quan, đơn vị”, finished before 31 August 2023",
		"The result goes to Ban Thường vụ Tỉnh ủy (through Ban Tổ chức Tỉnh ủy) within 1 calendar day after the vote: on or before 6 August 2023",
	}
	if !reflect.DeepEqual(vi, wantVi) || !reflect.DeepEqual(en, wantEn) {
		t.Errorf("%q\n%q", vi, en)
	}
	// Posts without a limit for the vote have none but that for sending.
	s := standing(t, round.Follow(r, d, nil, nil, "2023-07-01"), district, "cap-uy")
	if told(s.Rules) != "prepare 2023-07-30 off; send " {
		t.Errorf("%s", told(s.Rules))
	}
	r.SendDays, r.Prepare, r.PrepareText = 0, meeting.Limit{}, meeting.Text{}
	if s := standing(t, round.Follow(r, d, nil, nil, "2023-07-01"), district, "cap-uy"); len(s.Rules) > 0 {
		t.Errorf("%s", told(s.Rules))
	}
	r.SendDays, r.Prepare = 10, meeting.Limit{Date: "2023-07-31"}
	s = standing(t, round.Follow(r, d, nil, nil, "2023-07-01"), district, "cap-uy")
	if s.Rules[0].Rule.Vi != "Chuẩn bị lấy phiếu tín nhiệm (bước 1), xong chậm nhất ngày 31/7/2023" || !strings.Contains(s.Rules[1].Rule.Vi, "sau 10 ngày") || !strings.Contains(s.Rules[1].Rule.En, "10 calendar days") {
		t.Errorf("%+v", s.Rules)
	}
}

// TestReady: leaders of Party committees come after the posts that councils elect.
func TestReady(t *testing.T) {
	elected := []round.Expected{{Agency: council, Group: "hdnd-bau"}, {Agency: district, Group: "hdnd-bau"}, {Agency: "thanh-uy-suong-mai", Group: "hdnd-bau"}}
	held := func(p round.Progress, n int) (list []round.Progress) {
		for i := range n {
			p.Expected = elected[i]
			list = append(list, p)
		}
		return list
	}
	apart := parcel(t, "x", council, "hdnd-bau", "2023-07-14", "2023-07-15 08:00", round.Apart)
	good := parcel(t, "x", council, "hdnd-bau", "2023-07-14", "2023-07-15 08:00", round.Accepted)
	for title, c := range map[string]struct {
		known    []round.Progress
		packages []*round.Package
		ready    bool
		day      meeting.Date
	}{
		"nothing known":        {nil, nil, false, ""},
		"two of three":         {held(round.Progress{Voted: "2023-07-14"}, 2), nil, false, ""},
		"all voted":            {held(round.Progress{Voted: "2023-07-14"}, 3), nil, true, "2023-07-14"},
		"elsewhere":            {held(round.Progress{Voted: "2023-07-14", Done: "nghị quyết xác nhận"}, 3), nil, true, "2023-07-14"},
		"nothing to vote on":   {held(round.Progress{Excused: "không có"}, 3), nil, true, ""},
		"a package":            {held(round.Progress{Voted: "2023-07-12"}, 3)[1:], []*round.Package{good}, true, "2023-07-14"},
		"a package kept apart": {held(round.Progress{Voted: "2023-07-12"}, 3)[1:], []*round.Package{apart}, false, ""},
	} {
		r, d := letter(t)
		list := round.Follow(r, d, c.known, c.packages, "2023-07-20")
		missing := round.Ready(r, list, "cap-uy")
		if c.ready != (len(missing) == 0) || !c.ready && missing[0].ID != "hdnd-bau" {
			t.Errorf("%s: missing %+v", title, missing)
		}
		done := round.Finish(r, list)
		if c.ready != (len(done) == 1) || c.ready && done[0] != (round.Finished{Group: "hdnd-bau", Day: c.day}) {
			t.Errorf("%s: done %+v", title, done)
		}
		if len(round.Ready(r, list, "khac")) > 0 || len(round.Ready(r, list, "hdnd-bau")) > 0 {
			t.Errorf("%s: groups after none must wait", title)
		}
	}
	r, d := letter(t)
	r.Expected = slices.DeleteFunc(r.Expected, func(e round.Expected) bool { return e.Group == "hdnd-bau" })
	if list := round.Follow(r, d, nil, nil, "2023-07-20"); len(round.Ready(r, list, "cap-uy")) != 1 || len(round.Finish(r, list)) > 0 {
		t.Error("a group for which nobody is expected counts as done")
	}
}

// TestEarly: a vote is early until that on every group before it is over
// everywhere; the day of the last of these is soon enough.
func TestEarly(t *testing.T) {
	r, d := letter(t)
	all := []string{council, district, "thanh-uy-suong-mai"}
	known := func(days ...meeting.Date) (list []round.Progress) {
		for i, day := range days {
			list = append(list, round.Progress{Expected: round.Expected{Agency: all[i], Group: "hdnd-bau"}, Voted: day})
		}
		return list
	}
	// Two papers of one agency: the one that came first was voted on last.
	two := []*round.Package{
		parcel(t, "a", all[2], "hdnd-bau", "2023-07-19", "2023-07-20 08:00", round.Accepted),
		parcel(t, "b", all[2], "hdnd-bau", "2023-07-12", "2023-07-20 09:00", round.Accepted),
	}
	for title, c := range map[string]struct {
		known    []round.Progress
		packages []*round.Package
		group    string
		voted    meeting.Date
		want     []meeting.Date // of the group before
	}{
		"the day after":      {known("2023-07-12", "2023-07-14", "2023-07-13"), nil, "cap-uy", "2023-07-15", nil},
		"the same day":       {known("2023-07-12", "2023-07-14", "2023-07-13"), nil, "cap-uy", "2023-07-14", nil},
		"the day before":     {known("2023-07-12", "2023-07-14", "2023-07-13"), nil, "cap-uy", "2023-07-13", []meeting.Date{"2023-07-14"}},
		"one is not held":    {known("2023-07-12", "2023-07-14"), nil, "cap-uy", "2023-07-20", []meeting.Date{""}},
		"the last of two":    {known("2023-07-12", "2023-07-14"), two, "cap-uy", "2023-07-18", []meeting.Date{"2023-07-19"}},
		"after the two":      {known("2023-07-12", "2023-07-14"), two, "cap-uy", "2023-07-19", nil},
		"nothing before it":  {nil, nil, "khac", "2023-07-01", nil},
		"a group of no name": {nil, nil, "x", "2023-07-01", nil},
	} {
		early := round.Early(r, round.Follow(r, d, c.known, c.packages, "2023-07-20"), c.group, c.voted)
		var got []meeting.Date
		for _, e := range early {
			if got = append(got, e.Over); e.Group.ID != "hdnd-bau" {
				t.Errorf("%s: before %s", title, e.Group.ID)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", title, got, c.want)
		}
	}
	g, _ := r.Group("hdnd-bau")
	if w := (round.Ahead{Group: g, Over: "2023-07-14"}).Words(); !strings.HasPrefix(w.Vi, "lấy phiếu trước khi nhóm “"+g.Name) || !strings.HasSuffix(w.Vi, "xong (ngày 14/7/2023)") || !strings.Contains(w.En, "14 July 2023") {
		t.Errorf("%+v", w)
	}
	if w := (round.Ahead{Group: g}).Words(); !strings.HasSuffix(w.Vi, "xong (đến nay chưa rõ đã xong)") || w.En == "" {
		t.Errorf("%+v", w)
	}
}

// TestCalendar: rules on their last good days, one entry for all of a rule.
func TestCalendar(t *testing.T) {
	r, d := letter(t)
	known := []round.Progress{
		{Expected: round.Expected{Agency: publicity, Group: "khac"}, Prepared: "2023-07-20", Planned: "2023-07-25"},
		{Expected: round.Expected{Agency: district, Group: "khac"}, Planned: "2023-07-25", Voted: "2023-07-26"},
		{Expected: round.Expected{Agency: council, Group: "hdnd-bau"}, Voted: "2023-07-26"},
		{Expected: round.Expected{Agency: district, Group: "cap-uy"}, Excused: "đã nghỉ hưu"},
	}
	list := round.Follow(r, d, known, nil, "2023-07-27")
	days := round.Calendar(list, 2023, time.July)
	var got []string
	for _, day := range days {
		for _, due := range day.Due {
			got = append(got, fmt.Sprintf("%s %s open %d done %d off %t", day.Date, due.ID, len(due.Open), len(due.Done), day.Off))
		}
	}
	want := []string{"2023-07-25 planned open 1 done 0 off false", "2023-07-27 send open 2 done 0 off false", "2023-07-30 prepare open 13 done 3 off true"}
	if len(days) != 31 || !slices.Equal(got, want) {
		t.Errorf("%d days\n%s", len(days), strings.Join(got, "\n"))
	}
	if rule := days[24].Due[0].Rule; rule.Vi != "Dự kiến lấy phiếu tín nhiệm đối với các chức danh, chức vụ lãnh đạo, quản lý khác" || rule.En == "" {
		t.Errorf("%+v", rule)
	}
	if leap := round.Calendar(list, 2024, time.February); len(leap) != 29 || leap[28].Date != "2024-02-29" {
		t.Errorf("%d days in February 2024", len(leap))
	}
	august := round.Calendar(list, 2023, time.August)
	if due := august[29].Due; len(due) != 1 || due[0].ID != round.RuleVote || len(due[0].Open) != 10 || len(due[0].Done) != 1 {
		t.Errorf("%+v", due)
	}
}

// TestReminder: a letter of the board to the agency, about what is near or late
// and nothing else.
func TestReminder(t *testing.T) {
	r, d := letter(t)
	r.References = r.References[3:]
	known := []round.Progress{{Expected: round.Expected{Agency: publicity, Group: "khac"}, Voted: "2023-08-04"}}
	remind := func(today meeting.Date, packages ...*round.Package) meeting.Text {
		s := standing(t, round.Follow(r, d, known, packages, today), publicity, "khac")
		return round.Reminder(r, s, today)
	}
	want := `Kính gửi: Ban Tuyên giáo Tỉnh ủy

Thực hiện văn bản số 1535-CV/BTCTU ngày 06/07/2023 (Công văn của Ban Tổ chức Tỉnh ủy), Ban Tổ chức Tỉnh ủy đề nghị cơ quan, đơn vị thực hiện:

1. Kết quả lấy phiếu tín nhiệm gửi về Ban Thường vụ Tỉnh ủy (qua Ban Tổ chức Tỉnh ủy) sau 01 ngày tổ chức lấy phiếu tín nhiệm: chậm nhất ngày 5/8/2023 (đã quá hạn 1 ngày, tính từ hết ngày 5/8/2023).

Nếu đã thực hiện, đề nghị thông báo lại để Ban Tổ chức Tỉnh ủy cập nhật, tổng hợp, báo cáo Ban Thường vụ Tỉnh ủy.
Trân trọng.
`
	got := remind("2023-08-06")
	if got.Vi != want {
		t.Errorf("%s", got.Vi)
	}
	if !strings.HasPrefix(got.En, "To: Ban Tuyên giáo Tỉnh ủy\n") || !strings.Contains(got.En, "(1 day late") {
		t.Errorf("%s", got.En)
	}
	if got := remind("2023-08-05").Vi; !strings.Contains(got, "(hôm nay, 5/8/2023, là ngày cuối).") {
		t.Errorf("%s", got)
	}
	apart := parcel(t, "x", publicity, "khac", "2023-08-04", "2023-08-05 08:00", round.Apart)
	apart.Reason = meeting.Text{Vi: "result.json đã bị sửa", En: "result.json was altered"}
	if got := remind("2023-08-06", apart); !strings.Contains(got.Vi, "chưa được chấp nhận: result.json đã bị sửa.") || !strings.Contains(got.En, "not accepted: result.json was altered.") {
		t.Errorf("%s", got.Vi)
	}
	known = nil
	if got := remind("2023-08-30").Vi; !strings.Contains(got, "\n1. Thực hiện đúng, đầy đủ bước 1, mục 1, Điều 9, Quy định số 96-QĐ/TW") ||
		!strings.Contains(got, "xong trước ngày 31/7/2023 (các chức danh, chức vụ lãnh đạo, quản lý khác; đã quá hạn 31 ngày, tính từ hết ngày 30/7/2023).\n2. Lấy phiếu tín nhiệm đối với các chức danh, chức vụ lãnh đạo, quản lý khác tiến hành sau sơ kết") ||
		!strings.Contains(got, "hôm nay, 30/8/2023, là ngày cuối).") {
		t.Errorf("%s", got)
	}
	if got := remind("2023-07-29"); got != (meeting.Text{}) {
		t.Errorf("nothing is near: %+v", got)
	}
	if got := remind("2023-07-30").Vi; !strings.Contains(got, "là ngày cuối") {
		t.Errorf("%s", got)
	}
	r.References = nil
	if got := remind("2023-07-30").Vi; !strings.Contains(got, "\nThực hiện “Tổ chức, thực hiện lấy phiếu tín nhiệm năm 2023 (Công văn số 1535-CV/BTCTU)”, Ban Tổ chức") {
		t.Errorf("%s", got)
	}
}
