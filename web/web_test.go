package web

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestVoterPageNamesTheHashesOfItsFiles(t *testing.T) {
	page := string(VoterPage())
	for _, name := range []string{"voter.js", "style.css"} {
		body, _, ok := Asset(name)
		if !ok {
			t.Fatalf("%s: no asset", name)
		}
		sum := sha512.Sum384(body)
		integrity := "sha384-" + base64.StdEncoding.EncodeToString(sum[:])
		tag := regexp.MustCompile(`<[^>]*"/assets/` + regexp.QuoteMeta(name) + `"[^>]*>`).FindString(page)
		if !strings.Contains(tag, `integrity="`+integrity+`"`) {
			t.Errorf("%s: page says %q, want %q", name, tag, integrity)
		}
	}
}

// The decoder that a shared machine loads is named by its hash in the script
// whose hash the page names.
func TestVoterScriptNamesTheHashOfTheDecoder(t *testing.T) {
	script, _, _ := Asset("voter.js")
	decoder, _, ok := Asset("scan.js")
	sum := sha512.Sum384(decoder)
	if !ok || !bytes.Contains(script, []byte("sha384-"+base64.StdEncoding.EncodeToString(sum[:]))) {
		t.Error("voter.js does not name the hash of scan.js")
	}
	if notice := "Contains qr, MIT License, Copyright (c) 2023 Paul Miller."; !bytes.Contains(decoder, []byte(notice)) {
		t.Errorf("scan.js: no %q", notice)
	}
}

func TestNothingInlineAndNothingFromElsewhere(t *testing.T) {
	inline := regexp.MustCompile(`(?i)<script(?:\s[^>]*)?>\s*[^<\s]|<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:`)
	if found := inline.Find(VoterPage()); found != nil {
		t.Errorf("voter.html: inline %q", found)
	}
	address := regexp.MustCompile(`https?://[^\s"'` + "`" + `)]*`)
	namespaces := map[string]bool{"http://www.w3.org/2000/svg": true}
	eachFile(t, func(name string, body []byte) {
		if strings.HasSuffix(name, ".txt") {
			return // a licence, which nothing loads
		}
		for _, found := range address.FindAll(body, -1) {
			if !namespaces[string(found)] {
				t.Errorf("%s: address %q", name, found)
			}
		}
		for _, word := range []string{"console.", "sourceMappingURL", "@import", "eval("} {
			if bytes.Contains(body, []byte(word)) {
				t.Errorf("%s: contains %q", name, word)
			}
		}
	})
}

func TestScriptKeepsTheLicenceOfItsLibraries(t *testing.T) {
	noble := "Contains @noble/curves and @noble/hashes, MIT License, Copyright (c) 2022 Paul Miller."
	hpke := "Contains @hpke/core, @hpke/common, @hpke/dhkem-x25519 and @hpke/chacha20poly1305, MIT License, Copyright (c) 2023-2024 Ajitomi Daisuke."
	for name, notices := range map[string][]string{"voter.js": {noble}, "member.js": {noble, hpke}} {
		body, _, _ := Asset(name)
		for _, notice := range notices {
			if !bytes.Contains(body, []byte(notice)) {
				t.Errorf("%s: no %q", name, notice)
			}
		}
	}
}

func TestAsset(t *testing.T) {
	for name, want := range map[string]string{
		"voter.js":  "text/javascript; charset=utf-8",
		"style.css": "text/css; charset=utf-8",
		"staff.js":  "text/javascript; charset=utf-8",
		"scan.js":   "text/javascript; charset=utf-8",
		"member.js": "text/javascript; charset=utf-8",

		"be-vietnam-pro-vietnamese-400.woff2": "font/woff2",
		"be-vietnam-pro-LICENSE.txt":          "text/plain; charset=utf-8",
	} {
		if _, got, ok := Asset(name); !ok || got != want {
			t.Errorf("%s: %q, %v", name, got, ok)
		}
	}
	for _, name := range []string{"", ".", "..", "/", "voter.html", "voter", "../web.go", "dist/voter.js", "/voter.js", "voter.js/", "none.js"} {
		if body, _, ok := Asset(name); ok {
			t.Errorf("%q: %d bytes", name, len(body))
		}
	}
}

func TestFiles(t *testing.T) {
	hash := regexp.MustCompile(`^[0-9a-f]{96}$`)
	files := Files()
	if len(files) != 3 || files[0].Name != "voter.html" {
		t.Fatalf("files: %v", files)
	}
	for _, f := range files {
		if !hash.MatchString(f.SHA384) {
			t.Errorf("%s: %q", f.Name, f.SHA384)
		}
	}
}

func TestVendoredLibrariesAreUnchanged(t *testing.T) {
	readme, err := os.ReadFile("vendor/README.md")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	vendor := os.DirFS("vendor")
	err = fs.WalkDir(vendor, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == "README.md" {
			return err
		}
		body, err := fs.ReadFile(vendor, name)
		fmt.Fprintf(&got, "%x  %s\n", sha256.Sum256(body), name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "```\n"+got.String()+"```") {
		t.Errorf("vendor/README.md does not list these sums:\n%s", &got)
	}
}

func eachFile(t *testing.T, check func(name string, body []byte)) {
	t.Helper()
	err := fs.WalkDir(dist, "dist", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := dist.ReadFile(path)
		check(path, body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
