package ballot

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"unicode"
	"unique"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// A Credential is the secret on a slip: 22 random Base58 characters, over 128
// bits (docs/PROTOCOL.md §5). Printing one does not show it, nor does printing
// what holds one: package fmt calls no method of an unexported field, and finds
// only a pointer here. Two credentials are == if their codes are. The zero
// value has no code.
type Credential struct{ code unique.Handle[string] }

// ErrCredential is returned for a code that cannot be on any slip.
var ErrCredential = errors.New("credential: not 22 Base58 characters")

// groups are the lengths of the groups of a code: XXXXX-XXXXXX-XXXXX-XXXXXX.
var groups = [...]int{5, 6, 5, 6}

// NewCredential draws a credential.
func NewCredential() Credential { return newCredential(wire.RandomBase58(22)) }

func newCredential(s string) Credential {
	parts := make([]string, len(groups))
	for i, n := range groups {
		parts[i], s = s[:n], s[n:]
	}
	return Credential{unique.Make(strings.Join(parts, "-"))}
}

// ParseCredential reads a code as a person types it: dashes of any kind and
// spaces anywhere, or none. Upper and lower case are different letters.
func ParseCredential(typed string) (Credential, error) {
	s := strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || unicode.Is(unicode.Pd, c) || unicode.Is(unicode.Cf, c) || c == '−' {
			return -1
		}
		return c
	}, typed)
	if len(s) != 22 || !wire.IsBase58(s) {
		return Credential{}, ErrCredential
	}
	return newCredential(s), nil
}

// Code returns the secret itself, in its groups, for a slip.
func (c Credential) Code() string {
	if c == (Credential{}) {
		return ""
	}
	return c.code.Value()
}

// Link returns the link on a slip: PUBLIC-URL/v/UUID#C.F, with the credential
// and the papers' fingerprint in the fragment, which no browser sends.
func (c Credential) Link(publicURL string, p *Papers) string {
	return strings.TrimSuffix(publicURL, "/") + "/v/" + string(p.UUID) + "#" + c.Code() + "." + p.Fingerprint().Link()
}

// String hides the secret.
func (c Credential) String() string { return "credential" }

// GoString hides the secret.
func (c Credential) GoString() string { return "credential" }

// Secret derives the exponent for one election: for i = 0, 1
// hex(SHA-256("derive_credential|" uuid "|" i "|" c)), concatenated, read as a
// 512-bit number, mod q.
func (c Credential) Secret(u UUID) *group.Scalar {
	var wide [64]byte
	for i, digit := range []string{"0", "1"} {
		sum := sha256.Sum256([]byte("derive_credential|" + string(u) + "|" + digit + "|" + c.Code()))
		copy(wide[32*i:], sum[:])
	}
	return group.ScalarFromWide(&wide)
}

// Public derives the public credential g^secret.
func (c Credential) Public(u UUID) *group.Element { return group.BaseExp(c.Secret(u)) }

// A PossessionProof shows that its maker holds the secret of a public
// credential, so that only the holder of a slip may ask what became of it, or
// have it voided.
type PossessionProof struct {
	Credential *group.Element
	Signature  zkp.Proof
}

// possessionMessage is signed as docs/PROTOCOL.md §6 signs messages.
func possessionMessage(f Fingerprint) string { return "homphieu-slip-v1|" + string(f) }

// ProvePossession proves that c is held, for the election with fingerprint f.
func (c Credential) ProvePossession(u UUID, f Fingerprint) PossessionProof {
	secret := c.Secret(u)
	return PossessionProof{group.BaseExp(secret), zkp.Sign(secret, possessionMessage(f))}
}

// AppendJSON appends {"credential","signature"}.
func (p PossessionProof) AppendJSON(b []byte) []byte {
	b = wire.AppendElement(append(b, `{"credential":`...), p.Credential)
	b = p.Signature.AppendJSON(append(b, `,"signature":`...))
	return append(b, '}')
}

// VerifyPossession reads what [PossessionProof.AppendJSON] appends and checks
// it. It returns the public credential in its wire bytes.
func VerifyPossession(f Fingerprint, text []byte) (key CredentialKey, err error) {
	r := wire.NewReader(text)
	p := readPossession(r)
	if r.End() != nil || p.Credential.IsIdentity() {
		return key, ErrMalformed
	}
	if zkp.VerifySignature(p.Credential, possessionMessage(f), p.Signature) != nil {
		return key, ErrProof
	}
	return CredentialKey(p.Credential.Key()), nil
}

func readPossession(r *wire.Reader) (p PossessionProof) {
	r.Literal(`{"credential":`)
	p.Credential = r.Element()
	r.Literal(`,"signature":`)
	p.Signature = zkp.ReadProof(r)
	r.Literal(`}`)
	return p
}

// CredentialKey is a public credential as the 32 bytes of its wire form, the
// key under which boxes and archives keep it. Their order is that of the wire.
type CredentialKey [32]byte

// String returns the wire form.
func (k CredentialKey) String() string { return hex.EncodeToString(k[:]) }
