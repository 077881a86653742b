package api

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/staff"
)

// officeView is what every page of a meeting is drawn from.
type officeView struct {
	page
	inputs
	*visit
	Page    string
	Heading meeting.Text
	Stamp   string // of the form as it is stored
	Problem *pageProblem
	Live    bool // the main part is drawn again when the meeting changes
	Rail    []railStep
	Waiting []wait
	Seats   []seatView
	Data    any // of the page itself
}

// addFrame fills what stands around the page's own part.
func (d *officeView) addFrame() (err error) {
	d.Rail = d.rail(d.Page)
	d.Waiting = d.waiting()
	d.Seats, err = d.seats()
	return err
}

// summaryOf is a problem as the top of a page says it.
func summaryOf(p *problem) *pageProblem {
	if p == nil {
		return nil
	}
	vi, en := p.words()
	return &pageProblem{vi, en, p.Fields}
}

// Base is the address of the meeting, before every link and form.
func (d *officeView) Base() string { return d.base }

// Home is where the officer's brand link leads.
func (d *officeView) Home() string {
	if d.actor.Meeting == "" {
		return "/staff"
	}
	return d.base
}

// Actor is who looks at the page.
func (d *officeView) Actor() staff.Actor { return d.actor }

// Meeting is the meeting as it is.
func (d *officeView) Meeting() *meeting.Meeting { return d.m }

// Role is what the officer is called.
func (d *officeView) Role() meeting.Text { return roleName(d.actor.Role) }

// State is how far the meeting is, as people read it.
func (d *officeView) State() meeting.Text { return stateText(d.m.State) }

// StateBadge is the class of the badge that says so.
func (d *officeView) StateBadge() string { return stateBadge(d.m.State) }

func stateText(s meeting.State) meeting.Text {
	name := s.Name()
	return meeting.Text{Vi: strings.TrimSuffix(sentence(name.Vi), "."), En: strings.TrimSuffix(sentence(name.En), ".")}
}

func stateBadge(s meeting.State) string {
	switch s {
	case meeting.Open:
		return "badge-done"
	case meeting.Abandoned:
		return "badge-stop"
	}
	return "badge-note"
}

// Leave is where the officer signs out.
func (d *officeView) Leave() string {
	if d.actor.Meeting == "" {
		return "/staff/logout"
	}
	return d.base + "/leave"
}

// Words are a text in both languages, for a template that is given one.
func (d *officeView) Words(vi, en string) meeting.Text { return meeting.Text{Vi: vi, En: en} }

// Saved reports whether the page follows a form that was taken.
func (d *officeView) Saved() bool {
	_, saved := d.c.Request.URL.Query()["saved"]
	return saved && d.Problem == nil && d.typed == nil
}

// Notes are said above the form.
func (d *officeView) Notes() []meeting.Text { return d.notes }

// Why says why the officer cannot take an action now; nil if it is possible.
func (d *officeView) Why(a string) *meeting.Text { return d.why(meeting.Action(a)) }

// May reports whether the officer's role may take an action at all.
func (d *officeView) May(a string) bool { return d.may(meeting.Action(a)) }

// RuleSet is the meeting's; nil as long as none is chosen.
func (d *officeView) RuleSet() *meeting.RuleSet {
	r, err := meeting.RuleSetByID(d.m.Plan.RuleSet)
	if err != nil {
		return nil
	}
	return r
}

// Member is the task of member.js on this page, or empty.
func (d *officeView) Member() string {
	if d.actor.Role != staff.Member {
		return ""
	}
	return map[string]string{"keys": "ceremony", "slips": "slips", "desk": "desk", "rehearsal": "tally", "seal": "tally", "tally": "tally"}[d.Page]
}

// Opened reports whether a result was decrypted before the meeting was
// abandoned.
func (d *officeView) Opened() bool {
	return slices.ContainsFunc(d.paperPolls(), func(p pollView) bool { return p.Status.State == box.Tallied })
}

// inputs are the fields of a page: what is stored, or what was typed and refused.
type inputs struct {
	values url.Values
	wrong  *problem
	locked []string // fields that cannot change any more
}

// A field is one field of a form as it is drawn.
type field struct {
	ID, Name, Vi, En string
	Row              string // ID of the number of its row
	Type             string // of the input
	Value            string
	HintVi, HintEn   string
	Error            *problemField
	Options          []option
	Required, Narrow bool
	Disabled         bool
	Min, Max         string
}

// An option is one of the values of a field.
type option struct {
	Value  string
	Text   meeting.Text
	Chosen bool
}

// Field returns the field of a name, with its label.
func (f inputs) Field(name, vi, en string) field {
	return field{ID: name, Name: name, Vi: vi, En: en, Type: "text", Value: f.values.Get(name), Error: f.Error(name), Disabled: f.Locked(name)}
}

// Cell returns the field of a name in row i.
func (f inputs) Cell(i int, name, vi, en string) field {
	id := name + "-" + strconv.Itoa(i)
	return field{ID: id, Row: "row-" + strconv.Itoa(i), Name: name, Vi: vi, En: en, Type: "text", Value: f.At(name, i), Error: f.Error(id)}
}

// As makes the field one of a kind: date, number, time.
func (f field) As(kind string) field {
	f.Type, f.Narrow = kind, true
	return f
}

// Area makes the field one of several lines.
func (f field) Area() field {
	f.Type = "area"
	return f
}

// Hint adds an explanation.
func (f field) Hint(vi, en string) field {
	f.HintVi, f.HintEn = vi, en
	return f
}

// Must marks the field as required.
func (f field) Must() field {
	f.Required = true
	return f
}

// Between bounds a number.
func (f field) Between(low, high int) field {
	f.Min, f.Max = strconv.Itoa(low), strconv.Itoa(high)
	return f
}

// Of makes the field a choice of options.
func (f field) Of(options []option) field {
	f.Options = slices.Clone(options)
	for i := range f.Options {
		f.Options[i].Chosen = f.Options[i].Value == f.Value
	}
	return f
}

// Locked reports whether a field cannot change any more.
func (f inputs) Locked(name string) bool { return slices.Contains(f.locked, name) }

// Value is what a field says.
func (f inputs) Value(name string) string { return f.values.Get(name) }

// At is what row i of a field says.
func (f inputs) At(name string, i int) string {
	if v := f.values[name]; i < len(v) {
		return v[i]
	}
	return ""
}

// Rows counts the rows of a field, from 0.
func (f inputs) Rows(name string) []int {
	rows := make([]int, len(f.values[name]))
	for i := range rows {
		rows[i] = i
	}
	return rows
}

// Error is what is wrong with a field; nil if nothing is known to be.
func (f inputs) Error(name string) *problemField {
	if f.wrong == nil {
		return nil
	}
	for i, e := range f.wrong.Fields {
		if e.Name == name {
			return &f.wrong.Fields[i]
		}
	}
	return nil
}

// Day writes a date as people do, or a dash.
func (d *officeView) Day(date meeting.Date) string { return dayText(date) }

func dayText(date meeting.Date) string {
	if t, ok := date.Day(); ok {
		return t.Format("02/01/2006")
	}
	return "–"
}

// clock writes a moment as people do.
func clock(t time.Time) string { return t.In(vietnam).Format("15:04 02/01/2006") }

// Inc counts rows for people, from 1.
func (d *officeView) Inc(i int) int { return i + 1 }

func roleName(r staff.Role) meeting.Text {
	w := wordsOfRole(r)
	return meeting.Text{Vi: w.Vi, En: w.En}
}
