package zkp

import (
	"errors"
	"fmt"
	"testing"

	"github.com/homphieu/homphieu/crypto/group"
)

// The three proofs of one logarithm, with the text that docs/PROTOCOL.md §6
// and §7 hash.
var schnorrKinds = map[string]struct {
	prove  func(x *group.Scalar, message string) Proof
	verify func(public *group.Element, message string, p Proof) error
	text   func(public, a *group.Element, message string) string
	bound  bool // whether there is a message
}{
	"knowledge": {
		func(x *group.Scalar, _ string) Proof { return ProveKnowledge(x) },
		func(public *group.Element, _ string, p Proof) error { return VerifyKnowledge(public, p) },
		func(public, a *group.Element, _ string) string { return fmt.Sprintf("pok|Ed25519|%s|%s", public, a) },
		false,
	},
	"signature": {
		Sign, VerifySignature,
		func(_, a *group.Element, message string) string { return fmt.Sprintf("sigmsg|%s|%s", message, a) },
		true,
	},
	"ballot signature": {
		func(x *group.Scalar, message string) Proof { return SignBallot(x, message, group.RandomScalar) },
		verifyBallot,
		func(_, a *group.Element, message string) string { return fmt.Sprintf("sig|%s|%s", message, a) },
		true,
	},
}

// verifyBallot checks a signature in a batch that is as large as a ballot's, alone
// and beside itself.
func verifyBallot(public *group.Element, hash string, p Proof) error {
	b := group.NewBatch(nil)
	crowd(b)
	first, second := AskBallot(b, b.Element(public), p), AskBallot(b, b.Element(public), p)
	b.Run()
	alone := group.NewBatch(nil)
	only := AskBallot(alone, alone.Element(public), p)
	alone.Run()
	return agreed(VerifyBallot(b, first, hash, p), VerifyBallot(b, second, hash, p), VerifyBallot(alone, only, hash, p))
}

type schnorrStatement struct {
	kind, message string
	public        *group.Element
	proof         Proof
}

func (s schnorrStatement) verify() error {
	kind := schnorrKinds[s.kind]
	text := kind.text(s.public, commit(group.Generator(), s.public, s.proof), s.message)
	return agreed(kind.verify(s.public, s.message, s.proof), plainVerdict(text, s.proof.Challenge))
}

func (s schnorrStatement) alterations() map[string]statement {
	altered := make(map[string]statement)
	for name, e := range alteredElements(s.public) {
		a := s
		a.public = e
		altered["public "+name] = a
	}
	for name, p := range alteredProof(s.proof) {
		a := s
		a.proof = p
		altered[name] = a
	}
	for kind := range schnorrKinds {
		if kind != s.kind {
			a := s
			a.kind = kind
			altered["as "+kind] = a
		}
	}
	if schnorrKinds[s.kind].bound {
		for _, message := range []string{"", s.message + " ", " " + s.message, s.message[1:], s.message + "|", "sigmsg|" + s.message} {
			a := s
			a.message = message
			altered[fmt.Sprintf("message %q", message)] = a
		}
	}
	return altered
}

var messages = []string{"", "message", "a|b|c", `{"coefexps":[]}`, "phiếu tín nhiệm"}

func TestSchnorrSoundness(t *testing.T) {
	for kind, k := range schnorrKinds {
		t.Run(kind, func(t *testing.T) {
			x := secret(1)
			checkSound(t, schnorrStatement{kind, "message", group.BaseExp(x), k.prove(x, "message")})
		})
	}
}

func TestSchnorrCompleteness(t *testing.T) {
	for kind, k := range schnorrKinds {
		for _, x := range []*group.Scalar{group.ScalarFromInt(1), group.ScalarFromInt(-1), new(group.Scalar), secret(2)} {
			for _, message := range messages {
				if err := k.verify(group.BaseExp(x), message, k.prove(x, message)); err != nil {
					t.Errorf("%s of %q with %v: %v", kind, message, x, err)
				}
			}
		}
	}
}

// TestSchnorrTranscripts recomputes each challenge from the specification.
func TestSchnorrTranscripts(t *testing.T) {
	x := secret(3)
	public := group.BaseExp(x)
	for kind, k := range schnorrKinds {
		for _, message := range messages {
			p := k.prove(x, message)
			a := commit(group.Generator(), public, p)
			if want := specHash(k.text(public, a, message)); !p.Challenge.Equal(want) {
				t.Errorf("%s of %q: challenge %v, want %v", kind, message, p.Challenge, want)
			}
		}
	}
}

// TestSchnorrIsFresh: the same w twice would give the secret away.
func TestSchnorrIsFresh(t *testing.T) {
	x := secret(4)
	for kind, k := range schnorrKinds {
		p, r := k.prove(x, "message"), k.prove(x, "message")
		a, b := commit(group.Generator(), group.BaseExp(x), p), commit(group.Generator(), group.BaseExp(x), r)
		if a.Equal(b) {
			t.Errorf("%s: the same commitment twice", kind)
		}
	}
}

// TestSchnorrOtherSecret: a proof with another secret is none.
func TestSchnorrOtherSecret(t *testing.T) {
	for kind, k := range schnorrKinds {
		p := k.prove(secret(5), "message")
		if err := k.verify(group.BaseExp(secret(6)), "message", p); !errors.Is(err, ErrChallenge) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// TestSignatureDoesNotBindItsKey states what the comment of Sign says: from a
// signature under X anybody makes one under X·g^k. It is why a key must be
// known before a signature by it means anything; a proof of knowledge, which
// binds its key, cannot be moved so.
func TestSignatureDoesNotBindItsKey(t *testing.T) {
	k := group.ScalarFromInt(12345)
	public := group.BaseExp(secret(7))
	moved := public.Mul(group.BaseExp(k))
	shift := func(p Proof) Proof { return Proof{p.Challenge, p.Response.Sub(k.Mul(p.Challenge))} }
	if err := VerifySignature(moved, "message", shift(Sign(secret(7), "message"))); err != nil {
		t.Errorf("the protocol changed, and the comment of Sign should too: %v", err)
	}
	if err := VerifyKnowledge(moved, shift(ProveKnowledge(secret(7)))); !errors.Is(err, ErrChallenge) {
		t.Errorf("a proof of knowledge was moved to another key: %v", err)
	}
}
