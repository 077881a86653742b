package round

import (
	"slices"
	"strings"

	"github.com/homphieu/homphieu/meeting"
)

// MaxQuestions bounds the questions that [People] asks at once: others come up
// when these are answered.
const MaxQuestions = 500

// A Question asks an officer whether two entries of one name are one person.
// Nobody else knows: there are no numbers of persons.
type Question struct {
	Name string
	A, B Entry // A is of the poll with the smaller UUID
}

// An Entry is somebody in one poll.
type Entry struct {
	Place
	// Named are the other places that the agency named for the person, as it wrote
	// them.
	Named []string
}

// Link returns the answer to a question.
func (q *Question) Link(same bool) Link {
	return Link{Name: q.Name, A: q.A.Poll.Election, B: q.B.Poll.Election, PostA: q.A.Post, PostB: q.B.Post, Same: same}
}

// People finds who is voted on in several places, and what must be asked. Two
// entries of one name in different polls are one person where an agency named
// the other's agency as a place and only one entry there has the name, or where
// an officer said so; what an officer says goes first. Of other pairs of one name
// it asks, first of those whose agencies named a place that was not found.
//
// Each poll is a place, also when one agency holds several.
func People(r *Round, d *Directory, polls []*Poll, links []Link) (twice []Twice, questions []Question) {
	m := match(r, d, polls, links, nil)
	return m.twice(), m.questions()
}

// Declared returns the pairs of entries that are one person because an agency named
// the other's place, in the order in which they come up. An officer who knows
// better may say that they are two.
func Declared(r *Round, d *Directory, polls []*Poll, links []Link) (list []Question) {
	for _, p := range match(r, d, polls, links, nil).named {
		list = append(list, p.question())
	}
	return list
}

// TooMany is [ErrPlaces], a *[meeting.Refusal] that says who and where, when add
// would be a place too many for somebody beside the polls that are here, or names
// too many places itself; a poll that it corrects is not among them. Without add
// it looks at everybody.
//
// The limit is that of the rule sets of the person's polls: of each for its own
// polls, and of the largest for all.
func TooMany(r *Round, d *Directory, polls []*Poll, links []Link, add *Poll) error {
	var only map[string]bool
	if add != nil {
		only, polls = map[string]bool{}, append(slices.Clone(polls), add)
		for _, p := range add.People {
			only[meeting.FoldedName(p.Name)] = true
		}
		if err := namesTooMany(r, add); err != nil {
			return err
		}
	}
	for _, t := range match(r, d, polls, links, only).twice() {
		if add != nil && !slices.ContainsFunc(t.At, func(p Place) bool { return p.Poll == add }) {
			continue
		}
		if most, over := t.over(r); over {
			n, at := len(t.At), t.words()
			return refusal(ErrPlaces, "people",
				t.Name+": lấy phiếu ở "+itoa(n)+" nơi, quy định tối đa "+itoa(most)+": "+at,
				t.Name+": voted on at "+itoa(n)+" places, at most "+itoa(most)+": "+at)
		}
	}
	return nil
}

// namesTooMany is [ErrPlaces] for a person for whom the agency itself names more
// places than the rule set allows; the poll is one of them.
func namesTooMany(r *Round, p *Poll) error {
	most := mostPlaces(r, p.RuleSet)
	for i, list := range p.Places[:min(len(p.Places), len(p.People))] {
		if n := len(list) + 1; n > most {
			name, at := p.People[i].Name, strings.Join(list, "; ")
			return refusal(ErrPlaces, "people",
				name+": cơ quan ghi lấy phiếu ở "+itoa(n)+" nơi, quy định tối đa "+itoa(most)+": "+at,
				name+": the agency names "+itoa(n)+" places, at most "+itoa(most)+": "+at)
		}
	}
	return nil
}

// mostPlaces is how many places a rule set allows, or else that of the round.
func mostPlaces(r *Round, id string) int {
	rules, err := meeting.RuleSetByID(id)
	if err != nil {
		rules, err = meeting.RuleSetByID(r.RuleSet)
	}
	if err != nil {
		return 0
	}
	return rules.MaxPlaces
}

// over reports whether there are more places than the rule sets allow, and how
// many they do.
func (t *Twice) over(r *Round) (most int, over bool) {
	count := map[string]int{}
	for _, at := range t.At {
		count[at.Poll.RuleSet]++
	}
	for id, n := range count {
		of := mostPlaces(r, id)
		most, over = max(most, of), over || n > of
	}
	return most, over || len(t.At) > most
}

// words names the places in one line.
func (t *Twice) words() string {
	list := make([]string, len(t.At))
	for i := range t.At {
		list[i] = t.At[i].Words()
	}
	return strings.Join(list, "; ")
}

// Words names a place: agency and post.
func (p *Place) Words() string {
	if p.Post == "" {
		return p.Agency.Name
	}
	return p.Agency.Name + ", " + p.Post
}
