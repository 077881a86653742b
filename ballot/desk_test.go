package ballot

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// deskKind is as what slips are brought here.
const deskKind = "returned"

// TestDeskProof: the text and what is signed are those of docs/PROTOCOL.md §6.
func TestDeskProof(t *testing.T) {
	c := mustCredential(t, testCode)
	for _, p := range []*Papers{OnePaper(twoQuestions(t)), twoPapers(t)} {
		text := c.AppendDeskProof(nil, p, deskKind)
		keys, err := p.VerifyDeskProof(deskKind, text)
		if err != nil || len(keys) != len(p.Elections) {
			t.Fatalf("%s: %v, %v", text, keys, err)
		}
		var wires, objects []string
		for i, e := range p.Elections {
			if keys[i].String() != c.Public(e.UUID).String() {
				t.Errorf("paper %d: %v", i+1, keys[i])
			}
			wires = append(wires, c.Public(e.UUID).String())
		}
		for i, proof := range parseDeskProof(t, p, text) {
			a := group.BaseExp(proof.Signature.Response).Mul(proof.Credential.Exp(proof.Signature.Challenge))
			e := p.Elections[i]
			h := hashScalar(fmt.Sprintf("sigmsg|homphieu-desk-v1|returned|%s|%s|%s|%s", p.UUID, e.Fingerprint(), strings.Join(wires, ","), a))
			if !proof.Signature.Challenge.Equal(h) {
				t.Errorf("paper %d: challenge %v, want %v", i+1, proof.Signature.Challenge, h)
			}
			objects = append(objects, fmt.Sprintf(`"%s":%s`, e.UUID, proof.AppendJSON(nil)))
		}
		if want := "{" + strings.Join(objects, ",") + "}"; string(text) != want {
			t.Errorf("%s, want %s", text, want)
		}
	}
}

// parseDeskProof takes a proof apart.
func parseDeskProof(t *testing.T, p *Papers, text []byte) []PossessionProof {
	t.Helper()
	proofs, err := p.readDeskProof(text)
	if err != nil {
		t.Fatal(err)
	}
	return proofs
}

func TestDeskProofSoundness(t *testing.T) {
	p := twoPapers(t)
	first, second := p.Elections[0], p.Elections[1]
	c, other := NewCredential(), NewCredential()
	text := c.AppendDeskProof(nil, p, deskKind)
	theirs := parseDeskProof(t, p, other.AppendDeskProof(nil, p, deskKind))
	credentials := []*group.Element{c.Public(first.UUID), c.Public(second.UUID)}
	signed := func(message string) zkp.Proof { return zkp.Sign(c.Secret(first.UUID), message) }
	one := group.ScalarFromInt(1)
	for what, row := range map[string]struct {
		alter func(proofs []PossessionProof)
		want  error
	}{
		"challenge":      {func(q []PossessionProof) { q[0].Signature.Challenge = q[0].Signature.Challenge.Add(one) }, ErrProof},
		"response":       {func(q []PossessionProof) { q[1].Signature.Response = q[1].Signature.Response.Add(one) }, ErrProof},
		"credential":     {func(q []PossessionProof) { q[1].Credential = q[1].Credential.Mul(group.Generator()) }, ErrProof},
		"papers swapped": {slices.Reverse[[]PossessionProof], ErrProof},
		"one for both":   {func(q []PossessionProof) { q[1] = q[0] }, ErrProof},
		"of two slips":   {func(q []PossessionProof) { q[1] = theirs[1] }, ErrProof},
		"not held":       {func(q []PossessionProof) { q[1].Credential = theirs[1].Credential }, ErrProof},
		"slip status":    {func(q []PossessionProof) { q[0].Signature = signed(possessionMessage(first.Fingerprint())) }, ErrProof},
		"another meeting": {func(q []PossessionProof) {
			q[0].Signature = signed(deskMessage(deskKind, &Papers{"HomPhieuMeeting2", p.Elections}, credentials)(first))
		}, ErrProof},
		"another kind":  {func(q []PossessionProof) { q[0].Signature = signed(deskMessage("unissued", p, credentials)(first)) }, ErrProof},
		"another paper": {func(q []PossessionProof) { q[0].Signature = signed(deskMessage(deskKind, p, credentials)(second)) }, ErrProof},
		"other slip":    {func(q []PossessionProof) { q[0].Signature = signed(deskMessage(deskKind, p, credentials[:1])(first)) }, ErrProof},
		"a ballot": {func(q []PossessionProof) {
			q[0].Signature = zkp.SignBallot(c.Secret(first.UUID), deskMessage(deskKind, p, credentials)(first), group.RandomScalar)
		}, ErrProof},
		"the identity": {func(q []PossessionProof) {
			q[1].Credential = group.Identity()
			q[1].Signature = zkp.Sign(new(group.Scalar), deskMessage(deskKind, p, []*group.Element{credentials[0], group.Identity()})(second))
		}, ErrMalformed},
	} {
		proofs := parseDeskProof(t, p, text)
		row.alter(proofs)
		if keys, err := p.VerifyDeskProof(deskKind, p.appendDeskProof(nil, proofs)); !errors.Is(err, row.want) || keys != nil {
			t.Errorf("%s: %v, %v", what, keys, err)
		}
	}
	if _, err := p.VerifyDeskProof("unissued", text); !errors.Is(err, ErrProof) {
		t.Errorf("asked as another kind: %v", err)
	}
	if _, err := VerifyPossession(first.Fingerprint(), parseDeskProof(t, p, text)[0].AppendJSON(nil)); !errors.Is(err, ErrProof) {
		t.Errorf("asked about the slip: %v", err)
	}
}

func TestDeskProofMalformed(t *testing.T) {
	p := twoPapers(t)
	c := NewCredential()
	text := string(c.AppendDeskProof(nil, p, deskKind))
	proofs := parseDeskProof(t, p, []byte(text))
	missing := fmt.Sprintf(`{"%s":%s}`, p.Elections[0].UUID, proofs[0].AppendJSON(nil))
	turned := fmt.Sprintf(`{"%s":%s,"%s":%s}`, p.Elections[1].UUID, proofs[1].AppendJSON(nil), p.Elections[0].UUID, proofs[0].AppendJSON(nil))
	for _, spoiled := range []string{
		"", "{}", "null", "[]", missing, turned, text + text, text + " ", " " + text, text[1:], text[:len(text)-1],
		strings.Replace(text, ",", ", ", 1), strings.Replace(text, string(p.Elections[1].UUID), string(p.UUID), 1),
		text[:len(text)-1] + "," + missing[1:], strings.ToUpper(text),
		strings.Replace(text, proofs[0].Credential.String(), addPoints(proofs[0].Credential.String(), torsion[0]), 1),
		strings.Replace(text, proofs[1].Credential.String(), addPoints(proofs[1].Credential.String(), torsion[3]), 1),
	} {
		if keys, err := p.VerifyDeskProof(deskKind, []byte(spoiled)); !errors.Is(err, ErrMalformed) || keys != nil {
			t.Errorf("%s: %v, %v", spoiled, keys, err)
		}
	}
}

// FuzzVerifyDeskProof: what is accepted is in the one spelling, of all papers.
func FuzzVerifyDeskProof(f *testing.F) {
	p := twoPapers(f)
	for range 3 {
		text := NewCredential().AppendDeskProof(nil, p, deskKind)
		f.Add(text)
		f.Add(text[:len(text)-1])
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		keys, err := p.VerifyDeskProof(deskKind, text)
		if err != nil {
			return
		}
		proofs, err := p.readDeskProof(text)
		if err != nil || !bytes.Equal(p.appendDeskProof(nil, proofs), text) || keys[0].String() != proofs[0].Credential.String() {
			t.Fatalf("%s: %v, %v", text, keys, err)
		}
	})
}
