package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
)

// deskBody is what a member's page sends about a slip.
func deskBody(kind string, proofs []byte) string {
	return fmt.Sprintf(`{"kind":"%s","proofs":%s}`, kind, proofs)
}

// The desk voids a slip for who proves to hold it, once, and tells nobody else
// what became of one.
func TestDeskTakesProofs(t *testing.T) {
	c := councilIn(t, meeting.Sealed)
	papers, err := c.meeting().BallotPapers()
	c.ok(err)
	path := c.members[0].base + "/api/desk"
	send := func(body string) *answer {
		t.Helper()
		return c.members[0].script().sendText(path, "application/json", body)
	}
	held := func(slip int, kind string) []byte { return c.slips[slip].AppendDeskProof(nil, papers, kind) }
	for _, row := range []struct {
		slip         int
		kind, counts string
	}{
		{0, "unissued", `{"counts":{"unissued":1,"exchanged":0,"returned":0}}`},
		{0, "unissued", `{"counts":{"unissued":1,"exchanged":0,"returned":0}}`}, // again
		{1, "exchanged", `{"counts":{"unissued":1,"exchanged":1,"returned":0}}`},
	} {
		if a := send(deskBody(row.kind, held(row.slip, row.kind))).want(http.StatusOK, ""); a.body != row.counts {
			t.Errorf("%s, want %s", a.body, row.counts)
		}
	}
	send("{}").want(http.StatusConflict, "slips-refused")
	send(deskBody("returned", held(1, "returned"))).want(http.StatusConflict, "slips-refused")
	send(deskBody("lost", held(2, "lost"))).want(http.StatusConflict, "slips-refused")

	object := func(of func(e *ballot.Election) string) []byte {
		var members []string
		for _, e := range papers.Elections {
			members = append(members, fmt.Sprintf(`"%s":%s`, e.UUID, of(e)))
		}
		return []byte("{" + strings.Join(members, ",") + "}")
	}
	before := c.meeting().Revision
	for slip := range 3 { // unissued, exchanged, in use
		public := object(func(e *ballot.Election) string { return `"` + c.slips[slip].Public(e.UUID).String() + `"` })
		status := object(func(e *ballot.Election) string {
			return string(c.slips[slip].ProvePossession(e.UUID, e.Fingerprint()).AppendJSON(nil))
		})
		good := held(slip, "unissued")
		for _, body := range []string{
			"", `{"kind":"unissued"}`, deskBody("unissued", []byte("null")), deskBody("unissued", []byte("{}")), deskBody("unissued", public),
			fmt.Sprintf(`{"kind":"unissued","credentials":%s}`, public), deskBody("unissued", append([]byte("{ "), good[1:]...)),
		} {
			send(body).want(http.StatusBadRequest, "malformed-ballot")
		}
		for _, proofs := range [][]byte{status, held(slip, "exchanged"), held(slip, "returned")} {
			send(deskBody("unissued", proofs)).want(http.StatusBadRequest, "proof-failed")
		}
	}
	stranger := ballot.NewCredential().AppendDeskProof(nil, papers, "unissued")
	send(deskBody("unissued", stranger)).want(http.StatusForbidden, "unknown-credential")
	if after := c.meeting().Revision; after != before {
		t.Errorf("revision %d, was %d", after, before)
	}
}
