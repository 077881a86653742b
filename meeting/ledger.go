package meeting

import (
	"context"
	"errors"
	"fmt"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
)

// A Line is one identity that the counts of slips must meet before anything is
// decrypted, with both its sides.
type Line struct {
	ID          string
	Text        Text
	Left, Right int
	Good        bool // meaningful when Known
	Known       bool // all numbers are there
}

// Statuses returns how far the boxes of the papers and of the rehearsal have
// come. A poll without a box is left out.
func (o *Office) Statuses(ctx context.Context, m *Meeting) (map[ballot.UUID]box.Status, error) {
	all := map[ballot.UUID]box.Status{}
	polls := []ballot.UUID{}
	for _, p := range m.Papers {
		polls = append(polls, p.UUID)
	}
	if m.Rehearsal != nil {
		polls = append(polls, m.Rehearsal.UUID)
	}
	for _, u := range polls {
		b, err := o.Boxes.Box(ctx, u)
		if errors.Is(err, box.ErrNoBox) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if all[u], err = b.Status(ctx); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Ledger returns the identities, first those of the meeting and then those of
// each paper. The numbers are as of now; they are known when two members have
// counted the same.
func (o *Office) Ledger(ctx context.Context, m *Meeting) ([]Line, error) {
	issued, known := m.Slips.agreed()
	known = known && m.HasBoxes()
	lines := []Line{m.Slips.countersLine()}
	printed := Line{
		ID: "printed", Text: Text{"Đã in = đã phát + đổi hỏng + chưa phát", "Printed = issued + exchanged + not issued"},
		Left: m.Slips.Printed, Right: issued + len(m.Slips.Exchanged) + len(m.Slips.Unissued), Known: known,
	}
	printed.Good = printed.Left == printed.Right
	present := Line{
		ID: "present", Text: Text{"Đã phát không quá số người có mặt", "Issued, at most: people present"},
		Left: issued, Right: m.Attendance.Present, Known: known,
	}
	present.Good = present.Left <= present.Right
	lines = append(lines, printed, present)
	if !m.HasBoxes() {
		return lines, nil
	}
	for i, p := range m.Papers {
		b, err := o.Boxes.Box(ctx, p.UUID)
		if err != nil {
			return nil, err
		}
		of, err := m.paperLines(ctx, i, b, issued, known)
		if err != nil {
			return nil, err
		}
		lines = append(lines, of...)
	}
	persons, err := o.personLines(ctx, m)
	return append(lines, persons...), err
}

// personLines are the identities of each person, once the papers are counted:
// what was collected was marked, or left blank and so invalid. They tell no
// more of the result than that it adds up.
func (o *Office) personLines(ctx context.Context, m *Meeting) (lines []Line, err error) {
	if !m.reached(Tallied) {
		return nil, nil
	}
	for i, p := range m.Papers {
		b, err := o.Boxes.Box(ctx, p.UUID)
		if err != nil {
			return nil, err
		}
		status, err := b.Status(ctx)
		if err != nil {
			return nil, err
		}
		result, err := readResult(ctx, b)
		if err != nil {
			return nil, err
		}
		for j, person := range m.OnPaper(i) {
			l := Line{ID: fmt.Sprintf("person-%d-%d", i+1, j+1), Known: true, Left: status.Accepted, Text: Text{
				person.Name + ": thu về = cao + tín nhiệm + thấp + không hợp lệ", person.Name + ": collected = high + confidence + low + invalid",
			}}
			for _, n := range result[j] {
				l.Right += n
			}
			l.Good = l.Left == l.Right
			lines = append(lines, l)
		}
	}
	return lines, nil
}

// countersLine compares the counts of two members: those that agree, or else
// the last two.
func (b *SlipBook) countersLine() Line {
	l := Line{ID: "counters", Text: Text{"Hai thành viên đếm số đã phát như nhau", "Two members counted the same number of slips issued"}}
	n := len(b.Issued)
	if l.Known = n >= closers; l.Known {
		l.Left, l.Right = b.Issued[n-2].Count, b.Issued[n-1].Count
	}
	if count, agreed := b.agreed(); agreed {
		l.Left, l.Right, l.Good = count, count, true
	}
	return l
}

// paperLines are the identities of one paper: what was issued was cast, given
// back, or kept, and no more is voided than came back.
func (m *Meeting) paperLines(ctx context.Context, i int, b box.Box, issued int, known bool) ([]Line, error) {
	status, err := b.Status(ctx)
	if err != nil {
		return nil, err
	}
	voided, err := b.Voided(ctx)
	if err != nil {
		return nil, err
	}
	u, label := m.Papers[i].UUID, Text{}
	if len(m.Papers) > 1 {
		l := m.Papers[i].label(i)
		label = Text{l.Vi + ": ", l.En + ": "}
	}
	returned := m.Slips.returnedIn(u)
	kept := issued - status.Accepted - returned
	issue := Line{
		ID: fmt.Sprintf("issued-%d", i+1), Known: known, Left: issued, Right: status.Accepted + returned + max(0, kept),
		Text: Text{label.Vi + "Đã phát = đã bỏ + trả lại + không trả", label.En + "Issued = cast + returned + not returned"},
	}
	issue.Good = issue.Left == issue.Right
	rest := Line{
		ID: fmt.Sprintf("kept-%d", i+1), Known: known, Left: kept, Right: 0, Good: kept >= 0,
		Text: Text{label.Vi + "Số không trả, ít nhất là 0", label.En + "Not returned, at least: 0"},
	}
	void := Line{
		ID: fmt.Sprintf("voided-%d", i+1), Known: true, Left: len(voided), Right: m.Slips.countedIn(u),
		Text: Text{label.Vi + "Đã hủy không quá đổi hỏng + trả lại + chưa phát", label.En + "Voided, at most: exchanged + returned + not issued"},
	}
	void.Good = void.Left <= void.Right
	return []Line{issue, rest, void}, nil
}
