package docs_test

import (
	"cmp"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A row is one line of a fenced table of ARCHITECTURE.md: a name, its mark, the
// names it is about, and the reason, if the table gives one.
type row struct {
	name, mark string
	names      []string
	reason     string
}

// A source is a package of the module: what its files import, and what its test files import.
type source struct {
	imports, tests map[string]bool
}

// table returns the rows of the block fenced with ```kind, without its heading.
func table(t *testing.T, kind string) []row {
	t.Helper()
	page, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, found := strings.Cut(string(page), "```"+kind+"\n")
	block, _, closed := strings.Cut(block, "\n```")
	if !found || !closed {
		t.Fatalf("ARCHITECTURE.md: no block %s", kind)
	}
	var rows []row
	for line := range strings.Lines(block) {
		rows = append(rows, parse(line))
	}
	return rows[1:]
}

func parse(line string) row {
	left, right, _ := strings.Cut(line, ":")
	right, reason, _ := strings.Cut(right, " - ")
	name, mark, _ := strings.Cut(strings.TrimSpace(left), " ")
	return row{name, strings.TrimSpace(mark), strings.Fields(right), strings.TrimSpace(reason)}
}

// covers tells whether pattern x, x/* or * stands for the package.
func covers(pattern, name string) bool {
	base, wild := strings.CutSuffix(pattern, "/*")
	return pattern == "*" || name == base || wild && strings.HasPrefix(name, base+"/")
}

func anyCovers(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return covers(p, name) })
}

// below tells whether an import path is a library or one of its packages.
func below(library, path string) bool {
	return path == library || strings.HasPrefix(path, library+"/")
}

// module returns the module's path, as go.mod names it.
func module(t *testing.T) string {
	t.Helper()
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(mod), "\n")
	return strings.TrimPrefix(line, "module ")
}

// sources reads the imports of every package from the files themselves: what
// the go command remembers of them can be stale.
func sources(t *testing.T) map[string]source {
	t.Helper()
	all := make(map[string]source)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != ".." && (ignored(d.Name()) || isModule(path)):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".go"):
			return read(all, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// ignored tells whether the go command does not look into a folder.
func ignored(folder string) bool {
	return strings.HasPrefix(folder, ".") || strings.HasPrefix(folder, "_") ||
		slices.Contains([]string{"testdata", "vendor", "node_modules"}, folder)
}

// isModule tells whether a folder is a module of its own, whose imports are not this
// one's.
func isModule(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, "go.mod"))
	return err == nil
}

func read(all map[string]source, path string) error {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		return err
	}
	name := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), ".."+string(filepath.Separator)))
	if _, known := all[name]; !known {
		all[name] = source{make(map[string]bool), make(map[string]bool)}
	}
	into := all[name].imports
	if strings.HasSuffix(path, "_test.go") {
		into = all[name].tests
	}
	for _, i := range file.Imports {
		imported, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return err
		}
		into[imported] = true
	}
	return nil
}

func isTest(name string) bool { return strings.HasSuffix(name, "test") }

// The table has a line for each package, and each package a line.
func TestTableIsComplete(t *testing.T) {
	all := sources(t)
	rows := table(t, "imports")
	for _, r := range rows {
		_, exists := all[r.name]
		switch {
		case !exists && r.mark == "":
			t.Errorf("%s is in the table, but there is no such package; write %q if there will be", r.name, r.name+" planned")
		case exists && r.mark == "planned":
			t.Errorf("%s exists: take away its mark %q", r.name, r.mark)
		case r.mark != "" && r.mark != "planned":
			t.Errorf("%s: unknown mark %q", r.name, r.mark)
		}
	}
	for name := range all {
		if !slices.ContainsFunc(rows, func(r row) bool { return r.name == name }) {
			t.Errorf("%s is not in the table: give it a line in its layer", name)
		}
	}
}

// A line of the table names packages of lines above it alone.
func TestTableIsLayered(t *testing.T) {
	var above []string
	for _, r := range table(t, "imports") {
		for _, pattern := range r.names {
			if !slices.ContainsFunc(above, func(name string) bool { return covers(pattern, name) }) {
				t.Errorf("%s may import %s, which does not stand above it", r.name, pattern)
			}
		}
		if slices.Contains(above, r.name) {
			t.Errorf("%s has two lines", r.name)
		}
		above = append(above, r.name)
	}
}

// No package imports another of the module that its line does not name, and
// none but tests imports a package made for tests.
func TestImportsAreInTheTable(t *testing.T) {
	all, prefix := sources(t), module(t)+"/"
	var above []string
	for _, r := range table(t, "imports") {
		for path := range all[r.name].imports {
			name, own := strings.CutPrefix(path, prefix)
			switch {
			case !own:
			case !slices.Contains(above, name) || !anyCovers(r.names, name):
				t.Errorf("%s imports %s: its line in ARCHITECTURE.md does not allow it", r.name, name)
			case isTest(name) && !isTest(r.name):
				t.Errorf("%s imports %s, which is for tests alone", r.name, name)
			}
		}
		above = append(above, r.name)
	}
}

// The engines of verification are behind the group, whatever "*" allows; that of
// eight lanes takes the digits of its tables from that of one.
func TestEnginesAreBehindTheGroup(t *testing.T) {
	own, used := module(t), 0
	for name, s := range sources(t) {
		for _, engine := range []string{"crypto/group/point", "crypto/group/lanes"} {
			switch {
			case !s.imports[own+"/"+engine]:
			case name == "crypto/group":
				used++
			case name == "crypto/group/lanes":
			default:
				t.Errorf("%s imports %s, which is for crypto/group alone", name, engine)
			}
		}
	}
	if used != 2 {
		t.Errorf("crypto/group has %d engines", used)
	}
}

// Every library is imported by its owners alone, and only libraries in the table are.
func TestLibrariesHaveOwners(t *testing.T) {
	all, rows, own := sources(t), table(t, "libraries"), module(t)
	for name, s := range all {
		for path := range s.imports {
			if standard(path) || below(own, path) {
				continue
			}
			if i := find(rows, path); i < 0 {
				t.Errorf("%s imports %s: no line in ARCHITECTURE.md", name, path)
			} else if !anyCovers(rows[i].names, name) && !(isTest(name) && slices.Contains(rows[i].names, "tests")) {
				t.Errorf("%s imports %s, which is for %s", name, path, strings.Join(rows[i].names, ", "))
			}
		}
		for path := range s.tests {
			if !standard(path) && !below(own, path) && find(rows, path) < 0 {
				t.Errorf("a test of %s imports %s: no line in ARCHITECTURE.md", name, path)
			}
		}
	}
}

func find(libraries []row, path string) int {
	return slices.IndexFunc(libraries, func(r row) bool { return below(r.name, path) })
}

// standard tells whether an import path belongs to the standard library: its first element has no dot.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// What a package must never import, it does not import through others either.
func TestNeverImported(t *testing.T) {
	all, own := sources(t), module(t)
	for _, r := range table(t, "never") {
		if len(r.names) == 0 || r.reason == "" {
			t.Errorf("%s: a line without names or reason", r.name)
		}
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if !covers(r.name, name) {
				continue
			}
			for path, through := range reach(all, own, name) {
				if slices.ContainsFunc(r.names, func(banned string) bool { return below(banned, path) }) {
					t.Errorf("%s imports %s through %s: %s", name, path, through, r.reason)
				}
			}
		}
	}
}

// reach returns everything a package imports, directly or through others of the
// module, each with the package whose file says so.
func reach(all map[string]source, own, name string) map[string]string {
	found := make(map[string]string)
	for todo := []string{name}; len(todo) > 0; todo = todo[1:] {
		for path := range all[todo[0]].imports {
			if found[path] == "" && below(own, path) {
				todo = append(todo, strings.TrimPrefix(path, own+"/"))
			}
			found[path] = cmp.Or(found[path], todo[0])
		}
	}
	return found
}

// The table in words and the table for the test name the same packages, in the same order.
func TestWordsMatchTable(t *testing.T) {
	page, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	var words, names []string
	for line := range strings.Lines(string(page)) {
		if cells := strings.Split(line, "|"); len(cells) == 5 && strings.Contains(cells[2], "`") {
			words = append(words, strings.Trim(cells[2], " `"))
		}
	}
	for _, r := range table(t, "imports") {
		names = append(names, r.name)
	}
	if !slices.Equal(words, names) {
		t.Errorf("in words: %v\nfor the test: %v", words, names)
	}
}
