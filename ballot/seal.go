package ballot

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"

	"github.com/homphieu/homphieu/crypto/elgamal"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// Seal encrypts choices, proves that they are allowed, and signs. choices holds
// for each question a 0 or 1 per choice, the blank first where the question has
// one (see [Question.Mark]). Choices that the election does not allow are
// refused. The time does not depend on which allowed choices they are.
func Seal(e *Election, c Credential, choices [][]int) (*Ballot, error) {
	return seal(e, c.Secret(e.UUID), choices, group.RandomScalar)
}

// seal draws from random in the order of the text: for each answer the
// randomness of its choices, its individual, overall and blank proofs; last
// the signature.
func seal(e *Election, secret *group.Scalar, choices [][]int, random zkp.Random) (*Ballot, error) {
	if len(choices) != len(e.Questions) {
		return nil, fmt.Errorf("choices: %d answers, want %d", len(choices), len(e.Questions))
	}
	credential := group.BaseExp(secret)
	s0 := proofPrefix(e, credential)
	ciphertexts := make([][]elgamal.VarTimeCiphertext, len(choices))
	text := appendHead(nil, e, credential)
	for i := range choices {
		q := &e.Questions[i]
		if !q.allows(choices[i]) {
			return nil, fmt.Errorf("choices: answer %d: not allowed", i+1)
		}
		if i > 0 {
			text = append(text, ',')
		}
		var answer []elgamal.Ciphertext
		text, answer = appendAnswer(text, e.key, q, s0, choices[i], random)
		for _, c := range answer {
			ciphertexts[i] = append(ciphertexts[i], c.VarTime())
		}
	}
	text = append(text, ']')
	signed := signedHash(text)
	text = append(append(append(text, `,"signature":{"hash":"`...), signed...), `","proof":`...)
	text = append(zkp.SignBallot(secret, signed, random).AppendJSON(text), `}}`...)
	return newBallot(text, sha256.Sum256(text), credential, ciphertexts), nil
}

// allows reports whether choices are 0 or 1 each, and either the blank alone
// or between Min and Max answers.
func (q *Question) allows(choices []int) bool {
	if len(choices) != q.Choices() {
		return false
	}
	sum, blank := 0, 0
	for i, m := range choices {
		if m != 0 && m != 1 {
			return false
		}
		if q.Blank && i == 0 {
			blank = m
		} else {
			sum += m
		}
	}
	if blank == 1 {
		return sum == 0
	}
	return sum >= q.Min && sum <= q.Max
}

func appendHead(b []byte, e *Election, credential *group.Element) []byte {
	b = append(b, `{"election_uuid":"`+string(e.UUID)+`","election_hash":"`+string(e.fingerprint)+`","credential":`...)
	return append(wire.AppendElement(b, credential), `,"answers":[`...)
}

// signedHash returns B64(SHA-256(ballot without its signature member)), given
// the ballot up to that member.
func signedHash(head []byte) string { return endSigned(hashed(head)) }

// hashed begins a hash of a ballot.
func hashed(head []byte) hash.Hash {
	h := sha256.New()
	h.Write(head)
	return h
}

// endSigned ends the hash of what is signed, which begins as the ballot does.
func endSigned(h hash.Hash) string {
	h.Write([]byte{'}'})
	return base64.RawStdEncoding.EncodeToString(h.Sum(nil))
}

// proofPrefix returns S0 = φ "|" S, which binds every proof of a ballot to its
// election and credential.
func proofPrefix(e *Election, credential *group.Element) string {
	return string(e.fingerprint) + "|" + credential.String()
}

// answerPrefix returns S = S0 "|" α_0 "," β_0 "," … over all choices.
func answerPrefix(s0 string, ciphertexts []elgamal.Ciphertext) string {
	points := make([]*group.Element, 0, 2*len(ciphertexts))
	for _, c := range ciphertexts {
		points = append(points, c.Alpha, c.Beta)
	}
	return string(group.AppendHexList([]byte(s0+"|"), ',', points...))
}

func appendAnswer(b []byte, key *elgamal.PublicKey, q *Question, s0 string, choices []int, random zkp.Random) ([]byte, []elgamal.Ciphertext) {
	openings := make([]zkp.Opening, len(choices))
	ciphertexts := make([]elgamal.Ciphertext, len(choices))
	for i, m := range choices {
		r := random()
		ciphertexts[i] = key.Encrypt(m, r)
		openings[i] = zkp.Opening{Ciphertext: ciphertexts[i], Message: m, Randomness: r}
	}
	b = wire.AppendList(append(b, `{"choices":`...), len(ciphertexts), func(b []byte, i int) []byte {
		return ciphertexts[i].AppendJSON(b)
	})
	b = wire.AppendList(append(b, `,"individual_proofs":`...), len(openings), func(b []byte, i int) []byte {
		statement := zkp.MembershipStatement(s0, ciphertexts[i])
		return appendProofs(b, zkp.Prove(key, zkp.TagMembership, statement, openings[i].Claims(0, 1), random))
	})
	s := answerPrefix(s0, ciphertexts)
	b = append(b, `,"overall_proof":`...)
	if !q.Blank {
		sum := zkp.Sum(openings)
		statement := zkp.MembershipStatement(s, sum.Ciphertext)
		b = appendProofs(b, zkp.Prove(key, zkp.TagMembership, statement, sum.Claims(q.counts()...), random))
		return append(b, '}'), ciphertexts
	}
	blank, sum := openings[0], zkp.Sum(openings[1:])
	overall := append(blank.Claims(1), sum.Claims(q.counts()...)...)
	b = appendProofs(b, zkp.Prove(key, zkp.TagOverall, s, overall, random))
	either := append(blank.Claims(0), sum.Claims(0)...)
	b = appendProofs(append(b, `,"blank_proof":`...), zkp.Prove(key, zkp.TagBlank, s, either, random))
	return append(b, '}'), ciphertexts
}

// counts returns Min … Max.
func (q *Question) counts() []int {
	counts := make([]int, 0, q.Max-q.Min+1)
	for n := q.Min; n <= q.Max; n++ {
		counts = append(counts, n)
	}
	return counts
}

func appendProofs(b []byte, proofs []zkp.Proof) []byte {
	return wire.AppendList(b, len(proofs), func(b []byte, i int) []byte { return proofs[i].AppendJSON(b) })
}
