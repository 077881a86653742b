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
// address. Neither name nor address is kept, only a hash of them with a key
// that ends with the process.
type limits struct {
	clock   func() time.Time
	seed    maphash.Seed
	names   limiters
	sources limiters
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
