package ceremony

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/homphieu/homphieu/crypto/wire"
)

// A memory is what a member has been shown. Whoever passes messages on can show
// something else the next time, and every message of it may hold.
type memory struct {
	// began is set where no certificate can have left from elsewhere: in the
	// program that drew the seed.
	began bool
	// hellos is the hash of those that the member gave its certificate for, and
	// "" as long as it has given none, or does not know.
	hellos string
	// seen has the messages of the last transcript.
	seen [Finished][]*Message
}

// see returns [ErrChanged] unless t goes on from what was seen last, and then
// keeps it.
func (m *memory) see(t *Transcript) error {
	for step, list := range m.seen {
		for i, before := range list {
			if now := t.messages[step][i]; before != nil && (now == nil || !bytes.Equal(now.text, before.text)) {
				return fmt.Errorf("%w: %v", ErrChanged, before)
			}
		}
	}
	for step, list := range t.messages {
		m.seen[step] = slices.Clone(list)
	}
	return nil
}

// check refuses a transcript with other hellos than those that the member of
// this index gave its certificate for, and one of which the member cannot tell.
// It can tell before the certificate if it has just begun, and from its commit
// on, which is signed with the hash of all certificates.
func (m *memory) check(t *Transcript, index int) error {
	switch {
	case m.hellos != "" && t.step > StepHello && t.hellos() != m.hellos:
		return fmt.Errorf("%w: hellos", ErrChanged)
	case m.hellos != "" || t.Sent(StepCommit, index):
		return nil
	case !m.began || t.Sent(StepCertificate, index):
		return fmt.Errorf("%w: at the step %v", ErrForgotten, t.step)
	}
	return nil
}

// hellos is the hash of the list of all hello messages, once they are in.
func (t *Transcript) hellos() string {
	return hashOf(wire.AppendList(nil, t.terms.Size, func(b []byte, i int) []byte {
		return append(b, t.messages[StepHello][i].text...)
	}))
}
