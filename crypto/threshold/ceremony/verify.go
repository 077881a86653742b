package ceremony

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/homphieu/homphieu/crypto/threshold"
)

// A hello says nothing yet that could be wrong.
func (*hello) verify(*Transcript, *Message) error { return nil }

func (c *certificate) verify(t *Transcript, m *Message) error {
	if sha256.Sum256(m.text) != t.messages[StepHello][m.Index-1].body.(*hello).hash {
		return errors.New("not the one announced by its hash")
	}
	parsed, err := threshold.ParseCertificate(c.certificate)
	if err != nil {
		return err
	}
	if parsed.Size != t.terms.Size || parsed.Threshold != t.terms.Threshold || parsed.Index != m.Index {
		return fmt.Errorf("made for member %d of %d with threshold %d", parsed.Index, parsed.Size, parsed.Threshold)
	}
	for i, other := range t.certificates {
		if other != nil && other.Verification.Equal(parsed.Verification) {
			return fmt.Errorf("key of member %d", i+1)
		}
	}
	public, err := t.terms.parseTransport(m.Index, c.transport.Message)
	if err != nil {
		return err
	}
	if err := c.transport.Verify(parsed.Verification); err != nil {
		return fmt.Errorf("transport: %w", err)
	}
	t.certificates[m.Index-1], t.transports[m.Index-1] = parsed, public
	return nil
}

// commitMessage is the text of a commit's statement: what is announced are the
// hashes D of the signed coefexps and P of the sealed polynomial.
func (t *Transcript) commitMessage(index int, coefexps string, polynomial sealed) string {
	return t.viewed("commit", index) + "|" + coefexps + "|" + hashOf([]byte(polynomial))
}

// viewed is how a statement begins that binds all certificates.
func (t *Transcript) viewed(kind string, index int) string {
	return t.terms.text(kind, index) + "|" + t.view
}

// announced returns D, of which the form is checked.
func (c *commit) announced(t *Transcript, index int) (hash string, ok bool) {
	const digits = 2 * sha256.Size
	rest := c.statement.Message
	if head := len(t.viewed("commit", index)) + 1; len(rest) >= head+digits {
		hash = rest[head : head+digits]
	}
	_, ok = readHash(hash)
	return hash, ok
}

func (c *commit) verify(t *Transcript, m *Message) error {
	hash, ok := c.announced(t, m.Index)
	if !ok {
		return errors.New("statement: no hash of coefexps")
	}
	return t.verifyStatement(c.statement, m.Index, t.commitMessage(m.Index, hash, c.polynomial))
}

// verifyStatement checks that the member has signed exactly the text want.
func (t *Transcript) verifyStatement(s threshold.Signed, index int, want string) error {
	if s.Message != want {
		return errors.New("statement: says something else")
	}
	if err := s.Verify(t.certificates[index-1].Verification); err != nil {
		return fmt.Errorf("statement: %w", err)
	}
	return nil
}

// revealMessage is the text of a reveal's statement, with the hash S of the
// list of shares.
func (t *Transcript) revealMessage(index int, shares []sealed) string {
	return t.viewed("reveal", index) + "|" + hashOf(appendShares(nil, shares))
}

func (v *reveal) verify(t *Transcript, m *Message) error {
	if hash, _ := t.commit(m.Index).announced(t, m.Index); hashOf(v.coefexps.AppendJSON(nil)) != hash {
		return errors.New("coefexps: not those announced by their hash")
	}
	if len(v.shares) != t.terms.Size {
		return fmt.Errorf("shares: %d for %d members", len(v.shares), t.terms.Size)
	}
	if err := t.verifyStatement(v.statement, m.Index, t.revealMessage(m.Index, v.shares)); err != nil {
		return err
	}
	c, err := t.published.VerifyCoefexps(t.certificates[m.Index-1].Verification, v.coefexps, v.signature)
	if err != nil {
		return fmt.Errorf("coefexps: %w", err)
	}
	t.coefexps[m.Index-1] = c
	return nil
}

func (k *key) verify(t *Transcript, m *Message) error {
	return k.key.VerifyMember(t.certificates[m.Index-1], t.sum)
}

// complaintMessage is the text of the statement that about gave a bad share.
func (t *Transcript) complaintMessage(index, about int) string {
	return fmt.Sprintf("%s|%d|%s", t.terms.text("complaint", index), about, t.view)
}

func (c *complaint) verify(t *Transcript, m *Message) error {
	if c.about < 1 || c.about > t.terms.Size || c.about == m.Index {
		return fmt.Errorf("about member %d", c.about)
	}
	return t.verifyStatement(c.statement, m.Index, t.complaintMessage(m.Index, c.about))
}

// doneMessage is the text of the statement that confirms the trustees object.
func (t *Transcript) doneMessage(index int) string {
	return t.terms.text("done", index) + "|" + hashOf(t.trustees)
}

func (d *done) verify(t *Transcript, m *Message) error {
	return t.verifyStatement(d.statement, m.Index, t.doneMessage(m.Index))
}
