package round_test

import (
	"slices"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

const letterUUID ballot.UUID = "T1aiCDgidEAfPd"

// letter is the letter's round as it is saved, with its directory.
func letter(t testing.TB) (*round.Round, *round.Directory) {
	t.Helper()
	r, agencies := round.Letter()
	d := &round.Directory{Agencies: agencies}
	if err := d.Check(); err != nil {
		t.Fatal(err)
	}
	r.UUID = letterUUID
	if err := r.Check(d); err != nil {
		t.Fatal(err)
	}
	return r, d
}

// TestLetter: what the letter orders, word by word and day by day.
func TestLetter(t *testing.T) {
	r, d := letter(t)
	var references []string
	for _, ref := range r.References {
		references = append(references, ref.Number+" "+ref.Date.Words())
	}
	if want := []string{"96-QĐ/TW 02/02/2023", "76-KH/TU 10/03/2023", "557-TB/TU 03/07/2023", "1535-CV/BTCTU 06/07/2023"}; !slices.Equal(references, want) {
		t.Errorf("references %q", references)
	}
	if r.Superior != "Ban Thường vụ Tỉnh ủy" || r.Office != "Ban Tổ chức Tỉnh ủy" || r.SendDays != 1 || r.RuleSet != meeting.RuleSetReg96 {
		t.Errorf("%+v", r)
	}
	if last, _ := r.Prepare.Last(); r.Prepare.Words().Vi != "trước ngày 31/7/2023" || last != "2023-07-30" {
		t.Errorf("preparation %+v", r.Prepare)
	}
	elected, leaders, others := r.Groups[0], r.Groups[1], r.Groups[2]
	if elected.Name != "Các chức danh do hội đồng nhân dân các cấp bầu" || elected.Finish.Date != "" {
		t.Errorf("%+v", elected)
	}
	if leaders.Name != "Các chức danh lãnh đạo cấp ủy cấp huyện, cấp tỉnh" || !slices.Equal(leaders.After, []string{elected.ID}) || leaders.Finish.Date != "" {
		t.Errorf("%+v", leaders)
	}
	if others.Condition != "sơ kết 6 tháng đầu năm 2023 của cơ quan, đơn vị" || others.Finish.Words().Vi != "trước ngày 31/8/2023" || len(others.After) > 0 {
		t.Errorf("%+v", others)
	}
	if len(d.Agencies) != 12 || len(d.Kinds()) != 9 {
		t.Errorf("%d agencies of the kinds %q", len(d.Agencies), d.Kinds())
	}
	for _, a := range d.Agencies {
		if !slices.ContainsFunc(r.Expected, func(e round.Expected) bool { return e.Agency == a.ID }) {
			t.Errorf("%s votes on nothing", a.Name)
		}
	}
	if rules, err := r.Rules(elected.ID); err != nil || rules.ID != meeting.RuleSetNQ96 {
		t.Errorf("councils vote under %v %v", rules, err)
	}
	if rules, err := r.Rules(others.ID); err != nil || rules.ID != meeting.RuleSetReg96 {
		t.Errorf("agencies vote under %v %v", rules, err)
	}
}
