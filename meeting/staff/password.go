package staff

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// MinPassword is the fewest characters of a password, and maxPassword the most
// bytes. A code from another device comes on top (NIST SP 800-63B §3.1.1).
const (
	MinPassword = 10
	maxPassword = 256
)

// The parameters of Argon2id that OWASP recommends (Password Storage Cheat
// Sheet): two passes over 19 MiB, one lane.
const (
	argonTime   = 2
	argonMemory = 19 << 10 // KiB
	argonLanes  = 1
	saltSize    = 16
	keySize     = 32
)

// checkPassword reports what is wrong with a password for an account.
func checkPassword(password, login string) error {
	switch {
	case utf8.RuneCountInString(password) < MinPassword, len(password) > maxPassword, !utf8.ValidString(password):
		return ErrPassword
	case login != "" && strings.Contains(strings.ToLower(password), login):
		return ErrPassword
	}
	return nil
}

// A hasher bounds the memory that passwords take: as many are hashed at a time
// as there are processors, the others wait.
type hasher struct{ working chan struct{} }

func newHasher() hasher { return hasher{make(chan struct{}, runtime.GOMAXPROCS(0))} }

// hash returns the Argon2id hash of a password with a new salt, in the PHC
// string format.
func (h hasher) hash(ctx context.Context, password string) (string, error) {
	var salt [saltSize]byte
	rand.Read(salt[:])
	key, err := h.key(ctx, password, salt[:])
	return phc(salt[:], key), err
}

// matches reports whether password is the one that was hashed. It takes the
// same time whatever the answer.
func (h hasher) matches(ctx context.Context, hashed, password string) (bool, error) {
	salt, want, err := parsePHC(hashed)
	if err != nil {
		return false, err
	}
	key, err := h.key(ctx, password, salt)
	return err == nil && subtle.ConstantTimeCompare(key, want) == 1, err
}

// key derives the key of a password. A letter that can be written in two ways
// is the same letter (RFC 8265 §4.2: normalization form C).
func (h hasher) key(ctx context.Context, password string, salt []byte) ([]byte, error) {
	select {
	case h.working <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.working }()
	return argon2.IDKey(norm.NFC.Bytes([]byte(password)), salt, argonTime, argonMemory, argonLanes, keySize), nil
}

// noPassword returns a hash that takes as much work as every other and that no
// password has.
func noPassword() string {
	var salt [saltSize]byte
	var key [keySize]byte
	rand.Read(salt[:])
	rand.Read(key[:])
	return phc(salt[:], key[:])
}

// phcHead is what every hash begins with. It names the parameters, so that a
// version of this program that uses others can still tell what a hash was made
// with.
var phcHead = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$", argon2.Version, argonMemory, argonTime, argonLanes)

// phc writes a hash in the PHC string format
// (github.com/P-H-C/phc-string-format).
func phc(salt, key []byte) string {
	return phcHead + base64.RawStdEncoding.EncodeToString(salt) + "$" + base64.RawStdEncoding.EncodeToString(key)
}

func parsePHC(text string) (salt, key []byte, err error) {
	rest, known := strings.CutPrefix(text, phcHead)
	saltText, keyText, _ := strings.Cut(rest, "$")
	salt, saltErr := base64.RawStdEncoding.Strict().DecodeString(saltText)
	key, keyErr := base64.RawStdEncoding.Strict().DecodeString(keyText)
	if !known || saltErr != nil || keyErr != nil || len(salt) != saltSize || len(key) != keySize {
		return nil, nil, fmt.Errorf("password hash: %w", errFormat)
	}
	return salt, key, nil
}
