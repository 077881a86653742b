package api_test

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/tally/archive"
)

// verified returns what the verifier says of an archive, which must be valid.
func (p *poll) verified(text []byte, o archive.Options) *archive.Report {
	p.Helper()
	report, err := archive.Verify(bytes.NewReader(text), int64(len(text)), o)
	p.ok(err)
	if !report.Valid() {
		p.Fatalf("archive: %v", report.Reason)
	}
	return report
}

// While voting is open, the archive has a multiple of eight ballots, so that
// nobody can watch single ballots arrive. It is valid at every moment.
func TestArchiveWhileVoting(t *testing.T) {
	p := openPoll(t)
	for i, b := range p.Ballots[:20] {
		p.cast(b.Raw()).want(http.StatusCreated, "")
		report := p.verified(p.archive(), archive.Options{})
		if want := (i + 1) / box.BatchSize * box.BatchSize; report.State != archive.StateOpen || report.Ballots != want {
			t.Errorf("%d cast: archive %s with %d, want %d", i+1, report.State, report.Ballots, want)
		}
	}
}

// Anonymous readers have the archive up to EndBallots until the result is
// published, and then the whole, to the last byte.
func TestArchiveAndPublication(t *testing.T) {
	p := openPoll(t)
	p.ok(p.box.Void(t.Context(), p.Voters[23].Key))
	p.castFirst(11)
	p.sign(1)
	closed := p.archive()
	report := p.verified(closed, archive.Options{})
	if report.State != archive.StateClosed || report.Ballots != 11 || report.LastEvent != p.status().EndBallots {
		t.Errorf("closed: %+v", report)
	}
	if !bytes.Equal(closed, boxtest.Archive(t, p.box)) {
		t.Error("closed: not the box's own archive")
	}
	p.count()
	if !bytes.Equal(p.archive(), closed) {
		t.Error("counted, not published: anonymous readers see more than EndBallots")
	}
	p.ok(p.box.Publish(t.Context()))
	whole := p.archive()
	if !bytes.HasPrefix(whole, closed) || !bytes.Equal(whole, boxtest.Archive(t, p.box)) {
		t.Error("published: not the box's own archive")
	}
	o := archive.Options{
		Strict:  true,
		Shares:  []byte(p.do("GET", p.path("/shares"), "").want(http.StatusOK, "").body),
		Closing: []byte(p.do("GET", p.path("/closing"), "").want(http.StatusOK, "").body),
	}
	report = p.verified(whole, o)
	if report.State != archive.StateResult || report.DecryptionProofs != archive.ProofsStrong || report.Voided != 1 || report.LastEvent != p.status().Head {
		t.Errorf("published: %+v", report)
	}
}

// The election is served as the very bytes that its fingerprint is of.
func TestElectionBytes(t *testing.T) {
	p := openPoll(t)
	if a := p.do("GET", p.path(""), "").want(http.StatusOK, ""); a.body != string(p.Raw()) {
		t.Errorf("%s", a.body)
	}
}

// A poll of an elected body says so, for the words on the voter's page.
func TestForm(t *testing.T) {
	for ruleSet, form := range map[string]string{"nq96_2023": "state", "nq85_2014": "state", "reg96_2023": "party", "": "party"} {
		p := newPoll(t, box.Settings{MinBallots: 1, RuleSet: ruleSet})
		a := p.do("GET", p.path("/status"), "").want(http.StatusOK, "")
		if want := `{"state":"sealed","abandoned":false,"accepted":0,"form":"` + form + `","trial":false,"published":false}`; a.body != want {
			t.Errorf("%s: %s", ruleSet, a.body)
		}
	}
}
