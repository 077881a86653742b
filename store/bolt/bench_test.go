package bolt_test

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/homphieu/homphieu/store/bolt"
	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

// BenchmarkLedgerAppend writes one entry to a log on disk that has so many,
// durably: a hundred times as many should cost little more.
func BenchmarkLedgerAppend(b *testing.B) {
	for _, size := range []int{500, 50_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			store, err := bolt.Open(filepath.Join(b.TempDir(), "data.bolt"))
			if err != nil {
				b.Fatal(err)
			}
			defer store.Close()
			log, n := ledgertest.NewKeys(b, 0, 0).Log(b, store.Ledger()), 0
			packages := func(count int) {
				bodies := make([]ledger.Body, count)
				for i := range bodies {
					n++
					bodies[i] = ledger.Package{Agency: "Sở Nội vụ", Hash: sha256.Sum256(fmt.Append(nil, n))}
				}
				if _, err := log.Append(b.Context(), bodies...); err != nil {
					b.Fatal(err)
				}
			}
			packages(size)
			for b.Loop() {
				packages(1)
			}
		})
	}
}
