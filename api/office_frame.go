package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally"
)

// pollView is a ballot box of the meeting: of the rehearsal, or of a paper.
type pollView struct {
	UUID        ballot.UUID
	Title       string
	Rehearsal   bool
	Sealed      bool // there is a box
	Status      box.Status
	State       stateWords
	Fingerprint string
	Head        string // as the room may see it
	SignedBy    []int
	Signed      bool  // the closing file is complete, and beside the archive
	Contributed []int // members whose contribution holds
}

// readPolls reads the boxes of a meeting: the rehearsal's, if there is one, then
// those of the papers.
func (s *server) readPolls(ctx context.Context, m *meeting.Meeting) ([]pollView, error) {
	var list []pollView
	var records []meeting.Poll
	if r := m.Rehearsal; r != nil {
		list = append(list, pollView{UUID: r.UUID, Title: "Tập dượt", Rehearsal: true})
		records = append(records, r.Poll)
	}
	for _, paper := range m.Papers {
		list = append(list, pollView{UUID: paper.UUID, Title: cmp.Or(paper.Title, m.Plan.Title)})
	}
	records = append(records, m.Polls...)
	for i := range list {
		var record meeting.Poll
		if i < len(records) {
			record = records[i]
		}
		if err := s.readPoll(ctx, &list[i], record); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// readPoll adds what the box says, if there is one, and what the board has done
// with it.
func (s *server) readPoll(ctx context.Context, p *pollView, record meeting.Poll) error {
	b, err := s.Store.Box(ctx, p.UUID)
	if errors.Is(err, box.ErrNoBox) {
		return nil
	}
	if err != nil {
		return err
	}
	if p.Status, err = b.Status(ctx); err != nil {
		return err
	}
	p.Sealed, p.State = true, words(p.Status.State)
	p.Fingerprint, p.Head = b.Election().Fingerprint().Digits(), publicHead(p.Status)
	p.Contributed = slices.Sorted(maps.Keys(record.Contributions))
	// What stands beside the archive counts, also if a step was broken off after
	// it got there.
	text, err := b.Attached(ctx, box.Closing)
	switch {
	case err == nil:
		p.Signed = true
	case errors.Is(err, box.ErrNotFound):
		text = []byte(record.Closing)
	default:
		return err
	}
	if len(text) == 0 {
		return nil
	}
	closing, err := tally.ParseClosing(text)
	if err != nil {
		return err
	}
	for _, signature := range closing.Signatures {
		p.SignedBy = append(p.SignedBy, signature.Owner)
	}
	return nil
}

// paperPolls are the polls without the rehearsal.
func (v *visit) paperPolls() []pollView {
	return slices.DeleteFunc(slices.Clone(v.polls), func(p pollView) bool { return p.Rehearsal })
}

// cast is how many voters have cast: where a slip serves several papers, the
// smallest number.
func (v *visit) cast() int {
	n := 0
	for i, p := range v.paperPolls() {
		if i == 0 || p.Status.Accepted < n {
			n = p.Status.Accepted
		}
	}
	return n
}

// A railStep is a step of the meeting in the rail, with its pages.
type railStep struct {
	meeting.Step
	Class string // is-done, is-now, is-blocked, is-later
	Mark  string // the sign that says the same, and Word in words
	Word  meeting.Text
	Path  string // of its main page
	Here  bool   // the page belongs to it
	Pages []railPage
}

// railPage is a link to a page.
type railPage struct {
	Path string
	Name meeting.Text
	Here bool
}

// railPages are the pages of each step, the main one first.
var railPages = map[string][]string{
	"plan": {"plan", "preparation"}, "people": {"people", "documents"}, "board": {"board", "seats"}, "attendance": {"attendance"},
	"keys": {"keys"}, "slips": {"drawup", "slips"}, "rehearsal": {"rehearsal"}, "seal": {"seal"}, "meeting": {"opening", "attendance"},
	"voting": {"voting", "desk"}, "closing": {"closing"}, "tally": {"tally"},
	"papers": {"papers"}, "signed": {"papers"}, "result": {"result", "papers", "groups"}, "sent": {"round"},
}

// stepClasses are how the rail draws a step, and the word that says the same.
var stepClasses = map[meeting.StepState]struct {
	class, mark string
	word        meeting.Text
}{
	meeting.StepDone:    {"is-done", "✓", meeting.Text{Vi: "Xong", En: "Done"}},
	meeting.StepNow:     {"is-now", "▸", meeting.Text{Vi: "Cần làm", En: "To do"}},
	meeting.StepBlocked: {"is-blocked", "⊘", meeting.Text{Vi: "Còn vướng", En: "Blocked"}},
	meeting.StepLater:   {"is-later", "○", meeting.Text{Vi: "Chưa đến", En: "Later"}},
}

// rail is the meeting's steps, each with its state and why it is not done. A
// page that two steps share is shown in the one that is not done.
func (v *visit) rail(page string) []railStep {
	steps := meeting.Rail(v.m, v.statuses)
	rail := make([]railStep, len(steps))
	here := -1
	for i, s := range steps {
		look, pages := stepClasses[s.State], railPages[s.ID]
		rail[i] = railStep{Step: s, Class: look.class, Mark: look.mark, Word: look.word, Path: v.base + "/" + pages[0]}
		rail[i].Why.Vi, rail[i].Why.En = sentence(s.Why.Vi), sentence(s.Why.En)
		if slices.Contains(pages, page) && (here < 0 || steps[here].State == meeting.StepDone && s.State != meeting.StepLater) {
			here = i
		}
		for _, id := range pages {
			if v.sees(pageByID(id)) {
				rail[i].Pages = append(rail[i].Pages, v.link(id, page))
			}
		}
	}
	if here >= 0 {
		rail[here].Here = true
	}
	return rail
}

func (v *visit) link(id, page string) railPage {
	return railPage{v.base + "/" + id, pageByID(id).title, id == page}
}

// More are the pages below the rail that belong to no step.
func (d *officeView) More() []railPage {
	more := []railPage{d.link("preparation", d.Page), d.link("seats", d.Page), d.link("round", d.Page), d.link("abandon", d.Page), d.link("log", d.Page)}
	log := railPage{Path: d.base + "/audit", Name: meeting.Text{Vi: "Nhật ký cuộc họp", En: "Log of the meeting"}}
	if d.actor.Meeting == "" {
		log.Path = "/staff/audit?meeting=" + string(d.m.UUID)
	}
	more = append(more, log)
	return more
}

// A wait is somebody for whom the meeting waits, and what for.
type wait struct {
	Who  meeting.Text
	What meeting.Text
	Page string
}

// waiting is who has to do something now, so that the others can go on.
func (v *visit) waiting() []wait {
	m := v.m
	switch m.State {
	case meeting.Draft:
		return v.waitingForDraft()
	case meeting.Keys:
		return v.waitingForKeys()
	case meeting.Slips:
		return v.waitingForRehearsal()
	case meeting.Rehearsed:
		return []wait{{v.chairText(), meeting.Text{Vi: "niêm phong", En: "seals"}, "seal"}}
	case meeting.Sealed:
		return v.waitingForOpening()
	case meeting.Open:
		return v.waitingForClose()
	case meeting.Closed:
		return v.waitingForCount()
	case meeting.Tallied, meeting.Signed:
		return v.waitingForPapers()
	}
	return nil
}

var (
	secretaryText = meeting.Text{Vi: "Thư ký", En: "Secretary"}
	boardText     = meeting.Text{Vi: "Ban kiểm phiếu", En: "Counting board"}
)

func (v *visit) chairText() meeting.Text {
	if v.m.Plan.Chair == "" {
		return meeting.Text{Vi: "Chủ trì", En: "Chair"}
	}
	return meeting.Text{Vi: v.m.Plan.Chair + " (chủ trì)", En: v.m.Plan.Chair + " (chair)"}
}

// memberText names a member of the board by place.
func (v *visit) memberText(index int) meeting.Text {
	if index < 1 || index > len(v.m.Board) {
		return boardText
	}
	b := v.m.Board[index-1]
	office := officeText(b.Office)
	return meeting.Text{Vi: b.Name + " (" + strings.ToLower(office.Vi) + ")", En: b.Name + " (" + strings.ToLower(office.En) + ")"}
}

func officeText(o meeting.BoardOffice) meeting.Text {
	switch o {
	case meeting.Head:
		return meeting.Text{Vi: "Trưởng ban", En: "Head"}
	case meeting.BoardSecretary:
		return meeting.Text{Vi: "Thư ký ban", En: "Secretary of the board"}
	}
	return meeting.Text{Vi: "Ủy viên", En: "Member"}
}

// waitingForDraft is what the secretary still has to write down, or else that
// the keys can be begun.
func (v *visit) waitingForDraft() []wait {
	var list []wait
	for _, s := range meeting.Rail(v.m, v.statuses) {
		if s.State == meeting.StepNow || s.State == meeting.StepBlocked {
			list = append(list, wait{secretaryText, meeting.Text{Vi: s.Why.Vi, En: s.Why.En}, railPages[s.ID][0]})
		}
	}
	return list
}

func (v *visit) waitingForKeys() []wait {
	switch v.m.Ceremony.State {
	case meeting.CeremonyDone:
		return []wait{{secretaryText, meeting.Text{Vi: "lập phiếu", En: "draws up the papers"}, "drawup"}}
	case meeting.CeremonyFailed:
		return []wait{{secretaryText, meeting.Text{Vi: "cho tạo khóa lại từ đầu", En: "starts the keys again"}, "keys"}}
	}
	progress := v.ceremonyProgress()
	least := ceremonySteps
	for _, p := range progress {
		least = min(least, p.Done)
	}
	var list []wait
	for _, p := range progress {
		if p.Done == least {
			list = append(list, wait{v.memberText(p.Index), meeting.Text{Vi: fmt.Sprintf("tạo khóa, bước %d/%d", least+1, ceremonySteps), En: fmt.Sprintf("keys, step %d of %d", least+1, ceremonySteps)}, "keys"})
		}
	}
	return list
}

// ceremonySteps is how many messages a member sends: docs/PROTOCOL.md, the
// ceremony.
const ceremonySteps = 6

// memberProgress is how far a member is in the ceremony.
type memberProgress struct {
	Index int
	Name  string
	Done  int // messages sent
	Of    int
}

// ceremonyProgress counts each member's messages in the transcript.
func (v *visit) ceremonyProgress() []memberProgress {
	var transcript struct {
		Messages []struct {
			Index int `json:"index"`
		} `json:"messages"`
	}
	if v.m.Ceremony.Transcript != "" && json.Unmarshal([]byte(v.m.Ceremony.Transcript), &transcript) != nil {
		return nil
	}
	list := make([]memberProgress, len(v.m.Board))
	for i, b := range v.m.Board {
		list[i] = memberProgress{Index: i + 1, Name: b.Name, Of: ceremonySteps}
	}
	for _, message := range transcript.Messages {
		if i := message.Index; i >= 1 && i <= len(list) {
			list[i-1].Done++
		}
	}
	for i := range list {
		list[i].Done = min(list[i].Done, ceremonySteps)
	}
	return list
}

func (v *visit) waitingForRehearsal() []wait {
	m := v.m
	switch {
	case m.Slips.Printed < max(m.Attendance.Summoned, 1):
		return []wait{{boardText, meeting.Text{Vi: fmt.Sprintf("làm %d tờ phiếu và nộp phần công khai", m.SlipsWanted()), En: fmt.Sprintf("makes %d slips and hands in their public half", m.SlipsWanted())}, "slips"}}
	case m.Rehearsal == nil:
		return []wait{{secretaryText, meeting.Text{Vi: "bắt đầu tập dượt", En: "starts the rehearsal"}, "rehearsal"}}
	}
	return v.waitingForMembers(v.polls[:1], "rehearsal")
}

func (v *visit) waitingForOpening() []wait {
	for _, c := range v.openingChecks() {
		if c.Good {
			continue
		}
		who := meeting.Text{Vi: "Thư ký hoặc chủ trì", En: "Secretary or chair"}
		if c.Page == "desk" {
			who = boardText
		}
		return []wait{{who, meeting.Text{Vi: c.Why.Vi, En: c.Why.En}, c.Page}}
	}
	return []wait{{v.chairText(), meeting.Text{Vi: "mở bỏ phiếu", En: "opens the poll"}, "opening"}}
}

func (v *visit) waitingForClose() []wait {
	list := []wait{{
		meeting.Text{Vi: "Người bỏ phiếu", En: "Voters"},
		meeting.Text{Vi: fmt.Sprintf("đã bỏ %d phiếu", v.cast()), En: fmt.Sprintf("have cast %d", v.cast())}, "voting",
	}}
	if n := len(v.m.CloseBy); n > 0 {
		list = append(list, wait{boardText, meeting.Text{Vi: fmt.Sprintf("%d/%d người đã bấm đóng; chờ một thành viên khác", n, tally.Signers), En: "waits for a second member to close"}, "voting"})
	}
	return list
}

// waitingForCount is who has to do something between closing and the result.
func (v *visit) waitingForCount() []wait {
	lines, err := v.office.Ledger(v.c.Request.Context(), v.m)
	if err != nil {
		return nil
	}
	for _, l := range lines {
		if !l.Known || !l.Good {
			return []wait{{boardText, meeting.Text{Vi: "đối chiếu số phiếu", En: "reconciles the slips"}, "closing"}}
		}
	}
	return v.waitingForMembers(v.paperPolls(), "")
}

// waitingForPapers is who has to make the papers, sign them and release the
// result, the last of which waits for nothing.
func (v *visit) waitingForPapers() (list []wait) {
	either := meeting.Text{Vi: "Chủ trì hoặc Ban kiểm phiếu", En: "Chair or counting board"}
	switch {
	case v.m.State == meeting.Signed:
	case len(v.m.Records) == 0:
		list = append(list, wait{either, meeting.Text{Vi: "lập biên bản và báo cáo", En: "makes minutes and report"}, "papers"})
	default:
		both := meeting.Text{Vi: "Ban kiểm phiếu và chủ trì", En: "Counting board and chair"}
		list = append(list, wait{both, meeting.Text{Vi: "ký biên bản", En: "sign the minutes"}, "papers"})
	}
	if !v.published() {
		list = append(list, wait{v.chairText(), meeting.Text{Vi: "công bố kết quả", En: "releases the result"}, "papers"})
	}
	return append(list, v.waitingForSending()...)
}

// waitingForMembers is which members have to sign or contribute to these polls.
func (v *visit) waitingForMembers(polls []pollView, page string) []wait {
	var list []wait
	for _, p := range polls {
		if !p.Signed {
			n := max(0, tally.Signers-len(p.SignedBy))
			return []wait{{boardText, meeting.Text{Vi: fmt.Sprintf("còn thiếu %d chữ ký đóng hòm phiếu", n), En: fmt.Sprintf("%d signatures of the closing file are missing", n)}, cmp.Or(page, "tally")}}
		}
	}
	tasks, done := v.memberTasks(polls), 0
	for _, t := range tasks {
		if t.Contributed {
			done++
		}
	}
	if done >= v.m.Ceremony.Threshold {
		return nil
	}
	for _, t := range tasks {
		if !t.Contributed && !v.m.Board[t.Index-1].Replaced {
			list = append(list, wait{v.memberText(t.Index), meeting.Text{Vi: "mở khóa kiểm phiếu", En: "contributes to the count"}, cmp.Or(page, "tally")})
		}
	}
	return list
}
