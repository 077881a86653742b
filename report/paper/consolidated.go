package paper

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// A gatherer writes the papers of one consolidation.
type gatherer struct {
	*round.Consolidation
	words
	writer
	round.Counts
	style Style
	hash  [32]byte // SHA-256 of consolidated.json
}

func newGatherer(c *round.Consolidation, style Style, hash [32]byte) *gatherer {
	return &gatherer{Consolidation: c, words: styleWords[style], Counts: c.Counts(), style: style, hash: hash}
}

// NewConsolidated composes the report of a round (báo cáo tổng hợp kết quả lấy
// phiếu tín nhiệm), on pages that are turned for its wide table. The last
// argument is the SHA-256 of consolidated.json.
//
// There is no form for it in the regulations: it has the fields of Quy định
// 262-QĐ/TW khoản 7.3 for each person, by kind of agency, agency and block, in
// the order of the ballots. A number that is left out of the consolidation is a
// dash. Numbers of different polls are never added up.
func NewConsolidated(c *round.Consolidation, style Style, hash [32]byte) *Document {
	g := newGatherer(c, style, hash)
	g.sayf("Thực hiện %s, %s tổng hợp kết quả %s, tính đến %s, báo cáo %s như sau:",
		g.basis(), g.office(), lowerFirst(or(c.Round.Title, longBlank)), g.asOf(), or(c.Round.Superior, longBlank))
	g.progress()
	g.head("2. Kết quả, theo loại cơ quan, cơ quan và thứ tự trên phiếu")
	g.results()
	g.lists()
	g.sources()
	d := g.document(Consolidated, "Báo cáo tổng hợp kết quả lấy phiếu tín nhiệm", "BC")
	d.Landscape = true
	d.Header.Heading = "BÁO CÁO TỔNG HỢP KẾT QUẢ LẤY PHIẾU TÍN NHIỆM"
	d.Header.Subject = []string{or(c.Round.Title, longBlank)}
	d.Recipients = g.recipients(or(c.Round.Superior, longBlank) + " (b/c)")
	return d
}

// document puts the parts of a paper of the office together.
func (g *gatherer) document(kind Kind, title, numbered string) *Document {
	head := &g.Round.Letterhead
	d := &Document{
		Kind: kind, Style: g.style, Title: title + " – " + or(g.Round.Title, longBlank), Body: g.body,
		Footer: "SHA-256 của consolidated.json: " + hex.EncodeToString(g.hash[:]),
		Header: Header{
			Superior: strings.ToUpper(or(head.Above, longBlank)), Issuer: strings.ToUpper(or(head.Issuer, g.office())),
			Number: g.numbered(numbered), Place: or(head.Place, "…………") + ", " + longDate(g.day()),
		},
		Signatures: []Signature{{Field: "head", Title: strings.ToUpper(g.signsAs()), Name: line(head.Signer)}},
	}
	if g.Public {
		d.Footer = "Bản công khai · " + d.Footer
	}
	d.Header.Star, d.Header.Motto = masthead(g.style)
	d.Date, _ = g.day().Day()
	return d
}

// numbered is the place for a clerk's number of a type of papers.
func (g *gatherer) numbered(kind string) string {
	code := or(g.Round.Letterhead.Code, "…")
	if g.style == Party {
		return "Số      -" + kind + "/" + code
	}
	return "Số:      /" + kind + "-" + code
}

// signsAs is the office of who signs.
func (g *gatherer) signsAs() string {
	if title := line(g.Round.Letterhead.Title); title != "" {
		return title
	}
	if strings.HasPrefix(g.office(), "Ban ") {
		return "Trưởng Ban"
	}
	return "Thủ trưởng"
}

// recipients are those of the letterhead behind the first, to whom the paper
// goes.
func (g *gatherer) recipients(first string) []string {
	all := []string{first}
	for _, r := range g.Round.Letterhead.Recipients {
		if r = strings.TrimLeft(line(r), "- "); r != "" && !strings.HasPrefix(strings.ToLower(r), asAbove) {
			all = append(all, r)
		}
	}
	if len(all) == 1 {
		all = append(all, "Lưu")
	}
	return all
}

// asAbove begins the line of recipients who are named at the top of a letter.
const asAbove = "như trên"

func (g *gatherer) office() string { return or(g.Round.Office, longBlank) }

// day is the date of the papers: the day as of which the results are.
func (g *gatherer) day() meeting.Date {
	if g.AsOf.IsZero() {
		return ""
	}
	return meeting.Day(g.AsOf.In(vietnam))
}

// asOf says as of when the results are.
func (g *gatherer) asOf() string {
	if g.AsOf.IsZero() {
		return "… giờ … phút, " + longDate("")
	}
	return hour(g.AsOf.In(vietnam).Format("15:04")) + ", " + longDate(g.day())
}

// basis names the documents that the round follows.
func (g *gatherer) basis() string {
	var all []string
	for _, r := range g.Round.References {
		all = append(all, ordered(r))
	}
	if len(all) == 0 {
		return "văn bản " + reference(meeting.Reference{})
	}
	return strings.Join(all, "; ")
}

// ordered names a document in running text, as letters do: "Quy định số 96-QĐ/TW,
// ngày 02/02/2023 của Bộ Chính trị", when what is known of it begins with its
// kind. Otherwise an issuer follows the day, and a subject stands behind a comma.
func ordered(r meeting.Reference) string {
	about := line(r.About)
	r.About = ""
	first, _ := utf8.DecodeRuneInString(about)
	kind, issuer, both := strings.Cut(about, " của ")
	switch {
	case both && unicode.IsUpper(first):
		return kind + " " + reference(r) + " của " + issuer
	case strings.HasPrefix(about, "của "):
		return "văn bản " + reference(r) + " " + about
	case unicode.IsUpper(first):
		return "văn bản " + reference(r) + " của " + about
	case about == "":
		return "văn bản " + reference(r)
	}
	return "văn bản " + reference(r) + ", " + about
}

// progress is the first part: how many polls and agencies there are, and how
// far each group of posts has come.
func (g *gatherer) progress() {
	g.head("1. Tình hình thực hiện")
	g.sayf("– Phải gửi kết quả: %d cơ quan, đơn vị, %d cuộc lấy phiếu.", g.Agencies, g.Sent+g.Counts.Missing)
	g.sayf("– Đã gửi và được kiểm tra: %d cuộc; trong đó %d cơ quan, đơn vị đã gửi đủ, %d cơ quan, đơn vị gửi một phần.", g.Sent, g.SentAll, g.SentSome)
	g.sayf("– Chưa có kết quả được kiểm tra: %d cuộc; trong đó %d cơ quan, đơn vị chưa gửi cuộc nào.", g.Counts.Missing, g.SentNone)
	g.sayf("– Chậm so với thời hạn: %d cuộc của %d cơ quan, đơn vị.", g.Counts.Late, g.LateAgencies)
	if g.Counts.Excused > 0 {
		g.sayf("– Không phải gửi: %d cuộc.", g.Counts.Excused)
	}
	g.add(g.groups())
	g.sayf("Chỉ những kết quả mà %s đã kiểm tra lại toàn bộ từ hòm phiếu điện tử (kho phiếu, bằng chứng giải mã, văn bản đã ký, nhật ký công khai) được tổng hợp. "+
		"Kết quả được tính theo %s.", g.office(), g.Rules.Name.Vi)
	g.withheld()
}

// withheld says which numbers are left out, and why.
func (g *gatherer) withheld() {
	switch {
	case g.Suppressed == 0 && !g.Public:
		return
	case g.Suppressed == 0:
		g.say("Đây là bản để công bố; không có số liệu nào phải để trống.")
		return
	}
	g.sayf("Đây là bản để công bố. Để không ai biết người khác ghi phiếu thế nào, số liệu được thay bằng dấu “–” đối với %d cuộc lấy phiếu có dưới %d phiếu thu về.",
		g.Suppressed, g.MinGroup)
}

// groups is the table of the groups of posts.
func (g *gatherer) groups() Table {
	t := Table{
		Columns: []Column{{0.06, Center}, {0.44, Left}, {0.23, Left}, {0.09, Right}, {0.09, Right}, {0.09, Right}},
		Head:    [][]Cell{{{"STT", 1, 1}, {"Nhóm chức danh", 1, 1}, {"Thời hạn lấy phiếu", 1, 1}, {"Phải gửi", 1, 1}, {"Đã kiểm tra", 1, 1}, {"Chưa có", 1, 1}}},
	}
	sent, missing := map[string]int{}, map[string]int{}
	for _, p := range g.polls() {
		sent[p.Posts.ID]++
	}
	for _, s := range g.Consolidation.Missing {
		missing[s.Group.ID]++
	}
	for i, group := range g.Round.Groups {
		n, m := sent[group.ID], missing[group.ID]
		t.Rows = append(t.Rows, Row{Cells: []string{
			fmt.Sprint(i + 1), line(group.Name), or(group.Finish.Words().Vi, "–"), fmt.Sprint(n + m), fmt.Sprint(n), fmt.Sprint(m),
		}})
	}
	return t
}

// polls are those that count, in their order.
func (g *gatherer) polls() (all []*round.PollResult) {
	for i := range g.Sections {
		for j := range g.Sections[i].Agencies {
			a := &g.Sections[i].Agencies[j]
			for k := range a.Polls {
				all = append(all, &a.Polls[k])
			}
		}
	}
	return all
}

// sources is the last part: where each number comes from, and which signature is
// one.
func (g *gatherer) sources() {
	g.head("7. Nguồn của số liệu")
	g.add(Paragraph{Runs: []Run{{Text: "Mỗi số liệu lấy từ một gói kết quả đã được kiểm tra. Tệp consolidated.json, gắn trong bản PDF của báo cáo này và có mã SHA-256 ở chân mỗi trang, " +
		"ghi cho từng cuộc lấy phiếu mã của gói, sự kiện cuối của kho phiếu và mục trong nhật ký công khai."}}, Keep: true})
	g.add(Paragraph{Runs: []Run{{Text: sealOnly, Italic: true}}, Keep: true})
}

// sealOnly tells the signature of the head from the server's seal.
const sealOnly = "Chữ ký dưới đây, ký tay hoặc bằng chữ ký số, là chữ ký trên văn bản. Dấu niêm phong điện tử của máy chủ, nếu có, chỉ cho biết tệp không bị sửa đổi " +
	"từ khi lập và không thay cho chữ ký."
