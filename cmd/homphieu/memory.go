package main

import (
	"os"
	"runtime/debug"
)

// Every ballot on its way leaves about a megabyte of garbage, and what lives is
// some 30 MB of pages and tables, which the collector would go through every
// twenty ballots: a tenth of the work of accepting them. A server may take some
// 150 MB for going through them less often, but not beyond a gigabyte.
const (
	garbagePercent = 400 // of what lives
	memoryLimit    = 1 << 30
)

// collectSeldom lets garbage lie for longer, unless GOGC or GOMEMLIMIT says how
// much.
func collectSeldom() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}
