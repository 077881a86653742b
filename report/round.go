package report

import (
	"crypto/sha256"
	"errors"
	"io"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report/data"
	"github.com/homphieu/homphieu/report/docx"
	"github.com/homphieu/homphieu/report/paper"
	"github.com/homphieu/homphieu/report/pdf"
)

// The papers and files of a round, beside those that a result has as well.
const (
	ConsolidatedFile     = "consolidated.pdf"
	CoverFile            = "cover.pdf"
	ConsolidatedDataFile = "consolidated.json"

	consolidatedText  = "consolidated.docx"
	coverText         = "cover.docx"
	consolidatedTable = "consolidated.xlsx"
)

// RoundNames returns the names of all files that [Press.PrintRound] gives for a
// consolidation.
func RoundNames(c *round.Consolidation) []string {
	names := []string{
		ConsolidatedFile, CoverFile, consolidatedText, coverText, consolidatedTable, ConsolidatedDataFile, AuthorityFile, ManifestFile, SignatureFile,
	}
	if data.Assesses(c) {
		names = append(names, meeting.AssessmentFile)
	}
	return names
}

// PrintRound implements round.Press: the consolidated report and the letter that
// goes with it, sealed and with places to sign as the papers of a result are,
// and the files. Levels stand in assessment.json alone, which a consolidation
// without any does not have; what is hidden in the consolidation has no number
// in any file.
func (p *Press) PrintRound(c *round.Consolidation) ([]meeting.Printed, error) {
	p.one.Lock()
	defer p.one.Unlock()
	content := data.ConsolidatedJSON(c)
	sum := sha256.Sum256(content)
	style := paper.StyleOf(c.Rules)
	report, cover := paper.NewConsolidated(c, style, sum), paper.NewCover(c, style, sum)
	set := &set{press: p, now: p.Clock()}
	set.sealed(ConsolidatedFile, report, []pdf.Attachment{
		{Name: ConsolidatedDataFile, Description: "Kết quả tổng hợp, dạng dữ liệu", MediaType: typeJSON, Content: content},
	})
	set.sealed(CoverFile, cover, nil)
	set.write(consolidatedText, typeDOCX, func(w io.Writer) error { return docx.Write(w, report) })
	set.write(coverText, typeDOCX, func(w io.Writer) error { return docx.Write(w, cover) })
	set.write(consolidatedTable, typeXLSX, func(w io.Writer) error { return data.WriteConsolidatedXLSX(w, c, p.Program) })
	set.add(ConsolidatedDataFile, typeJSON, content)
	if data.Assesses(c) {
		set.add(meeting.AssessmentFile, typeJSON, data.RoundAssessmentJSON(c))
	}
	set.add(AuthorityFile, typePEM, p.authority())
	set.manifest(func(files []meeting.Printed) ([]byte, error) { return data.RoundManifest(c.Round.UUID, files) })
	return set.files, errors.Join(set.faults...)
}
