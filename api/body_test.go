package api_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/api"
)

// A ballot of which the end is missing, cut at every 97th byte, is refused and
// changes nothing; nor does one with a byte changed there count.
func TestTruncatedBallots(t *testing.T) {
	p := openPoll(t)
	whole := p.Ballots[0].Raw()
	p.unchanged(func() {
		for n := 0; n < len(whole); n += 97 {
			p.cast(whole[:n]).want(http.StatusBadRequest, "malformed-ballot")
			changed := append([]byte(nil), whole...)
			changed[n] ^= 1
			if a := p.cast(changed); a.StatusCode != http.StatusBadRequest {
				t.Errorf("byte %d changed: status %d", n, a.StatusCode)
			}
		}
	})
	p.cast(whole).want(http.StatusCreated, "")
}

// As much is read as the longest ballot may have, and one byte to see that
// there is more: never the rest.
func TestBodyIsNotReadBeyondTheLimit(t *testing.T) {
	p := openPoll(t)
	limit := p.MaxBallotSize()
	for _, size := range []int{limit, limit + 1, 100 * limit} {
		body := &countingReader{left: size}
		r := httptest.NewRequestWithContext(t.Context(), "POST", p.path("/ballots"), body)
		w := httptest.NewRecorder()
		p.handler.ServeHTTP(w, r)
		want, most := http.StatusRequestEntityTooLarge, limit+1
		if size == limit {
			want = http.StatusBadRequest
		}
		if w.Code != want || body.read > most {
			t.Errorf("%d bytes: status %d after reading %d, want %d and at most %d", size, w.Code, body.read, want, most)
		}
	}
}

// countingReader gives a body of any length and counts what is taken.
type countingReader struct{ left, read int }

func (r *countingReader) Read(b []byte) (int, error) {
	n := min(len(b), r.left)
	r.left -= n
	r.read += n
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// A dribble gives a body some bytes at a time and keeps the largest buffer that it
// was offered for each byte given before.
type dribble struct {
	body        []byte
	step, given int
	end         error
	greed       float64
}

func (d *dribble) Read(b []byte) (int, error) {
	d.greed = max(d.greed, float64(d.given+len(b))/float64(max(d.given, 1024)))
	n := copy(b[:min(len(b), d.step)], d.body[d.given:])
	if d.given += n; n == 0 {
		return 0, d.end
	}
	return n, nil
}

// However long a body was promised to be, all of it is read, and nobody gets much
// more memory than there was to fill.
func TestReadAll(t *testing.T) {
	for _, size := range []int{0, 1, 8191, 8192, 8193, 58_000, 65_536, 65_537, 580_000} {
		body := bytes.Repeat([]byte("phiếu"), size/len("phiếu")+1)[:size]
		for _, promised := range []int64{-1, 0, 1, int64(size) - 1, int64(size), int64(size) + 1, math.MaxInt64} {
			for _, step := range []int{1000, 4096, size + 1} {
				d := &dribble{body: body, step: step, end: io.EOF}
				got, err := api.ReadAll(d, promised)
				if err != nil || !bytes.Equal(got, body) || d.greed > 8 {
					t.Errorf("%d bytes, %d promised: %d read, %v, %.1f times as much memory", size, promised, len(got), err, d.greed)
				}
				d = &dribble{body: body, step: step, end: io.ErrUnexpectedEOF}
				if got, err := api.ReadAll(d, promised); !errors.Is(err, io.ErrUnexpectedEOF) || got != nil {
					t.Errorf("%d bytes, cut off: %d read, %v", size, len(got), err)
				}
			}
		}
	}
}

// raw sends bytes over a connection of its own and returns the status of the
// answer, or 0 if the server ends the connection without one.
func raw(t *testing.T, address, request string) int {
	t.Helper()
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	// The server may have answered and hung up before it has all.
	_, _ = io.WriteString(connection, request)
	_ = connection.(*net.TCPConn).CloseWrite()
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	return response.StatusCode
}

// Requests that no client of ours sends, over a real connection.
func TestHostileRequests(t *testing.T) {
	p := openPoll(t)
	server := httptest.NewServer(p.handler)
	defer server.Close()
	address, ballot := server.Listener.Addr().String(), string(p.Ballots[0].Raw())
	head := func(lines ...string) string {
		return "POST " + p.path("/ballots") + " HTTP/1.1\r\nHost: hop.example.vn\r\n" + strings.Join(lines, "\r\n") + "\r\n\r\n"
	}
	chunked := fmt.Sprintf("%x\r\n%s\r\n", len(ballot), ballot)
	// Bytes that the server has not read when it hangs up can make the kernel
	// reset the connection before its answer is read.
	const noAnswer = 0
	tests := []struct {
		name, request string
		want          []int
	}{
		{"more promised than sent", head("Content-Length: 999999999999") + ballot, []int{400, 413}},
		{"more promised than may be", head("Content-Length: 999999999999") + strings.Repeat("x", 200_000), []int{413, noAnswer}},
		{"less promised than sent", head(fmt.Sprint("Content-Length: ", len(ballot)-1)) + ballot, []int{400, noAnswer}},
		{"negative length", head("Content-Length: -1") + ballot, []int{400, noAnswer}},
		{"two lengths", head("Content-Length: 1", "Content-Length: 2") + ballot, []int{400, noAnswer}},
		{"chunk without an end", head("Transfer-Encoding: chunked") + chunked, []int{400}},
		{"chunk longer than promised", head("Transfer-Encoding: chunked") + "2\r\n" + ballot, []int{400, noAnswer}},
		{"unknown transfer encoding", head("Transfer-Encoding: gzip") + ballot, []int{501, noAnswer}},
		{"no host", "POST " + p.path("/ballots") + " HTTP/1.1\r\n\r\n", []int{400}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p.unchanged(func() {
				got := raw(t, address, test.request)
				for _, want := range test.want {
					if got == want {
						return
					}
				}
				t.Errorf("status %d, want %v", got, test.want)
			})
		})
	}
	p.ok(p.box.Check(t.Context()))
	inChunks := io.MultiReader(strings.NewReader(ballot[:1000]), strings.NewReader(ballot[1000:]))
	response, err := http.Post(server.URL+p.path("/ballots"), "application/json", inChunks)
	p.ok(err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		t.Errorf("a ballot in chunks: status %d", response.StatusCode)
	}
}

// Who hangs up while the ballot waits to be verified never gets an answer that
// could be taken for "recorded": the connection is broken off.
func TestHangUp(t *testing.T) {
	p := openPoll(t)
	p.config.Store = brokenStore{p.store, func() error { return fmt.Errorf("gate: %w", context.Canceled) }}
	log := p.logged()
	for _, path := range []string{"/ballots", "/slip"} {
		body := p.Ballots[0].Raw()
		if path == "/slip" {
			body = p.Voters[0].Code.ProvePossession(p.UUID, p.Fingerprint()).AppendJSON(nil)
		}
		w := httptest.NewRecorder()
		ended := func() (cause any) {
			defer func() { cause = recover() }()
			p.handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "POST", p.path(path), bytes.NewReader(body)))
			return nil
		}()
		if !brokeOff(ended) {
			t.Errorf("%s: ended with %v, status %d", path, ended, w.Code)
		}
	}
	if list := log.take(); len(list) > 0 {
		t.Errorf("logged %q", list)
	}
}

// brokeOff reports whether a panic is that by which net/http breaks an answer
// off.
func brokeOff(cause any) bool {
	err, ok := cause.(error)
	return ok && errors.Is(err, http.ErrAbortHandler)
}
