package main

import (
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/evanw/esbuild/pkg/api"

	"github.com/homphieu/homphieu/web/kernel"
)

// What a board member's browser verifies at an ordinary meeting.
const (
	memberVoters = "120"
	memberPeople = "14"
)

// BenchmarkMember measures how long a board member waits until the browser has
// verified the whole archive of 120 ballots on 14 persons, before the key is
// used: seconds from the bytes to the verdict, in a tab that was never there
// before, and beside it the seconds of homphieu-verify. Both are medians of
// three, taken in turn.
func BenchmarkMember(b *testing.B) {
	folder := b.TempDir()
	if err := demo(b.Context(), []string{"--out", folder, "--voters", memberVoters, "--people", memberPeople}, io.Discard); err != nil {
		b.Fatal(err)
	}
	bel := theOne(b, folder, "*.bel")
	native := nativeVerifier(b)
	page := serveVotes(b, folder)
	chromium := startBrowser(b)
	b.ResetTimer()
	for range b.N {
		var browserTimes, nativeTimes []time.Duration
		for range 3 {
			browserTimes = append(browserTimes, timeMember(b, chromium, page))
			nativeTimes = append(nativeTimes, timeVerifier(b, native, bel))
		}
		inBrowser, own := median(browserTimes), median(nativeTimes)
		b.ReportMetric(inBrowser.Seconds(), "browser-s")
		b.ReportMetric(own.Seconds(), "homphieu-verify-s")
		b.ReportMetric(inBrowser.Seconds()/own.Seconds(), "ratio")
		b.ReportMetric(0, "ns/op")
	}
}

// nativeVerifier builds homphieu-verify.
func nativeVerifier(b *testing.B) (name string) {
	b.Helper()
	name = filepath.Join(b.TempDir(), "homphieu-verify")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", name, "../homphieu-verify").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return name
}

// serveVotes is serveVerifier for the archive in a folder of homphieu demo.
func serveVotes(b *testing.B, folder string) (address string) {
	b.Helper()
	return serveVerifier(b, map[string]string{"/bel": theOne(b, folder, "*.bel"), "/shares": theOne(b, folder, "*.shares.json"), "/closing": theOne(b, folder, "*.closing.json")})
}

// theOne returns the one file of a folder whose name fits.
func theOne(b *testing.B, folder, pattern string) string {
	b.Helper()
	found, err := filepath.Glob(filepath.Join(folder, pattern))
	if err != nil || len(found) != 1 {
		b.Fatalf("%s: %q, %v", pattern, found, err)
	}
	return found[0]
}

// serveVerifier serves a page that verifies, and files by their paths. The page
// at "plain" may not compile WebAssembly, so it verifies as old browsers do.
func serveVerifier(b *testing.B, files map[string]string) (address string) {
	b.Helper()
	script := verifierScript(b)
	mux := http.NewServeMux()
	for path, name := range files {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, name) })
	}
	mux.HandleFunc("/script.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write(script)
	})
	for path, wasm := range map[string]string{"/{$}": " 'wasm-unsafe-eval'", "/plain": ""} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Security-Policy", "script-src 'self'"+wasm+"; worker-src blob:")
			_, _ = io.WriteString(w, `<!DOCTYPE html><title>verify</title><script src="script.js"></script>`)
		})
	}
	server := httptest.NewServer(mux)
	b.Cleanup(server.Close)
	return server.URL + "/"
}

// verifierScript is web/test/bench-verify.ts as the pages' scripts are built.
func verifierScript(b *testing.B) []byte {
	b.Helper()
	web, err := filepath.Abs("../../web")
	if err != nil {
		b.Fatal(err)
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir: web, EntryPoints: []string{"test/bench-verify.ts"}, NodePaths: []string{filepath.Join(web, "vendor")},
		Bundle: true, Format: api.FormatIIFE, Platform: api.PlatformBrowser,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true,
		TsconfigRaw: `{"compilerOptions":{"strict":true}}`,
		Engines:     []api.Engine{{Name: api.EngineChrome, Version: "80"}, {Name: api.EngineSafari, Version: "14"}},
		Supported:   map[string]bool{"destructuring": true},
		Define:      map[string]string{"KERNEL": strconv.Quote(base64.StdEncoding.EncodeToString(kernel.Bytes()))},
	})
	if len(result.Errors) > 0 || len(result.OutputFiles) != 1 {
		b.Fatalf("%v", result.Errors)
	}
	return result.OutputFiles[0].Contents
}

// timeMember verifies in a new tab.
func timeMember(b *testing.B, chromium *browser, page string) time.Duration {
	b.Helper()
	p := chromium.tab(b, onLaptop)
	p.open(page)
	ctx, cancel := context.WithTimeout(p.ctx, 2*time.Minute)
	defer cancel()
	seconds, err := chromedp.Run(ctx, chromedp.Evaluate[float64]("verified", chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("browser: %v", err)
	}
	return time.Duration(seconds * float64(time.Second))
}

// timeVerifier runs homphieu-verify, which must find everything right, with
// settings of its environment.
func timeVerifier(b *testing.B, name, bel string, settings ...string) time.Duration {
	b.Helper()
	command := exec.CommandContext(b.Context(), name, "--strict", bel)
	command.Env = append(os.Environ(), settings...)
	command.Stderr = os.Stderr
	begin := time.Now()
	if err := command.Run(); err != nil {
		b.Fatal(err)
	}
	return time.Since(begin)
}
