// Command bundle builds the pages: it turns web/src into web/dist.
//
//	go run ./bundle                in web/: writes dist/ (what go generate does)
//	go run ./bundle -tests DIR     bundles test/*.test.ts into DIR for node --test
//
// The output depends on the sources and on the pinned version of esbuild only,
// so that anybody can rebuild it and compare: the SHA-384 of voter.js stands in
// voter.html, and the server prints it.
package main

import (
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/homphieu/homphieu/web/kernel"
)

// The notices that the licences of web/vendor ask for.
const (
	noble = "/* Contains @noble/curves and @noble/hashes, MIT License, Copyright (c) 2022 Paul Miller. */"
	qr    = "/* Contains qr, MIT License, Copyright (c) 2023 Paul Miller. */"
	hpke  = "/* Contains @hpke/core, @hpke/common, @hpke/dhkem-x25519 and @hpke/chacha20poly1305, MIT License, Copyright (c) 2023-2024 Ajitomi Daisuke. */"
)

func main() {
	tests := flag.String("tests", "", "bundle the tests into this `directory` instead")
	flag.Parse()
	if err := run(".", *tests); err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
}

func run(web, tests string) error {
	if tests != "" {
		return bundleTests(web, filepath.Join(web, tests))
	}
	files, err := build(web)
	if err != nil {
		return err
	}
	return write(filepath.Join(web, "dist"), files)
}

// scripts are the entries of the scripts, and the notices of what they hold of
// web/vendor. The first is named in the voter's by its hash.
var scripts = []struct{ name, entry, notices string }{
	{"scan.js", "src/scan.ts", qr},
	{"voter.js", "src/main.ts", noble},
	{"staff.js", "src/staff/main.ts", ""},
	{"check.js", "src/check/main.ts", noble},
	{"member.js", "src/member/main.ts", noble + "\n" + qr + "\n" + hpke},
}

// fonts is the folder under vendor whose font files and licence are served.
const fonts = "vendor/fonts/be-vietnam-pro"

// build returns the files of dist by name, made from the sources under web.
func build(web string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, s := range scripts {
		o := options(web, s.entry)
		o.Footer = map[string]string{"js": s.notices}
		o.Define["SCAN_INTEGRITY"] = strconv.Quote(string(integrity(files["scan.js"])))
		script, err := bundle(o)
		if err != nil {
			return nil, err
		}
		files[s.name] = script
	}
	style, err := bundle(options(web, "src/style.css"))
	if err != nil {
		return nil, err
	}
	files["style.css"] = style
	page, err := os.ReadFile(filepath.Join(web, "src/voter.html"))
	if err != nil {
		return nil, err
	}
	page = bytes.Replace(page, []byte("{{voter.js}}"), integrity(files["voter.js"]), 1)
	files["voter.html"] = bytes.Replace(page, []byte("{{style.css}}"), integrity(style), 1)
	return files, addFonts(web, files)
}

// addFonts adds the fonts of officers' pages as they are, and their licence.
func addFonts(web string, files map[string][]byte) error {
	folder := filepath.Join(web, fonts)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		body, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return err
		}
		name := entry.Name()
		if filepath.Ext(name) == "" {
			name = filepath.Base(fonts) + "-" + name + ".txt"
		}
		files[name] = body
	}
	return nil
}

// options are the settings for one file that old phones must understand.
func options(web, entry string) api.BuildOptions {
	return api.BuildOptions{
		AbsWorkingDir:     absolute(web),
		Define:            map[string]string{"KERNEL": strconv.Quote(base64.StdEncoding.EncodeToString(kernel.Bytes()))},
		EntryPoints:       []string{entry},
		NodePaths:         []string{absolute(filepath.Join(web, "vendor"))},
		Outdir:            "dist",
		Bundle:            true,
		Format:            api.FormatIIFE,
		Platform:          api.PlatformBrowser,
		Charset:           api.CharsetUTF8,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsEndOfFile,
		TreeShaking:       api.TreeShakingTrue,
		TsconfigRaw:       `{"compilerOptions":{"strict":true}}`,
		Engines: []api.Engine{
			{Name: api.EngineChrome, Version: "80"},
			{Name: api.EngineSafari, Version: "14"},
		},
		// Safari 14.0 destructures; only the scope of defaults in parameters is
		// wrong there, and no source relies on that.
		Supported: map[string]bool{"destructuring": true},
		External: []string{
			"/assets/*", // fonts in the style sheet
			"crypto",    // @hpke asks node for it where there is no WebCrypto: never in a page
		},
	}
}

// bundle builds the one output file of o.
func bundle(o api.BuildOptions) ([]byte, error) {
	result := api.Build(o)
	if err := problems(result); err != nil {
		return nil, err
	}
	if n := len(result.OutputFiles); n != 1 {
		return nil, fmt.Errorf("%s: %d output files", o.EntryPoints[0], n)
	}
	return result.OutputFiles[0].Contents, nil
}

// bundleTests builds one module for node from each test file. Node's own
// modules stay outside.
func bundleTests(web, out string) error {
	entries, err := filepath.Glob(filepath.Join(web, "test", "*.test.ts"))
	if err != nil {
		return err
	}
	o := options(web, "")
	o.EntryPoints = nil
	for _, entry := range entries {
		o.EntryPoints = append(o.EntryPoints, absolute(entry))
	}
	o.Outdir, o.Write = absolute(out), true
	o.OutExtension = map[string]string{".js": ".mjs"}
	o.Format, o.Platform = api.FormatESModule, api.PlatformNode
	o.MinifyWhitespace, o.MinifyIdentifiers, o.MinifySyntax = false, false, false
	o.Engines = []api.Engine{{Name: api.EngineNode, Version: "20"}}
	return problems(api.Build(o))
}

// problems returns the errors and warnings of a build as one error: a warning
// of the bundler is a mistake in the sources.
func problems(result api.BuildResult) error {
	var all []error
	for _, m := range append(result.Errors, result.Warnings...) {
		text := m.Text
		if m.Location != nil {
			text = fmt.Sprintf("%s:%d: %s", m.Location.File, m.Location.Line, text)
		}
		all = append(all, errors.New(text))
	}
	return errors.Join(all...)
}

// integrity is the value of an integrity attribute: W3C Subresource Integrity.
func integrity(body []byte) []byte {
	sum := sha512.Sum384(body)
	return []byte("sha384-" + base64.StdEncoding.EncodeToString(sum[:]))
}

func write(dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, body := range files {
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// absolute is filepath.Abs, which fails only when the working directory is gone.
func absolute(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		panic("bundle: " + err.Error())
	}
	return abs
}
