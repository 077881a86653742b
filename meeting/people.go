package meeting

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/wire"
)

// maxPeople bounds the persons of a meeting, so that a phone can still seal a
// ballot, and the papers, of which each has a person.
const maxPeople = 300

// personIDSize is the length of a person's ID.
const personIDSize = 8

// votedOn reports whether a person stands on the ballot paper.
func (p *Person) votedOn(paper int) bool { return p.Paper == paper && p.Exempt == "" }

// label names a paper for people: its title, or its number.
func (p Paper) label(i int) Text {
	if p.Title != "" {
		return Text{p.Title, p.Title}
	}
	return Text{"phiếu số " + itoa(i+1), "paper " + itoa(i+1)}
}

// setPeople replaces the list of persons and the titles of the papers. A person
// whose ID is known keeps the documents.
func (m *Meeting) setPeople(people []Person, titles []string) error {
	if err := m.inState(Draft); err != nil {
		return err
	}
	papers := make([]Paper, len(titles))
	for i, title := range titles {
		if err := tidy(&title, MaxLine, ErrPeople, fmt.Sprintf("papers.%d", i)); err != nil {
			return err
		}
		papers[i].Title = title
	}
	list := make([]Person, len(people))
	for i := range people {
		p := people[i]
		if err := p.tidy(fmt.Sprintf("people.%d", i)); err != nil {
			return err
		}
		p.ID, p.Documents = m.identity(&p, list[:i])
		list[i] = p
	}
	if err := m.checkPeople(list, papers); err != nil {
		return err
	}
	if len(m.Board) > 0 {
		if err := m.checkBoard(m.Board, list); err != nil {
			return err
		}
	}
	if reflect.DeepEqual(list, m.People) && slices.Equal(papers, m.Papers) {
		return errSame
	}
	m.People, m.Papers = list, papers
	return nil
}

func (p *Person) tidy(field string) error {
	places := make([]string, 0, len(p.Places))
	for i, place := range p.Places {
		if err := tidy(&place, MaxLine, ErrPeople, fmt.Sprintf("%s.places.%d", field, i)); err != nil {
			return err
		}
		if place != "" {
			places = append(places, place)
		}
	}
	if p.Places = places; len(places) == 0 {
		p.Places = nil
	}
	if err := tidy(&p.Name, MaxName, ErrPeople, field+".name"); err != nil {
		return err
	}
	if err := tidy(&p.Post, MaxLine, ErrPeople, field+".post"); err != nil {
		return err
	}
	return tidy(&p.Block, MaxLine, ErrPeople, field+".block")
}

// identity returns the ID that a person in the new list has, and the documents
// that hang on it: of who has that ID already, or else that name and post, if
// nobody before in the list is the same; otherwise a new one.
func (m *Meeting) identity(p *Person, before []Person) (string, []Document) {
	free := func(id string) bool {
		return !slices.ContainsFunc(before, func(q Person) bool { return q.ID == id })
	}
	i := m.person(p.ID)
	if i < 0 {
		i = slices.IndexFunc(m.People, func(q Person) bool { return q.Name == p.Name && q.Post == p.Post })
	}
	if i >= 0 && free(m.People[i].ID) {
		return m.People[i].ID, m.People[i].Documents
	}
	return wire.RandomBase58(personIDSize), nil
}

// person returns the place of a person, or -1.
func (m *Meeting) person(id string) int {
	return slices.IndexFunc(m.People, func(p Person) bool { return p.ID == id })
}

// checkPeople is [ErrPeople], naming the person, for a list that the rule set
// does not allow.
func (m *Meeting) checkPeople(people []Person, papers []Paper) error {
	if err := checkPapers(papers); err != nil {
		return err
	}
	if len(people) > maxPeople {
		return refuse(ErrPeople, "people", "nhiều hơn "+itoa(maxPeople)+" người", "more than "+itoa(maxPeople)+" persons")
	}
	rules, _ := RuleSetByID(m.Plan.RuleSet) // none while the plan names none
	seen := map[[2]string]bool{}
	for i := range people {
		p, field := &people[i], fmt.Sprintf("people.%d", i)
		if p.Name == "" {
			return refuse(ErrPeople, field+".name", fmt.Sprintf("người thứ %d chưa có họ tên", i+1), fmt.Sprintf("person %d has no name", i+1))
		}
		if p.Paper < 0 || p.Paper >= len(papers) {
			return refuse(ErrPeople, field+".paper", p.Name+": không có phiếu này", p.Name+": no such paper")
		}
		if who := [2]string{folded(p.Name), folded(p.Post)}; seen[who] {
			return refuse(ErrPeople, field+".name", p.Name+": có hai lần trong danh sách", p.Name+": listed twice")
		} else {
			seen[who] = true
		}
		if rules == nil {
			continue
		}
		if err := rules.allows(p, field); err != nil {
			return err
		}
	}
	return nil
}

func checkPapers(papers []Paper) error {
	if len(papers) == 0 {
		return refuse(ErrPeople, "papers", "cần ít nhất một loại phiếu", "at least one ballot paper is needed")
	}
	if len(papers) > maxPeople {
		return refuse(ErrPeople, "papers", "nhiều hơn "+itoa(maxPeople)+" loại phiếu", "more than "+itoa(maxPeople)+" ballot papers")
	}
	seen := map[string]bool{}
	for i, p := range papers {
		field, title := fmt.Sprintf("papers.%d", i), folded(p.Title)
		if len(papers) > 1 && p.Title == "" {
			return refuse(ErrPeople, field, fmt.Sprintf("phiếu số %d chưa có tên", i+1), fmt.Sprintf("paper %d has no title", i+1))
		}
		if seen[title] {
			return refuse(ErrPeople, field, p.Title+": có hai phiếu cùng tên", p.Title+": two papers of this title")
		}
		seen[title] = true
	}
	return nil
}

// allows is [ErrPeople] for a reason of exemption that the rule set does not
// know, and for a place too many: this meeting is one of the places.
func (r *RuleSet) allows(p *Person, field string) error {
	if p.Exempt != "" {
		if !slices.ContainsFunc(r.Exempt, func(reason Reason) bool { return reason.ID == p.Exempt }) {
			return refuse(ErrPeople, field+".exempt", p.Name+": lý do không lấy phiếu không có trong quy định", p.Name+": the rule set has no such reason of exemption")
		}
		return nil
	}
	if len(p.Places)+1 > r.MaxPlaces {
		return refuse(ErrPeople, field+".places",
			fmt.Sprintf("%s: lấy phiếu ở %d nơi, quy định tối đa %d", p.Name, len(p.Places)+1, r.MaxPlaces),
			fmt.Sprintf("%s: voted on at %d places, at most %d", p.Name, len(p.Places)+1, r.MaxPlaces))
	}
	return nil
}

// setBoard replaces the counting board.
func (m *Meeting) setBoard(board []BoardMember) error {
	if err := m.inState(Draft); err != nil {
		return err
	}
	list := slices.Clone(board)
	for i := range list {
		b, field := &list[i], fmt.Sprintf("board.%d", i)
		b.Replaced = false
		if err := tidy(&b.Name, MaxName, ErrBoard, field+".name"); err != nil {
			return err
		}
		if err := tidy(&b.Post, MaxLine, ErrBoard, field+".post"); err != nil {
			return err
		}
	}
	if err := m.checkBoard(list, m.People); err != nil {
		return err
	}
	if slices.Equal(list, m.Board) {
		return errSame
	}
	before := m.Board
	m.Board = list
	m.dropAsked(m.Plan.Chair, before)
	return nil
}

// The sizes of a counting board.
const (
	leastBoard = 3
	mostBoard  = 50
)

// checkBoard is [ErrBoard] for a board of the wrong size, without one head,
// with one person twice, or with somebody who is on a ballot.
func (m *Meeting) checkBoard(board []BoardMember, people []Person) error {
	if len(board) < leastBoard || len(board) > mostBoard {
		return refuse(ErrBoard, "board", fmt.Sprintf("Ban kiểm phiếu có %d người; phải từ %d đến %d", len(board), leastBoard, mostBoard),
			fmt.Sprintf("%d members; there must be %d to %d", len(board), leastBoard, mostBoard))
	}
	heads, secretaries := 0, 0
	for i, b := range board {
		field := fmt.Sprintf("board.%d", i)
		switch b.Office {
		case Head:
			heads++
		case BoardSecretary:
			secretaries++
		case Ordinary:
		default:
			return refuse(ErrBoard, field+".office", b.Name+": không có nhiệm vụ này trong Ban kiểm phiếu", b.Name+": no such office")
		}
		if err := checkMember(b, board[:i], people, field+".name"); err != nil {
			return err
		}
	}
	if heads != 1 || secretaries > 1 {
		return refuse(ErrBoard, "board", "Ban kiểm phiếu có đúng một Trưởng ban và nhiều nhất một Thư ký", "a board has one head and at most one secretary")
	}
	return nil
}

func checkMember(b BoardMember, before []BoardMember, people []Person, field string) error {
	if b.Name == "" {
		return refuse(ErrBoard, field, "thành viên chưa có họ tên", "a member has no name")
	}
	name := folded(b.Name)
	if slices.ContainsFunc(before, func(o BoardMember) bool { return folded(o.Name) == name }) {
		return refuse(ErrBoard, field, b.Name+": có hai lần trong Ban kiểm phiếu", b.Name+": twice on the board")
	}
	if slices.ContainsFunc(people, func(p Person) bool { return p.Exempt == "" && folded(p.Name) == name }) {
		return refuse(ErrBoard, field, b.Name+": là người được lấy phiếu nên không được tham gia Ban kiểm phiếu", b.Name+": is voted on")
	}
	return nil
}

// paperDraft is the election of a paper, without its name and key.
func (m *Meeting) paperDraft(i int) ballot.Draft {
	title := ""
	if len(m.Papers) > 1 {
		title = m.Papers[i].Title
	}
	d := ballot.Draft{}
	d.Name, d.Description = m.Plan.Heading(title)
	for _, p := range m.OnPaper(i) {
		d.Questions = append(d.Questions, Question(p.Name, p.Post))
	}
	return d
}

// Heading returns name and description of the election of a ballot paper, as
// voters read them: the title, with that of the paper where a meeting has
// several, and place, day and agency.
func (p *Plan) Heading(paper string) (name, description string) {
	name, description = p.Title, p.Place+"\n"+p.Date.Words()
	if p.Agency != "" {
		description += "\n" + p.Agency
	}
	if paper != "" {
		name += "\n" + paper
	}
	return name, description
}
