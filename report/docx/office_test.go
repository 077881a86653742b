package docx_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/report/paper"
	"github.com/homphieu/homphieu/report/paper/papertest"
)

// run returns what a program prints.
func run(t *testing.T, debian, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s (Debian: %s): %v", name, debian, err)
	}
	return string(out)
}

// libreOffice opens a document with LibreOffice, under a profile of its own, and
// returns its text and the folder with its PDF.
func libreOffice(t *testing.T, d *paper.Document) (text, dir string) {
	t.Helper()
	dir = t.TempDir()
	in := filepath.Join(dir, "paper.docx")
	if err := os.WriteFile(in, write(t, d), 0o600); err != nil {
		t.Fatal(err)
	}
	profile := "-env:UserInstallation=file://" + filepath.ToSlash(t.TempDir())
	for _, to := range []string{"txt:Text (encoded):UTF8", "pdf"} {
		run(t, "libreoffice-writer-nogui", "soffice", "--headless", "--norestore", profile, "--convert-to", to, "--outdir", dir, in)
	}
	content, err := os.ReadFile(filepath.Join(dir, "paper.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(string(content), "\ufeff"), dir
}

// LibreOffice reads the text of the document, all of it and in its order.
func TestLibreOfficeReadsText(t *testing.T) {
	party, state, whole := papertest.Party(t), papertest.State(t), papertest.Consolidation(t)
	for name, d := range map[string]*paper.Document{
		"hostile": minutes(paper.State, 24),
		"party":   paper.NewMinutes(party, paper.StyleOf(party.Rules), papertest.Result),
		"state":   paper.NewReport(state, paper.StyleOf(state.Rules), papertest.Result),
		"round":   paper.NewConsolidated(whole, paper.Party, papertest.Result),
		"letter":  paper.NewCover(whole, paper.State, papertest.Result),
	} {
		got, _ := libreOffice(t, d)
		if name != "hostile" {
			d.Recipients, d.Signatures = nil, nil // texts knows those of minutes alone
		}
		rest := words(strings.Split(got, "\n"))
		for _, want := range strings.Split(strings.TrimSpace(words(texts(d))), "\n") {
			_, after, found := strings.Cut(rest, want)
			if !found {
				t.Errorf("%s: %q is not there, or not in its place", name, want)
				continue
			}
			rest = after
		}
	}
}

// On paper, every page has the hash, every page but the first its number, and
// every page of the table its head.
func TestLibreOfficePrintsPages(t *testing.T) {
	d := minutes(paper.Party, 150)
	d.Body = d.Body[:2]
	d.Signatures = d.Signatures[:2]
	_, dir := libreOffice(t, d)
	pages := strings.Split(strings.TrimSuffix(run(t, "poppler-utils", "pdftotext", "-layout", filepath.Join(dir, "paper.pdf"), "-"), "\f"), "\f")
	if len(pages) < 4 {
		t.Fatalf("%d pages", len(pages))
	}
	for i, page := range pages {
		first, _, _ := strings.Cut(strings.TrimSpace(page), "\n")
		if number := fmt.Sprint(i + 1); (strings.TrimSpace(first) == number) != (i > 0) {
			t.Errorf("page %d begins with %q", i+1, first)
		}
		if !strings.Contains(page, d.Footer) || strings.Contains(page, "66,60") != strings.Contains(page, "Họ và tên") {
			t.Errorf("page %d: no hash, or no head:\n%s", i+1, page)
		}
	}
	if got := run(t, "poppler-utils", "pdfinfo", filepath.Join(dir, "paper.pdf")); !strings.Contains(got, "A4") || !strings.Contains(got, d.Title) {
		t.Errorf("%s", got)
	}
}

// A consolidated report is printed on pages that are turned, each with the hash,
// and each that has rows with the table's head.
func TestLibreOfficePrintsLandscape(t *testing.T) {
	d := paper.NewConsolidated(papertest.LargeConsolidation(t, 12, 5), paper.Party, papertest.Result)
	_, dir := libreOffice(t, d)
	file := filepath.Join(dir, "paper.pdf")
	all := strings.Split(strings.TrimSuffix(run(t, "poppler-utils", "pdftotext", "-layout", file, "-"), "\f"), "\f")
	for i, page := range all {
		if !strings.Contains(page, d.Footer) || strings.Contains(page, "24/08/2023") != strings.Contains(page, "Chức vụ, chức danh") && i < len(all)-2 {
			t.Errorf("page %d: no hash, or no head:\n%s", i+1, page)
		}
	}
	info := run(t, "poppler-utils", "pdfinfo", "-l", "-1", file)
	if turned := strings.Count(info, "841.89 x 595.304 pts (A4)"); len(all) < 8 || turned != len(all) {
		t.Errorf("%d of %d pages are turned:\n%s", turned, len(all), info)
	}
}

// The slip of one person is one page.
func TestSlipIsOnePage(t *testing.T) {
	o := papertest.Party(t)
	_, dir := libreOffice(t, paper.NewSlip(o, 0, paper.StyleOf(o.Rules), papertest.Result))
	if got := run(t, "poppler-utils", "pdfinfo", filepath.Join(dir, "paper.pdf")); !strings.Contains(strings.Join(strings.Fields(got), " "), "Pages: 1 ") {
		t.Errorf("%s", got)
	}
}
