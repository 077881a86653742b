package api

import (
	"errors"
	"mime/multipart"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/homphieu/homphieu/meeting/roster"
	"github.com/homphieu/homphieu/meeting/round"
)

// An agencyRow is an agency in the tree.
type agencyRow struct {
	round.Agency
	Depth int // below how many others of its kind it stands
	Above string
	Path  string
}

// An agencyKind is the agencies of one kind.
type agencyKind struct {
	Name string
	Rows []agencyRow
}

// agenciesData is what the list of agencies shows.
type agenciesData struct {
	Kinds       []agencyKind
	Count       int
	Unconfirmed []agencyRow // have a key that nobody has compared
	Text        string      // looked for
}

func agencyPath(id string) string { return roundsPath + "/agencies/" + url.PathEscape(id) }

func (v *roundVisit) agenciesPage() (any, error) {
	list, err := v.agencies()
	if err != nil {
		return nil, err
	}
	d := agenciesData{Count: len(list.Agencies), Text: v.c.Query("q")}
	tree := newAgencyTree(list)
	for _, k := range kindsOf(list) {
		kind := agencyKind{Name: k.Name}
		for _, row := range tree.rows(k.Agencies) {
			if row.Key != "" && !row.Confirmed {
				d.Unconfirmed = append(d.Unconfirmed, row)
			}
			if matchesText(d.Text, row.Name, row.ID, row.Contact, row.Above) {
				kind.Rows = append(kind.Rows, row)
			}
		}
		if len(kind.Rows) > 0 {
			d.Kinds = append(d.Kinds, kind)
		}
	}
	return d, nil
}

// An agencyTree knows who stands above whom.
type agencyTree struct {
	all   map[string]round.Agency
	below map[string][]round.Agency
}

func newAgencyTree(d *round.Directory) agencyTree {
	t := agencyTree{map[string]round.Agency{}, map[string][]round.Agency{}}
	for _, a := range d.Agencies {
		t.all[a.ID] = a
		t.below[a.Superior] = append(t.below[a.Superior], a)
	}
	return t
}

// rows are the agencies of one kind, each with those below it after it.
func (t agencyTree) rows(kind []round.Agency) (list []agencyRow) {
	in := map[string]bool{}
	for _, a := range kind {
		in[a.ID] = true
	}
	var add func(a round.Agency, depth int)
	add = func(a round.Agency, depth int) {
		if !in[a.ID] {
			return
		}
		delete(in, a.ID) // each once, whatever the tree says
		list = append(list, agencyRow{a, depth, t.all[a.Superior].Name, agencyPath(a.ID)})
		for _, b := range t.below[a.ID] {
			add(b, min(depth+1, 3))
		}
	}
	for _, a := range kind {
		if !in[a.Superior] {
			add(a, 0)
		}
	}
	for _, a := range kind {
		add(a, 0)
	}
	return list
}

// directoryColumns are the headings of the list as text.
var directoryColumns = []string{"Mã", "Tên", "Loại", "Cấp trên", "Liên hệ", "Khóa"}

// directoryValues is the whole list as text, one agency a line.
func directoryValues(v *roundVisit) (url.Values, error) {
	list, err := v.agencies()
	if err != nil {
		return nil, err
	}
	form := url.Values{"seen": {strconv.FormatUint(list.Revision, 10)}, "list": {""}}
	if len(list.Agencies) > 0 {
		form.Set("list", directoryText(list))
	}
	return form, nil
}

func directoryText(d *round.Directory) string {
	lines := []string{strings.Join(directoryColumns, "\t")}
	for _, a := range d.Agencies {
		lines = append(lines, strings.Join([]string{a.ID, a.Name, a.Kind, a.Superior, a.Contact, a.Key}, "\t"))
	}
	return strings.Join(lines, "\n")
}

// directoryData is what the page shows beside the text.
type directoryData struct {
	Lines []roster.LineError
	Count int // of agencies now
}

func (v *roundVisit) directoryPage() (any, error) {
	list, err := v.agencies()
	if err != nil {
		return nil, err
	}
	return directoryData{v.lineErrors, len(list.Agencies)}, nil
}

// saveDirectory keeps the list, or puts into it what was sent as a file. With a
// line that cannot be read nothing is kept; the lines are named.
func (v *roundVisit) saveDirectory() (string, error) {
	list, err := v.agencies()
	if err != nil {
		return "", err
	}
	if v.typed.Get("row") == "import" {
		return "", v.importDirectory(list)
	}
	text := v.typed.Get("list")
	if strings.TrimSpace(text) == "" {
		return "", wrong("list", "Dán danh sách hoặc chọn một tệp.", "Paste a list or choose a file.")
	}
	made, lines := round.ImportAgencies(list, strings.NewReader(text), roster.Text)
	if v.lineErrors = lines; len(lines) > 0 {
		return "", v.badLines("list")
	}
	made.Revision = v.seen()
	if err := v.keepDirectory(made, list.Revision); err != nil {
		return "", about(err, "list")
	}
	return roundsPath + "/agencies?saved", nil
}

// badLines tells which lines of a list could not be read: above the form, or to a
// script, which keeps the form as it is, as errors of a field.
func (v *roundVisit) badLines(field string) error {
	if wantsPage(v.c) {
		return errShowAgain
	}
	bad := &formError{cause: errFields}
	for _, l := range v.lineErrors {
		number := strconv.Itoa(l.Line)
		bad.fields = append(bad.fields, problemField{field, "Dòng " + number + ": " + l.Text.Vi, "Line " + number + ": " + l.Text.En})
	}
	return bad
}

// importDirectory puts what was sent as a file into the text of the form.
// Nothing is kept by the server yet.
func (v *roundVisit) importDirectory(list *round.Directory) error {
	header, format, err := v.sheet("file")
	if err != nil {
		return err
	}
	file, err := header.Open()
	if err != nil {
		return err
	}
	made, lines := round.ImportAgencies(list, file, format)
	if err := file.Close(); err != nil {
		return err
	}
	if v.lineErrors = lines; len(lines) > 0 {
		return errShowAgain
	}
	v.typed.Set("list", directoryText(made))
	v.note(
		strconv.Itoa(len(made.Agencies))+" cơ quan đọc được từ tệp nằm ở danh sách dưới đây, chưa lưu. Kiểm tra rồi bấm “Lưu danh sách”.",
		strconv.Itoa(len(made.Agencies))+" agencies were read from the file into the list below and are not saved yet. Check, then press “Save the list”.",
	)
	return errShowAgain
}

// keepDirectory stores the list. Somebody else's change in the meantime is told,
// and the form sent again is meant to replace it.
func (v *roundVisit) keepDirectory(d *round.Directory, revision uint64) error {
	_, err := v.Rounds.SetDirectory(v.ctx(), v.actor, d)
	if errors.Is(err, round.ErrRevision) {
		return v.stale(strconv.FormatUint(revision, 10))
	}
	return err
}

// theAgency is the one that the path names, with its place in the list.
func (v *roundVisit) theAgency() (*round.Directory, int, error) {
	list, err := v.agencies()
	if err != nil {
		return nil, 0, err
	}
	i := slices.IndexFunc(list.Agencies, func(a round.Agency) bool { return a.ID == v.c.Param("agency") })
	if i < 0 {
		return nil, 0, errNoRoute
	}
	return list, i, nil
}

func agencyValues(v *roundVisit) (url.Values, error) {
	list, i, err := v.theAgency()
	if err != nil {
		return nil, err
	}
	a := list.Agencies[i]
	return url.Values{
		"seen": {strconv.FormatUint(list.Revision, 10)}, "name": {a.Name}, "kind": {a.Kind}, "superior": {a.Superior}, "contact": {a.Contact},
	}, nil
}

// agencyData is what the page of an agency shows beside its form.
type agencyData struct {
	round.Agency
	Above []option // who may stand above it
	Kinds []string
	Below []agencyRow
}

func (v *roundVisit) agencyPage() (any, error) {
	list, i, err := v.theAgency()
	if err != nil {
		return nil, err
	}
	d := agencyData{Agency: list.Agencies[i], Kinds: list.Kinds(), Above: []option{{Text: both("– (không có)", "none")}}}
	for _, a := range list.Agencies {
		if a.ID != d.ID {
			d.Above = append(d.Above, option{Value: a.ID, Text: both(a.Name, a.Name)})
		}
		if a.Superior == d.ID {
			d.Below = append(d.Below, agencyRow{Agency: a, Path: agencyPath(a.ID)})
		}
	}
	return d, nil
}

// saveAgency keeps what is written of one agency.
func (v *roundVisit) saveAgency() (string, error) {
	list, i, err := v.theAgency()
	if err != nil {
		return "", err
	}
	in := reading{form: v.typed}
	made := &round.Directory{Revision: v.seen(), Agencies: slices.Clone(list.Agencies)}
	a := &made.Agencies[i]
	a.Name, a.Kind, a.Superior, a.Contact = in.text("name"), in.text("kind"), in.text("superior"), in.text("contact")
	return "", inAgencyForm(v.keepDirectory(made, list.Revision))
}

// inAgencyForm names, in a refusal of the list, the field of the one agency that
// the form is about.
func inAgencyForm(err error) error {
	for _, f := range fieldsOf(err) {
		name, _, _ := strings.Cut(f.Name, "-")
		return about(err, name)
	}
	return err
}

// confirmKey notes that the digits of the agency's key were compared with the
// agency.
func (v *roundVisit) confirmKey() (string, error) {
	list, i, err := v.theAgency()
	if err != nil {
		return "", err
	}
	key := strings.ToLower(strings.Join(strings.Fields(v.typed.Get("key")), ""))
	if v.typed.Get("compared") == "" {
		err = wrong("compared", "Đánh dấu vào ô này sau khi đã đọc đối chiếu với cơ quan.", "Tick this box when you have compared the digits with the agency.")
	} else {
		_, err = v.Rounds.ConfirmKey(v.ctx(), v.actor, list.Agencies[i].ID, key)
		err = about(err, "key")
	}
	if err == nil {
		return "", nil
	}
	stored, _ := agencyValues(v) // read already
	for name, values := range stored {
		if name != "key" {
			v.typed[name] = values // the other form of the page
		}
	}
	return "", err
}

// sheet is the spreadsheet or CSV that was sent with a form.
func (v *roundVisit) sheet(field string) (*multipart.FileHeader, roster.Format, error) {
	header, err := upload(v.c, field)
	if err != nil {
		return nil, "", err
	}
	if header == nil {
		return nil, "", wrong(field, "Chọn tệp CSV hoặc XLSX.", "Choose a CSV or XLSX file.")
	}
	format := roster.Format(strings.TrimPrefix(strings.ToLower(filepath.Ext(header.Filename)), "."))
	if format != roster.CSV && format != roster.XLSX {
		return nil, "", wrong(field, "Chọn tệp CSV hoặc XLSX.", "Choose a CSV or XLSX file.")
	}
	return header, format, nil
}
