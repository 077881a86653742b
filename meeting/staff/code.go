package staff

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
)

// codePeriod is how long a code lasts, and codeSkew how many periods a clock
// may be off in either direction (RFC 6238 §5.2).
const (
	codePeriod = 30 * time.Second
	codeSkew   = 1
)

// codeOptions are those that every authenticator app knows.
var codeOptions = hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewSecret draws the shared secret of an account's changing codes: 160 bits
// (RFC 4226 §4) in 32 characters of Base32.
func NewSecret() string {
	var secret [20]byte
	rand.Read(secret[:])
	return base32Text.EncodeToString(secret[:])
}

func isSecret(text string) bool {
	secret, err := base32Text.DecodeString(text)
	return err == nil && len(secret) == 20
}

// SecretURL returns the address that an authenticator app scans: the secret,
// with the server's and the account's name to show beside the code.
func SecretURL(secret, server, login string) (string, error) {
	raw, err := base32Text.DecodeString(secret)
	if err != nil {
		return "", fmt.Errorf("secret: %w", errFormat)
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: server, AccountName: login, Secret: raw})
	if err != nil {
		return "", err
	}
	return key.URL(), nil
}

// codeStep returns the period whose code this is, or 0. It tries every period
// that the skew allows, whatever the answer.
func codeStep(secret, code string, now time.Time) (step int64) {
	code = strings.Join(strings.Fields(code), "")
	present := now.Unix() / int64(codePeriod/time.Second)
	for s := present - codeSkew; s <= present+codeSkew; s++ {
		if right, err := hotp.ValidateCustom(code, uint64(s), secret, codeOptions); err == nil && right {
			step = s
		}
	}
	return step
}
