package data

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"time"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// The sheets of consolidated.xlsx, beside [ResultsSheet] and [SourcesSheet].
const (
	StandingsSheet = "Chậm và thiếu"
	ExemptSheet    = "Không lấy phiếu"
	PlacesSheet    = "Lấy phiếu ở hai nơi"
)

// left stands for a number that is left out.
const left = "–"

// WriteConsolidatedXLSX writes a workbook for people: everybody's results, the
// polls that are late, missing or excused, people on no ballot, people in two
// places, and where each poll's numbers come from. Types are as in [WriteXLSX].
// There are no levels in it; a number that is left out of the consolidation is a
// dash.
func WriteConsolidatedXLSX(w io.Writer, c *round.Consolidation, program string) error {
	b, err := newBook(properties{
		title: c.Round.Title, subject: "Tổng hợp kết quả lấy phiếu tín nhiệm", id: string(c.Round.UUID), made: c.AsOf.UTC().Truncate(time.Second),
	})
	if err != nil {
		return err
	}
	b.everybody(c)
	b.standings(c)
	b.exemptAt(c)
	b.places(c)
	b.roundSources(c, program)
	return b.write(w)
}

// eachPoll calls f for each poll that counts, in order.
func eachPoll(c *round.Consolidation, f func(kind string, a round.Agency, p *round.PollResult)) {
	for _, s := range c.Sections {
		for i := range s.Agencies {
			a := &s.Agencies[i]
			for j := range a.Polls {
				f(s.Kind, a.Agency, &a.Polls[j])
			}
		}
	}
}

// everybody is a row for each person in each poll, whose columns stand in the
// order of those of the report.
func (b *book) everybody(c *round.Consolidation) {
	b.begin(ResultsSheet, true, []float64{7, 22, 24, 20, 14, 24, 26, 22, 12, 9, 8, 8, 8, 8, 9, 10, 10, 10, 10, 10, 10, 12},
		"STT", "Loại cơ quan", "Cơ quan, đơn vị", "Nhóm chức danh", "Khối", "Họ và tên", "Chức vụ, chức danh", "Nơi khác được lấy phiếu", "Ngày lấy phiếu",
		"Triệu tập", "Có mặt", "Phát ra", "Thu về", "Hợp lệ", "Không hợp lệ",
		"Tín nhiệm cao: số phiếu", "Tín nhiệm cao: tỷ lệ", "Tín nhiệm: số phiếu", "Tín nhiệm: tỷ lệ", "Tín nhiệm thấp: số phiếu", "Tín nhiệm thấp: tỷ lệ", "Ghi chú")
	eachPoll(c, func(kind string, a round.Agency, p *round.PollResult) {
		for i := range p.Rows {
			r := &p.Rows[i]
			row := []any{r.Number, kind, a.Name, p.Posts.Name, r.Block, r.Name, r.Post, strings.Join(r.Elsewhere, "; "), day(p.Voted)}
			row = append(row, counted(p.Hidden, p.Summoned, p.Present, p.Issued, p.Collected)...)
			out := p.Hidden || r.Hidden
			row = append(append(row, counted(out, r.Valid(), r.Invalid)...), shares(out, &r.PersonOutcome)...)
			var notes []string
			if out {
				notes = append(notes, "Không công bố")
			}
			for _, e := range p.Early {
				notes = append(notes, e.Words().Vi)
			}
			b.line(text, append(row, strings.Join(notes, "; "))...)
		}
	})
}

// counted are numbers as cells, or dashes.
func counted(out bool, all ...int) (cells []any) {
	for _, n := range all {
		if out {
			cells = append(cells, share(left)) // at the right, where numbers stand
		} else {
			cells = append(cells, n)
		}
	}
	return cells
}

// shares are the three levels as cells: ballots and percent.
func shares(out bool, p *meeting.PersonOutcome) (cells []any) {
	for _, s := range []meeting.Share{p.High, p.Confidence, p.Low} {
		percent := share(s.Percent)
		if out {
			percent = left
		}
		cells = append(append(cells, counted(out, s.Votes)...), percent)
	}
	return cells
}

// standings is a row for each limit that was missed, for each poll that was held
// before those that come first, for each that is missing, and for each that is excused.
func (b *book) standings(c *round.Consolidation) {
	b.begin(StandingsSheet, true, []float64{16, 34, 34, 30, 48, 14, 16}, "Tình trạng", "Loại cơ quan", "Cơ quan, đơn vị", "Nhóm chức danh", "Quy định hoặc lý do", "Ngày cuối", "Ngày thực hiện")
	for i := range c.Late {
		s := &c.Late[i]
		for _, m := range s.Rules {
			if m.Late {
				b.line(text, "Chậm", s.Agency.Kind, s.Agency.Name, s.Group.Name, m.Rule.Vi, day(m.Due), day(m.Done))
			}
		}
	}
	eachPoll(c, func(kind string, a round.Agency, p *round.PollResult) {
		for _, e := range p.Early {
			b.line(text, "Trước thứ tự", kind, a.Name, p.Posts.Name, e.Words().Vi, day(e.Over), day(p.Voted))
		}
	})
	for i := range c.Missing {
		s := &c.Missing[i]
		b.line(text, "Chưa có kết quả", s.Agency.Kind, s.Agency.Name, s.Group.Name, whyOf(s), "", "")
	}
	for i := range c.Excused {
		s := &c.Excused[i]
		b.line(text, "Không phải gửi", s.Agency.Kind, s.Agency.Name, s.Group.Name, whyOf(s), "", "")
	}
}

func (b *book) exemptAt(c *round.Consolidation) {
	b.begin(ExemptSheet, true, []float64{7, 30, 34, 36, 48}, "STT", "Họ và tên", "Chức vụ, chức danh", "Cơ quan, đơn vị", "Lý do")
	for i, e := range c.Exempt {
		b.line(text, i+1, e.Person.Name, e.Person.Post, e.Agency.Name, e.Reason.Vi)
	}
}

// places is a row for each place of each person who is voted on in several.
func (b *book) places(c *round.Consolidation) {
	b.begin(PlacesSheet, true, []float64{7, 28, 8, 34, 34, 13, 10, 11, 11, 11, 11, 11, 11, 11},
		"STT", "Họ và tên", "Nơi", "Cơ quan, đơn vị", "Chức vụ, chức danh", "Ngày lấy phiếu", "Thu về",
		"Tín nhiệm cao: số phiếu", "Tín nhiệm cao: tỷ lệ", "Tín nhiệm: số phiếu", "Tín nhiệm: tỷ lệ", "Tín nhiệm thấp: số phiếu", "Tín nhiệm thấp: tỷ lệ", "Không hợp lệ")
	for i, t := range c.Twice {
		for j := range t.At {
			p := &t.At[j]
			row := append([]any{i + 1, t.Name, j + 1, p.Agency.Name, p.Post, day(p.Poll.Voted)}, counted(p.Hidden, p.Poll.Collected)...)
			b.line(text, append(append(row, shares(p.Hidden, &p.Result)...), counted(p.Hidden, p.Result.Invalid)...)...)
		}
	}
}

// roundSources says where each poll's numbers come from, and of what the
// workbook is.
func (b *book) roundSources(c *round.Consolidation, program string) {
	b.begin(SourcesSheet, true, []float64{34, 30, 26, 68, 68, 34, 10}, "Cơ quan, đơn vị", "Nhóm chức danh", "Mã cuộc bỏ phiếu (uuid)",
		"Mã gói kết quả (SHA-256)", "Sự kiện cuối của kho phiếu (SHA-256)", "Nhật ký công khai", "Mục")
	eachPoll(c, func(_ string, a round.Agency, p *round.PollResult) {
		entry := any("")
		if p.Entry >= 0 {
			entry = int(p.Entry)
		}
		b.line(text, a.Name, p.Posts.Name, string(p.Election), p.Package, p.LastEvent, p.Origin, entry)
	})
	b.row++
	hash := sha256.Sum256(ConsolidatedJSON(c))
	for _, row := range [][2]string{
		{"Đợt", c.Round.Title}, {"Mã đợt (uuid)", string(c.Round.UUID)}, {"Tính đến (UTC)", c.AsOf.UTC().Format(time.DateTime)},
		{"Bộ quy tắc", c.Rules.Name.Vi}, {"SHA-256 của consolidated.json", hex.EncodeToString(hash[:])}, {"Chương trình", program},
	} {
		b.line(text, row[0], "", "", row[1])
	}
	if c.Public {
		b.line(strong, "Bản công khai")
	}
}
