package data_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report/data"
)

// soffice converts a file with LibreOffice under a profile of its own, and
// returns the folder with what came of it. Options come first.
func soffice(t *testing.T, name string, content []byte, to string, options ...string) string {
	t.Helper()
	dir := t.TempDir()
	in := filepath.Join(dir, name)
	if err := os.WriteFile(in, content, 0o600); err != nil {
		t.Fatal(err)
	}
	profile := "-env:UserInstallation=file://" + filepath.ToSlash(t.TempDir())
	args := append([]string{"--headless", "--norestore", profile}, append(options, "--convert-to", to, "--outdir", dir, in)...)
	command := exec.Command("soffice", args...)
	command.Env = append(os.Environ(), "LC_ALL=C.UTF-8") // for the names of sheets in those of files
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("soffice (Debian: libreoffice-calc-nogui): %v\n%s", err, out)
	}
	return dir
}

// sheetsOfLibreOffice returns the sheets of a workbook as LibreOffice shows
// them.
func sheetsOfLibreOffice(t *testing.T, content []byte) map[string][][]string {
	t.Helper()
	// Comma, quotes, UTF-8, from the first line, texts and numbers as shown, all sheets.
	dir := soffice(t, "result.xlsx", content, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1")
	all := map[string][][]string{}
	for _, sheet := range []string{data.ResultsSheet, data.ReconciliationSheet, data.SourcesSheet} {
		text, err := os.ReadFile(filepath.Join(dir, "result-"+sheet+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
		reader.FieldsPerRecord = -1
		if all[sheet], err = reader.ReadAll(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// LibreOffice opens the workbook and shows every number as the papers have it,
// and hostile names as they are.
func TestLibreOfficeOpensXLSX(t *testing.T) {
	for _, o := range []*meeting.Outcome{department(t), crowd(t)} {
		sheets := sheetsOfLibreOffice(t, workbook(t, o))
		rows := sheets[data.ResultsSheet]
		if len(rows) < len(o.People)+1 || len(sheets[data.SourcesSheet]) < 5 || len(sheets[data.ReconciliationSheet]) < 5 {
			t.Fatalf("%d, %d and %d rows", len(rows), len(sheets[data.SourcesSheet]), len(sheets[data.ReconciliationSheet]))
		}
		for i, p := range o.People {
			percent := func(s meeting.Share) string { return strings.Replace(s.Percent, ",", ".", 1) + "%" }
			want := []string{
				strconv.Itoa(i + 1), kept(p.Block), kept(p.Name), p.Post,
				strconv.Itoa(p.High.Votes), percent(p.High), strconv.Itoa(p.Confidence.Votes), percent(p.Confidence), strconv.Itoa(p.Low.Votes), percent(p.Low),
				strconv.Itoa(p.Invalid), strconv.Itoa(p.Valid()), strconv.Itoa(o.Collected),
			}
			for column, text := range want {
				if got := rows[i+1][column]; strings.TrimSpace(got) != strings.TrimSpace(text) {
					t.Errorf("row %d, column %d: %q, want %q", i+1, column+1, got, text)
				}
			}
		}
	}
}

// formulasOfLibreOffice returns the formulas that LibreOffice makes of a table
// with such characters between cells, and how many rows.
func formulasOfLibreOffice(t *testing.T, table []byte, between int) (formulas []string, rows int) {
	t.Helper()
	// Quotes, UTF-8, from the first line; no cell is a text by decree, and formulas are computed.
	options := fmt.Sprintf("--infilter=CSV:%d,34,76,1,,0,false,true,false,false,false,0,true", between)
	content, err := os.ReadFile(filepath.Join(soffice(t, "result.csv", table, "xlsx", options), "result.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	f := open(t, content)
	name := f.GetSheetList()[0]
	cells, err := f.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range cells {
		for j := range row {
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			if formula, err := f.GetCellFormula(name, cell); err != nil || formula != "" {
				formulas = append(formulas, fmt.Sprintf("%s: %s%v", cell, formula, err))
			}
		}
	}
	return formulas, len(cells)
}

// LibreOffice reads the table for programs as well, and computes nothing in it,
// whether it takes commas or semicolons for what stands between cells.
func TestLibreOfficeOpensCSV(t *testing.T) {
	o := crowd(t)
	for _, between := range []int{',', ';'} {
		found, rows := formulasOfLibreOffice(t, table(t, o), between)
		if found != nil || rows < len(o.People)+1 {
			t.Errorf("%c: %d rows, %q", between, rows, found)
		}
		// It would compute what it takes for a formula.
		if found, _ := formulasOfLibreOffice(t, fmt.Appendf(nil, "a,Khối%c=1+1,b\r\n", between), between); len(found) != 1 {
			t.Errorf("%c: %q", between, found)
		}
	}
}
