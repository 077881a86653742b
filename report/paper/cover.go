package paper

import (
	"fmt"
	"strings"

	"github.com/homphieu/homphieu/meeting/round"
)

// NewCover composes the letter (công văn) with which the consolidated report
// goes up, in the layout of the letters that order such rounds: the subject
// under the number, to whom it goes, numbered points. The last argument is the
// SHA-256 of consolidated.json.
func NewCover(c *round.Consolidation, style Style, hash [32]byte) *Document {
	g := newGatherer(c, style, hash)
	to := or(c.Round.Superior, longBlank)
	g.sayf("Thực hiện %s, %s đã tổng hợp kết quả %s, tính đến %s, và kính gửi %s Báo cáo tổng hợp kèm theo. Một số nội dung chính như sau:",
		g.basis(), g.office(), lowerFirst(or(c.Round.Title, longBlank)), g.asOf(), to)
	g.sayf("1. Trong %d cơ quan, đơn vị phải gửi kết quả của %d cuộc lấy phiếu, %d cơ quan, đơn vị đã gửi đủ%s; kết quả của %d cuộc đã được kiểm tra và tổng hợp.",
		g.Agencies, g.Sent+g.Counts.Missing, g.SentAll, some(g.SentSome), g.Sent)
	g.sayf("2. %s", g.named(g.Consolidation.Late, g.LateAgencies, "chậm so với thời hạn", "không có cơ quan, đơn vị nào chậm so với thời hạn"))
	g.sayf("3. %s", g.named(g.Consolidation.Missing, g.SentSome+g.SentNone, "còn kết quả chưa gửi hoặc chưa đạt kiểm tra", "không còn kết quả nào chưa gửi"))
	g.sayf("4. %s; %s.", upperFirst(g.people(len(c.Exempt), "không lấy phiếu đối với %d %s, lý do ghi trong Báo cáo", "không có người nào thuộc diện không lấy phiếu")),
		g.people(len(c.Twice), "%d %s được lấy phiếu ở hai nơi, kết quả từng nơi để cạnh nhau, không cộng với nhau", "không có người nào được lấy phiếu ở hai nơi"))
	g.withheld()
	g.add(Paragraph{Runs: []Run{{Text: fmt.Sprintf("%s kính báo cáo %s xem xét, cho ý kiến./.", g.office(), to)}}, Keep: true})
	d := g.document(Cover, "Công văn gửi báo cáo tổng hợp kết quả lấy phiếu tín nhiệm", "CV")
	d.Header.About = "V/v báo cáo tổng hợp kết quả lấy phiếu tín nhiệm"
	d.Header.To = []string{to}
	d.Recipients = g.recipients("Như trên")
	return d
}

// people says something of so many, or of nobody.
func (g *gatherer) people(n int, some, nobody string) string {
	if n == 0 {
		return nobody
	}
	return fmt.Sprintf(some, n, g.votedOn)
}

// some says how many agencies have sent a part.
func some(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d cơ quan, đơn vị gửi một phần", n)
}

// mostNamed is how many agencies a letter names; the report names all.
const mostNamed = 12

// named says of how many agencies something is so, and which.
func (g *gatherer) named(all []round.Standing, agencies int, what, nobody string) string {
	var names []string
	seen := map[string]bool{}
	for i := range all {
		a := &all[i].Agency
		if !seen[a.ID] {
			seen[a.ID] = true
			names = append(names, or(a.Name, a.ID))
		}
	}
	if len(names) == 0 {
		return upperFirst(nobody) + "."
	}
	text := fmt.Sprintf("Có %d cơ quan, đơn vị %s: ", agencies, what)
	if more := len(names) - mostNamed; more > 0 {
		return text + strings.Join(names[:mostNamed], "; ") + fmt.Sprintf("; và %d cơ quan, đơn vị khác có tên trong Báo cáo.", more)
	}
	return text + strings.Join(names, "; ") + "."
}
