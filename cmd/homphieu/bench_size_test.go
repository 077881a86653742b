package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/store/bolt"
)

const (
	sizeBallots = 500
	sizeFirst   = 100 // before the clock runs
	sizeClients = 32
)

// measureSize tells what ballots cost on disk, and how fast a disk takes them.
func measureSize(b *testing.B) []row {
	b.Helper()
	p := sealedPoll(b, sizeBallots)
	path := filepath.Join(b.TempDir(), "homphieu.db")
	store, err := bolt.Open(path)
	benchOK(b, err)
	defer store.Close()
	opened, err := meeting.Seal(b.Context(), store, p.setup)
	benchOK(b, err)
	benchOK(b, opened.Open(b.Context()))
	accept := func(v *ballot.Ballot) error { return opened.Accept(b.Context(), v) }

	before, half := onDisk(b, path), (sizeFirst+sizeBallots)/2
	perSecond(b, sizeClients, p.ballots[:sizeFirst], accept)
	single := perSecond(b, 1, p.ballots[sizeFirst:half], accept)
	together := perSecond(b, sizeClients, p.ballots[half:sizeBallots], accept)
	size := float64(onDisk(b, path)-before) / sizeBallots
	verified := perSecond(b, runtime.GOMAXPROCS(0), p.ballots[:sizeFirst], func(v *ballot.Ballot) error {
		_, err := ballot.Verify(opened.Election(), v.Raw())
		return err
	})
	exported := exportRate(b, opened)

	text := float64(len(p.ballots[0].Raw()))
	return []row{
		{
			"bytes on disk, ballot and person, with all indexes and free pages", fmt.Sprintf("%.0f", size/benchPeople),
			fmt.Sprintf("%.0f as text", text/benchPeople), fmt.Sprintf("%.2f", size/text), "0.36 (21 kB of 58)",
		},
		{
			fmt.Sprintf("ballots/s durable, %d at once", sizeClients), fmt.Sprintf("%.0f", together),
			fmt.Sprintf("%.0f one by one", single), fmt.Sprintf("%.1f", together/single), "",
		},
		{
			fmt.Sprintf("ballots/s durable, %d at once", sizeClients), fmt.Sprintf("%.0f", together),
			fmt.Sprintf("%.0f verified", verified), fmt.Sprintf("%.1f", together/verified), "> 1",
		},
		{
			"ballots/s exported, one core", fmt.Sprintf("%.0f", exported),
			fmt.Sprintf("%.0f verified", verified), fmt.Sprintf("%.0f", exported/verified), "",
		},
	}
}

// perSecond does something with all ballots, so many at once.
func perSecond(b *testing.B, clients int, ballots []*ballot.Ballot, do func(*ballot.Ballot) error) float64 {
	b.Helper()
	var next atomic.Int64
	var wait sync.WaitGroup
	start := time.Now()
	for range clients {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(ballots); i = int(next.Add(1)) - 1 {
				benchOK(b, do(ballots[i]))
			}
		})
	}
	wait.Wait()
	return float64(len(ballots)) / time.Since(start).Seconds()
}

// onDisk returns the bytes that a file takes there: bbolt makes its file longer
// than it is full.
func onDisk(b *testing.B, path string) int64 {
	b.Helper()
	info, err := os.Stat(path)
	benchOK(b, err)
	return info.Sys().(*syscall.Stat_t).Blocks * 512
}

// exportRate reads the archive as the server gives it out.
func exportRate(b *testing.B, opened box.Box) float64 {
	b.Helper()
	files, start := 0, time.Now()
	for {
		piece, err := opened.Files(b.Context(), files, 1<<20)
		benchOK(b, err)
		if len(piece) == 0 {
			return float64(files/2) / time.Since(start).Seconds()
		}
		for _, f := range piece {
			_, err := io.Discard.Write(f.Content)
			benchOK(b, err)
		}
		files += len(piece)
	}
}
