package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/tally/archive"
)

var startedMu sync.Mutex

// remember keeps a program that was started under its name, or returns it.
func remember(name string, r *running) *running {
	startedMu.Lock()
	defer startedMu.Unlock()
	if r != nil {
		started[name] = r
	}
	return started[name]
}

// castFor votes over HTTP with a slip of a held poll, as a program of others
// would, from what demo.json says.
func castFor(held heldPoll, code string, level int) error {
	poll := held.URL + "/api/v1/elections/" + held.UUID
	text, err := answerOf(http.Get(poll))
	if err != nil {
		return err
	}
	e, err := ballot.ParseElection([]byte(text))
	if err != nil {
		return err
	}
	credential, err := ballot.ParseCredential(code)
	if err != nil {
		return err
	}
	choices := make([][]int, len(e.Questions))
	for i := range choices {
		choices[i] = e.Questions[i].Mark(level)
	}
	b, err := ballot.Seal(e, credential, choices)
	if err != nil {
		return err
	}
	answer, err := answerOf(http.Post(poll+"/ballots", "application/json", strings.NewReader(string(b.Raw()))))
	if err == nil && !strings.Contains(answer, b.Tracker()) {
		err = fmt.Errorf("answer without the tracker: %s", answer)
	}
	return err
}

// answerOf reads the body of an answer that must be a success.
func answerOf(response *http.Response, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= 300 {
		err = fmt.Errorf("status %d: %s", response.StatusCode, body)
	}
	return string(body), err
}

// verifyFiles does what homphieu-verify --strict does: shares and closing file
// must lie beside the archive, if it holds what they are about.
func verifyFiles(bel string) (*archive.Report, error) {
	file, err := os.Open(bel)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	o := archive.Options{Strict: true}
	stem := strings.TrimSuffix(bel, ".bel")
	for end, to := range map[string]*[]byte{".shares.json": &o.Shares, ".closing.json": &o.Closing} {
		if *to, err = os.ReadFile(stem + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
	}
	return archive.Verify(file, info.Size(), o)
}
