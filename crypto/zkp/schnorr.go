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
	b := group.NewBatch(nil)
	defer b.Free()
	commitment := askSchnorr(b, b.Element(public), p)
	b.Run()
	return checkSchnorr(b, commitment, prefix, p)
}

func askSchnorr(b *group.Batch, public group.Ref, p Proof) group.Power {
	return b.Power(public, p.Challenge, p.Response, nil)
}

func checkSchnorr(b *group.Batch, commitment group.Power, prefix []byte, p Proof) error {
	if !challenge(b.AppendPower(prefix, commitment)).Equal(p.Challenge) {
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

// AskBallot asks a batch for the commitment of a signature of [SignBallot] by a
// credential that is in the batch.
func AskBallot(b *group.Batch, credential group.Ref, p Proof) group.Power {
	return askSchnorr(b, credential, p)
}

// VerifyBallot checks a signature of [SignBallot], once the batch has run.
func VerifyBallot(b *group.Batch, commitment group.Power, hash string, p Proof) error {
	return checkSchnorr(b, commitment, []byte("sig|"+hash+"|"), p)
}
