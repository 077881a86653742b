// Package web is the pages that run in a browser: TypeScript sources in src,
// the built files in dist, which are part of the program.
//
// The voter's page is three files: voter.html, voter.js (page and worker in
// one, so that one hash names all the code that sees a marked ballot) and
// style.css, the style sheet of the whole product. The page names the two
// others with their SHA-384 (Subresource Integrity), and voter.js names that of
// scan.js, which only shared machines with a camera load. All of them are the
// same bytes for every voter and every meeting; what differs comes through the
// API.
//
// The bundle is rebuilt by go generate, with the pinned esbuild and without
// npm; a test compares it with dist.
package web

import (
	"crypto/sha512"
	"embed"
	"encoding/hex"
	"strings"
)

//go:generate go run ./bundle

//go:embed dist
var dist embed.FS

// contentTypes are the kinds of files in dist, by the end of their name.
var contentTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".html":  "text/html; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".txt":   "text/plain; charset=utf-8", // a licence
	".woff2": "font/woff2",
}

// VoterPage returns the page served at /v/UUID: the same bytes for every UUID.
// The caller must not change them.
func VoterPage() []byte {
	return voterPage
}

var voterPage = mustRead("voter.html")

// Asset returns a file served at /assets/NAME and its Content-Type, or ok =
// false if there is none of that name. Pages are not assets.
func Asset(name string) (body []byte, contentType string, ok bool) {
	contentType = contentTypes[extension(name)]
	if contentType == "" || strings.ContainsRune(name, '/') || extension(name) == ".html" {
		return nil, "", false
	}
	body, err := dist.ReadFile("dist/" + name)
	return body, contentType, err == nil
}

// A File is one of the files that an ordinary phone fetches to vote.
type File struct {
	// Name is the file's name in dist; Path is where it is served, with
	// {uuid} for the meeting in the page's own path.
	Name, Path string
	// SHA384 is the hash of its bytes in hexadecimal.
	SHA384 string
}

// Files lists what an ordinary phone fetches to vote, the page first.
// `homphieu version` prints the hashes; `homphieu check-page` fetches the
// paths as a phone would and compares.
func Files() []File {
	return []File{
		{"voter.html", "/v/{uuid}", sha384(voterPage)},
		{"voter.js", "/assets/voter.js", sha384(mustRead("voter.js"))},
		{"style.css", "/assets/style.css", sha384(mustRead("style.css"))},
	}
}

func sha384(body []byte) string {
	sum := sha512.Sum384(body)
	return hex.EncodeToString(sum[:])
}

// extension returns the end of name from its last dot.
func extension(name string) string {
	return name[max(0, strings.LastIndexByte(name, '.')):]
}

// mustRead reads an embedded file that every build has.
func mustRead(name string) []byte {
	body, err := dist.ReadFile("dist/" + name)
	if err != nil {
		panic("web: " + err.Error())
	}
	return body
}
