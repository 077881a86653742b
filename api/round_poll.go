package api

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// pollData is what the page of one expected poll shows.
type pollData struct {
	followRow
	Contact  string
	Missing  []round.Group // that must come first and are not done
	Reminder meeting.Text
	Packages []packageRow
}

// theStanding is the expected poll that the path names, and all of the round.
func (v *roundVisit) theStanding() (*round.Standing, []round.Standing, error) {
	all, err := v.standings()
	if err != nil {
		return nil, nil, err
	}
	for i := range all {
		if all[i].Agency.ID == v.c.Param("agency") && all[i].Group.ID == v.c.Param("group") {
			return &all[i], all, nil
		}
	}
	return nil, nil, errNoRoute
}

// theNote is what officers noted of the poll, without what its packages say.
func (v *roundVisit) theNote() (round.Progress, error) {
	s, _, err := v.theStanding()
	if err != nil {
		return round.Progress{}, err
	}
	e := round.Expected{Agency: s.Agency.ID, Group: s.Group.ID}
	notes, err := v.Rounds.Store.Progress(v.ctx(), v.r.UUID)
	if i := slices.IndexFunc(notes, func(p round.Progress) bool { return p.Expected == e }); i >= 0 {
		return notes[i], err
	}
	return round.Progress{Expected: e}, err
}

// noteValues is what is known of the poll beside its package.
func noteValues(v *roundVisit) (url.Values, error) {
	k, err := v.theNote()
	if err != nil {
		return nil, err
	}
	return url.Values{
		"prepared": {string(k.Prepared)}, "condition": {string(k.Condition)}, "planned": {string(k.Planned)}, "voted": {string(k.Voted)},
		"excused": {k.Excused}, "done": {k.Done},
	}, nil
}

func (v *roundVisit) pollPage() (any, error) {
	s, all, err := v.theStanding()
	if err != nil {
		return nil, err
	}
	d := pollData{
		followRow: newFollowRow(v, s), Contact: s.Agency.Contact, Missing: round.Ready(v.r, all, s.Group.ID),
		Reminder: round.Reminder(v.r, s, v.today()),
	}
	rows, err := v.packageRows()
	if err != nil {
		return nil, err
	}
	for _, p := range rows {
		if p.Agency.ID == s.Agency.ID && p.Group == s.Group.ID {
			d.Packages = append(d.Packages, p)
		}
	}
	return d, nil
}

// saveNote keeps what an officer knows of the poll.
func (v *roundVisit) saveNote() (string, error) {
	p, err := v.theNote()
	if err != nil {
		return "", err
	}
	in := reading{form: v.typed}
	p.Prepared, p.Condition = in.date("prepared", in.text("prepared")), in.date("condition", in.text("condition"))
	p.Planned, p.Voted = in.date("planned", in.text("planned")), in.date("voted", in.text("voted"))
	p.Excused, p.Done = in.text("excused"), in.text("done")
	if err := in.err(); err != nil {
		return "", err
	}
	return "", v.Rounds.Note(v.ctx(), v.actor, v.r.UUID, p)
}

// A reminderRow is a letter to copy.
type reminderRow struct {
	followRow
	Text meeting.Text
	ID   string // of the text on the page
}

// remindersData is a page of reminders.
type remindersData struct {
	Rows  []reminderRow
	Count int
	pageCut
}

// reminderRows is how many reminders a page has.
const reminderRows = 25

// remindersPage writes to everybody who is late, or nearly.
func (v *roundVisit) remindersPage() (any, error) {
	all, err := v.standings()
	if err != nil {
		return nil, err
	}
	var d remindersData
	var list []reminderRow
	for i := range all {
		if text := round.Reminder(v.r, &all[i], v.today()); text.Vi != "" {
			list = append(list, reminderRow{newFollowRow(v, &all[i]), text, "text-" + strconv.Itoa(i)})
		}
	}
	late := func(r reminderRow) int {
		if r.Late() {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(list, func(a, b reminderRow) int { return cmp.Compare(late(a), late(b)) })
	d.Count, d.pageCut = len(list), v.cut(v.query(), len(list), reminderRows)
	d.Rows = list[d.First-1 : d.Last]
	return d, nil
}

// both is a text in two languages.
func both(vi, en string) meeting.Text { return meeting.Text{Vi: vi, En: en} }

// note says something above the form.
func (v *roundVisit) note(vi, en string) { v.notes = append(v.notes, both(vi, en)) }

// foldText is a text for looking things up: in small letters, without marks and
// without spaces around it.
func foldText(text string) string {
	var b strings.Builder
	for _, c := range norm.NFD.String(strings.ToLower(text)) {
		switch {
		case c == 'đ':
			b.WriteByte('d')
		case !unicode.Is(unicode.Mn, c):
			b.WriteRune(c)
		}
	}
	return strings.TrimSpace(b.String())
}
