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
)

// maxReturnedForm bounds the form with a signed paper: 20 MB, and some words.
const maxReturnedForm = 21 << 20

// papersData is what the page of papers shows.
type papersData struct {
	Counted   bool
	Hidden    bool // counted, but not for this officer before publication
	Published bool
	Release   *releaseView
	Audiences []audienceView
	Unanimous []string       // on whom all ballots are the same, before publication
	Unlogged  []meeting.Text // what the public log lacks, where it is required and before publication
	Papers    []paperFiles
	Signable  int // papers whose minutes somebody has signed
}

// paperFiles are the files of one ballot paper's result.
type paperFiles struct {
	Title string
	UUID  ballot.UUID
	Files []fileView
	Sign  []signView // of these, the papers that people sign
}

// A fileView is a file as a list of downloads shows it.
type fileView struct {
	meeting.RecordFile
	Label meeting.Text
	Path  string
	Short string // the beginning of its SHA-256
}

// A signView is a paper to be signed, and who has signed it.
type signView struct {
	fileView
	Field      string // of the form that takes it back
	Printed    string // path of the paper as it was printed, once it has come back
	Signatures []signatureView
	Seals      []signatureView
	Missing    []meeting.Text // whose places are empty
}

// A signatureView is a signature as people read it.
type signatureView struct {
	meeting.PaperSignature
	When  string       // as the signer says, or empty
	Place meeting.Text // whose place it takes; empty for a place of its own
}

// A signingPlace is a field of a paper, and whose it is.
type signingPlace struct {
	field string
	whose meeting.Text
}

// signingPlaces are the fields of a paper, as package report/paper names them.
func signingPlaces(m *meeting.Meeting, name string) []signingPlace {
	var list []signingPlace
	for i, b := range m.Board {
		who := officeText(b.Office)
		p := signingPlace{fmt.Sprintf("member-%d", i+1), meeting.Text{Vi: who.Vi + " " + b.Name, En: who.En + " " + b.Name}}
		switch {
		case b.Office == meeting.Head:
			p.field = "head"
		case name == meeting.ReportFile:
			continue
		case b.Office == meeting.BoardSecretary:
			p.field = "secretary"
		}
		list = append(list, p)
	}
	return append(list, signingPlace{"chair", meeting.Text{Vi: "Chủ trì " + m.Plan.Chair, En: "Chair " + m.Plan.Chair}})
}

// fileLabels are what the files of a result are.
var fileLabels = map[string]meeting.Text{
	"minutes.pdf":          {Vi: "Biên bản kiểm phiếu", En: "Counting minutes"},
	"minutes.docx":         {Vi: "Biên bản kiểm phiếu, bản sửa được", En: "Counting minutes, editable"},
	"report.pdf":           {Vi: "Báo cáo kết quả", En: "Result report"},
	"report.docx":          {Vi: "Báo cáo kết quả, bản sửa được", En: "Result report, editable"},
	"result.json":          {Vi: "Số liệu, cho chương trình khác đọc", En: "Numbers, for other programs"},
	"result.csv":           {Vi: "Số liệu, dạng bảng CSV", En: "Numbers, as a CSV table"},
	"result.xlsx":          {Vi: "Số liệu, bảng tính", En: "Numbers, as a spreadsheet"},
	"trackers.txt":         {Vi: "Mã tra cứu của mọi phiếu trong hòm", En: "Trackers of all ballots in the box"},
	"manifest.json":        {Vi: "Danh sách tệp và mã kiểm SHA-256", En: "List of the files with their SHA-256"},
	"manifest.json.p7s":    {Vi: "Dấu niêm phong của máy chủ trên danh sách tệp", En: "The server's seal of the list of files"},
	"ca.pem":               {Vi: "Chứng thư để kiểm tra dấu niêm phong", En: "Certificate by which the seal is checked"},
	meeting.AssessmentFile: {Vi: "Nhóm theo ngưỡng, chỉ dành cho cấp có thẩm quyền", En: "Threshold groups, for the competent authority only"},
}

// newFileView is a file below an address.
func newFileView(base string, f meeting.RecordFile) fileView {
	return fileView{f, fileLabels[f.Name], base + url.PathEscape(f.Name), f.Hash[:min(len(f.Hash), 12)]}
}

// Kilobytes is the size of the file as people read it.
func (f fileView) Kilobytes() int { return (f.Size + 1023) / 1024 }

// Kind is where lists put the file: "paper" to be read or signed, "person" the
// slip of one, "data" for programs.
func (f fileView) Kind() string {
	switch {
	case personOf(f.Name) > 0:
		return "person"
	case strings.HasSuffix(f.Name, ".pdf"), strings.HasSuffix(f.Name, ".docx"):
		return "paper"
	}
	return "data"
}

// personOf is the number of the person whose slip a file is, or 0.
func personOf(name string) (number int) {
	if _, err := fmt.Sscanf(name, "person-%d.pdf", &number); err != nil {
		return 0
	}
	return number
}

// filingValues is what papers say besides, as the form shows it.
func filingValues(v *visit) url.Values {
	f := v.m.Filing
	return url.Values{
		"place": {f.Place}, "date": {string(f.Date)}, "began": {f.Began}, "ended": {f.Ended}, "copies": {unlessZero(f.Copies)},
		"recipients": {strings.Join(f.Recipients, "\n")},
	}
}

func (v *visit) papersPage() (any, error) {
	d := papersData{Counted: v.counted(), Published: v.published(), Release: newReleaseView(v.m.Release), Audiences: audiences}
	outcomes, err := v.outcomes()
	if errors.Is(err, meeting.ErrRole) {
		d.Hidden = true
		return d, nil
	}
	if err != nil {
		return nil, err
	}
	if !d.Published {
		d.Unanimous = unanimous(outcomes)
		if d.Unlogged, err = v.unlogged(); err != nil {
			return nil, err
		}
	}
	for i, p := range v.paperPolls() {
		if i >= len(v.m.Records) {
			break
		}
		r := &v.m.Records[i]
		d.Papers = append(d.Papers, v.paperFiles(p, r))
		if slices.ContainsFunc(r.Returned, func(b meeting.Returned) bool { return b.Name == meeting.MinutesFile }) {
			d.Signable++
		}
	}
	return d, nil
}

// paperFiles lists the files of a ballot paper that this officer may have.
func (v *visit) paperFiles(p pollView, r *meeting.Record) paperFiles {
	list := paperFiles{Title: p.Title, UUID: p.UUID}
	people := v.m.OnPaper(paperOf(v.m, p.UUID))
	for _, f := range r.Latest() {
		if f.Name == meeting.AssessmentFile && !v.m.Assesses(v.actor) {
			continue
		}
		view := newFileView(v.base+"/papers/"+string(p.UUID)+"/", f)
		if n := personOf(f.Name); n > 0 && n <= len(people) {
			view.Label = meeting.Text{Vi: people[n-1].Name, En: "slip of the result"}
		}
		list.Files = append(list.Files, view)
		if f.Name == meeting.MinutesFile || f.Name == meeting.ReportFile {
			list.Sign = append(list.Sign, v.newSignView(view, v.fileField(p.UUID, f.Name), r))
		}
	}
	return list
}

// fileField names the field of the form that takes a signed paper back.
func (v *visit) fileField(paper ballot.UUID, name string) string {
	stem, _, _ := strings.Cut(name, ".")
	return "file-" + stem + "-" + strconv.Itoa(paperOf(v.m, paper))
}

func (v *visit) newSignView(f fileView, field string, r *meeting.Record) signView {
	s := signView{fileView: f, Field: field}
	places, taken := signingPlaces(v.m, f.Name), map[string]bool{}
	for _, back := range r.Returned {
		if back.Name != f.Name {
			continue
		}
		s.Printed = f.Path + "?printed"
		for _, signature := range back.Signatures {
			view := newSignatureView(signature, places)
			if taken[signature.Field] = true; signature.Seal {
				s.Seals = append(s.Seals, view)
			} else {
				s.Signatures = append(s.Signatures, view)
			}
		}
	}
	for _, p := range places {
		if !taken[p.field] {
			s.Missing = append(s.Missing, p.whose)
		}
	}
	return s
}

func newSignatureView(signature meeting.PaperSignature, places []signingPlace) signatureView {
	view := signatureView{PaperSignature: signature}
	if !signature.Time.IsZero() {
		view.When = clock(signature.Time)
	}
	if i := slices.IndexFunc(places, func(p signingPlace) bool { return p.field == signature.Field }); i >= 0 {
		view.Place = places[i].whose
	}
	return view
}

// besideFiling keeps what is stored of the filing on the page, when another of
// its forms is refused.
func (v *visit) besideFiling() {
	for name, values := range filingValues(v) {
		v.typed[name] = values
	}
}

// saveFiling keeps what papers say besides plan and result.
func (v *visit) saveFiling() (string, error) {
	v.typed.Set("recipients", strings.ReplaceAll(v.typed.Get("recipients"), "\r\n", "\n"))
	if err := v.fresh("papers"); err != nil {
		return "", err
	}
	r := reading{form: v.typed}
	f := meeting.Filing{
		Place: r.text("place"), Date: r.date("date", r.text("date")), Began: r.text("began"), Ended: r.text("ended"),
		Copies: r.number("copies"), Recipients: strings.Split(r.text("recipients"), "\n"),
	}
	if err := r.err(); err != nil {
		return "", err
	}
	_, err := v.office.SetFiling(v.c.Request.Context(), v.actor, v.m.UUID, f)
	if refusal := new(meeting.Refusal); errors.As(err, &refusal) && errors.Is(err, meeting.ErrPlan) {
		field, _, _ := strings.Cut(refusal.Field, ".") // the lines of a field are not numbered
		return "", &formError{errFields, []problemField{{field, sentence(refusal.What.Vi), sentence(refusal.What.En)}}}
	}
	return "", err
}

// printPapers makes the papers and files of all ballot papers.
func (v *visit) printPapers() (string, error) {
	v.besideFiling()
	_, err := v.office.Print(v.c.Request.Context(), v.actor, v.m.UUID)
	return "", err
}

// returnPaper takes back a paper that somebody has signed.
func (v *visit) returnPaper() (string, error) {
	paper, name := ballot.UUID(v.typed.Get("election")), v.typed.Get("name")
	v.besideFiling()
	field := v.fileField(paper, name)
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
	_, err = v.office.Return(v.c.Request.Context(), v.actor, v.m.UUID, paper, name, signed)
	return "", about(err, field)
}

// discardPaper takes a signed paper out again.
func (v *visit) discardPaper() (string, error) {
	v.besideFiling()
	_, err := v.office.Discard(v.c.Request.Context(), v.actor, v.m.UUID, ballot.UUID(v.typed.Get("election")), v.typed.Get("name"))
	return "", err
}

// signMeeting says that the minutes are signed, which ends the meeting when chair
// and board have said so.
func (v *visit) signMeeting() (string, error) {
	v.besideFiling()
	_, err := v.office.Sign(v.c.Request.Context(), v.actor, v.m.UUID, v.typed.Get("on_paper") == "yes")
	return "", about(err, "on_paper")
}

// publish releases the result.
func (v *visit) publish() (string, error) {
	v.besideFiling()
	_, err := v.office.Publish(v.c.Request.Context(), v.actor, v.m.UUID, meeting.Audience(v.typed.Get("audience")), v.typed.Get("unanimous") == "yes")
	return "", err
}

// sendPrinted gives a file of a result to an officer who may have it.
func (v *visit) sendPrinted() error {
	version := meeting.LatestVersion
	if v.c.Request.URL.Query().Has("printed") {
		version = meeting.PrintedVersion
	}
	f, err := v.office.PrintedFile(v.c.Request.Context(), v.actor, v.m.UUID, ballot.UUID(v.c.Param("poll")), v.c.Param("name"), version)
	if err != nil {
		return err
	}
	sandbox(v.c)
	attachment(v.c, f.MediaType, f.Name)
	_, err = reader{v.c.Writer}.Write(f.Content)
	return err
}
