package ballot

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/group"
)

var update = flag.Bool("update", false, "write crypto/testdata/golden.json again")

const goldenFile = "../crypto/testdata/golden.json"

// golden is what the Go code and the voter's page must agree on. The tests of
// web/ read the same file.
type golden struct {
	Hash        []goldenHash       `json:"hash"`
	Credentials []goldenCredential `json:"credentials"`
	Elements    []goldenElement    `json:"elements"`
	Scalars     []goldenScalar     `json:"scalars"`
	Elections   []goldenElection   `json:"elections"`
	Slips       []goldenSlip       `json:"slips"`
	Ballots     []goldenBallot     `json:"ballots"`
}

type goldenHash struct {
	In  string `json:"in"`
	Out string `json:"out"`
}

type goldenCredential struct {
	UUID   string `json:"uuid"`
	Code   string `json:"code"`
	Secret string `json:"secret"`
	Public string `json:"public"`
}

type goldenElement struct {
	Hex string `json:"hex"`
	OK  bool   `json:"ok"`
	Why string `json:"why"`
}

type goldenScalar struct {
	Decimal string `json:"decimal"`
	OK      bool   `json:"ok"`
}

type goldenElection struct {
	Election    string `json:"election"`
	Fingerprint string `json:"fingerprint"`
	F           string `json:"f"`
	Digits      string `json:"digits"`
}

// goldenSlip is what a slip of several ballot papers says.
type goldenSlip struct {
	Fingerprints []string `json:"fingerprints"` // of the papers, in their order
	F            string   `json:"f"`
	Digits       string   `json:"digits"`
}

// goldenBallot holds what a ballot is made from, the scalars in the order in
// which seal draws them, and the ballot.
type goldenBallot struct {
	Election   string   `json:"election"`
	Credential string   `json:"credential"`
	Choices    [][]int  `json:"choices"`
	Random     []string `json:"random"`
	Ballot     string   `json:"ballot"`
	Tracker    string   `json:"tracker"`
}

// TestGolden makes every golden value from its inputs and compares them with
// the file, which is the same for the page's TypeScript.
func TestGolden(t *testing.T) {
	var made bytes.Buffer
	e := json.NewEncoder(&made)
	e.SetEscapeHTML(false)
	e.SetIndent("", "\t")
	if err := e.Encode(makeGolden(t)); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(goldenFile, made.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(made.Bytes(), want) {
		t.Errorf("%s differs from what is made now; if that is meant: go test ./ballot -run TestGolden -update", goldenFile)
	}
}

// TestGoldenParsers reads the golden points and scalars with the parsers that
// did not make them.
func TestGoldenParsers(t *testing.T) {
	for _, g := range goldenElements() {
		if _, err := group.ParseElement([]byte(g.Hex)); (err == nil) != g.OK {
			t.Errorf("ParseElement(%q), %s: error %v, want ok %v", g.Hex, g.Why, err, g.OK)
		}
	}
	for _, g := range goldenScalars() {
		if _, err := group.ParseScalar([]byte(g.Decimal)); (err == nil) != g.OK {
			t.Errorf("ParseScalar(%q): error %v, want ok %v", g.Decimal, err, g.OK)
		}
	}
}

func makeGolden(t *testing.T) golden {
	g := golden{Elements: goldenElements(), Scalars: goldenScalars()}
	for _, in := range []string{"", "a", "pok|Ed25519|", "Lấy phiếu tín nhiệm", "👩🏽‍⚖️", strings.Repeat("prove|", 300)} {
		g.Hash = append(g.Hash, goldenHash{in, hashScalar(in).String()})
	}
	for _, c := range goldenCredentialInputs() {
		u := UUID(c.UUID)
		code := mustCredential(t, c.Code)
		c.Secret, c.Public = code.Secret(u).String(), code.Public(u).String()
		g.Credentials = append(g.Credentials, c)
	}
	elections := goldenElections(t)
	for _, e := range elections {
		f := e.Fingerprint()
		digits := strings.ReplaceAll(f.Digits(), " ", "")
		g.Elections = append(g.Elections, goldenElection{string(e.Raw()), string(f), f.Link(), digits})
	}
	for _, papers := range goldenSlipInputs(elections) {
		slip := goldenSlip{}
		for _, f := range papers {
			slip.Fingerprints = append(slip.Fingerprints, string(f))
		}
		all := NewSlipFingerprint(papers...)
		slip.F, slip.Digits = all.Link(), strings.ReplaceAll(all.Digits(), " ", "")
		g.Slips = append(g.Slips, slip)
	}
	for i, in := range goldenBallotInputs {
		g.Ballots = append(g.Ballots, makeGoldenBallot(t, elections[in.election], i, in))
	}
	return g
}

func makeGoldenBallot(t *testing.T, e *Election, i int, in goldenBallotInput) goldenBallot {
	c := mustCredential(t, in.code)
	g := goldenBallot{Election: string(e.Raw()), Credential: c.Code(), Choices: in.choices}
	b, err := seal(e, c.Secret(e.UUID), in.choices, func() *group.Scalar {
		n := len(g.Random)
		s := hashScalar(fmt.Sprintf("golden|%d|%d", i, n))
		if in.edges {
			s = edgeScalar(t, n)
		}
		g.Random = append(g.Random, s.String())
		return s
	})
	if err != nil {
		t.Fatalf("golden ballot %d: %v", i, err)
	}
	if _, err := verifyBoth(t, e, b.Raw()); err != nil {
		t.Fatalf("golden ballot %d: %v", i, err)
	}
	g.Ballot, g.Tracker = string(b.Raw()), b.Tracker()
	return g
}

// hashScalar is H of docs/PROTOCOL.md §2, by math/big.
func hashScalar(s string) *group.Scalar {
	sum := sha256.Sum256([]byte(s))
	return bigScalar(new(big.Int).SetBytes(sum[:]))
}

// groupOrder is q = 2^252 + 27742317777372353535851937790883648493.
var groupOrder = func() *big.Int {
	low, _ := new(big.Int).SetString("27742317777372353535851937790883648493", 10)
	return low.Add(low, new(big.Int).Lsh(big.NewInt(1), 252))
}()

// bigScalar returns n mod q.
func bigScalar(n *big.Int) *group.Scalar {
	s, err := group.ParseScalar([]byte(new(big.Int).Mod(n, groupOrder).String()))
	if err != nil {
		panic("test: " + err.Error())
	}
	return s
}

// edgeScalar walks through scalars on which arithmetic is likely to go wrong.
func edgeScalar(t *testing.T, n int) *group.Scalar {
	t.Helper()
	edges := []*big.Int{
		big.NewInt(1), big.NewInt(-1), big.NewInt(2), big.NewInt(-2), big.NewInt(255), big.NewInt(256),
		new(big.Int).Lsh(big.NewInt(1), 252), new(big.Int).Rsh(groupOrder, 1), new(big.Int).Lsh(big.NewInt(1), 64),
		new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 128), big.NewInt(1)), new(big.Int).Lsh(big.NewInt(1), 251),
	}
	return bigScalar(edges[n%len(edges)])
}

func mustCredential(t testing.TB, code string) Credential {
	t.Helper()
	c, err := ParseCredential(code)
	if err != nil {
		t.Fatalf("%s: %v", code, err)
	}
	return c
}
