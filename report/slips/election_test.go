package slips_test

import (
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/report/slips"
)

// TestForPapers: the slips of several papers say the meeting's title, the
// digits of all papers, and a link that every paper is behind.
func TestForPapers(t *testing.T) {
	var elections []*ballot.Election
	for _, name := range []string{"Kỳ họp thứ 12\nPhiếu số 1", "Kỳ họp thứ 12\nPhiếu số 2"} {
		e, err := ballot.NewElection(ballot.Draft{
			Name: name, Description: "Hội trường A\nNgày 5/12/2026", UUID: ballot.NewUUID(), PublicKey: group.BaseExp(group.RandomScalar()),
			Questions: []ballot.Question{{Text: "Nguyễn Văn An", Answers: []string{"Có"}, Min: 1, Max: 1}},
		})
		if err != nil {
			t.Fatal(err)
		}
		elections = append(elections, e)
	}
	papers, err := ballot.NewPapers(ballot.NewUUID(), elections...)
	if err != nil {
		t.Fatal(err)
	}
	codes := []ballot.Credential{ballot.NewCredential(), ballot.NewCredential()}
	sheet, list := slips.ForPapers(papers, "https://hop.example.vn", codes)
	digits := strings.ReplaceAll(papers.Fingerprint().Digits(), " ", "")
	if sheet.Meeting != "Kỳ họp thứ 12" || sheet.Detail != "Hội trường A\nNgày 5/12/2026" || sheet.Fingerprint != digits {
		t.Errorf("%+v", sheet)
	}
	for i, c := range codes {
		if want := (slips.Slip{Link: c.Link("https://hop.example.vn", papers), Code: c.Code()}); list[i] != want {
			t.Errorf("slip %d: %+v, want %+v", i, list[i], want)
		}
	}
	one, _ := slips.ForElection(elections[0], "https://hop.example.vn", codes)
	if one.Fingerprint != strings.ReplaceAll(elections[0].Fingerprint().Digits(), " ", "") {
		t.Errorf("a single paper has the digits %s", one.Fingerprint)
	}
}
