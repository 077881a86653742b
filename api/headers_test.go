package api_test

import (
	"crypto/tls"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/api"
)

// checkHeaders requires the security headers, which every answer has.
func (a *answer) checkHeaders(r *http.Request) {
	a.Helper()
	storing := "no-store"
	if strings.HasPrefix(r.URL.Path, "/assets/") && a.StatusCode < 400 {
		storing = "no-cache" // asked for again each time
	}
	if strings.HasPrefix(r.URL.Path, "/log/") && a.StatusCode < 400 {
		storing = "no-cache"
		if strings.HasPrefix(r.URL.Path, "/log/tile/") {
			storing = "public, max-age=31536000, immutable"
		}
	}
	camera := "camera=()"
	if regexp.MustCompile(`^(/kiosk/.*|/staff/seats/[^/]+/desk)$`).MatchString(r.URL.Path) {
		camera = "camera=(self)"
	}
	policy, cookies := api.ContentPolicy, ""
	if r.URL.Path == "/staff" || strings.HasPrefix(r.URL.Path, "/staff/") {
		policy, cookies = api.StaffPolicy, strings.Join(a.Header.Values("Set-Cookie"), " | ")
		a.checkCookies()
	}
	if strings.HasPrefix(r.URL.Path, "/check/") || strings.HasPrefix(r.URL.Path, "/staff/seats/") {
		policy = strings.Replace(policy, "; script-src 'self';", "; script-src 'self' 'wasm-unsafe-eval';", 1)
	}
	if regexp.MustCompile(`/(documents|papers/[^/]+|files)/[^/]+$|/packages/[^/]+/(file|receipt)$|/(report|rounds/[^/]+)/\d+(/released)?/[^/]+$|/round\.json$`).MatchString(r.URL.Path) && a.StatusCode == http.StatusOK {
		policy = "default-src 'none'; sandbox"
	}
	transport := ""
	if r.TLS != nil {
		transport = "max-age=31536000"
	}
	for name, want := range map[string]string{
		"Content-Security-Policy":      policy,
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy":           camera + ", geolocation=(), microphone=(), payment=(), usb=()",
		"Cache-Control":                storing,
		"Strict-Transport-Security":    transport,
		"Set-Cookie":                   cookies,
		"Server":                       "",
		"Access-Control-Allow-Origin":  "",
	} {
		if got := strings.Join(a.Header.Values(name), " | "); got != want {
			a.Errorf("%s: %s: %q, want %q", a.request, name, got, want)
		}
	}
}

// The policy allows nothing inline and nothing from elsewhere.
func TestContentPolicy(t *testing.T) {
	const want = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
		"worker-src blob:; child-src blob:; frame-src 'none'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
	if api.ContentPolicy != want {
		t.Errorf("%s", api.ContentPolicy)
	}
	if api.StaffPolicy != want+"; require-trusted-types-for 'script'; trusted-types homphieu-worker" {
		t.Errorf("%s", api.StaffPolicy)
	}
}

// everyPath is one path of each kind, answered with success and with errors.
func (p *poll) everyPath() []string {
	u, hash := string(p.UUID), strings.Repeat("0", 64)
	return []string{
		"/", "/healthz", "/v/" + u, "/kiosk/" + u, "/board/" + u, "/board/nobody", "/board/" + u + "/" + hash, "/board/" + u + "/x",
		"/assets/voter.js", "/assets/scan.js", "/assets/style.css", "/assets/none.js", "/assets/voter.html", "/nowhere", "/favicon.ico",
		"/staff/trial", "/staff/trial/" + u, "/staff", "/staff/login", "/staff/claim", "/staff/accounts", "/staff/audit/export", "/staff/seats/nobody/audit", "/staff/nothing",
		"/api/v1/openapi.json", "/api/v1/receipt-key", "/api/v1/nothing",
		p.path(""), p.path("/status"), p.path("/archive"), p.path("/shares"), p.path("/closing"), p.path("/slip"), p.path("/ballots"),
		p.path("/ballots/" + hash), p.path("/ballots/" + hash + "/qr.svg"), p.path("/ballots/" + hash + "/proof"), p.path("/ballots/" + hash + "/proof.svg"),
		"/check", "/check/" + u, "/check/nobody", "/assets/check.js", "/log/checkpoint", "/log/policy", "/log/heads.json", "/log/tile/0/000.p/1", "/log/tile/entries/000", "/log/nothing", "/log/", "/api/v1/elections/nobody",
		"/api/v1/meetings/" + u, "/api/v1/meetings/nobody",
	}
}

// Every answer has the security headers, whatever its method and status; over
// TLS also HSTS. do looks at them.
func TestHeadersEverywhere(t *testing.T) {
	p := openPoll(t)
	overTLS := func(r *http.Request) { r.TLS = new(tls.ConnectionState) }
	p.unchanged(func() {
		for _, path := range p.everyPath() {
			for _, method := range []string{"GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"} {
				p.do(method, path, "")
				p.do(method, path, "", overTLS, browser)
			}
		}
	})
}

// A file that the phone has already is not sent again; never a piece of one.
func TestAssetsCarryATag(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/assets/voter.js", "/assets/style.css"} {
		whole := s.do("GET", path, "").want(http.StatusOK, "")
		tag := whole.Header.Get("ETag")
		if again := s.do("GET", path, "", header("If-None-Match", tag)).want(http.StatusNotModified, ""); again.body != "" || tag == "" {
			t.Errorf("%s: tag %q, %d bytes again", path, tag, len(again.body))
		}
		for _, change := range []change{header("If-None-Match", `"another"`), header("Range", "bytes=0-9"), header("Range", "bytes=99999999-")} {
			if a := s.do("GET", path, "", change).want(http.StatusOK, ""); a.body != whole.body {
				t.Errorf("%s: %d bytes, want %d", path, len(a.body), len(whole.body))
			}
		}
	}
}

// A wrong method is told which are right.
func TestMethods(t *testing.T) {
	p := openPoll(t)
	for path, allow := range map[string]string{
		p.path(""): "GET", p.path("/ballots"): "POST", p.path("/slip"): "POST", "/healthz": "GET", "/": "GET", "/board/" + string(p.UUID): "GET",
	} {
		for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
			if method == allow {
				continue
			}
			a := p.do(method, path, "").want(http.StatusMethodNotAllowed, "method-not-allowed")
			if got := a.Header.Get("Allow"); got != allow {
				t.Errorf("%s: Allow %q, want %q", a.request, got, allow)
			}
		}
	}
}

// What a browser sends from another site's page changes nothing, on staff
// pages and on the voters' routes.
func TestCrossOrigin(t *testing.T) {
	p := openPoll(t)
	elsewhere := []change{header("Sec-Fetch-Site", "cross-site"), header("Origin", "https://evil.example")}
	sibling := header("Sec-Fetch-Site", "same-site")
	for _, from := range append(elsewhere, sibling) {
		for _, path := range []string{"/staff/trial", "/staff/trial/" + string(p.UUID) + "/close", p.path("/ballots"), p.path("/slip")} {
			p.unchanged(func() {
				p.do("POST", path, string(p.Ballots[0].Raw()), here, from).want(http.StatusForbidden, "cross-origin")
			})
		}
		p.do("GET", p.path(""), "", from).want(http.StatusOK, "") // a link from elsewhere
	}
	list, err := p.store.List(t.Context())
	p.ok(err)
	if len(list) != 1 {
		t.Errorf("%d polls", len(list))
	}
	own := []change{header("Sec-Fetch-Site", "same-origin"), header("Origin", "https://hop.example.vn")}
	for i, from := range own {
		p.do("POST", p.path("/ballots"), string(p.Ballots[i].Raw()), from, func(r *http.Request) { r.Host = "hop.example.vn" }).
			want(http.StatusCreated, "")
	}
}

// Cookies and credentials of staff change nothing for a voter: the same
// requests get the same answers with and without them.
func TestVotersAreNotRecognised(t *testing.T) {
	p := openPoll(t)
	p.castFirst(1)
	known := []change{
		header("Cookie", "session=staff; homphieu=1"), header("Authorization", "Bearer secret"),
		header("X-Forwarded-For", "203.0.113.5"), header("X-Real-Ip", "203.0.113.5"), header("User-Agent", "a phone"),
	}
	for _, path := range p.everyPath() {
		plain, recognised := p.do("GET", path, ""), p.do("GET", path, "", known...)
		if plain.StatusCode != recognised.StatusCode || plain.body != recognised.body {
			t.Errorf("%s: %d and %d, or another body", path, plain.StatusCode, recognised.StatusCode)
		}
	}
	body := string(p.Ballots[0].Raw())
	plain, recognised := p.do("POST", p.path("/ballots"), body), p.do("POST", p.path("/ballots"), body, known...)
	if plain.StatusCode != http.StatusOK || plain.body != recognised.body {
		t.Errorf("cast again: %d %s, recognised %d %s", plain.StatusCode, plain.body, recognised.StatusCode, recognised.body)
	}
}
