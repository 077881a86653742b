package ballot

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/wire"
)

// base58 writes a number without the code under test.
func base58(n *big.Int) string {
	const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	s := ""
	for n = new(big.Int).Set(n); n.Sign() > 0; {
		digit := new(big.Int)
		n.DivMod(n, big.NewInt(58), digit)
		s = alphabet[digit.Int64():digit.Int64()+1] + s
	}
	return s
}

// TestFingerprint computes φ, F and the digits apart from the code under test.
func TestFingerprint(t *testing.T) {
	for i := range 300 {
		election := fmt.Sprintf("election %d", i)
		sum := sha256.Sum256([]byte(election))
		want := strings.TrimRight(base64.StdEncoding.EncodeToString(sum[:]), "=")
		f := NewFingerprint([]byte(election))
		if string(f) != want || f.Hash() != sum {
			t.Errorf("φ = %s, want %s", f, want)
		}
		second := sha256.Sum256([]byte(want))
		n := new(big.Int).SetBytes(second[:])
		if second[0] == 0 {
			continue // one hash in 256: see TestDigits
		}
		if got := f.Link(); got != base58(n)[:22] {
			t.Errorf("F = %s, want %s", got, base58(n)[:22])
		}
		if got := strings.ReplaceAll(f.Digits(), " ", ""); got != n.String()[:24] || len(f.Digits()) != 24+5 {
			t.Errorf("digits %s, want %s", f.Digits(), n.String()[:24])
		}
	}
}

// TestSlipFingerprint: papers in any order are the same slip's, one paper is
// that paper's, and any other set is another slip's.
func TestSlipFingerprint(t *testing.T) {
	a, b, c := NewFingerprint([]byte("a")), NewFingerprint([]byte("b")), NewFingerprint([]byte("c"))
	sorted := []string{string(a), string(b), string(c)}
	slices.Sort(sorted)
	want := SlipFingerprint(strings.Join(sorted, ","))
	for _, order := range [][]Fingerprint{{a, b, c}, {c, b, a}, {b, a, c}} {
		if got := NewSlipFingerprint(order...); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if one := NewSlipFingerprint(a); string(one) != string(a) || one.Link() != a.Link() || one.Digits() != a.Digits() {
		t.Errorf("one paper: %s", one)
	}
	sum := sha256.Sum256([]byte(want))
	n := new(big.Int).SetBytes(sum[:])
	if got := want.Link(); got != base58(n)[:22] {
		t.Errorf("F = %s, want %s", got, base58(n)[:22])
	}
	if got := want.Digits(); strings.ReplaceAll(got, " ", "") != n.String()[:24] {
		t.Errorf("digits %s, want %s", got, n.String()[:24])
	}
	seen := map[string]bool{}
	for _, papers := range [][]Fingerprint{{a}, {b}, {a, b}, {a, c}, {b, c}, {a, b, c}, {a, a}} {
		seen[NewSlipFingerprint(papers...).Link()] = true
	}
	if len(seen) != 7 {
		t.Errorf("%d different links of 7 sets of papers", len(seen))
	}
}

func TestFingerprintHashPanics(t *testing.T) {
	for _, f := range []Fingerprint{
		"", "a", "!", Fingerprint(strings.Repeat("A", 42)), Fingerprint(strings.Repeat("A", 44)), Fingerprint(strings.Repeat("A", 42) + "B"),
		Fingerprint(strings.Repeat("A", 43) + "\n"), Fingerprint(strings.Repeat("A", 43) + "="), Fingerprint(strings.Repeat("A", 42) + "-"),
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Hash of %q", f)
				}
			}()
			f.Hash()
		}()
	}
}

// TestDigits: small numbers have their zeros.
func TestDigits(t *testing.T) {
	for n, want := range map[string]string{
		"0": "0000 0000 0000 0000 0000 0000", "7": "0000 0000 0000 0000 0000 0007", "123456789012345678901234": "1234 5678 9012 3456 7890 1234",
		"9876543210987654321098765": "9876 5432 1098 7654 3210 9876", "99999999999999999999999": "0999 9999 9999 9999 9999 9999",
	} {
		d, _ := new(big.Int).SetString(n, 10)
		var sum [32]byte
		d.FillBytes(sum[:])
		if got := Digits(sum); got != want {
			t.Errorf("Digits(%s) = %s, want %s", n, got, want)
		}
	}
}

// TestSlipLink: the link on a slip, whatever the public address ends in.
func TestSlipLink(t *testing.T) {
	e, c := twoQuestions(t), mustCredential(t, testCode)
	for _, base := range []string{"https://phieu.example.vn", "https://phieu.example.vn/"} {
		want := "https://phieu.example.vn/v/HomPhieuTest11#" + testCode + "." + e.Fingerprint().Link()
		if got := c.Link(base, OnePaper(e)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	several := twoPapers(t)
	want := "https://phieu.example.vn/v/HomPhieuMeeting#" + testCode + "." + several.Fingerprint().Link()
	if got := c.Link("https://phieu.example.vn", several); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestUUID(t *testing.T) {
	seen := make(map[UUID]bool)
	for range 1000 {
		u := NewUUID()
		if !u.Valid() || seen[u] {
			t.Errorf("%q", u)
		}
		seen[u] = true
	}
	for u, want := range map[UUID]bool{
		"": false, "12345678912345": true, "1234567891234": false, UUID(strings.Repeat("z", 64)): true, UUID(strings.Repeat("z", 65)): false,
		"1234567891234O": false, "1234567891234 ": false, "1234567891234\n": false, "../../etc/passwd": false, "1234567891234é": false,
	} {
		if u.Valid() != want {
			t.Errorf("Valid(%q) = %v", u, u.Valid())
		}
	}
	for _, c := range wire.Base58Alphabet {
		if u := UUID(strings.Repeat(string(c), 14)); !u.Valid() {
			t.Errorf("%q is not valid", u)
		}
	}
}
