package ledger

import (
	"fmt"
	"testing"

	"github.com/homphieu/homphieu/ballot"
)

// TestManyCorrections: a log of nothing but results and corrections is read like
// any other. Every correction that looked at all that stands would make 10¹⁰
// steps of it.
func TestManyCorrections(t *testing.T) {
	h := newHistory()
	say := func(b Body) int64 {
		t.Helper()
		e := Entry{Number: h.size, Prev: h.head, Body: b}
		if err := h.follow(e, fmt.Appendf(nil, "%d", e.Number)); err != nil {
			t.Fatal(err)
		}
		return e.Number
	}
	const pairs = 100_000
	for i := range pairs { // which stand, and are to be left alone
		say(Package{Agency: fmt.Sprint(i)})
	}
	u := ballot.UUID("Testpo11zzzzzzzz")
	say(Sealed{Election: u})
	say(Closed{Election: u})
	for i := range pairs {
		number := say(Result{Election: u})
		if i > 0 {
			if _, found := h.find(Package{Agency: fmt.Sprint(i)}); !found {
				t.Fatalf("package %d is gone", i)
			}
		}
		say(Correction{Of: number, Reason: fmt.Sprint(i)})
		if _, found := h.find(Result{Election: u}); found {
			t.Fatal("a result stands that was taken back")
		}
	}
	if len(h.standing) != pairs+2+pairs || len(h.corrections) != pairs {
		t.Errorf("%d stand, %d corrections", len(h.standing), len(h.corrections))
	}
}
