package ballot

import (
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/homphieu/homphieu/crypto/wire"
)

// UUID names an election: a Base58 string of at least 14 characters
// (docs/PROTOCOL.md §3).
type UUID string

const (
	minUUID = 14
	maxUUID = 64
)

// NewUUID draws a random UUID (RFC 9562 version 4) and writes its 16 bytes in
// Base58.
func NewUUID() UUID {
	for {
		id := uuid.New()
		if s := wire.EncodeBase58(id[:]); len(s) >= minUUID {
			return UUID(s)
		}
	}
}

// Valid reports whether u has the form of an election's name.
func (u UUID) Valid() bool {
	return len(u) >= minUUID && len(u) <= maxUUID && wire.IsBase58(string(u))
}

func readUUID(r *wire.Reader) UUID {
	u := UUID(r.Word())
	if r.Err() == nil && !u.Valid() {
		r.Fail(wire.ErrCanonical)
	}
	return u
}

// Fingerprint is φ = B64(SHA-256(election's bytes)), which every ballot names.
type Fingerprint string

// NewFingerprint returns the fingerprint of an election's exact bytes.
func NewFingerprint(election []byte) Fingerprint {
	sum := sha256.Sum256(election)
	return Fingerprint(base64.RawStdEncoding.EncodeToString(sum[:]))
}

// Link returns F of a slip that serves this election alone; see
// [SlipFingerprint.Link].
func (f Fingerprint) Link() string { return SlipFingerprint(f).Link() }

// Digits returns what people compare of this election alone; see
// [SlipFingerprint.Digits].
func (f Fingerprint) Digits() string { return SlipFingerprint(f).Digits() }

// SlipFingerprint names all ballot papers that one slip serves: their
// fingerprints φ in ascending byte order, joined by ",". Of a single paper it
// is φ itself (docs/PROTOCOL.md §5).
type SlipFingerprint string

// NewSlipFingerprint returns that of a slip which serves the given elections.
// Their order does not matter.
func NewSlipFingerprint(elections ...Fingerprint) SlipFingerprint {
	sorted := slices.Sorted(slices.Values(elections))
	var joined strings.Builder
	for i, f := range sorted {
		if i > 0 {
			joined.WriteByte(',')
		}
		joined.WriteString(string(f))
	}
	return SlipFingerprint(joined.String())
}

// Link returns F, the part of a slip's link by which the voter's page knows
// the papers: the first 22 Base58 characters, some 127 bits, of the SHA-256 of
// f.
func (f SlipFingerprint) Link() string {
	sum := sha256.Sum256([]byte(f))
	return wire.EncodeBase58(sum[:])[:22]
}

// Digits returns what people compare: the first 24 decimal digits of the same
// hash as [SlipFingerprint.Link].
func (f SlipFingerprint) Digits() string { return Digits(sha256.Sum256([]byte(f))) }

// Digits returns the first 24 decimal digits of a hash read as a big-endian
// number, in groups of four. Fingerprints and the heads of chains are shown to
// people in this form, which is the same in every language.
func Digits(sum [32]byte) string {
	s := new(big.Int).SetBytes(sum[:]).String()
	s = strings.Repeat("0", max(0, 24-len(s))) + s
	groups := make([]string, 6)
	for i := range groups {
		groups[i] = s[4*i : 4*i+4]
	}
	return strings.Join(groups, " ")
}

// Hash returns the SHA-256 of the election's bytes, of which φ is the Base64.
// It panics on a text that is no fingerprint.
func (f Fingerprint) Hash() [32]byte {
	sum, err := base64.RawStdEncoding.DecodeString(string(f))
	// Decoding is lenient about line feeds and the last bits.
	if err != nil || len(sum) != sha256.Size || base64.RawStdEncoding.EncodeToString(sum) != string(f) {
		panic("ballot: no fingerprint: " + string(f))
	}
	return [32]byte(sum)
}
