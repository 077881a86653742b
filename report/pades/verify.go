package pades

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/homphieu/homphieu/report/cms"
)

// A Report says what is known of a PDF's signatures.
type Report struct {
	// Revisions is how many there are, with the first.
	Revisions int

	// Signatures are in the order of their revisions.
	Signatures []Signature
}

// A Signature is one signed field. It is good when OK says so; each error alone tells what is wrong.
type Signature struct {
	// Field is the field's name.
	Field string

	// Name, Reason and Location are what the signature says of itself. The certificate says who signed.
	Name, Reason, Location string

	// Time is when it claims to have been made; zero when it does not say. Only the signer's clock vouches for it.
	Time time.Time

	// Signer is the certificate of who signed, nil when the signature could not be read.
	Signer *x509.Certificate

	// Chain is the signer's certificate and the others that came along, in no order.
	Chain []*x509.Certificate

	// Revision is the one that the signature covers with all before it, from 1; 0 when it does not cover one.
	Revision int

	// End is how much of the file it covers with its own Contents, in bytes; 0 when it does not cover a revision.
	End int

	// Page, from 1, and Rect are where its widget is seen, the first if its field
	// has several. Page is 0 when no page shows it.
	Page int
	Rect Rect

	// Whole tells whether it covers the whole file.
	Whole bool

	// Certifies tells whether it is the document's certification (DocMDP).
	Certifies bool

	// Err is nil when the digest and the signature are right and the byte range is that of its revision.
	Err error

	// Untrusted is nil when the certificate leads to a trusted root.
	Untrusted error

	// Later is nil when nothing came after it but what may.
	Later error
}

// OK tells whether the signature is right, of somebody trusted, and of all that the file shows.
func (s Signature) OK() bool { return s.Err == nil && s.Untrusted == nil && s.Later == nil }

// Verify reports on the signatures of a PDF. Its error is about the file; what
// is wrong with a signature stands in the report. Without signatures the report is empty.
func Verify(pdf []byte, trust cms.Trust) (Report, error) {
	f, err := open(pdf)
	if err != nil {
		return Report{}, err
	}
	return f.report(trust, f.changes())
}

// changes returns for each revision what it changed that it must not.
func (f *file) changes() []error {
	all := make([]error, len(f.revisions))
	for i := 1; i < len(all); i++ {
		all[i] = f.permitted(i)
	}
	return all
}

func (f *file) report(trust cms.Trust, changes []error) (Report, error) {
	now := f.current()
	fields, err := now.fields()
	if err != nil {
		return Report{}, err
	}
	shown, err := now.shown()
	if err != nil {
		return Report{}, err
	}
	r := Report{Revisions: len(f.revisions)}
	starts := make(map[int]bool)
	for _, field := range fields {
		value, err := now.dict(field.dict["V"])
		if err != nil {
			return Report{}, err
		}
		if value == nil {
			continue
		}
		if len(r.Signatures) == maxSignatures {
			return Report{}, ErrMalformed
		}
		s := Signature{Field: field.name, Err: ErrTwice}
		if contents, ok := value["Contents"].(text); !ok || !starts[contents.from] {
			starts[contents.from] = ok
			s = f.signature(field.name, value, trust)
		}
		at, err := shown.place(field)
		if err != nil {
			return Report{}, err
		}
		s.Page, s.Rect, s.Later = at.Page, at.Rect, f.later(s, value, changes)
		r.Signatures = append(r.Signatures, s)
	}
	slices.SortStableFunc(r.Signatures, func(a, b Signature) int { return a.Revision - b.Revision })
	return r, nil
}

// later returns the first change after a signature that must not be.
func (f *file) later(s Signature, value dict, changes []error) error {
	if s.Revision == 0 {
		return nil
	}
	after := changes[s.Revision:]
	if len(after) > 0 && f.current().locks(value) {
		return ErrLocked
	}
	for i, err := range after {
		if err != nil {
			return fmt.Errorf("revision %d: %w", s.Revision+i+1, err)
		}
	}
	return nil
}

// transform returns the parameters of a certification, nil when the signature is none.
func (v view) transform(value dict) dict {
	list, _ := v.array(value["Reference"])
	for _, r := range list {
		d, err := v.dict(r)
		if err != nil || d["TransformMethod"] != name("DocMDP") {
			continue
		}
		if parms, err := v.dict(d["TransformParams"]); err == nil && parms != nil {
			return parms
		}
		return dict{}
	}
	return nil
}

// locks tells whether a signature certifies against all changes (P 1).
func (v view) locks(value dict) bool { return v.transform(value)["P"] == 1 }

// signature reads and checks one signature dictionary.
func (f *file) signature(field string, value dict, trust cms.Trust) Signature {
	v := f.current()
	s := Signature{
		Field: field, Time: decodeTime(value["M"]), Certifies: v.transform(value) != nil,
		Name: textOf(value["Name"]), Reason: textOf(value["Reason"]), Location: textOf(value["Location"]),
	}
	contents, after, err := f.byteRange(value)
	if err != nil {
		s.Err = err
		return s
	}
	s.Revision = 1 + slices.IndexFunc(f.revisions, func(r *revision) bool { return r.end >= contents.to })
	s.End, s.Whole = after, s.Revision == len(f.revisions)
	signed, err := read(value["SubFilter"], contents.data)
	if err != nil {
		s.Err = err
		return s
	}
	s.Signer, s.Chain = signed.Signer, signed.Certificates
	if s.Time.IsZero() {
		s.Time = signed.Time
	}
	h := signed.Hash.New()
	h.Write(f.data[:contents.from])
	h.Write(f.data[contents.to:after])
	s.Err = signed.Verify(h.Sum(nil))
	s.Untrusted = signed.Trusted(trust)
	return s
}

func textOf(v any) string {
	t, _ := v.(text)
	return decodeText(t.data)
}

// byteRange returns the signature's Contents and the end of what it covers,
// when that is everything of its revision but the Contents with its brackets.
func (f *file) byteRange(value dict) (text, int, error) {
	contents, ok := value["Contents"].(text)
	list, isList := value["ByteRange"].(array)
	if !ok || !isList || len(contents.data) == 0 || len(list) == 0 {
		return text{}, 0, ErrNoContents
	}
	if contents.to == 0 || f.data[contents.from] != '<' || len(list) != 4 {
		return text{}, 0, ErrByteRange
	}
	var n [4]int
	for i := range list {
		x, err := whole(list[i])
		if err != nil {
			return text{}, 0, ErrByteRange
		}
		n[i] = x
	}
	end := n[2] + n[3]
	if n[0] != 0 || n[1] != contents.from || n[2] != contents.to || !f.endsRevision(contents, end) {
		return text{}, 0, ErrByteRange
	}
	return contents, end, nil
}

// endsRevision tells whether the revision that holds the contents ends here, with or without its last end of line.
func (f *file) endsRevision(contents text, end int) bool {
	for _, r := range f.revisions {
		if contents.from >= r.from && contents.to <= r.end {
			return end == r.end || end == r.end+endOfLine(f.data[r.end:])
		}
	}
	return false
}

// read takes the signature out of Contents, where zeros fill the space behind it.
func read(subFilter any, contents []byte) (*cms.SignedData, error) {
	if subFilter != name("ETSI.CAdES.detached") && subFilter != name("adbe.pkcs7.detached") {
		return nil, ErrSubFilter
	}
	n, err := derLength(contents)
	if err != nil || len(bytes.Trim(contents[n:], "\x00")) != 0 {
		return nil, cms.ErrMalformed
	}
	s, err := cms.Parse(contents[:n])
	if err != nil {
		return nil, err
	}
	if subFilter == name("ETSI.CAdES.detached") && !s.CAdES {
		return nil, cms.ErrCertificate
	}
	return s, nil
}

// derLength returns the length of the DER value that data begins with (X.690 §8.1.3).
func derLength(data []byte) (int, error) {
	if len(data) < 2 {
		return 0, cms.ErrMalformed
	}
	n, header := int(data[1]), 2
	if n >= 0x80 {
		header += n & 0x7f
		if header > 6 || header > len(data) {
			return 0, cms.ErrMalformed
		}
		n = 0
		for _, b := range data[2:header] {
			n = n<<8 | int(b)
		}
	}
	if n > len(data)-header {
		return 0, cms.ErrMalformed
	}
	return header + n, nil
}

// Continues tells whether signed is the original with signatures added and
// nothing else: it begins with the bytes of the original, every revision behind
// them does only what may come after a signature, every field that was added is
// signed, and every signature in the file is right. Whether the signers are trusted, and are those who were to sign,
// stands in the report and is for the caller to judge, and so is where they are
// seen. The report comes with the errors of signatures and updates too.
func Continues(original, signed []byte, trust cms.Trust) (Report, error) {
	base, err := open(original)
	if err != nil {
		return Report{}, fmt.Errorf("original: %w", err)
	}
	if !bytes.HasPrefix(signed, original) || len(signed) == len(original) {
		return Report{}, ErrNotContinued
	}
	f, err := open(signed)
	if err != nil {
		return Report{}, err
	}
	n := len(base.revisions)
	if len(f.revisions) <= n || f.revisions[n-1].end != base.last().end {
		return Report{}, ErrNotContinued
	}
	changes := f.changes()
	r, err := f.report(trust, changes)
	if err != nil {
		return r, err
	}
	return r, errors.Join(firstChange(changes[n:], n), f.filled(base), r.added(n))
}

// filled checks that nobody has added a place to sign that nobody has signed in.
func (f *file) filled(base *file) error {
	before, err := base.current().fields()
	if err != nil {
		return err
	}
	now := f.current()
	after, err := now.fields()
	if err != nil {
		return err
	}
	for _, added := range after {
		if slices.ContainsFunc(before, func(b field) bool { return b.ref == added.ref }) {
			continue
		}
		if value, err := now.dict(added.dict["V"]); err != nil || value == nil {
			return fmt.Errorf("field %s: %w", added.name, ErrForm)
		}
	}
	return nil
}

// firstChange returns the first of the changes, of which the first is that of revision n+1.
func firstChange(changes []error, n int) error {
	for i, err := range changes {
		if err != nil {
			return fmt.Errorf("revision %d: %w", n+i+1, err)
		}
	}
	return nil
}

// added checks that all signatures are right, that no certification was broken, and that one came behind revision n.
func (r Report) added(n int) error {
	err := ErrUnsigned
	for _, s := range r.Signatures {
		if s.Err != nil {
			return fmt.Errorf("field %s: %w", s.Field, s.Err)
		}
		if errors.Is(s.Later, ErrLocked) {
			return fmt.Errorf("field %s: %w", s.Field, s.Later)
		}
		if s.Revision > n {
			err = nil
		}
	}
	return err
}
