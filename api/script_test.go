package api_test

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/round"
)

// TestScripts runs the scripts of testdata, each on a poll of its own that has
// not opened yet. A line is one of:
//
//	# what follows
//	open, close, sign, count, publish, void N, restart, fill gate, empty gate
//	round, round over, settle N, knock N                of a superior's site (# rounds)
//	METHOD PATH [BODY]      a request; BODY is put together from {things}
//	  Header: value         of that request
//	→ STATUS [CODE] [WORD]… the answer: its code if it is a problem, and words
//	                        member=value for members of its JSON, has:text or
//	                        lacks:text for its body, Header:value, or same: the
//	                        body is that of the last answer marked keep
//
// What stands in braces is replaced, see thing. After each script the box must
// pass its own check, and whatever was refused must have left it as it was.
//
// Together the scripts provoke every problem that openapi.json foresees.
func TestScripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("%d scripts, %v", len(scripts), err)
	}
	missing, run := documentedProblems(), 0
	for _, path := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			for seen := range runScript(t, path) {
				delete(missing, seen)
			}
			run++
		})
	}
	for p := range missing {
		if p.status < 500 && run == len(scripts) { // not one alone, with -run
			t.Errorf("no script provokes %v", p)
		}
	}
}

// A script is one under way.
type script struct {
	*poll
	file    string
	line    int
	pending func() *answer // the request that was read last
	changes []change
	last    *answer
	kept    string
	empty   func() // empties the gate
	round   *round.Round
}

func runScript(t *testing.T, path string) map[triple]bool {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	settings := box.Settings{MinBallots: 1, RuleSet: "reg96_2023", MembersOnly: strings.Contains(string(text), "# members only\n")}
	s := &script{poll: newPoll(t, settings), file: path}
	if strings.Contains(string(text), "# rounds\n") {
		s.withRounds()
	}
	for line := range strings.Lines(string(text)) {
		s.line++
		s.run(strings.TrimRight(line, "\n"))
		if t.Failed() {
			t.FailNow()
		}
	}
	s.send()
	s.ok(s.box.Check(t.Context()))
	return s.seen
}

// complain ends the script with its place.
func (s *script) complain(format string, args ...any) {
	s.Helper()
	s.Fatalf("%s:%d: %s", s.file, s.line, fmt.Sprintf(format, args...))
}

func (s *script) run(line string) {
	s.Helper()
	switch name, value, isHeader := strings.Cut(strings.TrimSpace(line), ": "); {
	case line == "" || strings.HasPrefix(line, "#"):
	case strings.HasPrefix(line, "→ "):
		s.expect(words(strings.TrimPrefix(line, "→ ")))
	case strings.HasPrefix(line, "  ") && isHeader:
		s.changes = append(s.changes, header(name, value))
	case regexp.MustCompile(`^[A-Z]+ /|^[A-Z]+ \{`).MatchString(line):
		s.request(line)
	default:
		s.act(strings.Fields(line))
	}
}

// words splits at spaces outside braces.
func words(line string) []string {
	return regexp.MustCompile(`(?:\{[^}]*\}|[^ ])+`).FindAllString(line, -1)
}

// request prepares a request; it is sent when its answer is asked for.
func (s *script) request(line string) {
	s.send()
	parts := words(line)
	path, body := s.expand(parts[1]), s.expand(strings.Join(parts[2:], ""))
	s.changes = nil
	s.pending = func() *answer { return s.do(parts[0], path, body, s.changes...) }
}

// send sends the prepared request. A refusal must leave the box as it was.
func (s *script) send() {
	if s.pending == nil {
		return
	}
	before := s.status()
	s.last, s.pending = s.pending(), nil
	if s.last.StatusCode >= 400 && s.status() != before {
		s.complain("refused, but the box changed")
	}
}

func (s *script) expect(want []string) {
	s.Helper()
	s.send()
	if got := strconv.Itoa(s.last.StatusCode); got != want[0] {
		s.complain("status %s, want %s: %.300s", got, want[0], s.last.body)
	}
	code := ""
	want = want[1:]
	if len(want) > 0 && !strings.ContainsAny(want[0], "=:") && want[0] != "keep" && want[0] != "same" {
		code, want = want[0], want[1:]
	}
	if got := s.last.problem(); got.Code != code || code != "" && got.Type != "urn:homphieu:problem:"+code {
		s.complain("problem %+v, want %q", got, code)
	}
	for _, w := range want {
		s.expectWord(s.expand(w))
	}
}

func (s *script) expectWord(w string) {
	s.Helper()
	member, value, isMember := strings.Cut(w, "=")
	name, text, isHeader := strings.Cut(w, ":")
	switch {
	case w == "keep":
		s.kept = s.last.body
	case w == "same":
		if s.last.body != s.kept {
			s.complain("%s\nis not\n%s", s.last.body, s.kept)
		}
	case isHeader && name == "has" || name == "lacks":
		if strings.Contains(s.last.body, text) != (name == "has") {
			s.complain("%s: %.500s", w, s.last.body)
		}
	case isHeader && !strings.Contains(name, "="):
		if got := s.last.Header.Get(name); got != text {
			s.complain("%s: %q, want %q", name, got, text)
		}
	case isMember:
		var object map[string]any
		s.ok(json.Unmarshal([]byte(s.last.body), &object))
		if got, has := object[member]; fmt.Sprint(got) != value && (has || value != "none") {
			s.complain("%s: %v, want %s", member, got, value)
		}
	default:
		s.complain("%q is not understood", w)
	}
}

// act does something to the poll.
func (s *script) act(what []string) {
	s.Helper()
	s.send()
	ctx := s.Context()
	switch strings.Join(what, " ") {
	case "open":
		s.ok(s.box.Open(ctx))
	case "close":
		s.ok(s.box.Close(ctx))
	case "sign":
		s.sign(s.voided())
	case "count":
		s.count()
	case "publish":
		s.ok(s.box.Publish(ctx))
	case "restart":
		s.restart()
	case "meeting":
		m := &meeting.Meeting{UUID: s.UUID, State: meeting.Sealed, Papers: []meeting.Paper{{UUID: s.UUID}}}
		s.ok(s.store.Save(ctx, m, audit.Draft{Time: time.Unix(0, 0), Meeting: s.UUID, Action: string(meeting.ActSeal), Actor: audit.Actor{Role: "chair", Name: "Lê Thị Hòa", ID: "1"}}))
	case "fill gate":
		s.empty = s.fill()
	case "empty gate":
		s.empty()
	case "round":
		s.newRound()
	case "round over":
		s.endRound()
	default:
		if what[0] == "settle" {
			s.settle(s.number(what[1]))
			return
		}
		if what[0] == "knock" {
			for range s.number(what[1]) {
				s.do("POST", "/api/v1/packages", "")
			}
			return
		}
		if what[0] != "void" {
			s.complain("%q is not understood", what)
		}
		s.ok(s.box.Void(ctx, s.Voters[s.number(what[1])-1].Key))
	}
}

// restart closes the server and starts it again on the same data.
func (s *script) restart() {
	s.reopen()
	b, err := s.store.Box(s.Context(), s.UUID)
	s.ok(err)
	s.box = b
}

func (s *script) number(text string) int {
	s.Helper()
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		s.complain("%q is no number from 1", text)
	}
	return n
}

// expand replaces what stands in braces.
func (s *script) expand(text string) string {
	s.Helper()
	return regexp.MustCompile(`\{[a-zA-Z][^}]*\}`).ReplaceAllStringFunc(text, func(braces string) string {
		return s.thing(strings.Fields(braces[1 : len(braces)-1]))
	})
}

// thing returns what a name in braces stands for; voters count from 1.
func (s *script) thing(name []string) string {
	s.Helper()
	n := 1
	if last := name[len(name)-1]; last[0] >= '0' && last[0] <= '9' {
		n, name = s.number(last), name[:len(name)-1]
	}
	e, voter := s.Election.Election, &s.Voters[(n-1)%len(s.Voters)]
	mine := s.Ballots[(n-1)%len(s.Ballots)]
	switch strings.Join(name, " ") {
	case "poll": // the poll's address in the API
		return s.path("")
	case "uuid":
		return string(s.UUID)
	case "fingerprint":
		return string(e.Fingerprint())
	case "ballot": // the ballot of voter N
		return string(mine.Raw())
	case "other": // a second ballot of voter N
		return string(s.Others[n-1].Raw())
	case "false": // the ballot of voter N, with a proof that does not hold
		return falsified(string(mine.Raw()))
	case "tracker":
		return mine.Tracker()
	case "hash":
		hash := mine.Hash()
		return hex.EncodeToString(hash[:])
	case "stranger": // a true ballot under a credential of nobody
		return s.seal(ballot.NewCredential())
	case "twin":
		cryptotest.SetGlobalRandom(s.T, 1)
		return s.seal(voter.Code)
	case "false stranger":
		return falsified(s.seal(ballot.NewCredential()))
	case "foreign": // a ballot of another election
		other := boxtest.NewElection(s, boxtest.Plan{Voters: 1})
		return string(other.Seal(s, 0).Raw())
	case "slip": // the proof to hold the slip of voter N
		return string(voter.Code.ProvePossession(s.UUID, e.Fingerprint()).AppendJSON(nil))
	case "false slip":
		return falsified(string(voter.Code.ProvePossession(s.UUID, e.Fingerprint()).AppendJSON(nil)))
	case "foreign slip": // voter N's proof, for another election
		return string(voter.Code.ProvePossession(s.UUID, "another").AppendJSON(nil))
	case "stranger's slip":
		return string(ballot.NewCredential().ProvePossession(s.UUID, e.Fingerprint()).AppendJSON(nil))
	}
	return s.text(strings.Join(name, " "), n, string(mine.Raw()))
}

// text returns pieces of which malformed bodies are made.
func (s *script) text(name string, n int, mine string) string {
	s.Helper()
	switch name {
	case "BOM":
		return "\ufeff"
	case "newline":
		return "\n"
	case "space":
		return " "
	case "bytes": // N of them
		return strings.Repeat("x", n)
	case "biggest": // as many bytes as the longest ballot may have
		return strings.Repeat("x", s.MaxBallotSize())
	case "gzip": // the ballot of voter N, compressed
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, err := w.Write([]byte(mine))
		s.ok(err)
		s.ok(w.Close())
		return b.String()
	case "again": // the ballot of voter N, with its credential written twice
		member := regexp.MustCompile(`"credential":"[0-9a-f]{64}",`).FindString(mine)
		return strings.Replace(mine, member, member+member, 1)
	case "reordered": // the same JSON with two members exchanged
		return regexp.MustCompile(`("election_uuid":"[^"]*"),("election_hash":"[^"]*")`).ReplaceAllString(mine, "$2,$1")
	case "escaped": // the same JSON, written another way
		return strings.Replace(mine, `{"election_uuid"`, `{"election_uui\u0064"`, 1)
	case "upper": // hexadecimal in upper case
		return strings.Replace(mine, mine[strings.Index(mine, `"alpha":"`)+9:][:64], strings.ToUpper(mine[strings.Index(mine, `"alpha":"`)+9:][:64]), 1)
	}
	if s.round != nil {
		return s.parcel(name, n)
	}
	s.complain("{%s} is not understood", name)
	return ""
}

// seal makes a ballot under any credential.
func (p *poll) seal(c ballot.Credential) string {
	p.Helper()
	b, err := ballot.Seal(p.Election.Election, c, [][]int{p.Questions[0].Mark(0), p.Questions[1].Mark(-1)})
	p.ok(err)
	return string(b.Raw())
}

// falsified changes the last response in a text, which stays canonical.
func falsified(text string) string {
	const response = `"response":"`
	i := strings.LastIndex(text, response) + len(response)
	return text[:i] + "1" + text[i:i+60] + text[strings.IndexByte(text[i:], '"')+i:]
}
