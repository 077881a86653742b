package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally"
)

// vote lets every voter seal a ballot and cast it over HTTP.
func (d *demonstration) vote(ctx context.Context) error {
	fmt.Fprintf(d.stdout, "%d voters, %d persons, board %s, server %s\n", d.plan.collected, len(d.plan.persons), d.demoOptions.board, d.site.url)
	e, err := d.fetchElection(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	marks := d.plan.marks()
	var next, cast atomic.Int64
	var voters sync.WaitGroup
	for range 2 * runtime.GOMAXPROCS(0) {
		voters.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(marks) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := d.castOne(ctx, e, d.secrets[i], marks[i]); err != nil {
					cancel(fmt.Errorf("voter %d: %w", i+1, err))
					return
				}
				d.progress(int(cast.Add(1)))
			}
		})
	}
	voters.Wait()
	return context.Cause(ctx)
}

// progress says four times how far the vote is.
func (d *demonstration) progress(cast int) {
	if quarter := max(1, d.plan.collected/4); cast%quarter == 0 || cast == d.plan.collected {
		fmt.Fprintf(d.stdout, "  %d of %d ballots recorded\n", cast, d.plan.collected)
	}
}

// fetchElection reads the election as a voter's page does and checks that it
// is the one on the slips.
func (d *demonstration) fetchElection(ctx context.Context) (*ballot.Election, error) {
	body, err := d.request(ctx, http.MethodGet, "", nil, http.StatusOK)
	if err != nil {
		return nil, err
	}
	e, err := ballot.ParseElection(body)
	if err != nil {
		return nil, err
	}
	if e.Fingerprint() != d.box.Election().Fingerprint() {
		return nil, ballot.ErrWrongElection
	}
	return e, nil
}

func (d *demonstration) castOne(ctx context.Context, e *ballot.Election, c ballot.Credential, levels []int) error {
	choices := make([][]int, len(levels))
	for i, level := range levels {
		choices[i] = e.Questions[i].Mark(level)
	}
	b, err := ballot.Seal(e, c, choices)
	if err != nil {
		return err
	}
	body, err := d.request(ctx, http.MethodPost, "/ballots", b.Raw(), http.StatusCreated)
	if err != nil {
		return err
	}
	var answer struct{ Tracker string }
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	if answer.Tracker != b.Tracker() {
		return fmt.Errorf("tracker: %s, cast %s", answer.Tracker, b.Tracker())
	}
	return nil
}

// request asks the server about the demonstration's election.
func (d *demonstration) request(ctx context.Context, method, path string, body []byte, want int) ([]byte, error) {
	address := d.site.url.JoinPath("api/v1/elections", string(d.box.Election().UUID)).String() + path
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != want {
		return nil, fmt.Errorf("%s %s: status %d: %s", method, path, response.StatusCode, answer)
	}
	return answer, nil
}

// slips are the counts of a demonstration: everybody present was handed a slip,
// as far as there are any, and the unused ones did not come back. Closing counts
// again how many were cast.
func (d *demonstration) slips() tally.Slips {
	_, present := d.plan.attendance(len(d.secrets))
	return tally.Slips{Printed: len(d.secrets), Unissued: max(0, len(d.secrets)-present)}
}

// fileNames are the files that routes of an election give.
var fileNames = map[string]string{"archive": ".bel", "shares": ".shares.json", "closing": ".closing.json"}

// download leaves what the server publishes in the folder.
func (d *demonstration) download(ctx context.Context, routes ...string) error {
	for _, route := range routes {
		body, err := d.request(ctx, http.MethodGet, "/"+route, nil, http.StatusOK)
		if err != nil {
			return err
		}
		if err := writeWhole(d.path(fileNames[route]), body); err != nil {
			return err
		}
	}
	return nil
}

// path returns the file of the election with the given end.
func (d *demonstration) path(end string) string {
	return filepath.Join(d.out, string(d.box.Election().UUID)+end)
}

// printOutcome prints the table, in ballot order.
func printOutcome(w io.Writer, o *meeting.Outcome) {
	const width = 44
	fmt.Fprintf(w, "\n%s  %16s  %16s  %16s  %12s\n", pad("", width+4), "tín nhiệm cao", "tín nhiệm", "tín nhiệm thấp", "không hợp lệ")
	for i, p := range o.People {
		fmt.Fprintf(w, "%2d. %s", i+1, pad(p.Label(), width))
		for _, s := range []meeting.Share{p.High, p.Confidence, p.Low} {
			fmt.Fprintf(w, "  %6d %7s %%", s.Votes, s.Percent)
		}
		fmt.Fprintf(w, "  %12d\n", p.Invalid)
	}
	fmt.Fprintf(w, "    collected %d, percentages of %d\n\n", o.Collected, o.Base)
}

// pad fills or cuts s to n letters.
func pad(s string, n int) string {
	if letters := []rune(s); len(letters) > n {
		return string(letters[:n-1]) + "…"
	}
	return s + strings.Repeat(" ", n-utf8.RuneCountInString(s))
}

// copyFile copies a small file.
func copyFile(to, from string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o600) //nolint:gosec // G703: both names are the demonstration's own
}
