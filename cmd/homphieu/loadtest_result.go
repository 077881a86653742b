package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// A loadResult is what a hall of voters met with.
type loadResult struct {
	took    []time.Duration // of the recorded, ascending
	refused map[string]int  // by the reason
	lost    int             // recorded, and not there afterwards
	unseen  int             // recorded, and not looked up: the server did not answer
}

func newLoadResult(answers []loadAnswer) *loadResult {
	r := &loadResult{refused: map[string]int{}}
	for _, a := range answers {
		switch {
		case a.refused != "":
			r.refused[a.refused]++
			continue
		case a.lost:
			r.lost++
		case a.unseen:
			r.unseen++
		}
		r.took = append(r.took, a.took)
	}
	slices.Sort(r.took)
	return r
}

// percentile returns the time within which so many of a hundred were answered:
// the nearest rank, so that it is a time that somebody waited.
func (r *loadResult) percentile(percent int) time.Duration {
	if len(r.took) == 0 {
		return 0
	}
	rank := (len(r.took)*percent + 99) / 100
	return r.took[max(rank, 1)-1]
}

// refusals is how many were refused, for any reason.
func (r *loadResult) refusals() (n int) {
	for _, count := range r.refused {
		n += count
	}
	return n
}

func (r *loadResult) print(w io.Writer) {
	fmt.Fprintf(w, `p50 = %s  p99 = %s  max = %s   from sending to answer · từ lúc gửi đến khi có trả lời
recorded = %d  refused = %d  lost = %d   each was looked up · đã tra cứu lại từng phiếu
`, milliseconds(r.percentile(50)), milliseconds(r.percentile(99)), milliseconds(r.percentile(100)), len(r.took), r.refusals(), r.lost)
	if r.unseen > 0 {
		fmt.Fprintf(w, "  %d not looked up: the server did not answer · chưa tra cứu được: máy chủ không trả lời\n", r.unseen)
	}
	for _, why := range slices.Sorted(maps.Keys(r.refused)) {
		fmt.Fprintf(w, "  %d refused · bị từ chối: %s\n", r.refused[why], why)
	}
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

// verdict is an error unless every ballot was recorded and is there.
func (r *loadResult) verdict() error {
	if n := r.refusals(); n > 0 || r.lost > 0 {
		return fmt.Errorf("%d ballots refused, %d lost", n, r.lost)
	}
	if r.unseen > 0 {
		return fmt.Errorf("%d ballots not looked up", r.unseen)
	}
	return nil
}
