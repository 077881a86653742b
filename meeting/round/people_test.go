package round_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// A who is a person on a ballot: name, post and other places that were named.
type who struct {
	name, post string
	places     []string
}

// ballotOf is the n-th poll, of an agency on a group, about people.
func ballotOf(n int, agency, group string, people ...who) *round.Poll {
	p := &round.Poll{
		Package: fmt.Sprintf("%064d", n), Agency: agency, Group: group, Election: ballot.UUID(fmt.Sprintf("T1aiCDgidEAf%02d", n+11)),
		Name: "Hội nghị", Voted: "2023-08-02", RuleSet: meeting.RuleSetReg96, Summoned: 12, Present: 11, Issued: 10, Collected: 10, Base: 10,
	}
	for i, w := range people {
		high := (n + i) % 8
		share := func(v int) meeting.Share { return meeting.Share{Votes: v, Percent: meeting.Percent(v, 10)} }
		p.People = append(p.People, meeting.PersonOutcome{Name: w.name, Post: w.post, High: share(high), Confidence: share(9 - high), Low: share(0), Invalid: 1})
		p.Places = append(p.Places, w.places)
	}
	return p
}

// places writes who is voted on where, and what is asked: "An: a+b", "An: a?b".
func places(twice []round.Twice, questions []round.Question) (list []string) {
	for _, t := range twice {
		var at []string
		for _, p := range t.At {
			at = append(at, p.Agency.ID)
		}
		s := t.Name + ": " + strings.Join(at, "+")
		if t.Declared {
			s += " declared"
		}
		list = append(list, s)
	}
	for _, q := range questions {
		list = append(list, q.Name+": "+q.A.Agency.ID+"?"+q.B.Agency.ID)
	}
	return list
}

// directoryOf has agencies with names of the same words as their IDs.
func directoryOf(ids ...string) *round.Directory {
	d := &round.Directory{}
	for _, id := range ids {
		d.Agencies = append(d.Agencies, round.Agency{ID: id, Name: "Ban " + strings.ToUpper(id), Kind: "Ban", Contact: "Đ/c Liên"})
	}
	return d
}

// TestPeople: two entries are one person where an agency or an officer says so;
// of others of the same name it asks.
func TestPeople(t *testing.T) {
	r, _ := letter(t)
	d := directoryOf("a", "b", "c")
	link := func(x, y *round.Poll, same bool) round.Link {
		return round.Link{Name: "an", A: x.Election, B: y.Election, PostA: x.People[0].Post, PostB: y.People[0].Post, Same: same}
	}
	an := func(n int, agency string, places ...string) *round.Poll {
		return ballotOf(n, agency, "khac", who{"Lê Hòa An", "Trưởng ban", places}, who{fmt.Sprint("Người khác ", n), "", nil})
	}
	old := an(1, "b")
	old.People[0].Name = norm.NFD.String("LÊ HOÀ AN")
	two := ballotOf(1, "b", "khac", who{"Lê Hòa An", "Chủ tịch", nil}, who{"Lê Hòa An", "Thư ký", nil})
	other := an(2, "b")
	other.Group = "cap-uy"
	for title, c := range map[string]struct {
		polls []*round.Poll
		links []round.Link
		want  []string
	}{
		"one poll":                     {[]*round.Poll{an(0, "a")}, nil, nil},
		"nobody says anything":         {[]*round.Poll{an(0, "a"), an(1, "b")}, nil, []string{"Lê Hòa An: a?b"}},
		"another spelling":             {[]*round.Poll{an(0, "a"), old}, nil, []string{"Lê Hòa An: a?b"}},
		"declared":                     {[]*round.Poll{an(0, "a", "Ban B"), an(1, "b")}, nil, []string{"Lê Hòa An: a+b declared"}},
		"declared from the other":      {[]*round.Poll{an(0, "a"), an(1, "b", "ban a")}, nil, []string{"Lê Hòa An: a+b declared"}},
		"declared by ID":               {[]*round.Poll{an(0, "a", "B"), an(1, "b")}, nil, []string{"Lê Hòa An: a+b declared"}},
		"declared with the post":       {[]*round.Poll{an(0, "a", "Ban B, Chủ tịch"), an(1, "b")}, nil, []string{"Lê Hòa An: a+b declared"}},
		"declared with a dash":         {[]*round.Poll{an(0, "a", "Ban B – Chủ tịch"), an(1, "b")}, nil, []string{"Lê Hòa An: a+b declared"}},
		"declared, both agree":         {[]*round.Poll{an(0, "a", "Ban B"), an(1, "b", "Ban A")}, nil, []string{"Lê Hòa An: a+b declared"}},
		"part of a name":               {[]*round.Poll{an(0, "a", "Ban Bảo vệ"), an(1, "b")}, nil, []string{"Lê Hòa An: a?b"}},
		"declared, and a third":        {[]*round.Poll{an(0, "a", "Ban B"), an(1, "b"), an(2, "c")}, nil, []string{"Lê Hòa An: a+b declared", "Lê Hòa An: a?c", "Lê Hòa An: b?c"}},
		"declared, of two of the name": {[]*round.Poll{an(0, "a", "Ban B"), two}, nil, []string{"Lê Hòa An: a?b", "Lê Hòa An: a?b"}},
		"declared, but no":             {[]*round.Poll{an(0, "a", "Ban B"), an(1, "b")}, []round.Link{{Name: "lê hoà an", A: an(0, "a").Election, B: an(1, "b").Election, PostA: "Trưởng ban", PostB: "Trưởng ban"}}, nil},
		"an officer says yes":          {[]*round.Poll{an(0, "a"), an(1, "b")}, []round.Link{{Name: "Lê Hòa An", A: an(0, "a").Election, B: an(1, "b").Election, PostA: "Trưởng ban", PostB: "Trưởng ban", Same: true}}, []string{"Lê Hòa An: a+b"}},
		"of another post":              {[]*round.Poll{an(0, "a"), two}, []round.Link{{Name: "Lê Hòa An", A: an(0, "a").Election, B: two.Election, PostA: "Trưởng ban", PostB: "Thư ký", Same: true}}, []string{"Lê Hòa An: a+b", "Lê Hòa An: a?b"}},
		"of another name":              {[]*round.Poll{an(0, "a"), an(1, "b")}, []round.Link{link(an(0, "a"), an(1, "b"), true)}, []string{"Lê Hòa An: a?b"}},
		"two polls of one agency":      {[]*round.Poll{an(1, "b"), other}, nil, []string{"Lê Hòa An: b?b"}},
		"one agency, declared":         {[]*round.Poll{an(1, "b", "Ban B"), other}, nil, []string{"Lê Hòa An: b+b declared"}},
		"both spellings of a place":    {[]*round.Poll{an(2, "c", "Ban A; Ban B"), an(0, "a")}, nil, []string{"Lê Hòa An: a+c declared"}},
	} {
		twice, questions := round.People(r, d, c.polls, c.links)
		if got := places(twice, questions); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", title, got, c.want)
		}
		slices.Reverse(c.polls)
		again, _ := round.People(r, d, c.polls, c.links)
		if got := places(again, questions); !slices.Equal(got, c.want) {
			t.Errorf("%s, in another order: %q", title, got)
		}
	}
}

// TestQuestion: a question holds what an officer needs, its answer settles it, and
// pairs with a place that was not found come first.
func TestQuestion(t *testing.T) {
	r, _ := letter(t)
	d := directoryOf("a", "b", "c")
	polls := []*round.Poll{
		ballotOf(0, "a", "khac", who{"An", "Trưởng ban", nil}, who{"Bình", "Phó ban", []string{"Hội Nông dân"}}),
		ballotOf(1, "b", "cap-uy", who{"An", "Bí thư", nil}, who{"Bình", "Chủ tịch", nil}),
	}
	_, questions := round.People(r, d, polls, nil)
	if len(questions) != 2 || questions[0].Name != "Bình" || !slices.Equal(questions[0].A.Named, []string{"Hội Nông dân"}) {
		t.Fatalf("%+v", questions)
	}
	q := questions[1]
	if q.A.Agency.Name != "Ban A" || q.A.Post != "Trưởng ban" || q.B.Group.ID != "cap-uy" || q.B.Result != polls[1].People[0] || q.B.Poll != polls[1] {
		t.Errorf("%+v", q)
	}
	for _, same := range []bool{true, false} {
		twice, rest := round.People(r, d, polls, []round.Link{q.Link(same)})
		if len(twice) == 1 != same || len(rest) != 1 || rest[0].Name != "Bình" {
			t.Errorf("answered %t: %q", same, places(twice, rest))
		}
	}
	// An answer names the poll with the smaller UUID first.
	polls[0].Election, polls[1].Election = polls[1].Election, polls[0].Election
	_, questions = round.People(r, d, polls, nil)
	if l := questions[1].Link(true); l.A >= l.B || l.PostA != "Bí thư" {
		t.Errorf("%+v", l)
	}
}

// TestManyQuestions: as many as somebody can answer, and quickly, when everybody
// has one name.
func TestManyQuestions(t *testing.T) {
	r, _ := letter(t)
	d := directoryOf("a")
	var polls []*round.Poll
	for i := range 2000 {
		p := ballotOf(0, "a", "khac", who{"Nguyễn Văn An", "", nil})
		p.Package, p.Election = fmt.Sprintf("%064d", i), ballot.UUID(fmt.Sprintf("T1aiCDgidE%04d", i))
		polls = append(polls, p)
	}
	if twice, questions := round.People(r, d, polls, nil); len(twice) != 0 || len(questions) != round.MaxQuestions {
		t.Errorf("%d twice, %d questions", len(twice), len(questions))
	}
}

// TestTooMany: a third place is refused, naming the person and the places; under
// the rules of the State a second is.
func TestTooMany(t *testing.T) {
	r, _ := letter(t)
	d := directoryOf("a", "b", "c", "d")
	a := ballotOf(0, "a", "khac", who{"An", "Trưởng ban", []string{"Ban B"}})
	b := ballotOf(1, "b", "khac", who{"An", "Chủ tịch", nil})
	c := ballotOf(2, "c", "khac", who{"An", "Bí thư", []string{"Ban A"}})
	unknown := ballotOf(3, "d", "khac", who{"An", "", nil})
	for title, poll := range map[string]*round.Poll{"a second": b, "one of the same name": unknown} {
		if err := round.TooMany(r, d, []*round.Poll{a}, nil, poll); err != nil {
			t.Errorf("%s: %v", title, err)
		}
	}
	err := round.TooMany(r, d, []*round.Poll{a, b}, nil, c)
	refusedFor(t, "a third", err, round.ErrPlaces, "people")
	var refusal *meeting.Refusal
	if errors.As(err, &refusal) && refusal.What.Vi != "An: lấy phiếu ở 3 nơi, quy định tối đa 2: Ban A, Trưởng ban; Ban B, Chủ tịch; Ban C, Bí thư" {
		t.Errorf("%s", refusal.What.Vi)
	}
	// What is here already is not the fault of who comes.
	if err := round.TooMany(r, d, []*round.Poll{a, b, c}, nil, unknown); err != nil {
		t.Error(err)
	}
	refusedFor(t, "all", round.TooMany(r, d, []*round.Poll{a, b, c}, nil, nil), round.ErrPlaces, "people")
	// An officer says that the one of the same name is the same.
	link := round.Link{Name: "An", A: a.Election, B: unknown.Election, PostA: "Trưởng ban", Same: true}
	refusedFor(t, "linked", round.TooMany(r, d, []*round.Poll{a, b, unknown}, []round.Link{link}, nil), round.ErrPlaces, "people")

	named := ballotOf(3, "d", "khac", who{"Bình", "", []string{"Hội khác", "Ban B"}})
	refusedFor(t, "named by the agency", round.TooMany(r, d, nil, nil, named), round.ErrPlaces, "people")

	a.Places = nil
	b.Places = [][]string{{"Ban A"}}
	a.RuleSet, b.RuleSet = meeting.RuleSetNQ96, meeting.RuleSetReg96
	if err := round.TooMany(r, d, []*round.Poll{a}, nil, b); err != nil {
		t.Errorf("one place under the rules of the State and one under those of the Party: %v", err)
	}
	refusedFor(t, "and a third", round.TooMany(r, d, []*round.Poll{a, b}, nil, c), round.ErrPlaces, "people")
	b.RuleSet = meeting.RuleSetNQ96
	refusedFor(t, "two of the State", round.TooMany(r, d, []*round.Poll{a}, nil, b), round.ErrPlaces, "people")
}
