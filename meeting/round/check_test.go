package round_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/roster"
	"github.com/homphieu/homphieu/meeting/round"
)

// refusedFor checks that an error is a refusal of a cause about a field, in both
// languages.
func refusedFor(t *testing.T, title string, err, cause error, field string) {
	t.Helper()
	var r *meeting.Refusal
	if !errors.Is(err, cause) || !errors.As(err, &r) || r.Field != field || r.What.Vi == "" || r.What.En == "" {
		t.Errorf("%s: %v %+v, want %v about %q", title, err, r, cause, field)
	}
}

// TestRoundCheck: each thing that cannot be, at its field.
func TestRoundCheck(t *testing.T) {
	long := strings.Repeat("x", 501)
	for field, change := range map[string]func(r *round.Round){
		"uuid":                    func(r *round.Round) { r.UUID = "0" },
		"title":                   func(r *round.Round) { r.Title = " " },
		"superior":                func(r *round.Round) { r.Superior = "" },
		"office":                  func(r *round.Round) { r.Office = "" },
		"ruleset":                 func(r *round.Round) { r.RuleSet = "reg97" },
		"send_days":               func(r *round.Round) { r.SendDays = -1 },
		"prepare.date":            func(r *round.Round) { r.Prepare.Date = "31/7/2023" },
		"prepare_text.vi":         func(r *round.Round) { r.PrepareText.Vi = long },
		"references":              func(r *round.Round) { r.References = make([]meeting.Reference, 51); fillReferences(r) },
		"references.0.date":       func(r *round.Round) { r.References[0].Date = "2023-02-30" },
		"references.1.about":      func(r *round.Round) { r.References[1].About = long },
		"letterhead.signer":       func(r *round.Round) { r.Letterhead.Signer = long },
		"letterhead.recipients":   func(r *round.Round) { r.Letterhead.Recipients = strings.Split(strings.Repeat("A,", 51), ",") },
		"letterhead.recipients.1": func(r *round.Round) { r.Letterhead.Recipients[1] = "\u202e" },
		"groups":                  func(r *round.Round) { r.Groups, r.Expected = nil, nil },
		"groups.0.id":             func(r *round.Round) { r.Groups[0].ID = "Khác" },
		"groups.2.id":             func(r *round.Round) { r.Groups[2].ID = "cap-uy" },
		"groups.1.name":           func(r *round.Round) { r.Groups[1].Name = "" },
		"groups.2.condition":      func(r *round.Round) { r.Groups[2].Condition = long },
		"groups.2.ruleset":        func(r *round.Round) { r.Groups[2].RuleSet = "x" },
		"groups.2.finish.date":    func(r *round.Round) { r.Groups[2].Finish.Date = "2023" },
		"groups.1.after":          func(r *round.Round) { r.Groups[1].After = []string{"x"} },
		"groups.2.after":          func(r *round.Round) { r.Groups[2].After = []string{"cap-uy", "cap-uy"} },
		"groups.0.after":          func(r *round.Round) { r.Groups[0].After = []string{"khac"}; r.Groups[2].After = []string{"cap-uy"} },
		"expected.0.agency":       func(r *round.Round) { r.Expected[0].Agency = "x" },
		"expected.3.group":        func(r *round.Round) { r.Expected[3].Group = "x" },
		"expected.4":              func(r *round.Round) { r.Expected[4] = r.Expected[2] },
		"expected":                func(r *round.Round) { r.Expected = make([]round.Expected, round.MaxExpected+1) },
	} {
		r, d := letter(t)
		change(r)
		refusedFor(t, field, r.Check(d), round.ErrRound, field)
	}
	r, d := letter(t)
	r.Groups = make([]round.Group, 51)
	refusedFor(t, "many groups", r.Check(d), round.ErrRound, "groups")
	r, d = letter(t)
	r.Groups[0].After = []string{"hdnd-bau"}
	refusedFor(t, "after itself", r.Check(d), round.ErrRound, "groups.0.after")
	r, d = letter(t)
	r.Title, r.References, r.Letterhead.Recipients = "  Đợt\n2023 ", append(r.References, meeting.Reference{}), []string{"", " A  B "}
	if err := r.Check(d); err != nil || r.Title != "Đợt 2023" || len(r.References) != 4 || !reflect.DeepEqual(r.Letterhead.Recipients, []string{"A B"}) {
		t.Errorf("not tidy: %v %+v", err, r)
	}
}

func fillReferences(r *round.Round) {
	for i := range r.References {
		r.References[i].Number = "1"
	}
}

// TestProgressCheck: what can be noted of a poll.
func TestProgressCheck(t *testing.T) {
	r, _ := letter(t)
	e := round.Expected{Agency: publicity, Group: "khac"}
	for field, p := range map[string]round.Progress{
		"agency":    {Expected: round.Expected{Agency: publicity, Group: "cap-uy"}},
		"prepared":  {Expected: e, Prepared: "hôm qua"},
		"condition": {Expected: e, Condition: "2023-13-01"},
		"planned":   {Expected: e, Planned: "1/8/2023"},
		"voted":     {Expected: e, Done: "biên bản giấy"},
		"excused":   {Expected: e, Excused: "không còn ai", Voted: "2023-08-01"},
		"done":      {Expected: e, Done: strings.Repeat("x", 501), Voted: "2023-08-01"},
		"by":        {Expected: e, By: strings.Repeat("x", 201)},
	} {
		refusedFor(t, field, p.Check(r), round.ErrRound, field)
	}
	good := round.Progress{Expected: e, Voted: "2023-08-01", Done: " biên bản\tgiấy "}
	if err := good.Check(r); err != nil || good.Done != "biên bản giấy" {
		t.Errorf("%v %+v", err, good)
	}
}

// TestDirectoryCheck: what [roster.CheckAgencies] finds, at its field.
func TestDirectoryCheck(t *testing.T) {
	for field, change := range map[string]func(list []round.Agency){
		"agencies.0.name":     func(list []round.Agency) { list[0].Name = " " },
		"agencies.1.id":       func(list []round.Agency) { list[1].ID = list[0].ID },
		"agencies.2.kind":     func(list []round.Agency) { list[2].Kind = "" },
		"agencies.3.superior": func(list []round.Agency) { list[3].Superior = list[3].ID },
		"agencies.4.contact":  func(list []round.Agency) { list[4].Contact = strings.Repeat("x", 501) },
		"agencies.5.key":      func(list []round.Agency) { list[5].Key = "00" },
		"agencies.6.key":      func(list []round.Agency) { list[6].Confirmed = true },
	} {
		_, list := round.Letter()
		change(list)
		refusedFor(t, field, (&round.Directory{Agencies: list}).Check(), round.ErrAgency, field)
	}
	refusedFor(t, "many", (&round.Directory{Agencies: make([]round.Agency, round.MaxAgencies+1)}).Check(), round.ErrAgency, "agencies")
}

// TestImportAgencies: IDs and confirmed keys stay, a new key is not confirmed.
func TestImportAgencies(t *testing.T) {
	one, two := strings.Repeat("1", 64), strings.Repeat("2", 64)
	d := &round.Directory{Revision: 7, Agencies: []round.Agency{
		{ID: "a", Name: "Ban A", Kind: "Ban", Key: one, Confirmed: true}, {ID: "b", Name: "Ban B", Kind: "Ban", Key: one, Confirmed: true},
		{ID: "c", Name: "Ban C", Kind: "Ban", Key: one, Confirmed: true}, {ID: "d", Name: "Ban D", Kind: "Ban"},
	}}
	text := "Tên\tLoại\tKhóa\tLiên hệ\nBan C\tBan\t" + two + "\t\nBan B\tBan\t" + one + "\t\nBan A\tBan\t\tĐ/c An\nBan E\tBan\t\t"
	got, faults := round.ImportAgencies(d, strings.NewReader(text), roster.Text)
	want := &round.Directory{Revision: 7, Agencies: []round.Agency{
		{ID: "c", Name: "Ban C", Kind: "Ban", Key: two}, {ID: "b", Name: "Ban B", Kind: "Ban", Key: one, Confirmed: true},
		{ID: "a", Name: "Ban A", Kind: "Ban", Key: one, Confirmed: true, Contact: "Đ/c An"}, {ID: "ban-e", Name: "Ban E", Kind: "Ban"},
	}}
	if len(faults) > 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %+v", got, faults)
	}
	if err := got.Check(); err != nil {
		t.Error(err)
	}
	if _, faults := round.ImportAgencies(d, strings.NewReader("Tên\tLoại\nBan A\t"), roster.Text); fmt.Sprint(faults) != "[{2 {Ban A: chưa ghi loại cơ quan Ban A: no kind}}]" {
		t.Errorf("%+v", faults)
	}
}
