package boxtest

import (
	"crypto/sha256"
	"encoding/base64"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/elgamal"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// SealWith seals a ballot of one question without blank by hand, with chosen
// randomness, as docs/PROTOCOL.md §7 tells it: the program has no way to.
func (e *Election) SealWith(t testing.TB, voter int, marks []int, randomness []*group.Scalar) *ballot.Ballot {
	t.Helper()
	key, err := elgamal.NewPublicKey(e.PublicKey)
	must(t, err)
	openings := make([]zkp.Opening, len(marks))
	for i, m := range marks {
		openings[i] = zkp.Opening{Ciphertext: key.Encrypt(m, randomness[i]), Message: m, Randomness: randomness[i]}
	}
	s0 := string(e.Fingerprint()) + "|" + e.Voters[voter].Public.String()
	s := s0 + "|"
	for i, o := range openings {
		if i > 0 {
			s += ","
		}
		s += o.Ciphertext.Alpha.String() + "," + o.Ciphertext.Beta.String()
	}
	text := `{"election_uuid":"` + string(e.UUID) + `","election_hash":"` + string(e.Fingerprint()) +
		`","credential":"` + e.Voters[voter].Public.String() + `","answers":[{"choices":`
	text += list(openings, func(o zkp.Opening) []byte { return o.Ciphertext.AppendJSON(nil) }) + `,"individual_proofs":`
	text += list(openings, func(o zkp.Opening) []byte {
		return proofs(zkp.Prove(key, zkp.TagMembership, zkp.MembershipStatement(s0, o.Ciphertext), o.Claims(0, 1), group.RandomScalar))
	})
	sum := zkp.Sum(openings)
	text += `,"overall_proof":` + string(proofs(zkp.Prove(key, zkp.TagMembership, zkp.MembershipStatement(s, sum.Ciphertext), sum.Claims(1), group.RandomScalar)))
	text += `}]`
	hash := sha256.Sum256([]byte(text + "}"))
	digest := base64.RawStdEncoding.EncodeToString(hash[:])
	signature := zkp.SignBallot(e.Voters[voter].Code.Secret(e.UUID), digest, group.RandomScalar)
	text += `,"signature":{"hash":"` + digest + `","proof":` + string(signature.AppendJSON(nil)) + `}}`
	b, err := ballot.Verify(e.Election, []byte(text))
	must(t, err)
	return b
}

func list[T any](items []T, text func(T) []byte) string {
	return string(wire.AppendList(nil, len(items), func(b []byte, i int) []byte { return append(b, text(items[i])...) }))
}

func proofs(p []zkp.Proof) []byte {
	return []byte(list(p, func(p zkp.Proof) []byte { return p.AppendJSON(nil) }))
}
