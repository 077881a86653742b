// Package report makes the papers and files of a result from one
// [meeting.Outcome], seals them, and checks papers that come back signed.
//
//	            ┌─ data ──▶ result.json  result.csv  result.xlsx  assessment.json  trackers.txt
//	Outcome ────┤                │ SHA-256, on every page
//	            └─ paper ─┬─ pdf ▼ ─▶ minutes.pdf  report.pdf  person-01.pdf … ── pades: sealed, with places to sign
//	                      └─ docx ──▶ minutes.docx  report.docx
//	  all but the PDFs ─ manifest.json ─ cms ─▶ manifest.json.p7s
//
// A PDF carries its signatures inside; every other file is named in the
// manifest, whose signature lies beside it.
//
// Of a whole round of votes, [Press.PrintRound] makes the consolidated report,
// the letter that goes with it, and their files in the same way.
//
// The seal is the server's own and proves that nothing was changed since. It is
// no signature of anybody: people sign the PDFs afterwards, one after another,
// with keys that this program never sees.
package report

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report/cms"
	"github.com/homphieu/homphieu/report/data"
	"github.com/homphieu/homphieu/report/docx"
	"github.com/homphieu/homphieu/report/identity"
	"github.com/homphieu/homphieu/report/paper"
	"github.com/homphieu/homphieu/report/pdf"
)

// SealField is the name of the signature field that holds the server's seal.
const SealField = "server-seal"

// The files beside those that package meeting names.
const (
	ResultFile    = "result.json"
	TrackersFile  = "trackers.txt"
	ManifestFile  = "manifest.json"
	SignatureFile = "manifest.json.p7s" // CMS in DER, detached
	AuthorityFile = "ca.pem"            // of the seal

	minutesText = "minutes.docx"
	reportText  = "report.docx"
	tableFile   = "result.xlsx"
	rowsFile    = "result.csv"
)

// A Press prints under a seal. It implements meeting.Press and is safe for
// concurrent use; it does one thing after another.
type Press struct {
	// Seal is the server's own identity; its last certificate is the authority
	// that readers of PDFs have to trust to see the seal as theirs.
	Seal identity.Identity
	// Roots are authorities whose certificates count as trusted for people who
	// sign papers. nil is none. For the seal its own authority counts, and for
	// nobody else.
	Roots *x509.CertPool
	// Program names the program and its version in files.
	Program string
	Clock   func() time.Time

	one sync.Mutex // prints or checks at a time: each takes much memory
}

const (
	typePDF  = "application/pdf"
	typeDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	typeJSON = "application/json"
	typeCSV  = "text/csv; charset=utf-8"
	typeText = "text/plain; charset=utf-8"
	typeCMS  = "application/pkcs7-signature"
	typePEM  = "application/x-pem-file"
)

// Names returns the names of all files that [Press.Print] gives for a result of
// that many persons.
func Names(persons int) []string {
	names := []string{
		meeting.MinutesFile, meeting.ReportFile, minutesText, reportText, tableFile, rowsFile, ResultFile,
		meeting.AssessmentFile, TrackersFile, AuthorityFile, ManifestFile, SignatureFile,
	}
	for i := range persons {
		names = append(names, personFile(i))
	}
	return names
}

func personFile(i int) string { return fmt.Sprintf("person-%02d.pdf", i+1) }

// Print implements meeting.Press.
func (p *Press) Print(o *meeting.Outcome) ([]meeting.Printed, error) {
	p.one.Lock()
	defer p.one.Unlock()
	result := data.ResultJSON(o)
	sum := sha256.Sum256(result)
	style := paper.StyleOf(o.Rules)
	minutes, report := paper.NewMinutes(o, style, sum), paper.NewReport(o, style, sum)
	inside := []pdf.Attachment{
		{Name: ResultFile, Description: "Kết quả, dạng dữ liệu", MediaType: typeJSON, Content: result},
		{Name: TrackersFile, Description: "Mã tra cứu của các phiếu", MediaType: typeText, Content: data.Trackers(o)},
	}
	set := &set{press: p, now: p.Clock()}
	set.sealed(meeting.MinutesFile, minutes, inside)
	set.sealed(meeting.ReportFile, report, inside)
	for i := range o.People {
		set.sealed(personFile(i), paper.NewSlip(o, i, style, sum), nil)
	}
	set.write(minutesText, typeDOCX, func(w io.Writer) error { return docx.Write(w, minutes) })
	set.write(reportText, typeDOCX, func(w io.Writer) error { return docx.Write(w, report) })
	set.write(tableFile, typeXLSX, func(w io.Writer) error { return data.WriteXLSX(w, o, p.Program) })
	set.write(rowsFile, typeCSV, func(w io.Writer) error { return data.WriteCSV(w, o) })
	set.add(ResultFile, typeJSON, result)
	set.add(meeting.AssessmentFile, typeJSON, data.AssessmentJSON(o))
	set.add(TrackersFile, typeText, data.Trackers(o))
	set.add(AuthorityFile, typePEM, p.authority())
	set.manifest(func(files []meeting.Printed) ([]byte, error) { return data.Manifest(o.Election, files) })
	return set.files, errors.Join(set.faults...)
}

// authority returns the last certificate of the seal's chain as a file.
func (p *Press) authority() []byte {
	chain := p.Seal.Chain
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: chain[len(chain)-1].Raw})
}

// A set collects the files of one outcome, or of one round.
type set struct {
	press  *Press
	now    time.Time
	files  []meeting.Printed
	faults []error
}

func (s *set) add(name, mediaType string, content []byte) {
	s.files = append(s.files, meeting.Printed{Name: name, MediaType: mediaType, Content: content})
}

func (s *set) write(name, mediaType string, write func(io.Writer) error) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		s.faults = append(s.faults, fmt.Errorf("%s: %w", name, err))
		return
	}
	s.add(name, mediaType, b.Bytes())
}

// manifest adds the manifest of all files but the PDFs, and its signature.
func (s *set) manifest(list func([]meeting.Printed) ([]byte, error)) {
	var listed []meeting.Printed
	for _, f := range s.files {
		if f.MediaType != typePDF {
			listed = append(listed, f)
		}
	}
	text, err := list(listed)
	if err != nil {
		s.faults = append(s.faults, err)
		return
	}
	digest := sha256.Sum256(text)
	signature, err := cms.Request{Digest: digest[:], Chain: s.press.Seal.Chain, Time: s.now}.Sign(s.press.Seal.Key)
	if err != nil {
		s.faults = append(s.faults, fmt.Errorf("%s: %w", SignatureFile, err))
		return
	}
	s.add(ManifestFile, typeJSON, text)
	s.add(SignatureFile, typeCMS, signature)
}
