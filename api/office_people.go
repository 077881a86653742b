package api

import (
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/roster"
)

// personColumns are the fields of a row of the list of persons.
var personColumns = []string{"id", "name", "post", "block", "exempt", "places", "paper"}

// emptyRows is how many rows an empty list begins with.
const emptyRows = 3

// peopleValues is the list of persons as its form shows it.
func peopleValues(v *visit) url.Values {
	form := url.Values{"papers": {strings.Join(paperTitles(v.m), "\n")}}
	for _, p := range v.m.People {
		addPerson(form, p)
	}
	for range emptyRows {
		if len(v.m.People) == 0 {
			addPerson(form, meeting.Person{})
		}
	}
	return form
}

func addPerson(form url.Values, p meeting.Person) {
	for i, value := range []string{p.ID, p.Name, p.Post, p.Block, p.Exempt, strings.Join(p.Places, "; "), strconv.Itoa(p.Paper)} {
		form.Add(personColumns[i], value)
	}
}

// paperTitles are the titles of the papers; a single paper may have none.
func paperTitles(m *meeting.Meeting) []string {
	var titles []string
	for _, p := range m.Papers {
		if p.Title != "" {
			titles = append(titles, p.Title)
		}
	}
	return titles
}

// readPeople reads the list. Rows without any word are left out; rows are the
// places in the form of those that are not.
func readPeople(form url.Values) (people []meeting.Person, rows []int, err error) {
	r := reading{form: form}
	for i := range form["name"] {
		if r.empty(i, "name", "post", "block", "places") {
			continue
		}
		rows = append(rows, i)
		people = append(people, meeting.Person{
			ID: r.cell("id", i), Name: r.cell("name", i), Post: r.cell("post", i), Block: r.cell("block", i),
			Exempt: r.cell("exempt", i), Places: splitPlaces(r.cell("places", i)), Paper: r.numberOf("paper-"+strconv.Itoa(i), r.cell("paper", i)),
		})
	}
	return people, rows, r.err()
}

func splitPlaces(text string) []string {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return strings.Split(text, ";")
}

// readPapers reads the titles of the papers, one a line; a single paper needs
// none.
func readPapers(form url.Values) []string {
	var papers []string
	for line := range strings.Lines(form.Get("papers")) {
		if line = strings.TrimSpace(line); line != "" {
			papers = append(papers, line)
		}
	}
	if len(papers) == 0 {
		papers = []string{""}
	}
	return papers
}

// savePeople keeps the list, or puts into it what was pasted or sent as a file.
func (v *visit) savePeople() (string, error) {
	if v.typed.Get("row") == "import" {
		return "", v.importPeople()
	}
	if editRows(v.typed, personColumns...) {
		return "", errShowAgain
	}
	if err := v.fresh("people"); err != nil {
		return "", err
	}
	people, rows, err := readPeople(v.typed)
	if err != nil {
		return "", err
	}
	_, err = v.office.SetPeople(v.c.Request.Context(), v.actor, v.m.UUID, people, readPapers(v.typed))
	return "", inRows(err, "people", rows)
}

// importPeople adds persons from a file or from what was pasted to the rows of
// the form. Nothing is kept by the server yet. A list with a line that cannot be
// read is not used; the lines are named.
func (v *visit) importPeople() error {
	source, format, err := v.source("pasted", "file")
	if err != nil {
		return err
	}
	defer source.Close()
	people, papers, wrong := roster.ParsePeople(source, format)
	if v.lineErrors = wrong; len(wrong) > 0 {
		return errShowAgain
	}
	if v.typed.Get("replace") != "" {
		for _, name := range personColumns {
			v.typed.Del(name)
		}
	}
	dropEmptyRows(v.typed, personColumns, "name", "post", "block", "places")
	v.addPeople(people, papers)
	v.typed.Del("pasted")
	v.noteImport(len(people), "Lưu danh sách", "Save the list")
	return errShowAgain
}

// noteImport says that rows were added and are not saved yet; vi and en are the
// button that saves.
func (v *visit) noteImport(n int, vi, en string) {
	v.notes = append(v.notes, meeting.Text{
		Vi: fmt.Sprintf("Đã đưa %d người vào danh sách dưới đây, chưa lưu. Kiểm tra rồi bấm “%s”.", n, vi),
		En: fmt.Sprintf("%d people were put into the list below and are not saved yet. Check, then press “%s”.", n, en),
	})
}

// addPeople adds imported persons, whose papers are numbered in papers, to the
// form and its own list of papers.
func (v *visit) addPeople(people []meeting.Person, papers []string) {
	all := readPapers(v.typed)
	if all[0] == "" && len(papers) > 1 {
		all = nil
	}
	place := make([]int, len(papers))
	for i, title := range papers {
		place[i] = slices.Index(all, title)
		if place[i] < 0 && title != "" {
			place[i], all = len(all), append(all, title)
		}
	}
	for _, p := range people {
		if p.Paper < len(place) {
			p.Paper = max(0, place[p.Paper])
		}
		addPerson(v.typed, p)
	}
	v.typed.Set("papers", strings.TrimSpace(strings.Join(all, "\n")))
	if len(v.typed["name"]) == 0 {
		addPerson(v.typed, meeting.Person{})
	}
}

// source is the file that was sent, or else what was pasted, with its format;
// nil if there is neither.
func (v *visit) source(pasted, file string) (io.ReadCloser, roster.Format, error) {
	header, err := upload(v.c, file)
	if err != nil {
		return nil, "", err
	}
	if header == nil {
		text := v.typed.Get(pasted)
		if strings.TrimSpace(text) == "" {
			return nil, "", wrong(pasted, "Dán danh sách hoặc chọn một tệp.", "Paste a list or choose a file.")
		}
		return io.NopCloser(strings.NewReader(text)), roster.Text, nil
	}
	format := roster.Format(strings.TrimPrefix(strings.ToLower(filepath.Ext(header.Filename)), "."))
	if format != roster.CSV && format != roster.XLSX {
		return nil, "", wrong(file, "Chọn tệp CSV hoặc XLSX.", "Choose a CSV or XLSX file.")
	}
	f, err := header.Open()
	return f, format, err
}

// peopleData is what the page of the list shows besides its form.
type peopleData struct {
	List       []personRow
	Reasons    []option
	Papers     []option
	ManyPapers bool
	LineErrors []roster.LineError
}

// personRow is a person of a list that can no longer be changed.
type personRow struct {
	meeting.Person
	Number    int
	PaperName string
	Reason    meeting.Text
}

func (v *visit) peoplePage() (any, error) {
	d := peopleData{LineErrors: v.lineErrors, Reasons: v.exemptions()}
	titles := paperTitles(v.m)
	if v.typed != nil {
		titles = readPapers(v.typed)
	}
	d.ManyPapers = len(titles) > 1
	for i, title := range titles {
		d.Papers = append(d.Papers, option{Value: strconv.Itoa(i), Text: meeting.Text{Vi: title, En: title}})
	}
	for i, p := range v.m.People {
		row := personRow{Person: p, Number: i + 1}
		if p.Paper < len(titles) {
			row.PaperName = titles[p.Paper]
		}
		for _, reason := range d.Reasons[1:] {
			if reason.Value == p.Exempt {
				row.Reason = reason.Text
			}
		}
		d.List = append(d.List, row)
	}
	return d, nil
}

// exemptions are the reasons of the rule set, none first.
func (v *visit) exemptions() []option {
	list := []option{{Text: meeting.Text{Vi: "– (có lấy phiếu)", En: "voted on"}}}
	rules, err := meeting.RuleSetByID(v.m.Plan.RuleSet)
	if err != nil {
		return list
	}
	for _, reason := range rules.Exempt {
		list = append(list, option{Value: reason.ID, Text: reason.Text})
	}
	return list
}

// documentKinds are the kinds of documents that a person has.
var documentKinds = []option{
	{Value: "report", Text: meeting.Text{Vi: "Báo cáo cá nhân", En: "Report"}},
	{Value: "declaration", Text: meeting.Text{Vi: "Bản kê khai tài sản, thu nhập", En: "Declaration of assets"}},
}

// DocumentKinds are offered when a document is added.
func (d *officeView) DocumentKinds() []option { return documentKinds }

// KindName names the kind of a document.
func (d *officeView) KindName(kind string) meeting.Text {
	for _, k := range documentKinds {
		if k.Value == kind {
			return k.Text
		}
	}
	return meeting.Text{Vi: kind, En: kind}
}

// Kilobytes is the size of a document as people read it.
func (d *officeView) Kilobytes(size int) int { return (size + 1023) / 1024 }

// addDocument keeps a PDF of a person.
func (v *visit) addDocument() (string, error) {
	header, err := upload(v.c, "file")
	if err != nil {
		return "", err
	}
	if header == nil {
		return "", wrong("file-"+v.typed.Get("person"), "Chọn một tệp PDF.", "Choose a PDF file.")
	}
	pdf, err := readUpload(header)
	if err != nil {
		return "", err
	}
	title := strings.TrimSpace(v.typed.Get("title"))
	if title == "" {
		title = strings.TrimSuffix(header.Filename, filepath.Ext(header.Filename))
	}
	_, err = v.office.AddDocument(v.c.Request.Context(), v.actor, v.m.UUID, v.typed.Get("person"), v.typed.Get("kind"), title, pdf)
	return "", about(err, "file-"+v.typed.Get("person"))
}

func (v *visit) removeDocument() (string, error) {
	_, err := v.office.RemoveDocument(v.c.Request.Context(), v.actor, v.m.UUID, v.typed.Get("person"), v.typed.Get("hash"))
	return "", err
}

// sendFile gives a person's PDF to an officer.
func (v *visit) sendFile() error {
	hash := v.c.Param("hash")
	if len(hash) != 64 {
		return box.ErrNotFound
	}
	return v.sendDocument(v.c, v.m, hash)
}

// boardColumns are the fields of a row of the counting board.
var boardColumns = []string{"name", "post", "office"}

// boardValues is the counting board as its form shows it; a new one begins with
// the three members that it needs at least.
func boardValues(v *visit) url.Values {
	form := url.Values{}
	for _, b := range v.m.Board {
		addMember(form, b)
	}
	if len(v.m.Board) == 0 {
		for _, o := range []meeting.BoardOffice{meeting.Head, meeting.BoardSecretary, meeting.Ordinary} {
			addMember(form, meeting.BoardMember{Office: o})
		}
	}
	return form
}

func addMember(form url.Values, b meeting.BoardMember) {
	form.Add("name", b.Name)
	form.Add("post", b.Post)
	form.Add("office", string(b.Office))
}

// Offices are the places on a counting board.
func (d *officeView) Offices() []option {
	var list []option
	for _, o := range []meeting.BoardOffice{meeting.Ordinary, meeting.Head, meeting.BoardSecretary} {
		list = append(list, option{Value: string(o), Text: officeText(o)})
	}
	return list
}

// Office names a member's place on the board.
func (d *officeView) Office(o meeting.BoardOffice) meeting.Text { return officeText(o) }

// saveBoard keeps the counting board; rows without a name are left out.
func (v *visit) saveBoard() (string, error) {
	if editRows(v.typed, boardColumns...) {
		return "", errShowAgain
	}
	if err := v.fresh("board"); err != nil {
		return "", err
	}
	r := reading{form: v.typed}
	var board []meeting.BoardMember
	var rows []int
	for i := range v.typed["name"] {
		if r.empty(i, "name", "post") {
			continue
		}
		rows = append(rows, i)
		board = append(board, meeting.BoardMember{Name: r.cell("name", i), Post: r.cell("post", i), Office: officeOf(r.cell("office", i))})
	}
	_, err := v.office.SetBoard(v.c.Request.Context(), v.actor, v.m.UUID, board)
	return "", inRows(err, "board", rows)
}

// officeOf is what a row of the form says; a row that was added says nothing
// yet.
func officeOf(text string) meeting.BoardOffice {
	if text == "" {
		return meeting.Ordinary
	}
	return meeting.BoardOffice(text)
}
