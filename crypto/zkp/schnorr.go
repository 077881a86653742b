package zkp

import "github.com/homphieu/homphieu/crypto/group"

// schnorr proves knowledge of x = log_g X with challenge = H(prefix A).
func schnorr(prefix []byte, x *group.Scalar, random Random) Proof {
	w := random()
	c := challenge(group.BaseExp(w).AppendHex(prefix))
	return Proof{c, w.Sub(x.Mul(c))}
}

// verifySchnorr computes A = g^response · X^challenge again.
func verifySchnorr(prefix []byte, public *group.Element, p Proof) error {
	powers := group.PowersOf(public)
	defer powers.Release()
	commitment := group.GeneratorTable().VarTimeExp(p.Response).Mul(powers.VarTimeExp(p.Challenge))
	if !challenge(commitment.AppendHex(prefix)).Equal(p.Challenge) {
		return ErrChallenge
	}
	return nil
}

func knowledgePrefix(public *group.Element) []byte {
	return append(public.AppendHex([]byte("pok|Ed25519|")), '|')
}

// ProveKnowledge proves knowledge of the secret key x of X = g^x
// (docs/PROTOCOL.md §6): challenge = H("pok|Ed25519|" X "|" A).
func ProveKnowledge(x *group.Scalar) Proof {
	return schnorr(knowledgePrefix(group.BaseExp(x)), x, group.RandomScalar)
}

// VerifyKnowledge checks a proof of [ProveKnowledge].
func VerifyKnowledge(public *group.Element, p Proof) error {
	return verifySchnorr(knowledgePrefix(public), public, p)
}

// Sign signs a message (docs/PROTOCOL.md §6):
// challenge = H("sigmsg|" message "|" A).
//
// The challenge does not bind the public key, so a signature says "the holder
// of this key signed" only for a key that is known beforehand, as everywhere
// in the protocol: certificates are compared by people, credentials are listed.
func Sign(secret *group.Scalar, message string) Proof {
	return SignWith(secret, message, group.RandomScalar)
}

// SignWith signs as [Sign] does with a w of random, which must be secret and,
// for another message, another.
func SignWith(secret *group.Scalar, message string, random Random) Proof {
	return schnorr([]byte("sigmsg|"+message+"|"), secret, random)
}

// VerifySignature checks a signature of [Sign].
func VerifySignature(public *group.Element, message string, p Proof) error {
	return verifySchnorr([]byte("sigmsg|"+message+"|"), public, p)
}

// SignBallot signs a ballot's hash with the secret of its credential
// (docs/PROTOCOL.md §7): challenge = H("sig|" hash "|" A).
func SignBallot(secret *group.Scalar, hash string, random Random) Proof {
	return schnorr([]byte("sig|"+hash+"|"), secret, random)
}

// VerifyBallot checks a signature of [SignBallot].
func VerifyBallot(credential *group.Element, hash string, p Proof) error {
	return verifySchnorr([]byte("sig|"+hash+"|"), credential, p)
}
