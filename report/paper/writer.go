package paper

import "fmt"

// A writer writes the body of a paper from top to bottom.
type writer struct {
	body []Block
}

// add adds a block.
func (w *writer) add(b Block) { w.body = append(w.body, b) }

// say adds a paragraph of running text.
func (w *writer) say(text string) { w.add(Paragraph{Runs: []Run{{Text: text}}}) }

// sayf is say with a format.
func (w *writer) sayf(format string, args ...any) { w.say(fmt.Sprintf(format, args...)) }

// head adds the heading of a part, which keeps with what follows.
func (w *writer) head(text string) {
	w.add(Paragraph{Runs: []Run{{Text: text, Bold: true}}, Keep: true})
}

// note adds a line in small type.
func (w *writer) note(text string) {
	w.add(Paragraph{Runs: []Run{{Text: text, Italic: true}}, Small: true})
}
