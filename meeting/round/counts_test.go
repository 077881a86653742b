package round_test

import (
	"testing"

	"github.com/homphieu/homphieu/meeting/round"
)

// at is an agency and a group by their IDs.
func at(agency, group string) round.Standing {
	return round.Standing{Agency: round.Agency{ID: agency}, Group: round.Group{ID: group}}
}

// Every expected poll is sent, missing or excused, and every agency of which
// something is awaited has sent all, some or none.
func TestCounts(t *testing.T) {
	sent := func(agency string, groups ...string) round.AgencyResult {
		a := round.AgencyResult{Agency: round.Agency{ID: agency}}
		for _, g := range groups {
			a.Polls = append(a.Polls, round.PollResult{Poll: new(round.Poll), Posts: round.Group{ID: g}})
		}
		return a
	}
	r := new(round.Round)
	for _, agency := range []string{"all", "some", "none", "half-excused", "excused"} {
		r.Expected = append(r.Expected, round.Expected{Agency: agency, Group: "first"}, round.Expected{Agency: agency, Group: "second"})
	}
	c := &round.Consolidation{
		Round: r,
		Sections: []round.Section{
			{Kind: "A", Agencies: []round.AgencyResult{sent("all", "first", "second"), sent("some", "second")}}, {Kind: "B", Agencies: []round.AgencyResult{sent("half-excused", "first")}},
		},
		Missing: []round.Standing{at("some", "first"), at("none", "first"), at("none", "second")},
		Excused: []round.Standing{at("half-excused", "second"), at("excused", "first"), at("excused", "second")},
		Late:    []round.Standing{at("none", "first"), at("none", "second"), at("all", "first")},
	}
	want := round.Counts{
		Polls: 10, Sent: 4, Missing: 3, Excused: 3, Late: 3,
		Agencies: 4, SentAll: 2, SentSome: 1, SentNone: 1, LateAgencies: 2,
	}
	if got := c.Counts(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := (&round.Consolidation{Round: new(round.Round)}).Counts(); got != (round.Counts{}) {
		t.Errorf("of nothing: %+v", got)
	}
}
