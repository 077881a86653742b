package roster

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/homphieu/homphieu/meeting"
)

// An Agency is one line of a list of agencies.
type Agency struct {
	// ID is lower-case ASCII letters, digits and dashes between them, at most 32;
	// made from the name where the list has none.
	ID       string
	Name     string
	Kind     string
	Superior string // ID of the agency above, or empty
	Contact  string
	Key      string // SHA-256 of a public key in hexadecimal, or empty
}

// maxID is the longest ID, in characters.
const maxID = 32

const (
	colID       column = "id"
	colKind     column = "kind"
	colSuperior column = "superior"
	colContact  column = "contact"
	colKey      column = "key"
)

// agencies are lists of them.
var agencies = table{
	known: []column{colID, colName, colKind, colSuperior, colContact, colKey},
	headings: map[string]column{
		"ma": colID, "ma co quan": colID, "ma don vi": colID, "ma so": colID, "id": colID, "code": colID,
		"ten": colName, "ten co quan": colName, "ten don vi": colName, "ten co quan, don vi": colName,
		"co quan": colName, "don vi": colName, "co quan, don vi": colName, "name": colName, "agency": colName,
		"loai": colKind, "loai co quan": colKind, "loai hinh": colKind, "khoi": colKind, "nhom": colKind, "kind": colKind, "type": colKind,
		"cap tren": colSuperior, "co quan cap tren": colSuperior, "don vi cap tren": colSuperior, "truc thuoc": colSuperior, "superior": colSuperior, "parent": colSuperior,
		"lien he": colContact, "nguoi lien he": colContact, "dau moi": colContact, "dau moi lien he": colContact, "dien thoai": colContact, "contact": colContact, "phone": colContact,
		"khoa": colKey, "ma khoa": colKey, "khoa cong khai": colKey, "key": colKey,
	},
	pasted:    []column{colName, colKind, colSuperior, colContact},
	noHeading: meeting.Text{Vi: "không thấy cột “Tên cơ quan”", En: "no column “name”"},
	empty:     meeting.Text{Vi: "không có cơ quan nào trong danh sách", En: "no agency is listed"},
}

// ParseAgencies reads a list of agencies. The one above is named by ID or by name
// and must be in the list too. Known agencies keep their ID: one of the same name
// that has no ID in the list has it.
func ParseAgencies(r io.Reader, format Format, known ...Agency) ([]Agency, []LineError) {
	l := agencies.read(r, format)
	list := make([]Agency, len(l.rows))
	for i, row := range l.rows {
		list[i] = Agency{
			ID: strings.ToLower(row.cells[colID]), Name: row.cells[colName], Kind: row.cells[colKind],
			Superior: row.cells[colSuperior], Contact: row.cells[colContact], Key: keyDigits(row.cells[colKey]),
		}
	}
	oneSpelling(list)
	identify(list, known)
	place(list)
	for _, f := range CheckAgencies(list) {
		l.errors = append(l.errors, LineError{l.rows[f.Index].line, f.Text})
	}
	slices.SortStableFunc(l.errors, func(a, b LineError) int { return a.Line - b.Line })
	return list, l.errors
}

// keyDigits are the digits of a key without the signs that people put between
// them.
func keyDigits(cell string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", ":", "", "-", "").Replace(cell))
}

// same is a name for comparing: without case.
func same(name string) string { return strings.ToLower(meeting.OneLine(name)) }

// oneSpelling gives kinds that differ in case alone the spelling of the first.
func oneSpelling(list []Agency) {
	first := map[string]string{}
	for i, a := range list {
		if _, seen := first[same(a.Kind)]; !seen {
			first[same(a.Kind)] = a.Kind
		}
		list[i].Kind = first[same(a.Kind)]
	}
}

// identify gives an ID to the agencies that have none: the known one of their
// name, or one that is made from the name and nobody else has.
func identify(list, known []Agency) {
	taken, before := map[string]bool{}, map[string]string{}
	for _, a := range list {
		taken[a.ID] = true
	}
	for _, a := range known {
		before[same(a.Name)] = a.ID
	}
	for i, a := range list {
		if id := before[same(a.Name)]; a.ID == "" && id != "" && !taken[id] {
			list[i].ID, taken[id] = id, true
		}
	}
	for _, a := range known {
		taken[a.ID] = true // another agency must not come under its ID
	}
	last := map[string]int{} // number behind the same words
	for i, a := range list {
		if a.ID != "" {
			continue
		}
		base := inASCII(a.Name)
		id, n := base, max(last[base], 1)
		for taken[id] {
			n++
			end := fmt.Sprintf("-%d", n)
			id = shorten(strings.Split(base, "-"), maxID-len(end)) + end
		}
		list[i].ID, taken[id], last[base] = id, true, n
	}
}

// inASCII makes an ID from a name: its words without diacritics, as many as there
// is room for.
func inASCII(name string) string {
	words := strings.FieldsFunc(plain(name), func(c rune) bool { return !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9') })
	if len(words) == 0 {
		return "co-quan"
	}
	return shorten(words, maxID)
}

// shorten joins as many words as fit into a length, and at least a part of the
// first.
func shorten(words []string, length int) string {
	id := words[0][:min(len(words[0]), length)]
	for _, w := range words[1:] {
		if len(id)+1+len(w) > length {
			break
		}
		id += "-" + w
	}
	return id
}

// place replaces the names of agencies above by their IDs.
func place(list []Agency) {
	ids, names := map[string]bool{}, map[string]string{}
	for _, a := range list {
		ids[a.ID] = true
		if _, seen := names[same(a.Name)]; !seen {
			names[same(a.Name)] = a.ID
		}
	}
	for i, a := range list {
		if lower := strings.ToLower(a.Superior); ids[lower] {
			list[i].Superior = lower
		} else if id, is := names[same(a.Superior)]; is && a.Superior != "" {
			list[i].Superior = id
		}
	}
}

// A Fault is what is wrong with one agency of a list, by its index, and in which
// field: "id", "name", "kind", "superior", "contact" or "key".
type Fault struct {
	Index int
	Field string
	Text  meeting.Text
}

// CheckAgencies returns what is wrong with a list of agencies: an ID, name or kind
// that is missing or cannot be kept, two of one ID or name, a superior that is
// not in the list, or agencies that stand above each other in a circle.
func CheckAgencies(list []Agency) (faults []Fault) {
	c := check{index: map[string]int{}, names: map[string]bool{}, list: list}
	for i, a := range list {
		if _, twice := c.index[a.ID]; !twice {
			c.index[a.ID] = i
		}
	}
	for i := range list {
		c.agency(i)
	}
	c.circles()
	return c.faults
}

type check struct {
	list   []Agency
	index  map[string]int // of the first agency of an ID
	names  map[string]bool
	faults []Fault
}

func (c *check) fail(i int, field, vi, en string) {
	c.faults = append(c.faults, Fault{i, field, meeting.Text{Vi: vi, En: en}})
}

var (
	idForm  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	keyForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// IsID reports whether a text can be the ID of an agency or of a group of posts.
func IsID(s string) bool { return len(s) <= maxID && idForm.MatchString(s) }

func (c *check) agency(i int) {
	a := c.list[i]
	if a.Name == "" {
		c.fail(i, "name", "chưa có tên cơ quan", "no name")
	} else if c.names[same(a.Name)] {
		c.fail(i, "name", a.Name+": có hai lần trong danh sách", a.Name+": listed twice")
	}
	c.names[same(a.Name)] = true
	if !IsID(a.ID) {
		c.fail(i, "id", a.Name+": mã “"+a.ID+"” phải gồm chữ thường không dấu, số và gạch nối, nhiều nhất 32 ký tự",
			a.Name+": the ID “"+a.ID+"” is not of lower-case ASCII letters, digits and dashes, at most 32")
	} else if c.index[a.ID] != i {
		c.fail(i, "id", a.Name+": mã “"+a.ID+"” đã dùng cho cơ quan khác", a.Name+": the ID “"+a.ID+"” is another agency's")
	}
	if a.Kind == "" {
		c.fail(i, "kind", a.Name+": chưa ghi loại cơ quan", a.Name+": no kind")
	}
	if a.Key != "" && !keyForm.MatchString(a.Key) {
		c.fail(i, "key", a.Name+": khóa phải có 64 chữ số hệ mười sáu (0–9, a–f)", a.Name+": a key has 64 hexadecimal digits")
	}
	if _, known := c.index[a.Superior]; a.Superior != "" && !known {
		c.fail(i, "superior", a.Name+": không có cơ quan cấp trên “"+a.Superior+"” trong danh sách", a.Name+": the superior “"+a.Superior+"” is not in the list")
	}
	c.texts(i, a)
}

func (c *check) texts(i int, a Agency) {
	for _, t := range []struct {
		field, word, text string
		limit             int
	}{{"name", "tên", a.Name, meeting.MaxLine}, {"kind", "loại", a.Kind, meeting.MaxLine}, {"contact", "liên hệ", a.Contact, meeting.MaxText}} {
		if why, bad := meeting.Unreadable(t.text, t.limit); bad {
			c.fail(i, t.field, t.word+": "+why.Vi, t.field+": "+why.En)
		}
	}
}

// circles finds agencies that stand above themselves: each circle once, at its
// first agency.
func (c *check) circles() {
	const (
		unseen = iota
		onWay
		done
	)
	state := make([]int, len(c.list))
	for i := range c.list {
		var way []int
		at, ok := i, true
		for ok && state[at] == unseen {
			state[at] = onWay
			way = append(way, at)
			at, ok = c.above(at)
		}
		if ok && state[at] == onWay {
			c.circle(way[slices.Index(way, at):])
		}
		for _, k := range way {
			state[k] = done
		}
	}
}

// above returns the index of the agency above, or false.
func (c *check) above(i int) (int, bool) {
	if c.list[i].Superior == "" {
		return 0, false
	}
	at, ok := c.index[c.list[i].Superior]
	return at, ok
}

// maxCircle is how many agencies of a circle are named.
const maxCircle = 6

// circle tells of one at the agency of it that stands first in the list.
func (c *check) circle(way []int) {
	var names []string
	for _, k := range way[:min(len(way), maxCircle)] {
		names = append(names, c.list[k].Name)
	}
	if len(way) > maxCircle {
		names = append(names, "…")
	}
	names = append(names, c.list[way[0]].Name)
	chain := strings.Join(names, " → ")
	c.fail(slices.Min(way), "superior", "cấp trên thành vòng: "+chain, "superiors in a circle: "+chain)
}
