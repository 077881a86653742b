package report

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report/cms"
	"github.com/homphieu/homphieu/report/pades"
)

// ErrCovers is returned, within [meeting.ErrReturned], for a signature that is
// seen elsewhere than where people sign: it may hide or invent what a paper says.
var ErrCovers = errors.New("signature: seen outside of where people sign")

// Check implements meeting.Press: the paper begins with what was printed, and
// nothing came after it but signatures, all of which hold. What was printed
// itself comes back with the seal alone.
//
// A signature that was added fills one of the printed places, or is not seen,
// or lies where signatures do: on a page with printed places, within the
// rectangle around them and 40 points more on each side, for there are programs
// that let people draw a field of their own. So an agency's mark at the top
// right of the first page, where Nghị định 30/2020/NĐ-CP has it for attachments,
// is not taken.
//
// People are trusted by Roots, the seal by its own chain: of the authority that
// issued it, others have certificates too.
func (p *Press) Check(original, signed []byte) ([]meeting.PaperSignature, error) {
	p.one.Lock()
	defer p.one.Unlock()
	all, err := p.check(original, signed)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", meeting.ErrReturned, err)
	}
	var list []meeting.PaperSignature
	for _, s := range all {
		if s.Err != nil {
			return nil, fmt.Errorf("%w: %s: %w", meeting.ErrReturned, s.Field, s.Err)
		}
		list = append(list, meeting.PaperSignature{
			Field: short(s.Field), Signer: short(s.Signer.Subject.CommonName), Issuer: short(s.Signer.Issuer.CommonName), Time: s.Time,
			Trusted: s.Untrusted == nil, Seal: s.Field == SealField,
		})
	}
	return list, nil
}

// check returns the signatures of the original, then those that were added.
func (p *Press) check(original, signed []byte) ([]pades.Signature, error) {
	now := p.Clock()
	printed, err := pades.Verify(original, cms.Trust{Roots: p.ownRoot(), At: now})
	if err != nil || bytes.Equal(original, signed) {
		return printed.Signatures, err
	}
	report, err := pades.Continues(original, signed, cms.Trust{Roots: p.Roots, At: now})
	if err != nil {
		return nil, err
	}
	places, err := pades.Places(original)
	if err != nil {
		return nil, err
	}
	all := printed.Signatures
	for _, s := range report.Signatures {
		if s.Revision <= printed.Revisions {
			continue
		}
		if !s.Belongs(places) {
			return nil, &meeting.Refusal{Cause: ErrCovers, Field: "file", What: meeting.Text{
				Vi: "có chữ ký hiện ra ngoài chỗ dành để ký; hãy ký vào ô có sẵn trên văn bản",
				En: "a signature is seen outside of where people sign; sign in the places that the paper has",
			}}
		}
		all = append(all, s)
	}
	return all, nil
}

// ownRoot is the authority of the seal.
func (p *Press) ownRoot() *x509.CertPool {
	roots := x509.NewCertPool()
	roots.AddCert(p.Seal.Chain[len(p.Seal.Chain)-1])
	return roots
}

// longest is how many letters of a name in a certificate are kept.
const longest = 200

// short cuts a name that a stranger may have made as long as a file.
func short(name string) string {
	if letters := []rune(name); len(letters) > longest {
		return string(letters[:longest-1]) + "…"
	}
	return name
}
