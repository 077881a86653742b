package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
)

// smallHall opens a trial meeting of eight voters on two persons.
func smallHall(t *testing.T) *loadTrial {
	t.Helper()
	trial, err := openLoadTrial(t.Context(), 8, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := trial.close(); err != nil {
			t.Error(err)
		}
	})
	return trial
}

// A meeting of its own leaves nothing behind, whether all went well or not.
func TestLoadtestLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	var out strings.Builder
	if err := run(t.Context(), []string{"loadtest", "--voters", "3", "--people", "1", "--within", "0"}, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "recorded = 3  refused = 0  lost = 0") {
		t.Error(out.String())
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := run(ended, []string{"loadtest", "--voters", "3", "--people", "1"}, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// Five hundred voters behind one address, each with a connection of its own, may
// all send at the same word.
func TestLoadtestHallAtOnce(t *testing.T) {
	trial, err := openLoadTrial(t.Context(), hallVoters, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer trial.close()
	var out strings.Builder
	if err := trial.poll.play(t.Context(), 0, &out); err != nil {
		t.Errorf("%v: %s", err, out.String())
	}
	status, err := trial.box.Status(t.Context())
	if err != nil || status.Accepted != hallVoters {
		t.Errorf("%d accepted, %v", status.Accepted, err)
	}
}

// In a poll that counts nothing is ever cast.
func TestLoadtestRefusesRealPolls(t *testing.T) {
	setup, slips, err := newLoadSetup(2, 1)
	if err != nil {
		t.Fatal(err)
	}
	setup.Settings.Trial = false
	real := &loadTrial{poll: &loadPoll{slips: slips}, folder: t.TempDir()}
	if err := real.open(t.Context(), setup); err != nil {
		t.Fatal(err)
	}
	defer real.close()
	if err := real.poll.play(t.Context(), 0, io.Discard); err == nil || !strings.Contains(err.Error(), "is a real one: nothing was cast") {
		t.Error(err)
	}
	status, err := real.box.Status(t.Context())
	if err != nil || status.Accepted != 0 {
		t.Errorf("%d accepted, %v", status.Accepted, err)
	}
}

// Nor in a trial that does not take ballots.
func TestLoadtestRefusesClosedPolls(t *testing.T) {
	trial := smallHall(t)
	if err := trial.box.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := trial.poll.play(t.Context(), 0, io.Discard); err == nil || !strings.Contains(err.Error(), "is closed: nothing was cast") {
		t.Error(err)
	}
}

// front puts a server of a test before that of a trial meeting.
func (t *loadTrial) front(test *testing.T, h func(w http.ResponseWriter, r *http.Request, real http.Handler)) {
	test.Helper()
	real := httputil.NewSingleHostReverseProxy(t.poll.server)
	real.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, err error) { test.Error(err) }
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h(w, r, real) }))
	test.Cleanup(server.Close)
	address, err := url.Parse(server.URL)
	if err != nil {
		test.Fatal(err)
	}
	t.poll.server = address
}

// A server that says "recorded" and forgets is found out; who is refused is
// counted with the reason, also when something else answers, or nobody.
func TestLoadtestCountsWhatGoesWrong(t *testing.T) {
	trial := smallHall(t)
	var cast atomic.Int32
	trial.front(t, func(w http.ResponseWriter, r *http.Request, real http.Handler) {
		if r.Method != http.MethodPost {
			real.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		switch cast.Add(1) {
		case 1, 2: // forgets it
			w.WriteHeader(http.StatusCreated)
			fmt.Fprintf(w, `{"tracker":%q,"receipt":""}`, ballot.Tracker(sha256.Sum256(body)))
		case 3:
			w.WriteHeader(http.StatusTooManyRequests)
			fmt.Fprint(w, `{"code":"slow-down"}`)
		case 4:
			w.WriteHeader(http.StatusBadGateway)
			fmt.Fprint(w, "<html>")
		case 5:
			w.WriteHeader(http.StatusCreated)
			fmt.Fprint(w, `{"tracker":"another"}`)
		case 6:
			panic(http.ErrAbortHandler) // hangs up
		default:
			real.ServeHTTP(w, r)
		}
	})
	var out strings.Builder
	err := trial.poll.play(t.Context(), 0, &out)
	if err == nil || err.Error() != "4 ballots refused, 2 lost" {
		t.Error(err)
	}
	for _, want := range []string{
		"recorded = 4  refused = 4  lost = 2",
		"1 refused · bị từ chối: slow-down", "1 refused · bị từ chối: status 502",
		"1 refused · bị từ chối: answer without the tracker", "1 refused · bị từ chối: no answer: EOF",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in %s", want, out.String())
		}
	}
}

// What was measured is told even if the server falls silent afterwards, and who got
// no answer learns whether the ballot is there.
func TestLoadtestLooksUp(t *testing.T) {
	trial := smallHall(t)
	var cast, looked atomic.Int32
	var unanswered atomic.Value // the path of the ballot that was
	trial.front(t, func(w http.ResponseWriter, r *http.Request, real http.Handler) {
		switch {
		case r.Method == http.MethodPost && cast.Add(1) == 1:
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			unanswered.Store(fmt.Sprintf("%s/%x", r.URL.Path, sha256.Sum256(body)))
			r.Body = io.NopCloser(bytes.NewReader(body))
			real.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler) // recorded, and hangs up
		case r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/ballots/") && r.URL.Path != unanswered.Load() && looked.Add(1) == 1:
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			real.ServeHTTP(w, r)
		}
	})
	var out strings.Builder
	err := trial.poll.play(t.Context(), 0, &out)
	if err == nil || err.Error() != "1 ballots refused, 0 lost" {
		t.Error(err)
	}
	for _, want := range []string{
		"recorded = 7  refused = 1  lost = 0", "no answer: EOF, and recorded all the same", "1 not looked up",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in %s", want, out.String())
		}
	}
}

// Servers that cannot be asked, or answer with something else, end the test.
func TestLoadtestRefusesServers(t *testing.T) {
	other := smallHall(t)
	for name, c := range map[string]struct {
		path, answer string // of a GET whose path has this end
		status       int
		want         string
	}{
		"no poll":              {"/status", `{"code":"unknown-election"}`, http.StatusNotFound, "unknown-election; are --url and --election right?"},
		"no status":            {"/status", `<html>`, http.StatusOK, "not the status of a poll"},
		"no election":          {"", `{}`, http.StatusOK, "election: byte 0"},
		"another election":     {"", string(other.box.Election().Raw()), http.StatusOK, ballot.ErrWrongElection.Error()},
		"no answer to a hash":  {"/ballots/", `{"code":"internal"}`, http.StatusInternalServerError, "8 ballots not looked up"},
		"another ballot there": {"/ballots/", `{"tracker":"another"}`, http.StatusOK, "0 ballots refused, 8 lost"},
	} {
		t.Run(name, func(t *testing.T) {
			trial := smallHall(t)
			base := "/api/v1/elections/" + string(trial.poll.uuid)
			trial.front(t, func(w http.ResponseWriter, r *http.Request, real http.Handler) {
				if end, _ := strings.CutPrefix(r.URL.Path, base); r.Method != http.MethodGet || !(end == c.path || c.path == "/ballots/" && strings.HasPrefix(end, c.path)) {
					real.ServeHTTP(w, r)
					return
				}
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.answer)
			})
			if err := trial.poll.play(t.Context(), 0, io.Discard); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// The percentiles are times that somebody waited, by nearest rank.
func TestPercentiles(t *testing.T) {
	times := func(n int) (list []loadAnswer) {
		for i := range n {
			list = append(list, loadAnswer{took: time.Duration(n-i) * time.Millisecond})
		}
		return append(list, loadAnswer{took: time.Hour, refused: "slow-down"}, loadAnswer{took: time.Hour, refused: "slow-down"})
	}
	for n, want := range map[int][3]time.Duration{0: {}, 1: {1, 1, 1}, 2: {1, 2, 2}, 3: {2, 3, 3}, 100: {50, 99, 100}, 500: {250, 495, 500}} {
		r := newLoadResult(times(n))
		got := [3]time.Duration{r.percentile(50), r.percentile(99), r.percentile(100)}
		for i := range want {
			want[i] *= time.Millisecond
		}
		if got != want || !maps.Equal(r.refused, map[string]int{"slow-down": 2}) {
			t.Errorf("%d: %v, want %v; refused %v", n, got, want, r.refused)
		}
	}
}

// Everybody casts once, and one who fails ends it for all.
func TestEach(t *testing.T) {
	var called [100]atomic.Int32
	if err := each(t.Context(), len(called), 3, func(i int) error { called[i].Add(1); return nil }); err != nil {
		t.Error(err)
	}
	for i := range called {
		if n := called[i].Load(); n != 1 {
			t.Errorf("%d called %d times", i, n)
		}
	}
	var calls atomic.Int32
	err := each(t.Context(), 1000, 2, func(int) error { calls.Add(1); return box.ErrState })
	if n := calls.Load(); !errors.Is(err, box.ErrState) || n > 2 {
		t.Errorf("%d calls, %v", n, err)
	}
}

// A file of --codes names what is wrong with it, and never a code.
func TestLoadtestCodes(t *testing.T) {
	const demo = `{"url":"http://127.0.0.1:8080","uuid":"T1aiCDgidEAfPc5tYY9fQe","credentials":["11111-111111-11111-111111","11111-111111-11111-111112"]}`
	const code = "11111-111111-11111-111111"
	here := loadOptions{url: "https://hop.example.vn/phieu/", election: "T1aiCDgidEAfPc5tYY9fQe"}
	for name, c := range map[string]struct {
		options      loadOptions
		text, want   string
		slips        int
		server, uuid string
	}{
		"demo.json":          {text: demo, slips: 2, server: "http://127.0.0.1:8080", uuid: "T1aiCDgidEAfPc5tYY9fQe"},
		"some of demo.json":  {options: loadOptions{voters: 1}, text: demo, slips: 1, server: "http://127.0.0.1:8080", uuid: "T1aiCDgidEAfPc5tYY9fQe"},
		"demo.json, another": {options: loadOptions{url: here.url, election: "U1aiCDgidEAfPc5tYY9fQe"}, text: demo, slips: 2, server: here.url, uuid: "U1aiCDgidEAfPc5tYY9fQe"},
		"a code a line":      {options: here, text: code + "\r\n" + code + "\r\n", slips: 2, server: here.url, uuid: here.election},
		"no address":         {text: code, want: `--url "": not the address of a server`},
		"not HTTP":           {options: loadOptions{url: "ftp://a", election: here.election}, text: code, want: "not the address"},
		"no uuid":            {options: loadOptions{url: here.url}, text: code, want: `--election "": not the uuid`},
		"empty":              {options: here, text: "\n", want: "code 1: "},
		"nobody":             {text: `{"url":"http://a","uuid":"T1aiCDgidEAfPc5tYY9fQe"}`, want: "no code in it"},
		"not a code":         {options: here, text: code + "\nSecret", want: "code 2: "},
		"more voters":        {options: loadOptions{voters: 3}, text: demo, want: "2 codes for 3 --voters"},
		"other JSON":         {text: `{"url":1}`, want: "not the demo.json"},
	} {
		p, err := c.options.pollOf(c.text)
		switch {
		case c.want != "":
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "Secret") {
				t.Errorf("%s: %v, want %s", name, err, c.want)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case len(p.slips) != c.slips || p.server.String() != c.server || string(p.uuid) != c.uuid:
			t.Errorf("%s: %d slips, %s, %s", name, len(p.slips), p.server, p.uuid)
		}
	}
}

func FuzzLoadtestCodes(f *testing.F) {
	f.Add(`{"url":"http://127.0.0.1:8080","uuid":"T1aiCDgidEAfPc5tYY9fQe","credentials":["11111-111111-11111-111111"]}`, "", "")
	f.Add("11111-111111-11111-111111\n", "https://hop.example.vn", "T1aiCDgidEAfPc5tYY9fQe")
	f.Fuzz(func(t *testing.T, text, address, election string) {
		o := loadOptions{url: address, election: election}
		if p, err := o.pollOf(text); err == nil && (len(p.slips) == 0 || !p.uuid.Valid() || p.server.Host == "") {
			t.Errorf("%+v", p)
		}
	})
}
