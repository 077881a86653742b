package report

import (
	"bytes"
	"fmt"

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
