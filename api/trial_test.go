package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
)

// newTrial makes a sample meeting through the page's button.
func (s *site) newTrial() (page string, b box.Box, trial *meeting.Trial) {
	s.Helper()
	page = s.do("POST", "/staff/trial", "", here, browser).want(http.StatusSeeOther, "").Header.Get("Location")
	u, ok := strings.CutPrefix(page, "/staff/trial/")
	if !ok {
		s.Fatalf("Location %q", page)
	}
	b, err := s.store.Box(s.Context(), ballot.UUID(u))
	s.ok(err)
	trial, err = meeting.LoadTrial(s.Context(), s.store, ballot.UUID(u))
	s.ok(err)
	return page, b, trial
}

// marked seals a ballot that marks level for everybody.
func (s *site) marked(e *ballot.Election, c ballot.Credential, level int) *ballot.Ballot {
	s.Helper()
	choices := make([][]int, len(e.Questions))
	for i := range choices {
		choices[i] = e.Questions[i].Mark(level)
	}
	b, err := ballot.Seal(e, c, choices)
	s.ok(err)
	return b
}

// Sample meetings are for who sits at the computer: the address, the name and
// the absence of a proxy must all say so. What is refused changes nothing.
func TestTrialIsOnlyForThisComputer(t *testing.T) {
	s := newSite(t)
	page, b, trial := s.newTrial()
	for range 3 {
		a := s.marked(b.Election(), trial.Credentials[0], 0)
		s.do("POST", "/api/v1/elections/"+string(b.Election().UUID)+"/ballots", string(a.Raw()))
	}
	tests := []struct {
		address, host, proxy string
		allowed              bool
	}{
		{"127.0.0.1:5000", "localhost:8080", "", true},
		{"127.0.0.1:5000", "localhost", "", true},
		{"127.0.0.1:5000", "127.0.0.1:8080", "", true},
		{"127.9.9.9:5000", "127.0.0.1", "", true},
		{"[::1]:5000", "[::1]:8080", "", true},
		{"[::1]:5000", "[::1]", "", true},
		{"127.0.0.1:5000", "hop.example.vn", "", false},
		{"127.0.0.1:5000", "localhost.example.vn", "", false},
		{"127.0.0.1:5000", "evil-localhost", "", false},
		{"127.0.0.1:5000", "", "", false},
		{"127.0.0.1:5000", "192.168.1.5:8080", "", false},
		{"192.168.1.5:5000", "localhost:8080", "", false},
		{"203.0.113.5:5000", "127.0.0.1", "", false},
		{"[2001:db8::1]:5000", "[::1]:8080", "", false},
		{"@", "localhost", "", false},
		{"", "localhost", "", false},
		{"127.0.0.1:5000", "localhost:8080", "X-Forwarded-For: 203.0.113.5", false},
		{"127.0.0.1:5000", "localhost:8080", "X-Forwarded-For: 127.0.0.1", false},
		{"127.0.0.1:5000", "localhost:8080", "X-Forwarded-For: ", false},
		{"127.0.0.1:5000", "localhost:8080", "Forwarded: for=203.0.113.5", false},
		{"127.0.0.1:5000", "localhost:8080", "X-Forwarded-Host: hop.example.vn", false},
		{"127.0.0.1:5000", "localhost:8080", "X-Real-Ip: 203.0.113.5", false},
		{"127.0.0.1:5000", "localhost:8080", "Via: 1.1 proxy", false},
	}
	for _, test := range tests {
		from := func(r *http.Request) {
			r.RemoteAddr, r.Host = test.address, test.host
			if name, value, ok := strings.Cut(test.proxy, ": "); ok {
				r.Header[name] = []string{value}
			}
		}
		if test.allowed {
			s.do("GET", page, "", from).want(http.StatusOK, "")
		} else {
			for _, path := range []string{page, page + "/slips.pdf"} {
				s.do("GET", path, "", from).want(http.StatusForbidden, "not-here")
			}
			for _, path := range []string{"/staff/trial", page + "/close", page + "/count"} {
				s.do("POST", path, "", from).want(http.StatusForbidden, "not-here")
			}
		}
		offered := strings.Contains(s.do("GET", "/", "", from, browser).body, `action="/staff/trial"`)
		if offered != test.allowed {
			t.Errorf("%+v: sample meeting offered: %t", test, offered)
		}
	}
	list, err := s.store.List(t.Context())
	s.ok(err)
	if status, err := b.Status(t.Context()); len(list) != 1 || err != nil || status.State != box.Open {
		t.Errorf("%d polls, %+v, %v", len(list), status, err)
	}
}

// A poll that is no sample has no page under /staff/trial, and a server without
// sample meetings has none at all.
func TestNoTrial(t *testing.T) {
	p := openPoll(t)
	p.do("GET", "/staff/trial/"+string(p.UUID), "", here).want(http.StatusNotFound, "not-found")
	p.do("POST", "/staff/trial/"+string(p.UUID)+"/close", "", here).want(http.StatusNotFound, "not-found")
	p.do("GET", "/staff/trial/11111111111111", "", here).want(http.StatusNotFound, "unknown-election")
	p.config.Trials = nil
	p.logged()
	p.do("POST", "/staff/trial", "", here).want(http.StatusNotFound, "no-such-page")
	if page := p.do("GET", "/", "", here, browser).body; strings.Contains(page, "/staff/trial") {
		t.Error("the home page offers a sample meeting")
	}
}

// The steps of a sample meeting are refused out of order, and repeat safely.
func TestTrialSteps(t *testing.T) {
	s := newSite(t)
	page, b, trial := s.newTrial()
	poll := "/api/v1/elections/" + string(b.Election().UUID)
	s.do("POST", page+"/count", "", here).want(http.StatusNotFound, "not-found") // no closing file yet
	s.do("POST", poll+"/ballots", string(s.marked(b.Election(), trial.Credentials[0], 2).Raw())).want(http.StatusCreated, "")
	s.atOnce("POST", page+"/close")
	s.do("POST", page+"/close", "", here).want(http.StatusSeeOther, "")
	s.atOnce("POST", page+"/count")
	s.do("POST", page+"/count", "", here).want(http.StatusSeeOther, "")
	s.do("POST", page+"/close", "", here).want(http.StatusSeeOther, "")
	if status, err := b.Status(t.Context()); err != nil || !status.Published || status.Accepted != 1 {
		t.Errorf("%+v, %v", status, err)
	}
	s.ok(b.Check(t.Context()))
}

// When it is counted, a sample meeting has papers as a real one, for this computer
// alone; before, and under other names, there is nothing.
func TestTrialPapers(t *testing.T) {
	s := newSite(t)
	page, b, trial := s.newTrial()
	path := page + "/files/minutes.pdf"
	s.config.Press = fakePress{}
	s.reopen()
	s.do("POST", "/api/v1/elections/"+string(b.Election().UUID)+"/ballots", string(s.marked(b.Election(), trial.Credentials[0], 2).Raw())).want(http.StatusCreated, "")
	s.do("GET", path, "", here).want(http.StatusConflict, "wrong-state")
	s.do("POST", page+"/close", "", here).want(http.StatusSeeOther, "")
	s.do("POST", page+"/count", "", here).want(http.StatusSeeOther, "")
	if a := s.do("GET", page, "", here); !strings.Contains(a.body, `href="`+path+`"`) {
		t.Errorf("no link to the minutes: %s", a.body)
	}
	a := s.do("GET", path, "", here).want(http.StatusOK, "")
	if !strings.Contains(a.body, "minutes.pdf of Hội nghị") || a.Header.Get("Content-Disposition") == "" {
		t.Errorf("%v %s", a.Header, a.body)
	}
	s.do("GET", page+"/files/assessment.json", "", here).want(http.StatusNotFound, "not-found")
	s.do("GET", path, "").want(http.StatusForbidden, "not-here")
}

// A sample meeting in which nobody voted cannot be counted, and says so.
func TestTrialWithoutBallots(t *testing.T) {
	s := newSite(t)
	page, _, _ := s.newTrial()
	s.do("POST", page+"/close", "", here).want(http.StatusSeeOther, "")
	s.do("POST", page+"/count", "", here).want(http.StatusConflict, "too-few-ballots")
	a := s.do("POST", page+"/count", "", here, browser)
	if a.StatusCode != http.StatusConflict || !strings.Contains(a.body, "ít hơn mức tối thiểu") || !strings.Contains(a.body, "Fewer ballots") {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

// atOnce presses a button eight times at the same moment; none may fail.
func (s *site) atOnce(method, path string) {
	s.Helper()
	codes := make([]int, 8)
	var start, wait sync.WaitGroup
	start.Add(1)
	for i := range codes {
		wait.Go(func() {
			r := httptest.NewRequestWithContext(s.Context(), method, path, nil)
			here(r)
			w := httptest.NewRecorder()
			start.Wait()
			s.handler.ServeHTTP(w, r)
			codes[i] = w.Code
		})
	}
	start.Done()
	wait.Wait()
	for _, code := range codes {
		if code != http.StatusSeeOther {
			s.Errorf("%s %s at once: %v", method, path, codes)
			return
		}
	}
}
