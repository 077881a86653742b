package ledger_test

import (
	"os"
	"testing"

	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

// TestReleased: what was published in version 1 stays readable.
func TestReleased(t *testing.T) {
	read := func(name string) []byte {
		data, err := os.ReadFile("testdata/v1/" + name)
		ok(t, err)
		return data
	}
	policy, err := ledger.ParsePolicy(read("policy.txt"))
	ok(t, err)
	key := policy.Logs[0].Key
	holds(t, ledger.Dir(os.DirFS("testdata/v1/log")), key, policy, 273)
	r, proven, err := ledger.VerifyReceipt(read("receipt.txt"), key, policy)
	ok(t, err)
	if r.Tracker != ledgertest.Tracker(90, 10) || proven.Closed.Ballots != 20 || r.Number != 268 || proven.Checkpoint.Size != 269 {
		t.Errorf("%+v, %+v", r, proven)
	}
	small, large := convicts(t, read("evidence.txt"), key).Checkpoints()
	if small.Size != 273 || large.Size != 306 {
		t.Errorf("%+v, %+v", small, large)
	}
}
