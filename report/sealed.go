package report

import (
	"bytes"
	"crypto/x509"
	"fmt"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report/cms"
	"github.com/homphieu/homphieu/report/pades"
	"github.com/homphieu/homphieu/report/paper"
	"github.com/homphieu/homphieu/report/pdf"
)

// sealed adds a paper as PDF: drawn, with an empty signature field for each who
// signs, and then sealed.
func (s *set) sealed(name string, doc *paper.Document, inside []pdf.Attachment) {
	content, err := s.press.sealed(doc, inside, s)
	if err != nil {
		s.faults = append(s.faults, fmt.Errorf("%s: %w", name, err))
		return
	}
	s.add(name, typePDF, content)
}

func (p *Press) sealed(doc *paper.Document, inside []pdf.Attachment, s *set) ([]byte, error) {
	var b bytes.Buffer
	layout, err := pdf.Write(&b, doc, inside)
	if err != nil {
		return nil, err
	}
	var places []pades.Place
	for _, f := range layout.Fields {
		places = append(places, pades.Place{Field: f.Name, Page: f.Page, Rect: pades.Rect{Left: f.Left, Bottom: f.Bottom, Right: f.Right, Top: f.Top}})
	}
	content, err := pades.AddFields(b.Bytes(), places)
	if err != nil {
		return nil, err
	}
	return pades.Sign(content, p.Seal, pades.Options{
		Field: SealField, Name: p.Seal.Name(), Reason: "Niêm phong kỹ thuật của máy chủ / technical seal of the server", Time: s.now, Certify: true,
	})
}

// Check implements meeting.Press: the paper begins with what was printed, and
// nothing came after it but signatures, all of which hold. What was printed
// itself comes back with the seal alone.
func (p *Press) Check(original, signed []byte) ([]meeting.PaperSignature, error) {
	trust := cms.Trust{Roots: p.roots(), At: p.Clock()}
	report, err := pades.Continues(original, signed, trust)
	if bytes.Equal(original, signed) {
		report, err = pades.Verify(original, trust)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", meeting.ErrReturned, err)
	}
	return signatures(report)
}

// roots are all authorities that papers are checked against.
func (p *Press) roots() *x509.CertPool {
	roots := x509.NewCertPool()
	if p.Roots != nil {
		roots = p.Roots.Clone()
	}
	roots.AddCert(p.Seal.Chain[len(p.Seal.Chain)-1])
	return roots
}

// signatures lists the signatures, all of which must hold.
func signatures(report pades.Report) (list []meeting.PaperSignature, err error) {
	for _, s := range report.Signatures {
		if s.Err != nil {
			return nil, fmt.Errorf("%w: %s: %w", meeting.ErrReturned, s.Field, s.Err)
		}
		list = append(list, meeting.PaperSignature{
			Field: s.Field, Signer: s.Signer.Subject.CommonName, Issuer: s.Signer.Issuer.CommonName, Time: s.Time,
			Trusted: s.Untrusted == nil, Seal: s.Field == SealField,
		})
	}
	return list, nil
}
