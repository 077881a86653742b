package meeting

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/homphieu/homphieu/ballot"
)

// ErrAssignment is returned for a place in a round that cannot be, and for what
// needs one where the meeting has none.
var ErrAssignment = errors.New("round: assignment")

// ErrOrder is returned when a poll is to be opened before what the round puts
// before it, under a rule set that blocks.
var ErrOrder = errors.New("round: something else must be done before")

// An Assignment is a meeting's place in a round of votes that a superior has
// ordered (package round): which groups of posts it votes on, what must be done
// before, until when, and where its results go. Several ballot
// papers may be of one group; each has a package of its own.
type Assignment struct {
	Round  ballot.UUID `json:"round"`
	Title  string      `json:"title"`  // of the round
	Agency string      `json:"agency"` // ID that the superior gave
	Group  string      `json:"group"`  // ID of the group of posts on the first paper
	Posts  string      `json:"posts"`  // name of that group
	// Papers are the groups of the further ballot papers, in their order.
	Papers []PaperPlace `json:"papers,omitempty"`
	// RuleSet is that of the polls of the group.
	RuleSet string `json:"ruleset,omitempty"`
	// URL is the superior's server; empty where packages go by file alone.
	URL string `json:"url,omitempty"`
	// Key is the verifier key (C2SP signed-note) of the superior's receipts.
	Key string `json:"key,omitempty"`
	// Compared are the digits of server and key ([SuperiorDigits]) that somebody has
	// compared with the superior; empty as long as nobody has.
	Compared string `json:"compared,omitempty"`

	Prepare  Limit `json:"prepare"` // for step 1
	Finish   Limit `json:"finish"`  // for the vote
	SendDays int   `json:"send_days"`

	// Before is what must be done before the poll opens: other groups of posts,
	// and conditions such as a six-month review.
	Before []Precondition `json:"before,omitempty"`
	// Prepared is the day on which step 1 was done; empty until somebody says so.
	Prepared Date `json:"prepared,omitempty"`
}

// SuperiorDigits returns what an agency and its superior read to one another to
// compare where results go and by what key receipts are signed: 24 digits of the
// address of the superior's server and of its verifier key, or nothing if there is
// neither. Whoever has changed one of them in a round file on its way has changed
// the digits (docs/PROTOCOL.md §15.5).
func SuperiorDigits(url, key string) string {
	if url == "" && key == "" {
		return ""
	}
	return ballot.Digits(sha256.Sum256([]byte("homphieu-superior-v1\n" + url + "\n" + key + "\n")))
}

// Superior returns the digits of the assignment's own server and key.
func (a *Assignment) Superior() string { return SuperiorDigits(a.URL, a.Key) }

// Trusted reports whether somebody has compared the digits of server and key as
// they are now with the superior.
func (a *Assignment) Trusted() bool { return a.Compared != "" && a.Compared == a.Superior() }

// A Precondition is something that must be done before a poll of a round opens.
type Precondition struct {
	Name string `json:"name"`
	// Group is the ID of the group of posts that it is; empty for a condition
	// that the agency itself has to meet.
	Group string `json:"group,omitempty"`
	// Done is the day on which it was done, and About what is known of it, such
	// as the number of a notice; empty until somebody says so.
	Done  Date   `json:"done,omitempty"`
	About string `json:"about,omitempty"`
}

// A PaperPlace is the group of posts on a further ballot paper; without a name the
// paper is in no round, and its result is not sent.
type PaperPlace struct {
	Group   string `json:"group"`
	Posts   string `json:"posts"`
	RuleSet string `json:"ruleset,omitempty"`
	Finish  Limit  `json:"finish"`
}

// Of returns the place of one ballot paper, by its number from 0, as an assignment
// of its own, or nil for a paper that is in no round.
func (a *Assignment) Of(paper int) *Assignment {
	if a == nil || paper > len(a.Papers) {
		return nil
	}
	of := *a
	if of.Papers = nil; paper > 0 {
		p := a.Papers[paper-1]
		of.Group, of.Posts, of.RuleSet, of.Finish = p.Group, p.Posts, p.RuleSet, p.Finish
	}
	if of.Group == "" {
		return nil
	}
	return &of
}

// Add gives the next ballot paper its place in the same round; nil leaves it
// outside. What must be done before one must be done before all.
func (a *Assignment) Add(b *Assignment) {
	if b == nil {
		a.Papers = append(a.Papers, PaperPlace{})
		return
	}
	a.Papers = append(a.Papers, PaperPlace{b.Group, b.Posts, b.RuleSet, b.Finish})
	for _, p := range b.Before {
		if !slices.ContainsFunc(a.Before, func(q Precondition) bool { return q.Name == p.Name && q.Group == p.Group }) {
			a.Before = append(a.Before, p)
		}
	}
}

// The bounds of an assignment.
const (
	mostBefore   = 50
	mostSendDays = 365
	maxURL       = 500 // bytes
)

// roundID is the form of the names that a superior gives to agencies and groups.
var roundID = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

// Pending is what must be done before the poll opens and is not, as far as is
// known here.
func (a *Assignment) Pending() (list []Precondition) {
	if a == nil {
		return nil
	}
	for _, p := range a.Before {
		if p.Done == "" {
			list = append(list, p)
		}
	}
	return list
}

// Condition is the latest day on which a condition of the agency's own was met,
// or empty as long as one is not.
func (a *Assignment) Condition() (day Date) {
	for _, p := range a.Before {
		switch {
		case p.Group != "":
		case p.Done == "":
			return ""
		default:
			day = max(day, p.Done)
		}
	}
	return day
}

// SendBy returns the last day on which the result may come in: so many calendar
// days after the vote, whether offices work on them or not.
func (a *Assignment) SendBy(voted Date) Date {
	day, ok := voted.Day()
	if !ok {
		return ""
	}
	return Day(day.AddDate(0, 0, a.SendDays))
}

// inOrder is [ErrOrder] while something is not done that the round puts before
// this poll, if the rule set blocks. Where it only warns, pages say it.
func (m *Meeting) inOrder(rules *RuleSet) error {
	pending := m.Plan.Assignment.Pending()
	if rules.Order != OrderBlocks || len(pending) == 0 {
		return nil
	}
	a, names := m.Plan.Assignment, make([]string, len(pending))
	for i, p := range pending {
		names[i] = p.Name
	}
	list := strings.Join(names, "; ")
	return refuse(ErrOrder, "order",
		fmt.Sprintf("đợt “%s” chỉ cho lấy phiếu “%s” sau khi xong: %s. Thư ký ghi ngày xong và căn cứ ở trang “Đợt và gửi kết quả”", a.Title, a.Posts, list),
		fmt.Sprintf("the round “%s” has “%s” voted on only after: %s. The secretary enters the day and how it is known on the page of the round", a.Title, a.Posts, list))
}

// tidy brings an assignment into the form in which it is kept, or refuses it with
// [ErrAssignment].
func (a *Assignment) tidy() error {
	bad := func(field, vi, en string) error { return refuse(ErrAssignment, field, vi, en) }
	switch {
	case !a.Round.Valid():
		return bad("round", "tệp không nói đợt nào", "no name of a round")
	case !roundID.MatchString(a.Agency):
		return bad("agency", "chưa chọn cơ quan, đơn vị", "no agency chosen")
	case !roundID.MatchString(a.Group):
		return bad("group", "chưa chọn nhóm chức danh", "no group of posts chosen")
	case a.SendDays < 0 || a.SendDays > mostSendDays:
		return bad("send_days", "số ngày gửi kết quả không đúng", "days for sending are out of range")
	case len(a.Before) > mostBefore:
		return bad("before", "quá nhiều việc phải xong trước", "too many preconditions")
	case a.Compared != "" && !a.Trusted():
		return bad("compared", "dãy số đã đối chiếu không phải của máy chủ và khóa trong tệp này", "the digits that were compared are not those of this server and key")
	case a.URL != "" && !goodAddress(a.URL):
		return bad("url", "địa chỉ máy chủ cấp trên phải bắt đầu bằng https://", "the superior's address is not https")
	}
	if err := a.checkPapers(); err != nil {
		return err
	}
	if _, err := RuleSetByID(a.RuleSet); a.RuleSet != "" && err != nil {
		return bad("ruleset", "đợt dùng một bộ quy tắc mà chương trình này không có: "+a.RuleSet, "the round has a rule set that this program does not have: "+a.RuleSet)
	}
	for _, d := range []Date{a.Prepare.Date, a.Finish.Date, a.Prepared} {
		if _, ok := d.Day(); d != "" && !ok {
			return bad("date", "ngày không đúng dạng năm-tháng-ngày", "date is not YYYY-MM-DD")
		}
	}
	return a.tidyTexts()
}

// checkPapers refuses places of further papers that cannot be. Several may have the
// same: then each sends a package.
func (a *Assignment) checkPapers() error {
	for i := range a.Papers {
		p, field := &a.Papers[i], fmt.Sprintf("papers.%d", i)
		switch _, dated := p.Finish.Date.Day(); {
		case p.Group == "" && *p != PaperPlace{}, p.Group != "" && !roundID.MatchString(p.Group), p.Finish.Date != "" && !dated:
			return refuse(ErrAssignment, field, "nhóm chức danh không đúng", "no group of posts")
		}
		if err := tidy(&p.Posts, MaxText, ErrAssignment, field); err != nil {
			return err
		}
	}
	return nil
}

func (a *Assignment) tidyTexts() error {
	for field, text := range map[string]*string{"title": &a.Title, "posts": &a.Posts} {
		if err := tidy(text, MaxText, ErrAssignment, field); err != nil {
			return err
		}
		if *text == "" {
			return refuse(ErrAssignment, field, "tệp của đợt thiếu tên", "a name is missing")
		}
	}
	for i := range a.Before {
		if err := a.Before[i].tidy(i); err != nil {
			return err
		}
	}
	return nil
}

func (p *Precondition) tidy(i int) error {
	field := func(name string) string { return fmt.Sprintf("before.%d.%s", i, name) }
	if err := tidy(&p.Name, MaxText, ErrAssignment, field("name")); err != nil {
		return err
	}
	if err := tidy(&p.About, MaxText, ErrAssignment, field("about")); err != nil {
		return err
	}
	if _, ok := p.Done.Day(); p.Done != "" && !ok {
		return refuse(ErrAssignment, field("done"), "ngày không đúng dạng năm-tháng-ngày", "date is not YYYY-MM-DD")
	}
	switch {
	case p.Name == "":
		return refuse(ErrAssignment, field("name"), "tệp của đợt thiếu tên", "a name is missing")
	case p.Done != "" && p.About == "":
		return refuse(ErrAssignment, field("about"), "ghi căn cứ: số văn bản, biên bản, hoặc ai cho biết", "say how it is known: a document, minutes, or who told")
	case p.Done == "" && p.About != "":
		return refuse(ErrAssignment, field("done"), "ghi ngày xong", "the day on which it was done is missing")
	}
	return nil
}

// address is that of a server to which something may be sent that is not for
// everybody: https, or http on this computer.
var address = regexp.MustCompile(`^(https://([A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])|http://(localhost|127\.[0-9.]+|\[::1\]))(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$`)

func goodAddress(text string) bool { return len(text) <= maxURL && address.MatchString(text) }

// keepTrust takes over, within one round, that server and key were compared. Others
// than before are refused, unless they were compared anew: a file that was swapped
// on its way must not send results to another, or believe another's receipts.
func (a *Assignment) keepTrust(old *Assignment) error {
	if old == nil || old.Round != a.Round || old.Superior() == "" {
		return nil
	}
	if a.Superior() == old.Superior() {
		if a.Compared == "" {
			a.Compared = old.Compared
		}
		return nil
	}
	if a.Trusted() {
		return nil
	}
	return refuse(ErrAssignment, "compared",
		"tệp này của cùng một đợt nhưng ghi máy chủ hoặc khóa khác lần trước. Gọi cho cấp trên, đối chiếu dãy số rồi mới ghi",
		"a file of the same round with another server or key than before. Call the superior and compare the digits first")
}

// keepNotes takes over what was noted here of the same place in the same round,
// where the file says nothing of it.
func (a *Assignment) keepNotes(old *Assignment) {
	if old == nil || old.Round != a.Round || old.Agency != a.Agency || old.Group != a.Group {
		return
	}
	if a.Prepared == "" {
		a.Prepared = old.Prepared
	}
	for i := range a.Before {
		p := &a.Before[i]
		j := slices.IndexFunc(old.Before, func(q Precondition) bool { return q.Name == p.Name && q.Group == p.Group })
		if j >= 0 && p.Done == "" {
			p.Done, p.About = old.Before[j].Done, old.Before[j].About
		}
	}
}
