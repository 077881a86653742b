package meeting_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/meeting"
)

// refusedField requires a refusal about a field, with words in both languages.
func (r *room) refusedField(err, want error, field string) {
	r.Helper()
	r.refused(err, want)
	var f *meeting.Refusal
	if !errors.As(err, &f) || f.Field != field || f.What.Vi == "" || f.What.En == "" {
		r.Fatalf("%v: field %q, want %q", err, f.Field, field)
	}
}

// Persons keep their IDs and documents, and new ones get IDs of their own.
func TestPeopleKeepDocuments(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	people := r.get().People
	if people[0].ID == "" || people[0].ID == people[1].ID {
		t.Fatalf("%+v", people)
	}
	pdf := []byte("%PDF-1.7 …")
	m, err := r.office.AddDocument(t.Context(), secretary, r.u, people[1].ID, "report", " Báo cáo ", pdf)
	r.ok(err)
	want := m.People[1].Documents
	if len(want) != 1 || want[0].Title != "Báo cáo" || want[0].Size != len(pdf) {
		t.Fatalf("%+v", want)
	}
	before := r.get().People
	people[1].Post, people[2].ID = "Quyền Giám đốc", "unknown1"
	people[3].ID = people[1].ID // a second time
	people[4].ID = ""           // as from a file
	r.setPeople(people, somePapers)
	got := r.get().People
	if got[1].ID != people[1].ID || !reflect.DeepEqual(got[1].Documents, want) {
		t.Errorf("%+v", got[1])
	}
	if got[2].ID == "unknown1" || got[3].ID == got[1].ID || got[3].Documents != nil || got[4].ID != before[4].ID {
		t.Errorf("%+v", got[2:])
	}
	content, err := r.store.File(t.Context(), r.u, want[0].Hash)
	if err != nil || string(content) != string(pdf) {
		t.Errorf("%q, %v", content, err)
	}
}

func TestPeopleRefused(t *testing.T) {
	person := func(change func(p *meeting.Person)) []meeting.Person {
		p := meeting.Person{Name: "Nguyễn Thị Ánh", Post: "Giám đốc"}
		change(&p)
		return []meeting.Person{{Name: "Lê Ưng"}, p}
	}
	many := make([]meeting.Person, 301)
	for i := range many {
		many[i].Name = strings.Repeat("A", 1+i%90) + strings.Repeat("B", i/90)
	}
	for name, c := range map[string]struct {
		people []meeting.Person
		papers []string
		field  string
	}{
		"no paper":               {nil, nil, "papers"},
		"untitled papers":        {nil, []string{"A", " "}, "papers.1"},
		"papers of one title":    {nil, []string{"Số 1", "SỐ  1"}, "papers.1"},
		"unreadable paper":       {nil, []string{"A\u200b"}, "papers.0"},
		"301 papers":             {nil, numbered(301), "papers"},
		"no name":                {person(func(p *meeting.Person) { p.Name = " " }), []string{""}, "people.1.name"},
		"unreadable name":        {person(func(p *meeting.Person) { p.Name = "Ánh\u202e" }), []string{""}, "people.1.name"},
		"long name":              {person(func(p *meeting.Person) { p.Name = strings.Repeat("A", meeting.MaxName+1) }), []string{""}, "people.1.name"},
		"unreadable post":        {person(func(p *meeting.Person) { p.Post = "\u200b" }), []string{""}, "people.1.post"},
		"unreadable block":       {person(func(p *meeting.Person) { p.Block = "\u200b" }), []string{""}, "people.1.block"},
		"unreadable place":       {person(func(p *meeting.Person) { p.Places = []string{"\u200b"} }), []string{""}, "people.1.places.0"},
		"paper that is not":      {person(func(p *meeting.Person) { p.Paper = 1 }), []string{""}, "people.1.paper"},
		"paper below zero":       {person(func(p *meeting.Person) { p.Paper = -1 }), []string{""}, "people.1.paper"},
		"reason that is not":     {person(func(p *meeting.Person) { p.Exempt = "under_9_months" }), []string{""}, "people.1.exempt"},
		"third place":            {person(func(p *meeting.Person) { p.Places = []string{"A", "B"} }), []string{""}, "people.1.places"},
		"listed twice":           {append(person(func(*meeting.Person) {}), meeting.Person{Name: "NGUYỄN thị Ánh", Post: "giám  đốc"}), []string{""}, "people.2.name"},
		"member of the board":    {person(func(p *meeting.Person) { p.Name = someBoard[1].Name }), []string{""}, "board.1.name"},
		"more than can be asked": {many, []string{""}, "people"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			r.prepare()
			want := meeting.ErrPeople
			if c.field == "board.1.name" {
				want = meeting.ErrBoard
			}
			_, err := r.office.SetPeople(t.Context(), secretary, r.u, c.people, c.papers)
			r.refusedField(err, want, c.field)
		})
	}
}

// Under the resolution of 2023 one vote covers all posts: there is no second
// place. Who is exempt may have any, and is on no ballot.
func TestPlaces(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	plan := somePlan
	plan.RuleSet = meeting.RuleSetNQ96
	_, err := r.office.SetPlan(t.Context(), secretary, r.u, plan)
	r.ok(err)
	people := []meeting.Person{{Name: "Ánh", Places: []string{"A"}}}
	_, err = r.office.SetPeople(t.Context(), secretary, r.u, people, []string{""})
	r.refusedField(err, meeting.ErrPeople, "people.0.places")
	if !strings.Contains(err.Error(), "Ánh") {
		t.Errorf("%v", err)
	}
	people[0].Exempt = "elected_in_year"
	r.setPeople(people, []string{""})
	if m := r.get(); len(m.OnPaper(0)) != 0 || len(m.People) != 1 {
		t.Errorf("%+v", m.People)
	}
	_, err = r.office.StartKeys(t.Context(), secretary, r.u, 0)
	r.refusedField(err, meeting.ErrPeople, "people")
}

// A rule set that is chosen after the list is checked against it before the
// keys are begun.
func TestRuleSetAfterPeople(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	plan := somePlan
	plan.RuleSet = meeting.RuleSetNQ96
	_, err := r.office.SetPlan(t.Context(), secretary, r.u, plan)
	r.ok(err)
	_, err = r.office.StartKeys(t.Context(), secretary, r.u, 0)
	r.refusedField(err, meeting.ErrPeople, "people.1.places")
}

func TestBoardRefused(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	board := func(names ...string) (list []meeting.BoardMember) {
		for i, n := range names {
			office := meeting.Ordinary
			if i == 0 {
				office = meeting.Head
			}
			list = append(list, meeting.BoardMember{Name: n, Office: office})
		}
		return list
	}
	two := board("A", "B", "C")
	two[1].Office = meeting.Head
	secretaries := board("A", "B", "C")
	secretaries[1].Office, secretaries[2].Office = meeting.BoardSecretary, meeting.BoardSecretary
	odd := board("A", "B", "C")
	odd[2].Office = "chair"
	many := board("A", "B", "C")
	for i := range 48 {
		many = append(many, board("D"+strings.Repeat("d", i))...)
		many[len(many)-1].Office = meeting.Ordinary
	}
	for name, c := range map[string]struct {
		board []meeting.BoardMember
		field string
	}{
		"none":           {nil, "board"},
		"two":            {board("A", "B"), "board"},
		"fifty-one":      {many, "board"},
		"two heads":      {two, "board"},
		"no head":        {board("A", "B", "C", "D")[1:], "board"},
		"secretaries":    {secretaries, "board"},
		"odd office":     {odd, "board.2.office"},
		"no name":        {board("A", " ", "C"), "board.1.name"},
		"unreadable":     {board("A", "B\u200b", "C"), "board.1.name"},
		"same name":      {board("A", "Hoà", "HÒA"), "board.2.name"},
		"on the ballot":  {board("A", "vũ  hoà", "C"), "board.1.name"},
		"on the ballot ": {board("A", "B", "Le\u0302 U\u031bng"), "board.2.name"},
	} {
		_, err := r.office.SetBoard(t.Context(), secretary, r.u, c.board)
		if r.refusedField(err, meeting.ErrBoard, c.field); t.Failed() {
			t.Errorf("%s", name)
		}
	}
	// Who is exempt may sit on the board, and so may who differs by a letter.
	_, err := r.office.SetBoard(t.Context(), secretary, r.u, board("A", "Phạm Quỳnh", "Vũ Hoa"))
	r.ok(err)
}

func TestAttendance(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	set := func(a meeting.Attendance) (*meeting.Meeting, error) {
		return r.office.SetAttendance(t.Context(), r.chair(), r.u, a)
	}
	list := []meeting.Attendee{{Name: " Ánh ", Present: true, Reason: "x"}, {Name: "Đạt", Reason: "đi công tác"}}
	m, err := set(meeting.Attendance{List: list, Summoned: 50, Present: 40, Absences: []meeting.Absence{{Count: 1, Reason: "ốm"}}})
	r.ok(err)
	want := meeting.Attendance{List: []meeting.Attendee{{Name: "Ánh", Present: true}, list[1]}, Summoned: 2, Present: 1}
	if !reflect.DeepEqual(m.Attendance, want) || list[0].Name != " Ánh " {
		t.Errorf("%+v, %+v", m.Attendance, list)
	}
	for _, c := range []struct {
		a     meeting.Attendance
		field string
	}{
		{meeting.Attendance{Summoned: -1}, "summoned"},
		{meeting.Attendance{Summoned: 5001}, "summoned"},
		{meeting.Attendance{Summoned: 3, Present: -1}, "present"},
		{meeting.Attendance{Summoned: 3, Present: 4}, "present"},
		{meeting.Attendance{Summoned: 3, Present: 2, Absences: []meeting.Absence{{Count: 2}}}, "absences"},
		{meeting.Attendance{Summoned: 3, Present: 2, Absences: []meeting.Absence{{Count: 1 << 62}, {Count: 1 << 62}}}, "absences"},
		{meeting.Attendance{Summoned: 3, Present: 2, Absences: []meeting.Absence{{}}}, "absences.0.count"},
		{meeting.Attendance{Summoned: 3, Present: 2, Absences: []meeting.Absence{{Count: 1, Reason: "\u200b"}}}, "absences.0.reason"},
		{meeting.Attendance{List: []meeting.Attendee{{Name: "Ánh"}, {}}}, "list.1.name"},
		{meeting.Attendance{List: []meeting.Attendee{{Name: "Ánh", Post: "\u200b"}}}, "list.0.post"},
		{meeting.Attendance{List: []meeting.Attendee{{Name: "Ánh", Reason: "\u200b"}}}, "list.0.reason"},
		{meeting.Attendance{List: make([]meeting.Attendee, 5001)}, "list"},
	} {
		_, err := set(c.a)
		r.refusedField(err, meeting.ErrAttendance, c.field)
	}
	// A wrong count can be mended until the board has signed it.
	closed := reach(t, meeting.Closed)
	mend := func(present int) error {
		_, err := closed.office.SetAttendance(t.Context(), secretary, closed.u, meeting.Attendance{Summoned: 9, Present: present})
		return err
	}
	closed.ok(mend(8))
	closed.issued(7, 1, 2)
	closed.sign(closed.get().Papers[0].UUID, 1, 2)
	closed.refused(mend(9), meeting.ErrState)
}

func TestDocumentsRefused(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	id := r.get().People[0].ID
	pdf := []byte("%PDF-1.7")
	for _, c := range []struct {
		person, kind, title string
		content             []byte
		want                error
		field               string
	}{
		{"none", "report", "A", pdf, meeting.ErrPeople, "person"},
		{id, "photo", "A", pdf, meeting.ErrDocument, "kind"},
		{id, "report", " ", pdf, meeting.ErrDocument, "title"},
		{id, "report", "A\u200b", pdf, meeting.ErrDocument, "title"},
		{id, "report", "A", []byte("<html>"), meeting.ErrDocument, "file"},
		{id, "report", "A", nil, meeting.ErrDocument, "file"},
		{id, "report", "A", append([]byte("%PDF-"), make([]byte, meeting.MaxDocument)...), meeting.ErrDocument, "file"},
	} {
		_, err := r.office.AddDocument(t.Context(), secretary, r.u, c.person, c.kind, c.title, c.content)
		r.refusedField(err, c.want, c.field)
	}
	for i := range 10 {
		_, err := r.office.AddDocument(t.Context(), secretary, r.u, id, "report", "A", append(pdf, byte(i)))
		r.ok(err)
	}
	_, err := r.office.AddDocument(t.Context(), secretary, r.u, id, "report", "A", pdf)
	r.refusedField(err, meeting.ErrDocument, "file")
}

// The same document twice is one, and removed twice is removed. Nothing changes
// once the poll is sealed.
func TestDocumentsTwice(t *testing.T) {
	r := newRoom(t)
	r.prepare()
	r.mode = doubled
	id := r.get().People[0].ID
	add := func() (*meeting.Meeting, error) {
		return r.office.AddDocument(t.Context(), secretary, r.u, id, "declaration", "Kê khai", []byte("%PDF-1"))
	}
	r.do(add)
	documents := r.get().People[0].Documents
	if len(documents) != 1 {
		t.Fatalf("%+v", documents)
	}
	remove := func() (*meeting.Meeting, error) {
		return r.office.RemoveDocument(t.Context(), secretary, r.u, id, documents[0].Hash)
	}
	r.do(remove)
	if documents := r.get().People[0].Documents; len(documents) != 0 {
		t.Errorf("%+v", documents)
	}
	_, err := r.office.RemoveDocument(t.Context(), secretary, r.u, "none", documents[0].Hash)
	r.refusedField(err, meeting.ErrPeople, "person")
	sealed := reach(t, meeting.Sealed)
	id = sealed.get().People[0].ID
	_, err = sealed.office.AddDocument(t.Context(), secretary, sealed.u, id, "report", "A", []byte("%PDF-1"))
	sealed.refused(err, meeting.ErrState)
	_, err = sealed.office.RemoveDocument(t.Context(), secretary, sealed.u, id, "")
	sealed.refused(err, meeting.ErrState)
}

// Nothing of what a draft fixes can be changed after it.
func TestOnlyInDraft(t *testing.T) {
	r := reach(t, meeting.Keys)
	_, err := r.office.SetPeople(t.Context(), secretary, r.u, somePeople, somePapers)
	r.refused(err, meeting.ErrState)
	_, err = r.office.SetBoard(t.Context(), secretary, r.u, someBoard)
	r.refused(err, meeting.ErrState)
}

// numbered are so many titles of papers.
func numbered(n int) (titles []string) {
	for i := range n {
		titles = append(titles, fmt.Sprintf("Phiếu số %d", i+1))
	}
	return titles
}
