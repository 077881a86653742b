package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

// receipt returns the receipt of an answer, whose signature holds under the key
// that the server publishes.
func (p *poll) receipt(a *answer) *note.Note {
	p.Helper()
	var given struct{ Tracker, Receipt string }
	p.ok(json.Unmarshal([]byte(a.body), &given))
	key := p.do("GET", "/api/v1/receipt-key", "").want(http.StatusOK, "").body
	verifier, err := note.NewVerifier(strings.TrimSpace(key))
	p.ok(err)
	n, err := note.Open([]byte(given.Receipt), note.VerifierList(verifier))
	if err != nil {
		p.Fatalf("receipt: %v: %q", err, given.Receipt)
	}
	return n
}

// A receipt is signed, and names the election and the ballot and nothing else:
// no time, no number, no credential.
func TestReceipt(t *testing.T) {
	p := openPoll(t)
	for _, b := range p.Ballots[:3] {
		n := p.receipt(p.cast(b.Raw()).want(http.StatusCreated, ""))
		want := fmt.Sprintf("homphieu receipt v1\n%s\n%s\n", p.Fingerprint(), b.Tracker())
		if n.Text != want || len(n.Sigs) != 1 || n.Sigs[0].Name != "hop.example.vn" || len(n.UnverifiedSigs) != 0 {
			t.Errorf("receipt %+v, want %q", n, want)
		}
	}
}

// A receipt that was altered does not hold.
func TestReceiptAltered(t *testing.T) {
	p := openPoll(t)
	var given struct{ Receipt string }
	p.ok(json.Unmarshal([]byte(p.cast(p.Ballots[0].Raw()).want(http.StatusCreated, "").body), &given))
	for _, change := range [][2]string{{p.Ballots[0].Tracker(), p.Ballots[1].Tracker()}, {"receipt v1", "receipt v2"}, {string(p.Fingerprint()), "another"}} {
		altered := strings.Replace(given.Receipt, change[0], change[1], 1)
		if _, err := note.Open([]byte(altered), note.VerifierList(p.verifier)); altered == given.Receipt || err == nil {
			t.Errorf("%s: still opens", change[1])
		}
	}
}

// Before anything is accepted the server signs nothing.
func TestNoReceiptForRefused(t *testing.T) {
	p := openPoll(t)
	p.castFirst(1)
	for _, body := range []string{"", falsified(string(p.Ballots[1].Raw())), string(p.Others[0].Raw())} {
		if a := p.cast([]byte(body)); strings.Contains(a.body, "receipt") || strings.Contains(a.body, "—") {
			t.Errorf("status %d: %s", a.StatusCode, a.body)
		}
	}
}
