package ballot

import (
	"slices"
	"strings"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// deskMessage returns what is signed for a paper when a slip comes to the desk
// (docs/PROTOCOL.md §6): kind, UUID and φ say what the signature is good for,
// and the credentials of all papers that it is for these together.
func deskMessage(kind string, p *Papers, credentials []*group.Element) func(e *Election) string {
	wires := make([]string, len(credentials))
	for i, c := range credentials {
		wires[i] = c.String()
	}
	return func(e *Election) string {
		return strings.Join([]string{"homphieu-desk-v1", kind, string(p.UUID), string(e.Fingerprint()), strings.Join(wires, ",")}, "|")
	}
}

// AppendDeskProof appends {"UUID":{"credential","signature"},…}, for each of the
// papers in their order a proof that c is held and is to be voided as the kind,
// which is a word of the desk.
func (c Credential) AppendDeskProof(b []byte, p *Papers, kind string) []byte {
	secrets, credentials := make([]*group.Scalar, len(p.Elections)), make([]*group.Element, len(p.Elections))
	for i, e := range p.Elections {
		secrets[i] = c.Secret(e.UUID)
		credentials[i] = group.BaseExp(secrets[i])
	}
	message := deskMessage(kind, p, credentials)
	proofs := make([]PossessionProof, len(p.Elections))
	for i, e := range p.Elections {
		proofs[i] = PossessionProof{credentials[i], zkp.Sign(secrets[i], message(e))}
	}
	return p.appendDeskProof(b, proofs)
}

func (p *Papers) appendDeskProof(b []byte, proofs []PossessionProof) []byte {
	for i, e := range p.Elections {
		b = wire.AppendText(append(b, separator(i)...), string(e.UUID))
		b = proofs[i].AppendJSON(append(b, ':'))
	}
	return append(b, '}')
}

// VerifyDeskProof reads what [Credential.AppendDeskProof] appends and checks it:
// all papers, in their order, each signed by its own credential. It returns the
// public credentials, of which nothing is known yet but that they are held; it
// is [ErrMalformed] or [ErrProof].
func (p *Papers) VerifyDeskProof(kind string, text []byte) ([]CredentialKey, error) {
	proofs, err := p.readDeskProof(text)
	if err != nil {
		return nil, err
	}
	credentials, keys := make([]*group.Element, len(proofs)), make([]CredentialKey, len(proofs))
	for i, proof := range proofs {
		credentials[i], keys[i] = proof.Credential, CredentialKey(proof.Credential.Key())
	}
	message := deskMessage(kind, p, credentials)
	for i, e := range p.Elections {
		if zkp.VerifySignature(credentials[i], message(e), proofs[i].Signature) != nil {
			return nil, ErrProof
		}
	}
	return keys, nil
}

func (p *Papers) readDeskProof(text []byte) ([]PossessionProof, error) {
	proofs := make([]PossessionProof, len(p.Elections))
	r := wire.NewReader(text)
	for i, e := range p.Elections {
		r.Literal(separator(i) + `"` + string(e.UUID) + `":`)
		proofs[i] = readPossession(r)
	}
	r.Literal(`}`)
	identity := func(proof PossessionProof) bool { return proof.Credential.IsIdentity() }
	if r.End() != nil || slices.ContainsFunc(proofs, identity) {
		return nil, ErrMalformed
	}
	return proofs, nil
}

// separator stands before the i-th member of an object.
func separator(i int) string {
	if i == 0 {
		return "{"
	}
	return ","
}
