package ballot

import (
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// A compact ballot is what is left of a ballot's text without everything that
// follows from its election or from the rest. It is the form in which a store
// keeps ballots:
//
//	version      1 byte, 1
//	credential   32 bytes
//	answers      per question the choices (α, β), the individual, overall and
//	             blank proofs (challenge, response), in the order of the text
//	signature    challenge, response
//
// Each point is the 32 bytes of its wire form, each number 32 bytes in big-endian
// order. So all compact ballots of an election are equally long: for 20 persons
// with three levels 20,577 bytes, where the text has some 58,000.

// compactVersion is the first byte, which is not that of a text.
const compactVersion = 1

// CompactSize returns the length in bytes of every compact ballot of e.
func (e *Election) CompactSize() int {
	const key, pair = 32, 2 * 32 // a point or number; a ciphertext or proof
	size := 1 + key + pair
	for i := range e.Questions {
		q := &e.Questions[i]
		size += q.Choices()*3*pair + (q.Max-q.Min+1)*pair
		if q.Blank {
			size += 3 * pair
		}
	}
	return size
}

// AppendCompact appends the compact form of a ballot of e. [Restore] gives back
// its text bit for bit.
func (e *Election) AppendCompact(b []byte, of *Ballot) []byte {
	u := of.parsed
	if u == nil || u.election != e.fingerprint {
		var err error
		if u, err = parse(e, of.raw); err != nil {
			panic("ballot: compact form for another election: " + err.Error())
		}
	}
	credential := u.credential.Key()
	b = slices.Grow(b, e.CompactSize())
	b = append(append(b, compactVersion), credential[:]...)
	for i := range u.answers {
		b = u.answers[i].appendCompact(b)
	}
	return appendNumbers(b, u.signature)
}

func (a *unverifiedAnswer) appendCompact(b []byte) []byte {
	for _, c := range a.choices {
		alpha, beta := c.Alpha.Key(), c.Beta.Key()
		b = append(append(b, alpha[:]...), beta[:]...)
	}
	for _, proofs := range a.individual {
		b = appendNumbers(b, proofs...)
	}
	b = appendNumbers(b, a.overall...)
	return appendNumbers(b, a.blank...)
}

func appendNumbers(b []byte, proofs ...zkp.Proof) []byte {
	for _, p := range proofs {
		challenge, response := p.Challenge.Key(), p.Response.Key()
		b = append(append(b, challenge[:]...), response[:]...)
	}
	return b
}

// Restore returns the text of a compact ballot of e, or [ErrMalformed] for bytes
// of another length or version, or with a number that is not below q. It looks at
// no point and no proof: whoever has the bytes from where they may have changed
// gives the text to [Verify].
func Restore(e *Election, compact []byte) (raw []byte, err error) {
	if len(compact) != e.CompactSize() || compact[0] != compactVersion {
		return nil, fmt.Errorf("%w: not a compact ballot of the election", ErrMalformed)
	}
	r := restorer{rest: compact[1:], text: make([]byte, 0, e.MaxBallotSize())}
	r.put(`{"election_uuid":"`, string(e.UUID), `","election_hash":"`, string(e.fingerprint), `","credential":`)
	r.point()
	r.put(`,"answers":`)
	r.list(len(e.Questions), func(i int) { r.answer(&e.Questions[i]) })
	hash := signedHash(r.text)
	r.put(`,"signature":{"hash":"`, hash, `","proof":`)
	r.proof()
	r.put(`}}`)
	if r.err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, r.err)
	}
	return r.text, nil
}

// A restorer writes a text from the points and numbers of a compact ballot, which
// is as long as it should be.
type restorer struct {
	text, rest []byte
	err        error
}

func (r *restorer) put(words ...string) {
	for _, w := range words {
		r.text = append(r.text, w...)
	}
}

func (r *restorer) next() (key *[32]byte) {
	key, r.rest = (*[32]byte)(r.rest), r.rest[32:]
	return key
}

func (r *restorer) point() {
	r.text = append(hex.AppendEncode(append(r.text, '"'), r.next()[:]), '"')
}

func (r *restorer) number() {
	text, err := group.AppendScalar(append(r.text, '"'), r.next())
	if err != nil {
		r.err = err
	}
	r.text = append(text, '"')
}

func (r *restorer) list(n int, item func(i int)) {
	r.text = wire.AppendList(r.text, n, func(text []byte, i int) []byte {
		r.text = text
		item(i)
		return r.text
	})
}

func (r *restorer) proof() {
	r.put(`{"challenge":`)
	r.number()
	r.put(`,"response":`)
	r.number()
	r.put(`}`)
}

func (r *restorer) proofs(n int) { r.list(n, func(int) { r.proof() }) }

func (r *restorer) answer(q *Question) {
	r.put(`{"choices":`)
	r.list(q.Choices(), func(int) {
		r.put(`{"alpha":`)
		r.point()
		r.put(`,"beta":`)
		r.point()
		r.put(`}`)
	})
	r.put(`,"individual_proofs":`)
	r.list(q.Choices(), func(int) { r.proofs(2) })
	r.put(`,"overall_proof":`)
	if branches := q.Max - q.Min + 1; !q.Blank {
		r.proofs(branches)
	} else {
		r.proofs(branches + 1)
		r.put(`,"blank_proof":`)
		r.proofs(2)
	}
	r.put(`}`)
}
