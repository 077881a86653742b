// Package ballot holds what a vote is made of: the election and its questions,
// the voter's credential, and the sealed ballot.
//
// An election asks one question per person voted on. The answers are levels of
// confidence; with Blank the first choice, before the levels, is the line left
// empty. A ballot encrypts each choice of each question by itself, proves that
// every question marks exactly one level or none, and is signed by its
// credential:
//
//	e, err := ballot.ParseElection(text)
//	b, err := ballot.Seal(e, credential, [][]int{{0, 1, 0, 0}})
//	b, err = ballot.Verify(e, b.Raw())
//
// Objects are kept as the exact bytes that they came in, because the protocol
// hashes those bytes; a text that is not in canonical form is refused
// (docs/PROTOCOL.md §2, §3, §7). A [Ballot] exists only sealed or verified.
package ballot

import (
	"encoding/base64"
	"errors"

	"github.com/homphieu/homphieu/crypto/elgamal"
	"github.com/homphieu/homphieu/crypto/group"
)

// The ways in which a ballot or its credential is refused. They are wrapped
// with the place of the fault; test with errors.Is.
var (
	// ErrMalformed is returned for bytes that are no canonical ballot of the
	// election's shape.
	ErrMalformed = errors.New("ballot: malformed")
	// ErrWrongElection is returned for a ballot made for another election.
	ErrWrongElection = errors.New("ballot: made for another election")
	// ErrProof is returned when a proof or the signature does not hold.
	ErrProof = errors.New("ballot: proof does not hold")
	// ErrCiphertextTwice is returned for a ballot that shares a ciphertext with
	// another: an archive with both would be refused.
	ErrCiphertextTwice = errors.New("ballot: ciphertext of another ballot")
	// ErrUnknownCredential is returned for a credential not on the list.
	ErrUnknownCredential = errors.New("credential: unknown")
	// ErrVoided is returned for a credential that was voided.
	ErrVoided = errors.New("credential: voided")
	// ErrSpent is returned for a credential under which another ballot was
	// accepted, and for voiding a credential that has voted.
	ErrSpent = errors.New("credential: already used")
	// ErrNotOpen is returned before the poll opens.
	ErrNotOpen = errors.New("poll: not open yet")
	// ErrClosed is returned after the poll has closed.
	ErrClosed = errors.New("poll: closed")
)

// A Ballot is a sealed ballot whose every proof holds.
type Ballot struct {
	raw         []byte
	hash        [32]byte
	credential  *group.Element
	ciphertexts [][]elgamal.VarTimeCiphertext
	parsed      *unverified // of a ballot that was verified
}

// Raw returns the ballot's exact bytes, which must not be changed.
func (b *Ballot) Raw() []byte { return b.raw }

// Hash returns SHA-256 of the ballot's bytes, its name in the archive.
func (b *Ballot) Hash() [32]byte { return b.hash }

// Tracker returns the text by which the voter finds the ballot again.
func (b *Ballot) Tracker() string { return Tracker(b.hash) }

// Tracker writes a ballot's hash as the voter sees it, in Base64 without
// padding (docs/PROTOCOL.md §7).
func Tracker(hash [32]byte) string { return base64.RawStdEncoding.EncodeToString(hash[:]) }

// Credential returns the public credential that signed the ballot.
func (b *Ballot) Credential() *group.Element { return b.credential }

// Ciphertexts returns the encrypted choices, per question and choice, the
// blank first.
func (b *Ballot) Ciphertexts() [][]elgamal.Ciphertext { return plain(b.ciphertexts) }

// FirstAlpha returns the wire bytes of the ballot's first alpha. Proofs are
// bound to the credential, so two ballots that differ in it share no ciphertext
// that an honest voter could have made (docs/PROTOCOL.md §9).
func (b *Ballot) FirstAlpha() [32]byte {
	if b.parsed != nil {
		return b.parsed.answers[0].choices[0].Alpha.Key()
	}
	return b.ciphertexts[0][0].Alpha.Element().Key()
}

// CredentialKey returns the wire bytes of the public credential.
func (b *Ballot) CredentialKey() CredentialKey {
	if b.parsed != nil {
		return CredentialKey(b.parsed.credential.Key())
	}
	return CredentialKey(b.credential.Key())
}

func newBallot(raw []byte, hash [32]byte, credential *group.Element, ciphertexts [][]elgamal.VarTimeCiphertext) *Ballot {
	return &Ballot{raw: raw, hash: hash, credential: credential, ciphertexts: ciphertexts}
}
