// Package docx draws a paper as a WordprocessingML file (ECMA-376, Office Open
// XML), to be edited before it is printed and signed. It says what the PDF of
// the same [paper.Document] says, in the same order: every text passes
// [typeset.Clean] in both.
//
// The file is a zip of a few parts:
//
//	[Content_Types].xml            what the parts are
//	_rels/.rels                    where the document and its properties are
//	docProps/core.xml              title, language, times
//	word/document.xml              the paper
//	word/styles.xml                Times New Roman 14, Vietnamese
//	word/settings.xml              no compatibility mode
//	word/header*.xml, footer.xml   page numbers from page 2; the hash on every page
//
// Everything is text, borders and tables, which Word and LibreOffice show
// alike; there is no picture and nothing is loaded from elsewhere. Bars of a
// chart are shaded cells, from dark to white, so that they can be told apart in
// black and white.
//
// The same document gives the same bytes: its date is the only time in them.
package docx

import (
	"archive/zip"
	"fmt"
	"io"
	"time"

	"github.com/homphieu/homphieu/report/paper"
)

// Write writes the document as a DOCX file. An error is that of w.
func Write(w io.Writer, doc *paper.Document) error {
	made := doc.Date
	if made.IsZero() {
		made = time.Unix(0, 0)
	}
	made = made.UTC()
	z := zip.NewWriter(w)
	text := func(text string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
	}
	for _, part := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"[Content_Types].xml", text(contentTypes)},
		{"_rels/.rels", text(packageRelations)},
		{"docProps/core.xml", text(properties(doc.Title, made))},
		{"word/document.xml", func(w io.Writer) error { return document(w, doc) }},
		{"word/_rels/document.xml.rels", text(documentRelations)},
		{"word/styles.xml", text(styles)},
		{"word/settings.xml", text(settings)},
		{"word/header-first.xml", text(headerFirst)},
		{"word/header.xml", text(header)},
		{"word/footer.xml", text(footer(doc.Footer))},
	} {
		f, err := z.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate, Modified: zipTime(made)})
		if err != nil {
			return fmt.Errorf("docx: %w", err)
		}
		if err := part.write(f); err != nil {
			return fmt.Errorf("docx: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("docx: %w", err)
	}
	return nil
}

// zipTime is the time of a part: a zip knows none before 1980.
func zipTime(t time.Time) time.Time {
	if first := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC); t.Before(first) {
		return first
	}
	return t
}
