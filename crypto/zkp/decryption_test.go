package zkp

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"testing"

	"github.com/homphieu/homphieu/crypto/group"
)

type decryptionStatement struct {
	strong bool
	at     Place
	d      Decryption
	proof  Proof
}

// verify checks the proof alone, and in a batch with others as a contribution has
// them.
func (s decryptionStatement) verify() error {
	b := group.NewBatch(nil)
	crowd(b)
	in := s.d.In(b)
	first, second := in.Ask(b, s.proof), in.Ask(b, s.proof)
	b.Run()
	commitments := []*group.Element{commit(group.Generator(), s.d.Public, s.proof), commit(s.d.Alpha, s.d.Factor, s.proof)}
	if s.strong {
		plain := plainVerdict(strongText(s.at, s.d, commitments[0], commitments[1]), s.proof.Challenge)
		return agreed(plain, VerifyDecryptionStrong(s.at, s.d, s.proof), first.VerifyStrong(b, s.at), second.VerifyStrong(b, s.at))
	}
	fingerprint := s.at.Fingerprint
	plain := plainVerdict(weakText(fingerprint, s.d, commitments[0], commitments[1]), s.proof.Challenge)
	return agreed(plain, VerifyDecryption(fingerprint, s.d, s.proof), first.Verify(b, fingerprint), second.Verify(b, fingerprint))
}

// weakText and strongText are what docs/PROTOCOL.md §8 hashes.
func weakText(fingerprint string, d Decryption, a, b *group.Element) string {
	return fmt.Sprintf("decrypt|%s|%s|%s,%s", fingerprint, d.Public, a, b)
}

func strongText(at Place, d Decryption, a, b *group.Element) string {
	return fmt.Sprintf("homphieu-decrypt-v1|%s|%s|%d|%d|%s|%s|%s|%s|%s",
		at.Fingerprint, hex.EncodeToString(at.Tally[:]), at.Question, at.Choice, d.Public, d.Alpha, d.Factor, a, b)
}

func (s decryptionStatement) alterations() map[string]statement {
	altered := make(map[string]statement)
	add := func(name string, change func(a *decryptionStatement)) {
		a := s
		change(&a)
		altered[name] = a
	}
	elements := func(name string, of func(d *Decryption) **group.Element) {
		for how, e := range alteredElements(*of(&s.d)) {
			add(name+" "+how, func(a *decryptionStatement) { *of(&a.d) = e })
		}
	}
	elements("public", func(d *Decryption) **group.Element { return &d.Public })
	elements("alpha", func(d *Decryption) **group.Element { return &d.Alpha })
	elements("factor", func(d *Decryption) **group.Element { return &d.Factor })
	add("alpha and factor swapped", func(a *decryptionStatement) { a.d.Alpha, a.d.Factor = a.d.Factor, a.d.Alpha })
	add("public and factor swapped", func(a *decryptionStatement) { a.d.Public, a.d.Factor = a.d.Factor, a.d.Public })
	for name, p := range alteredProof(s.proof) {
		add(name, func(a *decryptionStatement) { a.proof = p })
	}
	add("fingerprint", func(a *decryptionStatement) { a.at.Fingerprint += "x" })
	add("no fingerprint", func(a *decryptionStatement) { a.at.Fingerprint = "" })
	add("the other kind", func(a *decryptionStatement) { a.strong = !a.strong })
	if s.strong {
		add("first byte of the tally", func(a *decryptionStatement) { a.at.Tally[0] ^= 1 })
		add("last byte of the tally", func(a *decryptionStatement) { a.at.Tally[31] ^= 0x80 })
		add("question", func(a *decryptionStatement) { a.at.Question++ })
		add("choice", func(a *decryptionStatement) { a.at.Choice++ })
		add("question and choice swapped", func(a *decryptionStatement) { a.at.Question, a.at.Choice = a.at.Choice, a.at.Question })
	}
	return altered
}

func testPlace() Place { return Place{"fingerprint", sha256.Sum256([]byte("tally")), 1, 12} }

func decryptionOf(x, r *group.Scalar) Decryption {
	alpha := group.BaseExp(r)
	return Decryption{Public: group.BaseExp(x), Alpha: alpha, Factor: alpha.Exp(x)}
}

func TestDecryptionSoundness(t *testing.T) {
	x := secret(1)
	d := decryptionOf(x, secret(2))
	at := testPlace()
	t.Run("weak", func(t *testing.T) {
		checkSound(t, decryptionStatement{false, at, d, ProveDecryption(at.Fingerprint, x, d)})
	})
	t.Run("strong", func(t *testing.T) {
		checkSound(t, decryptionStatement{true, at, d, ProveDecryptionStrong(at, x, d)})
	})
}

func TestDecryptionCompleteness(t *testing.T) {
	at := testPlace()
	edges := []*group.Scalar{new(group.Scalar), group.ScalarFromInt(1), group.ScalarFromInt(-1), secret(3)}
	for _, x := range edges {
		for _, r := range edges {
			d := decryptionOf(x, r)
			if err := VerifyDecryption(at.Fingerprint, d, ProveDecryption(at.Fingerprint, x, d)); err != nil {
				t.Errorf("weak, x = %v, r = %v: %v", x, r, err)
			}
			if err := VerifyDecryptionStrong(at, d, ProveDecryptionStrong(at, x, d)); err != nil {
				t.Errorf("strong, x = %v, r = %v: %v", x, r, err)
			}
		}
	}
}

// TestDecryptionTranscripts recomputes the challenges of docs/PROTOCOL.md §8.
func TestDecryptionTranscripts(t *testing.T) {
	x := secret(4)
	d := decryptionOf(x, secret(5))
	at := testPlace()

	p := ProveDecryption(at.Fingerprint, x, d)
	a, b := commit(group.Generator(), d.Public, p), commit(d.Alpha, d.Factor, p)
	if want := specHash(fmt.Sprintf("decrypt|%s|%s|%s,%s", at.Fingerprint, d.Public, a, b)); !p.Challenge.Equal(want) {
		t.Errorf("weak: challenge %v, want %v", p.Challenge, want)
	}

	p = ProveDecryptionStrong(at, x, d)
	a, b = commit(group.Generator(), d.Public, p), commit(d.Alpha, d.Factor, p)
	text := fmt.Sprintf("homphieu-decrypt-v1|%s|%s|1|12|%s|%s|%s|%s|%s",
		at.Fingerprint, hex.EncodeToString(at.Tally[:]), d.Public, d.Alpha, d.Factor, a, b)
	if want := specHash(text); !p.Challenge.Equal(want) {
		t.Errorf("strong: challenge %v, want %v", p.Challenge, want)
	}
}

func TestDecryptionIsFresh(t *testing.T) {
	x, at := secret(6), testPlace()
	d := decryptionOf(x, secret(7))
	proofs := []Proof{
		ProveDecryption(at.Fingerprint, x, d), ProveDecryption(at.Fingerprint, x, d),
		ProveDecryptionStrong(at, x, d), ProveDecryptionStrong(at, x, d),
	}
	seen := make(map[string]bool)
	for _, p := range proofs {
		seen[commit(group.Generator(), d.Public, p).String()] = true
	}
	if len(seen) != len(proofs) {
		t.Error("the same commitment twice")
	}
}

// TestDecryptionOfAnotherKey: a factor made with another secret than the key's
// has no proof that its maker could write down.
func TestDecryptionOfAnotherKey(t *testing.T) {
	x, other, at := secret(8), secret(9), testPlace()
	d := decryptionOf(x, secret(10))
	d.Factor = d.Alpha.Exp(other)
	for _, s := range []*group.Scalar{x, other} {
		if err := VerifyDecryption(at.Fingerprint, d, ProveDecryption(at.Fingerprint, s, d)); !errors.Is(err, ErrChallenge) {
			t.Errorf("weak: %v", err)
		}
		if err := VerifyDecryptionStrong(at, d, ProveDecryptionStrong(at, s, d)); !errors.Is(err, ErrChallenge) {
			t.Errorf("strong: %v", err)
		}
	}
}

// TestForgedDecryption is the known weak spot of the published proof
// (docs/PROTOCOL.md §8). A trustee fixes A = g^w and B = g^b before the last
// ballot is in, and so knows the challenge c, which depends on nothing else.
// With response = w - x·c and a shift of the sum by g^n, the verifier's
//
//	B = alpha^response · F^c = alpha^w · g^(n·c),  for F = alpha^x · g^n,
//
// holds for alpha = g^r with r = (b - n·c)/w, which the trustee brings about
// by its own last ballot. The published verifier accepts the false factor; the
// strong one has alpha and F in its challenge and refuses the same proof, and
// any proof that commits first.
func TestForgedDecryption(t *testing.T) {
	x, w, b := secret(11), secret(12), secret(13)
	n, at := group.ScalarFromInt(1), testPlace()
	public := group.BaseExp(x)
	forge := func(c *group.Scalar) (Decryption, Proof) {
		r := b.Sub(n.Mul(c)).Mul(w.Inv())
		alpha := group.BaseExp(r)
		return Decryption{public, alpha, alpha.Exp(x).Mul(group.BaseExp(n))}, Proof{c, w.Sub(x.Mul(c))}
	}

	d, p := forge(specHash(fmt.Sprintf("decrypt|%s|%s|%s,%s", at.Fingerprint, public, group.BaseExp(w), group.BaseExp(b))))
	if d.Factor.Equal(d.Alpha.Exp(x)) {
		t.Fatal("the factor is true: this is no forgery")
	}
	if err := VerifyDecryption(at.Fingerprint, d, p); err != nil {
		t.Errorf("the published proof was forged, yet: %v", err)
	}
	if err := VerifyDecryptionStrong(at, d, p); !errors.Is(err, ErrChallenge) {
		t.Errorf("strong, the same proof: %v", err)
	}

	// Commit for the strong challenge with some alpha and F, then solve.
	guess, _ := forge(secret(14))
	c := strongChallenge(at, guess, group.BaseExp(w), group.BaseExp(b))
	d, p = forge(c)
	if err := VerifyDecryptionStrong(at, d, p); !errors.Is(err, ErrChallenge) {
		t.Errorf("strong, committed first: %v", err)
	}
}
