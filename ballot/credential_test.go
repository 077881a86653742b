package ballot

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/crypto/zkp"
)

const testCode = "mbQJr-aUckds-bv94C-NcBrq3"

func TestParseCredential(t *testing.T) {
	bare := strings.ReplaceAll(testCode, "-", "")
	with := func(sep string) string { return strings.ReplaceAll(testCode, "-", sep) }
	typed := []string{
		testCode, bare, " " + testCode + "\r\n", "\t" + bare + " ", "-" + testCode + "-", with("--"), with(" - "), with(" "), with("\n"),
		strings.Join(strings.Split(bare, ""), " "), "\ufeff" + testCode, "\u200b" + with("\u200d"),
	}
	// Hyphen, non-breaking hyphen, figure dash, en dash, em dash, bar, minus, small and full-width hyphen, soft hyphen.
	for _, dash := range "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u00ad" {
		typed = append(typed, with(string(dash)))
	}
	// No-break, narrow no-break, thin, figure and ideographic space, line separator.
	for _, space := range "\u00a0\u202f\u2009\u2007\u3000\u2028" {
		typed = append(typed, with(string(space)))
	}
	for _, s := range typed {
		if c, err := ParseCredential(s); err != nil || c.Code() != testCode {
			t.Errorf("%q: %q, %v", s, c.Code(), err)
		}
	}
}

func TestParseCredentialRefuses(t *testing.T) {
	bare := strings.ReplaceAll(testCode, "-", "")
	for _, s := range []string{
		"", "-", "---", " ", bare[:21], bare + "z", bare[:21] + "-", testCode[:len(testCode)-1], testCode + "1", bare + bare,
		"0" + bare[1:], "O" + bare[1:], "I" + bare[1:], "l" + bare[1:], bare[:21] + "0", bare[:21] + "O", bare[:21] + "I", bare[:21] + "l",
		bare[:21] + "_", bare[:21] + ".", bare[:21] + "é", bare[:20] + "é", bare[:21] + "\xff", bare[:21] + "\x00", "ⅿ" + bare[1:], bare[:21] + "３",
		bare[:21] + "+", bare[:21] + "/", `"` + bare + `"`, testCode + "#",
	} {
		if c, err := ParseCredential(s); !errors.Is(err, ErrCredential) || c != (Credential{}) {
			t.Errorf("%q: %q, %v", s, c.Code(), err)
		}
	}
}

// TestParseCredentialKeepsCase: upper and lower case are different slips.
func TestParseCredentialKeepsCase(t *testing.T) {
	swapped := strings.Replace(testCode, "mbQ", "MBq", 1)
	c, err := ParseCredential(swapped)
	if err != nil || c.Code() != swapped || c == mustCredential(t, testCode) {
		t.Errorf("%s, %v", c.Code(), err)
	}
	if mustCredential(t, testCode) != mustCredential(t, strings.ReplaceAll(testCode, "-", "")) {
		t.Error("the same code typed otherwise is another credential")
	}
}

func TestNewCredential(t *testing.T) {
	form := regexp.MustCompile(`^[1-9A-HJ-NP-Za-km-z]{5}-[1-9A-HJ-NP-Za-km-z]{6}-[1-9A-HJ-NP-Za-km-z]{5}-[1-9A-HJ-NP-Za-km-z]{6}$`)
	seen := make(map[Credential]bool)
	for range 100 {
		c := NewCredential()
		if !form.MatchString(c.Code()) || seen[c] || mustCredential(t, c.Code()) != c {
			t.Errorf("%q", c.Code())
		}
		seen[c] = true
	}
}

// TestCredentialDerivation follows docs/PROTOCOL.md §5 by math/big.
func TestCredentialDerivation(t *testing.T) {
	for _, uuid := range []UUID{"P3sZCvZ8arL3b6", "zzzzzzzzzzzzzzzz"} {
		for _, c := range []Credential{mustCredential(t, testCode), NewCredential()} {
			var digits string
			for i := range 2 {
				digits += fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "derive_credential|%s|%d|%s", uuid, i, c.Code())))
			}
			n, _ := new(big.Int).SetString(digits, 16)
			if got := c.Secret(uuid); !got.Equal(bigScalar(n)) || !c.Public(uuid).Equal(group.BaseExp(bigScalar(n))) {
				t.Errorf("%s: secret %v", uuid, got)
			}
		}
	}
}

// TestCredentialIsHidden: no way to print a credential, or what holds one,
// shows its code.
func TestCredentialIsHidden(t *testing.T) {
	c := mustCredential(t, testCode)
	type exported struct {
		C Credential
		P *Credential
	}
	type hidden struct {
		c    Credential
		p    *Credential
		list []Credential
		m    map[string]Credential
		any  any
	}
	values := []any{
		c, &c, []Credential{c}, [1]Credential{c}, map[string]Credential{"k": c}, map[Credential]bool{c: true}, struct{ any }{c},
		exported{c, &c}, &exported{c, &c}, hidden{c, &c, []Credential{c}, map[string]Credential{"k": c}, c}, []hidden{{c: c}}, fmt.Errorf("wrapped: %v", c),
	}
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "% X", "%d", "%c", "%U", "%t", "%e", "%p", "%08b", "%T", "%w", "%!"} {
			checkHidden(t, verb, fmt.Sprintf(verb, v))
		}
		checkHidden(t, "Sprint", fmt.Sprint(v)+fmt.Sprintln(v))
		text, _ := json.Marshal(v)
		checkHidden(t, "json", string(text))
		checkHidden(t, "slog", logged(v))
	}
	checkHidden(t, "String", c.String())
}

func logged(v any) string {
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Info("message", "v", v, slog.Any("w", v))
	slog.New(slog.NewJSONHandler(&b, nil)).Info("message", "v", v)
	return b.String()
}

func checkHidden(t *testing.T, how, printed string) {
	t.Helper()
	for _, part := range append(strings.Split(testCode, "-"), fmt.Sprintf("%x", testCode[:5]), fmt.Sprintf("%X", testCode[:5]), fmt.Sprintf("% X", testCode[:5]), "109 98 81") {
		if strings.Contains(printed, part) {
			t.Errorf("%s shows the code: %s", how, printed)
		}
	}
}

// TestZeroCredential: a credential that was never drawn has no code.
func TestZeroCredential(t *testing.T) {
	var c Credential
	if c.Code() != "" || c.String() == "" {
		t.Errorf("code %q", c.Code())
	}
}

func TestPossession(t *testing.T) {
	e := twoQuestions(t)
	c := mustCredential(t, testCode)
	p := c.ProvePossession(e.UUID, e.Fingerprint())
	text := p.AppendJSON(nil)
	key, err := VerifyPossession(e.Fingerprint(), text)
	if err != nil || key.String() != c.Public(e.UUID).String() {
		t.Fatalf("%s: %v, %v", text, key, err)
	}
	want := fmt.Sprintf(`{"credential":"%s","signature":{"challenge":"%s","response":"%s"}}`, p.Credential, p.Signature.Challenge, p.Signature.Response)
	if string(text) != want {
		t.Errorf("%s, want %s", text, want)
	}
	// It is a signature of docs/PROTOCOL.md §6 on a text of its own.
	a := group.BaseExp(p.Signature.Response).Mul(p.Credential.Exp(p.Signature.Challenge))
	if h := hashScalar(fmt.Sprintf("sigmsg|homphieu-slip-v1|%s|%s", e.Fingerprint(), a)); !p.Signature.Challenge.Equal(h) {
		t.Errorf("challenge %v, want %v", p.Signature.Challenge, h)
	}
}

func TestPossessionSoundness(t *testing.T) {
	e := twoQuestions(t)
	f, secret := e.Fingerprint(), NewCredential().Secret(e.UUID)
	good := PossessionProof{group.BaseExp(secret), zkp.Sign(secret, possessionMessage(f))}
	one := group.ScalarFromInt(1)
	for what, row := range map[string]struct {
		alter func(p *PossessionProof)
		want  error
	}{
		"challenge":  {func(p *PossessionProof) { p.Signature.Challenge = p.Signature.Challenge.Add(one) }, ErrProof},
		"response":   {func(p *PossessionProof) { p.Signature.Response = p.Signature.Response.Add(one) }, ErrProof},
		"credential": {func(p *PossessionProof) { p.Credential = p.Credential.Mul(group.Generator()) }, ErrProof},
		"another's secret": {func(p *PossessionProof) {
			p.Signature = zkp.Sign(secret.Add(one), possessionMessage(f))
		}, ErrProof},
		"another message": {func(p *PossessionProof) { p.Signature = zkp.Sign(secret, string(f)) }, ErrProof},
		"a ballot signature": {func(p *PossessionProof) {
			p.Signature = zkp.SignBallot(secret, possessionMessage(f), group.RandomScalar)
		}, ErrProof},
		"the identity": {func(p *PossessionProof) {
			*p = PossessionProof{group.Identity(), zkp.Sign(new(group.Scalar), possessionMessage(f))}
		}, ErrMalformed},
	} {
		p := good
		row.alter(&p)
		if key, err := VerifyPossession(f, p.AppendJSON(nil)); !errors.Is(err, row.want) || key != (CredentialKey{}) {
			t.Errorf("%s: %v, %v", what, key, err)
		}
	}
	text := string(good.AppendJSON(nil))
	if _, err := VerifyPossession("another", []byte(text)); !errors.Is(err, ErrProof) {
		t.Errorf("another election: %v", err)
	}
	for _, spoiled := range []string{
		"", text + " ", " " + text, text[1:], strings.Replace(text, ",", ", ", 1), strings.Replace(text, `:"`, `:"0`, 2), strings.Replace(text, "}}", `},"x":1}`, 1),
		strings.Replace(text, good.Credential.String(), addPoints(good.Credential.String(), torsion[0]), 1),
		strings.Replace(text, good.Credential.String(), addPoints(good.Credential.String(), torsion[3]), 1),
	} {
		if _, err := VerifyPossession(f, []byte(spoiled)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", spoiled, err)
		}
	}
}

// TestCredentialKeyOrder: keys sort as their wire forms do.
func TestCredentialKeyOrder(t *testing.T) {
	for range 20 {
		a, b := NewCredential().Public("P3sZCvZ8arL3b6"), NewCredential().Public("P3sZCvZ8arL3b6")
		x, y := CredentialKey(a.Key()), CredentialKey(b.Key())
		if x.String() != a.String() || (bytes.Compare(x[:], y[:]) < 0) != (a.String() < b.String()) {
			t.Errorf("%v, %v", x, y)
		}
	}
}

// FuzzParseCredential: what is accepted is one code, whose parts were typed.
func FuzzParseCredential(f *testing.F) {
	for _, s := range []string{testCode, "", strings.ReplaceAll(testCode, "-", "–"), strings.ReplaceAll(testCode, "-", "\u00a0"), "0" + testCode[1:], testCode + "1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		c, err := ParseCredential(typed)
		if err != nil {
			return
		}
		kept := strings.Map(func(r rune) rune {
			if strings.ContainsRune(wire.Base58Alphabet, r) {
				return r
			}
			return -1
		}, typed)
		if kept != strings.ReplaceAll(c.Code(), "-", "") || len(kept) != 22 || mustCredential(t, c.Code()) != c {
			t.Fatalf("%q was read as %q", typed, c.Code())
		}
	})
}

// FuzzVerifyPossession: what is accepted was made, and is the one spelling.
func FuzzVerifyPossession(f *testing.F) {
	e := twoQuestions(f)
	for range 3 {
		text := NewCredential().ProvePossession(e.UUID, e.Fingerprint()).AppendJSON(nil)
		f.Add(text)
		f.Add(text[:len(text)-1])
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		key, err := VerifyPossession(e.Fingerprint(), text)
		if err == nil && !bytes.HasPrefix(text, []byte(`{"credential":"`+key.String()+`","signature":{"challenge":"`)) {
			t.Fatalf("%q was read as of %v", text, key)
		}
	})
}
