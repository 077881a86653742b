package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/threshold"
	"github.com/homphieu/homphieu/crypto/threshold/ceremony"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

// An ended poll is one whose board has held a ceremony, with the files that a
// member has at its end.
type ended struct {
	ts       *testscript.TestScript
	dir      string
	seeds    []string
	board    *ceremony.Transcript
	trustees *tally.Trustees
	election *ballot.Election
	roll     *archive.Roll
	secrets  []ballot.Credential
	ballots  []*ballot.Ballot
	end      string // the digits with which the last archive ends
}

// writeEnded is the script's command
//
//	ended DIR NAME N	a poll that has ended with N ballots
//
// It leaves in DIR poll.bel with its closing file, for members 1 and 2 the files
// key-1.json, saved before the sealing, and sealed-1.json, saved after it; and
// archives that differ: open.bel has not ended, counted.bel is being counted,
// later.bel has one ballot more, resealed.bel one slip more. $DIGITS are the
// election's; $END, $LATER and $RESEALED are those with which poll.bel,
// later.bel and resealed.bel end, $SPACED those of poll.bel in groups of four.
func writeEnded(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	e := &ended{ts: ts, dir: ts.MkAbs(args[0])}
	ts.Check(os.MkdirAll(e.dir, 0o700))
	e.holdCeremony()
	e.prepare(args[1], n+1)
	ts.Setenv("DIGITS", e.election.Fingerprint().Digits())
	setup := e.writePolls(n)
	for i := range 2 {
		m, err := ceremony.ResumeMember(e.board.Terms(), e.seeds[i], i+1, "")
		ts.Check(err)
		k, err := ceremony.NewKeyFile(m, e.board, "Hội nghị lấy phiếu tín nhiệm", "Trần Văn Bình")
		ts.Check(err)
		e.writeKey(k, "key")
		k.Sealed[string(e.election.UUID)] = setup
		e.writeKey(k, "sealed")
	}
}

func (e *ended) writeKey(k *ceremony.KeyFile, name string) {
	text, err := k.JSON()
	e.ts.Check(err)
	e.write(name+"-"+strconv.Itoa(k.Index)+".json", text)
}

func (e *ended) write(name string, content []byte) {
	e.ts.Check(os.WriteFile(filepath.Join(e.dir, name), content, 0o600))
}

func (e *ended) holdCeremony() {
	terms := ceremony.Terms{Meeting: string(ballot.NewUUID()), Ceremony: ceremony.NewID(), Threshold: 2, Size: 3}
	var err error
	e.board, err = ceremony.New(terms)
	e.ts.Check(err)
	var members []*ceremony.Member
	for i := range terms.Size {
		e.seeds = append(e.seeds, threshold.NewSeed())
		m, err := ceremony.NewMember(terms, e.seeds[i], i+1)
		e.ts.Check(err)
		members = append(members, m)
	}
	for e.board.Step() != ceremony.Finished {
		for _, index := range e.board.Waiting() {
			text, err := members[index-1].Next(e.board)
			e.ts.Check(err)
			e.ts.Check(e.board.Add(text))
		}
	}
	text, err := e.board.Trustees()
	e.ts.Check(err)
	e.trustees, err = tally.ParseTrustees(text)
	e.ts.Check(err)
}

// prepare makes the election, n slips, and a ballot for each.
func (e *ended) prepare(name string, n int) {
	var err error
	e.election, err = ballot.NewElection(ballot.Draft{
		Name: name, Description: "Phòng họp số 1", UUID: ballot.NewUUID(), PublicKey: e.trustees.PublicKey(),
		Questions: []ballot.Question{meeting.Question("Nguyễn Thị Ánh", "Giám đốc")},
	})
	e.ts.Check(err)
	for range n {
		c := ballot.NewCredential()
		e.secrets = append(e.secrets, c)
		b, err := ballot.Seal(e.election, c, [][]int{e.election.Questions[0].Mark(0)})
		e.ts.Check(err)
		e.ballots = append(e.ballots, b)
	}
	e.list(e.secrets)
}

func (e *ended) list(secrets []ballot.Credential) {
	var public []*group.Element
	for _, c := range secrets {
		public = append(public, c.Public(e.election.UUID))
	}
	var err error
	e.roll, err = archive.NewRoll(public)
	e.ts.Check(err)
}

// writePolls writes the archives and returns the hash of the setup object in
// hexadecimal.
func (e *ended) writePolls(n int) string {
	setup := e.writePoll("poll", n, archive.EndBallots)
	e.ts.Setenv("SPACED", e.end)
	e.ts.Setenv("END", strings.ReplaceAll(e.end, " ", ""))
	e.writePoll("open", n, archive.Ballot)
	e.writePoll("counted", n, archive.EncryptedTally)
	e.writePoll("later", n+1, archive.EndBallots)
	e.ts.Setenv("LATER", e.end)
	e.list(append(e.secrets, ballot.NewCredential()))
	e.writePoll("resealed", n, archive.EndBallots)
	e.ts.Setenv("RESEALED", e.end)
	return setup
}

// writePoll writes an archive with n ballots up to an event, and the closing
// file that goes with it if the poll has ended.
func (e *ended) writePoll(name string, n int, upTo string) (setup string) {
	text := archive.AppendHead(nil, 1_700_000_000)
	chain := archive.Chain{}
	add := func(kind string, data ...[]byte) {
		var payload *[32]byte
		for _, d := range data {
			text = archive.AppendEntry(text, archive.KindData, d, 1_700_000_000)
			hash := archive.Hash(d)
			payload = &hash
		}
		var event []byte
		event, chain = chain.Next(kind, payload)
		text = archive.AppendEntry(text, archive.KindEvent, event, 1_700_000_000)
	}
	objects := [][]byte{e.election.Raw(), e.trustees.Raw(), e.roll.AppendJSON(nil)}
	payload := archive.SetupPayload{Election: archive.Hash(objects[0]), Trustees: archive.Hash(objects[1]), Credentials: archive.Hash(objects[2])}
	object := payload.AppendJSON(nil)
	add(archive.Setup, append(objects, object)...)
	product := e.election.NewProduct()
	for _, b := range e.ballots[:n] {
		product.Mul(b)
		add(archive.Ballot, b.Raw())
	}
	if upTo != archive.Ballot {
		add(archive.EndBallots)
		e.writeClosing(name, chain.Head, n)
	}
	if upTo == archive.EncryptedTally {
		add(archive.EncryptedTally, product.AppendJSON(nil), tally.Sized{Ballots: n, Tally: tally.Hash(product)}.AppendJSON(nil))
	}
	e.end = ballot.Digits(chain.Head)
	e.write(name+".bel", text)
	return ballot.CredentialKey(archive.Hash(object)).String()
}

func (e *ended) writeClosing(name string, end [32]byte, n int) {
	c := &tally.Closing{Election: e.election.Fingerprint(), EndBallots: end, Slips: tally.Slips{
		Printed: e.roll.Len(), Issued: n, Unissued: e.roll.Len() - n, Cast: n,
	}}
	for i := range 2 {
		c.Sign(i+1, threshold.SigningKey(e.seeds[i]))
	}
	e.write(name+".closing.json", c.AppendJSON(nil))
}

// contributed is the script's command
//
//	contributed FILE ARCHIVE INDEX	FILE must be the contribution of that member
func contributed(ts *testscript.TestScript, _ bool, args []string) {
	report, err := archive.VerifyFile(ts.MkAbs(args[1]), true)
	ts.Check(err)
	ts.Check(report.Reason)
	c, err := tally.ParseContribution(report.Election, []byte(ts.ReadFile(args[0])))
	ts.Check(err)
	ts.Check(c.Verify(report.Election, report.Trustees, report.Product))
	if strconv.Itoa(c.Owner) != args[2] {
		ts.Fatalf("%s: of member %d", args[0], c.Owner)
	}
}

// stray is the script's command
//
//	stray KEY FILE	a copy of a key file that has seen another poll sealed
func stray(ts *testscript.TestScript, _ bool, args []string) {
	k, err := ceremony.ParseKeyFile([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	for _, setup := range k.Sealed {
		k.Sealed = map[string]string{string(ballot.NewUUID()): setup}
	}
	text, err := k.JSON()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), text, 0o600))
}
