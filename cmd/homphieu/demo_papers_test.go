package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/report"
)

// judge runs a program of others in a folder and returns what it says, whatever it thinks.
func judge(t *testing.T, folder, name string, args ...string) (string, error) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), name, args...)
	command.Dir = folder
	said, err := command.CombinedOutput()
	return string(said), err
}

func office(t *testing.T, folder, name string, args ...string) string {
	t.Helper()
	said, err := judge(t, folder, name, args...)
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, said)
	}
	return said
}

// demoFolder holds a demonstration of a small table and returns its folder.
func demoFolder(t *testing.T) string {
	t.Helper()
	out := t.TempDir()
	table := filepath.Join(out, "table.csv")
	text := "# collected=12 members=15 summoned=15 present=13 ruleset=nq96_2023\ntitle,high,confidence,low\n" +
		"Chủ nhiệm Ủy ban Văn hóa,3,1,8\n\"Phó Chủ tịch <b>\"\"Ưỡng\"\"</b>\",0,5,7\nBí thư,12,0,0\n"
	if err := os.WriteFile(table, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"demo", "--out", out, "--table", table, "--voters", "13"}, t.Output()); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestDemoPapers looks at the papers of a demonstration as an office would:
// with programs that others wrote.
func TestDemoPapers(t *testing.T) {
	out := demoFolder(t)
	t.Run("signatures", func(t *testing.T) { checkSignatures(t, out) })
	t.Run("manifest", func(t *testing.T) { checkManifest(t, out) })
	t.Run("numbers", func(t *testing.T) { checkNumbers(t, out) })
	t.Run("groups", func(t *testing.T) { checkGroups(t, out) })
}

// checkSignatures lets pdfsig judge the signed papers, with the trial's
// authority trusted, and then with one byte of the text another.
func checkSignatures(t *testing.T, out string) {
	certificates := "sql:" + t.TempDir()
	office(t, out, "certutil", "-N", "-d", certificates, "--empty-password")
	office(t, out, "certutil", "-A", "-d", certificates, "-n", "trial", "-t", "CT,C,C", "-i", report.AuthorityFile)
	for name, signers := range map[string]int{"minutes.pdf": 5, "report.pdf": 3} { // three members and the chair, head and chair; the seal
		said := office(t, out, "pdfsig", "-nssdir", certificates, name)
		for _, what := range []string{"Signature is Valid", "Certificate is Trusted"} {
			if n := strings.Count(said, what); n != signers {
				t.Errorf("%s: %d times %s, want %d: %s", name, n, what, signers, said)
			}
		}
		if strings.Contains(said, "not signed") {
			t.Errorf("%s: places are left: %s", name, said)
		}
		office(t, out, "qpdf", "--check", name)
		content, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		flipped := bytes.Clone(content)
		flipped[bytes.Index(flipped, []byte("stream"))+20] ^= 1
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		if said, _ := judge(t, out, "pdfsig", "-nssdir", certificates, path); strings.Count(said, "Digest Mismatch") != signers {
			t.Errorf("%s with a byte flipped: %s", name, said)
		}
		if text := office(t, out, "pdfinfo", name); !regexp.MustCompile(`(?m)^Title: +\S`).MatchString(text) {
			t.Errorf("%s: no title: %s", name, text)
		}
	}
}

// checkManifest lets openssl judge the signature of the manifest, of the bytes
// as they are and in the canonical form of S/MIME, and compares the files.
func checkManifest(t *testing.T, out string) {
	verify := []string{"cms", "-verify", "-inform", "DER", "-in", report.SignatureFile, "-content", report.ManifestFile, "-CAfile", report.AuthorityFile, "-out", os.DevNull}
	for _, more := range [][]string{nil, {"-binary"}, {"-binary", "-cades"}} {
		office(t, out, "openssl", append(verify, more...)...)
	}
	var manifest struct {
		Files []struct{ Name, SHA256 string }
	}
	readJSON(t, filepath.Join(out, report.ManifestFile), &manifest)
	listed := map[string]bool{}
	for _, f := range manifest.Files {
		listed[f.Name] = true
		if sum := strings.Fields(office(t, out, "sha256sum", f.Name))[0]; sum != f.SHA256 {
			t.Errorf("%s: %s, the manifest says %s", f.Name, sum, f.SHA256)
		}
	}
	for _, name := range report.Names(3) {
		own := name == report.ManifestFile || name == report.SignatureFile || strings.HasSuffix(name, ".pdf")
		if listed[name] == own {
			t.Errorf("%s in the manifest: %v", name, !own)
		}
	}
	text, err := os.ReadFile(filepath.Join(out, report.ManifestFile))
	if err != nil {
		t.Fatal(err)
	}
	altered := filepath.Join(t.TempDir(), "altered.json")
	if err := os.WriteFile(altered, bytes.Replace(text, []byte("result"), []byte("resulT"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	verify[6] = altered
	if said, err := judge(t, out, "openssl", verify...); err == nil {
		t.Errorf("an altered manifest is accepted: %s", said)
	}
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// demoResult is what result.json says at least.
type demoResult struct {
	Schema, Election, RuleSet                  string
	Base, Summoned, Present, Issued, Collected int
	People                                     []demoPerson
}

type demoPerson struct {
	Title                          string
	High, Confidence, Low, Invalid int
	HighPercent                    string `json:"high_percent"`
	ConfidencePercent              string `json:"confidence_percent"`
	LowPercent                     string `json:"low_percent"`
}

// checkNumbers reads the numbers out of the drawn papers and compares them with
// result.json, which also lies inside of them.
func checkNumbers(t *testing.T, out string) {
	var r demoResult
	readJSON(t, filepath.Join(out, report.ResultFile), &r)
	if r.RuleSet != "nq96_2023" || r.Base != 12 || r.Summoned != 15 || r.Present != 13 || r.Issued != 13 || r.Collected != 12 || len(r.People) != 3 {
		t.Errorf("%+v", r)
	}
	if want := (demoPerson{"Chủ nhiệm Ủy ban Văn hóa", 3, 1, 8, 0, "25,00", "8,33", "66,67"}); r.People[0] != want {
		t.Errorf("%+v", r.People[0])
	}
	for _, name := range []string{"minutes.pdf", "report.pdf"} {
		text := strings.Join(strings.Fields(office(t, out, "pdftotext", "-layout", name, "-")), " ")
		for _, p := range r.People {
			row := fmt.Sprintf("%d %s %d %s %d %s %d", p.High, p.HighPercent, p.Confidence, p.ConfidencePercent, p.Low, p.LowPercent, p.Invalid)
			if !strings.Contains(text, row) {
				t.Errorf("%s: %q is not in %s", name, row, text)
			}
		}
		folder := t.TempDir()
		office(t, out, "pdfdetach", "-saveall", "-o", folder, name)
		inside, err := os.ReadFile(filepath.Join(folder, report.ResultFile))
		if err != nil {
			t.Fatal(err)
		}
		outside, err := os.ReadFile(filepath.Join(out, report.ResultFile))
		if err != nil || !bytes.Equal(inside, outside) {
			t.Errorf("%s: the result inside is another, %v", name, err)
		}
	}
}

// checkGroups compares the groups with the counts.
func checkGroups(t *testing.T, out string) {
	var a struct {
		Schema, Election, RuleSet string
		People                    []struct{ Title, Threshold string }
	}
	readJSON(t, filepath.Join(out, "assessment.json"), &a)
	got := ""
	for _, p := range a.People {
		got += p.Threshold + " "
	}
	if a.RuleSet != "nq96_2023" || got != "high mid none " {
		t.Errorf("%+v", a)
	}
}
