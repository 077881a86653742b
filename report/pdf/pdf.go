// Package pdf draws a [paper.Document] as a PDF: A4, in Liberation Serif, whose
// letters are as wide as those of Times New Roman, with the margins of Hướng
// dẫn 36-HD/VPTW, which are also within those of Nghị định 30/2020/NĐ-CP.
//
//	┌───────────────────────────────┐
//	│ 20 mm        2                │  the page's number, from the second on
//	│   ┌───────────────────────┐   │
//	│30 │ header   header       │15 │
//	│   │      HEADING          │   │
//	│   │ body, tables, chart   │   │  heads of tables again on each page,
//	│   │ signatures            │   │  rows whole
//	│   └───────────────────────┘   │
//	│ 20 mm   SHA-256 of the result │  on every page
//	└───────────────────────────────┘
//
// The file is of the plain kind, with a cross-reference table, that people sign
// by adding to its end; [Layout] says where their signatures may be shown. The
// same document and attachments give the same bytes.
package pdf

import (
	"errors"
	"fmt"
	"io"

	"github.com/homphieu/homphieu/report/paper"
)

// ErrDraw is returned for a document that cannot be drawn, which would be a
// mistake of this program: no text can be the cause (FuzzWrite).
var ErrDraw = errors.New("pdf: not drawn")

// A Layout tells what stands where in a file.
type Layout struct {
	Pages  int
	Fields []Field // in the order of the document's signatures
}

// A Field is the room between a signer's title and name.
type Field struct {
	Name string // of the [paper.Signature]
	Page int    // from 1
	// Left, Bottom, Right and Top are in points from the page's lower left
	// corner, as in the Rect of an annotation.
	Left, Bottom, Right, Top float64
}

// Write writes the document with the attachments. Every text passes
// typeset.Clean. w is left untouched unless the error is w's own; the others
// are [ErrAttachment] and [ErrDraw].
func Write(w io.Writer, doc *paper.Document, attachments []Attachment) (layout Layout, err error) {
	if err := checkAttachments(attachments); err != nil {
		return Layout{}, err
	}
	content, layout, err := draw(doc)
	if err != nil {
		return Layout{}, err
	}
	if _, err := w.Write(finish(content, doc, attachments)); err != nil {
		return Layout{}, fmt.Errorf("pdf: %w", err)
	}
	return layout, nil
}

// draw returns the document as the PDF library writes it. A panic of the
// library becomes an error.
func draw(doc *paper.Document) (content []byte, layout Layout, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", ErrDraw, r)
		}
	}()
	p := newPainter(doc)
	p.header(&doc.Header)
	for i, b := range doc.Body {
		p.block(b, doc.Body[i+1:])
	}
	p.signatures(doc.Signatures, doc.Recipients)
	p.number()
	content, err = p.bytes()
	if err != nil {
		return nil, Layout{}, fmt.Errorf("%w: %w", ErrDraw, err)
	}
	return content, p.layout, nil
}
