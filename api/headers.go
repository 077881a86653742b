package api

import (
	"net"
	"net/http"

	"github.com/gin-gonic/gin"
)

// contentPolicy lets a page load its own script, style, images and data and
// nothing else: nothing inline, nothing from anywhere else, no frame.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; worker-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

func securityHeaders(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-store")
	if c.Request.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	c.Next()
}

// onlyHere lets only a person at this very computer pass: a request from the
// loopback address, to a loopback name (so that no other site can point its own
// name here), and not handed on by a proxy.
func (s *server) onlyHere(c *gin.Context) {
	r := c.Request
	if !loopbackHost(r.RemoteAddr) || !loopbackHost(r.Host) || forwarded(r) {
		s.fail(c, errElsewhere)
		c.Abort()
	}
}

func forwarded(r *http.Request) bool {
	return r.Header.Get("Forwarded") != "" || r.Header.Get("X-Forwarded-For") != ""
}

// loopbackHost reports whether host, with or without a port, is this computer.
func loopbackHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
