package tally_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/zkp"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

var update = flag.Bool("update", false, "write crypto/testdata/tally.json again")

const goldenFile = "../crypto/testdata/tally.json"

// golden is what the Go code and the board members' page must agree on about a
// tally. The tests of web/ read the same file.
type golden struct {
	Decryptions []goldenDecryption `json:"decryptions"`
	Vote        goldenVote         `json:"vote"`
}

// goldenDecryption is a contribution with the random numbers that it was made
// with, in the order in which they are drawn: per question and choice that of
// the published proof, then that of the strong one.
type goldenDecryption struct {
	Election string   `json:"election"`
	Tally    string   `json:"tally"`
	Owner    int      `json:"owner"`
	Secret   string   `json:"secret"`
	Random   []string `json:"random"`
	Partial  string   `json:"partial"`
	Shares   string   `json:"shares"` // the file of strong proofs with this contribution alone
}

// goldenVote is a small vote from Setup to Result, what lies beside it, and its
// secrets.
type goldenVote struct {
	Archive  []byte         `json:"archive"`
	Shares   string         `json:"shares"`
	Closing  string         `json:"closing"`
	Holders  []goldenHolder `json:"holders"`
	Codes    []string       `json:"codes"` // of all slips; the last was returned and is voided
	Result   tally.Result   `json:"result"`
	EndsAt   int            `json:"ends_at"`   // length of the archive up to EndBallots
	SealedAt int            `json:"sealed_at"` // length of the archive up to Setup
}

type goldenHolder struct {
	Signing string `json:"signing"`
	Key     string `json:"key"`
}

const goldenBallots = 4

// TestGolden checks everything that the file says: it need not be made again to
// be right.
func TestGolden(t *testing.T) {
	if *update {
		writeGolden(t)
	}
	text, err := os.ReadFile(goldenFile)
	ok(t, err)
	var g golden
	ok(t, json.Unmarshal(text, &g))
	for i, d := range g.Decryptions {
		checkGoldenDecryption(t, i, d)
	}
	v := g.Vote
	for n, want := range map[int]archive.State{v.SealedAt: archive.StateOpen, v.EndsAt: archive.StateClosed, len(v.Archive): archive.StateResult} {
		o := archive.Options{Strict: want != archive.StateOpen}
		if o.Strict {
			o.Closing = []byte(v.Closing)
		}
		if want == archive.StateResult {
			o.Shares = []byte(v.Shares)
		}
		report, err := archive.Verify(bytes.NewReader(v.Archive[:n]), int64(n), o)
		ok(t, err)
		if !report.Valid() || report.State != want {
			t.Errorf("%d bytes: %s, %v, want %s", n, report.State, report.Reason, want)
		}
	}
}

func checkGoldenDecryption(t *testing.T, i int, d goldenDecryption) {
	t.Helper()
	e, err := ballot.ParseElection([]byte(d.Election))
	ok(t, err)
	product, err := e.ParseProduct([]byte(d.Tally))
	ok(t, err)
	secret, err := group.ParseScalar([]byte(d.Secret))
	ok(t, err)
	partial, err := tally.ParsePartialDecryption([]byte(d.Partial))
	ok(t, err)
	strong, err := tally.ParseShares([]byte(d.Shares))
	ok(t, err)
	at := zkp.Place{Fingerprint: string(e.Fingerprint()), Tally: tally.Hash(product)}
	random := d.Random
	next := func(p zkp.Proof) {
		if w := p.Response.Add(secret.Mul(p.Challenge)).String(); len(random) == 0 || w != random[0] {
			t.Fatalf("decryption %d: question %d: choice %d: not made with the next random number", i, at.Question+1, at.Choice+1)
		}
		random = random[1:]
	}
	for q, row := range product {
		for c, ct := range row {
			at.Question, at.Choice = q, c
			statement := zkp.Decryption{Public: group.BaseExp(secret), Alpha: ct.Alpha, Factor: partial.Factors[q][c]}
			ok(t, zkp.VerifyDecryption(at.Fingerprint, statement, partial.Proofs[q][c]))
			ok(t, zkp.VerifyDecryptionStrong(at, statement, strong.Shares[0].Proofs[q][c]))
			next(partial.Proofs[q][c])
			next(strong.Shares[0].Proofs[q][c])
		}
	}
	if len(random) != 0 {
		t.Errorf("decryption %d: %d random numbers left", i, len(random))
	}
}

func writeGolden(t *testing.T) {
	t.Helper()
	e := boxtest.NewElection(t, boxtest.Plan{
		Boards: []boxtest.Board{{Threshold: 2, Size: 3}}, Voters: goldenBallots + 1,
		Questions: []ballot.Question{boxtest.Person("Đồng chí \"An\"\nBí thư"), {Text: "Có hay không?", Answers: []string{"Có", "Không"}, Min: 0, Max: 1}},
	})
	g := golden{Vote: makeGoldenVote(t, e)}
	empty, full := e.NewProduct(), e.NewProduct()
	for voter := range goldenBallots {
		full.Mul(e.Seal(t, voter, voter-1, voter%2))
	}
	for i, product := range []ballot.Product{full, full, empty} {
		g.Decryptions = append(g.Decryptions, makeGoldenDecryption(e, i+1, product))
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "\t")
	ok(t, encoder.Encode(g))
	ok(t, os.WriteFile(goldenFile, text.Bytes(), 0o644))
}

func makeGoldenDecryption(e *boxtest.Election, owner int, product ballot.Product) goldenDecryption {
	c, secret := e.Decrypt(product, owner)[0], e.Holders[owner-1].Key
	d := goldenDecryption{
		Election: string(e.Raw()), Tally: string(product.AppendJSON(nil)), Owner: owner, Secret: secret.String(),
		Partial: string(c.Partial.AppendJSON(nil)),
		Shares:  string(tally.NewShares(e.Election, product, []tally.Contribution{c}).AppendJSON(nil)),
	}
	for q, row := range product {
		for choice := range row {
			for _, p := range []zkp.Proof{c.Partial.Proofs[q][choice], c.Strong[q][choice]} {
				d.Random = append(d.Random, p.Response.Add(secret.Mul(p.Challenge)).String())
			}
		}
	}
	return d
}

func makeGoldenVote(t *testing.T, e *boxtest.Election) goldenVote {
	t.Helper()
	w := &goldenWriter{text: archive.AppendHead(nil, boxtest.Timestamp)}
	setup := archive.SetupPayload{
		Election: archive.Hash(e.Setup.Election), Trustees: archive.Hash(e.Setup.Trustees), Credentials: archive.Hash(e.Setup.Credentials),
	}
	w.event(archive.Setup, e.Setup.Election, e.Setup.Trustees, e.Setup.Credentials, setup.AppendJSON(nil))
	v := goldenVote{SealedAt: len(w.text)}
	product := e.NewProduct()
	for voter := range goldenBallots {
		b := e.Seal(t, voter, voter-1, voter%2)
		product.Mul(b)
		w.event(archive.Ballot, b.Raw())
	}
	w.event(archive.EndBallots)
	v.EndsAt = len(w.text)
	v.Closing = string(goldenClosing(e, w.chain.Head).AppendJSON(nil))
	events, shares, err := boxtest.Tally(e, product, goldenBallots, 3, 1)
	ok(t, err)
	for _, event := range events {
		w.event(event.Type, event.Data...)
	}
	v.Archive, v.Shares = w.text, string(shares)
	v.Result, err = tally.ParseResult(events[len(events)-1].Data[0])
	ok(t, err)
	for _, h := range e.Holders {
		v.Holders = append(v.Holders, goldenHolder{h.Signing.String(), h.Key.String()})
	}
	for _, voter := range e.Voters {
		v.Codes = append(v.Codes, voter.Code.Code())
	}
	return v
}

func goldenClosing(e *boxtest.Election, end [32]byte) *tally.Closing {
	c := &tally.Closing{
		Election: e.Fingerprint(), EndBallots: end,
		Slips:  tally.Slips{Printed: goldenBallots + 1, Issued: goldenBallots + 1, Returned: 1, Cast: goldenBallots},
		Voided: []ballot.CredentialKey{e.Voters[goldenBallots].Key},
	}
	for _, owner := range []int{1, 3} {
		c.Sign(owner, e.Holders[owner-1].Signing)
	}
	return c
}

// goldenWriter writes an archive event by event.
type goldenWriter struct {
	text  []byte
	chain archive.Chain
}

func (w *goldenWriter) event(kind string, data ...[]byte) {
	var payload *[32]byte
	for _, d := range data {
		w.text = archive.AppendEntry(w.text, archive.KindData, d, boxtest.Timestamp)
		hash := archive.Hash(d)
		payload = &hash
	}
	var event []byte
	event, w.chain = w.chain.Next(kind, payload)
	w.text = archive.AppendEntry(w.text, archive.KindEvent, event, boxtest.Timestamp)
}
