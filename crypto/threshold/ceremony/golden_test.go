package ceremony

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/threshold"
	"github.com/homphieu/homphieu/tally"
)

var update = flag.Bool("update", false, "write crypto/testdata/ceremony.json again")

const goldenFile = "../../testdata/ceremony.json"

// golden is a whole ceremony of 2 of 3, on which the Go code and the members'
// page must agree. Both read it: much of it is drawn at random, so that it is
// checked rather than made again. Objects of the protocol are strings with
// their exact text. The tests of web/ read the same file.
type golden struct {
	Meeting   string         `json:"meeting"`
	Ceremony  string         `json:"ceremony"`
	Threshold int            `json:"threshold"`
	Size      int            `json:"size"`
	Members   []goldenMember `json:"members"` // by index

	// Messages are the texts of all messages, hello 1, 2, 3, certificate 1, …
	// done 3, and Transcript is the text of the transcript of exactly those.
	Messages   []string `json:"messages"`
	Transcript string   `json:"transcript"`
	C          string   `json:"c"`        // hex: the hash of the list of certificates
	Trustees   string   `json:"trustees"` // the trustees object

	// Failed is the text of the transcript of another ceremony, in which member
	// 3 gave member 1 a bad share, who complains. Seeds are those of its members.
	Failed goldenFailed `json:"failed"`

	Signatures   []goldenSignature  `json:"signatures"` // that come out of the seed
	HPKE         []goldenHPKE       `json:"hpke"`
	KeyFile      string             `json:"key_file"` // of member 2
	Contribution goldenContribution `json:"contribution"`
}

type goldenMember struct {
	Index            int      `json:"index"`
	Seed             string   `json:"seed"`
	Signing          string   `json:"signing"`      // sk, decimal
	Verification     string   `json:"verification"` // g^sk
	Encryption       string   `json:"encryption"`   // g^dk
	TransportIKM     string   `json:"transport_ikm"`
	TransportPrivate string   `json:"transport_private"`
	TransportPublic  string   `json:"transport_public"`
	Digits           string   `json:"digits"`     // four, which people compare
	Polynomial       []string `json:"polynomial"` // a0, a1, decimal
	Given            []string `json:"given"`      // f(1), f(2), f(3), decimal
	Share            string   `json:"share"`      // S_j, decimal
	Public           string   `json:"public"`     // g^S_j
}

type goldenFailed struct {
	Seeds      []string `json:"seeds"`
	Transcript string   `json:"transcript"`
	By         int      `json:"by"`
	About      int      `json:"about"`
}

// goldenSignature is a signature that is made again from the seed: w is its
// random scalar, in decimal, and signed the text {"message","signature"}.
type goldenSignature struct {
	Seed    string `json:"seed"`
	Message string `json:"message"`
	W       string `json:"w"`
	Signed  string `json:"signed"`
}

// goldenHPKE is a ciphertext made by Go; ciphertext is hex(enc || ct).
type goldenHPKE struct {
	Private    string `json:"private"`
	Public     string `json:"public"`
	Info       string `json:"info"`
	Plaintext  string `json:"plaintext"`
	Ciphertext string `json:"ciphertext"`
}

// goldenContribution is the contribution of member owner of the ceremony above
// to the encrypted tally of an election under its key.
type goldenContribution struct {
	Election     string `json:"election"` // the election object
	Tally        string `json:"tally"`    // the encrypted tally
	Owner        int    `json:"owner"`
	Contribution string `json:"contribution"`
}

func makeGolden(t testing.TB) golden {
	r := newRun(t, 2, 3)
	r.finish(t)
	terms := r.transcript.terms
	g := golden{
		Meeting: terms.Meeting, Ceremony: terms.Ceremony, Threshold: terms.Threshold, Size: terms.Size,
		Transcript: string(r.transcript.AppendJSON(nil)), C: r.transcript.view, Trustees: string(r.transcript.trustees),
		Failed: makeGoldenFailed(t), HPKE: makeGoldenHPKE(t),
	}
	for _, m := range r.transcript.inOrder() {
		g.Messages = append(g.Messages, string(m.text))
	}
	for _, m := range r.members {
		g.Members = append(g.Members, m.golden(t, r.transcript))
		s := m.certificate().body.(*certificate).transport
		g.Signatures = append(g.Signatures, goldenSignature{m.seed, s.Message, "", string(s.AppendJSON(nil))})
	}
	g.Signatures = append(g.Signatures, makeGoldenSignature("1111111111111111111111", ""), makeGoldenSignature("zzzzzzzzzzzzzzzzzzzzzz", "Phiếu \"tín nhiệm\"|\n"))
	for i := range g.Signatures {
		s := &g.Signatures[i]
		s.W = wideNonce(s.Seed, s.Message).String()
	}
	k, err := NewKeyFile(r.members[1], r.transcript, "Hội nghị lấy phiếu tín nhiệm", "Nguyễn Thị \"Ánh\" <A&B>")
	ok(t, err)
	text, err := k.JSON()
	ok(t, err)
	g.KeyFile = string(text)
	g.Contribution = makeGoldenContribution(t, k)
	return g
}

func (m *Member) golden(t testing.TB, transcript *Transcript) goldenMember {
	ikm := sha256.Sum256([]byte("homphieu-transport-v1|" + m.terms.Ceremony + "|" + m.seed))
	private, err := m.transport.Bytes()
	ok(t, err)
	own, err := m.openOwn(transcript)
	ok(t, err)
	share, err := m.Share(transcript)
	ok(t, err)
	c := transcript.certificates[m.index-1]
	g := goldenMember{
		Index: m.index, Seed: m.seed, Signing: threshold.SigningKey(m.seed).String(),
		Verification: c.Verification.String(), Encryption: c.Encryption.String(),
		TransportIKM: hex.EncodeToString(ikm[:]), TransportPrivate: hex.EncodeToString(private),
		TransportPublic: hex.EncodeToString(m.transport.PublicKey().Bytes()),
		Digits:          transcript.Digits(m.index), Share: share.String(), Public: group.BaseExp(share).String(),
	}
	for _, a := range own.polynomial {
		g.Polynomial = append(g.Polynomial, a.String())
	}
	for i := range m.terms.Size {
		g.Given = append(g.Given, own.polynomial.Share(i+1).String())
	}
	return g
}

// makeGoldenFailed: member 3 gives member 1 something else than is on its
// polynomial.
func makeGoldenFailed(t testing.TB) goldenFailed {
	r := newRun(t, 2, 3)
	r.cheat(t, 3, 1, group.RandomScalar().String())
	r.step(t, 2)
	r.step(t, 1)
	by, about := r.transcript.Complaint()
	g := goldenFailed{Transcript: string(r.transcript.AppendJSON(nil)), By: by, About: about}
	for _, m := range r.members {
		g.Seeds = append(g.Seeds, m.seed)
	}
	return g
}

func makeGoldenSignature(seed, message string) goldenSignature {
	return goldenSignature{Seed: seed, Message: message, Signed: string(threshold.SignAgain(seed, []byte(message)).AppendJSON(nil))}
}

func makeGoldenHPKE(t testing.TB) (list []goldenHPKE) {
	for i, text := range []string{"0", "7237005577332262213973186563042994240857116359379907606001950938285454250988", "Lấy phiếu tín nhiệm"} {
		private := transportKey(NewID(), threshold.NewSeed())
		raw, err := private.Bytes()
		ok(t, err)
		info := []string{"", "homphieu-share-v1|U|K|C|1|2", "Hòm phiếu"}[i]
		c, err := sealFor(private.PublicKey(), info, text)
		ok(t, err)
		list = append(list, goldenHPKE{hex.EncodeToString(raw), hex.EncodeToString(private.PublicKey().Bytes()), info, text, string(c)})
	}
	return list
}

func makeGoldenContribution(t testing.TB, k *KeyFile) goldenContribution {
	trustees, err := tally.ParseTrustees(k.Trustees())
	ok(t, err)
	e, err := ballot.NewElection(ballot.Draft{
		Name: "Hội nghị lấy phiếu tín nhiệm", Description: "Phòng họp số 1", UUID: ballot.NewUUID(), PublicKey: trustees.PublicKey(),
		Questions: []ballot.Question{
			{Text: "Nguyễn Thị Ánh", Answers: []string{"Tín nhiệm cao", "Tín nhiệm", "Tín nhiệm thấp"}, Blank: true, Min: 1, Max: 1},
			{Text: "Trần Văn Bình", Answers: []string{"Có", "Không"}, Min: 0, Max: 1},
		},
	})
	ok(t, err)
	product := e.NewProduct()
	for i := range 3 {
		b, err := ballot.Seal(e, ballot.NewCredential(), [][]int{e.Questions[0].Mark(i - 1), e.Questions[1].Mark(i % 2)})
		ok(t, err)
		product.Mul(b)
	}
	c := tally.Decrypt(e, product, k.Index, k.Share)
	return goldenContribution{string(e.Raw()), string(product.AppendJSON(nil)), k.Index, string(c.AppendJSON(nil, e))}
}

var updated sync.Once

func writeGolden(t testing.TB) {
	var made bytes.Buffer
	e := json.NewEncoder(&made)
	e.SetEscapeHTML(false)
	e.SetIndent("", "\t")
	ok(t, e.Encode(makeGolden(t)))
	ok(t, os.WriteFile(goldenFile, made.Bytes(), 0o644))
}

func readGolden(t testing.TB) (g golden) {
	if *update {
		updated.Do(func() { writeGolden(t) })
	}
	text, err := os.ReadFile(goldenFile)
	ok(t, err)
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	ok(t, d.Decode(&g))
	return g
}

// TestGoldenTranscript takes the golden messages one by one, and the golden
// transcript as a whole, and computes all that follows from the seeds again.
func TestGoldenTranscript(t *testing.T) {
	g := readGolden(t)
	terms := Terms{g.Meeting, g.Ceremony, g.Threshold, g.Size}
	one, err := New(terms)
	ok(t, err)
	for i, text := range g.Messages {
		if want := Step(i / g.Size); one.Step() != want {
			t.Fatalf("message %d: at the step %v", i, one.Step())
		}
		ok(t, one.Add([]byte(text)))
	}
	whole, err := ParseTranscript([]byte(g.Transcript))
	ok(t, err)
	if string(one.AppendJSON(nil)) != g.Transcript || one.view != g.C {
		t.Error("the messages give another transcript")
	}
	for _, transcript := range []*Transcript{one, whole} {
		if trustees, err := transcript.Trustees(); err != nil || string(trustees) != g.Trustees {
			t.Errorf("trustees: %v, %s", err, trustees)
		}
	}
	for i, want := range g.Members {
		m, err := NewMember(terms, want.Seed, i+1)
		ok(t, err)
		if got, want := asJSON(t, m.golden(t, whole)), asJSON(t, want); got != want {
			t.Errorf("member %d: %s, want %s", i+1, got, want)
		}
		for _, own := range []*Message{m.hello(), m.certificate()} {
			if got := string(own.text); got != g.Messages[int(own.Step)*g.Size+i] {
				t.Errorf("%v: %s", own, got)
			}
		}
	}
}

func asJSON(t testing.TB, v any) string {
	text, err := json.Marshal(v)
	ok(t, err)
	return string(text)
}

func TestGoldenFailed(t *testing.T) {
	g := readGolden(t).Failed
	failed, err := ParseTranscript([]byte(g.Transcript))
	ok(t, err)
	if by, about := failed.Complaint(); failed.Step() != Failed || by != g.By || about != g.About {
		t.Errorf("step %v, %d complains about %d", failed.Step(), by, about)
	}
	m, err := NewMember(failed.terms, g.Seeds[g.By-1], g.By)
	ok(t, err)
	if _, bad, err := m.receive(failed); bad != g.About || err == nil {
		t.Errorf("bad share of member %d: %v", bad, err)
	}
}

func TestGoldenSignatures(t *testing.T) {
	for _, g := range readGolden(t).Signatures {
		s := threshold.SignAgain(g.Seed, []byte(g.Message))
		if string(s.AppendJSON(nil)) != g.Signed {
			t.Errorf("%q: %s", g.Message, s.AppendJSON(nil))
		}
		ok(t, s.Verify(group.BaseExp(threshold.SigningKey(g.Seed))))
		// w = response + sk · challenge
		w := s.Signature.Response.Add(threshold.SigningKey(g.Seed).Mul(s.Signature.Challenge))
		if w.String() != g.W || wideNonce(g.Seed, g.Message).String() != g.W {
			t.Errorf("%q: w = %s, want %s", g.Message, w, g.W)
		}
	}
}

func TestGoldenHPKE(t *testing.T) {
	for _, g := range readGolden(t).HPKE {
		raw, err := hex.DecodeString(g.Private)
		ok(t, err)
		private, err := kem.NewPrivateKey(raw)
		ok(t, err)
		text, err := sealed(g.Ciphertext).open(private, g.Info)
		if err != nil || text != g.Plaintext || hex.EncodeToString(private.PublicKey().Bytes()) != g.Public {
			t.Errorf("%q: %q, %v", g.Plaintext, text, err)
		}
	}
}

func TestGoldenKeyFile(t *testing.T) {
	g := readGolden(t)
	k, err := ParseKeyFile([]byte(g.KeyFile))
	ok(t, err)
	text, err := k.JSON()
	ok(t, err)
	if string(text) != g.KeyFile {
		t.Errorf("key file: %s", text)
	}
	e, err := ballot.ParseElection([]byte(g.Contribution.Election))
	ok(t, err)
	product, err := e.ParseProduct([]byte(g.Contribution.Tally))
	ok(t, err)
	trustees, err := tally.ParseTrustees(k.Trustees())
	ok(t, err)
	c, err := tally.ParseContribution(e, []byte(g.Contribution.Contribution))
	ok(t, err)
	ok(t, c.Verify(e, trustees, product))
	made := tally.Decrypt(e, product, k.Index, k.Share)
	if c.Owner != g.Contribution.Owner || !slices.EqualFunc(c.Partial.Factors[0], made.Partial.Factors[0], (*group.Element).Equal) {
		t.Error("contribution is not the member's")
	}
}
