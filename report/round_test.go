package report_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report"
	"github.com/homphieu/homphieu/report/cms"
	"github.com/homphieu/homphieu/report/identity"
	"github.com/homphieu/homphieu/report/pades"
	"github.com/homphieu/homphieu/report/paper/papertest"
)

var _ round.Press = (*report.Press)(nil)

func printedRound(t testing.TB, p *report.Press, c *round.Consolidation) files {
	t.Helper()
	list, err := p.PrintRound(c)
	ok(t, err)
	all := files{}
	for _, f := range list {
		if _, twice := all[f.Name]; twice {
			t.Errorf("%s is printed twice", f.Name)
		}
		all[f.Name] = f
	}
	return all
}

// All files of a round are printed under the names that RoundNames says; the
// papers are sealed and have one place to sign; the manifest names the rest.
func TestPrintRound(t *testing.T) {
	for name, c := range map[string]*round.Consolidation{"whole": papertest.Consolidation(t), "public": papertest.PublicConsolidation(t)} {
		press := newPress(t)
		all := printedRound(t, press, c)
		if got, want := slices.Sorted(maps.Keys(all)), slices.Sorted(slices.Values(report.RoundNames(c))); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		if _, there := all[meeting.AssessmentFile]; there == c.Public {
			t.Errorf("%s: assessment %v", name, there)
		}
		checkManifest(t, press, all)
		for _, paper := range []string{report.ConsolidatedFile, report.CoverFile} {
			r, err := pades.Verify(all[paper].Content, cms.Trust{Roots: rootsOf(t, all), At: now})
			ok(t, err)
			if s := r.Signatures; len(s) != 1 || !s[0].OK() || !s[0].Whole || !s[0].Certifies || s[0].Field != report.SealField {
				t.Errorf("%s: %s: %+v", name, paper, s)
			}
			if got, err := pades.EmptyFields(all[paper].Content); err != nil || !slices.Equal(got, []string{"head"}) {
				t.Errorf("%s: %s: places %v, %v", name, paper, got, err)
			}
		}
	}
}

// The head of the office signs both papers, and the press tells who it was; what
// was changed otherwise does not come back.
func TestCheckRound(t *testing.T) {
	press, people := newPress(t), newAuthority(t, "Cơ quan chứng thực")
	all := printedRound(t, press, papertest.Consolidation(t))
	for _, paper := range []string{report.ConsolidatedFile, report.CoverFile} {
		signed := sign(t, all[paper].Content, issue(t, people, "Nguyễn Trọng Ánh Đông"), "head", now)
		got, err := press.Check(all[paper].Content, signed)
		if err != nil || len(got) != 2 || got[1].Signer != "Nguyễn Trọng Ánh Đông" || got[1].Seal {
			t.Errorf("%s: %+v, %v", paper, got, err)
		}
		if _, err := press.Check(all[paper].Content, bytes.Replace(signed, []byte("/Subtype /Widget"), []byte("/Subtype /Wodget"), 1)); !errors.Is(err, meeting.ErrReturned) {
			t.Errorf("%s: a changed paper: %v", paper, err)
		}
	}
	if _, err := press.Check(all[report.CoverFile].Content, all[report.ConsolidatedFile].Content); !errors.Is(err, meeting.ErrReturned) {
		t.Errorf("another paper: %v", err)
	}
}

// The report says the numbers of consolidated.json, whose hash stands on every
// page of both papers and which lies in the report byte for byte.
func TestRoundSaysItsData(t *testing.T) {
	all := printedRound(t, newPress(t), papertest.Consolidation(t))
	content := all[report.ConsolidatedDataFile].Content
	sum := sha256.Sum256(content)
	dir := t.TempDir()
	for _, paper := range []string{report.ConsolidatedFile, report.CoverFile} {
		file := filepath.Join(dir, paper)
		ok(t, os.WriteFile(file, all[paper].Content, 0o600))
		for i, page := range strings.Split(strings.TrimSuffix(run(t, "pdftotext", "-raw", file, "-"), "\f"), "\f") {
			if !strings.Contains(page, "SHA-256 của consolidated.json: "+hex.EncodeToString(sum[:])) {
				t.Errorf("%s, page %d: no hash:\n%s", paper, i+1, page)
			}
		}
	}
	run(t, "pdfdetach", "-saveall", "-o", dir, filepath.Join(dir, report.ConsolidatedFile))
	if inside, err := os.ReadFile(filepath.Join(dir, report.ConsolidatedDataFile)); err != nil || !bytes.Equal(inside, content) {
		t.Errorf("%d bytes inside, %d beside, %v", len(inside), len(content), err)
	}
	sayNumbers(t, run(t, "pdftotext", "-layout", filepath.Join(dir, report.ConsolidatedFile), "-"), content)
}

// sayNumbers checks that each person of consolidated.json has a line with all
// the numbers.
func sayNumbers(t *testing.T, text string, content []byte) {
	t.Helper()
	var all struct {
		Kinds []struct {
			Agencies []struct {
				Polls []struct {
					Counts struct{ Summoned, Present, Issued, Collected int }
					People []struct {
						Number int
						Votes  struct {
							High, Confidence, Low, Valid, Invalid int
							HighPercent                           string `json:"high_percent"`
							ConfidencePercent                     string `json:"confidence_percent"`
							LowPercent                            string `json:"low_percent"`
						}
					}
				}
			}
		}
	}
	ok(t, json.Unmarshal(content, &all))
	people := 0
	for _, k := range all.Kinds {
		for _, a := range k.Agencies {
			for _, p := range a.Polls {
				for _, r := range p.People {
					people++
					v := r.Votes
					want := fmt.Sprintf(`(?m)^ *%d .* %d +%d +%d +%d +%d +%d +%d +%s +%d +%s +%d +%s( +Xem mục 6)?$`, r.Number,
						p.Counts.Summoned, p.Counts.Present, p.Counts.Issued, p.Counts.Collected, v.Valid, v.Invalid, v.High, v.HighPercent, v.Confidence, v.ConfidencePercent, v.Low, v.LowPercent)
					if !regexp.MustCompile(want).MatchString(text) {
						t.Errorf("%s is not in\n%s", want, text)
					}
				}
			}
		}
	}
	if people < 30 {
		t.Errorf("%d people", people)
	}
}

// The same consolidation under the same seal gives the same files, whatever the
// time.
func TestPrintRoundTwice(t *testing.T) {
	first := newPress(t)
	second := &report.Press{Seal: first.Seal, Program: first.Program, Clock: func() time.Time { return now.Add(time.Hour) }}
	c := papertest.Consolidation(t)
	again := printedRound(t, second, c)
	for name, f := range printedRound(t, first, c) {
		if kind := filepath.Ext(name); kind != ".pdf" && kind != ".p7s" && !bytes.Equal(f.Content, again[name].Content) {
			t.Errorf("%s differs", name)
		}
	}
}

// Whatever names are, all files are printed.
func TestPrintRoundHostile(t *testing.T) {
	for name := range papertest.Hostile {
		c := papertest.HostileConsolidation(t, name)
		if all := printedRound(t, newPress(t), c); len(all) != len(report.RoundNames(c)) {
			t.Errorf("%q: %d files", name, len(all))
		}
	}
}

// A seal that has run out prints nothing, and each paper is named that it spoils.
func TestPrintRoundRefused(t *testing.T) {
	press := newPress(t)
	press.Clock = func() time.Time { return now.AddDate(6, 0, 0) }
	_, err := press.PrintRound(papertest.Consolidation(t))
	if !errors.Is(err, identity.ErrExpired) || !strings.Contains(err.Error(), report.ConsolidatedFile+": ") || !strings.Contains(err.Error(), report.CoverFile+": ") {
		t.Error(err)
	}
}

// All papers and files of 2,000 polls with 20 persons each.
func BenchmarkPrintRound(b *testing.B) {
	press, c := newPress(b), papertest.LargeConsolidation(b, 1000, 20)
	for b.Loop() {
		printedRound(b, press, c)
	}
}
