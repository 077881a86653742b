// Package pades signs PDFs and tells who signed one: PAdES baseline signatures
// of level B-B (ETSI EN 319 142-1) in PDF as ISO 32000-2 §12.8 has it.
//
// # What a signature in a PDF is
//
// A PDF is never changed to be signed; an update is appended to it. The update
// holds the signature, and repeats the few objects that must know of it: the
// catalog, which lists the form's fields, and the page, which lists what is
// shown on it.
//
//	┌───────────────────────────────┐ 0
//	│ the paper, byte for byte      │ revision 1
//	│ … xref, trailer, %%EOF        │
//	├───────────────────────────────┤
//	│ catalog, page (repeated)      │ revision 2
//	│ field, appearance             │
//	│ signature dictionary          │
//	│   /ByteRange [0 a b c]        │ what is signed: 0 to a, b to b+c
//	│   /Contents <3082…>           │ a to b: the signature itself, in hexadecimal
//	│ xref, trailer, %%EOF          │
//	├───────────────────────────────┤ b+c
//	│ the next person's update      │ revision 3, whose ByteRange covers all above
//	└───────────────────────────────┘
//
// So each signature covers everything before it, and those before it stay as
// they were. The first may be a certification (DocMDP), by which its signer says
// what may come after: here, further signatures.
//
// # To sign
//
//	ready, err := pades.AddFields(pdf, []pades.Place{{Field: "head", Page: 1, Rect: …}})
//	signed, err := pades.Sign(ready, who, pades.Options{Field: "head", Name: "…", Time: now})
//
// AddFields, before the first signature, gives everybody a place; a field that is
// not there yet is made by Sign. Or, with the key on a token elsewhere, in two phases between which the PDF
// waits: [Prepare], then a CMS signature of [Prepared.Digest] made with package
// report/cms, then [Prepared.Embed]. The same PDF and options give the same bytes.
//
// # To verify
//
// [Verify] lists the signatures: who, whether the digest is right, whether the
// certificate is trusted, how much of the file it covers, and whether what came
// after it is only what may come after. [Continues] is stricter and answers one
// question: is this file the paper that we gave out, with signatures added and
// nothing else? Where on the paper the signatures are seen, [Signature.Page] and
// Rect tell; whether that is a place to sign is for the caller to judge, who
// knows from [Places] where the original has its own.
//
// What may come after a signature is further signatures and nothing else:
//
//   - objects that are new, and that nothing referred to before;
//   - the catalog again, with another AcroForm, DSS, Perms, Extensions, Version or Metadata;
//   - the document's Info and Metadata again;
//   - a page again, of which only Annots changed, by widgets of new signature
//     fields at its end. Each widget lies on its page, covers at most a sixth of
//     it, and has no action. Its appearance has a box that readers clip it to,
//     or draws nothing and is in an empty rectangle;
//   - a signature field that was empty and now is signed. One that stays empty
//     stays as it was.
//
// A new field in which nobody has signed passes Verify, for somebody may sign
// there next. It does not pass Continues.
//
// Everything else is refused, above all what is known from attacks on PDF
// readers: objects that are overwritten, freed, or pointed to older bytes ("shadow
// attacks"), bytes between the objects of an update, a ByteRange that leaves out
// more than its own Contents ("signature wrapping") or begins elsewhere, a
// signature without Contents or ByteRange ("universal forgery"), and updates
// without signature that change what is seen ("incremental saving"). The tests
// have one of each.
//
// # What is read
//
// Cross-reference tables, and cross-reference and object streams as other
// programs write them. Not read, and refused with ErrMalformed: linearized and
// hybrid files, and files that need repair. Files over [MaxSize] are refused, and
// those of more than 100,000 values, or whose structure unpacks to more than 16 MiB,
// since a small file could ask for all memory (TestManyValues). [Verify] and
// [Continues] take bytes from strangers and never panic (FuzzVerify, FuzzContinues).
//
// # What is not checked
//
// Whether a certificate was revoked, and the time: the time of a signature is
// what the signer claims. Document time-stamps (ETSI.RFC3161) are not taken for
// signatures. What DSS and Metadata say is not read: neither is seen on a page.
// A signature's appearance proves nothing, and may cover text: of a paper that
// was taken back, read our own copy. A lock of single fields (FieldMDP) is not
// looked at, since nothing but signatures may come after anyway.
package pades

import "errors"

// Errors of files. They say no more than that, so that a stranger learns nothing from trying.
var (
	// ErrMalformed is returned for a file that is not a PDF as this package reads them: cut, looping, in need of
	// repair, or of too many values.
	ErrMalformed = errors.New("pdf: malformed")

	// ErrTooLarge is returned for a file over MaxSize.
	ErrTooLarge = errors.New("pdf: too large")

	// ErrEncrypted is returned for an encrypted file.
	ErrEncrypted = errors.New("pdf: encrypted")

	// ErrTrailing is returned for a file with bytes behind its last %%EOF.
	ErrTrailing = errors.New("pdf: bytes behind the end")

	// ErrRedirected is returned when an update points an object to bytes of an earlier revision.
	ErrRedirected = errors.New("update: object taken from earlier bytes")
)

// Errors of updates: what came after is more than a signature.
var (
	// ErrNotContinued is returned when a file does not begin with all of another, or adds nothing to it.
	ErrNotContinued = errors.New("pdf: does not continue the original")

	// ErrUnsigned is returned when nothing that was added is a signature.
	ErrUnsigned = errors.New("pdf: no signature was added")

	// ErrOverwritten is returned when an update replaces an object that must stay.
	ErrOverwritten = errors.New("update: object overwritten")

	// ErrRemoved is returned when an update frees an object.
	ErrRemoved = errors.New("update: object removed")

	// ErrStray is returned when there is something between the objects of an update.
	ErrStray = errors.New("update: bytes outside of objects")

	// ErrCatalog is returned when the catalog changed where it must not.
	ErrCatalog = errors.New("update: catalog changed")

	// ErrForm is returned when the form changed by more than signatures in new fields and in fields that were empty.
	ErrForm = errors.New("update: form changed")

	// ErrPage is returned when a page changed by more than new widgets.
	ErrPage = errors.New("update: page changed")

	// ErrAnnotation is returned for a new annotation that is not the plain widget of a new signature field, and for
	// an appearance that readers would not keep within its rectangle.
	ErrAnnotation = errors.New("update: annotation that is not a signature")

	// ErrRect is returned for a signature that would cover more than a sixth of its page, or leaves it.
	ErrRect = errors.New("signature: covers too much of its page, or leaves it")

	// ErrLocked is returned when a certification allows no change at all.
	ErrLocked = errors.New("pdf: certified against all changes")
)

// Errors of a single signature, beside those of package report/cms.
var (
	// ErrNoContents is returned for a signature without Contents or ByteRange.
	ErrNoContents = errors.New("signature: without contents or byte range")

	// ErrByteRange is returned when a signature does not cover all of its revision but its own Contents.
	ErrByteRange = errors.New("signature: does not cover its revision")

	// ErrSubFilter is returned for a kind of signature that is not verified here.
	ErrSubFilter = errors.New("signature: unknown kind")

	// ErrTwice is returned for a field that shows the signature of another field.
	ErrTwice = errors.New("signature: of another field")
)

// Errors of signing.
var (
	// ErrField is returned for a field name that is empty, signed already, over 64 bytes, or not of
	// letters, digits, - and _, and for an empty field that is not a widget on one of the pages.
	ErrField = errors.New("field: name not accepted")

	// ErrNoPage is returned for a page that the PDF does not have.
	ErrNoPage = errors.New("appearance: no such page")

	// ErrImage is returned for an image that is not a PNG of at most 4 million points.
	ErrImage = errors.New("appearance: image not accepted")

	// ErrText is returned for text that does not fit its rectangle.
	ErrText = errors.New("appearance: text does not fit")

	// ErrCertified is returned when a certification would not be the first signature.
	ErrCertified = errors.New("pdf: is already signed")

	// ErrReserve is returned when a signature is larger than the space that Prepare left for it.
	ErrReserve = errors.New("signature: larger than the space left for it")
)
