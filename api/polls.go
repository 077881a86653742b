package api

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
)

// pollsAPage is how many polls a page lists at most.
const pollsAPage = 50

// A pollIndex remembers of each poll when it was sealed, which never changes, so
// that a page opens no more of them than it lists.
type pollIndex struct {
	mu     sync.Mutex
	sealed map[ballot.UUID]int64 // seconds; unlisted for a rehearsal
}

// unlisted is the time of polls that nobody is told of.
const unlisted = -1

func newPollIndex() *pollIndex { return &pollIndex{sealed: map[ballot.UUID]int64{}} }

// newest returns the polls that everybody may know of, the newest first.
func (x *pollIndex) newest(ctx context.Context, store box.Store) ([]ballot.UUID, error) {
	all, err := store.List(ctx)
	if err != nil {
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, u := range all {
		if _, known := x.sealed[u]; known {
			continue
		}
		b, err := store.Box(ctx, u)
		if err != nil {
			return nil, err
		}
		setup := b.Setup()
		x.sealed[u] = setup.Timestamp
		if setup.Settings.Rehearsal {
			x.sealed[u] = unlisted
		}
	}
	all = slices.DeleteFunc(all, func(u ballot.UUID) bool { return x.sealed[u] == unlisted })
	slices.SortFunc(all, func(a, b ballot.UUID) int {
		return cmp.Or(cmp.Compare(x.sealed[b], x.sealed[a]), cmp.Compare(a, b))
	})
	return all, nil
}

// A pollPage is one page of the list of polls, the newest first.
type pollPage struct {
	Polls         []poll
	Total         int
	Number, Pages int    // from 1
	Newer, Older  string // addresses of the pages beside; empty for none
}

// polls lists those that everybody may know of, from the page that the request
// asks for.
func (s *server) polls(c *gin.Context) (p pollPage, err error) {
	all, err := s.listed.newest(c.Request.Context(), s.Store)
	if err != nil {
		return p, err
	}
	p.Total, p.Pages = len(all), max(1, (len(all)+pollsAPage-1)/pollsAPage)
	asked, _ := strconv.Atoi(c.Query("page")) // what is no number is the first
	p.Number = min(max(1, asked), p.Pages)
	if path := c.Request.URL.Path + "?page="; p.Number > 1 {
		p.Newer = path + strconv.Itoa(p.Number-1)
	}
	if path := c.Request.URL.Path + "?page="; p.Number < p.Pages {
		p.Older = path + strconv.Itoa(p.Number+1)
	}
	from := (p.Number - 1) * pollsAPage
	for _, u := range all[from:min(from+pollsAPage, len(all))] {
		b, err := s.Store.Box(c.Request.Context(), u)
		if err != nil {
			return p, err
		}
		view, _, err := s.pollOf(c, b)
		if err != nil {
			return p, err
		}
		p.Polls = append(p.Polls, view)
	}
	return p, nil
}
