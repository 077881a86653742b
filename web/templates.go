package web

import (
	"embed"
	"html/template"
	"io"
)

//go:embed pages
var pages embed.FS

// templates are the pages made by the server: one base, and one file per page.
var templates = func() map[string]*template.Template {
	base := template.Must(template.ParseFS(pages, "pages/base.html"))
	out := map[string]*template.Template{}
	for _, name := range []string{"home", "board", "tracker", "trial", "problem"} {
		out[name] = template.Must(template.Must(base.Clone()).ParseFS(pages, "pages/"+name+".html"))
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
