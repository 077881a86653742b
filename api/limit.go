package api

import (
	"hash/maphash"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A tooMany is errTooMany with the time after which it would not be.
type tooMany struct{ after time.Duration }

// Error returns the text of errTooMany.
func (e *tooMany) Error() string { return errTooMany.Error() }

// Unwrap returns errTooMany.
func (e *tooMany) Unwrap() error { return errTooMany }

// limits bounds how often somebody may try to get in: strictly by login name,
// generously by address and route, because all devices in a hall may have one
// address; and how many screens may watch. Neither name nor address is kept, only a hash of them with a key
// that ends with the process.
type limits struct {
	clock   func() time.Time
	seed    maphash.Seed
	names   limiters
	sources limiters
	screens screens
}

func newLimits(clock func() time.Time) *limits {
	return &limits{
		clock: clock, seed: maphash.MakeSeed(),
		names:   limiters{every: 30 * time.Second, burst: 5},
		sources: limiters{every: 500 * time.Millisecond, burst: 60},
	}
}

// login admits an attempt to log in with a name, or is errTooMany.
func (l *limits) login(name string) error {
	return l.names.take(maphash.String(l.seed, name), l.clock())
}

// source admits a request to a route, or is errTooMany.
func (l *limits) source(route string, r *http.Request) error {
	return l.sources.take(maphash.Comparable(l.seed, [2]string{route, source(r)}), l.clock())
}

// source is where a request comes from: an IPv4 address, or the network of an
// IPv6 one, of which a single device has as many addresses as it likes.
func source(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return ""
	}
	if address = address.Unmap(); address.Is6() {
		network, _ := address.Prefix(64) // of an IPv6 address: cannot fail
		return network.Addr().String()
	}
	return address.String()
}

// How many screens may show a meeting's numbers at once: in one place, whose
// devices may all have one address, and in all.
const (
	screensOfOne = 32
	maxScreens   = 512
)

// screens counts those who watch, in all and by the hash of their address. What
// they have open costs a connection each.
type screens struct {
	mu  sync.Mutex
	all int
	of  map[uint64]int
}

// screen admits one more screen, or is errScreens. Call leave when it is gone.
func (l *limits) screen(r *http.Request) (leave func(), err error) {
	key, s := maphash.String(l.seed, source(r)), &l.screens
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all >= maxScreens || s.of[key] >= screensOfOne {
		return nil, errScreens
	}
	if s.of == nil {
		s.of = map[uint64]int{}
	}
	s.all, s.of[key] = s.all+1, s.of[key]+1
	return func() { s.leave(key) }, nil
}

func (s *screens) leave(key uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	if s.of[key]--; s.of[key] == 0 {
		delete(s.of, key)
	}
}

// maxLimiters bounds the memory of limiters: some 100 bytes each.
const maxLimiters = 10_000

// limiters are rate limiters by key, of which those that have nothing to
// remember are dropped.
type limiters struct {
	every time.Duration // one more attempt
	burst int           // attempts at once

	mu  sync.Mutex
	all map[uint64]*rate.Limiter
}

func (l *limiters) take(key uint64, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all[key] == nil {
		l.evict(now)
		l.all[key] = rate.NewLimiter(rate.Every(l.every), l.burst)
	}
	reserved := l.all[key].ReserveN(now, 1)
	if after := reserved.DelayFrom(now); after > 0 {
		reserved.CancelAt(now)
		return &tooMany{after}
	}
	return nil
}

// evict makes room for one more: first it drops those whose owners have all
// their attempts again, and if that is not enough, everything. Who fills the
// memory so has made many more attempts than that gives back.
func (l *limiters) evict(now time.Time) {
	if len(l.all) >= maxLimiters {
		for key, limiter := range l.all {
			if limiter.TokensAt(now) >= float64(l.burst) {
				delete(l.all, key)
			}
		}
	}
	if l.all == nil || len(l.all) >= maxLimiters {
		l.all = map[uint64]*rate.Limiter{}
	}
}
