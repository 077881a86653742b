package parcel

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"unicode/utf16"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report/cms"
	"github.com/homphieu/homphieu/report/data"
	"github.com/homphieu/homphieu/report/pades"
)

// errSeal is the cause when a seal is not the one that a printed paper has.
var errSeal = errors.New("seal: not that of the server that sent the package")

// checkPrinted checks the manifest of the files as they were printed, and its
// signature: by the key that signed the package, or by another of the same
// authority, for a server may have got a new key since.
func (v *verification) checkPrinted() error {
	text := v.contents[printedFile]
	u, list, err := data.ReadManifest(text)
	if err != nil || u != v.poll {
		return refuse(printedFile, err, "không phải bảng kê tệp của cuộc bỏ phiếu này", "not the manifest of this poll's files")
	}
	for _, f := range list {
		content, sent := v.contents[f.Name]
		if !sent && !slices.Contains(unsent, f.Name) {
			return refuse(printedFile, nil, "kê tệp "+harmless(f.Name)+", không có trong gói", "it names "+harmless(f.Name)+", which is not in the package")
		}
		if sent && sha256.Sum256(content) != f.SHA256 {
			return refuse(f.Name, nil, "khác với tệp đã in, kê trong "+printedFile, "not the file that was printed, as "+printedFile+" has it")
		}
	}
	for _, name := range []string{resultFile, rowsFile, tableFile, trackersFile, authorityFile} {
		if !slices.ContainsFunc(list, func(f data.Listed) bool { return f.Name == name }) {
			return refuse(printedFile, nil, "không kê tệp "+name, "it does not name "+name)
		}
	}
	v.own = x509.NewCertPool()
	if authority := x509.NewCertPool(); authority.AppendCertsFromPEM(v.contents[authorityFile]) && v.signed.Trusted(v.trust(authority)) == nil {
		v.own = authority
	}
	signed, err := cms.Parse(v.contents[sealedFile])
	if err == nil {
		digest := sha256.Sum256(text)
		err = verifyCMS(signed, digest[:])
	}
	if err == nil && KeyOf(signed.Signer) != v.claim.Key && signed.Trusted(v.trust(v.own)) != nil {
		err = errSeal
	}
	if err != nil {
		return refuse(sealedFile, err, "chữ ký của bảng kê không đúng, hoặc không phải của máy chủ đã gửi gói",
			"the manifest's signature does not hold, or is not of the server that sent the package")
	}
	return nil
}

// trust says whom to believe, at the time at which the package was made.
func (v *verification) trust(roots *x509.CertPool) cms.Trust {
	return cms.Trust{Roots: roots, At: v.claim.Made}
}

// checkPapers checks all PDFs, the minutes first, and that somebody has signed
// those.
func (v *verification) checkPapers() error {
	names := []string{meeting.MinutesFile, meeting.ReportFile}
	for _, name := range slices.Sorted(maps.Keys(v.contents)) {
		m := personFile.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		if n, err := strconv.Atoi(m[1]); err != nil || n < 1 || n > len(v.outcome.People) {
			return refuse(name, err, "không có người này trên phiếu", "no such person on the ballot")
		}
		names = append(names, name)
	}
	for _, name := range names {
		if err := v.checkPaper(name); err != nil {
			return err
		}
	}
	bySomebody := func(s meeting.PaperSignature) bool { return !s.Seal }
	if !v.claim.ByHand && !slices.ContainsFunc(v.papers[0].Signatures, bySomebody) {
		return refuse(meeting.MinutesFile, meeting.ErrUnsigned, "biên bản chưa có chữ ký của ai, và gói không ghi là đã ký tay trên bản in",
			"nobody has signed the minutes, and the package does not say that they were signed by hand")
	}
	return nil
}

// checkPaper checks one PDF: the seal of what was printed, that nothing came
// after it but signatures where they belong, and that it is about our result.
func (v *verification) checkPaper(name string) error {
	pdf := v.contents[name]
	printed, seal, err := v.printed(pdf)
	if err != nil {
		return refuse(name, err, "niêm phong của máy chủ không đúng, hoặc tệp đã bị sửa sau khi in", "the server's seal does not hold, or the file was changed after printing")
	}
	paper := round.SignedPaper{Name: name, Signatures: []meeting.PaperSignature{{
		Field: seal.Field, Signer: harmless(seal.Signer.Subject.CommonName), Issuer: harmless(seal.Signer.Issuer.CommonName),
		Time: seal.Time.UTC(), Trusted: seal.Untrusted == nil, Seal: true,
	}}}
	if len(printed) < len(pdf) {
		added, err := v.added(name, printed, pdf)
		if err != nil {
			return err
		}
		paper.Signatures = append(paper.Signatures, added...)
	}
	if err := v.checkPages(name, printed); err != nil {
		return err
	}
	v.hashes[name] = sha256.Sum256(printed)
	v.papers = append(v.papers, paper)
	return nil
}

// printed returns the part of a PDF that was printed, which the seal covers, and
// the seal.
func (v *verification) printed(pdf []byte) ([]byte, *pades.Signature, error) {
	whole, err := pades.Verify(pdf, v.trust(v.own))
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(whole.Signatures, func(s pades.Signature) bool { return s.Field == sealField })
	if i < 0 || whole.Signatures[i].End == 0 {
		return nil, nil, errSeal
	}
	printed := pdf[:whole.Signatures[i].End]
	alone, err := pades.Verify(printed, v.trust(v.own))
	if err != nil {
		return nil, nil, err
	}
	if len(alone.Signatures) != 1 {
		return nil, nil, errSeal
	}
	s := alone.Signatures[0]
	if s.Err != nil {
		return nil, nil, s.Err
	}
	if s.Field != sealField || !s.Whole || !s.Certifies || KeyOf(s.Signer) != v.claim.Key && s.Untrusted != nil {
		return nil, nil, errSeal
	}
	return printed, &s, nil
}

// added returns the signatures that came after printing.
func (v *verification) added(name string, printed, pdf []byte) (list []meeting.PaperSignature, err error) {
	report, err := pades.Continues(printed, pdf, v.trust(v.Roots))
	if err != nil {
		return nil, refuse(name, err, "sau khi in có thay đổi khác ngoài việc ký, hoặc có chữ ký không đúng",
			"after printing it was changed by more than signatures, or a signature does not hold")
	}
	places, err := pades.Places(printed)
	if err != nil {
		return nil, refuse(name, err, "không đọc được chỗ ký", "its places to sign cannot be read")
	}
	for _, s := range report.Signatures {
		if s.End <= len(printed) { // the seal
			continue
		}
		if !s.Belongs(places) {
			return nil, refuse(name, nil, "có chữ ký hiện ra ngoài chỗ dành để ký, có thể che nội dung", "a signature is seen outside of where people sign, and may hide what the paper says")
		}
		list = append(list, meeting.PaperSignature{
			Field: harmless(s.Field), Signer: harmless(s.Signer.Subject.CommonName), Issuer: harmless(s.Signer.Issuer.CommonName),
			Time: s.Time.UTC(), Trusted: s.Untrusted == nil,
		})
	}
	return list, nil
}

// checkPages requires the hash of our result.json on every page, and in minutes
// and report our result.json and trackers inside.
func (v *verification) checkPages(name string, printed []byte) error {
	c, err := pades.Read(printed)
	if err != nil {
		return refuse(name, err, "không đọc được các trang", "its pages cannot be read")
	}
	sum := sha256.Sum256(v.contents[resultFile])
	footer := drawn(hex.EncodeToString(sum[:]))
	for i, page := range c.Pages {
		if !bytes.Contains(page, footer) {
			return refuse(name, nil, fmt.Sprintf("trang %d không ghi mã băm của %s này; văn bản in từ kết quả khác", i+1, resultFile),
				fmt.Sprintf("page %d does not name the hash of this %s: the paper was printed of another result", i+1, resultFile))
		}
	}
	if personFile.MatchString(name) {
		return nil
	}
	for _, inside := range []string{resultFile, trackersFile} {
		if content, found := c.Attachments[inside]; !found || !bytes.Equal(content, v.contents[inside]) {
			return refuse(name, nil, "tệp "+inside+" đính bên trong khác với tệp trong gói", "the "+inside+" inside it is not that of the package")
		}
	}
	return nil
}

// drawn is a text as our papers draw it: in UTF-16, big endian.
func drawn(text string) (b []byte) {
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return b
}
