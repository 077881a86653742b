package archive_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/crypto/zkp"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

// wantSharesRefused gives a shares file that does not hold.
func wantSharesRefused(t *testing.T, text, shares []byte, want error, words string) {
	t.Helper()
	r := verify(t, text, archive.Options{Shares: shares})
	if wantRefused(t, r, want, words); r.DecryptionProofs == archive.ProofsStrong {
		t.Error("strong")
	}
}

// TestShares alters the file of strong proofs in every way.
func TestShares(t *testing.T) {
	v, other := theVote(), newVote(t, theVotePlan, 1, 3)
	text := tell(v.steps...)
	file := func(change func(s *tally.Shares)) []byte {
		s, err := tally.ParseShares(v.shares)
		ok(t, err)
		change(&s)
		return s.AppendJSON(nil)
	}
	bump := func(s *group.Scalar) *group.Scalar { return s.Add(group.ScalarFromInt(1)) }
	for _, c := range []struct {
		name   string
		shares []byte
		err    error
		words  string
	}{
		{"of another election", other.shares, errAny, "shares: made for another tally"},
		{"of another tally", file(func(s *tally.Shares) { s.Tally[0] ^= 1 }), errAny, "shares: made for another tally"},
		{"fingerprint of another election", file(func(s *tally.Shares) { s.Election = other.Fingerprint() }), errAny, "shares: made for another tally"},
		{"a share missing", file(func(s *tally.Shares) { s.Shares = s.Shares[:1] }), errAny, "shares: 1, the archive has 2"},
		{"no share", file(func(s *tally.Shares) { s.Shares = nil }), errAny, "shares: 0, the archive has 2"},
		{"a share twice", file(func(s *tally.Shares) { s.Shares = append(s.Shares, s.Shares[0]) }), errAny, "shares: 3, the archive has 2"},
		{"shares swapped", file(func(s *tally.Shares) { slices.Reverse(s.Shares) }), errAny, "shares: share 1: of trustee 3, the archive has trustee 1"},
		{"owners swapped", file(func(s *tally.Shares) { s.Shares[0].Owner, s.Shares[1].Owner = 3, 1 }), errAny, "shares: share 1: of trustee 3"},
		{"proofs swapped", file(func(s *tally.Shares) {
			s.Shares[0].Proofs, s.Shares[1].Proofs = s.Shares[1].Proofs, s.Shares[0].Proofs
		}), zkp.ErrChallenge, "shares: partial decryption: does not hold: trustee 1: question 1: choice 1: strong proof"},
		{"choices swapped", file(func(s *tally.Shares) { slices.Reverse(s.Shares[1].Proofs[0]) }), zkp.ErrChallenge, "trustee 3: question 1: choice 1: strong proof"},
		{"challenge", file(func(s *tally.Shares) { p := &s.Shares[1].Proofs[0][1]; p.Challenge = bump(p.Challenge) }), zkp.ErrChallenge, "trustee 3: question 1: choice 2: strong proof"},
		{"response", file(func(s *tally.Shares) { p := &s.Shares[0].Proofs[0][0]; p.Response = bump(p.Response) }), zkp.ErrChallenge, "trustee 1: question 1: choice 1: strong proof"},
		{"no proofs", file(func(s *tally.Shares) { s.Shares[0].Proofs = nil }), tally.ErrPartialDecryption, "trustee 1: shape"},
		{"no proof of a question", file(func(s *tally.Shares) { s.Shares[0].Proofs[0] = nil }), tally.ErrPartialDecryption, "trustee 1: shape"},
		{"a proof more", file(func(s *tally.Shares) { s.Shares[0].Proofs[0] = append(s.Shares[0].Proofs[0], s.Shares[0].Proofs[0][0]) }), tally.ErrPartialDecryption, "trustee 1: shape"},
		{"empty", []byte{}, wire.ErrCanonical, "shares: byte 0"},
		{"spaces", append([]byte(" "), v.shares...), wire.ErrCanonical, "shares: byte 0"},
		{"cut", v.shares[:len(v.shares)-1], wire.ErrCanonical, "shares: byte"},
		{"schema 2", bytes.Replace(v.shares, []byte(`"schema":1`), []byte(`"schema":2`), 1), wire.ErrCanonical, "shares: byte 0"},
	} {
		t.Run(c.name, func(t *testing.T) { wantSharesRefused(t, text, c.shares, c.err, c.words) })
	}
}

// TestSharesTooEarly puts the file beside an archive that has not come so far.
func TestSharesTooEarly(t *testing.T) {
	v := theVote()
	for at := atSetup; at < atPartial2; at++ {
		r := verify(t, tell(v.steps[:at+1]...), archive.Options{Shares: v.shares})
		if r.Valid() || r.DecryptionProofs == archive.ProofsStrong {
			t.Errorf("after event %d: %s, %v", at, r.DecryptionProofs, r.Reason)
		}
	}
	product := v.NewProduct()
	none := tally.NewShares(v.Election.Election, product, nil).AppendJSON(nil)
	r := verify(t, tell(v.steps[atSetup]), archive.Options{Shares: none})
	if r.DecryptionProofs != "" {
		t.Errorf("nothing is decrypted and the proofs are %s", r.DecryptionProofs)
	}
}

// TestStrict refuses what is not complete, once it should be.
func TestStrict(t *testing.T) {
	v := theVote()
	closing := v.closing(nil)
	for _, c := range []struct {
		name            string
		events          int
		shares, closing []byte
		words           string // of the reason, empty if valid
	}{
		{"open", atEnd, nil, nil, ""},
		{"closed", atEnd + 1, nil, closing, ""},
		{"closed, no closing file", atEnd + 1, nil, nil, "closing file (" + string(v.UUID) + ".closing.json)"},
		{"tallied, nothing decrypted", atTally + 1, nil, closing, ""},
		{"result", atResult + 1, v.shares, closing, ""},
		{"result, no shares", atResult + 1, nil, closing, "strong decryption proofs (" + string(v.UUID) + ".shares.json)"},
		{"result, no closing file", atResult + 1, v.shares, nil, "closing file"},
		{"result, nothing", atResult + 1, nil, nil, "strong decryption proofs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := verify(t, tell(v.steps[:c.events]...), archive.Options{Shares: c.shares, Closing: c.closing, Strict: true})
			if c.words != "" {
				wantRefused(t, r, archive.ErrMissing, c.words)
			} else if !r.Valid() {
				t.Errorf("refused: %v", r.Reason)
			}
		})
	}
}

// closing makes the closing file of the vote: four slips, of which one was
// returned and voided. change alters it before trustees 1 and 2 sign.
func (v *vote) closing(change func(c *tally.Closing)) []byte {
	c := &tally.Closing{
		Election: v.Fingerprint(), EndBallots: v.endBallots(),
		Slips:  tally.Slips{Printed: 4, Issued: 4, Returned: 1, Cast: 3},
		Voided: []ballot.CredentialKey{v.Voters[3].Key},
	}
	if change != nil {
		change(c)
	}
	if c.Signatures == nil {
		c.Sign(1, v.Holders[0].Signing)
		c.Sign(2, v.Holders[1].Signing)
	}
	return c.AppendJSON(nil)
}

// TestClosing alters the closing file; where nothing else is said, two members
// have signed what is false.
func TestClosing(t *testing.T) {
	v, other := theVote(), newVote(t, theVotePlan, 1, 2)
	text := tell(v.steps...)
	r := verify(t, text, archive.Options{Closing: v.closing(nil)})
	if wantValid(t, r, archive.StateResult); r.Voided != 1 {
		t.Errorf("%d voided", r.Voided)
	}
	two := []ballot.CredentialKey{v.Voters[3].Key, other.Voters[0].Key}
	slices.SortFunc(two, func(a, b ballot.CredentialKey) int { return bytes.Compare(a[:], b[:]) })
	signed := func(owners ...int) func(c *tally.Closing) {
		return func(c *tally.Closing) {
			c.Signatures = []tally.ClosingSignature{}
			for _, o := range owners {
				c.Sign(o, v.Holders[o-1].Signing)
			}
		}
	}
	for _, c := range []struct {
		name   string
		change func(c *tally.Closing)
		words  string
	}{
		{"another election", func(c *tally.Closing) { c.Election = other.Fingerprint() }, "made for another ballot box"},
		{"another end", func(c *tally.Closing) { c.EndBallots[31] ^= 1 }, "made for another ballot box"},
		{"no end", func(c *tally.Closing) { c.EndBallots = [32]byte{} }, "made for another ballot box"},
		{"cast one more", func(c *tally.Closing) { c.Slips.Cast++; c.Slips.Returned-- }, "4 cast, the box holds 3"},
		{"cast one less", func(c *tally.Closing) { c.Slips.Cast--; c.Slips.Returned++ }, "2 cast, the box holds 3"},
		{"printed one more", func(c *tally.Closing) { c.Slips.Printed++ }, "slips: printed 5, issued + exchanged + unissued 4"},
		{"exchanged one more", func(c *tally.Closing) { c.Slips.Exchanged++ }, "slips: printed 4, issued + exchanged + unissued 5"},
		{"unissued one more", func(c *tally.Closing) { c.Slips.Unissued++ }, "slips: printed 4, issued + exchanged + unissued 5"},
		{"issued one more", func(c *tally.Closing) { c.Slips.Issued++; c.Slips.Printed++ }, "slips: issued 5, cast + returned + not returned 4"},
		{"returned one less", func(c *tally.Closing) { c.Slips.Returned-- }, "slips: issued 4, cast + returned + not returned 3"},
		{"not returned one more", func(c *tally.Closing) { c.Slips.NotReturned++ }, "slips: issued 4, cast + returned + not returned 5"},
		{"voided more than there were", func(c *tally.Closing) { c.Slips.Returned--; c.Slips.NotReturned++ }, "slips: voided 1, exchanged + returned + unissued 0"},
		{"more slips than credentials", func(c *tally.Closing) { c.Slips.Printed++; c.Slips.Unissued++ }, "5 slips printed, 4 credentials listed"},
		{"fewer slips than credentials", func(c *tally.Closing) { c.Slips.Printed--; c.Slips.Issued--; c.Slips.Returned--; c.Voided = nil }, "3 slips printed, 4 credentials listed"},
		{"voided a credential that voted", func(c *tally.Closing) { c.Voided[0] = v.Voters[0].Key }, "voided credential " + v.Voters[0].Key.String() + ": credential: already used"},
		{"voided a credential of nobody", func(c *tally.Closing) { c.Voided[0] = other.Voters[0].Key }, "voided credential " + other.Voters[0].Key.String() + ": credential: unknown"},
		{"voided not in order", func(c *tally.Closing) {
			c.Voided = []ballot.CredentialKey{two[1], two[0]}
			c.Slips.Returned, c.Slips.Issued, c.Slips.Printed = 2, 5, 5
		}, "voided credentials: not in ascending order"},
		{"voided twice", func(c *tally.Closing) {
			c.Voided = append(c.Voided, c.Voided[0])
			c.Slips.Returned, c.Slips.Issued, c.Slips.Printed = 2, 5, 5
		}, "voided credentials: not in ascending order"},
		{"no signature", signed(), "0 signatures, want 2"},
		{"one signature", signed(2), "1 signatures, want 2"},
		{"same owner twice", signed(2, 2), "signatures: not in ascending order"},
		{"owners not in order", signed(2, 1), "signatures: not in ascending order"},
		{"owner of nobody", func(c *tally.Closing) { signed(1)(c); c.Sign(4, v.Holders[1].Signing) }, "trustee: not on the list: 4 of 3"},
		{"owner zero", func(c *tally.Closing) { c.Sign(0, v.Holders[1].Signing); c.Sign(1, v.Holders[0].Signing) }, "trustee: not on the list: 0 of 3"},
		{"signed by another", func(c *tally.Closing) { signed(1)(c); c.Sign(2, v.Holders[2].Signing) }, "signature of trustee 2: challenge mismatch"},
		{"third signature wrong", func(c *tally.Closing) { signed(1, 2)(c); c.Sign(3, v.Holders[1].Signing) }, "signature of trustee 3: challenge mismatch"},
		{"signed with the key that decrypts", func(c *tally.Closing) { c.Sign(1, v.Holders[0].Key); c.Sign(2, v.Holders[1].Key) }, "signature of trustee 1"},
		{"changed after signing", func(c *tally.Closing) { signed(1, 2)(c); c.Slips.Printed++; c.Slips.Unissued++ }, "signature of trustee 1: challenge mismatch"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := verify(t, text, archive.Options{Closing: v.closing(c.change)})
			if wantRefused(t, r, tally.ErrClosing, c.words); r.Voided != -1 {
				t.Errorf("%d voided reported", r.Voided)
			}
		})
	}
	for name, text := range map[string][]byte{"three": v.closing(signed(1, 2, 3)), "others": v.closing(signed(2, 3))} {
		if r := verify(t, tell(v.steps...), archive.Options{Closing: text}); !r.Valid() {
			t.Errorf("%s: %v", name, r.Reason)
		}
	}
}

// TestClosingTooEarly puts a closing file beside a poll that has not ended.
func TestClosingTooEarly(t *testing.T) {
	v := theVote()
	for name, change := range map[string]func(c *tally.Closing){
		"of the later end": nil,
		"of no end":        func(c *tally.Closing) { c.EndBallots = [32]byte{} },
	} {
		for _, strict := range []bool{false, true} {
			r := verify(t, tell(v.steps[:atEnd]...), archive.Options{Closing: v.closing(change), Strict: strict})
			if r.Voided != -1 {
				t.Errorf("%s: %d voided", name, r.Voided)
			}
			wantRefused(t, r, tally.ErrClosing, "the poll has not ended")
		}
	}
}

// endBallots is the hash of the vote's EndBallots event.
func (v *vote) endBallots() [32]byte {
	files := filesOf(v.steps[:atEnd+1]...)
	return hashOf(files[len(files)-1].content)
}
