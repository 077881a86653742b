package wire

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestEncodeBase58Known: the examples of draft-msporny-base58 and its empty case.
func TestEncodeBase58Known(t *testing.T) {
	for in, want := range map[string]string{
		"":             "",
		"Hello World!": "2NEpo7TZRRrLZSi2U",
		"The quick brown fox jumps over the lazy dog.": "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
		"\x00\x00\x28\x7f\xb4\xcd":                     "11233QC4",
		"\x00":                                         "1",
		"\x00\x00\x00":                                 "111",
		"\x39":                                         "z",
		"\x3a":                                         "21",
	} {
		if got := EncodeBase58([]byte(in)); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

// TestEncodeBase58RoundTrip decodes digit by digit.
func TestEncodeBase58RoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "data")
		s := EncodeBase58(data)
		zeros := 0
		for zeros < len(data) && data[zeros] == 0 {
			zeros++
		}
		if got := len(s) - len(strings.TrimLeft(s, "1")); got != zeros {
			t.Fatalf("%x: %s has %d ones in front, want %d", data, s, got, zeros)
		}
		n := new(big.Int)
		for _, c := range s {
			n.Mul(n, big.NewInt(58)).Add(n, big.NewInt(int64(strings.IndexRune(Base58Alphabet, c))))
		}
		if n.Cmp(new(big.Int).SetBytes(data)) != 0 {
			t.Fatalf("%x: %s", data, s)
		}
	})
}

func TestIsBase58(t *testing.T) {
	if len(Base58Alphabet) != 58 {
		t.Fatalf("%d characters", len(Base58Alphabet))
	}
	for c := range rune(0x180) {
		want := strings.ContainsRune("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", c)
		for _, s := range []string{string(c), "z" + string(c), string(c) + "z", "z" + string(c) + "z"} {
			if got := IsBase58(s); got != want {
				t.Errorf("IsBase58(%q) = %v", s, got)
			}
		}
	}
	if IsBase58("") || IsBase58("\xff") {
		t.Error("nothing and no text are no Base58")
	}
}

// TestRandomBase58: the length is right, every character comes, none is
// favoured. Of 580,000 draws a character has 10,000 ± 100; 600 is six times
// that. Without drawing again it would be 11,300 or 9,100.
func TestRandomBase58(t *testing.T) {
	for _, n := range []int{0, 1, 22, 63, 64, 65, 300} {
		if s := RandomBase58(n); len(s) != n || (n > 0 && !IsBase58(s)) {
			t.Errorf("RandomBase58(%d) = %q", n, s)
		}
	}
	s := RandomBase58(580_000)
	for _, c := range Base58Alphabet {
		if n := strings.Count(s, string(c)); n < 9_400 || n > 10_600 {
			t.Errorf("%c came %d times of 580000", c, n)
		}
	}
	if a, b := RandomBase58(22), RandomBase58(22); a == b {
		t.Error("the same text twice")
	}
}
