package ledger_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/homphieu/homphieu/tally/ledger"
)

// sizes are the two at which growth can be seen: a hundred times as many
// entries should cost seven more hashes a proof.
var sizes = []int{1_000, 100_000}

// large makes a log of that many entries, signed.
func large(b *testing.B, size int) *scene {
	b.Helper()
	s := newScene(b, 0, 0, 0)
	s.packages(b, 0, size)
	s.Publish(b, s.log)
	return s
}

func BenchmarkAppend(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s := large(b, size)
			for i := 0; b.Loop(); i++ {
				s.packages(b, size+i, 1)
			}
		})
	}
}

func BenchmarkSign(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s := large(b, size)
			for i := 0; b.Loop(); i++ {
				s.packages(b, size+i, 1)
				s.Publish(b, s.log)
			}
		})
	}
}

func BenchmarkInclusion(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s, hashes, n := large(b, size), 0, 0
			for b.Loop() {
				p, err := s.log.ProveEntry(b.Context(), rand.Int64N(int64(size)), int64(size))
				ok(b, err)
				hashes, n = hashes+len(p), n+1
			}
			b.ReportMetric(float64(hashes)/float64(n), "hashes/proof")
			b.ReportMetric(float64(32*hashes)/float64(n), "B/proof")
		})
	}
}

func BenchmarkConsistency(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s, hashes, n := large(b, size), 0, 0
			for b.Loop() {
				body, err := s.log.Request(b.Context(), 1+rand.Int64N(int64(size)-1))
				ok(b, err)
				r, err := ledger.ParseRequest(body)
				ok(b, err)
				hashes, n = hashes+len(r.Proof), n+1
			}
			b.ReportMetric(float64(hashes)/float64(n), "hashes/proof")
			b.ReportMetric(float64(32*hashes)/float64(n), "B/proof")
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s := large(b, size)
			files := export(b, s.log)
			for b.Loop() {
				holds(b, files.fetch, s.Key, nil, int64(size))
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*size), "us/entry")
		})
	}
}

func BenchmarkReceipt(b *testing.B) {
	s, receipt := largest(b, 2, 8_000)
	text := receipt.Append(nil)
	for b.Loop() {
		_, _, err := ledger.VerifyReceipt(text, s.Key, s.Policy)
		ok(b, err)
	}
	b.ReportMetric(float64(len(text)), "B/receipt")
}
