package meeting

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/ledger"
)

// A Press makes the papers and files of outcomes, and checks papers that come
// back signed. Package report has the one that ships.
type Press interface {
	// Print makes all files of an outcome. The same outcome gives the same
	// texts, under a seal that may differ.
	Print(o *Outcome) ([]Printed, error)
	// Check returns the signatures of a paper that was printed as original and
	// came back as signed. Anything but further signatures is [ErrReturned].
	Check(original, signed []byte) ([]PaperSignature, error)
}

// A Printed is one file of an outcome.
type Printed struct {
	Name      string // "minutes.pdf"
	MediaType string
	Content   []byte
}

// A Record is the papers and files of one ballot paper's result, as they were
// printed, and the papers that came back signed. The contents are in
// [Store.File].
type Record struct {
	Files    []RecordFile `json:"files,omitempty"`
	Returned []Returned   `json:"returned,omitempty"` // at most one a name: the latest
	// Salt hides what the public log commits to, in hexadecimal. Nobody sees it
	// before the chair releases the result, and without it the log could never
	// say what it committed to.
	Salt string `json:"salt,omitempty"`
}

// A RecordFile is a printed file.
type RecordFile struct {
	Name      string `json:"name"`
	MediaType string `json:"type"`
	Hash      string `json:"sha256"` // hex
	Size      int    `json:"bytes"`
}

// A Returned is a paper that came back signed.
type Returned struct {
	Name       string           `json:"name"` // of the file that was printed
	Hash       string           `json:"sha256"`
	Size       int              `json:"bytes"`
	Signatures []PaperSignature `json:"signatures"`
}

// A PaperSignature is a signature on a paper that holds.
type PaperSignature struct {
	Field   string    `json:"field"`  // the place that it took: "head"
	Signer  string    `json:"signer"` // subject of the certificate
	Issuer  string    `json:"issuer"`
	Time    time.Time `json:"time,omitzero"` // as the signer says
	Trusted bool      `json:"trusted"`       // the certificate leads to one that this server trusts
	// Seal marks the server's own: evidence that nothing was changed, and no
	// signature of anybody.
	Seal bool `json:"seal,omitempty"`
}

// The papers that are signed by people, and the file for the roles that the
// rule set names.
const (
	MinutesFile    = "minutes.pdf"
	ReportFile     = "report.pdf"
	AssessmentFile = "assessment.json"
)

// ErrReturned is returned for a paper that comes back as something else than
// what was printed with further signatures.
var ErrReturned = errors.New("meeting: not the paper that was printed")

// ErrUnsigned is returned when a meeting is to be signed and no person has
// signed its minutes.
var ErrUnsigned = errors.New("meeting: minutes not signed")

// Outcome returns everything that is known of the result of a paper. Before the
// result is published it is for chair and board alone.
func (o *Office) Outcome(ctx context.Context, actor staff.Actor, u, poll ballot.UUID) (*Outcome, error) {
	m, err := o.load(ctx, actor, u, ActView)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(m.Papers, func(p Paper) bool { return p.UUID == poll })
	if i < 0 {
		return nil, box.ErrNoBox
	}
	if err := m.inState(Tallied, Signed); err != nil {
		return nil, err
	}
	if err := m.knows(actor); err != nil {
		return nil, err
	}
	return o.outcome(ctx, m, i)
}

// knows is [ErrRole] for who may not see the result yet.
func (m *Meeting) knows(actor staff.Actor) error {
	if m.Published || m.Counts(actor) {
		return nil
	}
	return fmt.Errorf("%w: %s: result before publication", ErrRole, actor.Role)
}

func (o *Office) outcome(ctx context.Context, m *Meeting, paper int) (*Outcome, error) {
	b, err := o.Boxes.Box(ctx, m.Papers[paper].UUID)
	if err != nil {
		return nil, err
	}
	result, err := readResult(ctx, b)
	if err != nil {
		return nil, err
	}
	facts, err := BoxFacts(ctx, b)
	if err != nil {
		return nil, err
	}
	m.addFacts(&facts, paper)
	return NewOutcome(b.Election(), b.Setup().Settings, result, facts.Slips.Cast, facts)
}

// BoxFacts returns the facts that a counted box and its closing file tell.
func BoxFacts(ctx context.Context, b box.Box) (Facts, error) {
	text, err := b.Attached(ctx, box.Closing)
	if err != nil {
		return Facts{}, fmt.Errorf("closing file: %w", err)
	}
	c, err := tally.ParseClosing(text)
	if err != nil {
		return Facts{}, err
	}
	hashes, err := b.Hashes(ctx)
	if err != nil {
		return Facts{}, err
	}
	f := Facts{Slips: c.Slips, Voided: len(c.Voided), EndBallots: c.EndBallots}
	for _, hash := range hashes {
		f.Trackers = append(f.Trackers, ballot.Tracker(hash))
	}
	slices.Sort(f.Trackers)
	return f, nil
}

// addFacts adds what the meeting knows of a paper.
func (m *Meeting) addFacts(f *Facts, paper int) {
	c := m.Clone()
	f.Meeting, f.Plan, f.Board, f.Filing = m.UUID, c.Plan, c.Board, c.Filing
	f.Summoned, f.Present, f.Absences = m.Attendance.Summoned, m.Attendance.Present, c.Attendance.absences()
	f.Used, f.ServerSlips = c.Slips.Used, m.Slips.Origin != OriginBoard
	f.People = c.OnPaper(paper)
	for _, p := range c.People {
		if p.Paper == paper && p.Exempt != "" {
			f.Exempt = append(f.Exempt, p)
		}
	}
	if len(m.Papers) > 1 {
		f.Paper = m.Papers[paper].Title
	}
}

// absences returns how many are absent for each reason, in the order in which
// the reasons come; those of whom no reason is known count under "".
func (a *Attendance) absences() []Absence {
	all := a.Absences
	for _, t := range a.List {
		if t.Present {
			continue
		}
		i := slices.IndexFunc(all, func(have Absence) bool { return have.Reason == t.Reason })
		if i < 0 {
			all = append(all, Absence{1, t.Reason})
			continue
		}
		all[i].Count++
	}
	return all
}

// SetFiling says, until a paper has come back signed, what papers need besides
// plan and result. What was printed before is void and printed again, which is
// for chair and board to decide.
func (o *Office) SetFiling(ctx context.Context, actor staff.Actor, u ballot.UUID, f Filing) (*Meeting, error) {
	return o.step(ctx, actor, u, ActFiling, func(m *Meeting) (detail, error) {
		f := f
		f.Recipients = slices.Clone(f.Recipients)
		if err := f.tidy(); err != nil {
			return nil, err
		}
		if f.equal(m.Filing) {
			return nil, errSame
		}
		if err := m.before(Signed); err != nil {
			return nil, err
		}
		if m.HasReturned() {
			return nil, fmt.Errorf("%w: a signed paper is there already", ErrState)
		}
		if len(m.Records) > 0 && !m.Counts(actor) {
			return nil, fmt.Errorf("%w: papers are printed: chair or board may void them", ErrState)
		}
		void := itoa(len(m.Records))
		m.Filing, m.Records, m.Ending = f, nil, nil
		return detail{"void": void}, nil
	})
}

func (f *Filing) equal(g Filing) bool {
	same := slices.Equal(f.Recipients, g.Recipients)
	g.Recipients = f.Recipients
	return same && f.Place == g.Place && f.Date == g.Date && f.Began == g.Began && f.Ended == g.Ended && f.Copies == g.Copies
}

// HasReturned reports whether a paper has come back signed.
func (m *Meeting) HasReturned() bool {
	return slices.ContainsFunc(m.Records, func(r Record) bool { return len(r.Returned) > 0 })
}

// Print makes the papers and files of all ballot papers, once they are counted.
// What is there already stays.
func (o *Office) Print(ctx context.Context, actor staff.Actor, u ballot.UUID) (*Meeting, error) {
	return o.step(ctx, actor, u, ActPrint, func(m *Meeting) (detail, error) {
		if err := m.inState(Tallied, Signed); err != nil {
			return nil, err
		}
		if len(m.Records) > 0 {
			return nil, errSame
		}
		done := detail{}
		for i := range m.Papers {
			r, err := o.print(ctx, m, i)
			if err != nil {
				return nil, err
			}
			m.Records = append(m.Records, r)
			if f, err := r.file(MinutesFile); err == nil {
				done[fmt.Sprintf("minutes-%d", i+1)] = f.Hash
			}
		}
		return done, nil
	})
}

func (o *Office) print(ctx context.Context, m *Meeting, paper int) (r Record, err error) {
	outcome, err := o.outcome(ctx, m, paper)
	if err != nil {
		return r, err
	}
	files, err := o.Press.Print(outcome)
	if err != nil {
		return r, err
	}
	r.Salt = fmt.Sprintf("%x", ledger.NewSalt())
	for _, f := range files {
		hash, err := o.Meetings.PutFile(ctx, m.UUID, f.Content)
		if err != nil {
			return r, err
		}
		r.Files = append(r.Files, RecordFile{f.Name, f.MediaType, hash, len(f.Content)})
	}
	return r, nil
}

// record returns the record of a ballot paper, or box.ErrNotFound before it is
// printed.
func (m *Meeting) record(poll ballot.UUID) (*Record, error) {
	i := slices.IndexFunc(m.Papers, func(p Paper) bool { return p.UUID == poll })
	if i < 0 {
		return nil, box.ErrNoBox
	}
	if i >= len(m.Records) {
		return nil, fmt.Errorf("papers: %w", box.ErrNotFound)
	}
	return &m.Records[i], nil
}

// file returns a printed file by its name, or box.ErrNotFound.
func (r *Record) file(name string) (*RecordFile, error) {
	i := slices.IndexFunc(r.Files, func(f RecordFile) bool { return f.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("%s: %w", name, box.ErrNotFound)
	}
	return &r.Files[i], nil
}

// returned returns what came back of a file, or nil.
func (r *Record) returned(name string) *Returned {
	i := slices.IndexFunc(r.Returned, func(b Returned) bool { return b.Name == name })
	if i < 0 {
		return nil
	}
	return &r.Returned[i]
}

// Version is which version of a paper is asked for.
type Version string

// The versions.
const (
	LatestVersion  Version = ""        // as it came back signed, if it did
	PrintedVersion Version = "printed" // as it was printed, with the seal alone
)

// PrintedFile returns a file of a ballot paper's result. Before publication it
// is for chair and board alone, and the file of threshold groups always for the
// roles that the rule set names. An abandoned meeting has none.
func (o *Office) PrintedFile(ctx context.Context, actor staff.Actor, u, poll ballot.UUID, name string, v Version) (*Printed, error) {
	m, err := o.load(ctx, actor, u, ActView)
	if err != nil {
		return nil, err
	}
	if err := m.inState(Tallied, Signed); err != nil {
		return nil, err
	}
	r, err := m.record(poll)
	if err != nil {
		return nil, err
	}
	if err := cmp.Or(m.knows(actor), m.mayOpenFile(actor, name)); err != nil {
		return nil, err
	}
	f, err := r.file(name)
	if err != nil {
		return nil, err
	}
	hash := f.Hash
	if back := r.returned(name); back != nil && v == LatestVersion {
		hash = back.Hash
	}
	content, err := o.Meetings.File(ctx, u, hash)
	if err != nil {
		return nil, err
	}
	return &Printed{f.Name, f.MediaType, content}, nil
}

func (m *Meeting) mayOpenFile(actor staff.Actor, name string) error {
	if name == AssessmentFile && !m.Assesses(actor) {
		return fmt.Errorf("%w: %s: threshold groups", ErrRole, actor.Role)
	}
	return nil
}

// Assesses reports whether an officer is one of those to whom the rule set
// shows threshold groups.
func (m *Meeting) Assesses(actor staff.Actor) bool {
	rules, err := RuleSetByID(m.Plan.RuleSet)
	return err == nil && slices.Contains(rules.Assess, actor.Role) && m.sits(actor) == nil
}

// maxReturned is how large a signed paper may be.
const maxReturned = 20 << 20

// Return takes back a paper that people have signed, until the meeting is
// signed: the paper that was printed, or that came back before, with further
// signatures and nothing else. Otherwise it is [ErrReturned].
func (o *Office) Return(ctx context.Context, actor staff.Actor, u, poll ballot.UUID, name string, signed []byte) (*Meeting, error) {
	return o.step(ctx, actor, u, ActReturn, func(m *Meeting) (detail, error) {
		if err := m.inState(Tallied); err != nil {
			return nil, err
		}
		if err := m.knows(actor); err != nil {
			return nil, err
		}
		r, err := m.record(poll)
		if err != nil {
			return nil, err
		}
		f, err := r.file(name)
		if err != nil {
			return nil, err
		}
		if err := o.takeBack(ctx, m, r, f, signed); err != nil {
			return nil, err
		}
		return detail{"election": string(poll), "file": name, "sha256": r.returned(name).Hash}, nil
	})
}

func (o *Office) takeBack(ctx context.Context, m *Meeting, r *Record, f *RecordFile, signed []byte) error {
	if len(signed) > maxReturned {
		return refuse(ErrReturned, "file", "tệp lớn hơn 20 MB", "larger than 20 MB")
	}
	original, err := o.Meetings.File(ctx, m.UUID, f.Hash)
	if err != nil {
		return err
	}
	signatures, err := o.Press.Check(original, signed)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(signatures, func(s PaperSignature) bool { return !s.Seal }) {
		return refuse(ErrReturned, "file", "tệp chưa có chữ ký của ai", "nobody has signed it")
	}
	before := r.returned(f.Name)
	if before != nil {
		if err := o.continues(ctx, m, before, signed); err != nil {
			return err
		}
	}
	hash, err := o.Meetings.PutFile(ctx, m.UUID, signed)
	if err != nil {
		return err
	}
	m.Ending = nil // who said that all is signed has not seen this
	back := Returned{f.Name, hash, len(signed), signatures}
	if before != nil {
		*before = back
		return nil
	}
	r.Returned = append(r.Returned, back)
	return nil
}

// continues is [ErrReturned] unless the signatures that are there already stay:
// signatures are added one after another, and each keeps the bytes before it.
func (o *Office) continues(ctx context.Context, m *Meeting, before *Returned, signed []byte) error {
	have, err := o.Meetings.File(ctx, m.UUID, before.Hash)
	if err != nil {
		return err
	}
	if bytes.Equal(have, signed) {
		return errSame
	}
	if !bytes.HasPrefix(signed, have) {
		return refuse(ErrReturned, "file", "thiếu chữ ký đã có; hãy tải bản mới nhất về rồi ký tiếp",
			"signatures that were there are missing; download the latest version and sign that one")
	}
	return nil
}

// Ending is that the minutes are signed: the chair and a member of the board say
// so, each looking at the signatures.
type Ending struct {
	OnPaper bool `json:"on_paper"`         // by hand, on a printed copy
	Chair   bool `json:"chair,omitempty"`  // has said so
	Member  int  `json:"member,omitempty"` // who has said so
}

// Sign says that the minutes of every ballot paper are signed by people:
// electronically in the file that came back, or, when onPaper is set, by hand on
// a printed copy. When the chair and a member have said the same, the meeting is
// [Signed]. Which signatures are enough is for them to judge.
func (o *Office) Sign(ctx context.Context, actor staff.Actor, u ballot.UUID, onPaper bool) (*Meeting, error) {
	return o.step(ctx, actor, u, ActSign, func(m *Meeting) (detail, error) {
		if m.State == Signed {
			return nil, errSame
		}
		if err := m.inState(Tallied); err != nil {
			return nil, err
		}
		if err := m.mayBeSigned(onPaper); err != nil {
			return nil, err
		}
		if err := m.sign(actor, onPaper); err != nil {
			return nil, err
		}
		how := map[bool]string{false: "electronic", true: "paper"}[onPaper]
		return detail{"signed": how}, nil
	})
}

func (m *Meeting) mayBeSigned(onPaper bool) error {
	if !m.printed() {
		return refuse(ErrUnsigned, "", "chưa lập biên bản", "the minutes have not been printed")
	}
	for i := range m.Records {
		if m.Records[i].returned(MinutesFile) == nil && !onPaper {
			label := m.Papers[i].label(i)
			return refuse(ErrUnsigned, "", "biên bản chưa có chữ ký: "+label.Vi, "nobody has signed the minutes: "+label.En)
		}
	}
	return nil
}

// sign notes who says so. Who says it of the other kind of signature begins anew.
func (m *Meeting) sign(actor staff.Actor, onPaper bool) error {
	if m.Ending == nil || m.Ending.OnPaper != onPaper {
		m.Ending = &Ending{OnPaper: onPaper}
	}
	e := m.Ending
	switch {
	case actor.Role == staff.Chair && !e.Chair:
		e.Chair = true
	case actor.Role == staff.Member && e.Member == 0:
		e.Member = actor.Index
	default:
		return errSame
	}
	if e.Chair && e.Member != 0 {
		m.State = Signed
	}
	return nil
}

// Discard takes a signed paper out again, which stays among the files of the
// meeting: it has a wrong signature, or one in another's place. What was printed
// is then signed anew.
func (o *Office) Discard(ctx context.Context, actor staff.Actor, u, poll ballot.UUID, name string) (*Meeting, error) {
	return o.step(ctx, actor, u, ActDiscard, func(m *Meeting) (detail, error) {
		if err := m.inState(Tallied); err != nil {
			return nil, err
		}
		r, err := m.record(poll)
		if err != nil {
			return nil, err
		}
		back := r.returned(name)
		if back == nil {
			return nil, fmt.Errorf("%s: %w", name, box.ErrNotFound)
		}
		done := detail{"election": string(poll), "file": name, "sha256": back.Hash}
		r.Returned = slices.DeleteFunc(r.Returned, func(b Returned) bool { return b.Name == name })
		m.Ending = nil
		return done, nil
	})
}
