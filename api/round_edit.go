package api

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// A roundRow is a round in the list of rounds.
type roundRow struct {
	*round.Round
	Path string
}

func (v *roundVisit) listPage() (any, error) {
	list, err := v.Rounds.Rounds(v.ctx(), v.actor)
	if err != nil {
		return nil, err
	}
	rows := make([]roundRow, len(list))
	for i, r := range list {
		rows[i] = roundRow{r, roundsPath + "/" + string(r.UUID)}
	}
	return rows, nil
}

// groupColumns are the fields of a row of the groups of posts, and limitKinds
// how a limit is written.
var (
	groupColumns = []string{"id", "name", "after", "condition", "finish", "finish_before", "rules"}
	limitKinds   = []option{
		{Value: "before", Text: meeting.Text{Vi: "trước ngày", En: "before"}},
		{Value: "", Text: meeting.Text{Vi: "chậm nhất ngày", En: "on or before"}},
	}
)

// LimitKinds are the ways in which a limit is written.
func (d *roundView) LimitKinds() []option { return limitKinds }

// GroupRules are the rule sets that a group can have of its own.
func (d *roundView) GroupRules() []option {
	return append([]option{{Text: both("như của đợt", "those of the round")}}, d.RuleSets()...)
}

// roundValues is a round as its form shows it.
func roundValues(v *roundVisit) (url.Values, error) { return valuesOfRound(v.r), nil }

// newRoundValues is what the form of a new round begins with.
func newRoundValues(*roundVisit) (url.Values, error) {
	return valuesOfRound(&round.Round{RuleSet: meeting.RuleSetReg96, SendDays: 1, Prepare: meeting.Limit{Before: true}}), nil
}

func valuesOfRound(r *round.Round) url.Values {
	form := url.Values{
		"seen": {strconv.FormatUint(r.Revision, 10)}, "title": {r.Title}, "superior": {r.Superior}, "office": {r.Office}, "ruleset": {r.RuleSet},
		"prepare": {string(r.Prepare.Date)}, "prepare_before": {limitKind(r.Prepare)}, "prepare_vi": {r.PrepareText.Vi}, "prepare_en": {r.PrepareText.En},
		"send_days":  {strconv.Itoa(r.SendDays)},
		"head_above": {r.Letterhead.Above}, "head_issuer": {r.Letterhead.Issuer}, "head_code": {r.Letterhead.Code}, "head_place": {r.Letterhead.Place},
		"head_title": {r.Letterhead.Title}, "head_signer": {r.Letterhead.Signer}, "head_recipients": {strings.Join(r.Letterhead.Recipients, "\n")},
	}
	if r.Closed {
		form.Set("closed", "yes")
	}
	for _, reference := range r.References {
		addReference(form, reference)
	}
	if len(r.References) == 0 {
		addReference(form, meeting.Reference{})
	}
	for _, g := range r.Groups {
		addGroup(form, g)
	}
	if len(r.Groups) == 0 {
		addGroup(form, round.Group{Finish: meeting.Limit{Before: true}})
	}
	return form
}

func limitKind(l meeting.Limit) string {
	if l.Before {
		return "before"
	}
	return ""
}

func addGroup(form url.Values, g round.Group) {
	for i, value := range []string{g.ID, g.Name, strings.Join(g.After, ", "), g.Condition, string(g.Finish.Date), limitKind(g.Finish), g.RuleSet} {
		form.Add(groupColumns[i], value)
	}
}

// readRound reads the form into r. Rows without any word are left out; rows are
// the places in the form of the groups that are not.
func readRound(form url.Values, r *round.Round) (rows []int, err error) {
	in := reading{form: form}
	r.Title, r.Superior, r.Office, r.RuleSet = in.text("title"), in.text("superior"), in.text("office"), in.text("ruleset")
	r.Prepare = meeting.Limit{Date: in.date("prepare", in.text("prepare")), Before: form.Get("prepare_before") != ""}
	r.PrepareText = meeting.Text{Vi: in.text("prepare_vi"), En: in.text("prepare_en")}
	r.SendDays, r.Closed = in.number("send_days"), form.Get("closed") != ""
	r.Letterhead = round.Letterhead{
		Above: in.text("head_above"), Issuer: in.text("head_issuer"), Code: in.text("head_code"), Place: in.text("head_place"),
		Title: in.text("head_title"), Signer: in.text("head_signer"), Recipients: textLines(form.Get("head_recipients")),
	}
	r.References, r.Groups = nil, nil
	for i := range form["reference_number"] {
		if !in.empty(i, referenceColumns...) {
			r.References = append(r.References, meeting.Reference{
				Number: in.cell("reference_number", i), About: in.cell("reference_about", i),
				Date: in.date("reference_date-"+strconv.Itoa(i), in.cell("reference_date", i)),
			})
		}
	}
	for i := range form["name"] {
		if in.empty(i, "id", "name", "condition", "finish") {
			continue
		}
		rows = append(rows, i)
		g := round.Group{
			ID: in.cell("id", i), Name: in.cell("name", i), Condition: in.cell("condition", i),
			After: splitCodes(in.cell("after", i)), RuleSet: in.cell("rules", i),
		}
		g.Finish = meeting.Limit{Date: in.date("finish-"+strconv.Itoa(i), in.cell("finish", i)), Before: in.cell("finish_before", i) != ""}
		if g.ID == "" {
			g.ID = freeCode(r.Groups)
		}
		r.Groups = append(r.Groups, g)
	}
	return rows, in.err()
}

// textLines are the lines of a text that say something.
func textLines(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func splitCodes(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ';' || c == ' ' })
}

// freeCode is a short name for a group that was given none.
func freeCode(groups []round.Group) string {
	for n := len(groups) + 1; ; n++ {
		id := fmt.Sprint("nhom-", n)
		if !slices.ContainsFunc(groups, func(g round.Group) bool { return g.ID == id }) {
			return id
		}
	}
}

// keep stores a round. Somebody else's change in the meantime is told, and the
// form sent again is meant to replace it.
func (v *roundVisit) keep(r *round.Round) error {
	_, err := v.Rounds.SaveRound(v.ctx(), v.actor, r)
	if errors.Is(err, round.ErrRevision) {
		return v.stale(strconv.FormatUint(v.r.Revision, 10))
	}
	return err
}

// stale refuses a form that was drawn from what is not so any more.
func (v *roundVisit) stale(revision string) error {
	v.typed.Set("seen", revision) // sent again, it is meant
	return &staleError{revision}
}

// seen is the revision that the form was drawn from.
func (v *roundVisit) seen() uint64 {
	n, _ := strconv.ParseUint(v.typed.Get("seen"), 10, 64) // anything else is no revision
	return n
}

// editedRows carries out what a button of one of the tables of the form asks.
func (v *roundVisit) editedRows() bool {
	if v.typed.Has("row") {
		return editRows(v.typed, referenceColumns...)
	}
	v.typed.Set("row", v.typed.Get("group_row"))
	defer v.typed.Del("row")
	return editRows(v.typed, groupColumns...)
}

func (v *roundVisit) createRound() (string, error) {
	if v.editedRows() {
		return "", errShowAgain
	}
	r := new(round.Round)
	rows, err := readRound(v.typed, r)
	if err != nil {
		return "", err
	}
	saved, err := v.Rounds.SaveRound(v.ctx(), v.actor, r)
	if err != nil {
		return "", inRoundForm(err, rows)
	}
	return roundsPath + "/" + string(saved.UUID) + "/expected", nil
}

// loadLetter makes the round of the letter with which this program began.
func (v *roundVisit) loadLetter() (string, error) {
	r, err := v.Rounds.LoadLetter(v.ctx(), v.actor)
	if err != nil {
		return "", err
	}
	return roundsPath + "/" + string(r.UUID), nil
}

// saveRound keeps what a round says; which polls it waits for stays.
func (v *roundVisit) saveRound() (string, error) {
	if v.editedRows() {
		return "", errShowAgain
	}
	r := *v.r
	rows, err := readRound(v.typed, &r)
	if err != nil {
		return "", err
	}
	r.Revision = v.seen()
	return "", inRoundForm(v.keep(&r), rows)
}

// roundFields are the inputs of a round's form that are not called as the field.
var roundFields = map[string]string{"prepare.date": "prepare", "prepare_text": "prepare_vi", "prepare_text.vi": "prepare_vi", "prepare_text.en": "prepare_en"}

// inRoundForm names, in a refusal of a round, the field of its form.
func inRoundForm(err error, rows []int) error {
	var refusal *meeting.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	field := refusal.Field
	if strings.HasPrefix(field, "groups.") {
		return inRows(err, "groups", rows)
	}
	if part, ok := strings.CutPrefix(field, "letterhead."); ok {
		part, _, _ = strings.Cut(part, ".") // lines of a field are not numbered
		return about(err, "head_"+part)
	}
	if name := roundFields[field]; name != "" {
		return about(err, name)
	}
	return err
}

// An expectedGroup is a column of the grid, and an expectedKind its rows of one
// kind of agency.
type (
	expectedGroup struct {
		round.Group
		Number int
	}
	expectedKind struct {
		Name     string
		Number   int // from 0
		Agencies []round.Agency
	}
	expectedData struct {
		Groups []expectedGroup
		Kinds  []expectedKind
		Ticked map[string]bool // "agency group"
		Count  int
	}
)

// expectedValues is which polls the round waits for, as the grid sends it.
func expectedValues(v *roundVisit) (url.Values, error) {
	form := url.Values{"seen": {strconv.FormatUint(v.r.Revision, 10)}}
	for _, e := range v.r.Expected {
		form.Add("expect", e.Agency+" "+e.Group)
	}
	return form, nil
}

func (v *roundVisit) expectedPage() (any, error) {
	list, err := v.agencies()
	if err != nil {
		return nil, err
	}
	form := v.typed
	if form == nil {
		form, _ = expectedValues(v) // cannot fail
	}
	d := expectedData{Kinds: kindsOf(list), Ticked: map[string]bool{}}
	for i, g := range v.r.Groups {
		d.Groups = append(d.Groups, expectedGroup{g, i + 1})
	}
	for _, e := range form["expect"] {
		d.Ticked[e] = true
	}
	d.Count = len(d.Ticked)
	return d, nil
}

// kindsOf are the agencies by kind, in the order of the directory.
func kindsOf(d *round.Directory) (kinds []expectedKind) {
	places := map[string]int{}
	for _, a := range d.Agencies {
		i, known := places[a.Kind]
		if !known {
			i = len(kinds)
			places[a.Kind] = i
			kinds = append(kinds, expectedKind{Name: a.Kind, Number: i})
		}
		kinds[i].Agencies = append(kinds[i].Agencies, a)
	}
	return kinds
}

// saveExpected keeps which polls the round waits for, or ticks all agencies of
// one kind for one group.
func (v *roundVisit) saveExpected() (string, error) {
	ticked, err := v.tickKind(v.typed.Get("tick"))
	if err != nil {
		return "", err
	}
	if ticked {
		return "", errShowAgain
	}
	r := *v.r
	r.Expected, r.Revision = nil, v.seen()
	seen := map[string]bool{}
	for _, e := range v.typed["expect"] {
		agency, group, _ := strings.Cut(e, " ")
		if !seen[e] {
			r.Expected = append(r.Expected, round.Expected{Agency: agency, Group: group})
		}
		seen[e] = true
	}
	return "", v.keep(&r)
}

// tickKind carries out "on-K-G" or "off-K-G": all agencies of kind K for group
// G, both counted from 0.
func (v *roundVisit) tickKind(what string) (bool, error) {
	verb, rest, _ := strings.Cut(what, "-")
	first, second, _ := strings.Cut(rest, "-")
	kind, err1 := strconv.Atoi(first)
	group, err2 := strconv.Atoi(second)
	if err1 != nil || err2 != nil {
		return false, nil
	}
	list, err := v.agencies()
	if err != nil {
		return false, err
	}
	kinds := kindsOf(list)
	if kind < 0 || kind >= len(kinds) || group < 0 || group >= len(v.r.Groups) {
		return false, nil
	}
	of := map[string]bool{}
	for _, a := range kinds[kind].Agencies {
		of[a.ID+" "+v.r.Groups[group].ID] = true
	}
	ticked := slices.DeleteFunc(v.typed["expect"], func(e string) bool { return of[e] })
	if verb == "on" {
		for _, a := range kinds[kind].Agencies {
			ticked = append(ticked, a.ID+" "+v.r.Groups[group].ID)
		}
	}
	v.typed["expect"] = ticked
	return true, nil
}

// sendRoundFile gives what agencies load, for those without a network.
func (v *roundVisit) sendRoundFile() error {
	file, err := v.Rounds.RoundFile(v.ctx(), v.r.UUID)
	if err != nil {
		return err
	}
	return v.send("application/json", "dot-"+string(v.r.UUID)+".json", file)
}
