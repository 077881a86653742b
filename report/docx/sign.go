package docx

import (
	"strings"

	"github.com/homphieu/homphieu/report/paper"
)

const (
	perRow     = 3
	signRoom   = 26.0 // between title and name, mm
	mostBeside = 12   // recipients beside signatures; longer lists go under them
	// blankName stands under the place of a signature without a name.
	blankName = "…………………………"
)

// signatures draws the places to sign, at most three in a row. The recipients
// take the first place, unless they are too many.
func (d *drawer) signatures(all []paper.Signature, recipients []string) {
	beside := recipients
	if len(recipients) > mostBeside || len(all) == 0 {
		beside = nil
	}
	under := len(beside) == 0
	d.put(gap)
	for len(all) > 0 {
		room := perRow
		if len(beside) > 0 {
			room--
		}
		n := min(room, len(all))
		d.put(d.signRows(all[:n], beside) + gap)
		all, beside = all[n:], nil
	}
	if len(recipients) > 0 && under {
		d.put(recipientList(recipients))
	}
}

// signRows is a table without borders: titles, room to sign, names.
func (d *drawer) signRows(all []paper.Signature, recipients []string) string {
	n := len(all)
	if len(recipients) > 0 {
		n++
	}
	widths := make([]int, n)
	for i := range widths {
		widths[i] = mm(d.page.TextWidth) / n
	}
	var heads, rooms, names []string
	if len(recipients) > 0 {
		heads = append(heads, cell(cellForm{width: widths[0], merge: "restart"}, recipientList(recipients)))
		rooms = append(rooms, cell(cellForm{width: widths[0], merge: "continue"}, thin))
		names = append(names, cell(cellForm{width: widths[0], merge: "continue"}, thin))
	}
	for _, s := range all {
		f := cellForm{width: widths[0]}
		heads = append(heads, cell(f, signHead(s)))
		rooms = append(rooms, cell(f, paragraph(form{"Signature", paper.Center, true})))
		name := s.Name
		if name == "" {
			name = blankName
		}
		names = append(names, cell(f, line(form{"Signature", paper.Center, false}, name, face{bold: true})))
	}
	return table("Layout", widths, row(rowForm{}, heads...), row(rowForm{height: mm(signRoom)}, rooms...), row(rowForm{}, names...))
}

func signHead(s paper.Signature) string {
	f := form{"Signature", paper.Center, true}
	head := line(f, s.Title, face{bold: true})
	if s.Above != "" {
		head = line(f, s.Above, face{bold: true}) + head
	}
	return head
}

// recipientList is the list under "Nơi nhận", each line with a dash.
func recipientList(recipients []string) string {
	f := form{"Recipients", paper.Left, false}
	var b strings.Builder
	b.WriteString(line(f, "Nơi nhận:", face{bold: true, italic: true, size: noteSize + 1}))
	for _, r := range recipients {
		b.WriteString(line(f, recipient(r), face{}))
	}
	return b.String()
}

// recipient is a line with its dash.
func recipient(text string) string {
	if strings.HasPrefix(text, "-") {
		return text
	}
	return "- " + text
}
