package wire

import (
	"crypto/rand"
	"math/big"
	"strings"
)

// Base58Alphabet is the alphabet of credentials, seeds and identifiers: digits
// and letters without 0, O, I and l, in the order of their values.
const Base58Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// IsBase58 reports whether s is not empty and of the alphabet.
func IsBase58(s string) bool {
	return s != "" && strings.Trim(s, Base58Alphabet) == ""
}

// EncodeBase58 writes bytes as a big-endian number in base 58, with one "1" for
// each leading zero byte, the common convention (draft-msporny-base58).
func EncodeBase58(data []byte) string {
	var digits []byte
	n, radix, digit := new(big.Int).SetBytes(data), big.NewInt(58), new(big.Int)
	for n.Sign() > 0 {
		n.DivMod(n, radix, digit)
		digits = append(digits, Base58Alphabet[digit.Int64()])
	}
	for _, b := range data {
		if b != 0 {
			break
		}
		digits = append(digits, Base58Alphabet[0])
	}
	for i, j := 0, len(digits)-1; i < j; i, j = i+1, j-1 {
		digits[i], digits[j] = digits[j], digits[i]
	}
	return string(digits)
}

// RandomBase58 returns n characters drawn uniformly from the system's random
// source, each worth 5.86 bits.
func RandomBase58(n int) string {
	s := make([]byte, 0, n)
	for len(s) < n {
		var b [64]byte
		rand.Read(b[:])
		for _, c := range b {
			// 232 is the largest multiple of 58 that a byte can reach;
			// what lies above is drawn again, so no character is favoured.
			if c < 232 && len(s) < n {
				s = append(s, Base58Alphabet[c%58])
			}
		}
	}
	return string(s)
}
