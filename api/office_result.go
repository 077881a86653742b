package api

import (
	"errors"
	"slices"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally/archive"
)

// resultData is what the page of the result shows.
type resultData struct {
	Papers    []paperResult
	Published bool
	Release   *releaseView
	Hidden    bool     // counted, but not for this role before publication
	Unanimous []string // on whom all ballots are the same, for those who count and before publication
	Checking  bool     // the verifier was asked for
}

// paperResult is the outcome of one paper.
type paperResult struct {
	Title   string
	UUID    string
	Outcome *outcomeView
	Known   *meeting.Outcome // what officers know besides; nil on pages for everybody
	Verdict *archive.Report  // where it was asked for
}

func newPaperResult(title, uuid string, outcome *meeting.Outcome) paperResult {
	view := newOutcomeView(outcome)
	view.Title = title
	return paperResult{Title: title, UUID: uuid, Outcome: view}
}

func (v *visit) resultPage() (any, error) {
	d := resultData{Published: v.published(), Release: newReleaseView(v.m.Release)}
	_, d.Checking = v.c.Request.URL.Query()["check"]
	outcomes, err := v.outcomes()
	if errors.Is(err, meeting.ErrRole) {
		d.Hidden = true
		return d, nil
	}
	if err != nil {
		return nil, err
	}
	if !d.Published && v.m.Counts(v.actor) {
		d.Unanimous = unanimous(outcomes)
	}
	for i, p := range v.paperPolls() {
		if i >= len(outcomes) {
			break
		}
		r := newPaperResult(p.Title, string(p.UUID), outcomes[i])
		r.Known = outcomes[i]
		if d.Checking {
			if r.Verdict, err = v.verdict(p); err != nil {
				return nil, err
			}
		}
		d.Papers = append(d.Papers, r)
	}
	return d, nil
}

// outcomes are those of the ballot papers, in their order; none before they are
// counted.
func (v *visit) outcomes() (list []*meeting.Outcome, err error) {
	if !v.counted() {
		return nil, nil
	}
	for _, p := range v.paperPolls() {
		o, err := v.office.Outcome(v.c.Request.Context(), v.actor, v.m.UUID, p.UUID)
		if err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, nil
}

// counted reports whether every paper is.
func (v *visit) counted() bool { return v.m.State == meeting.Tallied || v.m.State == meeting.Signed }

// verdict is what the verifier says of a paper's archive, which does not change
// any more once it is counted.
func (v *visit) verdict(p pollView) (*archive.Report, error) {
	b, err := v.Store.Box(v.c.Request.Context(), p.UUID)
	if err != nil {
		return nil, err
	}
	return v.verdicts.of(v.c.Request.Context(), b)
}

// unanimous names those on whom all ballots say the same.
func unanimous(outcomes []*meeting.Outcome) (names []string) {
	for _, o := range outcomes {
		for i := range o.People {
			if p := &o.People[i]; p.Unanimous() {
				names = append(names, p.Label())
			}
		}
	}
	return names
}

// published reports whether the result of every paper is.
func (v *visit) published() bool {
	papers := v.paperPolls()
	return len(papers) > 0 && !slices.ContainsFunc(papers, func(p pollView) bool { return !p.Status.Published })
}

// A releaseView is to whom and when the result was released, as people read it.
type releaseView struct {
	To   meeting.Text
	When string
}

// newReleaseView returns nil for what is not released.
func newReleaseView(r *meeting.Release) *releaseView {
	if r == nil {
		return nil
	}
	for _, a := range audiences {
		if a.Value == r.Audience {
			return &releaseView{a.Name, clock(r.Time)}
		}
	}
	return nil
}

// An audienceView is an audience as the chair chooses it.
type audienceView struct {
	Value meeting.Audience
	Name  meeting.Text
	What  meeting.Text // what they get, unless the archive is for members only
}

// audiences are all there are, the smallest first.
var audiences = []audienceView{
	{
		meeting.AudienceMeeting, meeting.Text{Vi: "Người dự họp", En: "Who is in the room"},
		meeting.Text{
			Vi: "Bảng kết quả hiện trên màn hình chiếu và trên trang của cuộc bỏ phiếu; ai có địa chỉ trang, hay mở trang đầu của máy chủ này, đều xem được và tải được hồ sơ để tự kiểm tra. Không có báo cáo để tải về.",
			En: "The table appears on the projector and on the poll's page, for everybody who has its address or opens this server's first page, with the record to check. There is no report to download.",
		},
	},
	{
		meeting.AudienceAgency, meeting.Text{Vi: "Cơ quan, đơn vị", En: "The agency"},
		meeting.Text{
			Vi: "Như trên; thư ký gửi báo cáo trong cơ quan, đơn vị. Không có báo cáo để tải về.",
			En: "As above; the secretary passes the report on within the agency. There is no report to download.",
		},
	},
	{
		meeting.AudiencePublic, meeting.Text{Vi: "Công khai", En: "Everybody"},
		meeting.Text{
			Vi: "Như trên; ngoài ra ai cũng tải được báo cáo, các tệp số liệu và danh sách tệp có niêm phong từ trang của cuộc bỏ phiếu.",
			En: "As above; besides, everybody can download the report, the files with the numbers and the sealed list of files from the poll's page.",
		},
	},
}

// groupsData is what the page of threshold groups shows.
type groupsData struct {
	Rules  *meeting.RuleSet
	Papers []paperGroups
}

type paperGroups struct {
	Title       string
	Base        int
	PercentBase meeting.Base // what Base counts
	Rows        []groupRow
}

// groupRow is a person's group. It judges nobody: the words are the rule set's.
type groupRow struct {
	meeting.PersonOutcome
	Number int
	Group  meeting.Group
	Effect meeting.Text
}

func (v *visit) groupsPage() (any, error) {
	outcomes, err := v.outcomes()
	if err != nil {
		return nil, err
	}
	var d groupsData
	polls := v.paperPolls()
	for i, o := range outcomes {
		p := paperGroups{Title: polls[i].Title, Base: o.Base, PercentBase: o.PercentBase}
		for j, g := range o.Groups() {
			p.Rows = append(p.Rows, groupRow{o.People[j], j + 1, g, o.Rules.Effect(g)})
		}
		d.Rules, d.Papers = o.Rules, append(d.Papers, p)
	}
	return d, nil
}
