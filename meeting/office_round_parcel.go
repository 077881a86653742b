package meeting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/tally/archive"
	"github.com/homphieu/homphieu/tally/ledger"
)

// ErrReceipt is returned for a receipt that the superior has not signed, or that
// is about another package.
var ErrReceipt = errors.New("package: receipt does not hold")

// ErrCorrection is returned for a package that corrects another, without a
// reason.
var ErrCorrection = errors.New("package: a correction needs a reason")

// Pack makes the package of a ballot paper's result for the superior: once the
// papers are printed and somebody has signed the minutes, in the file or by hand.
// It is for who may know the result. A package that was sent stays; another
// corrects it, which needs a reason ([ErrCorrection]) and the superior's answer to
// the one before, if that went over the network. The same is not made twice.
func (o *Office) Pack(ctx context.Context, actor staff.Actor, u, poll ballot.UUID, why string) (*Meeting, error) {
	return o.step(ctx, actor, u, ActPack, func(m *Meeting) (detail, error) {
		i, err := m.mayPack(actor, poll)
		if err != nil {
			return nil, err
		}
		if o.Packer == nil {
			return nil, errNoPacker
		}
		if err := o.proven(ctx, m); err != nil {
			return nil, err
		}
		p, err := o.parcel(ctx, m, i)
		if err != nil {
			return nil, err
		}
		if err := o.correct(ctx, m, i, p, why); err != nil {
			return nil, err
		}
		of, err := o.digest(ctx, m, i, p)
		if err != nil {
			return nil, err
		}
		list := m.sendings(i)
		if n := len(list); n > 0 && list[n-1].Of == of && list[n-1].By == "" {
			return nil, errSame
		}
		s, err := o.pack(ctx, p, of)
		if err != nil {
			return nil, err
		}
		m.setSendings(i, append(list, s))
		return detail{"election": string(poll), "package": s.Package, "corrects": s.Corrects}, nil
	})
}

// ErrUnproven is returned for a package that is to be made before the public log,
// where it is required, says what it must.
var ErrUnproven = errors.New("package: not in the public log yet")

// proven is [ErrUnproven] with what is missing.
func (o *Office) proven(ctx context.Context, m *Meeting) error {
	err := o.logged(ctx, m)
	if r := new(Refusal); errors.As(err, &r) {
		return &Refusal{Cause: ErrUnproven, What: r.What}
	}
	return err
}

// errNoPacker tells that this server was put together without one.
var errNoPacker = fmt.Errorf("%w: this server makes no packages", ErrState)

// mayPack returns the place of a ballot paper whose result may be packed.
func (m *Meeting) mayPack(actor staff.Actor, poll ballot.UUID) (int, error) {
	if _, err := m.assigned(); err != nil {
		return 0, err
	}
	if err := m.inState(Tallied, Signed); err != nil {
		return 0, err
	}
	if err := m.knows(actor); err != nil {
		return 0, err
	}
	r, err := m.record(poll)
	if err != nil {
		return 0, err
	}
	i := slices.IndexFunc(m.Papers, func(p Paper) bool { return p.UUID == poll })
	if m.Plan.Assignment.Of(i) == nil {
		label := m.Papers[i].label(i)
		return 0, refuse(ErrAssignment, "group", "chưa chọn nhóm chức danh trong đợt cho: "+label.Vi, "no group of posts of the round for: "+label.En)
	}
	if r.returned(MinutesFile) == nil && !m.signedByHand() {
		label := m.Papers[i].label(i)
		return 0, refuse(ErrUnsigned, "", "biên bản chưa có chữ ký: "+label.Vi, "nobody has signed the minutes: "+label.En)
	}
	return i, nil
}

// signedByHand reports whether chair and board have said that the minutes are
// signed on paper.
func (m *Meeting) signedByHand() bool {
	return m.State == Signed && m.Ending != nil && m.Ending.OnPaper
}

// parcel gathers everything of a ballot paper's result.
func (o *Office) parcel(ctx context.Context, m *Meeting, paper int) (p *Parcel, err error) {
	b, err := o.Boxes.Box(ctx, m.Papers[paper].UUID)
	if err != nil {
		return nil, err
	}
	r := &m.Records[paper]
	p = &Parcel{
		Assignment: *m.Clone().Plan.Assignment.Of(paper), Meeting: m.UUID, Made: o.Clock(), Poll: m.Papers[paper].UUID, Voted: m.Plan.Date,
		ByHand: m.signedByHand(), Salt: r.Salt, Papers: m.papersBeside(paper),
	}
	if p.Archive, err = wholeArchive(ctx, b); err != nil {
		return nil, err
	}
	if p.Shares, err = b.Attached(ctx, box.Shares); err != nil {
		return nil, fmt.Errorf("shares: %w", err)
	}
	if p.Closing, err = b.Attached(ctx, box.Closing); err != nil {
		return nil, fmt.Errorf("closing file: %w", err)
	}
	for _, f := range r.Latest() {
		if f.Name == AssessmentFile {
			continue // for the roles that the rule set names, who are at the meeting
		}
		content, err := o.Meetings.File(ctx, m.UUID, f.Hash)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		p.Files = append(p.Files, Printed{f.Name, f.MediaType, content})
	}
	return p, nil
}

// pieceSize is about how much of an archive is read at a time.
const pieceSize = 1 << 20

// wholeArchive returns the archive of a box, all of it.
func wholeArchive(ctx context.Context, b box.Box) ([]byte, error) {
	timestamp := b.Setup().Timestamp
	text := archive.AppendHead(nil, timestamp)
	for from := 0; ; {
		files, err := b.Files(ctx, from, pieceSize)
		if err != nil || len(files) == 0 {
			return text, err
		}
		for _, f := range files {
			kind := archive.KindData
			if f.Event {
				kind = archive.KindEvent
			}
			text = archive.AppendEntry(text, kind, f.Content, timestamp)
		}
		from += len(files)
	}
}

// correct says in the parcel which package it corrects, if any. The package of an
// abandoned meeting is corrected by that of its new version.
func (o *Office) correct(ctx context.Context, m *Meeting, paper int, p *Parcel, why string) error {
	before := counting(m.sendings(paper))
	for at := m; before == nil && at.Before != ""; {
		old, err := o.Meetings.Meeting(ctx, at.Before)
		if err != nil {
			return err
		}
		before, at = old.Sending(paper), old
	}
	switch {
	case before == nil:
		return nil
	case before.Underway():
		return refuse(ErrState, "", "gói trước đang được gửi hoặc đang được cấp trên kiểm tra; chờ trả lời, hoặc chuyển gói đó bằng tệp",
			"the package before is on its way or being checked by the superior; wait for the answer, or carry that one as a file")
	}
	if err := tidy(&why, MaxText, ErrCorrection, "why"); err != nil {
		return err
	}
	if why == "" {
		return refuse(ErrCorrection, "why", "đã gửi một gói trước đó; ghi lý do gửi lại", "a package was sent before; say why there is another")
	}
	p.Corrects, p.Why = before.Package, why
	return nil
}

// digest names what a parcel is made of, but for its time. What the public log
// says of the poll by now belongs to it.
func (o *Office) digest(ctx context.Context, m *Meeting, paper int, p *Parcel) (string, error) {
	lines := []string{p.Assignment.place(), p.Corrects, p.Why, fmt.Sprint(p.ByHand)}
	for _, f := range m.Records[paper].Latest() {
		lines = append(lines, f.Name+" "+f.Hash)
	}
	if o.Log != nil {
		covered, _, err := o.Log.Published(ctx)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return "", err
		}
		have, err := o.Log.Standing(ctx, p.Poll)
		if err != nil {
			return "", err
		}
		for _, e := range have {
			if e.Number < covered.Size {
				lines = append(lines, fmt.Sprint("entry ", e.Number))
			}
		}
	}
	return digestOf(lines), nil
}

func digestOf(lines []string) string {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}

// pack makes the file of a parcel and keeps it.
func (o *Office) pack(ctx context.Context, p *Parcel, of string) (s Sending, err error) {
	file, hash, err := o.Packer.Pack(ctx, p)
	if err != nil {
		return s, err
	}
	s = Sending{
		Package: hash, Size: len(file), Made: p.Made, Of: of, Place: p.Assignment.place(), Notice: p.Notice,
		Corrects: p.Corrects, Why: p.Why,
	}
	s.File, err = o.Meetings.PutFile(ctx, p.Meeting, file)
	return s, err
}

// sendings are the packages of a paper, as a list of its own.
func (m *Meeting) sendings(paper int) []Sending {
	if paper >= len(m.Sendings) {
		return nil
	}
	return slices.Clone(m.Sendings[paper])
}

func (m *Meeting) setSendings(paper int, list []Sending) {
	next := make([][]Sending, max(len(m.Sendings), paper+1))
	copy(next, m.Sendings)
	next[paper] = list
	m.Sendings = next
}

// papersBeside is how many ballot papers have the same place in the round as one of
// them.
func (m *Meeting) papersBeside(paper int) (n int) {
	place := m.Plan.Assignment.Of(paper).place()
	for i := range m.Papers {
		if a := m.Plan.Assignment.Of(i); a != nil && a.place() == place {
			n++
		}
	}
	return n
}
