package main

import (
	"math"
	"runtime/debug"
	"testing"
)

// What the environment says about memory stands.
func TestCollectSeldom(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(math.MaxInt64))
	for _, c := range []struct {
		percent, limit string
		wantPercent    int
		wantLimit      int64
	}{
		{"", "", garbagePercent, memoryLimit},
		{"50", "", 50, memoryLimit},
		{"", "2GiB", garbagePercent, 2 << 30},
		{"off", "100MiB", 50, 2 << 30},
	} {
		t.Setenv("GOGC", c.percent)
		t.Setenv("GOMEMLIMIT", c.limit)
		debug.SetGCPercent(50) // as the runtime has read it
		debug.SetMemoryLimit(2 << 30)
		collectSeldom()
		percent, limit := debug.SetGCPercent(100), debug.SetMemoryLimit(-1)
		if percent != c.wantPercent || limit != c.wantLimit {
			t.Errorf("GOGC=%s GOMEMLIMIT=%s: %d %%, %d bytes", c.percent, c.limit, percent, limit)
		}
	}
}
