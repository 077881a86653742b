package threshold

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/homphieu/homphieu/crypto/elgamal"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// A board is a whole key generation with every trustee's secrets.
type board struct {
	seeds       []string
	signing     []*group.Scalar
	polynomials []Polynomial
	keys        []*group.Scalar // S_j
	public      *Parameters
}

// newBoard lets m honest trustees make a key of which t are needed.
func newBoard(t testing.TB, m, threshold int) *board {
	t.Helper()
	b := &board{public: &Parameters{Threshold: threshold}}
	for j := range m {
		b.seeds = append(b.seeds, NewSeed())
		b.signing = append(b.signing, SigningKey(b.seeds[j]))
		b.polynomials = append(b.polynomials, NewPolynomial(threshold))
		b.public.Certificates = append(b.public.Certificates, NewCertificate(b.seeds[j], m, threshold, j+1))
	}
	b.sign()
	for j := range m {
		shares := make([]*group.Scalar, m)
		for i, f := range b.polynomials {
			shares[i] = f.Share(j + 1)
			if err := f.Coefexps().VerifyShare(j+1, shares[i]); err != nil {
				t.Fatalf("share of %d for %d: %v", i+1, j+1, err)
			}
		}
		b.keys = append(b.keys, DecryptionKey(shares))
		b.public.VerificationKeys = append(b.public.VerificationKeys, NewVerificationKey(b.signing[j], b.keys[j]))
	}
	return b
}

// sign makes what each trustee signs after it has seen all certificates.
func (b *board) sign() {
	b.public.Coefexps, b.public.Signatures = nil, nil
	for i, f := range b.polynomials {
		c := f.Coefexps()
		b.public.Coefexps = append(b.public.Coefexps, SignCoefexps(b.signing[i], c))
		b.public.Signatures = append(b.public.Signatures, SignCertificates(b.signing[i], b.public.Certificates, c))
	}
}

var sizes = []struct{ threshold, m int }{{1, 1}, {1, 3}, {2, 2}, {2, 3}, {3, 3}, {3, 5}, {5, 5}, {4, 7}}

// TestKeyGeneration makes keys of several sizes: any t trustees decrypt, and
// no fewer do.
func TestKeyGeneration(t *testing.T) {
	for _, s := range sizes {
		t.Run(fmt.Sprintf("%d of %d", s.threshold, s.m), func(t *testing.T) {
			b := newBoard(t, s.m, s.threshold)
			key, certificates, err := b.public.Verify()
			if err != nil {
				t.Fatal(err)
			}
			b.checkCertificates(t, certificates)
			b.checkDecryption(t, key)
		})
	}
}

func (b *board) checkCertificates(t *testing.T, certificates []*Certificate) {
	t.Helper()
	if len(certificates) != len(b.seeds) || b.public.Size() != len(b.seeds) {
		t.Fatalf("%d certificates, size %d, want %d", len(certificates), b.public.Size(), len(b.seeds))
	}
	for j, c := range certificates {
		if !c.Verification.Equal(group.BaseExp(SigningKey(b.seeds[j]))) || !c.Encryption.Equal(group.BaseExp(EncryptionKey(b.seeds[j]))) {
			t.Errorf("certificate %d: not the keys of its seed", j+1)
		}
		if c.Size != len(b.seeds) || c.Threshold != b.public.Threshold || c.Index != j+1 {
			t.Errorf("certificate %d: %+v", j+1, c)
		}
	}
}

// checkDecryption decrypts one ciphertext with every set of trustees.
func (b *board) checkDecryption(t *testing.T, y *group.Element) {
	t.Helper()
	key, err := elgamal.NewPublicKey(y)
	if err != nil {
		t.Fatal(err)
	}
	c := key.Encrypt(5, group.RandomScalar())
	want := group.BaseExp(group.ScalarFromInt(5))
	for set := 1; set < 1<<len(b.keys); set++ {
		members := membersOf(set)
		decrypts := c.Beta.Div(b.factor(c.Alpha, members)).Equal(want)
		if decrypts != (len(members) >= b.public.Threshold) {
			t.Errorf("trustees %v: decrypts is %v", members, decrypts)
		}
	}
}

func membersOf(set int) (members []int) {
	for j := range 16 {
		if set>>j&1 == 1 {
			members = append(members, j+1)
		}
	}
	return members
}

// factor combines the factors alpha^S_j of members, as a tally does.
func (b *board) factor(alpha *group.Element, members []int) *group.Element {
	factors := make([]*group.Element, len(members))
	for i, j := range members {
		factors[i] = alpha.Exp(b.keys[j-1])
	}
	return group.VarTimeProduct(factors, Lagrange(members))
}

// TestLagrange: the coefficients find f(0), in whatever order the trustees come.
func TestLagrange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		indices := rapid.SliceOfNDistinct(rapid.IntRange(1, 1000), 1, 8, rapid.ID[int]).Draw(t, "indices")
		f := NewPolynomial(rapid.IntRange(1, len(indices)).Draw(t, "threshold"))
		sum := new(group.Scalar)
		for i, l := range Lagrange(indices) {
			sum = sum.Add(l.Mul(f.Share(indices[i])))
		}
		if !sum.Equal(f[0]) {
			t.Fatalf("f(0) = %v, want %v", sum, f[0])
		}
	})
	if got := Lagrange([]int{2, 3}); !got[0].Equal(group.ScalarFromInt(3)) || !got[1].Equal(group.ScalarFromInt(-2)) {
		t.Errorf("λ of 2 and 3: %v", got)
	}
	if got := Lagrange(nil); len(got) != 0 {
		t.Errorf("λ of nobody: %v", got)
	}
}

// TestShares evaluates the polynomial term by term, and its image in the
// exponent.
func TestShares(t *testing.T) {
	for threshold := 1; threshold <= 6; threshold++ {
		f := NewPolynomial(threshold)
		c := f.Coefexps()
		for j := range 9 {
			want, power := new(group.Scalar), group.ScalarFromInt(1)
			for _, a := range f {
				want, power = want.Add(a.Mul(power)), power.Mul(group.ScalarFromInt(j))
			}
			if got := f.Share(j); !got.Equal(want) {
				t.Errorf("f(%d) = %v, want %v", j, got, want)
			}
			if got := c.Image(j); !got.Equal(group.BaseExp(want)) {
				t.Errorf("image of %d: %v", j, got)
			}
		}
	}
}

// TestVerifyShareRefuses: a wrong share, for a wrong trustee, or of a wrong
// polynomial.
func TestVerifyShareRefuses(t *testing.T) {
	f, one := NewPolynomial(3), group.ScalarFromInt(1)
	c, share := f.Coefexps(), f.Share(2)
	other := slices.Clone(c)
	other[2] = other[2].Mul(group.Generator())
	for name, err := range map[string]error{
		"share+1":        c.VerifyShare(2, share.Add(one)),
		"negated":        c.VerifyShare(2, share.Neg()),
		"0":              c.VerifyShare(2, new(group.Scalar)),
		"other trustee":  c.VerifyShare(3, share),
		"trustee 0":      c.VerifyShare(0, share),
		"other coefexps": other.VerifyShare(2, share),
		"shorter":        c[:2].VerifyShare(2, share),
		"another's":      NewPolynomial(3).Coefexps().VerifyShare(2, share),
	} {
		if !errors.Is(err, ErrShare) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := c.VerifyShare(2, share); err != nil {
		t.Error(err)
	}
}

func TestSeeds(t *testing.T) {
	seed := NewSeed()
	if len(seed) != SeedSize || SeedSize != 22 || !wire.IsBase58(seed) || seed == NewSeed() {
		t.Errorf("seed %q", seed)
	}
	if SigningKey(seed).Equal(EncryptionKey(seed)) {
		t.Error("both keys of a seed are the same")
	}
}

// TestPolynomialsAreFresh: each coefficient is drawn by itself.
func TestPolynomialsAreFresh(t *testing.T) {
	seen := make(map[string]bool)
	for range 5 {
		for _, a := range NewPolynomial(4) {
			seen[a.String()] = true
		}
	}
	if len(seen) != 20 {
		t.Errorf("%d different coefficients of 20", len(seen))
	}
}

// TestSignAgain: the same seed and message give the same signature, and no
// other does; two messages do not share a w, which would give the key away.
func TestSignAgain(t *testing.T) {
	seed, other := NewSeed(), NewSeed()
	w := func(s Signed) string {
		return s.Signature.Response.Add(SigningKey(seed).Mul(s.Signature.Challenge)).String()
	}
	one, two := SignAgain(seed, []byte("one")), SignAgain(seed, []byte("two"))
	if again := SignAgain(seed, []byte("one")); string(again.AppendJSON(nil)) != string(one.AppendJSON(nil)) {
		t.Error("another signature of the same message")
	}
	if w(one) == w(two) || nonce(seed, "one").Equal(nonce(other, "one")) {
		t.Error("the same w twice")
	}
	for _, s := range []Signed{one, two} {
		if err := s.Verify(group.BaseExp(SigningKey(seed))); err != nil {
			t.Errorf("%s: %v", s.Message, err)
		}
		if err := s.Verify(group.BaseExp(SigningKey(other))); !errors.Is(err, zkp.ErrChallenge) {
			t.Errorf("%s, with another key: %v", s.Message, err)
		}
	}
	if a, b := NewCertificate(seed, 3, 2, 1), NewCertificate(seed, 3, 2, 1); string(a.AppendJSON(nil)) != string(b.AppendJSON(nil)) {
		t.Error("another certificate of the same seed")
	}
}
