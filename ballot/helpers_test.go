package ballot

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"testing"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// The ballot once more, as plain texts that a test can spoil.
type jsonBallot struct {
	UUID       string         `json:"election_uuid"`
	Hash       string         `json:"election_hash"`
	Credential string         `json:"credential"`
	Answers    []jsonAnswer   `json:"answers"`
	Signature  *jsonSignature `json:"signature,omitempty"`
}

type jsonSignature struct {
	Hash  string    `json:"hash"`
	Proof jsonProof `json:"proof"`
}

type jsonAnswer struct {
	Choices    []jsonCiphertext `json:"choices"`
	Individual [][]jsonProof    `json:"individual_proofs"`
	Overall    []jsonProof      `json:"overall_proof"`
	Blank      []jsonProof      `json:"blank_proof,omitempty"`
}

type jsonCiphertext struct {
	Alpha string `json:"alpha"`
	Beta  string `json:"beta"`
}

type jsonProof struct {
	Challenge string `json:"challenge"`
	Response  string `json:"response"`
}

func takeApart(t testing.TB, raw []byte) *jsonBallot {
	t.Helper()
	b := new(jsonBallot)
	unmarshal(t, raw, b)
	return b
}

func (b *jsonBallot) text() []byte {
	text, err := json.Marshal(b)
	if err != nil {
		panic("test: " + err.Error())
	}
	return text
}

// mend makes signature.hash that of the ballot as it is now.
func (b *jsonBallot) mend() *jsonBallot {
	unsigned := *b
	unsigned.Signature = nil
	sum := sha256.Sum256(unsigned.text())
	b.Signature.Hash = base64.RawStdEncoding.EncodeToString(sum[:])
	return b
}

// sign mends and signs.
func (b *jsonBallot) sign(secret *group.Scalar) *jsonBallot {
	b.mend()
	b.Signature.Proof = jsonProofOf(zkp.SignBallot(secret, b.Signature.Hash, group.RandomScalar))
	return b
}

func jsonProofOf(p zkp.Proof) jsonProof { return jsonProof{p.Challenge.String(), p.Response.String()} }

func jsonProofsOf(proofs []zkp.Proof) []jsonProof {
	list := make([]jsonProof, len(proofs))
	for i, p := range proofs {
		list[i] = jsonProofOf(p)
	}
	return list
}

// A field is one text of a ballot and the place that an error gives it.
type field struct {
	text  *string
	place string
}

// numbers are the challenges and responses of the answers.
func (b *jsonBallot) numbers() (fields []field) {
	add := func(proofs []jsonProof, place string) {
		for i := range proofs {
			fields = append(fields, field{&proofs[i].Challenge, place}, field{&proofs[i].Response, place})
		}
	}
	for i, a := range b.Answers {
		for j, proofs := range a.Individual {
			add(proofs, fmt.Sprintf("answer %d: choice %d: individual proof", i+1, j+1))
		}
		add(a.Overall, fmt.Sprintf("answer %d: overall proof", i+1))
		add(a.Blank, fmt.Sprintf("answer %d: blank proof", i+1))
	}
	return fields
}

// points are the ciphertexts of the answers.
func (b *jsonBallot) points() (fields []field) {
	for i, a := range b.Answers {
		for j := range a.Choices {
			place := fmt.Sprintf("answer %d: choice %d: ", i+1, j+1)
			fields = append(fields, field{&a.Choices[j].Alpha, place}, field{&a.Choices[j].Beta, place})
		}
	}
	return fields
}

// plus adds n to a decimal, without reduction.
func plus(decimal string, n *big.Int) string {
	d, ok := new(big.Int).SetString(decimal, 10)
	if !ok {
		panic("test: " + decimal)
	}
	return d.Add(d, n).String()
}

// plusOne adds 1 modulo q.
func plusOne(decimal string) string {
	d, _ := new(big.Int).SetString(plus(decimal, big.NewInt(1)), 10)
	return bigScalar(d).String()
}

// testSecret is the election key's secret.
func testSecret() *group.Scalar { return hashScalar("trustee") }

func newElection(t testing.TB, questions ...Question) *Election {
	t.Helper()
	e, err := NewElection(Draft{
		Name: "Hội nghị", Description: "Hà Nội", PublicKey: group.BaseExp(testSecret()), Questions: questions, UUID: "HomPhieuTest11",
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// twoQuestions is an election with and without blank, the second with a choice
// of one or two answers.
func twoQuestions(t testing.TB) *Election {
	return newElection(t,
		Question{Text: "A", Answers: []string{"1", "2", "3"}, Blank: true, Min: 1, Max: 1},
		Question{Text: "B", Answers: []string{"1", "2"}, Min: 1, Max: 2},
	)
}

func mustSeal(t testing.TB, e *Election, c Credential, choices ...[]int) *Ballot {
	t.Helper()
	b, err := Seal(e, c, choices)
	if err != nil {
		t.Fatalf("Seal(%v): %v", choices, err)
	}
	return b
}
