package parcel

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"

	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report/cms"
)

// A Checker implements [round.Checker]. It keeps nothing and is safe for
// concurrent use: who has many packages to verify calls it from as many
// goroutines as there are processors.
type Checker struct {
	// Roots are authorities whose certificates count as trusted for people who
	// signed papers; nil is none. Who is not trusted is taken, and said to be so.
	Roots *x509.CertPool
	// Samples takes results of sample meetings, whose keys the server held: for
	// demonstrations and tests, never for a round that counts.
	Samples bool
}

// A parcel is a package whose form and signature are right.
type parcel struct {
	manifest *manifest
	claim    *round.Claim
	signed   *cms.SignedData
	members  map[string]*member
}

// Read implements [round.Checker]. Besides package.json, of at most 128 KiB, and
// its signature nothing is unpacked or hashed.
func (c *Checker) Read(file []byte) (*round.Claim, error) {
	p, err := open(file)
	if err != nil {
		return nil, err
	}
	return p.claim, nil
}

// open takes a package apart.
func open(file []byte) (*parcel, error) {
	list, err := readZIP(file)
	switch {
	case errors.Is(err, ErrTooLarge):
		return nil, refuse("", err, "gói lớn quá giới hạn 64 MB, hoặc 256 MB khi giải nén", "the package is larger than 64 MB, or 256 MB unpacked")
	case err != nil:
		return nil, refuse("", err, "tệp không phải gói kết quả, hoặc đã bị cắt, bị nén lại bằng chương trình khác",
			"the file is no package, or was cut, or packed again by another program")
	case len(list) < 2 || list[0].name != ManifestFile || list[1].name != SignatureFile:
		return nil, refuse("", errZIP, "tệp không phải gói kết quả: không bắt đầu bằng "+ManifestFile+" và chữ ký của nó",
			"the file is no package: it does not begin with "+ManifestFile+" and its signature")
	}
	p := &parcel{members: make(map[string]*member, len(list))}
	if err := p.readManifest(&list[0], &list[1]); err != nil {
		return nil, err
	}
	names := p.manifest.names()
	if len(names) != len(list) {
		return nil, refuse(ManifestFile, nil, "danh sách tệp không khớp với các tệp trong gói", "its list is not that of the files in the package")
	}
	for i := range list {
		if list[i].name != names[i] || i >= 2 && list[i].size != p.manifest.Files[i-2].Bytes {
			return nil, refuse(ManifestFile, nil, "danh sách tệp không khớp với các tệp trong gói", "its list is not that of the files in the package")
		}
		p.members[list[i].name] = &list[i]
	}
	return p, nil
}

const maxSignature = 64 << 10

// readManifest reads package.json and checks its signature.
func (p *parcel) readManifest(manifest, signature *member) error {
	if manifest.size > maxManifest || signature.size > maxSignature {
		return refuse(ManifestFile, ErrTooLarge, "tệp kê khai hoặc chữ ký quá lớn", "it or its signature is too large")
	}
	text, err := manifest.content()
	if err != nil {
		return refuse(ManifestFile, err, "tệp bị hỏng", "the file is damaged")
	}
	der, err := signature.content()
	if err != nil {
		return refuse(SignatureFile, err, "tệp bị hỏng", "the file is damaged")
	}
	if p.manifest, err = parseManifest(text); err != nil {
		return refuse(ManifestFile, err, "nội dung kê khai không đúng mẫu", "what it says is not of the form")
	}
	signed, err := cms.Parse(der)
	if err == nil {
		digest := sha256.Sum256(text)
		err = errors.Join(verifyCMS(signed, digest[:]), cms.CheckUsage(signed.Signer))
	}
	if err != nil {
		return refuse(SignatureFile, err, "chữ ký số của máy chủ cơ quan không đúng với nội dung kê khai",
			"the signature of the agency's server does not fit what the package says")
	}
	p.signed, p.claim = signed, p.manifest.claim(text)
	p.claim.Key, p.claim.Signer = KeyOf(signed.Signer), harmless(signed.Signer.Subject.CommonName)
	return nil
}

// verifyCMS checks a signature that fixes its signer's certificate, made with
// SHA-256 as ours are.
func verifyCMS(s *cms.SignedData, digest []byte) error {
	if !s.CAdES {
		return cms.ErrCertificate
	}
	if s.Hash.Size() != len(digest) {
		return cms.ErrAlgorithm
	}
	return s.Verify(digest)
}

// file unpacks a listed file and compares it with its hash.
func (p *parcel) file(f listed) ([]byte, error) {
	content, err := p.members[f.Name].content()
	if err != nil {
		return nil, refuse(f.Name, err, "tệp bị hỏng", "the file is damaged")
	}
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != f.SHA256 {
		return nil, refuse(f.Name, nil, "nội dung khác với mã băm đã ký trong "+ManifestFile+"; tệp đã bị thay sau khi ký",
			"it has another hash than the one signed in "+ManifestFile+": it was exchanged after signing")
	}
	return content, nil
}

// KeyOf returns the SHA-256 of a certificate's public key, in hexadecimal, by
// which agencies are known.
func KeyOf(c *x509.Certificate) string {
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:])
}
