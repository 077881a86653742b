package report_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report"
	"github.com/homphieu/homphieu/report/cms"
	"github.com/homphieu/homphieu/report/data"
	"github.com/homphieu/homphieu/report/identity"
	"github.com/homphieu/homphieu/report/pades"
	"github.com/homphieu/homphieu/report/paper"
	"github.com/homphieu/homphieu/report/paper/papertest"
	"github.com/homphieu/homphieu/tally"
)

var now = time.Date(2026, 12, 5, 9, 45, 0, 0, time.UTC)

func ok(t testing.TB, err error) {
	if err != nil {
		t.Helper()
		t.Fatal(err)
	}
}

func newAuthority(t testing.TB, name string) *identity.TrialCA {
	t.Helper()
	ca, err := identity.NewTrial(name, now)
	ok(t, err)
	return ca
}

func issue(t testing.TB, ca *identity.TrialCA, name string) identity.Identity {
	t.Helper()
	who, err := ca.Issue(name, "", now)
	ok(t, err)
	return who
}

// newPress is a press whose seal comes from an authority of its own.
func newPress(t testing.TB) *report.Press {
	t.Helper()
	seal := issue(t, newAuthority(t, "Máy chủ"), "Niêm phong của máy chủ")
	return &report.Press{Seal: seal, Program: "homphieu", Clock: func() time.Time { return now }}
}

// files are what a press printed, by name.
type files map[string]meeting.Printed

func printed(t testing.TB, p *report.Press, o *meeting.Outcome) files {
	t.Helper()
	list, err := p.Print(o)
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

func outcomes(t testing.TB) map[string]*meeting.Outcome {
	crowd := papertest.Party(t)
	for i := range 47 { // the largest board
		crowd.Board = append(crowd.Board, meeting.BoardMember{Name: fmt.Sprintf("Nguyễn Văn Thứ %d", i+1), Office: meeting.Ordinary})
	}
	return map[string]*meeting.Outcome{
		"Party": papertest.Party(t), "State": papertest.State(t), "sample": papertest.Bare(t),
		"large board": crowd, "long lists": papertest.Many(t, 12),
	}
}

// All files are printed under the names that Names says, as what they are.
func TestPrint(t *testing.T) {
	types := map[string]string{
		".pdf": "application/pdf", ".json": "application/json", ".csv": "text/csv; charset=utf-8", ".txt": "text/plain; charset=utf-8",
		".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		".p7s":  "application/pkcs7-signature", ".pem": "application/x-pem-file",
	}
	begins := map[string]string{".pdf": "%PDF-", ".json": "{", ".docx": "PK", ".xlsx": "PK", ".p7s": "0", ".pem": "-----BEGIN CERTIFICATE-----"}
	for name, o := range outcomes(t) {
		t.Run(name, func(t *testing.T) {
			press := newPress(t)
			all := printed(t, press, o)
			if got, want := slices.Sorted(maps.Keys(all)), slices.Sorted(slices.Values(report.Names(len(o.People)))); !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
			for _, f := range all {
				kind := filepath.Ext(f.Name)
				if f.MediaType != types[kind] || !strings.HasPrefix(string(f.Content), begins[kind]) {
					t.Errorf("%s: %s that begins with %.8q", f.Name, f.MediaType, f.Content)
				}
			}
			checkSealed(t, press, o, all)
			checkManifest(t, press, all)
		})
	}
}

// checkSealed checks that each PDF has the seal as its certification, and the
// places of the document's signatures, empty.
func checkSealed(t *testing.T, press *report.Press, o *meeting.Outcome, all files) {
	t.Helper()
	style := paper.StyleOf(o.Rules)
	sum := sha256.Sum256(all[report.ResultFile].Content)
	documents := map[string]*paper.Document{
		meeting.MinutesFile: paper.NewMinutes(o, style, sum), meeting.ReportFile: paper.NewReport(o, style, sum),
	}
	for i := range o.People {
		documents[fmt.Sprintf("person-%02d.pdf", i+1)] = paper.NewSlip(o, i, style, sum)
	}
	trust := cms.Trust{Roots: rootsOf(t, all), At: now}
	for name, d := range documents {
		r, err := pades.Verify(all[name].Content, trust)
		ok(t, err)
		if len(r.Signatures) != 1 {
			t.Fatalf("%s: %d signatures", name, len(r.Signatures))
		}
		s := r.Signatures[0]
		if !s.OK() || !s.Whole || !s.Certifies || s.Field != report.SealField || !s.Time.Equal(now) || !s.Signer.Equal(press.Seal.Chain[0]) {
			t.Errorf("%s: %+v", name, s)
		}
		var want []string
		for _, s := range d.Signatures {
			want = append(want, s.Field)
		}
		if got, err := pades.EmptyFields(all[name].Content); err != nil || len(want) < 2 || !slices.Equal(got, want) {
			t.Errorf("%s: places %v, want %v, %v", name, got, want, err)
		}
	}
}

// checkManifest checks that the manifest names all files but the PDFs, and that
// the server signed it.
func checkManifest(t *testing.T, press *report.Press, all files) {
	t.Helper()
	manifest := all[report.ManifestFile].Content
	listed := map[string][]byte{}
	for name, f := range all {
		if filepath.Ext(name) != ".pdf" && name != report.ManifestFile && name != report.SignatureFile {
			listed[name] = f.Content
		}
	}
	ok(t, data.VerifyManifest(manifest, listed))
	s, err := cms.Verify(all[report.SignatureFile].Content, bytes.NewReader(manifest), cms.Trust{Roots: rootsOf(t, all), At: now})
	ok(t, err)
	if !s.Signer.Equal(press.Seal.Chain[0]) || !s.Time.Equal(now) {
		t.Errorf("signed by %v at %v", s.Signer.Subject, s.Time)
	}
	_, err = cms.Verify(all[report.SignatureFile].Content, bytes.NewReader(append(manifest, '\n')), cms.Trust{})
	if !errors.Is(err, cms.ErrDigest) {
		t.Errorf("another manifest: %v", err)
	}
}

// A seal that differs leaves all texts as they are, and so does the time.
func TestPrintTwice(t *testing.T) {
	for name, o := range outcomes(t) {
		first := newPress(t)
		second := &report.Press{Seal: first.Seal, Program: first.Program, Clock: func() time.Time { return now.Add(time.Hour) }}
		one, same, other := printed(t, first, o), printed(t, second, o), printed(t, newPress(t), o)
		for file, f := range one {
			switch filepath.Ext(file) {
			case ".pdf":
				if len(same[file].Content) != len(f.Content) {
					t.Errorf("%s: %s has other lengths under the same seal", name, file)
				}
				continue
			case ".p7s":
				continue
			}
			if !reflect.DeepEqual(f, same[file]) {
				t.Errorf("%s: %s differs under the same seal", name, file)
			}
			ofSeal := file == report.AuthorityFile || file == report.ManifestFile // which names the authority's file
			if reflect.DeepEqual(f, other[file]) == ofSeal {
				t.Errorf("%s: %s of another press is the same: %v", name, file, !ofSeal)
			}
		}
	}
}

// Hostile names, composed and decomposed, are printed, and say what they should.
func TestPrintHostile(t *testing.T) {
	for form, of := range map[string]func(string) string{"as they are": strings.Clone, "NFC": norm.NFC.String, "NFD": norm.NFD.String} {
		o := papertest.Party(t)
		f := o.Facts
		var want []string
		var result tally.Result
		f.People = nil
		for _, name := range slices.Sorted(maps.Keys(papertest.Hostile)) {
			f.People = append(f.People, meeting.Person{Name: of(name), Post: of(name), Block: of(name)})
			want, result = append(want, papertest.Hostile[name]), append(result, []int{0, 47, 0, 0})
			f.Plan.Agency, f.Plan.Title, f.Plan.Chair, f.Board[1].Name, f.Filing.Recipients[1] = of(name), of(name), of(name), of(name), of(name)
		}
		all := printed(t, newPress(t), papertest.Outcome(t, meeting.RuleSetReg96, f, result, 47))
		if len(all) != len(report.Names(len(want))) {
			t.Errorf("%s: %d files", form, len(all))
		}
		for i, name := range want {
			slip := fmt.Sprintf("person-%02d.pdf", i+1)
			path := filepath.Join(t.TempDir(), slip)
			ok(t, os.WriteFile(path, all[slip].Content, 0o600))
			text := norm.NFC.String(squash(run(t, "pdftotext", "-raw", path, "-")))
			if !strings.Contains(text, "đốivới"+squash(wordOfAddress+name)) {
				t.Errorf("%s: %s does not say %q: %s", form, slip, name, text)
			}
		}
	}
}

const wordOfAddress = "đồng chí "

// squash leaves out white space, which lines change.
func squash(s string) string { return strings.Join(strings.Fields(s), "") }

// run runs a program of others, which the tests need.
func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	said, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, said)
	}
	return string(said)
}

// A seal that has run out prints nothing, and each file is named that it spoils.
func TestPrintRefused(t *testing.T) {
	press := newPress(t)
	press.Clock = func() time.Time { return now.AddDate(6, 0, 0) }
	_, err := press.Print(papertest.Party(t))
	if !errors.Is(err, identity.ErrExpired) {
		t.Fatal(err)
	}
	for _, name := range []string{meeting.MinutesFile, meeting.ReportFile, "person-01.pdf", "person-03.pdf"} {
		if !strings.Contains(err.Error(), name+": certificate: expired") {
			t.Errorf("%s is not in %v", name, err)
		}
	}
	press = newPress(t)
	press.Seal.Key = issue(t, newAuthority(t, "Máy chủ khác"), "Máy chủ khác").Key
	if _, err = press.Print(papertest.Party(t)); !errors.Is(err, identity.ErrMismatch) || !strings.Contains(err.Error(), report.SignatureFile+": ") {
		t.Errorf("key of another: %v", err)
	}
}

// A press seals with what an office bought: a PKCS#12 file. Other programs find
// the seal right.
func TestPrintPKCS12(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	run(t, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-keyout", at("root.key"), "-out", at("root.pem"),
		"-utf8", "-subj", "/CN=Tổ chức chứng thực thử", "-days", "3650", "-addext", "keyUsage=critical,keyCertSign")
	run(t, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-keyout", at("key.pem"), "-out", at("cert.pem"), "-CA", at("root.pem"), "-CAkey", at("root.key"),
		"-utf8", "-subj", "/CN=Văn phòng Tỉnh ủy", "-days", "365", "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "keyUsage=critical,digitalSignature")
	run(t, "openssl", "pkcs12", "-export", "-inkey", at("key.pem"), "-in", at("cert.pem"), "-certfile", at("root.pem"), "-out", at("seal.p12"), "-passout", "pass:mật khẩu")
	file, err := os.ReadFile(at("seal.p12"))
	ok(t, err)
	today := time.Now()
	seal, err := identity.ParsePKCS12(file, "mật khẩu", today)
	ok(t, err)
	press := &report.Press{Seal: seal, Program: "homphieu", Clock: func() time.Time { return today }}
	all := printed(t, press, papertest.Party(t))
	root, err := os.ReadFile(at("root.pem"))
	ok(t, err)
	if block, _ := pem.Decode(root); !bytes.Equal(pem.EncodeToMemory(block), all[report.AuthorityFile].Content) {
		t.Errorf("the authority is not the root: %s", all[report.AuthorityFile].Content)
	}
	for name, f := range all {
		ok(t, os.WriteFile(at(name), f.Content, 0o600))
	}
	run(t, "openssl", "cms", "-verify", "-inform", "DER", "-in", at(report.SignatureFile), "-content", at(report.ManifestFile),
		"-CAfile", at(report.AuthorityFile), "-out", os.DevNull, "-binary")
	certificates := "sql:" + t.TempDir()
	run(t, "certutil", "-N", "-d", certificates, "--empty-password")
	run(t, "certutil", "-A", "-d", certificates, "-n", "root", "-t", "CT,C,C", "-i", at(report.AuthorityFile))
	for _, name := range []string{meeting.MinutesFile, meeting.ReportFile, "person-02.pdf"} {
		said := run(t, "pdfsig", "-nssdir", certificates, at(name))
		for _, want := range []string{"Signature is Valid.", "Certificate is Trusted.", "Common Name: Văn phòng Tỉnh ủy", "Total document signed"} {
			if strings.Count(said, want) != 1 {
				t.Errorf("%s: not once %q: %s", name, want, said)
			}
		}
	}
}
