package parcel

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report/cms"
	"github.com/homphieu/homphieu/report/identity"
	"github.com/homphieu/homphieu/tally/ledger"
)

// Contents is what the package of a result is made of. That of a notice is empty.
type Contents struct {
	Archive, Shares, Closing []byte
	// Printed are the files of the result, papers as they came back signed. Those
	// that packages do not have are left out.
	Printed []meeting.Printed
	// Log is what the agency's public log says of the poll; nil where there is no
	// such log.
	Log *LogProof
}

// A LogProof shows what a public log says of one poll.
type LogProof struct {
	Policy []byte // as the log signed it ([ledger.SignPolicy])
	// Entries are the proofs of the entries sealed, closed, result and, once the
	// result is released, opened.
	Entries []*ledger.Proof
	// Salt opens what the result entry commits to, as long as no entry does. It
	// tells who has the package nothing more than its files do.
	Salt [32]byte
}

// A file is one of a package, before it is packed.
type file struct {
	name    string
	content []byte
}

// Pack makes the package of a claim, signed with id, and returns it with its
// hash. Hash, Key and Signer of the claim are not looked at. What cannot be sent
// is [ErrClaim] or [ErrTooLarge].
func Pack(c round.Claim, contents Contents, id identity.Identity) ([]byte, string, error) {
	var files []file
	if c.Kind == round.KindResult {
		files = contents.files(c)
	}
	m, err := newManifest(c, files)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrClaim, err)
	}
	text := m.text()
	if len(text) > maxManifest {
		return nil, "", ErrTooLarge
	}
	digest := sha256.Sum256(text)
	signature, err := cms.Request{Digest: digest[:], Chain: id.Chain, Time: m.Made}.Sign(id.Key)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", SignatureFile, err)
	}
	var list []member
	for _, f := range append([]file{{ManifestFile, text}, {SignatureFile, signature}}, files...) {
		packed, err := pack(f.name, f.content)
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", f.name, err)
		}
		list = append(list, packed)
	}
	zip, err := writeZIP(list)
	if err != nil {
		return nil, "", err
	}
	return zip, hex.EncodeToString(digest[:]), nil
}

// files are those of a result, ascending.
func (c *Contents) files(claim round.Claim) (list []file) {
	list = []file{{archiveFile(claim.Poll), c.Archive}, {sharesFile(claim.Poll), c.Shares}, {closingFile(claim.Poll), c.Closing}}
	for _, f := range c.Printed {
		if !slices.Contains(unsent, f.Name) {
			list = append(list, file{f.Name, f.Content})
		}
	}
	if c.Log != nil {
		list = append(list, c.Log.files()...)
	}
	slices.SortFunc(list, func(a, b file) int { return strings.Compare(a.name, b.name) })
	return list
}

func (l *LogProof) files() []file {
	list := []file{{policyFile, l.Policy}}
	names := []string{sealedLog, closedLog, resultLog, openedLog}
	for i, p := range l.Entries[:min(len(l.Entries), len(names))] {
		list = append(list, file{names[i], p.Append(nil)})
	}
	if len(l.Entries) < len(names) {
		list = append(list, file{saltFile, []byte(hex.EncodeToString(l.Salt[:]))})
	}
	return list
}
