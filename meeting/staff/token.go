package staff

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"github.com/homphieu/homphieu/crypto/wire"
)

// NewToken draws a secret of 256 bits from the system, in 43 characters of
// unpadded base64url (RFC 4648 §5).
func NewToken() string {
	var secret [32]byte
	rand.Read(secret[:])
	return base64.RawURLEncoding.EncodeToString(secret[:])
}

// IsToken reports whether text has the form of a token.
func IsToken(text string) bool {
	secret, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return err == nil && len(secret) == 32 && len(text) == 43
}

// idSize is the length of the name of an account or seat: 128 bits in Base58.
const idSize = 22

func newID() string { return wire.RandomBase58(idSize) }

// IsID reports whether text has the form of the ID of an account or seat.
func IsID(text string) bool { return len(text) == idSize && wire.IsBase58(text) }

// A Hash is what is kept of a secret.
type Hash [sha256.Size]byte

// hashOf returns the SHA-256 of a token together with what it opens, so that a
// token for one thing opens nothing else.
func hashOf(purpose, token string) Hash {
	return sha256.Sum256([]byte("homphieu-" + purpose + "-v1|" + token))
}

// Equal compares in constant time.
func (h Hash) Equal(other Hash) bool { return subtle.ConstantTimeCompare(h[:], other[:]) == 1 }

// MarshalText writes the hash in hexadecimal.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText reads what [Hash.MarshalText] wrote.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(h)) {
		return fmt.Errorf("hash: %d characters", len(text))
	}
	_, err := hex.Decode(h[:], text)
	return err
}
