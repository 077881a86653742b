package meeting

import (
	"context"
	"crypto/rand"
	"slices"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/tally"
)

// rehearsalBallots is the number of test ballots, which is also the fewest that
// are decrypted.
const rehearsalBallots = 5

// rehearsalPersons is how many persons test ballots ask about at most.
const rehearsalPersons = 3

// RehearsalName begins the name of every rehearsal, and of nothing else: it is
// how a member's page and homphieu share know one.
const RehearsalName = "TẬP DƯỢT"

// StartRehearsal makes an election of its own with test ballots under the
// board's key, so that every member can try the key before it matters. It can be
// begun anew until sealing; one that nobody has touched yet stays.
func (o *Office) StartRehearsal(ctx context.Context, actor staff.Actor, u ballot.UUID) (*Meeting, error) {
	var made *Rehearsal // once, however often the record changes meanwhile
	return o.step(ctx, actor, u, ActRehearse, func(m *Meeting) (_ detail, err error) {
		if err := m.inState(Slips, Rehearsed); err != nil {
			return nil, err
		}
		if m.Rehearsal.untouched() {
			return nil, errSame
		}
		if made == nil {
			if made, err = o.rehearse(ctx, m); err != nil {
				return nil, err
			}
		}
		m.Rehearsal = made
		return detail{"election": string(made.UUID)}, nil
	})
}

// untouched reports whether no member has done anything with the rehearsal.
func (r *Rehearsal) untouched() bool {
	return r != nil && r.Poll.Closing == "" && len(r.Poll.Contributions) == 0
}

// rehearse casts the test ballots and closes their box.
func (o *Office) rehearse(ctx context.Context, m *Meeting) (*Rehearsal, error) {
	trustees, err := tally.ParseTrustees([]byte(m.Ceremony.Trustees))
	if err != nil {
		return nil, err
	}
	d := m.paperDraft(0)
	d.Name, d.UUID, d.PublicKey = RehearsalName+" · "+m.Plan.Title, ballot.NewUUID(), trustees.PublicKey()
	d.Questions = d.Questions[:min(len(d.Questions), rehearsalPersons)]
	e, err := ballot.NewElection(d)
	if err != nil {
		return nil, err
	}
	secrets, credentials, err := NewCredentials(e.UUID, rehearsalBallots)
	if err != nil {
		return nil, err
	}
	b, err := Seal(ctx, o.Boxes, box.Setup{
		Election: e.Raw(), Trustees: trustees.Raw(), Credentials: credentials, Timestamp: o.Clock().Unix(),
		Settings: box.Settings{MinBallots: rehearsalBallots, RuleSet: m.Plan.RuleSet, Rehearsal: true},
	})
	if err != nil {
		return nil, err
	}
	expected, err := castTests(ctx, b, secrets)
	if err != nil {
		return nil, err
	}
	return &Rehearsal{UUID: e.UUID, Expected: expected}, b.Close(ctx)
}

// castTests casts a ballot with random marks for each credential and returns
// their sums.
func castTests(ctx context.Context, b box.Box, credentials []ballot.Credential) (tally.Result, error) {
	if err := b.Open(ctx); err != nil {
		return nil, err
	}
	e := b.Election()
	sums := make(tally.Result, len(e.Questions))
	for i, q := range e.Questions {
		sums[i] = make([]int, q.Choices())
	}
	for _, c := range credentials {
		choices := make([][]int, len(e.Questions))
		for i, q := range e.Questions {
			mark := randomChoice(q.Choices())
			choices[i] = make([]int, q.Choices())
			choices[i][mark] = 1
			sums[i][mark]++
		}
		sealed, err := ballot.Seal(e, c, choices)
		if err != nil {
			return nil, err
		}
		if err := b.Accept(ctx, sealed); err != nil {
			return nil, err
		}
	}
	return sums, nil
}

// randomChoice is 0 to n-1, nearly uniform: what it chooses are test marks.
func randomChoice(n int) int {
	var b [2]byte
	rand.Read(b[:])
	return (int(b[0])<<8 | int(b[1])) % n
}

// equal compares results.
func sameResult(a, b tally.Result) bool {
	return slices.EqualFunc(a, b, func(x, y []int) bool { return slices.Equal(x, y) })
}
