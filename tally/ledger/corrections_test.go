package ledger_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

// TestCorrections: every correction is told, and of each whether people may have
// relied on what it takes back, by who verifies all and by who follows.
func TestCorrections(t *testing.T) {
	s := newScene(t, 2, 0, 0) // results are entries 2 and 5
	opened := func(result int64) ledger.Body {
		return ledger.NewOpened(ledgertest.UUID(0), result, ledgertest.Salt(0), ledgertest.Items(0))
	}
	_, err := s.log.Append(t.Context(),
		ledger.Correction{Of: 2, Reason: "printed anew"}, ledgertest.Poll(0)[2], opened(7), // 6, 7, 8
		ledger.Correction{Of: 8, Reason: "opened anew"}, opened(7), // 9, 10
		ledger.Correction{Of: 0, Reason: "abandoned"},                                              // 11
		ledger.Package{Agency: "Sở Nội vụ"}, ledger.Correction{Of: 12, Reason: "of another round"}) // 12, 13
	ok(t, err)
	c := s.Publish(t, s.log)
	files := export(t, s.log)
	r, err := ledger.Verify(t.Context(), files.fetch, s.Key, nil)
	ok(t, err)
	ok(t, r.Reason)
	u := ledgertest.UUID(0)
	want := []ledger.Corrected{
		{Number: 6, Of: 2, Reason: "printed anew", Election: u},
		{Number: 9, Of: 8, Reason: "opened anew", Election: u, Released: true},
		{Number: 11, Of: 0, Reason: "abandoned", Election: u, Released: true},
		{Number: 13, Of: 12, Reason: "of another round"},
	}
	if !slices.Equal(r.Corrections, want) || !slices.Equal(r.Replaced(), want[1:3]) {
		t.Errorf("%+v", r.Corrections)
	}
	text, err := r.MarshalJSON()
	ok(t, err)
	if part := `{"entry":9,"of":8,"reason":"opened anew","election":"` + string(u) + `","released":true}`; !strings.Contains(string(text), part) {
		t.Errorf("%s", text)
	}
	f := ledger.NewFollower()
	ok(t, f.Follow(t.Context(), files.fetch, c, nil))
	if !slices.Equal(f.Corrections(0), want) || !slices.Equal(f.Corrections(9), want[1:]) || len(f.Corrections(14)) != 0 {
		t.Errorf("%+v", f.Corrections(0))
	}
}
