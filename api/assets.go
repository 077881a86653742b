package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/web"
)

// A packed file is one that every reader gets alike, also compressed if that
// makes it smaller: a phone on a crowded network waits for its bytes.
type packed struct {
	body, gzipped []byte
	tag           string
}

// packs holds every file that was asked for. There are as many as the program
// has been built with.
var packs sync.Map // name → packed

func packOf(name string, body []byte) packed {
	if p, ok := packs.Load(name); ok {
		return p.(packed)
	}
	p := packed{body: body, tag: fmt.Sprintf("%x", sha256.Sum256(body))}
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // of a level that there is: cannot fail
	_, _ = w.Write(body)                                  // to memory: cannot fail
	_ = w.Close()
	if b.Len() < len(body) {
		p.gzipped = b.Bytes()
	}
	packs.Store(name, p)
	return p
}

// send answers with the file, as small as the reader can take it.
func (p packed) send(c *gin.Context, contentType string) {
	body, tag := p.body, p.tag
	if p.gzipped != nil {
		c.Header("Vary", "Accept-Encoding")
		if acceptsGzip(c.GetHeader("Accept-Encoding")) {
			body, tag = p.gzipped, tag+"-gzip"
			c.Header("Content-Encoding", "gzip")
		}
	}
	c.Header("Content-Type", contentType)
	c.Header("ETag", `"`+tag+`"`)
	c.Request.Header.Del("Range") // a piece of a script is no script
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, bytes.NewReader(body))
}

// acceptsGzip reports whether a browser has said so; who says it with a weight
// is no browser and gets the bytes as they are.
func acceptsGzip(header string) bool {
	for one := range strings.SplitSeq(header, ",") {
		if strings.EqualFold(strings.TrimSpace(one), "gzip") {
			return true
		}
	}
	return false
}

// voterPage is the same bytes for every poll, so that one hash covers it.
func (s *server) voterPage(c *gin.Context) error {
	packOf("voter.html", web.VoterPage()).send(c, htmlType)
	return nil
}

func (s *server) asset(c *gin.Context) error {
	name := c.Param("name")
	body, contentType, ok := web.Asset(name)
	if !ok {
		return errNoRoute
	}
	// Phones fetch the script twice, for the page and for its worker; the
	// second time the tag tells them that they have it.
	c.Header("Cache-Control", "no-cache")
	packOf(name, body).send(c, contentType)
	return nil
}
