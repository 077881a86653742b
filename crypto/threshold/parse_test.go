package threshold

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// TestSpelling writes each message out as docs/PROTOCOL.md §3 and §6 have it.
func TestSpelling(t *testing.T) {
	b := newBoard(t, 2, 1)
	proof := func(p zkp.Proof) string {
		return fmt.Sprintf(`{"challenge":"%s","response":"%s"}`, p.Challenge, p.Response)
	}
	signed := func(s Signed) string {
		return fmt.Sprintf(`{"message":"%s","signature":%s}`, strings.ReplaceAll(s.Message, `"`, `\"`), proof(s.Signature))
	}
	key := func(k Key) string {
		return fmt.Sprintf(`{"pok":%s,"public_key":"%s","signature":%s}`, proof(k.Knowledge), k.Public, proof(*k.Signature))
	}
	p := b.public
	want := fmt.Sprintf(`{"threshold":1,"certs":[%s,%s],"coefexps":[%s,%s],"signatures":[%s,%s],"verification_keys":[%s,%s]}`,
		signed(p.Certificates[0]), signed(p.Certificates[1]), signed(p.Coefexps[0]), signed(p.Coefexps[1]),
		proof(p.Signatures[0]), proof(p.Signatures[1]), key(p.VerificationKeys[0]), key(p.VerificationKeys[1]))
	if got := string(p.AppendJSON(nil)); got != want {
		t.Errorf("parameters: %s, want %s", got, want)
	}

	coefexps := b.polynomials[0].Coefexps()
	wantMessage := fmt.Sprintf(`certs_sig|{"certs":[%s,%s],"coefexps":["%s"]}`, signed(p.Certificates[0]), signed(p.Certificates[1]), coefexps[0])
	if err := zkp.VerifySignature(group.BaseExp(b.signing[0]), wantMessage, p.Signatures[0]); err != nil {
		t.Errorf("signature of the certificates: %v", err)
	}
	if got, want := p.Coefexps[0].Message, fmt.Sprintf(`{"coefexps":["%s"]}`, coefexps[0]); got != want {
		t.Errorf("coefexps: %s, want %s", got, want)
	}
	k := p.VerificationKeys[0]
	if err := zkp.VerifySignature(group.BaseExp(b.signing[0]), fmt.Sprintf("%064x", k.Public.Key()), *k.Signature); err != nil {
		t.Errorf("signature of the key: %v", err)
	}
}

// TestRefusedForms: other spellings of true parameters are refused.
func TestRefusedForms(t *testing.T) {
	text := string(newBoard(t, 3, 2).public.AppendJSON(nil))
	for _, change := range [][2]string{
		{`{"threshold":2`, `{"threshold":02`}, {`{"threshold":2`, `{"threshold":-2`}, {`{"threshold":2`, `{"threshold":2.0`},
		{`{"threshold"`, `{ "threshold"`}, {`"certs":[`, `"certs":[ `}, {`"coefexps":[{`, `"coefexps":[,{`}, {`}]}`, `}],"x":1}`}, {`}]}`, `}]} `},
		{`"signatures"`, `"Signatures"`}, {`"pok"`, `"\u0070ok"`}, {`{\"context\"`, `\u007b\"context\"`}, {`\"group\"`, `\u0022group\"`},
		{`"challenge":"`, `"challenge":"0`}, {`"challenge":"`, `"challenge":"+`}, {`"public_key":"`, `"public_key":" `},
	} {
		altered := strings.Replace(text, change[0], change[1], 1)
		if altered == text {
			t.Fatalf("%s does not occur", change[0])
		}
		r := wire.NewReader([]byte(altered))
		if ReadParameters(r); r.End() == nil {
			t.Errorf("%s for %s was read", change[1], change[0])
		}
	}
}

func TestSingleKeys(t *testing.T) {
	k := NewKey(group.RandomScalar())
	text := k.AppendJSON(nil)
	r := wire.NewReader(text)
	again := ReadKey(r)
	if err := errors.Join(r.End(), again.Verify()); err != nil || again.Signature != nil || !again.Public.Equal(k.Public) {
		t.Fatalf("%s: %v", text, err)
	}
	for name, alter := range map[string]func(k *Key){
		"proof of knowledge: challenge mismatch":         func(k *Key) { plusOne(&k.Knowledge.Challenge) },
		"proof of knowledge: challenge mismatch ":        func(k *Key) { plusOne(&k.Knowledge.Response) },
		"proof of knowledge: challenge mismatch (key)":   func(k *Key) { k.Public = k.Public.Mul(group.Generator()) },
		"proof of knowledge: challenge mismatch (other)": func(k *Key) { k.Public = group.Generator() },
		"public key: the identity":                       func(k *Key) { *k = NewKey(new(group.Scalar)) },
	} {
		a := k
		alter(&a)
		if err := a.Verify(); err == nil || !strings.HasPrefix(name, err.Error()) {
			t.Errorf("%v, want %s", err, name)
		}
	}
}

// FuzzReadParameters: what is accepted is written again as it was read; what
// belenios-tool did not make does not verify.
func FuzzReadParameters(f *testing.F) {
	known := make(map[string]bool)
	for _, v := range loadBoards(f) {
		v.read(f)
		for _, p := range v.pedersen {
			text := p.AppendJSON(nil)
			known[string(text)] = true
			f.Add(text)
			f.Add(text[:len(text)/2])
			f.Add(bytes.Replace(text, []byte(`\"`), []byte(`\u0022`), 1))
		}
	}
	f.Add([]byte(`{"threshold":1,"certs":[],"coefexps":[],"signatures":[],"verification_keys":[]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r := wire.NewReader(text)
		p := ReadParameters(r)
		_, _, err := p.Verify() // must not panic even for what was not read to its end
		if r.End() != nil {
			return
		}
		if again := p.AppendJSON(nil); !bytes.Equal(again, text) {
			t.Fatalf("%q came back as %q", text, again)
		}
		if err == nil && !known[string(text)] {
			t.Fatalf("%q verifies", text)
		}
	})
}

// FuzzParseCertificate: what is accepted says exactly what its message says.
func FuzzParseCertificate(f *testing.F) {
	for _, v := range loadSeeds(f) {
		r := wire.NewReader([]byte(v.Certificate))
		s := ReadSigned(r)
		f.Add(s.Message, s.Signature.Challenge.String(), s.Signature.Response.String())
		f.Add(strings.Replace(s.Message, "3", "4", 1), s.Signature.Challenge.String(), s.Signature.Response.String())
	}
	f.Fuzz(func(t *testing.T, message, challenge, response string) {
		c, errC := group.ParseScalar([]byte(challenge))
		r, errR := group.ParseScalar([]byte(response))
		if errC != nil || errR != nil {
			return
		}
		cert, err := ParseCertificate(Signed{message, zkp.Proof{Challenge: c, Response: r}})
		if err != nil {
			return
		}
		again := fmt.Sprintf(`{"context":{"group":"Ed25519","size":%d,"threshold":%d,"index":%d},"verification":"%s","encryption":"%s"}`,
			cert.Size, cert.Threshold, cert.Index, cert.Verification, cert.Encryption)
		if again != message {
			t.Fatalf("%q was read as %q", message, again)
		}
	})
}
