package boxtest

import (
	"crypto/sha256"
	"sync"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/threshold"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

// A Plan says what election [NewElection] makes. What is left out is the
// smallest that works: one trustee alone, one question with two answers.
type Plan struct {
	Singles   int     // trustees alone, who come first on the list
	Boards    []Board // Pedersen boards
	Questions []ballot.Question
	Voters    int
}

// A Board is a Pedersen board, of whose Size any Threshold decrypt.
type Board struct{ Threshold, Size int }

// An Election is an election of which a test knows every secret.
type Election struct {
	*ballot.Election
	Setup    box.Setup
	Trustees *tally.Trustees
	Holders  []Holder // by trustee number, from 0
	Voters   []Voter
}

// A Holder is a trustee's secrets.
type Holder struct {
	Signing *group.Scalar // signs messages
	Key     *group.Scalar // decrypts
}

// A Voter is a slip: its secret, and the public credential.
type Voter struct {
	Code   ballot.Credential
	Public *group.Element
	Key    ballot.CredentialKey
}

// Timestamp is the timestamp of every election made here.
const Timestamp = 1_700_000_000

// Person returns a question as a confidence vote asks it, with a blank.
func Person(name string) ballot.Question {
	return ballot.Question{Text: name, Answers: []string{"Tín nhiệm cao", "Tín nhiệm", "Tín nhiệm thấp"}, Blank: true, Min: 1, Max: 1}
}

// NewElection makes an election with its keys and slips.
func NewElection(t testing.TB, p Plan) *Election {
	t.Helper()
	if p.Singles == 0 && len(p.Boards) == 0 {
		p.Singles = 1
	}
	if len(p.Questions) == 0 {
		p.Questions = []ballot.Question{{Text: "Đồng chí An", Answers: []string{"Có", "Không"}, Min: 1, Max: 1}}
	}
	e := new(Election)
	trustees, err := tally.ParseTrustees(e.makeTrustees(p))
	must(t, err)
	e.Trustees = trustees
	e.Election, err = ballot.NewElection(ballot.Draft{
		Name: "Hội nghị", Description: "Lấy phiếu tín nhiệm", PublicKey: trustees.PublicKey(),
		Questions: p.Questions, UUID: ballot.NewUUID(),
	})
	must(t, err)
	publics := make([]*group.Element, p.Voters)
	for i := range publics {
		code := ballot.NewCredential()
		publics[i] = code.Public(e.UUID)
		e.Voters = append(e.Voters, Voter{code, publics[i], ballot.CredentialKey(publics[i].Key())})
	}
	roll, err := archive.NewRoll(publics)
	must(t, err)
	e.Setup = box.Setup{
		Election: e.Raw(), Trustees: trustees.Raw(), Credentials: roll.AppendJSON(nil), Timestamp: Timestamp,
		Settings: box.Settings{MinBallots: 1, RuleSet: "test"},
	}
	return e
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// makeTrustees makes the keys and returns the trustees object.
func (e *Election) makeTrustees(p Plan) []byte {
	return wire.AppendList(nil, p.Singles+len(p.Boards), func(b []byte, i int) []byte {
		if i < p.Singles {
			x := group.RandomScalar()
			e.Holders = append(e.Holders, Holder{x, x})
			return append(threshold.NewKey(x).AppendJSON(append(b, `["Single",`...)), ']')
		}
		parameters, holders := makeBoard(p.Boards[i-p.Singles])
		e.Holders = append(e.Holders, holders...)
		return append(parameters.AppendJSON(append(b, `["Pedersen",`...)), ']')
	})
}

// makeBoard runs the ceremony of a board as docs/PROTOCOL.md §6 tells it.
func makeBoard(b Board) (*threshold.Parameters, []Holder) {
	p, holders := &threshold.Parameters{Threshold: b.Threshold}, make([]Holder, b.Size)
	for j := range holders {
		seed := threshold.NewSeed()
		holders[j].Signing = threshold.SigningKey(seed)
		p.Certificates = append(p.Certificates, threshold.NewCertificate(seed, b.Size, b.Threshold, j+1))
	}
	shares := make([][]*group.Scalar, b.Size) // by who receives
	for _, h := range holders {
		f := threshold.NewPolynomial(b.Threshold)
		p.Coefexps = append(p.Coefexps, threshold.SignCoefexps(h.Signing, f.Coefexps()))
		p.Signatures = append(p.Signatures, threshold.SignCertificates(h.Signing, p.Certificates, f.Coefexps()))
		for j := range shares {
			shares[j] = append(shares[j], f.Share(j+1))
		}
	}
	for j := range holders {
		holders[j].Key = threshold.DecryptionKey(shares[j])
		p.VerificationKeys = append(p.VerificationKeys, threshold.NewVerificationKey(holders[j].Signing, holders[j].Key))
	}
	return p, holders
}

// Seal seals a new ballot of a voter, with one level per question, -1 for
// none. Without levels it marks the first of each.
func (e *Election) Seal(t testing.TB, voter int, levels ...int) *ballot.Ballot {
	t.Helper()
	choices := make([][]int, len(e.Questions))
	for i := range choices {
		level := 0
		if i < len(levels) {
			level = levels[i]
		}
		choices[i] = e.Questions[i].Mark(level)
	}
	b, err := ballot.Seal(e.Election, e.Voters[voter].Code, choices)
	must(t, err)
	return b
}

// SealAll seals one ballot for each of the first n voters.
func (e *Election) SealAll(t testing.TB, n int) []*ballot.Ballot {
	t.Helper()
	ballots := make([]*ballot.Ballot, n)
	for i := range ballots {
		ballots[i] = e.Seal(t, i, i%len(e.Questions[0].Answers))
	}
	return ballots
}

// Decrypt makes the contributions of the trustees owners (from 1).
func (e *Election) Decrypt(product ballot.Product, owners ...int) []tally.Contribution {
	list := make([]tally.Contribution, len(owners))
	for i, owner := range owners {
		list[i] = tally.Decrypt(e.Election, product, owner, e.Holders[owner-1].Key)
	}
	return list
}

// Tally makes the events of a tally of ballots whose product is given, in which
// the trustees owners decrypt (the first alone if none is named), and the file
// of strong proofs.
func Tally(e *Election, product ballot.Product, ballots int, owners ...int) ([]box.Event, []byte, error) {
	if len(owners) == 0 {
		owners = []int{1}
	}
	contributions := e.Decrypt(product, owners...)
	result, err := tally.Combine(e.Trustees, product, contributions, ballots)
	if err != nil {
		return nil, nil, err
	}
	sized := tally.Sized{Ballots: ballots, Tally: tally.Hash(product)}
	events := []box.Event{{Type: archive.EncryptedTally, Data: [][]byte{product.AppendJSON(nil), sized.AppendJSON(nil)}}}
	for _, c := range contributions {
		factors := c.Partial.AppendJSON(nil)
		owned := tally.Owned{Owner: c.Owner, Payload: sum(factors)}
		events = append(events, box.Event{Type: archive.PartialDecryption, Data: [][]byte{factors, owned.AppendJSON(nil)}})
	}
	events = append(events, box.Event{Type: archive.Result, Data: [][]byte{result.AppendJSON(nil)}})
	return events, tally.NewShares(e.Election, product, contributions).AppendJSON(nil), nil
}

func sum(content []byte) [32]byte { return sha256.Sum256(content) }

// SmallVoters is the number of voters of the small election.
const SmallVoters = 24

// A Sealed is an election with two different ballots of each voter.
type Sealed struct {
	*Election
	Ballots []*ballot.Ballot
	Others  []*ballot.Ballot // second ballots under the same credentials
}

var (
	small     Sealed
	smallOnce sync.Once
)

// Small returns the one small election of this process: ballots cost time to
// make, and most tests do not mind which they get.
func Small(t testing.TB) Sealed {
	t.Helper()
	smallOnce.Do(func() {
		e := NewElection(t, Plan{Voters: SmallVoters})
		small = Sealed{e, e.SealAll(t, SmallVoters), e.SealAll(t, SmallVoters)}
	})
	return small
}
