package paper

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally"
)

// sample marks the papers of a sample meeting, whose keys the server held.
const sample = "CUỘC HỌP MẪU, KHÔNG CÓ GIÁ TRỊ"

// StyleOf returns the style of the papers that a rule set asks for.
func StyleOf(rules *meeting.RuleSet) Style {
	if rules.Form == string(Party) {
		return Party
	}
	return State
}

// A composer writes the papers of one outcome.
type composer struct {
	*meeting.Outcome
	words
	writer
	style  Style
	result [32]byte // SHA-256 of result.json
}

func newComposer(o *meeting.Outcome, style Style, result [32]byte) *composer {
	c := &composer{Outcome: o, words: styleWords[style], style: style, result: result}
	if o.Trial {
		c.body = append(c.body, Paragraph{Runs: []Run{{Text: sample, Bold: true}}, Align: Center, Keep: true})
	}
	return c
}

// document puts the parts together. The heading and what is under it are the
// caller's.
func (c *composer) document(kind Kind, title string) *Document {
	d := &Document{Kind: kind, Style: c.style, Title: title + " – " + c.title(), Header: c.header(), Body: c.body, Footer: c.footer()}
	if p := c.paper(); p != "" {
		d.Title += " – " + p
	}
	d.Date, _ = c.day().Day()
	return d
}

// header is the top of a paper of the counting board.
func (c *composer) header() Header {
	h := Header{
		Superior: strings.ToUpper(or(c.Plan.Agency, longBlank)), Issuer: "BAN KIỂM PHIẾU",
		Place: or(c.Filing.Place, "…………") + ", " + longDate(c.day()), Mark: "(Đóng dấu treo)",
	}
	h.Star, h.Motto = masthead(c.style)
	if c.Trial {
		h.Mark = "(Cuộc họp mẫu, không đóng dấu)"
	}
	return h
}

// masthead is what a style has at the right of the first page, and whether a
// star stands under the issuer.
func masthead(style Style) (star bool, motto []string) {
	if style == Party {
		return true, []string{"ĐẢNG CỘNG SẢN VIỆT NAM"}
	}
	return false, []string{"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"}
}

// numbered is the place for a clerk's number of a type of papers: without colon
// and with a hyphen in the Party, with a colon and a slash in the State.
func (c *composer) numbered(kind string) string {
	if c.style == Party {
		return "Số      -" + kind + "/BKP"
	}
	return "Số:      /" + kind + "-BKP"
}

func (c *composer) footer() string {
	s := "SHA-256 của result.json: " + hex.EncodeToString(c.result[:])
	if c.Trial {
		s = sample + " · " + s
	}
	return s
}

// day is the date of the papers.
func (c *composer) day() meeting.Date {
	if c.Filing.Date != "" {
		return c.Filing.Date
	}
	return c.Plan.Date
}

// title is the meeting's: the name of an election has that of the paper on a
// line of its own.
func (c *composer) title() string {
	name, _, _ := strings.Cut(c.Name, "\n")
	return or(c.Plan.Title, or(name, longBlank))
}

// paper is the title of the ballot paper, where a meeting has several.
func (c *composer) paper() string {
	_, name, _ := strings.Cut(c.Name, "\n")
	return or(c.Paper, line(name))
}

// subject is the line under the heading, and the paper's title under it.
func (c *composer) subject(text string) []string {
	if c.style == State {
		text = upperFirst(text)
	}
	if p := c.paper(); p != "" {
		return []string{text, p}
	}
	return []string{text}
}

// counted reports whether the slips have been counted: a sample meeting has
// none.
func (c *composer) counted() bool { return c.Slips != tally.Slips{} }

// attended reports whether it is known who was there.
func (c *composer) attended() bool { return c.Summoned > 0 }

// base says in words what percentages are of, and how many that is.
func (c *composer) base() string {
	if c.ofMembers() {
		return fmt.Sprintf("tổng số đại biểu (%d đại biểu)", c.Base)
	}
	return fmt.Sprintf("tổng số phiếu thu về (%d phiếu)", c.Base)
}

// ofMembers reports whether percentages are of all members. Where their number
// is not known they are of the ballots.
func (c *composer) ofMembers() bool { return c.PercentBase == meeting.BaseMembers }
