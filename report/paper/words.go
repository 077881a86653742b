package paper

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/homphieu/homphieu/meeting"
)

// What stands where nothing is known, to be filled in by hand.
const (
	blank     = "……"
	longBlank = "…………………………"
)

// words are how a style speaks of people and offices.
type words struct {
	person    string // before a name
	unit      string // of those summoned, after a number
	votedOn   string // of those voted on, after a number
	behalf    string // of a collective
	chairs    string // what the chair does
	gathering string
}

var styleWords = map[Style]words{
	Party: {"đồng chí", "đồng chí", "đồng chí", "T/M", "chủ trì", "hội nghị"},
	State: {"ông (bà)", "đại biểu", "người", "TM.", "chủ tọa", "kỳ họp"},
}

var offices = map[meeting.BoardOffice]string{
	meeting.Head: "Trưởng Ban", meeting.BoardSecretary: "Thư ký", meeting.Ordinary: "Thành viên",
}

// vietnam is the time of the papers.
var vietnam = time.FixedZone("ICT", 7*60*60)

// line is a text on one line: what came in several is joined by commas.
func line(s string) string {
	var parts []string
	for part := range strings.Lines(s) {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// or is a text, or dots for none.
func or(s, dots string) string {
	if s = line(s); s == "" {
		return dots
	}
	return s
}

// upperFirst begins a text with a capital.
func upperFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// lowerFirst begins a text without a capital.
func lowerFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[size:]
}

// number writes n, or dots when it is not known.
func number(n int, known bool) string {
	if !known {
		return blank
	}
	return fmt.Sprint(n)
}

// longDate writes a date in words. Days under ten and the first two months have
// a zero before them (Nghị định 30/2020/NĐ-CP, Phụ lục I, phần II, mục 4).
func longDate(d meeting.Date) string {
	t, ok := d.Day()
	if !ok {
		return "ngày … tháng … năm …"
	}
	month := fmt.Sprint(int(t.Month()))
	if t.Month() <= 2 {
		month = "0" + month
	}
	return fmt.Sprintf("ngày %02d tháng %s năm %d", t.Day(), month, t.Year())
}

// shortDate writes a date in figures, or dots.
func shortDate(d meeting.Date) string {
	t, ok := d.Day()
	if !ok {
		return "…/…/…"
	}
	return t.Format("02/01/2006")
}

// hour writes a time of day, given as hh:mm.
func hour(s string) string {
	h, m, ok := strings.Cut(s, ":")
	if !ok {
		return "… giờ … phút"
	}
	return h + " giờ " + m + " phút"
}

// reference names a document of an authority by number, day, and issuer or
// subject.
func reference(r meeting.Reference) string {
	s := "số " + or(r.Number, blank) + ", ngày " + shortDate(r.Date)
	if about := line(r.About); about != "" {
		s += ", " + about
	}
	return s
}
