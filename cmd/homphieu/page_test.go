package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/store/bolt"
	"github.com/homphieu/homphieu/web"
)

// A visited server gives the real pages, unless a test changes them, and
// remembers what it was asked.
type visited struct {
	*httptest.Server
	mu     sync.Mutex
	change func(w http.ResponseWriter, r *http.Request, body []byte) []byte
	asked  []*http.Request
}

// alter changes what is given from now on.
func (v *visited) alter(change func(w http.ResponseWriter, r *http.Request, body []byte) []byte) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.change = change
}

func newVisited(t *testing.T) *visited {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	real := api.New(api.Config{Store: store, PublicURL: new(url.URL)})
	v := new(visited)
	v.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v.mu.Lock()
		v.asked = append(v.asked, r)
		change := v.change
		v.mu.Unlock()
		plain := r.Clone(r.Context()) // what is altered is the file, not its compressed form
		plain.Header.Del("Accept-Encoding")
		recorder := httptest.NewRecorder()
		real.ServeHTTP(recorder, plain)
		body := recorder.Body.Bytes()
		if change != nil {
			if body = change(w, r, body); body == nil {
				return
			}
		}
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(body)
	}))
	t.Cleanup(v.Close)
	return v
}

// check runs check-page and returns what it prints.
func check(t *testing.T, address string) (string, error) {
	t.Helper()
	var out strings.Builder
	err := run(t.Context(), []string{"check-page", address}, &out)
	return out.String(), err
}

// The board's check asks for exactly what a phone asks for, under a phone's
// name, and never sends the secret of the slip whose link it was given.
func TestCheckPageLooksLikeAPhone(t *testing.T) {
	v := newVisited(t)
	const uuid, secret = "BhSHYHeuSvX9YW", "2Zx8k-aBcDeF-12345-678912.FFFFFFFFFF"
	out, err := check(t, v.URL+"/v/"+uuid+"#"+secret)
	if err != nil || strings.Count(out, "same ") != 3 || strings.Contains(out, "DIFFERENT") {
		t.Fatalf("%s, %v", out, err)
	}
	var paths []string
	for _, r := range v.asked {
		paths = append(paths, r.URL.Path)
		if agent := r.UserAgent(); !strings.Contains(agent, "Mobile") || strings.Contains(strings.ToLower(agent), "homphieu") || strings.Contains(agent, "Go-http") {
			t.Errorf("%s: User-Agent %s", r.URL, agent)
		}
		said := fmt.Sprint(r.URL.String(), r.Header, r.Host)
		if strings.Contains(said, "aBcDeF") || strings.Contains(said, "FFFFFFFFFF") || r.Header.Get("Cookie") != "" || r.Header.Get("Referer") != "" {
			t.Errorf("sent %s", said)
		}
	}
	if got := strings.Join(paths, " "); got != "/v/"+uuid+" /assets/voter.js /assets/style.css" {
		t.Errorf("asked for %s", got)
	}
}

// One byte that differs, in any of the files, is told and is status 1.
func TestCheckPageAltered(t *testing.T) {
	v := newVisited(t)
	for _, f := range web.Files() {
		v.alter(func(_ http.ResponseWriter, r *http.Request, body []byte) []byte {
			if strings.HasPrefix(r.URL.Path, strings.TrimSuffix(f.Path, "{uuid}")) {
				body[len(body)/2] ^= 1
			}
			return body
		})
		out, err := check(t, v.URL)
		if err == nil || exitStatus(err) != 1 || !strings.Contains(err.Error(), "stop the vote and find out why") {
			t.Errorf("%s altered: %v", f.Name, err)
		}
		for line := range strings.Lines(out) {
			want := "same "
			if strings.Contains(line, f.Name) {
				want = "DIFFERENT "
			}
			if !strings.HasPrefix(line, want) {
				t.Errorf("%s altered: %s", f.Name, line)
			}
		}
	}
}

// A page that has more, less, is elsewhere, or never ends is not that of this
// program.
func TestCheckPageRefused(t *testing.T) {
	v := newVisited(t)
	for name, change := range map[string]func(w http.ResponseWriter, r *http.Request, body []byte) []byte{
		"a byte more": func(_ http.ResponseWriter, _ *http.Request, body []byte) []byte { return append(body, '\n') },
		"a byte less": func(_ http.ResponseWriter, _ *http.Request, body []byte) []byte { return body[:len(body)-1] },
		"redirected": func(w http.ResponseWriter, _ *http.Request, _ []byte) []byte {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(http.StatusFound)
			return nil
		},
		"missing": func(w http.ResponseWriter, _ *http.Request, _ []byte) []byte {
			w.WriteHeader(http.StatusNotFound)
			return nil
		},
		"endless": func(w http.ResponseWriter, _ *http.Request, _ []byte) []byte {
			block := make([]byte, 1<<20)
			for range maxPageFile>>20 + 1 {
				if _, err := w.Write(block); err != nil {
					return nil
				}
			}
			return nil
		},
		"broken off": func(http.ResponseWriter, *http.Request, []byte) []byte { panic(http.ErrAbortHandler) },
	} {
		v.alter(change)
		if out, err := check(t, v.URL); err == nil || exitStatus(err) != 1 || strings.Contains(out, "same") {
			t.Errorf("%s: %s%v", name, out, err)
		}
	}
	v.Close()
	for _, r := range v.asked {
		if strings.HasPrefix(r.URL.Path, "/elsewhere") {
			t.Errorf("followed to %s", r.URL)
		}
	}
}

// The hashes that version prints are those that check-page compares.
func TestVersion(t *testing.T) {
	v := newVisited(t)
	var printed strings.Builder
	if err := run(t.Context(), []string{"version"}, &printed); err != nil {
		t.Fatal(err)
	}
	out, err := check(t, v.URL)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out) {
		fields := strings.Fields(line) // same NAME sha384 HASH
		if !strings.Contains(printed.String(), "sha384 "+fields[3]+"  "+fields[1]+"\n") {
			t.Errorf("version does not print %s", line)
		}
	}
}

// The public address is what voters open: that listened at, unless another is
// given.
func TestPublicURL(t *testing.T) {
	listening := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4321}
	for _, test := range []struct {
		o    serveOptions
		want string // "" if refused
	}{
		{serveOptions{listen: "localhost:0"}, "http://localhost:4321"},
		{serveOptions{listen: "127.0.0.1:4321"}, "http://127.0.0.1:4321"},
		{serveOptions{listen: "[::1]:0"}, "http://[::1]:4321"},
		{serveOptions{listen: ":0", cert: "c"}, "https://localhost:4321"},
		{serveOptions{listen: "hop.example.vn:443", cert: "c"}, "https://hop.example.vn:4321"},
		{serveOptions{listen: "localhost:0", publicURL: "https://hop.example.vn"}, "https://hop.example.vn"},
		{serveOptions{listen: "localhost:0", publicURL: "https://hop.example.vn/phieu"}, "https://hop.example.vn/phieu"},
		{serveOptions{listen: "localhost:0", publicURL: "http://hop.example.vn"}, ""},
		{serveOptions{listen: "localhost:0", publicURL: "https://hop.example.vn?x=1"}, ""},
		{serveOptions{listen: "localhost:0", publicURL: "https://hop.example.vn#x"}, ""},
		{serveOptions{listen: "localhost:0", publicURL: "https://a:b@hop.example.vn"}, ""},
		{serveOptions{listen: "localhost:0", publicURL: "hop.example.vn"}, ""},
		{serveOptions{listen: "localhost:0", publicURL: "javascript:alert(1)"}, ""},
	} {
		u, err := publicURL(test.o, listening)
		if test.want == "" {
			if err == nil || exitStatus(err) != 2 {
				t.Errorf("%+v: %v, %v", test.o, u, err)
			}
		} else if err != nil || u.String() != test.want {
			t.Errorf("%+v: %v, %v, want %s", test.o, u, err, test.want)
		}
	}
}

// A server that is reached through a proxy cannot tell who sits at it, and so
// offers no sample meetings.
func TestBehindProxy(t *testing.T) {
	for _, test := range []struct {
		o    serveOptions
		want bool
	}{
		{serveOptions{}, false},
		{serveOptions{publicURL: "http://localhost:8080"}, false},
		{serveOptions{publicURL: "https://hop.example.vn", cert: "c"}, false},
		{serveOptions{publicURL: "https://hop.example.vn"}, true},
	} {
		if got := test.o.behindProxy(); got != test.want {
			t.Errorf("%+v: %t", test.o, got)
		}
	}
}

// The key of receipts is made once and kept; what is no key is refused.
func TestReceiptKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "receipt.key")
	first, public, err := receiptKey(path, "hop.example.vn")
	if err != nil {
		t.Fatal(err)
	}
	second, again, err := receiptKey(path, "another.example.vn")
	if err != nil || again != public || second.KeyHash() != first.KeyHash() || second.Name() != "hop.example.vn" {
		t.Errorf("%s, %s, %v", public, again, err)
	}
	if err := writeWhole(path, []byte("PRIVATE+KEY+of+nobody\n")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := receiptKey(path, "hop.example.vn"); err == nil || strings.Contains(err.Error(), "of+nobody") {
		t.Errorf("%v", err)
	}
}

// A context that has ended ends the server at once, without an error.
func TestServeEnds(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := run(ctx, []string{"serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0"}, t.Output()); err != nil {
		t.Error(err)
	}
}
