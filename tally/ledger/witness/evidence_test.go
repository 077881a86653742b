package witness_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
	"github.com/homphieu/homphieu/tally/ledger/witness"
)

// A good checkpoint with a bad proof convicts nobody. One that cannot be
// compared is an error, and a log does not send its witness elsewhere.
func TestNoEvidence(t *testing.T) {
	var strayed atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strayed.Add(1) }))
	defer elsewhere.Close()
	origin := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusFound))
	defer origin.Close()
	secret, public, err := ledger.GenerateKey(strings.TrimPrefix(origin.URL, "http://") + "/log")
	ok(t, err)
	signer, key, err := ledgertest.ParseKeys(secret, public)
	ok(t, err)
	signed := func(polls ...int) []byte {
		log, err := ledger.NewLog(t.Context(), ledgertest.NewMemory(), signer, key, nil)
		ok(t, err)
		for _, n := range polls {
			_, err := log.Append(t.Context(), ledgertest.Poll(n)...)
			ok(t, err)
		}
		text, err := log.Sign(t.Context())
		ok(t, err)
		return text
	}
	cosigner, err := ledger.NewCosigner(newCosigner(t))
	ok(t, err)
	w := ledger.NewWitness(cosigner, ledgertest.NewWitnessMemory(), key)
	good := signed(0)
	_, err = w.Add(t.Context(), ledger.Request{Checkpoint: good}.Append(nil))
	ok(t, err)
	ask := func(checkpoint []byte) ([]byte, error) {
		t.Helper()
		body := ledger.Request{Old: 3, Proof: tlog.TreeProof{{1}}, Checkpoint: checkpoint}.Append(nil)
		_, refusal := w.Add(t.Context(), body)
		if refusal == nil {
			t.Fatal("cosigned")
		}
		return witness.Evidence(t.Context(), w, key, body, refusal)
	}
	if evidence, err := ask(good); evidence != nil || err != nil {
		t.Errorf("%s, %v", evidence, err)
	}
	if evidence, err := ask(signed(7, 8)); evidence != nil || err == nil {
		t.Errorf("%s, %v", evidence, err)
	}
	if n := strayed.Load(); n != 0 {
		t.Errorf("%d requests went elsewhere", n)
	}
}
