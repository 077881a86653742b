// Package parceltest makes small polls, with papers, public log and signatures,
// and the packages of their results. Only tests import it.
package parceltest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"testing"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report"
	"github.com/homphieu/homphieu/report/identity"
	"github.com/homphieu/homphieu/report/pades"
	"github.com/homphieu/homphieu/report/parcel"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

// Now is when everything happens.
var Now = time.Date(2023, 8, 25, 9, 45, 0, 0, time.UTC)

// Round is the round of every package.
const Round ballot.UUID = "RoundTest23abc"

// Options say what a poll is of; what is empty has a default.
type Options struct {
	Agency, Group string
	Plan          meeting.Plan
	Paper         string // where the meeting has several
	People        []meeting.Person
	// Votes are, by ballot, the level for each person, -1 for none.
	Votes    [][]int
	RuleSet  string
	Members  int
	Trial    bool
	Exempt   []meeting.Person
	Unsigned bool // nobody signs the minutes
	Released bool // the result is opened in the log
}

// A Case is a poll and what its package is made of. All of it may be changed
// before Pack.
type Case struct {
	Claim    round.Claim
	Contents parcel.Contents
	Seal     identity.Identity // of the agency's server
	Election *boxtest.Election
	Outcome  *meeting.Outcome
	Keys     *ledgertest.Keys // of the agency's log
	People   *identity.TrialCA

	authority *identity.TrialCA
	last      [32]byte          // event of the archive
	printed   map[string][]byte // before people signed
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (o *Options) defaults() {
	if o.Agency == "" {
		o.Agency, o.Group = "so-noi-vu", "cac-chuc-danh"
	}
	if o.RuleSet == "" {
		o.RuleSet = meeting.RuleSetReg96
	}
	if o.Plan.Title == "" {
		o.Plan = meeting.Plan{
			Title: "Hội nghị lấy phiếu tín nhiệm năm 2023", Agency: "Sở Nội vụ", Superior: "Tỉnh ủy", Place: "Hội trường tầng 2", Date: "2023-08-25", Chair: "Lê Thị Hòa",
		}
	}
	o.Plan.RuleSet, o.Plan.Members = o.RuleSet, o.Members
	if o.People == nil {
		o.People = []meeting.Person{
			{Name: "Nguyễn Thị Ánh", Post: "Giám đốc", Block: "Khối chính quyền"},
			{Name: "Trần Đạt", Post: "Phó Giám đốc", Block: "Khối chính quyền", Places: []string{"Đảng ủy các cơ quan tỉnh"}},
		}
	}
	if o.Votes == nil {
		o.Votes = [][]int{{0, 0}, {0, 1}, {1, 2}, {2, -1}, {0, 0}}
	}
}

// New makes a poll and everything of its package. One slip more than there are
// votes was made, given back unused, and voided.
func New(t testing.TB, o Options) *Case {
	t.Helper()
	o.defaults()
	c := &Case{printed: map[string][]byte{}}
	c.makeElection(t, &o)
	result := c.vote(t, o.Votes)
	facts := meeting.Facts{
		Meeting: c.Election.UUID, Plan: o.Plan, Paper: o.Paper, Summoned: len(o.Votes) + 2, Present: len(o.Votes) + 1, Voided: 1,
		Board: []meeting.BoardMember{{Name: "Bùi Văn Khoa", Office: meeting.Head}, {Name: "Hồ Thị Lan", Office: meeting.Ordinary}, {Name: "Đinh Công Minh", Office: meeting.Ordinary}},
		Slips: slips(len(o.Votes)), People: o.People, Exempt: o.Exempt, Trial: o.Trial,
	}
	closed, err := ledger.ReadClosed(bytes.NewReader(c.Contents.Archive), c.Election.UUID, c.Contents.Closing)
	ok(t, err)
	facts.EndBallots, facts.Trackers = closed.LastEvent, trackers(t, c.Contents.Archive)
	c.Outcome, err = meeting.NewOutcome(c.Election.Election, box.Settings{RuleSet: o.RuleSet, Members: o.Members}, result, len(o.Votes), facts)
	ok(t, err)
	c.authority, err = identity.NewTrial("Máy chủ", Now.Add(-time.Hour))
	ok(t, err)
	c.Seal = c.Issue(t, "Niêm phong của máy chủ")
	c.People, err = identity.NewTrial("Người ký", Now.Add(-time.Hour))
	ok(t, err)
	c.Print(t, c.Outcome)
	if !o.Unsigned {
		c.Sign(t, meeting.MinutesFile, "head", "Bùi Văn Khoa")
		c.Sign(t, meeting.MinutesFile, "chair", "Lê Thị Hòa")
		c.Sign(t, meeting.ReportFile, "head", "Bùi Văn Khoa")
	}
	c.Keys = ledgertest.NewKeys(t, 1, 2)
	c.Record(t, o.Released)
	c.Claim = round.Claim{
		Kind: round.KindResult, Round: Round, Agency: o.Agency, Group: o.Group, Poll: c.Election.UUID, Meeting: c.Election.UUID,
		Voted: o.Plan.Date, Made: Now.Add(time.Hour),
	}
	return c
}

func slips(cast int) tally.Slips {
	return tally.Slips{Printed: cast + 1, Issued: cast + 1, Returned: 1, Cast: cast}
}

// makeElection makes an election that reads as the office would have written it.
func (c *Case) makeElection(t testing.TB, o *Options) {
	t.Helper()
	var questions []ballot.Question
	for _, p := range o.People {
		questions = append(questions, meeting.Question(p.Name, p.Post))
	}
	e := boxtest.NewElection(t, boxtest.Plan{Boards: []boxtest.Board{{Threshold: 2, Size: 3}}, Voters: len(o.Votes) + 1, Questions: questions})
	name, description := o.Plan.Heading(o.Paper)
	named, err := ballot.NewElection(ballot.Draft{
		Name: name, Description: description, UUID: e.UUID, PublicKey: e.Trustees.PublicKey(), Questions: questions,
	})
	ok(t, err)
	e.Election, e.Setup.Election = named, named.Raw()
	c.Election = e
}

// A story writes an archive.
type story struct {
	files []byte
	chain archive.Chain
}

func (s *story) event(kind string, data ...[]byte) {
	var payload *[32]byte
	for _, d := range data {
		hash := sha256.Sum256(d)
		payload, s.files = &hash, archive.AppendEntry(s.files, archive.KindData, d, boxtest.Timestamp)
	}
	text, next := s.chain.Next(kind, payload)
	s.files, s.chain = archive.AppendEntry(s.files, archive.KindEvent, text, boxtest.Timestamp), next
}

// vote writes archive, closing file and shares, and returns the result.
func (c *Case) vote(t testing.TB, votes [][]int) tally.Result {
	t.Helper()
	e, s := c.Election, story{files: archive.AppendHead(nil, boxtest.Timestamp)}
	payload := archive.SetupPayload{
		Election: sha256.Sum256(e.Setup.Election), Trustees: sha256.Sum256(e.Setup.Trustees), Credentials: sha256.Sum256(e.Setup.Credentials),
	}
	s.event(archive.Setup, e.Setup.Election, e.Setup.Trustees, e.Setup.Credentials, payload.AppendJSON(nil))
	product := e.NewProduct()
	for i, levels := range votes {
		b := e.Seal(t, i, levels...)
		product.Mul(b)
		s.event(archive.Ballot, b.Raw())
	}
	s.event(archive.EndBallots)
	closing := tally.Closing{
		Election: e.Fingerprint(), EndBallots: s.chain.Head, Slips: slips(len(votes)), Voided: []ballot.CredentialKey{e.Voters[len(votes)].Key},
	}
	closing.Sign(1, e.Holders[0].Signing)
	closing.Sign(3, e.Holders[2].Signing)
	events, shares, err := boxtest.Tally(e, product, len(votes), 1, 2)
	ok(t, err)
	for _, event := range events {
		s.event(event.Type, event.Data...)
	}
	result, err := tally.ParseResult(events[len(events)-1].Data[0])
	ok(t, err)
	c.Contents.Archive, c.Contents.Shares, c.Contents.Closing, c.last = s.files, shares, closing.AppendJSON(nil), s.chain.Head
	return result
}

// trackers are those of an archive, ascending.
func trackers(t testing.TB, bel []byte) (list []string) {
	t.Helper()
	before := []byte(`"type":"Ballot","payload":"`)
	for _, rest := range bytes.Split(bel, before)[1:] {
		hash, err := hex.DecodeString(string(rest[:2*sha256.Size]))
		ok(t, err)
		list = append(list, ballot.Tracker([32]byte(hash)))
	}
	slices.Sort(list)
	return list
}

// Issue makes another identity under the authority of the agency's server.
func (c *Case) Issue(t testing.TB, name string) identity.Identity {
	t.Helper()
	who, err := c.authority.Issue(name, "", Now.Add(-time.Hour))
	ok(t, err)
	return who
}

// Print prints the papers and files of an outcome under the seal.
func (c *Case) Print(t testing.TB, o *meeting.Outcome) {
	t.Helper()
	press := report.Press{Seal: c.Seal, Program: "homphieu", Clock: func() time.Time { return Now }}
	list, err := press.Print(o)
	ok(t, err)
	c.Contents.Printed = list
	for _, f := range list {
		c.printed[f.Name] = f.Content
	}
}

// File returns a printed file, to be changed.
func (c *Case) File(t testing.TB, name string) *meeting.Printed {
	t.Helper()
	i := slices.IndexFunc(c.Contents.Printed, func(f meeting.Printed) bool { return f.Name == name })
	if i < 0 {
		t.Fatalf("no %s", name)
	}
	return &c.Contents.Printed[i]
}

// Sign lets somebody sign in a place of a paper.
func (c *Case) Sign(t testing.TB, name, field, who string) {
	t.Helper()
	id, err := c.People.Issue(who, "", Now.Add(-time.Hour))
	ok(t, err)
	f := c.File(t, name)
	f.Content, err = pades.Sign(f.Content, id, pades.Options{Field: field, Name: who, Time: Now.Add(time.Minute), Appearance: &pades.Appearance{}})
	ok(t, err)
}

// Items are what the log's result entry commits to.
func (c *Case) Items(t testing.TB) []ledger.Item {
	t.Helper()
	list := []ledger.Item{{Name: ledger.LastEvent, Hash: c.last}, {Name: "shares.json", Hash: sha256.Sum256(c.Contents.Shares)}}
	for _, name := range []string{report.ResultFile, report.ManifestFile, meeting.MinutesFile, meeting.ReportFile} {
		list = append(list, ledger.Item{Name: name, Hash: sha256.Sum256(c.printed[name])})
	}
	return list
}

// Record writes all of it into a new log of the agency, among another poll.
func (c *Case) Record(t testing.TB, released bool) {
	t.Helper()
	closed, err := ledger.ReadClosed(bytes.NewReader(c.Contents.Archive), c.Election.UUID, c.Contents.Closing)
	ok(t, err)
	salt, items := ledger.NewSalt(), c.Items(t)
	bodies := []ledger.Body{
		ledger.Sealed{Election: c.Election.UUID, Fingerprint: c.Election.Fingerprint()}, closed, ledger.NewResult(c.Election.UUID, salt, items),
	}
	if released {
		bodies = append(bodies, ledger.NewOpened(c.Election.UUID, 5, salt, items))
	}
	c.Say(t, salt, bodies...)
}

// Say begins a log anew, which says this after what it says of another poll, and
// has one of two witnesses cosign it.
func (c *Case) Say(t testing.TB, salt [32]byte, bodies ...ledger.Body) {
	t.Helper()
	log := c.Keys.Log(t, ledgertest.NewMemory())
	_, err := log.Append(t.Context(), append(ledgertest.Poll(0), bodies...)...)
	ok(t, err)
	c.Keys.Publish(t, log, c.Keys.Witness(t, 0, ledgertest.NewWitnessMemory()))
	entries, err := log.Prove(t.Context(), c.Election.UUID)
	ok(t, err)
	policy, err := ledger.SignPolicy(c.Keys.Text, c.Keys.Signer)
	ok(t, err)
	c.Contents.Log = &parcel.LogProof{Policy: policy, Entries: entries, Salt: salt}
}

// Pack makes the package.
func (c *Case) Pack(t testing.TB) (file []byte, hash string) {
	t.Helper()
	file, hash, err := parcel.Pack(c.Claim, c.Contents, c.Seal)
	ok(t, err)
	return file, hash
}

// Clone returns a copy whose parts may be exchanged, though not changed in place.
func (c *Case) Clone() *Case {
	d := *c
	d.Contents.Printed = slices.Clone(c.Contents.Printed)
	d.printed = map[string][]byte{}
	for name, content := range c.printed {
		d.printed[name] = content
	}
	if c.Contents.Log != nil {
		log := *c.Contents.Log
		log.Entries = slices.Clone(log.Entries)
		d.Contents.Log = &log
	}
	return &d
}
