package web

import (
	"crypto/sha512"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
)

//go:embed pages
var pages embed.FS

// officePages are the pages of a meeting, which share the layout of office.html.
var officePages = []string{
	"meetings", "new", "overview", "plan", "preparation", "people", "documents", "board", "seats", "link", "attendance", "keys",
	"drawup", "slips", "desk", "rehearsal", "seal", "opening", "voting", "closing", "tally", "papers", "round", "result", "groups", "log", "abandon",
}

// roundPages are the pages of the superior, which share the layout of
// rounds.html.
var roundPages = []string{
	"list", "new", "agencies", "directory", "agency", "follow", "poll", "calendar", "reminders", "packages", "package", "people",
	"result", "report", "edit", "expected",
}

// templates are the pages made by the server: one base, and one file per page.
var templates = func() map[string]*template.Template {
	base := template.Must(template.New("").Funcs(template.FuncMap{"integrity": integrity}).ParseFS(pages, "pages/base.html"))
	out := map[string]*template.Template{}
	for _, name := range []string{
		"home", "board", "tracker", "check", "check-list", "trial", "problem",
		"claim", "login", "enter", "staff", "accounts", "audit", "projector", "round-public",
	} {
		out[name] = template.Must(template.Must(base.Clone()).ParseFS(pages, "pages/"+name+".html"))
	}
	office := template.Must(template.Must(base.Clone()).ParseFS(pages, "pages/office.html", "pages/office-parts.html"))
	for _, name := range officePages {
		name = "office-" + name
		out[name] = template.Must(template.Must(office.Clone()).ParseFS(pages, "pages/"+name+".html"))
	}
	rounds := template.Must(template.Must(office.Clone()).ParseFS(pages, "pages/rounds.html", "pages/round-parts.html"))
	for _, name := range roundPages {
		name = "round-" + name
		out[name] = template.Must(template.Must(rounds.Clone()).ParseFS(pages, "pages/"+name+".html"))
	}
	return out
}()

// Render writes the page of the given name with its data. It panics on a name
// that no page has.
func Render(w io.Writer, name string, data any) error {
	t := templates[name]
	if t == nil {
		panic("web: no page " + name)
	}
	return t.ExecuteTemplate(w, "base", data)
}

// integrity is the value of an integrity attribute for an asset: W3C
// Subresource Integrity.
func integrity(name string) string {
	sum := sha512.Sum384(mustRead(name))
	return "sha384-" + base64.StdEncoding.EncodeToString(sum[:])
}
