package api

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// A questionRow asks whether two entries of one name are one person.
type questionRow struct {
	round.Question
	round.Link
	ID string // of the question on the page
}

// An answerRow is what was said of two entries, to be said anew.
type answerRow struct {
	round.Link
	ID               string
	AgencyA, AgencyB string
	Other            string // the other answer
}

// sameNameData is what the page of persons shows.
type sameNameData struct {
	Questions []questionRow
	Declared  []questionRow // what agencies said
	Answers   []answerRow
	Twice     []round.Twice
	Limits    []placesLimit
}

// A placesLimit is in how many places a rule set of the round lets somebody be voted
// on.
type placesLimit struct {
	Rules meeting.Text // empty where the round has one
	Most  int
}

func (v *roundVisit) peoplePage() (any, error) {
	questions, err := v.Rounds.Questions(v.ctx(), v.actor, v.r.UUID)
	if err != nil {
		return nil, err
	}
	c, err := v.consolidation()
	if err != nil {
		return nil, err
	}
	declared, err := v.Rounds.Declared(v.ctx(), v.actor, v.r.UUID)
	if err != nil {
		return nil, err
	}
	d := sameNameData{Twice: c.Twice, Limits: placesLimits(v.r)}
	for i, q := range declared {
		d.Declared = append(d.Declared, questionRow{q, q.Link(false), "declared-" + strconv.Itoa(i)})
	}
	for i, q := range questions {
		d.Questions = append(d.Questions, questionRow{q, q.Link(false), "question-" + strconv.Itoa(i)})
	}
	d.Answers, err = v.answers(c)
	return d, err
}

// answers are what was said already of polls that count.
func (v *roundVisit) answers(c *round.Consolidation) (list []answerRow, err error) {
	links, err := v.Rounds.Store.Links(v.ctx(), v.r.UUID)
	if err != nil {
		return nil, err
	}
	agencies, err := v.agenciesApart()
	if err != nil {
		return nil, err
	}
	for _, section := range c.Sections {
		for _, a := range section.Agencies {
			for _, p := range a.Polls {
				agencies[p.Election] = a.Agency.Name
			}
		}
	}
	for i, l := range links {
		a, b := agencies[l.A], agencies[l.B]
		if a == "" || b == "" {
			continue
		}
		row := answerRow{l, "answer-" + strconv.Itoa(i), a, b, "yes"}
		if l.Same {
			row.Other = "no"
		}
		list = append(list, row)
	}
	return list, nil
}

// placesLimits are those of a round's rule sets, in the order of its groups.
func placesLimits(r *round.Round) (list []placesLimit) {
	for _, g := range r.Groups {
		rules, err := r.Rules(g.ID)
		if err != nil || slices.ContainsFunc(list, func(l placesLimit) bool { return l.Rules == rules.Name }) {
			continue
		}
		list = append(list, placesLimit{rules.Name, rules.MaxPlaces})
	}
	if len(list) == 1 {
		list[0].Rules = meeting.Text{}
	}
	return list
}

// agenciesApart are the agencies of the polls that are kept apart because somebody
// would be in too many places.
func (v *roundVisit) agenciesApart() (map[ballot.UUID]string, error) {
	packages, err := v.Rounds.Packages(v.ctx(), v.actor, v.r.UUID)
	if err != nil {
		return nil, err
	}
	list, err := v.agencies()
	if err != nil {
		return nil, err
	}
	names := map[ballot.UUID]string{}
	for _, p := range packages {
		if a, ok := list.Agency(p.Agency); ok && p.Status == round.Apart && p.Outcome != nil {
			names[p.Poll] = a.Name
		}
	}
	return names, nil
}

// saveLink keeps what an officer said of two entries of one name.
func (v *roundVisit) saveLink() (string, error) {
	in := reading{form: v.typed}
	l := round.Link{
		Name: v.typed.Get("name"), A: ballot.UUID(in.text("a")), B: ballot.UUID(in.text("b")),
		PostA: v.typed.Get("post_a"), PostB: v.typed.Get("post_b"), Same: in.text("same") == "yes",
	}
	if in.text("same") != "yes" && in.text("same") != "no" {
		return "", wrong(in.text("question"), "Chọn một trong hai: cùng một người, hoặc hai người khác nhau.", "Choose one: the same person, or two persons.")
	}
	return "", about(v.Rounds.SaveLink(v.ctx(), v.actor, v.r.UUID, l), in.text("question"))
}

// consolidation is everything that counts at this moment.
func (v *roundVisit) consolidation() (*round.Consolidation, error) {
	return v.Rounds.Consolidate(v.ctx(), v.actor, v.r.UUID, v.Clock())
}

// A personRowOfRound is a person of one poll in the table.
type personRowOfRound struct {
	round.Row
	Reaches meeting.Text // the threshold group, in a few words; empty for none
}

// newPersonRow names the threshold group under a rule set, if there is one.
func newPersonRow(row round.Row, rules *meeting.RuleSet) personRowOfRound {
	r := personRowOfRound{Row: row}
	if rules == nil {
		return r
	}
	mid, high := rules.Mid, rules.High
	switch row.Level {
	case meeting.GroupMid:
		r.Reaches = both(fmt.Sprintf("Quá %d/%d, dưới %d/%d phiếu thấp", mid.Num, mid.Den, high.Num, high.Den), fmt.Sprintf("low votes over %d/%d", mid.Num, mid.Den))
	case meeting.GroupHigh:
		r.Reaches = both(fmt.Sprintf("Từ %d/%d phiếu thấp", high.Num, high.Den), fmt.Sprintf("low votes of %d/%d or more", high.Num, high.Den))
	}
	return r
}

// A resultPoll is one poll of the table.
type resultPoll struct {
	round.PollResult
	Agency  round.Agency
	Kind    string // where a new kind of agency begins
	Path    string // of its package
	Persons []personRowOfRound
}

// resultPolls is how many polls a page of the table has.
const resultPolls = 25

// roundResultData is a page of the consolidated table.
type roundResultData struct {
	When   string
	Rules  *meeting.RuleSet
	Counts round.Counts
	Kinds  []option
	Query  url.Values
	Polls  []resultPoll
	Count  int
	pageCut
	Missing, Late missedList
	Exempt        []round.ExemptPerson
	Twice         []round.Twice
}

func (v *roundVisit) resultPage() (any, error) {
	c, err := v.consolidation()
	if err != nil {
		return nil, err
	}
	q := v.query()
	d := roundResultData{When: clock(c.AsOf), Rules: c.Rules, Counts: c.Counts(), Query: q, Exempt: c.Exempt, Twice: c.Twice, Kinds: []option{{Text: both("Mọi loại", "All kinds")}}}
	for _, section := range c.Sections {
		d.Kinds = append(d.Kinds, option{Value: section.Kind, Text: both(section.Kind, section.Kind), Chosen: q.Get("kind") == section.Kind})
		if q.Get("kind") == "" || q.Get("kind") == section.Kind {
			d.Polls = append(d.Polls, v.sectionPolls(section, q.Get("q"))...)
		}
	}
	d.Count, d.pageCut = len(d.Polls), v.cut(q, len(d.Polls), resultPolls)
	d.Polls = d.Polls[d.First-1 : d.Last]
	for i := range d.Polls {
		d.Polls[i].fill()
	}
	d.Missing, d.Late = v.someOf(c.Missing, "missing"), v.someOf(c.Late, "late")
	return d, nil
}

// A missedList is the first of the polls that missed something, and where all
// of them are.
type missedList struct {
	Name  meeting.Text
	Rows  []followRow
	Count int
	All   string
}

// mostMissed is how many of them a page shows.
const mostMissed = 50

func (v *roundVisit) someOf(standings []round.Standing, show string) missedList {
	list := missedList{Count: len(standings), All: v.base() + "?show=" + show}
	for _, choice := range shows {
		if choice.id == show {
			list.Name = choice.text
		}
	}
	for i := range standings[:min(len(standings), mostMissed)] {
		list.Rows = append(list.Rows, newFollowRow(v, &standings[i]))
	}
	return list
}

// sectionPolls are the polls of one kind of agency; the first says which.
func (v *roundVisit) sectionPolls(section round.Section, text string) (list []resultPoll) {
	for _, a := range section.Agencies {
		if !matchesText(text, a.Agency.Name) {
			continue
		}
		for _, p := range a.Polls {
			list = append(list, resultPoll{PollResult: p, Agency: a.Agency, Path: v.packagePath(p.Package)})
		}
	}
	if len(list) > 0 {
		list[0].Kind = section.Kind
	}
	return list
}

// fill makes the rows that are shown, under the rules of the poll.
func (p *resultPoll) fill() {
	rules, err := meeting.RuleSetByID(p.RuleSet)
	if err != nil {
		rules = nil // no thresholds are known
	}
	for _, row := range p.Rows {
		p.Persons = append(p.Persons, newPersonRow(row, rules))
	}
}

// roundFileLabels are what the files of a consolidated result are.
var roundFileLabels = map[string]meeting.Text{
	"consolidated.pdf":  both("Báo cáo tổng hợp", "Consolidated report"),
	"consolidated.docx": both("Báo cáo tổng hợp, bản sửa được", "Consolidated report, editable"),
	"cover.pdf":         both("Công văn gửi kèm", "Cover letter"),
	"cover.docx":        both("Công văn gửi kèm, bản sửa được", "Cover letter, editable"),
	"consolidated.xlsx": both("Số liệu, bảng tính", "Numbers, as a spreadsheet"),
	"consolidated.json": both("Số liệu, cho chương trình khác đọc", "Numbers, for other programs"),
}

// A recordView is a version of the consolidated papers.
type recordView struct {
	round.Record
	When    string
	Files   []fileView
	Others  []fileView // as those to whom it was released get them
	Sign    []signView
	Release *releaseView
	Public  bool // everybody may have it
	Stale   bool // packages have come, or gone, since
	Newest  bool
}

// reportData is what the page of papers shows.
type reportData struct {
	Counts    round.Counts
	Records   []recordView // the newest first
	Small     []string     // polls whose numbers would be left out in public
	Unanimous []string     // on whom all ballots of the others say the same
	MinGroup  int
	Prints    bool
	Audiences []audienceView
	Public    string // address of the public page
	// PublicPath is the same, on this server.
	PublicPath string
	Questions  int
}

// roundAudiences are to whom a consolidated result can be released.
var roundAudiences = []audienceView{
	{meeting.AudienceAgency, both("Các cơ quan trong đợt", "The agencies of the round"), both("Ghi nhận đã công bố trong các cơ quan; máy chủ không đưa tệp nào ra ngoài.", "Noted as released among the agencies; the server gives no file to strangers.")},
	{meeting.AudiencePublic, both("Công khai", "Everybody"), both("Ai có địa chỉ đều tải được bản công khai.", "Everybody who has the address can download the public version.")},
}

func (v *roundVisit) reportPage() (any, error) {
	records, err := v.Rounds.Records(v.ctx(), v.actor, v.r.UUID)
	if err != nil {
		return nil, err
	}
	c, err := v.consolidation()
	if err != nil {
		return nil, err
	}
	questions, err := v.Rounds.Questions(v.ctx(), v.actor, v.r.UUID)
	if err != nil {
		return nil, err
	}
	d := reportData{
		Counts: c.Counts(), MinGroup: meeting.DefaultMinBallots, Prints: v.Rounds.Press != nil, Audiences: roundAudiences,
		PublicPath: "/rounds/" + string(v.r.UUID), Public: v.PublicURL.JoinPath("rounds", string(v.r.UUID)).String(), Questions: len(questions),
	}
	now := d.addSmall(c)
	for i, r := range slices.Backward(records) {
		view := v.newRecordView(r)
		view.Newest, view.Stale = i == len(records)-1, !slices.Equal(r.Packages, now)
		d.Records = append(d.Records, view)
	}
	return d, nil
}

// addSmall finds what the public version leaves out, and returns the packages
// that count, ascending.
func (d *reportData) addSmall(c *round.Consolidation) (packages []string) {
	for _, section := range c.Sections {
		for _, a := range section.Agencies {
			for _, p := range a.Polls {
				packages = append(packages, p.Package)
				if p.Collected < d.MinGroup {
					d.Small = append(d.Small, a.Agency.Name+", "+p.Posts.Name)
				}
			}
		}
	}
	d.Unanimous = c.Unanimous(d.MinGroup)
	slices.Sort(packages)
	return packages
}

func (v *roundVisit) newRecordView(r round.Record) recordView {
	view := recordView{Record: r, When: clock(r.AsOf), Release: newRoundRelease(r.Release)}
	view.Public = r.Release != nil && r.Release.Audience == meeting.AudiencePublic
	base := v.base() + "/report/" + strconv.Itoa(r.Number) + "/"
	for _, f := range r.Public {
		view.Others = append(view.Others, newRoundFile(base+"released/", f))
	}
	for _, f := range r.Files {
		file := newRoundFile(base, f)
		back := r.Back(f.Name)
		if back != nil {
			file.Size, file.Short = back.Size, back.Hash[:min(12, len(back.Hash))]
		}
		view.Files = append(view.Files, file)
		if strings.HasSuffix(f.Name, ".pdf") {
			view.Sign = append(view.Sign, newRoundSign(file, r, back))
		}
	}
	return view
}

// newRoundFile is a file of a round's record below an address.
func newRoundFile(base string, f meeting.RecordFile) fileView {
	file := newFileView(base, f)
	if label, known := roundFileLabels[f.Name]; known {
		file.Label = label
	}
	return file
}

// newRoundSign is a paper of a round that people sign.
func newRoundSign(file fileView, r round.Record, back *meeting.Returned) signView {
	stem, _, _ := strings.Cut(file.Name, ".")
	s := signView{fileView: file, Field: "file-" + stem + "-" + strconv.Itoa(r.Number)}
	if back == nil {
		return s
	}
	for _, signature := range back.Signatures {
		if view := newSignatureView(signature, nil); signature.Seal {
			s.Seals = append(s.Seals, view)
		} else {
			s.Signatures = append(s.Signatures, view)
		}
	}
	return s
}

func newRoundRelease(r *meeting.Release) *releaseView {
	if r == nil {
		return nil
	}
	for _, a := range roundAudiences {
		if a.Value == r.Audience {
			return &releaseView{a.Name, clock(r.Time)}
		}
	}
	return newReleaseView(r)
}

// printRound makes the papers of what counts now.
func (v *roundVisit) printRound() (string, error) {
	_, err := v.Rounds.Print(v.ctx(), v.actor, v.r.UUID)
	return "", err
}

// recordNumber is the version that a form is about.
func (v *roundVisit) recordNumber() int {
	n, _ := strconv.Atoi(v.typed.Get("number")) // anything else is none
	return n
}

// returnRoundPaper takes back a paper that somebody has signed.
func (v *roundVisit) returnRoundPaper() (string, error) {
	name := v.typed.Get("name")
	stem, _, _ := strings.Cut(name, ".")
	field := "file-" + stem + "-" + v.typed.Get("number")
	header, err := upload(v.c, "file")
	if err != nil {
		return "", err
	}
	if header == nil {
		return "", wrong(field, "Chọn tệp PDF đã ký.", "Choose the signed PDF.")
	}
	signed, err := readUpload(header)
	if err != nil {
		return "", err
	}
	_, err = v.Rounds.ReturnPaper(v.ctx(), v.actor, v.r.UUID, v.recordNumber(), name, signed)
	return "", about(err, field)
}

// publishRound releases a version.
func (v *roundVisit) publishRound() (string, error) {
	to := meeting.Audience(v.typed.Get("audience"))
	if !slices.ContainsFunc(roundAudiences, func(a audienceView) bool { return a.Value == to }) {
		return "", &formError{meeting.ErrAudience, []problemField{{"audience", "Chọn công bố cho ai.", "Choose to whom it is released."}}}
	}
	if v.typed.Get("hidden") == "" {
		return "", wrong("hidden", "Đánh dấu vào ô này sau khi đã đọc những gì bản công bố bỏ ra.", "Tick this box when you have read what the released version leaves out.")
	}
	_, err := v.Rounds.Publish(v.ctx(), v.actor, v.r.UUID, v.recordNumber(), to, v.typed.Get("unanimous") == "yes")
	if errors.Is(err, meeting.ErrUnanimous) {
		return "", err // at its own box
	}
	return "", about(err, "audience")
}

// sendRecord gives a file of a version.
func (v *roundVisit) sendRecord() error {
	number, err := strconv.Atoi(v.c.Param("number"))
	if err != nil {
		return errNoRoute
	}
	open := v.Rounds.RecordFile
	if strings.HasSuffix(v.c.FullPath(), "/released/:name") {
		open = v.Rounds.ReleasedFile
	}
	f, err := open(v.ctx(), v.actor, v.r.UUID, number, v.c.Param("name"))
	if err != nil {
		return err
	}
	return v.send(f.MediaType, f.Name, f.Content)
}
