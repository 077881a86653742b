package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/homphieu/homphieu/report/paper"
	"github.com/homphieu/homphieu/report/typeset"
)

// An Attachment is a file inside the PDF.
type Attachment struct {
	Name        string // of letters, digits, "." "_" and "-"
	Description string // for people
	MediaType   string // such as application/json; parameters stay out of the file
	Content     []byte
}

// media is the media type without parameters.
func (a *Attachment) media() string {
	media, _, _ := strings.Cut(a.MediaType, ";")
	return strings.TrimSpace(media)
}

// ErrAttachment is returned for an attachment whose name or media type is not
// one, or whose name another has.
var ErrAttachment = errors.New("pdf: attachment")

var (
	fileName  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)
	mediaType = regexp.MustCompile(`^[a-z]+/[a-z0-9][a-z0-9.+-]{0,99}$`)
)

func checkAttachments(all []Attachment) error {
	seen := make(map[string]bool)
	for i, a := range all {
		switch {
		case !fileName.MatchString(a.Name):
			return fmt.Errorf("%w: %d: name", ErrAttachment, i+1)
		case !mediaType.MatchString(a.media()):
			return fmt.Errorf("%w: %s: media type", ErrAttachment, a.Name)
		case seen[a.Name]:
			return fmt.Errorf("%w: %s: twice", ErrAttachment, a.Name)
		}
		seen[a.Name] = true
	}
	return nil
}

// A file is a PDF being written again from its last object on: the library's
// catalog has no place for the kind of attached files, their names, and an ID.
type file struct {
	bytes.Buffer
	offsets []int // of the objects, from 1
}

// finish replaces the catalog, which the library writes last, and what comes
// after it. The attachments go before it (ISO 32000-2, 7.11.4).
func finish(content []byte, doc *paper.Document, attachments []Attachment) []byte {
	offsets, end := objects(content)
	f := &file{offsets: offsets[:len(offsets)-1]}
	info := len(f.offsets)
	f.Write(content[:end])
	specs := f.attach(doc, attachments)
	root := f.object("<< /Type /Catalog /Version /1.7 /Pages 1 0 R /Lang (vi) /ViewerPreferences << /DisplayDocTitle true >>" + specs + " >>")
	f.trailer(root, info)
	return f.Bytes()
}

// objects reads where the objects of the library's file are, and where the last
// one begins. It is the file just made: a malformed one panics.
func objects(content []byte) (offsets []int, last int) {
	table := content[bytes.LastIndex(content, []byte("\nxref\n"))+1:]
	lines := strings.Split(string(table), "\n")
	for _, line := range lines[3:] {
		if !strings.HasSuffix(line, " n ") {
			break
		}
		at, err := strconv.Atoi(line[:10])
		if err != nil {
			panic("pdf: " + err.Error())
		}
		offsets = append(offsets, at)
	}
	return offsets, offsets[len(offsets)-1]
}

// object adds an object and returns its number.
func (f *file) object(text string) int {
	f.offsets = append(f.offsets, f.Len())
	fmt.Fprintf(f, "%d 0 obj\n%s\nendobj\n", len(f.offsets), text)
	return len(f.offsets)
}

// attach adds the files, sorted by name as a name tree must be, and returns
// what the catalog says of them.
func (f *file) attach(doc *paper.Document, all []Attachment) string {
	if len(all) == 0 {
		return ""
	}
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b Attachment) int { return strings.Compare(a.Name, b.Name) })
	var names, specs strings.Builder
	for _, a := range all {
		spec := f.attachOne(a, modified(doc))
		fmt.Fprintf(&names, " (%s) %d 0 R", a.Name, spec)
		fmt.Fprintf(&specs, " %d 0 R", spec)
	}
	return fmt.Sprintf(" /Names << /EmbeddedFiles << /Names [%s ] >> >> /AF [%s ]", names.String(), specs.String())
}

// attachOne adds a file and what describes it, and returns the number of the
// latter.
func (f *file) attachOne(a Attachment, modified string) int {
	packed := pack(a.Content)
	stream := f.object(fmt.Sprintf("<< /Type /EmbeddedFile /Subtype /%s /Filter /FlateDecode /Length %d /Params << /Size %d%s >> >>\nstream\n%s\nendstream",
		strings.ReplaceAll(a.media(), "/", "#2F"), len(packed), len(a.Content), modified, packed))
	return f.object(fmt.Sprintf("<< /Type /Filespec /F (%s) /UF (%[1]s) /Desc <%s> /AFRelationship /Data /EF << /F %d 0 R /UF %[3]d 0 R >> >>",
		a.Name, text16(a.Description), stream))
}

func pack(content []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, err := z.Write(content)
	if err := errors.Join(err, z.Close()); err != nil {
		panic("pdf: " + err.Error()) // into memory: cannot happen
	}
	return b.Bytes()
}

func modified(doc *paper.Document) string {
	if doc.Date.IsZero() {
		return ""
	}
	return " /ModDate (D:" + doc.Date.Format("20060102150405") + ")"
}

// text16 is a text string of PDF in hexadecimal: UTF-16, big endian, with its
// mark.
func text16(s string) string {
	b := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(typeset.Clean(s))) {
		b = append(b, byte(u>>8), byte(u))
	}
	return hex.EncodeToString(b)
}

// trailer writes the table of cross-references and the trailer. The ID is the
// hash of all before it.
func (f *file) trailer(root, info int) {
	id := sha256.Sum256(f.Bytes())
	start := f.Len()
	fmt.Fprintf(f, "xref\n0 %d\n0000000000 65535 f \n", len(f.offsets)+1)
	for _, at := range f.offsets {
		fmt.Fprintf(f, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(f, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%x> <%[4]x>] >>\nstartxref\n%d\n%%%%EOF\n",
		len(f.offsets)+1, root, info, id[:16], start)
}
