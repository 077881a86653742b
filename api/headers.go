package api

import (
	"net"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

// contentPolicy lets a page load its own script, style, images and data and
// nothing else: nothing inline, nothing from anywhere else, no frame. Workers
// are made from bytes that the page has checked itself (child-src says so to
// browsers that do not know worker-src).
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; worker-src blob:; child-src blob:; frame-src 'none'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// staffPolicy is that of pages under /staff: there, no text becomes part of a
// script either. What members compute runs in workers, whose address needs the
// one policy named (web/src/member).
const staffPolicy = contentPolicy + "; require-trusted-types-for 'script'; trusted-types homphieu-worker"

// wasm lets a page compile WebAssembly (Content Security Policy Level 3 §2.3.1):
// those that verify ballots have the kernel of web/kernel in their script.
const wasm = " 'wasm-unsafe-eval'"

// policyOf is the Content-Security-Policy of answers at a path.
func policyOf(path string) string {
	policy := contentPolicy
	if underStaff(path) {
		policy = staffPolicy
	}
	if strings.HasPrefix(path, "/check/") || strings.HasPrefix(path, seatsPath) {
		policy = strings.Replace(policy, "script-src 'self'", "script-src 'self'"+wasm, 1)
	}
	return policy
}

func securityHeaders(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", policyOf(c.Request.URL.Path))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	camera := "camera=()"
	if readsSlips(c.Request.URL.Path) {
		camera = "camera=(self)"
	}
	h.Set("Permissions-Policy", camera+", geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-store")
	if c.Request.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	c.Next()
}

// readsSlips reports whether a page reads the codes of slips with a camera: a
// kiosk, and a board member's desk.
func readsSlips(path string) bool {
	seat, ok := strings.CutPrefix(path, seatsPath)
	_, page, _ := strings.Cut(seat, "/")
	return strings.HasPrefix(path, "/kiosk/") || (ok && page == "desk")
}

// underStaff reports whether a path is for people who run meetings. Outside, no
// cookie is ever set or read.
func underStaff(path string) bool { return path == "/staff" || strings.HasPrefix(path, "/staff/") }

var crossOrigin = http.NewCrossOriginProtection()

// sameOrigin refuses what a browser sends from another site's page, unless it
// only reads.
func (s *server) sameOrigin(c *gin.Context) {
	if crossOrigin.Check(c.Request) != nil {
		s.fail(c, errCrossOrigin)
		c.Abort()
	}
}

// onlyHere lets only a person at this very computer pass.
func (s *server) onlyHere(c *gin.Context) {
	if !here(c.Request) {
		s.fail(c, errElsewhere)
		c.Abort()
	}
}

// here reports whether a request comes from this very computer: from the
// loopback address, to a loopback name (so that no other site can point its own
// name here), and not handed on by a proxy.
func here(r *http.Request) bool {
	return IsLoopback(r.RemoteAddr) && IsLoopback(r.Host) && !forwarded(r)
}

// forwarded reports whether a proxy handed the request on, as far as proxies
// say so.
func forwarded(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip"} {
		if len(r.Header.Values(name)) > 0 {
			return true
		}
	}
	return false
}

// IsLoopback reports whether host, with or without a port, is this computer's
// own: localhost, or an address of the loopback interface.
func IsLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
