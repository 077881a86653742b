// Package witness brings the public log and its witnesses together over HTTP:
// the server of a witness, the client that asks one, and the rounds in which
// the server of a log has its checkpoints cosigned.
//
// # HTTP
//
// A witness answers as C2SP tlog-witness says, below any address:
//
//	POST /add-checkpoint     a request; the lines of a cosignature, or
//	                         400, 403, 404, 409 with the size that it has, 422
//	GET  /last/ORIGIN        the last checkpoint of a log that it has cosigned,
//	                         204 if there is none, 404 for a log that it does
//	                         not know
//
// The second is an addition. A log asks it at its start, to find out whether
// its own data were set back. To a witness of another make, which answers 404,
// it offers the checkpoint of the empty tree, which is the beginning of every
// log and says nothing, and learns the size from the refusal; then what it
// signed last, to which that witness answers 422, or 409 with the size that was
// offered, if it has seen something else.
//
// Nothing is written or signed before every witness of the settings has
// answered: a checkpoint may have reached one of them alone. To refuse because a
// log is unknown is no answer. A witness that is
// lost holds the log back until somebody says to go on without it
// ([Config].Without). One that says it has seen a longer log, or another, stops
// it, though it may show nothing that is signed; it must be right or be named
// there. Voting and counting wait for nothing of this.
//
// # Settings
//
// The witnesses of a log stand in a file, one item a line, empty lines and
// lines from # on aside:
//
//	witness so-noi-vu+5a6b7c8d+BHj3… https://w1.example.vn
//	witness may-chieu+0a1b2c3d+BMn8… http://127.0.0.1:8091
//	quorum 2
//	required
//
// A checkpoint counts as published when so many of them have cosigned it: more
// than half, so that no two histories can have as many each. With
// required, a result is released only after that.
package witness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/homphieu/homphieu/tally/ledger"
)

// sizeType is the media type in which a witness says which size it has.
const sizeType = "text/x.tlog.size"

// NewHandler returns the HTTP of a witness. refused is told of every request
// that the log has signed and that contradicts what the witness has kept, with
// the reason: [ledger.ErrFork] or [ledger.ErrProof]. With the second the
// checkpoint may be a good one, which everybody can send with a bad proof;
// [Evidence] tells. The answer waits for refused.
func NewHandler(w *ledger.Witness, refused func(body []byte, reason error)) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", func(out http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(out, r.Body, ledger.MaxRequest))
		if err != nil {
			answer(out, nil, ledger.ErrRequest)
			return
		}
		lines, err := w.Add(r.Context(), body)
		if errors.Is(err, ledger.ErrFork) || errors.Is(err, ledger.ErrProof) {
			refused(body, err)
		}
		answer(out, lines, err)
	})
	mux.HandleFunc("GET /last/{origin...}", func(out http.ResponseWriter, r *http.Request) {
		last, err := w.Last(r.Context(), r.PathValue("origin"))
		if errors.Is(err, ledger.ErrNotFound) {
			out.WriteHeader(http.StatusNoContent)
			return
		}
		answer(out, last, err)
	})
	return mux
}

// statuses are the answers of C2SP tlog-witness to each refusal.
var statuses = []struct {
	err    error
	status int
}{
	{ledger.ErrRequest, http.StatusBadRequest},
	{ledger.ErrUnknownLog, http.StatusNotFound},
	{ledger.ErrUntrusted, http.StatusForbidden},
	{ledger.ErrProof, http.StatusUnprocessableEntity},
}

func answer(out http.ResponseWriter, text []byte, err error) {
	out.Header().Set("Content-Type", "text/plain; charset=utf-8")
	out.Header().Set("Cache-Control", "no-store")
	out.Header().Set("X-Content-Type-Options", "nosniff")
	if err == nil {
		_, _ = io.Copy(out, bytes.NewReader(text)) // who is gone does not hear
		return
	}
	if stale := new(ledger.StaleError); errors.As(err, &stale) {
		out.Header().Set("Content-Type", sizeType)
		out.WriteHeader(http.StatusConflict)
		fmt.Fprintf(out, "%d\n", stale.Size)
		return
	}
	for _, row := range statuses {
		if errors.Is(err, row.err) {
			out.WriteHeader(row.status)
			fmt.Fprintln(out, row.err)
			return
		}
	}
	out.WriteHeader(http.StatusInternalServerError)
}

// A Client asks a witness.
type Client struct {
	base *url.URL
	http *http.Client
}

// patience is how long a witness may take for an answer.
const patience = 20 * time.Second

// maxAnswer bounds what a witness answers.
const maxAnswer = 64 << 10

// NewClient returns the client of the witness at an address: https, or http on
// this computer.
func NewClient(address string) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("address of a witness: %w", err)
	}
	if u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil || (u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname()))) {
		return nil, fmt.Errorf("address of a witness: %q is not https://NAME, or http:// on this computer", address)
	}
	return &Client{u, newHTTP()}, nil
}

// newHTTP goes where it is told, and nowhere else.
func newHTTP() *http.Client {
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &http.Client{Timeout: patience, CheckRedirect: stay}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// ErrNoAnswer is returned when a witness cannot be reached.
var ErrNoAnswer = errors.New("witness: no answer")

// errNoLast is returned by a witness that does not tell its last checkpoint.
var errNoLast = errors.New("witness: does not tell its last checkpoint")

// Last returns the last checkpoint of a log that the witness has cosigned, or
// nil if there is none.
func (c *Client) Last(ctx context.Context, origin string) ([]byte, error) {
	status, text, err := c.do(ctx, http.MethodGet, c.base.JoinPath("last", origin), nil)
	switch {
	case err != nil:
		return nil, err
	case status == http.StatusNoContent:
		return nil, nil
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed:
		return nil, errNoLast
	case status != http.StatusOK || len(text) == 0:
		return nil, fmt.Errorf("witness: answered %d", status)
	}
	return text, nil
}

// Add asks for a cosignature with a request of [ledger.Log.Request], and
// returns its lines. A refusal is that of [ledger.Witness.Add].
func (c *Client) Add(ctx context.Context, body []byte) ([]byte, error) {
	status, text, err := c.do(ctx, http.MethodPost, c.base.JoinPath("add-checkpoint"), body)
	if err != nil {
		return nil, err
	}
	if status == http.StatusOK {
		return text, nil
	}
	if status == http.StatusConflict {
		line, _ := strings.CutSuffix(string(text), "\n")
		size, err := strconv.ParseInt(line, 10, 64)
		if err != nil || size < 0 {
			return nil, errors.New("witness: answered 409 without its size")
		}
		return nil, &ledger.StaleError{Size: size}
	}
	for _, row := range statuses {
		if row.status == status {
			return nil, row.err
		}
	}
	return nil, fmt.Errorf("witness: answered %d", status)
}

func (c *Client) do(ctx context.Context, method string, to *url.URL, body []byte) (status int, text []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, method, to.String(), bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	response, err := c.http.Do(r)
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	defer response.Body.Close()
	text, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return 0, nil, fmt.Errorf("witness: answer broken off: %w", err)
	}
	return response.StatusCode, text, nil
}

// Evidence returns the file that convicts a log whose request a witness has
// refused, or nil if the checkpoint does continue what the witness has and only
// the request was bad. When the sizes differ it needs the log's own tiles, which
// lie at its origin: who has signed a history must show it to somebody. As long
// as they cannot be had there is an error.
func Evidence(ctx context.Context, w *ledger.Witness, key *ledger.Key, body []byte, refusal error) ([]byte, error) {
	if stale := new(ledger.StaleError); errors.As(refusal, &stale) && stale.Evidence != nil {
		return stale.Evidence, nil
	}
	r, err := ledger.ParseRequest(body)
	if err != nil {
		return nil, err
	}
	last, err := w.Last(ctx, key.Origin())
	if err != nil {
		return nil, err
	}
	evidence, err := ledger.Compare(ctx, last, r.Checkpoint, key, atOrigin(key.Origin()))
	if err == nil || errors.Is(err, ledger.ErrFork) {
		return evidence, nil
	}
	return nil, errors.Join(refusal, err)
}

// atOrigin reads the files of a log where its origin says that they are.
func atOrigin(origin string) ledger.Fetch {
	host, path, _ := strings.Cut(origin, "/")
	base := url.URL{Scheme: "https", Host: host, Path: "/" + path}
	if loopback(base.Hostname()) {
		base.Scheme = "http"
	}
	c := Client{&base, newHTTP()}
	return func(ctx context.Context, path string) ([]byte, error) {
		status, text, err := c.do(ctx, http.MethodGet, base.JoinPath(path), nil)
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("%s: answered %d", path, status)
		}
		return text, err
	}
}
