package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// root is the repository, seen from this folder.
const root = ".."

// pages returns the texts of all pages for people, by their path in the
// repository.
func pages(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/decisions/*.md"} {
		for _, path := range glob(t, pattern) {
			texts[path] = text(t, path)
		}
	}
	return texts
}

func glob(t *testing.T, pattern string) (paths []string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
	if err != nil || len(found) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(found), err)
	}
	for _, path := range found {
		rel, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, filepath.ToSlash(rel))
	}
	return paths
}

func text(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// corpus joins the files that the go command or the bundler looks at and that
// wanted chooses by their path.
func corpus(t *testing.T, wanted func(path string) bool) string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name := strings.TrimPrefix(filepath.ToSlash(path), root+"/")
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && ignored(d.Name()):
			return filepath.SkipDir
		case !d.IsDir() && wanted(name):
			files = append(files, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, name := range files {
		all.WriteString(text(t, name))
	}
	return all.String()
}

// isTestSource reports whether a file is a test, or part of a package for tests.
func isTestSource(path string) bool {
	return strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".test.ts") ||
		strings.HasSuffix(path, ".go") && isTest(filepath.Base(filepath.Dir(path)))
}

var (
	testName   = regexp.MustCompile("`((?:Test|Fuzz|Benchmark)[A-Z]\\w*)(…?)`")
	testSource = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`)
)

// Every test that a page names is there. "TestStory…" names all that begin so.
func TestNamedTestsExist(t *testing.T) {
	var names []string
	for _, found := range testSource.FindAllStringSubmatch(corpus(t, isTestSource), -1) {
		names = append(names, found[1])
	}
	for path, page := range pages(t) {
		for _, named := range testName.FindAllStringSubmatch(page, -1) {
			is := func(name string) bool {
				return name == named[1] || named[2] != "" && strings.HasPrefix(name, named[1])
			}
			if !slices.ContainsFunc(names, is) {
				t.Errorf("%s: no test is named %s", path, named[1])
			}
		}
	}
}

var (
	shown    = regexp.MustCompile(`(?s)\*\*Shown\*\* (.*?)\n\*\*`)
	caseName = regexp.MustCompile(`"([^"]+)"`)
)

// Every case of a test that docs/THREATS.md quotes is there.
func TestNamedCasesExist(t *testing.T) {
	sources, quoted := corpus(t, isTestSource), 0
	for _, part := range shown.FindAllStringSubmatch(text(t, "docs/THREATS.md"), -1) {
		for _, name := range caseName.FindAllStringSubmatch(part[1], -1) {
			quoted++
			if !strings.Contains(sources, `"`+name[1]+`"`) {
				t.Errorf("no test has the case %q", name[1])
			}
		}
	}
	if quoted == 0 {
		t.Error("no case was found on the page")
	}
}

var fileName = regexp.MustCompile("`((?:\\.ci|api|ballot|cmd|crypto|docs|meeting|report|store|tally|web)/[\\w./-]+\\.[a-z]+)`")

// Every file of the repository that a page names is there.
func TestNamedFilesExist(t *testing.T) {
	for path, page := range pages(t) {
		for _, named := range fileName.FindAllStringSubmatch(page, -1) {
			if _, err := os.Stat(filepath.Join(root, named[1])); err != nil {
				t.Errorf("%s: no file %s", path, named[1])
			}
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)|<img src="([^":]+)"`)

// Every link of a page to a file of the repository leads to one.
func TestLinksLeadToFiles(t *testing.T) {
	for path, page := range pages(t) {
		for _, found := range link.FindAllStringSubmatch(page, -1) {
			to := filepath.Join(root, filepath.Dir(path), found[1]+found[2])
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s: nothing at %s", path, found[1]+found[2])
			}
		}
	}
}

// section returns what stands below a heading, up to the next of its level.
func section(t *testing.T, page, heading string) string {
	t.Helper()
	_, below, found := strings.Cut(page, "\n"+heading+"\n")
	if !found {
		t.Fatalf("no heading %s", heading)
	}
	level, _, _ := strings.Cut(heading, " ")
	below, _, _ = strings.Cut(below, "\n"+level+" ")
	return below
}

var bold = regexp.MustCompile(`\*\*([^*]+)\*\*`)

// What the parts for officers print in bold stands on a page of the program,
// with anything in the place of "…": pages, buttons, what is said.
func TestBoldWordsStandOnPages(t *testing.T) {
	sources := corpus(t, func(path string) bool {
		return !isTestSource(path) && (strings.HasPrefix(path, "web/pages/") || strings.HasPrefix(path, "web/src/") ||
			strings.HasPrefix(path, "api/") || strings.HasPrefix(path, "meeting/"))
	})
	guide := text(t, "docs/GUIDE.md")
	for name, part := range map[string]string{
		"GUIDE.md 3": section(t, guide, "## 3. Dành cho người tổ chức"), "GUIDE.md 3, English": section(t, guide, "## 3. For officers"),
		"OPERATIONS.md": text(t, "docs/OPERATIONS.md"),
	} {
		for _, found := range bold.FindAllStringSubmatch(part, -1) {
			words := strings.ReplaceAll(regexp.QuoteMeta(found[1]), "…", ".{1,40}")
			if !regexp.MustCompile(words).MatchString(sources) {
				t.Errorf("%s: no page says %q", name, found[1])
			}
		}
	}
}
