package api_test

import (
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/web"
)

// What a phone fetches to vote, compressed, in bytes. The goal is 60 kB over the
// wire, headers included.
const voterWeight = 58_000

func TestAssetsAreCompressed(t *testing.T) {
	s := newSite(t)
	sum := 0
	for _, f := range web.Files() {
		path := strings.Replace(f.Path, "{uuid}", "11111111111111", 1)
		plain := s.do("GET", path, "")
		for _, refused := range []string{"", "br", "gzip;q=0", "identity"} {
			if a := s.do("GET", path, "", header("Accept-Encoding", refused)); a.Header.Get("Content-Encoding") != "" || a.body != plain.body {
				t.Errorf("%s for who accepts %q: encoding %q", path, refused, a.Header.Get("Content-Encoding"))
			}
		}
		a := s.do("GET", path, "", header("Accept-Encoding", "br, GZIP"))
		if a.Header.Get("Content-Encoding") != "gzip" || a.Header.Get("Vary") != "Accept-Encoding" {
			t.Fatalf("%s: encoding %q, Vary %q", path, a.Header.Get("Content-Encoding"), a.Header.Get("Vary"))
		}
		if a.Header.Get("ETag") == plain.Header.Get("ETag") {
			t.Errorf("%s: one tag for two encodings", path)
		}
		r, err := gzip.NewReader(strings.NewReader(a.body))
		s.ok(err)
		body, err := io.ReadAll(r)
		s.ok(err)
		if string(body) != plain.body {
			t.Errorf("%s: differs when compressed", path)
		}
		if again := s.do("GET", path, "", header("Accept-Encoding", "gzip"), header("If-None-Match", a.Header.Get("ETag"))); again.StatusCode != 304 {
			t.Errorf("%s: status %d for who has it", path, again.StatusCode)
		}
		sum += len(a.body)
	}
	if sum > voterWeight {
		t.Errorf("a voter fetches %d bytes, at most %d", sum, voterWeight)
	}
	t.Logf("a voter fetches %d bytes", sum)
}
