package elgamal

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
)

func testKey(t rapid.TB, x *group.Scalar) *PublicKey {
	t.Helper()
	k, err := NewPublicKey(group.BaseExp(x))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// decrypts reports whether c encrypts m under g^x: β/α^x = g^m.
func decrypts(c Ciphertext, x *group.Scalar, m int) bool {
	return c.Beta.Div(c.Alpha.Exp(x)).Equal(group.BaseExp(group.ScalarFromInt(m)))
}

func TestIdentityIsNoKey(t *testing.T) {
	if k, err := NewPublicKey(group.Identity()); !errors.Is(err, ErrIdentity) || k != nil {
		t.Errorf("NewPublicKey(1) = %v, %v", k, err)
	}
}

// TestHomomorphism: the product of ciphertexts decrypts to the sum, and is the
// ciphertext of the sum with the sum of the randomness.
func TestHomomorphism(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, r, s := group.RandomScalar(), group.RandomScalar(), group.RandomScalar()
		key := testKey(t, x)
		m, n := rapid.IntRange(-5, 1000).Draw(t, "m"), rapid.IntRange(-5, 1000).Draw(t, "n")
		c, d := key.Encrypt(m, r), key.Encrypt(n, s)
		if !decrypts(c, x, m) || decrypts(c, x, m+1) || decrypts(c, group.RandomScalar(), m) {
			t.Fatalf("%d does not decrypt", m)
		}
		product := c.Mul(d)
		if !decrypts(product, x, m+n) || !product.Equal(key.Encrypt(m+n, r.Add(s))) || !product.Equal(d.Mul(c)) {
			t.Fatalf("%d + %d does not decrypt", m, n)
		}
		if !c.Mul(Zero()).Equal(c) || c.Equal(d) || c.Equal(Ciphertext{c.Alpha, d.Beta}) || c.Equal(Ciphertext{d.Alpha, c.Beta}) {
			t.Fatal("Zero or Equal is wrong")
		}
	})
}

func TestKeyExponentiations(t *testing.T) {
	key := testKey(t, group.ScalarFromInt(-3))
	if !key.Element().Equal(group.BaseExp(group.ScalarFromInt(-3))) {
		t.Error("Element is not the key")
	}
	for _, s := range []*group.Scalar{new(group.Scalar), group.ScalarFromInt(1), group.ScalarFromInt(-1), group.RandomScalar()} {
		want := key.Element().Exp(s)
		b := key.NewBatch()
		power := b.Power(b.Element(group.Identity()), s, nil, s)
		b.Run()
		if got := string(b.AppendPower(nil, power)); !key.Exp(s).Equal(want) || got != want.String() {
			t.Errorf("y^%v", s)
		}
	}
}

// TestReadings: both readers take what AppendJSON writes, and a batch has the same
// ciphertext of both, with the powers of its points.
func TestReadings(t *testing.T) {
	c := testKey(t, group.RandomScalar()).Encrypt(1, group.RandomScalar())
	text := c.AppendJSON(nil)
	r := wire.NewReader(text)
	if got := ReadCiphertext(r); r.End() != nil || !got.Equal(c) {
		t.Fatalf("ReadCiphertext: %v", r.Err())
	}
	r = wire.NewReader(text)
	u := ReadUnchecked(r)
	if err := r.End(); err != nil {
		t.Fatalf("ReadUnchecked: %v", err)
	}
	s := group.RandomScalar()
	b := group.NewBatch(nil)
	refs := []Ref{u.In(b), c.In(b)}
	var alphas, betas []group.Power
	for _, ref := range refs {
		alphas, betas = append(alphas, b.Power(ref.Alpha, s, nil, nil)), append(betas, b.Power(ref.Beta, s, nil, nil))
	}
	b.Run()
	for i, ref := range refs {
		if err := ref.Err(b); err != nil {
			t.Fatal(err)
		}
		if got, want := string(ref.AppendList(b, []byte("kept|"))), "kept|"+c.Alpha.String()+","+c.Beta.String(); got != want {
			t.Errorf("AppendList: %s, want %s", got, want)
		}
		alpha, beta := string(b.AppendPower(nil, alphas[i])), string(b.AppendPower(nil, betas[i]))
		if got := ref.VarTime(b); !got.Ciphertext().Equal(c) || alpha != c.Alpha.Exp(s).String() || beta != c.Beta.Exp(s).String() {
			t.Error("powers are not those of the ciphertext")
		}
	}
}

// TestProduct: the product in a batch is that of Mul, of none the neutral one.
func TestProduct(t *testing.T) {
	key := testKey(t, group.RandomScalar())
	b := group.NewBatch(nil)
	want := Zero()
	var factors, products []Ref
	var wants []Ciphertext
	for m := range 6 {
		products, wants = append(products, Product(b, factors...)), append(wants, want)
		c := key.Encrypt(m, group.RandomScalar())
		factors, want = append(factors, c.In(b)), want.Mul(c)
	}
	b.Run()
	for i, p := range products {
		if err := p.Err(b); err != nil {
			t.Fatalf("%d factors: %v", i, err)
		}
		if got := p.VarTime(b); !got.Ciphertext().Equal(wants[i]) {
			t.Errorf("the product of %d is another", i)
		}
	}
}

// TestVarTimeProduct: in variable time the product is that of Mul, and only the first
// factor is changed.
func TestVarTimeProduct(t *testing.T) {
	key := testKey(t, group.RandomScalar())
	want := Zero()
	product := want.VarTime()
	for m := range 6 {
		c := key.Encrypt(m, group.RandomScalar())
		factor := c.VarTime()
		product.Mul(&factor)
		want = want.Mul(c)
		if got := product.Ciphertext(); !got.Equal(want) || !factor.Ciphertext().Equal(c) {
			t.Errorf("the product of %d is another, or a factor was changed", m+1)
		}
	}
}

// TestSmallOrderRefused: a point of small order is refused in each place, and with
// it what it is multiplied into.
func TestSmallOrderRefused(t *testing.T) {
	const order8 = "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7"
	c := testKey(t, group.RandomScalar()).Encrypt(1, group.RandomScalar())
	for _, place := range []string{c.Alpha.String(), c.Beta.String()} {
		text := []byte(strings.Replace(string(c.AppendJSON(nil)), place, order8, 1))
		r := wire.NewReader(text)
		u := ReadUnchecked(r)
		if err := r.End(); err != nil {
			t.Fatal(err)
		}
		b := group.NewBatch(nil)
		bad, good := u.In(b), c.In(b)
		product := Product(b, good, bad)
		b.Run()
		if !errors.Is(bad.Err(b), group.ErrElement) || !errors.Is(product.Err(b), group.ErrElement) || good.Err(b) != nil {
			t.Errorf("alone: %v, in a product: %v, beside it: %v", bad.Err(b), product.Err(b), good.Err(b))
		}
		r = wire.NewReader(text)
		if ReadCiphertext(r); !errors.Is(r.End(), group.ErrElement) {
			t.Errorf("ReadCiphertext: %v", r.Err())
		}
	}
}

func TestCiphertextFormRefused(t *testing.T) {
	text := string(Zero().AppendJSON(nil))
	for _, bad := range []string{
		"", "{}", text[1:], text[:len(text)-1], strings.Replace(text, ",", ", ", 1), strings.Replace(text, "alpha", "beta", 1),
		strings.Replace(text, "}", `,"x":1}`, 1), strings.Replace(text, `"alpha"`, `"\u0061lpha"`, 1),
	} {
		r := wire.NewReader([]byte(bad))
		ReadCiphertext(r)
		u := wire.NewReader([]byte(bad))
		ReadUnchecked(u)
		if r.End() == nil || u.End() == nil {
			t.Errorf("%s was read", bad)
		}
	}
}
