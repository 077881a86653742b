package parcel

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report/data"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
	"github.com/homphieu/homphieu/tally/ledger"
)

// A verification is one package on its way through all checks.
type verification struct {
	*Checker
	*parcel
	poll     ballot.UUID
	contents map[string][]byte // of all files, as they were signed for

	archive *archive.Report
	closing tally.Closing
	closed  ledger.Closed // what the log must say of it
	outcome *meeting.Outcome
	own     *x509.CertPool      // the authority of the agency's seal
	hashes  map[string][32]byte // of the papers as they were printed, before people signed
	papers  []round.SignedPaper
	log     *logged // nil without a log
}

// Verify implements [round.Checker]. An archive uses all processors; the rest,
// one. Memory is that of the files, unpacked, and 64 bytes a ballot.
func (c *Checker) Verify(ctx context.Context, file []byte) (*round.Poll, error) {
	p, err := open(file)
	if err != nil {
		return nil, err
	}
	if p.claim.Kind != round.KindResult {
		return nil, refuse("", nil, "gói này chỉ là thông báo, không có kết quả", "this package is a notice and has no result")
	}
	v := &verification{Checker: c, parcel: p, poll: p.claim.Poll, hashes: map[string][32]byte{}}
	for _, step := range []func() error{
		v.unpack, v.checkArchive, v.checkOutcome, v.checkRows, v.checkTrackers, v.checkPrinted, v.checkPapers, v.checkLog,
	} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := step(); err != nil {
			return nil, err
		}
	}
	return v.result(), nil
}

// unpack compares every file with its hash.
func (v *verification) unpack() error {
	v.contents = make(map[string][]byte, len(v.manifest.Files))
	for _, f := range v.manifest.Files {
		content, err := v.file(f)
		if err != nil {
			return err
		}
		v.contents[f.Name] = content
	}
	return nil
}

// checkArchive rechecks archive, strong proofs and closing file.
func (v *verification) checkArchive() error {
	bel, shares, closing := v.contents[archiveFile(v.poll)], v.contents[sharesFile(v.poll)], v.contents[closingFile(v.poll)]
	c, err := tally.ParseClosing(closing)
	if err != nil {
		return refuse(closingFile(v.poll), err, "tệp đóng hòm phiếu không đúng mẫu", "not a closing file")
	}
	v.closing = *c
	v.archive, err = archive.Verify(bytes.NewReader(bel), int64(len(bel)), archive.Options{Shares: shares, Closing: closing, Strict: true})
	if err != nil {
		return refuse(archiveFile(v.poll), err, "không phải tệp lưu trữ của cuộc bỏ phiếu", "not the archive of a poll")
	}
	switch reason := v.archive.Reason; {
	case v.archive.UUID != "" && v.archive.UUID != string(v.poll):
		return refuse(archiveFile(v.poll), nil, "là hòm phiếu của cuộc bỏ phiếu khác: "+harmless(v.archive.UUID), "it is the archive of another poll: "+harmless(v.archive.UUID))
	case errors.Is(reason, tally.ErrClosing):
		return refuse(closingFile(v.poll), reason, "tệp đóng hòm phiếu không khớp với hòm phiếu, hoặc chữ ký của Ban kiểm phiếu không đúng",
			"the closing file does not fit the archive, or the board's signatures do not hold")
	case reason != nil && strings.HasPrefix(reason.Error(), "shares"):
		return refuse(sharesFile(v.poll), reason, "chứng minh giải mã không đúng", "the proofs of decryption do not hold")
	case reason != nil:
		return refuse(archiveFile(v.poll), reason, "hòm phiếu không qua được phép kiểm tra", "the archive does not hold")
	case v.archive.State != archive.StateResult:
		return refuse(archiveFile(v.poll), nil, "hòm phiếu chưa có kết quả kiểm phiếu", "the archive ends before the result")
	}
	return nil
}

// checkOutcome makes the outcome anew and compares result.json with it.
func (v *verification) checkOutcome() error {
	text := v.contents[resultFile]
	facts, base, err := data.ParseResult(text)
	if err != nil {
		return refuse(resultFile, err, "không đúng mẫu", "not of the form")
	}
	rules, err := v.rules(&facts, base)
	if err != nil {
		return err
	}
	if err := v.checkBallot(&facts); err != nil {
		return err
	}
	if err := v.checkAttendance(&facts); err != nil {
		return err
	}
	facts.Slips, facts.Voided, facts.EndBallots = v.closing.Slips, len(v.closing.Voided), v.closing.EndBallots
	settings := box.Settings{RuleSet: rules.ID, Trial: facts.Trial}
	if base == meeting.BaseMembers {
		settings.Members = facts.Plan.Members
	}
	v.outcome, err = meeting.NewOutcome(v.archive.Election, settings, v.archive.Result, v.archive.Ballots, facts)
	if err != nil {
		return refuse(resultFile, err, "kết quả không cộng khớp", "the result does not add up")
	}
	if want := data.ResultJSON(v.outcome); !bytes.Equal(want, text) {
		line, has, should := firstDifference(text, want)
		return refuse(resultFile, nil,
			fmt.Sprintf("không đúng với hòm phiếu: dòng %d ghi “%s”, tính lại từ hòm phiếu là “%s”", line, has, should),
			fmt.Sprintf("not what the archive gives: line %d says “%s”, the archive gives “%s”", line, has, should))
	}
	return nil
}

// rules returns the rule set, by which percentages must be counted.
func (v *verification) rules(f *meeting.Facts, base meeting.Base) (*meeting.RuleSet, error) {
	if f.Trial && !v.Samples {
		return nil, refuse(resultFile, nil, "là kết quả của cuộc họp mẫu, máy chủ giữ khóa; không dùng cho việc thật",
			"it is the result of a sample meeting, whose keys the server held: not for real use")
	}
	rules, err := meeting.RuleSetByID(f.Plan.RuleSet)
	if err != nil {
		return nil, refuse(resultFile, err, "bộ quy tắc không có ở đây; hãy cập nhật chương trình", "its rule set is not known here; update this program")
	}
	if f.Plan.RuleSetVersion > rules.Version {
		return nil, refuse(resultFile, nil, "bộ quy tắc mới hơn bản ở đây; hãy cập nhật chương trình", "its rule set is newer than the one here; update this program")
	}
	if rules.PercentBase != base {
		return nil, refuse(resultFile, nil, "tỷ lệ không tính trên số mà quy định yêu cầu", "percentages are not of what the rule set asks for")
	}
	return rules, nil
}

// checkBallot compares persons, title, place and day with the ballot paper that
// voters saw, and the levels with those that result.json takes them for.
func (v *verification) checkBallot(f *meeting.Facts) error {
	e := v.archive.Election
	if len(f.People) != len(e.Questions) {
		return refuse(resultFile, nil, fmt.Sprintf("ghi %d người, trên phiếu có %d", len(f.People), len(e.Questions)),
			fmt.Sprintf("it has %d persons, the ballot %d", len(f.People), len(e.Questions)))
	}
	for i, q := range e.Questions {
		p := f.People[i]
		if said := meeting.Question(p.Name, p.Post).Text; said != q.Text {
			return refuse(resultFile, nil, fmt.Sprintf("người thứ %d là “%s”, trên phiếu là “%s”", i+1, harmless(said), harmless(q.Text)),
				fmt.Sprintf("person %d is “%s”, the ballot has “%s”", i+1, harmless(said), harmless(q.Text)))
		}
		if !slices.Equal(q.Answers, meeting.Levels) || !q.Blank || q.Min != 1 || q.Max != 1 {
			return refuse(archiveFile(v.poll), meeting.ErrLevels, fmt.Sprintf("câu hỏi thứ %d không phải ba mức tín nhiệm theo đúng thứ tự", i+1),
				fmt.Sprintf("question %d does not ask for the three levels in their order", i+1))
		}
	}
	name, description := f.Plan.Heading(f.Paper)
	if e.Name != name || e.Description != description {
		return refuse(resultFile, nil, "tên cuộc họp, địa điểm, ngày hoặc cơ quan khác với trên phiếu", "title, place, day or agency are not those on the ballot")
	}
	if v.claim.Voted != f.Plan.Date || v.claim.Meeting != f.Meeting {
		return refuse(ManifestFile, nil, "ngày lấy phiếu hoặc cuộc họp khác với "+resultFile, "day of the vote or meeting are not those of "+resultFile)
	}
	return nil
}

func (v *verification) checkAttendance(f *meeting.Facts) error {
	if issued := v.closing.Slips.Issued; f.Present < issued || f.Summoned < f.Present {
		return refuse(resultFile, nil, fmt.Sprintf("triệu tập %d, có mặt %d, phát ra %d phiếu: không thể như vậy", f.Summoned, f.Present, issued),
			fmt.Sprintf("%d summoned, %d present, %d slips issued: that cannot be", f.Summoned, f.Present, issued))
	}
	return nil
}

// firstDifference returns the number of the first line in which two texts
// differ, and what each has there.
func firstDifference(a, b []byte) (line int, has, should string) {
	left, right := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for line < len(left) && line < len(right) && bytes.Equal(left[line], right[line]) {
		line++
	}
	at := func(lines [][]byte) string {
		if line >= len(lines) {
			return ""
		}
		return harmless(strings.TrimSpace(string(lines[line])))
	}
	return line + 1, at(left), at(right)
}

func (v *verification) checkRows() error {
	var want bytes.Buffer
	if err := data.WriteCSV(&want, v.outcome); err != nil {
		return err
	}
	if text := v.contents[rowsFile]; !bytes.Equal(want.Bytes(), text) {
		line, has, should := firstDifference(text, want.Bytes())
		return refuse(rowsFile, nil, fmt.Sprintf("không đúng với %s: dòng %d ghi “%s”, phải là “%s”", resultFile, line, has, should),
			fmt.Sprintf("not what %s says: line %d has “%s”, not “%s”", resultFile, line, has, should))
	}
	return nil
}

// checkTrackers compares the list of trackers with the ballots of the archive:
// both have one root, and one order.
func (v *verification) checkTrackers() error {
	closed, err := ledger.ReadClosed(bytes.NewReader(v.contents[archiveFile(v.poll)]), v.poll, v.contents[closingFile(v.poll)])
	if err != nil {
		return refuse(archiveFile(v.poll), err, "không đọc được các mã tra cứu", "its trackers cannot be read")
	}
	text := string(v.contents[trackersFile])
	list := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if text == "" {
		list = nil
	}
	root, err := ledger.TrackersRoot(list)
	if err != nil || root != closed.Trackers || !slices.IsSorted(list) || text != string(data.Trackers(&meeting.Outcome{Facts: meeting.Facts{Trackers: list}})) {
		return refuse(trackersFile, err, "không phải danh sách mã tra cứu của các phiếu trong hòm", "not the list of the trackers of the ballots")
	}
	v.outcome.Trackers, v.closed = list, closed
	return nil
}

// result is the poll as it was worked out here.
func (v *verification) result() *round.Poll {
	o := v.outcome
	p := &round.Poll{
		Package: v.claim.Hash, Agency: v.claim.Agency, Group: v.claim.Group, Election: v.poll, Name: o.Paper, Voted: o.Plan.Date, Place: o.Plan.Place,
		RuleSet: o.Rules.ID, LastEvent: hex.EncodeToString(v.archive.LastEvent[:]), Entry: -1, ByHand: v.claim.ByHand, Papers: v.papers,
		Summoned: o.Summoned, Present: o.Present, Issued: o.Slips.Issued, Collected: o.Collected, Voided: o.Voided, Base: o.Base,
		People: o.People, Exempt: o.Exempt,
	}
	if p.Name == "" {
		p.Name = o.Plan.Title
	}
	if v.log != nil {
		p.Entry, p.Origin, p.Cosigned = v.log.entry, v.log.origin, v.log.cosigned
	}
	for i, person := range o.Facts.People {
		if len(person.Places) > 0 && p.Places == nil {
			p.Places = make([][]string, len(o.Facts.People))
		}
		if len(person.Places) > 0 {
			p.Places[i] = person.Places
		}
	}
	return p
}
